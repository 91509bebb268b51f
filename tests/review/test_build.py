from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.product import Product, ReviewPlan, Site
from plugin.domain.verdict import Reason, State, Verdict
from plugin.domain.week import Quarter, Week
from plugin.review.model import Part, Review, Share
from tests.review.weeks import (
    CONVERSION,
    PAGE_LOAD,
    PAY,
    SITE,
    UNDECIDED,
    WEEK,
    CountedIssue,
    aligned,
    build,
    exempt,
    facts,
    full_week,
    issue,
    many,
    unaligned,
    week_before,
)


def built(*counted: CountedIssue, product: Product = PAY, week: Week = WEEK, **known: Any) -> Review:
    return build(product, SITE, week, counted, None, facts(**known))


def test_shares_are_of_all_issues_counted_and_compared_with_last_week() -> None:
    review = full_week()
    assert review.aligned == Part(share=Share(count=17, of=40), before=Share(count=25, of=38))
    assert (review.exempt.share.count, review.unlinked.share.count, review.undecided.share.count) == (10, 12, 1)
    assert [(row.id, row.part.share.count, row.part.points) for row in review.objectives] == [
        ("checkout-1", 9, -14),
        ("wallet-1", 8, -4),
        ("risk-1", 0, -5),
    ]
    assert [(row.name, row.part.share.count, row.budget) for row in review.exempt_rows] == [
        ("keep the lights on", 10, 0.2)
    ]


def test_points_are_what_a_reader_gets_by_subtracting_the_two_percentages() -> None:
    # 42.5 % and 65.8 % are shown as 43 % and 66 %: 23 points, though the exact difference is 23.3 or rounds elsewhere.
    assert full_week().aligned.points == -23


