"""Folium maps of an assessment: colours, hatching, legend, tooltips.

Nothing here asks another host for anything: Leaflet comes from the XStatic-Leaflet
package, there are no tiles, and the legend is plain HTML.
"""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import folium
import geopandas as gpd
import numpy as np
import shapely
from folium.template import Template
from folium.utilities import JsCode, get_obj_in_upper_tree
from xstatic.pkg import leaflet

from coverage.i18n import _
from coverage.labels import PROVEN, STATUS
from coverage.vocabulary import LADDER, CoverageStatus, FigureStatus
from coverage.wording import capital, families_a_year, status_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import branca.element
    import pandas as pd

COLOURS: dict[CoverageStatus, str] = dict(
    zip(
        LADDER,
        ("#e4b467", "#dd8067", "#c35c69", "#85537b", "#084886", "#012651"),
        strict=True,
    )
)
"""Fill of each rung: warm where much is missing, blue where the offer covers.

The lightness falls evenly (L* 76 to 15), so the order also holds in grey. The colours, and
the grey of `UNKNOWN_COLOUR`, differ by at least 9.8 (CIEDE2000) for every pair, as seen
without and with a deficiency of each kind (Machado et al. 2009, severity 1) and in grey.
"""

UNKNOWN_COLOUR = "#e2e2df"
"""Fill where nothing is known; lighter than every rung, so that it stays in the background."""

NETHERLANDS = ((50.75, 3.35), (53.56, 7.23))
"""South-west and north-east corner of the country as (latitude, longitude)."""

_WGS84 = "EPSG:4326"
_DECIMALS = 4  # about 10 m: finer than the simplified boundaries
_BORDER = "#ffffff"
_INK = {"light": "#16202c", "dark": "#ffffff"}
_PAPER = {"light": "#ffffff", "dark": "#171614"}


def leaflet_dir() -> Path:
    """Folder with ``leaflet.js`` and ``leaflet.css``, from XStatic-Leaflet."""
    return Path(leaflet.BASE_DIR)


def shapes(geometry: gpd.GeoSeries) -> gpd.GeoSeries:
    """Boundaries as a web map wants them.

    Parameters
    ----------
    geometry
        Polygons in any known CRS, for instance EPSG:28992.

    Returns
    -------
    geopandas.GeoSeries
        The same index, EPSG:4326, coordinates in degrees rounded to 4 decimals. Shared borders
        stay shared, as equal vertices round equally. Do this once per edition and keep it.
    """
    projected = geometry.to_crs(_WGS84)
    rounded = shapely.transform(projected.to_numpy(), lambda xy: np.round(xy, _DECIMALS))
    return gpd.GeoSeries(rounded, index=projected.index, crs=_WGS84)


def bounds(geometry: gpd.GeoSeries) -> tuple[tuple[float, float], tuple[float, float]]:
    """South-west and north-east corner (latitude, longitude) of EPSG:4326 `geometry`."""
    west, south, east, north = (float(value) for value in geometry.total_bounds)
    return (south, west), (north, east)


