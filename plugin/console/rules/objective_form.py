"""An objective as a form shows it and as the form's words are written into the draft. Pure."""

import re

from plugin.configuration.editing import EditRefused, Written
from plugin.domain.week import Quarter

FIELDS = ("id", "title", "why", "stream", "goal", "quarter", "planned_share", "issue", "key_results")
_NEEDED = {"id": "an id", "title": "a title", "stream": "a stream", "quarter": "a quarter"}
_RESULT = re.compile(
    r"(?P<metric>[^\s:]+)\s*:\s*(?:(?P<keep>below|above)\s+(?P<bound>-?[\d.]+)"
    r"|(?:from\s+(?P<baseline>-?[\d.]+)\s+)?to\s+(?P<target>-?[\d.]+))"
)


def filled(written: Written) -> dict[str, str]:
    """The form's fields; key results are lines such as `conversion: from 61 to 68` or `errors: below 2`."""
    found = {name: str(written.get(name) or "") for name in FIELDS}
    results = written.get("key_results")
    lines = [_line(one) for one in (results if isinstance(results, list) else []) if isinstance(one, dict)]
    return {**found, "key_results": "\n".join(lines)}


def _line(result: Written) -> str:
    if result.get("keep"):
        return f"{result.get('metric')}: {result['keep']} {result.get('target')}"
    begins = f"from {result['baseline']} " if result.get("baseline") is not None else ""
    return f"{result.get('metric')}: {begins}to {result.get('target')}"


def objective_of(form: dict[str, str], before: Written | None, id: str) -> Written:
    """What is written into the draft; keys that the form does not show stay as they are. Raises EditRefused."""
    given = {**form, "id": id or form["id"]}
    for name, wanted in _NEEDED.items():
        if not given[name]:
            raise EditRefused(f"the objective needs {wanted}")
    try:
        Quarter.parse(given["quarter"])
    except ValueError as error:
        raise EditRefused(str(error)) from None
    kept: Written = {key: value for key, value in (before or {}).items() if key not in FIELDS}
    said: Written = {name: given[name] for name in FIELDS if given[name] and name != "key_results"}
    if re.fullmatch(r"[\d.]+", str(said.get("planned_share", ""))):
        said["planned_share"] = f"{said['planned_share']}%"
    results = [_result(one) for one in given["key_results"].splitlines() if one.strip()]
    return {**said, **({"key_results": [*results]} if results else {}), **kept}


def _result(line: str) -> Written:
    found = _RESULT.fullmatch(line.strip())
    if not found:
        raise EditRefused(
            f"{line.strip()!r} is no key result; write a line such as `conversion: from 61 to 68`, `signups: to 500` "
            "or `errors: below 2`"
        )
    try:
        if found["keep"]:
            return {"metric": found["metric"], "target": float(found["bound"]), "keep": found["keep"]}
        begins: Written = {"baseline": float(found["baseline"])} if found["baseline"] else {}
        return {"metric": found["metric"], **begins, "target": float(found["target"])}
    except ValueError:
        raise EditRefused(f"{line.strip()!r} holds no number; write such as `conversion: from 61 to 68`") from None
