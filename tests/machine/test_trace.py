"""vm40 trace: a trace of a guest that runs, on each machine, as a file that trace viewers open; and what intercepts cost.

The file is held against Chrome's trace-event format as its description has it: every event has what its phase wants, and on each
track the slices begin in order and lie wholly inside one another or apart. Before it: `make build`. After it: nothing.
Known simplification: no viewer is started.
"""
import json
import re
import signal
import subprocess
import time

import pytest

from conftest import HANG, VM40

ENGINE = {"qemu-s390x": "TRAP", "qemu-x86_64": "SVM", "hercules": "SIE"}
KINDS = {"INTERRUPTED", "SIMULATED", "PROGRAM", "SVC", "PAGE", "REQUEST", "WAIT", "ERROR"}
CMS = """@ 1
> LOGON STUDENT1 STUDENT1
< LOGON AT
> IPL CMS
< Ready;
> QUERY DISK
< Ready;
"""


def nanoseconds(event, key):
    value = event[key]
    assert isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0, event
    return round(value * 1000)


def names_check(events):
    """Metadata: each process and each track has one name. Returns {pid: name}."""
    processes, tracks = {}, set()
    for event in events:
        assert set(event) == {"ph", "name", "pid", "tid", "args"}, event
        assert set(event["args"]) == {"name"} and isinstance(event["args"]["name"], str), event
        if event["name"] == "process_name":
            assert event["pid"] not in processes, event
            processes[event["pid"]] = event["args"]["name"]
        else:
            assert event["name"] == "thread_name", event
            assert (event["pid"], event["tid"]) not in tracks, event
            tracks.add((event["pid"], event["tid"]))
    return processes, tracks


def slice_check(event):
    assert set(event) == {"ph", "name", "cat", "pid", "tid", "ts", "dur", "args"}, event
    assert isinstance(event["name"], str) and event["name"], event
    assert type(event["pid"]) is int and type(event["tid"]) is int, event
    assert event["cat"] in ("dispatch", "intercept"), event
    args = event["args"]
    if event["cat"] == "dispatch":
        assert set(args) <= {"cpu", "vcpu"} and all(type(value) is int for value in args.values()), event
        return
    assert set(args) - {"instruction", "continued"} == {"engine", "kind", "code", "psw", "address"}, event
    assert args["kind"] in KINDS and args["engine"] in ENGINE.values(), event
    assert re.fullmatch(r"[0-9A-F]{4}", args["code"]), event
    assert re.fullmatch(r"[0-9A-F]{16}", args["psw"]) and re.fullmatch(r"[0-9A-F]{16}", args["address"]), event
    assert args.get("continued", True) is True, event
    assert "instruction" not in args or args["kind"] == "SIMULATED" and args["instruction"] == event["name"], event


def track_check(events):
    """Slices as B and E would have to be: balanced. The sorted order of the file is the order of their beginnings."""
    open_ends, last = [], 0
    for event in events:
        begin = nanoseconds(event, "ts")
        end = begin + nanoseconds(event, "dur")
        assert begin >= last, event
        last = begin
        while open_ends and open_ends[-1] <= begin and not (open_ends[-1] == begin == end):
            open_ends.pop()
        assert not open_ends or end <= open_ends[-1], event
        open_ends.append(end)


def trace_check(text):
    """Returns {process name: its slices} of a file that is as it should be."""
    def once(pairs):
        assert len({key for key, _ in pairs}) == len(pairs), pairs
        return dict(pairs)

    trace = json.loads(text, object_pairs_hook=once)
    assert set(trace) == {"displayTimeUnit", "otherData", "traceEvents"}
    assert trace["displayTimeUnit"] in ("ms", "ns")
    events = trace["traceEvents"]
    assert all(event["ph"] in ("M", "X") for event in events)
    processes, tracks = names_check([event for event in events if event["ph"] == "M"])
    slices = [event for event in events if event["ph"] == "X"]
    for event in slices:
        slice_check(event)
    assert {(event["pid"], event["tid"]) for event in slices} == tracks
    for pid, tid in tracks:
        assert pid in processes
        track_check([event for event in slices if (event["pid"], event["tid"]) == (pid, tid)])
    assert processes[1] == "real machine"
    return {name: [event for event in slices if event["pid"] == pid] for pid, name in processes.items()}


def test_trace_check_finds_mistakes():
    """The check itself: what it must not let pass."""
    name = '{"ph": "M", "name": "process_name", "pid": 1, "tid": 0, "args": {"name": "real machine"}}'
    track = '{"ph": "M", "name": "thread_name", "pid": 1, "tid": 1, "args": {"name": "CPU 00"}}'

    def one(ts, dur):
        return f'{{"ph": "X", "pid": 1, "tid": 1, "ts": {ts}, "dur": {dur}, "name": "A", "cat": "dispatch", "args": {{}}}}'

    def file(*events):
        return '{"displayTimeUnit": "ns", "otherData": {}, "traceEvents": [' + ",".join(events) + "]}"

    trace_check(file(name, track, one(0, 5), one(1, 2), one(3, 2), one(5, 1)))
    for bad in (file(name, track, one(0, 5), one(1, 5)), file(name, track, one(1, 1), one(0, 1)), file(name, one(0, 1)),
                file(name, track, track, one(0, 1)), file(track, one(0, 1)), file(name, track, one(-1, 1)),
                file(name, track, one(0, 1).replace('"cat": "dispatch", ', ""))):
        with pytest.raises((AssertionError, KeyError)):
            trace_check(bad)


