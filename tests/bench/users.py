"""How many CMS-lite users one machine of 256 MB carries: all logged on and IPLed, and each answers a command.

The operator XAUTOLOGs them, becomes their secondary user and sends each a command: the answer comes from that user's CMS.
Before it: bench.py. After it: nothing.
"""
import pathlib
import re

DIRECTORY = pathlib.Path(__file__).resolve().parents[2] / "directory" / "classroom.direct"


def names(count):
    return [f"U{number:03d}" for number in range(1, count + 1)]


def directory_of(count):
    """The sample class, and so many users more, whose CMS starts by itself."""
    entries = (f"USER {name} AUTOONLY\n  INCLUDE STUDENT\n  IPL 190\n" for name in names(count))
    return DIRECTORY.read_text() + "\n" + "\n".join(entries)


def dialogue(count):
    lines = ["@ 0", "limit 120"]
    for name in names(count):
        lines += [f"> XAUTOLOG {name}", rf"< AUTO LOGON +\*\*\* +{name}"]
    for name in names(count):
        lines += [f"> SET SECUSER {name} OPERATOR", f"> SEND {name} QUERY TIME", f"< {name} *: Ready"]
    return "\n".join(lines + ["> INDICATE LOAD", "< USERS"]) + "\n"


def count(machine, directory, wanted):
    """Users that answered; machine is bench.py's class."""
    source = pathlib.Path(directory) / "users.direct"
    source.write_text(directory_of(wanted))
    with machine(directory, "--directory", source, "--memory", "256M") as up:
        text = up.play(dialogue(wanted))
    return len(set(re.findall(r"(U\d{3}) *: Ready", text)))
