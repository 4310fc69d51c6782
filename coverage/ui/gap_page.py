"""Page with the gap table: every municipality, to sort, to filter and to take along."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from coverage import gap_table, i18n, search
from coverage.demand import COUNTS
from coverage.gap_table import DESCENDING, FIELDS, NAME, OPEN, View
from coverage.i18n import _, ngettext
from coverage.i18n import number as number_words
from coverage.labels import REGION_SET, UNKNOWN
from coverage.regional import MIXED
from coverage.ui import bars, data, download, grid, state
from coverage.vocabulary import FigureStatus
from coverage.wording import capital, conversion, status_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from coverage import Assessment, Settings
    from coverage.gap_table import Shown
    from coverage.ui.chosen import Choices

_HEIGHT = 640
_LONGEST = 60  # letters of a name to find
_BY_REGION = "regio"
_PAGE_ONLY = dict.fromkeys(("columns", "sort", "subtotals", "find", "statuses"))
"""Choices that a link to another page leaves out."""

_FIGURES = frozenset({"interval", "number", "orders", "offers"})
"""Kinds of fields that are sorted from high to low."""


def show(chosen: Choices) -> None:
    """Draw the page.

    Parameters
    ----------
    chosen
        What to show.
    """
    st.title(_("Gap table"), anchor=False)
    with st.spinner(_("Calculating…")):
        assessment = data.assessment(chosen)
    view = _ask(chosen)
    shown = gap_table.show(assessment, view, _names(chosen.year))
    st.header(_("Municipalities"), anchor=False)
    _table(shown, view, chosen)
    if shown.rows.empty:
        _nothing(view)
    else:
        _explanation(view, shown, assessment.settings)
    _downloads(assessment, view, chosen, empty=shown.rows.empty)


@st.cache_resource(show_spinner=False)
def _names(year: int) -> pd.Series[str]:
    """Names that municipalities can be found by."""
    return search.current_labels(data.edition(year))


def _ask(chosen: Choices) -> View:
    """Ask what to show of the table."""
    left, right = st.columns(2)
    with left:
        written = str(st.session_state.get("find", ""))
        state.settle("find", ["", written[:_LONGEST]], "")
        find = st.text_input(
            _("Find a municipality by a part of its name"), key="find", max_chars=_LONGEST
        )
    with right:
        state.settle_many("statuses", gap_table.STATUSES, [])
        statuses = st.multiselect(
            _("Only these statuses"),
            gap_table.STATUSES,
            key="statuses",
            select_all=False,  # else Enter takes all that fit what was typed
            format_func=_status_label,
            placeholder=_("All statuses"),
        )
    with st.expander(_("Columns and subtotals")):
        others = [key for key in FIELDS if key != NAME]
        state.settle_many("columns", others, gap_table.USUAL)
        keys = st.multiselect(
            _("Columns"),
            others,
            key="columns",
            select_all=False,  # else Enter takes all that fit what was typed
            format_func=lambda key: _(FIELDS[key].heading),
            placeholder=_("Only the names"),
        )
        region_set = _ask_subtotals(chosen)
    sort = state.settle("sort", gap_table.SORTS, gap_table.USUAL_SORT)
    return View(
        codes=tuple(data.members(chosen.year, chosen.region_set, chosen.region)),
        find=find,
        statuses=tuple(statuses),
        keys=tuple(keys),
        sort=sort,
        region_set=region_set,
    )


def _ask_subtotals(chosen: Choices) -> str:
    """Region set to give subtotals of; a single region has its total already."""
    options = ["", _BY_REGION]
    state.settle("subtotals", options, "")
    if chosen.region:
        return ""
    kind = _(REGION_SET.get(chosen.region_set, chosen.region_set))
    wanted = st.radio(
        _("Subtotals"),
        options,
        key="subtotals",
        format_func=lambda option: (
            _("By kind of region: {kind}", kind=kind) if option else _("No subtotals")
        ),
        horizontal=True,
    )
    return chosen.region_set if wanted else ""


def _status_label(key: str) -> str:
    """The words that the table has for a status."""
    rung = key.removeprefix(OPEN)
    return capital(status_words(rung, certain=key == rung, known=key != UNKNOWN))


def _table(shown: Shown, view: View, chosen: Choices) -> None:
    grid.grid(
        columns(shown, view.keys),
        rows(shown, view),
        key="gap_grid",
        caption=_("Gap table of {year}", year=chosen.year),
        summary=summary(shown, view.sort, _place(chosen)),
        sort=view.sort,
        on_sort=_sort,
        height=_HEIGHT,
    )


def _sort(sort: str) -> None:
    st.session_state["sort"] = sort


def _place(chosen: Choices) -> str:
    """Name of what there is to see."""
    if not chosen.region:
        return _("the Netherlands")
    return data.region_name(chosen.year, chosen.region_set, chosen.region)


def summary(shown: Shown, sort: str, place: str) -> str:
    """What the table shows, in a sentence.

    Parameters
    ----------
    shown
        What it shows.
    sort
        Its order.
    place
        Name of the region.
    """
    fitting, there = len(shown.rows.index.unique()), len(shown.all)
    if not fitting:
        return _("No municipality in {place} fits what you ask for.", place=place)
    if fitting == there:
        many = ngettext(
            "All {count} municipality in {place}",
            "All {count} municipalities in {place}",
            there,
            place=place,
        )
    else:
        many = ngettext(
            "{fitting} of {count} municipality in {place}",
            "{fitting} of {count} municipalities in {place}",
            there,
            fitting=number_words(fitting),
            place=place,
        )
    key = sort.removeprefix(DESCENDING)
    return _(
        "{municipalities}, sorted by “{heading}”: {order}.",
        municipalities=many,
        heading=_(FIELDS[key].heading),
        order=_order_words(sort),
    )


def _order_words(sort: str) -> str:
    kind, down = FIELDS[sort.removeprefix(DESCENDING)].kind, sort.startswith(DESCENDING)
    if kind == "interval":
        return _("highest upper end first") if down else _("lowest upper end first")
    if kind in _FIGURES:
        return _("highest first") if down else _("lowest first")
    if kind in {"status", "at_most"}:
        return _("best first") if down else _("worst first")
    if kind == "answer":
        return _("yes first") if down else _("no first")
    return _("from z to a") if down else _("from a to z")


def columns(shown: Shown, keys: Sequence[str]) -> list[grid.Column]:
    """Columns of the table on the screen.

    Parameters
    ----------
    shown
        What the table shows.
    keys
        Keys of `coverage.gap_table.FIELDS` after the name.
    """
    return [
        grid.Column(
            key,
            _unbroken(_(FIELDS[key].heading)),
            gap_table.note(shown.all, key),
            right=gap_table.has_total(key),
        )
        for key in (NAME, *keys)
    ]


def _unbroken(heading: str) -> str:
    """Heading in which no line ends between the numbers of a range."""
    return re.sub(r"(?<=\d)-(?=\d)", "\N{NON-BREAKING HYPHEN}", heading)


def rows(shown: Shown, view: View) -> list[grid.Row]:
    """Rows of the table on the screen: municipalities, subtotals before them, total below.

    Parameters
    ----------
    shown
        What the table shows.
    view
        What was asked for.
    """
    table = shown.rows
    if table.empty:
        return []
    scale = float(table["gap_high"].max())
    marked = _marked(shown.all)
    made: list[grid.Row] = []
    at: str | None = None
    # Without subtotals there are no groups.
    groups = table["region_code"] if "region_code" in table else [None] * len(table)
    for row, group in zip(table.itertuples(), groups, strict=True):
        if group is not None and group != at:
            made.append(_group(shown, group, view.keys, marked))
        at = group
        cells = (_cell(row, key, scale, marked) for key in view.keys)
        made.append(
            grid.Row(str(row.Index), (grid.Cell(str(row.name)), *cells), href=_link(str(row.Index)))
        )
    whole = shown.total.iloc[0]
    name = ngettext("Total of {count} municipality", "Total of {count} municipalities", len(table))
    foot = _total_cells(whole, name, view.keys, marked)
    made.append(grid.Row("total", foot, kind="total"))
    return made


def _link(code: str) -> str:
    return state.link("gemeente", municipality=code, **_PAGE_ONLY)


def _marked(notes: pd.DataFrame) -> frozenset[str]:
    """Fields that need a mark in each cell, because the heading cannot say one for all.

    Of counts also ``<field> unit``, where what is counted differs.
    """
    counted = {key for key, field in FIELDS.items() if field.counted}
    marked = set() if gap_table.common(notes, "count_status") else counted
    if not gap_table.common(notes, "residents_0_17_status"):
        marked.add("residents")
    if not gap_table.common(notes, "count_unit"):
        marked |= {f"{key} unit" for key in COUNTS}
    return frozenset(marked)


def _cell(row: Any, key: str, scale: float, marked: frozenset[str]) -> grid.Cell:  # noqa: ANN401
    """Cell of a municipality."""
    field = FIELDS[key]
    if field.kind == "status":
        return grid.status(row.status_at_least, certain=row.certain, known=row.known)
    if field.kind == "figure_status":
        return grid.Cell("", mark=grid.figure_status(row.count_status))
    mark = ""
    if key in marked:
        status = row.residents_0_17_status if key == "residents" else row.count_status
        mark = grid.rests_on(status) if field.kind == "interval" else grid.figure_status(status)
    if field.kind == "interval":
        low, high = (getattr(row, name) for name in field.columns)
        return grid.interval(
            low, high, scale=scale if key == "gap" else 0.0, mark=mark, digits=field.digits
        )
    if field.kind == "orders":
        # What is protected says so itself, and its neighbour is not.
        mark = "" if row.count_status == FigureStatus.SUPPRESSED else mark
        unit = "" if f"{key} unit" not in marked else gap_table.unit_words(row.count_unit)
        return grid.text(f"{gap_table.words(row, key)} {unit}".strip(), mark=mark)
    return grid.text(gap_table.words(row, key), mark=mark)


def _group(shown: Shown, code: str, keys: Sequence[str], marked: frozenset[str]) -> grid.Row:
    """Heading of a group, with its subtotal."""
    group = shown.groups.loc[[code]].iloc[0]
    there, fitting = int(group["of_all"]), int(group["municipalities"])
    said = {"region": group["name"], "fitting": number_words(fitting)}
    if there == fitting:
        name = ngettext(
            "{region}: {count} municipality", "{region}: all {count} municipalities", there, **said
        )
    else:
        name = ngettext(
            "{region}: {fitting} of {count} municipality",
            "{region}: {fitting} of {count} municipalities",
            there,
            **said,
        )
    return grid.Row(f"region {code}", _total_cells(group, name, keys, marked), kind="group")


def _total_cells(
    group: pd.Series, name: str, keys: Sequence[str], marked: frozenset[str]
) -> tuple[grid.Cell, ...]:
    return (grid.Cell(name), *(_total_cell(group, key, marked) for key in keys))


def _total_cell(group: pd.Series, key: str, marked: frozenset[str]) -> grid.Cell:
    """Cell of a total; empty where a group has nothing to say."""
    if key == "status":
        unknown = int(group[f"n_{UNKNOWN}"])
        text = _(
            "covered: {covered}; not known: {unknown}",
            covered=number_words(int(group["n_covered"])),
            unknown=number_words(unknown),
        )
        return grid.Cell(capital(text))
    if key == "counts":
        return grid.Cell("", mark=grid.figure_status(group["count_status"]))
    if not gap_table.has_total(key):
        return grid.EMPTY
    if FIELDS[key].kind == "orders":
        hidden = int(group["n_suppressed"])
        mark = ""
        if hidden:
            mark = ngettext(
                "{count} municipality protected", "{count} municipalities protected", hidden
            )
        text = gap_table.total_words(group, key)
        unit = group["count_unit"]
        if f"{key} unit" in marked and unit != MIXED:
            text = f"{text} {gap_table.unit_words(unit)}"
        return grid.text(text, mark=mark)
    values = [float(group[name]) for name in FIELDS[key].columns]
    # A number that is known has two equal ends.
    return grid.interval(values[0], values[-1], digits=FIELDS[key].digits)


def _nothing(view: View) -> None:
    """What to do when nothing fits."""
    st.info(_("Nothing fits. Look for a shorter part of the name, or choose other statuses."))
    if view.find or view.statuses:
        st.button(_("Show all municipalities"), on_click=_clear)


def _clear() -> None:
    st.session_state["find"] = ""
    st.session_state["statuses"] = []


def _explanation(view: View, shown: Shown, settings: Settings) -> None:
    said = [_("Total: the interval of a group is narrower than the sum of its municipalities.")]
    if view.region_set:
        said.append(_("A subtotal is of the municipalities that are shown, not of the others."))
    if "gap" in view.keys:
        said.append(_(bars.EXPLANATION))
    said += conversion(shown.rows["count_unit"], settings)
    if len(set(shown.rows["count_unit"])) > 1:
        said.append(
            _("Different units are not added up. They become families first, for the demand.")
        )
    if (shown.rows["count_status"] == FigureStatus.SUPPRESSED).any():
        said.append(
            _(
                "Protected: the number is known, and not shown, so that no family can be "
                "recognised. The range is what anyone can tell from all that is shown."
            )
        )
    st.caption(" ".join(said))


def _downloads(assessment: Assessment, view: View, chosen: Choices, *, empty: bool) -> None:
    """Files of what is seen, and of everything there is."""
    st.header(_("Download"), anchor=False)
    st.caption(
        _(
            "“What you see” has these rows and columns, in this order, with headings in words. "
            "“Everything” has every municipality of {year} and every column, under fixed names. "
            "Each file says where its figures come from; a CSV comes in a zip, with that in a "
            "file beside it.",
            year=chosen.year,
        )
    )
    language, example = i18n.language(), assessment.is_example
    place = _place(chosen) if chosen.region else ""
    part = "selectie" if view.find or view.statuses else ""
    # Dutch in both languages, as addresses are.
    name = partial(download.file_name, assessment, "tekorttabel", place, part)
    every = partial(download.file_name, assessment, "alles")
    see = partial(seen, assessment, view)
    see_all = partial(everything, assessment)
    with st.container(horizontal=True):
        if not empty:
            download.offer(
                _("What you see (Excel)"),
                partial(download.excel, see, language, example=example),
                name(),
            )
            download.offer(
                _("What you see (CSV)"),
                partial(download.csv, see, language, name(suffix=""), example=example),
                name(suffix=".zip"),
            )
        download.offer(
            _("Everything (Excel)"),
            partial(download.excel, see_all, language, example=example),
            every(),
        )
        download.offer(
            _("Everything (CSV)"),
            partial(download.csv, see_all, language, every(suffix=""), example=example),
            every(suffix=".zip"),
        )


def seen(assessment: Assessment, view: View) -> download.Contents:
    """What the table shows, for a file; its totals apart, so that none is added up twice."""
    shown = gap_table.show(assessment, view, _names(assessment.edition.year))
    everywhere = len(view.codes) == len(assessment.municipalities)
    asked = {
        "kind": "gap_table",
        "codes": [] if everywhere else list(view.codes),
        "find": view.find,
        "statuses": list(view.statuses),
        "columns": [NAME, *view.keys],
        "sort": view.sort,
        "subtotals": view.region_set,
        "municipalities": len(shown.all),
        "municipalities_shown": len(shown.rows.index.unique()),
    }
    return download.Contents(
        gap_table.seen(shown, view.keys),
        {**assessment.provenance, "view": asked},
        {_("Totals"): gap_table.seen_totals(shown, view.keys)},
    )


def everything(assessment: Assessment) -> download.Contents:
    """Every municipality and every column, for a file."""
    record = {**assessment.provenance, "view": {"kind": "everything"}}
    return download.Contents(gap_table.everything(assessment), record, {})
