"""The page of own counts without a browser: each way in, what is told, what is kept."""

import tempfile
from pathlib import Path

import pytest
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from coverage import count_sets, disclosure, statline
from coverage.ui import counts_page, editor
from coverage.workspace import WorkspaceError
from tests import managed, statline_server

COUNTS = """gm_code,imposed,extended,period
GM0307,12,22,2023
GM0310,7,25,2023
GM0321,30,33,2023
"""
CASES = """\
kindnummer;begindatum;einddatum;gemeente
GEHEIM-1;2023-02-01;;Utrecht
GEHEIM-2;2022-05-01;2023-04-30;Utrecht
GEHEIM-3;2023-03-01;2023-01-01;Amersfoort
"""
HOSTILE = "<img src=x onerror=alert(1)>![x](http://elders.example/x.png).csv"

server = pytest.fixture(statline_server.server)
quick = pytest.fixture(statline_server.quick)

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch):
    return managed.begun(tmp_path, monkeypatch, "counts_page")


def hand_over(app, content, name="counts.csv"):
    app.file_uploader[0].upload(name, content.encode() if isinstance(content, str) else content)
    app.run()
    assert not app.exception
    return app


def press(app, label):
    next(one for one in app.button if one.label == label).click().run()
    assert not app.exception


def pick(app, way):
    app.radio(key="counts_way").set_value(way).run()
    assert not app.exception


def shown(app):
    """Everything that is written on the page."""
    said = [app.markdown, app.info, app.warning, app.error, app.success, app.header, app.title]
    texts = [str(one.value) for part in said for one in part]
    return "\n".join(texts + [str(one.proto.body) for one in app.get("html")])


def test_counts_are_seen_as_others_see_them_before_they_are_saved(workspace):
    app = hand_over(managed.opened(), COUNTS)
    assert "3 municipalities have counts." in shown(app)
    # What is not protected does not go on paper.
    assert "<p class='coverage-kept-in'>" in shown(app)
    assert not [one for one in app.button if one.label == "Save these counts"]
    press(app, "See what is published")
    assert "7 → protected (1 to 18)" in shown(app)
    app.number_input(key="counts_threshold").set_value(20).run()
    assert "protected (1" not in shown(app), "another rule is another table"
    press(app, "See what is published")
    app.text_input(key="counts_note").set_value("From the court").run()
    press(app, "Save these counts")
    assert "Saved as set 1." in shown(app)
    (head,) = count_sets.heads(workspace)
    assert (head.author, head.note, head.municipalities) == ("A tester", "From the court", 3)
    assert count_sets.load(workspace, 1).protection["rule"]["threshold"] == 20
    assert "<p class='coverage-kept-in'>" not in shown(app)
    assert app.session_state["counts"] == "own"


def test_sums_that_are_hidden_are_named_and_counted_as_published():
    app = hand_over(
        managed.opened(), "gm_code,imposed,extended\nGM0307,7,3\nGM0344,12,22\nGM0310,2,1\n"
    )
    press(app, "See what is published")
    assert "and 3 sums of regions are not published." in shown(app)
    assert "Utrecht (Province): extended" in shown(app)


def test_there_is_an_empty_file_to_begin_with():
    app = managed.opened()
    labels = [one.proto.label for one in app.get("download_button")]
    assert "Empty example file (CSV)" in labels
    assert counts_page._template().startswith(b"\xef\xbb\xbfgm_code;")


