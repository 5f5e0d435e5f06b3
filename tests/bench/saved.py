"""What a shared CMS is worth: from LOGON to Ready, and how many users of it one machine of 256 MB carries.

MAINT makes CMS a saved system. Then the operator logs users on who IPL disk 190, and users who IPL CMS, and QEMU counts the instructions
of each until CMS waits for a line.
How large the image of such a user's machine is, and of one whose CMS is his own.
And what SAVE costs a guest that runs on: how long CP held a busy Linux of 128 MB, by CP's own clock, over how long it wrote.
Before it: bench.py, users.py. After it: nothing.
Known simplification: the operator's XAUTOLOG and what it answers him is in both counts.
"""
import re
import statistics
import sys
import time

import bench
import users

SAVE = """@ 0
limit 120
> XAUTOLOG MAINT
> SEND CP MAINT SET SECUSER OPERATOR
> SEND CP MAINT IPL 190 CLEAR
< MAINT *: *Ready;
> SEND MAINT SAVESYS CMS
< MAINT *: *CMS SAVED
> QUERY NSS CMS
< MAINT *CMS *R
"""


def system_save(machine):
    machine.play(SAVE)


def count(machine_class, directory, wanted):
    return users.count(machine_class, directory, wanted, system_save)


ANSWERS = """@ 0
limit 120
> SEND CP {name} SET SECUSER OPERATOR
> SEND {name} QUERY DISK
< {name} *: *Ready;
"""


def quiet(monitor):
    """How many instructions there were when all machines waited."""
    count, before = bench.instructions(monitor), None
    while count != before:
        time.sleep(1)
        count, before = bench.instructions(monitor), count
    return count


def logon(machine, monitor, name):
    """Instructions until the user's CMS waits for a line. Nobody reads along: that it is CMS and ready is seen afterwards."""
    before = quiet(monitor)
    machine.play(f"@ 0\n> XAUTOLOG {name}\n< AUTO LOGON .*{name}\n")
    count = quiet(monitor) - before
    machine.play(ANSWERS.format(name=name))
    return count


def directory_write(path, secondary=" OPERATOR"):
    """Users SHARED1 and SHARED2 IPL CMS, DISK1 and DISK2 disk 190."""
    with open(path, "w") as out:
        out.write(bench.DIRECTORY.read_text())
        for n in (1, 2):
            user = users.USER.format(name=f"SHARED{n}").replace(" OPERATOR", secondary)
            out.write(user)
            out.write(user.replace("SHARED", "DISK").replace("IPL CMS", "IPL 190"))


def ratio(machine_class, directory):
    """LOGON and IPL CMS over LOGON and IPL 190, both when CP has done each once before."""
    path = f"{directory}/users.direct"
    monitor = f"{directory}/monitor"
    directory_write(path, secondary="")
    with machine_class(directory, "--directory", path, "--memory", "256M", "--icount", f"shift=0,rr=record,rrfile={directory}/record",
                       "--qemu-arg=-monitor", f"--qemu-arg=unix:{monitor},server=on,wait=off") as machine:
        system_save(machine)
        counts = {name: logon(machine, monitor, name) for name in ("DISK1", "SHARED1", "DISK2", "SHARED2")}
    print("bench: " + ", ".join(f"{name} {count}" for name, count in counts.items()), file=sys.stderr)
    return counts["SHARED2"] / counts["DISK2"]


def image(machine_class, directory, name):
    """KiB of the image of a user whose CMS says Ready."""
    path = f"{directory}/users.direct"
    directory_write(path)
    with machine_class(directory, "--directory", path, "--memory", "256M") as machine:
        system_save(machine)
        text = machine.play(f"@ 0\nlimit 120\n> XAUTOLOG {name}\n< {name} *: *Ready;\n> SAVE {name} IMAGE\n< IMAGE SAVED, [0-9]+K\n")
    return float(re.search(r"IMAGE SAVED, (\d+)K", text)[1])


# It computes, stores all over a file in storage, and reads its disk.
BUSY = """@ 1
> LOGON LINUX LINUX NOIPL
< LOGON AT
limit 1400
> DEFINE STORAGE 128M
< STORAGE
> IPL 00C CLEAR
< init: Linux .* is ready
< linux#
> (while :; do seq 1 200000 > /tmp/numbers; md5sum < /tmp/numbers; done > /dev/null) & (while :; do cat /dev/DISK; done > /dev/null) & echo busy $?
< busy 0
"""
SAVES = 9
PAUSED = """> #CP SAVE BUSY
< BUSY SAVED, [0-9]+K
"""


def pause(machine_class, directory):
    """The median of some SAVEs."""
    pc = machine_class.keywords["kind"] == "qemu-x86_64"
    files = bench.BUILD / ("linux-x86_64" if pc else "linux")
    reader = "LINUX=" + ",".join(str(files / name) for name in ("kernel.img", "parm", "initramfs"))
    with machine_class(directory, "--directory", bench.DIRECTORY, "--memory", "512M", "--reader", reader) as machine:
        text = machine.play(BUSY.replace("DISK", "vda" if pc else "dasda") + SAVES * PAUSED)
    saves = [tuple(map(float, save)) for save in re.findall(r"SAVED, (\d+)K, STOOD ([0-9.]+) MS, WRITTEN IN ([0-9.]+) MS", text)]
    for kibibytes, stood, wrote in saves:
        print(f"bench: {kibibytes:.0f} KiB: stood {stood:.3f} ms, written in {wrote:.3f} ms", file=sys.stderr)
    return statistics.median(stood / wrote for _, stood, wrote in saves)
