"""A list of offers as a manager keeps it, made of the public register, with real mistakes.

The same list each time. `MISTAKES` says which row has which, so that a test can say what must
become of it.
"""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from xml.sax.saxutils import escape

import openpyxl
import pandas as pd

from coverage import editions, tables
from coverage._files import data_dir
from coverage.register import Register, read_register

HEADINGS = {
    "provider": "Organisatie",
    "offer": "Naam aanbod",
    "street": "Straat",
    "house_number": "Huisnr",
    "postcode": "Pc",
    "place": "Woonplaats",
    "municipality": "Gemeente",
    "service_area": "Werkgebied",
    "framework": "Kader",
    "long_term": "Langdurig",
    "duration": "Duur",
    "capacity_families": "Capaciteit",
    "coordination": "Zorgcoördinatie",
    "evidence": "Bewijs",
    "source": "Bron",
    "source_date": "Peildatum",
    "note": "Opmerking",
}
"""Heading of each field of the list."""

FRAMEWORK = {"voluntary": "Vrijwillig", "compulsory": "Gedwongen", "both": "beide", "unknown": "?"}
YES = {"yes": "ja", "no": "nee", "unknown": "?"}
STATUS = {
    "present": "ja",
    "absent": "nee",
    "not_described": "niet beschreven",
    "unknown": "",
}


@dataclass(frozen=True)
class Mistake:
    """One mistake in a row: what was done to it, and the columns that it is in."""

    kind: str
    row: int
    heading: str


def flat(register: Register | None = None, edition: int = 2025) -> pd.DataFrame:
    """The offers of one edition of a register as a flat list, all text, without mistakes."""
    register = register or read_register(data_dir("providers"))
    own = register.offers[register.offers["edition"].eq(edition)].reset_index(drop=True)
    offers = own.apply(tables.as_text)
    providers = register.providers.set_index("provider_id")
    locations = register.locations.set_index("location_id").reindex(offers["location_id"])
    locations = locations.fillna({"address": "", "postcode": "", "place": "", "gm_code": ""})
    locations = locations.set_axis(offers.index)
    named = editions.names().drop_duplicates("gm_code").set_index("gm_code")["name"]
    regions = editions.load_edition(edition).regions
    region = dict(
        zip(
            regions["region_set"] + ":" + regions["region_code"],
            regions["region_name"],
            strict=True,
        )
    )
    areas = [
        _area(kind, area, named, region)
        for kind, area in zip(offers["service_area_type"], offers["service_area"], strict=True)
    ]
    street = locations["address"].str.extract(r"^(.*?)\s*(\d+\s*\w*)?$").fillna("")
    return pd.DataFrame(
        {
            "Organisatie": offers["provider_id"].map(providers["name"]),
            "Naam aanbod": offers["name"],
            "Straat": street[0],
            "Huisnr": street[1],
            "Pc": locations["postcode"].str.replace(" ", ""),
            "Woonplaats": locations["place"],
            "Gemeente": locations["gm_code"].map(named).fillna(""),
            "Werkgebied": areas,
            "Kader": offers["framework"].map(FRAMEWORK),
            "Langdurig": offers["long_term"].map(YES),
            "Duur": [
                _duration(low, high)
                for low, high in zip(
                    offers["duration_months_min"], offers["duration_months_max"], strict=True
                )
            ],
            "Capaciteit": offers["capacity_families"],
            "Zorgcoördinatie": offers["coordination"].map(STATUS),
            "Bewijs": offers["evidence"],
            "Bron": offers["source"],
            "Peildatum": offers["source_date"],
            "Opmerking": offers["note"],
        },
        dtype="str",
    )


def _area(kind: str, area: str, named: pd.Series, region: dict[str, str]) -> str:
    if kind == "municipalities":
        return ", ".join(named[code] for code in area.split(";"))
    if kind == "region":
        words = {"province": "provincie", "jeugdregio": "jeugdregio", "corop": "corop"}
        return f"{words[area.split(':', 1)[0]]} {region[area]}"
    return {"radius": f"{area} km", "country": "landelijk"}.get(kind, "")


def _duration(low: str, high: str) -> str:
    if low and high:
        return f"{low} maanden" if low == high else f"{low}-{high} maanden"
    if low or high:
        return f"minimaal {low} maanden" if low else f"maximaal {high} maanden"
    return ""


