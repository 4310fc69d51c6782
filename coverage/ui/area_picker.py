"""Ask where an offer serves: a list of municipalities, a region, a circle, the country.

The list can be made by typing, by region, and by clicking on a map; all three are one list.
"""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import streamlit as st

from coverage import _known, i18n, search, supply
from coverage.gap_table import alphabet
from coverage.i18n import _, ngettext
from coverage.labels import REGION_SET
from coverage.register_labels import label, word
from coverage.ui import area_map, data
from coverage.ui.state import hold, plain_text
from coverage.vocabulary import RegionSet, ServiceAreaType
from coverage.wording import capital, listed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from coverage.edits import Row

_NAMED = 8  # municipalities that a sentence names; of more it names these and counts the others

_WRAPPED = 24  # municipalities that are all shown in the list; of more it shows one line

TYPE, CODES, REGION, KM, ADDED = "type", "codes", "region", "km", "added"
_PARTS = (TYPE, CODES, REGION, KM, ADDED)


def put(prefix: str, row: Mapping[str, str]) -> None:
    """Let the inputs show the service area of a row, where they do not show one already.

    Parameters
    ----------
    prefix
        Begins the keys of the inputs in the session.
    row
        With service_area_type and service_area.
    """
    kind, area = row["service_area_type"], row["service_area"]
    shown: dict[str, object] = {
        TYPE: kind or ServiceAreaType.UNKNOWN.value,
        CODES: _codes(area) if kind == ServiceAreaType.MUNICIPALITIES else [],
        REGION: area if kind == ServiceAreaType.REGION else None,
        KM: area if kind == ServiceAreaType.RADIUS else "",
    }
    for part, value in shown.items():
        # What is typed must not be written over while it is typed.
        if part == KM:
            st.session_state.setdefault(f"{prefix}_{part}", value)
        else:
            hold(f"{prefix}_{part}", value)


def clear(prefix: str) -> None:
    """Forget what the inputs show."""
    for part in _PARTS:
        st.session_state.pop(f"{prefix}_{part}", None)


def typed(prefix: str, row: Mapping[str, str]) -> Row:
    """What the inputs hold now.

    Parameters
    ----------
    prefix
        As for `put`.
    row
        What is given back as long as there are no inputs.

    Returns
    -------
    dict
        service_area_type and service_area, as in a row of the table.
    """
    if f"{prefix}_{TYPE}" not in st.session_state:
        return {key: row[key] for key in ("service_area_type", "service_area")}
    kind = str(st.session_state[f"{prefix}_{TYPE}"] or ServiceAreaType.UNKNOWN)
    area = ""
    if kind == ServiceAreaType.MUNICIPALITIES:
        area = ";".join(st.session_state.get(f"{prefix}_{CODES}", []))
    elif kind == ServiceAreaType.REGION:
        area = st.session_state.get(f"{prefix}_{REGION}") or ""
    elif kind == ServiceAreaType.RADIUS:
        area = str(st.session_state.get(f"{prefix}_{KM}") or "").strip()
    return {"service_area_type": kind, "service_area": area}


def _codes(area: str) -> list[str]:
    return [code for code in area.split(";") if code]


def ask(
    prefix: str, row: Mapping[str, str], *, year: int, locations: pd.DataFrame, fault: str = ""
) -> None:
    """Draw the inputs; `typed` gives what they hold.

    Parameters
    ----------
    prefix
        Begins the keys of the inputs in the session.
    row
        Row of the table of offers.
    year
        Edition of the codes in the area.
    locations
        Table of locations with the one of the row, for a circle.
    fault
        What is wrong with the area, in words.
    """
    put(prefix, row)
    kind = st.radio(
        label("offers", "service_area_type"),
        [str(one) for one in ServiceAreaType],
        key=f"{prefix}_{TYPE}",
        format_func=lambda one: capital(word("service_area_type", one)),
        horizontal=True,
    )
    if kind in {ServiceAreaType.COUNTRY, ServiceAreaType.UNKNOWN}:
        tell_fault(fault)
        return
    left, right = st.columns(2, gap="medium")
    with left:
        if kind == ServiceAreaType.MUNICIPALITIES:
            ask_codes(prefix, year)
        elif kind == ServiceAreaType.REGION:
            _ask_region(prefix, year)
        else:
            st.text_input(
                _("Kilometres round the address *"),
                key=f"{prefix}_{KM}",
                max_chars=6,
                help=_(
                    "The municipalities of which the middle of the residents lies within this "
                    "distance, and the municipality of the address itself."
                ),
            )
        tell_fault(fault)
        area = typed(prefix, row)
        codes = _served({**row, **area}, year, locations)
        _tell_served(prefix, codes, year)
    with right:
        _map(prefix, codes, year, listing=kind == ServiceAreaType.MUNICIPALITIES)


