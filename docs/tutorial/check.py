#!/usr/bin/python3
"""Checks the book against the code, so that it cannot rot.

1. docs/tutorial/order.txt, the reading order, names every source file of the product once and nothing that is not there.
2. A file named in a chapter as `path/file.c` exists; `path/file.c:text` also says that the text is found in that file.
3. Chapters are numbered without gaps.
Dialogues in the chapters are played by tests/machine/test_dialogues.py.
Before it: nothing. After it: `make book`; exit code 1 when anything is wrong.
Known simplification: a text must be on one line of the file.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BOOK = ROOT / "docs" / "tutorial"
FOLDERS = ("cp", "s390x", "x86_64", "cms-lite", "directory", "console")
POINTER = re.compile(r"`((?:cp|s390x|x86_64|cms-lite|directory|console|tests|docs)/[\w./-]+\.(?:c|h|S|ld|py|md|direct|dialogue|txt))(?::([^`]+))?`")


def sources():
    return {str(path.relative_to(ROOT)) for folder in FOLDERS for path in (ROOT / folder).rglob("*")
            if path.suffix in (".c", ".h", ".S", ".ld")}


def check_order():
    order = BOOK / "order.txt"
    if not order.exists():
        return ["docs/tutorial/order.txt is missing"]
    listed = [line.split("#")[0].strip() for line in order.read_text().splitlines()]
    listed = [line for line in listed if line]
    wrong = [f"order.txt: {name} is listed twice" for name in sorted({n for n in listed if listed.count(n) > 1})]
    wrong += [f"order.txt: {name} is not listed" for name in sorted(sources() - set(listed))]
    wrong += [f"order.txt: {name} does not exist" for name in listed if not (ROOT / name).exists()]
    return wrong


def check_page(page):
    wrong = []
    for number, line in enumerate(page.read_text().splitlines(), 1):
        for path, text in POINTER.findall(line):
            place = f"{page.relative_to(ROOT)}:{number}"
            if not (ROOT / path).exists():
                wrong.append(f"{place}: {path} does not exist")
            elif text and text not in (ROOT / path).read_text():
                wrong.append(f"{place}: {path} does not hold: {text}")
    return wrong


def check_chapters(pages):
    numbers = [int(page.name[:2]) for page in pages if page.name[:2].isdigit()]
    return [] if numbers == list(range(len(numbers))) else [f"chapters are numbered {numbers}"]


def main():
    pages = sorted(BOOK.glob("*.md"))
    wrong = check_order() + check_chapters(pages)
    for page in pages + sorted((ROOT / "docs" / "reference").glob("*.md")) + [ROOT / "README.md"]:
        wrong += check_page(page)
    for line in wrong:
        print(line)
    print(f"book: {len(pages)} chapters, {len(wrong)} mistakes")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
