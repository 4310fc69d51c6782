"""What codes and names there are: municipalities and regions of each edition, without geometry.

Reading a register needs these to say which edition has a code, what became
of it, and what was probably meant.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

from coverage._files import data_dir
from coverage.schema import EDITIONS

if TYPE_CHECKING:
    from pathlib import Path


def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


@cache
def municipalities(year: int) -> dict[str, str]:
    """Name of each municipality of an edition, by code."""
    table = _read(data_dir("municipalities") / str(year) / "municipalities.csv")
    return dict(zip(table["gm_code"], table["name"], strict=True))


@cache
def _history() -> pd.DataFrame:
    """Every code since 2003 with its name and successors, indexed by code."""
    return (
        _read(data_dir("municipalities") / "names.csv")
        .drop_duplicates("gm_code")
        .set_index("gm_code")
    )


def editions_with(code: str) -> tuple[int, ...]:
    """Editions that have a municipality of this code."""
    return tuple(year for year in EDITIONS if code in municipalities(year))


def name_of(code: str) -> str:
    """Name of a municipality of any time; empty when there never was one."""
    for year in reversed(EDITIONS):
        if code in municipalities(year):
            return municipalities(year)[code]
    history = _history()
    return str(history.at[code, "name"]) if code in history.index else ""


def successors(code: str, year: int) -> tuple[str, ...]:
    """Codes of an edition in which the area of another code lies."""
    history = _history()
    column = f"successor_{year}"
    if code not in history.index or column not in history:
        return ()
    found = str(history.at[code, column]).split(";")
    return tuple(part for part in found if part in municipalities(year))


@cache
def _codes_by_name() -> dict[str, tuple[str, ...]]:
    """Codes that a name stands for, newest edition first."""
    codes: dict[str, list[str]] = {}
    for year in reversed(EDITIONS):
        for code, name in municipalities(year).items():
            listed = codes.setdefault(name.casefold(), [])
            if code not in listed:
                listed.append(code)
    return {name: tuple(listed) for name, listed in codes.items()}


def codes_named(name: str) -> tuple[str, ...]:
    """Codes of the municipalities of this name; usually one."""
    return _codes_by_name().get(name.strip().casefold(), ())


@cache
def regions(year: int) -> dict[str, str]:
    """Name of each region of an edition, by ``set:code``."""
    table = _read(data_dir("municipalities") / str(year) / "regions.csv")
    keys = table["region_set"] + ":" + table["region_code"]
    return dict(zip(keys, table["region_name"], strict=True))


@cache
def region_sets(year: int) -> tuple[str, ...]:
    """Region sets of an edition."""
    return tuple(sorted({key.split(":", 1)[0] for key in regions(year)}))
