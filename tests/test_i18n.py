"""Language and numbers."""

import threading

import pytest

from coverage import i18n


@pytest.fixture(autouse=True)
def default_language():
    yield
    i18n.use(i18n.DEFAULT)


def test_no_text_is_no_text_in_every_language():
    assert i18n._("") == ""


def test_dutch_is_the_default():
    assert i18n.language() == "nl"
    assert i18n._("unknown") == "niet bekend"


def test_english_needs_no_catalogue():
    i18n.use("en")
    assert i18n._("unknown") == "unknown"


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="'fr'"):
        i18n.use("fr")


@pytest.mark.parametrize(
    ("code", "shown"), [("nl", "1.234,5"), ("en", "1,234.5")], ids=["nl", "en"]
)
def test_numbers_follow_the_language(code, shown):
    i18n.use(code)
    assert i18n.number(1234.5, 1) == shown
    assert i18n.number(float("nan")) == "?"
    assert i18n.percent(float("nan")) == "?"


def test_percentages():
    assert i18n.percent(0.125, 1) == "12,5%"


@pytest.mark.parametrize(
    ("share", "digits", "shown"),
    [
        (0.0, 0, "0%"),
        (0.0001, 0, "less than 1%"),
        (0.005, 0, "less than 1%"),
        (0.006, 0, "1%"),
        (0.994, 0, "99%"),
        (0.997, 0, "more than 99%"),
        (1.0, 0, "100%"),
        (0.0001, 1, "less than 0.1%"),
        (0.001, 1, "0.1%"),
        (0.9999, 1, "more than 99.9%"),
    ],
)
def test_a_share_is_not_rounded_to_nothing_or_to_all(share, digits, shown):
    i18n.use("en")
    assert i18n.percent(share, digits) == shown


def test_one_session_does_not_change_the_language_of_another():
    seen = []
    i18n.use("en")
    other = threading.Thread(target=lambda: seen.append(i18n.language()))
    other.start()
    other.join()
    assert seen == ["nl"]
    assert i18n.language() == "en"
