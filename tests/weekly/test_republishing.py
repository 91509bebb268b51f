"""A frozen week onto its page again, and its rehearsal, which writes nothing to the site."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from plugin.domain.week import Week
from plugin.review import page
from plugin.review.publish import Outcome
from plugin.review.storage import heading
from plugin.store import reviews
from plugin.weekly.freezing import product_week
from plugin.weekly.republishing import rehearse, republish
from tests.house import House, configuration, housed
from tests.weekly.test_publishing import weekly_versions


@pytest.fixture
def house(database: str) -> Iterator[House]:
    with housed(database) as found:
        found.apply(configuration())
        found.sweep()
        found.review()
        yield found


def test_a_week_is_rehearsed_under_another_template_and_then_published(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with house.app.engine.connect() as connection:
        week = max(one.rpartition("/")[2] for one in reviews.done_periods(connection, "review"))
        (product,) = {one.partition("/")[0] for one in reviews.done_periods(connection, "review")}
        one = product_week(connection, product, Week.parse(week))
    app, before = house.app, weekly_versions(house)
    assert rehearse(app.around, app.confluence, one, tmp_path).outcome is Outcome.UNCHANGED
    assert (tmp_path / f"{product}-{week}.diff").read_text() == ""
    monkeypatch.setattr(page, "SECTIONS", (*page.SECTIONS, lambda _: heading(2, "Another section")))
    writes = house.calls("PUT") + house.calls("POST")
    done = rehearse(app.around, app.confluence, one, tmp_path)
    assert (done.outcome, house.calls("PUT") + house.calls("POST")) == (Outcome.UPDATED, writes)
    assert "+<h2>Another section</h2>" in (tmp_path / f"{product}-{week}.diff").read_text()
    assert "<h2>Another section</h2>" in (tmp_path / f"{product}-{week}.html").read_text()
    assert weekly_versions(house) == before
    assert republish(app.around, app.confluence, one).outcome is Outcome.UPDATED
    assert sum(weekly_versions(house).values()) == sum(before.values()) + 1
