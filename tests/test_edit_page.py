"""The page to edit offers: the form of one, its checks, and what is saved."""

import pandas as pd
import pytest

import coverage
from coverage import edits, i18n
from coverage.ui import change_list, edit_draft, edit_form, edit_list, edit_place, editor, own
from coverage.ui.edit_draft import NEW, key_of
from coverage.workspace import RevisionKind
from tests.managed import begun, opened
from tests.text_rules import plain

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch):
    return begun(tmp_path, monkeypatch, "edit_page")


@pytest.fixture(scope="module")
def public():
    return coverage.read_register(coverage.PUBLIC_REGISTER)


@pytest.fixture
def filled(workspace, public):
    """Workspace with the public register in it."""
    workspace.commit(public, parent=0, author="A tester", note="", kind=RevisionKind.IMPORT)
    return workspace


def press(app, key):
    app.button(key=key).click()
    app.run()
    assert not app.exception
    return app


def fill(app, table, **cells):
    for column, value in cells.items():
        key = key_of(table, column)
        kinds = (app.text_input, app.text_area, app.radio, app.selectbox)
        found = [one for kind in kinds for one in kind if one.key == key]
        found[0].set_value(value)
        app.run()
        assert not app.exception
    return app


def said(app):
    """Everything that the page says, as plain text."""
    parts = [plain(one.proto.body) for one in app.get("html")]
    parts += [
        one.value for kind in (app.markdown, app.error, app.warning, app.info) for one in kind
    ]
    return "\n".join(parts)


def told(app):
    """What is wrong at the fields."""
    bodies = [one.proto.body for one in app.get("html")]
    return [plain(one).strip(" \u2717") for one in bodies if "coverage-field-fault" in one]


def latest():
    return own.register(own.latest())


def first_offer(register, **where):
    offers = register.offers
    for column, value in where.items():
        offers = offers[offers[column] == value]
    return offers.iloc[0]


# Adding


def test_an_empty_register_says_how_to_begin():
    app = opened()
    assert "still empty" in said(app)
    assert "inlezen" in "".join(one.proto.body for one in app.get("html"))


def test_a_new_offer_with_its_organisation_and_address_is_one_revision(workspace):
    app = press(opened(), "edit_add")
    assert app.button(key="edit_save").disabled
    fill(app, "offers", name="Gezinscoach", provider_id=NEW, offer_type="family_support")
    fill(app, "providers", name="Stichting Proef")
    fill(app, "offers", source="Own visit", source_date="13-7-2010", location_id=NEW)
    fill(app, "locations", address="Kalverstraat 1", postcode="1012 nx", place="Amsterdam")
    press(app, "edit_save")
    assert not told(app)
    assert "Saved as revision 1" in app.success[0].value
    made = latest()
    offer, provider, location = (
        table.iloc[0] for table in (made.offers, made.providers, made.locations)
    )
    assert provider["name"] == "Stichting Proef"
    assert offer["provider_id"] == location["provider_id"] == provider["provider_id"]
    assert offer["location_id"] == location["location_id"]
    assert offer["source_date"] == location["source_date"] == "2010-07-13"
    assert {offer["status"], provider["status"], location["status"]} == {"entered"}
    # What nobody said is not known, and nothing is guessed.
    assert offer["framework"] == offer["long_term"] == offer["coordination"] == "unknown"
    assert offer["service_area_type"] == "unknown"
    assert pd.isna(offer["capacity_families"])
    # The address has its place, without another server.
    assert (location["gm_code"], location["edition"]) == ("GM0363", 2025)
    assert (location["precision"], location["postcode"]) == ("postcode4", "1012 NX")
    found = workspace.latest()
    assert (found.author, found.kind, found.added) == ("A tester", RevisionKind.EDIT, 3)
    assert "Gezinscoach" in found.note


def test_what_lacks_is_told_at_its_field_only_after_saving_was_tried(workspace):
    app = press(opened(), "edit_add")
    fill(app, "offers", name="Gezinscoach")
    assert not told(app)
    press(app, "edit_save")
    assert len(told(app)) == 3
    assert "Organisation" in app.error[0].value
    assert "Source" in app.error[0].value
    assert workspace.latest() is None
    # What was typed is still there.
    assert app.text_input(key=key_of("offers", "name")).value == "Gezinscoach"


