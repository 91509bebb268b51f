"""Merging what we would write into a page that people have edited. Pure: bodies in, a body out."""
