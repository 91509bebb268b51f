"""A small product and issues to align."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from plugin.alignment import Facts, RuleBook, align
from plugin.domain.issue import Snapshot
from plugin.domain.product import Configuration, Product, Site
from plugin.domain.verdict import Verdict
from plugin.jql import SiteFacts

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)

PRODUCT: dict[str, JsonValue] = {
    "product": {"id": "acme", "name": "Acme"},
    "scope": "project in (CHK, WAL)",
    "streams": [{"id": "checkout", "name": "Checkout", "projects": ["CHK"]}],
    "objectives": [
        {"id": "a", "stream": "checkout", "quarter": "2026-Q4", "title": "Fewer people give up at payment"},
        {"id": "b", "stream": "checkout", "quarter": "2026-Q4", "title": "Paying is quick", "issue": "CHK-900"},
        {"id": "old", "stream": "checkout", "quarter": "2026-Q3", "title": "Last quarter's"},
        {"id": "next", "stream": "checkout", "quarter": "2027-Q1", "title": "Next quarter's"},
    ],
    "rules": [
        {"id": "wallet", "objective": "a", "when": "component = Wallet", "why": "Wallet is how we keep people"},
        {"id": "quick", "objective": "b", "when": "component in (Speed, Both)"},
        {"id": "both", "objective": "a", "when": "component = Both"},
        {"id": "first", "objective": "b", "when": "labels = fast", "priority": 1},
        {"id": "past", "objective": "old", "when": "component = Legacy"},
        {"id": "future", "objective": "next", "when": "component = Later"},
    ],
    "exempt": [{"id": "lights", "when": "issuetype = Bug", "why": "Bugs are mended"}],
}
SITE: dict[str, JsonValue] = {"time_zone": "Europe/Dublin", "mode": "tag", "review": {"space": "PROD"}}


def book(product: dict[str, JsonValue] | None = None) -> RuleBook:
    site = Site.model_validate(SITE)
    products = (Product.model_validate(product or PRODUCT),)
    facts = SiteFacts(time_zone=ZoneInfo(site.time_zone))
    return RuleBook(Configuration(site=site, products=products, version=7), facts)


BOOK = book()


def lacking(field: str, issue: Snapshot) -> Snapshot:
    """The same issue with one field unknown."""
    return issue.model_copy(update={"fields": {one: value for one, value in issue.fields.items() if one != field}})


def snapshot(number: int, **fields: JsonValue) -> Snapshot:
    """Issue CHK-<number>: a story in progress since long, with no parent, no label and no component."""
    known: dict[str, JsonValue] = {
        "project": {"id": "1", "key": "CHK", "name": "Checkout"},
        "issuetype": {"id": "1", "name": "Story", "subtask": False, "hierarchyLevel": 0},
        "status": {"id": "3", "name": "Doing", "category": {"id": 4, "key": "indeterminate", "name": "In Progress"}},
        "labels": [],
        "components": [],
        "parent": None,
        "created": "2026-10-01T09:00:00+00:00",
    }
    known.update(fields)
    return Snapshot(id=str(number), key=f"CHK-{number}", updated=NOW, fields=known)


def component(name: str) -> JsonValue:
    return [{"id": name, "name": name}]


def below(number: int) -> JsonValue:
    return {"id": str(number), "key": f"CHK-{number}"}


def decide(*batch: Facts, now: datetime = NOW) -> list[Verdict]:
    found = align(batch, BOOK, {}, now)
    return [found[one.id] for one in batch]


def one(facts: Facts | Snapshot, now: datetime = NOW) -> Verdict:
    return decide(facts if isinstance(facts, Facts) else Facts(facts), now=now)[0]
