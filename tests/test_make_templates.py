"""The templates and column guides as committed: made from the schema, and usable."""

import make_templates
import openpyxl
import pytest

from coverage import _cells, schema
from coverage.register import check, empty_register, read_register, write_register
from tests.register_files import ROWS, SCHEMAS

TEXTS = [f"{name}.csv" for name in SCHEMAS] + ["kolommen.md", "columns.md"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    out = tmp_path_factory.mktemp("templates")
    assert make_templates.main(["--out", str(out)]) == 0
    return out


def sheets(path):
    """Everything that a user sees in a workbook, by sheet."""
    book = openpyxl.load_workbook(path)
    return {
        sheet.title: (
            sheet.freeze_panes,
            [(cell.value, cell.comment.text, cell.fill.fgColor.rgb) for cell in sheet[1]],
            {
                (str(rule.sqref), rule.formula1, rule.errorStyle)
                for rule in sheet.data_validations.dataValidation
            },
            {
                letters: (column.width, column.number_format)
                for letters, column in sheet.column_dimensions.items()
            },
        )
        for sheet in book
    }


@pytest.mark.parametrize("name", TEXTS)
def test_committed_files_are_what_the_script_makes(made, name):
    committed = (make_templates.OUT / name).read_text(encoding="utf-8")
    assert committed == (made / name).read_text(encoding="utf-8"), "run tools/make_templates.py"


def test_the_committed_workbook_is_what_the_script_makes(made):
    committed = sheets(make_templates.OUT / "register.xlsx")
    assert committed == sheets(made / "register.xlsx"), "run tools/make_templates.py"


def test_nothing_else_is_committed_with_them():
    found = {path.name for path in make_templates.OUT.iterdir()}
    assert found == {*TEXTS, "register.xlsx"}


def test_the_templates_open_right_in_a_dutch_excel(made):
    for name in SCHEMAS:
        content = (made / f"{name}.csv").read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")
        assert content.count(b";") == len(schema.columns(SCHEMAS[name])) - 1


@pytest.mark.parametrize("name", ["", "register.xlsx"])
def test_the_templates_are_a_register_of_nothing(made, name):
    register = read_register(made / name)
    assert register.warnings == ()
    for table, empty in empty_register().tables.items():
        assert register.tables[table].equals(empty)


def test_the_workbook_has_text_cells_fixed_headings_and_explanations(made):
    found = sheets(made / "register.xlsx")
    assert list(found) == list(schema.REGISTER)
    for name, (frozen, headings, _rules, columns) in found.items():
        assert frozen == "B2"
        assert [value for value, _comment, _fill in headings] == list(
            schema.columns(schema.REGISTER[name])
        )
        assert all(comment for _value, comment, _fill in headings)
        assert {number_format for _width, number_format in columns.values()} == {"@"}


def test_every_choice_in_the_workbook_is_accepted(made, tmp_path):
    book = openpyxl.load_workbook(made / "register.xlsx")
    for name, row in ROWS.items():
        if name in schema.DEMANDS:
            continue
        sheet = book[name]
        choices = {
            sheet[f"{str(rule.sqref).split(':')[0].rstrip('0123456789')}1"].value: rule.formula1
            for rule in sheet.data_validations.dataValidation
        }
        words = {column: text.strip('"').split(",") for column, text in choices.items()}
        for column, known in words.items():
            expected = schema.words(SCHEMAS[name], column) or schema.EDITIONS
            assert len(known) == len(expected)
        chosen = {column: known[0] for column, known in words.items()} | {
            column: row[column] for column in ("edition", "service_area_type") if column in row
        }
        sheet.append([{**row, **chosen}.get(cell.value) for cell in sheet[1]])
    book["offers"]["U2"] = "Een plan."
    path = tmp_path / "register.xlsx"
    book.save(path)
    assert check(path).faults == ()
    write_register(read_register(path), tmp_path / "written")
    assert read_register(tmp_path / "written").offers.loc[0, "framework"] == "voluntary"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_guides_explain_every_column_and_word(made, language):
    guide = (made / make_templates.GUIDES[language]["file"]).read_text(encoding="utf-8")
    for name, table in SCHEMAS.items():
        part = guide.split(f"\n## {name}\n")[1].split("\n## ")[0]
        for column in schema.columns(table):
            assert f"| `{column}` |" in part
            for word in schema.words(table, column):
                assert f"`{word}` ({schema.WORDS_NL[word]})" in part
    assert f"{_cells.MAX_BYTES // 1_000_000} MB" in guide


def test_a_text_without_translation_is_noticed():
    with pytest.raises(KeyError):
        make_templates.translator("nl")("no such text")


def test_a_list_that_excel_would_refuse_is_noticed():
    with pytest.raises(ValueError, match="too long"):
        make_templates._list(["x" * 100] * 3)
