#!/usr/bin/env python3
"""test_fixes.py SCOVILLE [IMAGE ...]: what the report says to do is done with buildah, and the image is graded again.

The lines of all steps that change the image make one Dockerfile on it: every criterion of these steps must then have the verdict that the
step promises, and nothing that was met may be lost. A base that would have to be pulled is looked up in data/replacements.tsv instead, and its
release must be supported; commands for the builder and words are listed as not applied. Without names: the small images, and with
SCOVILLE_TEST_ALL=1 all that there are. No build has a network.

SPDX-License-Identifier: Apache-2.0
"""
import datetime
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

NOW = "2026-11-30"
here = os.path.dirname(os.path.abspath(__file__))
data = os.path.join(here, "../../../data")
images = os.path.join(os.environ.get("SCOVILLE_TEST_IMAGES", ""), "oci")
scoville = os.path.abspath(sys.argv[1])
names = [a for a in sys.argv[2:] if a != "sanitized"]
SMALL = ["alpine-v3.20", "busybox", "busybox-debian", "debian", "hello", "rpm-bdb", "torture"]
# Images made here from another one: what the larger ones do not have.
MADE = {
    # tools, a manager and setuid programs under names that a shell must not read, for another user than root
    "odd-names": ("alpine-v3.20", r"""RUN mkdir -p '/opt/a b' '/opt/$(x)' "/opt/it's" /opt/ü '/opt/%s' '/opt/back\\slash' "$(printf '/opt/new\nline')"
RUN for d in /opt/*; do for t in gcc make gdb; do cp /sbin/apk "$d/$t" && chmod 4755 "$d/$t"; done; done
RUN cp /sbin/apk /opt/app
USER nobody
CMD ["/opt/app"]"""),
    # modules without a script, and a package of node that is a build tool
    "modules": ("alpine-v3.20", r"""RUN mkdir -p /v/lib/python3/site-packages/pip /v/lib/python3/site-packages/pip-1.dist-info /app/node_modules/typescript/bin \
 && touch /v/lib/python3/site-packages/pip/__main__.py /v/lib/python3/site-packages/pip-1.dist-info/RECORD \
 && printf '#!/usr/bin/env node\n' >/app/node_modules/typescript/bin/tsc && chmod 755 /app/node_modules/typescript/bin/tsc"""),
    # capabilities, which no program of the image can take off
    "capabilities": ("python", r"""USER 0
RUN cp /usr/bin/env '/usr/bin/a ping' && for f in '/usr/bin/a ping' /usr/bin/yes; do \
 python3 -c 'import os,sys;os.setxattr(sys.argv[1],"security.capability",bytes.fromhex("0100000200200000002000000000000000000000"))' "$f"; done
USER 1000"""),
    # packages of apk: a tool that something useless needs goes with it, one that a program needs stays and loses its file
    "apk-owned": ("alpine-v3.20", r"""RUN cp /sbin/apk /usr/bin/gdb && cp /sbin/apk /usr/bin/make && cp /sbin/apk /usr/bin/app
RUN for p in gdb:musl meta:gdb make:musl app:make; do apk add -q --no-network -t ${p%:*} ${p#*:}; done \
 && for p in gdb make app; do sed -i "/^P:$p\$/,/^\$/{s|^\$|F:usr/bin\nR:$p\na:0:0:755\n|}" /lib/apk/db/installed; done \
 && sed -i '/^make=/d; /^gdb=/d' /etc/apk/world
CMD ["/usr/bin/app"]"""),
    # a script starts it, so the shell stays; it drops privileges, so USER does too
    "script": ("alpine-v3.20", r"""RUN printf '#!/bin/sh\nexec su-exec nobody "$@"\n' >/entry && chmod 755 /entry
ENTRYPOINT ["/entry"]"""),
}
# What the lines of these must hold: the image is what its name says.
HOLDS = {"odd-names": r"new\012line/gcc", "modules": "/site-packages/pip-1.dist-info", "capabilities": "cp -p '/usr/bin/a ping'", "apk-owned": "apk del gdb meta && rm"}
CHANGES = ("RUN ", "USER ", "LABEL ", "COPY ")
# Of the build: it names the base that we made, and gives it a new date.
OF_THE_BUILD = {"prov.source", "prov.fresh"}


