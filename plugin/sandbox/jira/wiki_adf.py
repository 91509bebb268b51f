"""Wiki text, as webhooks and version 2 tell it, ⇄ Atlassian Document Format, as Cloud's version 3 tells it.

Covers headings, bullet and numbered lists, paragraphs with line breaks, and bold, code and links inside them:
https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
"""

import re

from pydantic import JsonValue

from plugin.sandbox.jira.values import Json

_MARKED = re.compile(
    r"\*(?P<strong>\S(?:[^*\n]*\S)?)\*|\{\{(?P<code>.+?)\}\}|\[(?P<words>[^|\]\n]+)\|(?P<href>[^\]\s]+)\]"
)
_LISTS = {"*": "bulletList", "-": "bulletList", "#": "orderedList"}
_BULLETS = {"bulletList": "*", "orderedList": "#"}


def to_adf(wiki: str) -> Json:
    """The document that Cloud would keep for this wiki text."""
    blocks: list[JsonValue] = []
    for lines in _blocks(wiki):
        blocks.append(_block(lines))
    return {"type": "doc", "version": 1, "content": blocks}


def to_wiki(document: JsonValue) -> str:
    """Wiki text for a document, or the text itself where it is one already."""
    if not isinstance(document, dict):
        return "" if document is None else str(document)
    kind, inside = document.get("type"), document.get("content")
    if kind == "text":
        return _marked_text(document)
    words = [to_wiki(one) for one in inside] if isinstance(inside, list) else []
    if kind in _BULLETS:
        return "\n".join(f"{_BULLETS[str(kind)]} {one}" for one in words)
    before = f"h{_level(document)}. " if kind == "heading" else "\n" if kind == "hardBreak" else ""
    return before + ("\n\n" if kind == "doc" else "").join(words)


def _level(heading: Json) -> JsonValue:
    attributes = heading.get("attrs")
    return attributes.get("level") if isinstance(attributes, dict) else 1


def _blocks(wiki: str) -> list[list[str]]:
    """Lines that belong to one block: a blank line ends it, and so does a change between list and text."""
    blocks: list[list[str]] = []
    kind = ""
    for line in wiki.replace("\r\n", "\n").split("\n"):
        now = _kind(line)
        if now and (now != kind or now == "heading"):
            blocks.append([])
        if now:
            blocks[-1].append(line)
        kind = now
    return blocks


def _kind(line: str) -> str:
    if not line.strip():
        return ""
    if re.match(r"h[1-6]\. ", line):
        return "heading"
    return _LISTS.get(line[0], "paragraph") if line[1:2] == " " else "paragraph"


def _block(lines: list[str]) -> Json:
    kind = _kind(lines[0])
    if kind == "heading":
        return {"type": "heading", "attrs": {"level": int(lines[0][1])}, "content": _inline(lines[0][4:])}
    if kind == "paragraph":
        return _paragraph(lines)
    items: list[JsonValue] = [{"type": "listItem", "content": [_paragraph([line[2:]])]} for line in lines]
    return {"type": kind, "content": items}


def _paragraph(lines: list[str]) -> Json:
    content: list[JsonValue] = []
    for number, line in enumerate(lines):
        if number:
            content.append({"type": "hardBreak"})
        content += _inline(line)
    return {"type": "paragraph", "content": content}


def _inline(line: str) -> list[JsonValue]:
    found: list[JsonValue] = []
    place = 0
    for match in _MARKED.finditer(line):
        found += _plain(line[place : match.start()])
        found.append(_mark(match))
        place = match.end()
    return found + _plain(line[place:])


def _plain(text: str) -> list[JsonValue]:
    return [{"type": "text", "text": text}] if text else []


def _mark(match: re.Match[str]) -> Json:
    if href := match["href"]:
        return {"type": "text", "text": match["words"], "marks": [{"type": "link", "attrs": {"href": href}}]}
    kind = "strong" if match["strong"] else "code"
    return {"type": "text", "text": match[kind], "marks": [{"type": kind}]}


def _marked_text(node: Json) -> str:
    text, marks = str(node.get("text", "")), node.get("marks")
    for mark in marks if isinstance(marks, list) else []:
        if isinstance(mark, dict) and mark.get("type") == "strong":
            text = f"*{text}*"
        elif isinstance(mark, dict) and mark.get("type") == "code":
            text = f"{{{{{text}}}}}"
        elif isinstance(mark, dict) and mark.get("type") == "link":
            attributes = mark.get("attrs")
            text = f"[{text}|{attributes.get('href') if isinstance(attributes, dict) else ''}]"
    return text
