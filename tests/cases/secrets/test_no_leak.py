#!/usr/bin/env python3
"""test_no_leak.py SCOVILLE: no command, format, error, crash or cache holds a byte of a planted value.

Values of every kind of the rule files and more are planted wherever an image, a file or an argument can hold one. Then every command
runs in every form, and all that it printed or wrote is searched for each value: any eight characters of it in a row, and its forms in
base64, in hexadecimal, reversed and hashed. Two controls show that the search finds what is there.

SPDX-License-Identifier: Apache-2.0
"""
import base64
import gzip
import hashlib
import http.server
import io
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zipfile

import plant
import templates
from oci import CONFIG, LAYER, MANIFEST, Layout, sha, tar
from plant import Image

scoville = os.path.abspath(sys.argv[1])
RUN = 8    # characters of a value in a row that nothing may hold
CODED = 14  # of a form of it
failures = []


def failed(text):
    failures.append(text)
    print(f"FAILED {text}")


# ---- the search ----------------------------------------------------------------------------------

class Needles:
    """Values by name; hits(data) names those of which a piece stands in the data."""

    def __init__(self):
        self.values, self.plain, self.coded = {}, {}, {}

    def add(self, name, value):
        raw = value.encode() if isinstance(value, str) else value
        self.values[name] = raw
        for text in (raw, raw[::-1]):
            for i in range(max(1, len(text) - RUN + 1)):
                self.plain.setdefault(text[i:i + RUN], name)
        for form in self.forms(raw):
            for i in range(len(form) - CODED + 1):
                self.coded.setdefault(form[i:i + CODED], name)
        return value

    @staticmethod
    def forms(raw):
        yield raw.hex().encode()
        yield raw.hex().upper().encode()
        for before in range(3):  # the characters that do not depend on what stands around
            text = base64.b64encode(bytes(before) + raw)[(8 * before + 5) // 6:8 * (before + len(raw)) // 6]
            yield text
            yield text.translate(bytes.maketrans(b"+/", b"-_"))
        for algorithm in ("md5", "sha1", "sha256", "sha512"):
            yield hashlib.new(algorithm, raw).hexdigest().encode()
        yield base64.b32encode(hashlib.sha256(raw).digest()).lower()

    def hits(self, data):
        # also as it reads without what the text format puts between: line ends, indents, colours
        joined = re.sub(rb"\x1b\[[0-9;]*m|\s+|\\n", b"", data)
        found = {}
        for text in (data, joined):
            for size, table in ((RUN, self.plain), (CODED, self.coded)):
                for i in range(len(text) - size + 1):
                    name = table.get(text[i:i + size])
                    if name:
                        found.setdefault(name, text[max(0, i - 30):i])
        return found


needles = Needles()


def secret(name, value, random=None):
    """Planted: the value is told, its random parts are searched for."""
    for i, piece in enumerate([random or value] if isinstance(random, (str, type(None))) else random):
        if len(piece) >= RUN:
            needles.add(f"{name}{i or ''}", piece)
    return value


def token(name):
    value = plant.github()
    return secret(name, value, value[4:])


# ---- what is planted -----------------------------------------------------------------------------

def zipped(name, data):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as z:
        z.writestr(name, data)
    return out.getvalue()


def by_rule(image):
    """An example of each rule, in a file; of those that are looked for everywhere also in names and lines of the history."""
    n = 0
    for rule, text, pieces in templates.examples():
        secret("rule " + rule["id"], text, pieces)
        image.add(f"rules/{rule['id']}", text + "\n")
        n += 1
        if rule.get("strong") != "yes" or "\n" in text:
            continue
        short = templates.expand(rule["good"])
        secret("history of " + rule["id"], *short)
        image.history.append({"created_by": f"RUN fetch {short[0]} # comment", "empty_layer": True})
        if "/" not in short[0]:
            named = templates.expand(rule["good"])
            image.add("names/" + secret("name of " + rule["id"], *named), "x")
    return n


def surfaces(image):
    image.add("app/.env", f"API_TOKEN={token('file')}\nDB_PASSWORD={secret('password in a file', plant.password())}\n")
    image.add("app/url", f"DSN={plant.url('mysql', secret('password of a URL', plant.password()))}\n")
    key = plant.key() or ""
    if key:
        image.add("etc/tls/server.key", secret("key", key, key.splitlines()[1:-1]))
    image.add("app/deleted", token("deleted"))
    image.remove("app/deleted", 1)
    image.add(f"dir-{token('name of a folder')}/file", "x")
    image.add(f"lib-{token('name of a program')}", b"\x7fELF" + bytes(60), mode=0o4755)
    image.link("app/link", f"https://u:{secret('link', plant.password())}@example.org/")
    image.link(f"app/{token('name of a link')}", "nowhere")
    image.add("app/attribute", "x", pax_headers={"SCHILY.xattr.user.note": token("attribute")})
    image.add("app/a.jar", zipped(f"conf/{token('name in an archive')}", f"token={token('in an archive')}\n"))
    image.add("app/base64", base64.b64encode(f"login {token('base64')} now".encode()))
    image.add("app/utf16", f"value={token('UTF-16')}".encode("utf-16-le"))
    image.config.update({
        "Env": image.config["Env"] + [f"GITHUB_TOKEN={token('Env')}", f"DB_PASSWORD={secret('password in Env', plant.password())}",
                                      f"ADMIN_PASSWORD={secret('words in Env', 'Correct' + 'Horse9' + 'Battery')}"],
        "Cmd": ["serve", "--token", token("Cmd"), "--password=" + secret("password in Cmd", plant.password())],
        "Entrypoint": ["sh", "-c", f"login -p {token('Entrypoint')}"],
        "Labels": {"note": token("label"), "org.opencontainers.image.source": f"https://u:{secret('label URL', plant.password())}@example.org/x",
                   token("name of a label"): "x"},
        "Healthcheck": {"Test": ["CMD-SHELL", f"curl -H 'Authorization: Bearer {secret('bearer', plant.text(40))}' localhost"]},
        "OnBuild": [f"ENV API_KEY={token('OnBuild')}"], "User": "65532", "WorkingDir": f"/{token('WorkingDir')}",
        "Volumes": {f"/{token('Volumes')}": {}}, "StopSignal": token("StopSignal")})
    image.history += [
        {"created_by": f"RUN |2 TOKEN={token('argument')} PASSWORD={secret('password in an argument', plant.password())} /bin/sh -c make", "empty_layer": True},
        {"created_by": f"RUN mysql -ppw --password={secret('mysql', plant.password())}; curl -u admin:{secret('curl', plant.password())} https://h/",
         "comment": token("comment"), "author": token("author"), "empty_layer": True}]
    image.annotations = {"org.opencontainers.image.source": f"https://u:{secret('annotation URL', plant.password())}@example.org/x",
                         "org.opencontainers.image.authors": token("annotation")}
    image.index_annotations = {"note": token("annotation of the index")}
    image.statements = [{"_type": "https://in-toto.io/Statement/v0.1", "predicateType": "https://slsa.dev/provenance/v0.2",
                         "subject": [{"name": token("subject"), "digest": {"sha256": "00"}}],
                         "predicate": {"builder": {"id": f"https://u:{secret('builder', plant.password())}@ci/"},
                                       "invocation": {"parameters": {"args": {"build-arg:TOKEN": token("build-arg")}}}}}]


def readers(image):
    """Where the readers of package databases, users and releases look."""
    image.layers[0][0] = ("etc/os-release", f'ID=debian\nVERSION_ID=12\nPRETTY_NAME="Debian {token("os-release")}"\n'.encode(), {})
    image.add("etc/passwd", f"root:x:0:0:{token('passwd')}:/root:/bin/sh\n{token('name of a user')}:x:7:7::/:/bin/sh\n")
    image.add("etc/shadow", f"root:$6${secret('salt', plant.text(16))}${secret('hash', plant.text(86))}:19000:0:99999:7:::\n")
    image.add("var/lib/dpkg/status", f"Package: tool\nStatus: install ok installed\nVersion: 1.0-{token('version')}\nArchitecture: amd64\n"
              f"Maintainer: https://u:{secret('maintainer', plant.password())}@example.org\n\nPackage: {token('name of a package')}\nVersion: :::\n")
    image.add("etc/apt/sources.list", f"deb https://u:{secret('sources.list', plant.password())}@apt.example.org/ stable main\n")
    image.add("lib/apk/db/installed", f"P:x\nV:{token('apk')}\n\nnonsense {token('broken apk')}\n")


def whole(folder):
    image = Image(2)
    readers(image)
    surfaces(image)
    n = by_rule(image)
    return image.write(folder), n


def broken(folder):
    """Images that end in errors, each with a value where the error is. Name and reference."""
    os.makedirs(folder)

    def layout(name):
        return Layout(os.path.join(folder, name))
    l = layout("config")
    yield "a config that is no JSON", l.index(l.image([], config_descriptor=l.put(f'{{"config": {{"Env": ["T={token("broken config")}" oops'.encode(), CONFIG)))
    l = layout("manifest")
    yield "a manifest that is no JSON", l.index(l.put(f'{{"layers": ["{token("broken manifest")}'.encode(), MANIFEST))
    l = layout("types")
    yield "a media type with a value", l.index(l.image([(l.put(tar(plant.OS), f"application/{token('media type')}"), sha(tar(plant.OS)))]))
    l = layout("digest")
    yield "a digest with a value", l.index({"mediaType": MANIFEST, "digest": f"sha256:{token('digest')}", "size": 3})
    l = layout("tag")
    one = l.image([l.layer(tar(plant.OS))])
    yield "tags with a value", l.index(*[{**one, "annotations": {"org.opencontainers.image.ref.name": token(f"tag {i}")}} for i in range(2)])
    l = layout("tar")
    data = tar(plant.OS, (f"../../{token('path that leaves')}", b"x"), (f"x/{token('name before the end')}", bytes(5000)),
               ("l", b"", {"type": b"1", "linkname": f"no/{token('hard link to nothing')}"}))
    yield "names in diagnostics", l.index(l.image([l.layer(data)]))
    l = layout("cut")
    data = tar(plant.OS, (f"x/{token('a name in a cut layer')}", f"T={token('content of a cut layer')}\n".encode() + bytes(5000)))
    yield "a layer that ends early", l.index(l.image([l.layer(data[:len(data) - 9000])]))
    l = layout("pax")
    bad = tar(("x", b"x", {"pax_headers": {"comment": token("pax comment"), "GNU.sparse.map": token("sparse map")}}))
    yield "a bad PAX header", l.index(l.image([l.layer(plant.OS and bad)]))
    l = layout("user")
    yield "a user that is a value", l.index(l.image([l.layer(tar(plant.OS))], config={"User": token("User")}))
    l = layout("platform")
    yield "a platform that is a value", l.index({**one, "digest": l.image([l.layer(tar(plant.OS))])["digest"], "platform": {"os": token("os"), "architecture": "x"}})
    path = os.path.join(folder, "archive.tar")
    with open(path, "wb") as f:
        f.write(tar(("manifest.json", f'[{{"Config": "{token("archive")}", "Layers": ["{token("archive layer")}"]}}]'.encode())))
    yield "an archive without what it names", "docker-archive:" + path


# ---- running -------------------------------------------------------------------------------------

class Ground:
    """One folder for all that a run may write."""

    def __init__(self, folder):
        self.folder, self.runs, self.seen = folder, 0, set()
        for name in ("home", "tmp", "cwd", "out"):
            os.mkdir(os.path.join(folder, name))

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def run(self, what, *words, stdin=b"", want=None, env=None):
        clean = {k: v for k, v in os.environ.items() if not k.startswith("SCOVILLE_")}
        clean.update(HOME=self.path("home"), XDG_CACHE_HOME=self.path("home/cache"), TMPDIR=self.path("tmp"), **(env or {}))
        r = subprocess.run([scoville, *words], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=clean, cwd=self.path("cwd"), timeout=120,
                           preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)))
        self.runs += 1
        if want is not None and r.returncode not in want:
            failed(f"{what}: exit {r.returncode}: {r.stderr[:300]}")
        self.search(what, r.stdout + r.stderr)
        return r

    def search(self, what, data):
        key = hashlib.sha256(data).digest()
        if key in self.seen:
            return
        self.seen.add(key)
        for name, before in needles.hits(data).items():
            failed(f"{what}: holds the value '{name}' behind {before!r}")

    def files(self, what, folder=None):
        n = 0
        for root, _, names in os.walk(folder or self.folder):
            for name in names:
                n += 1
                self.search(f"{what}: name of a file", os.path.join(root, name).encode(errors="surrogateescape"))
                with open(os.path.join(root, name), "rb") as f:
                    self.search(f"{what}: {name}", f.read())
        return n


