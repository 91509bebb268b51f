"""Weeks that were frozen under an older model stay readable."""

import json
from pathlib import Path
from typing import Any

import pytest

from plugin.review.model import MODEL_VERSION
from plugin.review.page import render
from plugin.review.storage import parse
from plugin.review.upgrade import ReviewTooNewError, read
from tests.review.weeks import CONVERSION, PAY, SITE, WEEK, build, facts, full_week

FIRST: dict[str, Any] = json.loads((Path(__file__).parent / "older" / "version_1.json").read_text())


def test_a_week_of_the_first_model_is_read_with_what_it_held() -> None:
    review = read(FIRST)
    assert (review.model_version, review.aligned.share.count, review.counted) == (1, 17, 40)
    assert review.effort.objectives == {"checkout-1": 9, "wallet-1": 8, "risk-1": 0}
    assert review.effort.total == 40
    assert [(one.id, one.first_week, one.explanation) for one in review.exceptions] == [
        ("conversion/outside-its-limits", WEEK, None)
    ]
    assert parse(render(review))


def test_the_week_after_it_compares_with_it_and_carries_its_exceptions_on() -> None:
    product = PAY.model_copy(update={"metrics": (CONVERSION,)})
    after = build(product, SITE, WEEK.next(), [], read(FIRST), facts())
    assert after.aligned.before == read(FIRST).aligned.share
    assert [(one.id, one.weeks, one.current) for one in after.exceptions] == [
        ("conversion/outside-its-limits", 2, False)
    ]


def test_the_present_model_is_read_as_it_is() -> None:
    review = full_week()
    assert read(review.model_dump(mode="json")) == review


def test_a_week_of_a_later_model_is_refused_in_words() -> None:
    with pytest.raises(ReviewTooNewError, match=f"model version {MODEL_VERSION + 1}; this Plumbline reads up to"):
        read(FIRST | {"model_version": MODEL_VERSION + 1})
