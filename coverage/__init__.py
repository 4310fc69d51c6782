"""Dekkend: the offer of long-term voluntary family support against its demand.

Examples
--------
>>> import coverage
>>> edition = coverage.load_edition(2010)
>>> register = coverage.read_register(coverage.PUBLIC_REGISTER)
>>> assessment = coverage.assess(edition, register)
>>> len(assessment.municipalities)
431
"""

from coverage._files import data_dir
from coverage.assessment import Assessment, assess
from coverage.editions import EDITIONS, Edition, load_edition
from coverage.faults import BadInputError, Fault
from coverage.register import Register, read_register
from coverage.settings import Settings

PUBLIC_REGISTER = data_dir("providers")
"""Folder of the register that is made from public pages. It is partial."""

EXAMPLE_REGISTER = PUBLIC_REGISTER / "example"
"""Folder of the made-up register, to try the tool with."""

__all__ = [
    "EDITIONS",
    "EXAMPLE_REGISTER",
    "PUBLIC_REGISTER",
    "Assessment",
    "BadInputError",
    "Edition",
    "Fault",
    "Register",
    "Settings",
    "assess",
    "load_edition",
    "read_register",
]
