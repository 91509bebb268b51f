"""Confluence: the space and the page where reviews lie."""

from collections.abc import Iterator

from plugin.atlassian.errors import DoorError, Permanent
from plugin.atlassian.gateways import ConfluenceGateway
from plugin.doctor.finding import Finding, unknown, unwell, well
from plugin.domain.product import ReviewPlan


def confluence(gateway: ConfluenceGateway, plan: ReviewPlan) -> Iterator[Finding]:
    try:
        yield well("confluence", f"answers, {gateway.dialect}")
        yield _space(gateway, plan.space)
    except Permanent as refused:
        yield unwell("space", str(refused), "name the space by its key under review in site.yaml")
        return
    except DoorError as error:
        yield unwell("confluence", str(error), "look at PLUMBLINE_CONFLUENCE_URL, and whether Confluence is up")
        return
    if plan.parent:
        yield _parent(gateway, plan.space, plan.parent)


def _space(gateway: ConfluenceGateway, space: str) -> Finding:
    may = gateway.may_create(space)
    if may is None:
        return unknown("space", f"{space} is there; this Confluence does not tell whether we may add pages to it")
    if may:
        return well("space", f"{space} is there, and we may add pages to it")
    return unwell("space", f"we may not add pages to {space}", "give our account the permission “Add pages” there")


def _parent(gateway: ConfluenceGateway, space: str, parent: str) -> Finding:
    try:
        found = gateway.page_named(space, parent)
    except DoorError as error:
        return unknown("parent page", str(error))
    if found is None:
        return unwell(
            "parent page", f"{space} has no page “{parent}”", "make it, or change review: parent in site.yaml"
        )
    return well("parent page", f"“{parent}” is there: {found.url}")
