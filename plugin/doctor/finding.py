"""What the doctor finds, and how it is told. Pure."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Literal

from plugin.domain.frozen import Frozen

State = Literal["ok", "not ok", "not known"]


CODES = {
    10: ("database",),
    11: ("jira address",),
    12: ("token",),
    13: ("token expiry",),
    14: ("permission", "project"),
    15: ("fields",),
    16: ("webhook",),
    17: ("clock",),
    18: ("confluence",),
    19: ("space", "parent page"),
    20: ("property",),
    21: ("worker",),
    22: ("cadence",),
    23: ("last delivery",),
}
"""Exit codes, in the order in which faults lead to others."""

OTHER = 30


class Finding(Frozen):
    """One thing that was looked at: how it is, what that means, and what to do; "" where nothing is to be done."""

    name: str
    state: State
    words: str
    remedy: str = ""


def well(name: str, words: str, remedy: str = "") -> Finding:
    return Finding(name=name, state="ok", words=words, remedy=remedy)


def unwell(name: str, words: str, remedy: str = "") -> Finding:
    return Finding(name=name, state="not ok", words=words, remedy=remedy)


def unknown(name: str, words: str, remedy: str = "") -> Finding:
    return Finding(name=name, state="not known", words=words, remedy=remedy)


def told(findings: Sequence[Finding]) -> Iterator[str]:
    """A line for each, its remedy below it, and a last line that sums up and says where to begin."""
    width = max((len(one.name) for one in findings), default=0)
    for one in findings:
        yield f"{one.state:<9}  {one.name:<{width}}  {one.words}"
        if one.remedy:
            yield f"{'':<9}  {'':<{width}}  → {one.remedy}"
    wrong, open_ = (sum(one.state == state for one in findings) for state in ("not ok", "not known"))
    yield f"{len(findings)} looked at: {wrong} not ok, {open_} not known{_where_to_begin(findings)}"


def _where_to_begin(findings: Sequence[Finding]) -> str:
    first = next((one for one in findings if one.state == "not ok" and code_of(one.name) == code(findings)), None)
    return f"; begin with {first.name} (exit code {code(findings)})" if first else ""


def as_json(findings: Iterable[Finding], at: datetime) -> str:
    found = list(findings)
    shown = {"at": at.isoformat(), "well": code(found) == 0, "findings": [one.model_dump() for one in found]}
    return json.dumps(shown, indent=2, ensure_ascii=False)


def code(findings: Iterable[Finding]) -> int:
    """The exit code: that of the fault that lies lowest, as the others often follow from it; 0 where nothing is not ok.

    What cannot be known is no fault.
    """
    return min((code_of(one.name) for one in findings if one.state == "not ok"), default=0)


def code_of(name: str) -> int:
    """The exit code of this kind of finding; OTHER for what the service itself last said of its work."""
    named = {"permission": name.startswith("“"), "project": name.startswith("project ")}
    kind = next((one for one, fits in named.items() if fits), name)
    return next((number for number, kinds in CODES.items() if kind in kinds), OTHER)
