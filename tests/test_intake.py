"""From a flat list with real mistakes to rows of the register."""

from __future__ import annotations

import pandas as pd
import pytest

from coverage import i18n
from coverage._files import data_dir
from coverage.editions import load_edition
from coverage.intake import Defaults, FileKind, Verdict, match, open_file, preflight, sample, titles
from coverage.register import Register, empty_register, read_register, write_register
from tests import worsened
from tests.test_hostile_files import book, judged

EDITION = load_edition(2025)


@pytest.fixture(autouse=True)
def english():
    i18n.use("en")
    yield
    i18n.use(i18n.DEFAULT)


@pytest.fixture(scope="module")
def bad(tmp_path_factory):
    """The list with mistakes, judged as a workbook."""
    i18n.use("en")
    table, mistakes = worsened.worsened()
    path = tmp_path_factory.mktemp("bad") / "a.csv"
    path.write_bytes(worsened.as_csv(table))
    return judged(path), table, mistakes


def listed(tmp_path, *rows, register=None, edition=EDITION, same=None, online=None, **defaults):
    """Judge a list of dicts by heading."""
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    full = [[row.get(heading, "") for heading in headings] for row in rows]
    path = book(tmp_path / "list.xlsx", *full, headings=headings)
    cells = next(iter(open_file(path).sheets.values()))
    return preflight(
        cells,
        match(titles(cells), sample(cells)),
        edition=edition,
        register=register or empty_register(),
        defaults=Defaults(**{"source": "list", **defaults}),
        same=same,
        online=online,
    )


BASE = {"Organisatie": "Stichting Verzonnen", "Naam aanbod": "Gezinscoach"}


def offer(tmp_path, row=2, **cells):
    """The row of offers made of one row of a list."""
    result = listed(tmp_path, {**BASE, **cells})
    assert result.rows.loc[row, "verdict"] in {Verdict.GOOD, Verdict.WARNING}, result.rows.loc[
        row, "reasons"
    ]
    return result.register().offers.iloc[0]


def only(tmp_path, **cells):
    return listed(tmp_path, {**BASE, **cells}).rows.loc[2]


# --- a list without mistakes ------------------------------------------------


def test_the_public_register_comes_through_a_flat_list(tmp_path):
    public = read_register(data_dir("providers"))
    path = tmp_path / "a.csv"
    path.write_bytes(worsened.as_csv(worsened.flat(public), encoding="utf-8-sig"))
    result = judged(path)
    assert result.counts[Verdict.ERROR] == 0
    own = public.offers[public.offers["edition"].eq(2025)].reset_index(drop=True)
    made = result.register(result.judged.index).offers
    for column in (
        "name",
        "framework",
        "service_area_type",
        "capacity_families",
        "coordination",
        "evidence",
        "source",
        "source_date",
        "duration_months_min",
        "duration_months_max",
    ):
        pd.testing.assert_series_equal(made[column], own[column])
    areas = [";".join(sorted(text.split(";"))) for text in own["service_area"]]
    assert [";".join(sorted(text.split(";"))) for text in made["service_area"]] == areas
    names = public.providers.set_index("provider_id")["name"]
    ours = result.register(result.judged.index).providers.set_index("provider_id")["name"]
    assert made["provider_id"].map(ours).tolist() == own["provider_id"].map(names).tolist()
    # What follows from the duration is filled in; nothing else of long_term is.
    differ = made["long_term"].ne(own["long_term"])
    assert own.loc[differ, "long_term"].eq("unknown").all()
    assert own.loc[differ, ["duration_months_min", "duration_months_max"]].notna().any(axis=1).all()
    assert made["support"].eq("unknown").all()
    assert made["status"].eq("entered").all()


def test_the_rows_that_are_made_are_a_register_that_reads_back(bad, tmp_path):
    result, _table, _mistakes = bad
    register = result.register()
    assert len(register.offers) == len(result.accepted)
    write_register(register, tmp_path / "own")
    again = read_register(tmp_path / "own")
    for name, table in register.tables.items():
        pd.testing.assert_frame_equal(again.tables[name], table)


# --- each mistake -----------------------------------------------------------


@pytest.mark.parametrize("ending", ["xlsx", "ods"])
def test_every_kind_of_file_is_judged_the_same(bad, tmp_path, ending):
    result, table, _mistakes = bad
    path = tmp_path / f"a.{ending}"
    path.write_bytes(worsened.FILES[ending](table))
    other = judged(path)
    assert other.judged["verdict"].tolist() == result.judged["verdict"].tolist()
    assert other.matching == result.matching


