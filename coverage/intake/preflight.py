"""The judgement on every row of a flat list, before anything of it is imported."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coverage import _cells, _known, tables
from coverage.faults import Fault, in_order
from coverage.i18n import N_, _, language
from coverage.intake import additions, checks, dating, duplicates, headings, places, providers, rows
from coverage.intake.findings import Findings
from coverage.intake.judgement import Defaults, Verdict
from coverage.intake.said import said_by

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from coverage.editions import Edition
    from coverage.geocode import Online
    from coverage.register import Register

__all__ = ["Defaults", "Preflight", "Verdict", "preflight"]


@dataclass(frozen=True, eq=False)
class Preflight:
    """Judged rows of a list.

    Parameters
    ----------
    file
        Name to show.
    matching
        Field by heading.
    edition
        Year of the division in which the addresses were looked up.
    faults
        Everything that is wrong or doubtful, by row and heading of the file.
    proposals
        Providers that may be one: name, like (the name it is like), likeness (0-100),
        rows (how many rows have the name), known (whether the other is in the register).
    """

    file: str
    matching: dict[str, str]
    edition: int
    faults: tuple[Fault, ...]
    proposals: pd.DataFrame
    judged: pd.DataFrame
    original: pd.DataFrame
    known: Register
    parts: dict[str, pd.DataFrame]
    _shown: dict[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def rows(self) -> pd.DataFrame:
        """Every row, indexed by its number in the file.

        Columns: verdict (a `Verdict`), action (``new``, ``update`` or empty), provider,
        offer, offer_id, place, gm_code and municipality of the address (empty: not known),
        precision, x and y (EPSG:28992, metres, NaN: not known), service_area (in words),
        duplicate_of (``row 5`` or ``O012``), and reasons: why, in the language of the context.
        """
        if language() not in self._shown:
            table = self.judged.copy()
            table["reasons"] = self._reasons().reindex(table.index).fillna("")
            table["duplicate_of"] = table["duplicate_of"].map(_other).astype("str")
            self._shown[language()] = table
        return self._shown[language()]

    def _reasons(self) -> pd.Series[str]:
        """What is said of each row, in the language of the context."""
        own = [fault for fault in self.faults if fault.row is not None]
        kinds = [(one.column, one.value, one.message, str(one.params)) for one in own]
        # Many rows have the same thing wrong: each text is made once.
        texts = {
            kind: f"{one.column}: {one.reason()}" if one.column else one.reason()
            for kind, one in dict(zip(kinds, own, strict=True)).items()
        }
        told = pd.DataFrame({"row": [one.row for one in own], "text": [*map(texts.get, kinds)]})
        lines = told.drop_duplicates().groupby("row")["text"].agg(" ".join)
        return lines.astype("str")

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many rows have each verdict."""
        found = self.judged["verdict"].value_counts()
        return {verdict: int(found.get(verdict.value, 0)) for verdict in Verdict}

    @property
    def accepted(self) -> list[int]:
        """Rows that are imported unless others are asked for: good, or with a warning."""
        good = self.judged["verdict"].isin([Verdict.GOOD, Verdict.WARNING])
        return [int(row) for row in self.judged.index[good]]

    def register(self, rows: Iterable[int] | None = None) -> Register:
        """The register with the accepted rows in it.

        Parameters
        ----------
        rows
            Numbers of rows in the file; None for `accepted`. A duplicate may be among them.

        Returns
        -------
        Register
            Checked as a whole.

        Raises
        ------
        ValueError
            When a row is asked for that has an error, or is not there.
        BadInputError
            When the register and the rows together are not valid.
        """
        wanted = self.accepted if rows is None else list(dict.fromkeys(rows))
        allowed = self.judged.index[self.judged["verdict"].ne(Verdict.ERROR)]
        strange = sorted(set(wanted) - set(allowed))
        if strange:
            raise ValueError(f"rows that cannot be imported: {strange}")
        return additions.joined(
            self.known, {key: part.loc[wanted] for key, part in self.parts.items()}
        )

    def rejected(self, rows: Iterable[int] | None = None) -> pd.DataFrame:
        """What is not imported, as it was, with the reason.

        Parameters
        ----------
        rows
            Rows that are imported; None for `accepted`.

        Returns
        -------
        pandas.DataFrame
            The columns of the file with their texts, and one more with the reason. The index
            is the row in the file.
        """
        wanted = self.accepted if rows is None else list(rows)
        left = self.original.loc[~self.original.index.isin(wanted)].copy()
        name = title = _("Reason")
        again = 2
        while title in left.columns:
            title, again = f"{name} ({again})", again + 1
        left[title] = self.rows["reasons"].reindex(left.index).fillna("")
        return left


