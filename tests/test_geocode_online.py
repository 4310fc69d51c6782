import csv
import signal
import sqlite3
import subprocess
import sys
import time
from itertools import product

import httpx
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage import cli, i18n
from coverage.editions import load_edition
from coverage.geocode import geocode, pdok, words
from coverage.geocode._pdok_hits import Address, Reason, judge, questions
from coverage.geocode.address import parse
from coverage.geocode.pdok import Pdok
from coverage.vocabulary import Precision
from tests import pdok_server
from tests.pdok_server import UTRECHT, ZEIST, Faults, doc

NOW, THEN = load_edition(2025), load_edition(2010)

ROWS = [
    {"address": "Bolstraat 1, 3581 WS Utrecht"},
    {"address": "Bolstr. 5-A bis, 3581ws Utrecht"},
    {"address": "Postbus 12, 3500 AA Utrecht"},
    {"address": "Spoorstraat 4, Hengelo"},
    {"address": "Nergenslaan 9, 3703 AA Zeist"},
    {"address": "Utrecht"},
    {"address": ""},
    {"address": "Vechtweg 2, 3601 AA Maarssen"},
]


server = pytest.fixture(pdok_server.server)
client = pytest.fixture(pdok_server.client)
_quick = pytest.fixture(autouse=True)(pdok_server.quick)


def found(rows, edition=NOW, online=None, **more):
    return geocode(pd.DataFrame(rows), edition, online=online, **more)


def first(online, edition=NOW, **parts):
    return found([parts], edition, online).iloc[0]


def problems(row):
    return set(filter(None, row["problems"].split(";")))


# --- the whole way -------------------------------------------------------------------------


def test_an_address_gets_its_own_point(client):
    row = first(client, address="Bolstraat 1, 3581 WS Utrecht")
    assert (row["x"], row["y"]) == (137569.474, 455650.561)
    assert row["precision"] == Precision.ADDRESS
    assert row["method"] == "pdok"
    assert row["gm_code"] == "GM0344"
    assert problems(row) == set()


def test_rows_that_are_not_found_keep_what_the_tables_say(client):
    without = found(ROWS)
    with_pdok = found(ROWS, online=client)
    assert with_pdok.index.equals(without.index)
    assert with_pdok["method"].eq("pdok").tolist() == [True, True, *[False] * 5, True]
    kept = ~with_pdok["method"].eq("pdok")
    columns = ["x", "y", "gm_code", "precision", "method"]
    pd.testing.assert_frame_equal(with_pdok.loc[kept, columns], without.loc[kept, columns])


def test_a_po_box_is_not_asked(client, server):
    row = first(client, address="Postbus 12, 3581 WS Utrecht")
    assert "po_box" in problems(row)
    assert row["precision"] != Precision.ADDRESS
    assert server.asked == []


def test_the_municipality_is_that_of_the_edition(client):
    parts = {"address": "Vechtweg 2, 3601 AA Maarssen"}
    assert first(client, NOW, **parts)["gm_code"] == "GM1904"
    assert first(client, THEN, **parts)["gm_code"] == "GM0333"


@pytest.mark.parametrize("edition", [NOW, THEN])
@pytest.mark.parametrize("municipality", ["Maarssen", "Stichtse Vecht", "GM1904", "GM0333"])
def test_a_municipality_of_another_year_agrees(client, edition, municipality):
    row = first(client, edition, address="Vechtweg 2, 3601 AA Maarssen", municipality=municipality)
    assert row["method"] == "pdok"
    assert row["agrees"] != "no"


def test_a_contradiction_stays_one_when_the_address_is_looked_up(client, server):
    woerden = ("0632", "Woerden", "Utrecht")
    hit = doc("Kerkstraat", 1, "3441AA Woerden", woerden, "120500.0 455300.0")
    server.always = Faults.docs(hit)
    row = first(client, address="Kerkstraat 1, 3441 AA Utrecht")
    assert problems(row) == {"disagrees", "refused"}
    assert row["precision"] == Precision.POSTCODE4
    assert row["candidates"] == "GM0344 Utrecht; Kerkstraat 1, 3441AA Woerden"
    assert first(client, address="Kerkstraat 1, 3441 AA Harmelen")["method"] == "pdok"


@pytest.mark.parametrize("edition", [NOW, THEN])
@pytest.mark.parametrize("municipality", ["Zeist", "GM0355", "Groningen"])
def test_a_hit_in_another_municipality_is_refused(client, edition, municipality):
    row = first(client, edition, address="Bolstraat 1, 3581 WS", municipality=municipality)
    assert row["method"] != "pdok"
    assert row["precision"] != Precision.ADDRESS
    assert problems(row) & {"refused", "disagrees"}


