"""unpack.py SCOVILLE - images that are read differently, unpacked by umoci and buildah (vfs, overlay) as well.

Where scoville says that there is no shell, nothing with extra rights, or no root, no unpacker may show one. What an unpacker
refuses is no image that runs. buildah takes seconds an image: only with SCOVILLE_TEST_ALL. Exit 77 without root or umoci.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import shutil
import stat
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../cases"))
import mkimage  # noqa: E402
from oci import Layout  # noqa: E402

SHELL = mkimage.elf("static")
CAPABILITY = struct.pack("<IIIII", 0x02000001, 1 << 21, 0, 0, 0)
ROOT, APP = b"app:x:0:0::/:/\n", b"app:x:1000:1000::/:/\n"
END = bytes(1024)


def padded(data):
    return data + bytes(-len(data) % 512)


def entry(name, data=b"", mode=0o644, kind=b"0", link="", magic=b"ustar\0" b"00", prefix=b"", size=None):
    block = bytearray(512)
    for at, value in ((0, name.encode()), (100, b"%07o" % mode), (108, b"0000000"), (116, b"0000000"),
                      (124, b"%011o" % (len(data) if size is None else size)), (136, b"14700000000"), (156, kind), (157, link.encode()),
                      (257, magic), (345, prefix), (148, b"        ")):
        block[at:at + len(value)] = value
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block) + padded(data)


def folder(name):
    return entry(name + "/", mode=0o755, kind=b"5")


def symlink(name, to):
    return entry(name, mode=0o777, kind=b"2", link=to)


def hard(name, to, mode=0o644):
    return entry(name, mode=mode, kind=b"1", link=to)


def pax(records, kind=b"x"):
    text = b""
    for key, value in records:
        rest = b" " + key.encode() + b"=" + (value if isinstance(value, bytes) else value.encode()) + b"\n"
        n = len(rest) + 1
        while len(str(n)) + len(rest) != n:
            n += 1
        text += str(n).encode() + rest
    return entry("PaxHeaders/x", text, kind=kind)


def long_name(name):
    return entry("././@LongLink", name.encode() + b"\0", kind=b"L", magic=b"ustar  \0")


OTHER = entry("app", b"hello")
SH = folder("bin") + entry("bin/sh", SHELL, 0o755)
NOTE = pax([("comment", "x")], b"g")
CAP = [("SCHILY.xattr.security.capability", CAPABILITY)]
SPARSE = b"1\n0\n%d\n" % len(ROOT)
IMAGES = {
    "a shell": [SH],
    "no shell": [OTHER],
    "a shell that is gone": [SH, folder("bin") + entry("bin/.wh.sh")],
    "a folder that is gone": [SH, entry(".wh.bin")],
    "an opaque folder": [SH, folder("bin") + entry("bin/.wh..wh..opq")],
    "a marker that is a folder": [SH, entry("bin/.wh..wh..opq/", kind=b"5")],
    "a whiteout that is a link": [SH, symlink("bin/.wh.sh", "x")],
    "a global header after a path": [OTHER + pax([("path", "doc")]) + NOTE + entry("bin/sh", SHELL, 0o755)],
    "a global header after a long name": [OTHER + long_name("doc") + NOTE + entry("bin/sh", SHELL, 0o755)],
    "a sparse name alone": [OTHER + pax([("GNU.sparse.name", "doc")]) + entry("bin/sh", SHELL, 0o755)],
    "sparse 1 without a minor": [OTHER + pax([("GNU.sparse.major", "1"), ("GNU.sparse.realsize", str(len(ROOT)))]) +
                                 entry("etc/passwd", ROOT + padded(SPARSE) + APP)],
    "a prefix under GNU's magic": [OTHER + entry("etc/passwd", APP) +
                                   entry("etc/passwd", ROOT, magic=b"ustar 00", prefix=b"zz")],
    "no padding at the end": [OTHER + entry("etc/passwd", APP) + entry("etc/passwd", ROOT)[:512 + len(ROOT)]],
    "a capability among many attributes": [pax([(f"SCHILY.xattr.user.a{n}", "v") for n in range(300)] + CAP) + entry("x", SHELL, 0o755)],
    "a setuid hard link": [entry("a", SHELL, 0o755) + hard("b", "a", 0o4755)],
    "a setuid hard link that is gone": [entry("a", SHELL, 0o755) + hard("b", "a", 0o4755), entry(".wh.b")],
    "a setuid hard link that is replaced": [entry("a", SHELL, 0o755) + hard("b", "a", 0o4755) + entry("b", b"x")],
    "a hard link with a capability": [entry("a", SHELL, 0o755) + pax(CAP) + hard("b", "a", 0o755) + entry("b", b"x")],
    "a hard link that makes a shell": [folder("bin") + entry("bin/sh", SHELL, 0o644) + hard("bin/x", "bin/sh", 0o755)],
    "passwd through a hard link to a link": [folder("real") + symlink("l", "real") + hard("etc", "l") + entry("etc/passwd", ROOT)],
    "passwd through a link of a lower layer": [folder("real") + entry("real/passwd", APP) + symlink("etc", "real"), entry("etc/passwd", ROOT)],
    "an opaque root": [SH, entry(".wh..wh..opq") + OTHER],
    "a whiteout, then the folder": [SH, entry(".wh.bin") + folder("bin") + entry("bin/x", b"y")],
    "the folder, then a whiteout": [SH, folder("bin") + entry("bin/x", b"y") + entry(".wh.bin")],
    "a file, then the folder": [SH, entry("bin", b"x") + folder("bin")],
    "a whiteout after its file": [OTHER + entry("etc/passwd", ROOT), folder("etc") + entry("etc/passwd", APP) + entry("etc/.wh.passwd")],
    "a whiteout through a link": [folder("usr") + folder("usr/bin") + entry("usr/bin/x", SHELL, 0o4755) + symlink("bin", "usr/bin"),
                                  entry("bin/.wh.x")],
    "in a folder of aufs": [entry("a", SHELL, 0o755) + hard(".wh..wh.d/x", "a", 0o4755)],
    "an attribute of overlayfs": [SH, pax([("SCHILY.xattr.trusted.overlay.opaque", "y")]) + folder("bin")],
    "files of overlayfs": [folder("d") + entry("d/blob", SHELL, 0o4755),
                           pax([("SCHILY.xattr.trusted.overlay.metacopy", ""), ("SCHILY.xattr.trusted.overlay.redirect", "/d/blob")]) +
                           entry("x", b"", 0o755)],
}


def inside(tree, path, links=0):
    """The path in the tree, links resolved below its root; None: it leads nowhere."""
    done = ""
    names = path.split("/")
    while names:
        name = names.pop(0)
        if name in ("", "."):
            continue
        if name == "..":
            done = os.path.dirname(done)
            continue
        here = os.path.join(done, name)
        real = os.path.join(tree, here)
        if not os.path.lexists(real):
            return None
        if os.path.islink(real):
            to, links = os.readlink(real), links + 1
            if links > 40:
                return None
            done, names = "" if to.startswith("/") else done, to.split("/") + names
        else:
            done = here
    return os.path.join(tree, done)


def look(tree):
    """The criteria that fail in a tree."""
    bad = set()
    for top, _, files in os.walk(tree):
        for name in files:
            path = os.path.join(top, name)
            if not os.path.lexists(path) or not stat.S_ISREG(os.lstat(path).st_mode):
                continue  # overlayfs lists what it cannot show
            st = os.lstat(path)
            if st.st_mode & stat.S_ISUID or "security.capability" in os.listxattr(path, follow_symlinks=False):
                bad.add("conf.priv")
            with open(path, "rb") as f:
                if name == "sh" and st.st_mode & 0o111 and f.read(4) == b"\x7fELF":
                    bad.add("min.shell")
    passwd = inside(tree, "etc/passwd")
    if passwd:
        with open(passwd, "rb") as f:
            first = [line.split(b":") for line in f if line.startswith(b"app:")][:1]
        if first and first[0][2] == b"0":
            bad.add("conf.user")
    return bad


def quiet(*command, **more):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, **more)


def umoci(image, work):
    tree = os.path.join(work, "umoci")
    return None if quiet("umoci", "raw", "unpack", "--image", image + ":x", tree).returncode else look(tree)


def buildah(driver):
    def run(image, work):
        call = ["buildah", "--root", f"{work}/{driver}", "--runroot", f"{work}/{driver}-run", "--storage-driver", driver]
        r = quiet(*call, "from", "--name", "t", "oci:" + image)
        if r.returncode:
            return None
        tree = quiet(*call, "mount", "t").stdout.split()[-1]
        try:
            return look(tree)
        finally:
            quiet(*call, "umount", "t")
            quiet(*call, "rm", "t")
    return run


def verdicts(scoville, image):
    r = subprocess.run([scoville, "grade", "--no-cache", "--now", "2026-11-01", "-q", "-o", "json", "oci:" + image],
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if not r.stdout:
        return {}
    return {c["id"]: c["verdict"] for c in json.loads(r.stdout)["criteria"]}


def make(where, layers):
    layout = Layout(where)
    image = layout.image([layout.layer(data if len(data) % 512 else data + END) for data in layers], {"User": "app"})
    image["annotations"] = {"org.opencontainers.image.ref.name": "x"}
    layout.index(image)


def main():
    if os.getuid() or not shutil.which("umoci"):
        print("skipped: needs root and umoci")
        sys.exit(77)
    scoville = os.path.abspath(sys.argv[1])
    unpackers = {"umoci": umoci}
    if os.environ.get("SCOVILLE_TEST_ALL") and shutil.which("buildah"):
        unpackers.update({"buildah, vfs": buildah("vfs"), "buildah, overlay": buildah("overlay")})
    failed = checked = 0
    for name, layers in IMAGES.items():
        with tempfile.TemporaryDirectory() as work:
            image = os.path.join(work, "image")
            make(image, layers)
            said = verdicts(scoville, image)
            for unpacker, run in unpackers.items():
                bad = run(image, work)
                checked += bad is not None
                wrong = [c for c in bad or () if said.get(c) == "met"]
                if wrong:
                    failed += 1
                    print(f"FAILED {name}: {', '.join(wrong)} met, but not as {unpacker} unpacks it")
            if name in ("a shell", "no shell") and said.get("min.shell") != ("not-met" if name == "a shell" else "met"):
                failed += 1
                print(f"FAILED {name}: {said.get('min.shell')}")
    print(f"{len(IMAGES)} images, {checked} times unpacked, {failed} failed")
    sys.exit(1 if failed or not checked else 0)


main()
