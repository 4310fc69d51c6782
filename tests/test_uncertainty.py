"""Draws of regions, their ranks, and what moves a gap: laws that hold for every country."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import coverage
from coverage import Settings, assess, small_area, uncertainty
from coverage.assessment import UnknownMunicipalityError, UnknownRegionSetError
from coverage.comparison import UnknownRegionError
from coverage.uncertainty import Factor, Per, Simulation, simulate, what_moves, what_moves_region
from tests import made

TOLERANCE = 1e-5
DRAWS = 60


def run(country, chosen=None):
    edition, rows, complete = country
    return assess(edition, made.register(made.offers(*rows), complete), settings=chosen)


def as_given(country):
    """The same country with every count as its source gives it, without chance."""
    edition, rows, complete = country
    counts = edition.demand.assign(count_status="entered")
    return dataclasses.replace(edition, demand=counts), rows, complete


@settings(max_examples=20)
@given(made.countries())
def test_without_chance_every_draw_lies_in_the_interval(country):
    found = run(as_given(country))
    for region_set in found.region_sets:
        drawn, regions = simulate(found, region_set, DRAWS), found.regions(region_set)
        scale = 1 + regions["demand_high"].to_numpy()
        for name in ("demand", "gap"):
            low = getattr(drawn, name if name == "demand" else "gap_low")
            high = getattr(drawn, name if name == "demand" else "gap_high")
            assert (low >= regions[f"{name}_low"].to_numpy() - TOLERANCE * scale).all()
            assert (high <= regions[f"{name}_high"].to_numpy() + TOLERANCE * scale).all()


@settings(max_examples=20)
@given(made.countries())
def test_a_box_is_a_box(country):
    found = run(country)
    drawn = simulate(found, "province", DRAWS)
    assert (drawn.gap_low <= drawn.gap_high + TOLERANCE).all()
    assert (drawn.gap_high <= drawn.demand + TOLERANCE).all()
    assert (drawn.gap_low >= 0).all()
    table = drawn.quantiles().drop(columns="region_name")
    assert (table["demand_low"] <= table["demand_middle"]).all()
    assert (table["demand_middle"] <= table["demand_high"]).all()
    ordered = table[["gap_low", "gap_middle_low", "gap_middle_high", "gap_high"]].to_numpy()
    assert (np.diff(ordered, axis=1) >= -TOLERANCE).all()
    for per in Per:
        worst = drawn.worst(per)
        assert (worst["worst_low"] <= worst["worst_high"]).all()
        assert worst["worst_low"].sum() <= 1 + TOLERANCE
        assert worst["worst_high"].sum() >= 1 - TOLERANCE
        assert worst["rank_low"].between(1, worst["rank_high"]).all()
        assert (worst["rank_high"] <= len(worst)).all()
        pairs = drawn.order(per).to_numpy()
        assert (pairs + pairs.T <= 1 + TOLERANCE).all()
        assert (np.diag(pairs) == 0).all()


@settings(max_examples=12)
@given(made.countries())
def test_the_same_seed_draws_the_same(country):
    found = run(country)
    one, other = (simulate(found, "province", DRAWS, seed=7) for _ in range(2))
    assert np.array_equal(one.gap_high, other.gap_high)
    whole = simulate(found, "country", DRAWS, seed=7)
    assert np.allclose(one.demand.sum(axis=1), whole.demand[:, 0])


@settings(max_examples=12)
@given(made.countries())
def test_knowing_all_offers_only_narrows_the_box(country):
    edition, rows, _ = country
    before = simulate(run((edition, rows, ())), "province", DRAWS)
    after = simulate(
        run((edition, rows, made.codes(len(edition.municipalities)))), "province", DRAWS
    )
    assert (after.gap_low >= before.gap_low).all()
    assert np.array_equal(after.gap_high, before.gap_high)
    for per in Per:
        assert (after.worst(per)["worst_low"] >= before.worst(per)["worst_low"]).all()
        assert (after.worst(per)["worst_high"] <= before.worst(per)["worst_high"]).all()
        assert (after.worst(per)["rank_low"] >= before.worst(per)["rank_low"]).all()
        assert (after.worst(per)["rank_high"] <= before.worst(per)["rank_high"]).all()


@settings(max_examples=12)
@given(made.countries())
def test_with_nothing_uncertain_every_draw_is_the_assessment(country):
    edition, rows, _ = as_given(country)
    for name in ("imposed", "extended"):
        for end in ("low", "high"):
            edition.demand[f"{name}_{end}"] = edition.demand[name]
    everywhere = made.codes(len(edition.municipalities))
    rows = [row | {"capacity_families": 5.0} for row in rows]
    fixed = Settings(share_extended_low=0.12, share_extended_high=0.12)
    found = run((edition, rows, everywhere), fixed)
    regions = found.regions("province")
    drawn = simulate(found, "province", 3)
    for name in ("gap_low", "gap_high"):
        assert np.allclose(getattr(drawn, name), regions[name].to_numpy(), atol=TOLERANCE)


def _box(low, high):
    low, high = np.array(low, dtype=float), np.array(high, dtype=float)
    codes = [f"R{number}" for number in range(low.shape[1])]
    regions = pd.DataFrame({"region_name": codes, "residents_0_17": 1000.0}, index=codes)
    return Simulation("province", regions, 0.90, 1, high, low, high)


@settings(max_examples=60)
@given(st.data(), st.integers(1, 4), st.integers(1, 5))
def test_ranks_are_those_of_a_plain_count(data, regions, draws):
    few = st.integers(0, 3)  # few values, so that there are ties
    row = st.lists(few, min_size=regions, max_size=regions)
    low = np.array(data.draw(st.lists(row, min_size=draws, max_size=draws)))
    high = low + np.array(data.draw(st.lists(row, min_size=draws, max_size=draws)))
    worst = _box(low, high).worst()
    for one in range(regions):
        others = [other for other in range(regions) if other != one]
        surely = [
            all(low[draw, one] > high[draw, other] for other in others) for draw in range(draws)
        ]
        maybe = [
            all(high[draw, one] >= low[draw, other] for other in others) for draw in range(draws)
        ]
        assert worst["worst_low"].iloc[one] == pytest.approx(np.mean(surely))
        assert worst["worst_high"].iloc[one] == pytest.approx(np.mean(maybe))
        best = [1 + sum(low[d, other] > high[d, one] for other in others) for d in range(draws)]
        last = [1 + sum(high[d, other] >= low[d, one] for other in others) for d in range(draws)]
        assert min(best) <= worst["rank_low"].iloc[one] <= max(best)
        assert min(last) <= worst["rank_high"].iloc[one] <= max(last)


def test_where_no_order_can_be_given_it_is_said():
    nothing_known = _box([[0, 0]] * 10, [[5, 9]] * 10)
    assert nothing_known.decided() == 0
    assert nothing_known.worst()[["worst_low", "worst_high"]].to_numpy().tolist() == [[0, 1]] * 2
    assert nothing_known.decided(only_proven=True) == 1
    assert nothing_known.worst(only_proven=True)["worst_low"].tolist() == [0, 1]
    assert np.isnan(_box([[1]], [[2]]).decided())


def test_a_region_of_unknown_size_has_no_place_by_size():
    known = _box([[1, 2]] * 4, [[1, 2]] * 4)
    regions = known.regions.assign(residents_0_17=[np.nan, 1000.0])
    drawn = dataclasses.replace(known, regions=regions)
    assert drawn.worst()["worst_low"].tolist() == [0, 1]
    assert (
        drawn.worst(Per.RESIDENTS)[["worst_low", "worst_high"]].to_numpy().tolist() == [[0, 1]] * 2
    )


def test_chance_is_poisson_and_the_range_is_even():
    edition = made.edition([0.0] * 4, [100.0] * 4, status="estimated", spread=0.2)
    fixed = Settings(share_extended_low=0.1, share_extended_high=0.1)
    found = assess(edition, made.register(made.offers()), settings=fixed)
    orders = simulate(found, "country").demand[:, 0] / 0.1
    assert orders.mean() == pytest.approx(400, rel=0.01)
    # The range is of one source: it moves all four together. Chance moves each by itself.
    assert orders.var() == pytest.approx(160**2 / 12 + 400, rel=0.05)
    assert simulate(found, "country").worst().loc["NL", "rank_high"] == 1


def test_an_interval_that_carries_chance_is_drawn_as_it_is():
    edition = made.edition([0.0] * 3, [100.0] * 3)
    counts = edition.demand.assign(
        extended_low=80.0, extended_high=130.0, count_status="estimated", spread="included"
    ).assign(confidence=0.9)
    fixed = Settings(share_extended_low=1.0, share_extended_high=1.0)
    found = assess(edition, made.register(made.offers()), counts[:1], settings=fixed)
    drawn = simulate(found, "country").quantiles().loc["NL"]
    assert drawn["demand_low"] == pytest.approx(280, abs=1.5)
    assert drawn["demand_middle"] == pytest.approx(300, abs=1.5)
    assert drawn["demand_high"] == pytest.approx(330, abs=1.5)
    moved = what_moves(found, "GM9001").loc[Factor.EXTENDED_CHANCE]
    assert (moved["low"], moved["high"]) == (80, 130)
    # Three that go their own way go less far together.
    found = assess(edition, made.register(made.offers()), counts, settings=fixed)
    moved = what_moves_region(found, "country", "NL").loc[Factor.EXTENDED_CHANCE]
    assert moved["high"] == pytest.approx(300 + 30 * 3**0.5)


def test_a_range_without_chance_is_drawn_within_its_bounds():
    edition = made.edition([0.0], [100.0])
    counts = edition.demand.assign(
        extended=np.nan, extended_low=18.0, extended_high=30.0, count_status="estimated"
    ).assign(spread="included")
    fixed = Settings(share_extended_low=1.0, share_extended_high=1.0)
    found = assess(edition, made.register(made.offers()), counts, settings=fixed)
    drawn = simulate(found, "country", 500).demand
    assert 18 <= drawn.min() < 19
    assert 29 < drawn.max() <= 30
    moved = what_moves(found, "GM9001").loc[Factor.EXTENDED_RANGE]
    assert (moved["low"], moved["high"]) == (18, 30)


def shared_out(confidence=0.9, **region):
    """Three municipalities with estimates out of the count of their region."""
    edition = made.edition([0.0] * 3, [0.0] * 3)
    row = {"imposed": 90.0, "extended": 0.0, **region}
    counts = small_area.estimate(
        pd.DataFrame(row, index=["country:NL"]),
        pd.Series("country:NL", index=edition.demand.index),
        pd.Series([3000.0, 2000.0, 1000.0], index=edition.demand.index),
        differences=0.3,
    )
    chosen = Settings(
        share_imposed=1.0, share_extended_low=0.0, share_extended_high=0.0, confidence=confidence
    )
    return assess(edition, made.register(made.offers()), counts, chosen)


def test_the_interval_of_an_estimate_follows_the_confidence():
    widths, deviations = [], []
    for confidence in (0.5, 0.9, 0.99):
        found = shared_out(confidence)
        row = found.municipalities.loc["GM9003"]
        widths.append(row["demand_high"] - row["demand_low"])
        inside = simulate(found, "country", 1)
        counts = uncertainty._Counts.of(found, np.ones((3, 1)))
        rng = np.random.default_rng(1)
        drawn = np.vstack(list(uncertainty._demands(found, counts, 2000, rng)))[:, 2]
        deviations.append(drawn.std())
        assert inside.confidence == confidence
        assert (drawn >= row["demand_low"]).mean() > 0.5 + confidence / 2 - 0.12
    assert widths[0] < 0.6 * widths[1] < widths[1] < 0.8 * widths[2]
    # What is drawn is the same, whatever part of it the interval is to hold.
    assert max(deviations) < 1.25 * min(deviations)


def test_what_was_shared_out_keeps_the_count_of_its_region():
    found = shared_out()
    total = found.regions("country").loc["NL"]
    assert total[["imposed_low", "imposed", "imposed_high"]].tolist() == [90, 90, 90]
    assert total[["demand_low", "demand_high"]].tolist() == [90, 90]
    assert np.allclose(simulate(found, "country", 200).demand, 90)
    moved = what_moves_region(found, "country", "NL").loc[Factor.IMPOSED_CHANCE]
    assert (moved["low"], moved["high"]) == (90, 90)
    alone = what_moves(found, "GM9001").loc[Factor.IMPOSED_CHANCE]
    assert alone["low"] < 45 < alone["high"]
    counts = uncertainty._Counts.of(found, np.ones((3, 1)))
    drawn = np.vstack(list(uncertainty._demands(found, counts, 4000, np.random.default_rng(1))))
    ends = found.counts[["imposed_low", "imposed_high"]].to_numpy().T
    assert np.allclose(np.quantile(drawn, [0.05, 0.95], axis=0), ends, atol=2.5)
    # Of a range, or of an estimate, the sum has that range too.
    few = shared_out(imposed=np.nan, imposed_low=1.0, imposed_high=9.0)
    assert few.regions("country")[["imposed_low", "imposed_high"]].loc["NL"].tolist() == [1, 9]
    drawn = simulate(few, "country", 500).demand
    assert 1 <= drawn.min() < 1.2
    assert 8.8 < drawn.max() <= 9
    estimated = shared_out(count_status="estimated").regions("country").loc["NL"]
    assert estimated[["imposed_low", "imposed_high"]].tolist() == [75, 106]


def test_an_estimate_of_which_a_part_was_replaced_has_no_sum():
    found = shared_out()
    own = found.counts.drop(columns="extended").assign(extended=0.0).drop(index="GM9001")
    edition, register = found.edition, made.register(made.offers())
    total = assess(edition, register, own, found.settings).regions("country").loc["NL"]
    ends = own[["imposed_low", "imposed_high"]].sum()
    assert total[["imposed_low", "imposed_high"]].tolist() == ends.tolist()


def test_the_middle_lies_between_the_ends_of_what_moves():
    edition = made.edition([0.0] * 3, [3.0, 6.0, 41.0])
    counts = edition.demand.assign(count_status=["suppressed", "suppressed", "observed"])
    counts.loc[["GM9001", "GM9002"], "extended"] = np.nan
    counts.loc[["GM9001", "GM9002"], ["extended_low", "extended_high"]] = [1.0, 9.0]
    sums = pd.DataFrame(
        {"region_set": "country", "region_code": "NL", "imposed": [0.0], "extended": [45.0]}
    )
    found = assess(edition, made.register(made.offers()), counts, totals=sums)
    moved = what_moves_region(found, "country", "NL")
    ranges = moved.drop(index=Factor.CAPACITY)
    assert (ranges["low"] <= ranges["middle"] + TOLERANCE).all()
    assert (ranges["middle"] <= ranges["high"] + TOLERANCE).all()


def test_a_published_sum_is_kept():
    edition = made.edition([0.0] * 3, [3.0, 6.0, 41.0])
    counts = edition.demand.assign(count_status=["suppressed", "suppressed", "observed"])
    counts.loc[["GM9001", "GM9002"], "extended"] = np.nan
    counts.loc[["GM9001", "GM9002"], ["extended_low", "extended_high"]] = [1.0, 8.0]
    sums = pd.DataFrame(
        {"region_set": "country", "region_code": "NL", "imposed": [0.0], "extended": [50.0]}
    )
    fixed = Settings(share_extended_low=0.1, share_extended_high=0.1)
    register = made.register(made.offers())
    found = assess(edition, register, counts, fixed, totals=sums)
    assert np.allclose(simulate(found, "country", 200).demand, 5.0)
    moved = what_moves_region(found, "country", "NL")
    assert moved.loc[Factor.EXTENDED_RANGE, ["value_low", "value_high"]].tolist() == [50, 50]
    # Of one municipality nothing is told but its bounds.
    moved = what_moves(found, "GM9001")
    assert moved.loc[Factor.EXTENDED_RANGE, ["value_low", "value_high"]].tolist() == [1, 8]
    loose = assess(edition, register, counts, fixed)
    assert np.ptp(simulate(loose, "country", 200).demand) > 0.1


@settings(max_examples=20)
@given(made.countries())
def test_what_moves_stays_within_the_interval(country):
    found = run(country)
    for code in found.municipalities.index:
        row, moved = found.municipalities.loc[code], what_moves(found, code)
        assert set(moved.index) == set(Factor)
        slack = TOLERANCE * (1 + row["demand_high"])
        assert (moved["low"] >= row["gap_low"] - slack).all()
        assert (moved["high"] <= row["gap_high"] + slack).all()
        assert (moved["swing"] >= 0).all()
        assert moved["swing"].is_monotonic_decreasing
        assert (moved["low"] <= moved["middle"] + slack).all()
        assert (moved["middle"] <= moved["high"] + slack).all()
    for region_set in found.region_sets:
        for region in found.regions(region_set).index:
            moved = what_moves_region(found, region_set, region)
            assert (moved["swing"] >= 0).all()
            assert np.ptp(moved["middle"]) == 0


@settings(max_examples=12)
@given(made.countries())
def test_a_region_of_one_municipality_moves_as_that_does(country):
    edition, rows, complete = country
    codes = made.codes(len(edition.municipalities))
    alone = dataclasses.replace(edition, regions=edition.regions.assign(region_code=codes))
    found = run((alone, rows, complete))
    pd.testing.assert_frame_equal(
        what_moves(found, codes[0]), what_moves_region(found, "province", codes[0])
    )


def test_the_share_moves_the_gap_as_the_settings_would():
    edition = made.edition([20.0, 30.0], [100.0, 300.0])
    register = made.register(made.offers({"capacity_families": 8.0}))
    found = assess(edition, register)
    moved = what_moves_region(found, "province", "PV01").loc[Factor.SHARE_EXTENDED]
    regions = found.regions("province").loc["PV01"]
    assert moved["high"] == pytest.approx(regions["gap_high"])
    assert moved["unit"] == "share"
    capacity = what_moves(found, "GM9001").loc[Factor.CAPACITY]
    assert capacity["low"] == 0
    assert np.isnan(capacity["value_high"])


def test_orders_of_different_units_have_no_sum():
    edition = made.edition([20.0, 30.0], [100.0, 300.0])
    edition.demand["unit"] = ["children", "families"]
    found = assess(edition, made.register(made.offers()), settings=Settings(children_per_family=2))
    moved = what_moves_region(found, "country", "NL").loc[Factor.EXTENDED_RANGE]
    assert moved["unit"] == "mixed"
    assert np.isnan(moved["value_low"])
    assert moved["middle"] == pytest.approx(0.03 * (10 + 30) + 0.125 * (50 + 300))


def test_what_is_not_there_is_told():
    found = run((made.edition([1.0], [1.0]), [], ()))
    with pytest.raises(UnknownMunicipalityError):
        what_moves(found, "GM0000")
    with pytest.raises(UnknownRegionError):
        what_moves_region(found, "province", "PV99")
    with pytest.raises(UnknownRegionSetError):
        simulate(found, "corop")
    with pytest.raises(ValueError, match="one draw"):
        simulate(found, "country", 0)


def test_the_shipped_country_lies_within_its_intervals():
    edition = coverage.load_edition(2025)
    found = assess(edition, coverage.read_register(coverage.PUBLIC_REGISTER))
    drawn, regions = simulate(found, "province", 1_500).quantiles(), found.regions("province")
    for name in ("demand", "gap"):
        assert (drawn[f"{name}_low"] >= regions[f"{name}_low"] - TOLERANCE).all()
        assert (drawn[f"{name}_high"] <= regions[f"{name}_high"] + TOLERANCE).all()
    assert uncertainty.DRAWS == 10_000
