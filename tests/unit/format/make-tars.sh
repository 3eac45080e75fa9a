#!/bin/sh
# make-tars.sh DIR: a small tree as tars of all formats that GNU tar writes, DIR/NAME.tar.
#
# SPDX-License-Identifier: Apache-2.0
set -eu
cd "$1"
mkdir -p tree/d/e tree/empty
long=$(printf '%090d' 0 | tr 0 n)
mkdir -p "tree/$long/$long"
echo hello >tree/a
seq 1 300 >tree/d/e/numbers
: >tree/nothing
printf x >"tree/$long/$long/f"
printf x >"tree/name with $(printf 'a\nline') and caf\303\251 and \377"
ln -s ../a tree/d/symlink
ln -s "/$long/$long/$long" tree/long-symlink
ln tree/a tree/d/hardlink
mkfifo tree/fifo
chmod 4755 tree/a
chmod 1777 tree/empty
truncate -s 3000000 tree/hole
{ truncate -s 1000000 tree/sparse; printf one >>tree/sparse; truncate -s 2000000 tree/sparse; printf two >>tree/sparse
  truncate -s 2500000 tree/sparse; }
for i in $(seq 0 39); do printf piece | dd of=tree/pieces bs=64k seek=$((i * 2)) conv=notrunc status=none; done
touch -d '1969-12-31 23:59:50.5 UTC' tree/nothing
tar() { command tar --sort=name --numeric-owner -C tree "$@"; }
tar -cf v7.tar --format=v7 a d empty
tar -cf ustar.tar --format=ustar a d empty fifo "$long/$long"
for f in oldgnu gnu posix; do
	tar -cf $f.tar --format=$f .
	tar -cf $f-owner.tar --format=$f --owner=big:3000000000 --group=big:3000000001 a d
	tar -Scf $f-sparse.tar --format=$f hole sparse pieces a
done
for v in 0.0 0.1 1.0; do tar -Scf posix-sparse-$v.tar --format=posix --sparse-version=$v hole sparse pieces a; done
if setfattr -n user.one -v 1 tree/a 2>/dev/null && setfattr -n user.two -v 'b
c=d' tree/a; then
	tar -cf xattr.tar --format=posix --xattrs a nothing d
fi
