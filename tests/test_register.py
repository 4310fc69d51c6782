"""The register: read whole or refused with every fault; written so that it reads back."""

import time

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import coverage
from coverage import i18n, register, schema
from coverage.demand_input import read_demand
from coverage.faults import SHOWN, BadInputError, Fault, capped, errors, faults_table, warnings
from coverage.register import (
    Register,
    check,
    empty_register,
    read_register,
    write_register,
)
from tests.register_files import COUNT, OFFER, SCHEMAS, folder, frame, text, write


@pytest.fixture(autouse=True)
def english():
    i18n.use("en")
    yield
    i18n.use(i18n.DEFAULT)


def faults(path):
    with pytest.raises(BadInputError) as caught:
        read_register(path)
    return caught.value.faults


def only_fault(path):
    found = errors(faults(path))
    assert len(found) == 1, [str(fault) for fault in found]
    return found[0]


def same(one, other):
    for name, table in one.tables.items():
        pd.testing.assert_frame_equal(table, other.tables[name])


# --- where a register is read from ------------------------------------------


def test_a_folder(tmp_path):
    path = folder(tmp_path / "mijn-register")
    found = read_register(str(path))
    assert found.name == "mijn-register"
    assert found.path == path
    assert found.warnings == ()
    assert not found.is_example
    assert [len(table) for table in found.tables.values()] == [1, 0, 1, 0]
    for name, table in found.tables.items():
        assert tuple(table) == schema.columns(SCHEMAS[name])
        assert isinstance(table.index, pd.RangeIndex)


def test_types(tmp_path):
    table = read_register(folder(tmp_path)).offers
    numbers = ["duration_months_min", "duration_months_max", "capacity_families"]
    years = ["edition", "year_from", "year_to", "first_seen", "last_seen"]
    for column, dtype in table.dtypes.items():
        if column in numbers:
            assert dtype == np.float64
        elif column in years:
            assert dtype == "Int64"
        else:
            assert isinstance(dtype, pd.StringDtype)
            assert table[column].notna().all()


def test_the_path_may_end_in_dots(tmp_path, monkeypatch):
    monkeypatch.chdir(folder(tmp_path / "register"))
    assert read_register(".").name == "register"


def test_a_folder_without_offers(tmp_path):
    path = folder(tmp_path / "r")
    (path / "offers.csv").unlink()
    fault = only_fault(path)
    assert fault.file == "offers.csv"
    assert "no file offers.csv in the folder r" in str(fault)


def test_a_table_that_is_there_twice(tmp_path):
    path = folder(tmp_path / "r")
    (path / "Offers.TXT").write_bytes((path / "offers.csv").read_bytes())
    assert "twice: offers.csv, Offers.TXT" in str(only_fault(path))


def test_headings_only_is_a_register_of_nothing(tmp_path):
    path = folder(tmp_path, providers=frame("providers"), offers=frame("offers"))
    same(read_register(path), empty_register())


def test_one_table_is_no_register(tmp_path):
    path = folder(tmp_path / "r")
    assert "a register is a folder" in str(only_fault(path / "offers.csv"))
    assert "no file" in str(only_fault(tmp_path / "nothing"))


def sheets(path, **tables):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, table in tables.items():
        sheet = book.create_sheet(name)
        for row in [list(table.columns), *table.to_numpy().tolist()]:
            sheet.append([value or None for value in row])
    book.save(path)
    return path


def test_a_workbook(tmp_path):
    path = sheets(
        tmp_path / "register.xlsx",
        Toelichting=pd.DataFrame({"Lees mij": ["x"]}),
        Aanbieders=frame("providers", {}),
        Aanbod=frame("offers", {}),
    )
    found = read_register(path)
    same(found, read_register(folder(tmp_path / "r")))
    assert found.name == "register"


def test_a_workbook_without_offers(tmp_path):
    path = sheets(tmp_path / "a.xlsx", providers=frame("providers", {"status": "x"}))
    found = errors(faults(path))
    assert ["no sheet “offers”" in str(fault) for fault in found] == [True, False]
    assert found[1].file == "a.xlsx (providers)"


