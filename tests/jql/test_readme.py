"""The example in the room's README does what it says."""

from pathlib import Path

import plugin.jql


def test_the_example_runs() -> None:
    readme = (Path(plugin.jql.__file__).parent / "README.md").read_text(encoding="utf-8")
    example = readme.split("```python\n")[1].split("```")[0]
    names: dict[str, object] = dict(vars(plugin.jql))
    exec(example, names)
    outcome = names["outcome"]
    assert isinstance(outcome, plugin.jql.Outcome)
    assert outcome.matched is True
    shown = example.partition("outcome.seen  # ")[2]
    assert outcome.seen == eval(shown)