def tell_fault(text: str) -> None:
    """Say under an input what is wrong with it; nothing for no text."""
    if text:
        st.html(
            f"<p class='coverage-field-fault' role='alert'><span aria-hidden='true'>✗</span> "
            f"{escape(text)}</p>"
        )


def ask_codes(prefix: str, year: int, *, title: str = "") -> list[str]:
    """Ask for municipalities of an edition: by typing, or all of a region at once.

    Parameters
    ----------
    prefix
        Begins the keys of the inputs; the list is under ``{prefix}_codes``.
    year
        Edition.
    title
        What the list is called.

    Returns
    -------
    list of str
        Codes that are chosen.
    """
    key = f"{prefix}_{CODES}"
    names = labels(year, i18n.language())
    chosen: list[str] = hold(key, [])
    strange = [code for code in chosen if code not in names]
    old = _old_labels(year, i18n.language())
    options = list(dict.fromkeys([*names, *old, *strange]))
    found: list[str] = st.multiselect(
        title or _("Municipalities *"),
        options,
        key=key,
        format_func=lambda code: (names | old).get(code) or _strange_label(code, year),
        placeholder=_("Type a name"),
        select_all=False,  # else Enter takes all that fit what was typed
        wrap=len(chosen) <= _WRAPPED,
    )
    if strange:
        _ask_carry(key, strange, year)
    regions = _regions(year)
    region = st.selectbox(
        _("All municipalities of a region"),
        list(regions),
        index=None,
        key=f"{prefix}_{ADDED}",
        format_func=regions.__getitem__,
        placeholder=_("Type the name of a region"),
    )
    with st.container(horizontal=True):
        st.button(
            _("Add these"),
            key=f"{prefix}_add",
            icon=":material/add:",
            disabled=region is None,
            on_click=_add_region,
            args=(key, f"{prefix}_{ADDED}", year),
        )
        st.button(
            _("Empty the list"),
            key=f"{prefix}_empty",
            icon=":material/clear_all:",
            disabled=not found,
            on_click=_empty,
            args=(key,),
        )
    return found


@st.cache_resource(show_spinner=False)
def labels(year: int, language: str) -> dict[str, str]:  # noqa: ARG001 - of the labels
    """Name of each municipality of an edition, in the order of the alphabet."""
    found = search.current_labels(data.edition(year))
    return {str(code): str(name) for code, name in found.items()}


def _old_labels(year: int, language: str) -> dict[str, str]:
    """Names of before, that lead to municipalities of an edition: by code, with what became."""
    old = [one for one in data.places(year, language) if one.old]
    return {one.key.removeprefix(search.OLD): one.label for one in old}


def _strange_label(code: str, year: int) -> str:
    name = _known.name_of(code) or code
    return _("{name} (not in {year})", name=name, year=year)


def _ask_carry(key: str, strange: list[str], year: int) -> None:
    """Offer to put what became of old municipalities in their place."""
    heirs = {code: _known.successors(code, year) for code in strange}
    names = listed([_known.name_of(code) or code for code in strange])
    st.warning(plain_text(_("Not a municipality of {year}: {names}.", year=year, names=names)))
    found = list(dict.fromkeys(heir for some in heirs.values() for heir in some))
    if found:
        now = listed([_known.name_of(code) for code in found])
        st.button(
            plain_text(_("Put in their place: {names}", names=now)),
            key=f"{key}_carry",
            on_click=_carry,
            args=(key, heirs),
        )


def _carry(key: str, heirs: dict[str, tuple[str, ...]]) -> None:
    carried = [heir for code in st.session_state[key] for heir in heirs.get(code) or (code,)]
    st.session_state[key] = list(dict.fromkeys(carried))


def _add_region(key: str, region_key: str, year: int) -> None:
    region_set, code = str(st.session_state[region_key]).split(":", 1)
    members = data.members(year, region_set, code)
    names = labels(year, i18n.language())
    more = sorted(members, key=list(names).index)
    st.session_state[key] = list(dict.fromkeys([*st.session_state[key], *more]))
    st.session_state[region_key] = None


