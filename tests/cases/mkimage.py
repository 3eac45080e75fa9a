"""mkimage.py CASE DIR - make the OCI layout that a case describes.

A case is text. Above the line "image:" are its name, options and what is expected; below it is the image, one
setting or layer entry a line:

    created TIME             the config's created; default 2026-11-20T08:00:00Z
    user TEXT                as the config writes it
    env NAME=VALUE           label KEY=VALUE        volume PATH
    annotation KEY=VALUE     of the manifest
    entrypoint WORD...       cmd WORD...            shellform COMMAND
    os NAME
    noconfig-user            nothing: the config has no User unless `user` is given
    layer [created=TIME] [mtime=TIME] [by=TEXT TO THE END]
      d PATH [MODE]
      f PATH MODE KIND [uid=N] [mtime=TIME] [cap=NAME,...|cap=hex:BYTES]
      s PATH -> TARGET       h PATH -> PATH         w PATH (whiteout)
      text PATH MODE         lines follow up to one that is END
    broken                   the last layer's bytes are cut short
    attach TYPE LAYER-TYPE   an artifact with the image as its subject; lines of its one layer follow up to one that is END. @DIGEST@ in them is
                             the image's digest without its algorithm
    sign NAME [DIGEST]       cosign's signature by a key that is made for it, of DIGEST in place of the image; the public key is NAME.pub beside the layout

Anywhere @NAME@ or @NAME:WHICH@ stands for a value that looks like a secret and is made at run time, the same one each time: github,
github-bad (a wrong checksum), aws-id, aws-secret, password, url, key (a private key), cert (the certificate of @key@), ca.

KIND: elf, static, lib, busybox, busybox-noshell, busybox-appended (after a program), empty, size:N, script:INTERPRETER. Paths with blanks are not needed here.

SPDX-License-Identifier: Apache-2.0
"""
import datetime
import gzip
import hashlib
import io
import json
import os
import re
import struct
import sys
import tarfile
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "secrets"))
CAPS = {"chown": 0, "dac_override": 1, "setuid": 7, "net_bind_service": 10, "net_admin": 12, "net_raw": 13, "sys_admin": 21}
DEFAULT_CREATED = "2026-11-20T08:00:00Z"


def seconds(text):
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def elf(kind, tail=b""):
    """A 64-bit x86 ELF head with one program header that readers of heads accept."""
    interp = b"/lib64/ld-linux-x86-64.so.2\0"
    shared = kind == "lib"
    segments = []
    body = b""
    at = 64 + 56 * 2
    if kind == "elf":
        segments.append((3, at, len(interp)))
        body += interp
    if shared:
        dynamic = struct.pack("<QQQQ", 14, 1, 0, 0)
        segments.append((2, at, len(dynamic)))
        body += dynamic
    segments.append((1, 0, at + len(body) + len(tail)))
    head = b"\x7fELF" + bytes([2, 1, 1]) + bytes(9)
    head += struct.pack("<HHIQQQIHHHHHH", 3 if shared else 2, 62, 1, 0x400000, 64, 0, 0, 64, 56, len(segments), 0, 0, 0)
    for kind_, off, size in segments:
        head += struct.pack("<IIQQQQQQ", kind_, 5, off, 0x400000 + off, 0x400000 + off, size, size, 4096)
    return head.ljust(at, b"\0") + body + tail


def busybox(shell):
    names = ["ar", "arch", "awk", "base64", "basename", "cat", "chmod", "chown", "clear", "cmp", "cp", "cut", "date", "dd", "df", "diff",
             "dirname", "du", "echo", "env", "expr", "false", "find", "grep", "head", "hostname", "id", "ls", "md5sum", "mkdir",
             "mv", "nc", "ps", "pwd", "rm", "rpm", "sed", "sleep", "sort", "tail", "tar", "top", "tr", "true", "uname", "wget"]
    if shell:
        names += ["ash", "sh"]
    table = b"\0".join(n.encode() for n in sorted(names)) + b"\0"
    return b"\0BusyBox v1.36.1 (2024-01-01)\0\0" + table + bytes(60 << 10)


def content(kind):
    if kind in ("elf", "static", "lib"):
        return elf(kind)
    if kind in ("busybox", "busybox-noshell"):
        return elf("static", busybox(kind == "busybox"))
    if kind == "busybox-appended":
        return elf("static") + busybox(False)
    if kind == "empty":
        return b""
    if kind.startswith("size:"):
        return b"x" * int(kind[5:])
    if kind.startswith("script:"):
        return b"#!" + kind[7:].encode() + b"\n"
    sys.exit(f"no kind '{kind}'")


