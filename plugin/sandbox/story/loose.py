"""Work that nothing ties to an objective of the running quarter, each for a reason of its own."""

from plugin.sandbox.story.words import Work, bug, story, task

CHECKOUT_LOOSE = (
    task(
        "Retry queue for refused gift card payments",
        "Somebody promised it to the partner on the phone. Three retries within an hour, then a mail to the shop.",
        "Basket",
    ),
    story(
        "Single-page checkout for the last three shops with a gift note",
        "Left over from the roll-out: the note has to survive when the address changes.",
        "Basket #guest-checkout",
    ),
    task("Upgrade the build to Node 24", "Node 20 gets no more fixes. Lint and tests first.", "Platform"),
    bug(
        "Mail preview of receipts is cut off in the shop's dashboard",
        "Looks wrong, does no harm. A shop asked twice.",
        "Receipts",
    ),
    task(
        "Move our dashboards to the new monitoring",
        "The old one is switched off at the year's end: 23 panels.",
        "Platform",
    ),
)
WALLET_LOOSE = (
    task(
        "Rename the tokens table and its 14 columns",
        "Names are from the first prototype. Nothing changes for anybody outside the team.",
        "Platform",
    ),
    task(
        "Move the last 28 shops into the shared vault",
        "They keep cards with their own acquirer. Goes on from last quarter; nobody has said stop.",
        "Vault",
    ),
    story(
        "Show loyalty points beside the card",
        "Asked for by one large shop in a call. A trial behind a switch.",
        "Balance",
    ),
    bug("Settings page scrolls sideways on small phones", "320 pixels and German words.", "Platform"),
)
RISK_LOOSE = (
    story(
        "Partner export, version 2",
        "The regulator wants ownership in shares, not in names. Left over from onboarding.",
        "Partner portal",
    ),
    task("Write down how the score is made, for a new colleague", "Joins next month. Ten pages at most.", "Reporting"),
)

CHECKOUT_EARLIER: tuple[Work, ...] = (
    task(
        "Tidy up feature switches that are on for everybody",
        "61 of 140. Remove the code behind the dead side.",
        "Platform",
    ),
    story(
        "Let shops upload a banner for the receipt",
        "A favour to a large shop; 600 by 120 pixels, checked by hand.",
        "Receipts",
    ),
    task("Try out a new test runner", "Ours takes 19 minutes. Two days, then decide.", "Platform"),
    bug("Footer shows last year", "Computed at build time.", "Platform"),
    task("Draw the payment flow for the sales deck", "One page that a shop owner understands.", ""),
)
WALLET_EARLIER: tuple[Work, ...] = (
    task(
        "Compare three services for sending text messages", "Price, delivery in Spain and Poland, an exit.", "Platform"
    ),
    bug("Empty wallet shows a grey box", "It should say how to save the first card.", "Platform"),
    task("Replace the icon set", "The licence of the old one ends. 74 icons.", "Platform"),
    story(
        "Animate the card when it is saved", "Tried on Friday afternoon; people like it, phones get warm.", "Balance"
    ),
)
RISK_EARLIER: tuple[Work, ...] = (
    task("Clean up 212 rules that have not fired for a year", "Switch off first, delete after a month.", "Rules"),
    task(
        "Answer the questionnaire of a new acquirer",
        "184 questions; 120 answers can be taken from last year.",
        "Reporting",
    ),
)

CHECKOUT_LONG_AGO: tuple[Work, ...] = (
    task("Move the repository of the old mobile page to the archive", "Nobody has built it for a year.", "Platform"),
    story(
        "Play a sound when the payment is done", "Tried at the company day. 8 of 10 people said: please no.", "Platform"
    ),
    bug("Company address in the footer is the old office", "We moved a year ago.", "Platform"),
    task("Answer the security questions of a large shop", "212 of them, in a spreadsheet with macros.", ""),
    task("Prepare the interns' project", "Six weeks, two people, something that can fail.", ""),
)
WALLET_LONG_AGO: tuple[Work, ...] = (
    task("Order new test phones", "Two with small screens, one that folds, one with a broken reader.", "Platform"),
    story("Show the weather on the card", "From the ideas box. Built in an afternoon, removed in a minute.", "Balance"),
    bug("Splash screen flashes white at night", "One colour is fixed instead of named.", "Platform"),
    task("Rewrite the guide for on-call weeks", "Half of its links are dead.", "Platform"),
)
RISK_LONG_AGO: tuple[Work, ...] = (
    task("Give a talk on scores at the university", "Forty minutes, no secrets.", ""),
    bug("Colours of the fraud map are the wrong way round", "Green is where it burns.", "Reporting"),
)
