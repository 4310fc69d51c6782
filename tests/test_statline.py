"""Tables of CBS StatLine: read rightly, kept, and every fault told as one."""

import datetime as dt
import math
import socket
import sys
import threading
import time

import httpx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage import _statline_feed, _statline_tables, _web, cli, i18n, provenance, statline
from coverage.demand_input import read_demand
from coverage.editions import load_edition
from coverage.faults import BadInputError
from coverage.replay import replay
from coverage.statline import PROTECTION, RESIDENTS, Statline, StatlineError
from coverage.wording import date_words
from tests import statline_server
from tests.statline_server import BEGUN, ENDED, EVER, Faults, topic

server = pytest.fixture(statline_server.server)
quick = pytest.fixture(statline_server.quick, autouse=True)


@pytest.fixture(autouse=True)
def english():
    i18n.use("en")
    yield
    i18n.use(i18n.DEFAULT)


@pytest.fixture
def client(server):
    with Statline(server.url, keep=False) as made:
        yield made


# --- supervision orders ----------------------------------------------------------------------


def test_counts_have_the_bounds_of_their_rounding(client):
    row = client.orders("2023JJ00").loc["GM0363"]
    assert row[["imposed", "imposed_low", "imposed_high"]].tolist() == [300, 298, 302]
    assert row[["ended", "ended_low", "ended_high"]].tolist() == [410, 408, 412]
    # Running when the year begins: ran in it (1250) and did not begin in it (300).
    assert row[["running", "running_low", "running_high"]].tolist() == [950, 946, 954]
    assert math.isnan(row["extended"])
    assert (row["unit"], row["count_status"], row["period"]) == ("measures", "observed", "2023")
    today = date_words(dt.datetime.now(dt.UTC).date().isoformat())
    assert row["source"] == (
        f"CBS StatLine 82975NED, 2023, provisional, rounded to 5, asked on {today}"
    )


def test_what_cbs_does_not_tell_stays_unknown(client):
    counts = client.orders("2023")
    numbers = counts.select_dtypes("number")
    assert numbers.loc["GM0184"].isna().all()
    assert counts.loc["GM0060", ["imposed", "imposed_low", "imposed_high"]].tolist() == [0, 0, 2]
    assert "PV27" not in counts.index
    told = " ".join(map(str, counts.attrs["warnings"]))
    assert "began: 339." in told
    assert "not the same as none" in told
    assert "multiples of 5" in told
    assert "provisional orders" in told


def test_what_is_known_of_the_extensions_follows(client):
    row = client.protection_measures("2023").loc["GM0363"]
    assert math.isnan(row["extended"])
    assert row["extended_low"] <= 950 - 410
    assert row["extended_high"] >= 950
    assert row["count_status"] == "estimated"


@pytest.mark.parametrize(
    ("period", "mark", "words"),
    [
        ("2023JJ00", "*", "provisional"),
        ("2022JJ00", "**", "revised"),
        ("2022hj01", "**", "1e half"),
    ],
)
def test_marks_of_the_period_are_kept(client, period, mark, words):
    counts = client.orders(period)
    assert set(counts["mark"]) == {mark}
    assert counts["source"].str.contains(words).all()


def test_half_a_year_is_told(client):
    told = " ".join(map(str, client.orders("2022HJ01").attrs["warnings"]))
    assert "half a year" in told


def test_municipalities_of_another_year_are_carried(client, server):
    for code in ("GM0824", "GM0855", "GM0865"):
        row = dict(server.row(PROTECTION, "GM0757", "2015JJ00"), RegioS=f"{code}    ")
        server.tables[PROTECTION]["TypedDataSet"].append(row)
    counts = client.orders("2015JJ00")
    # Three that merged whole into Eemsdelta: still counted, not estimated.
    assert counts.loc["GM1979", ["imposed", "imposed_low", "imposed_high"]].tolist() == [45, 39, 51]
    assert counts.loc["GM1979", "count_status"] == "observed"
    # Haaren was divided over four.
    haaren = counts.loc[["GM0757", "GM0824", "GM0855", "GM0865"]]
    assert haaren["imposed"].sum() == pytest.approx(4 * 20 + 10)
    assert set(haaren["count_status"]) == {"estimated"}
    # Of Ten Boer, which joined Groningen with Haren, nothing is told: so neither of the whole.
    assert math.isnan(counts.loc["GM0014", "imposed"])
    # Scheemda did not exist any more: it takes nothing from Oldambt.
    assert counts.loc["GM1895", "imposed"] == 30
    assert set(counts.index) <= set(load_edition(2025).demand.index)


