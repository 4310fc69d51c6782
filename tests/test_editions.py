"""The shipped municipal data, and reading and carrying it."""

import re
import time

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import coverage
from coverage import editions, i18n
from coverage._files import data_dir
from coverage.vocabulary import FigureStatus, RegionSet

COUNT = {2010: 431, 2025: 342}
PARTITIONS = {
    2010: {RegionSet.PROVINCE: 12, RegionSet.BUREAU_JEUGDZORG: 15},
    2025: {RegionSet.PROVINCE: 12, RegionSet.JEUGDREGIO: 42, RegionSet.COROP: 40},
}
NATIONAL = {
    2010: {
        "imposed": (10_000, 10_750, 11_500),
        "extended": (20_000, 22_000, 24_000),
    },
    2025: {
        "imposed": (6_500, 6_500, 6_500),
        "extended": (12_890, 14_282.5, 15_675),
    },
}
RESIDENTS = {2010: (16_779_185, 3_480_588), 2025: (17_475_415, 3_330_869)}
CODE = re.compile(r"GM\d{4}")

both = pytest.mark.parametrize("year", editions.EDITIONS)


@pytest.fixture(scope="module")
def opened():
    return {year: editions.load_edition(year) for year in editions.EDITIONS}


@both
def test_counts_and_codes(opened, year):
    table = opened[year].municipalities
    assert len(table) == COUNT[year]
    assert table.index.name == "gm_code"
    assert table.index.is_unique
    assert table.index.is_monotonic_increasing
    assert all(CODE.fullmatch(code) for code in table.index)


@both
def test_every_table_has_the_same_codes(opened, year):
    edition = opened[year]
    codes = edition.municipalities.index
    assert edition.boundaries.index.equals(codes)
    assert edition.demand.index.equals(codes)
    assert set(edition.postcodes["gm_code"]) == set(codes)
    assert set(edition.regions["gm_code"]) == set(codes)


@both
def test_both_layers_are_valid_coverages(opened, year):
    for layer in (opened[year].municipalities, opened[year].boundaries):
        assert layer.crs.to_epsg() == editions.CRS
        assert layer.is_valid.all()
        assert not layer.is_empty.any()
        assert layer.is_valid_coverage()
        assert set(layer.geom_type) <= {"Polygon", "MultiPolygon"}
        coordinates = shapely.get_coordinates(layer.geometry.to_numpy())
        assert (coordinates == np.round(coordinates)).all()


@both
def test_simplified_boundaries_keep_the_area(opened, year):
    detailed = opened[year].boundaries.area
    simplified = opened[year].municipalities.area
    assert simplified.sum() == pytest.approx(detailed.sum(), rel=0.002)
    assert ((simplified / detailed - 1).abs() < 0.03).all()
    # The land of the Netherlands with inland waters, without the large ones.
    assert 34_900e6 < detailed.sum() < 35_200e6


@both
def test_map_stays_a_valid_coverage_in_degrees_with_four_decimals(opened, year):
    degrees = opened[year].municipalities.geometry.to_crs(4326).to_numpy()
    rounded = shapely.transform(degrees, lambda xy: np.round(xy, 4))
    assert not shapely.is_empty(rounded).any()
    assert shapely.is_valid(rounded).all()
    assert shapely.coverage_is_valid(rounded)


@both
def test_partitions_hold_every_municipality_once(opened, year):
    regions = opened[year].regions
    codes = opened[year].municipalities.index
    assert set(regions["region_set"]) == {*PARTITIONS[year], RegionSet.STUDY}
    assert not (regions.drop(columns="note") == "").any(axis=None)
    for region_set, count in PARTITIONS[year].items():
        rows = regions[regions["region_set"] == region_set]
        assert sorted(rows["gm_code"]) == list(codes)
        assert len(opened[year].region_names(region_set)) == count
        # One name a code, one code a name.
        assert rows.groupby("region_code")["region_name"].nunique().eq(1).all()
        assert rows.groupby("region_name")["region_code"].nunique().eq(1).all()
    assert set(regions["status"]) <= set(FigureStatus)


@both
def test_study_regions_are_five_and_marked_as_an_example(opened, year):
    regions = opened[year].regions
    study = regions[regions["region_set"] == RegionSet.STUDY]
    assert study["region_code"].nunique() == 5
    assert set(study["status"]) == {FigureStatus.EXAMPLE}
    assert not study["gm_code"].duplicated().any()
    assert "Stadsregio Amsterdam" in set(opened[year].region_names("study"))


