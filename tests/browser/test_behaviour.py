"""How the app behaves: what it asks for, what it keeps, what its addresses hold."""

import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import expect

from coverage.i18n import _
from tests.browser.driver import HERE, running_app

CHOOSE = "Kies een gemeente, hier of op de kaart"
MOST_BYTES = 120_000

# A picture of one transparent point.
POINT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)


def test_measure_is_painted_on_the_same_map_and_nothing_moves(visit):
    visit.open(register="example")
    visit.in_map("(map) => map.setView([52.2, 5.95], 9.5, {animate: false})")
    visit.map.evaluate("(frame) => { frame.seen = true; }")
    before = visit.municipalities.evaluate_all("(all) => all.map((one) => one.outerHTML).join()")
    for words, name in ((_("Gap"), "gap"), (_("Capacity"), "capacity")):
        visit.choose(_("Colour by"), words)
        visit.painted(name)
        after = visit.municipalities.evaluate_all("(all) => all.map((one) => one.outerHTML).join()")
        assert after != before
    assert visit.map.evaluate("(frame) => frame.seen"), "the map was made anew"
    assert visit.in_map("(map) => map.getZoom()") == 9.5
    expect(visit.page).to_have_url(re.compile("toon=capacity"))


def test_moving_the_map_asks_nothing_of_the_server(visit):
    sent = []

    def listen(socket):
        socket.on("framesent", lambda frame: sent.append(len(frame)))

    visit.page.on("websocket", listen)
    visit.open()
    visit.map.scroll_into_view_if_needed()
    box = visit.map.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    centre = "(map) => [map.getCenter().lat, map.getCenter().lng]"
    before, frames = visit.in_map(centre), len(sent)
    assert frames, "the frames are counted"
    visit.page.mouse.move(x, y)
    visit.page.mouse.down()
    visit.page.mouse.move(x - 60, y - 40, steps=6)
    visit.page.mouse.up()
    visit.page.get_by_role("button", name=_("Zoom in")).click()
    visit.settle()
    assert visit.in_map(centre) != before
    assert len(sent) == frames


def test_boundaries_travel_once_and_are_small(visit):
    asked = []
    visit.page.on("requestfinished", lambda one: "boundaries" in one.url and asked.append(one))
    visit.open()
    visit.choose(_("Colour by"), _("Demand"))
    visit.painted("demand")
    visit.turn_to(_("Gap table"))
    expect(visit.title).to_have_text(_("Gap table"))
    visit.turn_to(_("Map"))
    visit.painted("demand")
    assert len(asked) == 1
    assert 1_000 < asked[0].sizes()["responseBodySize"] <= MOST_BYTES
    visit.switch("2010")
    expect(visit.municipalities).to_have_count(431)
    assert len(asked) == 2


def test_back_and_forward_are_steps_of_the_reader(visit):
    visit.open(register="example")
    visit.choose(CHOOSE, "Zwolle")
    expect(visit.panel.locator("h3")).to_contain_text("Zwolle")
    visit.turn_to(_("Compare regions"))
    expect(visit.title).to_have_text(_("Compare regions"))
    visit.turn_to(_("Gap table"))
    expect(visit.title).to_have_text(_("Gap table"))
    visit.page.go_back()
    expect(visit.title).to_have_text(_("Compare regions"))
    visit.settle()
    visit.page.go_back()
    expect(visit.panel.locator("h3")).to_contain_text("Zwolle")
    visit.settle()
    visit.page.go_forward()
    expect(visit.title).to_have_text(_("Compare regions"))
    visit.settle()
    expect(visit.page).to_have_url(re.compile("gemeente=GM0193"))


COMMON = {
    "taal": "en",
    "peiljaar": "2010",
    "register": "example",
    "indeling": "bureau_jeugdzorg",
    "regio": "BJ-SA",
    "gemeente": "GM0363",
    "alleen": "voluntary",
    "opgelegd": "0.05",
    "verlengd_hoog": "0.2",
    "kinderen": "1.5",
}
ADDRESSES = {
    "": {"toon": "gap_per_1000", "locaties": "ja"},
    "tekorttabel": {"kolommen": "gap,residents", "sorteer": "name", "zoek": "dam"},
    "vergelijk": {"regios": "study:ST-20,province:PV26", "naast": "2025", "rang": "demand"},
    "gemeente": {},
    "verantwoording": {"maanden": "9", "zekerheid": "0.95", "gezien": "2"},
}


