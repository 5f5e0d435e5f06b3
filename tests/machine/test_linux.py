"""What the Linux dialogue cannot see: that what Linux wrote is on the volume after CP has gone, and that it reads back there.

The boot itself, the shell, the disk and CP's commands are tests/dialogues/linux.dialogue, and linux-pc.dialogue.
Before it: test_fuzz.py. After it: nothing.
Known simplification: one file system, written by one Linux and read by the next.
"""
import pytest

from conftest import checksums, linux_cards

# Where the files of a machine's Linux are, and what it calls its disk.
FILES = {"qemu-s390x": ("linux", "dasda"), "hercules": ("linux", "dasda"), "qemu-x86_64": ("linux-x86_64", "vda")}

BOOT = """@ 1
> LOGON LINUX LINUX
< LOGON AT
limit 1400
> IPL 00C CLEAR
< init: Linux .* is ready
< linux#
"""

LEAVE = """> exit
< init: the shell has ended
< (?i)stop|HLT
> LOGOFF
< LOGOFF AT
"""

WRITE = "> mke2fs /dev/DISK && mount -t ext2 /dev/DISK /mnt && seq 1 20000 > /mnt/numbers && umount /mnt && echo written $?\n< written 0\n"
READ = "> mount -t ext2 /dev/DISK /mnt && md5sum < /mnt/numbers && seq 1 20000 | md5sum && umount /mnt && echo read $?\n"


def twice(host, kind):
    folder, disk = FILES[kind]
    reader = linux_cards(folder)
    host.up(kind, "--reader", reader)
    host.play((BOOT + WRITE + LEAVE).replace("DISK", disk))
    host.down()
    host.up(kind, "--reader", reader)
    text = host.play((BOOT + READ + "< read 0\n" + LEAVE).replace("DISK", disk), "--verbose").stdout
    host.down()
    sums = checksums(text)
    assert len(sums) == 2 and sums[0] == sums[1], text


def test_disk_is_kept(host):
    twice(host, "qemu-s390x")


def test_disk_is_kept_pc(host):
    twice(host, "qemu-x86_64")


@pytest.mark.long
def test_disk_is_kept_hercules(host):
    twice(host, "hercules")
