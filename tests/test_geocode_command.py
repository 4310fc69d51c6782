"""`dekkend geocode`, as a user types it: nothing is lost, and what happened is told."""

import csv
import datetime as dt
import sys

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coverage import cli, cli_geocode, i18n
from coverage.geocode import files, pdok
from tests import pdok_server

ROWS = [
    ["Organisatie", "Straat", "Huisnr", "Pc", "Plaats", "Gemeente", "x"],
    [' CJG "Brink" ', "Brink", "3", "1251KT", "Laren", "", "007"],
    ["=1+1", "Dorps\nweg", "12-A bis", "", "Laren", "Lochem", "1,50"],
    ["A;B", "", "", "", "Laren", "", " "],
    ["", "", "", "", "", "", ""],
    ["Zorg", "Postbus 3", "", "3500 AB", "Utrecht", "", "-"],
]


@pytest.fixture
def dekkend(monkeypatch, capsys):
    """Run the command in this process; gives exit code and messages."""

    def run(*arguments):
        given = ["dekkend", "--lang", "en", "geocode", *map(str, arguments)]
        monkeypatch.setattr(sys, "argv", given)
        try:
            cli.main()
            code = 0
        except SystemExit as stop:
            code = stop.code or 0
        finally:
            i18n.use(i18n.DEFAULT)
        return code, capsys.readouterr().err

    return run


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "table.csv"
    write(path, ROWS)
    return path


def write(path, rows, encoding="utf-8", delimiter=";", start=""):
    with path.open("w", encoding=encoding, newline="") as stream:
        stream.write(start)
        csv.writer(stream, delimiter=delimiter).writerows(rows)


def read(path, delimiter=";"):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream, delimiter=delimiter))


def column(rows, name):
    return [row[rows[0].index(name)] for row in rows[1:]]


def test_every_value_stays_and_columns_are_added(dekkend, table, tmp_path):
    code, said = dekkend(table, "--out", tmp_path / "out.csv")
    rows = read(tmp_path / "out.csv")
    assert code == 0
    assert [row[:7] for row in rows] == ROWS
    # One name is taken already.
    expected = ["dekkend_x", *cli_geocode.added()[1:]]
    assert rows[0][7:] == expected
    assert column(rows, "gm_code") == ["GM0417", "GM0262", "", "", "GM0344"]
    assert column(rows, "problems") == ["", "", "ambiguous", "no_address", "po_box"]
    assert column(rows, "dekkend_x")[0] == "143311"
    assert all(text.endswith(".") for text in column(rows, "explanation"))
    assert "5 rows written" in said
    assert "not placed: 2" in said


@pytest.mark.parametrize("edition", [2010, 2025])
def test_the_edition(dekkend, table, tmp_path, edition):
    write(table, [["Gemeente"], ["Appingedam"]])
    dekkend(table, "--out", tmp_path / "out.csv", "--edition", edition)
    assert column(read(tmp_path / "out.csv"), "gm_code") == [
        {2010: "GM0003", 2025: "GM1979"}[edition]
    ]


@pytest.mark.parametrize(
    ("encoding", "delimiter", "start"),
    [("cp1252", ";", ""), ("utf-8-sig", ",", ""), ("utf-16", "\t", ""), ("utf-8", "|", ""),
     ("utf-8", ";", "sep=;\r\n"), ("utf-8", ";", "\r\n\r\n")],
)  # fmt: skip
def test_files_of_all_kinds(dekkend, tmp_path, encoding, delimiter, start):
    path = tmp_path / "table.txt"
    rows = [["Naam", "Plaats"], ["Zorgcoördinatie é", "Súdwest-Fryslân"]]
    write(path, rows, encoding, delimiter, start)
    code, said = dekkend(path, "--out", tmp_path / "out.csv")
    found = read(tmp_path / "out.csv", delimiter)
    assert code == 0
    assert [row[:2] for row in found] == rows
    assert column(found, "gm_code") == ["GM1900"]
    assert ("Windows-1252" in said) == (encoding == "cp1252")


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), delimiter=st.sampled_from(";,"))
def test_any_value_stays(dekkend, tmp_path, data, delimiter):
    text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=9)
    size = data.draw(st.integers(1, 4))
    some = data.draw(st.lists(st.lists(text, min_size=size, max_size=size), max_size=5))
    rows = [["Plaats", *map(str, range(size))], *([["Ede", *row] for row in some])]
    write(tmp_path / "table.csv", rows, delimiter=delimiter)
    code, said = dekkend(tmp_path / "table.csv", "--out", tmp_path / "out.csv")
    assert code == 0, said
    assert [row[: size + 1] for row in read(tmp_path / "out.csv", delimiter)] == rows


