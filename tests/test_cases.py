"""Measures of children become counts by the rules of the law, and no child can be known."""

import csv
import datetime as dt
import io
import pickle
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from coverage import _case_files, cases, cli, i18n
from coverage._encodings import encoding_of
from coverage.demand_input import read_demand
from coverage.editions import load_edition
from coverage.faults import BadInputError

EDITION = load_edition(2025)
TODAY = dt.date(2025, 6, 1)
HEADINGS = ["kindnummer", "begindatum", "einddatum", "gemeente"]


@pytest.fixture(autouse=True)
def _english():
    i18n.use("en")
    yield
    i18n.use(i18n.DEFAULT)


def write(path, rows, headings=HEADINGS, delimiter=";", encoding="utf-8"):
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows([headings, *rows])
    path.write_bytes(stream.getvalue().encode(encoding))
    return path


def count(path, rows, headings=HEADINGS, year=2023, **kwargs):
    read = cases.read_cases(write(path / "zaken.csv", rows, headings))
    return cases.count_cases(read, year, EDITION, today=TODAY, **kwargs)


def numbers(table, code="GM0363"):
    return table.loc[code, ["imposed", "extended", "running", "ended"]].astype(int).tolist()


def said(table):
    return [fault.text() for fault in table.attrs["warnings"]]


def test_what_begins_after_the_counted_year_is_not_judged(tmp_path):
    headings = [*HEADINGS, "verlengd_op"]
    rows = [
        ["A", "2022-03-01", "2022-09-01", "Zeist", ""],
        ["B", "2024-01-27", "", "Zeist", ""],
        ["C", "2022-06-01", "", "Zeist", "2024-08-01"],  # too late, but not in 2022
    ]
    table = count(tmp_path, rows, headings, year=2022, within=["GM0355"])
    assert table.attrs["left_out"] == {}
    assert numbers(table, "GM0355")[0] == 2
    assert count(tmp_path, rows, headings, year=2024).attrs["left_out"] == {"lapsed": 1}


# --- the rules --------------------------------------------------------------


@pytest.mark.parametrize(
    ("orders", "expected"),
    [
        # imposed, extended, running at 1 January, ended
        ([("2023-03-01", "")], [1, 0, 0, 0]),
        ([("2023-01-01", "")], [1, 0, 0, 0]),
        ([("2022-12-31", "")], [0, 1, 1, 0]),
        ([("2022-03-01", "2023-03-01")], [0, 0, 1, 1]),
        ([("2022-03-01", "2023-02-28")], [0, 0, 1, 1]),
        ([("2022-03-01", "2023-03-02")], [0, 1, 1, 1]),
        ([("2022-03-01", "2024-01-01")], [0, 1, 1, 0]),
        ([("2022-03-01", "2023-01-01")], [0, 0, 1, 1]),
        ([("2022-03-01", "2022-12-31")], [0, 0, 0, 0]),
        ([("2020-02-29", "")], [0, 1, 1, 0]),
        ([("2023-03-01", "2023-09-01")], [1, 0, 0, 1]),
        ([("2022-03-01", "31-12-9999")], [0, 1, 1, 0]),
        # A row that goes on where the former ended is an extension, whichever way ends are written.
        ([("2022-03-01", "2023-03-01"), ("2023-03-01", "2024-03-01")], [0, 1, 1, 0]),
        ([("2022-03-01", "2023-02-28"), ("2023-03-01", "2024-02-29")], [0, 1, 1, 0]),
        ([("2022-01-01", "2022-12-31"), ("2023-01-01", "2023-12-31")], [0, 1, 1, 1]),
        # A day without an order between: a new one.
        ([("2022-03-01", "2023-02-27"), ("2023-03-01", "2024-02-29")], [1, 0, 1, 1]),
        # Twice in one year is one child.
        ([("2023-01-05", "2023-03-01"), ("2023-06-01", "2023-09-01")], [1, 0, 0, 1]),
        # A row within another changes nothing.
        ([("2022-06-01", "2023-05-31"), ("2022-09-01", "2022-12-01")], [0, 0, 1, 1]),
        # An order that was extended for half a year, twice.
        (
            [("2022-09-01", "2023-03-01"), ("2023-03-01", "2023-09-01"), ("2023-09-01", "")],
            [0, 1, 1, 0],
        ),
    ],
)
def test_one_child(tmp_path, orders, expected):
    rows = [["K1", start, end, "Amsterdam"] for start, end in orders]
    # A second child, so that the municipality is there even if nothing happened to the first.
    other = ["K2", "2019-01-01", "2019-06-01", "Amsterdam"]
    assert numbers(count(tmp_path, [*rows, other])) == expected
    assert numbers(count(tmp_path, [other, *reversed(rows)])) == expected