@pytest.mark.parametrize("page", ADDRESSES)
def test_address_shows_the_same_to_whoever_opens_it(visit, page):
    asked = COMMON | ADDRESSES[page]
    visit.open(page, **asked)
    assert dict(parse_qsl(urlsplit(visit.page.url).query)) == asked
    expect(visit.page.locator("html")).to_have_attribute("lang", "en")
    expect(visit.page.get_by_role("radio", name="2010")).to_be_checked()
    expect(visit.page.get_by_role("radio", name="Example (made up)")).to_be_checked()
    expect(visit.page.get_by_role("combobox", name="Region", exact=True)).to_have_value(
        re.compile("Amsterdam")
    )
    own = visit.page.get_by_test_id("stAlert").filter(has_text="your own settings")
    expect(own).to_contain_text("Share of the imposed orders (%): 5 instead of 3")
    alerts = visit.page.get_by_test_id("stAlert").filter(has_text="The link asks")
    expect(alerts).to_have_count(0)
    if page == "":
        expect(visit.panel.locator("h3")).to_contain_text("Amsterdam")
        expect(visit.page.get_by_role("combobox", name="Colour by")).to_have_value(
            re.compile("per 1,000")
        )
        expect(visit.page.get_by_role("checkbox", name="Locations of offers")).to_be_checked()
    elif page == "tekorttabel":
        headings = visit.page.get_by_role("columnheader")
        expect(headings).to_have_count(3)
        expect(headings.first).to_have_attribute("aria-sort", "ascending")
        expect(visit.page.get_by_role("rowheader").first).to_contain_text(re.compile("dam"))
    elif page == "vergelijk":
        expect(visit.page.locator(".coverage-multiples figcaption")).to_have_text(
            ["Groningen", "Utrecht"]
        )
        expect(visit.page.locator(".coverage-beside.years")).to_be_visible()
    elif page == "gemeente":
        expect(visit.title).to_have_text("Amsterdam")
    else:
        months = visit.page.get_by_role("spinbutton", name="Long-term is longer than (months)")
        expect(months).to_have_value("9")


@pytest.mark.parametrize("page", ADDRESSES)
def test_broken_link_is_told_and_the_page_still_shows(visit, page):
    visit.open(page, peiljaar="1850", regio="PV99", gemeente="GM9999", toon="x", kinderen="-1")
    told = visit.page.get_by_test_id("stAlert")
    for asked in ("peiljaar=1850", "regio=PV99", "kinderen=-1", "gemeente=GM9999"):
        expect(told.filter(has_text=asked)).to_be_visible()
    assert urlsplit(visit.page.url).query == ""
    assert visit.page.get_by_role("heading", level=1).count() == 1


@contextmanager
def tile_server():
    """A server of tiles of our own; its mood says how it answers."""
    mood, asked = {"status": 200}, []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            if mood["status"] is None:
                self.close_connection = True  # no answer at all
                return
            self.send_response(mood["status"])
            self.send_header("Content-Type", "image/png")
            self.end_headers()
            self.wfile.write(POINT if mood["status"] == 200 else b"")

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer((HERE, 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{HERE}:{server.server_port}", mood, asked
    finally:
        server.shutdown()
        server.server_close()


def test_base_map_asks_when_it_is_switched_on_and_may_fail(visit_at):
    failed = _("The base map cannot be reached now.")
    with (
        tile_server() as (tiles, mood, asked),
        running_app(DEKKEND_BASE_MAP=tiles + "/{z}/{x}/{y}.png") as address,
    ):
        visit = visit_at()
        visit.app = address
        visit.open(gemeente="GM0363")
        switch = visit.page.locator("label", has_text=_("Base map")).first
        assert asked == []
        switch.click()
        credit = visit.map.locator(".leaflet-control-attribution")
        expect(credit).to_contain_text("Kadaster")
        expect(visit.map.locator("img.leaflet-tile-loaded").first).to_be_attached()
        assert all(re.fullmatch(r"/\d+/\d+/\d+\.png", path) for path in asked)
        expect(credit).not_to_contain_text(failed)
        assert visit.errors == []

        for status in (500, None):
            switch.click()
            expect(credit).to_have_count(0)
            mood["status"] = status
            switch.click()
            visit.in_map("(map) => map.setView([52.2, 5.95], 10, {animate: false})")
            expect(credit).to_contain_text(failed)
            # The map goes on without it.
            visit.choose(_("Colour by"), _("Demand") if status else _("Gap"))
            visit.painted("demand" if status else "gap")
        # What the browser says of the tiles that did not come, and of nothing else.
        assert visit.errors
        visit.errors[:] = [one for one in visit.errors if tiles not in one]
