"""How far a plan has come: counts and a few names, so that one that was stopped goes on where it was.

It is kept under a hash of all that the plan depends on beside the issues, and dropped when the plan is told.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pydantic import Field
from sqlalchemy import Engine

from plugin.admin.back_test import Sides
from plugin.admin.flags_this_week import HandedOut
from plugin.alignment.lint import Reached
from plugin.alignment.moves import Moved
from plugin.domain.frozen import Frozen
from plugin.store import rehearsals


class Halfway(Frozen):
    """The state between two batches. An id is the last that was read, "" before the first."""

    begun: datetime
    counted_to: str = ""
    """For what the rules reach."""
    reached: Reached = Reached()
    decided_to: str = ""
    issues: int = 0
    """How many of them were decided."""
    moves: tuple[Moved, ...] = ()
    calls: dict[str, int] = Field(default_factory=dict)
    held: int = 0
    flags: HandedOut = HandedOut()
    undecidable: tuple[str, ...] = ()
    tallies: tuple[Sides, ...] = ()
    """Of each back-test."""


class Keep(Protocol):
    """Where plans that are under way are kept, by the hash of what they depend on."""

    def found(self, name: str) -> Halfway | None: ...

    def keep(self, name: str, halfway: Halfway) -> None: ...

    def drop(self, name: str) -> None: ...


class Nowhere:
    """A plan that is stopped begins anew."""

    def found(self, name: str) -> Halfway | None:
        return None

    def keep(self, name: str, halfway: Halfway) -> None:
        pass

    def drop(self, name: str) -> None:
        pass


@dataclass(frozen=True)
class InStore:
    """On connections of its own, as the one that a plan reads by refuses every write."""

    engine: Engine

    def found(self, name: str) -> Halfway | None:
        with self.engine.connect() as connection:
            state = rehearsals.found(connection, name)
        return Halfway.model_validate_json(state) if state else None

    def keep(self, name: str, halfway: Halfway) -> None:
        with self.engine.begin() as connection:
            rehearsals.keep(connection, name, halfway.model_dump_json())

    def drop(self, name: str) -> None:
        with self.engine.begin() as connection:
            rehearsals.drop(connection, name)