def said(bad, kind):
    result, _table, mistakes = bad
    row = next(mistake.row for mistake in mistakes if mistake.kind == kind)
    register = result.register()
    code = result.rows.loc[row, "offer_id"]
    made = register.offers.set_index("offer_id")
    return result.rows.loc[row], made.loc[code] if code in made.index else None


def test_postcode_and_place_that_changed_places(bad):
    row, _made = said(bad, "postcode and place swapped")
    assert row["verdict"] == Verdict.WARNING
    assert (row["place"], row["gm_code"], row["precision"]) == ("Zwolle", "GM0193", "postcode4")
    assert "had changed places" in row["reasons"]


def test_old_names_keep_their_own_division(bad):
    row, made = said(bad, "old name")
    assert row["verdict"] == Verdict.WARNING
    assert (made["service_area"], made["edition"]) == ("GM0003;GM0010;GM0024", 2010)
    assert "of the division of 2010" in row["reasons"]


def test_a_po_box(bad):
    row, _made = said(bad, "PO box")
    assert row["verdict"] == Verdict.WARNING
    assert "A PO box is no address to visit" in row["reasons"]


def test_codes_that_are_numbers(bad):
    row, made = said(bad, "code as number")
    assert row["verdict"] == Verdict.WARNING
    assert made["service_area"] == "GM0363"
    assert "“363” was read as GM0363 (Amsterdam)" in row["reasons"]
    _row, made = said(bad, "codes as numbers")
    assert made["service_area"] == "GM0327;GM0307"


def test_capacities_as_people_write_them(bad):
    row, made = said(bad, "about")
    assert (made["capacity_families"], made["capacity_note"]) == (40, "ca. 40")
    assert "read as 40 families a year" in row["reasons"]
    for kind, text in (("range", "30-40"), ("children", "25 kinderen")):
        row, made = said(bad, kind)
        assert pd.isna(made["capacity_families"])
        assert made["capacity_note"] == text
        assert "stays unknown" in row["reasons"]


def test_a_decimal_comma(bad):
    _row, made = said(bad, "decimal comma")
    assert (made["duration_months_min"], made["duration_months_max"]) == (4.5, 12)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("ambiguous", "can be more than one municipality: GM0373 Bergen (NH.), GM0893 Bergen (L.)"),
        ("typing error", "Did you mean “Zutphen”?"),
        ("no offer", "name of the offer is missing"),
        ("no provider", "name of the provider is missing"),
        ("date in slashes", "day and month can be mixed up"),
    ],
)
def test_what_cannot_be_settled_is_not_imported(bad, kind, reason):
    row, made = said(bad, kind)
    assert row["verdict"] == Verdict.ERROR
    assert made is None
    assert reason in row["reasons"]


def test_words_and_dates_as_people_write_them(bad):
    _row, made = said(bad, "words")
    assert (made["framework"], made["long_term"]) == ("both", "yes")
    _row, made = said(bad, "date in words")
    assert made["source_date"] == "2022-07-13"


def test_a_sentence_in_the_place_of_a_status_is_evidence(bad):
    row, made = said(bad, "sentence for status")
    assert made["coordination"] == "unknown"
    assert made["evidence"].endswith("de gezinscoach heeft de regie")
    assert row["verdict"] == Verdict.WARNING


def test_a_former_municipality_that_was_divided_has_no_one_place(bad):
    row, _made = said(bad, "old name of the address")
    assert row["gm_code"] == ""
    assert row["precision"] == "unknown"
    assert "more than one place" in row["reasons"]


def test_a_provider_in_three_ways(bad):
    result, _table, _mistakes = bad
    names = result.rows.loc[[21, 22, 23], "provider"].tolist()
    assert names == ["Stichting Lokaal Team", "Stichting Lokaal Team", "Lokaal Teams"]
    assert "was read as the provider “Stichting Lokaal Team”" in result.rows.loc[22, "reasons"]
    assert "may be the provider “Stichting Lokaal Team”" in result.rows.loc[23, "reasons"]
    assert result.proposals[["name", "like", "rows", "known"]].to_numpy().tolist() == [
        ["Lokaal Teams", "Stichting Lokaal Team", 1, False]
    ]


