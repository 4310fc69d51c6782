"""Drive the real app in a real browser, for the tests and for the screenshots."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import expect, sync_playwright

ROOT = Path(__file__).parents[2]
HERE = "127.0.0.1"
START_SECONDS = 60
SLOW_MS = 45_000
QUIET_MS = 250
TRIES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# A choice can start a run, and the run another one: between them the app stands still too.
_QUIET = """(enough) => {
    const app = document.querySelector("[data-testid=stApp]");
    const still = app?.dataset.testScriptState === "notRunning"
        && !document.querySelector("[data-stale=true], [data-testid=stSkeleton]");
    if (!still) window.quietSince = undefined;
    else window.quietSince ??= performance.now();
    return still && performance.now() - window.quietSince > enough;
}"""


class NotStartedError(RuntimeError):
    """The app or the browser did not start; the message says what to do."""


def chromium_path(playwright):
    """Path of a Chromium: the one named, one of the system, or playwright's own."""
    named = os.environ.get("CHROMIUM")
    found = [named] if named else [shutil.which(name) for name in TRIES]
    own = playwright.chromium.executable_path
    for path in [*found, own]:
        if path and Path(path).exists():
            return path
    subprocess.run(
        [sys.executable, "-m", "playwright", "install", "chromium"],
        check=False,
        capture_output=True,
        timeout=300,
    )
    if not Path(own).exists():
        raise NotStartedError(
            "No Chromium: install the package `chromium`, or set CHROMIUM to its path."
        )
    return own


@contextmanager
def running_chromium():
    """Browser that reaches no other host than this one."""
    with sync_playwright() as playwright:
        # Chromium refuses its sandbox to root, which is who runs tests in a container.
        sandbox = ["--no-sandbox"] if os.name == "posix" and os.geteuid() == 0 else []
        rules = f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {HERE}"
        browser = playwright.chromium.launch(
            executable_path=chromium_path(playwright), args=[rules, *sandbox]
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def started_app(script="app.py", **environment):
    """Address of the app and its process, started for this purpose and stopped afterwards."""
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    command += [f"--server.address={HERE}", f"--server.port={port}", "--server.headless=true"]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        address = f"http://{HERE}:{port}"
        try:
            _wait_for(address, server)
            yield address, server
        finally:
            server.terminate()
            server.wait(timeout=20)


@contextmanager
def running_app(script="app.py", **environment):
    """Address of the app, started for this purpose and stopped afterwards."""
    with started_app(script, **environment) as (address, _):
        yield address


def _wait_for(address, server):
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if server.poll() is not None:
            raise NotStartedError("The app stopped while starting: try `dekkend app`.")
        try:
            # Our own address, not one from outside.
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):  # noqa: S310
                return
        except OSError:
            time.sleep(0.1)
    raise NotStartedError(f"The app did not answer within {START_SECONDS} s.")


@dataclass
class Visit:
    """A reader at the app: the page, what it asked for, and what went wrong in it."""

    page: object
    app: str
    elsewhere: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, page="", **choices):
        """Open a page of the app with choices in the address, and wait until it is drawn."""
        query = f"?{urlencode(choices)}" if choices else ""
        self.page.goto(f"{self.app}/{page}{query}")
        self.page.get_by_role("heading", level=1).wait_for(timeout=SLOW_MS)
        if page in {"", "kaart"}:
            self.municipalities.first.wait_for(state="attached", timeout=SLOW_MS)
        self.settle()
        return self

    @property
    def map(self):
        return self.page.locator(".coverage-map")

    @property
    def municipalities(self):
        return self.map.locator("path.municipality")

    @property
    def panel(self):
        return self.page.locator(".coverage-panel")

    def in_map(self, script):
        """Run a function of Leaflet's map in the page; gives what it gives if that is plain."""
        return self.map.evaluate(f"""(frame) => {{
            const given = ({script})(frame.leafletMap);
            return given instanceof Object && !Array.isArray(given) ? null : given;
        }}""")

    def painted(self, name):
        """Wait until the map shows a measure."""
        expect(self.map).to_have_attribute("data-painted", re.compile(rf"\b{name}$"))

    def settle(self):
        """Wait until the app has done nothing for a moment."""
        self.page.evaluate("() => { window.quietSince = undefined; }")
        self.page.wait_for_function(_QUIET, arg=QUIET_MS, polling=40, timeout=SLOW_MS)

    def press_tab_to(self, spot, most=90):
        """Walk the page by keyboard until the focus is on the spot, as who has no mouse does."""
        for _step in range(most):
            if spot.count() and spot.first.evaluate("(it) => it === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no way by keyboard to {spot}")

    def choose(self, label, text):
        """Choose in a list by typing."""
        box = self.page.get_by_role("combobox", name=label, exact=True)
        box.focus()
        box.select_text()
        self.page.keyboard.type(text)
        expect(self.page.get_by_role("option", name=text).first).to_be_visible()
        self.page.keyboard.press("Enter")
        self.settle()

    def choose_more(self, label, text):
        """Add a choice to a list of several by typing."""
        box = self.page.get_by_role("combobox", name=label, exact=True)
        # A page that is still being drawn would take away what is typed.
        self.settle()
        box.click()
        box.press_sequentially(text)
        expect(box).to_have_value(text)
        option = self.page.get_by_role("option", name=text, exact=True)
        expect(option).to_be_visible()
        # By keyboard: the list still moves while it is filtered, and a click would miss.
        for _option in range(20):
            self.page.keyboard.press("ArrowDown")
            if option.get_attribute("data-focused"):
                break
        self.page.keyboard.press("Enter")
        expect(self.page.locator("[data-tag]").filter(has_text=text).last).to_be_visible()
        self.page.keyboard.press("Escape")
        self.settle()

    def turn_to(self, name):
        """Go to a page by the menu."""
        self.page.get_by_role("navigation").get_by_role("link", name=name, exact=True).click()
        self.settle()

    @property
    def title(self):
        """Heading of the page."""
        return self.page.get_by_role("heading", level=1)

    def switch(self, text):
        """Choose a radio button."""
        self.page.locator("label", has_text=text).first.click()
        self.settle()

    def download(self, label, folder):
        """Press a button that gives a file; gives where the file now is."""
        with self.page.expect_download() as waiting:
            self.page.get_by_role("button", name=label).click()
        return self.save(waiting.value, folder)

    @staticmethod
    def save(download, folder):
        """Put a file that came in a folder, under its own name."""
        path = Path(folder) / download.suggested_filename
        download.save_as(path)
        return path

    def click_municipality(self, code):
        """Click a point inside a municipality on the map."""
        self.map.scroll_into_view_if_needed()
        spot = self.in_map(f"""(map) => {{
            let found;
            map.eachLayer((layer) => {{
                if (layer.feature?.properties?.code === "{code}") found = layer;
            }});
            const at = map.latLngToContainerPoint(found.getCenter());
            const frame = map.getContainer().getBoundingClientRect();
            return [frame.left + at.x, frame.top + at.y];
        }}""")
        self.page.mouse.click(*spot)
