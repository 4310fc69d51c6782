"""What the project promises of itself."""

import re
import tomllib
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_nothing_that_takes_our_name_is_installed():
    names = {found.metadata["Name"].lower() for found in distributions()}
    assert not names & {"coverage", "pytest-cov", "numba", "datashader"}


def test_no_licence_that_we_cannot_carry():
    for found in distributions():
        said = [
            found.metadata.get("License", "").partition("\n")[0],  # some hold the whole text
            found.metadata.get("License-Expression", ""),
            *found.metadata.get_all("Classifier", []),
        ]
        assert not any("AGPL" in text or "Affero" in text for text in said), found.name


def test_the_lock_files_pin_everything_with_hashes():
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        pinned = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
        assert all("==" in line for line in pinned)
        assert text.count("--hash=sha256:") >= len(pinned)
        assert "://" not in text


def test_the_locked_packages_are_those_that_are_asked_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = (ROOT / "requirements.lock").read_text(encoding="utf-8").lower()
    for requirement in project["dependencies"]:
        name = re.split(r"\[|>=", requirement)[0]
        assert re.search(rf"^{name}(\[\w+\])?==", locked, re.MULTILINE)
