#!/usr/bin/env python3
"""test_bad.py SCOVILLE: files that want the search to run out of time or memory, and rules of the user that are wrong.

Each hostile file stands in a layer between two planted secrets. Whatever it does: the run ends in bounded time and memory, both secrets
are found, and conf.secrets is not met; in the same layer without the secrets it is met only where nothing was left out, else not
assessed, and a diagnostic says what was left out.

SPDX-License-Identifier: Apache-2.0
"""
import base64
import bz2
import gzip
import hashlib
import io
import json
import lzma
import os
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib

import plant
from oci import LAYER, Layout, tar
from plant import Image, github

scoville = os.path.abspath(sys.argv[1])
SANITIZED = "sanitized" in sys.argv[2:]
# the peak of one process; a layer of harmless text stays below 80 MiB
MEMORY = 1 << 40 if SANITIZED else 300 << 20
# what meson sets fills memory that is only set apart: a compressor's gigabytes would be measured
os.environ.pop("MALLOC_PERTURB_", None)
cases = []


class Wrong(Exception):
    pass


def case(seconds=10, complete=None):
    """complete: whether all of it can be looked at; None: either, but said."""
    def add(function):
        cases.append((function, seconds, complete))
        return function
    return add


def expect(truth, why):
    if not truth:
        raise Wrong(why)


# Runs the words behind the first and writes the peak of its processes to the file that the first names. What this test itself holds would
# count as the peak of a process that it starts; this one holds nothing.
METER = "import resource, subprocess, sys\nstatus = subprocess.call(sys.argv[2:])\n" \
        "open(sys.argv[1], 'w').write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))\nsys.exit(status)"


def measured(seconds, *words):
    """Status, report, seconds; fails on too much of anything."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as home:
        meter = os.path.join(home, "peak")
        r = subprocess.Popen([sys.executable, "-S", "-c", METER, meter, scoville, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, start_new_session=True, cwd=home,
                             env={**{k: v for k, v in os.environ.items() if not k.startswith("SCOVILLE_")}, "HOME": home})
        try:
            out, err = r.communicate(timeout=seconds * (8 if SANITIZED else 3))
        except subprocess.TimeoutExpired:
            os.killpg(r.pid, signal.SIGKILL)
            r.communicate()
            raise
        peak = int(open(meter).read()) << 10
    took = time.monotonic() - start
    expect(peak < MEMORY, f"{peak >> 20} MiB")
    expect(r.returncode in (0, 4), f"exit {r.returncode}: {err.decode(errors='replace').strip()[:300]}")
    return r.returncode, json.loads(out), took


def layers(layout, *entries):
    """A reference; an entry's data may be a function that writes a stream into the layer, for what is too large to hold."""
    big = [e for e in entries if callable(e[1])]
    if not big:
        return layout.index(layout.image([layout.layer(tar(plant.OS, *entries))]))
    path = os.path.join(layout.folder, "stream")
    raw = hashlib.sha256()
    with open(path, "wb") as f:
        z = zlib.compressobj(1, zlib.DEFLATED, 31)

        def put(data):
            raw.update(data)
            f.write(z.compress(data))
        for name, data in (plant.OS, *entries):
            if callable(data):
                size, pieces = data()
                put(head(name, size))
                for piece in pieces:
                    put(piece)
                put(bytes(-size % 512))
            else:
                put(head(name, len(data)) + data + bytes(-len(data) % 512))
        put(bytes(1024))
        f.write(z.flush())
    packed = hashlib.sha256()
    with open(path, "rb") as f:
        while block := f.read(1 << 20):
            packed.update(block)
    size = os.path.getsize(path)
    os.rename(path, layout.path("sha256:" + packed.hexdigest()))
    descriptor = {"mediaType": LAYER + "+gzip", "digest": "sha256:" + packed.hexdigest(), "size": size}
    return layout.index(layout.image([(descriptor, "sha256:" + raw.hexdigest())]))


