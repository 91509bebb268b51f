"""Which objective an unlinked issue looks like: nearest centroid over rare words, silent where nothing is near.

Each objective is the sum of what serves it already and of its own title and why, weighed by how rare each word is
(tf-idf; Rocchio's centroid: Introduction to Information Retrieval, 14.2). Nothing is ever linked by this: it is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from heapq import nlargest
from math import fsum, sqrt

from plugin.domain.frozen import Frozen
from plugin.suggestions.words import Described, Frequencies

NEAR = 0.25
"""Cosine from which a likeness is told; `tests/suggestions/test_real_issues.py` measures what that finds."""
AHEAD = 1.25
"""It is told only if no other objective is nearly as near."""
_SHOWN = 3
_WIDEST = 2_000
"""Words of an objective that are kept, the heaviest first: more of them change no answer and cost memory."""


class Suggestion(Frozen):
    """`words` are those of the issue that made it look so, the heaviest first."""

    objective: str
    likeness: float
    """Cosine, 0 to 1."""
    words: tuple[str, ...]


@dataclass
class Learning:
    """Reads one text at a time, so that a hundred thousand issues need no memory but their words."""

    frequencies: Frequencies = field(default_factory=Frequencies)
    _sums: dict[str, dict[str, float]] = field(default_factory=dict)

    def objective(self, one: Described) -> None:
        """An objective of which a suggestion may speak, by its own words."""
        self._sums.setdefault(one.name, {})
        self.serves(one, one.name)

    def serves(self, one: Described, objective: str) -> None:
        """Work of an objective; that of an objective which may not be suggested tells only how rare words are."""
        self.other(one)
        if objective not in self._sums:
            return
        length = sqrt(fsum(weight * weight for weight in one.words.values())) or 1.0
        sums = self._sums[objective]
        for word, weight in one.words.items():
            sums[word] = sums.get(word, 0.0) + weight / length

    def other(self, one: Described) -> None:
        """Work that serves none: it tells how rare words are."""
        self.frequencies.add(one.words)

    def learned(self) -> "Likenesses":
        found = {}
        for objective, sums in self._sums.items():
            weighed = {word: weight * self.frequencies.rarity(word) for word, weight in sums.items()}
            kept = nlargest(_WIDEST, weighed.items(), key=lambda pair: (pair[1], pair[0]))
            found[objective] = _unit(dict(kept))
        return Likenesses(found, self.frequencies)


@dataclass(frozen=True)
class Likenesses:
    """What was learned: for each objective its words, as a vector of length 1."""

    of: Mapping[str, Mapping[str, float]]
    frequencies: Frequencies

    def suggest(self, one: Described, near: float = NEAR) -> Suggestion | None:
        """None where nothing is near enough, or two objectives are about as near."""
        mine = _unit({word: weight * self.frequencies.rarity(word) for word, weight in one.words.items()})
        ranked = nlargest(
            2,
            (
                (fsum(weight * words.get(word, 0.0) for word, weight in mine.items()), id)
                for id, words in self.of.items()
            ),
        )
        if not ranked or ranked[0][0] < near or (len(ranked) > 1 and ranked[0][0] < ranked[1][0] * AHEAD):
            return None
        likeness, best = ranked[0]
        shared = {word: weight * self.of[best].get(word, 0.0) for word, weight in mine.items()}
        told = nlargest(
            _SHOWN, (word for word, weight in shared.items() if weight), key=lambda word: (shared[word], word)
        )
        return Suggestion(objective=best, likeness=round(likeness, 4), words=tuple(one.as_written(told)))


def _unit(weights: Mapping[str, float]) -> dict[str, float]:
    length = sqrt(fsum(weight * weight for weight in weights.values())) or 1.0
    return {word: weight / length for word, weight in weights.items()}