def images(g, reference):
    """Grade and secrets, in every format and manner."""
    everything = ["-v", "--all", "--timings", "--color", "always", "--requirements", "3gpp-nf"]
    for command in ("grade", "secrets"):
        for number, how in enumerate([["--no-cache"], ["--cache", g.path("home/c")], ["--cache", g.path("home/c")], ["--no-cache", "--no-sandbox"],
                                      ["--no-cache", "--threads", "1", "--now", plant.NOW]]):
            for form in (["-o", "text"], ["-o", "json"], ["-q"]):
                what = f"{command} {' '.join(how)} {' '.join(form)}"
                out = [] if form == ["-q"] else everything
                g.run(what, command, *how, *form, *out, reference, want=(0, 4))
            g.run(f"{command} to files", command, *how, "-o", f"json={g.path('out', f'{command}{number}.json')}", "-o",
                  f"text={g.path('out', f'{command}{number}.txt')}", *everything, reference, want=(0, 4))
        g.run(f"{command} --all-platforms", command, "--no-cache", "--all-platforms", "-o", "json", reference)
        g.run(f"{command} with gates", command, "--no-cache", "--fail-on", "conf.secrets", "--require-complete", reference)
    # what is not searched is masked all the same; the cache folder is searched with all others
    for form in (["-o", "text"], ["-o", "json"], ["-o", "badge=" + g.path("out/skipped")], ["-q"]):
        for how in (["--no-cache"], ["--cache", g.path("home/skipped")], ["--cache", g.path("home/skipped")]):
            g.run(f"grade --skip secrets {' '.join(how)} {form[-1]}", "grade", "--skip", "secrets", *how, *form, *(everything if "-q" not in form else []),
                  reference, want=(0, 4))
    g.run("badges", "grade", "--no-cache", "-o", "badge=" + g.path("out/badges"), reference, want=(0, 4))
    for options in ([], ["--reason", "made for this test"]):
        g.run("an ignore file is written", "secrets", "--no-cache", "--ignore", g.path("out/ignore" + str(len(options))), "--write-ignore", *options, reference)
    g.run("what is ignored is told", "secrets", "--no-cache", "--ignore", g.path("out/ignore2"), "-v", "--all", reference)
    g.run("what is ignored is told, JSON", "secrets", "--no-cache", "--ignore", g.path("out/ignore2"), "-o", "json", reference)


