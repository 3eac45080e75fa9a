/* test_suggest.c - a suggested profile is one that runtimes, libseccomp and our own judge take.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trust/predicate/suggest.h"

#include <seccomp.h>

#include "format/elf_imports.h"
#include "known/calls.h"
#include "syntax/json.h"
#include "trust/predicate/predicate.h"

#include "tests/unit/unit.h"

/* An image of one program. */
static struct suggestion suggest(
	struct arena *a, uint8_t state, uint32_t machine, const char *imported)
{
	uint8_t *set = arena_alloc(a, known_calls_size());

	known_calls_add(set, span_str(imported));
	struct entry entries[] = { { .path = SPAN("app"), .type = ENTRY_FILE, .size = 100 } };
	struct imports_fact imports[] = {
		{ .state = state, .machine = machine, .calls = span_of(set, known_calls_size()) }
	};
	struct config_fact configs[] = { { .key = CONFIG_OS, .value = SPAN("linux") },
		{ .key = CONFIG_ARCHITECTURE, .value = SPAN("amd64") } };
	struct part layer = { .complete = true,
		.entries = { .p = entries, .n = 1 },
		.imports = { .p = imports, .n = 1 } };
	struct part config = { .complete = true, .configs = { .p = configs, .n = 2 } };
	const struct part *parts[] = { &layer };
	struct image_layer layers[1] = { 0 };
	struct file files[] = { { .path = SPAN("app"), .entry = entries, .body = entries } };
	struct image_facts f = { .config = &config,
		.layers = layers,
		.layers_n = 1,
		.parts = parts,
		.files = { .p = files, .n = 1 } };
	struct suggestion out;
	struct scov_err err;

	assert_int_equal(suggestion_make(&f, a, &out, &err), 0);
	return out;
}

static bool allows(const struct suggestion *s, const char *name)
{
	for (size_t i = 0; i < known_calls_n; i++)
		if (span_eq(known_calls[i].name, span_str(name)))
			return known_calls_has(s->calls, i);
	fail_msg("%s is not in the table", name);
	return false;
}

static void leaves_out_what_is_not_imported(void **state)
{
	(void)state;
	scoped_arena struct arena a = { 0 };
	struct suggestion s = suggest(&a, IMPORTS_KNOWN, ELF_MACHINE_X86_64, "timerfd_create");

	assert_int_equal(s.doubts.n, 0);
	assert_true(allows(&s, "timerfd_create") && allows(&s, "read") && allows(&s, "futex"));
	assert_false(
		allows(&s, "ptrace") || allows(&s, "io_setup") || allows(&s, "timerfd_settime"));
	assert_true(s.left_out > 100);
}

static void leaves_nothing_out_in_doubt(void **state)
{
	(void)state;
	for (uint8_t i = IMPORTS_UNREADABLE; i < IMPORTS_STATES; i++) {
		scoped_arena struct arena a = { 0 };
		struct suggestion s = suggest(&a, i, ELF_MACHINE_X86_64, "read");

		assert_int_equal(s.doubts.n, 1);
		assert_int_equal(s.left_out, 0);
	}
	scoped_arena struct arena a = { 0 };
	struct suggestion s = suggest(&a, IMPORTS_KNOWN, ELF_MACHINE_AARCH64, "read");

	assert_int_equal(s.left_out, 0);
}

/* Calls that this version of libseccomp is too old for are not wrong: runtimes pass over them. */
static bool is_new(struct span name)
{
	return span_has_word(SPAN("cachestat fchmodat2 futex_requeue futex_wait futex_wake "
				  "getxattrat listmount listxattrat map_shadow_stack mseal "
				  "removexattrat riscv_hwprobe setxattrat statmount uretprobe "
				  "futex_waitv epoll_ctl_old epoll_wait_old getsid recv send"),
		name);
}

static void has_names_that_libseccomp_knows(void **state)
{
	(void)state;
	for (size_t i = 0; i < known_calls_n; i++) {
		char name[64];

		snprintf(name, sizeof(name), "%.*s", SPAN_ARG(known_calls[i].name));
		if (seccomp_syscall_resolve_name(name) == __NR_SCMP_ERROR &&
			!is_new(known_calls[i].name))
			fail_msg("%s is not a system call", name);
	}
}

static void makes_only_calls_of_the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < known_call_makers_n; i++) {
		struct span left = known_call_makers[i].calls;

		assert_true(left.len);
		while (left.len) {
			struct span name = span_sub(left, 0, span_find(left, ' '));
			bool is_found = false;

			for (size_t k = 0; k < known_calls_n; k++)
				is_found |=
					known_calls[k].can_go && span_eq(known_calls[k].name, name);
			assert_true(is_found);
			left = span_from(left, name.len + 1);
		}
	}
}

static void is_a_profile_that_restricts(void **state)
{
	(void)state;
	for (uint8_t i = IMPORTS_KNOWN; i < IMPORTS_STATES; i++) {
		scoped_arena struct arena a = { 0 };
		scoped_buf struct buf b = { 0 };
		struct suggestion s = suggest(&a, i, ELF_MACHINE_X86_64, "read");
		struct profile_facts is;
		struct scov_err err;

		assert_int_equal(suggestion_write(&s, &b, &err), 0);
		assert_int_equal(
			profile_read(buf_view(&b), SPAN("application/json"), &a, &is, &err), 0);
		assert_int_equal(is.kind, PROFILE_SECCOMP);
		if (!is.restricts)
			fail_msg("%.*s", SPAN_ARG(is.why));
	}
}

static void names_other_platforms(void **state)
{
	(void)state;
	struct config_fact configs[] = { { .key = CONFIG_OS, .value = SPAN("linux") },
		{ .key = CONFIG_ARCHITECTURE, .value = SPAN("s390x") } };
	struct part config = { .complete = true, .configs = { .p = configs, .n = 2 } };
	struct image_facts f = { .config = &config };
	scoped_arena struct arena a = { 0 };
	struct suggestion out;
	struct scov_err err;

	assert_int_equal(suggestion_make(&f, &a, &out, &err), SCOV_E_UNSUPPORTED);
	assert_non_null(strstr(err.text, "linux/s390x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves_out_what_is_not_imported),
		cmocka_unit_test(leaves_nothing_out_in_doubt),
		cmocka_unit_test(has_names_that_libseccomp_knows),
		cmocka_unit_test(makes_only_calls_of_the_table),
		cmocka_unit_test(is_a_profile_that_restricts),
		cmocka_unit_test(names_other_platforms),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
