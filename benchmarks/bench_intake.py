"""Ten thousand rows of a list into a register, beside a plain read and merge with pandas."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd

from benchmarks._timing import side_by_side
from coverage import editions, intake
from coverage.register import empty_register
from tests import worsened

ROWS = 10_000
RUNS = 3


def table(rows: int) -> pd.DataFrame:
    """List of so many offers: the public register, many times, of ever other providers."""
    base = worsened.flat()
    parts = []
    for number in range(-(-rows // len(base))):
        part = base.copy()
        part["Organisatie"] += f" team{number % 25}"
        part["Naam aanbod"] += f" variant {number}"
        parts.append(part)
    return pd.concat(parts, ignore_index=True).head(rows)


def run() -> None:
    """Print the medians, their ratio and what each way leaves to the user."""
    edition = editions.load_edition(max(editions.EDITIONS))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        path.write_bytes(worsened.as_csv(table(ROWS), encoding="utf-8-sig"))

        def ours() -> intake.Preflight:
            cells = next(iter(intake.open_file(path).sheets.values()))
            matching = intake.match(intake.titles(cells), intake.sample(cells))
            made = intake.preflight(
                cells,
                matching,
                edition=edition,
                register=empty_register(),
                defaults=intake.Defaults(source="list"),
            )
            made.register()
            return made

        def plain() -> pd.DataFrame:
            read = pd.read_csv(path, sep=";", dtype="str")
            codes = edition.postcodes.reset_index()[["pc4", "gm_code", "x", "y"]]
            names = edition.municipalities["name"].rename("Gemeente").reset_index()
            placed = read.assign(pc4=read["Pc"].str[:4]).merge(codes, on="pc4", how="left")
            placed = placed.merge(names, on="Gemeente", how="left", suffixes=("", "_named"))
            placed["gm_code"] = placed["gm_code"].fillna(placed["gm_code_named"])
            return placed.drop_duplicates(["Organisatie", "Naam aanbod", "Werkgebied"])

        kept, other, ratio = side_by_side(ours, plain, RUNS)
        made, read = ours(), plain()
        print(
            f"list of {ROWS:,} offers: preflight and register {kept:.2f} s, "
            f"{ROWS / kept:,.0f} rows a second, {len(made.accepted):,} rows taken, "
            f"{made.judged['gm_code'].ne('').sum():,} with a municipality"
        )
        print(
            f"list of {ROWS:,} offers: pandas read_csv and merge {other:.2f} s, ratio {ratio:.3f}, "
            f"{len(read):,} rows, {read['gm_code'].notna().sum():,} with a municipality; areas, "
            "durations, providers and faults are left to the user"
        )


if __name__ == "__main__":
    run()
