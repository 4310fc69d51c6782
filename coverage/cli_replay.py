"""`dekkend replay`: make a table once more from what a file says of how it was made."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer evaluates the annotations
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coverage._terminal import (
    bad_input,
    check_out,
    print_faults,
    stop,
    tell,
    tell_written,
    working,
    writing,
)
from coverage.exports import write_table
from coverage.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coverage.replay import Replay


def replay(
    path: Annotated[
        Path,
        typer.Argument(
            readable=False, help=_("Excel file, CSV, zip, saved map or record (.json) of Dekkend.")
        ),
    ],
    register: Annotated[
        Path | None,
        typer.Option(readable=False, help=_("Register it was made with, if that is your own.")),
    ] = None,
    demand: Annotated[
        list[Path] | None,
        typer.Option(
            readable=False, help=_("Own counts it was made with, if the file does not hold them.")
        ),
    ] = None,
    out_file: Annotated[
        Path | None, typer.Option("--out", help=_("Write the table; .csv or .xlsx."))
    ] = None,
) -> None:
    """Run `dekkend replay`."""
    from coverage import provenance  # noqa: PLC0415 - only this command needs them
    from coverage.replay import replay as make_again  # noqa: PLC0415

    if out_file:
        check_out(out_file)
    with working(N_("Calculating...")), bad_input():
        told = provenance.read(path)
        found = make_again(told, path.name, register=register, demand=demand or ())
    print_faults(found.assessment.register.warnings)
    why = provenance.why_unprotected(told)
    if why:
        tell(_("These figures are not protected. Why, as was said: {why}", why=why), "yellow")
    if out_file:
        of_file = told.get("file", {})
        with writing(out_file):
            write_table(
                found.made.table,
                out_file,
                found.record,
                plain=bool(of_file.get("plain")) and out_file.suffix.lower() == ".csv",
                example=found.assessment.is_example,
                more=found.made.more,
            )
        tell_written(len(found.made.table), out_file)
    if found.same:
        _check_file(path, told, found)
    _conclude(found)


def _check_file(path: Path, told: Mapping[str, Any], found: Replay) -> None:
    """End the command if the tables in the file are not those that were written to it."""
    from coverage import _still  # noqa: PLC0415 - only this command needs it

    example = found.assessment.is_example
    ways = {example} if "other_year" not in told else {example, True}
    with bad_input():
        tables = [_still.changed(path, told, found.made, example=one) for one in ways]
    if all(tables):
        stop(
            _(
                "The file itself was changed after it was made: {tables}. What stands there is "
                "not what Dekkend calculated.",
                tables=", ".join(tables[0]),
            )
        )
    if path.suffix.lower() not in _still.COMPARED:
        tell(_("Only the record was used: what the file itself shows was not compared."), "yellow")


def _conclude(found: Replay) -> None:
    """Say whether it is the same, and if not, why."""
    differs = _differences(found)
    if found.same:
        for line in differs:
            tell(_("It makes no difference here, but this is not as it was: {what}", what=line))
        typer.echo(_("The same table, bit for bit."))
        return
    tell(_("The table is not the same. What is not as it was:"), "red")
    for line in differs:
        tell(f"* {line}")
    if found.inputs and "register" in found.inputs:
        stop(_("Give the register of then with --register."))
    if "counts" in found.inputs and "shipped_counts" not in found.inputs:
        stop(_("Give the counts of then with --demand."))
    if found.inputs or found.program:
        stop(_("Install the version of then to make the same table."))
    stop(_("Nothing differs that is known: the record in the file was changed."))


def _differences(found: Replay) -> list[str]:
    from coverage.replay import INPUT  # noqa: PLC0415 - only this command needs it

    inputs = []
    for name in found.inputs:
        stem, _between, year = name.rpartition("_")
        text = (
            _("{what} ({year})", what=_(INPUT[stem]), year=year)
            if year.isdecimal() and stem in INPUT
            else _(INPUT.get(name, name))
        )
        inputs.append(text)
    return [
        *inputs,
        *(
            _("{name}: {before} then, {after} now", name=name, before=before or "?", after=after)
            for name, (before, after) in found.program.items()
        ),
    ]
