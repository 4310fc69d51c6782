"""The register as a GeoPackage, as a map program reads it."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pandas as pd
import pyogrio
import pytest

import coverage
from coverage.register import Register, empty_register, read_register
from coverage.register_gpkg import write_geopackage
from coverage.workspace import Revision, RevisionKind
from tests import register_files

LAYERS = {
    "offers": "Point",
    "locations": "Point",
    "service_areas": "MultiPolygon",
    "inventory": "MultiPolygon",
    "providers": None,
    "sources": None,
    "about": None,
}


def register(*offers, locations=({"x": "120000", "y": "487000"},), inventory=({},)):
    return Register.from_tables(
        register_files.frame("providers", {}),
        register_files.frame("locations", *locations),
        register_files.frame("offers", *(offers or ({},))),
        register_files.frame("inventory", *inventory),
    )


@pytest.fixture
def written(tmp_path):
    """Write a register; gives a reader of its layers."""

    def write(one, **options):
        path = tmp_path / "uit.gpkg"
        write_geopackage(one, path, **options)
        return lambda layer: pyogrio.read_dataframe(path, layer=layer)

    return write


def test_every_layer_is_there(written, tmp_path):
    written(register())
    found = pyogrio.list_layers(tmp_path / "uit.gpkg")
    assert dict(found.tolist()) == LAYERS
    for name, kind in LAYERS.items():
        crs = pyogrio.read_info(tmp_path / "uit.gpkg", layer=name)["crs"]
        assert crs == ("EPSG:28992" if kind else None)


def test_the_public_register_is_all_there(written):
    public = read_register(coverage.PUBLIC_REGISTER)
    read = written(public)
    for name, table in public.tables.items():
        layer = read(name)
        assert set(table.columns) <= set(layer.columns)
        assert len(layer) == len(table)
        for column in ("source", "status"):
            assert layer[column].tolist() == table[column].tolist()
    offers = read("offers")
    assert (
        offers["capacity_families"].notna().sum()
        == public.offers["capacity_families"].notna().sum()
    )
    areas = read("service_areas")
    unknown = areas["service_area_type"].eq("unknown")
    assert areas.geometry[unknown].isna().all()
    assert areas.geometry[~unknown].notna().all()
    assert areas.geometry[~unknown].is_valid.all()


def test_empty_is_null_and_not_nothing_or_zero(written):
    offers = written(register())("offers")
    for column in ("target_group", "capacity_families", "year_from", "location_id"):
        assert offers[column].isna().all()


def test_a_point_is_where_the_register_says(written):
    offers = ({"location_id": "L1"}, {"offer_id": "O2"})
    read = written(register(*offers))
    assert read("locations").geometry[0].coords[0] == (120000, 487000)
    points = read("offers").geometry
    assert points[0].coords[0] == (120000, 487000)
    assert points[1] is None
    assert read("offers")["provider_name"].tolist() == ["Stichting Verzonnen"] * 2


def test_service_areas_are_as_large_as_they_are(written):
    edition = coverage.load_edition(2010)
    size = edition.municipalities.geometry.area
    regions = edition.regions
    own = regions["region_set"].eq("province") & regions["region_code"].eq("PV27")
    rows = [
        {"offer_id": "a", "service_area": "GM0363;GM0034"},
        {"offer_id": "b", "service_area_type": "region", "service_area": "province:PV27"},
        {
            "offer_id": "c",
            "service_area_type": "radius",
            "service_area": "10",
            "location_id": "L1",
        },
        {"offer_id": "d", "service_area_type": "country", "service_area": ""},
        {"offer_id": "e", "service_area_type": "unknown", "service_area": ""},
    ]
    areas = written(register(*rows))("service_areas").set_index("offer_id").geometry
    assert areas["a"].area == pytest.approx(size[["GM0363", "GM0034"]].sum())
    assert areas["b"].area == pytest.approx(size[regions.loc[own, "gm_code"]].sum())
    assert areas["c"].area == pytest.approx(3.1416 * 10_000**2, rel=0.01)
    assert areas["d"].area == pytest.approx(size.sum())
    assert areas["e"] is None


def test_the_file_says_which_revision_it_is_of(written):
    made = Revision(
        12, "Ada", datetime(2026, 1, 2, 3, 4, tzinfo=UTC), "<b>", RevisionKind.EDIT, 1, 0, 0
    )
    about = written(register(), revision=made)("about").set_index("what")["value"]
    assert about[["revision", "author", "time", "note", "example"]].tolist() == [
        "12", "Ada", "2026-01-02T03:04:00+00:00", "<b>", "no",
    ]  # fmt: skip


def test_an_empty_register_has_all_its_layers(written, tmp_path):
    read = written(empty_register())
    assert dict(pyogrio.list_layers(tmp_path / "uit.gpkg").tolist()) == LAYERS
    assert read("offers").empty


def test_a_file_that_is_there_is_replaced(written):
    written(register({}, {"offer_id": "O2"}))
    assert len(written(register())("offers")) == 1


def test_nothing_is_left_beside_the_file(written, tmp_path):
    written(register())
    assert [file.name for file in tmp_path.iterdir()] == ["uit.gpkg"]
    with closing(sqlite3.connect(tmp_path / "uit.gpkg")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_folder_that_is_not_there_is_an_error_of_the_system(tmp_path):
    with pytest.raises(OSError, match="nergens"):
        write_geopackage(register(), tmp_path / "nergens" / "uit.gpkg")


def test_any_text_is_written(written):
    text = "\N{RIGHT-TO-LEFT OVERRIDE}<script> \N{FAMILY} '\";--"
    found = written(register({"name": text, "note": "a\0b"}))("offers")
    assert found["name"].tolist() == [text]
    assert found["note"].tolist() == ["ab"]
    assert isinstance(found, pd.DataFrame)
