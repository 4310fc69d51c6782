"""`dekkend register`: the own register and its revisions, from the shell."""

from __future__ import annotations

import getpass
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path  # noqa: TC003 - typer evaluates the annotations
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import pandas as pd
import typer
from babel.dates import format_datetime
from rich.markup import escape
from rich.table import Table

from coverage import _terminal, register_labels
from coverage._terminal import (
    SHOWN_FAULTS,
    address_service,
    bad_input,
    counting,
    print_faults,
    stop,
    tell,
    working,
    writing,
    wrong_use,
)
from coverage.editions import EDITIONS, load_edition
from coverage.exports import FORMATS, plain_csv, write_table
from coverage.faults import BadInputError, errors
from coverage.i18n import N_, _, language, ngettext, number
from coverage.register import Register, empty_register, read_register, write_register
from coverage.schema import REGISTER
from coverage.vocabulary import OfferType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from coverage._cells import Cells
    from coverage.intake import Defaults, Opened, Preflight
    from coverage.workspace import Revision, Workspace

# The database and the reading of lists are loaded by the commands that need them: the others
# start without.


IN_PART = 3
"""Exit code of an import that left out rows with an error."""


def build() -> typer.Typer:
    """Commands of `dekkend register`, with their help in the language of this context.

    Returns
    -------
    typer.Typer
    """
    app = typer.Typer(
        no_args_is_help=True,
        help=_("Your own register: import, export, and the revisions of it."),
    )
    help_import = _(
        "Take a list of offers, or a register (folder or workbook), into the register: one new "
        "revision, or none. Exit code 0: all of it; 3: without the rows of a list that have an "
        "error; 1: nothing."
    )
    app.command("import", help=help_import)(import_file)
    help_export = _("Write the register: a folder of CSV files, .xlsx, or .gpkg for QGIS.")
    app.command("export", help=help_export)(export)
    app.command("revisions", help=_("List the revisions, newest first."))(revisions)
    app.command("diff", help=_("What differs between two revisions."))(diff)
    app.command("restore", help=_("Make a revision that is equal to an earlier one."))(restore)
    return app


# --- commands -------------------------------------------------------------------


def import_file(  # noqa: PLR0917 - one parameter an option
    path: Annotated[Path, typer.Argument(readable=False, help=_("Folder, workbook or list."))],
    note: Annotated[str, typer.Option(help=_("What you say of this revision."))] = "",
    author: Annotated[
        str, typer.Option(help=_("Who makes the revision; your user name if empty."))
    ] = "",
    replace: Annotated[
        bool,
        typer.Option("--replace", help=_("The file is the whole register; all else goes.")),
    ] = False,
    edition: Annotated[
        int, typer.Option(help=_("Edition in which a list names its municipalities."))
    ] = max(EDITIONS),
    source: Annotated[
        str, typer.Option(help=_("Where a list comes from; its file name if empty."))
    ] = "",
    source_date: Annotated[
        str, typer.Option(help=_("Date of a list: 2010-07-13, 2010-07 or 2010."))
    ] = "",
    offer_type: Annotated[
        OfferType, typer.Option(help=_("What kind of programme a list holds."))
    ] = OfferType.FAMILY_SUPPORT,
    sheet: Annotated[
        str, typer.Option(help=_("Sheet with the list, if the workbook has more than one."))
    ] = "",
    online: Annotated[
        bool,
        typer.Option(
            "--online",
            help=_(
                "Look up full addresses of a list at the address service of PDOK; it sees them."
            ),
        ),
    ] = False,
    same: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help=_(
                "An organisation in a list that is the one whose name it resembles; may be given "
                "more than once. Without it the two are kept apart."
            ),
        ),
    ] = None,
    duplicates: Annotated[
        bool,
        typer.Option("--duplicates", help=_("Take in too what a list or the register has twice.")),
    ] = False,
    rejected: Annotated[
        Path | None,
        typer.Option(
            help=_("Write what of a list was not taken in, with the reason; .csv or .xlsx.")
        ),
    ] = None,
) -> None:
    """Run `dekkend register import`."""
    from coverage import intake  # noqa: PLC0415
    from coverage.changes import updated  # noqa: PLC0415
    from coverage.workspace import RevisionKind  # noqa: PLC0415

    if edition not in EDITIONS:
        known = _("{year}: there are {years}", year=edition, years=", ".join(map(str, EDITIONS)))
        wrong_use("--edition " + known)
    if rejected and rejected.suffix.lower() not in FORMATS:
        _wrong_name("--rejected", rejected, FORMATS)
    with _opened() as workspace, bad_input():
        last, left_out = workspace.latest(), 0
        before = empty_register() if replace else workspace.register()
        with working(N_("Reading...")):
            opened = intake.open_file(path)
            found = None if opened.kind is intake.FileKind.FLAT else _register(path, opened)
        if found is None:
            given = intake.Defaults(
                source or path.name, source_date, edition=edition, offer_type=offer_type
            )
            cells = _sheet(opened, sheet)
            judged = _judged(cells, workspace, before, given, same=same or (), online=online)
            left_out = judged.counts[intake.Verdict.ERROR]
            after = _accepted(judged, rejected, duplicates=duplicates)
        else:
            after = updated(before, found)
            print_faults(after.warnings)
        made = workspace.commit(
            after,
            parent=last.number if last else 0,
            author=author or _user(),
            note=note or _("Import of {name}", name=path.name),
            kind=RevisionKind.IMPORT,
        )
    _told(made)
    if left_out:
        raise typer.Exit(IN_PART)


