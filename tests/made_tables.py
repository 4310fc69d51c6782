"""Made-up municipalities, regions that overlap, and counts; and counts on the shipped ones."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd

import coverage

MEASURES = ("imposed", "extended", "running", "ended")


def with_bounds(counts, **more):
    """Counts of a user: each known exactly."""
    table = counts.astype(float)
    for name in list(table):
        table[f"{name}_low"] = table[f"{name}_high"] = table[name]
    text = {"count_status": "entered", "unit": "children", "period": "2023", "source": "test"}
    return table.assign(**(text | more))


def on_shipped(year, seed=0, measures=2):
    """Counts drawn round the shipped estimates of an edition, that obey the law."""
    edition = coverage.load_edition(year)
    mean = edition.demand
    random = np.random.default_rng(seed)
    imposed = random.poisson(mean["imposed"])
    extended = random.poisson(mean["extended"])
    ended = random.poisson(mean["imposed"])
    return edition, with_bounds(
        _lawful(imposed, extended, ended, random, mean.index).iloc[:, :measures]
    )


def _lawful(imposed, extended, ended, random, index):
    """Who was there at the start is extended or leaves; who is extended or leaves was there."""
    least = np.maximum(np.maximum(extended, ended) - imposed, 0)
    most = np.maximum(extended + ended, least)
    running = random.integers(least, most + 1)
    columns = {"imposed": imposed, "extended": extended, "running": running, "ended": ended}
    return pd.DataFrame(columns, index=index)


def random_table(seed):
    """A small edition with two or three region sets that overlap, and counts."""
    random = np.random.default_rng(seed)
    n = int(random.integers(2, 22))
    codes = pd.Index([f"GM{i:04d}" for i in range(1, n + 1)], name="gm_code")
    sets = []
    for name in ("province", "corop", "study")[: random.integers(1, 4)]:
        regions = random.integers(0, max(2, n // int(random.integers(2, 7))), n)
        rows = pd.DataFrame({"region_set": name, "region_code": regions, "gm_code": codes})
        part = random.random(n) < (0.6 if name == "study" else 1.0)
        rows["region_code"] = name + rows["region_code"].astype(str)
        sets.append(rows[part])
    regions = pd.concat(sets, ignore_index=True)
    living = np.maximum(random.lognormal(8, 1.2, n).astype(int), 30)
    municipalities = pd.DataFrame({"residents_0_17": living}, index=codes)
    edition = SimpleNamespace(year=2025, municipalities=municipalities, regions=regions)
    rate = random.uniform(0.5, 5) / 1000
    imposed = random.poisson(living * rate)
    extended = random.poisson(2 * living * rate)
    ended = random.poisson(living * rate)
    table = _lawful(imposed, extended, ended, random, codes)
    return edition, with_bounds(table.iloc[:, : random.choice([2, 4])])
