"""A local server that answers as StatLine is documented (OData v3), and fails when told to.

Titles, groups, keys, marks and the form of the answers are those of CBS; the numbers are made
up. Region keys have the spaces that CBS puts behind them, and regions that no longer exist are in
each table without figures.
"""

import json
import re
from contextlib import contextmanager
from copy import deepcopy
from threading import Thread
from urllib.parse import parse_qsl, urlsplit

from coverage import _web, statline
from tests import pdok_server
from tests.pdok_server import Faults

__all__ = ["Faults", "Server", "quick", "running", "server"]

PATH = "/ODataApi/odata/"
LIMIT = 10_000


def topic(number, key, title, parent=None, unit="aantal"):
    return {
        "odata.type": "Cbs.OData.Topic",
        "ID": number,
        "Position": number,
        "ParentID": parent,
        "Type": "Topic",
        "Key": key,
        "Title": title,
        "Description": "",
        "ReleasePolicy": False,
        "Datatype": "Long",
        "Unit": unit,
        "Decimals": 0,
        "Default": "None",
    }


def group(number, title, parent=None):
    return {
        "odata.type": "Cbs.OData.TopicGroup",
        "ID": number,
        "ParentID": parent,
        "Type": "TopicGroup",
        "Key": "",
        "Title": title,
        "Description": "",
    }


def dimension(number, key, title, kind="Dimension"):
    return {
        "odata.type": f"Cbs.OData.{kind}",
        "ID": number,
        "Position": number,
        "ParentID": None,
        "Type": kind,
        "Key": key,
        "Title": title,
        "Description": "",
    }


PERIODS = [
    {"Key": "2015JJ00", "Title": "2015", "Description": "", "Status": "Definitief"},
    {"Key": "2022HJ01", "Title": "2022 1e halfjaar**", "Description": "", "Status": ""},
    {"Key": "2022JJ00", "Title": "2022", "Description": "", "Status": "NaderVoorlopig"},
    {"Key": "2023JJ00", "Title": "2023*", "Description": "", "Status": "Voorlopig"},
]
PLACES = [dimension(0, "RegioS", "Regio's", "GeoDimension")]
TIMES = [dimension(1, "Perioden", "Perioden", "TimeDimension")]
EVER, BEGUN, NEW, ENDED = (
    "Ondertoezichtstelling_1",
    "TotaalBegonnenTrajecten_2",
    "NieuweTrajecten_3",
    "TotaalBeeindigdeTrajecten_5",
)


def region(code):
    return {"Key": f"{code:<10}", "Title": code, "Description": "", "CategoryGroupID": None}


def protection():
    """Table 82975NED: Amsterdam, Urk (small), Groningen and two that were divided or merged."""
    rows = {
        ("NL01", "2023JJ00"): (25_000, 6_500, 6_000, 8_000),
        ("PV27", "2023JJ00"): (3_000, 700, 600, 900),
        ("GM0363", "2023JJ00"): (1250, 300, 280, 410),
        ("GM0184", "2023JJ00"): (None, None, None, None),
        ("GM0014", "2023JJ00"): (300, 85, 70, 90),
        ("GM0060", "2023JJ00"): (10, 0, 0, 5),
        ("GM0788", "2023JJ00"): (None,) * 4,
        ("GM0363", "2022JJ00"): (1300, 310, 290, 400),
        ("GM0363", "2022HJ01"): (1300, 160, 150, 200),
        # 2015: before Haren joined Groningen and Haaren was divided.
        ("GM0363", "2015JJ00"): (1400, 330, 310, 420),
        ("GM0014", "2015JJ00"): (280, 80, 70, 90),
        ("GM0017", "2015JJ00"): (15, 10, 5, 5),
        ("GM0009", "2015JJ00"): (None,) * 4,
        ("GM0788", "2015JJ00"): (25, 10, 10, 15),
        ("GM0757", "2015JJ00"): (40, 20, 15, 20),
        ("GM0024", "2015JJ00"): (20, 10, 10, 10),
        ("GM0003", "2015JJ00"): (25, 15, 10, 10),
        ("GM0010", "2015JJ00"): (60, 20, 15, 25),
        ("GM0039", "2015JJ00"): (None,) * 4,
        ("GM1895", "2015JJ00"): (100, 30, 25, 35),
    }
    ended = "Beëindigde trajecten"
    return {
        "TableInfos": [
            {
                "ID": 0,
                "Title": "Jeugdbeschermingstrajecten; regio",
                "Identifier": "82975NED",
                "Summary": "",
                "Modified": "2024-04-30T02:00:00",
            }
        ],
        "DataProperties": [
            *PLACES,
            *TIMES,
            group(2, "Ondertoezichtstelling"),
            topic(3, EVER, "Ondertoezichtstelling", 2),
            group(4, "Begonnen trajecten", 2),
            topic(5, BEGUN, "Totaal begonnen trajecten", 4),
            topic(6, NEW, "Nieuwe trajecten", 4),
            topic(7, "HerhaaldBeroep_4", "Herhaald beroep", 4),
            group(8, ended, 2),
            topic(9, ENDED, "Totaal beëindigde trajecten", 8),
            group(10, "Reden beëindigde trajecten", 8),
            topic(11, "BeeindigdVolgensPlan_6", "Beëindigd volgens plan", 10),
            group(12, "Voogdij"),
            topic(13, "Voogdij_7", "Voogdij", 12),
            group(14, "Begonnen trajecten", 12),
            topic(15, "TotaalBegonnenTrajecten_8", "Totaal begonnen trajecten", 14),
        ],
        "RegioS": [region(code) for code in sorted({code for code, _period in rows})],
        "Perioden": PERIODS,
        "TypedDataSet": [
            {
                "ID": number,
                "RegioS": f"{code:<10}",
                "Perioden": period,
                EVER: ever,
                BEGUN: begun,
                NEW: new,
                "HerhaaldBeroep_4": None,
                ENDED: gone,
                "BeeindigdVolgensPlan_6": 99_995,
                "Voogdij_7": 99_995,
                "TotaalBegonnenTrajecten_8": 99_995,
            }
            for number, ((code, period), (ever, begun, new, gone)) in enumerate(rows.items())
        ],
    }


