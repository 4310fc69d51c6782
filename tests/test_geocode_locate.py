"""The municipality of points: the same as by ``geopandas.sjoin``."""

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage.editions import EDITIONS, load_edition
from coverage.geocode.locate import Grid, municipalities_within, municipality_at


def joined(x, y, edition):
    """The answer of geopandas; of several (on a border) the lowest code."""
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y, crs=28992))
    polygons = edition.boundaries.reset_index()[["gm_code", "geometry"]]
    found = gpd.sjoin(points, polygons, how="left", predicate="intersects")
    return found.groupby(level=0)["gm_code"].min().fillna("").to_numpy()


@pytest.fixture(params=EDITIONS)
def edition(request):
    return load_edition(request.param)


def test_points_all_over_the_country_and_around_it(edition):
    rng = np.random.default_rng(4)
    left, bottom, right, top = edition.boundaries.total_bounds
    x, y = (
        rng.uniform(left - 9e3, right + 9e3, 60_000),
        rng.uniform(bottom - 9e3, top + 9e3, 60_000),
    )
    assert (municipality_at(x, y, edition) == joined(x, y, edition)).all()


def test_points_near_and_on_borders(edition):
    rng = np.random.default_rng(5)
    corners = shapely.get_coordinates(edition.boundaries.geometry.to_numpy())
    some = corners[rng.integers(0, len(corners), 4_000)]
    for spread in (0.0, 1e-6, 1.0, 150.0):
        x, y = (some + rng.normal(0, spread, some.shape)).T
        assert (municipality_at(x, y, edition) == joined(x, y, edition)).all()


def test_a_point_on_a_border_belongs_to_the_lowest_code(edition):
    shapes = edition.boundaries.geometry
    first = shapes.iloc[0]
    neighbour = next(code for code in shapes.index[1:] if shapes[code].touches(first))
    x, y = shapely.get_coordinates(first.intersection(shapes[neighbour]))[0]
    touching = [code for code, shape in shapes.items() if shape.intersects(shapely.Point(x, y))]
    assert len(touching) > 1
    assert municipality_at([x], [y], edition).tolist() == [min(touching)]


def test_every_postcode(edition):
    table = edition.postcodes
    found = municipality_at(table["x"], table["y"], edition)
    assert (found == joined(table["x"], table["y"], edition)).all()
    # Where the point is outside the municipality, the table says so on purpose.
    assert np.mean(found == table["gm_code"]) > 0.98


def test_unknown_and_far_points(edition):
    x = [np.nan, 0.0, np.inf, -1e300, 1e300, 121_500.0]
    y = [487_500.0, np.nan, 487_500.0, 0.0, 487_500.0, -np.inf]
    assert municipality_at(x, y, edition).tolist() == [""] * 6
    assert municipality_at([], [], edition).tolist() == []
    with pytest.raises(ValueError, match="one length"):
        municipality_at([1.0, 2.0], [1.0], edition)


@settings(max_examples=60)
@given(st.data())
def test_any_coverage_and_any_cell(data):
    """Boxes that do not overlap, on a grid that may coincide with their sides."""
    sides = data.draw(st.lists(st.integers(0, 12), min_size=2, max_size=6, unique=True).map(sorted))
    boxes = [
        shapely.box(a, c, b, d)
        for a, b in pairwise(sides)
        for c, d in pairwise(sides)
        if data.draw(st.booleans())
    ] or [shapely.box(0, 0, 1, 1)]
    polygons = np.array(boxes, dtype=object)
    shapely.prepare(polygons)
    codes = np.array([*map(str, range(len(boxes))), ""], dtype=object)
    grid = Grid(polygons, codes, data.draw(st.sampled_from([0.25, 0.7, 1.0, 3.0, 50.0])))
    near = st.integers(-8, 56).map(lambda step: step / 4)
    points = np.array(data.draw(st.lists(st.tuples(near, near), min_size=1, max_size=30)))
    expected = [
        next((n for n, box in enumerate(boxes) if box.intersects(shapely.Point(p))), -1)
        for p in points
    ]
    assert grid.numbers(*points.T.astype(float)).tolist() == expected


def test_a_corner_that_lies_on_the_corner_of_a_square():
    polygons = np.array([shapely.box(1, 1, 4, 4)], dtype=object)
    grid = Grid(polygons, np.array(["0", ""], dtype=object), 1.0)
    corners = np.array([1.0, 1.0, 4.0, 4.0]), np.array([1.0, 4.0, 1.0, 4.0])
    assert grid.numbers(*corners).tolist() == [0, 0, 0, 0]


def test_municipalities_near_a_point(edition):
    shapes = edition.boundaries.geometry
    rng = np.random.default_rng(6)
    rows = edition.postcodes.iloc[rng.integers(0, len(edition.postcodes), 60)]
    metres = rng.uniform(0, 4_000, 60)
    found = municipalities_within(rows["x"], rows["y"], metres, edition)
    for x, y, reach, codes in zip(rows["x"], rows["y"], metres, found, strict=True):
        away = shapes.distance(shapely.Point(x, y))
        assert codes.split(";") == sorted(away.index[away <= reach]) or codes == ""


def test_near_takes_one_distance_and_unknown_points(edition):
    x, y = [121_500.0, np.nan, 0.0], [487_500.0, 1.0, 0.0]
    assert municipalities_within(x, y, 10.0, edition).tolist() == ["GM0363", "", ""]
