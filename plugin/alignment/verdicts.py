"""From facts and rules to verdicts, in the order in which the questions are asked."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property, partial

from pydantic import JsonValue

from plugin.alignment.answers import Answer, Answers, first
from plugin.alignment.facts import Ancestors, Facts
from plugin.alignment.family import Family, Gap
from plugin.alignment.rulebook import CompiledRule, ProductBook, RuleBook
from plugin.domain.issue import Snapshot
from plugin.domain.product import Grace
from plugin.domain.verdict import Reason, State, Verdict
from plugin.jql import View

_REACHED = {"in progress": frozenset({"indeterminate", "done"}), "done": frozenset({"done"})}
"""Jira's status category keys in which the configured `until` of the grace is reached."""


def align(batch: Sequence[Facts], book: RuleBook, ancestors: Ancestors, now: datetime) -> dict[str, Verdict]:
    """The verdict of every issue of the batch, by issue id; parents are decided before children, however deep.

    `now` is aware; an objective is active by the site's calendar. The result does not depend on the batch's order.
    """
    family = Family(batch, ancestors)
    decided = dict(family.settled)
    moment = _Moment(book, family, decided, now)
    for facts in batch:
        if facts.id not in decided:
            for one in family.top_down(facts, decided):
                decided[one.id] = _decide(one, moment)
    return {facts.id: decided[facts.id] for facts in batch}


def grace_ends(snapshot: Snapshot, grace: Grace) -> datetime | None:
    """When the grace of the issue runs out if nothing happens to it, in UTC; None where that cannot be known."""
    try:
        created = datetime.fromisoformat(snapshot.text("created"))
    except ValueError:
        return None
    return (created if created.tzinfo else created.replace(tzinfo=UTC)).astimezone(UTC) + grace.new


def as_issue(snapshot: Snapshot) -> Mapping[str, object]:
    """The snapshot as conditions read it."""
    return {**snapshot.fields, "id": snapshot.id, "key": snapshot.key}


class _Moment:
    """What all decisions of one batch share."""

    def __init__(self, book: RuleBook, family: Family, decided: dict[str, Verdict], now: datetime) -> None:
        self.book, self.family, self.decided, self.now = book, family, decided, now
        self.today = book.today(now)
        self.active = book.active(self.today)

    def view(self, facts: Facts) -> View:
        """The issue as conditions read it: one view for all of them."""
        above = self.family.ancestry(facts) if self.book.asks_above else None
        return View(as_issue(facts.snapshot), self.now, above)


def _decide(facts: Facts, moment: _Moment) -> Verdict:
    """The first product whose scope holds the issue is its product."""
    issue = moment.view(facts)
    for product in moment.book.products:
        outcome = product.scope.decide(issue)
        if outcome.matched is not False:
            case = _Case(facts, Answers(product, issue), product, moment)
            return case.undecided(outcome.missing) if outcome.matched is None else case.verdict()
    return Verdict(state=State.OUT_OF_SCOPE, version=moment.book.version)