def test_a_hit_in_another_town_is_refused(client, server):
    server.always = Faults.docs(doc("Bolstraat", 1, "3703AA Zeist", ZEIST, "144045 454292"))
    row = first(client, address="Bolstraat 1, 3581 WS Utrecht")
    assert row["gm_code"] == "GM0344"
    assert row["precision"] == Precision.POSTCODE4
    assert "refused" in problems(row)
    assert "Zeist" in row["candidates"]


def test_a_place_of_one_name_is_decided_by_the_municipality(client):
    parts = {"street": "Spoorstraat", "house_number": "4", "place": "Hengelo"}
    row = first(client, **parts)
    assert row["method"] != "pdok"
    assert first(client, **parts, municipality="Bronckhorst")["gm_code"] == "GM1876"
    assert first(client, **parts, municipality="Bronckhorst")["method"] == "pdok"


def test_what_happened_is_told_in_words_for_every_row(client, server):
    for always in (None, Faults.status(500)):
        server.always = always
        results = found(ROWS, online=client)
        for language in i18n.LANGUAGES:
            i18n.use(language)
            try:
                assert words(results).str.len().gt(10).all()
            finally:
                i18n.use(i18n.DEFAULT)


def test_the_index_and_each_row_are_kept(client, server):
    table = pd.DataFrame(ROWS * 30, index=[f"r{i % 100}" for i in range(len(ROWS) * 30)])
    result = geocode(table, NOW, online=client)
    assert result.index.equals(table.index)
    assert result["method"].eq("pdok").sum() == 90
    assert max(server.times.values()) == 1


def test_the_progress_reaches_its_end(client):
    told = []
    found(ROWS * 3, online=client, progress=lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1]
    assert [done for done, _total in told] == sorted(done for done, _total in told)


NASTY = [
    "a" * 10_000,
    "Bolstraat 1, 3581 WS Utrecht" + " " * 10_000,
    "Bolstraat\x001, 3581 WS Utrecht",
    "=HYPERLINK(1) 12, 3581 WS Utrecht",
    "<script>alert(1)</script> 1, 3581 WS Utrecht",
    "Bolstraat 1 AND type:gemeente OR *:*, Utrecht",
    'Bolstraat") 1 {!func}, Utrecht',
    "\u202ethcertU ,1 taartsloB 3581 WS",
    "\U0001f3e0 1, 3581 WS Utrecht",
    "Bolstraat 99999999999, 3581 WS Utrecht",
    "Bolstraat \u0661\u0662, 3581 WS Utrecht",
    "1 2 3 4 5 6 7 8 9, 1234 AB 5678 CD",
]


def test_hostile_addresses_are_asked_as_plain_words(client, server):
    results = found([{"address": text} for text in NASTY], online=client)
    assert len(results) == len(NASTY)
    assert words(results).str.len().gt(0).all()
    for path in server.asked:
        query = httpx.URL(path).params["q"]
        assert len(query) < 400
        assert all(word.isalnum() and word == word.casefold() for word in query.split())
    assert client.remarks() == []


@settings(max_examples=10)
@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                name: st.text(max_size=12)
                | st.sampled_from(["1", "3581 WS", "Utrecht", "Bolstraat"])
                for name in (
                    "address",
                    "street",
                    "house_number",
                    "postcode",
                    "place",
                    "municipality",
                )
            },
        ),
        max_size=6,
    )
)
def test_whatever_is_filled_in_every_row_gets_an_answer(rows):
    def nothing(_request):
        return httpx.Response(200, json={"response": {"numFound": 0, "docs": []}})

    with Pdok("http://127.0.0.1:9/", keep=False) as client:
        client._service._client = httpx.Client(
            base_url="http://127.0.0.1:9/", transport=httpx.MockTransport(nothing)
        )
        results = geocode(pd.DataFrame(rows, index=range(len(rows))), NOW, online=client)
        assert len(results) == len(rows)
        assert not results["method"].eq("pdok").any()
        assert not results["problems"].str.contains("online_failed").any()


# --- a service that fails ------------------------------------------------------------------

DOWN = {
    "500": Faults.status(500),
    "429": Faults.status(429, Retry_After="3600"),
    "html": Faults.body(Faults.HTML, "text/html"),
    "truncated": Faults.truncated,
    "400": Faults.status(400, b'{"error":{"msg":"unknown parameter fl","code":400}}'),
    "slow": Faults.slow(30),
    "missing keys": Faults.body(b'{"response":{}}'),
}


@pytest.mark.parametrize("fault", DOWN.values(), ids=DOWN)
def test_a_service_that_is_down_leaves_the_offline_results(server, fault):
    server.always = fault
    with Pdok(server.url, keep=False, timeout=0.2) as client:
        results = found(ROWS, online=client)
    offline = found(ROWS)
    columns = ["x", "y", "gm_code", "precision", "method"]
    pd.testing.assert_frame_equal(results[columns], offline[columns])
    lacking = results["problems"].str.contains("online_failed")
    assert lacking.tolist() == [True, True, False, True, True, False, False, True]


