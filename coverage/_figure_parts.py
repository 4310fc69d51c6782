"""Parts that the figures of municipalities and of regions have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from coverage import demand as demand_step
from coverage.figure import Figure, Step, made
from coverage.i18n import N_, _
from coverage.labels import COLUMN
from coverage.wording import listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coverage.assessment import Assessment

ENDS = {"low": N_("{figure}, low end"), "high": N_("{figure}, high end")}
"""Ends of an interval, each with what a figure is called then."""

COUNT_LABEL = {"imposed": COLUMN["imposed"], "extended": COLUMN["extended"]}
"""What each count is called, to be translated."""


def setting(assessment: Assessment, name: str, value: float) -> Figure:
    """Setting of the method as a part of a figure.

    Parameters
    ----------
    assessment
        Whose settings.
    name
        A field of `coverage.Settings`.
    value
        Its value.
    """
    usual = type(assessment.settings).model_fields[name].default == value
    source, rule = (_(text) for text in _SETTING.get(name, ("", "")))
    return Figure(
        name,
        rule or name,
        float(value),
        unit="share" if name.startswith(("share_", "confidence")) else "",
        source=source if usual else _("chosen by the user"),
        rule=_("A setting of the method") if usual else _("A setting that was changed"),
    )


_SETTING: dict[str, tuple[str, str]] = {
    "share_imposed": (
        N_("letter 32 015 nr. 9 (about 3%)"),
        N_("Share of the orders imposed that voluntary support could have replaced"),
    ),
    "share_extended_low": (
        N_("letter 32 015 nr. 9 (10-15%)"),
        N_("Share of the orders extended, low end"),
    ),
    "share_extended_high": (
        N_("letter 32 015 nr. 9 (10-15%)"),
        N_("Share of the orders extended, high end"),
    ),
    "children_per_family": (
        N_("no source gives another number than 1"),
        N_("Children under an order for each family"),
    ),
    "measures_per_child": (
        N_("an order is made for one child (art. 1:255 BW)"),
        N_("Measures for each child"),
    ),
    "confidence": (N_("choice of the method"), N_("Chance that the interval is meant to hold")),
    "caseload": (
        N_("agreement on family guardians of 2007; none for coordinators was found"),
        N_("Families that one coordinator has at once"),
    ),
}
"""Source and name of the settings that a figure is made with."""


def voluntary_orders(assessment: Assessment, counts: Mapping[str, Figure], end: str) -> Figure:
    """Orders that could have been voluntary support, as a part of a figure.

    Parameters
    ----------
    assessment
        Whose settings.
    counts
        An end of the interval of each of `coverage.demand.COUNTS`, by its name.
    end
        Which end: ``low`` or ``high``.
    """
    names = {"imposed": "share_imposed", "extended": f"share_extended_{end}"}
    parts = [
        made(
            Step.PRODUCT,
            f"could_be_voluntary_{name}_{end}",
            _("{orders} that could have been voluntary", orders=_(COUNT_LABEL[name])),
            setting(assessment, names[name], getattr(assessment.settings, names[name])),
            count,
            unit=count.unit,
            flow=True,
            rule=_("That share of the orders"),
        )
        for name, count in counts.items()
    ]
    return made(
        Step.SUM,
        f"orders_{end}",
        _("Orders that could have been voluntary support"),
        *parts,
        unit=parts[0].unit,
        flow=True,
        rule=_("Imposed and extended together"),
    )


def families_per_unit(assessment: Assessment, unit: str) -> Figure:
    """Families behind one child, family or measure, as a part of a figure.

    Parameters
    ----------
    assessment
        Whose settings.
    unit
        A value of `coverage.schema.DemandUnit`.
    """
    settings = assessment.settings
    children = setting(assessment, "children_per_family", settings.children_per_family)
    value = demand_step.families_per_unit(pd.Series([unit]), settings).iloc[0]
    label = _("Families for each of these")
    if unit == "families":
        return Figure("families_per_unit", label, 1.0, rule=_("The orders are counted in families"))
    if unit != "measures":
        rule = _("1 divided by the children of a family")
        return made(
            Step.INVERSE, "families_per_unit", label, children, value=float(value), rule=rule
        )
    measures = setting(assessment, "measures_per_child", settings.measures_per_child)
    behind = made(
        Step.PRODUCT,
        "measures_per_family",
        _("Measures for each family"),
        measures,
        children,
    )
    rule = _("1 divided by the measures of a family")
    return made(Step.INVERSE, "families_per_unit", label, behind, value=float(value), rule=rule)


def coordinators(assessment: Assessment, gap: Figure, end: str) -> Figure:
    """Coordinators that a gap asks for.

    Parameters
    ----------
    assessment
        Whose settings.
    gap
        End of the gap.
    end
        Which end: ``low`` or ``high``.
    """
    caseload = setting(assessment, "caseload", assessment.settings.caseload)
    return made(
        Step.QUOTIENT,
        f"coordinators_{end}",
        _(ENDS[end], figure=_("Coordinators needed")),
        gap,
        caseload,
        unit="coordinators",
        status=gap.status,
        rule=_("Gap divided by the families that one coordinator has at once"),
    )


def sources(assessment: Assessment, named: str) -> str:
    """Sources as one text: published ones by title, others as they were written.

    Parameters
    ----------
    assessment
        Whose edition has the published sources.
    named
        Ids of sources, or what a user wrote, separated by ``;``.
    """
    titles = assessment.edition.sources.set_index("source_id")["title"]
    return listed([str(titles.get(one, one)) for one in named.split(";") if one])


def column_label(name: str) -> str:
    """Heading of a column, in the language of this context."""
    return _(COLUMN[name])


def optional(value: Any) -> float | None:  # noqa: ANN401 - a cell of a row of any columns
    """Number, or None where it is not known (NaN)."""
    found = float(value)
    return None if np.isnan(found) else found
