"""Inputs of the forms: one for a column of the register, with what is wrong with it below."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from coverage import schema as definitions
from coverage.i18n import _
from coverage.register_labels import WORDS, label, word
from coverage.schema import REGISTER, Kind
from coverage.ui.area_picker import tell_fault
from coverage.ui.edit_draft import Draft, key_of
from coverage.ui.state import hold
from coverage.wording import capital, date_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from coverage.faults import Fault

_FEW = 4  # words that stand beside each other; more go into a list
_LONGEST = 10_000  # characters of a text: more than anybody types, so that nothing is cut off


@dataclass
class Told:
    """Faults of a form by table and column, and which of them an input has shown."""

    faults: dict[tuple[str, str], list[Fault]] = field(default_factory=lambda: defaultdict(list))
    shown: set[tuple[str, str]] = field(default_factory=set)

    def add(self, table: str, faults: Iterable[Fault], *, tried: bool) -> None:
        """Take in faults of a row of a table.

        Parameters
        ----------
        table
            Table of the register.
        faults
            Errors and warnings.
        tried
            Whether saving was tried: before that, nobody is told that a cell is still empty.
        """
        for fault in faults:
            if fault.value or fault.severity == "warning" or tried:
                self.faults[table, fault.column].append(fault)

    def wrong(self, table: str, column: str) -> str:
        """What stops the saving at a column, in words; it counts as shown."""
        self.shown.add((table, column))
        found = [fault for fault in self.faults[table, column] if fault.severity == "error"]
        return " ".join(dict.fromkeys(map(_reason, found)))

    def doubt(self, table: str, column: str) -> str:
        """What is probably not meant so at a column, in words."""
        found = [fault for fault in self.faults[table, column] if fault.severity == "warning"]
        return " ".join(dict.fromkeys(fault.reason() for fault in found))

    def rest(self) -> list[tuple[str, str, str]]:
        """Table, column and words of what no input has shown."""
        return [
            (table, column, " ".join(map(_reason, found)))
            for (table, column), found in self.faults.items()
            if found and (table, column) not in self.shown
        ]

    def errors(self) -> list[tuple[str, str]]:
        """Table and column of what stops the saving."""
        return [
            place
            for place, found in self.faults.items()
            if any(fault.severity == "error" for fault in found)
        ]


def _reason(fault: Fault) -> str:
    """What is wrong; of a form, where nobody thinks of cells."""
    if fault.message == definitions.EMPTY:
        return _("Fill this in: it may not stay empty.")
    return fault.reason()


def ask(
    draft: Draft,
    told: Told,
    table: str,
    column: str,
    *,
    lines: int = 0,
    beside: bool = True,
    without: Iterable[str] = (),
    title: str = "",
    explained: str = "",
) -> None:
    """Draw the input of a column.

    Parameters
    ----------
    draft
        What is edited; it takes the value over in the next run.
    told
        What is wrong.
    table, column
        Which column.
    lines
        Lines of a long text; 0 for one line.
    beside
        Whether a few words to choose from stand beside each other.
    without
        Words of the column that are not offered, unless the row has them.
    title, explained
        Label and help instead of those of the column.
    """
    # A field has a place of its own: words that come or go would move the fields below, and what
    # is being typed there would be lost.
    with st.container():
        key, now = key_of(table, column), draft.rows[table][column]
        needed = definitions.filled(REGISTER[table], column)
        name = title or label(table, column)
        name = f"{name} *" if needed else name
        meaning = explained or _(str(REGISTER[table].columns[column].description))
        words = [one for one in definitions.words(REGISTER[table], column) if one in WORDS[column]]
        if words:
            options = [one for one in words if one == now or one not in set(without)]
            _ask_word(
                key,
                name,
                options,
                now,
                column=column,
                meaning=meaning,
                needed=needed,
                beside=beside,
            )
        elif lines:
            st.session_state.setdefault(key, now)
            st.text_area(name, key=key, height=26 * lines + 20, max_chars=_LONGEST, help=meaning)
        else:
            st.session_state.setdefault(key, now)
            st.text_input(name, key=key, max_chars=_LONGEST, help=meaning)
        problem = told.wrong(table, column)
        tell_fault(problem)
        tell_doubt(told.doubt(table, column))
        if definitions.kind(REGISTER[table], column) is Kind.DATE and now and not problem:
            _echo_date(now)


def _ask_word(
    key: str,
    name: str,
    words: list[str],
    now: str,
    *,
    column: str,
    meaning: str,
    needed: bool,
    beside: bool,
) -> None:
    options = words if needed else ["", *words]
    hold(key, now if now in options else None)
    if beside and len(words) <= _FEW:
        st.radio(
            name,
            options,
            key=key,
            format_func=lambda one: capital(word(column, one)),
            horizontal=True,
            help=meaning,
        )
        return
    st.selectbox(
        name,
        options,
        key=key,
        format_func=lambda one: capital(word(column, one)),
        placeholder=_("Choose"),
        help=meaning,
    )


def tell_doubt(text: str) -> None:
    """Say under an input what is probably not meant so; nothing for no text."""
    if text:
        st.html(
            f"<p class='coverage-field-doubt'><span aria-hidden='true'>!</span> {escape(text)}</p>"
        )


def _echo_date(text: str) -> None:
    """Say how a date is read when it was typed in another order."""
    parts = text.split("-")
    typed = "-".join(part.zfill(2) for part in reversed(parts)) if len(parts[-1]) > 2 else text  # noqa: PLR2004
    words = date_words(typed)
    if words != text:
        st.html(f"<p class='coverage-field-note'>{escape(words)}</p>")


def answers(row: Mapping[str, str], columns: Iterable[str]) -> dict[str, str]:
    """Cells of some columns of a row."""
    return {column: row[column] for column in columns}
