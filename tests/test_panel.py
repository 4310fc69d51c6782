"""What is told of one municipality: panel, offers, neighbours, and what is not known."""

import re
from dataclasses import replace

import pandas as pd
import pytest

import coverage
from coverage import i18n
from coverage.neighbours import borders
from coverage.open_questions import unplaced_that_matter
from coverage.ui import nearby
from coverage.ui.offer_list import offers
from coverage.ui.panel import panel
from coverage.ui.pieces import Manner, filled, hole, link, mark
from tests import made

REASONS = {
    "offer_type": ["family_support", "coordination_only"],
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
    "status": ["observed", "entered"],
    "note": ["<i>", ""],
    "framework": ["unknown", "voluntary"],
    "framework_basis": ["", "classified"],
    "duration_months_min": [float("nan"), 12.0],
    "duration_months_max": [float("nan"), float("nan")],
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
    assert ": plaats voor 2,5 gezinnen per jaar uit deze gemeente." in text
    assert ". Is het langdurig? Niet bekend." in text
    assert "In het register: &lt;i&gt;" in text
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
    assert "Voluntary (classified so by who made the register). Long-term." in text


def offered(*rows, complete=()):
    """Offers of a made municipality, in words."""
    i18n.use("en")
    edition = made.edition([100.0], [100.0])
    weighed = coverage.assess(edition, made.register(made.offers(*rows), complete))
    return offers(weighed, "GM9001", Manner())


def test_kind_of_offer_is_told_where_it_is_no_family_support():
    text = offered({"offer_type": "coordination_only"})
    assert "not only coordination or volunteer work)? No. Kind of offer: coordination only." in text
    assert "Kind of offer" not in offered({"coordination": "absent"})


def test_each_offer_tells_what_it_proves_and_on_which_the_status_rests():
    text = offered(
        {"long_term": "unknown", "coordination": "unknown"},
        {"coordination": "not_described"},
        {"framework": "unknown"},
        {"offer_type": "informal"},
    )
    first, *others = text.split("<li ")[1:]
    assert (
        "<p>Proves: voluntary, long-term offer; care coordination is not described. "
        "<strong>The status rests on this.</strong></p>" in first
    )
    assert "Does not count for the capacity with care coordination." in first
    assert "rests" not in "".join(others)
    text = "".join(others)
    assert (
        "<p>Proves: voluntary offer. "
        "Possibly more: voluntary, long-term offer with care coordination.</p>" in text
    )
    assert "<p>Proves nothing yet. Possible: voluntary, long-term offer with care" in text
    assert "<p>Adds nothing to the status.</p>" in text
    assert "rests" not in offered({"offer_type": "informal"}, complete=["GM9001"])


def test_covered_rests_on_each_offer_with_coordination():
    text = offered({"capacity_families": 900.0}, {"capacity_families": 900.0}, {"long_term": "no"})
    assert text.count("The status rests on this.") == 2


def test_what_is_inferred_is_no_fact():
    basis = {"framework_basis": "classified", "duration_months_min": 12.0}
    text = offered(basis)
    assert "Voluntary (classified so by who made the register). Long-term." in text
    text = offered(basis | {"duration_months_min": float("nan")})
    assert "Long-term (the register gives no number of months)." in text
    assert "classified" not in offered({"framework_basis": "stated"})


def test_remarks_of_the_register_are_told_and_long_ones_folded():
    assert "<p class='source'>In the register: Two years, &lt;so&gt;.</p>" in offered(
        {"note": "Two years, <so>."}
    )
    long = "As long as necessary, hence long-term. " * 5
    assert f"<summary>Remark in the register</summary><p>In the register: {long}" in offered(
        {"note": long}
    )
    assert "Two years" not in offered({"note": "Two years", "status": "example"})


def test_source_of_what_is_made_up_is_told_in_words(example, border_table):
    text = panel(example, "GM0193", border_table)
    assert "seed 2010" in example.register.offers["source"].iloc[0]
    assert "seed 2010" not in text
    assert "Bron: example (made up)" in text or "Bron: voorbeeld (verzonnen)" in text


def test_orders_tell_their_range_and_that_they_are_estimated(assessment, border_table):
    i18n.use("en")
    text = panel(assessment, "GM0629", border_table)
    assert "<td>26 measures (23 to 28) " in text
    assert "<td>12 measures <" in text  # no range
    assert "Orders: 2022, estimated from national figures (CBS)." in text
    counts = assessment.counts.assign(source="own files")
    rows = assessment.municipalities.assign(count_source="own files", count_status="entered")
    own = panel(replace(assessment, counts=counts, municipalities=rows), "GM0629", border_table)
    assert "Orders: 2022, own files." in own


def test_what_is_far_is_not_said_to_be_near(assessment, border_table):
    i18n.use("en")
    title = "Nearest municipalities that have what is not proven here"
    for text in (
        nearby.in_short(assessment, "GM0629", border_table, Manner()),
        nearby.as_table(assessment, "GM0629", border_table, Manner()),
    ):
        assert title in text
        assert "near here" not in text
        assert "Tilburg" in text
        assert "Groningen" not in text


def test_summaries_say_what_language_they_are_in(assessment):
    text = offers(assessment, "GM0363", Manner(summaries="en"))
    i18n.use("en")
    assert "In the register: <span lang='en'>" in offers(
        assessment, "GM0363", Manner(summaries="en")
    )
    assert "In the register (in Dutch): " in offers(assessment, "GM0363", Manner(summaries="nl"))
    i18n.use("nl")
    said = assessment.register.offers["evidence"].astype(bool).sum()
    assert said
    assert ": <span lang='en'>" in text
    assert "Engels): <span" in text or "English): <span" in text
    assert "In het register: <span" not in text
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
    i18n.use("en")
    count = unplaced_that_matter(assessment, "GM0363")
    assert 0 < count < len(assessment.unplaced)
    assert f"{count} other offers of the register may count" in panel(
        assessment, "GM0363", border_table
    )
    nothing = replace(assessment, municipalities=assessment.municipalities.assign(certain=True))
    assert "other offers of the register" not in panel(nothing, "GM0363", border_table)


@pytest.mark.parametrize(
    ("column", "there"), [("residents_0_17", "<td>not known"), ("residents_0_17_year", "<td>18")]
)
def test_panel_says_that_residents_or_their_year_are_not_known(
    assessment, border_table, column, there
):
    i18n.use("en")
    tables = assessment.municipalities.astype({column: float})
    tables.loc["GM0363", "residents_0_17"] = 18.0
    tables.loc["GM0363", [column, "imposed"]] = float("nan")
    counts = assessment.counts.copy()
    counts.loc["GM0363", ["imposed", "imposed_low", "imposed_high"]] = float("nan")
    less = replace(assessment, municipalities=tables, counts=counts)
    text = panel(less, "GM0363", border_table)
    assert there in text.partition("Residents 0-17")[2]
    assert "Supervision orders imposed</th><td>not known" in text
    assert "nan" not in text


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
    assert text.count("<th scope='row'>") == 4
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


def test_months_that_contradict_the_word_are_told_beside_it():
    basis = {"framework_basis": "classified", "long_term": "no"}
    text = offered(basis | {"duration_months_min": 9.0})
    assert "(The number of months says otherwise, and decides.)" in text
    assert "otherwise" not in offered(basis | {"long_term": "yes", "duration_months_min": 9.0})
    assert "otherwise" not in offered(basis | {"duration_months_min": 3.0})
