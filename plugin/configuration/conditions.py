"""The conditions of a configuration: that each is JQL which can be decided, and can be met and reached at all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from plugin import jql
from plugin.configuration.bounds import canonical, contradiction, project_keys
from plugin.configuration.document import Steps
from plugin.configuration.faults import Fault, listed
from plugin.configuration.meaning import ProductDraft, SiteDraft
from plugin.domain.product import ExemptClass, Objective, Product, Rule


@dataclass(frozen=True)
class _Written:
    """A condition that compiled, and where it is written."""

    steps: Steps
    text: str
    owner: Rule | ExemptClass


def judge_site_conditions(draft: SiteDraft, facts: jql.SiteFacts) -> Iterator[Fault]:
    classes = _Conditions(draft, facts)
    exempt = list(classes.compiled("exempt", draft.model.exempt if draft.model else ()))
    yield from classes.faults
    yield from _impossible(draft, exempt)


def judge_conditions(draft: ProductDraft, facts: jql.SiteFacts) -> Iterator[Fault]:
    """Each condition of one product, then what they say of each other."""
    if draft.model is None:
        return
    conditions = _Conditions(draft, facts)
    scope = draft.model.scope if conditions.compiles(("scope",), draft.model.scope) else None
    rules = list(conditions.compiled("rules", draft.model.rules))
    exempt = list(conditions.compiled("exempt", draft.model.exempt))
    yield from conditions.faults
    yield from _impossible(draft, [*rules, *exempt])
    yield from _outside(draft, scope, [*rules, *exempt])
    yield from _unreached_rules(draft, draft.model, rules)
    yield from _unreached_classes(draft, exempt)


class _Conditions:
    """Compiles conditions and keeps the faults."""

    def __init__(self, draft: ProductDraft | SiteDraft, facts: jql.SiteFacts) -> None:
        self.draft, self.facts = draft, facts
        self.faults: list[Fault] = []

    def compiled(self, section: str, owners: Sequence[Rule | ExemptClass]) -> Iterator[_Written]:
        for number, owner in enumerate(owners):
            steps: Steps = (section, number, "when")
            if self.compiles(steps, owner.when):
                yield _Written(steps, owner.when, owner)

    def compiles(self, steps: Steps, text: str) -> bool:
        try:
            jql.compile(text, self.facts)
        except jql.JqlError as error:
            line = self.draft.document.line_inside(self.draft.written(steps), error.line)
            self.faults.append(Fault(self.draft.document.name, line, f"{self.draft.named(steps)}: {error}"))
            return False
        return True


def _impossible(draft: ProductDraft | SiteDraft, conditions: list[_Written]) -> Iterator[Fault]:
    for one in conditions:
        if field := contradiction(one.text):
            sentence = f"{one.owner.id!r} can never match: an issue has one {field}, and this asks for two at once"
            yield draft.fault(one.steps, sentence)


def _outside(draft: ProductDraft, scope: str | None, conditions: list[_Written]) -> Iterator[Fault]:
    held = project_keys(scope) if scope else None
    for one in conditions:
        asked = project_keys(one.text)
        if held and asked and not held & asked:
            sentence = (
                f"{one.owner.id!r} can never match: {listed(sorted(asked))} is outside of the product's scope; "
                f"the scope holds {listed(sorted(held))}"
            )
            yield draft.fault(one.steps, sentence)


def _unreached_rules(draft: ProductDraft, product: Product, rules: list[_Written]) -> Iterator[Fault]:
    """A rule that always stands behind another with the same condition while its own objective is active."""
    seen: list[tuple[str, Rule, Objective]] = []
    ordered = sorted(rules, key=lambda one: _rank(one.owner))
    for one in ordered:
        objective = product.objective(one.owner.objective) if isinstance(one.owner, Rule) else None
        if not objective or not isinstance(one.owner, Rule):
            continue
        text = canonical(one.text)
        before = next((rule for same, rule, other in seen if same == text and _covers(other, objective)), None)
        if before:
            sentence = (
                f"{one.owner.id!r} can never be reached: rule {before.id!r} has the same condition and comes first; "
                "remove one, or make its condition narrower and its priority number lower"
            )
            yield draft.fault(one.steps, sentence)
        seen.append((text, one.owner, objective))


def _rank(owner: Rule | ExemptClass) -> tuple[int, str]:
    """The order in which rules speak: by priority, then by objective."""
    return (owner.priority, owner.objective) if isinstance(owner, Rule) else (0, "")


def _covers(first: Objective, later: Objective) -> bool:
    return first.quarter.first <= later.quarter.first and later.last <= first.last


def _unreached_classes(draft: ProductDraft, exempt: list[_Written]) -> Iterator[Fault]:
    first: dict[str, _Written] = {}
    for one in exempt:
        before = first.setdefault(canonical(one.text), one)
        if before is not one:
            sentence = f"{one.owner.id!r} can never be reached: {before.owner.id!r} has the same condition; remove one"
            yield draft.fault(one.steps, sentence)
