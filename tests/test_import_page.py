"""The page of the import without a browser: from a file to a revision, and what goes wrong."""

import io
import json

import numpy as np
import openpyxl
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import coverage
from coverage import edits
from coverage._cells import Cells
from coverage.faults import Fault
from coverage.register import write_register
from coverage.schema import REGISTER
from coverage.ui import editor, importing, matching, preflight_view, upload
from coverage.workspace import RevisionKind, Workspace
from tests import worsened

LIST = """\
Organisatie;Naam aanbod;Pc;Woonplaats;Werkgebied;Kader;Kleur
Spirit;Gezin in balans;1076 EC;Amsterdam;Amsterdam;vrijwillig;blauw
Altra;Gezinscoach;1018 DB;Amsterdam;Amsterdam;vrijwillig;rood
;Zonder aanbieder;3511 AB;Utrecht;Utrecht;vrijwillig;
Altra;Gezinscoach;1018 DB;Amsterdam;Amsterdam;vrijwillig;rood
"""

HOSTILE = "<img src=x onerror=alert(1)>![x](http://elders.example/x.png)"

pytestmark = pytest.mark.usefixtures("english")

PAGE = """
from coverage import i18n
from coverage.ui import import_page, state
from coverage.ui.chosen import Choices
from coverage.ui.failures import explained

state.read()
i18n.use("nl")
with explained():
    import_page.show(Choices(2025, "public", "province", ""))
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Workspace and settings of this test alone."""
    monkeypatch.setenv("DEKKEND_WORKSPACE", f"sqlite:///{tmp_path}/workspace.db")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    here = {"Host": "localhost:8501", "Origin": "http://localhost:8501"}
    monkeypatch.setattr(editor, "_request", lambda: (here, None))
    return tmp_path


@pytest.fixture
def app():
    app = AppTest.from_string(PAGE.replace('"nl"', '"en"'), default_timeout=60)
    app.run()
    assert not app.exception
    return app


@pytest.fixture
def workspace():
    return Workspace.open()


def hand_over(app, content, name="lijst.csv"):
    app.file_uploader[0].upload(name, content.encode() if isinstance(content, str) else content)
    app.run()
    assert not app.exception
    return app


def button(app, label):
    found = [one for one in app.button if one.label.startswith(label)]
    assert found, [one.label for one in app.button]
    return found[0]


def press(app, label):
    button(app, label).click().run()
    assert not app.exception


def texts(app):
    """Everything that is written on the page."""
    shown = [app.markdown, app.header, app.info, app.warning, app.error, app.success, app.caption]
    parts = [str(one.value) for kind in shown for one in kind]
    return "\n".join([*parts, *(one.proto.body for one in app.get("html"))])


def tables(app):
    """Tables of the page, by caption."""
    drawn = [json.loads(one.proto.json) for one in app.get("bidi_component") if one.proto.json]
    return {one["caption"]: one for one in drawn if "rows" in one}


def words(cell):
    return cell if isinstance(cell, str) else cell["text"]


def checked(app):
    """Rows of the list as the page shows them: number, verdict and the rest."""
    return [
        [words(cell) for cell in row["cells"]] for row in tables(app)["Rows of your list"]["rows"]
    ]


# --- the whole way ------------------------------------------------------------


def test_a_list_goes_from_file_to_revision(app, workspace):
    hand_over(app, LIST)
    columns = {
        row["cells"][0]: words(row["cells"][1])
        for row in tables(app)["Columns of your list"]["rows"]
    }
    assert columns["Organisatie"] == "Provider"
    assert columns["Kleur"] == "not used"
    rows = checked(app)
    assert [row[0] for row in rows] == ["2", "3", "4", "5"]
    verdicts = [row[1] for row in rows]
    assert verdicts[2] == "✗ Not good"
    assert verdicts[3] == "= Is there already"
    assert workspace.latest() is None, "nothing is kept before the last step"

    press(app, "Import 2 rows")
    made = workspace.latest()
    assert made.kind is RevisionKind.IMPORT
    assert made.note == "Read in: lijst.csv"
    register = workspace.register()
    assert sorted(register.offers["name"]) == ["Gezin in balans", "Gezinscoach"]
    assert set(register.offers["status"]) == {"entered"}
    assert "register=own" in texts(app)
    assert "2 rows stay out" in texts(app)
    assert app.file_uploader, "there is room for the next list"


