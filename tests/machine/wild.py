"""A wild guest's campaign: it lives, dies, and is loaded again with another seed, until what was asked has been executed.

Counted is what the guest itself has said before it died, so rather too little. LINUX is wild; STUDENT1 is its neighbour, who looks
at the hash of his storage again and again; the operator looks on.
Before it: conftest.py. After it: test_fuzz.py.
Known simplification: a guest is taken for lost when nothing has come from it for a while, though it may only be slow.
"""
import os
import pathlib
import re
import subprocess
import sys
import time

import pytest
from pexpect import EOF, TIMEOUT
from pexpect.popen_spawn import PopenSpawn

from conftest import BUILD, ROOT, VM40

ANSWER = 120  # seconds for CP to answer; only one that hangs comes near it
LOST = 20  # seconds after which a line is typed again: Hercules loses one now and then on a busy host
SILENCE = 10  # seconds of the emulator's own time without a word from the guest: it is lost,
WAITING = 30  # or so many of the host's, for it may have stopped
TELLS = 10  # seconds from one line of progress to the next
MOST = 20_000  # a count that has grown by more at once comes from a guest that has damaged itself
DIED = (r"HCPGIR\d+W CP entered; ([^\r\n;]*)[\r\n;]", r"(HCPIPL\d+E [^\r\n]*)[\r\n]", "(STORAGE CLEARED)", "(SYSTEM RESET)", r"(LOGOFF AT)", r"(DISCONNECT AT)", r"(guest: FAILED[^\r\n]*)")
ENDS_MOST = 4  # so often in a campaign
NEIGHBOUR = 1_000_000  # looks: it does not come to its end


def seed_of(first, life):
    """The seed of a guest's n-th life; the first one has the campaign's own."""
    return (first + life * 0x9E3779B97F4A7C15) % 2**64 or 1


def deck(directory, guest, *stores):
    path = directory / f"{guest}.deck"
    subprocess.run([sys.executable, ROOT / "tests" / "guests" / "deck.py", BUILD / "guests" / f"{guest}.bin", path, *stores], check=True)
    return path


