"""What differs between registers, and merging: examples and laws."""

import dataclasses

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage import changes as made
from coverage.register import Register, empty_register
from tests import register_files

PROVIDERS = ("P1", "P2", "P3")


def register(offers=({},), providers=({},), locations=(), inventory=()):
    """Checked register of one row a dict of changes."""
    rows = {"providers": providers, "locations": locations, "offers": offers}
    tables = {name: register_files.frame(name, *given) for name, given in rows.items()}
    return Register.from_tables(**tables, inventory=register_files.frame("inventory", *inventory))


def texts(one):
    """Cells of a register by table and key, whatever the order."""
    return {
        (name, key): tuple(cells)
        for name, table in one.tables.items()
        for key, *cells in made.keyed_texts(table, name).itertuples()
    }


def lines(found):
    return found[["table", "key", "kind", "column", "before", "after"]].to_numpy().tolist()


# --- differences ------------------------------------------------------------


def test_a_changed_cell_is_told_with_both_values():
    found = made.changes(register([{}]), register([{"capacity_families": "12.5"}]))
    assert lines(found) == [["offers", "O1", "changed", "capacity_families", "", "12.5"]]
    assert found["label"].tolist() == ["Gezinscoach (Stichting Verzonnen)"]


def test_a_row_that_came_or_went_is_one_line():
    before = register([{}, {"offer_id": "O2", "name": "Weg"}])
    after = register([{"offer_id": "O3", "name": "Nieuw"}, {}])
    found = made.changes(before, after)
    assert lines(found) == [
        ["offers", "O3", "added", made.ROW, "", ""],
        ["offers", "O2", "removed", made.ROW, "", ""],
    ]
    assert found["label"].tolist() == ["Nieuw (Stichting Verzonnen)", "Weg (Stichting Verzonnen)"]


def test_a_row_that_came_tells_its_cells_when_asked():
    found = made.changes(register([]), register([{}]), cells=True)
    cells = dict(zip(found["column"], found["after"], strict=True))
    assert cells == register_files.OFFER
    assert set(found["kind"]) == {"added"}


def test_the_order_of_rows_is_no_change():
    one, other = {}, {"offer_id": "O2"}
    assert made.changes(register([one, other]), register([other, one])).empty


def test_rows_are_named_as_a_reader_knows_them():
    place = {"place": "Rheden", "x": "200000", "y": "450000"}
    found = made.changes(empty_register(), register(locations=[place], inventory=[{}]))
    assert dict(zip(found["table"], found["label"], strict=True)) == {
        "providers": "Stichting Verzonnen",
        "locations": "Rheden",
        "offers": "Gezinscoach (Stichting Verzonnen)",
        "inventory": "Amsterdam, 2010-07-13",
    }
    assert found["key"].tolist() == ["P1", "L1", "O1", "GM0363 2010 2010-07-13"]


def test_an_empty_register_differs_in_nothing_from_itself():
    found = made.changes(empty_register(), empty_register())
    assert found.empty
    assert tuple(found.columns) == made.COLUMNS


def test_rows_are_put_in_by_their_key():
    before = register([{}, {"offer_id": "O2"}], providers=[{}, {"provider_id": "P2"}])
    rows = register([{"name": "Anders", "target_group": ""}, {"offer_id": "O9"}])
    after = made.updated(before, rows)
    assert after.offers["offer_id"].tolist() == ["O1", "O2", "O9"]
    assert after.offers["name"].tolist() == ["Anders", "Gezinscoach", "Gezinscoach"]
    assert after.providers["provider_id"].tolist() == ["P1", "P2"]


def test_putting_in_empties_a_cell_that_is_empty_in_the_file():
    before = register([{"target_group": "gezinnen"}])
    assert made.updated(before, register([{}])).offers["target_group"].tolist() == [""]


# --- merging ------------------------------------------------------------------


