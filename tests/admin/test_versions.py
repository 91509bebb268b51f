"""Putting versions in force, taking them back, and waiting until one is carried out."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from plugin.admin import versions
from plugin.admin.versions import PATIENCE, Applied, Standing, VersionError
from plugin.store import engine_for
from tests.house import configuration


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    found = engine_for(database)
    yield found
    found.dispose()


def test_a_rollback_is_a_new_version_that_says_what_the_old_one_said(engine: Engine) -> None:
    first, second = configuration("CHK"), configuration("CHK, WAL")
    assert versions.apply(engine, first, "ada", "first") == Applied(1, new=True)
    assert versions.apply(engine, second, "ada", "second") == Applied(2, new=True)
    assert versions.rollback(engine, 1, "bob", "back") == Applied(3, new=True)
    with engine.connect() as connection:
        assert versions.of_version(connection, 3) == first.model_copy(update={"version": 3})


def test_what_is_in_force_already_is_no_new_version(engine: Engine) -> None:
    versions.apply(engine, configuration(), "ada", "first")
    assert versions.apply(engine, configuration(), "ada", "again") == Applied(1, new=False)
    assert versions.rollback(engine, 1, "ada", "again") == Applied(1, new=False)


def test_a_version_that_never_was_is_refused(engine: Engine) -> None:
    with pytest.raises(VersionError, match="no version 1; none was applied yet"):
        versions.rollback(engine, 1, "ada", "back")


def test_nothing_is_left_to_do_before_any_issue_is_known(engine: Engine) -> None:
    versions.apply(engine, configuration(), "ada", "first")
    assert versions.standing(engine, datetime.now(UTC)).done


def standing(to_align: int, waiting: int = 0) -> Standing:
    return Standing(version=2, issues=10, to_align=to_align, waiting=waiting, parked=0)


def test_waiting_ends_when_everything_is_carried_out() -> None:
    course = iter([standing(10), standing(10), standing(0, 4), standing(0)])
    heard: list[Standing] = []
    assert versions.wait(lambda: next(course), lambda: None, heard.append)
    assert heard == [standing(10), standing(0, 4), standing(0)]


def test_waiting_ends_where_nothing_moves() -> None:
    pauses: list[None] = []
    assert not versions.wait(lambda: standing(10), lambda: pauses.append(None), lambda _: None)
    assert len(pauses) == PATIENCE


def test_progress_starts_the_patience_anew() -> None:
    course = iter([*[standing(10)] * PATIENCE, *[standing(9)] * PATIENCE, standing(0)])
    assert versions.wait(lambda: next(course), lambda: None, lambda _: None)


def test_standing_says_how_far_it_is() -> None:
    assert str(standing(4, 2)) == "version 2: 6 of 10 issues are aligned under it, 2 writes wait"
    parked = Standing(version=2, issues=10, to_align=0, waiting=0, parked=1)
    assert str(parked) == "version 2 is carried out on all of 10 issues; 1 writes are parked"
