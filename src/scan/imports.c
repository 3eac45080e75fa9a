/* imports.c - inside a worker: what the programs and libraries of a layer can ask of the kernel.
 *
 * Any file in ELF form counts, whatever its name and mode: a library needs neither. Only what is
 * imported by name is known; what makes system calls in another way is marked as such.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "scan/imports.h"

#include <string.h>

#include "format/elf_imports.h"
#include "known/calls.h"

static const struct span magic = SPAN_INIT("\x7f"
					   "ELF");

void imports_piece(
	struct imports *i, const struct analysis *out, uint64_t offset, struct span piece)
{
	uint64_t size = out->part->entries.p[out->part->entries.n - 1].size;

	if (!offset && span_starts(span_sub(piece, 0, magic.len), span_sub(magic, 0, piece.len))) {
		i->is_elf = true;
		i->size = 0;
		if (size <= out->limits->kept_file && (i->file = mem_alloc((size_t)size)))
			i->size = (size_t)size;
	}
	if (i->file && offset < i->size && piece.len <= i->size - offset)
		memcpy(i->file + offset, piece.p, piece.len);
}

void imports_release(struct imports *i)
{
	mem_free(i->file);
	*i = (struct imports){ 0 };
}

struct taken {
	uint8_t *calls;
	bool has_number, has_name;
};

static void take(void *ctx, struct span symbol)
{
	struct taken *t = ctx;

	t->has_number |= span_eq(symbol, SPAN("syscall"));
	t->has_name |= span_has_word(SPAN("dlsym dlvsym __libc_dlsym __libc_dlvsym"), symbol);
	known_calls_add(t->calls, symbol);
}

/* Programs find libc by its SONAME. */
static bool is_libc(struct span soname)
{
	return span_has_word(SPAN("libc.so.6 libpthread.so.0 librt.so.1 libdl.so.2 libanl.so.1 "
				  "libc_malloc_debug.so.0 libmemusage.so libpcprofile.so "
				  "ld-linux-x86-64.so.2 ld-linux-aarch64.so.1"),
		       soname) ||
	       span_starts(soname, SPAN("libc.musl-"));
}

/* The C++ library waits by syscall(), for threads: nothing else, and no profile leaves futex out.
 * Source: GCC 12, libstdc++-v3/include/bits/atomic_wait.h and src/c++11/futex.cc. */
static bool only_waits(struct span soname)
{
	return span_eq(soname, SPAN("libstdc++.so.6"));
}

static uint8_t state_of(struct span file, const struct elf *e, struct taken *t)
{
	struct elf_imports in = { .name = take, .ctx = t };

	if (e->damaged || !e->loads_n)
		return IMPORTS_UNREADABLE;
	if (!e->has_dynamic)
		return e->is_go ? IMPORTS_GO : IMPORTS_STATIC;
	if (!elf_imports_read(file, e, &in))
		return IMPORTS_UNREADABLE;
	if (is_libc(in.soname))
		return IMPORTS_LIBC;
	if (e->is_go)
		return IMPORTS_GO;
	if (e->is_program && !e->interpreter.len)
		return IMPORTS_STATIC;
	if (t->has_name)
		return IMPORTS_NAME;
	if (t->has_number && !only_waits(in.soname))
		return IMPORTS_NUMBER;
	return elf_has_system_call(file, e) ? IMPORTS_RAW : IMPORTS_KNOWN;
}

/* Object files and dumps are not run. */
static bool is_run(const struct elf *e)
{
	return e->is_program || e->is_shared || e->damaged;
}

int imports_end(struct imports *i, struct analysis *out)
{
	struct span file = span_of(i->file, i->size);
	struct imports_fact f = { .entry = (uint32_t)(out->part->entries.n - 1),
		.state = IMPORTS_UNREADABLE };
	struct elf e = { 0 };
	struct taken t = { .calls = arena_alloc(out->arena, known_calls_size()) };
	bool is_read = i->file && elf_parse(file, i->size, &e), is_wanted = i->is_elf;
	int code = t.calls ? 0 : SCOV_E_LIMIT;

	if (is_read && !is_run(&e))
		is_wanted = false;
	if (is_wanted && !code) {
		f.machine = e.machine;
		if (is_read)
			f.state = state_of(file, &e, &t);
		f.calls = span_of(t.calls, known_calls_size());
		if (!vec_add(&out->part->imports, out->arena, &f))
			code = SCOV_E_LIMIT;
	}
	imports_release(i);
	return code;
}
