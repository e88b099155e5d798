"""What the demo's stories are made of: filed, given, signed, answered, verified, heard."""

from collections.abc import Generator, Iterator

from incidents import states
from incidents.actions import Spot, To
from incidents.deadlines import sla
from incidents.demo.tale import AUTOMATIC, Step, Tale
from incidents.demo.words import ANSWERS, BAD_WORDS, GOOD_WORDS, RETURNS
from incidents.grounds import ReturnGround
from incidents.models import PhotoRole, VerifyRule

Steps = Iterator[Step]
# Roughly ten metres in degrees: how far from the mark people stand.
NEAR = 0.0001


def filed(tale: Tale) -> Steps:
    """Accept it: the grid, or the desk."""
    if tale.chance(0.3):
        tale.rest(0.4)
        yield tale.step("accept", tale.field())
    else:
        tale.duty(0.5)
        yield tale.step("accept", tale.desk())


def handled(tale: Tale) -> Steps:
    """Give it by rule, and let it be handled to the end."""
    yield from given(tale)
    yield from taken(tale)


def taken(tale: Tale) -> Steps:
    """Sign, answer, and to the end."""
    yield from signed(tale)
    yield from answered(tale)
    yield from ended(tale)


def ended(tale: Tale) -> Steps:
    """Verify, and hear the reporter."""
    yield from verified(tale)
    yield from heard(tale)


def given(tale: Tale) -> Steps:
    """Dispatch by rule: at once where one is automatic, else by a click of the desk."""
    if tale.automatic and tale.incident.dispatched_at is None:
        tale.rest(0.02)
        yield tale.step(AUTOMATIC, None)
    if tale.incident.state == states.ACCEPTED:
        tale.duty(0.3)
        yield tale.step("dispatch", tale.desk())


def given_to(tale: Tale, to: To) -> Steps:
    """Dispatch it by hand."""
    tale.duty(0.5)
    yield tale.step("dispatch", tale.desk(), to=to)


def given_back(tale: Tale) -> Generator[Step, None, bool]:
    """Give it back; returns whether there was another unit to propose."""
    given = tale.incident.dispatch
    assert given is not None, "it was given to somebody"
    others = tale.cast.others(tale.category, tale.path, {given.unit.code} if given.unit else ())
    if not others:
        return False
    tale.hurry(0.8)
    reason = tale.dice.choice(list(ReturnGround))
    proposed = To(unit=tale.dice.choice(others).code)
    holder = tale.cast.holder(given, tale.dice)
    yield tale.step("return", holder, RETURNS[reason], reason=reason, proposed=proposed)
    return True


def proposed(tale: Tale) -> To:
    """Return whom the last holder proposed."""
    last = tale.incident.dispatches.order_by("pk").last()
    assert last is not None
    assert last.proposed_unit is not None, "the demo proposes units"
    return To(unit=last.proposed_unit.code)


def signed(tale: Tale) -> Steps:
    """Take it in hand."""
    given = tale.incident.dispatch
    assert given is not None, "it was given to somebody"
    tale.holder = tale.cast.holder(given, tale.dice)
    tale.hurry(0.8)
    yield tale.step("sign", tale.holder)


def answered(tale: Tale) -> Steps:
    """Answer, mostly in time; who is late is urged now and then."""
    share = tale.spread(0.45, 0.55)
    if share > 1 and tale.chance(0.5):
        tale.reach(1 + (share - 1) * 0.4)
        yield tale.step("press", tale.desk(), "已超时，请尽快办结并反馈。")
    tale.reach(share)
    yield answer(tale)


def answer(tale: Tale) -> Step:
    """Return the answer of the holder, who may not verify it."""
    assert tale.holder is not None, "somebody signed"
    tale.handlers.add(tale.holder.user.pk)
    return tale.step("answer", tale.holder, tale.dice.choice(ANSWERS), tale.after)


def verified(tale: Tale) -> Steps:
    """Close it by the evidence, or on the spot by somebody else."""
    tale.duty(1.2)
    if tale.category.verify == VerifyRule.DESK:
        yield tale.step("close", tale.desk())
        return
    if tale.chance(0.1):
        yield tale.step("ask_verify", tale.desk())
        tale.duty(3)
    second = tale.cast.second(tale.path, tale.handlers, tale.dice)
    yield tale.step("pass", second, "", PhotoRole.VERIFY.value, spot=spot(tale))


def more_time(tale: Tale, *, granted: bool) -> Steps:
    """Ask for half the time again; it is granted or not."""
    tale.reach(0.6)
    limit = tale.category.limit
    more = sla.Limit(max(1.0, round(limit.amount / 2)), limit.kind)
    yield tale.step("ask_extension", tale.holder, "需采购配件，申请延期。", more=more)
    tale.duty(0.6)
    if granted:
        yield tale.step("grant_extension", tale.desk())
    else:
        yield tale.step("refuse_extension", tale.desk(), "时限内可以完成，不予延期。")


def heard(tale: Tale) -> Steps:
    """The reporter gives stars, or is called back."""
    if tale.incident.state != states.CLOSED:
        return
    if tale.chance(0.28):
        tale.rest(12)
        stars = tale.dice.choices((5, 4, 3, 2, 1), (55, 25, 10, 5, 5))[0]
        words = GOOD_WORDS if stars > 3 else BAD_WORDS
        reporter = tale.cast.known(tale.incident.reporter_id)
        yield tale.step("rate", reporter, tale.dice.choice(words), stars=stars)
    elif tale.chance(0.18):
        tale.duty(8)
        reached = tale.chance(0.85)
        content = tale.chance(0.85) if reached else None
        yield tale.step(
            "call_back", tale.desk(), reached=reached, resolved=content, satisfied=content
        )


def spot(tale: Tale) -> Spot:
    """Return where somebody stands who looks at it."""
    point = tale.incident.point
    return Spot(
        point.x + tale.dice.uniform(-NEAR, NEAR), point.y + tale.dice.uniform(-NEAR, NEAR), 8.0
    )
