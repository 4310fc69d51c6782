"""Who may edit: at this computer, over a network, and by signing in."""

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from coverage.ui import editor

HERE = {"Host": "127.0.0.1:8501", "Origin": "http://127.0.0.1:8501"}
HOUR = 3600
VERIFIED = {"email": "a@b.nl", "email_verified": True}
NOW = time.time()


@pytest.mark.parametrize(
    "name", ["localhost", "127.0.0.1", "127.8.9.1", "[::1]", "localhost:8501", "LOCALHOST:1"]
)
def test_a_browser_on_this_computer_is_local(name):
    assert editor.is_local({"host": name, "ORIGIN": f"http://{name}"}, None)


@pytest.mark.parametrize(
    ("headers", "ip"),
    [
        ({}, None),
        ({"Host": "localhost"}, None),
        ({"Origin": "http://localhost"}, None),
        (HERE | {"Origin": "http://localhost"}, None),
        (HERE | {"Origin": "http://127.0.0.1:8502"}, None),
        (HERE | {"Origin": ""}, None),
        (HERE | {"Host": "127.0.0.1:x", "Origin": "http://127.0.0.1:x"}, None),
        (HERE, "192.0.2.7"),
        (HERE, object()),
        (HERE | {"Host": "kaart.example.nl"}, None),
        (HERE | {"Host": "localhost.example.nl"}, None),
        (HERE | {"Host": "127.0.0.1.example.nl"}, None),
        (HERE | {"Host": "user@example.nl"}, None),
        (HERE | {"Host": "[::1"}, None),
        (HERE | {"Host": ""}, None),
        (HERE | {"Origin": "https://kaart.example.nl"}, None),
        (HERE | {"Origin": "null"}, None),
    ],
)
def test_whoever_may_come_from_elsewhere_is_not(headers, ip):
    assert not editor.is_local(headers, ip)


@pytest.mark.parametrize(
    "header",
    ["X-Forwarded-For", "x-forwarded-host", "Forwarded", "Via", "X-Real-IP", "CF-Connecting-IP"],
)
def test_nobody_behind_a_proxy_is_local(header):
    assert not editor.is_local({**HERE, header: ""}, None)


@given(st.dictionaries(st.text(), st.text()))
def test_no_header_makes_trouble(headers):
    assert editor.is_local(headers, None) in {True, False}


@pytest.mark.parametrize(
    ("claims", "environment"),
    [
        (VERIFIED, {"DEKKEND_EDITORS": "x@b.nl,a@b.nl"}),
        (VERIFIED | {"email": " A@B.nl"}, {"DEKKEND_EDITORS": "x@b.nl ;  a@B.nl\n"}),
        (VERIFIED | {"email_verified": "true"}, {"DEKKEND_EDITORS": "a@b.nl"}),
        ({"email": "a@b.nl"}, {"DEKKEND_EDITORS": "a@b.nl", "DEKKEND_EMAIL_UNVERIFIED": "Yes"}),
        ({"groups": ["x", "editors"]}, {"DEKKEND_EDITOR_CLAIM": "groups=editors"}),
        ({"groups": "editors"}, {"DEKKEND_EDITOR_CLAIM": " groups = editors "}),
        ({"groups": [{"a": 1}, ["b"], "editors"]}, {"DEKKEND_EDITOR_CLAIM": "groups=editors"}),
        ({"groups": [7]}, {"DEKKEND_EDITOR_CLAIM": "groups=7"}),
        ({"editor": True}, {"DEKKEND_EDITOR_CLAIM": "editor=true"}),
        ({"realm": {"roles": ["a"]}}, {"DEKKEND_EDITOR_CLAIM": "realm.roles=a"}),
        ({"https://x.nl/g": ["a=b"]}, {"DEKKEND_EDITOR_CLAIM": "https://x.nl/g=a=b"}),
    ],
)
def test_who_is_named_may_edit(claims, environment):
    assert editor.is_listed(claims, environment)