LIMITS = ["worker_memory=64M", "answer_size=1M", "kept_file=4096", "secrets=16", "layer_entries=16", "path_length=256", "nested_depth=0", "xattr_size=256",
          "pax_size=4096", "records=1024", "packages=16", "document_size=4096", "layers=1", "nested_size=4096", "layer_size=1M"]


def crashes(g, reference):
    for limit in LIMITS:
        for command in ("grade", "secrets"):
            g.run(f"{command} --limit {limit}", command, "--no-cache", "--limit", limit, "-v", "-o", "json", reference)
        g.run(f"grade --skip secrets --limit {limit}", "grade", "--skip", "secrets", "--no-cache", "--limit", limit, "-v", "-o", "json", reference)
    for name in (signal.SIGABRT, signal.SIGSEGV, signal.SIGKILL):
        killed(g, name)


def killed(g, name):
    """A worker dies over a layer that holds values."""
    body = f"T={token('a layer whose worker dies')}\n".encode() + os.urandom(1 << 20)
    image = Image(1)
    for i in range(48):
        image.add(f"f{i}", body)
    with tempfile.TemporaryDirectory(dir=g.path("tmp")) as d:
        reference = image.write(d + "/image")
        p = subprocess.Popen([scoville, "secrets", "--no-cache", "-v", "-o", "json", reference], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=g.path("cwd"),
                             env={**os.environ, "HOME": g.path("home"), "TMPDIR": g.path("tmp")})
        hit, until = 0, time.monotonic() + 5
        while not hit and p.poll() is None and time.monotonic() < until:
            for pid in family(p.pid)[2:]:  # the helper's children
                os.kill(pid, name)
                hit += 1
            time.sleep(0.002)
        out, err = p.communicate(timeout=60)
    if not hit:
        print(f"left out: no worker to end by signal {name}")
    elif p.returncode == 0 and not json.loads(out)["secrets"]:
        failed(f"a worker ended by {name.name}: exit 0 without what it was to find")
    g.runs += 1
    g.search(f"a worker ended by {name.name}", out + err)


