"""The words of the field, as enums.

One word, one meaning: tables, settings, screen and exports use these values
and no others. The texts shown for them stand in the message catalogues.
"""

from __future__ import annotations

from enum import StrEnum


class FunctionStatus(StrEnum):
    """What is known of one of the four functions of an offer."""

    PRESENT = "present"
    NOT_DESCRIBED = "not_described"
    ABSENT = "absent"
    UNKNOWN = "unknown"


class Function(StrEnum):
    """The four functions of family support in the letter of 13 July 2010."""

    SUPPORT = "support"
    ACCEPTANCE = "acceptance"
    COORDINATION = "coordination"
    MOBILISATION = "mobilisation"


class Framework(StrEnum):
    """The legal framework in which an offer is given."""

    VOLUNTARY = "voluntary"
    COMPULSORY = "compulsory"
    BOTH = "both"
    UNKNOWN = "unknown"


class Ternary(StrEnum):
    """A statement in three-valued (Kleene) logic."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class OfferType(StrEnum):
    """What kind of programme an offer is.

    Only ``family_support`` counts as an offer of family support. The others
    are kept in the register, and shown apart.
    """

    FAMILY_SUPPORT = "family_support"
    COORDINATION_ONLY = "coordination_only"
    """Coordination or signalling without guidance of the family itself."""
    PROFESSIONAL_COORDINATION = "professional_coordination"
    """Coordinates professionals, not families (escalation)."""
    INFORMAL = "informal"
    """Given by volunteers."""


class ServiceAreaType(StrEnum):
    """How the service area of an offer is written."""

    MUNICIPALITIES = "municipalities"
    REGION = "region"
    RADIUS = "radius"
    COUNTRY = "country"
    UNKNOWN = "unknown"


class Precision(StrEnum):
    """How precisely a location is known."""

    ADDRESS = "address"
    POSTCODE4 = "postcode4"
    PLACE = "place"
    MUNICIPALITY = "municipality"
    UNKNOWN = "unknown"


class Certainty(StrEnum):
    """How sure the maker of a register row is of it."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    UNKNOWN = "unknown"


class FigureStatus(StrEnum):
    """Where a figure or a row comes from."""

    OBSERVED = "observed"
    ESTIMATED = "estimated"
    ENTERED = "entered"
    EXAMPLE = "example"
    SUPPRESSED = "suppressed"
    """Known, and kept back so that no family can be recognised; never of a row of a register."""


class CoverageStatus(StrEnum):
    """The ladder of coverage, worst rung first.

    The order of the members is the order of the ladder; `rung` gives the
    place on it.
    """

    NONE = "none"
    SHORT_TERM_ONLY = "short_term_only"
    WITHOUT_COORDINATION = "without_coordination"
    COORDINATION_NOT_DESCRIBED = "coordination_not_described"
    SHORT_OF_CAPACITY = "short_of_capacity"
    COVERED = "covered"

    @property
    def rung(self) -> int:
        """Place on the ladder: 0 (worst) to 5 (best)."""
        return LADDER.index(self)


LADDER: tuple[CoverageStatus, ...] = tuple(CoverageStatus)
"""The rungs in order, worst first."""


class OfferFilter(StrEnum):
    """A property that the offers that are looked at must be proven to have."""

    VOLUNTARY = "voluntary"
    LONG_TERM = "long_term"
    ASSERTIVE_OUTREACH = "assertive_outreach"
    """*Drang*: support that is voluntary, and insists."""


class RegionSet(StrEnum):
    """The region sets that are shipped with the editions."""

    PROVINCE = "province"
    BUREAU_JEUGDZORG = "bureau_jeugdzorg"
    JEUGDREGIO = "jeugdregio"
    COROP = "corop"
    STUDY = "study"