def test_rows_that_are_there_twice(bad):
    result, _table, mistakes = bad
    twice = [mistake.row for mistake in mistakes if mistake.kind == "twice"]
    assert result.rows.loc[twice, "verdict"].tolist() == [Verdict.DUPLICATE] * 2
    assert result.rows.loc[twice, "duplicate_of"].tolist() == ["row 30", "row 31"]
    # They can be asked for all the same.
    more = result.register([*result.accepted, *twice])
    assert len(more.offers) == len(result.accepted) + 2
    assert more.offers["offer_id"].is_unique


def test_what_is_not_imported_is_given_back_as_it_was(bad):
    result, table, _mistakes = bad
    left = result.rejected()
    assert list(left.columns) == [*table.columns, "Reason"]
    assert sorted([*left.index, *result.accepted]) == list(result.rows.index)
    assert left["Reason"].ne("").all()
    original = table.set_axis(range(2, len(table) + 2)).loc[left.index]
    kept = original.map(lambda text: " ".join(text.split()))
    pd.testing.assert_frame_equal(
        left.drop(columns="Reason").map(lambda text: " ".join(text.split())),
        kept.map(lambda text: text.encode("cp1252", "replace").decode("cp1252")),
        check_index_type=False,
    )


def test_reasons_are_in_the_language_of_the_reader(bad):
    result, _table, _mistakes = bad
    english = result.rows["reasons"]
    i18n.use("nl")
    assert result.rows["reasons"].shape == english.shape
    assert list(result.rows.columns) == [*result.judged.columns, "reasons"]


# --- what a list says, and what it does not ---------------------------------


def test_what_is_not_said_is_unknown(tmp_path):
    made = offer(tmp_path)
    for column in ("framework", "long_term", "support", "coordination", "assertive_outreach"):
        assert made[column] == "unknown"
    assert (made["service_area_type"], made["service_area"]) == ("unknown", "")
    assert made["location_id"] == ""
    assert pd.isna(made["capacity_families"])
    assert (made["source"], made["status"], made["evidence"]) == ("list", "entered", "")


def test_a_list_without_a_service_area_is_told_so(tmp_path):
    result = listed(tmp_path, {**BASE, "Straat": "Dam 1", "Pc": "1012 JS", "Gemeente": "Amsterdam"})
    told = [str(fault) for fault in result.faults if fault.row is None and "date" not in str(fault)]
    assert len(told) == 1
    assert "choose “Municipality of the address, and service area” for it" in told[0]
    assert "“Gemeente”" in told[0]
    assert result.rows.loc[2, "gm_code"] == "GM0363"


def test_the_municipality_can_be_the_service_area(tmp_path):
    made = offer(tmp_path, Gemeente="Amsterdam")
    assert made["service_area"] == "GM0363"
    cells = next(iter(open_file(tmp_path / "list.xlsx").sheets.values()))
    chosen = {"Organisatie": "provider", "Naam aanbod": "offer", "Gemeente": "served_municipality"}
    result = preflight(
        cells,
        chosen,
        edition=EDITION,
        register=empty_register(),
        defaults=Defaults(source="list"),
    )
    assert result.rows.loc[2, ["gm_code", "service_area"]].tolist() == ["GM0363", "GM0363"]


@pytest.mark.parametrize(
    ("written", "kind", "area"),
    [
        ("provincie Flevoland", "region", "province:PV24"),
        ("Friesland", "region", "province:PV21"),
        ("jeugdregio Twente", "region", "jeugdregio:JZ14"),
        ("landelijk", "country", ""),
        ("?", "unknown", ""),
        ("Amsterdam en Diemen", "municipalities", "GM0363;GM0384"),
        ("Nuenen, Gerwen en Nederwetten, Eindhoven", "municipalities", "GM0820;GM0772"),
        ("gemeente Den Haag", "municipalities", "GM0518"),
        ("BERGEN (L)", "municipalities", "GM0893"),
    ],
)
def test_service_areas(tmp_path, written, kind, area):
    made = offer(tmp_path, Werkgebied=written)
    assert (made["service_area_type"], made["service_area"]) == (kind, area)


def test_a_region_among_municipalities_stands_for_its_own(tmp_path):
    made = offer(tmp_path, Werkgebied="provincie Flevoland; Amsterdam")
    assert made["service_area"] == "GM0034;GM0050;GM0171;GM0184;GM0303;GM0995;GM0363"


def test_a_radius_needs_a_place(tmp_path):
    made = offer(tmp_path, Werkgebied="straal van 12,5 km", Pc="1012 JS")
    assert (made["service_area_type"], made["service_area"]) == ("radius", "12.5")
    row = only(tmp_path, Werkgebied="15 km")
    assert row["verdict"] == Verdict.ERROR
    assert "where that is is not known" in row["reasons"]