def worsened() -> tuple[pd.DataFrame, list[Mistake]]:
    """The list with mistakes, and which they are.

    Rows are numbered as in a file: the first is row 2. The rows that no mistake was made in
    are as they were.
    """
    table = flat()
    mistakes: list[Mistake] = []

    def put(row: int, kind: str, **cells: str) -> None:
        for heading, text in cells.items():
            table.loc[row - 2, heading.replace("_", " ")] = text
            mistakes.append(Mistake(kind, row, heading.replace("_", " ")))

    put(2, "postcode and place swapped", Pc="Zwolle", Woonplaats="8011AB")
    put(3, "old name", Werkgebied="Appingedam, Delfzijl, Loppersum", Gemeente="", Woonplaats="")
    put(4, "PO box", Straat="Postbus", Huisnr="255", Pc="4380 AG", Woonplaats="Vlissingen")
    put(4, "PO box", Gemeente="Vlissingen")
    put(5, "code as number", Werkgebied="363")
    put(6, "codes as numbers", Werkgebied="327;307")
    put(7, "about", Capaciteit="ca. 40")
    put(8, "decimal comma", Duur="4,5-12 maanden")
    put(9, "range", Capaciteit="30-40")
    put(10, "children", Capaciteit="25 kinderen")
    put(11, "ambiguous", Werkgebied="Bergen")
    put(12, "typing error", Werkgebied="Zutfen")
    put(13, "other spelling", Organisatie="'S HEEREN LOO")
    put(14, "no offer", Naam_aanbod="")
    put(15, "no provider", Organisatie="")
    put(16, "words", Kader="vrijwillig/gedwongen", Langdurig="JA")
    put(17, "sentence for status", Zorgcoördinatie="de gezinscoach heeft de regie")
    put(18, "date in words", Peildatum="13 juli 2022")
    put(19, "date in slashes", Peildatum="3/7/2022")
    put(20, "old name of the address", Gemeente="Boarnsterhim", Woonplaats="", Pc="", Straat="")
    # One provider in three ways, and a row that is there twice.
    for row, name in ((21, "Stichting Lokaal Team"), (22, "lokaal team"), (23, "Lokaal Teams")):
        put(row, "one provider in three ways", Organisatie=name)
    table.loc[len(table)] = table.loc[28]
    mistakes.append(Mistake("twice", len(table) + 1, "Naam aanbod"))
    nearly = table.loc[29].copy()
    nearly["Naam aanbod"] = nearly["Naam aanbod"].upper() + "!"
    table.loc[len(table)] = nearly
    mistakes.append(Mistake("twice", len(table) + 1, "Naam aanbod"))
    return table, mistakes


# --- files ------------------------------------------------------------------


def as_csv(table: pd.DataFrame, delimiter: str = ";", encoding: str = "cp1252") -> bytes:
    """Bytes of the list as a spreadsheet writes it; what cp1252 lacks becomes ``?``."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows(table.to_numpy().tolist())
    return out.getvalue().encode(encoding, errors="replace")


def as_xlsx(table: pd.DataFrame, *, title: str = "Aanbod 2025") -> bytes:
    """Bytes of a workbook: a title and merged headings above the list, numbers as numbers."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Lijst"
    sheet.append([title])
    sheet.append([])
    groups = [""] * len(table.columns)
    groups[2] = "Adres"
    sheet.append(groups)
    sheet.merge_cells("C3:G3")
    sheet.append(list(table.columns))
    for row in table.to_numpy().tolist():
        sheet.append([float(cell) if cell.isdecimal() else cell or None for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


_ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">
<office:body><office:spreadsheet><table:table table:name="Lijst">{rows}
<table:table-row table:number-rows-repeated="1048000">
<table:table-cell table:number-columns-repeated="16384"/></table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"""


def as_ods(table: pd.DataFrame) -> bytes:
    """Bytes of a sheet as LibreOffice keeps it, with a million empty rows below."""
    rows = [list(table.columns), *table.to_numpy().tolist()]
    body = "".join(
        "<table:table-row>"
        + "".join(
            '<table:table-cell office:value-type="string"><text:p>'
            f"{escape(cell)}</text:p></table:table-cell>"
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", _ODS.replace("\n", "").format(rows=body))
        archive.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0"?><manifest:manifest '
            'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    return out.getvalue()


FILES = {"csv": as_csv, "xlsx": as_xlsx, "ods": as_ods}
"""Ways to write the list, by ending."""