def test_a_former_municipality_of_which_nothing_is_told_is_not_none(client, server):
    # Weesp existed in 2015, and is a part of Amsterdam now. All that is told exists still.
    table, residents = (server.tables[name]["TypedDataSet"] for name in (PROTECTION, "03759ned"))
    amsterdam = server.row(PROTECTION, "GM0363", "2015JJ00")
    unknown = {name: None for name, value in amsterdam.items() if isinstance(value, int)}
    weesp = dict(amsterdam, **unknown, RegioS="GM0457    ")
    table[:] = [amsterdam, weesp]
    lived = [row for row in residents if row["RegioS"].strip() == "GM0363"]
    residents += [dict(row, RegioS="GM0457    ") for row in lived if row["Perioden"] == "2015JJ00"]
    assert math.isnan(client.orders("2015").loc["GM0363", "imposed"])


def test_an_older_edition_is_an_estimate_by_parts(client, server):
    rows = server.tables[PROTECTION]["TypedDataSet"]
    rows.append(dict(server.row(PROTECTION, "GM0060", "2023JJ00"), RegioS="GM1979    ",
                     **{BEGUN: 100, EVER: 300, ENDED: 90}))  # fmt: skip
    counts = client.orders("2023", load_edition(2010))
    parts = counts.loc[["GM0003", "GM0010", "GM0024"]]
    assert parts["imposed"].sum() == pytest.approx(100)
    assert set(parts["count_status"]) == {"estimated"}


def test_counts_that_are_not_rounded_are_exact(client, server):
    server.row(PROTECTION, "GM0363", "2023JJ00")[BEGUN] = 301
    row = client.orders("2023").loc["GM0363"]
    assert row[["imposed_low", "imposed_high"]].tolist() == [301, 301]


def test_columns_are_found_by_their_titles(client, server):
    table = server.tables[PROTECTION]
    names = {BEGUN: "Nieuw_77", EVER: "AlleTrajecten_1", ENDED: "Uit_3"}
    for row in (*table["DataProperties"], *table["TypedDataSet"]):
        if row.get("Key") in names:
            row["Key"] = names[row["Key"]]
        for old, new in names.items():
            if old in row:
                row[new] = row.pop(old)
    table["DataProperties"].reverse()
    assert client.orders("2023").loc["GM0363", "imposed"] == 300


def test_a_table_with_the_stock_at_the_start_is_taken_at_its_word(client, server):
    table = server.tables[PROTECTION]
    table["DataProperties"].append(topic(30, "Begin_9", "Beginstand", 2))
    for row in table["TypedDataSet"]:
        row["Begin_9"] = 945
    assert client.orders("2023").loc["GM0363", "running"] == 945


def test_provisional_orders_of_their_own_are_left_out(client, server):
    table = server.tables[PROTECTION]
    extra = [statline_server.group(40, "Voorlopige ondertoezichtstelling"),
             topic(41, "V_1", "Voorlopige ondertoezichtstelling", 40),
             topic(42, "V_2", "Totaal begonnen trajecten", 40)]  # fmt: skip
    table["DataProperties"] += extra
    counts = client.orders("2023")
    assert counts.loc["GM0363", "imposed"] == 300
    assert "provisional orders" not in " ".join(map(str, counts.attrs["warnings"]))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 400)] * 3), min_size=1, max_size=8))
def test_the_bounds_hold_what_was_rounded(rows):
    running, begun, ended = (pd.Series(column, dtype=float) for column in zip(*rows, strict=True))
    true = {EVER: running + begun, BEGUN: begun, ENDED: ended}
    rounded = pd.DataFrame({key: (count / 5).round() * 5 for key, count in true.items()})
    found = {"begun": BEGUN, "ended": ENDED, "ever": EVER}
    counts = _statline_tables.measures(rounded, found)
    for name, count in (("imposed", begun), ("running", running), ("ended", ended)):
        assert (counts[f"{name}_low"] <= count).all()
        assert (count <= counts[f"{name}_high"]).all()
        assert (counts[f"{name}_low"] <= counts[name]).all()
        assert (counts[name] <= counts[f"{name}_high"]).all()


