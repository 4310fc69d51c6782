"""Counts that are not protected: who sees them, and how they leave the screen."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from coverage import count_sets, disclosure, provenance
from coverage.ui import data, download, editor, own_counts
from coverage.ui.chosen import Choices
from coverage.workspace import Workspace
from tests.test_count_sets import counts, protected

APP = str(Path(__file__).parents[1] / "app.py")
ME = editor.Editor("A tester", may_edit=True, identity="me")
WORDS = "For the court only, on paper"
SHOWN = "unprotected_shown_1"
WHY = "unprotected_why_1"
KEPT_IN = "<p class='coverage-kept-in'>"

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("DEKKEND_WORKSPACE", f"sqlite:///{tmp_path}/w.db")
    monkeypatch.setattr(editor, "editor", lambda: ME)
    with Workspace.open() as opened:
        save(opened, counts())
        yield opened


def save(workspace, table, *, public=False, year=2025):
    made = disclosure.already_public(table) if public else protected(table)
    given = {"edition": year, "author": ME.name, "note": "", "identity": ME.identity}
    return count_sets.save(workspace, table, made, **given)


def visit(page="gemeente", **address):
    app = AppTest.from_file(APP, default_timeout=120)
    given = {"taal": "en", "aantallen": "own", "gemeente": "GM0310", **address}
    for name, value in given.items():
        app.query_params[name] = value
    app._page_hash = calc_hash(page) if page else ""
    app.run()
    assert not app.exception
    return app


def html_of(app):
    drawn = [str(one.proto.body) for one in app.get("html")]
    parts = [json.loads(one.proto.json) for one in app.get("bidi_component") if one.proto.json]
    return "".join(drawn + [part["html"] for part in parts if "html" in part])


def told(app):
    return " ".join(one.value for one in [*app.info, *app.warning, *app.error, *app.caption])


def toggles(app):
    return [one for one in app.toggle if str(one.key).startswith("unprotected")]


def show_bare(app):
    app.toggle(key=SHOWN).set_value(True).run()
    assert not app.exception
    return app


def say(app, words):
    app.text_input(key=WHY).set_value(words).run()
    assert not app.exception


def test_a_reason_that_is_too_short_is_told():
    app = visit()
    toggles(app)[0].set_value(True).run()
    assert not app.error
    say(app, "x")
    (told_so,) = app.error
    assert "Your reason is too short: at least 10 characters" in told_so.value
    say(app, WORDS)
    assert not app.error


# --- who sees them ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who",
    [
        replace(ME, name="Somebody else", identity="other"),
        replace(ME, identity="the same name, another account"),
        replace(ME, identity=""),
        replace(ME, may_edit=False, why="Sign in."),
    ],
)
def test_others_are_never_offered_them(who, monkeypatch):
    monkeypatch.setattr(editor, "editor", lambda: who)
    app = visit()
    assert toggles(app) == []
    assert "Small counts are protected" in told(app)


def test_who_loses_the_right_loses_the_sight(monkeypatch):
    app = show_bare(visit())
    assert "You see small counts" in told(app)
    monkeypatch.setattr(editor, "editor", lambda: replace(ME, identity="other"))
    app.run()
    assert "You see small counts" not in told(app)
    assert KEPT_IN not in html_of(app)


def test_a_link_that_is_copied_opens_protected():
    app = show_bare(visit(reeks="1"))
    say(app, WORDS)
    address = dict(app.query_params)
    assert set(address) == {"taal", "aantallen", "reeks", "gemeente"}
    # What a stranger puts in an address is no choice.
    again = visit(**{SHOWN: "true", WHY: WORDS})
    assert not toggles(again)[0].value
    assert "You see small counts" not in told(again)


def test_without_own_counts_there_is_nothing_to_unprotect():
    assert toggles(visit(aantallen="shipped")) == []


def test_counts_of_cbs_are_called_public(workspace):
    save(workspace, counts(source="CBS"), public=True)
    app = visit()
    assert "CBS has published" in told(app)
    assert toggles(app) == []


# --- how they leave ---------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["", "tekorttabel", "vergelijk", "gemeente"])
def test_nothing_leaves_without_words_and_everything_says_them(page):
    app = visit(page)
    files = len(app.get("download_button"))
    assert files
    show_bare(app)
    assert app.get("download_button") == []
    assert "Not to be saved" in told(app)
    assert KEPT_IN in html_of(app)
    say(app, "too few")
    assert app.get("download_button") == []
    say(app, f" <b>{WORDS}  ")
    assert len(app.get("download_button")) == files
    assert KEPT_IN not in html_of(app)
    assert f"because: &lt;b&gt;{WORDS}</p>" in html_of(app)
    # Off and on again: the words are to be said anew.
    app.toggle(key=SHOWN).set_value(False).run()
    show_bare(app)
    assert app.get("download_button") == []


def test_words_for_one_set_do_not_hold_for_another(workspace):
    save(workspace, counts(13, 8, 31, 42, 4))
    app = show_bare(visit(reeks="1"))
    say(app, WORDS)
    app.selectbox(key="count_set").set_value(2).run()
    assert "You see small counts" not in told(app)
    app.toggle(key="unprotected_shown_2").set_value(True).run()
    assert app.get("download_button") == []


def test_a_file_holds_the_words_and_nothing_of_the_counts_beside_its_table(tmp_path):
    chosen = Choices(2025, "public", "province", "", counts=1)
    for words, kept in ((None, False), (WORDS, True)):
        made = data.assessment(replace(chosen, unprotected=words))
        assert (made.provenance["protection"].get("why") == WORDS) is kept
        content = download.workbook(made, ["GM0310"], "en")
        path = tmp_path / "a.xlsx"
        path.write_bytes(content)
        table = provenance.read(path)
        assert (provenance.why_unprotected(table) == WORDS) is kept


# --- sets that are not there ------------------------------------------------------------------


def test_a_set_of_a_broken_link_is_told():
    app = visit(reeks="99")
    assert "reeks=99" in told(app)
    assert app.selectbox(key="count_set").value == 0


def test_a_set_that_was_removed_meanwhile_is_told(workspace):
    save(workspace, counts(13, 8, 31, 42, 4))
    app = visit(reeks="1")
    count_sets.remove(workspace, 1)
    app.run()
    assert not app.exception
    assert "the set of counts" in told(app)
    count_sets.remove(workspace, 2)
    app.run()
    assert "no own counts for the municipalities of 2025 yet" in told(app)


def test_a_set_of_another_edition_is_not_used_there():
    app = visit("vergelijk", naast="2010", regios="province:PV26")
    assert not app.exception
    chosen = Choices(2025, "public", "province", "", counts=1, unprotected=WORDS)
    other = data.assessment(replace(chosen, year=2010))
    assert other.protection is None
    assert other.provenance["own_counts"] is None
    assert own_counts.key(1, 2010) == ""
    app = visit(peiljaar="2010", reeks="1")
    assert "no own counts for the municipalities of 2010 yet" in told(app)


def test_a_database_that_cannot_be_opened_leaves_the_way_back(tmp_path, monkeypatch):
    (tmp_path / "bad.db").write_text("no database " * 100)
    monkeypatch.setenv("DEKKEND_WORKSPACE", f"sqlite:///{tmp_path}/bad.db")
    app = visit()
    assert "cannot be opened" in told(app)
    (link,) = [one.value for one in app.markdown if "Show the public sources" in one.value]
    assert "aantallen" not in link
    app.radio(key="counts").set_value("shipped").run()
    assert not app.error


def test_the_names_of_who_signs_in_do_not_make_an_owner():
    claims = {"iss": "https://a.example", "sub": "1", "name": "Anna"}
    assert editor.identity_of(claims) != editor.identity_of({**claims, "sub": "2"})
    assert editor.identity_of({"name": "Anna", "iss": "https://a.example"}) == ""