def run(*words, **more):
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)


class Store:
    """buildah and its images, in a folder of ours."""

    def __init__(self, folder):
        self.folder = folder
        for self.driver in ("overlay", "vfs"):
            if not self.buildah("info").returncode:
                return
        raise RuntimeError("buildah does not work here")

    def buildah(self, *words):
        alone = ["unshare", "-n"] if os.getuid() == 0 else []
        return run(*alone, "buildah", "--storage-driver", self.driver, "--root", self.folder + "/root", "--runroot", self.folder + "/run", *words)

    def name(self, image):
        return f"containers-storage:[{self.driver}@{self.folder}/root+{self.folder}/run]localhost/{image}:latest"

    def take(self, image):
        r = run("skopeo", "--insecure-policy", "copy", "-q", f"oci:{images}/{image}:latest", self.name(image))
        if r.returncode:
            raise RuntimeError(r.stderr)

    def build(self, image, text):
        """The error of the build; empty: none."""
        path = self.folder + "/Dockerfile"
        open(path, "w", encoding="utf-8").write(text)
        r = self.buildah("bud", "-q", "--isolation", "chroot", "--network", "host", "--pull-never", "--timestamp", "1700000000", "--layers=false", "-t",
                         f"localhost/{image}", "-f", path, self.folder + "/context")
        return r.stderr if r.returncode else ""

    def put(self, image):
        """The image as a layout, its layers as they are."""
        out = f"{self.folder}/out/{image}"
        for once_more in (True, False):
            shutil.rmtree(out, ignore_errors=True)
            r = run("skopeo", "--insecure-policy", "copy", "-q", "--format", "oci", "--dest-oci-accept-uncompressed-layers", self.name(image), f"oci:{out}:latest")
            if not r.returncode:
                return out
            if once_more:  # the store cannot give back a layer with a tar like that of torture byte by byte: all layers in one
                flat = self.buildah("from", "--pull-never", f"localhost/{image}").stdout.strip()
                self.buildah("commit", "-q", "--squash", "--format", "oci", flat, f"localhost/{image}")
                self.buildah("rm", flat)
        raise RuntimeError(r.stderr)

    def close(self):
        self.buildah("rm", "--all")
        run("umount", "-R", "-q", self.folder + "/root/overlay")

    def drop(self, *which):
        for image in which:
            self.buildah("rmi", "-f", f"localhost/{image}")
            shutil.rmtree(f"{self.folder}/out/{image}", ignore_errors=True)


def grade(layout, *options, form="oci"):
    r = run(scoville, "grade", "--no-cache", "--now", NOW, "-o", "json", *options, f"{form}:{layout}")
    if r.returncode:
        raise RuntimeError(f"grade {layout}: exit {r.returncode}: {r.stderr}")
    return json.loads(r.stdout)


def same_text(layout, report):
    """What the text report at 80 columns lacks of the commands of the steps, when its lines are joined as a shell does."""
    r = run(scoville, "grade", "--now", NOW, f"oci:{layout}", env={**os.environ, "COLUMNS": "80"})
    text = r.stdout.split("What to do", 1)[-1]
    wide = [l for l in text.split("\n") if len(l) > 80 and len(l.split()) > 2]
    joined = " ".join(re.sub(r"\\\n\s*", "", text).split())
    commands = [l["text"] for s in report["steps"] for l in s["lines"] if l["command"]]
    return [f"not in the text report: {c[:200]}" for c in commands if " ".join(c.split()) not in joined] + [f"too wide: {l}" for l in wide]


