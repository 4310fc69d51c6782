"""Nobody can bound a protected count closer than promised, from all that leaves the tool."""

import os

import numpy as np
import pandas as pd
import pytest

import coverage
from coverage import comparison, exports, gap_table
from coverage.disclosure import Rule, protect
from coverage.editions import load_crosswalk
from tests.attacker import Attacker, protected, small
from tests.made_tables import on_shipped, random_table

TABLES = int(os.environ.get("ATTACKED_TABLES", "12"))
"""Random tables to attack; 1,000 of them take some ten minutes."""

CLOSE = 1e-4


@pytest.fixture(scope="module")
def register():
    return coverage.read_register(coverage.EXAMPLE_REGISTER)


@pytest.fixture(scope="module")
def shipped():
    """Edition of 2025, counts on it, and what is published of these."""
    edition, counts = on_shipped(2025, seed=1)
    return edition, counts, protect(counts, edition, method="exact")


def leaks(attacker, made, counts, edition, **how):
    """Small counts that can be bounded closer than promised."""
    rule = made.rule
    cells = small(made, counts)
    found = attacker.ranges(cells, enough=rule.width, **how)
    living = edition.municipalities["residents_0_17"]
    least = 0 if rule.protect_zero else 1
    need = {
        (code, name): min(
            rule.width, min(rule.band(counts.loc[code, name])[1], living[code]) - least
        )
        for code, name in cells
    }
    return {cell: width for cell, width in found.items() if width < need[cell] - CLOSE}


def test_the_attacker_finds_what_is_hidden_without_a_second_count(shipped):
    edition, counts, made = shipped
    primary = made.cells[made.cells["primary"] & made.cells["table"].eq("municipality")]
    # Show the others, and all sums: what hiding only small counts comes to.
    shown = made.counts.copy()
    others = protected(made)
    for code, name in others:
        value = counts.loc[code, name]
        if value >= made.rule.threshold:
            shown.loc[code, [name, f"{name}_low", f"{name}_high"]] = value
    totals = made.totals.copy()
    for i, row in totals.iterrows():
        rows = edition.regions.query("region_set == @row.region_set")
        codes = rows.loc[rows["region_code"] == row["region_code"], "gm_code"]
        inside = counts if row["region_set"] == "country" else counts.loc[codes]
        for name in ("imposed", "extended"):
            totals.loc[i, [name, f"{name}_low", f"{name}_high"]] = inside[name].sum()
    found = leaks(Attacker(shown, edition, totals), made, counts, edition)
    assert 5 < len(found) < len(primary)


@pytest.mark.parametrize(
    ("year", "measures", "method"),
    [(2025, 4, "heuristic"), (2010, 4, "exact")],
)
def test_nothing_leaks_from_tables_views_and_files_of_the_shipped_editions(
    tmp_path, register, year, measures, method
):
    edition, counts = on_shipped(year, seed=year, measures=measures)
    made = protect(counts, edition, method=method)
    attacker = Attacker(made.counts, edition, made.totals, lawful=True)
    given = {"totals": made.totals, "protection": made.record()}
    first = coverage.assess(edition, register, made.counts, **given)
    attacker.sees(first)
    # Other shares weigh imposed and extended in another way, and a filter leaves offers out.
    other = coverage.Settings(share_imposed=0.05, share_extended_low=0.02, children_per_family=1.7)
    attacker.sees(
        coverage.assess(edition, register, made.counts, other, assertive_outreach=True, **given)
    )
    everything = gap_table.everything(first)
    for name in ("gap.csv", "gap.xlsx"):
        exports.write_table(everything, tmp_path / name, {}, plain=True)
    attacker.reads(pd.read_csv(tmp_path / "gap.csv"), first.settings)
    attacker.reads(pd.read_excel(tmp_path / "gap.xlsx", engine="calamine"), first.settings)
    regions = [comparison.region_key(*key) for key in attacker.groups]
    indicators = comparison.indicators(first, regions)
    for region_set, rows in indicators.set_index("region_code").groupby("region_set"):
        attacker.sees_regions(rows, region_set, first)
    assert leaks(attacker, made, counts, edition) == {}


def test_nothing_leaks_beside_another_year(register, shipped):
    edition, counts, made = shipped
    attacker = Attacker(made.counts, edition, made.totals)
    now = coverage.assess(edition, register, made.counts, totals=made.totals)
    then = coverage.assess(coverage.load_edition(2010), register)
    regions = [comparison.region_key(*key) for key in attacker.groups if key[0] != "country"]
    both = comparison.beside(now, then, load_crosswalk(2010, 2025), regions)
    for region in regions:
        row = both.loc[(region, 2025)]
        codes = attacker.groups[tuple(region.split(":"))]
        for end, share in (("low", 0.10), ("high", 0.15)):
            weights = {}
            for code in codes:
                weights |= {
                    attacker.number[code, "imposed"]: 0.03,
                    attacker.number[code, "extended"]: share,
                }
            bound = row[f"demand_{end}"]
            attacker.know(
                weights, *((bound - 1e-5, np.nan) if end == "low" else (np.nan, bound + 1e-5))
            )
    attacker.sees(now)
    assert leaks(attacker, made, counts, edition) == {}


def test_nothing_leaks_where_only_some_municipalities_were_counted(register):
    edition, counts = on_shipped(2025, seed=8)
    counts = counts.sample(frac=0.3, random_state=8)
    made = protect(counts, edition)
    attacker = Attacker(made.counts, edition, made.totals)
    attacker.sees(coverage.assess(edition, register, made.counts, totals=made.totals))
    assert leaks(attacker, made, counts, edition) == {}


@pytest.mark.parametrize("part", range(4))
def test_nothing_leaks_from_random_tables(part):
    for seed in range(part, TABLES, 4):
        edition, counts = random_table(seed)
        rule = Rule(protect_zero=seed % 5 == 4, rounding=5 if seed % 3 == 2 else None)
        method = "exact" if len(counts) < 10 else "heuristic"
        made = protect(counts, edition, rule, method=method)
        attacker = Attacker(made.counts, edition, made.totals, lawful=True)
        assert leaks(attacker, made, counts, edition) == {}, seed
        if len(counts) < 8:
            assert leaks(attacker, made, counts, edition, integer=True) == {}, seed


def test_rounding_alone_cannot_be_undone():
    for seed in range(TABLES // 6):
        edition, counts = random_table(seed)
        made = protect(counts, edition, Rule(rounding=5, suppress=False))
        attacker = Attacker(made.counts, edition, made.totals)
        cells = list(attacker.number)
        found = attacker.ranges(cells, enough=4)
        shown = made.counts
        for code, name in cells:
            width = shown.loc[code, f"{name}_high"] - shown.loc[code, f"{name}_low"]
            assert found[code, name] >= width - CLOSE


def test_the_exact_method_hides_no_more_than_the_fast_one():
    for seed in range(12):
        edition, counts = random_table(seed)
        if len(counts) > 9:
            continue
        least = protect(counts, edition, method="exact")
        assert least.gap < 0.02
        assert len(least.cells) <= len(protect(counts, edition, method="heuristic").cells) + 1
