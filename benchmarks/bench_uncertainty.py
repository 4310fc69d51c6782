"""10,000 draws of a country, beside a plain loop over draws."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd

import coverage
from benchmarks._timing import side_by_side
from coverage.uncertainty import DRAWS, SEED, Per, simulate

LOOP_DRAWS = 200
RUNS = 5
LIMIT = 2.0
SETS = ((2010, "country"), (2010, "province"), (2025, "country"), (2025, "jeugdregio"))


def by_loop(assessment: coverage.Assessment, region_set: str, draws: int) -> pd.DataFrame:
    """The same draws one by one, as an analyst would write it in a notebook."""
    random = np.random.default_rng(SEED)
    settings, counts = assessment.settings, assessment.counts
    table = assessment.municipalities
    regions = assessment.edition.regions
    members = regions[regions["region_set"] == region_set].set_index("gm_code")["region_code"]
    members = members.reindex(table.index) if len(members) else pd.Series("NL", table.index)
    found = []
    for _ in range(draws):
        share = random.uniform(settings.share_extended_low, settings.share_extended_high)
        drawn = {}
        for name in ("imposed", "extended"):
            low, high = counts[f"{name}_low"], counts[f"{name}_high"]
            drawn[name] = random.poisson(low + random.random() * (high - low))
        families = settings.share_imposed * drawn["imposed"] + share * drawn["extended"]
        demand = pd.Series(families / settings.children_per_family, table.index)
        gaps = {
            "demand": demand,
            "gap_low": (demand - table["capacity_high"]).clip(lower=0).fillna(0),
            "gap_high": (demand - table["capacity_low"]).clip(lower=0),
        }
        found.append(pd.DataFrame(gaps).groupby(members).sum())
    return pd.concat(found)


def run() -> None:
    """Print the figures."""
    print(f"Monte Carlo of {DRAWS:,} draws (median of {RUNS}, target < {LIMIT:.0f} s)")
    for year, region_set in SETS:
        edition = coverage.load_edition(year)
        assessment = coverage.assess(edition, coverage.read_register(coverage.PUBLIC_REGISTER))
        assessment.regions(region_set)  # reads what is read once

        def ours(
            assessment: coverage.Assessment = assessment, region_set: str = region_set
        ) -> object:
            return simulate(assessment, region_set).quantiles()

        def loop(
            assessment: coverage.Assessment = assessment, region_set: str = region_set
        ) -> object:
            return by_loop(assessment, region_set, LOOP_DRAWS)

        mine, theirs, ratio = side_by_side(ours, loop, RUNS)
        start = time.perf_counter()
        simulate(assessment, region_set, 1_000).worst(Per.RESIDENTS)
        ranks = time.perf_counter() - start
        print(
            f"  {year} {region_set:<11} {mine:5.2f} s; a loop with pandas"
            f" {theirs / LOOP_DRAWS * 1e3:5.2f} ms a draw, {ratio * DRAWS / LOOP_DRAWS:4.0f} times"
            f" as long; ranks of 1,000 draws {ranks * 1e3:4.0f} ms"
        )


if __name__ == "__main__":
    run()