class OfflineMap(folium.Map):
    """A folium map that needs Leaflet alone, and only from where it is told.

    Folium's own template also loads jQuery, Bootstrap and fonts from other hosts, and forbids
    the reader to zoom the page.

    Parameters
    ----------
    leaflet
        Address of the folder with ``leaflet.js`` and ``leaflet.css``, without a slash at the
        end. The default is the package's folder on this computer.
    label
        What the map is, for who cannot see it.
    corners
        South-west and north-east corner of the first view, as (latitude, longitude).
    example
        Mark the map as made-up data.
    """

    _template = Template("""
        {% macro header(this, kwargs) %}
        <style>
            html, body { width: 100%; height: 100%; margin: 0; padding: 0; overflow: hidden; }
            #{{ this.get_name() }} {
                position: relative; width: 100% !important; height: 100vh !important;
            }
            {{ this.css }}
        </style>
        {% endmacro %}
        {% macro html(this, kwargs) %}
            <div class="folium-map" id={{ this.get_name()|tojson }} ></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
                attributionControl: false,
                // One finger must be able to scroll past the map on a telephone.
                dragging: !L.Browser.mobile,
                scrollWheelZoom: false,
                zoomControl: false,
                zoomSnap: 0.25,
                minZoom: 6,
                maxZoom: 13,
            });
            L.control.zoom({{ this.zoom|tojson }}).addTo({{ this.get_name() }});
            ((map) => {
                const frame = map.getContainer();
                frame.role = "region";
                frame.ariaLabel = {{ this.label|tojson }};
                map.lookAt = (corners, options) => {
                    map.corners = corners;
                    map.touched = false;
                    map.fitBounds(corners, { padding: [8, 8], ...options });
                };
                map.lookAt({{ this.corners|tojson }}, { animate: false });
                // A click gives the shape the focus, which would keep its tooltip open.
                map.on("click", () => map.eachLayer((layer) => {
                    if (layer instanceof L.Tooltip) map.closeTooltip(layer);
                }));
                // Until the reader takes over, the view follows the size of the frame.
                for (const kind of ["pointerdown", "keydown"]) {
                    frame.addEventListener(kind, () => { map.touched = true; });
                }
                new ResizeObserver(() => {
                    map.invalidateSize(false);
                    if (!map.touched) map.lookAt(map.corners, { animate: false });
                }).observe(frame);
            })({{ this.get_name() }});
        {% endmacro %}
    """)

    def __init__(
        self,
        *,
        leaflet: str | None = None,
        label: str,
        corners: Sequence[Sequence[float]] = NETHERLANDS,
        example: bool = False,
    ) -> None:
        super().__init__(tiles=None)
        folder = leaflet or leaflet_dir().as_uri()
        self.default_js = [("leaflet", f"{folder}/leaflet.js")]
        self.default_css = [("leaflet_css", f"{folder}/leaflet.css")]
        self.label = label
        self.corners: list[list[float | None]] = [list(corner) for corner in corners]
        self.zoom = {
            "position": "bottomright",
            "zoomInTitle": _("Zoom in"),
            "zoomOutTitle": _("Zoom out"),
        }
        self.css = _MAP_CSS
        page: Any = cast("branca.element.Figure", self.get_root()).html
        page.add_child(folium.Element(_patterns()), name="patterns")
        if example:
            page.add_child(folium.Element(_example_mark()), name="example")

    def get_bounds(self) -> list[list[float | None]]:
        """Corners of the first view; folium would walk through every vertex."""
        return self.corners


def coverage_map(
    municipalities: pd.DataFrame,
    boundaries: gpd.GeoSeries,
    *,
    leaflet: str | None = None,
    example: bool = False,
) -> OfflineMap:
    """Map of the coverage status of municipalities.

    The colour is the rung that is proven, hatching says that it is not certain, and grey that
    nothing is known.

    Parameters
    ----------
    municipalities
        Indexed by gm_code: name, status_at_least, certain, known, gap_low, gap_high (families a
        year), count_status.
    boundaries
        Polygons of the same municipalities, from `shapes`.
    leaflet
        See `OfflineMap`.
    example
        Mark the map as made-up data.

    Returns
    -------
    OfflineMap
    """
    drawn = OfflineMap(
        leaflet=leaflet,
        label=_("Map of the municipalities, coloured by coverage status"),
        corners=NETHERLANDS if municipalities.empty else bounds(boundaries),
        example=example,
    )
    if municipalities.empty:  # folium cannot draw nothing
        return drawn
    folium.GeoJson(
        _features(municipalities, boundaries),
        style_function=_style,
        highlight_function=lambda _feature: {"weight": 2.5, "color": _INK["light"]},
        smooth_factor=0,  # Leaflet would simplify each polygon alone and open gaps
        on_each_feature=JsCode(_EACH_SHAPE),
        tooltip=folium.GeoJsonTooltip(["tooltip"], labels=False, class_name="municipality-tip"),
        class_name="municipality",
    ).add_to(drawn)
    return drawn


