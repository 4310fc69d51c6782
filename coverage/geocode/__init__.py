"""From addresses as people write them to points and municipalities.

Works offline, with the tables that are shipped; a service is asked only when the caller hands
one over. Nothing is guessed: what can mean more than one thing gets no point, and candidates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from coverage.geocode import offline
from coverage.geocode.address import INPUT, parse
from coverage.geocode.online import Online, refine
from coverage.geocode.outcome import COLUMNS, GeocodeMethod, GeocodeProblem, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from coverage.editions import Edition

__all__ = [
    "COLUMNS",
    "INPUT",
    "GeocodeMethod",
    "GeocodeProblem",
    "Online",
    "geocode",
    "parse",
    "words",
]

CHUNK = 50_000
"""Rows that are worked on together: it bounds the memory, whatever the number of rows."""


def geocode(
    addresses: pd.DataFrame,
    edition: Edition,
    *,
    online: Online | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Points and municipalities of addresses.

    Parameters
    ----------
    addresses
        One row an address, with any of the columns address (free text), street, house_number,
        postcode, place and municipality (name or code, of any year). Other columns are left
        alone.
    edition
        Whose municipalities are given.
    online
        Looks up the address itself; without it nothing leaves this computer.
    progress
        Called with the rows done and all rows.

    Returns
    -------
    pandas.DataFrame
        By the same index and in the same order:

        - x, y: point in EPSG:28992, metres; NaN where not known.
        - gm_code: municipality in the edition; empty where not known.
        - precision: `coverage.vocabulary.Precision` of the point.
        - method: `GeocodeMethod`.
        - agrees: `coverage.vocabulary.Ternary`, whether the stated municipality is the one
          that was found; unknown where none is stated, where nothing else was found, and
          where the border leaves it open.
        - also: other municipalities that it may be, by how precise the point is; codes
          separated by ``;``.
        - candidates: codes and names that were not chosen, or that are contradicted, separated
          by ``; ``.
        - problems: values of `GeocodeProblem`, separated by ``;``.

    Notes
    -----
    The postcode goes before the place, and the place before the municipality. A place of which
    there are several is told apart by its province or municipality behind it, by the stated
    municipality or by the postcode, and otherwise left open. Municipality names of the edition
    go before those of other years.

    Examples
    --------
    >>> from coverage.editions import load_edition
    >>> rows = pd.DataFrame({"address": ["Brink 3, 1251 KT Laren", "Laren", "Laren (Gld)"]})
    >>> found = geocode(rows, load_edition(2025))
    >>> list(zip(found["gm_code"], found["method"], found["problems"], strict=True))
    [('GM0417', 'postcode4', ''), ('', 'none', 'ambiguous'), ('GM0262', 'place', '')]
    """
    total = len(addresses)
    chunks = []
    for start in range(0, total, CHUNK):
        chunk = addresses.iloc[start : start + CHUNK]
        # Labels may repeat; within this room a row is its number.
        parts = parse(chunk.set_axis(range(len(chunk))))
        result = offline.look_up(parts, edition)
        if online is not None:
            result = refine(
                result, parts, edition, online, _part_of(progress, start, len(chunk), total)
            )
        chunks.append(result[list(COLUMNS)])
        if progress is not None:
            progress(min(start + CHUNK, total), total)
    if not chunks:
        return offline.look_up(parse(addresses), edition)[list(COLUMNS)]
    return pd.concat(chunks, ignore_index=True).set_axis(addresses.index)


def _part_of(
    progress: Callable[[int, int], None] | None, start: int, rows: int, total: int
) -> Callable[[int, int], None] | None:
    """Progress within a chunk as progress in the whole."""
    if progress is None:
        return None

    def told(done: int, of: int) -> None:
        progress(start + (rows * done // of if of else rows), total)

    return told
