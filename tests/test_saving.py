"""Saving a change of the own register: what is told, and that nothing typed is lost."""

import json
import zipfile
from datetime import UTC, datetime
from io import BytesIO

import openpyxl
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from coverage import changes, register_labels
from coverage.register import Register
from coverage.ui import change_list, editor, own, revisions_page, saving
from coverage.ui.editor import Editor
from coverage.workspace import Revision, RevisionKind, Workspace, WorkspaceError
from tests.small_register import small

EDIT = RevisionKind.EDIT


pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def space(tmp_path, monkeypatch):
    """Workspace of one revision, that the app uses too."""
    url = f"sqlite:///{tmp_path / 'w.db'}"
    monkeypatch.setenv("DEKKEND_WORKSPACE", url)
    monkeypatch.setattr(editor, "editor", lambda: Editor("Anna", may_edit=True))
    st.cache_resource.clear()
    made = Workspace.open(url)
    made.commit(small(), parent=0, author="a", note="", kind=EDIT)
    yield made
    made.close()
    st.cache_resource.clear()


def other(space, register):
    """Somebody else saves."""
    latest = space.latest().number
    return space.commit(register, parent=latest, author="B *o* b", note="n", kind=EDIT)


def page():
    import streamlit as st  # noqa: PLC0415 - the function is run as a script

    from coverage import i18n  # noqa: PLC0415
    from coverage.ui import saving  # noqa: PLC0415
    from coverage.workspace import RevisionKind  # noqa: PLC0415

    st.session_state["language"] = "en"
    i18n.use("en")
    saving.tell()
    st.session_state["may_save"] = saving.may_save()
    after = st.session_state.pop("after", None)
    if after is not None:
        base = st.session_state.pop("base")
        done = saving.save(after, base=base, kind=RevisionKind.EDIT, note=" why ")
        st.session_state["answer"] = done
        st.rerun()


@pytest.fixture
def app(space):  # noqa: ARG001 - before the page runs
    made = AppTest.from_function(page, default_timeout=30).run()
    assert not made.exception
    return made


def save(app, after, base=1):
    app.session_state["after"], app.session_state["base"] = after, base
    app.run()
    assert not app.exception
    return app.session_state["answer"]


def button(app, label):
    return next(one for one in app.button if one.label == label)


def headings(app):
    return [one.value for one in app.header]


UNSAVED = "Your change is not saved yet"


def test_a_saved_change_is_told_once(app, space):
    assert save(app, small(capacity_families=["4", "", ""]))
    assert [one.value for one in app.success] == ["Saved as revision 2: 1 changed."]
    made = space.latest()
    assert (made.author, made.note, made.kind) == ("Anna", "why", EDIT)
    assert not app.run().success


def test_what_was_added_is_told_by_what_it_is(app):
    more = small(5)
    providers = pd.concat([more.providers, more.providers.assign(provider_id="P2", name="Ander")])
    assert save(app, Register.from_tables(providers, offers=more.offers))
    assert app.success[0].value == (
        "Saved as revision 2: 3 added. New: 2 offers and 1 organisation."
    )


def test_nothing_changed_makes_no_revision_and_is_no_failure(app, space):
    assert save(app, small())
    assert "nothing was saved" in app.success[0].value
    assert space.latest().number == 1


def test_the_second_is_told_and_puts_the_two_together(app, space):
    other(space, small(note=["x", "", ""]))
    assert not save(app, small(capacity_families=["4", "", ""]))
    assert headings(app) == [UNSAVED]
    assert "B \\*o\\* b" in "".join(one.value for one in app.markdown)
    assert space.latest().number == 2
    button(app, "Save them together").click().run()
    assert not app.exception
    assert headings(app) == []
    made, row = space.latest(), space.register().offers.loc[0]
    assert (made.kind, made.note) == (RevisionKind.MERGE, "why (merged with revision 2)")
    assert (row["note"], row["capacity_families"]) == ("x", 4)


