"""What is known of one municipality, as HTML: status, figures, reasons, inventory."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from coverage import maps
from coverage.i18n import N_, _, ngettext, number
from coverage.labels import ANSWER, FIGURE_STATUS, OUTCOME, TEST, UNIT
from coverage.vocabulary import Certainty, CoverageStatus, FigureStatus, FunctionStatus
from coverage.wording import capital, date_words, families_a_year, status_sentence

if TYPE_CHECKING:
    import pandas as pd

    from coverage import Assessment, Settings

_SIGNS = {"counts": "✓", "unknown": "?", "does_not_count": "✗"}

_CERTAINTY: dict[str, str] = {
    Certainty.HIGH: N_("high"),
    Certainty.MEDIUM: N_("medium"),
    Certainty.LOW: N_("low"),
    Certainty.UNKNOWN: N_("not known"),
}

_BY_CAPACITY = {CoverageStatus.SHORT_OF_CAPACITY, CoverageStatus.COVERED}
"""Rungs that capacity against demand decides."""


def panel(assessment: Assessment, gm_code: str) -> str:
    """Panel of a municipality.

    Parameters
    ----------
    assessment
        Where its figures come from.
    gm_code
        Code of a municipality of the edition.

    Returns
    -------
    str
        HTML. Every text that comes from a file is escaped, and a source is a link only when
        it is a web address; nothing is loaded until the reader follows it.
    """
    row = assessment.municipalities.loc[gm_code]
    return (
        "<section class='coverage-panel'>"
        f"{_heading(row, assessment.settings)}{_figures(row)}"
        f"{_offers(assessment.reasons(gm_code), elsewhere=len(assessment.unplaced))}"
        f"{_inventory(assessment, gm_code, complete=bool(row['inventory_complete']))}"
        f"{_sources(assessment, row)}</section>"
    )


def _heading(row: pd.Series, settings: Settings) -> str:
    sentence = status_sentence(row["status_at_least"], row["status_at_most"], known=row["known"])
    swatch = maps.swatch(
        CoverageStatus(row["status_at_least"]), certain=row["certain"], known=row["known"]
    )
    return (
        f"<h3>{escape(row['name'])} <small>{escape(str(row['province']))}</small></h3>"
        f"<p class='status'>{swatch}<span>{escape(sentence)}</span></p>"
        f"{_proviso(row, settings)}"
    )


def _proviso(row: pd.Series, settings: Settings) -> str:
    """How certain a certain status is, where it hangs on an estimate of the demand."""
    if not row["certain"] or row["status_at_least"] not in _BY_CAPACITY:
        return ""
    if row["count_status"] != FigureStatus.ESTIMATED:
        return ""
    text = _(
        "“Certain” goes by the range of the demand, which is estimated: it is meant to hold in "
        "{count} of 100 cases.",
        count=number(100 * settings.confidence, 1),
    )
    return f"<p class='note'>{escape(text)}</p>"


def _figures(row: pd.Series) -> str:
    unit = _(UNIT.get(row["count_unit"], row["count_unit"]))
    mark = _mark(row["count_status"])
    rows = [
        (
            _("Demand: families that voluntary support could help"),
            families_a_year(row["demand_low"], row["demand_high"]),
            mark,
        ),
        (
            _("Capacity with care coordination"),
            families_a_year(row["capacity_low"], row["capacity_high"]),
            "",
        ),
        (
            _("Gap: families without care coordination"),
            families_a_year(row["gap_low"], row["gap_high"]),
            mark,
        ),
        (_("Supervision orders imposed"), f"{number(row['imposed'])} {unit}", mark),
        (_("Supervision orders extended"), f"{number(row['extended'])} {unit}", mark),
        (
            _("Residents 0-17"),
            _(
                "{count} in {year}",
                count=number(row["residents_0_17"]),
                year=int(row["residents_0_17_year"]),
            ),
            _mark(row["residents_0_17_status"]),
        ),
    ]
    body = "".join(
        f"<tr><th scope='row'>{escape(name)}</th><td>{escape(value)}{sign}</td></tr>"
        for name, value, sign in rows
    )
    source = _("Orders: {period}.", period=row["count_period"])
    return (
        f"<table class='figures'><tbody>{body}</tbody></table><p class='note'>{escape(source)}</p>"
    )


def _mark(status: str) -> str:
    """Small mark that says where a figure comes from; observed needs none."""
    if status == "observed":
        return ""
    return f" <span class='mark'>{escape(_(FIGURE_STATUS[status]))}</span>"


def _offers(reasons: pd.DataFrame, *, elsewhere: int) -> str:
    """List of the offers; `elsewhere` counts those of which nobody knows where they serve."""
    title = _("Offers that were weighed")
    heading = f"<h4>{escape(title)}</h4>"
    if reasons.empty:
        text = _("The register has no offer that is known to serve this municipality.")
        body = f"<p>{escape(text)}</p>"
    else:
        items = "".join(_offer(row) for row in reasons.itertuples())
        body = f"<ul class='offers'>{items}</ul>"
    if not elsewhere:
        return f"{heading}{body}"
    more = ngettext(
        "{count} offer of the register has an unknown service area, and may serve this "
        "municipality too.",
        "{count} offers of the register have an unknown service area, and may serve this "
        "municipality too.",
        elsewhere,
    )
    return f"{heading}{body}<p class='note'>{escape(more)}</p>"


def _offer(row: Any) -> str:  # noqa: ANN401 - a named tuple of a row
    provider = f"<small>{escape(row.provider)}</small>" if row.provider else ""
    why = _why(row)
    said = ""
    if row.evidence:
        # A summary by who made the register, not the words of the source.
        text = _("In the register: {summary}", summary=row.evidence)
        said = f"<p class='evidence'>{escape(text)}</p>"
    return (
        f"<li class='{escape(row.outcome)}'><span class='sign' aria-hidden='true'>"
        f"{_SIGNS[row.outcome]}</span><div><strong>{escape(row.offer)}</strong> {provider}"
        f"<p>{escape(why)}{_mark(row.status)}</p>{said}"
        f"<p class='source'>{_source(row)}</p></div></li>"
    )


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
    link = _link(row.source, host.removeprefix("www."))
    said = [date_words(row.source_date)] if row.source_date else []
    if row.certainty:
        said.append(_("certainty: {certainty}", certainty=_(_CERTAINTY[row.certainty])))
    rest = "".join(f", {escape(text)}" for text in said)
    word = _("Source")
    return f"{escape(word)}: {link}{rest}"


def _inventory(assessment: Assessment, gm_code: str, *, complete: bool) -> str:
    table = assessment.register.inventory
    mine = table[(table["gm_code"] == gm_code) & (table["edition"] == assessment.edition.year)]
    if complete:
        text = _("Complete: somebody has established that all offers here are in the register.")
    else:
        text = _("Not complete: there may be offers that are not in the register.")
    looks = mine.sort_values("date")
    seen = "".join(
        f"<p class='source'>{escape(date_words(date))}: {escape(source)}</p>"
        for date, source in zip(looks["date"], looks["source"], strict=True)
    )
    title = _("Inventory")
    return f"<h4>{escape(title)}</h4><p>{escape(text)}</p>{seen}"


def _sources(assessment: Assessment, row: pd.Series) -> str:
    """Where the figures come from: published sources by title, others as they were written."""
    published = assessment.edition.sources.set_index("source_id")
    known = cast("dict[str, dict[str, str]]", published.to_dict("index"))
    named = dict.fromkeys(f"{row['count_source']};{row['residents_source']}".split(";"))
    items = []
    for name in filter(None, named):
        if name not in known:
            items.append(f"<li>{escape(name)}</li>")
            continue
        source = known[name]
        items.append(
            f"<li>{_link(source['url'], source['title'])} "
            f"({escape(source['publisher'])}; {escape(source['licence'])})</li>"
        )
    title = _("Sources of the figures")
    return (
        f"<details><summary>{escape(title)}</summary><ul class='sources'>{''.join(items)}</ul>"
        "</details>"
    )


def _link(address: str, text: str) -> str:
    """Link that is followed only when the reader chooses to; plain text if it is no address."""
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return escape(text)
    return (
        f"<a href='{escape(address)}' target='_blank' rel='noopener noreferrer'>{escape(text)}</a>"
    )
