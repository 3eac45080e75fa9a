#!/usr/bin/env python3
"""test_bad.py SCOVILLE: hostile and broken images end in bounded time and memory, with the documented exit status, and never in a pass.

SPDX-License-Identifier: Apache-2.0
"""
import gzip
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from oci import CONFIG, INDEX, LAYER, MANIFEST, Layout, sha, tar  # noqa: E402

scoville = os.path.abspath(sys.argv[1])
SANITIZED = "sanitized" in sys.argv[2:]
SECONDS, MEMORY = (60, 1 << 40) if SANITIZED else (20, 300 << 20)
FILES = {"min.base", "min.tooling", "min.shell", "min.pm", "conf.priv"}  # judged from the final file system
cases = []
OS = ("etc/os-release", b"ID=alpine\nVERSION_ID=3.20.3\n")
PROGRAM = ("usr/bin/app", b"\x7fELF" + bytes(60), {"mode": 0o755})


def case(function):
    cases.append(function)
    return function


class Wrong(Exception):
    pass


def expect(truth, why):
    if not truth:
        raise Wrong(why)


def grade(reference, *options, want, says=None):
    """Runs and checks what every case must hold: status, time, memory, a clear message, nothing raw on the terminal."""
    start = time.monotonic()
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    r = subprocess.run([scoville, "grade", "--no-cache", "--now", "2026-11-01", "-o", "json", *options, reference],
                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=SECONDS)
    error = r.stderr.decode(errors="replace")
    expect(r.returncode == want, f"exit {r.returncode}, not {want}: {error.strip()[:300]}")
    expect(time.monotonic() - start < SECONDS, "took too long")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    expect(peak < MEMORY or peak == before * 1024, f"{peak >> 20} MiB")
    expect(not any(c < 32 and c != 10 for c in r.stdout + r.stderr), "control characters in the output")
    report = json.loads(r.stdout) if r.stdout else None
    expect((report is None) == (want in (2, 3)), "a report where there is none, or none where there is one")
    text = error + json.dumps(report["diagnostics"] if report else "")
    expect(not says or says.lower() in text.lower(), f"does not say '{says}': {text[:300]}")
    expect(want not in (2, 3) or error.strip(), "no message")
    return report


def verdicts(report):
    return {c["id"]: c["verdict"] for c in report["criteria"]}


def broken_layer(reference, *options, says):
    """Exit 4; nothing that depends on files is met or not met; what the config alone decides still is."""
    report = grade(reference, *options, want=4, says=says)
    v = verdicts(report)
    for key in FILES:
        expect(v[key] == "not-assessed", f"{key} is {v[key]} though a layer is broken")
    expect(v["conf.annot"] == "not-met", "conf.annot needs no layer")
    expect(any(d["severity"] == "error" for d in report["diagnostics"]), "no error among the diagnostics")
    expect(report["grades"]["minimalism"]["met"] == 0, "points without bytes")


# ---- blobs ---------------------------------------------------------------------------------------

@case
def a_good_image(d):
    l = Layout(d)
    v = verdicts(grade(l.index(l.image([l.layer(tar(OS, PROGRAM))])), want=0))
    expect(v["min.shell"] == "met" and v["min.base"] == "met", "the good image is not good")


@case
def layer_truncated(d):
    l = Layout(d)
    layer = l.layer(tar(OS, PROGRAM, ("data", os.urandom(100000))))
    with open(l.path(layer[0]["digest"]), "r+b") as f:
        f.truncate(5000)
    broken_layer(l.index(l.image([layer])), says="layer")


@case
def layer_truncated_with_a_matching_digest(d):
    l = Layout(d)
    whole = tar(OS, PROGRAM, ("data", os.urandom(100000)))
    good = open(l.path(l.layer(whole)[0]["digest"]), "rb").read()
    broken_layer(l.index(l.image([(l.put(good[:5000], LAYER + "+gzip"), sha(whole))])), says="layer")


@case
def layer_with_another_digest(d):
    l = Layout(d)
    layer = l.layer(tar(OS, PROGRAM))
    other = l.layer(tar(OS, ("bin/sh", b"\x7fELF", {"mode": 0o755})))
    os.replace(l.path(other[0]["digest"]), l.path(layer[0]["digest"]))
    broken_layer(l.index(l.image([layer])), says="sha256")


