"""What the standing pages of a product are made of, and the forms that they share. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TypeVar

from pydantic import Field

from plugin.domain.audience import Audience
from plugin.domain.frozen import Frozen
from plugin.domain.product import Objective, Product, Site
from plugin.domain.week import Quarter, Week
from plugin.review.model import Review
from plugin.review.sections.cells import cell
from plugin.review.storage import Markup, heading, join, link, paragraph, table

Picked = TypeVar("Picked")


class Saying(Frozen):
    """A version of the product's configuration: what it said from its day on."""

    day: date
    why: str
    product: Product


class Known(Frozen):
    """Everything that the standing pages of one product tell."""

    product: Product
    site: Site
    today: date
    """In the site's zone."""
    reviews: tuple[Review, ...] = ()
    """Frozen weeks of the last five quarters, the oldest first."""
    sayings: tuple[Saying, ...] = ()
    """Versions of the configuration that have the product, the oldest first."""
    urls: Mapping[str, str] = Field(default_factory=dict)
    """Addresses of our pages by their keys."""
    jira_url: str | None = None

    @property
    def latest(self) -> Review | None:
        return self.reviews[-1] if self.reviews else None

    @property
    def name(self) -> str:
        return self.product.product.name

    @property
    def quarters(self) -> tuple[Quarter, ...]:
        """Those that have objectives, the newest first."""
        return tuple(sorted({one.quarter for one in self.product.objectives}, key=lambda one: one.first, reverse=True))

    def since(self, pick: Callable[[Product], object]) -> date | None:
        """The day since which the configuration says this; None where its history is not known."""
        found = None
        for one in reversed(self.sayings):
            if pick(one.product) != pick(self.product):
                break
            found = one.day
        return found

    def got(self, objective: Objective) -> float | None:
        """Its part of the effort of its quarter's frozen weeks, 0 to 1; None with too little to tell.

        Days and counts cannot be added, so the model of the latest of these weeks decides which weeks are taken.
        """
        weeks = [one.effort for one in self._within(objective.quarter)]
        alike = [one for one in weeks if one.model == weeks[-1].model]
        total = sum(one.total for one in alike)
        if not total or sum(one.issues for one in alike) < 5:
            return None
        return sum(one.objectives.get(objective.id, 0.0) for one in alike) / total

    def attainment(self, objective: Objective) -> float | None:
        """Of the key result that has come least far, in the last frozen week of its quarter; None where untold."""
        for review in reversed(self._within(objective.quarter)):
            row = next((one for one in review.objectives if one.id == objective.id), None)
            if row:
                told = [one.pace.attainment for one in row.key_results if one.pace]
                return min(told) if told else None
        return None

    def shows(self, issue: str | None) -> str | None:
        """The address of the objective's issue, where the readers of pages may see its project."""
        plan = self.site.audience
        pages = None if plan.pages is None else frozenset(plan.pages)
        readers = Audience(projects=pages, restricted=frozenset(plan.restricted))
        if not issue or not self.jira_url or not readers.shows_project(issue.rpartition("-")[0]):
            return None
        return f"{self.jira_url}/browse/{issue}"

    def weeks_in(self, quarter: Quarter) -> int:
        return len(self._within(quarter))

    def _within(self, quarter: Quarter) -> Sequence[Review]:
        return [one for one in self.reviews if quarter.first <= one.week.monday <= quarter.last]


def home_key(product: str) -> str:
    return f"home/{product}"


def stream_key(product: str, stream: str) -> str:
    return f"stream/{product}/{stream}"


def quarter_key(product: str, quarter: Quarter) -> str:
    return f"quarter/{product}/{quarter}"


def year_key(product: str, year: int) -> str:
    return f"year/{product}/{year}"


def week_key(product: str, week: Week) -> str:
    return f"weekly/{product}/{week}"


def titled(name: str, rest: str) -> str:
    """A title of one printable line that Confluence can hold."""
    words = "".join(letter for letter in " ".join(name.split()) if letter.isprintable())
    after = "".join(letter for letter in " ".join(rest.split()) if letter.isprintable())
    return f"{words[:120]}: {after[:120]}"


def section(words: str, parts: Sequence[Markup], empty: str) -> Markup:
    """A heading and what stands below it, or the one line that says why nothing does."""
    return join([heading(2, words), *(parts or [cell(empty)])])


def listed(header: Sequence[Markup], rows: Sequence[Sequence[Markup]]) -> list[Markup]:
    return [table(header, rows)] if rows else []


def linked(known: Known, key: str, words: str) -> Markup:
    return paragraph(link(known.urls.get(key), words))


def age(day: date | None, today: date) -> str:
    """How long it has stood: 1 Jul 2026, 4 months. In months, so that no page changes every day."""
    if day is None:
        return "no date"
    months = (today - day).days // 30
    told = f"{day:%-d %b %Y}"
    return told if months < 1 else f"{told}, {months} month{'' if months == 1 else 's'}"


def filled(rows: Iterable[tuple[str, str]]) -> list[tuple[str, Markup]]:
    """Facts for a table of names and values; what is empty says so."""
    return [(name, cell(words or "not said")) for name, words in rows]