def test_workbooks_in_a_folder(tmp_path):
    path = folder(tmp_path / "r")
    (path / "offers.csv").unlink()
    sheets(path / "offers.xlsx", Blad1=frame("offers", {}))
    assert len(read_register(path).offers) == 1


# --- what the tables refer to -----------------------------------------------


@pytest.mark.parametrize(
    ("changes", "column", "said"),
    [
        (
            {"provider_id": "P-1"},
            "provider_id",
            "no “P-1” in the table providers. Did you mean “P1”",
        ),
        ({"provider_id": "Spirit"}, "provider_id", "Add it there"),
        ({"location_id": "L1"}, "location_id", "no “L1” in the table locations"),
        ({"service_area": "GM9999"}, "service_area", "There is no municipality GM9999"),
        (
            {"service_area": "GM0363;GM1979"},
            "service_area",
            "not in edition 2010 but in 2025. In 2010 its area is in: GM0003 Appingedam, GM0010",
        ),
        (
            {"service_area": "GM0003", "edition": "2025"},
            "service_area",
            "(Appingedam) is not in edition 2025 but in 2010. In 2025 its area is in: GM1979 Eems",
        ),
        (
            {"service_area": "GM0039"},
            "service_area",
            "GM0039 (Scheemda) existed in other years. In 2010 its area is in: GM1895 Oldambt",
        ),
        (
            {"service_area_type": "region", "service_area": "provincie:PV27"},
            "service_area",
            "no region set “provincie”. Choose one of: bureau_jeugdzorg, province, study",
        ),
        (
            {"service_area_type": "region", "service_area": "province:Groningen"},
            "service_area",
            "Did you mean province:PV20 (Groningen)",
        ),
        (
            {"service_area_type": "region", "service_area": "province:zzz"},
            "service_area",
            "Choose for instance: province:PV20",
        ),
    ],
)
def test_references_of_an_offer(tmp_path, changes, column, said):
    fault = only_fault(folder(tmp_path, offers=frame("offers", changes)))
    assert (fault.file, fault.row, fault.column) == ("offers.csv", 2, column)
    assert said in fault.reason()


def test_the_shipped_region_codes_can_be_used(tmp_path):
    area = {"service_area_type": "regio", "service_area": "province: PV20"}
    found = read_register(folder(tmp_path, offers=frame("offers", area)))
    assert found.offers.loc[0, "service_area"] == "province:PV20"


def test_a_radius_needs_a_place(tmp_path):
    area = {"service_area_type": "radius", "service_area": "10", "location_id": "L1"}
    nowhere = frame("locations", {"gm_code": "", "edition": ""})
    tables = {"offers": frame("offers", area), "locations": nowhere}
    assert "no x and y and no gm_code" in str(only_fault(folder(tmp_path, **tables)))
    tables["locations"] = frame("locations", {})
    assert len(read_register(folder(tmp_path, **tables)).locations) == 1


def test_locations_and_inventory_have_their_edition(tmp_path):
    tables = {
        "locations": frame("locations", {"gm_code": "GM1979"}),
        "inventory": frame("inventory", {"gm_code": "GM0003", "edition": "2025"}),
    }
    found = faults(folder(tmp_path, **tables))
    assert [(fault.file, fault.column) for fault in found] == [
        ("inventory.csv", "gm_code"),
        ("locations.csv", "gm_code"),
    ]


def test_an_unreadable_table_gives_no_faults_in_what_refers_to_it(tmp_path):
    path = folder(tmp_path / "r")
    (path / "providers.csv").write_bytes(b"%PDF-1.4")
    assert only_fault(path).file == "providers.csv"
    (path / "providers.csv").unlink()
    assert only_fault(path).file == "providers.csv"


def test_a_faulty_row_can_still_be_referred_to(tmp_path):
    fault = only_fault(folder(tmp_path, providers=frame("providers", {"status": "x"})))
    assert (fault.file, fault.column) == ("providers.csv", "status")


