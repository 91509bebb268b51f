"""The JSON API: who may ask, what is taken and given, and its description."""
