"""A house and its web application, asked without a network between."""

from collections.abc import Iterator

import pytest
from flask import Flask

from plugin.app import web
from tests.house import House, configuration, housed


@pytest.fixture
def house(database: str) -> Iterator[House]:
    with housed(database) as found:
        found.apply(configuration())
        found.sweep()
        yield found


@pytest.fixture
def app(house: House) -> Flask:
    found = web(house.app)
    found.testing = True
    return found
