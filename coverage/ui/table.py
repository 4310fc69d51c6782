"""The tables beside the map: municipalities, and regions beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st
from babel.numbers import format_decimal

from coverage.i18n import _, language, number
from coverage.labels import STATUS, UNKNOWN
from coverage.wording import capital, status_words

if TYPE_CHECKING:
    from collections.abc import Callable

_ROW = 35  # pixels
_FIGURE = 84  # pixels: the words for "not known" must fit
_LETTER = 7


def table(rows: pd.DataFrame, *, height: int) -> None:
    """Show municipalities, one a row.

    Parameters
    ----------
    rows
        Rows of an assessment's municipalities, in the order to show.
    height
        Pixels.
    """
    widths = {_("Municipality"): 125, _("Status"): 172}
    _show(headed(rows), widths, whole=[_("Residents 0-17")], height=height)


def region_table(regions: pd.DataFrame, *, height: int) -> None:
    """Show the regions of a set, one a row.

    Parameters
    ----------
    regions
        What `coverage.Assessment.regions` gives.
    height
        Pixels.
    """
    shown = headed_regions(regions)
    whole = shown.select_dtypes("integer").columns
    _show(shown, {_("Region"): 160}, whole=list(whole), height=height)


def headed(rows: pd.DataFrame) -> pd.DataFrame:
    """Columns of the table with translated headings; figures stay numbers, to sort by."""
    status = [
        capital(status_words(at_least, certain=certain, known=known))
        for at_least, certain, known in zip(
            rows["status_at_least"], rows["certain"], rows["known"], strict=True
        )
    ]
    # A proven capacity of nothing without an upper bound says nothing at all.
    anything = (rows["capacity_low"] > 0) | rows["capacity_high"].notna()
    columns = {
        _("Municipality"): rows["name"],
        _("Status"): status,
        _("Gap from"): rows["gap_low"],
        _("Gap to"): rows["gap_high"],
        _("Demand from"): rows["demand_low"],
        _("Demand to"): rows["demand_high"],
        _("Capacity from"): rows["capacity_low"].where(anything),
        _("Capacity to"): rows["capacity_high"],
        _("Residents 0-17"): rows["residents_0_17"],
    }
    return pd.DataFrame(columns, index=rows.index)


def headed_regions(regions: pd.DataFrame) -> pd.DataFrame:
    """Columns of the table of regions with translated headings, sorted by name."""
    columns = {
        _("Region"): regions["region_name"],
        _("Municipalities"): regions["municipalities"],
        _("Covered"): regions["n_covered"],
        capital(_(STATUS[UNKNOWN])): regions["n_unknown"],
        _("Demand from"): regions["demand_low"],
        _("Demand to"): regions["demand_high"],
        _("Gap from"): regions["gap_low"],
        _("Gap to"): regions["gap_high"],
    }
    return pd.DataFrame(columns, index=regions.index).sort_values(_("Region"))


def _show(shown: pd.DataFrame, widths: dict[str, int], *, whole: list[str], height: int) -> None:
    figures = shown.select_dtypes("number").columns
    formats: dict[Any, str | Callable[[Any], str] | None] = dict.fromkeys(figures, _decimal)
    formats |= dict.fromkeys(whole, number)
    st.dataframe(
        shown.style.format(formats),
        hide_index=True,
        height=min(height, _ROW * (len(shown) + 1) + 3),
        placeholder=_("not known"),
        column_config={
            **{
                name: st.column_config.TextColumn(width=width, pinned=name == shown.columns[0])
                for name, width in widths.items()
            },
            **{
                name: st.column_config.NumberColumn(width=max(_FIGURE, _LETTER * len(name) + 18))
                for name in figures
            },
        },
    )


def _decimal(value: float) -> str:
    return format_decimal(value, format="#,##0.0", locale=language())
