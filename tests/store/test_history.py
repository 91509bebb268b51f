"""What is kept of issues' histories, read back from the tables."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, func, insert, select, text

from plugin.domain.history import FieldChange
from plugin.store import engine_for, history
from plugin.store.tables import history as kept
from plugin.store.tables import person_key, span_stale, status
from tests.house import configuration, housed

NOON = datetime(2026, 11, 16, 12, 0, 0, 123_999, tzinfo=UTC)
STARTED = FieldChange(issue_id="1", change_id="7", at=NOON, field="status", from_="10", to="20")
TAKEN = FieldChange(issue_id="1", change_id="7", at=NOON, field="assignee", to="557058:ben")


def everything(connection: Connection) -> str:
    """All rows of the table as text."""
    return str(connection.scalar(text("SELECT string_agg(history::text, ' ') FROM history")))


def recorded(engine: Engine, *changes: FieldChange) -> int:
    with engine.begin() as connection:
        return history.record(connection, changes)


def test_a_change_told_twice_is_kept_once_and_people_only_as_hashes(database: str) -> None:
    engine = engine_for(database)
    with engine.begin() as connection:
        connection.execute(insert(status).values(id="20", name="Doing", category="indeterminate"))
    assert recorded(engine, STARTED, TAKEN, TAKEN) == 2
    handed = TAKEN.model_copy(update={"change_id": "8", "from_": "557058:ben", "to": None})
    assert recorded(engine, STARTED, handed.model_copy(update={"at": NOON + timedelta(hours=1)}), TAKEN) == 1
    with engine.connect() as connection:
        rows = connection.execute(select(kept).order_by(kept.c.change_id, kept.c.field)).all()
        ben = str(history.People(connection).hash("557058:ben"))
        assert [(one.change_id, one.field, one.from_value, one.to_value, one.category) for one in rows] == [
            ("7", "assignee", None, ben, None),
            ("7", "status", "10", "20", "indeterminate"),
            ("8", "assignee", ben, None, None),
        ]
        assert rows[0].at == 1_794_830_400_123
        assert "557058" not in everything(connection)
        assert connection.scalars(select(span_stale.c.issue_id)).all() == ["1"]
        assert connection.scalar(select(func.count()).select_from(person_key)) == 1
    engine.dispose()


def test_a_webhook_and_the_changelog_tell_the_same_change(database: str) -> None:
    """What the digest hears is known by the entry's id, so that reading the changelog later adds nothing."""
    with housed(database) as house:
        house.apply(configuration())
        house.listen()
        issue = house.sandbox.jira.create_issue("CHK", "Pay")
        entry = house.sandbox.jira.transition(issue.key, "In Progress")
        assert entry
        house.settle()
        with house.app.engine.begin() as connection:
            known = connection.execute(select(kept).where(kept.c.field == "status")).one()
            assert (known.issue_id, known.change_id, known.category) == (issue.id, entry.id, "indeterminate")
            again = FieldChange(
                issue_id=issue.id, change_id=entry.id, at=entry.created, field="status", to=known.to_value
            )
            assert history.record(connection, [again]) == 0