def test_a_list_with_real_mistakes_reads_alike_in_every_kind_of_file(app):
    table, _mistakes = worsened.worsened()
    seen = set()
    for name, content in (
        ("lijst.csv", worsened.as_csv(table)),
        ("lijst.xlsx", worsened.as_xlsx(table)),
        ("lijst.ods", worsened.as_ods(table)),
    ):
        hand_over(app, content, name)
        assert not app.error
        assert f"Rows 1 to 100 of {len(table)}" in tables(app)["Rows of your list"]["summary"]
        totals = next(
            one.proto.body for one in app.get("html") if "import-totals" in one.proto.body
        )
        seen.add((totals, *(row[1] for row in checked(app))))
        press(app, "Choose another file")
    assert len(seen) == 1


def test_the_same_file_twice_adds_nothing(app, workspace):
    hand_over(app, LIST)
    press(app, "Import 2 rows")
    hand_over(app, LIST)
    assert {row[1] for row in checked(app)} == {"= Is there already", "✗ Not good"}
    assert not [one for one in app.button if one.label.startswith("Import")]
    assert workspace.latest().number == 1


def test_a_choice_of_a_column_counts_and_is_remembered(app, workspace):
    strange = LIST.replace("Naam aanbod", "Kwx")
    hand_over(app, strange)
    assert any("“Name of the offer”" in one.value for one in app.error)
    box = next(one for one in app.selectbox if one.label == "Kwx")
    box.set_value("offer").run()
    assert not app.error
    app.run()  # the choice is known before the fold is drawn only from here on
    fold = next(one for one in app.expander if one.label == "Change what a column is")
    assert fold.proto.expanded, "it stays open under the hand that chose"
    press(app, "Import 2 rows")
    # Another list with these headings, in a session of another day.
    again = AppTest.from_string(PAGE.replace('"nl"', '"en"'), default_timeout=60).run()
    hand_over(again, strange.replace("Gezin in balans", "Iets anders"), "volgend.csv")
    assert not again.error
    assert next(one for one in again.selectbox if one.label == "Kwx").value == "offer"
    press(again, "Import 1 row")
    assert workspace.latest().number == 2


def test_rows_to_look_at_can_be_left_out(app, workspace):
    doubtful = (
        LIST.replace("Organisatie;", "Organisatie;Duur;")
        .replace("\nSpirit;", "\nSpirit;een tijdje;")
        .replace("\nAltra;", "\nAltra;1 jaar;")
        .replace("\n;", "\n;;")
    )
    hand_over(app, doubtful)
    there = {row[0]: row[1] for row in checked(app)}
    assert there["2"] == "! Look at this"
    box = next(one for one in app.checkbox if one.label.startswith("Also the 1 row to look at"))
    assert box.value
    box.uncheck().run()
    press(app, "Import")
    assert "Gezin in balans" not in set(workspace.register().offers["name"])


def test_one_organisation_by_two_names_is_asked_and_not_decided(app, workspace):
    two = LIST.replace("\n;Zonder", "\nStichting Altraa;Zonder")
    hand_over(app, two)
    asked = [one for one in app.checkbox if "is the same as" in one.label]
    assert len(asked) == 1
    assert not asked[0].value
    asked[0].check().run()
    # What was agreed to can be undone.
    asked = [one for one in app.checkbox if "is the same as" in one.label]
    assert asked[0].value
    press(app, "Import")
    assert sorted(workspace.register().providers["name"]) == ["Altra", "Spirit"]


def test_begin_with_the_public_register(app, workspace):
    press(app, "Begin with")
    register = workspace.register()
    public = coverage.read_register(coverage.PUBLIC_REGISTER)
    assert len(register.offers) == len(public.offers)
    assert not [one for one in app.button if one.label.startswith("Begin with")]


