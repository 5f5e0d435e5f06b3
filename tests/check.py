#!/usr/bin/python3
"""Runs every check after the build and ends with one line: "N passed, N failed".

Stages: the sample of lint, the book against the code, the unit programs (build/unit-*), the Python tests on the real emulators.
Before it: `make build unit`. After it: nothing; the exit code is 0 when nothing failed.
Known simplification: one stage after the other.
usage: check.py [--long]
"""
import glob
import os
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree

PYTHON = "/usr/bin/python3"
UNIT_LIMIT = 900  # seconds; only a program that hangs comes near it
LONG_LIMIT = 12 * 3600  # of a campaign
ANSI = re.compile(r"\x1b\[[0-9;]*m")


class Tally:
    def __init__(self):
        self.passed = self.failed = 0
        self.bad = []

    def add(self, name, passed, failed):
        self.passed += passed
        self.failed += failed
        if failed:
            self.bad.append(f"{name}: {failed} failed")

    def say(self, name, passed, failed, began):
        self.add(name, passed, failed)
        print(f"check: {name:28} {passed:5} passed {failed:5} failed  {time.time() - began:6.1f} s", flush=True)


def script(tally, name, *words):
    """A script that says by its exit code whether all is well."""
    began = time.time()
    done = subprocess.run([PYTHON, *words])
    tally.say(name, int(done.returncode == 0), int(done.returncode != 0), began)


def unit_counts(text):
    """CUnit's summary: the row `tests  TOTAL RAN PASSED FAILED INACTIVE`."""
    rows = re.findall(r"^\s*tests\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)", ANSI.sub("", text), re.M)
    return (int(rows[-1][2]), int(rows[-1][3])) if rows else (0, 0)


def unit(tally, program, long):
    began = time.time()
    try:
        done = subprocess.run([program], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=LONG_LIMIT if long else UNIT_LIMIT, env=dict(os.environ, VM40_LONG="1") if long else None)
        text, code = done.stdout.decode(errors="replace"), done.returncode
    except subprocess.TimeoutExpired as late:
        text, code = (late.stdout or b"").decode(errors="replace"), "no end"
    passed, failed = unit_counts(text)
    if failed == 0 and (code != 0 or passed == 0):
        failed = 1  # a sanitizer, a crash, or a program that ran no test at all
    if failed:
        print(text[-8000:])
        print(f"{program}: exit code {code}")
    tally.say(os.path.basename(program), passed, failed, began)


def machine(tally, long):
    began = time.time()
    with tempfile.TemporaryDirectory() as directory:
        report = f"{directory}/report.xml"
        command = [PYTHON, "-m", "pytest", "-q", "-ra", f"--junitxml={report}", "-p", "no:cacheprovider", "tests/machine"]
        if not long:
            command += ["-m", "not long"]
        code = subprocess.run(command, stdin=subprocess.DEVNULL).returncode
        passed = failed = 0
        if os.path.exists(report):
            for suite in xml.etree.ElementTree.parse(report).getroot().iter("testsuite"):
                count = {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")}
                failed += count["failures"] + count["errors"]
                passed += count["tests"] - count["failures"] - count["errors"] - count["skipped"]
                if count["skipped"]:  # nothing may be passed over in silence
                    failed += count["skipped"]
        if code not in (0, 5) and failed == 0:
            failed = 1
    tally.say("machine tests", passed, failed, began)


def main():
    tally = Tally()
    long = "--long" in sys.argv[1:]
    script(tally, "lint", "tests/lint.py", *([] if long else ["--sample"]))
    script(tally, "book", "docs/tutorial/check.py")
    for program in sorted(glob.glob("build/unit-*")):
        if os.access(program, os.X_OK) and not program.endswith((".d", ".o")):
            unit(tally, program, "--long" in sys.argv[1:])
    machine(tally, long)
    for line in tally.bad:
        print(f"check: {line}")
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main())
