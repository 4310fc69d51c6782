"""Where the letter's four functions are present: cases worked by hand, and laws."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage import assess
from coverage.functions import STEPS
from coverage.vocabulary import Function, OfferFilter
from tests import made

EDITION = made.edition([100, 100], [200, 200])
HERE, ELSEWHERE = "GM9001", "GM9002"
RANKS = {str(step): rank for rank, step in enumerate(STEPS)}
FILTERS = [OfferFilter.VOLUNTARY, OfferFilter.LONG_TERM]


def ranges(*rows, complete=(HERE,), only=(), function="coordination", outreach=False):
    register = made.register(made.offers(*rows), complete)
    found = assess(EDITION, register, assertive_outreach=outreach)
    return found.function(Function(function), only=only)


def found(*rows, **kwargs):
    """What is known in the first municipality: proven, possible, known."""
    row = ranges(*rows, **kwargs).loc[HERE]
    assert row["certain"] == (row["known"] and row["at_least"] == row["at_most"])
    return row["at_least"], row["at_most"], row["known"]


ABSENT, NOT_DESCRIBED, PRESENT = map(str, STEPS)
UNKNOWN = (ABSENT, PRESENT, False)


def test_present_is_proven_also_without_an_inventory():
    assert found({"coordination": "present"}) == (PRESENT, PRESENT, True)
    assert found({"coordination": "present"}, complete=()) == (PRESENT, PRESENT, True)


@pytest.mark.parametrize("status", [NOT_DESCRIBED, ABSENT])
def test_what_an_offer_lacks_is_certain_only_where_no_other_can_be(status):
    assert found({"coordination": status}) == (status, status, True)
    assert found({"coordination": status}, complete=()) == (status, PRESENT, True)


def test_unknown_of_an_offer_is_not_known():
    assert found({"coordination": "unknown"}) == UNKNOWN
    assert found({"coordination": "unknown"}, complete=()) == UNKNOWN


def test_without_offers_it_is_absent_only_where_all_is_known():
    assert found() == (ABSENT, ABSENT, True)
    assert found(complete=()) == UNKNOWN


def test_best_offer_counts():
    rows = [{"coordination": status} for status in (ABSENT, NOT_DESCRIBED, PRESENT)]
    assert found(*rows) == (PRESENT, PRESENT, True)
    assert found(*rows[:2]) == (NOT_DESCRIBED, NOT_DESCRIBED, True)
    assert found(rows[1], {"coordination": "unknown"}) == (NOT_DESCRIBED, PRESENT, True)


def test_offer_elsewhere_says_nothing_here():
    elsewhere = {"service_area": ELSEWHERE}
    assert found(elsewhere) == (ABSENT, ABSENT, True)
    assert ranges(elsewhere).loc[ELSEWHERE, "at_least"] == PRESENT


def test_offer_of_unknown_area_may_serve_anybody():
    unplaced = {"service_area_type": "unknown", "service_area": ""}
    assert found(unplaced) == UNKNOWN
    assert found(unplaced | {"coordination": NOT_DESCRIBED}) == (ABSENT, NOT_DESCRIBED, True)
    assert found(unplaced | {"coordination": ABSENT}) == (ABSENT, ABSENT, True)


def test_offer_for_a_part_proves_nothing_of_the_whole():
    part = {"partial_area": "yes"}
    assert found(part) == UNKNOWN
    assert found(part | {"coordination": NOT_DESCRIBED}) == (ABSENT, NOT_DESCRIBED, True)


@pytest.mark.parametrize(
    ("framework", "free", "filtered"),
    [
        ("voluntary", (PRESENT, PRESENT, True), (PRESENT, PRESENT, True)),
        ("both", (PRESENT, PRESENT, True), (PRESENT, PRESENT, True)),
        ("compulsory", (PRESENT, PRESENT, True), (ABSENT, ABSENT, True)),
        ("unknown", (PRESENT, PRESENT, True), UNKNOWN),
    ],
)
def test_filter_on_voluntary(framework, free, filtered):
    assert found({"framework": framework}) == free
    assert found({"framework": framework}, only=[OfferFilter.VOLUNTARY]) == filtered


@pytest.mark.parametrize(
    ("long_term", "filtered"),
    [("yes", (PRESENT, PRESENT, True)), ("no", (ABSENT, ABSENT, True)), ("unknown", UNKNOWN)],
)
def test_filter_on_long_term(long_term, filtered):
    assert found({"long_term": long_term}) == (PRESENT, PRESENT, True)
    assert found({"long_term": long_term}, only=[OfferFilter.LONG_TERM]) == filtered


@pytest.mark.parametrize(
    ("outreach", "filtered"),
    [("yes", (PRESENT, PRESENT, True)), ("no", (ABSENT, ABSENT, True)), ("unknown", UNKNOWN)],
)
def test_filter_on_assertive_outreach_is_that_of_the_assessment(outreach, filtered):
    row = {"assertive_outreach": outreach}
    assert found(row) == (PRESENT, PRESENT, True)
    for only in ([], [OfferFilter.ASSERTIVE_OUTREACH]):
        assert found(row, outreach=True, only=only) == filtered


@pytest.mark.parametrize("kind", ["informal", "coordination_only", "professional_coordination"])
def test_only_support_of_the_family_counts(kind):
    assert found({"offer_type": kind}) == (ABSENT, ABSENT, True)


def test_offer_that_does_not_run_does_not_count():
    assert found({"year_from": 2012}) == (ABSENT, ABSENT, True)
    assert found({"last_seen": 2003}) == UNKNOWN


def test_each_function_is_asked_apart():
    row = {
        "support": "present",
        "acceptance": "not_described",
        "coordination": "absent",
        "mobilisation": "unknown",
    }
    said = [found(row, function=name)[:2] for name in row]
    assert said == [
        (PRESENT, PRESENT),
        (NOT_DESCRIBED, NOT_DESCRIBED),
        (ABSENT, ABSENT),
        (ABSENT, PRESENT),
    ]


# Laws


def of_country(country, only=(), **kwargs):
    edition, rows, complete = country
    register = made.register(made.offers(*rows), complete)
    return assess(edition, register, **kwargs).function(Function.COORDINATION, only=only)


def ranks(table, end):
    return table[f"at_{end}"].map(RANKS)


ONLY = st.sets(st.sampled_from(FILTERS))


@given(made.countries(), ONLY)
def test_proven_is_never_above_possible(country, only):
    table = of_country(country, only)
    least, most = ranks(table, "least"), ranks(table, "most")
    assert (least <= most).all()
    assert (table["certain"] == (table["known"] & (least == most))).all()
    # Where nothing is known both ends are open.
    assert (least[~table["known"]] == 0).all()
    assert (most[~table["known"]] == len(STEPS) - 1).all()


@given(made.countries(), ONLY, st.booleans())
def test_more_filters_never_prove_more(country, only, outreach):
    free, filtered = of_country(country), of_country(country, only, assertive_outreach=outreach)
    assert (ranks(filtered, "least") <= ranks(free, "least")).all()
    assert (ranks(filtered, "most") <= ranks(free, "most")).all()


LEARNED = {
    "framework": ("unknown", ["voluntary", "both", "compulsory"]),
    "long_term": ("unknown", ["yes", "no"]),
    "coordination": ("unknown", ["present", "not_described", "absent"]),
    "assertive_outreach": ("unknown", ["yes", "no"]),
    "partial_area": ("yes", ["no"]),
}


@given(made.countries(), ONLY, st.booleans(), st.data())
def test_learning_only_narrows(country, only, outreach, data):
    edition, rows, complete = country
    column = data.draw(st.sampled_from(sorted(LEARNED)))
    unknown, answers = LEARNED[column]
    row = data.draw(made.offer_rows(len(edition.municipalities))) | {column: unknown}
    answer = data.draw(st.sampled_from(answers))
    before, after = (
        of_country((edition, [*rows, one], complete), only, assertive_outreach=outreach)
        for one in (row, row | {column: answer})
    )
    assert_narrower(before, after)


@given(made.countries(), ONLY, st.data())
def test_completing_an_inventory_only_narrows(country, only, data):
    edition, rows, complete = country
    looked_at = data.draw(st.sampled_from(made.codes(len(edition.municipalities))))
    less = [code for code in complete if code != looked_at]
    before, after = (
        of_country((edition, rows, inventory), only) for inventory in (less, [*less, looked_at])
    )
    assert_narrower(before, after)


@given(made.countries(), ONLY, st.data())
def test_one_more_offer_never_makes_it_worse(country, only, data):
    edition, rows, complete = country
    extra = data.draw(made.offer_rows(len(edition.municipalities)))
    before = of_country(country, only)
    after = of_country((edition, [*rows, extra], complete), only)
    for end in ("least", "most"):
        assert (ranks(after, end) >= ranks(before, end)).all()


@given(made.countries(), ONLY, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(country, only, random):
    edition, rows, complete = country
    shuffled = list(rows)
    random.shuffle(shuffled)
    pd.testing.assert_frame_equal(
        of_country(country, only), of_country((edition, shuffled, complete), only)
    )


def assert_narrower(before, after):
    assert (ranks(after, "least") >= ranks(before, "least")).all()
    assert (ranks(after, "most") <= ranks(before, "most")).all()
    assert (after["known"] >= before["known"]).all()
