"""The note “Kept from edits”: what people changed in our parts of a section, below it, each entry once."""

import hashlib
from dataclasses import dataclass, field

from plugin.review import storage
from plugin.review.merge.canon import say
from plugin.review.merge.memory import Edit
from plugin.review.merge.outline import Section
from plugin.review.merge.tree import Element, Node, insert_after, read, unmarked
from plugin.review.regions import KEPT_FROM_EDITS

_IN_AN_EXPAND = frozenset({"p", "ul", "ol", "table", "blockquote", "pre", "hr"})


@dataclass
class Notes:
    """Entries of one merge. `noted` are the fingerprints of all entries that this page ever had."""

    edit: Edit
    noted: list[str]
    sentences: list[str] = field(default_factory=list)
    _entries: dict[Section, list[Node]] = field(default_factory=dict)

    def keep(self, section: Section, what: str, theirs: Node, was: Node | None) -> None:
        """Keeps what people wrote. `what` says where it stood; `was` is ours at that place, or None."""
        words, before = say(theirs), say(was) if was is not None else ""
        mark = hashlib.sha256(f"{section.key}\n{what}\n{words}".encode()).hexdigest()[:16]
        if mark in self.noted or (not words and was is None):
            return
        self.noted.append(mark)
        lead = f"{what}, in version {self.edit.version}{_on(self.edit)}: "
        told = _told(words) + (f" (ours was {_told(before)})" if was is not None else "")
        self.sentences.append(f"{section.key or 'The head of the page'}: {lead}{told}")
        entries = self._entries.setdefault(section, [])
        if _is_plain(theirs):
            entries += _read(storage.paragraph(storage.text(lead + told)))
        else:
            entries += _read(storage.paragraph(storage.text(f"{lead}what follows")))
            entries.append(unmarked(theirs))

    def write(self) -> None:
        """Appends the entries to their sections' notes."""
        for section, entries in self._entries.items():
            body = next(section.note.all("ac:rich-text-body"), None) if section.note else None
            if body is not None:
                body.replace_children([*body.children, *entries])
            elif (last := section.last) is not None:
                made = read(storage.expand(KEPT_FROM_EDITS, storage.Markup("".join(map(str, entries)))))
                (section.note,) = made.elements()
                insert_after(last, section.note)


def _on(edit: Edit) -> str:
    return f" of {edit.on.day} {edit.on:%b %Y}" if edit.on else ""


def _told(words: str) -> str:
    return f"“{words}”" if words else "nothing"


def _is_plain(node: Node) -> bool:
    """Its words are enough, or it may not stand in an `expand` as it is."""
    if not isinstance(node, Element) or node.name not in _IN_AN_EXPAND:
        return True
    if any(node.all("ac:structured-macro", "ac:layout", "ac:task-list")):
        return True
    return node.name == "p" and not any(node.all("a", "ac:link", "ac:image"))


def _read(markup: storage.Markup) -> list[Node]:
    found = read(markup).children
    return list(found)
