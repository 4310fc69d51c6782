"""`dekkend assess` from the shell, beside the import of geopandas alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks._timing import side_by_side

RUNS = 5


def run() -> None:
    """Print the medians for each edition."""
    command = Path(sys.executable).with_name("dekkend")
    for year in ("2010", "2025"):

        def assess(year: str = year) -> object:
            return subprocess.run(
                [command, "assess", "--edition", year], check=True, capture_output=True
            )

        def geopandas() -> object:
            return subprocess.run([sys.executable, "-c", "import geopandas"], check=True)

        imported, assessed, ratio = side_by_side(geopandas, assess, RUNS)
        print(
            f"dekkend assess --edition {year}: {assessed:.2f} s from the shell; "
            f"import geopandas alone: {imported:.2f} s; ratio {ratio:.1f}"
        )
