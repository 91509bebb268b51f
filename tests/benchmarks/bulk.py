"""Many issues on a sandbox, settled; and what webhooks tell of changes to them, caught before they are sent."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from plugin.sandbox.jira.happened import Happened
from plugin.sandbox.jira.values import Issue
from plugin.sandbox.jira.webhook_bodies import webhook_body
from tests.house import House, configuration
from webhooks.delivery import Delivery

BODY_BYTES = 6000


def settled_issues(house: House, number: int, components: tuple[str, ...] = ("Wallet",)) -> list[Issue]:
    """So many issues that were swept; nothing waits to be written. Each is told in about BODY_BYTES."""
    jira = house.sandbox.jira
    jira.add_component("CHK", "Wallet")
    text = "x" * (BODY_BYTES - 4200)
    made = [jira.create_issue("CHK", f"Work {n}", components=components, description=text) for n in range(number)]
    house.apply(configuration())
    house.app.fields.myself()  # asked for once
    house.sweep()
    house.write_until_done()
    assert all(one.labels for one in made)
    return made


@contextmanager
def caught(house: House) -> Iterator[list[bytes]]:
    """The bodies of all events that happen meanwhile."""
    jira, bodies = house.sandbox.jira, list[bytes]()

    def hear(happened: Happened) -> None:
        bodies.append(webhook_body(jira, happened))

    jira.listeners.append(hear)
    yield bodies
    jira.listeners.remove(hear)


def store(house: House, bodies: list[bytes]) -> None:
    """As the receiver stores them."""
    for body in bodies:
        given = Delivery.from_http({}, body, house.clock())
        house.app.inbox.store(given, body)


def size(bodies: list[bytes]) -> int:
    """Bytes of a body, on average."""
    return sum(map(len, bodies)) // len(bodies)


def issues_told(bodies: list[bytes]) -> int:
    return len({json.loads(one)["issue"]["id"] for one in bodies})
