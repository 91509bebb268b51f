"""What changed between two configurations, in sentences that leave nothing out."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from plugin.configuration.differences import differences
from plugin.domain.product import Configuration
from tests.alignment.world import PRODUCT, SITE
from tests.configuration.test_export import configurations

Change = Callable[[dict[str, Any]], object]


def configuration(change: Change = lambda _: None) -> Configuration:
    body = Configuration.model_validate({"site": SITE, "products": [PRODUCT]}).model_dump(mode="json")
    change(body)
    return Configuration.model_validate(body)


def product(change: Change) -> Change:
    return lambda body: change(body["products"][0])


def said(change: Change) -> tuple[str, ...]:
    return differences(configuration(), configuration(change))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            product(lambda one: one["rules"][0].update(when="component = Card")),
            "acme: rule wallet: its condition was `component = Wallet`, is `component = Card`",
        ),
        (
            product(lambda one: one["rules"].append({"id": "new", "objective": "a", "when": "labels = x"})),
            "acme: rule new is new: `labels = x` → a",
        ),
        (product(lambda one: one["rules"].pop()), "acme: rule future is gone; it was `component = Later` → next"),
        (product(lambda one: one["rules"][0].update(priority=5)), "acme: rule wallet: priority was 100, is 5"),
        (
            product(lambda one: one["objectives"][0].update(quarter="2027-Q1")),
            "acme: objective a: its quarter was `2026-Q4`, is `2027-Q1`",
        ),
        (
            product(lambda one: one["objectives"].insert(0, {**one["objectives"][0], "id": "c"})),
            "acme: objective c is new: Fewer people give up at payment (2026-Q4)",
        ),
        (
            product(lambda one: one["objectives"].reverse()),
            "acme: objectives stand in another order: next, old, b, a",
        ),
        (
            product(lambda one: one["exempt"][0].update(budget="10%")),
            "acme: exempt class lights: budget was nothing, is `10%`",
        ),
        (
            product(lambda one: one.update(scope="project = CHK")),
            "acme › scope was `project in (CHK, WAL)`, is `project = CHK`",
        ),
        (
            product(lambda one: one.update(project_modes={"CHK": "shadow"})),
            "acme › project_modes › CHK was nothing, is `shadow`",
        ),
        (lambda body: body["site"].update(mode="shadow"), "site › mode was `tag`, is `shadow`"),
        (lambda body: body["site"]["grace"].update(new="3d"), "site › grace › new was `1d`, is `3d`"),
        (
            lambda body: body["site"].update(exempt=[{"id": "ops", "when": "labels = ops"}]),
            "site: exempt class ops is new: `labels = ops`",
        ),
        (
            lambda body: body["products"][0]["product"].update(id="other"),
            "product acme is gone: Acme, with 4 objectives, 6 rules and 1 exempt class",
        ),
    ],
)
def test_a_change_is_said(change: Change, sentence: str) -> None:
    assert sentence in said(change)


def test_one_change_is_one_sentence() -> None:
    assert len(said(product(lambda one: one["rules"][0].update(why="Because")))) == 1


def test_the_first_configuration_is_new_as_a_whole() -> None:
    assert differences(None, configuration()) == (
        "product acme is new: Acme, with 4 objectives, 6 rules and 1 exempt class",
    )


def test_another_version_of_the_same_is_no_difference() -> None:
    assert differences(configuration(), configuration().model_copy(update={"version": 9})) == ()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(configurations(), configurations())
def test_nothing_is_said_exactly_where_both_are_equal(one: Configuration, other: Configuration) -> None:
    assert bool(differences(one, other)) == (one != other)
    assert differences(one, one) == ()
