"""What a change of the configuration would do, as a value, and in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from plugin.alignment.moves import Moves
from plugin.review.count import Group, Shares, Span
from plugin.review.model import Share
from plugin.review.text import share_of_issues

_NARROWEST = 34
"""Characters of the first column of a table."""


@dataclass(frozen=True)
class BackTest:
    """One product over one span: the issues that counted then, under the rules in force and under the planned ones.

    None where the product is not in that configuration.
    """

    product: str
    span: Span
    before: Shares | None
    after: Shares | None


@dataclass(frozen=True)
class Writes:
    """Calls that would go to Jira now, and how many seconds they take at least at its limits."""

    edits: int
    links: int
    seconds: float
    flags_waiting: int = 0
    """Flags that wait for a later day or week, as the weekly cap of their project says."""
    held: int = 0
    """Issues of which Jira must be asked first who changed their tags."""


@dataclass(frozen=True)
class Plan:
    """Made without writing anything anywhere. `version` is the one in force, 0 before the first."""

    version: int
    differences: tuple[str, ...]
    issues: int
    moves: Moves
    back_tests: tuple[BackTest, ...]
    writes: Writes
    cautions: tuple[str, ...]
    lint: tuple[str, ...]


def told(plan: Plan) -> Iterator[str]:
    """The plan line by line, for a terminal."""
    if plan.version and not plan.differences:
        yield f"Nothing differs from version {plan.version}, which is in force."
        return
    yield f"Different from version {plan.version}:" if plan.version else "Nothing is in force yet:"
    yield from _listed(plan.differences)
    yield from _moves(plan)
    for one in plan.back_tests:
        yield from _back_test(one)
    if plan.back_tests:
        yield "  By the count model: the issues that counted then, each judged by its fields as they are today."
    yield ""
    yield writes_in_words(plan.writes)
    if plan.cautions:
        yield from ("", "What this cannot tell:", *_listed(plan.cautions))
    if plan.lint:
        yield from ("", "Worth a look:", *_listed(plan.lint))
    yield from (
        "",
        'Nothing was written. `plumbline apply --why "…"` puts it in force; `plumbline rollback` takes it back.',
    )


def _listed(sentences: tuple[str, ...]) -> Iterator[str]:
    return (f"  {one}" for one in sentences)


def _moves(plan: Plan) -> Iterator[str]:
    total = plan.moves.counts.total()
    yield ""
    yield f"{total:,} of {plan.issues:,} issues would move" + (":" if total else ".")
    for way, count in sorted(plan.moves.counts.items(), key=lambda pair: (-pair[1], pair[0])):
        yield f"  {count:>7,}  {way[0]} → {way[1]}"
        names = plan.moves.names[way]
        if plan.moves.most is None:
            yield from (f"           {name}" for name in names)
        else:
            more = f", and {count - len(names):,} more (--all names them)" if count > len(names) else ""
            yield f"           {', '.join(names)}{more}"


def _back_test(one: BackTest) -> Iterator[str]:
    yield ""
    rows = [(f"{one.product}, {one.span.name}", "in force", "planned"), *rows_of(one)]
    width = max(_NARROWEST, *(len(name) + 2 for name, _, _ in rows))
    yield from (f"{name:{width}}{before:24}{after}" for name, before, after in rows)


def rows_of(one: BackTest) -> Iterator[tuple[str, str, str]]:
    """Name, before and after; names of parts begin with blanks."""
    for group in Group:
        yield f"  {group}", _share(_group(one.before, group)), _share(_group(one.after, group))
        if group is Group.ALIGNED:
            yield from _parts(_objectives(one.before), _objectives(one.after))
        elif group is Group.EXEMPT:
            yield from _parts(_exempt(one.before), _exempt(one.after))


def _parts(before: Mapping[str, Share], after: Mapping[str, Share]) -> Iterator[tuple[str, str, str]]:
    for name in dict.fromkeys((*before, *after)):
        yield f"    {name}", _share(before.get(name)), _share(after.get(name))


def _share(share: Share | None) -> str:
    return "–" if share is None else share_of_issues(share).replace("\u00a0", " ").replace(" issues", "")


def _group(shares: Shares | None, group: Group) -> Share | None:
    return shares.groups[group] if shares else None


def _objectives(shares: Shares | None) -> Mapping[str, Share]:
    return shares.objectives if shares else {}


def _exempt(shares: Shares | None) -> Mapping[str, Share]:
    return shares.exempt if shares else {}


def writes_in_words(writes: Writes) -> str:
    later = _later(writes)
    if not writes.edits:
        return f"No write to Jira would follow{later}."
    edits = "1 edit" if writes.edits == 1 else f"{writes.edits:,} edits"
    links = "1 change of links" if writes.links == 1 else f"{writes.links:,} changes of links"
    return f"Writes to Jira: {edits} and {links}; at Jira's limits they take {_length(writes.seconds)}{later}."


def _later(writes: Writes) -> str:
    flags = "1 flag waits" if writes.flags_waiting == 1 else f"{writes.flags_waiting:,} flags wait"
    issues = "1 issue is" if writes.held == 1 else f"{writes.held:,} issues are"
    told = [f"{flags} for a later week, by flags_per_week"] if writes.flags_waiting else []
    told += [f"{issues} held until Jira tells who changed the tags there"] if writes.held else []
    return "".join(f"; {one}" for one in told)


def _length(seconds: float) -> str:
    if seconds < 2:
        return "less than 2 seconds"
    return f"at least {seconds:,.0f} seconds" if seconds < 120 else f"at least {seconds / 60:,.0f} minutes"
