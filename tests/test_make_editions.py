"""The converter of the municipal data, on a made country of four square municipalities.

In 2010 Aa, Bee, Cee and Dee lie side by side. Aa and Bee merge into Nieuw in 2012, and in 2018
the eastern half of Cee, with a quarter of its young residents, goes to Dee.
"""

import json

import _boundaries
import geopandas as gpd
import make_editions
import numpy as np
import pandas as pd
import pytest
import shapely
from _changes import follow, main_successor
from _facts import Count, Facts
from _shares import share_out, shares_within

FACTS = Facts(
    spellings={"Deee": "Dee"},
    known_as={"GM0003": "Den Cee"},
    province_names={"Oostland (NL)": "Oostland"},
    city_regions={"BJ-SA": ("Stadsregio", ("Aa",))},
    imposed_2010=Count(100, 120),
    extended_2010=Count(200, 240),
)

AGES = [
    *(f"age_{start}_{start + 4}" for start in range(0, 95, 5)),
    "age_95plus",
]

# pc4, x (km), old municipality, place, total, each of 0-4, 5-9, 10-14, 15-19, 20-24
POSTCODES = [
    ("1001", 102, "Aa", "Aadorp", 1000, 20),
    ("1002", 113, "Bee", "Beedorp", 3000, 60),
    ("1003", 122, "Cee", "Ceedorp", 3000, 75),
    ("1004", 127, "Cee", "Oostcee", 1000, 25),
    ("1005", 135, "Deee", "Deedorp", 2000, 50),
]

STOCK = "protection/cbs_jeugdbescherming_national_stock_flow"
ENDED = "protection/cbs_82975NED_ots_ended_as_planned_2023_by_region"
DIVISION = "regions/cbs_83287NED_gebieden_2016"
CARRIED = "regions/gm_2025_regions_from_2016"

NEW = {"Aa": "GM0009", "Bee": "GM0009", "Deee": "GM0004"}


def square(west, east):
    return shapely.box(west * 1000, 450_000, east * 1000, 460_000)


def write_csv(path, rows, sep=","):
    path.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(rows).to_csv(path, index=False, sep=sep)


