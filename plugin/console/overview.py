"""The first page: where open work stands, by product and objective, and what was decided last."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template

from plugin.alignment.words import because
from plugin.console.console import Console
from plugin.console.door.who import reader
from plugin.domain.product import Objective, Product
from plugin.domain.verdict import State
from plugin.store import overview, reviews
from plugin.store.overview import Counted, Turn

NEWEST, SHOWN_REVIEWS = 20, 6


@dataclass(frozen=True)
class ObjectiveLine:
    """How many open issues serve it."""

    objective: Objective
    number: int


@dataclass(frozen=True)
class ProductCard:
    product: Product
    aligned: int
    exempt: int
    unaligned: int
    undecided: int
    objectives: Sequence[ObjectiveLine]

    @property
    def total(self) -> int:
        return self.aligned + self.exempt + self.unaligned + self.undecided

    def share(self, number: int) -> str:
        """A whole percentage of all open issues in scope."""
        return f"{number * 100 / self.total:.0f} %" if self.total else "–"


@dataclass(frozen=True)
class FeedLine:
    turn: Turn
    why: str
    objective: Objective | None


def routes(console: Console) -> Blueprint:
    made = Blueprint("overview", __name__)

    @made.get("/")
    def shown() -> str:
        book = console.book()
        audience = reader().audience(book.configuration.site if book else None)
        with console.engine.connect() as connection:
            counted = overview.counted(connection)
            turns = overview.newest_turns(connection, audience, NEWEST)
            pages = [page for page in reviews.pages(connection) if page.url and page.key.startswith("weekly/")]
        newest = sorted(pages, key=lambda page: page.key.rpartition("/")[2], reverse=True)[:SHOWN_REVIEWS]
        if book is None:
            return render_template("console/overview.html", cards=[], feed=[], reviews=newest)
        today = book.today(console.clock())
        cards = [_card(product, counted, today) for product in book.configuration.products]
        feed = [FeedLine(one, because(one.verdict, book), book.objective(one.verdict.objective)) for one in turns]
        return render_template("console/overview.html", cards=cards, feed=feed, reviews=newest)

    return made


def _card(product: Product, counted: Iterable[Counted], today: date) -> ProductCard:
    mine = [one for one in counted if one.product == product.id]
    aligned = {one.objective: one.number for one in mine if one.state is State.ALIGNED}
    lines = [ObjectiveLine(one, aligned.get(one.id, 0)) for one in product.objectives if one.active_on(today)]
    return ProductCard(
        product=product,
        aligned=_sum(mine, State.ALIGNED),
        exempt=_sum(mine, State.EXEMPT),
        unaligned=_sum(mine, State.UNALIGNED),
        undecided=_sum(mine, State.UNDECIDED),
        objectives=lines,
    )


def _sum(counted: Iterable[Counted], state: State) -> int:
    return sum(one.number for one in counted if one.state is state)
