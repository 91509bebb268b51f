"""What the streams will do next, while somebody looks on: new work, ties for what is loose, and what people say."""

from plugin.sandbox.story.words import Work, broken, bug, down, story, task

IDEAS: tuple[tuple[str, str, Work], ...] = (
    # project, name of the epic in the story or "", what is written
    (
        "CHK",
        "wallet-buttons",
        story(
            "Say that Apple Pay works before the basket is full",
            "A small mark below the price. Shops asked for it; measure whether it moves anything.",
            "Apple Pay",
        ),
    ),
    (
        "CHK",
        "wallet-buttons",
        story(
            "Show the Google Pay button in the language of the page",
            "It follows the browser's language today, so Spanish pages have English buttons.",
            "Google Pay",
        ),
    ),
    (
        "CHK",
        "",
        task(
            "Count how often Apple Pay is cancelled by shop",
            "Nobody knows whether it is the address or the amount that people turn back at.",
            "Apple Pay",
        ),
    ),
    (
        "CHK",
        "payment-form",
        story(
            "Keep the security code when only the date was wrong",
            "It is cleared with every error; 4 in 10 then type the wrong one.",
            "Payment form",
        ),
    ),
    (
        "CHK",
        "payment-form",
        bug(
            "Card number field eats every fifth digit on Firefox for Android",
            "Only with the SwiftKey keyboard, when typing fast.",
            "Payment form",
        ),
    ),
    (
        "CHK",
        "payment-form",
        story(
            "Tell apart a typing error from a closed card",
            "The check digit is right in one case and not in the other; the words are the same today.",
            "Payment form",
        ),
    ),
    (
        "CHK",
        "",
        task(
            "Load the terms in the payment form only when somebody opens them",
            "64 kB for 0.3 % of people.",
            "Payment form #performance",
        ),
    ),
    (
        "CHK",
        "page-speed",
        task("Preconnect to the three banks that answer slowest", "Saves one round trip of 180 ms.", "Platform"),
    ),
    (
        "CHK",
        "",
        task("Update the licence list in the footer", "Legal found two libraries that we left long ago.", "Platform"),
    ),
    (
        "CHK",
        "",
        story(
            "Confetti on the payment page for birthdays",
            "A shop asks every year. Somebody wrote half of it last Friday.",
            "Platform",
        ),
    ),
    (
        "CHK",
        "",
        broken(
            "Basket is empty after switching from mobile data to Wi-Fi",
            "The session is bound to the address. 90 people since noon.",
            "Basket",
        ),
    ),
    (
        "CHK",
        "",
        broken("Receipt PDF has no page two", "Baskets with more than 24 lines lose the rest.", "Receipts"),
    ),
    (
        "CHK",
        "",
        down(
            "Payments in Danish crowns fail at the second acquirer",
            "Currency was switched off there by mistake; they call back within the hour.",
            "Platform",
        ),
    ),
    (
        "CHK",
        "",
        broken("Delivery note is cut after 40 characters", "The field takes 140, the carrier's API 40.", "Basket"),
    ),
    (
        "CHK",
        "",
        bug("Shop logo is stretched on wide screens", "Only SVG files without a size of their own.", "Platform"),
    ),
    (
        "WAL",
        "two-taps",
        story(
            "Confirm with the watch when the phone is in the bag",
            "Apple Watch and Wear OS can hold the passkey; the phone must be near.",
            "Saved cards",
        ),
    ),
    (
        "WAL",
        "two-taps",
        story(
            "Skip the sheet when there is one card and one address",
            "Two taps become one for 44 % of people. A line says what will be charged.",
            "Saved cards",
        ),
    ),
    (
        "WAL",
        "two-taps",
        task(
            "Compare approval of tokens and card numbers at five banks",
            "Same shop, same amounts, two weeks. For the talk with the banks next month.",
            "Device tokens",
        ),
    ),
    (
        "WAL",
        "",
        story(
            "Sort saved cards by what is accepted in this shop",
            "A card that the shop refuses stands first for 3 % of people.",
            "Saved cards",
        ),
    ),
    (
        "WAL",
        "",
        bug("Name of a saved card loses its accent", "Stored well, shown through an old escape.", "Saved cards"),
    ),
    (
        "WAL",
        "lost-phone",
        story(
            "Let support start a recovery, but not finish it",
            "They see that somebody is stuck and can send the first mail again.",
            "Recovery",
        ),
    ),
    (
        "WAL",
        "lost-phone",
        task(
            "Rehearse a recovery with ten people over 70",
            "At the library in Cork, with their own phones. Two of us, no slides.",
            "Recovery",
        ),
    ),
    (
        "WAL",
        "lost-phone",
        story(
            "Warn before a person removes the last way back in",
            "Today the wallet lets people lock themselves out in two taps.",
            "Recovery",
        ),
    ),
    (
        "WAL",
        "gift-cards",
        story("Give a gift card to somebody else by link", "One link, one use, until the sender takes it back.", ""),
    ),
    (
        "WAL",
        "",
        task("Clean up 300 test wallets in production", "Left by the partner tests of last year.", "Platform"),
    ),
    (
        "WAL",
        "",
        broken(
            "Wallet shows yesterday's balance after midnight in Lisbon", "Day changes by Dublin's clock.", "Balance"
        ),
    ),
    (
        "WAL",
        "",
        broken(
            "Sign-in link says 'expired' on the first tap in Gmail",
            "The app prefetches it. Wait for a tap on our page instead.",
            "Sign-in",
        ),
    ),
    (
        "WAL",
        "",
        down(
            "No push messages on Android since 11:20",
            "The key of the sender was revoked with an old project.",
            "Platform",
        ),
    ),
    (
        "WAL",
        "",
        broken("Removed card is offered once more after a refresh", "Page is served from the cache.", "Saved cards"),
    ),
    (
        "WAL",
        "",
        story("Wallet in Irish", "Asked for by two people in the office and one school.", "Platform"),
    ),
    (
        "RISK",
        "honest-people",
        story(
            "Let people through who paid the same shop ten times",
            "They are refused as often as strangers when they change the address.",
            "Scoring",
        ),
    ),
    (
        "RISK",
        "honest-people",
        task(
            "Look at every refusal above 500 € of last week by hand",
            "62 payments. Two of us, an afternoon, a table with reasons.",
            "Scoring",
        ),
    ),
    (
        "RISK",
        "disputes",
        story(
            "Show a shop how many days are left to answer",
            "In the list, not on the third page of the bank's letter.",
            "Disputes",
        ),
    ),
    (
        "RISK",
        "",
        task("Ask Legal whether proof may be kept for 13 months", "Two of five countries say twelve.", "Disputes"),
    ),
    (
        "RISK",
        "",
        broken("Score is zero when the amount has no cents", "Read as a whole number by the new parser.", "Rules"),
    ),
    (
        "RISK",
        "",
        broken(
            "Two alarms for each payment since the clocks changed", "The job runs once for each zone now.", "Reporting"
        ),
    ),
    ("RISK", "", task("Draw last year's fraud on one page for the board", "Four numbers, one curve.", "Reporting")),
    (
        "RISK",
        "",
        story("Second pair of eyes for partners from new countries", "Asked for by the auditor.", "Partner portal"),
    ),
)