def test_what_was_typed_wrong_is_told_at_once(filled):
    app = opened(aanbod=first_offer(latest())["offer_id"])
    fill(app, "offers", capacity_families="ca. 40")
    assert "not a number" in told(app)[0]
    press(app, "edit_save")
    assert filled.latest().number == 1
    fill(app, "offers", capacity_families="40")
    assert not told(app)
    press(app, "edit_save")
    assert filled.latest().number == 2


# Changing


def test_a_link_opens_an_offer_and_only_what_changed_is_saved(filled, public):
    before = first_offer(public, framework="unknown")
    app = opened(aanbod=before["offer_id"])
    assert app.text_input(key=key_of("offers", "name")).value == before["name"]
    fill(app, "offers", framework="voluntary")
    app.text_input(key="edit_note").set_value("Asked by phone").run()
    press(app, "edit_save")
    found = filled.latest()
    assert (found.added, found.changed, found.removed) == (0, 1, 0)
    assert found.note == "Asked by phone"
    after = latest().offers.set_index("offer_id")
    other = public.offers.set_index("offer_id")
    changed = (edits.texts(latest())["offers"] != edits.texts(public)["offers"]).sum()
    assert changed[changed > 0].to_dict() == {"framework": 1}
    assert after.index.tolist() == other.index.tolist(), "the order of the rows stays"


@pytest.mark.usefixtures("filled")
def test_a_link_to_an_offer_that_is_not_there_says_so():
    app = opened(aanbod="no<b>where")
    assert "not there" in app.warning[0].value
    assert "<b>" not in app.warning[0].value.replace("\\<", "")


@pytest.mark.usefixtures("filled")
def test_changes_can_be_let_go_and_brought_back(public):
    offer = first_offer(public)
    app = opened(aanbod=offer["offer_id"])
    fill(app, "offers", name="Another name")
    press(app, "edit_undo")
    assert app.text_input(key=key_of("offers", "name")).value == offer["name"]
    press(app, "edit_bring_back")
    assert app.text_input(key=key_of("offers", "name")).value == "Another name"
    press(app, "edit_save")
    assert latest().offers["name"].iloc[0] == "Another name"


@pytest.mark.usefixtures("filled")
def test_present_without_evidence_is_marked(public):
    app = opened(aanbod=first_offer(public, evidence="")["offer_id"])
    fill(app, "offers", coordination="present")
    assert "Unevidenced" in said(app)
    fill(app, "offers", evidence="The coach calls all helpers together.")
    assert "Unevidenced" not in said(app)


@pytest.mark.usefixtures("filled")
def test_the_checklist_is_kept_and_held_against_the_status(public):
    offer = first_offer(public, coordination="unknown")
    app = opened(aanbod=offer["offer_id"])
    fill(app, "offers", coordinator_named="yes", tasks_described="yes")
    assert "By the checklist" in said(app)
    fill(app, "offers", coordination="present", evidence="One coach makes the plan.")
    assert "By the checklist" not in said(app)
    press(app, "edit_save")
    saved = latest().offers.set_index("offer_id").loc[offer["offer_id"]]
    assert (saved["coordinator_named"], saved["tasks_described"]) == ("yes", "yes")
    assert saved["one_plan"] == ""


def test_another_change_meanwhile_is_not_overwritten(filled, public):
    offer = first_offer(public)
    app = opened(aanbod=offer["offer_id"])
    fill(app, "offers", name="My name for it")
    theirs = edits.texts(public)
    theirs["offers"].loc[0, "name"] = "Their name for it"
    filled.commit(
        edits.build(theirs), parent=1, author="Somebody else", note="", kind=RevisionKind.EDIT
    )
    press(app, "edit_save")
    assert filled.latest().number == 2
    assert latest().offers["name"].iloc[0] == "Their name for it"
    assert any("not saved yet" in one.value for one in app.header)
    assert "Somebody else" in said(app)


