"""Storage format → HTML as Confluence's reading view would show it. Only what is listed here gets through.

Elements and attributes are built anew, never copied: a script, a handler or a style that is not listed cannot pass. A
macro that is not known is shown as a box with its name.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from markupsafe import Markup, escape

from plugin.sandbox.confluence.storage import AC, RI, parse

_PLAIN = (
    frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "div", "span", "blockquote", "pre", "code"})
    | frozenset({"strong", "b", "em", "i", "u", "s", "del", "ins", "sub", "sup", "small"})
    | frozenset({"ul", "ol", "li", "dl", "dt", "dd", "thead", "tbody", "tfoot", "tr", "th", "td"})
)
_EMPTY = frozenset({"br", "hr"})
_PANELS = {"info": "info", "note": "note", "tip": "tip", "warning": "warning", "panel": "plain"}
_COLOURS = frozenset({"grey", "gray", "red", "yellow", "green", "blue", "purple"})
_ADDRESS = re.compile(r"(?:https?://|mailto:|/(?!/)|#|\?)", re.IGNORECASE)
_ALIGNED = re.compile(r"text-align:\s*(left|right|center)\b")
_HIGHLIGHT = re.compile(r"#[0-9a-fA-F]{6}")
_NUMBER = re.compile(r"\d{1,4}")


@dataclass(frozen=True)
class Surroundings:
    """What a page's body refers to: addresses of files and pages, and what was said about a marked text."""

    file_url: Callable[[str], str | None]
    """File name → address on this site; None where the page has no such file."""
    page_url: Callable[[str | None, str], str | None]
    """Space key (None for the page's own) and title → address; None where there is no such page."""
    remarks: Mapping[str, str] = field(default_factory=dict)
    """Marker's ref → the comment's words."""


@dataclass(frozen=True)
class Heading:
    level: int
    text: str
    anchor: str


def render(body: str, around: Surroundings) -> Markup:
    """The whole body as HTML."""
    tree = parse(body)
    return _Rendering(around, headings(tree)).inside(tree)


def headings(tree: Element) -> dict[Element, Heading]:
    """Every heading in its order, with an anchor of its own."""
    found = (one for one in tree.iter() if re.fullmatch(r"h[1-6]", str(one.tag)))
    return {one: Heading(int(str(one.tag)[1]), _text(one), f"h{number}") for number, one in enumerate(found, 1)}


def _text(element: Element) -> str:
    """The words that people read: of a macro's parameters only a title is shown."""
    return " ".join("".join(_texts(element)).split())


def _texts(element: Element) -> Iterator[str]:
    if element.tag == f"{AC}parameter" and element.get(f"{AC}name") != "title":
        return
    yield element.text or ""
    for child in element:
        yield from _texts(child)
        yield child.tail or ""


def _attributes(**given: str | None) -> Markup:
    """Attributes with a value; a name's underscore at its end is dropped."""
    pairs = ((name.rstrip("_"), value) for name, value in given.items() if value is not None)
    return Markup("").join(Markup(' {}="{}"').format(name, value) for name, value in pairs)