# --- residents -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "status"), [(RESIDENTS[0], "observed"), (RESIDENTS[1], "estimated")]
)
def test_residents_below_18(client, table, status):
    found = client.residents_0_17(load_edition(2025), "2023", table)
    assert found.loc["GM0363", "residents_0_17"] == 180
    assert set(found["residents_0_17_status"]) == {status}
    assert set(found["residents_0_17_year"]) == {2023}
    assert set(found["mark"]) == {"*"}


def test_residents_of_another_division(client):
    found = client.residents_0_17(load_edition(2025), "2015")
    assert found.loc["GM1979", "residents_0_17"] == 18 * 4
    assert found.loc["GM1979", "residents_0_17_status"] == "observed"


def test_an_age_that_is_not_told_makes_the_sum_unknown(client, server):
    server.row("03759ned", "GM0363", "2023JJ00")  # exists
    for row in server.tables["03759ned"]["TypedDataSet"]:
        if row["RegioS"].strip() == "GM0363" and row["Leeftijd"].strip() == "70200":
            row["BevolkingOp1Januari_1"] = None
    assert math.isnan(
        client.residents_0_17(load_edition(2025), "2023").loc["GM0363", "residents_0_17"]
    )


@pytest.mark.parametrize(
    ("titles", "shares"),
    [
        (["Totaal", *(f"{age} jaar" for age in range(100))], {str(n + 1): 1.0 for n in range(18)}),
        (["Jonger dan 5 jaar", "5 tot 15 jaar", "15 tot 20 jaar"], {"0": 1, "1": 1, "2": 0.6}),
        (["0 tot 18 jaar", "0 tot 5 jaar", "18 tot 25 jaar"], {"0": 1.0}),
        (["0 tot 5 jaar", "10 tot 20 jaar"], {}),
        (["Totaal", "95 jaar of ouder"], {}),
    ],
)
def test_bands_of_age_are_laid_end_to_end(titles, shares):
    named = pd.Series(titles, index=[str(n) for n in range(len(titles))])
    assert _statline_tables.youth_shares(named) == pytest.approx(shares)


# --- any table -------------------------------------------------------------------------------


def test_a_table_is_typed_and_says_where_it_is_from(client, server):
    table = client.table(PROTECTION, {"RegioS": ["GM0363    "]})
    assert set(table["RegioS"]) == {"GM0363"}
    assert set(table["mark"]) == {"", "*", "**"}
    assert table[BEGUN].dtype == np.float64
    assert table["HerhaaldBeroep_4"].isna().all()
    assert table.attrs["title"] == "Jeugdbeschermingstrajecten; regio"
    assert table.attrs["modified"] == "2024-04-30T02:00:00"
    assert client.info(PROTECTION)["Identifier"] == PROTECTION
    assert all("%24top=10000" in path for path in server.asked)
    assert server.agents == {"dekkend"}


@pytest.mark.parametrize("links", [True, False])
def test_all_pages_are_asked_for(server, monkeypatch, links):
    monkeypatch.setattr(_statline_feed, "PAGE", 7)
    server.limit, server.links = 7, links
    with Statline(server.url, keep=False) as client:
        assert len(client.table(PROTECTION)) == len(server.tables[PROTECTION]["TypedDataSet"])
    assert any("skip=14" in path for path in server.asked)


def test_a_link_is_followed_where_the_service_gives_fewer_rows(server):
    server.limit = 6
    with Statline(server.url, keep=False) as client:
        assert len(client.table(PROTECTION)) == len(server.tables[PROTECTION]["TypedDataSet"])


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (5, 5.0),
        ("       .", math.nan),
        (None, math.nan),
        ("x", math.nan),
        (" 12 ", 12.0),
        ("15*", 15.0),
        ("-", 0.0),
    ],
)
def test_text_of_a_cell(cell, number):
    assert _statline_tables.figures([cell]) == pytest.approx([number], nan_ok=True)


def str_of(cell):
    return str(cell)[:9]


@pytest.mark.parametrize("cell", [True, "many", [1], {"a": 1}, "inf", "1e999", 10**400], ids=str_of)
def test_what_is_no_number_is_no_number(cell):
    with pytest.raises(_statline_tables.ChangedError):
        _statline_tables.figures([cell])


# --- what is kept ----------------------------------------------------------------------------


