"""Whatever stands in a field of a review, its page is well-formed, holds the same elements, and can be merged again."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from plugin.review.merge.memory import Edit, Memory
from plugin.review.merge.merging import merge
from plugin.review.merge.nesting import check
from plugin.review.merge.tree import read
from plugin.review.model import Review
from plugin.review.page import render
from plugin.review.storage import parse
from tests.review.weeks import CONVERSION, PAGE_LOAD, PAY, full_week, measured

HOSTILE = {
    "markup": '</p></td><ac:inline-comment-marker ac:ref="x">]]> &nbsp; <script>alert(1)</script>',
    "signs": "\x00\x1b\x9b \u202eשלום\u2066 👩\u200d👩\u200d👧 \ud800 \ufffe",
    "long": "x y " * 25_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_every_text_of_a_review_may_be_hostile(kind: str) -> None:
    product = PAY.model_copy(update={"metrics": (CONVERSION, PAGE_LOAD)})
    whole = full_week(product, points=measured())
    calm = render(whole)
    tried = 0
    for path in texts(whole.model_dump(mode="json")):
        review = hostile(whole, path, HOSTILE[kind])
        if review is None or path[-1] == "zone":  # a zone's name was proved when the configuration was read
            continue
        tried += 1
        body = render(review)
        page = parse(body)
        check(read(body))
        assert not list(page.iter("script"))
        assert "inline-comment-marker" not in {str(node.tag).rpartition("}")[2] for node in page.iter()}
        if kind != "long":
            merged = merge(body, calm, Memory(rendered=body), Edit(version=2))
            assert [node.tag for node in parse(merged.body).iter()] == [node.tag for node in parse(calm).iter()]
    assert tried > 40


def texts(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Paths of all texts, one for each place that a model has: of a list the first two."""
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from texts(one, (*path, key))
    elif isinstance(value, list):
        for at, one in enumerate(value[:2]):
            yield from texts(one, (*path, at))


def hostile(review: Review, path: tuple[str | int, ...], words: str) -> Review | None:
    """The review with these words there; None where the model allows no free text at that place."""
    body = review.model_dump(mode="json")
    at: Any = body
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = words
    try:
        return Review.model_validate(body)
    except ValidationError:
        return None