@pytest.mark.parametrize(
    ("cells", "framework"),
    [
        ({"Vrijwillig": "ja"}, "voluntary"),
        ({"Vrijwillig": "nee"}, "compulsory"),
        ({"Vrijwillig": "?"}, "unknown"),
        ({"Vrijwillig": "ja", "Gedwongen": "ja"}, "both"),
        ({"Vrijwillig": "ja", "Gedwongen": "nee"}, "voluntary"),
        ({"Kader": "vrijwillig", "Vrijwillig": "ja"}, "voluntary"),
        ({"Kader": "onbekend", "Vrijwillig": "ja"}, "voluntary"),
    ],
)
def test_frameworks(tmp_path, cells, framework):
    assert offer(tmp_path, **cells)["framework"] == framework


def test_two_columns_on_the_framework_that_do_not_agree(tmp_path):
    row = only(tmp_path, Kader="gedwongen", Vrijwillig="ja")
    assert row["verdict"] == Verdict.ERROR
    assert "does not agree" in row["reasons"]


@pytest.mark.parametrize(
    ("written", "low", "high", "term"),
    [
        ("6-12 maanden", 6, 12, "unknown"),
        ("1 jaar", 12, 12, "yes"),
        ("max. 6 mnd", None, 6, "no"),
        ("maximaal 6 maanden", None, 6, "no"),
        ("> 6 maanden", 6, None, "yes"),
        ("zolang als nodig", None, None, "yes"),
        ("26 weken", 6, 6, "no"),
        ("half jaar tot 2 jaar", 6, 24, "unknown"),
        ("9 tot 12 maanden", 9, 12, "yes"),
    ],
)
def test_durations(tmp_path, written, low, high, term):
    made = offer(tmp_path, Duur=written)
    found = [made["duration_months_min"], made["duration_months_max"]]
    assert [None if pd.isna(value) else value for value in found] == [low, high]
    assert made["long_term"] == term


def test_a_duration_that_says_nothing_is_kept_as_a_remark(tmp_path):
    made = offer(tmp_path, Duur="wisselend", Opmerking="loket")
    assert made["note"] == "loket; Duur: wisselend"
    assert made["long_term"] == "unknown"


def test_a_kvk_number_that_lost_its_zero(tmp_path):
    result = listed(tmp_path, {**BASE, "Kvk-nummer": "1234567"})
    assert result.register().providers.loc[0, "kvk"] == "01234567"
    assert "lost the zero in front" in result.rows.loc[2, "reasons"]


def test_points_of_the_list_itself(tmp_path):
    result = listed(
        tmp_path,
        {**BASE, "X": "121.687,5", "Y": "487315"},
        {**BASE, "Naam aanbod": "B", "X": "487315", "Y": "121687"},
        {**BASE, "Naam aanbod": "C", "X": "4,9", "Y": "52,4"},
    )
    assert result.rows["gm_code"].tolist() == ["GM0363", "GM0363", ""]
    assert result.rows["x"].tolist()[:2] == [121687.5, 121687]
    assert result.rows["verdict"].tolist() == ["good", "warning", "error"]


def test_a_source_is_needed(tmp_path):
    result = listed(tmp_path, BASE, {**BASE, "Naam aanbod": "B", "Bron": "gids"}, source="")
    assert result.rows["verdict"].tolist() == ["error", "good"]
    assert "The source is missing" in result.rows.loc[2, "reasons"]


def test_columns_that_a_list_needs(tmp_path):
    path = book(tmp_path / "a.xlsx", ["Gezinscoach", "x"], headings=["Naam aanbod", "Kleur"])
    result = judged(path)
    assert result.counts[Verdict.ERROR] == 1
    assert "No column is chosen for “Provider”" in str(result.faults[0])


# --- what is there already --------------------------------------------------


