#!/usr/bin/env python3
"""test_diff.py SCOVILLE: each kind of difference between two images is named, and nothing else is.

The pairs are made here; skopeo and the images of $SCOVILLE_TEST_IMAGES are used where they are.

SPDX-License-Identifier: Apache-2.0
"""
import gzip
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from oci import LAYER, Layout, tar  # noqa: E402

scoville = os.path.abspath(sys.argv[1])
failures, done = [], 0
top = tempfile.mkdtemp(prefix="scoville-diff-")
BASE = [("bin/app", b"program", {"mode": 0o755}), ("etc/conf", b"a = 1\n"), ("etc/link", b"", {"type": tarfile.SYMTYPE, "linkname": "conf"})]


def check(name, truth, why=""):
    global done
    done += 1
    if not truth:
        failures.append(f"{name}: {why}")


def diff(a, b, *more):
    r = subprocess.run([scoville, "diff", "--cache", top + "/cache", "-o", "json", a, b, *more], capture_output=True, text=True)
    try:
        return r.returncode, json.loads(r.stdout), r.stderr
    except ValueError:
        return r.returncode, None, r.stderr


made = 0


def image(*layers, compress="gzip", **more):
    """layers: bytes of tars. A reference."""
    global made
    made += 1
    l = Layout(f"{top}/image{made}")
    return l.index(l.image([l.layer(x, compress) for x in layers], **more))


def changed(**fields):
    """The base with other fields of etc/conf."""
    return [e if e[0] != "etc/conf" else (e[0], e[1], fields) for e in BASE]


def with_files(*files):
    return tar(*BASE, *files)


def kinds(report):
    return sorted(d["kind"] for d in report["differences"])


