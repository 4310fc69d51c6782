"""Rules on texts: what is shown goes through the catalogue, in the format of its language.

Every rule is a function from a text to what is wrong in it, so that it can be tried itself.
"""

from __future__ import annotations

import ast
import html
import re
from pathlib import Path

FIELD = "\x00"
"""Stands for what is filled in."""

TRANSLATED = {"_", "N_", "ngettext"}
QUIET = {
    *("debug", "info", "warning", "error", "exception", "log"),  # of a logger, see `_is_quiet`
    *("cast", "TypeVar", "getLogger", "compile", "match", "fullmatch", "search", "sub", "split"),
    *("findall", "finditer", "strip", "lstrip", "rstrip", "extract", "urlsplit", "select"),
    *("format_date", "format_decimal", "format_percent", "strftime", "query", "component"),
}
"""Calls whose texts nobody reads."""

SHOWS = {
    *("title", "header", "subheader", "caption", "markdown", "write", "text", "html", "button"),
    *("download_button", "link_button", "page_link", "radio", "selectbox", "multiselect"),
    *("checkbox", "toggle", "slider", "select_slider", "text_input", "text_area", "number_input"),
    *("date_input", "file_uploader", "expander", "popover", "info", "success", "warning", "error"),
    *("spinner", "status", "toast", "metric", "segmented_control", "pills", "badge", "Page"),
    *("dialog", "form_submit_button", "progress", "set_page_config", "TextColumn"),
    *("NumberColumn", "LinkColumn", "CheckboxColumn", "ProgressColumn"),
}
"""Calls that show their first text."""

SHOWN_KEYWORDS = {
    *("label", "help", "placeholder", "title", "page_title", "caption", "captions", "text"),
    *("body", "message", "tooltip", "alt", "aria_label", "heading", "summary"),
}

BOTH_LANGUAGES = {"Taal / Language"}
"""What may stand in the code: it holds every language at once."""

UNREAD = {"noopener noreferrer", "use strict"}

_SHEETS = (Path(__file__).parents[1] / "coverage" / "ui").glob("*.css")
CLASSES = frozenset(
    name
    for sheet in _SHEETS
    for name in re.findall(r"\.([a-zA-Z][\w-]*)", sheet.read_text("utf-8"))
)
"""Names of the style sheets: words that are all of them are no text."""

