"""The little of CQL that finds pages: `field = value` and `field in (…)`, joined by `and`."""

import re
from collections.abc import Callable, Iterable

from plugin.sandbox.confluence.state import ConfluenceSite
from plugin.sandbox.confluence.values import Page, RefusedError

_CLAUSE = re.compile(
    r"""\s*(?P<field>[A-Za-z.]+)\s*(?:(?P<equals>=)|(?P<among>\bin\b))\s*
        (?P<value>\((?:[^()"]|"(?:[^"\\]|\\.)*")*\)|"(?:[^"\\]|\\.)*"|[^\s()"]+)\s*""",
    re.VERBOSE | re.IGNORECASE,
)
_VALUE = re.compile(r'"((?:[^"\\]|\\.)*)"|([^\s,()"]+)')
_ESCAPED = re.compile(r"\\(.)")
_ORDER = re.compile(r"\s+order\s+by\s+.*$", re.IGNORECASE | re.DOTALL)

_FIELDS: dict[str, Callable[[ConfluenceSite, Page], Iterable[str]]] = {
    "space": lambda site, page: (page.space, page.space),
    "space.key": lambda site, page: (page.space,),
    "type": lambda site, page: ("page",),
    "id": lambda site, page: (page.id,),
    "content": lambda site, page: (page.id,),
    "title": lambda site, page: (page.title,),
    "label": lambda site, page: (one.name for one in page.labels),
    "parent": lambda site, page: (page.parent or "",),
    "ancestor": lambda site, page: (one.id for one in site.ancestors(page)),
}


def search(site: ConfluenceSite, cql: str) -> list[Page]:
    """The current pages for which every clause holds, in order of creation: `order by` is read over."""
    clauses = list(_clauses(_ORDER.sub("", cql)))
    return [
        page
        for page in site.list_pages()
        if all(not values.isdisjoint({one.casefold() for one in read(site, page)}) for read, values in clauses)
    ]


def _clauses(
    cql: str,
) -> Iterable[tuple[Callable[[ConfluenceSite, Page], Iterable[str]], frozenset[str]]]:
    at = 0
    while True:
        found = _CLAUSE.match(cql, at)
        read = _FIELDS.get(found["field"].casefold()) if found else None
        if found is None or read is None:
            known = ", ".join(sorted(_FIELDS))
            raise RefusedError(400, f"Could not parse cql at {cql[at:]!r}: this site knows {known}, with = and in")
        yield (
            read,
            frozenset(
                _ESCAPED.sub(r"\1", quoted or bare).casefold() for quoted, bare in _VALUE.findall(found["value"])
            ),
        )
        at = found.end()
        if at == len(cql):
            return
        joined = re.compile(r"and\b", re.IGNORECASE).match(cql, at)
        if joined is None:
            raise RefusedError(400, f"Could not parse cql at {cql[at:]!r}: this site knows clauses joined by and")
        at = joined.end()
