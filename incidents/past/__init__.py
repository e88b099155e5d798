"""A city's old cases, brought in with their own times."""
