"""A table made once more from the record in a file, and what differs if it is not the same."""

from __future__ import annotations

from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from coverage import i18n, provenance
from coverage.assessment import Assessment, UnknownRegionSetError, assess
from coverage.comparison import UnknownRegionError
from coverage.demand import InvalidCountsError
from coverage.demand_input import read_demand
from coverage.editions import UnknownEditionError, load_edition
from coverage.faults import BadInputError, Fault
from coverage.i18n import N_, _
from coverage.register import Register, read_register
from coverage.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from coverage.disclosure import Protected, Rule

INPUT: dict[str, str] = {
    "register": N_("the register of offers"),
    "counts": N_("the counts of orders that were used"),
    "shipped_counts": N_("the counts of orders of the edition"),
    "municipalities": N_("the municipalities of the edition"),
    "regions": N_("the regions of the edition"),
    "boundaries": N_("the boundaries of the edition"),
    "crosswalk": N_("the table from one edition to another"),
}
"""What each hash of a record is of."""


@dataclass(frozen=True)
class Table:
    """What a file holds, made once more.

    Attributes
    ----------
    table
        The table itself.
    more
        Further tables by title.
    """

    table: pd.DataFrame
    more: Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Replay:
    """What came of it.

    Attributes
    ----------
    assessment
        Made anew.
    made
        The table of the file.
    record
        Of the table that was made now.
    same
        Whether all figures are the same, bit for bit.
    inputs
        Names of inputs that differ, of `INPUT`; of another edition with its year behind it.
    program
        Version of the tool, of Python and of packages that differ: then and now.
    """

    assessment: Assessment
    made: Table
    record: dict[str, Any]
    same: bool
    inputs: tuple[str, ...]
    program: dict[str, tuple[str, str]]


def replay(
    told: Mapping[str, Any],
    name: str,
    *,
    register: Path | None = None,
    demand: Sequence[Path] = (),
) -> Replay:
    """Make the table of a record once more.

    Parameters
    ----------
    told
        What `coverage.provenance.read` gives.
    name
        Name of the file that it came from, for what is wrong with it.
    register
        Folder or workbook of the register; needed where none that is shipped was used.
    demand
        Files with own counts; needed where the record does not hold them.

    Returns
    -------
    Replay

    Raises
    ------
    BadInputError
        If something is needed that is not there, or the record is of no table.
    """
    try:
        return _replay(told, name, register, demand)
    except _TOLD as error:
        raise _wrong(name, N_("It cannot be made again: {reason}"), reason=error) from error
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise _wrong(name, N_("The record in it cannot be read: it was changed.")) from error


def _replay(
    told: Mapping[str, Any], name: str, register: Path | None, demand: Sequence[Path]
) -> Replay:
    kind = (told.get("view") or {}).get("kind")
    if kind in _NOT_AGAIN:
        raise _wrong(name, _NOT_AGAIN[kind])
    assessment = _assessment(told, name, register, demand)
    language = str(told.get("file", {}).get("language", i18n.language()))
    made, other = copy_context().run(_table, told, assessment, name, language)
    now = assessment.provenance
    pairs = [(told, now)]
    record = {**now, **{key: told[key] for key in ("view",) if key in told}}
    if other is not None:
        record["other_year"] = other.provenance
        pairs.append((told["other_year"], other.provenance))
    same = all(then.get("result") == after["result"] for then, after in pairs)
    inputs = [one for then, after in pairs for one in _inputs(then["sha256"], after["sha256"])]
    return Replay(
        assessment,
        made,
        record,
        same and _same_file(told, made),
        tuple(dict.fromkeys(inputs)),
        _program(told, now),
    )


def _same_file(told: Mapping[str, Any], made: Table) -> bool:
    """Whether the tables of the file are the same; a record alone has none."""
    of_file = told.get("file")
    if not of_file:
        return True
    mine = provenance.result_of(made.table)
    # A CSV holds one table, of which the record is; a workbook holds them all.
    further = of_file.get("more", {}).items()
    return mine == {key: of_file.get(key) for key in mine} and all(
        title in made.more and provenance.result_of(made.more[title]) == mark
        for title, mark in further
    )


