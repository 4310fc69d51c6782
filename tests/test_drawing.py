"""Static maps: valid, small, escaped, on one scale, with the hatches of the live map."""

import re
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import coverage
from coverage import i18n
from coverage.drawing import frames, svg_map
from coverage.palette import UNKNOWN_COLOUR

SVG = "{http://www.w3.org/2000/svg}"
NASTY = "<script>alert('x')</script> & \"quoted\""


@pytest.fixture(autouse=True)
def dutch():
    i18n.use("nl")
    yield
    i18n.use(i18n.DEFAULT)


def squares(count=2, side=10_000.0):
    starts = np.arange(count) * side + 100_000
    names = [f"GM{number}" for number in range(count)]
    boxes = [shapely.box(x, 400_000, x + side, 400_000 + side) for x in starts]
    return gpd.GeoSeries(boxes, index=names, crs="EPSG:28992")


def painted(boundaries, colour="#084886", hatched=False):
    return pd.DataFrame({"colour": colour, "hatched": hatched}, index=boundaries.index)


def drawn(boundaries, paint=None, **options):
    given_options = {"title": "Kaart", "description": "Wat u ziet", "width": 200, "id_prefix": "m"}
    paint = painted(boundaries) if paint is None else paint
    return svg_map(boundaries, paint, **(given_options | options))


def parsed(text):
    return ET.fromstring(text)  # noqa: S314 - we drew it ourselves


def shapes(text):
    """Path data of the areas."""
    inner = parsed(text).find(f"{SVG}svg")
    return [path.get("d") for path in inner.iter(f"{SVG}path")]


def points(data):
    """Corners of each ring of path data, in units of the drawing."""
    rings = []
    for ring in re.findall(r"M[^M]*", data):
        numbers = np.array(re.findall(r"-?\d+", ring), dtype=int).reshape(-1, 2)
        rings.append(numbers.cumsum(axis=0))
    return rings


def test_it_is_one_image_with_a_name_and_a_description():
    root = parsed(drawn(squares(), title=NASTY, description=NASTY))
    assert root.get("role") == "img"
    labels = root.get("aria-labelledby").split()
    texts = {element.get("id"): element.text for element in root.iter() if element.get("id")}
    assert [texts[label] for label in labels] == [NASTY, NASTY]


def test_every_text_is_escaped():
    squared = squares()
    tips = pd.Series(NASTY, index=squared.index)
    text = drawn(squared, painted(squared, NASTY, hatched=True), title=NASTY, tips=tips)
    assert "<script" not in text
    root = parsed(text)
    assert [tip.text for tip in root.iter(f"{SVG}title")].count(NASTY) == 3


def test_vertices_are_where_they_belong():
    text = drawn(squares(1), extent=(100_000, 400_000, 120_000, 410_000))
    (data,) = shapes(text)
    # 200 pixels are 20 km: the square is the left half, and y goes down.
    assert {tuple(point) for point in points(data)[0]} == {
        (0, 0),
        (1_000, 0),
        (1_000, 1_000),
        (0, 1_000),
    }


def test_a_hole_is_a_ring_of_the_same_path():
    outer, hole = shapely.box(0, 0, 9_000, 9_000), shapely.box(3_000, 3_000, 6_000, 6_000)
    text = drawn(gpd.GeoSeries([outer - hole], index=["GM1"], crs=28992))
    assert len(points(shapes(text)[0])) == 2
    assert 'fill-rule="evenodd"' in text


def test_what_is_smaller_than_a_unit_is_left_out():
    speck = shapely.MultiPolygon(
        [shapely.box(0, 0, 90_000, 90_000), shapely.box(95_000, 0, 95_001, 1)]
    )
    text = drawn(gpd.GeoSeries([speck], index=["GM1"], crs=28992))
    assert len(points(shapes(text)[0])) == 1


def test_hatched_areas_have_a_pattern_of_their_own_name_and_an_edge_of_their_colour():
    squared = squares()
    paint = painted(squared).assign(hatched=[True, False])
    root = parsed(drawn(squared, paint, id_prefix="north"))
    (pattern,) = root.iter(f"{SVG}pattern")
    assert pattern.get("id").startswith("north-")
    assert pattern.get("patternTransform") == "rotate(45)"
    groups = {group.get("fill"): group.get("stroke") for group in root.iter(f"{SVG}g")}
    assert groups[f"url(#{pattern.get('id')})"] == "#084886"
    assert groups["#084886"] == "#ffffff"


def test_ids_of_two_drawings_differ():
    ids = [
        set(
            re.findall(
                r'id="([^"]+)"', drawn(squares(), painted(squares(), hatched=True), id_prefix=name)
            )
        )
        for name in ("one", "two")
    ]
    assert ids[0]
    assert not ids[0] & ids[1]


def test_an_area_without_paint_is_unknown():
    squared = squares()
    text = drawn(squared, painted(squared).iloc[:1])
    assert f'fill="{UNKNOWN_COLOUR}"' in text
    assert "nan" not in text