@pytest.mark.parametrize(
    ("orders", "expected"),
    [
        ([("2022-03-01", "", "2023-02-28;2024-02-20")], [0, 1, 1, 0]),
        ([("2022-03-01", "2023-09-01", "2023-02-28")], [0, 1, 1, 1]),
        ([("2022-03-01", "2023-02-01", "")], [0, 0, 1, 1]),
        ([("2021-03-01", "2023-02-01", "2022-03-01")], [0, 0, 1, 1]),
        # One row for each extension: they are one order.
        ([("2021-06-01", "", "2022-06-01"), ("2021-06-01", "", "2023-06-01"),
          ("2021-06-01", "", "2024-06-01")], [0, 1, 1, 0]),
        ([("2022-06-01", "2023-06-01", ""), ("2023-06-01", "", "2023-06-01;2024-06-01")],
         [0, 1, 1, 0]),
    ],
)  # fmt: skip
def test_dates_of_extension(tmp_path, orders, expected):
    rows = [["K1", start, end, more, "Amsterdam"] for start, end, more in orders]
    rows.append(["K2", "2019-01-01", "2019-06-01", "", "Amsterdam"])
    headings = ["kindnummer", "begindatum", "einddatum", "verlengd op", "gemeente"]
    assert numbers(count(tmp_path, rows, headings)) == expected


def test_extensions_in_columns_of_their_own(tmp_path):
    headings = ["kindnummer", "begindatum", "einddatum", "verlenging 1", "verlenging_2", "gemeente"]
    rows = [["1", "1-6-2021", "", "1-6-2022", "1-6-2023", "Urk"]]
    table = count(tmp_path, rows, headings, year=2022)
    assert numbers(table, "GM0184") == [0, 1, 1, 0]


def test_a_move_is_no_extension_and_the_year_goes_on(tmp_path):
    rows = [
        ["K1", "2022-03-01", "2022-11-01", "Amsterdam"],
        ["K1", "2022-11-01", "2023-06-01", "Utrecht"],
        ["K2", "2022-03-01", "2023-03-01", "Amsterdam"],
        ["K2", "2023-03-01", "2023-06-01", "Utrecht"],
    ]
    table = count(tmp_path, rows)
    assert numbers(table) == [0, 0, 1, 0]
    assert numbers(table, "GM0344") == [0, 2, 1, 2]


def test_a_move_may_hide_an_extension(tmp_path):
    rows = [
        ["K1", "2022-01-01", "2022-11-01", "", "Amsterdam"],
        ["K1", "2022-11-01", "", "2023-11-01;2024-11-01", "Utrecht"],
    ]
    table = count(tmp_path, rows, [*HEADINGS[:3], "verlengingen", "gemeente"])
    assert table.attrs["left_out"] == {}
    assert numbers(table, "GM0344") == [0, 1, 1, 0]


def test_a_child_counts_in_each_municipality(tmp_path):
    rows = [
        ["K1", "2023-01-10", "2023-03-01", "Amsterdam"],
        ["K1", "2023-06-01", "2023-09-01", "Utrecht"],
    ]
    table = count(tmp_path, rows)
    assert numbers(table) == [1, 0, 0, 1] == numbers(table, "GM0344")


