"""What was found in each row of a list that is read in: totals, table and map."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import streamlit as st

from coverage import maps
from coverage.editions import CRS, EDITIONS
from coverage.i18n import N_, _, ngettext, number
from coverage.labels import REGION_SET
from coverage.palette import UNKNOWN_COLOUR
from coverage.ui import change_list, data, grid, live_map, markup
from coverage.ui.grid import Cell, Column, Row
from coverage.ui.state import hold
from coverage.vocabulary import Precision, ServiceAreaType
from coverage.wording import listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from coverage.faults import Fault

PER_PAGE = 100
"""Rows of the table that are shown at a time."""

LONGEST = 400
"""Letters of a name or area that the table shows; the file itself has the rest."""

ALL = "all"

FOUND_COLOUR = "#7fb0dc"
"""Fill of a municipality in which rows of the list are; darker than `UNKNOWN_COLOUR`."""

_MAP_TEXT = "coverage-import-map-text"
_LINES = 4  # of a marker
_PART = 0.4  # of the height of the country: what is smaller is looked at by itself


@dataclass(frozen=True)
class Sign:
    """How a verdict looks: never by colour alone.

    Attributes
    ----------
    sign
        One character.
    word
        Text of the catalogue: the verdict on one row.
    total
        Text of the catalogue: what a number of such rows are called.
    """

    sign: str
    word: str
    total: str


VERDICTS: dict[str, Sign] = {
    "good": Sign("\N{CHECK MARK}", N_("Good"), N_("Good")),
    "warning": Sign("!", N_("Look at this"), N_("To look at")),
    "error": Sign("\N{BALLOT X}", N_("Not good"), N_("Not good")),
    "duplicate": Sign("=", N_("Is there already"), N_("Already there")),
}
"""Verdicts of a preflight, in the order in which they are shown."""

PRECISION: dict[str, str] = {
    Precision.ADDRESS: N_("address"),
    Precision.POSTCODE4: N_("postcode"),
    Precision.PLACE: N_("place"),
    Precision.MUNICIPALITY: N_("municipality"),
}
"""By what a row was found on the map."""


def counts(rows: pd.DataFrame) -> dict[str, int]:
    """Number of rows with each verdict, in the order of `VERDICTS`.

    Parameters
    ----------
    rows
        As in a preflight.
    """
    found = rows["verdict"].value_counts()
    return {name: int(found.get(name, 0)) for name in VERDICTS}


def totals(rows: pd.DataFrame) -> str:
    """Number of rows with each verdict, as HTML."""
    parts = "".join(
        f"<div><dt>{html.escape(f'{sign.sign} {_(sign.total)}')}</dt>"
        f"<dd>{html.escape(number(count))}</dd></div>"
        for (_name, sign), count in zip(VERDICTS.items(), counts(rows).values(), strict=True)
    )
    return f"<dl class='coverage-totals coverage-import-totals'>{parts}</dl>"


def ask_which(rows: pd.DataFrame) -> str:
    """Ask which rows to show; a verdict, or `ALL`."""
    there = {name: count for name, count in counts(rows).items() if count}
    if len(there) < 2:  # noqa: PLR2004 - nothing to choose
        return ALL

    def label(name: str) -> str:
        if name == ALL:
            return _("All rows ({count})", count=number(len(rows)))
        return _("{sign} {verdict} ({count})", **_label(name), count=number(there[name]))

    options = [ALL, *there]
    key = "import_show"
    if hold(key, ALL) not in options:
        st.session_state[key] = ALL
    return str(st.radio(_("Show"), options, key=key, format_func=label, horizontal=True))


def _label(name: str) -> dict[str, str]:
    return {"sign": VERDICTS[name].sign, "verdict": _(VERDICTS[name].total)}


def table(rows: pd.DataFrame, faults: Iterable[Fault], *, which: str) -> None:
    """Show the rows, a page at a time.

    Parameters
    ----------
    rows, faults
        As in a preflight: by row number of the file.
    which
        A verdict, or `ALL`.
    """
    fitting = rows if which == ALL else rows[rows["verdict"] == which]
    first = _ask_page(len(fitting))
    part = fitting.iloc[first : first + PER_PAGE]
    part = part.assign(reasons=reasons(faults, part.index))
    grid.grid(
        columns(),
        [line(int(str(place)), row) for place, row in part.iterrows()],
        key="import_rows",
        caption=_("Rows of your list"),
        summary=_summary(first, len(part), len(fitting)),
        height=640,
    )


def reasons(faults: Iterable[Fault], rows: pd.Index[Any]) -> pd.Series[str]:
    """What is said of rows, a line each: what keeps a row out first, and apart from the rest.

    Parameters
    ----------
    faults
        As in a preflight.
    rows
        Numbers of rows in the file.

    Returns
    -------
    pandas.Series
        Text by row; empty where there is nothing to say.
    """
    said: dict[int, dict[str, dict[str, None]]] = {int(row): {} for row in rows}
    for one in faults:
        if one.row in said:
            text = f"{one.column}: {one.reason()}" if one.column else one.reason()
            said[one.row].setdefault(one.severity, {})[text] = None
    told = {
        row: _in_lines(list(of.get("error", ())), list(of.get("warning", ())))
        for row, of in said.items()
    }
    return pd.Series(told, index=rows, dtype="str")


def _in_lines(errors: list[str], remarks: list[str]) -> str:
    if not (errors and remarks):
        return "\n".join(_listed(errors or remarks))
    lines = [
        _("This keeps the row out:"),
        *_listed(errors),
        _("And look at this:"),
        *_listed(remarks),
    ]
    return "\n".join(lines)


def _listed(texts: list[str]) -> list[str]:
    return texts if len(texts) == 1 else [f"\N{EN DASH} {text}" for text in texts]


def _ask_page(count: int) -> int:
    """Place of the first row to show; asked when there are more than fit."""
    starts = list(range(0, count, PER_PAGE))
    if len(starts) < 2:  # noqa: PLR2004 - nothing to choose
        return 0
    key = "import_page"
    if st.session_state.get(key) not in starts:
        st.session_state[key] = 0
    return int(
        st.selectbox(
            _("Part of the list"),
            starts,
            key=key,
            format_func=lambda start: _(
                "{first} to {last} of {count}",
                first=number(start + 1),
                last=number(min(start + PER_PAGE, count)),
                count=number(count),
            ),
            filter_mode=None,
        )
    )


def _summary(first: int, shown: int, count: int) -> str:
    if shown == count:
        return ngettext("{count} row", "{count} rows", count)
    return _(
        "Rows {first} to {last} of {count}",
        first=number(first + 1),
        last=number(first + shown),
        count=number(count),
    )


def columns() -> list[Column]:
    """Columns of the table."""
    return [
        Column("row", _("Row")),
        Column("verdict", _("Verdict")),
        Column("reasons", _("What is wrong, and what to do")),
        Column("provider", _("Provider")),
        Column("offer", _("Offer")),
        Column("municipality", _("Municipality")),
        Column("precision", _("Found by")),
        Column("service_area", _("Service area")),
    ]


def line(number_in_file: int, row: pd.Series[Any]) -> Row:
    """Row of the table.

    Parameters
    ----------
    number_in_file
        Of the row, as a spreadsheet shows it.
    row
        As in a preflight.
    """
    sign = VERDICTS[str(row["verdict"])]
    precision = PRECISION.get(str(row["precision"]))
    return Row(
        str(number_in_file),
        (
            Cell(str(number_in_file)),
            Cell(f"{sign.sign} {_(sign.word)}"),
            Cell(str(row["reasons"])),
            grid.text(_cut(str(row["provider"]))),
            grid.text(_cut(str(row["offer"]))),
            grid.text(_cut(str(row["municipality"]))),
            grid.text(_(precision) if precision else ""),
            grid.text(_cut(area_words(str(row["service_area_type"]), str(row["service_area"])))),
        ),
    )


def area_words(kind: str, area: str) -> str:
    """Service area as a reader knows it; empty when it is not known.

    Parameters
    ----------
    kind, area
        ``service_area_type`` and ``service_area`` as the register has them.
    """
    if kind == ServiceAreaType.COUNTRY:
        return _("the Netherlands")
    if kind == ServiceAreaType.RADIUS:
        return _("{distance} km round the location", distance=area)
    if kind == ServiceAreaType.REGION:
        region_set, _colon, code = area.partition(":")
        return f"{_region_names(region_set).get(code, code)} ({_set_words(region_set)})"
    return change_list.value("offers", "service_area", area) if area else ""


@st.cache_resource(show_spinner=False)
def _region_names(region_set: str) -> dict[str, str]:
    """Name of each region of a set, of whatever edition has it last."""
    names: dict[str, str] = {}
    for year in sorted(EDITIONS):
        rows = data.edition(year).regions
        rows = rows[rows["region_set"] == region_set]
        names |= dict(zip(rows["region_code"], rows["region_name"], strict=True))
    return names


def _set_words(region_set: str) -> str:
    return _(REGION_SET[region_set]) if region_set in REGION_SET else region_set


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}\N{HORIZONTAL ELLIPSIS}"


# --- map ----------------------------------------------------------------------


def show_map(rows: pd.DataFrame, *, year: int, view: str) -> None:
    """Small map of the municipalities and points that rows were found at.

    Parameters
    ----------
    rows
        As in a preflight.
    year
        Edition.
    view
        What the map is of: it moves there when this changes.
    """
    painted = paint(rows, year)
    part = _part(painted.index[painted["count"] > 0], year)
    live_map.show(
        painted,
        year=year,
        label=_("Where the rows of your list are"),
        described_by=_MAP_TEXT,
        name=f"import {year}",
        region=part,
        view=f"{view} {'' if part is None else len(part)}",
        sites=markers(rows),
    )
    words = f"<p id='{_MAP_TEXT}' class='coverage-note'>{_in_words(rows, painted)}</p>"
    markup.show(f"{words}{_legend(whole=part is None)}", key="import_legend")


def _part(codes: pd.Index[str], year: int) -> gpd.GeoSeries | None:
    """Boundaries to look at when the rows are in a part of the country, else None."""
    every = data.shapes(year)
    here = every.loc[codes]
    if here.empty:
        return None
    _west, south, _east, north = here.total_bounds
    _west, first, _east, last = every.total_bounds
    return here if north - south < _PART * (last - first) else None


def paint(rows: pd.DataFrame, year: int) -> pd.DataFrame:
    """Colour and words of each municipality of an edition, for the live map.

    Parameters
    ----------
    rows
        As in a preflight.
    year
        Edition.

    Returns
    -------
    pandas.DataFrame
        In the order of the edition: colour, hatched, words, and count of rows.
    """
    index = data.edition(year).municipalities.index
    count = rows["gm_code"].value_counts().reindex(index, fill_value=0)
    names = data.edition(year).municipalities["name"]
    words = {
        many: ngettext("{count} row of your list", "{count} rows of your list", many)
        if many
        else _("no row of your list")
        for many in count.unique()
    }
    return pd.DataFrame(
        {
            "colour": count.gt(0).map({True: FOUND_COLOUR, False: UNKNOWN_COLOUR}),
            "hatched": False,
            "words": count.map(words),
            "name": names,
            "count": count,
        },
        index=index,
    )


def markers(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Points with their text, as the live map wants them.

    Parameters
    ----------
    rows
        As in a preflight; x and y in EPSG:28992, metres. Rows without a point are left out.

    Returns
    -------
    list of dict
        One a point: at (latitude, longitude), title, lines, and no offer to choose.
    """
    placed = rows[rows["x"].notna() & rows["y"].notna()]
    if placed.empty:
        return []
    groups = [group for _point, group in placed.groupby(["x", "y"], sort=False)]
    points = gpd.GeoSeries.from_xy(
        [group["x"].iloc[0] for group in groups], [group["y"].iloc[0] for group in groups], crs=CRS
    ).to_crs("EPSG:4326")
    return [
        {
            "at": [round(point.y, 5), round(point.x, 5)],
            "title": _cut(listed(list(dict.fromkeys(map(_named, group["provider"])))[:_LINES])),
            "lines": _lines(group),
            "offer": "",
        }
        for point, group in zip(points, groups, strict=True)
    ]


