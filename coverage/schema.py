"""What a valid table is: the columns of the register and of a demand table.

This is the one definition. The reader (`coverage.tables`) types and checks
by it, the templates and the column guides are made from it. Every column
carries in its ``metadata`` what kind of value it holds, the words that are
accepted, and an example; ``description`` says what it means.

A check is named by its message: ``error`` is the text for the user (English,
a key of the message catalogue), ``statistics`` the values that fill it in.
"""

from __future__ import annotations

import itertools
import re
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import pandera.pandas as pa

from coverage.editions import EDITIONS
from coverage.faults import Later
from coverage.i18n import N_, language
from coverage.vocabulary import (
    Certainty,
    FigureStatus,
    Framework,
    FunctionStatus,
    OfferType,
    Precision,
    RegionSet,
    ServiceAreaType,
    Ternary,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pandas as pd

FIRST_YEAR, LAST_YEAR = 1900, 2100
"""Years outside these are taken for a typing error."""

LONGEST_TEXT = 32_767
"""Characters that fit in one cell of a spreadsheet."""

LONG_TERM_MONTHS = 6
"""Support that lasts longer than this many months is long-term."""

MOST = 1_000_000
"""Numbers above this are taken for a typing error: there are fewer families with children."""

WORDS_NL: dict[str, str] = {
    "yes": "ja",
    "no": "nee",
    "unknown": "onbekend",
    "voluntary": "vrijwillig",
    "compulsory": "gedwongen",
    "both": "beide",
    "present": "aanwezig",
    "not_described": "niet beschreven",
    "absent": "afwezig",
    "municipalities": "gemeenten",
    "region": "regio",
    "radius": "straal",
    "country": "land",
    "province": "provincie",
    "bureau_jeugdzorg": "bureau jeugdzorg",
    "jeugdregio": "jeugdregio",
    "corop": "corop",
    "study": "studie",
    "address": "adres",
    "postcode4": "postcode",
    "place": "plaats",
    "municipality": "gemeente",
    "high": "hoog",
    "medium": "gemiddeld",
    "low": "laag",
    "observed": "waargenomen",
    "estimated": "geschat",
    "entered": "ingevoerd",
    "example": "voorbeeld",
    "suppressed": "afgeschermd",
    "family_support": "gezinsbegeleiding",
    "coordination_only": "alleen coördinatie",
    "professional_coordination": "coördinatie van professionals",
    "informal": "informeel",
    "stated": "genoemd",
    "classified": "ingedeeld",
    "local": "lokaal",
    "regional": "regionaal",
    "indicated": "geïndiceerd",
    "specialised": "gespecialiseerd",
    "awbz": "awbz",
    "children": "kinderen",
    "families": "gezinnen",
    "measures": "maatregelen",
}
"""Dutch word for each word of the vocabulary; both are accepted in a file."""


class Words(str):
    """Words of the vocabulary, with ``, `` between them, that fill in a message.

    They are shown in the language of the reader: both are accepted in a file.
    """

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        if language() != "nl":
            return format(str(self), spec)
        return format(", ".join(WORDS_NL.get(word, word) for word in self.split(", ")), spec)


class Kind(StrEnum):
    """What kind of value a column holds: how its text is read."""

    TEXT = "text"
    ID = "id"
    WORD = "word"
    NUMBER = "number"
    YEAR = "year"
    DATE = "date"
    CODE = "code"
    POSTCODE = "postcode"
    AMOUNT = "amount"
    """A number or a range (3-4), kept as text."""


class Layer(StrEnum):
    """Part of the youth system that an offer belongs to."""

    LOCAL = "local"
    REGIONAL = "regional"
    INDICATED = "indicated"
    SPECIALISED = "specialised"
    AWBZ = "awbz"
    UNKNOWN = "unknown"


class FrameworkBasis(StrEnum):
    """Whether the source states the framework or the register classified it."""

    STATED = "stated"
    CLASSIFIED = "classified"


class YesNo(StrEnum):
    """A statement that cannot be left open."""

    YES = "yes"
    NO = "no"


class DemandUnit(StrEnum):
    """What a demand figure counts."""

    CHILDREN = "children"
    FAMILIES = "families"
    MEASURES = "measures"


CODE = re.compile(r"GM\d{4}")
DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
POSTCODE = re.compile(r"[1-9]\d{3}( [A-Z]{2})?")
KVK = re.compile(r"\d{8}")
WEBSITE = re.compile(r"(https?://)?[^\s:/]+\.[^\s]+", re.IGNORECASE)
REGION = re.compile(r"[^:\s]+:[^:]+")
RADIUS = re.compile(r"\d+(\.\d+)?")
CODES = re.compile(r"GM\d{4}(;GM\d{4})*")

VALUE = N_("a value")
EMPTY = N_("This cell may not be empty. Fill in {expected}.")
NOT_A_WORD = N_("“{value}” is not one of the words allowed here: {allowed}.")


def _matches(pattern: re.Pattern[str]) -> Callable[[pd.Series[Any]], pd.Series[Any]]:
    """Test of a text column: empty, or the whole text fits the pattern."""
    return lambda text: text.eq("") | text.str.fullmatch(pattern)


def _filled(expected: str) -> pa.Check:
    return pa.Check(
        lambda text: text.ne(""),
        name="filled",
        error=EMPTY,
        statistics={"expected": Later(expected)},
    )


def _column(
    kind: Kind,
    meaning: str,
    *,
    example: str = "",
    required: bool = False,
    unique: bool = False,
    words: Iterable[str] = (),
    checks: Iterable[pa.Check] = (),
) -> pa.Column:
    """One column: its kind gives the type, its words and checks what is allowed.

    A `required` column must be there, and has no empty cells.
    """
    dtype: Any = {Kind.NUMBER: float, Kind.YEAR: "Int64"}.get(kind, str)
    every = list(checks)
    if dtype is str and required:
        every.insert(0, _filled(VALUE))
    allowed = tuple(words)
    if allowed:
        every.append(
            pa.Check.isin(
                [*allowed, ""],
                error=NOT_A_WORD,
                title=Words(", ".join(allowed)),
            )
        )
    return pa.Column(
        dtype,
        checks=every,
        nullable=dtype is not str and not required,
        unique=unique,
        required=required,
        description=meaning,
        metadata={"filled": required, "kind": kind, "words": allowed, "example": example},
    )


def _own_id(meaning: str, example: str) -> pa.Column:
    """Name by which other tables refer to a row."""
    return _column(Kind.ID, meaning, required=True, unique=True, example=example)


def _provider() -> pa.Column:
    """Reference to the table of providers."""
    meaning = N_("The organisation, as in the table providers")
    return _column(Kind.ID, meaning, required=True, example="P001")


def _text(meaning: str, **kwargs: Any) -> pa.Column:  # noqa: ANN401 - handed on
    return _column(Kind.TEXT, meaning, **kwargs)


def _word(words: Iterable[str], meaning: str, **kwargs: Any) -> pa.Column:  # noqa: ANN401
    return _column(Kind.WORD, meaning, words=words, **kwargs)


def _criterion(meaning: str) -> pa.Column:
    """Point of the checklist of care coordination; empty when nobody looked."""
    return _word(Ternary, meaning, example="unknown")


def _number(meaning: str, **kwargs: Any) -> pa.Column:  # noqa: ANN401
    """Quantity that cannot be negative, nor larger than `MOST`."""
    low = pa.Check(
        lambda number: number.ge(0),
        name="not_negative",
        error=N_("{value} is below zero. Fill in 0 or more, or leave it empty if it is unknown."),
    )
    high = pa.Check(
        lambda number: number.le(MOST),
        name="not_too_high",
        error=N_(
            "{value} is more than {limit}: that is too many. Correct the number, or leave it "
            "empty if it is unknown."
        ),
        statistics={"limit": MOST},
    )
    return _column(Kind.NUMBER, meaning, checks=[low, high], **kwargs)


def _year(meaning: str, **kwargs: Any) -> pa.Column:  # noqa: ANN401
    check = pa.Check.in_range(
        FIRST_YEAR,
        LAST_YEAR,
        error=N_(
            "{value} is not a year from {min_value} to {max_value}. Write it in four digits: 2010."
        ),
    )
    return _column(Kind.YEAR, meaning, example="2010", checks=[check], **kwargs)


def _edition(meaning: str, **kwargs: Any) -> pa.Column:  # noqa: ANN401
    check = pa.Check.isin(
        EDITIONS,
        error=N_("There is no edition {value}. Fill in one of: {allowed}."),
        title=", ".join(map(str, EDITIONS)),
    )
    return _column(Kind.YEAR, meaning, example="2010", checks=[check], **kwargs)


def _date(meaning: str, **kwargs: Any) -> pa.Column:  # noqa: ANN401
    return _column(
        Kind.DATE,
        meaning,
        example="2010-07-13",
        checks=[_pattern(DATE, N_("“{value}” is not a date. Write 2010-07-13, 2010-07 or 2010."))],
        **kwargs,
    )


def _code(meaning: str, **kwargs: Any) -> pa.Column:  # noqa: ANN401
    return _column(
        Kind.CODE,
        meaning,
        example="GM0363",
        checks=[
            _pattern(
                CODE,
                N_("“{value}” is not a municipality code. Write GM and four digits: GM0363."),
            )
        ],
        **kwargs,
    )


def _amount(meaning: str, **kwargs: Any) -> pa.Column:  # noqa: ANN401
    return _column(Kind.AMOUNT, meaning, **kwargs)


def _pattern(pattern: re.Pattern[str], error: str) -> pa.Check:
    return pa.Check(_matches(pattern), name="pattern", error=error)


def _in_order(first: str, last: str, error: str, params: dict[str, str] | None = None) -> pa.Check:
    """Rule on two columns: where both are known, the first is not above the last."""

    def check(table: pd.DataFrame) -> pd.Series[Any]:
        pair = table[[first, last]].astype("float64")
        return ~(pair[first] > pair[last])

    return pa.Check(check, name=last, error=error, ignore_na=False, statistics=params)


def _service_area(kind: ServiceAreaType, pattern: re.Pattern[str], error: str) -> pa.Check:
    """Rule: a service area of this type is written like this."""

    def check(table: pd.DataFrame) -> pd.Series[Any]:
        fits = table["service_area"].str.fullmatch(pattern)
        return fits | table["service_area_type"].ne(kind)

    return pa.Check(check, name="service_area", ignore_na=False, error=error)


def _no_service_area(table: pd.DataFrame) -> pd.Series[Any]:
    # An unreadable type is a fault of its own: the area is not judged then.
    needs = table["service_area_type"].isin([ServiceAreaType.COUNTRY, ServiceAreaType.UNKNOWN])
    return ~needs | table["service_area"].eq("")


def _radius_has_location(table: pd.DataFrame) -> pd.Series[Any]:
    return table["service_area_type"].ne(ServiceAreaType.RADIUS) | table["location_id"].ne("")


def _both_or_neither(table: pd.DataFrame) -> pd.Series[Any]:
    return table["x"].isna() == table["y"].isna()


def _code_has_edition(table: pd.DataFrame) -> pd.Series[Any]:
    return table["gm_code"].eq("") | table["edition"].notna()


def _schema(
    name: str,
    meaning: str,
    columns: dict[str, pa.Column],
    checks: Iterable[pa.Check] = (),
    unique: list[str] | None = None,
) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(
        columns,
        checks=list(checks),
        unique=unique,
        strict=True,
        ordered=True,
        name=name,
        description=meaning,
    )


SOURCE = N_("Where this was found: a web address or the title of a document")
SOURCE_DATE = N_("Date of the source; a year or a month is enough")
CERTAINTY = N_("How sure you are that the source says this")
STATUS = N_(
    "How the row came about: found in a source, estimated, entered by yourself, or made up as an "
    "example"
)
NOTE = N_("Remark for whoever reads the register")
URL = "https://www.example.org/gezinscoach"

ROW_STATUS = tuple(status for status in FigureStatus if status.value != "suppressed")
"""How a row of the register came about: only figures are ever protected."""

PROVIDERS = _schema(
    "providers",
    N_("Organisations that give support. One row an organisation."),
    {
        "provider_id": _own_id(
            N_("Your own short name for the organisation; the other tables refer to it"), "P001"
        ),
        "name": _text(N_("Name of the organisation"), required=True, example="Stichting Voorbeeld"),
        "kvk": _text(
            N_("Number in the trade register (KvK): 8 digits"),
            example="01234567",
            checks=[
                _pattern(
                    KVK,
                    N_(
                        "“{value}” is not a KvK number. Write the 8 digits, the zeros in front "
                        "included."
                    ),
                )
            ],
        ),
        "website": _text(
            N_("Web address of the organisation"),
            example="https://www.example.org",
            checks=[
                _pattern(
                    WEBSITE,
                    N_(
                        "“{value}” is not a web address. Write it like https://www.example.org, "
                        "one address."
                    ),
                )
            ],
        ),
        "source": _text(SOURCE, required=True, example=URL),
        "source_date": _date(SOURCE_DATE),
        "certainty": _word(Certainty, CERTAINTY, example="high"),
        "status": _word(ROW_STATUS, STATUS, required=True, example="observed"),
        "note": _text(NOTE),
    },
)

RD_X, RD_Y = (10_000, 280_000), (300_000, 630_000)
"""Bounds of the Netherlands in EPSG:28992, metres."""


def _metres(meaning: str, bounds: tuple[int, int], error: str, example: str) -> pa.Column:
    check = pa.Check.in_range(*bounds, error=error)
    return _column(Kind.NUMBER, meaning, example=example, checks=[check])


LOCATIONS = _schema(
    "locations",
    N_("Addresses from which support is given. One row an address. May stay empty."),
    {
        "location_id": _own_id(
            N_("Your own short name for the location; offers refer to it"), "L001"
        ),
        "provider_id": _provider(),
        "name": _text(N_("Name of the location"), example="Kantoor Noord"),
        "address": _text(N_("Street and house number"), example="Voorbeeldstraat 1"),
        "postcode": _column(
            Kind.POSTCODE,
            N_("Postcode, with or without the letters"),
            example="1234 AB",
            checks=[
                _pattern(
                    POSTCODE,
                    N_("“{value}” is not a postcode. Write 1234 AB, or only the four digits."),
                )
            ],
        ),
        "place": _text(N_("Town or village"), example="Amsterdam"),
        "gm_code": _code(N_("Code of the municipality")),
        "edition": _edition(N_("Year of the division that the code is of")),
        "x": _metres(
            N_("Rijksdriehoek coordinate to the east, in metres (EPSG:28992)"),
            RD_X,
            N_(
                "{value} is not an x in the Netherlands. Write Rijksdriehoek metres "
                "(EPSG:28992), from {min_value} to {max_value}."
            ),
            "121687",
        ),
        "y": _metres(
            N_("Rijksdriehoek coordinate to the north, in metres (EPSG:28992)"),
            RD_Y,
            N_(
                "{value} is not a y in the Netherlands. Write Rijksdriehoek metres "
                "(EPSG:28992), from {min_value} to {max_value}."
            ),
            "487315",
        ),
        "precision": _word(
            Precision, N_("How precisely the location is known"), required=True, example="address"
        ),
        "source": _text(SOURCE, required=True, example=URL),
        "source_date": _date(SOURCE_DATE),
        "certainty": _word(Certainty, CERTAINTY, example="high"),
        "status": _word(ROW_STATUS, STATUS, required=True, example="observed"),
        "note": _text(NOTE),
    },
    checks=[
        pa.Check(
            _both_or_neither,
            name="y",
            ignore_na=False,
            error=N_("Only one of x and y is filled in. Fill in both, or neither."),
        ),
        pa.Check(
            _code_has_edition,
            name="edition",
            ignore_na=False,
            error=N_("A municipality code needs its edition. Fill in 2010 or 2025."),
        ),
    ],
)

OFFERS = _schema(
    "offers",
    N_("Programmes of support. One row a programme of one organisation."),
    {
        "offer_id": _own_id(N_("Your own short name for the offer"), "O001"),
        "provider_id": _provider(),
        "location_id": _column(
            Kind.ID,
            N_("The location, as in the table locations; needed for a service area by radius"),
            example="L001",
        ),
        "name": _text(N_("Name of the programme"), required=True, example="Gezinscoach"),
        "offer_type": _word(
            OfferType,
            N_("What kind of programme it is; only family_support counts as an offer"),
            required=True,
            example="family_support",
        ),
        "framework": _word(
            Framework,
            N_("Legal framework: voluntary, compulsory (under a court order), or both"),
            required=True,
            example="voluntary",
        ),
        "framework_basis": _word(
            FrameworkBasis,
            N_("Whether the source states the framework, or you classified it"),
            example="stated",
        ),
        "long_term": _word(
            Ternary,
            N_("Longer than six months, or for as long as it takes"),
            required=True,
            example="yes",
        ),
        "duration_months_min": _number(N_("Shortest duration, in months"), example="6"),
        "duration_months_max": _number(N_("Longest duration, in months"), example="12"),
        "capacity_families": _number(
            N_("Families a year; only when the source counts families"), example="40"
        ),
        "capacity_note": _text(
            N_("What the source says about capacity"), example="40 gezinnen per jaar"
        ),
        "service_area_type": _word(
            ServiceAreaType,
            N_("How the service area is written"),
            required=True,
            example="municipalities",
        ),
        "service_area": _text(
            N_(
                "municipalities: codes with ; between them. region: set:code. radius: kilometres "
                "round the location. country, unknown: empty"
            ),
            example="GM0363;GM0034",
        ),
        "partial_area": _word(
            YesNo,
            N_(
                "Whether the offer serves only a part of the municipalities in its service area, "
                "for instance one quarter; empty = not stated"
            ),
            example="no",
        ),
        "edition": _edition(
            N_("Year of the division that the codes in the service area are of"), required=True
        ),
        "support": _word(
            FunctionStatus,
            N_("Function 1: support of the family"),
            required=True,
            example="present",
        ),
        "acceptance": _word(
            FunctionStatus,
            N_("Function 2: winning the family's acceptance of help"),
            required=True,
            example="not_described",
        ),
        "coordination": _word(
            FunctionStatus,
            N_(
                "Function 3: care coordination. present: the source says who coordinates and at "
                "least one task or power"
            ),
            required=True,
            example="present",
        ),
        "mobilisation": _word(
            FunctionStatus,
            N_("Function 4: mobilising the family's own network and other services"),
            required=True,
            example="unknown",
        ),
        "evidence": _text(
            N_("What the source says about coordination, in a sentence; for status present"),
            example="De gezinscoach stelt één plan op en roept de hulpverleners bijeen.",
        ),
        "coordinator_named": _criterion(N_("Whether the source says who coordinates")),
        "tasks_described": _criterion(N_("Whether the source says what the coordinator does")),
        "powers_described": _criterion(
            N_("Whether the source says what the coordinator may decide or demand of others")
        ),
        "one_plan": _criterion(N_("Whether there is one plan for the whole family")),
        "family_choice": _criterion(
            N_("Whether the family trusts the coordinator and has a say in who it is")
        ),
        "overview": _criterion(
            N_("Whether the coordinator knows what other disciplines can do, and brings them in")
        ),
        "escalation": _criterion(
            N_("Whether it is settled what happens if working together fails")
        ),
        "assertive_outreach": _word(
            Ternary,
            N_("Whether the offer goes to families that avoid care"),
            required=True,
            example="unknown",
        ),
        "layer": _word(
            Layer, N_("Part of the youth system that the offer belongs to"), example="local"
        ),
        "target_group": _text(
            N_("Families that the offer is meant for"), example="multiprobleemgezinnen"
        ),
        "intensity_hours_week": _amount(
            N_("Hours a week for one family: a number or a range"), example="3-4"
        ),
        "caseload_per_worker": _amount(
            N_("Families for one worker at one time: a number or a range"), example="6-10"
        ),
        "responsible": _text(
            N_("Organisation that is answerable for the offer"), example="Gemeente Voorbeeld"
        ),
        "year_from": _year(N_("Year in which the offer is known to have started")),
        "year_to": _year(N_("Year in which the offer is known to have ended")),
        "first_seen": _year(N_("First year of a source in which the offer is seen running")),
        "last_seen": _year(N_("Last year of a source in which the offer is seen running")),
        "source": _text(SOURCE, required=True, example=URL),
        "source_date": _date(SOURCE_DATE),
        "certainty": _word(Certainty, CERTAINTY, example="high"),
        "status": _word(ROW_STATUS, STATUS, required=True, example="observed"),
        "note": _text(NOTE),
    },
    checks=[
        _in_order(
            "year_from",
            "year_to",
            N_("The offer ends (year_to) before it starts (year_from). Correct one of the two."),
        ),
        _in_order(
            "first_seen", "last_seen", N_("last_seen is before first_seen. Correct one of the two.")
        ),
        _in_order(
            "duration_months_min",
            "duration_months_max",
            N_("The longest duration is shorter than the shortest. Correct one of the two."),
        ),
        _service_area(
            ServiceAreaType.MUNICIPALITIES,
            CODES,
            N_(
                "“{value}” is not a list of municipality codes. Write them with ; between them: "
                "GM0363;GM0034."
            ),
        ),
        _service_area(
            ServiceAreaType.REGION,
            REGION,
            N_(
                "“{value}” is not a region. Write the region set, a colon and the code of the "
                "region: province:PV27."
            ),
        ),
        _service_area(
            ServiceAreaType.RADIUS,
            RADIUS,
            N_("“{value}” is not a radius. Write kilometres as a number: 15."),
        ),
        pa.Check(
            _no_service_area,
            name="service_area",
            ignore_na=False,
            error=N_(
                "A service area of type country or unknown is left empty. Empty this cell, or "
                "change the type."
            ),
        ),
        pa.Check(
            _radius_has_location,
            name="location_id",
            ignore_na=False,
            error=N_("A radius needs a location. Fill in a location_id of the table locations."),
        ),
    ],
)

INVENTORY = _schema(
    "inventory",
    N_("Which municipalities were looked at, when and by whom. May stay empty."),
    {
        "gm_code": _code(N_("Code of the municipality"), required=True),
        "edition": _edition(N_("Year of the division that the code is of"), required=True),
        "date": _date(
            N_("Date on which the municipality was looked at; a year or a month is enough"),
            required=True,
        ),
        "source": _text(SOURCE, required=True, example="Inventarisatie CJG"),
        "complete": _word(
            YesNo,
            N_("Whether every offer in the municipality was looked for"),
            required=True,
            example="yes",
        ),
        "by": _text(N_("Who looked"), example="CJG Voorbeeld"),
        "status": _word(ROW_STATUS, STATUS, required=True, example="entered"),
        "note": _text(NOTE),
    },
    unique=["gm_code", "edition", "date"],
)

COUNTS = ("imposed", "extended", "running", "ended")
"""What is counted of orders, each with ``*_low`` and ``*_high``."""


def _counts() -> dict[str, pa.Column]:
    """The counts of one area, and what they are."""
    meanings = {
        "imposed": N_("Orders imposed in the period; empty = unknown"),
        "extended": N_("Orders extended in the period; empty = unknown"),
        "running": N_("Orders that run when the period starts; empty = unknown"),
        "ended": N_("Orders that ended in the period; empty = unknown"),
    }
    examples = {
        "imposed": ("120", "110", "130"),
        "extended": ("260", "240", "280"),
        "running": ("300", "290", "310"),
        "ended": ("110", "100", "120"),
    }
    found = {}
    for name in COUNTS:
        value, low, high = examples[name]
        found[name] = _number(meanings[name], example=value)
        found[f"{name}_low"] = _number(N_("Lowest number that it can be"), example=low)
        found[f"{name}_high"] = _number(N_("Highest number that it can be"), example=high)
    return found | {
        "count_status": _word(
            FigureStatus, N_("How the numbers came about; empty = entered"), example="entered"
        ),
        "unit": _word(DemandUnit, N_("What is counted; empty = children"), example="children"),
        "period": _text(N_("Year or half-year that is counted"), example="2010"),
        "source": _text(N_("Where the numbers come from"), example="Bureau Jeugdzorg"),
        "unprotected": _text(
            N_("Why these numbers are not protected, in the words of who asked for that")
        ),
    }


def _count_checks() -> list[pa.Check]:
    """A count lies between its bounds."""
    below = N_("{last} is below {first}. Correct one of the two.")
    pairs = [
        pair
        for name in COUNTS
        for pair in itertools.combinations((f"{name}_low", name, f"{name}_high"), 2)
    ]
    return [_in_order(first, last, below, {"first": first, "last": last}) for first, last in pairs]


DEMAND = _schema(
    "demand",
    N_("Supervision orders in one year. One row a municipality."),
    {
        "gm_code": _code(N_("Code of the municipality"), required=True, unique=True),
        "name": _text(N_("Name of the municipality; only for the reader"), example="Amsterdam"),
        **_counts(),
    },
    checks=_count_checks(),
)

REGION_SETS = ("country", *RegionSet)
"""Divisions of which counts may be given, the country as a whole included."""

REGION_DEMAND = _schema(
    "region_demand",
    N_(
        "Supervision orders in one year of which only the count of a region is known. One row a "
        "region. They are shared out over its municipalities."
    ),
    {
        "region_set": _word(
            REGION_SETS, N_("Which division the region is of"), required=True, example="province"
        ),
        "region_code": _text(N_("Code or name of the region"), required=True, example="PV27"),
        **_counts(),
    },
    checks=_count_checks(),
    unique=["region_set", "region_code"],
)

COVARIATE = _schema(
    "covariate",
    N_(
        "A number that goes up and down with the orders, such as the share of young people in "
        "youth care. One row a municipality. With it, counts of regions are shared out better."
    ),
    {
        "gm_code": _code(N_("Code of the municipality"), required=True, unique=True),
        "name": _text(N_("Name of the municipality; only for the reader"), example="Amsterdam"),
        "covariate": _number(N_("The number"), required=True, example="11.3"),
        "period": _text(N_("Year that it is of"), example="2010"),
        "source": _text(N_("Where the numbers come from"), example="CBS"),
    },
)

DEMANDS: dict[str, pa.DataFrameSchema] = {
    "demand": DEMAND,
    "region_demand": REGION_DEMAND,
    "covariate": COVARIATE,
}
"""The tables of which demand is read."""

REGISTER: dict[str, pa.DataFrameSchema] = {
    "providers": PROVIDERS,
    "locations": LOCATIONS,
    "offers": OFFERS,
    "inventory": INVENTORY,
}
"""The four tables of the register, in the order in which they refer to each other."""


def columns(schema: pa.DataFrameSchema) -> tuple[str, ...]:
    """Headings of a table, in order."""
    return tuple(schema.columns)


def required(schema: pa.DataFrameSchema) -> tuple[str, ...]:
    """Headings that a file must have."""
    return tuple(name for name, column in schema.columns.items() if column.required)


def filled(schema: pa.DataFrameSchema, column: str) -> bool:
    """Whether no cell of a column may be empty."""
    found: bool = schema.columns[column].metadata["filled"]
    return found


def kind(schema: pa.DataFrameSchema, column: str) -> Kind:
    """What kind of value a column holds."""
    found: Kind = schema.columns[column].metadata["kind"]
    return found


def words(schema: pa.DataFrameSchema, column: str) -> tuple[str, ...]:
    """Words allowed in a column; empty when it is not a column of words."""
    found: tuple[str, ...] = schema.columns[column].metadata["words"]
    return found


def fill_in(check: pa.Check) -> dict[str, object]:
    """What fills in the message of a check, besides the value itself."""
    if check.title:
        return {"allowed": check.title}
    return dict(check.statistics or {})
