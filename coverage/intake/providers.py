"""Which organisation each row names: one name a provider, and what may be one more."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from coverage.i18n import N_
from coverage.intake import duplicates

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from coverage.intake.findings import Findings
    from coverage.register import Register

__all__ = ["number", "resolve"]

SPELLED = N_(
    "“{value}” was read as the provider “{name}”: only the way of writing differs. If it is "
    "another organisation, change the name."
)
MAYBE = N_(
    "“{value}” may be the provider “{name}”, but is kept apart. Write one name in both places if "
    "it is the same."
)
SEVERAL = N_(
    "“{value}” can be more than one provider: {candidates}. Write the whole name, and the KvK "
    "number of the one that is meant."
)
KEPT_APART = N_(
    "“{value}” has another KvK number than “{others}”: they are kept apart as different "
    "providers. Correct the number if they are one."
)
OTHER_WEBSITE = N_("“{value}” is another website than {known}, which is kept for this provider.")

NUMBER = re.compile(r"\d{8}")

_FORM = re.compile(r"\b(stichting|vereniging|bv|nv|vof|maatschap|coöperatie|cooperatie)\b")


@dataclass(frozen=True)
class Owner:
    """A provider of the register or of the list."""

    code: str
    name: str
    kvk: str
    form: str
    known: bool

    @property
    def shown(self) -> str:
        """Name and number."""
        return f"{self.name} (KvK {self.kvk})" if self.kvk else self.name


@dataclass(frozen=True)
class Way:
    """One way in which a list writes a provider."""

    name: str
    kvk: str
    form: str


def number(text: str) -> str:
    """KvK number with the zero that Excel takes off."""
    digits = text.replace(" ", "").replace(".", "")
    return digits.zfill(8) if digits.isdigit() and len(digits) in {6, 7} else digits


def legal_form(name: str) -> str:
    """Legal form that a name states; empty when it states none."""
    found = _FORM.findall(name.casefold().replace(".", ""))
    return found[0].replace("ö", "o") if found else ""


def resolve(
    said: pd.DataFrame, register: Register, same: Mapping[str, str], found: Findings
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Provider of each row.

    The exact name counts first, then the KvK number, then the name without its legal form
    when one provider has it. Another KvK number is another provider, and so is another legal
    form: that is proposed to be one, never taken for one.

    Parameters
    ----------
    said
        What each row says, by field.
    register
        What is there already.
    same
        Names that the user said are one, by name in the file; other ways of writing that name
        follow it.
    found
        Where doubts are told.

    Returns
    -------
    providers
        provider_id, name, known (whether the register has it) and agreed (whether the user
        said which one it is), by row.
    proposals
        name, like, likeness, rows, known: see `coverage.intake.Preflight`.
    """
    names = said["provider"]
    meant = names.map(_meanings(names.unique().tolist(), same)).astype("str")
    kvk = said["kvk"].map(number)
    kvk = kvk.where(kvk.str.fullmatch(NUMBER), "")
    plain = meant.map({text: duplicates.plain_name(text) for text in meant.unique()})
    rows = pd.DataFrame({"plain": plain, "name": meant, "kvk": kvk}, dtype="str")
    counted = rows[plain.ne("")].value_counts().reset_index()
    # The commonest way of writing names a provider that the register does not have.
    counted = counted.sort_values(["count", "name", "kvk"], ascending=[False, True, True])
    theirs: dict[str, list[Owner]] = {}
    own = register.providers
    for code, name, known in zip(own["provider_id"], own["name"], own["kvk"], strict=True):
        owner = Owner(code, name, known, legal_form(name), known=True)
        theirs.setdefault(duplicates.plain_name(name), []).append(owner)
    taken = set(own["provider_id"])
    options: dict[tuple[str, str], list[Owner]] = {}
    for key, part in counted.groupby("plain", sort=False):
        ways = [Way(n, k, legal_form(n)) for n, k in zip(part["name"], part["kvk"], strict=True)]
        settled = _settled(str(key), ways, theirs.get(str(key), []), taken)
        options |= {(way.name, way.kvk): owners for way, owners in settled.items()}
    table = pd.DataFrame(
        [_row(options.get(way, []), way[0]) for way in zip(meant, kvk, strict=True)],
        columns=["provider_id", "name", "known"],
        index=said.index,
    ).astype({"provider_id": "str", "name": "str", "known": "bool"})
    table["agreed"] = meant.ne(names) & table["provider_id"].ne("")
    _tell(names, rows, options, table, found)
    _tell_websites(said, table, register, found)
    shown = {**dict(zip(counted["plain"][::-1], counted["name"][::-1], strict=True))}
    shown |= {key: owners[0].name for key, owners in theirs.items()}
    near = _proposals(plain, shown, set(theirs), found, names)
    apart = _apart(names, plain, table, theirs, found)
    return table, pd.concat([near, apart], ignore_index=True) if len(apart) else near


