"""Checkout, continued: what was finished in the quarter before, and what came on top."""

from plugin.sandbox.story.words import Epic, story, task

CHECKOUT_BEFORE = (
    Epic(
        "local-methods",
        "Ways to pay that people know from home",
        "Bizum in Spain, BLIK in Poland, iDEAL in the Netherlands. Six in ten Poles have no credit card at hand.",
        "over",
        (
            story(
                "Pay by BLIK with the six digits from the bank's app",
                "The code is good for two minutes: show the time, and offer a new try without leaving the page.",
                "Platform",
                steps=("Field for six digits", "Wait for the bank without polling", "Offer another try"),
            ),
            story(
                "Pay by Bizum with the phone's number",
                "The bank's app asks for confirmation. If nobody answers within three minutes the payment ends.",
                "Platform",
            ),
            story(
                "Show the banks of iDEAL with the one used last on top",
                "Eleven banks, of which three do 80 % of payments.",
                "Platform",
            ),
            task(
                "Pass the acceptance test of the Polish payment standard",
                "42 cases, two of them by phone with their support.",
                "Platform",
                said=("40 of 42. The other two wait for a test account at a bank.",),
            ),
            story(
                "Order the methods by what people in that country finish with",
                "A table by country and device, made anew each night, never empty.",
                "Platform",
            ),
            task(
                "Reconcile payments by local methods with the bank's file",
                "Three banks, three formats, one of them fixed-width from 1994.",
                "Platform",
            ),
            story(
                "Refund a Bizum payment from the shop's dashboard",
                "Only whole amounts at first; Bizum takes partial ones from next year.",
                "Receipts",
            ),
            story(
                "Explain a method in one line to people who see it for the first time",
                "Tourists in Warsaw see BLIK on top and leave. A line and a way to the card form.",
                "Payment form",
            ),
        ),
    ),
    Epic(
        "refunds",
        "Refunds without a phone call",
        "Support spent 31 hours a week on refunds that a shop could have made itself.",
        "over",
        (
            story(
                "Refund part of an order, line by line",
                "Choose lines and quantities; shipping and tax follow. The sum is never higher than what was paid.",
                "Receipts",
                steps=("Choose lines", "Work out tax and shipping", "Write the credit note"),
            ),
            story(
                "Say when the money will be back",
                "Three to ten days depending on the bank. Our own table knows 94 % of banks by now.",
                "Receipts",
            ),
            story(
                "Let a shop refuse a refund with a reason that the customer sees",
                "Five reasons and a free line. Legal read them.",
                "Receipts",
            ),
            task(
                "Move refunds older than 180 days to bank transfers",
                "Card networks refuse them. Needs the customer's account, asked for by a link.",
                "Platform",
            ),
            story(
                "Show all refunds of a day with their state",
                "Asked, sent, accepted, arrived. Shops look for exactly one of them: the one that hangs.",
                "Receipts",
            ),
            task(
                "Train support to send shops to the new page",
                "Two sessions, a page of pictures, and numbers after a month.",
                "Receipts",
                said=("From 31 to 9 hours a week.",),
            ),
            story(
                "Cancel a payment within an hour without fees",
                "Before the bank's cut-off it is no refund at all. One button, the same for the shop.",
                "Platform",
            ),
        ),
    ),
    Epic(
        "basket-rules",
        "Discounts that add up",
        "Shops combine vouchers, quantities and campaigns; one in 400 totals was wrong by a cent or more.",
        "over",
        (
            task(
                "Write down in which order discounts apply",
                "Two pages, eleven examples, signed by six shops.",
                "Basket",
            ),
            story("Show each discount as a line of its own", "Name, amount, and what it refers to.", "Basket"),
            story(
                "Round once, at the end",
                "By the rule of the country: Poland by line, Spain by total.",
                "Basket",
            ),
            story(
                "Refuse a voucher with a sentence, not with a red frame",
                "Used up, not yet, only for other goods, below the minimum: four sentences.",
                "Basket",
            ),
            task(
                "Compare 100,000 old baskets with the new rules",
                "Every difference above a cent is looked at.",
                "Basket",
            ),
            story("Keep a voucher when the basket changes", "Work it out anew and say what changed.", "Basket"),
        ),
    ),
    Epic(
        "shop-dashboard",
        "Shops see their own numbers",
        "Shops asked support for numbers 900 times a month. Now they look themselves.",
        "over",
        (
            story(
                "Show how many people start, choose a method, and finish",
                "By day and by method, against the four weeks before.",
                "Platform",
                steps=("Numbers by day", "Compare with four weeks before"),
            ),
            story(
                "Say why payments were declined, in a shop's words",
                "Never by person, from ten payments up.",
                "Platform",
            ),
            task(
                "Make yesterday's numbers ready by 06:00", "Today they are there at noon, if nothing fails.", "Platform"
            ),
            story(
                "Send the week's numbers by mail on Monday", "Five lines and a link. Off unless asked for.", "Platform"
            ),
            task(
                "Let twelve shops try it for two weeks", "Three of them small. What did they look at twice?", "Platform"
            ),
            story("Give a shop's accountant an account that only reads", "No names, no cards, all sums.", "Receipts"),
            story("Mark the days of a campaign", "A line on the curve, written by the shop.", "Platform"),
        ),
    ),
    Epic(
        "accessible",
        "Everybody can pay",
        "The law asks for it; we want to be done a year before the fine.",
        "over",
        (
            task("Have the whole checkout judged by an outside firm", "61 findings, nine of them severe.", "Platform"),
            story(
                "Reach everything by keyboard, in an order that makes sense",
                "The method list was a trap; so was the calendar.",
                "Payment form #accessibility",
                steps=("Method list", "Calendar of delivery days", "Voucher field"),
            ),
            story(
                "Make text grow to 200 % without losing the button",
                "It slid below the cookie line.",
                "Payment form #accessibility",
            ),
            story(
                "Raise the contrast of hints and frames",
                "Grey on grey: 2.9 to 1, should be 4.5.",
                "Payment form #accessibility",
            ),
            story(
                "Give people who need it more time at the bank",
                "Say so before the time is over; twenty minutes.",
                "Payment form #accessibility",
            ),
            task(
                "Write the public statement on accessibility",
                "What works, what does not yet, whom to write to.",
                "Platform #accessibility",
            ),
        ),
    ),
)