def capability(text):
    if text.startswith("hex:"):
        return bytes.fromhex(text[4:])
    bits = 0
    for name in text.split(","):
        bits |= 1 << CAPS[name]
    # VFS_CAP_REVISION_2 with the effective bit: magic, then permitted and inheritable, low words first
    return struct.pack("<IIIII", 0x02000001, bits & 0xFFFFFFFF, 0, bits >> 32, 0)


def certificate(key, ca):
    import plant
    with tempfile.NamedTemporaryFile("w") as f:
        f.write(key)
        f.flush()
        return plant.openssl("req", "-x509", "-new", "-key", f.name, "-subj", "/CN=test", "-days", "3650", "-addext",
                             "basicConstraints=critical,CA:" + ("TRUE" if ca else "FALSE")).decode()


class Values:
    """What @NAME@ is for, in one case."""
    def __init__(self):
        self.made = {}

    def make(self, name, which):
        import plant
        makers = {
            "github": plant.github,
            "github-bad": lambda: plant.github(good=False),
            "aws-id": plant.aws_id,
            "aws-secret": lambda: plant.text(40),
            "password": plant.password,
            "url": plant.url,
            "key": plant.key,
            "cert": lambda: certificate(self.of("key", which), False),
            "ca": lambda: certificate(self.of("key", which), True),
        }
        return makers[name]()

    def of(self, name, which):
        if (name, which) not in self.made:
            self.made[name, which] = self.make(name, which)
        return self.made[name, which]

    def fill(self, text):
        return re.sub("@([a-z][a-z-]*)(?::([0-9]))?@", lambda m: self.of(*m.groups()), text)


def signature(put, public, signed):
    """A layer of cosign's older form."""
    import base64

    import plant
    payload = json.dumps({"critical": {"identity": {"docker-reference": "app"}, "image": {"docker-manifest-digest": signed},
                                       "type": "cosign container image signature"}, "optional": None}).encode()
    with tempfile.TemporaryDirectory() as work:
        key, text = os.path.join(work, "key"), os.path.join(work, "text")
        plant.openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
        plant.openssl("ec", "-in", key, "-pubout", "-out", public)
        with open(text, "wb") as f:
            f.write(payload)
        made = base64.b64encode(plant.openssl("dgst", "-sha256", "-sign", key, text)).decode()
    return put(payload, "application/vnd.dev.cosign.simplesigning.v1+json", annotations={"dev.cosignproject.cosign/signature": made})


class Layer:
    def __init__(self, words):
        self.created = DEFAULT_CREATED
        self.mtime = "2026-11-20T07:00:00Z"
        self.by = "RUN make the layer"
        if "by=" in words:
            words, self.by = words.split("by=", 1)
        for word in words.split():
            key, value = word.split("=", 1)
            setattr(self, key, value)
        self.out = io.BytesIO()
        self.tar = tarfile.open(fileobj=self.out, mode="w", format=tarfile.PAX_FORMAT)

    def add(self, path, type_, mode, data=b"", target="", uid=0, mtime=None, cap=None):
        info = tarfile.TarInfo(path)
        info.type, info.mode, info.uid, info.linkname = type_, mode, uid, target
        info.mtime = seconds(mtime or self.mtime)
        info.size = len(data)
        if cap:
            info.pax_headers["SCHILY.xattr.security.capability"] = capability(cap).decode("utf-8")
        self.tar.addfile(info, io.BytesIO(data))

    def bytes(self):
        self.tar.close()
        return self.out.getvalue()


def until_end(lines):
    text = []
    for more in lines:
        if more.strip() == "END":
            break
        text.append(more)
    return text


def take_entry(layer, line, lines):
    kind, rest = line.split(None, 1)
    if kind in ("s", "h"):
        path, target = (p.strip() for p in rest.split("->"))
        layer.add(path, tarfile.SYMTYPE if kind == "s" else tarfile.LNKTYPE, 0o777, target=target)
        return
    words = rest.split()
    extra = dict(w.split("=", 1) for w in words[1:] if "=" in w and not w.startswith("script:"))
    mode = int(words[1], 8) if len(words) > 1 and words[1].isdigit() else 0o755
    if kind == "d":
        layer.add(words[0], tarfile.DIRTYPE, mode)
    elif kind == "w":
        folder, name = os.path.split(words[0])
        layer.add(os.path.join(folder, ".wh." + name), tarfile.REGTYPE, 0o600)
    elif kind == "f":
        layer.add(words[0], tarfile.REGTYPE, mode, content(words[2]), uid=int(extra.get("uid", 0)),
                  mtime=extra.get("mtime"), cap=extra.get("cap"))
    elif kind == "text":
        layer.add(words[0], tarfile.REGTYPE, mode, ("\n".join(until_end(lines)) + "\n").encode())
    else:
        sys.exit(f"no entry '{kind}'")


