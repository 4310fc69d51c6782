"""Points of addresses from the Locatieserver of PDOK, for who asks for it.

The Locatieserver (v3.1) is the public geocoder of the Dutch government; it knows every
address of the register of addresses and buildings (BAG). It needs no key, and sees the
addresses that it is asked for: nothing here is called unless a person says so.

`Pdok.look_up` raises nothing when the service is slow, wrong or away. The rows that got no
point say why, and what was found before is kept.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
import platformdirs

from coverage import _web
from coverage._answers import Answers
from coverage._web import NoAnswerError, StoppedError
from coverage.geocode import _pdok_service
from coverage.geocode._pdok_hits import Address, Finding, Reason, hits, judge, named, questions
from coverage.geocode._pdok_service import Service
from coverage.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from coverage.geocode._pdok_hits import Doc, Params

__all__ = ["BASE_URL", "ENVIRONMENT", "Pdok", "Reason", "default_cache"]

BASE_URL = "https://api.pdok.nl/bzk/locatieserver/search/v3_1/"
"""Address of the service."""

ENVIRONMENT = "DEKKEND_PDOK"
"""Variable that names another address, for instance of a mirror."""

TIMEOUT = 10.0
"""Seconds that one request may take."""

DAYS = 365
"""Days that an answer that settles its question is kept."""

DAYS_OPEN = 30
"""Days that another is kept: addresses are added and mended every day."""

TEXT = (
    "street",
    "house_number",
    "letter",
    "addition",
    "postcode",
    "place",
    "municipality",
    "gm_code",
)
"""Columns that `Pdok.look_up` reads as text; a column that is not there states nothing."""

_POLL = 0.1


def default_cache() -> Path:
    """File in which answers are kept, in the user's folder for such files."""
    return platformdirs.user_cache_path("dekkend", appauthor=False) / "pdok.sqlite"


class Pdok:
    """A client of the Locatieserver; keeps answers on disk. Use it in a ``with`` block.

    It may be used from several threads. All clients of a process together send at most five
    requests at once. After ten failures in a row the service is left alone for a minute.

    Parameters
    ----------
    base_url
        Address of the service; by default what `ENVIRONMENT` says, or else `BASE_URL`.
    cache
        File in which answers are kept; by default `default_cache`.
    keep
        Whether to keep answers on disk at all.
    timeout
        Seconds that one request may take.
    stop
        Set it, from any thread, to stop: what was not asked yet is not asked any more.

    Raises
    ------
    ValueError
        If the address is not one of the web.

    Attributes
    ----------
    stop : threading.Event
        As above.
    """

    def __init__(
        self,
        base_url: str | None = None,
        *,
        cache: Path | str | None = None,
        keep: bool = True,
        timeout: float = TIMEOUT,
        stop: threading.Event | None = None,
    ) -> None:
        self.stop = stop or threading.Event()
        self._closed = threading.Event()
        address = base_url or os.environ.get(ENVIRONMENT) or BASE_URL
        self._base_url = _web.checked(address, ENVIRONMENT)
        self._service = Service(self._base_url, timeout, self._stopped)
        self._answers = Answers((Path(cache) if cache else default_cache()) if keep else None)

    @property
    def base_url(self) -> str:
        """Address of the service that is asked."""
        return self._base_url

    @property
    def requests(self) -> int:
        """Requests that were sent so far."""
        return self._service.requests

    def remarks(self) -> list[str]:
        """What a user should know besides the results, in the language of this context."""
        told = []
        if self._service.failure:
            told.append(
                _(
                    "The address service at {host} does not answer well ({why}). Try again later:"
                    " what it did answer has been kept.",
                    host=urlsplit(self._base_url).netloc,
                    why=_(self._service.failure),
                )
            )
        if self._answers.trouble:
            told.append(
                _(
                    "The answers of the address service cannot be kept in {file} ({why}). They"
                    " will be asked again the next time. If the file is not needed, remove it.",
                    file=self._answers.path,
                    why=_(self._answers.trouble),
                )
            )
        return told

    def look_up(
        self,
        addresses: pd.DataFrame,
        progress: Callable[[int, int], None] | None = None,
    ) -> pd.DataFrame:
        """Points of addresses.

        Parameters
        ----------
        addresses
            One row an address, with columns as `coverage.geocode.address.parse` gives them:
            the ones in `TEXT`, ``pc4`` (for what has no full postcode) and ``po_box`` (bool).
            ``gm_code`` holds the codes of the municipalities of today that the row may mean,
            separated by ``;``; a hit elsewhere is refused. Each different address is asked
            once.
        progress
            Called with the rows done and all rows, in the thread of the caller. What it
            raises stops the run, and is passed on.

        Returns
        -------
        pandas.DataFrame
            By the index of `addresses`: x, y (EPSG:28992, metres; NaN when not found),
            gm_code (of today; empty when not found), found (bool), reason (`Reason`),
            candidates (names of other addresses, separated by ``;``), label (the address as
            the service writes it) and date (day of the answer, ISO 8601).

        Raises
        ------
        RuntimeError
            If the client was closed before.
        """
        if self._closed.is_set():
            raise RuntimeError("this client is closed")
        distinct, which = _distinct(addresses)
        weight = np.bincount(which, minlength=len(distinct))
        findings = [Finding(Reason.NOT_ASKED)] * len(distinct)
        done = 0
        run = _Run(distinct, self._find, self._stopped)
        try:
            for number, finding in run.results():
                findings[number] = finding
                done += int(weight[number])
                if progress is not None:
                    progress(done, len(addresses))
        finally:
            run.abandon()
        return _table(findings, which, addresses.index)

    def close(self) -> None:
        """Stop what runs, and close connections and file; may be called twice."""
        self._closed.set()
        self._service.close()
        self._answers.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_details: object) -> None:
        self.close()

    def _stopped(self) -> bool:
        return self.stop.is_set() or self._closed.is_set()

    def _find(self, address: Address) -> Finding:
        asked = questions(address)
        if asked is None:
            return Finding(Reason.INCOMPLETE)
        exact, like = asked
        try:
            docs, date = self._answer(
                exact, lambda docs: judge(address, docs).reason == Reason.FOUND
            )
        except NoAnswerError:
            return Finding(Reason.FAILED)
        except StoppedError:
            return Finding(Reason.NOT_ASKED)
        finding = judge(address, docs, date)
        if finding.reason != Reason.NOT_FOUND:
            return finding
        # The names of what looks like it help to find the mistake.
        with suppress(NoAnswerError, StoppedError):
            docs, date = self._answer(like, lambda _docs: False)
            finding = replace(finding, candidates=named(hits(docs)))
        return finding

    def _answer(
        self, params: Params, settles: Callable[[Sequence[Doc]], bool]
    ) -> tuple[list[Doc], str]:
        url = self._service.url(params)
        kept = self._answers.get(url)
        if kept is None or not _fresh(*kept, settles):
            kept = self._service.ask(params), time.time()
            self._answers.put(url, *kept)
        docs, asked = kept
        return docs, datetime.fromtimestamp(asked, UTC).date().isoformat()


