"""Make the public register from the lists of offers that were found on public pages.

The source folder holds ``register/offers_2003_2014.csv`` and
``register/offers_2015_2026.csv`` (one row an offer, text as found) and
``changes/mergers_2003_2025.csv``. The result is the four tables of the register:
providers, locations, offers and an empty inventory.

Nothing is added to what a row says. What a rule can read from its fields and its
note is a rule below; where one row needs a judgement, it stands with its reason in
``register_judgements.csv`` beside this file and is repeated in the note of the row.
What neither gives stays unknown.

Usage: ``python tools/make_register.py SOURCES_FOLDER [--out data/providers]``
"""

# ruff: noqa: SIM905 - headings are easier to compare in lines than one below another

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

REPOSITORY = Path(__file__).resolve().parents[1]
JUDGEMENTS = Path(__file__).with_name("register_judgements.csv")
LISTS = {2010: "offers_2003_2014.csv", 2025: "offers_2015_2026.csv"}
"""The list of each edition: its municipalities are written in that division."""

FUNCTIONS = ("support", "acceptance", "coordination", "mobilisation")

OFFER_COLUMNS = (
    "offer_id provider_id location_id name offer_type framework framework_basis long_term "
    "duration_months_min duration_months_max capacity_families capacity_note "
    "service_area_type service_area partial_area edition "
    "support acceptance coordination mobilisation "
    "evidence coordinator_named tasks_described powers_described one_plan family_choice overview "
    "escalation assertive_outreach layer target_group intensity_hours_week caseload_per_worker "
    "responsible year_from year_to first_seen last_seen source source_date certainty status note"
).split()
PROVIDER_COLUMNS = "provider_id name kvk website source source_date certainty status note".split()
LOCATION_COLUMNS = (
    "location_id provider_id name address postcode place gm_code edition x y precision "
    "source source_date certainty status note"
).split()
INVENTORY_COLUMNS = "gm_code edition date source complete by status note".split()

SAME_NAME = {"denhaag": "sgravenhage", "denbosch": "shertogenbosch", "friesland": "fryslân"}
"""Everyday names beside the official ones, as `plain` writes them."""

# What kind of programme it is. The notes were written for this: "Coordination system,
# no guidance", "Signalling network, no guidance", "Coordination layer, not guidance itself".
ESCALATION = re.compile(r"\(escalatie\)")
VOLUNTEERS = re.compile(r"\bINFORMAL\b")
NO_GUIDANCE = re.compile(
    r"\b(?:coordination|signalling|consultation)\b[^.;]*,\s*(?:no|not)\b[^.;]*\bguidance\b",
    re.IGNORECASE,
)
HEALTH_NETWORK = re.compile(r"OGGZ-netwerk", re.IGNORECASE)

# Where the words of a row themselves speak of the legal framework.
FRAMEWORK_ASSUMED = re.compile(
    r"(?:framework|'both')[^.]*(?:assumed|inferred|general knowledge)", re.IGNORECASE
)
FRAMEWORK_STATED = re.compile(
    r"\bvoluntary\b|vrijwillig|\bcompulsory\b|\bcompulsion\b|without court measure|"
    r"\bconsent\b|\bdrang\b|\bdwang\b|a measure as a stick",
    re.IGNORECASE,
)
FRAMEWORK_STATED_LOCAL = re.compile(r"\bvoluntary\b|vrijwillig", re.IGNORECASE)

