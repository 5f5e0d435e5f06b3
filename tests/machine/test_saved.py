"""Saved machines on the emulators: saved, CP ended and started again, restored; on the same emulator and on the other.

Before it: tests/unit/test_image.c. After it: nothing.
"""
import time

import pytest

from conftest import MAINFRAMES, checksums, linux_cards

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
# What it was told that it has used does not go back.
> QUERY DISK
< Ready; T=[0-9][.][0-9]+/[0-9][.][0-9]+ [0-9]+:
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


# Each of these PCs' processors has what the other's has not: the user insists.
PC_SAVE = """@ 1
< VM/40 ONLINE
> LOGON STUDENT1 STUDENT1
< LOGON AT
> IPL CMS
< Ready;
> #CP STORE S00F00000 C1C2C3C4
> #CP SAVE LAB1
< LAB1 SAVED, [0-9]+K
> #CP LOGOFF
< LOGOFF AT
"""

PC_RESTORE = """@ 1
< VM/40 ONLINE
> LOGON STUDENT1 STUDENT1 NOIPL
< LOGON AT
> RESTORE LAB1
< LAB1 not restored--there is no CPUID [0-9A-F]{8} E[A-D]X BIT [0-9]+ here; ANYWAY insists
> RESTORE LAB1 ANYWAY
< LAB1 RESTORED, SAVED AT
> LISTFILE * * S
< Ready;
> #CP DISPLAY 00F00000
< C1C2C3C4
> #CP LOGOFF
< LOGOFF AT
"""


@pytest.mark.parametrize("first, second", [("qemu-x86_64", "bochs"), ("bochs", "qemu-x86_64")])
def test_cms_goes_on_on_the_other_pc(host, first, second):
    host.up(first)
    host.play(PC_SAVE)
    host.down()
    host.up(second)
    host.play(PC_RESTORE)
    host.down()


LINUX_BOOT = """@ 1
> LOGON LINUX LINUX
< LOGON AT
limit 1400
> IPL 00C CLEAR
< init: Linux .* is ready
< linux#
"""

LINUX_SAVE = LINUX_BOOT + """> mke2fs /dev/DISK && mount -t ext2 /dev/DISK /mnt && echo made $?
< made 0
> seq 1 20000 > /mnt/numbers; kept=$((6 * 7)); (while :; do n=$((n + 1)); test $((n % 20)) = 0 && echo $n >> /tmp/n; done) & echo counting $?
< counting 0
> #CP SAVE RUNNING
< RUNNING SAVED, [0-9]+K
> #CP LOGOFF
< LOGOFF AT
"""

LINUX_RESTORE = """@ 1
> LOGON LINUX LINUX NOIPL
< LOGON AT
limit 300
> RESTORE RUNNING
< RUNNING RESTORED, SAVED AT
> echo still $kept
< still 42
> a=$(wc -l < /tmp/n); sleep 2; test $(wc -l < /tmp/n) -gt $a && echo it goes on
< it goes on
> kill %1; umount /mnt && mount -t ext2 -o ro /dev/DISK /mnt && md5sum < /mnt/numbers && seq 1 20000 | md5sum; umount /mnt; echo read $?
< read 0
> exit
< init: the shell has ended
< (?i)stop|HLT
> #CP LOGOFF
< LOGOFF AT
"""


def linux(host, first, second, folder, disk):
    """Saved while it counts and has not yet written to its disk what was stored there."""
    reader = linux_cards(folder)
    host.up(first, "--reader", reader)
    host.play(LINUX_SAVE.replace("DISK", disk))
    host.down()
    host.up(second)
    text = host.play(LINUX_RESTORE.replace("DISK", disk), "--verbose").stdout
    host.down()
    sums = checksums(text)
    assert len(sums) == 2 and sums[0] == sums[1], text


def test_linux_goes_on(host):
    linux(host, "qemu-s390x", "qemu-s390x", "linux", "dasda")


def test_linux_goes_on_pc(host):
    linux(host, "qemu-x86_64", "qemu-x86_64", "linux-x86_64", "vda")


@pytest.mark.long
def test_linux_goes_on_on_the_other_emulator(host):
    linux(host, "qemu-s390x", "hercules", "linux", "dasda")


