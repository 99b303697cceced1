"""What is true of every possible patient: the folded space of the verdict tables, listed and counted."""
