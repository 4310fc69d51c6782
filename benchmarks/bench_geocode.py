"""Addresses to municipalities: a million points beside geopandas, and a million rows.

The points lie around the postcodes of an edition, as addresses do. Both ways get them as they
are at hand: geopandas as points in a table, ours as two arrays.
"""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from benchmarks._timing import side_by_side
from coverage.editions import EDITIONS, Edition, load_edition
from coverage.geocode import geocode, locate

POINTS, ROWS, FEW = 1_000_000, 1_000_000, 100_000
SPREAD = 1_500.0
"""Metres by which the points lie around the postcodes."""

RUNS = 3

_PEAK = """
import os, sys
status, used = os.wait4(os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ), 0)[1:]
print(used.ru_maxrss)
sys.exit(status != 0)
"""
"""Runs a command, and prints the most memory that it had at once, in kB."""


def run() -> None:
    """Print the medians, the ratios and the peaks of memory."""
    for year in EDITIONS:
        _points(load_edition(year))
    edition = load_edition(max(EDITIONS))
    for name, table in (("free text", _free(edition, ROWS)), ("columns", _columns(edition, ROWS))):
        start = time.perf_counter()
        result = geocode(table, edition)
        seconds = time.perf_counter() - start
        found = result["gm_code"].ne("").mean()
        print(
            f"geocode, {ROWS:,} addresses as {name}, offline: {seconds:.1f} s, "
            f"{ROWS / seconds:,.0f} rows a second, {found:.0%} found"
        )
    _memory(edition)


def _points(edition: Edition) -> None:
    rng = np.random.default_rng(2010)
    chosen = edition.postcodes.iloc[rng.integers(0, len(edition.postcodes), POINTS)]
    x, y = (chosen[axis].to_numpy() + rng.normal(0, SPREAD, POINTS) for axis in ("x", "y"))
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y, crs=28992))
    polygons = edition.boundaries.reset_index()[["gm_code", "geometry"]]

    def ours() -> object:
        return locate.municipality_at(x, y, edition)

    def ours_from_scratch() -> object:
        locate._grid.cache_clear()  # noqa: SLF001 - the time to make it is measured too
        return locate.municipality_at(x, y, edition)

    for predicate in ("intersects", "within"):

        def joined(predicate: str = predicate) -> pd.Series[str]:
            found = gpd.sjoin(points, polygons, how="left", predicate=predicate)
            return found["gm_code"]

        answers = joined().groupby(level=0).min().fillna("").to_numpy()
        same = float((answers == ours()).mean())
        kept, other, ratio = side_by_side(ours, joined, RUNS)
        made, _other, whole = side_by_side(ours_from_scratch, joined, RUNS)
        print(
            f"municipality of {POINTS:,} points, edition {edition.year}: {kept:.3f} s, "
            f"{made:.3f} s with the grid made; geopandas.sjoin ({predicate}) {other:.2f} s; "
            f"ratio {ratio:.1f}, {whole:.1f} with the grid made; same answers {same:.4%}"
        )


def _columns(edition: Edition, rows: int) -> pd.DataFrame:
    rng = np.random.default_rng(13)
    codes = edition.postcodes.reset_index()
    chosen = codes.iloc[rng.integers(0, len(codes), rows)].reset_index(drop=True)
    letters = rng.choice(["AB", "CD", "XZ"], rows)
    number = pd.Series(rng.integers(1, 300, rows).astype(str))
    return pd.DataFrame(
        {
            "street": "Dorpsstr.",
            "house_number": number + rng.choice(["", "a", "-2", " bis"], rows),
            "postcode": chosen["pc4"] + " " + letters,
            "place": chosen["place"],
            "municipality": chosen["gm_code"].map(edition.municipalities["name"]),
        }
    )


def _free(edition: Edition, rows: int) -> pd.DataFrame:
    parts = _columns(edition, rows)
    text = parts["street"] + " " + parts["house_number"] + ", "
    return pd.DataFrame({"address": text + parts["postcode"] + "  " + parts["place"]})


def _memory(edition: Edition) -> None:
    """Peak memory of the command for a table, and for one ten times as long."""
    command = Path(sys.executable).with_name("dekkend")
    with tempfile.TemporaryDirectory() as folder:
        given, out = Path(folder) / "given.csv", Path(folder) / "out.csv"
        for rows in (FEW, ROWS):
            table = _columns(edition, rows)
            table.to_csv(given, sep=";", index=False, quoting=csv.QUOTE_MINIMAL)
            start = time.perf_counter()
            # Through a small process: a child counts the memory of what started it as its own.
            arguments = [command, "geocode", given, "--out", out]
            run = subprocess.run(
                [sys.executable, "-c", _PEAK, *arguments],
                check=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            seconds = time.perf_counter() - start
            peak = int(run.stdout) / 1024
            print(
                f"dekkend geocode, {rows:,} rows of CSV: {seconds:.1f} s, "
                f"{rows / seconds:,.0f} rows a second, at most {peak:.0f} MB"
            )