def focus(
    region: gpd.GeoSeries | None,
    selected: gpd.GeoSeries | None,
    *,
    view: str,
    theme: str = "light",
) -> folium.FeatureGroup:
    """Layer on top of a `coverage_map`: fades all but a region, outlines one municipality.

    Parameters
    ----------
    region
        Outline of the region in EPSG:4326, or None for the whole country.
    selected
        Polygon of the chosen municipality in EPSG:4326, or None.
    view
        Name of the region. The map moves to the region when this changes, and stays where the
        reader left it otherwise.
    theme
        ``light`` or ``dark``: colour of the page around the map.

    Returns
    -------
    folium.FeatureGroup
    """
    group = folium.FeatureGroup(name="focus", control=False)
    if region is not None:
        paper, ink = _PAPER[theme], _INK[theme]
        outside = shapely.box(-5, 45, 15, 60).difference(region.union_all())
        # It takes the clicks, so that what is outside the region cannot be chosen.
        _shape(
            outside,
            fill_color=paper,
            fill_opacity=0.8,
            weight=0,
            interactive=True,
            class_name="outside-region",
        ).add_to(group)
        _shape(region.union_all(), color=ink, weight=1.5, fill=False).add_to(group)
    if selected is not None:
        outline = selected.union_all()
        _shape(outline, color="#ffffff", weight=6, fill=False).add_to(group)
        _shape(
            outline, color="#16202c", weight=3, fill=False, class_name="selected-municipality"
        ).add_to(group)
    corners = NETHERLANDS if region is None else bounds(region)
    _FitOnce(view, corners).add_to(group)
    return group


class _FitOnce(folium.FitBounds):
    """Move the map when the view gets another name, and only then."""

    _template = Template("""
        {% macro script(this, kwargs) %}
            ((map, view) => {
                if ((map.view ?? "") !== view) map.lookAt({{ this.bounds|tojson }});
                map.view = view;
            })({{ this.map_name }}, {{ this.view|tojson }});
        {% endmacro %}
    """)

    def __init__(self, view: str, corners: Sequence[Sequence[float]]) -> None:
        super().__init__(corners)
        self._name = "FitOnce"
        self.view = view

    @property
    def map_name(self) -> str:
        """Name of the map's variable in the page."""
        return str(get_obj_in_upper_tree(self, folium.Map).get_name())


def _shape(outline: shapely.Geometry, **options: Any) -> folium.GeoJson:  # noqa: ANN401
    feature = {
        "type": "Feature",
        "properties": {},
        "geometry": json.loads(shapely.to_geojson(outline)),
    }
    options = {"interactive": False, **options}
    return folium.GeoJson(feature, control=False, smooth_factor=0, **options)


def _features(municipalities: pd.DataFrame, boundaries: gpd.GeoSeries) -> dict[str, Any]:
    columns = ["name", "status_at_least", "certain", "known", "gap_low", "gap_high", "count_status"]
    # What is known is drawn last, so that its edges lie on top.
    drawn = municipalities[columns].sort_values(["known", "certain"], kind="stable")
    polygons = shapely.to_geojson(boundaries.loc[drawn.index].to_numpy())
    rows: Any = drawn.itertuples()
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": row.Index,
                "properties": {
                    "gm_code": row.Index,
                    "fill": _fill(row.status_at_least, certain=row.certain, known=row.known),
                    "border": _border(row.status_at_least, certain=row.certain, known=row.known),
                    "tooltip": _tooltip(row),
                },
                "geometry": json.loads(polygon),
            }
            for row, polygon in zip(rows, polygons, strict=True)
        ],
    }


def _tooltip(row: Any) -> str:  # noqa: ANN401 - a named tuple of a row
    # Names come from files: a tooltip is HTML, so they are escaped.
    status = status_words(row.status_at_least, certain=row.certain, known=row.known)
    gap = _("Gap: {families}", families=families_a_year(row.gap_low, row.gap_high))
    if row.count_status == FigureStatus.ESTIMATED:
        gap = _("{figure} (estimated)", figure=gap)
    return f"<b>{html.escape(row.name)}</b><br>{html.escape(status)}<br>{html.escape(gap)}"


def _fill(status: str, *, certain: bool, known: bool) -> str:
    if not known:
        return UNKNOWN_COLOUR
    return COLOURS[CoverageStatus(status)] if certain else f"url(#{_pattern_id(status)})"


def _border(status: str, *, certain: bool, known: bool) -> str:
    """White, but a hatched shape needs an edge: its white lines would run out of it."""
    return COLOURS[CoverageStatus(status)] if known and not certain else _BORDER


def _style(feature: dict[str, Any]) -> dict[str, Any]:
    properties = feature["properties"]
    return {
        "fillColor": properties["fill"],
        "fillOpacity": 1,
        "color": properties["border"],
        "weight": 1,
    }


def _pattern_id(status: str) -> str:
    return f"hatch-{status.replace('_', '-')}"


def _pattern(status: CoverageStatus) -> str:
    return (
        f'<pattern id="{_pattern_id(status)}" width="6" height="6" '
        'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect width="6" height="6" fill="{COLOURS[status]}"/>'
        '<rect width="2" height="6" fill="#ffffff"/></pattern>'
    )