class Terminal:
    """A person at one line of the machine that is up."""

    def __init__(self, host, line):
        self.vm40 = PopenSpawn([str(VM40), "console", str(line)], cwd=host.directory, timeout=ANSWER, encoding="utf-8", codec_errors="replace")
        self.vm40.logfile_read = open(host.directory / f"terminal{line}.log", "w")

    def ask(self, text, *answers):
        """Type a line, and wait for one of the answers: which."""
        for _ in range(ANSWER // LOST - 1):
            self.vm40.sendline(text)
            which = self.expect(*answers, TIMEOUT, timeout=LOST)
            if which < len(answers):
                return which
        self.vm40.sendline(text)
        return self.expect(*answers)

    def expect(self, *answers, timeout=ANSWER):
        return self.vm40.expect(list(answers), timeout=timeout)

    @property
    def match(self):
        return self.vm40.match

    def logon(self, user, words=""):
        """From CP's greeting to a fresh session."""
        self.expect("LOGON userid")
        if self.ask(f"LOGON {user} {user} {words}", "LOGON AT", "RECONNECTED AT") == 1:
            self.logoff()
            self.logon(user, words)

    def logoff(self):
        self.ask("#CP LOGOFF", "LOGOFF AT")

    def close(self):
        self.vm40.proc.terminate()
        self.vm40.proc.wait()


class Campaign:
    """`wanted` instructions or operations of one kind of guest, on a machine of its own. `everything` is what the guest is told to
    leave nothing out by, or which of its kinds of operations to choose."""

    READY = "PSW = 00080000"  # so a guest stands that was loaded and not started
    WORDS = "S2008"  # where it has what the test wants of it: a count, a seed, everything
    STANDS = "PSW = ([0-9A-F ]+)"
    ORDER = "big"
    ENDS = re.compile(r"cc_helper\.c:\d+:(cc_calc_addu): assertion failed")  # QEMU's own fault: docs/reference/architecture.md

    def __init__(self, host, kind, guest, wanted, seed, everything=False, tell=print):
        self.host, self.kind, self.guest, self.wanted, self.seed = host, kind, guest, wanted, seed
        self.everything, self.tell = everything, tell
        self.done = self.lives = 0
        self.deaths = {}
        self.told = time.monotonic()
        self.name = guest + (", everything" if everything else "")
        self.count = re.compile(rf"{guest}: (\d+) (?:instructions|operations)")

    def seconds(self):
        """Processor time that the emulator has used."""
        words = pathlib.Path(f"/proc/{self.emulator}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    def hear(self, *words):
        """Wait for one of these from the wild guest: which. len(words): it is silent."""
        began, until = self.seconds(), time.monotonic() + WAITING
        while (which := self.wild.expect(*words, TIMEOUT, timeout=2)) == len(words):
            if self.seconds() > began + SILENCE or time.monotonic() > until:
                break
        return which

    def progress(self, why=""):
        self.tell(f"{self.kind}: {self.name}: {self.done} of {self.wanted}, {self.lives} lives, seed {self.seed:X}{why}")
        self.told = time.monotonic()

    def run(self):
        """To its end, on another machine where the emulator has ended itself by its own known fault."""
        for _ in range(ENDS_MOST + 1):
            try:
                self.begin()
                while self.done < self.wanted:
                    self.load()
                    self.live()
                return self.end()
            except (EOF, TIMEOUT, OSError) as lost:
                if not self.emulator_ended():
                    self.progress(", CP IS LOST")
                    pytest.fail(f"{type(lost).__name__} where CP had to answer\n{self.host.log()[-3000:]}\n"
                                f"{self.host.log(file='emulator.log')[-3000:]}", pytrace=False)
        pytest.fail(f"QEMU has ended itself more than {ENDS_MOST} times, seed {self.seed:X}", pytrace=False)

    def emulator_ended(self):
        """By a fault of QEMU's that no guest of CP's can be kept from: told, and counted."""
        known = self.ENDS.search(self.last_words())
        if known:
            why = f"QEMU ended itself: {known[1]}"
            self.deaths[why] = self.deaths.get(why, 0) + 1
            self.progress(f", {why}")
            for terminal in (self.wild, self.neighbour, self.operator):
                terminal.close()
        return known

    def last_words(self):
        return self.host.log(file="emulator.log")

    def begin(self):
        host = self.host
        host.close()
        for old in host.directory.glob("vm40.volume*"):
            old.unlink()
        host.up(self.kind, *self.files())
        self.emulator = int(host.log(file="emulator.pid"))
        self.operator, self.wild, self.neighbour = (Terminal(host, line) for line in (0, 1, 2))
        self.neighbour.logon("STUDENT1", "NOIPL")
        self.neighbour.ask("DEFINE STORAGE 32M", "STORAGE")
        self.neighbour.ask("IPL 00C CLEAR", "neighbour: look 1,")

    def files(self):
        """The guests, for two readers."""
        return ("--reader", f"LINUX={deck(self.host.directory, self.guest)}",
                "--reader", f"STUDENT1={deck(self.host.directory, 'neighbour', f'2008={NEIGHBOUR:x}', '2010=1')}")

    def end(self):
        """All is as it was: the neighbour still looks, the operator is answered, CP shuts down when told to."""
        self.look()
        for _ in range(2):
            assert self.neighbour.expect("storage has changed", "storage is as it was") == 1
        self.operator.ask("QUERY NAMES", "STUDENT1")
        for terminal in (self.wild, self.neighbour, self.operator):
            terminal.close()
        self.host.down()
        self.progress(", done; " + "; ".join(f"{count} x {why}" for why, count in sorted(self.deaths.items())))

    def look(self):
        """The neighbour is answered, and has said until now that all is as it was."""
        assert self.neighbour.ask("#CP QUERY TIME", "storage has changed", "TIME IS") == 1, f"seed {self.seed:X}"

    def load(self):
        """A fresh machine with the next seed in it. It may have read its own deck: that stays, but is held."""
        self.wild.logon("LINUX")
        self.wild.ask("CHANGE RDR ALL KEEP NOHOLD", "FILE")
        self.wild.vm40.sendline("IPL 00C CLEAR STOP")
        self.wild.ask("DISPLAY PSW", self.READY)
        words = (self.wanted - self.done, seed_of(self.seed, self.lives), int(self.everything))
        self.wild.ask(f"STORE {self.WORDS} " + "".join(word.to_bytes(8, self.ORDER).hex() for word in words), "STORE COMPLETE")
        self.wild.vm40.sendline("BEGIN")
        self.lives += 1

    def live(self):
        """Count until it has done all, died, or gone silent."""
        before, last = self.done, 0
        while (which := self.hear(self.count, "guest: passed", *DIED)) == 0:
            now = int(self.wild.match[1])
            if not last <= now <= last + MOST:
                break
            last, self.done = now, before + now
            if time.monotonic() > self.told + TELLS:
                self.progress()
                self.look()
        self.bury(which)

    def bury(self, which):
        """Why it has ended; and the user is logged off, if it has not done that itself."""
        silent = 2 + len(DIED)
        why = "damaged" if which == 0 else "done" if which == 1 else "silent" if which == silent else self.wild.match[1]
        why = re.sub(r"[0-9A-F]{8,}", "..", why)
        self.deaths[why] = self.deaths.get(why, 0) + 1
        if which == silent:
            self.wild.vm40.sendline("#CP")
            self.wild.ask("DISPLAY PSW", self.STANDS)
            psw = self.wild.match[1].strip()
            self.progress(f", silent at {psw}")
            for what in ("G", "X", f"V{psw[-16:]}.20"):  # into terminal1.log, for whoever wants to know why
                self.wild.vm40.sendline(f"DISPLAY {what}")
        if why not in ("LOGOFF AT", "DISCONNECT AT"):
            self.wild.logoff()
