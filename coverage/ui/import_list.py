"""Read in a list of offers: what its columns are, what was found in its rows, and what goes in."""

from __future__ import annotations

import datetime as dt
import os
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import streamlit as st

from coverage.faults import BadInputError
from coverage.geocode.pdok import BASE_URL, ENVIRONMENT, Pdok
from coverage.i18n import _, ngettext, number
from coverage.intake.preflight import Defaults, Preflight, Verdict, preflight
from coverage.labels import OFFER_TYPE
from coverage.ui import data, importing, matching, own, preflight_view
from coverage.ui.importing import Done
from coverage.ui.state import hold, plain_text
from coverage.vocabulary import FigureStatus, OfferType, Precision

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coverage._cells import Cells
    from coverage.ui.chosen import Choices
    from coverage.ui.upload import Upload

_CHECKED = "import_checked"
_ONLINE = "import_online"
_REMARKS = "import_remarks"
_SAME = "import_same"
_PROPOSED = "import_proposed"
_LONGEST_SOURCE = 200
_PROPOSALS = 20  # that are asked; there are more only in a list that is a mess


@dataclass(frozen=True, eq=False)
class _List:
    """A list, and all that was said about it."""

    found: Upload
    key: str
    cells: Cells
    read_as: Mapping[str, str]
    defaults: Defaults
    year: int
    base: int
    pressed: bool

    @property
    def asked(self) -> tuple[Any, ...]:
        """What the places of its rows depend on."""
        return self.key, tuple(self.read_as.items()), self.year


def steps(found: Upload, chosen: Choices, base: int, *, pressed: bool) -> None:
    """Draw the steps after the choice of the file.

    Parameters
    ----------
    found
        The file, with at least one list.
    chosen
        What to show; its edition is the one in which addresses are looked up.
    base, pressed
        See `coverage.ui.importing.base`.
    """
    sheet = _ask_sheet(found)
    cells = found.sheets[sheet]
    st.header(_("2. What is in the columns"), anchor=False)
    key = f"{found.key}_{list(found.sheets).index(sheet)}"
    read_as = matching.ask(cells, key=key)
    troubles = matching.troubles(read_as)
    for trouble in troubles:
        st.error(plain_text(trouble))
    if troubles:
        return
    defaults = _ask_defaults(found, read_as)
    this = _List(found, key, cells, read_as, defaults, chosen.year, base, pressed)
    st.header(_("3. What was found"), anchor=False)
    st.caption(
        _(
            "Places and names are looked up in the municipalities of {year}; names of before are "
            "known too.",
            year=this.year,
        )
    )
    checked = _check(this)
    if checked is None:
        return
    left, right = st.columns([3, 2])
    with left:
        st.html(preflight_view.totals(checked.rows))
        general = [fault for fault in checked.faults if fault.row is None]
        if general:
            st.warning(_("About the list as a whole:"))
            importing.fault_list(general)
        _ask_same(checked)
        _ask_online(this, checked)
    with right:
        preflight_view.show_map(checked.rows, year=this.year, view=this.key)
    which = preflight_view.ask_which(checked.rows)
    preflight_view.table(checked.rows, checked.faults, which=which)
    st.header(_("4. Put it in the register"), anchor=False)
    _import(this, checked)


def _ask_sheet(found: Upload) -> str:
    """Which sheet of the workbook; asked when more than one has a list."""
    names = list(found.sheets)
    if len(names) == 1:
        return names[0]
    return st.selectbox(
        _("Sheet"),
        names,
        key=f"import_sheet_{found.key}",
        filter_mode=None,
        persist_state="session",
    )