def test_different_cells_of_one_row_are_both_kept():
    base = register([{}])
    found = made.merge(base, register([{"name": "A"}]), register([{"note": "b"}]))
    assert found.conflicts.empty
    assert found.register.offers.loc[0, ["name", "note"]].tolist() == ["A", "b"]
    assert lines(found.changes) == [["offers", "O1", "changed", "note", "", "b"]]


def test_the_same_change_on_both_sides_is_no_conflict():
    base, both = register([{}]), register([{"name": "A"}])
    found = made.merge(base, both, both)
    assert found.conflicts.empty
    assert texts(found.register) == texts(both)


def test_one_cell_changed_by_both_is_a_conflict_until_somebody_decides():
    base, theirs, mine = register([{}]), register([{"name": "A"}]), register([{"name": "B"}])
    found = made.merge(base, theirs, mine)
    assert found.register is None
    assert found.open == 1
    assert found.conflicts.iloc[0].tolist() == [
        "offers", "O1", "B (Stichting Verzonnen)", "name", "name", "Gezinscoach", "A", "B", "",
    ]  # fmt: skip
    for side, name in (("mine", "B"), ("theirs", "A")):
        done = made.merge(base, theirs, mine, choose={("offers", "O1", "name"): side})
        assert done.open == 0
        assert done.register.offers["name"].tolist() == [name]


def test_who_removes_a_row_that_the_other_changed_is_asked():
    base, theirs, mine = register([{}]), register([{"name": "A"}]), register([])
    found = made.merge(base, theirs, mine)
    assert found.register is None
    told = found.conflicts.iloc[0]
    assert told[["column", "theirs", "mine"]].tolist() == [made.ROW, "changed", "removed"]
    key = ("offers", "O1", made.ROW)
    assert made.merge(base, theirs, mine, choose={key: "mine"}).register.offers.empty
    kept = made.merge(base, theirs, mine, choose={key: "theirs"}).register
    assert kept.offers["name"].tolist() == ["A"]


def test_a_row_that_one_removed_and_nobody_changed_is_gone():
    base = register([{}, {"offer_id": "O2"}])
    found = made.merge(base, register([{"offer_id": "O2"}]), base)
    assert found.register.offers["offer_id"].tolist() == ["O2"]


def test_rows_that_both_added_under_one_key_are_never_mixed():
    base = register([])
    theirs = register([{"name": "A", "note": ""}])
    mine = register([{"name": "B", "note": "b"}])
    found = made.merge(base, theirs, mine)
    assert set(found.conflicts["column"]) == {"name", "note"}


def test_a_service_area_and_its_edition_are_decided_together():
    base = register([{}])
    theirs = register([{"edition": "2025", "service_area": "GM0363"}])
    mine = register([{"service_area": "GM0363;GM0034;GM0394"}])
    found = made.merge(base, theirs, mine)
    assert set(found.conflicts["column"]) == {"edition", "service_area"}


CHECKLIST = {"coordination": "present", "evidence": "page 3", "one_plan": "yes"}


@pytest.mark.parametrize(
    ("table", "theirs", "mine"),
    [
        ("providers", {"source": "Ours"}, {"source_date": "2011"}),
        ("locations", {"certainty": "high"}, {"source": "A", "status": "entered"}),
        ("offers", {"source_date": "2011"}, {"capacity_families": "9", "source": "Report"}),
        ("offers", {"coordination": "absent", "name": "A"}, {"evidence": "page 3"}),
        ("offers", {"coordination": "absent"}, CHECKLIST),
        ("inventory", {"complete": "no"}, {"source": "A", "by": "B"}),
    ],
)
def test_what_says_one_thing_is_decided_together(table, theirs, mine):
    other = {} if table == "offers" else {table: [{}]}
    base, one, two = (register(**(other | {table: [change]})) for change in ({}, theirs, mine))
    asked = made.merge(base, one, two).conflicts
    assert len(set(asked["group"])) == 1
    shared = {column for group in made.TOGETHER[table] for column in group}
    together = (theirs.keys() | mine.keys()) & shared
    assert set(asked["column"]) == together
    choice = (table, asked["key"].iloc[0], asked["group"].iloc[0])
    for side, right in (("mine", two), ("theirs", one)):
        found = made.merge(base, one, two, choose={choice: side}).register
        pd.testing.assert_frame_equal(
            found.tables[table][list(together)], right.tables[table][list(together)]
        )