def export(
    path: Annotated[
        Path, typer.Argument(readable=False, help=_("Folder, or a name in .xlsx or .gpkg."))
    ],
    revision: Annotated[
        int | None, typer.Option(help=_("Number of the revision; the latest if left out."))
    ] = None,
) -> None:
    """Run `dekkend register export`."""
    suffix = path.suffix.lower()
    if suffix not in {"", ".xlsx", ".gpkg"} and not path.is_dir():
        _wrong_name("PATH", path, (".xlsx", ".gpkg"))
    with _opened() as workspace:
        made = _numbered(workspace, revision)
        register = workspace.register(made.number)
    with working(N_("Writing...")), writing(path):
        if suffix == ".gpkg":
            from coverage.register_gpkg import write_geopackage  # noqa: PLC0415

            write_geopackage(register, path, revision=made)
        else:
            write_register(register, path, about=made.record())
    tell(_("Revision {number} written to {name}", number=number(made.number), name=path))
    if register.is_example:
        tell(_("EXAMPLE: these figures come from made-up data. Do not quote them."), "yellow")


def revisions() -> None:
    """Run `dekkend register revisions`."""
    with _opened() as workspace:
        every = workspace.revisions()
    if not every:
        tell(_("The register is empty: there are no revisions."))
        return
    if not _terminal.out.is_terminal:
        columns = [{**asdict(one), "time": one.time.isoformat(timespec="seconds")} for one in every]
        typer.echo(plain_csv(pd.DataFrame(columns)), nl=False)
        return
    shown = Table(header_style="bold", pad_edge=False)
    for heading in (
        N_("Revision"),
        N_("Saved"),
        N_("Author"),
        N_("How"),
        N_("Changes"),
        N_("Note"),
    ):
        shown.add_column(_(heading), overflow="fold")
    for one in every:
        time = format_datetime(one.time.astimezone(), "d MMM y HH:mm", locale=language())
        cells = (
            number(one.number),
            time,
            one.author,
            _(register_labels.KIND[one.kind]),
            register_labels.counts(one),
            one.note,
        )
        shown.add_row(*map(_cell, cells))
    _terminal.out.print(shown)


def diff(
    before: Annotated[int, typer.Argument(min=0, metavar="A", help=_("Number; 0 is empty."))],
    after: Annotated[
        int | None,
        typer.Argument(min=0, metavar="[B]", help=_("Number; the latest if left out.")),
    ] = None,
) -> None:
    """Run `dekkend register diff`."""
    from coverage.changes import changes  # noqa: PLC0415

    with _opened() as workspace, working(N_("Comparing...")):
        found = changes(workspace.register(before), workspace.register(after))
    if not _terminal.out.is_terminal:
        typer.echo(plain_csv(found), nl=False)
        return
    if found.empty:
        tell(_("Nothing differs."))
        return
    shown = Table(header_style="bold", pad_edge=False)
    for heading in (N_("Table"), N_("Row"), N_("Change"), N_("Column"), N_("Before"), N_("After")):
        shown.add_column(_(heading), overflow="fold")
    for row in found.to_dict("records"):
        label, table, column = row["label"], row["table"], row["column"]
        change = register_labels.CHANGE[row["kind"]]
        cells = (
            _(register_labels.TABLE[table]),
            f"{label} [{row['key']}]",
            _(change),
            register_labels.label(table, column) if column else "",
            row["before"],
            row["after"],
        )
        shown.add_row(*map(_cell, cells))
    _terminal.out.print(shown)


