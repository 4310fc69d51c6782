"""What to ask the Locatieserver for an address, and whether a hit is that address.

The service matches loosely, and its scores do not compare between answers: a hit is the
address asked for only when the parts agree. Nothing here touches the network.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from math import hypot, isfinite
from typing import TYPE_CHECKING, TypeAlias

from rapidfuzz import fuzz

from coverage.editions import EDITIONS, load_edition
from coverage.geocode.address import place_key, street_key
from coverage.geocode.gazetteer import PROVINCE_OF, gazetteer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Doc: TypeAlias = "Mapping[str, object]"
Params: TypeAlias = "tuple[tuple[str, str], ...]"

FIELDS = (
    "id",
    "type",
    "weergavenaam",
    "straatnaam",
    "straatnaam_verkort",
    "huisnummer",
    "huisletter",
    "huisnummertoevoeging",
    "postcode",
    "woonplaatsnaam",
    "gemeentecode",
    "gemeentenaam",
    "provincienaam",
    "centroide_rd",
)
"""Fields of a hit that are asked for."""

CANDIDATES = 5
"""Hits that are named when none is accepted."""

LONGEST_LABEL = 120
"""Characters of the name of a hit that are kept."""

LONGEST_TEXT = 150
"""Characters of an address that are sent as free text."""

SIMILAR = 70.0
"""Likeness (0 to 100) from which two spellings may be one street.

Our own choice: it lets ``Burg. Jansenln`` pass for ``Burgemeester Jansenlaan``, and keeps
``Maliesingel`` and ``Kerkstraat`` apart. It matters only where the postcode agrees.
"""

SAME_SPOT = 25.0
"""Metres within which two hits of one address are one place."""

RD_X = (0.0, 300_000.0)
RD_Y = (289_000.0, 630_000.0)
"""Bounds of the Dutch national grid on land (EPSG:28992, metres)."""

_POSTCODE = re.compile(r"[1-9][0-9]{3}[A-Z]{2}")
_NUMBER = re.compile(r"[1-9][0-9]{0,4}")
_FIGURE = r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?"
_POINT = re.compile(rf"\s*POINT\s*\(\s*({_FIGURE})\s+({_FIGURE})\s*\)\s*", re.IGNORECASE)
_CODE = re.compile(r"[0-9]{4}")


class Reason(StrEnum):
    """Why an address has a point from the service, or has none."""

    FOUND = "found"
    INCOMPLETE = "incomplete"
    """A PO box, or no house number, or neither a full postcode nor a street somewhere."""
    NOT_FOUND = "not_found"
    """The service knows no such address; candidates may be named."""
    REFUSED = "refused"
    """It answers with addresses that differ from the one asked for."""
    AMBIGUOUS = "ambiguous"
    """More than one address fits."""
    FAILED = "failed"
    """The service gave no usable answer."""
    NOT_ASKED = "not_asked"
    """It was not asked: it had failed too often, or the run was stopped."""


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of an address; empty where it does not state them.

    Parameters
    ----------
    street, house_number, letter, addition, place
        As `coverage.geocode.address.parse` gives them.
    postcode
        With or without the space; four digits alone narrow a street down.
    municipality
        As it is stated; matters only where it stands in for a place.
    gm_code
        Codes of the municipalities of today that it may mean, separated by ``;``.
    po_box
        It is a PO box, which stands nowhere.
    """

    street: str = ""
    house_number: str = ""
    letter: str = ""
    addition: str = ""
    postcode: str = ""
    place: str = ""
    municipality: str = ""
    gm_code: str = ""
    po_box: bool = False

    @property
    def suffix(self) -> str:
        """Letter and addition as one; sources divide them differently."""
        return plain(self.letter + self.addition)


