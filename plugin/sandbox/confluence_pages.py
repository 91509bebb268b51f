"""Confluence for people: a page as it reads, its history, and the tree of its space."""

from plugin.sandbox.confluence_state import ConfluenceSite
from plugin.sandbox.confluence_wire import Place, Route


def page_routes(site: ConfluenceSite, place: Place) -> list[Route]:
    return []
