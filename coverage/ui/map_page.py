"""Page with the map: what is known of each municipality, and why."""

from __future__ import annotations

import html
from contextvars import copy_context
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import streamlit as st

from coverage import i18n, map_file, maps
from coverage.assessment import COUNTRY
from coverage.gap_table import alphabet
from coverage.i18n import _, ngettext, number, percent
from coverage.labels import STATUS, UNKNOWN
from coverage.measures import MEASURES, STATUS_MEASURE, UNKNOWN_STEP, Ladder
from coverage.regional import MIXED
from coverage.ui import (
    choices,
    data,
    download,
    grid,
    live_map,
    markup,
    method,
    municipality_page,
    state,
)
from coverage.ui.panel import panel
from coverage.ui.settings_form import settings_notice
from coverage.ui.site_markers import markers
from coverage.vocabulary import FigureStatus, OfferFilter
from coverage.wording import capital, date_words, interval, listed

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from coverage import Assessment
    from coverage.ui.chosen import Choices

_TABLE_HEIGHT = 430
_OPEN_OFFERS = 5
_MAP_TEXT = "what-the-map-shows"


def show(chosen: Choices) -> None:
    """Draw the page.

    Parameters
    ----------
    chosen
        What to show.
    """
    st.title(_("Care coordination for families, by municipality"), anchor=False)
    with st.spinner(_("Calculating…")):
        assessment = data.assessment(chosen)
    st.markdown(_reading(chosen.measure))
    codes = data.members(chosen.year, chosen.region_set, chosen.region)
    rows = assessment.municipalities.loc[codes].sort_values("name", key=alphabet)
    total = _total(chosen)
    unit = _unit(total["count_status"], rows["count_period"])
    st.html(_totals(total, unit))
    method.explanation(assessment)

    left, right = st.columns(2, gap="medium")
    with right:
        st.header(_("Municipality"), anchor=False)
        label = _("Choose a municipality, here or on the map")
        place = choices.municipality(chosen.year, codes, label)
        choices.tell_moved(place, chosen.year)
        chosen = replace(chosen, municipality=place.code if place else None)
        if place is not None:
            _panel(assessment, chosen, place.code)
        st.header(_("Table of these municipalities"), anchor=False)
        _table(rows, chosen, unit)
        download.button(assessment, rows.index)
    with left:
        st.header(_("Map"), anchor=False)
        _map(chosen, place.key if place else None)


def _reading(measure: str) -> str:
    """How to read the colours of a measure."""
    shown = MEASURES[measure]
    if isinstance(shown, Ladder):
        return _(
            "The colour of a municipality shows what is **proven at least**. **Hatched**: it may "
            "be better than proven, we do not know. **Grey**: nothing is proven, and that is not "
            "the same as no offer."
        )
    if shown.worst == "high":
        return _(
            "The colour of a municipality shows **the most that it may be**. **Hatched**: it may "
            "be less. **Grey**: not known, and that is not the same as none."
        )
    return _(
        "The colour of a municipality shows **what there is at least**. **Hatched**: it may be "
        "more. **Grey**: not known, and that is not the same as none."
    )


def _total(chosen: Choices) -> pd.Series:
    """Totals of what is shown: a region, or the country."""
    totals = data.regions(chosen, chosen.region_set if chosen.region else COUNTRY)
    return totals.loc[[chosen.region or totals.index[0]]].iloc[0]


def _unit_of(assessment: Assessment, chosen: Choices) -> str:
    codes = data.members(chosen.year, chosen.region_set, chosen.region)
    periods = assessment.municipalities.loc[codes, "count_period"]
    return _unit(_total(chosen)["count_status"], periods)


def _unit(status: str, periods: pd.Series) -> str:
    """Unit of the demand and the gap: with the year of the counts, and whether it is estimated."""
    years = listed(sorted(periods.unique()))
    if status == FigureStatus.SUPPRESSED:
        return _("families a year (from protected numbers, figures of {years})", years=years)
    if status in {FigureStatus.ESTIMATED, MIXED}:
        return _("families a year (estimated, figures of {years})", years=years)
    return _("families a year (calculated from counts of {years})", years=years)


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


def _panel(assessment: Assessment, chosen: Choices, code: str) -> None:
    manner = municipality_page.manner(chosen, level=3, first=_OPEN_OFFERS)
    borders = municipality_page.borders(chosen.year)
    markup.show(panel(assessment, code, borders, manner), key="panel")


