"""The page of the inventory: what was looked at, and what the map makes of it."""

import json

import pandas as pd
import pytest

import coverage
from coverage import edits
from coverage.ui import data, editor, inventory_page, own
from coverage.ui.inventory_page import COMPLETE, NOT, PARTLY
from coverage.workspace import RevisionKind
from tests.managed import begun, opened
from tests.text_rules import plain

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch):
    return begun(tmp_path, monkeypatch, "inventory_page")


def said(app):
    parts = [plain(one.proto.body) for one in app.get("html")]
    parts += [one.value for kind in (app.markdown, app.error, app.warning) for one in kind]
    return "\n".join(parts)


def told(app):
    bodies = [one.proto.body for one in app.get("html")]
    return [plain(one) for one in bodies if "coverage-field-fault" in one]


def fill(app, codes, complete="yes", **fields):
    app.multiselect(key="inventory_codes").set_value(codes)
    if complete:
        app.radio(key="inventory_field_complete").set_value(complete)
    for name, text in {"source": "Own round", **fields}.items():
        app.text_input(key=f"inventory_field_{name}").set_value(text)
    return app.run()


def mark(app, codes, complete="yes", **fields):
    fill(app, codes, complete, **fields)
    app.button(key="inventory_save").click()
    app.run()
    assert not app.exception
    return app


def inventory():
    return own.register(own.latest()).inventory


def unknown():
    assessment = coverage.assess(data.edition(2025), own.register(own.latest()))
    return int((~assessment.municipalities["known"]).sum())


def test_marking_a_municipality_makes_the_unknown_smaller(workspace):
    app = opened()
    assert unknown() == 342
    app = mark(app, ["GM0363", "GM0344"], date="13-7-2026", by="Team Noord")
    assert "Saved as revision 1" in app.success[0].value
    rows = inventory()
    assert rows["gm_code"].tolist() == ["GM0363", "GM0344"]
    first = rows.iloc[0]
    assert (first["date"], first["by"], first["complete"]) == ("2026-07-13", "Team Noord", "yes")
    assert (first["source"], first["status"], first["edition"]) == ("Own round", "entered", 2025)
    assert unknown() == 340
    found = workspace.latest()
    assert (found.kind, found.author, found.added) == (RevisionKind.INVENTORY, "A tester", 2)
    # The list is empty for the next ones; who and where from stay.
    assert app.multiselect(key="inventory_codes").value == []
    assert app.text_input(key="inventory_field_source").value == "Own round"


def test_the_effect_is_told_before_saving():
    app = opened()
    app.multiselect(key="inventory_codes").set_value(["GM0363"])
    app.radio(key="inventory_field_complete").set_value("yes")
    app.text_input(key="inventory_field_source").set_value("Own round").run()
    assert "the map now calls 1 “not known”; after saving 0" in said(app)
    # Certain that there is none is a strong statement: it is said in so many words.
    assert "no voluntary offer in Amsterdam" in said(app)
    assert own.latest() == 0


def test_looked_at_in_part_leaves_it_not_known():
    app = mark(opened(), ["GM0363"], complete="no")
    assert inventory()["complete"].tolist() == ["no"]
    assert unknown() == 342
    assert "looked at, not complete: 1" in said(app)


def test_all_of_a_region_at_once():
    app = opened()
    app.selectbox(key="inventory_added").set_value("province:PV24").run()
    app.button(key="inventory_add").click().run()
    codes = app.multiselect(key="inventory_codes").value
    assert len(codes) == 6
    mark(app, codes)
    assert set(inventory()["gm_code"]) == set(codes)


def test_a_name_of_before_leads_to_what_became_of_it():
    app = opened()
    table = shown(app.text_input(key="inventory_find").set_value("boarn").run())
    assert "Heerenveen" in [row["cells"][0] for row in table["rows"]]
    assert "Boarnsterhim, now" in table["summary"]
    table = shown(app.text_input(key="inventory_find").set_value("den haag").run())
    assert [row["cells"][0] for row in table["rows"]] == ["'s-Gravenhage"]
    # In the list to mark too, and then in its place what became of it.
    box = app.multiselect(key="inventory_codes")
    assert any(one.startswith("Boarnsterhim, now") for one in box.options)
    box.set_value(["GM0055"]).run()
    app.button(key="inventory_codes_carry").click().run()
    assert "GM0074" in app.multiselect(key="inventory_codes").value


def shown(app):
    assert not app.exception
    drawn = [json.loads(one.proto.json) for one in app.get("bidi_component") if one.proto.json]
    return next(one for one in drawn if "rows" in one)


def test_what_lacks_is_told_at_its_field():
    app = mark(opened(), ["GM0363"], complete="", source="", date="13/7/2026")
    assert own.latest() == 0
    assert len(told(app)) == 3
    assert "mixed up" in " ".join(told(app))


def test_a_second_statement_of_one_day_replaces_the_first():
    mark(opened(), ["GM0363"], complete="no", date="2026-07-13")
    mark(opened(), ["GM0363"], complete="yes", date="13-7-2026")
    assert inventory()["complete"].tolist() == ["yes"]


def test_a_new_statement_does_not_wipe_out_the_history():
    mark(opened(), ["GM0363"], complete="yes", date="2025-07-13")
    app = mark(opened(), ["GM0363"], complete="no", date="2026-07-13")
    assert len(inventory()) == 2
    assert unknown() == 342
    assert "was looked at before" not in said(app)
    app.multiselect(key="inventory_codes").set_value(["GM0363"]).run()
    assert "was looked at before" in said(app)


def test_somebody_else_meanwhile_is_not_overwritten(workspace):
    app = fill(opened(), ["GM0363"], complete="yes", date="2026-07-13")
    mark(opened(), ["GM0363"], complete="no", date="2026-07-13")
    app.button(key="inventory_save").click().run()
    assert not app.exception
    assert workspace.latest().number == 1
    assert inventory()["complete"].tolist() == ["no"]
    assert any("not saved yet" in one.value for one in app.header)


def test_who_may_not_edit_sees_how_far_it_is(monkeypatch):
    mark(opened(), ["GM0363"])
    monkeypatch.setattr(editor, "editor", lambda: editor.Editor("", may_edit=False, why="No."))
    app = opened()
    assert not app.multiselect
    assert not [one for one in app.button if one.key == "inventory_save"]
    assert "Looked at completely" in said(app)


@pytest.mark.parametrize(
    ("statements", "state"),
    [
        ([], NOT),
        ([("2025", "no")], PARTLY),
        ([("2025-01-01", "no"), ("2025-02-01", "yes")], COMPLETE),
        ([("2025-01-01", "yes"), ("2025-02-01", "no")], PARTLY),
    ],
)
def test_the_newest_statement_counts(statements, state):
    rows = [
        edits.empty_row("inventory")
        | {
            "gm_code": "GM0363",
            "edition": "2025",
            "date": date,
            "complete": complete,
            "source": "x",
            "status": "entered",
        }
        for date, complete in statements
    ]
    texts = edits.texts(own.register(0))
    texts["inventory"] = pd.DataFrame(rows, columns=texts["inventory"].columns, dtype="str")
    register = edits.build(texts)
    found = inventory_page.looked_at(
        register.inventory, coverage.assess(data.edition(2025), register)
    )
    assert found.loc["GM0363", "state"] == state
    assert (found.drop(index="GM0363")["state"] == NOT).all()
