"""Which issues are ours to read: the union of the products' scopes, as a query that the site answers."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TypeVar

from plugin.alignment.rulebook import RuleBook
from plugin.atlassian.errors import Permanent
from plugin.atlassian.gateways import JiraGateway
from plugin.domain.product import Product
from plugin.path.asking import Surroundings
from plugin.store import progress
from plugin.store.progress import Fact

logger = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True)
class Scope:
    """`name` stands for these very scopes: other ones may hold issues that were never read, and so begin anew."""

    name: str
    jql: str

    @classmethod
    def of(cls, book: RuleBook) -> "Scope":
        scopes = sorted(one.product.scope for one in book.products)
        return cls(sha256("\n".join(scopes).encode()).hexdigest()[:16], _either(scopes))

    def since(self, moment: datetime | None) -> str:
        """From the moment on, oldest first; None for all. The bare number is JQL's epoch milliseconds."""
        bound = f" AND updated >= {int(moment.timestamp() * 1000)}" if moment else ""
        return f"({self.jql}){bound} ORDER BY updated ASC"


FACT = "scopes on this site"


def asked(around: Surroundings, book: RuleBook, ask: Callable[[Scope], T]) -> T:
    """What `ask` makes of the scope. Where the site refuses that query, of what it does not refuse of it.

    A product whose scope cannot be asked is read by its streams' projects, and the check says so until the site takes
    the scopes again. Raises what the gateway raises.
    """
    scope, jira = Scope.of(book), around.jira
    try:
        found = ask(scope)
    except Permanent as refused:
        if refused.forbidden:
            raise
        _note(around, ok=False, words=f"a scope is refused, so its streams' projects are read instead: {refused}")
        narrow = [jql for one in book.products if (jql := _askable(jira, one.product))]
        if not narrow or _either(sorted(narrow)) == scope.jql:
            raise
        return ask(Scope(scope.name, _either(sorted(narrow))))
    _note(around, ok=True, words="every scope can be asked")
    return found


def _note(around: Surroundings, ok: bool, words: str) -> None:
    fact = Fact(name=FACT, ok=ok, words=words, at=around.clock())
    with around.engine.begin() as connection:
        (progress.note_recovered if ok else progress.note)(connection, fact)


def _askable(jira: JiraGateway, product: Product) -> str:
    """The product's scope, else those of its streams' projects that we may see; "" where there is none."""
    if _answers(jira, product.scope):
        return product.scope
    projects = sorted({key for stream in product.streams for key in stream.projects})
    seen = [key for key in projects if _answers(jira, f"project = {key}")]
    logger.warning("the scope of %s cannot be asked; of its projects %s, %s are read", product.id, projects, seen)
    return f"project in ({', '.join(seen)})" if seen else ""


def _answers(jira: JiraGateway, jql: str) -> bool:
    try:
        jira.count(jql)
    except Permanent as refused:
        if refused.forbidden:
            raise
        return False
    return True


def _either(scopes: Iterable[str]) -> str:
    return " OR ".join(f"({one})" for one in scopes)
