#!/usr/bin/env python3
"""secret_image.py FOLDER: an OCI layout with secrets, and VALUES, a file with them, a line each.

Put together here, so that no file of the project holds text in the shape of a token.

SPDX-License-Identifier: Apache-2.0
"""
import binascii
import io
import os
import sys
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from oci import Layout, tar  # noqa: E402

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def some(n, seed, alphabet=DIGITS):
    out = ""
    for i in range(n):
        seed = (seed * 6364136223846793005 + 1442695040888963407 + i) % 2**64
        out += alphabet[(seed >> 33) % len(alphabet)]
    return out


def github(seed):
    """A token whose checksum is right."""
    body, crc, tail = some(30, seed), 0, ""
    crc = binascii.crc32(body.encode())
    for _ in range(6):
        tail = DIGITS[crc % 62] + tail
        crc //= 62
    return "gh" + "p_" + body + tail


def zipped(name, data):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


def main(folder):
    present, deleted, inside, setting, argument, note = (github(n) for n in (11, 22, 33, 44, 55, 66))
    bottom = tar(("srv/app.env", f"# a comment\nTOKEN={present}\n".encode()), ("srv/gone.txt", (deleted + "\n").encode()),
                 ("srv/kept.zip", zipped("conf/token.txt", inside + "\n")), ("etc/passwd", b"app:x:65532:65532::/:\n"),
                 ("srv/a \"b\"\n\x1b[31m.env", f"TOKEN={present}\n".encode()))
    top = tar(("srv/.wh.gone.txt", b""))
    layout = Layout(folder)
    image = layout.image([layout.layer(bottom), layout.layer(top)], {"User": "65532", "Env": [f"API_TOKEN={setting}"]},
                         document={"history": [{"created_by": f"RUN |1 TOKEN={argument} /bin/sh -c make"}, {"created_by": "RUN rm /srv/gone.txt"}]},
                         annotations={"org.example.made-with": note})
    layout.index({**image, "annotations": {"org.example.note": note}})
    with open(os.path.join(folder, "VALUES"), "w", encoding="utf-8") as f:
        f.write("\n".join((present, deleted, inside, setting, argument, note)) + "\n")


main(sys.argv[1])