def test_the_same_counts_again_are_the_set_that_there_is(workspace):
    for threshold in (10, 20):
        app = hand_over(managed.opened(), COUNTS)
        app.number_input(key="counts_threshold").set_value(threshold).run()
        press(app, "See what is published")
        press(app, "Save these counts")
    assert "You saved these counts before, as set 1." in shown(app)
    assert len(count_sets.heads(workspace)) == 1
    app = hand_over(managed.opened(), COUNTS.replace("12,22", "13,22"))
    press(app, "See what is published")
    assert "Set 1 holds counts of the same period" in shown(app)
    press(app, "Let go of these counts")
    assert "1. Where do the counts come from?" in shown(app)
    press(app, "Remove this set")
    assert count_sets.heads(workspace) == []
    assert "Set 1 is removed." in shown(app)


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        ("gm_code,imposed,extended\nGM0307,veel,3\nGM9999,1,2\n", "a.csv", "row 2, column imposed"),
        ("gm_code,imposed,extended\nGM9999,1,2\n", "a.csv", "row 2, column gm_code"),
        ("naam;aanbod\nx;y\n", HOSTILE, "gm_code"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "a.png", "cannot be used"),
        (b"PK\x03\x04 no workbook", "a.xlsx", "cannot be used"),
        ("", "leeg.csv", "cannot be used"),
        (COUNTS.replace("GM0307", "<b>GM0307"), "a.csv", "&lt;b&gt;GM0307"),
    ],
)
def test_every_fault_is_told_with_its_place(content, name, said):
    app = hand_over(managed.opened(), content, name)
    assert said in shown(app)
    assert "<img" not in shown(app)
    assert "![x]" not in "".join(str(one.value) for one in app.markdown)
    assert "counts_brought" not in app.session_state


def test_cases_are_counted_by_area_and_nothing_of_them_is_kept(workspace, monkeypatch, tmp_path):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    seen = []
    real = counts_page.cases.read_cases
    monkeypatch.setattr(
        counts_page.cases, "read_cases", lambda path: seen.append(path.exists()) or real(path)
    )
    app = managed.opened()
    pick(app, counts_page.CASES)
    app.number_input(key="counts_year").set_value(2023).run()
    app.multiselect(key="counts_within").set_value(["GM0344", "province:PV24"]).run()
    hand_over(app, CASES, "zaken.csv")
    assert seen == [], "not before the reader says so"
    press(app, "Count these cases")
    assert seen == [True]
    assert [*folder.iterdir()] == []
    counts = app.session_state["counts_brought"].counts
    assert counts.loc["GM0344", ["imposed", "running", "ended"]].tolist() == [1, 1, 1]
    assert len(counts) == 7, "Utrecht, and the six of Flevoland, which have none"
    assert counts["imposed"].sum() == 1
    assert "Left out, as they end before they start: 1 (row 4)." in shown(app)
    press(app, "See what is published")
    press(app, "Save these counts")
    assert len(count_sets.heads(workspace)) == 1
    assert "GEHEIM" not in shown(app)
    assert "GEHEIM" not in repr(app.session_state)
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or b"GEHEIM" not in path.read_bytes()


@pytest.mark.parametrize("content", [CASES, "kindnummer;gemeente\nGEHEIM-1;Utrecht\n"])
def test_the_server_forgets_the_file_with_cases(monkeypatch, content):
    left = []
    real = MemoryUploadedFileManager.remove_file

    def watched(manager, session, file):
        real(manager, session, file)
        left.extend(manager.get_files(session, [file]))
        left.append(sum(map(len, manager.file_storage.values())))

    monkeypatch.setattr(MemoryUploadedFileManager, "remove_file", watched)
    app = managed.opened()
    pick(app, counts_page.CASES)
    hand_over(app, content, "zaken.csv")
    press(app, "Count these cases")
    assert left == [0]
    for key in ("counts_cases_0", "counts_cases_1"):
        assert key not in app.session_state or app.session_state[key] is None


def test_a_set_that_cannot_be_removed_is_told(workspace, monkeypatch):
    app = hand_over(managed.opened(), COUNTS)
    press(app, "See what is published")
    press(app, "Save these counts")

    def refuse(*_given):
        raise WorkspaceError("Nobody can write there.")

    monkeypatch.setattr(count_sets, "remove", refuse)
    press(app, "Remove this set")
    assert "Nobody can write there." in app.error[0].value
    assert len(count_sets.heads(workspace)) == 1


def test_cases_that_cannot_be_read_are_gone_too(monkeypatch, tmp_path):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    app = managed.opened()
    pick(app, counts_page.CASES)
    hand_over(app, "kindnummer;gemeente\nGEHEIM-1;Utrecht\n", "zaken.csv")
    press(app, "Count these cases")
    assert "This file cannot be used." in shown(app)
    assert "GEHEIM" not in shown(app)
    assert [*folder.iterdir()] == []