def head(name, size):
    """One ustar header."""
    block = bytearray(512)
    block[:len(name)] = name.encode()
    block[100:156] = b"0000644\0" b"0000000\0" b"0000000\0" + b"%011o\0" % size + b"00000000000\0" + b" " * 8
    block[156:265] = b"0".ljust(101, b"\0") + b"ustar\0" b"00"
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def try_one(d, function, seconds, complete):
    made = function()
    entries = made if isinstance(made, list) else [("hostile/" + function.__name__, made)]
    before, behind = github(), github()
    reference = layers(Layout(d + "/with"), ("a/before", f"T={before}\n".encode()), *entries, ("z/behind", f"T={behind}\n".encode()))
    status, report, took = measured(seconds, "grade", "--no-cache", "--now", plant.NOW, "-o", "json", reference)
    found = {s["path"] for s in report["secrets"] if s["level"] == "high"}
    expect({"a/before", "z/behind"} <= found, f"the secrets around it: {sorted(found)[:5]}, exit {status}, {report['diagnostics'][:2]}")
    verdict = next(c for c in report["criteria"] if c["id"] == "conf.secrets")
    expect(verdict["verdict"] == "not-met", f"{verdict['verdict']}: {verdict['reason']}")
    expect(took < seconds or SANITIZED, f"{took:.1f} s, not {seconds}")
    whole = report["secret_search"]["complete"]
    expect(complete in (None, whole), f"complete: {whole}: {report['secret_search']['missing']} {report['diagnostics'][:2]}")
    expect(whole or report["diagnostics"], "not complete, and no diagnostic says why")
    reference = layers(Layout(d + "/alone"), *entries)
    _, report, _ = measured(seconds, "grade", "--no-cache", "--now", plant.NOW, "-o", "json", reference)
    verdict = next(c for c in report["criteria"] if c["id"] == "conf.secrets")
    if not whole:
        expect(verdict["verdict"] in ("not-assessed", "not-met"), f"alone: {verdict['verdict']}, though not all was looked at")
    return took, whole


# ---- archives ------------------------------------------------------------------------------------

