"""A draft carried over to a newer version: what both sides changed is a clash, and everything else is taken as it is.

Pure. Items with an id are compared as a whole, and so are the other keys of a file.
"""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from pydantic import JsonValue

from plugin.configuration.editing import SITE, Files, Written, items, products, text_of, values

_SECTIONS = ("goals", "metrics", "streams", "objectives", "rules", "exempt")
Place = tuple[str, ...]
"""Where something stands: the file's product (or site), the key, and the item's id."""


@dataclass(frozen=True)
class Clash:
    """Changed on both sides, each otherwise. A side is None where it has nothing there."""

    place: Place
    mine: JsonValue
    theirs: JsonValue

    @property
    def name(self) -> str:
        return " › ".join(self.place)


@dataclass(frozen=True)
class Rebased:
    """`files` hold what both sides have changed; at a clash they hold mine, or theirs where it is among the chosen."""

    files: Files
    clashes: tuple[Clash, ...]


def rebase(base: Files, mine: Files, theirs: Files, take_theirs: Set[str] = frozenset()) -> Rebased:
    """`mine`, which was begun from `base`, upon `theirs`. `take_theirs` are names of clashes.

    Raises ConfigurationFaults where a file is not sound YAML.
    """
    parts = [_flat(one) for one in (base, mine, theirs)]
    merged: dict[Place, JsonValue] = {}
    clashes: list[Clash] = []
    for place in _places(*parts):
        old, here, there = (one.get(place) for one in parts)
        if here in (old, there):
            chosen = there
        elif there == old:
            chosen = here
        else:
            clash = Clash(place, here, there)
            clashes.append(clash)
            chosen = there if clash.name in take_theirs else here
        if chosen is not None:
            merged[place] = chosen
    return Rebased(_files(merged, mine, theirs), tuple(clashes))


def _flat(files: Files) -> dict[Place, JsonValue]:
    """Every part of the files by its place."""
    named = {"site": SITE, **products(files)} if SITE in files else products(files)
    found: dict[Place, JsonValue] = {}
    for id, name in named.items():
        content = values(name, files[name])
        for key, value in content.items():
            if key in _SECTIONS and isinstance(value, list):
                found |= {(id, key, one): written for one, written in items(content, key).items()}
            else:
                found[id, key] = value
    return found


def _places(
    base: Mapping[Place, JsonValue], mine: Mapping[Place, JsonValue], theirs: Mapping[Place, JsonValue]
) -> list[Place]:
    """In the order of mine where I changed it, else in theirs; what the other side has more stands behind."""
    shared = [one for one in mine if one in base]
    moved = shared != [one for one in base if one in mine]
    first, second = (mine, theirs) if moved else (theirs, mine)
    return list(dict.fromkeys((*first, *second, *base)))


def _files(merged: Mapping[Place, JsonValue], mine: Files, theirs: Files) -> Files:
    """Files that say the same as theirs, or mine, are those letter by letter."""
    names = {**products(mine), **products(theirs), "site": SITE}
    contents: dict[str, Written] = {}
    for place, value in merged.items():
        content = contents.setdefault(names[place[0]], {})
        if len(place) == 2:
            content[place[1]] = value
        else:
            listed = content.setdefault(place[1], [])
            if isinstance(listed, list):
                listed.append(value)
    return dict(_texts(contents, mine, theirs))


def _texts(contents: Mapping[str, Written], mine: Files, theirs: Files) -> Iterator[tuple[str, str]]:
    for name, content in contents.items():
        said = next((one[name] for one in (mine, theirs) if name in one and values(name, one[name]) == content), None)
        yield name, said if said is not None else text_of(name, content)
