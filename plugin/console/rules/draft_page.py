"""The page of an admin's draft: what it changes, what it would do, and the way into force."""

from typing import Any

from flask import abort, render_template
from sqlalchemy import Connection

from plugin.admin import drafts as deeds
from plugin.admin.drafts import PlanTold
from plugin.admin.versions import VersionError
from plugin.configuration import ConfigurationFaults
from plugin.console.door.who import reader
from plugin.console.rules.desk import Desk
from plugin.store import configurations, drafts
from plugin.store.drafts import StoredDraft, StoredPlan


def my_draft(connection: Connection) -> StoredDraft:
    """The reader's draft; a page that says so where there is none."""
    found = drafts.of(connection, reader().name)
    if found is None:
        abort(404, "You have no draft; a change of a rule or an objective begins one.")
    return found


def draft_page(desk: Desk, **told: Any) -> str:
    """The reader's draft; `told` is what the page says beside."""
    with desk.console.engine.connect() as connection:
        draft, plan = drafts.of(connection, reader().name), drafts.plan_of(connection, reader().name)
        others = drafts.others(connection, reader().name)
        if draft is None:
            return render_template("console/rules/draft_none.html", desk=desk, others=others, **told)
        active = configurations.active_version(connection)
        fresh = plan if plan and plan.mark == draft.mark else None
        return render_template(
            "console/rules/draft.html",
            **{
                "desk": desk,
                "draft": draft,
                "active": active,
                "judged": deeds.judged(connection, draft.files, desk.console.clock()),
                "others": others,
                "plan": fresh,
                "told": PlanTold.model_validate(fresh.told) if fresh and fresh.told else None,
                "far": far(fresh) if fresh else "",
                "outdated": bool(plan and not fresh),
                "theirs": deeds.since_base(connection, draft) if draft.base != active else (),
                "clashes": _clashes(connection, draft) if draft.base != active else (),
                "trouble": "",
                "why": "",
                **told,
            },
        )


def _clashes(connection: Connection, draft: StoredDraft) -> Any:
    try:
        return deeds.brought_up(connection, draft, frozenset()).clashes
    except (ConfigurationFaults, VersionError):
        return None


def far(plan: StoredPlan) -> str:
    """How far it is, in words."""
    if not plan.step:
        return "It waits for the worker."
    share = f" ({plan.done * 100 // plan.total} %)" if plan.total else ""
    return f"{plan.step.capitalize()}: {plan.done:,} of {plan.total:,} issues{share}."