def test_a_register_workbook_goes_in_whole_or_besides(app, workspace, folder):
    public = coverage.read_register(coverage.PUBLIC_REGISTER)
    write_register(public, folder / "register.xlsx")
    whole = (folder / "register.xlsx").read_bytes()
    hand_over(app, LIST)
    press(app, "Import 2 rows")
    hand_over(app, whole, "register.xlsx")
    assert "This is a whole register" in texts(app)
    press(app, "Import this register")
    assert len(workspace.register().offers) == len(public.offers) + 2
    hand_over(app, whole, "register.xlsx")
    assert "Nothing" in texts(app)
    app.radio(key="import_whole").set_value(True).run()
    press(app, "Import this register")
    assert len(workspace.register().offers) == len(public.offers)


def test_who_was_not_first_is_told_and_loses_nothing(app, workspace):
    hand_over(app, LIST)
    public = coverage.read_register(coverage.PUBLIC_REGISTER)

    # Somebody saves between the check and the button: the page must not be drawn in between.
    own_commit = Workspace.commit

    def beaten(self, *args, **kwargs):
        Workspace.commit = own_commit
        own_commit(self, public, parent=0, author="B", note="", kind=RevisionKind.IMPORT)
        return own_commit(self, *args, **kwargs)

    Workspace.commit = beaten
    try:
        press(app, "Import 2 rows")
    finally:
        Workspace.commit = own_commit
    assert workspace.latest().author == "B"
    assert "not saved yet" in texts(app)
    press(app, "Save them together")
    assert len(workspace.register().offers) == len(public.offers) + 2


def changed(workspace, table, column, text, **new):
    """Somebody else changes a cell of the first row, or adds a row like it."""
    rows = edits.texts(workspace.register())
    row = rows[table].iloc[0].to_dict() | {column: text} | new
    rows[table] = edits.put(rows[table], table, [row])
    latest = workspace.latest().number
    kind = RevisionKind.EDIT
    workspace.commit(edits.build(rows), parent=latest, author="B", note="", kind=kind)


def test_a_list_does_not_overwrite_what_was_not_seen(app, workspace):
    hand_over(app, LIST)
    press(app, "Import 2 rows")
    offer = workspace.register().offers.iloc[0]
    row = f"{offer['offer_id']};Spirit;{offer['name']};Amsterdam;10"
    hand_over(app, f"offer_id;Organisatie;Naam aanbod;Werkgebied;Capaciteit\n{row}\n")
    changed(workspace, "offers", "capacity_families", "12")
    press(app, "Import 1 row")
    assert workspace.latest().author == "B"
    assert workspace.register().offers.loc[0, "capacity_families"] == 12
    assert "not saved yet" in texts(app)


def test_a_workbook_does_not_drop_what_was_not_seen(app, workspace, folder):
    hand_over(app, LIST)
    press(app, "Import 2 rows")
    rows = edits.texts(workspace.register())
    rows["providers"].loc[0, "website"] = "https://example.org"
    write_register(edits.build(rows), folder / "register.xlsx")
    hand_over(app, (folder / "register.xlsx").read_bytes(), "register.xlsx")
    app.radio(key="import_whole").set_value(True).run()
    changed(workspace, "providers", "name", "Of B", provider_id="P-new")
    press(app, "Import this register")
    assert workspace.latest().author == "B"
    press(app, "Save them together")
    providers = workspace.register().providers
    assert "Of B" in set(providers["name"])
    assert "https://example.org" in set(providers["website"])


def test_only_who_may_edit_is_asked_for_a_file(monkeypatch):
    monkeypatch.setenv("DEKKEND_EDITORS", "iemand@example.nl")
    app = AppTest.from_string(PAGE, default_timeout=60).run()
    assert not app.exception
    assert not app.file_uploader


# --- files that are something else --------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("leeg.csv", "", "empty"),
        ("brief.pdf", b"%PDF-1.7 brief", "a PDF document"),
        ("kop.csv", "Organisatie;Naam aanbod\n", "no row below"),
        ("een.csv", "Naam\nGezinscoach\n", "Only one column"),
        ("inpak.xlsx", b"PK\x03\x04 kapot", "workbook"),
    ],
)
def test_a_wrong_file_is_told_and_another_can_be_chosen(app, name, content, told):
    hand_over(app, content, name)
    assert "This file cannot be used." in [one.value for one in app.error]
    assert told in texts(app)
    assert app.file_uploader
    hand_over(app, LIST)
    assert checked(app)


