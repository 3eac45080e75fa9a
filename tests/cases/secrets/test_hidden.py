#!/usr/bin/env python3
"""test_hidden.py SCOVILLE: a secret where a layer holds bytes that are of no file, or of a file that hides them.

Each row is a layer with one secret. It is found, or it is said that something could not be looked at: conf.secrets is never met.

SPDX-License-Identifier: Apache-2.0
"""
import base64
import gzip
import io
import json
import lzma
import os
import struct
import sys
import tempfile
import zipfile
import zlib

import plant
from oci import LAYER, Layout, sha

scoville = os.path.abspath(sys.argv[1])
BLOCK = 512
OS = plant.OS
END = bytes(2 * BLOCK)
rows = []


def head(name, size, flag=b"0", fields=()):
    """A ustar header; fields: offset and bytes."""
    h = bytearray(BLOCK)
    for at, value in ((0, name.encode()), (100, b"0000644"), (108, b"0000000"), (116, b"0000000"), (124, b"%011o" % size), (136, b"%011o" % 0),
                      (156, flag), (257, b"ustar\0" + b"00"), *fields):
        h[at:at + len(value)] = value
    h[148:156] = b" " * 8
    h[148:156] = b"%06o\0 " % sum(h)
    return bytes(h)


def entry(name, data, flag=b"0", fields=()):
    return head(name, len(data), flag, fields) + data + bytes(-len(data) % BLOCK)


def pax(key, value):
    record = b" " + key + b"=" + value + b"\n"
    size = len(record) + 1
    while len(str(size)) + len(record) != size:
        size = len(str(size)) + len(record)
    return b"%d" % size + record