def test_a_form_without_changes_follows_what_others_save(filled, public):
    app = opened(aanbod=first_offer(public)["offer_id"])
    theirs = edits.texts(public)
    theirs["offers"].loc[0, "name"] = "Their name for it"
    filled.commit(edits.build(theirs), parent=1, author="B", note="", kind=RevisionKind.EDIT)
    app.run()
    assert app.text_input(key=key_of("offers", "name")).value == "Their name for it"


@pytest.mark.usefixtures("filled")
def test_the_way_back_leads_to_the_list_unless_something_was_typed(public):
    offer = first_offer(public)["offer_id"]
    app = opened(aanbod=offer)
    app.session_state["offer"] = ""  # as the browser's back button does
    app.run()
    assert app.button(key="edit_add")
    app = opened(aanbod=offer)
    fill(app, "offers", name="Another name")
    app.session_state["offer"] = ""
    app.run()
    assert app.text_input(key=key_of("offers", "name")).value == "Another name"


@pytest.mark.usefixtures("filled")
def test_a_copy_is_a_new_offer(public):
    offer = first_offer(public)
    app = opened(aanbod=offer["offer_id"])
    press(app, "edit_copy")
    press(app, "edit_save")
    names = latest().offers["name"]
    assert len(names) == len(public.offers) + 1
    assert names.iloc[-1] == offer["name"]
    assert latest().offers["offer_id"].is_unique


# Deleting


def test_deleting_asks_first(filled, public):
    offer = first_offer(public)
    app = opened(aanbod=offer["offer_id"])
    press(app, "edit_delete")
    assert "Delete" in app.warning[0].value
    press(app, "edit_delete_no")
    assert not app.warning
    press(app, "edit_delete")
    press(app, "edit_delete_yes")
    assert offer["offer_id"] not in set(latest().offers["offer_id"])
    assert filled.latest().removed == 1


# Where it serves


@pytest.mark.usefixtures("filled")
def test_a_list_of_municipalities_can_be_made_by_region_and_by_map(public):
    offer = first_offer(public, service_area_type="unknown", edition=2010)
    app = opened(aanbod=offer["offer_id"])
    app.radio(key="edit_area_type").set_value("municipalities").run()
    app.radio(key=key_of("offers", "edition")).set_value("2025").run()
    app.selectbox(key="edit_area_added").set_value("province:PV24").run()
    press(app, "edit_area_add")
    flevoland = public_members("province", "PV24")
    assert set(app.multiselect(key="edit_area_codes").value) == flevoland
    press(app, "edit_save")
    saved = latest().offers.set_index("offer_id").loc[offer["offer_id"]]
    assert saved["service_area_type"] == "municipalities"
    assert set(saved["service_area"].split(";")) == flevoland
    assert saved["edition"] == 2025


def public_members(region_set, code):
    table = coverage.load_edition(2025).regions
    rows = table[(table["region_set"] == region_set) & (table["region_code"] == code)]
    return set(rows["gm_code"])


@pytest.mark.usefixtures("filled")
def test_old_municipalities_can_be_put_into_the_new_ones(public):
    app = opened(aanbod=first_offer(public, service_area_type="unknown")["offer_id"])
    app.radio(key="edit_area_type").set_value("municipalities").run()
    app.radio(key=key_of("offers", "edition")).set_value("2010").run()
    app.multiselect(key="edit_area_codes").set_value(["GM0003", "GM0010"]).run()
    app.radio(key=key_of("offers", "edition")).set_value("2025").run()
    assert not app.exception
    assert "Appingedam" in said(app)
    press(app, "edit_area_codes_carry")
    assert app.multiselect(key="edit_area_codes").value == ["GM1979"]


@pytest.mark.usefixtures("filled")
def test_a_circle_without_an_address_is_told(public):
    app = opened(aanbod=first_offer(public, location_id="")["offer_id"])
    app.radio(key="edit_area_type").set_value("radius").run()
    app.text_input(key="edit_area_km").set_value("7,5").run()
    press(app, "edit_save")
    assert any("A circle needs an address" in one for one in told(app))


# An address


