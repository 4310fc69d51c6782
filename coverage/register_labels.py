"""What the columns of the register are called on the screen, and the words in them.

Texts to be translated with `_`. What a column means stands in `coverage.schema`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coverage.criteria import CRITERIA
from coverage.i18n import N_, _, number
from coverage.labels import ANSWER, CERTAINTY, FIGURE_STATUS, FUNCTION_STATUS, OFFER_TYPE
from coverage.schema import FrameworkBasis, Layer
from coverage.vocabulary import Framework, Precision, ServiceAreaType

if TYPE_CHECKING:
    from coverage.workspace import Revision

KIND: dict[str, str] = {
    "import": N_("import"),
    "edit": N_("edit"),
    "inventory": N_("inventory"),
    "restore": N_("back to an earlier revision"),
    "merge": N_("two changes together"),
}
"""What made a revision."""

CHANGE: dict[str, str] = {
    "added": N_("added"),
    "changed": N_("changed"),
    "removed": N_("removed"),
}
"""What became of a row."""

TABLE: dict[str, str] = {
    "providers": N_("Organisations"),
    "locations": N_("Addresses"),
    "offers": N_("Offers"),
    "inventory": N_("Inventory"),
}

_SOURCE: dict[str, str] = {
    "source": N_("Source"),
    "source_date": N_("Date of the source"),
    "certainty": N_("How sure are you?"),
    "status": N_("How did this row come about?"),
    "note": N_("Remark"),
}

_EDITION = N_("Municipalities of the year")
_MUNICIPALITY = N_("Municipality")
_ORGANISATION = N_("Organisation")

LABELS: dict[str, dict[str, str]] = {
    "providers": {
        "provider_id": N_("Own short name of the organisation"),
        "name": N_("Name of the organisation"),
        "kvk": N_("KvK number"),
        "website": N_("Website"),
        **_SOURCE,
    },
    "locations": {
        "location_id": N_("Own short name of the address"),
        "provider_id": _ORGANISATION,
        "name": N_("Name of the location"),
        "address": N_("Street and house number"),
        "postcode": N_("Postcode"),
        "place": N_("Town or village"),
        "gm_code": _MUNICIPALITY,
        "edition": _EDITION,
        "x": N_("x (Rijksdriehoek, metres)"),
        "y": N_("y (Rijksdriehoek, metres)"),
        "precision": N_("How precise is the point?"),
        **_SOURCE,
    },
    "offers": {
        "offer_id": N_("Own short name of the offer"),
        "provider_id": _ORGANISATION,
        "location_id": N_("Address"),
        "name": N_("Name of the offer"),
        "offer_type": N_("What kind of offer is it?"),
        "framework": N_("Voluntary or compulsory?"),
        "framework_basis": N_("Who says so?"),
        "long_term": N_("Long-term (more than six months)?"),
        "duration_months_min": N_("Shortest duration (months)"),
        "duration_months_max": N_("Longest duration (months)"),
        "capacity_families": N_("Capacity (families a year)"),
        "capacity_note": N_("What the source says of the capacity"),
        "service_area_type": N_("Where does it serve?"),
        "service_area": N_("Service area"),
        "partial_area": N_("Only a part of these municipalities?"),
        "edition": _EDITION,
        "support": N_("Support of the family"),
        "acceptance": N_("Winning acceptance of help"),
        "coordination": N_("Care coordination"),
        "mobilisation": N_("Mobilising the network and other help"),
        "evidence": N_("Evidence: what the source says of coordination"),
        **{one.column: one.label for one in CRITERIA},
        "assertive_outreach": N_("Assertive outreach (drang)?"),
        "layer": N_("Part of the youth system"),
        "target_group": N_("For which families?"),
        "intensity_hours_week": N_("Hours a week for one family"),
        "caseload_per_worker": N_("Families for one worker at a time"),
        "responsible": N_("Who is answerable for it?"),
        "year_from": N_("Started in"),
        "year_to": N_("Ended in"),
        "first_seen": N_("First seen in"),
        "last_seen": N_("Last seen in"),
        **_SOURCE,
    },
    "inventory": {
        "gm_code": _MUNICIPALITY,
        "edition": _EDITION,
        "date": N_("Looked at on"),
        "source": N_("Source"),
        "complete": N_("Was every offer looked for?"),
        "by": N_("By whom"),
        "status": N_("How did this row come about?"),
        "note": N_("Remark"),
    },
}
"""Label of each column of each table."""

FRAMEWORK: dict[str, str] = {
    Framework.VOLUNTARY: N_("voluntary"),
    Framework.COMPULSORY: N_("compulsory"),
    Framework.BOTH: N_("both"),
    Framework.UNKNOWN: N_("not known"),
}

BASIS: dict[str, str] = {
    FrameworkBasis.STATED: N_("the source"),
    FrameworkBasis.CLASSIFIED: N_("I classified it"),
}

AREA_TYPE: dict[str, str] = {
    ServiceAreaType.MUNICIPALITIES: N_("a list of municipalities"),
    ServiceAreaType.REGION: N_("a region"),
    ServiceAreaType.RADIUS: N_("a circle round the address"),
    ServiceAreaType.COUNTRY: N_("the whole Netherlands"),
    ServiceAreaType.UNKNOWN: N_("not known"),
}

PRECISION: dict[str, str] = {
    Precision.ADDRESS: N_("the address itself"),
    Precision.POSTCODE4: N_("the middle of the postcode area (four digits)"),
    Precision.PLACE: N_("the middle of the town or village"),
    Precision.MUNICIPALITY: N_("the middle of the municipality"),
    Precision.UNKNOWN: N_("not known"),
}

LAYER: dict[str, str] = {
    Layer.LOCAL: N_("local (municipality)"),
    Layer.REGIONAL: N_("regional"),
    Layer.INDICATED: N_("indicated youth care"),
    Layer.SPECIALISED: N_("specialised care"),
    Layer.AWBZ: N_("AWBZ care"),
    Layer.UNKNOWN: N_("not known"),
}

_STATUS = {word: label for word, label in FIGURE_STATUS.items() if word != "mixed"}

WORDS: dict[str, dict[str, str]] = {
    "offer_type": OFFER_TYPE,
    "framework": FRAMEWORK,
    "framework_basis": BASIS,
    "long_term": ANSWER,
    "service_area_type": AREA_TYPE,
    "partial_area": ANSWER,
    **dict.fromkeys(("support", "acceptance", "coordination", "mobilisation"), FUNCTION_STATUS),
    **{one.column: ANSWER for one in CRITERIA},
    "assertive_outreach": ANSWER,
    "layer": LAYER,
    "certainty": CERTAINTY,
    "status": _STATUS,
    "precision": PRECISION,
    "complete": ANSWER,
}
"""Label of each word, by column."""


def label(table: str, column: str) -> str:
    """What a column is called, in the language of this context; the name itself of another one.

    Parameters
    ----------
    table
        Table of the register.
    column
        Its column.
    """
    return _(LABELS.get(table, {}).get(column, "")) or column


def word(column: str, value: str) -> str:
    """Word of a column as it is shown, in the language of this context.

    Parameters
    ----------
    column
        A column of any table of the register.
    value
        Its value; empty is told as not filled in, and what is no word is given back.
    """
    if not value:
        return _("not filled in")
    return _(WORDS.get(column, {}).get(value, "")) or value


def counts(made: Revision) -> str:
    """What a revision did, in the language of this context: ``2 added, 1 changed``.

    Parameters
    ----------
    made
        The revision.
    """
    done = (
        (made.added, _("{count} added", count=number(made.added))),
        (made.changed, _("{count} changed", count=number(made.changed))),
        (made.removed, _("{count} removed", count=number(made.removed))),
    )
    return ", ".join(words for rows, words in done if rows) or _("only the order of the rows")