def test_an_offer_with_its_code_is_changed(tmp_path):
    first = listed(
        tmp_path,
        {**BASE, "Aanbod-id": "O1", "Werkgebied": "Almere", "Capaciteit": "10", "Langdurig": "ja"},
        {**BASE, "Naam aanbod": "Ander", "Aanbod-id": "O2"},
    ).register()
    result = listed(
        tmp_path,
        {**BASE, "Aanbod-id": "O1", "Werkgebied": "", "Capaciteit": "12"},
        {**BASE, "Naam aanbod": "Ander", "Aanbod-id": "O2", "Capaciteit": ""},
        register=first,
        source="new list",
    )
    assert result.rows["action"].tolist() == ["update", ""]
    assert result.rows["verdict"].tolist() == ["good", "duplicate"]
    after = result.register().offers
    assert after["offer_id"].tolist() == ["O1", "O2"]
    assert after.loc[0, "capacity_families"] == 12
    # An empty cell says nothing, and takes nothing away.
    assert after.loc[0, ["service_area", "long_term"]].tolist() == ["GM0034", "yes"]
    assert after["source"].tolist() == ["new list", "list"]


def test_the_code_of_another_offer_is_no_change_of_it(tmp_path):
    first = listed(tmp_path, {**BASE, "Aanbod-id": "1"}).register()
    other = {"Organisatie": "Iemand anders", "Naam aanbod": "Iets anders", "Aanbod-id": "1"}
    row = listed(tmp_path, other, register=first).rows.loc[2]
    assert row["verdict"] == Verdict.ERROR
    assert "is another offer in the register: Gezinscoach of Stichting Verzonnen" in row["reasons"]


def test_a_name_that_is_nothing_like_it_is_no_new_name(tmp_path):
    first = listed(tmp_path, {**BASE, "Aanbod-id": "1"}).register()
    for name, verdict in (("Gezinscoach Plus", "warning"), ("Thuisbegeleiding", "error")):
        row = {**BASE, "Naam aanbod": name, "Aanbod-id": "1"}
        again = listed(tmp_path, row, register=first).rows.loc[2]
        assert again["verdict"] == verdict
    assert "If this column only counts the rows, set it to “not used”" in again["reasons"]


def test_a_list_with_codes_twice_changes_nothing(tmp_path):
    row = {**BASE, "Aanbod-id": "a", "Peildatum": "13-7-2010", "Capaciteit": "12,5"}
    first = listed(tmp_path, row).register()
    again = listed(tmp_path, row, register=first)
    assert again.rows.loc[2, "verdict"] == Verdict.DUPLICATE
    assert not again.accepted


@pytest.mark.parametrize("year", [2010, 2025])
def test_an_old_name_is_told_with_where_its_area_is(tmp_path, year):
    row = only_in(
        tmp_path, year, **{"Postcode": "8911 AA", "Gemeente (adres)": "GM1908", "Adres": "Plein 1"}
    )
    heir = {2010: "Menaldumadeel", 2025: "Waadhoeke"}[year]
    assert f"in the division of {year} its area is in {heir}." in row["reasons"]
    assert f"8911 AA (Leeuwarden); GM1908 ({heir})" in row["reasons"]
    assert row["gm_code"] == ""


def only_in(tmp_path, year, **cells):
    return listed(tmp_path, {**BASE, **cells}, edition=load_edition(year)).rows.loc[2]


def test_what_stands_under_a_list_is_no_offer(tmp_path):
    under = [{"Organisatie": "Totaal", "Capaciteit": "367.5"}, {"Organisatie": "Bron: de lijst"}]
    result = listed(tmp_path, *under, {"Organisatie": "Totaal gezin", "Opmerking": "nieuw"})
    told = result.rows["reasons"]
    assert told.str.contains("looks like no offer").tolist() == [True, True, False]
    assert told.str.contains("is missing").tolist() == [False, False, True]
    # A workbook keeps no decimal mark.
    assert result.rejected()["Capaciteit"].tolist() == ["367,5", "", ""]


def test_reasons_name_the_headings_of_the_list(tmp_path):
    row = only(
        tmp_path,
        Lang="ja",
        Duur="3 maanden",
        Zorgcoördinatie="ja",
        Bewijs="",
        Kader="gedw.",
    )
    assert "Write in the column “Bewijs”" in row["reasons"]
    assert "“Lang” is yes; that does not agree with the duration" in row["reasons"]
    assert "not understood" not in row["reasons"]


def test_a_code_twice_in_a_list(tmp_path):
    result = listed(tmp_path, {**BASE, "Id": "a"}, {**BASE, "Naam aanbod": "B", "Id": "a"})
    assert "already in row 2" in result.rows.loc[3, "reasons"]


