"""A map as one file: folium, with Leaflet and the data inside, that asks nobody for anything."""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING, Any, cast

import folium
import shapely
from folium.template import Template
from folium.utilities import JsCode

from coverage import i18n, maps, provenance
from coverage.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import branca.element
    import geopandas as gpd
    import pandas as pd

_BORDER = "#ffffff"
_INK = "#16202c"


class OfflineMap(folium.Map):
    """A folium map with Leaflet inside, and nothing else.

    Folium's own template loads jQuery, Bootstrap and fonts from other hosts, and forbids the
    reader to zoom the page.

    Parameters
    ----------
    label
        What the map is: the title of the page, and the name of the map for who cannot see it.
    corners
        South-west and north-east corner of the first view, as (latitude, longitude).
    """

    _template = Template("""
        {% macro header(this, kwargs) %}
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{{ this.label|e }}</title>
        <style>{{ this.css }}</style>
        <script>{{ this.leaflet }}</script>
        {% endmacro %}
        {% macro html(this, kwargs) %}
            <div class="folium-map" id={{ this.get_name()|tojson }}></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
                attributionControl: false,
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
                map.fitBounds({{ this.corners|tojson }}, { padding: [8, 8], animate: false });
                // A click gives the shape the focus, which would keep its tooltip open.
                map.on("click", () => map.eachLayer((layer) => {
                    if (layer instanceof L.Tooltip) map.closeTooltip(layer);
                }));
            })({{ this.get_name() }});
        {% endmacro %}
    """)

    def __init__(self, *, label: str, corners: Sequence[Sequence[float]]) -> None:
        super().__init__(tiles=None)
        self.default_js, self.default_css = [], []
        self.label = label
        self.corners: list[list[float | None]] = [list(corner) for corner in corners]
        self.zoom = {
            "position": "bottomright",
            "zoomInTitle": _("Zoom in"),
            "zoomOutTitle": _("Zoom out"),
        }
        folder = maps.leaflet_dir()
        self.leaflet = (folder / "leaflet.js").read_text(encoding="utf-8")
        self.css = (folder / "leaflet.css").read_text(encoding="utf-8") + _CSS

    def get_bounds(self) -> list[list[float | None]]:
        """Corners of the first view; folium would walk through every vertex."""
        return self.corners


class _Markup(folium.Element):
    """HTML as it is. A plain element takes it for a template: braces in a text would be run."""

    _template = Template("{{ this.markup }}")

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.markup = markup


def map_file(
    painted: pd.DataFrame,
    names: pd.Series[str],
    boundaries: gpd.GeoSeries,
    *,
    measure: str,
    title: str,
    notes: Sequence[str],
    example: bool = False,
    record: Mapping[str, Any] | None = None,
) -> str:
    """Map of a measure as an HTML page.

    Parameters
    ----------
    painted
        Result of `coverage.measures.paint` for the municipalities to draw.
    names
        Name of each municipality, indexed by gm_code.
    boundaries
        Polygons of the same municipalities, from `coverage.maps.shapes`.
    measure
        Name in `coverage.measures.MEASURES`.
    title
        What the map shows, and of when.
    notes
        Lines below the legend: sources, date, what must be known.
    example
        Mark the map as made-up data.
    record
        What made it, to go with it; `coverage.Assessment.provenance`. Where it says that the
        figures are not protected, the map says why.

    Returns
    -------
    str
        The whole page; it needs no other file and no network.
    """
    corners = maps.NETHERLANDS if painted.empty else maps.bounds(boundaries.loc[painted.index])
    drawn = OfflineMap(label=title, corners=corners)
    if not painted.empty:  # folium cannot draw nothing
        _polygons(painted, names, boundaries).add_to(drawn)
    figure = cast("branca.element.Figure", drawn.get_root())
    page: Any = figure.html
    hatched = painted.loc[painted["hatched"], "colour"].unique()
    made_up = _("EXAMPLE: made-up data")
    mark = f"<p class='example-mark'>{_text(made_up)}</p>" if example else ""
    why = provenance.why_unprotected(record or {})
    said = [_("Not protected, because: {why}", why=why), *notes] if why else notes
    below = "".join(f"<p class='note'>{_text(line)}</p>" for line in said)
    head = f"<header><h1>{_text(title)}</h1>{mark}</header>{_patterns(hatched)}"
    foot = f"<footer>{maps.legend(measure, painted)}{below}</footer>"
    cast(
        "Any", drawn
    ).render()  # it puts its own part on the page, for what belongs below to come after
    page.add_child(_Markup(head), name="head", index=0)
    page.add_child(_Markup(foot), name="foot")
    if record:
        page.add_child(_Markup(provenance.element(record)), name="record")
    return str(figure.render()).replace("<html>", f"<html lang='{i18n.language()}'>", 1)


