"""What made a table: version, settings, sources, and a hash of each input.

The record goes with each file that leaves the tool. `read` finds it there again, and
`coverage.replay` makes the table out of it once more.
"""

from __future__ import annotations

import hashlib
import html
import json
import platform
import re
import sqlite3
import zipfile
from contextlib import closing
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

from coverage import editions
from coverage._files import data_dir
from coverage.demand import SHARED_BY, SHARED_FROM, SPREAD
from coverage.faults import BadInputError, Fault
from coverage.i18n import N_, _
from coverage.vocabulary import FigureStatus

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from coverage.assessment import Assessment
    from coverage.editions import Edition
    from coverage.register import Register

METADATA = "-metadata.json"
"""What follows the name of a CSV in the name of the file that says how it was made."""

SHEET = "run.json"
"""Sheet of a workbook that holds the whole record, in pieces one below the other."""

ELEMENT = "dekkend-run"
"""Id of the element of a web page that holds the record."""

PACKAGES = ("numpy", "pandas", "scipy", "statsmodels", "shapely", "geopandas")
"""Packages that figures are calculated with."""

CASES, STATLINE = "cases", "statline"
"""Kinds of files with counts that no assessment made; see `of_counts`."""

SHIPPED = {"public": data_dir("providers"), "example": data_dir("providers") / "example"}
"""Folders of the registers that come with the tool."""

SHORTEST_WHY = 10
"""Characters of a reason why counts are not protected: fewer say nothing."""

_DESCRIBED = ["count_status", "unit", "period", "source"]
_PIECE = 30_000  # characters; a cell of a workbook holds some more
_LARGEST = 200_000_000  # bytes; no record or map comes near it
_BETWEEN = "\x1f"
_REVISION = re.compile(r"revision (\d+)")


