"""`dekkend statline`: counts of orders, or residents, from the open data of CBS."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer evaluates the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from coverage import provenance, schema
from coverage._terminal import (
    check_edition,
    check_out,
    print_faults,
    stop,
    tell,
    tell_written,
    working,
    writing,
    wrong_use,
)
from coverage.editions import load_edition
from coverage.exports import write_table
from coverage.i18n import N_, _

if TYPE_CHECKING:
    import pandas as pd

    from coverage.editions import Edition
    from coverage.statline import Statline

# The client is loaded by the command itself: the others start without.


def statline(
    table: Annotated[
        str,
        typer.Argument(
            help=_("82975NED for supervision orders; 03759ned or 70072ned for residents 0-17.")
        ),
    ],
    period: Annotated[
        str, typer.Option(help=_("Period: 2023JJ00 or 2023 for a year, 2023HJ01 for a half-year."))
    ],
    out_file: Annotated[Path, typer.Option("--out", help=_("File to write; .csv or .xlsx."))],
    edition: Annotated[
        int, typer.Option(help=_("Year of the municipal division: 2010 or 2025."))
    ] = 2025,
    refresh: Annotated[
        bool,
        typer.Option("--refresh", help=_("Ask anew, also for what was asked and kept before.")),
    ] = False,
) -> None:
    """Run `dekkend statline`."""
    from coverage.statline import (  # noqa: PLC0415
        PROTECTION,
        Statline,
        StatlineError,
        what_is_asked,
    )

    table_id = _table_id(table)
    check_edition(edition)
    check_out(out_file)
    try:
        client = Statline(refresh=refresh)
    except ValueError as error:
        wrong_use(str(error))
    tell(what_is_asked(table_id, period))
    with client:
        try:
            with working(N_("Asking StatLine...")):
                found = _found(client, table_id, period, load_edition(edition))
        except StatlineError as error:
            stop(str(error))
        remarks = client.remarks()
        asked = client.requests
    told = [column for name, column in found.items() if str(name).endswith("source")]
    sources = sorted({str(text) for column in told for text in column.dropna()})
    record = provenance.of_counts(provenance.STATLINE, edition, table=table_id, period=period)
    record["sources"] = sources
    with writing(out_file):
        # By this name `dekkend assess --demand` finds the sheet among those of the record.
        sheet = schema.DEMAND.name if table_id == PROTECTION else ""
        write_table(found, out_file, record, sheet=sheet)
    print_faults(found.attrs.get("warnings", ()))
    for remark in remarks:
        tell(remark, style="yellow")
    if not asked:
        tell(_("All of this was asked before and kept. Use --refresh to ask it anew."))
    tell_written(len(found), out_file)


def _table_id(asked: str) -> str:
    """Number of a table as CBS writes it."""
    from coverage.statline import PROTECTION, RESIDENTS  # noqa: PLC0415

    known = {name.casefold(): name for name in (PROTECTION, *RESIDENTS)}
    if asked.strip().casefold() not in known:
        message = _(
            "“{table}” is not a table that can be used here. Choose one of: {tables}.",
            table=asked,
            tables=", ".join(known.values()),
        )
        wrong_use(message)
    return known[asked.strip().casefold()]


def _found(client: Statline, table_id: str, period: str, edition: Edition) -> pd.DataFrame:
    """What was asked, as a table to write."""
    from coverage.statline import PROTECTION  # noqa: PLC0415

    if table_id == PROTECTION:
        counts = client.orders(period, edition)
        headings = schema.columns(schema.DEMAND)
    else:
        counts = client.residents_0_17(edition, period, table_id)
        headings = ("gm_code", "name", *counts.columns)
    named = counts.assign(name=edition.municipalities["name"].reindex(counts.index))
    written = named.rename_axis("gm_code").reset_index().reindex(columns=list(headings))
    written.attrs = counts.attrs
    return written
