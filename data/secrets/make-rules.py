#!/usr/bin/env python3
"""make-rules.py - write rule files as one C array of struct NAME: make-rules.py OUT NAME FILE ..."""
# SPDX-License-Identifier: Apache-2.0
import os
import sys

target, name = sys.argv[1:3]
out = ['#include "base/span.h"', 'struct %s { const char *name; struct span text; };' % name, 'extern const struct %s %ss[];' % (name, name)]
rows = []
for i, path in enumerate(sys.argv[3:]):
    data = open(path, 'rb').read()
    out.append('static const uint8_t text_%d[] = {%s};' % (i, ','.join(map(str, data))))
    rows.append('{"%s", {text_%d, sizeof(text_%d)}},' % (os.path.basename(path), i, i))
out.append('const struct %s %ss[] = {%s{0}};' % (name, name, ''.join(rows)))
open(target, 'w').write('\n'.join(out) + '\n')