def test_of_a_cell_that_both_changed_somebody_must_choose(app, space):
    other(space, small(note=["x", "z", ""]))
    assert not save(app, small(note=["y", "y", ""]))
    assert button(app, "Save them together").disabled
    assert "(it was: not filled in)" in app.radio[0].label
    app.radio[0].set_value("mine").run()
    assert button(app, "Save them together").disabled
    app.radio[1].set_value("theirs").run()
    button(app, "Save them together").click().run()
    assert list(space.register().offers["note"]) == ["y", "z", ""]


def test_what_says_one_thing_is_one_choice(app, space):
    other(space, small(1, coordination=["absent"]))
    after = small(1, coordination=["present"], evidence=["page *3*"], source=["Report"])
    assert not save(app, after)
    assert len(app.radio) == 1
    assert app.radio[0].label.count("not filled in") == 1
    theirs, mine = app.radio[0].options
    assert "absent" in theirs
    assert "present; " in mine
    assert "page \\*3\\*" in mine
    app.radio[0].set_value("theirs").run()
    button(app, "Save them together").click().run()
    row = space.register().offers.loc[0]
    assert row[["coordination", "evidence", "source"]].tolist() == ["absent", "", "Report"]


@pytest.mark.parametrize(("label", "kept"), [("mine", "y"), ("theirs", "x")])
def test_many_cells_are_chosen_at_once_and_shown_by_the_page(app, space, label, kept):
    count = saving._AT_ONCE + 3
    space.commit(small(count), parent=1, author="a", note="", kind=EDIT)
    other(space, small(count, note=["x"] * count))
    assert not save(app, small(count, note=["y"] * count), base=2)
    assert len(app.radio) == saving._AT_ONCE
    app.selectbox[0].set_value(saving._AT_ONCE).run()
    assert len(app.radio) == 3
    button(app, f"Keep {label} everywhere").click().run()
    button(app, "Save them together").click().run()
    assert set(space.register().offers["note"]) == {kept}


def test_a_row_that_one_removed_and_the_other_changed(app, space):
    other(space, small(2))
    assert not save(app, small(note=["", "", "y"]))
    assert app.radio[0].label == "Aanbod 3 \\(Stichting\\) \N{EN DASH} the whole row"
    assert list(app.radio[0].options) == ["Theirs: removed", "Mine: changed"]
    app.radio[0].set_value("mine").run()
    button(app, "Save them together").click().run()
    assert list(space.register().offers["note"]) == ["", "", "y"]


def without_provider():
    """Register in which the organisation made place for another one."""
    old = small()
    providers = old.providers.assign(provider_id="P2")
    return Register.from_tables(providers, offers=old.offers.assign(provider_id="P2"))


def test_changes_that_do_not_fit_together_are_not_saved(app, space):
    other(space, without_provider())
    assert not save(app, small(4))
    assert button(app, "Save them together").disabled
    assert "do not make a register" in app.error[0].value
    assert app.expander[-1].label == "What is wrong"
    assert space.latest().number == 2


def test_who_was_first_while_the_reader_chose_is_merged_too(app, space):
    other(space, small(note=["x", "", ""]))
    assert not save(app, small(capacity_families=["4", "", ""]))
    other(space, small(note=["x", "later", ""]))
    button(app, "Save them together").click().run()
    assert headings(app) == [UNSAVED], "told of the third one first"
    assert len(app.session_state["changes_not_saved_yet"]) == 1
    button(app, "Save them together").click().run()
    offers = space.register().offers
    assert list(offers["note"]) == ["x", "later", ""]
    assert offers.loc[0, "capacity_families"] == 4


def test_a_change_is_let_go_only_when_asked(app, space):
    other(space, small(note=["x", "", ""]))
    assert not save(app, small(note=["y", "", ""]))
    assert headings(app.run().run()) == [UNSAVED]
    button(app, "Yes, throw my change away").click().run()
    assert headings(app) == []
    assert space.latest().number == 2


def test_two_changes_that_are_not_saved_are_both_kept(app, space):
    other(space, small(note=["x", "", ""]))
    assert not save(app, small(note=["y", "", ""]))
    assert not save(app, small(note=["z", "", ""]))
    assert headings(app) == [UNSAVED, UNSAVED]


