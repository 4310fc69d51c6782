"""Make the pictures of the README from the real app: ``python tools/screenshots.py``."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import expect  # noqa: E402

from tests.browser.driver import Visit, running_app, running_chromium  # noqa: E402

FOLDER = ROOT / "docs" / "images"
WIDTH, HEIGHT = 1280, 900

PICTURES = {
    "map-nl": {"gemeente": "GM0228"},
    "map-en": {"register": "example", "indeling": "study", "gemeente": "GM0193", "taal": "en"},
}
"""Name of each picture, and the choices that it shows."""


def main() -> None:
    """Write every picture to ``docs/images``."""
    expect.set_options(timeout=30_000)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running_app() as address, running_chromium() as browser:
        for name, choices in PICTURES.items():
            page = browser.new_page(
                viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light"
            )
            Visit(page, address).open(**choices)
            page.wait_for_timeout(1500)  # the map settles in its frame
            page.screenshot(path=FOLDER / f"{name}.png")
            page.close()
            print(f"docs/images/{name}.png")


if __name__ == "__main__":
    main()
