"""A local server that answers as the Locatieserver is documented, and fails when told to.

It knows a handful of addresses. Streets, numbers and points are made up; towns and codes of
municipalities are real, so that an answer can be held against an edition.
"""

import json
import re
import threading
import time
from collections import Counter, deque
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qsl, urlsplit

from coverage import _web
from coverage.geocode import pdok

PATH = "/bzk/locatieserver/search/v3_1/"
ALLOWED = {"q", "fq", "fl", "rows", "start", "sort", "lat", "lon", "df", "bq", "wt", "indent"}


def doc(street, number, where, gemeente, spot, **more):
    """An address in the form of the service; a field that is None is absent."""
    postcode, place = where.split(" ", 1)
    code, municipality, province = gemeente
    letter, addition = more.pop("huisletter", None), more.pop("huisnummertoevoeging", None)
    house = f"{number}{letter or ''}" + (f"-{addition}" if addition else "")
    fields = {
        "bron": "BAG",
        "type": "adres",
        "id": f"adr-{abs(hash((postcode, house))):032x}"[:36],
        "weergavenaam": f"{street} {house}, {postcode} {place}",
        "straatnaam": street,
        "straatnaam_verkort": re.sub("straat$", "str", street),
        "huisnummer": number,
        "huisletter": letter,
        "huisnummertoevoeging": addition,
        "postcode": postcode,
        "woonplaatsnaam": place,
        "gemeentecode": code,
        "gemeentenaam": municipality,
        "provincienaam": province,
        "centroide_ll": "POINT(5.13287587 52.08884161)",
        "centroide_rd": f"POINT({spot})",
        **more,
    }
    return {name: value for name, value in fields.items() if value is not None}


UTRECHT = ("0344", "Utrecht", "Utrecht")
AMSTERDAM = ("0363", "Amsterdam", "Noord-Holland")
ZEIST = ("0355", "Zeist", "Utrecht")
HAAG = ("0518", "'s-Gravenhage", "Zuid-Holland")
HENGELO = ("0164", "Hengelo", "Overijssel")
BRONCKHORST = ("1876", "Bronckhorst", "Gelderland")
STICHTSE_VECHT = ("1904", "Stichtse Vecht", "Utrecht")

DOCS = [
    doc("Bolstraat", 1, "3581WS Utrecht", UTRECHT, "137569.474 455650.561"),
    doc("Bolstraat", 3, "3581WS Utrecht", UTRECHT, "137575.1 455655.2", huisletter="A"),
    doc("Bolstraat", 5, "3581WS Utrecht", UTRECHT, "137580.1 455660.2",
        huisletter="A", huisnummertoevoeging="BIS"),
    doc("Bolstraat", 7, "3581WS Utrecht", UTRECHT, "137585.0 455665.0"),
    doc("Bolstraat", 7, "3581WS Utrecht", UTRECHT, "137585.0 455665.0", huisletter="A"),
    doc("Kadeweg", 12, "1012AB Amsterdam", AMSTERDAM, "121500.0 487500.0",
        huisnummertoevoeging="H"),
    doc("Kadeweg", 12, "1012AB Amsterdam", AMSTERDAM, "121500.0 487500.0",
        huisnummertoevoeging="1"),
    doc("Burgemeester Janssenlaan", 8, "3703AA Zeist", ZEIST, "146000.0 455900.0"),
    doc("Duinpad", 20, "2511AA 's-Gravenhage", HAAG, "81000.0 455000.0"),
    doc("Spoorstraat", 4, "7551AA Hengelo", HENGELO, "251000.0 476000.0"),
    doc("Spoorstraat", 4, "7255AA Hengelo (Gld)", BRONCKHORST, "218000.0 451000.0"),
    doc("Vechtweg", 2, "3601AA Maarssen", STICHTSE_VECHT, "130000.0 460500.0"),
]  # fmt: skip


