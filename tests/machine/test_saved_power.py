"""A long computation, saved at random moments, and each time the power fails, CP is started cold and the machine restored.

Five users compute the same chain of hashes (tests/guests/chain.h), each saved at a moment of his own. What a machine did after its SAVE
is lost with the power and done once more. Every line that is ever said must be one of the run that nobody interrupts, and the last one
must come. VM40_SEED=HEX in the environment chooses another seed.
Before it: stops.py, test_crash.py. After it: nothing.
Known simplification: the moments are the host's, chosen by the seed.
"""
import json
import os
import random
import re
import signal
import time

import pytest
from pexpect import EOF, TIMEOUT

from conftest import BUILD
from wild import TELLS, Terminal

MACHINES = ("qemu-s390x", "qemu-x86_64")
SEED = int(os.environ.get("VM40_SEED", "40"), 16)
USERS = ("LINUX", "STUDENT1", "STUDENT2", "STUDENT3", "STUDENT4")
FAILURES = 3  # of the power in a computation, at most
PAUSE = 0.3  # seconds from one SAVE to the next, at most
LINE = re.compile(r"chain: (link|last) (\d+) ([0-9A-F]{16})")


class Computation:
    """One user's, over as many starts of CP as it takes."""

    def __init__(self, user):
        self.user, self.links, self.saved_at = user, {}, 0
        self.terminal = None

    def logon(self, host, line):
        self.terminal = Terminal(host, line)
        self.terminal.logon(self.user, "NOIPL")

    def begin(self):
        self.links, self.last, self.failures = {}, False, 0
        if self.user != "LINUX":
            self.terminal.ask("#CP DEFINE STORAGE 32M", "STORAGE")
        self.terminal.ask("#CP SYSTEM CLEAR", "STORAGE CLEARED")
        self.terminal.vm40.sendline("#CP CLOSE RDR")
        self.terminal.ask("#CP CHANGE RDR ALL KEEP NOHOLD", "0001 FILE")
        self.terminal.vm40.sendline("#CP IPL 00C CLEAR")

    def hear(self):
        for kind, link, value in LINE.findall(self.terminal.vm40.before):
            assert self.links.setdefault(int(link), value) == value, f"{self.user}: link {link} is {value} and was {self.links[int(link)]}"
            self.last = self.last or kind == "last"

    def ask(self, text, answer):
        self.terminal.ask(text, answer)
        self.hear()

    def finish(self):
        if not self.last:
            self.terminal.expect("guest: passed")
            self.hear()


class Power:
    """One machine, on which the power fails."""

    def __init__(self, host, kind, seed, tell):
        self.host, self.kind, self.seed, self.tell = host, kind, seed, tell
        self.random = random.Random(seed)
        self.whole, self.done, self.restores, self.told = None, 0, 0, time.monotonic()

    def up(self, *words):
        self.host.up(self.kind, *words)
        for line, one in enumerate(self.computations, 1):
            one.logon(self.host, line)

    def fail(self):
        """The emulator is killed; the volume is free when all that served it is gone."""
        os.kill(json.loads(self.host.run("status", "--json").stdout)[0]["pid"], signal.SIGKILL)
        for one in self.computations:
            one.terminal.close()
        while "in use by a machine" in self.host.run("volume", "list", "vm40.volume", check=False).stdout:
            time.sleep(0.05)

    def interrupt(self):
        """Saved one after the other, each at its own moment; the power fails; each is restored and runs on."""
        for one in self.random.sample(self.computations, len(self.computations)):
            time.sleep(self.random.uniform(0, PAUSE))
            one.ask("#CP SAVE HALF", "HALF SAVED, [0-9]+K")
            one.failures += not one.last
        time.sleep(self.random.uniform(0, PAUSE))
        self.fail()
        self.up()
        for one in self.computations:
            one.ask("RESTORE HALF", "HALF RESTORED, SAVED AT")
            self.restores += 1

    def begin(self):
        for one in self.computations:
            one.begin()

    def end(self):
        """All come to their end, with the very lines of the run that nobody interrupted."""
        for one in self.computations:
            one.finish()
            for link, value in one.links.items():
                assert self.whole[link] == value, f"{one.user}: link {link} is {value} and not {self.whole[link]}, seed {self.seed:X}"
            assert one.last, f"{one.user}, seed {self.seed:X}"
            self.done += one.failures > 0

    def progress(self, wanted):
        self.tell(f"{self.kind}: {self.done} of {wanted} computations came out right, {self.restores} restores after the power failed, "
                  f"seed {self.seed:X}")
        self.told = time.monotonic()

    def run(self, wanted, users):
        folder = ("guests-x86_64", "bin") if self.kind == "qemu-x86_64" else ("guests", "deck")
        self.computations = [Computation(user) for user in users]
        self.up(*(word for user in users for word in ("--reader", f"{user}={BUILD}/{folder[0]}/chain.{folder[1]}")))
        self.computations[0].begin()
        self.computations[0].finish()
        self.whole = dict(self.computations[0].links)
        while self.done < wanted:
            try:
                self.begin()
                for _ in range(self.random.randint(1, FAILURES)):
                    self.interrupt()
                self.end()
            except (EOF, TIMEOUT) as lost:
                pytest.fail(f"{type(lost).__name__} where CP had to answer, seed {self.seed:X}\n{self.host.log()[-2000:]}", pytrace=False)
            if time.monotonic() > self.told + TELLS:
                self.progress(wanted)
        for one in self.computations:
            one.terminal.close()
        self.host.down()
        self.progress(wanted)


def test_power_fails(host, machine_kind):
    Power(host, machine_kind, SEED, lambda line: None).run(2, USERS[:2])


@pytest.mark.long
def test_power_fails_again_and_again(host, machine_kind, tell):
    """A hundred on each machine."""
    Power(host, machine_kind, SEED, tell).run(100, USERS)