def test_faults_of_all_files_at_once_by_file_and_row(tmp_path):
    found = faults(
        folder(
            tmp_path,
            providers=frame("providers", {"kvk": "1"}, {"provider_id": "P2", "status": ""}),
            offers=frame("offers", {"capacity_families": "-1"}, {"offer_id": "O2", "layer": "x"}),
        )
    )
    assert [(fault.file, fault.row) for fault in found] == [
        ("offers.csv", 2),
        ("offers.csv", 3),
        ("providers.csv", 2),
        ("providers.csv", 3),
    ]


# --- warnings ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "column", "said"),
    [
        ({"coordination": "present"}, "coordination", "no evidence"),
        ({"long_term": "yes", "duration_months_max": "3"}, "long_term", "does not agree"),
        ({"long_term": "no", "duration_months_min": "9"}, "long_term", "does not agree"),
        ({"year_to": "2009", "last_seen": "2011"}, "last_seen", "after it ended"),
        ({"year_from": "2009", "first_seen": "2005"}, "last_seen", "before it started"),
        ({"status": "example"}, "status", "Example rows stand among real ones"),
    ],
)
def test_warnings_do_not_stop_the_reading(tmp_path, changes, column, said):
    found = read_register(folder(tmp_path, offers=frame("offers", changes)))
    assert len(found.offers) == 1
    (warning,) = found.warnings
    assert (warning.row, warning.column, warning.severity) == (2, column, "warning")
    assert said in warning.text()


def test_evidence_takes_the_warning_away(tmp_path):
    changes = {"coordination": "present", "evidence": "Een plan, een regisseur."}
    assert read_register(folder(tmp_path, offers=frame("offers", changes))).warnings == ()


def test_location_of_another_provider(tmp_path):
    found = read_register(
        folder(
            tmp_path,
            providers=frame("providers", {}, {"provider_id": "P2"}),
            locations=frame("locations", {"provider_id": "P2"}),
            offers=frame("offers", {"location_id": "L1"}),
        )
    )
    assert "of another provider" in str(found.warnings[0])


def test_warnings_stand_beside_the_errors(tmp_path):
    offers = frame("offers", {"coordination": "present", "status": "x"})
    assert [fault.severity for fault in faults(folder(tmp_path, offers=offers))] == [
        "warning",
        "error",
    ]


def test_an_example_register_is_marked(tmp_path):
    example = {"status": "example"}
    found = read_register(
        folder(tmp_path, providers=frame("providers", example), offers=frame("offers", example))
    )
    assert found.is_example
    assert found.warnings == ()


# --- tables in memory -------------------------------------------------------


def test_from_tables_typed_or_text(tmp_path):
    from_text = Register.from_tables(frame("providers", {}), offers=frame("offers", {}))
    again = Register.from_tables(**from_text.tables, name="again")
    same(from_text, again)
    same(from_text, read_register(folder(tmp_path)))
    assert again.name == "again"


def test_from_tables_takes_what_a_screen_gives():
    offers = pd.DataFrame(
        [{**OFFER, "edition": 2010, "capacity_families": None, "year_from": 2009.0, "note": None}]
    )
    found = Register.from_tables(frame("providers", {}), offers=offers)
    assert found.offers.loc[0, "note"] == ""
    assert np.isnan(found.offers.loc[0, "capacity_families"])
    assert found.offers.loc[0, "year_from"] == 2009


def test_from_tables_numbers_rows_as_a_file_would():
    with pytest.raises(BadInputError) as caught:
        Register.from_tables(frame("providers", {}, {}))
    (fault,) = caught.value.faults
    assert (fault.file, fault.row, fault.params["first"]) == ("providers", 3, 2)


# --- writing ----------------------------------------------------------------

NASTY = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=40
) | st.sampled_from(
    ["=1+1", "'=1", "''=1", "-5", "@x", "'s-Hertogenbosch", 'zegt "ja"', "a;b,c|d", "a\nb", "#N/A"]
)


