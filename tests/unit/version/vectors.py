#!/usr/bin/env python3
"""vectors.py ORDER: public vectors of version order against ours, and random versions against the tools that define them.

The vectors are ../shared/data/vulns/vectors/version-order.tar.zst beside the project (SCOVILLE_TEST_SHARED: elsewhere); without them that
part is skipped. Rows that do not hold are in listed.txt beside this file, each under its reason; a listed row that holds is an error too.

SPDX-License-Identifier: Apache-2.0
"""
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

here = os.path.dirname(os.path.abspath(__file__))
top = os.path.dirname(os.path.dirname(os.path.dirname(here)))
program = os.path.abspath(sys.argv[1])

FILES = [("deb", "debian"), ("rpm", "redhat"), ("apk", "alpine"), ("semver", "semver"), ("go", "semver"), ("pep440", "pypi"),
         ("maven", "maven"), ("gem", "rubygems"), ("packagist", "packagist"), ("nuget", "nuget")]
# Orderings of ecosystems that nothing here has advisories of.
UNUSED = ["cran", "hackage", "pub"]
FLIP = {"<": ">", ">": "<", "=": "=", "?": "?"}


def ours(rows):
    """The orders of (scheme, a, b)."""
    lines = "".join(f"{s}\t{a}\t{b}\n" for s, a, b in rows)
    done = subprocess.run([program], input=lines, stdout=subprocess.PIPE, check=True, text=True, encoding="utf-8")
    return done.stdout.split()


def listed():
    rows, reason = {}, ""
    for line in open(os.path.join(here, "listed.txt"), encoding="utf-8"):
        if line.startswith("# "):
            reason = line[2:].strip()
        elif line.strip():
            scheme, row = line.strip().split(None, 1)
            rows[scheme, row] = reason
    return rows


def shared():
    for folder in (os.environ.get("SCOVILLE_TEST_SHARED", ""), os.path.join(top, "../shared")):
        archive = os.path.join(folder, "data/vulns/vectors/version-order.tar.zst")
        if folder and os.path.exists(archive):
            return archive
    return None


def pairs(folder, name):
    for suffix in ("", "-generated"):
        path = os.path.join(folder, f"vec/{name}-versions{suffix}.txt")
        for line in open(path, encoding="utf-8") if os.path.exists(path) else []:
            m = re.match(r"([^\s/#]\S*) ([<=>]) (\S+)$", line.strip())
            if m:
                yield m.groups()


def vectors(archive):
    """Lines about rows that are wrong; prints the table."""
    known, bad = listed(), []
    print(f"{'scheme':<10} {'pairs':>6} {'right':>6} {'listed':>6}")
    with tempfile.TemporaryDirectory() as d:
        subprocess.run(["tar", "--zstd", "-xf", archive, "-C", d], check=True)
        for scheme, name in FILES:
            rows = list(pairs(d, name))
            orders = ours([(scheme, a, b) for a, _, b in rows] + [(scheme, b, a) for a, _, b in rows])
            right, seen = 0, set()
            for i, (a, want, b) in enumerate(rows):
                row = f"{a} {want} {b}"
                got, back = orders[i], orders[len(rows) + i]
                if FLIP[got] != back:
                    bad.append(f"{scheme}: {row}: {got}, and {back} the other way round")
                if got == want:
                    right += 1
                elif (scheme, row) in known:
                    seen.add(row)
                else:
                    bad.append(f"{scheme}: {row}: got {got}")
            bad += [f"{scheme}: listed, but holds or is gone: {row}" for s, row in known if s == scheme and row not in seen]
            if not rows:
                bad.append(f"{scheme}: no vectors")
            print(f"{scheme:<10} {len(rows):>6} {right:>6} {len(rows) - right:>6}")
        for name in UNUSED:
            print(f"{name:<10} {len(list(pairs(d, name))):>6}   no scheme: no advisories are read for it")
    return bad


def dpkg(rows):
    for a, b in rows:
        yield next((o for o, word in zip("<=>", ("lt", "eq", "gt"))
                    if subprocess.run(["dpkg", "--compare-versions", a, word, b], stderr=subprocess.DEVNULL).returncode == 0), "?")


