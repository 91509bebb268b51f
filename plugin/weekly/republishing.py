"""A frozen week onto its page again, because an admin says so: under another template, or after an upload was lost."""

from pathlib import Path

from plugin.atlassian.gateways import ConfluenceGateway
from plugin.path.asking import Surroundings
from plugin.review.model import Review
from plugin.review.publish import Place, Published, page_key, publish
from plugin.review.rehearsal import Rehearsal
from plugin.store import reviews
from plugin.store.reviews import PageRow
from plugin.weekly.freezing import FreezingError, ProductWeek, frozen
from plugin.weekly.running_week import record_of


def republish(around: Surroundings, confluence: ConfluenceGateway, one: ProductWeek) -> Published:
    """Its numbers stay as frozen; what people wrote is merged. Raises FreezingError, and the door's errors."""
    review = _frozen(around, one)
    key, plan = page_key(review), one.configuration.site.review
    done = publish(confluence, review, record_of(around, key), Place(space=plan.space, parent=plan.parent))
    kept = done.record.model_dump(mode="json") if done.record else None
    with around.engine.begin() as connection:
        reviews.keep_page(connection, PageRow(key, kept, done.url, done.outcome, done.words, around.clock()))
    return done


def rehearse(around: Surroundings, confluence: ConfluenceGateway, one: ProductWeek, folder: Path) -> Published:
    """The same without the last step: the page as HTML and what would change go into the folder, nothing is written."""
    review = _frozen(around, one)
    key, plan = page_key(review), one.configuration.site.review
    rehearsal = Rehearsal(confluence)
    done = publish(rehearsal, review, record_of(around, key), Place(space=plan.space, parent=plan.parent))
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{one.product.id}-{one.week}"
    (folder / f"{name}.html").write_text(rehearsal.html(), encoding="utf-8")
    (folder / f"{name}.diff").write_text(rehearsal.diff(), encoding="utf-8")
    return done


def _frozen(around: Surroundings, one: ProductWeek) -> Review:
    with around.engine.connect() as connection:
        found = frozen(connection, one.product.id, one.week)
    if found is None:
        raise FreezingError(f"{one.week} of {one.product.id} is not frozen; it is published when it is")
    return found