def _table(rows: pd.DataFrame, chosen: Choices, unit: str) -> None:
    """The same as the map in words, for all the municipalities that it shows."""
    extra = chosen.measure not in {STATUS_MEASURE, "gap"}
    words = data.paint(chosen, i18n.language())["words"]
    columns = [
        grid.Column("name", _("Municipality"), sortable=False),
        grid.Column("status", _("Status"), sortable=False),
        grid.Column("gap", _("Gap"), unit, right=True, sortable=False),
    ]
    if extra:
        label = _(MEASURES[chosen.measure].label)
        columns[2] = grid.Column("measure", label, sortable=False)
    listed_rows: Any = rows.itertuples()
    grid.grid(
        columns,
        [
            grid.Row(
                str(row.Index),
                (
                    grid.Cell(str(row.name)),
                    grid.status(row.status_at_least, certain=row.certain, known=row.known),
                    grid.Cell(words[row.Index])
                    if extra
                    else grid.interval(row.gap_low, row.gap_high),
                ),
                current=row.Index == chosen.municipality,
            )
            for row in listed_rows
        ],
        key="map_table",
        caption=_("Municipalities on the map"),
        on_choose=choices.choose_municipality,
        height=_TABLE_HEIGHT,
    )
    address = state.link("tekorttabel")
    text = _("All figures, to sort and filter: the gap table")
    st.html(f"<p><a href='{html.escape(address)}' target='_self'>{html.escape(text)}</a></p>")


@st.fragment
def _map(chosen: Choices, key: str | None) -> None:
    """Map with what belongs to it; a choice here draws nothing else anew.

    The key is that of the place for which the whole page was drawn.
    """
    i18n.use(st.session_state["language"])  # a fragment that runs alone starts without one
    if st.session_state["municipality"] != key:
        st.rerun()  # chosen by a click on the map: the panel must follow
    measure = st.selectbox(
        _("Colour by"),
        list(MEASURES),
        key="measure",
        format_func=lambda name: _(MEASURES[name].label),
    )
    drawn, chosen = chosen, replace(chosen, measure=measure)
    assessment = data.assessment(chosen)
    st.caption(_explained(chosen))
    state.settle("locations", [False, True], default=False)
    with st.container(horizontal=True):
        with_sites = st.checkbox(_("Locations of offers"), key="locations")
        base_map = st.checkbox(_("Base map"), key="base_map", help=_base_map_help())
    sites = data.sites(chosen) if with_sites else None
    offer = _ask_offer(assessment, chosen) if with_sites else ""
    painted = data.paint(chosen, i18n.language())
    region = data.outline(chosen.year, chosen.region_set, chosen.region) if chosen.region else None
    inside = painted if region is None else painted.loc[region.index]
    title = _title(chosen)
    live_map.show(
        painted,
        year=chosen.year,
        label=title,
        described_by=_MAP_TEXT,
        name=f"{chosen.year} {chosen.register}{chosen.revision or ''} {measure}",
        region=region,
        view=f"{chosen.region_set}:{chosen.region}" if chosen.region else "",
        municipality=chosen.municipality,
        area=data.shapes(chosen.year).loc[assessment.served(offer)] if offer else None,
        sites=None if sites is None else markers(sites),
        base_map=base_map,
        example=assessment.is_example,
    )
    markup.show(
        f"<p id='{_MAP_TEXT}' class='coverage-note'>{html.escape(_in_words(inside, title))}</p>"
        f"{maps.legend(measure, inside)}",
        key="legend",
    )
    notes = _notes(assessment, chosen)
    if sites is not None:
        notes += _unplaced(assessment, chosen, sites)
    for note in notes:
        st.caption(note)
    _save(assessment, chosen, title, notes)
    state.write()
    if measure != drawn.measure:
        st.rerun()  # the map has been painted: now the table may follow


def _explained(chosen: Choices) -> str:
    """What the measure is; for a function, in which offers it is looked for."""
    shown = MEASURES[chosen.measure]
    if isinstance(shown, Ladder) and shown.function is not None:
        return _(
            "{explanation} Now: {offers}.", explanation=_(shown.explanation), offers=_offers(chosen)
        )
    return _(shown.explanation)


def _offers(chosen: Choices) -> str:
    """Which offers are looked at, in words."""
    asked = [_(choices.FILTER_LABELS[one]).lower() for one in OfferFilter if one in chosen.only]
    return listed(asked) if asked else _("any offer of family support")


def _base_map_help() -> str:
    return _(
        "Asks {host} for pictures of the map. That server then sees your IP address and which "
        "part of the map you look at. Without it the app asks no other server for anything.",
        host=live_map.base_map_host(),
    )


