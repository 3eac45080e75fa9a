#!/usr/bin/env python3
"""make-root.py - write the built-in trust root as C: make-root.py OUT YYYY-MM-DD FILE"""
# SPDX-License-Identifier: Apache-2.0
import datetime
import sys

out, day, path = sys.argv[1:4]
data = open(path, 'rb').read()
days = (datetime.date.fromisoformat(day) - datetime.date(1970, 1, 1)).days
open(out, 'w').write('#include "trust/builtin.h"\n'
                     'const char trust_builtin[] = {%s};\n'
                     'const size_t trust_builtin_size = sizeof(trust_builtin);\n'
                     'const int64_t trust_builtin_day = %d;\n' % (','.join(map(str, data)), days))
