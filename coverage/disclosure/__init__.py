"""Small counts are protected before anything is calculated with them.

Protection happens once, on the table of counts. What is hidden keeps a range: the bounds that
anybody can calculate from all that is published. Whatever is made of these counts (demand, gaps,
ranks, colours, comparisons, exports) is a function of what is published, and so tells nothing
more.
"""

from coverage.disclosure.protection import (
    Audit,
    Protected,
    UnprotectedError,
    already_public,
    protect,
)
from coverage.disclosure.rule import Rule

__all__ = ["Audit", "Protected", "Rule", "UnprotectedError", "already_public", "protect"]
