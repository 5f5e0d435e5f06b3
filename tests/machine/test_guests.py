"""Tiny guests, one point of the machine each: bare on both emulators, and under CP on both.

A guest judges itself by the architecture manual. What an emulator is known to do otherwise stands in
tests/guests/differences.md; a difference that does not stand there fails. Under CP, the trials that both show must end alike.
Before it: `make guests`. After it: tests/machine/test_fuzz.py.
Known simplification: each guest has a machine of its own.
"""
import functools
import re
import sys

import pytest

from conftest import BUILD, ROOT

sys.path.insert(0, str(ROOT / "tests" / "guests"))
import bare  # noqa: E402

GUESTS = ["epsw", "monitor", "privileged", "semiprivileged", "control", "assist", "timer", "waits", "interruption", "registers", "dat", "storage", "subchannel", "per", "esa390"]
TRIAL = re.compile(r"^(.*): (done, cc \d|interruption \d, code [0-9A-F]{4}, length \d, at .*)$")


@functools.lru_cache
def known_differences():
    rows = set()
    for line in (ROOT / "tests" / "guests" / "differences.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and len(cells) == 4 and cells[0] != "machine":
            rows.add((cells[0].lower(), cells[1], " ".join(f"{cells[2]}: {cells[3]}".split())))
    return rows


def judge(lines, machine, guest):
    text = "\n".join(lines)
    assert "guest: passed, 0 failures" in text, text
    for line in lines:
        if line.startswith("differs: "):
            row = (machine, guest, " ".join(line[9:].split()))
            assert row in known_differences(), f"not in differences.md: {row}\n{text}"


def trials(lines):
    """Trial by trial, in order: what it was and how it ended."""
    return [(match[1], match[2]) for line in lines if (match := TRIAL.match(line))]


@functools.lru_cache
def bare_lines(machine, guest):
    return bare.RUN[machine](guest)


@pytest.mark.parametrize("guest", GUESTS)
@pytest.mark.parametrize("machine", ["qemu", "hercules"])
def test_bare(machine, guest):
    judge(bare_lines(machine, guest), machine, guest)


@pytest.mark.parametrize("machine", ["qemu", "hercules"])
def test_instruction_view(machine):
    """The ground that the trap engine stands on. One thing is not there on QEMU: LRA does nothing with DAT off."""
    lines = bare.RUN[machine]("instruction-view")
    bad = {line.strip() for line in lines if line.strip().startswith("BAD")}
    assert any(line.startswith("guest: ") for line in lines), lines
    assert bad <= ({"BAD: LRAG with DAT off goes by the address-space bits"} if machine == "qemu" else set())


DIALOGUE = """@ 1
> LOGON LINUX LINUX
< LOGON AT
> SET ASSIST {assist}
limit 120
> IPL 00C CLEAR
< guest: (passed|FAILED)
> #CP LOGOFF
< LOGOFF AT
"""


def under_cp(host, machine_kind, guest, assist="ON"):
    path = host.directory / "guest.dialogue"
    path.write_text(DIALOGUE.format(assist=assist))
    done = host.play_file(path, machine_kind, "--verbose", "--reader", f"LINUX={BUILD}/guests/{guest}.deck")
    return [re.sub(r"^\[1\] ?", "", line) for line in done.stdout.splitlines() if line.startswith("[1]")]


@pytest.mark.parametrize("guest", GUESTS)
def test_under_cp(host, machine_kind, guest):
    machine = machine_kind.split("-")[0]
    lines = under_cp(host, machine_kind, guest)
    judge(lines, machine, guest)
    bare_trials = trials(bare_lines("hercules", guest))
    different = [pair for pair in zip(bare_trials, trials(lines)) if pair[0] != pair[1]]
    may = {row[2].split(":")[0] for row in known_differences() if row[1] == guest}
    assert not [pair for pair in different if pair[0][0].strip() not in may and not pair[0][0].startswith("  ")], different


# Those that use the instructions of CP's short cut, s390x/engine/trap/fast.c.
@pytest.mark.parametrize("guest", ["assist", "control"])
def test_assist(host, machine_kind, guest):
    """The plain way leaves the same machine as the short cut."""
    plain = under_cp(host, machine_kind, guest, assist="OFF")
    judge(plain, machine_kind.split("-")[0], guest)
    assert len(trials(plain)) > 8
    assert trials(plain) == trials(under_cp(host, machine_kind, guest))
