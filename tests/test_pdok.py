import datetime as dt
import ipaddress
import json
import logging
import math
import os
import random
import socket
import sqlite3
import ssl
import string
import subprocess
import sys
import threading
import time

import httpx
import pandas as pd
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from coverage import _answers, _web, i18n
from coverage.geocode import _pdok_hits, _pdok_service, pdok
from coverage.geocode._pdok_hits import Address, Reason, judge, point, questions
from coverage.geocode.pdok import Pdok
from tests import pdok_server
from tests.pdok_server import AMSTERDAM, DOCS, UTRECHT, ZEIST, Faults, doc

GOOD = {"street": "Bolstraat", "house_number": "1", "postcode": "3581 WS", "place": "Utrecht"}
SPOT = (137569.474, 455650.561)


server = pytest.fixture(pdok_server.server)
client = pytest.fixture(pdok_server.client)
_quick = pytest.fixture(autouse=True)(pdok_server.quick)


def frame(*rows, index=None):
    table = pd.DataFrame(list(rows), index=index)
    if "po_box" in table:
        table["po_box"] = table["po_box"].eq(other=True)
    return table


def many(count):
    """Different addresses, of which the service knows none."""
    return frame(*({**GOOD, "house_number": str(100 + i)} for i in range(count)))


def one(client, **parts):
    return client.look_up(frame({**GOOD, **parts})).iloc[0]


# --- what is found ------------------------------------------------------------------------


def test_an_address_is_found_with_its_point_and_municipality(client):
    row = one(client)
    assert row["found"]
    assert (row["x"], row["y"]) == SPOT
    assert row["gm_code"] == "GM0344"
    assert row["reason"] == Reason.FOUND
    assert row["label"] == "Bolstraat 1, 3581WS Utrecht"
    assert row["date"] == pd.Timestamp.now(tz="UTC").date().isoformat()


@pytest.mark.parametrize(
    ("parts", "label"),
    [
        ({"house_number": "3", "letter": "a"}, "Bolstraat 3A"),
        ({"house_number": "5", "letter": "A", "addition": "bis"}, "Bolstraat 5A-BIS"),
        ({"house_number": "5", "addition": "A-BIS"}, "Bolstraat 5A-BIS"),
        ({"house_number": "7"}, "Bolstraat 7,"),
        ({"house_number": "7", "letter": "A"}, "Bolstraat 7A"),
        ({"house_number": "7", "addition": "9"}, "Bolstraat 7,"),
        ({"street": "", "place": ""}, "Bolstraat 1,"),
        ({"street": "Bolstr."}, "Bolstraat 1,"),
        ({"street": "BÓLSTRAAT"}, "Bolstraat 1,"),
        ({"postcode": ""}, "Bolstraat 1,"),
        ({"postcode": "3581"}, "Bolstraat 1,"),
        ({"postcode": "", "pc4": "3581"}, "Bolstraat 1,"),
        ({"postcode": "", "pc4": "3581", "place": ""}, "Bolstraat 1,"),
        ({"postcode": "3581WS", "pc4": "9999"}, "Bolstraat 1,"),
        ({"postcode": "", "place": "Oudstad", "municipality": "Oudstad", "gm_code": "GM0344"},
         "Bolstraat 1,"),
        ({"place": "Utrecht Oost"}, "Bolstraat 1,"),
        ({"place": "Buurtschap de Hoek"}, "Bolstraat 1,"),
        ({"gm_code": "GM0344"}, "Bolstraat 1,"),
        ({"gm_code": "GM0355;GM0344"}, "Bolstraat 1,"),
    ],
)  # fmt: skip
def test_ways_to_write_an_address(client, parts, label):
    row = one(client, **parts)
    assert row["reason"] == Reason.FOUND
    assert row["label"].startswith(label)


@pytest.mark.parametrize("addition", ["hs", "huis", "H", "h"])
def test_a_ground_floor_has_more_than_one_name(client, addition):
    row = one(client, street="Kadeweg", house_number="12", addition=addition, postcode="1012AB",
              place="Amsterdam")  # fmt: skip
    assert row["label"] == "Kadeweg 12-H, 1012AB Amsterdam"


@pytest.mark.parametrize(
    "place", ["Den Haag", "'s-Gravenhage", "den haag zh", "s Gravenhage", "The Hague"]
)
def test_a_town_of_two_names(client, place):
    row = one(client, street="Duinpad", house_number="20", postcode="", place=place)
    assert row["gm_code"] == "GM0518"


def test_a_street_may_be_spelt_otherwise_only_where_the_postcode_agrees(client):
    parts = {"street": "Burg. Jansenlaan", "house_number": "8", "place": "Zeist"}
    assert one(client, **parts, postcode="3703AA")["reason"] == Reason.FOUND
    assert one(client, **parts, postcode="")["reason"] == Reason.REFUSED


@pytest.mark.parametrize("street", ["Dr. Kuyperlaan", "Doctor Kuyperlaan", "dr Kuyperln."])
def test_a_title_in_a_street_may_be_shortened(street):
    hit = doc("Doctor Kuyperlaan", 1, "3581WS Utrecht", UTRECHT, "137569 455650")
    asked = Address(street=street, house_number="1", place="Utrecht")
    assert judge(asked, [hit]).reason == Reason.FOUND


