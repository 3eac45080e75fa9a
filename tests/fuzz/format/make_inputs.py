#!/usr/bin/env python3
# make_inputs.py - writes the first inputs of the fuzz targets of format/ and scan/: small, made by hand, no copy of
# anything. Usage: tests/fuzz/format/make_inputs.py tests/fuzz/corpus
#
# SPDX-License-Identifier: Apache-2.0
import os
import sqlite3
import struct
import sys
import tempfile
import zlib

TOP = sys.argv[1]


def put(target, name, data):
    os.makedirs(os.path.join(TOP, target), exist_ok=True)
    with open(os.path.join(TOP, target, name), 'wb') as f:
        f.write(data if isinstance(data, bytes) else data.encode())


# ---- rpm headers: the tags that we read, and the region tag that every real header begins with
INT32, STRING, BIN, ARRAY, I18N = 4, 6, 7, 8, 9


def header(name, files=(), dirs=(), extra=()):
    tags = [(1000, STRING, [name]), (1001, STRING, ['5.1']), (1002, STRING, ['2.el9']), (1003, INT32, [1]),
            (1006, INT32, [1700000000]), (1011, STRING, ['A Vendor']), (1014, STRING, ['MIT']),
            (1022, STRING, ['x86_64']), (1044, STRING, [name + '-5.1-2.el9.src.rpm'])]
    if files:
        tags += [(1116, INT32, [d for d, _ in files]), (1117, ARRAY, [b for _, b in files]), (1118, ARRAY, dirs)]
    tags += list(extra)
    index, data = b'', b''
    for tag, kind, values in tags:
        if kind == INT32:
            data += b'\0' * (-len(data) % 4)
        index += struct.pack('>IIII', tag, kind, len(data), len(values))
        data += b''.join(struct.pack('>I', v) if kind == INT32 else v.encode() + b'\0' for v in values)
    return struct.pack('>II', len(tags), len(data)) + index + data


SMALL = header('bash', [(0, 'bash'), (0, 'sh'), (1, 'COPYING')], ['/usr/bin/', '/usr/share/doc/bash/'])
LARGE = header('large', [(i % 7, 'file%d' % i) for i in range(400)], ['/d%d/' % i for i in range(7)])
KEY = header('gpg-pubkey')
put('rpm_header', 'small', SMALL)
put('rpm_header', 'key', KEY)
put('rpm_header', 'back-and-forth', header('b', [(1, 'x'), (0, 'y'), (1, 'z')], ['/a/', '/b/']))
put('rpm_header', 'index-too-high', header('b', [(9, 'x')], ['/a/']))
put('rpm_header', 'i18n', header('b', extra=[(5096, I18N, ['nodejs:18:1:2'])]))
put('rpm_header', 'source-name', 'bash-5.1.8-1.src.rpm')
put('rpm_header', 'cut', SMALL[:60])
put('rpm_header', 'offset-outside', SMALL.replace(struct.pack('>III', 1014, 6, 0)[:8], struct.pack('>II', 1014, 6), 1)[:8 + 20]
    + struct.pack('>I', 0xffffff) + SMALL[8 + 24:])
put('rpm_header', 'huge-counts', struct.pack('>II', 0xffffffff, 0xffffffff))


