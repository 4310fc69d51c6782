"""Make the empty templates of the register and the column guides from `coverage.schema`.

Writes to ``data/providers/templates``: one CSV a table with its headings only (for Dutch
Excel: ``;`` and UTF-8 with a mark), ``register.xlsx`` with the four tables of the register
as sheets, and the guides ``kolommen.md`` (Dutch) and ``columns.md`` (English). The Dutch texts are
those of the message catalogue.

Usage: ``python tools/make_templates.py [--out data/providers/templates]``
"""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xlsxwriter
from babel.messages.pofile import read_po

from coverage import schema

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandera.pandas as pa

REPOSITORY = Path(__file__).resolve().parents[1]
OUT = REPOSITORY / "data" / "providers" / "templates"
CATALOGUE = REPOSITORY / "coverage" / "locales" / "nl" / "LC_MESSAGES" / "dekkend.po"

TABLES = {**schema.REGISTER, **schema.DEMANDS}

ROWS = 5000
"""Rows of the workbook in which the allowed words can be chosen from a list."""

MADE = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
"""Date in the properties of the workbook: fixed, so that the same schema gives the same file."""

LONGEST_LIST = 255
"""Characters that Excel allows for a list of choices."""

GUIDES: dict[str, dict[str, Any]] = {
    "en": {
        "file": "columns.md",
        "title": "Columns of the register and of demand tables",
        "made": "Made from `coverage/schema.py` by `tools/make_templates.py`; do not edit by hand.",
        "intro": """\
A register is a folder with `providers.csv` and `offers.csv`, and `locations.csv` and
`inventory.csv` if there is anything in them; or one workbook (xlsx, xls, ods) with sheets of
these names (or aanbieders, aanbod, locaties, inventarisatie). `dekkend check PATH` names every
fault with its file, row and column.

- **Headings** stand in the first row. Case, spaces and the order of the columns do not matter.
  A column that is not listed here is refused; columns that are not marked "needed" may be left
  out.
- **Unknown** is an empty cell. `-`, `.` and `?` count as empty; in columns of numbers, dates
  and codes so do `unknown` and `onbekend`.
- **Words** may be written in English or in Dutch, as listed; capitals and accents do not
  matter.
- **Numbers** have a decimal comma or a point and no mark for thousands. `1.500` can be read in
  two ways and is refused, unless the file is separated by commas or another number in the
  column settles the mark.
- **Dates** are 2010-07-13, 2010-07 or 2010; 13-7-2010 is read in the Dutch order. Dates with
  `/` are refused.
- **Codes** of municipalities are GM and four digits. Format the column as text: Excel makes
  numbers of codes and dates of ranges like 3-4.
- **Text files** may be separated by `;`, `,`, a tab or `|`, in UTF-8, UTF-16 or Windows-1252;
  at most 50 MB. An apostrophe before `=`, `+`, `-` or `@` keeps a spreadsheet from calculating
  and is taken off.
""",
        "heading": "| column | needed | meaning | allowed | example |",
        "filled": "yes",
        "kinds": {
            schema.Kind.TEXT: "text",
            schema.Kind.ID: "text",
            schema.Kind.NUMBER: "number, 0 or more",
            schema.Kind.YEAR: "year",
            schema.Kind.DATE: "date, month or year",
            schema.Kind.CODE: "GM and four digits",
            schema.Kind.POSTCODE: "1234 AB or 1234",
            schema.Kind.AMOUNT: "number or range",
        },
        "unique": "; every row its own",
    },
    "nl": {
        "file": "kolommen.md",
        "title": "Kolommen van het register en van vraagtabellen",
        "made": "Gemaakt uit `coverage/schema.py` door `tools/make_templates.py`; wijzig dit niet "
        "met de hand.",
        "intro": """\
Een register is een map met `providers.csv` (aanbieders) en `offers.csv` (aanbod), en
`locations.csv` (locaties) en `inventory.csv` (inventarisatie) als daar iets in staat; of één
werkmap (xlsx, xls, ods) met bladen met die namen (of aanbieders, aanbod, locaties,
inventarisatie). `dekkend check PAD` noemt elke fout met bestand, rij en kolom.

- **Kopjes** staan in de eerste rij. Hoofdletters, spaties en de volgorde van de kolommen maken
  niet uit. Een kolom die hier niet staat, wordt geweigerd; kolommen zonder "verplicht" mogen
  ontbreken.
- **Onbekend** is een lege cel. `-`, `.` en `?` tellen als leeg; in kolommen met getallen,
  datums en codes ook `onbekend` en `unknown`.
- **Woorden** mogen in het Nederlands of in het Engels, zoals hieronder; hoofdletters en
  accenten maken niet uit.
- **Getallen** hebben een decimale komma of punt en geen teken voor duizendtallen. `1.500` kan
  op twee manieren gelezen worden en wordt geweigerd, tenzij het bestand met komma's gescheiden
  is of een ander getal in de kolom uitsluitsel geeft.
- **Datums** zijn 2010-07-13, 2010-07 of 2010; 13-7-2010 mag ook. Datums met `/` worden
  geweigerd.
- **Codes** van gemeenten zijn GM en vier cijfers. Maak de kolom op als tekst: Excel maakt
  getallen van codes en datums van reeksen zoals 3-4.
- **Tekstbestanden** mogen gescheiden zijn met `;`, `,`, een tab of `|`, in UTF-8, UTF-16 of
  Windows-1252; hoogstens 50 MB. Een apostrof voor `=`, `+`, `-` of `@` houdt een rekenblad van
  rekenen af en wordt weggehaald.
""",
        "heading": "| kolom | verplicht | betekenis | toegestaan | voorbeeld |",
        "filled": "ja",
        "kinds": {
            schema.Kind.TEXT: "tekst",
            schema.Kind.ID: "tekst",
            schema.Kind.NUMBER: "getal, 0 of meer",
            schema.Kind.YEAR: "jaartal",
            schema.Kind.DATE: "datum, maand of jaar",
            schema.Kind.CODE: "GM en vier cijfers",
            schema.Kind.POSTCODE: "1234 AB of 1234",
            schema.Kind.AMOUNT: "getal of reeks",
        },
        "unique": "; elke rij een eigen",
    },
}
"""Texts of the guides that are not in the schema."""


