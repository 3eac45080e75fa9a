#!/usr/bin/env python3
"""make_small.py FOLDER [NAME ...]: small real images from Debian's packages, as OCI layouts FOLDER/oci/NAME.

hello    GNU hello, its C library and base files, each package with its dpkg record as "distroless" images have it; user 65532,
         annotations. Its layer per package makes three layers.
busybox  busybox-static with its applets as hard links, user root, no metadata.

Packages come through `apt-get download`, which needs no root; nothing of them is run. What exists is kept.

SPDX-License-Identifier: Apache-2.0
"""
import gzip
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile

EPOCH = 1700000000
CREATED = "2023-11-14T22:13:20Z"
ARCH = {"x86_64": "amd64", "aarch64": "arm64"}.get(os.uname().machine, os.uname().machine)


def run(*words, **more):
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, **more).stdout


def download(package, folder):
    """The path of the package's .deb in a folder of ours."""
    try:
        run("apt-get", "-q", "download", package, cwd=folder, stderr=subprocess.PIPE)
    except subprocess.CalledProcessError as e:
        sys.exit(f"make_small: apt-get download {package}: {e.stderr.decode(errors='replace').strip()}")
    return next(os.path.join(folder, f) for f in os.listdir(folder) if f.startswith(package + "_"))


def add(tar, name, data, mode=0o644):
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = len(data), mode, EPOCH
    tar.addfile(info, io.BytesIO(data))


def package_layer(deb):
    """The files of a .deb as a layer, with its record in var/lib/dpkg/status.d."""
    out = io.BytesIO()
    source = tarfile.open(fileobj=io.BytesIO(run("dpkg-deb", "--fsys-tarfile", deb)))
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for member in source:
            tar.addfile(member, source.extractfile(member) if member.isreg() else None)
        name = run("dpkg-deb", "-f", deb, "Package").decode().strip()
        add(tar, f"var/lib/dpkg/status.d/{name}", run("dpkg-deb", "-f", deb))
        if name == "base-files":
            add(tar, "etc/passwd", b"root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532::/nonexistent:/sbin/nologin\n")
    return out.getvalue()


def busybox_layer(deb):
    """busybox and its applets, as the official image has them: hard links in bin/."""
    source = tarfile.open(fileobj=io.BytesIO(run("dpkg-deb", "--fsys-tarfile", deb)))
    program = next(m for m in source if m.isreg() and m.name.endswith("bin/busybox"))
    data = source.extractfile(program).read()
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        add(tar, "bin/busybox", data, 0o755)
        for applet in ("[", "ash", "cat", "echo", "ls", "nc", "sh", "wget"):
            link = tarfile.TarInfo("bin/" + applet)
            link.type, link.linkname, link.mode, link.mtime = tarfile.LNKTYPE, "bin/busybox", 0o755, EPOCH
            tar.addfile(link)
        add(tar, "etc/passwd", b"root:x:0:0:root:/root:/bin/sh\n")
    return out.getvalue()


def layout(folder, layers, config, annotations):
    blobs = os.path.join(folder, "blobs/sha256")
    os.makedirs(blobs)

    def put(data, media_type):
        digest = hashlib.sha256(data).hexdigest()
        with open(os.path.join(blobs, digest), "wb") as f:
            f.write(data)
        return {"mediaType": "application/vnd.oci.image." + media_type, "digest": "sha256:" + digest, "size": len(data)}

    document = json.dumps({
        "created": CREATED, "architecture": ARCH, "os": "linux", "config": config,
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(t).hexdigest() for _, t in layers]},
        "history": [{"created": CREATED, "created_by": line} for line, _ in layers],
    }).encode()
    manifest = {
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": put(document, "config.v1+json"),
        "layers": [put(gzip.compress(t, 6, mtime=0), "layer.v1.tar+gzip") for _, t in layers],
    }
    if annotations:
        manifest["annotations"] = annotations
    top = put(json.dumps(manifest).encode(), "manifest.v1+json")
    top["annotations"] = {"org.opencontainers.image.ref.name": "latest"}
    with open(os.path.join(folder, "oci-layout"), "w") as f:
        json.dump({"imageLayoutVersion": "1.0.0"}, f)
    with open(os.path.join(folder, "index.json"), "w") as f:
        json.dump({"schemaVersion": 2, "manifests": [top]}, f)


def hello(work):
    debs = [download(p, work) for p in ("base-files", "libc6", "hello")]
    layers = [(f"COPY {os.path.basename(d)} /", package_layer(d)) for d in debs]
    config = {"User": "65532:65532", "Entrypoint": ["/usr/bin/hello"], "Env": ["PATH=/usr/bin:/bin"]}
    notes = {
        "org.opencontainers.image.authors": "the maintainers of the tests",
        "org.opencontainers.image.created": CREATED,
        "org.opencontainers.image.source": "https://example.org/hello",
    }
    return layers, config, notes


def busybox(work):
    return [("ADD busybox /", busybox_layer(download("busybox-static", work)))], {"Cmd": ["sh"]}, {}


IMAGES = {"hello": hello, "busybox-debian": busybox}


def main():
    folder, names = os.path.join(sys.argv[1], "oci"), sys.argv[2:] or list(IMAGES)
    for name in names:
        final = os.path.join(folder, name)
        if os.path.exists(os.path.join(final, "index.json")):
            continue
        os.makedirs(folder, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".making-") as work:
            made = os.path.join(work, "layout")
            layout(made, *IMAGES[name](work))
            os.rename(made, final)


if __name__ == "__main__":
    main()
