"""Lines of any bytes and any length, typed at real terminals by somebody who is logged on, and by somebody who is not.

Words of commands in any order are tests/unit/test_command.c's; here it is the way of the bytes through the emulator, the driver and
the session. Before it: `make build`. After it: nothing.
Known simplification: one seed; on Hercules its own telnet makes blanks of what is not printable.
"""
import random
import subprocess

from conftest import HANG, VM40

LINES = 150
WORDS = b"QUERY NAMES SET DISPLAY STORE MSG * OPERATOR HELP TRACE SPOOL PRT CLASS LINK DEFINE STORAGE 0-FFFF G PSW #CP # ## @ TERM LINEND".split()


def wild_line(chance):
    kind = chance.randrange(4)
    if kind == 0:  # bytes, but for what ends a line or, on the way to CP, means something to a terminal
        return bytes(chance.choice([b for b in range(256) if b not in (3, 4, 8, 10, 13, 127, 255)]) for _ in range(chance.randrange(300)))
    if kind == 1:
        return chance.choice(WORDS) * chance.randrange(400)
    return b" ".join(chance.choice(WORDS) for _ in range(chance.randrange(60)))


def type_at(name, line, text):
    done = subprocess.run([VM40, "console", "--name", name, str(line)], input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=HANG)
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_any_bytes(host, machine_kind):
    chance = random.Random(40)
    host.up(machine_kind)
    wild = b"\n".join(wild_line(chance) for _ in range(LINES)) + b"\n"
    type_at("vm40", 1, wild)
    said = type_at("vm40", 2, b"LOGON STUDENT1 STUDENT1\n" + wild + b"#CP QUERY CPLEVEL\n")
    assert b"LOGON AT" in said and b"HCPCMD" in said, said[-2000:]
    host.play("@ 3\n< VM/40 ONLINE\n> LOGON STUDENT2 STUDENT2\n< LOGON AT\n> QUERY NAMES\n< STUDENT1\n")
    host.down()


def test_characters_come_back(host, machine_kind):
    """What stands on a keyboard goes to CP and back unchanged, whatever code the emulator's terminal has."""
    text = "a|b!c^d~e[f]{g}`h@i$j"
    host.up(machine_kind)
    said = host.play(f"@ 1\n< LOGON userid\n> LOGON STUDENT1 STUDENT1 NOIPL\n< LOGON AT\n> MESSAGE * {text}\n< MSG FROM\n", "--verbose").stdout
    assert f"MSG FROM STUDENT1: {text}" in said
    host.down()
