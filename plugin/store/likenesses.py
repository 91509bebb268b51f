"""Issues as their words, and what was found to be alike: suggestions for unlinked work, pairs, and dismissals."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, cast, delete, func, select
from sqlalchemy.dialects.postgresql import JSONPATH, insert

from plugin.domain.audience import Audience
from plugin.domain.product import TagNames
from plugin.domain.verdict import State
from plugin.store.audience import shown
from plugin.store.tables import dismissal, duplicate, issue, suggestion, verdict
from plugin.suggestions.duplicates import Pair, Placed
from plugin.suggestions.objectives import Suggestion
from plugin.suggestions.words import LONGEST, Described

LATELY = 5_000
"""Issues of each kind that an objective's words are learned from, those that changed last."""
MOST_OPEN = 100_000
"""Open issues that are compared with each other, those that changed last: that takes seconds, and bounded memory."""
_BEGINNING = 300
_LOCK = 7_586_253_016  # any number that nobody else in the database takes


def alone(connection: Connection) -> bool:
    """Whether nobody else compares; until the transaction ends nobody else may begin."""
    return bool(connection.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))))


def lately(connection: Connection, product: str, state: State, tags: TagNames) -> list[tuple[Described, str | None]]:
    """Issues of the product in that state, with the objective of each."""
    statement = (
        _described(LONGEST, verdict.c.objective)
        .join(verdict, verdict.c.issue_id == issue.c.id)
        .where(verdict.c.product == product, verdict.c.state == state, issue.c.deleted.is_(False))
        .order_by(issue.c.updated.desc(), issue.c.id)
        .limit(LATELY)
    )
    return [(_read(row, tags), row.objective) for row in connection.execute(statement)]


def open_unlinked(connection: Connection, product: str, tags: TagNames) -> Iterator[Described]:
    """One batch in memory at a time."""
    statement = (
        _described(LONGEST)
        .join(verdict, verdict.c.issue_id == issue.c.id)
        .where(verdict.c.product == product, verdict.c.state == State.UNALIGNED, _open())
    )
    rows = connection.execute(statement.execution_options(yield_per=1_000))
    return (_read(row, tags) for row in rows)


def open_of_streams(connection: Connection, streams: Mapping[str, str], tags: TagNames) -> list[Placed]:
    """`streams` names the stream of each project. Issues are named by their ids; links and parents are resolved."""
    links = func.jsonb_path_query_array(issue.c.fields, cast("$.issuelinks[*].*.key", JSONPATH)).label("links")
    parent = issue.c.fields["parent"]["key"].astext.label("parent_key")
    statement = (
        _described(_BEGINNING, issue.c.key, issue.c.project, links, parent)
        .join(verdict, verdict.c.issue_id == issue.c.id)
        .where(issue.c.project.in_(sorted(streams)), verdict.c.state != State.OUT_OF_SCOPE, _open())
        .order_by(issue.c.updated.desc(), issue.c.id)
        .limit(MOST_OPEN)
    )
    rows = connection.execute(statement).all()
    ids = {row.key: row.id for row in rows}
    return [
        Placed(
            _read(row, tags),
            streams[row.project],
            frozenset(ids[key] for key in (*row.links, row.parent_key) if key in ids),
        )
        for row in rows
    ]


def _open() -> Any:
    category = issue.c.fields["status"]["category"]["key"].astext
    return issue.c.deleted.is_(False) & category.is_distinct_from("done")


def _described(characters: int, *more: Any) -> Select[Any]:
    return select(
        issue.c.id,
        issue.c.fields["summary"].astext.label("summary"),
        func.left(issue.c.fields["description"].astext, characters).label("description"),
        issue.c.fields["components"].label("components"),
        issue.c.fields["labels"].label("labels"),
        *more,
    )


