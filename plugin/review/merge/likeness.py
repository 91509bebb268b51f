"""How alike two texts are."""

from difflib import SequenceMatcher

_LONGEST = 400
"""Characters by which two texts are compared: more would make one hostile paragraph cost minutes."""


def plain(words: str) -> str:
    """Letters and digits in lower case: an emoji, a colon or a capital more makes no other heading."""
    kept = "".join(one if one.isalnum() else " " for one in words.casefold())
    return " ".join(kept.split())


def like(one: str, other: str) -> float:
    """How alike two texts are, 0 to 1, by their beginnings."""
    if one == other:
        return 1.0
    matcher = SequenceMatcher(None, one[:_LONGEST], other[:_LONGEST], autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= 0.5 else 0.0
