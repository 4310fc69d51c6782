"""Make the example register: invented, complete for the five example study regions.

The public record is too thin to show what the tool does, so this register is made up in
the pattern that the minister's letter of 13 July 2010 describes. No region has a covering
offer; large municipalities have long-term voluntary support in which care coordination is
missing or not described; small ones have short-term support or nothing. A few have
coordination but too little of it and a few are covered. Every municipality of the regions was
looked at completely; what stays uncertain comes from offers of which something is unknown.

Every row has status ``example`` and names that cannot be taken for real ones. The same
seed gives the same files.

Usage: ``python tools/make_example_register.py [--seed 2010] [--out data/providers/example]``
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from math import ceil, sqrt
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from make_register import (
    INVENTORY_COLUMNS,
    LOCATION_COLUMNS,
    OFFER_COLUMNS,
    PROVIDER_COLUMNS,
    write,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).resolve().parents[1]
EDITIONS = (2010, 2025)

FRUIT = ("Aardbei", "Banaan", "Citroen", "Druif", "Framboos", "Granaatappel", "Kiwi", "Mango")
ANIMALS = ("Zebra", "Giraffe", "Pinguïn", "Olifant", "Kameel", "Panda", "Walrus", "Tapir")

# What a municipality has, from the largest of a region downwards. Regions with an even and
# an odd number differ, so that each rung of the ladder occurs in both editions.
LARGE = (
    ("not_described", "absent", "short", "covered", "unknown_capacity"),
    ("absent", "not_described", "covered", "short", "unknown_coordination"),
)
SMALL = ("none", "short_term", "short_term", "none", "unknown_duration", "unknown_framework")
SMALL_CHANCES = (0.30, 0.30, 0.15, 0.10, 0.08, 0.07)
LARGE_SHARE = 0.4
"""Share of a region's municipalities that are called large here, five at most."""

# Rules of the method for the number of families, written out so that this tool stands alone:
# 3% of the imposed and at most 15% of the extended orders; two standard deviations of spread.
IMPOSED_SHARE, EXTENDED_SHARE = 0.03, 0.15
SPREAD = 2.0

PLAN = "Voorbeeld: de gezinscoach stelt met het gezin één plan op en roept de hulpverleners bijeen."
SLOGAN = "Voorbeeld: de folder noemt één gezin, één plan, en zegt niet wie wat doet."
MISSING = "Voorbeeld: de aanbieder zegt dat niemand de hulp coördineert."

CHECKLIST: dict[object, dict[str, object]] = {
    PLAN: {"coordinator_named": "yes", "tasks_described": "yes", "one_plan": "yes"},
    SLOGAN: {"coordinator_named": "no", "tasks_described": "no", "one_plan": "yes"},
}
"""Points of the checklist that a made-up evidence speaks of; the others stay open."""


@dataclass(frozen=True)
class Place:
    """A municipality with what the example needs of it.

    Attributes
    ----------
    code, name
        CBS code and name.
    x, y
        Centre, EPSG:28992, metres.
    demand
        Families a year, expected at most and without spread.
    enough
        Families a year that meet the demand with all its spread.
    """

    code: str
    name: str
    x: int
    y: int
    demand: float
    enough: int


def places(folder: Path, year: int) -> dict[str, list[Place]]:
    """Municipalities of each study region, largest number of residents under 18 first.

    Parameters
    ----------
    folder
        ``data/municipalities``.
    year
        Year of the edition.

    Returns
    -------
    dict
        Lists of `Place`, by code of the region, in the order of the codes.
    """
    own = folder / str(year)
    regions = pd.read_csv(own / "regions.csv", dtype=str, keep_default_na=False)
    study = regions[regions["region_set"] == "study"].drop_duplicates("gm_code")
    counts = pd.read_csv(own / "demand.csv", dtype={"gm_code": str}).set_index("gm_code")
    towns = pd.read_csv(own / "municipalities.csv", dtype={"gm_code": str}).set_index("gm_code")
    # The code settles which of two equal towns comes first.
    towns = towns.join(counts[["imposed_high", "extended_high"]]).sort_index()
    towns = towns.sort_values("residents_0_17", ascending=False, kind="stable")
    found: dict[str, list[Place]] = {}
    for region, members in study.groupby("region_code"):
        rows = towns[towns.index.isin(members["gm_code"])]
        found[str(region)] = [_place(row) for row in rows.itertuples()]
    return found


def _place(row: tuple) -> Place:
    imposed, extended = float(row.imposed_high), float(row.extended_high)
    demand = IMPOSED_SHARE * imposed + EXTENDED_SHARE * extended
    high = IMPOSED_SHARE * (imposed + SPREAD * sqrt(imposed) + SPREAD) + EXTENDED_SHARE * (
        extended + SPREAD * sqrt(extended) + SPREAD
    )
    return Place(row.Index, row.name, round(row.centre_x), round(row.centre_y), demand, ceil(high))


