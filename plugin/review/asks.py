"""Decisions and asks that wait for people: those that the numbers raise, and the open ones of the week before. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from plugin.domain.week import Week
from plugin.review.model import AskRow, ExceptionRow, Hunger, ObjectiveRow, Review, SaidAsk

TAKEN_OFF = "taken off the page"


class Raised(NamedTuple):
    """What the numbers ask. `words` hold no age and no share, so that the row is found again."""

    id: str
    words: str
    who: str = ""


def raised(
    exceptions: Iterable[ExceptionRow], objectives: Iterable[ObjectiveRow], hunger: Iterable[Hunger]
) -> Iterator[Raised]:
    for one in exceptions:
        if not one.answered:
            yield Raised(f"explain/{one.id}", f"Explain: {one.words}.", one.owner or "")
    for row in objectives:
        if not row.key_results:
            words = f"“{row.title}” has no key result: what number would tell that it helped?"
            yield Raised(f"key-result/{row.id}", words)
    for hungry in hunger:
        what = "gets far less" if hungry.kind == "starved" else "gets far more"
        words = f"“{hungry.title}” {what} than planned: change the plan or the work?"
        yield Raised(f"{hungry.kind}/{hungry.objective}", words)


def asks(
    found: Iterable[Raised], week: Week, before: Review | None, said: tuple[SaidAsk, ...] | None
) -> tuple[AskRow, ...]:
    """This week's, those of the numbers first; `said` are the rows of last week's page, None where it was not read.

    An answered row closes, and so does one that people took off the page. One of the numbers stays closed while they go
    on asking, and is not shown.
    """
    earlier = {one.id: one for one in before.asks} if before else {}
    stands = {one.id: one for one in said} if said is not None else {one.id: _as_said(one) for one in earlier.values()}
    asking = {one.id: one for one in found}
    return (
        *(_asked(one, week, earlier.get(one.id), stands) for one in asking.values()),
        *_carried([one for id, one in stands.items() if id not in asking], before, earlier),
    )


def _asked(one: Raised, week: Week, known: AskRow | None, stands: Mapping[str, SaidAsk]) -> AskRow:
    said = stands.get(one.id)
    answer = (said.answer if said else "") or (known.answer if known else "")
    if known and known.open and said is None:
        answer = TAKEN_OFF
    return AskRow(
        id=one.id,
        words=one.words,
        who=(said.who if said else "") or one.who,
        by=said.by if said else "",
        answer=answer,
        first_week=known.first_week if known else week,
        weeks=known.weeks + 1 if known else 1,
        by_numbers=True,
    )


def _carried(rows: Iterable[SaidAsk], before: Review | None, earlier: Mapping[str, AskRow]) -> Iterator[AskRow]:
    """Open rows that people wrote. One of the numbers that they no longer raise has closed by itself."""
    for one in rows:
        known = earlier.get(one.id)
        if before is None or one.answer or (known and known.by_numbers):
            continue
        yield AskRow(
            **one.model_dump(),
            first_week=known.first_week if known else before.week,
            weeks=known.weeks + 1 if known else 2,
        )


def _as_said(one: AskRow) -> SaidAsk:
    return SaidAsk(id=one.id, words=one.words, who=one.who, by=one.by, answer=one.answer)
