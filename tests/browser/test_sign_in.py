"""Who may edit, in a real browser: by signing in, over a network, and at this computer."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from coverage.i18n import _
from tests import oidc_provider
from tests.browser.driver import HERE
from tests.browser.editing import (
    arrive,
    begun,
    change,
    free_port,
    revisions,
    save_button,
    serving,
)

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


@pytest.fixture
def folder(tmp_path):
    begun(tmp_path)
    return tmp_path


@pytest.fixture
def provider():
    with oidc_provider.running(PEOPLE) as found:
        yield found


@contextmanager
def with_sign_in(folder, provider, **environment):
    """App where people sign in at the provider."""
    port = free_port()
    back = f"http://{HERE}:{port}/oauth2callback"
    provider.returns.append(back)
    text = f"""
        [auth]
        redirect_uri = "{back}"
        cookie_secret = "{"x" * 40}"
        client_id = "{oidc_provider.CLIENT}"
        client_secret = "{oidc_provider.SECRET}"
        server_metadata_url = "{provider.address}/.well-known/openid-configuration"
    """
    with serving(folder, environment, text, port) as address:
        yield address


def sign_in(visit, name):
    """Press the button, and say at the provider who to be."""
    visit.page.get_by_role("button", name=_("Sign in"), exact=True).click()
    visit.page.get_by_role("link", name=name, exact=True).click()
    visit.page.get_by_role("heading", level=1, name="Start").wait_for()
    visit.settle()
    visit.open("edit")


def test_who_is_listed_signs_in_edits_and_signs_out(visit, folder, provider):
    with with_sign_in(folder, provider, DEKKEND_EDITORS="x@example.nl, anna@example.nl") as address:
        arrive(visit, address)
        expect(save_button(visit)).to_be_disabled()
        expect(visit.page.get_by_label("name", exact=True)).to_have_value("Aanbod 1")
        sign_in(visit, "Anna")
        expect(visit.page.get_by_text("Anna <b>de</b> Vries")).to_be_visible()
        change(visit, note="from Anna")
        expect(visit.page.get_by_role("status").first).to_contain_text("2")
        visit.page.get_by_role("button", name=_("Sign out")).click()
        visit.page.get_by_role("heading", level=1, name="Start").wait_for()
        visit.open("edit")
        expect(save_button(visit)).to_be_disabled()
    assert provider.signed_out == 1
    assert revisions(folder)[0].author == "Anna <b>de</b> Vries"


def test_a_claim_makes_an_editor_and_others_only_look(visit_at, folder, provider):
    claim = "groups=editors"
    with with_sign_in(folder, provider, DEKKEND_EDITOR_CLAIM=claim) as address:
        reader, editor = arrive(visit_at(), address), arrive(visit_at(), address)
        sign_in(reader, "Bas")
        expect(save_button(reader)).to_be_disabled()
        why = _(
            "You are signed in as {name}, who may look but not edit. Ask the administrator of this "
            "app to add you to the editors.",
            name="Bas",
        )
        expect(reader.page.get_by_text(why)).to_be_visible()
        sign_in(editor, "Chris")
        change(editor, note="from Chris")
    assert [one.author for one in revisions(folder)] == ["Chris", "a"]


def test_an_unverified_address_is_not_believed(visit, folder, provider):
    with with_sign_in(folder, provider, DEKKEND_EDITORS="anna@example.nl") as address:
        sign_in(arrive(visit, address), "Liar")
        expect(save_button(visit)).to_be_disabled()


def test_an_old_sign_in_is_asked_for_anew(visit, folder, provider):
    provider.age = 13 * 3600
    with with_sign_in(folder, provider, DEKKEND_EDITORS="anna@example.nl") as address:
        sign_in(arrive(visit, address), "Anna")
        expect(save_button(visit)).to_be_disabled()
        why = _("You signed in too long ago to edit. Sign out, and sign in again.")
        expect(visit.page.get_by_text(why)).to_be_visible()


def test_who_is_refused_by_the_provider_comes_back_a_stranger(visit, folder, provider):
    with with_sign_in(folder, provider, DEKKEND_EDITORS="anna@example.nl") as address:
        sign_in(arrive(visit, address), "nobody")
        expect(save_button(visit)).to_be_disabled()
        expect(visit.page.get_by_role("button", name=_("Sign in"), exact=True)).to_be_visible()


# --- without sign-in --------------------------------------------------------


@contextmanager
def behind_a_proxy(port):
    """Address that hands everything on, and says so in the first request of each connection."""
    stop = threading.Event()
    with socket.create_server((HERE, 0)) as listening:
        listening.settimeout(0.2)

        def accept():
            while not stop.is_set():
                try:
                    browser, _address = listening.accept()
                except TimeoutError:
                    continue
                threading.Thread(target=serve, args=(browser,), daemon=True).start()

        def serve(browser):
            with browser, socket.create_connection((HERE, port)) as app:
                head = b""
                while b"\r\n" not in head:
                    head += browser.recv(4096)
                first, _end, rest = head.partition(b"\r\n")
                app.sendall(first + b"\r\nX-Forwarded-For: 203.0.113.9\r\n" + rest)
                back = threading.Thread(target=pour, args=(app, browser), daemon=True)
                back.start()
                pour(browser, app)
                back.join()

        def pour(one, other):
            try:
                while part := one.recv(65536):
                    other.sendall(part)
                other.shutdown(socket.SHUT_WR)
            except OSError:
                return

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield f"http://{HERE}:{listening.getsockname()[1]}"
        finally:
            stop.set()
            thread.join()


def test_the_person_at_this_computer_edits_under_a_name_that_is_asked_once(visit_at, folder):
    with serving(folder, {}) as address:
        visit = arrive(visit_at(), address)
        visit.page.get_by_label(_("Your name"), exact=True).fill("Dina de Boer")
        visit.page.get_by_role("button", name=_("Use this name")).click()
        visit.settle()
        change(visit, note="from here")
        later = arrive(visit_at(), address)
        expect(later.page.get_by_text("Dina de Boer")).to_be_visible()
        expect(later.page.get_by_role("textbox", name=_("Your name"))).not_to_be_visible()
    assert revisions(folder)[0].author == "Dina de Boer"


def test_over_a_network_everybody_looks_and_nobody_edits(visit, folder):
    with (
        serving(folder, {}) as address,
        behind_a_proxy(urlsplit(address).port) as elsewhere,
    ):
        arrive(visit, elsewhere)
        expect(save_button(visit)).to_be_disabled()
        expect(visit.page.get_by_label("name", exact=True)).to_have_value("Aanbod 1")
        why = _(
            "You can look at everything. Editing is for the person at the computer that the app "
            "runs on, until the administrator sets up sign-in."
        )
        expect(visit.page.get_by_text(why)).to_be_visible()


def test_editors_without_sign_in_are_a_mistake_that_lets_nobody_edit(visit, folder):
    with serving(folder, {"DEKKEND_EDITORS": "anna@example.nl"}) as address:
        arrive(visit, address)
        expect(save_button(visit)).to_be_disabled()
