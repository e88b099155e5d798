"""The command `status`, and the addresses and logins that `up` prints too."""

from __future__ import annotations

import json

from ops import env, running, say
from ops.layout import Layout
from ops.running import Running


def status(layout: Layout, *, as_json: bool) -> int:
    """Tell whether it is up and where; 0 also when it is not."""
    record = running.find(layout)
    answers = record.answers() if record else {}
    facts = {
        "ready": bool(answers) and all(answers.values()),
        "url": record.url if record else None,
        "database": env.without_password(env.database_url(layout)),
        "demo_accounts": env.read_accounts(layout),
    }
    if as_json:
        say.plain(json.dumps(facts, ensure_ascii=False, indent=2))
    elif not record:
        say.plain("Not running. Start it with ./gridctl up")
    else:
        for name, process in record.programs.items():
            is_well = answers.get(name, process.is_alive())
            say.plain(f"{name:<9} process {process.pid}, {'well' if is_well else 'not well'}")
        say.plain(f"database  {facts['database']}")
        announce(layout, record)
    return 0


def announce(layout: Layout, record: Running) -> None:
    """Print the addresses and the demo logins."""
    say.plain("")
    say.plain(f"  front page      {record.url}")
    say.plain(f"  phone           {record.url}field/")
    say.plain(f"  command centre  {record.url}command/")
    say.plain(f"  planning        {record.url}planning/")
    say.plain(f"  administration  {record.url}admin/")
    if accounts := env.read_accounts(layout):
        say.plain("")
        say.plain("  demo logins     user    password")
    for account in accounts:
        say.plain(f"  {account['role']:<15} {account['username']:<7} {account['password']}")
    say.plain("")
