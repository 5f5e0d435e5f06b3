"""Named saved systems: CMS as one, and a tiny guest that stores into its shared pages by every way there is.

Before it: `make build guests`. After it: nothing.
Known simplification: the dialogue that users see is tests/dialogues/saved-system.dialogue, which test_dialogues.py plays.
"""
import re

from conftest import BUILD

# What is between the guest's end and the next IPL gives CP the time to write.
GUEST = """@ 1
> LOGON MAINT MAINT
< LOGON AT
limit 120
> IPL 00C CLEAR
< guest: (passed|FAILED)
@ 2
> LOGON STUDENT1 STUDENT1
< LOGON AT
limit 120
> IPL 190 CLEAR
< Ready;
> #CP IPL SHARED
< guest: (passed|FAILED)
> #CP LOGOFF
< LOGOFF AT
@ 1
> #CP IPL SHARED
< guest: (passed|FAILED)
> #CP IPL SHARED
< guest: (passed|FAILED)
> #CP LOGOFF
< LOGOFF AT
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


def test_every_way(host, machine_kind):
    """The guest judges itself: what it stores is in its own copy, and the next to IPL the system finds the pages as they were."""
    directory = "guests-x86_64" if machine_kind == "qemu-x86_64" else "guests"
    deck = BUILD / directory / ("shared.bin" if machine_kind == "qemu-x86_64" else "shared.deck")
    host.up(machine_kind, "--reader", f"MAINT={deck}")
    text = host.play(GUEST, "--verbose").stdout
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


RUN = """@ 1
> LOGON STUDENT1 STUDENT1 NOIPL
< LOGON AT
limit 120
> IPL CMS STOP
> INDICATE USER
< RESIDENT=[0-9]+ PAGES
> BEGIN
< Ready;
> #CP INDICATE USER
< RESIDENT=[0-9]+ PAGES
"""


def test_no_new_pages(host, machine_kind):
    """CMS starts in the pages that were saved: nobody gets a frame for what it does not touch."""
    host.up(machine_kind)
    host.play(SAVE)
    before, after = (int(n) for n in re.findall(r"RESIDENT=(\d+)", host.play(RUN, "--verbose").stdout))
    host.down()
    assert before <= after <= before + 2  # what it may come to touch


KEEP = """@ 2
> LOGON STUDENT1 STUDENT1
< LOGON AT
limit 120
> IPL CMS
< Ready;
> #CP SAVE LAB1
< LAB1 SAVED, [0-9]+K
> #CP LOGOFF
< LOGOFF AT
"""

AGAIN = """@ 2
> LOGON STUDENT1 STUDENT1 NOIPL
< LOGON AT
limit 120
> RESTORE LAB1
"""

GOES_ON = """< LAB1 RESTORED, SAVED AT
> QUERY DISK
< Ready;
> LISTFILE * * S
< Ready;
"""

GONE = """@ 1
> LOGON MAINT MAINT
< LOGON AT
> #CP PURGE NSS CMS
< PURGED
"""


def test_image_of_private_pages(host, machine_kind):
    """A user's machine is saved without the pages that it shares, and finds them again at another start; or says whose they were."""
    host.up(machine_kind)
    host.play(SAVE + KEEP)
    host.down()
    host.run("image", "export", "vm40.volume", "STUDENT1/LAB1", "LAB1")
    assert "SYSTEM 0000\n  CMS, whose image has" in host.run("image", "show", "LAB1").stdout
    limit = 64 if machine_kind == "hercules" else 20  # the second engine's machines share fewer pages
    assert (host.directory / "LAB1").stat().st_size <= limit * 1024
    host.up(machine_kind)
    host.play(AGAIN + GOES_ON + "> #CP LOGOFF\n< LOGOFF AT\n")
    host.play(GONE + AGAIN + "< HCPRST1109E LAB1 not restored--saved system CMS: there is no such system\n")
    host.down()