def test_a_second_run_asks_nothing_until_it_is_told_to(server, tmp_path):
    file = tmp_path / "statline.sqlite"
    with Statline(server.url, cache=file) as client:
        first = client.orders("2023")
    asked = len(server.asked)
    server.row(PROTECTION, "GM0363", "2023JJ00")[BEGUN] = 305
    with Statline(server.url, cache=file) as client:
        again = client.orders("2023")
        assert client.requests == 0
        assert client.remarks() == []
    pd.testing.assert_frame_equal(first, again)
    with Statline(server.url, cache=file, refresh=True) as client:
        assert client.orders("2023").loc["GM0363", "imposed"] == 305
        assert client.orders("2023").loc["GM0363", "imposed"] == 305
        assert client.requests == asked  # each question once
    with Statline(server.url, cache=file) as client:
        assert client.orders("2023").loc["GM0363", "imposed"] == 305


def test_the_day_of_the_answer_is_kept(server, tmp_path, monkeypatch):
    file = tmp_path / "statline.sqlite"
    long_ago = time.time() - 40 * 86_400
    with monkeypatch.context() as then:
        then.setattr(_statline_feed.time, "time", lambda: long_ago)
        with Statline(server.url, cache=file) as client:
            client.orders("2023")
    day = dt.datetime.fromtimestamp(long_ago, dt.UTC).date().isoformat()
    with Statline(server.url, cache=file) as client:
        assert client.orders("2023")["source"].str.endswith(date_words(day)).all()
        assert client.requests == 0


def test_a_file_that_cannot_be_used_is_told_and_done_without(server, tmp_path):
    file = tmp_path / "statline.sqlite"
    file.write_bytes(b"not a database, and not ours either")
    with Statline(server.url, cache=file) as client:
        assert client.orders("2023").loc["GM0363", "imposed"] == 300
        (remark,) = client.remarks()
    assert str(file) in remark
    assert file.read_bytes().startswith(b"not a database")


def test_a_page_that_fails_keeps_nothing_of_the_table(server, tmp_path, monkeypatch):
    monkeypatch.setattr(_statline_feed, "PAGE", 5)
    file = tmp_path / "statline.sqlite"
    server.limit = 5
    with Statline(server.url, cache=file) as client:
        client.columns(PROTECTION)
        server.faults.extend([None, Faults.status(403)])
        with pytest.raises(StatlineError):
            client.table(PROTECTION)
        assert len(client.table(PROTECTION)) == len(server.tables[PROTECTION]["TypedDataSet"])


# --- faults ----------------------------------------------------------------------------------

