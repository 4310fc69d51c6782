"""Page with the map: what is proven in each municipality, and why."""

from __future__ import annotations

import html
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit_folium import st_folium

import coverage
from coverage import i18n, maps
from coverage.assessment import COUNTRY
from coverage.i18n import _, number, percent
from coverage.labels import REGION_SET, STATUS, UNKNOWN
from coverage.regional import MIXED
from coverage.ui import choices, data, download, leaflet_files, method
from coverage.ui.panel import panel
from coverage.ui.table import region_table, table
from coverage.vocabulary import FigureStatus
from coverage.wording import capital, interval, listed

if TYPE_CHECKING:
    import pandas as pd

    from coverage import Assessment
    from coverage.ui.choices import Choices

_MAP_HEIGHT = 600
_TABLE_HEIGHT = 560
_REGIONS_HEIGHT = 480


def show(chosen: Choices) -> None:
    """Draw the page.

    Parameters
    ----------
    chosen
        What to show.
    """
    st.title(_("Care coordination for families, by municipality"), anchor=False)
    notice = st.container()
    with st.spinner(_("Calculating…")):
        assessment = data.assessment(chosen.year, chosen.register)
    _introduction(assessment)
    rows = assessment.municipalities.loc[
        data.members(chosen.year, chosen.region_set, chosen.region)
    ].sort_values("name", key=_alphabet)
    total = _total(assessment, chosen)
    unit = _unit(total["count_status"], rows["count_period"])
    st.html(_totals(total, unit))
    method.explanation(assessment, data.edition(_other_year(chosen.year)))

    left, right = st.columns(2, gap="medium")
    with right:
        st.header(_("Municipality"), anchor=False)
        code = choices.municipality(_labels(rows), chosen.year)
        choices.tell_moved(chosen.year)
        if code is not None:
            st.html(panel(assessment, code))
        st.header(_("Table of these municipalities"), anchor=False)
        table(rows, height=_TABLE_HEIGHT)
        st.caption(_("Demand and gap: {unit}. Capacity: families a year.", unit=unit))
        download.button(assessment, rows.index)
        if not chosen.region:
            _regions(assessment, chosen.region_set, unit)
    with left:
        st.header(_("Map"), anchor=False)
        _map(assessment, chosen, code)
        st.html(maps.legend())
        st.caption(_("Boundaries: CBS and Kadaster, CC BY 4.0, simplified."))
    with notice:
        choices.tell_broken()
    choices.to_address()


def _introduction(assessment: Assessment) -> None:
    if assessment.is_example:
        st.warning(
            _(
                "Example: the offers on this page are made up, to show what a complete register "
                "looks like. Choose “Public sources” for what is really known."
            )
        )
    st.markdown(
        _(
            "The colour of a municipality shows what is **proven at least**. **Hatched**: it may "
            "be better than proven, we do not know. **Grey**: nothing is proven, and that is not "
            "the same as no offer."
        )
    )


def _total(assessment: Assessment, chosen: Choices) -> pd.Series:
    """Totals of what is shown: a region, or the country."""
    region_set = chosen.region_set if chosen.region else COUNTRY
    totals = assessment.regions(region_set)
    return totals.loc[[chosen.region or totals.index[0]]].iloc[0]


def _regions(assessment: Assessment, region_set: str, unit: str) -> None:
    """Regions of a set beside each other."""
    regions = assessment.regions(region_set)
    st.header(_("Regions: {kind}", kind=_(REGION_SET.get(region_set, region_set))), anchor=False)
    region_table(regions, height=_REGIONS_HEIGHT)
    st.caption(_("Demand and gap: {unit}.", unit=unit))
    choices.tell_selection(regions["region_status"])


def _other_year(year: int) -> int:
    """Another edition than that of `year`."""
    return next(one for one in coverage.EDITIONS if one != year)


def _unit(status: str, periods: pd.Series) -> str:
    """Unit of the demand and the gap: with the year of the counts, and whether it is estimated."""
    years = listed(sorted(periods.unique()))
    if status in {FigureStatus.ESTIMATED, MIXED}:
        return _("families a year (estimated, figures of {years})", years=years)
    return _("families a year (figures of {years})", years=years)


def _totals(total: pd.Series, unit: str) -> str:
    """Row of figures above the map, as HTML."""
    figures = [
        (_("Municipalities"), number(total["municipalities"]), ""),
        (capital(_(STATUS[UNKNOWN])), number(total["n_unknown"]), percent(total["share_unknown"])),
        (_("Covered"), number(total["n_covered"]), _("proven")),
        (_("Demand"), interval(total["demand_low"], total["demand_high"]), unit),
        (_("Gap"), interval(total["gap_low"], total["gap_high"]), unit),
    ]
    cells = "".join(
        f"<div><dt>{html.escape(name)}</dt><dd>{html.escape(value)}"
        f"<small>{html.escape(note)}</small></dd></div>"
        for name, value, note in figures
    )
    return f"<dl class='coverage-totals'>{cells}</dl>"


def _alphabet(names: pd.Series) -> pd.Series:
    """Key to sort by: 's-Hertogenbosch is looked for under the s."""
    return names.str.lstrip("'").str.casefold()


def _labels(rows: pd.DataFrame) -> dict[str, str]:
    """Code and name of each municipality; with the province where a name occurs twice."""
    twice = rows["name"].duplicated(keep=False)
    labels = rows["name"].where(~twice, rows["name"] + " (" + rows["province"] + ")")
    return dict(labels)


def _map(assessment: Assessment, chosen: Choices, code: str | None) -> None:
    shapes = data.shapes(chosen.year)
    drawn = maps.coverage_map(
        assessment.municipalities,
        shapes,
        leaflet=leaflet_files.address(),
        example=assessment.is_example,
    )
    # The chosen region and municipality lie on top, so that choosing keeps the frame.
    on_top = maps.focus(
        data.outline(chosen.year, chosen.region_set, chosen.region) if chosen.region else None,
        None if code is None else shapes.loc[[code]],
        view=f"{chosen.region_set}:{chosen.region}" if chosen.region else "",
        theme=st.context.theme.type or "light",
    )
    key = f"map-{chosen.year}-{chosen.register}-{i18n.language()}"
    st_folium(
        drawn,
        key=key,
        height=_MAP_HEIGHT,
        use_container_width=True,
        returned_objects=["last_active_drawing"],  # else every move of the map is a rerun
        feature_group_to_add=on_top,
        on_change=partial(_clicked, key),
    )


def _clicked(key: str) -> None:
    """Take over the municipality that was clicked on the map of this key."""
    code = _code(st.session_state[key] or {})
    if code:
        choices.choose_municipality(code)


def _code(value: dict[str, Any]) -> str | None:
    feature = value.get("last_active_drawing") or {}
    code: str | None = feature.get("properties", {}).get("gm_code")
    return code
