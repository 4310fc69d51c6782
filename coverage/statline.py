"""Tables of CBS StatLine, for who asks for them.

StatLine is the database of Statistics Netherlands (CBS); its open data service (OData v3) needs
no key. It is asked which table, which period and which columns; nothing of the user goes with
it, and nothing here is called unless a person says so. What was answered is kept on disk: a
question is asked once, until the user asks for it anew.

Counts of protection measures are rounded to multiples of 5 there, and small counts are not
told: they stay unknown, and are never taken for zero.
"""

from __future__ import annotations

import os
import re
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
import platformdirs

from coverage import _statline_tables as contents
from coverage import _web
from coverage._statline_feed import Feed, StatlineError, where
from coverage._statline_tables import ChangedError
from coverage.demand_input import bound_extended
from coverage.editions import EDITIONS, Edition, load_edition
from coverage.faults import Fault
from coverage.i18n import N_, _
from coverage.schema import DemandUnit
from coverage.vocabulary import FigureStatus
from coverage.wording import date_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["BASE_URL", "ENVIRONMENT", "PROTECTION", "RESIDENTS", "Statline", "StatlineError"]

BASE_URL = "https://opendata.cbs.nl/ODataApi/odata/"
"""Address of the service."""

ENVIRONMENT = "DEKKEND_STATLINE"
"""Variable that names another address, for instance of a mirror."""

PROTECTION = "82975NED"
"""Protection measures by municipality, per year and half-year."""

RESIDENTS = ("03759ned", "70072ned")
"""Residents by municipality: by year of age, and in bands of five years."""

TIMEOUT = 60.0
"""Seconds that one request may take: a large table takes its time."""

NEWEST = 6
"""Periods that are named when the one asked for does not exist."""

MUNICIPALITIES = "GM*"
"""Filter of the regions that are municipalities."""

_YEAR = re.compile(r"[0-9]{4}")
_PERIOD = re.compile(r"[0-9]{4}(?:JJ00|HJ0[12])")
_WORDS = {
    contents.PROVISIONAL: N_("provisional"),
    contents.REVISED: N_("revised, still provisional"),
}


def default_cache() -> Path:
    """File in which answers are kept, in the user's folder for such files."""
    return platformdirs.user_cache_path("dekkend", appauthor=False) / "statline.sqlite"


def what_is_asked(table_id: str, period: str) -> str:
    """What will be asked of whom, for the user to read beforehand.

    Parameters
    ----------
    table_id
        For instance `PROTECTION`.
    period
        For instance ``2023JJ00``.

    Returns
    -------
    str
        In the language of this context.
    """
    told = _(
        "{host} is asked for table {table}, period {period}, all municipalities. Nothing of your "
        "own data is sent. Like any website, it sees the network address of this computer.",
        host=urlsplit(_address()).netloc,
        table=table_id,
        period=period,
    )
    if table_id != PROTECTION:
        return told
    also = _(
        "If municipalities have merged since, it is asked for the residents too (table {table}).",
        table=RESIDENTS[0],
    )
    return f"{told} {also}"


def _address() -> str:
    return os.environ.get(ENVIRONMENT) or BASE_URL


