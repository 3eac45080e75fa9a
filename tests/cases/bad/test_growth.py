#!/usr/bin/env python3
"""test_growth.py SCOVILLE: what many files cost: four times the entries take about four times the processor time, and a call ends in time.

With SCOVILLE_TEST_ALL set, images of 2,000,000 entries too.

SPDX-License-Identifier: Apache-2.0
"""
import gzip
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import mkimage  # noqa: E402 - busybox
from oci import LAYER, Layout, sha  # noqa: E402

scoville = os.path.abspath(sys.argv[1])
if "sanitized" in sys.argv[2:]:
    sys.exit(77)
FEW = 20000
RATIO = 8        # of n and 4n entries; a loop in a loop gives 16
LAYERS = 8       # of 2,000,000 entries: the facts of one layer have a limit
BLOCK = 512
wrong = []


def entry(name, data=b"", flag=b"0", mode=b"0000644", link=b""):
    h = bytearray(BLOCK)
    for at, value in ((0, name), (100, mode), (108, b"0000000"), (116, b"0000000"), (124, b"%011o" % len(data)), (136, b"14700000000"),
                      (156, flag), (157, link), (257, b"ustar\0" + b"00")):
        h[at:at + len(value)] = value
    h[148:156] = b"%06o\0 " % (sum(h) + 8 * 32)
    return bytes(h) + data + bytes(-len(data) % BLOCK)


def program(name, data):
    return entry(name, data, mode=b"0000755")


def links_to_a_program(n):
    yield program(b"opt/run", b"#!/bin/run\n")
    for i in n:
        yield entry(b"d%d/dotnet" % i, b"", b"2", b"0000777", b"/opt/run")


def package_managers(n):
    for i in n:
        yield program(b"d%d/bin/yarn" % i, b"#!/usr/bin/env node\nrequire('./yarn.js')\n")


def shells_and_apt_lists(n):
    """Names that are a shell's where etc/shells says so, and as many markers."""
    lines = b"".join(b"/d%d/rc\n" % i for i in range(4000))
    yield entry(b"etc/shells", lines)
    for i in range(len(n) // 4000):
        yield entry(b"etc/apt/sources.list.d/%d.list" % i, b"deb http://h s\n" * 4000)
    for i in n:
        yield program(b"d%d/rc" % i, b"#!/bin/run\n")


def many_busyboxes(n):
    """Files that have applets, under names that are not a shell's."""
    body = mkimage.busybox(True).rstrip(b"\0") + b"\0"
    for i in n:
        yield program(b"opt/%d/box" % i, body)


def setuid_without_a_shell(n):
    for i in n:
        yield entry(b"d%d/p" % i, b"x", mode=b"0004755")


def whiteouts(n):
    for i in n:
        yield entry(b"a/b/c/d/e%d/.wh..wh..opq" % i)
        yield entry(b"a/b/c/d/e%d/f" % i)


def plain(n):
    for i in n:
        yield entry(b"d%d/f%d" % (i // 1000, i))


def image(folder, shape, n, layers=1):
    l = Layout(folder)
    made = []
    for k in range(layers):
        data = b"".join(shape(range(k * n // layers, (k + 1) * n // layers))) + bytes(2 * BLOCK)
        packed = gzip.compress(data, 1, mtime=0)
        made.append((l.put(packed, LAYER + "+gzip"), sha(data)))
    return l.index(l.image(made, {"User": "65532", "Entrypoint": ["/run.sh"]}))


def start(*options):
    return subprocess.Popen([scoville, "grade", "--no-cache", "--now", "2026-11-01", "-o", "json", *options],
                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def seconds(reference):
    """Processor time of the program and its workers: others share the machine."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    p = start("--limit", "layer_ratio=100000", reference)
    error = p.communicate(timeout=300)[1].decode()
    if p.returncode:
        raise SystemExit(f"exit {p.returncode}: {error[:300]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def grows(shape, few, layers=1):
    with tempfile.TemporaryDirectory() as d:
        small = seconds(image(d + "/a", shape, few, layers))
        big = seconds(image(d + "/b", shape, 4 * few, layers))
    print(f"{shape.__name__}: {small:.2f} s, with four times as many {big:.2f} s: {big / small:.1f} times")
    if big > RATIO * small:
        wrong.append(f"{shape.__name__}: {big / small:.1f} times the time")


def memory(reference, *options):
    """Exit status, what it says, and the peak in MiB of the program and each of its workers."""
    out = subprocess.run([sys.executable, "-c", "import resource, subprocess, sys\n"
                          "p = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)\n"
                          "print(p.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10, p.stderr.decode()[:300])",
                          scoville, "grade", "--no-cache", "--limit", "layer_ratio=100000", *options, reference],
                         capture_output=True, text=True, timeout=300).stdout.split(None, 2)
    return int(out[0]), int(out[1]), out[2] if len(out) > 2 else ""


def layers_in_memory():
    """A layer that is listed 32 times is held once; what does not fit is an error in words."""
    with tempfile.TemporaryDirectory() as d:
        l = Layout(d + "/a")
        many = [l.layer(b"".join(plain(range(k, k + 60000))) + bytes(2 * BLOCK)) for k in range(3)]
        once, same = l.image(many[:1]), l.image(many[:1] * 32)
        alone = memory(l.index(once))
        repeated = memory(l.index(same))
        few = memory(l.index(same), "--limit", "image_entries=1000000")
        tight = memory(l.index(l.image(many)), "--limit", "image_facts=4M")
    print("once, 32 times, with limits:", alone, repeated, few, tight)
    if alone[0] or repeated[0] or repeated[1] > 350:
        wrong.append(f"32 times the same layer: {alone} {repeated}")
    for case, limit in (few, "image_entries"), (tight, "image_facts"):
        if case[0] != 3 or f"limit {limit}" not in case[2]:
            wrong.append(f"limit {limit}: {case}")


def ends(reference, what, options, stop, want, says):
    """The call is over while the image is graded."""
    p = start("--limit", "layer_ratio=100000", *options, reference)
    begin = time.monotonic()
    if stop:
        time.sleep(0.3)
        p.send_signal(stop)
    error = p.communicate(timeout=60)[1].decode()
    if p.returncode != want or says not in error or time.monotonic() - begin > 20:
        wrong.append(f"{what}: exit {p.returncode} after {time.monotonic() - begin:.1f} s: {error[:200]}")


for shape in links_to_a_program, package_managers, shells_and_apt_lists, many_busyboxes, setuid_without_a_shell, whiteouts, plain:
    grows(shape, FEW)
layers_in_memory()
with tempfile.TemporaryDirectory() as d:
    ends(image(d + "/a", links_to_a_program, 5 * FEW), "an interrupt", [], signal.SIGINT, 130, "")
if os.environ.get("SCOVILLE_TEST_ALL"):
    for shape, n in (links_to_a_program, 250000), (plain, 500000):  # each link has a folder of its own
        grows(shape, n, LAYERS)
    with tempfile.TemporaryDirectory() as d:
        ends(image(d + "/a", links_to_a_program, 1000000, LAYERS), "a time limit", ["--timeout", "3s"], None, 3, "timed out after 3 s")
print("\n".join(wrong))
sys.exit(1 if wrong else 0)