plain = tar(*BASE)
a = image(plain)
PAIRS = [  # name, images, verdict, kinds
    ("equal", a, image(plain), "same", []),
    ("time", a, image(tar(*changed(mtime=1700000001))), "times", ["time"]),
    ("time with a fraction", image(tar(*changed(pax_headers={"mtime": "1700000000.25"}))),
     image(tar(*changed(pax_headers={"mtime": "1700000000.5"}))), "times", ["time"]),
    ("created", a, image(plain, document={"created": "2026-10-20T00:00:01Z"}), "times", ["time"]),
    ("time of a history line", image(plain, document={"history": [{"created": "2026-10-20T00:00:00Z", "created_by": "x"}]}),
     image(plain, document={"history": [{"created": "2026-10-21T00:00:00Z", "created_by": "x"}]}), "times", ["time"]),
    ("order", a, image(tar(BASE[1], BASE[0], BASE[2])), "form", ["order"]),
    ("owner", a, image(tar(*changed(uid=7))), "metadata", ["owner"]),
    ("mode", a, image(tar(*changed(mode=0o600))), "metadata", ["mode"]),
    ("names of owners", a, image(tar(*changed(uname="root", gname="root"))), "form", ["names"]),
    ("extended attribute", a, image(tar(*changed(pax_headers={"SCHILY.xattr.user.x": "y"}))), "metadata", ["tar", "xattrs"]),
    ("form of the tar", a, image(tar(*BASE, form=tarfile.GNU_FORMAT)), "form", ["tar"]),
    ("bytes after the end", a, image(plain + bytes(10240)), "form", ["tar"]),
    ("compressor", a, image(plain, compress=None), "compression", ["compression"]),
    ("content", a, image(tar(BASE[0], ("etc/conf", b"a = 2\n"), BASE[2])), "different", ["content"]),
    ("a file more", a, image(with_files(("etc/more", b"x"))), "different", ["only"]),
    ("type", a, image(tar(BASE[0], BASE[1], ("etc/link", b"file"))), "different", ["type"]),
    ("target of a link", a, image(tar(*BASE[:2], ("etc/link", b"", {"type": tarfile.SYMTYPE, "linkname": "other"}))), "different", ["link"]),
    ("device", image(with_files(("dev/x", b"", {"type": tarfile.CHRTYPE, "devmajor": 1, "devminor": 3}))),
     image(with_files(("dev/x", b"", {"type": tarfile.CHRTYPE, "devmajor": 1, "devminor": 5}))), "different", ["device"]),
    ("setting", a, image(plain, config={"User": "0"}), "config", ["config"]),
    ("history", a, image(plain, document={"history": [{"created_by": "RUN other"}]}), "form", ["history"]),
    ("annotation", a, image(plain, annotations={"org.opencontainers.image.title": "x"}), "annotations", ["annotations"]),
    ("layers", image(plain, tar(("opt/x", b"x"))), image(with_files(("opt/x", b"x"))), "layers", ["history", "layers"]),
    ("the same number of layers", image(plain, tar(("opt/x", b"x"), ("opt/y", b"y"))),
     image(with_files(("opt/x", b"x")), tar(("opt/y", b"y"))), "layers", ["layers"]),
    ("a file replaced by a later layer", image(with_files(("opt/x", b"old")), tar(("opt/x", b"x"))), image(with_files(("opt/x", b"x"))),
     "layers", ["history", "layers"]),
    ("a file deleted by a later layer", image(with_files(("opt/x", b"x")), tar(("opt/.wh.x", b""))), image(with_files()), "layers", ["history", "layers"]),
    ("layers and content", image(plain, tar(("opt/x", b"x"))), image(with_files(("opt/x", b"y"))), "different", ["content", "history", "layers"]),
    ("logs", image(with_files(("var/log/dpkg.log", b"1"), ("etc/machine-id", b"a" * 32), ("var/lib/dpkg/status-old", b"1"))),
     image(with_files(("var/log/dpkg.log", b"2"), ("etc/machine-id", b"b" * 32), ("var/lib/dpkg/status-old", b"2"))), "traces", ["trace"]),
    ("a program in the folder of logs", a, image(with_files(("var/log/x", b"\x7fELF", {"mode": 0o755}))), "different", ["only"]),
    ("compiled Python is content", image(with_files(("usr/lib/python3/__pycache__/x.pyc", b"1"))),
     image(with_files(("usr/lib/python3/__pycache__/x.pyc", b"2"))), "different", ["content"]),
    ("shadow is content", image(with_files(("etc/shadow", b"root:*:1:\n"))), image(with_files(("etc/shadow", b"root:*:2:\n"))), "different", ["content"]),
    ("all at once", a, image(tar(("bin/app", b"program", {"mode": 0o4755, "uid": 1, "mtime": 5}), ("new", b""))), "different",
     ["mode", "only", "owner", "time"]),
]
for name, x, y, verdict, want in PAIRS:
    for one, other in ((x, y), (y, x)):
        status, report, said = diff(one, other)
        if report is None:
            check(name, False, f"exit {status}: {said}")
            continue
        found = kinds(report)
        check(name, report["verdict"] == verdict, f"{report['verdict']}: {report['summary']}")
        check(name, found == want, str(report["differences"])[:600])
        check(name, status == (0 if verdict == "same" else 1), f"exit {status}")

# Why is named.
_, report, _ = diff(image(with_files(("etc/shadow", b"1"))), image(with_files(("etc/shadow", b"2"))))
check("why", "password" in report["differences"][0]["examples"][0]["why"], str(report))
_, report, _ = diff(a, image(tar(*changed(mtime=1700000001))))
example = report["differences"][0]["examples"][0]
check("time is shown", (example["path"], example["a"], example["b"]) == ("etc/conf", "2023-11-14T22:13:20Z", "2023-11-14T22:13:21Z"), str(example))

# A masked value is never shown, and never equal.
def github(body):
    """With the checksum that such tokens have."""
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    n, text = zlib.crc32(body.encode()), ""
    while n:
        n, d = divmod(n, 62)
        text = digits[d] + text
    return "ghp_" + body + text.rjust(6, "0")


tokens = [github(c * 30) for c in "xy"]
for where in ("env", "name"):
    pair = [image(plain, config={"Env": ["TOKEN=" + t]}) if where == "env" else image(with_files(("opt/" + t, b"x"))) for t in tokens]
    status, report, _ = diff(*pair)
    check("masked " + where, status == 1 and report["differences"], str(report))
    text = subprocess.run([scoville, "diff", "-v", "--no-cache", *pair], capture_output=True, text=True).stdout
    check("masked " + where, not any(t[4:] in json.dumps(report) + text for t in tokens), "a secret was printed")
