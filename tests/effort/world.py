"""A small product's past, written into the tables as the path would, hour by hour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from plugin.domain.effort import EffortOfWeek
from plugin.domain.history import FieldChange
from plugin.domain.issue import Snapshot
from plugin.domain.product import Configuration, Objective, Product, ProductFacts, ReviewPlan, Site, Stream
from plugin.domain.verdict import State, Verdict
from plugin.domain.week import Quarter, Week
from plugin.effort.measure import Measure, measure
from plugin.store import effort, history, snapshots, verdicts

ZONE = ZoneInfo("Europe/Dublin")
POINTS = "customfield_10016"
STATUSES = {"1": ("To Do", "new"), "2": ("In Progress", "indeterminate"), "3": ("Done", "done")}


def local(day: str, hour: int = 0) -> datetime:
    """That hour of the day in Dublin."""
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=ZONE)


def product(id: str, streams: Mapping[str, Sequence[str]], objectives: Sequence[str]) -> Product:
    first = next(iter(streams))
    return Product(
        product=ProductFacts(id=id, name=id),
        scope="project is not EMPTY",
        streams=tuple(Stream(id=name, name=name, projects=tuple(keys)) for name, keys in streams.items()),
        objectives=tuple(
            Objective(id=one, stream=first, title=one, quarter=Quarter.parse("2026-Q4")) for one in objectives
        ),
    )


def configuration(*products: Product, holidays: Sequence[date] = ()) -> Configuration:
    site = Site(time_zone="Europe/Dublin", holidays=tuple(holidays), review=ReviewPlan(space="PROD"))
    return Configuration(site=site, products=products)


@dataclass
class World:
    """Issues are added with their beginning and what happened; `verdict` None is out of scope."""

    connection: Connection
    configuration: Configuration
    changes: list[FieldChange] = field(default_factory=list)
    _entries: int = 0

    def issue(
        self,
        id: str,
        project: str,
        verdict: str | None,
        parent: str | None = None,
        estimate: int | None = None,
        **given: Any,
    ) -> None:
        """`verdict` is `aligned o1`, `tagged o1`, `exempt c1`, `unaligned` or `undecided`; it begins in To Do."""
        created = given.pop("created", "2026-10-01T08:00:00.000+00:00")
        state = {"id": "1", "name": "To Do", "category": {"id": "2", "key": "new", "name": "To Do"}}
        fields = {"project": {"key": project}, "status": state, "created": created, "assignee": None}
        fields |= {"parent": {"id": parent, "key": ""} if parent else None, POINTS: estimate, **given}
        told = Snapshot(id=id, key=f"{project}-{id}", updated=datetime(2026, 10, 1, tzinfo=UTC), fields=fields)
        snapshots.upsert(self.connection, [told])
        for status, (name, category) in STATUSES.items():
            self.connection.exec_driver_sql(
                "INSERT INTO status VALUES (%s, %s, %s) ON CONFLICT (id) DO UPDATE SET category = EXCLUDED.category",
                (status, name, category),
            )
        made = self._verdict(verdict)
        verdicts.record(self.connection, {id: made}, {}, datetime(2026, 10, 1, tzinfo=UTC))

    def _verdict(self, words: str | None) -> Verdict:
        home = self.configuration.products[0].id
        state, _, name = (words or "out of scope").partition(" ")
        match state:
            case "aligned":
                return Verdict(state=State.ALIGNED, product=home, objective=name, how="rule")
            case "tagged":
                return Verdict(state=State.ALIGNED, product=home, objective=name, how="override")
            case "exempt":
                return Verdict(state=State.EXEMPT, product=home, rule=name)
            case "unaligned" | "undecided":
                return Verdict(state=State(state), product=home)
            case _:
                return Verdict(state=State.OUT_OF_SCOPE)

    def moves(self, id: str, at: datetime, to: str) -> None:
        """Into the status with that id."""
        self._told(id, at, "status", to)

    def taken(self, id: str, at: datetime, person: str | None) -> None:
        self._told(id, at, "assignee", person)

    def works(self, id: str, person: str, start: datetime, end: datetime) -> None:
        """In progress with the person from start to end, then back to To Do."""
        self.taken(id, start, person)
        self.moves(id, start, "2")
        self.moves(id, end, "1")

    def touched(self, id: str, at: datetime) -> None:
        self._told(id, at, "other", None)

    def _told(self, id: str, at: datetime, field: Any, to: str | None) -> None:
        self._entries += 1
        entry = str(10_000 + self._entries)
        before = "1" if field == "status" else None
        self.changes.append(FieldChange(issue_id=id, change_id=entry, at=at, field=field, from_=before, to=to))

    def asked(self, week: str, now: datetime | None = None) -> Measure:
        at = now or Week.parse(week).end(ZONE) + timedelta(hours=8)
        return measure(self.configuration, self.configuration.products[0], Week.parse(week), at, (POINTS,))

    def told(self) -> None:
        history.record(self.connection, self.changes)

    def effort(self, week: str, now: datetime | None = None) -> EffortOfWeek:
        self.told()
        return effort.of_week(self.connection, self.asked(week, now))
