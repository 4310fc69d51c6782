"""The public register as committed: readable, sourced, and as its README says."""

import re

import make_register
import pytest

import coverage

FOLDER = coverage.PUBLIC_REGISTER
NAMES = ("providers", "locations", "offers", "inventory")


@pytest.fixture(scope="module")
def register():
    return coverage.read_register(FOLDER)


@pytest.fixture(scope="module")
def cells():
    return {name: make_register.read_text(FOLDER / f"{name}.csv") for name in NAMES}


def test_it_reads_without_a_fault(register):
    assert len(register.offers) == 239
    assert not register.is_example
    assert register.warnings == ()


def test_every_row_of_the_lists_is_in_it(cells):
    ids = cells["offers"]["offer_id"].tolist()
    assert ids == [f"O03-{n:03d}" for n in range(1, 101)] + [f"O15-{n:03d}" for n in range(1, 140)]


@pytest.mark.parametrize("name", ["providers", "locations", "offers"])
def test_every_row_has_a_source_and_a_certainty(cells, name):
    table = cells[name]
    assert table["source"].str.match(r"https?://\S+$").all()
    assert (table["certainty"] != "").all()
    assert (table["status"] == "observed").all()


def test_nothing_is_said_of_whole_municipalities(cells):
    assert cells["inventory"].empty
    assert not cells["offers"]["coordination"].eq("absent").any()
    assert not cells["offers"]["service_area_type"].eq("country").any()


@pytest.mark.parametrize("name", NAMES)
def test_sorted_by_id(cells, name):
    table = cells[name]
    assert table.iloc[:, 0].is_monotonic_increasing


def test_escalation_and_volunteers_are_typed_so(cells):
    offers = cells["offers"]
    escalation = offers["name"].str.contains("(escalatie)", regex=False)
    volunteers = offers["note"].str.contains("INFORMAL")
    assert (offers.loc[escalation, "offer_type"] == "professional_coordination").all()
    assert (offers.loc[volunteers, "offer_type"] == "informal").all()
    assert escalation.sum() == 13


def test_no_capacity_in_families_a_year_is_known(cells):
    offers = cells["offers"].set_index("offer_id")
    assert (offers["capacity_families"] == "").all()
    assert (offers["capacity_note"] != "").sum() == 19
    for offer, number in (("O15-023", "14"), ("O15-029", "70")):
        note = offers.loc[offer, "capacity_note"]
        assert note.startswith(f"{number}: families in the")
        assert note.endswith("not families in a year")


def test_offers_for_a_part_of_a_municipality_are_marked(cells):
    offers = cells["offers"].set_index("offer_id")
    assert set(offers["partial_area"]) == {"yes", ""}
    part = offers[offers["partial_area"] == "yes"]
    assert len(part) == 22
    assert (part["service_area_type"] == "municipalities").all()
    some = ["O03-004", "O03-011", "O03-053", "O03-056", "O15-029", "O15-069"]
    assert set(some) <= set(part.index)
    # All boroughs, whole city, 22 area teams, city-wide, nine neighbourhood teams.
    whole = ["O03-021", "O03-057", "O15-013", "O15-018", "O15-120"]
    assert not set(whole) & set(part.index)


def test_judgements_are_used_and_have_a_reason(cells):
    judged = make_register.read_text(make_register.JUDGEMENTS)
    assert (judged["reason"] != "").all()
    assert judged["offer_id"].isin(cells["offers"]["offer_id"]).all()
    assert not judged.duplicated(["offer_id", "column"]).any()
    known = {"same_offer", "provider_name", "municipality_names", *make_register.OFFER_COLUMNS}
    assert set(judged["column"]) <= known


def test_counts_of_the_readme(cells):
    readme = (FOLDER / "README.md").read_text("utf-8")
    between = re.search(r"(?s)<!-- counts -->\n(.*)\n<!-- end of counts -->", readme)
    assert between[1] == make_register.counts(cells)


def test_proven_rungs_of_the_readme(register):
    readme = (FOLDER / "README.md").read_text("utf-8")
    told = {
        int(year): (int(n), int(of))
        for n, of, year in re.findall(
            r"\*\*(\d+) of the (\d+)\*\* (?:municipalities )?of (2010|2025)", readme
        )
    }
    for year in coverage.EDITIONS:
        assessed = coverage.assess(coverage.load_edition(year), register).municipalities
        assert told[year] == (assessed["known"].sum(), len(assessed))
