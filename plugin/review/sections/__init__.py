"""The sections of the weekly page, each a function from the review to markup."""
