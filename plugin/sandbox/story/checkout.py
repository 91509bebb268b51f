"""Checkout: seven people between the basket and the receipt."""

from plugin.sandbox.story.words import Epic, story, task

CHECKOUT_EPICS = (
    Epic(
        "wallet-buttons",
        "Wallet buttons before the card form",
        "Whoever has Apple Pay or Google Pay set up should never see a card number field.\n\n"
        "*Bet:* half of all payments by wallet lifts conversion to 68 %.",
        "steady",
        (
            story(
                "Show Apple Pay above the card form on iPhones that have it set up",
                "Ask canMakePaymentsWithActiveCard before the page is drawn, so that nothing jumps. Shops that have no "
                "merchant certificate yet keep today's order.",
                "Apple Pay",
                steps=("Ask for an active card while the basket loads", "Reorder the methods without a layout shift"),
                said=("Works in Safari 16 and later; below that we fall back to canMakePayments.",),
            ),
            story(
                "Show Google Pay first on Android when the phone has a card ready",
                "isReadyToPay answers in 40 to 300 ms. Start the call with the basket, not with the payment page.",
                "Google Pay",
            ),
            task(
                "Renew the Apple Pay merchant certificate without taking shops offline",
                "The certificate ends in six weeks. Both must be valid for a day while shops move over.",
                "Apple Pay",
            ),
            story(
                "Take the shipping address from the Apple Pay sheet",
                "People who pay from the sheet have told Apple where they live. Do not ask again; keep the field for a "
                "delivery note.",
                "Apple Pay",
                steps=("Map Apple's address to ours", "Recalculate shipping while the sheet is open"),
            ),
            story(
                "Offer the card form with one tap when a wallet payment is refused",
                "A refused wallet payment ends on an empty page today. Say what happened in one sentence and open the "
                "card form with the name filled in.",
                "Google Pay",
            ),
            task(
                "Measure how many see a wallet button, tap it and finish",
                "Three events, per shop, platform and method. Needed for the weekly review; agreed with Analytics.",
                "Apple Pay #measure",
            ),
            story(
                "Let shops choose the order of wallet buttons",
                "Two large shops sell mostly to Android. One setting per platform, default as measured.",
                "Google Pay",
            ),
            story(
                "Hide wallet buttons inside the in-app browsers that cannot pay",
                "Instagram and TikTok open our page in a web view where Apple Pay fails on tap: 3 % of sessions.",
                "Apple Pay",
                said=("List of user agents is in the test plan. Facebook's view can pay since version 480.",),
            ),
            story(
                "Show the total with tax in the Google Pay sheet",
                "The sheet shows the basket before tax, the receipt after: 240 mails to support in a month.",
                "Google Pay",
            ),
            task(
                "Register the domains of 1,100 shops with Apple Pay in one run",
                "Today a shop owner uploads a file by hand and one in five gives up. The API takes 99 domains a call.",
                "Apple Pay",
            ),
            story(
                "Bring Apple Pay to desktop browsers by a code to scan",
                "Since iOS 18 other browsers can show a code that the phone scans. Behind a switch, two shops first.",
                "Apple Pay",
            ),
            story(
                "Remember which wallet somebody paid with last time",
                "Put that one first, whatever the platform says. Keep it in the shop's session, not with us.",
                "Google Pay",
            ),
            story(
                "Pay for a subscription's first month by Google Pay",
                "Needs a token that can be charged again; the sheet must name the amount and the day.",
                "Google Pay",
            ),
        ),
        components=("Apple Pay", "Google Pay"),
    ),
    Epic(
        "payment-form",
        "A card form that forgives typing",
        "Whoever still types a card number should get through at the first try. One in six forms is sent back for "
        "something that we could have understood.",
        "steady",
        (
            story(
                "Accept card numbers with blanks, dashes and pasted names",
                "People paste from their bank's app: 'Visa 4111 1111 …'. Take the digits, leave the rest.",
                "Payment form",
            ),
            story(
                "Say which field is wrong beside the field, not at the top",
                "Screen readers jump to the list at the top and lose the form. Focus goes to the first wrong field.",
                "Payment form #accessibility",
                steps=("Move errors beside their fields", "Announce the first error to screen readers"),
            ),
            story(
                "Understand expiry dates as people type them",
                "3/27, 03 27, 0327 and 03/2027 all mean the same day. Refuse only what cannot be a month.",
                "Payment form",
            ),
            task(
                "Remove the card type menu",
                "The first digits tell the card's type. The menu costs 4 seconds at the median; 1 in 90 is wrong.",
                "Payment form",
            ),
            story(
                "Keep what was typed when the bank asks for confirmation",
                "Coming back from 3-D Secure the form is empty in Firefox: the frame was reloaded. Keep the session.",
                "Payment form",
                said=("Reproduced with the strict tracking protection; the cookie is partitioned.",),
            ),
            story(
                "Bring up the number keypad for card number, date and code",
                "inputmode=numeric, without losing autofill. Check on Samsung's keyboard, which ignores pattern.",
                "Payment form",
            ),
            story(
                "Explain the security code for cards that have it on the front",
                "American Express has four digits on the front. Show that card, not a generic back side.",
                "Payment form",
            ),
            task(
                "Test the form with 12 people who use a screen reader",
                "Six with VoiceOver, four with NVDA, two with TalkBack. Findings become issues of this epic.",
                "Payment form #accessibility #research",
            ),
            story(
                "Offer to try again without typing when the bank is slow",
                "After 20 seconds the answer of the bank may still come. Ask for the state before charging again.",
                "Payment form",
            ),
            story(
                "Let the browser fill in the whole form at once",
                "autocomplete tokens are missing for the name on the card; Chrome then fills in nothing.",
                "Payment form",
            ),
            story(
                "Accept letters of every alphabet in the name on the card",
                "We refuse ł, ß and names of one letter. The acquirer takes 26 letters: fold what can be folded, "
                "and send no name otherwise.",
                "Payment form",
            ),
            story(
                "Say in words why a card was declined",
                "Eleven decline codes cover 97 % of cases. Each gets a sentence that says what to do next; suspected "
                "fraud stays vague on purpose.",
                "Payment form",
            ),
        ),
        components=("Payment form",),
        version="Forgiving form 1.0",
    ),
    Epic(
        "page-speed",
        "The payment page is fast on slow phones",
        "At the 75th percentile the page needs 3.4 s until it can be tapped; 2.3 s is where giving up levels off in "
        "our data. Budget: 180 kB of script.",
        "steady",
        (
            task(
                "Measure load time on real phones, not in the laboratory",
                "Web vitals by country and device class, 5 % of sessions, into the warehouse every hour.",
                "Platform #performance #measure",
            ),
            story(
                "Draw the form before the fraud script has loaded",
                "The fingerprint script blocks drawing for 600 ms on a Galaxy A12. Load it after the first paint; Risk "
                "agrees as long as it is there before the button is pressed.",
                "Payment form #performance",
                said=("Risk confirmed: 99.6 % of people take longer than 2 s before they press the button.",),
            ),
            task(
                "Split the script by payment method",
                "Every method ships to everybody: 412 kB. Only the chosen one is needed at first.",
                "Platform #performance",
            ),
            story(
                "Show bank logos as one picture instead of 46",
                "46 requests on a 3G line take 1.8 s. One sprite, loaded when the list is opened.",
                "Payment form #performance",
            ),
            task(
                "Serve the page from Warsaw and Madrid too",
                "From Poland and Spain the first byte takes 210 ms, from Ireland 40. Two more edge locations.",
                "Platform #performance",
            ),
            task(
                "Fail the build when the page grows over its budget",
                "180 kB of script, 30 kB of style, compressed. The build says which change made it grow.",
                "Platform #performance",
            ),
            story(
                "Keep the pay button in place while the page loads",
                "It moves down by 90 pixels when the coupon field appears; people press 'cancel' instead.",
                "Payment form #performance",
            ),
            task(
                "Drop support for browsers that cannot do TLS 1.2",
                "0.02 % of sessions, 61 kB of polyfills. Shops were told a quarter ago.",
                "Platform #performance",
            ),
        ),
        labels=("performance",),
    ),
    Epic(
        "guest-checkout",
        "Guest checkout on one page",
        "Four pages became one for people without an account. Ends with the roll-out to all shops.",
        "over",
        (
            story(
                "Put address, delivery and payment on one page",
                "Three steps that open below each other; what is done folds into one line.",
                "Basket #guest-checkout",
                steps=("Fold a finished step into a line", "Keep the address when delivery changes", "Move focus on"),
            ),
            story(
                "Ask for the e-mail address last, and say what it is for",
                "It is asked first today and looks like a newsletter. After payment it is for the receipt.",
                "Basket #guest-checkout",
            ),
            story(
                "Find the address by postcode in Ireland, Spain and Poland",
                "Eircode is exact; in Spain and Poland it gives street and town. Typing by hand stays possible.",
                "Basket #guest-checkout",
            ),
            story(
                "Keep the basket for 30 days without an account",
                "A signed cookie holds the basket's id. Prices are read anew, and a change is said.",
                "Basket #guest-checkout",
            ),
            task(
                "Move the 40 largest shops to the single page",
                "Five a day, with a switch back. Watch conversion per shop for a week each.",
                "Basket #guest-checkout",
                said=("Shops 1 to 15 are over. One switched back because of a custom gift note.",),
            ),
            story(
                "Send the receipt as a page that needs no account",
                "The link works for 90 days and shows neither address nor card digits beyond the last four.",
                "Receipts #guest-checkout",
            ),
            story(
                "Offer an account after payment, in one line",
                "Everything but a password is known by then. No pre-ticked box.",
                "Receipts #guest-checkout",
            ),
            task(
                "Delete the four old pages and their 31 templates",
                "Nobody has seen them since the last shop moved. Redirects stay for a year.",
                "Basket #guest-checkout",
            ),
            story(
                "Say the delivery day before asking for payment",
                "'Thursday or Friday' instead of '2 to 3 working days', from the shop's own calendar.",
                "Basket #guest-checkout",
            ),
        ),
        labels=("guest-checkout",),
    ),
    Epic(
        "receipts",
        "Receipts that an accountant accepts",
        "Shops in Italy and Spain must soon send fiscal receipts. Legal asked for it; it is part of no objective.",
        "steady",
        (
            story(
                "Print the shop's tax number and our own on every receipt",
                "Italy wants both, in this order, and the day of supply if it is another one.",
                "Receipts #fiscal",
            ),
            story(
                "Number receipts without gaps per shop and year",
                "A refused payment must not leave a hole in the numbers. Take the number when the bank has said yes.",
                "Receipts #fiscal",
            ),
            task(
                "Agree on the archive for ten years with Legal",
                "Where the files lie, who may read them, and what happens when a shop leaves us.",
                "Receipts #fiscal",
            ),
        ),
    ),
)
