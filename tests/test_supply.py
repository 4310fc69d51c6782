"""Which offers count, where they serve, and how their capacity is shared."""

import numpy as np
import pytest

import coverage
from coverage import kleene, status, supply
from coverage.settings import Settings
from tests import made

NO, UNKNOWN, YES = kleene.NO, kleene.UNKNOWN, kleene.YES


def ask(test, row, year=made.YEAR, **settings):
    table = supply.offer_tests(made.offers(row), year, Settings(**settings))
    return table.loc[0, test]


@pytest.mark.parametrize(
    ("test", "row", "answer"),
    [
        ("offer_type", {"offer_type": "family_support"}, YES),
        ("offer_type", {"offer_type": "professional_coordination"}, NO),
        ("offer_type", {"offer_type": "informal"}, NO),
        ("offer_type", {"offer_type": "coordination_only"}, NO),
        ("voluntary", {"framework": "both"}, YES),
        ("voluntary", {"framework": "compulsory"}, NO),
        ("voluntary", {"framework": "unknown"}, UNKNOWN),
        ("coordination", {"coordination": "present"}, YES),
        ("coordination", {"coordination": "not_described"}, NO),
        ("coordination", {"coordination": "absent"}, NO),
        ("coordination", {"coordination": "unknown"}, UNKNOWN),
        ("capacity", {"capacity_families": np.nan}, UNKNOWN),
        ("capacity", {"capacity_families": 0.0}, YES),
        ("long_term", {"long_term": "unknown"}, UNKNOWN),
        ("long_term", {"long_term": "unknown", "duration_months_min": 9}, YES),
        ("long_term", {"long_term": "unknown", "duration_months_max": 6}, NO),
        ("long_term", {"long_term": "yes", "duration_months_max": 5}, NO),
        # Six to twelve months may or may not be long: then the word decides.
        (
            "long_term",
            {"long_term": "yes", "duration_months_min": 6, "duration_months_max": 12},
            YES,
        ),
        ("running", {}, YES),
        ("running", {"edition": 2025}, UNKNOWN),
        ("running", {"year_from": 2008}, YES),
        ("running", {"year_from": 2011}, NO),
        # A row that names no sighting speaks of its own edition, not of another.
        ("running", {"year_from": 2003}, YES),
        ("running", {"year_from": 2003, "edition": 2025}, UNKNOWN),
        ("running", {"year_from": 2003, "last_seen": 2004}, UNKNOWN),
        ("running", {"year_from": 2009, "source_date": "2008-05"}, UNKNOWN),
        ("running", {"year_from": 2009, "source_date": "2009-05"}, YES),
        # The date of its source is a sighting, if there is no other.
        ("running", {"source_date": "1999"}, UNKNOWN),
        ("running", {"source_date": "2008-03", "edition": 2025}, YES),
        ("running", {"year_from": 2003, "year_to": 2010}, YES),
        ("running", {"year_from": 2003, "year_to": 2009}, NO),
        ("running", {"first_seen": 2012, "last_seen": 2014}, UNKNOWN),
        ("running", {"first_seen": 2007, "last_seen": 2014}, YES),
        ("running", {"last_seen": 2006}, YES),
        ("running", {"last_seen": 2005}, UNKNOWN),
        ("running", {"year_to": 2012}, YES),
    ],
)
def test_each_test_knows_three_answers(test, row, answer):
    assert ask(test, row) == answer


def test_a_stated_length_says_nothing_of_another_threshold():
    assert ask("long_term", {"long_term": "yes"}, long_term_months=12) == UNKNOWN
    assert ask("long_term", {"long_term": "no"}, long_term_months=3) == UNKNOWN
    assert ask("long_term", {"long_term": "no"}, long_term_months=12) == NO


def test_how_long_a_sighting_holds_is_a_setting():
    assert ask("running", {"last_seen": 2005}, sighting_holds_years=5) == YES


