"""Page to change the settings of the method, and to set scenarios side by side."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from html import escape
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from coverage import i18n
from coverage import scenarios as scenario_table
from coverage.assessment import COUNTRY
from coverage.i18n import _, number
from coverage.scenarios import Scenario
from coverage.ui import (
    charts,
    data,
    editor,
    markup,
    own,
    session_settings,
    settings_form,
    state,
)
from coverage.ui.pieces import scrolling
from coverage.wording import interval
from coverage.workspace import WorkspaceError

if TYPE_CHECKING:
    from coverage import Assessment, Settings
    from coverage.ui.chosen import Choices

MOST = 6
"""How many scenarios can be compared, beside the method itself."""

_NAME = "scenario_name"
_ONE = "scenario_one"
_TOLD = "scenario_told"
_ASKED = "scenarios"


def show(chosen: Choices) -> None:
    """Draw the page.

    Parameters
    ----------
    chosen
        What to show; its settings are those of this moment.
    """
    st.title(_("Scenarios"), anchor=False)
    st.markdown(
        _(
            "How would the figures be under other assumptions? Change the settings, give them a "
            "name, and set what comes out beside the method. The address of this page holds it "
            "all: who opens your link sees the same."
        )
    )
    st.header(_("Settings of this moment"), anchor=False)
    settings_form.form(chosen.settings)
    known = _known()
    _ask_name(chosen.settings)
    st.header(_("Side by side"), anchor=False)
    compared = _ask_compared(known)
    _compare(chosen, compared)
    if compared:
        with st.container(key="scenario-deed"):  # not printed
            _ask_deed(compared, known)


def _known() -> dict[str, Scenario]:
    """Scenarios of the workspace, by their text in a link; none where it cannot be opened."""
    try:
        saved = scenario_table.saved(own.workspace())
    except WorkspaceError as error:
        st.warning(state.plain_text(str(error)))
        return {}
    return {scenario.text(): scenario for scenario in saved}


def _ask_name(settings: Settings) -> None:
    """Give the settings of this moment a name."""
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    left.text_input(_("Name for these settings"), key=_NAME, max_chars=scenario_table.LONGEST_NAME)
    right.button(_("Set beside the method"), on_click=partial(_add, settings))
    told = st.session_state.pop(_TOLD, "")
    if told:
        st.warning(told)


def _add(settings: Settings) -> None:
    i18n.use(st.session_state["language"])  # what runs before the page starts without one
    name = scenario_table.clean_name(st.session_state.get(_NAME, ""))
    there = list(st.session_state.get(_ASKED, []))
    if not name:
        st.session_state[_TOLD] = _("Give these settings a name first.")
    elif len(there) >= MOST:
        st.session_state[_TOLD] = _(
            "At most {count} scenarios fit beside each other. Take one away first.",
            count=number(MOST),
        )
    elif name in {one.name for text in there if (one := Scenario.from_text(text))}:
        st.session_state[_TOLD] = _("There is a scenario with that name. Choose another name.")
    else:
        st.session_state[_ASKED] = [*there, Scenario(name, settings).text()]
        st.session_state[_NAME] = ""


def _ask_compared(known: dict[str, Scenario]) -> list[Scenario]:
    """Ask which scenarios to compare: those of the link or of this session, and saved ones."""
    asked = [text for text in st.session_state.get(_ASKED, []) if isinstance(text, str)]
    read = {text: Scenario.from_text(text) for text in asked}
    options = dict(known)
    for text, scenario in read.items():
        if scenario is not None and session_settings.may_be(scenario.settings):
            options.setdefault(text, scenario)
    state.settle_many(_ASKED, list(options), [], most=MOST)
    picked = st.multiselect(
        _("Scenarios to compare (at most {most})", most=number(MOST)),
        list(options),
        key=_ASKED,
        select_all=False,
        format_func=lambda text: options[text].name,
        max_selections=MOST,
        placeholder=_("Only the method itself"),
    )
    return [options[text] for text in picked]


def _compare(chosen: Choices, compared: list[Scenario]) -> None:
    """Table and chart of the region that is chosen, under the method and each scenario."""
    rows = [Scenario(_("Method")), *compared]

    def assess(settings: Settings) -> Assessment:
        return data.assessment(replace(chosen, settings=settings))

    region_set, region = (chosen.region_set, chosen.region) if chosen.region else (COUNTRY, "NL")
    with st.spinner(_("Calculating…")):
        figures = scenario_table.compare(rows, assess, region_set, region)
    place = (
        data.region_name(chosen.year, region_set, region)
        if chosen.region
        else _("The whole Netherlands")
    )
    caption = _("Families a year without care coordination, {place}", place=place)
    bars = pd.DataFrame(
        {
            "label": figures["name"],
            "low": figures["gap_low"],
            "high": figures["gap_high"],
            "words": list(map(interval, figures["gap_low"], figures["gap_high"])),
            "note": [_changes(row) for row in rows],
        }
    )
    chart = charts.interval_bars(
        bars,
        caption=caption,
        headings=(_("Scenario"), _("Gap"), _("What differs from the method")),
        tick=partial(number, digits=1),
    )
    chart = f"<div class='coverage-wordy coverage-swings'>{chart}</div>"
    table = scrolling(_("Scenarios"), _table(figures, place), kind="coverage-scroll")
    markup.show(chart + table, key="scenarios-compare")


def _changes(scenario: Scenario) -> str:
    """What differs from the method, in words."""
    fields = settings_form.FIELDS
    return "; ".join(
        _("{label}: {value}", label=_(fields[name].label), value=fields[name].words(value))
        for name, value in scenario.changes.items()
    )


def _table(figures: pd.DataFrame, place: str) -> str:
    """Figures of each scenario as an HTML table."""
    headings = (
        _("Scenario"),
        _("Demand"),
        _("Capacity"),
        _("Gap"),
        _("Coordinators needed"),
        _("Covered"),
        _("Not known"),
    )
    head = "".join(f"<th scope='col'>{escape(text)}</th>" for text in headings)
    rows = ""
    for row in figures.to_dict("records"):
        cells = [
            interval(row[f"{name}_low"], row[f"{name}_high"]) for name in scenario_table.FIGURES
        ]
        cells += [number(row["n_covered"]), number(row["n_unknown"])]
        said = "".join(f"<td>{escape(text)}</td>" for text in cells)
        rows += f"<tr><th scope='row'>{escape(str(row['name']))}</th>{said}</tr>"
    caption = _(
        "{place}: families a year, coordinators, and municipalities out of {count}",
        place=place,
        count=number(figures["municipalities"].iloc[0]),
    )
    return (
        f"<table class='coverage-beside'><caption>{escape(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _ask_deed(compared: list[Scenario], known: dict[str, Scenario]) -> None:
    """Use, save or forget one of the scenarios."""
    st.header(_("Use or keep a scenario"), anchor=False)
    by_text = {scenario.text(): scenario for scenario in compared}
    if st.session_state.get(_ONE) not in by_text:
        st.session_state[_ONE] = next(iter(by_text))
    one = st.selectbox(
        _("Scenario"), list(by_text), key=_ONE, format_func=lambda text: by_text[text].name
    )
    picked = by_text[one]
    may_edit = editor.editor().may_edit
    with st.container(horizontal=True):
        st.button(
            _("Use these settings on every page"),
            on_click=session_settings.choose,
            args=(picked.settings,),
        )
        if may_edit and one not in known:
            st.button(_("Save for everybody"), on_click=_save, args=(picked,))
        if may_edit and one in known:
            st.button(_("Remove for everybody"), on_click=_remove, args=(picked,))


def _save(scenario: Scenario) -> None:
    now = editor.editor()  # asked again: the page may have been open for long
    if now.may_edit:
        _try(partial(scenario_table.save, own.workspace(), scenario, author=now.name))


def _remove(scenario: Scenario) -> None:
    if editor.editor().may_edit:
        _try(partial(scenario_table.remove, own.workspace(), scenario.name))


def _try(deed: partial[None]) -> None:
    i18n.use(st.session_state["language"])
    try:
        deed()
    except WorkspaceError as error:
        st.session_state[_TOLD] = state.plain_text(str(error))