def test_no_column_is_in_two_groups():
    for groups in made.TOGETHER.values():
        columns = [column for group in groups for column in group]
        assert len(columns) == len(set(columns))


def test_what_is_wrong_together_is_told():
    two = [{}, {"provider_id": "P2", "name": "Tweede"}]
    base = register([{}], providers=two)
    theirs = register([{}])
    mine = register([{}, {"offer_id": "O2", "provider_id": "P2"}], providers=two)
    found = made.merge(base, theirs, mine)
    assert found.register is None
    assert found.conflicts.empty
    assert [fault.value for fault in found.faults] == ["P2"]


# --- laws ---------------------------------------------------------------------


@st.composite
def registers(draw):
    """Valid registers over a few keys, with a few values a cell, in any order."""
    some = draw(st.permutations(PROVIDERS))[draw(st.integers(0, 2)) :]
    providers = [
        {"provider_id": key, "name": draw(st.sampled_from(["A", "B", 'C"; <b>']))} for key in some
    ]
    offers = [
        {
            "offer_id": key,
            "provider_id": draw(st.sampled_from(some)),
            "name": draw(st.sampled_from(["X", "Y", "=1+1"])),
            "capacity_families": draw(st.sampled_from(["", "0", "1.1250"])),
            "service_area": draw(st.sampled_from(["GM0363", "GM0034;GM0363"])),
            "note": draw(st.sampled_from(["", "é\n"])),
        }
        for key in draw(st.permutations(["O1", "O2", "O3"]))[draw(st.integers(0, 3)) :]
    ]
    inventory = [
        {"gm_code": code, "date": draw(st.sampled_from(["2010", "2010-07"]))}
        for code in draw(st.lists(st.sampled_from(["GM0363", "GM0034"]), unique=True))
    ]
    return register(offers, providers, inventory=inventory)


LAWS = settings(max_examples=5)  # each makes and checks several registers


@LAWS
@given(registers())
def test_nothing_differs_from_itself(one):
    assert made.changes(one, one).empty
    assert made.changes(one, one, cells=True).empty


@LAWS
@given(registers(), registers())
def test_applying_the_changes_gives_the_other(before, after):
    found = made.changes(before, after, cells=True)
    assert texts(made.applied(before, found)) == texts(after)
    told = made.changes(before, after)
    assert set(zip(told["table"], told["key"], told["kind"], strict=True)) == set(
        zip(found["table"], found["key"], found["kind"], strict=True)
    )


@LAWS
@given(registers(), registers())
def test_merging_with_who_did_nothing_gives_the_own_work(base, mine):
    for found in (made.merge(base, base, mine), made.merge(base, mine, base)):
        assert found.conflicts.empty
        for name, table in mine.tables.items():
            pd.testing.assert_frame_equal(found.register.tables[name], table)


@LAWS
@given(registers(), registers(), registers())
def test_merging_is_the_same_from_both_sides(base, one, other):
    here, there = made.merge(base, one, other), made.merge(base, other, one)
    assert here.open == there.open
    assert (here.register is None) == (there.register is None)
    if here.register:
        assert texts(here.register) == texts(there.register)


@LAWS
@given(registers(), registers(), registers(), st.sampled_from(["mine", "theirs"]))
def test_a_decision_on_each_conflict_leaves_none(base, one, other, side):
    asked = made.merge(base, one, other).conflicts
    keys = zip(asked["table"], asked["key"], asked["group"], strict=True)
    found = made.merge(base, one, other, choose=dict.fromkeys(keys, side))
    assert found.open == 0
    assert found.register is not None or found.faults


def test_a_merge_is_not_changed_by_who_looks_at_it():
    found = made.merge(register(), register(), register())
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.register = None