def kinds(region: int, number: int, chance: np.random.Generator) -> list[str]:
    """What each municipality of a region has, largest first.

    Parameters
    ----------
    region
        Number of the region, from 0.
    number
        Number of municipalities in it.
    chance
        Source of chance for the small ones.

    Returns
    -------
    list of str
        One word a municipality, see `offer`.
    """
    large = LARGE[region % 2][: max(2, round(LARGE_SHARE * number))]
    small = chance.choice(SMALL, size=max(0, number - len(large)), p=SMALL_CHANCES)
    return [*large, *map(str, small)][:number]


@dataclass
class Maker:
    """Makes the rows of one edition.

    Attributes
    ----------
    year
        Year of the edition.
    seed
        Seed, named in the source of every row.
    """

    year: int
    seed: int

    def __post_init__(self) -> None:
        self.offers: list[dict[str, object]] = []
        self.locations: list[dict[str, object]] = []
        self.inventory: list[dict[str, object]] = []

    @property
    def origin(self) -> dict[str, object]:
        """Where a row comes from: the same for all."""
        source = f"example (made by tools/make_example_register.py, seed {self.seed})"
        return {
            "source": source,
            "source_date": str(self.year),
            "certainty": "high",
            "status": "example",
        }

    def location(self, place: Place, provider: str) -> str:
        """Add a location at the centre of a municipality; gives its id."""
        identity = f"X{self.year % 100}-L{len(self.locations) + 1:03d}"
        self.locations.append(
            {
                "location_id": identity,
                "provider_id": provider,
                "name": f"Voorbeeldlocatie {place.name}",
                "place": place.name,
                "gm_code": place.code,
                "edition": self.year,
                "x": place.x,
                "y": place.y,
                "precision": "municipality",
                "note": "Verzonnen: het middelpunt van de gemeente.",
                **self.origin,
            }
        )
        return identity

    def add(self, provider: str, name: str, place: Place, **given: object) -> None:
        """Add an offer; what is not given is family support in the municipality `place`."""
        usual = {
            "offer_id": f"X{self.year % 100}-{len(self.offers) + 1:03d}",
            "provider_id": provider,
            "location_id": self.location(place, provider),
            "name": name,
            "offer_type": "family_support",
            "framework": "voluntary",
            "framework_basis": "stated",
            "long_term": "yes",
            "service_area_type": "municipalities",
            "service_area": place.code,
            "edition": self.year,
            "support": "present",
            "acceptance": "unknown",
            "coordination": "unknown",
            "mobilisation": "unknown",
            "assertive_outreach": "unknown",
            "layer": "local",
            "target_group": "verzonnen gezinnen",
            "year_from": self.year - 2,
            # The offers of one edition have ended before the other.
            "year_to": self.year + 4,
            "first_seen": self.year - 1,
            "last_seen": self.year,
            "note": "Verzonnen voorbeeld, geen bestaand aanbod.",
        }
        row = usual | self.origin | CHECKLIST.get(given.get("evidence"), {}) | given
        if row["framework"] == "unknown":
            row["framework_basis"] = ""
        self.offers.append(row)

    def stated(self, place: Place) -> None:
        """Add a statement that a municipality was looked at completely."""
        self.inventory.append(
            {
                "gm_code": place.code,
                "edition": self.year,
                "date": f"{self.year}-07-01",
                "complete": "yes",
                "by": "Voorbeeldbureau Kokosnoot",
                "note": "Verzonnen inventarisatie.",
                "source": self.origin["source"],
                "status": "example",
            }
        )


def municipal(maker: Maker, provider: str, label: str, place: Place, kind: str) -> None:
    """Add what one municipality has.

    Parameters
    ----------
    maker
        Receives the rows.
    provider
        Id of the provider.
    label
        Made-up word for the name of the offer.
    place
        The municipality.
    kind
        One of the words of `LARGE` and `SMALL`.
    """
    long_term = f"Verzonnen langdurige gezinsbegeleiding {label}"
    short = f"Verzonnen kortdurende gezinshulp {label}"
    half = max(1, round(place.demand / 2))
    coordinated: dict[str, object] = {
        "coordination": "present",
        "evidence": PLAN,
        "acceptance": "present",
        "mobilisation": "present",
        "assertive_outreach": "yes",
    }
    kinds_of: dict[str, dict[str, object]] = {
        "absent": {"coordination": "absent", "evidence": MISSING, "capacity_families": half},
        "not_described": {
            "coordination": "not_described",
            "evidence": SLOGAN,
            "capacity_families": half,
        },
        "short": {**coordinated, "capacity_families": max(1, int(place.demand / 5))},
        "covered": {**coordinated, "capacity_families": place.enough},
        "unknown_capacity": coordinated,
        "unknown_coordination": {"capacity_families": half},
        "short_term": {
            "long_term": "no",
            "duration_months_min": 3,
            "duration_months_max": 6,
            "coordination": "not_described",
            "evidence": SLOGAN,
            "capacity_families": half,
        },
        "unknown_duration": {"long_term": "unknown"},
        # Otherwise as "not_described": with more unknown, every rung would be possible.
        "unknown_framework": {
            "framework": "unknown",
            "coordination": "not_described",
            "evidence": SLOGAN,
            "capacity_families": half,
        },
    }
    if kind == "none":
        return
    given = dict(kinds_of[kind])
    if "capacity_families" in given:
        given["capacity_note"] = "gezinnen per jaar (verzonnen)"
    name = short if kind == "short_term" else long_term
    maker.add(provider, name, place, **given)


