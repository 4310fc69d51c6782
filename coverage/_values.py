"""The text of one cell as a value: numbers, dates, codes and words as people write them.

Each reader takes a text and gives the value, or `Wrong` with what is wrong
and what to do. Texts that it has no better word for are handed on as they
are: the schema then says what is expected.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from coverage import _known
from coverage import schema as definitions
from coverage._cells import AMBIGUOUS
from coverage.editions import EDITIONS
from coverage.i18n import N_
from coverage.schema import CODE, WORDS_NL, Kind, Words
from coverage.vocabulary import ServiceAreaType

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    import pandas as pd
    import pandera.pandas as pa

BLANK = frozenset({"-", "\N{EN DASH}", "\N{EM DASH}", ".", "..", "?"})
"""Marks that people put in a cell that is empty."""

NO_VALUE = BLANK | {"unknown", "onbekend", "niet bekend", "n.v.t.", "nvt", "n/a", "nan", "null"}
"""What also stands for empty in a column of numbers, dates or codes."""

SYNONYMS = {
    "j": "yes",
    "n": "no",
    "y": "yes",
    "true": "yes",
    "false": "no",
    "waar": "yes",
    "onwaar": "no",
    "verplicht": "compulsory",
    "vrijwillig en gedwongen": "both",
    "niet_vermeld": "not_described",
    "ontbreekt": "absent",
    "gemeente": "municipalities",
    "landelijk": "country",
    "woonplaats": "place",
    "middel": "medium",
    "middelmatig": "medium",
    "vrijwilligers": "informal",
    "niet bekend": "unknown",
}
"""Other words that are accepted, where the word itself is not allowed."""


@dataclass(frozen=True)
class Wrong:
    """A text that cannot be read: the message and what fills it in."""

    message: str
    params: Mapping[str, object] = field(default_factory=dict)


Value = str | float | None | Wrong


def reader(
    schema: pa.DataFrameSchema, column: str, texts: pd.Series[Any], *, comma_file: bool
) -> Callable[[str], Value]:
    """Reader of the texts of one column.

    Parameters
    ----------
    schema, column
        What the column holds.
    texts
        All texts of the column: one settles how another is read.
    comma_file
        Whether the comma separates the columns, so that it is no decimal mark
        of numbers in the file.
    """
    kind = definitions.kind(schema, column)
    if kind is Kind.WORD:
        words = _spellings(definitions.words(schema, column))
        return lambda text: words.get(_bare(text), text)
    if kind is Kind.NUMBER:
        marks = _decimal_marks(texts)
        if comma_file:
            marks.add(".")
        return lambda text: _read_number(text, marks)
    readers: dict[Kind, Callable[[str], Value]] = {
        Kind.YEAR: _read_year,
        Kind.DATE: _read_date,
        Kind.CODE: read_code,
        Kind.POSTCODE: _read_postcode,
        Kind.AMOUNT: _read_amount,
        Kind.TEXT: _read_text,
        Kind.ID: _read_text,
    }
    special: dict[str, Callable[[str], Value]] = {"kvk": _read_kvk}
    return special.get(column, readers[kind])


def _read_text(text: str) -> str:
    if text in BLANK:
        return ""
    return unguarded(text)


FORMULA = re.compile(r"'+[=+\-@]")


def unguarded(text: str) -> str:
    """Text without the apostrophe that keeps a spreadsheet from calculating it."""
    return text[1:] if FORMULA.match(text) else text


# --- words ------------------------------------------------------------------


def _bare(text: str) -> str:
    """Word without the differences that do not matter: case, accents, dashes."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[\s\-_]+", "_", letters.strip())


def _spellings(allowed: tuple[str, ...]) -> dict[str, str]:
    """Every spelling accepted in a column, and the word that it stands for."""
    words = {_bare(other): word for other, word in SYNONYMS.items() if word in allowed}
    words |= {_bare(WORDS_NL[word]): word for word in allowed if word in WORDS_NL}
    words |= {_bare(word): word for word in allowed}
    for blank in BLANK:
        words[_bare(blank)] = ""
    return words


# --- numbers ----------------------------------------------------------------

PLAIN = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")
THOUSANDS = re.compile(r"[+-]?\d{1,3}([.,' ]\d{3})+([.,]\d*)?")
ERROR = re.compile(r"#[A-Z/0!?]+")


