/* elf_imports.c - what an ELF file takes from others, and whether it makes system calls by itself.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/elf_imports.h"

#include <string.h>

enum {
	DT_NULL = 0,
	DT_HASH = 4,
	DT_STRTAB = 5,
	DT_SYMTAB = 6,
	DT_STRSZ = 10,
	DT_SONAME = 14,
	DT_GNU_HASH = 0x6ffffef5,
	SYMBOL = 24, /* bytes of one */
};

/* ---- symbols --------------------------------------------------------------------------------- */

struct dynamic {
	uint64_t strings, strings_size, symbols, hash, gnu_hash, soname;
	bool has_soname, is_bad;
};

static struct dynamic read_dynamic(struct span in)
{
	struct dynamic d = { 0 };
	struct cur c = cur_over(in);
	bool is_ended = false;

	for (int i = 0; i < ELF_DYNAMIC_MAX && !is_ended; i++) {
		uint64_t tag = cur_le64(&c), value = cur_le64(&c);

		is_ended = c.bad || tag == DT_NULL;
		if (tag == DT_HASH)
			d.hash = value;
		else if (tag == DT_STRTAB)
			d.strings = value;
		else if (tag == DT_SYMTAB)
			d.symbols = value;
		else if (tag == DT_STRSZ)
			d.strings_size = value;
		else if (tag == DT_GNU_HASH)
			d.gnu_hash = value;
		else if (tag == DT_SONAME)
			d.soname = value;
		d.has_soname |= tag == DT_SONAME && !c.bad;
	}
	d.is_bad = c.bad || !is_ended;
	return d;
}

/* What is in the file from this address on. */
static struct span from_address(struct span file, const struct elf *e, uint64_t address)
{
	uint64_t at;

	return elf_offset(e, address, &at) && at < file.len ? span_from(file, (size_t)at)
							    : (struct span){ 0 };
}

static bool count_by_hash(struct span table, uint64_t *n)
{
	*n = span_le32(table, 4);
	return table.len >= 8;
}

/* Its chains end at the last symbol that is defined here; those before the first are imported. */
static bool count_by_gnu_hash(struct span table, uint64_t *n)
{
	uint64_t buckets = span_le32(table, 0), first = span_le32(table, 4);
	uint64_t at = 16 + 8 * (uint64_t)span_le32(table, 8), chains = at + 4 * buckets;
	uint64_t last = 0;

	if (table.len < 16 || chains > table.len)
		return false;
	for (; at < chains; at += 4)
		if (span_le32(table, (size_t)at) > last)
			last = span_le32(table, (size_t)at);
	*n = first;
	if (last < first)
		return true;
	for (at = chains + 4 * (last - first); at + 4 <= table.len; at += 4) {
		last++;
		if (span_le32(table, (size_t)at) & 1) {
			*n = last;
			return true;
		}
	}
	return false;
}

static bool text_at(struct span strings, uint64_t at, struct span *out)
{
	struct span rest = at < strings.len ? span_from(strings, (size_t)at) : (struct span){ 0 };
	size_t end = span_find(rest, 0);

	*out = span_sub(rest, 0, end);
	return end < rest.len;
}

static bool read_symbols(
	struct span symbols, struct span strings, uint64_t n, const struct elf_imports *out)
{
	if (n > symbols.len / SYMBOL)
		return false;
	for (uint64_t i = 1; i < n; i++) {
		struct span one = span_sub(symbols, (size_t)i * SYMBOL, SYMBOL), name;

		if (span_at(one, 6) || span_at(one, 7)) /* st_shndx: defined here */
			continue;
		if (!text_at(strings, span_le32(one, 0), &name))
			return false;
		out->name(out->ctx, name);
	}
	return true;
}

bool elf_imports_read(struct span file, const struct elf *e, struct elf_imports *out)
{
	if (e->bits != 64 || e->is_big || !e->dynamic.len)
		return false;
	struct dynamic d = read_dynamic(e->dynamic);
	struct span strings = from_address(file, e, d.strings);
	uint64_t n;

	if (d.is_bad || !d.strings || !d.symbols || d.strings_size > strings.len)
		return false;
	strings = span_sub(strings, 0, (size_t)d.strings_size);
	if (d.has_soname && !text_at(strings, d.soname, &out->soname))
		return false;
	if (d.hash ? !count_by_hash(from_address(file, e, d.hash), &n)
		   : !d.gnu_hash || !count_by_gnu_hash(from_address(file, e, d.gnu_hash), &n))
		return false;
	return read_symbols(from_address(file, e, d.symbols), strings, n, out);
}

/* ---- instructions ---------------------------------------------------------------------------- */

/* What is before a distance of 32 bits: call, jump, a jump on a condition, or the byte that says
 * that an operand is in memory at a distance from here. */
static bool may_come_before(uint8_t before, uint8_t last)
{
	return last == 0xe8 || last == 0xe9 || (before == 0x0f && (last & 0xf0) == 0x80) ||
	       (last & 0xc7) == 0x05;
}

/* The two bytes at p are the first, or the second and third, of a distance that leads to a place
 * of the program. What follows a system call looks like that by chance once in 500. */
static bool is_distance(const struct elf *e, struct span code, size_t p, uint64_t address)
{
	uint64_t begin = e->load[0].address, size = e->memory_end - begin;

	for (size_t back = 0; back < 2; back++) {
		if (p < back + 2 || p - back + 4 > code.len)
			continue;
		int32_t far = (int32_t)span_le32(code, p - back);

		if (may_come_before(span_at(code, p - back - 2), span_at(code, p - back - 1)) &&
			address + p - back + 4 + (uint64_t)(int64_t)far - begin < size)
			return true;
	}
	return false;
}

/* The number of rt_sigreturn before it: unwinders know the end of a signal by these bytes, and
 * every profile allows that call. */
static bool is_signal_return(struct span code, size_t p)
{
	return p >= 6 && span_eq(span_sub(code, p - 6, 6), SPAN("\xc7\xc0\x0f\0\0\0"));
}

/* syscall. The ways in for 32 bits, int $0x80 and sysenter, are not for code of 64 bits. */
static bool has_x86(const struct elf *e, struct span code, uint64_t address)
{
	for (size_t i = 0; i + 1 < code.len; i++) {
		const uint8_t *next = memchr(code.p + i, 0x0f, code.len - 1 - i);

		if (!next)
			return false;
		i = (size_t)(next - code.p);
		if (next[1] == 0x05 && !is_signal_return(code, i) &&
			!is_distance(e, code, i, address))
			return true;
	}
	return false;
}

/* svc, with any number */
static bool has_arm(struct span code)
{
	for (size_t i = 0; i + 4 <= code.len; i += 4)
		if ((span_le32(code, i) & 0xffe0001f) == 0xd4000001)
			return true;
	return false;
}

bool elf_has_system_call(struct span file, const struct elf *e)
{
	for (size_t i = 0; i < e->loads_n; i++) {
		const struct elf_load *l = &e->load[i];
		struct span code = span_sub(file, (size_t)l->offset, (size_t)l->size);

		if (!(l->flags & ELF_EXECUTE))
			continue;
		if (e->machine == ELF_MACHINE_AARCH64 ? has_arm(code)
						      : has_x86(e, code, l->address))
			return true;
	}
	return false;
}
