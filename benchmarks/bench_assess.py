"""`coverage.assess` on 10,000 offers, beside the same figures by merge and group-by."""

from __future__ import annotations

import numpy as np
import pandas as pd

import coverage
from benchmarks._timing import side_by_side
from coverage.demand import demand, expected_demand

OFFERS = 10_000
RUNS = 15
REGIONAL, CAPACITY_UNKNOWN = 0.1, 0.3


def made_register(edition: coverage.Edition, seed: int = 1) -> coverage.Register:
    """Offers that each serve 1 to 20 municipalities, a tenth of them a province."""
    random = np.random.default_rng(seed)
    codes = edition.municipalities.index.to_numpy()
    areas = [
        ";".join(random.choice(codes, size, replace=False))
        for size in random.integers(1, 20, OFFERS)
    ]
    regions = edition.regions
    provinces = regions.loc[regions["region_set"] == "province", "region_code"].unique()
    kind = np.where(random.random(OFFERS) < REGIONAL, "region", "municipalities")
    named = np.char.add("province:", random.choice(provinces, OFFERS).astype(str))
    public = coverage.read_register(coverage.PUBLIC_REGISTER)
    rows = random.integers(0, len(public.offers), OFFERS)
    offers = public.offers.iloc[rows].reset_index(drop=True)
    offers["offer_id"] = [f"B{number:05d}" for number in range(OFFERS)]
    offers["location_id"] = ""
    offers["edition"] = edition.year
    offers[["year_from", "year_to", "first_seen", "last_seen"]] = pd.NA
    offers[["partial_area", "source_date"]] = ""
    offers["service_area_type"] = kind
    offers["service_area"] = np.where(kind == "region", named, areas)
    words = {
        "framework": ["voluntary", "both", "compulsory", "unknown"],
        "long_term": ["yes", "no", "unknown"],
        "coordination": ["present", "not_described", "absent", "unknown"],
    }
    for column, choices in words.items():
        offers[column] = random.choice(choices, OFFERS)
    capacity = random.uniform(0, 40, OFFERS)
    offers["capacity_families"] = np.where(
        random.random(OFFERS) < CAPACITY_UNKNOWN, np.nan, capacity
    )
    return coverage.Register.from_tables(
        public.providers, public.locations, offers, public.inventory
    )


def by_hand(edition: coverage.Edition, register: coverage.Register) -> pd.DataFrame:
    """Proven capacity and upper gap, as an analyst would write it in a notebook."""
    settings = coverage.Settings()
    offers = register.offers
    regions = edition.regions
    lists = offers[offers["service_area_type"] == "municipalities"]
    lists = lists.assign(gm_code=lists["service_area"].str.split(";")).explode("gm_code")
    key = regions["region_set"] + ":" + regions["region_code"]
    members = pd.DataFrame({"service_area": key, "gm_code": regions["gm_code"]})
    regional = offers[offers["service_area_type"] == "region"].merge(members, on="service_area")
    served = pd.concat([lists, regional])
    served["weight"] = served["gm_code"].map(expected_demand(edition.demand, settings))
    total = served.groupby("offer_id")["weight"].transform("sum")
    served["share"] = served["capacity_families"].fillna(0) * served["weight"] / total
    longer = served["duration_months_min"] > settings.long_term_months
    shorter = served["duration_months_max"] <= settings.long_term_months
    long_term = longer | ((served["long_term"] == "yes") & ~shorter)
    counts = (
        (served["offer_type"] == "family_support")
        & served["framework"].isin(["voluntary", "both"])
        & long_term
        & (served["coordination"] == "present")
    )
    capacity = served[counts].groupby("gm_code")["share"].sum()
    table = demand(edition.demand, settings)
    table["capacity_low"] = capacity.reindex(table.index).fillna(0)
    table["gap_high"] = (table["demand_high"] - table["capacity_low"]).clip(lower=0)
    return table


def run() -> None:
    """Print the medians and their ratio, after a check that both say the same."""
    edition = coverage.load_edition(2010)
    register = made_register(edition)
    found = coverage.assess(edition, register).municipalities
    expected = by_hand(edition, register).loc[found.index]
    for column in ("capacity_low", "gap_high"):
        np.testing.assert_allclose(found[column], expected[column], rtol=1e-9, atol=1e-9)
    ours, theirs, ratio = side_by_side(
        lambda: coverage.assess(edition, register), lambda: by_hand(edition, register), RUNS
    )
    print(
        f"assess, {len(found)} municipalities, {OFFERS} offers: {ours * 1000:.0f} ms; the lower "
        f"capacity alone by merge and group-by: {theirs * 1000:.0f} ms; ratio {ratio:.1f}"
    )
