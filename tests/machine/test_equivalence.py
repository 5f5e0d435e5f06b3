"""Random programs: bare and under CP, by each of its engines, on the same emulator, they leave the same.

tests/guests/programs.c makes the programs, each from its number, and sums up what each leaves. Where the sums of fifty programs differ,
the first program that differs is found, and made smaller by leaving out one instruction after the other; the failure shows it
in detail. Programs that have failed once stand in tests/equivalence/programs and are run every time.
Before it: test_guests.py. After it: test_fuzz.py.
Known simplification: what bare QEMU is known to do otherwise (tests/guests/differences.md) is left out on QEMU.
"""
import os
import re
import sys

import pytest

from conftest import BUILD, MAINFRAMES, ROOT
from wild import deck

sys.path.insert(0, str(ROOT / "tests" / "guests"))
import bare  # noqa: E402

MACHINES = MAINFRAMES
SAME, DETAIL = 1, 2
FLAGS = {"qemu-s390x": SAME, "hercules": 0}
TRAP = "> SET ASSIST SIE OFF\n"  # on Hercules the other engine runs unless it is told not to
FIRST = int(os.environ.get("VM40_SEED", "0"), 16)
BATCH = 50
SUM = re.compile(r"^programs (\d+) to (\d+): ([0-9A-F]{16})$", re.M)
DIALOGUE = """@ 1
> LOGON LINUX LINUX
< LOGON AT
{before}limit 600
> IPL 00C CLEAR
< guest: (passed|FAILED)
> #CP LOGOFF
< LOGOFF AT
"""


class Pair:
    """The two machines that are compared: the bare emulator, and CP's on it."""

    def __init__(self, host, kind, before=""):
        self.host, self.kind, self.before = host, kind, before

    def texts(self, first, count, flags=0, absent=0):
        stores = (f"2008={count:x}", f"2010={first:x}", f"2018={FLAGS[self.kind] | flags:x}", f"2020={absent:x}")
        alone = "\n".join(bare.RUN[self.kind.split("-")[0]]("programs", *stores))
        for old in self.host.directory.glob("play.volume*"):
            old.unlink()  # the reader would still hold the deck before
        path = self.host.directory / "programs.dialogue"
        path.write_text(DIALOGUE.format(before=self.before))
        reader = deck(self.host.directory, "programs", *stores)
        lines = self.host.play_file(path, self.kind, "--verbose", "--reader", f"LINUX={reader}").stdout.splitlines()
        return alone, "\n".join(re.sub(r"^\[1\] ?", "", line) for line in lines if line.startswith("[1]"))

    def sums(self, first, count, **more):
        """Range by range, on both."""
        return [{(int(a), int(b)): value for a, b, value in SUM.findall(text)} for text in self.texts(first, count, **more)]

    def differs(self, number, absent=0):
        alone, under = self.sums(number, 1, absent=absent)
        assert len(alone) == len(under) == 1
        return alone != under

    def smallest(self, number):
        """Instructions of the program that may be left out without the difference going away, as bits."""
        absent = 0
        for bit in range(20):
            if self.differs(number, absent | 1 << bit):
                absent |= 1 << bit
        return absent

    def explain(self, first, count):
        for number in range(first, first + count):
            if self.differs(number):
                absent = self.smallest(number)
                alone, under = self.texts(number, 1, flags=DETAIL, absent=absent)
                return f"program {number:x}, without {absent:x}\nbare:\n{alone}\nunder CP:\n{under[under.find('program '):]}"
        return f"programs {first:x} and on differ only when they run together"

    def compare(self, first, count, tell=print):
        for begin in range(first, first + count, 2000):
            some = min(2000, first + count - begin)
            alone, under = self.sums(begin, some)
            assert len(alone) == (some + BATCH - 1) // BATCH
            tell(f"{self.kind}: programs {begin:x} to {begin + some - 1:x}")
            for (low, high), value in alone.items():
                assert under.get((low, high)) == value, self.explain(low, high - low + 1)


def kept():
    """The programs that have failed once: number, instructions left out, why."""
    lines = (ROOT / "tests" / "equivalence" / "programs").read_text().splitlines()
    return [line.split(None, 2) for line in lines if line and not line.startswith("#")]


def engines(host, kind):
    return [Pair(host, kind)] + ([Pair(host, kind, TRAP)] if kind == "hercules" else [])


def test_programs(host, machine_kind):
    for pair in engines(host, machine_kind):
        pair.compare(FIRST, 1000)


def test_kept_programs(host, machine_kind):
    for pair in engines(host, machine_kind):
        for number, absent, why in kept():
            assert not pair.differs(int(number, 16), int(absent, 16)), why


@pytest.mark.long
def test_many_programs(host, machine_kind, tell):
    for pair in engines(host, machine_kind):
        pair.compare(FIRST, 20_000, tell)
