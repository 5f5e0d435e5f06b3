"""The vm40 command on the real emulators: exit codes, several machines, private sockets, consoles, and machines that fail."""
import json
import os
import pathlib
import re
import stat
import struct
import subprocess
import sys

import pexpect
import pytest

from conftest import BUILD, DIRECTORY, HANG, ROOT, VM40


def run_directory(name):
    return pathlib.Path(os.environ["XDG_RUNTIME_DIR"]) / "vm40" / name


@pytest.mark.parametrize("words, code", [
    (["--help"], 0), (["up", "--help"], 0), (["volume", "--help"], 0),
    ([], 2), (["nonsense"], 2), (["up", "extra"], 2), (["up", "--machine", "pdp11"], 2), (["up", "--memory", "3"], 2),
    (["up", "--name", "../x"], 2), (["up", "--reader", "LINUX"], 2), (["up", "--icount"], 2), (["console", "17"], 2),
    (["console", "1", "2"], 2), (["play"], 2), (["volume", "shred", "x"], 2), (["volume", "reader", "x"], 2),
    (["up", "--machine", "hercules", "--icount", "shift=0"], 2), (["status", "--force"], 2),
    (["down"], 1), (["console"], 1), (["status", "--name", "none"], 1), (["status"], 0), (["play", "/nonexistent"], 1),
    (["volume", "list", "/nonexistent"], 1), (["direct", "/nonexistent"], 1),
])
def test_exit_codes(host, words, code):
    done = host.run(*words, check=False)
    assert done.returncode == code, done.stdout
    assert done.stdout.strip(), "never silent"


def test_every_verb_explains_itself(host):
    text = host.run("--help").stdout
    verbs = re.findall(r"^  ([a-z]+) ", text, re.M)
    assert {"up", "down", "status", "console", "play", "direct", "volume"} <= set(verbs)
    page = (ROOT / "console" / "vm40.1").read_text()
    for verb in verbs:
        help_text = host.run(verb, "--help").stdout
        assert f"usage: vm40 {verb}" in help_text
        assert f"vm40 {verb}" in page, f"the manual page does not know {verb}"
        for option in re.findall(r"--([a-z-]+)", help_text.split("options:")[1]):
            if option != "help":
                assert option.replace("-", r"\-") in page, f"the manual page does not know --{option}"


def test_dialogue_mistakes(host):
    done = host.play("> fine\nnot fine\n", check=False)
    assert done.returncode == 2 and "dialogue:2:" in done.stdout


def test_up_and_down(host, machine_kind):
    host.up(machine_kind)
    state = json.loads(host.run("status", "--json").stdout)
    assert [(one["name"], one["up"], one["machine"], one["lines"]) for one in state] == [("vm40", True, machine_kind, [])]
    assert "is up already" in host.run("up", check=False).stdout
    assert "in use" in host.run("volume", "list", host.directory / "vm40.volume", check=False).stdout
    assert "CP shut down" in host.down().stdout
    assert json.loads(host.run("status", "--json").stdout) == []
    host.up(machine_kind)  # the same volume again
    host.down()


def test_private(host, machine_kind):
    host.up(machine_kind)
    directory = run_directory("vm40")
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    for path in directory.iterdir():
        if not path.is_symlink():
            assert stat.S_IMODE(path.stat().st_mode) & 0o177 == 0, path
    assert stat.S_IMODE((host.directory / "vm40.volume").stat().st_mode) == 0o600
    host.down()


def test_two_machines_at_once(host):
    host.up("qemu-s390x", name="one")
    host.up("hercules", name="two")
    taken = host.run("up", "--name", "three", "--volume", host.directory / "one.volume", check=False)
    assert taken.returncode == 1 and "in use" in taken.stdout
    host.play("> QUERY NAMES\n< OPERATOR", name="one")
    host.play("> QUERY NAMES\n< OPERATOR", name="two")
    host.down("one")
    host.play("> QUERY CPLEVEL\n< (?i)vm/40", name="two")
    host.down("two")


def test_one_volume_for_both(host):
    """What was written under one machine is there under the others."""
    for kind in ("qemu-s390x", "qemu-x86_64", "hercules", "qemu-s390x"):
        host.run("up", "--machine", kind, "--volume", host.directory / "v")
        host.names.add("vm40")
        host.play("@ 1\n< VM/40\n> LOGON STUDENT1 STUDENT1\n< LOGON AT\n> #CP LOGOFF\n< LOGOFF AT\n")
        host.down()


