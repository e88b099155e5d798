"""Set-up and running of the whole: standard library only, no Django."""
