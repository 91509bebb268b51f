"""What an admin may write is loaded, and means what it says."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from plugin.configuration import ConfigurationFaults, load
from plugin.domain.product import Configuration
from plugin.jql import SiteFacts
from tests.configuration.folder import PRODUCT, SITE, TODAY, loaded, with_line, written

ROOT = Path(__file__).parents[2]
DESIGN = ROOT.parent / "shared" / "DESIGN.md"
YAML_BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.DOTALL | re.MULTILINE)


def test_the_shipped_example_loads_and_starts_in_shadow() -> None:
    found = load(ROOT / "config", TODAY)
    assert [one.id for one in found.products] == ["acme-pay"]
    assert found.mode_of(found.products[0], "CHK") == "shadow"
    assert found.products[0].objectives[0].active_on(TODAY)


def test_the_example_of_the_design_loads_as_it_stands(tmp_path: Path) -> None:
    if not DESIGN.exists():
        pytest.skip(f"{DESIGN} is not on this machine")
    section = DESIGN.read_text(encoding="utf-8").partition("## 7.")[2]
    site, product = YAML_BLOCK.findall(section)
    found = loaded(tmp_path, site, acme=product)
    assert found.site.grace.new == timedelta(days=1)
    assert found.site.exempt[0].budget == 0.2
    assert found.products[0].metrics[0].certified is not None
    assert found.products[0].metrics[0].certified.on == date(2026, 10, 1)
    assert found.products[0].objectives[0].planned_share == 0.4


def test_what_is_stored_as_json_is_read_back_equal() -> None:
    found = load(ROOT / "config", TODAY)
    assert Configuration.model_validate_json(found.model_dump_json()) == found


def test_words_of_yaml_1_1_stay_words(tmp_path: Path) -> None:
    """PyYAML alone would make the key `on` True, the project NO False and 08:30 the number 510."""
    product = with_line(PRODUCT, "projects: [CHK]", "projects: [NO], links: {on: yes, off: 08:30}")
    product = with_line(product, "kind: outcome}", "kind: outcome, certified: {by: Analytics, on: 2026-10-01}}")
    stream = loaded(tmp_path, acme=product).products[0].streams[0]
    assert stream.projects == ("NO",)
    assert stream.links == {"on": "yes", "off": "08:30"}


def test_a_product_and_a_project_may_differ_in_mode(tmp_path: Path) -> None:
    text = with_line(PRODUCT, "name: Acme Pay}", "name: Acme Pay, mode: tag}") + "project_modes: {WAL: shadow}\n"
    found = loaded(tmp_path, acme=text)
    assert [found.mode_of(found.products[0], one) for one in ("CHK", "WAL")] == ["tag", "shadow"]


def test_products_stand_in_the_order_of_their_files(tmp_path: Path) -> None:
    other = PRODUCT.replace("acme-pay", "zeta").replace("checkout-2026q4-1", "zeta-1").replace("[CHK]", "[ZET]")
    found = loaded(tmp_path, b=PRODUCT, a=other.replace("CHK", "ZET"))
    assert [one.id for one in found.products] == ["zeta", "acme-pay"]


def test_quarters_follow_the_first_day_of_the_year(tmp_path: Path) -> None:
    found = loaded(tmp_path, SITE + "year_starts: 04-01\n")
    quarter = found.products[0].objectives[0].quarter
    assert (quarter.first, quarter.last) == (date(2027, 1, 1), date(2027, 3, 31))
    again = Configuration.model_validate_json(found.model_dump_json())
    assert again.products[0].objectives[0].quarter == quarter


def test_quarters_may_be_dates_whatever_the_year(tmp_path: Path) -> None:
    product = with_line(PRODUCT, "2026-Q4", "2026-10-05..2026-12-27")
    quarter = loaded(tmp_path, SITE + "year_starts: 04-01\n", acme=product).products[0].objectives[0].quarter
    assert (quarter.first, quarter.last) == (date(2026, 10, 5), date(2026, 12, 27))


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("1d", timedelta(days=1)),
        ("36h", timedelta(hours=36)),
        ("2w", timedelta(weeks=2)),
        ("90m", timedelta(minutes=90)),
    ],
)
def test_lengths_of_time_survive_storing(tmp_path: Path, text: str, length: timedelta) -> None:
    found = loaded(tmp_path, SITE + f"grace: {{new: {text}}}\n")
    assert found.site.grace.new == length
    assert Configuration.model_validate_json(found.model_dump_json()) == found


def test_a_custom_field_is_known_by_name_once_the_site_is_known(tmp_path: Path) -> None:
    folder = written(tmp_path, acme=with_line(PRODUCT, "component = Wallet", '"Team" = Pay'))
    with pytest.raises(ConfigurationFaults, match="Team"):
        load(folder, TODAY)
    assert load(folder, TODAY, SiteFacts(fields={"customfield_1": "Team"})).products[0].rules[0].id == "wallet-work"