# Layers put together: names that look the same are not.
pair = [image(plain, tar(("opt/" + t, b"x"))) for t in tokens[:1]] + [image(with_files(("opt/" + tokens[1], b"x")))]
check("masked names in other layers", diff(*pair)[1]["verdict"] == "different", "")

# What cannot be read is never equal: exit 3.
cut = Layout(top + "/cut")
layer = cut.put(gzip.compress(plain, mtime=0)[:-20], LAYER + "+gzip")
broken = cut.index(cut.image([(layer, "sha256:" + "0" * 64)]))
status, report, _ = diff(a, broken)
check("a layer that is cut", status == 3 and report["verdict"] == "unreadable" and report["unread"], str(report))
for lose in (os.unlink, lambda path: os.truncate(path, os.path.getsize(path) - 9)):
    part = Layout(f"{top}/part{lose.__name__}")
    partial = part.index(part.image([part.layer(plain)]))
    check("equal digests", diff(a, partial)[1]["verdict"] == "same", "")
    lose(part.path(part.layer(plain)[0]["digest"]))
    for x, y in ((a, partial), (partial, a)):
        status, report, said = diff(x, y)
        check("equal digests, and a layer is not whole", status == 3 and report["verdict"] == "unreadable" and len(report["unread"]) == 1, f"{status} {report} {said}")
status, report, _ = diff(broken, a)
check("a layer that is cut, the other way round", status == 3 and "A: layer 0" in report["unread"][0], str(report))
lost = Layout(top + "/lost")
descriptor, diff_id = lost.layer(plain)
reference = lost.index(lost.image([(descriptor, diff_id)], document={"created": "2026-01-01T00:00:00Z"}))
other = image(tar(*changed(mtime=3)))
os.unlink(lost.path(descriptor["digest"]))
check("a layer that is missing", diff(reference, other)[0] == 3, "")
wrong = Layout(top + "/wrong")
status, report, _ = diff(a, wrong.index(wrong.image([(wrong.layer(tar(*changed(mtime=3)))[0], "sha256:" + "1" * 64)])))
check("a diff_id that is wrong", status == 3 and "diff_id" in report["unread"][0], str(report))
check("no such image", diff(a, "oci:" + top + "/none")[0] == 3, "")
check("one reference", subprocess.run([scoville, "diff", a], capture_output=True).returncode == 2, "")
check("an option that diff lacks", subprocess.run([scoville, "diff", "--all-platforms", a, a], capture_output=True).returncode == 2, "")
check("an SBOM", diff(a, "sbom:/dev/null")[0] == 3, "")
os.makedirs(top + "/empty1/etc")
os.makedirs(top + "/empty2/etc")
status, report, said = diff(f"rootfs:{top}/empty1", f"rootfs:{top}/empty2")
check("trees without a file", status == 3 and "no file" in report["unread"][0], f"{status} {report} {said}")

# One place, however it is written, is said to be one.
folder = a.split(":")[1]
os.symlink(folder, top + "/link")
SAME = [a, f"oci:{folder}/", f"oci:{top}/link", f"oci:{folder}/../{os.path.basename(folder)}"]
for again in SAME:
    status, report, said = diff(a, again)
    check("one place", status == 0 and "one place" in report["summary"], f"{again}: {status} {report} {said}")
check("another place", "one place" not in diff(a, image(plain))[1]["summary"], "")

# Many entries: linear, and few are kept.
n = 50000
many = [tar(*((f"d/{i:06}", b"", {"mtime": t}) for i in range(n))) for t in (1, 2)]
start = time.time()
status, report, said = diff(image(many[0]), image(many[1]))
check("many", status == 1 and report["differences"][0]["count"] == n and len(report["differences"][0]["examples"]) == 100, str(report)[:300] + said)
check("many", time.time() - start < 30, f"{time.time() - start:.1f} s")

# Text: the verdict first, then the kinds.
text = subprocess.run([scoville, "diff", a, image(tar(*changed(mtime=5)))], capture_output=True, text=True, env={**os.environ, "LC_ALL": "C.UTF-8"}).stdout
check("text", text.startswith("the same content, other times\nA  oci:") and "\n    layer 0 etc/conf: 2023-11-14T22:13:20Z" in text, text)
text = subprocess.run([scoville, "diff", "-q", a, a], capture_output=True, text=True).stdout
check("quiet text", text == "the same image: both references name one place\n", text)

