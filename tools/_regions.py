"""Region sets of each edition: which municipality is in which region."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from _changes import follow, main_successor

if TYPE_CHECKING:
    from _facts import Facts
    from _raw import Sources

COLUMNS = ["region_set", "region_code", "region_name", "gm_code", "status", "note"]

DIVISION_2016 = "division of 2016"


class RegionError(ValueError):
    """A region set does not fit the municipalities."""


def provinces_2010(names: pd.Series, sources: Sources, facts: Facts) -> pd.DataFrame:
    """Province of each municipality of 2010, by what it had become in 2016.

    Parameters
    ----------
    names
        Names of the municipalities of 2010 by gm_code.
    sources
        The source folder.
    facts
        Official names of provinces.

    Returns
    -------
    pandas.DataFrame
        Indexed by gm_code: region_code, region_name, part (of the country), status.
        No municipality changed province between 2010 and 2016 as a whole; one that was
        split follows its largest part.
    """
    pairs = follow(names.index, sources.mergers(), "2010-01-01", "2016-01-01")
    later = main_successor(pairs).reindex(names.index)
    division = sources.divisions_2016()
    _require(later[~later.isin(division.index)].index, "no division of 2016 for")
    found = division.loc[later].set_axis(names.index)
    spread = pairs["new_code"].map(division["province_code"]).groupby(pairs["old_code"]).nunique()
    return pd.DataFrame(
        {
            "region_code": found["province_code"],
            "region_name": found["province"].replace(facts.province_names),
            "part": found["part"],
            "status": (spread > 1).map({True: "estimated", False: "observed"}),
        }
    )


def youth_care_offices(provinces: pd.DataFrame, names: pd.Series, facts: Facts) -> pd.DataFrame:
    """The fifteen regions of Bureau Jeugdzorg: provinces less three city regions, plus those.

    Parameters
    ----------
    provinces
        Result of `provinces_2010`.
    names
        Names of the municipalities of 2010 by gm_code.
    facts
        The city regions.

    Returns
    -------
    pandas.DataFrame
        Indexed by gm_code: region_code, region_name, part.

    Raises
    ------
    RegionError
        If a city region names a municipality that the edition does not have.
    """
    offices = provinces[["region_code", "region_name", "part"]].copy()
    city = {
        member: (code, name)
        for code, (name, members) in facts.city_regions.items()
        for member in members
    }
    _require(sorted(set(city) - set(names)), "city regions name unknown municipalities:")
    own = names[names.isin(list(city))].map(city)
    taken = offices.loc[own.index].assign(city=own.str[1])
    without = taken.groupby("region_name")["city"].agg(lambda c: " en ".join(sorted(set(c))))
    less = offices["region_name"].map(without)
    offices["region_code"] = "BJ-" + offices["region_code"].str.removeprefix("PV")
    offices["region_name"] = offices["region_name"].where(
        less.isna(), offices["region_name"] + " buiten " + less.fillna("")
    )
    offices.loc[own.index, "region_code"] = own.str[0]
    offices.loc[own.index, "region_name"] = own.str[1]
    return offices


def study_regions(offices: pd.DataFrame, residents_0_17: pd.Series, facts: Facts) -> pd.DataFrame:
    """Example selection of five study regions.

    The letter does not name them. One is likely (``facts.study_region``). Each part of
    the country gives one more: the office region with the median number of residents
    0-17 (the lower one of the two in the middle), the likely one aside.

    Parameters
    ----------
    offices
        Result of `youth_care_offices`.
    residents_0_17
        Residents by gm_code.
    facts
        The likely region.

    Returns
    -------
    pandas.DataFrame
        Indexed by gm_code, only the municipalities in a study region:
        region_code, region_name.
    """
    sizes = (
        offices.assign(young=residents_0_17)
        .groupby(["part", "region_code"], as_index=False)["young"]
        .sum()
        .query("region_code != @facts.study_region")
        .sort_values(["part", "young", "region_code"])
    )
    place = sizes.groupby("part").cumcount()
    middle = (sizes.groupby("part")["young"].transform("size") - 1) // 2
    chosen = [facts.study_region, *sizes.loc[place == middle, "region_code"]]
    rows = offices[offices["region_code"].isin(chosen)]
    return pd.DataFrame(
        {
            "region_code": rows["region_code"].str.replace("BJ-", "ST-", regex=False),
            "region_name": rows["region_name"],
        }
    )


def carried_study(study: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Study regions in later codes: where most of the residents 0-17 live.

    Parameters
    ----------
    study
        Result of `study_regions`.
    pairs
        Result of `_crosswalk.pair_weights`.

    Returns
    -------
    pandas.DataFrame
        As `study`, indexed by the new codes of which more than half lies in one region.
    """
    rows = pairs.merge(study["region_code"], left_on="old_code", right_index=True)
    weight = rows.groupby(["new_code", "region_code"])["backward"].sum().reset_index()
    total = pairs.groupby("new_code")["backward"].sum()
    weight["share"] = weight["backward"] / weight["new_code"].map(total)
    most = weight[weight["share"] > 1 / 2].set_index("new_code").rename_axis("gm_code")
    names = study.drop_duplicates("region_code").set_index("region_code")["region_name"]
    return pd.DataFrame(
        {
            "region_code": most["region_code"],
            "region_name": most["region_code"].map(names),
        }
    )


