"""The pages that show rules, objectives and their history, and the draft in which admins change them."""
