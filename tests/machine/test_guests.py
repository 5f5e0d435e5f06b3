"""Tiny guests, one point of the machine each: bare on both emulators, and under CP on both, by each engine that runs there.

A guest judges itself by the architecture manual. What an emulator is known to do otherwise stands in
tests/guests/differences.md; a difference that does not stand there fails. Under CP, the trials that both show must end alike.
Before it: `make guests`. After it: tests/machine/test_fuzz.py.
Known simplification: each guest has a machine of its own.
"""
import functools
import re
import subprocess
import sys

import pytest

from conftest import BUILD, MAINFRAMES, ROOT

sys.path.insert(0, str(ROOT / "tests" / "guests"))
import bare  # noqa: E402

MACHINES = MAINFRAMES
GUESTS = ["epsw", "monitor", "privileged", "semiprivileged", "control", "assist", "executed", "own-page", "timer", "waits", "interruption", "registers",
          "moves", "own-registers", "dat", "spaces", "authority", "storage", "subchannel", "per", "esa390", "fatal"]
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


BARE = [(machine, guest) for machine in ("qemu", "hercules") for guest in GUESTS if (machine, guest) != ("qemu", "fatal")]


@pytest.mark.parametrize("machine, guest", BARE)
def test_bare(machine, guest):
    judge(bare_lines(machine, guest), machine, guest)


def test_fatal_bare_qemu():
    """What "fatal" is about: without CP, QEMU does not survive its first line. When it does, s390x/dat/code.c may forget it."""
    lines = bare.RUN["qemu"]("fatal")
    assert not any("guest: " in line for line in lines) and any("fatal error" in line for line in lines), lines


@pytest.mark.parametrize("machine", ["qemu", "hercules"])
def test_instruction_view(machine):
    """The ground that the trap engine stands on. One thing is not there on QEMU: LRA does nothing with DAT off."""
    lines = bare.RUN[machine]("instruction-view")
    bad = {line.strip() for line in lines if line.strip().startswith("BAD")}
    assert any(line.startswith("guest: ") for line in lines), lines
    assert bad <= ({"BAD: LRAG with DAT off goes by the address-space bits"} if machine == "qemu" else set())


# Machines, and the engine of CP's that is to run the guest: QEMU has no interpretive execution.
ENGINES = [("qemu-s390x", "TRAP"), ("hercules", "TRAP"), ("hercules", "SIE")]
BY = {"TRAP": "> SET ASSIST SIE OFF\n", "SIE": "> SET ASSIST SIE ON\n"}

DIALOGUE = """@ 1
> LOGON LINUX LINUX
< LOGON AT
> SET ASSIST {assist}
{by}limit 120
> IPL 00C CLEAR
< guest: (passed|FAILED)
> #CP INDICATE USER
< ENGINE={engine}
> #CP LOGOFF
< LOGOFF AT
"""


ENDS = [  # what each way of tests/guests/ends.c comes to; three never end
    "< HCPGIR450W CP entered; disabled wait PSW 0002000180000000 0000000000123456\n",
    "< HCPGIR453W CP entered; program interruption loop: .* PSW 8000000180000000 0000000000654320\n",
    "", "", "",
]
END = """> CLOSE RDR
> IPL 00C CLEAR STOP
> DISPLAY PSW
< PSW = 00080000
> STORE S2008 {way:016X}
< STORE COMPLETE
> BEGIN
{comes}@ 2
> QUERY LINUX
< LINUX
@ 1
> #CP QUERY TIME
< CONNECT=
> #CP SYSTEM CLEAR
< STORAGE CLEARED
"""


@pytest.mark.parametrize("kind, engine", ENGINES)
def test_ends(host, kind, engine):
    """A machine that has come to its end, or comes to none: CP says where it stands, and answers everybody."""
    host.up(kind, "--reader", f"LINUX={BUILD}/guests/ends.deck")
    host.play("@ 2\n< LOGON userid\n@ 1\n< LOGON userid\n> LOGON LINUX LINUX\n< LOGON AT\n" + BY[engine]
              + "".join(END.format(way=way, comes=comes) for way, comes in enumerate(ENDS)))
    host.down()


