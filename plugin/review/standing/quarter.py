"""A quarter's page: made before the meeting, refreshed during the quarter, and what came of it afterwards."""

from plugin.domain.product import Objective
from plugin.domain.week import Quarter
from plugin.review import text
from plugin.review.regions import AGREEMENT
from plugin.review.sections.cells import cell, figure, head, line, number_head
from plugin.review.standing.known import Known, listed, quarter_key, section, titled
from plugin.review.storage import BREAK, Colour, Markup, emphasis, join, link, macro, paragraph, status
from plugin.review.storage import text as escaped
from plugin.review.week_text import weeks

_LIVES: dict[str, Colour] = {
    "proposed": "Grey",
    "agreed": "Blue",
    "active": "Green",
    "ended": "Grey",
    "dropped": "Red",
}


def title(known: Known, quarter: Quarter) -> str:
    return titled(known.name, f"quarter {quarter}")


def key(known: Known, quarter: Quarter) -> str:
    return quarter_key(known.product.id, quarter)


def render(known: Known, quarter: Quarter) -> str:
    mine = [one for one in known.product.objectives if one.quarter == quarter]
    last = next((one for one in known.quarters if one.last < quarter.first), None)
    return join(
        [
            _phase(known, quarter),
            _objectives(known, mine),
            _agreement(mine),
            _last_quarter(known, last),
            _carried(known, last),
            _lacking(known, mine),
        ]
    )


def _phase(known: Known, quarter: Quarter) -> Markup:
    days = f"{quarter.first:%-d %b %Y} to {quarter.last:%-d %b %Y}"
    if known.today < quarter.first:
        word, says = "before", "These objectives are proposed or agreed; none collects work yet."
    elif known.today <= quarter.last:
        gone, all_ = (known.today - quarter.first).days // 7 + 1, (quarter.last - quarter.first).days // 7 + 1
        word, says = "running", f"Week {gone} of {all_}."
    else:
        word, says = "over", "What its objectives reached and got stands below."
    colours: dict[str, Colour] = {"before": "Blue", "running": "Green", "over": "Grey"}
    return paragraph(status(word, colours[word]), escaped(f" {days}. {says}"))


def _objectives(known: Known, mine: list[Objective]) -> Markup:
    header = [
        head("Objective"),
        head("Stream"),
        head("Goal"),
        head("Life"),
        head("Key results"),
        number_head("Planned share"),
        number_head("Got so far"),
    ]
    found = listed(header, [_objective(known, one) for one in mine])
    planned = [one.planned_share for one in mine if one.planned_share is not None]
    if planned:
        rest = 1 - sum(planned)
        left = f"{text.percentage(max(0.0, rest))} is left to exempt and other work"
        found.append(line(f"Planned in all: {text.percentage(sum(planned))}; {left}."))
    return section("Objectives", found, "No objective of this quarter is written yet.")


def _objective(known: Known, one: Objective) -> list[Markup]:
    streams = {each.id: each.name for each in known.product.streams}
    goals = {each.id: each.title for each in known.product.goals}
    life, got = one.life(known.today), known.got(one)
    return [
        paragraph(link(known.shows(one.issue), one.title), BREAK, emphasis(escaped(one.why or "no reason given"))),
        cell(streams.get(one.stream, one.stream)),
        cell(goals.get(one.goal or "", "none")),
        paragraph(status(life, _LIVES[life])),
        cell("; ".join(_key_result(known, one)) or "none"),
        figure(_share(one.planned_share)),
        figure(_share(got)),
    ]


def _key_result(known: Known, one: Objective) -> list[str]:
    units = {metric.id: (metric.name, metric.unit) for metric in known.product.metrics}
    told = []
    for result in one.key_results:
        name, unit = units.get(result.metric, (result.metric, ""))
        aim = f"{result.target:g}{text.NO_BREAK}{unit}".rstrip()
        if result.keep:
            told.append(f"{name} stays {result.keep} {aim}")
        else:
            start = "no baseline" if result.baseline is None else f"{result.baseline:g}"
            told.append(f"{name} {start} → {aim}")
    return told


def _agreement(mine: list[Objective]) -> Markup:
    asked = macro("note", {}, line("Yours: who agreed, and when. What is written here stays."))
    header = [head("Objective"), head("Agreed by"), head("On")]
    rows = [[cell(one.title), cell(""), cell("")] for one in mine]
    return section(AGREEMENT, [asked, *listed(header, rows)] if rows else [], "Nothing to agree on yet.")


def _last_quarter(known: Known, last: Quarter | None) -> Markup:
    words = "Last quarter"
    if last is None:
        return section(words, [], "No quarter before this one has objectives.")
    then = [one for one in known.product.objectives if one.quarter == last]
    header = [head("Objective"), head("Life"), number_head("Attained"), number_head("Planned"), number_head("Got")]
    rows = [
        [
            cell(one.title),
            paragraph(status(one.life(known.today), _LIVES[one.life(known.today)])),
            figure(_share(known.attainment(one))),
            figure(_share(one.planned_share)),
            figure(_share(known.got(one))),
        ]
        for one in then
    ]
    found = listed(header, rows)
    found.append(
        line(
            f"Of {last}: attained is that of the key result that came least far; effort is that of its "
            f"{weeks(known.weeks_in(last))} with a review."
        )
    )
    return section(words, found, "")


def _carried(known: Known, last: Quarter | None) -> Markup:
    mine = {one.id for one in known.product.objectives if one.quarter == last}
    carried = [one for one in known.latest.carry_over if one.id in mine] if known.latest else []
    header = [head("Objective"), head("Until"), number_head("Attained"), number_head("Issues of the last week")]
    rows = [
        [cell(one.title), cell(f"{one.last:%-d %b %Y}"), figure(_share(one.attainment)), figure(str(one.issues))]
        for one in carried
    ]
    return section("To carry over or to stop", listed(header, rows), "Nothing of last quarter goes on.")


def _lacking(known: Known, mine: list[Objective]) -> Markup:
    metrics = {one.id: one for one in known.product.metrics}
    used = {result.metric for one in mine for result in one.key_results}
    told = [
        f"“{one.title}” has no metric: what number would tell that it helped?" for one in mine if not one.key_results
    ]
    told += [
        f"“{one.title}” measures {metrics[result.metric].name if result.metric in metrics else result.metric} "
        "without a baseline."
        for one in mine
        for result in one.key_results
        if result.baseline is None and result.keep is None
    ]
    told += [f"{metrics[id].name} has no owner." for id in sorted(used) if id in metrics and not metrics[id].owner]
    told += [f"“{one.title}” has no planned share." for one in mine if one.planned_share is None]
    return section("Lacking", [line(one) for one in told], "Every objective has a metric with a baseline and an owner.")


def _share(share: float | None) -> str:
    return text.NONE if share is None else text.percentage(max(0.0, share))
