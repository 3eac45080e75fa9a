#!/usr/bin/env python3
"""test_inventory.py SCOVILLE: the packages of images and of installed trees, against what their own package managers list: each one, no other.

Trees are made here by pip, npm, gem, composer, go and cargo and graded as rootfs:DIR; images are those of $SCOVILLE_TEST_IMAGES, unpacked with umoci.
A difference fails unless EXPLAINED has it. A tool that is not there, or a registry that does not answer, skips its rows. Without
SCOVILLE_TEST_ALL (./test --all sets it) it takes a few images and the trees that need no registry. The table is printed.

SPDX-License-Identifier: Apache-2.0
"""
import glob
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

scoville = os.path.abspath(sys.argv[1])
everything = bool(os.environ.get("SCOVILLE_TEST_ALL"))
chosen = [a for a in sys.argv[2:] if a != "sanitized"]  # names of images or trees, for a look at one
images = os.path.join(os.environ.get("SCOVILLE_TEST_IMAGES", ""), "oci")
FEW = ["alpine-v3.20", "rpm-sqlite"]
RPM_FOLDERS = ["var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm"]

# what packages a manager does not list, by a part of their record's path, and why they are packages of the image all the same
EXPLAINED = [
    ("setuptools/_vendor/", "setuptools brings copies of other packages; pip does not list them, their code is there"),
]
PIP = ["requests==2.31.0", "Flask==3.0.2", "typing_extensions==4.10.0", "setuptools==75.8.0", "zope.interface==6.2", "docopt==0.6.2"]
NPM = {"express": "4.18.2", "@babel/core": "7.23.9", "left-pad": "1.3.0", "resolve": "1.22.8", "object-inspect": "1.13.1"}

rows, bad = [], []


def run(*command, **options):
    """Standard output; None where the program is missing or fails."""
    try:
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=900, **options).stdout
    except (OSError, subprocess.SubprocessError) as e:
        print(f"skipped: {command[0]}: {str(e)[:160]}")
        return None


def packages(reference):
    out = subprocess.run([scoville, "grade", "-o", "json", "--no-cache", "--skip", "secrets", reference], stdout=subprocess.PIPE, text=True)
    assert out.stdout, reference
    return json.loads(out.stdout)["packages"]


def compare(what, kind, tool, ours, theirs):
    """theirs: a set of (name, version, architecture), the last '' where the tool does not say it; None: no tool."""
    if theirs is None:
        return
    mine = {(p["name"], p["version"], p["arch"] if any(t[2] for t in theirs) else ""): p["path"] for p in ours if p["type"] == kind}
    missing, extra = theirs - set(mine), set(mine) - theirs
    explained = {k for k in extra if any(part in mine[k] for part, _ in EXPLAINED)}
    rows.append((what, kind, tool, len(theirs), len(mine), len(missing), len(extra) - len(explained), len(explained)))
    bad.extend(f"{what}: {kind} {k} is missing" for k in sorted(missing))
    bad.extend(f"{what}: {kind} {k} is one too many: {mine[k]}" for k in sorted(extra - explained))
    if not theirs:
        bad.append(f"{what}: {tool} lists nothing: nothing was compared")


# ---- what the managers list ----

def dpkg(root):
    out = run("dpkg-query", f"--admindir={root}/var/lib/dpkg", "-W", "-f", "${db:Status-Status}\t${Package}\t${Version}\t${Architecture}\n")
    return None if out is None else {tuple(line.split("\t")[1:]) for line in out.splitlines() if line.startswith("installed\t")}


def apk(root):
    """apk does not run here: its database, read anew."""
    found = set()
    for stanza in open(f"{root}/lib/apk/db/installed", encoding="utf-8").read().split("\n\n"):
        fields = {line[0]: line[2:] for line in stanza.splitlines() if line[1:2] == ":" and line[0] in "PVA"}
        if fields:
            found.add((fields["P"], fields["V"], fields["A"]))
    return found


