"""Files that are broken or meant to do harm: read as what they say, or refused with a reason."""

import io
import struct
import zipfile

import openpyxl
import pandas as pd
import pytest
import xlsxwriter

from coverage import _cells, i18n
from coverage.editions import load_edition
from coverage.faults import errors
from coverage.intake import Defaults, FileKind, Verdict, match, open_file, preflight, sample, titles
from coverage.register import empty_register, read_register, write_register
from tests import worsened

EDITION = load_edition(2025)
HEADINGS = ["Organisatie", "Naam aanbod", "Woonplaats", "Werkgebied", "Opmerking"]
ROW = ["Stichting Verzonnen", "Gezinscoach", "Almere", "Almere", ""]


@pytest.fixture(autouse=True)
def english():
    i18n.use("en")
    yield
    i18n.use(i18n.DEFAULT)


@pytest.mark.parametrize(("name", "what"), [("a.PNG", "a picture (PNG)"), ("a", "not readable")])
def test_a_damaged_picture_is_called_what_its_name_says(tmp_path, name, what):
    path = tmp_path / name
    path.write_bytes(b"\x81NG\x01\x1a\x8d")
    assert what in refusal(path)


def refusal(path):
    """The one reason for which a file is refused."""
    opened = open_file(path)
    assert opened.kind is FileKind.UNREADABLE
    found = errors(opened.faults)
    assert len(found) == 1, [str(fault) for fault in found]
    return str(found[0])


def judged(path, register=None, **defaults):
    opened = open_file(path)
    assert opened.kind is FileKind.FLAT, [str(fault) for fault in opened.faults]
    cells = next(iter(opened.sheets.values()))
    matching = match(titles(cells), sample(cells))
    return preflight(
        cells,
        matching,
        edition=EDITION,
        register=register or empty_register(),
        defaults=Defaults(source="list", **defaults),
    )


def book(path, *rows, headings=HEADINGS):
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for row in (headings, *rows):
        sheet.append(row)
    workbook.save(path)
    return path


def shared_book(path, *rows):
    """A workbook whose cells share their texts, as Excel writes it."""
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        for number, row in enumerate((HEADINGS, *rows)):
            sheet.write_row(number, 0, row)
    return path


def remade(path, change=None, **parts):
    """A workbook with parts replaced or added; `change` works on the sheet."""
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    if change:
        content["xl/worksheets/sheet1.xml"] = change(content["xl/worksheets/sheet1.xml"])
    content |= {name.replace("__", "/"): data for name, data in parts.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def text(path, *rows, headings=HEADINGS, encoding="utf-8", delimiter=";"):
    lines = [delimiter.join(row) for row in (headings, *rows)]
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode(encoding))
    return path


# --- workbooks --------------------------------------------------------------


def test_a_zip_bomb_that_says_how_large_it_is(tmp_path):
    path = book(tmp_path / "a.xlsx", ROW)
    spaces = b" " * (_cells.MAX_UNPACKED + 1)
    remade(path, lambda sheet: sheet.replace(b"<sheetData>", spaces + b"<sheetData>"))
    assert path.stat().st_size < 2_000_000
    assert "too large" in refusal(path)


def test_a_zip_bomb_that_lies_about_its_size(tmp_path):
    path = book(tmp_path / "a.xlsx", ROW)
    spaces = b" " * 50_000_000
    remade(path, lambda sheet: sheet.replace(b"<sheetData>", spaces + b"<sheetData>"))
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    stated = struct.pack("<I", size)
    assert data.count(stated) == 2  # before the part, and in the list of parts
    path.write_bytes(bytes(data).replace(stated, struct.pack("<I", 1000)))
    assert "cannot be read" in refusal(path)


def test_one_long_text_in_a_million_cells(tmp_path):
    path = shared_book(tmp_path / "a.xlsx", ["x" * 30_000, "b", "c", "d", "e"])
    cells = b"<row>" + b'<c t="s"><v>5</v></c>' * 1000 + b"</row>"
    remade(path, lambda sheet: sheet.replace(b"</sheetData>", cells * 100 + b"</sheetData>"))
    assert "more than 500000000 characters" in refusal(path)


