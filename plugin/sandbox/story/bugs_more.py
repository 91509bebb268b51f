"""Bugs of high priority, continued."""

from plugin.sandbox.story.words import broken, down

CHECKOUT_LATELY = (
    broken("Two shops share a session after a deployment", "Sticky cookie has the shop's old id.", "Platform"),
    broken("Basket with 200 lines takes 14 s to open", "One query a line. A wholesaler has such baskets.", "Basket"),
    broken("Receipts of Sunday were sent on Monday", "Queue was full of retries to one mail host.", "Receipts"),
    broken("Payment button stays grey after a change of delivery", "Waits for a price that came already.", "Platform"),
    down(
        "Card payments in Spain time out",
        "Acquirer changed an address without notice. Traffic goes by the second one since 12:20.",
        "Platform",
        said=("They are sorry. We check their addresses every minute from now on.",),
    ),
    broken("Company name with an ampersand breaks the basket", "Escaped twice on the way to the carrier.", "Basket"),
    broken("Credit note has the number of the receipt", "Both take the next number at once.", "Receipts"),
    broken("Free delivery is lost when a voucher is added", "The sum is compared after the voucher.", "Basket"),
    broken("Polish postcodes without a dash are refused", "30001 and 30-001 are the same place.", "Basket"),
    broken("Errors of the bank are logged with the card's name", "Found in the weekly check of logs.", "Platform"),
    broken("Order confirmation says 'undefined' as name", "Guests who leave the name empty.", "Receipts"),
    broken("Basket counts a bundle as one in the limit per person", "Eight consoles went to one address.", "Basket"),
    broken("Redirect after BLIK ends in the shop's old domain", "Three shops moved last month.", "Platform"),
    broken("Time zone of the Azores is missing in delivery days", "Everything arrives an hour early.", "Basket"),
)

WALLET_LATELY = (
    broken("Wallet asks for the passkey twice on Chrome 131", "Conditional request is still open.", "Sign-in"),
    broken("Balance of a closed card is shown as 0.00", "Should not be shown at all.", "Balance"),
    broken("List of devices shows the server's address", "Header is lost behind the new proxy.", "Sign-in"),
    down(
        "Nobody can save a card since 06:30",
        "Certificate between wallet and vault has ended. Renewed at 07:05; 1,900 people saw an error.",
        "Vault",
        said=("The alarm had been muted for the migration. It tells two people now.",),
    ),
    broken("Export of a year stops in March", "Summer time again: a day with 23 hours.", "Balance"),
    broken("Search in payments ignores the last day", "Until midnight UTC, not until now.", "Balance"),
    broken("Wallet widget shows cards on a locked phone", "Names of banks only, but still.", "Platform"),
    broken("Vault refuses names of 27 letters", "The column has 26. Found by a person from Sri Lanka.", "Vault"),
    broken("Signing out leaves the push channel open", "The next person on that tablet gets the messages.", "Sign-in"),
    broken("Statement names are cut in the middle of a letter", "Bytes are counted, not letters.", "Platform"),
    broken("Replica of the vault answers with old cards", "Reads go there since the load test.", "Vault"),
    broken("App is signed out by each update on Xiaomi", "Storage is cleared unless the app is pinned.", "Platform"),
)

RISK_LATELY = (
    broken("Alarm mails go to somebody who left", "List is kept in a file on a server.", "Reporting"),
    broken("Shadow rules count in the limit of the day", "Payments were refused by a rule in shadow.", "Rules"),
    broken("Report of disputes lacks the last day of a month", "Less than, should be less or equal.", "Reporting"),
    broken("Test payments of a new partner raise its score", "They are known by their cards.", "Rules"),
    broken("Rule on e-mail domains is case-sensitive", "GMAIL.com gets through.", "Rules"),
    broken("Night job fails when a bank's file is late", "It should wait until 07:00.", "Reporting"),
)