# The other three functions: present only where the words of a row show them.
GUIDANCE_BY_NAME = re.compile(
    r"gezins?coach|gezinsregisseur|gezinsmanager|gezinsbegeleiding|gezinsbehandeling|"
    r"gezinsondersteuner|opvoedcoach|opvoedondersteuning|coaching van gezinnen|thuisbegeleiding|"
    r"ambulante|multisysteem|\bMST\b|families first|intensieve vrijwillige hulp|SAVE-begeleiding|"
    r"behandelcentrum|hulp thuis|hulp aan het hele gezin|stut en steun",
    re.IGNORECASE,
)
GUIDANCE_IN_WORDS = re.compile(
    r"coach (?:takes over|is assigned|supports|works|is trust person|can help)|"
    r"family work(?:er|ers)\b[^.;]*(?:beside|work with)|family support with|"
    r"guides (?:the household|families)|guided|coordinator guides|"
    r"protection, probation and help|helps? (?:the family|it as a whole|itself)|"
    r"fixed team helps|help at home|"
    r"gives? (?:light|care directly|tailored help|help to child|freely accessible support)|"
    r"encourages and supports parents|supports? intensively|support families themselves|"
    r"basic help youth|intermediaries make a plan|worker visits|therapist visits|"
    r"accompanies|basic support offer given|(?<!gave )light help|backs the resident|"
    r"generalist help|home visit and looks|INFORMAL",
    re.IGNORECASE,
)
NOT_REACHED = re.compile(
    r"avoid|hard to reach|do(?:es)? not reach|do not use|not reached|pressure|\bdrang\b|"
    r"tenacious|refusal|not non-committal|encourag|bemoeizorg|actively steps in|"
    r"as a stick",
    re.IGNORECASE,
)
OUTREACH_INFERRED = re.compile(r"outreach\s*(?:=\s*yes)?\s*inferred", re.IGNORECASE)
BRINGS_HELP = re.compile(
    r"brings? in|call in \(specialised\)|deploys? (?:specialis|youth help)|deploys specialist|"
    r"(?:helps itself|helps|itself) or (?:consults/)?deploys|mobilis|strengthens network|"
    r"help is arranged|sees it is arranged|support needed is set in motion|"
    r"draw specialists in|brings professionals together|arrange care directly|"
    r"can appoint a family coach|arranges a coherent offer|leads to specialised agencies",
    re.IGNORECASE,
)

# `year_from` is the start of the offer unless the note says what else it is.
OTHER_START = re.compile(r"year_from (?:=|is |from |approximate)|start in \d{4} inferred")
OTHER_END = re.compile(r"year_to (?:=|is )")

WHOLE_PROVINCE = re.compile(
    r"Province (?P<name>[\w-]+): (?:whole province|all (?P<count>\d+) municipalities)"
)
WHOLE_YOUTH_REGION = re.compile(
    r"(?P<count>all|the|\d+) [\w-]+ municipalities[;,] jeugdregio (?P<name>.+)"
)

# Parts of a municipality. "Nine neighbourhood teams" is no part: it tells how the work is divided.
PART = re.compile(
    r"\b(?:boroughs?|quarters?|districts|neighbourhoods|villages|krachtwijken|trial areas)\b|"
    r"^parts? of (?!jeugdregio)"
)
WHOLE = re.compile(r"\b(?:whole|all|city-?wide)\b")


class SourceError(ValueError):
    """A row of the sources that the rules cannot read."""


def plain(name: str) -> str:
    """Name with nothing but its letters and digits, so that spellings compare."""
    letters = re.sub(r"[\W_]+", "", name.casefold())
    return SAME_NAME.get(letters, letters)


def read_text(path: Path) -> pd.DataFrame:
    """Read a table with every cell as text, empty cells as ``""``."""
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")


