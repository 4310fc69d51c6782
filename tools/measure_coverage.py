"""Measure how often the intervals of `coverage.small_area` hold what is true.

Draws countries in which the truth is known, hands over only the totals of their regions, and
counts how often a municipality's true number lies within its interval. Residents and
regions are those of the shipped editions. The result, ``docs/measured/interval_coverage.csv``,
is shown by the page on the method.

Usage: ``python tools/measure_coverage.py [--out docs/measured/interval_coverage.csv]``
"""

from __future__ import annotations

import argparse
import datetime as dt
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coverage import load_edition, small_area

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

REPOSITORY = Path(__file__).resolve().parents[1]
OUT = REPOSITORY / "docs" / "measured" / "interval_coverage.csv"

SEED = 32015
CONFIDENCE = 0.90
COUNTRIES = 100
"""Countries drawn for each row of the table."""

REGION_SETS = (
    (2010, "province"),
    (2010, "bureau_jeugdzorg"),
    (2010, "study"),
    (2025, "province"),
    (2025, "corop"),
    (2025, "jeugdregio"),
)


@dataclass(frozen=True)
class World:
    """What the rates of municipalities differ by, as the spread over their mean."""

    name: str
    own: float = 0.0
    """By what each has of its own."""
    shared: float = 0.0
    """By what all municipalities of a region share."""
    covariate: float = 0.0
    """Logarithm of the ratio of rates for one standard deviation more of the covariate."""
    skewed: bool = False
    """Lognormal where it is gamma otherwise: a few rates are far above the rest."""


WORLDS = (
    World("none"),
    World("some", own=0.2),
    World("large", own=0.4),
    World("skewed", own=0.4, skewed=True),
    World("regional", own=0.2, shared=0.2),
    World("covariate", covariate=0.25),
    World("covariate_and_some", own=0.2, covariate=0.25),
)


@dataclass(frozen=True)
class Country:
    """A country in which the truth is known."""

    counts: pd.DataFrame
    covariate: pd.Series


def members_of(year: int, region_set: str) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Region of each municipality, its residents, and the orders of the country."""
    edition = load_edition(year)
    rows = edition.regions[edition.regions["region_set"] == region_set]
    members = rows.set_index("gm_code")["region_code"].sort_index()
    residents = edition.municipalities["residents_0_17"].astype(float)
    orders = edition.demand[["imposed", "extended"]].sum() / residents.sum()
    return members, residents.loc[members.index], orders


def draw(
    members: pd.Series,
    residents: pd.Series,
    rates: pd.Series,
    world: World,
    rng: np.random.Generator,
) -> Country:
    """One country: the differences first, then chance.

    The covariate stands for the share of young people in youth care: 10 in 100, of which half of
    the variance lies between regions.
    """
    regions, at = np.unique(members, return_inverse=True)
    score = rng.normal(size=len(regions))[at] + rng.normal(size=len(members))
    score = (score - score.mean()) / score.std()
    ratio = (
        np.exp(world.covariate * score)
        * _factors(len(members), world.own, rng, skewed=world.skewed)
        * _factors(len(regions), world.shared, rng)[at]
    )
    counts = {name: rng.poisson(rate * residents * ratio) for name, rate in rates.items()}
    return Country(
        pd.DataFrame(counts, index=members.index),
        pd.Series(0.10 + 0.03 * score, index=members.index),
    )


def _factors(
    count: int, spread: float, rng: np.random.Generator, *, skewed: bool = False
) -> Floats:
    if spread == 0:
        return np.ones(count)
    if skewed:
        sigma = np.sqrt(np.log(1 + spread**2))
        return rng.lognormal(-(sigma**2) / 2, sigma, count)
    return rng.gamma(1 / spread**2, spread**2, count)


def measure(
    year: int, region_set: str, world: World, method: str, countries: int = COUNTRIES
) -> dict[str, object]:
    """Share of the true numbers that lie in their interval, over many countries.

    Parameters
    ----------
    year, region_set
        Which municipalities, residents and regions.
    world
        What is true.
    method
        ``residents``, ``covariate``, or ``known_differences``: by residents, where the
        differences that municipalities have of their own are known from elsewhere.
    countries
        How many are drawn.

    Returns
    -------
    dict
        A row of the table.
    """
    # Each row draws its own countries, whichever rows are measured.
    rng = np.random.default_rng([SEED, year, *map(ord, region_set + world.name)])
    members, residents, rates = members_of(year, region_set)
    alone = residents == residents.groupby(members).transform("sum")
    held, widths, differences = [], [], []
    for _ in range(countries):
        country = draw(members, residents, rates, world, rng)
        found = small_area.estimate(
            country.counts.groupby(members).sum(),
            members,
            residents,
            covariate=country.covariate if method == "covariate" else None,
            differences=world.own if method == "known_differences" else None,
            confidence=CONFIDENCE,
        )
        for name in rates.index:
            low, high = found[f"{name}_low"][~alone], found[f"{name}_high"][~alone]
            held.append(country.counts[name][~alone].between(low, high).mean())
            widths.append(((high - low) / found[name][~alone]).median())
            differences.append(found.attrs["small_area"][name]["differences"])
    return {
        "edition": year,
        "region_set": region_set,
        "regions": members.nunique(),
        "municipalities": int((~alone).sum()),
        "method": method,
        "world": world.name,
        "own_differences": world.own,
        "regional_differences": world.shared,
        "covariate_effect": world.covariate,
        "differences_found": round(float(np.mean(differences)), 3),
        "nominal": CONFIDENCE,
        "held": round(float(np.mean(held)), 4),
        "median_relative_width": round(float(np.mean(widths)), 3),
        "countries": countries,
        "seed": SEED,
    }


def rows(countries: int = COUNTRIES) -> list[dict[str, object]]:
    """Every row of the table."""
    found = []
    for year, region_set in REGION_SETS:
        for world in WORLDS:
            found.append(measure(year, region_set, world, "residents", countries))
            if world.covariate and region_set != "study":  # too few regions for a covariate
                found.append(measure(year, region_set, world, "covariate", countries))
            if world.shared:
                found.append(measure(year, region_set, world, "known_differences", countries))
    return found


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--countries", type=int, default=COUNTRIES)
    arguments = parser.parse_args()
    table = pd.DataFrame(rows(arguments.countries))
    table["version"] = version("dekkend")
    table["date"] = dt.datetime.now(tz=dt.UTC).date().isoformat()
    print(table.drop(columns=["seed", "version", "date", "nominal"]).to_string(index=False))
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(arguments.out, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
