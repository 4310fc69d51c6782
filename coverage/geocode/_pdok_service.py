"""Asking the Locatieserver one question."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

from coverage import _web
from coverage._web import FailedError
from coverage.geocode._pdok_hits import FIELDS
from coverage.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Callable

    from coverage.geocode._pdok_hits import Doc, Params

AT_ONCE = 5
"""Requests at once, of all sessions of this process together."""

LARGEST = 4_000_000
"""Bytes of an answer; more is no answer of this service."""

NO_ANSWER = N_("what comes back is not an answer of the Locatieserver")

_PLACES = threading.BoundedSemaphore(AT_ONCE)


class Service(_web.Service):
    """The endpoint ``free`` of a Locatieserver.

    Parameters
    ----------
    base_url, timeout, stopped
        As for `coverage._web.Service`.
    """

    def __init__(self, base_url: str, timeout: float, stopped: Callable[[], bool]) -> None:
        super().__init__(base_url, timeout, stopped, places=_PLACES, largest=LARGEST)

    def url(self, params: Params) -> str:
        """Address of a question: what an answer is kept under."""
        return self.url_of("free", params)

    def ask(self, params: Params) -> list[Doc]:
        """Hits of a question, each with no other fields than `FIELDS`.

        Raises
        ------
        NoAnswerError
            If no try gave an answer in the documented form.
        StoppedError
            If the run was stopped, or the service has failed too often.
        """
        return self.fetch("free", params, _docs)


def _docs(body: bytes) -> list[Doc]:
    """Hits of an answer in the documented form.

    Raises
    ------
    FailedError
        If it has another form: cut off, a page for people, other keys or types.
    """
    try:
        answer = json.loads(body)
        found = answer["response"]["numFound"]
        docs = answer["response"]["docs"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise FailedError(NO_ANSWER, again=True) from error
    right = (
        isinstance(found, int)
        and isinstance(docs, list)
        and all(isinstance(doc, dict) for doc in docs)
        and bool(found) == bool(docs)
    )
    if not right:
        raise FailedError(NO_ANSWER, again=True)
    return [{name: doc[name] for name in FIELDS if name in doc} for doc in docs]
