"""Named saved systems: CMS as one, and a tiny guest that stores into its shared pages by every way there is.

Before it: `make build guests`. After it: nothing.
Known simplification: the dialogue that users see is tests/dialogues/saved-system.dialogue, which test_dialogues.py plays.
"""
import time

from conftest import BUILD

GUEST = """@ 1
> LOGON MAINT MAINT
< LOGON AT
limit 120
> IPL 00C CLEAR
< guest: (passed|FAILED)
"""

AGAIN = """@ 1
limit 120
> #CP IPL SHARED
< guest: (passed|FAILED)
@ 2
> LOGON STUDENT1 STUDENT1
< LOGON AT
limit 120
> IPL SHARED
< guest: (passed|FAILED)
@ 1
> #CP IPL SHARED
< guest: (passed|FAILED)
"""

SAVE = """@ 1
> LOGON MAINT MAINT
< LOGON AT
limit 120
> IPL 190 CLEAR
< Ready;
> SAVESYS CMS
< CMS SAVED
> #CP LOGOFF
< LOGOFF AT
"""

USE = """@ 1
> LOGON STUDENT1 STUDENT1
< LOGON AT
limit 120
> IPL CMS
< Ready;
> #CP DEFINE STORAGE 32M
< STORAGE = 32M
> IPL CMS
< Ready;
"""


def wait_for(host, name):
    """The guest goes on while it is written; it is there when QUERY NSS has it."""
    for _ in range(60):
        if f" {name} " in host.play("@ 0\n> #CP QUERY NSS\n< OWNER\n> #CP QUERY TIME\n< TIME\n", "--verbose").stdout:
            return
        time.sleep(1)
    raise AssertionError(f"{name} was not saved")


def test_every_way(host, machine_kind):
    """The guest judges itself: what it stores is in its own copy, and the next to IPL the system finds the pages as they were."""
    directory = "guests-x86_64" if machine_kind == "qemu-x86_64" else "guests"
    deck = BUILD / directory / ("shared.bin" if machine_kind == "qemu-x86_64" else "shared.deck")
    host.up(machine_kind, "--reader", f"MAINT={deck}")
    text = host.play(GUEST, "--verbose").stdout
    wait_for(host, "SHARED")
    text += host.play(AGAIN, "--verbose").stdout
    host.down()
    assert text.count("guest: passed, 0 failures") == 4 and "BAD" not in text, text


def test_over_a_start(host, machine_kind):
    """A saved system is on the volume: another start of CP has it."""
    host.up(machine_kind)
    host.play(SAVE)
    host.down()
    host.up(machine_kind)
    host.play(USE)
    host.down()

