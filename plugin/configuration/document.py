"""A YAML file as plain values that remember where they stand.

Scalars follow YAML 1.2's core schema, not PyYAML's 1.1: `on`, `yes` and `no` are words, dates and times are text, and
only `true` and `false` are truth values. So a key called `on` and a project called NO stay what they are. Aliases and
tags are refused: a configuration is read by people, and an alias can make a small file enormous.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from plugin.configuration.faults import Fault

LARGEST_FILE = 2_000_000
"""Bytes; a file beyond that is no configuration."""

DEEPEST = 20
"""Levels of nesting; the schema needs six."""

Value = str | int | float | bool | list["Value"] | dict[str, "Value"] | None
Steps = tuple[str | int, ...]
"""The way from the top of a file to a value: keys, and positions in lists from 0."""

_KIND = "tag:yaml.org,2002:"


class _Loader(yaml.SafeLoader):
    """Composes nodes only; nothing is ever constructed from a tag."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own class attribute


for _kind, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]{1,18}", list("-+0123456789")),
    ("float", r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)([eE][-+]?[0-9]+)?", list("-+.0123456789")),
):
    _Loader.add_implicit_resolver(_KIND + _kind, re.compile(f"^(?:{_pattern})$"), _first)

YAML_WORDS = _Loader.yaml_implicit_resolvers
"""Which plain scalars are not text, by their first letter, as PyYAML keeps them."""


@dataclass(frozen=True, slots=True)
class _Spot:
    line: int
    node: yaml.Node


class Document:
    """One file: its value, and the line of each of its parts."""

    def __init__(self, name: str, value: Value, spots: dict[Steps, _Spot]) -> None:
        self.name, self.value, self._spots = name, value, spots

    def line(self, steps: Steps) -> int:
        """The line of a part, counted from 1; of the nearest part around it where it is not there."""
        while steps and steps not in self._spots:
            steps = steps[:-1]
        return self._spots[steps].line if steps in self._spots else 1

    def line_inside(self, steps: Steps, line: int) -> int:
        """The file's line of the text's line (from 1) in a text that runs over several lines."""
        node = self._spots[steps].node if steps in self._spots else None
        if not isinstance(node, yaml.ScalarNode):
            return self.line(steps)
        first = node.start_mark.line + 1
        return first + line if node.style == "|" else first


def read(path: Path) -> tuple[Document, list[Fault]]:
    """The file with the faults of its form; with faults its value is what could be read, None where nothing could."""
    name = str(path)
    try:
        content = path.read_bytes()
        if len(content) > LARGEST_FILE:
            return _nothing(name, 1, f"the file has {len(content)} bytes; at most {LARGEST_FILE} are read")
        text = content.decode("utf-8-sig")
    except OSError as error:
        return _nothing(name, 1, f"the file cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return _nothing(name, line, "there is a byte that is not UTF-8; save the file as UTF-8")
    return parse(text, name)


def parse(text: str, name: str) -> tuple[Document, list[Fault]]:
    """The same for a text that is already at hand."""
    try:
        node = _Loader(text).get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return _nothing(name, mark.line + 1 if mark else 1, _in_words(error))
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        return _nothing(name, line, f"there is a character that YAML does not allow: {error.character!r}")
    except RecursionError:
        return _nothing(name, 1, f"the file is nested deeper than {DEEPEST} levels")
    reading = _Reading(name)
    value = reading.value(node, ()) if node else None
    return Document(name, value, reading.spots), reading.faults


def _nothing(name: str, line: int, sentence: str) -> tuple[Document, list[Fault]]:
    return Document(name, None, {}), [Fault(name, line, sentence)]


def _in_words(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or "it does not parse"
    if "'\\t'" in problem:
        return "there is a tab; YAML is indented with spaces"
    if "expected a single document" in str(error):
        return "there is a second document after '---'; one file holds one document"
    if "mapping values are not allowed" in problem:
        return "a ':' stands where no key can be; indent the line as its neighbours, or put the text in quotes"
    about = f" ({error.context})" if error.context else ""
    return f"this is not YAML: {problem}{about}"


class _Reading:
    """Turns nodes into values and collects what is wrong on the way."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.faults: list[Fault] = []
        self.spots: dict[Steps, _Spot] = {}
        self._seen: set[int] = set()

    def value(self, node: yaml.Node, steps: Steps) -> Value:
        self.spots.setdefault(steps, _Spot(node.start_mark.line + 1, node))
        if self._refused(node, steps):
            return None
        if isinstance(node, yaml.SequenceNode):
            return [self.value(one, (*steps, number)) for number, one in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return dict(self._entries(node, steps))
        return self._scalar(node)

    def _entries(self, node: yaml.MappingNode, steps: Steps) -> Iterator[tuple[str, Value]]:
        first: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                self._fault(line, "a key must be plain text, not a list or a mapping")
            elif key.value in first:
                self._fault(line, f"{key.value!r} is there twice, first on line {first[key.value]}; keep one")
            else:
                first[key.value] = line
                self.spots[(*steps, key.value)] = _Spot(line, value)
                yield key.value, self.value(value, (*steps, key.value))

    def _refused(self, node: yaml.Node, steps: Steps) -> bool:
        line = node.start_mark.line + 1
        if id(node) in self._seen:
            self._fault(self.spots[steps].line, "an alias ('*…') is not allowed; write the value out")
            return True
        self._seen.add(id(node))
        if len(steps) > DEEPEST:
            self._fault(line, f"this is nested deeper than {DEEPEST} levels")
            return True
        if node.tag.removeprefix(_KIND) not in ("null", "bool", "int", "float", "str", "seq", "map"):
            self._fault(line, f"the tag {node.tag!r} is not allowed; write the plain value")
            return True
        return False

    def _scalar(self, node: yaml.Node) -> Value:
        text = str(node.value)
        kind = node.tag.removeprefix(_KIND)
        try:
            if kind == "int":
                return int(text)
            if kind == "float":
                return float(text)
        except ValueError:
            self._fault(node.start_mark.line + 1, f"{text!r} is not a number")
        if kind == "bool":
            return text.lower() == "true"
        return None if kind == "null" else text

    def _fault(self, line: int, sentence: str) -> None:
        self.faults.append(Fault(self.name, line, sentence))
