"""A folder of configuration to load, changed a little for each test."""

from datetime import date
from pathlib import Path

from plugin.configuration import ConfigurationFaults, load
from plugin.domain.product import Configuration

TODAY = date(2026, 11, 22)

SITE = """\
time_zone: Europe/Dublin
review: {space: PROD}
"""

PRODUCT = """\
product: {id: acme-pay, name: Acme Pay}
scope: 'project in (CHK, WAL)'
goals:
  - {id: g1, year: 2026, title: More finish, outcome: conversion}
metrics:
  - {id: conversion, name: Conversion, kind: outcome}
  - {id: wallets, name: Wallets, kind: input, drives: conversion}
streams:
  - {id: checkout, name: Checkout, projects: [CHK]}
objectives:
  - id: checkout-2026q4-1
    stream: checkout
    goal: g1
    quarter: 2026-Q4
    title: Fewer people give up
    planned_share: 40%
    key_results: [{metric: conversion, baseline: 61, target: 68}]
rules:
  - {id: wallet-work, objective: checkout-2026q4-1, when: 'project = CHK AND component = Wallet'}
"""


def written(folder: Path, site: str = SITE, **products: str) -> Path:
    (folder / "products").mkdir()
    (folder / "site.yaml").write_text(site, encoding="utf-8")
    for name, text in (products or {"acme": PRODUCT}).items():
        (folder / "products" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def loaded(folder: Path, site: str = SITE, **products: str) -> Configuration:
    return load(written(folder, site, **products), TODAY)


def report(folder: Path, site: str = SITE, **products: str) -> list[str]:
    """The faults, each as `file:line: sentence` with the file's name alone; none where it loads."""
    try:
        loaded(folder, site, **products)
    except ConfigurationFaults as faults:
        return [f"{Path(one.file).name}:{one.line}: {one.sentence}" for one in faults.faults]
    return []


def with_line(text: str, old: str, new: str) -> str:
    """The text with one piece replaced; a piece that is not there is the test's own mistake."""
    assert text.count(old) == 1, old
    return text.replace(old, new)
