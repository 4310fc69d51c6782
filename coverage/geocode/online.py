"""Addresses that are looked up with a service, beside what the shipped tables say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pandas as pd

from coverage.geocode.gazetteer import gazetteer
from coverage.geocode.locate import municipalities_within, municipality_at
from coverage.geocode.offline import agreement
from coverage.geocode.outcome import GeocodeMethod, GeocodeProblem, joined
from coverage.vocabulary import Precision

if TYPE_CHECKING:
    from collections.abc import Callable

    from coverage.editions import Edition
    from coverage.geocode.gazetteer import Gazetteer

BORDER = {2010: 500.0, 2025: 50.0}
"""Metres by which the boundaries of an edition can be off: those of 2010 are generalised."""

_REASONS = {
    "incomplete": GeocodeProblem.INCOMPLETE,
    "not_found": GeocodeProblem.ADDRESS_UNKNOWN,
    "refused": GeocodeProblem.REFUSED,
    "ambiguous": GeocodeProblem.SEVERAL_ADDRESSES,
}
"""What a service says of an address without a point; anything else is a failure of it."""

_KEPT = {
    GeocodeProblem.PO_BOX,
    GeocodeProblem.FORMER_NAME,
    GeocodeProblem.MUNICIPALITY_UNKNOWN,
    GeocodeProblem.SWAPPED,
}
"""What stays true of an address that is found."""


class Online(Protocol):
    """A service that knows addresses, such as `coverage.geocode.pdok.Pdok`."""

    def look_up(
        self, addresses: pd.DataFrame, progress: Callable[[int, int], None] | None = None
    ) -> pd.DataFrame:
        """Points of addresses.

        Parameters
        ----------
        addresses
            Result of `coverage.geocode.address.parse`, and gm_code: the municipalities of
            today that the row states, separated by ``;``, empty where it states none.
        progress
            Called with the rows done and all rows.

        Returns
        -------
        pandas.DataFrame
            By the same index: x, y (EPSG:28992, metres), gm_code (of today), found (bool),
            reason (``incomplete``, ``not_found``, ``refused``, ``ambiguous``, or why the
            service failed), candidates (addresses separated by ``; ``).
        """
        ...


def can_be_asked(parts: pd.DataFrame) -> pd.Series[bool]:
    """Whether there is enough of each address to look it up.

    Parameters
    ----------
    parts
        Result of `coverage.geocode.address.parse`.

    Returns
    -------
    pandas.Series
        True with a house number and a full postcode, or a street in a place; a PO box never.
    """
    where = parts["street"].ne("") & (
        parts["place"].ne("") | parts["municipality"].ne("") | parts["pc4"].ne("")
    )
    enough: pd.Series[bool] = (
        parts["house_number"].ne("") & (parts["postcode"].ne("") | where) & ~parts["po_box"]
    )
    return enough


def refine(
    offline: pd.DataFrame,
    parts: pd.DataFrame,
    edition: Edition,
    online: Online,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Results with the point of the address itself, where a service knows it.

    Parameters
    ----------
    offline
        Result of `coverage.geocode.offline.look_up`, without labels that repeat; stays where
        the service has nothing.
    parts
        The addresses.
    edition
        Whose municipalities are given.
    online
        The service.
    progress
        Called with the rows done and all rows that are asked.

    Returns
    -------
    pandas.DataFrame
        Columns as `offline`.
    """
    result = offline.copy()
    asked = can_be_asked(parts)
    if (~asked).any():
        silent = ~asked & ~parts["po_box"] & (parts != "").any(axis=1)
        result.loc[silent, "problems"] = _added(
            result.loc[silent, "problems"], GeocodeProblem.INCOMPLETE
        )
    if not asked.any():
        return result
    given = parts[asked].assign(gm_code=offline.loc[asked, "today"])
    # A municipality is all the place that some rows have.
    given["place"] = given["place"].mask(given["place"].eq(""), given["municipality"])
    answers = online.look_up(given, progress)
    found = answers["found"].astype(bool)
    _put_found(result, answers[found], edition)
    _put_missed(result, answers[~found])
    return result


