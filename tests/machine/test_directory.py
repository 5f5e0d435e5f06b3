"""The user directory as a running CP sees it: a class from a list, changes while people are logged on, and what an interrupted change leaves.

Before it: `make build`. After it: nothing.
Known simplification: power loss is the emulator's sudden end; the order of writes is tested in tests/unit/test_swap.c.
"""
import json
import os
import random
import re
import shutil
import signal
import subprocess
import time

import pytest

from conftest import BUILD, DIRECTORY, VM40

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


CALLS = """@ 1
> LOGON MAINT MAINT NOIPL
< LOGON AT
limit 300
> IPL 00C CLEAR
< directory calls: 11 made, 0 refused
< guest: passed
@ 2
> LOGON STUDENT1 STUDENT1 NOIPL
< LOGON AT
> QUERY VIRTUAL STORAGE
< STORAGE = .*20
> LOGOFF
< LOGOFF AT
> LOGON STUDENT2 STUDENT2
< LGA050E
> LOGON STUDENT2 WAHRHEIT NOIPL
< LOGON AT
> QUERY VIRTUAL STORAGE
< STORAGE = .*40
> QUERY DASD
@ 3
> LOGON LINUX LINUX NOIPL
< LOGON AT
> IPL 00C CLEAR
< directory calls: 0 made, 11 refused
< guest: passed
"""

AREA = r"^object slot {} +(\d+) +(\d+)"


def newest_slot(host, path):
    """First byte and length of the slot with the newer object directory, and its generation."""
    listed = host.run("volume", "list", path).stdout
    found = []
    for slot, number in re.findall(r"^directory ([AB]) +generation (\d+)", listed, re.M):
        start, sectors = map(int, re.search(AREA.format(slot), listed, re.M).groups())
        found.append((int(number), start * 512, sectors * 512))
    return max(found)


def another_directory(host):
    """What a directory program in a guest would write: a newer object directory in the slot that is not in use, as its place and bytes."""
    other = host.directory / "other.volume"
    host.run("volume", "format", volume(host), "--directory", DIRECTORY)
    for end in ("", ".db"):
        shutil.copy(f"{volume(host)}{end}", f"{other}{end}")
    host.run("direct", "change", "STUDENT1", "STORAGE 20M", "--volume", other)
    _, start, length = newest_slot(host, other)
    assert newest_slot(host, volume(host))[1] != start
    with open(other, "rb") as file:
        file.seek(start)
        return start, file.read(length)


def test_a_guest_changes_the_directory(host, machine_kind):
    """DIAGNOSE X'3C' and X'84' from a machine with class B; one without it is refused."""
    start, slot = another_directory(host)
    guest = BUILD / ("guests-x86_64/directory-calls.bin" if machine_kind == "qemu-x86_64" else "guests/directory-calls.deck")
    host.names.add("vm40")
    host.run("up", "--machine", machine_kind, "--volume", volume(host), "--reader", f"MAINT={guest}", "--reader", f"LINUX={guest}")
    with open(volume(host), "r+b") as file:
        file.seek(start)
        file.write(slot)
    host.play(CALLS)
    host.down()
    direct(host, "build")  # takes what CP changed into the database
    assert "STORAGE 40M" in direct(host, "show", "STUDENT2").stdout


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


TEMPORARY = """@ 1
< VM/40 ONLINE
> LOGON STUDENT1 STUDENT1
< LOGON AT
> QUERY CPUID
< ^CPUID = FF0A1B2C
> QUERY VIRTUAL DASD
< DASD 0195 9336 \\(VDSK\\) R/W       4096 BLK
< DASD 0198 9336 \\(TEMP\\) R/W       8192 BLK
> IPL CMS
< Ready;
> FORMAT 195 B
> 1
> SCRATCH
< Ready;
> FORMAT 198 C
> 1
> TEMP
< Ready;
> COPYFILE WELCOME TEXT S = = B
< Ready;
> COPYFILE WELCOME TEXT B = = C
< Ready;
> TYPE WELCOME TEXT C
< Ready;
> #CP DEFINE TFB-512 AS 199 BLK 512
< DASD 0199 DEFINED
> #CP DETACH 199
< DASD 0199 DETACHED
> #CP LOGOFF
< LOGOFF AT
> LOGON STUDENT1 STUDENT1
< LOGON AT
> IPL CMS
< Ready;
> ACCESS 195 B
< Ready\\(
> ACCESS 198 C
< Ready\\(
> #CP LOGOFF
< LOGOFF AT
"""


def test_disks_that_last_until_logoff(host, machine_kind):
    """V-DISK and T-DISK from the directory: zeros at LOGON, a file system while they last, nothing of it afterwards."""
    host.run("volume", "format", volume(host), "--directory", DIRECTORY)
    direct(host, "change", "STUDENT1", "MDISK 195 FB-512 V-DISK 4096", "MDISK 198 FB-512 T-DISK 8192", "OPTION CPUID 0A1B2C")
    host.names.add("vm40")
    host.run("up", "--machine", machine_kind, "--volume", volume(host))
    host.play(TEMPORARY)
    host.down()


def test_every_answer_as_json(host):
    """With --json each verb that says anything says an object a line."""
    host.run("volume", "format", volume(host), "--directory", DIRECTORY)
    direct(host, "change", "STUDENT1", "STORAGE 9M")
    (host.directory / "class.csv").write_text("ANN\nBEN\n")

    def answers(*words):
        return [json.loads(line) for line in direct(host, *words, "--json").stdout.splitlines()]

    assert [row["userid"] for row in answers("show")][:2] == ["LINUX", "MAINT"]
    assert answers("show", "STUDENT1")[0]["statements"][2] == " STORAGE 9M"
    assert [row["what"] for row in answers("log")][-1] == "change STUDENT1"
    assert answers("log", "student1")[-1]["difference"] == ["+  STORAGE 9M"]
    assert {"volser": "VM40V1", "first": 237568, "blocks": 286720, "userid": None} in answers("map")
    assert answers("change", "STUDENT2", "STORAGE 9M", "--dry-run") == [{"entry": "STUDENT2", "difference": ["+  STORAGE 9M"]}]
    assert [row["entry"] for row in answers("diff", DIRECTORY)] == ["STUDENT1"]
    assert answers("undo") == [{"undone": 2}]
    assert answers("roster", "class.csv", "--profile", "student")[0]["added"] == 2
    assert answers("query", "SELECT count(*) AS n FROM users") == [{"n": 9}]
    wrong = direct(host, "change", "NOBODY", "STORAGE 9M", "--json", check=False)
    assert json.loads(wrong.stdout)["severity"] == "error" and wrong.returncode == 1


def test_two_builders_at_once(host):
    host.run("volume", "format", volume(host), "--directory", DIRECTORY)
    builders = [subprocess.Popen([VM40, "direct", "add", f"U{number}", "--volume", volume(host), "--profile", "STUDENT", "--password", "X"],
                                 cwd=host.directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for number in range(4)]
    assert [builder.wait(timeout=300) for builder in builders] == [0] * 4
    listed = host.run("direct", "query", "users", "--volume", volume(host)).stdout
    assert len(re.findall(r"^U\d\t", listed, re.M)) == 4
    assert "11 users" in host.run("volume", "list", volume(host)).stdout