@dataclass(frozen=True)
class Division:
    """The municipalities of an edition, as shipped in ``data/municipalities``.

    Attributes
    ----------
    year
        Year of the edition.
    municipalities, regions, postcodes, names, mergers
        The tables of that name; all cells text.
    """

    year: int
    municipalities: pd.DataFrame
    regions: pd.DataFrame
    postcodes: pd.DataFrame
    names: pd.DataFrame
    mergers: pd.DataFrame

    @classmethod
    def read(cls, folder: Path, year: int, mergers: pd.DataFrame) -> Division:
        """Read the tables of one edition.

        Parameters
        ----------
        folder
            ``data/municipalities``.
        year
            Year of the edition.
        mergers
            ``changes/mergers_2003_2025.csv`` of the sources.
        """
        own = folder / str(year)
        tables = (
            read_text(own / f"{name}.csv") for name in ("municipalities", "regions", "postcodes")
        )
        return cls(year, *tables, read_text(folder / "names.csv"), mergers)

    @cached_property
    def name_of(self) -> dict[str, str]:
        """Name of each code."""
        return dict(zip(self.municipalities["gm_code"], self.municipalities["name"], strict=True))

    @cached_property
    def code_of(self) -> dict[str, str]:
        """Code of each name, as `plain` writes it."""
        return {plain(name): code for code, name in self.name_of.items()}

    def codes(self, name: str) -> list[str]:
        """Codes of this edition for a municipality named in a source.

        Parameters
        ----------
        name
            Name of a municipality of any year from 2003 on.

        Returns
        -------
        list of str
            One code where the name exists in this edition, else those of the
            municipalities that its area belongs to.

        Raises
        ------
        SourceError
            If no municipality ever had the name.
        """
        own = self.code_of.get(plain(name))
        if own:
            return [own]
        named = self.names[self.names["name"].map(plain) == plain(name)]
        followed = named[f"successor_{self.year}"].str.split(";").explode().str.strip()
        found = sorted(set(followed) & set(self.name_of))
        if not found:
            raise SourceError(f"no municipality of {self.year} for {name!r}")
        return found

    def region(self, region_set: str, name: str) -> str:
        """``set:code`` of a region, or ``""`` if the edition has no such region."""
        rows = self.regions[self.regions["region_set"] == region_set]
        found = rows.loc[rows["region_name"].map(plain) == plain(name), "region_code"].unique()
        return f"{region_set}:{found[0]}" if len(found) == 1 else ""

    def members(self, region: str) -> list[str]:
        """Codes of the municipalities of a region written as ``set:code``."""
        region_set, code = region.split(":")
        rows = self.regions
        mine = (rows["region_set"] == region_set) & (rows["region_code"] == code)
        return sorted(rows.loc[mine, "gm_code"].unique())

    @cached_property
    def _codes_of_place(self) -> dict[str, set[str]]:
        key = self.postcodes["place"].map(plain)
        return {place: set(codes) for place, codes in self.postcodes["gm_code"].groupby(key)}

    def place(self, place: str, named: list[str]) -> str:
        """Code of the municipality of a place, ``""`` where that is not certain.

        Parameters
        ----------
        place
            Name of a town or village.
        named
            Codes that the same row names as service area.
        """
        own = self.code_of.get(plain(place))
        candidates = self._codes_of_place.get(plain(place), set()) | ({own} if own else set())
        for choice in (candidates, candidates & set(named), {own} & candidates):
            if len(choice) == 1:
                return next(iter(choice)) or ""
        return ""

    def point(self, postcode: str) -> tuple[str, str]:
        """X and y (EPSG:28992, metres, text) of a postcode; empty where not known."""
        rows = self.postcodes[self.postcodes["pc4"] == postcode[:4]]
        if not postcode or rows.empty:
            return "", ""
        return rows["x"].iloc[0], rows["y"].iloc[0]

    def grown(self, code: str, since: str) -> list[str]:
        """Municipalities that joined this one after a year, as ``name (year)``."""
        rows = self.mergers
        joined = rows[
            (rows["new_code"] == code)
            & (rows["old_code"] != code)
            & (rows["target_is"] == "existing")
            & (rows["area_share"].astype(float) >= 0.5)  # noqa: PLR2004 - the greater part
            & (rows["effective_date"].str[:4] > since)
            & (rows["effective_date"].str[:4] <= str(self.year))
        ]
        return [f"{r.old_name} ({r.effective_date[:4]})" for r in joined.itertuples()]


# --- rules on one row ---------------------------------------------------------------------


def offer_type(row: dict[str, str]) -> str:
    """What kind of programme a row is."""
    if ESCALATION.search(row["offer_name"]):
        return "professional_coordination"
    if VOLUNTEERS.search(row["note"]):
        return "informal"
    if NO_GUIDANCE.search(row["note"]) or HEALTH_NETWORK.search(row["offer_name"]):
        return "coordination_only"
    return "family_support"


def _words(row: dict[str, str]) -> str:
    return ". ".join(
        row[name] for name in ("offer_name", "coordination_evidence", "target_group", "note")
    )


