"""Bugs of high priority: what is broken is mended first, whatever the objectives say."""

from plugin.sandbox.story.words import broken, down

CHECKOUT_BUGS = (
    down(
        "Payment page stays blank in Safari 15",
        "A class field slipped through the build: syntax error, nothing is drawn. 0.8 % of sessions since Tuesday's "
        "release.",
        "Platform",
        said=("Rolled back at 10:40. The build now targets Safari 14 and a test opens the page there.",),
    ),
    broken("Basket shows the old price after a shop changed it", "Cached for an hour, should be a minute.", "Basket"),
    broken(
        "Two receipts for one payment when the bank answers twice",
        "The second answer came 0.3 s after the first, from another acquirer node. 37 people wrote.",
        "Receipts",
    ),
    broken(
        "Coupon of 100 % leads to a payment of 0.00 that no bank accepts",
        "Such a basket needs no payment at all. Found by a shop's launch campaign.",
        "Basket",
    ),
    broken("Iranian rial rounds to two digits", "It has none. Amounts are a hundred times too large.", "Platform"),
    down(
        "Webhooks to shops are 40 minutes late",
        "One shop answers after 29 s and blocks its queue, which it shares with 300 others.",
        "Platform",
        said=("Slow shops have a queue of their own now; back to 2 s at 14:15.",),
    ),
    broken("Receipt mails land in spam at Outlook", "DKIM of the new sub-domain is missing.", "Receipts"),
    broken("Back button after payment charges again in Firefox 132", "The form is posted anew.", "Platform"),
    broken("Tax is missing for deliveries to Northern Ireland", "Postcode BT is read as Ireland.", "Basket"),
    broken(
        "Basket loses its last item when the session is renewed",
        "Race between two tabs. The renewal writes the basket as it was when the tab was opened.",
        "Basket",
    ),
    broken("Order number with a hash breaks the link in the receipt", "Needs to be escaped.", "Receipts"),
    broken("German shops see 'Pay now' in English since the release", "Key renamed, translation not.", "Platform"),
    broken(
        "Bank list for iDEAL is empty after midnight",
        "The list is fetched at 00:00, when the other side maintains theirs. Keep yesterday's.",
        "Platform",
    ),
    broken("Gift wrap is charged once for each item", "Should be once for each basket.", "Basket"),
    down(
        "3-D Secure fails for all Maestro cards",
        "The directory server's certificate was renewed with another chain; ours trusts the old one alone.",
        "Platform",
        said=("New chain is trusted since 07:55. Follow-up: trust the root, not the leaf.",),
    ),
    broken("Refund button can be pressed twice", "Two refunds, the second is refused with an error page.", "Platform"),
    broken(
        "Currency sign jumps behind the amount in Polish", "It belongs there; in the mail it is before.", "Receipts"
    ),
    broken("Postcode search in Madrid answers with streets of Seville", "Provider mixed two files.", "Basket"),
    broken("Delivery day is in the past on Sundays", "The shop's calendar starts on Monday.", "Basket"),
    broken("Payment link expires at once for shops in Lisbon", "Compared in the wrong time zone.", "Platform"),
    broken("Screen reader reads the card number aloud", "aria-live on the wrong field.", "Platform"),
    broken("Export of orders stops at 10,000 lines", "Page token is ignored after a deployment.", "Receipts"),
    broken("Klarna returns to a 404 when the shop's name has an umlaut", "Slug is decoded twice.", "Platform"),
    broken("Bank transfer stays 'pending' although the money came", "Reference was shortened.", "Platform"),
)

WALLET_BUGS = (
    down(
        "Saved cards are not shown after signing in by link",
        "The session belongs to the mail program's browser, not to the one that asked.",
        "Sign-in",
        said=("The link now opens where it was asked for. 2 % of sign-ins were hit for five hours.",),
    ),
    broken("Sign-in link is opened by mail scanners before the person", "Used up on arrival at two banks.", "Sign-in"),
    broken("Wallet says 'no connection' on IPv6-only networks", "One host has no AAAA record.", "Platform"),
    broken("Card art of a closed bank shows somebody else's logo", "The range was sold to another bank.", "Vault"),
    broken("Key rotation stops at key 512", "Index is one byte short. Next rotation is due on Monday.", "Vault"),
    broken(
        "Wallet app crashes on start with Android 16",
        "Edge-to-edge is forced, our header has no height. 4,100 crashes a day and growing.",
        "Platform",
    ),
    broken("Push about a payment arrives in Spanish for everybody", "Language of the last one wins.", "Platform"),
    down(
        "Vault answers in 4 s instead of 40 ms",
        "A query lost its index after the migration of the night.",
        "Vault",
        said=("Index is back, 38 ms. The migration check compares query plans from now on.",),
    ),
    broken("Deleted card comes back after the nightly sync", "Tombstones are kept for one day, not 30.", "Vault"),
    broken("Sign-in code contains letters that look alike", "0 and O, 1 and l: 300 calls to support.", "Sign-in"),
    broken(
        "Wallet does not open from the shop's app on iOS 18.2", "Universal link file is served with 302.", "Platform"
    ),
    broken(
        "Two people see each other's wallet name",
        "Cache key without the person's id. Names only, no cards.",
        "Platform",
    ),
    broken("Sync of the vault to Frankfurt is 6 hours behind", "Disk of the replica is full.", "Vault"),
    broken("E-mail addresses with a plus cannot sign in", "The plus is read as a blank.", "Sign-in"),
    broken("Dark mode shows black card digits on black", "Two banks' art has no background.", "Platform"),
    broken("Cards of minors can be saved", "Date of birth is not asked when the bank sends none.", "Vault"),
    broken("Session ends after 5 minutes instead of 15", "Unit changed in the new library.", "Sign-in"),
    broken("Backup of the vault did not run for two nights", "Token of the job has expired.", "Vault"),
    broken("Sign-in page loops when cookies are refused", "Say it in words instead.", "Sign-in"),
    broken("Currency of the home country shows as USD in Poland", "Locale pl is missing in a table.", "Platform"),
    broken("Wallet keeps the phone awake", "A timer asks for the state every second.", "Platform"),
    broken("Card is charged by its old token after an update", "Two entries, the older one first.", "Vault"),
)

RISK_BUGS = (
    down(
        "All payments from Malta are refused",
        "The country code is missing in the new table and counts as unknown: 95 points.",
        "Reporting",
        said=("Table corrected at 21:10, 312 payments were hit. The table is tested against ISO 3166 now.",),
    ),
    broken("Report to the regulator counts refunds twice", "Joined by payment, not by event.", "Reporting"),
    broken(
        "Sanctions list of the night was empty and was taken over", "A list of 0 names must be refused.", "Reporting"
    ),
    broken("Rule editor drops conditions with a comma", "'Amount > 1,000' becomes 'Amount > 1'.", "Rules"),
    broken("Fingerprint script is blocked by a new Chrome setting", "38 % of scores lack the device.", "Rules"),
    broken("Alarm for velocity fires on the shop's own tests", "Test cards must not count.", "Rules"),
    broken("Night job of reports takes 11 hours", "It should be done before the banks open.", "Reporting"),
    broken("Blocked address list matches parts of words", "'Main' blocks 'Maine'.", "Rules"),
    broken("Score service restarts every 40 minutes", "Memory grows with each new rule version.", "Rules"),
    broken("Monthly report shows the wrong VAT for Spain", "Canary Islands have their own.", "Reporting"),
    broken("Chargeback file of one bank is read with comma as thousands", "Amounts are off by 1,000.", "Reporting"),
    broken("Rule history shows the time in California", "And nobody here is there.", "Rules"),
)