def test_more_cells_than_a_table_has(tmp_path, monkeypatch):
    monkeypatch.setattr(_cells, "MAX_CELLS", 1000)
    path = book(tmp_path / "a.xlsx", ROW)
    cells = b"<row>" + b'<c t="s"><v>5</v></c>' * 1001 + b"</row>"
    remade(path, lambda sheet: sheet.replace(b"</sheetData>", cells + b"</sheetData>"))
    assert "too large" in refusal(path)


def test_one_long_text_in_many_cells_of_libreoffice(tmp_path):
    table = pd.DataFrame([ROW], columns=HEADINGS)
    data = worsened.as_ods(table)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content = archive.read("content.xml")
        mimetype = archive.read("mimetype")
    many = content.replace(
        b'<table:table-cell office:value-type="string"><text:p>Gezinscoach',
        b'<table:table-cell table:number-columns-repeated="400" office:value-type="string"><text:p>'
        + b"x" * 30_000,
    ).replace(b"<table:table-row>", b'<table:table-row table:number-rows-repeated="100">')
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", mimetype)
        archive.writestr("content.xml", many)
    assert "characters" in refusal(path)


def test_entities_that_grow(tmp_path):
    path = shared_book(tmp_path / "a.xlsx", ROW)
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'.encode() for n in range(9)
    )
    strings = (
        b'<?xml version="1.0"?>'
        + laughs
        + b']><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        + b"<si><t>&j;</t></si>" * 10
        + b"</sst>"
    )
    opened = open_file(remade(path, **{"xl__sharedStrings.xml": strings}))
    texts = [cell for cells in opened.sheets.values() for _n, row in cells.rows for cell in row]
    assert sum(map(len, texts)) < 1000


def test_macros_are_left_alone(tmp_path):
    path = book(tmp_path / "a.xlsm", ROW)
    remade(path, **{"xl__vbaProject.bin": b"\xd0\xcf\x11\xe0 Sub AutoOpen()"})
    assert judged(path).counts[Verdict.GOOD] == 1


def test_formulas_are_not_run_and_their_values_read(tmp_path):
    path = book(tmp_path / "a.xlsx", ROW)

    def with_formulas(sheet):
        cell = (
            b'<c r="A2" t="str"><f>WEBSERVICE("http://127.0.0.1/")</f><v>Stichting Waarde</v></c>'
        )
        start = sheet.index(b'<c r="A2"')
        return sheet[:start] + cell + sheet[sheet.index(b"</c>", start) + 4 :]

    remade(path, with_formulas)
    assert judged(path).rows.loc[2, "provider"] == "Stichting Waarde"


def test_formulas_without_a_value_are_told(tmp_path):
    path = book(tmp_path / "a.xlsx", ['=CONCATENATE("a","b")', *ROW[1:]], ["=1+1", *ROW[1:]])
    opened = open_file(path)
    assert "2 cells hold a formula of which the file has no value, first A2" in str(
        opened.faults[0]
    )
    result = judged(path)
    assert result.rows.loc[2, "verdict"] == Verdict.ERROR
    assert "name of the provider is missing" in result.rows.loc[2, "reasons"]


def test_links_to_other_files_are_not_followed(tmp_path):
    path = book(tmp_path / "a.xlsx", ROW)
    link = (
        b'<?xml version="1.0"?><externalLink '
        b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<externalBook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
        b'relationships" r:id="rId1"/></externalLink>'
    )
    target = (
        b'<?xml version="1.0"?><Relationships '
        b'xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        b'relationships/externalLinkPath" Target="file:///etc/passwd" TargetMode="External"/>'
        b"</Relationships>"
    )

    def with_link(sheet):
        cell = b'<c r="E2" t="str"><f>[1]Blad1!A1</f><v>kept</v></c></row>'
        return sheet.replace(b"</row></sheetData>", cell + b"</sheetData>")

    remade(
        path,
        with_link,
        **{
            "xl__externalLinks__externalLink1.xml": link,
            "xl__externalLinks___rels__externalLink1.xml.rels": target,
        },
    )
    result = judged(path)
    assert result.counts[Verdict.GOOD] == 1
    assert "root:" not in result.original.to_csv()


