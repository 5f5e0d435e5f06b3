"""The emulator is killed in the middle of saving and spooling: afterwards the old machine is there or the new one, whole, and so are the spool files.

Before it: test_saved.py; tests/unit/test_saved_crash.c and test_spool_crash.c, where every single write is a moment.
After it: nothing.
Known simplification: what the emulator has written stays, for the host lives on; reordered writes are the unit tests' matter.
"""
import json
import os
import random
import re
import signal
import subprocess
import time

import pytest

from conftest import VM40

ROUNDS = 30  # of saving and spooling, in each life of the machine

LOGON = """
@ 1
< VM/40 ONLINE
> LOGON STUDENT1 NOIPL
< ENTER PASSWORD
> STUDENT1
< LOGON AT
"""
FIRST = """
> IPL CMS
< Ready;
> #CP STOP
< CP
"""
AGAIN = """
> RESTORE LAB1
< LAB1 RESTORED, SAVED AT
"""
SPOOL = """
> PURGE RDR ALL
< FILES? PURGED
> SPOOL CONSOLE START TO *
"""
ROUND = """
> STORE S00F00000 {n:08X}
< STORE COMPLETE
> SAVE LAB1
< LAB1 SAVED, [0-9]+K
> SPOOL CONSOLE CLOSE
< CON FILE [0-9]+ SENT TO STUDENT1
"""


class Life:
    """What the machine on this volume has confirmed so far."""

    def __init__(self, host, seed):
        self.host, self.random = host, random.Random(seed)
        self.saved = 0      # times that SAVE said it was done
        self.length = None  # seconds that the last life took that nobody ended

    def dialogue(self):
        rounds = "".join(ROUND.format(n=self.saved + i + 1) for i in range(ROUNDS))
        if self.saved:
            return LOGON + AGAIN + f"> DISPLAY 00F00000\n< {self.saved:08X}\n" + SPOOL + rounds
        return LOGON + FIRST + SPOOL + rounds

    def play(self, until):
        """Play until that many seconds have gone by, then end the emulator as a power failure would. All that was said."""
        path = self.host.directory / "dialogue"
        path.write_text(self.dialogue())
        pid = json.loads(self.host.run("status", "--json").stdout)[0]["pid"]
        began = time.monotonic()
        with subprocess.Popen([VM40, "play", "--name", "vm40", "--verbose", path], cwd=self.host.directory, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL) as player:
            try:
                said = player.communicate(timeout=until)[0]
                self.length = time.monotonic() - began
                os.kill(pid, signal.SIGKILL)
            except subprocess.TimeoutExpired:
                os.kill(pid, signal.SIGKILL)
                said = player.communicate()[0]
        return said

    def check(self, said):
        """Everything on the volume is whole, and neither a SAVE nor a spool file is lost that was confirmed."""
        listed = self.host.run("volume", "list", "vm40.volume", check=False)
        while "in use by a machine" in listed.stdout:  # what was killed is still going
            time.sleep(0.05)
            listed = self.host.run("volume", "list", "vm40.volume", check=False)
        assert listed.returncode == 0, listed.stdout
        for number, records in re.findall("RDR AS ([0-9]+) RECS ([0-9]+)", said):
            assert re.search(f"  {number} STUDENT1 READER .*records *{int(records)} ", listed.stdout), listed.stdout
        confirmed = self.saved + len(re.findall("LAB1 SAVED, [0-9]", said))
        images = json.loads(self.host.run("image", "list", "--json", "vm40.volume").stdout)["images"]
        serial = images[0]["serial"] if images else 0
        assert confirmed <= serial <= confirmed + 1
        if images:
            self.host.run("image", "export", "vm40.volume", "LAB1", "lab1")
            self.host.run("image", "check", "lab1")
        self.saved = serial


def lives(host, count, seed, tell):
    """So many times: up, save and spool, ended at a random moment. The next life restores what the last one left."""
    life = Life(host, seed)
    for n in range(count):
        host.up("qemu-s390x")
        until = 600 if life.length is None else life.random.uniform(0, life.length)
        said = life.play(until)
        assert "did not come within the limit" not in said, said
        life.check(said)
        assert life.saved >= ROUNDS, said
        if count > 10 and n % 10 == 9:
            tell(f"{n + 1} of {count} lives, {life.saved} machines saved")


def test_killed_while_it_saves_and_spools(host, tell):
    lives(host, 4, 1967, tell)


@pytest.mark.long
def test_killed_three_hundred_times(host, tell):
    lives(host, 301, 1972, tell)
