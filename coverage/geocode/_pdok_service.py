"""Asking the Locatieserver one question, politely, and taking no for an answer."""

from __future__ import annotations

import json
import threading
import time
import zlib
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

import httpx

from coverage.geocode._pdok_hits import FIELDS
from coverage.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from coverage.geocode._pdok_hits import Doc, Params

AT_ONCE = 5
"""Requests at once, of all sessions of this process together."""

TRIES = 4
"""Times that a question is asked before it counts as failed."""

GIVE_UP = 10
"""Failed requests in a row after which the service is left alone."""

REST = 60.0
"""Seconds that it is left alone; a single failure after that is enough again."""

LONGEST_WAIT = 60.0
"""Seconds that one wait may last; a service that asks for more is left alone."""

FIRST_WAIT = 0.5
"""Seconds before a second try; each next wait is twice as long."""

SLOWEST = 5.0
"""Seconds between two requests at most, when the service says that we ask too much."""

LARGEST = 4_000_000
"""Bytes of an answer; more is no answer of this service."""

TOO_SLOW = N_("the answer takes too long")
TOO_LARGE = N_("the answer is too large")
NO_ANSWER = N_("what comes back is not an answer of the Locatieserver")

_AGAIN = {
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}
_SLOTS = threading.BoundedSemaphore(AT_ONCE)
_STEP = 0.1


class NoAnswerError(Exception):
    """The service gave no usable answer to a question."""


class StoppedError(Exception):
    """The question was not asked: the run was stopped, or the service is left alone."""


class _FailedError(Exception):
    """One try failed.

    Parameters
    ----------
    again
        Whether another try may go better.
    wait
        Seconds that the service asks us to wait, if it says so.
    slower
        Whether the service asks for fewer requests.
    """

    def __init__(
        self, why: str, *, again: bool, wait: float | None = None, slower: bool = False
    ) -> None:
        super().__init__(why)
        self.again = again
        self.wait = wait
        self.slower = slower or wait is not None


