"""The map: what is drawn, in colours that everyone can tell apart, from this machine alone."""

import itertools
import json
import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from coverage import i18n, maps
from coverage.labels import PROVEN, STATUS
from coverage.vocabulary import LADDER, CoverageStatus

CODES = ["GM0001", "GM0002", "GM0003"]


@pytest.fixture(autouse=True)
def english():
    i18n.use("en")
    yield
    i18n.use(i18n.DEFAULT)


@pytest.fixture
def boundaries():
    squares = [box(x, 450_000, x + 10_000, 460_000) for x in (120_000, 130_000, 140_000)]
    index = pd.Index(CODES, name="gm_code")
    return maps.shapes(gpd.GeoSeries(squares, index=index, crs="EPSG:28992"))


@pytest.fixture
def municipalities():
    return pd.DataFrame(
        {
            "name": ["Zeker", "Half & <b>zeker</b>", "Onbekend"],
            "status_at_least": ["covered", "short_term_only", "none"],
            "certain": [True, False, False],
            "known": [True, True, False],
            "gap_low": [0.0, 1.0, 0.0],
            "gap_high": [0.0, 4.5, 9.0],
            "count_status": ["observed", "estimated", "estimated"],
        },
        index=pd.Index(CODES, name="gm_code"),
    )


def features(drawn):
    layer = next(child for child in drawn._children.values() if hasattr(child, "data"))
    return {feature["id"]: feature for feature in layer.data["features"]}


def test_shapes_are_degrees_with_four_decimals(boundaries):
    assert boundaries.crs == "EPSG:4326"
    corners = boundaries.get_coordinates().to_numpy()
    assert np.array_equal(corners, corners.round(4))
    west, south, east, north = boundaries.total_bounds
    assert 3 < west < east < 8
    assert 50 < south < north < 54


def test_shared_borders_stay_shared(boundaries):
    assert boundaries.iloc[0].intersection(boundaries.iloc[1]).length > 0
    assert boundaries.iloc[0].intersection(boundaries.iloc[1]).area == 0


def test_colour_hatch_and_grey(municipalities, boundaries):
    drawn = features(maps.coverage_map(municipalities, boundaries))
    fill = {code: feature["properties"]["fill"] for code, feature in drawn.items()}
    assert fill["GM0001"] == maps.COLOURS[CoverageStatus.COVERED]
    assert fill["GM0002"] == "url(#hatch-short-term-only)"
    assert fill["GM0003"] == maps.UNKNOWN_COLOUR


def test_nothing_known_is_grey_and_never_the_colour_of_none(municipalities, boundaries):
    page = maps.coverage_map(municipalities, boundaries).get_root().render()
    drawn = features(maps.coverage_map(municipalities, boundaries))
    assert drawn["GM0003"]["properties"]["tooltip"].startswith("<b>Onbekend</b><br>unknown")
    assert maps.UNKNOWN_COLOUR in page


def test_every_hatch_is_defined_on_the_page(municipalities, boundaries):
    page = maps.coverage_map(municipalities, boundaries).get_root().render()
    for status in LADDER:
        assert f'id="hatch-{status.replace("_", "-")}"' in page


def test_names_from_files_are_escaped(municipalities, boundaries):
    tooltip = features(maps.coverage_map(municipalities, boundaries))["GM0002"]["properties"]
    assert "Half &amp; &lt;b&gt;zeker&lt;/b&gt;" in tooltip["tooltip"]
    assert "Gap: 1 to 4.5 families a year (estimated)" in tooltip["tooltip"]


def test_tooltip_calls_only_an_estimate_estimated(municipalities, boundaries):
    drawn = features(maps.coverage_map(municipalities, boundaries))
    assert "estimated" not in drawn["GM0001"]["properties"]["tooltip"]


def test_page_asks_no_other_host(municipalities, boundaries):
    page = maps.coverage_map(municipalities, boundaries, leaflet="/here").get_root().render()
    asked = re.findall(r"""(?:src|href)=["']([^"']+)["']""", page)
    assert asked == ["/here/leaflet.js", "/here/leaflet.css"]
    assert "://" not in page
    assert "user-scalable" not in page


def test_leaflet_lies_on_this_computer(municipalities, boundaries):
    assert (maps.leaflet_dir() / "leaflet.js").is_file()
    page = maps.coverage_map(municipalities, boundaries).get_root().render()
    assert f"{maps.leaflet_dir().as_uri()}/leaflet.js" in page


def test_example_is_marked(municipalities, boundaries):
    real = maps.coverage_map(municipalities, boundaries).get_root().render()
    example = maps.coverage_map(municipalities, boundaries, example=True).get_root().render()
    assert "EXAMPLE: made-up data" in example
    assert "EXAMPLE" not in real


def test_map_of_no_municipality_shows_the_country(municipalities, boundaries):
    drawn = maps.coverage_map(municipalities.iloc[:0], boundaries.iloc[:0])
    assert drawn.get_bounds() == [list(corner) for corner in maps.NETHERLANDS]
    drawn.get_root().render()


