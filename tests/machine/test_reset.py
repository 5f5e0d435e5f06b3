"""vm40 reset: the classroom's machines and disks, as they were saved, while CP runs.

Before it: test_saved.py, tests/unit/test_disks.c. After it: nothing.
"""
BEGIN = """
@ 1
< VM/40 ONLINE
> LOGON {user} {user}
< LOGON AT
> IPL CMS
< Ready;
> INPUT HOME WORK
< INPUT
> of {user}
>
< Ready;
> #CP SAVE BASELINE WITH DISKS
< BASELINE SAVED WITH DISKS, [0-9]+K
> ERASE HOME WORK
< Ready;
> INPUT LATER TEXT
< INPUT
> of {user}
>
< Ready;
> {end}
< (LOGOFF|DISCONNECT) AT
"""

AFTER = """
@ 1
< VM/40 ONLINE
> LOGON {user} {user}
< RECONNECTED AT
> TYPE HOME WORK
< of {user}
> LISTFILE LATER TEXT
< not found
> #CP LOGOFF
< LOGOFF AT
"""


def test_reset(host, machine_kind):
    host.up(machine_kind)
    nobody = host.run("reset", "--all", check=False)
    assert nobody.returncode == 1 and "nobody has a saved machine BASELINE" in nobody.stdout
    host.play(BEGIN.format(user="STUDENT1", end="#CP DISCONN"))  # is logged on when he is reset
    host.play(BEGIN.format(user="STUDENT2", end="#CP LOGOFF"))
    host.play("@ 0\n> SAVE BASELINE\n< BASELINE SAVED, \n")  # the operator's own, which is left alone
    all_of_them = host.run("reset", "--all").stdout
    for user in ("STUDENT1", "STUDENT2"):
        assert f"{user}: BASELINE RESTORED WITH DISKS, SAVED AT" in all_of_them
        host.play(AFTER.format(user=user))
    assert "OPERATOR" not in all_of_them

    assert "STUDENT1: BASELINE RESTORED" in host.run("reset", "student1", "--image", "baseline").stdout
    host.play(AFTER.format(user="STUDENT1"))
    none = host.run("reset", "STUDENT3", check=False)
    assert none.returncode == 1 and "BASELINE is not among the saved machines" in none.stdout
    host.down()
    assert " WITH DISKS" in host.run("image", "list", "vm40.volume").stdout
    host.run("image", "export", "vm40.volume", "STUDENT1/BASELINE", "one.image")
    assert ", 1 disks, " in host.run("image", "check", "one.image").stdout
    host.run("image", "import", "vm40.volume", "one.image", "AGAIN")
    assert host.run("image", "list", "vm40.volume").stdout.count(" WITH DISKS") == 3


def test_words(host):
    for words in (["reset"], ["reset", "A", "B"], ["reset", "--all", "A"], ["reset", "OPERATOR"], ["reset", "TOOLONGNAME"],
                  ["reset", "A", "--image", "A#B"]):
        assert host.run(*words, check=False).returncode == 2, words
    assert host.run("reset", "--all", check=False).returncode == 1  # no machine is up
