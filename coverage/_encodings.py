"""What a large text file is written in, found without holding it."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from coverage.faults import Fault
from coverage.i18n import N_

if TYPE_CHECKING:
    from pathlib import Path

BLOCK = 1 << 20
"""Bytes that are read at a time."""


def encoding_of(path: Path) -> str | None:
    """Encoding of a text file: utf-16, utf-8, or else cp1252; None if it holds null characters."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    encoding = "utf-8"
    with path.open("rb") as stream:
        if stream.read(2) in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
            return "utf-16"
        stream.seek(0)
        while block := stream.read(BLOCK):
            if b"\x00" in block:
                return None
            if encoding == "utf-8":
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    encoding = "cp1252"
    if encoding == "utf-8":
        try:  # the file may end within a character
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            encoding = "cp1252"
    return encoding


def as_windows(file: str) -> Fault:
    """Warning that a file was read as Windows-1252."""
    message = N_(
        "The file is not UTF-8; it was read as Windows-1252, as Excel writes it. "
        "Check letters with accents, or save it as CSV UTF-8."
    )
    return Fault(file, None, "", "", message, severity="warning")
