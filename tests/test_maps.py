"""What maps are made of: boundaries for the web, the legend, swatches."""

import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from coverage import i18n, maps
from coverage.measures import MEASURES, UNKNOWN_STEP, legend_rows
from coverage.palette import COLOURS, UNKNOWN_COLOUR
from coverage.vocabulary import CoverageStatus

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


def painted(*entries):
    """Table as `coverage.measures.paint` gives it, of pairs of step and hatched."""
    return pd.DataFrame(entries, columns=["step", "hatched"]).astype({"step": int, "hatched": bool})


def told(legend):
    """Texts of the legend and the numbers behind them."""
    cells = re.findall(r"<span>([^<]*) <b>\(([^)]*)\)</b></span>", legend)
    return [(text, int(count.replace(",", ""))) for text, count in cells]


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


def test_bounds_are_latitude_and_longitude(boundaries):
    west, south, east, north = boundaries.total_bounds
    assert maps.bounds(boundaries) == ((south, west), (north, east))


def test_leaflet_lies_on_this_computer():
    assert (maps.leaflet_dir() / "leaflet.js").is_file()
    assert (maps.leaflet_dir() / "leaflet.css").is_file()


@pytest.mark.parametrize("measure", MEASURES)
def test_legend_has_a_cell_for_every_text(measure):
    legend = maps.legend(measure, painted())
    shown = [count for _, count in told(legend)]
    rows = legend_rows(measure)
    assert len(shown) == sum(bool(row.plain) + bool(row.hatched) for row in rows)
    assert set(shown) == {0}
    assert legend.count("repeating-linear-gradient") == sum(bool(row.hatched) for row in rows)
    assert legend.count("<th scope='col'>") == 2
    assert legend.count("<td colspan='2'>") == 1
    for row in rows:
        assert row.colour in legend


@pytest.mark.parametrize("measure", MEASURES)
def test_legend_counts_each_colour_apart(measure):
    rows = legend_rows(measure)
    there = [(row.step, False) for row in rows] + [(row.step, True) for row in rows if row.hatched]
    entries = [entry for number, entry in enumerate(there, 1) for _ in range(number)]
    found = told(maps.legend(measure, painted(*entries)))
    texts = {(row.step, False): row.plain for row in rows}
    texts |= {(row.step, True): row.hatched for row in rows if row.hatched}
    assert sorted(found) == sorted((texts[entry], n) for n, entry in enumerate(there, 1))


def test_legend_counts_what_is_not_known_once():
    legend = maps.legend("status", painted((UNKNOWN_STEP, False), (UNKNOWN_STEP, False)))
    (counted,) = [text for text, count in told(legend) if count]
    assert counted == "Not known: nothing is proven. That is not the same as no offer."


def test_large_counts_are_in_the_language():
    i18n.use("nl")
    legend = maps.legend("status", painted(*[(0, False)] * 1234))
    assert "<b>(1.234)</b>" in legend


def test_legend_escapes_its_texts(monkeypatch):
    monkeypatch.setattr(maps, "_", lambda text: f"<i>{text}</i>")
    legend = maps.legend("gap", painted())
    assert "<i>" not in legend
    assert "&lt;i&gt;" in legend


@pytest.mark.parametrize(
    ("certain", "known", "shown"),
    [
        (True, True, "background:#dd8067'"),
        (False, True, "#dd8067 2px 6px"),
        (False, False, f"background:{UNKNOWN_COLOUR}'"),
        (True, False, f"background:{UNKNOWN_COLOUR}'"),
    ],
)
def test_swatch_is_painted_as_the_map(certain, known, shown):
    assert shown in maps.swatch(CoverageStatus.SHORT_TERM_ONLY, certain=certain, known=known)


def test_swatch_says_nothing_to_who_cannot_see_it():
    assert "aria-hidden='true'" in maps.swatch_of(COLOURS[CoverageStatus.NONE], hatched=True)
