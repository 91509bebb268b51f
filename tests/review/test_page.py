"""What a reader of the page sees. Golden files are rewritten by running this module with PLUMBLINE_GOLDEN=write."""

import os
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from plugin.domain.product import Product
from plugin.domain.verdict import Reason
from plugin.domain.week import Week
from plugin.review import sentences, text
from plugin.review.model import ChangesSeen, MovedWork, Released, ReleasedIssue, Review, Share
from plugin.review.page import render
from plugin.review.storage import NAMESPACES, parse
from tests.review.weeks import (
    CONVERSION,
    PAGE_LOAD,
    PAY,
    SITE,
    WEEK,
    CountedIssue,
    aligned,
    build,
    exempt,
    facts,
    full_week,
    issue,
    many,
    measured,
    unaligned,
)

BLOCK = re.compile(
    r"(?=<(?:h2|h3|table|tr|td|th|ul|li)\b|(?<!<td>)(?<!<th>)(?<!<li>)<p[ >]|<ac:structured-macro ac:name=.(?!status))"
)
"""Where a golden file starts a new line: before every block."""

GOLDEN = Path(__file__).parent / "golden"
AC = f"{{{NAMESPACES['ac']}}}"
WITH_METRICS = PAY.model_copy(update={"metrics": (CONVERSION, PAGE_LOAD)})


def of(*counted: CountedIssue, product: Product = PAY, **known: object) -> Review:
    return build(product, SITE, WEEK, counted, None, facts(**known))


def first_week() -> Review:
    return of(*many("CHK", 2, aligned("checkout-1")), issue("NIL-1", unaligned(Reason.NO_RULE)))


def quiet_week() -> Review:
    bare = PAY.model_copy(update={"objectives": (), "metrics": ()})
    return build(bare, SITE.model_copy(update={"exempt": ()}), WEEK, [], None, facts(seen=ChangesSeen()))


