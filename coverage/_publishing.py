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


METHOD_THRESHOLD = 10
"""Lower is weaker than the method, and takes words."""


def check_words(why: str | None, threshold: int = METHOD_THRESHOLD) -> None:
    """End the command if counts are to be less than protected and nobody says why."""
    if why is not None and len(" ".join(why.split())) < provenance.SHORTEST_WHY:
        wrong_use(
            _(
                "--unprotected: say in words why the counts are not protected, in at least "
                "{count} characters.",
                count=provenance.SHORTEST_WHY,
            )
        )
    if why is None and threshold < METHOD_THRESHOLD:
        wrong_use(
            _(
                "--threshold {threshold}: below {least} small counts are hardly protected. Say "
                "in words why with --unprotected.",
                threshold=threshold,
                least=METHOD_THRESHOLD,
            )
        )


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
        Why the counts are not to be protected; None protects them. With a threshold below
        `METHOD_THRESHOLD`: why they are protected by that weaker rule.

    Returns
    -------
    dict
        demand, protection and, of protected counts, totals: as `coverage.assess` takes them.
    """
    if why is not None and rule.threshold >= METHOD_THRESHOLD:
        protection = {"protected": False, "why": " ".join(why.split())}
        return {"demand": counts, "protection": protection}
    from coverage.disclosure import UnprotectedError, protect  # noqa: PLC0415

    try:
        made = protect(counts, edition, rule)
    except UnprotectedError as error:
        stop(str(error))
    told = made.record()
    if why is not None:
        told["why"] = " ".join(why.split())
    return {"demand": made.counts, "totals": made.totals, "protection": told}


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