def table(name):
    return [l.rstrip("\n").split("\t") for l in open(os.path.join(data, name), encoding="ascii") if l.strip() and l[0] != "#"]


def is_supported(row):
    for id, version, _, end, _ in table("distributions.tsv"):
        if id == row[2] and version in (row[3], row[3] + ".*"):
            return end == "rolling" or datetime.date.fromisoformat(end) >= datetime.date.fromisoformat(NOW)
    return False


def check_base(line):
    rows = [r for r in table("replacements.tsv") if r[1] == line.split()[1]]
    if not rows:
        return "is not in data/replacements.tsv"
    return "" if all(is_supported(r) for r in rows) else "is of a release past its end"


def plan(report):
    """The lines that change the image, what each criterion is promised, options of the next grade, and what is not applied."""
    lines, promised, options, rest, bad = [], {}, [], {}, []
    for step in report["steps"]:
        ids = [c["id"] for c in step["criteria"]]
        commands = [l["text"] for l in step["lines"] if l["command"]]
        words = [l["text"] for l in step["lines"] if not l["command"]]
        for text in commands:
            if re.search(r"\band \d+ more\b|\*\*\*", text) or not text.isprintable() or not text.isascii():
                bad.append(f"not to paste: {text[:200]}")
        base = next((c for c in commands if c.startswith("FROM ") and c != "FROM build"), None)
        options += [w.split()[2] for w in words if w.startswith("grade with --")]
        if base:
            problem = check_base(base)
            bad += [f"{base} {problem}"] if problem else []
            how = f"{base}: in the table, supported; not applied, it would be pulled"
        elif any(id.startswith("vuln.") for id in ids):
            how = "; ".join(commands + words) + ": needs the repositories"
        elif any(c.startswith(CHANGES) for c in commands):
            lines += [c for c in commands if c.startswith(CHANGES) or c == "FROM build"]
            how = ""
        else:
            how = "; ".join(commands + words) + "" if commands or words else "nothing"
        for c in step["criteria"]:
            by_hand = any(w.startswith("by hand") for w in words)
            if not how and not by_hand:
                promised[c["id"]] = c["after"]
            elif how and any(w.startswith("grade with --") for w in words):
                promised[c["id"]] = c["after"]
            else:
                rest[c["id"]] = how or "by hand: " + next(w for w in words if w.startswith("by hand"))
    return lines, promised, options, rest, bad


def check(store, name):
    base, extra = MADE.get(name, (name, None))
    store.take(base)
    layout = f"{images}/{base}"
    if extra:
        error = store.build(name, f"FROM localhost/{base}\n{extra}\n")
        if error:
            return [f"{name} cannot be made: {error}"]
        layout = store.put(name)
    before = grade(layout)
    lines, promised, options, rest, bad = plan(before)
    bad += same_text(layout, before)
    if HOLDS.get(name, "") not in "\n".join(lines):
        bad.append(f"no {HOLDS[name]} in: {lines}")
    error = store.build("fixed", f"FROM localhost/{name} AS build\n" + ("" if "FROM build" in lines else "FROM build\n") + "\n".join(lines) + "\n")
    if error:
        store.drop(name, base)
        return bad + [f"the fix cannot be built: {error[-600:]}"]
    after = {c["id"]: c for c in grade(store.put("fixed"), *options)["criteria"]}
    for c in before["criteria"]:
        id, was, now = c["id"], c["verdict"], after[c["id"]]["verdict"]
        if id in promised:
            good = now == promised[id] or id in OF_THE_BUILD
            print(f"{name:15} {id:15} {was:13} promised {promised[id]:13} applied  after {now}" + ("" if good else "   FAILED"))
            bad += [] if good else [f"{id}: promised {promised[id]}, is {now}: {after[id]['reason']}"]
        elif was == "not-met":
            print(f"{name:15} {id:15} {was:13} not applied: {rest.get(id, 'no step')[:110]}")
            bad += [] if id in rest else [f"{id}: has no step"]
        elif was == "met" and now != "met" and id not in OF_THE_BUILD:
            bad.append(f"{id}: was met, is {now}: {after[id]['reason']}")
    store.drop("fixed", name, base)
    return bad