def test_map_fits_its_municipalities(municipalities, boundaries):
    south_west, north_east = maps.coverage_map(municipalities, boundaries).get_bounds()
    west, south, east, north = boundaries.total_bounds
    assert south_west == [south, west]
    assert north_east == [north, east]


def test_focus_fades_what_is_outside_and_outlines_the_choice(municipalities, boundaries):
    drawn = maps.coverage_map(municipalities, boundaries)
    maps.focus(boundaries.iloc[:2], boundaries.iloc[[0]], view="province:PV01").add_to(drawn)
    page = drawn.get_root().render()
    assert "outside-region" in page
    assert "selected-municipality" in page
    assert '"province:PV01"' in page
    assert json.dumps([list(corner) for corner in maps.bounds(boundaries.iloc[:2])]) in page


def test_focus_on_nothing_draws_nothing(municipalities, boundaries):
    drawn = maps.coverage_map(municipalities, boundaries)
    maps.focus(None, None, view="").add_to(drawn)
    page = drawn.get_root().render()
    assert 'outside-region",\n' not in page
    assert '"className": "selected-municipality"' not in page


def test_legend_explains_every_colour_in_words():
    legend = maps.legend()
    for status in LADDER:
        assert maps.COLOURS[status] in legend
        assert i18n._(STATUS[status]).lower() in legend.lower()
        assert i18n._(PROVEN[status]).lower() in legend.lower()
    assert maps.UNKNOWN_COLOUR in legend
    assert legend.count("repeating-linear-gradient") == len(LADDER)


@pytest.mark.parametrize(
    ("certain", "known", "painted"),
    [
        (True, True, "background:#dd8067"),
        (False, True, "#dd8067 2px 6px"),
        (False, False, f"background:{maps.UNKNOWN_COLOUR}"),
    ],
)
def test_swatch_is_painted_as_the_map(certain, known, painted):
    swatch = maps.swatch(CoverageStatus.SHORT_TERM_ONLY, certain=certain, known=known)
    assert painted in swatch


# Colour vision: Machado, Oliveira & Fernandes (2009), severity 1, in linear RGB.
DEFICIENCIES = {
    "none": np.eye(3),
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
    "grey": np.tile([0.2126, 0.7152, 0.0722], (3, 1)),
}


def lab(colour, seen):
    """CIELAB (D65) of a hex colour as seen with a matrix on linear RGB."""
    srgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    to_xyz = [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
    xyz = np.array(to_xyz) @ np.clip(np.array(seen) @ linear, 0, 1) / [0.95047, 1, 1.08883]
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def ciede2000(first, second):
    """Colour difference CIEDE2000 (Sharma, Wu & Dalal 2005) of two CIELAB colours."""
    (l1, a1, b1), (l2, a2, b2) = first, second
    mean_c = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    stretch = 1 + 0.5 * (1 - np.sqrt(mean_c**7 / (mean_c**7 + 25**7)))
    c1, c2 = np.hypot(stretch * a1, b1), np.hypot(stretch * a2, b2)
    h1, h2 = (np.degrees(np.arctan2(b, stretch * a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0
    hue = (h1 + turn / 2) % 360 if c1 * c2 else h1 + h2
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    weight = (
        1
        - 0.17 * np.cos(np.radians(hue - 30))
        + 0.24 * np.cos(np.radians(2 * hue))
        + 0.32 * np.cos(np.radians(3 * hue + 6))
        - 0.20 * np.cos(np.radians(4 * hue - 63))
    )
    dl = (l2 - l1) / (1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2))
    dc = (c2 - c1) / (1 + 0.045 * chroma)
    dh = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2)) / (1 + 0.015 * chroma * weight)
    rotation = -2 * np.sqrt(chroma**7 / (chroma**7 + 25**7))
    rotation *= np.sin(np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2))))
    return np.sqrt(dl**2 + dc**2 + dh**2 + rotation * dc * dh)


def test_colour_difference_formula():
    # Pair 1 of the test data of Sharma, Wu & Dalal (2005).
    pair = (50, 2.6772, -79.7751), (50, 0, -82.7485)
    assert ciede2000(*pair) == pytest.approx(2.0425, abs=1e-4)


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_all_colours_are_told_apart(deficiency):
    seen = [
        lab(colour, DEFICIENCIES[deficiency])
        for colour in (*maps.COLOURS.values(), maps.UNKNOWN_COLOUR)
    ]
    assert min(itertools.starmap(ciede2000, itertools.combinations(seen, 2))) > 9


def test_lightness_follows_the_ladder():
    lightness = [lab(maps.COLOURS[status], np.eye(3))[0] for status in LADDER]
    assert lightness == sorted(lightness, reverse=True)
    assert lab(maps.UNKNOWN_COLOUR, np.eye(3))[0] > lightness[0] + 9