# Other forms of the same image.
if shutil.which("skopeo"):
    for form in ("docker-archive:" + top + "/x.tar:x:1", "oci-archive:" + top + "/y.tar", "dir:" + top + "/z"):
        subprocess.run(["skopeo", "copy", "-q", a, form], check=True, capture_output=True)
        status, report, said = diff(a, form)
        check(form.split(":")[0], status == 0 and report["verdict"] == "same", f"{report} {said}")
    subprocess.run(["skopeo", "copy", "-q", "--dest-compress", "--dest-compress-format", "zstd", a, f"oci:{top}/zstd:1"], check=True, capture_output=True)
    status, report, _ = diff(a, f"oci:{top}/zstd:1")
    check("zstd", report["verdict"] == "compression", str(report))
tree = os.path.join(top, "tree")
os.makedirs(tree + "/etc")
with open(tree + "/etc/x", "w") as f:
    f.write("x")
status, report, said = diff("rootfs:" + tree, "rootfs:" + tree)
check("rootfs", status == 0, f"{report} {said}")

# --rebuilt: a second build decides prov.repro, whatever traces there are.
def rebuilt(one, other, *more):
    r = subprocess.run([scoville, "grade", "--now", "2026-11-01", "--cache", top + "/cache", "-o", "json", "--rebuilt", other, one, *more],
                       capture_output=True, text=True)
    try:
        return r.returncode, {c["id"]: c for c in json.loads(r.stdout)["criteria"]}["prov.repro"]
    except ValueError:
        return r.returncode, {"reason": r.stderr}


copy = image(plain)
clock = {"created": "2026-10-20T00:00:00.123Z"}
for name, one, other, verdict, words in (
        ("the same", a, copy, "met", "the same image"),
        ("the same, with a time of the clock", image(plain, document=clock), image(plain, document=clock), "met", "the same image"),
        ("times", a, image(tar(*changed(mtime=3))), "not-met", "other times"),
        ("compression", a, image(plain, compress=None), "not-met", "compressed differently"),
        ("a setting", a, image(plain, config={"User": "0"}), "not-met", "config"),
        ("content", a, image(with_files(("etc/more", b"x"))), "not-met", "different images"),
        ("a layer that is cut", a, broken, "not-assessed", "second build")):
    status, c = rebuilt(one, other)
    check("rebuilt: " + name, c.get("verdict") == verdict and words in c["reason"], str(c))
    check("rebuilt: " + name, verdict == "not-assessed" or c.get("class") == "proved", str(c))
    check("rebuilt: " + name, verdict != "not-met" or any(e["role"] == "decides" for e in c["evidence"]), str(c))
for again in SAME:
    status, c = rebuilt(a, again)
    check("rebuilt: the image itself", status == 2 and "the image itself" in c["reason"], f"{again}: {status} {c}")
status, c = rebuilt(a, partial)
check("rebuilt: equal digests, and a layer is not whole", c.get("verdict") == "not-assessed" and "layer 0" in c["reason"], f"{status} {c}")
status, c = rebuilt(a, "sbom:/dev/null")
check("rebuilt: an SBOM", status == 2 and "an SBOM has no layers" in c["reason"], f"{status} {c}")
status, c = rebuilt(a, "oci:" + top + "/none")
check("rebuilt: not there", status == 3 and "rebuilt" in c["reason"], f"{status} {c}")
check("rebuilt: no reference", rebuilt(a, "oci:")[0] == 2, "")

# Each real image is equal to itself, whether its digest says so or every byte is read.
images = os.environ.get("SCOVILLE_TEST_IMAGES", "")
for name in sorted(os.listdir(images + "/oci")) if os.path.isdir(images + "/oci") else []:
    start = time.time()
    status, report, said = diff(f"oci:{images}/oci/{name}", f"oci:{images}/oci/{name}")
    check(name, status == 0 and report["verdict"] == "same", f"{report} {said}")
    check(name, time.time() - start < 5, "slow")

shutil.rmtree(top, ignore_errors=True)
for f in failures:
    print("FAIL", f)
print(f"{done} checks, {len(failures)} failed")
sys.exit(1 if failures else 0)