def write_geojson(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    features = [
        {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(shape)}
        for properties, shape in rows
    ]
    crs = {"type": "name", "properties": {"name": "EPSG:28992"}}
    text = {"type": "FeatureCollection", "crs": crs, "features": features}
    path.write_text(json.dumps(text), encoding="utf-8")


@pytest.fixture
def sources(tmp_path):
    """A source folder with every file that the converter reads."""
    folder = tmp_path / "sources"
    old = {"GM0001": ("Aa", 100, 110), "GM0002": ("Bee", 110, 120)}
    old |= {"GM0003": ("Cee", 120, 130), "GM0004": ("Deee", 130, 140)}
    write_geojson(
        folder / "boundaries/gemeente_2010_rd.geojson",
        [({"statcode": c, "statnaam": n}, square(w, e)) for c, (n, w, e) in old.items()],
    )
    # A ring that crosses itself in a corner, a gap 20 m wide, and what is no municipality.
    gap = shapely.box(124_980, 452_000, 125_000, 458_000)
    crossed = shapely.Polygon(
        [
            *((1e5, 45e4), (12e4, 45e4), (12e4, 46e4), (100_010, 46e4)),
            *((1e5, 459_990), (1e5, 46e4), (100_010, 459_990)),
        ]
    )
    write_geojson(
        folder / "boundaries/gemeente_2025_rd.geojson",
        [
            ({"c": "0009", "n": "Nieuw"}, crossed),
            ({"c": "0003", "n": "Cee"}, square(120, 125) - gap),
            ({"c": "0004", "n": "Dee"}, square(125, 140)),
            ({"c": "0998", "n": "Buitenland"}, square(140, 150)),
        ],
    )
    merger = {"effective_date": "2012-01-01", "new_code": "GM0009", "new_name": "Nieuw"}
    write_csv(
        folder / "changes/mergers_2003_2025.csv",
        [
            {**merger, "old_code": c, "old_name": n, "area_share": 1.0, "target_is": "new"}
            for c, n in (("GM0001", "Aa"), ("GM0002", "Bee"))
        ],
    )
    pairs = [("GM0001", "Aa", "GM0009", 1.0), ("GM0002", "Bee", "GM0009", 1.0)]
    pairs += [("GM0003", "Cee", "GM0003", 0.5), ("GM0003", "Cee", "GM0004", 0.5)]
    pairs += [("GM0004", "Dee", "GM0004", 1.0)]
    write_csv(
        folder / "changes/gm_year_to_gm_2025.csv",
        [
            {
                "year": 2010,
                "old_code": o,
                "old_name": n,
                "gm_2025": new,
                "name_2025": "",
                "share": s,
            }
            for o, n, new, s in pairs
        ],
    )
    later = [("GM0009", "Nieuw", 4000), ("GM0003", "Cee", 4000), ("GM0004", "Dee", 2000)]
    write_csv(
        folder / "residents/gm_2013_age.csv",
        [
            {"gm_code": c, "Name": n, "aant_inw": r, "p_00_14_jr": 10, "p_15_24_jr": 20}
            for c, n, r in later
        ],
    )
    write_csv(
        folder / "residents/gm_2025_youth_2021.csv",
        [
            {"gm_code": c, "name": n, "population_2021": r, "age_0_17_est": r // 10}
            for c, n, r in later
        ],
    )
    write_csv(
        folder / "residents/pc4_age5_2021.csv",
        [
            {
                "postcode": pc4,
                "total": total,
                **dict.fromkeys(AGES, 0),
                **dict.fromkeys(AGES[:5], n),
            }
            for pc4, _, _, _, total, n in POSTCODES
        ],
    )
    points = gpd.GeoSeries.from_xy(
        [km * 1000 for _, km, *_ in POSTCODES], [455_000] * len(POSTCODES), crs=28992
    )
    degrees = points.to_crs(4326)
    write_csv(
        folder / "postcodes/pc4_centroids_2020.csv",
        [
            {"pc4": row[0], "population": row[4], "x_rd": point.x, "y_rd": point.y}
            for row, point in zip(POSTCODES, points, strict=True)
        ],
    )
    write_csv(
        folder / "postcodes/pc4_2010_4pp.csv",
        [
            {
                "id": number,
                "postcode": row[0],
                "woonplaats": row[3],
                "alternatieve_schrijfwijzen": "DEN CEE;Den Cee" if row[0] == "1003" else "",
                "gemeente": row[2],
                "provincie": "",
                "longitude": point.x,
                "latitude": point.y,
                "soort": "Adres",
            }
            for number, (row, point) in enumerate(zip(POSTCODES, degrees, strict=True))
        ],
    )
    codes = [NEW.get(row[2], "GM0003" if row[0] == "1003" else "GM0004") for row in POSTCODES]
    names = pd.DataFrame(
        [
            ["NL", row[0], row[3], "", "", "", code[2:], "", "", point.y, point.x, ""]
            for row, code, point in zip(POSTCODES, codes, degrees, strict=True)
        ]
    )
    names.to_csv(folder / "postcodes/geonames_nl_pc4_2024.tsv", sep="\t", index=False, header=False)
    regions = {
        "GM0009": ("Nieuw", "PV01", "Westland", "CR01", "Kust", "LD01"),
        "GM0003": ("Cee", "PV01", "Westland", "CR02", "Midden", "LD01"),
        "GM0004": ("Dee", "PV02", "Oostland (NL)", "CR03", "Rand", "LD02"),
    }
    write_csv(
        folder / "regions/cbs_83287NED_gebieden_2016.csv",
        [
            {"gm_code": c, "Provincies": r[1], "COROP-gebieden": r[3], "Landsdelen": r[5]}
            for c, r in regions.items()
        ],
    )
    for name, column, place in (
        ("provincies", "Provincies", 2),
        ("coropregios", "COROP regio's", 4),
    ):
        write_csv(
            folder / f"regions/regioatlas_2016_{name}.csv",
            [{"Gemeente": r[0], "CBS": c[2:], column: r[place]} for c, r in regions.items()],
            sep=";",
        )
    write_csv(
        folder / "regions/gm_2025_regions_from_2016.csv",
        [
            {
                "gm_code": c,
                "name": r[0],
                "province_2016": r[2],
                "province_2016_also": "",
                "corop_2016": r[4],
                "corop_2016_also": "Midden:0.30" if c == "GM0004" else "",
                "veiligheidsregio_2023": "VR01",
                "jz_code": "JZ" + r[3][2:],
                "jeugdregio_2016": r[4],
                "jeugdregio_2016_also": "",
            }
            for c, r in regions.items()
        ],
    )
    orders = [("Nederland", "NL", 60), ("Kust", "CR", 30), ("Midden", "CR", 20), ("Rand", "CR", 10)]
    write_csv(
        folder / "protection/cbs_82975NED_ots_ended_as_planned_2023_by_region.csv",
        [{"region": r, "level": level, "ots_ended_as_planned_2023": n} for r, level, n in orders],
    )
    flow = {"begin": 200, "inflow": 70, "outflow": 90, "end": 180}
    write_csv(
        folder / "protection/cbs_jeugdbescherming_national_stock_flow.csv",
        [{"measure": "Ondertoezichtstelling", "date_or_period": "2022", **flow}],
    )
    return folder


@pytest.fixture
def made(sources, tmp_path):
    """Folder with the tables made out of the sources."""
    make_editions.make(sources, tmp_path / "out", FACTS)
    return tmp_path / "out"


def read(path):
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def shares(folder):
    table = read(folder / "crosswalk.csv")
    keys = ["from_edition", "from_code", "to_code"]
    return table.set_index(keys)["share"].astype(float).to_dict()


def change(path, row, column, value):
    """Change one cell of a source file."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table.loc[row, column] = value
    table.to_csv(path, index=False)


def test_boundaries_are_repaired_and_share_their_borders(made):
    for layer in ("detailed", "simplified"):
        shapes = gpd.read_file(made / "2025/boundaries.gpkg", layer=layer).set_index("gm_code")
        assert list(shapes.index) == ["GM0003", "GM0004", "GM0009"]
        assert shapes.crs.to_epsg() == 28992
        assert shapes.is_valid.all()
        assert shapes.is_valid_coverage()
        # The gap of 120,000 m2 has gone to one of its neighbours.
        assert shapes.union_all().area == pytest.approx(40_000 * 10_000, abs=60_000)


def test_abroad_is_no_municipality(made):
    assert "GM0998" not in set(read(made / "2025/municipalities.csv")["gm_code"])


def test_name_is_corrected_where_another_source_has_it(made):
    names = read(made / "2010/municipalities.csv").set_index("gm_code")["name"]
    assert names["GM0004"] == "Dee"


def test_name_that_no_source_has_is_refused(sources, tmp_path):
    facts = Facts(spellings={"Deee": "Deh"}, known_as={}, city_regions=FACTS.city_regions)
    with pytest.raises(ValueError, match="no source has Deh"):
        make_editions.make(sources, tmp_path / "out", facts)


def test_merged_municipalities_share_the_residents_of_their_successor(made):
    table = read(made / "2010/municipalities.csv").set_index("gm_code")
    assert table["residents"].astype(int).to_dict() == {
        "GM0001": 1000,
        "GM0002": 3000,
        "GM0003": 4000,
        "GM0004": 2000,
    }
    assert table["residents_status"].to_dict() == {
        "GM0001": "estimated",
        "GM0002": "estimated",
        "GM0003": "observed",
        "GM0004": "observed",
    }
    # 10% is 0-14, 20% is 15-24, of which half is 15-19 and three fifths of that 15-17.
    assert int(table.loc["GM0003", "residents_0_17"]) == round(4000 * (0.10 + 0.20 / 2 * 3 / 5))


def test_unknown_share_of_15_to_24_comes_from_the_postcodes(sources, tmp_path):
    change(sources / "residents/gm_2013_age.csv", 1, "p_15_24_jr", "")
    make_editions.make(sources, tmp_path / "out", FACTS)
    table = read(tmp_path / "out/2010/municipalities.csv").set_index("gm_code")
    # In the postcodes every group of five years is of the same size: 3 to 2.
    expected = 4000 * (0.10 + 0.10 * 2 / 3 / 2 * 3 / 5)
    assert int(table.loc["GM0003", "residents_0_17"]) == round(expected)


def test_centre_is_where_the_residents_live(made):
    table = read(made / "2010/municipalities.csv").set_index("gm_code")
    assert float(table.loc["GM0003", "centre_x"]) == (122_000 * 3000 + 127_000 * 1000) / 4000


def test_crosswalk_weighs_by_young_residents(made):
    table = read(made / "crosswalk.csv")
    total = table["share"].astype(float).groupby([table["from_edition"], table["from_code"]]).sum()
    assert total.to_numpy() == pytest.approx(1, abs=1e-12)
    found = shares(made)
    assert found["2010", "GM0003", "GM0003"] == 0.75
    assert found["2010", "GM0003", "GM0004"] == 0.25
    assert found["2025", "GM0009", "GM0001"] == 0.25
    assert found["2025", "GM0004", "GM0004"] == pytest.approx(50 / 75, abs=1e-6)


def test_transfer_without_any_postcode_goes_by_area(sources, tmp_path):
    for name, column in (
        ("residents/pc4_age5_2021", "postcode"),
        ("postcodes/pc4_centroids_2020", "pc4"),
        ("postcodes/pc4_2010_4pp", "postcode"),
    ):
        path = sources / f"{name}.csv"
        table = read(path)
        table[table[column] != "1004"].to_csv(path, index=False)
    places = sources / "postcodes/geonames_nl_pc4_2024.tsv"
    lines = places.read_text(encoding="utf-8").splitlines(keepends=True)
    places.write_text("".join(line for line in lines if "1004" not in line), encoding="utf-8")
    make_editions.make(sources, tmp_path / "out", FACTS)
    # 75 residents by postcode and half of 75 by area.
    found = shares(tmp_path / "out")
    assert found["2010", "GM0003", "GM0004"] == pytest.approx(1 / 3, abs=1e-6)


def test_quarter_built_after_2010_carries_nothing_forward(sources, tmp_path):
    path = sources / "postcodes/pc4_2010_4pp.csv"
    table = read(path)
    table[table["postcode"] != "1004"].to_csv(path, index=False)
    make_editions.make(sources, tmp_path / "out", FACTS)
    found = shares(tmp_path / "out")
    assert found["2010", "GM0003", "GM0003"] == 1
    assert ("2010", "GM0003", "GM0004") not in found
    assert found["2025", "GM0004", "GM0003"] == pytest.approx(25 / 75, abs=1e-6)


def test_transfer_that_the_list_has_not_is_found_by_its_postcode(sources, tmp_path):
    path = sources / "changes/gm_year_to_gm_2025.csv"
    table = read(path)
    table = table[(table["old_code"] != "GM0003") | (table["gm_2025"] != "GM0004")]
    table.loc[table["old_code"] == "GM0003", "share"] = "1.0"
    table.to_csv(path, index=False)
    report = make_editions.make(sources, tmp_path / "out", FACTS)
    found = "{'old_code': 'GM0003', 'new_code': 'GM0004', 'share': 0.5}"
    assert any(found in line for line in report.lines)
    assert shares(tmp_path / "out")["2010", "GM0003", "GM0004"] == 0.25


def test_shares_of_changes_have_to_add_up(sources, tmp_path):
    change(sources / "changes/gm_year_to_gm_2025.csv", 2, "share", "0.2")
    with pytest.raises(ValueError, match="add up to 1: GM0003"):
        make_editions.make(sources, tmp_path / "out", FACTS)


def test_regions_hold_every_municipality_once(made):
    for year, sets in (
        ("2010", ("province", "bureau_jeugdzorg")),
        ("2025", ("province", "jeugdregio", "corop")),
    ):
        codes = list(read(made / year / "municipalities.csv")["gm_code"])
        regions = read(made / year / "regions.csv")
        for name in sets:
            rows = regions[regions["region_set"] == name]
            assert sorted(rows["gm_code"]) == codes


def test_city_region_is_taken_out_of_its_province(made):
    regions = read(made / "2010/regions.csv")
    offices = regions[regions["region_set"] == "bureau_jeugdzorg"].set_index("gm_code")
    assert offices["region_code"].to_dict() == {
        "GM0001": "BJ-SA",
        "GM0002": "BJ-01",
        "GM0003": "BJ-01",
        "GM0004": "BJ-02",
    }
    assert offices.loc["GM0002", "region_name"] == "Westland buiten Stadsregio"
    assert offices.loc["GM0004", "region_name"] == "Oostland"


def test_study_regions_are_examples_and_follow_most_residents(made):
    old, new = (read(made / year / "regions.csv") for year in ("2010", "2025"))
    old, new = (t[t["region_set"] == "study"].set_index("gm_code") for t in (old, new))
    assert set(old["status"]) == set(new["status"]) == {"example"}
    assert set(old["region_code"]) == {"ST-SA", "ST-01", "ST-02"}
    # Three quarters of Nieuw was Bee.
    assert new.loc["GM0009", "region_code"] == "ST-01"


def test_mixed_municipality_is_marked(made):
    regions = read(made / "2025/regions.csv")
    row = regions[(regions["region_set"] == "corop") & (regions["gm_code"] == "GM0004")].iloc[0]
    assert (row["region_code"], row["status"]) == ("CR03", "estimated")
    assert "also Midden:0.30" in row["note"]


def test_municipality_of_two_provinces_follows_its_safety_region(sources, tmp_path):
    path = sources / "regions/gm_2025_regions_from_2016.csv"
    change(path, 2, "province_2016_also", "Westland:0.40")
    change(path, 2, "corop_2016_also", "Midden:0.40")
    ended = sources / f"{ENDED}.csv"
    table = read(ended)
    table[table["region"] != "Rand"].to_csv(ended, index=False)
    make_editions.make(sources, tmp_path / "out", FACTS)
    regions = read(tmp_path / "out/2025/regions.csv").set_index(["region_set", "gm_code"])
    assert regions.loc[("province", "GM0004"), "region_name"] == "Westland"
    assert regions.loc[("corop", "GM0004"), "region_name"] == "Midden"


def test_demand_adds_up_to_the_national_figures(made):
    totals = {
        year: read(made / year / "demand.csv").set_index("gm_code") for year in ("2010", "2025")
    }
    columns = ["imposed_low", "imposed", "imposed_high"]
    columns += ["extended_low", "extended", "extended_high"]
    sums = {year: table[columns].astype(float).sum().round(6) for year, table in totals.items()}
    assert list(sums["2010"]) == [100, 110, 120, 200, 220, 240]
    # Running at the start less all ended, and less those ended as planned.
    assert list(sums["2025"]) == [70, 70, 70, 110, 125, 140]
    by_region = totals["2025"]["imposed"].astype(float)
    assert by_region.to_numpy() == pytest.approx([70 * 2 / 6, 70 / 6, 70 * 3 / 6], abs=1e-6)
    assert set(totals["2010"]["unit"]) == {"children"}
    assert set(totals["2025"]["unit"]) == {"measures"}


def test_names_have_successors_and_other_spellings(made):
    names = read(made / "names.csv")
    rows = names[names["gm_code"] == "GM0003"]
    assert list(rows["name"]) == ["Cee", "Den Cee"]
    assert set(rows["successor_2025"]) == {"GM0003"}
    by_code = names.drop_duplicates("gm_code").set_index("gm_code")
    assert by_code.loc["GM0009", "successor_2010"] == "GM0001;GM0002"
    assert by_code.loc["GM0001", "successor_2025"] == "GM0009"
    assert "Deee" not in set(names["name"])


def test_second_run_writes_the_same_bytes(made, sources, tmp_path):
    make_editions.make(sources, tmp_path / "again", FACTS)
    for path in sorted(made.rglob("*.*")):
        assert path.read_bytes() == (tmp_path / "again" / path.relative_to(made)).read_bytes()


@pytest.mark.parametrize(
    ("cell", "value", "message"),
    [
        (("residents/gm_2025_youth_2021", 0, "gm_code"), "GM0008", "of 2021 for GM0009"),
        (("residents/gm_2013_age", 0, "gm_code"), "GM0008", "of 2013 for GM0001"),
        ((DIVISION, 2, "gm_code"), "GM0008", "no region for GM0004"),
        ((CARRIED, 2, "gm_code"), "GM0008", "unknown municipalities"),
        ((STOCK, 0, "end"), "181", "do not add up"),
        ((ENDED, 0, "ots_ended_as_planned_2023"), "95", "more orders ended as planned"),
        ((ENDED, 1, "region"), "Oever", "COROP regions without a match"),
    ],
)
def test_source_that_does_not_fit_is_refused(sources, tmp_path, cell, value, message):
    name, row, column = cell
    change(sources / f"{name}.csv", row, column, value)
    with pytest.raises(ValueError, match=message):
        make_editions.make(sources, tmp_path / "out", FACTS)


def test_city_region_of_an_unknown_municipality_is_refused(sources, tmp_path):
    facts = Facts(
        spellings=FACTS.spellings, city_regions={"BJ-SA": ("Stadsregio", ("Aa", "Elders"))}
    )
    with pytest.raises(ValueError, match="unknown municipalities: Elders"):
        make_editions.make(sources, tmp_path / "out", facts)


def test_command_reports_a_missing_file_without_a_traceback(tmp_path, capsys):
    assert make_editions.main([str(tmp_path / "nothing"), "--out", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err.startswith("make_editions: ")


def test_municipality_that_would_vanish_is_refused():
    # The smaller square lies within the larger one: one of the two has to go.
    shapes = gpd.GeoDataFrame(
        {"name": ["Groot", "Klein"]},
        geometry=[square(0, 10), square(2, 3)],
        index=pd.Index(["GM0001", "GM0002"], name="gm_code"),
        crs=28992,
    )
    with pytest.raises(ValueError, match=r"area changed by more than 1%|nothing is left of"):
        _boundaries.clean(shapes)


def test_islet_in_the_water_is_left_out_of_the_country_map():
    islet = shapely.box(50_000, 450_000, 50_500, 450_500)
    shapes = gpd.GeoDataFrame(
        {"name": ["Kust"]},
        geometry=[shapely.union_all([square(0, 10), islet])],
        index=pd.Index(["GM0001"], name="gm_code"),
        crs=28992,
    )
    detailed = _boundaries.clean(shapes)
    assert shapely.get_num_geometries(detailed.geometry.iloc[0]) == 2
    simplified = _boundaries.simplify(detailed, 10)
    assert shapely.get_num_geometries(simplified.geometry.iloc[0]) == 1


def test_follow_goes_through_several_changes():
    mergers = pd.DataFrame(
        [
            ("2011-01-01", "GM0001", "GM0002", 1.0),
            ("2012-01-01", "GM0002", "GM0003", 0.4),
            ("2012-01-01", "GM0002", "GM0004", 0.6),
            ("2020-01-01", "GM0004", "GM0005", 1.0),
        ],
        columns=["date", "old_code", "new_code", "share"],
    )
    pairs = follow(["GM0001", "GM0009"], mergers, "2010-01-01", "2019-01-01")
    assert pairs.to_numpy().tolist() == [
        ["GM0001", "GM0003", 0.4],
        ["GM0001", "GM0004", 0.6],
        ["GM0009", "GM0009", 1.0],
    ]
    assert main_successor(pairs).to_dict() == {"GM0001": "GM0004", "GM0009": "GM0009"}


@pytest.mark.parametrize("decimals", [0, 6])
def test_share_out_adds_up_exactly(decimals):
    weights = pd.Series(np.linspace(0, 3, 331) ** 2)
    parts = share_out(10_007, weights, decimals)
    assert round(parts.sum() * 10**decimals) == 10_007 * 10**decimals
    assert (parts - weights / weights.sum() * 10_007).abs().max() <= 10**-decimals


@pytest.mark.parametrize("weights", [[0.0, 0.0], [1.0, -1.0], [1.0, np.nan], []])
def test_share_out_refuses_weights_without_meaning(weights):
    with pytest.raises(ValueError, match="weights must be known"):
        share_out(1, pd.Series(weights, dtype=float))


def test_shares_within_add_up_as_written():
    table = pd.DataFrame({"group": ["a"] * 3 + ["b"], "weight": [1.0, 1.0, 1.0, 5.0]})
    assert list(shares_within(table, "group")) == [0.333334, 0.333333, 0.333333, 1.0]