def test_a_provisional_order_that_goes_over_is_one_imposition(tmp_path):
    headings = [*HEADINGS, "soort maatregel"]
    rows = [
        ["K1", "2022-12-01", "2023-03-01", "Amsterdam", "Voorlopige ondertoezichtstelling"],
        ["K1", "2023-03-01", "2024-03-01", "Amsterdam", "Ondertoezichtstelling"],
        ["K1", "2023-03-01", "2024-03-01", "Amsterdam", "Machtiging uithuisplaatsing"],
        ["K2", "2023-03-01", "2023-06-01", "Amsterdam", "VOTS"],
        ["K3", "2023-03-01", "2023-06-01", "Amsterdam", ""],
        ["K4", "2023-03-01", "2023-06-01", "Amsterdam", "ots"],
    ]
    table = count(tmp_path, rows, headings)
    assert numbers(table) == [2, 0, 0, 1]
    told = said(table)
    assert any("provisional orders: 2 (row 2, 5)" in line for line in told)
    assert any("no supervision orders: 1 (row 4)" in line for line in told)
    assert any("do not say which measure it is: 1 (row 6)" in line for line in told)
    assert table.attrs["left_out"] == {"provisional": 2, "other": 1, "unsaid": 1}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("OTS", _case_files.ORDER),
        ("ots met uithuisplaatsing", _case_files.ORDER),
        ("Supervision order", _case_files.ORDER),
        ("Voorlopige OTS", _case_files.PROVISIONAL),
        ("ondertoezichtstelling (voorlopig)", _case_files.PROVISIONAL),
        ("Voogdij", _case_files.OTHER),
        ("UHP binnen OTS", _case_files.OTHER),
        ("-", _case_files.UNSAID),
    ],
)
def test_kinds_of_measures(text, kind):
    assert _case_files.kind_of(text) == kind


def oracle(orders, extensions, year):
    """The rules for one child in one municipality, day by day."""
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    day = dt.timedelta(days=1)
    running = set()
    for start, end in orders:
        running |= {start + day * number for number in range((end - start).days + 1)}

    def begins(one):
        return one in running and one - day not in running

    year_days = [first + day * number for number in range((last - first).days + 1)]
    starts = sorted({start for start, _end in orders})
    goes_on = [
        one
        for one in starts
        if not begins(one)
        and max(end for start, end in orders if start == one)
        > max(end for start, end in orders if start < one)
    ]
    extended = any(first <= one <= last for one in goes_on)
    if extensions is None:
        for start, end in orders:
            birthday = dt.date(year, start.month, start.day)
            extended |= start.year < year and birthday < end
    else:
        extended |= any(
            first <= one <= last and any(start < one < end for start, end in orders)
            for one in extensions
        )
    return [
        any(begins(one) for one in year_days),
        extended,
        first in running and any(start < first for start in starts)
        and (first - day in running),
        any(one in running and one + day not in running for one in year_days),
    ]  # fmt: skip


DAYS = st.integers(0, 1200).map(lambda days: dt.date(2021, 3, 1) + dt.timedelta(days=days))
ORDERS = st.lists(st.tuples(DAYS, st.integers(1, 330)), min_size=1, max_size=5)