@pytest.mark.parametrize(
    ("name", "review"),
    [
        ("full_week", full_week(WITH_METRICS, points=measured())),
        ("first_week", first_week()),
        ("quiet_week", quiet_week()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_page_is_the_golden_one(name: str, review: Review) -> None:
    shown = re.sub(BLOCK, "\n", render(review)).lstrip() + "\n"
    file = GOLDEN / f"{name}.xml"
    if os.environ.get("PLUMBLINE_GOLDEN") == "write":
        file.write_text(shown)
    assert shown == file.read_text()


def words(node: Element) -> str:
    return re.sub(r"\s+", " ", "".join(node.itertext())).strip()


def rows(page: Element, heading: str) -> list[list[str]]:
    """The rows of the first table under the heading, its header row included."""
    nodes = list(page)
    start = next(number for number, node in enumerate(nodes) if node.tag == "h2" and node.text == heading)
    table = next(node for node in nodes[start:] if node.tag == "table")
    return [[words(cell) for cell in row] for row in table.iter("tr")]


def test_sections_stand_in_their_order() -> None:
    page = parse(render(full_week()))
    assert [node.text for node in page.iter("h2")] == [
        "Lead’s comment",
        "Metrics",
        "Exceptions to explain",
        "Objectives",
        "Where the effort went",
        "Starved and over-fed objectives",
        "Unlinked work that needs a decision",
        "Changed since last week",
        "Released, not yet verified",
        "Possible duplicate effort",
        "Decisions and asks",
        "How these numbers are made",
    ]
    assert page[0].get(f"{AC}name") == "details"


def test_the_header_tells_share_denominator_and_last_week() -> None:
    header = {words(row[0]): words(row[1]) for row in parse(render(full_week()))[0].iter("tr")}
    assert header["Period"] == "Mon 16 to Sun 22 Nov 2026, Europe/Dublin (ends on day 53 of 92 of 2026-Q4)"
    assert header["Work linked to an objective"] == (
        "43 % of 40 issues (−23 points on last week); 25 % exempt of 20 % agreed; 30 % unlinked; 3 % not decided yet"
        "17 of 40 issues served an objective. Shares are of issues, as too little of people’s time was observed."
    )
    assert header["Seen"] == "1,284 of 1,287 changes seen live (99.7 %), 3 recovered by the sweep, 0 lost"
    assert header["Made"] == "Mon 23 Nov 2026 08:00, on time · rules version 14 · page version 4"
    assert header["State"].startswith("needs attention")


def test_a_late_review_says_when_it_was_due() -> None:
    late = of(now=datetime(2026, 11, 24, 9, 30, tzinfo=UTC))
    assert "Tue 24 Nov 2026 09:30, late: due Mon 23 Nov 08:00" in text.made(late)


def test_a_week_that_is_not_over_says_so() -> None:
    assert "not over" in text.period(of(now=datetime(2026, 11, 19, tzinfo=UTC)))
    assert "not over" not in text.period(full_week())


@pytest.mark.parametrize(
    ("week", "words"),
    [(Week(2026, 40), "Mon 28 Sep to Sun 4 Oct 2026"), (Week(2026, 53), "Mon 28 Dec 2026 to Sun 3 Jan 2027")],
)
def test_a_period_over_the_end_of_a_month_or_year_names_both(week: Week, words: str) -> None:
    assert text.period(build(PAY, SITE, week, [], None, facts())).startswith(f"{words}, Europe/Dublin")


def test_the_three_sentences_can_be_read_aloud() -> None:
    assert " ".join(words(one) for one in list(parse(render(full_week())))[1:4]) == (
        "43 % of 40 issues served an objective, 23 points less than last week. "
        "“Fewer people give up at payment” got 23 % of the work where 40 % was planned. "
        "“Disputes answered before they cost” got no work: keep, move or end it? "
        "12 issues serve no objective, first CHK-412 “Retry queue for gift cards”: link, exempt or stop them?"
    )


def test_below_five_issues_no_percentage_is_told_of_them() -> None:
    review = first_week()
    page = parse(render(review))
    assert words(page[1]) == "3 issues moved or were in progress; 2 served an objective."
    assert words(page[2]).startswith("With fewer than 5")
    objectives = rows(page, "Objectives")
    assert objectives[0][5] == "Actual, of 3 issues"
    assert [row[5] for row in objectives[1:]] == ["2 of 3", "0 of 3", "0 of 3"]
    assert rows(page, "Unlinked work that needs a decision")[1][0] == "NIL-1 Work on NIL-1 (Story)"


def test_a_quiet_week_is_a_short_page() -> None:
    page = parse(render(quiet_week()))
    assert words(page[1]).startswith("No issue moved or was in progress this week.")
    assert "No objective is active in this week." in words(page)
    assert len(words(page)) < 3500


def test_a_product_without_metrics_is_told_so_loudly() -> None:
    page = parse(render(full_week()))
    loud = next(node for node in page if node.get(f"{AC}name") == "warning")
    assert words(loud).startswith("Acme Pay has no metrics.")


def test_a_product_whose_metrics_have_no_value_is_told_so_loudly() -> None:
    page = parse(render(full_week(WITH_METRICS)))
    assert any("No metric has a value yet" in words(node) for node in page if node.get(f"{AC}name") == "warning")
    assert [node.text for node in page.iter("h3")] == ["Payment page load", "Checkout conversion"]


def test_a_metric_is_told_with_what_it_is_compared_with_and_who_answers_for_it() -> None:
    page = parse(render(full_week(WITH_METRICS, points=measured())))
    assert not [node for node in page if node.get(f"{AC}name") == "warning"]
    tables = [found for found in page.iter("table") if words(found).startswith("This week")]
    figures, told = ([words(cell) for cell in row] for row in tables[1].iter("tr"))
    assert dict(zip(figures, told, strict=True)) == {
        "This week": "62.1 %",
        "Target": "–",
        "Variance": "–",
        "On last week": "−3.2",
        "On last year": "+2.0 %",
        "Month to date": "62.1 %",
        "Quarter to date": "62.1 %",
        "Year to date": "62.1 %",
        "Owner · source · certified": "A. Product · sql · Finance, 1 Oct 2026",
    }
    without = [words(cell) for cell in list(tables[0].iter("tr"))[1]]
    assert without == [*["–"] * 8, "no owner yet · no source yet · not certified"]


def test_the_trend_has_six_weeks_and_twelve_months_and_the_year_before() -> None:
    page = parse(render(full_week(WITH_METRICS, points=measured())))
    tables = [found for found in page.iter("table") if words(found).startswith("Trend")]
    rows = [[words(cell) for cell in row] for row in tables[0].iter("tr")][1:]
    assert len(tables) == 1  # a metric that never had a value has none
    assert rows[0] == ["Six weeks, W42 to W47", "▅▆▅▇█▁", "63.9 · 64.2 · 64.1 · 64.8 · 65.3 · 62.1"]
    assert rows[1] == ["A year before", "·····▅", "– · – · – · – · – · 60.9"]
    assert rows[2][0] == "Twelve months, Dec 2025 to Nov 2026"


def test_a_metric_outside_its_usual_range_is_said_first_and_asked_about() -> None:
    review = full_week(WITH_METRICS, points=measured())
    page = parse(render(review))
    assert words(page[1]).startswith("Checkout conversion fell to 62.1 %, outside its usual range. 43 % of 40 issues")
    assert review.state.word == "needs attention"
    assert review.state.rule.startswith("1 of 1 metrics is outside its limits; ")
    (asked,) = rows(page, "Exceptions to explain")[1:]
    assert asked[0].startswith("Checkout conversion 62.1 %: below the lower limit of 63.")
    assert asked[1] == "A. Product"


def test_the_effort_table_tells_unlinked_exempt_and_not_observed_apart() -> None:
    effort = rows(parse(render(full_week())), "Where the effort went")
    assert effort[0] == ["Work", "Issues", "Share of 40", "Last week, of 38", "Planned or agreed", "Gap in points"]
    assert effort[1:] == [
        ["Fewer people give up at payment", "9", "23 %", "37 %", "40 %", "−17"],
        ["Pay in two taps with saved cards", "8", "20 %", "24 %", "25 %", "−5"],
        ["Disputes answered before they cost", "0", "0 %", "5 %", "15 %", "−15"],
        ["All work linked to an objective", "17", "43 %", "66 %", "–", "–"],
        ["Exempt: keep the lights on", "10", "25 %", "21 %", "20 %", "+5"],
        ["Unlinked", "12", "30 %", "13 %", "–", "–"],
        ["Not decided yet", "1", "3 %", "0 %", "–", "–"],
        ["Not observed: counting issues cannot tell", "–", "–", "–", "–", "–"],
    ]


def test_the_rest_of_the_unlinked_work_is_a_count_with_a_search() -> None:
    review = full_week()
    page = parse(render(review))
    found = [node for node in page.iter("a") if "more; see all" in words(node)]
    assert [(words(node), node.get("href")) for node in found] == [
        ("2 more; see all of them in Jira as they are now", review.unlinked_work.url)
    ]
    assert "2 more are not shown." in words(parse(render(without_jira(review))))


def without_jira(review: Review) -> Review:
    return review.model_copy(update={"unlinked_work": review.unlinked_work.model_copy(update={"url": None})})


def test_only_forms_that_editors_keep_are_used() -> None:
    page = parse(render(full_week(WITH_METRICS)))
    for node in page.iter():
        assert not {"class", "id"} & set(node.attrib), node.tag
        assert node.get("style") in (None, "text-align: right;")
        assert not node.tag.endswith(("layout", "thead", "div", "span"))
    for cell in (*page.iter("td"), *page.iter("th")):
        assert [child.tag for child in cell] == ["p"]
    for table in page.iter("table"):
        assert len({len(row) for row in table.iter("tr")}) == 1
    for macro in page.iter(f"{AC}structured-macro"):
        inner = {node.get(f"{AC}name") for node in macro.iter(f"{AC}structured-macro")} - {macro.get(f"{AC}name")}
        assert inner <= {"status"}


def test_a_figure_of_seen_changes_is_never_rounded_up_to_all() -> None:
    assert "(99.9 %)" in text.seen(ChangesSeen(live=99_999, lost=1)).replace("\u00a0", " ")
    assert "(100 %)" in text.seen(ChangesSeen(live=5)).replace("\u00a0", " ")
    assert "%" not in text.seen(ChangesSeen(live=4))


def test_one_issue_is_not_issues() -> None:
    review = of(issue("NIL-1", unaligned(Reason.NO_RULE)))
    assert sentences.what_moved(review) == "1 issue moved or was in progress; 0 served an objective."
    assert "1 of 1 issue serves no objective and is not exempt." in words(parse(render(review)))


def test_exempt_work_over_its_agreed_share_can_be_the_largest_gap() -> None:
    plain = PAY.model_copy(update={"objectives": PAY.objectives[3:]})
    review = of(*many("OPS", 8, exempt()), *many("NIL", 2, unaligned(Reason.NO_RULE)), product=plain)
    assert sentences.what_is_off(review).replace("\u00a0", " ") == (
        "Exempt work (keep the lights on) took 80 % of all work where 20 % was agreed."
    )


def test_percentages_round_halves_up() -> None:
    assert text.share_alone(Share(count=1, of=8)).replace("\u00a0", " ") == "13 %"
    assert text.share_alone(Share(count=9, of=40)).replace("\u00a0", " ") == "23 %"


def test_a_title_carries_product_and_week_and_fits() -> None:
    assert text.title(full_week()) == "Acme Pay, week 47 of 2026"
    long = full_week().model_copy(update={"product_name": "Pay\n" * 200})
    assert len(text.title(long)) <= 255
    assert text.title(long).endswith(", week 47 of 2026")
    odd = full_week().model_copy(update={"product_name": "A\x00\u202e\r\nB"})
    assert text.title(odd) == "A B, week 47 of 2026"
    assert text.title(odd.model_copy(update={"product_name": " "})) == "acme-pay, week 47 of 2026"


def texts(value: JsonValue, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The paths of every free text in a review's JSON."""
    if isinstance(value, str):
        yield path
    entries = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, one in entries:
        yield from texts(one, (*path, key))


FIXED = {"week", "zone", "quarter", "start", "end", "generated_at", "due_at", "effort_model", "word", "kind"}
FIXED |= {"certified_on", "better", "last_day", "first", "last", "life", "first_week", "model", "since", "keep"}
FIXED |= {"history_until", "answer"}
WHOLE = full_week(
    WITH_METRICS,
    points=measured(),
    before=PAY,
    moved=(MovedWork(before="wallet-1", after="checkout-1", issues=2),),
    released=Released(
        total=1,
        issues=(
            ReleasedIssue(
                key="WAL-9",
                url="https://jira.example/browse/WAL-9",
                summary="Taps",
                objective="Two taps",
                since=datetime(2026, 11, 2, tzinfo=UTC),
            ),
        ),
    ),
)
FREE = [path for path in texts(WHOLE.model_dump(mode="json")) if path[-1] not in FIXED]


def planted(words: str) -> Review:
    data: Any = WHOLE.model_dump(mode="json")
    for path in FREE:
        place = data
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = words
    data["lead_before"] = f"said {words}"
    return Review.model_validate(data)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=20) | st.just("]]><p>&nbsp;</p>"))
def test_hostile_text_in_every_field_leaves_the_page_as_it_is_built(hostile: str) -> None:
    encodable = hostile.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    shape = [node.tag for node in parse(render(planted("words"))).iter() if node.tag != "a"]
    assert [node.tag for node in parse(render(planted(encodable))).iter() if node.tag != "a"] == shape
