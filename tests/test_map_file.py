"""The map as one file: all that it needs inside, and nothing that could run or call out."""

import json
import re
from html.parser import HTMLParser

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

import coverage
from coverage import i18n, maps
from coverage.map_file import map_file
from coverage.measures import MEASURES, UNKNOWN_STEP, paint
from coverage.palette import COLOURS, UNKNOWN_COLOUR

CODES = ["GM0001", "GM0002", "GM0003"]
COLOUR = list(COLOURS.values())
HOSTILE = "</script><img src=http://evil.example/x onerror=alert(1)>'\"{{7*7}}"


@pytest.fixture(autouse=True)
def english():
    i18n.use("en")
    yield
    i18n.use(i18n.DEFAULT)


@pytest.fixture
def boundaries():
    squares = [box(x, 450_000, x + 10_000, 460_000) for x in (120_000, 130_000, 140_000)]
    index = pd.Index(CODES, name="gm_code")
    return maps.shapes(gpd.GeoSeries(squares, index=index, crs="EPSG:28992"))


NAMES = pd.Series({"GM0001": "Zeker", "GM0002": "Half & <b>zeker</b>", "GM0003": "Onbekend"})


@pytest.fixture
def painted():
    return pd.DataFrame(
        {
            "step": [5, 1, UNKNOWN_STEP],
            "hatched": [False, True, False],
            "words": ["Covered", "At least: <i>voluntary</i> offer", "Unknown"],
            "colour": [COLOUR[5], COLOUR[1], UNKNOWN_COLOUR],
            "known": [True, True, False],
        },
        index=pd.Index(CODES, name="gm_code"),
    )


@pytest.fixture
def page(painted, boundaries):
    def made(painted=painted, names=NAMES, **changes):
        usual = {"measure": "status", "title": "Status, 2025", "notes": ["Source: CBS."]}
        return map_file(painted, names, boundaries, **usual | changes)

    return made


