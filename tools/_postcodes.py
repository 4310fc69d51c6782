"""Four-digit postcodes: a point and, for each edition, a municipality.

Three sources say in which municipality a postcode lies, and none is right
everywhere: the point of the postcode within the boundaries, the list of 2010
and the list of 2024. The rules below were chosen by how well the residents of
the postcodes add up to those of the municipalities.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from _raw import Sources

PO_BOX = "Postbus"
"""Kind of a postcode of 2010 that has post office boxes alone."""

NOISE = 500.0
"""The generalised boundaries of 2010 are off by up to about this much (metres)."""

STRAY = 1000.0
"""A point of the list of 2010 this far (metres) outside its municipality is not used."""


def points(sources: Sources) -> pd.DataFrame:
    """Points of all postcodes with addresses.

    Parameters
    ----------
    sources
        The source folder.

    Returns
    -------
    pandas.DataFrame
        Indexed by pc4: x, y, point_source, residents, residents_0_17, age_15_19,
        age_15_24 (empty where not known), in_2010, in_2024.
    """
    listed = sources.pc4_2010()
    listed = listed[listed["kind"].str.contains("Adres")]
    boxes = sources.pc4_2010().query("kind == @PO_BOX").index
    centres, people = sources.pc4_centres(), sources.pc4_residents()
    today = sources.geonames()
    # A postcode that was for boxes in 2010 and that CBS does not know has no addresses.
    known = centres.index.union(people.index)
    today = today[~today["pc4"].isin(boxes.difference(known))].groupby("pc4")[["x", "y"]].mean()
    candidates = [
        centres.assign(point_source="cbs_pc4_2020"),
        today.round().assign(point_source="geonames_2024"),
        listed[["x", "y"]].assign(point_source="4pp_2010"),
    ]
    table = pd.concat(candidates)
    table = table[~table.index.duplicated()].sort_index()
    table["in_2010"] = table.index.isin(listed.index)
    # CBS keeps postcodes without residents, some of which are no longer in use.
    lived_in = people.index[people["residents"] > 0]
    table["in_2024"] = table.index.isin(centres.index.union(lived_in).union(today.index))
    return table.join(people).rename_axis("pc4")


def within(table: pd.DataFrame, boundaries: gpd.GeoDataFrame) -> pd.Series:
    """Code of the municipality in which each point lies; empty when in none.

    Parameters
    ----------
    table
        Points: x, y in EPSG:28992.
    boundaries
        Valid coverage in EPSG:28992, indexed by gm_code.

    Returns
    -------
    pandas.Series
        Codes on the index of `table`.
    """
    where = gpd.GeoDataFrame(
        index=table.index, geometry=gpd.points_from_xy(table["x"], table["y"]), crs=boundaries.crs
    )
    joined = gpd.sjoin(where, boundaries[["geometry"]], predicate="intersects", how="left")
    code = joined[boundaries.index.name]
    # A point on a border is in two; the first code is as good as the other.
    return code[~code.index.duplicated()].fillna("").rename("within")


def nearest(table: pd.DataFrame, boundaries: gpd.GeoDataFrame) -> pd.Series:
    """Code of the municipality nearest to each point."""
    tree = shapely.STRtree(boundaries.geometry.to_numpy())
    found = tree.nearest(shapely.points(table["x"], table["y"]))
    return pd.Series(boundaries.index.to_numpy()[found], index=table.index)


def distance(table: pd.DataFrame, codes: pd.Series, boundaries: gpd.GeoDataFrame) -> pd.Series:
    """Distance in metres from each point to a municipality; 0 inside it."""
    polygons = boundaries.geometry.reindex(codes).to_numpy()
    where = shapely.points(table["x"], table["y"])
    return pd.Series(shapely.distance(where, polygons), index=table.index)


def municipality_2025(
    table: pd.DataFrame, sources: Sources, boundaries: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Municipality of 2025 of each postcode.

    The municipality in which the point lies, when the list of 2024 names it for that
    postcode or names none. Otherwise the one that the list names most often.

    Parameters
    ----------
    table
        Result of `points`.
    sources
        The source folder.
    boundaries
        Detailed boundaries of 2025.

    Returns
    -------
    pandas.DataFrame
        Indexed by pc4: within, stated, gm_code, place.
    """
    listed = sources.geonames()
    listed = listed[listed["pc4"].isin(table.index)]
    result = within(table, boundaries).to_frame()
    stated = listed[listed["gm_code"].isin(boundaries.index)]
    often = stated.groupby(["pc4", "gm_code"]).size().rename("rows").reset_index()
    named = pd.MultiIndex.from_frame(often[["pc4", "gm_code"]])
    agrees = pd.MultiIndex.from_arrays([result.index, result["within"]]).isin(named)
    often = often.sort_values(["pc4", "rows", "gm_code"], ascending=[True, False, True])
    most = often.drop_duplicates("pc4").set_index("pc4")["gm_code"]
    result["stated"] = most.reindex(result.index).fillna("")
    result["gm_code"] = result["within"].where(agrees | (result["stated"] == ""), result["stated"])
    result["gm_code"] = _filled(result["gm_code"], table, boundaries)
    result["place"] = _nearest_place(table, result["gm_code"], listed)
    return result


