"""Saved machines on the emulators: saved, CP ended and started again, restored; on the same emulator and on the other.

Before it: tests/unit/test_image.c. After it: nothing.
"""
import pytest

from conftest import MAINFRAMES

SAVE = """
@ 1
< VM/40 ONLINE
> LOGON STUDENT1
< ENTER PASSWORD
> STUDENT1
< LOGON AT
> IPL CMS
< Ready;
> QUERY DISK
< Ready;
> #CP STORE S00F00000 C1C2C3C4
> #CP SAVE LAB1
< LAB1 SAVED, [0-9]+K
> #CP QUERY SAVED
< STUDENT1 LAB1     MACHINE
< 1 SAVED,
> LISTFILE * * S
< Ready;
> #CP LOGOFF
< LOGOFF AT
"""

RESTORE = """
@ 1
< VM/40 ONLINE
> LOGON STUDENT1 NOIPL
< ENTER PASSWORD
> STUDENT1
< LOGON AT
> RESTORE LAB1
< LAB1 RESTORED, SAVED AT
> QUERY DISK
< Ready;
> LISTFILE * * S
< Ready;
> #CP DISPLAY 00F00000
< C1C2C3C4
> #CP PURGE SAVED LAB1
< LAB1 PURGED
> #CP LOGOFF
< LOGOFF AT
"""


def test_cms_goes_on_after_cp_was_down(host, machine_kind):
    host.up(machine_kind)
    host.play(SAVE)
    host.down()
    host.up(machine_kind)
    host.play(RESTORE)
    host.down()


@pytest.mark.parametrize("first, second", [MAINFRAMES, MAINFRAMES[::-1]])
def test_cms_goes_on_on_the_other_emulator(host, first, second):
    host.up(first)
    host.play(SAVE)
    host.down()
    host.up(second)
    host.play(RESTORE)
    host.down()