@settings(max_examples=40, deadline=None)
@given(st.lists(ORDERS, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_the_rules_day_by_day(tmp_path_factory, children, random):
    # Orders of less than a year, so that no anniversary plays a part; ends are the last day.
    rows, expected = [], np.zeros(4, dtype=int)
    for number, found in enumerate(children):
        orders = {start: start + dt.timedelta(days=days) for start, days in found}
        pairs = sorted(orders.items())
        expected += oracle(pairs, None, 2023)
        rows += [[number, start, end, "Amsterdam"] for start, end in pairs]
    rows.append(["other", "2019-01-01", "2019-06-01", "Amsterdam"])
    random.shuffle(rows)
    table = count(tmp_path_factory.mktemp("c"), rows)
    assert numbers(table) == expected.tolist()


# --- rows that cannot be ----------------------------------------------------


def test_rows_that_cannot_be_are_told_by_their_number(tmp_path):
    headings = [*HEADINGS, "verlenging"]
    rows = [
        ["K1", "2023-01-05", "", "Amsterdam", "2024-01-05;2025-01-05"],
        ["K2", "2023-05-01", "2023-04-01", "Amsterdam", ""],
        ["K3", "2031-05-01", "", "Amsterdam", ""],
        ["K4", "2023-01-01", "2023-05-01", "Atlantis", ""],
        ["", "2023-01-01", "2023-05-01", "Amsterdam", ""],
        ["K5", "", "2023-05-01", "Amsterdam", ""],
        ["K6", "5/1/2023", "2023-05-01", "Amsterdam", ""],
        ["K7", "2020-01-01", "", "Amsterdam", "2021-01-01"],
        ["K8", "2023-02-01", "2023-05-01", "Amsterdam", ""],
        ["K8", "2023-02-01", "2023-05-01", "Amsterdam", ""],
        ["K9", "2023-02-01", "2023-05-01", "Amsterdam", "2020-01-01"],
    ]
    table = count(tmp_path, rows, headings)
    assert table.attrs["left_out"] == {
        "backwards": 1,
        "future": 1,
        "lapsed": 1,
        "no_child": 1,
        "no_start": 1,
        "nowhere": 1,
        "repeated": 1,
        "unreadable": 1,
    }
    told = "\n".join(said(table))
    for reason, row in {
        "end before they start": 3,
        "start in the future": 4,
        "municipality is not known": 5,
        "no number of the child": 6,
        "no date of the start": 7,
        "a date cannot be read": 8,
        "for more than a year without an extension": 9,
        "repeat another row": 11,
        "outside their order": 12,
    }.items():
        assert re.search(rf"{reason}.*: 1 \(row {row}\)", told)
    assert numbers(table) == [3, 0, 0, 2]


def test_an_unknown_municipality_does_not_make_a_new_order(tmp_path):
    rows = [
        ["K1", "2022-03-01", "2023-03-01", "Atlantis"],
        ["K1", "2023-03-01", "2024-03-01", "Amsterdam"],
    ]
    assert numbers(count(tmp_path, rows)) == [0, 1, 0, 0]


def test_a_file_of_which_nothing_can_be_counted(tmp_path):
    with pytest.raises(BadInputError) as caught:
        count(tmp_path, [["K1", "gisteren", "", "Amsterdam"]])
    assert any("No row of the file can be counted" in str(one) for one in caught.value.faults)


@pytest.mark.parametrize(
    ("rows", "year", "words"),
    [
        ([["1", "2020-01-01", "2021-01-01", "Urk"]], 2023, "last date in the file lies before"),
        ([["1", "2023-02-01", "2023-03-01", "Urk"]], 2023, "No order in the file began before"),
        ([["1", "2024-02-01", "", "Urk"]], 2025, "is not over"),
        ([["1", "2024-02-01", "", "Urk"]], 2025, "is taken to hold every order"),
    ],
)
def test_doubts_about_the_file(tmp_path, rows, year, words):
    assert any(words in line for line in said(count(tmp_path, rows, year=year)))


def test_what_lies_after_today_has_not_happened(tmp_path):
    rows = [["1", "2024-09-01", "2025-08-30", "Urk"], ["2", "2023-09-01", "", "Urk"]]
    assert numbers(count(tmp_path, rows, year=2025), "GM0184") == [0, 0, 2, 0]


def test_an_extension_after_today_has_not_happened(tmp_path):
    rows = [
        ["1", "2024-09-01", "", "2025-03-01", "Urk"],
        ["2", "2024-09-01", "", "2025-09-01", "Urk"],
    ]
    headings = ["kindnummer", "begindatum", "einddatum", "verlengd op", "gemeente"]
    assert numbers(count(tmp_path, rows, headings, year=2025), "GM0184") == [0, 1, 2, 0]


# --- where ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headings", "place", "code"),
    [
        (["gemeente"], ["Amsterdam"], "GM0363"),
        (["gemeente"], ["gemeente 's-Gravenhage"], "GM0518"),
        (["gemeente"], ["Appingedam"], "GM1979"),
        (["gemeente"], ["GM0003"], "GM1979"),
        (["gemeentecode"], ["363"], "GM0363"),
        (["postcode"], ["1011 AB"], "GM0363"),
        (["postcode", "gemeente"], ["9999 XX", "Amsterdam"], "GM0363"),
        (["gemeentecode", "gemeente"], ["", "Utrecht"], "GM0344"),
        (["gemeente"], ["Bergen"], None),
        (["gemeente", "postcode"], ["Bergen", "1861"], "GM0373"),
        (["gemeente"], ["Haaren"], None),  # divided over four others in 2021
    ],
)
def test_places(tmp_path, headings, place, code):
    rows = [
        ["K1", "2023-05-01", "", *place],
        ["K2", "2023-05-01", "", *(["Urk"] if headings[0] != "postcode" else ["8321", "Urk"])],
    ]
    if headings == ["gemeentecode"]:
        rows[1][-1] = "GM0184"
    rows[1] += [""] * (3 + len(headings) - len(rows[1]))
    table = count(tmp_path, rows, ["kindnummer", "begindatum", "einddatum", *headings])
    assert set(table.index) - {"GM0184"} == ({code} if code else set())


def test_an_area_of_which_the_file_is_complete(tmp_path):
    rows = [["1", "2023-05-01", "", "Amsterdam"], ["2", "2023-05-01", "", "Urk"]]
    table = count(tmp_path, rows, within={"GM0363", "GM0034"})
    assert table.index.tolist() == ["GM0034", "GM0363"]
    assert table["imposed"].tolist() == [0, 1]
    assert not any("taken to hold every order" in line for line in said(table))
    assert table.attrs["left_out"] == {"outside": 1}
    assert "zaken.csv, row" not in said(table)[0]
    assert "they lie outside the chosen area: 1 (row 3)." in said(table)[0]


def test_an_area_in_which_nothing_lies_says_so(tmp_path):
    table = count(tmp_path, [["1", "2023-05-01", "", "Amsterdam"]], within={"GM0034"})
    assert table.attrs["left_out"] == {"outside": 1}
    assert numbers(table, "GM0034") == [0, 0, 0, 0]


def test_the_table_is_one_of_counts(tmp_path):
    table = count(tmp_path, [["1", "2023-05-01", "", "Amsterdam"]])
    row = table.loc["GM0363"]
    assert row[["imposed", "imposed_low", "imposed_high"]].tolist() == [1, 1, 1]
    assert row[["count_status", "unit", "period", "source"]].tolist() == [
        "entered", "children", "2023", "zaken.csv",
    ]  # fmt: skip


# --- files ------------------------------------------------------------------

ROWS = [["K1", "1-5-2023", "", "'s-Hertogenbosch"], ["K2", "5-5-2023", "", "Súdwest-Fryslân"]]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_text_files(tmp_path, delimiter, encoding):
    path = write(tmp_path / "a.csv", ROWS, delimiter=delimiter, encoding=encoding)
    table = cases.count_cases(cases.read_cases(path), 2023, EDITION, today=TODAY)
    assert table["imposed"].to_dict() == {"GM0796": 1, "GM1900": 1}
    assert any("Windows-1252" in line for line in said(table)) == (encoding == "cp1252")


def test_a_workbook(tmp_path):
    path = tmp_path / "a.xlsx"
    days = pd.to_datetime(["2023-05-01", "2023-05-05"])
    pd.DataFrame(
        {"Kind-ID": [1, 2], "Datum ingang": days, "Datum einde": "", "Postcode": [1011, 8321]}
    ).to_excel(path, index=False)
    table = cases.count_cases(cases.read_cases(path), 2023, EDITION, today=TODAY)
    assert table["imposed"].to_dict() == {"GM0184": 1, "GM0363": 1}


def test_rows_are_numbered_as_a_spreadsheet_does(tmp_path):
    text = (
        "sep=;\r\n\r\n"
        'kindnummer;begindatum;einddatum;gemeente;"op\r\nmerking"\r\n'
        "K1;2023-05-01;;Amsterdam;\r\n"
        "\r\n"
        'K2;2023-05-01;;Amsterdam;"twee\r\nregels"\r\n'
        "K3;2023-05-01;Amsterdam\r\n"
        "K4;morgen;;Amsterdam;\r\n"
    )
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8", newline="")
    table = cases.count_cases(cases.read_cases(path), 2023, EDITION, today=TODAY)
    assert numbers(table) == [2, 0, 0, 0]
    told = "\n".join(said(table))
    assert "cannot be read: 1 (row 8)" in told
    assert "number of cells than the headings: 1 (first row 7)" in told
    assert "no number" not in told


def test_a_file_that_ends_in_a_letter_of_windows(tmp_path):
    path = tmp_path / "a.csv"
    for text, encoding in (("Súd", "utf-8"), ("é", "utf-8"), ("café", "cp1252"), ("é", "utf-16")):
        path.write_bytes(text.encode(encoding))
        assert encoding_of(path) == encoding
    path.write_bytes(b"a\x00")
    assert encoding_of(path) is None


def test_many_blocks_are_as_one(tmp_path, monkeypatch):
    rows = [[f"K{number}", "2022-05-01", "", "Amsterdam"] for number in range(300)]
    rows[211][1] = "x"
    whole = count(tmp_path, rows)
    monkeypatch.setattr(_case_files, "BLOCK", 256)
    parts = count(tmp_path, rows)
    pd.testing.assert_frame_equal(parts, whole)
    assert said(parts) == said(whole)
    assert "(row 213)" in "\n".join(said(parts))


@pytest.mark.parametrize(
    "text",
    ["2023-05-01", "1-5-2023", "01.05.2023", "20230501", "2023/05/01", "2023-05-01 00:00:00",
     "2023-05-01T12:30:00", "1-5-2023 0:00"],
)  # fmt: skip
def test_dates(text):
    assert _case_files.day_of(text) == (dt.date(2023, 5, 1) - dt.date(1970, 1, 1)).days


@pytest.mark.parametrize("text", ["5/1/2023", "mei", "2023-13-01", "31-2-2023", "1023-01-01", "2"])
def test_no_dates(text):
    assert _case_files.day_of(text) == _case_files.UNREADABLE


# --- nobody can be known ----------------------------------------------------

CHILD = "999990019"


def hostile_files():
    good = ";".join(HEADINGS)
    row = f"{CHILD};2023-05-01;;Amsterdam"
    return {
        "no headings": f"{row}\n{row}\n",
        "double headings": f"{good};gemeente\n{row};Urk\n",
        "a column lacks": f"kindnummer;begindatum;gemeente\n{CHILD};2023-05-01;Urk\n",
        "shifted": f"{good}\n2023-05-01;{CHILD};{CHILD};{CHILD}\n",
        "too many cells": f"{good}\n{row};{CHILD};{CHILD}\n{row}\n",
        "open quote": f'{good}\n"{row}\n{row}\n{row}\n',
        "no end to it": f'{good}\n{row}\n"{(row + chr(10)) * 400_000}',
        "a null": f"{good}\n{row}\x00\n",
        "not text": f"{good}\n{row}\n".encode() + b"\x81\x8d" + CHILD.encode(),
        "two kinds": f"{good};maatregel\n{row};{CHILD}\n",
        "empty": f"{good}\n",
        "quoted headings": f'"{good}\n{row}\n',
    }


@pytest.mark.parametrize("name", list(hostile_files()))
def test_no_message_names_a_child(tmp_path, name, caplog, capfd):
    content = hostile_files()[name]
    path = tmp_path / "a.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    try:
        table = cases.count_cases(cases.read_cases(path), 2023, EDITION, today=TODAY)
        told = [*said(table), table.to_csv()]
    except BadInputError as error:
        told = [str(error), repr(error), repr(error.faults), error.to_frame().to_csv()]
        told += [repr(error.__cause__)] if error.__cause__ else []
        told += [] if error.__suppress_context__ else [repr(error.__context__)]
    captured = capfd.readouterr()
    told += [caplog.text, captured.out, captured.err]
    assert not any(CHILD in text for text in told)


def test_what_is_read_holds_no_identifier_and_no_hash_of_one(tmp_path):
    path = write(tmp_path / "a.csv", [[CHILD, "2023-05-01", "", "Amsterdam"]])
    read = cases.read_cases(path)
    assert CHILD.encode() not in pickle.dumps(read)
    assert read.rows["child"].tolist() == [0]
    assert "rows" not in repr(read)


def test_children_are_told_apart_by_a_key_of_one_reading(tmp_path):
    path = write(tmp_path / "a.csv", [[CHILD, "2023-05-01", "", "Amsterdam"]])
    keys = []
    first = pd.util.hash_array

    def watched(values, **kwargs):
        keys.append(kwargs["hash_key"])
        return first(values, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pd.util, "hash_array", watched)
        cases.read_cases(path)
        cases.read_cases(path)
    assert len({*keys}) == 2


# --- the command ------------------------------------------------------------


def run(*arguments):
    return CliRunner().invoke(cli.build(), ["cases", *map(str, arguments)])


def made_file(path):
    random = np.random.default_rng(1)
    codes = random.choice(["Amsterdam", "Utrecht", "Urk", "Almere", "Zwolle"], 400)
    days = pd.to_datetime("2021-06-01") + pd.to_timedelta(random.integers(0, 900, 400), "D")
    rows = [
        [f"{CHILD}-{number}", str(day.date()), "", code]
        for number, (day, code) in enumerate(zip(days, codes, strict=True))
    ]
    return write(path, rows)


def test_the_command_writes_counts_and_nothing_of_a_child(tmp_path):
    source, out = made_file(tmp_path / "zaken.csv"), tmp_path / "counts.csv"
    done = run(source, "--year", 2023, "--out", out, "--unprotected", "for own use")
    assert done.exit_code == 0, done.output
    assert "not protected" in done.output
    found = read_demand(out, 2025)
    assert found.index.tolist() == ["GM0034", "GM0184", "GM0193", "GM0344", "GM0363"]
    assert found["imposed"].sum() > 100
    assert set(found["count_status"]) == {"entered"}
    assert "own use" in out.read_text(encoding="utf-8-sig")
    for path in tmp_path.iterdir():
        assert path == source or CHILD not in path.read_text(encoding="utf-8-sig")
    assert CHILD not in done.output


def test_the_command_protects_small_counts(tmp_path):
    source, out = made_file(tmp_path / "zaken.csv"), tmp_path / "counts.csv"
    few = write(tmp_path / "few.csv", [[f"K{n}", "2023-05-01", "", "Urk"] for n in range(3)])
    source.write_bytes(source.read_bytes() + few.read_bytes().split(b"\r\n", 1)[1])
    few = write(tmp_path / "few.csv", [[f"L{n}", "2023-05-01", "", "Ede"] for n in range(3)])
    source.write_bytes(source.read_bytes() + few.read_bytes().split(b"\r\n", 1)[1])
    done = run(source, "--year", 2023, "--out", out)
    assert done.exit_code == 0, done.output
    assert "Numbers protected" in done.output
    found = read_demand(out, 2025)
    row = found.loc["GM0228"]
    assert np.isnan(row["imposed"])
    assert row["count_status"] == "suppressed"
    assert row["imposed_high"] - row["imposed_low"] >= 10


def test_the_command_counts_an_area(tmp_path):
    source, out = made_file(tmp_path / "zaken.csv"), tmp_path / "counts.csv"
    options = (
        "--within",
        "province:PV24",
        "--within",
        "gm0363",
        "--unprotected",
        "for a test",
        "--plain",
    )
    assert run(source, "--year", 2023, "--out", out, *options).exit_code == 0
    found = read_demand(out, 2025)
    flevoland = EDITION.regions.query("region_code == 'PV24'")["gm_code"]
    assert set(found.index) == {*flevoland, "GM0363"}
    assert (found["imposed"] == 0).any()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--year", "1", "--out", "{}/a.csv"), "this is no year"),
        (("--year", "2023", "--out", "{}/a.xlsx"), "must end in .csv"),
        (("--year", "2023", "--out", "{}/no/a.csv"), "there is no folder"),
        (("--year", "2023", "--out", "{}/zaken.csv"), "the file that is read"),
        (("--year", "2023", "--out", "{}/a.csv", "--edition", "2011"), "there are 2010, 2025"),
        (("--year", "2023", "--out", "{}/a.csv", "--within", "x"), "no such region"),
        (("--year", "2023", "--out", "{}/a.csv", "--unprotected", " "), "say in words why"),
        (("--year", "2023", "--out", "{}/a.csv", "--threshold", "2000"), "--threshold"),
        (("--year", "2023", "--out", "{}/a.csv", "--rounding", "200"), "--rounding"),
    ],
)
def test_wrong_use(tmp_path, options, words):
    source = made_file(tmp_path / "zaken.csv")
    done = run(source, *(option.format(tmp_path) for option in options))
    assert done.exit_code == 2
    assert words in " ".join(done.output.split())


def test_whole_counts_are_written_whole(tmp_path):
    path = write(tmp_path / "a.csv", [["A", "2023-03-01", "", "Zeist"]])
    out = tmp_path / "counts.csv"
    asked = ["cases", str(path), "--year", "2023", "--out", str(out), "--unprotected", "For a test"]
    result = CliRunner().invoke(cli.build(), asked)
    assert result.exit_code == 0, result.output
    assert ";1;1;1;0;0;0;" in out.read_text("utf-8-sig")
    assert "1 row written" in " ".join(result.output.split())
