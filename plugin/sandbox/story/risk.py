"""Risk: three people who tell honest payments from others."""

from plugin.sandbox.story.risk_more import RISK_ON_TOP
from plugin.sandbox.story.words import Epic, story, task

RISK_EPICS = (
    Epic(
        "disputes",
        "Disputes are answered before they cost",
        "Shops lose 0.9 % of turnover to disputes, half of them because nobody answers within the bank's seven days.",
        "starved",
        (
            task(
                "List what each bank accepts as proof, by reason code",
                "Visa 10.4 and 13.1, Mastercard 4837 and 4853 are 80 % of all disputes.",
                "Disputes",
            ),
            story(
                "Collect the proof when the parcel is delivered, not when somebody complains",
                "Signature, address, device and time go into a folder per payment, kept for 13 months.",
                "Disputes",
                steps=("Read the carriers' delivery events", "Keep the device's fingerprint with the payment"),
            ),
            story(
                "Write the answer to a dispute for the shop to approve",
                "One page from the folder of proof. The shop reads it and presses send; six of seven days stay unused.",
                "Disputes",
            ),
            story(
                "Tell a shop about a dispute within the hour",
                "The bank's file arrives at 05:00 and waits for somebody to open it. Mail and dashboard by 06:00.",
                "Disputes",
            ),
            story(
                "Refund by itself when the answer would cost more than the goods",
                "Below an amount that the shop sets. Say so in the monthly report.",
                "Disputes",
            ),
            task(
                "Ask twelve shops how they answer disputes today",
                "Half of them large. What takes their time, what they give up on.",
                "Disputes #research",
            ),
        ),
        components=("Disputes",),
    ),
    Epic(
        "honest-people",
        "Fewer honest people are turned away",
        "Of 100 payments that we refuse, 31 were honest: they come back with another card or call support.",
        "steady",
        (
            story(
                "Ask the bank for a check instead of refusing between 60 and 80 points",
                "The grey zone holds 64 % of wrong refusals. Shadow first: two weeks of scores beside decisions.",
                "Scoring",
                said=("Shadow is over: 41 % of the grey zone would have paid after a check.",),
            ),
            story(
                "Stop counting a new phone as a warning for people with passkeys",
                "A passkey that was synced proves more than the device did.",
                "Scoring",
            ),
            task(
                "Train the score anew without the postcode",
                "It stood in for income in two countries. Compare by shop before the switch.",
                "Scoring #model",
                said=("Same precision at 0.7 points less recall; Legal prefers it by far.",),
            ),
            story(
                "Learn from refunds and disputes of the last day, not of the last month",
                "The score learns from a file that is made on the first of the month.",
                "Scoring",
                steps=("Stream outcomes into the feature store", "Train each night, switch by hand"),
            ),
            story(
                "Tell a person who was refused what they can do now",
                "Never why. Another card, the bank's app, or our support with a number that finds the payment.",
                "Scoring #false-alarm",
            ),
            task(
                "Label 2,000 refused payments by hand",
                "Two people each; a third where they differ. Nobody sees the score.",
                "Scoring #false-alarm #research",
            ),
            story(
                "Let large shops set their own limit for the score",
                "A florist and an electronics shop lose in different ways. Show what would have changed last week.",
                "Scoring",
            ),
            *RISK_ON_TOP,
        ),
        components=("Scoring",),
    ),
    Epic(
        "partner-onboarding",
        "Partners join without e-mail",
        "A new partner sent 14 mails in the median until the first payment. Now a form and two uploads.",
        "over",
        (
            story(
                "Check a partner's company in the public register",
                "Ireland, Spain and Poland answer by API; elsewhere an extract is uploaded.",
                "Partner portal",
                steps=("Ireland", "Spain and Poland", "Upload for the others"),
            ),
            story(
                "Upload papers once and see their state",
                "Received, read, accepted, or refused with a sentence why.",
                "Partner portal",
            ),
            task(
                "Screen owners against the sanctions lists every night",
                "EU, UN and OFAC. Hits go to two people; the partner goes on until both agree.",
                "Partner portal",
            ),
            story(
                "Let a partner try payments before the contract is signed",
                "A sandbox account with test cards; the real one takes over its settings.",
                "Partner portal",
            ),
            task(
                "Export all partners for the yearly report to the regulator",
                "One file, 61 columns, due at the end of the quarter.",
                "Partner portal",
            ),
        ),
        components=("Partner portal",),
    ),
)