def test_rows_longer_and_shorter_than_the_headings(dekkend, table, tmp_path):
    table.write_text("Plaats;Naam\nEde\nEde;a;b;c\n", encoding="utf-8")
    dekkend(table, "--out", tmp_path / "out.csv")
    rows = read(tmp_path / "out.csv")
    assert [row[:4] for row in rows[1:]] == [["Ede", "", "", ""], ["Ede", "a", "b", "c"]]
    assert column(rows, "gm_code") == ["GM0228", "GM0228"]


def test_chunks_make_no_difference(dekkend, table, tmp_path, monkeypatch):
    write(table, [ROWS[0], *ROWS[1:] * 5])
    dekkend(table, "--out", tmp_path / "whole.csv")
    monkeypatch.setattr(cli_geocode, "CHUNK", 4)
    dekkend(table, "--out", tmp_path / "parts.csv")
    assert (tmp_path / "whole.csv").read_bytes() == (tmp_path / "parts.csv").read_bytes()


def test_a_workbook_keeps_its_types(dekkend, tmp_path):
    path = tmp_path / "table.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Naam", "Postcode", "Plaats", "Getal", "Datum", "Ja"])
        sheet.write_row(1, 0, [" a ", 1251, "Laren", 1.125])
        sheet.write_datetime(1, 4, dt.date(2010, 7, 13), book.add_format({"num_format": 14}))
        sheet.write(1, 5, True)
        sheet.write_row(3, 0, ["b", "1251 KT", "Laren", 7])
        sheet.write_string(4, 0, "=1+1")
        book.add_worksheet("Nog een").write(0, 0, "iets")
    code, said = dekkend(path, "--out", tmp_path / "out.xlsx")
    assert code == 0
    assert "Only this sheet" in said
    found = openpyxl.load_workbook(tmp_path / "out.xlsx")
    rows = list(found.active.iter_rows(values_only=True))
    assert rows[1][:4] == (" a ", 1251, "Laren", 1.125)
    assert (rows[1][4].date(), rows[1][5]) == (dt.date(2010, 7, 13), True)
    assert rows[1][6:9] == (143311, 473491, "GM0417")
    assert rows[2][:6] == (None,) * 6
    assert rows[3][:4] == ("b", "1251 KT", "Laren", 7)
    assert found.active["A5"].value == "=1+1"
    assert found.active["A5"].data_type != "f"
    dekkend(path, "--out", tmp_path / "out.csv")
    assert read(tmp_path / "out.csv")[1][:6] == [
        " a ", "1251", "Laren", "1.125", "2010-07-13", "TRUE",
    ]  # fmt: skip


# --- online ---------------------------------------------------------------------------------


