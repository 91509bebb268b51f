"""Risk, continued: what was finished in the quarter before."""

from plugin.sandbox.story.words import Epic, story, task

RISK_BEFORE = (
    Epic(
        "rules-editor",
        "Rules that an analyst can change",
        "A new rule took nine days and a release. Now an hour, and two pairs of eyes.",
        "over",
        (
            story(
                "Write a rule as a sentence with three parts",
                "What is looked at, compared with what, and what then.",
                "Rules",
            ),
            story(
                "See what a rule would have done last week",
                "Payments stopped, and how many of them were honest.",
                "Rules",
            ),
            story(
                "Run a rule in shadow before it counts",
                "Two weeks at least; the button is grey until then.",
                "Rules",
                steps=("Score beside the decision", "Report after two weeks"),
            ),
            task("Move 340 rules out of the code", "As they are, wrong ones too. Cleaning up comes after.", "Rules"),
            story("Ask a second person before a rule goes live", "Whoever wrote it cannot approve it.", "Rules"),
            task("Switch the old rules off", "After a week in which both said the same.", "Rules"),
        ),
    ),
    Epic(
        "new-banks",
        "Two more acquirers know our scores",
        "They take our word for low risk and skip their own check.",
        "over",
        (
            task(
                "Agree on what a score means with both banks", "A page of definitions and twenty examples.", "Reporting"
            ),
            story(
                "Send the score with each payment",
                "In the field that the scheme has for it.",
                "Scoring",
                steps=("First bank", "Second bank"),
            ),
            story("Leave the score out where the law asks for a check", "Above 500 € in two countries.", "Scoring"),
            task("Report monthly how our score did", "Fraud by band, against the bank's own.", "Reporting"),
        ),
    ),
)

RISK_ON_TOP = (
    story(
        "Let people confirm by their bank's app when the score is unsure",
        "Instead of a refusal, in four countries whose banks answer within a minute.",
        "Scoring",
    ),
    task(
        "Compare our score with the networks' own",
        "Both are paid for. Where they differ, who is right?",
        "Scoring #model",
    ),
    story(
        "Forget a wrong refusal after the person proved honest",
        "One refusal lowers the score for 90 days, whatever happens after it.",
        "Scoring",
    ),
    story(
        "Show the three strongest reasons of a score to our support",
        "In words, not as numbers. Never to the customer.",
        "Scoring",
    ),
    task(
        "Write a test set of 500 payments that everybody agrees on",
        "Drawn by chance, judged by three people, kept out of training.",
        "Scoring #model",
    ),
    story(
        "Count travel as travel",
        "A payment from a hotel abroad after a flight was paid is no surprise.",
        "Scoring #false-alarm",
        steps=("Recognise paid travel", "Lower the weight of the place"),
    ),
)
