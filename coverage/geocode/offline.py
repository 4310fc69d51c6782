"""Point and municipality of addresses by the shipped tables, without a network.

The postcode goes before the place, and the place before the municipality. What is stated
beside them decides between places of one name, and is held against what is found; nothing
is guessed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd

from coverage import _known
from coverage.geocode.gazetteer import Gazetteer, Meanings, Spot, Stated, gazetteer
from coverage.geocode.outcome import COLUMNS, GeocodeMethod, GeocodeProblem, joined
from coverage.vocabulary import Precision, Ternary

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from coverage.editions import Edition

GUESSES = 200
"""Different unknown places of a chunk for which names like it are looked for: it takes long."""

Meaning = TypeVar("Meaning", Meanings, Stated)

_TEXT = ("street", "house_number", "postcode", "pc4", "place", "municipality")


@dataclass(frozen=True)
class Evidence:
    """What an address says of where it is.

    Parameters
    ----------
    has_postcode
        Whether it has a postcode.
    postcode
        What is known of that.
    place, stated
        Its place, and its municipality.
    po_box
        Whether it is a PO box.
    swapped, unread
        Whether postcode and place had changed columns; whether what stands for the postcode is
        none.
    empty
        Whether nothing at all is filled in.
    """

    has_postcode: bool = False
    postcode: Spot | None = None
    place: Meanings = field(default_factory=Meanings)
    stated: Stated = field(default_factory=Stated)
    po_box: bool = False
    swapped: bool = False
    unread: bool = False
    empty: bool = False


@dataclass
class Answer:
    """One row of a result, see `coverage.geocode.geocode`."""

    x: float = math.nan
    y: float = math.nan
    gm_code: str = ""
    precision: Precision = Precision.UNKNOWN
    method: GeocodeMethod = GeocodeMethod.NONE
    agrees: Ternary = Ternary.UNKNOWN
    also: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    problems: set[GeocodeProblem] = field(default_factory=set)

    def row(self) -> tuple[object, ...]:
        """Cells in the order of `COLUMNS`."""
        return (
            self.x,
            self.y,
            self.gm_code,
            self.precision.value,
            self.method.value,
            self.agrees.value,
            ";".join(self.also),
            "; ".join(dict.fromkeys(self.candidates)),
            joined(self.problems),
        )


def look_up(parts: pd.DataFrame, edition: Edition) -> pd.DataFrame:
    """Point and municipality of addresses.

    Parameters
    ----------
    parts
        Result of `coverage.geocode.address.parse`.
    edition
        Whose tables and municipalities are used.

    Returns
    -------
    pandas.DataFrame
        By the same index the columns of `coverage.geocode.geocode`, and stated and today: the
        municipalities that the row states, in the edition and in the newest edition, separated
        by ``;``.
    """
    names = gazetteer(edition)
    stated_at, stated = _meanings(parts["municipality"], names.municipality)
    # What is no municipality may be a place that somebody took for one.
    strange = np.array([one.given and not one.codes for one in stated], dtype=bool)
    moved = strange[stated_at] & (parts["place"] == "").to_numpy()
    as_place = parts["place"].mask(moved, parts["municipality"])
    place_at, meanings = _meanings(as_place, names.place)
    known = np.array([bool(one.spots) for one in meanings], dtype=bool)[place_at]
    stated.append(Stated())
    meanings.append(Meanings())
    stated_at[moved & known] = len(stated) - 1
    place_at[moved & ~known] = len(meanings) - 1

    postcode, codes = pd.factorize(parts["pc4"])
    empty = (parts[list(_TEXT)] == "").all(axis=1).to_numpy() & ~parts["po_box"].to_numpy()
    marks = (empty, *(parts[name].to_numpy() for name in ("po_box", "swapped", "unread")))
    flags = sum(mark.astype(np.int64) << place for place, mark in enumerate(marks))
    key = (postcode.astype(np.int64) * len(meanings) + place_at) * len(stated) + stated_at
    _keys, first, which = np.unique(
        (key << len(marks)) + flags, return_index=True, return_inverse=True
    )
    rows = []
    for row in first:
        code, means = str(codes[postcode[row]]), stated[stated_at[row]]
        evidence = Evidence(
            bool(code),
            names.postcode(code),
            meanings[place_at[row]],
            means,
            po_box=bool(marks[1][row]),
            swapped=bool(marks[2][row]),
            unread=bool(marks[3][row]),
            empty=bool(empty[row]),
        )
        found = answer(evidence, names).row()
        rows.append((*found, ";".join(means.codes), ";".join(means.today)))
    table = _typed(rows).take(which).set_axis(parts.index)
    return _with_likely(table, as_place, names)


def answer(evidence: Evidence, names: Gazetteer) -> Answer:
    """Where an address is, by the best of what it says.

    Parameters
    ----------
    evidence
        What it says.
    names
        Names of the edition.

    Returns
    -------
    Answer
    """
    if evidence.empty:
        return Answer(problems={GeocodeProblem.NO_ADDRESS})
    problems = _unknowns(evidence)
    ways = [_by_postcode, _by_place]
    if evidence.po_box:
        # Its postcode is that of a sorting office: the place says as much.
        ways.reverse()
    refused: Answer | None = None
    for way in ways:
        found = way(evidence)
        if found is not None and found.gm_code:
            break
        refused = refused or found
    else:
        found = refused or _by_municipality(evidence, names)
    # A small place may be in no table. With a strange municipality beside it, it is told.
    sure = evidence.has_postcode and found.method is GeocodeMethod.POSTCODE4
    if sure and GeocodeProblem.MUNICIPALITY_UNKNOWN not in problems:
        problems -= {GeocodeProblem.PLACE_UNKNOWN}
    found.problems |= problems
    if found.method is GeocodeMethod.NONE and GeocodeProblem.AMBIGUOUS not in found.problems:
        found.problems.add(GeocodeProblem.NOT_FOUND)
    return found


def _unknowns(evidence: Evidence) -> set[GeocodeProblem]:
    """What stands in the address and says nothing, or not what it seems to say."""
    marks = {
        GeocodeProblem.PO_BOX: evidence.po_box,
        # Those of PO boxes are not in the tables.
        GeocodeProblem.POSTCODE_UNKNOWN: evidence.unread
        or (evidence.has_postcode and evidence.postcode is None and not evidence.po_box),
        GeocodeProblem.SWAPPED: evidence.swapped,
        GeocodeProblem.PLACE_UNKNOWN: evidence.place.given and not evidence.place.spots,
        GeocodeProblem.MUNICIPALITY_UNKNOWN: evidence.stated.given and not evidence.stated.codes,
        GeocodeProblem.FORMER_NAME: evidence.stated.former,
    }
    return {problem for problem, there in marks.items() if there}


def _by_postcode(evidence: Evidence) -> Answer | None:
    spot = evidence.postcode
    if spot is None:
        return None
    found = _at(spot, evidence.stated, GeocodeMethod.POSTCODE4, Precision.POSTCODE4)
    if evidence.po_box:
        found.precision = Precision.PLACE
    meant = evidence.place.spots
    if meant and not any(spot.around & other.around for other in meant):
        found.problems.add(GeocodeProblem.DISAGREES)
        found.candidates += tuple(other.label for other in meant)
    return found


def _by_place(evidence: Evidence) -> Answer | None:
    spots = evidence.place.spots
    if not spots:
        return None
    stated = set(evidence.stated.codes)
    options = [spot for place in spots for spot in (place, *place.beyond) if spot.gm_code in stated]
    elsewhere = bool(stated) and not options
    options = options or list(spots)
    if len(options) > 1 and evidence.postcode is not None:
        around = evidence.postcode.around
        options = [spot for spot in options if spot.gm_code in around] or options
    if len(options) > 1:
        problems = {GeocodeProblem.AMBIGUOUS}
        agrees = Ternary.UNKNOWN
        if elsewhere:
            problems.add(GeocodeProblem.DISAGREES)
            agrees = Ternary.NO
        labels = tuple(spot.label for place in options for spot in (place, *place.beyond))
        return Answer(agrees=agrees, candidates=labels, problems=problems)
    spot = options[0]
    if not spot.whole:
        return _at(spot, evidence.stated, GeocodeMethod.PLACE, Precision.PLACE)
    former = evidence.place.former
    method = GeocodeMethod.FORMER_MUNICIPALITY if former else GeocodeMethod.MUNICIPALITY
    found = _at(spot, evidence.stated, method, Precision.MUNICIPALITY)
    if former:
        found.problems.add(GeocodeProblem.FORMER_NAME)
    return found


def _by_municipality(evidence: Evidence, names: Gazetteer) -> Answer:
    stated = evidence.stated
    spots = names.whole(stated.codes)
    if len(spots) == 1:
        method = GeocodeMethod.FORMER_MUNICIPALITY if stated.former else GeocodeMethod.MUNICIPALITY
        return _at(spots[0], Stated(), method, Precision.MUNICIPALITY)
    if not spots:
        return Answer()
    labels = tuple(spot.label for spot in spots)
    return Answer(candidates=labels, problems={GeocodeProblem.AMBIGUOUS})


def _at(spot: Spot, stated: Stated, method: GeocodeMethod, precision: Precision) -> Answer:
    """Answer at a place, held against the municipality that is stated."""
    found = Answer(spot.x, spot.y, spot.gm_code, precision, method, also=spot.also)
    found.agrees, problem = agreement(spot.gm_code, spot.also, stated.codes)
    if problem is not None:
        found.problems.add(problem)
    if problem is GeocodeProblem.DISAGREES:
        found.candidates = tuple(f"{code} {_known.name_of(code)}" for code in stated.codes)
    return found


def agreement(
    gm_code: str, also: Sequence[str], stated: Sequence[str]
) -> tuple[Ternary, GeocodeProblem | None]:
    """Whether the municipality that was found is the one that is stated.

    Parameters
    ----------
    gm_code, also
        Found, and others that it may be.
    stated
        Stated; none if nothing is.

    Returns
    -------
    Ternary
        Unknown as well where the stated one is among those that it may be.
    GeocodeProblem or None
        That they disagree, or that the border leaves it open.
    """
    near = GeocodeProblem.NEAR_BORDER if also else None
    if not stated:
        return Ternary.UNKNOWN, near
    if gm_code in stated:
        return Ternary.YES, None
    if set(also) & set(stated):
        return Ternary.UNKNOWN, near
    return Ternary.NO, GeocodeProblem.DISAGREES


def _meanings(
    texts: pd.Series[str], look: Callable[[str], Meaning]
) -> tuple[npt.NDArray[np.int64], list[Meaning]]:
    """What each text means: its number, and the different meanings by number."""
    which, distinct = pd.factorize(texts)
    numbers: dict[Meaning, int] = {}
    number = [numbers.setdefault(look(str(text)), len(numbers)) for text in distinct]
    return np.array(number, dtype=np.int64)[which], list(numbers)


def _typed(rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=[*COLUMNS, "stated", "today"])
    text = [name for name in table if name not in {"x", "y"}]
    return table.astype({"x": float, "y": float, **dict.fromkeys(text, "str")})


def _with_likely(table: pd.DataFrame, place: pd.Series[str], names: Gazetteer) -> pd.DataFrame:
    """Results with places that may be meant, where the place is not known."""
    unknown = table["problems"].str.contains(GeocodeProblem.PLACE_UNKNOWN.value, regex=False)
    unknown &= table["candidates"].eq("") & place.ne("")
    texts = place[unknown].drop_duplicates()[:GUESSES]
    likely = {text: "; ".join(spot.label for spot in names.similar(text)) for text in texts}
    table.loc[unknown, "candidates"] = place[unknown].map(likely).fillna("")
    return table
