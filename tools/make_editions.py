"""Make ``data/municipalities`` out of a folder of source files.

Usage: ``python tools/make_editions.py SOURCES [--out data/municipalities]``

The source folder holds the raw files that ``data/municipalities/README.md``
names; they do not come with the project. A second run on the same files gives
the same tables, byte for byte.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import _boundaries as boundaries_step
import _names as names_step
import _postcodes as postcodes_step
import _regions as regions_step
import _residents as residents_step
import pandas as pd
from _catalogue import catalogue
from _crosswalk import crosswalk, pair_weights
from _demand import demand_2010, demand_2025
from _facts import FACTS, Facts
from _raw import Sources
from pyogrio.errors import DataSourceError

if TYPE_CHECKING:
    import geopandas as gpd

OLD, NEW = 2010, 2025

TOLERANCE = {OLD: 50.0, NEW: 250.0}
"""Tolerance in metres of the simplified layer. The boundaries of 2010 are
generalised already."""

SHARE_TOLERANCE = 0.01
"""The area shares of the list of changes are rounded."""

RESIDENTS_YEAR = {OLD: 2013, NEW: 2021}

RESIDENTS_SOURCE = {
    OLD: "cbs_boundaries_2010;cbs_residents_2013;cbs_83502NED",
    NEW: "cbs_boundaries_2025;cbs_85039NED",
}

DEFAULT_OUT = Path(__file__).resolve().parent.parent / "data" / "municipalities"


@dataclass(frozen=True)
class Report:
    """What a run found, line by line, for the person who runs it."""

    lines: list[str]

    def add(self, what: str, value: object) -> None:
        """Add a line."""
        self.lines.append(f"{what}: {value}")


def main(arguments: list[str] | None = None) -> int:
    """Run the converter from the command line.

    Parameters
    ----------
    arguments
        Words after the name of the script; those of the shell by default.

    Returns
    -------
    int
        0, or 1 when the sources are wrong.
    """
    parser = argparse.ArgumentParser(description="Make data/municipalities out of source files.")
    parser.add_argument("sources", type=Path, help="folder with the source files")
    parser.add_argument("--out", type=Path, default=DEFAULT_OUT, help="folder to write")
    options = parser.parse_args(arguments)
    try:
        report = make(options.sources, options.out)
    except (ValueError, KeyError, OSError, DataSourceError) as error:
        print(f"make_editions: {error}", file=sys.stderr)
        return 1
    print("\n".join(report.lines))
    return 0


def make(folder: Path, out: Path, facts: Facts = FACTS) -> Report:
    """Read the sources and write every table.

    Parameters
    ----------
    folder
        Folder with the source files.
    out
        Folder to write; files in it with the same names are replaced.
    facts
        What is known beside the source files.

    Returns
    -------
    Report
        Totals and disagreements.

    Raises
    ------
    ValueError
        If a source does not fit the others.
    OSError
        If a source file is missing.
    """
    sources, report = Sources(folder), Report([])
    maps = _maps(sources, facts, report)
    places, changes = _places(sources, maps, report)
    pairs = pair_weights(changes, places)
    residents = {
        OLD: residents_step.residents_2010(
            maps[OLD].index, sources, places.rename(columns={"old_code": "gm_code"})
        ),
        NEW: residents_step.residents_2025(maps[NEW].index, sources),
    }
    young = {year: table["residents_0_17"] for year, table in residents.items()}
    regions = _regions(sources, maps, young[OLD], pairs, facts)
    corop = regions[NEW].query("region_set == 'corop'").set_index("gm_code")["region_name"]
    demand = {
        OLD: demand_2010(young[OLD], facts),
        NEW: demand_2025(young[NEW], corop.reindex(maps[NEW].index), sources, facts),
    }
    for year in (OLD, NEW):
        target = out / str(year)
        target.mkdir(parents=True, exist_ok=True)
        simplified = boundaries_step.simplify(maps[year], TOLERANCE[year])
        boundaries_step.write(
            target / "boundaries.gpkg", detailed=maps[year], simplified=simplified
        )
        local = _postcode_table(places, year)
        _write(local, target / "postcodes.csv")
        _write(
            _municipality_table(maps[year], residents[year], local, year),
            _csv(target, "municipalities"),
        )
        _write(regions[year], target / "regions.csv")
        _write(demand[year].reset_index(), target / "demand.csv")
        _report_edition(report, year, simplified, residents[year], demand[year])
    _write(crosswalk(pairs, OLD, NEW), out / "crosswalk.csv")
    names = {year: table["name"] for year, table in maps.items()}
    _write(names_step.all_names(names, sources, changes, facts), out / "names.csv")
    _write(catalogue(), out / "sources.csv")
    return report


def _csv(folder: Path, name: str) -> Path:
    return folder / f"{name}.csv"


def _maps(sources: Sources, facts: Facts, report: Report) -> dict[int, gpd.GeoDataFrame]:
    maps = {}
    for year, raw in ((OLD, sources.boundaries_2010()), (NEW, sources.boundaries_2025())):
        table = boundaries_step.clean(raw)
        table["name"] = names_step.corrected(table["name"], sources, facts)
        maps[year] = table
        report.add(f"{year} municipalities", len(table))
        report.add(f"{year} invalid polygons repaired", int((~raw.is_valid).sum()))
        report.add(f"{year} area km2", round(table.area.sum() / 1e6, 3))
        report.add(f"{year} area km2 before", round(raw.area.sum() / 1e6, 3))
    return maps


def _places(
    sources: Sources, maps: dict[int, gpd.GeoDataFrame], report: Report
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Postcodes with their municipality in each edition, and all known changes of code."""
    points = postcodes_step.points(sources)
    new = postcodes_step.municipality_2025(points, sources, maps[NEW])
    now = new["gm_code"].where(points["in_2024"], "")
    listed = _listed_changes(sources, maps)
    old = postcodes_step.municipality_2010(points, sources, maps[OLD], now, listed)
    found = postcodes_step.unlisted_changes(
        points, old["gm_code"], now, (maps[OLD], maps[NEW]), listed
    )
    changes = pd.concat([listed, found], ignore_index=True)
    settled = postcodes_step.without_noise(points, old["gm_code"], now, maps[OLD], changes)
    for year, table in ((OLD, old), (NEW, new.loc[points["in_2024"]])):
        both = (table["within"] != "") & (table["stated"] != "")
        differ = both & (table["within"] != table["stated"])
        point_wins = differ & (table["gm_code"] == table["within"])
        report.add(f"{year} postcodes", len(table))
        report.add(f"{year} point and stated municipality differ", int(differ.sum()))
        report.add(f"{year} of these the point wins", int(point_wins.sum()))
        report.add(f"{year} points in no municipality", int((table["within"] == "").sum()))
        report.add(f"{year} no municipality stated", int((table["stated"] == "").sum()))
    report.add("2010 moved over a border that is noise", int((settled != old["gm_code"]).sum()))
    report.add("transfers that the list of changes has not", found.to_dict("records"))
    moved = postcodes_step.mended(points, old.assign(gm_code=settled), maps[OLD])
    strayed = (moved[["x", "y"]] != points[["x", "y"]]).any(axis=1)
    report.add("2010 points moved to the mean of their place", int(strayed.sum()))
    places = points.assign(
        x=moved["x"],
        y=moved["y"],
        point_source=points["point_source"].where(~strayed, "4pp_2010;cbs_pc4_2020"),
        old_code=settled,
        old_place=old["place"],
        new_code=now,
        new_place=new["place"],
    )
    return places, changes