def test_province_borders(opened):
    old, new = (
        table[table["region_set"] == "province"].set_index("gm_code")["region_name"]
        for table in (opened[2010].regions, opened[2025].regions)
    )
    # Vianen was in Utrecht, Leerdam and Zederik in Zuid-Holland; together they are in Utrecht.
    assert old[["GM0620", "GM0545", "GM0707"]].to_list() == [
        "Utrecht",
        "Zuid-Holland",
        "Zuid-Holland",
    ]
    assert new["GM1961"] == "Utrecht"
    assert set(old) == set(new)
    # Of the 431 only those two went to another province.
    pairs = editions.load_crosswalk(2010, 2025)
    moved = pairs[pairs["from_code"].map(old) != pairs["to_code"].map(new)]
    assert sorted(moved["from_code"]) == ["GM0545", "GM0707"]


def test_city_regions_of_2010(opened):
    regions = opened[2010].regions
    sizes = regions[regions["region_set"] == "bureau_jeugdzorg"].groupby("region_name").size()
    assert sizes["Stadsregio Amsterdam"] == 16
    assert sizes["Stadsregio Rotterdam"] == 16  # with Rozenburg
    assert sizes["Haaglanden"] == 9


@both
def test_residents_add_up_to_the_sources(opened, year):
    table = opened[year].municipalities
    total, young = RESIDENTS[year]
    assert table["residents"].sum() == total
    assert table["residents_0_17"].sum() == young
    assert (table["residents_0_17"] > 0).all()
    assert (table["residents_0_17"] < table["residents"]).all()
    assert set(table["residents_status"]) <= set(FigureStatus)
    assert set(table["residents_0_17_status"]) == {FigureStatus.ESTIMATED}
    assert (table["residents_year"] == {2010: 2013, 2025: 2021}[year]).all()


@both
def test_centres_lie_in_or_near_their_municipality(opened, year):
    table = opened[year].municipalities
    centres = gpd.GeoSeries.from_xy(table["centre_x"], table["centre_y"], crs=editions.CRS)
    distance = shapely.distance(centres.to_numpy(), table.geometry.to_numpy())
    assert (distance == 0).mean() > 0.98
    assert distance.max() < 3000


@both
def test_postcodes_lie_in_or_near_their_municipality(opened, year):
    postcodes, boundaries = opened[year].postcodes, opened[year].boundaries
    assert postcodes.index.is_unique
    assert all(re.fullmatch(r"[1-9]\d{3}", pc4) for pc4 in postcodes.index)
    assert (postcodes["place"] != "").all()
    assert not postcodes[["x", "y"]].isna().any(axis=None)
    points = shapely.points(postcodes["x"], postcodes["y"])
    polygons = boundaries.geometry.reindex(postcodes["gm_code"]).to_numpy()
    distance = shapely.distance(points, polygons)
    # Centres of areas with water, and the generalised boundaries of 2010.
    assert (distance == 0).mean() > {2010: 0.985, 2025: 0.998}[year]
    assert (distance < 1000).mean() > 0.998


@pytest.mark.parametrize(
    ("pc4", "old", "new"),
    [
        ("3581", "GM0344", "GM0344"),  # Utrecht
        ("4353", "GM0717", "GM0717"),  # Serooskerke on Walcheren, not on Schouwen
        ("9791", "GM0009", "GM0014"),  # Ten Boer, which the list of 2010 calls Glas
        ("3227", "GM0568", "GM1992"),  # Oudenhoorn, from Bernisse to Voorne aan Zee
        ("5851", "GM0893", "GM0893"),  # Afferden in Limburg, not in Noord-Holland
        ("2324", "GM0546", "GM0546"),  # Leiden
    ],
)
def test_postcodes_that_sources_have_wrong(opened, pc4, old, new):
    assert opened[2010].postcodes.loc[pc4, "gm_code"] == old
    assert opened[2025].postcodes.loc[pc4, "gm_code"] == new


@both
def test_demand_adds_up_to_the_national_figures(opened, year):
    demand = opened[year].demand
    for name, (low, middle, high) in NATIONAL[year].items():
        assert demand[f"{name}_low"].sum() == pytest.approx(low, abs=1e-6)
        assert demand[name].sum() == pytest.approx(middle, abs=1e-6)
        assert demand[f"{name}_high"].sum() == pytest.approx(high, abs=1e-6)
        assert (demand[f"{name}_low"] <= demand[name]).all()
        assert (demand[name] <= demand[f"{name}_high"]).all()
    assert set(demand["count_status"]) == {FigureStatus.ESTIMATED}
    assert set(demand["unit"]) == {{2010: "children", 2025: "measures"}[year]}


