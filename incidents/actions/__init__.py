"""The only writers of incidents.

`report`, `report_by_resident` and `report_gap` store a new one; every later deed is a row of
`states.py` and a function of its name here: it takes an incident's id, an `Order` (who, when, what
they looked at) and what its form asks. Each is one transaction and appends exactly one event; the
same deed again changes nothing.
"""

from collections.abc import Callable

from incidents.actions.closing import (
    ask_verify,
    call_back,
    close,
    fail,
    pass_case,
    rate,
    rate_help,
    reopen,
)
from incidents.actions.dispatching import (
    BY_RULE,
    To,
    decide,
    dispatch,
    escalate,
    name_lead,
    press,
    start,
    whistle,
)
from incidents.actions.doing import MAX_NOTE, Order, do
from incidents.actions.filing import accept, ask_check, check, merge, refuse, restore, settle
from incidents.actions.handling import (
    answer,
    arrive,
    ask_extension,
    assist,
    grant_extension,
    refuse_extension,
    register,
    remark,
    report_in,
    resume,
    return_case,
    sign,
    suspend,
)
from incidents.actions.moving import correct, hand_over, move, reroute
from incidents.actions.planning import report_gap
from incidents.actions.reporting import INSERT_REPORT, Reported, report
from incidents.actions.residents import report_by_resident
from incidents.actions.spots import Spot
from incidents.models import Incident

# What people do, by the table's names; the clock's own deeds are in `incidents.deadlines.watch`.
DEEDS: dict[str, Callable[..., Incident]] = {
    "accept": accept,
    "answer": answer,
    "arrive": arrive,
    "ask_check": ask_check,
    "ask_extension": ask_extension,
    "ask_verify": ask_verify,
    "assist": assist,
    "call_back": call_back,
    "check": check,
    "close": close,
    "correct": correct,
    "decide": decide,
    "dispatch": dispatch,
    "escalate": escalate,
    "fail": fail,
    "grant_extension": grant_extension,
    "hand_over": hand_over,
    "merge": merge,
    "move": move,
    "name_lead": name_lead,
    "pass": pass_case,
    "press": press,
    "rate": rate,
    "rate_help": rate_help,
    "refuse": refuse,
    "refuse_extension": refuse_extension,
    "register": register,
    "remark": remark,
    "reopen": reopen,
    "report_in": report_in,
    "restore": restore,
    "resume": resume,
    "return": return_case,
    "settle": settle,
    "sign": sign,
    "start": start,
    "suspend": suspend,
    "whistle": whistle,
}

__all__ = [
    "BY_RULE",
    "DEEDS",
    "INSERT_REPORT",
    "MAX_NOTE",
    "Order",
    "Reported",
    "Spot",
    "To",
    "do",
    "report",
    "report_by_resident",
    "report_gap",
    "reroute",
]