def project(folder, lock):
    """A project of node with TypeScript among its devDependencies, installed by npm, which needs no network for it; then the command that is printed."""
    app, tsc = folder + "/tree/app", folder + "/ts/bin/tsc.js"
    for path, text in {tsc: "#!/usr/bin/env node\n", folder + "/ts/lib/tsc.js": "", folder + "/ts/package.json": {"name": "typescript", "version": "1.0.0", "bin": {"tsc": "bin/tsc.js"}},
                       app + "/package.json": {"name": "app", "version": "1.0.0", "devDependencies": {"typescript": "file:typescript.tgz"}}}.items():
        os.makedirs(os.path.dirname(path), exist_ok=True)
        open(path, "w", encoding="utf-8").write(text if isinstance(text, str) else json.dumps(text))
    os.chmod(tsc, 0o755)

    def npm(command, where):
        r = run("npm", *command.split(), "--offline", "--no-audit", "--no-fund", "--cache", folder + "/cache", cwd=where)
        if r.returncode:
            raise RuntimeError(f"npm {command}: {r.stderr}")

    npm("pack --pack-destination " + app, folder + "/ts")
    os.rename(app + "/typescript-1.0.0.tgz", app + "/typescript.tgz")
    npm("install", app)
    if not lock:
        os.remove(app + "/package-lock.json")
        os.remove(app + "/node_modules/.package-lock.json")
    tooling = next(c for c in grade(folder + "/tree", form="rootfs")["criteria"] if c["id"] == "min.tooling")
    said = re.search(r"or install (/app) with npm (.*), which", tooling["fix"] or "")
    if tooling["verdict"] != "not-met" or not said:
        return [f"no command in: {tooling['verdict']}, {tooling['fix']}"]
    npm(said[2], folder + "/tree" + said[1])
    after = next(c for c in grade(folder + "/tree", form="rootfs")["criteria"] if c["id"] == "min.tooling")
    print(f"npm {said[2]:26} min.tooling not-met applied  after {after['verdict']}")
    return [] if after["verdict"] == "met" else [f"npm {said[2]}: {after['reason']}"]


def main():
    if not shutil.which("buildah") or not shutil.which("skopeo") or not os.path.isdir(images) or "sanitized" in sys.argv:
        print("skipped: needs buildah, skopeo, and images in SCOVILLE_TEST_IMAGES; the released build alone runs it")
        return 77
    have = [n for n in sorted(os.listdir(images)) if os.path.exists(f"{images}/{n}/index.json")]
    every = os.environ.get("SCOVILLE_TEST_ALL")
    wanted = names or [n for n in have if every or n in SMALL] + [n for n in MADE if MADE[n][0] in have and (every or MADE[n][0] in SMALL)]
    failed = 0
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        for name in ("context", "out"):
            os.mkdir(f"{folder}/{name}")
        try:
            store = Store(folder)
        except RuntimeError as e:
            print(f"skipped: {e}")
            return 77
        try:
            for name in wanted:
                bad = check(store, name)
                failed += bool(bad)
                for line in bad:
                    print(f"FAILED {name}: {line}", flush=True)
            for lock in (True, False) if shutil.which("npm") and not names else ():
                os.mkdir(f"{folder}/npm{lock}")
                bad = project(f"{folder}/npm{lock}", lock)
                failed += bool(bad)
                print("".join(f"FAILED a project of node: {line}\n" for line in bad), end="")
        finally:
            store.close()
    print(f"{len(wanted)} images, {failed} failed")
    return 1 if failed or not wanted else 0


sys.exit(main())
