"""The address of each row: put together from its columns, and looked up once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coverage import _known
from coverage.faults import Later, shorten
from coverage.geocode import COLUMNS, GeocodeProblem, Online, geocode, parse
from coverage.geocode.gazetteer import gazetteer
from coverage.geocode.locate import municipality_at
from coverage.i18n import N_
from coverage.intake import areas, duplicates
from coverage.schema import RD_X, RD_Y
from coverage.vocabulary import Precision

if TYPE_CHECKING:
    from collections.abc import Callable

    from coverage.editions import Edition
    from coverage.intake.findings import Findings
    from coverage.register import Register

__all__ = ["ADDRESS", "addresses", "located"]

ADDRESS = ("address", "street", "house_number", "postcode", "place", "municipality")
"""Columns that are looked up."""

POSTCODE = re.compile(r"([1-9]\d{3})\s*([A-Za-z]{2})?")


def addresses(said: pd.DataFrame) -> pd.DataFrame:
    """Address of each row as the geocoder takes it.

    Parameters
    ----------
    said
        What each row says, by field.

    Returns
    -------
    pandas.DataFrame
        Columns `ADDRESS`, all text; the index of `said`.
    """
    found = said.loc[:, ["address", "street", "postcode", "place"]].copy()
    number = said["house_number"].str.replace(r"[.,]0+$", "", regex=True)
    found["house_number"] = (number + " " + said["house_addition"]).str.strip()
    # A PO box whose number stands in the next column.
    box = found["street"].str.fullmatch(r"\s*post\s?bus\s*|p\.?o\.?\s?box\s*", case=False)
    found.loc[box, "street"] += " " + found.loc[box, "house_number"]
    found.loc[box, "house_number"] = ""
    named = said["municipality"].where(said["municipality"].ne(""), said["served_municipality"])
    found["municipality"] = said["gm_code"].where(said["gm_code"].ne(""), named)
    return found[list(ADDRESS)]


def written(found: pd.DataFrame) -> pd.Series[str]:
    """Street and house number of each row, as the register keeps them."""
    street = (found["street"] + " " + found["house_number"]).str.strip()
    return found["address"].where(found["address"].ne(""), street)


def located(
    found: pd.DataFrame,
    edition: Edition,
    online: Online | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Point and municipality of each address; each different address is looked up once."""
    keys = found.drop_duplicates()
    if found.empty:
        return pd.DataFrame(columns=list(COLUMNS), index=found.index, dtype="str")
    answers = geocode(keys, edition, online=online, progress=progress)
    merged = found.merge(keys.assign(_key=np.arange(len(keys))), on=list(ADDRESS), how="left")
    rows = answers.iloc[merged["_key"].to_numpy()]
    return rows.set_axis(found.index)


# --- what is made of the answers --------------------------------------------

PO_BOX = N_("A PO box is no address to visit: the location is known by its {precision} only.")
PO_BOX_ONLY = N_("A PO box is no address to visit: where the location is stays unknown.")
AMBIGUOUS = N_(
    "“{value}” can be more than one place: {candidates}. The location stays unknown; add the "
    "postcode or the municipality."
)
NOT_FOUND = N_("“{value}” was not found. The location stays unknown; check the address.")
DISAGREES = N_(
    "“{value}”: the parts of the address lie in different municipalities: {parts}. The location "
    "stays unknown; correct one of them."
)
NO_POSTCODE = N_("There is no postcode {value} in the list of {edition}.")
NO_PLACE = N_("The place “{value}” is not known. Check how it is written.")
NO_MUNICIPALITY = N_("The municipality “{value}” is not known. Check how it is written.")
NO_ADDRESS = N_(
    "The service for addresses does not know “{value}”: the location is known by its {precision}."
)
SEVERAL_ADDRESSES = N_(
    "The service for addresses knows “{value}” more than once: {candidates}. The location is known "
    "by its {precision}."
)
FORMER_NAME = N_(
    "“{value}” is a municipality of another year; in the division of {edition} its area is in "
    "{heirs}."
)
OFFLINE = N_("The service for addresses did not answer: the location is known by its {precision}.")
REFUSED = N_(
    "The service for addresses knows “{value}” only as something else: {candidates}. The location "
    "is known by its {precision}."
)
NO_CODE_NAME = N_("The code {code} is of {name}, and not of {value}. Correct one of the two.")
SWAPPED_XY = N_("x and y had changed places in this row: read the other way round.")
OTHER_XY = N_(
    "The point {value} is in {place}, and the address in {address}. The location stays unknown; "
    "correct one of them."
)
ABROAD = N_("no municipality")
WRONG_XY = N_("“{value}” is no x and y in the Netherlands in Rijksdriehoek metres (EPSG:28992).")