TIES: tuple[tuple[str, str, str], ...] = (
    # summary of what is loose, name of the epic that it will be part of, what is said with it
    (
        "Retry queue for refused gift card payments",
        "payment-form",
        "Looked at the numbers: it is the second most common reason to give up. Belongs to the form.",
    ),
    (
        "Single-page checkout for the last three shops with a gift note",
        "payment-form",
        "We carry this over: the three shops get the new form with it.",
    ),
    ("Show loyalty points beside the card", "two-taps", "Only worth it inside the two-tap sheet, so it goes there."),
    ("Settings page scrolls sideways on small phones", "lost-phone", "The way back in starts on that page."),
)

REMARKS = (
    "Reviewed with the others. Two small things, both in the code comments.",
    "Is on staging. Please try it with a real phone.",
    "Waiting for an answer from the bank, they said Thursday.",
    "Numbers of the first day look right. One more day before all shops get it.",
    "Split the last part off, it is an issue of its own.",
    "The test account works. Checking with two shops.",
    "Talked to support: they get about ten questions a day on this.",
    "Needs a text from Legal in three languages. Asked.",
    "Rolled out to 5 %. Nothing unusual in the logs.",
    "Does not happen with the new build any more. I still want to know why.",
    "Paired on it this morning; half of the code is gone.",
    "Design has a new picture, the button moved up.",
)
