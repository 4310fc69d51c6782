"""Page to bring counts of supervision orders, and to see what is published of them.

What is brought is kept in the session until it is saved or let go. Cases are counted and then
gone: only their counts are ever kept, and of these everybody else sees what is protected.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NoReturn, cast

import pandas as pd
import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from coverage import cases, count_sets, disclosure, schema
from coverage._files import data_dir
from coverage.demand_input import GivenCounts, read_given
from coverage.faults import BadInputError
from coverage.i18n import N_, _, ngettext, number
from coverage.labels import FIGURE_STATUS, REGION_SET, UNIT
from coverage.statline import PROTECTION, Statline, StatlineError, what_is_asked
from coverage.ui import (
    data,
    download,
    editor,
    importing,
    own,
    own_counts,
    state,
    unprotected,
    upload,
)
from coverage.ui.failures import reason
from coverage.ui.pieces import scrolling
from coverage.wording import capital, date_words, listed
from coverage.workspace import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from coverage.count_sets import Head
    from coverage.disclosure import Protected
    from coverage.faults import Fault
    from coverage.ui.chosen import Choices

LARGEST_MB = 200
"""Of a file with cases: a million of them."""

FILE, CASES, STATLINE = "file", "cases", "statline"
WAYS = {
    FILE: N_("A file with counts, one row a municipality or region"),
    CASES: N_("A file with cases, one row an order"),
    STATLINE: N_("The figures of CBS StatLine"),
}
"""Where counts can come from."""

_SHOWN = 15
_BROUGHT = "counts_brought"
_PROTECTED = "counts_protected"
_TOLD = "counts_told"
_WAY = "counts_way"
_WITHIN = "counts_within"
_COUNTRY = "country"
_TURN = "counts_turn"
_REFUSED = "counts_refused"


@dataclass(frozen=True, eq=False)
class _Brought:
    """Counts that are not saved yet.

    Attributes
    ----------
    name
        Where they come from, as the reader knows it.
    edition
        Year of the division of their codes.
    counts
        Indexed by gm_code.
    faults
        What the reader must know of them.
    public
        Whether they were published already.
    given
        The counts as a file has them; those of regions are shared out by the rule.
    """

    name: str
    edition: int
    counts: pd.DataFrame
    faults: tuple[Fault, ...]
    public: bool = False
    given: GivenCounts | None = None


def show(chosen: Choices) -> None:
    """Draw the page.

    Parameters
    ----------
    chosen
        What to show; its year is the division of the codes that are brought.
    """
    st.title(_("Counts of supervision orders"), anchor=False)
    for text in st.session_state.pop(_TOLD, []):
        st.success(text, icon=":material/check_circle:")
    editor.bar()
    st.markdown(
        _(
            "Bring your own counts, and the map rests on them instead of on an estimate. Small "
            "counts are protected before anybody else sees them: they may point at a family."
        )
    )
    now = editor.editor()
    brought: _Brought | None = st.session_state.get(_BROUGHT)
    if now.may_edit:
        if brought is None or brought.edition != chosen.year:
            _ask_source(chosen)
        else:
            unprotected.keep_off_paper()
            _judge(brought)
    st.header(_("Counts that were saved"), anchor=False)
    _saved(chosen, now)


# --- where they come from -------------------------------------------------------


def _ask_source(chosen: Choices) -> None:
    st.header(_("1. Where do the counts come from?"), anchor=False)
    state.hold(_WAY, FILE)
    way = st.radio(
        _("Source of the counts"), list(WAYS), key=_WAY, format_func=lambda name: _(WAYS[name])
    )
    {FILE: _ask_file, CASES: _ask_cases, STATLINE: _ask_statline}[way](chosen)


def _ask_file(chosen: Choices) -> None:
    st.markdown(
        _(
            "A table with a column gm_code and the numbers of orders imposed and extended in a "
            "year, or running and ended. Or with region_set and region_code: then the count of a "
            "region is shared out over its municipalities, and marked as an estimate."
        )
    )
    download.offer(_("Empty example file (CSV)"), _template, "aantallen.csv")
    given = st.file_uploader(
        _("File with counts (at most {limit} MB)", limit=number(upload.LARGEST_MB)),
        key="counts_file",
        max_upload_size=upload.LARGEST_MB,
    )
    if given is not None:
        faults = _take(
            given.name,
            chosen.year,
            lambda path: read_given(path, chosen.year),
            given.getvalue(),
        )
        _refuse(faults)


def _template() -> bytes:
    return (data_dir("providers") / "templates" / "demand.csv").read_bytes()


def _ask_cases(chosen: Choices) -> None:
    st.markdown(
        _(
            "A table with for each order: a number of the child, the first day, the last day, "
            "the days on which it was extended, and the municipality or the postcode. The table "
            "is counted on the computer that Dekkend runs on, and is gone when that is done. No "
            "child, and no number of a child, is kept or shown."
        )
    )
    year = st.number_input(
        _("Year to count"),
        schema.FIRST_YEAR,
        schema.LAST_YEAR,
        chosen.year - 1,
        key="counts_year",
    )
    areas = _areas(chosen.year)
    st.session_state[_WITHIN] = [key for key in st.session_state.get(_WITHIN, []) if key in areas]
    within = st.multiselect(
        _("Of which area does the file hold every order?"),
        list(areas),
        key=_WITHIN,
        select_all=False,
        format_func=areas.__getitem__,
        placeholder=_("Of the municipalities that occur in it"),
        help=_(
            "A municipality of this area that does not occur in the file has no orders: its "
            "counts are zero. What lies outside the area is left out."
        ),
    )
    given = st.file_uploader(
        _("File with cases (at most {limit} MB)", limit=number(LARGEST_MB)),
        key=f"counts_cases_{st.session_state.setdefault(_TURN, 0)}",
        max_upload_size=LARGEST_MB,
    )

    def count(path: Path) -> pd.DataFrame:
        codes = [code for key in within for code in _codes(chosen.year, key)] or None
        division = data.edition(chosen.year)
        return cases.count_cases(cases.read_cases(path), int(year), division, within=codes)

    pressed = st.button(_("Count these cases"), icon=":material/functions:", disabled=given is None)
    if pressed and given is not None:
        content = given.getvalue()
        _forget(given)
        st.session_state[_REFUSED] = _take(given.name, chosen.year, count, content)
        st.rerun()
    _refuse(st.session_state.pop(_REFUSED, ()))


def _forget(given: UploadedFile) -> None:
    """Let a file go: Streamlit keeps what it was handed until the session ends."""
    context = get_script_run_ctx()
    files = context.uploaded_file_mgr if context else None
    if context and isinstance(files, MemoryUploadedFileManager):
        files.remove_file(context.session_id, given.file_id)
    st.session_state[_TURN] += 1  # a field that holds no file takes the place of this one


def _areas(year: int) -> dict[str, str]:
    """Regions and municipalities of an edition by key, with what they are called."""
    table = data.edition(year).regions.drop_duplicates(["region_set", "region_code"])
    found = {f"{_COUNTRY}:NL": _("The whole Netherlands")}
    for region_set, code, name in zip(
        table["region_set"], table["region_code"], table["region_name"], strict=True
    ):
        kind = _(REGION_SET.get(region_set, region_set))
        found[f"{region_set}:{code}"] = f"{name} ({kind})"
    for code, name in data.edition(year).municipalities["name"].sort_values().items():
        found[str(code)] = _("{name} (municipality)", name=name)
    return found


def _codes(year: int, key: str) -> list[str]:
    """Municipalities of an area of `_areas`."""
    region_set, colon, code = key.partition(":")
    if not colon:
        return [key]
    return data.members(year, region_set, "" if region_set == _COUNTRY else code)


def _take(
    name: str, year: int, read: Callable[[Path], pd.DataFrame | GivenCounts], content: bytes
) -> tuple[Fault, ...]:
    """Read a file and go on with it; comes back only with what keeps it from being used."""
    name = upload.safe_name(name)
    with (
        st.spinner(_("Reading…")),
        TemporaryDirectory(prefix="dekkend-") as folder,
    ):
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            found = read(path)
            given = found if isinstance(found, GivenCounts) else None
            counts = found.counts() if isinstance(found, GivenCounts) else found
        except BadInputError as error:
            return error.faults
    return _go_on(
        _Brought(name, year, counts, tuple(counts.attrs.get("warnings", ())), given=given)
    )


def _refuse(faults: tuple[Fault, ...]) -> None:
    """Say what keeps a file from being used, with where it stands and what to do."""
    if faults:
        st.error(_("This file cannot be used."))
        importing.fault_list(faults)


def _ask_statline(chosen: Choices) -> None:
    period = st.text_input(
        _("Period, for instance 2023JJ00 for a year or 2023HJ01 for its first half"),
        value="2023JJ00",
        key="counts_period",
        max_chars=8,
    ).strip()
    st.info(state.plain_text(what_is_asked(PROTECTION, period)))
    refresh = st.checkbox(
        _("Ask anew what was asked and kept before"),
        key="counts_refresh",
        help=_(
            "What CBS answered is kept on the computer that Dekkend runs on, and not asked again "
            "unless you say so. Provisional figures may have changed since."
        ),
    )
    if not st.button(_("Ask CBS for these figures"), icon=":material/cloud_download:"):
        return
    try:
        with st.spinner(_("Asking CBS…")), Statline(refresh=refresh) as statline:
            counts = statline.protection_measures(period, data.edition(chosen.year))
    except (StatlineError, BadInputError) as error:
        st.error(state.plain_text(str(error)))
        return
    name = f"CBS {PROTECTION}, {period}"
    faults = tuple(counts.attrs.get("warnings", ()))
    _go_on(_Brought(name, chosen.year, counts, faults, public=True))


def _go_on(brought: _Brought) -> NoReturn:
    st.session_state[_BROUGHT] = brought
    st.session_state.pop(_PROTECTED, None)
    st.rerun()


# --- what is published ------------------------------------------------------------


def _judge(brought: _Brought) -> None:
    """Show what was found, how it is protected, and save it."""
    st.header(_("2. What was found"), anchor=False)
    st.html(f"<p><b>{escape(brought.name)}</b></p>{_summary(brought.counts)}")
    if brought.faults:
        importing.fault_list(brought.faults)
    st.header(_("3. How are small counts protected?"), anchor=False)
    made = _as_published(brought) if brought.public else _protected(brought)
    if made is not None:
        st.header(_("4. Save"), anchor=False)
        _tell_overlap(brought)
        note = st.text_input(
            _("Note with these counts"), value=brought.name, key="counts_note", max_chars=200
        )
        if st.button(_("Save these counts"), type="primary", icon=":material/check:"):
            _save(brought, made, note)
    st.button(_("Let go of these counts"), on_click=_let_go)


def _as_published(brought: _Brought) -> Protected:
    st.markdown(
        _(
            "CBS has published these counts, and has rounded them to protect families. They are "
            "used as they are, each with the range of its rounding."
        )
    )
    for source in sorted(set(brought.counts["source"])):
        st.caption(state.plain_text(source))  # it says on which day CBS answered
    return disclosure.already_public(brought.counts)


def _protected(brought: _Brought) -> Protected | None:
    """Ask for a rule; gives what it publishes, after the reader has seen that."""
    rule = _ask_rule()
    if st.button(_("See what is published"), icon=":material/shield:"):
        st.session_state.pop(_PROTECTED, None)
        try:
            with st.spinner(_("Choosing which counts to protect…")):
                counts = brought.given.counts(rule) if brought.given else brought.counts
                made = disclosure.protect(counts, data.edition(brought.edition), rule)
        except (disclosure.UnprotectedError, BadInputError) as error:
            st.error(state.plain_text(str(error)))
            return None
        st.session_state[_PROTECTED] = rule, made
    asked, found = cast(
        "tuple[object, Protected | None]", st.session_state.get(_PROTECTED, (None, None))
    )
    if found is None or asked != rule:
        return None
    _published(brought, found)
    return found


def _tell_overlap(brought: _Brought) -> None:
    """Warn of counts that were saved already: two versions may tell what each of them hides."""
    period = count_sets.period_of(brought.counts)
    codes = list(brought.counts.index)
    there = count_sets.overlapping(own.workspace(), brought.edition, period, codes)
    if there and not brought.public:
        st.warning(
            _(
                "Set {numbers} holds counts of the same period for some of these municipalities. "
                "Whoever sees both may find what one of them hides. Remove the old one, unless "
                "its figures are still needed.",
                numbers=listed([str(one.number) for one in there]),
            )
        )


def _ask_rule() -> disclosure.Rule:
    ways = {
        "hide": N_("Hide them, and what would give them away"),
        "both": N_("Hide them, and round all others to 5"),
        "round": N_("Round everything to 5"),
    }
    state.hold("counts_rule", "hide")
    left, right = st.columns(2)
    way = left.radio(
        _("Small counts"), list(ways), key="counts_rule", format_func=lambda name: _(ways[name])
    )
    least = right.number_input(
        _("Smallest count that may be shown"),
        disclosure.Rule().threshold,  # less is only for who says why, see `unprotected`
        100,
        key="counts_threshold",
    )
    zero = right.toggle(_("Protect zero too"), key="counts_zero")
    return disclosure.Rule(
        threshold=int(least),
        width=int(least),
        rounding=None if way == "hide" else 5,
        suppress=way != "round",
        protect_zero=zero,
    )


def _summary(counts: pd.DataFrame) -> str:
    """How many municipalities, of which status and unit, and what the counts come to."""
    parts = [
        ngettext(
            "{count} municipality has counts.", "{count} municipalities have counts.", len(counts)
        )
    ]
    for key, rows in counts.groupby(["count_status", "unit"]):
        status, unit = map(str, cast("tuple[str, str]", key))
        sums = [
            f"{_(_HEADINGS[name])}: {number(rows[name].sum(), 0)}"
            for name in schema.COUNTS
            if name in rows and rows[name].notna().any()
        ]
        parts.append(
            _(
                "{count} {status}, in {unit}: {sums}.",
                count=number(len(rows)),
                status=_(FIGURE_STATUS[status]),
                unit=_(UNIT.get(unit, unit)),
                sums="; ".join(sums) or _("no whole counts"),
            )
        )
    return "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in parts) + "</ul>"


_HEADINGS = {
    "imposed": N_("imposed"),
    "extended": N_("extended"),
    "running": N_("running"),
    "ended": N_("ended"),
}


def _published(brought: _Brought, made: Protected) -> None:
    """What anybody will see of the counts, beside what was brought."""
    hidden = (made.counts["count_status"] == "suppressed").sum()
    sums = int(made.record()["hidden"]["totals"])
    st.markdown(
        ngettext(
            "{count} municipality has a protected count, ",
            "{count} municipalities have a protected count, ",
            int(hidden),
        )
        + ngettext(
            "and {count} sum of a region is not published.",
            "and {count} sums of regions are not published.",
            sums,
        )
    )
    if sums:
        regions = escape("; ".join(_hidden_sums(brought.edition, made)))
        said = escape(_("Not published are the sums of:"))
        st.html(f"<p>{said} {regions}.</p>")
    table = _side_by_side(brought, made)
    st.html(scrolling(_("What is published"), table, kind="coverage-scroll"))


def _hidden_sums(year: int, made: Protected) -> list[str]:
    """Regions with a sum that is hidden, each with what it is a sum of."""
    hidden = made.cells[made.cells["table"].ne("municipality")]
    names = _areas(year)
    found = []
    for (region_set, code), rows in hidden.groupby(["table", "key"]):
        key = f"{region_set}:{code}"
        measures = [_(_HEADINGS[name]) for name in schema.COUNTS if name in set(rows["measure"])]
        found.append(f"{names.get(key, key)}: {listed(measures)}")
    return found


def _side_by_side(brought: _Brought, made: Protected) -> str:
    names = data.edition(brought.edition).municipalities["name"]
    measures = [name for name in schema.COUNTS if name in brought.counts]
    hidden = made.counts["count_status"] == "suppressed"
    first = [*made.counts.index[hidden], *made.counts.index[~hidden]][:_SHOWN]
    head = "".join(f"<th scope='col'>{escape(capital(_(_HEADINGS[one])))}</th>" for one in measures)
    rows = ""
    for code in first:
        cells = "".join(
            f"<td>{escape(_cell(brought.counts.loc[code], made.counts.loc[code], one))}</td>"
            for one in measures
        )
        rows += f"<tr><th scope='row'>{escape(str(names.get(code, code)))}</th>{cells}</tr>"
    caption = _("Brought, and what is published of it; the first {count}", count=number(len(first)))
    return (
        f"<table class='coverage-beside'><caption>{escape(caption)}</caption><thead><tr>"
        f"<th scope='col'>{escape(_('Municipality'))}</th>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _cell(own_row: pd.Series[Any], public: pd.Series[Any], name: str) -> str:
    value, shown = own_row[name], public[name]
    if pd.isna(value):
        return _("not known")
    if pd.isna(shown):
        return _(
            "{value} → protected ({low} to {high})",
            value=number(value),
            low=number(public[f"{name}_low"]),
            high=number(public[f"{name}_high"]),
        )
    return number(value) if value == shown else f"{number(value)} → {number(shown)}"


# --- what is kept -------------------------------------------------------------------


def _save(brought: _Brought, made: Protected, note: str) -> None:
    now = editor.editor()  # asked again: the page may have been open for long
    if not now.may_edit:
        st.error(now.why)
        return
    try:
        before = {head.number for head in own_counts.heads()}
        head = count_sets.save(
            own.workspace(),
            brought.counts,
            made,
            edition=brought.edition,
            author=now.name,
            note=note,
            identity=now.identity,
        )
    except WorkspaceError as error:
        st.error(state.plain_text(reason(error)))
        return
    _let_go()
    again = head.number in before
    st.session_state["counts"] = own.OWN
    st.session_state["count_set"] = head.number if again else 0
    st.session_state[_TOLD] = [
        _(
            "You saved these counts before, as set {number}. The map now rests on that set, which "
            "is protected as it was then.",
            number=head.number,
        )
        if again
        else _("Saved as set {number}. The map now rests on these counts.", number=head.number)
    ]
    st.rerun()


def _let_go() -> None:
    for key in (_BROUGHT, _PROTECTED):
        st.session_state.pop(key, None)


def _saved(chosen: Choices, now: editor.Editor) -> None:
    heads = own_counts.heads()
    if not heads:
        st.markdown(_("None yet. The map rests on the estimate that comes with Dekkend."))
        return
    table = _heads_table(heads)
    st.html(scrolling(_("Counts that were saved"), table, kind="coverage-scroll"))
    there = [head for head in heads if head.edition == chosen.year]
    if there:
        to_map = state.link("", counts=own.OWN, count_set=there[0].number)
        said = escape(_("Show these counts on the map"))
        link = f"<a href='{escape(to_map)}' target='_self'>{said}</a>"
        st.html(f"<p class='coverage-import-next'>{link}</p>")
    if not now.may_edit:
        return
    by_number = {head.number: head for head in heads}
    with st.expander(_("Remove a set"), key="counts_remove"):
        one = st.selectbox(
            _("Set of counts"),
            list(by_number),
            key="counts_gone",
            format_func=lambda key: f"{key}: {by_number[key].note}",
        )
        st.markdown(_("Its counts are gone then, for everybody. This cannot be undone."))
        if st.button(_("Remove this set")) and editor.editor().may_edit:
            try:
                count_sets.remove(own.workspace(), one)
            except WorkspaceError as error:
                st.error(state.plain_text(reason(error)))
                return
            st.session_state[_TOLD] = [_("Set {number} is removed.", number=one)]
            st.rerun()


def _heads_table(heads: Iterable[Head]) -> str:
    headings = (_("Set"), _("Note"), _("Period"), _("Municipalities"), _("Saved by"), _("On"))
    head = "".join(f"<th scope='col'>{escape(text)}</th>" for text in headings)
    rows = ""
    for one in heads:
        cells = (
            one.note,
            one.period,
            _("{count} of {year}", count=number(one.municipalities), year=str(one.edition)),
            one.author,
            date_words(one.time.astimezone().date().isoformat()),
        )
        said = "".join(f"<td>{escape(text)}</td>" for text in cells)
        rows += f"<tr><th scope='row'>{one.number}</th>{said}</tr>"
    start = f"<table class='coverage-beside'><thead><tr>{head}</tr></thead>"
    return f"{start}<tbody>{rows}</tbody></table>"
