#!/usr/bin/python3
"""The figures of VM/40, one tab-separated line each: bench NAME VALUE UNIT TARGET ok|MISS; or, where there is no target, bench NAME
VALUE UNIT - reported.

Where a figure is a count of instructions, QEMU counts them (-icount shift=0: a nanosecond of the machine is an instruction), so
it is exact and repeats. The Linux figure is a ratio of two runs on this host, one after the other.
Before it: `make build guests linux`. After it: nothing; the exit code is 0 when nothing missed.
Known simplification: Hercules counts instructions only roughly, and its Linux is run only twice, for that takes minutes.
usage: bench.py [NAME...]
"""
import functools
import json
import os
import pathlib
import re
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import typing

import directory as directory_source

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
VM40 = BUILD / "vm40"
DIRECTORY = ROOT / "directory" / "classroom.direct"
HANG = 900  # seconds of the host; only a hung emulator comes near it
BARE = ["qemu-system-s390x", "-M", "s390-ccw-virtio", "-accel", "tcg", "-nodefaults", "-display", "none", "-no-reboot"]
LINE_MODE = ["-chardev", "stdio,id=c", "-device", "sclplmconsole,chardev=c"]

GUEST_DIALOGUE = """@ 1
> LOGON LINUX LINUX
< LOGON AT
limit 600
> IPL 00C CLEAR
< guest: (passed|FAILED)
"""

LINUX_DIALOGUE = """@ 1
> LOGON LINUX LINUX
< LOGON AT
limit 600
> IPL 00C CLEAR
< init: counted to 20000
limit 30
< HCP
"""


class Failure(Exception):
    """A figure that could not be had, and why."""


class Cpu(typing.NamedTuple):
    """Seconds of a host's processor."""

    user: float
    system: float

    def since(self, before):
        return Cpu(self.user - before.user, self.system - before.system)

    def total(self):
        return self.user + self.system


