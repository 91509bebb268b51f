"""Issue + rules → Verdict → Change. Pure."""

from plugin.alignment.facts import Ancestors, Facts
from plugin.alignment.plan import Terms, plan, provenance, wanted_labels
from plugin.alignment.rulebook import RuleBook
from plugin.alignment.verdicts import align, grace_ends
from plugin.alignment.words import because, link_words, step, title

__all__ = [
    "Ancestors",
    "Facts",
    "RuleBook",
    "Terms",
    "align",
    "because",
    "grace_ends",
    "link_words",
    "plan",
    "provenance",
    "step",
    "title",
    "wanted_labels",
]
