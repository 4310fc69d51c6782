"""Laws that the calculation keeps for every edition and register."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage import assess
from coverage.vocabulary import LADDER
from tests import made

TOLERANCE = 1e-6
ENDS = ("demand", "capacity", "gap")


def rungs(assessment, end):
    return assessment.municipalities[f"status_at_{end}"].map(LADDER.index)


def bound(assessment, name):
    values = assessment.municipalities[name]
    return values.fillna(np.inf) if name == "capacity_high" else values


def run(country, outreach=False):
    edition, rows, complete = country
    register = made.register(made.offers(*rows), complete)
    return assess(edition, register, assertive_outreach=outreach)


@given(made.countries())
def test_low_is_never_above_high(country):
    found = run(country)
    for name in ENDS:
        assert (bound(found, f"{name}_low") <= bound(found, f"{name}_high") + TOLERANCE).all()
        assert (bound(found, f"{name}_low") >= 0).all()
    assert (rungs(found, "least") <= rungs(found, "most")).all()
    assert (
        found.municipalities["certain"] == (rungs(found, "least") == rungs(found, "most"))
    ).all()


@given(made.countries())
def test_regions_lie_within_the_sums_of_their_municipalities(country):
    found = run(country)
    for region_set in found.region_sets:
        regions = found.regions(region_set)
        for name in ENDS:
            low, high = regions[f"{name}_low"], regions[f"{name}_high"].fillna(np.inf)
            assert (low <= high + TOLERANCE).all()
            assert regions[f"{name}_low"].sum() >= bound(found, f"{name}_low").sum() - TOLERANCE
            assert high.sum() <= bound(found, f"{name}_high").sum() + TOLERANCE
        assert (regions["gap_high"] <= regions["demand_high"] + TOLERANCE).all()
        shown = regions[[f"n_{rung}" for rung in (*LADDER, "unknown")]].sum(axis=1)
        assert (shown == regions["municipalities"]).all()
        assert regions["municipalities"].sum() == len(found.municipalities)


@given(made.countries(), st.lists(st.floats(0, 1e6), min_size=1, max_size=6))
def test_capacity_is_conserved(country, capacities):
    edition, _, _ = country
    everywhere = made.codes(len(edition.municipalities))
    rows = [
        {
            "capacity_families": families,
            "service_area": ";".join(everywhere[: 1 + number % len(everywhere)]),
        }
        for number, families in enumerate(capacities)
    ]
    found = assess(edition, made.register(made.offers(*rows), everywhere))
    for end in ("capacity_low", "capacity_high"):
        assert found.municipalities[end].sum() == pytest.approx(sum(capacities), rel=1e-12)
    shares = pd.concat([found.reasons(code)["capacity_share"] for code in everywhere])
    by_offer = shares.groupby(level=0).sum()
    for number, families in enumerate(capacities):
        assert by_offer[f"O{number}"] == pytest.approx(families, rel=1e-12)


@given(made.countries(), st.data())
def test_one_more_offer_never_makes_it_worse(country, data):
    edition, rows, complete = country
    before = run(country)
    extra = data.draw(made.offer_rows(len(edition.municipalities)))
    after = run((edition, [*rows, extra], complete))
    for end in ("least", "most"):
        assert (rungs(after, end) >= rungs(before, end)).all()
        name = {"least": "gap_high", "most": "gap_low"}[end]
        assert (bound(after, name) <= bound(before, name) + TOLERANCE).all()


LEARNED = {
    "framework": ("unknown", ["voluntary", "both", "compulsory"]),
    "long_term": ("unknown", ["yes", "no"]),
    "coordination": ("unknown", ["present", "not_described", "absent"]),
    "assertive_outreach": ("unknown", ["yes", "no"]),
    "capacity_families": (np.nan, [0.0, 3.0, 1000.0]),
    "partial_area": ("yes", ["no"]),
}


@given(made.countries(), st.data())
def test_learning_an_unknown_only_narrows(country, data):
    edition, rows, complete = country
    column = data.draw(st.sampled_from(sorted(LEARNED)))
    unknown, answers = LEARNED[column]
    row = data.draw(made.offer_rows(len(edition.municipalities))) | {column: unknown}
    answer = data.draw(st.sampled_from(answers))
    for outreach in (False, True):
        before = run((edition, [*rows, row], complete), outreach)
        after = run((edition, [*rows, row | {column: answer}], complete), outreach)
        assert_narrower(before, after)


@given(made.countries(), st.data())
def test_learning_where_an_offer_serves_only_narrows(country, data):
    edition, rows, complete = country
    row = data.draw(made.offer_rows(len(edition.municipalities)))
    unknown = {"service_area_type": "unknown", "service_area": "", "location_id": ""}
    before = run((edition, [*rows, row | unknown], complete))
    after = run((edition, [*rows, row], complete))
    assert_narrower(before, after)


@given(made.countries(), st.data())
def test_the_true_gap_lies_in_every_interval(country, data):
    """Draw a world that agrees with all that is known; its gaps must lie in the intervals."""
    found = run(country)
    table = found.municipalities
    share = st.floats(0, 1)

    def between(low, high):
        return low + (high - low) * data.draw(share)

    demand = pd.Series(
        [between(*row) for row in table[["demand_low", "demand_high"]].to_numpy()], table.index
    )
    ceiling = table["capacity_high"].fillna(table["capacity_low"] + 1000)
    capacity = pd.Series(
        [between(*row) for row in zip(table["capacity_low"], ceiling, strict=True)], table.index
    )
    gap = (demand - capacity).clip(lower=0)
    assert (gap >= table["gap_low"] - TOLERANCE).all()
    assert (gap <= table["gap_high"] + TOLERANCE).all()
    for region_set in found.region_sets:
        members = found._members(region_set).set_index("gm_code")["region_code"]
        regions = found.regions(region_set)
        total = demand.groupby(members).sum()
        # The interval of a region holds where its total demand lies in its own interval.
        held = (total >= regions["demand_low"]) & (total <= regions["demand_high"])
        true = gap.groupby(members).sum()
        assert (true[held] >= regions.loc[held, "gap_low"] - TOLERANCE).all()
        assert (true[held] <= regions.loc[held, "gap_high"] + TOLERANCE).all()


@given(made.countries(), st.data())
def test_completing_an_inventory_only_narrows(country, data):
    edition, rows, complete = country
    looked_at = data.draw(st.sampled_from(made.codes(len(edition.municipalities))))
    before = run((edition, rows, [code for code in complete if code != looked_at]))
    after = run((edition, rows, [*complete, looked_at]))
    assert_narrower(before, after)


def assert_narrower(before, after):
    for name in ("capacity", "gap"):
        assert (bound(after, f"{name}_low") >= bound(before, f"{name}_low") - TOLERANCE).all()
        assert (bound(after, f"{name}_high") <= bound(before, f"{name}_high") + TOLERANCE).all()
    assert (rungs(after, "least") >= rungs(before, "least")).all()
    assert (rungs(after, "most") <= rungs(before, "most")).all()


@given(made.countries(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(country, random):
    edition, rows, complete = country
    table = made.offers(*rows)
    order = list(range(len(table)))
    random.shuffle(order)
    first = assess(edition, made.register(table, complete))
    shuffled = made.MadeEdition(
        edition.municipalities,
        edition.regions.iloc[::-1],
        edition.demand.iloc[::-1],
        edition.sources,
    )
    second = assess(shuffled, made.register(table.iloc[order], complete[::-1]))
    pd.testing.assert_frame_equal(first.table(), second.table(), rtol=1e-9, atol=1e-9)
    for region_set in first.region_sets:
        pd.testing.assert_frame_equal(
            first.regions(region_set), second.regions(region_set), rtol=1e-9, atol=1e-9
        )
    for code in edition.municipalities.index:
        assert list(first.reasons(code).index) == list(second.reasons(code).index)
    assert first.provenance["sha256"] == second.provenance["sha256"]


@given(made.countries())
def test_covered_and_a_gap_exclude_each_other(country):
    table = run(country).municipalities
    assert (table.loc[table["status_at_least"] == "covered", "gap_high"] == 0).all()
    closed = (table["gap_low"] > 0) & (table["status_at_most"] == "covered")
    assert not closed.any()


@given(made.countries())
def test_only_assertive_outreach_is_never_better(country):
    edition, rows, complete = country
    register = made.register(made.offers(*rows), complete)
    free, strict = assess(edition, register), assess(edition, register, assertive_outreach=True)
    for end in ("least", "most"):
        assert (rungs(strict, end) <= rungs(free, end)).all()
        name = {"least": "gap_high", "most": "gap_low"}[end]
        assert (bound(strict, name) >= bound(free, name) - TOLERANCE).all()
    for name in ("capacity_low", "capacity_high"):
        assert (bound(strict, name) <= bound(free, name) + TOLERANCE).all()