# --- what is not found, and what is refused ------------------------------------------------


@pytest.mark.parametrize(
    "parts",
    [
        {"house_number": ""},
        {"house_number": "0"},
        {"house_number": "12-14"},
        {"postcode": "", "place": ""},
        {"postcode": "3581", "street": ""},
        {"po_box": True},
    ],
)
def test_an_address_that_nothing_can_be_held_against_is_not_asked(client, server, parts):
    row = one(client, **parts)
    assert row["reason"] == Reason.INCOMPLETE
    assert not row["found"]
    assert server.asked == []


def test_an_address_that_does_not_exist_names_what_is_like_it(client):
    row = one(client, postcode="3581WT")
    assert row["reason"] == Reason.NOT_FOUND
    assert row["candidates"].split("; ")[0] == "Bolstraat 1, 3581WS Utrecht"
    assert math.isnan(row["x"])
    assert row["gm_code"] == ""


@pytest.mark.parametrize(
    "parts",
    [
        {"gm_code": "GM0355"},
        {"street": "Kerklaan"},
        {"place": "Zeist", "street": ""},
        {"postcode": "", "pc4": "3582"},
        {"postcode": "", "place": "Oudstad", "municipality": "Oudstad"},
        {"addition": "bis"},
        {"house_number": "3"},  # there is only a 3A
        {"house_number": "7", "letter": "B"},
        {"house_number": "7", "addition": "5"},
    ],
)
def test_a_hit_that_differs_is_refused_and_named(client, parts):
    row = one(client, **parts)
    assert row["reason"] == Reason.REFUSED
    assert not row["found"]
    assert "Bolstraat" in row["candidates"]


@pytest.mark.parametrize("postcode", [None, "3581", "3581WS"])
@pytest.mark.parametrize("stated", ["", "3581"])
def test_a_street_is_spelt_otherwise_only_with_a_full_postcode_of_both(postcode, stated):
    hit = doc("Kerkepad", 1, "3581WS Utrecht", UTRECHT, "137569 455650", postcode=postcode)
    asked = Address(street="Kerkpad", house_number="1", postcode=stated, place="Utrecht")
    assert judge(asked, [hit]).reason == Reason.REFUSED


WOERDEN = ("0632", "Woerden", "Utrecht")


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("Utrecht", Reason.REFUSED),
        ("Bergen", Reason.REFUSED),
        ("Woerden Zuid", Reason.FOUND),
        ("Harmelen", Reason.FOUND),  # in the same municipality
        ("Buurtschap de Hoek", Reason.FOUND),  # in no table
    ],
)
def test_a_postcode_does_not_outweigh_a_town_elsewhere(place, reason):
    hit = doc("Kerkstraat", 1, "3441AA Woerden", WOERDEN, "120500 455300")
    asked = Address(street="Kerkstraat", house_number="1", postcode="3441 AA", place=place)
    assert judge(asked, [hit]).reason == reason


def test_a_part_of_a_name_is_no_town_of_another_name():
    hit = doc("Kerkweg", 1, "4611AA Bergen op Zoom", ("0748", "Bergen op Zoom", "Noord-Brabant"),
              "79000 390000")  # fmt: skip
    asked = Address(street="Kerkweg", house_number="1", postcode="4611AA", place="Bergen")
    assert judge(asked, [hit]).reason == Reason.REFUSED


@pytest.mark.parametrize("province", ["Ge", "Gld", "gelderland", "(G)", "O", "Ov.", "(O)", "Ovl"])
def test_provinces_behind_a_place_are_those_of_the_gazetteer(province):
    hit = doc("Kerkweg", 1, "7255AA Hengelo (Gld)", ("1876", "Bronckhorst", "Gelderland"),
              "218000 451000")  # fmt: skip
    asked = Address(street="Kerkweg", house_number="1", place=f"Hengelo {province}")
    fits = province.casefold().strip("(").startswith("g")
    assert (judge(asked, [hit]).reason == Reason.FOUND) == fits


def test_two_places_of_one_name_are_not_guessed_between(client):
    parts = {"street": "Spoorstraat", "house_number": "4", "postcode": ""}
    row = one(client, **parts, place="Hengelo")
    assert row["reason"] == Reason.AMBIGUOUS
    assert row["candidates"] == (
        "Spoorstraat 4, 7551AA Hengelo; Spoorstraat 4, 7255AA Hengelo (Gld) (Bronckhorst)"
    )
    assert one(client, **parts, place="Hengelo (Gld)")["gm_code"] == "GM1876"
    assert one(client, **parts, place="Hengelo (Gelderland)")["gm_code"] == "GM1876"
    assert one(client, **parts, place="Hengelo Ov.")["gm_code"] == "GM0164"
    assert one(client, **parts, place="Hengelo", gm_code="GM0164")["found"]