def family(pid):
    """The process, its children, theirs."""
    found = [pid]
    for p in found:
        try:
            for t in os.listdir(f"/proc/{p}/task"):
                found += map(int, open(f"/proc/{p}/task/{t}/children").read().split())
        except (FileNotFoundError, ProcessLookupError):
            pass
    return found


def errors(g):
    for name, reference in broken(g.path("broken")):
        for options in ([], ["-o", "json", "-v"], ["--no-sandbox"], ["--skip", "secrets", "-v"], ["--skip", "secrets", "-v", "-o", "json"]):
            r = g.run(name, "grade", "--no-cache", *options, reference)
            if name != "tags with a value" and r.returncode == 2:
                failed(f"{name}: exit 2: {r.stderr[:200]}")
    pw = secret("password of a reference", plant.password())
    for reference in (f"https://user:{pw}@registry.example.org/x", f"user:{pw}@localhost:1/x", f"docker://user:{pw}@localhost:1/x:1",
                      f"oci:{g.path('none')}/https://u:{pw}@h/x", f"localhost:1/x:{token('tag')}", f"oci:/none/{token('path')}", f"./{token('a path')}",
                      f"docker-archive:/none/{token('archive path')}.tar", f"localhost:1/x@sha256:{token('digest of a reference')}",
                      f"rootfs:/none/{token('rootfs')}", f"docker:{token('docker')}"):
        for command in ("grade", "secrets"):
            g.run("a broken reference", command, "--no-cache", "--timeout", "5", "--limit", "retries=0", reference, want=(2, 3))
    files(g)
    g.run("an unknown criterion", "explain", token("explain"))
    g.run("an unknown command", token("command"))
    g.run("an unknown option", "grade", f"--{token('option')}")
    g.run("the value of an option", "grade", "--max-age", token("max-age"), "oci:/none")
    g.run("a proxy", "grade", "--no-cache", "localhost:1/x", env={"HTTPS_PROXY": f"http://u:{secret('proxy', plant.password())}@127.0.0.1:1"})


