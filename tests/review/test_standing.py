"""The pages beside the weekly one, from values: well-formed whatever stands in them, silent about restricted issues."""

from collections.abc import Iterator
from datetime import date

import pytest

from plugin.domain.product import AudiencePlan, Bet, Goal, KeyResult, Product
from plugin.domain.week import Quarter
from plugin.review.merge.nesting import check
from plugin.review.merge.tree import read
from plugin.review.standing import home, quarter, stream, year
from plugin.review.standing.known import Known, Saying
from plugin.review.storage import parse
from tests.review.weeks import CONVERSION, JIRA, PAY, Q4, SITE, full_week, measured, week_before

HOSTILE = ("</p></td><script>alert(1)</script> ]]>", "\x00\u202eשלום \ud800")


def product() -> Product:
    (first, *rest) = PAY.objectives
    served = first.model_copy(
        update={"goal": "g", "key_results": (KeyResult(metric="conversion", baseline=61, target=68),)}
    )
    goal = Goal(id="g", year=2026, title="Paying is forgotten", bet=Bet(belief="Speed wins"), outcome="conversion")
    return PAY.model_copy(update={"objectives": (served, *rest), "metrics": (CONVERSION,), "goals": (goal,)})


def known(given: Product | None = None, **more: object) -> Known:
    found = given or product()
    values = {
        "product": found,
        "site": SITE,
        "today": date(2026, 11, 23),
        "reviews": (week_before(), full_week(product(), points=measured())),
        "jira_url": JIRA,
    }
    return Known.model_validate(values | more)


def bodies(of: Known) -> Iterator[str]:
    yield home.render(of)
    yield from (stream.render(of, one) for one in of.product.streams)
    yield from (quarter.render(of, one) for one in of.quarters)
    yield year.render(of, 2026)


def words(body: str) -> str:
    return " ".join("".join(parse(body).itertext()).replace("\u00a0", " ").split())


@pytest.mark.parametrize("odd", HOSTILE)
def test_every_page_is_well_formed_whatever_people_wrote(odd: str) -> None:
    plain = product()
    streams = tuple(one.model_copy(update={"name": odd, "links": {odd: odd}}) for one in plain.streams)
    objectives = tuple(one.model_copy(update={"title": odd, "why": odd}) for one in plain.objectives)
    goals = tuple(one.model_copy(update={"title": odd}) for one in plain.goals)
    hostile = plain.model_copy(update={"streams": streams, "objectives": objectives, "goals": goals})
    for body in bodies(known(hostile)):
        check(read(body))
        assert not list(parse(body).iter("script"))


def test_a_product_of_which_nothing_is_known_has_short_pages() -> None:
    bare = PAY.model_copy(update={"objectives": (), "metrics": (), "streams": (), "goals": ()})
    assert "No week has been reviewed yet." in words(home.render(known(bare, reviews=())))


def test_the_quarter_says_what_it_lacks_and_what_its_objectives_got() -> None:
    told = words(quarter.render(known(), Q4))
    assert "runningGreen 1 Oct 2026 to 31 Dec 2026. Week 8 of 14." in told
    assert "Checkout conversion 61 → 68 %" in told
    assert "“Pay in two taps with saved cards” has no metric" in told
    assert "Planned in all: 80 %; 20 % is left to exempt and other work." in told
    then = words(quarter.render(known(), Quarter.parse("2026-Q3")))
    assert "overGrey 1 Jul 2026" in then


def test_the_effort_of_an_objective_is_that_of_all_its_weeks() -> None:
    got = known().got(product().objectives[0])
    assert got == pytest.approx((14 + 9) / (38 + 40))


def test_a_goal_tells_its_bet_its_outcome_and_its_revisions() -> None:
    before = product().model_copy(
        update={"goals": (product().goals[0].model_copy(update={"title": "Paying is fast"}),)}
    )
    sayings = (
        Saying(day=date(2026, 1, 5), why="first", product=before),
        Saying(day=date(2026, 6, 2), why="speed was not enough", product=product()),
    )
    told = words(year.render(known(sayings=sayings), 2026))
    assert "Speed wins" in told
    assert "Checkout conversion: 62.1 %; 60.9 % in the same week a year before" in told
    assert "Revised: 2 Jun 2026, “speed was not enough”." in told


def test_an_objective_of_a_restricted_project_is_not_linked() -> None:
    open_to_all = stream.render(known(), PAY.streams[0])
    hidden = SITE.model_copy(update={"audience": AudiencePlan(restricted=("CHK",))})
    assert "CHK-1" in open_to_all
    assert "CHK-1" not in stream.render(known(site=hidden), PAY.streams[0])
