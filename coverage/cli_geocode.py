"""`dekkend geocode`: points and municipalities beside the addresses of a table."""

from __future__ import annotations

import itertools
from collections import Counter
from contextlib import ExitStack
from pathlib import Path  # noqa: TC003 - typer evaluates the annotations
from typing import TYPE_CHECKING, Annotated

import numpy as np
import pandas as pd
import typer

from coverage import _known
from coverage._terminal import (
    address_service,
    bad_input,
    check_edition,
    check_out,
    counting,
    print_faults,
    tell,
    writing,
)
from coverage.editions import load_edition
from coverage.exports import neutralise
from coverage.faults import BadInputError, Fault
from coverage.i18n import N_, _, ngettext, number
from coverage.vocabulary import Precision

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from coverage.geocode.files import Source, Value
    from coverage.geocode.pdok import Pdok

# What looks addresses up is loaded by the command itself: the others start without.

CHUNK = 20_000
"""Rows that are in memory at a time."""

SAMPLED = 200
"""Rows by which columns are recognised."""

PREFIX = "dekkend_"
"""Put before the name of an added column that the table has already."""

ADDRESS = ("address", "street", "house_number", "house_addition", "postcode", "place")
MUNICIPALITY = ("municipality", "served_municipality", "gm_code")
"""Fields of `coverage.intake.fields` that say where something is."""

SHOWN_RANGES = 20
"""Ranges of rows that are named before the rest is only counted."""

_COUNTS = {
    Precision.ADDRESS: N_("by address: {count}"),
    Precision.POSTCODE4: N_("by postcode: {count}"),
    Precision.PLACE: N_("by place: {count}"),
    Precision.MUNICIPALITY: N_("by municipality: {count}"),
    Precision.UNKNOWN: N_("not placed: {count}"),
}


def geocode(
    path: Annotated[
        Path, typer.Argument(readable=False, help=_("Table with addresses; csv, xlsx or ods."))
    ],
    out_file: Annotated[Path, typer.Option("--out", help=_("File to write; .csv or .xlsx."))],
    edition: Annotated[
        int, typer.Option(help=_("Year of the municipal division: 2010 or 2025."))
    ] = 2025,
    online: Annotated[
        bool,
        typer.Option(
            "--online",
            help=_("Look up full addresses at the address service of PDOK; it sees them."),
        ),
    ] = False,
) -> None:
    """Run `dekkend geocode`."""
    from coverage.geocode import geocode as look_up  # noqa: PLC0415
    from coverage.geocode.files import Writer, open_table, sheet_fault  # noqa: PLC0415
    from coverage.intake import headings  # noqa: PLC0415

    check_edition(edition)
    check_out(out_file, reads=path)
    division, tally = load_edition(edition), _Tally()
    with bad_input(), ExitStack() as stack:
        source = open_table(path, headings.known)
        columns = _columns(source)
        fault = sheet_fault(source, len(added())) if out_file.suffix.lower() != ".csv" else None
        if fault is not None:
            raise BadInputError([fault])
        print_faults(tuple(source.remarks))
        _tell_columns(source, columns)
        client = stack.enter_context(address_service()) if online else None
        stack.enter_context(writing(out_file))
        names = [*source.headings, *_added_names(source.headings)]
        writer = stack.enter_context(Writer(out_file, names, source.delimiter or ";"))
        told = stack.enter_context(counting(N_("Looking up addresses...")))
        for numbers, rows, start in _chunks(source):
            result = look_up(
                _texts(rows, columns),
                division,
                online=client,
                progress=_from(start, source.count, told),
            )
            more = _added(result)
            writer.add([[*row, *own] for row, own in zip(rows, more, strict=True)])
            tally.count(numbers, result)
    _tell_results(out_file, source, tally, client)


# --- columns ----------------------------------------------------------------


def _columns(source: Source) -> dict[str, int]:
    """Place of the column of each field that says where something is."""
    from coverage.geocode.files import as_text  # noqa: PLC0415
    from coverage.intake import headings  # noqa: PLC0415

    rows = [row for _number, row in itertools.islice(source.rows(), SAMPLED)]
    # Columns are told apart by their place: two may have one heading, or none.
    titles = [heading.strip() or f"#{place}" for place, heading in enumerate(source.headings)]
    unique = [
        title if titles.index(title) == place else f"{title} #{place}"
        for place, title in enumerate(titles)
    ]
    sample = pd.DataFrame([[as_text(v).strip() for v in row] for row in rows], columns=unique)
    matched = headings.match(unique, sample.astype("str"))
    places = {matched[title]: place for place, title in enumerate(unique) if matched[title]}
    own = {field: places[field] for field in (*ADDRESS, *MUNICIPALITY) if field in places}
    if not own.keys() & set(MUNICIPALITY) and "service_area" in places:
        place = places["service_area"]
        # A column "municipality" without an address: here it is all that says where.
        if headings.bare(titles[place]) in _ALONE:
            own["municipality"] = place
    if not own:
        message = N_(
            "No column with addresses is recognised. Use headings such as Adres, Straat, "
            "Huisnummer, Postcode, Plaats and Gemeente."
        )
        raise BadInputError([Fault(source.name, None, "", "", message)])
    return own


_ALONE = {"gemeente", "gemeentenaam", "gemeenten", "municipality", "municipalities"}


def _tell_columns(source: Source, columns: Mapping[str, int]) -> None:
    from coverage.intake.fields import FIELDS  # noqa: PLC0415

    pairs = [
        _(
            "{heading} ({meaning})",
            heading=source.headings[place].strip() or str(place + 1),
            meaning=_(FIELDS[field].label),
        )
        for field, place in columns.items()
    ]
    tell(_("Columns that are used: {columns}", columns=", ".join(pairs)))


