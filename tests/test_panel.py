"""What is told of one municipality: panel, offers, neighbours, and what is not known."""

import re
from dataclasses import replace

import pandas as pd
import pytest

import coverage
from coverage import i18n
from coverage.neighbours import borders
from coverage.open_questions import Question, open_questions
from coverage.ui import nearby
from coverage.ui.offer_list import offers
from coverage.ui.panel import panel
from coverage.ui.pieces import Manner, filled, hole, link, mark
from tests import made

REASONS = {
    "offer": ["<img src=x onerror=alert(1)>", "Tweede"],
    "provider": ["A & B", ""],
    "outcome": ["unknown", "counts"],
    "test": ["long_term", ""],
    "answer": ["unknown", ""],
    "rung_at_least": ["none", "short_of_capacity"],
    "rung_at_most": ["short_of_capacity", "short_of_capacity"],
    "coordination": ["unknown", "present"],
    "evidence": ["'citaat' <b>", ""],
    "capacity_share": [float("nan"), 2.5],
    "source": ["javascript:alert(1)", "https://www.voorbeeld.nl/?a=1&b='2'"],
    "source_date": ["2014-07", ""],
    "certainty": ["low", ""],
    "status": ["observed", "example"],
    "framework": ["unknown", "voluntary"],
    "long_term": ["unknown", "yes"],
    "support": ["present", "present"],
    "acceptance": ["not_described", "unknown"],
    "mobilisation": ["absent", "unknown"],
}


@pytest.fixture(autouse=True)
def dutch():
    yield
    i18n.use(i18n.DEFAULT)


@pytest.fixture(scope="module")
def assessment():
    return coverage.assess(
        coverage.load_edition(2025), coverage.read_register(coverage.PUBLIC_REGISTER)
    )


@pytest.fixture(scope="module")
def example():
    return coverage.assess(
        coverage.load_edition(2025), coverage.read_register(coverage.EXAMPLE_REGISTER)
    )


@pytest.fixture(scope="module")
def border_table(assessment):
    return borders(assessment.edition.municipalities)


def page_of(code):
    return f"gemeente?gemeente={code}"


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_panel_of_each_municipality_can_be_made(assessment, border_table, language):
    i18n.use(language)
    for code in assessment.municipalities.index:
        text = panel(assessment, code, border_table)
        assert "<h3>" in text
        assert not re.search(r"\b(nan|None|NaN)\b", text)


def test_panel_never_says_none_for_not_known(assessment, border_table):
    row = assessment.municipalities.query("~known").iloc[0]
    text = panel(assessment, row.name, border_table)
    assert "Niet bekend is iets anders dan geen." in text
    assert "geen vrijwillig aanbod" not in text.lower()


def test_headings_follow_the_level_that_is_asked_for(example, border_table):
    manner = Manner(level=2, first=1)
    levels = re.findall(r"<h(\d)>", panel(example, "GM0014", border_table, manner))
    assert levels[0] == "2"
    assert set(levels[1:]) == {"3"}


def test_panel_escapes_texts_and_links_only_web_addresses(assessment, border_table, monkeypatch):
    offer = assessment.register.offers.iloc[0]
    monkeypatch.setattr(type(assessment), "reasons", lambda _self, _code: pd.DataFrame(REASONS))
    text = panel(assessment, "GM0200", border_table)
    assert "<img" not in text
    assert "&lt;img src=x onerror=alert(1)&gt;" in text
    assert "javascript:alert(1), juli 2014, zekerheid: laag" in text
    assert "href='javascript" not in text
    assert "href='https://www.voorbeeld.nl/?a=1&amp;b=&#x27;2&#x27;'" in text
    assert "rel='noopener noreferrer'" in text
    assert "Telt mee: plaats voor 2,5 gezinnen per jaar uit deze gemeente." in text
    assert "Telt misschien mee. Is het langdurig? Niet bekend." in text
    assert "In het register: &#x27;citaat&#x27; &lt;b&gt;" in text
    assert offer["name"] not in text


def test_names_of_municipalities_are_escaped(assessment, border_table):
    evil = "<script>alert(1)</script>"
    tables = assessment.municipalities.assign(name=evil, province=evil)
    changed = replace(assessment, municipalities=tables)
    manner = Manner(link_to=lambda code: f"'><script>{code}")
    for text in (
        panel(changed, "GM0200", border_table, manner),
        nearby.as_table(changed, "GM0200", border_table, manner),
    ):
        assert "<script" not in text


def test_functions_are_told_by_what_is_known_of_them(assessment, monkeypatch):
    i18n.use("en")
    monkeypatch.setattr(type(assessment), "reasons", lambda _self, _code: pd.DataFrame(REASONS))
    text = offers(assessment, "GM0200", Manner(nature=True))
    assert (
        "Has: guidance of the family. Not described: winning acceptance. "
        "Does not have: mobilising others. Not known: care coordination." in text
    )
    assert "Voluntary or compulsory: not known. Long-term: not known." in text
    assert "Voluntary. Long-term." in text
    assert "Voluntary. Long-term." not in offers(assessment, "GM0200", Manner())


def test_summaries_say_what_language_they_are_in(assessment):
    text = offers(assessment, "GM0363", Manner(summaries="en"))
    said = assessment.register.offers["evidence"].astype(bool).sum()
    assert said
    assert "In het register: <span lang='en'>" in text
    assert "lang=" not in offers(assessment, "GM0363", Manner())


def test_long_lists_are_folded(assessment):
    count = len(assessment.reasons("GM0599"))
    assert count > 10
    text = offers(assessment, "GM0599", Manner(first=5))
    head, folded = text.split("<details>")
    assert head.count("<li") == 5
    assert folded.count("<li") == count - 5
    whole = offers(assessment, "GM0599", Manner())
    assert "<details>" not in whole
    assert whole.count("<li") == count
    assert "<details>" not in offers(assessment, "GM0599", Manner(first=count))


