"""Groups of `plumbline …` commands; thin over what the rooms offer."""
