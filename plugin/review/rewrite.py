"""One rewriting of a page that people may have edited: merge, write, read back, and see that no comment was lost."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from plugin.atlassian.errors import Conflict, DoorError
from plugin.atlassian.gateways import ConfluenceGateway, InlineComment, StoredPage
from plugin.domain.frozen import Frozen
from plugin.review.merge import comments as anchored
from plugin.review.merge.memory import Edit, Memory, Merged, Span
from plugin.review.merge.merging import merge

OPEN = ("open", "reopened")
REPAIRS = 3


class CommentsLostError(Exception):
    """A merge that would have lost comments. Nothing was written."""


class Rewritten(Frozen):
    """`page` is as Confluence gives it back. `wrote` is False where the page says all of it already."""

    page: StoredPage
    sent: str
    merged: Merged
    wrote: bool
    words: str = ""
    lost: int = 0
    """Comments that are without a place, because they came while we wrote and could not be put back."""


class Rewriting(Frozen):
    body: str
    message: str
    zone: str = "UTC"
    memory: Memory | None
    """None: nothing is known of what we wrote there."""


def rewrite(gateway: ConfluenceGateway, page: StoredPage, wanted: Rewriting) -> Rewritten:
    """At most two writes: the merge, and one repair for comments that came in between.

    Raises Conflict where the page moved on, MalformedError where it is no storage format, CommentsLostError.
    """
    before = gateway.inline_comments(page.id)
    resolved = frozenset(one.ref for one in before if one.state == "resolved")
    edit = Edit(version=page.version, on=_day(page, wanted.zone), resolved=resolved)
    merged = merge(page.body, wanted.body, wanted.memory, edit)
    _none_lost(page.body, merged, resolved)
    if merged.body == page.body:
        return Rewritten(page=page, sent=page.body, merged=merged, wrote=False)
    written = gateway.update(page, page.title, merged.body, wanted.message)
    stands = read_back(gateway, written)
    done = Rewritten(page=stands, sent=merged.body, merged=merged, wrote=True)
    return _repaired(gateway, page, before, done, wanted.message)


def read_back(gateway: ConfluenceGateway, written: StoredPage) -> StoredPage:
    """The body as Confluence now stores it, or as its answer told where somebody was faster than our reading."""
    stored = gateway.read(written.id)
    return stored if stored.version == written.version else written


def _day(page: StoredPage, zone: str) -> date | None:
    return page.at.astimezone(ZoneInfo(zone)).date() if page.at else None


def _none_lost(before: str, merged: Merged, resolved: frozenset[str]) -> None:
    lost = anchored.refs(before) - anchored.refs(merged.body) - resolved
    if lost:
        raise CommentsLostError(f"{len(lost)} comments would have lost their place")


def _repaired(
    gateway: ConfluenceGateway, was: StoredPage, before: Sequence[InlineComment], done: Rewritten, message: str
) -> Rewritten:
    """Puts back the comments that were made between our reading and our writing, which no conflict tells of.

    A conflict is met by reading again, twice; what is lost all the same is said.
    """
    fault: DoorError | None = None
    stands = done.page
    for _ in range(REPAIRS):
        missing = _missing(gateway, was, before, stands)
        if not missing:
            return done
        spans = _where_they_stood(gateway, was, missing)
        fixed = anchored.put_back(stands.body, spans, frozenset())
        try:
            written = gateway.update(stands, stands.title, fixed.body, f"{message}; comments put back")
        except Conflict as met:
            fault, stands = met, gateway.read(was.id)
            continue
        except DoorError as met:
            fault = met
            break
        homeless, placed = (*done.merged.homeless, *fixed.homeless), done.merged.placed + fixed.placed
        merged = done.merged.model_copy(update={"body": fixed.body, "homeless": homeless, "placed": placed})
        return done.model_copy(update={"page": read_back(gateway, written), "sent": fixed.body, "merged": merged})
    lost = len(_missing(gateway, was, before, stands))
    what = "1 comment" if lost == 1 else f"{lost} comments"
    words = f"{what} on “{was.title}” lost {'its' if lost == 1 else 'their'} place while it was written"
    return done.model_copy(update={"words": f"{words}: {fault}" if lost else "", "lost": lost})


def _missing(
    gateway: ConfluenceGateway, was: StoredPage, before: Sequence[InlineComment], page: StoredPage
) -> list[InlineComment]:
    """Comments that had a place, or are new, and have none on the page as it stands."""
    known = {one.ref: one for one in before}
    there, stood = anchored.refs(page.body), anchored.refs(was.body)
    return [
        one
        for one in gateway.inline_comments(was.id)
        if one.ref not in there
        and one.state != "resolved"
        and (one.ref not in known or (known[one.ref].state in OPEN and one.ref in stood))
    ]


def _where_they_stood(gateway: ConfluenceGateway, was: StoredPage, missing: list[InlineComment]) -> list[Span]:
    """By the markers of the version that we wrote over, else by the words that were quoted."""
    old = gateway.version(was.id, was.version)
    spans = anchored.stood(old.body, [one.ref for one in missing]) if old else []
    found = {span.ref for span in spans}
    quoted = [Span(ref=one.ref, words=one.quoted, end=len(one.quoted)) for one in missing if one.ref not in found]
    return [*spans, *quoted]