def while_traced(host, text, *words):
    """Play a dialogue while a trace is taken; Ctrl-C ends it. Returns what vm40 trace said."""
    command = [VM40, "trace", "--seconds", "600", *map(str, words)]
    with subprocess.Popen(command, cwd=host.directory, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as tracer:
        until = time.time() + HANG
        while "SET CPTRACE COST" not in host.log() and time.time() < until and tracer.poll() is None:
            time.sleep(0.05)
        host.play(text)
        tracer.send_signal(signal.SIGINT)
        out, err = tracer.communicate(timeout=HANG)
    assert tracer.returncode == 0, out + err
    return out


def test_trace(host, machine_kind):
    host.up(machine_kind)
    said = while_traced(host, CMS, "-o", "cms.json")
    assert re.fullmatch(r"cms\.json: \d+ entries, \d+\.\d{3} ms\n", said)
    found = trace_check((host.directory / "cms.json").read_text())
    real, guest = found["real machine"], found["STUDENT1"]
    dispatches = [event for event in guest if event["cat"] == "dispatch"]
    intercepts = [event for event in guest if event["cat"] == "intercept"]
    # Each dispatch of the guest stands on the real CPU's track as well; CP's own tasks are only there.
    assert dispatches
    assert [(event["ts"], event["dur"]) for event in dispatches] == \
           [(event["ts"], event["dur"]) for event in real if event["name"] == "STUDENT1"]
    assert any(event["name"] == "session" and "vcpu" not in event["args"] for event in real)
    # CMS calls CP by DIAGNOSE, and that is in a dispatch.
    calls = [event for event in intercepts if event["name"] == "DIAG"]
    assert calls and all(event["args"]["kind"] == "SIMULATED" for event in calls)
    assert {event["args"]["engine"] for event in intercepts} == {ENGINE[machine_kind]}
    for call in calls:
        assert any(d["ts"] <= call["ts"] and call["ts"] + call["dur"] <= d["ts"] + d["dur"] + 1e-6 for d in dispatches), call
    # It is off again, as it was; what it has can be taken once more, and for one user.
    text = host.run("trace", "--seconds", "0", "--user", "student1", "-o", "-").stdout
    again = trace_check(text[text.index("{"):])
    assert len(again["STUDENT1"]) == len(guest) and set(again) == {"real machine", "STUDENT1"}
    host.play("@ 0\n> QUERY CPTRACE\n< CPTRACE OFF ENTRIES 0 TO [1-9]\n")
    host.down()


def test_cost(host, machine_kind):
    """INDICATE USER tells what each kind costs once CPTRACE has been COST, and nothing before."""
    engine = ENGINE[machine_kind]
    host.up(machine_kind)
    said = host.play(CMS + "> #CP INDICATE USER\n< ENGINE=\n@ 0\n> SET CPTRACE COST\n> QUERY CPTRACE\n< CPTRACE COST\n@ 1\n> QUERY DISK\n< Ready;\n> #CP INDICATE USER\n"
                     f"< {engine}-SIMULATED  *MEASURED=[1-9]\n> #CP LOGOFF\n< LOGOFF AT\n@ 0\n> SET CPTRACE OFF\n", "--verbose").stdout
    first, second = said.split("INDICATE USER")[1:]
    assert "MEAN=" not in first
    rows = re.findall(rf" {engine}-(\w+) +MEASURED=(\d+) MEAN=(\d+\.\d{{3}}) USEC SHARE=(\d+)%", second)
    counts = {key: int(value) for key, value in re.findall(r"(\w+)=(\d+)", re.search(rf"ENGINE={engine} .*", second)[0])}
    assert rows and {kind for kind, *_ in rows} <= KINDS
    for kind, measured, mean, _ in rows:
        assert 0 < int(measured) <= counts[kind] and float(mean) > 0
    assert 100 - len(rows) <= sum(int(share) for *_, share in rows) <= 100
    host.down()


def test_full_ring(host):
    """More than the ring holds: the last ones are taken, none is lost on the way. It was on: it is on again."""
    host.up("qemu-s390x")
    host.play("@ 0\n> SET CPTRACE ON\n> QUERY CPTRACE\n< CPTRACE ON\n" + CMS + "".join("> QUERY DISK\n< Ready;\n" for _ in range(80)))
    said = host.run("trace", "--seconds", "0").stdout
    assert "vm40.trace.json: 1024 entries" in said
    assert trace_check((host.directory / "vm40.trace.json").read_text())["STUDENT1"]
    host.play("@ 0\n> QUERY CPTRACE\n< CPTRACE ON\n")
    host.down()


def test_mistakes(host):
    for words, code, why in (
            (["operand"], 2, "unexpected operand"),
            (["--seconds", "x"], 2, "--seconds x: expected a number"),
            (["--seconds", "-1"], 2, "--seconds -1: expected a number"),
            (["-o"], 2, "-o needs a value"),
            (["--json"], 2, "unknown option --json"),
            ([], 1, "machine vm40 is not up")):
        done = host.run("trace", *words, check=False)
        assert done.returncode == code and why in done.stdout, done.stdout
    assert "usage: vm40 trace [OPTION...]" in host.run("trace", "--help").stdout
    host.up("qemu-s390x")
    for words, why in ((["--seconds", "0"], "nothing is in the trace"), (["--user", "NOBODY"], "nothing of NOBODY is in the trace"),
                       (["-o", "no/such/directory"], "no/such/directory: No such file")):
        done = host.run("trace", *words, check=False)
        assert done.returncode == 1 and why in done.stdout, done.stdout
    assert not list(host.directory.glob("*.json"))  # whole, or not at all
    host.down()
