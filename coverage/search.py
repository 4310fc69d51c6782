"""Find a municipality by its name, or by one that it had, or that its area had.

A select box searches in what it shows. So every name that may be typed is a choice of its own,
or stands in one.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from coverage import editions
from coverage._known import plain
from coverage.gap_table import alphabet
from coverage.i18n import _, ngettext
from coverage.vocabulary import RegionSet
from coverage.wording import listed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from coverage.editions import Edition

OLD = "old:"
"""Beginning of the key of a municipality that the edition does not have."""

_NAMED = 2
"""Places that the label of an old name tells; the others it counts."""


@dataclass(frozen=True)
class Place:
    """One choice in a list of municipalities.

    Attributes
    ----------
    key
        What the choice is known by: the code itself, or ``old:`` and a code that the edition
        does not have. It does not depend on the language.
    label
        What is shown, and searched in. No two places of one list have the same.
    code
        Municipality of the edition that the choice leads to.
    name
        Name of what is chosen: of the old municipality when it is one.
    heirs
        Codes of the edition in which the area of an old municipality lies, the one where most
        of its young residents live first; empty for a municipality of the edition.
    """

    key: str
    label: str
    code: str
    name: str
    heirs: tuple[str, ...] = ()

    @property
    def old(self) -> bool:
        """Whether the choice is a municipality that the edition does not have."""
        return bool(self.heirs)


def current_labels(edition: Edition) -> pd.Series[str]:
    """Labels of the municipalities of an edition, with other names that people use.

    Parameters
    ----------
    edition
        Result of `coverage.load_edition`.

    Returns
    -------
    pandas.Series
        Indexed by gm_code, in the order of the alphabet. Where a name occurs twice, its
        province stands behind it; so do another name (Den Haag) and letters without accents.

    Examples
    --------
    >>> labels = current_labels(editions.load_edition(2025))
    >>> labels["GM0893"], labels["GM0518"]
    ('Bergen (Limburg)', "'s-Gravenhage (Den Haag)")
    >>> labels["GM1900"]
    'Súdwest-Fryslân (Sudwest-Fryslan)'
    """
    name = edition.municipalities["name"]
    regions = edition.regions
    rows = regions[regions["region_set"] == RegionSet.PROVINCE].drop_duplicates("gm_code")
    province = name.index.to_series().map(rows.set_index("gm_code")["region_name"]).fillna("")
    bare = name.str.replace(r"\s*\(.*\)$", "", regex=True)
    twice = bare.duplicated(keep=False) & (province != "")
    shown = name.where(~twice, bare + " (" + province + ")")
    other = _other_names(name).reindex(name.index).fillna("")
    labels = _distinct(shown + other + _unaccented(name))
    return labels.sort_values(key=alphabet, kind="stable")


def places(edition: Edition) -> list[Place]:
    """Every choice that leads to a municipality of an edition, in the language of this context.

    Parameters
    ----------
    edition
        Result of `coverage.load_edition`.

    Returns
    -------
    list of Place
        The municipalities of the edition in the order of the alphabet, then those of other
        years. It takes some tens of milliseconds: keep it for each edition and language.

    Examples
    --------
    >>> found = places(editions.load_edition(2025))
    >>> resolve("old:GM0265", found).code
    'GM1945'
    """
    labels = current_labels(edition)
    names = edition.municipalities["name"]
    now = [Place(str(code), label, str(code), names[code]) for code, label in labels.items()]
    return now + _old_places(edition)


def within(found: Iterable[Place], codes: Collection[str]) -> list[Place]:
    """Places that lead to one of some municipalities.

    Parameters
    ----------
    found
        Result of `places`.
    codes
        Municipalities that may be chosen, for instance those of a region.

    Returns
    -------
    list of Place
        In the same order. A place that was split stays when any of its parts may be chosen,
        and leads to the largest of those.
    """
    there = set(codes)
    kept = []
    for place in found:
        first = next((code for code in place.heirs or (place.code,) if code in there), None)
        if first is not None:
            kept.append(place if first == place.code else replace(place, code=first))
    return kept


def resolve(chosen: str, found: Iterable[Place]) -> Place | None:
    """Place that a choice stands for.

    Parameters
    ----------
    chosen
        Key of a place; or the code of a municipality of any year, as a link may have it.
    found
        Result of `places`.

    Returns
    -------
    Place or None
        None if the choice leads nowhere.
    """
    by_key = {place.key: place for place in found}
    return by_key.get(chosen) or by_key.get(f"{OLD}{chosen}")


def told(place: Place, names: Mapping[str, str], year: int) -> str:
    """What to tell a reader who chose an old municipality and sees another.

    Parameters
    ----------
    place
        What was chosen.
    names
        Names of the municipalities of the edition by code.
    year
        Year of the edition.

    Returns
    -------
    str
        Plain text; empty for a municipality of the edition.
    """
    if not place.old:
        return ""
    said = {"old": place.name, "places": listed([names[code] for code in place.heirs])}
    if year == max(editions.EDITIONS):
        text = _("{old} is now part of {places}.", **said)
    else:
        # It may have gone before that year, or have come after it.
        text = _(
            "In {year} there was no municipality {old}. Its area belonged to {places}.",
            year=year,
            **said,
        )
    if len(place.heirs) == 1:
        return text
    return _("{text} The page shows {name}.", text=text, name=names[place.code])


def _other_names(name: pd.Series[str]) -> pd.Series[str]:
    """Other names of municipalities, between brackets; spellings of the same name are none."""
    table = editions.names()
    known = table["gm_code"].map(name)
    differs = known.notna() & (table["name"].map(plain) != known.fillna("").map(plain))
    return (" (" + table.loc[differs, "name"] + ")").groupby(table["gm_code"]).sum()


def _unaccented(name: pd.Series[str]) -> pd.Series[str]:
    """Names without accents, between brackets, where that makes a difference.

    Whoever has no û on the keyboard types a u; the search of the select box tells them apart.
    """
    bare = name.map(_without_accents)
    return (" (" + bare + ")").where(bare != name, "")


def _without_accents(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _distinct(labels: pd.Series[str]) -> pd.Series[str]:
    """Labels with the code behind those that occur more than once."""
    twice = labels.duplicated(keep=False)
    return labels.where(~twice, labels + " (" + labels.index.astype(str) + ")")


def _old_places(edition: Edition) -> list[Place]:
    """Municipalities that are not in the edition, and lead to one that is."""
    names = edition.municipalities["name"]
    # The first row of a code has its name.
    table = editions.names().drop_duplicates("gm_code")
    table = table[~table["gm_code"].isin(names.index)]
    heirs = table.set_index("gm_code")[f"successor_{edition.year}"].str.split(";").explode()
    pairs = heirs.rename("heir").reset_index()
    pairs = pairs[pairs["heir"].isin(names.index)].merge(_shares(edition.year), how="left")
    pairs = pairs.sort_values(["gm_code", "share", "heir"], ascending=[True, False, True])
    pairs["heir_name"] = pairs["heir"].map(names)
    grouped = pairs.groupby("gm_code")
    old = pd.DataFrame(
        {
            "heirs": grouped["heir"].agg(tuple),
            "heir_names": grouped["heir_name"].agg(tuple),
            "name": table.set_index("gm_code")["name"],
        }
    ).dropna()
    now = edition.year == max(editions.EDITIONS)
    told = [_now(heirs) if now else _then(heirs, edition.year) for heirs in old["heir_names"]]
    bare = old["name"] + _unaccented(old["name"])
    labels = _distinct(bare + ", " + pd.Series(told, index=old.index, dtype=object))
    old = old.assign(label=labels).sort_values("label", key=alphabet, kind="stable")
    return [
        Place(f"{OLD}{code}", label, heirs[0], name, heirs)
        for code, label, name, heirs in zip(
            old.index, old["label"], old["name"], old["heirs"], strict=True
        )
    ]


def _shares(year: int) -> pd.DataFrame:
    """What part of the young residents of an old municipality lives in each heir."""
    others = [one for one in editions.EDITIONS if one != year]
    tables = [editions.load_crosswalk(other, year) for other in others]
    columns = {"from_code": "gm_code", "to_code": "heir"}
    shares = pd.concat(tables).rename(columns=columns)
    return shares.drop_duplicates(["gm_code", "heir"], keep="last")


def _now(heirs: tuple[str, ...]) -> str:
    return _("now {places}", places=_few(heirs))


def _then(heirs: tuple[str, ...], year: int) -> str:
    return _("in {year} {places}", year=year, places=_few(heirs))


def _few(names: tuple[str, ...]) -> str:
    """Names as one phrase; of many, the first few and how many more there are."""
    if len(names) <= _NAMED + 1:
        return listed(names)
    rest = len(names) - _NAMED
    more = ngettext("{count} other", "{count} others", rest)
    return listed([*names[:_NAMED], more])