def _ask_offer(assessment: Assessment, chosen: Choices) -> str:
    """Ask for an offer, of which the map outlines the service area."""
    offers = assessment.offers(only=chosen.only)
    provider = assessment.register.providers.set_index("provider_id")["name"]
    labels = offers["name"] + " (" + offers["provider_id"].map(provider).fillna("") + ")"
    labels = labels.set_axis(offers["offer_id"]).sort_values(key=alphabet)
    state.settle("offer", ["", *labels.index], "")
    offer: str = st.selectbox(
        _("Outline the service area of an offer"),
        ["", *labels.index],
        key="offer",
        format_func=lambda one: labels[one] if one else _("None"),
    )
    if offer and not assessment.served(offer):
        st.caption(_("It is not known where this offer serves."))
        return ""
    return offer


def _title(chosen: Choices) -> str:
    """What the map shows, and of where and when."""
    where = _("the Netherlands")
    if chosen.region:
        where = data.region_name(chosen.year, chosen.region_set, chosen.region)
    measure = _(MEASURES[chosen.measure].label)
    return _(
        "{measure}, {place}, municipalities of {year}",
        measure=measure,
        place=where,
        year=chosen.year,
    )


def _in_words(painted: pd.DataFrame, title: str) -> str:
    """What the map shows, for who does not see it: the legend tells the rest."""
    unknown = int((painted["step"] == UNKNOWN_STEP).sum())
    hatched = int(painted["hatched"].sum())
    return _(
        "{title}: {municipalities}, of which {unknown} not known and {hatched} not certain "
        "(hatched). The legend counts the others; the table names them all.",
        title=title,
        municipalities=ngettext("{count} municipality", "{count} municipalities", len(painted)),
        unknown=number(unknown),
        hatched=number(hatched),
    )


def _notes(assessment: Assessment, chosen: Choices) -> list[str]:
    """Sources of the map, and what must be known to read it."""
    notes = [
        _("Boundaries: CBS and Kadaster, CC BY 4.0, simplified."),
        _("Offers: {register}.", register=choices.register_name(chosen)),
    ]
    shown = MEASURES[chosen.measure]
    if isinstance(shown, Ladder) and shown.function is not None:
        notes.append(_("Counted: {offers}.", offers=_offers(chosen)))
    elif assessment.assertive_outreach:
        notes.append(_("Only offers with assertive outreach (drang) are counted."))
    regions = data.edition(chosen.year).regions
    mine = regions[(regions["region_set"] == chosen.region_set)]
    if chosen.region and (mine["status"] == FigureStatus.EXAMPLE).any():
        notes.append(_("This region is an example selection: no public source names it."))
    return notes


def _unplaced(assessment: Assessment, chosen: Choices, sites: gpd.GeoDataFrame) -> list[str]:
    """How many offers have no point on the map, and why."""
    shown = len(assessment.offers(only=chosen.only))
    lacking = shown - int(sites["offer_id"].map(len).sum())
    hidden = len(assessment.offers()) - shown
    texts = []
    if lacking:
        text = ngettext(
            "{count} offer is not on the map, because its location is not known.",
            "{count} offers are not on the map, because their location is not known.",
            lacking,
        )
        texts.append(text)
    if hidden:
        text = ngettext(
            "{count} offer is not shown, because it is not proven to be what was chosen at “Only "
            "offers that are”.",
            "{count} offers are not shown, because they are not proven to be what was chosen at "
            "“Only offers that are”.",
            hidden,
        )
        texts.append(text)
    return texts


def _save(assessment: Assessment, chosen: Choices, title: str, notes: list[str]) -> None:
    """Button for the map as a file that opens in any browser, without a network."""
    language, today = i18n.language(), date_words(datetime.now(tz=UTC).date().isoformat())
    record = assessment.provenance
    said = [
        *notes,
        *filter(None, [settings_notice(chosen.settings)]),
        _("Demand and gap: {unit}.", unit=_unit_of(assessment, chosen)),
        _(
            "Made on {date} with Dekkend {version}. The register has the mark {mark}.",
            date=today,
            version=record["version"],
            mark=record["sha256"]["register"][:12],
        ),
    ]

    def make() -> bytes:
        def written() -> bytes:
            i18n.use(language)
            painted = data.paint(chosen, language)
            codes = data.members(chosen.year, chosen.region_set, chosen.region)
            return map_file.map_file(
                painted.loc[codes],
                assessment.municipalities["name"],
                data.shapes(chosen.year),
                measure=chosen.measure,
                title=title,
                notes=said,
                example=assessment.is_example,
                record={**record, "view": {"kind": "map", "measure": chosen.measure}},
            ).encode()

        # Streamlit calls this outside the run of the page, where no language is chosen.
        return copy_context().run(written)

    name = download.file_name(assessment, _("map"), chosen.measure, chosen.region, suffix=".html")
    download.offer(_("Save this map (HTML)"), make, name)
