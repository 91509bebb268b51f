"""Home, stream, quarter and year pages: gathered from the store, and written where they say something else."""

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from plugin.atlassian.errors import DoorError
from plugin.atlassian.gateways import ConfluenceGateway
from plugin.domain.product import Configuration, Product, Stream
from plugin.domain.week import Quarter, Week
from plugin.path.asking import Surroundings
from plugin.review.publish import SETTLED, Page, PageRecord, Place, publish_page
from plugin.review.standing import home, quarter, stream, year
from plugin.review.standing.known import Known, Saying
from plugin.store import configurations, progress, reviews
from plugin.store.progress import Fact
from plugin.store.reviews import PageRow
from plugin.weekly.freezing import frozen

logger = logging.getLogger(__name__)

JOB = "standing"
LEASE = timedelta(minutes=10)
_AGAIN = timedelta(minutes=2)
_LATELY = timedelta(days=100)
"""A quarter that has been over for longer keeps its page as it is."""
_WEEKS = timedelta(weeks=66)
"""Frozen weeks that are looked at: five quarters."""


def standing_due(connection: Connection) -> str | None:
    """The state of things that the pages are to show; None where they show it, or no week was published yet."""
    configuration = configurations.active(connection)
    weeks = reviews.done_periods(connection, "review")
    if configuration is None or not weeks:
        return None
    name = f"version {configuration.version}, {len(weeks)} weeks"
    return None if name in reviews.done_periods(connection, JOB) else name


class StandingPages:
    """Writes what has changed. Several may run at once: the row of (job, state) decides who does it."""

    def __init__(self, around: Surroundings, confluence: ConfluenceGateway, owner: str) -> None:
        self._around, self._confluence, self._owner = around, confluence, owner

    def run(self) -> None:
        with self._around.engine.begin() as connection:
            name = standing_due(connection)
            configuration = configurations.active(connection)
            if name is None or not reviews.take_period(connection, JOB, name, self._owner, LEASE):
                return
        if configuration is None:
            return
        try:
            for product in configuration.products:
                self._write(configuration, product)
        except DoorError as error:
            logger.warning("the pages beside the reviews wait: %s", error)
            with self._around.engine.begin() as connection:
                progress.note(connection, Fact(name=JOB, ok=False, words=str(error), at=self._around.clock()))
                reviews.release_period(connection, JOB, name, self._owner, _AGAIN)
            return
        with self._around.engine.begin() as connection:
            now = self._around.clock()
            progress.note_recovered(connection, Fact(name=JOB, ok=True, words="written", at=now))
            reviews.finish_period(connection, JOB, name, self._owner)

    def _write(self, configuration: Configuration, product: Product) -> None:
        with self._around.engine.connect() as connection:
            known = self._known(connection, configuration, product)
        latest = f"the review of {known.latest.week}" if known.latest else "the first configuration"
        message = f"Plumbline: brought up to {latest} and version {configuration.version} of the configuration"
        for build in _pages(known):
            known = known.model_copy(update={"urls": self._urls()})
            key, title, body = build(known)
            page = Page(key=key, title=title, body=body, message=message, zone=configuration.site.time_zone)
            self._publish(page, configuration)

    def _publish(self, page: Page, configuration: Configuration) -> None:
        with self._around.engine.connect() as connection:
            row = reviews.page_of(connection, page.key)
        record = PageRecord.model_validate(row.record) if row and row.record else None
        plan = configuration.site.review
        done = publish_page(self._confluence, page, record, Place(space=plan.space, parent=plan.parent))
        kept = done.record.model_dump(mode="json") if done.record else None
        now, well = self._around.clock(), done.outcome in SETTLED
        with self._around.engine.begin() as connection:
            reviews.keep_page(connection, PageRow(page.key, kept, done.url, done.outcome, done.words, now))
            words = done.words or "stands in Confluence"
            fact = Fact(name=f"page {page.key}", ok=well, words=words, at=now)
            (progress.note_recovered if well else progress.note)(connection, fact)

    def _known(self, connection: Connection, configuration: Configuration, product: Product) -> Known:
        zone = ZoneInfo(configuration.site.time_zone)
        today = self._around.clock().astimezone(zone).date()
        found = sorted(
            (Week.parse(one) for one in reviews.weeks_of(connection, product.id)), key=lambda one: one.monday
        )
        weeks = [one for one in found if today - one.monday <= _WEEKS]
        made = [frozen(connection, product.id, one) for one in weeks]
        return Known(
            product=product,
            site=configuration.site,
            today=today,
            reviews=tuple(one for one in made if one),
            sayings=tuple(_sayings(connection, product.id, zone)),
            jira_url=self._around.jira.browse_url("").removesuffix("/browse/"),
        )

    def _urls(self) -> Mapping[str, str]:
        with self._around.engine.connect() as connection:
            return {one.key: one.url for one in reviews.pages(connection) if one.url}


_Build = Callable[[Known], tuple[str, str, str]]
"""What is known → a page's key, title and body."""


def _pages(known: Known) -> Iterator[_Build]:
    """The home page is last, since it leads to the others; their addresses are known by then."""
    yield from (partial(_stream, one) for one in known.product.streams)
    lately = known.today - _LATELY
    yield from (partial(_quarter, one) for one in known.quarters if one.last >= lately)
    yield from (partial(_year, one) for one in _years(known.product, known.today))
    yield lambda now: (home.key(now), home.title(now), home.render(now))


def _stream(one: Stream, known: Known) -> tuple[str, str, str]:
    return stream.key(known, one), stream.title(known, one), stream.render(known, one)


def _quarter(one: Quarter, known: Known) -> tuple[str, str, str]:
    return quarter.key(known, one), quarter.title(known, one), quarter.render(known, one)


def _year(one: int, known: Known) -> tuple[str, str, str]:
    return year.key(known, one), year.title(known, one), year.render(known, one)


def _years(product: Product, today: date) -> list[int]:
    return sorted({one.year for one in product.goals if one.year >= today.year - 1})


def _sayings(connection: Connection, product: str, zone: ZoneInfo) -> Iterator[Saying]:
    for version in reversed(configurations.history(connection)):
        then = configurations.of_version(connection, version.version)
        found = then.product(product) if then else None
        if found:
            yield Saying(day=version.at.astimezone(zone).date(), why=version.why, product=found)
