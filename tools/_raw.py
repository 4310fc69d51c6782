"""Reading the raw source files into tidy tables. Nothing is decided here.

Codes are text (``GM0003``), points are in EPSG:28992, tables are indexed by
code where there is one row a code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from pathlib import Path

ABROAD = "GM0998"
"""Stands for "abroad" in the boundaries of 2025; it is no municipality."""

YOUNG = ["age_0_4", "age_5_9", "age_10_14"]

AGE_15_17 = 3 / 5
"""Part of the residents aged 15-19 that is 15, 16 or 17."""


@dataclass(frozen=True)
class Sources:
    """The source folder.

    Attributes
    ----------
    folder
        Folder with the subfolders boundaries, regions, changes, residents,
        postcodes and protection.
    """

    folder: Path

    def boundaries_2010(self) -> gpd.GeoDataFrame:
        """Municipalities of 2010, indexed by gm_code: name, geometry."""
        raw = gpd.read_file(self.folder / "boundaries/gemeente_2010_rd.geojson")
        return _boundaries(raw, raw["statcode"], raw["statnaam"])

    def boundaries_2025(self) -> gpd.GeoDataFrame:
        """Municipalities of 2025, indexed by gm_code: name, geometry."""
        raw = gpd.read_file(self.folder / "boundaries/gemeente_2025_rd.geojson")
        table = _boundaries(raw, "GM" + raw["c"].str.zfill(4), raw["n"])
        return table.drop(index=ABROAD, errors="ignore")

    def mergers(self) -> pd.DataFrame:
        """Changes of codes: date, old_code, old_name, new_code, new_name, share of the area."""
        raw = self._csv("changes/mergers_2003_2025.csv")
        return pd.DataFrame(
            {
                "date": raw["effective_date"],
                "old_code": raw["old_code"],
                "old_name": raw["old_name"],
                "new_code": raw["new_code"],
                "new_name": raw["new_name"],
                "share": _number(raw["area_share"]),
            }
        ).sort_values(["date", "old_code", "new_code"], ignore_index=True)

    def to_2025(self) -> pd.DataFrame:
        """Codes of some years to codes of 2025: year, old_code, old_name, new_code, share."""
        raw = self._csv("changes/gm_year_to_gm_2025.csv")
        return pd.DataFrame(
            {
                "year": raw["year"].astype(int),
                "old_code": raw["old_code"],
                "old_name": raw["old_name"],
                "new_code": raw["gm_2025"],
                "share": _number(raw["share"]),
            }
        )

    def residents_2013(self) -> pd.DataFrame:
        """Residents of 2013 by gm_code: name, residents, percent_0_14, percent_15_24."""
        raw = self._csv("residents/gm_2013_age.csv").set_index("gm_code")
        return pd.DataFrame(
            {
                "name": raw["Name"],
                "residents": _number(raw["aant_inw"]),
                "percent_0_14": _number(raw["p_00_14_jr"]),
                "percent_15_24": _number(raw["p_15_24_jr"]),
            }
        ).sort_index()

    def residents_2021(self) -> pd.DataFrame:
        """Residents of 2021 by gm_code of 2025: name, residents, residents_0_17."""
        raw = self._csv("residents/gm_2025_youth_2021.csv").set_index("gm_code")
        return pd.DataFrame(
            {
                "name": raw["name"],
                "residents": _number(raw["population_2021"]),
                "residents_0_17": _number(raw["age_0_17_est"]),
            }
        ).sort_index()

    def pc4_residents(self) -> pd.DataFrame:
        """Residents of 2021 by pc4: residents, residents_0_17, age_15_19, age_15_24."""
        raw = self._csv("residents/pc4_age5_2021.csv").set_index("postcode").apply(_number)
        return pd.DataFrame(
            {
                "residents": raw["total"],
                "residents_0_17": raw[YOUNG].sum(axis=1) + AGE_15_17 * raw["age_15_19"],
                "age_15_19": raw["age_15_19"],
                "age_15_24": raw["age_15_19"] + raw["age_20_24"],
            }
        ).rename_axis("pc4")

    def pc4_centres(self) -> pd.DataFrame:
        """Centres of the postcode areas of 2020 by pc4: x, y."""
        raw = self._csv("postcodes/pc4_centroids_2020.csv").set_index("pc4")
        return raw[["x_rd", "y_rd"]].apply(_number).set_axis(["x", "y"], axis=1)

    def pc4_2010(self) -> pd.DataFrame:
        """Postcodes of 2010 by pc4: place, municipality, province, kind, x, y."""
        raw = self._csv("postcodes/pc4_2010_4pp.csv").set_index("postcode").rename_axis("pc4")
        return pd.DataFrame(
            {
                "place": raw["woonplaats"],
                "spellings": raw["alternatieve_schrijfwijzen"],
                "municipality": raw["gemeente"],
                "province": raw["provincie"],
                "kind": raw["soort"],
            }
        ).join(_to_rd(raw["longitude"], raw["latitude"]))

    def geonames(self) -> pd.DataFrame:
        """Places of 2024, several rows a pc4: pc4, place, gm_code (may be empty), x, y."""
        columns = ["country", "pc4", "place", *"abc", "code", *"de", "latitude", "longitude", "f"]
        raw = pd.read_csv(
            self.folder / "postcodes/geonames_nl_pc4_2024.tsv",
            sep="\t",
            names=columns,
            dtype=str,
            keep_default_na=False,
        )
        code = ("GM" + raw["code"]).where(raw["code"] != "", "")
        table = raw[["pc4", "place"]].assign(gm_code=code)
        return table.join(_to_rd(raw["longitude"], raw["latitude"]))

    def divisions_2016(self) -> pd.DataFrame:
        """Divisions of 2016 by gm_code: name, province and corop with their codes, part (code)."""
        codes = self._csv("regions/cbs_83287NED_gebieden_2016.csv").set_index("gm_code")
        province = self._regioatlas("provincies").set_index("gm_code")
        return pd.DataFrame(
            {
                "name": province["Gemeente"],
                "province_code": codes["Provincies"],
                "province": province["Provincies"],
                "corop_code": codes["COROP-gebieden"],
                "part": codes["Landsdelen"],
            }
        ).sort_index()

    def corop_names(self) -> pd.Series:
        """Names of the COROP regions by code, from the municipalities of one region alone."""
        codes = self._csv("regions/cbs_83287NED_gebieden_2016.csv").set_index("gm_code")
        rows = self._regioatlas("coropregios")
        rows = rows[~rows.duplicated("gm_code", keep=False)]
        named = rows.assign(code=rows["gm_code"].map(codes["COROP-gebieden"])).dropna()
        return named.groupby("code")["COROP regio's"].agg(lambda names: names.mode()[0])

    def divisions_2025(self) -> pd.DataFrame:
        """Divisions of 2016 carried to gm_code of 2025, with what else a mixed row has."""
        return self._csv("regions/gm_2025_regions_from_2016.csv").set_index("gm_code").sort_index()

    def ended_2023(self) -> pd.DataFrame:
        """Orders ended as planned in 2023: region, level (NL, LD, PV, CR, GM), orders."""
        raw = self._csv("protection/cbs_82975NED_ots_ended_as_planned_2023_by_region.csv")
        raw = raw.rename(columns={"ots_ended_as_planned_2023": "orders"})
        return raw.assign(orders=_number(raw["orders"]))

    def national_flow(self) -> pd.DataFrame:
        """National stock and flow by measure and period: begin, inflow, outflow, end."""
        raw = self._csv("protection/cbs_jeugdbescherming_national_stock_flow.csv")
        flow = raw.set_index(["measure", "date_or_period"])
        return flow.apply(_number)

    def _csv(self, name: str) -> pd.DataFrame:
        return pd.read_csv(
            self.folder / name, dtype=str, keep_default_na=False, encoding="utf-8-sig"
        )

    def _regioatlas(self, name: str) -> pd.DataFrame:
        found = self.folder / f"regions/regioatlas_2016_{name}.csv"
        raw = pd.read_csv(found, sep=";", dtype=str, keep_default_na=False, encoding="utf-8-sig")
        return raw.assign(gm_code="GM" + raw["CBS"])


def _boundaries(raw: gpd.GeoDataFrame, code: pd.Series, name: pd.Series) -> gpd.GeoDataFrame:
    table = gpd.GeoDataFrame({"gm_code": code, "name": name}, geometry=raw.geometry, crs=raw.crs)
    return table.set_index("gm_code").sort_index()


def _number(text: pd.Series) -> pd.Series:
    """Numbers out of text; an empty cell is not known."""
    return pd.to_numeric(text).astype(float)


def _to_rd(longitude: pd.Series, latitude: pd.Series) -> pd.DataFrame:
    """Degrees (WGS84) to metres (EPSG:28992), whole metres."""
    points = gpd.GeoSeries.from_xy(longitude.astype(float), latitude.astype(float), crs=4326)
    metres = points.to_crs(28992)
    return pd.DataFrame(
        {"x": np.round(metres.x.to_numpy()), "y": np.round(metres.y.to_numpy())},
        index=longitude.index,
    )
