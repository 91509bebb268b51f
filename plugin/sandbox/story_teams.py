"""The three streams of Acme Pay, put together."""

from plugin.sandbox import story_bugs as bugs
from plugin.sandbox import story_loose as loose
from plugin.sandbox.story_checkout import CHECKOUT_EPICS
from plugin.sandbox.story_risk import RISK_EPICS
from plugin.sandbox.story_wallet import WALLET_EPICS
from plugin.sandbox.story_words import Team

LEAD = "Ada Novak"
"""The product's lead; she administers Jira and works in no stream."""

CHECKOUT = Team(
    project="CHK",
    name="Checkout",
    first=263,
    people=(
        "Ben Okafor",
        "Clara Byrne",
        "Dinesh Rao",
        "Elin Sandberg",
        "Fionn Walsh",
        "Greta Lindqvist",
        "Hassan El-Amin",
    ),
    components=("Apple Pay", "Google Pay", "Payment form", "Basket", "Receipts", "Platform"),
    versions=("Autumn form",),
    epics=CHECKOUT_EPICS,
    lights=bugs.CHECKOUT_BUGS,
    loose=loose.CHECKOUT_LOOSE,
    earlier=loose.CHECKOUT_EARLIER,
)
WALLET = Team(
    project="WAL",
    name="Wallet",
    first=118,
    people=("Ines Ferreira", "Jonas Weber", "Katarzyna Zielińska", "Liam Doyle", "Mei Tanaka", "Noor Haddad"),
    components=("Saved cards", "Device tokens", "Recovery", "Sign-in", "Vault", "Gift cards", "Balance", "Platform"),
    versions=("Shared vault", "Two taps 1.0"),
    epics=WALLET_EPICS,
    lights=bugs.WALLET_BUGS,
    loose=loose.WALLET_LOOSE,
    earlier=loose.WALLET_EARLIER,
)
RISK = Team(
    project="RISK",
    name="Risk",
    first=41,
    people=("Oskar Nyman", "Priya Menon", "Rui Costa"),
    components=("Disputes", "Scoring", "Partner portal", "Reporting", "Rules"),
    versions=(),
    epics=RISK_EPICS,
    lights=bugs.RISK_BUGS,
    loose=loose.RISK_LOOSE,
    earlier=loose.RISK_EARLIER,
)
TEAMS = (CHECKOUT, WALLET, RISK)
