"""The offers that were weighed for a municipality, as HTML: each with why it counts or not."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from coverage.i18n import N_, _, ngettext
from coverage.labels import ANSWER, CERTAINTY, OUTCOME, TEST
from coverage.open_questions import unplaced_that_matter
from coverage.ui.pieces import filled, heading, hole, in_language, link, mark, paragraph
from coverage.vocabulary import Framework, Function, FunctionStatus, Ternary
from coverage.wording import capital, date_words, families_a_year, listed

if TYPE_CHECKING:
    from coverage import Assessment
    from coverage.ui.pieces import Manner

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
    names = ["framework", "long_term", *map(str, Function)]
    rows = reasons.join(described[[name for name in names if name not in reasons]])
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
        text = _("In the register: {summary}", summary=hole())
        said = (
            f"<p class='evidence'>{filled(text, in_language(row.evidence, manner.summaries))}</p>"
        )
    kind = paragraph(f"{_(_FRAMEWORK[row.framework])} {_(_LONG_TERM[row.long_term])}", "functions")
    return (
        f"<li class='{row.outcome}'><span class='sign' aria-hidden='true'>"
        f"{_SIGNS[row.outcome]}</span><div><strong>{escape(row.offer)}</strong>{provider}"
        f"<p>{escape(_why(row))}{mark(row.status)}</p>"
        f"{kind if manner.nature else ''}{paragraph(_functions(row), 'functions')}{said}"
        f"<p class='source'>{_source(row)}</p></div></li>"
    )


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
    return f"{outcome}. {_(TEST[row.test])} {answer}."


def _source(row: Any) -> str:  # noqa: ANN401
    host = urlsplit(row.source).hostname or row.source
    said = [date_words(row.source_date)] if row.source_date else []
    if row.certainty:
        said.append(_("certainty: {certainty}", certainty=_(CERTAINTY[row.certainty])))
    rest = "".join(f", {escape(text)}" for text in said)
    word = escape(_("Source"))
    return f"{word}: {link(row.source, host.removeprefix('www.'))}{rest}"