def test_a_table_of_a_register_is_recognised(app, folder):
    write_register(coverage.read_register(coverage.PUBLIC_REGISTER), folder / "r")
    hand_over(app, (folder / "r" / "offers.csv").read_bytes(), "offers.csv")
    assert "one table of a register" in texts(app)


def test_names_from_the_file_stay_plain_text(app):
    wild = LIST.replace("Gezin in balans", f'"{HOSTILE}"').replace("Kleur", HOSTILE)
    hand_over(app, wild, f"{HOSTILE}.csv".replace("/", ""))
    shown = texts(app)
    assert "<img" not in shown.replace("\\<", "")
    # What is written as HTML is escaped as such; Markdown would make a picture of this.
    for kind in ("markdown", "caption", "info", "warning", "error", "success"):
        assert not any("![x](" in one.value for one in app.get(kind)), kind
    for box in app.selectbox:
        assert "![x](" not in box.label


def test_hundreds_of_columns_and_endless_names_are_survived(app):
    more = ";".join(f"Extra {number}" for number in range(400))
    lines = LIST.replace("Gezin in balans", "x" * 10_000).splitlines()
    wide = "\n".join([f"{lines[0]};{more}", *(f"{line};{';' * 399}" for line in lines[1:])])
    hand_over(app, wide)
    assert [one.value for one in app.error] == []
    boxes = [one for one in app.selectbox if one.label.startswith("Extra")]
    assert 0 < len(boxes) <= matching.MOST
    assert "more columns are not used" in texts(app)
    shown = tables(app)["Rows of your list"]
    assert max(len(words(cell)) for row in shown["rows"] for cell in row["cells"]) < 1000


def test_the_address_service_may_be_down(app, workspace, monkeypatch):
    monkeypatch.setenv("DEKKEND_PDOK", "http://127.0.0.1:9/")
    hand_over(
        app, LIST.replace(";Pc;", ";Adres;").replace("1076 EC", "Bolstraat 1, 3581 WS Utrecht")
    )
    before = checked(app)
    press(app, "Look up")
    assert [row[0] for row in checked(app)] == [row[0] for row in before]
    assert any("does not answer" in one.value for one in app.warning)
    press(app, "Import")
    assert workspace.latest().number == 1


def test_a_file_can_be_let_go(app):
    hand_over(app, LIST)
    press(app, "Choose another file")
    assert app.file_uploader
    assert "Rows of your list" not in tables(app)


# --- parts ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("lijst 2025.csv", "lijst 2025.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\lijst.xlsx", "lijst.xlsx"),
        ("a\x00b\u202ecsv.exe", "abcsv.exe"),
        ("", "file"),
        ("...", "file"),
        (f"{'é' * 500}.csv", f"{'é' * 56}.csv"),
    ],
)
def test_the_name_of_a_file_is_made_safe(given, safe):
    assert upload.safe_name(given) == safe


def test_the_key_tells_files_apart():
    one, again, other = (upload.read("l.csv", text.encode()) for text in (LIST, LIST, LIST + "\n;"))
    assert one.key == again.key
    assert one.key != other.key


def test_a_column_is_asked_once_and_fields_twice_are_told():
    assert matching.troubles({"A": "provider", "B": "offer", "C": ""}) == []
    told = matching.troubles({"A": "provider", "B": "provider"})
    assert len(told) == 2
    assert any("“A” and “B”" in one for one in told)


def rows(**columns):
    count = len(next(iter(columns.values())))
    usual = {
        "verdict": "good",
        "provider": "P",
        "offer": "O",
        "municipality": "Amsterdam",
        "gm_code": "GM0363",
        "precision": "postcode4",
        "service_area": "GM0363",
        "service_area_type": "municipalities",
        "x": 121_000.0,
        "y": 487_000.0,
        "reasons": "",
        "duplicate_of": "",
    }
    table = pd.DataFrame({**{key: [value] * count for key, value in usual.items()}, **columns})
    return table.set_index(pd.Index(range(2, count + 2)))


