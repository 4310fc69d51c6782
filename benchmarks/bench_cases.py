"""A million measures of children counted per municipality, beside groupby and apply in pandas."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from coverage.cases import count_cases, read_cases
from coverage.editions import load_edition

ROWS = 1_000_000
YEAR = 2023
MOST_SECONDS, MOST_BYTES = 10.0, 1_000_000_000

PLAIN = 5_000
"""Rows of the plain way, which takes too long for more: its time is scaled up."""


def measures(rows: int, seed: int = 0) -> pd.DataFrame:
    """Made-up measures: names and codes of municipalities, dates as the Dutch write them."""
    random = np.random.default_rng(seed)
    names = load_edition(2025).municipalities["name"].to_numpy()
    child = random.integers(0, rows * 2 // 3, rows)
    start = np.datetime64("2012-01-01") + random.integers(0, 12 * 365, rows)
    days = random.integers(60, 4 * 365, rows)
    end = start + days

    def text(dates: np.ndarray, hidden: np.ndarray) -> np.ndarray:
        index = pd.DatetimeIndex(dates)
        return np.where(hidden, "", index.strftime("%d-%m-%Y").to_numpy())

    extended = {
        f"verlenging {number}": text(start + 360 * number, days <= 360 * number)
        for number in (1, 2, 3, 4)
    }
    return pd.DataFrame(
        {
            "kindnummer": np.char.add("K", np.char.zfill(child.astype(str), 9)),
            "begindatum": text(start, np.zeros(rows, dtype=bool)),
            "einddatum": text(end, end > np.datetime64("2024-06-30")),
            **extended,
            "gemeente": names[random.integers(0, len(names), rows)],
            "maatregel": random.choice(["OTS", "Voorlopige OTS"], rows, p=[0.9, 0.1]),
        }
    )


def ours(path: Path) -> pd.DataFrame:
    """Count with the product."""
    return count_cases(read_cases(path), YEAR, load_edition(2025))


def plain(path: Path, rows: int | None = None) -> pd.DataFrame:
    """Count as one would in a notebook: a function for each child."""
    dates = ["begindatum", "einddatum", *(f"verlenging {number}" for number in (1, 2, 3, 4))]
    table = pd.read_csv(path, sep=";", nrows=rows, dtype=str)
    for name in dates:
        table[name] = pd.to_datetime(table[name], format="%d-%m-%Y")
    table = table[table["maatregel"].eq("OTS")]

    def of_child(orders: pd.DataFrame) -> pd.DataFrame:
        orders = orders.sort_values("begindatum")
        before = orders["einddatum"].fillna(pd.Timestamp("2100-01-01")).cummax().shift()
        new = ~(orders["begindatum"] <= before + pd.Timedelta(days=1))
        extended = orders[dates[2:]].apply(lambda day: day.dt.year.eq(YEAR)).any(axis=1)
        begun = orders["begindatum"].dt.year.eq(YEAR)
        return pd.DataFrame(
            {
                "gemeente": orders["gemeente"],
                "imposed": new & begun,
                "extended": extended | (~new & begun),
            }
        )

    parts = [of_child(orders) for _child, orders in table.groupby("kindnummer")]
    events = pd.concat(parts)
    return events.groupby("gemeente")[["imposed", "extended"]].sum()


def alone(path: str) -> None:
    """Count in a process of its own, and print the seconds and the most bytes in memory."""
    start = time.perf_counter()
    found = ours(Path(path))
    seconds = time.perf_counter() - start
    # Not of `resource`: there the memory of the process that started this one counts too.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    most = int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) * 1024
    print(seconds, most, int(found["imposed"].sum()), int(found["extended"].sum()))


def run() -> None:
    """Print time and memory for a million rows, and the ratio to the plain way."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cases.csv"
        measures(ROWS).to_csv(path, sep=";", index=False)
        command = [sys.executable, "-m", "benchmarks.bench_cases", str(path)]
        done = subprocess.run(command, capture_output=True, check=True, text=True)
        seconds, most, imposed, extended = (float(part) for part in done.stdout.split())
        print(
            f"{ROWS:,} measures ({path.stat().st_size / 1e6:.0f} MB): {seconds:.1f} s of at most "
            f"{MOST_SECONDS:.0f}, {most / 1e6:.0f} MB of at most {MOST_BYTES / 1e6:.0f}, with all "
            f"of Python; {imposed:,.0f} imposed, {extended:,.0f} extended"
        )
        start = time.perf_counter()
        plain(path, PLAIN)
        other = (time.perf_counter() - start) * ROWS / PLAIN
        print(
            f"a function for each child in pandas: {other:.0f} s for {ROWS:,} rows, scaled up from "
            f"{PLAIN:,}; ratio {other / seconds:.0f}; doubtful rows, moves and places are left to "
            "the user"
        )
    if seconds > MOST_SECONDS or most > MOST_BYTES:
        raise SystemExit("more time or memory than is promised")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        alone(sys.argv[1])
    else:
        run()
