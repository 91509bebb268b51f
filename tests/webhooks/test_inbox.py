import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, create_engine, func, select

from tests.webhooks.conftest import NOW, arrived
from webhooks.inbox import (
    CRASHES,
    REFUSED_KEPT,
    Claimed,
    Count,
    Inbox,
    Settlement,
    Stored,
    UnavailableError,
    delivery,
    refused,
)

OVER = timedelta(0)
"""A lease that has run out as soon as it is given."""


def rows(engine: Engine) -> dict[str, dict[str, object]]:
    with engine.connect() as connection:
        return {row["id"]: dict(row) for row in connection.execute(select(delivery)).mappings()}


def fill(inbox: Inbox, *ids: str) -> None:
    for seconds, id in enumerate(ids):
        assert inbox.store(arrived(id, seconds), b'{"issue": "TES-41"}') is Stored.STORED


def ids(claimed: list[Claimed]) -> list[str]:
    return [one.id for one in claimed]


def test_a_delivery_is_stored_once(inbox: Inbox, engine: Engine) -> None:
    assert inbox.store(arrived("a"), b"{}") is Stored.STORED
    assert inbox.store(arrived("a", seconds=5), b'{"other": 1}') is Stored.ALREADY
    row = rows(engine)["a"]
    assert (row["body"], row["received_at"], row["state"], row["issue_key"]) == (b"{}", NOW, "waiting", "TES-41")


def test_the_same_delivery_from_many_threads_is_stored_once(inbox: Inbox, engine: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: inbox.store(arrived("a"), b"{}"), range(24)))
    assert sorted(answers, key=str).count(Stored.STORED) == 1
    assert list(rows(engine)) == ["a"]


def test_the_oldest_are_claimed_first_and_nobody_gets_them_twice(inbox: Inbox) -> None:
    fill(inbox, "c", "b", "a")
    assert ids(inbox.claim("one", most=2)) == ["c", "b"]
    assert ids(inbox.claim("two")) == ["a"]
    assert inbox.claim("three") == []


def test_two_workers_at_once_share_without_overlap(inbox: Inbox) -> None:
    fill(inbox, *(f"{number:02}" for number in range(40)))
    with ThreadPoolExecutor(4) as pool:
        claimed = list(pool.map(lambda number: ids(inbox.claim(f"w{number}", most=10)), range(4)))
    assert len({id for part in claimed for id in part}) == sum(map(len, claimed))


def test_a_claimed_row_that_another_transaction_holds_is_passed_over(inbox: Inbox, engine: Engine) -> None:
    fill(inbox, "a", "b")
    with engine.begin() as connection:
        connection.execute(select(delivery.c.id).where(delivery.c.id == "a").with_for_update())
        assert ids(inbox.claim("one")) == ["b"]


def test_what_was_claimed_is_what_was_stored(inbox: Inbox) -> None:
    inbox.store(arrived("a"), b'{"x": 1}')
    assert inbox.claim("one") == [
        Claimed(
            id="a",
            received_at=NOW,
            event="jira:issue_updated",
            flow="Primary",
            retry=0,
            actor="5c5f880629be9642ba529340",
            issue_id="10040",
            issue_key="TES-41",
            body=b'{"x": 1}',
            attempts=1,
        )
    ]


def test_a_lease_that_ran_out_is_taken_over(inbox: Inbox, engine: Engine) -> None:
    fill(inbox, "a")
    inbox.claim("dead", lease=OVER)
    (taken,) = inbox.claim("alive")
    assert (taken.id, taken.attempts) == ("a", 2)
    assert rows(engine)["a"]["lease_owner"] == "alive"


def test_settling_deletes_the_body_and_keeps_the_outcome(inbox: Inbox, engine: Engine) -> None:
    fill(inbox, "a", "b", "c")
    inbox.claim("one")
    with engine.begin() as connection:
        assert inbox.settle(connection, [Settlement("a", "aligned"), Settlement("b", "unaligned", "no rule")]) == 2
        assert inbox.settle(connection, []) == 0
    found = rows(engine)
    assert [(found[id]["state"], found[id]["outcome"], found[id]["reason"]) for id in "abc"] == [
        ("settled", "aligned", ""),
        ("settled", "unaligned", "no rule"),
        ("waiting", None, None),
    ]
    assert (found["a"]["body"], found["a"]["lease_owner"], found["a"]["issue_id"]) == (None, None, "10040")
    assert found["a"]["settled_at"] is not None
    assert found["c"]["body"] is not None


