"""Where the files lie that come with the package."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def root() -> Path:
    """Folder that holds ``data`` and ``app.py``.

    Returns
    -------
    pathlib.Path
        The package folder in an installed wheel, the repository in a checkout.
    """
    package = Path(__file__).resolve().parent
    return package if (package / "data").is_dir() else package.parent


def data_dir(topic: str) -> Path:
    """Folder of one topic of the shipped data.

    Parameters
    ----------
    topic
        ``"municipalities"`` or ``"providers"``.

    Returns
    -------
    pathlib.Path
    """
    return root() / "data" / topic
