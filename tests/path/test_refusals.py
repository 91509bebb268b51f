"""What Jira refuses or puts off, and an issue that moves, through the whole path."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from plugin.app import wire
from plugin.path.write import FACT, MOST_TRIES, Writer
from plugin.sandbox.faults import Failing, RateLimited
from plugin.sandbox.jira.values import Dialect, Issue
from plugin.store import changes, progress, snapshots
from plugin.store.changes import PATIENCE
from plugin.store.tables import change, issue, pause
from tests.house import FLAG, TAG, House, configuration, housed
from webhooks.inbox import delivery

PER_ISSUE = "jira-per-issue-on-write"


@pytest.fixture(params=["cloud", "data center"])
def house(database: str, request: pytest.FixtureRequest) -> Iterator[House]:
    dialect: Dialect = request.param
    with housed(database, dialect) as found:
        for project in ("CHK", "WAL"):
            found.sandbox.jira.add_component(project, "Wallet")
        found.apply(configuration("CHK, WAL"))
        yield found


def wallet_work(house: House, project: str = "CHK") -> Issue:
    return house.sandbox.jira.create_issue(project, "Pay by wallet", components=["Wallet"])


def unwell(house: House) -> dict[str, str]:
    with house.app.engine.connect() as connection:
        return {one.name: one.words for one in progress.facts(connection) if not one.ok}


def waiting(house: House) -> tuple[int, int]:
    with house.app.engine.connect() as connection:
        return changes.counts(connection)


def make_all_due(house: House) -> None:
    with house.app.engine.begin() as connection:
        connection.execute(update(change).values(due_at=func.now()))


def write_in_another_process(house: House) -> float | None:
    app = wire(house.app.settings)
    try:
        return Writer(app.around, "another process").run()
    finally:
        app.close()


def test_a_project_where_we_may_not_edit_holds_its_own_changes_alone(house: House) -> None:
    shut, open_ = [wallet_work(house) for _ in range(4)], wallet_work(house, "WAL")
    house.sandbox.jira.projects["CHK"].withheld = frozenset({"EDIT_ISSUES"})
    house.sweep()
    wait = house.write()
    assert house.labels(open_.key) == {TAG}
    assert not any(house.labels(one.key) for one in shut)
    assert waiting(house) == (4, 0)
    assert wait is not None
    assert wait > 60
    assert "“Edit issues”" in unwell(house)[f"{FACT} in CHK"]
    assert FACT not in unwell(house)
    assert house.calls("PUT", "/issue/") <= 3, "one try of one issue, with and without silence, and the open one"

    house.sandbox.jira.projects["CHK"].withheld = frozenset()
    make_all_due(house)
    house.write()
    assert all(house.labels(one.key) == {TAG} for one in shut)
    assert not unwell(house)


def test_one_issue_that_may_not_be_edited_is_parked_alone(house: House) -> None:
    shut, open_ = wallet_work(house), wallet_work(house)
    house.sandbox.app.extensions["faults"].add(Failing(method="PUT", path=f"/issue/{shut.id}$", status=403, times=2))
    house.sweep()
    house.write()
    assert house.labels(open_.key) == {TAG}
    assert waiting(house) == (0, 1)
    with house.app.engine.connect() as connection:
        (words,) = changes.parked_words(connection, 5)
    assert f"edit issue {shut.id}" in words
    assert "“Edit issues”" in words


@pytest.mark.parametrize(
    "fault",
    [
        RateLimited(method="PUT", retry_after=90, reason="jira-quota-tenant-based"),
        Failing(method="PUT", retry_after=90),
    ],
    ids=["429", "503"],
)
def test_what_jira_puts_off_is_written_when_it_says(house: House, fault: RateLimited | Failing) -> None:
    one = wallet_work(house)
    house.sweep()
    house.sandbox.app.extensions["faults"].add(fault)
    wait = house.write()
    assert wait is not None
    assert 85 < wait <= 90 * 1.3
    assert house.labels(one.key) == set()
    assert waiting(house) == (1, 0)
    assert house.calls("PUT", "/issue/") == 1

    make_all_due(house)
    write_in_another_process(house)
    if isinstance(fault, RateLimited):  # the other process knows, and asks nothing of Jira before its time
        assert house.calls("PUT", "/issue/") == 1
        with house.app.engine.begin() as connection:
            assert connection.execute(delete(pause)).rowcount == 1
        make_all_due(house)
        write_in_another_process(house)
    assert house.labels(one.key) == {TAG}
    assert waiting(house) == (0, 0)


def test_four_tries_park_a_change_for_a_day_and_what_jira_puts_off_is_no_try(house: House) -> None:
    faults = house.sandbox.app.extensions["faults"]
    stuck, open_ = wallet_work(house), wallet_work(house)
    house.sweep()
    faults.add(RateLimited(method="PUT", path=f"/issue/{stuck.id}$", retry_after=6, times=1, reason=PER_ISSUE))
    faults.add(Failing(method="PUT", path=f"/issue/{stuck.id}$", status=500, times=10))
    house.write()
    assert house.labels(open_.key) == {TAG}, "what one issue's pause holds back is that issue"
    tries = house.calls("PUT", f"/issue/{stuck.id}")
    assert tries == 1

    for _ in range(5):
        write_in_another_process(house)
        make_all_due(house)
    assert house.calls("PUT", f"/issue/{stuck.id}") - tries == MOST_TRIES
    assert waiting(house) == (0, 1)
    with house.app.engine.connect() as connection:
        (words,) = changes.parked_words(connection, 5)
    assert f"{stuck.key} rests for a day after 4 tries: could not edit issue {stuck.id}" in words
    assert "HTTP 500" in words

    faults.clear()
    house.later(timedelta(days=1))
    house.digest()
    write_in_another_process(house)
    assert house.labels(stuck.key) == {TAG}
    assert waiting(house) == (0, 0)


@pytest.mark.parametrize("answers_questions", [False, True])
def test_an_outage_costs_no_change_a_try(house: House, answers_questions: bool) -> None:
    issues = [wallet_work(house) for _ in range(3)]
    house.sweep()
    method, path = ("PUT", "/issue/") if answers_questions else ("*", "")
    house.sandbox.app.extensions["faults"].add(Failing(method=method, path=path, times=100))
    for _ in range(2):
        assert (house.write() or 0) >= 15
        make_all_due(house)
    assert waiting(house) == (3, 0)
    assert house.calls("PUT", "/issue/") <= 8, "two runs, two changes in each, two tries of each"

    house.sandbox.app.extensions["faults"].clear()
    house.write()
    assert all(house.labels(one.key) == {TAG} for one in issues)


def test_bulk_work_lets_live_work_go_first(house: House) -> None:
    house.listen()
    bulk = [wallet_work(house) for _ in range(30)]
    assert house.sandbox.sender.drained(30)
    with house.app.engine.begin() as connection:
        connection.execute(delete(delivery))
    house.sweep()
    live = wallet_work(house)
    assert house.sandbox.sender.drained(30)
    house.digest()
    with house.app.engine.begin() as connection:
        claimed = [one.change.issue_id for one in changes.claim(connection, "a test", 25, timedelta(0))]
    assert live.id in claimed
    assert len(claimed) == 25

    for one in bulk[-2:]:
        house.sandbox.jira.edit_issue(one.key, summary="Pay by wallet at once")
    assert house.sandbox.sender.drained(30)
    house.digest()
    with house.app.engine.connect() as connection:
        ahead = set(connection.scalars(select(change.c.issue_id).where(change.c.bulk.is_(False))))
    assert ahead == {live.id, *(one.id for one in bulk[-2:])}


def test_bulk_work_that_has_waited_for_an_hour_is_not_overtaken_any_more(house: House) -> None:
    """Live work that never ends has more changes due than a writer claims at once."""
    starved, patient = wallet_work(house), wallet_work(house)
    house.sweep()
    live = {wallet_work(house).id for _ in range(4)}
    house.sweep()
    waited = {starved.id: PATIENCE + timedelta(seconds=1), patient.id: PATIENCE - timedelta(minutes=1)}
    with house.app.engine.begin() as connection:
        connection.execute(update(change).where(change.c.issue_id.in_(live)).values(bulk=False))
        for id, ago in waited.items():
            connection.execute(update(change).where(change.c.issue_id == id).values(due_at=func.now() - ago))
        claimed = {one.change.issue_id for one in changes.claim(connection, "a test", 5, timedelta(hours=1))}
    assert claimed == {starved.id, *live}


def test_where_only_the_link_failed_the_edit_is_not_made_again(house: House) -> None:
    one = wallet_work(house)
    house.sweep()
    for _ in range(2):
        house.sandbox.faults.add(Failing(path="remotelink", retry_after=90))
        make_all_due(house)
        house.write()
        assert house.labels(one.key) == {TAG}
        assert not one.remote_links
    make_all_due(house)
    house.write()
    assert waiting(house) == (0, 0)
    assert house.calls("PUT", f"/issue/{one.id}") - house.calls("PUT", "/properties/") == 1
    assert len(one.remote_links) == 1
    house.sandbox.jira.edit_issue(one.key, components=[])
    house.sweep()
    house.write()
    assert house.labels(one.key) == {FLAG}, "the label was known for ours"


def test_an_issue_that_moves_keeps_its_id_and_loses_what_its_old_project_gave_it(house: House) -> None:
    house.listen()
    one = wallet_work(house)
    house.settle()
    old, id = one.key, one.id
    house.sandbox.jira.move(old, "WAL")
    house.settle()
    with house.app.engine.connect() as connection:
        (known,) = snapshots.by_ids(connection, [id]).values()
        assert connection.scalar(select(func.count()).select_from(issue)) == 1
        assert snapshots.ids_of_keys(connection, [old, known.key]) == {known.key: id}
    assert known.key.startswith("WAL-")
    assert known.project_key == "WAL"
    assert house.labels(known.key) == {FLAG} if not one.components else {TAG}
