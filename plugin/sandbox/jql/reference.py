"""A slow evaluator of JQL, written to be read: the sandbox's searches run on it, and faster ones are held to it.

It follows the vendor's words alone: NOT is moved into the operators, every comparison of an empty field is false, IN is
an OR of `=` and NOT IN an AND of `!=`. Refused with 400, as Jira refuses what it does not know, are WAS and CHANGED,
entity properties, the functions of other apps, and fields that the sandbox's issues do not have.
"""

from collections.abc import Mapping

from plugin.sandbox.jira.errors import JiraError
from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.jira.values import Person
from plugin.sandbox.jql.field import Field, Predicate
from plugin.sandbox.jql.fields import canonical, fields
from plugin.sandbox.jql.syntax import Clause, Condition, Group, Not, without_not


def meets(site: JiraSite, asker: Person, condition: Condition | None) -> Predicate:
    """Tells of an issue whether it meets the condition, as this account asks now; None is met by all.

    Raises JiraError 400 for what Jira refuses, whether or not any issue would come to it.
    """
    if condition is None:
        return lambda issue: True
    return _of(without_not(condition), fields(site, asker))


def _of(condition: Condition, known: Mapping[str, Field]) -> Predicate:
    match condition:
        case Clause():
            return _field(condition, known).test(condition)
        case Group(all=True, parts=parts):
            every = [_of(part, known) for part in parts]
            return lambda issue: all(test(issue) for test in every)
        case Group(parts=parts):
            some = [_of(part, known) for part in parts]
            return lambda issue: any(test(issue) for test in some)
        case Not():
            raise AssertionError("NOT was moved into the operators")


def _field(clause: Clause, known: Mapping[str, Field]) -> Field:
    found = known.get(canonical(clause.field))
    if found is None:
        words = f"Field '{clause.field}' does not exist or you do not have permission to view it."
        raise JiraError(400, words)
    return found