def files(g):
    """Files of the user that are wrong, with a value in the wrong line."""
    image = Image(1)
    reference = image.write(g.path("plain"))
    wrong = {
        "--ignore": [f"conf.secrets {token('ignore, a word')}\n", f'conf.secrets fp={token("ignore, fp")} until=2030-01-01 reason="x"\n',
                     f'conf.secrets until={token("ignore, until")} reason="x"\n', f"key {token('ignore, key')}\n", f'{token("ignore, id")} until=2030-01-01 reason="x"\n'],
        "--secret-rules": [f"[rule x]\nkind = x\n{token('rules, a key')} = 1\n", f"[rule x]\nkind = x\ntitle = x\nadvice = x\nsource = x\nliteral = abcd\nexpression = (abcd\ngood = {token('rules, good')}\n",
                           f"{token('rules, no section')}\n", f"[rule {token('rules, id')}]\n", f"[rule x]\nkind = x\nvalid = {token('rules, validator')}\n"],
        "--trusted-file": [f"https://u:{secret('trusted', plant.password())}@h/*\n"],
        "--fp-key": [token("key file"), secret("short key file", plant.text(9))],
    }
    for option, texts in wrong.items():
        for i, text in enumerate(texts):
            path = g.path(f"user{option}{i}")
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
            g.run(f"a wrong {option}", "grade", "--no-cache", option, path, "-v", reference)
            if option == "--secret-rules":
                g.run("wrong rules, tested", "rules", "test", path)
                g.run("wrong rules, listed", "rules", "list", "-v", option, path)
            os.unlink(path)
    path = g.path("auth.json")
    for text in (f'{{"auths": {{"localhost:1": {{"auth": "{base64.b64encode(b"u:" + secret("auth file", plant.password()).encode()).decode()}"',
                 f'{{"auths": {{"localhost:1": {{"auth": "{secret("auth that is no base64", plant.password())}!"}}}}}}',
                 f'{{"auths": {{"localhost:1": {{"username": "u", "password": "{secret("plain auth file", plant.password())}"}}}}}}'):
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        g.run("an auth file", "grade", "--no-cache", "--authfile", path, "--limit", "retries=0", "localhost:1/x")
    os.unlink(path)


