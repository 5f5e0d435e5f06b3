"""A machine whose users are stopped at random moments, saved, restored and saved again: what is restored is what was saved.

Several users run at once, each with a guest of his own. A stop is one user's: STOP, SAVE, RESTORE, SAVE, BEGIN; both images are taken
from a copy of the volume, for CP has the volume itself, and compared field by field and page by page.
Before it: wild.py. After it: test_saved_stops.py.
Known simplification: the moment is the host's: the seed chooses who is stopped and how long he runs before, not at which instruction.
"""
import random
import re
import subprocess
import time

from pexpect import EOF, TIMEOUT

from conftest import BUILD
from wild import TELLS, Terminal, deck
from wild_pc import image

LONGEST = 0.4  # seconds that a guest runs before it is stopped, at most
STANDS = 0.2  # and that it stands, restored, at most: nobody shall do anything with it meanwhile
ENDLESS = 0xFFFFFFFF


class Person:
    """Somebody with a tiny guest, which he loads again when it is at its end, and now and then before."""

    DONE = "guest: (passed|FAILED)"
    PATIENCE = 0

    def __init__(self, campaign, line, user, guest):
        self.campaign, self.user, self.guest, self.random = campaign, user, guest, campaign.random
        self.terminal = Terminal(campaign.host, line)
        self.terminal.logon(user, "NOIPL")
        if user != "LINUX":
            self.type("SPOOL CONSOLE STOP PURGE")  # where CP writes what it answers: it would differ
            self.terminal.ask("DEFINE STORAGE 32M", "STORAGE")
        self.idle, self.heard = True, ""
        self.settle()

    def settle(self):
        """Before the first stop."""

    def begin(self):
        if self.idle or self.random.random() < 0.2:
            self.ask("#CP SYSTEM CLEAR", "STORAGE CLEARED")
            self.type("#CP CLOSE RDR")
            self.ask("#CP CHANGE RDR ALL KEEP NOHOLD", "0001 FILE")
            self.type("#CP IPL 00C CLEAR")

    def type(self, text):
        self.terminal.vm40.sendline(text)

    def ask(self, text, answer):
        """CP's answer; what the guest has said before it is heard, too. Typed once: a second SAVE would write while the volume is copied."""
        self.type(text)
        self.terminal.expect(answer)
        self.heard += self.terminal.vm40.before

    def stop(self, compare):
        """Saved twice with a RESTORE between; then the guest goes on."""
        self.heard = ""
        self.begin()
        time.sleep(self.random.uniform(0, LONGEST))
        self.type("#CP STOP")
        self.ask("#CP SAVE FIRST", "FIRST SAVED, [0-9]+K")
        self.ask("#CP RESTORE FIRST", "FIRST RESTORED, SAVED AT")
        time.sleep(self.random.uniform(0, STANDS))
        self.ask("#CP SAVE SECOND", "SECOND SAVED, [0-9]+K")
        assert "FAILED" not in self.heard and "IPL failed" not in self.heard, f"{self.guest}\n{self.heard}"
        compare(self)
        self.type("#CP BEGIN")
        self.idle = bool(re.search(self.DONE, self.heard)) or self.terminal.expect(self.DONE, TIMEOUT, timeout=self.PATIENCE) == 0


class Typist(Person):
    """Somebody who types a command, and the next one when that is done."""

    PATIENCE = 1

    def begin(self):
        if self.idle:
            self.type(self.random.choice(self.COMMANDS))


class Student(Typist):
    """CMS-lite: that reads files, computes, waits for the clock, waits for a line."""

    DONE = r"Ready(\([0-9]+\))?;"
    COMMANDS = ("QUERY DISK", "LISTFILE * * S", "PRIMES 20000", "PRIMES 60000", "TYPE WELCOME TEXT S", "QUERY STORAGE", "SLEEP 1", "HELLO", "")

    def settle(self):
        self.terminal.ask("IPL CMS", self.DONE)


class Penguin(Typist):
    """Linux, with its disk, its clock and its processes."""

    DONE = "done [0-9]"
    COMMANDS = tuple(f"{one}; echo done $?" for one in (
        "ls -l /bin | md5sum", "seq 1 20000 | md5sum", "dd if=/dev/DISK of=/dev/null bs=64k count=40", "sleep 1", "cat /proc/interrupts",
        "dd if=/dev/zero of=/dev/DISK bs=64k count=20", "dd if=/dev/zero of=/tmp/z bs=1M count=4 && md5sum /tmp/z"))

    def settle(self):
        self.COMMANDS = tuple(one.replace("DISK", self.campaign.disk) for one in self.COMMANDS)
        self.type("IPL 00C CLEAR")
        self.terminal.expect("is ready", timeout=1400)
        self.terminal.ask("", "linux#")


class Stops:
    """So many stops on one machine. guests: whose and what; "cms" and "linux" are not tiny."""

    def __init__(self, host, kind, guests, seed, tell):
        self.host, self.kind, self.guests, self.seed, self.tell = host, kind, guests, seed, tell
        self.random = random.Random(seed)
        self.disk = "vda" if kind == "qemu-x86_64" else "dasda"
        self.count = {user: 0 for user in guests}

    def file(self, guest):
        if guest == "linux":
            folder = BUILD / ("linux-x86_64" if self.kind == "qemu-x86_64" else "linux")
            return ",".join(str(folder / name) for name in ("kernel.img", "parm", "initramfs"))
        make = image if self.kind == "qemu-x86_64" else deck
        return make(self.host.directory, guest)

    def person(self, line, user, guest):
        return {"cms": Student, "linux": Penguin}.get(guest, Person)(self, line, user, guest)

    def run(self, wanted):
        words = [word for user, guest in self.guests.items() if guest != "cms" for word in ("--reader", f"{user}={self.file(guest)}")]
        self.host.up(self.kind, *words)
        people = [self.person(line, *one) for line, one in enumerate(self.guests.items(), 1)]
        told = time.monotonic()
        for n in range(wanted):
            person = self.random.choice(people)
            try:
                person.stop(self.compare)
            except (EOF, TIMEOUT) as lost:
                raise AssertionError(f"{self.said(n)}: {person.user} got no answer: {lost}\n{self.host.log()[-2000:]}") from None
            self.count[person.user] += 1
            if time.monotonic() > told + TELLS:
                told = time.monotonic()
                self.tell(self.said(n + 1))
        for person in people:
            person.terminal.close()
        self.host.down()
        self.tell(self.said(wanted))

    def said(self, n):
        whose = ", ".join(f"{self.guests[user]} {count}" for user, count in self.count.items())
        return f"{self.kind}: {n} stops, all as saved ({whose}), seed {self.seed:X}"

    def compare(self, person):
        """Both images as they lie on the volume."""
        subprocess.run(["cp", "--sparse=always", "vm40.volume", "copy"], cwd=self.host.directory, check=True)
        for name in ("FIRST", "SECOND"):
            self.host.run("image", "export", "copy", f"{person.user}/{name}", name)
        diff = self.host.run("image", "diff", "FIRST", "SECOND", check=False)
        assert "no difference but clocks" in diff.stdout, f"{self.said(sum(self.count.values()))}: {person.guest}\n{diff.stdout}"