POINT = r"^(-?\d+)\.(\d+)$"
"""A number with decimals out of a workbook, which keeps no decimal mark: Excel showed a comma."""

ADDS = N_("This row says more of the provider or the location: that is filled in.")


def _other(text: str) -> str:
    """The row or the offer that a row repeats, as it is shown."""
    return _("row {row}", row=text[1:]) if text.startswith("#") else text


def preflight(
    cells: _cells.Cells,
    matching: Mapping[str, str],
    *,
    edition: Edition,
    register: Register,
    defaults: Defaults,
    same: Mapping[str, str] | None = None,
    online: Online | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Preflight:
    """Judge every row of a flat list.

    Parameters
    ----------
    cells
        The list; its first row holds the headings.
    matching
        Field by heading, see `coverage.intake.match`. Headings are those of
        `coverage.intake.titles`.
    edition
        Division in which addresses are looked up.
    register
        What is there already.
    defaults
        What holds for the rows that do not say it.
    same
        Names of providers that are one, by the name in the file (see `Preflight.proposals`).
    online
        Service that is asked for addresses, with the method ``look_up``; None asks nobody.
    progress
        Called with how many addresses are done, of how many.

    Returns
    -------
    Preflight
    """
    original = headings.sample(cells, len(cells.rows))
    found = Findings(cells.file, matching)
    said = said_by(cells, original, matching, found)
    owners, proposals = providers.resolve(said, register, same or {}, found)
    year = defaults.edition or edition.year
    offers = rows.offers(said, found, year)
    asked = places.addresses(said)
    answer = places.located(asked, edition, online, progress)
    sites = places.sites(said, asked, answer, edition, found)
    sites["location_id"] = places.own_names(sites, owners["provider_id"], register)
    offers["provider_id"] = owners["provider_id"]
    offers["location_id"] = sites["location_id"]
    stored = checks.stored_offers(register)
    offers, update = checks.updated(offers, stored, register, sites, found)
    # A row may leave an offer where the register has it.
    stays = sites["location_id"].ne("") & update
    sites.loc[stays, "location_id"] = offers.loc[stays, "location_id"]
    offers = checks.completed(offers, update, stored, said=said, defaults=defaults, edition=edition)
    changed = checks.changed(offers, update, stored)
    checks.needed(said, offers, sites, found)
    agreed = said["provider"].where(owners["agreed"] & ~update, "")
    rows.keep(offers, agreed[agreed.ne("")], found.heading("providers", "name"))
    parts = checks.checked(offers, owners, sites, said, found)
    repeated = _repeated(
        parts,
        update=update,
        changed=changed,
        sites=sites,
        register=register,
        stored=stored,
        found=found,
    )
    sites = _kept(sites, parts["locations"], register)
    judged = _judged(
        parts,
        said=said,
        owners=owners,
        sites=sites,
        found=found,
        repeated=repeated,
        update=update,
    )
    return Preflight(
        cells.file,
        dict(matching),
        edition.year,
        in_order([*found.faults, *dating.list_faults(cells.file, offers, year)]),
        proposals,
        judged,
        original if cells.delimiter else original.replace(POINT, r"\1,\2", regex=True),
        register,
        parts,
    )


def _repeated(
    parts: Mapping[str, pd.DataFrame],
    *,
    update: pd.Series[bool],
    changed: pd.Series[bool],
    sites: pd.DataFrame,
    register: Register,
    stored: pd.DataFrame,
    found: Findings,
) -> pd.Series[str]:
    """What each row repeats; and the code of each offer that has none, filled in.

    A row that repeats an offer but says more of its provider or location changes those: it is
    no duplicate, and leaves the offer as it is.
    """
    offers = parts["offers"]
    texts = offers.apply(tables.as_text)
    own = duplicates.keys(texts, sites["key"].where(sites["given"], ""))
    at = dict(zip(register.locations["location_id"], places.stored_keys(register), strict=True))
    theirs = duplicates.keys(stored, stored["location_id"].map(lambda code: at.get(code, "")))
    wrong = pd.Series(offers.index.isin(list(found.rows("error"))), index=offers.index)
    repeated = duplicates.repeats(texts, own, stored, theirs, judged=~wrong & ~update, found=found)
    same = update & ~changed & ~wrong
    found.add("offer", offers.loc[same, "name"], duplicates.UNCHANGED, severity="warning")
    repeated[same] = offers.loc[same, "offer_id"]
    codes = repeated[repeated.isin(stored.index) & additions.adds(parts, register)]
    codes = codes[~codes.isin(texts.loc[update & ~same, "offer_id"]) & ~codes.duplicated()]
    if len(codes):
        known = register.offers.set_index("offer_id", drop=False).loc[codes.tolist()]
        for column in offers.columns:
            offers.loc[codes.index, column] = known[column].to_numpy()
        found.add("offer", offers.loc[codes.index, "name"], ADDS, severity="warning")
        repeated[codes.index] = ""
        update[codes.index] = True
    offers["offer_id"] = duplicates.named(offers, own, list(stored.index))
    return repeated


def _kept(sites: pd.DataFrame, rows: pd.DataFrame, register: Register) -> pd.DataFrame:
    """Locations as the register will have them: what it knows better is kept."""
    stored = register.locations.set_index("location_id")
    known = sites["location_id"].isin(stored.index) & sites["given"]
    known &= ~additions.finer(rows, register.locations)
    shown = sites.copy()
    base = stored.reindex(sites.loc[known, "location_id"])
    for column in ("place", "gm_code", "precision", "x", "y"):
        shown.loc[known, column] = base[column].to_numpy()
    return shown


def _judged(
    parts: Mapping[str, pd.DataFrame],
    *,
    said: pd.DataFrame,
    owners: pd.DataFrame,
    sites: pd.DataFrame,
    found: Findings,
    repeated: pd.Series[str],
    update: pd.Series[bool],
) -> pd.DataFrame:
    """Verdict on each row, and what it is about."""
    offers = parts["offers"]
    table = pd.DataFrame(index=said.index)
    wrong = table.index.isin(list(found.rows("error"))) | found.useless
    doubtful = table.index.isin(list(found.rows("warning")))
    table["verdict"] = np.select(
        [wrong, repeated.ne(""), doubtful],
        [Verdict.ERROR.value, Verdict.DUPLICATE.value, Verdict.WARNING.value],
        Verdict.GOOD.value,
    )
    usable = table["verdict"].isin([Verdict.GOOD, Verdict.WARNING])
    table["action"] = np.where(usable, np.where(update, "update", "new"), "")
    table["provider"] = owners["name"]
    table["offer"] = offers["name"].where(offers["name"].ne(""), said["offer"])
    table["offer_id"] = offers["offer_id"]
    for name in ("place", "gm_code"):
        table[name] = sites[name]
    table["municipality"] = sites["gm_code"].map(_known.name_of)
    for name in ("precision", "x", "y"):
        table[name] = sites[name].where(sites["given"], np.nan if name != "precision" else "")
    table["service_area"] = offers["service_area"]
    table["service_area_type"] = offers["service_area_type"]
    table["duplicate_of"] = repeated
    return table.astype({"x": "float64", "y": "float64"})
