"""A document held against its model: what is wrong in words, and a model of what is sound.

The unsound parts are left out, so that the meaning of the rest can be judged in the same report.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from plugin.configuration.document import Document, Steps, Value
from plugin.configuration.faults import Fault, listed, meant

Model = TypeVar("Model", bound=BaseModel)


@dataclass
class Draft(Generic[Model]):
    """A file's model, None where too little of it is sound. Steps below are those of the model."""

    document: Document
    model: Model | None = None
    faults: list[Fault] = field(default_factory=list)
    origin: dict[Steps, Steps] = field(default_factory=dict)
    """Where each part of the model stands in the document: lists of the model may be shorter."""

    def fault(self, steps: Steps, sentence: str) -> Fault:
        return Fault(self.document.name, self.document.line(self.written(steps)), sentence)

    def named(self, steps: Steps) -> str:
        """The steps in words, list items by their ids."""
        return _named(self.written(steps), self.document)

    def written(self, steps: Steps) -> Steps:
        """The steps in the document."""
        known = max(count for count in range(len(steps) + 1) if steps[:count] in self.origin or count == 0)
        return (*self.origin.get(steps[:known], ()), *steps[known:])

    def ids(self, section: str) -> list[str]:
        """The ids that a section declares, those of unsound items among them."""
        whole = self.document.value
        items = whole.get(section) if isinstance(whole, dict) else None
        found = [one.get("id") for one in items if isinstance(one, dict)] if isinstance(items, list) else []
        return [one for one in found if isinstance(one, str)]


def draft(document: Document, kind: type[Model]) -> Draft[Model]:
    """Holds a document against its model."""
    found = Draft[Model](document)
    if not isinstance(document.value, dict):
        sentence = f"the file must hold keys and values; allowed: {listed(list(kind.model_fields))}"
        found.faults.append(Fault(document.name, 1, sentence))
        return found
    doomed: set[Steps] = set()
    for _ in range(3):  # a model's own checks speak only when its fields are sound
        found.origin.clear()
        try:
            found.model = kind.model_validate(_without(document.value, doomed, ((), ()), found.origin))
            break
        except ValidationError as error:
            for one in error.errors(include_url=False):
                one["loc"] = steps = found.written(one["loc"])
                if not (one["type"] == "missing" and steps in doomed):
                    found.faults.append(Fault(document.name, document.line(steps), _sentence(one, kind, document)))
                doomed.add(_smallest_part(steps))
    return found


def _smallest_part(steps: Steps) -> Steps:
    """The innermost list item around a fault, else the key itself."""
    last = max((place for place, step in enumerate(steps) if isinstance(step, int)), default=None)
    return steps if last is None else steps[: last + 1]


def _without(value: Value, doomed: set[Steps], steps: tuple[Steps, Steps], origin: dict[Steps, Steps]) -> Value:
    """A copy without the doomed parts; `steps` are (in the copy, in the document)."""
    new, old = steps
    origin[new] = old
    if isinstance(value, dict):
        return {
            key: _without(one, doomed, ((*new, key), (*old, key)), origin)
            for key, one in value.items()
            if (*old, key) not in doomed
        }
    if isinstance(value, list):
        kept = [(number, one) for number, one in enumerate(value) if (*old, number) not in doomed]
        return [
            _without(one, doomed, ((*new, place), (*old, number)), origin) for place, (number, one) in enumerate(kept)
        ]
    return value


def _sentence(error: ErrorDetails, kind: type[BaseModel], document: Document) -> str:
    steps = error["loc"]
    where = _named(steps, document)
    if error["type"] == "extra_forbidden":
        allowed = list(_model_at(kind, steps[:-1]).model_fields)
        around = f" in {_named(steps[:-1], document)}" if steps[:-1] else ""
        return f"{steps[-1]!r} is not known{around}{meant(str(steps[-1]), allowed)}; allowed: {listed(allowed, 20)}"
    if error["type"] == "missing":
        around = _named(steps[:-1], document) or "the file"
        return f"{steps[-1]!r} is missing in {around}; it must be given"
    if error["type"] == "literal_error":
        allowed = [one.strip("'") for one in error["ctx"]["expected"].replace(" or ", ", ").split(", ")]
        close = meant(str(error["input"]), allowed)
        return f"{where}: {error['input']!r} is not allowed{close}; allowed: {listed(allowed, 20)}"
    if error["type"] == "value_error":
        return f"{where}: {error['ctx']['error']}" if where else str(error["ctx"]["error"])
    return f"{where}: {_wanted(error)}"


def _wanted(error: ErrorDetails) -> str:
    """For a value of the wrong kind: what it is and what it must be."""
    found = _shape(error["input"])
    number = isinstance(error["input"], int | float) and not isinstance(error["input"], bool)
    texts = {
        "string_type": f"{found} stands where text must be"
        + (f"; put it in quotes: '{error['input']}'" if number else ""),
        "tuple_type": f"{found} stands where a list must be; write such as [a, b]",
        "model_type": f"{found} stands where keys and values must be",
        "dict_type": f"{found} stands where keys and values must be",
        "int_type": f"{found} stands where a whole number must be",
        "float_type": f"{found} stands where a number must be",
        "finite_number": "the number is too large",
        "string_too_short": "it is empty; write something or remove the key",
        "too_short": "the list is empty; give at least one",
    }
    plain = error["msg"].replace("Input should be", "it must be")
    return texts.get(error["type"], plain[:1].lower() + plain[1:])


def _shape(value: object) -> str:
    if value is None:
        return "nothing"
    names = {
        dict: "a mapping",
        list: "a list",
        bool: f"the truth value {str(value).lower()}",
        str: f"the text {value!r}",
    }
    return names.get(type(value), f"the number {value!r}")


def _named(steps: Steps, document: Document) -> str:
    """The steps for people: a list item by its id, else by its place counted from 1."""
    return " › ".join(_names(steps, document))


def _names(steps: Steps, document: Document) -> Iterator[str]:
    value = document.value
    for step in steps:
        if isinstance(step, int) and isinstance(value, list):
            value = value[step] if step < len(value) else None
            yield str(value["id"]) if isinstance(value, dict) and value.get("id") else f"number {step + 1}"
        else:
            value = value.get(str(step)) if isinstance(value, dict) else None
            yield str(step)


def _model_at(kind: type[BaseModel], steps: Steps) -> type[BaseModel]:
    """The model that stands at the steps."""
    for step in steps:
        if isinstance(step, str) and step in kind.model_fields:
            kind = next(_models(kind.model_fields[step].annotation), kind)
    return kind


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for one in get_args(annotation):
        yield from _models(one)