def under_cp(host, machine_kind, guest, assist="ON", engine="TRAP"):
    path = host.directory / "guest.dialogue"
    path.write_text(DIALOGUE.format(assist=assist, by=BY[engine], engine=engine))
    done = host.play_file(path, machine_kind, "--verbose", "--reader", f"LINUX={BUILD}/guests/{guest}.deck")
    return [re.sub(r"^\[1\] ?", "", line) for line in done.stdout.splitlines() if line.startswith("[1]")]


def passes(host, machine_kind, dialogue, *readers):
    path = host.directory / "guest.dialogue"
    path.write_text(dialogue)
    words = [word for reader in readers for word in ("--reader", reader)]
    lines = host.play_file(path, machine_kind, "--verbose", *words).stdout
    assert "BAD" not in lines, lines
    return lines


@pytest.mark.parametrize("kind, engine", ENGINES)
def test_block_io_ends_by_interruption(host, kind, engine):
    """DIAGNOSE X'250', which the bare machines do not have."""
    dialogue = DIALOGUE.format(assist="ON", by=BY[engine], engine=engine)
    passes(host, kind, dialogue.replace("(passed|FAILED)", "passed"), f"LINUX={BUILD}/guests/block-end.deck")


REPORTS = """@ 1
> LOGON LINUX LINUX
< LOGON AT
{by}limit 120
> IPL 00C CLEAR
< report: waiting
> #CP DEFINE PRINTER 00F
< report: device 000F has come
> #CP DETACH 00F
< report: a device has gone
< guest: passed
"""


@pytest.mark.parametrize("kind, engine", ENGINES)
def test_channel_reports(host, kind, engine):
    passes(host, kind, REPORTS.format(by=BY[engine]), f"LINUX={BUILD}/guests/channel-report.deck")


BESIDE = """@ 1
> LOGON LINUX LINUX
< LOGON AT
{by}limit 300
> SET MACHINE FACILITIES HOST
> IPL 00C CLEAR
< own registers: begun, {with} vector registers
@ 2
> LOGON STUDENT1 STUDENT1 NOIPL
< LOGON AT
> DEFINE STORAGE 32M
< STORAGE
> SET MACHINE FACILITIES HOST
> IPL 00C CLEAR
< own registers: begun, {with} vector registers
< guest: passed
@ 1
< own registers: round [0-9]+, 0 failures
"""


@pytest.mark.parametrize("kind, engine", ENGINES)
def test_two_users_have_their_own_registers(host, kind, engine):
    """Floating-point, access and, where the machine has them, vector registers: LINUX runs on and on, STUDENT1 beside it, on Hercules
    always by SIE."""
    endless = host.directory / "endless.deck"
    subprocess.run([sys.executable, ROOT / "tests/guests/deck.py", BUILD / "guests/own-registers.bin", endless, "2008=ffffffff"], check=True)
    with_or_without = "with" if kind == "qemu-s390x" else "without"
    passes(host, kind, BESIDE.format(**{"with": with_or_without, "by": BY[engine]}), f"LINUX={endless}", f"STUDENT1={BUILD}/guests/own-registers.deck")


@pytest.mark.parametrize("kind, engine", ENGINES)
@pytest.mark.parametrize("guest", GUESTS)
def test_under_cp(host, kind, engine, guest):
    machine = kind.split("-")[0]
    lines = under_cp(host, kind, guest, engine=engine)
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


# The change comes at the top of the loop, a moment after the command.
CHANGES = "".join(f"""> #CP SET ASSIST SIE {'OFF' if n % 2 else 'ON'}
< own registers: round [0-9]+, 0 failures
> #CP INDICATE USER
< ENGINE={'TRAP' if n % 2 else 'SIE'}
""" for n in range(6))
CHANGING = f"""@ 1
> LOGON LINUX LINUX
< LOGON AT
limit 120
> IPL 00C CLEAR
< own registers: begun
{CHANGES}"""


def test_engine_changes_while_a_guest_runs(host):
    """No IPL, and the guest does not notice: its registers are its own after each change."""
    endless = host.directory / "endless.deck"
    subprocess.run([sys.executable, ROOT / "tests/guests/deck.py", BUILD / "guests/own-registers.bin", endless, "2008=ffffffff"], check=True)
    passes(host, "hercules", CHANGING, f"LINUX={endless}")
