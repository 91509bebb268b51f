"""A page of a few regions, and people who work on it with one of Confluence's editors."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from plugin.review import storage
from plugin.review.merge.comments import refs
from plugin.review.merge.memory import Edit, Memory, Merged
from plugin.review.merge.merging import merge
from plugin.review.regions import CONFIDENCE, DECISIONS, EXCEPTIONS, EXPLANATION, LEAD_COMMENT, NEXT_STEP, OBJECTIVES
from plugin.review.storage import Markup, heading, number, paragraph, table, text
from plugin.sandbox.confluence.editors import Editor, saved_by, stored
from plugin.sandbox.confluence.storage import with_marker

PLACEHOLDER = "The lead writes here."
TWO_PEOPLE = "Nothing unusual happened this week, and the teams worked as planned."


def cell(words: str) -> Markup:
    return paragraph(text(words))


def grid(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Markup:
    return table(
        [cell(one) for one in header], [[cell(row[0]), *(number(text(one)) for one in row[1:])] for row in rows]
    )


@dataclass(frozen=True)
class Facts:
    """What our page says."""

    conversion: str = "41.2 %"
    errors: str = "1.9 %"
    sentence: str = TWO_PEOPLE
    metrics: tuple[str, ...] = ("Conversion", "Errors", "Load")
    exceptions: tuple[tuple[str, str], ...] = (("Conversion fell", "1 week"), ("Errors rose", "3 weeks"))
    asks: tuple[str, ...] = ("End the disputes objective?",)
    objectives: tuple[tuple[str, str], ...] = (("Fewer give up", "40 %"), ("Two taps", "31 %"))

    def render(self) -> str:
        facts = storage.facts_table([("Product", cell("Acme Pay")), ("Conversion", cell(self.conversion))])
        values = {"Conversion": self.conversion, "Errors": self.errors}
        return storage.join(
            [
                storage.macro("details", {"id": "facts"}, facts),
                storage.macro("toc", {"minLevel": "2", "maxLevel": "3"}),
                paragraph(storage.strong(text(f"Conversion is {self.conversion}.")), text(" More is below.")),
                heading(2, LEAD_COMMENT),
                cell(PLACEHOLDER),
                heading(2, "Metrics"),
                cell(self.sentence),
                grid(
                    ["Metric", "Value", "Owner"], [[one, values.get(one, "2.3 s"), "Checkout"] for one in self.metrics]
                ),
                heading(2, EXCEPTIONS),
                grid(["What", "Since", EXPLANATION], [[what, since, ""] for what, since in self.exceptions]),
                heading(2, OBJECTIVES),
                grid(["Objective", "Actual", CONFIDENCE, NEXT_STEP], [[*one, "", ""] for one in self.objectives]),
                heading(2, DECISIONS),
                grid(["Decision or ask", "Who", "Open"], [[one, "", "new"] for one in self.asks]),
                heading(2, "How these numbers are made"),
                storage.element("ul", storage.element("li", cell("Each issue counts once."))),
            ]
        )


@dataclass
class Paper:
    """One page: what we publish is merged in, what people do goes through their editor."""

    editor: Editor
    body: str = ""
    memory: Memory | None = None
    versions: int = 0
    writes: int = 0
    facts: Facts = field(default_factory=Facts)
    resolved: set[str] = field(default_factory=set)
    last: Merged = field(default_factory=lambda: Merged(body=""))

    def publish(self, facts: Facts | None = None) -> Merged:
        """As `rewrite` does: nothing is written where nothing changes; no comment may be lost."""
        self.facts = facts or Facts()
        ours = self.facts.render()
        if not self.versions:
            self._stores(ours, ours, Merged(body=ours))
            return self.last
        edit = Edit(version=self.versions, on=date(2026, 11, 23), resolved=frozenset(self.resolved))
        merged = merge(self.body, ours, self.memory, edit)
        assert refs(self.body) - refs(merged.body) <= self.resolved
        if merged.body != self.body:
            self._stores(ours, merged.body, merged)
        self.last = merged
        return merged

    def _stores(self, ours: str, sent: str, merged: Merged) -> None:
        self.body = sent if self.editor == "none" else stored(sent, self.versions)
        self.memory = Memory(
            rendered=ours, sent=sent, read_back=self.body, noted=merged.noted, homeless=merged.homeless
        )
        self.versions += 1
        self.writes += 1

    def opened(self) -> None:
        """Somebody opens the page in the editor and saves it."""
        self.body = saved_by(self.editor, self.body, self.versions)
        self.versions += 1

    def edit(self, old: str, new: str) -> None:
        """Somebody replaces words, or markup of theirs, once."""
        self.opened()
        assert old in self.body, old
        self.body = self.body.replace(old, new, 1)

    def below(self, words: str, markup: str) -> None:
        """Somebody inserts a block below the heading with these words."""
        self.opened()
        self.body, times = re.subn(
            rf"(<h\d[^>]*>{re.escape(words)}</h\d>)", lambda at: at[1] + markup, self.body, count=1
        )
        assert times == 1

    def cut(self, pattern: str) -> str:
        """Somebody takes out what the pattern finds first, and has it."""
        self.opened()
        found = re.search(pattern, self.body, re.DOTALL)
        assert found, pattern
        self.body = self.body[: found.start()] + self.body[found.end() :]
        return found[0]

    def fill(self, row: str, column: int, words: str) -> None:
        """Somebody writes in a cell of the row whose first cell has these words; columns count from 0."""
        self.opened()
        line = next(one for one in re.findall(r"<tr[^>]*>.*?</tr>", self.body, re.DOTALL) if f">{row}<" in one)
        cells = re.findall(r"<t[dh][^>]*?(?:/>|>.*?</t[dh]>)", line, re.DOTALL)
        changed = line.replace(cells[column], f"<td><p>{words}</p></td>") if cells.count(cells[column]) == 1 else ""
        if not changed:
            before = "".join(cells[:column])
            after = "".join(cells[column + 1 :])
            opening = line[: line.index(cells[0])]
            changed = f"{opening}{before}<td><p>{words}</p></td>{after}</tr>"
        self.body = self.body.replace(line, changed, 1)

    def comment(self, words: str, ref: str = "c1", index: int = 0) -> None:
        self.body = with_marker(self.body, words, ref, index)

    def marked(self, ref: str = "c1") -> list[str]:
        """The words that the comment's markers stand around."""
        pattern = rf'<ac:inline-comment-marker ac:ref="{ref}"[^>]*>(.*?)</ac:inline-comment-marker>'
        return [re.sub("<[^>]*>", "", one) for one in re.findall(pattern, self.body, re.DOTALL)]

    @property
    def words(self) -> str:
        """What a reader sees, in one line."""
        return " ".join(re.sub("<[^>]*>", " ", self.body).split())

    def row(self, name: str) -> list[str]:
        """The words of the cells of a row, found by the words of its first cell."""
        for line in re.findall(r"<tr[^>]*>.*?</tr>", self.body, re.DOTALL):
            cells = re.findall(r"<t[dh][^>]*?(?:/>|>.*?</t[dh]>)", line, re.DOTALL)
            words = [" ".join(re.sub("<[^>]*>", " ", one).split()) for one in cells]
            if words[0] == name:
                return words
        return []