@pytest.mark.usefixtures("quick")
def test_what_cbs_has_published_is_not_protected_once_more(workspace, server, monkeypatch):
    monkeypatch.setenv(statline.ENVIRONMENT, server.url)
    app = managed.opened()
    pick(app, counts_page.STATLINE)
    assert "127.0.0.1" in shown(app), "who is asked stands there before anything is asked"
    assert server.asked == []
    press(app, "Ask CBS for these figures")
    assert "CBS has published these counts" in shown(app)
    assert "asked on" in "".join(one.value for one in app.caption)
    brought = app.session_state["counts_brought"].counts
    press(app, "Save these counts")
    found = count_sets.load(workspace, 1)
    assert found.was_public
    assert found.protected["imposed"].equals(brought.sort_index()["imposed"])
    assert not found.protected["count_status"].eq("suppressed").any()


@pytest.mark.usefixtures("quick")
def test_what_cbs_does_not_answer_is_told(server, monkeypatch):
    monkeypatch.setenv(statline.ENVIRONMENT, server.url)
    app = managed.opened()
    pick(app, counts_page.STATLINE)
    app.text_input(key="counts_period").set_value("<b>1").run()
    press(app, "Ask CBS for these figures")
    assert len(app.error) == 1
    assert "counts_brought" not in app.session_state


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("anew", [False, True])
def test_cbs_is_asked_anew_when_the_reader_says_so(server, monkeypatch, anew):
    monkeypatch.setenv(statline.ENVIRONMENT, server.url)
    for turn in range(2):
        app = managed.opened()
        pick(app, counts_page.STATLINE)
        app.checkbox(key="counts_refresh").set_value(anew).run()
        press(app, "Ask CBS for these figures")
        if not turn:
            before = len(server.asked)
    assert (len(server.asked) > before) is anew


def test_counts_that_cannot_be_protected_are_not_saved(monkeypatch):
    def refuse(*_given):
        raise disclosure.UnprotectedError

    monkeypatch.setattr(disclosure, "protect", refuse)
    app = hand_over(managed.opened(), COUNTS)
    press(app, "See what is published")
    assert "cannot be protected by this rule" in app.error[0].value
    assert not [one for one in app.button if one.label == "Save these counts"]


def test_who_may_not_edit_sees_the_sets_and_brings_nothing(monkeypatch):
    app = hand_over(managed.opened(), COUNTS)
    press(app, "See what is published")
    nobody = editor.Editor("", may_edit=False, why="Sign in.")
    monkeypatch.setattr(editor, "editor", lambda: nobody)
    press(app, "Save these counts")
    assert "7 →" not in shown(app)
    assert not app.file_uploader
    assert not app.button
    assert "None yet." in shown(app)


def test_limits_are_told():
    app = managed.opened()
    assert "50 MB" in app.file_uploader[0].label
    pick(app, counts_page.CASES)
    assert "200 MB" in app.file_uploader[0].label
    config = Path(__file__).parents[1] / ".streamlit/config.toml"
    assert f"maxUploadSize = {counts_page.LARGEST_MB}\n" in config.read_text()


def test_counts_of_regions_are_shared_out_by_the_rule_that_is_asked(workspace):
    """In the estimates anybody can add up, a count below the threshold is its whole range."""
    content = "region_set,region_code,imposed,extended,period\nprovince,PV24,15,43,2023\n"
    app = hand_over(managed.opened(), content)
    assert "Counts of regions: 1. They are shared out" in shown(app)
    app.number_input(key="counts_threshold").set_value(20).run()
    press(app, "See what is published")
    press(app, "Save these counts")
    kept = count_sets.load(workspace, 1).protected
    assert len(kept) == 6
    assert kept["imposed"].sum() == pytest.approx(20.5)
    assert kept["extended"].sum() == pytest.approx(43)


def test_a_region_beside_its_municipality_is_told(workspace):
    content = "region_set,region_code,imposed,extended\nprovince,PV24,15,43\ncountry,NL,900,900\n"
    app = hand_over(managed.opened(), content)
    assert "shares municipalities with PV24" in shown(app)
    assert count_sets.heads(workspace) == []