def _inputs(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Names of the hashes that differ."""
    return [name for name in {**before, **after} if before.get(name) != after.get(name)]


def _program(then: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    def parts(told: Mapping[str, Any]) -> dict[str, str]:
        packages = dict(told.get("packages") or {})
        own = {"dekkend": "version", "dekkend-code": "code", "python": "python"}
        return {**{name: told.get(key, "") for name, key in own.items()}, **packages}

    before, after = parts(then), parts(now)
    return {
        name: (str(before.get(name, "")), here)
        for name, here in after.items()
        if before.get(name) != here
    }


# --- the inputs --------------------------------------------------------------------


def _assessment(
    told: Mapping[str, Any], name: str, register: Path | None, demand: Sequence[Path]
) -> Assessment:
    if "edition" not in told:
        raise _wrong(name, N_("This file holds no figures: there is nothing to make again."))
    try:
        settings = Settings(**told["settings"])
    except ValidationError as error:
        raise _wrong(
            name,
            N_("Its settings are of another version of Dekkend: {settings}"),
            settings=", ".join(sorted(told["settings"])),
        ) from error
    edition = load_edition(int(told["edition"]))
    counts = _counts(told, name, demand)
    return assess(
        edition,
        _register(told["register"], name, register),
        settings=settings,
        assertive_outreach=bool(told["only_assertive_outreach"]),
        **counts,
    )


def _register(told: Mapping[str, Any], name: str, given: Path | None) -> Register:
    """Register that is given, that is shipped, or that the workspace has."""
    if given is not None:
        return read_register(given)
    if "shipped" in told:
        return read_register(provenance.SHIPPED[str(told["shipped"])])
    if "revision" in told:
        found = _revision(int(told["revision"]))
        if found is not None:
            return found
        raise _wrong(
            name,
            N_(
                "It was made with revision {revision} of an own register, which the workspace of "
                "this computer does not have. Give that register with --register."
            ),
            revision=told["revision"],
        )
    raise _wrong(
        name,
        N_("It was made with the register “{register}”. Give that register with --register."),
        register=str(told["name"]) or "?",
    )


def _revision(number: int) -> Register | None:
    """Register of a revision, if this computer has a workspace; none is made."""
    from sqlalchemy import make_url  # noqa: PLC0415 - only where it is needed

    from coverage.workspace import Workspace, WorkspaceError, workspace_url  # noqa: PLC0415

    address = make_url(workspace_url())
    if address.drivername.startswith("sqlite") and not Path(address.database or "").is_file():
        return None
    try:
        with Workspace.open() as workspace:
            return workspace.register(number)
    except WorkspaceError:
        return None


def _counts(told: Mapping[str, Any], name: str, given: Sequence[Path]) -> dict[str, Any]:
    """Own counts for `coverage.assess`: those of the record, or of the file that is given."""
    own, protection = told.get("own_counts"), told.get("protection")
    arguments: dict[str, Any] = {} if protection is None else {"protection": protection}
    if given:
        rule = _rule(protection)
        counts = read_demand(given, int(told["edition"]), rule)
        if provenance.is_protected(protection):
            protected = _protected(counts, told, rule)
            return {"demand": protected.counts, "totals": protected.totals, **arguments}
        return {"demand": counts, **arguments}
    if own is None:
        return arguments
    if "table" not in own:
        sources = {str(one.get("source")) for one in told["counts"]} - {""}
        raise _wrong(
            name,
            N_(
                "It was made with own counts that are not in it. Give the file with --demand. "
                "Sources of the counts: {sources}"
            ),
            sources=", ".join(sorted(sources)),
        )
    arguments["demand"] = provenance.as_table(own["table"]).set_index("gm_code")
    if "totals" in own:
        arguments["totals"] = provenance.as_table(own["totals"])
    return arguments


def _rule(protection: Mapping[str, Any] | None) -> Rule | None:
    """Rule by which own counts were protected; none if they were public, or not protected."""
    from coverage.disclosure import Rule  # noqa: PLC0415 - only where it is needed

    told = (protection or {}).get("rule")
    return None if told is None else Rule(**told)


def _protected(counts: pd.DataFrame, told: Mapping[str, Any], rule: Rule | None) -> Protected:
    from coverage.disclosure import already_public, protect  # noqa: PLC0415

    if rule is None:
        return already_public(counts)
    return protect(counts, load_edition(int(told["edition"])), rule)


# --- the table -----------------------------------------------------------------------


def _table(
    told: Mapping[str, Any], assessment: Assessment, name: str, language: str
) -> tuple[Table, Assessment | None]:
    """Table that the file holds, in its language; and the other year beside it."""
    i18n.use(language)
    other = None
    if "other_year" in told:
        other = _assessment({**told["other_year"]}, name, None, ())
    if not told.get("view"):
        return _unnamed(told, assessment), other
    view = dict(told["view"])
    way = _WAYS.get(str(view.get("kind", "municipalities")))
    if way is None:
        raise _wrong(name, N_("It was made by a newer version of Dekkend."))
    return way(assessment, view, other), other


def _unnamed(told: Mapping[str, Any], assessment: Assessment) -> Table:
    """Table of municipalities, or of the regions that a file without a view was made of."""
    table = assessment.table()
    mark = (told.get("file") or {}).get("sha256")
    if mark and provenance.result_of(table)["sha256"] != mark:
        for region_set in assessment.region_sets:
            totals = assessment.regions(region_set).reset_index()
            if provenance.result_of(totals)["sha256"] == mark:
                return Table(totals, {})
    return Table(table, {})


def _municipalities(
    assessment: Assessment, view: dict[str, Any], _other: Assessment | None
) -> Table:
    table = assessment.table()
    codes = view.get("codes")
    return Table(table[table["gm_code"].isin(codes)] if codes else table, {})


def _regions(assessment: Assessment, view: dict[str, Any], _other: Assessment | None) -> Table:
    return Table(assessment.regions(str(view["region_set"])).reset_index(), {})


def _everything(assessment: Assessment, _view: dict[str, Any], _other: Assessment | None) -> Table:
    from coverage import gap_table  # noqa: PLC0415

    return Table(gap_table.everything(assessment), {})


def _gap_table(assessment: Assessment, view: dict[str, Any], _other: Assessment | None) -> Table:
    from coverage import gap_table, search  # noqa: PLC0415

    codes = view["codes"] or assessment.municipalities.index
    keys = tuple(key for key in view["columns"] if key != gap_table.NAME)
    asked = gap_table.View(
        codes=tuple(codes),
        find=view["find"],
        statuses=tuple(view["statuses"]),
        keys=keys,
        sort=view["sort"],
        region_set=view["subtotals"],
    )
    shown = gap_table.show(assessment, asked, search.current_labels(assessment.edition))
    totals = {_("Totals"): gap_table.seen_totals(shown, keys)}
    return Table(gap_table.seen(shown, keys), totals)


def _municipality(assessment: Assessment, view: dict[str, Any], _other: Assessment | None) -> Table:
    from coverage import neighbours  # noqa: PLC0415
    from coverage.ui import municipality_file  # noqa: PLC0415 - words for people

    code = str(view["gm_code"])
    borders = neighbours.borders(assessment.edition.municipalities)
    more = {
        _("Offers"): municipality_file.offers(assessment, code),
        _("Near here"): municipality_file.near(assessment, code, borders),
        _("Not known"): municipality_file.questions(assessment, code),
    }
    return Table(municipality_file.figures(assessment, code), more)


def _comparison(assessment: Assessment, view: dict[str, Any], other: Assessment | None) -> Table:
    from coverage import comparison  # noqa: PLC0415
    from coverage.editions import load_crosswalk  # noqa: PLC0415
    from coverage.ui import comparison_file  # noqa: PLC0415 - words for people

    regions = [str(one) for one in view["regions"]]
    more = comparison_file.more(assessment, regions)
    if other is not None:
        kinds = comparison.indicators(assessment, regions)["region_set"]
        crosswalk = load_crosswalk(other.edition.year, assessment.edition.year)
        both = comparison.beside(assessment, other, crosswalk, regions)
        more[_("Another year beside it")] = comparison_file.years(both, kinds)
    return Table(comparison_file.figures(assessment, regions), more)


_NOT_AGAIN = {
    provenance.CASES: N_(
        "It was counted from a file with cases, which is not kept: it cannot be made again. With "
        "that file, `dekkend cases` counts it once more."
    ),
    provenance.STATLINE: N_(
        "It holds figures of CBS StatLine as they were that day. Ask for them again with "
        "`dekkend statline`."
    ),
}
"""Files of counts, which no assessment made."""

_TOLD = (UnknownEditionError, InvalidCountsError, UnknownRegionError, UnknownRegionSetError)
"""Errors that say what is wrong."""

_WAYS: dict[str, Callable[[Assessment, dict[str, Any], Assessment | None], Table]] = {
    "municipalities": _municipalities,
    "map": _municipalities,
    "regions": _regions,
    "everything": _everything,
    "gap_table": _gap_table,
    "municipality": _municipality,
    "comparison": _comparison,
}
"""How the table of each kind of view is made."""


def _wrong(name: str, message: str, **params: object) -> BadInputError:
    return BadInputError([Fault(name, None, "", "", message, params)])
