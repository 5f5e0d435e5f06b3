"""CP on a PC that is not what it should be, or that is started in other ways: refusals, faults of CP's own, CD image, Bochs.

QEMU is started here without vm40, so that what a person sees who does the same is what is looked at. Its isa-debug-exit gives exit
code 33 for CP's orderly end and 33 + 2 * code for a stop with a code (cp/include/cp/panic.h).
Before it: `make build iso`. After it: nothing.
Known simplification: the firmware is Debian's, one version of each.
"""
import contextlib
import json
import os
import pathlib
import re
import socket
import subprocess
import time

import pytest

from conftest import BUILD, DIRECTORY

QEMU = ["qemu-system-x86_64", "-accel", "tcg", "-m", "256", "-nodefaults", "-no-user-config", "-display", "none", "-serial",
        "stdio", "-no-reboot", "-device", "isa-debug-exit,iobase=0xf4,iosize=4"]
KERNEL = ["-kernel", str(BUILD / "cp-x86_64.elf")]
HANG = 60
NO_VOLUME, STORAGE, PROCESSOR = (33 + 2 * code for code in (2, 5, 6))


def start(*words):
    """QEMU, to its end; returns what CP said and the exit code."""
    done = subprocess.run([*QEMU, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=HANG)
    return done.stdout.decode(errors="replace"), done.returncode


def command(qmp, name, **arguments):
    """A command to QEMU's monitor, and its answer awaited."""
    qmp.sendall(json.dumps({"execute": name, "arguments": arguments}).encode() + b"\n")
    while (answer := qmp.recv(4096)) and b'"return"' not in answer:
        pass


@pytest.mark.parametrize("processor, words", [
    ("qemu64", ["SVM lacks nested paging", "QEMU Virtual CPU", "try -cpu max"]),
    ("Haswell", ["has no SVM", "Intel Core Processor (Haswell)", "try -cpu max"]),
    ("max,-svm", ["has no SVM", "try -cpu max"]),
    ("max,-npt", ["SVM lacks nested paging"]),
    ("max,-apic", ["no local APIC"]),
    ("qemu32", ["no 64-bit mode"]),
])
def test_processor_refused(processor, words):
    text, code = start("-cpu", processor, *KERNEL)
    assert code == PROCESSOR, text
    assert "VM/40 CANNOT START" in text
    for word in words:
        assert word in text


def test_too_little_storage():
    text, code = start("-cpu", "max", *KERNEL, "-m", "4")
    assert code == STORAGE and "too little real storage" in text, text


def test_last_words_are_on_the_screen(tmp_path):
    """A person without a terminal at the serial port reads them there. Without isa-debug-exit CP stands still after them."""
    words = [word for word in QEMU if "debug-exit" not in word and word != "-device"]
    qemu = subprocess.Popen([*words, "-cpu", "qemu64", "-vga", "std", "-qmp", "unix:qmp.sock,server=on,wait=off", *KERNEL],
                            cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    try:
        said = b""
        while b"-cpu max." not in said:
            said += os.read(qemu.stdout.fileno(), 4096) or pytest.fail(f"QEMU ended: {said}")
        with socket.socket(socket.AF_UNIX) as qmp:
            qmp.connect(str(tmp_path / "qmp.sock"))
            command(qmp, "qmp_capabilities")
            command(qmp, "pmemsave", val=0xb8000, size=80 * 25 * 2, filename="screen")
        text = (tmp_path / "screen").read_bytes()[::2].decode("latin-1")
        rows = [text[n:n + 80].rstrip() for n in range(0, len(text), 80)]
        assert rows[0].startswith("VM/40 CANNOT START") and rows[2] == "On QEMU, try -cpu max.", rows
    finally:
        qemu.kill()


def test_no_volume():
    text, code = start("-cpu", "max", *KERNEL)
    assert code == NO_VOLUME and "VM/40 CP 1.0 on x86_64, QEMU TCG CPU" in text, text


@pytest.mark.parametrize("feature", ["-vgif", "-nrip-save", "-pdpe1gb", "-rdtscp", "-x2apic"])
def test_optional_features_are_optional(feature):
    text, code = start("-cpu", "max," + feature, *KERNEL)
    assert code == NO_VOLUME, text


def run_directory():
    return pathlib.Path(os.environ["XDG_RUNTIME_DIR"]) / "vm40" / "vm40"


class Machine:
    """A machine that is up, with its monitor and its debugger's port as sockets."""

    def __init__(self, host):
        host.up("qemu-x86_64", "--qemu-arg=-gdb", "--qemu-arg=unix:gdb.sock,server=on,wait=off")
        self.host = host

    def dial(self, file):
        one = socket.socket(socket.AF_UNIX)
        one.connect(str(run_directory() / file))
        one.settimeout(HANG)
        return one

    def monitor(self, name):
        with self.dial("qmp.sock") as qmp, contextlib.suppress(ConnectionError):  # it may end QEMU before the answer
            command(qmp, "qmp_capabilities")
            command(qmp, name)

    def jump(self, address):
        """Have CP go on at an address, by gdb's protocol: all registers are read and put back; RIP is the seventeenth."""
        come = b""

        def answer():
            """The next packet, acknowledged. Its two digits of check sum may come by themselves, and two packets at once."""
            nonlocal come
            while not (packet := re.search(rb"\$([^#]*)#..", come)):
                come += gdb.recv(4096)
            come = come[packet.end():]
            gdb.sendall(b"+")
            return packet[1].decode()

        def ask(packet):
            gdb.sendall(f"${packet}#{sum(packet.encode()) % 256:02x}".encode())
            text = answer()
            while text.startswith("T"):  # the machine's stop: it is told when it comes, not as an answer
                text = answer()
            return text

        with self.dial("gdb.sock") as gdb:
            registers = ask("g")
            assert ask("G" + registers[:256] + address.to_bytes(8, "little").hex() + registers[272:]) == "OK"
            ask("D")

    def outcome(self):
        """What the operator's line and vm40 said at the end."""
        path = run_directory() / "outcome"
        for _ in range(HANG * 10):
            if path.exists() and path.read_text().strip():
                break
            time.sleep(0.1)
        return self.host.log(), path.read_text()


def test_nmi_is_a_panic_with_a_place(host):
    machine = Machine(host)
    machine.monitor("inject-nmi")
    text, outcome = machine.outcome()
    assert "VM/40 PANIC: non-maskable interruption at " in text
    assert outcome.startswith("failed") and "with code 1" in outcome


def test_fault_of_cp_prints_registers(host):
    machine = Machine(host)
    machine.jump(0)  # through a null pointer
    host.play("> QUERY TIME\n", check=False)  # ends the wait in which it was
    text, outcome = machine.outcome()
    assert "CP fault: exception 0E (page fault), error code " in text and ", at 0, flags " in text
    assert "RAX 0" in text and "R15 " in text and "VM/40 PANIC: exception 0E (page fault) in CP" in text
    assert "with code 1" in outcome


def test_machine_that_resets_itself_is_no_clean_end(host):
    machine = Machine(host)
    machine.monitor("system_reset")
    _, outcome = machine.outcome()
    assert outcome.startswith("failed")


def test_sixteen_lines(host):
    host.up("qemu-x86_64")
    steps = "".join(f"@ {n}\n< VM/40 ONLINE L{n:04}\n" for n in range(1, 17))
    host.play(steps + "@ 0\n> QUERY NAMES\n< OPERATOR - L0000\n")
    host.play(steps)  # and again: each was closed by its mark
    host.down()


def test_noise_on_a_line_is_no_harm(host):
    """Every byte there is, marks among them, in large amounts and read by nobody."""
    host.up("qemu-x86_64")
    with socket.socket(socket.AF_UNIX) as noise:
        noise.connect(str(run_directory() / "control"))
        noise.sendall(b"attach 1\n")
        noise.sendall(bytes(range(256)) * 256)
        host.play("> QUERY NAMES\n< OPERATOR - L0000\n@ 2\n< VM/40 ONLINE L0002\n")
    host.play("@ 1\n< VM/40 ONLINE L0001\n> LOGON STUDENT1 STUDENT1\n< LOGON AT\n")
    host.down()


UEFI = ["-bios", "/usr/share/ovmf/OVMF.fd"]


@pytest.mark.parametrize("words", [
    pytest.param(["-M", "pc"], id="pc"),
    pytest.param(["-M", "q35"], id="q35"),
    pytest.param(["-M", "q35", *UEFI], id="uefi", marks=pytest.mark.long),
])
def test_cd_image(host, words):
    """From the CD image to the operator's prompt on a volume, and the end by SHUTDOWN."""
    host.run("volume", "format", "--directory", DIRECTORY, "cd.volume")
    machine = subprocess.Popen([*QEMU, "-cpu", "max", *words, "-cdrom", BUILD / "vm40.iso", "-drive",
                                "file=cd.volume,format=raw,if=none,id=volume", "-device", "virtio-blk-pci,drive=volume"],
                               cwd=host.directory, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        text = b""
        while b"LOGON AT" not in text:
            more = os.read(machine.stdout.fileno(), 4096)
            assert more, text
            text += more
        machine.stdin.write(b"#CP SHUTDOWN\r")
        machine.stdin.flush()
        assert machine.wait(HANG) == 33, text
    finally:
        machine.kill()


def test_bochs(host):
    """From the CD image through a BIOS, GRUB and multiboot2, on ATA disk and the four serial ports: CMS-lite answers, and who leaves is heard."""
    host.up("bochs")
    host.play("> QUERY NAMES\n< OPERATOR - L0000\n> QUERY CPLEVEL\n< Ryzen\n"
              "@ 3\n< VM/40 ONLINE L0003\n> LOGON STUDENT1 STUDENT1\n< LOGON AT\n> IPL CMS\n< ^Ready;\n"
              "> QUERY DISK\n< STUDENT1 191 +A +R/W\n< ^Ready;\n@ 3 off\n@ 0\n< STUDENT1 DISCONNECTED\n")
    assert "CP shut down" in host.down().stdout
