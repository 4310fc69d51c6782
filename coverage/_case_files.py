"""A file with one row a measure, read into what counting needs and nothing more.

Whoever a row is about goes no further than this module: an identifier is hashed with a key
that exists for one reading only, and then replaced by a number of no meaning. No message
holds a value of such a file: a shifted column could put an identifier anywhere.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
import secrets
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from coverage import _cells, _values
from coverage._encodings import as_windows, encoding_of
from coverage.faults import BadInputError, Fault, errors
from coverage.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy.typing as npt

    Days = npt.NDArray[np.int32]
    Flags = npt.NDArray[np.bool_]

NONE, UNREADABLE = -(2**31), -(2**31) + 1
"""Days that stand for an empty cell, and for one that holds no date."""

OPEN = 2**30
"""End of an order of which no end is known: later than any day."""

ORDER, PROVISIONAL, OTHER, UNSAID = 0, 1, 2, 3
"""Kinds of measures: a supervision order, a provisional one, another measure, and not said."""

BLOCK = 4 << 20
"""Bytes that are read at a time; a row must fit in it."""

FIRST_LINES = 20
"""Lines in which the headings must be."""

_HEADINGS = {
    "child": """kind id kindnummer kind_id kindnr kindcode client client_id clientnummer clientnr
        clientcode clientid jeugdige jeugdige_id jeugdigenummer bsn burgerservicenummer pseudoniem
        persoon persoon_id persoonsnummer child child_id person person_id minderjarige""",
    "start": """start begin startdatum begindatum ingangsdatum aanvangsdatum datum_start
        datum_begin datum_ingang datum_aanvang start_maatregel begin_maatregel datum_van van
        start_date begin_date startdatum_maatregel begindatum_maatregel ingangsdatum_maatregel""",
    "end": """end einde eind einddatum eindedatum datum_einde datum_eind beeindigd
        beeindigingsdatum datum_beeindiging einde_maatregel tot end_date datum_tot
        einddatum_maatregel""",
    "code": "gm_code gemeentecode gemeente_code gemeentenummer cbs_code municipality_code",
    "municipality": """gemeente gemeentenaam gemeente_naam woongemeente municipality
        naam_gemeente municipality_name""",
    "postcode": "postcode pc pc4 pc6 postcode4 postcode_4 postcode6 postal_code zip",
    "kind": """maatregel soort_maatregel maatregelsoort soort maatregeltype type_maatregel type
        measure measure_kind measure_type maatregel_soort maatregelcode""",
}
FIELD_OF = {name: field for field, names in _HEADINGS.items() for name in names.split()}
"""Field by heading, as `bare` writes headings."""

EXTENSION = re.compile(
    r"(datum_)?(verlengd|verlenging|verlengingen|verlengingsdatum|verlengingsdata|extension"
    r"|extensions|extended|extension_date|extension_dates)(_op|_per|_vanaf|_datum)?_?\d*"
)
"""Headings of the columns with dates from which an order was extended."""

PLACES = ("code", "municipality", "postcode")
"""Fields that say where a child lives, the surest first."""


@dataclass(frozen=True)
class Cases:
    """Measures of a file, by child, without anything by which a child can be known.

    Attributes
    ----------
    file
        Name to show.
    rows
        One row a measure. The index is the row in the file. Columns: child (a number
        without meaning, -1 = not given), start and end (days since 1970, or `NONE`,
        `UNREADABLE`, `OPEN`), kind (`ORDER`, ...), and for each of `PLACES` that the file
        has a position in `places`.
    extensions
        One row a date of extension: row (position in `rows`) and day.
    places
        The different texts in the columns of places, by field.
    columns
        Fields that were found.
    remarks
        What the user should know of the reading.
    """

    file: str
    rows: pd.DataFrame = field(repr=False)
    extensions: pd.DataFrame = field(repr=False)
    places: dict[str, list[str]] = field(repr=False)
    columns: tuple[str, ...]
    remarks: tuple[Fault, ...]

    def __len__(self) -> int:
        return len(self.rows)


def bare(heading: str) -> str:
    """Heading without case, accents, spaces and dashes."""
    plain = unicodedata.normalize("NFKD", heading)
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[\s\-_./()]+", "_", letters.strip().lstrip("\ufeff").casefold()).strip("_")


def field_of(heading: str) -> str:
    """Field that a heading stands for; empty when it is none."""
    name = bare(heading)
    return "extension" if EXTENSION.fullmatch(name) else FIELD_OF.get(name, "")


def read(path: Path) -> Cases:
    """Read a file with one row a measure; see `coverage.cases.read_cases`."""
    fault = _cells.file_fault(path)
    if fault is not None and not (fault.params.get("limit") and not _cells.is_workbook(path)):
        # A text file may be as large as it is: it is never in memory as a whole.
        raise BadInputError([fault])
    source: _Text | _Sheet = _Sheet(path) if _cells.is_workbook(path) else _Text(path)
    gathered = _Gathered(source.fields)
    for batch in source.batches():
        gathered.add(batch)
    return gathered.cases(source)


# --- what a file is made of -------------------------------------------------

Batch = list[pa.Array]
"""Cells of the columns that are used: strings, or dictionaries of strings."""


class _Fields:
    """Which column is which field."""

    def __init__(self, file: str, row: int, headings: Sequence[str]) -> None:
        found = [field_of(heading) for heading in headings]
        again = {name for name in found if name and name != "extension" and found.count(name) > 1}
        # Headings that are not known are not repeated: a file without headings has a child there.
        faults = [
            Fault(file, row, name, "", TWICE, {"what": _NAMES[name]}) for name in sorted(again)
        ]
        faults += [
            Fault(file, row, "", "", LACKS, {"what": _NAMES[name]})
            for name in ("child", "start", "end")
            if name not in found
        ]
        if not set(PLACES) & set(found):
            faults.append(Fault(file, row, "", "", NO_PLACE))
        if len(faults) > len(again) and not any(found):
            faults = [Fault(file, row, "", "", NO_HEADINGS)]
        if faults:
            raise BadInputError(faults)
        self.places = [place for place, name in enumerate(found) if name]
        self.names = [found[place] for place in self.places]


_NAMES = {
    "child": "kindnummer",
    "start": "begindatum",
    "end": "einddatum",
    "code": "gemeentecode",
    "municipality": "gemeente",
    "postcode": "postcode",
    "kind": "maatregel",
}
"""Heading by which a field is told: the Dutch one, as files have it."""

TWICE = N_("Two columns may be meant for {what}. Leave one of them out.")
LACKS = N_("There is no column {what}. Add it, or give the column that heading.")
NO_PLACE = N_("There is no column gemeente, gemeentecode or postcode. Add one of these.")
NO_HEADINGS = N_(
    "No heading is known. The first row must hold the headings: kindnummer, begindatum, einddatum, "
    "verlenging, gemeente or postcode, maatregel."
)
NO_ROWS = N_("There is no row below the headings.")
QUOTES = N_(
    "A quotation mark in this row, or before it, has no match. Close it, or write two of them "
    "for one within a text."
)
NO_TEXT = N_("The file is not readable text. Save it again as CSV UTF-8.")


class _Text:
    """A text file with delimiters, some megabytes at a time."""

    def __init__(self, path: Path) -> None:
        self.file = path.name
        self.remarks: list[Fault] = []
        self.skipped: list[int] = []
        self._unclosed = 0
        self._path = path
        self._encoding = self._find_encoding()
        self._find_headings()
        self.fields = _Fields(self.file, self.first, self._headings)

    def batches(self) -> Iterator[Batch]:
        """Cells of the columns that are used."""
        columns = [f"c{place}" for place in range(len(self._headings))]
        used = [columns[place] for place in self.fields.places]
        types = {
            name: pa.string() if what == "child" else pa.dictionary(pa.int32(), pa.string())
            for name, what in zip(used, self.fields.names, strict=True)
        }
        try:
            with pacsv.open_csv(
                self._path,
                read_options=pacsv.ReadOptions(
                    # In one thread, so that a row that is refused has its number.
                    use_threads=False,
                    block_size=BLOCK,
                    skip_rows=self._lines,
                    column_names=columns,
                    encoding=self._encoding,
                ),
                parse_options=pacsv.ParseOptions(
                    delimiter=self._delimiter,
                    newlines_in_values=True,
                    ignore_empty_lines=False,
                    invalid_row_handler=self._skip,
                ),
                convert_options=pacsv.ConvertOptions(
                    column_types=types, include_columns=used, strings_can_be_null=False
                ),
            ) as reader:
                for batch in reader:
                    yield batch.columns
            if self._unclosed:
                raise BadInputError([Fault(self.file, self._unclosed, "", "", QUOTES)])
        # What Arrow says holds the text of the row, and with it an identifier.
        except (pa.ArrowInvalid, pa.ArrowKeyError, UnicodeError) as error:
            message = QUOTES if "straddling" in str(error) else NO_TEXT
            raise BadInputError([Fault(self.file, None, "", "", message)]) from None

    def lines(self, count: int) -> npt.NDArray[np.int64]:
        """Row in the file of each row that came out of it."""
        every = np.arange(self.first + 1, self.first + 1 + count + len(self.skipped))
        return every[~np.isin(every, np.array(self.skipped, dtype=np.int64))]

    def _skip(self, row: pacsv.InvalidRow) -> str:
        # The lines before the rows count as one each, for Arrow as for us.
        self.skipped.append(row.number - self._lines + self.first)
        if "\n" in row.text.strip():
            self._unclosed = self._unclosed or self.skipped[-1]
        return "skip"

    def _find_encoding(self) -> str:
        encoding = encoding_of(self._path)
        if encoding is None:
            raise BadInputError([Fault(self.file, None, "", "", NO_TEXT)])
        if encoding == "cp1252":
            self.remarks.append(as_windows(self.file))
        return encoding

    def _find_headings(self) -> None:
        """Headings, the row and the line that they end on, and the delimiter."""
        encoding = "utf-8-sig" if self._encoding == "utf-8" else self._encoding
        try:
            with self._path.open(encoding=encoding, newline="") as stream:
                lines = [stream.readline(_cells.FIRST_LINE) for _ in range(FIRST_LINES)]
        except UnicodeError:
            raise BadInputError([Fault(self.file, None, "", "", NO_TEXT)]) from None
        said = re.match(r"sep=([;,\t|])\r?\n", lines[0], re.IGNORECASE)
        start = 1 if said else 0
        line = next((line for line in lines[start:] if line.strip()), "")

        def score(delimiter: str) -> tuple[int, int]:
            known = sum(bool(field_of(cell.strip('" \r\n'))) for cell in line.split(delimiter))
            return known, line.count(delimiter)

        self._delimiter = said[1] if said else max(_cells.DELIMITERS, key=score)
        reader = csv.reader(lines[start:], delimiter=self._delimiter)
        self.first = start
        try:
            for record in reader:
                self.first += 1
                self._headings = record
                if any(cell.strip() for cell in record):
                    break
        except csv.Error:
            raise BadInputError([Fault(self.file, 1, "", "", QUOTES)]) from None
        self._lines = start + reader.line_num


class _Sheet:
    """One sheet of a workbook: that with most headings that are known."""

    def __init__(self, path: Path) -> None:
        book = _cells.read_workbook(path)
        if errors(book.faults):
            raise BadInputError(book.faults)
        sheets = [cells for cells in book.sheets.values() if cells.rows]
        if not sheets:
            raise BadInputError([Fault(path.name, None, "", "", _cells.EMPTY_FILE)])

        def known(cells: _cells.Cells) -> int:
            return len({field_of(text) for text in cells.rows[0][1]} - {""})

        best = max(sheets, key=known)
        if errors(best.faults):
            raise BadInputError(best.faults)
        self.file = best.file
        self.remarks = list(best.faults)
        self.skipped: list[int] = []
        self.first = best.rows[0][0]
        self.fields = _Fields(self.file, self.first, best.rows[0][1])
        self._rows = best.rows[1:]

    def batches(self) -> Iterator[Batch]:
        """Cells of the columns that are used."""
        columns = [
            pa.array(
                [row[place] if place < len(row) else "" for _n, row in self._rows], pa.string()
            )
            for place in self.fields.places
        ]
        yield [
            column if name == "child" else column.dictionary_encode()
            for column, name in zip(columns, self.fields.names, strict=True)
        ]

    def lines(self, count: int) -> npt.NDArray[np.int64]:
        """Row in the file of each row that came out of it."""
        return np.array([number for number, _row in self._rows][:count], dtype=np.int64)


# --- from cells to numbers --------------------------------------------------


class _Gathered:
    """What the batches held, in numbers."""

    def __init__(self, fields: _Fields) -> None:
        self._fields = fields
        self._key = secrets.token_urlsafe(12)  # the 16 characters of a key for hash_array
        self._days: dict[str, tuple[int, ...]] = {}
        self._texts: dict[str, dict[str, int]] = {name: {} for name in PLACES}
        self._kinds: dict[str, int] = {}
        self._columns: dict[str, list[npt.NDArray[np.generic]]] = {}
        self._rows: list[npt.NDArray[np.int32]] = []
        self._extended: list[Days] = []
        self._count = 0

    def add(self, batch: Batch) -> None:
        """Take the cells of some rows."""
        size = len(batch[0])
        for name, cells in zip(self._fields.names, batch, strict=True):
            if name == "extension":
                self._add_extensions(cells)
            else:
                self._columns.setdefault(name, []).append(self._numbers(name, cells))
        self._count += size

    def cases(self, source: _Text | _Sheet) -> Cases:
        """Everything together."""
        if not self._count:
            raise BadInputError([Fault(source.file, None, "", "", NO_ROWS)])
        held = {name: np.concatenate(parts) for name, parts in self._columns.items()}
        hashes = held.pop("child")
        held["child"] = np.where(hashes == 0, -1, pd.factorize(hashes)[0]).astype(np.int32)
        if "kind" not in held:
            held["kind"] = np.zeros(self._count, dtype=np.int8)
        rows = pd.DataFrame(held, index=source.lines(self._count))
        extensions = pd.DataFrame(
            {
                "row": np.concatenate([*self._rows, np.zeros(0, np.int32)]),
                "day": np.concatenate([*self._extended, np.zeros(0, np.int32)]),
            }
        )
        remarks = list(source.remarks)
        if source.skipped:
            remarks.append(_unlike(source))
        return Cases(
            source.file,
            rows,
            extensions,
            {name: list(texts) for name, texts in self._texts.items() if name in held},
            tuple(dict.fromkeys(self._fields.names)),
            tuple(remarks),
        )

    def _numbers(self, name: str, cells: pa.Array) -> npt.NDArray[np.generic]:
        if name == "child":
            return self._hashes(cells)
        if name in {"start", "end"}:
            return self._first_days(cells)
        if name == "kind":
            kinds = [self._kinds.setdefault(text, kind_of(text)) for text in _different(cells)]
            return np.array(kinds, dtype=np.int8)[_positions(cells)]
        known = self._texts[name]
        numbers = [known.setdefault(text, len(known)) for text in _different(cells)]
        return np.array(numbers, dtype=np.int32)[_positions(cells)]

    def _hashes(self, cells: pa.Array) -> npt.NDArray[np.uint64]:
        """Keyed hash of each identifier; 0 for an empty one."""
        texts = pc.utf8_trim_whitespace(cells).to_numpy(zero_copy_only=False)
        found: npt.NDArray[np.uint64] = pd.util.hash_array(
            texts.astype(object), hash_key=self._key, categorize=False
        )
        found[texts == ""] = 0
        return found

    def _first_days(self, cells: pa.Array) -> Days:
        found = [(self._read(text) or (NONE,))[0] for text in _different(cells)]
        return np.array(found, dtype=np.int32)[_positions(cells)]

    def _add_extensions(self, cells: pa.Array) -> None:
        """Dates of a column of extensions, each of which may hold more than one."""
        days = [self._read(text, several=True) for text in _different(cells)]
        sizes = np.array([len(one) for one in days], dtype=np.int64)
        flat = np.array([day for one in days for day in one], dtype=np.int32)
        starts = np.cumsum(sizes) - sizes
        position = _positions(cells)
        size = sizes[position]
        row = np.repeat(np.arange(len(position)), size)
        within = np.arange(len(row)) - np.repeat(np.cumsum(size) - size, size)
        self._rows.append((row + self._count).astype(np.int32))
        self._extended.append(flat[np.repeat(starts[position], size) + within])

    def _read(self, text: str, *, several: bool = False) -> tuple[int, ...]:
        found = self._days.get(text)
        if found is None:
            parts = re.split(r"[;,|\n]", text) if several else [text]
            days = (day_of(part.strip()) for part in parts)
            found = self._days[text] = tuple(day for day in days if day != NONE)
        return found


def _unlike(source: _Text | _Sheet) -> Fault:
    """Tell of rows with another number of cells than the headings."""
    message = N_(
        "Left out, as they have another number of cells than the headings: {count} (first row "
        "{row})."
    )
    params = {"count": len(source.skipped), "row": source.skipped[0]}
    return Fault(source.file, None, "", "", message, params, "warning")


def _different(cells: pa.DictionaryArray) -> list[str]:
    texts: list[str] = cells.dictionary.to_pylist()
    return texts


def _positions(cells: pa.DictionaryArray) -> npt.NDArray[np.int32]:
    found: npt.NDArray[np.int32] = cells.indices.to_numpy(zero_copy_only=False)
    return found


_ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})([ T]\d{1,2}:.*)?")
_DUTCH = re.compile(r"(\d{1,2})[-.](\d{1,2})[-.](\d{4})( \d{1,2}:.*)?")
_PLAIN = re.compile(r"(\d{4})(\d{2})(\d{2})")
_EPOCH = dt.date(1970, 1, 1).toordinal()

FIRST_YEAR, LAST_YEAR = 1950, 2100
"""A date before the first is a typing error; an end after the last stands for no end."""


def day_of(text: str) -> int:
    """Days since 1970 of a date; `NONE` for an empty cell, `UNREADABLE`, or `OPEN`.

    Examples
    --------
    >>> day_of("1970-01-02"), day_of("2-1-1970"), day_of("31-12-9999") == OPEN
    (1, 1, True)
    """
    if not text or text in _values.NO_VALUE:
        return NONE
    # 5/1/2023 can be read in two ways, so it is not read.
    if (found := _ISO.fullmatch(text) or _PLAIN.fullmatch(text)) is not None:
        year, month, day = (int(part) for part in found.groups()[:3])
    elif (found := _DUTCH.fullmatch(text)) is not None:
        day, month, year = (int(part) for part in found.groups()[:3])
    else:
        return UNREADABLE
    if year >= LAST_YEAR:
        return OPEN
    try:
        found_day = dt.date(year, month, day).toordinal() - _EPOCH
    except ValueError:
        return UNREADABLE
    return found_day if year >= FIRST_YEAR else UNREADABLE


def kind_of(text: str) -> int:
    """Kind of measure that a text stands for.

    Examples
    --------
    >>> kind_of("OTS") == ORDER, kind_of("Voorlopige ondertoezichtstelling") == PROVISIONAL
    (True, True)
    >>> kind_of("Uithuisplaatsing bij OTS") == OTHER, kind_of("Reguliere OTS") == ORDER
    (True, True)
    """
    name = bare(text)
    if not name or text.strip() in _values.NO_VALUE:
        return UNSAID
    words = set(name.split("_"))
    order = "ots" in words or "ondertoezicht" in name or "supervision_order" in name
    if words & {"vots", "vot"} or (order and re.search(r"voorlopig|provisional|\bvl\b", name)):
        return PROVISIONAL
    # "OTS met uithuisplaatsing" is an order; "uithuisplaatsing bij OTS" is what goes with it.
    own = re.match(r"ots|ondertoezicht|supervision_order", name)
    return ORDER if own or (order and not _BESIDE.search(name)) else OTHER


_BESIDE = re.compile(r"uithuis|machtiging|plaatsing|voogd|placement|uhp|mup")