class _Case:
    """One issue before the questions. Each question answers with a verdict, or with None to pass on to the next."""

    def __init__(self, facts: Facts, answers: Answers, product: ProductBook, moment: _Moment) -> None:
        self.facts, self.answers, self.product, self.moment = facts, answers, product, moment
        self.book, self.snapshot = moment.book, facts.snapshot
        self.say = partial(Verdict, product=product.product.id, version=moment.book.version)

    def verdict(self) -> Verdict:
        return (
            self.override()
            or self.direct()
            or self.inherited()
            or self.linked()
            or self.exempted()
            or self.new()
            or self.unaligned()
        )

    def undecided(self, missing: Iterable[str]) -> Verdict:
        """What was said before stays until the missing fields are known."""
        kept = self.facts.previous.objective if self.facts.previous else None
        return self.say(state=State.UNDECIDED, objective=kept, missing=tuple(sorted(set(missing))))

    @cached_property
    def tagged(self) -> frozenset[str]:
        """Objectives, ended ones among them, whose tags people set, and that stand on the issue or were chosen."""
        standing = self.facts.chosen | self.facts.set_by_people & (self.snapshot.labels or frozenset())
        return frozenset(filter(None, map(self.book.objective_of, standing)))

    @cached_property
    def refused(self) -> frozenset[str]:
        """Objectives whose tags people took away."""
        return frozenset(filter(None, map(self.book.objective_of, self.facts.taken_away)))

    @cached_property
    def open(self) -> frozenset[str]:
        """Objectives that may be chosen: active today, and not taken away by a person."""
        return self.moment.active - self.refused

    def override(self) -> Verdict | None:
        if self.snapshot.labels is None:
            return self.undecided(["labels"])
        chosen = min(self.tagged & self.moment.active, default=None)
        return self.say(state=State.ALIGNED, objective=chosen, how="override") if chosen else None

    def direct(self) -> Verdict | None:
        rules = [one for one in self.answers.rules if one.owner.objective.id in self.open]
        answer = first(rules)
        if not isinstance(answer, tuple):
            return self.undecided(answer) if answer else None
        winner, evidence = answer
        return self.say(
            state=State.ALIGNED,
            objective=winner.objective.id,
            how="rule",
            rule=winner.rule.id,
            why=winner.rule.why,
            evidence=evidence,
            conflict=tuple(one.owner.rule.id for one in rules if _contradicts(one, winner)),
        )

    def inherited(self) -> Verdict | None:
        parent = self.moment.family.parent(self.facts)
        if isinstance(parent, Gap):
            return self.undecided(["parent"]) if parent is Gap.UNKNOWN else None
        above = self.moment.decided[parent.id]
        if above.state is State.UNDECIDED:
            return self.undecided(["parent"])
        if above.state is not State.ALIGNED or above.objective not in self.open:
            return None
        source = above.inherited_from or parent.snapshot.key
        return self.say(
            state=State.ALIGNED,
            objective=above.objective,
            how="inherited",
            rule=above.rule,
            why=f"It is part of {source}, which serves this objective",
            inherited_from=source,
        )

    def linked(self) -> Verdict | None:
        owned = {one.issue: one.id for one in self.book.objectives(self.open) if one.issue}
        key = next((one for one in self.moment.family.keys(self.facts) if one in owned), None)
        if key is None:
            return None
        own = key == self.snapshot.key
        why = "It is the objective's own issue" if own else f"It is part of {key}, the objective's own issue"
        return self.say(state=State.ALIGNED, objective=owned[key], how="link", why=why)

    def exempted(self) -> Verdict | None:
        answer = first(self.answers.exempt)
        if not isinstance(answer, tuple):
            return self.undecided(answer) if answer else None
        found, evidence = answer
        return self.say(state=State.EXEMPT, how="exempt", rule=found.exempt.id, why=found.exempt.why, evidence=evidence)

    def new(self) -> Verdict | None:
        """Grace: nothing is flagged before its time, whatever the reason would be."""
        grace = self.book.configuration.site.grace
        category = self.snapshot.status_category
        if category in _REACHED[grace.until]:
            return None
        end = grace_ends(self.snapshot, grace)
        if not category or end is None:
            return self.undecided([*([] if category else ["status"]), *([] if end else ["created"])])
        return self.say(state=State.UNALIGNED, reason=Reason.NEW) if self.moment.now < end else None

    def unaligned(self) -> Verdict:
        return self.after_its_end() or self.without_rule()

    def after_its_end(self) -> Verdict | None:
        """An objective that is over would have taken the issue, by a person's tag or by a rule."""
        if any(self.over(one) for one in self.tagged):
            return self.say(state=State.UNALIGNED, reason=Reason.OBJECTIVE_ENDED)
        answer = first([one for one in self.answers.rules if self.over(one.owner.objective.id)])
        if not isinstance(answer, tuple):
            return self.undecided(answer) if answer else None
        found, evidence = answer
        return self.say(
            state=State.UNALIGNED,
            reason=Reason.OBJECTIVE_ENDED,
            rule=found.rule.id,
            why=found.rule.why,
            evidence=evidence,
        )

    def over(self, id: str) -> bool:
        objective = self.book.objective(id)
        return objective is not None and objective.last < self.moment.today and id not in self.refused

    def without_rule(self) -> Verdict:
        if self.moment.family.parent(self.facts) is not Gap.NONE:
            return self.say(state=State.UNALIGNED, reason=Reason.PARENT_WITHOUT_OBJECTIVE)
        kind = self.snapshot.fields.get("issuetype")
        if not isinstance(kind, dict):
            return self.undecided(["issuetype"])
        return self.say(state=State.UNALIGNED, reason=Reason.NO_RULE if _is_top(kind) else Reason.NO_PARENT)


def _contradicts(other: Answer[CompiledRule], winner: CompiledRule) -> bool:
    same = other.owner.rule.priority == winner.rule.priority
    return same and other.owner.objective.id != winner.objective.id and other.matched


def _is_top(kind: Mapping[str, JsonValue]) -> bool:
    """Whether issues of the type usually have no parent. Data Center tells no level: an epic is known by its name."""
    level = kind.get("hierarchyLevel")
    return level >= 1 if isinstance(level, int) else str(kind.get("name")).lower() == "epic"