def zipped(name, data, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        z.writestr(name, data)
    return out.getvalue()


@case(complete=False)
def zips_in_zips():
    data = b"the innermost\n"
    for i in range(40):
        data = zipped(f"level{i}.zip", data)
    return data


@case(complete=False)
def gzips_in_gzips():
    data = os.urandom(64)
    for _ in range(200):
        data = gzip.compress(data, mtime=0)
    return data


@case(complete=False)
def a_quine_of_an_archive():
    """A tar whose member is a tar whose member ...: more levels than anyone unpacks."""
    data = b"x"
    for i in range(30):
        data = tar((f"t{i}.tar", data))
    return data


@case(seconds=20)
def a_zip_of_zeros():
    return zipped("zeros", bytes(256 << 20))


@case(seconds=30)
def many_members_of_zeros():
    """Each below what a ratio is counted from."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for i in range(40):
            z.writestr(f"zeros{i}", bytes(16 << 20))
    return out.getvalue()


@case(seconds=20)
def an_xz_of_zeros():
    return lzma.compress(bytes(256 << 20), preset=1)


@case(seconds=20)
def a_gzip_of_zeros():
    return gzip.compress(bytes(512 << 20), 9, mtime=0)


@case(seconds=20)
def a_bzip2_of_zeros():
    return bz2.compress(bytes(256 << 20))


@case(seconds=20, complete=False)
def an_xz_with_a_huge_dictionary():
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1 << 30}]
    return lzma.compress(b"small\n" * 100, filters=filters)


@case()
def a_zip_that_lies():
    """Sizes, offsets and counts of another file."""
    data = bytearray(zipped("a", os.urandom(3000)))
    struct.pack_into("<II", data, 18, 0xfffffff0, 0xfffffff0)
    return bytes(data)


@case()
def a_zip_with_a_bad_end():
    return zipped("a", os.urandom(3000))[:-40] + b"PK\5\6" + b"\xff" * 18


@case(seconds=20)
def a_zip_of_very_many_members():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as z:
        for i in range(60000):
            z.writestr(f"m{i}", b"")
    return out.getvalue()


@case(complete=False)
def archives_that_are_cut():
    word = os.urandom(200000)
    return [("hostile/cut.gz", gzip.compress(word)[:90000]), ("hostile/cut.xz", lzma.compress(word)[:90000]), ("hostile/cut.bz2", bz2.compress(word)[:90000]),
            ("hostile/cut.zip", zipped("a", word)[:90000]), ("hostile/cut.tar", tar(("a", word))[:90000])]


# ---- texts ---------------------------------------------------------------------------------------

@case(seconds=40)
def a_line_of_a_gigabyte():
    block = b"a=b; " * 13107 + b"c"
    return [("hostile/line", lambda: (len(block) * 16384, (block for _ in range(16384))))]


@case(seconds=40)
def ten_million_near_matches():
    """What the literals of the rules find, and no expression takes."""
    near = b"".join(b" " + p + b"!" for p in (b"gh" b"p_", b"AK" b"IA", b"password", b"glp" b"at-", b"sk_" b"live_", b"xox" b"b-", b"-----BEGIN ", b"token"))
    block = near * (65536 // len(near))
    return [("hostile/near", lambda: (len(block) * 1250, (block for _ in range(1250))))]


@case(seconds=40)
def names_without_values():
    block = b"password=\nsecret: \ntoken = \n\"api_key\":\n" * 1600
    return [("hostile/names", lambda: (len(block) * 800, (block for _ in range(800))))]


@case(seconds=30)
def starts_of_keys_without_end():
    block = ("-----BEGIN " + "PRIVATE KEY-----\n").encode() + b"MIIE" * 16 + b"\n"
    return block * 200000


@case(seconds=30, complete=False)
def more_secrets_than_are_kept():
    return "".join(github() + "\n" for _ in range(30000)).encode()


@case(seconds=30)
def encoded_without_end():
    """Base64 of base64 and so on, and escapes of escapes."""
    data = github().encode()
    for _ in range(12):
        data = base64.b64encode(data)
    return data + b"\n" + b"\\\\u005c" * 100000 + b"%25" * 300000


@case(seconds=20)
def base64_without_end():
    piece = base64.b64encode(b"x" * 30 + b"-----BEGIN " + b"PRIVATE KEY-----" + b"y" * 35)
    return piece * 40000


@case(seconds=20)
def quotes_and_backslashes():
    return b'password="' + b'\\"' * 3000000 + b"\n" + b"token='" * 500000


@case(seconds=30)
def json_ten_thousand_deep():
    return b'{"password":' * 10000 + b'"x"' + b"}" * 10000 + b"[" * 1000000


@case(seconds=20)
def utf16_of_everything():
    return b"\xff\xfe" + "".join(chr(c) for c in range(32, 0xd800)).encode("utf-16-le") * 20 + "password=".encode("utf-16-le") * 50000


@case(seconds=20)
def one_of_each_byte():
    return bytes(range(256)) * 40000


# ---- keys and key stores ---------------------------------------------------------------------------

def der(tag, body):
    size = len(body)
    return bytes([tag]) + (bytes([size]) if size < 128 else b"\x84" + struct.pack(">I", size)) + body


def pem(label, body):
    text = base64.encodebytes(body).decode()
    return f"-----BEGIN {label}-----\n{text}-----END {label}-----\n".encode()


@case()
def broken_asn1():
    label = "PRIVATE" + " KEY"
    deep = b""
    for _ in range(2000):
        deep = der(0x30, deep)
    return [("hostile/empty.key", pem(label, b"")), ("hostile/deep.key", pem(label, deep[:60000])), ("hostile/length.key", pem(label, b"\x30\x84\xff\xff\xff\xff\x02\x01\x00")),
            ("hostile/endless.key", pem(label, b"\x30\x80" * 5000)), ("hostile/numbers.key", pem("RSA " + label, der(0x30, der(2, b"\xff" * 40000) * 3))),
            ("hostile/noise.der", b"\x30\x82" + os.urandom(70000)), ("hostile/zero.key", pem("EC " + label, der(0x30, der(2, b"\1") + der(4, bytes(32)))))]


@case(seconds=15)
def key_stores_of_absurd_cost():
    """PKCS#12 of two thousand million rounds, of salts that are not there; a JKS of as many entries."""
    oid = lambda *a: der(6, bytes(a))  # noqa: E731
    data_oid = oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1)
    sha1 = der(0x30, oid(0x2b, 0x0e, 3, 2, 0x1a) + der(5, b""))
    files = []
    for i, rounds in enumerate((0x7fffffff, 0x7fffffffffffffff, 1000000, -1)):
        count = rounds.to_bytes(9, "big", signed=True).lstrip(b"\0") or b"\0"
        mac = der(0x30, der(0x30, sha1 + der(4, bytes(20))) + der(4, bytes(8)) + der(2, b"\0" + count if count[0] & 128 and rounds > 0 else count))
        safe = der(0x30, data_oid + der(0xa0, der(4, der(0x30, b""))))
        files.append((f"hostile/store{i}.p12", der(0x30, der(2, b"\3") + safe + mac)))
        pbkdf = der(0x30, oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 0x0c) + der(0x30, der(4, bytes(8)) + der(2, b"\x7f\xff\xff\xff")))
        pbes = der(0x30, oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 0x0d) + der(0x30, pbkdf + der(0x30, oid(0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 0x2a) + der(4, bytes(16)))))
        files.append((f"hostile/encrypted{i}.key", pem("ENCRYPTED " + "PRIVATE KEY", der(0x30, pbes + der(4, bytes(64))))))
    files.append(("hostile/store.jks", b"\xfe\xed\xfe\xed" + struct.pack(">II", 2, 0xffffffff) + struct.pack(">IH", 1, 0xffff) + os.urandom(5000)))
    files.append(("hostile/chain.jks", b"\xfe\xed\xfe\xed" + struct.pack(">II", 2, 1) + struct.pack(">IH", 1, 1) + b"a" + bytes(8) + struct.pack(">II", 4, 1) * 9000))
    files.append(("hostile/ring.gpg", bytes([0x95, 0xff, 0xff]) + b"\x04" + os.urandom(70000)))
    files.append(("hostile/id_rsa", pem("OPENSSH " + "PRIVATE KEY", b"openssh-key-v1\0" + struct.pack(">I", 10) + b"aes256-ctr" + struct.pack(">I", 6) + b"bcrypt"
                                        + struct.pack(">III", 24, 16, 0) + bytes(12) + struct.pack(">I", 0xffffffff) + struct.pack(">I", 0xffffffff))))
    return files


