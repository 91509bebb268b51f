"""What Acme Pay's people wrote in Confluence, in storage format, by title."""

REVIEWS = "Product alignment"
"""Title of the page under which reviews lie."""
PAGES = {
    "Product": (
        "<p>Acme Pay is how 1,100 shops take money in nine countries. Three streams build it: "
        "<strong>Checkout</strong>, between the basket and the receipt; <strong>Wallet</strong>, which keeps cards so "
        "that nobody types them twice; <strong>Risk</strong>, which tells honest payments from others.</p>"
        "<h2>What we want</h2>"
        "<p>Paying is the part of buying that nobody remembers.</p>"
        "<h2>When we meet</h2>"
        "<ul><li><p>Monday 10:00, forty minutes: the weekly review. The page is there at 08:00; read it.</p></li>"
        "<li><p>Second week of a quarter's last month: objectives for the next one.</p></li></ul>"
    ),
    REVIEWS: (
        "<p>The reviews of each week lie below this page. We talk about what moved and why, not about who did what.</p>"
        "<p>Something looks wrong on an issue? Put the right objective's label on it; a person's label wins.</p>"
        "<p>Asked often: bugs of high priority need no objective. We agreed on a fifth of our time for them.</p>"
    ),
    "How we decide what to build": (
        "<p>Each stream decides itself. Three questions before work begins:</p>"
        "<ol><li><p>Which objective does it serve? If none: is it keeping the lights on?</p></li>"
        "<li><p>How will we see that it helped, and when?</p></li>"
        "<li><p>What is the smallest piece that tells us?</p></li></ol>"
        "<p>Work that Sales or Legal promised comes through the product lead and gets an objective, or a clear no.</p>"
    ),
}
