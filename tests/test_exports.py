"""Tables that leave the tool, reopened by another program."""

import io
import zipfile

import openpyxl
import pandas as pd
import pytest

import coverage
from coverage import exports, gap_table, i18n
from coverage.ui import download

RECORD = {"edition": 2010, "settings": {"share_imposed": 0.03}, "counts": [{"source": "made"}]}


@pytest.fixture(autouse=True)
def dutch():
    yield
    i18n.use(i18n.DEFAULT)


@pytest.fixture
def table():
    return pd.DataFrame(
        {
            "gm_code": ["GM0003", "GM0363"],
            "name": ["=HYPERLINK(1)", "'s-Gravenhage"],
            "gap_low": [0.0, 1234.5],
            "capacity_high": [float("nan"), 3.0],
            "certain": [True, False],
        }
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_begins_like_a_formula_is_text(start):
    made = pd.DataFrame({"name": [start + "1+1"], "number": [-1.0]})
    safe = exports.neutralise(made)
    assert safe.loc[0, "name"] == "'" + start + "1+1"
    assert safe.loc[0, "number"] == -1


def test_a_formula_among_other_things_is_text_too():
    mixed = pd.DataFrame({"name": ["=1", None, 3]}, dtype=object)
    assert exports.neutralise(mixed)["name"].tolist() == ["'=1", None, 3]


def test_dutch_excel_csv(table, tmp_path):
    path = tmp_path / "gap.csv"
    exports.write_table(table, path, RECORD)
    text = path.read_bytes().decode("utf-8-sig")
    assert text.splitlines()[1:] == [
        "GM0003;'=HYPERLINK(1);0,0;;True",
        "GM0363;'s-Gravenhage;1234,5;3,0;False",
    ]


def test_plain_csv(table, tmp_path):
    path = tmp_path / "gap.csv"
    exports.write_table(table, path, RECORD, plain=True)
    back = pd.read_csv(path)
    assert back["gap_low"].tolist() == [0, 1234.5]
    assert path.read_bytes()[:3] == b"gm_"


def test_excel_keeps_text_numbers_and_blanks_apart(table, tmp_path):
    path = tmp_path / "gap.xlsx"
    exports.write_table(table, path, RECORD)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert rows[0] == ("GM0003", "=HYPERLINK(1)", 0, None, True)
    assert sheet["B2"].data_type == "s"  # a string, where a formula would be "f"
    assert rows[1][2] == 1234.5
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref == "A1:E3"
    about = {row[0]: row[1] for row in book.worksheets[1].iter_rows(values_only=True)}
    assert about["edition"] == "2010"
    assert about["settings / share_imposed"] == "0.03"


def formats(path):
    """Number format and value of the cells under each heading of a workbook."""
    sheets = openpyxl.load_workbook(path).worksheets[:-1]  # the last tells what made it
    return {
        sheet.cell(1, place).value: [
            (sheet.cell(row, place).number_format, sheet.cell(row, place).value)
            for row in range(2, sheet.max_row + 1)
        ]
        for sheet in sheets
        for place in range(1, sheet.max_column + 1)
    }


def test_excel_shows_years_rates_and_shares_as_what_they_are(tmp_path):
    made = pd.DataFrame(
        {
            "gm_code": ["GM0003", "GM0363"],
            "residents_0_17": [4000.0, 1234567.0],
            "residents_0_17_year": [2025.0, float("nan")],
            "first_seen": pd.array([2009, pd.NA], dtype="Int64"),
            "gap_low": [0.5, 1234.5],
            "gap_per_1000_low": [1.0, 0.25],
            "share_unknown": [0.9971, 1.0],
        }
    )
    more = {"Ranks": pd.DataFrame({"rank_from": [1], "low": [0.2512], "year": [2010]})}
    exports.write_table(made, tmp_path / "made.xlsx", RECORD, more=more)
    found = formats(tmp_path / "made.xlsx")
    assert found["residents_0_17"][1] == ("#,##0", 1234567)
    assert found["residents_0_17_year"] == [("0", 2025), ("General", None)]
    assert found["first_seen"][0] == ("0", 2009)
    assert found["gap_low"][0] == ("#,##0.0", 0.5)
    assert found["gap_per_1000_low"] == [("#,##0.00", 1), ("#,##0.00", 0.25)]
    assert found["share_unknown"][0] == ("0.0%", 0.9971)
    assert found["rank_from"] == [("#,##0", 1)]
    assert found["low"] == [("#,##0.00", 0.2512)]
    assert found["year"] == [("0", 2010)]
    assert found["gm_code"][0][0] == "@"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_rates_under_headings_in_words_are_rates(tmp_path, language):
    i18n.use(language)
    assessment = coverage.assess(
        coverage.load_edition(2025), coverage.read_register(coverage.EXAMPLE_REGISTER)
    )
    view = gap_table.View(codes=("GM0014", "GM0363"), region_set="province")
    shown = gap_table.show(assessment, view)
    rate, gap = (i18n._(gap_table.FIELDS[key].heading) for key in ("gap_per_1000", "gap"))
    for table in (
        gap_table.seen(shown, gap_table.USUAL),
        gap_table.seen_totals(shown, gap_table.USUAL),
    ):
        exports.write_table(table, tmp_path / "seen.xlsx", RECORD, example=True)
        found = formats(tmp_path / "seen.xlsx")
        rates = [cells for name, cells in found.items() if name.startswith(f"{rate},")]
        assert {shape for cells in rates for shape, value in cells if value} == {"#,##0.00"}
        others = [cells for name, cells in found.items() if name.startswith(f"{gap},")]
        assert {shape for cells in others for shape, value in cells if value} <= {
            "#,##0.0",
            "#,##0",
        }


def test_the_example_mark_is_in_each_row(table, tmp_path):
    for name in ("gap.csv", "gap.xlsx"):
        exports.write_table(table, tmp_path / name, RECORD, example=True)
    csv = pd.read_csv(tmp_path / "gap.csv", sep=";", decimal=",")
    book = pd.read_excel(tmp_path / "gap.xlsx", engine="calamine")
    assert set(csv["example"]) == set(book["example"]) == {"example"}


def test_each_csv_of_a_zip_says_why_it_is_not_protected(table):
    record = {"protection": {"protected": False, "why": "for the court"}}
    made = download.Contents(table, record, {"Totals": table[["gm_code", "gap_low"]]})
    content = download.csv(lambda: made, "en", "x", example=True)
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        names = sorted(bundle.namelist())
        assert names == ["x-totals.csv", "x.csv", "x.csv-metadata.json"]
        for name in names[:2]:
            rows = pd.read_csv(bundle.open(name), sep=";")
            assert set(rows["unprotected"]) == {"for the court"}
            assert set(rows["example"]) == {"example"}


def test_a_failed_write_leaves_the_old_file(table, tmp_path, monkeypatch):
    path = tmp_path / "gap.csv"
    path.write_text("old")

    def fail(*_args, **_kwargs):
        raise OSError

    monkeypatch.setattr(pd.DataFrame, "to_csv", fail)
    with pytest.raises(OSError, match=r"^$"):
        exports.write_table(table, path, RECORD)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_unknown_suffix_is_refused(table, tmp_path):
    with pytest.raises(exports.UnknownFormatError, match=r"\.csv, \.xlsx"):
        exports.write_table(table, tmp_path / "gap.doc", RECORD)


def test_further_tables_have_sheets_of_their_own(table, tmp_path):
    path = tmp_path / "gap.xlsx"
    totals = pd.DataFrame({"region": ["=1+1"], "gap": [3.0]})
    exports.write_table(table, path, RECORD, example=True, more={"Totals": totals})
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[1] == "Totals"
    assert book.sheetnames[3:] == ["run.json"]
    assert len(book.sheetnames) == 4
    rows = list(book["Totals"].iter_rows(values_only=True))
    assert rows == [("region", "gap", "example"), ("=1+1", 3, "example")]
    assert book["Totals"]["A2"].data_type == "s"
