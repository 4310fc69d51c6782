"""Time two ways of doing one thing in turn, so that a slow moment hits both."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def side_by_side(
    first: Callable[[], object], second: Callable[[], object], runs: int
) -> tuple[float, float, float]:
    """Median seconds of each, and the median of the ratios second / first."""
    pairs = []
    for turn in range(runs + 1):
        pair = []
        for way in (first, second):
            start = time.perf_counter()
            way()
            pair.append(time.perf_counter() - start)
        if turn:  # the first turn warms up
            pairs.append(pair)
    ratio = statistics.median(b / a for a, b in pairs)
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs), ratio
