"""Where each total of a region comes from; see `coverage.explain`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from coverage import demand as demand_step
from coverage import regional
from coverage._figure_parts import (
    COUNT_LABEL,
    ENDS,
    column_label,
    coordinators,
    families_per_unit,
    optional,
    setting,
    sources,
    voluntary_orders,
)
from coverage.explain import UnknownColumnError
from coverage.figure import Figure, Step, made
from coverage.i18n import N_, _
from coverage.labels import COLUMN, PROVEN, STATUS, UNKNOWN
from coverage.vocabulary import LADDER, FigureStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from coverage.assessment import Assessment

_GIVEN = ("region_name", "region_status", "count_status", "count_unit", "n_suppressed")
_TOLERANCE = 1e-6
_RUNGS = (*map(str, LADDER), UNKNOWN)


class UnknownRegionCodeError(KeyError):
    """A region that its set does not have."""

    def __init__(self, region_set: str, region_code: str) -> None:
        self.region_set, self.region_code = region_set, region_code
        super().__init__(f"{region_set} has no region {region_code!r}")


def explain_region(
    assessment: Assessment, region_set: str, region_code: str, column: str
) -> Figure:
    """Where a total of a region comes from.

    Parameters
    ----------
    assessment
        Where the total is from.
    region_set
        A name from ``assessment.region_sets``.
    region_code
        Code of one of its regions; ``NL`` for the country.
    column
        A column of ``assessment.regions(region_set)``.

    Returns
    -------
    coverage.figure.Figure
        In the language of this context. A municipality is the last step: see
        `coverage.explain.explain` for what is behind it.

    Raises
    ------
    coverage.assessment.UnknownRegionSetError
        If the edition has no such set.
    UnknownRegionCodeError
        If the set has no such region.
    coverage.explain.UnknownColumnError
        If there is no such column.
    """
    return Region(assessment, region_set, region_code).figure(column)


class Region:
    """The totals of one region, each with what it was made of; see `explain_region`."""

    def __init__(self, assessment: Assessment, region_set: str, region_code: str) -> None:
        totals = assessment.regions(region_set)
        if region_code not in totals.index:
            raise UnknownRegionCodeError(region_set, region_code)
        self.assessment = assessment
        self.row = cast("pd.Series[Any]", totals.loc[region_code])
        members = assessment._members(region_set)  # noqa: SLF001 - one room
        codes = members.loc[members["region_code"] == region_code, "gm_code"].tolist()
        self.rows = pd.DataFrame(assessment.municipalities).loc[codes]
        self.counts = assessment.counts.loc[codes]
        region = pd.Series(region_code, index=self.counts.index)
        self.sums = regional._by_unit(  # noqa: SLF001 - one room
            self.counts, region, assessment.published
        ).droplevel("region")

    def figure(self, column: str) -> Figure:
        """Total in a column."""
        stem, _between, end = column.rpartition("_")
        intervals: dict[str, Callable[[str], Figure]] = {
            "demand": self.demand,
            "capacity": self.capacity,
            "gap": self.gap,
            "coordinators": self.coordinators,
            **{name: partial(self.count, name) for name in demand_step.COUNTS},
        }
        others: dict[str, Callable[[], Figure]] = {
            "residents_0_17": self._residents,
            "municipalities": self._municipalities,
            "share_unknown": self._share_unknown,
            **{name: partial(self.count, name, "") for name in demand_step.COUNTS},
            **{f"n_{rung}": partial(self._on_rung, rung) for rung in _RUNGS},
            **{name: partial(self._given, name) for name in _GIVEN},
        }
        if end in ENDS and stem in intervals:
            return intervals[stem](end)
        if column in others:
            return others[column]()
        raise UnknownColumnError(column, list(self.row.index))

    def _given(self, name: str) -> Figure:
        value = self.row[name]
        return Figure(
            name,
            _(COLUMN.get(name, name)),
            str(value) if isinstance(value, str) else optional(value),
            rule=_("Of all municipalities of the region together"),
        )

    def _municipalities(self) -> Figure:
        every = np.ones(len(self.rows), dtype=bool)
        return self._places(every, "municipalities", column_label("municipalities"))

    def _parts(
        self,
        column: str,
        values: pd.Series,
        unit: str,
        *,
        flow: bool = True,
        status: pd.Series | None = None,
        low: pd.Series | None = None,
        high: pd.Series | None = None,
    ) -> list[Figure]:
        """A figure of each municipality, as the last step."""
        return [
            Figure(
                column,
                str(name),
                optional(value),
                unit=unit,
                flow=flow,
                low=None if low is None else optional(low[code]),
                high=None if high is None else optional(high[code]),
                status=str(word),
                step=Step.PROTECTED
                if word == FigureStatus.SUPPRESSED and optional(value) is None
                else Step.GIVEN,
            )
            for code, name, value, word in zip(
                values.index,
                self.rows.loc[values.index, "name"],
                values,
                pd.Series("", index=values.index) if status is None else status,
                strict=True,
            )
        ]

    def _residents(self) -> Figure:
        values = self.rows["residents_0_17"]
        status = self.rows["residents_0_17_status"]
        parts = self._parts("residents_0_17", values, "residents", flow=False, status=status)
        return made(
            Step.SUM,
            "residents_0_17",
            column_label("residents_0_17"),
            *parts,
            value=optional(self.row["residents_0_17"]),
            unit="residents",
            source=self._sources("residents_source"),
        )

    def _sources(self, column: str) -> str:
        named = ";".join(dict.fromkeys(self.rows[column]))
        return sources(self.assessment, ";".join(dict.fromkeys(named.split(";"))))

    # --- orders ---

    def count(self, name: str, end: str) -> Figure:
        """Orders of the region, or an end of their range; `end` may be empty."""
        column = f"{name}_{end}" if end else name
        label = _(COUNT_LABEL[name])
        label = _(ENDS[end], figure=label) if end else label
        value = optional(self.row[column])
        if str(self.row["count_unit"]) == regional.MIXED:
            rule = _("Children, families and measures are never added up together")
            parts = self._kinds(name, end)
            return Figure(column, label, None, flow=True, rule=rule, parts=tuple(parts))
        common: dict[str, Any] = {
            "value": value,
            "unit": str(self.row["count_unit"]),
            "flow": True,
            "status": str(self.row["count_status"]),
            "date": ", ".join(sorted(set(self.counts["period"]) - {""})),
        }
        if not end:
            common |= {edge: optional(self.row[f"{name}_{edge}"]) for edge in ENDS}
        parts = self._kinds(name, end)
        if value is None and common["status"] == FigureStatus.SUPPRESSED:
            return made(Step.PROTECTED, column, label, *parts, **common)
        return made(Step.SUM, column, label, *parts, **common)

    def _kinds(self, name: str, end: str) -> list[Figure]:
        """Sum of each kind and unit of counts."""
        return [self._sum(kind, unit, name, end) for kind, unit in self.sums.index]

    def _kind(self) -> npt.NDArray[np.str_]:
        """Kind of each count, as `coverage.regional` adds them up."""
        own = self.counts["count_status"].isin(regional.OWN)
        return np.select([demand_step.spreads(self.counts), own], ["spread", "own"], "fixed")

    def _sum(self, kind: str, unit: str, name: str, end: str) -> Figure:
        """Sum over the municipalities whose counts are of one kind and unit."""
        column = f"{name}_{end}" if end else name
        mine = self.counts[(self._kind() == kind) & (self.counts["unit"] == unit).to_numpy()]
        ends = {edge: mine[f"{name}_{edge}"] for edge in ENDS} if not end else {}
        parts = self._parts(column, mine[column], unit, status=mine["count_status"], **ends)
        label = _(_KIND[kind], figure=_(COUNT_LABEL[name]))
        label = _(ENDS[end], figure=label) if end else label
        value = optional(self.sums.loc[(kind, unit), column])
        named = ";".join(dict.fromkeys(";".join(mine["source"]).split(";")))
        common: dict[str, Any] = {
            "unit": unit,
            "flow": True,
            "source": sources(self.assessment, named),
            "date": ", ".join(sorted(set(mine["period"]) - {""})),
        }
        hidden = value is None and mine["count_status"].eq(FigureStatus.SUPPRESSED).any()
        if hidden and not end:
            low, high = (optional(self.sums.loc[(kind, unit), f"{name}_{edge}"]) for edge in ENDS)
            return made(Step.PROTECTED, column, label, *parts, low=low, high=high, **common)
        added = made(Step.SUM, column, label, *parts, **common)
        if added.value == value or (
            value is not None
            and added.value is not None
            and abs(float(added.value) - value) <= _TOLERANCE
        ):
            return added
        # What is known of the sum says more than what is known of its parts.
        shared = kind == "fixed"
        published = Figure(
            f"{column}_published",
            _("Numbers of whole regions") if shared else _("Published sum"),
            value,
            unit=unit,
            flow=True,
            status=str(self.row["count_status"]),
            rule=_("What was shared out over municipalities is known for them together")
            if shared
            else _("Published beside the protected counts"),
        )
        if not end:
            rule = _("Published as it is; protected counts are in it")
            return made(Step.FIRST, column, label, published, added, rule=rule, **common)
        step = Step.MOST if end == "low" else Step.LEAST
        return made(step, column, label, added, published, value=value, **common)

    # --- families ---

    def demand(self, end: str) -> Figure:
        """Demand of the region: chance evens out in it, so the spread is taken of its total."""
        parts = []
        for kind, unit in self.sums.index:
            counts = {name: self._with_spread(kind, unit, name, end) for name in demand_step.COUNTS}
            parts.append(
                made(
                    Step.PRODUCT,
                    f"demand_{end}_{kind}_{unit}",
                    _(_KIND[kind], figure=column_label(f"demand_{end}")),
                    voluntary_orders(self.assessment, counts, end),
                    families_per_unit(self.assessment, unit),
                    unit="families",
                    flow=True,
                    rule=_("From orders to families"),
                )
            )
        column = f"demand_{end}"
        return made(
            Step.SUM,
            column,
            column_label(column),
            *parts,
            value=optional(self.row[column]),
            unit="families",
            flow=True,
            status=str(self.row["count_status"]),
        )

    def _with_spread(self, kind: str, unit: str, name: str, end: str) -> Figure:
        bound = self._sum(kind, unit, name, end)
        if kind != "spread":
            return bound
        settings = self.assessment.settings
        return made(
            Step.SPREAD_LOW if end == "low" else Step.SPREAD_HIGH,
            f"{name}_{end}_with_spread",
            _("{figure}, with chance", figure=bound.label),
            bound,
            setting(self.assessment, "confidence", settings.confidence),
            unit=unit,
            flow=True,
            status=FigureStatus.ESTIMATED,
        )

    def capacity(self, end: str) -> Figure:
        """Capacity of all municipalities together."""
        column = f"capacity_{end}"
        value, label = optional(self.row[column]), column_label(column)
        parts = self._parts(column, self.rows[column], "families")
        common: dict[str, Any] = {"value": value, "unit": "families", "flow": True}
        if value is not None:
            return made(Step.SUM, column, label, *parts, **common)
        rule = _("No upper bound is known of these municipalities")
        unbounded = [part for part in parts if part.value is None]
        return made(Step.OPEN, column, label, *unbounded, rule=rule, **common)

    def gap(self, end: str) -> Figure:
        """Gap: bounded by the sum of gaps, and by the demand of the region less what is met."""
        column, other = f"gap_{end}", "high" if end == "low" else "low"
        rows = self.rows
        added = made(
            Step.SUM,
            f"{column}_added",
            _("Gaps of the municipalities together"),
            *self._parts(column, rows[column], "families"),
            unit="families",
            flow=True,
            rule=_("What one municipality has too much does not help another"),
        )
        met = rows[f"demand_{other}"].clip(upper=rows[f"capacity_{other}"].fillna(np.inf))
        met_all = made(
            Step.SUM,
            f"met_{other}",
            _(ENDS[other], figure=_("Demand that is met")),
            *self._parts(f"met_{other}", met, "families"),
            unit="families",
            flow=True,
            rule=_("Of each municipality the smaller one of its demand and its capacity"),
        )
        less = made(
            Step.DIFFERENCE,
            f"{column}_by_demand",
            _("Demand of the region less what is met"),
            self.demand(end),
            met_all,
            unit="families",
            flow=True,
        )
        return made(
            Step.MOST if end == "low" else Step.LEAST,
            column,
            column_label(column),
            added,
            less,
            value=optional(self.row[column]),
            unit="families",
            flow=True,
            status=str(self.row["count_status"]),
            rule=_("Both ways bound it; the narrower bound counts"),
        )

    def coordinators(self, end: str) -> Figure:
        """Coordinators that the gap asks for."""
        return coordinators(self.assessment, self.gap(end), end)

    # --- ladder ---

    def _places(self, chosen: Any, column: str, label: str) -> Figure:  # noqa: ANN401 - a mask
        names = self.rows.loc[chosen, "name"]
        parts = [Figure("municipality", str(name), 1.0) for name in names]
        return made(
            Step.SUM,
            column,
            label,
            *parts,
            value=optional(self.row[column]),
            unit="municipalities",
            rule=_("Municipalities counted"),
        )

    def _on_rung(self, rung: str) -> Figure:
        shown = self.rows["status_at_least"].where(self.rows["known"], UNKNOWN)
        word = _(PROVEN.get(rung, STATUS[rung]))
        label = _("Municipalities, proven: {status}", status=word)
        if rung == UNKNOWN:
            label = _("Municipalities of which nothing is proven")
        return self._places(shown.eq(rung), f"n_{rung}", label)

    def _share_unknown(self) -> Figure:
        return made(
            Step.QUOTIENT,
            "share_unknown",
            column_label("share_unknown"),
            self._on_rung(UNKNOWN),
            self.figure("municipalities"),
            value=optional(self.row["share_unknown"]),
            unit="share",
        )


_KIND: dict[str, str] = {
    "spread": N_("{figure}, of estimates"),
    "own": N_("{figure}, of own counts"),
    "fixed": N_("{figure}, of other counts"),
}
"""Kinds of counts that are added up apart; see `coverage.regional`."""
