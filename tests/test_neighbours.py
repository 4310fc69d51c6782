"""Who touches whom, and who near a municipality has what it misses."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from shapely import box

import coverage
from coverage.neighbours import (
    NEARBY,
    NEAREST,
    NEIGHBOUR,
    Step,
    borders,
    distances,
    having,
    missing,
    qualifying,
    with_what_is_missing,
)
from coverage.vocabulary import LADDER
from tests import made

YEARS = coverage.EDITIONS


@pytest.fixture(scope="module", params=YEARS)
def edition(request):
    return coverage.load_edition(request.param)


@pytest.fixture(scope="module")
def tables():
    return {year: borders(coverage.load_edition(year).municipalities) for year in YEARS}


def named(table, edition, name):
    """Names of the neighbours of the municipality with a name."""
    names = edition.municipalities["name"]
    code = names.index[names == name][0]
    return set(names[table.loc[table["gm_code"] == code, "neighbour"]])


def test_a_border_has_two_sides(tables):
    for table in tables.values():
        there = table.set_index(["gm_code", "neighbour"])["border_m"]
        back = table.set_index(["neighbour", "gm_code"])["border_m"]
        pd.testing.assert_series_equal(
            there, back.rename_axis(there.index.names).reindex(there.index)
        )


def test_nobody_is_a_neighbour_of_itself(tables):
    for table in tables.values():
        assert (table["gm_code"] != table["neighbour"]).all()
        assert not table.duplicated(["gm_code", "neighbour"]).any()
        assert (table["border_m"] > 0).all()


def test_order_of_the_rows_does_not_matter(edition, tables):
    shuffled = edition.municipalities.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(borders(shuffled), tables[edition.year])


def test_amsterdam(tables):
    now = coverage.load_edition(2025)
    around = named(tables[2025], now, "Amsterdam")
    assert around >= {"Diemen", "Ouder-Amstel", "Zaanstad", "Amstelveen", "Landsmeer"}
    assert "Weesp" not in around
    then = coverage.load_edition(2010)
    assert "Weesp" in named(tables[2010], then, "Amsterdam")
    assert not around & {"Haarlem", "Almere", "Utrecht"}


@pytest.mark.parametrize(
    ("year", "name"),
    [
        (2010, "Texel"),
        (2010, "Vlieland"),
        (2010, "Terschelling"),
        (2025, "Ameland"),
        (2025, "Schiermonnikoog"),
    ],
)
def test_islands_touch_nobody(tables, year, name):
    assert not named(tables[year], coverage.load_edition(year), name)


def test_enclave_has_one_neighbour(tables):
    # Urk lies within Noordoostpolder, and beyond it is water.
    assert named(tables[2025], coverage.load_edition(2025), "Urk") == {"Noordoostpolder"}


def test_meeting_in_a_point_is_no_border():
    frame = made.edition([1.0] * 4, [1.0] * 4).municipalities
    squares = [box(0, 0, 1, 1), box(1, 0, 2, 1), box(1, 1, 2, 2), box(5, 5, 6, 6)]
    table = borders(frame.set_geometry(squares, crs=frame.crs))
    pairs = set(zip(table["gm_code"], table["neighbour"], strict=True))
    one, two, three, _far = made.codes(4)
    assert pairs == {(one, two), (two, one), (two, three), (three, two)}


def test_length_of_a_border_is_in_metres():
    table = borders(made.edition([1.0, 1.0], [1.0, 1.0]).municipalities)
    assert table["border_m"].tolist() == [10_000.0, 10_000.0]


def test_distance_is_in_kilometres_from_centre_to_centre():
    frame = made.edition([1.0] * 3, [1.0] * 3).municipalities
    assert distances(frame, "GM9001").tolist() == [0.0, 10.0, 20.0]


def test_each_rung_misses_what_is_above_it():
    numbers = [len(missing(str(rung))) for rung in LADDER]
    assert numbers == [3, 3, 2, 2, 1, 0]
    assert all(step.rung.rung > 0 for step in Step)


def country(count, *offers, complete=()):
    edition = made.edition([100.0] * count, [100.0] * count)
    assessment = coverage.assess(edition, made.register(made.offers(*offers), complete))
    return assessment, borders(edition.municipalities)


def offer(*codes, **changes):
    return {"service_area": ";".join(codes), **changes}


def test_a_neighbour_that_has_it_comes_before_a_nearer_one_that_is_none():
    assessment, table = country(4, offer("GM9002"), offer("GM9004"))
    found = with_what_is_missing(assessment, "GM9001", table)
    assert found.index.tolist() == ["GM9002"]
    row = found.loc["GM9002"]
    assert row["relation"] == NEIGHBOUR
    assert (row["has_long_term"], row["has_coordination"], row["has_capacity"]) == (1, 1, 0)
    assert row["distance_km"] == 10
    assert row["border_m"] == 10_000


def test_without_a_neighbour_the_nearest_few_are_told():
    far = [f"GM90{number:02}" for number in range(3, 11)]
    assessment, table = country(10, offer(*far))
    found = with_what_is_missing(assessment, "GM9001", table)
    assert found.index.tolist() == far[:NEAREST]
    assert (found["relation"] == NEARBY).all()
    assert found["border_m"].isna().all()


def test_what_is_far_is_left_out_where_something_is_nearer():
    assessment, table = country(14, offer("GM9005"), offer("GM9011"), offer("GM9012", "GM9014"))
    found = with_what_is_missing(assessment, "GM9001", table)
    # 40 km, and the 100 km that are not too far; not 110 and 130 km.
    assert found.index.tolist() == ["GM9005", "GM9011"]
    assessment, table = country(14, offer("GM9013", "GM9014"))
    found = with_what_is_missing(assessment, "GM9001", table)
    assert found.index.tolist() == ["GM9013"]


def test_each_step_looks_on_its_own():
    assessment, table = country(
        4, offer("GM9002", coordination="absent"), offer("GM9004", coordination="present")
    )
    found = with_what_is_missing(assessment, "GM9001", table)
    assert having(found, Step.LONG_TERM).index.tolist() == ["GM9002"]
    assert having(found, Step.COORDINATION).index.tolist() == ["GM9004"]
    assert having(found, Step.CAPACITY).empty


def test_not_known_is_no_having():
    unknown = offer("GM9002", framework="unknown")
    assessment, table = country(2, unknown)
    assert with_what_is_missing(assessment, "GM9001", table).empty
    assert not assessment.municipalities.loc["GM9002", "known"]


def test_who_is_covered_misses_nothing():
    served = offer("GM9001", capacity_families=10_000.0)
    assessment, table = country(2, served, offer("GM9002"))
    assert assessment.municipalities.loc["GM9001", "status_at_least"] == "covered"
    assert with_what_is_missing(assessment, "GM9001", table).empty


def test_what_is_there_already_is_not_missing():
    assessment, table = country(2, offer("GM9001", coordination="absent"), offer("GM9002"))
    found = with_what_is_missing(assessment, "GM9001", table)
    assert not found["has_long_term"].any()
    assert found["has_coordination"].all()


def test_offers_that_bring_the_step():
    assessment, _table = country(
        2,
        offer("GM9001"),
        offer("GM9001", coordination="absent"),
        offer("GM9001", framework="compulsory"),
    )
    assert list(qualifying(assessment, "GM9001", (Step.COORDINATION,)).index) == ["O0"]
    assert list(qualifying(assessment, "GM9001", (Step.CAPACITY,)).index) == ["O0"]
    both = qualifying(assessment, "GM9001", (Step.LONG_TERM, Step.COORDINATION))
    assert list(both.index) == ["O0", "O1"]
    assert qualifying(assessment, "GM9001", ()).empty


def test_unknown_code_is_refused():
    assessment, table = country(1)
    with pytest.raises(KeyError):
        with_what_is_missing(assessment, "GM0001", table)


@given(made.countries())
def test_laws_of_who_has_what_is_missing(drawn):
    edition, rows, complete = drawn
    assessment = coverage.assess(edition, made.register(made.offers(*rows), complete))
    table = borders(edition.municipalities)
    proven = assessment.municipalities["status_at_least"].map(
        {str(rung): rung.rung for rung in LADDER}
    )
    for code in assessment.municipalities.index:
        found = with_what_is_missing(assessment, code, table)
        assert code not in found.index
        assert found["known"].all()
        # Whoever is told stands higher, and has something.
        assert (proven[found.index] > proven[code]).all()
        has = found[[f"has_{step}" for step in Step]]
        assert has.any(axis=1).all()
        near = found["relation"] == NEIGHBOUR
        assert near.is_monotonic_decreasing
        for step in missing(assessment.municipalities.loc[code, "status_at_least"]):
            there = set(table.loc[table["gm_code"] == code, "neighbour"])
            having_it = {other for other in there if proven[other] >= step.rung.rung}
            told = having(found, step)
            if having_it:
                assert set(told.index) == having_it
            else:
                assert (told["relation"] == NEARBY).all()
                assert len(told) <= NEAREST
        assert np.isfinite(found["distance_km"]).all()
