"""Where each cell of an assessment comes from: the steps from source to figure.

Shared by the app, the exports and who works in a notebook. Nothing is calculated in another
way than `coverage.assess` does it: each value is the one of the assessment, and
`coverage.figure.recalculate` gives it again out of its parts.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from coverage import demand as demand_step
from coverage import status as status_step
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
from coverage.figure import Figure, Step, made
from coverage.i18n import N_, _, number, percent
from coverage.labels import TEST, UNKNOWN
from coverage.vocabulary import CoverageStatus, FigureStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from coverage.assessment import Assessment

_TOLERANCE = 1e-4
"""Children; what is shipped was shared out in millionths."""

_OF_EDITION = ("gm_code", "name", "province")

_BOUNDING = {
    "running": N_("Orders running when the period began"),
    "ended": N_("Orders that ended in the period"),
}
"""What bounds the orders extended, where these were not counted."""

_INVENTORY = N_("Inventory complete")
_OF_REGISTER: dict[str, str] = {
    "inventory_complete": _INVENTORY,
    "known": N_("Something is proven"),
    "offers_weighed": N_("Offers weighed"),
    "offers_with_coordination": N_("Offers with care coordination, proven"),
    "informal_offers": N_("Offers of help by volunteers"),
}


class UnknownColumnError(ValueError):
    """A column of which there is nothing to explain.

    Attributes
    ----------
    column
        What was asked for.
    available
        What can be asked for.
    """

    def __init__(self, column: str, available: list[str]) -> None:
        self.column, self.available = column, available
        super().__init__(f"no column {column!r}; there are {', '.join(available)}")


def explain(assessment: Assessment, gm_code: str, column: str) -> Figure:
    """Where a figure of a municipality comes from.

    Parameters
    ----------
    assessment
        Where the figure is from.
    gm_code
        Code of a municipality of the edition.
    column
        One of `coverage.assessment.COLUMNS`, or of the other figures of
        ``assessment.municipalities``.

    Returns
    -------
    coverage.figure.Figure
        In the language of this context.

    Raises
    ------
    coverage.assessment.UnknownMunicipalityError
        If the edition has no such municipality.
    UnknownColumnError
        If there is no such column.

    Examples
    --------
    >>> import coverage
    >>> edition = coverage.load_edition(2025)
    >>> assessment = coverage.assess(edition, coverage.read_register(coverage.PUBLIC_REGISTER))
    >>> tree = explain(assessment, "GM0363", "gap_high")
    >>> [part.name for part in tree.parts]
    ['demand_high', 'capacity_low']
    """
    return Municipality(assessment, gm_code).figure(column)


class Municipality:
    """The figures of one municipality, each with what it was made of.

    Parameters
    ----------
    assessment
        Where the figures are from.
    gm_code
        Code of a municipality of the edition.

    Raises
    ------
    coverage.assessment.UnknownMunicipalityError
        If the edition has no such municipality.
    """

    def __init__(self, assessment: Assessment, gm_code: str) -> None:
        self.assessment, self.code = assessment, gm_code
        self.offers = assessment.reasons(gm_code)  # says so if there is no such municipality
        self.row = assessment.municipalities.loc[gm_code]
        self.counts = assessment.counts.loc[gm_code]
        self.settings = assessment.settings
        self._position = int(assessment.municipalities.index.get_indexer([gm_code])[0])

    def figure(self, column: str) -> Figure:
        """Figure in a column; see `explain`."""
        stem, _between, end = column.rpartition("_")
        intervals = {
            "demand": self.demand,
            "capacity": self.capacity,
            "gap": self.gap,
            "coordinators": self.coordinators,
        }
        if end in ENDS and stem in intervals:
            return intervals[stem](end)
        if column in demand_step.COUNTS:
            return self.count(column)
        if column in _OF_EDITION:
            return self._of_edition(column)
        if column in _OF_REGISTER:
            return self._of_register(column)
        others: dict[str, Callable[[], Figure]] = {
            "residents_0_17": self.residents,
            "count_status": self._count_status,
            "status_at_least": self.at_least,
            "status_at_most": self.at_most,
            "certain": self.certain,
        }
        if column in others:
            return others[column]()
        ends = [f"{name}_{end}" for name in intervals for end in ENDS]
        known = [*_OF_EDITION, *demand_step.COUNTS, *others, *ends, *_OF_REGISTER]
        raise UnknownColumnError(column, known)

    # --- what the edition says ---

    def _of_edition(self, name: str) -> Figure:
        return Figure(
            name,
            column_label(name),
            self.code if name == "gm_code" else str(self.row[name]),
            status=FigureStatus.OBSERVED,
            source=sources(self.assessment, str(self.row["residents_source"])),
            rule=_("As in the division of {year}", year=self.assessment.edition.year),
        )

    def residents(self) -> Figure:
        """Residents 0-17."""
        row = self.row
        return Figure(
            "residents_0_17",
            column_label("residents_0_17"),
            optional(row["residents_0_17"]),
            unit="residents",
            status=str(row["residents_0_17_status"]),
            source=sources(self.assessment, str(row["residents_source"])),
            date=_year(row["residents_0_17_year"]),
            rule=_("On 1 January of that year, as shipped with the edition"),
        )

    # --- orders ---

    def count(self, name: str) -> Figure:
        """Orders imposed or extended, with the range of their source.

        Parameters
        ----------
        name
            One of `coverage.demand.COUNTS`.
        """
        return self._count(name, name, self.counts[name])

    def _count(self, name: str, column: str, value: object) -> Figure:
        """Count, or an end of its range, and how it was found."""
        counts = self.counts
        low, high = (optional(counts[f"{name}_{end}"]) for end in ("low", "high"))
        status = str(counts["count_status"])
        source = sources(self.assessment, str(counts["source"]))
        known = optional(value)
        step, rule = Step.GIVEN, _("As the source says it")
        parts: tuple[Figure, ...] = ()
        suppressed = status == FigureStatus.SUPPRESSED and optional(counts[name]) is None
        if suppressed:
            rule = _("What can be told from all that is published")
            if column == name:
                step, rule = Step.PROTECTED, ""
        elif status == FigureStatus.SUPPRESSED:
            status = ""  # another cell of this row is the protected one
        elif status == FigureStatus.ESTIMATED:
            rule = _("Estimated; how, the source says")
            own = self._own_estimate(name, column, known)
            if own is not None:
                step, rule, parts = own
                source = source if step is Step.GIVEN else ""
            shared = self._shared_out(column, known)
            if shared is not None:
                step, rule, parts = Step.PORTION, shared[0], shared[1:]
                source = ""  # that of its parts
        label = _(COUNT_LABEL[name])
        if column != name:
            end = column.removeprefix(f"{name}_")
            label = _(ENDS[end], figure=label)
            low = high = None
        common: dict[str, Any] = {
            "unit": str(counts["unit"]),
            "flow": True,
            "low": low,
            "high": high,
            "status": status,
            "source": source,
            "date": str(counts["period"]),
        }
        return made(step, column, label, *parts, value=known, rule=rule, **common)

    def _own_estimate(
        self, name: str, column: str, value: float | None
    ) -> tuple[Step, str, tuple[Figure, ...]] | None:
        """Step, rule and parts of an estimate that was made of counts of a user."""
        if str(self.counts.get(demand_step.SHARED_FROM, "")):
            return self._part_of(name, column)
        included = self.counts.get(demand_step.SPREAD, "") == demand_step.INCLUDED
        if name != "extended" or not included or "running" not in self.counts:
            return (Step.GIVEN, _("As the source says it"), ()) if included else None
        running, ended = (
            {
                end: Figure(
                    f"{count}_{end}",
                    _(ENDS[end], figure=_(label)),
                    optional(self.counts[f"{count}_{end}"]),
                    unit=str(self.counts["unit"]),
                    flow=count == "ended",
                    source=sources(self.assessment, str(self.counts["source"])),
                    date=str(self.counts["period"]),
                    rule=_("As the source says it"),
                )
                for end in ENDS
            }
            for count, label in _BOUNDING.items()
        )
        if column == name:
            rule = _(
                "Not counted: it lies between those running less those ended, and those running"
            )
            return Step.GIVEN, rule, (*running.values(), *ended.values())
        step, parts, rule = Step.FIRST, [running["high"]], _("No more can be extended than ran")
        if column == "extended_low":
            step, parts = Step.SHORT, [running["low"], ended["high"]]
            rule = _("Who was under an order and did not leave it had an extension")
        made_again = made(step, column, "", *parts).value
        if value is None or made_again is None or abs(float(made_again) - value) > _TOLERANCE:
            return None
        return step, rule, tuple(parts)

    def _part_of(self, name: str, column: str) -> tuple[Step, str, tuple[Figure, ...]]:
        """Step, rule and parts of what was shared out of the count of a region."""
        counts = self.counts
        key = str(counts[demand_step.SHARED_FROM])
        codes, place = self._region(key)
        total, low, high = (optional(counts[column]) for column in demand_step.WHOLE[name])
        whole = Figure(
            f"{name}_whole",
            _("{figure}: {place}", figure=column_label(name), place=place),
            total,
            low=low,
            high=high,
            unit=str(counts["unit"]),
            flow=True,
            source=sources(self.assessment, str(counts["source"])),
            date=str(counts["period"]),
            rule=_("As the source says it")
            if low == high
            else _("The middle of what is known of it"),
        )
        if column != name:
            rule = _(
                "Part of the number of {place}. The interval is meant to hold it with {chance}: it "
                "carries chance, and how far municipalities differ",
                place=place,
                chance=percent(optional(counts[demand_step.CONFIDENCE]) or 0.0),
            )
            return Step.GIVEN, rule, (whole,)
        if counts[demand_step.SHARED_BY] != "residents":
            rule = _(
                "The number of {place}, shared out by residents 0-17 and by what the covariate "
                "says of the rate of orders",
                place=place,
            )
            return Step.GIVEN, rule, (whole,)
        residents = self.assessment.municipalities["residents_0_17"].astype(float)
        every = self._residents_of(float(residents.loc[codes].sum()), place)
        rule = _("The number of {place}, shared out by residents 0-17", place=place)
        return Step.PORTION, rule, (whole, self.residents(), every)

    def _residents_of(self, total: float, place: str) -> Figure:
        """Residents of a whole that was shared out by them."""
        own = self.residents()
        return Figure(
            "residents_0_17",
            _("{figure}: {place}", figure=column_label("residents_0_17"), place=place),
            total,
            unit="residents",
            status=own.status,
            date=own.date,
        )

    def _region(self, key: str) -> tuple[list[str], str]:
        """Municipalities and name of a region, by ``set:code``."""
        region_set, _between, code = key.partition(":")
        regions = self.assessment.edition.regions
        inside = regions[regions["region_set"].eq(region_set) & regions["region_code"].eq(code)]
        if inside.empty:  # the country has no rows
            return list(self.assessment.municipalities.index), _("The Netherlands")
        return list(inside["gm_code"]), str(inside["region_name"].iloc[0])

    def _shared_out(self, column: str, value: float | None) -> tuple[Any, ...] | None:
        """Rule and parts of a shipped estimate that was shared out by residents 0-17.

        The total is that of the country or, where the rates of regions differ, of a region;
        which one is told by the figures themselves.
        """
        edition = self.assessment.edition
        shipped = edition.demand
        # A row of a user is not shared out here, even if it is an estimate.
        if value is None or not _same_row(shipped.loc[self.code], self.counts):
            return None
        residents = self.assessment.municipalities["residents_0_17"].astype(float)
        for codes, name in self._wholes():
            total, all_residents = shipped.loc[codes, column].sum(), residents.loc[codes].sum()
            if not all_residents > 0:
                continue
            own = self.residents()
            if abs(total * own_value(own) / all_residents - value) > _TOLERANCE:
                continue
            of_all = Figure(
                column,
                _("{figure}: {place}", figure=column_label(column.partition("_")[0]), place=name),
                float(total),
                unit=str(self.counts["unit"]),
                flow=True,
                status=FigureStatus.ESTIMATED,
                source=sources(self.assessment, str(self.counts["source"])),
                date=str(self.counts["period"]),
                rule=_("From national figures; see the sources"),
            )
            every = self._residents_of(float(all_residents), name)
            rule = _("The number of {place}, shared out by residents 0-17", place=name)
            return rule, of_all, own, every
        return None

    def _wholes(self) -> list[tuple[list[str], str]]:
        """Country and regions of this municipality, largest first: their codes and name."""
        edition = self.assessment.edition
        wholes = [(list(edition.demand.index), _("The Netherlands"))]
        regions = edition.regions
        mine = regions[regions["gm_code"] == self.code]
        for region_set, code, name in zip(
            mine["region_set"], mine["region_code"], mine["region_name"], strict=True
        ):
            inside = regions["region_set"].eq(region_set) & regions["region_code"].eq(code)
            wholes.append((list(regions.loc[inside, "gm_code"]), str(name)))
        return sorted(wholes, key=lambda whole: -len(whole[0]))

    def _count_status(self) -> Figure:
        return Figure(
            "count_status",
            column_label("count_status"),
            str(self.counts["count_status"]),
            source=sources(self.assessment, str(self.counts["source"])),
            date=str(self.counts["period"]),
            rule=_("As the source of the counts says it"),
        )

    # --- families ---

    def demand(self, end: str) -> Figure:
        """Families that voluntary support could have served.

        Parameters
        ----------
        end
            ``low`` or ``high``.
        """
        counts = {name: self._with_spread(name, end) for name in demand_step.COUNTS}
        both = voluntary_orders(self.assessment, counts, end)
        return made(
            Step.PRODUCT,
            f"demand_{end}",
            column_label(f"demand_{end}"),
            both,
            families_per_unit(self.assessment, str(self.counts["unit"])),
            value=optional(self.row[f"demand_{end}"]),
            unit="families",
            flow=True,
            status=str(self.counts["count_status"]),
            date=str(self.counts["period"]),
            rule=_("From orders to families"),
        )

    def _with_spread(self, name: str, end: str) -> Figure:
        """End of the interval of a count, with chance where it is an estimate."""
        column = f"{name}_{end}"
        counts = self.assessment.counts.loc[[self.code]]
        bound = self._count(name, column, self.counts[column])
        if not demand_step.spreads(counts).iloc[0]:
            return bound
        value = demand_step.count_intervals(counts, self.settings)[column].iloc[0]
        return made(
            Step.SPREAD_LOW if end == "low" else Step.SPREAD_HIGH,
            f"{column}_with_spread",
            _("{figure}, with chance", figure=bound.label),
            bound,
            setting(self.assessment, "confidence", self.settings.confidence),
            value=optional(value),
            unit=bound.unit,
            flow=True,
            status=bound.status,
        )

    # --- offers ---

    def capacity(self, end: str) -> Figure:
        """Families a year that offers with care coordination can take.

        Parameters
        ----------
        end
            ``low``: what is proven; ``high``: all that may be.
        """
        column = f"capacity_{end}"
        value = optional(self.row[column])
        rungs = self.offers["rung_at_least" if end == "low" else "rung_at_most"]
        chosen = self.offers[rungs.eq(str(CoverageStatus.SHORT_OF_CAPACITY))]
        parts = [self._portion(offer_id) for offer_id in chosen.index]
        common: dict[str, Any] = {
            "value": value,
            "unit": "families",
            "flow": True,
            "date": str(self.assessment.edition.year),
            "status": FigureStatus.EXAMPLE if self.assessment.register.is_example else "",
        }
        label = column_label(column)
        if end == "low":
            rule = _("Offers that are proven to have long-term voluntary care coordination")
            if not parts:
                rule = _("No offer with care coordination is proven here")
            return made(Step.SUM_KNOWN, column, label, *parts, rule=rule, **common)
        parts += self._roaming()
        if value is None and not self.row["inventory_complete"]:
            # That alone decides, whatever is known of the offers.
            rule = _("No upper bound is known: there may be offers that are not in the register")
            return made(Step.OPEN, column, label, _inventory(self), rule=rule, **common)
        if value is None:
            parts = [part for part in parts if part.value is None]
            rule = _("No upper bound is known: the capacity of an offer is not known")
            return made(Step.OPEN, column, label, *parts, rule=rule, **common)
        rule = _("All offers that may have it; the inventory is complete")
        return made(Step.SUM_KNOWN, column, label, *parts, rule=rule, **common)

    def _portion(self, offer_id: str) -> Figure:
        """What of the capacity of an offer falls to this municipality."""
        row = self.offers.loc[offer_id]
        capacity = self._offer(
            offer_id, "capacity_families", _("Capacity of the whole offer"), "capacity_families"
        )
        own, whole, unit = _weights(self.assessment, offer_id, self._position)
        label = f"{row['offer']} ({row['provider']})" if row["provider"] else str(row["offer"])
        share = optional(row["capacity_share"])
        origin: dict[str, Any] = {
            "status": str(row["status"]),
            "source": str(row["source"]),
            "date": str(row["source_date"]),
        }
        if share is None:
            return Figure(
                f"offer:{offer_id}",
                label,
                None,
                unit="families",
                flow=True,
                rule=_("Its capacity is not known"),
                **origin,
            )
        weight = {"families": _("Expected demand"), "residents": column_label("residents_0_17")}
        what = weight.get(unit, _("Municipalities"))
        return made(
            Step.PORTION,
            f"offer:{offer_id}",
            label,
            capacity,
            Figure(
                "weight_here",
                _("{figure}: here", figure=what),
                own,
                unit=unit,
                rule=_weight_rule(self.assessment, unit),
            ),
            Figure(
                "weight_area",
                _("{figure}: in the whole service area", figure=what),
                whole,
                unit=unit,
            ),
            value=share,
            unit="families",
            flow=True,
            rule=_("Capacity goes where the demand is"),
            **origin,
        )

    def _offer(self, offer_id: str, name: str, label: str, column: str) -> Figure:
        row = self.offers.loc[offer_id]
        return Figure(
            name,
            label,
            optional(row[column]),
            unit="families",
            flow=True,
            status=str(row["status"]),
            source=str(row["source"]),
            date=str(row["source_date"]),
            rule=_("As in the register"),
        )

    def _roaming(self) -> list[Figure]:
        """Offers that may serve anybody, as it is not known where they serve."""
        assessment = self.assessment
        offers = assessment.unplaced
        tests = assessment._tests.iloc[assessment._areas.unplaced]  # noqa: SLF001 - one room
        _low, high = status_step.offer_rungs(tests, offers["coordination"])
        rows = offers[high == status_step.COORDINATED]
        return [
            Figure(
                f"offer:{row.offer_id}",
                str(row.name_),
                optional(row.capacity_families),
                unit="families",
                flow=True,
                status=str(row.status),
                source=str(row.source),
                date=str(row.source_date),
                rule=_("It is not known where it serves: all of it may be here"),
            )
            for row in rows.rename(columns={"name": "name_"}).itertuples()
        ]

    def gap(self, end: str) -> Figure:
        """Families without care coordination; `end` as for `demand`."""
        column = f"gap_{end}"
        return made(
            Step.SHORT,
            column,
            column_label(column),
            self.demand(end),
            self.capacity("high" if end == "low" else "low"),
            value=optional(self.row[column]),
            unit="families",
            flow=True,
            status=str(self.counts["count_status"]),
            date=str(self.counts["period"]),
            rule=_("Demand less capacity, and not below 0"),
        )

    def coordinators(self, end: str) -> Figure:
        """Coordinators that the gap asks for; `end` as for `demand`."""
        return coordinators(self.assessment, self.gap(end), end)

    # --- ladder ---

    def at_least(self) -> Figure:
        """Rung that is proven."""
        parts = [self._rung(offer_id, "rung_at_least") for offer_id in self.offers.index]
        rung = str(self.row["status_at_least"])
        label = column_label("status_at_least")
        if not self.row["known"]:
            # In a table nothing proven is unknown, and not none.
            return Figure(
                "status_at_least",
                label,
                UNKNOWN,
                rule=_("Nothing is proven, and nobody has established that there is nothing"),
                parts=(*parts, _inventory(self)),
            )
        best = made(Step.BEST, "best_offer", _("Best offer, proven"), *parts)
        return made(
            Step.COVERED, "status_at_least", label, best, told(self.gap("high")), value=rung
        )

    def at_most(self) -> Figure:
        """Best rung that is possible."""
        label, rung = column_label("status_at_most"), str(self.row["status_at_most"])
        if not self.row["inventory_complete"]:
            return Figure(
                "status_at_most",
                label,
                rung,
                rule=_("There may be offers that are not in the register"),
                parts=(_inventory(self),),
            )
        parts = [self._rung(offer_id, "rung_at_most") for offer_id in self.offers.index]
        assessment = self.assessment
        tests = assessment._tests.iloc[assessment._areas.unplaced]  # noqa: SLF001 - one room
        _low, high = status_step.offer_rungs(tests, assessment.unplaced["coordination"])
        parts += [
            Figure(
                f"offer:{offer_id}",
                str(name),
                str(word),
                rule=_("It is not known where it serves: it may serve here"),
            )
            for offer_id, name, word in zip(
                assessment.unplaced["offer_id"],
                assessment.unplaced["name"],
                status_step.names(high),
                strict=True,
            )
        ]
        best = made(Step.BEST, "best_offer", _("Best offer that is possible"), *parts)
        return made(Step.COVERED, "status_at_most", label, best, told(self.gap("low")), value=rung)

    def certain(self) -> Figure:
        """Whether only one rung is possible."""
        least = self.at_least()
        if least.value == UNKNOWN:  # of which the lowest rung is proven, and no more
            least = replace(least, value=str(self.row["status_at_least"]))
        parts = (told(least), told(self.at_most()))
        label, value = column_label("certain"), bool(self.row["certain"])
        return made(Step.SAME, "certain", label, *parts, value=value)

    def _rung(self, offer_id: str, column: str) -> Figure:
        row = self.offers.loc[offer_id]
        label = f"{row['offer']} ({row['provider']})" if row["provider"] else str(row["offer"])
        rule = _("It passes every test")
        if row["test"]:
            question = _(TEST[str(row["test"])])
            rule = (
                _("{question} No", question=question)
                if row["answer"] == "no"
                else _("{question} Not known", question=question)
            )
        # Nothing proven and something possible is not known, and not none.
        nothing, best = str(CoverageStatus.NONE), str(row["rung_at_most"])
        unproven = row[column] == nothing and best != nothing
        return Figure(
            f"offer:{offer_id}",
            label,
            UNKNOWN if unproven else str(row[column]),
            status=str(row["status"]),
            source=str(row["source"]),
            date=str(row["source_date"]),
            rule=rule,
        )

    def _of_register(self, name: str) -> Figure:
        if name == "inventory_complete":
            return _inventory(self)
        value = self.row[name]
        made_of = bool(value) if isinstance(value, bool | np.bool_) else float(value)
        return Figure(name, _(_OF_REGISTER[name]), made_of, rule=_("Counted in the register"))


def _inventory(place: Municipality) -> Figure:
    """The newest statement about whether all offers of a municipality are known."""
    table = place.assessment.register.inventory
    mine = table[
        table["gm_code"].eq(place.code) & table["edition"].eq(place.assessment.edition.year)
    ].sort_values("date")
    last = mine.iloc[-1] if len(mine) else None
    return Figure(
        "inventory_complete",
        _(_INVENTORY),
        bool(place.row["inventory_complete"]),
        status="" if last is None else str(last["status"]),
        source=_("nobody has looked") if last is None else str(last["source"]),
        date="" if last is None else str(last["date"]),
        rule=_("The newest statement about this municipality in the register"),
    )


def told(figure: Figure) -> Figure:
    """Figure without what it was made of, where that is told elsewhere."""
    return replace(figure, step=Step.GIVEN, rule=_("Explained by itself"), parts=())


def _weights(assessment: Assessment, offer_id: str, position: int) -> tuple[float, float, str]:
    """Weight of a municipality in the area of an offer, of that whole area, and their unit.

    As `coverage.supply.share_capacity` takes them: demand, else residents, else one each.
    """
    areas = assessment._areas  # noqa: SLF001 - one room
    offer = int(np.flatnonzero(assessment.register.offers["offer_id"] == offer_id)[0])
    pairs = np.flatnonzero(areas.offer == offer)
    place, part = areas.municipality[pairs], areas.part[pairs]
    expected = demand_step.expected_demand(assessment.counts, assessment.settings)
    residents = assessment.municipalities["residents_0_17"]
    for unit, weight in (("families", expected), ("residents", residents)):
        by = np.nan_to_num(weight.to_numpy(dtype=float))[place] * part
        if by.sum() > 0:
            return float(by[place == position][0]), float(by.sum()), unit
    return float(part[place == position][0]), float(part.sum()), "municipalities"


def _weight_rule(assessment: Assessment, unit: str) -> str:
    if unit != "families":
        return _("Nobody in the area has any demand, so it goes by this")
    settings = assessment.settings
    middle = 50 * (settings.share_extended_low + settings.share_extended_high)
    return _(
        "{imposed}% of the orders imposed and {extended}% of those extended, as families; of a "
        "municipality that is served in part, that part",
        imposed=number(100 * settings.share_imposed, 2),
        extended=number(middle, 2),
    )


def _same_row(shipped: Any, used: Any) -> bool:  # noqa: ANN401 - rows of two tables
    common = shipped.index.intersection(used.index)
    one, other = shipped[common], used[common]
    return bool((one.eq(other) | (one.isna() & other.isna())).all())


def own_value(figure: Figure) -> float:
    """Value of a figure that is a number; NaN where it is not known."""
    return float("nan") if figure.value is None else float(figure.value)


def _year(value: float) -> str:
    return "" if np.isnan(value) else str(int(value))
