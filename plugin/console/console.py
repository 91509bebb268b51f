"""What the console's pages ask."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from plugin.alignment.rulebook import RuleBook
from plugin.checks import Checks
from plugin.jobs import Kind
from plugin.settings import Organisation


@dataclass(frozen=True)
class Console:
    """What its pages ask. `book` gives the rules in force, None before the first version."""

    engine: Engine
    book: Callable[[], RuleBook | None]
    checks: Checks
    clock: Callable[[], datetime]
    wake: Callable[[Kind], None]
    """Some worker will look at this kind of work soon."""
    organisation: Organisation | None = None
    """Where accounts come from; None: there is one local admin."""