def _polygons(
    painted: pd.DataFrame, names: pd.Series[str], boundaries: gpd.GeoSeries
) -> folium.GeoJson:
    return folium.GeoJson(
        _features(painted, names, boundaries),
        style_function=_style,
        highlight_function=lambda _feature: {"weight": 2.5, "color": _INK},
        smooth_factor=0,  # Leaflet would simplify each polygon alone and open gaps
        on_each_feature=JsCode(_EACH_SHAPE),
        tooltip=folium.GeoJsonTooltip(["tooltip"], labels=False, class_name="municipality-tip"),
        class_name="municipality",
    )


def _features(
    painted: pd.DataFrame, names: pd.Series[str], boundaries: gpd.GeoSeries
) -> dict[str, Any]:
    # What is known is drawn last, so that its edges lie on top.
    drawn = painted.assign(name=names.loc[painted.index]).sort_values("known", kind="stable")
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
                    "fill": f"url(#{_pattern_id(row.colour)})" if row.hatched else row.colour,
                    # A hatched shape needs an edge: its white lines would run out of it.
                    "border": row.colour if row.hatched else _BORDER,
                    # Names come from files: a tooltip is HTML, so they are escaped.
                    "tooltip": f"<b>{html.escape(row.name)}</b><br>{html.escape(row.words)}",
                },
                "geometry": json.loads(polygon),
            }
            for row, polygon in zip(rows, polygons, strict=True)
        ],
    }


def _style(feature: dict[str, Any]) -> dict[str, Any]:
    properties = feature["properties"]
    return {
        "fillColor": properties["fill"],
        "fillOpacity": 1,
        "color": properties["border"],
        "weight": 1,
    }


def _pattern_id(colour: str) -> str:
    """Name of the hatch of a colour, for ``fill="url(#...)"``."""
    return f"hatch-{colour.removeprefix('#')}"


def _patterns(colours: Iterable[str]) -> str:
    """Hatches of colours, for anywhere on the page."""
    body = "".join(
        f'<pattern id="{_pattern_id(colour)}" width="6" height="6" '
        'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect width="6" height="6" fill="{colour}"/>'
        '<rect width="2" height="6" fill="#ffffff"/></pattern>'
        for colour in colours
    )
    # Not display:none: some browsers then do not draw the patterns.
    return (
        '<svg width="0" height="0" style="position:absolute" aria-hidden="true">'
        f"<defs>{body}</defs></svg>"
    )


def _text(text: str) -> str:
    return html.escape(text)


# A shape with a tooltip can get the focus: hundreds of stops for who walks the page by keyboard.
_EACH_SHAPE = """function (feature, layer) {
    layer.on("add", () => layer.getElement().setAttribute("tabindex", "-1"));
}"""

_CSS = """
body { margin: 0 auto; max-width: 60rem; padding: 1rem; color: #16202c; background: #ffffff;
    font: 16px/1.45 "Source Sans", "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
h1 { font-size: 1.4rem; margin: 0 0 .5rem; }
.folium-map { width: 100%; aspect-ratio: 6 / 7; max-height: 80vh; }
.leaflet-container { background: transparent; font: inherit; font-size: 14px; }
.leaflet-container:focus-visible { outline: 3px solid #1c6fb5; outline-offset: -3px; }
/* No keyboard reaches a shape, so its focus comes from a click: a box round it says nothing. */
path[tabindex="-1"]:focus { outline: 0; }
.municipality-tip { border: 0; border-radius: 6px; padding: 8px 10px; color: #16202c;
    box-shadow: 0 2px 10px rgba(0, 0, 0, .25); font-size: 13px; max-width: 260px;
    white-space: normal; width: max-content; }
.municipality-tip td { padding: 0; }
.coverage-legend { width: 100%; border-collapse: collapse; font-size: .9rem; margin-top: 1rem; }
.coverage-legend caption { text-align: left; font-weight: 600; }
.coverage-legend caption small { display: block; font-weight: 400; }
.coverage-legend th, .coverage-legend td { text-align: left; vertical-align: top;
    font-weight: 400; padding: .2rem .5rem .2rem 0; width: 50%; }
.coverage-legend .swatch { margin-right: .5rem; vertical-align: -2px; }
.note { font-size: .85rem; margin: .3rem 0; }
.example-mark { display: inline-block; background: #fff4c2; border: 1px solid #b88a00;
    border-radius: 6px; padding: 4px 12px; font-weight: 600; margin: 0 0 .5rem; }
"""
