"""The settings of the method on the screen: what can be changed, and what was changed.

A widget shows a share as a percentage; everywhere else a setting has the value that the
calculation uses. What contradicts itself stays in the widgets and goes no further.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st
from pydantic import ValidationError

from coverage.i18n import N_, _, number
from coverage.settings import Settings
from coverage.ui import session_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

_DIGITS = 6
"""Decimals that are kept: what lies beyond comes from turning shares into percentages."""


@dataclass(frozen=True)
class Field:
    """One setting on the screen.

    Attributes
    ----------
    label, source
        Texts, to be translated with `_`.
    low, high, step
        Range and step on the screen.
    scale
        What one unit of the calculation is on the screen: 100 for a share.
    whole
        Whether only whole numbers are allowed.
    """

    label: str
    source: str
    low: float
    high: float
    step: float
    scale: int = 1
    whole: bool = False

    def shown(self, used: float) -> float:
        """Value on the screen of a value in the calculation."""
        return int(used) if self.whole else round(float(used * self.scale), _DIGITS)

    def used(self, shown: float) -> float:
        """Value in the calculation of a value on the screen."""
        return int(shown) if self.whole else round(shown / self.scale, _DIGITS)

    def words(self, used: float) -> str:
        """Value in words, with its sign for a percentage."""
        text = number(self.shown(used), 2)
        return text if self.scale == 1 else f"{text}%"


_LETTER = N_("letter 32 015 nr. 9")
_OWN = N_("an assumption of this tool; no source gives a number")

FIELDS: dict[str, Field] = {
    "share_imposed": Field(
        N_("Share of the imposed orders (%)"),
        _LETTER,
        low=0.0,
        high=100.0,
        step=0.5,
        scale=100,
    ),
    "share_extended_low": Field(
        N_("Share of the extended orders, from (%)"),
        _LETTER,
        low=0.0,
        high=100.0,
        step=0.5,
        scale=100,
    ),
    "share_extended_high": Field(
        N_("Share of the extended orders, to (%)"),
        _LETTER,
        low=0.0,
        high=100.0,
        step=0.5,
        scale=100,
    ),
    "children_per_family": Field(
        N_("Children under an order in a family (number)"),
        _OWN,
        low=1.0,
        high=10.0,
        step=0.1,
    ),
    "measures_per_child": Field(
        N_("Measures for each child in the period that is counted (number)"),
        N_("an order is made for one child (art. 1:255 BW)"),
        low=1.0,
        high=10.0,
        step=0.1,
    ),
    "caseload": Field(
        N_("Families that one coordinator has at once (number)"),
        N_("the agreement on family guardians of 2007; there is no norm for care coordinators"),
        low=1.0,
        high=100.0,
        step=1.0,
    ),
    "long_term_months": Field(
        N_("Long-term is longer than (months)"),
        N_("the study's definition of long-term support"),
        low=0.0,
        high=60.0,
        step=1.0,
    ),
    "confidence": Field(
        N_("Certainty of a range (%)"),
        N_("a choice of this tool"),
        low=1.0,
        high=99.9,
        step=1.0,
        scale=100,
    ),
    "sighting_holds_years": Field(
        N_("An offer runs on after it was last seen (years)"),
        N_("an assumption of this tool: one term of a municipal council"),
        low=0,
        high=50,
        step=1,
        whole=True,
    ),
}
"""Fields of `coverage.settings.Settings`, in the order of the page."""

_DRAWN = "drawn_settings"
"""Key of the session state: the settings that the widgets were last drawn for."""

_LEFT = 5
"""Fields in the left column: those of the demand."""


def settings_of(shown: Mapping[str, float]) -> Settings:
    """Settings of the values on the screen.

    Parameters
    ----------
    shown
        Value on the screen of every name in `FIELDS`.

    Raises
    ------
    pydantic.ValidationError
        If the values contradict each other.
    """
    values: dict[str, Any] = {name: FIELDS[name].used(value) for name, value in shown.items()}
    return Settings(**values)


def changed(settings: Settings) -> list[str]:
    """Names of the settings that differ from the defaults of the method."""
    usual = Settings()
    return [name for name in FIELDS if getattr(settings, name) != getattr(usual, name)]


def settings_notice(settings: Settings) -> str | None:
    """Sentence for every page when the figures use other settings than the method's.

    Parameters
    ----------
    settings
        Those of the assessment that is shown.

    Returns
    -------
    str or None
        Safe as Markdown: it holds numbers and our own texts only. None for the defaults.
    """
    usual = Settings()
    said = [
        _(
            "{label}: {value} instead of {default}",
            label=_(FIELDS[name].label),
            value=number(FIELDS[name].shown(getattr(settings, name)), 2),
            default=number(FIELDS[name].shown(getattr(usual, name)), 2),
        )
        for name in changed(settings)
    ]
    if not said:
        return None
    return _("These figures use your own settings: {changes}.", changes="; ".join(said))


def contradiction(shown: Mapping[str, float]) -> str | None:
    """What is wrong with the values on the screen, and what to do; None if nothing is.

    Parameters
    ----------
    shown
        Value on the screen of every name in `FIELDS`.
    """
    low, high = shown["share_extended_low"], shown["share_extended_high"]
    if low <= high:
        return None
    return _(
        "The share of the extended orders runs from {low} to {high}. The first must not be higher "
        "than the second. Until you mend it, the figures use the last settings that were right.",
        low=f"{number(low, 2)}%",
        high=f"{number(high, 2)}%",
    )


def form(settings: Settings) -> None:
    """Draw the inputs, each with its default, range and source.

    Parameters
    ----------
    settings
        Those in use.
    """
    if st.session_state.get(_DRAWN, settings) != settings:
        _put(settings)  # they came from elsewhere, for instance with the browser's back button
    st.session_state[_DRAWN] = settings
    names = list(FIELDS)
    left, right = st.columns(2, gap="medium")
    for column, some in ((left, names[:_LEFT]), (right, names[_LEFT:])):
        with column:
            for name in some:
                _input(name, getattr(settings, name))
    problem = contradiction(_shown())
    if problem is not None:
        st.error(problem)
    st.button(
        _("Back to the method's defaults"),
        key="settings_to_defaults",
        on_click=_to_defaults,
        disabled=problem is None and not changed(settings),
    )


def _input(name: str, used: float) -> None:
    field, usual = FIELDS[name], getattr(Settings(), name)
    shown = st.session_state.setdefault(_key(name), field.shown(used))
    st.number_input(
        _(field.label),
        # A link may ask for more than the form does.
        min_value=min(field.low, shown),
        max_value=max(field.high, shown),
        step=field.step,
        format="%d" if field.whole else "%g",
        key=_key(name),
        on_change=_take_over,
    )
    text = _(
        "Default: {default}. From {low} to {high}. Source: {source}.",
        default=field.words(usual),
        low=field.words(field.used(field.low)),
        high=field.words(field.used(field.high)),
        source=_(field.source),
    )
    # What can be filled in is not printed, so on paper the value stands here.
    printed = f"{_(field.label)}: {number(shown, 2)}"
    st.html(
        f"<p class='coverage-setting'><span class='on-paper'>{escape(printed)}</span> "
        f"{escape(text)}</p>"
    )


def _key(name: str) -> str:
    return f"shown_{name}"


def _shown() -> dict[str, float]:
    return {name: st.session_state[_key(name)] for name in FIELDS}


def _take_over() -> None:
    """Go on with what the widgets show, unless it contradicts itself."""
    try:
        settings = settings_of(_shown())
    except ValidationError:
        return
    session_settings.choose(settings)


def _to_defaults() -> None:
    _put(Settings())
    session_settings.choose(Settings())


def _put(settings: Settings) -> None:
    """Let the widgets show these settings."""
    for name, field in FIELDS.items():
        st.session_state[_key(name)] = field.shown(getattr(settings, name))
