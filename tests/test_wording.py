"""Figures and statuses in words, in both languages."""

import pytest

from coverage import i18n, wording

NAN = float("nan")


@pytest.fixture(params=["nl", "en"])
def language(request):
    i18n.use(request.param)
    yield request.param
    i18n.use(i18n.DEFAULT)


@pytest.mark.parametrize(
    ("low", "high", "nl", "en"),
    [
        (0.34, 4.5, "0,3 tot 4,5", "0.3 to 4.5"),
        (1234.4, 5678.6, "1.234 tot 5.679", "1,234 to 5,679"),
        (3, 3, "3", "3"),
        (3, NAN, "ten minste 3", "at least 3"),
        (0, NAN, "niet bekend", "not known"),
        (0, float("inf"), "niet bekend", "not known"),
        (NAN, NAN, "niet bekend", "not known"),
        (0, 0, "0", "0"),
    ],
)
def test_interval(language, low, high, nl, en):
    assert wording.interval(low, high) == {"nl": nl, "en": en}[language]


@pytest.mark.parametrize(
    ("low", "high", "nl", "en"),
    [
        (1, 1, "1 gezin", "1 family"),
        (0, 1.5, "0 tot 1,5 gezinnen", "0 to 1.5 families"),
        (2, NAN, "ten minste 2 gezinnen", "at least 2 families"),
        (0, NAN, "niet bekend", "not known"),
    ],
)
def test_families(language, low, high, nl, en):
    assert wording.families(low, high) == {"nl": nl, "en": en}[language]


def test_status_in_few_words(language):
    words = [
        wording.status_words("none", certain=True, known=True),
        wording.status_words("without_coordination", certain=False, known=True),
        wording.status_words("none", certain=False, known=False),
    ]
    assert (
        words
        == {
            "nl": [
                "geen vrijwillig aanbod",
                "ten minste: vrijwillig, langdurig aanbod",
                "niet bekend",
            ],
            "en": ["no voluntary offer", "at least: voluntary, long-term offer", "unknown"],
        }[language]
    )


def test_status_in_a_sentence():
    i18n.use("en")
    assert wording.status_sentence("covered", "covered", known=True) == "Certain: covered."
    uncertain = wording.status_sentence("short_term_only", "covered", known=True)
    assert uncertain == "At least: voluntary offer. At most: covered."
    unknown = wording.status_sentence("none", "covered", known=False)
    assert unknown.startswith("Not known.")
    assert unknown.endswith("not the same as none.")
    i18n.use(i18n.DEFAULT)


@pytest.mark.parametrize(
    ("text", "nl", "en"),
    [
        ("2014-07-13", "13 juli 2014", "13 July 2014"),
        ("2014-07", "juli 2014", "July 2014"),
        ("2014", "2014", "2014"),
        ("", "", ""),
        ("2014-13-45", "2014-13-45", "2014-13-45"),
        ("zomer 2014", "zomer 2014", "zomer 2014"),
    ],
)
def test_dates(language, text, nl, en):
    assert wording.date_words(text) == {"nl": nl, "en": en}[language]


def test_capital_leaves_the_rest_alone():
    assert wording.capital("CJG en meer") == "CJG en meer"
    assert wording.capital("ots opgelegd") == "Ots opgelegd"
    assert wording.capital("") == ""
