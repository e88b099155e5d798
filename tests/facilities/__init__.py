"""Facilities, people, coverage runs and plans, from files to answers."""
