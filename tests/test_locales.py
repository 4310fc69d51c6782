"""Every text of the program is there in Dutch, and whole."""

import ast
import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
CATALOGUE = ROOT / "coverage/locales/nl/LC_MESSAGES/dekkend.po"
SOURCES = [ROOT / "app.py", *sorted((ROOT / "coverage").rglob("*.py"))]
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}


@pytest.fixture(scope="module")
def catalogue():
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="nl")


@pytest.fixture(scope="module")
def extracted():
    found = extract_from_dir(ROOT / "coverage", keywords=KEYWORDS)
    return {message for _file, _line, message, _comments, _context in found}


def written(source):
    """Texts that stand in a call of `_`, `N_` or `ngettext`, found without babel."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
        if name in {"_", "N_"} and texts:
            yield texts[0], node.lineno
        elif name == "ngettext" and len(texts) > 1:
            yield (texts[0], texts[1]), node.lineno


def fields(text):
    """Names of the ``{fields}`` of a text."""
    return {name for _before, name, _spec, _conversion in string.Formatter().parse(text) if name}


def each(text):
    return [text] if isinstance(text, str) else list(text)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_tools_see_every_text(source, extracted):
    # Before Python 3.12 a text in an f-string is not seen, and so never translated.
    unseen = [(text, line) for text, line in written(source) if text not in extracted]
    assert unseen == [], "take the text out of the f-string"


def keys(extracted):
    return {text if isinstance(text, str) else tuple(text) for text in extracted}


def missing(catalogue, texts):
    """Texts of the code that have no Dutch one, or a form of it too few."""
    return [
        text
        for text in texts
        if (entry := catalogue.get(text)) is None
        or len(each(entry.string)) != len(each(text))
        or not all(part.strip() for part in each(entry.string))
    ]


def left_over(catalogue, texts):
    """Texts of the catalogue that the code does not have."""
    return [entry.id for entry in catalogue if entry.id and entry.id not in texts]


def test_every_text_has_a_dutch_one(catalogue, extracted):
    assert missing(catalogue, keys(extracted)) == []


def test_no_dutch_text_is_left_over_or_in_doubt(catalogue, extracted):
    assert left_over(catalogue, keys(extracted)) == []
    assert [entry.id for entry in catalogue if entry.id and entry.fuzzy] == []


def test_a_missing_and_a_left_over_text_are_found():
    made = Catalog(locale="nl")
    made.add("a table", "een tabel")
    made.add("a map", " ")
    made.add(("one", "many"), ("een", ""))
    assert missing(made, {"a table"}) == []
    assert missing(made, {"a map"}) == ["a map"]
    assert missing(made, {"a graph"}) == ["a graph"]
    assert missing(made, {("one", "many")}) == [("one", "many")]
    assert left_over(made, {"a table", "a map"}) == [("one", "many")]


def test_dutch_texts_fill_in_the_same_fields(catalogue):
    wrong = [
        entry.id
        for entry in catalogue
        if entry.id
        for text in each(entry.string)
        if fields(text) - {"count"} != set().union(*map(fields, each(entry.id))) - {"count"}
    ]
    assert wrong == []


def test_plural_forms_are_the_dutch_ones(catalogue):
    assert catalogue.plural_expr == "(n != 1)"
    assert catalogue.num_plurals == 2