@pytest.mark.parametrize(
    ("claims", "environment"),
    [
        (VERIFIED, {}),
        ({}, {"DEKKEND_EDITORS": ""}),
        (VERIFIED | {"email": ""}, {"DEKKEND_EDITORS": ","}),
        (VERIFIED, {"DEKKEND_EDITORS": "aa@b.nl"}),
        ({"email": "a@b.nl"}, {"DEKKEND_EDITORS": "a@b.nl"}),
        ({"email": "a@b.nl"}, {"DEKKEND_EDITORS": "a@b.nl", "DEKKEND_EMAIL_UNVERIFIED": "no"}),
        (VERIFIED | {"email_verified": "false"}, {"DEKKEND_EDITORS": "a@b.nl"}),
        (
            VERIFIED | {"email_verified": False},
            {"DEKKEND_EDITORS": "a@b.nl", "DEKKEND_EMAIL_UNVERIFIED": "yes"},
        ),
        (VERIFIED | {"email": ["a@b.nl"]}, {"DEKKEND_EDITORS": "a@b.nl"}),
        ({"groups": ["editors2"]}, {"DEKKEND_EDITOR_CLAIM": "groups=editors"}),
        ({"groups": "no editors"}, {"DEKKEND_EDITOR_CLAIM": "groups=editors"}),
        ({"groups": [""]}, {"DEKKEND_EDITOR_CLAIM": "groups="}),
        ({"groups": [None]}, {"DEKKEND_EDITOR_CLAIM": "groups=None"}),
        ({"groups": {"a": ["b"]}}, {"DEKKEND_EDITOR_CLAIM": "groups=a"}),
        ({"": "x"}, {"DEKKEND_EDITOR_CLAIM": "groups"}),
        ({"realm": "roles"}, {"DEKKEND_EDITOR_CLAIM": "realm.roles=a"}),
    ],
)
def test_who_is_not_named_may_not(claims, environment):
    assert not editor.is_listed(claims, environment)


def test_a_sign_in_is_good_for_some_hours():
    assert editor.is_fresh({"iat": 0}, 12 * HOUR, 12)
    assert not editor.is_fresh({"iat": 0}, 12 * HOUR + 1, 12)
    assert editor.is_fresh({"iat": editor.CLOCKS_DIFFER}, 0, 12)
    assert not editor.is_fresh({"iat": editor.CLOCKS_DIFFER + 1}, 0, 12)
    assert not editor.is_fresh({"iat": float("nan")}, 0, 12)
    assert not editor.is_fresh({}, 0, 12)
    assert not editor.is_fresh({"iat": "0"}, 0, 12)


@pytest.mark.parametrize(
    ("given_hours", "hours"), [("", 12), ("3", 3), ("0.5", 0.5), ("0", 12), ("-1", 12), ("x", 12)]
)
def test_hours_that_make_no_sense_are_the_usual_ones(monkeypatch, given_hours, hours):
    monkeypatch.setenv(editor.HOURS, given_hours)
    assert editor._hours() == hours


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"name": "Anna", "email": "a@b.nl"}, "Anna"),
        ({"name": " ", "preferred_username": "anna"}, "anna"),
        ({"name": 3, "sub": "17"}, "17"),
        ({}, "?"),
    ],
)
def test_the_name_is_what_the_sign_in_says(claims, name):
    assert editor.name_of(claims) == name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("  Anna \n de\tVries ", "Anna de Vries"),
        ("A\u202enna\0", "Anna"),
        ("x" * 200, "x" * 80),
        ("\u200b", ""),
        ("Zoë 🙂", "Zoë 🙂"),
    ],
)
def test_a_name_is_one_line_that_can_be_seen(typed, name):
    assert editor.tidy(typed) == name


# --- on a page --------------------------------------------------------------


def page():
    import streamlit as st  # noqa: PLC0415 - the function is run as a script

    from coverage import i18n  # noqa: PLC0415
    from coverage.ui import editor  # noqa: PLC0415

    i18n.use("en")
    editor.bar()
    now = editor.editor()
    st.text(f"{now.name}|{now.may_edit}|{now.why}")


@pytest.fixture
def config(monkeypatch, tmp_path):
    """Nobody signs in, and names are kept in a folder of the test."""
    for name in (editor.EDITORS, editor.CLAIM):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(editor, "_name_file", lambda: tmp_path / "config" / "name.txt")
    monkeypatch.setattr(editor, "_request", lambda: (HERE, None))
    monkeypatch.setattr(editor.getpass, "getuser", lambda: "dina")
    return tmp_path / "config"


@pytest.fixture
def app(config):  # noqa: ARG001 - before the page runs
    return AppTest.from_function(page, default_timeout=60)


def said(app):
    assert not app.exception
    return app.text[0].value.split("|")


def test_the_name_is_asked_once_and_kept(app, config):
    assert said(app.run())[:2] == ["dina", "True"]
    app.text_input[0].input(" Dina  de Boer ")
    app.button[0].click().run()
    assert said(app)[0] == "Dina de Boer"
    assert (config / "name.txt").read_text(encoding="utf-8") == "Dina de Boer\n"
    later = AppTest.from_function(page, default_timeout=60)
    assert said(later.run())[0] == "Dina de Boer"


def test_each_session_is_asked_whether_it_is_still_the_same_person(app):
    app.run().text_input[0].input("Dina")
    app.button[0].click().run()
    assert not [one for one in app.button if one.key == "editor_name_right"]
    for way_out in ("editor_name_right", ""):
        later = AppTest.from_function(page, default_timeout=60).run()
        assert "You work as **Dina**" in later.markdown[0].value
        if way_out:
            later.button(key=way_out).click().run()
        else:
            later.text_input[0].input("Elsa")
            next(one for one in later.button if one.key != "editor_name_right").click().run()
        assert "You work as" not in later.markdown[0].value
        assert said(later)[0] == ("Dina" if way_out else "Elsa")