def _decimal_marks(texts: pd.Series[Any]) -> set[str]:
    """Marks that can only be decimal marks in this column."""
    return {
        mark
        for text in texts.unique()
        if PLAIN.fullmatch(text) and not AMBIGUOUS.fullmatch(text)
        for mark in ".,"
        if mark in text
    }


def _read_number(text: str, marks: set[str]) -> Value:
    if not text or text.casefold() in NO_VALUE:
        return None
    if AMBIGUOUS.fullmatch(text) and not (set(text) & set(".,") <= marks and len(marks) == 1):
        whole = text.replace(".", "").replace(",", "")
        return Wrong(
            N_(
                "“{value}” can be read in two ways. Write {whole} without a mark for thousands, "
                "or {decimal} if it is a number with decimals."
            ),
            {"whole": whole, "decimal": _with_decimals(text, "." if "." in marks else ",")},
        )
    if PLAIN.fullmatch(text):
        return float(text.replace(",", "."))
    if THOUSANDS.fullmatch(text):
        return Wrong(N_("“{value}” has marks for thousands. Write the number without them."))
    if ERROR.fullmatch(text):
        return Wrong(
            N_("“{value}” is an error of a formula. Correct the formula, or fill in the number.")
        )
    return Wrong(
        N_("“{value}” is not a number. Write digits only, or leave it empty if it is unknown.")
    )


def _with_decimals(text: str, mark: str) -> str:
    """Shortest way to write a number that cannot be taken for thousands."""
    before, after = re.split("[.,]", text)
    short = after.rstrip("0") or "0"
    return before + mark + (short if len(short) < len(after) else short + "0")


def _read_year(text: str) -> Value:
    if not text or text.casefold() in NO_VALUE:
        return None
    if re.fullmatch(r"\d{1,6}([.,]0*)?", text):
        return float(re.split("[.,]", text)[0])
    return Wrong(N_("“{value}” is not a year. Write it in four digits: 2010."))


RANGE_AS_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}-\d{1,2}-\d{4}|\d{1,2}-[a-z]{3}\.?")
"""What a spreadsheet makes of a range like 3-4: a date, or 3-apr."""


def _read_amount(text: str) -> Value:
    if text.casefold() in NO_VALUE:
        return ""
    if RANGE_AS_DATE.fullmatch(text):
        return Wrong(
            N_(
                "“{value}” is a date: Excel made it of a range like 3-4. Format the column as "
                "text and fill it in again."
            )
        )
    return unguarded(text)


def _read_kvk(text: str) -> Value:
    if text.casefold() in NO_VALUE:
        return ""
    digits = re.sub(r"[\s.]", "", text)
    if re.fullmatch(r"\d{6,7}", digits):
        return Wrong(
            N_(
                "“{value}” has lost the zero in front. Write {number}, and format the column as "
                "text."
            ),
            {"number": digits.zfill(8)},
        )
    return digits if digits.isdigit() else text


def _read_postcode(text: str) -> Value:
    if text.casefold() in NO_VALUE:
        return ""
    found = re.fullmatch(r"(\d{4})\s*([A-Za-z]{2})?", text)
    return " ".join(part for part in found.groups() if part).upper() if found else text


# --- dates ------------------------------------------------------------------

ISO = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:[ T]\d\d:\d\d(?::\d\d)?.*)?")
DUTCH = re.compile(r"(?:(\d{1,2})-)?(\d{1,2})-(\d{4})")
SHORT_YEAR = re.compile(r"\d{1,2}([-/.])\d{1,2}\1\d{2}")
SLASHES = re.compile(r"\d{1,4}[/.]\d{1,2}[/.]\d{1,4}")

SERIAL = re.compile(r"\d{5}(\.\d*)?")

SERIAL_START = dt.date(1899, 12, 30)
"""Day 0 of the serial numbers by which spreadsheets keep dates."""

SERIALS = range(20_000, 70_000)
"""Serial numbers from 1954 to 2091: what a date column can mean by a bare number."""


def _read_date(text: str) -> Value:
    """Date or part of one, in ISO form."""
    if not text or text.casefold() in NO_VALUE:
        return ""
    if found := ISO.fullmatch(text):
        return _date(found[1], found[2], found[3])
    if found := DUTCH.fullmatch(text):
        return _date(found[3], found[2], found[1])
    return _no_date(text)