@case
def layer_with_another_diff_id(d):
    l = Layout(d)
    broken_layer(l.index(l.image([(l.layer(tar(OS))[0], sha(b"something else"))])), says="diff_id")


@case
def layer_missing(d):
    l = Layout(d)
    layer = l.layer(tar(OS))
    os.unlink(l.path(layer[0]["digest"]))
    broken_layer(l.index(l.image([layer])), says="layer")


@case
def layer_size_lies(d):
    l = Layout(d)
    descriptor, diff_id = l.layer(tar(OS))
    broken_layer(l.index(l.image([({**descriptor, "size": descriptor["size"] + 1}, diff_id)])), says="bytes")


@case
def layer_is_a_fifo(d):
    l = Layout(d)
    layer = l.layer(tar(OS))
    os.unlink(l.path(layer[0]["digest"]))
    os.mkfifo(l.path(layer[0]["digest"]))
    broken_layer(l.index(l.image([layer])), says="layer")


@case
def layer_is_a_link_out(d):
    l = Layout(d)
    layer = l.layer(tar(OS))
    os.unlink(l.path(layer[0]["digest"]))
    os.symlink("/etc/passwd", l.path(layer[0]["digest"]))
    broken_layer(l.index(l.image([layer])), says="layer")


@case
def layer_of_unknown_media_type(d):
    l = Layout(d)
    descriptor, diff_id = l.layer(tar(OS))
    broken_layer(l.index(l.image([({**descriptor, "mediaType": "application/x-unheard-of"}, diff_id)])), says="media type")


@case
def the_lower_layer_is_broken(d):
    """The upper one is whole and has a shell: still nobody knows the final file system."""
    l = Layout(d)
    low = l.layer(tar(OS))
    high = l.layer(tar(("bin/sh", b"\x7fELF" + bytes(60), {"mode": 0o755})))
    os.unlink(l.path(low[0]["digest"]))
    broken_layer(l.index(l.image([low, high])), says="\"layer\": 0")


# ---- bombs ---------------------------------------------------------------------------------------

def bomb(compressor, size):
    zeros = subprocess.Popen(["head", "-c", str(size), "/dev/zero"], stdout=subprocess.PIPE)
    out = subprocess.run(compressor, stdin=zeros.stdout, stdout=subprocess.PIPE, check=True).stdout
    zeros.wait()
    return out


@case
def gzip_bomb(d):
    l = Layout(d)
    data = bomb(["gzip", "-9"], 3 << 30)
    broken_layer(l.index(l.image([(l.put(data, LAYER + "+gzip"), sha(b""))])), "--limit", "layer_ratio=100", says="layer_ratio")


@case
def gzip_larger_than_a_layer_may_be(d):
    l = Layout(d)
    data = bomb(["gzip", "-9"], 64 << 20)
    broken_layer(l.index(l.image([(l.put(data, LAYER + "+gzip"), sha(b""))])), "--limit", "layer_size=8M", says="layer_size")


@case
def zstd_bomb(d):
    l = Layout(d)
    data = bomb(["zstd", "-19", "-q", "-c"], 1 << 30)
    broken_layer(l.index(l.image([(l.put(data, LAYER + "+zstd"), sha(b""))])), says="layer_ratio")


@case
def zstd_window(d):
    l = Layout(d)
    data = subprocess.run(["zstd", "--ultra", "-22", "--long=27", "-q", "-c"], input=os.urandom(64) * 20000, stdout=subprocess.PIPE, check=True).stdout
    stream = subprocess.run("head -c 200000000 /dev/zero | zstd --long=27 -1 -q -c", shell=True, stdout=subprocess.PIPE, check=True).stdout
    expect(len(data) and len(stream), "zstd made nothing")
    broken_layer(l.index(l.image([(l.put(stream, LAYER + "+zstd"), sha(b""))])), says="window")


@case
def too_many_entries(d):
    l = Layout(d)
    many = tar(OS, *[(f"f{i}", b"") for i in range(2000)])
    broken_layer(l.index(l.image([l.layer(many)])), "--limit", "layer_entries=1000", says="layer_entries")


# ---- tar -----------------------------------------------------------------------------------------

