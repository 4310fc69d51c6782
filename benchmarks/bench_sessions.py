"""What one more reader costs the server: memory a session, after the first has loaded all."""

from __future__ import annotations

import time
from pathlib import Path

from tests.browser.driver import running_chromium, started_app

SESSIONS = 12
_PAGES = ("Gap table", "Compare regions", "Municipality", "Method and sources", "Map")


def run() -> None:
    """Print the memory of a session that has opened every page."""
    if not Path("/proc/self/status").exists():
        print("memory a session: can be measured on Linux only")
        return
    with started_app() as (address, server), running_chromium() as browser:

        def read() -> None:
            """One reader, who opens every page and leaves the browser open."""
            page = browser.new_context().new_page()
            page.goto(f"{address}/?taal=en&gemeente=GM0193")
            for name in _PAGES:
                page.get_by_role("link", name=name, exact=True).first.click()
                page.wait_for_timeout(1500)

        read()
        read()
        before = _megabytes(server.pid)
        for _ in range(SESSIONS):
            read()
        time.sleep(1)
        after = _megabytes(server.pid)
    print(
        f"memory of the server: {before:.0f} MB for two readers, and "
        f"{(after - before) / SESSIONS:.1f} MB for each of {SESSIONS} more"
    )


def _megabytes(pid: int) -> float:
    """Memory of a process that no other shares, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    anonymous = next(line for line in lines if line.startswith("RssAnon"))
    return int(anonymous.split()[1]) / 1024