def parse(text):
    """The image part of a case: (settings, layers)."""
    image = {"config": {}, "annotations": {}, "created": DEFAULT_CREATED, "os": "linux", "broken": False, "attached": [], "signatures": []}
    config, layers = image["config"], []
    lines = iter(text.splitlines())
    for raw in lines:
        line = raw.strip()
        key, _, value = line.partition(" ")
        if not line or line.startswith("#"):
            continue
        if key == "layer":
            layers.append(Layer(value))
        elif key in ("created", "os"):
            image[key] = value
        elif key == "user":
            config["User"] = value
        elif key == "env":
            config.setdefault("Env", []).append(value)
        elif key == "label":
            name, _, text_ = value.partition("=")
            config.setdefault("Labels", {})[name] = text_
        elif key == "volume":
            config.setdefault("Volumes", {})[value] = {}
        elif key == "annotation":
            name, _, text_ = value.partition("=")
            image["annotations"][name] = text_
        elif key in ("entrypoint", "cmd"):
            config[key.capitalize()] = value.split()
        elif key == "shellform":
            config["Cmd"] = ["/bin/sh", "-c", value]
        elif key == "broken":
            image["broken"] = True
        elif key == "attach":
            image["attached"].append((*value.split(), "\n".join(until_end(lines))))
        elif key == "sign":
            image["signatures"].append((value + " ").split(" ")[:2])
        else:
            take_entry(layers[-1], line, lines)
    return image, layers


def make(text, folder):
    """Write an OCI layout into the folder."""
    image, layers = parse(Values().fill(text))
    blobs = os.path.join(folder, "blobs", "sha256")
    os.makedirs(blobs)

    def put(data, media_type, **more):
        digest = hashlib.sha256(data).hexdigest()
        with open(os.path.join(blobs, digest), "wb") as f:
            f.write(data)
        return {"mediaType": media_type, "digest": "sha256:" + digest, "size": len(data), **more}

    descriptors, diff_ids, history = [], [], []
    for i, layer in enumerate(layers):
        data = layer.bytes()
        diff_ids.append("sha256:" + hashlib.sha256(data).hexdigest())
        packed = gzip.compress(data, mtime=0)
        if image["broken"] and i == len(layers) - 1:
            packed = packed[: len(packed) // 2]
        descriptors.append(put(packed, "application/vnd.oci.image.layer.v1.tar+gzip"))
        history.append({"created": layer.created, "created_by": layer.by})
    config = {"created": image["created"], "architecture": "amd64", "os": image["os"], "config": image["config"],
              "rootfs": {"type": "layers", "diff_ids": diff_ids}, "history": history}
    manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "config": put(json.dumps(config).encode(), "application/vnd.oci.image.config.v1+json"), "layers": descriptors}
    if image["annotations"]:
        manifest["annotations"] = image["annotations"]
    entry = put(json.dumps(manifest).encode(), manifest["mediaType"], platform={"os": image["os"], "architecture": "amd64"})
    entries = [entry]
    for artifact, layer_type, lines in image["attached"]:
        data = lines.replace("@DIGEST@", entry["digest"][7:]).encode()
        entries.append(put(json.dumps({
            "schemaVersion": 2, "mediaType": manifest["mediaType"], "artifactType": artifact,
            "config": put(b"{}", "application/vnd.oci.empty.v1+json"), "layers": [put(data, layer_type)],
            "subject": {k: entry[k] for k in ("mediaType", "digest", "size")}}).encode(), manifest["mediaType"], artifactType=artifact))
    signed = [signature(put, os.path.join(os.path.dirname(folder), name + ".pub"), digest or entry["digest"]) for name, digest in image["signatures"]]
    if signed:
        entries.append(put(json.dumps({
            "schemaVersion": 2, "mediaType": manifest["mediaType"], "config": put(b"{}", "application/vnd.oci.image.config.v1+json"),
            "layers": signed}).encode(), manifest["mediaType"],
            annotations={"org.opencontainers.image.ref.name": entry["digest"].replace(":", "-") + ".sig"}))
    with open(os.path.join(folder, "index.json"), "w", encoding="utf-8") as f:
        json.dump({"schemaVersion": 2, "manifests": entries}, f)
    with open(os.path.join(folder, "oci-layout"), "w", encoding="utf-8") as f:
        json.dump({"imageLayoutVersion": "1.0.0"}, f)


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as case:
        make(case.read().partition("\nimage:\n")[2], sys.argv[2])