class Statline:
    """A client of StatLine; keeps answers on disk. Use it in a ``with`` block.

    All clients of a process together send at most two requests at once.

    Parameters
    ----------
    base_url, cache, keep, timeout
        As for `coverage.geocode.pdok.Pdok`.
    refresh
        Ask everything anew, and keep that.
    stop
        Set it, from any thread, to stop after the request that is under way.

    Raises
    ------
    ValueError
        If the address is not one of the web.
    """

    def __init__(
        self,
        base_url: str | None = None,
        *,
        cache: Path | str | None = None,
        keep: bool = True,
        refresh: bool = False,
        timeout: float = TIMEOUT,
        stop: threading.Event | None = None,
    ) -> None:
        self.stop = stop or threading.Event()
        self._base_url = _web.checked(base_url or _address(), ENVIRONMENT)
        file = (Path(cache) if cache else default_cache()) if keep else None
        self._feed = Feed(self._base_url, timeout, file, refresh=refresh, stop=self.stop)

    @property
    def base_url(self) -> str:
        """Address of the service that is asked."""
        return self._base_url

    @property
    def requests(self) -> int:
        """Requests that were sent so far."""
        return self._feed.service.requests

    def remarks(self) -> list[str]:
        """What a user should know besides the results, in the language of this context."""
        answers = self._feed.answers
        if not answers.trouble:
            return []
        return [
            _(
                "The answers of StatLine cannot be kept in {file} ({why}). They will be asked "
                "again the next time. If the file is not needed, remove it.",
                file=answers.path,
                why=_(answers.trouble),
            )
        ]

    def info(self, table_id: str) -> dict[str, Any]:
        """What a table says of itself: ``Title``, ``Summary``, ``Modified``, and more.

        Parameters
        ----------
        table_id
            For instance `PROTECTION`.

        Raises
        ------
        StatlineError
            If there is no such table, or no answer.
        """
        rows = self._feed.rows(table_id, "TableInfos")
        if not rows:
            raise _changed(table_id, "TableInfos")
        return dict(rows[0])

    def columns(self, table_id: str) -> pd.DataFrame:
        """Columns of a table; see `coverage._statline_tables.topics`."""
        try:
            return contents.topics(self._feed.rows(table_id, "DataProperties"))
        except ChangedError as error:
            raise _changed(table_id, f"DataProperties: {error}") from error

    def categories(self, table_id: str, dimension: str) -> pd.DataFrame:
        """What a dimension of a table distinguishes.

        Parameters
        ----------
        table_id
            For instance `PROTECTION`.
        dimension
            Key of the dimension, for instance ``Perioden``.

        Returns
        -------
        pandas.DataFrame
            Indexed by key without the spaces around it: raw (key as the service has it), title,
            and mark (``*`` provisional, ``**`` revised but provisional, empty otherwise).

        Raises
        ------
        StatlineError
            If there is no answer, or not in the documented form.
        """
        rows = self._feed.rows(table_id, dimension)
        try:
            return contents.categories(rows)
        except ChangedError as error:
            raise _changed(table_id, f"{dimension}: {error}") from error

    def table(
        self,
        table_id: str,
        filters: Mapping[str, Sequence[str]] | None = None,
        topics: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """Rows of a table.

        Parameters
        ----------
        table_id
            For instance `PROTECTION`.
        filters
            By key of a dimension, the keys that are wanted (``raw`` of `categories`). A key that
            ends in ``*`` stands for all that begin so: ``GM*``.
        topics
            Keys of the columns that are wanted; all by default.

        Returns
        -------
        pandas.DataFrame
            One row a combination of the dimensions, whose keys have no spaces around them.
            Numbers are float, NaN for what CBS does not tell; ``mark`` holds the mark of the
            period. ``attrs`` has table, title, modified (as CBS writes it) and asked (day of the
            answer, ISO 8601).

        Raises
        ------
        StatlineError
            If there is no such table or no answer, or it is not as the table says of itself.
        """
        columns = self.columns(table_id)
        dimensions = list(columns.index[columns["kind"].str.endswith("Dimension")])
        wanted = columns[columns["kind"].eq("Topic")] if topics is None else columns.loc[[*topics]]
        select = ",".join([*dimensions, *wanted.index])
        conditions = where(filters or {})
        rows = self._feed.rows(
            table_id, "TypedDataSet", ("$filter", conditions), ("$select", select)
        )
        try:
            table = contents.typed(rows, dimensions, wanted)
        except ChangedError as error:
            raise _changed(table_id, str(error)) from error
        table["mark"] = ""
        for time in columns.index[columns["kind"].eq("TimeDimension")]:
            table["mark"] = table[time].map(self.categories(table_id, time)["mark"]).fillna("")
        about = self.info(table_id)
        table.attrs |= {
            "table": table_id,
            "title": str(about.get("Title", "")).strip(),
            "modified": str(about.get("Modified", "")),
            "asked": self._feed.asked(table_id),
        }
        return table

    def protection_measures(self, period: str, edition: Edition | None = None) -> pd.DataFrame:
        """Supervision orders per municipality as the calculation takes them.

        As `orders`, with what follows of the orders extended from those running and ended (see
        `coverage.demand_input.bound_extended`): rows of which that is known are estimated.
        """
        return bound_extended(self.orders(period, edition))

    def orders(self, period: str, edition: Edition | None = None) -> pd.DataFrame:
        """Supervision orders per municipality, from table `PROTECTION`.

        Parameters
        ----------
        period
            ``2023JJ00`` or ``2023`` for a year, ``2023HJ01`` for a half-year.
        edition
            Municipal division to give them in; the newest by default.

        Returns
        -------
        pandas.DataFrame
            Counts indexed by gm_code, with bounds: imposed (begun in the period), extended (not
            in the table: NaN), running (when it begins) and ended (in it); count_status
            (observed; estimated where a municipality was divided since), unit (measures),
            period, source, mark. ``attrs["warnings"]`` holds what the user should know.

        Raises
        ------
        StatlineError
            If there is no answer or no such period, or the table has changed.
        """
        edition = edition or load_edition(max(EDITIONS))
        columns = self.columns(PROTECTION)
        try:
            found = contents.order_topics(columns)
        except ChangedError as error:
            raise _changed(PROTECTION, str(error)) from error
        key, about = self._period(PROTECTION, columns, period)
        table = self._municipalities(PROTECTION, columns, key, list(found.values()), {})
        if table.isna().all(axis=None):
            raise _no_figures(PROTECTION, about["title"])
        counts = contents.measures(table, found)
        step = counts.attrs["step"]
        counts = self._in_edition(counts, edition, key)
        counts[["extended", "extended_low", "extended_high"]] = np.nan
        counts["count_status"] = _status(counts.pop("estimated"))
        counts["unit"] = DemandUnit.MEASURES.value
        counts["period"] = about["title"]
        counts["source"] = self._source(PROTECTION, about, step)
        counts["mark"] = about["mark"]
        counts.attrs = {"warnings": tuple(_doubts(counts, columns, edition, key, step))}
        return counts

    def residents_0_17(
        self, edition: Edition, period: str, table_id: str = RESIDENTS[0]
    ) -> pd.DataFrame:
        """Residents below 18 per municipality, on 1 January.

        Parameters
        ----------
        edition
            Municipal division to give them in.
        period
            ``2025JJ00`` or ``2025``.
        table_id
            One of `RESIDENTS`. The second has bands of five years: three fifths of those of 15 to
            19 are taken, and the figure is estimated.

        Returns
        -------
        pandas.DataFrame
            Indexed by gm_code: residents_0_17, residents_0_17_year, residents_0_17_status
            (observed or estimated), source, mark.

        Raises
        ------
        StatlineError
            If there is no answer or no such period, or the table has changed.
        """
        columns = self.columns(table_id)
        key, about = self._period(table_id, columns, period)
        youth, exact = self._youth(table_id, columns, key)
        if youth.isna().all():
            raise _no_figures(table_id, about["title"])
        table = self._in_edition(youth.rename("residents_0_17").to_frame(), edition, key)
        table["residents_0_17_year"] = int(key[:4])
        table["residents_0_17_status"] = _status(table.pop("estimated") | (not exact))
        table["source"] = self._source(table_id, about, 1)
        table["mark"] = about["mark"]
        return table

    def close(self) -> None:
        """Close connections and file; may be called twice."""
        self._feed.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_details: object) -> None:
        self.close()

    # --- parts of both tables ----------------------------------------------

    def _period(
        self, table_id: str, columns: pd.DataFrame, period: str
    ) -> tuple[str, dict[str, str]]:
        """Key of a period, and what the table says of it."""
        asked = period.strip().upper()
        key = f"{asked}JJ00" if _YEAR.fullmatch(asked) else asked
        periods = self.categories(table_id, _only(table_id, columns, "TimeDimension"))
        if key not in periods.index or not _PERIOD.fullmatch(key):
            known = [name for name in periods.index if _PERIOD.fullmatch(str(name))]
            raise StatlineError(
                _(
                    "Table {table} has no period “{period}”. Its newest ones are: {periods}.",
                    table=table_id,
                    period=period[:20],
                    periods=", ".join(sorted(known)[-NEWEST:]),
                )
            )
        return key, {name: str(periods[name][key]) for name in ("title", "mark")}

    def _municipalities(
        self,
        table_id: str,
        columns: pd.DataFrame,
        period: str,
        topics: Sequence[str],
        filters: Mapping[str, Sequence[str]],
    ) -> pd.DataFrame:
        """Numbers by municipality; by the other dimensions too when `filters` names them."""
        place, time = (_only(table_id, columns, f"{kind}Dimension") for kind in ("Geo", "Time"))
        others = columns.index[columns["kind"].eq("Dimension")]
        if set(others) != set(filters):
            raise _changed(table_id, ", ".join(others) or ", ".join(filters))
        wanted = {place: [MUNICIPALITIES], time: [period], **filters}
        table = self.table(table_id, wanted, topics)
        return table.set_index([place, *filters])[[*topics]].rename_axis(index={place: "gm_code"})

    def _youth(self, table_id: str, columns: pd.DataFrame, key: str) -> tuple[pd.Series, bool]:
        """Residents below 18 by the codes of that year, and whether they were counted so."""
        others = columns.index[columns["kind"].eq("Dimension")]
        filters: dict[str, list[str]] = {}
        shares: dict[str, float] = {}
        ages = ""
        for name in others:
            here = self.categories(table_id, name)
            parts = contents.youth_shares(here["title"])
            if parts and not ages:
                ages, shares = name, parts
                filters[name] = here.loc[list(parts), "raw"].tolist()
            else:
                whole = here.index[here["title"].str.casefold().str.startswith("totaal")][:1]
                filters[name] = here.loc[whole, "raw"].tolist()
        try:
            topics = contents.resident_topics(columns, by_age=not ages)
        except ChangedError as error:
            raise _changed(table_id, str(error)) from error
        if not all(filters.values()):
            raise _changed(table_id, ", ".join(others))
        table = self._municipalities(table_id, columns, key, list(topics), filters)
        weights = pd.Series(shares or topics)
        exact = bool(weights.eq(1).all())
        if not ages:
            return table.mul(weights).sum(axis=1, skipna=False), exact
        counts = table[next(iter(topics))]
        weighted = counts * counts.index.get_level_values(ages).map(weights.to_dict())
        # A band that is not told makes the sum unknown.
        return weighted.groupby(level="gm_code").sum(min_count=len(weights)), exact

    def _in_edition(self, counts: pd.DataFrame, edition: Edition, period: str) -> pd.DataFrame:
        """Numbers by the codes of an edition."""
        there = counts.index
        if not there.isin(edition.demand.index).all():
            # The table has municipalities of all years: what CBS does not tell of one that existed
            # then is unknown, and one that did not exist then had nothing.
            told = counts.index[counts.notna().any(axis=1)]
            columns = self.columns(RESIDENTS[0])
            then, _exact = self._youth(RESIDENTS[0], columns, f"{period[:4]}JJ00")
            there = then.index[then.notna()].union(told)
        found = contents.carry(counts.reindex(there), contents.shares_to(list(there), edition))
        every = found.index.union(counts.index.intersection(edition.demand.index))
        split = found.pop("estimated").reindex(every, fill_value=False)
        return found.reindex(every).assign(estimated=split).rename_axis("gm_code")

    def _source(self, table_id: str, about: Mapping[str, str], step: int) -> str:
        parts = [f"CBS StatLine {table_id}", about["title"]]
        mark = about["mark"]
        if mark:
            parts.append(_(_WORDS[mark]))
        if step > 1:
            parts.append(_("rounded to {step}", step=step))
        parts.append(_("asked on {date}", date=date_words(self._feed.asked(table_id))))
        return ", ".join(parts)