@pytest.mark.parametrize("place", ["Capelle a/d IJssel", "Capelle aan den Ijssel", "CAPELLE AD Y"])
def test_a_name_of_a_place_in_short(server, client, place):
    capelle = ("0502", "Capelle aan den IJssel", "Zuid-Holland")
    hit = doc("Kerkweg", 1, "2901AA Capelle aan den IJssel", capelle, "99000 438000")
    server.always = Faults.docs(hit)
    row = one(client, street="Kerkweg", postcode="", place=place)
    assert row["found"] == (not place.endswith("Y"))


def test_a_part_of_a_name_is_another_place_without_the_postcode(server, client):
    bergen = doc("Kerkweg", 1, "4611AA Bergen op Zoom", ("0748", "Bergen op Zoom", "Noord-Brabant"),
                 "79000 390000")  # fmt: skip
    server.always = Faults.docs(bergen)
    row = one(client, street="Kerkweg", postcode="", place="Bergen")
    assert row["reason"] == Reason.REFUSED


@pytest.mark.parametrize(
    "wrong",
    [
        doc("Bolstraat", 1, "3703AA Zeist", ZEIST, "146000 455900"),
        doc("Bolstraat", 1, "1012AB Amsterdam", AMSTERDAM, "121500 487500"),
        doc("Bolstraat", 2, "3581WS Utrecht", UTRECHT, "137569 455650"),
        doc("Bolstraat", 1, "3581WS Utrecht", UTRECHT, "137569 455650", type="weg"),
        doc("Bolstraat", 1, "3581WS Utrecht", UTRECHT, "137569 455650", type=None),
        doc("Bolstraat", 1, "3581WS Utrecht", UTRECHT, "5.13 52.08"),
        doc("Bolstraat", 1, "3581WS Utrecht", UTRECHT, "NaN NaN"),
        doc("Bolstraat", 1, "3581WS Utrecht", UTRECHT, "x", centroide_rd=None),
        doc("Bolstraat", 1, "3581WS Utrecht", UTRECHT, "x", centroide_rd=[137569, 455650]),
        doc("Bolstraat", 1, "3581WS Utrecht", UTRECHT, "137569 455650", postcode=None),
        doc("Bolstraat", 1, "3581WS Utrecht", UTRECHT, "137569 455650", postcode=3581),
        doc("Bolstraat", 1, "3581WS Utrecht", UTRECHT, "137569 455650", huisnummer=None),
        doc("Bolstraat", 1, "3581WS Utrecht", UTRECHT, "137569 455650", huisnummer=True),
        doc("Bolstraat", 1, "3581WS Utrecht", UTRECHT, "137569 455650", weergavenaam=None),
        {},
    ],
    ids=lambda hit: json.dumps(hit)[-60:],
)
def test_a_hit_that_is_another_thing_is_never_accepted(client, server, wrong):
    server.always = Faults.docs(wrong)
    row = one(client)
    assert not row["found"]
    assert row["reason"] == Reason.REFUSED
    assert math.isnan(row["x"])


def test_a_stated_municipality_is_not_met_by_a_hit_that_names_none(client, server):
    hit = doc("Bolstraat", 1, "3581WS Utrecht", UTRECHT, "137569 455650", gemeentecode=None)
    server.always = Faults.docs(hit)
    assert one(client, gm_code="GM0344")["reason"] == Reason.REFUSED


def test_a_house_number_may_come_as_text(client, server):
    server.always = Faults.docs({**DOCS[0], "huisnummer": "1"})
    assert one(client)["found"]


def test_names_of_candidates_are_one_short_line(client, server):
    evil = "Bolstraat\x00\n\ud800 9;" + "<script>" * 100
    server.always = Faults.docs({**DOCS[0], "weergavenaam": evil, "postcode": "9999ZZ"})
    named = one(client)["candidates"]
    assert len(named) <= _pdok_hits.LONGEST_LABEL
    assert named.isprintable()
    assert ";" not in named


# --- the table -----------------------------------------------------------------------------


def test_the_index_is_kept_and_each_address_is_asked_once(client, server):
    other = {**GOOD, "house_number": "7"}
    table = frame(GOOD, other, GOOD, other, GOOD, index=["e", "a", "c", "b", "a"])
    told = []
    result = client.look_up(table, lambda done, total: told.append((done, total)))
    assert list(result.index) == ["e", "a", "c", "b", "a"]
    assert result["label"].str.split(",").str[0].tolist() == [
        "Bolstraat 1", "Bolstraat 7", "Bolstraat 1", "Bolstraat 7", "Bolstraat 1",
    ]  # fmt: skip
    assert len(server.asked) == 2
    assert told[-1] == (5, 5)
    assert [done for done, _total in told] == sorted({done for done, _total in told})


def test_no_rows_and_no_columns(client):
    none = client.look_up(pd.DataFrame(columns=["street"]))
    assert len(none) == 0
    assert none["found"].dtype == bool
    nothing = client.look_up(pd.DataFrame(index=[4, 2]))
    assert nothing["reason"].tolist() == [Reason.INCOMPLETE] * 2


def test_cells_may_be_missing(client):
    parts = {**GOOD, "letter": None, "addition": float("nan"), "po_box": False}
    assert client.look_up(frame(parts))["found"].all()


def test_the_service_is_asked_as_documented(client, server):
    one(client)
    assert server.agents == {"dekkend"}
    assert "fq=type%3Aadres" in server.asked[0]
    assert "fq=postcode%3A3581WS" in server.asked[0]


