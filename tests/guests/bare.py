#!/usr/bin/python3
"""Runs a tiny guest on a bare emulator and prints its lines. Used by the tests, and by people.

Before it: `make guests`. After it: tests/machine/test_guests.py.
Known simplification: 256 MiB, one CPU, one device with number 0009.
usage: bare.py qemu|hercules GUEST [ADDRESS=DOUBLEWORD...]     (hexadecimal, as for deck.py)
"""
import pathlib
import re
import subprocess
import sys
import tempfile

import deck

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIMIT = 120  # seconds of the host; only a guest that hangs comes near it
NOISE = re.compile(r"^(HHC|hao |exit$|ipl |\s+(HHC|tid=|PSW=)|CPU0000|PSW=)")
CONFIGURATION = """CPUSERIAL 000611
CPUMODEL 2094
ARCHMODE ESAME
MAINSIZE 256
XPNDSIZE 0
NUMCPU 1
MAXCPU 2
OSTAILOR QUIET
PANRATE SLOW
LOADPARM x
DIAG8CMD ENABLE ECHO
0009 3215-C / noprompt
"""


def image(guest, stores=()):
    """Its bytes, with doublewords of its own changed: what the guest reads its orders from."""
    return deck.stored((ROOT / "build" / "guests" / f"{guest}.bin").read_bytes(), stores)


def qemu(guest, *stores):
    with tempfile.NamedTemporaryFile(suffix=".bin") as file:
        file.write(image(guest, stores))
        file.flush()
        return qemu_run(file.name)


def qemu_run(path):
    command = ["qemu-system-s390x", "-M", "s390-ccw-virtio", "-accel", "tcg", "-m", "256", "-nodefaults", "-display", "none"]
    command += ["-kernel", path, "-device", "virtio-rng-ccw,devno=fe.0.0009", "-chardev", "stdio,id=c"]
    command += ["-device", "sclplmconsole,chardev=c", "-action", "panic=exit-failure"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT)
    return [line for line in done.stdout.decode(errors="replace").splitlines() if line.strip()]


def hercules(guest, *stores):
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory)
        (path / "guest.bin").write_bytes(image(guest, stores))
        (path / "guest.ins").write_text("guest.bin 0x00000000\n")
        (path / "h.cnf").write_text(CONFIGURATION)
        (path / "h.rc").write_text("hao tgt HHCCP011I\nhao cmd exit\nipl guest.ins\n")
        done = subprocess.run(["timeout", "-s", "KILL", str(LIMIT), "hercules", "-d", "-f", "h.cnf"], cwd=path,
                              env={"HERCULES_RC": "h.rc", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines = done.stdout.decode(errors="replace").splitlines()
    first = next((i for i, line in enumerate(lines) if "SIGP Set architecture" in line), -1)
    return [line for line in lines[first + 1 :] if line.strip() and not NOISE.match(line)]


RUN = {"qemu": qemu, "hercules": hercules}

if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in RUN:
        sys.exit(__doc__)
    print("\n".join(RUN[sys.argv[1]](*sys.argv[2:])))
