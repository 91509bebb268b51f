"""What the doctor finds, and how it is told. Pure."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Literal

from plugin.domain.frozen import Frozen

State = Literal["ok", "not ok", "not known"]


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
    """A line for each, its remedy below it, and a last line that sums up."""
    width = max((len(one.name) for one in findings), default=0)
    for one in findings:
        yield f"{one.state:<9}  {one.name:<{width}}  {one.words}"
        if one.remedy:
            yield f"{'':<9}  {'':<{width}}  → {one.remedy}"
    wrong, open_ = (sum(one.state == state for one in findings) for state in ("not ok", "not known"))
    yield f"{len(findings)} looked at: {wrong} not ok, {open_} not known"


def as_json(findings: Iterable[Finding], at: datetime) -> str:
    found = list(findings)
    shown = {"at": at.isoformat(), "well": code(found) == 0, "findings": [one.model_dump() for one in found]}
    return json.dumps(shown, indent=2, ensure_ascii=False)


def code(findings: Iterable[Finding]) -> int:
    """The exit code: 1 where something is not ok. What cannot be known is no fault."""
    return 1 if any(one.state == "not ok" for one in findings) else 0