@case
def tar_with_a_bad_checksum(d):
    l = Layout(d)
    data = bytearray(tar(OS, PROGRAM))
    data[1024 + 20] ^= 1
    broken_layer(l.index(l.image([l.layer(bytes(data))])), says="checksum")


@case
def tar_cut_in_a_file(d):
    l = Layout(d)
    broken_layer(l.index(l.image([l.layer(tar(OS, ("x", bytes(5000)))[:3000])])), says="layer")


@case
def not_a_tar(d):
    l = Layout(d)
    broken_layer(l.index(l.image([l.layer(os.urandom(4096))])), says="layer")


@case
def paths_that_leave_the_root(d):
    l = Layout(d)
    data = tar(OS, PROGRAM, ("../../etc/shadow", b"x"), ("/etc/absolute", b"x"), ("a/../../../b", b"x"))
    report = grade(l.index(l.image([l.layer(data)])), want=4, says="..")
    expect(verdicts(report)["min.shell"] == "not-assessed", "an entry was left out, and the shell is judged all the same")


@case
def odd_entries(d):
    """Loops, links to nothing, devices, names of any byte: all of it can be graded."""
    l = Layout(d)
    link = {"type": b"2"}
    data = tar(OS, PROGRAM, ("bin/sh", b"", {**link, "linkname": "sh2"}), ("bin/sh2", b"", {**link, "linkname": "sh"}),
               ("up", b"", {**link, "linkname": "../../../../../etc/passwd"}), ("null", b"", {"type": b"3", "devmajor": 1, "devminor": 3}),
               ("fifo", b"", {"type": b"6"}), ("\udcff\udcfe", b""), ("esc\x1b[31m", b""), ("line\nbreak", b""), ("rtl\u202etxt", b"", {"mode": 0o4755}))
    report = grade(l.index(l.image([l.layer(data)])), want=0)
    v = verdicts(report)
    expect(v["min.shell"] == "met", "a loop is no shell")
    expect(v["conf.priv"] == "not-met", "the setuid file")
    text = subprocess.run([scoville, "grade", "--no-cache", "--verbose", "--color", "always", "oci:" + d], stdout=subprocess.PIPE).stdout
    expect("\u202e".encode() not in text and b"\x1b[31mtxt" not in text and b"esc\x1b" not in text, "names reach the terminal")


@case
def hard_link_to_nothing(d):
    l = Layout(d)
    data = tar(OS, PROGRAM, ("link", b"", {"type": b"1", "linkname": "nowhere"}))
    report = grade(l.index(l.image([l.layer(data)])), want=4, says="nowhere")
    expect(verdicts(report)["conf.priv"] == "not-assessed", "nobody knows the mode of what is not there")


# ---- tricks ----------------------------------------------------------------------------------------

LINK, HARD = {"type": b"2"}, {"type": b"1"}
SETUID = ("x", b"\x7fELF" + bytes(60), {"mode": 0o4755})


def tricked(d, name, layers, key, verdicts_allowed, user="65532", want=(0, 4)):
    l = Layout(os.path.join(d, name.replace(" ", "-").replace(":", "_")))
    reference = l.index(l.image([l.layer(tar(*entries)) for entries in layers], config={"User": user}))
    r = subprocess.run([scoville, "grade", "--no-cache", "--now", "2026-11-01", "-o", "json", reference], stdout=subprocess.PIPE, timeout=SECONDS)
    expect(r.returncode in want, f"{name}: exit {r.returncode}")
    verdict = verdicts(json.loads(r.stdout))[key]
    expect(verdict in verdicts_allowed, f"{name}: {key} is {verdict}")