def test_what_lies_outside_the_extent_is_not_drawn():
    squared = squares(20)
    text = drawn(squared, extent=(100_000, 400_000, 115_000, 410_000))
    assert len(shapes(text)) == 2


def test_the_outline_lies_on_top():
    squared = squares()
    data = shapes(drawn(squared, outline=squared.union_all()))
    assert len(data) == 3
    assert len(points(data[-1])[0]) <= 6


def test_nothing_to_draw_is_still_a_map():
    root = parsed(drawn(squares(0)))
    assert root.find(f"{SVG}title").text == "Kaart"


def test_another_crs_and_a_strange_prefix_are_refused():
    with pytest.raises(ValueError, match="EPSG:28992"):
        drawn(squares().to_crs(4326))
    with pytest.raises(ValueError, match="EPSG:28992"):
        drawn(squares().set_crs(None, allow_override=True))
    for prefix in ("", "1st", 'a"b', "a b"):
        with pytest.raises(ValueError, match="ids"):
            drawn(squares(), id_prefix=prefix)


def test_the_scale_bar_is_as_long_as_it_says():
    for width in (190, 300, 600):
        for side in (900.0, 10_000.0, 130_000.0):
            root = parsed(drawn(squares(2, side), width=width))
            *_, bar = root.findall(f"{SVG}path")
            (said,) = (text.text for text in root.iter(f"{SVG}text"))
            kilometres = float(said.removesuffix(" km").replace(".", "").replace(",", "."))
            length = int(re.search(r"h(\d+)", bar.get("d"))[1])
            metres = 2 * side * 1.06 / (width * 10)  # with the margins
            assert length * metres == pytest.approx(kilometres * 1_000, rel=0.02)
            assert length <= 0.34 * width * 10 + 1


def test_the_scale_bar_is_in_the_language_of_the_screen():
    small = squares(1, 500.0)
    assert "0,1 km" in drawn(small)
    i18n.use("en")
    assert "0.1 km" in drawn(small)


@given(
    st.lists(st.tuples(*[st.floats(0, 3e5)] * 2, *[st.floats(1, 1e5)] * 2), min_size=1, max_size=8)
)
def test_law_frames_have_one_size_and_hold_their_area(areas):
    table = pd.DataFrame(
        [(x, y, x + wide, y + high) for x, y, wide, high in areas],
        columns=["minx", "miny", "maxx", "maxy"],
    )
    found = np.array(frames(table))
    wide, high = found[:, 2] - found[:, 0], found[:, 3] - found[:, 1]
    np.testing.assert_allclose(wide, wide[0])
    np.testing.assert_allclose(high, high[0])
    assert (found[:, :2] <= table[["minx", "miny"]].to_numpy() + 1e-6).all()
    assert (found[:, 2:] >= table[["maxx", "maxy"]].to_numpy() - 1e-6).all()


@pytest.mark.parametrize("year", coverage.EDITIONS)
def test_real_maps_are_small_and_keep_their_shapes(year):
    edition = coverage.load_edition(year)
    boundaries = gpd.GeoSeries(edition.municipalities.geometry)
    paint = painted(boundaries, hatched=True)
    text = drawn(boundaries, paint, width=600)
    assert len(text.encode()) < 150_000
    assert len(shapes(text)) == len(boundaries)
    for code in edition.region_names("province").index:
        rows = edition.regions
        inside = rows.loc[
            (rows["region_set"] == "province") & (rows["region_code"] == code), "gm_code"
        ]
        region = drawn(
            boundaries.loc[inside], paint, tips=edition.municipalities["name"].loc[inside]
        )
        assert len(region.encode()) < 30_000
    # Areas agree with those of the boundaries, to a tenth of a pixel along the border.
    unit = (boundaries.total_bounds[2] - boundaries.total_bounds[0]) * 1.07 / 6_000
    data = shapes(text)
    areas = sorted(
        sum(shapely.Polygon(ring).area for ring in points(one)) * unit**2 for one in data
    )
    assert sum(areas) == pytest.approx(boundaries.area.sum(), rel=0.02)


def test_shared_borders_stay_shared():
    edition = coverage.load_edition(2025)
    boundaries = gpd.GeoSeries(edition.municipalities.geometry).loc[["GM0363", "GM0384"]]
    ours, theirs = (
        {tuple(point) for ring in points(data) for point in ring}
        for data in shapes(drawn(boundaries))
    )
    assert len(ours & theirs) >= 3


def test_the_drawing_has_no_script_and_asks_nobody_for_anything():
    text = drawn(squares(), outline=squares().union_all())
    assert "script" not in text
    assert not re.search(r"href|url\((?!#)|@import|on[a-z]+=", text)
    assert re.findall(r"https?://[^\"]+", text) == ["http://www.w3.org/2000/svg"]