LIVED = {
    "2015JJ00": {"GM0363": 9, "GM0014": 5, "GM0017": 2, "GM0009": 1, "GM0788": 3, "GM0757": 4,
                 "GM0024": 1, "GM0003": 1, "GM0010": 2, "GM1895": 3},
    "2023JJ00": {"GM0363": 10, "GM0014": 6, "GM0184": 2, "GM0060": 1},
}  # fmt: skip
"""Children of each single age, by period and municipality."""


def by_age():
    """Table 03759ned: dimensions for sex, age and marital status."""
    ages = [{"Key": "10000   ", "Title": "Totaal", "Description": ""}]
    ages += [{"Key": f"{10100 + 100 * age}   ", "Title": f"{age} jaar", "Description": ""}
             for age in range(100)]  # fmt: skip
    ages += [
        {"Key": "70100   ", "Title": "0 tot 5 jaar", "Description": ""},
        {"Key": "70200   ", "Title": "5 tot 10 jaar", "Description": ""},
        {"Key": "70300   ", "Title": "10 tot 15 jaar", "Description": ""},
        {"Key": "70400   ", "Title": "15 tot 20 jaar", "Description": ""},
        {"Key": "22000   ", "Title": "95 jaar of ouder", "Description": ""},
    ]
    years = {"70100": 5, "70200": 5, "70300": 5, "70400": 5, "10000": 100}
    rows = []
    for period, lived in LIVED.items():
        for code in ("GM0039", *lived):
            for age in ages:
                count = lived.get(code)
                width = years.get(age["Key"].strip(), 1)
                rows.append(
                    {
                        "ID": len(rows),
                        "Geslacht": "T001038",
                        "Leeftijd": age["Key"],
                        "BurgerlijkeStaat": "T001019",
                        "RegioS": f"{code:<10}",
                        "Perioden": period,
                        "BevolkingOp1Januari_1": None if count is None else count * width,
                        "GemiddeldeBevolking_2": None,
                    }
                )
    codes = sorted({row["RegioS"].strip() for row in rows})
    return {
        "TableInfos": [{"ID": 0, "Title": "Bevolking", "Modified": "2025-05-30T02:00:00"}],
        "DataProperties": [
            dimension(10, "Geslacht", "Geslacht"),
            dimension(11, "Leeftijd", "Leeftijd"),
            dimension(12, "BurgerlijkeStaat", "Burgerlijke staat"),
            *PLACES,
            *TIMES,
            topic(20, "BevolkingOp1Januari_1", "Bevolking op 1 januari"),
            topic(21, "GemiddeldeBevolking_2", "Gemiddelde bevolking"),
        ],
        "Geslacht": [
            {"Key": "T001038", "Title": "Totaal mannen en vrouwen", "Description": ""},
            {"Key": "3000   ", "Title": "Mannen", "Description": ""},
        ],
        "Leeftijd": ages,
        "BurgerlijkeStaat": [
            {"Key": "T001019", "Title": "Totaal burgerlijke staat", "Description": ""},
            {"Key": "1010   ", "Title": "Ongehuwd", "Description": ""},
        ],
        "RegioS": [region(code) for code in codes],
        "Perioden": [period for period in PERIODS if "HJ" not in period["Key"]],
        "TypedDataSet": rows,
    }


