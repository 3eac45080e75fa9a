#!/usr/bin/env python3
"""make-rules.py - the rule files as one C array: make-rules.py OUT FILE ..."""
# SPDX-License-Identifier: Apache-2.0
import os
import sys

out = ['#include "base/span.h"', 'struct rules_file { const char *name; struct span text; };',
       'extern const struct rules_file rules_files[];']
rows = []
for i, path in enumerate(sys.argv[2:]):
    data = open(path, 'rb').read()
    out.append('static const uint8_t text_%d[] = {%s};' % (i, ','.join(map(str, data))))
    rows.append('{"%s", {text_%d, sizeof(text_%d)}},' % (os.path.basename(path), i, i))
out.append('const struct rules_file rules_files[] = {%s{0}};' % ''.join(rows))
open(sys.argv[1], 'w').write('\n'.join(out) + '\n')