def framework_basis(row: dict[str, str]) -> str:
    """Whether the source states the framework, or it was classified afterwards.

    A local team has no power of compulsion, so it was classified as voluntary; that is
    no statement of the page, unless the row says so in words. Nor is anything else
    of which the words of the row do not speak.
    """
    if row["framework"] == "unknown":
        return ""
    words = _words(row)
    stated = FRAMEWORK_STATED_LOCAL if row["layer"] == "local" else FRAMEWORK_STATED
    if stated.search(f"{row['provider_name']}. {words}") and not FRAMEWORK_ASSUMED.search(words):
        return "stated"
    return "classified"


def functions(row: dict[str, str], kind: str) -> dict[str, str]:
    """Status of the four functions of the letter.

    Coordination is as given. The source lists did not look for the other three, so these
    are never "not described": present where the words of the row show them, else unknown.

    - support: a programme of family support (or of volunteers) whose name or description
      tells of guidance, help or treatment given to the family;
    - acceptance ("stimulating the family to accept help"): the row goes after families
      (`assertive_outreach` is yes, and not inferred) and says that these avoid or are not
      reached by help, or that they are pressed or encouraged to take it;
    - mobilisation ("realising and mobilising help in the family"): the row says that help
      is brought in, or the family's own network is mobilised.
    """
    words = _words(row)
    supports = kind in {"family_support", "informal"} and (
        GUIDANCE_BY_NAME.search(row["offer_name"]) or GUIDANCE_IN_WORDS.search(words)
    )
    accepts = (
        kind == "family_support"
        and row["assertive_outreach"] == "yes"
        and not OUTREACH_INFERRED.search(row["note"])
        and NOT_REACHED.search(words)
    )
    mobilises = kind == "family_support" and BRINGS_HELP.search(row["coordination_evidence"])
    found = {"support": supports, "acceptance": accepts, "mobilisation": mobilises}
    status = {name: "present" if yes else "unknown" for name, yes in found.items()}
    return {**status, "coordination": row["coordination"]}


def years(row: dict[str, str]) -> dict[str, str]:
    """Known start and end of an offer, and the years in which a source sees it.

    `year_from` of the source is the start, unless the note says that it is the year of the
    source itself: then it is only a year in which the offer was seen. `year_to` is the end
    (also the end of a pilot or contract that the source gives beforehand), unless the note
    says that it is something else: a target date, the end of a policy paper.
    A source that is older than the start tells of a plan: nothing was seen yet.
    An undated source sees the offer in no known year, except between a known start and end.
    """
    start = "" if OTHER_START.search(row["note"]) else row["year_from"]
    end = "" if OTHER_END.search(row["note"]) else row["year_to"]
    source = row["source_date"][:4]
    planned = bool(source) and source < row["year_from"]
    seen = [year for year in (row["year_from"], source) if year]
    if planned:
        return {"year_from": row["year_from"], "year_to": end, "first_seen": "", "last_seen": ""}
    if source:
        last = min(max(seen), end) if end else max(seen)
    else:
        # Without a date only the year that stands for the source is a sighting.
        last = end or ("" if start else row["year_from"])
    first = min([*seen, end] if end else seen, default="")
    return {"year_from": start, "year_to": end, "first_seen": first, "last_seen": last}


def service_area(row: dict[str, str], division: Division) -> tuple[str, str, list[str]]:
    """Type of the service area, the area itself, and remarks on its reading.

    Municipalities that the row names; else a region, where the row says that all of it is
    served; else unknown. A provider that works nationally may have no branch near: unknown.
    """
    remarks = []
    names = [name.strip() for name in row["municipality_names"].split(";") if name.strip()]
    if not names:
        region = _whole_region(row["service_area_note"], division)
        return ("region", region, []) if region else ("unknown", "", [])
    codes: list[str] = []
    seen = max(row["year_from"], row["source_date"][:4])
    for name in names:
        found = division.codes(name)
        codes += found
        if plain(division.name_of[found[0]]) != plain(name) or len(found) > 1:
            now = ", ".join(f"{division.name_of[code]} ({code})" for code in found)
            remarks.append(f"{name} is read as {now} of {division.year}.")
        joined = division.grown(found[0], seen) if seen and len(found) == 1 else []
        if joined:
            remarks.append(
                f"{division.name_of[found[0]]} has grown since the source: {', '.join(joined)}."
            )
    return "municipalities", ";".join(sorted(set(codes))), remarks


