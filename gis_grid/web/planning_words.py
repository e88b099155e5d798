"""What the planner's API says when it refuses."""

from django.utils.translation import gettext_lazy as _

ROLE = _("Your role does not include this.")
WRONG_PLACE = _("not a place like clinic,114.98,27.11")
WRONG_BOX = _("not a box of west,south,east,north")
NO_NAME = _("a name is missing")
NO_SHAPE = _("This area has no boundary today.")
