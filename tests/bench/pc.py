"""The figures of the virtual PC: a Linux boot, its exits, and reading a minidisk.

Before it: bench.py, which gives the machine and prints. After it: nothing.
Known simplification: times are CPU of the emulator, one run after the other; only exits are exact.
"""
import os
import pathlib
import re
import resource
import subprocess
import sys

BUILD = pathlib.Path(__file__).resolve().parents[2] / "build"
FILES = BUILD / "linux-x86_64"
HANG = 900  # seconds
KIND = "qemu-x86_64"
BARE = ["qemu-system-x86_64", "-M", "pc", "-accel", "tcg", "-cpu", "max", "-nodefaults", "-display", "none", "-no-reboot", "-serial", "stdio",
        "-m", "96", "-kernel", str(FILES / "kernel.img"), "-initrd", str(FILES / "initramfs")]
COUNT = "console=ttyS0 quiet vm40.bench=1"
OFF = "console=ttyS0 quiet rdinit=/bin/busybox -- poweroff -f"
READ = "console=ttyS0 quiet vm40.bench=read"
MEBIBYTES = 64
TURNS = 2

# LINUX's disk, and one of 64 MiB in its place, behind all others.
DIRECTORY = BUILD.parent / "directory" / "classroom.direct"
DISK, LARGE = "MDISK 201 9336 151552 65536", "MDISK 201 9336 262144 131072"

BOOT = """@ 1
> LOGON LINUX LINUX
< LOGON AT
limit 800
> IPL 00C CLEAR
"""


def bare(command_line, *words):
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run([*BARE, "-append", command_line, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=HANG)
    if b"init: " not in done.stdout:
        raise OSError("bare Linux did not come up: " + done.stdout.decode(errors="replace")[-400:])
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def linux_machine(make, directory, command_line, *words):
    """A machine with Linux in the reader."""
    parm = pathlib.Path(directory) / "parm"
    parm.write_bytes(command_line.encode().ljust(80, b" "))
    for old in pathlib.Path(directory).glob("volume*"):
        old.unlink()
    direct = pathlib.Path(directory) / "bench.direct"
    direct.write_text(DIRECTORY.read_text().replace(DISK, LARGE))
    reader = f"LINUX={FILES}/kernel.img,{parm},{FILES}/initramfs"
    return make(directory, "--directory", direct, "--memory", "512M", "--reader", reader, *words, kind=KIND)


def boot(make, directory, command_line, end, *words):
    """Boot under CP until `end`: what was said, and the emulator's CPU."""
    with linux_machine(make, directory, command_line, *words) as machine:
        idle = machine.cpu_seconds()
        text = machine.play(BOOT + f"< {end}\n< HCPGIR450W\n> INDICATE USER\n> QUERY TIME\n< TIME\n")
        return text, machine.cpu_seconds().since(idle).user


def guest(make, directory, name):
    """The lines of a tiny guest under CP, instructions counted."""
    words = ["--directory", DIRECTORY, "--icount", "shift=0,sleep=off", "--reader", f"LINUX={BUILD}/guests-x86_64/{name}.bin"]
    with make(directory, *words, kind=KIND) as machine:
        return machine.play(BOOT + "< guest: (passed|FAILED)\n")


def number(pattern, text):
    match = re.search(pattern, text)
    if not match:
        raise OSError(f"no line like {pattern!r}")
    return float(match[1])


def vmmcall(make, directory):
    """Instructions from a guest's VMMCALL (the smallest DIAGNOSE) to its next instruction."""
    return number(r"cost: vmmcall (\d+\.\d+)", guest(make, directory, "cost"))


def compute(make, directory):
    command = ["qemu-system-x86_64", "-M", "pc", "-accel", "tcg", "-cpu", "max", "-nodefaults", "-display", "none", "-no-reboot", "-serial",
               "stdio", "-m", "96", "-icount", "shift=0", "-kernel", str(BUILD / "guests-x86_64" / "compute.bin")]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, timeout=HANG)
    pattern = r"compute: (\d+) ticks"
    return number(pattern, guest(make, directory, "compute")) / number(pattern, done.stdout)


ROUNDS = 3


def linux(make, directory):
    """By turns, and of each the quickest: a busy host makes times longer, never shorter."""
    rounds = [(bare(COUNT), boot(make, directory, COUNT, "init: counted")[1]) for _ in range(ROUNDS)]
    for seconds in rounds:
        print("bench: Linux bare %.2f s, under CP %.2f s of user CPU" % seconds, file=sys.stderr)
    return min(under for _, under in rounds) / min(alone for alone, _ in rounds)


def exits(make, directory):
    text = boot(make, directory, OFF, "System halted", "--icount", "shift=0,sleep=off")[0]
    line = re.search(r"CPU 00: (.*)", text)
    if not line:
        raise OSError("INDICATE said nothing")
    return sum(int(n) for n in re.findall(r"=(\d+)", line[1]))


def cpu(pid):
    """All CPU that a process has had, in seconds."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def passes(command, pid_of):
    """CPU of the quickest pass over the disk. Each begins with a line of the guest's, which then waits to be looked at."""
    marks = []
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as guest:
        for line in guest.stdout:
            if re.search(rb"init: pass \d", line):
                marks.append(cpu(pid_of(guest)))
    if len(marks) < 3:
        raise OSError("the disk was not read")
    return min(later - before for before, later in zip(marks, marks[1:]))


def disk_bare(image):
    drive = ["-drive", f"if=none,id=d,format=raw,file={image}", "-device", "virtio-blk-pci,drive=d,disable-modern=on"]
    return passes([*BARE, "-append", READ, *drive], lambda guest: guest.pid)


def disk_under(make, directory):
    with linux_machine(make, directory, READ) as machine:
        path = pathlib.Path(directory) / "read.dialogue"
        path.write_text(BOOT + "< HCPGIR450W\n")
        pid = machine.pid()
        return passes([str(BUILD / "vm40"), "play", "--name", "bench", "--verbose", str(path)], lambda guest: pid)


def disk(make, directory):
    """Reading 64 MiB five times a pass, five passes a turn; by turns, and of each the quickest."""
    image = pathlib.Path(directory) / "disk"
    with image.open("wb") as file:
        file.truncate(MEBIBYTES << 20)
    rounds = [(disk_bare(image), disk_under(make, directory)) for _ in range(TURNS)]
    for seconds in rounds:
        print("bench: 320 MiB bare %.2f s, under CP %.2f s of CPU" % seconds, file=sys.stderr)
    return min(under for _, under in rounds) / min(alone for alone, _ in rounds)
