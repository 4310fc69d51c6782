"""Supervision orders per municipality, shared out of what is known of larger areas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from _facts import Count
from _shares import share_out

if TYPE_CHECKING:
    from _facts import Facts
    from _raw import Sources

UNIT_2010 = "children"
"""The table of CBS that the range starts from counts new pupils."""

UNIT_2025 = "measures"
"""CBS counts orders since. An order is given for one child, so it can be read as a child."""


class DemandError(ValueError):
    """The sources do not fit each other."""


def demand_2010(residents_0_17: pd.Series, facts: Facts) -> pd.DataFrame:
    """Orders of 2010: the national range, shared out by residents 0-17.

    Parameters
    ----------
    residents_0_17
        Residents by gm_code.
    facts
        The national range.

    Returns
    -------
    pandas.DataFrame
        Indexed by gm_code, the columns of ``demand.csv``.
    """
    table = _shared(residents_0_17, facts.imposed_2010, facts.extended_2010)
    return table.assign(
        count_status="estimated",
        unit=UNIT_2010,
        period="2010",
        source="cbs_70809NED;minister_2009;cbs_orders_2012;ministry_2013",
    )


def demand_2025(
    residents_0_17: pd.Series, corop: pd.Series, sources: Sources, facts: Facts
) -> pd.DataFrame:
    """Orders of the last full year: national counts in the pattern of the COROP regions.

    Parameters
    ----------
    residents_0_17
        Residents by gm_code.
    corop
        Name of the COROP region by gm_code.
    sources
        The source folder.
    facts
        Measure and period of the national stock and flow.

    Returns
    -------
    pandas.DataFrame
        Indexed by gm_code, the columns of ``demand.csv``.
    """
    imposed, extended = national_2025(sources, facts)
    table = _shared(pattern_2023(residents_0_17, corop, sources), imposed, extended)
    return table.assign(
        count_status="estimated",
        unit=UNIT_2025,
        period=facts.period,
        source="cbs_protection_flow;cbs_82975NED",
    )


def national_2025(sources: Sources, facts: Facts) -> tuple[Count, Count]:
    """National orders imposed and extended in the last full year.

    An order lasts a year at most. One that runs at the start of the year comes to the end
    of its term in that year: it is extended then, or it has ended by then.

    - Low: running at the start less all that ended in the year.
    - High: running at the start less those that ended as planned, at the end of their
      term. (Of 2023: 2022 is not in the sources, and in 2022 more ended, so that the bound
      is on the safe side.) What ended otherwise may have been extended earlier in the year.

    Returns
    -------
    imposed, extended : Count
        Orders in the country.

    Raises
    ------
    DemandError
        If stock and flow do not add up, or the range is empty.
    """
    flow = sources.national_flow().loc[(facts.measure, facts.period)]
    if flow["begin"] + flow["inflow"] - flow["outflow"] != flow["end"]:
        raise DemandError(f"stock and flow of {facts.period} do not add up")
    ended = sources.ended_2023()
    planned = ended.loc[ended["level"] == "NL", "orders"].sum()
    if planned > flow["outflow"]:
        raise DemandError("more orders ended as planned than ended at all")
    extended = Count(flow["begin"] - flow["outflow"], flow["begin"] - planned)
    return Count(flow["inflow"], flow["inflow"]), extended


def pattern_2023(residents_0_17: pd.Series, corop: pd.Series, sources: Sources) -> pd.Series:
    """Weights: orders ended as planned by COROP region, within it by residents 0-17.

    Raises
    ------
    DemandError
        If a COROP region of a municipality is not in the source, or the reverse.
    """
    ended = sources.ended_2023().query("level == 'CR'").set_index("region")["orders"]
    strange = set(ended.index) ^ set(corop)
    if strange or ended.isna().any():
        raise DemandError(f"COROP regions without a match or a figure: {sorted(strange)}")
    part = residents_0_17 / residents_0_17.groupby(corop).transform("sum")
    return corop.map(ended) * part


def _shared(weights: pd.Series, imposed: Count, extended: Count) -> pd.DataFrame:
    columns = {}
    for name, count in (("imposed", imposed), ("extended", extended)):
        columns[name] = share_out(count.middle, weights)
        columns[f"{name}_low"] = share_out(count.low, weights)
        columns[f"{name}_high"] = share_out(count.high, weights)
    return pd.DataFrame(columns).rename_axis("gm_code")
