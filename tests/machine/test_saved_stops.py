"""Stopped at a random moment, saved, restored, saved again: the images differ in nothing but clocks.

VM40_SEED=HEX in the environment chooses another seed.
Before it: stops.py, test_saved.py. After it: nothing.
Known simplification: Hercules takes no part, for it loses a typed line now and then; a machine goes from one emulator to the other in test_saved.py.
"""
import os

import pytest

from stops import Stops

MACHINES = ("qemu-s390x", "qemu-x86_64")
SEED = int(os.environ.get("VM40_SEED", "40"), 16)
SAMPLE = {
    "qemu-s390x": {"STUDENT1": "cms", "STUDENT2": "own-registers", "STUDENT3": "subchannel"},
    "qemu-x86_64": {"STUDENT1": "cms", "STUDENT2": "interruption", "STUDENT3": "chips", "STUDENT4": "msr"},
}
LONG = {
    "qemu-s390x": [
        {"STUDENT1": "cms", "LINUX": "linux"},
        {"STUDENT1": "own-registers", "STUDENT2": "timer", "STUDENT3": "interruption", "STUDENT4": "per", "LINUX": "subchannel"},
        {"STUDENT1": "spaces", "STUDENT2": "dat", "STUDENT3": "esa390", "STUDENT4": "waits", "LINUX": "block-end"},
    ],
    "qemu-x86_64": [
        {"STUDENT1": "cms", "LINUX": "linux"},
        {"STUDENT1": "interruption", "STUDENT2": "chips", "STUDENT3": "port", "STUDENT4": "paging", "LINUX": "window"},
        {"STUDENT1": "real", "STUDENT2": "step", "STUDENT3": "nmi", "STUDENT4": "msr", "LINUX": "rights"},
    ],
}


def test_stops(host, machine_kind):
    Stops(host, machine_kind, SAMPLE[machine_kind], SEED, lambda line: None).run(10)


@pytest.mark.long
@pytest.mark.parametrize("part, wanted", [(0, 200), (1, 150), (2, 150)])
def test_stopped_a_thousand_times(host, machine_kind, part, wanted, tell):
    """Five hundred on each machine."""
    Stops(host, machine_kind, LONG[machine_kind][part], SEED + part, tell).run(wanted)