def kinds():
    """Rules for tokens that stand by themselves."""
    for rule in templates.rules():
        made = templates.expand(rule["good"]) if "prefix" in rule and "path" not in rule else None
        if made and made[1] and re.fullmatch(r"[!-~]+", made[0]) and not re.search(r"['\"<>{}=:/\\\\]", made[0]):
            yield rule


def spoken(g, value):
    """References, one after the other in one folder, whose errors and reports speak of a value."""
    l = Layout(g.path("place"))
    plain = l.layer(tar(plant.OS))
    yield l.index(l.image([(l.put(tar(plant.OS), f"application/{value('a media type')}"), sha(tar(plant.OS)))]))
    yield l.index(*[{**l.image([plain]), "annotations": {"org.opencontainers.image.ref.name": value("a tag")}} for _ in range(2)])
    yield l.index({**l.put(b'{"layers": []}', MANIFEST), "artifactType": f"application/{value('an artifact type')}"})
    yield l.index(l.put(f'{{"layers": [], "config": {value("damaged JSON")}'.encode(), MANIFEST))
    yield l.index({"mediaType": f"application/{value('a media type of the index')}", "digest": sha(b"x"), "size": 1})
    names = tar(plant.OS, (f"{value('a folder')}/{value('a file')}/x", b"x"), ("etc/passwd", f"{value('a user')}:x:7:7::/home/{value('a home')}:/bin/sh\n".encode()))
    yield l.index(l.image([l.layer(names)], config={"User": value("User")}, annotations={"note": value("an annotation")}))
    with open(g.path("place.tar"), "wb") as f:
        f.write(tar(("manifest.json", f'[{{"Config": "{value("a config of an archive")}.json", "Layers": ["{value("a layer of an archive")}/layer.tar"]}}]'.encode())))
    yield "docker-archive:" + g.path("place.tar")
    yield f"oci:/nowhere/{value('a reference')}"


def places(g):
    """Values of every kind where the program speaks of what it was given."""
    n = 0
    for rule in kinds():
        def value(where):
            return secret(f"{rule['id']} as {where}", *templates.expand(rule["good"]))
        for k, reference in enumerate(spoken(g, value)):
            if (n + k) % 4:
                continue  # each place has a quarter of the kinds; all kinds in messages: tests/unit/api/test_mask.c
            g.run(f"a place for {rule['id']}", "grade", "--no-cache", "--skip", "secrets", "-v", reference)
        n += 1
        shutil.rmtree(g.path("place"))
        os.unlink(g.path("place.tar"))
    if n < 77:
        failed(f"places: {n} kinds")


class Echo(http.server.BaseHTTPRequestHandler):
    """A registry that says back all it hears, in the status line, a header, the body and a redirect."""
    mode = "body"

    def do_GET(self):
        sent = self.headers.get("Authorization", "")
        word = base64.b64decode(sent[6:]).decode() if sent.startswith("Basic ") else sent
        if not sent:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="registry"')
        elif self.mode == "body":
            self.send_response(403, word)
            self.send_header("WWW-Authenticate", f'Basic realm="{word}"')
            self.send_header("X-Error", word)
        else:
            self.send_response(302)
            self.send_header("Location", f"http://{word}@127.0.0.1:1/{word}?{sent[6:]}")
        body = json.dumps({"errors": [{"code": "DENIED", "message": f"{word} {sent}", "detail": word}]}).encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, *_):
        pass


