"""The offers that were weighed for a municipality, as HTML: each with why it counts or not."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from coverage.i18n import N_, _, ngettext
from coverage.labels import ANSWER, CERTAINTY, OFFER_TYPE, OUTCOME, PROVEN, TEST
from coverage.open_questions import unplaced_that_matter
from coverage.schema import LONG_TERM_MONTHS
from coverage.status import COORDINATED
from coverage.ui.pieces import filed, heading, link, mark, origin, paragraph
from coverage.vocabulary import (
    LADDER,
    CoverageStatus,
    FigureStatus,
    Framework,
    Function,
    FunctionStatus,
    OfferType,
    Ternary,
)
from coverage.wording import capital, date_words, families_a_year, listed

if TYPE_CHECKING:
    from coverage import Assessment
    from coverage.ui.pieces import Manner

_PLACE = {str(rung): rung.rung for rung in LADDER}
_CLASSIFIED = "classified"
_LONG_NOTE = 120  # characters; what is longer is folded

_SIGNS = {"counts": "✓", "unknown": "?", "does_not_count": "✗"}

_FUNCTION: dict[str, str] = {
    Function.SUPPORT: N_("guidance of the family"),
    Function.ACCEPTANCE: N_("winning acceptance"),
    Function.COORDINATION: N_("care coordination"),
    Function.MOBILISATION: N_("mobilising others"),
}

_FUNCTIONS: dict[str, str] = {
    FunctionStatus.PRESENT: N_("Has: {functions}."),
    FunctionStatus.NOT_DESCRIBED: N_("Not described: {functions}."),
    FunctionStatus.ABSENT: N_("Does not have: {functions}."),
    FunctionStatus.UNKNOWN: N_("Not known: {functions}."),
}

_FRAMEWORK: dict[str, str] = {
    Framework.VOLUNTARY: N_("Voluntary."),
    Framework.COMPULSORY: N_("Compulsory."),
    Framework.BOTH: N_("Both voluntary and compulsory."),
    Framework.UNKNOWN: N_("Voluntary or compulsory: not known."),
}

_LONG_TERM: dict[str, str] = {
    Ternary.YES: N_("Long-term."),
    Ternary.NO: N_("Not long-term."),
    Ternary.UNKNOWN: N_("Long-term: not known."),
}


def offers(assessment: Assessment, gm_code: str, manner: Manner) -> str:
    """Section with the offers that may serve a municipality.

    Parameters
    ----------
    assessment
        What was weighed.
    gm_code
        Code of a municipality of the edition.
    manner
        How to show them.

    Returns
    -------
    str
        HTML; every text that comes from a file is escaped.
    """
    reasons = assessment.reasons(gm_code)
    described = assessment.register.offers.set_index("offer_id")
    months = ["duration_months_min", "duration_months_max"]
    names = ["framework", "framework_basis", "long_term", *months, *map(str, Function)]
    rows = reasons.join(described[[name for name in names if name not in reasons]])
    # One offer alone proves no more than coordination: above it, all of them together decide.
    proven = _PLACE[assessment.municipalities.loc[gm_code, "status_at_least"]]
    rests = rows["rung_at_least"].map(_PLACE) == min(proven, COORDINATED)
    rows = rows.assign(rests=rests & (proven > CoverageStatus.NONE.rung))
    rows = rows.sort_values("rests", ascending=False, kind="stable")
    parts = [heading(_("Offers that were weighed"), manner.level)]
    if rows.empty:
        text = _("The register has no offer that is known to serve this municipality.")
        parts.append(paragraph(text))
    items = [_offer(row, manner) for row in rows.itertuples()]
    if items:
        parts.append(_list(items[: manner.first]))
    if manner.first is not None and items[manner.first :]:
        more = ngettext("{count} more offer", "{count} more offers", len(items[manner.first :]))
        parts.append(_folded(more, _list(items[manner.first :])))
    parts.append(_elsewhere(unplaced_that_matter(assessment, gm_code)))
    return f"<section>{''.join(parts)}</section>"


def _list(items: list[str]) -> str:
    return f"<ul class='offers'>{''.join(items)}</ul>"


def _folded(summary: str, html: str) -> str:
    return f"<details><summary>{escape(summary)}</summary>{html}</details>"


def _elsewhere(count: int) -> str:
    """How many offers may count here too, because nobody knows where they serve."""
    if not count:
        return ""
    text = ngettext(
        "{count} other offer of the register may count here too: it is not known where it serves.",
        "{count} other offers of the register may count here too: it is not known where they "
        "serve.",
        count,
    )
    return paragraph(text, "note")


def _offer(row: Any, manner: Manner) -> str:  # noqa: ANN401 - a row
    provider = f" <small>{escape(row.provider)}</small>" if row.provider else ""
    said = ""
    if row.evidence:
        # A summary by who made the register, not the words of the source.
        said = f"<p class='evidence'>{filed(row.evidence, manner.summaries)}</p>"
    elif row.coordination == FunctionStatus.PRESENT:
        unproven = _("The register says that care coordination is present, without evidence.")
        said = paragraph(unproven, "note")
    # What is proven by a classification is not told without saying so.
    hangs = row.framework_basis == _CLASSIFIED and row.rung_at_least != CoverageStatus.NONE
    kind = paragraph(_nature(row), "functions") if manner.nature or hangs else ""
    change = ""
    if manner.edit_at:
        words = _("Edit “{offer}”", offer=row.offer)
        at = escape(manner.edit_at(str(row.Index)))
        change = f"<p><a href='{at}' target='_self'>{escape(words)}</a></p>"
    return (
        f"<li class='{row.outcome}'><span class='sign' aria-hidden='true'>"
        f"{_SIGNS[row.outcome]}</span><div><strong>{escape(row.offer)}</strong>{provider}"
        f"{_proves(row)}<p>{escape(_why(row))}{mark(row.status)}</p>"
        f"{kind}{paragraph(_functions(row), 'functions')}{said}{_note(row, manner.summaries)}"
        f"<p class='source'>{_source(row)}</p>{change}</div></li>"
    )


def _proves(row: Any) -> str:  # noqa: ANN401
    """What an offer says of the status, and whether the status rests on it."""
    least, most = row.rung_at_least, row.rung_at_most
    possible = _(PROVEN[most])
    if least != CoverageStatus.NONE:
        text = _("Proves: {proven}.", proven=_(PROVEN[least]))
        if most != least:
            more = _("Possibly more: {possible}.", possible=possible)
            text = f"{text} {more}"
    elif most != CoverageStatus.NONE:
        text = _("Proves nothing yet. Possible: {possible}.", possible=possible)
    else:
        text = _("Adds nothing to the status.")
    rests = _("The status rests on this.")
    added = f" <strong>{escape(rests)}</strong>" if row.rests else ""
    return f"<p>{escape(text)}{added}</p>"


def _nature(row: Any) -> str:  # noqa: ANN401
    """In what framework and for how long, and whether the source says so itself."""
    framework, long_term = _(_FRAMEWORK[row.framework]), _(_LONG_TERM[row.long_term])
    if row.framework_basis == _CLASSIFIED:
        framework = _(
            "{statement} (classified so by who made the register).",
            statement=framework.removesuffix("."),
        )
    no_months = math.isnan(row.duration_months_min) and math.isnan(row.duration_months_max)
    if no_months and row.long_term != Ternary.UNKNOWN:
        long_term = _(
            "{statement} (the register gives no number of months).",
            statement=long_term.removesuffix("."),
        )
    short = row.duration_months_max <= LONG_TERM_MONTHS
    long = row.duration_months_min > LONG_TERM_MONTHS
    if (short and row.long_term == Ternary.YES) or (long and row.long_term == Ternary.NO):
        long_term = _(
            "{statement} (The number of months says otherwise, and decides.)", statement=long_term
        )
    return f"{framework} {long_term}"


def _note(row: Any, language: str) -> str:  # noqa: ANN401
    """Remark of who made the register: what was inferred, and from what."""
    if not row.note or row.status == FigureStatus.EXAMPLE:
        return ""
    if len(row.note) <= _LONG_NOTE:
        return f"<p class='source'>{filed(row.note, language)}</p>"
    title = _("Remark in the register")
    body = f"<p>{filed(row.note, language)}</p>"
    return f"<details class='remark'><summary>{escape(title)}</summary>{body}</details>"


def _functions(row: Any) -> str:  # noqa: ANN401
    """The four functions, by what is known of them."""
    sentences = []
    for status, sentence in _FUNCTIONS.items():
        names = [_(name) for key, name in _FUNCTION.items() if getattr(row, key) == status]
        if names:
            sentences.append(_(sentence, functions=listed(names)))
    return " ".join(sentences)


def _why(row: Any) -> str:  # noqa: ANN401
    """Outcome for an offer, with the test that decided it."""
    outcome = capital(_(OUTCOME[row.outcome]))
    if not row.test:
        if math.isnan(row.capacity_share):
            return f"{outcome}."
        return _(
            "{outcome}: room for {families} from this municipality.",
            outcome=outcome,
            families=families_a_year(row.capacity_share, row.capacity_share),
        )
    if row.test == "capacity":
        return _("{outcome}. It is not known for how many families.", outcome=outcome)
    answer = capital(_(ANSWER[row.answer]))
    if row.test == "coordination" and row.coordination == FunctionStatus.NOT_DESCRIBED:
        # "No" would say more than the source does.
        answer = _("The source does not describe it")
    why = f"{outcome}. {_(TEST[row.test])} {answer}."
    if row.offer_type == OfferType.FAMILY_SUPPORT:
        return why
    kind = _(OFFER_TYPE[row.offer_type])
    told = _("Kind of offer: {kind}.", kind=kind)
    return f"{why} {told}"


def _source(row: Any) -> str:  # noqa: ANN401
    source = origin(row.source, row.status)
    host = urlsplit(source).hostname or source
    said = [date_words(row.source_date)] if row.source_date else []
    if row.certainty:
        said.append(_("certainty: {certainty}", certainty=_(CERTAINTY[row.certainty])))
    rest = "".join(f", {escape(text)}" for text in said)
    word = escape(_("Source"))
    return f"{word}: {link(source, host.removeprefix('www.'))}{rest}"