def test_an_address_that_did_not_change_keeps_its_point():
    row = edits.empty_row("locations") | {
        "location_id": "L1",
        "address": "Kalverstraat 1",
        "postcode": "1012 NX",
        "x": "121000",
        "y": "487000",
        "gm_code": "GM0363",
        "edition": "2010",
        "precision": "address",
    }
    start = row | {"stated": "", "by_hand": ""}
    same = edit_place.located(start | {"name": "Kantoor"}, start, 2025)
    assert same.cells == {
        **{name: row[name] for name in ("x", "y", "gm_code", "edition", "precision")}
    }
    moved = edit_place.located(start | {"postcode": "3511 LN"}, start, 2025)
    assert moved.cells["gm_code"] == "GM0344"
    assert moved.cells["edition"] == "2010"
    assert moved.words
    point = {"by_hand": "yes", "x": "136800", "y": "455900"}
    by_hand = edit_place.located(start | point, start, 2025)
    assert (by_hand.cells["x"], by_hand.cells["gm_code"]) == ("136800", "GM0344")
    half = edit_place.located(start | point | {"y": "north"}, start, 2025)
    assert half.cells["gm_code"] == ""


def test_an_ambiguous_place_is_not_guessed():
    empty = edits.empty_row("locations") | {"stated": "", "by_hand": ""}
    found = edit_place.located(empty | {"place": "Bergen"}, empty, 2025)
    assert found.cells["x"] == found.cells["gm_code"] == ""
    assert found.cells["precision"] == "unknown"
    told_which = edit_place.located(empty | {"place": "Bergen", "stated": "GM0893"}, empty, 2025)
    assert told_which.cells["gm_code"] == "GM0893"


# The list


def test_the_list_finds_a_part_of_a_name_or_of_an_organisation(public):
    edited = edits.texts(public)
    offers = edited["offers"]
    every = edit_list.found(edited, "offers", offers, "")
    assert sorted(every.index) == list(offers.index)
    names = every["name"].str.casefold().tolist()
    assert names[0] < names[-1]
    name = public.providers.set_index("provider_id").loc[offers["provider_id"].iloc[0], "name"]
    some = edit_list.found(edited, "offers", offers, f" {name.upper()} ")
    assert offers["offer_id"].iloc[0] in set(some["offer_id"])
    assert edit_list.found(edited, "offers", offers, "[no such(").empty
    place = edited["locations"]["place"].iloc[0]
    assert 0 in edit_list.found(edited, "locations", edited["locations"], place).index


def test_the_list_finds_what_is_still_to_do(public):
    offers = edits.texts(public)["offers"]
    for what in edit_list.LACKING:
        found = edit_list.lacking(offers, what)
        assert found.index.equals(offers.index)
    assert edit_list.lacking(offers, "all").all()
    area = edit_list.lacking(offers, "area")
    assert area.sum() == (public.offers["service_area_type"] == "unknown").sum()


def test_a_capacity_is_written_as_in_the_language_of_the_page(public):
    edited = edits.texts(public)
    offers = edited["offers"].head(3).copy()
    offers["capacity_families"] = ["12.5", "1200", ""]
    i18n.use("nl")
    cells = [edit_list._lines(edited, "offers", offers)["capacity"].tolist()]
    assert cells == [["12,5", "1.200", ""]]
    assert change_list.value("offers", "capacity_families", "12.5") == "12,5"
    assert change_list.value("offers", "capacity_families", "ca. 40") == "ca. 40"


@pytest.mark.usefixtures("filled")
def test_who_may_not_edit_sees_the_offers_and_no_way_to_change_them(monkeypatch):
    monkeypatch.setattr(editor, "editor", lambda: editor.Editor("", may_edit=False, why="No."))
    app = opened()
    assert not [one for one in app.button if one.key.startswith("edit_")]


def test_a_draft_knows_what_changed(public):
    draft = edit_draft.opened(edits.texts(public), "offers", public.offers["offer_id"].iloc[0], 1)
    assert not draft.changed
    draft.row["name"] = "Another"
    assert draft.changed
    made = edit_form.form(draft, edits.texts(public), 2025)
    assert made.rows["offers"]["name"] == "Another"
    assert list(made.rows) == ["offers"]
