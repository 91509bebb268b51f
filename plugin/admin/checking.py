"""One condition looked at while it is written: what is wrong with it and where, and how many issues it would match."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from plugin import jql
from plugin.alignment.moves import place
from plugin.domain.audience import Audience
from plugin.domain.verdict import Verdict
from plugin.jql.fields import NAMES
from plugin.store import rules

LOOKS = 1.0
"""Seconds after which counting ends with what it has."""

LONGEST = 20_000
"""Characters of a condition; the parser reads no more."""

BATCH, SAMPLE = 4000, 8


@dataclass(frozen=True)
class Wrong:
    """`start` and `stop` are offsets in characters, line and column count from 1; `hint` is "" where none is known."""

    message: str
    hint: str
    line: int
    column: int
    start: int
    stop: int
    drawn: str
    """The faulty line with carets below the fault."""


@dataclass(frozen=True)
class Example:
    """An issue that it matches, and where the issue stands today, in words."""

    key: str
    summary: str
    stands: str


@dataclass(frozen=True)
class Matches:
    """Of the issues that the reader may see: `asked` were looked at, `matched` of them match within the scope, and of
    `unknown` a field is not known. Not `whole` where the time was over before the issues were."""

    asked: int
    matched: int
    unknown: int
    whole: bool
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class Check:
    """Either `wrong`, or what the author should know and what it matches."""

    wrong: Wrong | None = None
    notices: tuple[str, ...] = ()
    matches: Matches | None = None


def check(
    connection: Connection,
    condition: str,
    scope: str,
    how: "tuple[jql.SiteFacts, Audience, datetime]",
    timer: Callable[[], float] = time.monotonic,
) -> Check:
    """Reads the condition as the loader does, and counts for LOOKS seconds. A scope that is no JQL bounds nothing."""
    facts, audience, now = how
    timed = replace(facts, timer=True)
    try:
        asked = jql.compile(condition[: LONGEST + 1], timed)
    except jql.JqlError as error:
        return Check(wrong=_wrong(error))
    try:
        around = jql.compile(scope, timed)
    except jql.JqlError:
        around = jql.compile("", timed)
    return Check(notices=asked.notices, matches=_matches(connection, (asked, around), (audience, now), timer))


def _wrong(error: jql.JqlError) -> Wrong:
    spot = error.place
    return Wrong(error.message, error.hint, spot.line, spot.column, spot.start, spot.stop, spot.drawn())


def _matches(
    connection: Connection,
    conditions: tuple[jql.Condition, jql.Condition],
    reader: tuple[Audience, datetime],
    timer: Callable[[], float],
) -> Matches:
    projection = jql.Projection(conditions)
    audience, now = reader
    ends, asked, matched, unknown, whole = timer() + LOOKS, 0, 0, 0, True
    found: list[str] = []
    for rows in rules.told(connection, projection.fields, audience, BATCH):
        batch = projection.batch(rows, now)
        here, inside = (batch.matches(one) for one in conditions)
        both = here.matched & inside.matched
        asked += len(rows)
        matched += both.bit_count()
        unknown += ((here.unknown & (inside.matched | inside.unknown)) | (here.matched & inside.unknown)).bit_count()
        found += [rows[at][0] for at in _first(both, SAMPLE - len(found))]
        if timer() >= ends:
            whole = len(rows) < BATCH
            break
    named = rules.by_ids(connection, found, audience)
    examples = tuple(Example(one.key, one.summary, _stands(body)) for one, body in named)
    return Matches(asked, matched, unknown, whole, examples)


def _first(bits: int, most: int) -> Iterator[int]:
    for number, at in enumerate(jql.places(bits)):
        if number >= most:
            return
        yield at


def _stands(body: object) -> str:
    return place(Verdict.model_validate(body) if body else None)


@dataclass(frozen=True)
class Words:
    """What may be written: fields by the names that JQL takes, and values by the field's name in small letters."""

    fields: tuple[str, ...]
    values: dict[str, list[str]]


MOST_VALUES, AMONG = 200, 2000


def words(connection: Connection, facts: jql.SiteFacts) -> Words:
    """Of the site, and of the newest issues for what the site does not list."""
    custom = sorted(name for id, name in facts.fields.items() if id.startswith("customfield_"))
    values = {field.lower(): sorted(set(names))[:MOST_VALUES] for field, names in facts.values.items()}
    values |= {field.lower(): names for field, names in rules.seen_values(connection, AMONG, MOST_VALUES).items()}
    values["statuscategory"] = ["Done", "In Progress", "To Do"]
    return Words((*NAMES, *custom), values)
