"""oci.py - OCI layouts written byte by byte for the tests: good ones, and as wrong as a test wants them.

SPDX-License-Identifier: Apache-2.0
"""
import gzip
import hashlib
import io
import json
import os
import tarfile

IMAGE = "application/vnd.oci.image."
MANIFEST, INDEX = IMAGE + "manifest.v1+json", IMAGE + "index.v1+json"
CONFIG, LAYER = IMAGE + "config.v1+json", IMAGE + "layer.v1.tar"


def sha(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def tar(*entries, form=tarfile.PAX_FORMAT):
    """entries: (name, bytes) or (name, bytes, dict of TarInfo fields)."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form, errors="surrogateescape") as t:
        for name, data, *more in entries:
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1700000000
            for key, value in (more[0] if more else {}).items():
                setattr(info, key, value)
            t.addfile(info, io.BytesIO(data))
    return out.getvalue()


class Layout:
    """A folder that blobs and an index are put into."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(os.path.join(folder, "blobs/sha256"))
        with open(os.path.join(folder, "oci-layout"), "w") as f:
            f.write('{"imageLayoutVersion":"1.0.0"}')

    def path(self, digest):
        return os.path.join(self.folder, "blobs", digest.replace(":", "/"))

    def put(self, data, media_type, **more):
        digest = sha(data)
        with open(self.path(digest), "wb") as f:
            f.write(data)
        return {"mediaType": media_type, "digest": digest, "size": len(data), **more}

    def layer(self, data, compress="gzip"):
        """Descriptor and diff_id."""
        if compress == "gzip":
            return self.put(gzip.compress(data, 6, mtime=0), LAYER + "+gzip"), sha(data)
        return self.put(data, LAYER), sha(data)

    def image(self, layers, config=None, **more):
        """layers: (descriptor, diff_id) pairs. The manifest's descriptor."""
        document = {"architecture": "amd64", "os": "linux", "created": "2026-10-20T00:00:00Z",
                    "config": config if config is not None else {"User": "65532"},
                    "rootfs": {"type": "layers", "diff_ids": [d for _, d in layers]},
                    "history": [{"created_by": "COPY files /"} for _ in layers]}
        document.update(more.pop("document", {}))
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST,
                    "config": more.pop("config_descriptor", None) or self.put(json.dumps(document).encode(), CONFIG),
                    "layers": [l for l, _ in layers], **more}
        return self.put(json.dumps(manifest).encode(), MANIFEST)

    def index(self, *descriptors):
        with open(os.path.join(self.folder, "index.json"), "w") as f:
            json.dump({"schemaVersion": 2, "manifests": list(descriptors)}, f)
        return "oci:" + self.folder
