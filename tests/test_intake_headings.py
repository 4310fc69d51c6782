"""Which column is which: by its heading, and by what is in it."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage import _cells
from coverage.intake import FIELDS, match, sample, titles
from coverage.intake.headings import swapped
from coverage.schema import REGISTER

USUAL = {
    "Organisatie": "provider",
    "Naam aanbod": "offer",
    "Straat": "street",
    "Huisnr": "house_number",
    "Pc": "postcode",
    "Woonplaats": "place",
    "Gemeente": "municipality",
    "Werkgebied": "service_area",
    "Kader": "framework",
    "Vrijwillig": "voluntary",
    "Langdurig": "long_term",
    "Duur": "duration",
    "Capaciteit": "capacity_families",
    "Aantal plekken": "capacity_note",
    "Zorgcoördinatie": "coordination",
    "Bewijs": "evidence",
    "Bron": "source",
    "Peildatum": "source_date",
    "Opmerking": "note",
}


def test_the_usual_headings():
    assert match(list(USUAL)) == USUAL


def test_case_accents_and_marks_do_not_matter():
    written = ["ORGANISATIE", "naam  aanbod", "zorgcoordinatie", "Duur (maanden)", "Huis-nr."]
    expected = ["provider", "offer", "coordination", "duration", "house_number"]
    assert list(match(written).values()) == expected


def test_typing_errors_in_headings():
    found = match(["Organistie", "Naam aanbodd", "Werkgebeid", "Opmerkingg"])
    assert list(found.values()) == ["provider", "offer", "service_area", "note"]


def test_english_headings():
    written = [
        "Organisation",
        "Programme",
        "Postal code",
        "Town",
        "Service area",
        "Case management",
    ]
    expected = ["provider", "offer", "postcode", "place", "service_area", "coordination"]
    assert list(match(written).values()) == expected


def test_short_headings():
    written = ["Vrijw./dwang", "Product / hulpvorm", "Uren p/wk", "Opm."]
    expected = ["framework", "offer", "intensity_hours_week", "note"]
    assert list(match(written).values()) == expected


def test_numbers_of_the_rows_are_no_codes_of_offers():
    table = columns(Nr=["1", "2", "3"], Aanbieder=["A", "B", "C"])
    assert match(list(table.columns), table)["Nr"] == ""
    assert match(["Nr"], columns(Nr=["1", "2", "7"]))["Nr"] == "offer_id"
    assert match(["Aanbod-id"], columns(**{"Aanbod-id": ["1", "2"]}))["Aanbod-id"] == "offer_id"


def test_a_heading_that_is_none_of_ours_is_not_used():
    assert match(["Kleur", "Telefoon", "E-mail"]) == dict.fromkeys(
        ["Kleur", "Telefoon", "E-mail"], ""
    )


def test_the_second_column_of_a_field_is_not_used():
    assert match(["Aanbieder", "Organisatie"]) == {"Aanbieder": "provider", "Organisatie": ""}


def columns(**values):
    return pd.DataFrame(values, dtype="str")


def test_columns_are_known_by_what_is_in_them():
    table = columns(
        Organisatie=["A", "B"],
        Kolom1=["1012 JS", "3511AB"],
        Kolom2=["Amsterdam; Diemen", "Utrecht"],
        Kolom3=["https://example.org/a", "https://example.org/b"],
        Kolom4=["rood", "groen"],
    )
    found = match(list(table.columns), table)
    assert [found[f"Kolom{n}"] for n in (1, 2, 3, 4)] == ["postcode", "service_area", "source", ""]


def test_two_columns_that_changed_places():
    table = columns(
        Organisatie=["A", "B", "C"],
        Postcode=["Amsterdam", "Utrecht", "Almere"],
        Plaats=["1012 JS", "3511AB", "1315"],
    )
    by_heading = match(list(table.columns))
    assert swapped(by_heading, table) == [("Postcode", "Plaats")]
    assert match(list(table.columns), table) == {
        "Organisatie": "provider",
        "Postcode": "place",
        "Plaats": "postcode",
    }


def test_a_municipality_without_an_address_is_the_service_area():
    assert match(["Aanbieder", "Gemeente"])["Gemeente"] == "service_area"
    assert match(["Aanbieder", "Gemeente", "Postcode"])["Gemeente"] == "municipality"
    several = columns(Aanbieder=["A"], Gemeente=["Almere; Urk"], Postcode=["1315 AB"])
    assert match(list(several.columns), several)["Gemeente"] == "service_area"


def test_every_column_has_a_heading_of_its_own():
    cells = _cells.Cells("a.csv", [(1, ["Naam", "", "Naam", "B"]), (2, ["a", "b"])])
    assert titles(cells) == ["Naam", "B", "Naam (2)", "B (2)"]
    assert sample(cells).loc[2].tolist() == ["a", "b", "", ""]


@pytest.mark.parametrize("name", FIELDS)
def test_fields_are_of_the_register(name):
    field = FIELDS[name]
    assert field.name == name
    if field.column:
        assert field.column in REGISTER[field.table].columns
    assert field.label
    assert field.meaning
    # Its own name and its label are headings too.
    assert match([name, "postcode"])[name] == name
    for heading in field.synonyms:
        assert match([heading])[heading] == name, heading


@given(st.lists(st.text(max_size=30), max_size=12, unique=True))
def test_any_headings_are_matched_with_fields_once(headings):
    found = match(headings)
    used = [field for field in found.values() if field]
    assert list(found) == headings
    assert len(used) == len(set(used))
    assert set(used) <= set(FIELDS)