def regional(maker: Maker, number: int, region: str, members: list[Place]) -> None:
    """Add one programme for a whole region, or round a location; the kind goes by its number.

    Most of these do not count as an offer of voluntary support, and show why.
    """
    area: dict[str, object] = {"service_area_type": "region", "service_area": f"study:{region}"}
    programmes: tuple[tuple[str, dict[str, object]], ...] = (
        ("Verzonnen begeleiding onder maatregel", {**area, "framework": "compulsory"}),
        (
            "Verzonnen steungezinnen",
            {**area, "offer_type": "informal", "coordination": "not_described"},
        ),
        (
            "Verzonnen spoedhulp",
            {
                "service_area_type": "radius",
                "service_area": 6,
                "long_term": "no",
                "duration_months_min": 1,
                "duration_months_max": 1.5,
                "coordination": "not_described",
            },
        ),
        (
            "Verzonnen opschalingstafel (escalatie)",
            {
                **area,
                "offer_type": "professional_coordination",
                "support": "unknown",
                "coordination": "present",
                "evidence": PLAN,
            },
        ),
        (
            "Verzonnen signaleringsnetwerk",
            {**area, "offer_type": "coordination_only", "support": "unknown"},
        ),
    )
    name, given = programmes[number % len(programmes)]
    label = FRUIT[number % len(FRUIT)]
    middle = members[len(members) // 2]
    maker.add(f"X{2 * number + 1:02d}", f"{name} {label}", middle, layer="regional", **given)


def providers(seed: int, number: int) -> Iterator[dict[str, object]]:
    """Two made-up providers for each region."""
    origin = Maker(2010, seed).origin | {"source_date": ""}
    for region in range(number):
        for offset, name in enumerate(
            (
                f"Voorbeeldaanbieder {FRUIT[region % len(FRUIT)]}",
                f"Fictief gezinsteam {ANIMALS[region % len(ANIMALS)]}",
            )
        ):
            note = "Verzonnen organisatie."
            identity = f"X{2 * region + offset + 1:02d}"
            yield {"provider_id": identity, "name": name, "note": note, **origin}


def make(municipalities: Path, seed: int = 2010) -> dict[str, pd.DataFrame]:
    """Make the four tables.

    Parameters
    ----------
    municipalities
        ``data/municipalities``.
    seed
        Seed of the random choices.

    Returns
    -------
    dict
        providers, locations, offers, inventory, sorted by id.
    """
    chance = np.random.default_rng(seed)
    makers, regions = [], 0
    for year in EDITIONS:
        maker = Maker(year, seed)
        found = places(municipalities, year)
        regions = max(regions, len(found))
        for number, (region, members) in enumerate(found.items()):
            _region(maker, number, region, members, chance)
        makers.append(maker)
    rows = {
        name: [row for maker in makers for row in getattr(maker, name)]
        for name in ("locations", "offers", "inventory")
    }
    headings = {
        "providers": PROVIDER_COLUMNS,
        "locations": LOCATION_COLUMNS,
        "offers": OFFER_COLUMNS,
        "inventory": INVENTORY_COLUMNS,
    }
    rows["providers"] = list(providers(seed, regions))
    return {name: _table(rows[name], columns) for name, columns in headings.items()}


def _region(
    maker: Maker, number: int, region: str, members: list[Place], chance: np.random.Generator
) -> None:
    fruit, animal = FRUIT[number % len(FRUIT)], ANIMALS[number % len(ANIMALS)]
    ids = (f"X{2 * number + 1:02d}", f"X{2 * number + 2:02d}")
    have = kinds(number, len(members), chance)
    for rank, (place, kind) in enumerate(zip(members, have, strict=True)):
        turn = rank % 2
        municipal(maker, ids[turn], (fruit, animal)[turn], place, kind)
    regional(maker, number, region, members)
    for place in members:
        maker.stated(place)


def _table(rows: list[dict[str, object]], columns: list[str]) -> pd.DataFrame:
    """Rows as text, sorted by the first columns."""
    cells = [{name: str(row.get(name, "")) for name in columns} for row in rows]
    return pd.DataFrame(cells, columns=columns).sort_values(columns[:2], ignore_index=True)


def main(arguments: list[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Make the example register.")
    parser.add_argument("--seed", type=int, default=2010)
    parser.add_argument("--out", type=Path, default=REPOSITORY / "data" / "providers" / "example")
    parser.add_argument(
        "--municipalities", type=Path, default=REPOSITORY / "data" / "municipalities"
    )
    given = parser.parse_args(arguments)
    tables = make(given.municipalities, given.seed)
    write(tables, given.out)
    for name, table in tables.items():
        print(f"{given.out / name}.csv: {len(table)} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