@st.composite
def registers(draw):
    """Valid registers with texts of any kind."""
    count = draw(st.integers(0, 4))
    certainty = st.sampled_from(["", "high", "low"])
    providers = [
        {
            "provider_id": f"P{number}",
            "name": "x" + draw(NASTY),
            "note": draw(NASTY),
            "certainty": draw(certainty),
            "source_date": draw(st.sampled_from(["", "2010", "2010-07", "2010-07-13"])),
            "kvk": draw(st.from_regex(r"[0-9]{8}|", fullmatch=True)),
        }
        for number in range(count + 1)
    ]
    locations = [
        {
            "location_id": f"L{number}",
            "provider_id": "P0",
            "x": draw(st.floats(10_000, 280_000)),
            "y": draw(st.floats(300_000, 630_000)),
        }
        for number in range(count)
    ]
    offers = [
        {
            "offer_id": f"O{number}",
            "provider_id": f"P{draw(st.integers(0, count))}",
            "capacity_families": draw(st.none() | st.floats(0, 1e6)),
            "year_from": draw(st.none() | st.integers(1900, 2100)),
            "evidence": draw(NASTY),
            "intensity_hours_week": draw(st.sampled_from(["", "3-4", "7"])),
        }
        for number in range(count)
    ]

    def table(name, rows):
        base = frame(name, *[{}] * len(rows)).astype(object)
        return base.assign(**pd.DataFrame(rows, dtype=object)) if rows else base

    return Register.from_tables(
        table("providers", providers),
        table("locations", locations),
        table("offers", offers),
        frame("inventory", *[{"gm_code": f"GM{code}"} for code in ("0034", "0363")[:count]]),
    )


@settings(max_examples=15, deadline=None)
@given(registers(), st.sampled_from(["folder", "a.xlsx"]))
def test_a_written_register_reads_back(tmp_path_factory, made, name):
    path = tmp_path_factory.getbasetemp() / "written" / name
    path.parent.mkdir(exist_ok=True)
    write_register(made, path)
    same(made, read_register(path))


