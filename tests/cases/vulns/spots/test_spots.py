#!/usr/bin/env python3
"""test_spots.py SCOVILLE: pairs of a package and an advisory (pairs.tsv), whose answers were worked out by hand.

Each pair is a root folder with the record of that one package. The database is built from ../shared/data/vulns beside the project
(SCOVILLE_TEST_SHARED: elsewhere), and from tracker.json, which is of Debian's form and made for this; without them it skips.

SPDX-License-Identifier: Apache-2.0
"""
import glob
import json
import os
import sqlite3
import struct
import subprocess
import sys
import tempfile
import zlib

here = os.path.dirname(os.path.abspath(__file__))
scoville = os.path.abspath(sys.argv[1])
PAIRS_MIN, ECOSYSTEMS_MIN = 100, 12
SYSTEMS = {"Debian": "debian", "Alpine": "alpine", "Wolfi": "wolfi", "AlmaLinux": "almalinux"}
RELEASES = {"Debian": "{}", "Alpine": "{}.9", "AlmaLinux": "{}.4"}


def write(root, path, data):
    path = os.path.join(root, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())
    return path


def system(root, name, release):
    version = RELEASES[name].format(release.lstrip("v")) if release else "20230201"
    write(root, "etc/os-release", f'ID={SYSTEMS[name]}\nVERSION_ID="{version}"\nPRETTY_NAME="{name} {version}"\n')


# ---- records of packages ----

def debian(root, name, of, version):
    source = f"Source: {of}\n" if of else ""
    write(root, "var/lib/dpkg/status", f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\n{source}Version: {version}\n"
          "Maintainer: Someone <someone@debian.org>\nDescription: text\n")
    if name == "linux-libc-dev":
        write(root, "usr/include/linux/a.h", "#define A 1\n")
        write(root, f"var/lib/dpkg/info/{name}.list", "/.\n/usr\n/usr/include\n/usr/include/linux\n/usr/include/linux/a.h\n")


def apk(root, name, of, version):
    write(root, "lib/apk/db/installed", f"P:{name}\nV:{version}\nA:x86_64\no:{of}\nL:MIT\n\n")


def rpm_header(texts, numbers):
    index, data = b"", b""
    for tag, value in sorted({**texts, **numbers}.items()):
        is_number = tag in numbers
        data += b"\0" * (-len(data) % 4 if is_number else 0)
        index += struct.pack(">IIII", tag, 4 if is_number else 6, len(data), 1)
        data += struct.pack(">I", value) if is_number else value.encode() + b"\0"
    return struct.pack(">II", len(index) // 16, len(data)) + index + data


def rpm(root, name, of, version):
    epoch, _, rest = version.rpartition(":")
    number, release = rest.split("-")
    texts = {1000: name, 1001: number, 1002: release, 1011: "AlmaLinux", 1014: "MIT", 1022: "x86_64", 1044: f"{name}-{number}-{release}.src.rpm"}
    if of:
        texts[5096] = of
    path = write(root, "var/lib/rpm/rpmdb.sqlite", b"")
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
    base.execute("INSERT INTO Packages (blob) VALUES (?)", (rpm_header(texts, {1003: int(epoch)} if epoch else {}),))
    base.commit()
    base.close()


def python(root, name, of, version):
    folder = f"usr/lib/python3/dist-packages/{name}-{version}.dist-info"
    write(root, folder + "/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\ntext\n")
    write(root, folder + "/RECORD", f"{name}.py,,\n")
    if of:
        system(root, "Debian", "12")
        debian(root, of, "", version + "-1")
        write(root, f"var/lib/dpkg/info/{of}.list", f"/.\n/{folder}\n/{folder}/METADATA\n/{folder}/RECORD\n")


def npm(root, name, _of, version):
    write(root, f"app/node_modules/{name}/package.json", json.dumps({"name": name, "version": version}))


def gem(root, name, _of, version):
    write(root, f"usr/lib/ruby/gems/3.1.0/specifications/{name}-{version}.gemspec",
          f'Gem::Specification.new do |s|\n  s.name = "{name}".freeze\n  s.version = "{version}"\nend\n')


def composer(root, name, _of, version):
    write(root, "app/vendor/composer/installed.json", json.dumps({"packages": [{"name": name, "version": version}]}))


def bitnami(root, name, _of, version):
    write(root, f"opt/bitnami/{name}/.spdx-{name}.spdx", json.dumps({
        "spdxVersion": "SPDX-2.3", "packages": [{"name": name, "versionInfo": version, "externalRefs": [
            {"referenceType": "purl", "referenceLocator": f"pkg:bitnami/{name}@{version}?arch=amd64"}]}]}))


def elf(root, path, data, unloaded=b""):
    """A program with these bytes as its data, read-only and writable, and others that are not loaded."""
    start, size = 256, max(len(data), 2048)
    head = b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0x400000, 64, 0, 0, 64, 56, 2, 0, 0, 0)
    for flags, at, n in ((4, 0, start), (6, start, size)):
        head += struct.pack("<IIQQQQQQ", 1, flags, at, 0x400000 + at, 0x400000 + at, n, n, 16)
    os.chmod(write(root, path, head.ljust(start, b"\0") + data.ljust(size, b"\0") + unloaded), 0o755)


