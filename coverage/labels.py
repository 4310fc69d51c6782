"""What is shown for each word of the vocabulary, to be translated with `_`.

The screen, the command line and the exports all take their words from here, so
that one thing is called one name everywhere.
"""

from __future__ import annotations

from coverage.i18n import N_
from coverage.vocabulary import (
    Certainty,
    CoverageStatus,
    FigureStatus,
    Function,
    FunctionStatus,
    OfferType,
)

UNKNOWN = "unknown"

STATUS: dict[str, str] = {
    CoverageStatus.NONE: N_("no voluntary offer"),
    CoverageStatus.SHORT_TERM_ONLY: N_("only short-term offer"),
    CoverageStatus.WITHOUT_COORDINATION: N_("long-term, without care coordination"),
    CoverageStatus.COORDINATION_NOT_DESCRIBED: N_("care coordination not described"),
    CoverageStatus.SHORT_OF_CAPACITY: N_("care coordination, too little capacity"),
    CoverageStatus.COVERED: N_("covered"),
    UNKNOWN: N_("unknown"),
}
"""The rungs of the ladder, as statements that are certain."""

PROVEN: dict[str, str] = {
    CoverageStatus.NONE: N_("no offer proven, certainly not covered"),
    CoverageStatus.SHORT_TERM_ONLY: N_("voluntary offer"),
    CoverageStatus.WITHOUT_COORDINATION: N_("voluntary, long-term offer"),
    CoverageStatus.COORDINATION_NOT_DESCRIBED: N_(
        "voluntary, long-term offer; care coordination is not described"
    ),
    CoverageStatus.SHORT_OF_CAPACITY: N_("voluntary, long-term offer with care coordination"),
    CoverageStatus.COVERED: N_("enough voluntary, long-term offer with care coordination"),
}
"""What a rung says when it is only the lower end: what is proven, and no more.

The lowest rung is known to be a lower end only where the inventory is complete and no offer
that is possible covers; with less than that, nothing is known.
"""

TEST: dict[str, str] = {
    "offer_type": N_("Is it itself family support (not only coordination or volunteer work)?"),
    "running": N_("Does it run in this year?"),
    "service_area": N_("Does it serve the whole municipality?"),
    "voluntary": N_("Is it voluntary?"),
    "long_term": N_("Is it long-term?"),
    "assertive_outreach": N_("Does it reach out assertively (drang)?"),
    "coordination": N_("Does it include care coordination?"),
    "capacity": N_("Is its capacity known?"),
}
"""The question that each test of `coverage.supply.TESTS` asks."""

FUNCTION: dict[str, str] = {
    Function.SUPPORT: N_("Function: support of the family"),
    Function.ACCEPTANCE: N_("Function: winning acceptance of help"),
    Function.COORDINATION: N_("Function: care coordination"),
    Function.MOBILISATION: N_("Function: mobilising the network and other help"),
}
"""The four functions of the letter."""

FUNCTION_STATUS: dict[str, str] = {
    FunctionStatus.PRESENT: N_("present"),
    FunctionStatus.NOT_DESCRIBED: N_("not described"),
    FunctionStatus.ABSENT: N_("absent"),
    FunctionStatus.UNKNOWN: N_("not known"),
}

ANSWER: dict[str, str] = {"yes": N_("yes"), "no": N_("no"), "unknown": N_("not known")}

OUTCOME: dict[str, str] = {
    "counts": N_("counts for the capacity with care coordination"),
    "unknown": N_("may count for the capacity with care coordination"),
    "does_not_count": N_("does not count for the capacity with care coordination"),
}
"""What came of an offer; what it proves on the ladder is another matter."""

OFFER_TYPE: dict[str, str] = {
    OfferType.FAMILY_SUPPORT: N_("family support"),
    OfferType.COORDINATION_ONLY: N_("coordination only"),
    OfferType.PROFESSIONAL_COORDINATION: N_("coordination of professionals only"),
    OfferType.INFORMAL: N_("help by volunteers"),
}

CERTAINTY: dict[str, str] = {
    Certainty.HIGH: N_("high"),
    Certainty.MEDIUM: N_("medium"),
    Certainty.LOW: N_("low"),
    Certainty.UNKNOWN: N_("not known"),
}
"""How sure the maker of a register is of a row."""

FIGURE_STATUS: dict[str, str] = {
    FigureStatus.OBSERVED: N_("observed"),
    FigureStatus.ESTIMATED: N_("estimated"),
    FigureStatus.ENTERED: N_("entered"),
    FigureStatus.EXAMPLE: N_("example"),
    FigureStatus.SUPPRESSED: N_("protected"),
    "mixed": N_("mixed"),
}

RESTS_ON: dict[str, str] = {
    **FIGURE_STATUS,
    # What follows from counts was observed, or entered, by nobody.
    FigureStatus.OBSERVED: N_("calculated from counts"),
    FigureStatus.ENTERED: N_("calculated from entered numbers"),
    FigureStatus.SUPPRESSED: N_("from protected numbers"),
}
"""What is said of a figure that was calculated from counts of a status."""

UNIT: dict[str, str] = {
    "children": N_("children"),
    "families": N_("families"),
    "measures": N_("measures"),
    "orders": N_("orders"),
    "mixed": N_("different units"),
}
"""What a count of orders counts."""

REGION_SET: dict[str, str] = {
    "country": N_("Whole country"),
    "province": N_("Province"),
    "bureau_jeugdzorg": N_("Bureau Jeugdzorg region"),
    "jeugdregio": N_("Youth region"),
    "corop": N_("COROP region"),
    "study": N_("Study region"),
}

COLUMN: dict[str, str] = {
    "gm_code": N_("Code"),
    "name": N_("Municipality"),
    "province": N_("Province"),
    "region_code": N_("Code"),
    "region_name": N_("Region"),
    "region_status": N_("Selection"),
    "municipalities": N_("Municipalities"),
    "residents_0_17": N_("Residents 0-17"),
    "imposed": N_("Orders imposed"),
    "extended": N_("Orders extended"),
    "imposed_low": N_("Orders imposed, low"),
    "imposed_high": N_("Orders imposed, high"),
    "extended_low": N_("Orders extended, low"),
    "extended_high": N_("Orders extended, high"),
    "count_status": N_("Status of the counts"),
    "demand_low": N_("Demand, low"),
    "demand_high": N_("Demand, high"),
    "capacity_low": N_("Capacity, low"),
    "capacity_high": N_("Capacity, high"),
    "gap_low": N_("Gap, low"),
    "gap_high": N_("Gap, high"),
    "coordinators_low": N_("Coordinators needed, low"),
    "coordinators_high": N_("Coordinators needed, high"),
    "status_at_least": N_("At least"),
    "status_at_most": N_("At most"),
    "certain": N_("Certain"),
    "share_unknown": N_("Share unknown"),
}
"""Headings of the columns of an assessment, as people read them."""
