"""Where offers are given, as points."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import coverage
from coverage import assess, i18n
from coverage.sites import sites
from coverage.ui.site_markers import markers
from coverage.vocabulary import OfferFilter
from tests import made

EDITION = made.edition([1, 1], [1, 1])


@pytest.fixture(autouse=True)
def english():
    i18n.use("en")
    yield
    i18n.use(i18n.DEFAULT)


def locations(**rows):
    """Table of locations: id and what differs from an address without anything."""
    bare = {
        "provider_id": "P1",
        "address": "",
        "place": "",
        "gm_code": "",
        "edition": pd.NA,
        "x": np.nan,
        "y": np.nan,
        "precision": "address",
        "status": "entered",
    }
    table = pd.DataFrame([{"location_id": key, **bare, **row} for key, row in rows.items()])
    return table.astype({"edition": "Int64", "x": float, "y": float})


def found(places, *at, division=EDITION):
    offers = made.offers(*({"location_id": location} for location in at))
    return sites(made.register(offers, locations=places), offers, division)


def test_point_of_an_address():
    places = locations(A={"x": 101_000, "y": 402_000, "address": "Dorpsstraat 1", "place": "Ede"})
    (row,) = found(places, "A").itertuples()
    assert (row.geometry.x, row.geometry.y) == (101_000, 402_000)
    assert row.precise
    assert (row.provider, row.address, row.place) == ("Aanbieder", "Dorpsstraat 1", "Ede")


def test_without_a_point_it_stands_in_the_middle_of_the_municipality():
    places = locations(A={"gm_code": "GM9002", "edition": made.YEAR})
    (row,) = found(places, "A").itertuples()
    centre = EDITION.municipalities.loc["GM9002"]
    assert (row.geometry.x, row.geometry.y) == (centre["centre_x"], centre["centre_y"])
    assert not row.precise


def test_half_a_point_is_no_point():
    places = locations(A={"gm_code": "GM9002", "edition": made.YEAR, "x": 101_000})
    (row,) = found(places, "A").itertuples()
    assert row.geometry.x == 115_000
    assert not row.precise


def test_point_of_a_municipality_is_not_precise():
    places = locations(A={"x": 101_000, "y": 402_000, "precision": "municipality"})
    assert not found(places, "A")["precise"].iloc[0]


def test_code_of_another_edition_has_the_centre_of_then():
    then = coverage.load_edition(2010).municipalities.loc["GM0003"]
    places = locations(A={"gm_code": "GM0003", "edition": 2010})
    (row,) = found(places, "A", division=coverage.load_edition(2025)).itertuples()
    assert (row.geometry.x, row.geometry.y) == (then["centre_x"], then["centre_y"])


def test_code_that_its_edition_does_not_have_has_no_point():
    places = locations(A={"gm_code": "GM0000", "edition": made.YEAR})
    assert found(places, "A").empty


def test_offers_without_a_place_are_left_out():
    places = locations(A={"x": 101_000, "y": 402_000}, B={})
    table = found(places, "A", "", "B", "nowhere")
    assert list(table.index) == ["A"]
    assert table["offer_id"].tolist() == [["O0"]]


def test_nothing_to_show_is_an_empty_table():
    table = found(locations(A={"x": 101_000, "y": 402_000}))
    assert table.empty
    assert table.crs == "EPSG:28992"
    assert markers(table.to_crs("EPSG:4326")) == []


def test_location_tells_all_its_offers():
    places = locations(A={"x": 101_000, "y": 402_000}, B={"x": 102_000, "y": 402_000})
    table = found(places, "B", "A", "B")
    assert table["offer_id"].to_dict() == {"A": ["O1"], "B": ["O0", "O2"]}
    assert table["offer"].map(len).to_dict() == {"A": 1, "B": 2}


def test_provider_that_is_not_in_the_register_has_no_name():
    places = locations(A={"x": 101_000, "y": 402_000, "provider_id": "P9"})
    assert found(places, "A")["provider"].tolist() == [""]


def test_only_offers_that_may_run_and_pass_the_filter():
    rows = [
        {},
        {"framework": "compulsory"},
        {"framework": "unknown"},
        {"long_term": "no"},
        {"offer_type": "informal"},
        {"year_from": 2012},
    ]
    found = assess(EDITION, made.register(made.offers(*rows)))
    assert list(found.offers()["offer_id"]) == ["O0", "O1", "O2", "O3"]
    assert list(found.offers(only=[OfferFilter.VOLUNTARY])["offer_id"]) == ["O0", "O3"]
    both = [OfferFilter.VOLUNTARY, OfferFilter.LONG_TERM]
    assert list(found.offers(only=both)["offer_id"]) == ["O0"]


def test_served_are_the_municipalities_that_an_offer_may_serve():
    rows = [
        {"service_area": "GM9002;GM9001"},
        {"service_area": "GM9002", "partial_area": "yes"},
        {"service_area_type": "unknown", "service_area": ""},
    ]
    found = assess(EDITION, made.register(made.offers(*rows)))
    assert found.served("O0") == ["GM9001", "GM9002"]
    assert found.served("O1") == ["GM9002"]
    assert found.served("O2") == found.served("no such offer") == []


@pytest.mark.parametrize("year", coverage.EDITIONS)
def test_locations_of_the_registers_lie_in_the_country(year):
    edition = coverage.load_edition(year)
    for name in (coverage.PUBLIC_REGISTER, coverage.EXAMPLE_REGISTER):
        register = coverage.read_register(name)
        table = sites(register, register.offers, edition)
        assert len(table)
        west, south, east, north = edition.municipalities.total_bounds
        assert table.geometry.x.between(west, east).all()
        assert table.geometry.y.between(south, north).all()


# As points of the live map


def marked(**changes):
    row = {
        "provider": "Aanbieder",
        "address": "Dorpsstraat 1",
        "place": "Ede",
        "offer_id": ["O1", "O2"],
        "offer": ["Een", "Twee"],
        "precise": True,
    } | changes
    table = gpd.GeoDataFrame(
        {name: [value] for name, value in row.items()},
        geometry=gpd.points_from_xy([5.123456789], [52.1]),
        crs="EPSG:4326",
    )
    (marker,) = markers(table)
    return marker


def test_marker_says_who_and_where_and_what():
    assert marked() == {
        "at": [52.1, 5.12346],
        "title": "Aanbieder",
        "lines": ["Dorpsstraat 1, Ede", "Een", "Twee"],
        "offer": "O1",
    }


def test_marker_without_address_says_what_the_point_is():
    marker = marked(address="", place="", precise=False, provider="")
    assert marker["title"] == "Location"
    assert marker["lines"] == [
        "Een",
        "Twee",
        "The address is not known: the point is the middle of the municipality.",
    ]


@pytest.mark.parametrize(("count", "last"), [(4, "4"), (5, "and 1 other offer")])
def test_marker_of_many_offers_tells_how_many_more(count, last):
    names = [str(number) for number in range(1, count + 1)]
    assert marked(offer=names, offer_id=names)["lines"][-1] == last
    assert len(marked(offer=names, offer_id=names)["lines"]) == 1 + min(count, 5)