def restore(
    revision: Annotated[
        int, typer.Argument(min=0, metavar="N", help=_("Number; 0 empties the register."))
    ],
    note: Annotated[str, typer.Option(help=_("What you say of this revision."))] = "",
    author: Annotated[
        str, typer.Option(help=_("Who makes the revision; your user name if empty."))
    ] = "",
) -> None:
    """Run `dekkend register restore`."""
    with _opened() as workspace, bad_input(), working(N_("Writing...")):
        words = note or _("Back to revision {number}", number=number(revision))
        made = workspace.restore(revision, author=author or _user(), note=words)
    _told(made)


# --- reading ----------------------------------------------------------------------


def _register(path: Path, opened: Opened) -> Register:
    """Register in a folder or workbook, or one table of it."""
    from coverage.intake import FileKind  # noqa: PLC0415
    from coverage.tables import read_table  # noqa: PLC0415

    if opened.kind is FileKind.REGISTER:
        return read_register(path)
    if errors(opened.faults):
        raise BadInputError(opened.faults)
    if opened.kind is not FileKind.TABLE:
        stop(
            _(
                "{name} holds supervision orders, no offers. Use it with: dekkend assess --demand "
                "{name}",
                name=path.name,
            )
        )
    tables = empty_register().tables
    tables[opened.table] = read_table(path, REGISTER[opened.table])
    # As it is: it is judged together with the tables that are there.
    return Register(tables["providers"], tables["locations"], tables["offers"], tables["inventory"])


def _sheet(opened: Opened, wanted: str) -> Cells:
    """The list in a file, or the one of that name."""
    names = ", ".join(map(_printable, opened.sheets))
    if wanted and wanted not in opened.sheets:
        wrong_use(
            _("--sheet {name}: the lists in this file are: {names}", name=wanted, names=names)
        )
    if not wanted and len(opened.sheets) > 1:
        stop(_("This workbook has more than one list: {names}. Choose with --sheet.", names=names))
    return opened.sheets[wanted] if wanted else next(iter(opened.sheets.values()))


def _judged(
    cells: Cells,
    workspace: Workspace,
    before: Register,
    defaults: Defaults,
    *,
    same: Sequence[str],
    online: bool,
) -> Preflight:
    """Judgement on the rows of a flat list."""
    from coverage import intake  # noqa: PLC0415

    matching = _matching(cells, workspace)
    edition = load_edition(defaults.edition or max(EDITIONS))

    def judge(**more: Any) -> Preflight:  # noqa: ANN401 - what `preflight` takes besides
        return intake.preflight(
            cells, matching, edition=edition, register=before, defaults=defaults, **more
        )

    accepted = {}
    if same:
        with working(N_("Comparing...")):
            accepted = _accepted_names(judge().proposals, same)
    if online:
        with address_service() as client, counting(N_("Looking up addresses...")) as told:
            found = judge(same=accepted, online=client, progress=told)
            remarks = client.remarks()
        for remark in remarks:
            tell(remark, style="yellow")
    else:
        with working(N_("Reading...")):
            found = judge(same=accepted)
    for one in found.proposals.to_dict("records"):
        tell(
            _(
                "“{name}” resembles “{like}”, and is kept apart. If it is the same organisation, "
                "use --same with the first of these names.",
                name=_printable(one["name"]),
                like=_printable(one["like"]),
            )
        )
    return found


def _accepted_names(proposals: pd.DataFrame, names: Sequence[str]) -> dict[str, str]:
    """Name that stands for each of these names, as it was proposed."""
    proposed = dict(zip(proposals["name"], proposals["like"], strict=True))
    strange = [name for name in names if name not in proposed]
    if strange:
        wrong_use(
            _(
                "--same {name}: no other organisation has a name like that. These have one: "
                "{names}",
                name=strange[0],
                names=", ".join(map(_printable, proposed)) or _("none"),
            )
        )
    return {name: proposed[name] for name in names}


