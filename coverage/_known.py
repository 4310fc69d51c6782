"""What codes, names and regions there are, as reading a register needs them.

To say which edition has a code, what became of it, and what was probably meant.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from coverage import editions

if TYPE_CHECKING:
    import pandas as pd


def plain(name: str) -> str:
    """Letters and digits of a name without accents and what stands between brackets."""
    bare = unicodedata.normalize("NFKD", re.sub(r"\(.*?\)", "", name).casefold())
    return "".join(letter for letter in bare if letter.isalnum())


@cache
def codes(year: int) -> frozenset[str]:
    """Codes of the municipalities of an edition."""
    return frozenset(editions.load_edition(year).demand.index)


@cache
def _names() -> dict[str, str]:
    """Name of every municipality since 2003, by code."""
    # The first row of a code has its name, the others have other spellings.
    table = editions.names().drop_duplicates("gm_code")
    return dict(zip(table["gm_code"], table["name"], strict=True))


def name_of(code: str) -> str:
    """Name of a municipality of any year; empty when there never was one."""
    return _names().get(code, "")


@cache
def _spellings() -> frozenset[tuple[str, str]]:
    table = editions.names()
    return frozenset(zip(table["gm_code"], table["name"].map(plain), strict=True))


def is_name_of(name: str, code: str) -> bool:
    """Whether a municipality had this name in any year; spelling apart."""
    return (code, plain(name)) in _spellings()


@cache
def residents_0_17(year: int) -> pd.Series[float]:
    """Residents under 18 of the municipalities of an edition; NaN where not known."""
    found: pd.Series[float] = editions.load_edition(year).municipalities["residents_0_17"]
    return found


@cache
def _codes_by_name() -> dict[str, tuple[str, ...]]:
    table = editions.names()
    by_name = table.groupby(table["name"].str.casefold())["gm_code"]
    return {str(name): tuple(dict.fromkeys(found)) for name, found in by_name}


def codes_named(name: str) -> tuple[str, ...]:
    """Codes of the municipalities that had this name; usually one."""
    return _codes_by_name().get(name.strip().casefold(), ())


@cache
def _successors(year: int) -> dict[str, tuple[str, ...]]:
    table = editions.names().drop_duplicates("gm_code")
    split = table[f"successor_{year}"].str.split(";")
    return {
        code: tuple(heir for heir in heirs if heir in codes(year))
        for code, heirs in zip(table["gm_code"], split, strict=True)
    }


def successors(code: str, year: int) -> tuple[str, ...]:
    """Codes of an edition in which the area of another code lies."""
    return _successors(year).get(code, ())


@cache
def regions(year: int) -> dict[str, str]:
    """Name of each region of an edition, by ``set:code``."""
    table = editions.load_edition(year).regions
    keys = table["region_set"] + ":" + table["region_code"]
    return dict(zip(keys, table["region_name"], strict=True))


OTHER_NAMES = {"friesland": "fryslan"}
"""Everyday names of regions beside the official ones, as `plain` writes them."""


def regions_named(name: str, year: int) -> tuple[str, ...]:
    """Keys (``set:code``) of the regions of an edition with this name, spelling apart."""

    def official(text: str) -> str:
        return OTHER_NAMES.get(plain(text), plain(text))

    wanted = official(name)
    return tuple(sorted(key for key, own in regions(year).items() if official(own) == wanted))


@cache
def region_sets(year: int) -> tuple[str, ...]:
    """Region sets of an edition."""
    return tuple(sorted({key.split(":", 1)[0] for key in regions(year)}))