TEMPORARY = """@ 1
> LOGON STUDENT1 STUDENT1
< LOGON AT
limit 120
> IPL CMS
< Ready;
> #CP DEFINE TFB-512 AS 300 BLK 800
< DASD 0300 DEFINED
> FORMAT 300 F
< Do you wish
> YES
< disk label
> SCRATCH
< Ready;
> COPYFILE WELCOME TEXT S = = F
< Ready;
> #CP SAVE LAB1
< LAB1 SAVED, [0-9]+K
< HCPSAV1110W LAB1: what is on temporary disks 0300 is not saved
> ERASE WELCOME TEXT F
< Ready;
# The disk is still there, with what is on it today.
> #CP RESTORE LAB1
< LAB1 RESTORED, SAVED AT
> #CP QUERY VIRTUAL 300
< DASD 0300 9336 .TEMP.
> #CP LOGOFF
< LOGOFF AT
@ 1
> LOGON STUDENT1 STUDENT1 NOIPL
< LOGON AT
> RESTORE LAB1
< LAB1 RESTORED, SAVED AT
< HCPRST1111W LAB1: temporary disks 0300 are no more and were detached
> #CP QUERY VIRTUAL 300
< HCP
> QUERY DISK
< Ready;
> LISTFILE * * S
< Ready;
> #CP LOGOFF
< LOGOFF AT
"""


def test_temporary_disk(host, machine_kind):
    host.up(machine_kind)
    host.play(TEMPORARY)
    host.down()


LINUX_DISK = LINUX_BOOT + """> mke2fs /dev/DISK && mount -t ext2 /dev/DISK /mnt && seq 1 30000 > /mnt/numbers && sync && echo made $?
< made 0
> (until test -e /tmp/stop; do n=$((n + 1)); seq $n $((n + 300)) > /mnt/f$((n % 9)); sync; echo $n > /tmp/n; usleep 100000; done) & echo writing $?
< writing 0
> sleep 1; echo slept $?
< slept 0
> #CP SAVE BASELINE WITH DISKS
< BASELINE SAVED WITH DISKS, [0-9]+K
> sleep 1; kill %1; rm /mnt/*; dd if=/dev/zero of=/mnt/zeros bs=64k count=50; sync; echo 3 > /proc/sys/vm/drop_caches; echo over $?
< over 0
"""

LINUX_RESET = """@ 1
> LOGON LINUX LINUX
< RECONNECTED AT
limit 300
> a=$(cat /tmp/n); sleep 2; test $(cat /tmp/n) -gt $a && echo it goes on
< it goes on
> touch /tmp/stop; wait; sync; echo 3 > /proc/sys/vm/drop_caches; umount /mnt && mount -t ext2 -o ro /dev/DISK /mnt; echo again $?
< again 0
> md5sum < /mnt/numbers; seq 1 30000 | md5sum; for f in /mnt/f?; do test $(wc -l < $f) = 301 || echo short $f; done; ls /mnt/zeros; umount /mnt; echo read $?
< zeros: No such file
< read 0
> exit
< init: the shell has ended
< (?i)stop|HLT
> #CP LOGOFF
< LOGOFF AT
"""


def linux_and_disk(host, kind, folder, disk):
    """Saved with its disk while it writes there, and reset when it has written zeros over all of it."""
    reader = linux_cards(folder)
    host.up(kind, "--reader", reader)
    host.play(LINUX_DISK.replace("/dev/DISK", f"/dev/{disk}"))
    assert "LINUX: BASELINE RESTORED WITH DISKS" in host.run("reset", "LINUX").stdout
    text = host.play(LINUX_RESET.replace("/dev/DISK", f"/dev/{disk}"), "--verbose").stdout
    host.down()
    sums = checksums(text)
    assert len(sums) == 2 and sums[0] == sums[1] and "short" not in text.replace("echo short", ""), text


@pytest.mark.long
def test_linux_and_its_disk(host):
    linux_and_disk(host, "qemu-s390x", "linux", "dasda")


def test_linux_and_its_disk_pc(host):
    linux_and_disk(host, "qemu-x86_64", "linux-x86_64", "vda")


WARM_DOWN = """
@ 0
> IPL CMS
< Ready;
> #CP STORE S00F00000 D6D7C5D9
@ 1
< VM/40 ONLINE
> LOGON STUDENT1
< ENTER PASSWORD
> STUDENT1
< LOGON AT
> IPL CMS
< Ready;
> #CP SPOOL CONSOLE START
> QUERY DISK
< Ready;
> #CP STORE S00F00000 C1C2C3C4
> #CP SHUTDOWN SAVE
< SHUTDOWN needs privilege class A; yours is G
@ 0
> #CP AUTOLOG STUDENT2 STUDENT2
> #CP SEND CP STUDENT1 QUERY FILES
@ 1
< NO RDR, *NO PRT, *NO PUN
@ 0
> SHUTDOWN-SAVE
< STUDENT1 SHUTDOWN SAVED, [0-9]+K
< SYSTEM SHUTDOWN COMPLETE
"""

