"""What has to be true once everything is settled, whatever went wrong on the way."""

import re
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Engine, func, select

from plugin.path.write import MOST_TRIES
from plugin.sandbox.jira.values import Issue
from plugin.sandbox.serve import RunningSandbox
from plugin.store.tables import change, issue, override, verdict, write_log, written
from tests.faults.people import configuration
from tests.faults.reference import Reference
from tests.faults.weather import Weather, Witness
from webhooks.inbox import delivery

_BY_THEMSELVES = ("failing", "hanging", "losing the answer")
"""Faults that use up a try of a change; a 429 does not."""


@dataclass(frozen=True)
class Accounts:
    """`kills` were made while a write may have been under way: each may repeat one, as a lost answer does."""

    sandbox: RunningSandbox
    engine: Engine
    weather: Weather
    witness: Witness

    def close(self, kills: int) -> str:
        """Checks everything, and returns the sums in words."""
        self.tags_are_right()
        writes = self.no_needless_write(kills)
        return f"seed {self.weather.seed}: {self.deliveries_add_up()}; {writes}"

    def nothing_rests_without_cause(self) -> str:
        """What is parked before all is over was fought about (its labels were written three times, and undone), or
        failed four times in a row."""
        me = self.sandbox.jira.catalogue.service.id
        with self.engine.connect() as connection:
            parked = connection.execute(select(change.c.body, change.c.error).where(change.c.parked_at.is_not(None)))
            rows = parked.all()
        for body, error in rows:
            if "rests for a day after 4 tries" in error:
                self._failed_four_times(body["issue_id"], error)
                continue
            assert "was written 3 times" in error, error
            parked_on = self.sandbox.jira.issues[body["issue_id"]]
            edits = [entry for entry in parked_on.history if entry.author == me]
            assert sum("labels" in {item.field for item in one.items} for one in edits) >= 3, error
        return f"{len(rows)} fights"

    def _failed_four_times(self, id: str, error: str) -> None:
        """By the sandbox's own log: so many writes on the issue met a fault that the site did not order to wait."""
        path = re.compile(rf"/issue/{id}(/remotelink|/properties/.*)?$")
        failed = [
            one
            for one in list(self.sandbox.faults.requests)
            if one.method != "GET" and path.search(one.path) and one.fault in _BY_THEMSELVES
        ]
        assert len(failed) >= MOST_TRIES, f"{error}; the log has {failed}"

    def tags_are_right(self) -> None:
        jira = self.sandbox.jira
        reference = Reference(jira, configuration(), jira.catalogue.service.id)
        wrong = [
            f"{one.key} ({one.id}) has {sorted(one.labels)} and should have {sorted(reference.tags(one))}"
            + self._known_of(one)
            for one in jira.issues.values()
            if reference.differs(one)
        ]
        assert not wrong, "\n".join(wrong)

    def _known_of(self, one: Issue) -> str:
        """What the site's history and our own rows say of an issue that is not as it should be."""
        lines = [
            f"{entry.created:%H:%M:%S.%f} {entry.author}: {item.field} {item.before} → {item.after}"
            for entry in one.history
            for item in entry.items
        ]
        with self.engine.connect() as connection:
            for table in (issue, verdict, override, written, write_log, change):
                key = table.c.id if table is issue else table.c.issue_id
                rows = connection.execute(select(table).where(key == one.id))
                lines += [f"{table.name}: {dict(row._mapping)}" for row in rows]
        return "".join(f"\n    {line}" for line in lines)

    def no_needless_write(self, kills: int) -> str:
        asked = [one for one in self.sandbox.faults.requests if one.fault == "losing the answer"]
        lost = Counter("link" if one.path.endswith("/remotelink") else "edit" for one in asked if one.method != "GET")
        pointless = self.witness.pointless()
        for kind in ("edit", "link"):
            assert pointless[kind] <= lost[kind] + kills, f"{pointless} were pointless; {lost} answers were lost"
        done = Counter(one.kind for one in self.witness.writes)
        return (
            f"{done['edit']} edits and {done['link']} links, {pointless.total()} of them repeated after "
            f"{lost.total()} lost answers and {kills} kills"
        )

    def deliveries_add_up(self) -> str:
        """delivered = stored = settled + parked, and nothing is parked: nothing in these runs is poison."""
        ended = list(self.sandbox.sender.ended)
        told = Counter(one.how for one in ended)
        delivered = {one.identifier for one in ended if one.how == "delivered"}
        unsure = {one.identifier for one in ended if one.how == "given up"}
        with self.engine.connect() as connection:
            rows = connection.execute(
                select(delivery.c.id, delivery.c.state, delivery.c.outcome, delivery.c.error)
            ).all()
            changes = connection.execute(select(func.count()).select_from(change)).scalar_one()
        stored = {row.id for row in rows}
        states = Counter(row.state for row in rows)
        assert delivered <= stored <= delivered | unsure
        assert told["withheld"] == self.weather.fates["never"]
        assert told.total() == self.weather.events + self.weather.fates["twice"]
        assert states == {"settled": len(rows)}, [row for row in rows if row.state != "settled"]
        assert not changes
        outcomes = Counter(row.outcome for row in rows)
        return (
            f"{told.total()} deliveries, {told['withheld']} never sent, {self.weather.fates['twice']} doubled, "
            f"{len(stored)} stored and settled ({', '.join(f'{n} {one}' for one, n in sorted(outcomes.items()))})"
        )
