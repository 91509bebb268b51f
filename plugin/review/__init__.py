"""The numbers of a week → a frozen `Review` → a Confluence page → published."""
