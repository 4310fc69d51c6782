"""The table component: what Python describes, without a browser."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage import i18n, maps
from coverage.ui import grid
from coverage.ui.grid import Cell, Column, Row
from coverage.vocabulary import LADDER

NAME, GAP = Column("name", "Gemeente"), Column("gap", "Tekort", "gezinnen per jaar", right=True)
SCRIPT = Path(grid.__file__).with_name("grid.js").read_text(encoding="utf-8")
SHEET = Path(grid.__file__).with_name("grid.css").read_text(encoding="utf-8")

bounds = st.floats(0, 1e6)


@pytest.fixture(autouse=True)
def dutch():
    i18n.use("nl")


def test_what_is_not_known_is_said_in_words():
    nan = float("nan")
    for cell in (
        grid.text(""),
        grid.number(nan),
        grid.interval(nan, nan, scale=10),
        grid.interval(0, nan, scale=10),
    ):
        assert cell == Cell("niet bekend", unknown=True)


def test_numbers_are_in_the_language_of_the_screen():
    assert grid.number(1234.5, 1).text == "1.234,5"
    i18n.use("en")
    assert grid.number(1234.5, 1).text == "1,234.5"


@given(bounds, bounds, bounds)
def test_a_bar_stays_on_its_scale(one, other, scale):
    low, high = sorted((one, other))
    cell = grid.interval(low, high, scale=scale)
    if scale == 0:
        assert cell.bar is None
    else:
        assert 0 <= cell.bar[0] <= cell.bar[1] <= 1


def test_a_bar_without_an_upper_bound_runs_to_the_end():
    cell = grid.interval(3, float("nan"), scale=12)
    assert cell.bar == (0.25, 1)
    assert cell.text == "ten minste 3"


@pytest.mark.parametrize("rung", LADDER)
@pytest.mark.parametrize("certain", [True, False])
def test_the_swatch_is_that_of_the_map(rung, certain):
    cell = grid.status(rung, certain=certain, known=True)
    legend = maps.swatch(rung, certain=certain, known=True)
    paint = re.search(r"background:(.*?)'", legend)[1]
    hatch = re.search(r"\.swatch\.hatched \{\s*background: (.*?);", SHEET)[1].replace(", ", ",")
    wanted = hatch.replace("var(--colour)", cell.colour) if cell.hatched else cell.colour
    assert paint == wanted
    assert cell.text


def test_the_swatch_of_the_unknown_is_that_of_the_map():
    cell = grid.status("none", certain=False, known=False)
    assert cell == Cell("Niet bekend", unknown=True, colour=cell.colour)
    assert cell.colour in maps.swatch(LADDER[0], certain=False, known=False)


@pytest.mark.parametrize(
    "code", ["observed", "estimated", "entered", "example", "mixed", "unknown"]
)
def test_every_figure_status_has_a_mark(code):
    assert grid.figure_status(code)


def test_a_heading_sorts_and_sorts_back():
    assert grid.next_sort("gap", NAME) == "name"
    assert grid.next_sort("name", NAME) == "-name"
    assert grid.next_sort("-name", NAME) == "name"
    assert grid.next_sort("name", GAP) == "-gap"


def test_description_is_plain_and_short():
    rows = [
        Row("p", (Cell("Utrecht"), Cell("3")), kind="group"),
        Row("GM1", (Cell("<b>A</b>"), Cell("2", bar=(0, 1), mark="geschat")), href="gemeente?x=1"),
        Row("t", (Cell("Totaal"), grid.EMPTY), kind="total", current=True),
    ]
    said = grid.described([NAME, GAP], rows, caption="C", summary="S", sort="-gap")
    assert json.loads(json.dumps(said)) == {
        "caption": "C",
        "summary": "S",
        "height": 560,
        "choose": False,
        "columns": [
            {
                "key": "name",
                "heading": "Gemeente",
                "note": "",
                "right": False,
                "sortable": True,
                "sorted": "",
            },
            {
                "key": "gap",
                "heading": "Tekort",
                "note": "gezinnen per jaar",
                "right": True,
                "sortable": True,
                "sorted": "descending",
            },
        ],
        "rows": [
            {"key": "p", "kind": "group", "cells": ["Utrecht", "3"]},
            {
                "key": "GM1",
                "href": "gemeente?x=1",
                "cells": ["<b>A</b>", {"text": "2", "bar": [0, 1], "mark": "geschat"}],
            },
            {"key": "t", "kind": "total", "current": True, "cells": ["Totaal", ""]},
        ],
    }


def test_without_an_order_no_heading_is_a_button():
    said = grid.described([NAME, GAP], [], caption="C")
    assert not any(column["sortable"] for column in said["columns"])


def test_a_row_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="GM1"):
        grid.described([NAME, GAP], [Row("GM1", (Cell("A"),))], caption="C")


def test_the_script_makes_no_html_of_texts():
    assert "innerHTML" not in SCRIPT
    assert "insertAdjacentHTML" not in SCRIPT
    assert "outerHTML" not in SCRIPT
