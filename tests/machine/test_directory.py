"""The user directory as a running CP sees it: a class from a list, changes while people are logged on, and what an interrupted change leaves.

Before it: `make build`. After it: nothing.
Known simplification: power loss is the emulator's sudden end; the order of writes is tested in tests/unit/test_swap.c.
"""
import os
import random
import re
import signal
import subprocess
import time

import pytest

from conftest import DIRECTORY, VM40

LOGON = """@ {line}
< VM/40 ONLINE
> LOGON {userid}
< ENTER PASSWORD
> {password}
< {answer}
"""


def volume(host):
    return host.directory / "vm40.volume"


def direct(host, verb, *words, check=True):
    return host.run("direct", verb, *words, "--volume", volume(host), check=check)


def logon(host, userid, password, answer="LOGON AT", line=1, then=""):
    host.play(LOGON.format(userid=userid, password=password, answer=answer, line=line) + then)


def test_a_class_of_thirty_while_cp_runs(host, machine_kind):
    """Provisioned, logged on, changed, suspended: without a restart."""
    host.up(machine_kind)
    roster = host.directory / "class.csv"
    names = [f"PUPIL{number:02}" for number in range(30)]
    roster.write_text("userid,name\n" + "".join(f"{name},Somebody\n" for name in names))
    done = direct(host, "roster", "--profile", "STUDENT", "--disk", "191=2M", roster)
    assert "30 added" in done.stdout and "30 new disks" in done.stdout and "IN USE" in done.stdout
    passwords = dict(line.split() for line in (host.directory / "class.csv.passwords").read_text().splitlines())
    assert len(passwords) == 30 and len(set(passwords.values())) == 30
    logon(host, "PUPIL07", passwords["PUPIL07"], then="> IPL CMS\n< Ready;\n> LISTFILE\n< Ready\n")
    done = direct(host, "change", "PUPIL07", "STORAGE 24M")
    assert "PUPIL07 IS CHANGED AT THE NEXT LOGON" in done.stdout
    logon(host, "PUPIL07 HERE", passwords["PUPIL07"], answer="RECONNECTED AT", line=4,
          then="> #CP QUERY VIRTUAL STORAGE\n< STORAGE = .*16\n> #CP LOGOFF\n< LOGOFF AT\n")
    logon(host, "PUPIL07", passwords["PUPIL07"], line=2, then="> QUERY VIRTUAL STORAGE\n< STORAGE = .*24\n> LOGOFF\n< LOGOFF AT\n")
    roster.write_text("".join(f"{name}\n" for name in names[1:]))
    assert "1 suspended" in direct(host, "roster", "--profile", "STUDENT", "--disk", "191=2M", roster).stdout
    logon(host, "PUPIL00", passwords["PUPIL00"], answer="LGA050E", line=3)
    host.down()


def generation(host):
    """Of the object directory that CP takes at its next start; what stands on the volume must be whole."""
    listed = host.run("volume", "list", volume(host)).stdout
    return max(map(int, re.findall(r"^directory [AB] +generation (\d+)", listed, re.M)))


def restart(host, kind):
    """With the directory that is on the volume."""
    host.names.add("vm40")
    host.run("up", "--machine", kind, "--volume", volume(host))


def interrupted(host, kind, rng, number, before):
    """Kill the emulator, and with it the swap, somewhere in a change; the next start finds the old directory or the new one.

    Returns its generation. The moments go from before the change's first word to CP to after its last: it takes some 0.1 s.
    """
    restart(host, kind)
    change = subprocess.Popen([VM40, "direct", "change", "STUDENT1", "--volume", volume(host), f"STORAGE {8 + number % 20}M"],
                              cwd=host.directory, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(rng.random() * 0.15)
    if rng.random() < 0.5:
        change.send_signal(signal.SIGKILL)
    host.run("down", "--force", check=False)
    change.kill()
    change.wait()
    after = generation(host)
    assert after in (before, before + 1)
    shown = host.run("direct", "show", "STUDENT1", "--volume", volume(host)).stdout
    assert shown.startswith("USER STUDENT1 ********")
    return after


def fresh_volume(host):
    host.run("volume", "format", volume(host), "--directory", DIRECTORY)
    return generation(host)


def test_an_interrupted_swap(host, machine_kind):
    rng = random.Random(1)
    now = fresh_volume(host)
    for number in range(2):
        now = interrupted(host, machine_kind, rng, number, now)


@pytest.mark.long
def test_many_interrupted_swaps(host, tell):
    seed = int(os.environ.get("SEED", "7"))
    rng = random.Random(seed)
    first = now = fresh_volume(host)
    began = time.monotonic()
    for number in range(500):
        if number % 50 == 0:
            tell(f"swap campaign: seed {seed}, {number} of 500, {now - first} with the new directory, {time.monotonic() - began:.0f} s")
        now = interrupted(host, "qemu-s390x", rng, number, now)
    restart(host, "qemu-s390x")  # from what the last one left, too
    host.down()
    assert 50 <= now - first <= 450  # the moments were neither all too early nor all too late


def test_two_builders_at_once(host):
    host.run("volume", "format", volume(host), "--directory", DIRECTORY)
    builders = [subprocess.Popen([VM40, "direct", "add", f"U{number}", "--volume", volume(host), "--profile", "STUDENT", "--password", "X"],
                                 cwd=host.directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for number in range(4)]
    assert [builder.wait(timeout=300) for builder in builders] == [0] * 4
    listed = host.run("direct", "query", "users", "--volume", volume(host)).stdout
    assert len(re.findall(r"^U\d\t", listed, re.M)) == 4
    assert "11 users" in host.run("volume", "list", volume(host)).stdout