def go(root, name, of, version):
    release, lines = "go1.30.0", "path\texample.com/tool\nmod\texample.com/tool\t(devel)\t\n"
    if name == "stdlib":
        release = version
    elif of == "main":
        lines = f"path\t{name}\nmod\t{name}\t{version}\t\n"
    else:
        lines += f"dep\t{name}\t{version}\th1:AAAA=\n"
    modules = bytes.fromhex("3077af0c9274080241e1c107e6d618e6") + lines.encode() + bytes.fromhex("f932433186182072008242104116d8f2")
    size = struct.pack("B", len(modules)) if len(modules) < 128 else struct.pack("BB", len(modules) & 127 | 128, len(modules) >> 7)
    elf(root, "usr/bin/tool", (b"\xff Go buildinf:" + bytes([8, 2])).ljust(32, b"\0") + bytes([len(release)]) + release.encode() + size + modules)


def cargo(root, name, _of, version):
    elf(root, "usr/bin/tool", b"", zlib.compress(json.dumps({"packages": [
        {"name": name, "version": version, "source": "crates.io"}, {"name": "tool", "version": "0.1.0", "source": "local", "root": True}]},
        separators=(",", ":")).encode()))


def program(root, name, _of, version):
    elf(root, f"usr/sbin/{name}", b"\0" * 64 + f"{name} version: {name}/{version}\0".encode())


MAKERS = {"Debian": debian, "Alpine": apk, "Wolfi": apk, "AlmaLinux": rpm, "PyPI": python, "npm": npm, "RubyGems": gem, "Packagist": composer,
          "Bitnami": bitnami, "Go": go, "crates.io": cargo, "program": program}


# ---- what is found ----

def normal(name):
    return name.lower().replace(".", "-").replace("_", "-")


def answer(report, name, ids):
    """affected, suppressed, unimportant, not; or what is odd."""
    found = [v for v in report["vulnerabilities"] if normal(v["package"]) == normal(name) and set(ids) & {v["id"], *v["aliases"]}]
    if not found:
        return "not"
    if len(found) > 1:
        return f"{len(found)} findings: " + " ".join(v["id"] for v in found)
    missing = set(ids) - {found[0]["id"], *found[0]["aliases"]}
    if missing:
        return f"{found[0]['status']}, without the name {' '.join(sorted(missing))}"
    return "unimportant" if found[0]["unimportant"] else found[0]["status"]


def check(folder, db, row):
    ecosystem, name, of, version, ids = row[:5]
    kind, _, release = ecosystem.partition(":")
    root = os.path.join(folder, "root")
    os.mkdir(root)
    if kind in SYSTEMS:
        system(root, kind, release)
    MAKERS[kind](root, name, of, version)
    done = subprocess.run([scoville, "grade", "rootfs:" + root, "--db", db, "-o", "json", "--no-cache", "--skip", "secrets"],
                          stdout=subprocess.PIPE, text=True, check=False)
    subprocess.run(["rm", "-r", root], check=True)
    report = json.loads(done.stdout)
    if not any(normal(p["name"]) == normal(name) and (of == "main" or p["version"] in (version, version.split()[0], version.split()[0].removeprefix("go")))
               for p in report["packages"]):
        return "no such package: " + " ".join(f"{p['name']} {p['version']}" for p in report["packages"])
    return answer(report, name, ids.split("="))


def main():
    shared = os.environ.get("SCOVILLE_TEST_SHARED") or os.path.join(here, "../../../../../shared")
    archives = sorted(glob.glob(os.path.join(shared, "data/vulns/*.zst")))
    if not archives:
        print("skipped: no advisories (../shared/data/vulns)")
        return 77
    with open(os.path.join(here, "pairs.tsv"), encoding="utf-8") as f:
        rows = [line.rstrip("\n").split("\t") for line in f if not line.startswith("#")]
    wrong, known, counts = 0, 0, {}
    with tempfile.TemporaryDirectory() as folder:
        db = os.path.join(folder, "db")
        subprocess.run([scoville, "db", "build", *archives, os.path.join(here, "tracker.json"), "-o", db], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        for row in rows:
            expected, is_known = row[5].removeprefix("!"), row[5].startswith("!")
            got = check(folder, db, row)
            key = (row[0].partition(":")[0], expected)
            counts[key] = counts.get(key, 0) + 1
            known += is_known
            if (got == expected) == is_known:
                wrong += 1
                print("FAILED", *row[:5], "expected", row[5], "got", got, "|", *row[6:])
    for kind in MAKERS:
        print(f"{kind:10}", *(f"{n} {of}" for (k, of), n in counts.items() if k == kind))
    assert len(rows) >= PAIRS_MIN and len({k for k, _ in counts}) >= ECOSYSTEMS_MIN, "the table is not whole"
    print(f"{len(rows)} pairs, {wrong} wrong, {known} known to be wrong")
    return 1 if wrong else 0


sys.exit(main())