# ---- sqlite
def sqlite(blobs, page=512, indexes=False):
    with tempfile.TemporaryDirectory() as d:
        path = os.path.join(d, 'db')
        c = sqlite3.connect(path)
        c.execute('PRAGMA page_size=%d' % page)
        c.execute("CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
        if indexes:
            c.execute("CREATE TABLE 'Name' (key TEXT NOT NULL, hnum INTEGER NOT NULL, idx INTEGER NOT NULL)")
        for b in blobs:
            c.execute('INSERT INTO Packages (blob) VALUES (?)', (b,))
        c.commit()
        c.close()
        with open(path, 'rb') as f:
            data = bytearray(f.read())
        return data


one = sqlite([SMALL])
put('rpm_sqlite', 'one', bytes(one))
put('rpm_sqlite', 'overflow-and-interior', bytes(sqlite([LARGE] + [SMALL] * 20, indexes=True)))
put('rpm_sqlite', 'empty-table', bytes(sqlite([])))
put('rpm_sqlite', 'cut', bytes(sqlite([LARGE])[:2048]))
loop = sqlite([SMALL] * 40)
for page in range(1, len(loop) // 512):
    if loop[page * 512] == 5:
        struct.pack_into('>I', loop, page * 512 + 8, page + 1)
put('rpm_sqlite', 'page-is-its-own-child', bytes(loop))
wal = bytearray(one)
wal[18:20] = b'\2\2'
put('rpm_sqlite', 'wal-mode', bytes(wal))
put('rpm_sqlite', 'foreign', 'SQLite format 3\0' + 'x' * 600)


# ---- ndb
def ndb(blobs, bad_sum=False):
    def aligned(n):
        return (n + 15) // 16
    out, slots = b'', b''
    at = 4096 // 16
    for i, b in enumerate(blobs, 1):
        blocks = aligned(16 + len(b) + 12)
        body = struct.pack('<4sIII', b'BlbS', i, 1, len(b)) + b
        body += b'\0' * (blocks * 16 - 12 - len(body))
        total = zlib.adler32(body) + bad_sum
        out += body + struct.pack('<II4s', total & 0xffffffff, len(b), b'BlbE')
        slots += struct.pack('<4sIII', b'Slot', i, at, blocks)
        at += blocks
    head = struct.pack('<4sIIII', b'RpmP', 0, 1, 1, len(blobs) + 1).ljust(32, b'\0')
    page = head + slots
    while len(page) < 4096:
        page += struct.pack('<4sIII', b'Slot', 0, 0, 0)
    return page + out


put('rpm_ndb', 'two', ndb([SMALL, LARGE]))
put('rpm_ndb', 'wrong-sum', ndb([SMALL], True))
put('rpm_ndb', 'outside', ndb([SMALL])[:4200])
put('rpm_ndb', 'empty', ndb([]))
put('rpm_ndb', 'slot-pages-of-nothing', struct.pack('<4sIIII', b'RpmP', 0, 1, 0xffffff, 1).ljust(64, b'\0'))


# ---- Berkeley DB hash, one bucket page and overflow chains
def bdb(values, order='<', size=512):
    pages = [None, None]
    items, inp, end = b'', [], size

    def item(b):
        nonlocal items, end
        end -= len(b)
        items = b + items
        inp.append(end)

    item(b'\1' + struct.pack(order + 'I', 0))
    item(b'\1' + struct.pack(order + 'I', len(values)))
    for i, v in enumerate(values, 1):
        item(b'\1' + struct.pack(order + 'I', i))
        if len(v) < 60:
            item(b'\1' + v)
            continue
        item(struct.pack(order + 'B3xII', 3, len(pages), len(v)))
        room = size - 26
        pieces = [v[k:k + room] for k in range(0, len(v), room)]
        for k, piece in enumerate(pieces):
            n = len(pages)
            nxt = n + 1 if k + 1 < len(pieces) else 0
            pages.append(struct.pack(order + '8xIIIHHBB', n, 0, nxt, 1, len(piece), 0, 7) + piece.ljust(room, b'\0'))
    index = b''.join(struct.pack(order + 'H', o) for o in inp)
    top = struct.pack(order + '8xIIIHHBB', 1, 0, 0, len(inp), end, 0, 13) + index
    pages[1] = top.ljust(end, b'\0') + items
    meta = struct.pack(order + '8xIIIIBBBBII', 0, 0x00061561, 9, size, 0, 8, 0, 0, 0, len(pages) - 1)
    pages[0] = meta.ljust(size, b'\0')
    return b''.join(pages)


put('rpm_bdb', 'little', bdb([SMALL, LARGE]))
put('rpm_bdb', 'big', bdb([SMALL, LARGE], '>'))
put('rpm_bdb', 'cut', bdb([SMALL, LARGE])[:1024])
chain = bytearray(bdb([LARGE]))
struct.pack_into('<I', chain, 2 * 512 + 16, 2)
put('rpm_bdb', 'chain-in-a-circle', bytes(chain))
put('rpm_bdb', 'btree', bdb([SMALL]).replace(struct.pack('<I', 0x61561), struct.pack('<I', 0x53162)))
secret = bytearray(bdb([SMALL]))
secret[24] = 1
put('rpm_bdb', 'encrypted', bytes(secret))

# ---- text
put('dpkg', 'two', 'Package: a\nStatus: install ok installed\nSource: s (1)\nVersion: 1-2\nDescription: x\n more\n\n'
    'Package: b\nVersion: 2\nStatus: deinstall ok config-files\n')
put('dpkg', 'damaged', 'Package: a\nVersion: 1\n\n\x01\x02\n\nVersion: 2\n')
put('dpkg', 'list', '/.\n/usr\n/usr/bin/x\n')
put('dpkg', 'md5sums', '0123456789abcdef0123456789abcdef  usr/bin/x\nbad\n')
put('dpkg', 'bare', '\n\n\n')
put('apk', 'two', 'C:Q1=\nP:musl\nV:1-r0\nA:x86_64\no:musl\nt:1700000000\nL:MIT\nF:lib\nM:0:0:755\nR:ld.so\nZ:Q1=\n\nP:b\nV:2\n')
put('apk', 'nameless', 'V:1\n\nP:x\n\nnot a field\n')
put('os_release', 'debian', 'PRETTY_NAME="A \\"B\\" C"\nID=debian # no\nVERSION_ID=\'12\'\n# x\nBAD KEY=1\n')
put('os_release', 'open-quote', 'NAME="never ends\nID=x\\')
put('passwd', 'root', 'root:x:0:0:root:/root:/bin/sh\n# c\n+nis\nx:x:4294967296:0:::\nu:x:1000:1000:,,,:/home/u:/bin/bash')
put('passwd', 'group', 'root:x:0:\nwheel:x:10:a,b\n::\n')
put('apt_sources', 'one-line', 'deb [arch=amd64 signed-by=/k] https://example.org/debian bookworm main\n# deb x\ndeb-src http://a b c\n')
put('apt_sources', 'deb822', 'Types: deb\nURIs: https://a.example https://b.example\n https://c.example\nSuites: x\n y\n')
put('script', 'entrypoint', '#!/bin/bash\nset -eu\nfile_env \'DB_PASSWORD\'\n[ -z "$API_PASSWORD" ] && { echo no; exit 1; }\n'
    'x=$(cat "$TLS_PASSWORD_FILE")\n: "${A_PASSWORD:?no}"\ncat <<-EOF\n\texec gosu no\n\tEOF\ncat /run/secrets/db\n'
    '. /usr/lib/init.sh\nexec gosu app:app /usr/bin/real "$@"\n')
put('script', 'tools', 'exec setpriv --reuid=app --clear-groups -- "$0"\nexec chroot --userspec 1000 / x\n'
    'exec su-exec "$U" x; set -- runuser -u w -- "$@"\nif true; then exec s6-setuidgid abc /bin/run; fi\n')
put('script', 'twins', '#!/usr/bin/env -S bash\nvars=(\nDB_PASSWORD\n)\nfor v in $vars; do f="${v}_FILE"; done\n')
put('script', 'python', '#!/usr/bin/python3\nimport os\nos.environ["DB_PASSWORD_FILE"]\nopen("/run/secrets/x")\n')
put('capability', 'revision-2', struct.pack('<IIIII', 0x02000001, 1 << 10, 0, 0, 0))
put('capability', 'revision-3', struct.pack('<IIIIII', 0x03000000, 1, 2, 3, 4, 1000))
put('capability', 'revision-1', struct.pack('<III', 0x01000001, 1, 2))
put('capability', 'cut', struct.pack('<IIII', 0x02000001, 1, 0, 0))


# ---- ELF: headers, an interpreter, a dynamic section, a note; and a table of applets
def elf(bits=64, order='<', kind=3, interp=b'/lib/ld.so\0', dynamic=((14, 1), (0x6ffffffb, 0x08000000), (0, 0)), note=b'', tail=b''):
    wide = bits == 64
    word = 'Q' if wide else 'I'
    parts = [(3, interp)] if interp else []
    if dynamic:
        parts.append((2, b''.join(struct.pack(order + word * 2, *d) for d in dynamic)))
    if note:
        parts.append((4, struct.pack(order + 'III', len(note), 4, 4) + note + b'data'))
    ehsize, phsize = (64, 56) if wide else (52, 32)
    at = ehsize + phsize * len(parts)
    phdrs = body = b''
    for t, data in parts:
        if wide:
            phdrs += struct.pack(order + 'IIQQQQQQ', t, 4, at, at, at, len(data), len(data), 1)
        else:
            phdrs += struct.pack(order + 'IIIIIIII', t, at, at, at, len(data), len(data), 4, 1)
        body += data
        at += len(data)
    ident = b'\x7fELF' + bytes([2 if wide else 1, 1 if order == '<' else 2, 1]) + b'\0' * 9
    head = struct.pack(order + 'HHI' + word * 3 + 'IHHHHHH', kind, 62, 1, 0, ehsize, 0, 0, ehsize, phsize, len(parts), 0, 0, 0)
    return ident + head + phdrs + body + tail


APPLETS = b'BusyBox v1.36.1 (date)\0[\0[[\0acpid\0ash\0cat\0dpkg\0hush\0ls\0sh\0wget\0zcat\0'
put('elf', 'pie', elf())
put('elf', 'big-endian-32', elf(32, '>', 2))
put('elf', 'library', elf(interp=b'', dynamic=((14, 1), (0, 0))))
put('elf', 'go', elf(kind=2, interp=b'', dynamic=(), note=b'Go\0\0'))
put('elf', 'busybox', elf(tail=b'\0' + APPLETS))
put('elf', 'toybox', elf(tail=b'\0Toybox %s multicall binary%s\n\0toysh\0sh\0'))
put('elf', 'segments-outside', elf()[:54] + struct.pack('<HH', 56, 0xffff) + elf()[58:])
put('elf', 'cut', elf()[:70])

# ---- configs
put('config', 'all', '{"architecture":"amd64","os":"linux","created":"2024-01-01T00:00:00Z","config":{"User":"1000","Env":["A=b","C"],'
    '"Entrypoint":["/e"],"Cmd":null,"Labels":{"a":"b"},"Volumes":{"/v":{}},"ExposedPorts":{"80/tcp":{}},'
    '"Healthcheck":{"Test":["NONE"]},"OnBuild":["RUN x"],"Shell":["/bin/sh","-c"]},'
    '"rootfs":{"type":"layers","diff_ids":["sha256:00"]},"history":[{"created_by":"x","empty_layer":true}]}')
put('config', 'wrong-kinds', '{"config":{"User":0,"Env":"A=b","Entrypoint":"sh","Labels":[1],"Volumes":[],"Healthcheck":1},'
    '"rootfs":[],"history":[1,null,"x"]}')
put('config', 'twice', '{"config":{"User":"1000","User":"0"}}')
put('config', 'other-case', '{"config":{"user":"0"},"Config":{"User":"1"}}')
put('config', 'no-object', '[1,2]')
put('config', 'html', '<html>')

# ---- chisel
put('wall', 'small', '{"jsonwall":"1.0","schema":"1.0","count":5}\n{"kind":"content","slice":"base-files_base","path":"/etc/"}\n'
    '{"kind":"content","slice":"base-files_base","path":"/etc/x"}\n'
    '{"kind":"package","name":"base-files","version":"13","sha256":"00","arch":"amd64"}\n{"kind":"slice","name":"base-files_base"}\n')
put('wall', 'no-format', '{"kind":"package","name":"a","version":"1"}\n')
put('wall', 'damaged', '{"jsonwall":"1.0"}\n{"kind":"package","name":1}\n{\n')

# ---- Azure Linux distroless
put('rpm_manifest', 'two', 'bash\t5.1-2.cm2\t1700000001\t1700000000\tA Vendor\t(none)\t10\tx86_64\t0\tbash-5.1-2.cm2.src.rpm\n'
    'x\t1-1\t1\t2\t(none)\t3\t4\tnoarch\n')
put('rpm_manifest', 'damaged', 'x\t1-1\n\ny\tno release\t1\t2\t3\t4\t5\t6\n\t\t\t\t\t\t\t\t\t\n')
