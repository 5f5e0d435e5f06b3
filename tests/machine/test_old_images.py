"""Images that an earlier CP made (tests/images): they are restored, and a field that they lack is as a reset leaves it.

Before it: tests/unit/test_image.c. After it: nothing. The lab of docs/tutorial/13-machine-state.md adds a field and plays this.
"""
import re

import pytest

from conftest import ROOT

IMAGES = {"qemu-s390x": "s390x.image", "hercules": "s390x.image", "qemu-x86_64": "x86_64.image"}

# What #CP takes the guest does not read.
RESTORE = """@ 1
> LOGON STUDENT1 STUDENT1 NOIPL
< LOGON AT
limit 120
> RESTORE OLD
< OLD RESTORED, SAVED AT
> #CP SAVE NEW0
< NEW0 SAVED, [0-9]+K
> #CP DISPLAY 00F00000
< D6D3C440
> QUERY DISK
< Ready;
> QUERY TIME
< Ready;
> #CP SAVE NEW2
< NEW2 SAVED, [0-9]+K
> #CP RESTORE NEW2
< NEW2 RESTORED, SAVED AT
> QUERY DISK
< Ready;
> #CP LOGOFF
< LOGOFF AT
"""


def field(host, image, record, name):
    """A field's value; None: the image has no such field."""
    text = host.run("image", "show", image).stdout
    part = re.search(rf"^{record}\n((?: .*\n)*)", text, re.MULTILINE)[1]
    found = re.search(rf"^  {name} +([0-9A-F]+)", part, re.MULTILINE)
    return found and int(found[1], 16)


def test_old_image(host, machine_kind):
    old = ROOT / "tests" / "images" / IMAGES[machine_kind]
    assert field(host, old, "DEVICE-STATE 0009", "HEAD") is not None
    assert field(host, old, "DEVICE-STATE 0009", "READS") is None
    host.up(machine_kind)
    host.down()
    host.run("image", "import", "vm40.volume", old, "STUDENT1/OLD")
    host.up(machine_kind)
    host.play(RESTORE)
    host.down()
    for name, reads in (("NEW0", 0), ("NEW2", 2)):
        host.run("image", "export", "vm40.volume", f"STUDENT1/{name}", name)
        assert field(host, name, "DEVICE-STATE 0009", "READS") == reads
