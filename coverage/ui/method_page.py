"""Page on the method: how each figure is made, with which settings, out of which sources."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any, cast

import pandas as pd
import streamlit as st

import coverage
from coverage import comparison, explanations
from coverage.assessment import COUNTRY
from coverage.explanations import counting, measured, protecting, sureness
from coverage.i18n import N_, _, ngettext, number, percent
from coverage.labels import CERTAINTY, UNKNOWN
from coverage.settings import Settings
from coverage.ui import data, settings_form
from coverage.ui.pieces import link, scrolling
from coverage.vocabulary import Certainty
from coverage.wording import capital, date_words, families_a_year, status_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coverage import Assessment, Edition, Register
    from coverage.explanations import Lack, Section, Source
    from coverage.ui.chosen import Choices

SOFTWARE = (
    ("Dekkend", "EUPL-1.2", "https://joinup.ec.europa.eu/collection/eupl/eupl-text-eupl-12"),
    ("Leaflet", "BSD-2-Clause", "https://leafletjs.com"),
    ("Leaflet.markercluster", "MIT", "https://github.com/Leaflet/Leaflet.markercluster"),
    ("Streamlit", "Apache-2.0", "https://streamlit.io"),
)
"""Software that a reader sees at work: name, licence, address."""

COUNTRY_CODE = "NL"
"""Code of the one region of the whole country."""

_DIFFERS = " class='differs'"

_MANY = 12
"""Sources of a register that are named by host; the others are counted together."""


def show(chosen: Choices) -> None:
    """Draw the page.

    Parameters
    ----------
    chosen
        What to show.
    """
    st.title(_("Method and sources"), anchor=False)
    with st.spinner(_("Calculating…")):
        assessment = data.assessment(chosen)
    register, edition = data.register(chosen), assessment.edition
    other = data.edition(next(year for year in coverage.EDITIONS if year != edition.year))
    st.html(_contents())

    _heading("figures")
    st.html(_sections(explanations.sections(assessment, other)))

    _heading("counts")
    st.html(_sections(counting.sections(assessment.settings)))
    st.html(_measured())

    _heading("sureness")
    st.html(_sections(sureness.sections(assessment.settings)))

    _heading("protection")
    st.html(_sections(protecting.protection(assessment)))

    _heading("origin")
    st.html(_sections(protecting.origin()))

    _heading("settings")
    _settings(assessment, chosen)

    _heading("sources")
    st.html(_edition_sources(edition))
    _note(
        _(
            "These tables were cleaned, simplified and carried over to other municipal divisions; "
            "what was estimated is marked so. The tables made out of them may be used under "
            "CC BY 4.0, with the sources named."
        )
    )
    st.html(_register_sources(register))
    _note(
        _(
            "Every offer names the page that it was found on. The register holds facts, in our "
            "own words. The collection falls under EUPL-1.2; the pages belong to their makers."
        )
    )
    st.html(_software())

    _heading("gaps")
    st.html(_lacks(explanations.known_gaps(assessment, register)))


_PARTS = {
    "figures": N_("How each figure is made"),
    "counts": N_("How orders are counted"),
    "sureness": N_("How sure it is"),
    "protection": N_("Protection of small counts"),
    "origin": N_("Tracing a figure, and making it again"),
    "settings": N_("Settings"),
    "sources": N_("Sources and licences"),
    "gaps": N_("What is lacking"),
}


def _contents() -> str:
    """Links to the parts of the page."""
    items = "".join(
        f"<li><a href='#coverage-{key}' target='_self'>{escape(_(title))}</a></li>"
        for key, title in _PARTS.items()
    )
    label = _("On this page")
    return f"<nav class='coverage-contents' aria-label='{escape(label)}'><ul>{items}</ul></nav>"


def _heading(key: str) -> None:
    st.html(f"<span id='coverage-{key}' class='coverage-anchor'></span>")
    st.header(_(_PARTS[key]), anchor=False)


def _lacks(lacks: Sequence[Lack]) -> str:
    items = (
        f"<li>{escape(one.text)}{f'<ul>{_items(one.parts)}</ul>' if one.parts else ''}</li>"
        for one in lacks
    )
    return f"<ul class='coverage-gaps'>{''.join(items)}</ul>"


def _note(text: str) -> None:
    st.html(f"<p class='coverage-note'>{escape(text)}</p>")


def _items(texts: Sequence[str]) -> str:
    return "".join(f"<li>{escape(text)}</li>" for text in texts)


def _sections(sections: Sequence[Section]) -> str:
    return f"<div class='coverage-sections'>{''.join(map(_section, sections))}</div>"


def _section(section: Section) -> str:
    words = "".join(f"<p>{escape(text)}</p>" for text in section.words)
    symbols = "".join(f"<p class='formula'>{formula(text)}</p>" for text in section.symbols)
    meaning = "".join(
        f"<li><span class='sign'>{formula(sign)}</span> {escape(text)}</li>"
        for sign, text in section.meaning
    )
    sources = "".join(f"<li>{_source(source)}</li>" for source in section.sources)
    rows = [
        (_("Source"), sources),
        (_("Assumed"), _items(section.assumed)),
        (_("Not known"), _items(section.unknown)),
        (_("Limits"), _items(section.limits)),
    ]
    details = "".join(
        f"<dt>{escape(name)}</dt><dd><ul>{body}</ul></dd>" for name, body in rows if body
    )
    if symbols:
        title = _("In symbols")
        symbols = f"<h4>{escape(title)}</h4>{symbols}<ul class='meaning'>{meaning}</ul>"
    return (
        f"<section><h3>{escape(section.title)}</h3>"
        f"<div>{words}{symbols}</div><dl>{details}</dl></section>"
    )


def formula(text: str) -> str:
    """Formula as HTML: letters slanted, what follows ``_`` as an index.

    Parameters
    ----------
    text
        As in `coverage.explanations.Section.symbols`.

    Examples
    --------
    >>> formula("G_min = max(0, D)")
    '<var>G</var><sub>min</sub> = max(0, <var>D</var>)'
    """
    slanted = re.sub(r"\b(alpha|[A-Za-z])(?=_|²|\b)", r"<var>\1</var>", escape(text))
    indexed = re.sub(r"_([a-z]+)", r"<sub>\1</sub>", slanted)
    return indexed.replace(" - ", " &minus; ").replace("alpha", "&alpha;")


def _measured() -> str:
    """How often ranges of small areas held, as it was measured: words and a table."""
    table = measured.table()
    title = _("How often these estimates are right")
    words = "".join(f"<p>{escape(text)}</p>" for text in measured.words(table))
    rows = "".join(
        _row(
            [
                escape(capital(_(measured.WORLD[world]))),
                escape(capital(_(measured.METHOD[method]))),
                _least_to_most(least, most, 1),
                _least_to_most(narrowest, widest, 0),
            ]
        )
        for method, world, least, most, narrowest, widest in measured.summary(table).to_numpy()
    )
    headings = [
        _("What is true"),
        _("Shared out"),
        _("Real count within the range"),
        _("Width of the range, as a part of the estimate"),
    ]
    caption = _("Lowest and highest of {count} region sets", count=number(_region_sets(table)))
    return (
        f"<div class='coverage-measured'><h3 class='coverage-subheading'>{escape(title)}</h3>"
        f"{words}{_table(caption, headings, rows)}</div>"
    )


def _region_sets(table: pd.DataFrame) -> int:
    return len(table[["edition", "region_set"]].drop_duplicates())


def _least_to_most(least: float, most: float, decimals: int) -> str:
    ends = percent(least, decimals), percent(most, decimals)
    return escape(_("{low} to {high}", low=ends[0], high=ends[1]))


def _source(source: Source) -> str:
    return link(source.url, source.text) if source.url else escape(source.text)


def _settings(assessment: Assessment, chosen: Choices) -> None:
    st.markdown(
        _(
            "You can change the numbers of the method here, for yourself and for now. Every page "
            "then uses them and says so, and they are in the address: who gets your link sees the "
            "same."
        )
    )
    settings_form.form(assessment.settings)
    title = _("What it does to the figures")
    st.html(f"<h3 class='coverage-subheading'>{escape(title)}</h3>")
    shown = [(COUNTRY, COUNTRY_CODE, _("The whole Netherlands"))]
    if chosen.region:
        name = data.regions(chosen, chosen.region_set).loc[[chosen.region], "region_name"].iloc[0]
        shown.append((chosen.region_set, chosen.region, str(name)))
    for region_set, code, name in shown:
        region = comparison.region_key(region_set, code)
        now, before = (
            (
                data.regions(one, region_set).loc[[code]].iloc[0],
                comparison.statuses(data.assessment(one), [region]).iloc[0],
            )
            for one in (chosen, replace(chosen, settings=Settings()))
        )
        st.html(_effect(effect(now, before), name))


def effect(now: tuple[pd.Series, pd.Series], usual: tuple[pd.Series, pd.Series]) -> pd.DataFrame:
    """Figures of a region with the settings in use beside those with the defaults.

    Parameters
    ----------
    now, usual
        For either a row of what `coverage.Assessment.regions` gives, and the row of the same
        region of what `coverage.comparison.statuses` gives.

    Returns
    -------
    pandas.DataFrame
        Columns figure, now, usual (texts) and differs. Without statuses that do not occur.
    """
    rows = [
        (
            name,
            *(
                families_a_year(row[f"{key}_low"], row[f"{key}_high"])
                for row, _counts in (now, usual)
            ),
        )
        for key, name in (
            ("demand", _("Demand")),
            ("capacity", _("Capacity")),
            ("gap", _("Gap")),
        )
    ]
    rows += [
        (
            _(
                "Municipalities: {status}",
                status=status_words(status, certain=certain, known=status != UNKNOWN),
            ),
            *(number(counts[status, certain]) for _row, counts in (now, usual)),
        )
        for status, certain in now[1].index
        if now[1][status, certain] or usual[1][status, certain]
    ]
    table = pd.DataFrame(rows, columns=["figure", "now", "usual"])
    return table.assign(differs=table["now"] != table["usual"])


def _effect(table: pd.DataFrame, name: str) -> str:
    body = "".join(
        f"<tr{_DIFFERS if differs else ''}><th scope='row'>{escape(figure)}</th>"
        f"<td>{escape(now)}{_changed() if differs else ''}</td><td>{escape(usual)}</td></tr>"
        for figure, now, usual, differs in table.to_numpy()
    )
    return _table(
        name,
        [_("Figure"), _("With the settings that are used now"), _("With the method's defaults")],
        body,
    )


def _changed() -> str:
    word = _("changed")
    return f" <span class='mark'>{escape(word)}</span>"


def _table(caption: str, headings: Sequence[str], body: str) -> str:
    head = "".join(f"<th scope='col'>{escape(text)}</th>" for text in headings)
    table = (
        f"<table class='coverage-sources'><caption><span>{escape(caption)}</span></caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )
    return scrolling(caption, table, kind="coverage-scroll")


def _row(cells: Sequence[str]) -> str:
    """Row of a table; the cells are HTML, the first names the row."""
    first, *others = cells
    return (
        f"<tr><th scope='row'>{first}</th>" + "".join(f"<td>{cell}</td>" for cell in others)
    ) + "</tr>"


def _edition_sources(edition: Edition) -> str:
    rows = cast("list[dict[str, str]]", edition.sources.to_dict("records"))
    return _table(
        _("Municipalities, boundaries, regions, residents and orders"),
        [_("Source"), _("Publisher"), _("Licence"), _("Reference date"), _("Used for")],
        "".join(_edition_source(**row) for row in rows),
    )


def _edition_source(
    *,
    title: str,
    publisher: str,
    url: str,
    licence: str,
    reference_date: str,
    used_for: str,
    **_others: str,
) -> str:
    said = (publisher, _(licence), date_words(reference_date), capital(_(used_for)))
    return _row([link(url, title), *map(escape, said)])


def register_sources(register: Register) -> pd.DataFrame:
    """Offers of a register by the host of their source.

    Parameters
    ----------
    register
        Any register.

    Returns
    -------
    pandas.DataFrame
        Indexed by host (what is no web address by its text, cut off at 60 characters), most
        offers first: offers, first, last (source dates as written, ``""`` if none), and the
        number of offers of each `coverage.vocabulary.Certainty`.
    """
    offers = register.offers
    host = offers["source"].str.extract(r"^https?://(?:www\.)?([^/:?#]+)", expand=False)
    host = host.fillna(offers["source"].str.slice(0, 60)).rename("host")
    dated = offers["source_date"].replace("", pd.NA)
    table = pd.DataFrame(
        {
            "offers": host.groupby(host).size(),
            "first": dated.groupby(host).min().fillna(""),
            "last": dated.groupby(host).max().fillna(""),
        }
    )
    sure = pd.crosstab(host, offers["certainty"])
    table = table.join(sure.reindex(columns=list(map(str, Certainty)), fill_value=0))
    return table.sort_values(["offers"], ascending=False, kind="stable")


def _register_sources(register: Register) -> str:
    table = register_sources(register)
    caption = _("The register: {count} offers by source", count=number(len(register.offers)))
    if register.is_example:
        caption = _("{caption} (example: made up)", caption=caption)
    rest = table.iloc[_MANY:]
    rows = [_register_row(host, row) for host, row in table.iloc[:_MANY].iterrows()]
    if len(rest):
        name = ngettext("{count} other source", "{count} other sources", len(rest))
        rows.append(_register_row(name, _together(rest)))
    rows.append(_register_row(_("All"), _together(table)))
    sure = [_("Certainty: {level}", level=_(CERTAINTY[level])) for level in Certainty]
    return _table(caption, [_("Source"), _("Offers"), _("Dates"), *sure], "".join(rows))


def _together(rows: pd.DataFrame) -> pd.Series[Any]:
    """One row for many."""
    dated = rows[rows["first"] != ""]
    numbers = rows.drop(columns=["first", "last"]).sum().to_dict()
    first = dated["first"].min() if len(dated) else ""
    last = dated["last"].max() if len(dated) else ""
    return pd.Series({**numbers, "first": first, "last": last})


def _register_row(name: object, row: pd.Series) -> str:
    return _row(
        [
            escape(str(name)),
            number(row["offers"]),
            escape(_dates(row["first"], row["last"])),
            *(_part(row[level], row["offers"]) for level in Certainty),
        ]
    )


def _part(count: float, whole: float) -> str:
    share = f" <small>({percent(count / whole)})</small>" if count else ""
    return f"{number(count)}{share}"


def _dates(first: str, last: str) -> str:
    if not first:
        return _("not known")
    if first == last:
        return date_words(first)
    return _("{first} to {last}", first=date_words(first), last=date_words(last))


def _software() -> str:
    rows = "".join(
        _row([link(address, name), escape(licence)]) for name, licence, address in SOFTWARE
    )
    return _table(_("Software"), [_("Part"), _("Licence")], rows)
