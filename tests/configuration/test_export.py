"""What is exported loads again and says the same, whatever people wrote."""

import tempfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin.configuration import load
from plugin.configuration.export import ExportError, export
from plugin.domain.product import (
    Configuration,
    ExemptClass,
    Goal,
    Grace,
    KeyResult,
    Metric,
    Objective,
    Product,
    ProductFacts,
    ReviewPlan,
    Rule,
    Site,
    Stream,
)
from plugin.domain.week import Quarter
from tests.configuration.folder import PRODUCT, TODAY, loaded, with_line

CONFIG = Path(__file__).parents[2] / "config"

_words = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]), min_size=1, max_size=60),
    st.sampled_from(
        ["08", "1e5", "on", "no", "null", "~", "true", "2026-12-25", "- a", "a: b", "a #b", "'", '"', "\\", "|", "&a"]
    ),
    st.lists(st.text("abc #:'\"", max_size=12), min_size=2, max_size=4).map("\n".join).filter(bool),
)
_shares = st.integers(0, 50_000_000).map(lambda millionths: round(millionths / 1_000_000, 6) / 100)
_lengths = st.builds(
    lambda count, unit: timedelta(**{unit: count}),
    st.integers(0, 9999),
    st.sampled_from(["weeks", "days", "hours", "minutes"]),
)


@st.composite
def configurations(draw: st.DrawFn) -> Configuration:
    ids = draw(
        st.lists(st.from_regex(r"[a-z0-9][a-z0-9._-]{0,6}", fullmatch=True), min_size=1, max_size=3, unique=True)
    )
    return Configuration(
        site=Site(
            time_zone=draw(st.sampled_from(["UTC", "Europe/Dublin"])),
            year_starts=draw(st.sampled_from(["01-01", "04-01"])),
            holidays=tuple(draw(st.lists(st.dates(date(2000, 1, 1), date(2100, 1, 1)), max_size=2))),
            grace=Grace(new=draw(_lengths)),
            review=ReviewPlan(space=draw(_words), parent=draw(st.none() | _words)),
            exempt=(ExemptClass(id="lights", when="issuetype = Bug", why=draw(_words), budget=draw(_shares)),),
        ),
        products=tuple(_product(draw, id, number) for number, id in enumerate(ids)),
    )


def _product(draw: st.DrawFn, id: str, number: int) -> Product:
    stream, objective = f"s{number}", f"o{number}"
    numbers = st.floats(-1e30, 1e30)
    return Product(
        product=ProductFacts(id=id, name=draw(_words), vision=draw(_words)),
        scope=f"project = P{number}X AND\nsummary ~ a",
        goals=(Goal(id="g", year=draw(st.integers(1970, 2200)), title=draw(_words)),),
        metrics=(Metric(id="m", name=draw(_words), kind="outcome", unit=draw(_words)),),
        streams=(Stream(id=stream, name="S", links=draw(st.dictionaries(_words, _words, max_size=2))),),
        objectives=(
            Objective(
                id=objective,
                stream=stream,
                title=draw(_words),
                quarter=Quarter.parse("2026-10-05..2026-12-27"),
                planned_share=draw(_shares),
                key_results=(KeyResult(metric="m", baseline=draw(numbers), target=draw(numbers)),),
            ),
        ),
        rules=(
            Rule(
                id="r", objective=objective, when="summary ~ b", why=draw(_words), priority=draw(st.integers(-9, 999))
            ),
        ),
        project_modes={"CHK": "tag"},
    )


def there_and_back(configuration: Configuration) -> Configuration:
    with tempfile.TemporaryDirectory() as name:
        export(configuration, Path(name))
        return load(Path(name), TODAY)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(configurations())
def test_any_configuration_comes_back(configuration: Configuration) -> None:
    assert there_and_back(configuration) == configuration


def test_the_shipped_example_comes_back() -> None:
    example = load(CONFIG, TODAY)
    assert there_and_back(example) == example


def test_quarters_of_a_year_that_starts_elsewhere_come_back(tmp_path: Path) -> None:
    site = "year_starts: 04-01\nreview: {space: PROD}\n"
    found = loaded(tmp_path, site)
    assert str(found.products[0].objectives[0].quarter) == "2027-01-01..2027-03-31"
    assert there_and_back(found) == found


def test_products_keep_the_order_in_which_they_are_asked(tmp_path: Path) -> None:
    other = with_line(PRODUCT, "id: acme-pay", "id: zebra")
    other = with_line(other, "[CHK]", "[ZEB]").replace("checkout-2026q4-1", "zebra-1")
    found = loaded(tmp_path, **{"1-first": other, "2-second": PRODUCT})
    assert [one.id for one in there_and_back(found).products] == ["zebra", "acme-pay"]


def test_a_folder_that_holds_a_configuration_is_left_alone(tmp_path: Path) -> None:
    found = loaded(tmp_path)
    before = (tmp_path / "site.yaml").read_text(encoding="utf-8")
    with pytest.raises(ExportError, match=r"site\.yaml is there already.*empty folder"):
        export(found, tmp_path)
    assert (tmp_path / "site.yaml").read_text(encoding="utf-8") == before


def test_a_condition_of_several_lines_stays_readable(tmp_path: Path) -> None:
    text = with_line(PRODUCT, "'project = CHK AND component = Wallet'", '"project = CHK\\nAND component = Wallet"')
    (tmp_path / "from").mkdir()
    export(loaded(tmp_path / "from", acme=text), tmp_path / "to")
    written = (tmp_path / "to" / "products" / "acme-pay.yaml").read_text(encoding="utf-8")
    assert "    when: |-\n      project = CHK\n      AND component = Wallet\n" in written