def zipped(data=b"x", name="n", comment=b"", extra=b"", method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        info = zipfile.ZipInfo(name)
        info.compress_type, info.extra = method, extra
        z.writestr(info, data)
        z.comment = comment
    return out.getvalue()


def zstd(data):
    """One frame of one raw block for each 128 KB."""
    blocks = [data[i:i + (128 << 10)] for i in range(0, len(data), 128 << 10)]
    out = b"\x28\xb5\x2f\xfd" + bytes([0x80]) + bytes([0x38]) + struct.pack("<I", len(data))
    return out + b"".join(struct.pack("<I", len(b) << 3 | (b is blocks[-1]))[:3] + b for b in blocks)


def named(packed, flag, text):
    """A gzip stream with a name (8) or a comment (16)."""
    return packed[:3] + bytes([flag]) + packed[4:10] + text + b"\0" + packed[10:]


def row(name, make, found=True, pack=lambda tar, secret: gzip.compress(tar)):
    """make: the tar from a line that holds the secret. found: else it is said that something was not looked at."""
    rows.append((name, make, found, pack))


def file(data):
    return entry("a", data) + END


row("an entry behind the end", lambda s: END + entry("a", s) + END)
row("text behind the end", lambda s: END + s.ljust(BLOCK))
row("behind one block of zeros", lambda s: bytes(BLOCK) + entry("a", s) + END, found=False)
row("the filling of a block", lambda s: head("a", 3) + b"abc" + (b"\n" + s).ljust(BLOCK - 3, b"\0") + END)
row("an entry of a type that nobody knows", lambda s: entry("a", s, b"Z") + END)
row("content of a symbolic link", lambda s: entry("a", s, b"2") + END, found=False)
row("the target of a link that is none", lambda s: entry("a", b"x", fields=[(157, s.strip())]) + END)
row("a long target of a link that is none", lambda s: entry("k", s.strip() + b"\0", b"K") + entry("a", b"x") + END)
row("content of a whiteout", lambda s: entry("etc/.wh.b", s) + END)
row("content of a file of aufs", lambda s: entry(".wh..wh.plnk/b", s) + END)
row("content of a file of aufs further down", lambda s: entry("opt/.wh..wh.a", s) + END)
row("content of an opaque marker", lambda s: entry("opt/.wh..wh..opq", bytes(300) + s) + END)
row("content of a file with a path that leads out", lambda s: entry("../a", s) + END)
row("a zip as a whiteout", lambda s: entry("opt/.wh.a", zipped(s)) + END)
for key in (b"comment", b"uname", b"VENDOR.key", b"LIBARCHIVE.symlinktype"):
    row(f"pax: {key.decode()}", lambda s, key=key: entry("p", pax(key, s.strip()), b"x") + entry("a", b"x") + END)
row("pax: a key", lambda s: entry("p", pax(b"X." + s.split()[-1], b"1"), b"x") + entry("a", b"x") + END)
row("pax: global", lambda s: entry("p", pax(b"comment", s.strip()), b"g") + entry("a", b"x") + END)
row("pax: an attribute over the limit", lambda s: entry("p", pax(b"SCHILY.xattr.user.k", s.strip() + b" " * 200000), b"x") + entry("a", b"x") + END)
row("pax: an attribute whose base64 is broken", lambda s: entry("p", pax(b"LIBARCHIVE.xattr.user.k", s.strip() + b"!"), b"x") + entry("a", b"x") + END)
row("header: after the name's NUL", lambda s: entry("a", b"x", fields=[(30, s.strip())]) + END)
row("header: where GNU has no field", lambda s: entry("a", b"x", fields=[(257, b"ustar  \0"), (400, s.strip())]) + END)
row("header: behind a v7 header", lambda s: entry("a", b"x", fields=[(257, bytes(8)), (400, s.strip())]) + END)
row("header: a name that a longer one replaces", lambda s: entry("l", b"b" * 120 + b"\0", b"L") + entry(s.split()[-1].decode(), b"x") + END)
row("header: the name of a pax header", lambda s: entry(s.split()[-1].decode(), pax(b"path", b"b"), b"x") + entry("a", b"x") + END)
row("long name: after its NUL", lambda s: entry("l", b"b\0" + s, b"L") + entry("a", b"x") + END)
row("long name: replaced by another", lambda s: entry("l", s.strip() + b"\0", b"L") + entry("l", b"b\0", b"L") + entry("a", b"x") + END)
row("pax: a path that a later one replaces", lambda s: entry("p", pax(b"path", s.strip()) + pax(b"path", b"b"), b"x") + entry("a", b"x") + END)
row("pax: an attribute that a later one replaces", lambda s: entry("p", pax(b"SCHILY.xattr.user.k", s.strip()) + pax(b"SCHILY.xattr.user.k", b"b"), b"x")
    + entry("a", b"x") + END)
row("pax: a header that a later one replaces", lambda s: entry("p", pax(b"path", s.strip()), b"x") + entry("p", pax(b"path", b"b"), b"x") + entry("a", b"x") + END)
row("pax: the name of an attribute", lambda s: entry("p", pax(b"SCHILY.xattr.user." + s.split()[-1], b"1"), b"x") + entry("a", b"x") + END)
row("a sparse file's map: its filling", lambda s: entry("p", pax(b"GNU.sparse.major", b"1") + pax(b"GNU.sparse.minor", b"0") + pax(b"GNU.sparse.realsize", b"3"), b"x")
    + entry("a", (b"1\n0\n3\n" + s).ljust(BLOCK, b"\0") + b"abc") + END)
row("a sparse file's map in the header: behind its end", lambda s: entry("a", b"abc", b"S", [(257, b"ustar  \0"), (386, b"%011o\0%011o\0" % (0, 3)),
    (386 + 25, s.split()[-1]), (483, b"%011o\0" % 3)]) + END)
row("the name of a folder of aufs", lambda s: entry(".wh..wh." + s.split()[-1].decode(), b"", b"5") + END)
row("the layer's gzip name", lambda s: file(b"x"), pack=lambda tar, s: named(gzip.compress(tar), 8, s.strip()))
row("the layer's gzip comment", lambda s: file(b"x"), pack=lambda tar, s: named(gzip.compress(tar), 16, s.strip()))
row("the layer's skippable frame of zstd", lambda s: file(b"x"), pack=lambda tar, s: zstd(tar) + struct.pack("<II", 0x184d2a53, len(s)) + s)
row("a file's skippable frame of zstd", lambda s: file(struct.pack("<II", 0x184d2a50, len(s)) + s + zstd(b"x")))
row("behind the layer's gzip stream", lambda s: file(b"x"), found=False, pack=lambda tar, s: gzip.compress(tar) + s)
row("a file's gzip name", lambda s: file(named(gzip.compress(b"x"), 8, s.strip())))
row("a zip's comment", lambda s: file(zipped(comment=s)))
row("a zip's extra field", lambda s: file(zipped(extra=struct.pack("<HH", 0x7777, len(s)) + s)))
row("a zip's member's name", lambda s: file(zipped(name=s.decode().split()[-1])))
row("behind a zip", lambda s: file(zipped() + s))
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
row("a zip after a picture", lambda s: file(PNG + zipped(s)))
row("a zip after a picture, with a comment", lambda s: file(PNG + zipped(s, comment=b"a comment")))
row("a zip after text", lambda s: file(b"some text\n" * 5000 + zipped(s)))
row("two zips after a picture", lambda s: file(PNG + zipped() + zipped(s)))
row("a zip far after another", lambda s: file(PNG + zipped() + bytes(700000) + zipped(s) + b"x"))
row("a zip after what begins like one", lambda s: file(PNG + zipped()[:40] + b"junk" * 3000 + zipped(s)))
row("a zip's member after other bytes in a method that is not read", lambda s: file(PNG + zipped(s, method=zipfile.ZIP_LZMA)), found=False)
row("text where a header of a zip says a member is", lambda s: file(PNG + zipped(s, method=zipfile.ZIP_LZMA)[:30] + b"n\n" + s + bytes(500)))
row("a zip after other bytes whose members cannot be found", lambda s: file(PNG + zipped(s).replace(b"PK\3\4\x14", b"PK\3\4\x63")), found=False)
row("a zip's member in a method that is not read", lambda s: file(zipped(s, method=zipfile.ZIP_LZMA)), found=False)
row("a tar in the layer: behind its end", lambda s: file(entry("b", b"x") + END + s))
row("a tar in the layer: pax comment", lambda s: file(entry("p", pax(b"comment", s.strip()), b"x") + entry("b", b"x") + END))
row("archives in each other, too deep", lambda s: file(gzip.compress(gzip.compress(gzip.compress(gzip.compress(lzma.compress(s)))))), found=False)
for codec, mark in (("utf-16le", b"\xff\xfe"), ("utf-16be", b"\xfe\xff")):
    row(f"a text in {codec}", lambda s, c=codec, m=mark: file(m + s.decode().encode(c)))
    row(f"a password in {codec}", lambda s, c=codec, m=mark: file(m + f"user = app\r\npassword = {plant.password()}\r\n".encode(c)))
row("an object of git", lambda s: file(zlib.compress(b"blob %d\0" % len(s) + s)))
row("a text that begins as zlib does", lambda s: file(b"x^2 = y\n" + s))
row("base64 without a break, far from its start", lambda s: file(base64.b64encode(b" .,;:" * 2000 + s + b"\n" * 300)))


def verdict(folder, raw, packed):
    layout = Layout(folder)
    digest = sha(packed)
    with open(layout.path(digest), "wb") as f:
        f.write(packed)
    reference = layout.index(layout.image([({"mediaType": LAYER + "+gzip", "digest": digest, "size": len(packed)}, sha(raw))]))
    status, out, err = plant.run(scoville, "grade", "--no-cache", "--now", plant.NOW, "-o", "json", reference)
    if status not in (0, 4):
        return f"exit {status}: {err[:200]}", 0, False
    report = json.loads(out)
    is_said = bool(report["diagnostics"])
    return next(c["verdict"] for c in report["criteria"] if c["id"] == "conf.secrets"), len(plant.gate(report)), is_said


def main():
    wrong = 0
    for name, make, found, pack in [("nothing hidden", lambda s: file(b"x"), None, lambda tar, s: gzip.compress(tar)), *rows]:
        secret = f"key = {plant.github()}\n".encode()
        raw = entry(*OS) + make(secret)
        with tempfile.TemporaryDirectory() as folder:
            is_met, n, is_said = verdict(folder, raw, pack(raw, secret))
        good = is_met == "met" and not n if found is None else is_met == "not-met" and n >= 1 if found else is_met == "not-assessed" and is_said
        print(f"{'ok' if good else 'FAILED'} {name}: {is_met}, {n} found{', said' if is_said else ''}")
        wrong += not good
    print(f"{len(rows) + 1} layers, {wrong} wrong")
    return wrong != 0


sys.exit(main())
