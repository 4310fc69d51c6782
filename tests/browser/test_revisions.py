"""Two people who edit at once, and the page of revisions, in a real browser."""

from __future__ import annotations

import io
import re
import zipfile

import pyogrio
import pytest
from playwright.sync_api import expect

from coverage.i18n import _
from coverage.register import read_register
from coverage.workspace import RevisionKind, Workspace
from tests import postgres_server
from tests.browser.editing import arrive, begun, change, offer, opened, revisions, serving
from tests.small_register import small

UNSAVED = "Your change is not saved yet"


@pytest.fixture
def folder(tmp_path):
    begun(tmp_path)
    return tmp_path


@pytest.fixture
def app(folder):
    with serving(folder, {}) as address:
        yield address


@pytest.fixture
def two(app, visit_at):
    """Two people who have the same revision before them, each in a browser of their own."""
    return arrive(visit_at(), app), arrive(visit_at(), app)


def told(visit):
    """Part of the page that tells of a change that is not saved."""
    return visit.page.get_by_role("heading", name=_(UNSAVED))


def press(visit, name):
    visit.page.get_by_role("button", name=name).click()
    visit.settle()


def pick(visit, words):
    visit.page.get_by_role("radio", name=words).locator("xpath=ancestor::label").click()
    visit.settle()


def test_two_changes_of_different_cells_are_put_together(two, folder):
    first, second = two
    change(first, capacity_families="40")
    expect(first.page.get_by_role("status").first).to_contain_text("2")
    change(second, note="from the second", why="because")
    expect(told(second)).to_be_visible()
    assert len(revisions(folder)) == 2, "nothing was overwritten"
    press(second, _("Save them together"))
    expect(told(second)).to_have_count(0)
    press(second, "Refresh")
    expect(second.page.get_by_label("capacity_families")).to_have_value("40")
    row, made = offer(folder, 0), revisions(folder)[0]
    assert (row["capacity_families"], row["note"]) == (40, "from the second")
    assert (made.number, made.kind) == (3, RevisionKind.MERGE)
    assert made.note.startswith("because (")


@pytest.mark.parametrize(("whose", "kept"), [("mine", 60), ("theirs", 40)])
def test_of_a_cell_that_both_changed_the_second_says_which_is_right(two, folder, whose, kept):
    first, second = two
    change(first, capacity_families="40")
    change(second, capacity_families="60", note="from the second")
    together = second.page.get_by_role("button", name=_("Save them together"))
    expect(together).to_be_disabled()
    words = {
        "mine": _("Mine: {value}", value="60"),
        "theirs": _("Theirs: {value}", value="40"),
    }
    pick(second, words[whose])
    press(second, _("Save them together"))
    row = offer(folder, 0)
    assert (row["capacity_families"], row["note"]) == (kept, "from the second")


def test_what_was_typed_stays_on_another_page_and_is_let_go_only_when_asked(two, folder):
    first, second = two
    change(first, capacity_families="40")
    change(second, capacity_families="60")
    second.turn_to("Start")
    second.turn_to("Revisions")
    expect(told(second)).to_be_visible()
    press(second, _("Let go of my change"))
    press(second, _("Yes, throw my change away"))
    expect(told(second)).to_have_count(0)
    second.turn_to("Edit")
    expect(second.page.get_by_label("capacity_families")).to_have_value("40")
    assert len(revisions(folder)) == 2


def test_my_version_can_be_kept_as_a_file(two, tmp_path):
    first, second = two
    change(first, capacity_families="40")
    change(second, capacity_families="60")
    path = second.download(_("Download my version (Excel)"), tmp_path)
    assert read_register(path).offers.loc[0, "capacity_families"] == 60


def test_a_third_who_is_first_again_is_merged_too(two, folder):
    first, second = two
    change(first, capacity_families="40")
    change(second, note="from the second")
    change(first, name="Another name")
    press(second, _("Save them together"))
    expect(told(second)).to_be_visible()
    press(second, _("Save them together"))
    expect(told(second)).to_have_count(0)
    row = offer(folder, 0)
    found = (row["name"], row["capacity_families"], row["note"])
    assert found == ("Another name", 40, "from the second")


def test_the_browser_asks_before_what_is_not_saved_is_lost(two):
    first, second = two
    change(first, capacity_families="40")
    first.page.reload()
    assert first.asked == [], "all of it is saved"
    change(second, capacity_families="60")
    second.page.wait_for_function("window.dekkendUnsaved")
    second.page.reload()
    assert second.asked == ["beforeunload"]


@pytest.fixture(params=["sqlite", "postgresql"])
def shared(request, folder):
    """Environment of an app on a database with one revision, and that database."""
    if request.param == "sqlite":
        yield {}, f"sqlite:///{folder / 'workspace.db'}"
        return
    with (
        postgres_server.server() as server,
        postgres_server.database(server, "two-processes") as address,
    ):
        url = address.replace("postgresql://", "postgresql+psycopg://")
        space = Workspace.open(url)
        space.commit(small(), parent=0, author="a", note="", kind=RevisionKind.EDIT)
        space.close()
        yield {"DEKKEND_WORKSPACE": url}, url