def test_a_service_that_dies_halfway(server):
    rows = [{"address": f"Bolstraat {n}, 3581 WS Utrecht"} for n in range(1, 201)]
    server.docs = [doc("Bolstraat", n, "3581WS Utrecht", UTRECHT, "137569 455650")
                   for n in range(1, 201)]  # fmt: skip
    asked = 0

    def dying(handler):
        nonlocal asked
        asked += 1
        if asked <= 60:
            handler.answer()
        else:
            handler.reply(503, b"", "text/plain")

    server.always = dying
    with Pdok(server.url, keep=False) as client:
        results = found(rows, online=client)
    by_address = results["method"].eq("pdok")
    assert by_address.sum() == 60
    assert results.loc[~by_address, "precision"].eq(Precision.POSTCODE4).all()
    assert results.loc[~by_address, "problems"].str.contains("online_failed").all()
    assert results["gm_code"].eq("GM0344").all()


def test_a_second_run_asks_nothing(server, tmp_path):
    with Pdok(server.url, cache=tmp_path / "a") as client:
        before = found(ROWS, online=client)
    with Pdok(server.url, cache=tmp_path / "a") as client:
        after = found(ROWS, online=client)
        assert client.requests == 0
    pd.testing.assert_frame_equal(before, after)


def test_a_stop_ends_with_offline_results(server):
    with Pdok(server.url, keep=False) as client:
        server.always = Faults.stopping(client.stop)
        results = found(ROWS, online=client)
    assert not server.released.is_set()  # none of the requests had its answer
    assert not results["method"].eq("pdok").any()
    assert results["gm_code"].iloc[0] == "GM0344"


# --- the command ---------------------------------------------------------------------------

TABLE = """\ufeffNaam;Straat;Huisnummer;Postcode;Woonplaats;Opmerking
"Huis; 1";Bolstraat;1;3581 WS;Utrecht;=1+1
Huis 2;Bolstr.;5-A bis;3581ws;UTRECHT;0012,50
Huis 3;Postbus 12;;3500 AA;Utrecht;
Huis 4;Nergenslaan;9;3703 AA;Zeist;"twee
regels"
Huis 5;Bolstraat;1;3581 WS;Zeist;
"""
MAIN = "import sys; from coverage import cli; sys.argv[0] = 'dekkend'; cli.main()"


class Command:
    """`dekkend geocode --online`, in this process or in one of its own."""

    def __init__(self, server, folder, monkeypatch, capsys):
        self.folder = folder
        self.table = folder / "adressen.csv"
        self.table.write_text(TABLE, encoding="utf-8")
        self._patch, self._said = monkeypatch, capsys
        monkeypatch.setenv(pdok.ENVIRONMENT, server.url)
        monkeypatch.setenv("DEKKEND_LANG", "en")

    @property
    def cache(self):
        return pdok.default_cache()

    def arguments(self, name):
        return ["geocode", str(self.table), "--out", str(self.folder / name), "--online"]

    def start(self, name="out.csv"):
        return subprocess.Popen(
            [sys.executable, "-c", MAIN, *self.arguments(name)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def run(self, name="out.csv"):
        self._patch.setattr(sys, "argv", ["dekkend", *self.arguments(name)])
        try:
            cli.main()
        except SystemExit as stop:
            assert not stop.code  # noqa: PT017 - a good end is an exit too
        finally:
            i18n.use(i18n.DEFAULT)
        return self.read(name), self._said.readouterr().err

    def read(self, name="out.csv"):
        with (self.folder / name).open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file, delimiter=";"))

    def many(self, count):
        rows = [f"Bolstraat;{n};3581 WS;Utrecht" for n in range(1, count + 1)]
        text = "\n".join(["Straat;Huisnummer;Postcode;Woonplaats", *rows])
        self.table.write_text(text, encoding="utf-8")


@pytest.fixture
def command(server, tmp_path, monkeypatch, capsys):
    return Command(server, tmp_path, monkeypatch, capsys)


def test_the_command_keeps_every_value_and_adds_points(command, server):
    rows, said = command.run()
    with command.table.open(encoding="utf-8-sig", newline="") as file:
        given = list(csv.DictReader(file, delimiter=";"))
    assert [{name: row[name] for name in given[0]} for row in rows] == given
    assert [row["method"] for row in rows][:2] == ["pdok", "pdok"]
    assert [row["precision"] for row in rows][:2] == ["address", "address"]
    assert (rows[0]["x"], rows[0]["y"]) == ("137569", "455651")
    assert "po_box" in rows[2]["problems"]
    assert rows[3]["method"] == "postcode4"
    assert "127.0.0.1" in said
    assert "lack" not in said
    asked = len(server.asked)
    again, _said = command.run("again.csv")
    assert again == rows
    assert len(server.asked) == asked


