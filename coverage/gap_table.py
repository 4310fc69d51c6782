"""The gap table: which municipalities, in which order, and what they come to together.

For the screen and for the file alike, so that a file holds what was seen.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from coverage import regional
from coverage.demand import COUNTS
from coverage.exports import KINDS
from coverage.gap import PER
from coverage.i18n import N_, _
from coverage.labels import ANSWER, COLUMN, FIGURE_STATUS, RESTS_ON, STATUS, UNIT, UNKNOWN
from coverage.vocabulary import LADDER, FigureStatus
from coverage.wording import RATE_DIGITS, capital, interval, orders, protected, status_words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from coverage.assessment import Assessment

Kind = Literal[
    "text", "status", "at_most", "interval", "number", "orders", "offers", "figure_status", "answer"
]

DESCENDING = "-"
"""What stands before the key of a field that rows are sorted by, highest first."""

NAME = "name"
"""Key of the field that is always there."""

OPEN = "at_least_"
"""What stands before a rung in the choice of statuses, when a better one is possible."""

STATUSES = (*(form for rung in LADDER for form in (str(rung), f"{OPEN}{rung}")), UNKNOWN)
"""The statuses to choose from: each rung when it is certain and when it is not, and unknown."""

_YES, _NO = ANSWER["yes"], ANSWER["no"]
_CODE, _REGION, _COUNTS = (COLUMN[name] for name in ("gm_code", "region_name", "count_status"))

REST = ""
"""Code of the group of what is in no region."""

_RATES = ("gap_per_1000",)
_FAMILIES = N_("families a year")
_ENDS = tuple(f"{name}_{end}" for name in COUNTS for end in ("low", "high"))
"""Ends of the counts of orders: the range of their source, or of what is protected."""


@dataclass(frozen=True)
class Field:
    """What a column of the gap table is of.

    Attributes
    ----------
    heading
        To be translated.
    kind
        How it is shown and sorted.
    columns
        Where it stands in the `frame`: low and high end of an interval, else one column; of
        ``orders``, the count and its ends; of ``offers``, those with coordination and all that
        were weighed.
    unit
        Of figures, or what else holds for all of them, to be translated.
    counted
        Whether it rests on the counts of orders.
    digits
        Decimals of an interval; see `coverage.wording.interval`.
    """

    heading: str
    kind: Kind
    columns: tuple[str, ...]
    unit: str = ""
    counted: bool = False
    digits: int | None = None


FIELDS: dict[str, Field] = {
    NAME: Field(COLUMN["name"], "text", ("name",)),
    "province": Field(COLUMN["province"], "text", ("province",)),
    "status": Field(N_("Status"), "status", ("status_at_least", "status_at_most")),
    "at_most": Field(COLUMN["status_at_most"], "at_most", ("status_at_most", "status_at_least")),
    "certain": Field(COLUMN["certain"], "answer", ("certain",)),
    "gap": Field(N_("Gap"), "interval", ("gap_low", "gap_high"), _FAMILIES, counted=True),
    "gap_per_1000": Field(
        N_("Gap per 1,000 residents 0-17"),
        "interval",
        ("gap_per_1000_low", "gap_per_1000_high"),
        _FAMILIES,
        counted=True,
        digits=RATE_DIGITS,
    ),
    "demand": Field(
        N_("Demand"), "interval", ("demand_low", "demand_high"), _FAMILIES, counted=True
    ),
    "capacity": Field(N_("Capacity"), "interval", ("capacity_low", "capacity_high"), _FAMILIES),
    "coordinators": Field(
        N_("Coordinators needed"),
        "interval",
        ("coordinators_low", "coordinators_high"),
        N_("for the gap"),
        counted=True,
    ),
    "residents": Field(COLUMN["residents_0_17"], "number", ("residents_0_17",)),
    "offers": Field(
        N_("Family support: voluntary, long-term, with care coordination"),
        "offers",
        ("offers_with_coordination", "offers_weighed"),
        N_("proven, of all offers weighed"),
    ),
    "inventory": Field(N_("Inventory complete"), "answer", ("inventory_complete",)),
    **{
        name: Field(COLUMN[name], "orders", (name, f"{name}_low", f"{name}_high"), counted=True)
        for name in COUNTS
    },
    "counts": Field(COLUMN["count_status"], "figure_status", ("count_status",)),
    "count_unit": Field(N_("Unit of the counts"), "text", ("count_unit",)),
    "count_period": Field(N_("Period of the counts"), "text", ("count_period",)),
}
"""The columns of the gap table, in the order to offer them."""

USUAL = (
    "status",
    "gap",
    "gap_per_1000",
    "demand",
    "capacity",
    "residents",
    "offers",
    "counts",
)
"""Fields that are shown as long as the reader chooses no others."""

SORTS = tuple(sign + key for key in FIELDS for sign in ("", DESCENDING))
"""All orders there are."""

USUAL_SORT = f"{DESCENDING}gap"


def frame(assessment: Assessment, codes: Collection[str]) -> pd.DataFrame:
    """Rows of the gap table.

    Parameters
    ----------
    assessment
        Where the figures come from.
    codes
        Municipalities of the edition.

    Returns
    -------
    pandas.DataFrame
        Indexed by gm_code, in the order of `codes`: the columns of
        ``assessment.municipalities`` but the geometry, the ends of the counts of orders,
        gap_per_1000_low and gap_per_1000_high (families a year per 1,000 residents aged 0-17; NaN
        without known residents), and shown, one of `STATUSES`.
    """
    figures = assessment.municipalities
    rows = pd.DataFrame(figures.drop(columns=figures.geometry.name)).loc[list(codes)]
    rows = rows.join(assessment.counts[list(_ENDS)])
    rung = rows["status_at_least"].astype(str)
    shown = rung.where(rows["certain"], OPEN + rung).where(rows["known"], UNKNOWN)
    return _per_1000(rows).assign(shown=shown)


def _per_1000(figures: pd.DataFrame) -> pd.DataFrame:
    residents = figures["residents_0_17"].astype(float)
    thousands = residents.where(residents > 0) / PER
    return figures.assign(
        **{f"gap_per_1000_{end}": figures[f"gap_{end}"] / thousands for end in ("low", "high")}
    )


def as_typed(name: str) -> str:
    """Name without what one forgets when typing it: accents, capitals, apostrophes, spaces.

    Examples
    --------
    >>> as_typed("'s-Gravenhage"), as_typed("Súdwest-Fryslân")
    ('sgravenhage', 'sudwestfryslan')
    """
    apart = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in apart if letter.isalnum())


def alphabet(names: pd.Series[str]) -> pd.Series[str]:
    """Key to sort names by: 's-Hertogenbosch is looked for under the s, an é is an e."""
    apart = names.astype(str).str.casefold().str.normalize("NFKD")
    return apart.str.replace(r"[^\w\s-]", "", regex=True).str.replace("-", " ")


