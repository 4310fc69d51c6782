"""One server and one browser for all tests, a fresh context for each."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error, expect

from coverage import i18n
from tests.browser.driver import HERE, NotStartedError, Visit, running_app, running_chromium

expect.set_options(timeout=20_000)

BELOW_A_PAGE = re.compile(r"/[a-z]+/_stcore/(health|host-config)")


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def app():
    """Address of the running app."""
    with running_app() as address:
        yield address


@pytest.fixture(scope="session")
def chromium():
    try:
        with running_chromium() as browser:
            yield browser
    except NotStartedError as error:
        pytest.fail(str(error))


@pytest.fixture
def visit_at(app, chromium):
    """Make visits with a given width; afterwards no request may have left this machine."""
    visits = []

    def make(width=1280, height=900, **options):
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale="nl-NL", **options
        )
        context.set_default_timeout(20_000)
        page = context.new_page()
        visit = Visit(page, app)
        visits.append((visit, context))

        def guard(route):
            if urlsplit(route.request.url).hostname == HERE:
                route.continue_()
            else:
                route.abort()

        def note(address):
            parts = urlsplit(address)
            if parts.scheme not in {"data", "blob"} and parts.hostname != HERE:
                visit.elsewhere.append(address)

        def hear(message):
            # Streamlit looks for its server below each page first (streamlit issue 7074).
            address = message.location["url"]
            if message.type == "error" and not BELOW_A_PAGE.fullmatch(urlsplit(address).path):
                visit.errors.append(f"{message.text} {address}")

        context.route("**/*", guard)
        page.on("request", lambda request: note(request.url))
        page.on("websocket", lambda socket: note(socket.url))
        page.on("pageerror", lambda error: visit.errors.append(str(error)))
        page.on("console", hear)
        return visit

    yield make
    for visit, context in visits:
        try:
            context.close()
        except Error as error:
            visit.errors.append(str(error))
        assert visit.elsewhere == [], "requests to other hosts"
        assert visit.errors == [], "errors in the page"


@pytest.fixture
def visit(visit_at):
    return visit_at()


@pytest.fixture(autouse=True)
def dutch():
    """Texts of the tests are in Dutch, unless a test says otherwise."""
    i18n.use("nl")