def _no_date(text: str) -> Value:
    """Say why a text is no date; a bare year, and what nobody knows, is handed on."""
    if SERIAL.fullmatch(text) and int(text[:5]) in SERIALS:
        day = SERIAL_START + dt.timedelta(days=int(text[:5]))
        return Wrong(
            N_(
                "“{value}” is how Excel keeps a date; it looks like {date}. "
                "Format the column as date, or write {date}."
            ),
            {"date": day.isoformat()},
        )
    if SHORT_YEAR.fullmatch(text):
        return Wrong(
            N_("In “{value}” the year has two digits. Write it in four: 2010-07-13 or 13-7-2010.")
        )
    if SLASHES.fullmatch(text):
        return Wrong(
            N_("In “{value}” day and month can be mixed up. Write 2010-07-13 or 13-7-2010.")
        )
    return text


def _date(year: str, month: str, day: str | None) -> Value:
    """Date in ISO form, if there is such a day."""
    try:
        whole = dt.date(int(year), int(month), int(day or 1))
    except ValueError:
        return Wrong(N_("There is no date “{value}”. Write 2010-07-13 or 13-7-2010."))
    return whole.isoformat() if day else whole.isoformat()[:7]


# --- codes and service areas ------------------------------------------------


def read_code(text: str) -> Value:
    """Municipality code, or what it was probably meant to be."""
    if text.casefold() in NO_VALUE:
        return ""
    code = re.sub(r"\s", "", text).upper()
    if CODE.fullmatch(code):
        return code
    number = re.fullmatch(r"(GM)?(\d{1,4})(?:[.,]0*)?", code)
    if number is None:
        return _code_of_name(text)
    meant = {"code": f"GM{number[2].zfill(4)}"}
    if number[1]:
        return Wrong(N_("“{value}” has too few digits; did you mean {code}?"), meant)
    if len(number[2]) == CODE_DIGITS:
        return Wrong(N_("“{value}” lacks the letters GM; did you mean {code}?"), meant)
    return Wrong(
        N_(
            "“{value}” is a number; did you mean {code}? Excel makes numbers of codes: format the "
            "column as text, then write {code}."
        ),
        meant,
    )


CODE_DIGITS = 4


def _code_of_name(text: str) -> Value:
    """Say which code belongs to a name that stands in the place of one."""
    found = _known.codes_named(text)
    if not found:
        return text
    return Wrong(N_("“{value}” is a name. Write the code: {codes}."), {"codes": " / ".join(found)})


def read_area(kind: str, text: str, edition: int) -> Value:
    """Service area in its one spelling, or `Wrong`.

    Parameters
    ----------
    kind
        A value of `coverage.vocabulary.ServiceAreaType`, or anything else
        when that could not be read.
    text
        As it stands in the file.
    edition
        Year of the division that the codes are of; 0 when it could not be read.
    """
    if not text:
        if kind in {
            ServiceAreaType.MUNICIPALITIES,
            ServiceAreaType.REGION,
            ServiceAreaType.RADIUS,
        }:
            return Wrong(
                N_(
                    "A service area of type {kind} may not be empty. Fill it in, or make the "
                    "type unknown."
                ),
                {"kind": Words(kind)},
            )
        return ""
    if kind == ServiceAreaType.MUNICIPALITIES:
        return _read_codes(text)
    if kind == ServiceAreaType.REGION:
        return _read_region(text, edition)
    if kind == ServiceAreaType.RADIUS:
        return _read_radius(text)
    return text


def _read_codes(text: str) -> Value:
    codes = []
    for part in re.split(r"[;,\n|]", text):
        code = read_code(part.strip())
        if isinstance(code, Wrong):
            return Wrong(code.message, {"value": part.strip(), **code.params})
        if code:
            codes.append(str(code))
    return ";".join(dict.fromkeys(codes))


def _read_region(text: str, edition: int) -> Value:
    if ":" in text or edition not in EDITIONS:
        return ":".join(part.strip() for part in text.split(":", 1))
    keys = _known.regions_named(text, edition)
    if not keys:
        return text
    return Wrong(
        N_("“{value}” is the name of a region. Write its set and code: {keys}."),
        {"keys": " / ".join(keys)},
    )


def _read_radius(text: str) -> Value:
    number = re.sub(r"\s*km$", "", text, flags=re.IGNORECASE).replace(",", ".")
    return number if definitions.RADIUS.fullmatch(number) else text