def rpm(root, scratch):
    """rpm writes beside what it reads, so it gets a copy."""
    for folder in RPM_FOLDERS:
        names = [n for n in ("rpmdb.sqlite", "Packages.db", "Packages") if os.path.exists(f"{root}/{folder}/{n}")]
        if not names:
            continue
        copy = f"{scratch}/rpm"
        shutil.rmtree(copy, ignore_errors=True)
        os.makedirs(copy)
        for path in glob.glob(f"{root}/{folder}/{names[0]}*"):
            shutil.copy(path, copy)
        backend = {"rpmdb.sqlite": "sqlite", "Packages.db": "ndb", "Packages": "bdb_ro"}[names[0]]
        form = "%{NAME}\t%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\t%|ARCH?{%{ARCH}}:{}|\n"
        out = run("rpm", "--dbpath", copy, "--define", f"_db_backend {backend}", "-qa", "--qf", form)
        if out is None or (backend == "ndb" and not out):
            print(f"skipped: this rpm does not read {backend}")
            return None
        return {tuple(line.split("\t")) for line in out.splitlines() if not line.startswith("gpg-pubkey\t")}
    return None


def python(root):
    """Every folder that a Python of the image looks into."""
    folders = [os.path.join(top, d) for top, dirs, _ in os.walk(root) for d in dirs if d in ("site-packages", "dist-packages")]
    return {(d.metadata["Name"], d.version, "") for d in importlib.metadata.distributions(path=folders)}


def npm(project, *options):
    try:  # it fails for the smallest disorder of what it lists all the same
        out = subprocess.run(["npm", "ls", "--all", "--json", "--long", *options], cwd=project, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True, timeout=300).stdout
    except OSError as e:
        print(f"skipped: npm: {e}")
        return None
    found = set()

    def walk(node):
        for key, value in (node.get("dependencies") or {}).items():
            if value.get("version"):
                found.add((value.get("name", key), value["version"], ""))
            walk(value)
    tree = json.loads(out)
    if tree.get("version"):
        found.add((tree["name"], tree["version"], ""))
    walk(tree)
    return found


# ---- trees ----

def wheels(root):
    """pip list looks at one folder."""
    place = f"{root}/usr/lib/python3/site-packages"
    if run(sys.executable, "-m", "pip", "install", "-q", "--no-compile", "--target", place, *PIP) is None:
        return
    out = run(sys.executable, "-m", "pip", "list", "--path", place, "--format", "json")
    theirs = None if out is None else {(p["name"], p["version"], "") for p in json.loads(out)}
    compare("a tree of pip", "python", "pip list", packages("rootfs:" + root), theirs)


def modules(root):
    os.makedirs(f"{root}/app")
    with open(f"{root}/app/package.json", "w", encoding="utf-8") as f:
        json.dump({"name": "app", "version": "1.0.0", "dependencies": NPM}, f)
    if run("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", cwd=f"{root}/app", stdin=subprocess.DEVNULL) is not None:
        compare("a tree of npm", "npm", "npm ls", packages("rootfs:" + root), npm(f"{root}/app"))


def npm_itself(root):
    """The global folder of this machine: npm, and what it brings."""
    where = (run("npm", "root", "-g") or "").strip()
    if where and os.path.isdir(where + "/npm"):
        shutil.copytree(where + "/npm", f"{root}/usr/lib/node_modules/npm", symlinks=True)
        theirs = npm(f"{root}/usr", "-g", "--prefix", f"{root}/usr")
        compare("npm itself", "npm", "npm ls -g", packages("rootfs:" + root), theirs)


def gems(root):
    """The gems of this machine's Ruby: specifications where it has them."""
    paths = run("ruby", "-e", "puts Gem::Specification.dirs, Gem.default_specifications_dir")
    if paths is None:
        return
    for path in set(paths.split()):
        if os.path.isdir(path):
            shutil.copytree(path, root + os.path.realpath(path), dirs_exist_ok=True)
    listed, theirs = run("gem", "list", "--local"), set()
    for name, versions in re.findall(r"^(\S+) \((.*)\)$", listed or "", re.M):
        for version in versions.split(", "):
            words = version.removeprefix("default: ").split()
            theirs.add((name, words[0], words[1] if len(words) > 1 else ""))
    compare("this machine's gems", "gem", "gem list", packages("rootfs:" + root), theirs)


