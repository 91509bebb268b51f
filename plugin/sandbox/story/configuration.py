"""Writes the configuration that Acme Pay's admin would have written, for the quarters around the story's day."""

from datetime import timedelta
from pathlib import Path

from plugin.sandbox.story.metrics import write_values
from plugin.sandbox.story.plan import Plan

SITE = """\
# What holds for the whole site: the calendar, the tags, what needs no objective, when the review is published.
time_zone: Europe/Dublin
working_days: [mon, tue, wed, thu, fri]
holidays: []
mode: tag                         # shadow | tag ; a real site starts in shadow, which writes nothing to Jira
flags_per_week: 0                 # a demo shows everything at once; a real site flags 50 a week in each project
tag: {label_prefix: objective-, unlinked_label: no-objective}
exempt:
  # Some work needs no objective. A class says which, and the budget what share of the work was agreed for it.
  - id: keep-the-lights-on
    when: 'issuetype = Bug AND priority in (Highest, High)'
    why: What is broken is mended first
    budget: 20%
grace: {new: 1d, until: in progress}   # nothing new is flagged before a day has passed or work on it has begun
review: {publish: monday 08:00, space: PROD, parent: Product alignment}
"""

_PRODUCT = """\
# One product. Change something, save, and look at what it would do before it does it: plumbline plan
product:
  id: acme-pay
  name: Acme Pay
  vision: Paying is the part of buying that nobody remembers.
  strategy: Win on trust at the moment of payment before adding new ways to pay.
  lead: "557058:ada"           # an account id; names are never kept

# Which issues are the product's at all. What was finished before this quarter is left as it is, whatever is said here.
scope: 'project in (CHK, WAL, RISK)'

# A goal is a year's bet: what we see, what we make of it, what we believe, what we bet on it.
goals:
  - id: finish
    year: {year}
    title: More of the people who start to pay also finish
    bet:
      data: 39 of 100 people leave between basket and receipt
      insight: Most of them leave where they have to type a card number
      belief: People who pay with a wallet or a saved card do not leave there
      bet: Moving half of all payments to them lifts conversion to 68 %
    outcome: conversion
  - id: trust
    year: {year}
    title: Shops lose less to fraud, and honest people are let through
    bet:
      data: Shops lose 0.9 % of turnover to disputes; 31 of 100 refused payments were honest
      insight: Half of all disputes are lost because nobody answers in time
      belief: Proof that is collected early is proof that is sent
      bet: Answering every dispute within a day costs shops a third less
    outcome: dispute-rate

# Inputs are what a stream can move; each drives an outcome. Without an owner nobody answers for a number, and
# without a certificate nobody vouches for it. Both stand beside it on the weekly page. A source is read once a day;
# csv reads a file beside this configuration, sql a database, http_json anything that answers in JSON.
metrics:
  - id: page-load
    name: Payment page load, 75th percentile
    kind: input
    drives: conversion
    unit: s
    better: lower
    aggregate: mean
    owner: Checkout
    source: {{type: csv, path: metrics/page-load.csv}}
    certified: {{by: SRE, on: {certified}}}
  - id: saved-card-share
    name: Payments with a saved card
    kind: input
    drives: conversion
    unit: '%'
    better: higher
    aggregate: mean
    owner: Wallet
    source: {{type: csv, path: metrics/saved-card-share.csv}}
    certified: {{by: Analytics, on: {certified}}}
  - id: conversion
    name: Checkout conversion
    kind: outcome
    unit: '%'
    better: higher
    aggregate: mean
    owner: Checkout
    source: {{type: csv, path: metrics/conversion.csv}}
    certified: {{by: Finance, on: {certified}}}
  - id: wrong-refusals
    name: Honest payments among those refused
    kind: input
    drives: dispute-rate
    unit: '%'
    better: lower
    aggregate: mean
    owner: Risk                   # not certified yet: the page says so
    source: {{type: csv, path: metrics/wrong-refusals.csv}}
  - id: dispute-rate
    name: Disputes, share of turnover
    kind: outcome
    unit: '%'
    better: lower
    aggregate: mean
    owner: Risk
    source: {{type: csv, path: metrics/dispute-rate.csv}}
    certified: {{by: Finance, on: {certified}}}

# Who works on it. A project belongs to one stream. The charter is what the stream and the product agreed on.
streams:
  - id: checkout
    name: Checkout
    projects: [CHK]
    charter:
      value_streams: [Basket to receipt]
      roles: Seven people, among them a designer and a researcher
      ground_rules: Every change to the payment form is measured
      revised: {revised}
  - id: wallet
    name: Wallet
    projects: [WAL]
    charter:
      value_streams: [Cards and how people get at them]
      roles: Six people; keys and vault are looked after in turns
      ground_rules: A card's number is never seen by anybody
      revised: {revised}
  - id: risk
    name: Risk
    projects: [RISK]
    charter:
      value_streams: [Scores and decisions, Disputes]
      roles: Three people
      ground_rules: No rule goes live without two weeks in shadow
      revised: {revised}

# What a stream wants to reach in a quarter. The planned share is its part of all the product's work; what is missing
# to 100 % is left for exempt work. An objective collects work from the first to the last day of its quarter.
objectives:
  - id: checkout-{now}-1
    stream: checkout
    goal: finish
    quarter: {quarter}
    title: Fewer people give up at payment
    why: Typing a card number is where most people leave
    planned_share: 30%
    key_results: [{{metric: conversion, baseline: 61, target: 68}}]
  - id: checkout-{now}-2
    stream: checkout
    goal: finish
    quarter: {quarter}
    title: The payment page is fast on slow phones
    why: Below 2.3 s giving up levels off
    planned_share: 8%
    key_results: [{{metric: page-load, baseline: 3.4, target: 2.3}}]
  - id: wallet-{now}-1
    stream: wallet
    goal: finish
    quarter: {quarter}
    title: Pay in two taps with saved cards
    why: Five taps and a code by text message lose one in four
    planned_share: 5%              # a last push was agreed, no more
    key_results: [{{metric: saved-card-share, baseline: 22, target: 42}}]
  - id: wallet-{now}-2
    stream: wallet
    quarter: {quarter}
    title: A lost phone never means a lost wallet
    why: 3,400 people a month need four days to get back in
    planned_share: 8%            # no key result yet: an objective without a number is asked about every week
  - id: risk-{now}-1
    stream: risk
    goal: trust
    quarter: {quarter}
    title: Disputes answered before they cost
    why: Half of all disputes are lost because nobody answers
    planned_share: 15%
    key_results: [{{metric: dispute-rate, baseline: 0.9, target: 0.6}}]
  - id: risk-{now}-2
    stream: risk
    goal: trust
    quarter: {quarter}
    title: Fewer honest people are turned away
    why: 31 of 100 refused payments were honest
    planned_share: 12%
    key_results: [{{metric: wrong-refusals, baseline: 31, target: 20}}]
  # The quarter before. These have ended: work that still goes on for them is flagged, to be carried over or stopped.
  - id: checkout-{before}-1
    stream: checkout
    quarter: {quarter_before}
    title: Guest checkout on one page
    planned_share: 45%
  - id: wallet-{before}-1
    stream: wallet
    quarter: {quarter_before}
    title: Cards are saved once, for every shop
    planned_share: 30%
  - id: risk-{before}-1
    stream: risk
    quarter: {quarter_before}
    title: Partners join without e-mail
    planned_share: 15%

# Which work serves which objective, in JQL. A child follows its parent, so one rule for an epic does for all below it.
# The why is shown on each issue, so write it for the people who work on it.
rules:
  # By component: the simplest rule, as teams set components anyway.
  - id: wallet-buttons
    objective: checkout-{now}-1
    when: 'project = CHK AND component in ("Apple Pay", "Google Pay")'
    why: Whoever pays with a wallet types no card number
  # By epic.
  - id: payment-form
    objective: checkout-{now}-1
    when: 'key = {payment_form}'
    why: A form that understands what people type loses fewer of them
  - id: returning
    objective: checkout-{now}-1
    when: 'key = {returning}'
    why: Half of those who give up come back, to an empty form
  # By label. This is asked before the others, as speed is an objective of its own wherever the work is done.
  - id: page-speed
    objective: checkout-{now}-2
    when: 'project = CHK AND labels = performance'
    why: Every tenth of a second on a slow phone keeps people
    priority: 10
  - id: saved-cards
    objective: wallet-{now}-1
    when: 'project = WAL AND component = "Saved cards" AND (fixVersion != "Shared vault" OR fixVersion is EMPTY)'
    why: A saved card is a card that nobody types
  # By version.
  - id: two-taps
    objective: wallet-{now}-1
    when: 'project = WAL AND fixVersion = "Two taps 1.0"'
    why: It is part of paying in two taps
  - id: lost-phone
    objective: wallet-{now}-2
    when: 'key = {lost_phone}'
    why: Getting back in should take minutes, not days
  - id: dispute-answers
    objective: risk-{now}-1
    when: 'project = RISK AND component = Disputes'
    why: An answer in time is half of the case
  - id: honest-people
    objective: risk-{now}-2
    when: 'project = RISK AND (component = Scoring OR labels = false-alarm)'
    why: The score decides who is turned away
  # Of the quarter before. They stay, so that what is left of that work is known for what it is.
  - id: guest-checkout
    objective: checkout-{before}-1
    when: 'project = CHK AND labels = guest-checkout'
    why: One page instead of four
  - id: shared-vault
    objective: wallet-{before}-1
    when: 'project = WAL AND (fixVersion = "Shared vault" OR component = Vault)'
    why: A card that is saved once is there in every shop
  - id: partner-onboarding
    objective: risk-{before}-1
    when: 'project = RISK AND component = "Partner portal"'
    why: A form and two uploads instead of 14 mails
"""


def write_configuration(folder: Path, plan: Plan) -> None:
    """Writes site.yaml, products/acme-pay.yaml for the plan's quarters and epics, and the values of its metrics."""
    running, before = plan.quarters.running, plan.quarters.before
    product = _PRODUCT.format(
        year=running.last.year,
        first=running.first,
        certified=running.first - timedelta(days=12),
        revised=running.first - timedelta(days=20),
        now=running.name,
        before=before.name,
        quarter=running.written,
        quarter_before=before.written,
        payment_form=plan.epic("payment-form"),
        lost_phone=plan.epic("lost-phone"),
        returning=plan.epic("returning"),
    )
    write_files(folder, SITE, {"acme-pay": product})
    write_values(folder, plan.today)


def write_files(folder: Path, site: str, products: dict[str, str]) -> None:
    """The folder's site.yaml and these products, by name; other products are removed: the folder is ours."""
    products_folder = folder / "products"
    products_folder.mkdir(parents=True, exist_ok=True)
    for old in products_folder.glob("*.yaml"):
        old.unlink()
    (folder / "site.yaml").write_text(site, encoding="utf-8")
    for name, text in products.items():
        (products_folder / f"{name}.yaml").write_text(text, encoding="utf-8")