def municipality_2010(
    table: pd.DataFrame,
    sources: Sources,
    boundaries: gpd.GeoDataFrame,
    now: pd.Series,
    changes: pd.DataFrame,
) -> pd.DataFrame:
    """Municipality of 2010 of each postcode.

    The one that the list of 2010 states. Where the point lies in another (the boundaries
    of 2010 are generalised, and the list has errors), the one of the two wins that
    became today's municipality of the postcode; if both did, or neither, the list.

    Parameters
    ----------
    table
        Result of `points`.
    sources
        The source folder.
    boundaries
        Boundaries of 2010, with the column name.
    now
        Municipality of 2025 by pc4.
    changes
        Pairs of codes (old_code of 2010, new_code of 2025).

    Returns
    -------
    pandas.DataFrame
        Indexed by pc4: within, stated, gm_code, place.
    """
    listed = sources.pc4_2010().reindex(table.index)
    result = within(table, boundaries).to_frame()
    result["stated"] = codes_of(listed, boundaries["name"])
    # The points that only the list of 2010 has are too rough to contradict it.
    sharp = table["point_source"] != "4pp_2010"
    stated_fits = fits(result["stated"], now, changes)
    point_fits = fits(result["within"], now, changes)
    use_point = (result["stated"] == "") | (sharp & point_fits & ~stated_fits)
    result["gm_code"] = result["within"].where(use_point, result["stated"])
    result["gm_code"] = _filled(result["gm_code"], table, boundaries)
    # A row whose municipality has no meaning may have a place without meaning, too.
    place = listed["place"].where(result["stated"] != "", "").fillna("")
    today = _nearest_place(table, pd.Series("", index=table.index), sources.geonames())
    result["place"] = place.where(place != "", today).where(lambda names: names != "", place)
    return result


def fits(old: pd.Series, now: pd.Series, changes: pd.DataFrame) -> pd.Series:
    """Whether each municipality of 2010 became, in part at least, the one of 2025."""
    became = pd.MultiIndex.from_frame(changes[["old_code", "new_code"]])
    pairs = pd.MultiIndex.from_arrays([old, now.reindex(old.index)])
    return pd.Series(pairs.isin(became), index=old.index)


def unlisted_changes(
    table: pd.DataFrame,
    old: pd.Series,
    now: pd.Series,
    maps: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame],
    changes: pd.DataFrame,
) -> pd.DataFrame:
    """Transfers of land that the list of changes does not have.

    The list leaves out what is small, and an overlay of the two maps shows 1,700 slivers that
    are noise. A transfer is real when a postcode lies in a pair of municipalities that the
    list does not have, more than `NOISE` metres inside both.

    Parameters
    ----------
    table
        Result of `points`.
    old, now
        Municipality of 2010 and of 2025 by pc4.
    maps
        Boundaries of 2010 and of 2025.
    changes
        Pairs of codes: old_code, new_code.

    Returns
    -------
    pandas.DataFrame
        old_code, new_code, share of the area of the old one by overlay.
    """
    rows = pd.DataFrame({"old_code": old, "new_code": now})[~fits(old, now, changes)]
    for code, boundaries in zip(("old_code", "new_code"), maps, strict=True):
        polygons = boundaries.geometry.reindex(rows[code]).to_numpy()
        where = shapely.points(table.loc[rows.index, ["x", "y"]].to_numpy())
        inside = shapely.contains(polygons, where)
        deep = inside & (shapely.distance(where, shapely.boundary(polygons)) > NOISE)
        rows = rows[deep]
    pairs = rows.drop_duplicates().sort_values(["old_code", "new_code"], ignore_index=True)
    before = maps[0].geometry.reindex(pairs["old_code"]).to_numpy()
    after = maps[1].geometry.reindex(pairs["new_code"]).to_numpy()
    common = shapely.area(shapely.intersection(before, after))
    return pairs.assign(share=(common / shapely.area(before)).round(3))