# ---- databases and names ---------------------------------------------------------------------------

@case()
def a_database_in_circles():
    with tempfile.TemporaryDirectory() as d:
        base = sqlite3.connect(d + "/db")
        base.execute("create table t(v)")
        base.executemany("insert into t values(?)", [("x" * 3000,) for _ in range(300)])
        base.commit()
        base.close()
        data = bytearray(open(d + "/db", "rb").read())
    for page in range(1, len(data) // 4096):  # every inner page's and chain's pointer leads to the first pages
        at = page * 4096
        if data[at] == 5:
            struct.pack_into(">I", data, at + 8, 2)
        struct.pack_into(">I", data, at + 4092, 2)
    return [("hostile/circle.db", bytes(data)), ("hostile/sizes.db", b"SQLite format 3\0" + b"\xff" * 4080), ("hostile/short.db", b"SQLite format 3\0")]


@case()
def names_with_every_byte():
    entries = [(f"hostile/{bytes([c]).decode('utf-8', 'surrogateescape')}x", b"password=") for c in range(1, 256) if c != 47]
    entries += [("hostile/" + "d/" * 100 + "deep", b"x"), ("hostile/" + "long" * 60, b"x")]
    entries += [("hostile/a.zip", zipped("\u202e\x1b[31m\n!x", b"x"))]
    return entries


@case(complete=True)
def archives_with_names_like_ours():
    """A name with the sign that parts an archive from its member."""
    return [("hostile/a!b", b"x"), ("hostile/c.zip", zipped("d!e!../../../etc/shadow", b"x"))]


# ---- limits ----------------------------------------------------------------------------------------

def limits():
    """A limit that is hit is told, and then conf.secrets is never met."""
    inner = zipped("b.zip", zipped("c", b"text\n" * 3000))
    failed = 0
    for limit, data in [("nested_depth=0", inner), ("nested_depth=1", inner), ("nested_size=4096", inner), ("nested_ratio=2", zipped("zeros", bytes(80 << 20))),
                        ("secrets=16", "".join(plant.github(good=False) + "\n" for _ in range(40)).encode())]:
        with tempfile.TemporaryDirectory() as d:
            image = Image(1)
            image.add("x", data)
            reference = image.write(d + "/i")
            _, report, _ = measured(20, "grade", "--no-cache", "--limit", limit, "-o", "json", reference)
            verdict = next(c for c in report["criteria"] if c["id"] == "conf.secrets")
            said = [x for x in report["diagnostics"] if x["severity"] in ("warning", "error")]
            if verdict["verdict"] == "met" or report["secret_search"]["complete"] or not said:
                failed += 1
                print(f"FAILED --limit {limit}: {verdict['verdict']}, complete {report['secret_search']['complete']}, {said}")
    print(f"limits: {failed} wrong")
    return failed


# ---- rules of the user -----------------------------------------------------------------------------

GOOD = """[rule house-token]
kind = house-token
title = Token of the house
advice = Ask for another
source = https://example.org/tokens
literal = hse_
expression = (hse_[0-9a-f]{32})
good = hse_{H32}
bad = hse_none
"""

# name, text, line of the error, words
RULES = [
    ("an expression that does not compile", GOOD.replace("{32})", "{32}"), 1, "house-token"),
    ("no literal", GOOD.replace("literal = hse_\n", ""), None, "house-token"),
    ("a literal of two bytes", GOOD.replace("literal = hse_", "literal = hs"), 6, "house-token"),
    ("an unknown key", GOOD + "colour = red\n", 10, "house-token"),
    ("an unknown validator", GOOD + "valid = magic\n", 10, "house-token"),
    ("an unknown level", GOOD + "level = high high huge\n", 10, "house-token"),
    ("a window of a gigabyte", GOOD + "window = 1 1073741824\n", 10, "house-token"),
    ("a group that is not there", GOOD + "group = 7\n", None, "house-token"),
    ("no good example", GOOD.replace("good = hse_{H32}\n", ""), None, "house-token"),
    ("the same rule twice", GOOD + GOOD, 10, "house-token"),
    ("a line outside of a rule", "literal = x\n" + GOOD, 1, ""),
    ("no equals sign", GOOD + "oops\n", 10, ""),
    ("bytes that are no text", GOOD + "\0\0\0\n", 10, ""),
    ("an expression that never ends", GOOD.replace("(hse_[0-9a-f]{32})", "(hse_" + "(a{1,1000}){1,1000}" * 5 + ")"), 1, "house-token"),
]


# what `rules test` alone tries
EXAMPLES = [
    ("a bad piece in a template", GOOD.replace("{H32}", "{Q32}")),
    ("a good example that is not found", GOOD.replace("hse_{H32}", "hse_{H31}")),
    ("a bad example that is found", GOOD.replace("hse_none", "hse_{H32}")),
]


def rules():
    failed = 0
    with tempfile.TemporaryDirectory() as d:
        image = Image(1)
        image.add("app/house", "t hse_" + plant.text(32, plant.HEX) + "\n")
        reference = image.write(d + "/image")
        path = d + "/own.rules"
        for name, text, line, words in [("good ones", GOOD, None, None)] + RULES:
            with open(path, "wb") as f:
                f.write(text.encode())
            for command in ("grade", "secrets"):
                status, out, err = plant.run(scoville, command, "--no-cache", "-o", "json", "--secret-rules", path, reference)
                said = err.decode(errors="replace")
                if words is None:
                    found = [s["rule"] for s in json.loads(out)["secrets"]] if status == 0 else said
                    wrong = found != ["house-token"] and f"found {found}"
                else:
                    wrong = (status != 2 and f"exit {status}") or (out and "a report") or (path not in said and "the file is not named") or \
                        (line and f"{path}:{line}" not in said and f"line {line} is not named") or (words not in said and "the rule is not named")
                if wrong:
                    failed += 1
                    print(f"FAILED rules, {name}: {command}: {wrong}: {said.strip()[:200]}")
        for name, text in EXAMPLES:
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
            status, out, err = plant.run(scoville, "rules", "test", path)
            if status not in (1, 2) or b"house-token" not in out + err:
                failed += 1
                print(f"FAILED rules test, {name}: exit {status}: {(out + err).decode()[:200]}")
        for name, target in (("absent", d + "/none"), ("a folder", d), ("endless", "/dev/zero")):
            status, out, err = plant.run(scoville, "secrets", "--no-cache", "--secret-rules", target, reference)
            if status not in (2, 3) or out or not err:
                failed += 1
                print(f"FAILED rules, {name}: exit {status}: {err.decode()[:200]}")
    print(f"{len(RULES) + len(EXAMPLES) + 4} files of rules, {failed} wrong")
    return failed


def main():
    failed, only = 0, [w for w in sys.argv[2:] if w != "sanitized"]
    for function, seconds, complete in cases:
        if only and function.__name__ not in only:
            continue
        with tempfile.TemporaryDirectory() as d:
            try:
                took, whole = try_one(d, function, seconds, complete)
                print(f"ok {function.__name__} ({took:.1f} s{'' if whole else ', not all looked at'})", flush=True)
            except (Wrong, subprocess.TimeoutExpired, json.JSONDecodeError) as e:
                failed += 1
                print(f"FAILED {function.__name__}: {e}", flush=True)
    print(f"{len(cases)} hostile files, {failed} failed")
    if not only:
        failed += limits() + rules()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
