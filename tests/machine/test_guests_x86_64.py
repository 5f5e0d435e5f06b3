"""Tiny guests for x86-64, one point of the machine each: bare on QEMU and under CP.

A guest judges itself by the architecture manual, and what it tries both bare and under CP must end alike; what is known to be
otherwise stands in tests/guests-x86_64/differences.md, and all of that must be met.
Before it: test_guests.py. After it: wild.py.
Known simplification: bare, QEMU's processor shows and lets pass more than CP does; the guests know what to leave out there.
"""
import collections
import functools
import re
import subprocess

import pytest

from conftest import BUILD, ROOT
from wild_pc import image

KIND = "qemu-x86_64"
GUESTS = ["cpuid", "msr", "exception", "control", "port", "interruption", "nmi", "paging", "rights", "transfer", "fault",
          "debug", "window", "chips", "step", "real"]
TIMED = ["interruption"]  # where a trial is when a timer ends it depends on the host
TRIAL = re.compile(r"^(.*): (done.*|vector [0-9A-F]+, error [0-9A-F]+, at .*)$")
BAD = re.compile(r"^BAD (.*): [^:]*$")
POINTS = 500  # compared, at least
HANG = 200  # seconds of the host

IPL = """@ 1
> LOGON LINUX LINUX NOIPL
< LOGON AT
limit 120
> IPL 00C CLEAR
< guest: (passed|FAILED)
"""

FOLLOW = """@ 1
> LOGON LINUX LINUX NOIPL
< LOGON AT
limit 400
> TRACE INSTR RUN
< TRACE STARTED
> IPL 00C CLEAR
< turned its power off
> DISPLAY 100020
< R00100020 +0D900000
"""


@functools.lru_cache
def bare(guest):
    command = ["qemu-system-x86_64", "-accel", "tcg", "-cpu", "max", "-m", "96", "-display", "none", "-serial", "stdio", "-no-reboot",
               "-kernel", str(BUILD / "guests-x86_64" / f"{guest}.bin")]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=HANG)
    return done.stdout.decode(errors="replace").replace("\r", "").splitlines()


def play(host, text, *words):
    path = host.directory / "guest.dialogue"
    path.write_text(text)
    return host.play_file(path, KIND, "--verbose", *words).stdout


def under_cp(host, guest):
    text = play(host, IPL, "--reader", f"LINUX={BUILD}/guests-x86_64/{guest}.bin")
    return [re.sub(r"^\[1\] ?", "", line) for line in text.splitlines() if line.startswith("[1]")]


@functools.lru_cache
def differences():
    """Rows of the table: where, guest, trial."""
    text = (ROOT / "tests" / "guests-x86_64" / "differences.md").read_text()
    return [tuple(cell.strip() for cell in line.split("|")[1:4]) for line in text.splitlines() if line.startswith(("| QEMU |", "| bare |"))]


def known(guest, *where):
    return {trial for place, name, trial in differences() if name == guest and place in where}


def judged(lines, guest, *where):
    """All is well, but for what is known not to be; and that is not."""
    bad = [match[1] for line in lines if (match := BAD.match(line))]
    assert set(bad) == known(guest, *where), "\n".join(lines)
    assert f"guest: {'FAILED' if bad else 'passed'}, {len(bad)} failures" in lines, "\n".join(lines)


def trials(lines):
    """How each ended. A name that comes again is another trial."""
    seen, ends = collections.Counter(), {}
    for match in filter(None, map(TRIAL.match, lines)):
        seen[match[1]] += 1
        ends[match[1], seen[match[1]]] = match[2]
    return ends


@pytest.mark.parametrize("guest", GUESTS)
def test_bare(guest):
    judged(bare(guest), guest, "QEMU", "bare")


@pytest.mark.parametrize("guest", GUESTS)
def test_under_cp(host, guest):
    lines = under_cp(host, guest)
    judged(lines, guest, "QEMU")
    if guest in TIMED:
        return
    alone, under = trials(bare(guest)), trials(lines)
    differ = {name for name, end in alone.items() if under.get(name) != end}
    assert {name for name, _ in differ} == known(guest, "bare")


def test_points():
    """So many trials are compared."""
    count = sum(len(trials(bare(guest))) for guest in GUESTS if guest not in TIMED)
    print(count, "points")
    assert count >= POINTS


@pytest.mark.parametrize("guest", ["step", "exception", "window", "nmi"])
def test_followed(host, guest):
    """A guest does not notice that it is traced, instruction by instruction; and it is. Its lines may be dropped in so many
    others, so the verdict is taken from its storage."""
    text = play(host, FOLLOW, "--reader", f"LINUX={BUILD}/guests-x86_64/{guest}.bin")
    assert text.count("->") > 1000


UNKNOWN = {  # guest: what is counted for it
    "msr": ("NO MSR 12345678 2", "NO MSR 12345678"),
    "port": ("NO PORT 6F0 [1-9]", "NO PORT 6F0"),
}


@pytest.mark.parametrize("guest", UNKNOWN)
def test_unknown(host, guest):
    """What no device and no register answers is as on a machine without it (the guest judges that), and it is counted."""
    query, indicate = UNKNOWN[guest]
    text = IPL + f"< turned its power off\n> QUERY VIRTUAL\n< {query}\n> INDICATE USER\n< {indicate}\n"
    assert "guest: passed" in play(host, text, "--reader", f"LINUX={BUILD}/guests-x86_64/{guest}.bin")


ENDS = {
    "shutdown": "processor shutdown: triple fault",
    "halt": "HLT with interruptions off",
    "invalid": "the processor refused the machine's state",
}


@pytest.mark.parametrize("end", ENDS)
def test_ends(host, end):
    """What no machine goes on from stops that machine, with a sentence, and nobody else."""
    seed = list(ENDS).index(end)
    lines = IPL.replace("< guest: (passed|FAILED)", "< guest: ready")
    if end == "invalid":  # its user stores what no processor runs: protection off and paging on
        lines += "> #CP STOP\n> STORE X0 80000010\n> BEGIN\n"
    text = play(host, lines + f"< {ENDS[end]}\n> QUERY TIME\n< TIME\n", "--reader", f"LINUX={image(host.directory, 'ends', 0, seed)}")
    assert ENDS[end] in text
