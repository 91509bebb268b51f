"""Weekly: which reviews are due and missing, built from the store, frozen once, and published as a page."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from plugin.atlassian.errors import DoorError
from plugin.atlassian.gateways import ConfluenceGateway
from plugin.domain.product import Configuration, Product
from plugin.domain.week import Deadline, Week
from plugin.path.asking import Surroundings
from plugin.review.model import Review
from plugin.review.publish import SETTLED, PageRecord, Place, page_key, publish
from plugin.store import configurations, progress, reviews
from plugin.store.progress import Fact
from plugin.store.reviews import PageRow
from plugin.weekly.freezing import ProductWeek, freeze, frozen
from plugin.weekly.running_week import told_for

logger = logging.getLogger(__name__)

JOB = "review"
DOOR = "confluence"
"""The fact that tells whether Confluence can be written to."""
LEASE = timedelta(minutes=10)
"""How long a publisher that says nothing keeps the week that it makes."""

_AGAIN = timedelta(minutes=2)


@dataclass(frozen=True)
class Due:
    """One product's week whose review is due and not published."""

    configuration: Configuration
    product: Product
    week: Week

    @property
    def period(self) -> str:
        return f"{self.product.id}/{self.week}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.configuration.site.time_zone)


def due(connection: Connection, now: datetime) -> list[Due]:
    """Every product's weeks that are due and missing, oldest first; none before Jira was swept once."""
    configuration = configurations.active(connection)
    if configuration is None or progress.cursor_at(connection, progress.SWEPT) is None:
        return []
    done = reviews.done_periods(connection, JOB)
    site = configuration.site
    found = []
    for product in configuration.products:
        finished = [Week.parse(one.rpartition("/")[2]) for one in done if one.rpartition("/")[0] == product.id]
        weeks = due_weeks(now, ZoneInfo(site.time_zone), Deadline.parse(site.review.publish), finished)
        found += [Due(configuration, product, week) for week in weeks]
    return sorted(found, key=lambda one: (one.week.monday, one.product.id))


def due_weeks(now: datetime, zone: ZoneInfo, deadline: Deadline, done: Iterable[Week]) -> list[Week]:
    """The weeks whose deadline has passed and that are not done, oldest first.

    Every week since the first one that was done; where none was, the last two, so that the first page has a week to
    compare with.
    """
    last = Week.of(now, zone)
    while deadline.of(last, zone) > now:
        last = last.previous()
    finished = set(done)
    first = min(finished, key=lambda week: week.monday) if finished else last.previous()
    missing = []
    week = first
    while week.monday <= last.monday:
        if week not in finished:
            missing.append(week)
        week = week.next()
    return missing


class Publishing:
    """Makes the reviews that are due. Several may run at once: the row of (job, period) decides who makes which."""

    def __init__(
        self, around: Surroundings, confluence: ConfluenceGateway, owner: str, lease: timedelta = LEASE
    ) -> None:
        self._around, self._confluence, self._owner, self._lease = around, confluence, owner, lease

    def run(self) -> None:
        with self._around.engine.connect() as connection:
            waiting = due(connection, self._around.clock())
        for one in waiting:
            with self._around.engine.begin() as connection:
                taken = reviews.take_period(connection, JOB, one.period, self._owner, self._lease)
            if taken:
                self._try(one)

    def _try(self, one: Due) -> None:
        """Makes one review; what goes wrong with it leaves the other ones alone."""
        try:
            self._make(one)
        except DoorError as error:
            logger.warning("the review of %s waits: %s", one.period, error)
            self._later(one, DOOR, str(error))
        except DBAPIError:
            raise  # the database's trouble is no review's: its lease runs out
        except Exception as error:
            logger.exception("the review of %s could not be made", one.period)
            self._later(one, f"review {one.period}", f"could not be made: {type(error).__name__}: {error}")

    def _make(self, one: Due) -> None:
        review = self._frozen(one)
        key = page_key(review)
        with self._around.engine.connect() as connection:
            row = reviews.page_of(connection, key)
        plan = one.configuration.site.review
        record = PageRecord.model_validate(row.record) if row and row.record else None
        published = publish(self._confluence, review, record, Place(space=plan.space, parent=plan.parent))
        now = self._around.clock()
        kept = published.record.model_dump(mode="json") if published.record else None
        with self._around.engine.begin() as connection:
            reviews.keep_page(connection, PageRow(key, kept, published.url, published.outcome, published.words, now))
            well = published.outcome in SETTLED
            words = published.words or f"the review of {one.week} stands in Confluence"
            progress.note(connection, Fact(name=f"page {key}", ok=well, words=words, at=now))
            for name, well_again in ((DOOR, "Confluence answers"), (f"review {one.period}", "made")):
                progress.note_recovered(connection, Fact(name=name, ok=True, words=well_again, at=now))
            reviews.finish_period(connection, JOB, one.period, self._owner)

    def _frozen(self, one: Due) -> Review:
        with self._around.engine.begin() as connection:
            known = frozen(connection, one.product.id, one.week)
        if known:
            return known
        week = ProductWeek(one.configuration, one.product, one.week)
        told = told_for(self._around, self._confluence, week)
        with self._around.engine.begin() as connection:
            return freeze(connection, week, self._around, told)

    def _later(self, one: Due, fact: str, words: str) -> None:
        with self._around.engine.begin() as connection:
            progress.note(connection, Fact(name=fact, ok=False, words=words, at=self._around.clock()))
            reviews.release_period(connection, JOB, one.period, self._owner, _AGAIN)
