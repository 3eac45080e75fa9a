#!/usr/bin/env python3
"""image.py FOLDER: an OCI layout for two platforms: nonroot on amd64, root on arm64.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from oci import CONFIG, INDEX, LAYER, MANIFEST, Layout, sha, tar  # noqa: E402

layout = Layout(sys.argv[1])
data = tar(("etc/os-release", b"ID=debian\nVERSION_ID=12\n"), ("etc/passwd", b"app:x:65532:65532::/:\n"))
blob = layout.put(data, LAYER)
manifests = []
for architecture, user in (("amd64", "65532"), ("arm64", "0")):
    config = json.dumps({"architecture": architecture, "os": "linux", "created": "2026-10-20T00:00:00Z", "config": {"User": user},
                         "rootfs": {"type": "layers", "diff_ids": [sha(data)]}}).encode()
    manifest = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "config": layout.put(config, CONFIG), "layers": [blob]}).encode()
    manifests.append({**layout.put(manifest, MANIFEST), "platform": {"os": "linux", "architecture": architecture}})
with open(os.path.join(sys.argv[1], "index.json"), "w", encoding="utf-8") as f:
    json.dump({"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests}, f)