def _listed_changes(sources: Sources, maps: dict[int, gpd.GeoDataFrame]) -> pd.DataFrame:
    """Pairs of codes of 2010 and 2025 with area shares, checked."""
    listed = sources.to_2025().query("year == @OLD").drop(columns="year")
    total = listed.groupby("old_code")["share"].sum()
    off = total.index[(total - 1).abs() > SHARE_TOLERANCE]
    wrong = [
        *off,
        *maps[OLD].index.symmetric_difference(total.index),
        *maps[NEW].index.symmetric_difference(pd.Index(listed["new_code"].unique())),
    ]
    if wrong:
        raise ValueError(f"changes do not fit the boundaries or add up to 1: {', '.join(wrong)}")
    return listed.reset_index(drop=True)


def _regions(
    sources: Sources,
    maps: dict[int, gpd.GeoDataFrame],
    young: pd.Series,
    pairs: pd.DataFrame,
    facts: Facts,
) -> dict[int, pd.DataFrame]:
    provinces = regions_step.provinces_2010(maps[OLD]["name"], sources, facts)
    offices = regions_step.youth_care_offices(provinces, maps[OLD]["name"], facts)
    study = regions_step.study_regions(offices, young, facts)
    regions = {
        OLD: regions_step.regions_2010(provinces, offices, study),
        NEW: regions_step.regions_2025(sources, regions_step.carried_study(study, pairs), facts),
    }
    for year, table in regions.items():
        regions_step.check_partition(table, maps[year].index)
    return regions