def by_band():
    """Table 70072ned: bands of age as columns, as numbers and as percentages."""
    bands = {
        "JongerDan5Jaar_4": ("Jonger dan 5 jaar", 5),
        "k_5Tot10Jaar_5": ("5 tot 10 jaar", 5),
        "k_10Tot15Jaar_6": ("10 tot 15 jaar", 5),
        "k_15Tot20Jaar_7": ("15 tot 20 jaar", 5),
    }
    prose = "Uitkomsten zijn voorlopig over: bevolking."
    return {
        "TableInfos": [{"ID": 0, "Title": "Regionale kerncijfers", "Modified": ""}],
        "DataProperties": [
            *PLACES,
            *TIMES,
            group(2, "Bevolking"),
            topic(3, "TotaleBevolking_1", "Totale bevolking", 2),
            group(4, "Naar leeftijd, aantal", 2),
            *(topic(10 + n, key, title, 4) for n, (key, (title, _)) in enumerate(bands.items())),
            group(5, "Naar leeftijd, relatief", 2),
            *(
                topic(20 + n, f"{key}_relatief", title, 5, "%")
                for n, (key, (title, _)) in enumerate(bands.items())
            ),
        ],
        "RegioS": [region(code) for code in LIVED["2023JJ00"]],
        "Perioden": [{"Key": "2023JJ00", "Title": "2023", "Description": prose, "Status": None}],
        "TypedDataSet": [
            {
                "ID": number,
                "RegioS": f"{code:<10}",
                "Perioden": "2023JJ00",
                "TotaleBevolking_1": 100 * count,
                **{key: width * count for key, (_title, width) in bands.items()},
                **{f"{key}_relatief": 5.0 for key in bands},
            }
            for number, (code, count) in enumerate(LIVED["2023JJ00"].items())
        ],
    }


class Server(pdok_server.Server):
    """The server; `links` says whether it gives a link to a next page, `limit` rows at most."""

    def __init__(self):
        super().__init__()
        self.RequestHandlerClass = Handler
        made = {"82975NED": protection(), "03759ned": by_age(), "70072ned": by_band()}
        self.tables = deepcopy(made)  # each test may change its own
        self.links = True
        self.limit = LIMIT

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}{PATH}"

    def row(self, table, code, period):
        """A row of the data, to change."""
        return next(
            row
            for row in self.tables[table]["TypedDataSet"]
            if row["RegioS"].strip() == code and row["Perioden"] == period
        )


class Handler(pdok_server.Handler):
    server: Server

    def answer(self):
        found = self.found()
        if found is None:
            self.reply(404, pdok_server.Faults.HTML, "text/html")
        else:
            self.reply(200, json.dumps(found).encode(), "application/json;odata=minimalmetadata")

    def found(self):
        """The rows asked for, or None when there is no such table."""
        parts = urlsplit(self.path)
        table, _slash, entity = parts.path.removeprefix(PATH).partition("/")
        rows = self.server.tables.get(table, {}).get(entity)
        if rows is None:
            return None
        asked = dict(parse_qsl(parts.query))
        rows = [row for row in rows if _passes(row, asked.get("$filter", ""))]
        if "$select" in asked:
            names = asked["$select"].split(",")
            rows = [{name: row[name] for name in names if name in row} for row in rows]
        start = int(asked.get("$skip", 0))
        size = min(int(asked.get("$top", LIMIT)), self.server.limit)
        answer = {"odata.metadata": f"{PATH}{table}/$metadata#{entity}"}
        answer["value"] = rows[start : start + size]
        if self.server.links and start + size < len(rows):
            answer["odata.nextLink"] = f"http://elsewhere.invalid/{table}?$skip={start + size}"
        return answer


def _passes(row, condition):
    """Whether a row passes a filter of the forms that are used here."""
    for part in filter(None, condition.split(" and ")):
        begins = re.findall(r"startswith\((\w+),'([^']*)'\)", part)
        equal = re.findall(r"(\w+) eq '([^']*)'", part)
        assert begins or equal, f"not understood: {part}"
        if not any(str(row[name]).startswith(value) for name, value in begins) and not any(
            str(row[name]) == value for name, value in equal
        ):
            return False
    return True


@contextmanager
def running():
    """A server on a free port of this machine."""
    made = Server()
    thread = Thread(target=made.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.released.set()
        made.shutdown()
        made.server_close()
        thread.join()


# What tests share: each makes fixtures of them under these names.


def server():
    """A server while a test runs."""
    with running() as made:
        yield made


def quick(monkeypatch, tmp_path):
    """No long waits, and no files of the user."""
    monkeypatch.setattr(_web, "FIRST_WAIT", 0.005)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    monkeypatch.delenv(statline.ENVIRONMENT, raising=False)