def composer(root):
    """Packages of a folder need no registry."""
    names = {"acme/one": "1.2.3", "acme/two": "v2.0.0", "other/three": "0.1.0"}
    for name, version in names.items():
        os.makedirs(f"{root}/src/{name}")
        with open(f"{root}/src/{name}/composer.json", "w", encoding="utf-8") as f:
            json.dump({"name": name, "version": version, "license": "MIT"}, f)
    os.makedirs(f"{root}/app")
    with open(f"{root}/app/composer.json", "w", encoding="utf-8") as f:
        json.dump({"name": "acme/app", "repositories": [{"packagist.org": False}, {"type": "path", "url": "../src/*/*", "options": {"symlink": False}}],
                   "require": {name: "*" for name in names}}, f)
    environment = dict(os.environ, COMPOSER_ALLOW_SUPERUSER="1")
    if run("composer", "install", "-q", "-n", cwd=f"{root}/app", env=environment) is None:
        return
    out = run("composer", "show", "--format=json", cwd=f"{root}/app", env=environment)
    theirs = None if out is None else {(p["name"], p["version"], "") for p in json.loads(out)["installed"]}
    compare("a tree of composer", "composer", "composer show", packages("rootfs:" + root), theirs)


def go(root):
    """Go's own programs; with everything also a module with dependencies, built in several ways."""
    home = run("go", "env", "GOROOT")
    if home is None:
        return
    os.makedirs(f"{root}/bin")
    for name in ("go", "gofmt"):
        shutil.copy(f"{home.strip()}/bin/{name}", f"{root}/bin")
    oracle = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../differential/oracle")
    ways = {"plain": [], "stripped": ["-trimpath", "-ldflags=-s -w"], "pie": ["-buildmode=pie"]}
    for name, flags in ways.items() if everything else []:
        run("go", "build", "-buildvcs=false", *flags, "-o", f"{root}/bin/{name}", ".", cwd=oracle)
    theirs = set()
    for path in sorted(glob.glob(f"{root}/bin/*")):
        modules_of = []
        lines = run("go", "version", "-m", path).splitlines()
        theirs.add(("stdlib", lines[0].rsplit(": ", 1)[1].split()[0].split("-")[0], ""))
        for words in (line.strip("\t").split("\t") for line in lines[1:]):
            if words[0] in ("mod", "dep"):
                modules_of.append((words[1], words[2] if words[2] != "(devel)" else "", ""))
            if words[0] == "=>" and words[2:3] and words[2] != "(devel)":
                modules_of[-1] = (words[1], words[2], "")
        theirs.update(modules_of)
    compare("Go programs", "go", "go version -m", packages("rootfs:" + root), theirs)


def crates(root):
    """A program of cargo-auditable, where that is installed."""
    os.makedirs(f"{root}/a/src")
    with open(f"{root}/a/Cargo.toml", "w", encoding="utf-8") as f:
        f.write('[package]\nname = "a"\nversion = "0.3.1"\nedition = "2021"\n[dependencies]\nregex = "=1.9.0"\nserde_json = "1"\n')
    with open(f"{root}/a/src/main.rs", "w", encoding="utf-8") as f:
        f.write('fn main() { println!("{}", regex::Regex::new("a").unwrap().is_match(&serde_json::json!(1).to_string())); }\n')
    if run("cargo", "auditable", "build", "-q", "--release", cwd=f"{root}/a") is None:
        return
    out = run("cargo", "tree", "-e", "normal", "--prefix", "none", cwd=f"{root}/a")
    theirs = {(line.split()[0], line.split()[1][1:], "") for line in out.splitlines() if line}
    os.makedirs(f"{root}/root/bin")
    shutil.copy(f"{root}/a/target/release/a", f"{root}/root/bin")
    run("strip", f"{root}/root/bin/a")
    compare("a crate", "cargo", "cargo tree", packages(f"rootfs:{root}/root"), theirs)


