"""How sure a figure is: many draws, ranks, and what moves a gap most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coverage.explanations.section import Section, Source, share
from coverage.i18n import _, number
from coverage.uncertainty import DRAWS, SEED

if TYPE_CHECKING:
    from coverage import Settings


def sections(settings: Settings) -> list[Section]:
    """Explain what is said of chance.

    Parameters
    ----------
    settings
        Those of the assessment that is shown.

    Returns
    -------
    list of Section
        Draws, ranks, what moves a gap.
    """
    return [_draws(settings), _ranks(settings), _moves()]


def _draws(settings: Settings) -> Section:
    return Section(
        key="draws",
        title=_("Many draws"),
        words=(
            _(
                "A range says how far a figure may lie. To see how likely that is, the demand of "
                "every municipality is drawn {count} times, like throwing dice. Each draw gives "
                "one possible country, and a gap for each region in it.",
                count=number(DRAWS),
            ),
            _(
                "The share of extended orders is drawn from the range of the letter, {low} to "
                "{high}: each value is as likely as another, and one value holds for the whole "
                "country.",
                low=share(settings.share_extended_low),
                high=share(settings.share_extended_high),
            ),
            _(
                "An estimated count is drawn from the range of its source, and then by chance "
                "(Poisson). Municipalities with the same source lie at the same point of that "
                "range: if the source is too low, it is too low for all of them."
            ),
            _(
                "A count that was shared out from a region is drawn round its estimate, so that "
                "its own range holds in {share} of the draws.",
                share=share(settings.confidence),
            ),
            _(
                "A protected count is drawn evenly from its range. Where the sum of a region is "
                "published, the draws are moved to that sum."
            ),
            _(
                "Capacity that is not known is not drawn: whether there is an offer that nobody "
                "knows of is no matter of chance. So each draw gives two gaps: one with all "
                "capacity that is possible, and one with only what is proven."
            ),
        ),
        symbols=(
            "D = f · (a · I + b · X)",
            "G_min = Σ max(0, D - C_max)",
            "G_max = Σ max(0, D - C_min)",
        ),
        meaning=(
            ("D", _("demand of a municipality in a draw")),
            ("I", _("orders imposed and, as X, orders extended: drawn")),
            ("b", _("share of the extended orders: drawn; a, of the imposed orders, is fixed")),
            ("f", _("families behind one of what was counted")),
            ("G", _("gap of the region")),
            ("C", _("capacity: not drawn; Σ is the sum over the municipalities of the region")),
        ),
        sources=(
            Source(
                _(
                    "Two gaps for each draw (a probability box): Ferson and others (2003), Sandia "
                    "National Laboratories, SAND2002-4015"
                )
            ),
        ),
        assumed=(
            _("Within its range each share, and each point of a source, is as likely as another."),
            _("How capacity is shared over municipalities is a rule, the same in each draw."),
            _(
                "The share of the imposed orders, the families behind an order and the caseload "
                "are fixed. Scenarios show what they do."
            ),
        ),
        unknown=(
            _("How likely capacity is that nobody has seen."),
            _("How likely the values in the range of the letter are: it does not say."),
        ),
        limits=(
            _(
                "The draws are the same each time (seed {seed}), so two people get the same "
                "figures. Another seed gives figures that differ slightly.",
                seed=str(SEED),
            ),
        ),
    )


def _ranks(settings: Settings) -> Section:
    return Section(
        key="ranks",
        title=_("Which region is worst"),
        words=(
            _(
                "In each draw the gaps of the regions are laid beside each other: the gap itself, "
                "or the gap for each 1,000 residents aged 0-17."
            ),
            _(
                "A region is worst for sure if its least gap is above the greatest gap of all "
                "others. It may be worst if its greatest gap is not below the least gap of any "
                "other. “Worst in 20% to 60%” means: in 20% of the draws for sure, in 60% perhaps."
            ),
            _(
                "Of two regions one is called worse only if that is so in at least {share} of the "
                "draws, whatever the capacity is. If that holds for no two regions, the screen "
                "says that no order can be given.",
                share=share(settings.confidence),
            ),
        ),
        symbols=("w_min = P(G_min > H_max)", "w_max = P(G_max ≥ H_min)"),
        meaning=(
            ("w", _("how often the region is worst")),
            ("P", _("share of the draws in which this is so")),
            ("G", _("gap of the region")),
            ("H", _("greatest gap of the other regions")),
        ),
        sources=(Source(_("A rule of this tool; the certainty is a choice of this tool too")),),
        assumed=(_("The regions are compared in the same draws, so with the same shares."),),
        unknown=(
            _(
                "What the order would be if all capacity were known. The supposition that there is "
                "no more than is proven is shown apart, and named so."
            ),
        ),
    )


def _moves() -> Section:
    return Section(
        key="moves",
        title=_("What moves the gap most"),
        words=(
            _(
                "One thing at a time is put at its lowest and at its highest value, while all "
                "others stay in the middle (capacity: what is proven). How far the gap moves is "
                "the length of the bar. The longest bar is on top."
            ),
            _(
                "The longest bar shows what is worth finding out first: often the capacity that "
                "nobody has asked for yet."
            ),
        ),
        symbols=("S = G(h) - G(l)",),
        meaning=(
            ("S", _("how far the gap moves")),
            ("G", _("gap, with one thing at that value and all others in the middle")),
            ("h", _("highest value of one thing; l is its lowest value")),
        ),
        sources=(Source(_("One at a time (a tornado diagram)")),),
        limits=(
            _(
                "The bars do not add up to the whole range: things that move together do more, or "
                "less, than each by itself."
            ),
        ),
    )