def test_only_so_many_changes_wait(app, space, monkeypatch):
    monkeypatch.setattr(saving, "_MOST", 2)
    other(space, small(note=["x", "", ""]))
    assert not save(app, small(note=["y", "", ""]))
    assert not app.error
    assert not save(app, small(note=["z", "", ""]))
    assert app.error[0].value.startswith("2 changes are waiting")
    assert not app.session_state["may_save"]
    button(app, "Yes, throw my change away").click().run()
    assert not app.error
    assert app.session_state["may_save"]


def test_who_may_not_edit_saves_nothing_and_loses_nothing(app, space, monkeypatch):
    monkeypatch.setattr(editor, "editor", lambda: Editor("", may_edit=False, why="Sign in."))
    assert not save(app, small(note=["y", "", ""]))
    assert app.warning[0].value.endswith("Sign in.")
    assert space.latest().number == 1
    monkeypatch.setattr(editor, "editor", lambda: Editor("Anna", may_edit=True))
    button(app, "Try to save again").click().run()
    assert headings(app) == []
    assert space.latest().number == 2


def test_a_database_that_is_away_loses_nothing(app, space, monkeypatch):
    def away(*_what, **_named):
        raise WorkspaceError("The workspace {address} is away.", address="*x*")

    with monkeypatch.context() as broken:
        broken.setattr(Workspace, "commit", away)
        assert not save(app, small(note=["y", "", ""]))
        assert "The workspace \\*x\\* is away." in app.warning[0].value
    button(app, "Try to save again").click().run()
    assert space.register().offers.loc[0, "note"] == "y"


def test_a_register_with_faults_that_waited_is_told_and_not_saved(app, space, monkeypatch):
    wrong = Register(**(small().tables | {"offers": small().offers.assign(provider_id="P9")}))
    monkeypatch.setattr(editor, "editor", lambda: Editor("", may_edit=False, why="No."))
    assert not save(app, wrong)
    monkeypatch.setattr(editor, "editor", lambda: Editor("Anna", may_edit=True))
    button(app, "Try to save again").click().run()
    assert not app.exception
    assert "P9" in app.warning[0].value
    assert space.latest().number == 1


def test_my_version_is_a_workbook_that_can_be_read_in():
    book = openpyxl.load_workbook(BytesIO(saving.as_workbook(small())), read_only=True)
    assert book.sheetnames == ["providers", "locations", "offers", "inventory"]


# --- words ------------------------------------------------------------------


def revision(**what):
    usual = {"number": 1234, "author": "[x](y)", "note": " *loud*\n ", "kind": EDIT}
    usual |= {"time": datetime(2026, 1, 2, 23, 30, tzinfo=UTC)}
    return Revision(**(usual | {"added": 0, "changed": 0, "removed": 0} | what))


def test_a_revision_in_words_is_in_the_time_of_the_country_and_harmless():
    told = change_list.sentence(revision(added=1, removed=1000))
    assert told == (
        "Revision 1,234 by \\[x\\]\\(y\\), 3 January 2026 00:30: 1 added, 1,000 removed. "
        "“\\*loud\\*”"
    )
    assert register_labels.counts(revision()) == "only the order of the rows"


@pytest.mark.parametrize(
    ("table", "column", "content", "words"),
    [
        ("offers", "note", "", "not filled in"),
        ("offers", "coordination", "not_described", "not described"),
        ("offers", "source_date", "2020-03", "March 2020"),
        ("offers", "service_area", "GM0363;GM0001", "Amsterdam (GM0363) and GM0001"),
        ("offers", "note", "a\n b", "a b"),
        ("offers", "no such column", "x", "x"),
        ("offers", "name", "yes", "yes"),
    ],
)
def test_a_cell_is_shown_in_words(table, column, content, words):
    if content.startswith("GM"):
        words = words.replace("GM0001", change_list._municipalities(["GM0001"]))
    assert change_list.value(table, column, content) == words


