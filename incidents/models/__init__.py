"""The tables of the happening."""

from incidents.models.bins import Bin, Binned
from incidents.models.boards import FIRST_EDITION, Board
from incidents.models.calendar import CalendarDay, DayKind, WorkingHours
from incidents.models.cases import CallBack, Dispatch, Extension, Outcome, Part, Rating
from incidents.models.categories import (
    Category,
    Competence,
    LimitKind,
    MatterListEntry,
    PhotoRule,
    VerifyRule,
)
from incidents.models.desk import EmergencyDuty, SavedView
from incidents.models.incidents import (
    RETURNS_TO_OBJECTION,
    DatumChoice,
    Incident,
    NextNumber,
    PositionMethod,
    RouteMethod,
    SourceChannel,
    State,
)
from incidents.models.log import Attachment, Event, PhotoRole
from incidents.models.notices import Channel, Message, Notice, PushSubscription, Told, ToldAs
from incidents.models.rules import DispatchRule, RuleTime
from incidents.models.waiting import WaitingPhoto

__all__ = [
    "FIRST_EDITION",
    "RETURNS_TO_OBJECTION",
    "Attachment",
    "Bin",
    "Binned",
    "Board",
    "CalendarDay",
    "CallBack",
    "Category",
    "Channel",
    "Competence",
    "DatumChoice",
    "DayKind",
    "Dispatch",
    "DispatchRule",
    "EmergencyDuty",
    "Event",
    "Extension",
    "Incident",
    "LimitKind",
    "MatterListEntry",
    "Message",
    "NextNumber",
    "Notice",
    "Outcome",
    "Part",
    "PhotoRole",
    "PhotoRule",
    "PositionMethod",
    "PushSubscription",
    "Rating",
    "RouteMethod",
    "RuleTime",
    "SavedView",
    "SourceChannel",
    "State",
    "Told",
    "ToldAs",
    "VerifyRule",
    "WaitingPhoto",
    "WorkingHours",
]
