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

TABLES = int(os.environ.get("ATTACKED_TABLES", "40"))
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
    counts["shared_from"] = np.where(counts["count_status"] == "estimated", "R1", "")
    if random.random() < 0.2:  # what a file calls its counts is no protection
        counts.loc[random.choice(index), ["count_status", "shared_from"]] = ["example", ""]
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


def promised(keys, edition, rule, made_counts):
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
    short = promised(keys, edition, rule, protected.counts)
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
        protected = protect(counts, edition, rule, method="heuristic" if seed % 8 else "exact")
        try:
            attack(edition, counts, rule, protected)
            holds_the_truth(protected, edition, counts)
        except AssertionError as error:
            raise AssertionError(f"table {seed}, {rule}: {error}") from error


@pytest.mark.parametrize("year", EDITIONS)
def test_shipped_regions(year):
    edition, counts = real_table(year, seed=1)
    protected = protect(counts, edition, method="heuristic")
    attack(edition, counts, Rule(), protected)
    holds_the_truth(protected, edition, counts)


def test_counts_are_whole():
    """That counts are whole makes ranges narrower only where sums overlap in odd ways."""
    for seed in range(60):
        edition, counts, rule = small_table(seed)
        if rule.suppress and "running" not in counts:
            attack(edition, counts, rule, protect(counts, edition, rule), whole=True)


def test_every_table_that_fits():
    """The same without any programme: all tables that fit what is published are tried."""
    tried = 0
    for seed in range(200):
        edition, counts, rule = small_table(seed)
        if not rule.suppress or rule.rounding or "running" in counts:
            continue
        protected = protect(counts, edition, rule, method="heuristic")
        reader = attacker.who_reads(protected.counts, protected.totals, rule, edition)
        for name in ("imposed", "extended"):
            keys = [key for key in attacker.hidden(protected.counts, rule) if key[1] == name]
            at = [reader.keys[key] for key in keys]
            sizes = [int(reader.high[one] - reader.low[one]) + 1 for one in at]
            if not keys or np.prod(sizes, dtype=float) > 2e5:
                continue
            ranges = [range(int(reader.low[one]), int(reader.high[one]) + 1) for one in at]
            tables = np.array(list(itertools.product(*ranges)))
            for cells, weights, low, high in reader.sums:
                if not set(cells) & set(at):
                    continue
                known = sum(
                    w * reader.low[c] for c, w in zip(cells, weights, strict=True) if c not in at
                )
                loose = np.array([weights[cells == one].sum() for one in at])
                sums = tables @ loose + known
                tables = tables[(sums >= low - EXACT) & (sums <= high + EXACT)]
            widths = tables.max(axis=0) - tables.min(axis=0)
            mine = small(keys, counts, rule)
            short = promised(keys, edition, rule, protected.counts) - widths
            assert not (short[mine] > 0).any(), (seed, keys, widths)
            tried += 1
    assert tried > 20


# --- what is shown of it ---

OFFERS = made.register(
    made.offers({"capacity_families": 2.0}, {"service_area_type": "country", "service_area": ""}),
    ["GM9001"],
)
SETTINGS = (Settings(), Settings(share_imposed=0.05, share_extended_low=0.01))
"""Two sets of shares: what they differ by would tell the counts that demand is made of."""


def shown_by(assessment, table, inside):
    """Intervals that a table shows, as weighted sums of counts: (weights, low, high)."""
    settings = assessment.settings
    ends = {
        "low": (settings.share_imposed, settings.share_extended_low),
        "high": (settings.share_imposed, settings.share_extended_high),
    }
    for code, row in table.iterrows():
        codes = inside(code)
        for name in ("imposed", "extended"):
            weights = {(one, name): 1.0 for one in codes}
            if f"{name}_low" in row:
                yield weights, row[f"{name}_low"], row[f"{name}_high"]
        for end, shares in ends.items():
            weights = {
                (one, name): share / settings.children_per_family
                for one in codes
                for name, share in zip(("imposed", "extended"), shares, strict=True)
            }
            values = [row.get(f"demand_{end}", np.nan)]
            gap = row.get(f"gap_{end}", np.nan)
            if len(codes) == 1 and end == "high" and np.nan_to_num(gap) > 0:
                values.append(gap + capacity_of(row, "low"))
            if len(codes) == 1 and end == "low" and np.nan_to_num(gap) > 0:
                values.append(gap + capacity_of(row, "high"))
            for value in values:
                if not np.isnan(value):
                    span = (value, np.inf) if end == "low" else (-np.inf, value)
                    yield weights, *span


def capacity_of(row, end):
    return row.get(f"capacity_{end}", np.nan)