def test_a_settlement_that_is_rolled_back_never_happened(inbox: Inbox, engine: Engine) -> None:
    fill(inbox, "a")

    def fail_after_settling() -> None:
        with engine.begin() as connection:
            inbox.settle(connection, [Settlement("a", "aligned")])
            raise KeyError

    with pytest.raises(KeyError):
        fail_after_settling()
    assert rows(engine)["a"]["state"] == "waiting"
    assert rows(engine)["a"]["body"] is not None


def test_what_settled_is_not_settled_again(inbox: Inbox, engine: Engine) -> None:
    fill(inbox, "a")
    with engine.begin() as connection:
        inbox.settle(connection, [Settlement("a", "aligned")])
        assert inbox.settle(connection, [Settlement("a", "failed")]) == 0
    assert rows(engine)["a"]["outcome"] == "aligned"
    assert inbox.store(arrived("a"), b"{}") is Stored.ALREADY


def test_a_postponed_delivery_waits_for_its_time(inbox: Inbox, engine: Engine) -> None:
    fill(inbox, "a", "b")
    inbox.claim("one")
    assert inbox.postpone(["a"], timedelta(hours=1), "Jira asks for a pause") == 1
    assert inbox.postpone(["b"], OVER, "Jira did not answer") == 1
    (again,) = inbox.claim("one")
    assert (again.id, again.attempts) == ("b", 1)
    assert rows(engine)["a"]["reason"] == "Jira asks for a pause"


def test_a_poisonous_delivery_is_parked_and_its_neighbours_go_on(inbox: Inbox, engine: Engine) -> None:
    fill(inbox, "before", "poison", "after")
    settled: list[str] = []
    for _ in range(20):
        claimed = inbox.claim("worker", lease=OVER)
        if "poison" in ids(claimed):
            continue  # the worker dies: nothing is settled, and the lease runs out
        with engine.begin() as connection:
            inbox.settle(connection, [Settlement(one.id, "aligned") for one in claimed])
        settled += ids(claimed)
    assert settled == ["before", "after"]
    poison = rows(engine)["poison"]
    assert (poison["state"], poison["attempts"]) == ("parked", CRASHES)
    assert poison["error"] == "claimed 5 times, and no worker ever came back from it"


def test_a_parked_body_stays_without_people(inbox: Inbox, engine: Engine, payload: Callable[[str], bytes]) -> None:
    body = payload("webhook-server-comment-deleted.json")
    inbox.store(arrived("a"), body)
    inbox.park("a", "lev@mattermost.com broke it", 'File "digest.py": lev@mattermost.com')
    row = rows(engine)["a"]
    kept = row["body"]
    assert isinstance(kept, bytes)
    for word in (b"Lev Brouk", b"lev@mattermost.com", b"gravatar", b"displayName", b"emailAddress", b"avatarUrls"):
        assert word in body
        assert word not in kept
    assert json.loads(kept)["comment"]["author"]["key"] == "levbrouk"
    assert json.loads(kept)["webhookEvent"] == "comment_deleted"
    assert (row["state"], row["error"]) == ("parked", "[removed] broke it")
    assert row["traceback"] == 'File "digest.py": [removed]'


def test_a_parked_delivery_waits_again_when_a_person_replays_it(inbox: Inbox, engine: Engine) -> None:
    fill(inbox, "a", "b")
    inbox.park("a", "it raised", "trace")
    assert ids(inbox.claim("one")) == ["b"]
    assert inbox.replay(["a", "b", "none"]) == 1
    (again,) = inbox.claim("one")
    assert (again.id, again.attempts, json.loads(again.body)) == ("a", 1, {"issue": "TES-41"})
    assert rows(engine)["a"]["error"] is None


def test_parking_what_has_settled_changes_nothing(inbox: Inbox, engine: Engine) -> None:
    fill(inbox, "a")
    with engine.begin() as connection:
        inbox.settle(connection, [Settlement("a", "aligned")])
    inbox.park("a", "too late")
    assert (rows(engine)["a"]["state"], rows(engine)["a"]["error"]) == ("settled", None)