def test_mismatch_shows_the_transcript(host, machine_kind):
    host.up(machine_kind)
    done = host.play("> QUERY NAMES\n< OPERATOR\nlimit 2\n< this never comes\n", check=False)
    assert done.returncode == 1
    assert "[0]> QUERY NAMES" in done.stdout and "OPERATOR" in done.stdout, done.stdout
    assert "dialogue:4:" in done.stdout and "this never comes" in done.stdout
    host.down()


def test_directory_with_errors_makes_no_volume(host):
    bad = host.directory / "bad.direct"
    bad.write_text(DIRECTORY.read_text() + "\nUSER BROKEN\nNONSENSE\n")
    done = host.run("up", "--directory", bad, "--volume", host.directory / "v", check=False)
    assert done.returncode == 1 and "bad.direct:" in done.stdout
    assert not (host.directory / "v").exists() and not (host.directory / "v.db").exists()


def waits_for_ever():
    """For s390x: a disabled wait that is none of CP's."""
    image = bytearray(0x12000)
    image[0:8] = bytes.fromhex("0008000080010000")  # IPL PSW: go to 10000
    image[0x10000:0x10004] = bytes.fromhex("82000208")  # LPSW 208
    image[0x208:0x210] = bytes.fromhex("000A00008000DEAD")  # a disabled wait
    return bytes(image)


def multiboot_that_ends():
    """For a PC: a multiboot kernel that says to QEMU that CP has stopped with code 99."""
    header = struct.pack("<8I", 0x1BADB002, 0x10000, -(0x1BADB002 + 0x10000) & 0xFFFFFFFF, 0x100000, 0x100000, 0, 0, 0x100020)
    return header + bytes.fromhex("66BAF400 B873000000 EF F4 EBFD")  # MOV DX,F4; MOV EAX,10+99; OUT DX,EAX; HLT


def test_emulator_that_ends_is_told(host, machine_kind):
    """An image that is no CP: up fails, says so and shows what there is; nothing stays behind."""
    path = host.directory / "wait.bin"
    path.write_bytes(multiboot_that_ends() if machine_kind == "qemu-x86_64" else waits_for_ever())
    host.names.add("vm40")
    done = host.run("up", "--machine", machine_kind, "--image", path, "--volume", host.directory / "v", check=False)
    assert done.returncode == 1 and "CP stopped the machine" in done.stdout, done.stdout
    assert host.run("status", "--name", "vm40", check=False).returncode == 1


def test_stop_code_is_told(host, machine_kind):
    """CP without a label on its disk stops with code 2, and vm40 says so with exit code 1."""
    volume = host.directory / "blank"
    volume.write_bytes(bytes(1 << 20))
    host.names.add("vm40")
    done = host.run("up", "--machine", machine_kind, "--volume", volume, check=False)
    if done.returncode == 0:  # it came far enough to be up, and ends now
        done = host.run("down", "--name", "vm40", check=False)
    assert done.returncode == 1, done.stdout
    assert "CP stopped the machine with code 2: no disk has a usable VM/40 label" in done.stdout, done.stdout


def test_dropped_line_disconnects(host, machine_kind):
    """The next one at that line does not inherit the session."""
    host.up(machine_kind)
    host.play("@ 1\n< VM/40\n> LOGON STUDENT1 STUDENT1\n< LOGON AT\n@ 1 off\n@ 0\n< STUDENT1.*[Dd][Ii][Ss][Cc]|DISCONNECT.*STUDENT1\n"
              "@ 1\n< VM/40\n> #CP QUERY USERID\n@ 2\n< VM/40\n> LOGON STUDENT1 STUDENT1\n< RECONNECTED\n")
    host.down()


def test_many_lines(host, machine_kind):
    """Sixteen people at once; the seventeenth is told that there is no line."""
    host.up(machine_kind)
    consoles = []
    for number in range(16):
        one = pexpect.spawn(str(VM40), ["console"], encoding="utf-8", timeout=60)
        one.expect(f"Line {number + 1} of vm40")
        one.expect("VM/40")
        consoles.append(one)
    full = host.run("console", check=False)
    assert full.returncode == 1 and "in use" in full.stdout
    for one in consoles:
        one.sendline("QUERY CPLEVEL")
    for one in consoles:
        one.close()
    host.down()