def _ask_defaults(found: Upload, read_as: Mapping[str, str]) -> Defaults:
    """What holds for every row that does not say it itself."""
    used = set(read_as.values())
    places = iter(st.columns(3))
    kind = OfferType.FAMILY_SUPPORT
    with next(places):
        source = st.text_input(
            _("Where the list comes from"),
            value=found.name,
            key=f"import_source_{found.key}",
            max_chars=_LONGEST_SOURCE,
            help=_("Stands as the source of every row that names none itself."),
            persist_state="session",
        )
    with next(places):
        date = st.date_input(
            _("The list is of"),
            value=None,
            key=f"import_date_{found.key}",
            max_value=dt.date.today(),  # noqa: DTZ011 - of who sits here
            format="DD-MM-YYYY",
            help=_(
                "The day on which the list was right. Leave it empty if you do not know; a row "
                "with a date of its own keeps that."
            ),
            persist_state="session",
        )
    if "offer_type" not in used:
        with next(places):
            hold(f"import_type_{found.key}", kind)
            holds = st.selectbox(
                _("What the list holds"),
                list(OfferType),
                key=f"import_type_{found.key}",
                format_func=lambda one: _(OFFER_TYPE[one]),
                filter_mode=None,
                help=_("Only family support counts as an offer; the rest is shown apart."),
                persist_state="session",
            )
            kind = holds or kind
    return Defaults(
        source=source.strip() or found.name,
        source_date=date.isoformat() if date else "",
        status=FigureStatus.ENTERED,
        offer_type=kind,
    )


# --- what was found -------------------------------------------------------------


def _check(this: _List) -> Preflight | None:
    """Verdict on every row; kept until something changes that it depends on."""
    online = st.session_state.get(_ONLINE) == this.asked
    same: dict[str, str] = st.session_state.setdefault(_SAME, {})
    depends = (*this.asked, this.defaults, own.key(this.base), tuple(same.items()), online)
    kept: tuple[Any, Preflight] | None = st.session_state.get(_CHECKED)
    if kept is not None and kept[0] == depends:
        return kept[1]
    with st.spinner(_("Looking at each row…")):
        try:
            made, remarks = _preflight(this, same, online=online)
        except BadInputError as error:
            st.error(_("The rows of this file cannot be read."))
            importing.fault_list(error.faults)
            return None
    st.session_state[_CHECKED] = depends, made
    st.session_state[_REMARKS] = remarks
    return made


def _preflight(
    this: _List, same: Mapping[str, str], *, online: bool
) -> tuple[Preflight, list[str]]:
    """Verdict on every row, and what the address service has to say besides."""
    place = st.empty()

    def progress(done: int, count: int) -> None:
        words = _("{done} of {count}", done=number(done), count=number(count))
        place.progress(min(done / count, 1.0) if count else 1.0, words)

    with Pdok() if online else nullcontext() as service:
        made = preflight(
            this.cells,
            this.read_as,
            edition=data.edition(this.year),
            register=own.register(this.base),
            defaults=this.defaults,
            same=same,
            online=service,
            progress=progress,
        )
        place.empty()
        return made, service.remarks() if service is not None else []


def _ask_same(checked: Preflight) -> None:
    """Ask of providers with nearly the same name whether they are one; never decided here."""
    proposed: dict[str, dict[str, Any]] = st.session_state.setdefault(_PROPOSED, {})
    for found in checked.proposals.to_dict("records"):
        # What was agreed to is proposed no more, and must still be there to undo.
        proposed.setdefault(str(found["name"]), {str(key): one for key, one in found.items()})
    if not proposed:
        return
    st.subheader(_("Is this the same organisation?"), anchor=False)
    for place, (name, row) in enumerate(list(proposed.items())[:_PROPOSALS]):
        label = _(
            "“{name}” ({rows}) is the same as “{like}”",
            name=plain_text(_short(name)),
            like=plain_text(_short(str(row["like"]))),
            rows=ngettext("{count} row", "{count} rows", int(row["rows"])),
        )
        if row["known"]:
            label = _("{same}, in your register", same=label)
        key = f"import_same_{place}"
        st.session_state[key] = name in st.session_state[_SAME]
        st.checkbox(label, key=key, on_change=_agree, args=(key, name, str(row["like"])))