def registry(g):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host = f"127.0.0.1:{server.server_address[1]}"
    for Echo.mode in ("body", "redirect"):
        for options in ([], ["-v", "--timings"], ["-o", "json"]):
            pw = secret(f"password for the registry, {Echo.mode}", plant.password())
            g.run(f"a registry that echoes, {Echo.mode}", "grade", "--no-cache", "--limit", "retries=0", "--username", "user", "--password-stdin", *options,
                  f"{host}/x:1", stdin=pw.encode() + b"\n", want=(3,))
    server.shutdown()


def others(g):
    """Commands that read no image; the cache that values went into is there."""
    for words in (["criteria"], ["criteria", "-o", "json"], ["explain"], ["explain", "conf.secrets"], ["rules", "list"], ["rules", "list", "-v"], ["rules", "test"],
                  ["cache", "--cache", g.path("home/c")], ["cache", "-v"], ["completion", "bash"], ["version"], ["--help"], ["grade", "--help"], ["secrets", "--help"]):
        g.run(" ".join(words), *words)


# ---- controls ------------------------------------------------------------------------------------

def raw(folder):
    """All bytes of a layout, layers unpacked."""
    out = b""
    for root, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(root, name), "rb") as f:
                data = f.read()
            out += gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
    return out


def control(g, folder):
    """The image holds every value that was planted in it, by the same search; what UTF-16 hides aside."""
    planted = set(needles.values)
    found = set(needles.hits(raw(folder)))
    lost = planted - found - {"UTF-16"}
    # two values may share a run of characters: the search names the first
    if len(lost) > len(planted) // 50 or "base64" in lost or "file" in lost:
        failed(f"control: the search does not find what was planted: {sorted(lost)[:10]} of {len(planted)}")
    path = g.path("out/control")
    for form in (needles.values["file"][5:20], needles.values["file"][::-1], needles.values["file"].hex().encode(), b"x" + base64.b64encode(b"1" + needles.values["file"]),
                 b"\x1b[31m" + needles.values["file"][:5] + b"\x1b[0m\n   " + needles.values["file"][5:]):
        with open(path, "wb") as f:
            f.write(b"noise " + form + b" noise")
        before = len(failures)
        probe = Ground.__new__(Ground)
        probe.seen, probe.folder = set(), g.folder
        quiet, sys.stdout = sys.stdout, io.StringIO()
        probe.files("control", g.path("out"))
        sys.stdout = quiet
        if not any("'file'" in x for x in failures[before:]):
            failed(f"control: a file with {form[:6]!r}... is not found")
        else:
            del failures[before:]
    os.unlink(path)
    return len(planted)


def main():
    with tempfile.TemporaryDirectory() as folder:
        g = Ground(folder)
        with tempfile.TemporaryDirectory() as outside:
            reference, rules = whole(outside + "/image")
            planted = control(g, outside + "/image")
            images(g, reference)
            crashes(g, reference)
        cached = g.files("written", g.path("home"))
        if not any(b"etc/os-release" in open(os.path.join(r, n), "rb").read() for r, _, names in os.walk(g.path("home")) for n in names):
            failed("control: the cache does not hold the names of files as they are")
        for name in ("out", "tmp", "cwd"):
            g.files("written", g.path(name))
        others(g)
        with tempfile.TemporaryDirectory() as outside:
            g.folder, inside = outside, g.folder
            for name in ("home", "tmp", "cwd", "out"):
                os.symlink(os.path.join(inside, name), g.path(name))
            errors(g)
            places(g)
            registry(g)
            g.folder = inside
        for name in ("home", "out", "tmp", "cwd"):
            g.files("written after errors", g.path(name))
    print(f"{planted} values planted, {rules} of them by the rules' examples, {g.runs} runs, {cached} files of the cache: {len(failures)} leaks or wrong")
    return 1 if failures else 0


sys.exit(main())
