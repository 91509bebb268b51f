"""Who asks, and whether that role may. Whatever is not said to be open needs a sign-in; what is an admin's says so."""

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Blueprint, abort, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect
from sqlalchemy import Connection, Engine

from plugin.domain.audience import EVERYTHING, Audience
from plugin.domain.product import Site
from plugin.store import sign_ins
from plugin.store.sign_ins import Role

IDLE, LONGEST = timedelta(hours=2), timedelta(hours=12)
"""A sign-in ends after so long without a request, and after so long in any case."""

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Reader:
    """Who is signed in."""

    name: str
    role: Role

    @property
    def admin(self) -> bool:
        return self.role == "admin"

    def audience(self, site: Site | None) -> Audience:
        """What the reader may see by name; before rules are in force there is nothing to see."""
        if self.admin:
            return EVERYTHING
        plan = site.audience if site else None
        projects = None if plan is None or plan.viewers is None else frozenset(plan.viewers)
        return Audience(projects=projects, restricted=frozenset(plan.restricted) if plan else frozenset())


def open_to_all(view: View) -> View:
    """A page for those who are not signed in."""
    view.open_to_all = True  # type: ignore[attr-defined]
    return view


def admins_only(view: View) -> View:
    view.admins_only = True  # type: ignore[attr-defined]
    return view


class Guard:
    """Stands before every page of the console."""

    def __init__(self, engine: Engine, csrf: CSRFProtect) -> None:
        self._engine, self._csrf = engine, csrf

    def protect(self, routes: Blueprint) -> None:
        routes.before_request(self._let_in)

    def _let_in(self) -> ResponseReturnValue | None:
        from flask import current_app

        endpoint = request.endpoint or ""
        if endpoint.endswith(".static"):
            return None
        view = current_app.view_functions[endpoint]
        g.reader = self._reader()
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            self._csrf.protect()
        if getattr(view, "open_to_all", False):
            return None
        if g.reader is None:
            return redirect(url_for("door.sign_in", next=here()))
        if getattr(view, "admins_only", False) and not g.reader.admin:
            abort(403)
        return None

    def _reader(self) -> Reader | None:
        held = session.get("sign_in")
        if not isinstance(held, str):
            return None
        with self._engine.begin() as connection:
            found = sign_ins.of(connection, hashed(held), IDLE, LONGEST)
        if found is None:
            session.clear()
            return None
        return Reader(found.who, found.role)


def reader() -> Reader:
    """Who asks; only behind the guard."""
    found: Reader = g.reader
    return found


def begin(connection: Connection, who: str, role: Role) -> None:
    """Signs in. Nothing of the session before it stays, so that nobody can have planted it."""
    session.clear()
    held = secrets.token_urlsafe(32)
    session["sign_in"] = held
    sign_ins.begin(connection, hashed(held), who, role)


def end(connection: Connection) -> None:
    held = session.get("sign_in")
    if isinstance(held, str):
        sign_ins.end(connection, hashed(held))
    session.clear()


def hashed(secret: str) -> str:
    """As it is kept: a copy of the store signs nobody in. They are too long to be guessed, so there is no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


def here() -> str:
    """The page that was asked for, to come back to; forms are not sent again."""
    return request.full_path.rstrip("?") if request.method == "GET" else "/"


def way_back(wanted: str | None) -> str:
    """The address within this console, or its first page: never another site's."""
    if not wanted or not wanted.isprintable() or not re.match(r"/(?![/\\])", wanted):
        return "/"
    parts = urlsplit(wanted)
    return "/" if parts.scheme or parts.netloc else wanted
