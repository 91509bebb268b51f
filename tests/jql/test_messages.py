"""What an author reads when a query is wrong: what was found, what may stand there, where, and what to write."""

import pytest

from plugin.jql import JqlError, parse
from plugin.jql.nodes import Call, Clause, Value
from plugin.jql.parser import MAX_DEPTH, MAX_LENGTH


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("labels = user", 10, '`user` is a reserved word; write "user" in quotes.'),
        ("labels in (to)", 12, '`to` is a keyword; if it is meant as text, write "to" in quotes.'),
        ("status = In Progress", 10, 'A text of several words needs quotes: "In Progress".'),
        ("project = My Product", 14, 'A text of several words needs quotes: "My Product".'),
        ("story points = 5", 7, 'A field of several words needs quotes: "story points".'),
        ("a == 1", 4, "JQL compares with a single `=`."),
        ("a <> 1", 4, "JQL says != for <>."),
        ("a = (b, c)", 5, "To compare with a list write IN."),
        ("a in b", 7, "Write (b)."),
        ("a > EMPTY", 5, "EMPTY has no order"),
        ("a is Done", 6, "To compare with a value write =."),
        ("a is emtpy", 6, "Did you mean EMPTY?"),
        ("a chnaged", 3, "Did you mean CHANGED?"),
        ("a contains b", 3, "JQL says `~` for contains."),
        ("a notin (b)", 3, "Write NOT IN as two words."),
        ("a = b limit 10", 7, "JQL has no LIMIT"),
        ("a = b c = d", 7, "Join two clauses with AND or OR."),
        ("a = b ANDc = d", 7, "Put a blank behind AND."),
        ("a = b@c", 6, "`@` is a reserved character; put the whole word in quotes."),
        ('a = "b', 5, 'never closed; end it with ".'),
        ('a = "b\\"', 5, "The last quote is escaped"),
        ('a = "\\d"', 5, r"write \\ for a backslash"),
        ("a = \\d", 5, "a backslash must be doubled"),
        ("a = \x01", 5, "U+0001 cannot stand in a query"),
        ("a = f(g())", 8, "not other functions"),
        ("a = ", 5, "the query ends"),
        ("(a = b", 7, "Expected AND, OR or `)` but the query ends"),
        ("a = b ORDER c", 13, "Expected BY after ORDER"),
    ],
)
def test_a_fault_is_explained(text: str, column: int, words: str) -> None:
    with pytest.raises(JqlError) as fault:
        parse(text)
    assert words in str(fault.value)
    assert (fault.value.line, fault.value.column) == (1, column)


def test_the_whole_message() -> None:
    with pytest.raises(JqlError) as fault:
        parse("project = CHK\nAND labels = select")
    assert str(fault.value) == (
        "Expected a value, a function or EMPTY but there is `select` (line 2, character 14).\n"
        "  AND labels = select\n"
        "               ^^^^^^\n"
        '`select` is a reserved word; write "select" in quotes.'
    )


def test_a_long_line_is_cut_around_the_fault() -> None:
    with pytest.raises(JqlError) as fault:
        parse(f"labels in ({', '.join(['word'] * 500)}, user, {', '.join(['word'] * 500)})")
    _, line, carets, _ = str(fault.value).splitlines()
    assert len(line) <= 102
    assert line[carets.index("^") : carets.rindex("^") + 1] == "user"


def test_depth_and_length_are_bounded() -> None:
    deep = MAX_DEPTH - 1
    assert parse(f"{'(' * deep}a = b{')' * deep}").where is not None
    for hostile in ("(" * 15_000, "NOT " * 4_000 + "a = b", f"a in {'(' * 9_000}"):
        with pytest.raises(JqlError, match="nest deeper than 100 levels"):
            parse(hostile)
    with pytest.raises(JqlError, match="20,001 characters; Plumbline reads at most 20,000"):
        parse("x" * (MAX_LENGTH + 1))


def test_values_are_decoded_and_keep_what_was_written() -> None:
    clause = parse(r'"sum\u006dary" ~ "a\tb \"c\" \\d"').where
    assert isinstance(clause, Clause)
    assert isinstance(clause.operand, Value)
    assert clause.field.name.text == "summary"
    assert clause.operand.text == 'a\tb "c" \\d'
    assert clause.operand.raw == r'"a\tb \"c\" \\d"'


def test_functions_may_be_quoted_and_custom_fields_spaced() -> None:
    clause = parse('CF [ 10016 ] in "openSprints"(1, b)').where
    assert isinstance(clause, Clause)
    assert isinstance(clause.operand, Call)
    assert (clause.field.number, clause.field.name.text) == (10016, "cf[10016]")
    assert [one.text for one in (clause.operand.name, *clause.operand.arguments)] == ["openSprints", "1", "b"]
