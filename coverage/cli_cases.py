"""`dekkend cases`: counts per municipality from a file with one row a measure."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer evaluates the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from coverage import _known, provenance, schema
from coverage._publishing import (
    HIGHEST_ROUNDING,
    HIGHEST_THRESHOLD,
    check_words,
    published,
    rule_of,
    tell_protection,
)
from coverage._terminal import (
    bad_input,
    check_edition,
    check_out,
    print_faults,
    tell_written,
    working,
    writing,
    wrong_use,
)
from coverage.editions import load_edition
from coverage.exports import write_table
from coverage.i18n import N_, _

if TYPE_CHECKING:
    from coverage.editions import Edition

# What reads and counts is loaded by the command itself: the others start without.


def cases(  # noqa: PLR0917 - one parameter an option
    path: Annotated[
        Path,
        typer.Argument(
            readable=False, help=_("File with one row a measure; it is read and not kept.")
        ),
    ],
    year: Annotated[int, typer.Option(help=_("Year that is counted."))],
    out_file: Annotated[Path, typer.Option("--out", help=_("File to write; .csv."))],
    edition: Annotated[
        int, typer.Option(help=_("Year of the municipal division: 2010 or 2025."))
    ] = 2025,
    within: Annotated[
        list[str] | None,
        typer.Option(
            help=_(
                "Area of which the file holds every order: a region (province:PV27) or a "
                "municipality (GM0363). May be given more than once."
            )
        ),
    ] = None,
    threshold: Annotated[
        int,
        typer.Option(
            min=2,
            max=HIGHEST_THRESHOLD,
            help=_("Counts of 1 or more, but below this number, are protected."),
        ),
    ] = 10,
    rounding: Annotated[
        int | None,
        typer.Option(
            min=2,
            max=HIGHEST_ROUNDING,
            help=_("Round counts to multiples of this number too."),
        ),
    ] = None,
    unprotected: Annotated[
        str | None,
        typer.Option(help=_("Write every count as it is; say in words why. The file keeps them.")),
    ] = None,
    plain: Annotated[
        bool,
        typer.Option(
            "--plain", help=_("CSV with comma and decimal point, instead of for Dutch Excel.")
        ),
    ] = False,
) -> None:
    """Run `dekkend cases`."""
    from coverage.cases import count_cases, read_cases  # noqa: PLC0415

    _check_use(path, year, edition, out_file)
    check_words(unprotected, threshold)
    division = load_edition(edition)
    area = _area(within or [], division)
    with working(N_("Counting...")), bad_input():
        counts = count_cases(read_cases(path), year, division, within=area)
        warnings = counts.attrs["warnings"]
        made = published(counts, division, rule_of(threshold, rounding), unprotected)
    counts, protection = made["demand"], made["protection"]
    named = counts.assign(name=division.municipalities["name"].reindex(counts.index))
    columns = [name for name in schema.columns(schema.DEMAND) if name != "unprotected"]
    table = named.rename_axis("gm_code").reset_index()[columns]
    numbers = table.select_dtypes("float")
    whole = [name for name in numbers if not (numbers[name] % 1).any()]
    table = table.astype(dict.fromkeys(whole, "Int64"))  # 27, and not 27,0
    asked = {"year": year, "within": sorted(within or [])}
    record = provenance.of_counts(provenance.CASES, edition, **asked)
    record["protection"] = protection
    with writing(out_file):
        write_table(table, out_file, record, plain=plain)
    print_faults(warnings)
    tell_written(len(table), out_file)
    tell_protection(protection)


def _check_use(path: Path, year: int, edition: int, out_file: Path) -> None:
    """Stop at once on what cannot be meant."""
    check_edition(edition)
    if not schema.FIRST_YEAR <= year <= schema.LAST_YEAR:
        wrong_use(_("--year {year}: this is no year.", year=str(year)))
    check_out(out_file, (".csv",), reads=path)


def _area(within: list[str], edition: Edition) -> frozenset[str] | None:
    """Municipalities of the regions and codes that were given; None when none were."""
    if not within:
        return None
    rows = edition.regions
    keys = (rows["region_set"] + ":" + rows["region_code"]).str.casefold()
    codes: set[str] = set()
    for part in within:
        own = rows.loc[keys.eq(part.strip().casefold()), "gm_code"]
        if part.strip().upper() in _known.codes(edition.year):
            codes.add(part.strip().upper())
        elif len(own):
            codes.update(own)
        else:
            wrong_use(
                _(
                    "--within {part}: edition {year} has no such region or municipality. Write "
                    "for instance province:PV27 or GM0363.",
                    part=part,
                    year=str(edition.year),
                )
            )
    return frozenset(codes)
