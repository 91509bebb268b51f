"""References of inline comments in bodies: which there are, where one stood, and putting one back by itself."""

from collections.abc import Iterable, Sequence

from plugin.review.merge.anchors import Places
from plugin.review.merge.markers import Markers
from plugin.review.merge.memory import Merged, Span
from plugin.review.merge.outline import outline
from plugin.review.merge.tree import MARKER, read


def refs(body: str) -> frozenset[str]:
    """Every reference that has a marker in the body."""
    return frozenset(marker.attributes.get("ac:ref", "") for marker in read(body).all(MARKER))


def stood(body: str, wanted: Iterable[str]) -> list[Span]:
    """Where the markers of these references stood in the body."""
    asked = set(wanted)
    return [span for _, _, span in Places(outline(read(body))).spans() if span.ref in asked]


def put_back(body: str, spans: Sequence[Span], resolved: frozenset[str]) -> Merged:
    """The body with markers for these comments: at their words, else in the list at the foot."""
    root = read(body)
    markers = Markers(root, outline(read(body)), (), resolved)
    markers.miss(spans)
    homeless, placed = markers.put_back(root)
    return Merged(body=str(root), homeless=homeless, placed=placed)