def test_over_its_limit_the_inbox_takes_nothing_more(engine: Engine) -> None:
    now = [0.0]
    inbox = Inbox(engine, limit=3, clock=lambda: now[0])
    fill(inbox, "a", "b", "c")
    assert inbox.store(arrived("d"), b"{}") is Stored.FULL
    with engine.begin() as connection:
        inbox.settle(connection, [Settlement("a", "aligned")])
    assert inbox.store(arrived("d"), b"{}") is Stored.FULL
    now[0] = 1.0
    assert inbox.store(arrived("d"), b"{}") is Stored.STORED


def test_the_limit_counts_what_others_stored(engine: Engine) -> None:
    fill(Inbox(engine, limit=100), "a", "b", "c")
    assert Inbox(engine, limit=3).store(arrived("d"), b"{}") is Stored.FULL


def test_ignored_deliveries_are_counted_and_never_claimed(inbox: Inbox, engine: Engine) -> None:
    inbox.store_ignored(arrived("a", event="user_created"), "nothing of a profile is kept")
    inbox.store_ignored(arrived("a", event="user_created"), "nothing of a profile is kept")
    assert inbox.claim("one") == []
    assert inbox.counts(NOW) == [Count("ignored", "user_created", "nothing of a profile is kept", 1)]
    assert rows(engine)["a"]["body"] is None


def test_counts_tell_every_state_from_a_moment_on(inbox: Inbox, engine: Engine) -> None:
    fill(inbox, "old", "a", "b", "c", "d")
    with engine.begin() as connection:
        inbox.settle(connection, [Settlement("a", "aligned"), Settlement("b", "aligned")])
    inbox.park("c", "it raised")
    assert inbox.counts(NOW + timedelta(seconds=1)) == [
        Count("aligned", "jira:issue_updated", "", 2),
        Count("parked", "jira:issue_updated", "", 1),
        Count("waiting", "jira:issue_updated", "", 1),
    ]


def test_the_backlog_has_a_size_and_an_age(inbox: Inbox, engine: Engine) -> None:
    assert (inbox.waiting().number, inbox.waiting().oldest) == (0, None)
    fill(inbox, "a", "b")
    with engine.connect() as connection:
        before = connection.execute(select(func.now())).scalar_one()
    found = inbox.waiting()
    assert found.number == 2
    assert found.oldest is not None
    assert found.oldest >= before - NOW


def test_refused_bodies_are_bounded_and_hold_no_secret(inbox: Inbox, engine: Engine) -> None:
    body = (
        b'token=hunter2 "password": "swordfish", Bearer abc anna@example.com ' + b"k" * 40 + b"\x00\xff" + b" x" * 9000
    )
    for _ in range(REFUSED_KEPT + 5):
        inbox.refuse(body, "the body is not JSON", NOW)
    with engine.connect() as connection:
        kept = connection.execute(select(refused)).all()
    assert len(kept) == REFUSED_KEPT
    assert kept[0].size == len(body)
    assert len(kept[0].sample) <= 2000
    for word in ("hunter2", "swordfish", "abc", "anna", "kkkk", "\x00"):
        assert word not in kept[0].sample


def test_a_database_that_is_gone_is_said_so() -> None:
    gone = Inbox(create_engine("postgresql+psycopg://127.0.0.1:1/none"), limit=10)
    with pytest.raises(UnavailableError):
        gone.store(arrived("a"), b"{}")
    with pytest.raises(UnavailableError):
        gone.store_ignored(arrived("a"), "reason")
    with pytest.raises(UnavailableError):
        gone.refuse(b"x", "reason", NOW)


def test_the_next_delivery_is_due_when_it_was_postponed_to(inbox: Inbox) -> None:
    assert inbox.due_in() is None
    fill(inbox, "a")
    assert inbox.due_in() == 0
    inbox.claim("worker", lease=timedelta(seconds=100))
    leased = inbox.due_in()
    assert leased is not None
    assert 90 < leased <= 100
    inbox.postpone(["a"], timedelta(seconds=30), "Jira is away")
    postponed = inbox.due_in()
    assert postponed is not None
    assert 20 < postponed <= 30


def test_what_settled_long_ago_is_forgotten_and_what_waits_is_not(inbox: Inbox, engine: Engine) -> None:
    fill(inbox, "settled", "waiting")
    with engine.begin() as connection:
        inbox.settle(connection, [Settlement("settled", "aligned")])
    assert inbox.forget(timedelta(hours=1)) == 0
    assert inbox.forget(timedelta(0)) == 1
    assert set(inbox.endings(["settled", "waiting"])) == {"waiting"}
