/* elf.c - what the start of an ELF file says about the program.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/elf.h"

enum { ET_EXEC = 2, ET_DYN = 3 };
enum { PT_LOAD = 1, PT_DYNAMIC = 2, PT_INTERP = 3, PT_NOTE = 4 };
enum { DT_NULL = 0, DT_FLAGS_1 = 0x6ffffffb, DF_1_PIE = 0x08000000 };
enum { INTERPRETER_MAX = 4096 };

struct reader {
	struct cur c;
	bool big, wide; /* byte order, 64 bits */
};

static uint16_t half(struct reader *r)
{
	return r->big ? cur_be16(&r->c) : cur_le16(&r->c);
}

static uint32_t word(struct reader *r)
{
	return r->big ? cur_be32(&r->c) : cur_le32(&r->c);
}

static uint64_t native(struct reader *r)
{
	if (!r->wide)
		return word(r);
	return r->big ? cur_be64(&r->c) : cur_le64(&r->c);
}

struct segment {
	uint32_t type, flags;
	uint64_t offset, address, size, memory;
};

static struct segment read_segment(struct reader *r)
{
	struct segment s = { .type = word(r) };

	if (r->wide)
		s.flags = word(r);
	s.offset = native(r);
	s.address = native(r);
	native(r);
	s.size = native(r);
	s.memory = native(r);
	if (!r->wide)
		s.flags = word(r);
	return s;
}

static struct span segment_bytes(struct span head, const struct segment *s)
{
	if (s->offset > head.len || s->size > head.len - s->offset)
		return (struct span){ 0 };
	return span_sub(head, (size_t)s->offset, (size_t)s->size);
}

static void read_dynamic(struct reader r, struct span in, bool *pie)
{
	r.c = cur_over(in);
	for (int i = 0; i < ELF_DYNAMIC_MAX && cur_left(&r.c); i++) {
		uint64_t tag = native(&r);
		uint64_t value = native(&r);

		if (r.c.bad || tag == DT_NULL)
			break;
		if (tag == DT_FLAGS_1 && value & DF_1_PIE)
			*pie = true;
	}
}

/* The build id note of Go's linker: name "Go\0\0", type 4. */
static void read_notes(struct reader r, struct span in, struct elf *e)
{
	enum { NOTES_MAX = 16 };

	r.c = cur_over(in);
	for (int i = 0; i < NOTES_MAX && cur_left(&r.c); i++) {
		uint32_t name_len = word(&r);
		uint32_t desc_len = word(&r);
		uint32_t type = word(&r);
		struct span name = cur_take(&r.c, name_len);

		cur_align(&r.c, 4);
		cur_skip(&r.c, desc_len);
		cur_align(&r.c, 4);
		if (type == 4 && span_eq(name, SPAN("Go\0\0")))
			e->is_go = true;
	}
}

/* Bytes past the end of the file are left out. */
static void add_load(struct elf *e, const struct segment *s, uint64_t size)
{
	size_t i = e->loads_n;

	if (s->memory <= UINT64_MAX - s->address && s->address + s->memory > e->memory_end)
		e->memory_end = s->address + s->memory;
	if (s->size <= size && s->offset <= size - s->size && s->offset + s->size > e->loaded)
		e->loaded = s->offset + s->size;
	if (i == ELF_LOADS_MAX || s->offset >= size || !s->size)
		return;
	for (; i && e->load[i - 1].offset > s->offset; i--)
		e->load[i] = e->load[i - 1];
	e->load[i] = (struct elf_load){ s->offset,
		s->size < size - s->offset ? s->size : size - s->offset, s->address, s->flags };
	e->loads_n++;
}

static void read_segments(struct reader *r, struct span head, uint64_t size, uint64_t off,
	unsigned n, unsigned entry_size, bool *pie, struct elf *e)
{
	if (n > ELF_SEGMENTS_MAX)
		n = ELF_SEGMENTS_MAX;
	for (unsigned i = 0; i < n; i++) {
		if (off > head.len)
			return;
		r->c = cur_over(head);
		cur_seek(&r->c, (size_t)off);
		off += entry_size;
		struct segment s = read_segment(r);
		struct span in = segment_bytes(head, &s);

		if (r->c.bad)
			return;
		if ((s.type == PT_INTERP || s.type == PT_DYNAMIC) &&
			(s.offset > size || s.size > size - s.offset))
			e->damaged = true;
		if (s.type == PT_LOAD)
			add_load(e, &s, size);
		if (s.type == PT_INTERP && s.size)
			e->interpreter = in.len && in.len <= INTERPRETER_MAX
						 ? span_sub(in, 0, span_find(in, 0))
						 : SPAN("?");
		if (s.type == PT_DYNAMIC) {
			e->has_dynamic = true;
			e->dynamic = in;
			read_dynamic(*r, in, pie);
		}
		if (s.type == PT_NOTE)
			read_notes(*r, in, e);
	}
}

bool elf_parse(struct span head, uint64_t size, struct elf *out)
{
	enum { SHORT = 32, LONG = 64 };
	struct elf e = { 0 };
	bool pie = false;

	if (!span_starts(head, SPAN("\x7f"
				    "ELF")))
		return false;
	uint8_t bits = span_at(head, 4), order = span_at(head, 5);
	/* Linux checks the machine and ignores these two bytes: a program with wrong ones still
	 * runs. */
	struct reader r = { cur_over(head), order == 2, bits != 1 };

	cur_skip(&r.c, 16);
	uint16_t type = half(&r);

	e.machine = half(&r);
	word(&r);
	native(&r);
	uint64_t off = native(&r);

	native(&r);
	word(&r);
	half(&r);
	unsigned entry_size = half(&r), n = half(&r);

	if (r.c.bad)
		return false;
	e.bits = r.wide ? LONG : SHORT;
	e.is_big = r.big;
	if (n && (off > size || entry_size < (r.wide ? 56 : 32)))
		e.damaged = true;
	else
		read_segments(&r, head, size, off, n, entry_size, &pie, &e);
	e.is_program = type == ET_EXEC || (type == ET_DYN && (e.interpreter.len || pie));
	e.is_shared = type == ET_DYN && !e.is_program;
	*out = e;
	return true;
}

bool elf_offset(const struct elf *e, uint64_t address, uint64_t *out)
{
	for (size_t i = 0; i < e->loads_n; i++) {
		const struct elf_load *l = &e->load[i];

		if (address >= l->address && address - l->address < l->size) {
			*out = l->offset + (address - l->address);
			return true;
		}
	}
	return false;
}
