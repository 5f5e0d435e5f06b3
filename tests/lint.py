#!/usr/bin/python3
"""clang-format, clang-tidy, cppcheck and gcc -fanalyzer over the C code; `--sample` takes the quick part for `make check`.

The sample is the layout, and gcc -fanalyzer over the files that read what strangers wrote: the directory compiler, dialogues, telnet.
Before it: the build, whose flags `make -n` tells. After it: nothing; exit code 1 when anything was found.
Known simplification: the analyzer sees one file at a time.
"""
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

HOST = ["-std=gnu17", "-D_GNU_SOURCE", "-I.", "-Icp/include", "-iquote", "directory", "-iquote", "console",
        "-iquote", "cms-lite"]
CP = ["-std=gnu17", "-Icp/include", "-Is390x/include", "-m64", "-march=z900", "-ffreestanding", "-fno-strict-aliasing",
      "-msoft-float", "-mno-vx", "--param=min-pagesize=0"]
X86 = ["-std=gnu17", "-Icp/include", "-Ix86_64/include", "-m64", "-ffreestanding", "-fno-strict-aliasing", "-mno-red-zone",
       "-mgeneral-regs-only", "-Wno-analyzer-use-of-uninitialized-value"]  # it takes a structure returned in registers for that
SAMPLE = ["console/dialogue.c", "console/telnet.c", "console/buffer.c", "console/options.c", "console/rundir.c"]


def sources(*roots, ends=".c"):
    names = [os.path.join(d, f) for root in roots for d, _, files in os.walk(root) for f in files]
    return sorted(name for name in names if name.endswith(ends))


def analyzer(path):
    """One file through gcc's analyzer, the host's or the machine's."""
    if path.startswith(("cp/", "s390x/")):
        command = ["s390x-linux-gnu-gcc", *CP]
    elif path.startswith("x86_64/"):
        command = ["x86_64-linux-gnu-gcc", *X86]
    else:
        command = ["gcc", *HOST]
    return command + ["-O1", "-fanalyzer", "-Wall", "-Wextra", "-Werror", "-c", path, "-o", "/dev/null"]


def layout():
    """`make format` would change nothing. Headers count as well."""
    roots = ("cp", "s390x", "x86_64", "cms-lite", "directory", "console", "tests")
    return ["clang-format", "--dry-run", "-Werror", *sources(*roots, ends=(".c", ".h"))]


def tidy(path):
    return ["clang-tidy", "--quiet", path, "--", *HOST]


def run(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        print(" ".join(command) + "\n" + done.stdout, flush=True)
    return done.returncode != 0


def main():
    if "--sample" in sys.argv[1:]:
        commands = [analyzer(path) for path in SAMPLE + sources("directory")]
        commands.append(layout())
    else:
        host = sources("console", "directory")
        commands = [analyzer(path) for path in host + sources("cp", "s390x", "x86_64")]
        commands += [layout(), *(tidy(path) for path in host)]
        commands.append(["cppcheck", "--quiet", "--std=c11", "--enable=warning,portability", "--error-exitcode=1",
                         "--inline-suppr", "--suppress=missingIncludeSystem", "-D_GNU_SOURCE", "-I.", "-Icp/include", *host])
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        bad = sum(pool.map(run, commands))
    print(f"lint: {len(commands)} runs, {bad} with findings")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
