"""From a folder of YAML to a Configuration, or to one report of everything that is wrong with it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from plugin.configuration.conditions import judge_conditions, judge_site_conditions
from plugin.configuration.document import LARGEST_FILE, Document, parse, read
from plugin.configuration.draft import Draft, draft
from plugin.configuration.faults import ConfigurationFaults, Fault
from plugin.configuration.meaning import ProductDraft, SiteDraft, judge_ids, judge_product
from plugin.configuration.quarters import in_years_from
from plugin.domain.product import Configuration, Product, ReviewPlan, Site
from plugin.jql import SiteFacts

_STAND_IN = Site(review=ReviewPlan(space="-"))
"""Judges products while site.yaml itself has faults."""

_Model = TypeVar("_Model", bound=BaseModel)


def load(folder: Path, today: date, facts: SiteFacts | None = None) -> Configuration:
    """Reads site.yaml and products/*.yaml of the folder, products in the order of their file names.

    `today` is the site's day. `facts` tells the custom fields of the real site; without them a condition that calls one
    by its name is refused. Raises ConfigurationFaults with every fault of every file.
    """
    documents = [read(folder / "site.yaml"), *map(read, sorted((folder / "products").glob("*.yaml")))]
    return _judged(documents, today, facts or SiteFacts(), list(_misplaced(folder)))


def load_texts(files: Mapping[str, str], today: date, facts: SiteFacts | None = None) -> Configuration:
    """The same of texts by their file names, as `export.files` gives them: site.yaml and products/….yaml."""
    strangers = sorted(one for one in files if not re.fullmatch(r"site\.yaml|products/[^/]+\.yaml", one))
    faults = [Fault(one, 1, "a configuration is site.yaml and products/….yaml; rename it") for one in strangers]
    faults += [
        Fault(name, 1, f"the file has more than {LARGEST_FILE} characters")
        for name, text in files.items()
        if len(text) > LARGEST_FILE
    ]
    products = sorted(one for one in files if one.startswith("products/") and one not in strangers)
    if not products:
        faults.append(Fault("products", 1, "there is no product; write one file such as acme-pay.yaml for each"))
    if faults:
        raise ConfigurationFaults(faults)
    documents = [parse(files.get(one, ""), one) for one in ("site.yaml", *products)]
    return _judged(documents, today, facts or SiteFacts(), [])


def _judged(
    documents: Sequence[tuple[Document, list[Fault]]], today: date, facts: SiteFacts, faults: list[Fault]
) -> Configuration:
    site = _drafted(documents[0], Site)
    products = [_drafted(one, Product) for one in documents[1:]]
    ruling = site.model or _STAND_IN
    for one in products:
        one.model = one.model and in_years_from(one.model, ruling.year_starts)
    zoned = replace(facts, time_zone=ZoneInfo(ruling.time_zone), timer=True)
    faults += [*site.faults, *(fault for one in products for fault in one.faults)]
    faults += _meanings(site, products, ruling, today)
    faults += [
        *judge_site_conditions(site, zoned),
        *(fault for one in products for fault in judge_conditions(one, zoned)),
    ]
    if faults or site.model is None:
        raise ConfigurationFaults(faults)
    return Configuration(site=site.model, products=tuple(one.model for one in products if one.model))


def _meanings(site: SiteDraft, products: Sequence[ProductDraft], ruling: Site, today: date) -> Iterator[Fault]:
    yield from judge_ids(site, products)
    for one in products:
        yield from judge_product(one, ruling.tag, today)


def _drafted(found: tuple[Document, list[Fault]], kind: type[_Model]) -> Draft[_Model]:
    """A file that could not be read at all has said so; that it is empty as well is no news."""
    document, faults = found
    drafted = Draft[_Model](document) if faults and document.value is None else draft(document, kind)
    drafted.faults[:0] = faults
    return drafted


def _misplaced(folder: Path) -> Iterator[Fault]:
    """Files that an admin may take for read, and a folder that says nothing."""
    products = folder / "products"
    for path in sorted([*products.glob("*.yml"), *folder.glob("site.yml")]):
        yield Fault(str(path), 1, f"the file would not be read; rename it to {path.stem}.yaml")
    if not any(products.glob("*.yaml")):
        yield Fault(str(products), 1, "there is no product; write one file such as acme-pay.yaml for each")
