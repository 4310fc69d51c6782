"""A table made again from the file that holds it, or what is not as it was."""

import json
import re
import shutil
import sqlite3
import sys
import zipfile
from functools import partial

import numpy as np
import pandas as pd
import pytest
import xlsxwriter

import coverage
from coverage import _still, cli, exports, gap_table, i18n, maps, measures, neighbours, provenance
from coverage.map_file import map_file
from coverage.register_gpkg import write_geopackage
from coverage.replay import replay
from coverage.ui import compare_page, download, gap_page, municipality_page
from coverage.workspace import RevisionKind, Workspace

WHY = "De raad heeft er om gevraagd"


@pytest.fixture(autouse=True)
def dutch():
    yield
    i18n.use(i18n.DEFAULT)


@pytest.fixture
def dekkend(monkeypatch, capsys, tmp_path):
    """Run the command in a folder of its own; gives exit code, output and messages."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["dekkend", "--lang", "en", *map(str, arguments)])
        try:
            cli.main()
            code = 0
        except SystemExit as stop:
            code = stop.code or 0
        finally:
            i18n.use(i18n.DEFAULT)
        said = capsys.readouterr()
        return code, said.out, " ".join(said.err.split())

    return run


def shipped(year=2025, register=coverage.EXAMPLE_REGISTER, demand=None, **more):
    edition = coverage.load_edition(year)
    return coverage.assess(edition, coverage.read_register(register), demand, **more)


def own(*, hidden):
    """Counts of a user for two municipalities; one of them protected, if asked for."""
    counts = pd.DataFrame(
        {
            "imposed": [20.0, 40.0],
            "extended": [np.nan if hidden else 4.0, 61.0],
            "extended_low": [1.0 if hidden else 4.0, 61.0],
            "extended_high": [9.0 if hidden else 4.0, 61.0],
            "count_status": ["suppressed" if hidden else "entered", "entered"],
            "unit": "children",
            "period": "2023",
            "source": "eigen telling",
        },
        index=pd.Index(["GM0363", "GM0394"], name="gm_code"),
    )
    for end in ("low", "high"):
        counts[f"imposed_{end}"] = counts["imposed"]
    return counts


TOTALS = pd.DataFrame(
    {"region_set": ["country"], "region_code": ["NL"], "imposed": [60.0], "extended": [np.nan]}
)


def protected_assessment():
    record = {"rule": {"threshold": 10}, "suppressed": 1}
    return shipped(demand=own(hidden=True), totals=TOTALS, protection=record)


@pytest.mark.parametrize("name", ["gap.xlsx", "gap.csv"])
@pytest.mark.parametrize("options", [[], ["--region-set", "province"]])
def test_what_the_command_wrote_is_made_again(dekkend, name, options):
    assert dekkend("assess", "--edition", 2010, "--example", *options, "--out", name)[0] == 0
    code, said, _ = dekkend("replay", name, "--out", f"again-{name}")
    assert (code, said) == (0, "The same table, bit for bit.\n")
    assert provenance.read(name) == provenance.read(f"again-{name}")


def test_a_csv_is_the_same_to_the_last_byte(dekkend, tmp_path):
    for options in (["--plain"], []):
        dekkend("assess", "--example", *options, "--out", "gap.csv")
        assert dekkend("replay", "gap.csv-metadata.json", "--out", "again.csv")[0] == 0
        first, second = (tmp_path / name for name in ("gap.csv", "again.csv"))
        assert first.read_bytes() == second.read_bytes()
        beside = [path.with_name(f"{path.name}-metadata.json") for path in (first, second)]
        assert beside[0].read_bytes() == beside[1].read_bytes()


def test_a_table_that_was_changed_in_its_file_is_told(dekkend, tmp_path):
    dekkend("assess", "--example", "--out", "gap.csv")
    file = tmp_path / "gap.csv"
    text = file.read_text(encoding="utf-8-sig")
    file.write_text(text.replace("Almere", "Elders", 1), encoding="utf-8-sig")
    code, said, faults = dekkend("replay", "gap.csv")
    assert code == 1
    assert "same table" not in said
    assert "changed after it was made: gap.csv" in faults


def test_a_changed_sheet_is_named(dekkend, tmp_path):
    dekkend("assess", "--example", "--out", "gap.xlsx")
    forged = tmp_path / "forged.xlsx"
    with zipfile.ZipFile(tmp_path / "gap.xlsx") as book, zipfile.ZipFile(forged, "w") as made:
        for name in book.namelist():
            text = book.read(name)
            if name == "xl/sharedStrings.xml":
                text = text.replace(b"Almere", b"Elders", 1)
            made.writestr(name, text)
    code, _, faults = dekkend("replay", forged)
    assert code == 1
    assert "changed after it was made: Table" in faults


def files_of_the_app(folder):
    """Every file that the app can save, by its name."""
    assessment, other = shipped(), shipped(2010)
    codes = ("GM0363", "GM0034", "GM0014")
    view = gap_table.View(codes=codes, find="a", region_set="province", sort="name")
    borders = neighbours.borders(assessment.edition.municipalities)
    regions = ["province:PV20", "province:PV27", "country:NL"]
    made = {
        "seen": partial(gap_page.seen, assessment, view),
        "everything": partial(gap_page.everything, assessment),
        "municipality": partial(municipality_page.contents, assessment, "GM0363", borders),
        "compared": partial(compare_page.contents, assessment, None, regions),
        "years": partial(compare_page.contents, assessment, other, regions),
    }
    for language in i18n.LANGUAGES:
        for name, contents in made.items():
            book = download.excel(contents, language, example=True)
            (folder / f"{name}-{language}.xlsx").write_bytes(book)
    for name in ("seen", "years"):
        packed = download.csv(made[name], "nl", name, example=True)
        (folder / f"{name}.zip").write_bytes(packed)
    (folder / "map.xlsx").write_bytes(download.workbook(assessment, codes, "nl"))
    i18n.use("nl")
    rows = assessment.municipalities.loc[list(codes)]
    page = map_file(
        measures.paint(assessment, "gap").loc[list(codes)],
        rows["name"],
        maps.shapes(rows.geometry),
        measure="gap",
        title="Tekort",
        notes=[],
        example=True,
        record={**assessment.provenance, "view": {"kind": "map", "measure": "gap"}},
    )
    (folder / "map.html").write_text(page, encoding="utf-8")


def test_every_file_of_the_app_is_made_again(tmp_path):
    files_of_the_app(tmp_path)
    files = sorted(tmp_path.iterdir())
    assert len(files) == 14
    for file in files:
        found = replay(provenance.read(file), file.name)
        assert found.same, file.name
        assert not found.inputs
        assert not found.program
        if "-en" not in file.name:  # nobody is accused of a change in a file that is untouched
            assert _still.changed(file, provenance.read(file), found.made, example=True) == []


def test_another_register_is_told(dekkend, tmp_path):
    shutil.copytree(coverage.EXAMPLE_REGISTER, tmp_path / "mine")
    dekkend("assess", "--register", "mine", "--out", "gap.xlsx")
    code, _, said = dekkend("replay", "gap.xlsx")
    assert code == 1
    assert "register “mine”. Give that register with --register." in said
    code, said, _ = dekkend("replay", "gap.xlsx", "--register", "mine")
    assert (code, said) == (0, "The same table, bit for bit.\n")
    offers = tmp_path / "mine" / "offers.csv"
    offers.write_text(offers.read_text().replace("present", "absent"))
    code, _, said = dekkend("replay", "gap.xlsx", "--register", "mine")
    assert code == 1
    assert "* the register of offers" in said
    assert "Give the register of then with --register." in said
    # Words that change no figure are told too, and are no fault.
    shutil.copytree(coverage.EXAMPLE_REGISTER, tmp_path / "worded")
    providers = tmp_path / "worded" / "providers.csv"
    providers.write_text(providers.read_text().replace("Voorbeeldaanbieder", "Aanbieder"))
    code, output, said = dekkend("replay", "gap.xlsx", "--register", "worded")
    assert (code, output) == (0, "The same table, bit for bit.\n")
    assert "this is not as it was: the register of offers" in said


def test_own_counts_that_are_protected_go_with_the_table(tmp_path):
    assessment = protected_assessment()
    record = assessment.provenance
    assert record["own_counts"]["municipalities"] == 2
    assert record["own_counts"]["table"]["extended"] == [None, 61.0]
    exports.write_table(assessment.table(), tmp_path / "gap.xlsx", record)
    found = replay(provenance.read(tmp_path / "gap.xlsx"), "gap.xlsx")
    assert found.same
    assert found.assessment.totals["imposed"].tolist() == [60.0]
    pd.testing.assert_frame_equal(
        found.assessment.regions("country"), assessment.regions("country")
    )
    about = pd.read_excel(tmp_path / "gap.xlsx", sheet_name="Over deze tabel", engine="calamine")
    assert "own_counts / municipalities" in set(about.iloc[:, 0])
    assert not about.iloc[:, 0].str.contains("table").any()


def test_own_counts_that_are_not_protected_stay_out_of_the_record(tmp_path, dekkend):
    protection = {"protected": False, "why": WHY}
    assessment = shipped(demand=own(hidden=False), protection=protection)
    record = assessment.provenance
    assert record["own_counts"] == {"municipalities": 2}
    for name in ("gap.xlsx", "gap.csv"):
        plain, example = name == "gap.csv", assessment.is_example
        exports.write_table(
            assessment.table(), tmp_path / name, record, plain=plain, example=example
        )
    rows = pd.read_csv(tmp_path / "gap.csv")
    assert set(rows["unprotected"]) == {WHY}
    assert set(pd.read_excel(tmp_path / "gap.xlsx", engine="calamine")["unprotected"]) == {WHY}
    code, _, said = dekkend("replay", "gap.xlsx")
    assert code == 1
    assert "Give the file with --demand." in said
    assert "eigen telling" in said
    own(hidden=False).to_csv(tmp_path / "own.csv")
    code, said, told = dekkend("replay", "gap.xlsx", "--demand", "own.csv")
    assert (code, said) == (0, "The same table, bit for bit.\n")
    assert WHY in told
    own(hidden=False).assign(imposed=[21.0, 40.0], imposed_low=[21.0, 40.0]).drop(
        columns="imposed_high"
    ).to_csv(tmp_path / "own.csv")
    code, _, said = dekkend("replay", "gap.xlsx", "--demand", "own.csv")
    assert code == 1
    assert "Give the counts of then with --demand." in said


def test_nothing_of_unprotected_counts_is_in_the_record_of_protected_ones():
    one, other = own(hidden=True), own(hidden=True)
    records = [
        shipped(demand=counts, totals=TOTALS, protection={"rule": {}}).provenance
        for counts in (one, other.assign(extended=[np.nan, 61.0]))
    ]
    assert records[0] == records[1]


def test_own_counts_of_which_nobody_says_that_they_are_protected_are_marked(tmp_path):
    assessment = shipped(demand=own(hidden=False))
    record = assessment.provenance
    assert provenance.why_unprotected(record)
    exports.write_table(assessment.table(), tmp_path / "gap.csv", record, plain=True)
    assert pd.read_csv(tmp_path / "gap.csv")["unprotected"].notna().all()
    assert replay(record, "gap.csv", demand=[own_file(tmp_path)]).same
    assert shipped().provenance["protection"] is None


def own_file(folder):
    own(hidden=False).to_csv(folder / "own.csv")
    return folder / "own.csv"


def test_counts_of_a_file_with_cases_are_not_made_again(dekkend, tmp_path):
    cases = tmp_path / "cases.csv"
    cases.write_text("kindnummer;begindatum;einddatum;gemeente\n1;2023-05-01;;Urk\n", "utf-8")
    assert dekkend("cases", cases, "--year", 2023, "--within", "GM0184", "--out", "a.csv")[0] == 0
    told = provenance.read(tmp_path / "a.csv")
    assert told["view"] == {"kind": "cases", "year": 2023, "within": ["GM0184"]}
    assert told["version"]
    code, _, said = dekkend("replay", "a.csv")
    assert code == 1
    assert "which is not kept" in said
    assert "was changed" not in said


def test_the_code_that_protects_counts_is_code_of_the_calculation():
    names = {path.parent.name for path in provenance.code_files()}
    assert names == {"coverage", "disclosure"}
    assert "statsmodels" in provenance.PACKAGES


def test_what_changed_in_the_record_is_told(dekkend, tmp_path):
    dekkend("assess", "--example", "--out", "gap.csv")
    path = tmp_path / "gap.csv-metadata.json"
    told = json.loads(path.read_text())
    for name, change, expected in (
        ("regions", {"sha256": {**told["sha256"], "regions": "0"}}, "the regions of the edition"),
        ("numpy", {"packages": {**told["packages"], "numpy": "1.0"}}, "numpy: 1.0 then"),
        ("table", {}, "the record in the file was changed"),
    ):
        changed = {**told, **change, "result": {"rows": 342, "sha256": "0"}}
        path.write_text(json.dumps(changed))
        code, output, said = dekkend("replay", "gap.csv")
        assert (code, output) == (1, ""), name
        assert expected in said
    for change in (
        {"settings": {"share_imposed": 2}},
        {"settings": {"strange": 1}},
        {"edition": 1999},
        {"sha256": None},
        {"register": {"shipped": "other"}},
        {"view": {"kind": "strange"}},
        {"view": {"kind": "regions", "region_set": "strange"}},
        {"view": {"kind": "comparison", "regions": ["strange"]}},
        {"view": {"kind": "municipality", "gm_code": "GM9999"}},
        {"own_counts": {"table": {"gm_code": ["GM0363"], "imposed": ["x"]}}},
        {"file": {"language": "fr"}},
    ):
        path.write_text(json.dumps({**told, **change}))
        code, _, said = dekkend("replay", "gap.csv")
        assert code == 1, change
        assert said.startswith("* gap.csv: "), change


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("none.xlsx", None, "There is no such file."),
        ("none.json", None, "There is no such file."),
        ("a.pdf", b"", "This kind of file holds no record."),
        ("a.json", b"{", "The record in it cannot be read"),
        ("a.json", b"[1]", "The record in it cannot be read"),
        ("a.json", b"\xff\xfe\x00", "It could not be read"),
        ("a.json", b"[" * 100_000, "The record in it cannot be read"),
        ("a.csv", b"a,b", "file beside it: a.csv-metadata.json"),
        ("a.xlsx", b"no workbook", "It could not be read"),
        ("a.zip", b"no zip", "It could not be read"),
        ("a.html", b"<p>A page", "There is no record in it"),
        ("a.gpkg", b"no database, " * 99, "It could not be read"),
    ],
)
def test_a_file_without_a_record_is_a_fault(dekkend, tmp_path, name, content, expected):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    code, output, said = dekkend("replay", name)
    assert (code, output) == (1, "")
    assert expected in said


def test_a_file_of_another_program_has_no_record(dekkend, tmp_path):
    with xlsxwriter.Workbook(tmp_path / "other.xlsx") as book:
        book.add_worksheet().write(0, 0, "gm_code")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as bundle:
        bundle.writestr("a.csv", "a")
    for name in ("other.xlsx", "other.zip"):
        code, _, said = dekkend("replay", name)
        assert code == 1
        assert "There is no record in it" in said


def test_a_record_comes_back_whole_from_every_kind_of_file(tmp_path):
    hostile = "</script><!-- _x0041_ =1+1 \u2028 ]]> \U0001f600"
    record = {"software": "dekkend", "note": hostile, "long": ["é" * 40_000, "_x005F_" * 9000]}
    table = pd.DataFrame({"gm_code": ["GM0363"]})
    for name in ("a.xlsx", "a.csv"):
        exports.write_table(table, tmp_path / name, record)
        told = provenance.read(tmp_path / name)
        assert {key: told[key] for key in record} == record
    element = provenance.element(record)
    assert element.count("<") == 2
    (tmp_path / "a.html").write_text(f"<html>{element}</html>", encoding="utf-8")
    assert provenance.read(tmp_path / "a.html") == record


def test_a_geopackage_says_which_register_it_holds(tmp_path, dekkend):
    register = coverage.read_register(coverage.EXAMPLE_REGISTER)
    write_geopackage(register, tmp_path / "register.gpkg")
    told = provenance.read(tmp_path / "register.gpkg")
    assert told["register"]["shipped"] == "example"
    assert told["sha256"]["register"] == shipped().provenance["sha256"]["register"]
    code, _, said = dekkend("replay", "register.gpkg")
    assert code == 1
    assert "This file holds no figures" in said
    with sqlite3.connect(tmp_path / "register.gpkg") as database:
        assert database.execute("SELECT count(*) FROM about").fetchone()[0] > 5


def test_the_order_of_rows_does_not_change_a_hash_and_a_cell_does():
    table = pd.DataFrame({"a": ["x", "y"], "b": [1.5, np.nan]})
    mark = provenance.table_hash(table)
    assert provenance.table_hash(table[::-1].reset_index(drop=True)) == mark
    for other in (
        table.assign(b=[1.5, 2.0]),
        table.rename(columns={"b": "c"}),
        table.assign(a=["y", "x"]),
        table.iloc[:1],
    ):
        assert provenance.table_hash(other) != mark
    assert re.fullmatch("[0-9a-f]{64}", mark)


def test_a_revision_of_the_workspace_is_found_again(tmp_path, monkeypatch, dekkend):
    monkeypatch.setenv("DEKKEND_WORKSPACE", f"sqlite:///{tmp_path}/own.db")
    register = coverage.read_register(coverage.EXAMPLE_REGISTER)
    with Workspace.open() as workspace:
        workspace.commit(register, parent=0, author="a", note="", kind=RevisionKind.IMPORT)
        kept = workspace.register(1)
    assessment = coverage.assess(coverage.load_edition(2025), kept)
    record = assessment.provenance
    exports.write_table(assessment.table(), tmp_path / "gap.xlsx", record, example=True)
    assert record["register"]["revision"] == 1
    assert dekkend("replay", "gap.xlsx")[0] == 0
    monkeypatch.setenv("DEKKEND_WORKSPACE", f"sqlite:///{tmp_path}/none.db")
    code, _, said = dekkend("replay", "gap.xlsx")
    assert code == 1
    assert "revision 1 of an own register" in said
    assert not (tmp_path / "none.db").exists()
