"""A small register that passes every check, for tests of what becomes of it."""

from __future__ import annotations

import pandas as pd

from coverage.register import Register


def small(offers=3, **cells):
    """Register with one organisation and some offers; `cells` are lists, one cell an offer."""
    providers = pd.DataFrame(
        {"provider_id": ["P1"], "name": ["Stichting"], "source": ["test"], "status": ["entered"]}
    )
    rows = pd.DataFrame(
        {
            "offer_id": [f"O{number}" for number in range(1, offers + 1)],
            "provider_id": "P1",
            "name": [f"Aanbod {number}" for number in range(1, offers + 1)],
            "offer_type": "family_support",
            "framework": "voluntary",
            "long_term": "yes",
            "service_area_type": "municipalities",
            "service_area": "GM0363",
            "edition": "2025",
            **dict.fromkeys(("support", "acceptance", "coordination"), "unknown"),
            **dict.fromkeys(("mobilisation", "assertive_outreach"), "unknown"),
            "source": "test",
            "status": "entered",
            **cells,
        }
    )
    return Register.from_tables(providers, offers=rows)
