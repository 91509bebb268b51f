"""The small forms of which every section is made."""

from plugin.review.storage import (
    Markup,
    number,
    paragraph,
)
from plugin.review.storage import text as escaped


def line(words: str) -> Markup:
    return paragraph(escaped(words))


def cell(words: str) -> Markup:
    return paragraph(escaped(words))


def figure(words: str) -> Markup:
    return number(escaped(words))


def head(words: str) -> Markup:
    return paragraph(escaped(words))


def number_head(words: str) -> Markup:
    return number(escaped(words))