def _meanings(names: Sequence[str], same: Mapping[str, str]) -> dict[str, str]:
    """Name that is meant by each name."""
    spelled: dict[tuple[str, str], str] = {}
    for name, like in same.items():
        key = duplicates.plain_name(name)
        # Where only the legal form differs, the form tells which name was meant.
        form = legal_form(name) if key == duplicates.plain_name(like) else "*"
        spelled[key, form] = like

    def meaning(name: str) -> str:
        key = duplicates.plain_name(name)
        like = spelled.get((key, "*"), spelled.get((key, legal_form(name)), name))
        return same.get(name, like)

    return {name: meaning(name) for name in names}


def _settled(
    plain: str, ways: Sequence[Way], theirs: Sequence[Owner], taken: Collection[str]
) -> dict[Way, list[Owner]]:
    """Providers that each way of writing one plain name can be: one when it is settled."""
    forms = {way.form for way in ways} | {owner.form for owner in theirs}
    split = len(forms - {""}) > 1
    found: dict[Way, list[Owner]] = {}
    for form in sorted({way.form for way in ways}) if split else [""]:
        mine = [way for way in ways if not split or way.form == form]
        here = [owner for owner in theirs if not split or owner.form == form]
        parts = (plain, form) if split and form else (plain,)
        found |= _by_number(parts, mine, theirs, here, taken)
    return found


def _by_number(
    parts: tuple[str, ...],
    ways: Sequence[Way],
    theirs: Sequence[Owner],
    here: Sequence[Owner],
    taken: Collection[str],
) -> dict[Way, list[Owner]]:
    """Providers of ways of writing whose names can be one, told apart by their numbers."""
    numbers = list(dict.fromkeys(way.kvk for way in ways if way.kvk))
    hits = {kvk: [owner for owner in theirs if owner.kvk == kvk] for kvk in numbers}
    bare = [owner for owner in here if not owner.kvk]
    fresh = [kvk for kvk in numbers if not hits[kvk]]
    for kvk in fresh:
        own = [way for way in ways if way.kvk == kvk]
        named = [owner for owner in bare if owner.name in {way.name for way in own}]
        if len(fresh) == 1 and (named if len(here) > 1 else bare):
            hits[kvk] = named or bare
        elif bare:
            # Two numbers, and one provider without: which of them it is, is not known.
            made = Owner("", own[0].name, kvk, own[0].form, known=False)
            hits[kvk] = [*bare, made]
        else:
            several = len(numbers) > 1 or bool(here)
            code = _code((*parts, kvk) if several else parts, taken)
            hits[kvk] = [Owner(code, own[0].name, kvk, own[0].form, known=False)]
    settled = [owners[0] for owners in hits.values() if len(owners) == 1]
    every = list({owner.code: owner for owner in (*here, *settled)}.values())
    found: dict[Way, list[Owner]] = {}
    for way in ways:
        if not way.kvk and not every:
            every = [Owner(_code(parts, taken), way.name, "", way.form, known=False)]
        choice = hits[way.kvk] if way.kvk else every
        exact = [owner for owner in choice if owner.name == way.name and owner.code]
        fits = way.kvk and any(not owner.code for owner in choice)
        found[way] = exact if len(exact) == 1 and not fits else choice
    return found


def _code(parts: tuple[str, ...], taken: Collection[str]) -> str:
    """Identifier that no provider of the register has."""
    code = duplicates.own_id("p", *parts)
    while code in taken:
        parts = (*parts, "2")
        code = duplicates.own_id("p", *parts)
    return code


def _row(options: Sequence[Owner], name: str) -> tuple[str, str, bool]:
    if len(options) != 1:
        return "", name, False
    return options[0].code, options[0].name, options[0].known


