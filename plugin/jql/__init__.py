"""JQL, decided in memory: `compile` a query once, then let its Condition `decide` issues."""

from plugin.jql.bitsets import Batch, Bits, places
from plugin.jql.compiler import compile  # noqa: A004 - what it does, as in re.compile
from plugin.jql.condition import Condition, Outcome
from plugin.jql.errors import JqlError, JqlRefused, Place
from plugin.jql.explain import Finding
from plugin.jql.index import Found, Frequencies, Index
from plugin.jql.labelled import as_json
from plugin.jql.parser import parse
from plugin.jql.projection import Projection, Row
from plugin.jql.reach import shadowed
from plugin.jql.site import ProjectFacts, SiteFacts
from plugin.jql.view import Ancestry, View, ancestry

__all__ = [
    "Ancestry",
    "Batch",
    "Bits",
    "Condition",
    "Finding",
    "Found",
    "Frequencies",
    "Index",
    "JqlError",
    "JqlRefused",
    "Outcome",
    "Place",
    "ProjectFacts",
    "Projection",
    "Row",
    "SiteFacts",
    "View",
    "ancestry",
    "as_json",
    "compile",
    "parse",
    "places",
    "shadowed",
]
