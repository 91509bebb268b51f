"""An issue as its words: stems that say what it is about, and the words as they were written."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import log

from plugin.jql.stems import stem

_WORD = re.compile(r"[^\W\d_]{3,40}")
_COMMON = frozenset(
    re.findall(
        r"\w+",
        """
    about after again all also and any are because been before but can could does doing done for from had has have
    her here him his how into its just like make may more most must need not now off one only other our out over own
    per please same see shall should show some such than that the their them then there these they this those too two
    under until upon use used uses using very want was way were what when where which while who why will with would
    you your add added adding allow change changed fix fixed get gets issue make new set sets support task test work
    works update updated bug feature improve improvement implement""",
    )
)
"""Words of every backlog: they tell nothing of what an issue is about."""
LONGEST = 2_000
"""Characters of a text that are read: what an issue is about stands at its beginning."""


@dataclass(frozen=True)
class Described:
    """An issue or an objective in words. `name` is its key or id."""

    name: str
    title: str
    text: str = ""
    marks: Sequence[str] = ()
    """What is no prose, such as `component Wallet`: it counts as one word, as it is written."""

    @cached_property
    def words(self) -> Mapping[str, float]:
        """By stem, 1 + ln(how often); words of the title count twice."""
        counts: dict[str, int] = {}
        for word in _words(self.title):
            counts[word] = counts.get(word, 0) + 2
        for word in _words(self.text[:LONGEST]):
            counts[word] = counts.get(word, 0) + 1
        return {stem: 1 + log(number) for stem, number in counts.items()} | dict.fromkeys(self.marks, 1.0)

    def as_written(self, stems: Iterable[str]) -> list[str]:
        """The words of which these are the stems, each as it stands here first, in lower case."""
        wanted = dict.fromkeys(stems, "")
        for word in _WORD.findall(f"{self.title} {self.text[:LONGEST]}".lower()):
            found = stem(word)
            if wanted.get(found) == "":
                wanted[found] = word
        return [word or stem for stem, word in wanted.items()]


@dataclass
class Frequencies:
    """In how many texts each word stands."""

    texts: int = 0
    of: dict[str, int] = field(default_factory=dict)

    def add(self, words: Iterable[str]) -> None:
        self.texts += 1
        for word in words:
            self.of[word] = self.of.get(word, 0) + 1

    def rarity(self, word: str) -> float:
        """Inverse document frequency, ln((1 + n) / (1 + df)) + 1: a word of every text weighs 1.

        Manning, Raghavan, Schütze, Introduction to Information Retrieval, 6.2.1, smoothed.
        """
        return log((1 + self.texts) / (1 + self.of.get(word, 0))) + 1


def _words(text: str) -> Iterable[str]:
    return (stem(word) for word in _WORD.findall(text.lower()) if word not in _COMMON)
