"""CMS-lite bare on Hercules: no CP below it, a 3215 console at 0009, disks that are FBA images.

What is tested is that the very bytes that CP loads also run on a real machine: IPL from the FBA disk by its own channel
program, and through a .ins file; files, programs, cards and printer by channel programs; the timer; HX.
Before it: `make build` (build/cms-lite.bin, build/cmsdisk, build/cms-disk). After it: nothing.
Known simplification: one Hercules for each test, driven through its pipe.
"""
import os
import re
import shutil
import subprocess
import time

import pytest
from pexpect import EOF, TIMEOUT
from pexpect.popen_spawn import PopenSpawn

from conftest import BUILD, ROOT

LIMIT = 60  # seconds of the host for one line; only a hung machine comes near it
CMSDISK = BUILD / "cmsdisk"
READY = r"Ready; T=\d+\.\d\d/\d+\.\d\d \d\d:\d\d:\d\d\r?\n"
CONFIGURATION = """\
CPUSERIAL 000611
CPUMODEL 2094
ARCHMODE ESAME
MAINSIZE 16
XPNDSIZE 0
NUMCPU 1
MAXCPU 2
OSTAILOR QUIET
PANRATE SLOW
0009 3215-C / noprompt
000C 3505 cards.txt ascii eof
000D 3525 punch.txt ascii
000E 1403 print.txt
0190 9336 190.img
0191 9336 191.img
"""

pytestmark = pytest.mark.skipif(shutil.which("hercules") is None, reason="hercules is not installed")