def test_merged_headings_and_a_title(tmp_path):
    table, _mistakes = worsened.worsened()
    path = tmp_path / "a.xlsx"
    path.write_bytes(worsened.as_xlsx(table))
    result = judged(path)
    assert result.matching["Pc"] == "postcode"
    assert result.rows.index[0] == 5  # as Excel numbers it


def test_two_hundred_thousand_empty_rows(tmp_path):
    path = book(tmp_path / "a.xlsx", ROW)
    empty = b"".join(
        b'<row r="%d"><c r="A%d" s="0"/><c r="E%d" s="0"/></row>' % (n, n, n)
        for n in range(3, 200_003)
    )
    remade(path, lambda sheet: sheet.replace(b"</sheetData>", empty + b"</sheetData>"))
    assert len(judged(path).rows) == 1
    lines = tmp_path / "a.csv"
    text(lines, ROW, *[[""] * 5] * 200_000)
    assert len(judged(lines).rows) == 1


def test_a_workbook_that_is_cut_off(tmp_path):
    path = book(tmp_path / "a.xlsx", ROW)
    path.write_bytes(path.read_bytes()[:-200])
    assert "cannot be read" in refusal(path) or "zip file" in refusal(path)


def test_a_workbook_with_a_damaged_part(tmp_path):
    path = book(tmp_path / "a.xlsx", *[ROW] * 50)
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo("xl/worksheets/sheet1.xml").header_offset
    data[start + 80 : start + 120] = b"\x00" * 40
    path.write_bytes(bytes(data))
    assert "cannot be read" in refusal(path)


# --- text -------------------------------------------------------------------


def test_quotation_marks_that_do_not_close(tmp_path):
    path = text(tmp_path / "a.csv", ROW, ['"Stichting', *ROW[1:]], ROW)
    assert "quotation mark is opened" in refusal(path)


def test_null_characters(tmp_path):
    path = text(tmp_path / "a.csv", ["Stich\x00ting", *ROW[1:]])
    assert "null characters" in refusal(path)


def test_two_encodings_in_one_file(tmp_path):
    path = tmp_path / "a.csv"
    one = ";".join(["Coöperatie Één", *ROW[1:]])
    other = ";".join(["Ambulante zorg Übersee", *ROW[1:]])
    path.write_bytes(
        b"\xef\xbb\xbf"
        + ";".join(HEADINGS).encode()
        + b"\r\n"
        + one.encode()
        + b"\r\n"
        + other.encode("cp1252")
        + b"\r\n"
    )
    opened = open_file(path)
    assert "partly UTF-8 and partly Windows-1252" in str(opened.faults[0])
    assert opened.kind is FileKind.FLAT
    assert judged(path).rows["provider"].tolist() == ["Coöperatie Één", "Ambulante zorg Übersee"]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_ten_thousand_columns(tmp_path, ending):
    headings = [*HEADINGS, *[f"Kolom {number}" for number in range(10_000)]]
    row = [*ROW, *["x"] * 10_000]
    path = tmp_path / f"a.{ending}"
    if ending == "csv":
        text(path, row, headings=headings)
    else:
        book(path, row, headings=headings)
    said = refusal(path)
    assert "10005 cells; at most 500 columns" in said


def test_ten_thousand_empty_columns_are_none(tmp_path):
    path = text(tmp_path / "a.csv", ROW + [""] * 10_000, headings=HEADINGS + [""] * 10_000)
    assert judged(path).counts[Verdict.GOOD] == 1


