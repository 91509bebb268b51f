"""Metrics: where values come from, the series that they make, and what is to be said of it."""
