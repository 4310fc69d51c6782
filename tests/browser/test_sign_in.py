"""Who may edit, in a real browser: by signing in, over a network, and at this computer."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from coverage import empty_register
from coverage.i18n import _
from coverage.register import Register
from coverage.workspace import RevisionKind, Workspace
from tests import made, oidc_provider
from tests.browser.driver import HERE, ROOT, _wait_for

EDITING = Path(__file__).with_name("editing_app.py")

PEOPLE = {
    "Anna": {
        "sub": "1",
        "name": "Anna <b>de</b> Vries",
        "email": "Anna@Example.nl",
        "email_verified": True,
    },
    "Bas": {"sub": "2", "name": "Bas", "email": "bas@example.nl", "groups": ["readers"]},
    "Chris": {"sub": "3", "name": "Chris", "email": "c@example.nl", "groups": ["x", "editors"]},
    "Liar": {"sub": "4", "name": "Liar", "email": "anna@example.nl", "email_verified": False},
}


@contextmanager
def serving(folder, environment, secrets_text="", port=None):
    """Editing app with its own database and secrets; gives its address."""
    with socket.socket() as probe:
        probe.bind((HERE, port or 0))
        port = probe.getsockname()[1]
    secrets_file = folder / "secrets.toml"
    secrets_file.write_text(secrets_text, encoding="utf-8")
    command = [sys.executable, "-m", "streamlit", "run", str(EDITING)]
    command += [f"--server.address={HERE}", f"--server.port={port}", "--server.headless=true"]
    own = {
        "DEKKEND_WORKSPACE": f"sqlite:///{folder / 'workspace.db'}",
        "XDG_CONFIG_HOME": str(folder / "config"),
        "STREAMLIT_SECRETS_FILES": str(secrets_file),
    }
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | own | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            _wait_for(f"http://{HERE}:{port}", server)
            yield f"http://{HERE}:{port}"
        finally:
            server.terminate()
            server.wait(timeout=20)


@pytest.fixture
def folder(tmp_path):
    """Folder with a workspace of one revision."""
    space = Workspace.open(f"sqlite:///{tmp_path / 'workspace.db'}")
    space.commit(made.register(), parent=0, author="a", note="", kind=RevisionKind.IMPORT)
    space.close()
    return tmp_path