@pytest.mark.parametrize(
    ("left_out", "why"),
    [
        (issue("CHK-9", aligned("checkout-1").model_copy(update={"product": "other"})), "another product's"),
        (issue("CHK-9", Verdict(state=State.OUT_OF_SCOPE)), "in no scope"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_issue_that_is_not_of_this_product_is_not_counted(left_out: CountedIssue, why: str) -> None:
    assert built(issue("CHK-1", aligned("checkout-1")), left_out).counted == 1, why


def test_work_for_an_objective_that_was_not_active_is_unlinked() -> None:
    review = built(*many("CHK", 5, aligned("checkout-1")), issue("RISK-1", aligned("old-1")))
    assert review.aligned.share.count == 5
    assert [(one.key, one.reason) for one in review.unlinked_work.issues] == [
        ("RISK-1", "“Partner onboarding”, which it would serve, ended on 30 Sep 2026.")
    ]


def test_a_week_in_which_the_quarter_changes_shows_the_objectives_of_both() -> None:
    review = built(week=Week(2026, 40))
    assert [row.id for row in review.objectives] == ["checkout-1", "wallet-1", "risk-1", "old-1"]
    assert review.quarter is None


def test_last_week_is_only_the_week_before_of_the_same_product() -> None:
    stale = week_before().model_copy(update={"week": Week(2026, 45)})
    foreign = week_before().model_copy(update={"product": "other"})
    for previous in (stale, foreign):
        assert build(PAY, SITE, WEEK, [], previous, facts()).aligned.before is None


def test_unlinked_work_in_progress_comes_first_new_work_last_and_ten_are_shown() -> None:
    work = full_week().unlinked_work
    assert work.total == 12
    keys = [one.key for one in work.issues]
    assert (keys[0], keys[-1], len(keys)) == ("CHK-412", "RISK-88", 10)
    few = built(
        issue("A-3", unaligned(Reason.NEW)),
        issue("A-10", unaligned(Reason.NO_RULE), status_category="new"),
        issue("A-2", unaligned(Reason.NO_RULE), status_category="done"),
        issue("A-9", unaligned(Reason.NO_RULE), status_category="new"),
        issue("A-1", unaligned(Reason.NO_RULE)),
    )
    assert [one.key for one in few.unlinked_work.issues] == ["A-1", "A-9", "A-10", "A-2", "A-3"]


def test_each_unlinked_issue_has_its_reason_and_one_step() -> None:
    shown = {one.key: one for one in full_week().unlinked_work.issues}
    assert shown["CHK-412"].reason == "Its parent CHK-77 serves no objective, and no rule matches it."
    assert shown["RISK-88"].reason == "“Partner onboarding”, which it would serve, ended on 30 Sep 2026."
    assert all(one.step.endswith(".") for one in shown.values())


def test_every_reason_has_words() -> None:
    for reason in Reason:
        (row,) = built(issue("A-1", unaligned(reason))).unlinked_work.issues
        assert row.reason.endswith(".")
        assert row.step.endswith(".")


def test_the_search_goes_by_label_where_labels_are_written_and_by_keys_where_not() -> None:
    work = full_week().unlinked_work
    assert work.jql == 'labels = "no-objective" AND (project in (CHK, WAL, RISK))'
    assert work.url is not None
    assert work.url.startswith("https://jira.example/issues/?jql=labels%20%3D%20%22no-objective%22%20AND%20%28")
    shadow = SITE.model_copy(update={"mode": "shadow"})
    quiet = build(PAY, shadow, WEEK, many("NIL", 2, unaligned(Reason.NO_RULE)), None, facts(jira_url=None))
    assert (quiet.unlinked_work.jql, quiet.unlinked_work.url) == ("key in (NIL-1, NIL-2)", None)


@pytest.mark.parametrize(("minutes", "late"), [(0, False), (60, False), (61, True)])
def test_a_review_is_late_from_an_hour_after_its_deadline(minutes: int, late: bool) -> None:
    due = datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert built(due_at=due, now=due + timedelta(minutes=minutes)).late is late


def test_the_period_is_the_sites_week_in_utc() -> None:
    period = build(PAY, Site(time_zone="Asia/Tokyo", review=ReviewPlan(space="P")), WEEK, [], None, facts()).period
    assert period.start == datetime(2026, 11, 15, 15, tzinfo=UTC)
    assert period.end == datetime(2026, 11, 22, 15, tzinfo=UTC)


def test_inputs_stand_before_the_outcome_that_they_drive() -> None:
    orphan = PAGE_LOAD.model_copy(update={"id": "orphan", "drives": None})
    product = PAY.model_copy(update={"metrics": (orphan, CONVERSION, PAGE_LOAD)})
    assert [(row.id, row.drives) for row in built(product=product).metrics] == [
        ("load", "Checkout conversion"),
        ("conversion", None),
        ("orphan", None),
    ]


@pytest.mark.parametrize(
    ("counted", "word", "rule"),
    [
        (many("CHK", 4, aligned("checkout-1")), "too little to judge", "a week is judged from 5 issues on"),
        (
            [*many("CHK", 6, aligned("checkout-1")), *many("X", 2, UNDECIDED)],
            "too little to judge",
            "2 of 8 issues could not be decided yet",
        ),
        (
            many("CHK", 6, aligned("checkout-1")),
            "needs attention",
            "2 of 3 planned objectives got no work; 1 of 3 objectives got over 15 points more than planned",
        ),
    ],
)
def test_the_state_names_the_rule_that_set_it(counted: list[CountedIssue], word: str, rule: str) -> None:
    state = built(*counted).state
    assert (state.word, state.rule) == (word, rule)


def on_plan() -> list[CountedIssue]:
    return [
        *many("CHK", 6, aligned("checkout-1")),
        *many("WAL", 4, aligned("wallet-1")),
        *many("RISK", 2, aligned("risk-1")),
    ]


def test_a_week_as_agreed_becomes_one_that_needs_attention_by_exempt_or_unlinked_work() -> None:
    assert built(*on_plan(), *many("OPS", 3, exempt())).state.word == "as agreed"
    over = built(*on_plan(), *many("OPS", 4, exempt())).state
    assert over.rule == "exempt work (keep the lights on) took 25 % of the issues where 20 % is agreed"
    loose = built(*on_plan(), *many("NIL", 4, unaligned(Reason.NO_RULE))).state
    assert (loose.word, loose.rule) == ("needs attention", "25 % of the issues are unlinked (said from 25 % on)")


def test_a_product_without_active_objectives_needs_attention() -> None:
    bare = PAY.model_copy(update={"objectives": ()})
    assert built(*many("OPS", 5, exempt("gone")), product=bare).state.rule == "no objective is active in this week"


def test_an_exempt_class_that_is_no_longer_configured_keeps_its_row() -> None:
    rows = built(issue("OPS-1", exempt("learning")), issue("OPS-2", exempt())).exempt_rows
    assert [(row.id, row.part.share.count, row.budget) for row in rows] == [
        ("keep-the-lights-on", 1, 0.2),
        ("learning", 1, None),
    ]


def test_a_review_survives_json() -> None:
    review = full_week(PAY.model_copy(update={"metrics": (CONVERSION, PAGE_LOAD)}))
    assert Review.model_validate_json(review.model_dump_json()) == review
    assert '"week":"2026-W47"' in review.model_dump_json()


VERDICTS = st.sampled_from(
    [aligned("checkout-1"), aligned("old-1"), aligned("nowhere"), exempt(), exempt("gone"), UNDECIDED]
    + [unaligned(reason) for reason in Reason]
)


@given(st.lists(VERDICTS, max_size=30))
def test_every_counted_issue_is_in_exactly_one_group(drawn: list[Verdict]) -> None:
    review = built(*(issue(f"A-{number}", verdict) for number, verdict in enumerate(drawn)))
    groups = (review.aligned, review.exempt, review.unlinked, review.undecided)
    assert sum(part.share.count for part in groups) == review.counted == len(drawn)
    assert sum(row.part.share.count for row in review.objectives) == review.aligned.share.count
    assert sum(row.part.share.count for row in review.exempt_rows) == review.exempt.share.count
    assert review.unlinked_work.total == review.unlinked.share.count


def test_custom_quarters_are_objectives_quarters_too() -> None:
    quarter = Quarter.parse("2026-10-05..2026-12-27")
    one = PAY.objectives[0].model_copy(update={"quarter": quarter})
    assert built(product=PAY.model_copy(update={"objectives": (one,)})).quarter == quarter