@case
def users_that_are_root_by_a_trick(d):
    """What moby/sys/user makes of these lines is uid 0, whatever a later line or the number says."""
    def passwd(text):
        return [("etc/passwd", text)]
    for name, user, entries in [
            ("no number", "app", passwd(b"app:x:junk:0\napp:x:1000:1000\n")),
            ("no field", "app", passwd(b"app:x\napp:x:1000:1000\n")),
            ("empty field", "app", passwd(b"app:x::0\napp:x:1000:1000\n")),
            ("blanks before the name", "app", passwd(b"  app:x:0:0\napp:x:1000:1000\n")),
            ("a number as a name", "65532", passwd(b"65532:x:junk:0\n")),
            ("a sign as a name", "+5", passwd(b"+5:x:0:0\n")),
            ("zeros", "app", passwd(b"app:x:0000:0\n")),
            ("line ends of DOS", "app", passwd(b"app:x:0:0\r\n")),
            ("twice", "app", passwd(b"app:x:0:0\napp:x:1000:1000\n"))]:
        tricked(d, name, [[OS, PROGRAM, *entries]], "conf.user", {"not-met"}, user)
    for user in ["0", "00", "+0", "-0", "root", "root:0", "0:1000", ":1000", ""]:
        tricked(d, f"user {user}".replace("/", ""), [[OS, PROGRAM]], "conf.user", {"not-met"}, user)
    for user in ["0x0", "4294967296", "2147483648", "-1", " 65532", "65532 ", "1_0", "\u0660"]:
        tricked(d, f"odd user {user}", [[OS, PROGRAM]], "conf.user", {"not-assessed"}, user)


@case
def passwd_that_nobody_read(d):
    """It is elsewhere, after a link: what it makes of a number is not known."""
    other = ("opt/pw", b"65532:x:0:0\n")
    for name, layers in [
            ("absolute link", [[OS, PROGRAM, other, ("etc/passwd", b"", {**LINK, "linkname": "/opt/pw"})]]),
            ("hard link", [[OS, PROGRAM, other, ("etc/passwd", b"", {**HARD, "linkname": "opt/pw"})]]),
            ("etc is a link", [[PROGRAM, ("real/passwd", b"65532:x:0:0\n"), ("etc", b"", {**LINK, "linkname": "real"})]]),
            ("written through a link", [[OS, PROGRAM], [("d", b"", {**LINK, "linkname": "etc"}), ("d/passwd", b"65532:x:0:0\n")]]),
            ("too large a number", [[OS, PROGRAM, ("etc/passwd", b"65532:x:4294967296:0\n")]])]:
        tricked(d, name, layers, "conf.user", {"not-assessed"})


@case
def rights_by_a_hard_link(d):
    """Unpacking sets a hard link's own mode and attributes on the file."""
    capability = {"SCHILY.xattr.security.capability": bytes.fromhex("01000002002000" + "00" * 13).decode("latin1")}
    plain = ("x", b"\x7fELF" + bytes(60), {"mode": 0o755})
    for name, layers in [
            ("its mode", [[OS, PROGRAM, plain, ("y", b"", {**HARD, "linkname": "x", "mode": 0o4755})]]),
            ("its attribute", [[OS, PROGRAM, plain, ("y", b"", {**HARD, "linkname": "x", "pax_headers": capability})]]),
            ("its target", [[OS, PROGRAM, SETUID], [("y", b"", {**HARD, "linkname": "x", "mode": 0o755})]]),
            ("type 7", [[OS, PROGRAM, ("c", b"x", {"mode": 0o4755, "type": b"7"})]])]:
        tricked(d, name, layers, "conf.priv", {"not-met"})


@case
def a_shell_with_a_spoiled_header(d):
    """Linux runs it all the same: it looks at the machine, not at these bytes."""
    with open("/bin/sh", "rb") as f:
        shell = f.read()
    for at, value in [(4, 0), (5, 0), (5, 9), (6, 9), (7, 99), (0x28, 255), (0x3a, 1)]:
        data = shell[:at] + bytes([value]) + shell[at + 1:]
        tricked(d, f"byte {at} {value}", [[OS, PROGRAM, ("bin/sh", data, {"mode": 0o755})]], "min.shell", {"not-met"})


@case
def names_that_the_mask_makes_one(d):
    """A setuid file cannot be hidden by another file whose name is masked alike."""
    one, two = ("d/gh" + "p_" + letter * 36 for letter in "AB")
    for name, layers in [
            ("deleted", [[OS, PROGRAM, (one, *SETUID[1:])], [("d/.wh." + two[2:], b"")]]),
            ("overwritten", [[OS, PROGRAM, (one, *SETUID[1:]), (two, b"x")]]),
            ("a file for a folder", [[OS, PROGRAM, (one + "/x", *SETUID[1:])], [(two, b"x")]]),
            ("a folder for a file", [[OS, PROGRAM, (one, *SETUID[1:]), (two + "/x", b"x")]])]:
        tricked(d, name, layers, "conf.priv", {"not-met", "not-assessed"})
    for name, entry in [("control", "d/a\\x01"), ("bytes", "d/a\udcfe")]:
        raw = {"control": "d/a\x01", "bytes": "d/a\udcff"}[name]
        tricked(d, name, [[OS, PROGRAM, (raw, *SETUID[1:]), (entry, b"x")]], "conf.priv", {"not-met"})


