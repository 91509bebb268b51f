"""Which block of one version of a section is which of another: equal ones in order, then those that were edited."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from plugin.review.merge.canon import say
from plugin.review.merge.likeness import like
from plugin.review.merge.outline import Block
from plugin.review.merge.tables import same_columns

SIMILAR = 0.6


@dataclass
class Pairs:
    """By positions: of the older version, of the newer one."""

    equal: dict[int, int] = field(default_factory=dict)
    edited: dict[int, int] = field(default_factory=dict)
    added: list[int] = field(default_factory=list)

    def of(self, old: int) -> int | None:
        """Where the old block is now, None where it was removed."""
        return self.equal.get(old, self.edited.get(old))


def pair(old: Sequence[Block], new: Sequence[Block]) -> Pairs:
    pairs = Pairs()
    matcher = SequenceMatcher(None, [one.form for one in old], [one.form for one in new], autojunk=False)
    for kind, one, one_end, two, two_end in matcher.get_opcodes():
        if kind == "equal":
            pairs.equal |= dict(zip(range(one, one_end), range(two, two_end), strict=True))
        elif kind == "replace":
            pairs.edited |= _edited(old, new, list(range(one, one_end)), list(range(two, two_end)))
    known = {*pairs.equal.values(), *pairs.edited.values()}
    pairs.added = [at for at in range(len(new)) if at not in known]
    return pairs


def _edited(old: Sequence[Block], new: Sequence[Block], gone: list[int], come: list[int]) -> dict[int, int]:
    """Within one place where the versions differ: tables by their header rows, then by likeness, then by position."""
    found: dict[int, int] = {}

    def take(one: int, other: int) -> None:
        found[one] = other
        come.remove(other)

    for one in gone:
        for other in come:
            if same_columns(old[one].node, new[other].node):
                take(one, other)
                break
    for one in gone:
        kin = [other for other in come if old[one].kind == new[other].kind]
        if one in found or not kin:
            continue
        words = say(old[one].node)
        best = max(kin, key=lambda other: like(words, say(new[other].node)))
        if like(words, say(new[best].node)) >= SIMILAR:
            take(one, best)
    for one in gone:
        kin = [other for other in come if old[one].kind == new[other].kind]
        if one not in found and kin:
            take(one, kin[0])
    return found