def test_typed_ahead(host, machine_kind):
    """Nothing typed before CP or CMS has read the last line is lost, it stays in order, and nothing of the answer is lost."""
    host.up(machine_kind)
    lines = [f"number {k:03d}\\." for k in range(200)]
    typed = [line.replace("\\", "") for line in lines]
    host.play("limit 120\n@ 0\n" + "".join(f"> MSG * {line}\n" for line in typed[:60]) + "".join(f"< {line}\n" for line in lines[:60])
              + "@ 1\n> LOGON STUDENT1 STUDENT1\n< LOGON AT\n" + "".join(f"> MSG * {line}\n" for line in typed)
              + "".join(f"< {line}\n" for line in lines)
              + "> IPL CMS\n< Ready;\n> INPUT PASTED TEXT\n" + "".join(f"> {line}\n" for line in typed) + "> \n< Ready;\n"
              + "> TYPE PASTED TEXT\n" + "".join(f"< {line}\n" for line in lines) + "< Ready;\n")
    host.down()


def test_all_call_at_once(host, machine_kind):
    """Sixteen consoles that come in the same moment each get their line."""
    host.up(machine_kind)
    consoles = [pexpect.spawn(str(VM40), ["console", str(number)], encoding="utf-8", timeout=120) for number in range(1, 17)]
    for number, one in enumerate(consoles, 1):
        one.expect(f"VM/40 ONLINE L{number:04d}")
    for one in consoles:
        one.close()
    host.down()


def test_console_for_a_person(host, machine_kind):
    host.up(machine_kind)
    one = pexpect.spawn(str(VM40), ["console", "3"], encoding="utf-8", timeout=60, dimensions=(24, 80),
                        env={**os.environ, "HOME": str(host.directory)})
    if os.environ.get("VM40_SHOW"):
        one.logfile_read = sys.stderr
    one.expect("VM/40")
    one.send("LOGON STUDENT2\r")
    one.expect("ENTER PASSWORD")
    one.send("STUDENT2\r")
    one.expect("LOGON AT")
    assert "STUDENT2" not in one.before, "the password is not shown"
    one.send("#CP QUERY STUDENT\t")  # completed as far as it is common to all
    one.send("2\r")
    one.expect("STUDENT2")
    one.sendline("IPL CMS")
    one.expect("Ready;")
    one.send("half a line\x03")  # attention: CP reads now, CMS would not know the command
    one.sendline("QUERY CPLEVEL")
    one.expect("VM/40")
    one.sendline("BEGIN")
    one.sendline("#CP LOGOFF")
    one.expect("LOGOFF AT")
    one.send("\x04")
    one.expect(pexpect.EOF)
    one.close()
    assert one.exitstatus == 0
    history = (host.directory / ".vm40_history").read_text()
    assert "LOGON STUDENT2\n" in history and "\nSTUDENT2\n" not in history
    host.down()


def test_console_in_a_pipe(host, machine_kind):
    host.up(machine_kind)
    done = host.run("console", "0", stdin="QUERY NAMES\n")
    assert "LOGON AT" in done.stdout, "what CP said before somebody came is not lost"
    assert "OPERATOR" in done.stdout
    host.down()


def test_first_run(host, machine_kind):
    """What `make run` starts: Linux lies in LINUX's reader, and once only, however often the machine is started."""
    host.names.add("first")
    for _ in range(2):
        done = subprocess.run(["bash", ROOT / "console" / "run.sh", "first", machine_kind], cwd=host.directory, text=True,
                              input="QUERY RDR LINUX\n", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=HANG)
        assert done.returncode == 0, done.stdout
        files = re.findall(r"^\S+ +\d+ A .*(KERNEL|PARM|INITRAM)", done.stdout, re.M)
        assert files == ["KERNEL", "PARM", "INITRAM"], done.stdout
        host.run("down", "--name", "first")
    host.names.discard("first")


def test_image_size():
    assert (BUILD / "cp.bin").stat().st_size <= 300 * 1024
