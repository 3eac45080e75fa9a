/* multicall.c - busybox and toybox by content.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/multicall.h"

#include <string.h>

#include "known/names.h"

static bool applet_name(struct span s)
{
	enum { NAME_MAX_BYTES = 24 };

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = span_at(s, i);

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '[' || c == '_' ||
			    c == '-' || c == '.' || c == '+'))
			return false;
	}
	return s.len > 0 && s.len <= NAME_MAX_BYTES;
}

static void add_name(struct multicall *m, struct span name)
{
	size_t used = strlen(m->names);

	if (used + name.len + 2 > sizeof(m->names))
		return;
	if (used)
		m->names[used++] = ' ';
	for (size_t i = 0; i < name.len; i++)
		m->names[used + i] = (char)span_at(name, i);
}

static void take_run(struct span run, uint32_t n, struct multicall *m)
{
	struct span name;

	if (n < MULTICALL_RUN_MIN)
		return;
	if (n > m->applets)
		m->applets = n;
	m->has_table = true;
	while (span_split(&run, 0, &name)) {
		uint32_t roles = known_roles(name);

		m->has_shell |= (roles & ROLE_APPLET_SHELL) != 0;
		if (roles & ROLE_APPLET && !span_has_word(span_str(m->names), name))
			add_name(m, name);
	}
}

/* Every run of NUL-ended names in ascending order may be the table: the longest need not be
 * it. */
static void find_table(struct span in, struct multicall *m)
{
	struct span rest = in, name, last = { 0 };
	size_t start = 0, at = 0;
	uint32_t n = 0;

	while (span_split(&rest, 0, &name)) {
		size_t next = in.len - rest.len;
		bool good = applet_name(name);

		if (n && (!good || span_cmp(last, name) >= 0)) {
			take_run(span_sub(in, start, at - start), n, m);
			n = 0;
		}
		if (good && n++ == 0)
			start = at;
		last = name;
		at = next;
	}
	take_run(span_sub(in, start, at - start), n, m);
}

static bool has_string(struct span in, struct span nul_ended)
{
	while (in.len) {
		size_t at = span_find_span(in, nul_ended);

		if (at == in.len)
			return false;
		if (at && span_at(in, at - 1) == 0)
			return true;
		in = span_from(in, at + 1);
	}
	return false;
}

/* Of toybox, which has no such table: those that verdicts name, each as a string of its own. */
static void add_applets(struct span in, struct multicall *m)
{
	for (size_t i = 0; i < known_programs_n; i++) {
		struct span name = known_programs[i].name;

		/* the bytes of a name in the table are followed by a NUL */
		if (known_programs[i].roles & ROLE_APPLET &&
			has_string(in, span_of(name.p, name.len + 1)))
			add_name(m, name);
	}
}

/* A mark counts if one of `nexts` follows directly. They are separate so that a program which
 * searches for marks, such as this one, contains none. */
enum { MARK_BUSYBOX, MARK_TOYBOX };
static const struct span heads[] = {
	SPAN_INIT("BusyBox v"),
	SPAN_INIT("Toybox %s multicall binar"),
	SPAN_INIT("GNU bash, version "),
	SPAN_INIT("@(#)MIRBSD KS"),
	SPAN_INIT("@(#)PD KS"),
	SPAN_INIT("@(#)$Id: Version AJM 9"),
};
static const struct {
	uint8_t first, last;
} nexts[] = {
	{ '0', '9' },
	{ 'y', 'y' },
	{ '%', '%' },
	{ 'H', 'H' },
	{ 'H', 'H' },
	{ '3', '3' },
};
enum { MARKS = sizeof(heads) / sizeof(*heads), HEAD_MAX = 32 };

/* The row of the first mark; MARKS when there is none. */
static size_t find_mark(struct span in)
{
	while (in.len) {
		size_t which = 0;
		size_t at = span_find_any(in, heads, MARKS, &which);
		uint8_t next = span_at(in, at + heads[which].len);

		if (at == in.len)
			break;
		if (next >= nexts[which].first && next <= nexts[which].last)
			return which;
		in = span_from(in, at + 1);
	}
	return MARKS;
}

bool multicall_parse(struct span elf, uint64_t loaded, struct multicall *out)
{
	struct multicall m = { 0 };
	struct span all = elf;

	elf = span_sub(elf, 0, loaded < elf.len ? (size_t)loaded : elf.len);
	size_t mark = find_mark(elf);

	if (mark == MARKS) {
		/* The rest, and a mark that only begins before it. */
		mark = find_mark(
			span_from(all, elf.len - (elf.len < HEAD_MAX ? elf.len : HEAD_MAX)));
		if (mark == MARK_BUSYBOX || mark == MARK_TOYBOX)
			return false; /* appended: no applet of this program */
	}
	if (mark == MARKS)
		return false;
	if (mark == MARK_BUSYBOX) {
		m.kind = MULTICALL_BUSYBOX;
		find_table(elf, &m);
		/* The table of a build with few applets looks like any other words. */
		m.has_shell |= !m.has_table &&
			       (has_string(elf, SPAN("ash\0")) || has_string(elf, SPAN("hush\0")));
	} else if (mark == MARK_TOYBOX) {
		m.kind = MULTICALL_TOYBOX;
		m.has_shell = has_string(elf, SPAN("toysh\0"));
		add_applets(elf, &m);
	} else {
		m.kind = MULTICALL_SHELL;
		m.mark = heads[mark];
	}
	*out = m;
	return true;
}
