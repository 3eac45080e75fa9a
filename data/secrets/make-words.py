#!/usr/bin/env python3
"""make-words.py - write the list of words as C: one string per length with its words, sorted. make-words.py OUT FILE"""
# SPDX-License-Identifier: Apache-2.0
import sys

words = set()
for line in open(sys.argv[2], encoding='ascii'):
    if not line.startswith('#'):
        words.update(line.split())
out, rows = ['#include "secret/value/words.h"'], []
for length in range(3, 13):
    row = sorted(w for w in words if len(w) == length)
    out.append('static const char words_%d[][%d] = {%s};' % (length, length, ', '.join('"%s"' % w for w in row)))
    rows.append('[%d] = { %d, words_%d[0] },' % (length, len(row), length))
out.append('const struct word_list word_lists[WORD_MAX + 1] = {' + ' '.join(rows))
wrong = [w for w in words if not (3 <= len(w) <= 12 and w.isascii() and w.islower())]
if wrong:
    sys.exit('words.txt: not a word of 3 to 12 small letters: %s' % wrong[0])
out.append('};')
open(sys.argv[1], 'w').write('\n'.join(out) + '\n')
