"""A service area as people write it: names, codes, regions, a distance, the whole country.

Every name is looked up in the division of its year. A name that had its place in another
division keeps that division; what cannot be settled is told with its candidates, and never
guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd
from rapidfuzz import fuzz, process

from coverage import _known, editions
from coverage.editions import EDITIONS
from coverage.i18n import N_
from coverage.intake.texts import EMPTY, UNKNOWN, bare
from coverage.vocabulary import ServiceAreaType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coverage.faults import Severity

__all__ = ["Area", "Remark", "municipality", "read_area"]

NEARLY = 75.0
"""Likeness (0-100) from which a known name is proposed for one that is not known."""


@dataclass(frozen=True)
class Remark:
    """What is wrong or doubtful in a text, and what fills in the message."""

    message: str
    params: dict[str, object] = field(default_factory=dict)
    severity: Severity = "error"


@dataclass(frozen=True)
class Area:
    """A service area that was read.

    Parameters
    ----------
    kind
        How the area is written.
    text
        Codes, region or kilometres, as the register writes them.
    edition
        Year of the division of the codes.
    partial
        Whether it is known to be only a part of the municipalities in `text`.
    remarks
        What is wrong or doubtful; with an error the area is unknown.
    """

    kind: ServiceAreaType = ServiceAreaType.UNKNOWN
    text: str = ""
    edition: int = 0
    partial: bool = False
    remarks: tuple[Remark, ...] = ()

    @property
    def wrong(self) -> bool:
        """Whether the text could not be read."""
        return any(remark.severity == "error" for remark in self.remarks)


@dataclass(frozen=True)
class _Part:
    """One name or code of a list: what it can be in each edition."""

    text: str
    codes: dict[int, tuple[str, ...]] = field(default_factory=dict)
    former: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    whole: bool = False
    """Whether all codes are meant together, as those of a region."""


# --- names ------------------------------------------------------------------


def spelled(name: str) -> str:
    """Letters and digits of a name, what stands between brackets included."""
    return _known.plain(re.sub(r"[()]", "", name))


@cache
def _by_spelling() -> dict[str, tuple[str, ...]]:
    """Codes by each spelling of a name, with and without what stands between brackets."""
    found: dict[str, dict[str, None]] = {}
    table = editions.names()
    for code, name in zip(table["gm_code"], table["name"], strict=True):
        for key in {spelled(name), _known.plain(name)}:
            found.setdefault(key, {})[code] = None
    return {key: tuple(codes) for key, codes in found.items()}


_PREFIX = re.compile(r"^(gemeenten?|gem\.?|municipality of|municipality)\s+", re.IGNORECASE)

_CODE = re.compile(r"(GM)?\s*(\d{1,4})(?:[.,]0*)?", re.IGNORECASE)


def municipality(text: str, year: int) -> tuple[tuple[str, ...], tuple[Remark, ...]]:
    """Codes that a name or code of a municipality can mean in one year.

    Parameters
    ----------
    text
        For instance ``Amsterdam``, ``gemeente Bergen (NH)``, ``GM0363``, ``363``.
    year
        Edition whose codes are preferred; others are given only when it has none.

    Returns
    -------
    codes
        More than one when the name is of several.
    remarks
        Warnings on the way it was written.
    """
    part = _part(text)
    return part.codes.get(year, part.former), part.remarks


@cache
def _part(text: str) -> _Part:
    """What one name or code can be."""
    name = text.strip()
    remarks: list[Remark] = []
    if found := _CODE.fullmatch(name):
        code = f"GM{found[2].zfill(4)}"
        if not _known.name_of(code):
            return _Part(text, remarks=(Remark(NO_CODE, {"value": name}),))
        if code != name.upper().replace(" ", ""):
            params: dict[str, object] = {
                "value": name,
                "code": code,
                "name": _known.name_of(code),
            }
            remarks.append(Remark(CODE_AS_NUMBER, params, "warning"))
        codes: tuple[str, ...] = (code,)
    else:
        bared = _PREFIX.sub("", name)
        codes = _by_spelling().get(spelled(bared)) or _by_spelling().get(_known.plain(bared), ())
    there = {
        year: own
        for year in EDITIONS
        if (own := tuple(c for c in codes if c in _known.codes(year)))
    }
    former = tuple(code for code in codes if not editions.editions_with(code))
    return _Part(text, there, former, tuple(remarks))


NO_CODE = N_(
    "There is no municipality with the code {value}. Look it up in the list of municipalities."
)
CODE_AS_NUMBER = N_(
    "“{value}” was read as {code} ({name}). Excel makes numbers of codes: format the column as "
    "text."
)
NOT_KNOWN = N_(
    "“{value}” is no municipality or region that is known. Write the name of a municipality, or "
    "“regio” or “provincie” with its name."
)
DID_YOU_MEAN = N_("“{value}” is no municipality or region that is known. Did you mean “{near}”?")
SEVERAL = N_(
    "“{value}” can be more than one municipality: {candidates}. Write the code of the one that is "
    "meant."
)
SEVERAL_REGIONS = N_(
    "“{value}” is the name of more than one region: {candidates}. Write the code of the one that "
    "is meant."
)
ALSO_REGION = N_(
    "“{value}” was read as the municipality; there is a province of that name too. Write "
    "“provincie {value}” if that is meant."
)
OTHER_DIVISION = N_(
    "The names or codes in “{value}” are of the division of {edition}: that is how they were read."
)
FORMER = N_("{name} is a municipality of another year. Its area is in {heirs}: read as that.")
FORMER_PART = N_(
    "{name} is a municipality of another year. Its area is in {heirs}: read as that, and marked as "
    "a part of the service area."
)


# --- regions ----------------------------------------------------------------

_REGION = re.compile(
    r"^(?P<kind>provincie|prov\.?|province( of)?|regio|reg\.?|region|jeugdregio|jeugdzorgregio|"
    r"corop|corop-gebied|corop gebied|stadsregio|bureau jeugdzorg|bjz)\s+(?P<name>.+)$",
    re.IGNORECASE,
)
_SETS = {
    "prov": ("province",),
    "corop": ("corop",),
    "jeugd": ("jeugdregio",),
    "stads": ("bureau_jeugdzorg",),
    "bureau": ("bureau_jeugdzorg",),
    "bjz": ("bureau_jeugdzorg",),
}


def _regions(text: str, year: int) -> tuple[str, ...]:
    """Keys of the regions that a text can mean; the kind in front of the name counts."""
    found = _REGION.match(text)
    name = text
    sets: tuple[str, ...] = ()
    if found:
        name = found["name"]
        kind = found["kind"].casefold()
        sets = next((own for start, own in _SETS.items() if kind.startswith(start)), ())
    keys = _known.regions_named(name, year) or _known.regions_named(text, year)
    keys = tuple(key for key in keys if not key.startswith("study:"))
    if sets:
        keys = tuple(key for key in keys if key.split(":", 1)[0] in sets)
    return _without_equals(keys, year)


def _without_equals(keys: tuple[str, ...], year: int) -> tuple[str, ...]:
    """Regions, those that hold the same municipalities given once."""
    members = {key: _members(key, year) for key in keys}
    kept: dict[frozenset[str], str] = {}
    order = {"province": 0, "jeugdregio": 1}
    for key in sorted(keys, key=lambda key: order.get(key.split(":", 1)[0], 2)):
        kept.setdefault(members[key], key)
    return tuple(kept.values())


@cache
def _members(key: str, year: int) -> frozenset[str]:
    table = editions.load_edition(year).regions
    region_set, code = key.split(":", 1)
    own = table["region_set"].eq(region_set) & table["region_code"].eq(code)
    return frozenset(table.loc[own, "gm_code"])


@cache
def _region_names(year: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_known.regions(year).values()))


# --- the whole text ---------------------------------------------------------

_COUNTRY = frozenset(
    {"landelijk", "nederland", "heel nederland", "hele land", "het hele land", "country"}
    | {"the netherlands", "netherlands", "whole country", "the whole country", "nationaal"}
    | {"national", "nationwide", "land"}
)
_RADIUS = re.compile(
    r"(?:straal|binnen|tot|radius|within|een straal)?\s*(?:van|of|:)?\s*"
    r"(\d{1,3}(?:[.,]\d{1,2})?)\s*(?:km|kilometer|kilometers|kilometre|kilometres)"
    r"(?:\s*(?:rond|rondom|om|around|round)?.*)?"
)
_MARKS = (
    re.compile(r"[;\n|]"),
    re.compile(r"[,/]"),
    re.compile(r"\s+(?:en|and|&|\+)\s+", re.IGNORECASE),
)
"""What stands between the names of a list, the clearest first."""


def read_area(text: str, year: int) -> Area:  # noqa: PLR0911 - one way of writing after another
    """Read one service area.

    Parameters
    ----------
    text
        As it stands in the list.
    year
        Edition whose names and codes are preferred.

    Returns
    -------
    Area
        Empty text gives an unknown area.

    Examples
    --------
    >>> area = read_area("Amsterdam, Diemen", 2025)
    >>> area.kind.value, area.text
    ('municipalities', 'GM0363;GM0384')
    >>> read_area("provincie Flevoland", 2025).text
    'province:PV24'
    >>> read_area("15 km", 2025).kind.value
    'radius'
    """
    word = bare(text)
    if word in EMPTY or word in UNKNOWN:
        return Area(edition=year)
    if word in _COUNTRY:
        return Area(ServiceAreaType.COUNTRY, "", year)
    if found := _RADIUS.fullmatch(word):
        return Area(ServiceAreaType.RADIUS, found[1].replace(",", "."), year)
    if re.fullmatch(r"[a-z_]+:\S+", text) and text in _known.regions(year):
        return Area(ServiceAreaType.REGION, text, year)
    whole = _part(text)
    regions = _regions(text, year)
    if not whole.codes and not whole.former and regions:
        return _one_region(text, regions, year)
    if whole.codes or whole.former:
        return _listed([whole], text, year, regions)
    return _listed(list(_parts(text, year)), text, year, ())


def _one_region(text: str, regions: tuple[str, ...], year: int) -> Area:
    if len(regions) > 1:
        return Area(edition=year, remarks=(_several_regions(text, regions, year),))
    return Area(ServiceAreaType.REGION, regions[0], year)


def _parts(text: str, year: int, marks: tuple[re.Pattern[str], ...] = _MARKS) -> Iterator[_Part]:
    """Parts of a list; a region among them stands for its municipalities.

    A text is divided at the clearest marks first, and no further than until it is known:
    a comma, or “and”, can be part of a name.
    """
    for piece in filter(None, map(str.strip, _divided(text, marks[0]))):
        part = _part(piece)
        if part.codes or part.former or part.remarks:
            yield part
        elif regions := _regions(piece, year):
            yield _of_region(piece, regions, year)
        elif len(marks) > 1:
            yield from _parts(piece, year, marks[1:])
        else:
            yield part


def _divided(text: str, mark: re.Pattern[str]) -> Iterator[str]:
    """Text divided at a mark, but not within a name that has a comma in it."""
    for number, piece in enumerate(_with_comma().split(text)):
        if number % 2:
            yield piece
        else:
            yield from mark.split(piece)


@cache
def _with_comma() -> re.Pattern[str]:
    """Names of municipalities with a comma, such as Nuenen, Gerwen en Nederwetten."""
    names = editions.names()["name"]
    own = sorted(map(re.escape, names[names.str.contains(",")].unique()))
    return re.compile(f"({'|'.join(own)})", re.IGNORECASE)


def _of_region(text: str, regions: tuple[str, ...], year: int) -> _Part:
    """A region in a list, as its municipalities."""
    if len(regions) > 1:
        return _Part(text, remarks=(_several_regions(text, regions, year),))
    members = tuple(sorted(_members(regions[0], year)))
    return _Part(text, {year: members}, whole=True)


def _several_regions(text: str, regions: tuple[str, ...], year: int) -> Remark:
    shown = ", ".join(f"{key} ({_known.regions(year)[key]})" for key in regions)
    return Remark(SEVERAL_REGIONS, {"value": text, "candidates": shown})


def _listed(parts: list[_Part], text: str, year: int, regions: tuple[str, ...]) -> Area:
    """Area of a list of municipalities: all in one division."""
    remarks = [remark for part in parts for remark in part.remarks]
    unknown = [part for part in parts if not part.codes and not part.former and not part.remarks]
    remarks += [_unknown(part.text, year) for part in unknown]
    order = (year, *sorted(EDITIONS, reverse=True))
    used = next((own for own in order if all(own in part.codes for part in parts)), year)
    if used != year:
        params: dict[str, object] = {"value": text, "edition": used}
        remarks.append(Remark(OTHER_DIVISION, params, "warning"))
    codes: list[str] = []
    former: list[_Part] = []
    for part in parts:
        own = part.codes.get(used) or next(iter(part.codes.values()), part.former)
        if len(own) > 1 and not part.whole:
            remarks.append(_several(part.text, own))
        elif used in part.codes:
            codes += own
        elif own:
            former.append(part)
    partial = False
    for part in former:
        heirs, in_part, remark = _carried(part, former, codes, used)
        codes += heirs
        partial |= in_part
        remarks.append(remark)
    if any(key.startswith("province:") for key in regions):
        params = {"value": text}
        remarks.append(Remark(ALSO_REGION, params, "warning"))
    if not codes or any(remark.severity == "error" for remark in remarks):
        return Area(edition=year, remarks=tuple(remarks))
    kind = ServiceAreaType.MUNICIPALITIES
    return Area(kind, ";".join(dict.fromkeys(codes)), used, partial, tuple(remarks))


def _old_code(part: _Part) -> str:
    return next(iter(part.codes.values()), part.former)[0]


def _carried(
    part: _Part, former: list[_Part], codes: list[str], year: int
) -> tuple[tuple[str, ...], bool, Remark]:
    """Codes of a year in which the area of a municipality of another year lies.

    They are served in part, unless they are in the list themselves or all that they were made
    of is.
    """
    old = _old_code(part)
    heirs = _known.successors(old, year)
    params: dict[str, object] = {
        "value": part.text,
        "name": _known.name_of(old),
        "heirs": ", ".join(f"{heir} {_known.name_of(heir)}" for heir in heirs),
    }
    if not heirs:
        return (), False, Remark(NOT_KNOWN, params)
    whole = _wholly_held(frozenset(map(_old_code, former)), year) | set(codes)
    in_part = not set(heirs) <= whole
    return heirs, in_part, Remark(FORMER_PART if in_part else FORMER, params, "warning")


@cache
def _wholly_held(old: frozenset[str], year: int) -> frozenset[str]:
    """Municipalities of a year that were made of nothing but municipalities of another."""
    held: set[str] = set()
    for other in EDITIONS:
        own = sorted(old & _known.codes(other))
        if own and other != year:
            table = editions.translate(pd.Series(own, index=[0] * len(own)), other, year)
            held |= set(table.loc[table["covered"].ge(ALL), "gm_code"])
    return frozenset(held)


ALL = 0.999
"""Part of the residents from which a municipality is held wholly: shares are rounded."""


def _several(text: str, codes: tuple[str, ...]) -> Remark:
    shown = ", ".join(f"{code} {_known.name_of(code)}" for code in codes)
    return Remark(SEVERAL, {"value": text, "candidates": shown})


def _unknown(text: str, year: int) -> Remark:
    """Say what a strange name may be meant for."""
    table = editions.names()
    names = [*dict.fromkeys(table["name"]), *_region_names(year)]
    short = [name for name in names if re.match(re.escape(text) + r"[\s,-]", name, re.IGNORECASE)]
    if len(short) == 1:
        return Remark(DID_YOU_MEAN, {"value": text, "near": short[0]})
    near = process.extractOne(
        text, names, scorer=fuzz.ratio, score_cutoff=NEARLY, processor=str.casefold
    )
    if near:
        return Remark(DID_YOU_MEAN, {"value": text, "near": near[0]})
    return Remark(NOT_KNOWN, {"value": text})
