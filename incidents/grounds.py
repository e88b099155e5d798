"""The closed lists of reasons that deeds ask for. Pure words; codes are stored and counted."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class NoCase(TextChoices):
    """Why a report is not filed as a case."""

    NOT_FOUND = "not_found", _("Nothing was found there")
    OUT_OF_SCOPE = "out_of_scope", _("Not a matter of the grid list")
    SETTLED_BEFORE = "settled_before", _("Already settled")
    OTHER_CHANNEL = "other_channel", _("In court, arbitration or petition")
    EMERGENCY = "emergency", _("Passed to 110, 119, 120 or 122")
    TOO_VAGUE = "too_vague", _("Place or matter cannot be made out")
    TEST = "test", _("A test")


class ReturnGround(TextChoices):
    """Why a holder gives a case back; each names a legal reason."""

    NOT_OUR_DUTY = "not_our_duty", _("Not among our statutory duties")
    NOT_OUR_AREA = "not_our_area", _("Outside the area we serve")
    NOT_OUR_PROPERTY = "not_our_property", _("The object belongs to somebody else")
    NOT_ON_LIST = "not_on_list", _("Not on the grid matter list")
    OTHER_LEAD = "other_lead", _("Another unit has to lead")


class SuspendGround(TextChoices):
    """Why the clock stands still."""

    WEATHER = "weather", _("Weather")
    OWNER_AWAY = "owner_away", _("The owner cannot be reached")
    MATERIALS = "materials", _("Waiting for materials")
    BUDGET = "budget", _("Waiting for funds")
    AUTHORITY = "authority", _("Waiting for another authority")


class Finding(TextChoices):
    """What a pre-check found."""

    EXISTS = "exists", _("It is there")
    GONE = "gone", _("It is not there")
    UNCLEAR = "unclear", _("Cannot be told")
