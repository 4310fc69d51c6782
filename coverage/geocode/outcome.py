"""How an address got its point, what is wrong with it, and the words for that."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import pandas as pd
from babel.lists import format_list

from coverage import _known
from coverage.i18n import N_, _, language

if TYPE_CHECKING:
    from collections.abc import Iterable

COLUMNS = (
    "x",
    "y",
    "gm_code",
    "precision",
    "method",
    "agrees",
    "also",
    "candidates",
    "problems",
)
"""Columns of a result."""


class GeocodeMethod(StrEnum):
    """What an address got its point and municipality by."""

    PDOK = "pdok"
    """The address itself, in the service of PDOK."""
    POSTCODE4 = "postcode4"
    PLACE = "place"
    MUNICIPALITY = "municipality"
    FORMER_MUNICIPALITY = "former_municipality"
    NONE = "none"


class GeocodeProblem(StrEnum):
    """What a reader of a result must know, or what stood in the way of one."""

    NO_ADDRESS = "no_address"
    """Nothing is filled in that says where it is."""
    NOT_FOUND = "not_found"
    PO_BOX = "po_box"
    """A PO box: nobody can be visited there."""
    AMBIGUOUS = "ambiguous"
    """More than one place or municipality can be meant; candidates are named."""
    DISAGREES = "disagrees"
    """The parts of the address point at different municipalities."""
    NEAR_BORDER = "near_border"
    """It may lie in another municipality, by how precisely it is known."""
    POSTCODE_UNKNOWN = "postcode_unknown"
    SWAPPED = "swapped"
    """Postcode and place stood in each other's column."""
    PLACE_UNKNOWN = "place_unknown"
    MUNICIPALITY_UNKNOWN = "municipality_unknown"
    FORMER_NAME = "former_name"
    """The municipality is not one of the edition, but was or will be one."""
    INCOMPLETE = "incomplete"
    """Too little of an address to look it up online."""
    REFUSED = "refused"
    """The service answers with other addresses; candidates are named."""
    ADDRESS_UNKNOWN = "address_unknown"
    """The service knows no such address."""
    SEVERAL_ADDRESSES = "several_addresses"
    """More than one address fits; candidates are named."""
    ONLINE_FAILED = "online_failed"
    """The service was asked, or was to be, and gave no answer."""


_FOUND = {
    GeocodeMethod.PDOK: N_("Found by its address, in {municipality}."),
    GeocodeMethod.POSTCODE4: N_(
        "Found by its postcode, in {municipality}. The point is the middle of the postcode."
    ),
    GeocodeMethod.PLACE: N_(
        "Found by its place, in {municipality}. The point is the middle of the place."
    ),
    GeocodeMethod.MUNICIPALITY: N_("Only the municipality is known: {municipality}."),
    GeocodeMethod.FORMER_MUNICIPALITY: N_(
        "Only a municipality of another year is known; in this edition its area is in "
        "{municipality}."
    ),
    GeocodeMethod.NONE: N_("Not placed on the map."),
}

_PROBLEMS = {
    GeocodeProblem.NO_ADDRESS: N_("Nothing says where it is."),
    GeocodeProblem.NOT_FOUND: N_("The address is not in the tables of this edition."),
    GeocodeProblem.PO_BOX: N_("The address is a PO box: fill in the address that people visit."),
    GeocodeProblem.AMBIGUOUS: N_(
        "More than one can be meant: {candidates}. Add the postcode or the municipality."
    ),
    GeocodeProblem.DISAGREES: N_(
        "The parts of the address do not agree: it also names {candidates}. Correct one of them."
    ),
    GeocodeProblem.NEAR_BORDER: N_("It is near the border: it may also be in {also}."),
    GeocodeProblem.POSTCODE_UNKNOWN: N_("The postcode is not known."),
    GeocodeProblem.SWAPPED: N_(
        "Postcode and place had changed places in this row: read the other way round."
    ),
    GeocodeProblem.PLACE_UNKNOWN: N_("The place is not known."),
    GeocodeProblem.MUNICIPALITY_UNKNOWN: N_("The municipality is not known."),
    GeocodeProblem.FORMER_NAME: N_("The municipality that is filled in is one of another year."),
    GeocodeProblem.INCOMPLETE: N_(
        "It was not looked up online: that takes a house number, and a street or a full postcode."
    ),
    GeocodeProblem.REFUSED: N_(
        "The online service only gives addresses that differ: {candidates}."
    ),
    GeocodeProblem.ADDRESS_UNKNOWN: N_("The online service does not know the address."),
    GeocodeProblem.SEVERAL_ADDRESSES: N_(
        "The online service gives more than one address: {candidates}."
    ),
    GeocodeProblem.ONLINE_FAILED: N_("The online service gave no answer; try again later."),
}