def jdk(root):
    """The Java of this machine: its file "release" against what it says itself."""
    out = subprocess.run(["java", "-XshowSettings:properties", "-version"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout \
        if shutil.which("java") else ""
    said = dict(re.findall(r"^ +(java\.(?:home|version)) = (.*)$", out, re.M))
    if len(said) < 2 or not os.path.exists(said["java.home"] + "/release"):
        print("skipped: java: none with a file release")
        return
    os.makedirs(f"{root}/opt/java")
    shutil.copy(said["java.home"] + "/release", f"{root}/opt/java")
    compare("this machine's Java", "jdk", "java -version", packages("rootfs:" + root), {("openjdk", said["java.version"], "")})


def opam(root):
    """A switch with packages of a repository that is a folder."""
    names = ["alpha.1.2.3", "beta-lib.0.4~rc1", "conf-x.1"]
    for name in names:
        os.makedirs(f"{root}/repo/packages/{name.split('.')[0]}/{name}")
        with open(f"{root}/repo/packages/{name.split('.')[0]}/{name}/opam", "w", encoding="utf-8") as f:
            f.write('opam-version: "2.0"\nsynopsis: "x"\nmaintainer: "a@example.org"\nlicense: "MIT"\n')
    with open(f"{root}/repo/repo", "w", encoding="utf-8") as f:
        f.write('opam-version: "2.0"\n')
    environment = dict(os.environ, OPAMROOT=f"{root}/root/.opam", OPAMYES="1", OPAMSWITCH="one")
    for command in (["init", "-n", "--bare", "--disable-sandboxing", "default", f"{root}/repo"], ["switch", "create", "one", "--empty"],
                    ["install", *(n.split(".")[0] for n in names)]):
        if run("opam", *command, env=environment) is None:
            return
    out = run("opam", "list", "--installed", "--short", "--columns=name,version", env=environment)
    compare("a switch of opam", "opam", "opam list", packages("rootfs:" + root), {(*line.split(), "") for line in out.splitlines()})


# ---- images ----

def image(name, scratch):
    """skopeo takes the image for this machine out of an index, umoci unpacks it."""
    folder, root = f"{images}/{name}", f"{scratch}/root"
    if run("skopeo", "copy", "-q", f"oci:{folder}", f"oci:{scratch}/oci:one") is None:
        return
    if run("umoci", "raw", "unpack", "--rootless", "--image", f"{scratch}/oci:one", root) is None:
        return
    ours = packages(folder)
    if os.path.exists(f"{root}/var/lib/dpkg/status"):
        compare(name, "deb", "dpkg-query", ours, dpkg(root))
    if os.path.exists(f"{root}/lib/apk/db/installed"):
        compare(name, "apk", "its database", ours, apk(root))
    if any(p["type"] == "rpm" for p in ours):
        compare(name, "rpm", "rpm -qa", ours, rpm(root, scratch))
    if any(p["type"] == "python" for p in ours):
        compare(name, "python", "importlib.metadata", ours, python(root))
    if os.path.exists(f"{root}/app/node_modules"):
        compare(name, "npm", "npm ls", ours, npm(f"{root}/app"))


def main():
    if "sanitized" in sys.argv:
        print("skipped: the released build is compared")
        return 77
    work = [gems, composer, npm_itself, go, jdk] + ([opam, wheels, modules, crates] if everything else [])
    for one in [w for w in work if not chosen or w.__name__ in chosen]:
        with tempfile.TemporaryDirectory(prefix="scoville-inventory-") as root:
            one(root)
    names = sorted(os.listdir(images)) if os.path.isdir(images) else []
    if not names:
        print("skipped: no images (SCOVILLE_TEST_IMAGES)")
    for name in names if everything else [n for n in FEW if n in names]:
        if chosen and name not in chosen:
            continue
        with tempfile.TemporaryDirectory(prefix="scoville-inventory-") as scratch:
            image(name, scratch)
            subprocess.run(["chmod", "-R", "u+rwx", scratch], check=False)
    print(f"{'of':<20} {'kind':<9} {'tool':<19} {'theirs':>6} {'ours':>5} {'missing':>7} {'extra':>5} {'explained':>9}")
    for row in rows:
        print("{:<20} {:<9} {:<19} {:>6} {:>5} {:>7} {:>5} {:>9}".format(*row))
    for line in bad[:100]:
        print("FAILED", line)
    return 1 if bad else 0 if rows else 77


sys.exit(main())