def main(arguments: list[str] | None = None) -> int:
    """Write the templates and the guides."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--out", type=Path, default=OUT)
    out = parser.parse_args(arguments).out
    out.mkdir(parents=True, exist_ok=True)
    for name, table in TABLES.items():
        line = ";".join(schema.columns(table)) + "\n"
        (out / f"{name}.csv").write_text(line, encoding="utf-8-sig", newline="\n")
    write_workbook(out / "register.xlsx")
    for language, texts in GUIDES.items():
        (out / texts["file"]).write_text(guide(language), encoding="utf-8", newline="\n")
    return 0


def translator(language: str) -> Callable[[str], str]:
    """Translation of the texts of the schema.

    The catalogue itself is read, not its compiled form, which is made later.
    """
    if language == "en":
        return str
    with CATALOGUE.open("rb") as stream:
        catalogue = read_po(stream, locale=language)
    # A text without translation must stop us: it would stay English without anyone noticing.
    texts = {str(message.id): str(message.string) for message in catalogue if message.string}
    return texts.__getitem__


def guide(language: str) -> str:
    """Column guide in one language, as Markdown."""
    texts, say = GUIDES[language], translator(language)
    parts = [f"# {texts['title']}", texts["made"], texts["intro"].rstrip()]
    for name, table in TABLES.items():
        rows = [_guide_row(table, column, texts, say) for column in table.columns]
        heading = texts["heading"]
        rule = "|---" * (heading.count("|") - 1) + "|"
        parts += [f"## {name}", say(table.description), "\n".join([heading, rule, *rows])]
    return "\n\n".join(parts) + "\n"


def _guide_row(table: pa.DataFrameSchema, name: str, texts: dict, say: Callable[[str], str]) -> str:
    column = table.columns[name]
    words = [f"`{word}` ({schema.WORDS_NL[word]})" for word in schema.words(table, name)]
    allowed = ", ".join(words) or texts["kinds"][schema.kind(table, name)]
    if name == "edition":
        allowed = ", ".join(map(str, schema.EDITIONS))
    example = column.metadata["example"]
    cells = [
        f"`{name}`",
        texts["filled"] if column.required else "",
        say(column.description),
        allowed + (texts["unique"] if column.unique else ""),
        f"`{example}`" if example else "",
    ]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def write_workbook(path: Path) -> None:
    """Workbook with the four tables: text cells, fixed headings, lists of words, explanations.

    The lists and explanations are in Dutch, which the reader accepts like English.
    """
    say = translator("nl")
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"title": "Dekkend", "created": MADE})
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        head = {"num_format": "@", "bold": True, "border": 1}
        needed = book.add_format({**head, "bg_color": "#1F4E79", "font_color": "#FFFFFF"})
        optional = book.add_format({**head, "bg_color": "#DDEBF7"})
        for name, table in schema.REGISTER.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 1)
            for place, (heading, column) in enumerate(table.columns.items()):
                wide = schema.kind(table, heading) is schema.Kind.TEXT
                sheet.set_column(place, place, 28 if wide else 16, text)
                sheet.write_string(0, place, heading, needed if column.required else optional)
                comment = _comment(table, heading, say)
                sheet.write_comment(0, place, comment, {"x_scale": 2.5, "y_scale": 1.5})
                words = _choices(table, heading)
                if words:
                    sheet.data_validation(1, place, ROWS, place, _list(words))


def _choices(table: pa.DataFrameSchema, column: str) -> list[str]:
    if column == "edition":
        return [str(year) for year in schema.EDITIONS]
    return [schema.WORDS_NL[word] for word in schema.words(table, column)]


def _list(words: list[str]) -> dict[str, object]:
    """List to choose from; another word is warned of, as English ones are right too."""
    if len(",".join(words)) > LONGEST_LIST:
        raise ValueError(f"too long for a list in Excel: {words}")
    return {
        "validate": "list",
        "source": words,
        "error_type": "warning",
        "error_title": "Dekkend",
        "error_message": "Kies een woord uit de lijst. Toch zo laten staan?",
    }


def _comment(table: pa.DataFrameSchema, name: str, say: Callable[[str], str]) -> str:
    """Explanation that opens at a heading."""
    column = table.columns[name]
    texts = GUIDES["nl"]
    lines = [say(column.description) + "."]
    if column.required:
        lines.append("Verplicht.")
    words = _choices(table, name)
    lines.append("Kies: " + ", ".join(words) if words else texts["kinds"][schema.kind(table, name)])
    if column.metadata["example"]:
        example = column.metadata["example"]
        lines.append("Voorbeeld: " + schema.WORDS_NL.get(example, example))
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
