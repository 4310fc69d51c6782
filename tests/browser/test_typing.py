"""Typing in a form, fast, and in two languages: what is typed stays, and nothing else changes."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from coverage import changes
from coverage.workspace import RevisionKind, Workspace
from tests.browser.driver import running_app
from tests.small_register import small

SENTENCE = "Gesprek met de coördinator van het wijkteam, verslag van 3 maart"


@pytest.fixture
def workspace(tmp_path):
    with Workspace.open(f"sqlite:///{tmp_path / 'workspace.db'}") as space:
        space.commit(small(2), parent=0, author="a", note="", kind=RevisionKind.IMPORT)
        yield space


@pytest.fixture
def app(workspace, tmp_path):  # noqa: ARG001 - it must be there
    place = f"sqlite:///{tmp_path / 'workspace.db'}"
    with running_app(DEKKEND_WORKSPACE=place, XDG_CONFIG_HOME=str(tmp_path)) as where:
        yield where


def test_what_is_typed_while_the_page_is_drawn_anew_stays(visit):
    visit.open("aanbod", aanbod="O1")
    first = visit.page.get_by_role("textbox", name="Voor welke gezinnen?")
    other = visit.page.get_by_role("textbox", name="Wat de bron over de capaciteit zegt")
    first.fill("gezinnen met meer problemen")
    # To another field leaves the first one, and the page is drawn anew under the typing.
    other.click()
    visit.page.keyboard.type(SENTENCE, delay=15)
    visit.settle()
    expect(other).to_have_value(SENTENCE)
    expect(first).to_have_value("gezinnen met meer problemen")


def test_another_language_halfway_changes_nothing_but_the_words(visit, workspace):
    visit.open("aanbod", aanbod="O1")
    capacity = visit.page.get_by_role("textbox", name="Capaciteit (gezinnen per jaar)")
    capacity.fill("12")
    visit.page.keyboard.press("Tab")
    visit.settle()
    visit.switch("English")
    visit.switch("Nederlands")
    visit.switch("English")
    visit.page.get_by_role("button", name="Save", exact=True).click()
    expect(visit.page.get_by_text("Saved as revision 2")).to_be_visible()
    found = changes.changes(workspace.register(1), workspace.register(2))
    assert found[["key", "column", "after"]].to_numpy().tolist() == [
        ["O1", "capacity_families", "12"]
    ]