def _read(row: Row[Any], tags: TagNames) -> Described:
    """Our own labels are no words: they would make what is tagged look like itself."""
    components = [f"component {one.get('name')}" for one in row.components or ()]
    ours = (tags.label_prefix, tags.unlinked_label)
    labels = [f"label {one}" for one in row.labels or () if not str(one).lower().startswith(ours)]
    return Described(row.id, row.summary or "", row.description or "", (*components, *labels))


def keep_suggestions(connection: Connection, product: str, found: Iterable[tuple[str, Suggestion]]) -> int:
    """In the place of all that the product had."""
    connection.execute(delete(suggestion).where(suggestion.c.product == product))
    rows = [{"issue_id": id, "product": product, **one.model_dump(mode="json")} for id, one in found]
    for at in range(0, len(rows), 5_000):
        statement = insert(suggestion).values(rows[at : at + 5_000])
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=[suggestion.c.issue_id],
                set_={name: statement.excluded[name] for name in ("product", "objective", "likeness", "words")},
            )
        )
    return len(rows)


def suggestions(connection: Connection, ids: Collection[str]) -> dict[str, Suggestion]:
    """Those that were found for these issues, by id. An objective may have ended since."""
    columns = (suggestion.c.issue_id, suggestion.c.objective, suggestion.c.likeness, suggestion.c.words)
    rows = connection.execute(select(*columns).where(suggestion.c.issue_id.in_(list(ids))))
    return {row.issue_id: Suggestion(objective=row.objective, likeness=row.likeness, words=row.words) for row in rows}


def keep_pairs(connection: Connection, found: Sequence[Pair]) -> None:
    """In the place of all that there were."""
    connection.execute(delete(duplicate))
    if found:
        connection.execute(insert(duplicate), [one.model_dump() for one in found])


@dataclass(frozen=True)
class Side:
    """One issue of a pair."""

    id: str
    key: str
    summary: str
    project: str
    stage: str


@dataclass(frozen=True)
class Candidates:
    """Two open issues that look alike. `words` are those that both have."""

    one: Side
    other: Side
    likeness: float
    words: tuple[str, ...]


def candidates(connection: Connection, audience: Audience) -> list[Candidates]:
    """Pairs that are still open and not dismissed, and of which the audience may see both; the likest first."""
    sides = []
    for column in (duplicate.c.one, duplicate.c.other):
        stage = issue.c.fields["status"]["name"].astext.label("stage")
        summary = issue.c.fields["summary"].astext.label("summary")
        statement = select(issue.c.id, issue.c.key, issue.c.project, summary, stage).join(
            duplicate, column == issue.c.id
        )
        rows = connection.execute(statement.where(shown(audience), _open())).all()
        sides.append({row.id: Side(row.id, row.key, row.summary or "", row.project, row.stage or "") for row in rows})
    away = dismissed(connection)
    pairs = connection.execute(select(duplicate).order_by(duplicate.c.likeness.desc(), duplicate.c.one)).all()
    return [
        Candidates(sides[0][row.one], sides[1][row.other], row.likeness, tuple(row.words))
        for row in pairs
        if row.one in sides[0] and row.other in sides[1] and (row.one, row.other) not in away
    ]


def dismissed(connection: Connection) -> frozenset[tuple[str, str]]:
    return frozenset((row.one, row.other) for row in connection.execute(select(dismissal.c.one, dismissal.c.other)))


def dismiss(connection: Connection, one: str, other: str, who: str) -> bool:
    """False where it was dismissed already."""
    first, second = sorted((one, other))
    statement = insert(dismissal).values(one=first, other=second, who=who).on_conflict_do_nothing()
    return connection.execute(statement.returning(dismissal.c.one)).first() is not None


def restore(connection: Connection, one: str, other: str) -> bool:
    """Takes a dismissal back; False where there was none."""
    first, second = sorted((one, other))
    statement = delete(dismissal).where(dismissal.c.one == first, dismissal.c.other == second)
    return bool(connection.execute(statement).rowcount)
