#!/usr/bin/python3
"""Directories of any size, for the figures and for tests by hand.

A user has ten statements: USER, INCLUDE, ACCOUNT, MACHINE, STORAGE, OPTION, IPL, CONSOLE, MDISK, LINK. Passwords are hashes that fit nothing,
so nobody is kept waiting for the hashing.
Before it: nothing. After it: bench.py; `vm40 direct build`.
Known simplification: all users are alike but for their names, hashes and disks.
usage: directory.py USERS > FILE
"""
import hashlib
import sys

FIRST_BLOCK = 2 << 20  # behind a CP area of 1 GiB


def user(number, spread):
    digest = hashlib.sha256(str(number).encode()).hexdigest().upper()
    salt = digest[:32]
    return (f"USER U{number:06} HASH:1000:{salt} ,\n {digest}\n INCLUDE STUDENT\n ACCOUNT {number % 1000} BIN{number % 100}\n"
            f" MACHINE ESA 1\n STORAGE 16M\n OPTION QUICKDSP\n IPL 190\n CONSOLE 009 3215 T\n"
            f" MDISK 191 9336 {FIRST_BLOCK + 4096 + number * spread} 8 VM40V1 MR\n LINK MAINT 190 190 RR\n")


def write(users, out, spread=8):
    """Disks of 8 blocks; one begins `spread` blocks behind the last."""
    out.write("DIRECTORY 123 9336 VM40V1\nPROFILE STUDENT\n SPOOL 00C 2540 READER *\n SPOOL 00D 2540 PUNCH A\n SPOOL 00E 1403 A\n")
    out.write("USER OPERATOR NOPASS 16M 32M ABCDEG\n CONSOLE 009 3215\n")
    out.write(f"USER MAINT NOLOG\n MDISK 190 9336 {FIRST_BLOCK} 4096 VM40V1 MR\n")
    for number in range(users - 2):
        out.write(user(number, spread))


if __name__ == "__main__":
    write(int(sys.argv[1]), sys.stdout)