# --- texts in the cells -----------------------------------------------------

NAMES = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "Naam " * 2000,
    "\N{HEBREW LETTER ALEF}\N{HEBREW LETTER BET} \u202egnicsnizeg",
    "\N{SMILING FACE WITH OPEN MOUTH AND SMILING EYES} Coach \N{FAMILY}",
    "=1+1",
    "+31 6 12345678",
    "@SUM(A1)",
    "-2",
    "{value} {0} %s",
    "\\N{BULLET} \\x00 $(id) `id` ; DROP TABLE offers;--",
]


def test_names_stay_what_they_are(tmp_path):
    """Harm is kept off where a text becomes HTML, not by changing it."""
    path = book(tmp_path / "a.xlsx")
    workbook = openpyxl.load_workbook(path)
    for number, name in enumerate(NAMES, start=2):
        for place, cell in enumerate([name, name, "Almere", "Almere", name], start=1):
            workbook.active.cell(number, place, cell).data_type = "s"
    workbook.save(path)
    result = judged(path)
    assert result.rows["verdict"].isin([Verdict.GOOD, Verdict.WARNING]).all()
    assert result.rows["reasons"].map(len).max() < 2000
    register = result.register()
    names = [name.strip() for name in NAMES]
    assert register.offers["name"].tolist() == names
    write_register(register, tmp_path / "own")
    again = read_register(tmp_path / "own")
    assert again.offers["name"].tolist() == names
    assert again.providers["name"].tolist() == names


def test_a_text_longer_than_a_cell_is_refused(tmp_path):
    path = text(tmp_path / "a.csv", ROW, [*ROW[:4], "x" * 40_000])
    result = judged(path)
    assert "has 40000 characters" in result.rows.loc[3, "reasons"]
    assert result.counts[Verdict.ERROR] == 1


def test_a_row_with_too_many_cells(tmp_path):
    result = judged(text(tmp_path / "a.csv", ROW, [*ROW, "more"]))
    assert "has 6 cells, the headings are 5" in result.rows.loc[3, "reasons"]
    assert result.rows.loc[3, "verdict"] == Verdict.ERROR


# --- what the file says -----------------------------------------------------


def test_the_same_file_twice(tmp_path):
    table = worsened.flat().head(30)
    path = tmp_path / "a.csv"
    path.write_bytes(worsened.as_csv(table, encoding="utf-8-sig"))
    first = judged(path)
    register = first.register()
    second = judged(path, register)
    assert second.counts[Verdict.DUPLICATE] == len(first.accepted) == 30
    assert not second.accepted
    pd.testing.assert_frame_equal(second.register().offers, register.offers)


def test_a_file_that_changes_the_codes_of_its_edition(tmp_path):
    areas = ["GM0003;GM0010;GM0024", "GM1979", "GM0003;GM1979", "GM0003", "GM9999", "1979"]
    rows = [["Stichting", f"Aanbod {n}", "", area, ""] for n, area in enumerate(areas)]
    result = judged(book(tmp_path / "a.xlsx", *rows))
    offers = result.register().offers.set_index("name")
    # Codes that only another year has are of that year; nothing is made of them.
    assert offers.loc["Aanbod 0", ["service_area", "edition"]].tolist() == [areas[0], 2010]
    assert offers.loc["Aanbod 1", ["service_area", "edition"]].tolist() == [areas[1], 2025]
    # Codes of two years in one row: carried to one, and marked when they are a part of it.
    assert offers.loc["Aanbod 2", ["service_area", "edition"]].tolist() == ["GM1979", 2025]
    assert offers.loc["Aanbod 5", ["service_area", "edition"]].tolist() == ["GM1979", 2025]
    verdicts = result.rows["verdict"].tolist()
    assert verdicts == ["warning", "good", "warning", "warning", "error", "warning"]
    assert "no municipality with the code GM9999" in result.rows.loc[6, "reasons"]