@pytest.mark.parametrize(
    ("row", "least", "most"),
    [
        ({}, "short_of_capacity", "short_of_capacity"),
        ({"coordination": "unknown"}, "without_coordination", "short_of_capacity"),
        (
            {"coordination": "not_described"},
            "coordination_not_described",
            "coordination_not_described",
        ),
        ({"coordination": "absent"}, "without_coordination", "without_coordination"),
        ({"long_term": "no"}, "short_term_only", "short_term_only"),
        ({"long_term": "unknown"}, "short_term_only", "short_of_capacity"),
        ({"framework": "unknown"}, "none", "short_of_capacity"),
        ({"framework": "unknown", "long_term": "no"}, "none", "short_term_only"),
        ({"framework": "compulsory"}, "none", "none"),
        ({"offer_type": "informal"}, "none", "none"),
    ],
)
def test_the_ladder(row, least, most):
    table = made.offers(row)
    tests = supply.offer_tests(table, made.YEAR, Settings())
    found = [status.names(end)[0] for end in status.offer_rungs(tests, table["coordination"])]
    assert found == [least, most]


def areas(*rows, count=4):
    edition = made.edition(
        [10] * count, [10] * count, region_codes=["PV01", "PV01", "PV02", "PV02"]
    )
    return supply.service_areas(made.offers(*rows), made.LOCATIONS, edition)


def served(row):
    return (areas(row).municipality + 9001).tolist()


def test_service_areas_of_every_kind():
    assert served({"service_area": "GM9003; GM9001;GM9003"}) == [9001, 9003]
    assert served({"service_area_type": "region", "service_area": "province:PV02"}) == [9003, 9004]
    assert served({"service_area_type": "country", "service_area": ""}) == [9001, 9002, 9003, 9004]
    assert served({"service_area_type": "unknown", "service_area": ""}) == []


def test_a_radius_is_taken_round_the_location():
    around = {"service_area_type": "radius", "location_id": "L2", "service_area": "10"}
    assert served(around) == [9001, 9002, 9003]
    # However small it is, the municipality of the location itself is served.
    assert served(around | {"service_area": "0.1"}) == [9002]
    # L1 has no point: the centre of its municipality stands for it.
    assert served(around | {"location_id": "L1", "service_area": "10"}) == [9001, 9002]
    assert served(around | {"location_id": "L1", "service_area": "0.5"}) == [9001]


def test_an_offer_without_a_known_area_is_reported():
    found = areas({}, {"service_area_type": "unknown", "service_area": ""})
    assert found.unplaced.tolist() == [1]


def test_capacity_goes_where_the_demand_is():
    found = areas({"service_area_type": "country", "service_area": ""})
    demand, residents, nothing = np.array([1.0, 2, 3, 0]), np.array([4.0, 1, 1, 0]), np.zeros(4)
    capacity = np.array([12.0])
    assert supply.share_capacity(capacity, found, demand, residents).tolist() == [2, 4, 6, 0]
    # Without any demand the residents decide, and without these all get the same.
    assert supply.share_capacity(capacity, found, nothing, residents).tolist() == [8, 2, 2, 0]
    assert supply.share_capacity(capacity, found, nothing, nothing).tolist() == [3, 3, 3, 3]


def test_an_area_of_another_edition_is_carried_over():
    edition = coverage.load_edition(2025)
    eemsdelta = edition.municipalities.index.get_loc("GM1979")
    alone = {"edition": 2010, "service_area": "GM0003"}
    together = {"edition": 2010, "service_area": "GM0003;GM0010;GM0024"}
    found = supply.service_areas(made.offers(alone, together), made.LOCATIONS, edition)
    assert found.municipality.tolist() == [eemsdelta, eemsdelta]
    # Appingedam is a part of Eemsdelta; with Delfzijl and Loppersum it is all of it.
    assert found.whole.tolist() == [False, True]
    assert 0.2 < found.part[0] < 0.3
    back = {"edition": 2025, "service_area": "GM1979"}
    old = supply.service_areas(made.offers(back), made.LOCATIONS, coverage.load_edition(2010))
    assert old.whole.tolist() == [True, True, True]


def test_an_offer_for_a_part_is_not_for_the_whole():
    assert areas({"partial_area": "yes"}).whole.tolist() == [False]
    assert areas({"partial_area": ""}).whole.tolist() == [True]


def test_no_offers_at_all():
    empty = supply.service_areas(made.offers(), made.LOCATIONS, made.edition([1], [1]))
    assert supply.share_capacity(np.empty(0), empty, np.ones(1), np.ones(1)).size == 0
    assert supply.offer_tests(made.offers(), 2010, Settings()).empty
