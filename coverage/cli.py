"""`dekkend` on the command line."""

from __future__ import annotations

import os
import socket
import sys
from itertools import pairwise
from pathlib import Path  # noqa: TC003 - typer evaluates the annotations
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

import coverage
from coverage import (
    cli_cases,
    cli_geocode,
    cli_register,
    cli_replay,
    cli_statline,
    i18n,
    labels,
    provenance,
)
from coverage import register as registers
from coverage._files import root
from coverage._publishing import (
    HIGHEST_ROUNDING,
    HIGHEST_THRESHOLD,
    check_words,
    published,
    rule_of,
    tell_protection,
)
from coverage._terminal import (
    BAD_INPUT,
    bad_input,
    check_edition,
    check_out,
    out,
    print_faults,
    stop,
    tell,
    tell_written,
    working,
    writing,
    wrong_use,
)
from coverage.assessment import UnknownRegionSetError
from coverage.demand_input import read_demand
from coverage.exports import plain_csv, write_table
from coverage.faults import faults_table
from coverage.i18n import N_, _
from coverage.wording import interval, status_words

if TYPE_CHECKING:
    import pandas as pd

    from coverage.assessment import Assessment


def main() -> None:
    """Run the command line; the entry point of the package."""
    i18n.use(_language(sys.argv[1:]))
    try:
        build()(prog_name="dekkend")
    except OSError as error:  # for instance a full disk behind the output
        tell(_("The output could not be written: {reason}", reason=error.strerror), style="red")
        os._exit(BAD_INPUT)  # an ordinary exit would try to write what is left once more


def _language(arguments: list[str]) -> str:
    """Language asked for: needed before the help texts are made."""
    asked = os.environ.get("DEKKEND_LANG", "")
    for here, following in pairwise([*arguments, ""]):
        if here == "--lang":
            asked = following
        elif here.startswith("--lang="):
            asked = here.removeprefix("--lang=")
    return asked if asked in i18n.LANGUAGES else i18n.DEFAULT


def build() -> typer.Typer:
    """Command line with its help in the language of this context.

    Returns
    -------
    typer.Typer
    """
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help=_("Where long-term voluntary family support exists, and where it is missing."),
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_top)
    app.command(help=_("Coverage status and gap per municipality or region."))(assess)
    app.command(help=_("Check a register, or one table of it, and say every fault."))(check)
    app.command(help=_("Points and municipalities beside the addresses of a table."))(
        cli_geocode.geocode
    )
    app.command(help=_("Make a table again from what its file says of how it was made."))(
        cli_replay.replay
    )
    app.command(help=_("Counts of orders, or residents, from the open data of CBS (StatLine)."))(
        cli_statline.statline
    )
    app.command("cases", help=_("Counts per municipality from a file with one row a measure."))(
        cli_cases.cases
    )
    app.command("app", help=_("Start the app in the browser."))(start)
    app.add_typer(cli_register.build(), name="register")
    return app


def _top(
    lang: Annotated[str, typer.Option(help="nl, en")] = i18n.DEFAULT,
) -> None:
    if lang not in i18n.LANGUAGES:
        raise typer.BadParameter(f"{lang} ({', '.join(i18n.LANGUAGES)})", param_hint="--lang")


