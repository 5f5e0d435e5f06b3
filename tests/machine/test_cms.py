"""CMS-lite under CP, on both emulators: decks between users, a program and HX, CP READ, files from and to the host.

Before it: `make build`. After it: nothing. The bare start is test_cms_bare.py; a plain session is in the book's chapter 8.
Known simplification: patterns are those of the dialogue format, in order.
"""

LOGON = """
@ {line}
< VM/40 ONLINE
> LOGON {user}
< ENTER PASSWORD
> {user}
< LOGON AT
> IPL CMS
< CMS-lite VM/40
< Ready;
"""


def logon(line, user):
    return LOGON.format(line=line, user=user)


def test_deck(host, machine_kind):
    """A file goes from one user to another by punch and reader; a deck that cannot be stored is not lost."""
    host.up(machine_kind)
    host.play(logon(1, "STUDENT1") + logon(2, "STUDENT2") + r"""
@ 1
> INPUT SENT TEXT
< INPUT
> from one
> to another
>
< Ready;
> SPOOL PUNCH TO STUDENT2
< Ready;
> PUNCH SENT TEXT
< Ready;
@ 2
> QUERY READER ALL
< STUDENT1 [0-9]+ A PUN 0+3 .*SENT +TEXT
< Ready;
> READCARD *
< Ready;
> TYPE SENT TEXT
< from one
< to another
< Ready;
@ 1
> PUNCH SENT TEXT
< Ready;
@ 2
> READCARD *
< DMSRDC024E File SENT TEXT A already exists; specify REPLACE
< DMSRDC206I The deck is held
< Ready\(00028\);
> CHANGE READER ALL NOHOLD
< Ready;
> READCARD OTHER TEXT
< Ready;
> STATE OTHER TEXT
< Ready;
> READCARD OTHER TEXT (REPLACE
< DMSRDC124S Reader empty or not ready
< Ready\(00008\);
> PRINT OTHER TEXT
< Ready;
> QUERY PRINTER ALL
< OTHER +TEXT
< Ready;
""")
    host.down()


def test_program(host, machine_kind):
    """A program talks, one is halted, one is stopped by CP's problem state; #CP and CP READ in between."""
    host.up(machine_kind)
    host.play(logon(1, "STUDENT1") + r"""
> HELLO
< What is your name\?
> #CP QUERY CPLEVEL
< VM/40
> Grace
< Hello, Grace!
< Ready;
> PRIMES 1000
< Primes: 168
< Ready;
> WILD
< DMSITP141T (Privileged operation|General protection) exception occurred at 000200.. in program WILD
< Ready\(00141\);
> PRIMES 99999999
< Counting
> typed while it runs
> #CP QUERY CPLEVEL
< VM/40
> HX
< HALTED
< Ready;
> CP
> #CP QUERY CPLEVEL
< VM/40
> BEGIN
< Ready;
> QUERY USERID
< STUDENT1
< Ready;
> SLEEP 1
< Ready;
> FISH
< Unknown CP/CMS command
< Ready\(-0003\);
""")
    host.down()


def test_host_files(host, machine_kind):
    """vm40 put writes a file that CMS-lite reads, CMS-lite writes one that vm40 get reads, in between is a shutdown."""
    text = "line one\n  line two, lower case\n"
    (host.directory / "given.text").write_text(text)
    host.up(machine_kind)
    host.down()
    host.run("put", "--volume", "vm40.volume", "STUDENT1", "given.text")
    host.up(machine_kind)
    host.play(logon(1, "STUDENT1") + r"""
> TYPE GIVEN TEXT
< line one
<   line two, lower case
< Ready;
> COPYFILE GIVEN TEXT A TAKEN = A
< Ready;
> ERASE GIVEN TEXT
< Ready;
> #CP LOGOFF
< LOGOFF AT
""")
    host.down()
    host.run("get", "--volume", "vm40.volume", "STUDENT1", "TAKEN.TEXT", "out")
    assert (host.directory / "out").read_text() == text
    gone = host.run("get", "--volume", "vm40.volume", "STUDENT1", "GIVEN.TEXT", "gone", check=False)
    assert gone.returncode == 1 and not (host.directory / "gone").exists()
