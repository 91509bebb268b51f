"""The three streams of Acme Pay, put together."""

from plugin.sandbox.story import bugs, loose
from plugin.sandbox.story import bugs_more as more
from plugin.sandbox.story.checkout import CHECKOUT_EPICS
from plugin.sandbox.story.checkout_more import CHECKOUT_BEFORE, CHECKOUT_ON_TOP
from plugin.sandbox.story.risk import RISK_EPICS
from plugin.sandbox.story.risk_more import RISK_BEFORE
from plugin.sandbox.story.wallet import WALLET_EPICS
from plugin.sandbox.story.wallet_more import WALLET_BEFORE, WALLET_ON_TOP
from plugin.sandbox.story.words import Team

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
    versions=("Forgiving form 1.0",),
    epics=(*CHECKOUT_EPICS, *CHECKOUT_BEFORE, *CHECKOUT_ON_TOP),
    lights=(*bugs.CHECKOUT_BUGS, *more.CHECKOUT_LATELY),
    loose=loose.CHECKOUT_LOOSE,
    earlier=loose.CHECKOUT_EARLIER,
    long_ago=loose.CHECKOUT_LONG_AGO,
)
WALLET = Team(
    project="WAL",
    name="Wallet",
    first=118,
    people=("Ines Ferreira", "Jonas Weber", "Katarzyna Zielińska", "Liam Doyle", "Mei Tanaka", "Noor Haddad"),
    components=("Saved cards", "Device tokens", "Recovery", "Sign-in", "Vault", "Gift cards", "Balance", "Platform"),
    versions=("Shared vault", "Two taps 1.0"),
    epics=(*WALLET_EPICS, *WALLET_BEFORE, *WALLET_ON_TOP),
    lights=(*bugs.WALLET_BUGS, *more.WALLET_LATELY),
    loose=loose.WALLET_LOOSE,
    earlier=loose.WALLET_EARLIER,
    long_ago=loose.WALLET_LONG_AGO,
)
RISK = Team(
    project="RISK",
    name="Risk",
    first=41,
    people=("Oskar Nyman", "Priya Menon", "Rui Costa"),
    components=("Disputes", "Scoring", "Partner portal", "Reporting", "Rules"),
    versions=(),
    epics=(*RISK_EPICS, *RISK_BEFORE),
    lights=(*bugs.RISK_BUGS, *more.RISK_LATELY),
    loose=loose.RISK_LOOSE,
    earlier=loose.RISK_EARLIER,
    long_ago=loose.RISK_LONG_AGO,
)
TEAMS = (CHECKOUT, WALLET, RISK)

LINKS = (
    # summary of the one that for example blocks, type of the link, summary of the other
    (
        "Ask the bank for a check instead of refusing between 60 and 80 points",
        "Blocks",
        "Remember the phone for 90 days after a confirmed payment",
    ),
    (
        "Renew the Apple Pay merchant certificate without taking shops offline",
        "Blocks",
        "Register the domains of 1,100 shops with Apple Pay in one run",
    ),
    (
        "Measure how many see a wallet button, tap it and finish",
        "Blocks",
        "Let shops choose the order of wallet buttons",
    ),
    (
        "Draw the form before the fraud script has loaded",
        "Relates",
        "Fingerprint script is blocked by a new Chrome setting",
    ),
    ("Split the script by payment method", "Blocks", "Fail the build when the page grows over its budget"),
    ("Write down in which order discounts apply", "Blocks", "Compare 100,000 old baskets with the new rules"),
    ("Round once, at the end", "Relates", "Iranian rial rounds to two digits"),
    (
        "Confirm a payment with the phone's own lock",
        "Blocks",
        "Load-test confirmation by passkey for the year's largest sale",
    ),
    ("Confirm a payment with the phone's own lock", "Relates", "Wallet asks for the passkey twice on Chrome 131"),
    ("Move 1.9 million saved cards to network tokens", "Blocks", "Show a card as the bank draws it"),
    (
        "Move 1.9 million saved cards to network tokens",
        "Relates",
        "Move the first five subscription shops to network tokens",
    ),
    ("Encrypt the vault with keys that change every month", "Relates", "Key rotation stops at key 512"),
    ("Copy cards of 640 shops into the shared vault", "Blocks", "Switch off the vaults of single shops"),
    ("Copy cards of 640 shops into the shared vault", "Relates", "Move the last 28 shops into the shared vault"),
    (
        "Sign in by e-mail link instead of a password",
        "Relates",
        "Sign-in link is opened by mail scanners before the person",
    ),
    ("Label 2,000 refused payments by hand", "Blocks", "Train the score anew without the postcode"),
    (
        "List what each bank accepts as proof, by reason code",
        "Blocks",
        "Write the answer to a dispute for the shop to approve",
    ),
    (
        "Screen owners against the sanctions lists every night",
        "Relates",
        "Sanctions list of the night was empty and was taken over",
    ),
    ("Export all partners for the yearly report to the regulator", "Relates", "Partner export, version 2"),
    ("Move 340 rules out of the code", "Blocks", "Switch the old rules off"),
)