def test_the_command_ends_well_when_the_service_is_down(command, server):
    server.always = Faults.status(500)
    rows, said = command.run()
    assert [row["precision"] for row in rows][:2] == ["postcode4", "postcode4"]
    assert "online_failed" in rows[0]["problems"]
    assert "4 rows lack the precision of an address" in said
    assert "rows 2-3, 5-6" in said  # row 4 is a PO box
    assert "does not answer well (HTTP 500)" in said
    server.always = None
    rows, said = command.run()
    assert rows[0]["precision"] == "address"
    assert "lack" not in said


def test_the_command_tells_rows_when_the_service_dies_halfway(command, server):
    command.many(60)
    server.docs = [doc("Bolstraat", n, "3581WS Utrecht", UTRECHT, "137569 455650")
                   for n in range(1, 61)]  # fmt: skip
    server.faults.extend([None] * 20)
    server.always = Faults.body(Faults.HTML, "text/html")
    rows, said = command.run()
    by_address = [row["precision"] == "address" for row in rows]
    assert sum(by_address) == 20
    assert "40 rows lack the precision of an address" in said
    # Once it is back, only the rest is asked.
    server.always = None
    before = len(server.asked)
    rows, said = command.run()
    assert all(row["precision"] == "address" for row in rows)
    assert len(server.asked) - before == 40


def _garbage(file):
    file.write_bytes(b"not a database" * 1000)


def _damaged(file):
    data = bytearray(file.read_bytes())
    file.write_bytes(data[:100] + b"\xa5" * (len(data) - 100))


def _a_folder(file):
    file.unlink()
    file.mkdir()


def _of_another(file):
    file.unlink()
    other = sqlite3.connect(file)
    with other:
        other.execute("CREATE TABLE mine (a)")
    other.close()


@pytest.mark.parametrize(
    ("worsen", "mended"),
    [(_garbage, False), (_damaged, True), (_a_folder, False), (_of_another, False)],
)
def test_the_command_survives_a_bad_cache(command, worsen, mended):
    good, _said = command.run()
    worsen(command.cache)
    rows, said = command.run()
    assert rows == good
    assert ("cannot be kept in" in said) != mended


def test_a_command_that_is_stopped_leaves_no_half_table(command, server):
    command.many(40)
    server.pause = 0.1
    process = command.start()
    deadline = time.monotonic() + 60
    while len(server.asked) < 10 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _out, said = process.communicate(timeout=120)
    assert process.returncode != 0
    assert "Traceback" not in said
    assert not (command.folder / "out.csv").exists()
    # What was answered before is not asked again.
    server.pause = 0
    before = len(server.asked)
    command.run()
    assert len(server.asked) - before < 2 * 40


# --- addresses as they are written, and as the service writes them -------------------------

STREETS = ["Bolstraat", "Burgemeester Janssenlaan", "'t Hof van Eden", "Plein 1944",
           "2e Hoogstraat", "Dr. de Vrieslaan", "Sint Janskerkhof", "Élysée"]  # fmt: skip
WAYS = [
    "{street} {number}{letter}{dash}{addition}, {postcode} {place}",
    "{street} {number}{letter}{dash}{addition}, {spaced}  {upper}",
    "{upper_street} {number}{small}{dash}{addition} {spaced} {place}",
    "{street} {number} {letter} {addition}\n{spaced} {place}",
]
HOUSES = product(STREETS, (1, 12, 9999), ("", "A", "Z"), ("", "1", "BIS", "HS", "4A"), WAYS)


def test_an_address_is_found_however_it_is_written():
    texts, hits = [], []
    for street, number, letter, addition, way in HOUSES:
        hits.append(doc(street, number, "3581WS Utrecht", UTRECHT, "137569 455650",
                        huisletter=letter or None,
                        huisnummertoevoeging=addition or None))  # fmt: skip
        texts.append(way.format(
            street=street, upper_street=street.upper(), number=number, letter=letter,
            small=letter.lower(), dash="-" if addition else "", addition=addition,
            postcode="3581WS", spaced="3581 WS", place="Utrecht", upper="UTRECHT",
        ))  # fmt: skip
    parts = parse(pd.DataFrame({"address": texts}))
    for text, hit, row in zip(texts, hits, parts.to_dict("records"), strict=True):
        asked = Address(**{name: row[name] for name in Address.__slots__ if name in row})
        assert questions(asked) is not None
        assert judge(asked, [hit]).reason == Reason.FOUND, (text, row)