class Faults:
    """Ways in which the service can fail; each writes an answer of its own."""

    @staticmethod
    def status(code, body=b"", **headers):
        def fault(handler):
            handler.reply(code, body, "application/json", **headers)

        return fault

    @staticmethod
    def body(body, kind="application/json", **headers):
        def fault(handler):
            handler.reply(200, body, kind, **headers)

        return fault

    @staticmethod
    def slow(seconds):
        def fault(handler):
            handler.server.released.wait(seconds)
            handler.answer()

        return fault

    @staticmethod
    def dripping(seconds):
        """Send a byte now and then, each well within any time limit between bytes."""

        def fault(handler):
            handler.send_response(200)
            handler.send_header("Content-Length", "100000")
            handler.end_headers()
            end = time.monotonic() + seconds
            while time.monotonic() < end and not handler.server.released.wait(0.05):
                handler.wfile.write(b" ")

        return fault

    @staticmethod
    def stopping(stop):
        """Set an event, and say nothing more."""

        def fault(handler):
            stop.set()
            handler.server.released.wait()

        return fault

    @staticmethod
    def truncated(handler):
        body = json.dumps(handler.found()).encode()
        handler.reply(200, body[: len(body) // 2], "application/json")

    @staticmethod
    def cut(handler):
        """Close the connection halfway."""
        handler.send_response(200)
        handler.send_header("Content-Length", "5000")
        handler.end_headers()
        handler.wfile.write(b'{"response":{"numFound":1,')

    @staticmethod
    def docs(*docs):
        """Answer with these hits, whatever is asked."""

        def fault(handler):
            body = {"numFound": len(docs), "start": 0, "maxScore": 9.0, "numFoundExact": True}
            body["docs"] = list(docs)
            handler.reply(200, json.dumps({"response": body}).encode(), "application/json")

        return fault

    HTML: ClassVar = b"<!doctype html><title>Sign in</title><p>Welcome to the hotel"


class Server(ThreadingHTTPServer):
    """The server; `faults` are used up one a request, then `always`, then good answers."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.docs = list(DOCS)
        self.faults = deque()
        self.always = None
        self.per_second = None
        self.released = threading.Event()
        self.lock = threading.Lock()
        self.asked = []
        self.moments = []
        self.agents = set()
        self.now = 0
        self.most_at_once = 0
        self.starts = deque()
        self.pause = 0.0

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}{PATH}"

    @property
    def times(self):
        """How often each question was asked."""
        return Counter(self.asked)

    def handle_error(self, *_details):
        """A client that hangs up is nothing to tell of."""


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self):
        server = self.server
        with server.lock:
            server.asked.append(self.path)
            server.moments.append(time.monotonic())
            server.agents.add(self.headers.get("User-Agent", ""))
            server.now += 1
            server.most_at_once = max(server.most_at_once, server.now)
            self.under_way = True
            fault = server.faults.popleft() if server.faults else server.always
        try:
            if server.pause:
                server.released.wait(server.pause)
            if self.too_fast():
                self.reply(429, b"", "text/plain", **{"Retry-After": "1"})
            elif fault is not None:
                fault(self)
            else:
                self.answer()
        finally:
            self.over()

    def over(self):
        """Count the request as over; before its last byte, or a client may be ahead of us."""
        with self.server.lock:
            self.server.now -= self.under_way
            self.under_way = False

    def too_fast(self):
        server = self.server
        if server.per_second is None:
            return False
        with server.lock:
            now = time.monotonic()
            while server.starts and now - server.starts[0] > 1:
                server.starts.popleft()
            if len(server.starts) >= server.per_second:
                return True
            server.starts.append(now)
            return False

    def answer(self):
        pairs = parse_qsl(urlsplit(self.path).query)
        unknown = sorted({name for name, _value in pairs} - ALLOWED)
        if not self.path.startswith(PATH + "free?"):
            self.reply(404, b'{"error":{"msg":"not found","code":404}}', "application/json")
        elif unknown:
            error = {"error": {"msg": f"unknown parameter {unknown[0]}", "code": 400}}
            self.reply(400, json.dumps(error).encode(), "application/json")
        else:
            self.reply(200, json.dumps(self.found()).encode(), "application/json")

    def found(self):
        """Hits that pass the filters and share a word with the query, the likest first."""
        pairs = parse_qsl(urlsplit(self.path).query)
        last = dict(pairs)
        filters = [value.split(":", 1) for name, value in pairs if name == "fq"]
        wanted = set(_words(last.get("q", "")))
        scored = []
        for hit in self.server.docs:
            if all(str(hit.get(field)) == value for field, value in filters):
                score = len(wanted & set(_words(hit["weergavenaam"])))
                if score or not wanted:
                    scored.append((score, hit))
        scored.sort(key=lambda pair: -pair[0])
        fields = last.get("fl", "").split(",")
        docs = [
            {name: value for name, value in hit.items() if name in fields or fields == [""]}
            for _score, hit in scored[: int(last.get("rows", 10))]
        ]
        best = scored[0][0] if scored else 0
        head = {"numFound": len(scored), "start": 0, "maxScore": best, "numFoundExact": True}
        return {"response": {**head, "docs": docs}}

    def reply(self, code, body, kind, **headers):
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.over()
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_details):
        pass


def _words(text):
    return re.findall(r"[^\W_]+", text.casefold())


@contextmanager
def running():
    """A server on a free port of this machine."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


# What tests of the client share: each makes fixtures of them under these names.


def server():
    """A server while a test runs."""
    with running() as made:
        yield made


def client(server):
    """A client of it that keeps nothing."""
    with pdok.Pdok(server.url, keep=False) as made:
        yield made


def quick(monkeypatch, tmp_path):
    """No long waits, and no files of the user."""
    monkeypatch.setattr(_web, "FIRST_WAIT", 0.005)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    monkeypatch.delenv(pdok.ENVIRONMENT, raising=False)
