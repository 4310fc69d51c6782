"""Every page on a telephone, zoomed in, and on paper."""

import re

import pytest
from playwright.sync_api import expect

PAGES = ("", "tekorttabel", "vergelijk", "gemeente", "scenarios", "verantwoording")
CHOICES = {
    "register": "example",
    "gemeente": "GM0363",
    "locaties": "ja",
    "naast": "2010",
    "scenarios": "Ruimer~share_imposed=0.06",
}

# 1280 by 900 at 200% is 640 by 450; a telephone; a screen.
SIZES = ((360, 740), (640, 450), (1280, 900))

_TOO_WIDE = """() => [document.scrollingElement, document.querySelector("[data-testid=stMain]")]
    .map((one) => one.scrollWidth - one.clientWidth)"""

# What sticks out of the window, and does not scroll in a box of its own.
_STICKING_OUT = """() => [...document.querySelectorAll("[data-testid=stMain] *")].filter((one) => {
    const box = one.getBoundingClientRect();
    if (!box.width || !one.checkVisibility() || box.right <= innerWidth + 1) return false;
    for (let at = one.parentElement; at; at = at.parentElement) {
        if (at.dataset.testid === "stMain") return true;
        if (getComputedStyle(at).overflowX !== "visible") return false;
    }
    return false;
}).map((one) => one.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("page", PAGES)
def test_page_fits_on_every_screen_and_on_paper(visit, page):
    visit.open(page, **CHOICES)
    for width, height in SIZES:
        visit.page.set_viewport_size({"width": width, "height": height})
        visit.settle()
        assert visit.page.evaluate(_TOO_WIDE) == [0, 0], width
        assert visit.page.evaluate(_STICKING_OUT) == [], width

    paper = visit.page.pdf(prefer_css_page_size=True)
    pages = len(re.findall(rb"/Type\s*/Page\b", paper))
    assert 1 <= pages < 40
    visit.page.emulate_media(media="print")
    for what in ("stSidebar", "stHeader", "stDownloadButton", "stSelectbox"):
        expect(visit.page.get_by_test_id(what).locator("visible=true")).to_have_count(0)
    expect(visit.title).to_be_visible()
