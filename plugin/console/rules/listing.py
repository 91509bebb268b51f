"""The rules: what each asks, what it does, and what is doubtful about it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request

from plugin.alignment.rulebook import RuleBook
from plugin.configuration import ConfigurationFaults
from plugin.configuration.editing import Written, items, products, values
from plugin.console.door.who import reader
from plugin.console.rules.counting import Counted, Counting
from plugin.console.rules.desk import Desk
from plugin.domain.product import Life, Objective, Product, Rule
from plugin.review.model import RuleRecord
from plugin.review.week_text import WRONG_OFTEN
from plugin.store import rules
from plugin.store.drafts import StoredDraft
from plugin.store.rules import Conflict, Named, Use

if TYPE_CHECKING:
    from plugin.console.console import Console

ON_A_PAGE, SAMPLE, MOST_CONFLICTS = 50, 5, 100
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    """One rule. `place` is when it is asked, from 1 in its product."""

    product: Product
    place: int
    rule: Rule
    objective: Objective
    life: Life
    use: Use
    record: RuleRecord | None
    conflicts: int
    lint: tuple[str, ...]
    drafted: bool
    """Whether the reader's draft says it otherwise."""

    @property
    def precision(self) -> float | None:
        return self.record.precision if self.record else None

    @property
    def doubtful(self) -> bool:
        return self.precision is not None and self.precision < WRONG_OFTEN


_SORTS: dict[str, Callable[[Line], tuple[object, ...]]] = {
    "asked": lambda one: (one.product.id, one.place),
    "rule": lambda one: (one.rule.id,),
    "objective": lambda one: (one.objective.id, one.place),
    "priority": lambda one: (one.rule.priority, one.place),
    "precision": lambda one: (2.0 if one.precision is None else one.precision, one.rule.id),
    "matches": lambda one: (one.use.open, one.rule.id),
    "last": lambda one: (one.use.last, one.rule.id),
    "conflicts": lambda one: (one.conflicts, one.rule.id),
    "lint": lambda one: (len(one.lint), one.rule.id),
}
_SHOWN: dict[str, tuple[str, Callable[[Line], bool]]] = {
    "all": ("all rules", lambda one: True),
    "conflicts": ("in conflict", lambda one: one.conflicts > 0),
    "lint": ("worth a look", lambda one: bool(one.lint)),
    "doubtful": ("often corrected by people", lambda one: one.doubtful),
    "idle": ("deciding nothing now", lambda one: one.use.open == 0),
    "over": ("of objectives that are over", lambda one: one.life in ("ended", "dropped")),
}


@dataclass(frozen=True)
class Wanted:
    """What the address asks for; what it does not understand is as if it were not there."""

    sort: str
    down: bool
    show: str
    product: str
    objective: str
    text: str
    page: int

    @classmethod
    def asked(cls) -> "Wanted":
        given = request.args
        sort, show = given.get("sort", "asked"), given.get("show", "all")
        return cls(
            sort=sort if sort in _SORTS else "asked",
            down=given.get("order") == "down",
            show=show if show in _SHOWN else "all",
            product=given.get("product", ""),
            objective=given.get("objective", ""),
            text=given.get("q", "").strip()[:200],
            page=max(1, given.get("page", 1, type=int)),
        )

    def of(self, lines: Iterable[Line]) -> list[Line]:
        words = self.text.lower()
        kept = [
            one
            for one in lines
            if _SHOWN[self.show][1](one)
            and self.product in ("", one.product.id)
            and self.objective in ("", one.objective.id)
            and words in f"{one.rule.id} {one.rule.when} {one.rule.why} {one.objective.title}".lower()
        ]
        return sorted(kept, key=_SORTS[self.sort], reverse=self.down)

    def address(self, **other: object) -> dict[str, object]:
        """Arguments of the address with some of them otherwise, without what says nothing."""
        said: dict[str, object] = {
            "sort": self.sort if self.sort != "asked" else None,
            "order": "down" if self.down else None,
            "show": self.show if self.show != "all" else None,
            "product": self.product or None,
            "objective": self.objective or None,
            "q": self.text or None,
        }
        return {**said, **other}


@dataclass(frozen=True)
class Dispute:
    conflict: Conflict
    issues: Sequence[Named]
    rules: Sequence[Rule]


def routes(console: "Console") -> Blueprint:
    made, desk, counting = Blueprint("rules", __name__), Desk(console), Counting()

    @made.get("/rules")
    def shown() -> str:
        book = console.book()
        if book is None:
            return render_template("console/rules/none.html", title="Rules")
        wanted = Wanted.asked()
        with console.engine.connect() as connection:
            counted = counting(connection, book, console.clock())
            draft = desk.draft(connection)
        changed, fresh, gone = _against(book, draft)
        every = list(_lines(book, counted, changed, console.clock()))
        found = wanted.of(every)
        first = (wanted.page - 1) * ON_A_PAGE
        return render_template(
            "console/rules/list.html",
            desk=desk,
            book=book,
            wanted=wanted,
            shows=[(name, words, sum(map(test, every))) for name, (words, test) in _SHOWN.items()],
            lines=found[first : first + ON_A_PAGE],
            number=len(found),
            every=len(every),
            pages=-(-len(found) // ON_A_PAGE),
            counted=counted,
            fresh=fresh,
            gone=gone,
            disputed=sum(one.number for one in counted.conflicts),
        )

    @made.get("/rules/conflicts")
    def conflicts() -> str:
        book = desk.book()
        audience = reader().audience(book.configuration.site)
        by_name = {(one.id, rule.id): rule for one in book.configuration.products for rule in one.rules}
        with console.engine.connect() as connection:
            counted = counting(connection, book, console.clock())
            found = [
                Dispute(
                    one,
                    rules.disputed(connection, one, audience, SAMPLE),
                    [by_name[one.product, name] for name in one.rules if (one.product, name) in by_name],
                )
                for one in counted.conflicts[:MOST_CONFLICTS]
            ]
        return render_template("console/rules/conflicts.html", disputes=found, counted=counted, desk=desk)

    return made


def _lines(book: RuleBook, counted: Counted, changed: set[tuple[str, str]], now: datetime) -> Iterable[Line]:
    today, none = book.today(now), Use(0, 0, _NEVER)
    for product in book.products:
        id = product.product.id
        for place, one in enumerate(product.rules, 1):
            name = (id, one.rule.id)
            yield Line(
                product=product.product,
                place=place,
                rule=one.rule,
                objective=one.objective,
                life=one.objective.life(today),
                use=counted.uses.get(name, none),
                record=counted.records.get(name),
                conflicts=counted.disputes(*name),
                lint=(*one.condition.lost, *counted.lint.get(name, ())),
                drafted=name in changed,
            )


def _against(
    book: RuleBook, draft: StoredDraft | None
) -> tuple[set[tuple[str, str]], list[tuple[str, Written]], list[tuple[str, str]]]:
    """Which rules the draft says otherwise, which it has more, and which it has not any more."""
    if draft is None or not draft.mark:
        return set(), [], []
    try:
        mine = {
            (product, id): one
            for product, name in products(draft.files).items()
            for id, one in items(values(name, draft.files[name]), "rules").items()
        }
    except ConfigurationFaults:
        return set(), [], []
    force = {
        (one.id, str(rule["id"])): rule
        for one in book.configuration.products
        for rule in one.model_dump(mode="json", exclude_defaults=True).get("rules", [])
    }
    changed = {name for name in force if name in mine and mine[name] != force[name]}
    fresh = [(name[0], one) for name, one in mine.items() if name not in force]
    return changed, fresh, [name for name in force if name not in mine]
