"""The sources of the shipped tables, as they appear in ``sources.csv``."""

from __future__ import annotations

import pandas as pd

COLUMNS = ["source_id", "title", "publisher", "url", "licence", "reference_date", "used_for"]

CC_BY = "CC BY 4.0"

SOURCES = [
    (
        "cbs_boundaries_2010",
        "Municipalities 2010, generalised (CBS gebiedsindelingen)",
        "CBS, Kadaster; by way of edwindj/nl_maps",
        "https://github.com/edwindj/nl_maps",
        CC_BY,
        "2010-01-01",
        "boundaries and names of 2010",
    ),
    (
        "cbs_boundaries_2025",
        "Municipalities 2025 (CBS gebiedsindelingen)",
        "CBS, Kadaster; by way of Hilbrand/slt",
        "https://github.com/Hilbrand/slt",
        CC_BY,
        "2025-01-01",
        "boundaries and names of 2025",
    ),
    (
        "changes_2003_2025",
        "Changes of municipal codes 2003-2025, derived by overlaying yearly maps",
        "derived from CBS, Kadaster",
        "https://www.cbs.nl/nl-nl/dossier/nederland-regionaal/gemeente",
        CC_BY,
        "2025-01-01",
        "crosswalk, names, provinces of 2010",
    ),
    (
        "regioatlas_2016",
        "Regioatlas: provinces, COROP regions and youth regions of 2016",
        "Ministerie van Binnenlandse Zaken en Koninkrijksrelaties",
        "https://www.regioatlas.nl",
        "not stated",
        "2016-01-01",
        "names of provinces, COROP regions and youth regions",
    ),
    (
        "cbs_83287NED",
        "Gebieden in Nederland 2016 (83287NED)",
        "CBS",
        "https://opendata.cbs.nl/statline/#/CBS/nl/dataset/83287NED/table",
        CC_BY,
        "2016-01-01",
        "codes of provinces and COROP regions, parts of the country",
    ),
    (
        "cbs_residents_2013",
        "Wijk- en buurtkaart 2013: residents and age groups by municipality",
        "CBS, Kadaster; by way of TNOCS/csWeb (MIT)",
        "https://github.com/TNOCS/csWeb",
        CC_BY,
        "2013-01-01",
        "residents of the edition 2010",
    ),
    (
        "cbs_85039NED",
        "Kerncijfers wijken en buurten 2021 (85039NED)",
        "CBS",
        "https://opendata.cbs.nl/statline/#/CBS/nl/dataset/85039NED/table",
        CC_BY,
        "2021-01-01",
        "residents of the edition 2025",
    ),
    (
        "cbs_83502NED",
        "Bevolking per viercijferige postcode, 1 januari 2021 (83502NED)",
        "CBS",
        "https://opendata.cbs.nl/statline/#/CBS/nl/dataset/83502NED/table",
        CC_BY,
        "2021-01-01",
        "residents per postcode, weights of the crosswalk, part of 15-24 that is under 18",
    ),
    (
        "cbs_pc4_2020",
        "Kerncijfers per viercijferige postcode 2020: centres of the areas",
        "CBS",
        "https://www.cbs.nl/nl-nl/dossier/nederland-regionaal/geografische-data",
        CC_BY,
        "2020-01-01",
        "points of postcodes",
    ),
    (
        "geonames_2024",
        "GeoNames postal codes, Netherlands",
        "GeoNames",
        "https://download.geonames.org/export/zip/",
        CC_BY,
        "2024",
        "places and municipalities of postcodes today",
    ),
    (
        "4pp_2010",
        "4pp: postcodes of the Netherlands",
        "bobdenotter/4pp",
        "https://github.com/bobdenotter/4pp",
        "MIT",
        "2010",
        "places and municipalities of postcodes in 2010",
    ),
    (
        "cbs_70809NED",
        "Voogdij, voorlopige voogdij en ondertoezichtstelling (70809NED), 2005-2007",
        "CBS",
        "https://www.cbs.nl/nl-nl/cijfers/detail/70809ned",
        CC_BY,
        "2007-12-31",
        "national orders of 2010: proportion of extensions, start of the trend",
    ),
    (
        "minister_2009",
        "Minister for Youth and Families, 27 April 2009: growth of new orders 2006-2008",
        "Tweede Kamer der Staten-Generaal",
        "https://zoek.officielebekendmakingen.nl",
        "public document, facts only",
        "2009-04-27",
        "national orders of 2010: upper bound of impositions",
    ),
    (
        "cbs_orders_2012",
        "Bijna 40.000 kinderen onder toezicht of voogdij: new in 2011, running in September 2012",
        "CBS and Ministerie van Veiligheid en Justitie, as reported by Sdu",
        "https://www.sdu.nl/content/sign-bijna-40000-kinderen-onder-toezicht-voogdij",
        "facts only",
        "2012-09-30",
        "national orders of 2010: lower bound of impositions, number running",
    ),
    (
        "ministry_2013",
        "Letter of the State Secretary, 22 November 2013: orders running at the end of 2010-2012",
        "Ministerie van Veiligheid en Justitie, as reported by Sdu",
        "https://www.sdu.nl/content/sign-26-aantal-ondertoezichtstellingen-voor-het-eerst-sinds-2007-onder-30000",
        "facts only",
        "2013-11-22",
        "national orders of 2010: check of the number running",
    ),
    (
        "cbs_protection_flow",
        "Jeugdbescherming en jeugdreclassering 2022: stock and flow by measure",
        "CBS",
        "https://www.cbs.nl/nl-nl/longread/rapportages/2023/jeugdbescherming-en-jeugdreclassering-2022/1-jeugdbescherming",
        CC_BY,
        "2022-12-31",
        "national orders of the edition 2025",
    ),
    (
        "cbs_82975NED",
        "Jeugdbeschermingsmaatregelen: supervision orders ended as planned, 2023 (82975NED)",
        "CBS",
        "https://opendata.cbs.nl/statline/#/CBS/nl/dataset/82975NED/table",
        CC_BY,
        "2023",
        "spatial pattern of the orders of the edition 2025; upper bound of extensions",
    ),
]


def catalogue() -> pd.DataFrame:
    """Table of all sources, sorted by source_id."""
    return pd.DataFrame(SOURCES, columns=COLUMNS).sort_values("source_id", ignore_index=True)
