"""What a merge needs to know of the page beside its body, and what it tells. Values; all of them survive JSON."""

from collections.abc import Sequence
from datetime import date

from plugin.domain.frozen import Frozen


class Span(Frozen):
    """Where an inline comment stood: words in a paragraph, cell or heading, and the address of a cell."""

    ref: str
    section: str = ""
    row: str = ""
    column: str = ""
    words: str = ""
    """The whole text around it, up to the next block."""
    start: int = 0
    """In code points of `words`."""
    end: int = 0

    @property
    def quoted(self) -> str:
        return self.words[self.start : self.end]

    @property
    def whole(self) -> bool:
        """It stood around everything that its block says."""
        return self.quoted.strip() == self.words.strip()


class Memory(Frozen):
    """What the store keeps of a page after our write."""

    rendered: str
    """The body that we rendered then: what of the page is ours."""
    sent: str | None = None
    """What was sent, where that was a merge; None: `rendered`."""
    read_back: str | None = None
    """What Confluence made of it: it tells how this site spells what we send."""
    noted: tuple[str, ...] = ()
    """Fingerprints of all entries ever written into a note: an entry that people delete stays away."""
    homeless: tuple[Span, ...] = ()
    """Comments in the list at the foot, with the places that they had."""
    sure: bool = True
    """False where `rendered` is an old version of the page, so that people's own blocks may be among ours."""


class Edit(Frozen):
    """What is known of the version of the page that is merged into."""

    version: int
    on: date | None = None
    """The day of that version in the site's zone; None where it is not known."""
    resolved: frozenset[str] = frozenset()
    """References of comments that are resolved: they keep their marker, but are not listed."""


class Placed(Frozen):
    """How many comments found their place again, and by what. All numbers count references."""

    kept: int = 0
    exact: int = 0
    near: int = 0
    listed: int = 0
    dropped: int = 0
    """Resolved ones without a place."""

    def __add__(self, other: "Placed") -> "Placed":
        return Placed(**{name: getattr(self, name) + getattr(other, name) for name in Placed.model_fields})


class Merged(Frozen):
    body: str
    noted: tuple[str, ...] = ()
    homeless: tuple[Span, ...] = ()
    placed: Placed = Placed()
    entries: tuple[str, ...] = ()
    """What was kept in notes by this merge, as sentences."""


def refs_of(spans: Sequence[Span]) -> frozenset[str]:
    return frozenset(span.ref for span in spans)
