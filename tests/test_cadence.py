"""The ticker: one tick after the other, whatever a tick raises."""

import logging
import threading
from datetime import UTC, datetime

import pytest

from plugin.cadence import Cadence
from tests.processes import until

NOW = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)


def test_a_tick_that_raises_is_said_and_does_not_stop_the_next(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[datetime] = []

    def tick(now: datetime) -> None:
        heard.append(now)
        raise ValueError("the database is away")

    cadence = Cadence(tick, every=1, clock=lambda: NOW)
    thread = threading.Thread(target=cadence.run)
    with caplog.at_level(logging.CRITICAL, "plugin.cadence"):
        thread.start()
        until(lambda: len(heard) >= 2)
        cadence.stop()
        thread.join(5)
    assert not thread.is_alive()
    assert set(heard) == {NOW}


def test_the_first_tick_comes_at_once_and_the_next_not_before_its_minute() -> None:
    heard: list[datetime] = []
    cadence = Cadence(heard.append, clock=lambda: NOW)
    cadence.stop()
    cadence.run()
    assert heard == [NOW]


def test_what_a_tick_raises_stands_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def tick(now: datetime) -> None:
        raise ValueError("the database is away")

    Cadence(tick, clock=lambda: NOW).tick()
    assert "the database is away" in caplog.text
    assert "the next one asks again" in caplog.text
