"""What both of Confluence's REST versions share on the wire: who asks, what was sent, times, errors, paging."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import quote_plus, urlencode

from flask import g, request
from flask.typing import ResponseReturnValue
from pydantic import JsonValue

from plugin.sandbox.confluence.state import ConfluenceSite
from plugin.sandbox.confluence.values import Page, RefusedError
from plugin.sandbox.jira.values import Dialect, Json, Person

T = TypeVar("T")

Handler = Callable[..., ResponseReturnValue]
Route = tuple[str, str, Handler]
"""Method, Flask rule below the API's root, and what answers it."""


@dataclass(frozen=True)
class Place:
    """Where a dialect's Confluence lives below the host."""

    dialect: Dialect
    context: str

    @property
    def base(self) -> str:
        """The absolute address of the site, as the caller reached it."""
        return request.host_url.rstrip("/") + self.context

    def webui(self, page: Page) -> str:
        """The page's address for people, below the context."""
        if self.dialect == "cloud":
            return f"/spaces/{page.space}/pages/{page.id}/{quote_plus(page.title)}"
        return f"/pages/viewpage.action?pageId={page.id}"


PLACES: Mapping[Dialect, Place] = {
    "cloud": Place("cloud", "/wiki"),
    "data center": Place("data center", "/confluence"),
}


def sign_in(site: ConfluenceSite, dialect: Dialect) -> Person:
    """E-mail and API token (basic) on Cloud, a personal access token (bearer) on Data Center; 401 otherwise."""
    sent = request.authorization
    for person in list(site.people):
        if dialect == "cloud":
            known = sent is not None and (sent.username, sent.password) == (person.email, person.token)
        else:
            known = sent is not None and sent.type == "bearer" and sent.token == person.token
        if known:
            return person
    raise RefusedError(401, "Client must be authenticated to access this resource.")


def author() -> str:
    """The account id of whoever asks."""
    person: Person = g.person
    return person.id


def visible_page(site: ConfluenceSite, id: str) -> Page:
    """The page, or 404 where it is restricted to others: Confluence does not say which."""
    page = site.page(id)
    if not may_see(page):
        raise RefusedError(404, f"No content found with id: ContentId{{id={id}}}")
    return page


def may_see(page: Page) -> bool:
    return not page.readers or author() in page.readers


def sent_object() -> Json:
    """The body, which has to be a JSON object."""
    found = request.get_json(silent=True)
    if not isinstance(found, dict):
        raise RefusedError(400, "The request's body has to be a JSON object")
    return found


def text_at(body: Mapping[str, JsonValue], *keys: str) -> str | None:
    """The text at a path of keys; None where it, or anything on the way, is absent."""
    found: JsonValue = dict(body)
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return str(found) if isinstance(found, str | int) else None


def number_at(body: Mapping[str, JsonValue], *keys: str) -> int:
    """The whole number at a path of keys; 400 where there is none."""
    found = text_at(body, *keys)
    if found is None or not found.isdigit():
        raise RefusedError(400, f"{'.'.join(keys)} is missing; it has to be a whole number")
    return int(found)


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def whole_number(name: str, default: int, largest: int) -> int:
    """A query parameter such as limit or start; 400 where it is no whole number."""
    text = request.args.get(name, str(default))
    if not text.isdigit():
        raise RefusedError(400, f"The parameter {name} has to be a whole number, not {text!r}")
    return min(int(text), largest)


def cursor_page(items: Sequence[T]) -> tuple[Sequence[T], str | None]:
    """The part of the items that `limit` and `cursor` ask for, and the path of the next part, None at the end."""
    limit, start = max(1, whole_number("limit", 25, 250)), _read_cursor(request.args.get("cursor", ""))
    if start + limit >= len(items):
        return items[start : start + limit], None
    asked = [(name, value) for name, value in request.args.items(multi=True) if name != "cursor"]
    cursor = base64.urlsafe_b64encode(f"from {start + limit}".encode()).decode()
    return items[start : start + limit], f"{request.path}?{urlencode([*asked, ('cursor', cursor)])}"


def _read_cursor(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.urlsafe_b64decode(cursor).removeprefix(b"from "))
    except (ValueError, binascii.Error) as error:
        raise RefusedError(400, f"The cursor {cursor!r} is not one that this site gave out") from error
