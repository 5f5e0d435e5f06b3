"""Wild guests beside a quiet one: CP stays up, and the neighbour's storage stays as it is.

One guest executes random instructions, carefully or leaving nothing out; one starts random channel programs and random DIAGNOSE
calls. Progress is shown with the campaign's seed; VM40_SEED=HEX in the environment chooses another one.
Before it: wild.py. After it: test_linux.py.
Known simplification: with the same seed timers still come when they come, so a campaign does not repeat exactly.
"""
import os

import pytest

from conftest import MAINFRAMES
from wild import Campaign

MACHINES = MAINFRAMES  # the PC has wild guests of its own: test_guests_x86_64.py

SEED = int(os.environ.get("VM40_SEED", "9E3779B97F4A7C15"), 16)
CAMPAIGNS = [("fuzz", False, 10_000, 1_000_000), ("fuzz", True, 5_000, 200_000), ("fuzz-io", False, 5_000, 100_000)]
NAMES = ["careful", "everything", "io"]


def parameters(which):
    return [pytest.param(one[0], one[1], one[which], id=name) for one, name in zip(CAMPAIGNS, NAMES)]


@pytest.mark.parametrize("guest, everything, wanted", parameters(2))
def test_wild(host, machine_kind, guest, everything, wanted):
    Campaign(host, machine_kind, guest, wanted, SEED, everything).run()


@pytest.mark.long
@pytest.mark.parametrize("guest, everything, wanted", parameters(3))
def test_wild_long(host, machine_kind, guest, everything, wanted, tell):
    Campaign(host, machine_kind, guest, wanted, SEED, everything, tell).run()
