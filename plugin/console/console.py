"""What the console is made of, and how it joins the web application."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Flask
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect
from sqlalchemy import Engine

from plugin.alignment.rulebook import RuleBook
from plugin.checks import Checks
from plugin.console import activity, issue, overview, status, telling, tokens
from plugin.console.door import headers, signing_in
from plugin.console.door.cookies import SharedKey
from plugin.console.door.organisation import add_organisation
from plugin.console.door.who import Guard
from plugin.settings import Organisation

COOKIE = "plumbline"


@dataclass(frozen=True)
class Console:
    """What its pages ask. `book` gives the rules in force, None before the first version."""

    engine: Engine
    book: Callable[[], RuleBook | None]
    checks: Checks
    clock: Callable[[], datetime]
    organisation: Organisation | None = None
    """Where accounts come from; None: there is one local admin."""


def add_console(flask: Flask, console: Console) -> None:
    """Adds every page. The webhook receiver, the checks and the API keep their own ways in."""
    flask.config |= {
        "SESSION_COOKIE_NAME": COOKIE,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "BOOTSTRAP_SERVE_LOCAL": True,
        "WTF_CSRF_CHECK_DEFAULT": False,
        "WTF_CSRF_TIME_LIMIT": None,  # as long as its session
    }
    flask.session_interface = SharedKey(console.engine)
    Bootstrap5(flask)
    csrf = CSRFProtect(flask)
    guard = Guard(console.engine, csrf)
    pages: list[Blueprint] = [
        module.routes(console) for module in (signing_in, overview, issue, status, activity, tokens)
    ]
    if console.organisation:
        pages.append(add_organisation(flask, console, console.organisation))
    for routes in pages:
        guard.protect(routes)
        flask.register_blueprint(routes)
    flask.after_request(headers.add)
    telling.register(flask)
