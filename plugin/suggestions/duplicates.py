"""Open issues of different streams that look alike: candidates for duplicate effort, the likest first.

Issues are compared only where they share a rare word, so that the work grows with the issues and not with their
square. What two issues share in common words alone is not found; such texts are not alike either.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest, nsmallest
from math import fsum, sqrt

from plugin.domain.frozen import Frozen
from plugin.suggestions.words import Described, Frequencies

ALIKE = 0.6
"""Cosine from which two issues are candidates."""
_RARE = 30
"""A word in more issues than this finds no partner."""
_ASKED = 6
"""Rare words of an issue that are looked up, the rarest first."""
_SHARED = 3
"""Words that two issues have in common at the least: one odd name is no likeness."""
_KEPT = 16
"""Words of an issue that are compared, the heaviest ones."""
_SHOWN = 4

_Vector = Mapping[str, float]


@dataclass(frozen=True)
class Placed:
    """An open issue of a stream. `linked` are keys that it is connected with: links, parent."""

    issue: Described
    stream: str
    linked: frozenset[str] = frozenset()


class Pair(Frozen):
    """Two issues, the smaller key first, and the words that they share, the heaviest first."""

    one: str
    other: str
    likeness: float
    """Cosine, 0 to 1."""
    words: tuple[str, ...]


def alike(issues: Iterable[Placed], dismissed: frozenset[tuple[str, str]] = frozenset(), most: int = 100) -> list[Pair]:
    """The likest pairs, at most so many. `dismissed` holds pairs of keys, the smaller first.

    The answer does not depend on the order of the issues.
    """
    ordered = sorted(issues, key=lambda one: one.issue.name)
    frequencies = Frequencies()
    for one in ordered:
        frequencies.add(one.issue.words)
    vectors = [_vector(one.issue.words, frequencies) for one in ordered]
    rare = [_rare(vector, frequencies) for vector in vectors]
    near = (
        (-likeness, one, other)
        for likeness, one, other in _near(ordered, vectors, rare)
        if not _known(ordered[one], ordered[other], dismissed)
    )
    return [
        Pair(
            one=ordered[one].issue.name,
            other=ordered[other].issue.name,
            likeness=round(-away, 4),
            words=tuple(ordered[one].issue.as_written(_shared(vectors[one], vectors[other]))),
        )
        for away, one, other in nsmallest(most, near)
    ]


def _near(
    issues: Sequence[Placed], vectors: Sequence[_Vector], rare: Iterable[Sequence[str]]
) -> Iterator[tuple[float, int, int]]:
    """Likeness and places of each pair, once."""
    met: dict[str, list[int]] = {}
    for at, words in enumerate(rare):
        before = {other for word in words for other in met.get(word, ())}
        for other in sorted(before):
            if issues[other].stream != issues[at].stream:
                likeness = _cosine(vectors[at], vectors[other])
                if likeness >= ALIKE:
                    yield likeness, other, at
        for word in words:
            met.setdefault(word, []).append(at)


def _vector(words: _Vector, frequencies: Frequencies) -> _Vector:
    """The heaviest words, the heaviest first, as a vector of length 1."""
    weighed = ((weight * frequencies.rarity(word), word) for word, weight in words.items())
    kept = nlargest(_KEPT, weighed)
    length = sqrt(fsum(weight * weight for weight, _ in kept)) or 1.0
    return {word: weight / length for weight, word in kept}


def _rare(vector: _Vector, frequencies: Frequencies) -> list[str]:
    count = frequencies.of
    return nsmallest(
        _ASKED, (word for word in vector if 2 <= count[word] <= _RARE), key=lambda word: (count[word], word)
    )


def _cosine(one: _Vector, other: _Vector) -> float:
    shared = one.keys() & other.keys()
    return fsum(one[word] * other[word] for word in shared) if len(shared) >= _SHARED else 0.0


def _known(one: Placed, other: Placed, dismissed: frozenset[tuple[str, str]]) -> bool:
    """Whether people have said already what the two are to each other."""
    names = one.issue.name, other.issue.name
    return names in dismissed or names[1] in one.linked or names[0] in other.linked


def _shared(one: _Vector, other: _Vector) -> list[str]:
    return nlargest(_SHOWN, one.keys() & other.keys(), key=lambda word: (one[word] * other[word], word))
