"""The stories of the demo's incidents, each a generator of the steps that people take.

A story only says what is due next; `playing.py` does it, by the real deeds, when its time has
come, and what lies after now has not happened yet.
"""

from collections.abc import Callable

from incidents import states
from incidents.demo.parts import (
    NEAR,
    Steps,
    answer,
    answered,
    ended,
    filed,
    given,
    given_back,
    given_to,
    handled,
    heard,
    more_time,
    proposed,
    signed,
    spot,
    taken,
)
from incidents.demo.tale import Step, Tale
from incidents.demo.words import HELP, SUSPENSIONS
from incidents.grounds import Finding, NoCase, SuspendGround


def plain(tale: Tale) -> Steps:
    """Filed, dispatched, signed, answered, verified."""
    yield from filed(tale)
    yield from handled(tale)


def settled(tale: Tale) -> Steps:
    """Closed with its report; the reporter is heard all the same."""
    yield from heard(tale)


def own(tale: Tale) -> Steps:
    """The grid handles it itself, where the matter list lets it."""
    worker = tale.field()
    tale.rest(0.5)
    yield tale.step("accept", worker)
    if not tale.cast.may_start(worker, tale.category, tale.incident.area):
        yield from handled(tale)
        return
    tale.rest(0.5)
    yield tale.step("start", worker)
    tale.holder = worker
    yield from answered(tale)
    yield from ended(tale)


def returned(tale: Tale) -> Steps:
    """The first unit is not the right one."""
    yield from filed(tale)
    yield from given(tale)
    if (yield from given_back(tale)):
        yield from given_to(tale, proposed(tale))
    yield from taken(tale)


def objected(tale: Tale) -> Steps:
    """Two units give it back, and a leader decides; of the young ones, not yet."""
    yield from filed(tale)
    yield from given(tale)
    if (yield from given_back(tale)):
        to = proposed(tale)
        yield from given_to(tale, to)
        if (yield from given_back(tale)):
            if tale.young:
                return
            tale.duty(5)
            leader = tale.cast.leader(tale.path)
            yield tale.step("decide", leader, "经协调，由该单位牵头办理。", to=to)
    yield from taken(tale)


def extended(tale: Tale) -> Steps:
    """More time is asked for; mostly it is granted."""
    yield from filed(tale)
    yield from given(tale)
    yield from signed(tale)
    yield from more_time(tale, granted=tale.chance(0.8))
    yield from answered(tale)
    yield from ended(tale)


def registered(tale: Tale) -> Steps:
    """Not even more time was enough: it is put on the list of open problems."""
    yield from filed(tale)
    yield from given(tale)
    yield from signed(tale)
    yield from more_time(tale, granted=True)
    tale.reach(1.2)
    yield tale.step("register", tale.desk(), "需列入改造计划，转入挂账管理。")
    tale.rest(900)
    yield from answered(tale)
    yield from ended(tale)


def suspended(tale: Tale) -> Steps:
    """The clock stops for a reason; of the young ones it still does."""
    yield from filed(tale)
    yield from given(tale)
    yield from signed(tale)
    tale.reach(0.3)
    reason = tale.dice.choice(list(SuspendGround))
    yield tale.step("suspend", tale.desk(), SUSPENSIONS[reason], reason=reason)
    if tale.young:
        return
    tale.rest(40)
    tale.work(0.1)
    yield tale.step("resume", tale.desk())
    yield from answered(tale)
    yield from ended(tale)