def filtered(
    rows: pd.DataFrame,
    *,
    find: str,
    statuses: Collection[str],
    names: pd.Series[str] | None = None,
) -> pd.DataFrame:
    """Rows that the reader asks for; their figures do not change.

    Parameters
    ----------
    rows
        A `frame`.
    find
        Part of the name, or the code.
    statuses
        Some of `STATUSES`; without any, all.
    names
        Names to find them by, indexed by gm_code; `coverage.search.current_labels` has more of
        them than the one name that is shown.
    """
    sought = as_typed(find)
    if sought:
        known = rows["name"] if names is None else names.reindex(rows.index).fillna(rows["name"])
        found = known.map(as_typed).str.contains(sought, regex=False)
        rows = rows[found | (rows.index.str.casefold() == sought)]
    return rows[rows["shown"].isin(list(statuses))] if statuses else rows


def ordered(rows: pd.DataFrame, sort: str) -> pd.DataFrame:
    """Rows in an order that does not depend on the order they came in.

    Parameters
    ----------
    rows
        A `frame`, or `totals`.
    sort
        One of `SORTS`.

    Returns
    -------
    pandas.DataFrame
        What is not known comes last, whichever way. An interval is sorted by its high end and
        then by its low end, a status by what is proven and then by what is possible; after
        that by name, from a to z, whichever way.
    """
    key = sort.removeprefix(DESCENDING)
    way = -1.0 if sort.startswith(DESCENDING) else 1.0
    first, second = _sort_keys(rows, FIELDS[key])
    unknown = np.isnan(first)
    keys = (rows.index, alphabet(rows["name"]), way * second, way * first, unknown)
    by_rank = [pd.Series(part).rank(method="dense").to_numpy() for part in keys]
    return rows.iloc[np.lexsort(by_rank)]


