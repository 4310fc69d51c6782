"""The own register on every page: empty, the latest revision, an earlier one, out of reach."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from coverage import i18n
from coverage.ui import choices, own
from coverage.workspace import RevisionKind, Workspace
from tests.small_register import small

APP = str(Path(__file__).parents[1] / "app.py")
PAGES = ("", "tekorttabel", "vergelijk", "gemeente", "verantwoording")


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch):
    """A workspace of this test alone."""
    address = f"sqlite:///{tmp_path / 'workspace.db'}"
    monkeypatch.setenv("DEKKEND_WORKSPACE", address)
    opened = Workspace.open(address)
    yield opened
    opened.close()
    i18n.use(i18n.DEFAULT)


def commit(workspace, register, parent):
    return workspace.commit(register, parent=parent, author="test", note="", kind=RevisionKind.EDIT)


def visit(page="", **address):
    app = AppTest.from_file(APP, default_timeout=120)
    for name, value in {"register": "own", "taal": "en", **address}.items():
        app.query_params[name] = value
    if page:
        app._page_hash = calc_hash(page)  # a page that is a function has no path to switch to
    app.run()
    assert not app.exception
    return app


def said(messages):
    return " ".join(one.value for one in messages)


@pytest.mark.parametrize("page", PAGES)
def test_an_empty_register_is_said_to_be_empty_on_every_page(page):
    app = visit(page)
    assert "still empty" in said(app.info)
    assert not app.error


def test_the_map_shows_what_the_latest_revision_says(workspace):
    commit(workspace, small(1), 0)
    first = visit()
    assert "still empty" not in said(first.info)
    commit(workspace, small(2, service_area=["GM0363", "GM0034"]), 1)
    second = visit()
    labels = second.selectbox(key="revision").options
    assert labels[0] == "The latest (2)"
    assert [label.split(":")[0] for label in labels[1:]] == ["2", "1"]


def test_an_earlier_revision_is_shown_and_told(workspace):
    commit(workspace, small(1), 0)
    commit(workspace, small(2), 1)
    app = visit(revisie="1")
    assert "You look at revision 1 of your own register. The latest is 2." in said(app.info)
    assert app.query_params["revisie"] in ("1", ["1"])


def test_a_link_to_a_revision_that_is_not_there_is_a_broken_link(workspace):
    commit(workspace, small(1), 0)
    app = visit(revisie="7")
    assert "revisie=7" in said(app.warning)
    assert not app.error


def test_a_revision_is_named_wherever_the_register_is(workspace):
    commit(workspace, small(1), 0)
    i18n.use("en")
    chosen = choices.Choices(2025, own.OWN, "province", "", revision=1)
    assert choices.register_name(chosen).startswith("own register, revision 1 of ")


def test_another_workspace_with_the_same_numbers_shows_its_own_offers(tmp_path, monkeypatch):
    counts = []
    for name, offers in (("a", 1), ("b", 3)):
        address = f"sqlite:///{tmp_path / name}.db"
        monkeypatch.setenv("DEKKEND_WORKSPACE", address)
        commit(Workspace.open(address), small(offers), 0)
        counts.append(len(own.register(1).offers))
    assert counts == [1, 3]


def test_a_workspace_out_of_reach_is_told_and_leaves_the_public_sources(tmp_path, monkeypatch):
    (tmp_path / "no.db").write_text("this is no database")
    monkeypatch.setenv("DEKKEND_WORKSPACE", f"sqlite:///{tmp_path / 'no.db'}")
    app = visit()
    assert "cannot be opened" in said(app.error)
    assert "Show the public sources instead" in said(app.markdown)
    public = visit(register="public")
    assert not public.error


def test_who_looks_at_public_sources_makes_no_workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("DEKKEND_WORKSPACE", f"sqlite:///{tmp_path / 'never.db'}")
    for page in PAGES:
        visit(page, register="public")
    assert not (tmp_path / "never.db").exists()