def _empty(key: str) -> None:
    st.session_state[key] = []


def _regions(year: int) -> dict[str, str]:
    return _region_labels(year, i18n.language())


@st.cache_resource(show_spinner=False)
def _region_labels(year: int, language: str) -> dict[str, str]:  # noqa: ARG001 - of the labels
    """Label of each region of an edition, by ``set:code``."""
    table = data.edition(year).regions
    found: dict[str, str] = {}
    for one in (name for name in REGION_SET if name in set(table["region_set"])):
        names = data.edition(year).region_names(one).sort_values(key=alphabet)
        kind = _region_kind(one)
        for code, name in names.items():
            found[f"{one}:{code}"] = _("{region} ({kind})", region=name, kind=kind)
    return found


def _region_kind(region_set: str) -> str:
    kind = _(REGION_SET[region_set]).lower()
    if region_set == RegionSet.STUDY:
        return _("{kind}, example selection", kind=kind)
    return kind


def _ask_region(prefix: str, year: int) -> None:
    regions, key = _regions(year), f"{prefix}_{REGION}"
    now = st.session_state.get(key)
    if now and now not in regions:
        st.warning(
            plain_text(_("The region {region} is not in edition {year}.", region=now, year=year))
        )
        st.session_state[key] = None
    st.selectbox(
        _("Region *"),
        list(regions),
        index=None,
        key=key,
        format_func=regions.__getitem__,
        placeholder=_("Type the name of a region"),
    )


def _served(row: Mapping[str, str], year: int, locations: pd.DataFrame) -> list[str]:
    """Codes of the edition that an area holds; nothing where it cannot be read."""
    kind, area = row["service_area_type"], row["service_area"].replace(",", ".")
    if kind == ServiceAreaType.RADIUS:
        try:
            float(area)
        except ValueError:
            return []
    offer = pd.DataFrame(
        {
            "service_area_type": [kind],
            "service_area": [area],
            "location_id": [row["location_id"]],
            "edition": [year],
            "partial_area": [""],
        }
    )
    division = data.edition(year)
    found = supply.service_areas(offer, locations, division).municipality
    return [str(code) for code in division.municipalities.index[found]]


def _tell_served(prefix: str, codes: Collection[str], year: int) -> None:
    """Say in words what the map shows."""
    st.html(
        f"<p id='{escape(prefix)}-served' class='coverage-note' aria-live='polite'>"
        f"{escape(served_words(codes, year))}</p>"
    )


def served_words(codes: Collection[str], year: int) -> str:
    """Municipalities of an area in a sentence.

    Parameters
    ----------
    codes
        Of the edition.
    year
        Edition.
    """
    if not codes:
        return _("No municipality yet.")
    names = data.edition(year).municipalities["name"]
    found = names.loc[list(codes)].sort_values(key=alphabet).tolist()
    many = ngettext(
        "{count} municipality of {year}", "{count} municipalities of {year}", len(found), year=year
    )
    if len(found) > _NAMED + 1:
        rest = len(found) - _NAMED
        more = ngettext("{count} other", "{count} others", rest)
        found = [*found[:_NAMED], more]
    return _("{municipalities}: {names}.", municipalities=many, names=listed(found))


def _map(prefix: str, codes: list[str], year: int, *, listing: bool) -> None:
    """Map of the area; of a list, municipalities can be put in and out by clicking."""
    title = _("Map of the service area")
    choose = partial(area_map.toggle, f"{prefix}_{CODES}") if listing else None
    inside = _("serves here; click to take it out") if listing else _("serves here")
    outside = _("does not serve here; click to add it") if listing else _("does not serve here")
    area_map.show(
        area_map.painted(year, codes, inside, outside),
        key=f"{prefix}_map",
        year=year,
        label=title,
        described_by=f"{prefix}-served",
        on_choose=choose,
        # The list grows by clicking: then the map must not move under the hand.
        view=[] if listing else codes,
    )


def longitude_latitude(x: float, y: float) -> tuple[float, float]:
    """Point in degrees (EPSG:4326) of a point in Rijksdriehoek metres (EPSG:28992)."""
    point = gpd.GeoSeries.from_xy([x], [y], crs="EPSG:28992").to_crs("EPSG:4326").iloc[0]
    return float(point.x), float(point.y)
