"""The map that is saved as a file, opened from disk in a browser without any network."""

import pytest

import coverage
from coverage import i18n, maps
from coverage.map_file import map_file
from coverage.measures import paint

YEAR = 2025


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    edition = coverage.load_edition(YEAR)
    assessment = coverage.assess(edition, coverage.read_register(coverage.EXAMPLE_REGISTER))
    painted = paint(assessment, "status")
    names = edition.municipalities["name"].mask(
        edition.municipalities.index == "GM0363", "<img src=x onerror=document.title='run'>"
    )
    page = map_file(
        painted,
        names,
        maps.shapes(edition.municipalities.geometry),
        measure="status",
        title="Status, Nederland, gemeenten van 2025",
        notes=["Grenzen: CBS en Kadaster."],
        example=True,
    )
    path = tmp_path_factory.mktemp("map") / "dekkend.html"
    path.write_text(page, encoding="utf-8")
    return path, painted


@pytest.fixture
def opened(saved, chromium):
    path, painted = saved
    i18n.use(i18n.DEFAULT)
    context = chromium.new_context(viewport={"width": 1000, "height": 900}, offline=True)
    page = context.new_page()
    asked, wrong = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text))
    page.goto(path.as_uri())
    page.locator("path.municipality").first.wait_for(state="attached")
    yield page, painted
    page.wait_for_timeout(200)
    context.close()
    assert asked == [path.as_uri()], "the file asks for something else"
    assert wrong == []


def test_every_municipality_is_drawn_in_its_colour(opened):
    page, painted = opened
    shapes = page.locator("path.municipality")
    assert shapes.count() == len(painted)
    fills = shapes.evaluate_all("(all) => all.map((one) => one.getAttribute('fill'))")
    hatches = page.locator("pattern").evaluate_all("(all) => all.map((one) => `url(#${one.id})`)")
    assert set(fills) == set(painted.loc[~painted["hatched"], "colour"]) | set(hatches)
    assert sum(fill in hatches for fill in fills) == painted["hatched"].sum()
    box = page.locator(".folium-map").bounding_box()
    assert box["width"] > 600
    assert box["height"] > 500


def test_map_has_a_name_and_can_be_walked_by_keyboard(opened):
    page, _ = opened
    frame = page.get_by_role("region", name="Status, Nederland, gemeenten van 2025")
    assert frame.count() == 1
    assert page.locator("html").get_attribute("lang") == "nl"
    assert page.title() == "Status, Nederland, gemeenten van 2025"
    stops = page.evaluate(
        "() => [...document.querySelectorAll('[tabindex], a, button')]"
        ".filter((one) => one.tabIndex >= 0).length"
    )
    assert stops == 3, "the map, and its two buttons to zoom"
    before = page.locator("path.municipality").first.get_attribute("d")
    page.get_by_role("button", name="Inzoomen").focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    assert page.locator("path.municipality").first.get_attribute("d") != before


def test_pointing_tells_the_status_and_runs_nothing(opened):
    page, painted = opened
    code = "GM0363"
    # Known shapes are drawn last, in the order of the edition.
    order = list(painted.sort_values("known", kind="stable").index)
    page.locator("path.municipality").nth(order.index(code)).dispatch_event(
        "mouseover", {"bubbles": True}
    )
    tip = page.locator(".municipality-tip")
    tip.wait_for()
    assert tip.inner_text().startswith("<img src=x onerror=")
    assert tip.locator("img").count() == 0
    assert page.title() != "run"


def test_legend_and_sources_are_read_at_any_width(opened):
    page, _ = opened
    assert page.locator(".coverage-legend").get_by_text("Dekkend").count()
    assert page.get_by_text("VOORBEELD: verzonnen gegevens").is_visible()
    assert page.get_by_text("Grenzen: CBS en Kadaster.").is_visible()
    page.set_viewport_size({"width": 320, "height": 600})
    wide = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, "no scrolling sideways"
