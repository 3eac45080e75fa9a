#!/usr/bin/env python3
"""test_surfaces.py SCOVILLE: one secret on each surface, in each form and in each state; all are found, and nothing else.

SPDX-License-Identifier: Apache-2.0
"""
import base64
import bz2
import collections
import functools
import gzip
import io
import json
import lzma
import os
import py_compile
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import urllib.parse
import zipfile

import plant
from mkimage import elf
from oci import tar
from plant import Image, filler, github, key, password

scoville = os.path.abspath(sys.argv[1])
images = os.environ.get("SCOVILLE_TEST_IMAGES", "")
rows = []

# path: as reported, with "*" at the end where the name holds the value and is masked; place: of what is no file
Row = collections.namedtuple("Row", "name plant make rule path place layer state gone_in line surface encoding level value")


def row(name, path="", make=github, rule="github-ghp", place=None, layer=0, state="present", gone_in=None, line=None,
        surface="content", encoding="plain", level=("high",)):
    """The function puts the value into the image."""
    def add(function):
        rows.append(Row(name, function, make, rule, path, place, layer, state, gone_in, line, surface, encoding, level, None))
        return function
    return add


def setting(value):
    return f"# made by the build\nGITHUB_TOKEN={value}\n"


# ---- states --------------------------------------------------------------------------------------

@row("added by the first layer", "state/added.env", line=2)
def _(i, v):
    i.add("state/added.env", setting(v))


@row("added by the last layer", "state/late.env", layer=2, line=2)
def _(i, v):
    i.add("state/late.env", setting(v), 2)


@row("deleted", "state/deleted.env", state="deleted", gone_in=1, line=2)
def _(i, v):
    i.add("state/deleted.env", setting(v))
    i.remove("state/deleted.env", 1)


@row("deleted with its folder", "folder/deep/deleted.env", state="deleted", gone_in=2, line=2)
def _(i, v):
    i.add("folder/deep/deleted.env", setting(v))
    i.remove("folder", 2)


@row("overwritten", "state/overwritten.env", state="overwritten", gone_in=1, line=2)
def _(i, v):
    i.add("state/overwritten.env", setting(v))
    i.add("state/overwritten.env", "# now empty\n", 1)


@row("overwritten by a link", "state/replaced.env", state="overwritten", gone_in=1, line=2)
def _(i, v):
    i.add("state/replaced.env", setting(v))
    i.link("state/replaced.env", "nowhere", 1)


@row("a secret that another one overwrites", "state/rotated.env", state="overwritten", gone_in=2, layer=1, line=2)
def _(i, v):
    i.add("state/rotated.env", setting(v), 1)


@row("the secret that overwrites", "state/rotated.env", layer=2, line=2)
def _(i, v):
    i.add("state/rotated.env", setting(v), 2)


@row("hidden by an opaque folder", "opaque/below/hidden.env", state="hidden", gone_in=1, line=2)
def _(i, v):
    i.add("opaque/below/hidden.env", setting(v))
    i.hide("opaque", 1)
    i.add("opaque/new", "new\n", 1)


@row("a hard link outlives the first name", "links/other", line=2)
def _(i, v):
    i.add("links/first", setting(v))
    i.link("links/other", "links/first", hard=True)
    i.remove("links/first", 1)


@row("both names of a hard link are deleted", "links/gone*", state="deleted", gone_in=2, line=2)
def _(i, v):
    i.add("links/gone-a", setting(v))
    i.link("links/gone-b", "links/gone-a", hard=True)
    i.remove("links/gone-a", 1)
    i.remove("links/gone-b", 2)


# ---- what is not content -------------------------------------------------------------------------

@row("the target of a symlink", "links/to", surface="link", make=password, rule="url-password", level=("high", "medium"))
def _(i, v):
    i.link("links/to", plant.url("https", v))


@row("the name of a file", "names/*", surface="name")
def _(i, v):
    i.add(f"names/{v}", "x")


@row("an extended attribute", "attribute/file", surface="xattr")
def _(i, v):
    i.add("attribute/file", "x", pax_headers={"SCHILY.xattr.user.note": v})


