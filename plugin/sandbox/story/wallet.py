"""Wallet: six people who keep cards, so that nobody types them twice."""

from plugin.sandbox.story.words import Epic, story, task

WALLET_EPICS = (
    Epic(
        "two-taps",
        "Pay in two taps with a saved card",
        "One tap opens the wallet, one pays. Today it is five taps and a code by text message.",
        "surging",
        (
            story(
                "Confirm a payment with the phone's own lock",
                "A passkey takes the place of the code by text message, where the bank delegates the check to us. "
                "23 banks do so far.",
                "Saved cards",
                steps=("Register a passkey after a payment", "Ask for it at the next one", "Fall back to the bank"),
                said=("The first 400 payments went through, one was challenged by the bank.",),
            ),
            story(
                "Show the saved card that somebody used last in this shop",
                "People with three cards tap 'change' in 38 % of payments, mostly to pick the same one again.",
                "Saved cards",
            ),
            story(
                "Replace a card's number when the bank has issued a new one",
                "Visa and Mastercard tell new numbers within a day. The person sees 'Your card ending in 4421 is now "
                "4438', once.",
                "Saved cards",
                steps=("Read the account updater's file each night", "Tell the person once"),
            ),
            story(
                "Save a card with one tick while paying",
                "The tick stands below the pay button, is off by default, and says where the card is kept.",
                "Saved cards",
            ),
            task(
                "Move 1.9 million saved cards to network tokens",
                "Tokens survive a new plastic card and are approved 2.1 points more often. 20,000 a night.",
                "Device tokens",
                said=("Batch 31 of 96. Refused so far: 0.4 %, nearly all prepaid cards.",),
            ),
            story(
                "Remember the phone for 90 days after a confirmed payment",
                "No second check on the same phone below 30 €. Risk sets the amount per country.",
                "Device tokens",
            ),
            story(
                "Show a card as the bank draws it",
                "Issuers deliver card art with the token. Contrast of the last four digits must stay readable.",
                "Saved cards",
            ),
            story(
                "Take a card off the wallet everywhere at once",
                "Removing a card leaves copies in shops that saved it with us. One question, one answer, all places.",
                "Saved cards",
            ),
            story(
                "Say before the payment when a saved card has expired",
                "21,000 payments a month fail on a date that we knew. Ask for the new date on the button.",
                "Saved cards",
            ),
            task(
                "Write to the 88 banks that do not delegate the check yet",
                "One page each: numbers of their own customers, what they need to switch on, whom to call.",
                "Device tokens",
            ),
            story(
                "Split a payment between gift card and saved card in two taps",
                "Gift cards cover 60 % of a basket on average; the rest asks for a typed card today.",
                "Saved cards",
            ),
            story(
                "Let a person give a saved card a name of their own",
                "'Work' and 'Ours' instead of two Visas that differ in one digit. Twenty letters, emoji allowed.",
                "Saved cards",
            ),
            story(
                "Choose the card by arrow keys and confirm with Enter",
                "The list of cards can be opened by keyboard but not left again. Found in the accessibility test.",
                "Saved cards #accessibility",
            ),
            task(
                "Load-test confirmation by passkey for the year's largest sale",
                "Twice the last peak: 310 confirmations a second for an hour, with one data centre gone.",
                "Device tokens #peak",
            ),
            story(
                "Send one mail when a card was used on a new phone",
                "With the shop, the amount and one button: 'This was not me'. It freezes the card's token at once.",
                "Device tokens",
            ),
            story(
                "Show saved cards of a household to everybody in it",
                "Asked for by 14 % in the last survey. One owner, who sees every payment; a limit per month.",
                "Saved cards",
            ),
            task(
                "Take the code by text message out of countries where nobody needs it",
                "Finland and Portugal: every bank delegates. Saves 11,000 € a month in messages.",
                "Device tokens",
            ),
            story(
                "Pay with a saved card in the shop's own app",
                "The kit for iOS and Android shows the same sheet as the web, without leaving the app.",
                "Saved cards",
                steps=("Sheet for iOS", "Sheet for Android", "Hand the result back to the shop's app"),
            ),
        ),
        version="Two taps 1.0",
    ),
    Epic(
        "lost-phone",
        "A lost phone never means a lost wallet",
        "Each month 3,400 people write that their cards are gone with their phone. Getting back in takes 4 days.",
        "steady",
        (
            story(
                "Get back in with two of three: e-mail, a card, a trusted person",
                "No single one opens the wallet. The trusted person sees a request, never the cards.",
                "Recovery",
                steps=("Name a trusted person", "Ask two of three", "Wait an hour and tell every known address"),
            ),
            story(
                "Freeze all cards from any browser",
                "Without signing in: e-mail and the last four digits freeze, nothing else. Unfreezing asks more.",
                "Recovery",
            ),
            story(
                "Move the wallet to a new phone while the old one still works",
                "Hold the phones together, or scan a code. Tokens are made anew; the old ones end after a day.",
                "Recovery",
            ),
            task(
                "Train support to see what state a recovery is in",
                "They see steps and times, not which two of three were used.",
                "Recovery",
            ),
            story(
                "Tell people once a year to check their way back in",
                "Only those whose e-mail bounced or whose trusted person left.",
                "Recovery",
            ),
            story(
                "Say in the wallet since when a card is frozen, and by whom",
                "Support gets 500 questions a month from people who froze a card themselves and forgot.",
                "Recovery",
            ),
        ),
    ),
    Epic(
        "shared-vault",
        "Cards are saved once, for every shop",
        "One vault instead of one per shop. Ends when the last shop reads from it.",
        "over",
        (
            story(
                "Ask once whether other shops may use the saved card",
                "A clear no stays a no. The answer can be changed in the wallet, per shop.",
                "Saved cards",
            ),
            task(
                "Copy cards of 640 shops into the shared vault",
                "Same card, same person: one entry. Doubtful pairs stay apart.",
                "Vault",
                said=("612 shops copied. The other 28 keep cards with their own acquirer.",),
            ),
            task(
                "Encrypt the vault with keys that change every month",
                "Keys live in the security module; the old ones only decrypt. Auditors want to see a rotation.",
                "Vault",
            ),
            story(
                "Show in which shops a card was used",
                "Names as people know them, not the companies behind them. Newest first, ten at a time.",
                "Saved cards",
            ),
            story(
                "Delete everything about a person within a day",
                "Vault, logs, warehouse. The answer says what must stay for the law and until when.",
                "Vault",
                steps=("Find all copies", "Delete and prove it", "Say what stays and why"),
            ),
            task(
                "Pass the yearly card-industry audit with the new vault",
                "Evidence for 12 chapters. The assessor comes for three days in the last week of the quarter.",
                "Vault #audit",
            ),
            story(
                "Sign in by e-mail link instead of a password",
                "41 % of people reset their password each time. The link works once, for ten minutes, on that device.",
                "Sign-in",
            ),
            task(
                "Switch off the vaults of single shops",
                "After 30 days without a read. Keep an encrypted copy for 90 days.",
                "Vault",
            ),
            story(
                "Merge two wallets of one person",
                "Same phone, two e-mail addresses. Both must be confirmed; the older wallet's name stays.",
                "Sign-in",
            ),
        ),
        version="Shared vault",
    ),
    Epic(
        "gift-cards",
        "Gift cards in the wallet",
        "Sales promised it to a partner. No objective was agreed for it.",
        "steady",
        (
            story(
                "Add a gift card by scanning its code",
                "Eleven issuers print eleven formats; four cover 90 %.",
                "Gift cards #promised",
            ),
            task(
                "Agree with three issuers how a balance is asked for",
                "Two have an API, one sends a file at night.",
                "Gift cards #promised",
            ),
            story(
                "Show what is left on a gift card after each payment",
                "Read the balance from the issuer; say how old it is when the issuer does not answer.",
                "Gift cards #promised",
            ),
        ),
    ),
)
