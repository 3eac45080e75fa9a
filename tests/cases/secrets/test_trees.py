#!/usr/bin/env python3
"""test_trees.py SCOVILLE: a package of a language is known by its record, and only what the record lists, as it lists it, is the package's.

SPDX-License-Identifier: Apache-2.0
"""
import base64
import hashlib
import json
import os
import sys
import tempfile

import plant
from plant import Image, password

scoville = os.path.abspath(sys.argv[1])
BIG = 300 << 10  # more than one slot of the worker
rows = []


def code(pad=0):
    return f"{'# ' + 'x' * 76 if pad else ''}\n" * (pad // 79 + 1) + f"DB_PASSWORD = \"{password()}\"\n"


def row(name, fill, lowered):
    rows.append((name, fill, lowered))


def wheel(image, site, files, listed=None, name="pkg"):
    """The files below `site`, and a RECORD of `listed` (default: of the files as they are)."""
    def digest(text):
        return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
    for path, text in files.items():
        image.add(f"{site}/{path}", text)
    lines = [f"{path},sha256={digest(text)},{len(text)}" for path, text in (files if listed is None else listed).items()]
    image.add(f"{site}/{name}-1.0.dist-info/RECORD", "\n".join(lines + [f"{name}-1.0.dist-info/RECORD,,"]) + "\n")


for site in ("usr/lib/python3/site-packages", "var/task", "opt/venv/lib/python3.11/site-packages"):
    row(f"a wheel in /{site}", lambda i, site=site: wheel(i, site, {"pkg/a.py": code()}), True)

def direct(image, installer):
    site = "usr/lib/python3/site-packages"
    wheel(image, site, {"pkg/a.py": code(), "pkg-1.0.dist-info/INSTALLER": installer, "pkg-1.0.dist-info/direct_url.json": '{"url": "file:///src", "dir_info": {}}'})


row("a wheel that pip made of a folder", lambda i: direct(i, "pip\n"), False)
row("a wheel that conda made of a folder of its own", lambda i: direct(i, "conda"), True)
row("a large file of a wheel", lambda i: wheel(i, "var/task", {"pkg/a.py": code(BIG)}), True)
row("a file that was changed", lambda i: wheel(i, "usr/lib/python3/site-packages", {"pkg/a.py": code()}, {"pkg/a.py": code()}), False)
row("a large file that was changed", lambda i: wheel(i, "usr/lib/python3/site-packages", {"pkg/a.py": code(BIG)}, {"pkg/a.py": code(BIG)}), False)
row("a file that no record lists", lambda i: wheel(i, "usr/lib/python3/site-packages", {"pkg/settings.py": code()}, {"pkg/a.py": "x"}), False)
row("site-packages without a record", lambda i: i.add("usr/lib/python3/site-packages/app/settings.py", code()), False)
row("node_modules without a record", lambda i: i.add("app/node_modules/mine/a.js", code()), False)


def lock(image, path, layer=0, **packages):
    image.add(path, json.dumps({"packages": {f"node_modules/{k}": v for k, v in packages.items()}}, indent=2), layer)


def npm(image, layer=0, place="app/node_modules/dep/lib/a.js"):
    lock(image, "app/node_modules/.package-lock.json", dep={"resolved": "https://registry.npmjs.org/dep/-/dep-1.0.0.tgz"}, mine={"resolved": "mine", "link": True})
    image.add(place, code(), layer)


def node(image, repository):
    place = "usr/local/lib/node_modules/npm/"
    image.add(place + "package.json", json.dumps({"version": "11.0.0", "name": "npm", "repository": {"url": repository}}, indent=2))
    image.add(place + "node_modules/dep/a.js", code())


row("npm as Node's archive brings it", lambda i: node(i, "git+https://github.com/npm/cli.git"), True)
row("another that is called npm", lambda i: node(i, "https://example.org/npm.git"), False)
row("a package of npm", npm, True)
row("another layer's file in it", lambda i: npm(i, 1), False)
row("a link of npm to the project", lambda i: npm(i, 0, "app/node_modules/mine/a.js"), False)
row("beside the packages", lambda i: npm(i, 0, "app/node_modules/.env.js"), False)
row("the project itself", lambda i: npm(i, 0, "app/src/a.js"), False)


def gem(image, name):
    image.add("usr/local/lib/ruby/gems/3.2.0/specifications/dep-1.0.gemspec", "Gem::Specification.new do |s|\nend\n")
    image.add(f"usr/local/lib/ruby/gems/3.2.0/gems/{name}/lib/a.rb", code())


row("a gem", lambda i: gem(i, "dep-1.0"), True)
row("a folder beside the gem", lambda i: gem(i, "mine-1.0"), False)


def collection(image, place, listed):
    base = "usr/share/ansible/collections/ansible_collections/acme/tools"
    text = code()
    files = [{"name": ".", "ftype": "dir", "chksum_sha256": None},
             {"name": listed, "ftype": "file", "chksum_type": "sha256", "chksum_sha256": hashlib.sha256(text.encode()).hexdigest()}]
    image.add(f"{base}/FILES.json", json.dumps({"files": files}, indent=1))
    image.add(f"{base}/{place}", text)


row("a collection of Ansible", lambda i: collection(i, "plugins/a.py", "plugins/a.py"), True)
row("a file that a collection does not list", lambda i: collection(i, "plugins/b.py", "plugins/a.py"), False)


def token(image, before, after, in_wheel=True):
    text = f"import os\n{before}{plant.gitlab()}{after}\n"
    if in_wheel:
        wheel(image, "var/task", {"pkg/a.py": text})
    else:
        image.add("var/task/pkg/a.py", text)


THREE = '"' * 3
row("in a docstring of a wheel", lambda i: token(i, f"def f(x):\n    r{THREE}Call it.\n\n    f('", f"')\n    {THREE}"), True)
row("in a docstring of one line", lambda i: token(i, "class A:\n    'f(", ")'"), True)
row("in the examples of a module of Ansible", lambda i: token(i, "EXAMPLES = r'''\n- name: ", "\n'''"), True)
row("in a string that is assigned", lambda i: token(i, f"X = {THREE}", THREE), False)
row("in a string in brackets", lambda i: token(i, f"X = (\n{THREE}", f"{THREE})"), False)
row("after a docstring", lambda i: token(i, f"{THREE}It's \\{THREE} {THREE}\nY = '{THREE}'  # {THREE}\nX = '", "'"), False)
row("in a docstring of the image's own", lambda i: token(i, THREE, THREE, False), False)


def main():
    failed = 0
    for name, fill, lowered in rows:
        with tempfile.TemporaryDirectory() as folder:
            image = Image(2)
            fill(image)
            report = plant.secrets(scoville, image.write(folder + "/image"))
        levels = [s["level"] for s in report["secrets"] if s["rule"] in ("named-password", "gitlab-glpat")]
        if levels != ["low" if lowered else "medium"]:
            failed += 1
            print(f"FAILED {name}: {levels}")
    print(f"{len(rows)} trees, {failed} wrong")
    return 1 if failed else 0


sys.exit(main())
