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

/* "gcc-12" and "python3.11" to their names; digits and dots, with or without a dash before them. */
static struct span without_version(struct span name)
{
	size_t n = name.len;

	while (n && (ascii_is_digit(span_at(name, n - 1)) || span_at(name, n - 1) == '.'))
		n--;
	if (n == name.len || !n)
		return name;
	if (span_at(name, n - 1) == '-')
		n--;
	return n ? span_sub(name, 0, n) : name;
}

/* "x86_64-linux-gnu-gcc" to "gcc": a triple has a known system in the middle. */
static struct span without_triple(struct span name)
{
	for (size_t i = 0; i < known_triples_n; i++) {
		struct span s = known_triples[i].middle;
		size_t at = span_find_span(name, s);

		if (at && at < name.len && at + s.len < name.len)
			return span_from(name, at + s.len);
	}
	return name;
}

enum known_shell known_shell(struct span name)
{
	uint32_t roles = known_roles(name);

	if (!(roles & ROLE_SHELL))
		return SHELL_NOT;
	if (roles & ROLE_MULTI_CALL)
		return SHELL_MULTI_CALL;
	return roles & ROLE_SHARED ? SHELL_SHARED_NAME : SHELL_NAME;
}

enum known_tool known_tool(struct span name, struct span *plain)
{
	struct span bare = without_triple(name);
	struct span tries[] = { name, bare, without_version(bare) };

	for (size_t i = 0; i < sizeof(tries) / sizeof(*tries); i++) {
		uint32_t roles = known_roles(tries[i]);

		if (!(roles & (ROLE_BUILD_TOOL | ROLE_DEBUG_TOOL)))
			continue;
		if (plain)
			*plain = tries[i];
		return roles & ROLE_BUILD_TOOL ? TOOL_BUILD : TOOL_DEBUG;
	}
	return TOOL_NOT;
}

enum known_manager known_manager(struct span name, bool *shared)
{
	struct span tries[] = { name, without_version(name) };

	for (size_t i = 0; i < sizeof(tries) / sizeof(*tries); i++) {
		uint32_t roles = known_roles(tries[i]);

		*shared = roles & ROLE_SHARED;
		if (roles & ROLE_OS_MANAGER)
			return MANAGER_OS;
		if (roles & ROLE_LANGUAGE_MANAGER)
			return MANAGER_LANGUAGE;
	}
	*shared = false;
	return MANAGER_NOT;
}

bool known_interpreter(struct span name)
{
	return (known_roles(name) | known_roles(without_version(name))) & ROLE_INTERPRETER;
}
