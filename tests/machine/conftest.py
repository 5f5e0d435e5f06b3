"""What the tests on the real emulators share: the vm40 command, a machine that is up, a dialogue that is played.

Every test that takes `machine_kind` runs once on each emulator, or on those that its module names as MACHINES. Tests marked `long` are for `make check-long` only.
Before it: `make build`. After it: tests/machine/test_*.py.
Known simplification: each test starts its own machine; none is shared.
"""
import os
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
VM40 = BUILD / "vm40"
DIRECTORY = ROOT / "directory" / "classroom.direct"
KINDS = ("qemu-s390x", "qemu-x86_64", "hercules")
MAINFRAMES = ("qemu-s390x", "hercules")
HANG = 1500  # seconds of the host; only a hung emulator comes near it


def pytest_configure(config):
    config.addinivalue_line("markers", "long: for `make check-long` only")


def pytest_generate_tests(metafunc):
    if "machine_kind" in metafunc.fixturenames:
        metafunc.parametrize("machine_kind", getattr(metafunc.module, "MACHINES", KINDS))


@pytest.fixture(autouse=True)
def private_run_directory(tmp_path_factory, monkeypatch):
    """Machines of tests do not meet those of the person who runs the tests. Short, for socket paths are."""
    directory = tmp_path_factory.mktemp("run")
    directory.chmod(0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(directory))
    return directory


def linux_cards(folder):
    """What --reader takes: Linux's kernel, its line and its first files, as card decks."""
    return "LINUX=" + ",".join(str(BUILD / folder / name) for name in ("kernel.img", "parm", "initramfs"))


def checksums(text):
    """What md5sum answered in a dialogue's output; a prompt may stand before it on the line."""
    return re.findall(r"\b([0-9a-f]{32})  -$", text, re.MULTILINE)


class Host:
    """The vm40 command, for machines named `name`; ends them when the test is over."""

    def __init__(self, directory):
        self.directory = directory
        self.names = set()

    def run(self, *words, check=True, stdin=None):
        """Run vm40 with these words; returns the finished process. With `check` it must return 0."""
        done = subprocess.run([VM40, *map(str, words)], cwd=self.directory, input=stdin, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", timeout=HANG,
                              stdin=None if stdin is not None else subprocess.DEVNULL)
        if check:
            assert done.returncode == 0, f"vm40 {' '.join(map(str, words))}: exit code {done.returncode}\n{done.stdout}"
        return done

    def up(self, kind, *words, name="vm40", directory=DIRECTORY):
        self.names.add(name)
        return self.run("up", "--name", name, "--machine", kind, "--volume", self.directory / f"{name}.volume",
                        "--directory", directory, *words)

    def down(self, name="vm40"):
        """Orderly: CP itself must say that it has shut down."""
        done = self.run("down", "--name", name)
        self.names.discard(name)
        return done

    def play(self, text, *words, name="vm40", check=True):
        """Play a dialogue, given as text, on a machine that is up."""
        path = self.directory / "dialogue"
        path.write_text(text)
        return self.run("play", "--name", name, *words, path, check=check)

    def play_file(self, path, kind, *words, directory=DIRECTORY):
        """Play a dialogue file on a machine of its own."""
        return self.run("play", "--machine", kind, "--directory", directory, "--volume", self.directory / "play.volume",
                        *words, path)

    def log(self, name="vm40", file="console0.log"):
        return (pathlib.Path(os.environ["XDG_RUNTIME_DIR"]) / "vm40" / name / file).read_text(errors="replace")

    def close(self):
        for name in self.names:
            subprocess.run([VM40, "down", "--force", "--name", name], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture
def host(tmp_path):
    """A Host in a fresh directory."""
    one = Host(tmp_path)
    yield one
    one.close()


@pytest.fixture
def tell(capsys):
    """Says a line at once, past pytest's capture: what takes long shows that it goes on."""
    def say(line):
        with capsys.disabled():
            print(f"\n{line}", end="", flush=True)
    return say