class _Run:
    """Threads that work through addresses, and hand the findings to one caller.

    They are threads of our own, because a pool waits for requests under way when it is
    stopped, and the interpreter for a pool when it ends.
    """

    def __init__(
        self,
        addresses: list[Address],
        find: Callable[[Address], Finding],
        stopped: Callable[[], bool],
    ) -> None:
        self._waiting = deque(enumerate(addresses))
        self._left = len(addresses)
        self._find = find
        self._stopped = stopped
        self._abandoned = threading.Event()
        self._done: queue.SimpleQueue[tuple[int, Finding] | Exception] = queue.SimpleQueue()
        for number in range(min(_pdok_service.AT_ONCE, len(addresses))):
            threading.Thread(target=self._work, name=f"pdok-{number}", daemon=True).start()

    def results(self) -> Iterator[tuple[int, Finding]]:
        """Number and finding of each address, as they come; ends early when stopped."""
        while self._left:
            try:
                result = self._done.get(timeout=_POLL)
            except queue.Empty:
                if self._stopped():
                    return
                continue
            if isinstance(result, Exception):
                raise result
            self._left -= 1
            yield result

    def abandon(self) -> None:
        """Let the threads end after the request they are in."""
        self._abandoned.set()

    def _work(self) -> None:
        while not self._abandoned.is_set():
            try:
                number, address = self._waiting.popleft()
            except IndexError:
                return
            try:
                self._done.put((number, self._find(address)))
            except Exception as problem:  # noqa: BLE001 - raised again where the caller waits
                self._done.put(problem)


def _distinct(addresses: pd.DataFrame) -> tuple[list[Address], np.ndarray]:
    """Different addresses, and for each row which of them it is."""
    empty = pd.Series("", index=addresses.index)
    parts = pd.DataFrame(
        {name: addresses.get(name, empty).astype("string").fillna("") for name in (*TEXT, "pc4")}
    )
    full = parts["postcode"].ne("")
    parts["postcode"] = parts["postcode"].where(full, parts.pop("pc4"))
    box = addresses.get("po_box", pd.Series(data=False, index=addresses.index))
    parts["po_box"] = box.astype("boolean").fillna(value=False).to_numpy(dtype=bool)
    which = parts.groupby(list(parts.columns), sort=False).ngroup().to_numpy()
    first = parts.drop_duplicates().itertuples(index=False, name=None)
    return [Address(**dict(zip(parts.columns, row, strict=True))) for row in first], which


def _table(findings: list[Finding], which: np.ndarray, index: pd.Index) -> pd.DataFrame:
    rows = [
        (
            finding.hit.x if finding.hit else np.nan,
            finding.hit.y if finding.hit else np.nan,
            finding.hit.gm_code if finding.hit else "",
            finding.hit is not None,
            finding.reason.value,
            finding.candidates,
            finding.hit.label if finding.hit else "",
            finding.date,
        )
        for finding in findings
    ]
    columns = ["x", "y", "gm_code", "found", "reason", "candidates", "label", "date"]
    table = pd.DataFrame(rows, columns=columns)
    table = table.astype({"x": float, "y": float, "found": bool})
    return table.take(which).set_axis(index)


def _fresh(docs: Sequence[Doc], asked: float, settles: Callable[[Sequence[Doc]], bool]) -> bool:
    """Whether an answer that was kept still holds."""
    days = (time.time() - asked) / 86_400
    # A clock that was set back must not keep an answer for ever.
    return -1 < days < DAYS_OPEN or (0 < days < DAYS and settles(docs))