def test_demand_of_2025_has_the_pattern_of_the_corop_regions(opened):
    edition = opened[2025]
    corop = edition.regions[edition.regions["region_set"] == "corop"].set_index("gm_code")
    sums = edition.demand["imposed"].groupby(corop["region_name"]).sum() / 6500
    ended = {"Groot-Amsterdam": 355, "Utrecht": 470, "Delfzijl en omgeving": 10}
    for region, orders in ended.items():
        assert sums[region] == pytest.approx(orders / 6215, rel=1e-5)


@both
def test_every_source_is_listed(opened, year):
    edition = opened[year]
    tables = (edition.municipalities, edition.postcodes, edition.demand)
    used = pd.concat([table["source"] for table in tables]).str.split(";").explode()
    assert set(used) <= set(edition.sources["source_id"])
    assert (edition.sources.drop(columns="url") != "").all(axis=None)


@pytest.mark.parametrize("years", [(2010, 2025), (2025, 2010)])
def test_crosswalk_adds_up_to_one(years):
    crosswalk = editions.load_crosswalk(*years)
    assert crosswalk.groupby("from_code")["share"].sum().to_numpy() == pytest.approx(1, abs=1e-12)
    assert (crosswalk["share"] > 0).all()
    assert crosswalk["from_code"].nunique() == COUNT[years[0]]
    assert crosswalk["to_code"].nunique() == COUNT[years[1]]


def test_crosswalk_within_one_edition_changes_nothing():
    crosswalk = editions.load_crosswalk(2010, 2010)
    values = pd.Series(np.arange(431.0), index=crosswalk["from_code"].to_numpy())
    pd.testing.assert_series_equal(editions.carry(values, crosswalk), values)


@pytest.mark.parametrize(
    ("old", "new", "low", "high"),
    [
        ("GM0003", "GM1979", 1, 1),  # Appingedam to Eemsdelta
        ("GM0055", "GM0080", 0.5, 0.6),  # Grou, the largest part of Boarnsterhim
        ("GM0788", "GM0824", 0.35, 0.45),  # Haaren
        ("GM0568", "GM1992", 0.05, 0.15),  # Oudenhoorn
    ],
)
def test_known_transfers(old, new, low, high):
    crosswalk = editions.load_crosswalk(2010, 2025).set_index(["from_code", "to_code"])["share"]
    assert low <= crosswalk[old, new] <= high


@given(
    st.sampled_from([(2010, 2025), (2025, 2010)]),
    st.lists(st.floats(0, 1e6), min_size=1, max_size=431),
)
def test_totals_are_kept_there_and_back(years, counts):
    there, back = editions.load_crosswalk(*years), editions.load_crosswalk(*reversed(years))
    codes = there["from_code"].drop_duplicates().to_numpy()
    values = pd.Series(counts[: len(codes)], index=codes[: len(counts)])
    carried = editions.carry(values, there)
    assert carried.sum() == pytest.approx(values.sum(), rel=1e-9, abs=1e-9)
    assert editions.carry(carried, back).sum() == pytest.approx(values.sum(), rel=1e-9, abs=1e-9)


def test_carrying_keeps_unknown_unknown():
    crosswalk = editions.load_crosswalk(2010, 2025)
    values = pd.Series({"GM0003": np.nan, "GM0010": 5.0, "GM0363": 7.0}, name="orders")
    carried = editions.carry(values, crosswalk)
    assert np.isnan(carried["GM1979"])
    assert carried["GM0363"] == 7
    assert carried.name == "orders"


def test_carrying_a_code_of_another_edition_is_refused():
    with pytest.raises(KeyError, match="GM1979"):
        editions.carry(pd.Series({"GM1979": 1.0}), editions.load_crosswalk(2010, 2025))


def test_translate_says_how_much_of_a_municipality_is_covered():
    codes = pd.Series(["GM0003", "GM0010", "GM0003", "GM9999"], index=[4, 4, 9, 9])
    found = editions.translate(codes, 2010, 2025)
    assert found["position"].to_list() == [4, 9]
    assert found["gm_code"].to_list() == ["GM1979", "GM1979"]
    part, less = found["covered"]
    assert 0 < less < part < 1


