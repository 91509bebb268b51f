"""What is asked of the spans for one product's week, and how the answer's rows become the week's effort."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from plugin.domain.effort import FEWEST_PEOPLE, MILLION, EffortOfGroup, EffortOfWeek, Model, Spent
from plugin.domain.product import Configuration, Product
from plugin.domain.week import Week
from plugin.effort.calendar import Slot, moment, slots, working_days
from plugin.effort.spans import WINSOR

Part = Literal["aligned", "exempt", "unlinked", "undecided"]


class Place(NamedTuple):
    """A project belongs to a stream of a product."""

    project: str
    product: str
    stream: str


@dataclass(frozen=True)
class Measure:
    """One product's week, or a part of it: `since` until before `until`, milliseconds in UTC."""

    product: str
    week: Week
    streams: tuple[str, ...]
    places: tuple[Place, ...]
    """Of every product: a person belongs to one stream of them all."""
    active: tuple[str, ...]
    """Ids of the product's objectives that collect work on at least one day of the week."""
    slots: tuple[Slot, ...]
    """The working days, for the days model."""
    calendar: tuple[Slot, ...]
    """Every day, for the other two models."""
    since: int
    until: int
    seated_since: int
    """From here until `until` a person's work decides to which stream they belong."""
    points: tuple[str, ...] = ()
    """Ids of the fields that hold an estimate, the first that is filled counts; none: there is no points model."""
    label_prefix: str = "objective-"
    """How labels begin that name an objective: where people put several on an issue, its effort is split."""

    @property
    def days(self) -> int:
        """How many working days of the week have begun."""
        return len({one.day for one in self.slots if one.inside})


def measure(
    configuration: Configuration, product: Product, week: Week, now: datetime, points: Iterable[str] = ()
) -> Measure:
    """The whole week, as far as it is over by `now`."""
    zone = ZoneInfo(configuration.site.time_zone)
    since, until = moment(week.start(zone)), moment(min(week.end(zone), max(now, week.start(zone))))
    first, last = week.monday, week.monday + timedelta(days=6)
    return Measure(
        product=product.id,
        week=week,
        streams=tuple(one.id for one in product.streams),
        places=places(configuration),
        active=tuple(one.id for one in product.objectives if one.quarter.first <= last and first <= one.last),
        slots=tuple(
            one
            for one in slots(configuration.site, working_days(configuration.site, first, last), since, until)
            if one.inside
        ),
        calendar=slots(configuration.site, [first + timedelta(days=at) for at in range(7)], since, until),
        since=since,
        until=until,
        seated_since=until - WINSOR,
        points=tuple(points),
        label_prefix=configuration.site.tag.label_prefix,
    )


def places(configuration: Configuration) -> tuple[Place, ...]:
    """Project → product and stream, one for each project: the smallest where several claim it."""
    found = {
        project: Place(project, product.id, stream.id)
        for product in sorted(configuration.products, key=lambda one: one.id, reverse=True)
        for stream in sorted(product.streams, key=lambda one: one.id, reverse=True)
        for project in stream.projects
    }
    return tuple(found[project] for project in sorted(found))


class Amount(NamedTuple):
    """A sum of one model, in millionths. `stream` is None for work of people, or in projects, of no stream."""

    model: Model
    stream: str | None
    part: Part
    name: str
    """The objective or exempt class; "" for the other parts."""
    amount: int
    guessed: int = 0
    """Issues among it whose estimate is their team's median."""


class Seats(NamedTuple):
    """A stream's people in the week, and the person-days that they had and in which something was in progress."""

    stream: str
    people: int
    capacity: int
    observed: int


def effort_of_week(asked: Measure, amounts: Iterable[Amount], seats: Iterable[Seats]) -> EffortOfWeek:
    """The streams in their order, and the whole. Few people: their effort is in the whole alone."""
    by_stream: defaultdict[str | None, list[Amount]] = defaultdict(list)
    told = list(amounts)
    for one in told:
        by_stream[one.stream].append(one)
    seated = {one.stream: one for one in seats}
    people = sum(one.people for one in seated.values())
    hidden = _hidden(seated.values())
    whole = _group(
        None,
        told,
        people < FEWEST_PEOPLE,
        Seats(
            "",
            people,
            sum(one.capacity for one in seated.values()),
            sum(one.observed for one in seated.values()),
        ),
    )
    return EffortOfWeek(
        product=asked.product,
        week=asked.week,
        whole=whole,
        streams=tuple(
            _group(id, by_stream[id], id in hidden or id not in seated, seated.get(id, Seats(id, 0, 0, 0)))
            for id in asked.streams
        ),
    )


def _hidden(seats: Iterable[Seats]) -> set[str]:
    """Streams that show no days: the small ones, and the next smallest while those together are too few people."""
    hidden: set[str] = set()
    people = 0
    for one in sorted(seats, key=lambda one: (one.people, one.stream)):
        if one.people >= FEWEST_PEOPLE and not 0 < people < FEWEST_PEOPLE:
            break
        hidden.add(one.stream)
        people += one.people
    return hidden


def _group(stream: str | None, amounts: list[Amount], few: bool, seats: Seats) -> EffortOfGroup:
    spent = {model: _spent(one for one in amounts if one.model == model) for model in ("days", "count", "points")}
    if few:
        return EffortOfGroup(stream=stream, few=True, count=spent["count"])
    return EffortOfGroup(
        stream=stream,
        days=spent["days"],
        count=spent["count"],
        points=spent["points"],
        guessed=sum(one.guessed for one in amounts),
        capacity=seats.capacity * MILLION,
        observed=seats.observed * MILLION,
    )


def _spent(amounts: Iterable[Amount]) -> Spent:
    sums: defaultdict[tuple[Part, str], int] = defaultdict(int)
    for one in amounts:
        sums[one.part, one.name] += one.amount

    def named(part: Part) -> Mapping[str, int]:
        return {name: sums[kind, name] for kind, name in sorted(sums) if kind == part and sums[kind, name]}

    return Spent(
        aligned=dict(named("aligned")),
        exempt=dict(named("exempt")),
        unlinked=sums["unlinked", ""],
        undecided=sums["undecided", ""],
    )
