"""CMS-lite bare on QEMU's PC: no CP below it, a terminal at COM1, no disks.

The very bytes that CP loads also run on a real machine: console with echo and backspace, the timer, what it says without CP.
Before it: `make build` (build/cms-lite-x86_64.bin). After it: nothing. On Hercules: test_cms_bare.py.
Known simplification: programs need a disk, and so are tried under CP only.
"""
import re

import pexpect
import pytest

from conftest import BUILD

LIMIT = 60  # seconds of the host for one line; only a hung machine comes near it


@pytest.fixture
def bare():
    machine = pexpect.spawn("qemu-system-x86_64", ["-accel", "tcg", "-cpu", "max", "-m", "64", "-nodefaults", "-display", "none", "-serial",
                            "stdio", "-no-reboot", "-kernel", str(BUILD / "cms-lite-x86_64.bin")], encoding="latin1", timeout=LIMIT)
    machine.expect(r"CMS-lite VM/40 \d+\.\d+ \d{4}-\d\d-\d\d \d\d:\d\d:\d\d GMT")
    machine.expect(r"DMSACC113S Device A\(191\) not attached")
    ready(machine)
    yield machine
    machine.close(force=True)


def ready(machine, code=""):
    """When it was, in seconds, and the processor time that it took."""
    machine.expect(rf"Ready{code}; T=(\d+\.\d\d)/\d+\.\d\d (\d\d):(\d\d):(\d\d)\r+\n")
    used, hours, minutes, seconds = machine.match.groups()
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds), float(used)


def test_console(bare):
    bare.send("querx\by cmslevel\r")
    bare.expect(re.escape("\b \b"))
    bare.expect(r"CMS-lite Level")
    ready(bare)
    bare.send("cp query time\rquery storage\r")  # the second is typed ahead
    bare.expect("There is no CP here")
    ready(bare, r"\(00001\)")
    bare.expect(r"STORAGE = 6\d{4}K")
    ready(bare)
    bare.send("listfile\r")
    bare.expect("DMSLST069E Filemode A not accessed")


def test_waits(bare):
    """SLEEP takes its time by the timer, and neither it nor an idle console burns the processor."""
    bare.send("sleep 0\r")
    before, _ = ready(bare)
    bare.send("sleep 3\r")
    after, used = ready(bare)
    assert (after - before) % 86400 >= 3 and used < 0.5
