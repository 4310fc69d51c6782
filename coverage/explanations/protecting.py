"""How small counts are protected, and how every figure can be traced and made again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coverage import provenance
from coverage.disclosure import Rule
from coverage.explanations.section import Section, Source
from coverage.i18n import _, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coverage import Assessment


def protection(assessment: Assessment) -> list[Section]:
    """Explain the protection of small counts.

    Parameters
    ----------
    assessment
        Whose own counts, if there are any, are protected by a rule of their own.

    Returns
    -------
    list of Section
        The rule, what is taken to be known, and where the figures go.
    """
    told = assessment.protection if provenance.is_protected(assessment.protection) else None
    public = told is not None and not told["rule"]
    rule = Rule.model_validate(told["rule"]) if told and not public else Rule()
    now = [_public_words()] if public else _told_words(told) if told else []
    return [_rule(rule, now), _attacker(rule), _leaving(assessment)]


def origin() -> list[Section]:
    """Explain where figures say that they come from, and how they are made again."""
    return [_traced(), _replayed()]


def _rule(rule: Rule, now: Sequence[str]) -> Section:
    return Section(
        key="rule",
        title=_("Which counts are hidden"),
        words=(
            _(
                "A small number may point at a family: who knows of three orders in a village, may "
                "know the names. So small counts that you bring are hidden, for everybody else."
            ),
            *_rule_words(rule),
            *now,
        ),
        symbols=("h - l ≥ w",) if rule.suppress else (),
        meaning=(
            (
                ("h", _("highest number that a hidden small count can be, by all that is shown")),
                ("l", _("lowest number that it can be")),
                ("w", _("width that is promised: {count}", count=number(rule.width))),
            )
            if rule.suppress
            else ()
        ),
        sources=(
            Source(
                _(
                    "The least that must be hidden: Fischetti & Salazar (2001), Management Science "
                    "47, 1008-1027"
                )
            ),
            Source(
                _(
                    "A faster way for large tables: Kelly, Golden & Assad (1992), Networks 22, "
                    "397-417"
                )
            ),
            Source(_("The smallest count and the width are a choice of this tool, and settings")),
        ),
        assumed=(
            _(
                "An estimate that was shared out from a region or the country tells nothing of "
                "one municipality. It stays as it is, marked as an estimate."
            ),
            _(
                "A count that you give as a range at least as wide as is promised, is shown as it "
                "is."
            ),
        ),
    )


def _rule_words(rule: Rule) -> list[str]:
    """What a rule does, a sentence each."""
    base = None if rule.rounding is None else number(rule.rounding)
    if not rule.suppress:
        return [
            _(
                "Everything is rounded to multiples of {base}. The promise is then smaller: nobody "
                "can bound a count closer than the rounding does. Sums that tell more are left "
                "out.",
                base=base,
            )
        ]
    said = [
        _(
            "Hidden are counts of 0 to {most}. In their place stands a range.",
            most=number(rule.threshold - 1),
        )
        if rule.protect_zero
        else _(
            "Hidden are counts of 1 to {most}. In their place stands a range. Zero is shown, "
            "unless you choose otherwise.",
            most=number(rule.threshold - 1),
        ),
        _(
            "That is not enough. If one municipality of a region is hidden and the sum of the "
            "region is shown, the hidden number follows by subtraction. So other counts or sums "
            "are hidden too, over all kinds of regions and the country at once."
        ),
        _(
            "They are chosen so that nobody can bound a hidden small count closer than {width} "
            "(highest less lowest), and so that as little as possible is lost.",
            width=number(rule.width),
        ),
        _(
            "The range that stands in place of a hidden count is the one that anybody can "
            "calculate from all that is shown. So it tells nothing more."
        ),
    ]
    if base is not None:
        said.append(_("All other counts are rounded to multiples of {base}.", base=base))
    return said


def _public_words() -> str:
    return _(
        "The counts that you see now were published by CBS, which has rounded them. Nothing more "
        "is hidden in them."
    )


def _told_words(told: dict[str, Any]) -> list[str]:
    """What was hidden in the counts that are shown now."""
    hidden, audit = told["hidden"], told["audit"]
    said = [
        _(
            "In the counts that you see now, {counts} counts of {municipalities} municipalities "
            "are hidden, and {totals} sums of regions.",
            counts=number(hidden["counts"]),
            municipalities=number(hidden["municipalities"]),
            totals=number(hidden["totals"]),
        )
    ]
    if audit["narrowest"] is not None:
        said.append(
            _(
                "When they were saved, {count} counts were attacked. The narrowest range that came "
                "out: {width}.",
                count=number(audit["attacked"]),
                width=number(audit["narrowest"]),
            )
        )
    return said


def _attacker(rule: Rule) -> Section:
    return Section(
        key="attacker",
        title=_("What somebody is taken to know who wants to find out"),
        words=(
            _(
                "Before anything is shown, it is attacked. A part of the tool that does not know "
                "how the counts were chosen reads what is shown, and calculates for each hidden "
                "count the lowest and the highest number that it can be (a linear programme for "
                "each). If that is too close, more is hidden. If nothing helps, nothing is shown."
            ),
            _(
                "Protection is done once, on the counts, before anything is calculated with them. "
                "Demand, gap, ranks, colours and files are made of what is shown. So a filter, "
                "another kind of region, other settings or two files side by side tell no more."
            ),
        ),
        symbols=("X ≤ L + I", "E ≤ L + I", "L ≤ X + E"),
        meaning=(
            ("X", _("orders extended in the year")),
            ("I", _("orders imposed in a year")),
            ("L", _("orders running when the year begins")),
            ("E", _("orders that ended in the year; these three the law tells to anybody")),
        ),
        assumed=(
            _("All counts and all sums that are shown, of every kind of region and the country."),
            _("This rule and its numbers; that a count is whole, and not below zero.")
            if rule.protect_zero
            else _(
                "This rule and its numbers; that a count is whole, and a hidden one 1 at least."
            ),
            _("The number of residents aged 0-17: there are no more children with an order."),
            _("That what is rounded lies near what is shown."),
        ),
        limits=(
            _(
                "Who knows a hidden count from elsewhere, for instance of their own municipality, "
                "can subtract it. What somebody knows of people in the village is not in it either."
            ),
            _(
                "Each set of counts is protected by itself. Two versions of the same counts, or "
                "two years that follow each other, may tell more together. Publish one version."
            ),
            _(
                "What others publish of the same orders, such as the rounded figures of CBS, is "
                "not taken into account. It may narrow a range."
            ),
            _(
                "The attack calculates with decimals and rounds outward. That counts are whole can "
                "in theory tell a little more."
            ),
            _("Names and notes that you type are not checked."),
        ),
    )


def _leaving(assessment: Assessment) -> Section:
    why = provenance.why_unprotected({"protection": assessment.protection})
    return Section(
        key="leaving",
        title=_("Who sees what"),
        words=(
            _(
                "Everybody sees the protected counts. Who brought them can see them unprotected, "
                "on their own screen only. A link that is shared shows the protected ones."
            ),
            _(
                "Saving and printing are off then, until that person writes why the figures may "
                "leave, and who gets them. Each file keeps those words."
            ),
            *([_("The figures that you see now are not protected: {why}", why=why)] if why else ()),
            _(
                "Protected, not known and zero are three different things, and look different "
                "everywhere."
            ),
        ),
        assumed=(_("The computer on which the counts are kept is in good hands."),),
        limits=(
            _(
                "The counts that you save are kept unprotected in the database of the tool. Who "
                "can read that database, or a backup of it, can read them."
            ),
            _(
                "A file that left the tool unprotected is no longer guarded by it. Neither is a "
                "picture of the screen."
            ),
        ),
    )


def _traced() -> Section:
    return Section(
        key="traced",
        title=_("Where a figure comes from"),
        words=(
            _(
                "The page of a municipality shows how each main figure came about, as a tree: what "
                "it was made of, step by step, down to the sources. What is calculated of the "
                "parts is the figure above them."
            ),
            _(
                "With each figure stand its source, date, unit and status: observed, estimated, "
                "entered, protected or example."
            ),
            _(
                "Each file that leaves the tool holds a record of how it was made: the version, "
                "the year of the municipalities, settings, register, sources, what was protected, "
                "and a fingerprint (SHA-256) of each input and of the table itself."
            ),
        ),
        sources=(Source(_("A rule of this tool")),),
        limits=(
            _(
                "The tree goes down to the source, and says not whether the source is right. For "
                "that, follow its address."
            ),
            _(
                "There is no fingerprint of counts before they were protected: with it, small "
                "numbers could be found out by trying."
            ),
        ),
    )


def _replayed() -> Section:
    return Section(
        key="replayed",
        title=_("A table made again"),
        words=(
            _(
                "With the command “dekkend replay FILE” anybody makes the table of a file again, "
                "out of the record in it: an Excel file, a CSV with its metadata, a saved map or "
                "the record itself."
            ),
            _(
                "Either the answer is “The same table, bit for bit”. Or it says what is not as it "
                "was: which input, or which version."
            ),
            _(
                "Protected counts are in the record, so nothing else is needed for them. Of a "
                "register of your own, and of counts that are not protected, there is only a "
                "fingerprint: give these files again."
            ),
        ),
        assumed=(_("The same version of the tool, and of the packages it calculates with."),),
        limits=(
            _(
                "With other versions the last digits may differ. It is then named as the reason; "
                "the figures on the screen can still be the same."
            ),
        ),
    )