CHECKOUT_ON_TOP = (
    Epic(
        "returning",
        "People who come back are known",
        "Half of those who give up come back within two days, to an empty form.",
        "steady",
        (
            story(
                "Bring back what was typed for people who left at the bank",
                "Name, address and method, never the card. For two days, on the same device.",
                "Payment form",
            ),
            task(
                "Find out why people leave at the bank's page",
                "Interviews with fourteen people who left. Half of them were interrupted, not annoyed.",
                "Payment form #research",
            ),
            story(
                "Send a link to go on, if somebody asks for it",
                "A line on the page: 'Go on later'. One mail, no reminder.",
                "Payment form",
            ),
            story(
                "Show that the basket is still there, on the shop's own pages",
                "A small line with the sum. The shop decides where.",
                "Payment form",
            ),
            task(
                "Agree with Legal how long a form may be kept",
                "Two days are fine everywhere, a week in six of nine countries.",
                "Payment form",
            ),
            story(
                "Tell the bank's page to come back to where people were",
                "The return address loses the chosen delivery; people have to choose again.",
                "Payment form",
                steps=("Keep the state on our side", "Return to the open step"),
            ),
            story(
                "Open the payment page in the app again after the bank's app",
                "On Android the bank's app leaves people on the home screen. App links for 30 banks.",
                "Payment form",
            ),
            task(
                "Watch ten returns on real phones",
                "Screen recordings with consent; deleted after two weeks.",
                "Payment form #research",
            ),
        ),
    ),
)
