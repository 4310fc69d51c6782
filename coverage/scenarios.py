"""Scenarios: settings of the method under a name, to be set side by side.

A scenario says how the figures would be under other assumptions. It holds what differs from
the method and nothing else, so that its text in a link stays short and can be read.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import pandas as pd
import sqlalchemy as sa
from pydantic import ValidationError

from coverage._workspace_tables import SCENARIOS, now, storable
from coverage.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from coverage.assessment import Assessment
    from coverage.workspace import Workspace

LONGEST_NAME = 60

FIGURES = ("demand", "capacity", "gap", "coordinators")
"""Intervals that scenarios are compared by, in families a year and in coordinators."""

_PART, _IS = "~", "="
_DIGITS = 12


@dataclass(frozen=True)
class Scenario:
    """Settings under a name.

    Attributes
    ----------
    name
        What people call it; `clean_name` makes it fit for a link.
    settings
        All of them.
    """

    name: str
    settings: Settings = field(default_factory=Settings)

    @property
    def changes(self) -> dict[str, float]:
        """What differs from the method."""
        usual = Settings().model_dump()
        return {
            name: value
            for name, value in self.settings.model_dump().items()
            if value != usual[name]
        }

    def text(self) -> str:
        """Scenario as it stands in a link.

        Examples
        --------
        >>> Scenario("Ruim", Settings(share_imposed=0.05)).text()
        'Ruim~share_imposed=0.05'
        """
        changes = (f"{name}{_IS}{value:.{_DIGITS}g}" for name, value in self.changes.items())
        return _PART.join([self.name, *changes])

    @classmethod
    def from_text(cls, text: str) -> Self | None:
        """Scenario of its text in a link; None when that makes no sense.

        Examples
        --------
        >>> Scenario.from_text("Ruim~share_imposed=0.05").settings.share_imposed
        0.05
        >>> Scenario.from_text("Ruim~share_imposed=7") is None
        True
        """
        name, *changes = text.split(_PART)
        pairs = [change.partition(_IS) for change in changes]
        if clean_name(name) != name or not name:
            return None
        try:
            values = {key: float(value) for key, _is, value in pairs}
            return cls(name, Settings.model_validate(values))
        except (ValueError, ValidationError):
            return None


def clean_name(name: str) -> str:
    """Name without what has a meaning in a link, and not too long.

    Examples
    --------
    >>> clean_name(" Ruim, 5% ~ of meer")
    'Ruim 5% of meer'
    """
    plain = "".join(" " if one in f"{_PART}{_IS},;" else one for one in storable(name))
    return " ".join(plain.split())[:LONGEST_NAME].strip()


def compare(
    scenarios: Iterable[Scenario],
    assess: Callable[[Settings], Assessment],
    region_set: str,
    region: str,
) -> pd.DataFrame:
    """Figures of one region under each scenario.

    Parameters
    ----------
    scenarios
        What to compare; names may occur more than once.
    assess
        Gives the assessment with some settings.
    region_set, region
        A region set of the edition and a region of it.

    Returns
    -------
    pandas.DataFrame
        One row a scenario, in the order given: name, ``*_low`` and ``*_high`` of `FIGURES`,
        municipalities, n_covered and n_unknown.
    """
    rows = []
    for scenario in scenarios:
        total = assess(scenario.settings).regions(region_set).loc[region]
        rows.append({"name": scenario.name, **total[_COLUMNS].to_dict()})
    return pd.DataFrame(rows, columns=["name", *_COLUMNS])


_COLUMNS = [
    *(f"{name}_{end}" for name in FIGURES for end in ("low", "high")),
    "municipalities",
    "n_covered",
    "n_unknown",
]


def saved(workspace: Workspace) -> list[Scenario]:
    """Scenarios that were saved, by name.

    Settings that this version does not know are left out, and so is a scenario with a value
    that this version does not allow.
    """
    query = sa.select(SCENARIOS.c.name, SCENARIOS.c.settings).order_by(SCENARIOS.c.name)
    with workspace.transaction() as connection:
        rows = connection.execute(query).all()
    found = []
    for row in rows:
        try:
            told = dict(json.loads(row.settings))
            known = {name: told[name] for name in told if name in Settings.model_fields}
            found.append(Scenario(row.name, Settings.model_validate(known)))
        except (ValueError, TypeError):
            continue
    return found


def save(workspace: Workspace, scenario: Scenario, *, author: str) -> None:
    """Keep a scenario; one with the same name is replaced."""
    row = {
        "name": scenario.name,
        "author": storable(author),
        "time": now(),
        "settings": json.dumps(scenario.changes),
    }
    with workspace.transaction(write=True) as connection:
        connection.execute(SCENARIOS.delete().where(SCENARIOS.c.name == scenario.name))
        connection.execute(SCENARIOS.insert(), row)


def remove(workspace: Workspace, name: str) -> None:
    """Forget a scenario."""
    with workspace.transaction(write=True) as connection:
        connection.execute(SCENARIOS.delete().where(SCENARIOS.c.name == name))
