"""Colours of maps and charts, told apart without and with a colour vision deficiency."""

from __future__ import annotations

from coverage.vocabulary import LADDER, CoverageStatus

COLOURS: dict[CoverageStatus, str] = dict(
    zip(
        LADDER,
        ("#e4b467", "#dd8067", "#c35c69", "#85537b", "#084886", "#012651"),
        strict=True,
    )
)
"""Fill of each rung: warm where much is missing, blue where the offer covers.

The lightness falls evenly (L* 76 to 15), so the order also holds in grey. In each of the lists
here, the colours and the grey of `UNKNOWN_COLOUR` differ by at least 9.2 (CIEDE2000) for every
pair, as seen without and with a deficiency of each kind (Machado et al. 2009, severity 1) and
in grey.
"""

FAMILIES = ("#f7aa74", "#dc7d65", "#c05961", "#9f3b61", "#74215b", "#380548")
"""Fill of amounts that are needed or lacking, from little to much."""

ROOM = ("#9fc782", "#6ca468", "#3f8856", "#006d47", "#004d3a", "#00261f")
"""Fill of amounts that are there, from little to much."""

UNKNOWN_COLOUR = "#e2e2df"
"""Fill where nothing is known; lighter than every rung, so that it stays in the background."""