def process_cpu(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return Cpu(*(int(field) / os.sysconf("SC_CLK_TCK") for field in fields[11:13]))


def children_cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cpu(used.ru_utime, used.ru_stime)


def quickest(runs):
    """User CPU of the quickest of several runs, for a busy host makes times longer, never shorter. How much a run had in all, the host
    knows exactly; which part was the user's it only samples, and in one run out of ten it is far off: the median of all runs is believed."""
    share = statistics.median(run.user / run.total() for run in runs)
    return share * min(run.total() for run in runs)


def processor_cpu(pid):
    """Of the busiest thread alone: Hercules' processor. Its timer and its panel run by the host's clock, whatever the guest does."""
    return max((process_cpu(f"{pid}/task/{thread.name}") for thread in pathlib.Path(f"/proc/{pid}/task").iterdir()), key=Cpu.total)


class Machine:
    """One machine of vm40, from up to down, in a directory of its own."""

    def __init__(self, directory, *words, kind="qemu-s390x"):
        self.directory = pathlib.Path(directory)
        self.kind = kind
        self.words = words

    def vm40(self, *words, check=True):
        done = subprocess.run([VM40, *map(str, words)], cwd=self.directory, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", timeout=HANG)
        if check and done.returncode:
            raise Failure(f"vm40 {words[0]}: {done.stdout.strip()[-600:]}")
        return done.stdout

    def __enter__(self):
        self.vm40("up", "--name", "bench", "--machine", self.kind, "--volume", self.directory / "volume", *self.words)
        return self

    def __exit__(self, *unused):
        self.vm40("down", "--force", "--name", "bench", check=False)

    def play(self, text):
        path = self.directory / "dialogue"
        path.write_text(text)
        return self.vm40("play", "--name", "bench", "--verbose", path)

    def pid(self):
        machines = json.loads(self.vm40("status", "--json"))
        return next(machine["pid"] for machine in machines if machine["name"] == "bench")

    def cpu_seconds(self):
        """What the emulator has had."""
        return processor_cpu(self.pid()) if self.kind == "hercules" else process_cpu(self.pid())


def guest_under_cp(directory, guest, *words):
    deck = BUILD / "guests" / f"{guest}.deck"
    with Machine(directory, "--directory", DIRECTORY, "--icount", "shift=0", "--reader", f"LINUX={deck}", *words) as machine:
        return machine.play(GUEST_DIALOGUE)


def guest_bare(guest):
    command = [*BARE, "-m", "256", *LINE_MODE, "-kernel", str(BUILD / "guests" / f"{guest}.bin"), "-icount", "shift=0"]
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, timeout=HANG).stdout


def number(pattern, text):
    match = re.search(pattern, text)
    if not match:
        raise Failure(f"no line like {pattern!r} in: {text[-400:]}")
    return float(match[1])


# ---- the figures ------------------------------------------------------------------------------------------------

costs = {}


def cost(directory, name):
    """Instructions for one of these, guest to guest, without the guest's own loop."""
    if not costs:
        text = guest_under_cp(directory, "cost")
        for match in re.finditer(r"cost: (\S+) (\d+\.\d+)", text):
            costs[match[1]] = float(match[2])
    if name not in costs:
        raise Failure(f"the guest shows no cost of {name}")
    return costs[name]


def privileged(directory):
    return cost(directory, "stap")


def privileged_traced(directory):
    """With CP's trace ring on."""
    deck = BUILD / "guests" / "cost.deck"
    with Machine(directory, "--directory", DIRECTORY, "--icount", "shift=0", "--reader", f"LINUX={deck}") as machine:
        text = machine.play("@ 0\n> SET CPTRACE ON\n" + GUEST_DIALOGUE)
    return number(r"cost: stap (\d+\.\d+)", text)


def fast_path(directory):
    return max(cost(directory, name) for name in ("ssm", "stnsm", "stosm"))


def ipl(directory, kind="qemu-s390x"):
    """Instructions from power-on to the operator's log-on, as QEMU counts them when it records."""
    directory = pathlib.Path(directory)
    log = pathlib.Path(os.environ["XDG_RUNTIME_DIR"]) / "vm40" / "bench" / "console0.log"
    monitor = directory / "monitor"
    words = [VM40, "up", "--name", "bench", "--machine", kind, "--volume", directory / "volume", "--directory", DIRECTORY]
    words += ["--icount", f"shift=0,rr=record,rrfile={directory}/record", "--qemu-arg=-monitor"]
    words += [f"--qemu-arg=unix:{monitor},server=on,wait=off"]
    up = subprocess.Popen([str(word) for word in words], cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        return ipl_count(monitor, log)
    finally:
        up.wait(timeout=HANG)
        subprocess.run([VM40, "down", "--force", "--name", "bench"], stdout=subprocess.DEVNULL)


def ipl_count(monitor, log):
    until = time.time() + 120
    with socket.socket(socket.AF_UNIX) as line:
        while time.time() < until and not monitor.exists():
            time.sleep(0.01)
        line.connect(str(monitor))
        line.settimeout(5)
        while time.time() < until:
            seen = log.exists() and "LOGON AT" in log.read_text(errors="replace")
            line.sendall(b"info replay\n")
            time.sleep(0.02)
            counts = re.findall(r"instruction count = (\d+)", line.recv(1 << 20).decode(errors="replace"))
            if seen and counts:
                return int(counts[-1]) / 1e6
    raise Failure("the operator was not logged on within two minutes")


LINUX_ROUNDS = 7


def linux(directory):
    """The same work bare and under CP by turns."""
    rounds = [(linux_bare(), linux_under_cp(directory)) for _ in range(LINUX_ROUNDS)]
    for bare, under in rounds:
        print(f"bench: Linux bare {bare.user:.2f} + {bare.system:.2f} s, under CP {under.user:.2f} + {under.system:.2f} s of CPU", file=sys.stderr)
    return quickest([under for _, under in rounds]) / quickest([bare for bare, _ in rounds])


LINUX_STORAGE = "96"  # MiB, as LINUX has in the directory


def linux_bare():
    files = BUILD / "linux"
    command = [*BARE, "-m", LINUX_STORAGE, "-kernel", str(files / "kernel.img"), "-initrd", str(files / "initramfs"), "-append",
               "console=ttyS0 quiet vm40.bench=1", *LINE_MODE]
    before = children_cpu()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=HANG)
    if b"counted to 20000" not in done.stdout:
        raise Failure("bare Linux did not count: " + done.stdout.decode(errors="replace")[-400:])
    return children_cpu().since(before)


def linux_under_cp(directory, kind="qemu-s390x", first=""):
    files = BUILD / "linux"
    parm = pathlib.Path(directory) / "parm"
    parm.write_bytes("console=ttyS0 quiet vm40.bench=1".encode("cp037").ljust(80, b"\x40"))
    reader = f"LINUX={files}/kernel.img,{parm},{files}/initramfs"
    for old in pathlib.Path(directory).glob("volume*"):
        old.unlink()
    with Machine(directory, "--directory", DIRECTORY, "--reader", reader, kind=kind) as machine:
        idle = machine.cpu_seconds()
        text = machine.play(LINUX_DIALOGUE.replace("> IPL", first + "> IPL") + "> INDICATE USER\n< .\n> QUERY TIME\n< TIME\n")
        used = machine.cpu_seconds().since(idle)
    for line in text.split("> INDICATE USER", 1)[-1].splitlines():
        print("bench: " + line, file=sys.stderr)  # what CP simulated, as far as CP tells
    return used


# ---- Hercules: what interpretive execution saves ----------------------------------------------------------------

HERCULES_LINUX = """CPUSERIAL 000611
CPUMODEL 2094
ARCHMODE ESAME
MAINSIZE 96
XPNDSIZE 0
NUMCPU 1
OSTAILOR QUIET
PANRATE SLOW
0009 3215-C / noprompt
"""
INITRD_AT = 0x2000000
ENGINES = {"sie": "ON", "trap": "OFF"}


def hercules_linux_bare(directory):
    """The kernel is told where initramfs and parameters are by words in its image, as a loader would."""
    files, path = BUILD / "linux", pathlib.Path(directory)
    initramfs = (files / "initramfs").read_bytes()
    kernel = bytearray((files / "kernel.img").read_bytes())
    kernel[0x10408:0x10418] = INITRD_AT.to_bytes(8, "big") + len(initramfs).to_bytes(8, "big")
    parm = b"console=ttyS0 quiet vm40.bench=1\0"
    kernel[0x10480 : 0x10480 + len(parm)] = parm
    (path / "kernel").write_bytes(kernel)
    (path / "initramfs").write_bytes(initramfs)
    (path / "linux.ins").write_text(f"kernel 0x00000000\ninitramfs 0x{INITRD_AT:08x}\n")
    (path / "h.cnf").write_text(HERCULES_LINUX)
    (path / "h.rc").write_text("ipl linux.ins\n")
    with open(path / "log", "wb") as log:
        emulator = subprocess.Popen(["hercules", "-d", "-f", "h.cnf"], cwd=path, env={**os.environ, "HERCULES_RC": "h.rc"},
                                    stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
    try:
        until = time.time() + HANG
        while b"counted to 20000" not in (path / "log").read_bytes():
            if time.time() > until or emulator.poll() is not None:
                raise Failure("bare Linux did not count: " + (path / "log").read_text(errors="replace")[-400:])
            time.sleep(0.5)
        return processor_cpu(emulator.pid)
    finally:
        emulator.kill()
        emulator.wait()


DIAGNOSES = 50000


def instcount(machine):
    """Instructions that Hercules has executed, as it reports twice a second. Those interpreted by SIE until an intercept are not in it."""
    path = pathlib.Path(os.environ["XDG_RUNTIME_DIR"]) / "vm40" / "bench" / "instcount"
    time.sleep(2)
    for _ in range(100):
        words = path.read_text().split()
        if words:
            return int(words[0])
        time.sleep(0.05)
    raise Failure("Hercules does not report its instructions")


DIAGNOSE_DIALOGUE = """@ 1
> LOGON {user} {user} NOIPL
< LOGON AT
> SET ASSIST SIE {setting}
limit 300
> IPL 00C CLEAR
< guest: passed
> #CP LOGOFF
< LOGOFF AT
"""
diagnoses = {}


def diagnose(directory, engine):
    """Instructions for one DIAGNOSE, guest to guest, on Hercules; both engines in one run."""
    if not diagnoses:
        deck, users = BUILD / "guests" / "diagnose.deck", ("LINUX", "STUDENT1")
        readers = [word for user in users for word in ("--reader", f"{user}={deck}")]
        with Machine(directory, "--directory", DIRECTORY, *readers, kind="hercules") as machine:
            for user, (name, setting) in zip(users, ENGINES.items()):
                before = instcount(machine)
                text = machine.play(DIAGNOSE_DIALOGUE.format(user=user, setting=setting))
                diagnoses[name] = (instcount(machine) - before) / DIAGNOSES
                took = number(r"diagnose: (\d+) nanoseconds", text)
                print(f"bench: DIAGNOSE by {name}: {diagnoses[name]:.1f} instructions, {took:.0f} ns", file=sys.stderr)
    return diagnoses[engine]


def by(function, engine):
    return functools.partial(function, engine=engine)


hercules_linux_times = {}
HERCULES_ROUNDS = 2


def hercules_linux(directory, engine):
    """User CPU of Hercules' processor for Linux under this engine, over that for Linux alone."""
    if "bare" not in hercules_linux_times:
        hercules_linux_times["bare"] = quickest([hercules_linux_bare(directory) for _ in range(HERCULES_ROUNDS)])
    first = f"> SET ASSIST SIE {ENGINES[engine]}\n"
    hercules_linux_times[engine] = quickest(
        [linux_under_cp(directory, "hercules", first) for _ in range(HERCULES_ROUNDS)])
    print(f"bench: Linux on Hercules, user CPU: {hercules_linux_times}", file=sys.stderr)
    return hercules_linux_times[engine] / hercules_linux_times["bare"]


def compute(directory):
    pattern = r"compute: (\d+) instructions"
    return number(pattern, guest_under_cp(directory, "compute")) / number(pattern, guest_bare("compute"))


def users(directory, kind="qemu-s390x"):
    import users  # beside this file

    return users.count(functools.partial(Machine, kind=kind), directory, 110)


def saved(name, kind="qemu-s390x", *words):
    """A figure of a shared CMS: saved.py, beside this file."""
    def measure(directory):
        import saved

        return getattr(saved, name)(functools.partial(Machine, kind=kind), directory, *words)
    return measure


def image(_, name="cp.bin"):
    return (BUILD / name).stat().st_size / 1024


def on_pc(function):
    return functools.partial(function, kind="qemu-x86_64")


def pc(name):
    """A figure of the other machine: pc.py, beside this file."""
    def measure(directory):
        import pc

        return getattr(pc, name)(Machine, directory)
    return measure


# ---- the directory ------------------------------------------------------------------------------------------------

USERS = 100000


def vm40(*words, **more):
    done = subprocess.run([VM40, *map(str, words)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=HANG, **more)
    if done.returncode:
        raise Failure(f"vm40 {' '.join(map(str, words))}: {done.stdout[-400:]}")
    return done.stdout


def directory_file(directory, users, **more):
    path = pathlib.Path(directory) / f"{users}.direct"
    with open(path, "w") as out:
        directory_source.write(users, out, **more)
    return path


def cpu_and_memory(*words):
    """CPU seconds and MiB of a command of its own."""
    code = ("import resource, subprocess, sys\n"
            "if subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode: sys.exit(1)\n"
            "u = resource.getrusage(resource.RUSAGE_CHILDREN)\nprint(u.ru_utime + u.ru_stime, u.ru_maxrss / 1024)\n")
    done = subprocess.run([sys.executable, "-c", code, *map(str, words)], stdout=subprocess.PIPE, text=True, timeout=HANG)
    if done.returncode:
        raise Failure(f"{' '.join(map(str, words))} failed")
    return tuple(map(float, done.stdout.split()))


def volume_for(directory, users):
    """A volume whose slots hold so many users."""
    path = pathlib.Path(directory) / "volume"
    vm40("volume", "format", path, "--directory", directory_file(directory, 2), "--slots", f"{max(4, users * 800 >> 20)}M",
         "--cp", "1G", "--size", "2G")
    return path


def directory_build(directory):
    volume = volume_for(directory, USERS)
    seconds, memory = cpu_and_memory(VM40, "direct", "build", "--volume", volume, directory_file(directory, USERS))
    print(f"bench: {USERS} users: {seconds:.2f} s of CPU, {memory:.0f} MiB", file=sys.stderr)
    return seconds


def directory_memory(directory):
    return cpu_and_memory(VM40, "direct", "build", "--database", f"{directory}/db", directory_file(directory, USERS))[1]


def build_cost(directory, users):
    """CPU for a user, in seconds. A small directory is built several times."""
    path = directory_file(directory, users)
    times = []
    for turn in range(max(1, USERS // users // 10)):
        times.append(cpu_and_memory(VM40, "direct", "build", "--database", f"{directory}/{users}-{turn}", path)[0])
    return min(times) / users


def directory_linear(directory):
    """A user's cost in a directory of 100,000 over that in one of 10,000, and in one of 10,000 over that in one of 1,000: the larger."""
    costs = [build_cost(directory, users) for users in (1000, USERS // 10, USERS)]
    print("bench: CPU a user: " + ", ".join(f"{cost * 1e6:.1f} us" for cost in costs), file=sys.stderr)
    return max(costs[1] / costs[0], costs[2] / costs[1])


def directory_allocate(directory):
    """CPU seconds to give 1,000 new users a disk where 100,000 extents leave small gaps: each disk fits none of the first 99,000."""
    vm40("direct", "build", "--database", f"{directory}/db", directory_file(directory, USERS, spread=16))
    first = directory_source.FIRST_BLOCK + 4096
    vm40("direct", "region", "SPREAD", "VM40V1", first, 16 * USERS + 24 * 1000, "--group", "SPREAD", "--database", f"{directory}/db")
    digest = "0123456789ABCDEF" * 4
    roster = pathlib.Path(directory) / "class.csv"
    roster.write_text("userid,password\n" + "".join(f"N{number:04},HASH:1000:{digest[:32]} {digest}\n" for number in range(1000)))
    seconds = cpu_and_memory(VM40, "direct", "roster", roster, "--profile", "STUDENT", "--disk", "191=24", "--group", "SPREAD", "--database",
                             f"{directory}/db")[0]
    vm40("direct", "build", "--database", f"{directory}/db")  # which refuses what overlaps
    return seconds


def directory_change(directory):
    """Milliseconds of CPU to check one changed user, start of the program included."""
    vm40("direct", "build", "--database", f"{directory}/db", directory_file(directory, USERS))
    times = [cpu_and_memory(VM40, "direct", "change", "U050000", "--database", f"{directory}/db", "--dry-run", "STORAGE 32M")[0]
             for _ in range(5)]
    return min(times) * 1000


def directory_hash(directory):
    """Milliseconds of CPU to hash a new password."""
    path = pathlib.Path(directory) / "typed.direct"
    path.write_text("DIRECTORY 123 9336 VM40V1\n" + "".join(f"USER U{number} PASSWORD{number}\n" for number in range(1000)))
    return cpu_and_memory(VM40, "direct", "build", "--database", f"{directory}/db", path)[0]


def instructions(monitor):
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(monitor))
        line.settimeout(5)
        line.sendall(b"info replay\n")
        time.sleep(0.5)
        return int(re.findall(r"instruction count = (\d+)", line.recv(1 << 20).decode(errors="replace"))[-1])


LOOKUPS = 20


def typed(machine, monitor, command, answer):
    """Instructions for LOOKUPS commands typed at the operator's console, one after the other."""
    before = instructions(monitor)
    machine.play("@ 0\n" + "".join(f"> #CP {command}\n< {answer}\n" for _ in range(LOOKUPS)))
    time.sleep(1)
    return instructions(monitor) - before


def directory_lookup(directory):
    """Instructions for a look-up among 100,000 users: DIRECTORY with a userid, less the same command without."""
    volume = volume_for(directory, USERS)
    monitor = f"{directory}/monitor"
    vm40("direct", "build", "--volume", volume, directory_file(directory, USERS))
    with Machine(directory, "--icount", f"shift=0,rr=record,rrfile={directory}/record", "--qemu-arg=-monitor",
                 f"--qemu-arg=unix:{monitor},server=on,wait=off") as machine:
        with_user = typed(machine, monitor, "DIRECTORY U050000", "HAS AN ENTRY")
        without = typed(machine, monitor, "DIRECTORY", "IN USE")
    return (with_user - without) / LOOKUPS


# Name, function, unit, target (None: reported, for there is no promise), whether less is better.
FIGURES = [
    ("privileged", privileged, "instructions", 200, True),
    ("privileged-traced", privileged_traced, "instructions", 260, True),
    ("fast-path", fast_path, "instructions", 90, True),
    ("ipl", ipl, "M-instructions", 20, True),
    ("linux", linux, "times-bare", 1.3, True),
    ("compute", compute, "times-bare", 1.02, True),
    ("users", users, "users", 100, False),
    ("saved-logon", saved("ratio"), "of-IPL-190", 0.2, True),
    ("saved-users", saved("count", "qemu-s390x", 300), "users", 300, False),
    ("saved-image", saved("image", "qemu-s390x", "DISK1"), "KiB", 64, True),
    ("saved-image-shared", saved("image", "qemu-s390x", "SHARED1"), "KiB", 16, True),
    ("saved-pause", saved("pause"), "of-writing", 0.05, True),
    ("image", image, "KiB", 300, True),
    ("pc-ipl", on_pc(ipl), "M-instructions", 20, True),
    ("pc-users", on_pc(users), "users", 100, False),
    ("pc-saved-logon", saved("ratio", "qemu-x86_64"), "of-IPL-190", 0.2, True),
    ("pc-saved-users", saved("count", "qemu-x86_64", 300), "users", 300, False),
    ("pc-saved-image", saved("image", "qemu-x86_64", "DISK1"), "KiB", 64, True),
    ("pc-saved-image-shared", saved("image", "qemu-x86_64", "SHARED1"), "KiB", 16, True),
    ("pc-saved-pause", saved("pause", "qemu-x86_64"), "of-writing", 0.05, True),
    ("pc-image", functools.partial(image, name="cp-x86_64.elf"), "KiB", 300, True),
    ("pc-vmmcall", pc("vmmcall"), "instructions", 200, True),
    ("pc-compute", pc("compute"), "times-bare", 1.02, True),
    ("pc-linux", pc("linux"), "times-bare", 1.15, True),
    ("pc-exits", pc("exits"), "exits", 4000, True),
    ("pc-disk", pc("disk"), "times-bare", 1.5, True),
    ("diagnose-sie", by(diagnose, "sie"), "instructions", None, True),
    ("diagnose-trap", by(diagnose, "trap"), "instructions", None, True),
    ("linux-sie", by(hercules_linux, "sie"), "times-bare", 1.25, True),
    ("linux-trap", by(hercules_linux, "trap"), "times-bare", None, True),
    ("directory-build", directory_build, "CPU-seconds", 5, True),
    ("directory-memory", directory_memory, "MiB", 500, True),
    ("directory-linear", directory_linear, "times", 1.5, True),
    ("directory-allocate", directory_allocate, "CPU-seconds", 1, True),
    ("directory-change", directory_change, "CPU-ms", 50, True),
    ("directory-hash", directory_hash, "CPU-ms", 5, True),
    ("directory-lookup", directory_lookup, "instructions", 50000, True),
]


def measure(name, function, unit, target, less):
    with tempfile.TemporaryDirectory(prefix="vm40-bench-") as directory:
        os.chmod(directory, 0o700)
        os.environ["XDG_RUNTIME_DIR"] = directory
        try:
            value = function(directory)
        except (Failure, subprocess.TimeoutExpired, OSError, StopIteration, TypeError) as why:
            print(f"bench: {name}: {why}", file=sys.stderr)
            print(f"bench\t{name}\tnone\t{unit}\t{'-' if target is None else target}\tMISS", flush=True)
            return False
    if target is None:
        print(f"bench\t{name}\t{value:.4g}\t{unit}\t-\treported", flush=True)
        return True
    good = value <= target if less else value >= target
    print(f"bench\t{name}\t{value:.4g}\t{unit}\t{target}\t{'ok' if good else 'MISS'}", flush=True)
    return good


def main(wanted):
    unknown = set(wanted) - {figure[0] for figure in FIGURES}
    if unknown:
        sys.exit(f"bench: no figure {', '.join(sorted(unknown))}; there are {', '.join(figure[0] for figure in FIGURES)}")
    results = [measure(*figure) for figure in FIGURES if not wanted or figure[0] in wanted]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