def _sort_keys(rows: pd.DataFrame, field: Field) -> tuple[np.ndarray[Any, Any], ...]:
    """Two numbers a row to sort by; NaN in the first for what is not known."""
    parts = [rows[name] for name in field.columns]
    nothing = np.zeros(len(rows))
    if field.kind == "interval":
        low, high = (part.to_numpy(dtype=float) for part in parts)
        unknown = np.isnan(low) | (np.isnan(high) & (low == 0))
        return np.where(unknown, np.nan, np.nan_to_num(high, nan=np.inf)), low
    if field.kind in {"status", "at_most"}:
        rungs = {str(rung): float(step) for step, rung in enumerate(LADDER)}
        one, other = (part.astype(str).map(rungs).to_numpy(dtype=float) for part in parts)
        return np.where(rows["known"], one, np.nan), other
    if field.kind == "offers":
        return parts[0].to_numpy(dtype=float), parts[1].to_numpy(dtype=float)
    if field.kind == "orders":
        value, low, high = (part.to_numpy(dtype=float) for part in parts)
        return np.where(np.isnan(value), (low + high) / 2, value), nothing
    if field.kind in {"number", "answer"}:
        return parts[0].to_numpy(dtype=float), nothing
    words = alphabet(parts[0]).rank(method="dense")
    return words.where(parts[0].astype(str) != "").to_numpy(dtype=float), nothing


@dataclass(frozen=True)
class View:
    """What the reader asks of the gap table.

    Attributes
    ----------
    codes
        Municipalities that there are to see.
    find, statuses
        See `filtered`.
    keys
        Keys of `FIELDS`, without the name.
    sort
        One of `SORTS`.
    region_set
        Region set to give subtotals of; empty for none.
    """

    codes: tuple[str, ...]
    find: str = ""
    statuses: tuple[str, ...] = ()
    keys: tuple[str, ...] = USUAL
    sort: str = USUAL_SORT
    region_set: str = ""


@dataclass(frozen=True)
class Shown:
    """What the gap table shows.

    Attributes
    ----------
    all
        `frame` of all municipalities that there are to see, which a `note` is of.
    rows
        Those that fit, in order; with subtotals group after group, and with region_code and
        region_name.
    groups
        Subtotals in order, see `totals`, with of_all: how many municipalities the group has in
        all that there are to see. Empty without subtotals.
    total
        Total of `rows`, a table of one row; of no row without rows.
    """

    all: pd.DataFrame
    rows: pd.DataFrame
    groups: pd.DataFrame
    total: pd.DataFrame


def show(assessment: Assessment, view: View, names: pd.Series[str] | None = None) -> Shown:
    """Filter, order and total what a view asks for.

    Parameters
    ----------
    assessment
        Where the figures come from.
    view
        What is asked for.
    names
        See `filtered`.
    """
    there = frame(assessment, view.codes)
    rows = ordered(filtered(there, find=view.find, statuses=view.statuses, names=names), view.sort)
    # Subtotals and total are of the rows that are shown, and of nothing that is filtered away.
    total = totals(assessment, one_group(rows, ""))
    if not view.region_set or rows.empty:
        return Shown(there, rows, total.iloc[:0], total)
    regions = members(assessment, view.region_set, rows)
    every = members(assessment, view.region_set, there)
    groups = totals(assessment, regions)
    groups = groups_ordered(groups.assign(of_all=every["region_code"].value_counts()), view.sort)
    place = pd.Series(range(len(groups)), index=groups.index)
    rows = rows.join(regions.set_index("gm_code")[["region_code", "region_name"]])
    # Within a region the order stays.
    rows = rows.sort_values("region_code", key=lambda codes: codes.map(place), kind="stable")
    return Shown(there, rows, groups, total)