def test_two_processes_on_one_database_see_each_other(shared, folder, visit_at):
    environment, url = shared
    with serving(folder, environment) as one, serving(folder, environment) as other:
        first, second = arrive(visit_at(), one), arrive(visit_at(), other)
        change(first, capacity_families="40")
        change(second, capacity_families="60")
        expect(told(second)).to_be_visible()
        pick(second, _("Mine: {value}", value="60"))
        press(second, _("Save them together"))
        expect(told(second)).to_have_count(0)
        first.turn_to("Revisions")
        table = first.page.get_by_role("table").first
        expect(table.get_by_role("rowheader")).to_have_text(["3", "2", "1"])
        first.turn_to("Edit")
        press(first, "Refresh")
        expect(first.page.get_by_label("capacity_families")).to_have_value("60")
    space = Workspace.open(url)
    kinds = [one.kind for one in space.revisions()]
    space.close()
    assert kinds[:2] == [RevisionKind.MERGE, RevisionKind.EDIT]


# --- the page of revisions --------------------------------------------------


@pytest.fixture
def history(folder):
    """Three revisions, with what is dangerous in names and notes."""
    with opened(folder) as space:
        changed = small(note=["<img src=x onerror=alert(1)>", "", ""])
        hostile = "Eve <b>bold</b> [x](http://198.51.100.1/)"
        space.commit(changed, parent=1, author=hostile, note="**loud**", kind=RevisionKind.EDIT)
        fewer = small(2, note=["<img src=x onerror=alert(1)>", ""], capacity_families=["", "12"])
        space.commit(fewer, parent=2, author="b", note="", kind=RevisionKind.EDIT)
    return folder


@pytest.fixture
def page(app, visit, history):  # noqa: ARG001 - there before the page is
    return arrive(visit, app, "versies")


def test_revisions_are_told_and_compared(page):
    heads, changes = page.page.get_by_role("table").all()
    expect(heads.get_by_role("rowheader")).to_have_text(["3", "2", "1"])
    expect(heads).to_contain_text("Eve <b>bold</b> [x](http://198.51.100.1/)")
    expect(changes).to_contain_text("12")
    expect(changes.get_by_role("rowheader")).to_have_count(2)
    heads.get_by_role("button", name="2", exact=True).click()
    page.settle()
    expect(changes).to_contain_text("<img src=x onerror=alert(1)>")
    page.choose(_("Compare with"), "0:")
    expect(changes.get_by_role("rowheader")).to_have_count(4)


def test_going_back_makes_a_new_revision(page, history):
    page.choose(_("Revision"), "2:")
    press(page, _("Go back to this revision"))
    page.page.get_by_label(_("Why?")).fill("that was wrong")
    press(page, _("Yes, go back to revision {number}", number="2"))
    expect(page.page.get_by_role("status").first).to_contain_text("4")
    made = revisions(history)[0]
    assert (made.number, made.kind, made.note) == (4, RevisionKind.RESTORE, "that was wrong")
    with opened(history) as space:
        assert space.register().offers.equals(space.register(2).offers)


def test_going_back_does_not_undo_what_was_not_seen(page, history):
    page.choose(_("Revision"), "2:")
    press(page, _("Go back to this revision"))
    with opened(history) as space:
        space.commit(
            small(2, capacity_families=["7", "12"]),
            parent=3,
            author="c",
            note="",
            kind=RevisionKind.EDIT,
        )
    press(page, _("Yes, go back to revision {number}", number="2"))
    expect(told(page)).to_be_visible()
    assert revisions(history)[0].author == "c"


def test_every_revision_can_be_downloaded(page, history, tmp_path):
    page.choose(_("Revision"), "2:")
    with opened(history) as space:
        wanted = space.register(2).offers
    book = page.download(_("Excel (one sheet a table)"), tmp_path)
    assert read_register(book).offers.equals(wanted)
    packed = page.download(_("CSV files (zip)"), tmp_path)
    with zipfile.ZipFile(io.BytesIO(packed.read_bytes())) as bundle:
        bundle.extractall(tmp_path / "csv")
    assert read_register(tmp_path / "csv").offers.equals(wanted)
    layers = page.download(_("Map for QGIS (GeoPackage)"), tmp_path)
    assert "offers" in pyogrio.list_layers(layers)[:, 0]
    expect(page.page.get_by_role("link", name=re.compile("2"))).to_have_attribute(
        "href", re.compile(r"register=own&revisie=2")
    )


def test_the_differences_can_be_downloaded(page, tmp_path):
    book = page.download(_("Download these differences (Excel)"), tmp_path)
    assert book.suffix == ".xlsx"


def test_the_whole_merge_goes_by_keyboard(two, folder):
    first, second = two
    change(first, capacity_families="40")
    change(second, capacity_families="60")
    keys = second.page.keyboard
    theirs = second.page.get_by_role("radio", name=_("Theirs: {value}", value="40"))
    second.press_tab_to(theirs)
    keys.press("ArrowDown")
    second.settle()
    together = second.page.get_by_role("button", name=_("Save them together"))
    second.press_tab_to(together)
    keys.press("Enter")
    second.settle()
    expect(told(second)).to_have_count(0)
    assert offer(folder, 0)["capacity_families"] == 60