_WORD = re.compile(r"[^\W\d_]{2,}")
_SENTENCE = re.compile(r"[^\W\d_]{2,}[.,:;!?]?[ \u00a0\n]+[^\W\d_]{2,}")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*(?:>|$)|^[^<>]*?['\"]\s*/?>|<!--.*?-->", re.DOTALL)
_READ_ATTRIBUTE = re.compile(
    r"\b(?:aria-label|aria-description|aria-roledescription|title|alt|placeholder|label)\s*=\s*"
    r"(?:'([^'<>]*)'|\"([^\"<>]*)\")"
)
_RAW = re.compile(r"<(style|script)\b.*?</\1>", re.DOTALL)
_STYLE = re.compile(r"[\w.#:\[\]>\s-]+\{[^{}]*:[^{}]*\}")
_SCRIPT = re.compile(r"export default|=>|\bfunction\b|\bconst\b|document\.|addEventListener")


def texts_in_code(source: str) -> list[tuple[int, str]]:
    """Texts of a Python file that a reader would see, and that no catalogue has.

    Parameters
    ----------
    source
        The program.

    Returns
    -------
    list of tuple
        Line and text. Texts for developers do not count: docstrings, messages of errors that
        are raised, logs, patterns. Style sheets do not either; scripts have their own rule.
    """
    finder = _Finder()
    finder.visit(ast.parse(source))
    return finder.found


class _Finder(ast.NodeVisitor):
    def __init__(self) -> None:
        self.found: list[tuple[int, str]] = []
        self._shown = False

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # else a docstring
            self.visit(node.value)

    def visit_Raise(self, node: ast.Raise) -> None:
        """Leave out: for developers; what a reader sees of it goes through `explained`."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_arg(self, node: ast.arg) -> None:
        """Leave out: annotations are no texts."""

    def visit_Call(self, node: ast.Call) -> None:
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        self.visit(node.func)
        quiet = name in TRANSLATED or (name in QUIET and not _of_streamlit(node.func))
        for place, argument in enumerate(node.args):
            if quiet and isinstance(argument, ast.Constant | ast.JoinedStr):
                continue
            self._visit_shown(argument, name in SHOWS and place == 0)
        for keyword in node.keywords:
            if keyword.arg == "menu_items":
                continue  # its names are Streamlit's
            self._visit_shown(keyword.value, keyword.arg in SHOWN_KEYWORDS)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self._visit_shown(node.value, shown=self._shown)
        self._visit_shown(node.slice, shown=False)

    def visit_Compare(self, node: ast.Compare) -> None:
        for part in (node.left, *node.comparators):
            self._visit_shown(part, shown=False)

    def _visit_shown(self, node: ast.AST, shown: bool) -> None:
        before, self._shown = self._shown, shown
        self.visit(node)
        self._shown = before

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        parts = []
        for part in node.values:
            if isinstance(part, ast.Constant):
                parts.append(str(part.value))
            else:
                parts.append(FIELD)
                self._visit_shown(part, shown=False)
        self._check("".join(parts), node.lineno)

    def visit_FormattedValue(self, node: ast.FormattedValue) -> None:
        self.visit(node.value)  # and not how it is formatted

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self._check(node.value, node.lineno)

    def _check(self, text: str, line: int) -> None:
        if text in BOTH_LANGUAGES:
            return
        if _SCRIPT.search(text) and _SENTENCE.search(text):
            bad = texts_in_script(text)
        elif _STYLE.search(text) and "<" not in text:
            bad = []
        else:
            bad = texts_in_markup(text, shown=self._shown)
        self.found += [(line, one) for one in bad]


def _of_streamlit(function: ast.expr) -> bool:
    """Whether a call such as ``st.info`` shows something, and ``_LOG.info`` does not."""
    owner = getattr(function, "value", None)
    return isinstance(owner, ast.Name) and owner.id == "st"


def _is_code(text: str) -> bool:
    words = text.split()
    return text.strip() in UNREAD or (len(words) > 1 and CLASSES.issuperset(words))


def texts_in_markup(text: str, *, shown: bool = False) -> list[str]:
    """Words in a plain text or a piece of HTML.

    Parameters
    ----------
    text
        With `FIELD` for what is filled in.
    shown
        Whether it is certain that a reader sees it: then one word is enough. In HTML that is so
        for what stands between tags and in attributes that are read out.
    """
    if "<" not in text and not re.search(r"['\"]\s*/?>", text):
        plain = text.replace(FIELD, " ")
        if _is_code(text):
            return []
        return [text] if (_WORD if shown else _SENTENCE).search(plain) else []
    text = _RAW.sub(" ", text)
    attributes = ["".join(found) for found in _READ_ATTRIBUTE.findall(text)]
    between = html.unescape(_TAG.sub("\n", text)).split("\n")
    return [one for one in (*between, *attributes) if _WORD.search(one.replace(FIELD, " "))]


_COMMENT = re.compile(r"/\*.*?\*/|(?<![:'\"`\w/])//[^\n]*", re.DOTALL)
_LITERAL = re.compile(
    r"'((?:[^'\\\n]|\\.)*)'|\"((?:[^\"\\\n]|\\.)*)\"|`((?:[^`\\]|\\.)*)`", re.DOTALL
)
_CODE_MARKS = re.compile(r"[.#\[\]{}=:;()>]")
_EVENTS = re.compile(r"\.(?:on|off|once)\(\s*$")
_SAYS = re.compile(
    r"(?:\.(?:textContent|innerText|title|placeholder|alt|ariaLabel)\s*\+?=\s*"
    r"|setAttribute\(\s*['\"`](?:aria-label|aria-description|title|alt|placeholder)['\"`]\s*,\s*"
    r"|[\"']aria-label[\"']\s*:\s*|\balert\(\s*|createTextNode\(\s*)$"
)


def texts_in_script(script: str) -> list[str]:
    """Texts of a piece of JavaScript that a reader would see.

    Parameters
    ----------
    script
        The program. Its texts must come with its data, where they have a language.
    """
    script = _COMMENT.sub(" ", script)
    found = []
    for match in _LITERAL.finditer(script):
        text = next(part for part in match.groups() if part is not None)
        text = re.sub(r"\$\{[^{}]*\}", FIELD, text)
        before = script[: match.start()]
        if _SAYS.search(before):
            found += [text] if _WORD.search(text.replace(FIELD, " ")) else []
        elif "<" in text:
            found += texts_in_markup(text)
        elif not (_CODE_MARKS.search(text) or _EVENTS.search(before) or _is_code(text)):
            found += [text] if _SENTENCE.search(text) else []
    return found


_NAMES = re.compile(r"CC BY(?:-SA)? \d\.\d|EUPL-\d\.\d|WCAG \d\.\d|https?://\S+")
_NUMBER = re.compile(r"(?<![\w.,:/#-])\d+(?:[.,]\d+)*(?![\w/]|[.,]\d|-\d)")
_SHAPES = {
    "nl": re.compile(r"\d{1,3}(?:\.\d{3})*(?:,\d{1,2})?"),
    "en": re.compile(r"\d{1,3}(?:,\d{3})*(?:\.\d{1,2})?"),
}
_PLAIN = 4  # digits: a year has no mark between them
_ISO_DATE = re.compile(r"(?<![\w-])\d{4}-[01]\d(?:-[0-3]\d)?(?![\w-])")
_MACHINE_WORD = re.compile(r"\b(?:None|nan|NaN|NaT|<NA>|True|False|undefined)\b")


def wrong_formats(text: str, language: str) -> list[str]:
    """Numbers, dates and words of a shown text that a reader of the language does not write so.

    Parameters
    ----------
    text
        Without HTML, and without what is quoted from a file as it is.
    language
        ``nl`` or ``en``.
    """
    text = _NAMES.sub(" ", text)
    dates = _ISO_DATE.findall(text)
    numbers = [
        number
        for number in _NUMBER.findall(_ISO_DATE.sub(" ", text))
        if not (number.isdigit() and len(number) <= _PLAIN)
        and not _SHAPES[language].fullmatch(number)
    ]
    return [*dates, *numbers, *_MACHINE_WORD.findall(text)]


def plain(markup: str) -> str:
    """What a reader sees or hears of a piece of HTML."""
    markup = _RAW.sub(" ", markup)
    heard = ["".join(found) for found in _READ_ATTRIBUTE.findall(markup)]
    seen = re.sub(r"<[^<>]*>", " ", markup)
    return html.unescape(" \n ".join([seen, *heard]))
