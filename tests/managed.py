"""A page that edits the own register, on a workspace of one test, without a browser."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from coverage.ui import editor, own

_PAGE = str(Path(__file__).with_name("manage_app.py"))


def begun(tmp_path, monkeypatch, page):
    """Make the workspace; who tests may edit it, on the page of that name."""
    monkeypatch.setenv("DEKKEND_WORKSPACE", f"sqlite:///{tmp_path}/w.db")
    monkeypatch.setenv("DEKKEND_PAGE", page)
    monkeypatch.setattr(
        editor, "editor", lambda: editor.Editor("A tester", may_edit=True, identity="t")
    )
    monkeypatch.setattr(editor, "bar", lambda: None)
    return own.workspace()


def opened(**address):
    """Page as it is drawn first, in English unless the address says otherwise."""
    app = AppTest.from_file(_PAGE, default_timeout=120)
    for name, value in {"taal": "en", **address}.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app