def _only(table_id: str, columns: pd.DataFrame, kind: str) -> str:
    """The one dimension of a kind."""
    names = columns.index[columns["kind"].eq(kind)]
    if len(names) != 1:
        raise _changed(table_id, kind)
    return str(names[0])


def _status(estimated: pd.Series[bool]) -> np.ndarray:
    return np.where(estimated, FigureStatus.ESTIMATED.value, FigureStatus.OBSERVED.value)


def _doubts(
    counts: pd.DataFrame, columns: pd.DataFrame, edition: Edition, period: str, step: int
) -> Iterator[Fault]:
    """What a user should know of the counts."""

    def doubt(message: str, **params: object) -> Fault:
        return Fault(PROTECTION, None, "", "", message, params, severity="warning")

    if not period.endswith("JJ00"):
        yield doubt(
            N_(
                "These are counts of half a year. The calculation takes them for a whole year: "
                "choose a year if there is one."
            )
        )
    if not columns["path"].str.contains("voorlopige ondertoezichtstelling").any():
        yield doubt(
            N_(
                "The table does not tell provisional orders from other supervision orders: the "
                "numbers may hold both."
            )
        )
    if step > 1:
        yield doubt(N_("CBS rounds these counts to multiples of {step}."), step=step)
    unknown = int(counts["imposed"].isna().sum())
    unknown += len(edition.demand.index.difference(counts.index))
    if unknown:
        yield doubt(
            N_(
                "Municipalities of which CBS does not tell how many orders began: {count}. There "
                "are few, or it does not know. That is not the same as none."
            ),
            count=unknown,
        )


def _no_figures(table_id: str, period: str) -> StatlineError:
    return StatlineError(
        _(
            "Table {table} has no figures of municipalities for {period}. Choose another period.",
            table=table_id,
            period=period,
        )
    )


def _changed(table_id: str, what: str) -> StatlineError:
    return StatlineError(
        _(
            "Table {table} of StatLine is not as expected ({what}). It may have changed: download "
            "it from the website of CBS, and enter the counts as a file.",
            table=table_id,
            what=what[:200],
        )
    )
