"""Confluence for people: a page as it reads, its history, its files, and the tree of its space.

No sign-in is asked, so that the addresses can be opened as they stand; a page that is restricted is not shown at all.
"""

from dataclasses import dataclass
from urllib.parse import quote

from flask import Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from plugin.sandbox.confluence.render import Surroundings, render
from plugin.sandbox.confluence.state import ConfluenceSite
from plugin.sandbox.confluence.storage import words
from plugin.sandbox.confluence.values import InlineComment, Page, RefusedError, Space
from plugin.sandbox.confluence.wire import Place, Route

_SHOWN_IN_PLACE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_NOTHING_FROM_OUTSIDE = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; base-uri 'none'"


@dataclass(frozen=True)
class Leaf:
    """One page in the tree of its space."""

    title: str
    url: str
    here: bool
    below: tuple["Leaf", ...]


@dataclass(frozen=True)
class Remark:
    """An inline comment as it reads below the page."""

    selection: str
    words: str
    author: str
    resolution: str


def page_routes(site: ConfluenceSite, place: Place) -> list[Route]:
    pages = Pages(site, place)
    shared: list[Route] = [
        ("GET", "/", pages.spaces),
        ("GET", "/download/attachments/<id>/<name>", pages.download),
    ]
    if place.dialect == "cloud":
        return [
            *shared,
            ("GET", "/spaces/<key>", pages.space),
            ("GET", "/spaces/<key>/overview", pages.space),
            ("GET", "/spaces/<key>/pages/<id>", pages.page),
            ("GET", "/spaces/<key>/pages/<id>/<title>", pages.page),
            ("GET", "/spaces/<key>/history/<id>", pages.history),
        ]
    return [
        *shared,
        ("GET", "/display/<key>", pages.space),
        ("GET", "/pages/viewpage.action", pages.page_asked),
        ("GET", "/pages/viewpreviousversions.action", pages.history_asked),
    ]


class Pages:
    """The views, over one site."""

    def __init__(self, site: ConfluenceSite, place: Place) -> None:
        self.site = site
        self.place = place

    def spaces(self) -> ResponseReturnValue:
        found = [{"name": one.name, "key": one.key, "url": self._space_url(one)} for one in self.site.spaces.values()]
        return self._html("confluence_spaces.html", spaces=found)

    def space(self, key: str) -> ResponseReturnValue:
        return redirect(self._url(self.site.page(self.site.space(key).homepage)))

    def page_asked(self) -> ResponseReturnValue:
        return self.page("", request.args.get("pageId", ""))

    def history_asked(self) -> ResponseReturnValue:
        return self.history("", request.args.get("pageId", ""))

    def page(self, key: str, id: str, title: str = "") -> ResponseReturnValue:
        """The page is found by its id alone, as on the real site: a key or title that is out of date does no harm."""
        page = self._open_page(id)
        number = request.args.get("version", type=int)
        shown = page.version(number) if number else page.latest
        comments = self.site.inline_comments(page.id)
        return self._html(
            "confluence_page.html",
            page,
            shown=shown,
            author=self._name(shown.author),
            ancestors=[{"title": one.title, "url": self._url(one)} for one in self.site.ancestors(page)[1:]],
            body=render(shown.body, self._surroundings(page, comments)),
            comments=[
                Remark(one.selection, words(one.body), self._name(one.author), one.resolution) for one in comments
            ],
        )

    def history(self, key: str, id: str) -> ResponseReturnValue:
        page = self._open_page(id)
        joint = "&" if "?" in self._url(page) else "?"
        versions = [
            {
                "number": one.number,
                "at": one.at,
                "author": self._name(one.author),
                "message": one.message,
                "url": f"{self._url(page)}{joint}version={one.number}",
            }
            for one in reversed(page.versions)
        ]
        return self._html("confluence_history.html", page, versions=versions)

    def download(self, id: str, name: str) -> ResponseReturnValue:
        """The file, or one of its versions. Only pictures that cannot hold a script are shown in place."""
        self._open_page(id)
        found = self.site.attachment_named(id, name)
        number = request.args.get("version", type=int)
        version = next((one for one in found.versions if one.number == number), found.latest) if found else None
        if version is None:
            raise RefusedError(404, f"Page {id} has no file {name}")
        answer = Response(version.content, content_type=version.media_type)
        if version.media_type not in _SHOWN_IN_PLACE:
            answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
        return _guarded(answer)

    def _open_page(self, id: str) -> Page:
        page = self.site.pages.get(id)
        if page is None or page.readers:
            raise RefusedError(404, f"There is no page {id}, or it is not for everybody")
        return page

    def _html(self, template: str, page: Page | None = None, **values: object) -> ResponseReturnValue:
        values["context"] = self.place.context
        if page is not None:
            space = self.site.space(page.space)
            values |= {"page": page, "space": space, "space_url": self._space_url(space)}
            values |= {"page_url": self._url(page), "history_url": self._history_url(page)}
            values["tree"] = [self._leaf(self.site.page(space.homepage), page.id)]
        return _guarded(make_response(render_template(template, **values)))

    def _leaf(self, page: Page, here: str) -> Leaf:
        below = tuple(self._leaf(one, here) for one in self.site.children(page.id) if not one.readers)
        return Leaf(page.title, self._url(page), page.id == here, below)

    def _url(self, page: Page) -> str:
        return self.place.context + self.place.webui(page)

    def _space_url(self, space: Space) -> str:
        return f"{self.place.context}/{'spaces' if self.place.dialect == 'cloud' else 'display'}/{space.key}"

    def _history_url(self, page: Page) -> str:
        if self.place.dialect == "cloud":
            return f"{self.place.context}/spaces/{page.space}/history/{page.id}"
        return f"{self.place.context}/pages/viewpreviousversions.action?pageId={page.id}"

    def _name(self, id: str) -> str:
        return next((one.name for one in list(self.site.people) if one.id == id), id)

    def _surroundings(self, page: Page, comments: list[InlineComment]) -> Surroundings:
        def file_url(name: str) -> str | None:
            found = self.site.attachment_named(page.id, name)
            if found is None:
                return None
            path = f"{self.place.context}/download/attachments/{page.id}/{quote(name)}"
            return f"{path}?version={found.latest.number}"

        def page_url(space: str | None, title: str) -> str | None:
            found = self.site.list_pages(space or page.space)
            return next((self._url(one) for one in found if one.title == title), None)

        remarks = {one.ref: f"{self._name(one.author)}: {words(one.body)}" for one in comments}
        return Surroundings(file_url, page_url, remarks)


def _guarded(answer: Response) -> Response:
    answer.headers["Content-Security-Policy"] = _NOTHING_FROM_OUTSIDE
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
