"""What holds for all tests."""

import atexit
import os
import shutil
import tempfile

import pytest
from hypothesis import HealthCheck, settings

from coverage import i18n

# Times differ from machine to machine: a slow example is no fault. Where a change is judged,
# the same examples are tried each time.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "ci", parent=settings.get_profile("here"), derandomize=True, max_examples=30
)
settings.load_profile("ci" if os.environ.get("CI") else "here")

# Tests leave the workspace, the name and the cache of whoever runs them alone.
_HOME = tempfile.mkdtemp(prefix="dekkend-tests-")
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
for _kind in ("DATA", "CONFIG", "CACHE", "STATE"):
    os.environ[f"XDG_{_kind}_HOME"] = _HOME
for _name in [name for name in os.environ if name.startswith("DEKKEND_")]:
    del os.environ[_name]

# Scripts that Streamlit runs; to collect one would be to run it.
collect_ignore = ["manage_app.py", "browser/editing_app.py"]


@pytest.fixture
def english():
    """Texts of the code itself: which words a catalogue has for them is another matter."""
    i18n.use("en")
    yield
    i18n.use(i18n.DEFAULT)
