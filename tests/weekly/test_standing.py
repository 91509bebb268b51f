"""Home, stream, quarter and year pages: written where they say something else, and never over what people wrote."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from plugin.domain.product import Charter, Configuration, Goal
from plugin.sandbox.confluence.values import Page
from tests.house import House, configuration, housed


@pytest.fixture
def house(database: str) -> Iterator[House]:
    with housed(database) as found:
        found.apply(chartered())
        found.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"])
        found.sweep()
        found.review()
        yield found


def chartered(**charter: object) -> Configuration:
    given = configuration()
    (product,) = given.products
    (stream,) = product.streams
    known = stream.model_copy(
        update={"charter": Charter.model_validate(charter), "links": {"board": "https://b.example"}}
    )
    year = product.objectives[0].quarter.first.year
    goals = (Goal(id="g", year=year, title="Paying is forgotten"),)
    return given.model_copy(update={"products": (product.model_copy(update={"streams": (known,), "goals": goals}),)})


def standing(house: House) -> dict[str, Page]:
    pages = house.sandbox.confluence.list_pages("PROD")
    return {page.title.partition(": ")[2]: page for page in pages if page.title.startswith("Acme Pay: ")}


def test_each_stream_quarter_and_year_has_a_page_and_the_home_page_leads_to_them(house: House) -> None:
    assert standing(house) == {}
    house.stand()
    pages = standing(house)
    quarter = chartered().products[0].objectives[0].quarter
    assert set(pages) == {"Checkout", f"quarter {quarter}", f"year {quarter.first.year}", "alignment"}
    home = pages["alignment"].latest.body
    for name in ("Checkout", f"Quarter {quarter}", f"Year {quarter.first.year}"):
        assert f">{name}</a>" in home
    assert "week " in home
    assert "not revised for long" in pages["Checkout"].latest.body
    assert "https://b.example" in pages["Checkout"].latest.body


def test_pages_are_written_only_where_they_say_something_else_and_with_the_reason(house: House) -> None:
    house.stand()
    house.stand()
    assert {page.latest.number for page in standing(house).values()} == {1}
    house.apply(chartered(roles="Mia leads", revised=house.clock().date() - timedelta(days=5)))
    house.stand()
    numbers = {title: page.latest.number for title, page in standing(house).items()}
    assert numbers.pop("Checkout") == numbers.pop("alignment") == 2
    assert set(numbers.values()) == {1}
    changed = standing(house)["Checkout"].latest
    assert "version 2 of the configuration" in changed.message
    assert "not revised for long" not in changed.body


def test_what_people_agree_on_stays_while_the_quarter_page_is_refreshed(house: House) -> None:
    house.stand()
    (title,) = [one for one in standing(house) if one.startswith("quarter")]
    page = standing(house)[title]
    empty = "<td><p>Fewer people give up</p></td><td><p/></td>"
    assert empty in page.latest.body
    written = page.latest.body.replace(empty, "<td><p>Fewer people give up</p></td><td><p>Checkout and Risk</p></td>")
    wiki = house.app.confluence
    wiki.update(wiki.read(page.id), page.title, written, "agreed")
    given = chartered()
    (product,) = given.products
    (one,) = product.objectives
    planned = one.model_copy(update={"planned_share": 0.4})
    house.apply(given.model_copy(update={"products": (product.model_copy(update={"objectives": (planned,)}),)}))
    house.stand()
    body = standing(house)[title].latest.body
    assert "Checkout and Risk" in body
    assert "40\u00a0%" in body
