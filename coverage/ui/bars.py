"""The bar of an interval: filled as far as is certain, open as far as is possible.

It only repeats words that stand beside it, and is drawn in the same way on every page.
"""

from __future__ import annotations

import math

from coverage.i18n import N_

EXPLANATION = N_("Bar: filled is what is certain, open is what may come on top.")
"""What the two parts of every bar mean."""


def ends(low: float, high: float, scale: float) -> tuple[float, float] | None:
    """Where the two parts of a bar end, as shares of its scale.

    Parameters
    ----------
    low, high
        Bounds of the interval, 0 or more; a high of NaN has no known upper bound, and a low of
        NaN is not known at all.
    scale
        Value at the far end of the scale, in the unit of the bounds.

    Returns
    -------
    tuple of float, or None
        Of the filled and of the open part, 0 to 1; the latter is 1 without a known upper bound.
        None without a scale, and for an interval that says nothing.

    Examples
    --------
    >>> ends(1.0, 3.0, 4.0)
    (0.25, 0.75)
    """
    is_open = not math.isfinite(high)
    if not scale > 0 or math.isnan(low) or (is_open and low == 0):
        return None
    end = 1.0 if is_open else min(1.0, high / scale)
    return round(min(low / scale, end), 4), round(end, 4)


def drawn(low: float, high: float, scale: float) -> str:
    """Bar as HTML, for `coverage.ui.markup.show`; empty for an interval that says nothing.

    Parameters
    ----------
    low, high, scale
        As for `ends`. A bar without a known upper bound ends in an arrow.
    """
    found = ends(low, high, scale)
    if found is None:
        return ""
    sure, end = found
    kind = "maybe" if math.isfinite(high) else "maybe endless"
    return (
        "<span class='coverage-bar' aria-hidden='true'>"
        f"<span class='sure' style='width:{sure:.2%}'></span>"
        f"<span class='{kind}' style='width:{end - sure:.2%}'></span></span>"
    )
