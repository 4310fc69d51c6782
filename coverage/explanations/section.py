"""What an explanation consists of."""

from __future__ import annotations

from dataclasses import dataclass

from coverage.i18n import percent


@dataclass(frozen=True)
class Source:
    """Where a figure or a rule comes from.

    Attributes
    ----------
    text
        What to call it.
    url
        Web address, or empty.
    """

    text: str
    url: str = ""


@dataclass(frozen=True)
class Section:
    """Explanation of one figure, in the language of the context.

    Attributes
    ----------
    key
        Short name; does not change with the language.
    title
        Heading.
    words
        How it is made, sentence by sentence.
    symbols
        The same as formulas: ``X_min`` is X with the index min, ``alpha`` the Greek letter.
    meaning
        What each symbol stands for.
    sources, assumed, unknown
        Where it comes from, what is taken to be so, and what nobody knows.
    limits
        What it does not do.
    """

    key: str
    title: str
    words: tuple[str, ...]
    symbols: tuple[str, ...] = ()
    meaning: tuple[tuple[str, str], ...] = ()
    sources: tuple[Source, ...] = ()
    assumed: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lack:
    """Something that the data does not tell.

    Attributes
    ----------
    text
        A sentence, in the language of the context.
    parts
        Sentences that take it apart.
    """

    text: str
    parts: tuple[str, ...] = ()


def share(value: float) -> str:
    """Share as a percentage, with a decimal only where there is one."""
    return percent(value, 0 if round(100 * value, 6).is_integer() else 1)
