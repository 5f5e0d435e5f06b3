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
> #CP SPOOL CONSOLE STOP PURGE
> #CP STOP
< CP
> SAVE LAB2
< LAB2 SAVED, [0-9]+K
> RESTORE LAB2
< LAB2 RESTORED, SAVED AT
> SAVE LAB3
< LAB3 SAVED, [0-9]+K
> BEGIN
> #CP QUERY SAVED
< STUDENT1 LAB1     MACHINE
< STUDENT1 LAB3     MACHINE
< 3 SAVED,
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


def same(host, first, second):
    """Two images of a machine that stood still differ in nothing but clocks; and neither is large."""
    for name in (first, second):
        host.run("image", "export", "vm40.volume", f"STUDENT1/{name}", name)
        assert "is whole: STUDENT1 on" in host.run("image", "check", name).stdout
        assert (host.directory / name).stat().st_size <= 64 * 1024
    assert "no difference but clocks" in host.run("image", "diff", first, second).stdout
    assert "PSW" in host.run("image", "show", first).stdout or "RIP" in host.run("image", "show", first).stdout


def test_cms_goes_on_after_cp_was_down(host, machine_kind):
    host.up(machine_kind)
    host.play(SAVE)
    host.down()
    same(host, "LAB2", "LAB3")
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