def _matching(cells: Cells, workspace: Workspace) -> dict[str, str]:
    """Field of each heading: as it was chosen before, or else as it is recognised."""
    from coverage import intake  # noqa: PLC0415
    from coverage.intake.fields import NEEDED  # noqa: PLC0415

    titles = intake.titles(cells)
    matching = workspace.recall_matching(titles) or intake.match(titles, intake.sample(cells))
    lacking = [_(intake.FIELDS[name].label) for name in NEEDED if name not in matching.values()]
    if lacking:
        stop(
            _(
                "No column was recognised for: {fields}. Rename the heading, or import the list "
                "in the app, where you can say which column it is.",
                fields=", ".join(lacking),
            )
        )
    for heading, name in matching.items():
        field = _(intake.FIELDS[name].label) if name else _("not used")
        tell(f"{_printable(heading)}: {field}", "dim")
    return matching


def _accepted(found: Preflight, rejected: Path | None, *, duplicates: bool) -> Register:
    """Register with the rows that can be imported; tells of the others."""
    from coverage.intake import Verdict  # noqa: PLC0415

    print_faults(found.faults[:SHOWN_FAULTS])
    more = len(found.faults) - SHOWN_FAULTS
    if more > 0:
        tell(
            _(
                "... and {count} more. --rejected FILE writes every row that is left out, with "
                "the reason.",
                count=number(more),
            )
        )
    rows, counts = found.accepted, found.counts
    words = [ngettext("{count} row can be imported", "{count} rows can be imported", len(rows))]
    words.append(ngettext("{count} has an error", "{count} have errors", counts[Verdict.ERROR]))
    twice = counts[Verdict.DUPLICATE]
    words.append(ngettext("{count} was there already", "{count} were there already", twice))
    tell("; ".join(words))
    if duplicates:
        rows = [int(row) for row in found.judged.index[found.judged["verdict"].ne(Verdict.ERROR)]]
    rest = found.rejected(rows)
    if rejected is not None and not rest.empty:
        with writing(rejected):
            write_table(rest, rejected, {})
        tell(
            ngettext(
                "{count} row written to {name}",
                "{count} rows written to {name}",
                len(rest),
                name=rejected,
            )
        )
    if not rows:
        stop(_("Nothing was imported."))
    return found.register(rows)


# --- the workspace ----------------------------------------------------------------


@contextmanager
def _opened() -> Iterator[Workspace]:
    """Workspace, whose troubles end the command with a line that says what to do."""
    from coverage.workspace import (  # noqa: PLC0415
        ConflictError,
        NothingChangedError,
        Workspace,
        WorkspaceError,
    )

    try:
        with Workspace.open() as workspace:
            yield workspace
    except NothingChangedError as error:
        tell(str(error))
        raise typer.Exit from None
    except (WorkspaceError, ConflictError) as error:
        stop(str(error))


def _numbered(workspace: Workspace, wanted: int | None) -> Revision:
    """Revision with a number, or the latest."""
    every = {one.number: one for one in workspace.revisions()}
    if not every:
        stop(_("The register is empty: there are no revisions."))
    number_ = max(every) if wanted is None else wanted
    if number_ not in every:
        stop(
            _(
                "There is no revision {number}; the latest is {latest}.",
                number=number_,
                latest=max(every),
            )
        )
    return every[number_]


def _user() -> str:
    """Name of the user of this machine, if it has one."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return _("unknown")


# --- telling ------------------------------------------------------------------------


def _told(made: Revision) -> None:
    """Say what was saved."""
    tell(
        _(
            "Saved as revision {number}: {counts}.",
            number=number(made.number),
            counts=register_labels.counts(made),
        )
    )


def _cell(text: str) -> str:
    """Text of a file or a person in a table on a terminal: no markup, no control codes."""
    return escape(_printable(text))


def _printable(text: str) -> str:
    return "".join(
        letter if letter.isprintable() or letter == "\n" else "\N{REPLACEMENT CHARACTER}"
        for letter in text
    )


def _wrong_name(option: str, path: Path, suffixes: tuple[str, ...]) -> NoReturn:
    wrong_use(
        _(
            "{option} {name}: the name must end in {suffixes}",
            option=option,
            name=path.name,
            suffixes=_(" or ").join(suffixes),
        )
    )