@case
def layers_that_are_hard_to_read(d):
    good = tar(OS, PROGRAM)
    for name, data, media in [("gzip and garbage", gzip.compress(good) + b"garbage" * 99, "+gzip"),
                              ("an unknown type", gzip.compress(tar(OS, ("bin/sh", b"x", {"type": b"Z"}))), "+gzip"),
                              ("a path with NUL", gzip.compress(tar(OS, ("q", b"x", {"pax_headers": {"path": "bin/sh\0x"}}))), "+gzip")]:
        l = Layout(os.path.join(d, name.replace(" ", "-")))
        diff_id = sha(gzip.decompress(data)) if "garbage" not in name else sha(good)
        broken_layer(l.index(l.image([(l.put(data, LAYER + media), diff_id)])), says="layer")


# ---- documents -----------------------------------------------------------------------------------

@case
def config_with_another_digest(d):
    l = Layout(d)
    layer = l.layer(tar(OS))
    config = l.put(b'{"os":"linux","config":{"User":"0"},"rootfs":{"diff_ids":[]}}', CONFIG)
    with open(l.path(config["digest"]), "r+b") as f:
        f.write(b"{ ")
    grade(l.index(l.image([layer], config_descriptor=config)), want=3, says="config")


@case
def config_is_not_json(d):
    l = Layout(d)
    grade(l.index(l.image([l.layer(tar(OS))], config_descriptor=l.put(b"<html>no</html>", CONFIG))), want=3, says="config")


@case
def config_counts_other_layers(d):
    l = Layout(d)
    layer = l.layer(tar(OS))
    grade(l.index(l.image([layer], document={"rootfs": {"type": "layers", "diff_ids": [layer[1]] * 2}})), want=3, says="diff_ids")


@case
def manifest_with_another_digest(d):
    l = Layout(d)
    top = l.image([l.layer(tar(OS))])
    with open(l.path(top["digest"]), "r+b") as f:
        f.write(b" ")
    grade(l.index(top), want=3)


@case
def manifest_of_100_megabytes(d):
    l = Layout(d)
    grade(l.index(l.put(b'{"schemaVersion":2,"x":"' + b"a" * (100 << 20) + b'"}', MANIFEST)), want=3, says="document_size")


@case
def thousands_of_layers(d):
    l = Layout(d)
    grade(l.index(l.image([l.layer(tar(OS))] * 3000)), want=3, says="layers")


