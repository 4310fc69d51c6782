"""Changing a register row by row: tables to tables, and what is wrong in a row."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import coverage
from coverage import criteria, edits, i18n
from coverage.criteria import CRITERIA
from coverage.faults import BadInputError
from coverage.register_labels import LABELS, WORDS, label, word
from coverage.schema import REGISTER, words
from coverage.vocabulary import FunctionStatus
from tests.register_files import OFFER, PROVIDER


@pytest.fixture(autouse=True)
def english():
    i18n.use("en")
    yield
    i18n.use(i18n.DEFAULT)


@pytest.fixture(scope="module")
def public():
    return coverage.read_register(coverage.PUBLIC_REGISTER)


def row(table, **cells):
    return edits.empty_row(table) | {name: str(text) for name, text in cells.items()}


def texts(**rows):
    return {
        name: pd.DataFrame(rows.get(name, []), columns=list(REGISTER[name].columns), dtype="str")
        for name in REGISTER
    }


def small():
    return texts(
        providers=[row("providers", provider_id="P1"), row("providers", provider_id="P2")],
        locations=[
            row("locations", location_id="L1", provider_id="P1"),
            row("locations", location_id="L2", provider_id="P2"),
        ],
        offers=[
            row(
                "offers",
                offer_id="O1",
                provider_id="P1",
                location_id="L1",
                service_area_type="radius",
                service_area="5",
            ),
            row("offers", offer_id="O2", provider_id="P2", location_id="L1"),
            row("offers", offer_id="O3", provider_id="P2"),
        ],
    )


# There and back


def test_a_register_as_text_is_the_same_register(public):
    again = edits.build(edits.texts(public), public.name)
    for name, table in public.tables.items():
        pd.testing.assert_frame_equal(table, again.tables[name])


def test_what_is_wrong_is_told_by_the_place_of_the_row(public):
    edited = edits.texts(public)
    edited["offers"].loc[3, "capacity_families"] = "ca. 40"
    with pytest.raises(BadInputError) as raised:
        edits.build(edited)
    mine, others = edits.faults_of(raised.value.faults, "offers", [3])
    assert [fault.column for fault in mine if fault.severity == "error"] == ["capacity_families"]
    assert not [fault for fault in others if fault.severity == "error"]


# Putting in and taking out


def test_put_takes_the_place_of_the_same_row_and_adds_new_ones_at_the_end():
    table = small()["offers"]
    done = edits.put(
        table,
        "offers",
        [row("offers", offer_id="O2", name="Anders"), row("offers", offer_id="O9", name="Nieuw")],
    )
    assert done["offer_id"].tolist() == ["O1", "O2", "O3", "O9"]
    assert done["name"].tolist() == ["", "Anders", "", "Nieuw"]
    assert done.index.tolist() == [0, 1, 2, 3]
    assert table["name"].tolist() == ["", "", ""], "the table itself is not changed"


def test_a_statement_of_the_same_day_is_replaced():
    first = row("inventory", gm_code="GM0363", edition="2025", date="2026-01-01", complete="no")
    table = texts(inventory=[first])["inventory"]
    done = edits.put(table, "inventory", [first | {"complete": "yes"}])
    assert done["complete"].tolist() == ["yes"]
    done = edits.put(table, "inventory", [first | {"date": "2026-01-02"}])
    assert len(done) == 2


ids = st.lists(st.sampled_from("abcdef"), unique=True)


@given(ids, st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("xyz"))))
def test_put_gives_each_key_once_and_the_last_word(there, added):
    table = texts(providers=[row("providers", provider_id=one, name="was") for one in there])
    done = edits.put(
        table["providers"],
        "providers",
        [row("providers", provider_id=one, name=name) for one, name in added],
    )
    assert done["provider_id"].is_unique
    assert set(done["provider_id"]) == {*there, *dict(added)}
    assert done["provider_id"].tolist()[: len(there)] == there
    said = dict(zip(done["provider_id"], done["name"], strict=True))
    assert said == dict.fromkeys(there, "was") | dict(added)


def test_a_provider_takes_its_locations_and_offers_along():
    done = edits.remove(small(), "providers", {"P1"})
    assert done["providers"]["provider_id"].tolist() == ["P2"]
    assert done["locations"]["location_id"].tolist() == ["L2"]
    assert done["offers"]["offer_id"].tolist() == ["O2", "O3"]
    # The offer of the other provider was at a location that went.
    assert done["offers"]["location_id"].tolist() == ["", ""]
    assert edits.lost(small(), "providers", {"P1"}) == {
        "providers": 1,
        "locations": 1,
        "offers": 1,
        "unplaced": 0,
    }


def test_a_circle_without_its_location_is_not_known():
    done = edits.remove(small(), "locations", {"L1"})["offers"].set_index("offer_id")
    assert done.loc["O1", ["service_area_type", "service_area"]].tolist() == ["unknown", ""]
    assert done.loc["O2", "location_id"] == ""
    assert edits.lost(small(), "locations", {"L1"})["unplaced"] == 2


def test_removing_anything_from_the_public_register_leaves_a_register(public):
    edited = edits.texts(public)
    for name, column in (("providers", "provider_id"), ("locations", "location_id")):
        some = set(edited[name][column].iloc[::7])
        left = edits.build(edits.remove(edited, name, some))
        assert not set(left.tables[name][column]) & some


def test_new_identifiers_are_not_in_use():
    made = {edits.new_id("offers", set()) for _ in range(50)}
    assert len(made) == 50
    assert all(one.startswith("O-") for one in made)


# One row


def test_a_good_row_has_no_faults():
    assert not edits.row_faults("providers", row("providers", **PROVIDER))
    assert not edits.row_faults("offers", row("offers", **OFFER))


def test_a_row_tells_of_every_cell_that_is_needed():
    found = {fault.column for fault in edits.row_faults("providers", row("providers", kvk="1"))}
    assert found == {"provider_id", "name", "source", "status", "kvk"}


@pytest.mark.parametrize(
    ("column", "typed"),
    [
        ("capacity_families", "ca. 40"),
        ("capacity_families", "-1"),
        ("year_from", "vorig jaar"),
        ("source_date", "13/7/2010"),
        ("edition", "2011"),
        ("service_area", "GM9999"),
    ],
)
def test_what_was_typed_wrong_is_told_at_its_column(column, typed):
    cells = OFFER | {"service_area_type": "municipalities", "service_area": "GM0363"}
    found = edits.row_faults("offers", row("offers", **(cells | {column: typed})))
    assert column in {fault.column for fault in found if fault.severity == "error"}


def test_words_dates_and_codes_get_their_one_spelling():
    cells = {"gm_code": "gm0363", "date": "13-7-2010", "complete": "Ja", "edition": "2025"}
    read = edits.read("inventory", cells)
    assert (read["gm_code"], read["date"]) == ("GM0363", "2010-07-13")
    assert (read["complete"], read["edition"]) == ("yes", "2025")


# The checklist


def test_the_seven_criteria_are_columns_of_the_register():
    columns = list(REGISTER["offers"].columns)
    start = columns.index("evidence") + 1
    assert [one.column for one in CRITERIA] == columns[start : start + 7]
    for one in CRITERIA:
        assert one.label.endswith("?")
        assert one.meaning
        assert one.source


def test_present_without_evidence_is_unevidenced():
    offers = pd.DataFrame(
        {
            "coordination": ["present", "present", "present", "not_described"],
            "evidence": ["", "  ", "één plan", ""],
        }
    )
    assert criteria.unevidenced(offers).tolist() == [True, True, False, False]


@pytest.mark.parametrize(
    ("named", "tasks", "powers", "led"),
    [
        ("yes", "yes", "", FunctionStatus.PRESENT),
        ("yes", "no", "yes", FunctionStatus.PRESENT),
        ("yes", "no", "no", FunctionStatus.NOT_DESCRIBED),
        ("no", "yes", "yes", FunctionStatus.NOT_DESCRIBED),
        ("yes", "no", "unknown", None),
        ("yes", "", "", None),
        ("", "", "", None),
        ("unknown", "yes", "yes", None),
    ],
)
def test_who_and_one_task_or_power_make_coordination(named, tasks, powers, led):
    answers = {"coordinator_named": named, "tasks_described": tasks, "powers_described": powers}
    assert criteria.coordination(answers) == led


# Labels


@pytest.mark.parametrize("table", list(REGISTER))
def test_every_column_and_every_word_has_a_label(table):
    assert list(LABELS[table]) == list(REGISTER[table].columns)
    for column in REGISTER[table].columns:
        assert label(table, column)
        for one in words(REGISTER[table], column):
            assert one in WORDS[column], (column, one)
            assert word(column, one)
    assert word("coordination", "") == "not filled in"
    assert label(table, "no_such_column") == "no_such_column"
