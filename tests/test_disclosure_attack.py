"""What somebody can calculate back of protected counts: never closer than was promised."""

import itertools
import os

import numpy as np
import pandas as pd
import pytest

import coverage
from coverage import Settings, assess, comparison, gap_table
from coverage.disclosure import Rule, protect
from coverage.exports import write_table
from coverage.uncertainty import simulate
from tests import made
from tests import second_attacker as attacker

TABLES = int(os.environ.get("DEKKEND_ATTACKED_TABLES", "1000"))
"""Random tables that are attacked; more of them where there is time."""

EXACT = 1e-6
EDITIONS = (2010, 2025)


# --- tables to protect ---


def place(random, count):
    """Edition of `count` squares in up to three sets of regions that cut through each other."""
    one = made.edition([40.0] * count, [80.0] * count, "estimated")
    sets = []
    for name in ("province", "jeugdregio", "study")[: random.integers(1, 4)]:
        codes = random.integers(0, random.integers(1, count + 1), count)
        rows = one.regions.assign(region_set=name, region_code=[f"R{code}" for code in codes])
        sets.append(rows[random.random(count) < 0.7] if name == "study" else rows)
    few = random.random(count) < 0.1
    one.municipalities["residents_0_17"] = np.where(few, random.integers(15, 60, count), 4_000)
    regions = pd.concat(sets, ignore_index=True)
    return made.MadeEdition(one.municipalities, regions, one.demand, one.sources)


def table(random, edition, measures):
    """Counts of a user, many of them small; now and then a range, or an estimate."""
    index = edition.municipalities.index
    living = edition.municipalities["residents_0_17"].to_numpy()
    counts = pd.DataFrame(index=index)
    for name in measures:
        size = random.choice([0, 4, 8, 15, 40, 200], len(index), p=[0.1, 0.3, 0.2, 0.2, 0.15, 0.05])
        counts[name] = np.minimum(random.poisson(size), living).astype(float)
    if len(measures) == len(attacker.MEASURES):
        most = counts["running"] + counts["imposed"]
        counts["extended"] = np.minimum(counts["extended"], most)
        least = (counts["running"] - counts["extended"]).clip(lower=0)
        counts["ended"] = np.clip(counts["ended"], least, most)
    for name in measures:
        counts[f"{name}_low"] = counts[f"{name}_high"] = counts[name]
    counts["count_status"] = np.where(random.random(len(index)) < 0.1, "estimated", "entered")
    counts["unit"], counts["period"], counts["source"] = "children", "2010", "own"
    if random.random() < 0.1:
        wide = random.choice(index)
        counts.loc[wide, ["imposed", "imposed_low", "imposed_high"]] = [np.nan, 1.0, 30.0]
    return counts


def rules(random):
    """A rule, most often that of everybody."""
    if random.random() < 0.5:
        return Rule()
    threshold = int(random.choice([3, 5, 10]))
    rounding = [None, None, 3, 5, 10][random.integers(5)]
    return Rule(
        threshold=threshold,
        width=int(random.integers(2, threshold + 5)),
        rounding=rounding,
        suppress=rounding is None or bool(random.random() < 0.6),
        protect_zero=bool(random.random() < 0.3),
    )


def small_table(seed):
    """Edition, counts and rule of one random table."""
    random = np.random.default_rng(seed)
    edition = place(random, int(random.integers(2, 8)))
    many = random.random()
    measures = attacker.MEASURES[: 4 if many < 0.2 else 2]
    return edition, table(random, edition, measures), rules(random)


def real_table(year, seed, measures=attacker.MEASURES):
    """Counts drawn round the shipped estimates, in the shipped regions."""
    edition, random = coverage.load_edition(year), np.random.default_rng(seed)
    mean = {name: edition.demand[name] for name in ("imposed", "extended")}
    mean |= {"running": mean["extended"] * 1.5, "ended": mean["imposed"]}
    counts = pd.DataFrame({name: random.poisson(mean[name]) for name in measures}, dtype=float)
    counts.index = edition.demand.index
    if len(measures) == len(attacker.MEASURES):
        most = counts["running"] + counts["imposed"]
        counts["extended"] = np.minimum(counts["extended"], most)
        least = (counts["running"] - counts["extended"]).clip(lower=0)
        counts["ended"] = np.clip(counts["ended"] + least, least, most)
    for name in measures:
        counts[f"{name}_low"] = counts[f"{name}_high"] = counts[name]
    counts["count_status"], counts["unit"] = "entered", "children"
    counts["period"], counts["source"] = str(year), "own"
    return edition, counts