@settings(max_examples=15, deadline=None)
@given(
    registers(),
    st.sampled_from(";,\t|"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from(["\r\n", "\n"]),
)
def test_a_register_saved_by_a_spreadsheet_reads_back(
    tmp_path_factory, made, delimiter, encoding, end
):
    path = tmp_path_factory.getbasetemp() / "saved"
    write_register(made, path)
    for name in made.tables:
        table = pd.read_csv(path / f"{name}.csv", dtype=str, keep_default_na=False)
        # A point is a decimal mark only in a file with commas: a spreadsheet in Dutch.
        if delimiter != ",":
            for column in ("x", "y", "capacity_families"):
                if column in table:
                    longer = table[column].where(table[column].eq(""), table[column] + "0")
                    has_point = table[column].str.fullmatch(r"-?[0-9]+\.[0-9]+")
                    table[column] = table[column].mask(has_point, longer)
        (path / f"{name}.csv").write_bytes(text(table, delimiter, end).encode(encoding))
    same(made, read_register(path))


def test_no_formula_is_written(tmp_path):
    made = Register.from_tables(
        frame("providers", {"name": '=HYPERLINK("http://x")', "note": "-1"})
    )
    write_register(made, tmp_path / "r")
    written = (tmp_path / "r" / "providers.csv").read_text(encoding="utf-8")
    assert "'=HYPERLINK" in written
    assert ",'-1" in written
    write_register(made, tmp_path / "r.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "r.xlsx")["providers"]["B2"]
    assert (cell.data_type, cell.value) == ("s", '=HYPERLINK("http://x")')


def test_written_files_are_plain(tmp_path):
    write_register(Register.from_tables(frame("providers", {"name": "Coördinatie"})), tmp_path)
    content = (tmp_path / "providers.csv").read_bytes()
    assert content.startswith(b"provider_id,name,")
    assert b"\r" not in content
    assert "Coördinatie" in content.decode("utf-8")


def test_ten_thousand_offers_in_less_than_two_seconds(tmp_path):
    offers = frame("offers", *[{}] * 10_000)
    offers["offer_id"] = [f"O{number}" for number in range(len(offers))]
    offers["capacity_families"] = np.arange(len(offers)).astype(str)
    path = folder(tmp_path, offers=offers)
    start = time.perf_counter()
    found = read_register(path)
    assert time.perf_counter() - start < 2
    assert found.offers["capacity_families"].sum() == sum(range(10_000))


# --- demand -----------------------------------------------------------------


def test_demand(tmp_path):
    table = frame(
        "demand",
        {"imposed": "1,5", "extended_low": "20"},
        {"gm_code": "GM0034", "imposed": ".", "extended": "", "unit": "kinderen", "source": "BJZ"},
        {"gm_code": "GM0003", "imposed": "-", "extended": "onbekend", "count_status": "geschat"},
    )
    found = read_demand(write(tmp_path / "vraag.csv", table), 2010)
    assert found.index.name == "gm_code"
    assert found.index.tolist() == ["GM0003", "GM0034", "GM0363"]
    row = found.loc["GM0363"]
    assert (row["imposed"], row["imposed_low"], row["imposed_high"]) == (1.5, 1.5, 1.5)
    assert (row["extended_low"], row["extended"], row["extended_high"]) == (20, 30, 30)
    assert (row["count_status"], row["unit"], row["source"]) == ("entered", "children", "vraag.csv")
    assert found.loc["GM0034", ["source", "unit"]].tolist() == ["BJZ", "children"]
    assert found["imposed"].isna().tolist() == [True, True, False]
    assert found.loc["GM0003", "count_status"] == "estimated"
    assert "name" not in found


def demand_faults(path, year=2010):
    with pytest.raises(BadInputError) as caught:
        read_demand(path, year)
    return [fault.text() for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"gm_code": "GM1979"}, "not in edition 2010 but in 2025"),
        ({"gm_code": "363"}, "did you mean GM0363"),
        ({"imposed": "-5"}, "below zero"),
        ({"extended": "1.200"}, "Write 1200"),
        ({"imposed_low": "20", "imposed_high": "10"}, "imposed_high is below imposed_low"),
        ({"imposed_low": "20"}, "imposed is below imposed_low"),
        ({"extended_high": "20"}, "extended_high is below extended"),
    ],
)
def test_demand_that_cannot_be(tmp_path, changes, said):
    path = write(tmp_path / "a.csv", frame("demand", changes))
    assert any(said in line for line in demand_faults(path))


@pytest.mark.parametrize("count", ["imposed", "extended"])
def test_more_orders_than_children_cannot_be(tmp_path, count):
    # Edition 2010: Rozendaal has some 350 residents under 18.
    changes = {"gm_code": "GM0277", "imposed": "1", "extended": "1"}
    good = write(tmp_path / "a.csv", frame("demand", changes | {count: "300"}))
    assert len(read_demand(good, 2010)) == 1
    (fault,) = demand_faults(write(tmp_path / "a.csv", frame("demand", changes | {count: "3000"})))
    assert f"column {count}: 3000 orders cannot be: Rozendaal has " in fault


@pytest.mark.parametrize("number", ["9" * 400, "1e308", "1000001", "inf"])
def test_numbers_that_are_too_high(tmp_path, number):
    if number != "inf":
        (fault,) = demand_faults(
            write(tmp_path / "a.csv", frame("demand", {"imposed_high": number}))
        )
        assert "is more than 1000000: that is too many" in fault
    offers = frame("offers", {"capacity_families": number})
    fault = only_fault(folder(tmp_path / "r", offers=offers))
    assert fault.column == "capacity_families"
    assert "below zero" not in fault.text()


def doubts(path):
    return [fault.text() for fault in read_demand(path, 2010).attrs["warnings"]]


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("GM0363", "Amsterdam"),
        ("GM0363", "AMSTERDAM "),
        ("GM0518", "Den Haag"),
        ("GM0518", "'s Gravenhage"),
        ("GM0373", "Bergen"),
        ("GM0373", "Bergen (NH)"),
        ("GM0363", ""),
    ],
)
def test_names_that_a_municipality_has(tmp_path, code, name):
    rows = frame("demand", {"gm_code": code, "name": name})
    assert doubts(write(tmp_path / "a.csv", rows)) == []