@row("Env", place=("config", "/config/Env"), surface="env", layer=None)
def _(i, v):
    i.config["Env"].append(f"GITHUB_TOKEN={v}")


@row("a password by its name in Env", place=("config", "/config/Env"), surface="env", layer=None, make=password, rule="named-password",
     level=("high", "medium"))
def _(i, v):
    i.config["Env"].append(f"DB_PASSWORD={v}")


@row("Cmd", place=("config", "/config/Cmd"), surface="command", layer=None)
def _(i, v):
    i.config["Cmd"] = ["--token", v]


@row("Entrypoint", place=("config", "/config/Entrypoint"), surface="command", layer=None)
def _(i, v):
    i.config["Entrypoint"] = ["/app", f"--token={v}"]


@row("a label", place=("config", "/config/Labels"), surface="label", layer=None)
def _(i, v):
    i.config["Labels"] = {"build": f"with {v}"}


@row("the health check", place=("config", "/config/Healthcheck"), surface="healthcheck", layer=None)
def _(i, v):
    i.config["Healthcheck"] = {"Test": ["CMD-SHELL", f"curl -fsS 'https://localhost/?t={v}'"]}


@row("OnBuild", place=("config", "/config/OnBuild"), surface="onbuild", layer=None)
def _(i, v):
    i.config["OnBuild"] = [f"RUN fetch --token {v}"]


@row("a build argument in the history", place=("history", 3), surface="history", layer=None)
def _(i, v):
    i.history.append({"created_by": f"RUN |1 TOKEN={v} /bin/sh -c make install # buildkit", "empty_layer": True})


@row("a comment of the history", place=("history", 4), surface="history", layer=None)
def _(i, v):
    i.history.append({"created_by": "CMD [\"app\"]", "comment": f"with {v}", "empty_layer": True})


@row("the annotations of the manifest", place=("manifest", ""), surface="annotation", layer=None)
def _(i, v):
    i.annotations["org.example.note"] = f"built with {v}"


@row("the annotations of the index", place=("manifest", ""), surface="annotation", layer=None)
def _(i, v):
    i.index_annotations["org.example.index"] = f"pushed with {v}"


@row("the build arguments of an attestation", place=("attestation", "sha256:"), surface="attestation", layer=None)
def _(i, v):
    i.statements.append({"_type": "https://in-toto.io/Statement/v0.1", "predicateType": "https://slsa.dev/provenance/v0.2", "subject": [],
                         "predicate": {"invocation": {"parameters": {"args": {"build-arg:TOKEN": v}}}}})


# ---- archives ------------------------------------------------------------------------------------