def _postcode_table(places: pd.DataFrame, year: int) -> pd.DataFrame:
    """Postcodes of an edition. That of 2010 also has those of later quarters."""
    era = "old" if year == OLD else "new"
    rows = places if year == OLD else places[places["in_2024"]]
    listed = pd.Series("geonames_2024", index=rows.index)
    if year == OLD:
        listed = rows["in_2010"].map({True: "4pp_2010", False: "cbs_boundaries_2010;geonames_2024"})
    named = rows["point_source"].where(
        # Where the point is of the same source as the place, it is named once.
        [source in point for source, point in zip(listed, rows["point_source"], strict=True)],
        rows["point_source"] + ";" + listed,
    )
    known = rows["residents"].notna().map({True: ";cbs_83502NED", False: ""})
    table = pd.DataFrame(
        {
            "place": rows[f"{era}_place"],
            "gm_code": rows[f"{era}_code"],
            "x": rows["x"],
            "y": rows["y"],
            "residents": rows["residents"],
            "residents_0_17": rows["residents_0_17"],
            "source": named + known,
        }
    )
    return table.sort_index().reset_index()


def _municipality_table(
    shapes: gpd.GeoDataFrame, residents: pd.DataFrame, places: pd.DataFrame, year: int
) -> pd.DataFrame:
    """Municipalities with residents, and the point that stands for where they live."""
    inside = shapes.geometry.representative_point()
    people = places[places["residents"] > 0].set_index("gm_code")
    weighted = people[["x", "y"]].mul(people["residents"], axis=0).groupby(level=0).sum()
    centre = weighted.div(people.groupby(level=0)["residents"].sum(), axis=0)
    centre = centre.reindex(shapes.index)
    return pd.DataFrame(
        {
            "name": shapes["name"],
            "residents": residents["residents"],
            "residents_year": RESIDENTS_YEAR[year],
            "residents_0_17": residents["residents_0_17"],
            "residents_0_17_year": RESIDENTS_YEAR[year],
            "residents_status": residents["residents_status"],
            "residents_0_17_status": residents["residents_0_17_status"],
            "centre_x": centre["x"].fillna(inside.x).round(),
            "centre_y": centre["y"].fillna(inside.y).round(),
            "source": RESIDENTS_SOURCE[year],
        }
    ).reset_index()


def _report_edition(
    report: Report,
    year: int,
    simplified: gpd.GeoDataFrame,
    residents: pd.DataFrame,
    demand: pd.DataFrame,
) -> None:
    size = boundaries_step.geojson_size(simplified)
    report.add(f"{year} simplified layer as gzipped GeoJSON, bytes", size)
    report.add(f"{year} residents", int(residents["residents"].sum()))
    report.add(f"{year} residents 0-17", int(residents["residents_0_17"].sum()))
    numbers = demand.select_dtypes("number")
    report.add(f"{year} demand", numbers.sum().round(6).to_dict())


def _write(table: pd.DataFrame, path: Path) -> None:
    """Write a CSV file; whole numbers without a decimal point."""
    plain = table.copy()
    for column in plain.select_dtypes("float"):
        if (plain[column].dropna() % 1 == 0).all():
            plain[column] = plain[column].astype("Int64")
    plain.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
