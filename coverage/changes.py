"""What differs between two registers, and what two people changed of the same one.

Rows are compared by their key and cell by cell, as text. The order of rows is no change.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from coverage import _known, tables
from coverage.criteria import CRITERIA
from coverage.faults import BadInputError, Fault
from coverage.register import Register
from coverage.schema import REGISTER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = [
    "KEYS",
    "ROW",
    "ChangeKind",
    "Merge",
    "applied",
    "changes",
    "keyed_texts",
    "merge",
    "updated",
]

KEYS: dict[str, tuple[str, ...]] = {
    "providers": ("provider_id",),
    "locations": ("location_id",),
    "offers": ("offer_id",),
    "inventory": ("gm_code", "edition", "date"),
}
"""Columns that together name a row of each table."""

_ORIGIN = ("source", "source_date", "certainty", "status")

TOGETHER: dict[str, tuple[tuple[str, ...], ...]] = {
    "providers": (_ORIGIN,),
    "locations": (
        ("address", "postcode", "place", "gm_code", "edition", "x", "y", "precision"),
        _ORIGIN,
    ),
    "offers": (
        ("location_id", "service_area_type", "service_area", "partial_area", "edition"),
        ("coordination", "evidence", *(one.column for one in CRITERIA)),
        _ORIGIN,
    ),
    "inventory": (("source", "complete", "by", "status"),),
}
"""Columns that say one thing together: of two people who change them, one decides on all.

No column is in two groups.
"""

ROW = ""
"""In the place of a column: the row as a whole."""

COLUMNS = ("table", "key", "label", "kind", "column", "before", "after")
CONFLICT_COLUMNS = ("table", "key", "label", "group", "column", "base", "theirs", "mine", "chosen")

Side = Literal["mine", "theirs"]
Choices = dict[tuple[str, str, str], Side]
"""Whose cells are taken, by table, key and group (see `Merge`)."""

Array = np.ndarray[Any, np.dtype[Any]]


class ChangeKind(StrEnum):
    """What became of a row."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


