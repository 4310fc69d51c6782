"""Language of the screen: Dutch by default, English beside it.

Texts stand in the code in English, marked with `_` (translate now) or `N_`
(translate later), and are looked up in the gettext catalogues of
``coverage/locales``. The language is kept in a context variable, so that two
browser sessions in one process do not disturb each other.
"""

from __future__ import annotations

import gettext as _gettext
import logging
import math
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel.numbers import format_decimal, format_percent

LANGUAGES: dict[str, str] = {"nl": "Nederlands", "en": "English"}
"""Language codes and the name of each in itself. The first is the default."""

DEFAULT = "nl"

_LOG = logging.getLogger(__name__)

_language: ContextVar[str] = ContextVar("language", default=DEFAULT)


@cache
def _catalogue(code: str) -> _gettext.NullTranslations:
    folder = Path(__file__).with_name("locales")
    found = _gettext.translation("dekkend", folder, languages=[code], fallback=True)
    # English is the language of the source texts: it needs no catalogue.
    if code != "en" and not isinstance(found, _gettext.GNUTranslations):
        _LOG.warning("No compiled texts for %r: install the package, or run `make texts`", code)
    return found


def use(code: str) -> None:
    """Choose the language of this context.

    Parameters
    ----------
    code
        One of `LANGUAGES`.

    Raises
    ------
    ValueError
        If the language is not one of `LANGUAGES`.
    """
    if code not in LANGUAGES:
        raise ValueError(f"language must be one of {', '.join(LANGUAGES)}, not {code!r}")
    _language.set(code)


def language() -> str:
    """Language code of this context."""
    return _language.get()


def _(message: str, /, **params: object) -> str:
    """Text in the language of this context, with ``{name}`` filled from `params`."""
    if not message:
        return ""  # for which a catalogue gives its header
    text = _catalogue(_language.get()).gettext(message)
    return text.format(**params) if params else text


def ngettext(one: str, many: str, count: float, /, **params: object) -> str:
    """Singular or plural text for `count`, with ``{name}`` filled from `params`."""
    whole = int(count) if float(count).is_integer() else 2
    text = _catalogue(_language.get()).ngettext(one, many, whole)
    return text.format(count=number(count), **params)


def N_(message: str, /) -> str:  # noqa: N802 - the name that gettext tools look for
    """Mark a text for the catalogue; translate it later with `_`."""
    return message


def number(value: float, digits: int = 0) -> str:
    """Number in the language of this context, ``?`` when it is not known.

    Parameters
    ----------
    value
        The number; NaN means unknown.
    digits
        Largest number of decimals shown.

    Returns
    -------
    str
        For instance ``1.234,5`` in Dutch and ``1,234.5`` in English.
    """
    if math.isnan(value):
        return "?"
    pattern = "#,##0" + ("." + "#" * digits if digits else "")
    return format_decimal(round(value, digits) + 0.0, format=pattern, locale=_language.get())


def percent(value: float, digits: int = 0) -> str:
    """Share as a percentage in the language of this context, ``?`` when it is not known.

    Parameters
    ----------
    value
        The share, 0 to 1; NaN means unknown.
    digits
        Number of decimals.

    Returns
    -------
    str
        For instance ``12%``. What is not nothing, or not all, is never rounded to it: that is
        ``less than 1%``, or ``more than 99%``.
    """
    if math.isnan(value):
        return "?"
    step = 10.0**-digits / 100
    shown = round(100 * value, digits)
    if value > 0 and shown == 0:
        return _("less than {share}", share=_percentage(step, digits))
    if value < 1 and shown == 100:  # noqa: PLR2004 - per cent
        return _("more than {share}", share=_percentage(1 - step, digits))
    return _percentage(value, digits)


def _percentage(value: float, digits: int) -> str:
    pattern = "#,##0" + ("." + "0" * digits if digits else "") + "%"
    return format_percent(value, format=pattern, locale=_language.get())
