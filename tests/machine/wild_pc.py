"""A wild guest's campaign on the PC.

Before it: wild.py. After it: test_fuzz_pc.py.
Known simplification: QEMU's faults are known by their signal only.
"""
import re
import time

from conftest import BUILD
from wild import NEIGHBOUR, Campaign

WORDS = 0x20  # where a guest's file has what the test wants of it
LATE = 5  # seconds in which it is said how the emulator ended


def image(directory, guest, *words):
    """A guest's file that is told this: a count, a seed, and what else it has."""
    data = bytearray((BUILD / "guests-x86_64" / f"{guest}.bin").read_bytes())
    text = b"".join(word.to_bytes(8, "little") for word in words)
    data[WORDS : WORDS + len(text)] = text
    path = directory / f"{guest}.bin"
    path.write_bytes(data)
    return path


class PCCampaign(Campaign):
    """The same life, in the words of a PC."""

    READY = "RIP = 0000000000100038"
    WORDS = f"S{0x100000 + WORDS:X}"
    STANDS = "RIP = ([0-9A-F]+)"
    ORDER = "little"
    ENDS = re.compile(r"QEMU was ended by (signal (?:6|11))\b")  # docs/reference/architecture.md

    def __init__(self, host, name, guest, wanted, seed, which=0, tell=print):
        super().__init__(host, "qemu-x86_64", guest, wanted, seed, which, tell)
        self.name = name

    def files(self):
        directory = self.host.directory
        return ("--reader", f"LINUX={image(directory, self.guest)}", "--reader", f"STUDENT1={image(directory, 'neighbour', NEIGHBOUR)}")

    def last_words(self):
        until = time.monotonic() + LATE
        while time.monotonic() < until:
            try:
                return self.host.log(file="outcome")
            except FileNotFoundError:
                time.sleep(0.2)
        return ""