def test_of_long_texts_the_part_that_differs_is_shown():
    same = "a" * 2000
    before, after = change_list.values("offers", "note", same + "one", same + "other")
    assert before.endswith("one")
    assert after.endswith("other")
    assert len(after) < 100


def test_of_long_areas_the_municipalities_that_differ_are_shown():
    codes = [f"GM{number:04d}" for number in range(1, 30)]
    before, after = change_list.values(
        "offers", "service_area", ";".join(codes), ";".join([*codes[1:], "GM0363"])
    )
    assert after == "Amsterdam (GM0363), and 28 municipalities in both"
    assert "28" in before
    shrunk, _same = change_list.values(
        "offers", "service_area", ";".join(codes), ";".join(codes[:-1])
    )
    assert shrunk.count("(GM") <= 1


def test_the_list_has_a_row_for_each_cell_and_for_each_row_that_came_or_went():
    before = small(3)
    after = small(4, note=["x", "", "", "new"], capacity_families=["4", "", "", "5"])
    for cells in (False, True):
        found = changes.changes(before, after, cells=cells)
        lines = len(change_list.lines_of(found))
        assert lines == 3
        assert change_list.summary(found, lines) == "Rows: 1 added, 1 changed."
    assert "300" in change_list.summary(found, 1000)


def test_of_a_whole_row_it_is_said_what_it_was_and_what_it_is():
    for before, after, told in (
        (small(1), small(2), ["was not there", "is there"]),
        (small(2), small(1), ["was there", "is gone"]),
    ):
        (change,) = changes.changes(before, after).to_dict("records")
        cells = change_list._cells(change)
        assert [cell.text for cell in cells[-2:]] == told


def test_the_differences_to_keep_have_words_for_headings():
    found = change_list.worded(changes.changes(small(), small(2), cells=True))
    assert {"Where", "What", "Change", "Column", "It was", "It is"} <= set(found.columns)
    assert set(found["Change"]) == {"removed"}
    assert isinstance(found, pd.DataFrame)


# --- the page of revisions --------------------------------------------------


def revisions():
    from coverage import i18n  # noqa: PLC0415 - the function is run as a script
    from coverage.ui import choices, revisions_page, state  # noqa: PLC0415

    state.read()
    i18n.use("en")
    revisions_page.show(choices.ask_for_own())


def test_the_page_without_a_revision(tmp_path, monkeypatch, space):  # noqa: ARG001
    monkeypatch.setenv("DEKKEND_WORKSPACE", f"sqlite:///{tmp_path / 'new.db'}")
    app = AppTest.from_function(revisions, default_timeout=30).run()
    assert not app.exception
    assert "There is no revision yet" in app.info[0].value


def test_the_page_compares_with_the_one_before(space):
    other(space, small(2))
    app = AppTest.from_function(revisions, default_timeout=30).run()
    assert not app.exception
    assert [one.value for one in app.selectbox] == [2, 1]
    app.selectbox[0].set_value(1).run()
    assert [one.value for one in app.selectbox] == [1, 0]


def test_going_back_is_on_what_the_reader_saw(space):
    other(space, small(2))
    app = AppTest.from_function(revisions, default_timeout=30).run()
    app.selectbox[0].set_value(1).run()
    other(space, small(2, note=["x", ""]))
    button(app, "Yes, go back to revision 1").click().run()
    assert not app.exception
    assert space.latest().number == 3
    assert headings(app)[0] == UNSAVED
    button(app, "Save them together")


def test_a_revision_as_files(space):  # noqa: ARG001 - what the files are of
    book = openpyxl.load_workbook(BytesIO(revisions_page.as_workbook(1)), read_only=True)
    assert ("number", "1") in list(book["about"].iter_rows(values_only=True))
    with zipfile.ZipFile(BytesIO(revisions_page.as_zip(1))) as bundle:
        assert json.loads(bundle.read("revision.json"))["number"] == 1
    assert revisions_page.as_geopackage(1).startswith(b"SQLite format 3")
    assert own.latest() == 1
