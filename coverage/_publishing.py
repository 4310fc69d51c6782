"""What the commands publish of own counts: protected by a rule, or not, with words that say why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coverage import i18n, provenance
from coverage._terminal import stop, tell, wrong_use
from coverage.i18n import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from coverage.disclosure import Rule
    from coverage.editions import Edition

HIGHEST_THRESHOLD, HIGHEST_ROUNDING = 1000, 100
"""What `coverage.disclosure.Rule` allows; that takes a while to read, and a help text must not."""


def check_words(why: str | None) -> None:
    """End the command if counts are to stay unprotected and nobody says why."""
    if why is not None and not why.strip():
        wrong_use(_("--unprotected: say in words why the counts are not protected."))


def rule_of(threshold: int, rounding: int | None) -> Rule:
    """Rule that the options of a command ask for."""
    from coverage.disclosure import Rule  # noqa: PLC0415 - its solver takes a while to read

    return Rule(threshold=threshold, width=threshold, rounding=rounding)


def published(
    counts: pd.DataFrame, edition: Edition, rule: Rule, why: str | None
) -> dict[str, Any]:
    """Own counts as they may leave the tool.

    Parameters
    ----------
    counts
        Indexed by gm_code.
    edition
        Division that the codes are of.
    rule
        What is protected; see `rule_of`.
    why
        Why the counts are not to be protected; None protects them.

    Returns
    -------
    dict
        demand, protection and, of protected counts, totals: as `coverage.assess` takes them.
    """
    if why is not None:
        protection = {"protected": False, "why": " ".join(why.split())}
        return {"demand": counts, "protection": protection}
    from coverage.disclosure import UnprotectedError, protect  # noqa: PLC0415

    try:
        made = protect(counts, edition, rule)
    except UnprotectedError as error:
        stop(str(error))
    return {"demand": made.counts, "totals": made.totals, "protection": made.record()}


def tell_protection(protection: Mapping[str, Any]) -> None:
    """Say how many numbers are protected, or that none is."""
    if not provenance.is_protected(protection):
        tell(_("The counts are not protected: small numbers can point at a family."), "yellow")
        return
    tell(
        _(
            "Numbers protected, as a small number can point at a family: {count}. They are "
            "given as a range.",
            count=i18n.number(protection["hidden"]["counts"]),
        )
    )