def keyed_texts(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Cells of a table as text, by the key of the row.

    Parameters
    ----------
    table
        One of the tables of a register.
    name
        Which one.

    Returns
    -------
    pandas.DataFrame
        The same columns, all text; the index is the key, parts with a space between.
    """
    texts = pd.DataFrame(
        {column: tables.as_text(table[column]) for column in table.columns}, dtype="str"
    )
    parts = texts[list(KEYS[name])].to_numpy(dtype=object).tolist()
    return texts.set_axis(pd.Index([" ".join(part) for part in parts], name="key", dtype="str"))


# --- differences ------------------------------------------------------------


def changes(before: Register, after: Register, *, cells: bool = False) -> pd.DataFrame:
    """What differs between two registers.

    Parameters
    ----------
    before, after
        The registers.
    cells
        Whether each filled cell of a row that came or went is a line of its own;
        otherwise such a row is one line.

    Returns
    -------
    pandas.DataFrame
        All text: ``table``; ``key`` (see `KEYS`); ``label``, what a reader calls the
        row; ``kind``, a `ChangeKind`; ``column``, `ROW` for a row that came or went;
        ``before`` and ``after``, the cells. In the order of the tables, and of the rows
        of `after`; what is gone comes last.
    """
    parts = []
    old_labels, new_labels = _labels(before), _labels(after)
    for name in REGISTER:
        old = keyed_texts(before.tables[name], name)
        new = keyed_texts(after.tables[name], name)
        labels = old_labels[name] | new_labels[name]
        parts.append(_table_changes(name, old, new, labels, cells=cells))
    return pd.concat(parts, ignore_index=True)


def _table_changes(
    name: str, old: pd.DataFrame, new: pd.DataFrame, labels: Mapping[str, str], *, cells: bool
) -> pd.DataFrame:
    keys = new.index.append(old.index.difference(new.index, sort=False))
    had, has = keys.isin(old.index), keys.isin(new.index)
    one = old.reindex(keys, fill_value="").to_numpy(dtype=object)
    other = new.reindex(keys, fill_value="").to_numpy(dtype=object)
    differs = one != other
    whole = had != has
    if not cells:
        differs[whole] = False
    row, column = np.nonzero(differs)
    headings = new.columns.to_numpy(dtype=object)
    found = pd.DataFrame(
        {"row": row, "column": headings[column], "before": one[differs], "after": other[differs]}
    )
    if not cells:
        came = pd.DataFrame(
            {"row": np.flatnonzero(whole), "column": ROW, "before": "", "after": ""}
        )
        found = pd.concat([found, came]).sort_values("row", kind="stable", ignore_index=True)
    place = found["row"].to_numpy(dtype="int64")
    kinds = np.select(
        [~had, ~has], [ChangeKind.ADDED.value, ChangeKind.REMOVED.value], ChangeKind.CHANGED.value
    )
    key = keys.to_numpy(dtype=object)[place]
    found["table"], found["key"], found["kind"] = name, key, kinds[place]
    found["label"] = [labels[one_key] for one_key in key]
    return found[list(COLUMNS)].astype("str")


def _labels(register: Register) -> dict[str, dict[str, str]]:
    """What a reader calls each row, by table and key."""
    names = dict(zip(register.providers["provider_id"], register.providers["name"], strict=True))

    def first(*columns: pd.Series[Any]) -> list[str]:
        """First text of each row that is filled."""
        return [next(filter(None, row), "") for row in zip(*columns, strict=True)]

    locations, offers, inventory = register.locations, register.offers, register.inventory
    owner = locations["provider_id"].map(lambda key: names.get(key, ""))
    by = offers["provider_id"].map(lambda key: names.get(key, ""))
    shown = {
        "providers": first(register.providers["name"], register.providers["provider_id"]),
        "locations": first(
            locations["name"],
            locations["address"],
            locations["place"],
            owner,
            locations["location_id"],
        ),
        "offers": [
            f"{name} ({provider})" if provider else name
            for name, provider in zip(first(offers["name"], offers["offer_id"]), by, strict=True)
        ],
        "inventory": [
            f"{_known.name_of(code) or code}, {date}"
            for code, date in zip(inventory["gm_code"], inventory["date"], strict=True)
        ],
    }
    return {
        name: dict(zip(keyed_texts(table[list(KEYS[name])], name).index, shown[name], strict=True))
        for name, table in register.tables.items()
    }


def applied(before: Register, found: pd.DataFrame) -> Register:
    """Register with changes applied.

    Parameters
    ----------
    before
        The register that the changes were made of.
    found
        From ``changes(before, after, cells=True)``.

    Returns
    -------
    Register
        With the rows of `after`; new ones come last. Checked.

    Raises
    ------
    BadInputError
        If the result has faults.
    """
    made = {}
    for name, table in before.tables.items():
        own = found[found["table"].eq(name)]
        texts = keyed_texts(table, name)
        gone = own.loc[own["kind"].eq(ChangeKind.REMOVED), "key"]
        texts = texts.drop(index=gone.unique().tolist())
        kept = own[own["kind"].ne(ChangeKind.REMOVED)]
        new = [key for key in kept["key"].unique() if key not in texts.index]
        texts = texts.reindex(texts.index.append(pd.Index(new, dtype="str")), fill_value="")
        cells = texts.to_numpy(dtype=object)
        rows = texts.index.get_indexer(pd.Index(kept["key"]))
        cells[rows, texts.columns.get_indexer(pd.Index(kept["column"]))] = kept["after"]
        made[name] = pd.DataFrame(cells, columns=texts.columns, dtype="str")
    return _checked(made)


def updated(register: Register, rows: Register) -> Register:
    """Register with rows put in: those with a known key take its place, others come last.

    Parameters
    ----------
    register
        What is there.
    rows
        What is put in. Rows of `register` that it does not have stay.

    Raises
    ------
    BadInputError
        If the result has faults.
    """
    made = {}
    for name, table in register.tables.items():
        old, new = keyed_texts(table, name), keyed_texts(rows.tables[name], name)
        both = old.index.append(new.index.difference(old.index, sort=False))
        cells = new.reindex(both)
        made[name] = cells.where(cells.notna(), old.reindex(both)).reset_index(drop=True)
    return _checked(made)


def _checked(made: Mapping[str, pd.DataFrame]) -> Register:
    return Register.from_tables(
        made["providers"], made["locations"], made["offers"], made["inventory"]
    )


# --- two people at once -----------------------------------------------------


@dataclass(frozen=True, eq=False)
class Merge:
    """What came of the work of two people on the same revision.

    Parameters
    ----------
    register
        Both together, checked; None while a conflict is not decided, or when
        the two together have faults.
    conflicts
        What both changed, differently. Text: ``table``, ``key``, ``label``,
        ``group``, ``column``, ``base``, ``theirs``, ``mine`` and ``chosen`` (``mine``,
        ``theirs``, or empty while nobody decided). ``group`` is the first column of
        the group in `TOGETHER`, or the column itself: it is decided on as one. When
        one removed the row that the other changed, ``column`` is `ROW` and ``theirs``
        and ``mine`` say ``removed`` or ``changed``.
    changes
        What `register` changes of theirs, see `changes`; empty without a register.
    faults
        What is wrong with the two together, though each is right by itself: for
        instance an offer of a provider that the other removed.
    """

    register: Register | None
    conflicts: pd.DataFrame
    changes: pd.DataFrame
    faults: tuple[Fault, ...] = ()

    @property
    def open(self) -> int:
        """Conflicts that nobody decided yet."""
        return int(self.conflicts["chosen"].eq("").sum())


def merge(
    base: Register,
    theirs: Register,
    mine: Register,
    choose: Mapping[tuple[str, str, str], Side] | None = None,
) -> Merge:
    """Put together what two people made of one register.

    A cell that one of them changed is taken from that one. What both changed,
    differently, is a conflict; so is a row that one removed and the other
    changed, and each cell that differs in rows that both added under one key.
    Columns that say one thing together (`TOGETHER`) are never mixed.

    Parameters
    ----------
    base
        What both started from.
    theirs, mine
        What each made of it.
    choose
        For conflicts whose cells are taken, by table, key and group.

    Returns
    -------
    Merge
    """
    chosen = choose or {}
    labels = [_labels(register) for register in (base, theirs, mine)]
    made, conflicts = {}, []
    for name in REGISTER:
        sides = _Sides(*(keyed_texts(one.tables[name], name) for one in (base, theirs, mine)))
        table, found = _merged(name, sides, chosen)
        names = labels[0][name] | labels[1][name] | labels[2][name]
        found.insert(2, "label", [names[key] for key in found["key"]])
        made[name] = table
        conflicts.append(found)
    told = pd.concat(conflicts, ignore_index=True)
    none = pd.DataFrame(columns=list(COLUMNS), dtype="str")
    if told["chosen"].eq("").any():
        return Merge(None, told, none)
    try:
        register = _checked(made)
    except BadInputError as error:
        return Merge(None, told, none, error.faults)
    return Merge(register, told, changes(theirs, register))


class _Sides(NamedTuple):
    """Cells of one table as text, by key."""

    base: pd.DataFrame
    theirs: pd.DataFrame
    mine: pd.DataFrame


def _merged(
    name: str, sides: _Sides, choose: Mapping[tuple[str, str, str], Side]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of a table put together, and its conflicts."""
    keys = _in_order(sides)
    columns = sides.base.columns
    base, theirs, mine = (side.reindex(keys, fill_value="") for side in sides)
    was, in_theirs, in_mine = (np.asarray(keys.isin(side.index)) for side in sides)
    cells = [side.to_numpy(dtype=object) for side in (base, theirs, mine)]
    by_them, by_me = (_touched(name, columns, side != cells[0]) for side in cells[1:])
    # Of a row that is new on both sides there is nothing to compare with.
    by_them[~was], by_me[~was] = in_theirs[~was, None], in_mine[~was, None]
    both = in_theirs & in_mine
    clash = (cells[1] != cells[2]) & by_them & by_me & both[:, None]
    torn = was & (in_theirs != in_mine) & np.where(in_mine, by_me.any(axis=1), by_them.any(axis=1))
    told = _conflicts(name, keys, columns, cells, clash)
    rows = _torn(name, keys[torn], in_mine[torn])
    told = pd.concat([told, rows], ignore_index=True)
    group_of = {column: group[0] for group in TOGETHER.get(name, ()) for column in group}
    told["group"] = [group_of.get(column, column) for column in told["column"]]
    asked = zip(told["table"], told["key"], told["group"], strict=True)
    told["chosen"] = pd.Series([choose.get(one, "") for one in asked], dtype="str")

    pick = by_me.copy()
    pick[~in_theirs], pick[~in_mine] = True, False
    kept = both | (~was & (in_theirs | in_mine))
    wanted = told[told["chosen"].ne("")]
    places = keys.get_indexer(pd.Index(wanted["key"]))
    own = wanted["chosen"].eq("mine").to_numpy()
    whole = wanted["column"].eq(ROW).to_numpy()
    pick[places[~whole], columns.get_indexer(pd.Index(wanted.loc[~whole, "column"]))] = own[~whole]
    kept[places[whole]] = np.where(own[whole], in_mine[places[whole]], in_theirs[places[whole]])
    made = pd.DataFrame(np.where(pick, cells[2], cells[1])[kept], columns=columns, dtype="str")
    return made, told[[column for column in CONFLICT_COLUMNS if column != "label"]].astype("str")


def _touched(name: str, columns: pd.Index[Any], differs: Array) -> Array:
    """Which cells changed, or one that they say something together with."""
    touched = differs.copy()
    for group in TOGETHER.get(name, ()):
        places = columns.get_indexer(pd.Index(group))
        touched[:, places] = differs[:, places].any(axis=1, keepdims=True)
    return touched


def _conflicts(
    name: str, keys: pd.Index[Any], columns: pd.Index[Any], cells: Sequence[Array], clash: Array
) -> pd.DataFrame:
    """Cells that both changed."""
    row, column = np.nonzero(clash)
    base, theirs, mine = (side[clash] for side in cells)
    return pd.DataFrame(
        {
            "table": name,
            "key": keys.to_numpy(dtype=object)[row],
            "column": columns.to_numpy(dtype=object)[column],
            "base": base,
            "theirs": theirs,
            "mine": mine,
        }
    )


def _torn(name: str, keys: pd.Index[Any], in_mine: Array) -> pd.DataFrame:
    """Rows that one removed and the other changed."""
    gone, stays = ChangeKind.REMOVED.value, ChangeKind.CHANGED.value
    return pd.DataFrame(
        {
            "table": name,
            "key": keys.to_numpy(dtype=object),
            "column": ROW,
            "base": "",
            "theirs": np.where(in_mine, gone, stays),
            "mine": np.where(in_mine, stays, gone),
        }
    )


def _in_order(sides: _Sides) -> pd.Index[Any]:
    """Keys of all sides, in the order of whoever changed it; new ones after their neighbour."""
    base, theirs, mine = (pd.Index(side.index, dtype="str") for side in sides)
    unmoved = bool(base[base.isin(theirs)].equals(theirs[theirs.isin(base)]))
    lead, *others = (mine, theirs, base) if unmoved else (theirs, mine, base)
    order = lead.tolist()
    for other in others:
        order = _inserted(order, other.tolist())
    keys: pd.Index[Any] = pd.Index(order, name="key", dtype="str")
    return keys


def _inserted(order: Sequence[str], other: Iterable[str]) -> list[str]:
    """Keys in order, with those of another list after what they follow there."""
    known = set(order)
    after: defaultdict[str | None, list[str]] = defaultdict(list)
    last: str | None = None
    for key in other:
        if key in known:
            last = key
        else:
            after[last].append(key)
    made = after[None]
    for key in order:
        made.append(key)
        made += after.get(key, [])
    return made
