"""Who is signed in to the console, the one local admin, and what all web processes share. Time is the database's."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from plugin.store.tables import local_admin, refused_sign_in, secret, sign_in

Role = Literal["viewer", "admin"]


@dataclass(frozen=True)
class SignIn:
    """One browser that is signed in."""

    who: str
    role: Role
    began_at: datetime


def shared(connection: Connection, name: str, proposed: str) -> str:
    """The secret of that name; the proposed one where there was none yet. Every process gets the same answer."""
    connection.execute(insert(secret).values(name=name, value=proposed).on_conflict_do_nothing())
    return str(connection.scalar(select(secret.c.value).where(secret.c.name == name)))


def replace_secret(connection: Connection, name: str, value: str) -> None:
    statement = insert(secret).values(name=name, value=value)
    connection.execute(statement.on_conflict_do_update(index_elements=[secret.c.name], set_={"value": value}))


def spend_secret(connection: Connection, name: str, value: str) -> bool:
    """Whether that was the secret; it is gone then, and serves nobody else."""
    spent = connection.execute(
        delete(secret).where(secret.c.name == name, secret.c.value == value).returning(secret.c.name)
    )
    return spent.first() is not None


def holds_secret(connection: Connection, name: str, value: str) -> bool:
    return connection.scalar(select(secret.c.name).where(secret.c.name == name, secret.c.value == value)) is not None


def password_of(connection: Connection, name: str) -> str | None:
    """The encoded hash, None where there is no such admin."""
    found: str | None = connection.scalar(select(local_admin.c.password).where(local_admin.c.name == name))
    return found


def has_admin(connection: Connection) -> bool:
    return connection.scalar(select(func.count()).select_from(local_admin)) != 0


def set_password(connection: Connection, name: str, encoded: str) -> None:
    statement = insert(local_admin).values(name=name, password=encoded)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[local_admin.c.name], set_={"password": encoded, "set_at": func.now()}
        )
    )


def begin(connection: Connection, id: str, who: str, role: Role) -> None:
    connection.execute(insert(sign_in).values(id=id, who=who, role=role))


def of(connection: Connection, id: str, idle: timedelta, longest: timedelta) -> SignIn | None:
    """Who that is; None where the sign-in is unknown, was idle for too long, or is too old."""
    row = connection.execute(
        update(sign_in)
        .where(sign_in.c.id == id, sign_in.c.seen_at > func.now() - idle, sign_in.c.began_at > func.now() - longest)
        .values(seen_at=func.now())
        .returning(sign_in.c.who, sign_in.c.role, sign_in.c.began_at)
    ).first()
    return SignIn(**row._mapping) if row else None


def end(connection: Connection, id: str) -> None:
    connection.execute(delete(sign_in).where(sign_in.c.id == id))


def forget(connection: Connection, idle: timedelta, longest: timedelta, refused: timedelta) -> None:
    """Sign-ins that are over and refusals that count no more."""
    over = or_(sign_in.c.seen_at <= func.now() - idle, sign_in.c.began_at <= func.now() - longest)
    connection.execute(delete(sign_in).where(over))
    connection.execute(delete(refused_sign_in).where(refused_sign_in.c.at <= func.now() - refused))


def refuse(connection: Connection, source: str) -> None:
    connection.execute(insert(refused_sign_in).values(source=source))


def refused(connection: Connection, source: str, within: timedelta) -> int:
    """How often that address was refused of late."""
    recent = refused_sign_in.c.at > func.now() - within
    counted = select(func.count()).select_from(refused_sign_in).where(refused_sign_in.c.source == source, recent)
    return connection.scalar(counted) or 0
