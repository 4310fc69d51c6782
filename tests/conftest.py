"""What holds for all tests."""

import os

from hypothesis import HealthCheck, settings

# Times differ from machine to machine: a slow example is no fault. Where a change is judged,
# the same examples are tried each time.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "ci", parent=settings.get_profile("here"), derandomize=True, max_examples=60
)
settings.load_profile("ci" if os.environ.get("CI") else "here")
