"""Rows of StatLine as it gives them: asked page by page, and kept on disk.

The service is an OData one (version 3): each part of a table is a list of rows in JSON, at most
10,000 an answer.
"""

from __future__ import annotations

import json
import re
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from coverage import _web
from coverage._answers import Answers
from coverage.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from coverage._web import Params

PAGE = 10_000
"""Rows of one answer: the service gives no more."""

MOST_ROWS = 1_000_000
"""Rows of a table; more is no table that is asked for here."""

LARGEST = 64_000_000
"""Bytes of an answer."""

AT_ONCE = 2
"""Requests at once, of all sessions of this process together."""

NO_ANSWER = N_("what comes back is not an answer of StatLine")
REPEATS = N_("it gives the same rows again and again")
STOPPED = N_("it was stopped")

_PLACES = threading.BoundedSemaphore(AT_ONCE)
_TABLE = re.compile(r"[0-9]{5}[A-Za-z]{2,4}")
_NOT_FOUND = 404


class StatlineError(Exception):
    """StatLine gave no usable answer.

    The message says why and what to do, in the language of the context that it was raised in.
    """


class _Page(NamedTuple):
    """Rows of one answer, and whether the service says that there are more."""

    rows: list[Mapping[str, Any]]
    more: bool


class Feed:
    """Asks for rows, and keeps them.

    Parameters
    ----------
    base_url
        Address of the service, with a slash at the end.
    timeout
        Seconds that one request may take.
    cache
        File in which answers are kept; None keeps them in memory only.
    refresh
        Ask everything anew once.
    stop
        Set it, from any thread, to stop after the request that is under way.
    """

    def __init__(
        self,
        base_url: str,
        timeout: float,
        cache: Path | None,
        *,
        refresh: bool,
        stop: threading.Event,
    ) -> None:
        self.service = _web.Service(base_url, timeout, stop.is_set, places=_PLACES, largest=LARGEST)
        self.answers = Answers(cache)
        self._host = urlsplit(base_url).netloc
        # What was kept before this moment is asked again.
        self._since = time.time() if refresh else 0.0
        self._oldest: dict[str, float] = {}

    def rows(self, table_id: str, entity: str, *params: tuple[str, str]) -> list[Mapping[str, Any]]:
        """All rows of a part of a table.

        Parameters
        ----------
        table_id, entity
            For instance ``82975NED`` and ``TypedDataSet``.
        params
            What else is asked; a parameter without a value is left out.

        Raises
        ------
        StatlineError
            If there is no such table, or no usable answer.
        """
        if not _TABLE.fullmatch(table_id):
            raise StatlineError(_no_table(table_id))
        path = f"{table_id}/{entity}"
        question: Params = (("$format", "json"), *(pair for pair in params if pair[1]))
        url = self.service.url_of(path, question)
        kept = self.answers.get(url)
        if kept is None or kept[1] < self._since:
            kept = self._pages(table_id, path, question), time.time()
            # As a whole, so that no table is half of one day and half of another.
            self.answers.put(url, *kept)
        rows, asked = kept
        self._oldest[table_id] = min(asked, self._oldest.get(table_id, asked))
        return rows

    def asked(self, table_id: str) -> str:
        """Day on which the oldest answer on a table was given, as ISO 8601; empty if none."""
        oldest = self._oldest.get(table_id)
        return "" if oldest is None else datetime.fromtimestamp(oldest, UTC).date().isoformat()

    def close(self) -> None:
        """Close connections and file; may be called twice."""
        self.service.close()
        self.answers.close()

    def _pages(self, table_id: str, path: str, question: Params) -> list[Mapping[str, Any]]:
        rows: list[Mapping[str, Any]] = []
        before: list[Mapping[str, Any]] = []
        try:
            while True:
                part = (("$top", str(PAGE)), ("$skip", str(len(rows))))
                page = self.service.fetch(path, (*question, *part), _page)
                if (page.rows and page.rows == before) or len(rows) > MOST_ROWS:
                    raise StatlineError(self._no_answer(REPEATS))
                rows += page.rows
                before = page.rows
                # A link to the next page is not followed: it may lead anywhere.
                if not page.rows or not (page.more or len(page.rows) >= PAGE):
                    return rows
        except _web.NoAnswerError as error:
            unknown = error.status == _NOT_FOUND
            message = _no_table(table_id) if unknown else self._no_answer(str(error))
            raise StatlineError(message) from error
        except _web.StoppedError as error:
            raise StatlineError(self._no_answer(self.service.failure or STOPPED)) from error

    def _no_answer(self, why: str) -> str:
        return _(
            "StatLine at {host} gives no usable answer: {why}. Try again later, or download the "
            "table from the website of CBS yourself.",
            host=self._host,
            why=_(why),
        )


def where(filters: Mapping[str, Sequence[str]]) -> str:
    """Filters in the form of the service.

    Parameters
    ----------
    filters
        By dimension, the keys that are wanted, with the spaces that the service has. What ends in
        ``*`` stands for all that begin so.

    Examples
    --------
    >>> where({"RegioS": ["GM*"], "Perioden": ["2023JJ00"]})
    "(startswith(RegioS,'GM')) and (Perioden eq '2023JJ00')"
    """
    return " and ".join(
        "(" + " or ".join(_one(dimension, key) for key in keys) + ")"
        for dimension, keys in filters.items()
    )


def _one(dimension: str, key: str) -> str:
    quoted = key.replace("'", "''")
    if quoted.endswith("*"):
        return f"startswith({dimension},'{quoted[:-1]}')"
    return f"{dimension} eq '{quoted}'"


def _no_table(table_id: str) -> str:
    return _(
        "StatLine has no table “{table}”. Check the number, for instance 82975NED.",
        table=table_id[:40],
    )


def _page(body: bytes) -> _Page:
    """Rows of an answer in the documented form.

    Raises
    ------
    FailedError
        If it has another form: cut off, a page for people, other keys or types.
    """
    try:
        answer = json.loads(body, parse_constant=_not_json)
        rows = answer["value"]
        more = "odata.nextLink" in answer
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _web.FailedError(NO_ANSWER, again=True) from error
    if not isinstance(rows, list) or not _all_dicts(rows):
        raise _web.FailedError(NO_ANSWER, again=True)
    return _Page(rows, more)


def _all_dicts(rows: Iterable[object]) -> bool:
    return all(isinstance(row, dict) for row in rows)


def _not_json(word: str) -> float:
    raise ValueError(word)