def test_a_known_offer_with_other_values_is_told(tmp_path):
    first = listed(tmp_path, {**BASE, "Werkgebied": "Almere", "Capaciteit": "10"}).register()
    result = listed(
        tmp_path,
        {**BASE, "Organisatie": "VERZONNEN", "Werkgebied": "Almere", "Capaciteit": "12"},
        register=first,
    )
    row = result.rows.loc[2]
    assert row["verdict"] == Verdict.DUPLICATE
    assert row["duplicate_of"] == first.offers.loc[0, "offer_id"]
    assert "with another value in: Capaciteit" in row["reasons"]


def test_one_address_is_one_location(tmp_path):
    result = listed(
        tmp_path,
        {**BASE, "Straat": "Dam 1", "Pc": "1012JS", "Plaats": "Amsterdam"},
        {**BASE, "Naam aanbod": "B", "Straat": "dam 1", "Pc": "1012 js", "Plaats": "AMSTERDAM"},
        {**BASE, "Naam aanbod": "C", "Straat": "Dam 2", "Pc": "1012JS", "Plaats": "Amsterdam"},
    )
    register = result.register()
    assert len(register.locations) == 2
    again = listed(
        tmp_path,
        {**BASE, "Naam aanbod": "D", "Straat": "Dam 2", "Pc": "1012JS", "Plaats": "Amsterdam"},
        register=register,
    ).register()
    assert len(again.locations) == 2


def test_offers_told_apart_by_a_number_are_not_the_same(tmp_path):
    result = listed(
        tmp_path,
        {**BASE, "Naam aanbod": "Wijkteam gezinnen 1"},
        {**BASE, "Naam aanbod": "Wijkteam gezinnen 2"},
        {**BASE, "Naam aanbod": "Wijkteam gezinnen 2 "},
        {**BASE, "Naam aanbod": "Wijkteams gezinnen 2"},
    )
    assert result.rows["verdict"].tolist() == ["good", "good", "duplicate", "warning"]


def test_providers_that_the_user_says_are_one(tmp_path):
    rows = ({**BASE}, {"Organisatie": "Stichting Versonnen", "Naam aanbod": "B"})
    assert len(listed(tmp_path, *rows).register().providers) == 2
    joined = listed(tmp_path, *rows, same={"Stichting Versonnen": "Stichting Verzonnen"})
    assert joined.register().providers["name"].tolist() == ["Stichting Verzonnen"]


def owned(known, rows, tmp_path, same=None):
    """Verdict and number of the provider of each row, of which the register knows some."""
    base = listed(tmp_path, BASE).register()
    providers = pd.concat([base.providers.iloc[:1]] * len(known), ignore_index=True)
    providers["provider_id"] = [f"P{number}" for number in range(1, len(known) + 1)]
    providers[["name", "kvk"]] = pd.DataFrame(known, columns=["name", "kvk"], dtype="str")
    register = Register.from_tables(providers)
    cells = [
        {"Organisatie": name, "Naam aanbod": f"Aanbod {number}", "Kvk": kvk}
        for number, (name, kvk) in enumerate(rows)
    ]
    result = listed(tmp_path, *cells, register=register, same=same)
    made = result.register()
    ids = made.offers.set_index("name")["provider_id"]
    return [ids.get(f"Aanbod {number}", "") for number in range(len(rows))], made, result


ONE, TWO = "12345678", "87654321"


@pytest.mark.parametrize(
    ("known", "rows", "owners"),
    [
        # The exact name, then the number, then the only one of that plain name.
        ([("Stichting Bron", ONE), ("Bron B.V.", TWO)], [("Stichting Bron", ONE)], ["P1"]),
        ([("Stichting Bron", ""), ("Bron B.V.", "")], [("Stichting Bron", "")], ["P1"]),
        ([("Stichting Bron", ONE), ("Bron B.V.", TWO)], [("Bron", TWO)], ["P2"]),
        ([("Bron", ONE), ("Bron", TWO)], [("Bron", TWO), ("bron", "")], ["P2", ""]),
        ([("Stichting Bron", "")], [("bron", ""), ("Bron", ONE)], ["P1", "P1"]),
        # Another number, or another legal form, is another provider.
        ([("Bron", ONE)], [("Bron", TWO), ("Bron", ONE)], ["new", "P1"]),
        ([("Stichting Bron", "")], [("Bron B.V.", "")], ["new"]),
        ([("Bron", "")], [("Bron", ONE), ("Bron", TWO)], ["", ""]),
    ],
)
def test_which_provider_a_row_is_of(tmp_path, known, rows, owners):
    found, made, _result = owned(known, rows, tmp_path)
    ids = [f"P{number}" for number in range(1, len(known) + 1)]
    assert [code if code in {*ids, ""} else "new" for code in found] == owners
    numbers = made.providers.set_index("provider_id")["kvk"]
    for code, (_name, kvk) in zip(found, rows, strict=True):
        assert not code or not kvk or numbers[code] == kvk