SHOWN_PRECISION = {
    "address": N_("address"),
    "postcode4": N_("four-digit postcode"),
    "place": N_("place"),
    "municipality": N_("municipality"),
    "unknown": N_("name"),
}


def sites(
    said: pd.DataFrame,
    asked: pd.DataFrame,
    answer: pd.DataFrame,
    edition: Edition,
    found: Findings,
) -> pd.DataFrame:
    """Location of each row, and what was wrong with its address.

    Parameters
    ----------
    said, asked, answer
        What each row says, its address, and what was found for it.
    edition
        Division in which was looked.
    found
        Where doubts are told.

    Returns
    -------
    pandas.DataFrame
        name, address, postcode, place, gm_code, edition, precision (text), x and y (metres,
        NaN: not known), key (the same for one address), given (whether there is an address),
        own_point (whether the point is the list's own) and note (what the list says of it).
    """
    table = pd.DataFrame(index=said.index)
    table["name"] = said["location_name"]
    table["address"] = written(asked)
    table["postcode"] = said["postcode"].map(_postcode)
    table["place"] = said["place"]
    table["gm_code"] = answer["gm_code"].astype("str")
    table["x"], table["y"] = answer["x"], answer["y"]
    table["precision"] = answer["precision"].map(str)
    table["given"] = (asked != "").any(axis=1) | said["x"].ne("")
    disagrees = _tell(asked, answer, edition, found)
    # Two statements that do not agree prove neither of them.
    table.loc[disagrees, ["gm_code", "precision"]] = ["", Precision.UNKNOWN.value]
    table.loc[disagrees, ["x", "y"]] = np.nan
    _own_points(said, table, answer.assign(disagrees=disagrees), edition, found)
    _name_of_code(said, found)
    table["municipality"] = table["gm_code"].map(_known.name_of)
    table["edition"] = np.where(table["gm_code"].ne(""), str(edition.year), "")
    table["key"] = _keys(table)
    return table


def _keys(table: pd.DataFrame) -> pd.Series[str]:
    """Key of each address: the same for two ways of writing one.

    A street, and a name of a place, is in more than one municipality: without a postcode
    the municipality belongs to the address.
    """
    columns = (
        table["address"].map(_known.plain),
        table["postcode"].str.replace(" ", ""),
        table["place"].map(_known.plain),
        table["gm_code"].where(~table["postcode"].str.fullmatch(POSTCODE), "").fillna(""),
    )
    texts = ["|".join(parts) for parts in zip(*columns, strict=True)]
    key = pd.Series(texts, index=table.index, dtype="str")
    return key.where(key.ne("|||"), "")


def _postcode(text: str) -> str:
    found = POSTCODE.fullmatch(text.strip())
    return " ".join(part for part in found.groups() if part).upper() if found else text


_MESSAGES = {
    GeocodeProblem.PO_BOX: PO_BOX,
    GeocodeProblem.AMBIGUOUS: AMBIGUOUS,
    GeocodeProblem.NOT_FOUND: NOT_FOUND,
    GeocodeProblem.DISAGREES: DISAGREES,
    GeocodeProblem.POSTCODE_UNKNOWN: NO_POSTCODE,
    GeocodeProblem.PLACE_UNKNOWN: NO_PLACE,
    GeocodeProblem.MUNICIPALITY_UNKNOWN: NO_MUNICIPALITY,
    GeocodeProblem.ONLINE_FAILED: OFFLINE,
    GeocodeProblem.REFUSED: REFUSED,
    GeocodeProblem.ADDRESS_UNKNOWN: NO_ADDRESS,
    GeocodeProblem.SEVERAL_ADDRESSES: SEVERAL_ADDRESSES,
}
"""What is said of each problem; that a point is near a border is no fault of the list, and
`_tell_former` tells of old names."""

_LOST = {PO_BOX: PO_BOX_ONLY}
"""What is said instead when nothing else is known of the location."""


