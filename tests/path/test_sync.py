"""The fill, the account of what told us, and the id sweep: what the store holds afterwards."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from plugin.commands.bar import lines
from plugin.path import scope
from plugin.path.deletes import FACT, Compared
from plugin.path.scope import Scope
from plugin.sandbox.jira.lazy import LazySite
from plugin.sandbox.jira.values import Dialect
from plugin.store import accounts, progress, snapshots, syncs
from plugin.store.tables import history, issue, sync, verdict
from tests.house import House, configuration, housed
from tests.processes import until


@pytest.fixture(params=["cloud", "data center"])
def house(request: pytest.FixtureRequest, database: str) -> Iterator[House]:
    dialect: Dialect = request.param
    with housed(database, dialect) as found:
        found.apply(configuration())
        yield found


def test_a_killed_fill_goes_on_where_it_was(database: str) -> None:
    size = 2_600
    with housed(database, jira=LazySite(size)) as house:
        house.apply(configuration("BIG", mode="shadow"))
        given = os.environ | dict(house.environment)
        killed = subprocess.Popen([sys.executable, "-m", "plugin", "sync"], env=given, stderr=subprocess.DEVNULL)
        until(lambda: done(house) >= 1000, 60)
        killed.send_signal(signal.SIGKILL)
        killed.wait(20)
        before, asked = done(house), house.calls("POST", "search/jql")
        assert before < size
        with house.app.engine.begin() as connection:
            connection.execute(update(sync).values(lease_until=func.now()))
        house.sweep()
        with house.app.engine.connect() as connection:
            assert snapshots.number_living(connection) == size
            assert connection.scalar(select(func.count()).select_from(verdict)) == size
            moved = connection.scalar(select(func.count()).where(history.c.field == "status"))
            assert moved == size // 3
        left = (size - before) // 100 + 1
        assert house.calls("POST", "search/jql") - asked <= left + 4, "a page of the overlap more, not all of it"


def test_one_reads_at_a_time(house: House) -> None:
    book = house.app.around.book()
    assert book is not None
    house.sandbox.jira.create_issue("CHK", "Pay by wallet")
    with house.app.engine.begin() as connection:
        scope, now = Scope.of(book).name, house.clock()
        syncs.claim(connection, scope, "somebody", timedelta(minutes=5), now)
        assert syncs.claim(connection, scope, "another", timedelta(minutes=5), now) is None
    house.sweep()
    assert house.calls("POST", "/search") == 0
    with house.app.engine.connect() as connection:
        assert snapshots.number_living(connection) == 0


def test_a_refill_takes_what_differs_and_decides_nothing_else(house: House) -> None:
    same = house.sandbox.jira.create_issue("CHK", "Stays")
    other = house.sandbox.jira.create_issue("CHK", "As Jira has it", components=["Wallet"])
    house.sweep()
    book = house.app.around.book()
    assert book is not None
    with house.app.engine.begin() as connection:
        connection.execute(
            text('UPDATE issue SET fields = fields || \'{"summary": "?"}\' WHERE id = :id'), {"id": other.id}
        )
        connection.execute(text("UPDATE verdict SET decided_at = '2000-01-01'"))
        syncs.begin_again(connection, Scope.of(book).name, house.clock())
    house.sweep()
    with house.app.engine.connect() as connection:
        assert snapshots.by_ids(connection, [other.id])[other.id].text("summary") == "As Jira has it"
        standing = syncs.standing(connection, Scope.of(book).name)
        assert standing
        assert (standing.done, bool(standing.finished_at)) == (2, True)
        old = connection.scalars(
            select(verdict.c.issue_id).where(verdict.c.decided_at < house.clock() - timedelta(days=9))
        )
        assert same.id in set(old)


def test_each_change_is_seen_live_recovered_or_lost_once(house: House) -> None:
    jira, early = house.sandbox.jira, house.clock() + timedelta(seconds=1)
    house.sweep()
    house.listen()
    live = jira.create_issue("CHK", "Told")
    jira.edit_issue(live.key, summary="Told again")
    house.settle()
    missed = jira.create_issue("CHK", "Never told", at=early)
    jira.transition(missed.key, "In Progress", at=early)
    overtaken = jira.create_issue("CHK", "Told")
    house.settle()
    jira.transition(overtaken.key, "In Progress", at=house.clock())
    jira.edit_issue(overtaken.key, summary="Told of this, not of that")
    house.settle()
    house.write_until_done()
    house.settle()
    house.later(timedelta(minutes=10))
    for _ in range(2):
        house.sweep()
    with house.app.engine.connect() as connection:
        (day,) = accounts.per_day(connection, early.date(), house.clock().date())
        moved = connection.scalars(select(history.c.issue_id).where(history.c.field == "status"))
        assert overtaken.id in set(moved)
    assert (day.live, day.recovered, day.lost) == (4, 2, 1)


def test_what_jira_no_longer_shows_is_gone_and_what_is_restored_comes_back(house: House) -> None:
    jira = house.sandbox.jira
    stays = jira.create_issue("CHK", "Stays")
    hidden = jira.create_issue("WAL", "Out of sight")
    deleted = jira.create_issue("CHK", "Deleted, and nobody told")
    house.apply(configuration("CHK, WAL"))
    house.sweep()
    jira.delete_issue(deleted.key)
    house.sandbox.jira.projects["WAL"].visible_to = frozenset()
    house.apply(configuration("CHK, WAL"))
    assert house.compare() == Compared(gone=2)
    assert living(house) == {stays.id}
    assert house.compare() == Compared()
    house.sandbox.jira.projects["WAL"].visible_to = None
    assert house.compare() == Compared(back=1)
    assert living(house) == {stays.id, hidden.id}


def test_a_permission_lost_for_a_moment_deletes_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plugin.path.vanished._FEW", 3)
    for number in range(6):
        house.sandbox.jira.create_issue("CHK" if number < 5 else "WAL", f"Number {number}", components=[])
    house.apply(configuration("CHK, WAL"))
    house.sweep()
    house.sandbox.jira.projects["CHK"].visible_to = frozenset()
    assert house.compare() == Compared(held_back=5)
    assert len(living(house)) == 6
    with house.app.engine.connect() as connection:
        (fact,) = [one for one in progress.facts(connection) if one.name == FACT]
    assert not fact.ok
    assert "--believe-deletes" in fact.words
    assert house.compare(believe=True) == Compared(gone=5)
    assert len(living(house)) == 1


def test_a_scope_that_the_site_refuses_is_read_by_its_projects(house: House) -> None:
    given = configuration()
    (product,) = given.products
    refused = product.model_copy(update={"scope": 'project = CHK AND component = "Only we know it"'})
    house.apply(given.model_copy(update={"products": (refused,)}))
    found = house.sandbox.jira.create_issue("CHK", "Pay by wallet")
    house.sweep()
    assert living(house) == {found.id}
    with house.app.engine.connect() as connection:
        (fact,) = [one for one in progress.facts(connection) if one.name == scope.FACT]
    assert not fact.ok
    house.apply(given)
    house.sweep()
    with house.app.engine.connect() as connection:
        assert progress.is_well(connection, scope.FACT)


def test_where_nobody_sees_a_bar_a_line_comes_now_and_then() -> None:
    now, said = [0.0], list[str]()
    progress = lines("issues", lambda: now[0], said.append)
    for done in (0, 100, 200, 300, 400):
        progress(done, 1000)
        now[0] += 20
    assert said == ["issues: 200 of 1,000, about 3 min left", "issues: 400 of 1,000, about 2 min left"]


def done(house: House) -> int:
    with house.app.engine.connect() as connection:
        return connection.scalar(select(sync.c.done)) or 0


def living(house: House) -> set[str]:
    with house.app.engine.connect() as connection:
        return set(connection.scalars(select(issue.c.id).where(issue.c.deleted.is_(False))))