# --- faults --------------------------------------------------------------------------------

PASSING = {
    "429": Faults.status(429),
    "500": Faults.status(500, b"<html>oops"),
    "502": Faults.status(502),
    "503": Faults.status(503, Retry_After="0"),
    "504": Faults.status(504),
    "html": Faults.body(Faults.HTML, "text/html"),
    "truncated": Faults.truncated,
    "cut": Faults.cut,
    "empty": Faults.body(b""),
    "slow": Faults.slow(5.0),
    "dripping": Faults.dripping(5.0),
    "not utf-8": Faults.body(b'{"response": "\xff\xfe"}'),
    "list": Faults.body(b"[1, 2]"),
    "null": Faults.body(b"null"),
    "no docs": Faults.body(b'{"response":{"numFound":1}}'),
    "no numFound": Faults.body(b'{"response":{"docs":[]}}'),
    "docs null": Faults.body(b'{"response":{"numFound":1,"docs":null}}'),
    "docs lost": Faults.body(b'{"response":{"numFound":1,"docs":[]}}'),
    "docs of text": Faults.body(b'{"response":{"numFound":1,"docs":["Bolstraat 1"]}}'),
    "numFound text": Faults.body(b'{"response":{"numFound":"1","docs":[]}}'),
    "deep": Faults.body(b"[" * 200_000),
    "garbled gzip": Faults.body(b"not gzip", Content_Encoding="gzip"),
}
LASTING = {
    "400": Faults.status(400, b'{"error":{"msg":"unknown parameter fl","code":400}}'),
    "403": Faults.status(403),
    "404": Faults.status(404),
    "redirect": Faults.status(302, Location="http://127.0.0.1:9/"),
    "204": Faults.status(204),
    "large": Faults.body(b" " * (_pdok_service.LARGEST + 1)),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_a_fault_that_passes_is_tried_again(server, fault):
    server.faults.append(fault)
    with Pdok(server.url, keep=False, timeout=1.0) as client:
        assert one(client)["reason"] == Reason.FOUND
        assert client.remarks() == []
    assert len(server.asked) == 2


@pytest.mark.parametrize("fault", (PASSING | LASTING).values(), ids=PASSING | LASTING)
def test_a_fault_that_lasts_is_told_and_kept_nowhere(server, fault, tmp_path):
    server.always = fault
    file = tmp_path / "answers.sqlite"
    late = fault in (PASSING["slow"], PASSING["dripping"])
    with Pdok(server.url, cache=file, timeout=0.2 if late else 5.0) as client:
        row = one(client)
        assert (row["found"], row["reason"], row["gm_code"]) == (False, Reason.FAILED, "")
        assert math.isnan(row["x"])
        assert len(client.remarks()) == 1
    lasting = fault in LASTING.values()
    assert len(server.asked) == (1 if lasting else _web.TRIES)
    server.always = None
    with Pdok(server.url, cache=file) as client:
        assert one(client)["found"]


def test_nobody_listens():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        with Pdok(url, keep=False) as client:
            rows = client.look_up(many(50))
            assert not rows["found"].any()
            assert set(rows["reason"]) == {Reason.FAILED, Reason.NOT_ASKED}
            assert client.requests < 2 * _web.GIVE_UP
            (remark,) = client.remarks()
            assert "127.0.0.1" in remark


def test_a_remark_is_in_the_language_of_the_reader(server, client):
    server.always = Faults.status(500)
    one(client)
    i18n.use("en")
    try:
        assert client.remarks()[0].startswith("The address service at 127.0.0.1")
    finally:
        i18n.use(i18n.DEFAULT)


def test_the_service_is_left_alone_after_failures_in_a_row(server, monkeypatch):
    monkeypatch.setattr(_web, "REST", 0.5)
    server.always = Faults.status(500)
    with Pdok(server.url, keep=False) as client:
        first = client.look_up(many(200))
        asked = len(server.asked)
        assert asked <= _web.GIVE_UP + _pdok_service.AT_ONCE
        assert (first["reason"] == Reason.NOT_ASKED).sum() > 150
        # The next chunk of a long file asks nothing either.
        assert set(client.look_up(many(200))["reason"]) == {Reason.NOT_ASKED}
        assert len(server.asked) == asked
        time.sleep(0.5)
        server.always = None
        assert one(client)["found"]


def test_a_single_good_answer_starts_the_count_anew(server, client):
    bad = [Faults.status(500)] * 3
    for _ in range(8):
        server.faults.extend([*bad, None])
    rows = [client.look_up(frame({**GOOD, "house_number": str(n)})) for n in (1, 7)]
    assert all(row["found"].all() for row in rows)


def test_a_service_that_dies_halfway_keeps_what_it_answered(server, tmp_path):
    table = frame(*({**GOOD, "house_number": n} for n in ("1", "7")))
    with Pdok(server.url, cache=tmp_path / "a") as client:
        assert client.look_up(table)["found"].all()
        server.always = Faults.status(503)
        rows = client.look_up(pd.concat([table, many(100)], ignore_index=True))
    assert rows["found"].tolist() == [True, True] + [False] * 100
    assert Reason.FAILED in set(rows["reason"])


def test_in_any_mix_of_faults_what_is_found_is_right(server, tmp_path):
    server.docs = [doc("Bolstraat", n, "3581WS Utrecht", UTRECHT, f"{137000 + n} 455650")
                   for n in range(1, 101)]  # fmt: skip
    another = Faults.docs(doc("Bolstraat", 999, "3703AA Zeist", ZEIST, "144045 454292"))
    kinds = [fault for name, fault in PASSING.items() if name not in ("slow", "dripping")]
    kinds += [*LASTING.values(), another, *[None] * 80]
    order = random.Random(7)  # noqa: S311 - the same mix each time
    server.faults.extend(order.choice(kinds) for _ in range(400))
    table = frame(*({**GOOD, "house_number": str(n)} for n in range(1, 101)))
    with Pdok(server.url, cache=tmp_path / "a", timeout=1.0) as client:
        rows = client.look_up(table)
        assert rows["found"].sum() > 60
    # What was kept is right too: the second time only the rest is asked, and all is found.
    server.faults.clear()
    with Pdok(server.url, cache=tmp_path / "a") as client:
        again = client.look_up(table)
        assert client.requests <= (~rows["found"]).sum()
    for result in (rows, again):
        numbers = pd.Series(range(1, 101), index=result.index)
        assert result.loc[result["found"], "x"].eq(137_000 + numbers[result["found"]]).all()
    told = again["reason"].value_counts()
    assert set(told.index) <= {Reason.FOUND, Reason.REFUSED}


def test_retry_after_is_honoured(server, client):
    server.faults.append(Faults.status(429, Retry_After="1"))
    assert one(client)["found"]
    first, second = server.moments
    assert second - first >= 1


@pytest.mark.parametrize("header", ["3600", "Wed, 01 Jan 2110 00:00:00 GMT"])
def test_a_service_that_asks_for_an_hour_is_left_alone(server, client, header):
    server.always = Faults.status(503, Retry_After=header)
    rows = client.look_up(many(30))
    assert set(rows["reason"]) <= {Reason.FAILED, Reason.NOT_ASKED}
    assert len(server.asked) <= _pdok_service.AT_ONCE


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("2", 2.0), (" 0 ", 0.0), ("", None), ("soon", None), ("-3", None), ("²", None),
     ("Wed, 01 Jan 2020 00:00:00 GMT", 0.0), ("Wed, 99 Jan", None)],
)  # fmt: skip
def test_retry_after_in_any_form(header, seconds):
    assert _web.retry_after(header) == seconds