@dataclass(frozen=True, slots=True)
class Hit:
    """One address that the service answered with.

    Parameters
    ----------
    x, y
        EPSG:28992, metres.
    gm_code
        Municipality of today; empty when the service does not say.
    """

    label: str
    kind: str
    street: str
    short_street: str
    house_number: str
    suffix: str
    postcode: str
    place: str
    municipality: str
    gm_code: str
    province: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one address."""

    reason: Reason
    hit: Hit | None = None
    candidates: str = ""
    date: str = ""
    """Day on which the service answered, as ISO 8601; empty when it did not."""


def plain(text: str) -> str:
    """Small letters and digits only, without accents: what two spellings share.

    Examples
    --------
    >>> plain("'s-Gravenhage")
    'sgravenhage'
    """
    return "".join(letter for letter in _unaccented(text) if letter.isalnum())


def point(text: object) -> tuple[float, float] | None:
    """Point of the text form of the service (WKT).

    Parameters
    ----------
    text
        For instance ``POINT(137569.474 455650.561)``.

    Returns
    -------
    tuple of float or None
        The two figures; None for anything else, also for figures that are not finite.

    Examples
    --------
    >>> point("POINT(137569.474 455650.561)")
    (137569.474, 455650.561)
    """
    found = _POINT.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    x, y = float(found[1]), float(found[2])
    return (x, y) if isfinite(x) and isfinite(y) else None


def questions(address: Address) -> tuple[Params, Params] | None:
    """What to ask for an address.

    Parameters
    ----------
    address
        The address.

    Returns
    -------
    tuple of two, or None
        The question that finds it, and the one that looks for what is like it when that
        finds nothing. None when the address lacks what an answer can be held against.
    """
    number = address.house_number.strip()
    postcode = _postcode(address.postcode)
    full = bool(_POSTCODE.fullmatch(postcode))
    street = _free_text(address.street)
    place = _free_text(address.place)
    where = place or postcode.lower()
    if address.po_box or not _NUMBER.fullmatch(number) or not (full or (street and where)):
        return None
    house = _free_text(f"{number}{address.letter} {address.addition}")
    only = ("type:adres", f"huisnummer:{number}")
    like = f"{street} {house} {where}".strip()
    if full:
        exact = _params(f"{postcode.lower()} {house}", (*only, f"postcode:{postcode}"), 100)
    else:
        exact = _params(like, only, 50)
    return exact, _params(like, ("type:adres",), CANDIDATES)


def hits(docs: Sequence[Doc]) -> list[Hit]:
    """The usable hits of an answer: with a name, and a point in the Netherlands."""
    return [hit for hit in map(_hit, docs) if hit is not None]


def judge(address: Address, docs: Sequence[Doc], date: str = "") -> Finding:
    """Hold the hits of an answer against the address that was asked for.

    A hit is accepted when its type is an address, and postcode, house number with letter and
    addition, street, place and municipality agree as far as the address states them. A street
    may be spelt otherwise where the full postcode agrees; a place may be called otherwise where
    postcode and street agree, and it is not known to be elsewhere.

    Parameters
    ----------
    address
        The address.
    docs
        The hits, best first.
    date
        Day on which the service answered.

    Returns
    -------
    Finding
    """
    found = hits(docs)
    if not docs:
        return Finding(Reason.NOT_FOUND, date=date)
    fitting = [hit for hit in found if _fits(address, hit)]
    # Only where nothing is written just so, other ways to write the same are tried.
    same = [hit for hit in fitting if hit.suffix == address.suffix]
    if not same:
        same = [hit for hit in fitting if _spoken(hit.suffix) == _spoken(address.suffix)]
    if not same and _range(address):
        same = [hit for hit in fitting if not hit.suffix]
    if not same:
        return Finding(Reason.REFUSED, candidates=named(found), date=date)
    first = same[0]
    if any(hypot(hit.x - first.x, hit.y - first.y) > SAME_SPOT for hit in same):
        return Finding(Reason.AMBIGUOUS, candidates=named(same), date=date)
    return Finding(Reason.FOUND, hit=first, date=date)


def named(found: Sequence[Hit]) -> str:
    """The first few hits by name, separated by ``; ``."""
    labels: dict[str, None] = {}
    for hit in found:
        elsewhere = hit.municipality and plain(hit.municipality) != plain(hit.place)
        labels[f"{hit.label} ({hit.municipality})" if elsewhere else hit.label] = None
    return "; ".join(list(labels)[:CANDIDATES])


def _fits(address: Address, hit: Hit) -> bool:
    """Whether all parts agree, the suffix of the house number aside."""
    codes = set(filter(None, address.gm_code.split(";")))
    if (
        hit.kind != "adres"
        or hit.house_number != address.house_number.strip()
        or (codes and hit.gm_code not in codes)
    ):
        return False
    stated = _postcode(address.postcode)
    if not hit.postcode.startswith(stated):
        return False
    full = bool(_POSTCODE.fullmatch(stated)) and stated == hit.postcode
    street = _street_agrees(address.street, hit, loosely=full)
    # The name of a municipality that is gone is nobody's place; its code says it all.
    if (codes and address.place == address.municipality) or _place_agrees(address.place, hit):
        return street
    if not (street and full and _may_be_in(address.place, hit.gm_code)):
        return False
    return bool(address.street) or _place_agrees(address.place, hit, loosely=True)


def _may_be_in(place: str, gm_code: str) -> bool:
    """Whether a place of another name may lie in a municipality: a known town elsewhere does not.

    Hamlets and parts of towns are in no table: nothing is known against them.
    """
    spots = gazetteer(load_edition(max(EDITIONS))).place(place).spots
    return not spots or any(gm_code in spot.around for spot in spots)


def _street_agrees(stated: str, hit: Hit, *, loosely: bool) -> bool:
    wanted = street_key(stated)
    names = [key for key in (street_key(hit.street), street_key(hit.short_street)) if key]
    if not wanted or wanted in names:
        return True
    return loosely and any(fuzz.ratio(wanted, name) >= SIMILAR for name in names)


def _place_agrees(stated: str, hit: Hit, *, loosely: bool = False) -> bool:
    """Whether a place is the hit's, or the municipality's.

    Places of one name are told apart by their province, as in ``Hengelo (Gld)``; when the
    address does not say which, each of them agrees. Loosely, a part of a name is enough:
    ``Amsterdam Zuidoost`` is registered as ``Amsterdam``.
    """
    wanted, province = _place(stated)
    if not wanted:
        return True
    if province and hit.province and province != hit.province:
        return False
    place, municipality = _place(hit.place)[0], _place(hit.municipality)[0]
    if place_key(wanted) in (place_key(place), place_key(municipality)):
        return True
    some, others = set(_words(_unaccented(wanted))), set(_words(_unaccented(place)))
    return loosely and bool(others) and (some <= others or others <= some)


def _place(name: str) -> tuple[str, str]:
    """Name of a place, and the province that stands behind it: ``Bergen (NH)``."""
    name = name.strip()
    brackets = name.endswith(")")
    bare, _between, last = name.rpartition("(" if brackets else " ")
    behind = plain(last)
    province = PROVINCE_OF.get(behind, "")
    return (bare, province) if province and plain(bare) else (name, "")


def _spoken(suffix: str) -> str:
    """One form for additions that people write in more than one way.

    Ground floors in Amsterdam are registered as ``H``, and floors above as figures; people
    write ``hs`` or ``huis``, and Roman figures.
    """
    return _SPOKEN.get(suffix, suffix)


def _range(address: Address) -> bool:
    """Whether the addition may be the end of a range: ``12-14`` is found under 12."""
    end = address.suffix
    return bool(_NUMBER.fullmatch(end)) and int(end) > int(address.house_number)


_SPOKEN = {"hs": "h", "huis": "h", "i": "1", "ii": "2", "iii": "3", "iv": "4"}


def _hit(doc: Doc) -> Hit | None:
    label = _label(doc.get("weergavenaam"))
    where = point(doc.get("centroide_rd"))
    if not label or where is None:
        return None
    x, y = where
    if not (RD_X[0] <= x <= RD_X[1] and RD_Y[0] <= y <= RD_Y[1]):
        return None
    code = _text(doc.get("gemeentecode"))
    return Hit(
        label=label,
        kind=_text(doc.get("type")),
        street=_text(doc.get("straatnaam")),
        short_street=_text(doc.get("straatnaam_verkort")),
        house_number=_text(doc.get("huisnummer")),
        suffix=plain(_text(doc.get("huisletter")) + _text(doc.get("huisnummertoevoeging"))),
        postcode=_postcode(_text(doc.get("postcode"))),
        place=_label(doc.get("woonplaatsnaam")),
        municipality=_label(doc.get("gemeentenaam")),
        gm_code=f"GM{code}" if _CODE.fullmatch(code) else "",
        province=plain(_text(doc.get("provincienaam"))),
        x=x,
        y=y,
    )


def _params(query: str, filters: Sequence[str], rows: int) -> Params:
    fields = ("fl", ",".join(FIELDS))
    return (("q", query), *(("fq", only) for only in filters), fields, ("rows", str(rows)))


def _free_text(text: str) -> str:
    """Words and figures only: what else stands in a file may be syntax to the service.

    Small letters, because AND, OR and NOT in capitals are operators.
    """
    return " ".join(_words(text))[:LONGEST_TEXT].rstrip()


def _unaccented(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _postcode(text: str) -> str:
    return "".join(text.split()).upper()


def _text(value: object) -> str:
    """Text or whole number of a field; what is of another type is as good as absent."""
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _label(value: object) -> str:
    """Name on one line, without control characters, not longer than `LONGEST_LABEL`."""
    shown = "".join(c if c.isprintable() else " " for c in _text(value)).replace(";", ",")
    return " ".join(shown.split())[:LONGEST_LABEL]