def rpm(rows):
    for at in range(0, len(rows), 40):  # an expression of rpm's has a limit
        lua = "".join(f'print(rpm.vercmp("{a}", "{b}"), " ")' for a, b in rows[at:at + 40])
        done = subprocess.run(["rpm", "--eval", "%{lua:" + lua + "}"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        yield from ("=><"[int(x)] for x in done.stdout.split())


def python(rows):
    from packaging.version import InvalidVersion, Version
    for a, b in rows:
        try:
            yield "<" if Version(a) < Version(b) else ">" if Version(a) > Version(b) else "="
        except InvalidVersion:
            yield "?"


def has_packaging():
    try:
        import packaging.version  # noqa: F401
        return True
    except ImportError:
        return False


def ruby(rows):
    script = "STDIN.each_line { |l| a, b = l.chomp.split(%(\\t)); puts %w[= > <][Gem::Version.new(a) <=> Gem::Version.new(b)] }"
    lines = "".join(f"{a}\t{b}\n" for a, b in rows)
    return subprocess.run(["ruby", "-e", script], input=lines, stdout=subprocess.PIPE, check=True, text=True).stdout.split()


SEMVER_FOLDERS = ["/usr/share/nodejs/semver", "/usr/lib/node_modules/npm/node_modules/semver", "/usr/share/npm/node_modules/semver"]
SEMVER = next((f for f in SEMVER_FOLDERS if shutil.which("node") and os.path.isdir(f)), None)
JARS = [f"/usr/share/java/{name}.jar" for name in ("maven-artifact-3.x", "commons-lang3")]


def node(rows):
    script = (f'const semver = require("{SEMVER}"); for (const l of require("fs").readFileSync(0, "utf8").trim().split("\\n"))'
              '{ const [a, b] = l.split("\\t"); console.log(semver.valid(a) && semver.valid(b) ? "=><".at(semver.compare(a, b)) : "?") }')
    lines = "".join(f"{a}\t{b}\n" for a, b in rows)
    return subprocess.run(["node", "-e", script], input=lines, stdout=subprocess.PIPE, check=True, text=True).stdout.split()


def java(rows):
    """The class prints each version of its arguments and how the one before compares to it."""
    words = [w for row in rows for w in row]
    done = subprocess.run(["java", "-cp", ":".join(JARS), "org.apache.maven.artifact.versioning.ComparableVersion", *words],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    orders = [m[1].replace("==", "=") for m in re.finditer(r"^ +\S+ ([<>]|==) \S+$", done.stdout, re.M)]
    return orders[::2]


# scheme, tool, is it there, its orders, pairs, how a version begins, what it goes on with
ORACLES = [
    ("deb", "dpkg", shutil.which("dpkg"), dpkg, 250, "1", "0 1 2 9 10 01 a b rc Z . . . - + ~ ~ 1: dfsg".split()),
    ("rpm", "rpm", shutil.which("rpm"), rpm, 1200, "1", "0 1 2 9 10 01 a b rc Z . . . _ + ~ ~ ^ ^ el".split()),
    ("pep440", "packaging", has_packaging(), python, 4000, "1", "0 1 2 10 01 . . . a b rc .post .dev 1! +x +1 - c pre".split()),
    ("semver", "node", SEMVER, node, 4000, "1.0.", "0 1 10 -1 -0 -a -rc -rc.1 .b .2 .10 + +x +y 1 a".split()),
    ("maven", "maven", shutil.which("java") and all(map(os.path.exists, JARS)), java, 1500, "1",
     ".0 .1 .10 -1 -a -b1 -rc1 -rc-2 -sp -jre -SNAPSHOT -alpha-1 m1 2 01".split()),
    ("gem", "ruby", shutil.which("ruby"), ruby, 4000, "1", "0 0 1 2 10 01 . . . . a b rc pre .".split()),
]


def differ():
    random.seed(20)
    bad = []
    for scheme, tool, there, oracle, count, first, alphabet in ORACLES:
        if not there:
            print(f"skipped: no {tool} to compare {scheme} with")
            continue
        pool = {first}
        while len(pool) < 400:
            pool.add(first + "".join(random.choice(alphabet) for _ in range(random.randrange(6))))
        pool = sorted(pool)
        rows = [(random.choice(pool), random.choice(pool)) for _ in range(20 * count)]
        rows = [(row, got) for row, got in zip(rows, ours([(scheme, a, b) for a, b in rows])) if got != "?"][:count]
        wants = list(oracle([row for row, _ in rows]))
        if len(wants) != len(rows):
            bad.append(f"{scheme}: {tool} answered {len(wants)} of {len(rows)}")
        for ((a, b), got), want in zip(rows, wants):
            if got != want and (want != "?" or scheme != "semver"):  # there we take more
                bad.append(f"{scheme}: {a} {want} {b} to {tool}, {got} to us")
        print(f"{len(rows)} pairs of {scheme} compared with {tool}")
    return bad


def main():
    archive = shared()
    bad = vectors(archive) if archive else []
    if not archive:
        print("skipped: no vectors (../shared/data/vulns/vectors/version-order.tar.zst)")
    bad += differ()
    for line in sorted(bad, key=len)[:60]:
        print("FAILED", line)
    return 1 if bad else 0


sys.exit(main())
