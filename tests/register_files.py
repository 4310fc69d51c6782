"""Small made-up register files for the tests of reading."""

import csv
import io

import pandas as pd

from coverage import schema

PROVIDER = {
    "provider_id": "P1",
    "name": "Stichting Verzonnen",
    "source": "https://example.org",
    "status": "observed",
}
LOCATION = {
    "location_id": "L1",
    "provider_id": "P1",
    "gm_code": "GM0363",
    "edition": "2010",
    "precision": "municipality",
    "source": "https://example.org",
    "status": "observed",
}
OFFER = {
    "offer_id": "O1",
    "provider_id": "P1",
    "name": "Gezinscoach",
    "offer_type": "family_support",
    "framework": "voluntary",
    "long_term": "yes",
    "service_area_type": "municipalities",
    "service_area": "GM0363;GM0034",
    "edition": "2010",
    "support": "present",
    "acceptance": "unknown",
    "coordination": "not_described",
    "mobilisation": "unknown",
    "assertive_outreach": "unknown",
    "source": "https://example.org",
    "status": "observed",
}
SEEN = {
    "gm_code": "GM0363",
    "edition": "2010",
    "date": "2010-07-13",
    "source": "CJG",
    "complete": "yes",
    "status": "entered",
}
COUNT = {"gm_code": "GM0363", "imposed": "12", "extended": "30"}
ROWS = {
    "providers": PROVIDER,
    "locations": LOCATION,
    "offers": OFFER,
    "inventory": SEEN,
    "demand": COUNT,
    "region_demand": {
        "region_set": "province",
        "region_code": "PV27",
        "imposed": "120",
        "extended": "300",
    },
    "covariate": {"gm_code": "GM0363", "covariate": "11.3"},
}
SCHEMAS = {**schema.REGISTER, **schema.DEMANDS}


def frame(name, *changes, drop=()):
    """Table of text, one valid row for each dict of changes; empty text elsewhere."""
    columns = [column for column in schema.columns(SCHEMAS[name]) if column not in drop]
    rows = [{**ROWS[name], **change} for change in changes]
    return pd.DataFrame(rows, columns=columns, dtype=object).fillna("").astype(str)


def text(table, delimiter=";", end="\r\n"):
    """Table as delimited text, as a spreadsheet writes it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end)
    writer.writerow(table.columns)
    writer.writerows(table.to_numpy().tolist())
    return out.getvalue()


def write(path, table, delimiter=";", encoding="utf-8-sig"):
    """Write a table as delimited text; the path again."""
    path.write_bytes(text(table, delimiter).encode(encoding))
    return path


def folder(path, **tables):
    """Write a register: valid providers and offers unless tables of them are given."""
    path.mkdir(exist_ok=True)
    tables = {"providers": frame("providers", {}), "offers": frame("offers", {}), **tables}
    for name, table in tables.items():
        write(path / f"{name}.csv", table)
    return path