def test_translate_of_nothing_is_nothing():
    found = editions.translate(pd.Series([], dtype=str), 2010, 2025)
    assert found.empty
    assert list(found.columns) == ["position", "gm_code", "covered"]


def test_translate_to_the_same_edition():
    found = editions.translate(pd.Series(["GM0363", "GM0003"]), 2010, 2010)
    assert found.to_numpy().tolist() == [[0, "GM0363", 1.0], [1, "GM0003", 1.0]]


def test_translate_of_every_code_covers_everything():
    codes = editions.load_crosswalk(2010, 2025)["from_code"].drop_duplicates()
    found = editions.translate(codes.set_axis([0] * len(codes)), 2010, 2025)
    assert len(found) == COUNT[2025]
    assert (found["covered"] == 1).all()


@pytest.mark.parametrize("year", [2009, 2026, "2010", None])
def test_other_years_are_refused(year):
    with pytest.raises(ValueError, match="2010, 2025") as caught:
        editions.load_edition(year)
    assert caught.type is editions.UnknownEditionError
    with pytest.raises(editions.UnknownEditionError):
        editions.load_crosswalk(2010, year)


def test_refusal_is_in_the_language_of_the_screen():
    for language in i18n.LANGUAGES:
        i18n.use(language)
        try:
            message = str(editions.UnknownEditionError(1999))
        finally:
            i18n.use(i18n.DEFAULT)
        assert "1999" in message


def test_editions_with():
    assert editions.editions_with("GM0363") == (2010, 2025)
    assert editions.editions_with("GM0003") == (2010,)
    assert editions.editions_with("GM1979") == (2025,)
    assert editions.editions_with("363") == ()


def test_names_are_spelled_right(opened):
    names = pd.concat([edition.municipalities["name"] for edition in opened.values()])
    assert not names.str.contains(r"Ã|Â|�|\s\s|^\s|\s$|\. G").any()
    assert opened[2010].municipalities.loc["GM0003", "name"] == "Appingedam"
    assert opened[2010].municipalities.loc["GM0820", "name"] == "Nuenen, Gerwen en Nederwetten"
    assert opened[2025].municipalities.loc["GM0518", "name"] == "'s-Gravenhage"
    assert opened[2025].municipalities.loc["GM1900", "name"] == "Súdwest-Fryslân"
    # One name a code in both editions.
    shared = pd.concat([edition.municipalities["name"] for edition in opened.values()], axis=1)
    shared = shared.dropna()
    assert (shared.iloc[:, 0] == shared.iloc[:, 1]).all()


def test_names_table_knows_all_codes_and_where_they_went(opened):
    names = editions.names()
    assert not names.duplicated(["gm_code", "name"]).any()
    assert not names["name"].str.contains("Ã|Appingend").any()
    main = names.drop_duplicates("gm_code").set_index("gm_code")
    assert (main["note"] == "").all()
    for year, edition in opened.items():
        assert set(edition.municipalities.index) <= set(main.index)
        successors = names[f"successor_{year}"].str.split(";").explode()
        assert set(successors) == set(edition.municipalities.index)
    aliases = names.set_index("name")["gm_code"]
    assert aliases["Den Haag"] == "GM0518"
    assert aliases["Den Bosch"] == "GM0796"
    assert main.loc["GM0519", "name"] == "'s-Gravenzande"
    assert main.loc["GM0519", "successor_2010"] == "GM1783"


def test_boundary_of_2010_that_moved_later():
    names = editions.names().drop_duplicates("gm_code").set_index("gm_code")
    assert names.loc["GM0055", "successor_2025"] == "GM0074;GM0080;GM1900;GM1940"
    assert names.loc["GM1992", "successor_2010"] == "GM0501;GM0530;GM0568;GM0614"


def test_files_are_small_and_plain():
    for path in data_dir("municipalities").rglob("*"):
        if path.is_file():
            assert path.stat().st_size < 3e6
        if path.suffix == ".csv":
            raw = path.read_bytes()
            assert not raw.startswith(b"\xef\xbb\xbf")
            assert b"\r" not in raw
            raw.decode("utf-8")


def test_opening_an_edition_is_fast():
    def opening():
        start = time.perf_counter()
        edition = coverage.load_edition(2010)
        assert len(edition.municipalities) + len(edition.regions) + len(edition.demand) > 0
        return time.perf_counter() - start

    assert min(opening() for _ in range(3)) < 0.3
