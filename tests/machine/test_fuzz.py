"""Wild guests beside a quiet one: CP stays up, and the neighbour's storage stays as it is.

One guest executes random instructions, one starts random channel programs and random DIAGNOSE calls; LINUX is wild, STUDENT1 is
the neighbour, who looks at the hash of his storage again and again.
Before it: test_guests.py. After it: test_linux.py.
Known simplification: a wild guest that ends itself (a bad PSW, a console detached) before it has done what was asked fails the test; another
seed has to be found for it.
"""
import re
import subprocess
import sys

import pytest

from conftest import BUILD, ROOT

COUNTS = {"fuzz": 20_000, "fuzz-io": 5_000}
LONG_COUNTS = {"fuzz": 1_000_000, "fuzz-io": 100_000}

NEIGHBOUR = """@ 2
> LOGON STUDENT1 STUDENT1 NOIPL
< LOGON AT
> DEFINE STORAGE 32M
< STORAGE
limit 600
> IPL 00C CLEAR
< neighbour: look 1,
"""

WILD = """@ 1
> LOGON LINUX LINUX
< LOGON AT
limit 1400
> IPL 00C CLEAR
< guest: passed
@ 2
< neighbour: look
< neighbour: look
@ 0
> QUERY NAMES
< STUDENT1
"""


def deck(directory, guest, count, seed):
    path = directory / f"{guest}.deck"
    tool = ROOT / "tests" / "guests" / "deck.py"
    subprocess.run([sys.executable, tool, BUILD / "guests" / f"{guest}.bin", path, f"2008={count:x}", f"2010={seed:x}"], check=True)
    return path


def run(host, kind, guest, count, seed):
    wild = deck(host.directory, guest, count, seed)
    quiet = deck(host.directory, "neighbour", 1_000_000, 1)
    dialogue = host.directory / "fuzz.dialogue"
    dialogue.write_text(NEIGHBOUR + WILD)
    done = host.play_file(dialogue, kind, "--verbose", "--reader", f"LINUX={wild}", "--reader", f"STUDENT1={quiet}")
    assert "storage has changed" not in done.stdout
    print(done.stdout[-3000:])
    return done.stdout


@pytest.mark.parametrize("guest", COUNTS)
def test_wild(host, machine_kind, guest):
    text = run(host, machine_kind, guest, COUNTS[guest], 0x1234567)
    assert int(re.search(rf"{guest}: (\d+) (instructions, damaged|operations, \d+ diag)", text)[1]) >= COUNTS[guest]


@pytest.mark.long
@pytest.mark.parametrize("seed", [0x9E3779B97F4A7C15, 0xDEADBEEF])
@pytest.mark.parametrize("guest", LONG_COUNTS)
def test_wild_long(host, machine_kind, guest, seed):
    run(host, machine_kind, guest, LONG_COUNTS[guest], seed)