def test_two_numbers_in_a_list_are_two_providers(tmp_path):
    rows = [("De Bron", ONE), ("De Bron", TWO), ("De Bron", "")]
    found, made, result = owned([("x", "")], rows, tmp_path)
    assert len(set(found[:2])) == 2
    assert sorted(made.providers["kvk"]) == ["", ONE, TWO]
    assert "another KvK number" in result.rows.loc[2, "reasons"]
    assert "more than one provider" in result.rows.loc[4, "reasons"]
    again, _made, _result = owned([("De Bron", ONE), ("De Bron", TWO)], rows, tmp_path)
    assert again == ["P1", "P2", ""]


def test_what_is_said_to_be_one_holds_for_each_way_of_writing(tmp_path):
    rows = [("Versonnen", ""), ("Stichting Versonnen", ""), ("VERSONNEN", ""), ("Bron B.V.", "")]
    same = {"Versonnen": "Verzonnen", "Bron B.V.": "Stichting Bron"}
    found, made, _result = owned([("Verzonnen", ""), ("Stichting Bron", "")], rows, tmp_path, same)
    assert found == ["P1", "P1", "P1", "P2"]
    notes = made.offers.set_index("name")["note"]
    assert notes["Aanbod 1"] == "Organisatie: Stichting Versonnen"


def test_websites_that_differ_are_told(tmp_path):
    result = listed(
        tmp_path,
        {**BASE, "Website": "https://www.bron.nl/"},
        {**BASE, "Naam aanbod": "B", "Website": "http://bron.nl"},
        {**BASE, "Naam aanbod": "C", "Website": "https://ander.nl"},
    )
    assert result.rows["verdict"].tolist() == ["good", "good", "warning"]
    assert "than https://www.bron.nl/, which is kept" in result.rows.loc[4, "reasons"]


def test_a_list_fills_in_what_the_register_lacks_of_a_provider(tmp_path):
    first = listed(tmp_path, BASE).register()
    row = {**BASE, "Kvk": ONE, "Website": "https://a.nl"}
    result = listed(tmp_path, row, register=first, source="second", source_date="2025-01")
    # The offer is there already; what is new of its provider is no duplicate.
    assert result.rows.loc[2, ["verdict", "action"]].tolist() == ["warning", "update"]
    made = result.register()
    known = made.providers.loc[0]
    assert known[["kvk", "website"]].tolist() == [ONE, "https://a.nl"]
    assert known["source"] == "list"
    assert known["note"] == "kvk: second (2025-01); website: second (2025-01)"
    pd.testing.assert_frame_equal(made.offers, first.offers)
    assert listed(tmp_path, row, register=made).rows.loc[2, "verdict"] == Verdict.DUPLICATE


class Exact:
    """A service that knows every address."""

    def look_up(self, addresses, progress=None):  # noqa: ARG002 - as the service has it
        known = {"x": 121_400.0, "y": 487_300.0, "gm_code": "GM0363", "found": True}
        return pd.DataFrame({**known, "reason": "found", "candidates": ""}, index=addresses.index)


HERE = {"Straat": "Dam 1", "Pc": "1012JS", "Plaats": "Amsterdam", "Werkgebied": "Amsterdam"}


def test_a_finer_point_takes_the_place_of_a_coarser_one(tmp_path):
    row = {**BASE, **HERE}
    first = listed(tmp_path, row).register()
    result = listed(tmp_path, row, register=first, online=Exact(), source="pdok")
    assert result.rows.loc[2, ["action", "precision"]].tolist() == ["update", "address"]
    exact = result.register()
    place = exact.locations.loc[0]
    assert place[["x", "y", "precision"]].tolist() == [121_400, 487_300, "address"]
    assert (place["source"], place["note"]) == ("list", "x, y: pdok")
    # Offline the point is coarser: what the register keeps is shown.
    other = listed(tmp_path, {**row, "Naam aanbod": "B"}, register=exact)
    assert other.rows.loc[2, ["x", "precision"]].tolist() == [121_400, "address"]
    pd.testing.assert_frame_equal(other.register().locations, exact.locations)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"Plaats": "Amsterdam"}, True),
        ({"Pc": "1012", "Plaats": "Amsterdam"}, True),
        (HERE, True),
        ({"Plaats": "Almere"}, False),
        ({"Straat": "Dam 2", "Plaats": "Amsterdam"}, False),
    ],
)
def test_a_part_of_a_known_address_changes_nothing(tmp_path, said, kept):
    first = listed(tmp_path, {**BASE, **HERE, "Id": "O1"}).register()
    row = {**BASE, **said, "Id": "O1", "Capaciteit": "10"}
    made = listed(tmp_path, row, register=first).register()
    assert made.offers.loc[0, "capacity_families"] == 10
    same = made.offers.loc[0, "location_id"] == first.offers.loc[0, "location_id"]
    assert (same, len(made.locations)) == ((True, 1) if kept else (False, 2))