def _named(name: str) -> str:
    return name or _("not known")


def _lines(group: pd.DataFrame) -> list[str]:
    """What a marker says: the rows at its point, and how they were found there."""
    shown = [
        _("Row {row}: {offer}", row=number_in_file, offer=_cut(_named(str(offer))))
        for number_in_file, offer in group["offer"].head(_LINES).items()
    ]
    more = len(group) - _LINES
    if more > 0:
        shown.append(ngettext("and {count} other row", "and {count} other rows", more))
    precision = PRECISION.get(str(group["precision"].iloc[0]))
    if precision:
        shown.append(_("Found by: {precision}", precision=_(precision)))
    return shown


def _in_words(rows: pd.DataFrame, painted: pd.DataFrame) -> str:
    """What the map shows, for who cannot see it."""
    text = _(
        "On the map: {found} of {count}, in {places}. The table has the same.",
        found=number(int((rows["gm_code"] != "").sum())),
        count=ngettext("{count} row", "{count} rows", len(rows)),
        places=ngettext(
            "{count} municipality", "{count} municipalities", int((painted["count"] > 0).sum())
        ),
    )
    return html.escape(text)


def _legend(*, whole: bool) -> str:
    keys = [(FOUND_COLOUR, _("Rows of your list are here"))]
    if whole:  # else the others are faded
        keys.append((UNKNOWN_COLOUR, _("No row of your list")))
    cells = "".join(
        f"<li>{maps.swatch_of(colour)}<span>{html.escape(text)}</span></li>"
        for colour, text in keys
    )
    return f"<ul class='coverage-import-legend'>{cells}</ul>"
