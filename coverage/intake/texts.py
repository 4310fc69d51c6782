"""How people write durations, numbers, yes and no in a list: read as what they say.

Each reader takes one text. What it does not understand it says so of: the caller keeps the
text as a remark, and the value stays unknown.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass

from coverage._values import NO_VALUE
from coverage.schema import LONG_TERM_MONTHS

__all__ = [
    "Capacity",
    "Duration",
    "read_capacity",
    "read_date",
    "read_duration",
    "read_status",
    "read_word",
    "read_year",
    "read_yes_no",
]

YES = frozenset(
    {"ja", "j", "yes", "y", "true", "waar", "1", "x", "v", "\N{CHECK MARK}", "\N{HEAVY CHECK MARK}"}
)
NO = frozenset({"nee", "n", "no", "neen", "false", "onwaar", "0"})
UNKNOWN = frozenset(
    {
        "?",
        "??",
        "onbekend",
        "unknown",
        "niet bekend",
        "weet niet",
        "weet ik niet",
        "onduidelijk",
        "n.b.",
        "nb",
        "nnb",
        "n.n.b.",
    }
)
EMPTY = frozenset({"", "-", "\N{EN DASH}", "\N{EM DASH}", ".", "..", "n.v.t.", "nvt", "n/a"})


def bare(text: str) -> str:
    """Text without case, accents, and more than one space in a row."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(kept.split())


def read_yes_no(text: str) -> str | None:
    """``yes``, ``no``, ``unknown``, empty, or None for what is none of these."""
    word = bare(text)
    for known, words in (("yes", YES), ("no", NO), ("unknown", UNKNOWN), ("", EMPTY)):
        if word in words:
            return known
    return None


_STATUS = {
    "present": {"aanwezig", "wel", "present", "wel aanwezig"},
    "absent": {"afwezig", "ontbreekt", "geen", "absent", "niet aanwezig", "niet", "none"},
    "not_described": {
        "niet beschreven",
        "niet vermeld",
        "niet_beschreven",
        "not described",
        "not_described",
        "niet omschreven",
        "staat er niet in",
    },
}


def read_status(text: str) -> str | None:
    """Status of a function; yes is ``present``, no is ``absent``; None when it is no status."""
    word = bare(text)
    for status, words in _STATUS.items():
        if word in words:
            return status
    said = read_yes_no(text)
    return {"yes": "present", "no": "absent"}.get(said, said) if said is not None else None


_WORDS: dict[str, dict[str, str]] = {
    "framework": {
        "vrijwillig": "voluntary",
        "vrijwillig kader": "voluntary",
        "vrijw": "voluntary",
        "voluntary": "voluntary",
        "gedwongen": "compulsory",
        "gedwongen kader": "compulsory",
        "gedw": "compulsory",
        "dwang": "compulsory",
        "verplicht": "compulsory",
        "compulsory": "compulsory",
        "beide": "both",
        "both": "both",
        "allebei": "both",
        "vrijwillig en gedwongen": "both",
        "gedwongen en vrijwillig": "both",
        "vrijw/gedw": "both",
        "vrijw/dwang": "both",
        "vrijwillig/dwang": "both",
        "vrijwillig/gedwongen": "both",
        "vrijwillig / gedwongen": "both",
        "vrijwillig + gedwongen": "both",
        "vrijwillig, gedwongen": "both",
        "vrijwillig; gedwongen": "both",
    },
    "long_term": {"langdurig": "yes", "lang": "yes", "kortdurend": "no", "kort": "no"},
}


def read_word(field: str, text: str) -> str | None:
    """A word as people write it for a field; None when it is not among them."""
    return _WORDS.get(field, {}).get(bare(text).replace(".", ""))


# --- durations --------------------------------------------------------------


@dataclass(frozen=True)
class Duration:
    """How long an offer lasts.

    Parameters
    ----------
    shortest, longest
        Months; None when the text does not say.
    long_term
        ``yes`` or ``no`` when the text says or implies it, else empty.
    unit
        Whether the text names its unit.
    """

    shortest: float | None = None
    longest: float | None = None
    long_term: str = ""
    unit: bool = True


MONTHS = {
    "dag": 12 / 365.25,
    "week": 12 * 7 / 365.25,
    "maand": 1.0,
    "jaar": 12.0,
}