class Service:
    """The endpoint ``free`` of a Locatieserver.

    Parameters
    ----------
    base_url
        Address of the service, with a slash at the end.
    timeout
        Seconds that one request may take, from begin to end.
    stopped
        Says whether the run was stopped; asked often.

    Attributes
    ----------
    requests : int
        Requests that were sent.
    failure : str
        What went wrong the last time: a key of the message catalogue, or words of the
        system; empty after an answer.
    """

    def __init__(self, base_url: str, timeout: float, stopped: Callable[[], bool]) -> None:
        self.requests = 0
        self.failure = ""
        self._stopped = stopped
        self._timeout = timeout
        self._client = httpx.Client(
            base_url=base_url,
            timeout=timeout,
            # Without TLS (a mirror on this machine) there is no certificate to read lists for.
            verify=base_url.startswith("https:"),
            headers={"User-Agent": "dekkend", "Accept": "application/json"},
            limits=httpx.Limits(max_connections=AT_ONCE),
        )
        self._lock = threading.Lock()
        self._failures = 0
        self._left_alone_until = 0.0
        self._next_start = 0.0
        self._next_slower = 0.0
        self._interval = 0.0

    def url(self, params: Params) -> str:
        """Address of a question: what an answer is kept under."""
        return str(self._client.build_request("GET", "free", params=params).url)

    def ask(self, params: Params) -> list[Doc]:
        """Hits of a question, each with no other fields than `FIELDS`.

        Parameters
        ----------
        params
            The question.

        Raises
        ------
        NoAnswerError
            If no try gave an answer in the documented form.
        StoppedError
            If the run was stopped, or the service has failed too often.
        """
        problem: _FailedError | None = None
        try:
            for tries in range(1, TRIES + 1):
                try:
                    with self._turn():
                        docs = self._once(params)
                except _FailedError as failure:
                    problem = failure
                    self._failed(failure)
                    if not failure.again:
                        break
                    if failure.wait is None and tries < TRIES:
                        self._pause(_backoff(tries, params))
                else:
                    self._succeeded()
                    return docs
        except StoppedError:
            if problem is None or self._stopped():
                raise
        raise NoAnswerError(str(problem)) from problem

    @property
    def left_alone(self) -> bool:
        """Whether the service has failed too often to ask it now."""
        with self._lock:
            return time.monotonic() < self._left_alone_until

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait until this question may be asked, and hold one of the places meanwhile."""
        while not _SLOTS.acquire(timeout=_STEP):
            self._check()
        try:
            with self._lock:
                start = max(time.monotonic(), self._next_start)
                self._next_start = start + self._interval
            self._pause(start - time.monotonic())
            self._check()
            yield
        finally:
            _SLOTS.release()

    def _check(self) -> None:
        if self._stopped() or self.left_alone:
            raise StoppedError

    def _pause(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._check()
            time.sleep(min(left, _STEP))

    def _once(self, params: Params) -> list[Doc]:
        with self._lock:
            self.requests += 1
        end = time.monotonic() + self._timeout
        body = bytearray()
        try:
            with self._client.stream("GET", "free", params=params) as response:
                # A service that sends a byte now and then would never be late for httpx.
                for part in response.iter_bytes():
                    body += part
                    if self._stopped():
                        raise StoppedError
                    if time.monotonic() > end:
                        raise _FailedError(TOO_SLOW, again=True)
                    if len(body) > LARGEST:
                        raise _FailedError(TOO_LARGE, again=False)
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise _FailedError(str(error) or type(error).__name__, again=True) from error
        status = response.status_code
        if status != HTTPStatus.OK:
            wait = _retry_after(response.headers.get("Retry-After", ""))
            raise _FailedError(
                f"HTTP {status}",
                again=status in _AGAIN,
                wait=wait,
                slower=status == HTTPStatus.TOO_MANY_REQUESTS,
            )
        return _docs(bytes(body))

    def _succeeded(self) -> None:
        with self._lock:
            self._failures = 0
            self._interval = self._interval * 0.8 if self._interval > _STEP else 0.0
            self.failure = ""

    def _failed(self, failure: _FailedError) -> None:
        """Count a failure, slow down when we are asked to, and stop when it is enough."""
        now = time.monotonic()
        with self._lock:
            self.failure = str(failure)
            self._failures += 1
            if failure.slower:
                if now >= self._next_slower:  # requests of one moment fail together: once
                    self._interval = min(max(2 * self._interval, 2 * _STEP), SLOWEST)
                wait = min(max(failure.wait or 0.0, self._interval), LONGEST_WAIT)
                self._next_slower = now + wait
                self._next_start = max(self._next_start, now + wait)
            too_long = failure.wait is not None and failure.wait > LONGEST_WAIT
            if too_long or self._failures >= GIVE_UP:
                self._left_alone_until = now + REST
                self._failures = GIVE_UP - 1


def _docs(body: bytes) -> list[Doc]:
    """Hits of an answer in the documented form.

    Raises
    ------
    _FailedError
        If it has another form: cut off, a page for people, other keys or types.
    """
    try:
        answer = json.loads(body)
        found = answer["response"]["numFound"]
        docs = answer["response"]["docs"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _FailedError(NO_ANSWER, again=True) from error
    right = (
        isinstance(found, int)
        and isinstance(docs, list)
        and all(isinstance(doc, dict) for doc in docs)
        and bool(found) == bool(docs)
    )
    if not right:
        raise _FailedError(NO_ANSWER, again=True)
    return [{name: doc[name] for name in FIELDS if name in doc} for doc in docs]


def _retry_after(header: str) -> float | None:
    """Seconds that the header Retry-After asks for (RFC 9110: seconds, or a date)."""
    if header.strip().isdecimal():
        return float(header[:9])
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


def _backoff(tries: int, params: Params) -> float:
    """Seconds before the next try, spread over questions so that they do not come at once."""
    spread = zlib.crc32(repr(params).encode()) / 2**32
    return min(FIRST_WAIT * 2.0 ** (tries - 1) * (0.75 + 0.5 * spread), LONGEST_WAIT)