def test_panel_tells_what_certain_hangs_on(assessment, border_table):
    tables = assessment.municipalities
    code = tables.index[0]
    said = "Die is geschat: de marge moet in 90 van de 100 gevallen kloppen."
    for status, source, there in (
        ("covered", "estimated", True),
        ("short_of_capacity", "estimated", True),
        ("covered", "observed", False),
        ("none", "estimated", False),
    ):
        changed = tables.copy()
        changed.loc[code, ["status_at_least", "status_at_most", "count_status"]] = [
            status,
            status,
            source,
        ]
        changed.loc[code, ["certain", "known"]] = True
        text = panel(replace(assessment, municipalities=changed), code, border_table)
        assert (said in text) == there


def test_panel_counts_offers_of_which_the_area_is_unknown(assessment, border_table):
    count = len(assessment.unplaced)
    assert count
    assert f"Van {count} keer aanbod" in panel(assessment, "GM0363", border_table)


def test_link_to_the_whole_page_only_where_there_is_one(assessment, border_table):
    i18n.use("en")
    linked = panel(assessment, "GM0363", border_table, Manner(link_to=page_of))
    assert "<a href='gemeente?gemeente=GM0363' target='_self'>Whole page" in linked
    assert "Whole page" not in panel(assessment, "GM0363", border_table)


def test_made_up_figures_are_marked_so(example, border_table):
    assert ">voorbeeld</span>" in panel(example, "GM0193", border_table)


def test_neighbours_are_named_for_each_step(example, border_table):
    i18n.use("en")
    text = nearby.in_short(example, "GM0363", border_table, Manner(link_to=page_of))
    assert "<dt>An offer with care coordination</dt><dd>Neighbours: <a href=" in text
    assert "gemeente=GM0362" in text
    assert "<dt>A voluntary, long-term offer</dt>" not in text  # it is there already


def test_far_ones_are_not_called_neighbours(assessment, border_table):
    i18n.use("en")
    text = nearby.in_short(assessment, "GM0363", border_table, Manner())
    assert "No neighbour is proven to have it. Nearest:" in text
    assert "Neighbours:" not in text
    assert "<dt>Enough capacity</dt><dd>Of no municipality is it proven.</dd>" in text
    assert "What is missing" not in text  # it is not known that it is


def test_table_of_neighbours_says_what_is_not_known(assessment, border_table):
    i18n.use("en")
    text = nearby.as_table(assessment, "GM0363", border_table, Manner())
    assert "Not proven here: a voluntary, long-term offer, an offer with care" in text
    assert "That does not say that they lack it" in text
    assert text.count("<th scope='row'>") == 5
    assert "<th scope='col'>Municipality</th>" in text


def test_who_is_covered_needs_no_neighbours(example, border_table):
    i18n.use("en")
    code = example.municipalities.query("status_at_least == 'covered'").index[0]
    assert nearby.in_short(example, code, border_table, Manner()) == ""
    assert "Nothing is missing here" in nearby.as_table(example, code, border_table, Manner())


def test_pieces():
    assert mark("observed") == ""
    assert ">geschat</span>" in mark("estimated")
    assert link("ftp://x", "a<b") == "a&lt;b"
    assert filled(f"<{hole()}>", "<b>x</b>") == "&lt;<b>x</b>&gt;"


def asked(assessment, code):
    found = open_questions(assessment, code)
    return list(zip(found["question"], found["test"], strict=True))


def alone(*offer_rows, complete=(), status="observed"):
    edition = made.edition([100.0], [100.0], status=status)
    return coverage.assess(edition, made.register(made.offers(*offer_rows), complete))


def test_nothing_to_ask_where_all_is_known():
    assert open_questions(alone(complete=["GM9001"]), "GM9001").empty


def test_inventory_is_asked_first():
    assert asked(alone(), "GM9001") == [(Question.INVENTORY, "")]
    assert asked(alone(status="estimated"), "GM9001") == [
        (Question.INVENTORY, ""),
        (Question.COUNTS, ""),
    ]


def test_unknown_test_of_an_offer_is_asked():
    assessment = alone({"framework": "unknown"}, complete=["GM9001"])
    assert asked(assessment, "GM9001") == [(Question.TEST, "voluntary")]
    row = open_questions(assessment, "GM9001").iloc[0]
    assert (row["offer"], row["provider"]) == ("Aanbod", "Aanbieder")


def test_capacity_is_asked_when_it_decides():
    assessment = alone({}, complete=["GM9001"])
    assert asked(assessment, "GM9001") == [(Question.TEST, "capacity")]


def test_answer_that_changes_nothing_is_not_asked():
    better = {"coordination": "absent"}
    worse = {"coordination": "absent", "long_term": "unknown"}
    assert asked(alone(better, worse, complete=["GM9001"]), "GM9001") == []


def test_silence_of_a_source_is_asked_about():
    assessment = alone({"coordination": "not_described"}, complete=["GM9001"])
    assert asked(assessment, "GM9001") == [(Question.NOT_DESCRIBED, "coordination")]


def test_offers_without_a_known_area_are_asked_about():
    assessment = alone({"service_area_type": "unknown", "service_area": ""}, complete=["GM9001"])
    found = open_questions(assessment, "GM9001")
    assert found["question"].tolist() == [Question.UNPLACED]
    assert found["count"].tolist() == [1]


def test_questions_of_a_code_that_is_not_there():
    with pytest.raises(KeyError):
        open_questions(alone(), "GM0001")