@case
def indexes_without_end(d):
    l = Layout(d)
    top = l.image([l.layer(tar(OS))])
    for _ in range(50):
        top = l.put(json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": [top]}).encode(), INDEX)
    grade(l.index(top), want=3, says="index")


@case
def json_without_end(d):
    l = Layout(d)
    grade(l.index(l.put(b"[" * 100000, MANIFEST)), want=3)


@case
def no_index(d):
    l = Layout(d)
    grade("oci:" + l.folder, want=3, says="index.json")


@case
def a_chart_is_no_image(d):
    l = Layout(d)
    chart = {"schemaVersion": 2, "mediaType": MANIFEST, "config": l.put(b"{}", "application/vnd.cncf.helm.config.v1+json"),
             "layers": [l.put(b"chart", "application/vnd.cncf.helm.chart.content.v1.tar+gzip")]}
    grade(l.index(l.put(json.dumps(chart).encode(), MANIFEST)), want=3, says="helm")


@case
def two_images_without_a_tag(d):
    l = Layout(d)
    a = l.image([l.layer(tar(OS))])
    b = l.image([l.layer(tar(PROGRAM))])
    grade(l.index({**a, "annotations": {"org.opencontainers.image.ref.name": "one"}}, {**b, "annotations": {"org.opencontainers.image.ref.name": "two"}}), want=3, says="two")


@case
def an_unknown_option(d):
    r = subprocess.run([scoville, "grade", "--fail-onn", "x"], stderr=subprocess.PIPE, text=True)
    expect(r.returncode == 2 and "--fail-on" in r.stderr, "the nearest option is not named")


# ---- package databases ---------------------------------------------------------------------------

def damaged(d, path, data):
    l = Layout(d)
    report = grade(l.index(l.image([l.layer(tar(("etc/os-release", b"ID=exampleos\n"), PROGRAM, (path, data)))])), want=4)
    expect(verdicts(report)["min.base"] == "not-assessed", f"{path}: packages are not known, and the base is judged")


@case
def rpm_databases(d):
    for i, (path, data) in enumerate([("var/lib/rpm/rpmdb.sqlite", b"SQLite format 3\0" + os.urandom(8000)),
                                      ("usr/lib/sysimage/rpm/Packages.db", b"RpmP" + os.urandom(9000)),
                                      ("var/lib/rpm/Packages", bytes(12) + b"\x61\x15\x06\x00" + os.urandom(9000))]):
        damaged(os.path.join(d, str(i)), path, data)


@case
def apk_database(d):
    damaged(os.path.join(d, "apk"), "lib/apk/db/installed", os.urandom(5000))


@case
def dpkg_database(d):
    damaged(os.path.join(d, "dpkg"), "var/lib/dpkg/status", os.urandom(5000))


@case
def a_damaged_file_that_a_later_layer_replaces(d):
    """Whoever runs the image reads the later one; a hard link keeps the damaged one."""
    bad, good = ("var/lib/dpkg/status", b"what\n"), ("var/lib/dpkg/status", b"Package: a\nStatus: install ok installed\nVersion: 1\n")
    rows = {"replaced": ([OS, PROGRAM, bad], [good], False), "deleted and made anew": ([OS, bad], [("var/lib/dpkg/.wh.status", b"")], [good, PROGRAM], False),
            "twice in a layer": ([OS, PROGRAM, bad, good], False), "replaced by a damaged one": ([OS, PROGRAM, good], [bad], True),
            "linked": ([OS, PROGRAM, bad, ("var/lib/other", b"", {**HARD, "linkname": "var/lib/dpkg/status"})], [good], True)}
    for name, (*layers, is_damaged) in rows.items():
        l = Layout(os.path.join(d, name))
        report = grade(l.index(l.image([l.layer(tar(*x)) for x in layers])), "--skip", "secrets", want=4)
        missing = "is not a field" in json.dumps([c for c in report["criteria"] if c["verdict"] == "not-assessed"])
        expect(missing == is_damaged, f"{name}: {[c['id'] for c in report['criteria'] if 'is not a field' in json.dumps(c)]}")
    report = grade(l.index(l.image([l.layer(tar(*x)) for x in rows["replaced"][:-1]])), want=4)
    expect("is not a field" in json.dumps(report["diagnostics"]), "not said")


# ---- the machine ---------------------------------------------------------------------------------

@case
def a_damaged_cache(d):
    l = Layout(os.path.join(d, "image"))
    reference = l.index(l.image([l.layer(tar(OS, PROGRAM))]))
    cache = os.path.join(d, "cache")

    def run():
        return subprocess.run([scoville, "grade", "--cache", cache, "--now", "2026-11-01", "-o", "json", reference], stdout=subprocess.PIPE).stdout
    first, n = run(), 0
    for folder, _, names in os.walk(cache):
        for name in names:
            n += 1
            with open(os.path.join(folder, name), "r+b") as f:
                size = f.seek(0, 2)
                for at in range(0, size, 97):
                    f.seek(at)
                    f.write(b"\xa5")
    expect(n >= 2, f"{n} cache entries for two parts")
    expect(run() == first, "a damaged cache changed the report")


@case
def a_full_disk(d):
    l = Layout(os.path.join(d, "image"))
    reference = l.index(l.image([l.layer(tar(OS))]))
    with open("/dev/full", "w") as full:
        r = subprocess.run([scoville, "grade", "--no-cache", reference], stdout=full, stderr=subprocess.PIPE, text=True)
    expect(r.returncode not in (0, 1, 4) and "space" in r.stderr, f"exit {r.returncode}: {r.stderr}")
    out = os.path.join(d, "no", "such", "folder.json")
    r = subprocess.run([scoville, "grade", "--no-cache", "-o", "json=" + out, reference], stderr=subprocess.PIPE, text=True)
    expect(r.returncode not in (0, 1, 4) and out in r.stderr, f"exit {r.returncode}: {r.stderr}")


@case
def interrupted(d):
    """A fifo as a blob source that never ends: standard input that stays open."""
    p = subprocess.Popen([scoville, "grade", "--no-cache", "docker-archive:-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    p.stdin.write(tar(("manifest.json", b"[]"))[:600])
    p.stdin.flush()
    time.sleep(0.5)
    p.send_signal(signal.SIGINT)
    start = time.monotonic()
    out, _ = p.communicate(timeout=10)
    expect(p.returncode == 130, f"exit {p.returncode}")
    expect(time.monotonic() - start < 2 and not out, "did not end at once")


@case
def interrupted_in_a_layer(d):
    l = Layout(d)
    with open(os.path.join(d, "big"), "wb") as f:
        f.write(bomb(["gzip", "-1"], 6 << 30))
    data = open(os.path.join(d, "big"), "rb").read()
    reference = l.index(l.image([(l.put(data, LAYER + "+gzip"), sha(b""))]))
    p = subprocess.Popen([scoville, "grade", "--no-cache", reference], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(0.4)
    children = open(f"/proc/{p.pid}/task/{p.pid}/children").read().split() if p.poll() is None else []
    expect(p.poll() is None, "it ended before it could be interrupted")
    p.send_signal(signal.SIGINT)
    p.communicate(timeout=10)
    expect(p.returncode == 130, f"exit {p.returncode}")
    time.sleep(0.3)
    expect(not [c for c in children if os.path.exists(f"/proc/{c}")], "workers are left")


# ---- attestations: what cannot be read is reported, and nobody vouches for the secrets in it ----

def attested(d, spoil=None, statement=b'{"_type":"https://in-toto.io/Statement/v1"}', *options):
    l = Layout(d)
    image = {**l.image([l.layer(tar(OS, PROGRAM))]), "platform": {"architecture": "amd64", "os": "linux"}}
    layer = l.put(statement, "application/vnd.in-toto+json")
    manifest = l.put(json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "config": l.put(b"{}", CONFIG), "layers": [layer]}).encode(), MANIFEST)
    docker = "vnd.docker.reference."
    listed = {**manifest, "platform": {"architecture": "unknown", "os": "unknown"},
              "annotations": {docker + "type": "attestation-manifest", docker + "digest": image["digest"]}}
    index = l.put(json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": [image, listed]}).encode(), INDEX)
    if spoil:
        spoil(l, manifest, layer)
    report = grade(l.index(index), *options, want=0)
    verdict = verdicts(report)["conf.secrets"]
    expect(verdict == ("not-assessed" if spoil or options else "met"), f"conf.secrets {verdict}")
    return json.dumps([d for d in report["diagnostics"] if "sanitizers" not in d["text"]])  # a build with them says so


@case
def attestation_that_is_good(d):
    expect(attested(d) == "[]", "a diagnostic")


@case
def attestation_manifest_missing(d):
    expect("attestation" in attested(d, lambda l, m, s: os.unlink(l.path(m["digest"]))), "not said")


@case
def attestation_missing(d):
    expect("document sha256" in attested(d, lambda l, m, s: os.unlink(l.path(s["digest"]))), "not said")


@case
def attestation_with_another_digest(d):
    def spoil(l, m, s):
        with open(l.path(s["digest"]), "r+b") as f:
            f.write(b"[")
    expect("its bytes are" in attested(d, spoil), "not said")


@case
def attestation_over_its_limit(d):
    expect("attestation_size" in attested(d, None, b"[" + b" " * 9000 + b"]", "--limit", "attestation_size=8K"), "not said")


def main():
    failed = 0
    for function in cases:
        with tempfile.TemporaryDirectory() as d:
            try:
                function(os.path.join(d, "image"))
                print(f"ok {function.__name__}")
            except (Wrong, subprocess.TimeoutExpired, json.JSONDecodeError) as e:
                print(f"FAILED {function.__name__}: {e}")
                failed += 1
            left = [x for x in os.listdir(d) if x.startswith(".")]
            if left:
                print(f"FAILED {function.__name__}: left behind {left}")
                failed += 1
    print(f"{len(cases)} cases, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
