"""Process beside the tests of the workspace: commits, races and is killed.

``python -m tests.workspace_worker TASK URL [NUMBER]``; each line it prints is a fact that the
test may rely on.
"""

import os
import sys

from coverage.register import Register
from coverage.workspace import ConflictError, RevisionKind, Workspace
from tests import register_files

OFFERS = 400
"""Rows of each revision that is made while the process waits to be killed."""


def marked(number, count=OFFERS):
    """Register whose every offer says which revision it is of; some rows come and go."""
    offers = register_files.frame("offers", *({"offer_id": f"O{row}"} for row in range(count)))
    offers = offers.assign(note=f"revision {number}")
    offers.loc[::7, "offer_id"] += f"-{number}"
    return Register.from_tables(register_files.frame("providers", {}), None, offers)


def say(*words):
    print(*words, flush=True)  # noqa: T201 - what the test reads


def commit(workspace, number, count=1):
    return workspace.commit(
        marked(number, count), parent=number - 1, author=str(os.getpid()), note="", kind="import"
    )


def work(workspace, ready):
    """Make revisions of these registers by turns until the end, which comes from outside."""
    # Of the time of a commit most would go to checking; what is killed is to be the writing.
    Register.from_tables = staticmethod(Register)
    last = workspace.latest()
    number = last.number if last else 0
    while True:
        number += 1
        register = ready[number % 2]
        offers = register.offers.assign(note=f"revision {number}")
        one = Register(register.providers, register.locations, offers, register.inventory)
        workspace.commit(
            one, parent=number - 1, author="", note=f"{number}", kind=RevisionKind.IMPORT
        )
        say("made", number)


def main(task, url, number="1"):
    ready = [marked(0), marked(1)] if task == "work" else []
    say("loaded")
    if task == "race":
        sys.stdin.readline()  # so that several begin at once
    with Workspace.open(url) as workspace:
        say("opened")
        if task == "work":
            work(workspace, ready)
        elif task in {"commit", "race"}:
            try:
                say("made", commit(workspace, int(number)).number)
            except ConflictError as error:
                say("conflict", error.latest.number, error.latest.author)


if __name__ == "__main__":
    main(*sys.argv[1:])