def members(assessment: Assessment, region_set: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Regions that rows belong to; those in no region of the set are one group, `REST`.

    Parameters
    ----------
    assessment
        Where the rows come from.
    region_set
        A region set of the edition.
    rows
        A `frame`.

    Returns
    -------
    pandas.DataFrame
        As `coverage.regional.totals` takes it.
    """
    regions = assessment.edition.regions
    inside = (regions["region_set"] == region_set) & regions["gm_code"].isin(rows.index)
    found = regions.loc[inside, ["region_code", "region_name", "status", "gm_code"]]
    rest = one_group(rows.loc[~rows.index.isin(found["gm_code"])], _("In none of these regions"))
    return pd.concat([found, rest], ignore_index=True) if len(rest) else found


def totals(assessment: Assessment, groups: pd.DataFrame) -> pd.DataFrame:
    """What the rows of each group come to together.

    Parameters
    ----------
    assessment
        Where the figures come from.
    groups
        Result of `members`, or `one_group`.

    Returns
    -------
    pandas.DataFrame
        As `coverage.Assessment.regions`, of the members that are given and of no others: of
        a whole region the same figures. With name, gap_per_1000_low and gap_per_1000_high. A
        number that is not known of one member is not known of the group.

    Notes
    -----
    The interval of a group is narrower than the sum of those of its members, as chance evens
    out; so nothing is added up here.
    """
    figures = assessment.municipalities
    result = regional.totals(
        figures, assessment.counts, groups, assessment.settings, assessment.published
    )
    return _per_1000(result).assign(name=result["region_name"])


def one_group(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Rows as one group, for their total.

    Parameters
    ----------
    rows
        A `frame`.
    name
        What to call the group.
    """
    return pd.DataFrame(
        {"region_code": REST, "region_name": name, "status": "", "gm_code": rows.index}
    )


def groups_ordered(groups: pd.DataFrame, sort: str) -> pd.DataFrame:
    """Totals in the order of the rows, or by name where a group has nothing to sort by.

    The group of what is in no region comes last.

    Parameters
    ----------
    groups
        Result of `totals`.
    sort
        One of `SORTS`.
    """
    key = sort.removeprefix(DESCENDING)
    there = ordered(groups, sort if key == NAME or has_total(key) else NAME)
    return pd.concat([there.drop(REST, errors="ignore"), there[there.index == REST]])


def common(rows: pd.DataFrame, column: str) -> str:
    """Value that all rows have in a column; empty when they differ.

    Examples
    --------
    >>> common(pd.DataFrame({"year": [2021, 2021]}), "year")
    '2021'
    """
    values = rows[column].dropna().unique()
    return str(values[0]) if len(values) == 1 else ""


def note(rows: pd.DataFrame, key: str) -> str:
    """What holds for a whole column: unit, year, where the figures come from.

    Parameters
    ----------
    rows
        A `frame` of all municipalities that there are to see: a filter must not change it.
    key
        A key of `FIELDS`.
    """
    field = FIELDS[key]
    parts = [_(field.unit)] if field.unit else []
    if field.kind == "orders" and common(rows, "count_unit"):
        parts.append(unit_words(common(rows, "count_unit")))
    if field.counted:
        status = common(rows, "count_status")
        parts.append(common(rows, "count_period"))
        if field.kind != "orders" or status != FigureStatus.SUPPRESSED:
            said = FIGURE_STATUS if field.kind == "orders" else RESTS_ON
            parts.append(_(said.get(status, status)) if status else "")
    if key == "residents":
        parts.append(common(rows, "residents_0_17_year").removesuffix(".0"))
        parts.append(_figure_status(common(rows, "residents_0_17_status")))
    return ", ".join(filter(None, parts))


def unit_words(unit: str) -> str:
    """Unit of a count in words; what is no unit of ours as it was written."""
    return _(UNIT.get(unit, unit))


def _figure_status(code: str) -> str:
    return _(FIGURE_STATUS[code]) if code in FIGURE_STATUS else code


def words(row: Any, key: str) -> str:  # noqa: ANN401 - a named tuple of a row
    """What a cell says.

    Parameters
    ----------
    row
        A row of a `frame`, as a named tuple.
    key
        A key of `FIELDS`.

    Returns
    -------
    str
        Empty when it is not known.
    """
    field = FIELDS[key]
    values = [getattr(row, name) for name in field.columns]
    if field.kind == "interval":
        return interval(values[0], values[1], field.digits)
    if field.kind == "orders":
        if np.isnan(values).all():
            return ""
        return orders(*values, hidden=row.count_status == FigureStatus.SUPPRESSED)
    return _WORDS[field.kind](row, values)


def _number_words(_row: object, values: list[Any]) -> str:
    return "" if np.isnan(values[0]) else interval(values[0], values[0])


def _offers_words(_row: object, values: list[Any]) -> str:
    if not values[1]:
        return _("none in the register")
    return _("{count} of {total}", count=values[0], total=values[1])


_WORDS: dict[Kind, Callable[[Any, list[Any]], str]] = {
    "text": lambda _row, values: unit_words(values[0]) if values[0] else "",
    "status": lambda row, values: capital(
        status_words(values[0], certain=row.certain, known=row.known)
    ),
    # Nothing proven and nothing excluded is no status.
    "at_most": lambda row, values: capital(_(STATUS[values[0]])) if row.known else "",
    "number": _number_words,
    "offers": _offers_words,
    "figure_status": lambda _row, values: _figure_status(values[0]),
    "answer": lambda _row, values: _(_YES if values[0] else _NO),
}


def seen(shown: Shown, keys: Sequence[str]) -> pd.DataFrame:
    """What is seen, as a table for a file: figures stay figures, the rest is in words.

    Parameters
    ----------
    shown
        What is seen.
    keys
        Keys of `FIELDS`, in the order to write.

    Returns
    -------
    pandas.DataFrame
        Headings in the language of this context, with unit and year. The code comes first,
        and what the counts are comes last, also when the reader did not choose to see it.
    """
    rows = shown.rows
    counted = any(FIELDS[key].counted for key in keys)
    always = ("counts", "count_unit", "count_period") if counted else ()
    wanted = [NAME, *keys, *(key for key in always if key not in keys)]
    table: dict[str, Any] = {_(_CODE): rows.index.astype(str)}
    if "region_name" in rows:
        table[_(_REGION)] = rows["region_name"].to_numpy()
    return _written(table, {key: _columns(rows, key, note(shown.all, key)) for key in wanted})


def seen_totals(shown: Shown, keys: Sequence[str]) -> pd.DataFrame:
    """Totals of what is seen, as a table for a file.

    Parameters
    ----------
    shown, keys
        As for `seen`.
    """
    whole = shown.total.assign(name=_("Total"), of_all=len(shown.all))
    groups = pd.concat([shown.groups, whole]) if len(shown.groups) else whole
    table: dict[str, Any] = {
        _(_REGION): groups["name"],
        _("Municipalities shown"): groups["municipalities"],
        _("of"): groups["of_all"],
        _("Municipalities of which nothing is known"): groups[f"n_{UNKNOWN}"],
    }
    figures = {key: _columns(groups, key, note(shown.all, key)) for key in keys if has_total(key)}
    if groups["n_suppressed"].any():
        table[_("Municipalities with protected counts")] = groups["n_suppressed"]
    written = _written(table, figures)
    units = groups["count_unit"].map(unit_words).to_numpy()
    unit = FIELDS["count_unit"]
    written[_(unit.heading)] = units
    return written.assign(**{_(_COUNTS): groups["count_status"].map(_figure_status).to_numpy()})


def _written(first: dict[str, Any], fields: dict[str, dict[str, Any]]) -> pd.DataFrame:
    """Columns as a table for a file, which knows what figures stand under headings in words."""
    table = dict(first)
    for columns in fields.values():
        table |= columns
    written = pd.DataFrame(table).reset_index(drop=True).round(6)
    rates = (heading for key, columns in fields.items() if key in _RATES for heading in columns)
    written.attrs[KINDS] = dict.fromkeys(rates, "rate")
    return written


def has_total(key: str) -> bool:
    """Whether a group of municipalities has a figure for this field.

    Offers have none: one may serve many municipalities.
    """
    return FIELDS[key].kind in {"interval", "number", "orders"}


def total_words(group: pd.Series[Any], key: str) -> str:
    """What a total of orders says: units that differ are not added up, and what is protected.

    Parameters
    ----------
    group
        A row of `totals`, or of what `coverage.comparison.indicators` gives.
    key
        A key of `FIELDS` of the kind ``orders``.
    """
    value, low, high = (float(group[name]) for name in FIELDS[key].columns)
    if group["count_unit"] == regional.MIXED or ";" in group["count_unit"]:
        return _("different units, so no total")
    hidden = group["count_status"] == FigureStatus.SUPPRESSED
    if np.isnan(value) and hidden:
        return protected(low, high)
    return orders(value, low, high, hidden=False)


def _columns(rows: pd.DataFrame, key: str, said: str) -> dict[str, Any]:
    """Columns of one field for a file."""
    field = FIELDS[key]
    heading = _(field.heading)
    after = f" ({said})" if said else ""
    if field.kind == "interval":
        ends = (_("{figure}, low", figure=heading), _("{figure}, high", figure=heading))
        low, high = (rows[name] for name in field.columns)
        # A lower bound of nothing without an upper one says nothing at all.
        low = low.mask(high.isna() & (low == 0))
        return {f"{end}{after}": part for end, part in zip(ends, (low, high), strict=True)}
    if field.kind == "number":
        return {f"{heading}{after}": rows[field.columns[0]]}
    if field.kind == "orders":
        value, low, high = (rows[name] for name in field.columns)
        written = {f"{heading}{after}": value}
        if value.isna().any():  # the ends say what an empty cell leaves out
            written[_("{figure}, low", figure=heading) + after] = low
            written[_("{figure}, high", figure=heading) + after] = high
        return written
    if field.kind == "offers":
        with_coordination, weighed = (rows[name] for name in field.columns)
        return {
            f"{heading}{after}": with_coordination,
            _("Offers weighed"): weighed,
        }
    texts = [words(row, key) or _("not known") for row in rows.itertuples()]
    return {f"{heading}{after}": texts}


def everything(assessment: Assessment) -> pd.DataFrame:
    """Every municipality with every column, under the names that do not change.

    Parameters
    ----------
    assessment
        Where the figures come from.

    Returns
    -------
    pandas.DataFrame
        The table of the assessment, and after its columns those that the gap table can show
        beside them, with units, periods and sources.
    """
    table = assessment.table()
    rows = frame(assessment, table["gm_code"]).reset_index(drop=True)
    more = [
        *_ENDS,
        "coordinators_low",
        "coordinators_high",
        "gap_per_1000_low",
        "gap_per_1000_high",
        "offers_weighed",
        "offers_with_coordination",
        "informal_offers",
        "inventory_complete",
        "count_unit",
        "count_period",
        "count_source",
        "residents_0_17_year",
        "residents_0_17_status",
        "residents_source",
    ]
    return pd.concat([table, rows[more].round(6)], axis=1)