WARM_UP = """
@ 0
> #CP QUERY NAMES
< STUDENT1 - DSC, STUDENT2 - DSC, OPERATOR - L0000
> #CP DISPLAY 00F00000
< D6D7C5D9
> QUERY DISK
< Ready;
> #CP QUERY SAVED ALL
< 0 SAVED
@ 1
< VM/40 ONLINE
> LOGON STUDENT1
< ENTER PASSWORD
> STUDENT1
< RECONNECTED AT
> LISTFILE * * S
< Ready;
> #CP DISPLAY 00F00000
< C1C2C3C4
# The open file of the console came with the machine, and is there once.
> #CP SPOOL CONSOLE STOP CLOSE
> #CP QUERY FILES
< 0001 PRT
> #CP LOGOFF
< LOGOFF AT
"""


def ended(host):
    """CP has stopped by itself; its emulator and relay are gone."""
    limit = time.monotonic() + 60
    while host.run("status", "--name", "vm40", check=False).returncode == 0:
        assert time.monotonic() < limit
        time.sleep(0.1)
    host.names.discard("vm40")


def warm(host, first, second, command):
    """command: how the operator says it, to CP or to his CMS, which asks CP by DIAGNOSE and goes on from there."""
    host.up(first)
    host.play(WARM_DOWN.replace("SHUTDOWN-SAVE", command))
    ended(host)
    host.up(second)
    log = host.log()
    assert all(f"{user} SHUTDOWN RESTORED, SAVED AT" in log for user in ("OPERATOR", "STUDENT1", "STUDENT2")), log
    host.play(WARM_UP)
    host.down()
    host.up(second)
    host.play("@ 0\n> QUERY NAMES\n< OPERATOR - L0000\n> QUERY USERS\n< 1 USERS|001 USERS\n")
    host.down()


def test_warm_start(host, machine_kind):
    warm(host, machine_kind, machine_kind, "CP SHUTDOWN SAVE")


def test_warm_start_on_the_other_emulator(host):
    warm(host, *MAINFRAMES, "#CP SHUTDOWN SAVE")


AUTOSAVE = """
@ 1
< VM/40 ONLINE
> LOGON STUDENT1
< ENTER PASSWORD
> STUDENT1
< LOGON AT
> IPL CMS
< Ready;
> #CP STORE S00F00000 C1C2C3C4
> #CP SET AUTOSAVE STUDENT1 2 SEC
< AUTOSAVE needs privilege class A or E; yours is G
@ 0
> QUERY AUTOSAVE STUDENT1
< AUTOSAVE STUDENT1 OFF
> SET AUTOSAVE STUDENT1 2 SEC
< AUTOSAVE STUDENT1 EVERY 2 SEC
"""

AUTOSAVED = """
@ 0
limit 3
> QUERY SAVED ALL
< STUDENT1 AUTOSAVE AUTOSAVE
"""

AUTOSAVE_BACK = """
@ 1
< VM/40 ONLINE
> LOGON STUDENT1 NOIPL
< ENTER PASSWORD
> STUDENT1
< LOGON AT
> QUERY SAVED
< STUDENT1 AUTOSAVE AUTOSAVE
> RESTORE AUTOSAVE
< STUDENT1 AUTOSAVE RESTORED, SAVED AT
> QUERY DISK
< Ready;
> #CP DISPLAY 00F00000
< C1C2C3C4
> #CP QUERY AUTOSAVE
< AUTOSAVE STUDENT1 EVERY 2 SEC
@ 0
> SET AUTOSAVE STUDENT1 OFF
< AUTOSAVE STUDENT1 OFF
@ 1
> #CP PURGE SAVED AUTOSAVE
< AUTOSAVE PURGED
> #CP LOGOFF
< LOGOFF AT
"""


def test_autosave_after_a_crash(host, machine_kind):
    host.up(machine_kind)
    host.play(AUTOSAVE)
    assert any(host.play(AUTOSAVED, check=False).returncode == 0 for _ in range(20))
    host.run("down", "--force")
    host.up(machine_kind)
    host.play(AUTOSAVE_BACK)
    host.down()
