"""Volumes that are none, or are damaged: CP says what it found and stops with a code, on both emulators.

Single bits of every structure are flipped in tests/unit/test_volume.c; here are the cases that a person meets, on the real thing.
Before it: `make build`. After it: nothing.
Known simplification: one damage at a time.
"""
import re
import subprocess

import pytest

from conftest import DIRECTORY

BLOCK = 4096
LABEL = 1 * BLOCK
SLOT_A, SLOT_B = 256 * BLOCK, 1280 * BLOCK
CLOCK = 2 * BLOCK
STOPS = re.compile(r"VM/40 CANNOT START: CODE [0-9A-F]+")


def flip(path, offset, bit=3):
    with open(path, "r+b") as f:
        f.seek(offset)
        byte = f.read(1)[0]
        f.seek(offset)
        f.write(bytes([byte ^ 1 << bit]))


def slot_of(path):
    """Where the header of the object directory lies: the other slot has none."""
    with open(path, "rb") as f:
        for slot in (SLOT_A, SLOT_B):
            f.seek(slot)
            if any(f.read(512)):
                return slot
    raise AssertionError("no directory on the volume")


def place_of(path, userid, first=False):
    """The entry of a user, the last place in its slot where the userid stands; the first one is in the index."""
    with open(path, "rb") as f:
        slot = slot_of(path)
        f.seek(slot)
        data, name = f.read(256 * BLOCK), userid.ljust(8).encode()
        return slot + (data.index(name) if first else data.rindex(name))


def no_label(path):
    with open(path, "r+b") as f:
        f.seek(0)
        f.write(bytes(1024 * 1024))


def truncated(path):
    with open(path, "r+b") as f:
        f.truncate(1024 * 1024 + 77)


DAMAGE = {
    "unformatted": (no_label, "HAS NO VM/40 LABEL"),
    "truncated": (truncated, "SHORTER THAN ITS LABEL SAYS"),
    "label": (lambda path: flip(path, LABEL + 40), "LABEL"),
    "directory-header": (lambda path: flip(path, slot_of(path) + 24), "DIRECTORY"),
    "directory-magic": (lambda path: flip(path, slot_of(path)), "DIRECTORY"),
    "directory-index": (lambda path: flip(path, place_of(path, "STUDENT1", first=True) + 12), "a checksum is wrong"),
    "directory-entry": (lambda path: flip(path, place_of(path, "STUDENT1") + 60), "a checksum is wrong"),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A volume as a new machine gets it."""
    from conftest import VM40
    path = tmp_path_factory.mktemp("volume") / "whole"
    subprocess.run([VM40, "volume", "format", "--directory", DIRECTORY, path], check=True, stdout=subprocess.DEVNULL)
    return path


@pytest.fixture
def volume(host, whole):
    path = host.directory / "vm40.volume"
    subprocess.run(["cp", "--sparse=always", whole, path], check=True)
    return path


@pytest.mark.parametrize("damage", DAMAGE)
def test_does_not_start(host, machine_kind, volume, damage):
    harm, says = DAMAGE[damage]
    harm(volume)
    host.names.add("vm40")
    done = host.run("up", "--machine", machine_kind, "--volume", volume, check=False)
    assert done.returncode == 1, done.stdout
    assert says in host.log() and STOPS.search(host.log()), host.log()
    assert STOPS.search(done.stdout), "and the person who started it is shown why"


def test_damaged_clock(host, machine_kind, volume):
    """A clock that says nonsense is no reason not to start: CP writes it afresh."""
    for block in range(2):
        flip(volume, CLOCK + block * BLOCK + 20)
    host.names.add("vm40")
    host.run("up", "--machine", machine_kind, "--volume", volume)
    host.play("> QUERY TIME\n< TIME IS\n")
    host.down()