class Elements(HTMLParser):
    """Elements of a page with their attributes, and the text outside scripts and styles."""

    def __init__(self, page):
        super().__init__()
        self.found, self.text, self._inside = [], "", ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        self._inside = tag

    def handle_endtag(self, tag):  # noqa: ARG002 - as the parser calls it
        self._inside = ""

    def handle_data(self, data):
        if self._inside not in {"script", "style"}:
            self.text += data

    def all(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


def features(page):
    """The features that the page draws, by code."""
    start = page.index('{"features":') if '{"features":' in page else page.index('{"type": "Fea')
    drawn, _ = json.JSONDecoder().raw_decode(page[start:])
    return {feature["id"]: feature for feature in drawn["features"]}


def addresses(page):
    """Whatever the page would fetch: addresses in attributes and styles."""
    elements = Elements(page).found
    asked = [
        value
        for tag, attributes in elements
        for name, value in attributes.items()
        if name in {"src", "href", "action", "srcset", "data", "poster"} and tag != "a"
    ]
    styles = re.findall(r"<style.*?</style>", page, flags=re.DOTALL)
    return asked + re.findall(r"""(?:url\(|@import)\s*["']?([^"')]+)""", "".join(styles))


def test_page_asks_no_other_host(page):
    # Leaflet's own pictures, of controls that are not on this map, would lie beside the file.
    assert all(not re.match(r"(?:[a-z]+:)?//", one) for one in addresses(page()))
    assert "user-scalable" not in page()
    assert "maximum-scale" not in page()
    assert "cdn" not in page().lower()


def test_leaflet_is_inside(page):
    leaflet = (maps.leaflet_dir() / "leaflet.js").read_text(encoding="utf-8")
    assert leaflet in page()
    assert ".leaflet-container" in page()
    assert all("src" not in script for script in Elements(page()).all("script"))
    assert not Elements(page()).all("link")


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_page_says_its_language_and_title_once(page, language):
    i18n.use(language)
    elements = Elements(page(title="Title & <more>"))
    assert [one.get("lang") for one in elements.all("html")] == [language]
    assert len(elements.all("title")) == len(elements.all("h1")) == 1
    assert "<title>Title &amp; &lt;more&gt;</title>" in page(title="Title & <more>")
    assert "<h1>Title &amp; &lt;more&gt;</h1>" in page(title="Title & <more>")
    assert page().lstrip().lower().startswith("<!doctype html>")
    assert any(
        "utf-8" in str(one).lower() or one.get("charset") == "utf-8" for one in elements.all("meta")
    )


def test_colour_hatch_and_grey(page):
    drawn = features(page())
    fills = {code: feature["properties"]["fill"] for code, feature in drawn.items()}
    hatch = f"hatch-{COLOUR[1].removeprefix('#')}"
    assert fills == {"GM0001": COLOUR[5], "GM0002": f"url(#{hatch})", "GM0003": UNKNOWN_COLOUR}
    patterns = [one["id"] for one in Elements(page()).all("pattern")]
    assert patterns == [hatch]


def test_what_is_known_is_drawn_last(page):
    assert list(features(page())) == ["GM0003", "GM0001", "GM0002"]


def test_names_and_words_are_escaped_for_the_tooltip(page):
    tips = {code: one["properties"]["tooltip"] for code, one in features(page()).items()}
    assert tips["GM0002"] == (
        "<b>Half &amp; &lt;b&gt;zeker&lt;/b&gt;</b><br>At least: &lt;i&gt;voluntary&lt;/i&gt; offer"
    )
    assert tips["GM0003"] == "<b>Onbekend</b><br>Unknown"


def test_texts_cannot_become_code(page):
    usual = Elements(page())
    hostile = page(names=NAMES.map(lambda _: HOSTILE), title=HOSTILE, notes=[HOSTILE])
    elements = Elements(hostile)
    assert [tag for tag, _ in elements.found] == [tag for tag, _ in usual.found]
    assert not elements.all("img")
    assert elements.text.count("evil.example") == 3  # title, heading and note
    assert "{{7*7}}" in elements.text


def test_legend_and_notes_stand_below(page):
    text = page(notes=["Source: <b>CBS</b>.", "Made on 1 May 2026."])
    assert "<p class='note'>Source: &lt;b&gt;CBS&lt;/b&gt;.</p>" in text
    assert "<p class='note'>Made on 1 May 2026.</p>" in text
    assert text.index("folium-map") < text.index("<footer>")
    legend = text[text.index("<table class='coverage-legend'>") :]
    assert legend.startswith(maps.legend("status", paint_of(text)))


def test_title_map_and_legend_stand_in_the_order_of_reading(page):
    text = page()
    places = [text.index(part) for part in ("<h1>", 'class="folium-map"', "coverage-legend'>")]
    assert places == sorted(places)


def paint_of(page):
    """Steps and hatches that the legend must have counted."""
    fills = [one["properties"]["fill"] for one in features(page).values()]
    return pd.DataFrame(
        {
            "step": [
                UNKNOWN_STEP if fill == UNKNOWN_COLOUR else 1 if "url" in fill else 5
                for fill in fills
            ],
            "hatched": ["url" in fill for fill in fills],
        }
    )


@pytest.mark.parametrize(
    ("language", "mark"),
    [("en", "EXAMPLE: made-up data"), ("nl", "VOORBEELD: verzonnen gegevens")],
)
def test_example_is_marked(page, language, mark):
    i18n.use(language)
    assert mark in Elements(page(example=True)).text
    assert mark not in page()


def test_map_is_of_its_municipalities(page, painted, boundaries):
    first = painted.iloc[:1]
    assert list(features(page(painted=first))) == ["GM0001"]
    corners = [list(corner) for corner in maps.bounds(boundaries.iloc[:1])]
    assert json.dumps(corners) in page(painted=first)


def test_map_of_no_municipality_shows_the_country(page, painted):
    text = page(painted=painted.iloc[:0])
    assert json.dumps([list(corner) for corner in maps.NETHERLANDS]) in text
    assert "<table class='coverage-legend'>" in text


def test_two_files_of_the_same_map_say_the_same(page):
    without_ids = [re.sub(r"[0-9a-f]{32}", "", page()) for _ in range(2)]
    assert without_ids[0] == without_ids[1]


@pytest.mark.parametrize("year", coverage.EDITIONS)
def test_country_is_less_than_a_megabyte(year):
    edition = coverage.load_edition(year)
    assessment = coverage.assess(edition, coverage.read_register(coverage.EXAMPLE_REGISTER))
    boundaries = maps.shapes(edition.municipalities.geometry)
    for measure in MEASURES:
        page = map_file(
            paint(assessment, measure),
            edition.municipalities["name"],
            boundaries,
            measure=measure,
            title=measure,
            notes=[],
            example=True,
        )
        assert len(page.encode()) < 1_000_000
        assert len(features(page)) == len(edition.municipalities)