_UNITS = (
    ("dag", r"dagen|dag|days|day"),
    ("week", r"weken|week|wkn|wk|weeks"),
    ("maand", r"maanden|maand|mnden|mnd|md|months|month|m"),
    ("jaar", r"jaren|jaar|jr|years|year|yr|j"),
)
_UNIT = "|".join(pattern for _name, pattern in _UNITS)
_NUMBER = r"\d{1,4}(?:[.,]\d{1,2})?|half|een half|anderhalf|een|twee|drie"
_SPAN = re.compile(
    rf"(?P<low>{_NUMBER})\s*(?P<first>{_UNIT})?\.?\s*"
    r"(?:-|\u2013|\u2014|/|tot en met|tot|a|t/m|to|until)"
    rf"\s*(?P<high>{_NUMBER})\s*(?P<unit>{_UNIT})?\.?"
)
_ONE = re.compile(rf"(?P<low>{_NUMBER})\s*(?P<unit>{_UNIT})?\.?")
_ABOUT = re.compile(r"^(ca\.?|circa|ongeveer|plm\.?|\+/-|±|~|about|approx\.?|gemiddeld|gem\.?)\s*")
_MOST = re.compile(r"^(maximaal|max\.?|hooguit|tot|hoogstens|at most|up to|t/m|<=|≤)\s*")
_LEAST = re.compile(r"^(minimaal|min\.?|minstens|ten minste|at least|vanaf|>=|≥)\s*")
_MORE = re.compile(r"^(>|meer dan|langer dan|more than|longer than)\s*")
_LESS = re.compile(r"^(<|minder dan|korter dan|less than|shorter than)\s*")
_OPEN = re.compile(
    r"(zo ?lang (als )?(het )?nodig.*|zolang het nodig is|onbepaalde? (tijd|duur)?|onbeperkt|"
    r"as long as (it takes|needed|necessary)|unlimited|indefinite(ly)?)"
)


def _amount(text: str) -> float:
    named = {
        "half": 0.5,
        "een half": 0.5,
        "anderhalf": 1.5,
        "een": 1.0,
        "twee": 2.0,
        "drie": 3.0,
    }
    return named[text] if text in named else float(text.replace(",", "."))


def _unit(text: str | None) -> float | None:
    for name, pattern in _UNITS:
        if text and re.fullmatch(pattern, text):
            return MONTHS[name]
    return None


def read_duration(  # noqa: PLR0911 - one way of writing after another
    text: str, unit: str = ""
) -> Duration | None:
    """Duration as people write it, in months.

    Parameters
    ----------
    text
        For instance ``6-12 maanden``, ``1 jaar``, ``> 6 mnd``, ``zolang nodig``.
    unit
        Unit of a bare number, as the heading of the column names it: maand, week, jaar.

    Returns
    -------
    Duration or None
        None when the text is not understood.

    Examples
    --------
    >>> read_duration("6-12 maanden")
    Duration(shortest=6.0, longest=12.0, long_term='', unit=True)
    >>> read_duration("langer dan een half jaar").long_term
    'yes'
    """
    word = bare(text)
    if word in EMPTY or word in UNKNOWN or word in NO_VALUE:
        return Duration()
    if _OPEN.fullmatch(word):
        return Duration(long_term="yes")
    if word in {"langdurig", "kortdurend"}:
        return Duration(long_term="yes" if word == "langdurig" else "no")
    rest = _ABOUT.sub("", word)
    for pattern, side in ((_MOST, "most"), (_LEAST, "least"), (_MORE, "more"), (_LESS, "less")):
        if pattern.match(rest):
            return _bounded(pattern.sub("", rest), side, unit)
    if found := _SPAN.fullmatch(rest):
        last = _unit(found["unit"]) or _unit(unit)
        first = _unit(found["first"]) or last
        low, high = _amount(found["low"]), _amount(found["high"])
        return _ranged(low * (first or 1.0), high * (last or 1.0), named=last is not None)
    if found := _ONE.fullmatch(rest):
        size = _unit(found["unit"]) or _unit(unit)
        months = _amount(found["low"]) * (size or 1.0)
        return _ranged(months, months, named=size is not None)
    return None


