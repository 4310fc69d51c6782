"""Which column of a flat list is which field: by its heading, and by what is in it.

First the known headings, then those that are nearly so, then the contents: a column full
of postcodes is the column of postcodes, whatever it is called.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd
from rapidfuzz import fuzz, process

from coverage import _cells, _known, editions
from coverage.intake.fields import FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["match", "sample", "swapped", "titles"]

SAMPLED = 200
"""Rows that are looked at to judge a column by its contents."""

NEARLY = 86.0
"""Likeness of two headings (0-100) from which they are taken for the same."""

SHORTEST = 5
"""Letters that a heading must have to be compared by likeness: short ones are too alike."""

FITS, MISFITS = 0.7, 0.2
"""Parts of the values of a column: from the first it holds a kind, below the second not."""


def titles(cells: _cells.Cells) -> list[str]:
    """Heading of every column, each once.

    Parameters
    ----------
    cells
        A table; its first row holds the headings.

    Returns
    -------
    list of str
        As long as the first row. A column without a heading is called by its letters
        (``C``), the second of two equal headings gets ``(2)`` behind it.
    """
    if not cells.rows:
        return []
    found: list[str] = []
    used: set[str] = set()
    for place, text in enumerate(cells.rows[0][1], start=1):
        title = name = " ".join(text.split()) or _cells.column_letters(place)
        again = 2
        while title in used:
            title = f"{name} ({again})"
            again += 1
        used.add(title)
        found.append(title)
    return found


def sample(cells: _cells.Cells, rows: int = SAMPLED) -> pd.DataFrame:
    """The first rows of a table, all text.

    Parameters
    ----------
    cells
        A table; its first row holds the headings.
    rows
        How many at most.

    Returns
    -------
    pandas.DataFrame
        Columns by `titles`; the index is the row in the file.
    """
    columns = titles(cells)
    body = cells.rows[1 : rows + 1]
    width = len(columns)
    texts = [(row + [""] * width)[:width] for _number, row in body]
    index = pd.Index([number for number, _row in body], dtype="int64")
    return pd.DataFrame(texts, columns=columns, index=index, dtype="str")


def match(headings: Sequence[str], samples: pd.DataFrame | None = None) -> dict[str, str]:
    """Field that each heading stands for.

    Parameters
    ----------
    headings
        Headings of a flat list.
    samples
        Some rows of it, by heading (see `sample`). With these, columns are recognised by
        what is in them too, and two columns that changed places are set right.

    Returns
    -------
    dict
        Name of a field by heading; ``""`` for a column that is not used. A field is given
        to one heading at most.

    Examples
    --------
    >>> match(["Organisatie", "Naam aanbod", "Pc", "Kleur"])
    {'Organisatie': 'provider', 'Naam aanbod': 'offer', 'Pc': 'postcode', 'Kleur': ''}
    """
    found = _by_heading(headings)
    if samples is not None and not samples.empty:
        found = _by_content(found, samples)
        found = _put_back(found, samples)
        found = {name: own for name, own in found.items() if not _counts(name, own, samples)}
    _settle_municipality(found, headings, samples)
    return {heading: found.get(heading, "") for heading in headings}


def _counts(heading: str, field: str, samples: pd.DataFrame) -> bool:
    """Whether a column only numbers the rows of the list: 1, 2, 3 names no offer."""
    if field != "offer_id" or heading not in samples or bare(heading) not in _NUMBERS:
        return False
    own = samples[heading]
    return own[own.ne("")].tolist() == [str(n) for n in range(1, own.ne("").sum() + 1)]


_NUMBERS = {"nr", "nummer", "volgnummer", "number"}


def bare(text: str) -> str:
    """Heading as letters and digits only: no case, no accents, no marks."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if letter.isalnum())


@cache
def _spellings() -> dict[str, str]:
    """Field by each spelling of a heading."""
    found: dict[str, str] = {}
    for name, field in FIELDS.items():
        for text in (name, field.label, *field.synonyms):
            found.setdefault(bare(text), name)
    return {**found, **_OTHERS}


_OTHERS = {
    "naam": "offer",
    "name": "offer",
    "providername": "provider",
    "offername": "offer",
    "gemeente": "municipality",
    "gemeentenaam": "municipality",
    "municipality": "municipality",
    "responsibleorganisation": "responsible",
    "serviceareanote": "",
}
"""Headings of which more must be known than the heading, and a first guess."""


def _by_heading(headings: Sequence[str]) -> dict[str, str]:
    """Fields by heading alone: the surest first."""
    spellings = _spellings()
    scored: list[tuple[float, int, str, str]] = []
    for place, heading in enumerate(headings):
        for text, cost in ((bare(heading), 0.0), (bare(re.sub(r"\(.*?\)", "", heading)), 1.0)):
            if text in spellings:
                scored.append((100.0 - cost, -place, heading, spellings[text]))
                break
        else:
            text = bare(heading)
            near = None
            if len(text) >= SHORTEST:
                near = process.extractOne(
                    text,
                    [known for known in spellings if len(known) >= SHORTEST],
                    scorer=fuzz.ratio,
                    score_cutoff=NEARLY,
                )
            if near:
                scored.append((near[1] - 2, -place, heading, spellings[near[0]]))
    found: dict[str, str] = {}
    for _score, _place, heading, field in sorted(scored, reverse=True):
        if field and field not in found.values():
            found[heading] = field
    return found


# --- contents ---------------------------------------------------------------