class Bare:
    """A Hercules in `directory`, with a system disk and an unformatted user disk."""

    def __init__(self, directory):
        self.directory = directory
        (directory / "h.cnf").write_text(CONFIGURATION)
        (directory / "x.rc").write_text("")
        (directory / "cards.txt").write_text("FIRST CARD\n  second card, lower case\n")
        shutil.copy(BUILD / "cms-lite.bin", directory)
        (directory / "cms.ins").write_text("cms-lite.bin 0x00000000\n")
        self.disk("format", "190.img", "1000", "CMS190", directory / "cms-lite.bin")
        for path in sorted((BUILD / "cms-disk").glob("*.*")):
            self.disk("put", "190.img", path.name, path)
        (directory / "191.img").write_bytes(bytes(1000 * 512))
        self.start()

    def disk(self, *words):
        done = subprocess.run([CMSDISK, *map(str, words)], cwd=self.directory, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def start(self):
        self.hercules = PopenSpawn(["hercules", "-d", "-f", "h.cnf", "EXTERNALGUI"], cwd=self.directory, timeout=LIMIT,
                                   encoding="latin1", env=dict(os.environ, HERCULES_RC="x.rc"))
        self.log = open(self.directory / "log", "a")
        self.hercules.logfile_read = self.log
        self.hercules.expect("DEVX=")

    def ipl(self, what):
        self.hercules.sendline(f"ipl {what}")
        self.expect(r"CMS-lite VM/40 \d+\.\d+ \d{4}-\d\d-\d\d \d\d:\d\d:\d\d GMT\r?\n")

    def expect(self, *patterns):
        """The patterns must appear in this order."""
        for pattern in patterns:
            self.hercules.expect(pattern)
        return self.hercules.match

    def type(self, line, *patterns):
        """Answer the console's next read; the patterns are what must appear then."""
        self.hercules.expect("HHC1C001A Enter input")
        time.sleep(0.3)  # Hercules prompts before it waits, and a line that comes in between wakes nobody
        self.hercules.sendline("/" + line)
        return self.expect(*patterns)

    def interrupt(self, line, *patterns):
        """Type a line while nobody reads: attention."""
        self.hercules.sendline("/" + line)
        return self.expect(*patterns)

    def stop(self):
        """End Hercules; the disks are then as they were left."""
        if self.hercules.proc.poll() is None:
            self.hercules.sendline("exit")
            try:
                self.hercules.expect(EOF, timeout=20)
            except TIMEOUT:
                self.hercules.proc.kill()
        self.hercules.proc.wait()
        self.log.close()


@pytest.fixture
def bare(tmp_path):
    machine = Bare(tmp_path)
    yield machine
    machine.stop()


@pytest.mark.parametrize("source", ["190", "cms.ins"])
def test_ipl(bare, source):
    """The same bytes come to Ready from the disk and from an .ins file; 190 is the S-disk."""
    bare.ipl(source)
    bare.expect(r"DMSACC114S A\(191\) is not formatted", READY)
    bare.type("query disk", r"CMS190 +190  S   R/O +\d+ +1024", READY)
    bare.type("cp query time", r"There is no CP here", r"Ready\(00001\);")
    bare.type("query storage", r"STORAGE = 16384K", READY)


def test_files(bare):
    """FORMAT, INPUT, COPYFILE, RENAME, ERASE; what is on the disk after the power went is what the host reads."""
    bare.ipl("190")
    bare.type("format 191 a", "DMSFOR603R")
    bare.type("1", "DMSFOR605R")
    bare.type("mine", r"DMSFOR732I \d+ blocks formatted on A\(191\)", READY)
    bare.type("input first text", "INPUT")
    bare.type("One line.")
    bare.type("Another one.")
    bare.type("", READY)
    bare.type("copyfile first text a second = =", READY)
    bare.type("rename second text a third text a", READY)
    bare.type("erase first text", READY)
    bare.type("type third text", r"One line\.\r?\nAnother one\.\r?\n", READY)
    bare.type("type first text", r"DMSTYP002E File FIRST TEXT \* not found", r"Ready\(00028\);")
    bare.hercules.proc.kill()
    bare.stop()
    assert bare.disk("list", "191.img").split() == ["THIRD", "TEXT", "V", "12", "2"]
    bare.disk("get", "191.img", "third.text", "out")
    assert (bare.directory / "out").read_text() == "One line.\nAnother one.\n"
    (bare.directory / "profile").write_text("&TYPE This is &0\nQUERY SEARCH\n")
    bare.disk("put", "191.img", "profile.exec", "profile")
    bare.start()
    bare.ipl("190")
    bare.expect("This is PROFILE", r"MINE +191  A   R/W", READY)


def test_programs(bare):
    """HELLO talks, WILD is stopped by problem state, PRIMES by HX; the nucleus goes on after each."""
    bare.ipl("190")
    bare.type("hello", r"What is your name\?")
    bare.type("Christopher", "Hello, Christopher!", READY)
    bare.type("load primes", READY)
    bare.type("start 1000", "DMSLIO740I Execution begins", r"Primes: 168\r?\n", READY)
    bare.type("wild", r"DMSITP141T Privileged operation exception occurred at 000200\w\w in program WILD",
              r"Ready\(00141\);")
    bare.type("primes 99999999", "Counting")
    bare.interrupt("hx", "HALTED", READY)
    bare.type("help type", "TYPE fn ft", READY)


def test_cards(bare):
    """A deck from the reader, a file to punch and printer."""
    bare.ipl("190")
    bare.type("format 191 a", "DMSFOR603R")
    bare.type("1", "DMSFOR605R")
    bare.type("mine", READY)
    bare.type("readcard deck data", READY)
    bare.type("type deck data", r"FIRST CARD\r?\n  second card, lower case\r?\n", READY)
    bare.type("punch deck data", READY)
    bare.type("print deck data", READY)
    bare.stop()
    assert (bare.directory / "punch.txt").read_text().split("\n")[:2] == [":READ  DECK     DATA     A1", "FIRST CARD"]
    assert "  second card, lower case" in (bare.directory / "print.txt").read_text()


def test_waits(bare):
    """SLEEP takes its time by the clock comparator, and neither it nor an idle console burns instructions."""
    bare.ipl("190")
    before = bare.type("sleep 0", READY).group()
    after = bare.type("sleep 3", READY).group()
    seconds = [sum(int(n) * f for n, f in zip(re.search(r"(\d\d):(\d\d):(\d\d)\r?\n", t).groups(), (3600, 60, 1)))
               for t in (before, after)]
    assert (seconds[1] - seconds[0]) % 86400 >= 3
    used = float(re.search(r"T=(\d+\.\d\d)", after).group(1))
    assert used < 0.5, f"SLEEP 3 took {used} s of CPU"


def test_reference():
    """docs/reference/cms-lite.md shows every row of the command table as it is, and no other."""
    source = (ROOT / "cms-lite" / "command.c").read_text()
    table = re.search(r"const struct command commands\[\] = \{(.*?)\n\};", source, re.S).group(1)
    rows = re.findall(r'\{"(\w+)", (\d+), "\w+", \w+, "([^"]*)",\s*"([^"]*)"\}', table)
    expected = [f"| `{name[:int(n)] + name[int(n):].lower()}` | {f'`{operands}`' if operands else ''} | {text} |"
                for name, n, operands, text in rows]
    page = (ROOT / "docs" / "reference" / "cms-lite.md").read_text()
    shown = [line for line in page.split("## Commands")[1].split("A line that is none")[0].splitlines() if line.startswith("| `")]
    assert rows and shown == expected
