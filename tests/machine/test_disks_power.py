"""The emulator is killed in the middle of a RESTORE that writes a disk back: the next IPL ends it, and the disk is the old one or the new one, whole.

Before it: tests/unit/test_disks.c, where every single write is a moment. After it: nothing.
Known simplification: what the emulator has written stays, for the host lives on.
"""
import json
import os
import random
import signal
import subprocess
import time

import pytest

from conftest import VM40

MACHINES = ("qemu-s390x", "qemu-x86_64")
LENGTH = 880_000  # of a file, which must have room twice on a disk of two megabytes; a multiple of a record's 80 bytes
ROUNDS = 7
# A disk of a megabyte and a half a second, so that the moments fall into the writing.
SLOW = ("--qemu-arg=-set", "--qemu-arg=drive.volume.throttling.bps-write=1500000")

SAVE = """
@ 1
< VM/40 ONLINE
> LOGON STUDENT1 STUDENT1
< LOGON AT
> IPL CMS
< Ready;
> #CP SAVE BASE WITH DISKS
< BASE SAVED WITH DISKS, [0-9]+K
> #CP LOGOFF
< LOGOFF AT
"""
RESTORE = "@ 0\n> RESTORE BASE STUDENT1\n< BASE RESTORED WITH DISKS\n"


def put(host, data):
    (host.directory / "big.data").write_bytes(data)
    host.run("put", "STUDENT1", "big.data")


def on_disk(host):
    host.run("get", "STUDENT1", "big.data", "back.data")
    return (host.directory / "back.data").read_bytes()


def killed(host, after):
    """RESTORE, and the power fails so many seconds later (None: when it has ended). How long it took."""
    path = host.directory / "dialogue"
    path.write_text(RESTORE)
    pid = json.loads(host.run("status", "--json").stdout)[0]["pid"]
    began = time.monotonic()
    with subprocess.Popen([VM40, "play", "--name", "vm40", path], cwd=host.directory, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL) as player:
        try:
            assert player.wait(timeout=after) == 0
        except subprocess.TimeoutExpired:
            player.kill()
        os.kill(pid, signal.SIGKILL)
    host.run("down", "--force", check=False)
    return time.monotonic() - began


@pytest.mark.parametrize("seed", [40])
def test_power(host, machine_kind, seed, tell):
    dice = random.Random(seed)
    saved, later = dice.randbytes(LENGTH), dice.randbytes(LENGTH)
    host.up(machine_kind)
    host.down()
    put(host, saved)
    host.up(machine_kind)
    host.play(SAVE)
    host.down()
    put(host, later)
    subprocess.run(["cp", "--sparse=always", "vm40.volume", "later.volume"], cwd=host.directory, check=True)
    length, ended = None, 0
    for _ in range(ROUNDS):
        subprocess.run(["cp", "--sparse=always", "later.volume", "vm40.volume"], cwd=host.directory, check=True)
        host.up(machine_kind, *SLOW)
        took = killed(host, length and dice.uniform(length / 4, length))
        length = length or took
        listed = host.run("image", "list", "vm40.volume").stdout
        host.up(machine_kind)
        back = "STUDENT1 - DSC" in host.play("@ 0\n> QUERY NAMES\n< OPERATOR", "--verbose").stdout
        host.down()
        half = "RESTORE NOT ENDED" in listed
        assert back == half, listed
        ended += half
        assert "RESTORE NOT ENDED" not in host.run("image", "list", "vm40.volume").stdout
        assert on_disk(host) in ((saved,) if half else (saved, later))
    assert ended, "the power never failed while the disk was written"
    tell(f"power fails in a RESTORE of {length:.2f} s: {ended} of {ROUNDS - 1} were ended by the next IPL ")