def regions_2010(
    provinces: pd.DataFrame, offices: pd.DataFrame, study: pd.DataFrame
) -> pd.DataFrame:
    """The region sets of 2010 as one long table."""
    split = "split later over two provinces: the larger part"
    note = provinces["status"].map({"observed": "", "estimated": split})
    return _long(
        [
            _rows("province", provinces, provinces["status"], note),
            _rows("bureau_jeugdzorg", offices, provinces["status"], note),
            _rows("study", study, "example", STUDY_NOTE),
        ]
    )


STUDY_NOTE = "example selection: the letter does not name the five study regions"


def regions_2025(sources: Sources, study: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """The region sets of 2025 as one long table.

    Parameters
    ----------
    sources
        The source folder.
    study
        Result of `carried_study`.
    facts
        Official names of provinces.

    Returns
    -------
    pandas.DataFrame
        The columns of `COLUMNS`. The divisions of 2016 are carried to the codes of 2025; a
        municipality made out of more than one region follows the larger share, with a note.
        One made out of two provinces is in the province of its safety region, and in a
        COROP region of that province.
    """
    table = sources.divisions_2025()
    division = sources.divisions_2016()
    codes = division.drop_duplicates("province").set_index("province")["province_code"]
    corop = sources.corop_names()
    province, moved = _province_2025(table)
    corop_name, corop_moved = _corop_2025(table, province, moved, division, corop)
    corop_code = corop_name.map(pd.Series(corop.index, index=corop.to_numpy()))
    youth = table[["jz_code", "jeugdregio_2016"]].set_axis(["region_code", "region_name"], axis=1)
    by_code = {"region_code": province.map(codes), "region_name": province}
    provinces = pd.DataFrame(by_code).replace({"region_name": facts.province_names})
    corops = pd.DataFrame({"region_code": corop_code, "region_name": corop_name})
    safety = "made out of two provinces; in that of its safety region"
    mixed_youth = _mixed(table["jeugdregio_2016_also"])
    mixed_corop = _mixed(table["corop_2016_also"]).where(
        ~corop_moved, f"{DIVISION_2016}; made out of two provinces; the region in its province"
    )
    return _long(
        [
            _rows("province", provinces, "observed", moved.map({True: safety, False: ""})),
            _rows("jeugdregio", youth, _status(mixed_youth), mixed_youth),
            _rows("corop", corops, _status(mixed_corop), mixed_corop),
            _rows("study", study, "example", STUDY_NOTE),
        ]
    )


def check_partition(regions: pd.DataFrame, codes: pd.Index) -> None:
    """Check that every region set but `study` holds each municipality exactly once.

    Parameters
    ----------
    regions
        Long table of the region sets of an edition.
    codes
        Codes of all municipalities of that edition.

    Raises
    ------
    RegionError
        If a municipality is missing, comes twice, or has no region.
    """
    _require(regions.loc[regions["region_code"].isna(), "gm_code"], "no region for")
    _require(sorted(set(regions["gm_code"]) - set(codes)), "regions hold unknown municipalities:")
    twice = regions[regions.duplicated(["region_set", "gm_code"])]
    _require(twice["gm_code"], "more than one region of a set for")
    for name, rows in regions[regions["region_set"] != "study"].groupby("region_set"):
        _require(codes.difference(rows["gm_code"]), f"not in region set {name}:")


def _province_2025(table: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Province by municipality, and whether the safety region decided it."""
    mixed = table["province_2016_also"] != ""
    by_safety = table[~mixed].groupby("veiligheidsregio_2023")["province_2016"]
    usual = by_safety.agg(lambda names: names.mode()[0])
    decided = table["veiligheidsregio_2023"].map(usual)
    province = table["province_2016"].where(~mixed, decided.fillna(table["province_2016"]))
    return province, mixed


def _corop_2025(
    table: pd.DataFrame,
    province: pd.Series,
    moved: pd.Series,
    division: pd.DataFrame,
    names: pd.Series,
) -> tuple[pd.Series, pd.Series]:
    """COROP name by municipality, and whether it had to follow the province."""
    of_corop = division.assign(corop=division["corop_code"].map(names)).drop_duplicates("corop")
    home = of_corop.set_index("corop")["province"]
    other = table["corop_2016_also"].str.rsplit(":", n=1).str[0]
    follows = moved & (table["corop_2016"].map(home) != province) & (other.map(home) == province)
    return table["corop_2016"].where(~follows, other), follows


def _mixed(also: pd.Series) -> pd.Series:
    """Note of each row: the division, and what else a mixed municipality is made of."""
    return (DIVISION_2016 + "; larger share; also " + also).where(also != "", DIVISION_2016)


def _status(note: pd.Series) -> pd.Series:
    return (note == DIVISION_2016).map({True: "observed", False: "estimated"})


def _rows(
    region_set: str, table: pd.DataFrame, status: pd.Series | str, note: pd.Series | str
) -> pd.DataFrame:
    rows = table[["region_code", "region_name"]].assign(
        region_set=region_set, status=status, note=note
    )
    return rows.rename_axis("gm_code").reset_index()[COLUMNS]


def _long(tables: list[pd.DataFrame]) -> pd.DataFrame:
    order = ["region_set", "region_code", "gm_code"]
    return pd.concat(tables).sort_values(order, ignore_index=True)


def _require(wrong: pd.Index | pd.Series | list[str], message: str) -> None:
    if len(wrong):
        raise RegionError(f"{message} {', '.join(sorted(set(wrong)))}")
