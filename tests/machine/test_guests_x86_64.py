"""Tiny guests for x86-64, one point of the machine each: bare on QEMU and under CP; wild ones beside a quiet one.

A guest judges itself by the architecture manual. What it tries both bare and under CP must end alike.
Before it: test_guests.py. After it: test_fuzz.py.
Known simplification: bare, QEMU's processor shows and lets pass more than CP does; the guests know what to leave out there.
"""
import functools
import re
import subprocess

import pytest

from conftest import BUILD

KIND = "qemu-x86_64"
GUESTS = ["cpuid", "msr", "exception", "control", "port", "interruption", "paging", "step"]
TIMED = ["interruption"]  # where a trial is when a timer ends it depends on the host
TRIAL = re.compile(r"^(.*): (done|vector [0-9A-F]+, error [0-9A-F]+, at .*)$")
WORDS = 0x20  # where a guest's file has what the test wants of it: a count and a seed
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

NEIGHBOUR = """@ 2
> LOGON STUDENT1 STUDENT1 NOIPL
< LOGON AT
limit 1000
> IPL 00C CLEAR
< neighbour: look 1,
"""

WILD = """@ 1
> LOGON LINUX LINUX NOIPL
< LOGON AT
limit 1000
> IPL 00C CLEAR
< guest: passed
> QUERY VIRTUAL
< STORAGE
@ 2
< neighbour: look
< neighbour: look
@ 0
> QUERY NAMES
< STUDENT1
"""


@functools.lru_cache
def bare(guest):
    command = ["qemu-system-x86_64", "-accel", "tcg", "-cpu", "max", "-m", "96", "-display", "none", "-serial", "stdio", "-no-reboot",
               "-kernel", str(BUILD / "guests-x86_64" / f"{guest}.bin")]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=HANG)
    return done.stdout.decode(errors="replace").replace("\r", "").splitlines()


def image(directory, guest, count=0, seed=0):
    data = bytearray((BUILD / "guests-x86_64" / f"{guest}.bin").read_bytes())
    data[WORDS : WORDS + 16] = count.to_bytes(8, "little") + seed.to_bytes(8, "little")
    path = directory / f"{guest}.bin"
    path.write_bytes(data)
    return path


def play(host, text, *words):
    path = host.directory / "guest.dialogue"
    path.write_text(text)
    return host.play_file(path, KIND, "--verbose", *words).stdout


def under_cp(host, guest):
    text = play(host, IPL, "--reader", f"LINUX={BUILD}/guests-x86_64/{guest}.bin")
    return [re.sub(r"^\[1\] ?", "", line) for line in text.splitlines() if line.startswith("[1]")]


def passed(lines):
    assert "guest: passed, 0 failures" in lines, "\n".join(lines)


def trials(lines):
    return dict(match.groups() for line in lines if (match := TRIAL.match(line)))


@pytest.mark.parametrize("guest", GUESTS)
def test_bare(guest):
    passed(bare(guest))


@pytest.mark.parametrize("guest", GUESTS)
def test_under_cp(host, guest):
    lines = under_cp(host, guest)
    passed(lines)
    if guest in TIMED:
        return
    alone, under = trials(bare(guest)), trials(lines)
    assert not {name: (end, under[name]) for name, end in alone.items() if name in under and under[name] != end}


@pytest.mark.parametrize("guest", ["step", "exception"])
def test_followed(host, guest):
    """A guest does not notice that it is traced, instruction by instruction; and it is. Its lines may be dropped in so many
    others, so the verdict is taken from its storage."""
    text = play(host, FOLLOW, "--reader", f"LINUX={BUILD}/guests-x86_64/{guest}.bin")
    assert text.count("->") > 1000


@pytest.mark.parametrize("guest, count", [("fuzz-port", 5_000)])
def test_wild(host, guest, count):
    wild(host, guest, count, 0x1234567)


@pytest.mark.long
@pytest.mark.parametrize("guest, count", [("fuzz", 1_000_000), ("fuzz-port", 100_000)])
@pytest.mark.parametrize("seed", [0x9E3779B97F4A7C15, 0xDEADBEEF])
def test_wild_long(host, guest, count, seed):
    wild(host, guest, count, seed)


def wild(host, guest, count, seed):
    text = play(host, NEIGHBOUR + WILD, "--reader", f"LINUX={image(host.directory, guest, count, seed)}",
                "--reader", f"STUDENT1={image(host.directory, 'neighbour', 1_000_000)}")
    print(text[-3000:])
    assert "storage has changed" not in text
    assert int(re.search(rf"{guest}: (\d+) (instructions done|operations)", text)[1]) >= count


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
