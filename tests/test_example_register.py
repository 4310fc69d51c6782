"""The example register: made up and marked so, the same for a seed, complete as described."""

import filecmp

import make_example_register
import pandas as pd
import pytest

import coverage
from coverage.vocabulary import LADDER

FOLDER = coverage.EXAMPLE_REGISTER
NAMES = ("providers.csv", "locations.csv", "offers.csv", "inventory.csv")


@pytest.fixture(scope="module")
def register():
    return coverage.read_register(FOLDER)


@pytest.fixture(scope="module", params=coverage.EDITIONS)
def assessment(request, register):
    return coverage.assess(coverage.load_edition(request.param), register)


def study(assessment):
    regions = assessment.edition.regions
    return regions[regions["region_set"] == "study"]


def test_it_is_an_example_in_every_row(register):
    assert register.is_example
    assert register.warnings == ()
    for table in register.tables.values():
        assert (table["status"] == "example").all()
        assert table["source"].str.startswith("example (made by").all()


def test_no_name_can_be_taken_for_a_real_one(register):
    invented = r"^(?:Voorbeeldaanbieder|Fictief gezinsteam) "
    assert register.providers["name"].str.match(invented).all()
    assert register.offers["name"].str.startswith("Verzonnen ").all()
    real = coverage.read_register(coverage.PUBLIC_REGISTER)
    assert not register.providers["name"].isin(real.providers["name"]).any()
    assert not register.offers["offer_id"].isin(real.offers["offer_id"]).any()


def test_the_committed_files_are_those_of_the_seed(tmp_path):
    assert make_example_register.main(["--out", str(tmp_path)]) == 0
    match, mismatch, errors = filecmp.cmpfiles(FOLDER, tmp_path, NAMES, shallow=False)
    assert (match, mismatch, errors) == (list(NAMES), [], [])


def test_another_seed_gives_another_register():
    municipalities = FOLDER.parents[1] / "municipalities"
    first, second = (make_example_register.make(municipalities, seed) for seed in (2010, 2011))
    assert not first["offers"]["name"].equals(second["offers"]["name"])


def test_the_inventory_is_complete_for_the_five_regions_and_nothing_else(assessment, register):
    members = study(assessment)
    assert members["region_code"].nunique() == 5
    complete = assessment.municipalities["inventory_complete"]
    assert set(complete.index[complete]) == set(members["gm_code"])
    assert (register.inventory["complete"] == "yes").all()


def test_every_rung_is_certain_somewhere(assessment):
    rows = assessment.municipalities
    assert set(rows.loc[rows["certain"], "status_at_least"]) == {str(rung) for rung in LADDER}


def test_everything_in_it_is_known_but_some_of_it_uncertain(assessment):
    rows = assessment.municipalities.loc[study(assessment)["gm_code"]]
    assert rows["known"].all()
    uncertain = rows[~rows["certain"]]
    assert 0 < len(uncertain) < len(rows) / 2


@pytest.mark.parametrize(
    ("column", "value"),
    [("framework", "unknown"), ("long_term", "unknown"), ("coordination", "unknown")],
)
def test_what_makes_it_uncertain_occurs_in_each_edition(register, column, value):
    own = register.offers[register.offers["service_area_type"] == "municipalities"]
    for year in coverage.EDITIONS:
        assert own.loc[own["edition"] == year, column].eq(value).any()
        described = own[(own["edition"] == year) & (own["coordination"] == "present")]
        assert described["capacity_families"].isna().any()


def test_no_region_is_covered(assessment):
    regions = assessment.regions("study")
    assert (regions["region_status"] == "example").all()
    assert (regions["n_covered"] < regions["municipalities"] / 3).all()
    assert (regions["n_none"] > 0).all()


def test_the_largest_municipality_lacks_described_coordination(assessment):
    members = study(assessment)
    rows = assessment.municipalities.loc[members["gm_code"]]
    largest = rows["residents_0_17"].groupby(members["region_code"].to_numpy()).idxmax()
    found = rows.loc[largest, "status_at_least"]
    assert found.isin(["without_coordination", "coordination_not_described"]).all()


def test_each_edition_shows_its_own_offers(assessment, register):
    other = register.offers[register.offers["edition"] != assessment.edition.year]
    for code in study(assessment)["gm_code"]:
        reasons = assessment.reasons(code)
        carried = reasons.loc[reasons.index.isin(other["offer_id"])]
        assert (carried["outcome"] == "does_not_count").all()


def test_every_way_to_write_a_service_area_but_the_country_occurs(register):
    kinds = set(register.offers["service_area_type"])
    assert kinds == {"municipalities", "region", "radius"}


def test_locations_lie_in_their_municipality(register):
    places = register.locations
    for year in coverage.EDITIONS:
        mine = places[places["edition"] == year]
        towns = coverage.load_edition(year).municipalities.loc[mine["gm_code"]]
        off = pd.DataFrame(
            {
                "x": mine["x"].to_numpy() - towns["centre_x"].to_numpy(),
                "y": mine["y"].to_numpy() - towns["centre_y"].to_numpy(),
            }
        )
        assert (off.abs() <= 1).all(axis=None)
    assert (places["precision"] == "municipality").all()
