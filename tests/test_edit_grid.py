"""Many rows at once: what was typed in a part of a table, put into the whole."""

import pandas as pd
import pytest

import coverage
from coverage import edits
from coverage.changes import KEYS
from coverage.register import empty_register
from coverage.schema import REGISTER
from coverage.ui import edit_grid, edit_place
from coverage.ui.edit_grid import NOTHING, difference, folded
from coverage.workspace import RevisionKind

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture(scope="module")
def texts():
    return edits.texts(coverage.read_register(coverage.PUBLIC_REGISTER))


COLUMNS = ["name", "provider_id", "framework_basis", "capacity_families"]


def part(rows, places):
    return rows.loc[places, COLUMNS]


def test_nothing_typed_changes_nothing(texts):
    rows = texts["offers"]
    shown = part(rows, rows.index[3:9])
    done = folded(rows, shown, shown.replace("", NOTHING), "offers", 2025)
    pd.testing.assert_frame_equal(done, rows)
    assert not any(difference(rows, done, "offers").values())


def test_a_cell_a_new_row_and_a_deleted_row(texts):
    rows = texts["offers"]
    shown = part(rows, rows.index[3:9])
    typed = shown.astype(object)
    typed.loc[4, "name"] = " Another name "
    typed = typed.drop(index=6)
    typed.loc[900] = ["New offer", rows["provider_id"].iloc[0], None, None]
    typed.loc[901] = [None, None, None, None]  # a line that was added and left empty
    done = folded(rows, shown, typed, "offers", 2010)
    assert difference(rows, done, "offers") == {"added": 1, "changed": 1, "removed": 1}
    assert done.loc[4, "name"] == "Another name"
    assert rows.loc[6, "offer_id"] not in set(done["offer_id"])
    new = done.iloc[-1]
    assert (new["name"], new["edition"], new["status"]) == ("New offer", "2010", "entered")
    assert new["framework"] == new["coordination"] == new["service_area_type"] == "unknown"
    assert new["framework_basis"] == new["capacity_families"] == ""
    assert new["offer_id"] not in set(rows["offer_id"])
    # The others are as they were, in their order.
    same = done[done["offer_id"].isin(rows["offer_id"])]
    assert same["offer_id"].tolist() == rows.drop(index=6)["offer_id"].tolist()


def test_rows_that_were_not_shown_stay(texts):
    rows = texts["offers"]
    shown = part(rows, rows.index[3:9])
    done = folded(rows, shown, shown.iloc[:0], "offers", 2025)
    assert difference(rows, done, "offers") == {"added": 0, "changed": 0, "removed": 6}
    assert len(done) == len(rows) - 6


def test_new_offers_can_be_saved_with_what_the_table_asks(texts):
    rows = texts["offers"]
    shown = rows.loc[rows.index[:0], ["name", "provider_id", "offer_type", "source"]]
    typed = shown.astype(object)
    typed.loc[0] = ["New", rows["provider_id"].iloc[0], "family_support", "Own visit"]
    done = folded(rows, shown, typed, "offers", 2025)
    made = edits.build(texts | {"offers": done})
    assert len(made.offers) == len(rows) + 1


def test_two_rows_with_one_key_count_as_added():
    one = edits.empty_row("inventory") | {"gm_code": "GM0363", "edition": "2025", "date": "2026"}
    before = pd.DataFrame([one], dtype="str")
    after = pd.DataFrame([one, one], dtype="str")
    assert difference(before, after, "inventory") == {"added": 1, "changed": 0, "removed": 0}


def test_a_fault_of_a_row_that_was_deleted_is_still_told(monkeypatch):
    rows = pd.DataFrame([edits.empty_row("providers") | {"provider_id": "P1"}], dtype="str")
    work = edit_grid.Work("providers", 0, rows, rows)
    tables = edits.texts(empty_register())
    monkeypatch.setattr(edit_grid.own, "register", lambda _number: empty_register())
    edit_grid._try(work, tables, rows, 2025, kind=RevisionKind.EDIT, note="")
    work.merged = rows.iloc[:0]
    told = []
    monkeypatch.setattr(edit_grid.grid, "grid", lambda _columns, lines, **_how: told.extend(lines))
    edit_grid._tell_faults(work)
    assert {line.cells[0].text for line in told} == {"Organisations: P1"}


