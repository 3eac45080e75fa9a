# list-tar.py FILE: the entries of a tar as Python reads them, one a line, as test_tar_real.c writes them.
#
# SPDX-License-Identifier: Apache-2.0
import hashlib
import math
import os
import sys
import tarfile

LETTERS = {tarfile.REGTYPE: 'f', tarfile.AREGTYPE: 'f', tarfile.CONTTYPE: 'f', tarfile.GNUTYPE_SPARSE: 'f',
           tarfile.LNKTYPE: 'h', tarfile.SYMTYPE: 'l', tarfile.CHRTYPE: 'c', tarfile.BLKTYPE: 'b',
           tarfile.DIRTYPE: 'd', tarfile.FIFOTYPE: 'p'}
XATTR = 'SCHILY.xattr.'


def raw(text):
    return text.encode('utf-8', 'surrogateescape')


def clean(path):
    return b'/'.join(p for p in raw(path).split(b'/') if p not in (b'', b'.'))


def line(tar, m):
    link = clean(m.linkname) if m.islnk() else raw(m.linkname) if m.issym() else b''
    content = '-'
    if m.isreg():
        content = hashlib.file_digest(tar.extractfile(m), 'sha256').hexdigest() if sys.version_info >= (3, 11) \
            else hashlib.sha256(tar.extractfile(m).read()).hexdigest()
    attributes = sorted((raw(k[len(XATTR):]), raw(v)) for k, v in m.pax_headers.items() if k.startswith(XATTR))
    return ' '.join([LETTERS[m.type], '%o' % (m.mode & 0o7777), str(m.uid), str(m.gid), str(math.floor(m.mtime)),
                     str(m.size if m.isreg() else 0), clean(m.name).hex() + '.', link.hex() + '.', content] +
                    [k.hex() + '=' + v.hex() for k, v in attributes])


with tarfile.open(sys.argv[1], 'r:', encoding='utf-8', errors='surrogateescape') as t:
    for member in t:
        print(line(t, member))
