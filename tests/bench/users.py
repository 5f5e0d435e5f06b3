"""How many CMS users one machine of 256 MB carries: each logged on, CMS started, and answering.

The operator is everybody's secondary user: he logs them on without terminals, types a CMS command at each one's console, and
sees each one's answer with the name of the user before it. Only CMS answers "Ready;".
Before it: bench.py. After it: nothing.
Known simplification: they share the system disk and have none of their own.
"""
import pathlib
import re

from bench import DIRECTORY, Failure

USER = """
USER {name} NOLOG 16M 32M G
  MACHINE ESA
  IPL CMS
  CONSOLE 009 3215 T OPERATOR
  LINK MAINT 190 190 RR
"""


def directory_write(path, count):
    """The classroom's directory, and `count` users U001... with nothing but CMS."""
    users = "".join(USER.format(name=f"U{n:03d}") for n in range(1, count + 1))
    path.write_text(DIRECTORY.read_text() + users)


def count(machine_class, directory, wanted, prepare=None):
    """How many of `wanted` users answer; prepare(machine) comes before they are logged on."""
    path = pathlib.Path(directory) / "users.direct"
    directory_write(path, wanted)
    names = [f"U{n:03d}" for n in range(1, wanted + 1)]
    with machine_class(directory, "--directory", path, "--memory", "256M") as machine:
        if prepare:
            prepare(machine)
        logons = "".join(f"> XAUTOLOG {name}\n< {name} *: *Ready;\n" for name in names)
        machine.play("@ 0\nlimit 120\n" + logons)
        asks = "".join(f"> SEND {name} QUERY DISK\n< {name} *: *Ready;\n" for name in names)
        text = machine.play("@ 0\nlimit 120\n" + asks)
    answered = {name for name in names if re.search(rf"{name} *: *Ready;", text)}
    if not answered:
        raise Failure("nobody answered: " + text[-400:])
    return len(answered)