def _texts(rows: Sequence[Sequence[Value]], columns: Mapping[str, int]) -> pd.DataFrame:
    """Addresses of some rows as the geocoder takes them."""
    from coverage.geocode.files import as_text  # noqa: PLC0415

    said = {
        field: pd.Series([as_text(row[place]) for row in rows], dtype="str")
        for field, place in columns.items()
    }
    table = pd.DataFrame(index=range(len(rows)))
    for field in ("address", "street", "house_number", "postcode", "place"):
        if field in said:
            table[field] = said[field]
    if "house_addition" in said:
        # Behind the number where that has a column, and otherwise behind the street.
        front = next((name for name in ("house_number", "street", "address") if name in said), "")
        if front:
            table[front] = (table[front] + " " + said["house_addition"]).str.strip()
    municipality = pd.Series("", index=table.index, dtype="str")
    for field in reversed(MUNICIPALITY):
        if field in said:
            municipality = said[field].where(said[field].str.strip().ne(""), municipality)
    return table.assign(municipality=municipality)


def added() -> list[str]:
    """Columns that are added: those of a result, and names and words for them."""
    from coverage.geocode import COLUMNS  # noqa: PLC0415

    behind = COLUMNS.index("gm_code") + 1
    return [*COLUMNS[:behind], "gm_name", *COLUMNS[behind:], "explanation"]


def _added_names(headings: Sequence[str]) -> list[str]:
    """Headings of the added columns, none of which the table has already."""
    taken = {heading.strip().casefold() for heading in headings}
    names = []
    for name in added():
        free = name
        while free in taken:
            free = PREFIX + free
        taken.add(free)
        names.append(free)
    return names


# --- rows -------------------------------------------------------------------


def _chunks(source: Source) -> Iterator[tuple[list[int], list[list[Value]], int]]:
    """Row numbers and rows, some at a time, and how many came before."""
    rows = source.rows()
    start = 0
    while some := list(itertools.islice(rows, CHUNK)):
        yield [number for number, _row in some], [row for _number, row in some], start
        start += len(some)


def _from(start: int, total: int, told: Callable[[int, int], None]) -> Callable[[int, int], None]:
    """Progress in some rows as progress in all of them."""
    return lambda done, _some: told(start + done, total)


def _added(result: pd.DataFrame) -> list[tuple[Value, ...]]:
    """What is put behind each row."""
    from coverage.geocode import words  # noqa: PLC0415

    told = pd.DataFrame(
        {
            "gm_name": result["gm_code"].map(_known.name_of),
            "candidates": result["candidates"],
            "explanation": words(result),
        }
    )
    # Names come out of the file or from the service; the other columns are codes of ours.
    text = result.assign(**neutralise(told)).astype(object)
    for name in ("x", "y"):
        # Whole metres: no decimal mark that a spreadsheet could misread.
        figures = np.rint(result[name])
        text[name] = figures.astype("Int64").astype(object).where(figures.notna(), "")
    return list(zip(*(text[name].tolist() for name in added()), strict=True))


class _Tally:
    """What is told of all rows together."""

    def __init__(self) -> None:
        self.precisions: Counter[str] = Counter()
        self.problems: Counter[str] = Counter()
        self.without_answer: list[int] = []

    def count(self, numbers: Sequence[int], result: pd.DataFrame) -> None:
        """Add some rows."""
        self.precisions.update(result["precision"])
        for problems, count in Counter(result["problems"]).items():
            for problem in filter(None, problems.split(";")):
                self.problems[problem] += count
        failed = result["problems"].str.contains("online_failed", regex=False).to_numpy()
        self.without_answer += np.asarray(numbers)[failed].tolist()


def _tell_results(out_file: Path, source: Source, tally: _Tally, client: Pdok | None) -> None:
    count = source.count
    tell(
        ngettext(
            "{count} row written to {name}", "{count} rows written to {name}", count, name=out_file
        )
    )
    parts = [
        _(text, count=number(tally.precisions[precision]))
        for precision, text in _COUNTS.items()
        if tally.precisions[precision]
    ]
    if parts:
        tell(_("Found {counts}", counts="; ".join(parts)))
    disagree = tally.problems["disagrees"]
    if disagree:
        tell(
            ngettext(
                "{count} row contradicts itself: see the column explanation.",
                "{count} rows contradict themselves: see the column explanation.",
                disagree,
            ),
            style="yellow",
        )
    for remark in client.remarks() if client else []:
        tell(remark, style="yellow")
    failed = tally.without_answer
    if failed:
        tell(
            ngettext(
                "{count} row lacks the precision of an address, as the service gave no answer for "
                "it: row {rows}",
                "{count} rows lack the precision of an address, as the service gave no answer for "
                "them: rows {rows}",
                len(failed),
                rows=_ranges(failed),
            ),
            style="yellow",
        )


def _ranges(numbers: Sequence[int]) -> str:
    """Row numbers in short: ``2-5, 9``."""
    rows = np.asarray(numbers)
    ends = np.flatnonzero(np.diff(rows) != 1)
    pairs = list(zip(rows[[0, *(ends + 1)]], rows[[*ends, -1]], strict=True))
    texts = [str(a) if a == b else f"{a}-{b}" for a, b in pairs[:SHOWN_RANGES]]
    rest = sum(int(b - a) + 1 for a, b in pairs[SHOWN_RANGES:])
    if rest:
        texts.append(_("and {count} more", count=number(rest)))
    return ", ".join(texts)
