"""Asking a web service one question, politely, and taking no for an answer."""

from __future__ import annotations

import threading
import time
import zlib
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import httpx

from coverage.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Params: TypeAlias = "tuple[tuple[str, str], ...]"
T = TypeVar("T")

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

TOO_SLOW = N_("the answer takes too long")
TOO_LARGE = N_("the answer is too large")
NOT_REACHED = N_("it cannot be reached; is there a connection to the internet?")
NOT_TRUSTED = N_("its certificate is not trusted (CERTIFICATE_VERIFY_FAILED)")
BROKEN_OFF = N_("the connection was broken off")

_AGAIN = {
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}
_STEP = 0.1


class NoAnswerError(Exception):
    """The service gave no usable answer to a question.

    Parameters
    ----------
    why
        A key of the message catalogue, or words of the system.
    status
        Status of the last answer (RFC 9110); None when there was none.
    """

    def __init__(self, why: str, status: int | None = None) -> None:
        super().__init__(why)
        self.status = status


class StoppedError(Exception):
    """The question was not asked: the run was stopped, or the service is left alone."""


class FailedError(Exception):
    """One try failed.

    Parameters
    ----------
    why
        A key of the message catalogue, or words of the system.
    again
        Whether another try may go better.
    wait
        Seconds that the service asks us to wait, if it says so.
    slower
        Whether the service asks for fewer requests.
    status
        Status of the answer; None when there was none.
    """

    def __init__(
        self,
        why: str,
        *,
        again: bool,
        wait: float | None = None,
        slower: bool = False,
        status: int | None = None,
    ) -> None:
        super().__init__(why)
        self.again = again
        self.wait = wait
        self.slower = slower or wait is not None
        self.status = status


class Service:
    """A service that answers GET requests with JSON.

    Parameters
    ----------
    base_url
        Address of the service, with a slash at the end.
    timeout
        Seconds that one request may take, from begin to end.
    stopped
        Says whether the run was stopped; asked often.
    places
        Holds as many requests as may be under way at once, of all sessions of this process
        together.
    largest
        Bytes of an answer; more is no answer of this service.

    Attributes
    ----------
    requests : int
        Requests that were sent.
    failure : str
        What went wrong the last time: a key of the message catalogue, or words of the
        system; empty after an answer.
    """

    def __init__(
        self,
        base_url: str,
        timeout: float,
        stopped: Callable[[], bool],
        *,
        places: threading.BoundedSemaphore,
        largest: int,
    ) -> None:
        self.requests = 0
        self.failure = ""
        self._stopped = stopped
        self._timeout = timeout
        self._places = places
        self._largest = largest
        self._client = httpx.Client(
            base_url=base_url,
            timeout=timeout,
            # Without TLS (a mirror on this machine) there is no certificate to read lists for.
            verify=base_url.startswith("https:"),
            headers={"User-Agent": "dekkend", "Accept": "application/json"},
        )
        self._lock = threading.Lock()
        self._failures = 0
        self._left_alone_until = 0.0
        self._next_start = 0.0
        self._next_slower = 0.0
        self._interval = 0.0

    def url_of(self, path: str, params: Params) -> str:
        """Address of a question: what an answer is kept under."""
        return str(self._client.build_request("GET", path, params=params).url)

    def fetch(self, path: str, params: Params, read: Callable[[bytes], T]) -> T:
        """Answer to a question.

        Parameters
        ----------
        path, params
            The question.
        read
            Makes the answer of its bytes; raises `FailedError` for what is no answer.

        Raises
        ------
        NoAnswerError
            If no try gave an answer in the documented form.
        StoppedError
            If the run was stopped, or the service has failed too often.
        """
        problem: FailedError | None = None
        try:
            for tries in range(1, TRIES + 1):
                try:
                    with self._turn():
                        answer = read(self._once(path, params))
                except FailedError as failure:
                    problem = failure
                    self._failed(failure)
                    if not failure.again:
                        break
                    if failure.wait is None and tries < TRIES:
                        self._pause(_backoff(tries, params))
                else:
                    self._succeeded()
                    return answer
        except StoppedError:
            if problem is None or self._stopped():
                raise
        raise NoAnswerError(str(problem), problem.status if problem else None) from problem

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
        while not self._places.acquire(timeout=_STEP):
            self._check()
        try:
            with self._lock:
                start = max(time.monotonic(), self._next_start)
                self._next_start = start + self._interval
            self._pause(start - time.monotonic())
            self._check()
            yield
        finally:
            self._places.release()

    def _check(self) -> None:
        if self._stopped() or self.left_alone:
            raise StoppedError

    def _pause(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._check()
            time.sleep(min(left, _STEP))

    def _once(self, path: str, params: Params) -> bytes:
        with self._lock:
            self.requests += 1
        end = time.monotonic() + self._timeout
        body = bytearray()
        try:
            with self._client.stream("GET", path, params=params) as response:
                # A service that sends a byte now and then would never be late for httpx.
                for part in response.iter_bytes():
                    body += part
                    if self._stopped():
                        raise StoppedError
                    if time.monotonic() > end:
                        raise FailedError(TOO_SLOW, again=True)
                    if len(body) > self._largest:
                        raise FailedError(TOO_LARGE, again=False)
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise FailedError(_failure(error), again=True) from error
        status = response.status_code
        if status != HTTPStatus.OK:
            raise FailedError(
                f"HTTP {status}",
                again=status in _AGAIN,
                wait=retry_after(response.headers.get("Retry-After", "")),
                slower=status == HTTPStatus.TOO_MANY_REQUESTS,
                status=status,
            )
        return bytes(body)

    def _succeeded(self) -> None:
        with self._lock:
            self._failures = 0
            self._interval = self._interval * 0.8 if self._interval > _STEP else 0.0
            self.failure = ""

    def _failed(self, failure: FailedError) -> None:
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


def checked(base_url: str, variable: str) -> str:
    """Address of a service, with a slash at the end.

    Parameters
    ----------
    base_url
        The address.
    variable
        Environment variable that may name it, for the message.

    Raises
    ------
    ValueError
        If it is not an address of the web, or holds a name and password: those would be
        shown and kept.
    """
    try:
        url = httpx.URL(base_url)
        right = url.scheme in ("http", "https") and url.host and not url.userinfo
    except httpx.InvalidURL:
        right = False
    if not right:
        raise ValueError(
            _(
                "{url} is not the address of a web service; see {name}.",
                url=base_url,
                name=variable,
            )
        )
    return base_url if base_url.endswith("/") else base_url + "/"


def retry_after(header: str) -> float | None:
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


def _failure(error: Exception) -> str:
    """Why there is no answer; what the system says of it is English, and of no use to a reader."""
    if isinstance(error, httpx.TimeoutException):
        return TOO_SLOW
    if "CERTIFICATE" in str(error):
        return NOT_TRUSTED
    return NOT_REACHED if isinstance(error, httpx.ConnectError) else BROKEN_OFF