def _agree(key: str, name: str, like: str) -> None:
    same: dict[str, str] = dict(st.session_state[_SAME])
    same.pop(name, None)
    if st.session_state[key]:
        same[name] = like
    st.session_state[_SAME] = same


def _short(name: str) -> str:
    line = " ".join(name.split())
    longest = 60
    return line if len(line) <= longest else f"{line[: longest - 1]}\N{HORIZONTAL ELLIPSIS}"


# --- the address service --------------------------------------------------------


def _ask_online(this: _List, checked: Preflight) -> None:
    """Offer to look up addresses at the service on the internet, and say what it is told."""
    for remark in st.session_state.get(_REMARKS, []):
        st.warning(plain_text(remark))
    exact = checked.rows["precision"].eq(Precision.ADDRESS)
    if st.session_state.get(_ONLINE) == this.asked:
        st.caption(
            ngettext(
                "Looked up at the address service: {count} row has an exact address now.",
                "Looked up at the address service: {count} rows have an exact address now.",
                int(exact.sum()),
            )
        )
        return
    count = int((~exact).sum())
    if not count or not {"address", "street", "postcode"} & set(this.read_as.values()):
        return
    with st.expander(_("Find exact addresses (asks a service on the internet)")):
        st.markdown(
            _(
                "By itself Dekkend finds a row by its postcode, place or municipality, and asks "
                "nobody. The address service of PDOK (Kadaster, {host}) knows every address. It "
                "would get the street, house number, postcode and place of {rows}, and nothing "
                "else: no names of organisations or offers.",
                host=plain_text(urlsplit(os.environ.get(ENVIRONMENT) or BASE_URL).netloc),
                rows=ngettext("{count} row", "{count} rows", count),
            )
        )
        label = ngettext(
            "Look up {count} address at PDOK", "Look up {count} addresses at PDOK", count
        )
        st.button(label, icon=":material/travel_explore:", on_click=_look_up, args=(this.asked,))


def _look_up(asked: tuple[Any, ...]) -> None:
    st.session_state[_ONLINE] = asked


# --- into the register ----------------------------------------------------------


def _import(this: _List, checked: Preflight) -> None:
    counts, verdicts = checked.counts, checked.rows["verdict"]
    taken = [Verdict.GOOD]
    for verdict, key, usual, label in (
        (
            Verdict.WARNING,
            "import_doubtful",
            True,
            ngettext(
                "Also the {count} row to look at",
                "Also the {count} rows to look at",
                counts[Verdict.WARNING],
            ),
        ),
        (
            Verdict.DUPLICATE,
            "import_duplicates",
            False,
            ngettext(
                "Also the {count} row that seems to be there already",
                "Also the {count} rows that seem to be there already",
                counts[Verdict.DUPLICATE],
            ),
        ),
    ):
        if counts[verdict] and st.checkbox(
            label, value=usual, key=f"{key}_{this.key}", persist_state="session"
        ):
            taken.append(verdict)
    rows = [int(row) for row in verdicts.index[verdicts.isin(taken)]]
    if rows:
        _ask_import(this, checked, rows)
    else:
        st.info(_("There is no row to read in."))
    rest = checked.rejected(rows)
    if len(rest):
        importing.offer_rest(rest, this.found.name)


def _ask_import(this: _List, checked: Preflight, rows: list[int]) -> None:
    note = importing.ask_note(this.found.name, this.key)
    label = ngettext("Import {count} row", "Import {count} rows", len(rows))
    importing.ask(label, this.base)
    if not this.pressed:
        return
    try:
        after = checked.register(rows)
    except BadInputError as error:
        importing.tell_no_register(error)
        return
    matching.remember(this.read_as)
    done = Done(this.found.name, checked.rejected(rows))
    importing.save(after, base=this.base, note=note, done=done)