def test_the_first_cell_stays_when_somebody_else_saved_before_it_was_typed(texts, monkeypatch):
    session = {}
    monkeypatch.setattr(edit_grid.st, "session_state", session)
    monkeypatch.setattr(edit_grid.edit_steps, "texts", lambda _base: texts)
    work = edit_grid._work("offers", 1)
    # What is typed is in the state of the table before it is merged; meanwhile there is a second.
    session[work.key] = {"edited_rows": {0: {"name": "X"}}, "added_rows": [], "deleted_rows": []}
    assert edit_grid._work("offers", 2) is work
    session[work.key] = {"edited_rows": {}, "added_rows": [], "deleted_rows": []}
    assert edit_grid._work("offers", 2).base == 2


def test_an_address_that_gets_a_less_precise_point_is_told_before_saving(texts):
    rows = texts["locations"].head(3).copy()
    rows.loc[0, ["address", "postcode", "place"]] = ["Damrak 1", "1012 NX", "Amsterdam"]
    rows.loc[0, ["x", "y", "precision"]] = ["121000", "487000", "address"]
    after = rows.copy()
    after.loc[0, ["address", "postcode", "place"]] = ["<b>Kade</b> 2", "3511 LN", "Utrecht"]
    words = edit_grid.displaced(rows, after, "locations", 2025)
    assert "less precise" in words
    assert "<b>Kade</b> 2" in words, "it is escaped where it is shown"
    assert not edit_grid.displaced(rows, rows, "locations", 2025)
    by_hand = after.copy()
    by_hand.loc[0, ["x", "y"]] = ["136800", "455900"]
    assert not edit_grid.displaced(rows, by_hand, "locations", 2025)
    assert not edit_grid.displaced(texts["offers"], texts["offers"], "offers", 2025)


def test_what_is_unevidenced_is_told_of_rows_that_were_typed(texts):
    before = texts["offers"].assign(coordination="unknown", evidence="")
    before.loc[0, "coordination"] = "present"  # as it was: it is not what was typed
    assert not edit_grid.unproven(before, before, "offers")
    after = before.copy()
    after.loc[1:9, "coordination"] = "present"
    after.loc[2, "evidence"] = "page 3"
    after.loc[3, "name"] = "<b>Odd</b>"
    words = edit_grid.unproven(before, after, "offers")
    assert "Unevidenced" in words
    assert "“<b>Odd</b>”" in words, "it is escaped where it is shown"
    assert "3 others" in words
    assert not edit_grid.unproven(texts["providers"], texts["providers"], "providers")


def test_every_group_of_columns_is_in_the_table():
    for table, groups in edit_grid.GROUPS.items():
        shown = {column for group in groups.values() for column in group}
        assert shown | set(KEYS[table]) == set(REGISTER[table].columns)


def test_addresses_that_changed_are_looked_up_and_others_stay(texts):
    rows = texts["locations"].head(4).copy()
    rows["address"] = ""
    rows.loc[0, ["x", "y", "precision"]] = ["121000", "487000", "address"]
    after = rows.copy()
    after.loc[1, ["postcode", "place"]] = ["3511 LN", "Utrecht"]
    after.loc[2, ["postcode", "gm_code"]] = ["3511 LN", "GM0518"]  # somebody typed both
    done = edit_place.relocated(rows, after, 2025)
    assert done.loc[0].equals(rows.loc[0])
    assert done.loc[3].equals(rows.loc[3])
    assert (done.loc[1, "gm_code"], done.loc[1, "edition"]) == ("GM0344", "2025")
    assert done.loc[1, "precision"] == "postcode4"
    assert done.loc[2, "gm_code"] == "GM0518"


def test_an_added_address_is_looked_up(texts):
    rows = texts["locations"]
    row = edits.empty_row("locations") | {
        "location_id": "L-new",
        "provider_id": rows["provider_id"].iloc[0],
        "postcode": "1012 NX",
        "source": "x",
        "status": "entered",
        "precision": "unknown",
        "edition": "2025",
    }
    after = edits.put(rows, "locations", [row])
    done = edit_place.relocated(rows, after, 2025)
    assert done["gm_code"].iloc[-1] == "GM0363"
    assert edits.build(texts | {"locations": done})