def test_the_name_of_another_municipality_is_doubted(tmp_path):
    rows = frame("demand", {"name": "Almere"}, {"gm_code": "GM0034", "name": "Almere"})
    (said,) = doubts(write(tmp_path / "a.csv", rows))
    assert "row 2, column name: GM0363 is Amsterdam, not “Almere”." in said


@pytest.mark.parametrize(
    "rows", [[], [{"imposed": "", "extended": ""}], [{"imposed": "", "extended": "4"}]]
)
def test_a_demand_table_of_which_nothing_is_used_says_so(tmp_path, rows):
    said = doubts(write(tmp_path / "a.csv", frame("demand", *rows)))
    assert sum("No counts are used" in line for line in said) == 1


def test_demand_twice_for_one_municipality(tmp_path):
    (fault,) = demand_faults(write(tmp_path / "a.csv", frame("demand", {}, {})))
    assert "“GM0363” is already in row 2" in fault


def test_demand_without_one_of_the_counts(tmp_path):
    path = write(tmp_path / "a.csv", frame("demand", {}, drop=["extended", "running"]))
    assert any("“extended” is missing" in line for line in demand_faults(path))


def test_demand_from_a_workbook_and_doubts(tmp_path):
    rows = frame("demand", {"extended": "", "unit": "measures"}, {"gm_code": "GM0034"})
    path = sheets(tmp_path / "a.xlsx", Blad1=rows)
    assert len(read_demand(path, 2010)) == 2
    said = [fault.text() for fault in check(path).faults]
    assert any("For GM0363 the figures that come with the edition" in line for line in said)
    assert any(
        "count measures. By the settings they are converted to families" in line for line in said
    )
    assert check(path).usable


def test_words_in_messages_are_those_of_the_reader(tmp_path):
    rows = frame("demand", {"unit": "gezinnen", "count_status": "gegokt"})
    (fault,) = check(write(tmp_path / "a.csv", rows)).faults
    assert "“gegokt” is not one of the words allowed here: observed, estimated" in fault.text()
    unit = check(write(tmp_path / "b.csv", frame("demand", {"unit": "gezinnen"}))).faults[0]
    long = {"long_term": "ja", "duration_months_max": "3"}
    term = check(write(tmp_path / "c.csv", frame("offers", long))).faults[0]
    region = {"service_area_type": "regio", "service_area": ""}
    area = check(write(tmp_path / "d.csv", frame("offers", region))).faults[0]
    assert "count families." in unit.text()
    assert "long_term is yes;" in term.text()
    i18n.use("nl")
    assert "waargenomen, geschat, ingevoerd, voorbeeld" in fault.text()
    assert "gezinnen" in unit.text()
    assert "long_term is ja;" in term.text()
    assert "regio" in area.text()


def test_doubts_about_demand_wait_until_it_can_be_read(tmp_path):
    path = write(tmp_path / "a.csv", frame("demand", {"imposed": "x"}))
    assert [fault.severity for fault in check(path).faults] == ["error"]


# --- check ------------------------------------------------------------------


def test_check_of_a_register(tmp_path):
    report = check(folder(tmp_path, offers=frame("offers", {"coordination": "present"}, {})))
    assert report.rows == {"providers": 1, "locations": 0, "offers": 2, "inventory": 0}
    assert [fault.severity for fault in report.faults] == ["warning", "error"]
    assert not report.usable


@pytest.mark.parametrize("name", list(SCHEMAS))
def test_check_recognises_one_table(tmp_path, name):
    table = frame(name, {})
    for path in (write(tmp_path / "x.csv", table), sheets(tmp_path / "x.xlsx", Blad1=table)):
        kind = "demand" if name in schema.DEMANDS else name
        assert check(path) == register.Report((), {kind: 1})


