"""The administration's pages of the happening; each module registers its own."""

from incidents.admin import calendar, cases, categories, happenings, notices, rules, units

__all__ = ["calendar", "cases", "categories", "happenings", "notices", "rules", "units"]
