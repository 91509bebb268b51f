"""Wallet, continued: what was finished in the quarter before, and what came on top."""

from plugin.sandbox.story.words import Epic, story, task

WALLET_BEFORE = (
    Epic(
        "wallet-app",
        "A wallet app that opens in a second",
        "It took 3.1 s to the first card on a mid-range phone. Now 0.9.",
        "over",
        (
            task(
                "Measure the start on twelve phones",
                "Cold, warm, and after the night. On the shelf by the window.",
                "Platform",
            ),
            story(
                "Show the cards of last time while new ones load",
                "Greyed out until they are known to be right.",
                "Platform",
            ),
            task("Throw out the second analytics kit", "Both count the same. 400 ms and 2.1 MB.", "Platform"),
            story(
                "Load card art once and keep it",
                "22 MB a month on a small data plan, for the same five pictures.",
                "Platform",
            ),
            story(
                "Open the wallet from the lock screen",
                "A small icon on iOS and Android; it opens the list, never a payment.",
                "Platform",
                steps=("Widget for iOS", "Tile for Android"),
            ),
            task("Start the secure element in parallel", "It is asked last and answers slowest.", "Device tokens"),
            story(
                "Say that there is no connection, and what works without one", "Codes do, balances do not.", "Platform"
            ),
        ),
    ),
    Epic(
        "sign-in",
        "Signing in takes one step",
        "Passwords leave the wallet: link, passkey, or the shop's own account.",
        "over",
        (
            story(
                "Register a passkey right after signing in by link",
                "One question, once. Later in the settings.",
                "Sign-in",
            ),
            story("Sign in with the shop's account", "For the 40 shops that have one and want it.", "Sign-in"),
            task(
                "Ask a security firm to break the sign-in",
                "Two people for two weeks; all findings above 'low' are closed.",
                "Sign-in",
            ),
            story(
                "See all devices that are signed in, and end them",
                "With place and day, as exact as an address tells.",
                "Sign-in",
                steps=("List of devices", "End one", "End all others"),
            ),
            story("Keep people signed in for 30 days on their own phone", "On others for one day.", "Sign-in"),
            task("Delete 2.2 million password hashes", "A month after the last password was used.", "Sign-in"),
        ),
    ),
    Epic(
        "statements",
        "Statements that people understand",
        "Names on bank statements lead to 12,000 questions a month: 'Who is ACMP*BV 3301?'",
        "over",
        (
            story("Send the shop's name as people know it to the bank", "22 characters; a table by shop.", "Platform"),
            story(
                "Find a payment by amount and day", "What stands on the statement is all that people have.", "Balance"
            ),
            task(
                "Agree on names with the 200 largest shops",
                "A proposal each, taken if nobody answers in a week.",
                "Platform",
            ),
            story("Show what was bought beside what was paid", "If the shop sends it. 61 % do.", "Balance"),
            story("Download a year as a table", "For people who do their taxes themselves.", "Balance"),
        ),
    ),
)

WALLET_ON_TOP = (
    Epic(
        "cards-in-shops",
        "Saved cards where people already are",
        "Two taps only help where the wallet is offered: shops' apps, subscriptions, tills.",
        "surging",
        (
            task(
                "Write the guide for shops' developers",
                "From nothing to a test payment in twenty minutes. Tried with three people who have never seen it.",
                "Saved cards",
            ),
            story(
                "Offer saved cards in the kit for React Native",
                "41 of the 100 largest shops use it.",
                "Saved cards",
            ),
            story(
                "Charge a subscription to the saved card, and say so a week before",
                "Amount, day, and how to stop it, in one mail and in the wallet.",
                "Saved cards",
                steps=("Tell a week before", "Stop from the wallet"),
            ),
            story(
                "Pay at the till with a code from the wallet",
                "First with two chains. The code is good for a minute and once.",
                "Saved cards",
            ),
            story(
                "Show all subscriptions of a card in one list",
                "With the next amount and day. 'I had forgotten that one' is the most common remark in tests.",
                "Saved cards",
            ),
            task(
                "Move the first five subscription shops to network tokens",
                "A tenth of their charges fails each month on cards that were replaced.",
                "Saved cards",
                said=("Two of five. Failed charges went from 9.8 to 4.1 %.",),
            ),
            story(
                "Choose another card for a subscription in the wallet",
                "Without going to the shop. The shop is told, not asked.",
                "Saved cards",
            ),
            story(
                "Let a shop ask for a saved card without a payment",
                "For hotels and rentals: checked with 0.00, charged later with the person's word.",
                "Saved cards",
            ),
            story(
                "Bring saved cards to the shop's web view on iPhones",
                "Cookies are not shared there; the passkey is.",
                "Saved cards",
            ),
            task(
                "Count payments by saved card, per shop and way in",
                "Web, app, subscription, till. Goes into the weekly number.",
                "Saved cards #measure",
            ),
            story(
                "Tell the shop when a saved card has changed",
                "A message with the new last four digits, so that receipts are right.",
                "Saved cards",
            ),
            story(
                "Keep two cards for a subscription, the second if the first is refused",
                "Only if the person said so. One try each, then a mail.",
                "Saved cards",
            ),
            story(
                "Pay a friend's share of a basket from the wallet",
                "Two people, one basket: each confirms their own part. Trial with a ticket shop.",
                "Saved cards",
            ),
            task(
                "Test the till code with a cracked screen and sunglasses",
                "Polarised glasses turn the code black on two phones.",
                "Saved cards",
            ),
        ),
        components=("Saved cards",),
    ),
)