def test_check_of_one_table_knows_the_editions(tmp_path):
    report = check(write(tmp_path / "x.csv", frame("offers", {"service_area": "GM1979"})))
    assert "not in edition 2010" in str(report.faults[0])
    codes = [{"gm_code": code} for code in ("GM1979", "GM0363", "GM0003")]
    report = check(write(tmp_path / "x.csv", frame("demand", *codes)))
    assert [fault.value for fault in report.faults] == ["GM0003"]


def test_check_of_a_workbook(tmp_path):
    path = sheets(tmp_path / "a.xlsx", providers=frame("providers", {}), offers=frame("offers", {}))
    assert check(path).rows == {"providers": 1, "locations": 0, "offers": 1, "inventory": 0}
    path = sheets(tmp_path / "b.xlsx", een=frame("offers", {}), twee=frame("offers", {}))
    assert "no sheet “providers”" in str(check(path).faults[0])


def test_check_of_what_is_no_table(tmp_path):
    assert "cannot be opened" in str(check(tmp_path / ("x" * 5000)).faults[0])
    assert not check(tmp_path / "nothing").usable
    path = tmp_path / "x.csv"
    path.write_bytes(b"PK\x03\x04")
    assert not check(path).usable
    path.write_text("a;b\n1;2\n", encoding="utf-8")
    assert "No heading is known" in str(check(path).faults[0])
    assert not check(tmp_path).usable


@pytest.mark.parametrize("path", [coverage.PUBLIC_REGISTER, coverage.EXAMPLE_REGISTER])
def test_the_shipped_registers_are_sound(path):
    assert check(path).faults == ()


# --- faults -----------------------------------------------------------------

FAULT = Fault("a.csv", 2, "edition", "2016", "There is no edition {value}.")


def test_a_fault_is_said_in_the_language_of_the_reader(monkeypatch):
    catalogue = {
        "There is no edition {value}.": "Er is geen editie {value}.",
        "row {row}": "rij {row}",
        "column {column}": "kolom {column}",
    }

    class Dutch:
        def gettext(self, message):
            return catalogue[message]

    assert str(FAULT) == "a.csv, row 2, column edition: There is no edition 2016."
    monkeypatch.setattr(i18n, "_catalogue", lambda _code: Dutch())
    assert FAULT.text() == "a.csv, rij 2, kolom edition: Er is geen editie 2016."


def test_values_with_braces_and_long_values():
    assert "{x}" in Fault("a.csv", None, "", "{x}", "“{value}”").text()
    assert Fault("a.csv", None, "", "x" * 100, "{value}").reason() == "x" * 59 + "…"


def test_an_error_says_all_its_faults_in_order():
    many = [Fault("a.csv", row, "", str(row), "{value}") for row in range(SHOWN + 10, 0, -1)]
    error = BadInputError([*many, many[0]])
    assert len(error.faults) == SHOWN + 10
    assert str(error).splitlines()[0] == "a.csv, row 1: 1"
    assert str(error).splitlines()[-1] == "and 10 more"


def test_faults_as_a_table():
    table = BadInputError([FAULT]).to_frame()
    assert table.to_dict("records") == [
        {
            "severity": "error",
            "file": "a.csv",
            "row": 2,
            "column": "edition",
            "value": "2016",
            "message": "There is no edition 2016.",
        }
    ]
    assert len(faults_table([])) == 0


def test_errors_and_warnings_apart():
    warning = Fault("a.csv", None, "", "", "x", severity="warning")
    assert errors([FAULT, warning]) == (FAULT,)
    assert warnings([FAULT, warning]) == (warning,)
    assert hash(FAULT) == hash(Fault("a.csv", 2, "edition", "2016", FAULT.message))


def test_a_flood_of_faults_is_counted():
    found = list(capped(Fault("a.csv", row, "x", "", "wrong") for row in range(5000)))
    assert len(found) == 1001
    assert found[-1].text() == "a.csv, column x: 4000 more rows have the same fault."


def test_counts_of_the_demand_columns():
    assert set(COUNT) <= set(schema.columns(schema.DEMAND))
