"""A reader of storage format that is not ours reads every page, and reads the same words as ours does."""

import re
from pathlib import Path

import pytest

from plugin.review.page import render
from plugin.review.storage import parse
from plugin.sandbox.confluence.editors import Editor, saved_by
from tests.review.weeks import full_week

csf = pytest.importorskip("md2conf.csf", reason="markdown-to-confluence is not installed; it comes with the test extra")

PAGES = {
    one.stem: one.read_text().replace("\n", "") for one in sorted((Path(__file__).parent / "golden").glob("*.xml"))
}
PAGES["draft"] = render(full_week().model_copy(update={"draft": True, "lead_before": "Fish & chips <b>"}))


def words(node: object) -> str:
    """Without blanks: that reader drops those that stand alone between two elements."""
    return re.sub(r"\s+", "", "".join(node.itertext()))  # type: ignore[attr-defined]


@pytest.mark.parametrize("editor", ["none", "legacy", "new"])
@pytest.mark.parametrize("name", PAGES)
def test_an_independent_reader_reads_every_page(name: str, editor: Editor) -> None:
    body = saved_by(editor, PAGES[name])
    read = csf.elements_from_string(body)
    assert words(read) == words(parse(body))
    assert [one.text for one in read.iter("h2")] == [one.text for one in parse(body).iter("h2")]
    assert len(list(read.iter("h2"))) >= 12


def test_an_independent_reader_refuses_what_is_no_page() -> None:
    with pytest.raises(csf.ParseError):
        csf.elements_from_string("<p>open")