# --- what was promised ---


def promised(keys, counts, edition, rule, made_counts):
    """How wide each of these cells must be: less only where fewer children live there."""
    living = edition.municipalities["residents_0_17"]
    needs = []
    for code, name in keys:
        if not rule.suppress:
            low, high = (made_counts.loc[code, f"{name}_{end}"] for end in ("low", "high"))
            needs.append(high - low)
            continue
        least = 0 if rule.protect_zero else 1
        needs.append(min(rule.width, living[code] - least))
    return np.array(needs, dtype=float)


def small(keys, counts, rule):
    """Those of the cells that are small, of which the promise is."""
    found = [counts.loc[code, name] for code, name in keys]
    return np.array([np.isfinite(one) and one < rule.threshold for one in found], dtype=bool)


def attack(edition, counts, rule, protected, *, whole=False):
    """Shortfall of each protected count, and of each protected sum; all at most 0."""
    # What is only rounded may be narrowed by the laws: the rule does not promise otherwise.
    lawful = lawful_rows(protected.counts, counts) if rule.suppress else []
    reader = attacker.who_reads(protected.counts, protected.totals, rule, edition, lawful)
    keys = [key for key in attacker.hidden(protected.counts, rule) if key in reader.keys]
    keys = [key for key, one in zip(keys, small(keys, counts, rule), strict=True) if one]
    short = promised(keys, counts, edition, rule, protected.counts)
    short = short - np.floor(reader.widths(keys, whole=whole) + EXACT) if keys else np.zeros(0)
    assert not (short > EXACT).any(), list(zip(keys, short, strict=True))
    if rule.suppress:
        small_sums(reader, edition, counts, rule)
    return reader


def small_sums(reader, edition, counts, rule):
    """No sum that is small itself can be bounded closer than was promised."""
    own = counts[counts["count_status"].isin(attacker.OWN)]
    living = edition.municipalities["residents_0_17"]
    least = 0 if rule.protect_zero else 1
    wanted, needs = [], []
    for codes in attacker.groups(edition, own.index).values():
        for name in [name for name in attacker.MEASURES if name in own]:
            values = own.loc[codes, name]
            if len(codes) and least <= values.sum(skipna=False) < rule.threshold:
                wanted.append({(code, name): 1.0 for code in codes})
                most = living[values.index[values >= least]].sum()
                needs.append(min(rule.width, most - least))
    ends = reader.ranges(wanted)
    short = np.array(needs) - (ends[:, 1] - ends[:, 0])
    assert not (short > EXACT).any(), (np.array(wanted)[short > EXACT], short)


def lawful_rows(protected, counts):
    """Rows of which every reader would believe that the laws hold, and in which they do."""
    if not set(attacker.MEASURES) <= set(counts):
        return []
    kept = np.ones(len(counts), dtype=bool)
    for law in attacker.LAWS:
        kept &= sum(counts[name] * sign for name, sign in law.items()).to_numpy() <= 0
    own = protected["count_status"].isin(attacker.OWN).reindex(counts.index)
    return list(counts.index[kept & own.to_numpy()])


def holds_the_truth(protected, edition, counts):
    """What is published is true."""
    names = [name for name in attacker.MEASURES if name in counts]
    true = counts.loc[protected.counts.index]
    for name in names:
        known = true[name].notna()
        low, high = (protected.counts.loc[known, f"{name}_{end}"] for end in ("low", "high"))
        assert (low <= true.loc[known, name] + EXACT).all(), name
        assert (high >= true.loc[known, name] - EXACT).all(), name
    sums = attacker.region_sums(edition, counts.loc[protected.counts.index])
    for row in protected.totals.to_dict("records"):
        for name in names:
            if not np.isnan(row[name]):
                value = sums.loc[(row["region_set"], row["region_code"]), name]
                low, high = (np.nan_to_num(row[f"{name}_{end}"], nan=row[name]) for end in ENDS)
                assert low - EXACT <= value <= high + EXACT, (row, value)


ENDS = ("low", "high")


# --- the attack ---


@pytest.mark.parametrize("part", range(4))
def test_random_tables(part):
    for seed in range(part, TABLES, 4):
        edition, counts, rule = small_table(seed)
        protected = protect(counts, edition, rule, method="heuristic" if seed % 3 else "exact")
        try:
            attack(edition, counts, rule, protected)
            holds_the_truth(protected, edition, counts)
        except AssertionError as error:
            raise AssertionError(f"table {seed}, {rule}: {error}") from error
