"""The rows of a flat list as rows of the table of offers, all text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from coverage import _values, schema
from coverage.editions import EDITIONS
from coverage.i18n import N_
from coverage.intake import areas, texts
from coverage.intake.fields import FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from coverage.intake.findings import Findings

__all__ = ["keep", "offers"]

FUNCTIONS = ("support", "acceptance", "coordination", "mobilisation")

NOT_UNDERSTOOD = N_(
    "“{value}” is not understood here: it is kept as a remark, and the value stays unknown."
)
AS_EVIDENCE = N_(
    "“{value}” is no status: it is kept as evidence, and the status stays unknown. Fill in yes, "
    "no, or: not described."
)
CONTRADICTS = N_("“{value}” does not agree with the other column on the framework. Correct one.")
NO_UNIT = N_("“{value}” has no unit: it was read as months.")
ABOUT = N_("“{value}” was read as {number} families a year; the text is kept as a remark.")
RANGE = N_(
    "“{value}” is not one number: the capacity stays unknown, and the text is kept as a remark."
)
NOT_FAMILIES = N_(
    "“{value}” is no number of families: the capacity stays unknown, and the text is kept as a "
    "remark."
)


def offers(said: pd.DataFrame, found: Findings, year: int) -> pd.DataFrame:
    """What the rows say of their offers, in the columns of the register.

    Parameters
    ----------
    said
        What each row says, by field; all text.
    found
        Where doubts are told.
    year
        Edition of the names and codes, where a row does not name one.

    Returns
    -------
    pandas.DataFrame
        Columns of the table of offers, all text, empty for what a row does not say.
    """
    table = pd.DataFrame("", index=said.index, columns=list(schema.columns(schema.OFFERS)))
    for name, field in FIELDS.items():
        if field.table == "offers" and field.column:
            table[field.column] = said[name]
    _words(said, table, found)
    _framework(said, table, found)
    _durations(said, table, found)
    _capacity(said, table, found)
    for column in ("year_from", "year_to", "first_seen", "last_seen"):
        table[column] = _each(said[column], texts.read_year)
    table["source_date"] = _each(said["source_date"], texts.read_date)
    _areas(said, table, found, year)
    return table


def _each(values: pd.Series[str], read: Callable[[str], object]) -> pd.Series[str]:
    """Read a column by its different values."""
    return values.map({text: read(text) for text in values.unique()}).astype("str")


def keep(table: pd.DataFrame, said: pd.Series[str], heading: str, column: str = "note") -> None:
    """Keep texts as a remark, behind what stands there."""
    before = table.loc[said.index, column]
    remark = f"{heading}: " + said if column == "note" else said
    joined = (before + "; " + remark).where(before.ne(""), remark)
    table.loc[said.index, column] = joined


def _words(said: pd.DataFrame, table: pd.DataFrame, found: Findings) -> None:
    """Columns of words: as people write them; what is not understood is kept."""
    for name, field in FIELDS.items():
        if field.table != "offers" or not field.column or not field.words:
            continue
        column = field.column
        values = said[name]
        read = _reader(name, column, field.words)
        answers = {text: read(text) for text in values.unique()}
        table[column] = values.map({text: answer or "" for text, answer in answers.items()})
        strange = values[values.map({text: answer is None for text, answer in answers.items()})]
        if strange.empty:
            continue
        heading = found.headings.get(name, field.column)
        if column == "coordination":
            found.add(name, strange, AS_EVIDENCE, severity="warning")
            keep(table, strange, heading, "evidence")
        else:
            found.add(name, strange, NOT_UNDERSTOOD, severity="warning")
            keep(table, strange, heading)


def _reader(name: str, column: str, allowed: tuple[str, ...]) -> Callable[[str], str | None]:
    """Reader of one column of words: the word, empty, or None for what is none."""
    plain = _values.reader(schema.OFFERS, column, pd.Series(dtype="str"), comma_file=False)

    def read(text: str) -> str | None:
        own = texts.read_word(name, text)
        if own is not None:
            return own
        if name in FUNCTIONS:
            return texts.read_status(text)
        if {"yes", "no"} <= set(allowed):
            said = texts.read_yes_no(text)
            return "" if said == "unknown" and "unknown" not in allowed else said
        if texts.bare(text) in texts.UNKNOWN:
            return "unknown" if "unknown" in allowed else ""
        word = plain(text)
        return str(word) if word in allowed or word == "" else None

    return read


def _framework(said: pd.DataFrame, table: pd.DataFrame, found: Findings) -> None:
    """The framework out of the columns “voluntary” and “compulsory”, where they are there."""
    answers = {}
    for name in ("voluntary", "compulsory"):
        read = {
            text: texts.read_yes_no(text) or _as_yes(name, text) for text in said[name].unique()
        }
        strange = said.loc[
            said[name].map({text: word is None for text, word in read.items()}), name
        ]
        if len(strange):
            found.add(name, strange, NOT_UNDERSTOOD, severity="warning")
            keep(table, strange, found.headings.get(name, name))
        answers[name] = said[name].map({text: word or "" for text, word in read.items()})
    yes, forced = answers["voluntary"], answers["compulsory"]
    derived = pd.Series("", index=said.index, dtype="str")
    derived[yes.eq("yes") | (forced.eq("no") & yes.ne("no"))] = "voluntary"
    derived[forced.eq("yes") | (yes.eq("no") & forced.ne("no"))] = "compulsory"
    derived[yes.eq("yes") & forced.eq("yes")] = "both"
    derived[derived.eq("") & (yes.eq("unknown") | forced.eq("unknown"))] = "unknown"
    given = table["framework"]
    vague = given.isin(["", "unknown"])
    table["framework"] = given.where(~vague | derived.isin(["", "unknown"]), derived)
    clash = ~vague & derived.isin(["voluntary", "compulsory"])
    clash &= given.ne(derived) & ~(given.eq("both") & _both_fits(yes, forced))
    name = "voluntary" if "voluntary" in found.headings else "compulsory"
    found.add(name, said.loc[clash, name], CONTRADICTS)


def _both_fits(yes: pd.Series[str], forced: pd.Series[str]) -> pd.Series[bool]:
    """Whether nothing says that one of the two frameworks is not there."""
    return yes.ne("no") & forced.ne("no")


def _as_yes(name: str, text: str) -> str | None:
    """“vrijwillig” in the column “vrijwillig” means yes."""
    word = texts.read_word("framework", text)
    if word is None:
        return texts.read_yes_no(text)
    return "yes" if word in {name, "both"} else "no"


def _durations(said: pd.DataFrame, table: pd.DataFrame, found: Findings) -> None:
    """Shortest and longest duration, and what follows from them."""
    for column in ("duration_months_min", "duration_months_max"):
        table[column] = _each(said[column], _bare_months)
    values = said["duration"]
    if values.eq("").all():
        term = pd.Series("", index=said.index, dtype="str")
    else:
        unit = _unit_of(found.headings.get("duration", ""))
        read = {text: texts.read_duration(text, unit) for text in values.unique()}
        strange = values[values.map({text: one is None for text, one in read.items()})]
        found.add("duration", strange, NOT_UNDERSTOOD, severity="warning")
        keep(table, strange, found.headings.get("duration", ""))
        known = {text: one or texts.Duration() for text, one in read.items()}
        bare = values[values.map({text: not one.unit for text, one in known.items()})]
        found.add("duration", bare, NO_UNIT, severity="warning")
        for column, side in (
            ("duration_months_min", "shortest"),
            ("duration_months_max", "longest"),
        ):
            own = values.map(
                {text: texts.months_text(getattr(one, side)) for text, one in known.items()}
            )
            table[column] = table[column].where(table[column].ne(""), own)
        term = values.map({text: one.long_term for text, one in known.items()})
    low = pd.to_numeric(table["duration_months_min"].str.replace(",", "."), errors="coerce")
    high = pd.to_numeric(table["duration_months_max"].str.replace(",", "."), errors="coerce")
    term = term.mask(term.eq("") & low.gt(schema.LONG_TERM_MONTHS), "yes")
    term = term.mask(term.eq("") & high.le(schema.LONG_TERM_MONTHS), "no")
    table["long_term"] = table["long_term"].where(table["long_term"].ne(""), term)


def _bare_months(text: str) -> str:
    """A number of months without its unit; the text itself when it is something else."""
    read = texts.read_duration(text) if text else None
    if read and read.shortest is not None and read.shortest == read.longest:
        return texts.months_text(read.shortest)
    return text


def _unit_of(heading: str) -> str:
    """Unit that a heading names."""
    word = texts.bare(heading)
    for unit, marks in (("maand", ("maand", "mnd", "month")), ("week", ("week", "weken", "wk"))):
        if any(mark in word for mark in marks):
            return unit
    return "jaar" if any(mark in word for mark in ("jaar", "jaren", "year")) else ""


def _capacity(said: pd.DataFrame, table: pd.DataFrame, found: Findings) -> None:
    """Families a year; what is said otherwise goes to the note on capacity."""
    values = said["capacity_families"]
    read = {text: texts.read_capacity(text) for text in values.unique()}
    table["capacity_families"] = values.map({text: one.families for text, one in read.items()})
    notes = values.map({text: one.note for text, one in read.items()})
    filled = notes[notes.ne("")]
    if len(filled):
        keep(table, filled, "", "capacity_note")
    doubts = values.map({text: one.doubt for text, one in read.items()})
    for text, rows in values[doubts.eq("about")].groupby(values):
        found.add(
            "capacity_families",
            rows,
            ABOUT,
            severity="warning",
            number=read[str(text)].families,
        )
    for doubt, message in (("range", RANGE), ("other", NOT_FAMILIES)):
        found.add("capacity_families", values[doubts.eq(doubt)], message, severity="warning")


def _areas(said: pd.DataFrame, table: pd.DataFrame, found: Findings, year: int) -> None:
    """Service area, and the division that its codes are of."""
    named = said["service_area"]
    field = named.eq("").map({True: "served_municipality", False: "service_area"})
    named = named.where(named.ne(""), said["served_municipality"])
    own = pd.to_numeric(said["edition"].str.extract(r"^(\d{4})(?:[.,]0*)?$")[0], errors="coerce")
    years = own.where(own.isin(EDITIONS), year).astype(int)
    keys = pd.Series(list(zip(named, years, strict=True)), index=said.index)
    read = {key: areas.read_area(*key) for key in keys.unique()}
    area = keys.map(read)
    given = named.ne("") & area.map(lambda one: not one.wrong)
    table["service_area_type"] = area.map(lambda one: one.kind.value).where(given, "")
    table["service_area"] = area.map(lambda one: one.text).where(given, "")
    taken = area.map(lambda one: str(one.edition))
    strange = said["edition"].ne("") & ~own.isin(EDITIONS)
    table["edition"] = taken.where(~strange, said["edition"]).where(given | strange, "")
    in_part = given & area.map(lambda one: one.partial) & table["partial_area"].eq("")
    table.loc[in_part, "partial_area"] = "yes"
    remarked = keys.map({key: bool(one.remarks) for key, one in read.items()})
    for key, rows in named[remarked].groupby(keys[remarked]):
        for name, part in rows.groupby(field.loc[rows.index]):
            for remark in read[key].remarks:
                if remark.message == areas.ALSO_REGION and found.of_municipalities(str(name)):
                    continue  # the heading says which of the two it is
                found.add(
                    str(name), part, remark.message, severity=remark.severity, **remark.params
                )