PASSING = {
    "429": Faults.status(429),
    "429 in a second": Faults.status(429, Retry_After="1"),
    "500": Faults.status(500, b"<html>oops"),
    "503": Faults.status(503, Retry_After="0"),
    "504": Faults.status(504),
    "html": Faults.body(Faults.HTML, "text/html"),
    "truncated": Faults.truncated,
    "cut": Faults.cut,
    "nothing": Faults.body(b""),
    "slow": Faults.slow(5.0),
    "dripping": Faults.dripping(5.0),
    "not utf-8": Faults.body(b'{"value": "\xff\xfe"}'),
    "list": Faults.body(b"[1, 2]"),
    "no value": Faults.body(b'{"odata.metadata":"x"}'),
    "value null": Faults.body(b'{"value":null}'),
    "value of text": Faults.body(b'{"value":["a","b"]}'),
    "no JSON": Faults.body(b'{"value":[{"ID":NaN}]}'),
    "an error": Faults.body(b'{"odata.error":{"code":"","message":{"value":"busy"}}}'),
    "deep": Faults.body(b"[" * 200_000),
}
LASTING = {
    "400": Faults.status(400, b'{"odata.error":{"code":"","message":{"value":"bad"}}}'),
    "403": Faults.status(403),
    "redirect": Faults.status(302, Location="http://127.0.0.1:9/"),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_a_fault_that_passes_is_tried_again(server, fault):
    server.faults.append(fault)
    with Statline(server.url, keep=False, timeout=0.5) as client:
        assert client.info(PROTECTION)["ID"] == 0
    assert len(server.asked) == 2


@pytest.mark.parametrize("fault", (PASSING | LASTING).values(), ids=PASSING | LASTING)
def test_a_fault_that_lasts_is_told_and_kept_nowhere(server, fault, tmp_path, monkeypatch):
    monkeypatch.setattr(_web, "LONGEST_WAIT", 0.05)
    server.always = fault
    file = tmp_path / "answers.sqlite"
    late = fault in (PASSING["slow"], PASSING["dripping"])
    with (
        Statline(server.url, cache=file, timeout=0.2 if late else 5.0) as client,
        pytest.raises(StatlineError, match=r"127\.0\.0\.1.*Try again later"),
    ):
        client.info(PROTECTION)
    server.always = None
    with Statline(server.url, cache=file) as client:
        assert client.info(PROTECTION)["ID"] == 0


def test_an_answer_that_is_too_large(server, monkeypatch):
    monkeypatch.setattr(_statline_feed, "LARGEST", 1000)
    with Statline(server.url, keep=False) as client, pytest.raises(StatlineError, match="large"):
        client.columns(PROTECTION)


@pytest.mark.parametrize("rows", [3, 0])
def test_paging_that_never_ends(server, rows, monkeypatch):
    monkeypatch.setattr(_statline_feed, "MOST_ROWS", 50)
    same = [{"Key": str(number), "Title": ""} for number in range(rows)]
    body = {"value": same, "odata.nextLink": "http://elsewhere.invalid/"}
    server.always = Faults.body(statline_server.json.dumps(body).encode())
    with Statline(server.url, keep=False) as client:
        if rows:
            with pytest.raises(StatlineError, match="same rows"):
                client.categories(PROTECTION, "RegioS")
        else:
            assert client.categories(PROTECTION, "RegioS").empty
    assert len(server.asked) < 5


def test_nobody_listens():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        with Statline(url, keep=False) as client, pytest.raises(StatlineError, match="Try again"):
            client.orders("2023")


def test_a_stop_from_another_thread_ends_it(server):
    with Statline(server.url, keep=False, timeout=0.3) as client:
        server.always = Faults.stopping(client.stop)
        with pytest.raises(StatlineError):
            client.orders("2023")
    assert len(server.asked) == 1


def test_never_more_than_two_requests_at_once(server):
    server.pause = 0.03
    clients = [Statline(server.url, keep=False) for _ in range(5)]
    threads = [threading.Thread(target=client.orders, args=("2023",)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for client in clients:
        client.close()
    assert server.most_at_once == 2


@pytest.mark.parametrize("name", ["99999NED", "../../etc", "", "82975NED/TypedDataSet?"])
def test_a_table_that_does_not_exist(client, name):
    with pytest.raises(StatlineError, match="has no table"):
        client.table(name)


@pytest.mark.parametrize("period", ["1999", "2023KW01", "next year", "", "2023JJ00' or 1 eq 1"])
def test_a_period_that_does_not_exist(client, period):
    with pytest.raises(StatlineError, match="2022HJ01, 2022JJ00, 2023JJ00"):
        client.orders(period)


def drop(table, entity, **where):
    table[entity][:] = [
        row for row in table[entity] if any(row.get(key) != value for key, value in where.items())
    ]


CHANGES = {
    "no column of what began": lambda t: drop(t, "DataProperties", Key=BEGUN),
    "no group of orders": lambda t: drop(t, "DataProperties", ID=2),
    "no regions": lambda t: drop(t, "DataProperties", Key="RegioS"),
    "no periods": lambda t: drop(t, "DataProperties", Key="Perioden"),
    "two columns of what began": lambda t: t["DataProperties"].append(
        topic(50, "Begonnen_50", "Totaal begonnen trajecten", 4)
    ),
    "one more dimension": lambda t: t["DataProperties"].append(
        statline_server.dimension(51, "Geslacht", "Geslacht")
    ),
    "no columns": lambda t: t["DataProperties"].clear(),
    "columns of another form": lambda t: t["DataProperties"][0].pop("Title"),
    "a column left out of the rows": lambda t: [row.pop(BEGUN) for row in t["TypedDataSet"]],
    "text for a number": lambda t: t["TypedDataSet"][2].update({BEGUN: "veel"}),
    "a list for a number": lambda t: t["TypedDataSet"][2].update({BEGUN: [1]}),
    "a row twice": lambda t: t["TypedDataSet"].append(dict(t["TypedDataSet"][2])),
    "periods without a key": lambda t: [row.pop("Key") for row in t["Perioden"]],
    "nothing about the table": lambda t: t["TableInfos"].clear(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_table_that_has_changed_is_told(client, server, change):
    change(server.tables[PROTECTION])
    with pytest.raises(StatlineError, match="not as expected"):
        client.orders("2023")


def test_a_ring_of_groups_does_not_turn_for_ever(client, server):
    for row in server.tables[PROTECTION]["DataProperties"]:
        if row["ID"] == 2:
            row["ParentID"] = 4
    assert client.orders("2023").loc["GM0363", "imposed"] == 300


def test_a_period_without_figures_is_told(client, server):
    server.tables[PROTECTION]["TypedDataSet"].clear()
    with pytest.raises(StatlineError, match="no figures of municipalities for 2023"):
        client.orders("2023")


# --- the address, and what is said beforehand ------------------------------------------------


def test_the_environment_may_name_another_service(server, monkeypatch):
    monkeypatch.setenv(statline.ENVIRONMENT, server.url.rstrip("/"))
    assert "127.0.0.1" in statline.what_is_asked(PROTECTION, "2023JJ00")
    with Statline(keep=False) as client:
        assert len(client.orders("2023"))


def test_by_default_it_is_cbs():
    told = statline.what_is_asked(PROTECTION, "2023JJ00")
    assert "opendata.cbs.nl is asked for table 82975NED, period 2023JJ00" in told
    with Statline() as client:
        assert client.base_url == "https://opendata.cbs.nl/ODataApi/odata/"


def test_an_address_that_is_none_of_the_web():
    with pytest.raises(ValueError, match="DEKKEND_STATLINE"):
        Statline("file:///etc/passwd")


# --- the command -----------------------------------------------------------------------------


@pytest.fixture
def dekkend(monkeypatch, capsys, server):
    """Run the command in this process; gives exit code and messages."""
    monkeypatch.setenv(statline.ENVIRONMENT, server.url)

    def run(*arguments):
        given = ["dekkend", "--lang", "en", "statline", *map(str, arguments)]
        monkeypatch.setattr(sys, "argv", given)
        try:
            cli.main()
            code = 0
        except SystemExit as stop:
            code = stop.code or 0
        return code, " ".join(capsys.readouterr().err.split())

    return run


@pytest.mark.parametrize("name", ["demand.csv", "demand.xlsx"])
def test_the_command_writes_what_the_reader_takes(dekkend, tmp_path, name):
    file = tmp_path / name
    code, told = dekkend(PROTECTION, "--period", "2023JJ00", "--out", file)
    assert code == 0
    assert "is asked for table 82975NED" in told
    assert "4 rows written" in told
    counts = read_demand(file, 2025)
    row = counts.loc["GM0363"]
    assert (row["imposed"], row["imposed_high"], row["running_low"]) == (300, 302, 946)
    assert row["unit"] == "measures"
    assert math.isnan(counts.loc["GM0184", "imposed"])
    record = provenance.read(file)
    assert record["view"] == {"kind": "statline", "table": PROTECTION, "period": "2023JJ00"}
    assert "StatLine" in record["sources"][0]
    with pytest.raises(BadInputError, match="dekkend statline"):
        replay(record, name)
    code, told = dekkend(PROTECTION, "--period", "2023", "--out", file)
    assert "asked before" in told


def test_the_command_writes_residents(dekkend, tmp_path):
    file = tmp_path / "residents.csv"
    assert dekkend("03759NED", "--period", "2023", "--out", file)[0] == 0
    table = pd.read_csv(file, sep=";", decimal=",", encoding="utf-8-sig").set_index("gm_code")
    assert table.loc["GM0363", "residents_0_17"] == 180
    assert table.loc["GM0363", "name"] == "Amsterdam"


def test_the_command_says_what_is_wrong(dekkend, server, tmp_path, monkeypatch):
    file = tmp_path / "demand.csv"
    ask = [PROTECTION, "--period", "2023", "--out", file]
    assert dekkend("1", "--period", "2023", "--out", file)[0] == 2
    assert dekkend(*ask, "--edition", "2000")[0] == 2
    assert dekkend(PROTECTION, "--period", "2023", "--out", tmp_path / "x.txt")[0] == 2
    assert dekkend(PROTECTION, "--period", "2023", "--out", tmp_path / "no" / "x.csv")[0] == 2
    code, told = dekkend(PROTECTION, "--period", "1999", "--out", file)
    assert code == 1
    assert "no period “1999”" in told
    server.always = Faults.status(500)
    assert dekkend(*ask, "--refresh")[0] == 1
    assert not file.exists()
    monkeypatch.setenv(statline.ENVIRONMENT, "not an address")
    assert dekkend(*ask)[0] == 2


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (httpx.ConnectError("[Errno -2] Name or service not known"), _web.NOT_REACHED),
        (httpx.ReadTimeout("timed out"), _web.TOO_SLOW),
        (httpx.RemoteProtocolError("peer closed connection"), _web.BROKEN_OFF),
    ],
)
def test_what_the_system_says_is_not_repeated(error, why):
    assert _web._failure(error) == why
