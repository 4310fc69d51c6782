"""Whether what a table refers to is there: other tables, municipalities, regions.

The schema judges a table by itself. This room judges it against the other
tables of a register and against the editions, and says what contradicts
itself.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from coverage import _known
from coverage.editions import EDITIONS, editions_with
from coverage.faults import Fault, row_faults
from coverage.i18n import N_
from coverage.schema import LONG_TERM_MONTHS, REGION, Words
from coverage.vocabulary import FigureStatus, FunctionStatus, ServiceAreaType, Ternary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from coverage.tables import Read

FEW, MANY = 50, 2000
"""A likeness is looked for with fewer strange and fewer known identifiers: it takes long."""

Message = tuple[str, dict[str, object]]


# --- municipalities and regions ---------------------------------------------


def edition_faults(name: str, read: Read) -> Iterator[Fault]:
    """Codes and regions that the edition of their row does not have.

    Parameters
    ----------
    name
        Name of a table of the register.
    read
        That table as read.
    """
    table = read.table
    if name in {"locations", "inventory"}:
        yield from code_faults(read.file, table["gm_code"], table["edition"])
    elif name == "offers":
        kind = table["service_area_type"]
        listed = table.loc[kind.eq(ServiceAreaType.MUNICIPALITIES), "service_area"]
        codes = listed.str.split(";").explode()
        yield from code_faults(read.file, codes, table["edition"].reindex(codes.index))
        yield from _region_faults(read.file, table[kind.eq(ServiceAreaType.REGION)])


def code_faults(file: str, codes: pd.Series[Any], years: pd.Series[Any]) -> Iterator[Fault]:
    """Codes that their edition does not have.

    Parameters
    ----------
    file
        Where the codes stand.
    codes
        Codes; empty ones are not judged. The name is the column, the index the
        row in the file, which may repeat.
    years
        Edition of each, in the same order; missing or unknown editions are not judged.
    """
    for year in EDITIONS:
        own = codes[(years == year).fillna(value=False) & codes.ne("")]
        strange = own[~own.isin(_known.codes(year))]
        for code, rows in strange.groupby(strange):
            yield from row_faults(file, rows, *_strange_code(str(code), year))


def _strange_code(code: str, year: int) -> Message:
    """What to say of a code that an edition does not have."""
    name = _known.name_of(code)
    there = ", ".join(map(str, editions_with(code)))
    heirs = ", ".join(f"{heir} {_known.name_of(heir)}" for heir in _known.successors(code, year))
    if not name:
        message = N_(
            "There is no municipality {value}. Look the code up in the list of municipalities "
            "of {edition}."
        )
    elif there and heirs:
        message = N_(
            "{value} ({name}) is not in edition {edition} but in {there}. In {edition} its area "
            "is in: {heirs}. Use these, or change the edition."
        )
    elif there:
        message = N_(
            "{value} ({name}) is not in edition {edition} but in {there}. Use the codes of "
            "{edition}, or change the edition."
        )
    elif heirs:
        message = N_(
            "{value} ({name}) existed in other years. In {edition} its area is in: {heirs}. "
            "Use these."
        )
    else:
        message = N_("{value} ({name}) existed in other years. Use the codes of {edition}.")
    params = {"value": code, "edition": year, "name": name, "there": there, "heirs": heirs}
    return message, params


def _region_faults(file: str, offers: pd.DataFrame) -> Iterator[Fault]:
    """Regions that their edition does not have."""
    areas = offers.loc[offers["service_area"].str.fullmatch(REGION), "service_area"]
    years = offers.loc[areas.index, "edition"]
    for year in EDITIONS:
        own = areas[(years == year).fillna(value=False)]
        strange = own[~own.isin(_known.regions(year))]
        for area, rows in strange.groupby(strange):
            yield from row_faults(file, rows, *_strange_region(str(area), year))


def _strange_region(area: str, year: int) -> Message:
    """What to say of a region that an edition does not have."""
    region_set, code = area.split(":", 1)
    params: dict[str, object] = {"edition": year, "set": region_set}
    sets = _known.region_sets(year)
    if region_set not in sets:
        params["sets"] = ", ".join(sets)
        return N_("Edition {edition} has no region set “{set}”. Choose one of: {sets}."), params
    known = {
        key: name for key, name in _known.regions(year).items() if key.startswith(f"{region_set}:")
    }
    spellings = {name.casefold(): key for key, name in known.items()}
    spellings |= {key.split(":", 1)[1].casefold(): key for key in known}
    near = difflib.get_close_matches(code.casefold(), list(spellings), n=1, cutoff=0.6)
    if near:
        key = spellings[near[0]]
        params |= {"key": key, "name": known[key]}
        return (
            N_("There is no region “{value}” in edition {edition}. Did you mean {key} ({name})?"),
            params,
        )
    params["keys"] = ", ".join(sorted(known)[:12])
    return (
        N_("There is no region “{value}” in edition {edition}. Choose for instance: {keys}."),
        params,
    )


# --- between the tables -----------------------------------------------------


def register_faults(reads: Mapping[str, Read]) -> Iterator[Fault]:
    """Rows that refer to a row that is not there, and what contradicts itself.

    Parameters
    ----------
    reads
        The four tables of a register by name.
    """
    providers, locations, offers = (reads[name] for name in ("providers", "locations", "offers"))
    for read in (locations, offers):
        yield from _dangling(read, "provider_id", providers, "providers")
    yield from _dangling(offers, "location_id", locations, "locations")
    yield from _location_faults(offers, locations)
    yield from offer_warnings(offers)
    yield from _example_warning(reads)


def _dangling(read: Read, column: str, target: Read, table: str) -> Iterator[Fault]:
    """Identifiers that the other table does not have."""
    if not target.complete:
        return  # Everything would seem to be missing.
    known = target.table[column]
    values = read.table[column]
    strange = values[values.ne("") & ~values.isin(known)]
    likely = known.unique().tolist() if strange.nunique() < FEW and known.nunique() < MANY else []
    for value, rows in strange.groupby(strange):
        near = difflib.get_close_matches(str(value), likely, n=1, cutoff=0.7)
        message = (
            N_("There is no “{value}” in the table {table}. Did you mean “{near}”?")
            if near
            else N_("There is no “{value}” in the table {table}. Add it there, or correct it here.")
        )
        params = {"table": table, "near": near[0] if near else ""}
        yield from row_faults(read.file, rows, message, params)


def _location_faults(offers: Read, locations: Read) -> Iterator[Fault]:
    """Circles round a location that lies nowhere, and locations of another provider."""
    site = locations.table.drop_duplicates("location_id").set_index("location_id")
    table = offers.table[offers.table["location_id"].isin(site.index)]
    own = site.loc[table["location_id"]].set_axis(table.index)
    placed = own["x"].notna() | own["gm_code"].ne("")
    nowhere = table["service_area_type"].eq(ServiceAreaType.RADIUS) & ~placed
    yield from row_faults(
        offers.file,
        table.loc[nowhere, "location_id"],
        N_(
            "The radius is round location {value}, but that has no x and y and no gm_code. "
            "Fill these in, in the table locations."
        ),
    )
    other = own["provider_id"].ne(table["provider_id"])
    yield from row_faults(
        offers.file,
        table.loc[other, "location_id"],
        N_("Location {value} is of another provider than the offer. Check provider_id."),
        severity="warning",
    )


def offer_warnings(offers: Read) -> Iterator[Fault]:
    """What is probably not meant so in the table of offers.

    Parameters
    ----------
    offers
        The table as read.
    """
    table = offers.table
    unproven = table["coordination"].eq(FunctionStatus.PRESENT) & table["evidence"].eq("")
    yield from row_faults(
        offers.file,
        table.loc[unproven, "coordination"],
        N_(
            "Coordination is present, but no evidence is given. Write in the column evidence "
            "what the source says of it."
        ),
        severity="warning",
    )
    yield from _checklist_warnings(offers)
    short = table["long_term"].eq(Ternary.YES) & table["duration_months_max"].le(LONG_TERM_MONTHS)
    long = table["long_term"].eq(Ternary.NO) & table["duration_months_min"].gt(LONG_TERM_MONTHS)
    for word, contradicted in ((Ternary.YES, short), (Ternary.NO, long)):
        yield from row_faults(
            offers.file,
            table.loc[contradicted, "long_term"],
            N_(
                "long_term is {value}; that does not agree with the duration in months. "
                "Correct one of the two."
            ),
            {"value": Words(word)},
            severity="warning",
        )
    year = table[["year_from", "year_to", "first_seen", "last_seen"]].astype("float64")
    outside = year["last_seen"].gt(year["year_to"]) | year["first_seen"].lt(year["year_from"])
    yield from row_faults(
        offers.file,
        year.loc[outside, "last_seen"],
        N_("The offer was seen before it started or after it ended. Check the four years."),
        severity="warning",
    )


def _checklist_warnings(offers: Read) -> Iterator[Fault]:
    """Coordination that does not agree with its checklist.

    Coordination is present when the source says who coordinates and at least one task or power
    (the letter counts what is not described with what is missing).
    """
    table = offers.table
    named, tasks, powers = (
        table[name] for name in ("coordinator_named", "tasks_described", "powers_described")
    )
    refuted = named.eq(Ternary.NO) | (tasks.eq(Ternary.NO) & powers.eq(Ternary.NO))
    proven = named.eq(Ternary.YES) & (tasks.eq(Ternary.YES) | powers.eq(Ternary.YES))
    present = table["coordination"].eq(FunctionStatus.PRESENT)
    yield from row_faults(
        offers.file,
        table.loc[present & refuted, "coordination"],
        N_(
            "Coordination is present, but by the checklist the source does not say who coordinates "
            "or what that person does. Correct one of the two: “{right}” may be right."
        ),
        {"right": Words(FunctionStatus.NOT_DESCRIBED)},
        severity="warning",
    )
    for word in (FunctionStatus.NOT_DESCRIBED, FunctionStatus.ABSENT, FunctionStatus.UNKNOWN):
        yield from row_faults(
            offers.file,
            table.loc[table["coordination"].eq(word) & proven, "coordination"],
            N_(
                "Coordination is {value}, but by the checklist the source says who coordinates "
                "and what that person does. Correct one of the two: “{right}” may be right."
            ),
            {"value": Words(word), "right": Words(FunctionStatus.PRESENT)},
            severity="warning",
        )


def _example_warning(reads: Mapping[str, Read]) -> Iterator[Fault]:
    """One example row among real ones: it makes an example of everything."""
    example = {name: read.table["status"].eq(FigureStatus.EXAMPLE) for name, read in reads.items()}
    if all(marks.all() for marks in example.values()):
        return
    for name, marks in example.items():
        for row in marks.index[marks][:1]:
            yield Fault(
                reads[name].file,
                int(row),
                "status",
                FigureStatus.EXAMPLE.value,
                N_(
                    "Example rows stand among real ones: everything made of this register is "
                    "shown as an example. Take them out before you use it."
                ),
                severity="warning",
            )
