"""What is not known of a municipality, and which answers can change what is said of it."""

import pytest
from hypothesis import given

import coverage
from coverage import explanations, i18n
from coverage.open_questions import (
    Question,
    open_questions,
    unplaced_rungs,
    unplaced_that_matter,
)
from coverage.vocabulary import CoverageStatus
from tests import made

UNPLACED = {"service_area_type": "unknown", "service_area": ""}


@pytest.fixture(autouse=True)
def english():
    i18n.use("en")
    yield
    i18n.use(i18n.DEFAULT)


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


def test_offer_that_can_prove_no_more_is_not_asked_about():
    # The status is not certain, as there may be offers that nobody has listed.
    better = {"coordination": "not_described"}
    no_better = {"coordination": "absent", "long_term": "unknown"}
    found = [question for question, _test in asked(alone(better, no_better), "GM9001")]
    assert found == [Question.INVENTORY, Question.NOT_DESCRIBED]


def test_silence_of_a_source_is_asked_about():
    assessment = alone({"coordination": "not_described"}, complete=["GM9001"])
    assert asked(assessment, "GM9001") == [(Question.NOT_DESCRIBED, "coordination")]


def test_offers_without_a_known_area_are_asked_about():
    assessment = alone({"service_area_type": "unknown", "service_area": ""}, complete=["GM9001"])
    found = open_questions(assessment, "GM9001")
    assert found["question"].tolist() == [Question.UNPLACED]
    assert found["count"].tolist() == [1]


@pytest.mark.parametrize(
    "more",
    [
        {"framework": "compulsory"},
        {"offer_type": "informal"},
        {"year_to": 2005},
    ],
)
def test_offers_that_count_nowhere_are_not_asked_about(more):
    assessment = alone(UNPLACED | more)
    assert len(assessment.unplaced) == 1
    assert unplaced_rungs(assessment).tolist() == [CoverageStatus.NONE.rung]
    assert asked(assessment, "GM9001") == [(Question.INVENTORY, "")]
    assert unplaced_that_matter(assessment, "GM9001") == 0


def test_only_unplaced_offers_that_allow_more_than_is_proven_are_asked_about():
    proven = {"coordination": "absent"}
    no_better = UNPLACED | {"coordination": "absent"}
    better = UNPLACED | {"coordination": "not_described"}
    assessment = alone(proven, no_better, better)
    row = open_questions(assessment, "GM9001").set_index("question").loc[Question.UNPLACED]
    assert row["count"] == 1
    assert unplaced_that_matter(alone(no_better, better), "GM9001") == 2


def test_unplaced_offers_are_asked_about_where_capacity_decides():
    # Care coordination is proven; whether there is room enough hangs on the other offer.
    assessment = alone({"capacity_families": 1.0}, UNPLACED, complete=["GM9001"])
    assert not assessment.municipalities.loc["GM9001", "certain"]
    assert asked(assessment, "GM9001") == [(Question.UNPLACED, "")]


def test_nothing_is_asked_of_unplaced_offers_where_the_status_is_certain():
    assessment = alone({"capacity_families": 9_000.0}, UNPLACED, complete=["GM9001"])
    assert assessment.municipalities.loc["GM9001", "certain"]
    assert open_questions(assessment, "GM9001").empty
    assert unplaced_that_matter(assessment, "GM9001") == 0


def test_test_of_an_offer_is_asked_where_capacity_decides():
    # It allows no more than the rung that is proven, but its room may be enough.
    perhaps = {"framework": "unknown", "capacity_families": 9_000.0}
    assessment = alone({"capacity_families": 1.0}, perhaps, complete=["GM9001"])
    assert asked(assessment, "GM9001") == [(Question.TEST, "voluntary")]


def test_outreach_that_is_asked_for_counts_for_unplaced_offers_too():
    edition = made.edition([100.0], [100.0])
    register = made.register(made.offers(UNPLACED | {"assertive_outreach": "no"}))
    for outreach, count in ((False, 1), (True, 0)):
        assessment = coverage.assess(edition, register, assertive_outreach=outreach)
        assert unplaced_that_matter(assessment, "GM9001") == count


@pytest.mark.parametrize(("year", "able", "count"), [(2010, 31, 49), (2025, 42, 49)])
def test_page_on_the_method_tells_how_many_can_count_at_all(year, able, count):
    register = coverage.read_register(coverage.PUBLIC_REGISTER)
    assessment = coverage.assess(coverage.load_edition(year), register)
    said = [lack.text for lack in explanations.known_gaps(assessment, register)]
    assert (
        f"Of {count} offers in this register it is not known where they serve. Offers of these "
        f"that may count in any municipality: {able}." in said
    )
    for code in assessment.municipalities.index[:20]:
        assert unplaced_that_matter(assessment, code) <= able


def test_questions_of_a_code_that_is_not_there():
    with pytest.raises(KeyError):
        open_questions(alone(), "GM0001")


@given(made.countries())
def test_law_an_offer_that_is_asked_about_allows_care_coordination(country):
    edition, rows, complete = country
    assessment = coverage.assess(edition, made.register(made.offers(*rows), complete))
    for code in assessment.municipalities.index:
        reasons = assessment.reasons(code)
        found = reasons.loc[reasons["answer"] == "unknown", "rung_at_most"]
        assert set(found) <= {CoverageStatus.SHORT_OF_CAPACITY}
