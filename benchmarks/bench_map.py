"""From choosing another measure to the repainted map, beside folium inside streamlit-folium."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from playwright.sync_api import Error, Frame, Page

import coverage
from coverage import measures
from tests.browser.driver import running_app, running_chromium

TURNS = 12
MEASURES = ("status", "gap", "capacity")  # the first municipality has another colour in each
FOLIUM = Path(__file__).with_name("folium_app.py")
_LABELS = [measures.MEASURES[name].label for name in MEASURES]
_WAIT = 10  # seconds

# When a polygon has a colour: the time of the frame after that, for then it has been painted.
_REPAINTED = """([selector, fill]) => {
    if (document.querySelector(selector)?.getAttribute("fill") !== fill) return null;
    return new Promise((resolve) => requestAnimationFrame(
        () => setTimeout(() => resolve(Date.now()))));
}"""


def run() -> None:
    """Print the median of each, the ratio, and how long the first map takes."""
    year = max(coverage.EDITIONS)
    register = coverage.read_register(coverage.PUBLIC_REGISTER)
    assessment = coverage.assess(coverage.load_edition(year), register)
    painted = {name: measures.paint(assessment, name).iloc[0] for name in MEASURES}
    with (
        running_app() as ours,
        running_app(FOLIUM) as theirs,
        running_chromium() as browser,
    ):
        opened = []
        for _ in range(5):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            start = time.perf_counter()
            page.goto(f"{ours}/?taal=en")
            page.wait_for_selector(".coverage-map[data-painted]")
            opened.append(time.perf_counter() - start)
        folium = browser.new_page(viewport={"width": 1280, "height": 900})
        folium.goto(theirs)
        _folium_frame(folium).wait_for_selector("path.leaflet-interactive")
        pairs = []
        for turn in range(TURNS + len(MEASURES)):
            place = (turn + 1) % len(MEASURES)
            row = painted[MEASURES[place]]
            hatched = f"url(#hatch-{row['colour'][1:]})" if row["hatched"] else row["colour"]
            mine = _change(page, "Colour by", _LABELS[place], "path.municipality", hatched)
            other = _change(
                folium, "Measure", MEASURES[place], "path.leaflet-interactive", row["colour"]
            )
            if turn >= len(MEASURES):  # each measure once to warm up
                pairs.append((mine, other))
    ratio = statistics.median(other / mine for mine, other in pairs)
    mine, other = (statistics.median(times) for times in zip(*pairs, strict=True))
    print(
        f"another measure on the map of {len(assessment.municipalities)} municipalities: "
        f"{mine:.0f} ms; st_folium: {other:.0f} ms; ratio {ratio:.1f}"
    )
    print(
        f"first map after opening the page: {statistics.median(opened):.1f} s "
        f"(slowest of {len(opened)}: {max(opened):.1f} s)"
    )


def _change(page: Page, label: str, option: str, selector: str, fill: str) -> float:
    """Milliseconds from the click on an option until the first polygon has its colour."""
    page.get_by_role("combobox", name=label).first.click()
    choice = page.get_by_role("option", name=option, exact=True)
    choice.wait_for()
    page.evaluate(
        """() => document.addEventListener(
            "click", () => { window.clicked = Date.now(); }, { capture: true, once: true })"""
    )
    choice.click()
    until = time.monotonic() + _WAIT
    at = None
    while at is None:
        if time.monotonic() > until:
            raise TimeoutError(f"not repainted for {option}: {fill}")
        try:
            at = _frame(page).evaluate(_REPAINTED, [selector, fill])
        except Error:  # the frame was loaded anew under our hands
            continue
    clicked = page.evaluate("window.clicked")
    page.wait_for_timeout(400)
    return float(at - clicked)


def _frame(page: Page) -> Frame:
    """Where the map is: in the page, or in folium's frame."""
    return next((one for one in page.frames if "streamlit_folium" in one.url), page.main_frame)


def _folium_frame(page: Page) -> Frame:
    page.wait_for_selector("iframe")
    return _frame(page)
