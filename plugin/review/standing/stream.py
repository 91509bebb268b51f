"""A stream's page: charter, goals, objectives, metrics and links, each with its age."""

from datetime import timedelta

from plugin.domain.product import Objective, Stream
from plugin.review import text, week_text
from plugin.review.metric_text import standing
from plugin.review.sections.cells import cell, figure, head, line, number_head
from plugin.review.sections.objectives import OBJECTIVE_COLOURS
from plugin.review.standing.known import Known, age, filled, listed, section, stream_key, titled
from plugin.review.storage import BREAK, Markup, emphasis, facts_table, join, link, paragraph, status
from plugin.review.storage import text as escaped

OLD = timedelta(days=180)
"""A charter that has stood longer than this without being revised is marked."""


def title(known: Known, stream: Stream) -> str:
    return titled(known.name, stream.name)


def key(known: Known, stream: Stream) -> str:
    return stream_key(known.product.id, stream.id)


def render(known: Known, stream: Stream) -> str:
    mine = [one for one in known.product.objectives if one.stream == stream.id and one.last >= known.today]
    return join(
        [
            _charter(known, stream),
            _goals(known, mine),
            _objectives(known, mine),
            _metrics(known, mine),
            _links(known, stream),
        ]
    )


def _charter(known: Known, stream: Stream) -> Markup:
    charter = stream.charter
    old = charter.revised is None or known.today - charter.revised > OLD
    mark = [escaped(" "), status("not revised for long", "Yellow")] if old else []
    told = filled(
        [
            ("Value streams", ", ".join(charter.value_streams)),
            ("Roles", charter.roles),
            ("Ground rules", charter.ground_rules),
            ("Projects in Jira", ", ".join(stream.projects)),
        ]
    )
    told.append(("Revised", paragraph(escaped(age(charter.revised, known.today)), *mark)))
    return section("Charter", [facts_table(told)], "")


def _goals(known: Known, mine: list[Objective]) -> Markup:
    served = {one.goal for one in mine}
    goals = [one for one in known.product.goals if one.id in served]
    rows = [
        [
            cell(one.title),
            figure(str(one.year)),
            cell(age(known.since(lambda said, id=one.id: [g for g in said.goals if g.id == id]), known.today)),  # type: ignore[misc]
        ]
        for one in goals
    ]
    return section("Goals", listed([head("Goal"), number_head("Year"), head("Stands since")], rows), _NO_GOAL)


_NO_GOAL = "None of its objectives names a goal of the year."


def _objectives(known: Known, mine: list[Objective]) -> Markup:
    header = [
        head("Objective"),
        head("Quarter"),
        head("State"),
        head("Key results"),
        number_head("Planned"),
        number_head("Actual"),
    ]
    return section(
        "Objectives", listed(header, [_objective(known, one) for one in mine]), "It has no objective that is not over."
    )


def _objective(known: Known, one: Objective) -> list[Markup]:
    review = known.latest
    row = next((each for each in review.objectives if each.id == one.id), None) if review else None
    life = one.life(known.today)
    state = status(row.state.word, OBJECTIVE_COLOURS[row.state.word]) if row else status(life, "Grey")
    actual = review.effort.of_objective(one.id) if review and row else None
    return [
        paragraph(link(known.shows(one.issue), one.title), BREAK, emphasis(escaped(one.why or "no reason given"))),
        cell(str(one.quarter)),
        paragraph(state),
        cell("; ".join(map(week_text.key_result, row.key_results)) if row and row.key_results else "none yet"),
        figure(text.NONE if one.planned_share is None else text.percentage(one.planned_share)),
        figure(text.NONE if actual is None else text.percentage(actual)),
    ]


def _metrics(known: Known, mine: list[Objective]) -> Markup:
    wanted = {result.metric for one in mine for result in one.key_results}
    blocks = [one for one in known.latest.metrics if one.id in wanted] if known.latest else []
    header = [head("Metric"), number_head("This week"), number_head("Target"), head("Standing"), head("Newest value")]
    rows = [
        [
            cell(one.name),
            figure(one.figure(one.value)),
            figure(one.figure(one.target)),
            cell(", ".join(standing(one)) or "as usual"),
            cell(age(one.last_day, known.today)),
        ]
        for one in blocks
    ]
    return section("Metrics", listed(header, rows), "None of its objectives has a metric that was reviewed.")


def _links(known: Known, stream: Stream) -> Markup:
    rows = [
        [
            cell(name),
            paragraph(link(address, address)),
            cell(age(known.since(lambda said, at=name: _link_of(said.streams, stream.id, at)), known.today)),  # type: ignore[misc]
        ]
        for name, address in stream.links.items()
    ]
    found = listed([head("What"), head("Where"), head("Stands here since")], rows)
    lacking = [one for one in ("board", "research", "documents", "chat") if one not in stream.links]
    if lacking:
        found.append(line(f"Not linked yet: {', '.join(lacking)}."))
    return section("Board, research, documents and channels", found, "")


def _link_of(streams: tuple[Stream, ...], id: str, name: str) -> str | None:
    return next((one.links.get(name) for one in streams if one.id == id), None)