def _put_missed(result: pd.DataFrame, answers: pd.DataFrame) -> None:
    """Why the service gave no point, beside what is known without it."""
    rows = answers.index
    columns = ["problems", "candidates"]
    cases = result.loc[rows, columns].assign(
        reason=answers["reason"].astype("str"), offered=answers["candidates"].astype("str")
    )
    which, distinct = pd.factorize(pd.Series(list(cases.itertuples(index=False, name=None))))
    told = [
        (
            _added_one(problems, _REASONS.get(reason, GeocodeProblem.ONLINE_FAILED)),
            "; ".join(filter(None, (candidates, offered))),
        )
        for problems, candidates, reason, offered in distinct
    ]
    texts = pd.DataFrame(told, columns=columns).take(which)
    for name in columns:
        result.loc[rows, name] = texts[name].to_numpy()


def _put_found(result: pd.DataFrame, answers: pd.DataFrame, edition: Edition) -> None:
    """Points of the service, in the municipalities of the edition."""
    rows = answers.index
    if rows.empty:
        return
    names = gazetteer(edition)
    x, y = (answers[name].to_numpy(dtype=float) for name in ("x", "y"))
    cases = pd.DataFrame(
        {
            "own": municipality_at(x, y, edition),
            "near": municipalities_within(x, y, BORDER[edition.year], edition),
            "today": answers["gm_code"].astype("str").to_numpy(),
            "stated": result.loc[rows, "stated"].to_numpy(),
            "problems": result.loc[rows, "problems"].to_numpy(),
        }
    )
    which, distinct = pd.factorize(pd.Series(list(cases.itertuples(index=False, name=None))))
    columns = ["gm_code", "agrees", "also", "candidates", "problems"]
    settled = pd.DataFrame([_settled(names, case) for case in distinct], columns=columns)
    settled = settled.take(which)
    result.loc[rows, "x"], result.loc[rows, "y"] = x, y
    result.loc[rows, "precision"] = Precision.ADDRESS.value
    result.loc[rows, "method"] = GeocodeMethod.PDOK.value
    for name in columns:
        result.loc[rows, name] = settled[name].to_numpy()


def _settled(
    names: Gazetteer, case: tuple[str, str, str, str, str]
) -> tuple[str, str, str, str, str]:
    """Municipality of the edition of an address that was found, and what is to be said of it.

    The service says in which municipality of today the address is. Where that exists in the
    edition, it is the one; otherwise it is one that became it, by the boundaries.
    """
    own, near, today, stated, problems = case
    wanted = [code for code in stated.split(";") if code]
    around = {code for code in (own, *near.split(";")) if code}
    became = names.predecessors(today)
    options = around & became or around
    if len(became) == 1:
        (gm_code,) = became
    elif len(options & set(wanted)) == 1:
        (gm_code,) = options & set(wanted)
    elif own in options:
        gm_code = own
    else:
        gm_code = min(options, default="")
    also = tuple(sorted(options - {gm_code})) if len(became) != 1 else ()
    agrees, problem = agreement(gm_code, also, wanted)
    kept = {GeocodeProblem(code) for code in problems.split(";") if code} & _KEPT
    told = joined(kept | ({problem} if problem else set()))
    labels = "; ".join(spot.label for spot in names.whole(wanted))
    disagrees = problem is GeocodeProblem.DISAGREES
    return gm_code, agrees.value, ";".join(also), labels if disagrees else "", told


def _added(problems: pd.Series[str], problem: GeocodeProblem) -> pd.Series[str]:
    texts = {text: _added_one(text, problem) for text in problems.unique()}
    return problems.map(texts)


def _added_one(problems: str, problem: GeocodeProblem) -> str:
    there = {GeocodeProblem(code) for code in problems.split(";") if code}
    return joined(there | {problem})