NAMING: dict[GeocodeProblem, frozenset[GeocodeProblem]] = {
    GeocodeProblem.AMBIGUOUS: frozenset(),
    GeocodeProblem.DISAGREES: frozenset({GeocodeProblem.AMBIGUOUS}),
    GeocodeProblem.REFUSED: frozenset({GeocodeProblem.AMBIGUOUS, GeocodeProblem.DISAGREES}),
    GeocodeProblem.SEVERAL_ADDRESSES: frozenset(
        {GeocodeProblem.AMBIGUOUS, GeocodeProblem.DISAGREES}
    ),
}
"""Problems whose words name the candidates, unless one of these others names them."""

_FORMER = GeocodeMethod.FORMER_MUNICIPALITY

_NOT_NAMED = {
    GeocodeProblem.DISAGREES: N_("The parts of the address do not agree. Correct one of them."),
    GeocodeProblem.REFUSED: N_("The online service only gives addresses that differ."),
    GeocodeProblem.SEVERAL_ADDRESSES: N_("The online service gives more than one address."),
}
"""What is said where no candidates are named."""


def words(results: pd.DataFrame) -> pd.Series[str]:
    """What happened to each address, in the language of this context.

    Parameters
    ----------
    results
        Result of `coverage.geocode.geocode`.

    Returns
    -------
    pandas.Series
        Plain sentences, by the index of `results`. They hold text out of the file or from the
        service, such as names of places: escape it before it becomes HTML.
    """
    telling = ["method", "gm_code", "also", "candidates", "problems"]
    distinct = results[telling].drop_duplicates()
    texts = {row: _words(*row) for row in distinct.itertuples(index=False, name=None)}
    rows = zip(*(results[name] for name in telling), strict=True)
    return pd.Series([texts[row] for row in rows], index=results.index, dtype="str")


def joined(problems: Iterable[GeocodeProblem]) -> str:
    """Problems as one text, in the order of the enum, each once."""
    there = set(problems)
    return ";".join(problem.value for problem in GeocodeProblem if problem in there)


def _words(method: str, gm_code: str, also: str, candidates: str, problems: str) -> str:
    filled = {
        "municipality": _named(gm_code),
        "also": _either(map(_named, filter(None, also.split(";")))),
        "candidates": _either(filter(None, candidates.split("; "))),
    }
    parts = [_(_FOUND[GeocodeMethod(method)], **filled)]
    there = {GeocodeProblem(code) for code in filter(None, problems.split(";"))}
    told = there - ({GeocodeProblem.FORMER_NAME} if method == _FORMER else set())
    for problem in GeocodeProblem:
        # Candidates are of one kind: what a place can mean goes before what is contradicted.
        named = candidates and not (NAMING[problem] & there if problem in NAMING else set())
        nameless = not named and problem in _NOT_NAMED
        if problem in told:
            parts.append(_(_NOT_NAMED[problem] if nameless else _PROBLEMS[problem], **filled))
    if candidates and not NAMING.keys() & there:
        parts.append(_("Perhaps this is meant: {candidates}.", **filled))
    return " ".join(parts)


def _named(code: str) -> str:
    return _known.name_of(code) or code


def _either(names: Iterable[str]) -> str:
    return format_list(list(names), style="or", locale=language())