def partial_area(row: dict[str, str], area_type: str) -> str:
    """``yes`` where the row says that only a part of its municipalities is served, else ``""``.

    A quarter that is only named, without a word for a part of a town, needs a judgement.
    """
    words = row["service_area_note"]
    part = area_type == "municipalities" and PART.search(words) and not WHOLE.search(words)
    return "yes" if part else ""


def _whole_region(words: str, division: Division) -> str:
    """Region that a row says is served as a whole, as ``set:code``, or ``""``."""
    found = WHOLE_PROVINCE.match(words)
    region_set = "province" if found else "jeugdregio"
    found = found or WHOLE_YOUTH_REGION.fullmatch(words)
    if not found:
        return ""
    region = division.region(region_set, found["name"])
    if not region:
        raise SourceError(f"no {region_set} {found['name']!r} in {division.year}")
    number = found["count"] or ""
    if number.isdigit() and int(number) != len(division.members(region)):
        raise SourceError(f"{region} has not {number} municipalities in {division.year}")
    return region


# --- the tables ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Judgements:
    """Judgements on single rows, each with its reason."""

    table: pd.DataFrame

    @classmethod
    def read(cls, path: Path = JUDGEMENTS) -> Judgements:
        """Read the table: offer_id, column, value, reason."""
        return cls(read_text(path))

    def of(self, offer_id: str) -> dict[str, tuple[str, str]]:
        """Value and reason for each column of one offer that was judged."""
        rows = self.table[self.table["offer_id"] == offer_id]
        return {r.column: (r.value, r.reason) for r in rows.itertuples()}


def convert(
    lists: dict[int, pd.DataFrame], divisions: dict[int, Division], judgements: Judgements
) -> dict[str, pd.DataFrame]:
    """Make the four tables of the register.

    Parameters
    ----------
    lists
        Rows of the source lists, by edition.
    divisions
        Municipalities of the same editions.
    judgements
        Judgements on single rows.

    Returns
    -------
    dict
        providers, locations, offers, inventory; all cells text, sorted by id.

    Raises
    ------
    SourceError
        If a row cannot be read, or a number of capacity was not judged.
    """
    offers = [
        _offer(row, divisions[year], judgements.of(row["offer_id"]))
        for year, rows in sorted(lists.items())
        for row in rows.to_dict("records")
    ]
    table = pd.DataFrame(offers)
    if table["offer_id"].duplicated().any():
        raise SourceError("an offer_id occurs twice")
    table = table.sort_values("offer_id", kind="stable", ignore_index=True)
    table["provider_id"] = _numbered(table["provider_name"], "P")
    here = table[["provider_id", "address", "postcode", "place", "edition"]].agg("|".join, axis=1)
    placed = (table[["address", "postcode", "place"]] != "").any(axis=1)
    table["location_id"] = _numbered(here.where(placed, ""), "L")
    return {
        "providers": _providers(table),
        "locations": _locations(table, divisions),
        "offers": table.reindex(columns=OFFER_COLUMNS, fill_value=""),
        "inventory": pd.DataFrame(columns=INVENTORY_COLUMNS, dtype=str),
    }


def _offer(
    row: dict[str, str], division: Division, judged: dict[str, tuple[str, str]]
) -> dict[str, str]:
    """One row of the table offers, with the columns that the other tables are made from."""
    original = dict(row)
    row = row | {column: value for column, (value, _) in judged.items() if column in row}
    # These are judged below, on the result; the rules need the words of the source.
    row |= {name: original[name] for name in ("year_from", "year_to", "capacity_families")}
    kind = judged["offer_type"][0] if "offer_type" in judged else offer_type(row)
    area_type, area, remarks = service_area(row, division)
    result = row | {
        "provider_name": provider_name(row),
        "name": row["offer_name"],
        "offer_type": kind,
        "framework_basis": framework_basis(row),
        "service_area_type": area_type,
        "service_area": area,
        "partial_area": partial_area(row, area_type),
        "edition": str(division.year),
        "evidence": row["coordination_evidence"],
        "responsible": row["responsible_organisation"],
        "source": row["source_url"],
        "status": "observed",
        **functions(row, kind),
        **years(row),
        **_capacity(row, judged),
    }
    result |= {c: value for c, (value, _) in judged.items() if c in result and c not in original}
    result |= {c: judged[c][0] for c in ("year_from", "year_to") if c in judged}
    result["note"] = _note(original, judged, remarks)
    return result


