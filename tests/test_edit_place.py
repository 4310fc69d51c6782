"""What becomes of a point and a municipality when the words of an address are edited."""

import pandas as pd
import pytest

from coverage import edits
from coverage.ui import edit_place
from coverage.ui.edit_draft import BY_HAND, STATED

EXACT = {"address": "Kerkstraat 1", "postcode": "3511 AB", "place": "Utrecht", "x": "136500",
         "y": "455900", "gm_code": "GM0344", "edition": "2025", "precision": "address"}  # fmt: skip
COARSE = {"x": "", "y": "", "gm_code": "GM0344", "edition": "2025", "precision": "municipality"}


def row(parts):
    return {**edits.empty_row("locations"), "location_id": "L1", "provider_id": "P1"} | parts


def in_grid(start, typed):
    before, after = (pd.DataFrame([row(one)], dtype="str") for one in (start, start | typed))
    return edit_place.relocated(before, after, 2025).iloc[0].to_dict()


def in_form(start, typed):
    written = start.get("address") or start.get("postcode") or start.get("place")
    before = row(start) | {STATED: "" if written else start["gm_code"], BY_HAND: ""}
    return edit_place.located(before | typed, before, 2025)


@pytest.mark.parametrize(
    ("start", "typed"),
    [
        ({**EXACT, "address": "Kerkstrat 1"}, {"address": "Kerkstraat 1"}),
        (EXACT, {"address": "Nieuwe Kerkstraat 1"}),  # a postcode and a number are one address
        (EXACT, {"address": "Kerkstraat 1 bis"}),
        (EXACT, {"address": "Kerkstraat 1, Utrecht", "place": ""}),
        (EXACT, {"place": "UTRECHT"}),
        (EXACT, {"postcode": ""}),
        (EXACT, {"postcode": "3511AC"}),
        ({**EXACT, "postcode": ""}, {"postcode": "3511 AB"}),
        ({**EXACT, "address": ""}, {"address": "Kerkstraat 1"}),
        ({**EXACT, "precision": "unknown"}, {"address": "Kerkstr. 1"}),
    ],
)
def test_the_exact_point_of_an_address_that_is_written_better_stays(start, typed):
    kept = ["x", "y", "gm_code", "edition", "precision"]
    in_table, place = in_grid(start, typed), in_form(start, typed)
    for cells in (in_table, place.cells):
        assert {name: cells[name] for name in kept} == {name: start[name] for name in kept}
    assert place.words == ""


@pytest.mark.parametrize(
    ("typed", "gm_code", "precision"),
    [
        ({"address": "Kerkstraat 7"}, "GM0344", "postcode4"),
        ({"address": "Domplein 1", "postcode": ""}, "GM0344", "place"),
        ({"postcode": "3584 CS"}, "GM0344", "postcode4"),
        ({"postcode": "1012 NX"}, "GM0363", "postcode4"),
        ({"postcode": "", "place": "Zeist"}, "GM0355", "place"),
        ({"postcode": "", "place": "Bergen"}, "", "unknown"),  # the old one says nothing of it
    ],
)
def test_another_address_is_looked_up_anew_and_the_form_tells(typed, gm_code, precision):
    place = in_form(EXACT, typed)
    for cells in (in_grid(EXACT, typed), place.cells):
        assert (cells["gm_code"], cells["precision"]) == (gm_code, precision)
        assert cells["x"] != EXACT["x"]
    assert "nauwkeuriger" in place.words or "more precise" in place.words


@pytest.mark.parametrize(
    ("known", "typed", "precision"),
    [
        ("GM0344", {"address": "Kerkstraat 1"}, "municipality"),
        ("GM0344", {"postcode": "3511 AB"}, "postcode4"),
        ("GM0893", {"place": "Bergen"}, "place"),
        ("GM0373", {"place": "Bergen"}, "place"),
        ("GM0344", {"place": "Nergenshuizen"}, "municipality"),
    ],
)
def test_a_known_municipality_stays_and_decides(known, typed, precision):
    start = {**COARSE, "gm_code": known}
    for cells in (in_grid(start, typed), in_form(start, typed).cells):
        assert (cells["gm_code"], cells["precision"]) == (known, precision)
        assert cells["edition"] == "2025"


def test_a_point_in_another_edition_gets_its_municipality_there():
    start = {**EXACT, "postcode": "3601 AA", "place": "Maarssen", "x": "130000", "y": "460500",
             "gm_code": "GM0333", "edition": "2010"}  # fmt: skip
    kept = ["x", "precision", "gm_code", "edition"]
    better = in_form(start, {"address": "Kerkstr. 1"}).cells
    assert [better[name] for name in kept] == ["130000", "address", "GM0333", "2010"]
    for cells in (in_form(start, {"edition": "2025"}).cells,
                  in_grid(start, {"address": "Kerkstr. 1"})):  # fmt: skip
        assert [cells[name] for name in kept] == ["130000", "address", "GM1904", "2025"]