def _tell(
    asked: pd.DataFrame, answer: pd.DataFrame, edition: Edition, found: Findings
) -> pd.Series[bool]:
    """Tell what is wrong with each address; where two statements do not agree."""
    codes = answer["problems"].astype("str")
    disagrees = codes.str.split(";").map(lambda own: GeocodeProblem.DISAGREES in own)
    _tell_former(asked[codes.str.contains(GeocodeProblem.FORMER_NAME, regex=False)], edition, found)
    faulty = codes.ne("")
    telling = answer.loc[faulty, ["problems", "candidates", "precision", "gm_code"]].astype("str")
    telling["parts"] = ""
    apart = disagrees.index[disagrees]
    telling.loc[apart, "parts"] = _parts_of(asked.loc[apart], telling.loc[apart], edition)
    for (problems, candidates, precision, _code, parts), part in asked[faulty].groupby(
        [telling[name] for name in telling]
    ):
        for problem in str(problems).split(";"):
            message = _MESSAGES.get(GeocodeProblem(problem))
            if message is None:
                continue
            if precision == Precision.UNKNOWN:
                message = _LOST.get(message, message)
            field, values = _blamed(GeocodeProblem(problem), part)
            if field == "postcode":
                values = values[values.str.fullmatch(POSTCODE)]  # the register tells of others
            found.add(
                field,
                values,
                message,
                severity="warning",
                candidates=str(candidates),
                parts=str(parts),
                precision=Later(SHOWN_PRECISION.get(str(precision), "")),
                edition=edition.year,
            )
    return disagrees


def _tell_former(asked: pd.DataFrame, edition: Edition, found: Findings) -> None:
    """Tell which names are of municipalities of another year, and where their area is."""
    names, said = gazetteer(edition), parse(asked)
    for field in ("municipality", "place"):
        for name, rows in said[field].groupby(said[field]):
            meant = names.municipality(str(name))
            if meant.former and (field == "municipality" or names.place(str(name)).former):
                heirs = " / ".join(map(_known.name_of, meant.codes))
                told = {"edition": edition.year, "heirs": heirs}
                found.add(field, rows, FORMER_NAME, severity="warning", **told)


def _parts_of(asked: pd.DataFrame, answer: pd.DataFrame, edition: Edition) -> pd.Series[str]:
    """Each part of the addresses, with the municipalities that it can be in by itself."""
    names, said = gazetteer(edition), parse(asked)

    def shown(street: str, code: str, place: str, municipality: str, seen: str) -> str:
        spot = names.postcode(code[:4])
        lies = {
            code: {spot.gm_code} if spot else set(),
            place: {own.gm_code for own in names.place(place).spots},
            municipality: {*names.municipality(municipality).codes}
            or {own.gm_code for own in names.place(municipality).spots},
        }
        # Found by its street and number, in yet another one.
        lies = {street: {seen} - set().union(*lies.values()), **lies}
        return "; ".join(
            f"{shorten(part)} ({' / '.join(map(_known.name_of, sorted(codes)))})"
            for part, codes in lies.items()
            if part and codes
        )

    said["street"] = (said["street"] + " " + said["house_number"]).str.strip()
    said["postcode"] = said["postcode"].where(said["postcode"].ne(""), said["pc4"])
    columns = said[["street", "postcode", "place", "municipality"]].assign(seen=answer["gm_code"])
    rows = list(columns.itertuples(index=False, name=None))
    texts = {row: shown(*row) for row in set(rows)}
    return pd.Series([texts[row] for row in rows], index=asked.index, dtype="str")


def _blamed(problem: GeocodeProblem, part: pd.DataFrame) -> tuple[str, pd.Series[str]]:
    """Field that a problem is told of, and what stands there."""
    one = {
        GeocodeProblem.POSTCODE_UNKNOWN: "postcode",
        GeocodeProblem.PLACE_UNKNOWN: "place",
        GeocodeProblem.MUNICIPALITY_UNKNOWN: "municipality",
        GeocodeProblem.AMBIGUOUS: "place",
    }.get(problem, "")
    if one and part[one].ne("").all():
        return one, part[one]
    texts = [", ".join(dict.fromkeys(filter(None, row))) for row in part.to_numpy().tolist()]
    return "address", pd.Series(texts, index=part.index, dtype="str")


