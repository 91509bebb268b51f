"""Plans that are under way, so that one that was stopped goes on where it was."""

from sqlalchemy import Connection, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert

from plugin.store.tables import rehearsal


def found(connection: Connection, name: str) -> str | None:
    """What was kept under the name."""
    state: str | None = connection.scalar(select(rehearsal.c.state).where(rehearsal.c.name == name))
    return state


def keep(connection: Connection, name: str, state: str) -> None:
    """Under the name, in place of what was there. What nobody went on with for a day is given up."""
    statement = insert(rehearsal).values(name=name, state=state)
    again = {"state": state, "at": func.now()}
    connection.execute(statement.on_conflict_do_update(index_elements=[rehearsal.c.name], set_=again))
    connection.execute(delete(rehearsal).where(rehearsal.c.at < func.now() - text("interval '1 day'")))


def drop(connection: Connection, name: str) -> None:
    connection.execute(delete(rehearsal).where(rehearsal.c.name == name))
