"""Make the pictures of README and handleiding from the real app: ``python tools/screenshots.py``.

Names of pictures after the command make only those.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import expect  # noqa: E402

from tests import worsened  # noqa: E402
from tests.browser.driver import Visit, running_app, running_chromium  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

FOLDER = ROOT / "docs" / "images"
WIDTH, HEIGHT = 1280, 900
LARGEST = 300_000
"""Bytes of a picture: who reads the README on a phone loads them all."""


@dataclass(frozen=True)
class Picture:
    """What is to be seen on a picture.

    Attributes
    ----------
    page
        Name of the page in the address; empty for the map.
    choices
        Choices in the address.
    height
        Pixels of the window.
    at
        CSS selector of what the page is scrolled to; empty for its top.
    only
        CSS selector of the one element that is shown; empty for the window.
    upload
        Whether a list of offers is handed over first.
    """

    page: str = ""
    choices: dict[str, str] = field(default_factory=dict)
    height: int = HEIGHT
    at: str = ""
    only: str = ""
    upload: bool = False


PICTURES = {
    "map-nl": Picture(choices={"gemeente": "GM0228"}),
    "map-en": Picture(
        choices={"register": "example", "indeling": "study", "gemeente": "GM0193", "taal": "en"}
    ),
    "handleiding-kaart": Picture(choices={"gemeente": "GM0228"}, height=1000),
    "handleiding-legenda": Picture(only=".coverage-legend"),
    "handleiding-gemeente": Picture("gemeente", {"gemeente": "GM0228"}, height=1100),
    "handleiding-tekorttabel": Picture("tekorttabel", {"indeling": "province", "regio": "PV26"}),
    "handleiding-vergelijk": Picture("vergelijk", height=1150),
    "handleiding-instellingen": Picture(
        "verantwoording", {"opgelegd": "0.05"}, at="#coverage-settings"
    ),
    "handleiding-inlezen": Picture("inlezen", height=1700, upload=True),
    "handleiding-inventarisatie": Picture("inventarisatie", height=1000),
}
"""Pictures by the name of their file."""


def take(page: Page, address: str, picture: Picture) -> bytes:
    """Take a picture of the app.

    Parameters
    ----------
    page
        Tab of a browser.
    address
        Where the app runs.
    picture
        What to show.

    Returns
    -------
    bytes
        PNG.
    """
    page.set_viewport_size({"width": WIDTH, "height": picture.height})
    visit = Visit(page, address).open(picture.page, **picture.choices)
    if picture.upload:
        file = {"name": "aanbod.csv", "mimeType": "text/csv", "buffer": _list_of_offers()}
        page.locator("input[type=file]").set_input_files(file)
        visit.settle()
    page.wait_for_timeout(1500)  # the map settles
    if picture.at:
        page.locator(picture.at).evaluate("(element) => element.scrollIntoView()")
        page.wait_for_timeout(300)
    shown = page.locator(picture.only).first if picture.only else page
    # All colours: fewer would turn those of a small municipality into another.
    image: bytes = shown.screenshot()
    return image


def _list_of_offers() -> bytes:
    return worsened.as_csv(worsened.worsened()[0])


@contextmanager
def _workspace() -> Iterator[dict[str, str]]:
    """Environment of an app with an empty own register, used by somebody with a name."""
    with TemporaryDirectory() as folder:
        name = Path(folder) / "dekkend" / "name.txt"
        name.parent.mkdir()
        name.write_text("CJG\n", encoding="utf-8")
        yield {"DEKKEND_WORKSPACE": f"{folder}/workspace.db", "XDG_CONFIG_HOME": folder}


def main(names: list[str]) -> int:
    """Write the pictures to ``docs/images``; exit code 1 if one is too large."""
    expect.set_options(timeout=30_000)
    FOLDER.mkdir(parents=True, exist_ok=True)
    too_large = False
    with (
        _workspace() as environment,
        running_app(**environment) as address,
        running_chromium() as browser,
    ):
        for name in names or PICTURES:
            page = browser.new_page(color_scheme="light")
            image = take(page, address, PICTURES[name])
            page.close()
            (FOLDER / f"{name}.png").write_bytes(image)
            too_large |= len(image) > LARGEST
            print(f"docs/images/{name}.png: {len(image) / 1000:.0f} kB")
    return int(too_large)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
