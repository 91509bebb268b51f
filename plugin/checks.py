"""Health facts, for /readyz and whoever else asks. A service that cannot reach Jira is up, and says so."""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, jsonify
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from plugin.store import accounts, changes, configurations, progress
from plugin.store.progress import Fact
from webhooks.inbox import Inbox

_SLOW = timedelta(minutes=5)


class Checks:
    """Every fact that can be told without asking Jira or Confluence: their last answers are kept in the store."""

    def __init__(self, engine: Engine, inbox: Inbox) -> None:
        self._engine, self._inbox = engine, inbox

    def all(self) -> list[Fact]:
        """The facts, the database's first; where that is gone there is nothing else to tell."""
        now = datetime.now(UTC)
        try:
            with self._engine.connect() as connection:
                known = progress.facts(connection)
                waiting, parked = changes.counts(connection)
                why = changes.parked_words(connection, most=3)
                version = configurations.active_version(connection)
                week = accounts.per_day(connection, (now - timedelta(days=6)).date(), now.date())
            backlog = self._inbox.waiting()
        except SQLAlchemyError:
            return [Fact(name="database", ok=False, words="the database does not answer; deliveries get 503", at=now)]
        slow = backlog.oldest is not None and backlog.oldest > _SLOW
        return [
            Fact(name="database", ok=True, words="answers", at=now),
            Fact(
                name="configuration",
                ok=version > 0,
                words=f"version {version} is in force" if version else "none is applied; run `plumbline apply`",
                at=now,
            ),
            Fact(
                name="inbox",
                ok=not slow,
                words=f"{backlog.number} deliveries wait" + (f", the oldest for {backlog.oldest}" if slow else ""),
                at=now,
            ),
            Fact(
                name="changes",
                ok=not parked,
                words=" · ".join([f"{waiting} changes wait to be written, {parked} are parked", *why]),
                at=now,
            ),
            Fact(name="changes in Jira", ok=True, words=_seen(week), at=now),
            *known,
        ]


def _seen(days: list[accounts.Day]) -> str:
    """Of the last seven days, in UTC."""
    live, recovered, lost = (sum(getattr(one, how) for one in days) for how in ("live", "recovered", "lost"))
    return f"in seven days {live:,} were seen live, {recovered:,} recovered by the sweep, {lost:,} lost"


def checks_blueprint(checks: Checks) -> Blueprint:
    """/healthz: the process answers. /readyz: 200 where deliveries can be stored, with every fact beside it."""
    routes = Blueprint("checks", __name__)

    @routes.get("/healthz")
    def healthz() -> Response:
        return jsonify({"ok": True})

    @routes.get("/readyz")
    def readyz() -> tuple[Response, int]:
        facts = checks.all()
        stores = all(one.ok for one in facts if one.name == "database")
        told = [one.model_dump(mode="json") for one in facts]
        return jsonify({"ready": stores, "well": all(one.ok for one in facts), "checks": told}), 200 if stores else 503

    return routes
