"""What people said on the page of a week, as the values that the next week is built with. Pure."""

import re
from collections.abc import Iterable

from plugin.review.merge.likeness import plain
from plugin.review.merge.memory import Memory
from plugin.review.merge.peoples import Cell, cells
from plugin.review.model import Review, Told
from plugin.review.regions import CONFIDENCE, EXCEPTIONS, EXPLANATION, NEXT_STEP, OBJECTIVES

_NUMBER = re.compile(r"^\D{0,3}(\d{1,2})(?!\d|[.,]\d)")


def told_on(review: Review, body: str, memory: Memory) -> Told:
    """What stands on the page of this review. A next step that people left as it was goes on.

    Raises MalformedError where the body is not storage format.
    """
    found = cells(body, memory)
    objectives = {plain(row.title): row.id for row in review.objectives}
    exceptions = {plain(one.words): one.id for one in review.exceptions}
    steps = _by_id(found, OBJECTIVES, NEXT_STEP, objectives)
    said = _by_id(found, OBJECTIVES, CONFIDENCE, objectives)
    numbers = {id: number for id, words in said.items() if (number := confidence(words)) is not None}
    titles = {row.id: row.title for row in review.objectives}
    went_on = {row.id: row.next_step for row in review.objectives if row.next_step and steps.get(row.id) != ""}
    return Told(
        confidence=numbers,
        next_steps=went_on | {id: words for id, words in steps.items() if words},
        explanations={id: words for id, words in _by_id(found, EXCEPTIONS, EXPLANATION, exceptions).items() if words},
        unreadable=tuple(
            f"“{words}” as the confidence in “{titles[id]}” is no number from 0 to 10, so the last one is kept."
            for id, words in said.items()
            if words and id not in numbers
        ),
    )


def confidence(words: str) -> int | None:
    """0 to 10 from what people write: 6, 6 of 10, 6/10, “6 (7)”. None where it is none of these."""
    found = _NUMBER.match(words.strip())
    number = int(found[1]) if found else None
    return number if number is not None and number <= 10 else None


def _by_id(found: Iterable[Cell], section: str, column: str, ids: dict[str, str]) -> dict[str, str]:
    wanted = (section, plain(column))
    return {ids[one.row]: one.words for one in found if (one.section, plain(one.column)) == wanted and one.row in ids}
