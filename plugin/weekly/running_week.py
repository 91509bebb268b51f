"""The running week as a page: from two days before its deadline, marked as a draft, so that people can explain first.

What they write there is read when the week is frozen, and stays on the page by merging.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from plugin.atlassian.errors import DoorError, Gone
from plugin.atlassian.gateways import ConfluenceGateway
from plugin.domain.week import Deadline, Week
from plugin.path.asking import Surroundings
from plugin.review.model import PageVersion, Told
from plugin.review.publish import Outcome, PageRecord, Place, page_key, publish
from plugin.review.storage import MalformedError
from plugin.review.told import told_on
from plugin.store import configurations, progress, reviews
from plugin.store.progress import Fact
from plugin.store.reviews import PageRow
from plugin.weekly.freezing import ProductWeek, frozen, preview

logger = logging.getLogger(__name__)

JOB = "draft"
AHEAD = timedelta(days=2)
DAY = timedelta(days=1)
_AGAIN = timedelta(minutes=10)
_STANDS = (Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED, Outcome.LEFT_TO_PEOPLE)


@dataclass(frozen=True)
class Draft:
    """A week whose draft is to be made or refreshed. `turn` is 0 at first, and one more a day later."""

    one: ProductWeek
    turn: int

    @property
    def period(self) -> str:
        return f"{self.one.product.id}/{self.one.week}/{self.turn}"


def drafts_due(connection: Connection, now: datetime) -> list[Draft]:
    """Every product's week whose deadline is at most two days away, once a day; none before Jira was swept once."""
    configuration = configurations.active(connection)
    if configuration is None or progress.cursor_at(connection, progress.SWEPT) is None:
        return []
    site = configuration.site
    found = running(now, ZoneInfo(site.time_zone), Deadline.parse(site.review.publish))
    if found is None:
        return []
    week, turn = found
    done = reviews.done_periods(connection, JOB)
    drafts = (Draft(ProductWeek(configuration, product, week), turn) for product in configuration.products)
    return [
        one
        for one in drafts
        if one.period not in done and str(week) not in reviews.weeks_of(connection, one.one.product.id)
    ]


def running(now: datetime, zone: ZoneInfo, deadline: Deadline) -> tuple[Week, int] | None:
    """The week whose deadline comes within two days, and the day of that time, from 0; None at other times."""
    week = Week.of(now, zone)
    for one in (week.previous(), week):
        ahead = deadline.of(one, zone) - now
        if timedelta(0) < ahead <= AHEAD:
            return one, (AHEAD - ahead) // DAY
    return None


class RunningWeek:
    """Makes and refreshes drafts; a draft that fails is said, and never holds up the review itself."""

    def __init__(
        self, around: Surroundings, confluence: ConfluenceGateway, owner: str, lease: timedelta = timedelta(minutes=10)
    ) -> None:
        self._around, self._confluence, self._owner, self._lease = around, confluence, owner, lease

    def run(self) -> None:
        with self._around.engine.connect() as connection:
            waiting = drafts_due(connection, self._around.clock())
        for draft in waiting:
            with self._around.engine.begin() as connection:
                taken = reviews.take_period(connection, JOB, draft.period, self._owner, self._lease)
            if taken:
                self._try(draft)

    def _try(self, draft: Draft) -> None:
        name = f"draft {draft.one.product.id}/{draft.one.week}"
        try:
            words, well = self._make(draft)
        except DBAPIError:
            raise
        except Exception as error:
            logger.warning("the draft of %s waits: %s", draft.period, error, exc_info=not isinstance(error, DoorError))
            self._note(name, f"the draft could not be made: {type(error).__name__}: {error}", ok=False)
            with self._around.engine.begin() as connection:
                reviews.release_period(connection, JOB, draft.period, self._owner, _AGAIN)
            return
        self._note(name, words, ok=well)
        with self._around.engine.begin() as connection:
            reviews.finish_period(connection, JOB, draft.period, self._owner)

    def _make(self, draft: Draft) -> tuple[str, bool]:
        """Without what people wrote on the draft itself: their cells differ from ours until the week is frozen."""
        told = told_on_last_week(self._around, self._confluence, draft.one)
        with self._around.engine.connect() as connection:
            made, _ = preview(connection, draft.one, self._around, told)
        review, key = made.model_copy(update={"draft": True}), page_key(made)
        record = record_of(self._around, key)
        plan = draft.one.configuration.site.review
        done = publish(self._confluence, review, record, Place(space=plan.space, parent=plan.parent))
        kept = done.record.model_dump(mode="json") if done.record else None
        with self._around.engine.begin() as connection:
            row = PageRow(key, kept, done.url, done.outcome, done.words, self._around.clock())
            reviews.keep_page(connection, row)
        return done.words or f"the draft of {draft.one.week} stands in Confluence", done.outcome in _STANDS

    def _note(self, name: str, words: str, *, ok: bool) -> None:
        with self._around.engine.begin() as connection:
            progress.note(connection, Fact(name=name, ok=ok, words=words, at=self._around.clock()))


def record_of(around: Surroundings, key: str) -> PageRecord | None:
    with around.engine.connect() as connection:
        row = reviews.page_of(connection, key)
    return PageRecord.model_validate(row.record) if row and row.record else None


def told_on_last_week(around: Surroundings, confluence: ConfluenceGateway, one: ProductWeek) -> Told | None:
    """What people wrote on the page of the week before; None where it has no page, or the page is gone."""
    with around.engine.connect() as connection:
        before = frozen(connection, one.product.id, one.week.previous())
    record = record_of(around, page_key(before)) if before else None
    if before is None or record is None:
        return None
    try:
        page = confluence.read(record.page_id)
        return told_on(before, page.body, record.memory, PageVersion(version=page.version, at=page.at))
    except (Gone, MalformedError) as fault:
        logger.warning("what people wrote on page %s could not be read: %s", record.page_id, fault)
        return None


def told_for(around: Surroundings, confluence: ConfluenceGateway, one: ProductWeek) -> Told | None:
    """What a week is frozen with: what people wrote a week before, and over it what they wrote on this week's draft.

    Decisions, asks and the lead's comment of the draft stay on the page, and are told to the week after.
    """
    told = told_on_last_week(around, confluence, one)
    with around.engine.connect() as connection:
        made, _ = preview(connection, one, around, told)
    record = record_of(around, page_key(made))
    if record is None:
        return told
    try:
        said = told_on(made, confluence.read(record.page_id).body, record.memory)
    except (Gone, MalformedError) as fault:
        logger.warning("what people wrote on the draft of %s could not be read: %s", one.week, fault)
        return told
    before = told or Told()
    return before.model_copy(
        update={
            "confidence": {**before.confidence, **said.confidence},
            "next_steps": said.next_steps,
            "explanations": {**before.explanations, **said.explanations},
            "unreadable": (*before.unreadable, *said.unreadable),
        }
    )
