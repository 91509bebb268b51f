"""What happens to a page over its weeks, each story with each editor's rewriting."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape

import pytest

from plugin.review import storage
from plugin.review.regions import DECISIONS, KEPT_FROM_EDITS, LEAD_COMMENT, OBJECTIVES, WITHOUT_A_PLACE
from tests.review.merge.paper import PLACEHOLDER, TWO_PEOPLE, Facts, Paper

BETTER = Facts(conversion="43.0 %")


@pytest.fixture(params=["none", "legacy", "new", "new twice"])
def paper(request: pytest.FixtureRequest) -> Iterator[Paper]:
    """A published page; at the end of every story, publishing the same again writes nothing."""
    made = Paper(request.param)
    made.publish()
    yield made
    before = made.writes
    made.publish(made.facts)
    assert made.writes == before


def renew(paper: Paper, facts: Facts = BETTER) -> None:
    paper.publish(facts)


def test_a_page_that_was_only_opened_and_saved_is_not_written(paper: Paper) -> None:
    paper.opened()
    body = paper.body
    paper.publish()
    assert (paper.body, paper.writes) == (body, 1)


def test_new_numbers_reach_a_page_that_was_only_saved_without_a_note(paper: Paper) -> None:
    paper.opened()
    renew(paper)
    assert paper.row("Conversion")[1] == "43.0 %"
    assert "41.2 %" not in paper.words
    assert KEPT_FROM_EDITS not in paper.body


def test_the_leads_comment_stays_and_its_removal_too(paper: Paper) -> None:
    paper.edit(PLACEHOLDER, "The drop is on iOS only.")
    renew(paper)
    assert "The drop is on iOS only." in paper.words
    assert PLACEHOLDER not in paper.words
    paper.cut(r"<p[^>]*>The drop is on iOS only.</p>")
    renew(paper, Facts(conversion="44.0 %"))
    assert "iOS" not in paper.words
    assert PLACEHOLDER not in paper.words


def test_explanations_stay_while_age_and_rows_change(paper: Paper) -> None:
    paper.fill("Errors rose", 2, "A wallet update")
    later = replace(BETTER, exceptions=(("Errors rose", "4 weeks"), ("Load rose", "1 week")))
    renew(paper, later)
    assert paper.row("Errors rose") == ["Errors rose", "4 weeks", "A wallet update"]
    assert paper.row("Load rose") == ["Load rose", "1 week", ""]
    assert paper.row("Conversion fell") == []


def test_a_row_that_we_drop_stays_while_people_wrote_in_it(paper: Paper) -> None:
    paper.fill("Conversion fell", 2, "Only on iOS")
    renew(paper, replace(BETTER, exceptions=(("Errors rose", "4 weeks"),)))
    assert paper.row("Conversion fell")[2] == "Only on iOS"


def test_peoples_rows_columns_and_order_stay(paper: Paper) -> None:
    row = paper.cut(r"<tr[^>]*>(?:(?!</tr>).)*Errors rose.*?</tr>")
    paper.body = re.sub(r"(<tr[^>]*>(?:(?!</tr>).)*Conversion fell)", lambda at: row + at[1], paper.body, count=1)
    mine = "<tr><td><p>Our own worry</p></td><td><p>always</p></td><td><p>nobody knows</p></td></tr>"
    paper.body = paper.body.replace(row, row + mine)
    renew(paper, replace(BETTER, exceptions=(("Conversion fell", "2 weeks"), ("Errors rose", "4 weeks"))))
    assert paper.row("Our own worry") == ["Our own worry", "always", "nobody knows"]
    assert paper.row("Errors rose")[1] == "4 weeks"
    assert paper.words.index("Errors rose") < paper.words.index("Our own worry") < paper.words.index("Conversion fell")


def test_a_column_that_people_add_stays(paper: Paper) -> None:
    paper.opened()
    start = paper.body.index(OBJECTIVES + "</h2>")
    head, tail = paper.body[:start], paper.body[start:]
    table = tail[: tail.index("</table>")]
    wider = re.sub(r"</tr>", "<td><p>ask Ana</p></td></tr>", table).replace("<td><p>ask Ana", "<th><p>Help", 1)
    wider = wider.replace("<th><p>Help</p></td>", "<th><p>Help</p></th>")
    paper.body = head + wider + tail[len(table) :]
    renew(paper, replace(BETTER, objectives=(("Fewer give up", "27 %"), ("Two taps", "31 %"), ("Disputes", "2 %"))))
    assert paper.row("Fewer give up") == ["Fewer give up", "27 %", "", "", "ask Ana"]
    assert paper.row("Disputes") == ["Disputes", "2 %", "", "", ""]


def test_confidence_and_next_step_stay_beside_new_numbers(paper: Paper) -> None:
    paper.fill("Two taps", 2, "6")
    paper.fill("Two taps", 3, "Ask the bank")
    renew(paper, replace(BETTER, objectives=(("Fewer give up", "27 %"), ("Two taps", "25 %"))))
    assert paper.row("Two taps") == ["Two taps", "25 %", "6", "Ask the bank"]


def test_a_row_of_ours_that_people_delete_stays_away_while_it_says_the_same(paper: Paper) -> None:
    paper.cut(r"<tr[^>]*>(?:(?!</tr>).)*>Load<.*?</tr>")
    renew(paper)
    assert paper.row("Load") == []
    assert paper.row("Conversion")[1] == "43.0 %"


def test_decisions_get_rows_and_keep_those_of_people(paper: Paper) -> None:
    paper.fill("End the disputes objective?", 1, "Product lead")
    paper.edit("End the disputes objective?", "End the disputes objective? Yes.")
    renew(paper, replace(BETTER, asks=("End the disputes objective?", "Test the load before Friday?")))
    assert paper.row("Test the load before Friday?") == ["Test the load before Friday?", "", "new"]
    assert paper.row("End the disputes objective? Yes.")[1] == "Product lead"
    renew(paper, replace(BETTER, asks=("End the disputes objective?", "Test the load before Friday?")))
    assert paper.words.count("Test the load before Friday?") == 1


def test_a_number_that_people_change_is_ours_again_and_theirs_is_kept_once(paper: Paper) -> None:
    paper.fill("Conversion", 1, "50 %")
    renew(paper)
    note = paper.body[paper.body.index(KEPT_FROM_EDITS) :]
    assert "50 %" in note
    assert paper.words.count("50 %") == 1
    renew(paper, Facts(conversion="44.0 %"))
    assert paper.words.count("50 %") == 1
    assert paper.body.count(KEPT_FROM_EDITS) == 1


def test_a_change_to_what_we_say_ourselves_needs_no_note(paper: Paper) -> None:
    paper.edit(">1.9 %<", ">2.2 %<")
    renew(paper, replace(BETTER, errors="2.2 %"))
    assert paper.row("Errors")[1] == "2.2 %"
    assert KEPT_FROM_EDITS not in paper.body


def test_a_paragraph_of_ours_that_people_rewrite_is_kept_in_the_note(paper: Paper) -> None:
    paper.edit(TWO_PEOPLE, "Two people were ill, so less was done.")
    renew(paper)
    assert TWO_PEOPLE in paper.words
    assert paper.words.count("Two people were ill, so less was done.") == 1
    assert paper.words.index("Load") < paper.words.index("Two people were ill") < paper.words.index("Conversion fell")


def test_a_note_that_people_delete_stays_away_and_one_that_they_edit_is_theirs(paper: Paper) -> None:
    paper.edit(TWO_PEOPLE, "Two people were ill, so less was done.")
    renew(paper)
    paper.edit("Two people were ill", "Two people were on holiday")
    renew(paper, Facts(conversion="44.0 %"))
    assert paper.words.count("on holiday") == 1
    paper.cut(r'<ac:structured-macro[^>]*ac:name="expand".*?</ac:structured-macro>')
    renew(paper, Facts(conversion="45.0 %"))
    assert KEPT_FROM_EDITS not in paper.body


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (TWO_PEOPLE, f"<strong>{TWO_PEOPLE}</strong>"),
        (", and the teams", ",</p><p>and the teams"),
        (f"<p>{TWO_PEOPLE}</p>", ""),
    ],
)
def test_a_paragraph_made_bold_split_or_deleted_loses_nothing(paper: Paper, old: str, new: str) -> None:
    paper.opened()
    paper.body = re.sub(rf"<p[^>]*>({re.escape(TWO_PEOPLE)})", r"<p>\1", paper.body)
    assert old in paper.body
    paper.body = paper.body.replace(old, new, 1)
    renew(paper)
    if new == "":
        assert TWO_PEOPLE not in paper.words
    elif "strong" in new:
        assert new in paper.body
    else:
        assert "and the teams worked as planned." in paper.words
    assert paper.row("Conversion")[1] == "43.0 %"


def test_a_deleted_section_stays_away_and_a_copied_one_is_told_by_order(paper: Paper) -> None:
    paper.cut(rf"<h2[^>]*>{OBJECTIVES}</h2>.*?</table>")
    renew(paper)
    assert OBJECTIVES not in paper.words
    metrics = re.search(r"<h2[^>]*>Metrics</h2>.*?</table>", paper.body, re.DOTALL)
    assert metrics
    paper.body += metrics[0]
    renew(paper, Facts(conversion="44.0 %"))
    first, second = re.findall(r"<h2[^>]*>Metrics</h2>.*?</table>", paper.body, re.DOTALL)
    assert ("44.0 %" in first, "43.0 %" in second) == (True, True)


@pytest.mark.parametrize(
    "heading", ["<h2>Metrics 🎉</h2>", "<h3>Metrics</h3>", "<h2>METRICS:</h2>", "<h2>Our metrics</h2>"]
)
def test_a_section_with_a_reworded_or_relevelled_heading_is_still_renewed(paper: Paper, heading: str) -> None:
    paper.opened()
    paper.body = re.sub(r"<h2[^>]*>Metrics</h2>", heading, paper.body)
    renew(paper)
    assert heading in paper.body
    assert paper.row("Conversion")[1] == "43.0 %"
    assert paper.words.count("Errors 1.9 %") == 1


def test_a_moved_section_and_a_moved_block_are_renewed_where_they_are(paper: Paper) -> None:
    moved = paper.cut(r"<h2[^>]*>Metrics</h2>.*?</table>")
    paper.body += moved
    renew(paper)
    assert paper.row("Conversion")[1] == "43.0 %"
    assert paper.words.index(DECISIONS) < paper.words.index("Errors 1.9 %")
    table = paper.cut(r"<table[^>]*>(?:(?!</table>).)*Decision or ask.*?</table>")
    paper.body = table + paper.body
    renew(paper, replace(BETTER, conversion="44.0 %", asks=("Another ask?",)))
    assert paper.words.count("Decision or ask") == 1


def test_what_people_add_between_before_and_after_stays_where_it_is(paper: Paper) -> None:
    paper.below("Metrics", "<h4>How to read</h4><p>From above.</p>")
    paper.body = f"<p>First of all: hello.</p>{paper.body}<p>P.S. thanks</p>"
    foreign = f"<h2>{OBJECTIVES}</h2><p>inside</p>"
    paper.body += storage.expand("More", storage.Markup(foreign))
    renew(paper)
    words = paper.words
    assert words.startswith("First of all: hello.")
    assert words.index("Metrics How to read From above.") < words.index("43.0 % Checkout")
    assert words.index("P.S. thanks") < words.index(f"{OBJECTIVES} inside")
    assert paper.row("Conversion")[1] == "43.0 %"


def test_a_page_in_columns_is_renewed_and_stays_in_columns(paper: Paper) -> None:
    paper.opened()
    table = re.search(r"<table[^>]*>(?:(?!</table>).)*>Load<.*?</table>", paper.body, re.DOTALL)
    assert table
    rest = paper.body.replace(table[0], "")
    paper.body = (
        '<ac:layout><ac:layout-section ac:type="fixed-width"><ac:layout-cell>'
        f'{rest}</ac:layout-cell></ac:layout-section><ac:layout-section ac:type="two_equal"><ac:layout-cell>'
        f"{table[0]}</ac:layout-cell><ac:layout-cell><p>Mine</p></ac:layout-cell></ac:layout-section></ac:layout>"
    )
    renew(paper)
    assert paper.row("Conversion")[1] == "43.0 %"
    assert paper.words.count("Errors 1.9 %") == 1
    assert paper.body.startswith("<ac:layout>")
    assert "Mine" in paper.words
    paper.body = re.sub(r"</?ac:layout[^>]*>", "", paper.body)
    renew(paper, Facts(conversion="44.0 %"))
    assert paper.words.count("44.0 %") == 3


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("2.3 s", "2.3 s"),
        ("Conversion is 41.2 %.", "Conversion is 43.0 %."),
        ("More is below", "More is below"),
        ("Nothing unusual", "Nothing unusual"),
        ("1.9 %", "1.9 %"),
        (EXCEPTION := "Exceptions to explain", EXCEPTION),
        ("Each issue", "Each issue"),
        (PLACEHOLDER, PLACEHOLDER),
    ],
)
def test_a_comment_keeps_its_words(paper: Paper, words: str, left: str) -> None:
    paper.opened()
    paper.comment(words)
    renew(paper)
    assert "".join(paper.marked()) == left
    assert WITHOUT_A_PLACE not in paper.body


def test_a_comment_on_a_number_follows_its_cell_for_weeks_and_comes_back_from_the_list(paper: Paper) -> None:
    paper.opened()
    paper.comment("41.2 %", index=2)
    for value in ("43.0 %", "44.0 %", "39.5 %"):
        renew(paper, Facts(conversion=value))
        assert paper.marked() == [value]
    assert "c1" in paper.body[paper.body.index(">Metrics<") : paper.body.index("Conversion fell")]
    renew(paper, Facts(conversion="39.5 %", metrics=("Errors", "Load")))
    assert "c1" in paper.body[paper.body.index(WITHOUT_A_PLACE) :]
    assert paper.marked() == ["39.5 %"]
    assert paper.last.placed.listed == 1
    renew(paper, Facts(conversion="40.1 %"))
    assert WITHOUT_A_PLACE not in paper.body
    assert paper.marked() == ["40.1 %"]


def test_two_comments_on_one_text_and_the_thread_of_one_reference_follow_it(paper: Paper) -> None:
    """Replies have no marker of their own, so a thread is one reference; it stands once."""
    paper.opened()
    paper.comment("More is below", ref="c1")
    paper.comment("below", ref="c2")
    for value in ("43.0 %", "44.0 %"):
        renew(paper, Facts(conversion=value))
        assert ("".join(paper.marked("c1")), paper.marked("c2")) == ("More is below", ["below"])
        assert len(re.findall(r'ac:ref="c2"', paper.body)) == 1


def test_a_comment_across_bold_is_in_fragments_of_one_reference(paper: Paper) -> None:
    paper.opened()
    for words in ("41.2 %.", " More"):
        paper.comment(words, index=0)
    renew(paper)
    assert "".join(paper.marked()) == "43.0 %. More"


def test_repeated_words_are_told_by_what_stands_around_them(paper: Paper) -> None:
    fell, rose, still = "The wallet fell. ", "The shop rose. ", "The wallet of the bank stood still, as before."
    paper.publish(replace(Facts(), sentence=fell + rose + still))
    paper.opened()
    paper.comment("The wallet", index=1)
    renew(paper, replace(BETTER, sentence=rose + fell + still))
    assert re.search(r">The wallet</ac:inline-comment-marker> of the bank", paper.body)


def test_a_comment_on_words_that_are_gone_is_listed_once_and_a_resolved_one_is_not(paper: Paper) -> None:
    paper.opened()
    paper.comment("Nothing unusual")
    paper.comment("the teams worked", ref="c2")
    paper.resolved = {"c2"}
    gone = replace(BETTER, sentence="42.")
    renew(paper, gone)
    assert paper.marked() == ["Nothing unusual"]
    assert paper.marked("c2") == []
    assert (paper.last.placed.listed, paper.last.placed.dropped) == (1, 1)
    paper.opened()
    renew(paper, replace(gone, errors="2.0 %"))
    assert paper.words.count(WITHOUT_A_PLACE) == 1
    assert paper.marked() == ["Nothing unusual"]


def test_comments_in_peoples_words_and_in_the_note_are_not_touched(paper: Paper) -> None:
    paper.edit(TWO_PEOPLE, "Two people were ill, so less was done.")
    paper.comment("Two people were ill")
    paper.edit(PLACEHOLDER, "Only on iOS.")
    paper.comment("iOS", ref="c2")
    renew(paper)
    assert paper.marked() == ["Two people were ill"]
    assert "c1" in paper.body[paper.body.index(KEPT_FROM_EDITS) :]
    renew(paper, Facts(conversion="44.0 %"))
    assert (paper.marked(), paper.marked("c2")) == (["Two people were ill"], ["iOS"])


@pytest.mark.parametrize(
    "hostile",
    [
        "]]&gt; &amp;nbsp; &nbsp; &lt;ac:inline-comment-marker ac:ref=&quot;x&quot;&gt;",
        "שלום עולם 👩‍👩‍👧 e\u0301",
        "long " * 20_000,
    ],
)
def test_hostile_words_of_people_stay_as_they_are(paper: Paper, hostile: str) -> None:
    paper.opened()
    paper.below("Metrics", f"<p>{hostile}</p>")
    code = "<ac:plain-text-body><![CDATA[<b> &nbsp; ]]></ac:plain-text-body>"
    paper.body += f'<ac:structured-macro ac:name="code">{code}</ac:structured-macro>'
    renew(paper)
    assert unescape(paper.body).count(f">{unescape(hostile)}<") == 1
    assert paper.body.count("<![CDATA[<b> &nbsp; ]]>") == 1


def test_a_page_whose_lead_comment_heading_is_in_a_second_language_keeps_its_words(paper: Paper) -> None:
    paper.opened()
    paper.body = re.sub(rf"<h2[^>]*>{LEAD_COMMENT}</h2>", "<h2>Kommentar</h2>", paper.body)
    renew(paper)
    assert paper.words.count(PLACEHOLDER) == 1
