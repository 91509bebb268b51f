"""What Jira refuses or puts off, and an issue that moves, through the whole path."""

from collections.abc import Iterator

import pytest
from sqlalchemy import delete, func, select, update

from plugin.app import wire
from plugin.path.write import FACT, Writer
from plugin.sandbox.faults import Failing, RateLimited
from plugin.sandbox.jira.values import Dialect, Issue
from plugin.store import changes, progress, snapshots
from plugin.store.tables import change, issue, pause
from tests.house import FLAG, TAG, House, configuration, housed


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
