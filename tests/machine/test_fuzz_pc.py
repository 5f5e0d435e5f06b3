"""Wild guests of the PC beside a quiet one: CP stays up, and the neighbour's storage stays as it is.

Random instructions, carefully or leaving nothing out; random ports, MSRs, calls to CP, and rings of a disk. Progress is shown
with the campaign's seed; VM40_SEED=HEX in the environment chooses another one.
Before it: wild_pc.py. After it: test_linux.py.
Known simplification: with the same seed timers still come when they come, so a campaign does not repeat exactly.
"""
import os

import pytest

from wild_pc import PCCampaign

SEED = int(os.environ.get("VM40_SEED", "9E3779B97F4A7C15"), 16)
CAMPAIGNS = {  # name: guest, what it is told, a sample, the whole
    "instructions": ("fuzz", 0, 20_000, 1_000_000),
    "all instructions": ("fuzz", 1, 10_000, 200_000),
    "ports": ("fuzz-port", 0, 10_000, 200_000),
    "MSRs": ("fuzz-port", 1, 20_000, 200_000),
    "calls": ("fuzz-call", 0, 2_000, 20_000),
    "rings": ("fuzz-ring", 0, 10_000, 100_000),
}


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_wild(host, name):
    guest, which, sample, _ = CAMPAIGNS[name]
    PCCampaign(host, name, guest, sample, SEED, which).run()


@pytest.mark.long
@pytest.mark.parametrize("name", CAMPAIGNS)
def test_wild_long(host, name, tell):
    guest, which, _, whole = CAMPAIGNS[name]
    PCCampaign(host, name, guest, whole, SEED, which, tell).run()