def _capacity(row: dict[str, str], judged: dict[str, tuple[str, str]]) -> dict[str, str]:
    """Capacity, where a judgement says that families a year are what is counted."""
    number = row["capacity_families"]
    if not number:
        return {"capacity_families": "", "capacity_note": ""}
    if "capacity_families" not in judged:
        raise SourceError(f"{row['offer_id']}: what does the capacity {number} count?")
    value, reason = judged["capacity_families"]
    return {"capacity_families": value, "capacity_note": f"{number}: {reason}"}


def _note(row: dict[str, str], judged: dict[str, tuple[str, str]], remarks: list[str]) -> str:
    """Note of the source, and after it whatever the reading did with the row."""
    parts = [row["note"]]
    if row["service_area_note"]:
        parts.append(f"Service area in the source: {row['service_area_note']}.")
    parts += remarks
    for column, (value, reason) in judged.items():
        if column == "same_offer":
            parts.append(f"Same offer as {value}: {reason}.")
        elif column == "provider_name":
            parts.append(f"Provider in the source: {row['provider_name']} ({reason}).")
        elif column == "municipality_names":
            parts.append(f"Municipalities read as {value.replace(';', ', ')}: {reason}.")
        elif column != "capacity_families":
            parts.append(f"{column} {value or 'left empty'}: {reason}.")
    if "provider_name" not in judged and provider_name(row) != row["provider_name"]:
        parts.append(f"Provider in the source: {row['provider_name']}.")
    return " ".join(part for part in parts if part)


def provider_name(row: dict[str, str]) -> str:
    """Name of the organisation: of a municipality without the team between brackets."""
    found = re.fullmatch(r"(Gemeente [^,(/]+?) \([^)]*\)", row["provider_name"])
    return found[1] if found else row["provider_name"]


def _numbered(keys: pd.Series, letter: str) -> pd.Series:
    """Numbers in the order in which keys first occur; ``""`` stays ``""``.

    Numbers by first occurrence, so that rows added at the end leave them as they are.
    """
    number = pd.Series(pd.factorize(keys.where(keys != ""))[0] + 1, index=keys.index)
    return number.map(lambda n: f"{letter}{n:03d}" if n else "")


def _providers(offers: pd.DataFrame) -> pd.DataFrame:
    """One row a provider, with the source of its first offer."""
    first = offers.drop_duplicates("provider_id").set_index("provider_id")
    # A number found with any of its offers is the number of the provider.
    kvk = offers.groupby("provider_id")["provider_kvk"].max()
    return (
        first.assign(name=first["provider_name"], kvk=kvk, website="", note="")
        .reset_index()[PROVIDER_COLUMNS]
        .sort_values("provider_id", ignore_index=True)
    )


def _locations(offers: pd.DataFrame, divisions: dict[int, Division]) -> pd.DataFrame:
    """One row an address, or a place where no address is known."""
    rows = offers[offers["location_id"] != ""].drop_duplicates("location_id")
    located = [_location(row, divisions[int(row["edition"])]) for row in rows.to_dict("records")]
    table = pd.DataFrame(located, columns=LOCATION_COLUMNS)
    return table.sort_values("location_id", ignore_index=True)


def _location(offer: dict[str, str], division: Division) -> dict[str, str]:
    """Location of an offer.

    Without a postcode there is no point. An address without a house number is no more
    precise than its place, and with a postcode the point is the centre of that postcode.
    """
    x, y = division.point(offer["postcode"])
    numbered = re.search(r"\d", offer["address"]) is not None
    precision = "postcode4" if x else "address" if numbered else "place"
    return {name: offer[name] for name in LOCATION_COLUMNS if name in offer} | {
        "name": "",
        "gm_code": (code := division.place(offer["place"], offer["service_area"].split(";"))),
        "edition": offer["edition"] if code else "",
        "x": x,
        "y": y,
        "precision": precision,
        "note": "Read with offer " + offer["offer_id"] + ".",
    }