class _Rendering:
    """One run over one body, whose headings are known before, so that a table of contents can lead to them."""

    def __init__(self, around: Surroundings, found: Mapping[Element, Heading]) -> None:
        self.around = around
        self.headings = found
        self.elements: dict[str, Callable[[Element], Markup]] = {
            "a": self._anchor,
            "table": self._table,
            f"{AC}structured-macro": self._macro,
            f"{AC}image": self._image,
            f"{AC}link": self._link,
            f"{AC}inline-comment-marker": self._marker,
            f"{AC}task-list": lambda one: Markup('<ul class="tasks">{}</ul>').format(self.inside(one)),
            f"{AC}task": self._task,
            f"{AC}placeholder": lambda one: Markup('<span class="muted">{}</span>').format(self.inside(one)),
            f"{AC}emoticon": lambda one: escape(one.get(f"{AC}emoji-fallback", "")),
            "time": lambda one: Markup('<span class="date">{}</span>').format(one.get("datetime", "")),
            f"{AC}parameter": lambda _: Markup(""),
        }
        self.macros: dict[str, Callable[[Element], Markup]] = {
            "status": self._status,
            "expand": self._expand,
            "toc": self._contents,
            "details": self._details,
            "code": self._code,
            "noformat": self._code,
            "anchor": lambda _: Markup(""),
        }

    def inside(self, element: Element) -> Markup:
        parts = [escape(element.text or "")]
        for child in element:
            parts += [self.element(child), escape(child.tail or "")]
        return Markup("").join(parts)

    def element(self, one: Element) -> Markup:
        tag = str(one.tag)
        if tag in self.elements:
            return self.elements[tag](one)
        if one in self.headings:
            return Markup('<{0} id="{1}">{2}</{0}>').format(tag, self.headings[one].anchor, self.inside(one))
        if tag in _EMPTY:
            return Markup("<{}>").format(tag)
        if tag in _PLAIN:
            return Markup("<{0}{1}>{2}</{0}>").format(tag, self._kept(one), self.inside(one))
        if tag in ("script", "style"):
            return Markup("")
        return self.inside(one)

    def _kept(self, one: Element) -> Markup:
        aligned = _ALIGNED.search(one.get("style", ""))
        shade = one.get("data-highlight-colour", "")
        styles = [aligned[0]] if aligned else []
        styles += [f"background:{shade}"] if _HIGHLIGHT.fullmatch(shade) else []
        spans = {name: one.get(name) for name in ("colspan", "rowspan") if _NUMBER.fullmatch(one.get(name, ""))}
        return _attributes(style="; ".join(styles) or None, **spans)

    def _table(self, one: Element) -> Markup:
        return Markup('<div class="scroll"><table>{}</table></div>').format(self.inside(one))

    def _anchor(self, one: Element) -> Markup:
        return self._to(one.get("href"), self.inside(one))

    def _to(self, address: str | None, words: Markup) -> Markup:
        if address is None or not _ADDRESS.match(address):
            return Markup('<span class="nowhere">{}</span>').format(words)
        return Markup("<a{}>{}</a>").format(_attributes(href=address), words)

    def _macro(self, one: Element) -> Markup:
        name = one.get(f"{AC}name", "")
        if name in _PANELS:
            return self._panel(one, name)
        return self.macros.get(name, self._unknown)(one)

    def _parameter(self, one: Element, name: str) -> str:
        found = (child for child in one.findall(f"{AC}parameter") if child.get(f"{AC}name") == name)
        return next((" ".join("".join(child.itertext()).split()) for child in found), "")

    def _rich(self, one: Element) -> Markup:
        body = one.find(f"{AC}rich-text-body")
        return Markup("") if body is None else self.inside(body)

    def _status(self, one: Element) -> Markup:
        colour = self._parameter(one, "colour").lower()
        kind = colour if colour in _COLOURS else "grey"
        return Markup('<span class="status {}">{}</span>').format(kind, self._parameter(one, "title"))

    def _panel(self, one: Element, name: str) -> Markup:
        title = self._parameter(one, "title")
        head = Markup('<p class="panel-title">{}</p>').format(title) if title else ""
        return Markup('<div class="panel {}">{}{}</div>').format(_PANELS[name], head, self._rich(one))

    def _expand(self, one: Element) -> Markup:
        title = self._parameter(one, "title") or "Click here to expand..."
        return Markup("<details><summary>{}</summary>{}</details>").format(title, self._rich(one))

    def _contents(self, _: Element) -> Markup:
        line = Markup('<li class="level{}"><a href="#{}">{}</a></li>')
        items = (line.format(one.level, one.anchor, one.text) for one in self.headings.values())
        return Markup('<ul class="contents">{}</ul>').format(Markup("").join(items))

    def _details(self, one: Element) -> Markup:
        return Markup('<div class="properties">{}</div>').format(self._rich(one))

    def _code(self, one: Element) -> Markup:
        body = one.find(f"{AC}plain-text-body")
        return Markup("<pre><code>{}</code></pre>").format((body.text if body is not None else "") or "")

    def _unknown(self, one: Element) -> Markup:
        name = one.get(f"{AC}name", "") or "without a name"
        return Markup('<div class="unknown"><p class="panel-title">Macro: {}</p>{}</div>').format(name, self._rich(one))

    def _image(self, one: Element) -> Markup:
        file, there = one.find(f"{RI}attachment"), one.find(f"{RI}url")
        alt, width = one.get(f"{AC}alt", ""), one.get(f"{AC}width", "")
        if file is None:
            address = there.get(f"{RI}value") if there is not None else None
            return self._to(address, escape(alt or address or "picture"))  # no page asks another site for a picture
        name = file.get(f"{RI}filename", "")
        address = self.around.file_url(name)
        if address is None:
            return Markup('<span class="nowhere">{}</span>').format(f"The file {name} is not attached")
        shape = _attributes(src=address, alt=alt or name, width=width if _NUMBER.fullmatch(width) else None)
        return Markup("<img{}>").format(shape)

    def _link(self, one: Element) -> Markup:
        words = self._link_words(one)
        page, file = one.find(f"{RI}page"), one.find(f"{RI}attachment")
        anchor = one.get(f"{AC}anchor")
        if page is not None:
            title = page.get(f"{RI}content-title", "")
            return self._to(self.around.page_url(page.get(f"{RI}space-key"), title), words or escape(title))
        if file is not None:
            name = file.get(f"{RI}filename", "")
            return self._to(self.around.file_url(name), words or escape(name))
        if one.find(f"{RI}user") is not None:
            return Markup('<span class="person">{}</span>').format(words or "@someone")
        return self._to(self._anchor_named(anchor), words or escape(anchor or ""))

    def _link_words(self, one: Element) -> Markup:
        plain, rich = one.find(f"{AC}plain-text-link-body"), one.find(f"{AC}link-body")
        if rich is not None:
            return self.inside(rich)
        return escape(plain.text or "") if plain is not None else Markup("")

    def _anchor_named(self, name: str | None) -> str | None:
        """Confluence names a heading's anchor by its words without spaces."""
        wanted = "".join((name or "").split()).casefold()
        named = (one for one in self.headings.values() if "".join(one.text.split()).casefold() == wanted)
        return next((f"#{one.anchor}" for one in named), None)

    def _marker(self, one: Element) -> Markup:
        remark = self.around.remarks.get(one.get(f"{AC}ref", ""))
        return Markup("<mark{}>{}</mark>").format(_attributes(title=remark), self.inside(one))

    def _task(self, one: Element) -> Markup:
        done = one.findtext(f"{AC}task-status", "") == "complete"
        body = one.find(f"{AC}task-body")
        box = Markup('<input type="checkbox" disabled{}>').format(Markup(" checked") if done else "")
        return Markup("<li>{} {}</li>").format(box, self.inside(body) if body is not None else "")
