"""The rows as the register will hold them: what is there already, and what is not valid."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from coverage import _cells, _known, references, schema, tables
from coverage.i18n import N_
from coverage.intake import duplicates, providers
from coverage.intake.findings import Findings
from coverage.vocabulary import FigureStatus, Precision, ServiceAreaType

if TYPE_CHECKING:
    from coverage.editions import Edition
    from coverage.intake.judgement import Defaults
    from coverage.register import Register

__all__ = ["checked", "completed", "stored_offers", "updated"]

CHUNK = 1000
"""Rows checked at a time: of each fault in a column this many are told apart."""

RENAMED_FROM = 50.0
"""Likeness (0-100) from which another name for a known code is a new name of that offer."""

OTHER_OFFER = N_(
    "“{value}” is another offer in the register: {offer} of {provider}. Take another code, or "
    "leave it empty. If this column only counts the rows, set it to “not used”."
)
RENAMED = N_("The offer {value} is called “{offer}” in the register: it gets the name of this row.")
ID_AGAIN = N_("“{value}” is already in row {first}. Every offer needs its own code.")
NO_PROVIDER = N_("The name of the provider is missing. Fill it in.")
NO_OFFER = N_("The name of the offer is missing. Fill it in.")
NO_ROW = N_("This looks like no offer: a total, or a remark under the list. Leave the row out.")
NO_SOURCE = N_("The source is missing. Fill it in here, or once for the whole list.")
RADIUS_NOWHERE = N_(
    "“{value}” is a distance from the location, but where that is is not known. Add an address, or "
    "write the municipalities."
)
EXAMPLE = N_("This row is an example. Leave it out: it does not belong among real offers.")


def stored_offers(register: Register) -> pd.DataFrame:
    """Offers of the register as texts, by offer_id."""
    texts = register.offers.apply(tables.as_text)
    return texts.set_index("offer_id", drop=False)


def updated(
    offers: pd.DataFrame,
    stored: pd.DataFrame,
    register: Register,
    sites: pd.DataFrame,
    found: Findings,
) -> tuple[pd.DataFrame, pd.Series[bool]]:
    """Rows with the code of a known offer, filled up with what the register says of it.

    An empty cell says nothing: what is known stays. Neither does a part of the address that
    is known.

    Returns
    -------
    offers
        The rows.
    update
        Whether a row changes an offer of the register.
    """
    ids = offers["offer_id"]
    first = ids.groupby(ids).transform(lambda rows: rows.index[0]).where(ids.ne(""), -1)
    again = ids.ne("") & first.ne(ids.index.to_series())
    for number, rows in ids[again].groupby(first[again]):
        found.add("offer_id", rows, ID_AGAIN, first=int(number))
    update = ids.isin(stored.index) & ids.ne("")
    if not update.any():
        return offers, update
    base: pd.DataFrame = stored.loc[ids[update]].set_axis(offers.index[update])
    own = register.providers.set_index("provider_id")["name"]
    name, was = offers.loc[update, "name"], base["name"]
    same_name = name.map(duplicates.plain_name).eq(was.map(duplicates.plain_name))
    same_owner = offers.loc[update, "provider_id"].eq(base["provider_id"])
    codes, owner = ids[update], base["provider_id"].map(own).fillna("")
    # A name that is nothing like it is no new name: the list has a numbering of its own.
    likeness = process.cpdist([*name], [*was], scorer=fuzz.ratio, processor=duplicates.plain_name)
    other = ~same_name & name.ne("") & (~same_owner | (likeness < RENAMED_FROM))
    for (offer, provider), rows in codes[other].groupby([was[other], owner[other]]):
        found.add("offer_id", rows, OTHER_OFFER, offer=str(offer), provider=str(provider))
    renamed = ~same_name & ~other & name.ne("")
    for offer, rows in codes[renamed].groupby(was[renamed]):
        found.add("offer_id", rows, RENAMED, severity="warning", offer=str(offer))
    part = offers.loc[update]
    area = ["service_area_type", "service_area", "edition"]
    filled = part.where(part != "", base)
    # The type, the area and its division go together.
    spoken = part["service_area_type"].ne("")
    filled.loc[spoken, area] = part.loc[spoken, area]
    stays = _within(sites.loc[update], base["location_id"], register.locations)
    filled.loc[stays, "location_id"] = base.loc[stays, "location_id"]
    done = offers.copy()
    done.loc[update] = filled
    return done, update


def _within(sites: pd.DataFrame, codes: pd.Series[str], locations: pd.DataFrame) -> pd.Series[bool]:
    """Rows whose address says no more than the location that the offer has, and nothing else."""
    known = locations.set_index("location_id").reindex(codes).fillna({"gm_code": ""})
    known = known.set_axis(sites.index)
    fits = codes.isin(locations["location_id"]) & ~sites["own_point"]
    for column in ("address", "place"):
        said = sites[column].map(_known.plain)
        fits &= said.eq("") | said.eq(known[column].fillna("").map(_known.plain))
    code, stored = (one["postcode"].fillna("").str.replace(" ", "") for one in (sites, known))
    starts = [whole.startswith(part) for whole, part in zip(stored, code, strict=True)]
    fits &= np.array(starts, dtype=bool)
    # A municipality of another division is no contradiction.
    differ = sites["gm_code"].ne(known["gm_code"]) & sites["gm_code"].ne("")
    differ &= known["gm_code"].ne("")
    denied = differ & sites["edition"].eq(tables.as_text(known["edition"]))
    kept: pd.Series[bool] = fits & ~denied
    return kept


def changed(offers: pd.DataFrame, update: pd.Series[bool], stored: pd.DataFrame) -> pd.Series[bool]:
    """Rows that say something else than the offer of the register with the same code."""
    rows = offers.loc[update]
    base = stored.loc[rows["offer_id"]].set_axis(rows.index)
    differ = rows.ne(base[rows.columns]).any(axis=1)
    # As the register writes it: 13-7-2010 and 2010-07-13 are the same.
    read = _examined(rows[differ], "offers", Findings("", {})).apply(tables.as_text)
    differ[differ] = read.ne(base.loc[read.index, read.columns]).any(axis=1)
    return differ.reindex(offers.index, fill_value=False)


def completed(
    offers: pd.DataFrame,
    update: pd.Series[bool],
    stored: pd.DataFrame,
    *,
    said: pd.DataFrame,
    defaults: Defaults,
    edition: Edition,
) -> pd.DataFrame:
    """Rows with what must be filled in: unknown where nothing is said, and their source."""
    done = offers.copy()
    fresh = ~update
    differ = changed(offers, update, stored)
    origin = {
        "source": defaults.source,
        "source_date": defaults.source_date,
        "status": str(defaults.status),
    }
    for column, default in origin.items():
        # A changed offer is known from this list; an unchanged one from where it was.
        unsaid = (fresh & done[column].eq("")) | (differ & said[column].eq(""))
        done.loc[unsaid, column] = default
    must = {
        "offer_type": str(defaults.offer_type),
        "framework": "unknown",
        "long_term": "unknown",
        "support": "unknown",
        "acceptance": "unknown",
        "coordination": "unknown",
        "mobilisation": "unknown",
        "assertive_outreach": "unknown",
        "service_area_type": ServiceAreaType.UNKNOWN.value,
        "edition": str(edition.year),
    }
    for column, default in must.items():
        done[column] = done[column].where(done[column].ne(""), default)
    return done


def needed(said: pd.DataFrame, offers: pd.DataFrame, sites: pd.DataFrame, found: Findings) -> None:
    """Tell what a row cannot do without."""
    texts = offers["name"]
    none = _beside(said, said["provider"].eq("") | texts.eq(""))
    found.add("", said.loc[none, "provider"], NO_ROW)
    found.add("provider", said.loc[said["provider"].eq("") & ~none, "provider"], NO_PROVIDER)
    found.add("offer", texts[texts.eq("") & ~none], NO_OFFER)
    found.add("source", offers.loc[offers["source"].eq(""), "source"], NO_SOURCE)
    example = said["status"].ne("") & offers["status"].eq(FigureStatus.EXAMPLE)
    found.add("status", said.loc[example, "status"], EXAMPLE)
    placed = sites["gm_code"].ne("") | sites["x"].notna()
    lost = offers["service_area_type"].eq(ServiceAreaType.RADIUS) & ~placed
    found.add("service_area", said.loc[lost, "service_area"], RADIUS_NOWHERE)


BESIDE = r"(?i)(?:sub-?)?tota(?:al|len|l|ls)\b.*|(?:bron(?:nen)?|source|noot|peildatum)\s*:.*"
"""What stands under a list and is no part of it."""


def _beside(said: pd.DataFrame, open_rows: pd.Series[bool]) -> pd.Series[bool]:
    """Which of some rows hold a total or a remark, and further only numbers."""
    some, only = ~open_rows, open_rows
    for column in said:
        beside = said[column].str.fullmatch(BESIDE)
        some |= beside
        only &= beside | said[column].str.fullmatch(r"[-\d.,\s]*")
    return only & some


# --- by the rules of the register -------------------------------------------


def _cells_of(table: pd.DataFrame, file: str) -> _cells.Cells:
    """A table of texts as cells whose numbers are the rows of the list."""
    body = zip(
        (int(row) for row in table.index), table.to_numpy(dtype=object).tolist(), strict=True
    )
    return _cells.Cells(file, [(1, list(table.columns)), *body])


def checked(
    offers: pd.DataFrame,
    owners: pd.DataFrame,
    sites: pd.DataFrame,
    said: pd.DataFrame,
    found: Findings,
) -> dict[str, pd.DataFrame]:
    """The rows of the three tables, typed; every fault is told.

    Returns
    -------
    dict
        Tables providers, locations and offers by name, one row for each row of the list.
    """
    provider = pd.DataFrame(
        {
            "provider_id": "",
            "name": owners["name"],
            "kvk": said["kvk"].map(providers.number),
            "website": said["website"],
            **_PLAIN_ORIGIN,
        },
        dtype="str",
    )
    location = pd.DataFrame(
        {
            "location_id": "",
            "provider_id": "p",
            **{name: sites[name] for name in ("name", "address", "postcode", "place")},
            **{name: sites[name] for name in ("gm_code", "edition")},
            **{name: tables.as_text(sites[name]) for name in ("x", "y")},
            "precision": sites["precision"].where(
                sites["precision"].ne(""), Precision.UNKNOWN.value
            ),
            **_PLAIN_ORIGIN,
        },
        dtype="str",
    )
    short = said["kvk"].ne("") & provider["kvk"].ne(
        said["kvk"].str.replace(r"[\s.]", "", regex=True)
    )
    for number, part in said.loc[short, "kvk"].groupby(provider.loc[short, "kvk"]):
        found.add("kvk", part, ZERO_LOST, severity="warning", number=str(number))
    rows = pd.Series(offers.index, index=offers.index).astype(str)
    offer = offers.assign(offer_id="o" + rows, provider_id="p", location_id="l")
    typed = {
        "providers": _distinctly(provider, "providers", "provider_id", found),
        "locations": _distinctly(location, "locations", "location_id", found),
        "offers": _examined(offer, "offers", found),
    }
    read = tables.Read(typed["offers"], (), found.file)
    found.take("offers", references.edition_faults("offers", read), frozenset())
    found.take("offers", references.offer_warnings(read), frozenset())
    for name in ("providers", "locations"):
        for column in ("source", "source_date", "certainty", "status"):
            typed[name][column] = typed["offers"][column]
        typed[name]["provider_id"] = owners["provider_id"]
    typed["locations"]["location_id"] = sites["location_id"]
    typed["locations"]["note"] = sites["note"]
    for column in ("offer_id", "location_id"):
        typed["offers"][column] = offers[column]
    typed["offers"]["provider_id"] = owners["provider_id"]
    return typed


_PLAIN_ORIGIN = {
    "source": "list",
    "source_date": "",
    "certainty": "",
    "status": FigureStatus.ENTERED.value,
    "note": "",
}
"""Stands for where a row comes from, which is judged with its offer."""


ZERO_LOST = N_("“{value}” has lost the zero in front: read as {number}.")


def _distinctly(table: pd.DataFrame, name: str, key: str, found: Findings) -> pd.DataFrame:
    """Typed rows of a table in which many are the same: each different one is judged once."""
    if table.empty:
        return tables.empty(schema.REGISTER[name])
    group = table.groupby(list(table.columns), sort=False).ngroup()
    first = table.loc[~group.duplicated()]
    own = Findings(found.file, {heading: field for field, heading in found.headings.items()})
    judged = _examined(first.assign(**{key: "i" + first.index.astype(str)}), name, own)
    members = group.groupby(group).groups
    found.faults += [
        replace(fault, row=int(row))
        for fault in own.faults
        for row in members[group[fault.row or 0]]
    ]
    typed = judged.set_axis(group[judged.index]).loc[group]
    return typed.set_axis(table.index)


TOLD = {
    "providers": frozenset({"name"}),
    "locations": frozenset(),
    "offers": frozenset({"name", "source"}),
}
"""Columns whose emptiness is told elsewhere."""


def _examined(table: pd.DataFrame, name: str, found: Findings) -> pd.DataFrame:
    """Typed rows of a table; its faults go to `found`."""
    target = schema.REGISTER[name]
    if table.empty:
        return tables.empty(target)
    done = []
    for start in range(0, len(table), CHUNK):
        part = table.iloc[start : start + CHUNK]
        read = tables.examine(_cells_of(part, found.file), target)
        found.take(name, read.faults, TOLD[name])
        done.append(read.table)
    return pd.concat(done)