def _tell(
    names: pd.Series[str],
    rows: pd.DataFrame,
    options: Mapping[tuple[str, str], list[Owner]],
    table: pd.DataFrame,
    found: Findings,
) -> None:
    """Tell of names that were read as another, or can be more than one."""
    settled = table["provider_id"].ne("")
    other = settled & rows["name"].ne(table["name"])
    for name, part in names[other].groupby(table.loc[other, "name"]):
        found.add("provider", part, SPELLED, severity="warning", name=str(name))
    left = rows[~settled & rows["plain"].ne("")]
    for way in dict.fromkeys(zip(left["name"], left["kvk"], strict=True)):
        own = left["name"].eq(way[0]) & left["kvk"].eq(way[1])
        candidates = "; ".join(owner.shown for owner in options[way])
        found.add("provider", names[left.index[own]], SEVERAL, candidates=candidates)


def _tell_websites(
    said: pd.DataFrame, table: pd.DataFrame, register: Register, found: Findings
) -> None:
    """Tell of rows with another website than the one that is kept."""
    sites = said["website"][said["website"].ne("") & table["provider_id"].ne("")]
    owner = table.loc[sites.index, "provider_id"]
    first = sites.groupby(owner).first()
    own = register.providers.set_index("provider_id")["website"]
    kept = owner.map({**first.to_dict(), **own[own.ne("")].to_dict()}).astype("str")

    def plain(values: pd.Series[str]) -> pd.Series[str]:
        bare = values.str.casefold().str.replace(r"^(https?://)?(www\.)?", "", regex=True)
        return bare.str.rstrip("/")

    differ = plain(sites).ne(plain(kept))
    for known, rows in sites[differ].groupby(kept[differ]):
        found.add("website", rows, OTHER_WEBSITE, severity="warning", known=str(known))


def _apart(
    names: pd.Series[str],
    plain: pd.Series[str],
    table: pd.DataFrame,
    theirs: Mapping[str, list[Owner]],
    found: Findings,
) -> pd.DataFrame:
    """Tell of providers with one plain name that are kept apart; propose those that may be one."""
    columns = ["name", "like", "likeness", "rows", "known"]
    counts = table[table["provider_id"].ne("")].assign(plain=plain)
    own = counts.value_counts(["plain", "provider_id", "name", "known"]).reset_index(name="rows")
    own = own.sort_values(["rows", "name"], ascending=[False, True])
    by_name: dict[str, list[tuple[str, str, bool, int]]] = {}
    for key, *one in own[["plain", "provider_id", "name", "known", "rows"]].itertuples(index=False):
        by_name.setdefault(key, []).append(tuple(one))
    rows = []
    for key, mine in by_name.items():
        stored = theirs.get(key, [])
        for place, (code, name, known, size) in enumerate(mine):
            others = [owner.name for owner in stored]
            others += [one[1] for one in mine if one[0] != code and not one[2]]
            if known or not others:
                continue
            texts = names[table["provider_id"].eq(code)]
            likes = [other for other in others if legal_form(other) != legal_form(name)]
            if not likes:
                told = ", ".join(dict.fromkeys(others))
                found.add("provider", texts, KEPT_APART, severity="warning", others=told)
            elif stored or place:
                # Of two names in the file, the rarer is proposed to be the other.
                found.add("provider", texts, MAYBE, severity="warning", name=likes[0])
                rows.append((name, likes[0], 100.0, int(size), bool(stored)))
    return pd.DataFrame(rows, columns=columns)


def _proposals(
    plain: pd.Series[str],
    shown: Mapping[str, str],
    theirs: set[str],
    found: Findings,
    names: pd.Series[str],
) -> pd.DataFrame:
    """Providers that may be one, the rarer name first."""
    counts = plain[plain.ne("")].value_counts()
    own = [str(name) for name in counts.index]
    pairs = duplicates.alike(own, [*own, *sorted(theirs - set(own))])
    rows = []
    for name, like, likeness in pairs.itertuples(index=False):
        known = like in theirs
        # Of two names in the file, the rarer is proposed to be the other; not both ways.
        rank = (counts.get(like, 0), like)
        if name in theirs or (not known and rank < (counts[name], name)):
            continue
        rows.append((shown[name], shown[like], likeness, int(counts[name]), known))
        found.add("provider", names[plain.eq(name)], MAYBE, severity="warning", name=shown[like])
    return pd.DataFrame(rows, columns=["name", "like", "likeness", "rows", "known"])
