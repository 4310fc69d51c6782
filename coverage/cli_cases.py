"""`dekkend cases`: counts per municipality from a file with one row a measure."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer evaluates the annotations
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coverage import _known, i18n, schema
from coverage._terminal import bad_input, print_faults, tell, working, writing, wrong_use
from coverage.editions import EDITIONS, load_edition
from coverage.exports import write_table
from coverage.i18n import N_, _

if TYPE_CHECKING:
    import pandas as pd

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
        typer.Option(min=2, help=_("Counts of 1 or more, but below this number, are protected.")),
    ] = 10,
    rounding: Annotated[
        int | None, typer.Option(min=2, help=_("Round counts to multiples of this number too."))
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

    _check_use(path, year, edition, out_file, unprotected)
    division = load_edition(edition)
    area = _area(within or [], division)
    with working(N_("Counting...")), bad_input():
        counts = count_cases(read_cases(path), year, division, within=area)
        warnings = counts.attrs["warnings"]
        if unprotected is None:
            counts, protection = _protected(counts, division, threshold, rounding)
        else:
            protection = {"protected": False, "why": unprotected}
    named = counts.assign(name=division.municipalities["name"].reindex(counts.index))
    columns = [name for name in schema.columns(schema.DEMAND) if name != "unprotected"]
    table = named.rename_axis("gm_code").reset_index()[columns]
    record = {"edition": edition, "year": year, "protection": protection}
    with writing(out_file):
        write_table(table, out_file, record, plain=plain)
    print_faults(warnings)
    tell(_("{count} rows written to {name}", count=i18n.number(len(table)), name=out_file))
    if unprotected is None:
        hidden = sum(
            int((counts[name].isna() & counts[f"{name}_low"].notna()).sum())
            for name in schema.COUNTS
        )
        tell(
            _(
                "Numbers protected, as a small number can point at a family: {count}. They are "
                "given as a range.",
                count=i18n.number(hidden),
            )
        )
    else:
        tell(
            _("The counts are not protected: small numbers can point at a family."), style="yellow"
        )


def _check_use(
    path: Path, year: int, edition: int, out_file: Path, unprotected: str | None
) -> None:
    """Stop at once on what cannot be meant."""
    if edition not in EDITIONS:
        known = _("{year}: there are {years}", year=edition, years=", ".join(map(str, EDITIONS)))
        wrong_use("--edition " + known)
    if not schema.FIRST_YEAR <= year <= schema.LAST_YEAR:
        wrong_use(_("--year {year}: this is no year.", year=str(year)))
    if out_file.suffix.lower() != ".csv":
        wrong_use(
            _("--out {name}: the name must end in {suffixes}", name=out_file.name, suffixes=".csv")
        )
    if not out_file.parent.is_dir():
        message = _(
            "--out {name}: there is no folder {folder}", name=out_file.name, folder=out_file.parent
        )
        wrong_use(message)
    if out_file.exists() and path.exists() and out_file.samefile(path):
        wrong_use(_("--out {name}: this is the file that is read.", name=out_file.name))
    if unprotected is not None and not unprotected.strip():
        wrong_use(_("--unprotected: say in words why the counts are not protected."))


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


def _protected(
    counts: pd.DataFrame, edition: Edition, threshold: int, rounding: int | None
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Counts of which small ones cannot be found back, and what was done for that."""
    from coverage.disclosure import Rule, protect  # noqa: PLC0415

    rule = Rule(threshold=threshold, width=threshold, rounding=rounding)
    found = protect(counts, edition, rule, method="auto")
    return found.counts, found.record()