def _bounded(rest: str, side: str, unit: str) -> Duration | None:
    """Duration with only a longest or a shortest."""
    found = _ONE.fullmatch(_ABOUT.sub("", rest))
    if found is None:
        return None
    size = _unit(found["unit"]) or _unit(unit)
    months = round(_amount(found["low"]) * (size or 1.0), 1)
    named = size is not None
    if side in {"most", "less"}:
        term = "no" if months <= LONG_TERM_MONTHS else ""
        return Duration(None, months, term, named)
    longer = months > LONG_TERM_MONTHS or (side == "more" and months == LONG_TERM_MONTHS)
    return Duration(months, None, "yes" if longer else "", named)


def _ranged(low: float, high: float, *, named: bool) -> Duration:
    low, high = round(low, 1), round(high, 1)
    term = "yes" if low > LONG_TERM_MONTHS else "no" if high <= LONG_TERM_MONTHS else ""
    return Duration(low, high, term, named)


# --- numbers ----------------------------------------------------------------


@dataclass(frozen=True)
class Capacity:
    """Families a year, and what was written of it when that says more or something else."""

    families: str = ""
    note: str = ""
    doubt: str = ""
    """Why the number is not taken, or taken with care: ``about``, ``range``, ``other``."""


_COUNT = re.compile(
    r"(?P<number>\d{1,3}(?:[.\s']\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?)\s*"
    r"(?P<unit>gezinnen|gezin|families|family|fam\.?)?\s*"
    r"(?P<per>per jaar|/jaar|/ jaar|p/j|p\.j\.|pj|per year|a year)?"
)


def read_capacity(text: str) -> Capacity:
    """Families a year of a capacity as people write it.

    Parameters
    ----------
    text
        For instance ``40``, ``ca. 40``, ``40 gezinnen per jaar``, ``30-40``, ``25 kinderen``.

    Returns
    -------
    Capacity
        A number of families only when the text is one number without another unit. The rest
        is kept as a note.

    Examples
    --------
    >>> read_capacity("ca. 40")
    Capacity(families='40', note='ca. 40', doubt='about')
    >>> read_capacity("25 kinderen")
    Capacity(families='', note='25 kinderen', doubt='other')
    """
    word = bare(text)
    if word in EMPTY or word in UNKNOWN or word in NO_VALUE:
        return Capacity()
    rest = _ABOUT.sub("", word)
    found = _COUNT.fullmatch(rest)
    if found is None:
        several = re.fullmatch(r"\d+\s*(-|\u2013|tot|a|/)\s*\d+.*", rest)
        return Capacity("", text, "range" if several else "other")
    number = found["number"]
    if rest != word:
        return Capacity(number, text, "about")
    return Capacity(number, text if found["unit"] or found["per"] else "")


_YEAR = re.compile(r"(?<!\d)(19\d\d|20\d\d)(?!\d)")


def read_year(text: str) -> str:
    """The one year that a text names; else the text."""
    if re.fullmatch(r"\d+([.,]0*)?", text):
        return text
    years = set(_YEAR.findall(text))
    return years.pop() if len(years) == 1 else text


_MONTH_NAMES = (
    "jan feb mrt apr mei jun jul aug sep okt nov dec",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "january february march april may june july august september october november december",
)
_MONTH = {
    name: number for names in _MONTH_NAMES for number, name in enumerate(names.split(), start=1)
}
_NAMED = re.compile(r"(?:(\d{1,2})[\s-]+)?([a-z]+)\.?[\s-]+(\d{4})")
_SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
MONTHS_A_YEAR = 12


def read_date(text: str) -> str:
    """Date with the name of a month, or with marks that leave no doubt, as 13-7-2010.

    Examples
    --------
    >>> read_date("13 juli 2010"), read_date("juli 2010"), read_date("13/7/2010")
    ('2010-07-13', '2010-07', '13-7-2010')
    >>> read_date("3/7/2010")
    '3/7/2010'
    """
    found = _NAMED.fullmatch(bare(text))
    if found and found[2] in _MONTH:
        month = f"{found[3]}-{_MONTH[found[2]]:02}"
        return f"{month}-{int(found[1]):02}" if found[1] else month
    found = _SLASHED.fullmatch(text)
    # A day and a month below 13 could be the other way round.
    if found and (int(found[1]) > MONTHS_A_YEAR or found[1] == found[2]):
        return "-".join(found.groups())
    return text


def months_text(value: float | None) -> str:
    """Months as a cell of text; empty when not known."""
    if value is None or math.isnan(value):
        return ""
    return str(int(value)) if float(value).is_integer() else str(value)