def views(assessment, path):
    """Everything that shows counts, or what is made of them: table, and who is in each row."""
    codes = list(assessment.municipalities.index)
    yield assessment.table().set_index("gm_code"), lambda code: [code]
    for suffix in (".csv", ".xlsx"):
        file = path / f"table{suffix}"
        write_table(assessment.table(), file, assessment.provenance, plain=True)
        read = pd.read_csv(file) if suffix == ".csv" else pd.read_excel(file, engine="calamine")
        assert read.set_index("gm_code")["imposed"].equals(
            assessment.table().set_index("gm_code")["imposed"]
        )
        yield read.set_index("gm_code"), lambda code: [code]
    regions = []
    for region_set in assessment.region_sets:
        members = assessment._members(region_set)
        groups = members.groupby("region_code")["gm_code"].agg(list)
        yield assessment.regions(region_set), groups.__getitem__
        names = [f"{region_set}:{code}" for code in groups.index]
        regions += [(name, groups[name.partition(":")[2]]) for name in names]
        view = gap_table.View(codes=tuple(codes[1:]), region_set=region_set)
        shown = gap_table.show(assessment, view)
        if len(shown.groups):
            inside = shown.rows.groupby("region_code").groups
            yield shown.groups, lambda code, inside=inside: list(inside[code])
    named = dict(regions)
    yield comparison.indicators(assessment, list(named)), named.__getitem__


def test_no_view_tells_more(tmp_path):
    """What is shown holds all that a reader of the protected table thinks possible."""
    for seed in (1, 9, 17):
        random = np.random.default_rng(seed)
        edition = place(random, 5)
        counts = table(random, edition, ("imposed", "extended"))
        counts = counts.assign(count_status="entered").drop(columns="shared_from")
        counts = counts[counts["imposed"].notna()].reindex(edition.municipalities.index)
        if counts.isna().any(axis=None):
            continue
        protected = protect(counts, edition)
        reader = attacker.who_reads(protected.counts, protected.totals, Rule(), edition)
        for settings, outreach in zip(SETTINGS, (False, True), strict=True):
            assessment = assess(
                edition,
                OFFERS,
                protected.counts,
                settings,
                assertive_outreach=outreach,
                totals=protected.totals,
                protection=protected.record(),
            )
            told = [
                one for view, inside in views(assessment, tmp_path)
                for one in shown_by(assessment, view, inside)
            ]  # fmt: skip
            known = reader.ranges([weights for weights, _low, _high in told])
            for (weights, low, high), (least, most) in zip(told, known, strict=True):
                assert low <= least + 2 * EXACT, (seed, weights, low, least)
                assert high >= most - 2 * EXACT, (seed, weights, high, most)


def test_chance_and_reasons_are_of_what_is_published():
    """Draws and explanations are the same for every truth behind one protected table."""
    edition, counts, rule = next(
        one for one in map(small_table, range(50)) if one[2] == Rule() and "running" not in one[1]
    )
    protected = protect(counts, edition, rule)
    shown = protected.counts.drop(columns="shared_from")  # of which there is no region here
    assessment = assess(edition, OFFERS, shown, totals=protected.totals)
    hidden = attacker.hidden(protected.counts, rule)
    assert hidden
    for code, _name in hidden:
        text = assessment.explain(code, "demand_high").text()
        assert assessment.explain(code, "demand_low").text() != text
    draws = [simulate(assessment, "country", 200).quantiles() for _ in range(2)]
    pd.testing.assert_frame_equal(*draws)


# --- laws ---


@pytest.mark.parametrize("seed", range(12))
def test_order_of_rows_does_not_matter(seed):
    edition, counts, rule = small_table(seed)
    shuffled = counts.sample(frac=1, random_state=seed)
    one, other = (protect(table, edition, rule) for table in (counts, shuffled))
    pd.testing.assert_frame_equal(one.counts.sort_index(), other.counts.sort_index())
    pd.testing.assert_frame_equal(one.totals, other.totals)
    assert one.record() == other.record()


@pytest.mark.parametrize("seed", range(12))
def test_what_is_no_secret_passes_through(seed):
    edition, counts, rule = small_table(seed)
    made_counts = protect(counts, edition, rule).counts
    estimated = counts.index[counts["count_status"] == "estimated"]
    pd.testing.assert_frame_equal(
        made_counts.loc[estimated, counts.columns], counts.loc[estimated], check_dtype=False
    )
    assert (
        made_counts.loc[counts.index.difference(estimated), "count_status"] != "estimated"
    ).all()
    if not rule.protect_zero and rule.suppress:
        for name in ("imposed", "extended"):
            zero = counts.index[counts[name].eq(0)]
            assert made_counts.loc[zero, name].eq(0).all()


@pytest.mark.parametrize("seed", range(0, 40, 2))
def test_exact_hides_no_more_than_fast(seed):
    edition, counts, rule = small_table(seed)
    if not rule.suppress:
        return
    exact, fast = (protect(counts, edition, rule, method=way) for way in ("exact", "heuristic"))
    assert len(exact.cells) <= len(fast.cells) + 1  # weights count, and not cells


def test_a_higher_threshold_hides_what_a_lower_one_must():
    for seed in range(20):
        edition, counts, _rule = small_table(seed)
        low, high = (
            protect(counts, edition, Rule(threshold=number, width=5), method="heuristic").cells
            for number in (4, 10)
        )
        must = low[low["primary"]].drop(columns="primary")
        kept = must.merge(high[high["primary"]], on=["table", "key", "measure"])
        assert len(kept) == len(must)


def test_the_record_does_not_tell_which_are_small():
    edition, counts, rule = small_table(4)
    told = str(protect(counts, edition, rule).record())
    assert "primary" not in told
    assert not any(code in told for code in counts.index)
