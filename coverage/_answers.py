"""Answers of a web service, kept on disk so that nothing is asked twice.

One SQLite file, because several processes may use it at once. It is a help and no more:
whatever is wrong with the file, the answers are then kept in memory for this run.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, TypeAlias

from coverage.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    Rows: TypeAlias = "list[Mapping[str, object]]"

APPLICATION = 0x44454B44
"""Mark in the header of the file that says that it is ours ("DEKD")."""

WAIT = 5.0
"""Seconds to wait for another process that is writing."""

_FOREIGN = N_("the file is a database of another program")
_LOG = logging.getLogger(__name__)


class Answers:
    """Answers by question, on disk and in memory; safe to use from several threads.

    Parameters
    ----------
    path
        The file, made when it is not there; None keeps the answers in memory only.

    Attributes
    ----------
    trouble : str
        Why the file cannot be used: a key of the message catalogue, or words of the
        system; empty when it can.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.trouble = ""
        self._lock = threading.Lock()
        self._memory: dict[str, tuple[Rows, float]] = {}
        self._file: sqlite3.Connection | None = None
        if path is not None:
            self._file = self._open(path)

    def get(self, question: str) -> tuple[Rows, float] | None:
        """Rows that were kept of a question, and when they were given.

        Parameters
        ----------
        question
            What `put` kept them under.

        Returns
        -------
        tuple, or None
            The rows, and seconds since 1970.
        """
        with self._lock:
            return self._memory.get(question) or self._read(question)

    def put(self, question: str, rows: Sequence[Mapping[str, object]], asked: float) -> None:
        """Keep the rows of a question; in memory only when the file cannot be written."""
        with self._lock:
            if not (self._write(question, rows, asked) or self._write(question, rows, asked)):
                self._memory[question] = (list(rows), asked)

    def close(self) -> None:
        """Close the file; may be called twice."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None

    def _read(self, question: str) -> tuple[Rows, float] | None:
        if self._file is None:
            return None
        try:
            row = self._file.execute(
                "SELECT hits, asked FROM answers WHERE question = ?", (question,)
            ).fetchone()
            rows = json.loads(row[0]) if row else None
            asked = float(row[1]) if row else 0.0
        except sqlite3.Error as problem:
            self._mend(problem)
            return None
        except (ValueError, TypeError):  # a row that something else wrote
            return None
        if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
            return None
        return rows, asked

    def _write(self, question: str, rows: Sequence[Mapping[str, object]], asked: float) -> bool:
        if self._file is None or self.trouble:
            return False
        try:
            self._file.execute(
                "INSERT OR REPLACE INTO answers VALUES (?, ?, ?)",
                (question, json.dumps(rows), asked),
            )
        except sqlite3.Error as problem:
            self._mend(problem)
            return False
        return True

    def _open(self, path: Path) -> sqlite3.Connection | None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return _connect(path)
        except (OSError, sqlite3.Error) as problem:
            return self._anew(path, problem)

    def _mend(self, problem: Exception) -> None:
        """Go on after a fault in the open file."""
        if self.path is not None and self._file is not None and _broken(problem):
            self._file.close()
            self._file = self._anew(self.path, problem)
        elif self._file is not None and _code(problem) == sqlite3.SQLITE_BUSY:
            self._file.close()  # each answer would wait for it
            self._file = None
            self._note(problem)
        else:
            self._note(problem)

    def _anew(self, path: Path, problem: Exception) -> sqlite3.Connection | None:
        """Put a damaged file of ours aside and begin a new one; leave any other file alone."""
        if _broken(problem) and _ours(path):
            try:
                path.replace(path.with_name(path.name + ".damaged"))
                return _connect(path)
            except (OSError, sqlite3.Error) as again:
                problem = again
        self._note(problem)
        return None

    def _note(self, problem: Exception) -> None:
        self.trouble = self.trouble or str(problem) or type(problem).__name__
        _LOG.info("answers cannot be kept in %s: %s", self.path, self.trouble)


def _connect(path: Path) -> sqlite3.Connection:
    """Open the file, and make its table when it is new.

    Raises
    ------
    sqlite3.Error
        If it is no database, another program's, damaged, or out of reach.
    """
    file = sqlite3.connect(path, timeout=WAIT, isolation_level=None, check_same_thread=False)
    try:
        mark = file.execute("PRAGMA application_id").fetchone()[0]
        tables = {row[0] for row in file.execute("SELECT name FROM sqlite_master")}
        if mark != APPLICATION and tables:
            raise sqlite3.NotSupportedError(_FOREIGN)  # noqa: TRY301 - closes it as for the rest
        if "answers" not in tables:
            with file:
                # Two processes may come here at once: the second waits, and finds it made.
                file.execute("BEGIN IMMEDIATE")
                file.execute(f"PRAGMA application_id = {APPLICATION}")
                file.execute(
                    "CREATE TABLE IF NOT EXISTS answers "
                    "(question TEXT PRIMARY KEY, hits TEXT NOT NULL, asked REAL NOT NULL)"
                )
        # Safe against a kill; an answer that is lost in a power cut is asked again.
        file.execute("PRAGMA synchronous = NORMAL")
    except BaseException:
        file.close()
        raise
    return file


def _broken(problem: Exception) -> bool:
    return _code(problem) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _code(problem: Exception) -> int | None:
    """Primary code of an error of SQLite; the higher bits of the whole code say more."""
    code = getattr(problem, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _ours(path: Path) -> bool:
    """Whether the header of a damaged file still says that it is ours."""
    with suppress(OSError), path.open("rb") as file:
        header = file.read(100)
        return header[68:72] == APPLICATION.to_bytes(4, "big")
    return False
