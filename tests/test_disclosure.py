"""The rule, and what is published by it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

import coverage
from coverage.demand_input import bound_extended
from coverage.disclosure import Rule, attack, protect
from tests.made_tables import MEASURES, on_shipped, random_table, with_bounds

UTRECHT = "PV26"


def province(year=2025, code=UTRECHT, measures=2):
    """Counts of all municipalities of one province."""
    edition, counts = on_shipped(year, seed=3, measures=measures)
    regions = edition.regions
    mine = regions[(regions["region_set"] == "province") & (regions["region_code"] == code)]
    return edition, counts.loc[counts.index.isin(mine["gm_code"])]


def test_a_rule_that_protects_nothing_is_refused():
    with pytest.raises(ValidationError, match="without suppress"):
        Rule(suppress=False)
    with pytest.raises(ValidationError):
        Rule(threshold=0)


@given(st.integers(2, 200), st.integers(1, 200), st.integers(1, 100_000))
def test_a_band_holds_its_count_and_is_wider_than_the_rule_asks(threshold, width, value):
    low, high = Rule(threshold=threshold, width=width).band(value)
    assert low <= value <= high
    assert high - low >= width


def test_small_counts_are_hidden_and_their_bounds_hold_them():
    edition, counts = province()
    made = protect(counts, edition)
    for name in ("imposed", "extended"):
        small = counts[name].between(1, 9)
        assert small.any()
        assert made.counts.loc[small, name].isna().all()
        assert (made.counts[f"{name}_low"] <= counts[name]).all()
        assert (made.counts[f"{name}_high"] >= counts[name]).all()
        width = made.counts[f"{name}_high"] - made.counts[f"{name}_low"]
        assert (width[small] >= 10).all()
        shown = made.counts[name].notna()
        assert made.counts.loc[shown, name].equals(counts.loc[shown, name])
        assert (width[shown] == 0).all()
    hidden = made.counts[["imposed", "extended"]].isna().any(axis=1)
    assert (made.counts["count_status"] == np.where(hidden, "suppressed", "entered")).all()
    assert made.audit.short == 0


def test_sums_that_are_published_are_the_sums():
    edition, counts = province()
    made = protect(counts, edition)
    for row in made.totals.itertuples():
        codes = edition.regions.query("region_set == @row.region_set")
        codes = codes.loc[codes["region_code"] == row.region_code, "gm_code"]
        inside = counts.loc[counts.index.isin(codes)] if row.region_set != "country" else counts
        assert row.imposed_low <= inside["imposed"].sum() <= row.imposed_high
        if not np.isnan(row.imposed):
            assert row.imposed == inside["imposed"].sum()


@settings(max_examples=5)
@given(st.integers(0, 10_000))
def test_the_order_of_the_rows_does_not_matter(seed):
    edition, counts = random_table(seed)
    one = protect(counts, edition, method="heuristic")
    other = protect(counts.sample(frac=1, random_state=seed), edition, method="heuristic")
    pd.testing.assert_frame_equal(one.counts, other.counts)
    pd.testing.assert_frame_equal(one.totals, other.totals)
    assert one.record() == other.record()


def test_a_region_of_one_municipality_hides_its_sum_with_its_count():
    edition, counts = province()
    one = counts[counts["imposed"].between(1, 9)].head(1)
    made = protect(one, edition)
    assert made.totals["imposed"].isna().all()
    assert (made.totals["imposed_high"] == 20).all()  # of the band, not of the residents
    assert set(made.totals["region_set"]) >= {"country", "province"}


def test_zero_is_shown_unless_the_rule_protects_it():
    edition, counts = province()
    code = counts.index[0]
    counts.loc[code, ["imposed", "imposed_low", "imposed_high"]] = 0.0
    assert protect(counts, edition).counts.loc[code, "imposed"] == 0
    made = protect(counts, edition, Rule(protect_zero=True))
    assert np.isnan(made.counts.loc[code, "imposed"])
    assert made.counts.loc[code, "imposed_low"] == 0
    assert made.counts.loc[code, "imposed_high"] >= 10


def test_what_was_shared_out_and_wide_ranges_stay_as_they_are():
    edition, counts = province()
    shared, wide = counts.index[:2]
    counts["shared_from"] = ""
    columns = ["imposed", "imposed_low", "imposed_high"]
    counts.loc[shared, columns] = [4.0, 1.0, 12.0]
    counts.loc[shared, ["count_status", "shared_from"]] = ["estimated", "R1"]
    counts.loc[wide, columns] = [np.nan, 1.0, 12.0]
    made = protect(counts, edition)
    assert made.counts.loc[[shared, wide], columns].equals(counts.loc[[shared, wide], columns])


@pytest.mark.parametrize("status", ["estimated", "example", "observed", ""])
def test_what_a_file_calls_its_counts_does_not_matter(status):
    edition, counts = province()
    codes = counts.index[:2]
    counts.loc[codes, "count_status"] = status
    counts.loc[codes[0], ["imposed", "imposed_low", "imposed_high"]] = 3.0
    counts.loc[codes[1], ["imposed", "imposed_low", "imposed_high"]] = [4.0, 1.0, 12.0]
    made = protect(counts, edition)
    assert made.counts.loc[codes, "imposed"].isna().all()
    assert made.counts.loc[codes, "count_status"].eq("suppressed").all()
    if status in {"estimated", "example"}:
        assert not made.totals["region_set"].isin(["country", "province"]).any()


@pytest.mark.parametrize(
    "rule", [Rule(), Rule(rounding=5), Rule(rounding=5, suppress=False), Rule(protect_zero=True)]
)
def test_nothing_to_protect_is_no_trouble(rule):
    edition, counts = province()
    names = [f"{name}{end}" for name in ("imposed", "extended") for end in ("", "_low", "_high")]
    nothing = counts.assign(**dict.fromkeys(names, np.nan))
    shared = counts.assign(shared_from="province:PV26", count_status="estimated")
    for table in (nothing, nothing.iloc[:0], shared):
        made = protect(table, edition, rule)
        assert made.counts[names].equals(table[names])
        assert made.record()["hidden"] == {"counts": 0, "municipalities": 0, "totals": 0}


def test_a_narrow_range_round_a_small_number_is_hidden():
    edition, counts = province()
    code = counts.index[0]
    counts.loc[code, ["imposed", "imposed_low", "imposed_high"]] = [5.0, 3.0, 7.0]
    made = protect(counts, edition)
    assert np.isnan(made.counts.loc[code, "imposed"])
    assert made.counts.loc[code, ["imposed_low", "imposed_high"]].tolist() == [1, 20]
    counts.loc[code, ["imposed", "imposed_low", "imposed_high"]] = [np.nan, 8.0, 13.0]
    made = protect(counts, edition)
    assert made.counts.loc[code, ["imposed_low", "imposed_high"]].tolist() == [1, 20]
    mine = made.totals.set_index("region_set")
    assert mine.loc["country", "imposed"] != mine.loc["country", "imposed"]


def test_what_is_not_known_stays_not_known():
    edition, counts = province()
    code = counts.index[0]
    columns = ["extended", "extended_low", "extended_high"]
    counts.loc[code, columns] = np.nan
    assert protect(counts, edition).counts.loc[code, columns].isna().all()


def test_bounds_that_were_derived_are_derived_again_from_what_is_published():
    edition, counts = province(measures=4)
    columns = ["extended", "extended_low", "extended_high"]
    counts[columns] = np.nan
    given_ = bound_extended(counts)
    assert (given_["count_status"] == "estimated").all()
    made = protect(given_, edition).counts
    for name in ("imposed", "running", "ended"):
        small = counts[name].between(1, 9)
        assert small.any()
        assert made.loc[small, name].isna().all()
    low = (made["running_low"] - made["ended_high"]).clip(lower=0)
    assert made["extended_low"].equals(low.rename("extended_low"))
    assert made["extended_high"].equals(made["running_high"].rename("extended_high"))


def test_rounded_tables():
    edition, counts = province()
    made = protect(counts, edition, Rule(rounding=5, suppress=False))
    assert (made.counts["imposed"] % 5 == 0).all()
    assert (made.counts["count_status"] == "entered").all()
    assert (made.counts["imposed"] - counts["imposed"]).abs().max() == 2
    assert made.audit.short == 0
    both = protect(counts, edition, Rule(rounding=5))
    shown = both.counts["imposed"].dropna()
    assert (shown % 5 == 0).all()
    assert shown.min() >= 10
    assert both.counts.loc[counts["imposed"].between(1, 9), "imposed"].isna().all()


def test_a_narrow_range_is_no_narrower_than_rounding_makes_it():
    edition, counts = province()
    code = counts.index[0]
    counts.loc[code, ["imposed", "imposed_low", "imposed_high"]] = [3.0, 3.0, 4.0]
    made = protect(counts, edition, Rule(rounding=5, suppress=False)).counts.loc[code]
    assert made[["imposed", "imposed_low", "imposed_high"]].tolist() == [5, 2.5, 7.5]


def test_units_are_never_added_up():
    edition, counts = province()
    counts.loc[counts.index[0], "unit"] = "families"
    totals = protect(counts, edition).totals
    assert not totals["region_set"].eq("country").any()


def test_the_record_tells_no_count_and_the_assessment_takes_both_tables():
    edition, counts = province()
    made = protect(counts, edition)
    record = made.record()
    assert Rule(**record["rule"]) == made.rule
    assert "primary" not in str(record)
    register = coverage.read_register(coverage.PUBLIC_REGISTER)
    found = coverage.assess(
        edition, register, made.counts, totals=made.totals, protection=record
    ).regions("province")
    sums = made.totals.set_index(["region_set", "region_code"])
    row = found.loc[UTRECHT]
    assert row["imposed_low"] == sums.loc[("province", UTRECHT), "imposed_low"]
    assert row["imposed_high"] == sums.loc[("province", UTRECHT), "imposed_high"]


def test_what_was_protected_may_be_protected_again():
    edition, counts = province()
    once = protect(counts, edition)
    twice = protect(once.counts, edition)
    columns = [f"{name}{end}" for name in ("imposed", "extended") for end in ("_low", "_high")]
    hidden = once.counts["count_status"] == "suppressed"
    pd.testing.assert_frame_equal(twice.counts[columns][hidden], once.counts[columns][hidden])


def test_an_empty_table_has_nothing_to_protect():
    edition, counts = province()
    made = protect(counts.iloc[:0], edition)
    assert made.counts.empty
    assert made.record()["audit"] == {"attacked": 0, "narrowest": None, "closer_than_allowed": 0}


def test_the_audit_finds_a_count_that_its_sum_gives_away():
    edition, _ = on_shipped(2025)
    codes = edition.regions.query("region_set == 'province'")["gm_code"].tolist()[:3]
    counts = with_bounds(
        pd.DataFrame({"imposed": [4, 50, 60], "extended": [40, 50, 60]}, index=sorted(codes))
    )
    counts.index.name = "gm_code"
    hidden = counts.copy()
    hidden.loc[hidden.index[0], ["imposed", "imposed_low", "imposed_high"]] = [np.nan, 1, 20]
    hidden.loc[hidden.index[0], "count_status"] = "suppressed"
    totals = pd.DataFrame(
        {"region_set": "country", "region_code": "NL", "imposed": [114.0], "extended": [150.0]}
    )
    cells, _sums = attack.bounds(attack.read(hidden, totals, edition))
    assert cells[["low", "high"]].to_numpy().tolist() == [[4, 4]]
    totals["imposed"] = 300.0
    with pytest.raises(attack.ContradictionError):
        attack.bounds(attack.read(hidden, totals, edition))


def test_what_follows_from_the_law_is_part_of_the_attack():
    edition, _ = on_shipped(2025)
    code = edition.demand.index[0]
    # Of 40 who were there 36 left: at least 4 were extended, and no total is needed to know.
    values = {"imposed": [30], "extended": [8], "running": [40], "ended": [36]}
    counts = with_bounds(pd.DataFrame(values, index=pd.Index([code], name="gm_code")))
    made = protect(counts, edition).counts.loc[code]
    assert made["extended_low"] == 4
    assert made["extended_high"] - made["extended_low"] >= 10
    assert [name for name in MEASURES if np.isnan(made[name])] == ["extended"]