def record(assessment: Assessment) -> dict[str, Any]:
    """Record of an assessment, ready for JSON.

    Parameters
    ----------
    assessment
        What was made.

    Returns
    -------
    dict
        software, version, code (hash of the modules), python, packages, edition, settings,
        only_assertive_outreach, register, counts (sources, units, periods and number of
        municipalities of each status), own_counts, protection (what protected them),
        example_region_sets, sha256 of each input, result (rows and sha256 of the table of
        municipalities as plain CSV), and the sources of the edition.

    Notes
    -----
    Own counts that are protected are in it, as they are published with it anyway: then nothing
    but the register is needed to make the table again. Of counts that are not protected there is
    only a hash. A hash of what was protected is never in it: small numbers can be tried out.
    """
    edition, register = assessment.edition, assessment.register
    regions = edition.regions
    example_sets = regions.loc[regions["status"] == FigureStatus.EXAMPLE, "region_set"]
    counts = assessment.counts
    described = counts.fillna(dict.fromkeys(_DESCRIBED, "")).groupby(_DESCRIBED)
    return {
        "software": "dekkend",
        "version": version("dekkend"),
        "code": _code(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
        "edition": edition.year,
        "settings": assessment.settings.model_dump(),
        "only_assertive_outreach": assessment.assertive_outreach,
        "register": {
            **_named(register),
            "example": register.is_example,
            "offers": len(register.offers),
            "offers_without_known_area": len(assessment.unplaced),
        },
        "counts": [
            dict(zip([*_DESCRIBED, "municipalities"], (*key, len(group)), strict=True))
            for key, group in described
        ],
        "own_counts": _own_counts(assessment),
        "protection": _protection(assessment),
        "example_region_sets": sorted(example_sets.unique()),
        "sha256": {
            "register": table_hash(*register.tables.values()),
            "counts": table_hash(counts),
            **_edition_hashes(edition, register),
        },
        "result": result_of(assessment.table()),
        "sources": edition.sources.to_dict("records"),
    }


@cache
def _code() -> str:
    """First digits of the SHA-256 of the modules of the calculation: a version may be changed."""
    digest = hashlib.sha256()
    for module in code_files():
        digest.update(module.name.encode())
        digest.update(module.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:12]


def code_files() -> list[Path]:
    """Modules of the calculation: all but the pages, and what comes with a package of them."""
    folder = Path(__file__).parent
    return sorted([*folder.glob("*.py"), *folder.joinpath("disclosure").rglob("*.py")])


def _named(register: Register) -> dict[str, Any]:
    """What a register is found by: shipped, a revision, or the name of a file."""
    named: dict[str, Any] = {"name": register.name}
    for name, folder in SHIPPED.items():
        if register.path is not None and register.path.resolve() == folder.resolve():
            named["shipped"] = name
    revision = _REVISION.fullmatch(register.name)
    if revision and register.path is None:
        named["revision"] = int(revision[1])
    return named


def _own_counts(assessment: Assessment) -> dict[str, Any] | None:
    """Counts that did not come with the edition; all of them only where they are protected."""
    rows = own_rows(assessment.counts, assessment.edition.demand)
    totals = assessment.totals
    if rows.empty and totals is None:
        return None
    told: dict[str, Any] = {"municipalities": len(rows)}
    if is_protected(assessment.protection):
        told["table"] = _columns(rows.reset_index(names="gm_code"))
        if totals is not None:
            told["totals"] = _columns(totals)
    return told


def _protection(assessment: Assessment) -> dict[str, Any] | None:
    """What protected the counts. Own counts of which nobody says so are not protected."""
    told = assessment.protection
    if told is None and len(own_rows(assessment.counts, assessment.edition.demand)):
        return {"protected": False, "why": _("no protection was asked for")}
    return told


def own_rows(counts: pd.DataFrame, shipped: pd.DataFrame) -> pd.DataFrame:
    """Rows of counts that are not those of the edition.

    Parameters
    ----------
    counts
        Counts that were used, indexed by gm_code.
    shipped
        Those of the edition.
    """
    beside = shipped.reindex(index=counts.index, columns=counts.columns)
    same = counts.eq(beside) | (counts.isna() & beside.isna())
    return counts[~same[[name for name in counts if name in shipped]].all(axis=1)]


def is_protected(protection: Mapping[str, Any] | None) -> bool:
    """Whether small counts were protected, and not let out in words."""
    return protection is not None and protection.get("protected") is not False


def why_unprotected(told: Mapping[str, Any]) -> str:
    """Why figures left the tool without protection, in the words of who asked; else empty.

    Parameters
    ----------
    told
        A `record`.
    """
    protection = told.get("protection")
    if not protection:  # by a weaker rule is not protected as the method says, and has a reason
        return ""
    return " ".join(str(protection.get("why", "")).split())


def _edition_hashes(edition: Edition, register: Register) -> dict[str, str]:
    """Hashes of what the edition brought, and other editions where an offer is of one."""
    hashes = {"shipped_counts": table_hash(edition.demand), **_division_hashes(edition)}
    tables = (register.offers, register.locations)
    found = pd.concat([table["edition"] for table in tables]).dropna().astype(int).unique()
    for year in sorted({*found.tolist()} - {edition.year}):
        other = editions.load_edition(year)
        hashes |= {f"{name}_{year}": mark for name, mark in _division_hashes(other).items()}
        hashes[f"crosswalk_{year}"] = table_hash(editions.load_crosswalk(edition.year, year))
    return hashes


def _division_hashes(edition: Edition) -> dict[str, str]:
    municipalities = edition.municipalities
    named = pd.DataFrame(municipalities[["name", "residents_0_17", "centre_x", "centre_y"]])
    shapes = hashlib.sha256()
    for shape in municipalities.geometry.to_wkb():
        shapes.update(shape)
    return {
        "municipalities": table_hash(named),
        "regions": table_hash(edition.regions),
        "boundaries": shapes.hexdigest(),
    }


def result_of(table: pd.DataFrame) -> dict[str, Any]:
    """Rows of a table and the SHA-256 of its plain CSV, as `coverage.exports` writes it."""
    from coverage.exports import plain_csv  # noqa: PLC0415 - it knows this module

    text = plain_csv(table)
    return {"rows": len(table), "sha256": hashlib.sha256(text.encode()).hexdigest()}


def table_hash(*tables: pd.DataFrame) -> str:
    """SHA-256 of the content of tables; the order of rows does not matter.

    Parameters
    ----------
    tables
        Tables whose cells have a text form.

    Returns
    -------
    str
        64 hexadecimal digits. The same with each version of pandas.
    """
    digest = hashlib.sha256()
    for table in tables:
        plain = pd.DataFrame(table).reset_index()
        plain = plain.drop(columns="index", errors="ignore")
        digest.update(json.dumps([str(name) for name in plain.columns]).encode())
        rows = np.full(len(plain), "", dtype=object)
        for name in plain.columns:
            rows = rows + plain[name].map(str).to_numpy(dtype=object) + _BETWEEN
        digest.update("\x1e".join(np.sort(rows)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _columns(table: pd.DataFrame) -> dict[str, list[Any]]:
    """Table as lists by column, unknown as None, for JSON."""
    plain = table.astype(object).where(table.notna(), None)
    return {str(name): plain[name].tolist() for name in plain.columns}


def as_table(columns: Mapping[str, list[Any]]) -> pd.DataFrame:
    """Table out of the lists of a record, the numbers as numbers again.

    Parameters
    ----------
    columns
        ``own_counts.table`` or ``own_counts.totals`` of a record.
    """
    words = {*_DESCRIBED, "gm_code", "name", "region_set", "region_code"}
    words |= {SPREAD, SHARED_FROM, SHARED_BY}
    table = pd.DataFrame(dict(columns))
    numbers = [name for name in table if name not in words]
    return table.astype(dict.fromkeys(numbers, float))


# --- putting it in a file, and finding it there again -----------------------------


def as_json(told: Mapping[str, Any]) -> str:
    """Record as text; the same record gives the same text."""
    return json.dumps(dict(told), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def pieces(told: Mapping[str, Any]) -> list[str]:
    """Record as texts that each fit in a cell; together they are JSON."""
    text = json.dumps(dict(told), allow_nan=False)
    # Workbooks have escapes of their own, which begin so.
    text = text.replace("_x", "\\u005fx")
    return [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)]


def element(told: Mapping[str, Any]) -> str:
    """Record as an element of a web page that shows and runs nothing."""
    text = json.dumps(dict(told), allow_nan=False)
    for sign in "<>&":  # so that no text from a file ends the element
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return f'<script type="application/json" id="{html.escape(ELEMENT)}">{text}</script>'


_ELEMENT = re.compile(rf'<script type="application/json" id="{ELEMENT}">(.*?)</script>', re.DOTALL)


def read(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Record in a file that this tool made.

    Parameters
    ----------
    path
        A record (``.json``), a workbook, a CSV with its record beside it, a zip of those, a map
        that was saved, or a GeoPackage of a register.

    Returns
    -------
    dict
        See `record`; of a register alone only what made that.

    Raises
    ------
    BadInputError
        If there is no record in it, or none that can be read.
    """
    path = Path(path)
    ways = {
        ".json": _from_json,
        ".csv": _from_csv,
        ".xlsx": _from_workbook,
        ".zip": _from_zip,
        ".html": _from_page,
        ".htm": _from_page,
        ".gpkg": _from_geopackage,
    }
    way = ways.get(path.suffix.lower())
    if way is None:
        known = ", ".join(ways)
        raise _wrong(
            path, N_("This kind of file holds no record. These may: {known}."), known=known
        )
    try:
        if path.is_file() and path.stat().st_size > _LARGEST:
            raise _wrong(path, N_("The file is too large to be one that Dekkend made."))
        text = way(path)
    except FileNotFoundError:
        raise _wrong(path, N_("There is no such file.")) from None
    except (OSError, CalamineError, zipfile.BadZipFile, sqlite3.Error, UnicodeError) as error:
        reason = str(error)
        raise _wrong(path, N_("It could not be read: {reason}"), reason=reason) from error
    if text is None:
        raise _wrong(
            path,
            N_(
                "There is no record in it of how it was made. It was made by another program, or "
                "by an older version."
            ),
        )
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or told.get("software") != "dekkend":
        raise _wrong(path, N_("The record in it cannot be read: it was changed or cut off."))
    return told


def _wrong(path: Path, message: str, **params: object) -> BadInputError:
    return BadInputError([Fault(path.name, None, "", "", message, params)])


def _from_json(path: Path) -> str | None:
    return path.read_text(encoding="utf-8-sig")


def _from_csv(path: Path) -> str | None:
    beside = path.with_name(f"{path.name}{METADATA}")
    if path.is_file() and not beside.is_file():
        raise _wrong(
            path,
            N_("A CSV has its record in a file beside it: {name}. That file is not there."),
            name=beside.name,
        )
    return _from_json(beside)


def _from_workbook(path: Path) -> str | None:
    with path.open("rb") as stream:
        book = CalamineWorkbook.from_filelike(stream)
        if SHEET not in book.sheet_names:
            return None
        rows = book.get_sheet_by_name(SHEET).to_python()
    return "".join(str(row[0]) for row in rows if row)


def _from_zip(path: Path) -> str | None:
    with zipfile.ZipFile(path) as bundle:
        for member in bundle.infolist():
            if member.filename.endswith(METADATA) and member.file_size <= _LARGEST:
                return bundle.read(member).decode("utf-8-sig")
    return None


def _from_page(path: Path) -> str | None:
    found = _ELEMENT.search(path.read_text(encoding="utf-8"))
    return found[1] if found else None


def _from_geopackage(path: Path) -> str | None:
    if not path.is_file():
        raise FileNotFoundError
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
        row = database.execute("SELECT value FROM about WHERE what = ?", (SHEET,)).fetchone()
    return str(row[0]) if row else None


def of_register(register: Register, **more: object) -> dict[str, Any]:
    """Record of a register alone, for a file that holds no figures.

    Parameters
    ----------
    register
        What the file holds.
    **more
        What else to tell, for instance of its revision.
    """
    return {
        "software": "dekkend",
        "version": version("dekkend"),
        "register": {**_named(register), "example": register.is_example},
        "sha256": {"register": table_hash(*register.tables.values())},
        **more,
    }


def of_counts(kind: str, edition: int, **asked: object) -> dict[str, Any]:
    """Record of a file with counts that no assessment made.

    Parameters
    ----------
    kind
        `CASES` or `STATLINE`.
    edition
        Year of the division that the counts are of.
    **asked
        What was asked for, for instance the year.
    """
    return {
        "software": "dekkend",
        "version": version("dekkend"),
        "edition": edition,
        "view": {"kind": kind, **asked},
    }
