"""Bring the Dutch catalogue up to date with the texts in the code, and compile it.

``python tools/catalogue.py`` adds new texts (without translation), removes those that are
gone, and lists what is still to be translated. Exit code 1 if there is any.
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
HEADER = """\
# Dutch texts of Dekkend. The keys are the English texts in the code.
# Bring up to date and compile with: python tools/catalogue.py
msgid ""
msgstr ""
"Language: nl\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def refreshed(package: Path, old: Catalog) -> Catalog:
    """Catalogue of the texts in a package, with the translations that `old` has.

    Parameters
    ----------
    package
        Folder with the Python files.
    old
        Catalogue as it was.
    """
    new = Catalog(locale=old.locale, fuzzy=False)
    found = sorted(extract_from_dir(package, keywords=KEYWORDS), key=lambda text: text[:2])
    for file, _line, text, _comments, _context in found:
        key = text if isinstance(text, str) else tuple(text)
        entry = old.get(key)
        empty: str | tuple[str, str] = "" if isinstance(key, str) else ("", "")
        # A text that has got a plural, or has lost it, is a new text.
        same = entry is not None and isinstance(entry.string, type(empty))
        new.add(key, entry.string if same else empty, [(f"{package.name}/{file}", None)])
    return new


def missing(catalogue: Catalog) -> list[str]:
    """Texts that have no translation yet."""
    return [
        str(entry.id)
        for entry in catalogue
        if entry.id and not all([entry.string] if isinstance(entry.string, str) else entry.string)
    ]


def main() -> int:
    """Refresh, compile, and tell what is missing."""
    path = ROOT / "coverage" / "locales" / "nl" / "LC_MESSAGES" / "dekkend.po"
    with path.open("rb") as file:
        catalogue = refreshed(ROOT / "coverage", read_po(file, locale="nl"))
    with path.open("wb") as file:
        file.write(HEADER.encode())  # babel's own has a date, which would change each time
        write_po(file, catalogue, width=100, include_lineno=False, omit_header=True)
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalogue)
    untranslated = missing(catalogue)
    for text in untranslated:
        print(f"not translated: {text}")
    return bool(untranslated)


if __name__ == "__main__":
    sys.exit(main())