_POSTCODE = re.compile(r"[1-9]\d{3}\s?[A-Za-z]{2}|[1-9]\d{3}")
_FULL_POSTCODE = re.compile(r"[1-9]\d{3}\s?[A-Za-z]{2}")
_CODE = re.compile(r"GM\s?\d{4}", re.IGNORECASE)
_HOUSE = re.compile(r"\d{1,5}\s*[-/]?\s*\w{0,4}( bis| hs)?", re.IGNORECASE)
_URL = re.compile(r"(https?://|www\.)\S+", re.IGNORECASE)
_DATE = re.compile(r"\d{4}(-\d{1,2}){0,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}")
_LETTERS = re.compile(r"[^\W\d]")


@cache
def _municipality_names() -> frozenset[str]:
    return frozenset(editions.names()["name"].map(_known.plain))


@cache
def _place_names() -> frozenset[str]:
    tables = [editions.load_edition(year).postcodes["place"] for year in editions.EDITIONS]
    return frozenset(pd.concat(tables).dropna().map(_known.plain)) | _municipality_names()


def _all_named(text: str, names: frozenset[str]) -> bool:
    parts = [_known.plain(part) for part in re.split(r"[;,/|\n]", text) if part.strip()]
    return bool(parts) and all(part in names for part in parts)


_KINDS: dict[str, Callable[[str], bool]] = {
    "postcode": lambda text: bool(_POSTCODE.fullmatch(text)),
    "gm_code": lambda text: bool(_CODE.fullmatch(text)),
    "house_number": lambda text: bool(_HOUSE.fullmatch(text)),
    "place": lambda text: _known.plain(text) in _place_names(),
    "municipality": lambda text: _all_named(text, _municipality_names()),
    "source_date": lambda text: bool(_DATE.fullmatch(text)),
    "street": lambda text: (
        bool(_LETTERS.search(text))
        and not _FULL_POSTCODE.fullmatch(text)
        and _known.plain(text) not in _place_names()
    ),
}
"""Fields of which a value shows what it is."""


def _part(values: pd.Series[Any], fits: Callable[[str], bool]) -> float:
    """Part of the values that are filled in that fit; 0 when none is filled in."""
    texts = values[values.ne("")]
    if texts.empty:
        return 0.0
    counts = texts.value_counts()
    good = sum(int(count) for text, count in counts.items() if fits(str(text)))
    return good / len(texts)


def _by_content(found: Mapping[str, str], samples: pd.DataFrame) -> dict[str, str]:
    """Fields for the columns whose heading says nothing, by what is in them."""
    done = dict(found)
    free = [heading for heading in samples.columns if not done.get(heading)]
    tests: dict[str, Callable[[str], bool]] = {
        "postcode": lambda text: bool(_FULL_POSTCODE.fullmatch(text)),
        "gm_code": _KINDS["gm_code"],
        "service_area": _KINDS["municipality"],
        "place": _KINDS["place"],
        "source": lambda text: bool(_URL.fullmatch(text)),
    }
    for field, fits in tests.items():
        if field in done.values():
            continue
        if field == "place" and "service_area" in done.values():
            continue  # what is a place and a municipality was given out just before
        parts = {heading: _part(samples[heading], fits) for heading in free}
        best = max(parts, key=lambda heading: parts[heading], default="")
        if best and parts[best] >= FITS:
            done[best] = field
            free.remove(best)
    return done


def swapped(matching: Mapping[str, str], samples: pd.DataFrame) -> list[tuple[str, str]]:
    """Pairs of columns that hold what the other one should hold.

    Parameters
    ----------
    matching
        Field by heading.
    samples
        Rows of the list by heading.

    Returns
    -------
    list of pairs
        Headings of two columns that seem to have changed places.
    """
    used = {field: heading for heading, field in matching.items() if heading in samples.columns}
    pairs: list[tuple[str, str]] = []
    for one, other in _NEIGHBOURS:
        if one not in used or other not in used:
            continue
        first, second = samples[used[one]], samples[used[other]]
        wrong = max(_part(first, _KINDS[one]), _part(second, _KINDS[other]))
        right = min(_part(first, _KINDS[other]), _part(second, _KINDS[one]))
        if wrong <= MISFITS and right >= FITS:
            pairs.append((used[one], used[other]))
    return pairs


_NEIGHBOURS = (
    ("postcode", "place"),
    ("postcode", "municipality"),
    ("postcode", "street"),
    ("postcode", "house_number"),
    ("place", "street"),
    ("place", "house_number"),
    ("street", "house_number"),
    ("gm_code", "municipality"),
)
"""Pairs of fields whose values show it when they have changed places."""


def _put_back(found: Mapping[str, str], samples: pd.DataFrame) -> dict[str, str]:
    """Matching in which columns that changed places are given the right field."""
    done = dict(found)
    for one, other in swapped(found, samples):
        done[one], done[other] = done[other], done[one]
    return done


ADDRESS = frozenset({"address", "street", "postcode", "place"})
"""Fields that make a municipality beside them that of an address."""


def _settle_municipality(
    found: dict[str, str], headings: Sequence[str], samples: pd.DataFrame | None
) -> None:
    """What a column “municipality” means: that of the address, or the service area.

    Without an address beside it, or with several in one cell, it is the service area.
    """
    column = next((name for name in headings if found.get(name) == "municipality"), None)
    if column is None or "service_area" in found.values():
        return
    if bare(column) in set(map(bare, FIELDS["municipality"].synonyms)):
        return  # the heading says it
    several = samples is not None and column in samples and samples[column].str.contains(";").any()
    if several or not ADDRESS & set(found.values()):
        found[column] = "service_area"


def spellings_shown() -> list[str]:
    """Every spelling of a heading, as people write it."""
    return [text for name, field in FIELDS.items() for text in (name, *field.synonyms)]


def known(cells: Sequence[str]) -> int:
    """How many of the cells of a row are known headings."""
    spellings = _spellings()
    return sum(1 for text in cells if text and len(text) < LONGEST and bare(text) in spellings)


LONGEST = 60
"""Characters of a heading: a longer text is none."""
