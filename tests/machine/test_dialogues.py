"""Plays the dialogues of tests/dialogues/ on the emulators, each on a machine of its own.

A dialogue says what it needs in comments at its top:
    # machines: qemu-s390x           only there (else on both)
    # options: --memory 512M         more words for vm40 play; files are taken from the project's root
    # long: hercules                 there only in `make check-long`; `# long` alone means on both
"""
import re

import pytest

from conftest import KINDS, ROOT


def wishes(path):
    found = {}
    for line in path.read_text().splitlines():
        match = re.match(r"#\s*(machines|options|long)\b:?\s*(.*)", line)
        if match:
            found[match[1]] = match[2].split()
    return found


def cases():
    for path in sorted((ROOT / "tests" / "dialogues").glob("*.dialogue")):
        wish = wishes(path)
        for kind in wish.get("machines") or KINDS:
            long = "long" in wish and (not wish["long"] or kind in wish["long"])
            yield pytest.param(path, kind, wish.get("options", []), id=f"{path.stem}-{kind}",
                               marks=[pytest.mark.long] if long else [])


@pytest.mark.parametrize("path, kind, options", cases())
def test_dialogue(host, path, kind, options):
    words = [word.replace("=build/", f"={ROOT}/build/").replace(",build/", f",{ROOT}/build/") for word in options]
    host.play_file(path, kind, *words)