@pytest.mark.parametrize("where", [{"Straat": "Kerkstraat 1"}, {"Plaats": "Bergen"}])
def test_one_street_in_two_municipalities_is_two_locations(tmp_path, where):
    codes = ["GM0373", "GM0893"]
    rows = [{**BASE, **where, "Gemeente": f"Bergen ({end})"} for end in ("NH.", "L.")]
    for number, row in enumerate(rows):
        row |= {"Naam aanbod": f"Aanbod {number}", "Werkgebied": "landelijk"}
    made = listed(tmp_path, *rows).register()
    assert made.locations["gm_code"].tolist() == codes
    again = listed(tmp_path, *rows, register=made)
    assert again.counts[Verdict.DUPLICATE] == 2


def test_a_point_that_the_address_denies(tmp_path):
    point = {"X": "121500", "Y": "487500", "Werkgebied": "landelijk"}
    result = listed(
        tmp_path,
        {**BASE, "Straat": "Kerkstraat 1", "Plaats": "Utrecht", **point},
        {**BASE, "Naam aanbod": "B", "Straat": "Dam 1", "Plaats": "Amsterdam", **point},
    )
    assert result.rows["verdict"].tolist() == ["warning", "good"]
    assert "is in Amsterdam, and the address in Utrecht" in result.rows.loc[2, "reasons"]
    places = result.register().locations.set_index("place")
    assert places["gm_code"].to_dict() == {"Utrecht": "", "Amsterdam": "GM0363"}
    assert places["precision"].eq("unknown").all()
    assert pd.isna(places.loc["Utrecht", "x"])
    assert places.loc["Amsterdam", ["x", "note"]].tolist() == [121_500, "X / Y: 121500 / 487500"]


def test_offers_told_apart_by_a_letter_are_both_taken(tmp_path):
    names = [f"Intensieve begeleiding jonge kinderen {letter}" for letter in "ab"]
    result = listed(tmp_path, *({**BASE, "Naam aanbod": name} for name in names))
    assert result.rows["verdict"].tolist() == ["good", "warning"]
    assert "looks like row 2" in result.rows.loc[3, "reasons"]


def test_the_same_list_read_by_two_people_gives_the_same_codes(tmp_path):
    one, other = (listed(tmp_path, {**BASE, "Plaats": "Almere"}).register() for _time in "ab")
    for name, table in one.tables.items():
        pd.testing.assert_frame_equal(table, other.tables[name])


def test_only_rows_that_can_be_imported_can_be_asked_for(tmp_path):
    result = listed(tmp_path, BASE, {"Organisatie": "x", "Naam aanbod": ""})
    with pytest.raises(ValueError, match="3"):
        result.register([2, 3])
    assert result.register([]).offers.empty


# --- the kind of a file -----------------------------------------------------


def test_files_of_the_register_are_recognised(tmp_path):
    register = read_register(data_dir("providers"))
    write_register(register, tmp_path / "whole")
    write_register(register, tmp_path / "whole.xlsx")
    assert open_file(tmp_path / "whole").kind is FileKind.REGISTER
    assert open_file(tmp_path / "whole.xlsx").kind is FileKind.REGISTER
    for name in ("providers", "offers", "locations", "inventory"):
        opened = open_file(tmp_path / "whole" / f"{name}.csv")
        assert (opened.kind, opened.table) == (FileKind.TABLE, name)
    assert open_file(data_dir("municipalities") / "2025" / "demand.csv").kind is FileKind.DEMAND
    assert open_file(tmp_path / "none.csv").kind is FileKind.UNREADABLE


def test_a_list_of_one_column_is_no_list(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Organisatie\nA\nB\n")
    assert "Only one column was found" in str(open_file(path).faults[0])