def _patterns() -> str:
    """Hatches of all rungs, for ``fill="url(#...)"`` anywhere on the page."""
    body = "".join(_pattern(status) for status in LADDER)
    # Not display:none: some browsers then do not draw the patterns.
    return (
        '<svg width="0" height="0" style="position:absolute" aria-hidden="true">'
        f"<defs>{body}</defs></svg>"
    )


def legend() -> str:
    """Legend as HTML: what each colour says when it is certain, and what when it is hatched.

    Returns
    -------
    str
        A table: it prints, and needs no script. The class ``coverage-legend`` is there for a
        style sheet.
    """
    title = _("What the colours mean")
    head = "".join(
        f"<th scope='col'>{_text(heading)}</th>"
        for heading in (_("Plain: certain"), _("Hatched: proven at least"))
    )
    body = "".join(
        f"<tr><td>{_swatch(COLOURS[rung])}{_text(capital(_(STATUS[rung])))}</td>"
        f"<td>{_swatch(rung)}{_text(capital(_(PROVEN[rung])))}</td></tr>"
        for rung in reversed(LADDER)
    )
    unknown = _("Not known: nothing is proven. That is not the same as no offer.")
    foot = f"<tr><td colspan='2'>{_swatch(UNKNOWN_COLOUR)}{_text(unknown)}</td></tr>"
    return (
        f"<table class='coverage-legend'><caption>{_text(title)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}{foot}</tbody></table>"
    )


def _text(text: str) -> str:
    return f"<span>{html.escape(text)}</span>"


def swatch(status: CoverageStatus, *, certain: bool, known: bool) -> str:
    """Small rectangle as a municipality of this status is painted, as HTML."""
    if not known:
        return _swatch(UNKNOWN_COLOUR)
    return _swatch(COLOURS[status] if certain else status)


def _swatch(fill: str | CoverageStatus) -> str:
    """Small rectangle in a colour, or in the hatch of a rung.

    A style sheet's gradient, as Streamlit removes SVG from HTML; it is printed too.
    """
    paint = str(fill)
    if isinstance(fill, CoverageStatus):
        colour = COLOURS[fill]
        paint = f"repeating-linear-gradient(135deg,#fff 0 2px,{colour} 2px 6px)"
    return (
        "<span class='swatch' aria-hidden='true' style='display:inline-block;width:26px;"
        "height:16px;border:1px solid #8a8f98;border-radius:3px;print-color-adjust:exact;"
        f"-webkit-print-color-adjust:exact;background:{paint}'></span>"
    )


def _example_mark() -> str:
    text = html.escape(_("EXAMPLE: made-up data"))
    return f'<div class="example-mark" role="note"><span>{text}</span></div>'


# A click on the municipality that was clicked before must be an event of its own. And a shape
# with a tooltip can get the focus: hundreds of stops for who walks the page by keyboard.
_EACH_SHAPE = """function (feature, layer) {
    layer.on("click", () => {
        const clicks = (feature.properties.clicks || 0) + 1;
        feature.properties = { ...feature.properties, clicks };
    });
    layer.on("add", () => layer.getElement().setAttribute("tabindex", "-1"));
}"""

_MAP_CSS = """
.leaflet-container { background: transparent; font: 14px/1.35 "Source Sans", "Source Sans Pro",
    "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
.outside-region { cursor: default; outline: 0; }
.leaflet-container:focus-visible { outline: 3px solid #1c6fb5; outline-offset: -3px; }
/* No keyboard reaches a shape, so its focus comes from a click: a box round it says nothing. */
path[tabindex="-1"]:focus { outline: 0; }
.municipality-tip { border: 0; border-radius: 6px; padding: 8px 10px; color: #16202c;
    box-shadow: 0 2px 10px rgba(0, 0, 0, .25); font-size: 13px; max-width: 260px;
    white-space: normal; width: max-content; }
.municipality-tip td { padding: 0; }
.example-mark { position: absolute; inset: 0; z-index: 900; pointer-events: none;
    overflow: hidden; }
.example-mark span { position: absolute; left: 8px; top: 8px;
    background: #fff4c2; color: #3d2f00; border: 1px solid #b88a00; border-radius: 6px;
    padding: 4px 12px; font: 600 14px/1.3 "Source Sans", "Segoe UI", Roboto, Arial, sans-serif;
    white-space: nowrap; }
"""