def _own_points(
    said: pd.DataFrame,
    table: pd.DataFrame,
    answer: pd.DataFrame,
    edition: Edition,
    found: Findings,
) -> None:
    """Points that the list gives go before those looked up, unless the address denies them."""
    table["own_point"], table["note"] = False, ""
    given = said["x"].ne("") | said["y"].ne("")
    if not given.any():
        return
    x, y = (said.loc[given, name].map(_metres).astype(float) for name in ("x", "y"))
    turned = x.between(*RD_Y) & y.between(*RD_X) & ~(x.between(*RD_X) & y.between(*RD_Y))
    found.add("x", said.loc[turned.index[turned], "x"], SWAPPED_XY, severity="warning")
    x, y = x.where(~turned, y), y.where(~turned, x)
    good = x.between(*RD_X) & y.between(*RD_Y)
    wrong = (said["x"] + " / " + said["y"])[good.index[~good]]
    found.add("x", wrong, WRONG_XY)
    rows = good.index[good]
    codes = municipality_at(x[rows].to_numpy(), y[rows].to_numpy(), edition)
    code = pd.Series(np.asarray(codes, dtype=object), index=rows, dtype="str")
    written = (said["x"] + " / " + said["y"])[rows]
    stated = table.loc[rows, "gm_code"]
    near = [
        own in others.split(";")
        for own, others in zip(code, answer.loc[rows, "also"].astype("str"), strict=True)
    ]
    denied = stated.ne("") & stated.ne(code) & ~(pd.Series(near, rows) & code.ne(""))
    for (one, other), part in written[denied].groupby([code[denied], stated[denied]]):
        found.add(
            "x",
            part,
            OTHER_XY,
            severity="warning",
            place=_known.name_of(str(one)) if one else Later(ABROAD),
            address=_known.name_of(str(other)),
        )
    lost = rows[denied]
    # Two statements that do not agree prove neither of them.
    table.loc[lost, ["gm_code", "precision"]] = ["", Precision.UNKNOWN.value]
    table.loc[lost, ["x", "y"]] = np.nan
    kept = rows[~denied & ~answer.loc[rows, "disagrees"]]
    table.loc[kept, "x"], table.loc[kept, "y"] = x[kept], y[kept]
    table.loc[kept, "gm_code"] = code[kept]
    # How the list came by the point, and how precisely, it does not say.
    table.loc[kept, "precision"] = Precision.UNKNOWN.value
    table.loc[kept, "own_point"] = True
    heading = " / ".join(found.headings.get(name, name) for name in ("x", "y"))
    table.loc[kept, "note"] = f"{heading}: " + written[kept]


def _metres(text: str) -> float:
    """Metres as people write them: 121687, 121687,5 or 121.687,5; NaN when it is none."""
    bare = text.replace(" ", "")
    if re.fullmatch(r"\d{1,3}(\.\d{3})+(,\d+)?", bare):
        bare = bare.replace(".", "")
    try:
        return float(bare.replace(",", "."))
    except ValueError:
        return np.nan


def _name_of_code(said: pd.DataFrame, found: Findings) -> None:
    """Tell where the code and the name of a municipality are of two municipalities."""
    named = said["municipality"].where(said["municipality"].ne(""), said["served_municipality"])
    both = said["gm_code"].ne("") & named.ne("")
    for (code, name), rows in named[both].groupby([said.loc[both, "gm_code"], named[both]]):
        meant, _remarks = areas.municipality(str(code), 0)
        codes, _remarks = areas.municipality(str(name), 0)
        if meant and codes and not set(meant) & set(codes):
            found.add(
                "gm_code",
                rows,
                NO_CODE_NAME,
                severity="warning",
                code=meant[0],
                name=_known.name_of(meant[0]),
            )


def own_names(table: pd.DataFrame, owner: pd.Series[str], register: Register) -> pd.Series[str]:
    """Identifier of each location: that of the register where it has the same address.

    The keys of `table` become those of the register where one place is meant.
    """
    stored = stored_keys(register)
    known = {
        (provider, key): name
        for provider, key, name in zip(
            register.locations["provider_id"],
            stored,
            register.locations["location_id"],
            strict=True,
        )
    }
    loose: dict[tuple[str, str], set[str]] = {}
    for provider, key in known:
        loose.setdefault((provider, key.rpartition("|")[0]), set()).add(key)

    def settled(provider: str, key: str) -> str:
        """A known key of the same place, of which the municipality is known once only."""
        base, _bar, code = key.rpartition("|")
        others = loose.get((provider, base), set())
        if (provider, key) in known or base.endswith("|") or len(others) != 1:
            return key
        other = next(iter(others))
        return other if not code or other.endswith("|") else key

    pairs = list(zip(owner, table["key"], strict=True))
    keys = {pair: settled(*pair) for pair in set(pairs)}
    table["key"] = pd.Series([keys[pair] for pair in pairs], index=table.index, dtype="str")
    pairs = list(zip(owner, table["key"], strict=True))
    names = {pair: known.get(pair) or duplicates.own_id("l", *pair) for pair in set(pairs)}
    found = pd.Series([names[pair] for pair in pairs], index=table.index, dtype="str")
    return found.where(table["given"] & table["key"].ne(""), "")


def stored_keys(register: Register) -> pd.Series[str]:
    """Key of each location of a register, as `sites` makes them."""
    return _keys(register.locations)
