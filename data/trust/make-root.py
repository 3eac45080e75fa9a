#!/usr/bin/env python3
"""make-root.py - write the built-in trust root as C: make-root.py OUT YYYY-MM-DD FILE TUF-ROOT"""
# SPDX-License-Identifier: Apache-2.0
import datetime
import sys

out, day, path, tuf = sys.argv[1:5]
data = open(path, 'rb').read()
tuf_data = open(tuf, 'rb').read()
days = (datetime.date.fromisoformat(day) - datetime.date(1970, 1, 1)).days
open(out, 'w').write('#include "trust/builtin.h"\n'
                     'const char trust_builtin[] = {%s};\n'
                     'const size_t trust_builtin_size = sizeof(trust_builtin);\n'
                     'const int64_t trust_builtin_day = %d;\n'
                     'const char trust_builtin_tuf[] = {%s};\n'
                     'const size_t trust_builtin_tuf_size = sizeof(trust_builtin_tuf);\n'
                     % (','.join(map(str, data)), days, ','.join(map(str, tuf_data))))