@pytest.fixture
def server(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("coverage._web.FIRST_WAIT", 0.005)
    with pdok_server.running() as running:
        monkeypatch.setenv(pdok.ENVIRONMENT, running.url)
        yield running


ONLINE = [["Adres", "Naam"], ["Bolstraat 1, 3581 WS Utrecht", "a"], ["Postbus 1, Ede", "b"],
          ["Bolstraat 1, 3581 WS Utrecht", "c"]]  # fmt: skip


def test_online_gives_the_address_itself(dekkend, table, tmp_path, server):
    write(table, ONLINE)
    code, said = dekkend(table, "--out", tmp_path / "out.csv", "--online")
    rows = read(tmp_path / "out.csv")
    assert code == 0
    assert column(rows, "precision") == ["address", "place", "address"]
    assert column(rows, "x")[0] == "137569"
    assert "are sent to 127.0.0.1" in said
    assert len(server.asked) == 1


def test_without_online_nothing_is_asked(dekkend, table, tmp_path, server):
    write(table, ONLINE)
    dekkend(table, "--out", tmp_path / "out.csv")
    assert server.asked == []


def test_a_service_that_is_down_ends_well_and_names_the_rows(dekkend, table, tmp_path, server):
    server.always = pdok_server.Faults.status(500)
    write(table, ONLINE)
    code, said = dekkend(table, "--out", tmp_path / "out.csv", "--online")
    rows = read(tmp_path / "out.csv")
    assert code == 0
    assert column(rows, "precision") == ["postcode4", "place", "postcode4"]
    assert "2 rows lack the precision of an address" in said
    assert "rows 2, 4" in said


@pytest.mark.usefixtures("server")
def test_an_address_of_the_service_that_is_none(dekkend, table, tmp_path, monkeypatch):
    monkeypatch.setenv(pdok.ENVIRONMENT, "nonsense")
    code, said = dekkend(table, "--out", tmp_path / "out.csv", "--online")
    assert code == 2
    assert "nonsense" in said
    assert not (tmp_path / "out.csv").exists()


# --- wrong input ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "empty"), (b"\x00\x01;\n", "null"), (b'Plaats\n"Ede\n', "quotation"),
     (b'Plaats\nEde\n"Laren" x;\n', "quotation"), (b"%PDF-1.7", "PDF"),
     (b"Kleur;Smaak\nrood;zuur\n", "No column with addresses"), (b"Plaats\n\x81\xff\n", "readable"),
     (b"PK\x03\x04 no workbook", "workbook")],
)  # fmt: skip
def test_bad_files_are_told_of_and_leave_nothing(dekkend, tmp_path, content, told):
    path, out = tmp_path / "table.csv", tmp_path / "out.csv"
    path.write_bytes(content)
    out.write_text("older")
    code, said = dekkend(path, "--out", out)
    assert code == 1
    assert told.casefold() in said.casefold()
    assert out.read_text() == "older"
    assert sorted(tmp_path.iterdir()) == [out, path]


def test_wrong_use(dekkend, table, tmp_path):
    for arguments in (
        [table, "--out", tmp_path / "out.ods"],
        [table, "--out", tmp_path / "none" / "out.csv"],
        [table, "--out", table],
        [table, "--out", tmp_path / "out.csv", "--edition", "2011"],
    ):
        assert dekkend(*arguments)[0] == 2
    assert dekkend(tmp_path / "none.csv", "--out", tmp_path / "out.csv")[0] == 1
    assert read(table) == ROWS


def test_what_does_not_fit_in_a_sheet_is_told_before_it_is_written(dekkend, tmp_path, monkeypatch):
    write(tmp_path / "table.csv", [["Plaats", "Naam"], ["Ede", "a" * 40_000]])
    code, said = dekkend(tmp_path / "table.csv", "--out", tmp_path / "out.xlsx")
    assert code == 1
    assert "row 2" in said
    monkeypatch.setattr(files, "MOST_ROWS", 1)
    write(tmp_path / "table.csv", [["Plaats"], ["Ede"]])
    assert dekkend(tmp_path / "table.csv", "--out", tmp_path / "out.xlsx")[0] == 1
    assert not (tmp_path / "out.xlsx").exists()


def test_a_failure_halfway_leaves_the_older_file(dekkend, table, tmp_path, monkeypatch):
    out = tmp_path / "out.csv"
    out.write_text("older")

    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.Writer, "add", full)
    code, said = dekkend(table, "--out", out)
    assert code == 1
    assert "No space left" in said
    assert out.read_text() == "older"
    assert sorted(tmp_path.iterdir()) == [out, table]


def test_rows_are_named_in_short():
    assert cli_geocode._ranges([2, 3, 4, 9]) == "2-4, 9"
    assert cli_geocode._ranges([7]) == "7"
    assert cli_geocode._ranges(range(0, 200, 2)).endswith("en nog 80")