def write(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    """Write the tables as CSV (UTF-8, comma, LF) into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")


def counts(tables: dict[str, pd.DataFrame]) -> str:
    """Counts of the register as a Markdown table, for its README.

    Parameters
    ----------
    tables
        Result of `convert`, or the same tables read as text.

    Returns
    -------
    str
        One line a count, a column for each list.
    """
    offers = tables["offers"]
    support = offers["offer_type"] == "family_support"
    rows = {"offers": offers["edition"] != ""}
    for kind in ("family_support", "coordination_only", "professional_coordination", "informal"):
        rows[f"of type `{kind}`"] = offers["offer_type"] == kind
    for column in ("framework", "framework_basis", "long_term", "coordination"):
        for word in sorted(set(offers.loc[support, column])):
            text = f"`{word}`" if word else "empty"
            rows[f"family support, `{column}` {text}"] = support & (offers[column] == word)
    for name in ("support", "acceptance", "mobilisation"):
        rows[f"family support, `{name}` `present`"] = support & (offers[name] == "present")
    rows["service area named by municipality"] = offers["service_area_type"] == "municipalities"
    rows["of these, only a part of the municipality"] = offers["partial_area"] == "yes"
    rows["service area a whole region"] = offers["service_area_type"] == "region"
    rows["service area unknown"] = offers["service_area_type"] == "unknown"
    rows["source gives a number of capacity"] = offers["capacity_note"] != ""
    rows["capacity in families a year"] = offers["capacity_families"] != ""
    rows["start known"] = offers["year_from"] != ""
    rows["end known"] = offers["year_to"] != ""
    rows["no year in which it was seen"] = offers["first_seen"] + offers["last_seen"] == ""
    lines = ["| count | 2003-2014 | 2015-2026 |", "|---|---:|---:|"]
    for text, chosen in rows.items():
        number = [int((chosen & (offers["edition"] == str(year))).sum()) for year in LISTS]
        lines.append(f"| {text} | {number[0]} | {number[1]} |")
    lines += [
        f"| rows in `{name}.csv` (both lists) | {len(tables[name])} | |"
        for name in ("providers", "locations", "inventory")
    ]
    return "\n".join(lines)


def put_counts(readme: Path, text: str) -> None:
    """Replace what stands between the two marks of the counts in a README."""
    found = re.fullmatch(
        r"(?s)(.*<!-- counts -->\n).*(<!-- end of counts -->.*)", readme.read_text("utf-8")
    )
    if not found:
        raise SourceError(f"{readme} has no marks for the counts")
    readme.write_text(found[1] + text + "\n" + found[2], "utf-8", newline="\n")


def make(
    sources: Path, municipalities: Path, judgements: Path = JUDGEMENTS
) -> dict[str, pd.DataFrame]:
    """Read the sources and make the four tables.

    Parameters
    ----------
    sources
        Folder with ``register`` and ``changes``.
    municipalities
        ``data/municipalities``.
    judgements
        Table of judgements.

    Returns
    -------
    dict
        As `convert`.
    """
    mergers = read_text(sources / "changes" / "mergers_2003_2025.csv")
    lists = {year: read_text(sources / "register" / name) for year, name in LISTS.items()}
    divisions = {year: Division.read(municipalities, year, mergers) for year in LISTS}
    return convert(lists, divisions, Judgements.read(judgements))


def main(arguments: list[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Make the public register from its sources.")
    parser.add_argument("sources", type=Path, help="folder with register/ and changes/")
    parser.add_argument("--out", type=Path, default=REPOSITORY / "data" / "providers")
    parser.add_argument(
        "--municipalities", type=Path, default=REPOSITORY / "data" / "municipalities"
    )
    given = parser.parse_args(arguments)
    try:
        tables = make(given.sources, given.municipalities)
        write(tables, given.out)
        if (given.out / "README.md").exists():
            put_counts(given.out / "README.md", counts(tables))
    except (SourceError, OSError) as error:
        print(f"make_register: {error}", file=sys.stderr)
        return 1
    for name, table in tables.items():
        print(f"{given.out / name}.csv: {len(table)} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
