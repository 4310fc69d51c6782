import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage import i18n
from coverage.editions import load_edition
from coverage.geocode import geocode, pdok, words
from coverage.geocode import _pdok_service
from coverage.geocode._pdok_hits import Address, Reason, judge, questions
from coverage.geocode.address import parse
from coverage.geocode.pdok import Pdok
from coverage.vocabulary import Precision
from tests import pdok_server
from tests.pdok_server import DOCS, STICHTSE_VECHT, UTRECHT, ZEIST, Faults, doc

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


@pytest.fixture
def server():
    with pdok_server.running() as running:
        yield running


@pytest.fixture(autouse=True)
def _quick(monkeypatch, tmp_path):
    monkeypatch.setattr(_pdok_service, "FIRST_WAIT", 0.005)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    monkeypatch.delenv(pdok.ENVIRONMENT, raising=False)


@pytest.fixture
def client(server):
    with Pdok(server.url, keep=False) as made:
        yield made


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
    server.always = Faults.slow(30)
    with Pdok(server.url, keep=False) as client:
        threading.Timer(0.3, client.stop.set).start()
        start = time.monotonic()
        results = found(ROWS, online=client)
        assert time.monotonic() - start < 5
    assert not results["method"].eq("pdok").any()
    assert results["gm_code"].iloc[0] == "GM0344"


# --- addresses as they are written, and as the service writes them -------------------------

streets = st.sampled_from(["Bolstraat", "Burgemeester Janssenlaan", "'t Hof van Eden", "Plein 1944",
                           "2e Hoogstraat", "Dr. de Vrieslaan", "Sint Janskerkhof",
                           "Élysée"])  # fmt: skip
letters = st.sampled_from(["", "A", "Z"])
additions = st.sampled_from(["", "1", "BIS", "HS", "4A"])
numbers = st.integers(1, 9999)
ways = st.sampled_from([
    "{street} {number}{letter}{dash}{addition}, {postcode} {place}",
    "{street} {number}{letter}{dash}{addition}, {spaced}  {upper}",
    "{upper_street} {number}{small}{dash}{addition} {spaced} {place}",
    "{street} {number} {letter} {addition}\n{spaced} {place}",
])  # fmt: skip


@settings(max_examples=60)
@given(streets, numbers, letters, additions, ways)
def test_an_address_is_found_however_it_is_written(street, number, letter, addition, way):
    hit = doc(street, number, "3581WS Utrecht", UTRECHT, "137569 455650",
              huisletter=letter or None, huisnummertoevoeging=addition or None)  # fmt: skip
    text = way.format(
        street=street, upper_street=street.upper(), number=number, letter=letter,
        small=letter.lower(), dash="-" if addition else "", addition=addition,
        postcode="3581WS", spaced="3581 WS", place="Utrecht", upper="UTRECHT",
    )  # fmt: skip
    parts = parse(pd.DataFrame({"address": [text]})).iloc[0]
    asked = Address(**{name: parts[name] for name in Address.__slots__ if name in parts})
    assert questions(asked) is not None
    assert judge(asked, [hit]).reason == Reason.FOUND, (text, parts.to_dict())
