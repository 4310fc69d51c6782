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
        (1.02, 1.02, "1 gezin", "1 family"),
        (0.97, NAN, "ten minste 1 gezin", "at least 1 family"),
        (1.06, 1.06, "1,1 gezinnen", "1.1 families"),
    ],
)
def test_families(language, low, high, nl, en):
    assert wording.families(low, high) == {"nl": nl, "en": en}[language]


def test_families_a_year(language):
    texts = [wording.families_a_year(2, 3), wording.families_a_year(0, NAN)]
    assert (
        texts
        == {
            "nl": ["2 tot 3 gezinnen per jaar", "niet bekend"],
            "en": ["2 to 3 families a year", "not known"],
        }[language]
    )


def test_names_as_a_phrase(language):
    assert wording.listed(["A"]) == "A"
    assert wording.listed(["A", "B"]) == {"nl": "A en B", "en": "A and B"}[language]


def test_status_in_few_words(language):
    words = [
        wording.status_words("none", certain=True, known=True),
        wording.status_words("without_coordination", certain=False, known=True),
        wording.status_words("none", certain=False, known=False),
        wording.status_words("none", certain=False, known=True),
    ]
    assert (
        words
        == {
            "nl": [
                "geen vrijwillig aanbod",
                "ten minste: vrijwillig, langdurig aanbod",
                "niet bekend",
                "geen aanbod aangetoond, zeker niet dekkend",
            ],
            "en": [
                "no voluntary offer",
                "at least: voluntary, long-term offer",
                "unknown",
                "no offer proven, certainly not covered",
            ],
        }[language]
    )


def test_status_in_a_sentence():
    i18n.use("en")
    assert wording.status_sentence("covered", "covered", known=True) == "Certain: covered."
    uncertain = wording.status_sentence("short_term_only", "covered", known=True)
    assert uncertain == "At least: voluntary offer. At most: covered."
    nothing = wording.status_sentence("none", "without_coordination", known=True)
    assert nothing.startswith("No offer proven, certainly not covered. At most: long-term")
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