def assess(  # noqa: PLR0917 - one parameter an option
    edition: Annotated[
        int, typer.Option(help=_("Year of the municipal division: 2010 or 2025."))
    ] = 2025,
    register: Annotated[
        Path | None,
        typer.Option(readable=False, help=_("Folder or workbook with your register of offers.")),
    ] = None,
    example: Annotated[
        bool, typer.Option("--example", help=_("Use the made-up example register."))
    ] = False,
    demand: Annotated[
        list[Path] | None,
        typer.Option(
            readable=False,
            help=_(
                "File with your own counts of orders per municipality or region. May be given "
                "more than once."
            ),
        ),
    ] = None,
    threshold: Annotated[
        int,
        typer.Option(
            min=2,
            max=HIGHEST_THRESHOLD,
            help=_("Own counts of 1 or more, but below this number, are protected."),
        ),
    ] = 10,
    rounding: Annotated[
        int | None,
        typer.Option(
            min=2,
            max=HIGHEST_ROUNDING,
            help=_("Round own counts to multiples of this number too."),
        ),
    ] = None,
    unprotected: Annotated[
        str | None,
        typer.Option(help=_("Do not protect small counts; say in words why. The file keeps them.")),
    ] = None,
    region_set: Annotated[
        str | None,
        typer.Option(help=_("Totals per region instead: for instance province or study.")),
    ] = None,
    out_file: Annotated[
        Path | None,
        typer.Option("--out", help=_("File to write; .csv or .xlsx.")),
    ] = None,
    plain: Annotated[
        bool,
        typer.Option(
            "--plain", help=_("CSV with comma and decimal point, instead of for Dutch Excel.")
        ),
    ] = False,
) -> None:
    """Run `dekkend assess`."""
    _check_use(edition, register, out_file, example=example, plain=plain)
    check_words(unprotected, threshold)
    with working(N_("Calculating...")), bad_input():
        own = _own_counts(demand or [], edition, threshold, rounding, unprotected)
        result = _run(edition, register, own, example=example)
        table = _table(result, region_set)
    _deliver(result, table, out_file, plain=plain)


def _check_use(
    edition: int,
    register: Path | None,
    out_file: Path | None,
    *,
    example: bool = False,
    plain: bool = False,
) -> None:
    """Stop at once on what cannot be meant."""
    check_edition(edition)
    if register and example:
        wrong_use(_("Choose --register or --example, not both."))
    if out_file:
        check_out(out_file)
    if plain and out_file and out_file.suffix.lower() != ".csv":
        wrong_use(_("--plain is for .csv only."))


def _own_counts(
    paths: list[Path], edition: int, threshold: int, rounding: int | None, why: str | None
) -> dict[str, Any]:
    """Own counts for `coverage.assess`: what may be published of them, unless words say more."""
    if not paths:
        return {}
    rule = rule_of(threshold, rounding)
    counts = read_demand(paths, edition, rule)
    print_faults(counts.attrs["warnings"])
    return published(counts, coverage.load_edition(edition), rule, why)


def _run(edition: int, register: Path | None, own: dict[str, Any], *, example: bool) -> Assessment:
    shipped = coverage.EXAMPLE_REGISTER if example else coverage.PUBLIC_REGISTER
    offers = coverage.read_register(register or shipped)
    result = coverage.assess(coverage.load_edition(edition), offers, **own)
    print_faults(offers.warnings)
    if own:
        _tell_own(result, own)
    return result


def _tell_own(result: Assessment, own: dict[str, Any]) -> None:
    """Say how many own counts are used, and how they are protected."""
    counts = own["demand"]
    ends = [f"{name}_{end}" for name in ("imposed", "extended") for end in ("low", "high")]
    tell(
        _(
            "Own counts are used for {count} of {total} municipalities.",
            count=int(counts[ends].notna().all(axis=1).sum()),
            total=len(result.municipalities),
        )
    )
    tell_protection(own["protection"])


def _table(result: Assessment, region_set: str | None) -> pd.DataFrame:
    if region_set is None:
        return result.table()
    try:
        return result.regions(region_set).reset_index()
    except UnknownRegionSetError as error:
        wrong_use(
            _(
                "--region-set {name}: edition {year} has {available}",
                name=error.region_set,
                year=error.year,
                available=", ".join(error.available),
            )
        )


def _deliver(
    result: Assessment, table: pd.DataFrame, out_file: Path | None, *, plain: bool
) -> None:
    example = result.is_example
    if out_file:
        with writing(out_file):
            write_table(table, out_file, result.provenance, plain=plain, example=example)
        tell_written(len(table), out_file)
    elif out.is_terminal:
        out.print(_rich(result, table))
    else:
        why = provenance.why_unprotected({"protection": result.protection})
        typer.echo(plain_csv(table, example=example, why=why), nl=False)
    for note in _notes(result, table):
        tell(note, style="yellow")