def test_a_verdict_has_a_sign_and_a_word_and_unknown_is_not_nothing():
    every = rows(verdict=list(preflight_view.VERDICTS))
    shown = [preflight_view.line(place, row) for place, row in every.iterrows()]
    said = [line.cells[1].text for line in shown]
    assert len({text.split()[0] for text in said}) == len(said)
    unknown = rows(municipality=[""], gm_code=[""], precision=["unknown"], provider=[""])
    cells = preflight_view.line(2, unknown.iloc[0]).cells
    assert [cell.unknown for cell in cells] == [False, False, False, True, False, True, True, False]


def test_what_keeps_a_row_out_comes_first_and_apart_and_nothing_is_cut_off():
    def said(row, text, severity):
        return Fault("l.csv", row, "Pc", "", text, {}, severity)

    faults = [
        said(2, "Odd.", "warning"),
        said(2, "x" * 2000, "error"),
        said(2, "Wrong.", "error"),
        said(3, "Odd.", "warning"),
        said(9, "Of another page.", "error"),
    ]
    told = preflight_view.reasons(faults, pd.Index([2, 3, 4]))
    assert told[2].splitlines() == [
        "This keeps the row out:",
        f"\N{EN DASH} Pc: {'x' * 2000}",
        "\N{EN DASH} Pc: Wrong.",
        "And look at this:",
        "Pc: Odd.",
    ]
    assert told[[3, 4]].tolist() == ["Pc: Odd.", ""]
    row = rows(reasons=[told[2]]).iloc[0]
    assert preflight_view.line(2, row).cells[2].text == told[2]


@pytest.mark.parametrize(
    ("kind", "area", "told"),
    [
        ("municipalities", "GM0363;GM0344", "Amsterdam (GM0363) and Utrecht (GM0344)"),
        ("region", "province:PV26", "Utrecht (Province)"),
        ("region", "province:PV99", "PV99 (Province)"),
        ("radius", "15", "15 km round the location"),
        ("country", "", "the Netherlands"),
        ("unknown", "", ""),
    ],
)
def test_a_service_area_is_in_words(kind, area, told):
    assert preflight_view.area_words(kind, area) == told


def test_rows_at_one_point_share_a_marker_and_unplaced_rows_have_none():
    many = rows(x=[121_000.0] * 6 + [np.nan, 130_000.0], y=[487_000.0] * 6 + [np.nan, 450_000.0])
    spots = preflight_view.markers(many)
    assert len(spots) == 2
    assert "and 2 other rows" in spots[0]["lines"]
    assert spots[0]["at"] == pytest.approx([52.37, 4.88], abs=0.05)
    assert preflight_view.markers(rows(x=[np.nan], y=[np.nan])) == []


def test_the_map_counts_rows_by_municipality():
    painted = preflight_view.paint(rows(gm_code=["GM0363", "GM0363", ""]), 2025)
    assert painted.loc["GM0363", "count"] == 2
    assert painted["count"].sum() == 2
    assert painted.loc["GM0344", "words"] == "no row of your list"


def test_the_rest_is_text_with_its_reason():
    rest = pd.DataFrame({"Pc": ["0123"], "Naam": ["=1+1"], "Reason": ["x"]}, index=[7])
    sheet = openpyxl.load_workbook(io.BytesIO(importing.rest_file(rest))).worksheets[0]
    assert [cell.value for cell in sheet[2]] == ["0123", "=1+1", "x"]
    assert {cell.data_type for cell in sheet[2]} == {"s"}
    # And back in, without the reason.
    found = upload.read("rest.xlsx", importing.rest_file(rest.assign(Organisatie="A", Aanbod="B")))
    assert found.usable
    assert isinstance(next(iter(found.sheets.values())), Cells)


def test_a_list_is_no_register():
    assert upload.read("l.csv", LIST.encode()).register is None
    assert set(REGISTER) == {"providers", "locations", "offers", "inventory"}
