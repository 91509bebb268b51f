"""What a review is built from beside the configuration: the week's issues, and what is known of them."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from plugin.domain.effort import EffortOfWeek, Spent
from plugin.domain.frozen import Frozen
from plugin.domain.product import Product
from plugin.domain.verdict import Verdict
from plugin.metrics.point import Point
from plugin.review.model.shares import FEWEST, Allocation, Earlier


class LooksLike(Frozen):
    """An objective that unlinked work might serve, and the words of the issue that made it look so."""

    objective: str
    """Its id."""
    words: tuple[str, ...]


class CountedIssue(Frozen):
    """An unlinked issue of the week that the page may name, with the verdict in force when the week was frozen."""

    key: str
    summary: str
    issuetype: str
    stage: str
    """Jira's name of the status."""
    status_category: str
    """Jira's category key: new, indeterminate or done; "" where it is unknown."""
    verdict: Verdict
    url: str
    parent: str | None = None
    """Key of its parent, None where there is none or it is unknown."""
    created: datetime | None = None
    """None where it is unknown."""
    looks_like: LooksLike | None = None
    """None where it looks like no objective, or was not compared."""
    days: int = 0
    """What it took, in millionths of a working day; 0 too where days are not told."""


class Worked(Frozen):
    """A product's week by the count model: 1 for each issue that moved or was in progress."""

    whole: Spent
    streams: dict[str, Spent] = Field(default_factory=dict)
    """By stream id; "" is work in projects of no stream."""
    serving: dict[str, int] = Field(default_factory=dict)
    """Issues by the objective that they serve, or would serve had it not ended."""
    unlinked: tuple[CountedIssue, ...] = ()
    """Those of the unlinked issues that need a decision first, among those that readers may see by name."""


class ChangesSeen(Frozen):
    """What reached us of the week's changes: live by webhook, recovered by the sweep, and known to be lost."""

    live: int = 0
    recovered: int = 0
    lost: int = 0
    history_until: datetime | None = None
    """Up to this moment of the week nobody listened, and its changes were read from Jira's history afterwards."""


class SaidAsk(Frozen):
    """A row of decisions and asks as it stands on a page. `id` is ours where we wrote the row, else its words."""

    id: str
    words: str
    who: str = ""
    by: str = ""
    """By when, in people's words."""
    answer: str = ""
    """Empty while it is open."""


class PageVersion(Frozen):
    """Which version of a page was read, and when that was saved, in UTC; None where the site did not tell."""

    version: int
    at: datetime | None = None


class Told(Frozen):
    """What people wrote on the pages. Empty until somebody did."""

    confidence: Mapping[str, int] = Field(default_factory=dict)
    """0 to 10, by objective id."""
    next_steps: Mapping[str, str] = Field(default_factory=dict)
    """By objective id."""
    explanations: Mapping[str, str] = Field(default_factory=dict)
    """By the exception's id."""
    unreadable: tuple[str, ...] = ()
    """What people wrote in a cell that cannot be read as its value, as sentences."""
    asks: tuple[SaidAsk, ...] | None = None
    """The rows of decisions and asks, whoever wrote them; None where no page was read or its table is gone."""
    lead: str = ""
    """The lead's comment; empty where there is none."""
    page: PageVersion | None = None
    """The page of the week before that was read."""


class MovedWork(Frozen):
    """Issues whose place changed between two reviews. None is: linked to no objective."""

    before: str | None
    after: str | None
    issues: int


class RuleRecord(Frozen):
    """How often people corrected a rule's tags."""

    rule: str
    tagged: int
    """Issues on which the rule put a label of ours."""
    corrected: int
    """Those of them on which a person took it away or set another."""

    @property
    def precision(self) -> float | None:
        """1 − corrections / automatic tags, 0 to 1; None where there are too few tags."""
        return 1 - self.corrected / self.tagged if self.tagged >= FEWEST else None


class Linking(Frozen):
    """How long work stands without an objective. Medians; None where there is none of that work."""

    open_unlinked: int = 0
    orphan_age_days: float | None = None
    """Of open unlinked issues, since they were created."""
    first_linked: int = 0
    """Issues created since Plumbline watches that served an objective for the first time in this week."""
    hours_to_link: float | None = None
    """Of those, from their creation."""
    not_yet_flagged: int = 0
    """Unfinished issues that are to carry the flag and wait for room in a later week; 0 where flags are not written."""
    flags_per_week: int = 0
    """The site's cap for each project, which they wait for; 0: there is none."""


class ReleasedIssue(Frozen):
    """Work for an objective that is out, and nobody has said whether it helped."""

    key: str
    url: str
    summary: str
    objective: str
    """Its title."""
    since: datetime
    """When it entered that status."""


class Released(Frozen):
    """`issues` are those that wait longest; `total` of them wait."""

    total: int = 0
    issues: tuple[ReleasedIssue, ...] = ()


class PairedIssue(Frozen):
    key: str
    url: str
    summary: str
    stream: str
    """The stream's name."""


class DuplicatePair(Frozen):
    """Two open issues of different streams, at least one of this product, that look alike in these words."""

    one: PairedIssue
    other: PairedIssue
    words: tuple[str, ...]


class Duplicates(Frozen):
    """`pairs` are the likest; `total` candidates were found and not dismissed."""

    total: int = 0
    pairs: tuple[DuplicatePair, ...] = ()


class BuildFacts(Frozen):
    """What a review tells beside its issues. All moments are UTC."""

    now: datetime
    due_at: datetime
    """When the site's plan wanted this review published."""
    version: int
    """Version of the configuration that is active."""
    seen: ChangesSeen = ChangesSeen()
    jira_url: str | None = None
    """Address of the site for people, without a slash at the end; None leaves links to live searches out."""
    points: Mapping[str, tuple[Point, ...]] = Field(default_factory=dict)
    """Values of the product's metrics, by their ids."""
    unanswered: Mapping[str, str] = Field(default_factory=dict)
    """Why the source of a metric did not answer when it was asked last, by the metric's id."""
    measured: EffortOfWeek | None = None
    """By all three models, from what people had in progress; None where that was not asked. Where too few people were
    observed, issues are counted."""
    earlier: tuple[Earlier, ...] = ()
    """The weeks before this one, the newest first, without a gap."""
    told: Told = Told()
    moved: tuple[MovedWork, ...] = ()
    """Since the review before."""
    recounted: Allocation | None = None
    """The week before, as it counts now; None where it has no review."""
    before: Product | None = None
    """The product as the configuration said it when the week before was frozen; None where that is not known."""
    rule_records: tuple[RuleRecord, ...] = ()
    linking: Linking = Linking()
    released: Released = Released()
    duplicates: Duplicates | None = None
    """None where nothing was compared."""