def without_noise(
    table: pd.DataFrame,
    old: pd.Series,
    now: pd.Series,
    boundaries: gpd.GeoDataFrame,
    changes: pd.DataFrame,
) -> pd.Series:
    """Move postcodes just over a border of 2010 to the side where they are today.

    Parameters
    ----------
    table
        Result of `points`.
    old, now
        Municipality of 2010 and of 2025 by pc4.
    boundaries
        Boundaries of 2010.
    changes
        Pairs of codes, the transfers found by `unlisted_changes` among them.

    Returns
    -------
    pandas.Series
        Municipality of 2010 by pc4. Changed where it did not become today's
        municipality and one that did lies within `NOISE` metres.
    """
    off = table.loc[~fits(old, now, changes) & (now.reindex(old.index) != ""), ["x", "y"]]
    # An empty table takes on the index of what is assigned to it: reindex first.
    off = off.assign(new_code=now.reindex(off.index))
    tries = off.reset_index().merge(changes, on="new_code").set_index("pc4")
    tries["metres"] = distance(tries, tries["old_code"], boundaries)
    tries = tries[tries["metres"] <= NOISE].sort_values(["metres", "old_code"])
    best = tries[~tries.index.duplicated()]["old_code"]
    return best.reindex(old.index).fillna(old)


def mended(table: pd.DataFrame, result: pd.DataFrame, boundaries: gpd.GeoDataFrame) -> pd.DataFrame:
    """Move points that only the list of 2010 has and that lie outside their municipality.

    Parameters
    ----------
    table
        Result of `points`.
    result
        Result of `municipality_2010`.
    boundaries
        Boundaries of 2010.

    Returns
    -------
    pandas.DataFrame
        Points (x, y, point_source): a stray one goes to the mean of the other
        postcodes of its place and municipality, or of its municipality.
    """
    moved = table[["x", "y", "point_source"]].copy()
    rough = table["point_source"] == "4pp_2010"
    stray = rough & (distance(table, result["gm_code"], boundaries) > STRAY)
    sound = table[~stray].join(result[["gm_code", "place"]])
    by_place = sound.groupby(["gm_code", "place"])[["x", "y"]].mean()
    by_code = sound.groupby("gm_code")[["x", "y"]].mean()
    wanted = result.loc[stray, ["gm_code", "place"]]
    found = by_place.reindex(pd.MultiIndex.from_frame(wanted)).set_axis(wanted.index)
    found = found.fillna(by_code.reindex(wanted["gm_code"]).set_axis(wanted.index))
    moved.loc[stray, ["x", "y"]] = found.round()
    return moved


def _filled(code: pd.Series, table: pd.DataFrame, boundaries: gpd.GeoDataFrame) -> pd.Series:
    empty = code == ""
    return code.where(~empty, nearest(table, boundaries))


def codes_of(listed: pd.DataFrame, names: pd.Series) -> pd.Series:
    """Codes of the municipality names in the list of 2010; empty when not recognised."""
    code = pd.Series(names.index, index=names.to_numpy())
    spelled = listed["municipality"].replace({"Den Haag": "'s-Gravenhage"})
    # Two municipalities are called Bergen: CBS tells them apart by a suffix.
    suffix = listed["province"].map({"Limburg": " (L.)", "Noord-Holland": " (NH.)"})
    spelled = spelled.where(spelled != "Bergen", spelled + suffix.fillna(""))
    return spelled.map(code).fillna("")


def _nearest_place(table: pd.DataFrame, codes: pd.Series, listed: pd.DataFrame) -> pd.Series:
    """Place of the list nearest to the point, in the municipality itself if there is one."""
    rows = listed.merge(
        table[["x", "y"]].assign(wanted=codes).reset_index(), on="pc4", suffixes=("", "_pc4")
    )
    rows["elsewhere"] = rows["gm_code"] != rows["wanted"]
    rows["metres"] = np.hypot(rows["x"] - rows["x_pc4"], rows["y"] - rows["y_pc4"]).round()
    rows = rows.sort_values(["pc4", "elsewhere", "metres", "place"])
    return rows.drop_duplicates("pc4").set_index("pc4")["place"].reindex(table.index).fillna("")
