"""Start the app that edits, each time with a database of its own, and do things in it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from coverage.workspace import RevisionKind, Workspace
from tests.browser.driver import HERE, ROOT, _wait_for
from tests.small_register import small

EDITING = Path(__file__).with_name("editing_app.py")

_arrived = []


def free_port():
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        return probe.getsockname()[1]


def begun(folder, offers=3):
    """Make a workspace of one revision in a folder."""
    with opened(folder) as space:
        space.commit(small(offers), parent=0, author="a", note="", kind=RevisionKind.IMPORT)


@contextmanager
def opened(folder):
    space = Workspace.open(f"sqlite:///{folder / 'workspace.db'}")
    try:
        yield space
    finally:
        space.close()


def revisions(folder):
    with opened(folder) as space:
        return space.revisions()


def offer(folder, place):
    """Row of the latest revision."""
    with opened(folder) as space:
        return space.register().offers.loc[place]


@contextmanager
def serving(folder, environment, secrets_text="", port=None):
    """Editing app on the workspace in a folder; gives its address."""
    port = port or free_port()
    secrets_file = folder / f"secrets-{port}.toml"
    secrets_file.write_text(secrets_text, encoding="utf-8")
    command = [sys.executable, "-m", "streamlit", "run", str(EDITING)]
    command += [f"--server.address={HERE}", f"--server.port={port}", "--server.headless=true"]
    own = {
        "DEKKEND_WORKSPACE": f"sqlite:///{folder / 'workspace.db'}",
        "XDG_CONFIG_HOME": str(folder / "config"),
        "STREAMLIT_SECRETS_FILES": str(secrets_file),
    }
    address = f"http://{HERE}:{port}"
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | own | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            _wait_for(address, server)
            yield address
        except BaseException:
            server.kill()
            raise
        finally:
            # A page that is still open would miss its server, and tell.
            for visit in [one for one in _arrived if one.app == address]:
                _arrived.remove(visit)
                if not visit.page.is_closed():
                    visit.page.goto("about:blank")
            server.terminate()
            server.wait(timeout=20)


def arrive(visit, address, page="edit"):
    """Open a page of the editing app."""
    visit.app = address
    _arrived.append(visit)
    visit.asked = []

    def answer(dialog):
        """Leave, when the browser asks because something is not saved."""
        visit.asked.append(dialog.type)
        dialog.accept()

    visit.page.on("dialog", answer)
    return visit.open(page)


def save_button(visit):
    return visit.page.get_by_role("button", name="Save", exact=True)


def change(visit, **cells):
    """Type in the form and save it."""
    for label, text in cells.items():
        visit.page.get_by_label(label, exact=True).fill(text)
    save_button(visit).click()
    visit.settle()
