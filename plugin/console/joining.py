"""How the console's pages join the web application."""

from flask import Blueprint, Flask
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect

from plugin.console import activity, duplicates, issue, linking, overview, status, telling, tokens, unlinked
from plugin.console.console import Console
from plugin.console.door import headers, signing_in
from plugin.console.door.cookies import SharedKey
from plugin.console.door.who import Guard
from plugin.console.rules import applying, draft, editor, export, files, history, life, listing, live, objectives

COOKIE = "plumbline"
RULES = (listing, editor, live, draft, applying, files, history, export, objectives, life)
PAGES = (signing_in, overview, *RULES, unlinked, linking, duplicates, issue, status, activity, tokens)


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
    pages: list[Blueprint] = [module.routes(console) for module in PAGES]
    if console.organisation:
        from plugin.console.door.organisation import add_organisation  # its libraries are for those who use them

        pages.append(add_organisation(flask, console, console.organisation))
    for routes in pages:
        guard.protect(routes)
        flask.register_blueprint(routes)
    flask.after_request(headers.add)
    telling.register(flask)
