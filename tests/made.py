"""Small made-up editions and registers for the tests of the calculation."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from hypothesis import strategies as st
from shapely import box

from coverage.register import Register

YEAR = 2010


def codes(count):
    return [f"GM{number:04d}" for number in range(9001, 9001 + count)]


@dataclass(frozen=True)
class MadeEdition:
    """What the calculation asks of an edition, for squares of 10 km in a row."""

    municipalities: gpd.GeoDataFrame
    regions: pd.DataFrame
    demand: pd.DataFrame
    sources: pd.DataFrame
    year: int = YEAR


def edition(imposed, extended, status="observed", region_codes=None, spread=0.0):
    """Edition with one municipality for each count; `spread` widens the source's range."""
    count = len(imposed)
    index = pd.Index(codes(count), name="gm_code")
    municipalities = gpd.GeoDataFrame(
        {
            "name": [f"Plaats {number}" for number in range(count)],
            "residents": 20_000,
            "residents_0_17": 4_000,
            "residents_0_17_year": YEAR,
            "residents_0_17_status": "estimated",
            "source": "made",
            "centre_x": np.arange(count) * 10_000 + 105_000.0,
            "centre_y": 405_000.0,
        },
        index=index,
        geometry=[
            box(x, 400_000, x + 10_000, 410_000) for x in np.arange(count) * 10_000 + 100_000
        ],
        crs="EPSG:28992",
    )
    province = pd.DataFrame(
        {
            "region_set": "province",
            "region_code": region_codes or ["PV01"] * count,
            "region_name": "Provincie",
            "gm_code": index,
            "status": "observed",
            "note": "",
        }
    )
    counts = pd.DataFrame({"imposed": imposed, "extended": extended}, index=index, dtype=float)
    for name in ("imposed", "extended"):
        counts[f"{name}_low"] = counts[name] * (1 - spread)
        counts[f"{name}_high"] = counts[name] * (1 + spread)
    counts["count_status"] = status
    counts["unit"], counts["period"], counts["source"] = "children", str(YEAR), "made"
    return MadeEdition(
        municipalities, province, counts, pd.DataFrame({"source_id": ["made"], "title": ["Made"]})
    )


OFFER = {
    "provider_id": "P1",
    "location_id": "",
    "name": "Aanbod",
    "offer_type": "family_support",
    "framework": "voluntary",
    "framework_basis": "",
    "long_term": "yes",
    "duration_months_min": np.nan,
    "duration_months_max": np.nan,
    "capacity_families": np.nan,
    "capacity_note": "",
    "service_area_type": "municipalities",
    "service_area": "GM9001",
    "partial_area": "",
    "edition": YEAR,
    "support": "present",
    "acceptance": "unknown",
    "coordination": "present",
    "mobilisation": "unknown",
    "evidence": "",
    "coordinator_named": "",
    "tasks_described": "",
    "powers_described": "",
    "one_plan": "",
    "family_choice": "",
    "overview": "",
    "escalation": "",
    "assertive_outreach": "unknown",
    "layer": "",
    "target_group": "",
    "intensity_hours_week": "",
    "caseload_per_worker": np.nan,
    "responsible": "",
    "year_from": pd.NA,
    "year_to": pd.NA,
    "first_seen": pd.NA,
    "last_seen": pd.NA,
    "source": "made",
    "source_date": "",
    "certainty": "high",
    "status": "entered",
    "note": "",
}
YEARS = ["year_from", "year_to", "first_seen", "last_seen"]


def offers(*rows):
    table = pd.DataFrame(
        [{"offer_id": f"O{n}", **OFFER, **row} for n, row in enumerate(rows)],
        columns=["offer_id", *OFFER],
    )
    return table.astype(
        dict.fromkeys(YEARS, "Int64")
        | {"capacity_families": float, "duration_months_min": float, "duration_months_max": float}
    )


def inventory(complete, year=YEAR):
    return pd.DataFrame(
        {
            "gm_code": list(complete),
            "edition": year,
            "date": "2010-01-01",
            "source": "made",
            "complete": "yes",
            "by": "",
            "status": "entered",
            "note": "",
        }
    )


PROVIDERS = pd.DataFrame({"provider_id": ["P1"], "name": ["Aanbieder"], "status": ["entered"]})
LOCATIONS = pd.DataFrame(
    {
        "location_id": ["L1", "L2"],
        "provider_id": "P1",
        "address": "",
        "place": "",
        "gm_code": ["GM9001", ""],
        "edition": pd.array([YEAR, pd.NA], dtype="Int64"),
        "x": [np.nan, 115_000.0],
        "y": [np.nan, 405_000.0],
        "precision": ["municipality", "address"],
        "status": "entered",
    }
)


def register(offer_table, complete=(), locations=LOCATIONS):
    return Register(PROVIDERS, locations, offer_table, inventory(complete))


def offer_rows(count):
    """Offers of any kind in a country of `count` municipalities."""
    some = st.lists(st.sampled_from(codes(count)), min_size=1, max_size=count, unique=True)
    area = st.one_of(
        some.map(lambda found: ("municipalities", ";".join(found), "")),
        st.just(("country", "", "")),
        st.just(("region", "province:PV01", "")),
        st.just(("radius", "12", "L2")),
        st.just(("unknown", "", "")),
    )
    return st.fixed_dictionaries(
        {
            "area": area,
            "offer_type": st.sampled_from(["family_support"] * 5 + ["informal"]),
            "framework": st.sampled_from(["voluntary", "both", "compulsory", "unknown"]),
            "long_term": st.sampled_from(["yes", "no", "unknown"]),
            "coordination": st.sampled_from(["present", "not_described", "absent", "unknown"]),
            "assertive_outreach": st.sampled_from(["yes", "no", "unknown"]),
            "partial_area": st.sampled_from(["", "", "no", "yes"]),
            "capacity_families": st.one_of(st.just(np.nan), st.floats(0, 500)),
            "year_from": st.sampled_from([pd.NA, 2005, 2012]),
            "last_seen": st.sampled_from([pd.NA, 2003, 2010]),
        }
    ).map(_with_area)


def _with_area(row):
    kind, area, location = row.pop("area")
    if row["year_from"] is not pd.NA and row["last_seen"] is not pd.NA:
        row["last_seen"] = max(row["year_from"], row["last_seen"])
    place = {"service_area_type": kind, "service_area": area, "location_id": location}
    return row | place


@st.composite
def countries(draw):
    """Edition, rows of offers, and codes with a complete inventory."""
    count = draw(st.integers(1, 5))
    numbers = st.lists(
        st.one_of(st.just(0.0), st.floats(0.01, 2000)), min_size=count, max_size=count
    )
    made = edition(
        draw(numbers),
        draw(numbers),
        status=draw(
            st.lists(
                st.sampled_from(["observed", "estimated", "entered"]),
                min_size=count,
                max_size=count,
            )
        ),
        region_codes=draw(
            st.lists(st.sampled_from(["PV01", "PV02"]), min_size=count, max_size=count)
        ),
        spread=draw(st.sampled_from([0.0, 0.2])),
    )
    rows = draw(st.lists(offer_rows(count), max_size=6))
    complete = draw(st.lists(st.sampled_from(codes(count)), unique=True))
    return made, rows, complete
