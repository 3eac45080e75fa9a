#!/usr/bin/env python3
"""test_hostile.py SCOVILLE: records of packages that are damaged, odd or made to be overlooked. Of each the package is listed, or the
inventory is said to be incomplete, which no criterion on vulnerabilities is met with; what is neither is lost.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib

scoville = os.path.abspath(sys.argv[1])
SITE = "usr/lib/python3/site-packages/"
WHEEL = SITE + "x-1.0.dist-info/METADATA"
NPM = "app/node_modules/x/package.json"
GEM = "usr/lib/ruby/gems/3.1.0/specifications/x-1.0.gemspec"
PHP = "app/vendor/composer/installed.json"
NET = "app/x.deps.json"
X = ("x", "1.0")
ADVISORIES = "source\ta\t2026-11-22\t7\nrow\tCVE-1\tPyPI\ty\t-\t1\tfixed\thigh\n"
FOUND, MARKED = "found", "marked"


def jar(path, members):
    with zipfile.ZipFile(path, "w") as z:
        for name, data in members.items():
            z.writestr(name, data)


def manifest(version):
    """The lines of a manifest have 72 bytes at most; a longer value goes on in the next, after a blank."""
    line, out = f"Implementation-Version: {version}", ""
    while line:
        out, line = out + line[:72] + "\r\n", " " + line[72:] if line[72:] else ""
    return "Manifest-Version: 1.0\r\n" + out + "\r\n"


def pom(version):
    return f"#x\ngroupId=g\nartifactId=x\nversion={version}\n"


def elf(section):
    """A program of 64 bits with nothing but its header, a segment, and what nobody loads."""
    header = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\x00\x3e\x00\x01\x00\x00\x00" + (0x400000).to_bytes(8, "little") + (64).to_bytes(8, "little")
    header += bytes(12) + b"\x40\x00\x38\x00\x01\x00\x40\x00\x00\x00\x00\x00"
    load = b"\x01\x00\x00\x00\x05\x00\x00\x00" + bytes(8) + (0x400000).to_bytes(8, "little") * 2 + (2048).to_bytes(8, "little") * 2 + (4096).to_bytes(8, "little")
    return (header + load).ljust(2048, b"\x01") + section


def crates(text):
    return {"bin/x": elf(zlib.compress(text.encode()))}


# what is tried; the files: text, bytes, or a call with the path; what has to be listed; whether the inventory is complete
CASES = [
    ("lines end as on Windows", {WHEEL: "Name: x\r\nVersion: 1.0\r\n\r\n"}, [X], FOUND),
    ("a folded line before", {WHEEL: "Summary: a\n  b\n\tVersion: 9\nName: x\nVersion: 1.0\n"}, [X], FOUND),
    ("other letters of the keys", {WHEEL: "NAME: x\nversion: 1.0\n"}, [X], FOUND),
    ("no blank after the colon", {WHEEL: "Name:x\nVersion:1.0"}, [X], FOUND),
    ("a mark of the byte order", {WHEEL: "\ufeffMetadata-Version: 2.1\nName: x\nVersion: 1.0\n"}, [X], FOUND),
    ("a name on the next line", {WHEEL: "Name:\n x\nVersion: 1.0\n"}, [], MARKED),
    ("an empty line first", {WHEEL: "\nName: x\nVersion: 1.0\n"}, [], MARKED),
    ("UTF-16", {WHEEL: "Name: x\nVersion: 1.0\n".encode("utf-16")}, [], MARKED),
    ("NUL in the name", {WHEEL: "Name: x\0\nVersion: 1.0\n"}, [], MARKED),
    ("Latin-1 in the name", {WHEEL: b"Name: x\xe9\nVersion: 1.0\n"}, [], MARKED),
    ("an empty file", {WHEEL: ""}, [], MARKED),
    ("a very long version", {WHEEL: "Name: x\nVersion: 1." + "0" * 9000 + "\n"}, [], MARKED),
    ("no METADATA", {SITE + "x-1.0.dist-info/RECORD": "x.py,,\n", SITE + "x.py": "\n"}, [], MARKED),
    ("METADATA is a link to another name", {"opt/data": "Name: x\nVersion: 1.0\n", WHEEL: ("link", "/opt/data")}, [], MARKED),
    ("METADATA is a hard link to another name", {"opt/data": "Name: x\nVersion: 1.0\n", WHEEL: ("hard", "opt/data")}, [], MARKED),
    ("METADATA is a link to another record", {"store/x-1.0.dist-info/METADATA": "Name: x\nVersion: 1.0\n", WHEEL: ("link", "/store/x-1.0.dist-info/METADATA")}, [X], FOUND),
    ("no RECORD", {WHEEL: "Name: x\nVersion: 1.0\n"}, [X], FOUND),
    ("an egg of one file", {SITE + "x-1.0-py3.11.egg-info": "Name: x\nVersion: 1.0\n"}, [X], FOUND),
    ("an egg that is an archive", {SITE + "x-1.0-py3.11.egg": lambda p: jar(p, {"EGG-INFO/PKG-INFO": "Name: x\nVersion: 1.0\n"})}, [X], FOUND),
    ("a copy that another brings", {SITE + "y/_vendor/x-1.0.dist-info/METADATA": "Name: x\nVersion: 1.0\n"}, [X], FOUND),

    ("a list", {NPM: '[{"name":"x","version":"1.0"}]'}, [], MARKED),
    ("a comma too many", {NPM: '{"name":"x","version":"1.0",}'}, [], MARKED),
    ("a comment", {NPM: '{"name":"x",/* */"version":"1.0"}'}, [], MARKED),
    ("a version that is an object", {NPM: '{"name":"x","version":{"a":1}}'}, [], MARKED),
    ("a name twice", {NPM: '{"name":"y","name":"x","version":"1.0"}'}, [], MARKED),
    ("a version that is null", {NPM: '{"name":"x","version":null}'}, [], MARKED),
    ("an escape in a key", {NPM: '{"n\\u0061me":"x","version":"1.0"}'}, [X], FOUND),
    ("deep where nobody looks", {NPM: '{"name":"x","version":"1.0","a":' + "[" * 5000 + "]" * 5000 + "}"}, [], MARKED),
    ("cut", {NPM: '{"name":"x","version":"1.0"'}, [], MARKED),
    ("only how it is read", {NPM: '{"type":"module"}'}, [], MARKED),
    ("an empty package.json", {NPM: ""}, [], MARKED),
    ("a link to a folder elsewhere", {"srv/x/package.json": '{"name":"x","version":"1.0"}', "app/node_modules/x": ("link", "/srv/x")}, [X], FOUND),
    ("a link of a scope to a folder elsewhere", {"srv/x/package.json": '{"name":"@s/x","version":"1.0"}', "app/node_modules/@s/x": ("link", "../../../srv/x")}, [("@s/x", "1.0")], FOUND),

    ("RubyGems 1.3", {GEM: 'Gem::Specification.new do |s|\n  s.name = %q{x}\n  s.version = "1.0"\nend\n'}, [X], FOUND),
    ("two colons", {GEM: "Gem::Specification::new do |s|\n  s.name = 'x'\n  s.version = Gem::Version.new('1.0')\nend\n"}, [X], FOUND),
    ("another variable", {GEM: "Gem::Specification.new do |spec|\n  spec.name='x'\n  spec.version='1.0'\nend\n"}, [X], FOUND),
    ("computed", {GEM: "Gem::Specification.new do |s|\n  s.name = N\n  s.version = V\nend\n"}, [X], FOUND),
    ("a specification as YAML", {GEM: "--- !ruby/object:Gem::Specification\nname: x\nversion: !ruby/object:Gem::Version\n  version: 1.0\n"}, [], MARKED),
    ("not a specification", {GEM: "puts 1\n"}, [], MARKED),

    ("Composer 1", {PHP: '[{"name":"v/x","version":"1.0"}]'}, [("v/x", "1.0")], FOUND),
    ("Composer 2", {PHP: '{"packages":[{"name":"v/x","version":"1.0"}]}'}, [("v/x", "1.0")], FOUND),
    ("one that is damaged before", {PHP: '[{"name":"v/y"},{"name":"v/x","version":"1.0"}]'}, [("v/x", "1.0")], MARKED),
    ("packages that are an object", {PHP: '{"packages":{"v/x":{"version":"1.0"}}}'}, [], MARKED),
    ("the folder under another name", {"app/lib/composer/installed.json": '[{"name":"v/x","version":"1.0"}]'}, [("v/x", "1.0")], FOUND),

    ("no libraries", {NET: '{"targets":{}}'}, [], MARKED),
    ("libraries that are a list", {NET: '{"libraries":["x/1.0"]}'}, [], MARKED),
    ("a library without a type", {NET: '{"libraries":{"x/1.0":{}}}'}, [], MARKED),
    ("a library without a version", {NET: '{"libraries":{"y":{"type":"package"},"x/1.0":{"type":"package"}}}'}, [X], MARKED),

    ("a version that goes on", {"a/x.jar": lambda p: jar(p, {"META-INF/MANIFEST.MF": manifest("1." + "0" * 80), "A.class": b"1"})}, [(":x", "1." + "0" * 80)], FOUND),
    # without a version or a group it is a reason of its own, once there are advisories on Maven's packages
    ("a version too long to keep", {"a/x.jar": lambda p: jar(p, {"META-INF/MANIFEST.MF": manifest("1." + "0" * 3000), "A.class": b"1"})}, [(":x", "")], FOUND),
    ("properties without a group", {"a/x.jar": lambda p: jar(p, {"META-INF/maven/g/x/pom.properties": "artifactId=x\nversion=1.0\n"})}, [], MARKED),
    ("two packages of one jar", {"a/y.jar": lambda p: jar(p, {f"META-INF/maven/g/{n}/pom.properties": pom("1.0").replace("=x", "=" + n) for n in "xz"})}, [("g:x", "1.0"), ("g:z", "1.0")], FOUND),
    ("properties that are not text", {"a/x.jar": lambda p: jar(p, {"META-INF/maven/g/x/pom.properties": b"\xff\xfe" * 40})}, [], MARKED),
    ("a jar that is not an archive", {"a/x.jar": b"PK\3\4" + b"x" * 100}, [], MARKED),

    ("crates", crates('{"packages":[{"name":"x","version":"1.0","source":"crates.io"}]}'), [X], FOUND),
    ("a crate without a name", crates('{"packages":[{"version":"1.0","source":"crates.io"}]}'), [], MARKED),
    ("crates that unpack to too much", crates('{"packages":[' + " " * (40 << 20) + '{"name":"x","version":"1.0","source":"crates.io"}]}'), [], MARKED),
    ("crates that are cut", {"bin/x": elf(zlib.compress(('{"packages":[{"name":"x","version":"1.0"}' + ',{"name":"y"}' * 400 + "]}").encode())[:-20])}, [], MARKED),

    ("conda without a version", {"opt/conda/conda-meta/x-1.0-0.json": '{"name":"x"}'}, [], MARKED),
    ("conda", {"opt/conda/conda-meta/x-1.0-0.json": '{"build":"0","name":"x","version":"1.0","files":["a"]}'}, [X], FOUND),
    ("Bitnami without a package of Bitnami's", {"opt/bitnami/x/.spdx-x.spdx": '{"packages":[{"name":"x","versionInfo":"1.0"}]}'}, [], MARKED),
    ("a state that dpkg does not have", {"var/lib/dpkg/status": "Package: x\nStatus: install ok Installed\nVersion: 1.0\n"}, [X], FOUND),
    ("apk without a version", {"lib/apk/db/installed": "P:x\n\nP:y\nV:1.0\n"}, [("y", "1.0")], MARKED),
]


def lay(root, path, content):
    place = f"{root}/{path}"
    os.makedirs(os.path.dirname(place), exist_ok=True)
    if callable(content):
        content(place)
    elif isinstance(content, tuple):
        os.symlink(content[1], place) if content[0] == "link" else os.link(f"{root}/{content[1]}", place)
    else:
        with open(place, "wb") as f:
            f.write(content.encode() if isinstance(content, str) else content)
    if path.startswith("bin/"):
        os.chmod(place, 0o755)


def grade(root, database):
    out = subprocess.run([scoville, "grade", "-o", "json", "--no-cache", "--skip", "secrets", "--db", database, f"rootfs:{root}"],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    report = json.loads(out.stdout)
    vulns = [c for c in report["criteria"] if c["id"].startswith("vuln.")]
    marked = all(any(e["why"].startswith(("layer 0: ", "/")) for e in c["evidence"]) for c in vulns)
    return {(p["name"], p["version"]) for p in report["packages"]}, marked, [c["verdict"] for c in vulns]


def main():
    if not os.environ.get("SCOVILLE_TEST_MAKE_DB"):
        print("skipped: no SCOVILLE_TEST_MAKE_DB")
        return 77
    with tempfile.TemporaryDirectory(prefix="scoville-hostile-") as folder:
        database = os.path.join(folder, "db")
        subprocess.run([os.environ["SCOVILLE_TEST_MAKE_DB"], database, "2026-11-22"], input=ADVISORIES.encode(), check=True)
        return try_all(database)


def built_without_modules(root):
    """A program of GOPATH, whose build information names no module; False: there is no Go."""
    files = {"src/example.com/a/b/b.go": "package b\n\n//go:noinline\nfunc F(n int) int { return n + 1 }\n",
             "src/example.com/a/a.go": 'package main\n\nimport "example.com/a/b"\n\nfunc main() { println(b.F(1)) }\n'}
    with tempfile.TemporaryDirectory(prefix="scoville-hostile-") as path:
        for name, text in files.items():
            lay(path, name, text)
        environment = dict(os.environ, GOPATH=path, GO111MODULE="off", GOFLAGS="-modcacherw")
        return subprocess.run(["go", "build", "-o", f"{root}/a", "."], cwd=f"{path}/src/example.com/a", env=environment).returncode == 0


def try_go(database):
    with tempfile.TemporaryDirectory(prefix="scoville-hostile-") as root:
        if not shutil.which("go") or not built_without_modules(root):
            print("skipped: a program without modules: no Go that builds one")
            return []
        found, marked, _ = grade(root, database)
    return [] if marked else [f"a program without modules: found {sorted(found)}"]


def try_all(database):
    bad = try_go(database)
    for what, files, wanted, state in CASES:
        with tempfile.TemporaryDirectory(prefix="scoville-hostile-") as root:
            for path, content in files.items():
                lay(root, path, content)
            found, marked, verdicts = grade(root, database)
        if not set(wanted) <= found or marked != (state == MARKED) or "met" in verdicts or not verdicts:
            bad.append(f"{what}: found {sorted(found)}, {'incomplete' if marked else 'complete'}, {verdicts}")
    for line in bad:
        print("FAILED", line)
    print(f"{len(CASES) - len(bad)} of {len(CASES)} inputs")
    return 1 if bad else 0


sys.exit(main())