def test_no_name_leaves_the_one_that_was(app):
    app.run().text_input[0].input("\u200b ")
    app.button[0].click().run()
    assert said(app)[0] == "dina"


def test_a_folder_that_cannot_be_written_keeps_the_name_for_the_session(app, config):
    config.write_text("a file is in the way", encoding="utf-8")
    app.run().text_input[0].input("Dina")
    app.button[0].click().run()
    assert said(app)[0] == "Dina"


def test_a_file_that_is_no_text_is_no_name(app, config):
    config.mkdir()
    (config / "name.txt").write_bytes(b"\xff\xfe\xff")
    assert said(app.run())[0] == "dina"


def test_a_system_without_a_name_for_who_runs_it(app, monkeypatch):
    def nobody():
        raise KeyError("uid not found")

    monkeypatch.setattr(editor.getpass, "getuser", nobody)
    assert said(app.run())[0] == "this computer"


def test_from_elsewhere_nobody_edits_and_is_told_why(app, monkeypatch):
    monkeypatch.setattr(editor, "_request", lambda: (HERE, "192.0.2.7"))
    name, may_edit, why = said(app.run())
    assert (name, may_edit) == ("", "False")
    assert app.info[0].value == why != ""


def test_without_a_request_nobody_edits(app, monkeypatch):
    monkeypatch.undo()
    assert said(app.run())[1] == "False"


def test_editors_without_sign_in_are_nobody(app, monkeypatch):
    monkeypatch.setenv(editor.EDITORS, "a@b.nl")
    assert said(app.run())[1] == "False"
    assert "sign-in is not set up" in app.info[0].value


ANNA = {"is_logged_in": True, "name": "Anna", "email": "anna@b.nl", "email_verified": True}
PEOPLE = {
    "stranger": {"is_logged_in": False},
    "reader": ANNA | {"name": "*Bas*", "email": "bas@b.nl", "iat": NOW},
    "editor": ANNA | {"iat": NOW},
    "sleeper": ANNA | {"iat": 0},
    "from the future": ANNA | {"iat": 9e9},
    "forger": ANNA | {"is_logged_in": "yes", "iat": NOW},
}


@pytest.mark.parametrize(
    ("who", "name", "may_edit"),
    [
        ("stranger", "", "False"),
        ("reader", "*Bas*", "False"),
        ("editor", "Anna", "True"),
        ("sleeper", "Anna", "False"),
        ("from the future", "Anna", "False"),
        ("forger", "", "False"),
    ],
)
def test_with_sign_in_who_is_named_edits(app, monkeypatch, who, name, may_edit):
    monkeypatch.setenv(editor.EDITORS, "anna@b.nl")
    monkeypatch.setattr(editor, "_claims", lambda: claims_of(PEOPLE[who]))
    monkeypatch.setattr(editor, "_providers", lambda: ["", "keycloak"])
    assert said(app.run())[:2] == [name, may_edit]
    labels = [one.label for one in app.button]
    assert labels == (["Sign out"] if name else ["Sign in", "Sign in with keycloak"])
    if name:
        assert "\\*Bas\\*" in app.markdown[0].value or name == "Anna"


def claims_of(person):
    """What the sign-in says, as the editor reads it."""
    return person if person["is_logged_in"] is True else {}


def test_every_reason_says_what_to_do():
    reasons = [
        editor._from_elsewhere(),
        editor._without_sign_in(),
        editor._not_listed("x"),
    ]
    for one, other in itertools.combinations(reasons, 2):
        assert one != other


# --- what a stranger is told of the database --------------------------------------


def page_without_database():
    from coverage import i18n  # noqa: PLC0415 - the function is run as a script
    from coverage.ui.failures import explained  # noqa: PLC0415
    from coverage.workspace import Workspace  # noqa: PLC0415

    i18n.use("en")
    with explained():
        Workspace.open("postgresql://wie:geheim@127.0.0.1:1/naam")


@pytest.mark.parametrize("stranger", [False, True])
def test_where_the_database_is_stays_in_the_log(config, monkeypatch, caplog, stranger):  # noqa: ARG001
    monkeypatch.setattr(editor, "_request", lambda: (HERE, "192.0.2.7" if stranger else None))
    app = AppTest.from_function(page_without_database, default_timeout=60).run()
    assert not app.exception
    shown = " ".join(element.value for element in (*app.error, *app.markdown))
    assert ("127.0.0.1" in shown, "administrator" in shown) == (not stranger, stranger)
    assert "127.0.0.1" in caplog.text
    assert "geheim" not in caplog.text + shown