def zipped(*members, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, data in members:
            z.writestr(name, data)
    return out.getvalue()


@row("a zip", "archives/a.zip!conf/app.env", line=2)
def _(i, v):
    i.add("archives/a.zip", zipped(("readme", filler(3000)), ("conf/app.env", setting(v))))


@row("a zip that only stores", "archives/stored.zip!app.env", line=2)
def _(i, v):
    i.add("archives/stored.zip", zipped(("app.env", setting(v)), method=zipfile.ZIP_STORED))


@row("a zip in a jar", "archives/app.jar!lib/inner.zip!conf/app.properties", line=2)
def _(i, v):
    i.add("archives/app.jar", zipped(("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n"), ("lib/inner.zip", zipped(("conf/app.properties", setting(v))))))


@row("a tar", "archives/b.tar!home/app/.env", line=2)
def _(i, v):
    i.add("archives/b.tar", tar(("home/app/.env", setting(v).encode())))


@row("a tar.gz", "archives/c.tar.gz!data!home/app/.env", line=2)
def _(i, v):
    i.add("archives/c.tar.gz", gzip.compress(tar(("home/app/.env", setting(v).encode())), mtime=0))


@row("gzip", "archives/log.gz!data", line=2)
def _(i, v):
    i.add("archives/log.gz", gzip.compress(setting(v).encode(), mtime=0))


@row("xz", "archives/log.xz!data", line=2)
def _(i, v):
    i.add("archives/log.xz", lzma.compress(setting(v).encode()))


@row("bzip2", "archives/log.bz2!data", line=2)
def _(i, v):
    i.add("archives/log.bz2", bz2.compress(setting(v).encode()))


if shutil.which("zstd"):
    @row("zstd", "archives/log.zst!data", line=2)
    def _(i, v):
        i.add("archives/log.zst", subprocess.run(["zstd", "-q", "-c"], input=setting(v).encode(), stdout=subprocess.PIPE, check=True).stdout)


@row("an archive that a later layer deletes", "archives/gone.zip!app.env", state="deleted", gone_in=1, line=2)
def _(i, v):
    i.add("archives/gone.zip", zipped(("app.env", setting(v))))
    i.remove("archives/gone.zip", 1)


# ---- forms ---------------------------------------------------------------------------------------

@row("base64", "forms/base64", encoding="base64", line=2)
def _(i, v):
    i.add("forms/base64", b"data:\n  body: " + base64.b64encode(f"login {v} end".encode()) + b"\n")


@row("base64 of base64", "forms/double", encoding="base64", line=1)
def _(i, v):
    i.add("forms/double", base64.b64encode(b"inner: " + base64.b64encode(f"x{v}\n".encode())) + b"\n")


@row("a key whose line ends are escaped", "forms/account.json", make=key, rule="pem-private-key", line=2)
def _(i, v):
    i.add("forms/account.json", '{"type": "service_account",\n "body": ' + json.dumps(v) + "}\n")


@row("a key as base64", "forms/kube.yaml", make=key, rule="pem-private-key", encoding="base64", line=1)
def _(i, v):
    i.add("forms/kube.yaml", b"tls: " + base64.b64encode(v.encode()) + b"\n")


@row("URL-encoded", "forms/query", make=key, rule="pem-private-key", encoding="url", line=1)
def _(i, v):
    i.add("forms/query", "body=" + urllib.parse.quote(v, safe="") + "&x=1\n")


for order in ("le", "be"):
    for bom in (b"", {"le": b"\xff\xfe", "be": b"\xfe\xff"}[order]):
        @row(f"UTF-16 {order}{' with a mark' if bom else ''}", f"forms/utf16-{order}{len(bom)}", encoding="utf-16", line=2)
        def _(i, v, order=order, bom=bom):
            i.add(f"forms/utf16-{order}{len(bom)}", bom + f"[settings]\r\nvalue={v}\r\n".encode("utf-16-" + order))


@row("an sqlite database", "forms/app.db")
def _(i, v):
    with tempfile.TemporaryDirectory() as d:
        base = sqlite3.connect(d + "/db")
        base.execute("create table settings(name, value)")
        base.executemany("insert into settings values(?, ?)", [(f"name{n}", filler(200).decode()) for n in range(40)] + [("x", v)])
        base.commit()
        base.close()
        with open(d + "/db", "rb") as f:
            i.add("forms/app.db", f.read())


@row("a program", "forms/program")
def _(i, v):
    i.add("forms/program", elf("elf", bytes(5000) + b"\0Bearer %s\0" + f"\0{v}\0".encode() + bytes(3000)), mode=0o755)


@row("compiled Python", "forms/settings.pyc")
def _(i, v):
    with tempfile.TemporaryDirectory() as d:
        with open(d + "/s.py", "w", encoding="utf-8") as f:
            f.write(f'VALUE = "{v}"\n')
        py_compile.compile(d + "/s.py", d + "/s.pyc")
        with open(d + "/s.pyc", "rb") as f:
            i.add("forms/settings.pyc", f.read())


# ---- places in a file ----------------------------------------------------------------------------

def behind(size, value):
    """The file, and the line of the value that begins at this offset."""
    head = filler(size)
    return head + value.encode() + b"\n" + filler(500), head.count(b"\n") + 1


@functools.cache
def long_key():
    return key("long")


for distance in (1, 11, 30, 600, 1700, 3000):  # of a key of 3.2 KiB, before a border of 64 KiB
    @row(f"a long key, its byte {distance} on a 64 KiB border", f"borders/key{distance}", make=long_key, rule="pem-private-key", line="made")
    def _(i, v, distance=distance):
        data, line = behind((64 << 10) - distance, v)
        i.add(f"borders/key{distance}", data)
        return line

for block in range(1, 9):
    @row(f"a token across the border at {256 * block} KiB", f"borders/token{block}", line="made")
    def _(i, v, block=block):
        data, line = behind((256 << 10) * block - 5 * block + 3, v)
        i.add(f"borders/token{block}", data)
        return line


@row("the last bytes of a file, without a line's end", "borders/end", line=2)
def _(i, v):
    i.add("borders/end", "x\n" + v)


# ---- the test ------------------------------------------------------------------------------------

def built(folder):
    """The reference, and the rows as they were planted: with their value, and the line where making the file told it."""
    image, planted = Image(3), []
    for r in rows:
        value = r.make()
        if value is None:
            print(f"left out {r.name}: needs openssl")
            continue
        line = r.plant(image, value)
        planted.append(r._replace(value=value, line=line if r.line == "made" else r.line))
    return image.write(folder), planted


def stands_at(r, s):
    if r.place:
        key_, want = r.place
        got = s["place"].get(key_)
        return not s["path"] and (got == want if isinstance(want, int) else isinstance(got, str) and got.startswith(want)) and s["surface"] == r.surface
    return s["path"].startswith(r.path[:-1]) if r.path.endswith("*") else s["path"] == r.path


# Rows that are not found yet, and why: told, and not counted. One that is found is to leave this list.
WAITS = {
    "base64 of base64": "a literal that is encoded twice is not looked for",
}


def differs(r, s):
    want = {"rule": r.rule, "layer": r.layer, "state": r.state, "gone_in": r.gone_in, "surface": r.surface, "encoding": r.encoding}
    if r.line is not None:
        want["line"] = r.line
    wrong = [f"{k} {s[k]}, not {v}" for k, v in want.items() if s[k] != v]
    if s["level"] not in r.level:
        wrong.append(f"level {s['level']} ({s['why']})")
    if s["length"] not in (len(r.value), len(r.value.rstrip("\n")), len(json.dumps(r.value.rstrip("\n"))) - 2):
        wrong.append(f"length {s['length']}, not {len(r.value)}")
    if r.layer is not None and s["history"] != f"COPY step{r.layer} /":
        wrong.append(f"history '{s['history']}'")
    if not s["advice"] or not s["title"] or len(s["fingerprint"]) != 26:
        wrong.append("no advice, title or fingerprint")
    if r.state != "present" and "ayer" not in s["advice"]:
        wrong.append("the advice does not say that the layer keeps it")
    return wrong


def surfaces():
    with tempfile.TemporaryDirectory() as d:
        reference, planted = built(d + "/image")
        report = plant.secrets(scoville, reference, want=(0, 4))
        status, printed, _ = plant.run(scoville, "secrets", "--no-cache", "-o", "json", "-v", reference)
    found, failed = plant.gate(report), 0
    for r in planted:
        # of several at one place (two values of one file, two settings): the one of its layer and rule
        here = sorted((s for s in found if stands_at(r, s)), key=lambda s: len(differs(r, s)))
        wrong = differs(r, here[0]) if here else ["not found: " + "; ".join(plant.line_of(s) for s in report["secrets"] if stands_at(r, s))]
        if here:
            found.remove(here[0])
        if r.value.encode() in printed or r.value.strip().splitlines()[-2 if "\n" in r.value else 0].encode() in printed:
            wrong.append("its value is in the output")
        if wrong and r.name not in WAITS:
            failed += 1
        if wrong:
            print(f"{'waits' if r.name in WAITS else 'FAILED'} {r.name}: {'; '.join(wrong)}")
        elif r.name in WAITS:
            print(f"no longer waits: {r.name}")
    for s in found:
        failed += 1
        print(f"FAILED nobody planted {plant.line_of(s)}")
    if not report["secret_search"]["complete"]:
        failed += 1
        print(f"FAILED the search is not complete: {report['secret_search']['missing']} {report['diagnostics']}")
    print(f"{len(planted)} secrets on as many surfaces, {failed} wrong")
    return failed


# ---- many of a kind --------------------------------------------------------------------------------

MANY = {"GitHub": github, "npm": plant.npm, "GitLab": plant.gitlab, "AWS": plant.aws_id, "Grafana": plant.grafana, "Stripe": plant.stripe,
        "a password by its name": lambda: "DB_PASSWORD=" + password(), "a URL": plant.url}


def many(n=100):
    """Whether a random value is found may not hang on its letters: of each kind at most 1 in 50 is lost."""
    image, failed = Image(1), 0
    for kind, make in enumerate(MANY.values()):
        for k in range(n):
            image.add(f"many/{kind}/{k}", f"{make()}\n")
    with tempfile.TemporaryDirectory() as d:
        found = {s["path"] for s in plant.gate(plant.secrets(scoville, image.write(d + "/image")))}
    for kind, name in enumerate(MANY):
        got = sum(f"many/{kind}/{k}" in found for k in range(n))
        if got < n - n // 50:
            failed += 1
            print(f"FAILED of {n} random values of {name}: {got} at high or medium")
    print(f"{len(MANY)} kinds, {n} values of each, {failed} kinds wrong")
    return failed


# ---- the made image with secrets -------------------------------------------------------------------

# path, rules of which one is found, layer, state; levels are open where the value was made without its checksum
MADE = [
    ("root/.aws/credentials", ("aws-",), 1, "present"),
    ("app/.env", ("github-ghp",), 1, "present"),
    ("app/.env", ("slack-",), 1, "present"),
    ("app/.env", ("stripe-",), 1, "present"),
    ("app/.env", ("url-password",), 1, "present"),
    ("root/.npmrc", ("npm",), 1, "present"),
    ("root/.docker/config.json", ("docker-auth",), 1, "present"),
    ("etc/ssl/private/server.key", ("pem-",), 1, "present"),
    ("app/gcp.json", ("pem-", "gcp-", "google-"), 1, "present"),
    ("app/jwt.txt", ("jwt",), 1, "present"),
    ("app/data.bin", ("google-", "gcp-"), 1, "present"),
    ("app/db.sqlite", ("gitlab-",), 1, "present"),
    ("app/inner.zip!conf/token.txt", ("hugging", "hf"), 1, "present"),
    ("tmp/build-secret", ("sendgrid",), 1, "deleted"),
]


def made():
    """The image `secrets` of tests/images/make."""
    if not os.path.exists(f"{images}/oci/secrets/index.json"):
        print("left out the image secrets: not made (SCOVILLE_TEST_IMAGES)")
        return 0
    report = plant.secrets(scoville, f"oci:{images}/oci/secrets", "--all")
    found, failed = report["secrets"], 0
    for path, rules, layer, state in MADE:
        here = [s for s in found if s["path"] == path and s["rule"].startswith(rules)]
        if not any((s["layer"], s["state"]) == (layer, state) for s in here):
            failed += 1
            print(f"FAILED secrets: {path} {rules[0]} in layer {layer}, {state}: {[plant.line_of(s) for s in found if s['path'] == path]}")
    for s in found:
        if s["state"] == "deleted" and (s["path"], s["gone_in"]) != ("tmp/build-secret", 2):
            failed += 1
            print(f"FAILED secrets: deleted: {plant.line_of(s)}")
    env = [s for s in found if s["surface"] == "env" and s["level"] in ("high", "medium")]
    if len(env) != 1:
        failed += 1
        print(f"FAILED secrets: the password in Env: {[plant.line_of(s) for s in env]}")
    if any(s["surface"] == "history" and s["level"] in ("high", "medium") for s in found):
        failed += 1
        print("FAILED secrets: the zeros in the history are no token")
    print(f"{len(MADE) + 1} secrets of the made image, {failed} wrong")
    return failed


sys.exit(1 if surfaces() + many() + made() else 0)
