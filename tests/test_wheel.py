"""The wheel holds what it needs to run away from the repository."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Folder with the wheel in it, and nothing else of this repository."""
    folder = tmp_path_factory.mktemp("wheel")
    site = folder / "site"
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    subprocess.run([*build, "--directory", folder], cwd=ROOT, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", site]
    subprocess.run([*install, wheel], check=True, capture_output=True)
    return site


def run(site, code):
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=site.parent,
        env={**os.environ, "PYTHONPATH": str(site), "DEKKEND_LANG": "nl"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_it_assesses_with_its_own_data(installed):
    code = (
        "import sys; sys.argv = ['dekkend', 'assess', '--edition', '2025'];"
        "from coverage import cli; cli.main()"
    )
    assert len(run(installed, code).splitlines()) == 343
    where = run(installed, "import coverage; print(coverage.PUBLIC_REGISTER)").strip()
    assert Path(where).is_relative_to(installed)


def test_it_holds_the_app_and_speaks_dutch(installed):
    code = "from coverage._files import root; print((root() / 'app.py').is_file())"
    assert run(installed, code).strip() == "True"
    assert run(installed, "from coverage.i18n import _; print(_('yes'))").strip() == "ja"


def test_it_holds_what_the_page_on_the_method_shows_as_measured(installed):
    code = "from coverage.explanations import measured; print(len(measured.table()))"
    there = (ROOT / "docs" / "measured" / "interval_coverage.csv").read_text("utf-8")
    assert int(run(installed, code)) == len(there.splitlines()) - 1
