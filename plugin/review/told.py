"""What people said on the page of a week, as the values that the next week is built with. Pure."""

import re
from collections.abc import Iterable

from plugin.review.merge.likeness import plain
from plugin.review.merge.memory import Memory
from plugin.review.merge.peoples import Cell, cells, lines, words
from plugin.review.model import PageVersion, Review, SaidAsk, Told
from plugin.review.regions import (
    ANSWER,
    ASK,
    BY_WHEN,
    CONFIDENCE,
    DECISIONS,
    EXCEPTIONS,
    EXPLANATION,
    LEAD_COMMENT,
    NEXT_STEP,
    OBJECTIVES,
    WHO,
)

_NUMBER = re.compile(r"^\D{0,3}(\d{1,2})(?!\d|[.,]\d)")


def told_on(review: Review, body: str, memory: Memory, page: PageVersion | None = None) -> Told:
    """What stands on the page of this review. A next step that people left as it was goes on.

    Raises MalformedError where the body is not storage format.
    """
    found = cells(body, memory)
    objectives = {plain(row.title): row.id for row in review.objectives}
    exceptions = {plain(one.words): one.id for one in review.exceptions}
    steps = _by_id(found, OBJECTIVES, NEXT_STEP, objectives)
    said = _by_id(found, OBJECTIVES, CONFIDENCE, objectives)
    numbers = {id: number for id, word in said.items() if (number := confidence(word)) is not None}
    titles = {row.id: row.title for row in review.objectives}
    went_on = {row.id: row.next_step for row in review.objectives if row.next_step and steps.get(row.id) != ""}
    return Told(
        confidence=numbers,
        next_steps=went_on | {id: step for id, step in steps.items() if step},
        explanations={id: why for id, why in _by_id(found, EXCEPTIONS, EXPLANATION, exceptions).items() if why},
        asks=_asks(review, lines(body, memory, DECISIONS)),
        lead=words(body, memory, LEAD_COMMENT),
        page=page,
        unreadable=tuple(
            f"“{word}” as the confidence in “{titles[id]}” is no number from 0 to 10, so the last one is kept."
            for id, word in said.items()
            if word and id not in numbers
        ),
    )


def _asks(review: Review, rows: list[dict[str, str]] | None) -> tuple[SaidAsk, ...] | None:
    """Rows by our id where their words are ours, else by their words; a row without words says nothing."""
    if rows is None:
        return None
    ours = {plain(one.words): one.id for one in review.asks if one.open}
    who, by, answer = plain(WHO), plain(BY_WHEN), plain(ANSWER)
    found = {}
    for row in rows:
        asked = row.get(plain(ASK), "")
        id = ours.get(plain(asked), plain(asked))
        if asked and id not in found:
            found[id] = SaidAsk(
                id=id, words=asked, who=row.get(who, ""), by=row.get(by, ""), answer=row.get(answer, "")
            )
    return tuple(found.values())


def confidence(words: str) -> int | None:
    """0 to 10 from what people write: 6, 6 of 10, 6/10, “6 (7)”. None where it is none of these."""
    found = _NUMBER.match(words.strip())
    number = int(found[1]) if found else None
    return number if number is not None and number <= 10 else None


def _by_id(found: Iterable[Cell], section: str, column: str, ids: dict[str, str]) -> dict[str, str]:
    wanted = (section, plain(column))
    return {ids[one.row]: one.words for one in found if (one.section, plain(one.column)) == wanted and one.row in ids}
