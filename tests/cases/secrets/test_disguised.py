#!/usr/bin/env python3
"""test_disguised.py SCOVILLE: secrets in usual disguises, and beside what could excuse them. Each image has one, and conf.secrets is not met.

SPDX-License-Identifier: Apache-2.0
"""
import base64
import gzip
import json
import os
import sys
import tempfile

import plant
from oci import tar
from plant import Image, github, password, text

scoville = os.path.abspath(sys.argv[1])
DEBIAN = ("etc/os-release", b'ID=debian\nVERSION_ID="12"\n')
PEM = plant.key("rsa")
BORDER = 64 << 10
rows = []


def row(name, fill, layers=1, leak=None):
    """leak: what no output may hold."""
    rows.append((name, fill, layers, leak))


def file(name, path, data):
    row(name, lambda i: i.add(path, data))


def config(name, **fields):
    row(name, lambda i: i.config.update(fields))


def package(image, name, files, layer=0):
    image.add("var/lib/dpkg/status", f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.0-1\n\n", layer)
    image.add(f"var/lib/dpkg/info/{name}.list", "/.\n" + "".join(f"/{f}\n" for f in files), layer)


def redis(secret_in, installed_in, then=None):
    """etc/redis/redis.conf with a password, and the package that owns the path."""
    def fill(image):
        image.layers[0] = [DEBIAN]
        image.add("etc/redis/redis.conf", f"requirepass {password()}\n", secret_in)
        if then is not None:
            image.add("etc/redis/redis.conf", "bind x\n", then)
        package(image, "redis-server", ["etc/redis/redis.conf"], installed_in)
    return fill


def archive(*entries):
    return gzip.compress(tar(*entries))


if PEM:
    escaped = json.dumps(PEM)
    file("a key as PHP writes JSON", "app/a.json", '{"private_key":' + escaped.replace("/", "\\/") + "}")
    file("a key as .NET writes JSON", "app/a.json", '{"PrivateKey":' + escaped.replace("+", "\\u002B") + "}")
    file("a key with line ends of XML", "app/a.xml", "<key>" + PEM.replace("\n", "&#xD;\n") + "</key>")
    config("a key as PHP writes JSON, in the environment", Env=['CREDENTIALS={"private_key":' + escaped.replace("/", "\\/") + "}"])
    file("a service's key in a folder called vendor", "opt/vendor/nf/test/server.key", PEM)
    row("a service's key that a test folder names too", lambda i: (i.add("app/node_modules/x/test/key.pem", PEM),
                                                                   i.link("etc/ssl/private/server.key", "app/node_modules/x/test/key.pem", hard=True)))
    file("a key in DER, in an archive", "srv/b.tgz", archive(("etc/ssl/private/a.key", base64.b64decode("".join(PEM.split("\n")[1:-2])))))
file("a password between the words of a key", "app/jwt.js",
     f'k.replace("-----BEGIN PRIVATE KEY-----","");\nconst db = {{ user: "app", password: "{password()}" }};\nk.replace("-----END PRIVATE KEY-----","");\n')
file("auth that is not Docker's", "app/config.json", json.dumps({"redis": {"host": "x", "auth": text(28)}}))
file("a token that begins as another kind does", "srv/a.env", f"INTERNAL_API_TOKEN=api-{text(37)}\n")
file("a token whose name has aws in it", "srv/a.env", f"CORP_AWS_BROKER_TOKEN={text(32)}\n")
for length in (1400, 1600, 2600):
    file(f"Docker's auth of {length} characters", "root/.docker/config.json",
         json.dumps({"auths": {"r.internal": {"auth": base64.b64encode(b"svc:" + text(length).encode()).decode()}}}))
for name in ("DOCKER_REGISTRY_PASSWORD", "REDIS_CACHE_PASSWORD", "PRIMARY_DB_PASSWORD", "DB_PASSWORD_BACKUP"):
    config(f"the environment: {name}", Env=[f"{name}={password()}"])
for place in ("{0}{1}", ",{0}{1}", "={0}{1}", ":{0}{1}", ".{0}{1}", "{0}::{1}"):
    file("a password as " + place.format("", ""), "srv/a.yml", f'db:\n  password: "{place.format(password(9), password(9))}"\n')
config("an argument behind its option", Entrypoint=["redis-server", "--requirepass", password()])
config("an argument behind its option, the last", Cmd=["mysql", "-h", "db", "--password", password()])
row("a setting that stands there before its package", redis(0, 1), 2)
row("a setting that a package overwrites", redis(0, 1, then=1), 2)
row("a setting in the layer of its package", redis(0, 0))
file("a folder called vendor", "opt/vendor/conf/application.properties", f"spring.datasource.password={password()}\n")
file("an address in a program", "srv/app", b"\x7fELF" + bytes(2000) + plant.url().encode() + bytes(100))
for escape, ahead in (("\\u003d", 11), ("%20", 4), ("\\n", 7)):
    for shift in range(-2, 3):
        head = plant.filler(BORDER + 200)[:BORDER - ahead + shift]
        file(f"behind {escape} on a border, {shift:+d}", "app/x.txt", head + b"\n" + f'"k": "a{escape}{github()}"\n'.encode())
file("a name in an archive", "a/x.tgz", archive((f"x/{github()}.txt", b"hi")))
file("an account without a password, in an archive", "srv/b.tgz", archive(("etc/shadow", b"root::19000:0:99999:7:::\n")))
key = "shp" + "at_" + text(32, plant.HEX)
row("a label's name", lambda i: i.config.update(Labels={key: "x"}), leak=key)
row("a secret in an archive, in a file named as another", lambda i: i.add("a/x.tgz", archive((f"x/{key}/a.txt", f"t={github()}".encode()))), leak=key)


def main():
    wrong = 0
    for name, fill, layers, leak in rows:
        image = Image(layers)
        fill(image)
        with tempfile.TemporaryDirectory() as folder:
            reference = image.write(folder)
            status, out, err = plant.run(scoville, "grade", "--no-cache", "--now", plant.NOW, "-o", "json", reference)
        if status:
            print(f"FAILED {name}: exit {status}: {err.decode(errors='replace')[:200]}")
            wrong += 1
            continue
        verdict = next(c["verdict"] for c in json.loads(out)["criteria"] if c["id"] == "conf.secrets")
        leaks = leak and leak.encode() in out + err
        wrong += verdict != "not-met" or bool(leaks)
        print(f"{'FAILED' if verdict != 'not-met' or leaks else 'ok'} {name}: {verdict}{', and printed' if leaks else ''}")
    print(f"{len(rows)} images, {wrong} wrong")
    return wrong != 0


sys.exit(main())
