"""What people read: why an issue serves an objective, or why it is flagged and the one step that fixes it."""

from collections.abc import Sequence

from plugin.alignment.rulebook import RuleBook
from plugin.domain.verdict import LinkWords, Reason, Seen, State, Verdict

LONGEST_TITLE = 255
"""Jira's limit for the title of a remote link, in characters; its summary is held to the same."""

_FLAGGED = {
    Reason.NO_PARENT: "it has no parent, and no rule matches it",
    Reason.PARENT_WITHOUT_OBJECTIVE: "its parent serves no objective, and no rule matches it",
    Reason.NO_RULE: "no rule matches it",
    Reason.OBJECTIVE_ENDED: "what it would serve is an objective that has ended",
    Reason.RULES_DISAGREE: "two rules name different objectives for it",
    Reason.NEW: "it is new and has time to find its place",
}
_STEPS = {
    Reason.NO_PARENT: "Give it a parent that serves an objective.",
    Reason.PARENT_WITHOUT_OBJECTIVE: "Put the objective's label on its parent; this issue follows.",
    Reason.NO_RULE: "Put the label of the objective that it serves on it.",
    Reason.OBJECTIVE_ENDED: "Put the label of a current objective on it, or close it.",
    Reason.RULES_DISAGREE: "Put the label of the right objective on it; a person's label wins.",
    Reason.NEW: "Nothing to do yet.",
}


def title(verdict: Verdict, book: RuleBook) -> str:
    """One line for the remote link: the objective's title, or the reason."""
    objective = book.objective(verdict.objective)
    if verdict.state is State.ALIGNED and objective:
        return shortened(f"Serves: {objective.title}", LONGEST_TITLE)
    return f"Not linked to any objective: {verdict.reason}" if verdict.reason else verdict.state.value.capitalize()


def because(verdict: Verdict, book: RuleBook) -> str:
    """One sentence: why the verdict is what it is."""
    objective = book.objective(verdict.objective)
    if verdict.state is State.ALIGNED and objective:
        return f"{_aligned(verdict)} ({objective.quarter})."
    if verdict.reason:
        return f"Flagged because {_FLAGGED[verdict.reason]}."
    if verdict.state is State.EXEMPT:
        return f"{_with_why(f'Work of the class {verdict.rule} needs no objective', verdict.why)}."
    if verdict.state is State.UNDECIDED:
        return f"Cannot be decided before these fields are known: {', '.join(verdict.missing)}."
    return "It is outside of every product's scope."


def step(reason: Reason) -> str:
    """The one step that fixes it."""
    return _STEPS[reason]


def link_words(verdict: Verdict, book: RuleBook, url: str) -> LinkWords:
    """The remote link of an aligned or a flagged issue."""
    fix = f" {step(verdict.reason)}" if verdict.reason else ""
    return LinkWords(
        title=title(verdict, book),
        summary=shortened(because(verdict, book) + fix, LONGEST_TITLE),
        url=url,
    )


def clauses(evidence: Sequence[Seen], most: int, longest: int) -> list[str]:
    """What matched, each with the value that it met, at most so many and so long."""
    return [shortened(f"{one.clause} ← {one.value}", longest) for one in evidence[:most]]


def shortened(text: str, longest: int) -> str:
    """The text on one line, cut with an ellipsis where it is too long."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _aligned(verdict: Verdict) -> str:
    if verdict.how == "override":
        return "A person put this objective's label on it"
    if verdict.how == "rule":
        return _with_why(f"Rule {verdict.rule}", verdict.why)
    return verdict.why


def _with_why(statement: str, why: str) -> str:
    return f"{statement}: {why.rstrip('. ')}" if why else statement
