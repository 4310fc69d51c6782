"""Readers share what was read and calculated; none of them changes it for another."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path

import pytest
from pandas.testing import assert_frame_equal
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

import coverage
from coverage import i18n, measures
from coverage.settings import Settings
from coverage.ui import data
from coverage.ui.chosen import Choices

APP = str(Path(__file__).parents[1] / "app.py")
PAGES = ("", "tekorttabel", "vergelijk", "gemeente", "verantwoording")
CHOSEN = Choices(2025, "example", "province", "")


@pytest.fixture(autouse=True)
def dutch():
    yield
    i18n.use(i18n.DEFAULT)


def visit(page, **address):
    app = AppTest.from_file(APP, default_timeout=120)
    for name, value in address.items():
        app.query_params[name] = value
    if page:
        app._page_hash = calc_hash(page)  # a page that is a function has no path to switch to
    app.run()
    assert not app.exception
    assert not app.error
    return app


def test_no_page_changes_what_all_readers_share():
    for page in PAGES:
        visit(page, register="example", gemeente="GM0193", toon="gap", locaties="ja", naast="2010")
    fresh = coverage.assess(coverage.load_edition(2025), data.shipped("example"))
    shared = data.assessment(CHOSEN)
    assert_frame_equal(shared.municipalities, fresh.municipalities)
    assert_frame_equal(data.regions(CHOSEN, "study"), fresh.regions("study"))
    read = coverage.read_register(coverage.EXAMPLE_REGISTER)
    for name in ("providers", "locations", "offers", "inventory"):
        assert_frame_equal(getattr(data.shipped("example"), name), getattr(read, name))
    i18n.use("nl")
    assert_frame_equal(data.paint(CHOSEN, "nl"), measures.paint(fresh, "status"))


def test_settings_of_one_reader_are_not_those_of_another():
    other = visit("", opgelegd="0.5", taal="en")
    mine = visit("")
    assert "own settings" in other.info[0].value
    assert not mine.info
    usual, changed = (
        data.assessment(Choices(2025, "public", "province", "", settings=settings))
        for settings in (Settings(), Settings(share_imposed=0.5))
    )
    assert usual.municipalities["demand_high"].sum() < changed.municipalities["demand_high"].sum()


def test_language_of_one_reader_is_not_that_of_another():
    def words(language):
        def read():
            i18n.use(language)
            return data.paint(CHOSEN, language)["words"].iloc[0]

        return copy_context().run(read)

    with ThreadPoolExecutor(8) as readers:
        answers = list(readers.map(words, ["nl", "en"] * 8))
    assert set(answers[::2]) == {words("nl")}
    assert set(answers[1::2]) == {words("en")}
    assert words("nl") != words("en")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_so_when_the_offers_are_made_up(page):
    assert "verzonnen" in visit(page, register="example").warning[0].value
    assert not visit(page, register="public").warning
