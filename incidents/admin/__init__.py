"""The administration's pages of the happening; each module registers its own."""

from incidents import admin_notices
from incidents.admin import calendar, cases, categories, happenings, rules, units

__all__ = ["admin_notices", "calendar", "cases", "categories", "happenings", "rules", "units"]
