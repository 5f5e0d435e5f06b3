"""Plays the dialogues of tests/dialogues/, of the README and of the book on the emulators, each on a machine of its own.

In the README and in docs/tutorial/*.md a dialogue is a block that opens with ```dialogue. One that is word for word a file of
tests/dialogues/ is played once. A dialogue says what it needs in comments at its top:
    # machines: qemu-s390x           only there (else on both)
    # options: --memory 512M         more words for vm40 play; files are taken from the project's root
    # long: hercules                 there only in `make check-long`; `# long` alone means on both
"""
import re

import pytest

from conftest import KINDS, ROOT

BLOCK = re.compile(r"^```dialogue\n(.*?)^```", re.M | re.S)


def wishes(text):
    found = {}
    for line in text.splitlines():
        match = re.match(r"#\s*(machines|options|long)\b:?\s*(.*)", line)
        if match:
            found[match[1]] = match[2].split()
    return found


def dialogues():
    """Name and text of each dialogue, no text twice."""
    texts = {}
    for path in sorted((ROOT / "tests" / "dialogues").glob("*.dialogue")):
        texts.setdefault(path.read_text(), path.stem)
    for page in [ROOT / "README.md", *sorted((ROOT / "docs" / "tutorial").glob("*.md"))]:
        for number, text in enumerate(BLOCK.findall(page.read_text()), 1):
            texts.setdefault(text, f"{page.stem}-{number}")
    return [(name, text) for text, name in texts.items()]


def cases():
    for name, text in dialogues():
        wish = wishes(text)
        for kind in wish.get("machines") or KINDS:
            long = "long" in wish and (not wish["long"] or kind in wish["long"])
            yield pytest.param(name, text, kind, wish.get("options", []), id=f"{name}-{kind}",
                               marks=[pytest.mark.long] if long else [])


@pytest.mark.parametrize("name, text, kind, options", cases())
def test_dialogue(host, name, text, kind, options):
    path = host.directory / f"{name}.dialogue"
    path.write_text(text.replace(" directory/", f" {ROOT}/directory/"))
    words = [word.replace("=build/", f"={ROOT}/build/").replace(",build/", f",{ROOT}/build/") for word in options]
    host.play_file(path, kind, *words)


def test_the_first_session_is_the_one_that_is_played():
    played = (ROOT / "tests" / "dialogues" / "first-session.dialogue").read_text()
    for page in (ROOT / "README.md", ROOT / "docs" / "tutorial" / "00-first-session.md"):
        assert BLOCK.findall(page.read_text()) == [played], page
