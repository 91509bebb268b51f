"""Which pictures a review has, made of its frozen values alone."""

from collections.abc import Iterator

from plugin.review.charts import Bar, Picture, WeekShare, alignment_picture, effort_picture, metric_picture
from plugin.review.model import Allocation, Review
from plugin.review.storage import Markup, image


def pictures(review: Review) -> tuple[Picture, ...]:
    """One for each metric that has a value, effort against plan, and alignment over the weeks."""
    drawn = (*map(metric_picture, review.metrics), effort_against_plan(review), alignment_over_time(review))
    return tuple(one for one in drawn if one is not None)


def effort_against_plan(review: Review) -> Picture | None:
    """None with too little work for shares."""
    return effort_picture(list(_bars(review)))


def alignment_over_time(review: Review) -> Picture | None:
    """None where fewer than two weeks are known."""
    weeks = [(one.week, one.allocation) for one in review.trend]
    return alignment_picture(
        [WeekShare(week=str(week), aligned=_aligned(effort)) for week, effort in (*weeks, (review.week, review.effort))]
    )


def shown(picture: Picture | None) -> Markup:
    return image(picture.name, picture.alt, picture.width) if picture else Markup("")


def _aligned(effort: Allocation) -> float | None:
    return effort.ratio(sum(effort.objectives.values()))


def _bars(review: Review) -> Iterator[Bar]:
    effort = review.effort
    for row in review.objectives:
        yield Bar(name=row.title, planned=row.planned, actual=effort.of_objective(row.id))
    for exempt in review.exempt_rows:
        actual = effort.ratio(effort.exempt.get(exempt.id, 0.0))
        yield Bar(name=f"Exempt: {exempt.name}", planned=exempt.budget, actual=actual)
    yield Bar(name="Unlinked", planned=None, actual=effort.ratio(effort.unlinked))