def _notes(result: Assessment, table: pd.DataFrame) -> list[str]:
    """What a reader must know before quoting the figures."""
    notes = []
    if result.is_example:
        notes.append(_("EXAMPLE: these figures come from made-up data. Do not quote them."))
    if "region_status" in table and (table["region_status"] == "example").any():
        notes.append(
            _("The choice of regions is an example: the letter does not name the study regions.")
        )
    unknown = int((~result.municipalities["known"]).sum())
    if unknown:
        notes.append(
            _(
                "Nothing is proven of {count} of {total} municipalities: unknown is not the same "
                "as none.",
                count=unknown,
                total=len(result.municipalities),
            )
        )
    return notes


def _rich(result: Assessment, table: pd.DataFrame) -> Table:
    """Table for a terminal: intervals and words instead of pairs of columns."""
    regional = "region_code" in table
    periods = ", ".join(sorted(set(result.municipalities["count_period"]) - {""}))
    statuses = sorted({_(labels.FIGURE_STATUS[word]) for word in table["count_status"]})
    caption = _(
        "Edition {year}. Demand, capacity and gap in families a year. Orders: {period}, {status}.",
        year=result.edition.year,
        period=periods,
        status=", ".join(statuses),
    )
    shown = Table(header_style="bold", pad_edge=False, caption=caption, caption_justify="left")
    for name in ("region_code", "region_name") if regional else ("gm_code", "name"):
        shown.add_column(_(labels.COLUMN[name]), overflow="fold")
    for heading in (N_("Demand"), N_("Capacity"), N_("Gap")):
        shown.add_column(_(heading), justify="right")
    if regional:
        for heading in (N_("Municipalities"), N_("covered"), N_("not known"), N_("other")):
            shown.add_column(_(heading), justify="right")
    else:
        shown.add_column(_("Status"), overflow="fold")
    known = result.municipalities["known"]
    for row in table.to_dict("records"):
        cells = [str(row["region_code" if regional else "gm_code"])]
        cells.append(str(row["region_name" if regional else "name"]))
        cells += [
            interval(row[f"{end}_low"], row[f"{end}_high"]) for end in ("demand", "capacity", "gap")
        ]
        if regional:
            total, covered, unknown = (
                row[name] for name in ("municipalities", "n_covered", "n_unknown")
            )
            cells += map(str, (total, covered, unknown, total - covered - unknown))
        else:
            cells.append(
                status_words(
                    row["status_at_least"],
                    certain=row["certain"],
                    known=bool(known[row["gm_code"]]),
                )
            )
        shown.add_row(*map(escape, cells))
    return shown


def check(
    path: Annotated[Path, typer.Argument(readable=False, help=_("Folder, workbook or table."))],
    out_file: Annotated[
        Path | None,
        typer.Option("--out", help=_("Write all faults to this file; .csv or .xlsx.")),
    ] = None,
) -> None:
    """Run `dekkend check`."""
    if out_file:
        check_out(out_file)
    with working(N_("Checking...")), bad_input():
        report = registers.check(path)
    if out_file:
        with writing(out_file):
            write_table(faults_table(report.faults), out_file, {})
    print_faults(report.faults)
    for name, rows in report.rows.items():
        typer.echo(i18n.ngettext("{name}: {count} row", "{name}: {count} rows", rows, name=name))
    if any(fault.severity == "error" for fault in report.faults):
        raise typer.Exit(BAD_INPUT)
    typer.echo(_("No faults that stop the reading."))


def start(
    port: Annotated[int, typer.Option(min=1, max=65535, help=_("Port on this machine."))] = 8501,
) -> None:
    """Run `dekkend app`."""
    flags = {
        "server.address": "127.0.0.1",
        "server.port": port,
        "server.headless": "true",
        "browser.gatherUsageStats": "false",
        "client.toolbarMode": "minimal",
        # Else code that is renewed under a running app is read half anew.
        "server.fileWatcherType": "none",
    }
    command = [sys.executable, "-m", "coverage.ui.serve", "run", str(root() / "app.py")]
    command += [f"--{name}={value}" for name, value in flags.items()]
    with socket.socket() as trial:
        if trial.connect_ex(("127.0.0.1", port)) == 0:
            stop(_("Port {port} is in use. Choose another one with --port.", port=port))
    typer.echo(_("Dekkend starts on http://127.0.0.1:{port} (stop with Ctrl+C)", port=port))
    sys.stdout.flush()
    # In place of this process, so that a signal to stop reaches the app itself.
    os.execv(sys.executable, command)  # noqa: S606
