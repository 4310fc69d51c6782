"""Whether what a table refers to is there: other tables, municipalities, regions.

The schema judges a table by itself; this room judges it against the other
tables of a register and against the editions.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import pandas as pd

from coverage import _known
from coverage.faults import Fault
from coverage.i18n import N_
from coverage.schema import REGION
from coverage.tables import row_faults
from coverage.vocabulary import FigureStatus, FunctionStatus, ServiceAreaType, Ternary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from coverage.tables import Read

LONG_TERM_MONTHS = 6
"""An offer that lasts longer is long-term by definition."""


# --- municipalities and regions ---------------------------------------------


def edition_faults(name: str, read: Read) -> Iterator[Fault]:
    """Codes and regions that the edition of their row does not have.

    Parameters
    ----------
    name
        Table of the register: ``locations``, ``offers`` or ``inventory``.
    read
        That table as read.
    """
    table = read.table
    if name in {"locations", "inventory"}:
        pairs = pd.DataFrame({"code": table["gm_code"], "edition": table["edition"]})
        yield from code_faults(read.file, "gm_code", pairs)
    elif name == "offers":
        kind = table["service_area_type"]
        listed = table.loc[kind.eq(ServiceAreaType.MUNICIPALITIES), ["service_area", "edition"]]
        listed = listed.assign(code=listed["service_area"].str.split(";")).explode("code")
        yield from code_faults(read.file, "service_area", listed[["code", "edition"]])
        yield from _region_faults(read.file, table[kind.eq(ServiceAreaType.REGION)])


def code_faults(file: str, column: str, pairs: pd.DataFrame) -> Iterator[Fault]:
    """Codes that their edition does not have.

    Parameters
    ----------
    file, column
        Where the codes stand.
    pairs
        Columns ``code`` and ``edition`` (missing = not judged); the index is
        the row in the file and may repeat.
    """
    judged = pairs[pairs["code"].ne("") & pairs["edition"].notna()]
    for (code, edition), rows in judged.groupby(["code", "edition"]).groups.items():
        year = int(edition)
        # Another year is a fault of the column edition, told there.
        if year not in _known.EDITIONS or code in _known.municipalities(year):
            continue
        message, params = _strange_code(str(code), year)
        yield from row_faults(file, rows, column, [str(code)] * len(rows), message, params)


def _strange_code(code: str, year: int) -> tuple[str, dict[str, object]]:
    """What to say of a code that an edition does not have."""
    there = _known.editions_with(code)
    name = _known.name_of(code)
    heirs = ", ".join(f"{heir} {_known.name_of(heir)}" for heir in _known.successors(code, year))
    params: dict[str, object] = {"edition": year, "name": name, "heirs": heirs}
    if not name:
        return (
            N_(
                "There is no municipality {value}. Look the code up in the list of "
                "municipalities of {edition}."
            ),
            params,
        )
    if there:
        params["there"] = ", ".join(map(str, there))
        if heirs:
            return (
                N_(
                    "{value} ({name}) is not in edition {edition} but in {there}. In {edition} its "
                    "area is in: {heirs}. Use these, or change the edition."
                ),
                params,
            )
        return (
            N_(
                "{value} ({name}) is not in edition {edition} but in {there}. Use the codes of "
                "{edition}, or change the edition."
            ),
            params,
        )
    if heirs:
        return (
            N_(
                "{value} ({name}) existed in other years. In {edition} its area is in: {heirs}. "
                "Use these."
            ),
            params,
        )
    return N_("{value} ({name}) existed in other years. Use the codes of {edition}."), params


def _region_faults(file: str, rows: pd.DataFrame) -> Iterator[Fault]:
    """Regions that their edition does not have."""
    named = rows[rows["service_area"].str.fullmatch(REGION) & rows["edition"].notna()]
    for (area, edition), index in named.groupby(["service_area", "edition"]).groups.items():
        year = int(edition)
        if year not in _known.EDITIONS or area in _known.regions(year):
            continue
        message, params = _strange_region(str(area), year)
        values = [str(area)] * len(index)
        yield from row_faults(file, index, "service_area", values, message, params)


def _strange_region(area: str, year: int) -> tuple[str, dict[str, object]]:
    """What to say of a region that an edition does not have."""
    region_set, code = area.split(":", 1)
    sets = _known.region_sets(year)
    params: dict[str, object] = {"edition": year, "set": region_set}
    if region_set not in sets:
        params["sets"] = ", ".join(sets)
        return N_("Edition {edition} has no region set “{set}”. Choose one of: {sets}."), params
    known = {
        key: name for key, name in _known.regions(year).items() if key.startswith(region_set + ":")
    }
    by_text = {name.casefold(): key for key, name in known.items()}
    by_text |= {key.split(":", 1)[1].casefold(): key for key in known}
    near = difflib.get_close_matches(code.casefold(), list(by_text), n=1, cutoff=0.6)
    if near:
        key = by_text[near[0]]
        params |= {"key": key, "name": known[key]}
        return (
            N_("The region set {set} of {edition} has no “{value}”. Did you mean {key} ({name})?"),
            params,
        )
    params["keys"] = ", ".join(sorted(known)[:12])
    return (
        N_("The region set {set} of {edition} has no “{value}”. It has: {keys}."),
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
    if locations.complete and offers.complete:
        yield from _location_faults(offers, locations)
    yield from offer_warnings(offers)
    yield from _example_warning(reads)


def _dangling(read: Read, column: str, target: Read, name: str) -> Iterator[Fault]:
    """Identifiers that the other table does not have."""
    if not target.complete:
        return  # Everything would seem to be missing.
    ids = target.table[column]
    values = read.table[column]
    strange = values[values.ne("") & ~values.isin(ids)]
    known = ids.tolist()
    for value, rows in strange.groupby(strange).groups.items():
        near = (
            difflib.get_close_matches(str(value), known, n=1, cutoff=0.7)
            if len(known) < MANY
            else []
        )
        message = (
            N_("There is no {value} in the table {table}. Did you mean {near}?")
            if near
            else N_("There is no {value} in the table {table}. Add it there, or correct it here.")
        )
        params = {"table": name, "near": near[0] if near else ""}
        yield from row_faults(read.file, rows, column, [str(value)] * len(rows), message, params)


MANY = 2000
"""From this many identifiers on, no likeness is looked for: it would take too long."""


def _location_faults(offers: Read, locations: Read) -> Iterator[Fault]:
    """Radiuses round a location that lies nowhere, and locations of another provider."""
    site = locations.table.drop_duplicates("location_id").set_index("location_id")
    table = offers.table[offers.table["location_id"].isin(site.index)]
    own = site.loc[table["location_id"]].set_axis(table.index)
    placed = own["x"].notna() | own["gm_code"].ne("")
    nowhere = table["service_area_type"].eq(ServiceAreaType.RADIUS) & ~placed
    yield from _rows(
        offers.file,
        table.loc[nowhere, "location_id"],
        N_(
            "A radius is drawn round location {value}, but that has neither x and y nor a gm_code. "
            "Fill these in there."
        ),
    )
    other = own["provider_id"].ne(table["provider_id"])
    yield from _rows(
        offers.file,
        table.loc[other, "location_id"],
        N_("Location {value} is of another provider than the offer. Check provider_id."),
        "warning",
    )


def _rows(
    file: str,
    values: pd.Series[Any],
    message: str,
    severity: Any = "error",  # noqa: ANN401
) -> Iterator[Fault]:
    return row_faults(
        file, values.index, str(values.name), values.astype(str), message, severity=severity
    )


def offer_warnings(offers: Read) -> Iterator[Fault]:
    """What is probably not meant so in the table of offers."""
    table = offers.table
    present = table["coordination"].eq(FunctionStatus.PRESENT) & table["evidence"].eq("")
    yield from _rows(
        offers.file,
        table.loc[present, "coordination"],
        N_(
            "Coordination is present, but no evidence is given. Write what the source says in the column evidence."
        ),
        "warning",
    )
    short = table["long_term"].eq(Ternary.YES) & table["duration_months_max"].le(LONG_TERM_MONTHS)
    long = table["long_term"].eq(Ternary.NO) & table["duration_months_min"].gt(LONG_TERM_MONTHS)
    yield from _rows(
        offers.file,
        table.loc[short | long, "long_term"],
        N_(
            "long_term is {value}, which does not agree with the duration in months. Correct one of the two."
        ),
        "warning",
    )
    years = table[["year_from", "year_to", "first_seen", "last_seen"]].astype("float64")
    gone = years["last_seen"].gt(years["year_to"]) | years["first_seen"].lt(years["year_from"])
    yield from _rows(
        offers.file,
        table.loc[gone, "last_seen"],
        N_("The offer was seen running before it started or after it ended. Check the years."),
        "warning",
    )


def _example_warning(reads: Mapping[str, Read]) -> Iterator[Fault]:
    """Rows made up as an example among real ones."""
    example = {name: read.table["status"].eq(FigureStatus.EXAMPLE) for name, read in reads.items()}
    if all(marks.all() for marks in example.values()):
        return
    for name, marks in example.items():
        for row in marks.index[marks][:1]:
            yield Fault(
                reads[name].file,
                int(row),
                "status",
                "example",
                N_(
                    "Example rows stand among real ones: everything made of this register is shown as an example."
                ),
                severity="warning",
            )
