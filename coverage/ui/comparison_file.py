"""Regions beside each other as tables for a file: headings and values in words, with units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from coverage import comparison, exports, uncertainty
from coverage.demand import COUNTS
from coverage.i18n import N_, _
from coverage.labels import ANSWER, COLUMN, FIGURE_STATUS, PROVEN, REGION_SET, UNIT, UNKNOWN
from coverage.ui.compare_parts import status_rows
from coverage.ui.tornado import FACTOR
from coverage.uncertainty import Per

if TYPE_CHECKING:
    from coverage import Assessment
    from coverage.uncertainty import Simulation

_YES, _NO = ANSWER["yes"], ANSWER["no"]
_FAMILIES = N_("families a year")
_SUPPOSED = N_("no more capacity than is proven")

INDICATORS: dict[str, tuple[str, str, float]] = {
    "demand": (N_("Demand"), _FAMILIES, 1.0),
    "capacity": (N_("Capacity with care coordination"), _FAMILIES, 1.0),
    "gap": (N_("Gap"), _FAMILIES, 1.0),
    "gap_per_1000": (N_("Gap per 1,000 residents aged 0-17"), _FAMILIES, 1.0),
    "coordinators": (N_("Coordinators needed"), "", 1.0),
    "residents_without": (N_("Residents aged 0-17 without care coordination"), "", 1.0),
    "share_without": (N_("Share of residents aged 0-17 without care coordination"), "%", 100.0),
}
"""Heading, unit and factor to that unit of each interval of a region."""

_ENDS = (N_("{figure}, low"), N_("{figure}, high"))


def figures(assessment: Assessment, regions: list[str]) -> pd.DataFrame:
    """Indicators of regions, a row a region.

    Parameters
    ----------
    assessment
        Where the figures come from.
    regions
        Regions as ``set:code``, each once.

    Returns
    -------
    pandas.DataFrame
        Headings in the language of this context. An empty cell is a figure that is not known.
    """
    table = comparison.indicators(assessment, regions)
    counted = comparison.statuses(assessment, regions)
    columns: dict[str, Any] = {
        **_named(table),
        _("Selection"): table["region_status"].map(_status),
        _("Municipalities"): table["municipalities"],
        **{
            _("Municipalities: {status}", status=words): counts
            for words, counts in status_rows(counted)
        },
        _percentage(_("Share of the municipalities unknown")): 100 * table["share_unknown"],
        _("Residents aged 0-17"): table["residents_0_17"],
        _("Year of the residents"): table["residents_0_17_year"].map(_listed),
        _("Status of the residents"): _each(table["residents_0_17_status"], FIGURE_STATUS),
        **_orders(table),
        **_counts(table),
        **_intervals(table),
    }
    return _table(columns)


def ranks(assessment: Assessment, regions: list[str]) -> pd.DataFrame:
    """Possible ranks of regions, a row a region and indicator.

    Parameters
    ----------
    assessment, regions
        As for `figures`.
    """
    table = comparison.rankings(comparison.indicators(assessment, regions))
    factor = table["indicator"].map({name: factor for name, (_h, _u, factor) in INDICATORS.items()})
    columns: dict[str, Any] = {
        **_named(table),
        _("Figure"): [_heading(name) for name in table["indicator"]],
        _("Low"): _said(table["low"], table["high"]) * factor,
        _("High"): table["high"] * factor,
        _("Highest possible rank"): table["rank_from"],
        _("Lowest possible rank"): table["rank_to"],
        _("Rank is certain"): table["exact"].map(_answer),
        _("Regions with which no order can be given"): table["unordered"],
    }
    return _table(columns)


def more(assessment: Assessment, regions: list[str]) -> dict[str, pd.DataFrame]:
    """Further tables by their title: possible ranks, how often worst, what moves the gap.

    Parameters
    ----------
    assessment, regions
        As for `figures`.
    """
    drawn = uncertainty.simulate_regions(assessment, regions)
    return {
        _("Order of the regions"): ranks(assessment, regions),
        _("How often worst"): draws(drawn),
        _("What moves the gap"): moves(assessment, regions),
    }


def draws(drawn: Simulation) -> pd.DataFrame:
    """How often each region is worst, a row a region, way of comparing and supposition.

    Parameters
    ----------
    drawn
        Regions over many draws, indexed by ``set:code``.
    """
    parts = []
    for per, name in ((Per.FAMILIES, "gap"), (Per.RESIDENTS, "gap_per_1000")):
        for only_proven in (False, True):
            found = drawn.worst(per, only_proven=only_proven)
            supposed = _(_SUPPOSED) if only_proven else _("none")
            columns: dict[str, Any] = {
                **_named(_keyed(found)),
                _("Figure"): _heading(name),
                _("Supposition"): supposed,
                _percentage(_("Worst in share of the draws, low")): 100 * found["worst_low"],
                _percentage(_("Worst in share of the draws, high")): 100 * found["worst_high"],
                _("Highest possible rank"): found["rank_low"],
                _("Lowest possible rank"): found["rank_high"],
                _percentage(_("Pairs of regions of which one is surely worse")): (
                    100 * drawn.decided(per, only_proven=only_proven)
                ),
                _percentage(_("Certainty")): 100 * drawn.confidence,
                _("Draws"): drawn.draws,
                _("Seed"): drawn.seed,
            }
            parts.append(pd.DataFrame(columns))
    table = pd.concat(parts, ignore_index=True).round(6)
    table.attrs[exports.KINDS] = {_("Seed"): "year"}
    return table


def moves(assessment: Assessment, regions: list[str]) -> pd.DataFrame:
    """What moves the gap of each region, a row a region and thing, the strongest first.

    Parameters
    ----------
    assessment, regions
        As for `figures`.
    """
    inside = comparison.members(assessment.edition, regions)
    names = inside.drop_duplicates("region").set_index("region")["region_name"]
    parts = []
    for key in regions:
        region_set, _separator, code = key.partition(":")
        found = uncertainty.what_moves_region(assessment, region_set, code).reset_index()
        parts.append(found.assign(region=key, region_name=names[key]))
    table = pd.concat(parts, ignore_index=True)
    scale = np.where(table["unit"] == "share", 100.0, 1.0)
    units = {"share": "%", "families": _(_FAMILIES)}
    gap = _heading("gap")
    columns: dict[str, Any] = {
        **_named(_keyed(table.set_index("region"))),
        _("What"): [_(FACTOR[factor]) for factor in table["factor"]],
        _("Lowest value"): table["value_low"] * scale,
        _("Highest value"): table["value_high"] * scale,
        _("Unit"): [units.get(unit) or _(UNIT.get(unit, unit)) for unit in table["unit"]],
        _("{figure}, low", figure=gap): table["low"],
        _("{figure}, high", figure=gap): table["high"],
        _("Difference"): table["swing"],
        _("{figure}, everything in the middle", figure=gap): table["middle"],
    }
    made = {name: pd.Series(list(column)) for name, column in columns.items()}
    return _table(made)


def _keyed(table: pd.DataFrame) -> pd.DataFrame:
    """Regions of an index of ``set:code`` with their set and code in columns."""
    keys = table.index.str.partition(":")
    return table.assign(region_set=keys.get_level_values(0), region_code=keys.get_level_values(2))


def years(both: pd.DataFrame, kinds: pd.Series[str]) -> pd.DataFrame:
    """Two years beside each other, a row a region and year.

    Parameters
    ----------
    both
        What `coverage.comparison.beside` gives.
    kinds
        Region set of each region, indexed by ``set:code``.
    """
    table = both.reset_index()
    table["region_set"] = table["region"].map(kinds)
    table["region_code"] = table["region"].str.partition(":")[2]
    columns: dict[str, Any] = {
        **_named(table),
        _("Division of"): table["year"],
        _("Residents aged 0-17"): table["residents_0_17"],
        **_counts(table),
        **_intervals(table),
        _percentage(_("Share of these residents living where nothing is known")): (
            100 * table[f"share_{UNKNOWN}"]
        ),
        **{
            # The rung is what is proven: where they live may be better than that.
            _percentage(
                _("Share of these residents, proven where they live: {status}", status=_(text))
            ): 100 * table[f"share_{rung}"]
            for rung, text in PROVEN.items()
            if table[f"share_{rung}"].any()
        },
        _percentage(
            _("Share of these residents that is estimated, as a border divides a municipality")
        ): 100 * table["share_divided"],
    }
    return _table(columns)


def _table(columns: dict[str, Any]) -> pd.DataFrame:
    table = pd.DataFrame(columns).reset_index(drop=True).round(6)
    rates = [_heading("gap_per_1000", end) for end in _ENDS]
    kinds: dict[str, exports.Kind] = {
        **dict.fromkeys([*rates, _("Low"), _("High")], "rate"),
        _("Division of"): "year",
    }
    table.attrs[exports.KINDS] = kinds
    return table


def _named(table: pd.DataFrame) -> dict[str, Any]:
    kinds = {name: _(text) for name, text in REGION_SET.items()}
    return {
        _column("region_code"): table["region_code"],
        _column("region_name"): table["region_name"],
        _("Kind of region"): table["region_set"].map(kinds).fillna(table["region_set"]),
    }


def _orders(table: pd.DataFrame) -> dict[str, Any]:
    """Counts of orders; where one is left out, the ends that are known of it."""
    made: dict[str, Any] = {}
    for name in COUNTS:
        made[_column(name)] = table[name]
        if table[name].isna().any():
            made |= {_column(f"{name}_{end}"): table[f"{name}_{end}"] for end in ("low", "high")}
    if table["n_suppressed"].any():
        made[_("Municipalities with protected counts")] = table["n_suppressed"]
    return made


def _counts(table: pd.DataFrame) -> dict[str, Any]:
    return {
        _column("count_status"): table["count_status"].map(_status),
        _("Unit of the counts"): _each(table["count_unit"], UNIT),
        _("Period of the counts"): table["count_period"].map(_listed),
    }


def _intervals(table: pd.DataFrame) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, (_text, _unit, factor) in INDICATORS.items():
        low, high = table[f"{name}_low"], table[f"{name}_high"]
        for end, values in zip(_ENDS, (_said(low, high), high), strict=True):
            made[_heading(name, end)] = factor * values
    return made


def _heading(name: str, end: str = "") -> str:
    text, unit, _factor = INDICATORS[name]
    figure = _(end, figure=_(text)) if end else _(text)
    return f"{figure} ({_(unit)})" if unit else figure


def _percentage(heading: str) -> str:
    return f"{heading} (%)"


def _said(low: pd.Series[float], high: pd.Series[float]) -> pd.Series[float]:
    """Low ends, without those of nothing that have no upper one: they say nothing."""
    return low.mask(high.isna() & (low == 0))


def _each(joined: pd.Series[str], words: dict[str, str]) -> pd.Series[str]:
    """Values that are joined by ``;``, each in words."""
    return joined.map(
        lambda text: _listed(";".join(_(words.get(one, one)) for one in text.split(";") if one))
    )


def _listed(joined: str) -> str:
    return joined.replace(";", "; ") or _("not known")


def _status(code: str) -> str:
    return _(FIGURE_STATUS.get(code, code))


def _answer(yes: object) -> str:
    return _(_YES if yes else _NO)


def _column(name: str) -> str:
    return _(COLUMN[name])
