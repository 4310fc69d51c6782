"""Protect counts of all municipalities, beside ACRO on the same tables.

ACRO (https://pypi.org/project/acro) needs an older pandas: it gets an environment of its own in a
temporary folder. It looks at one table at a time, as its users do.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

import coverage
from coverage.disclosure import Rule, protect
from tests import second_attacker as attacker

YEARS = (2010, 2025)
METHODS = ("heuristic", "exact")
LIMITS = {"heuristic": 5.0, "exact": 20.0}
SEED = 1

BY_ACRO = """
import logging, sys
import pandas as pd
from acro import ACRO
logging.disable(logging.CRITICAL)
cells = pd.read_csv(sys.argv[1], dtype=str)
people = cells.loc[cells.index.repeat(cells.pop("count").astype(float).astype(int))]
session, parts = ACRO(suppress=True), []
for name in cells.columns.drop("measure"):
    rows = people[people[name].notna()]
    table = session.crosstab(rows[name], rows["measure"])
    parts.append(table.stack(future_stack=True).rename("count").rename_axis(["code", "measure"])
                 .reset_index().assign(table=name))
pd.concat(parts).to_csv(sys.argv[2], index=False)
"""


def drawn(edition: coverage.Edition) -> pd.DataFrame:
    """Counts of four measures drawn round the shipped estimates, that keep the laws of orders."""
    random = np.random.default_rng(SEED)
    mean = edition.demand
    imposed, running = random.poisson(mean["imposed"]), random.poisson(mean["extended"] * 1.5)
    extended = np.minimum(random.poisson(mean["extended"]), running + imposed)
    least = np.maximum(running - extended, 0)
    ended = np.clip(least + random.poisson(mean["imposed"] / 4), least, running + imposed)
    columns = dict(zip(attacker.MEASURES, (imposed, extended, running, ended), strict=True))
    counts = pd.DataFrame(columns, index=mean.index, dtype=float)
    for name in attacker.MEASURES:
        counts[f"{name}_low"] = counts[f"{name}_high"] = counts[name]
    return counts.assign(count_status="entered", unit="children", period="", source="")


def narrowest(
    counts: pd.DataFrame, totals: pd.DataFrame, edition: coverage.Edition, true: pd.DataFrame
) -> str:
    """What an attacker finds: the least width, and how many small counts are found closer."""
    rule = Rule()
    reader = attacker.who_reads(counts, totals, rule, edition, list(counts.index))
    keys = [key for key in attacker.hidden(counts, rule) if 0 < true.loc[key] < rule.threshold]
    widths = np.floor(reader.widths(keys) + attacker.SLACK)
    closer = int((widths < rule.width).sum())
    return (
        f"narrowest range {widths.min():.0f}, {closer} of {len(widths)} small counts closer than"
        f" {rule.width}, {int((widths == 0).sum())} known exactly"
    )


def ours(edition: coverage.Edition, true: pd.DataFrame, method: str) -> None:
    """Time one method, and attack it."""
    start = time.perf_counter()
    made = protect(true, edition, method=method)
    took = time.perf_counter() - start
    cells = made.cells["table"].eq("municipality")
    print(
        f"  {edition.year} {method:<9} {took:6.1f} s (target {LIMITS[method]:.0f} s),"
        f" hidden {cells.sum()} counts and {(~cells).sum()} sums;"
        f" {narrowest(made.counts, made.totals, edition, true)}"
    )


def environment(folder: Path) -> Path | None:
    """Python of a new environment with ACRO, or None if it cannot be made."""
    python = folder / "v" / "bin" / "python"
    for command in (
        [sys.executable, "-m", "venv", str(folder / "v")],
        [str(python), "-m", "pip", "install", "--quiet", "acro"],
    ):
        if subprocess.run(command, capture_output=True, check=False).returncode:
            return None
    return python


def theirs(edition: coverage.Edition, true: pd.DataFrame, python: Path, folder: Path) -> None:
    """The same tables by ACRO: one of municipalities, and one of the regions of each set."""
    names = list(attacker.MEASURES)
    wide = true[names].rename_axis("gm_code").reset_index()
    cells = wide.melt("gm_code", names, "measure", "count").assign(country="NL")
    for region_set, rows in edition.regions.groupby("region_set"):
        cells[region_set] = cells["gm_code"].map(rows.set_index("gm_code")["region_code"])
    source, found = folder / "cells.csv", folder / "found.csv"
    cells.to_csv(source, index=False)
    start = time.perf_counter()
    command = [str(python), "-c", BY_ACRO, str(source), str(found)]
    subprocess.run(command, check=True, capture_output=True, cwd=folder)
    took = time.perf_counter() - start
    table = pd.read_csv(found)
    shown = table[table["table"] == "gm_code"].pivot_table(
        index="code", columns="measure", values="count", dropna=False
    )
    shown = shown.reindex(index=true.index, columns=names)
    # ACRO leaves out who has no one: a count of 0 is known to be one.
    shown = shown.mask(true[names] == 0, 0.0)
    counts = true.copy()
    counts[names] = shown
    for name in names:
        hidden = shown[name].isna()
        counts.loc[hidden, f"{name}_low"], counts.loc[hidden, f"{name}_high"] = 1.0, 20.0
    sums = table[table["table"] != "gm_code"].pivot_table(
        index=["table", "code"], columns="measure", values="count", dropna=False
    )
    sums = sums.rename_axis(["region_set", "region_code"]).reset_index()
    print(
        f"  {edition.year} ACRO      {took:6.1f} s (with its start), hidden"
        f" {int(shown.isna().sum().sum())} counts;"
        f" {narrowest(counts, sums, edition, true)}"
    )


def run() -> None:
    """Print the figures."""
    print("Protecting four counts of all municipalities and the sums of all regions")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        python = environment(folder)
        if python is None:
            print("  ACRO is left out: its package could not be fetched")
        for year in YEARS:
            edition = coverage.load_edition(year)
            true = drawn(edition)
            if python is not None:
                theirs(edition, true, python, folder)
            for method in METHODS:
                ours(edition, true, method)


if __name__ == "__main__":
    run()