def whistled(tale: Tale) -> Steps:
    """A lead unit and two others are called together; both sides are rated."""
    yield from filed(tale)
    able = tale.cast.others(tale.category, tale.path, ())
    if not able:
        yield from handled(tale)
        return
    lead = tale.dice.choice(able)
    called = tale.dice.sample([unit for unit in tale.cast.units if unit != lead], 2)
    codes = tuple(unit.code for unit in called)
    tale.duty(0.6)
    yield tale.step("whistle", tale.desk(), "请共同到场处置。", lead=lead.code, assisting=codes)
    yield from signed(tale)
    for unit in called:
        tale.rest(0.7)
        yield tale.step("report_in", tale.cast.member(unit))
    for unit in called:
        tale.hurry(1)
        yield tale.step("assist", tale.cast.member(unit), tale.dice.choice(HELP))
    yield from answered(tale)
    yield from ended(tale)
    if tale.incident.state == states.CLOSED:
        for unit in called:
            stars = tale.dice.choice((3, 4, 5, 5))
            yield tale.step("rate_help", tale.desk(), unit=unit.code, stars=stars)
        member = tale.cast.member(called[0])
        yield tale.step("rate_help", member, unit=called[0].code, stars=5)


def reworked(tale: Tale) -> Steps:
    """Who verified was not content."""
    yield from filed(tale)
    yield from given(tale)
    yield from signed(tale)
    yield from answered(tale)
    tale.duty(2)
    second = tale.cast.second(tale.path, tale.handlers, tale.dice)
    yield tale.step("fail", second, "现场仍未整改到位，请继续处置。", spot=spot(tale))
    tale.hurry(4)
    yield answer(tale)
    yield from ended(tale)


def reopened(tale: Tale) -> Steps:
    """It came back after the closing."""
    yield from plain(tale)
    if tale.incident.state != states.CLOSED:
        return
    tale.rest(40)
    yield tale.step("reopen", tale.desk(), "回访发现问题反复，重新办理。")
    yield from handled(tale)


def merged(tale: Tale) -> Steps:
    """Somebody else had reported it before; alone of its kind it goes the plain way."""
    tale.duty(0.5)
    yield Step("merge", tale.cast.leader(tale.path), tale.at)
    if tale.skipped:
        yield from plain(tale)


def refused(tale: Tale) -> Steps:
    """Not a case."""
    tale.duty(0.7)
    reason = tale.dice.choice([each for each in NoCase if each is not NoCase.TEST])
    yield tale.step("refuse", tale.desk(), "经核实，不予立案，已告知上报人。", reason=reason)


def checked(tale: Tale) -> Steps:
    """Somebody nearby looks first: mostly it is there."""
    tale.duty(0.5)
    yield tale.step("ask_check", tale.desk())
    tale.duty(3)
    found = tale.dice.choice((Finding.EXISTS, Finding.EXISTS, Finding.GONE))
    yield tale.step("check", tale.field(), finding=found)
    if found is Finding.GONE:
        tale.duty(0.5)
        reason = NoCase.NOT_FOUND
        yield tale.step("refuse", tale.desk(), "现场核实未发现问题。", reason=reason)
        return
    yield from plain(tale)


def handed_over(tale: Tale) -> Steps:
    """It belongs to the grid next door."""
    yield from filed(tale)
    neighbour = tale.cast.neighbour(tale.incident.area, tale.dice)
    if neighbour:
        tale.rest(0.4)
        note = "问题点位在相邻网格，已电话沟通。"
        yield tale.step("hand_over", tale.field(), note, area=neighbour)
    yield from handled(tale)


def corrected(tale: Tale) -> Steps:
    """The reporter chose the wrong category, or the pin was off."""
    yield from filed(tale)
    tale.duty(0.2)
    other = tale.cast.similar(tale.category, tale.dice)
    if other and tale.chance(0.6):
        yield tale.step("correct", tale.desk(), category=other.code)
        tale.category = other
    else:
        lon, lat = tale.incident.point.x, tale.incident.point.y
        yield tale.step("move", tale.desk(), lon=lon + NEAR, lat=lat - NEAR)
    yield from handled(tale)


# Each with its weight.
STORIES: dict[Callable[[Tale], Steps], float] = {
    plain: 50,
    settled: 15,
    own: 6,
    merged: 5,
    returned: 4,
    reworked: 3.5,
    refused: 3,
    extended: 3,
    suspended: 3,
    checked: 2.5,
    objected: 2.5,
    whistled: 1.5,
    reopened: 1.5,
    handed_over: 1.5,
    corrected: 1.5,
    registered: 0.8,
}
