/* names.c - look-ups of program names in the table of data/programs.tsv.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "known/names.h"

#include "base/ascii.h"

uint32_t known_roles(struct span name)
{
	size_t low = 0, high = known_programs_n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = span_cmp(known_programs[mid].name, name);

		if (!c)
			return known_programs[mid].roles;
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return 0;
}

/* "gcc-12", "python3.11" and "ksh93u" to their names: digits and dots, with or without a dash
 * before them, and at most a letter after them. */
static struct span without_version(struct span name)
{
	size_t n = name.len, end = n;

	if (n > 2 && span_at(name, n - 2) == '+') /* ksh93u+m */
		end = n -= 2;
	if (n && ascii_is_lower(span_at(name, n - 1)))
		n--;
	if (n && !ascii_is_digit(span_at(name, n - 1)))
		n = end;
	end = n;
	while (n && (ascii_is_digit(span_at(name, n - 1)) || span_at(name, n - 1) == '.'))
		n--;
	if (n == end || !n)
		return name;
	if (span_at(name, n - 1) == '-')
		n--;
	return n ? span_sub(name, 0, n) : name;
}

/* "x86_64-linux-gnu-gcc" to "gcc", "cpan5.36-x86_64-linux-gnu" to "cpan5.36": a triple has a known
 * system in the middle. */
static struct span without_triple(struct span name)
{
	for (size_t i = 0; i < known_triples_n; i++) {
		struct span s = known_triples[i].middle, system = span_sub(s, 0, s.len - 1);
		size_t at = span_find_span(name, s);

		if (at && at < name.len && at + s.len < name.len)
			return span_from(name, at + s.len);
		if (!span_ends(name, system))
			continue;
		at = span_rfind(span_sub(name, 0, name.len - system.len), '-');
		if (at < name.len - system.len)
			return span_sub(name, 0, at);
	}
	return name;
}

static struct span without_suffix(struct span name)
{
	for (size_t i = 0; i < known_suffixs_n; i++) {
		struct span s = known_suffixs[i].text;

		if (name.len > s.len && span_ends(name, s))
			return span_sub(name, 0, name.len - s.len);
	}
	return name;
}

/* The roles of the name, or of what is left of it without a triple, suffixes and a version, as soon
 * as it has one of `wanted`. */
static uint32_t roles_like(struct span name, uint32_t wanted, struct span *plain)
{
	enum { STEPS_MAX = 4 };

	for (int step = 0; step < STEPS_MAX; step++) {
		struct span tries[] = { name, without_triple(name), without_suffix(name),
			without_version(name) };
		size_t i = 0;

		for (; i < sizeof(tries) / sizeof(*tries); i++) {
			uint32_t roles = known_roles(tries[i]);

			if (!(roles & wanted))
				continue;
			if (plain)
				*plain = tries[i];
			return roles;
		}
		for (i = 1; i < sizeof(tries) / sizeof(*tries) && span_eq(tries[i], name); i++)
			;
		if (i == sizeof(tries) / sizeof(*tries))
			return 0;
		name = tries[i];
	}
	return 0;
}

enum known_shell known_shell(struct span name)
{
	uint32_t roles = roles_like(name, ROLE_SHELL, NULL);

	if (!roles)
		return SHELL_NOT;
	if (roles & ROLE_MULTI_CALL)
		return SHELL_MULTI_CALL;
	return roles & ROLE_SHARED ? SHELL_SHARED_NAME : SHELL_NAME;
}

enum known_tool known_tool(struct span name, struct span *plain)
{
	uint32_t roles = roles_like(name, ROLE_BUILD_TOOL | ROLE_DEBUG_TOOL, plain);

	return roles & ROLE_BUILD_TOOL ? TOOL_BUILD : roles ? TOOL_DEBUG : TOOL_NOT;
}

enum known_manager known_manager(struct span name, bool *shared)
{
	uint32_t roles = roles_like(name, ROLE_OS_MANAGER | ROLE_LANGUAGE_MANAGER, NULL);

	*shared = roles & ROLE_SHARED;
	return roles & ROLE_OS_MANAGER ? MANAGER_OS : roles ? MANAGER_LANGUAGE : MANAGER_NOT;
}

static bool is_file_of(const struct known_module *m, struct span below)
{
	if (m->is_glob)
		return below.len >= m->head.len + m->tail.len && span_starts(below, m->head) &&
		       span_ends(below, m->tail);
	/* a folder may take the place of a file: node loads its index.js */
	return span_starts(below, m->head) &&
	       (below.len == m->head.len || span_at(below, m->head.len) == '/');
}

const struct known_module *known_module_find(struct span path, bool is_build, struct span *folder)
{
	struct span rest = path, name;

	while (span_split(&rest, '/', &name) && rest.len)
		for (size_t i = 0; i < known_modules_n; i++)
			if (known_modules[i].is_build == is_build &&
				span_eq(known_modules[i].folder, name) &&
				is_file_of(&known_modules[i], rest)) {
				*folder = span_sub(path, 0, path.len - rest.len - 1);
				return &known_modules[i];
			}
	return NULL;
}

bool known_interpreter(struct span name)
{
	return (known_roles(name) | known_roles(without_version(name))) & ROLE_INTERPRETER;
}
