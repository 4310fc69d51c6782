"""What every command says and how it ends: progress, faults and exit codes."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from coverage import i18n
from coverage.editions import EDITIONS
from coverage.exports import FORMATS
from coverage.faults import BadInputError
from coverage.i18n import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from coverage.faults import Fault
    from coverage.geocode.pdok import Pdok

BAD_INPUT, WRONG_USE = 1, 2
"""Exit codes."""

SHOWN_FAULTS = 50
"""Faults printed before the rest is only counted."""

out = Console()
err = Console(stderr=True)


@contextmanager
def working(message: str) -> Iterator[None]:
    """Show on a terminal that work goes on, and for how long."""
    with Progress(
        SpinnerColumn(),
        TextColumn(_(message)),
        TimeElapsedColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    ) as progress:
        progress.add_task("")
        yield


@contextmanager
def counting(message: str) -> Iterator[Callable[[int, int], None]]:
    """Show on a terminal how far the work is; gives what to tell the steps done and all steps."""
    with Progress(
        TextColumn(_(message)),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    ) as progress:
        task = progress.add_task("", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Tell in a line why a file could not be written."""
    try:
        yield
    except OSError as error:
        stop(_("{name} could not be written: {reason}", name=path, reason=error.strerror))


def check_edition(year: int) -> None:
    """End the command if there is no edition of that year."""
    if year not in EDITIONS:
        known = _("{year}: there are {years}", year=year, years=", ".join(map(str, EDITIONS)))
        wrong_use("--edition " + known)


def check_out(path: Path, suffixes: Sequence[str] = FORMATS, *, reads: Path | None = None) -> None:
    """End the command if its output cannot be written where that was asked.

    Parameters
    ----------
    path
        What ``--out`` says.
    suffixes
        Those that the command can write.
    reads
        File that it reads, which must not be lost.
    """
    if path.suffix.lower() not in suffixes:
        wrong_use(
            _(
                "--out {name}: the name must end in {suffixes}",
                name=path.name,
                suffixes=_(" or ").join(suffixes),
            )
        )
    if not path.parent.is_dir():
        message = _("--out {name}: there is no folder {folder}", name=path.name, folder=path.parent)
        wrong_use(message)
    if reads is not None and path.exists() and reads.exists() and path.samefile(reads):
        wrong_use(_("--out {name}: this is the file that is read.", name=path.name))


@contextmanager
def bad_input() -> Iterator[None]:
    """Turn a user's mistake into a list of faults and exit code 1."""
    try:
        yield
    except BadInputError as error:
        print_faults(error.faults)
        raise typer.Exit(BAD_INPUT) from None


def address_service() -> Pdok:
    """Client of the address service; says what is sent where."""
    from coverage.geocode.pdok import Pdok  # noqa: PLC0415 - only who asks it loads it

    try:
        client = Pdok()
    except ValueError as error:
        wrong_use(str(error))
    tell(
        _(
            "Full addresses (street, number, postcode and place) are sent to {host}.",
            host=urlsplit(client.base_url).netloc,
        )
    )
    return client


def tell(message: str, style: str = "") -> None:
    """Say something beside the output, as it is: no markup, no broken paths."""
    err.print(Text(message, style=style), soft_wrap=True)


def print_faults(faults: tuple[Fault, ...]) -> None:
    """Say each fault; of very many, the first ones and how many more there are."""
    for fault in faults[:SHOWN_FAULTS]:
        tell(f"* {fault.text()}", style="red" if fault.severity == "error" else "yellow")
    rest = len(faults) - SHOWN_FAULTS
    if rest > 0:
        tell(
            _(
                "... and {count} more. `dekkend check PATH --out FILE` writes them all.",
                count=i18n.number(rest),
            )
        )


def tell_written(count: int, name: object) -> None:
    """Say how many rows went into which file."""
    tell(
        ngettext(
            "{count} row written to {name}", "{count} rows written to {name}", count, name=name
        )
    )


def stop(message: str) -> NoReturn:
    """End the command: the input, or this machine, does not allow it."""
    tell(message, style="red")
    raise typer.Exit(BAD_INPUT)


def wrong_use(message: str) -> NoReturn:
    """End the command: its options cannot be meant so."""
    tell(message, style="red")
    raise typer.Exit(WRONG_USE)
