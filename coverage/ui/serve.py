"""Streamlit's command in a process that has read the libraries, so that no reader waits for it."""

from __future__ import annotations

from streamlit.web.cli import main

import coverage.comparison
import coverage.map_file  # noqa: F401 - read before the first reader comes

if __name__ == "__main__":
    main(prog_name="streamlit")
