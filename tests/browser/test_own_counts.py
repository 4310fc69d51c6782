"""Own counts in the browser: from a file to the map, the screen, paper and a file that leaves."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from coverage import provenance
from coverage.i18n import _
from tests.browser.driver import running_app
from tests.browser.paper import text_of
from tests.browser.test_manage_pages import COUNTS, press

KEPT_IN = "Not printed: these figures are not protected."
SAVE = "Download this municipality (Excel)"
WHY = "Why may these figures leave this screen, and who gets them?"
WORDS = "Voor de rechtbank, op papier"


@pytest.fixture
def app(tmp_path):
    """App with a workspace of its own."""
    folder = str(tmp_path)
    with running_app(
        DEKKEND_WORKSPACE=f"sqlite:///{folder}/w.db", XDG_CONFIG_HOME=folder
    ) as address:
        yield address


def printed(visit):
    return " ".join(text_of(visit.page.pdf()).split())


def said_by(path):
    """Words with which the figures of a file were let out."""
    return provenance.why_unprotected(provenance.read(path))


def brought(visit):
    """Bring counts, see what is published, and save them."""
    page = visit.open("aantallen").page
    page.locator("input[type=file]").set_input_files(
        {"name": "telling.csv", "mimeType": "text/csv", "buffer": COUNTS.encode()}
    )
    expect(page.get_by_role("heading", name=_("2. What was found"))).to_be_visible()
    assert printed(visit) == _(KEPT_IN)
    press(visit, _("See what is published"))
    press(visit, _("Save these counts"))
    page.get_by_role("link", name=_("Show these counts on the map")).click()
    visit.municipalities.first.wait_for(state="attached")
    visit.settle()
    expect(page.get_by_role("combobox", name=_("Set of counts"))).to_be_visible()


def test_small_counts_leave_only_with_words(visit_at, tmp_path):
    visit = visit_at()
    page = visit.page
    brought(visit)

    # Neither the screen nor a file tells what is hidden.
    visit.open("gemeente", aantallen="own", gemeente="GM0310")
    orders = page.get_by_role("row").filter(has_text=_("Supervision orders imposed")).first
    expect(orders).to_contain_text(_("protected"))
    assert said_by(visit.download(_(SAVE), tmp_path)) == ""

    # Who brought the counts sees them, on the screen only.
    page.get_by_test_id("stSidebar").get_by_text(_("Show my counts unprotected")).click()
    expect(orders).not_to_contain_text(_("protected"))
    visit.settle()
    expect(orders).to_contain_text("7")
    expect(page.get_by_test_id("stDownloadButton")).to_have_count(0)
    assert printed(visit) == _(KEPT_IN)
    shared = page.url

    # With words they may leave, and the words go along.
    visit.press_tab_to(page.get_by_role("textbox", name=_(WHY)))
    page.keyboard.type(WORDS)
    page.keyboard.press("Tab")
    expect(page.get_by_test_id("stDownloadButton")).to_be_visible()
    visit.settle()
    paper = printed(visit)
    assert WORDS in paper
    assert _("NOT PROTECTED") in paper
    assert said_by(visit.download(_(SAVE), tmp_path)) == WORDS
    visit.turn_to(_("Map"))
    visit.municipalities.first.wait_for(state="attached")
    visit.settle()
    path = visit.download(_("Save this map (HTML)"), tmp_path)
    assert said_by(path) == WORDS

    # The link that somebody else gets shows what is published.
    other = visit_at()
    other.page.goto(shared)
    expect(other.page.get_by_role("row").filter(has_text=_("protected")).first).to_be_visible()
    other.settle()
