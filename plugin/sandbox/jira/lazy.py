"""A site of any number of issues, each made from its number when somebody asks for it: for figures at size.

Nothing is kept of an issue until somebody edits it. The number alone decides what it holds, so the same site is told
at every reading.
"""

from collections.abc import Callable, Iterable, Iterator, MutableMapping
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import count, islice

from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.jira.updated_index import Place, UpdatedIndex
from plugin.sandbox.jira.values import Dialect, History, Issue, Item

_BASE = 1_000_000
"""Issue number 1 has the id after this; what people create has ids far below."""
_EPIC_EVERY = 1000
_COUNTED = 5000
_APART = timedelta(seconds=1)


class LazySite(JiraSite):
    """One project, BIG, with `size` issues; every thousandth is an epic, and most of those behind it are its children.

    One is updated each second, the last of them an hour ago. One in three has one change of status in its history.
    """

    def __init__(
        self, size: int, dialect: Dialect = "cloud", clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        super().__init__(dialect, clock)
        self.size = size
        self.begins = clock().replace(microsecond=0) - timedelta(hours=1) - size * _APART
        self.add_project("BIG", "Big", components=("Wallet", "Basket")).last_number = size
        self.issues = LazyIssues(self)
        self.ids = _LazyIds(size)
        self.by_updated = _LazyIndex(self)

    def may_hold(self, id: str) -> int | None:
        """The number of the generated issue with this id, None where there is none."""
        number = int(id) - _BASE if id.isdigit() else 0
        return number if 1 <= number <= self.size else None

    def generated(self, number: int) -> Issue:
        """Issue `number` as nobody has touched it."""
        updated = self.begins + number * _APART
        catalogue, epic = self.catalogue, number % _EPIC_EVERY == 1
        person = catalogue.service.id
        parts = self.projects["BIG"].components
        issue = Issue(
            id=str(_BASE + number),
            key=f"BIG-{number}",
            project="BIG",
            type=catalogue.type("Epic" if epic else "Task"),
            summary=f"Number {number} of many",
            status=catalogue.statuses[number % 2],
            priority=catalogue.priority("Medium"),
            creator=person,
            reporter=person,
            created=updated - timedelta(days=1),
            updated=updated,
            components=[parts["Wallet" if number % 3 else "Basket"]],
        )
        if not epic and number % 5:
            issue.parent = str(_BASE + number - (number - 1) % _EPIC_EVERY)
        if number % 3 == 0:
            before, after = catalogue.statuses[1], issue.status
            item = Item("status", "status", (before.id, before.name), (after.id, after.name))
            issue.history.append(History(str(_BASE + number), person, updated, (item,)))
        return issue

    def estimated(self, found: Iterable[Issue]) -> int:
        """Where there are many, all of them: each would have to be made to be counted."""
        first = sum(1 for _ in islice(found, _COUNTED))
        return first if first < _COUNTED else len(self.issues)

    def _date(self, issue: Issue, moment: datetime) -> None:
        """What is edited is kept."""
        if isinstance(self.issues, LazyIssues):
            self.issues.keep(issue)
        super()._date(issue, moment)


class LazyIssues(MutableMapping[str, Issue]):
    """By id: those that were edited or made by people, and else those that their number gives."""

    def __init__(self, site: LazySite) -> None:
        self._site = site
        self._kept: dict[str, Issue] = {}
        self._gone: set[str] = set()

    def keep(self, issue: Issue) -> None:
        self._kept[issue.id] = issue

    def __getitem__(self, id: str) -> Issue:
        if (kept := self._kept.get(id)) is not None:
            return kept
        number = self._site.may_hold(id)
        if number is None or id in self._gone:
            raise KeyError(id)
        return self._site.generated(number)

    def __setitem__(self, id: str, issue: Issue) -> None:
        self._kept[id] = issue

    def __delitem__(self, id: str) -> None:
        self._kept.pop(id, None)
        if self._site.may_hold(id):
            self._gone.add(id)

    def __iter__(self) -> Iterator[str]:
        yield from (id for id in self._kept if self._site.may_hold(id) is None)
        yield from (str(_BASE + one) for one in range(1, self._site.size + 1) if str(_BASE + one) not in self._gone)

    def __len__(self) -> int:
        made = sum(self._site.may_hold(id) is None for id in self._kept)
        return self._site.size + made - len(self._gone)


class _LazyIds(dict[str, str]):
    """Key → id."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size

    def get(self, key: str, default: str | None = None) -> str | None:  # type: ignore[override]  # of ids alone
        found = super().get(key)
        project, _, number = key.rpartition("-")
        if found is None and project == "BIG" and number.isdigit() and 1 <= int(number) <= self._size:
            return str(_BASE + int(number))
        return found or default


class _LazyIndex(UpdatedIndex):
    """The places of generated issues are reckoned; those of edited and new ones are kept."""

    def __init__(self, site: LazySite) -> None:
        super().__init__()
        self._site = site
        self._left: set[int] = set()

    def drop(self, place: Place) -> None:
        if place[1] in self._left or self._site.may_hold(str(place[1])) is None:
            super().drop(place)
        self._left.add(place[1])

    def since(self, moment: datetime) -> Iterator[int]:
        return self._merged((moment, 0), UpdatedIndex.since(self, moment))

    def after(self, place: Place) -> Iterator[int]:
        return self._merged((place[0], place[1] + 1), UpdatedIndex.after(self, place))

    def _merged(self, start: Place, kept: Iterator[int]) -> Iterator[int]:
        """Ids from the place on, oldest first."""
        known = ((self._site.issues[str(id)].updated, id) for id in kept)
        return (id for _, id in merge(self._generated(start), known))

    def _generated(self, start: Place) -> Iterator[Place]:
        past = start[0].timestamp() - self._site.begins.timestamp()
        for number in count(max(1, int(past) - 1)):
            if number > self._site.size:
                return
            place = (self._site.begins + number * _APART, _BASE + number)
            if place >= start and place[1] not in self._left:
                yield place