def test_a_service_that_lets_few_through_is_followed(server, client):
    server.per_second = 8
    server.docs = [doc("Bolstraat", n, "3581WS Utrecht", UTRECHT, "137569 455650")
                   for n in range(1, 13)]  # fmt: skip
    rows = client.look_up(frame(*({**GOOD, "house_number": str(n)} for n in range(1, 13))))
    assert rows["reason"].tolist() == [Reason.FOUND] * 12


# --- manners -------------------------------------------------------------------------------


def test_never_more_than_five_requests_at_once(server):
    server.pause = 0.03
    with Pdok(server.url, keep=False) as first, Pdok(server.url, keep=False) as second:
        threads = [
            threading.Thread(target=client.look_up, args=(many(15),))
            for client in (first, second, first)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert 2 <= server.most_at_once <= 5


def test_several_threads_may_share_a_client(server, tmp_path):
    results = {}
    with Pdok(server.url, cache=tmp_path / "a") as client:

        def work(name):
            table = frame(*({**GOOD, "house_number": n} for n in ("1", "7", "99", "3")))
            results[name] = client.look_up(table)["reason"].tolist()

        threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    wanted = [Reason.FOUND, Reason.FOUND, Reason.NOT_FOUND, Reason.REFUSED]
    assert list(results.values()) == [wanted] * 8


def test_a_stop_from_another_thread_ends_the_run_at_once(server, client):
    server.always = Faults.stopping(client.stop)
    rows = client.look_up(many(50))
    assert set(rows["reason"]) == {Reason.NOT_ASKED}
    assert not server.released.is_set()  # none of the requests had its answer
    assert len(server.asked) <= 5


def test_a_stop_keeps_what_was_found(server, tmp_path):
    stop = threading.Event()
    table = pd.concat([frame(GOOD), many(50)], ignore_index=True)
    with Pdok(server.url, cache=tmp_path / "a", stop=stop) as client:
        rows = client.look_up(table, lambda done, _total: stop.set() if done >= 5 else None)
    reasons = rows["reason"].tolist()
    assert reasons[0] == Reason.FOUND
    assert Reason.NOT_ASKED in reasons


def test_what_the_progress_raises_is_passed_on_and_stops_the_run(server, client):
    def progress(_done, _total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        client.look_up(many(50), progress)
    asked = len(server.asked)
    time.sleep(0.3)
    assert len(server.asked) <= asked + 2 * 5


def test_a_fault_of_our_own_is_raised_where_it_is_noticed(client, monkeypatch):
    monkeypatch.setattr(pdok, "questions", lambda _address: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        one(client)


def test_a_closed_client_says_so(server, tmp_path):
    client = Pdok(server.url, cache=tmp_path / "a")
    client.close()
    client.close()
    with pytest.raises(RuntimeError, match="closed"):
        one(client)


def test_closing_while_it_runs_ends_the_run(server, tmp_path):
    server.always = Faults.slow(20)
    client = Pdok(server.url, cache=tmp_path / "a")
    threading.Timer(0.2, client.close).start()
    rows = client.look_up(many(20))
    assert not rows["found"].any()


# --- where it asks -------------------------------------------------------------------------


def test_the_environment_may_name_another_service(server, monkeypatch):
    monkeypatch.setenv(pdok.ENVIRONMENT, server.url.rstrip("/"))
    with Pdok(keep=False) as client:
        assert one(client)["found"]


def test_by_default_it_is_the_service_of_pdok():
    with Pdok() as client:
        assert client.base_url == "https://api.pdok.nl/bzk/locatieserver/search/v3_1/"


@pytest.mark.parametrize("url", ["api.pdok.nl", "file:///etc/passwd", "ftp://x/", "http://",
                                 "http://me:secret@x/", "http://x:port/",
                                 "http://[::1"])  # fmt: skip
def test_an_address_that_is_none_of_the_web(url):
    with pytest.raises(ValueError, match="DEKKEND_PDOK"):
        Pdok(url)


def _own_certificate(folder):
    """A certificate for this machine that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    day = dt.timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    return file


def test_a_server_with_a_certificate_of_its_own_is_not_believed(server, tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_own_certificate(tmp_path))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    with Pdok(server.url.replace("http:", "https:"), keep=False) as client:
        assert one(client)["reason"] == Reason.FAILED
        assert "CERTIFICATE" in client.remarks()[0]
    assert server.asked == []


# --- what is kept --------------------------------------------------------------------------


def test_a_second_run_asks_nothing(server, tmp_path):
    table = pd.concat([frame(GOOD, {**GOOD, "postcode": "3581WT"}), many(10)], ignore_index=True)
    file = tmp_path / "deep" / "er" / "answers.sqlite"
    with Pdok(server.url, cache=file) as client:
        first = client.look_up(table)
    asked = len(server.asked)
    with Pdok(server.url, cache=file) as client:
        second = client.look_up(table)
        assert client.requests == 0
    assert len(server.asked) == asked
    pd.testing.assert_frame_equal(first, second)


def test_by_default_answers_are_kept_in_the_folder_of_the_user(server):
    with Pdok(server.url) as client:
        one(client)
    assert pdok.default_cache().is_file()
    assert "caches" in str(pdok.default_cache())


def test_nothing_is_kept_when_that_is_asked(server):
    with Pdok(server.url, keep=False) as client:
        one(client)
        one(client)
    assert not pdok.default_cache().exists()
    assert len(server.asked) == 1  # not twice in one run either


@pytest.mark.parametrize(
    ("days", "reason", "asked"),
    [
        (300, Reason.FOUND, 0),
        (400, Reason.FOUND, 1),
        (-2, Reason.FOUND, 1),
        (20, Reason.NOT_FOUND, 0),
        (40, Reason.NOT_FOUND, 2),
        (20, Reason.REFUSED, 0),
        (40, Reason.REFUSED, 1),
    ],
)
def test_old_answers_are_asked_again(server, tmp_path, days, reason, asked):
    file = tmp_path / "answers.sqlite"
    parts = {
        Reason.FOUND: {},
        Reason.NOT_FOUND: {"house_number": "99"},
        Reason.REFUSED: {"letter": "X"},
    }[reason]
    with Pdok(server.url, cache=file) as client:
        one(client, **parts)
    changed = sqlite3.connect(file)
    with changed:
        changed.execute("UPDATE answers SET asked = asked - ?", (days * 86_400,))
    changed.close()
    before = len(server.asked)
    with Pdok(server.url, cache=file) as client:
        row = one(client, **parts)
    assert len(server.asked) - before == asked
    assert row["reason"] == reason


def test_services_do_not_share_answers(server, tmp_path):
    with Pdok(server.url, cache=tmp_path / "a") as client:
        one(client)
    with pdok_server.running() as other, Pdok(other.url, cache=tmp_path / "a") as client:
        one(client)
        assert len(other.asked) == 1


def _damage_pages(file):
    data = bytearray(file.read_bytes())
    data[100:] = b"\xa5" * (len(data) - 100)
    file.write_bytes(data)


def _cut_off(file):
    file.write_bytes(file.read_bytes()[:5000])


@pytest.mark.parametrize("damage", [_damage_pages, _cut_off])
def test_a_damaged_file_is_put_aside(server, tmp_path, damage):
    file = tmp_path / "answers.sqlite"
    with Pdok(server.url, cache=file) as client:
        one(client)
        client.look_up(many(40))
    damage(file)
    with Pdok(server.url, cache=file) as client:
        assert one(client)["found"]
        assert client.remarks() == []
    assert file.with_name("answers.sqlite.damaged").exists()
    with Pdok(server.url, cache=file) as client:
        assert one(client)["found"]
        assert client.requests == 0


def test_a_file_that_is_damaged_while_it_is_open(server, tmp_path):
    file = tmp_path / "answers.sqlite"
    with Pdok(server.url, cache=file) as client:
        client.look_up(many(40))
        _damage_pages(file)
        rows = client.look_up(pd.concat([frame(GOOD), many(60)], ignore_index=True))
        assert rows["found"].iloc[0]
        assert set(rows["reason"].iloc[1:]) == {Reason.NOT_FOUND}


@pytest.mark.parametrize("row", [("[[]]", 1e10), ("{", 1e10), ("null", 1e10), ("[]", "x")])
def test_a_row_that_is_not_ours_is_asked_again(server, tmp_path, row):
    file = tmp_path / "answers.sqlite"
    with Pdok(server.url, cache=file) as client:
        one(client)
    changed = sqlite3.connect(file)
    with changed:
        changed.execute("UPDATE answers SET hits = ?, asked = ?", row)
    changed.close()
    with Pdok(server.url, cache=file) as client:
        assert one(client)["found"]
        assert client.requests == 1


def test_a_file_of_somebody_else_is_left_alone(server, tmp_path):
    file = tmp_path / "letter.docx"
    file.write_bytes(b"Dear sir, " * 100)
    with Pdok(server.url, cache=file) as client:
        assert one(client)["found"]
        (remark,) = client.remarks()
        assert "letter.docx" in remark
    assert file.read_bytes() == b"Dear sir, " * 100
    assert list(tmp_path.iterdir()) == [file]


def test_a_database_of_another_program_is_left_alone(server, tmp_path):
    file = tmp_path / "workspace.db"
    other = sqlite3.connect(file)
    with other:
        other.execute("CREATE TABLE answers (a, b)")
    other.close()
    before = file.read_bytes()
    with Pdok(server.url, cache=file) as client:
        assert one(client)["found"]
        assert len(client.remarks()) == 1
    assert file.read_bytes() == before


def test_a_file_that_cannot_be_there(server, tmp_path):
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file" / "answers.sqlite", tmp_path):
        with Pdok(server.url, cache=place) as client:
            assert one(client)["found"]
            assert one(client)["found"]
            assert client.requests == 1
            assert len(client.remarks()) == 1


def test_a_file_that_may_only_be_read(server, tmp_path, monkeypatch):
    file = tmp_path / "answers.sqlite"
    with Pdok(server.url, cache=file) as client:
        one(client)
    connect = sqlite3.connect

    # The mode of the file stops nobody who is root, as in a container.
    def read_only(path, **options):
        return connect(f"file:{path}?mode=ro", uri=True, **options)

    monkeypatch.setattr(_answers.sqlite3, "connect", read_only)
    with Pdok(server.url, cache=file) as client:
        assert one(client)["found"]
        assert client.requests == 0
        assert client.remarks() == []
        assert one(client, house_number="7")["found"]
        assert one(client, house_number="7")["found"]
        assert client.requests == 1
        assert "readonly" in client.remarks()[0]


def test_a_disk_that_is_full(server, tmp_path, monkeypatch):
    connect = sqlite3.connect

    class Small(sqlite3.Connection):
        def execute(self, statement, *values):
            if statement.startswith("INSERT"):
                super().execute("PRAGMA max_page_count = 4")
            return super().execute(statement, *values)

    monkeypatch.setattr(
        _answers.sqlite3, "connect", lambda path, **more: connect(path, factory=Small, **more)
    )
    with Pdok(server.url, cache=tmp_path / "a") as client:
        assert set(client.look_up(many(60))["reason"]) == {Reason.NOT_FOUND}
        asked = client.requests
        client.look_up(many(60))
        assert client.requests == asked
        assert "full" in client.remarks()[0]


def test_a_file_that_another_keeps_locked(server, tmp_path, monkeypatch):
    monkeypatch.setattr(_answers, "WAIT", 0.1)
    file = tmp_path / "answers.sqlite"
    with Pdok(server.url, cache=file) as client:
        one(client)
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        rows = client.look_up(many(20))
        assert set(rows["reason"]) == {Reason.NOT_FOUND}
        assert len(client.remarks()) == 1
        other.close()


WORKER = """
import sys
import pandas as pd
from coverage.geocode.pdok import Pdok
rows = [{"postcode": "3581WS", "house_number": str(n)} for n in range(1, 61)]
with Pdok(sys.argv[1], cache=sys.argv[2]) as client:
    found = client.look_up(pd.DataFrame(rows))["found"].sum()
    print(found, client.remarks())
"""


def test_two_processes_on_one_file(server, tmp_path):
    server.docs = [doc("Bolstraat", n, "3581WS Utrecht", UTRECHT, "137569 455650")
                   for n in range(1, 61)]  # fmt: skip
    file = tmp_path / "answers.sqlite"
    command = [sys.executable, "-c", WORKER, server.url, str(file)]
    started = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ)
        for _ in range(2)
    ]
    told = [process.communicate(timeout=120)[0].strip() for process in started]
    assert told == ["60 []"] * 2
    with Pdok(server.url, cache=file) as client:
        rows = [{"postcode": "3581WS", "house_number": str(n)} for n in range(1, 61)]
        assert client.look_up(frame(*rows))["found"].all()
        assert client.requests == 0


def test_a_process_that_is_killed_leaves_a_good_file(server, tmp_path):
    server.pause = 0.01
    file = tmp_path / "answers.sqlite"
    process = subprocess.Popen([sys.executable, "-c", WORKER, server.url, str(file)])
    deadline = time.monotonic() + 60
    while len(server.asked) < 20 and time.monotonic() < deadline:
        time.sleep(0.005)
    process.kill()
    process.wait()
    with Pdok(server.url, cache=file) as client:
        assert one(client)["found"]
        assert client.remarks() == []
    assert not file.with_name("answers.sqlite.damaged").exists()


def test_trouble_with_the_file_is_logged_once(server, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    with Pdok(server.url, cache=tmp_path) as client:
        client.look_up(many(5))
    assert len([r for r in caplog.records if r.name == "coverage._answers"]) == 1


# --- laws ----------------------------------------------------------------------------------

figures = st.floats(allow_nan=False, allow_infinity=False, width=64)


@given(figures, figures)
def test_a_point_is_read_as_it_is_written(x, y):
    assert point(f"POINT({x!r} {y!r})") == (x, y)
    assert point(f" point ( {x!r}   {y!r} ) ") == (x, y)


@given(
    st.one_of(
        st.none(),
        st.integers(),
        st.lists(st.integers()),
        st.text(),
        st.text(alphabet="POINTpoint() .-+eE0123456789,Z"),
        st.sampled_from(["POINT EMPTY", "POINT(1)", "POINT(1 2 3)", "POINT(1,2)", "POINT(1e999 2)",
                         "POINT(nan nan)", "POINT(\u0661 \u0662)", "LINESTRING(1 2)",
                         "POINT(1_0 2)"]),
    )
)  # fmt: skip
def test_what_is_no_point_is_none_and_never_an_error(text):
    found = point(text)
    assert found is None or all(map(math.isfinite, found))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["response", "numFound", "docs", "type"]), inner)
    ),
    max_leaves=8,
)
bodies = st.binary(max_size=60) | st.one_of(
    json_values,
    st.fixed_dictionaries({"response": json_values}),
    st.fixed_dictionaries(
        {"response": st.fixed_dictionaries({"numFound": json_values, "docs": json_values})}
    ),
).map(lambda value: json.dumps(value).encode())


@given(bodies)
def test_an_answer_is_hits_or_a_failure(body):
    try:
        docs = _pdok_service._docs(body)
    except _web.FailedError:
        return
    for one_doc in docs:
        assert set(one_doc) <= set(_pdok_hits.FIELDS)
    _pdok_hits.hits(docs)


names = st.sampled_from(["", "Utrecht", "Zeist", "Bolstraat", "Bolstr", "bol straat", "A", "bis"])
address = st.builds(
    Address,
    street=names,
    house_number=st.sampled_from(["", "1", "3", "7", "x"]),
    letter=st.sampled_from(["", "A", "a", "B"]),
    addition=st.sampled_from(["", "bis", "hs"]),
    postcode=st.sampled_from(["", "3581", "3581WS", "3581 ws", "3703AA"]),
    place=names,
    gm_code=st.sampled_from(["", "GM0344", "GM0355", "GM0344;GM0355"]),
)
values = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5),
                   st.lists(st.integers(), max_size=2))  # fmt: skip
worsened = st.builds(
    lambda base, changes: {**base, **changes},
    st.sampled_from(DOCS),
    st.dictionaries(st.sampled_from(_pdok_hits.FIELDS), values, max_size=2),
)


@given(address, st.lists(worsened, max_size=4))
def test_what_is_accepted_agrees_and_nothing_raises(asked, docs):
    finding = judge(asked, docs)
    assert (finding.hit is not None) == (finding.reason == Reason.FOUND)
    if finding.hit is None:
        return
    hit = finding.hit
    assert hit.kind == "adres"
    assert hit.house_number == asked.house_number
    assert hit.postcode.startswith(asked.postcode.replace(" ", "").upper())
    assert not asked.gm_code or hit.gm_code in asked.gm_code.split(";")
    assert math.isfinite(hit.x)
    assert math.isfinite(hit.y)


@given(address, st.text(max_size=40), st.text(max_size=400))
def test_a_question_holds_words_and_no_syntax(asked, street, place):
    asked = Address(**{**{name: getattr(asked, name) for name in Address.__slots__},
                       "street": street, "place": place})  # fmt: skip
    for question in questions(asked) or ():
        query = dict(question)["q"]
        assert not set(query) & set(string.punctuation)
        assert not {"AND", "OR", "NOT"} & set(query.split())
        assert all(0 < len(value) < 1000 for _name, value in question)
        assert httpx.QueryParams(list(question)).get_list("fq")[0] == "type:adres"


@given(st.text(min_size=1, max_size=30), st.text(max_size=30))
def test_a_name_agrees_with_itself(street, place):
    hit = doc(street, 1, "3581WS x", UTRECHT, "137569 455650", woonplaatsnaam=place)
    asked = Address(street=street, place=place, house_number="1", postcode="3581WS")
    finding = judge(asked, [hit])
    assert finding.reason == Reason.FOUND
