/* test_text.c - what is masked on its way into facts, and what is not.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "scan/text.h"

#include "facts/mark.h"
#include "secret/rules/rule.h"
#include "tests/unit/scan/look.h"

static struct span expanded(struct span template, uint32_t n, struct arena *a)
{
	struct scov_err err;
	struct span out = { 0 };

	if (rule_expand(template, n, a, &out, &err))
		fail_msg("%.*s: %s", SPAN_ARG(template), err.text);
	return out;
}

static struct span joined(struct arena *a, struct span one, const char *two)
{
	return look_join(a, one, span_str(two));
}

/* Whatever a rule finds in a text is stars in its copy, with the search on or off. */
static void what_is_found_is_masked(void **state)
{
	(void)state;
	scoped_look struct look l;
	const struct secret_rules *all = rules_builtin();
	size_t checked = 0;

	look_init(&l);
	for (size_t i = 0; i < all->n; i++) {
		struct span raw = expanded(all->p[i].good[0], 1, &l.scratch);

		l.part.secrets.n = 0;
		finder_text(l.out.finder, 0, SURFACE_LABEL, (struct span){ 0 }, raw);
		struct span copy = fact_text(&l.out, raw);

		assert_int_equal(copy.len, raw.len);
		for (size_t k = 0; k < l.part.secrets.n; k++) {
			const struct secret_fact *x = &l.part.secrets.p[k];
			uint64_t from = x->offset + x->prefix.len, end = x->offset + x->length;

			if (x->encoding || !span_eq(x->rule, all->p[i].id) || all->p[i].shown)
				continue;
			for (uint64_t b = from; b < end; b++)
				if (span_at(copy, b) != '*')
					fail_msg("%.*s: '%.*s'", SPAN_ARG(x->rule), SPAN_ARG(copy));
			checked++;
		}
		arena_reset(&l.scratch);
	}
	assert_true(checked > 300);
}

static void values(void **state)
{
	static const struct {
		const char *name, *raw, *copy;
	} rows[] = {
		{ "DB_PASSWORD", "correct horse", "*************" },
		{ "DB_PASS", "Xk29aQz81pL", "***********" },
		{ "API_KEY", "abc", "***" },
		{ "DB_PASSWORD", "true", "true" },
		{ "DB_PASSWORD", "${OTHER}", "${OTHER}" },
		{ "DB_PASSWORD", "/run/secrets/db", "/run/secrets/db" },
		{ "DB_PASSWORD_FILE", "/run/secrets/db", "/run/secrets/db" },
		{ "HOME", "/root", "/root" },
		{ "DSN", "mysql://u:Xk29aQz81pL@h/x", "mysql://u:***********@h/x" },
		{ "", "--token", "--token" },
		{ "PATH", "", "" },
	};

	(void)state;
	scoped_look struct look l;

	look_init(&l);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check_span(rows[i].name,
			fact_value(&l.out, span_str(rows[i].name), span_str(rows[i].raw)),
			span_str(rows[i].copy));
}

/* A name without a secret is as it was, whatever it sounds like. */
static void names_of_secrets_are_shown(void **state)
{
	static const char *const rows[] = {
		"etc/open5gs/hnet/curve25519-1.key",
		"etc/ssl/private/server.key",
		"app/release.bks",
		"my_token=v1/bin/sh",
		"run/secrets/db_password",
		"usr/share/token-1.2.3/secret.conf",
	};

	(void)state;
	scoped_look struct look l;

	look_init(&l);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check_span(rows[i], fact_name(&l.out, span_str(rows[i])), span_str(rows[i]));
	assert_false(l.part.has_stars);
	check_span("a star", fact_name(&l.out, SPAN("a*b")), SPAN("a*b"));
	assert_true(l.part.has_stars);
}

/* The folder is the same text in its own path and in those below; what follows stays as it is. */
static void folders_are_the_same_below(void **state)
{
	static const char *const below[] = { "/bin/sh", "/usr/bin/x86_64-linux-gnu-gcc-12", "/a",
		"/node_modules/npm/package.json", "/curve25519-1.key" };

	(void)state;
	scoped_look struct look l;

	look_init(&l);
	struct span folders[] = {
		SPAN("my_password=Xk29aQz81pL"),
		SPAN("a/DB_PASS=kQ82jx_19dLpZ"),
		SPAN("my_password=gs/hntiBcZ5CoG3ztyE6whQ0CDet"),
		expanded(SPAN("names/ghp_{A30}{crc32-base62}"), 1, &l.arena),
	};

	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		struct span folder = fact_name(&l.out, folders[i]);

		if (span_find(folder, MARK) == folder.len)
			fail_msg("no mark in '%.*s'", SPAN_ARG(folder));
		for (size_t k = 0; k < sizeof(below) / sizeof(*below); k++)
			check_span(below[k],
				fact_name(&l.out, joined(&l.arena, folders[i], below[k])),
				joined(&l.arena, folder, below[k]));
	}
}

static void equal_stars_have_other_marks(void **state)
{
	(void)state;
	scoped_look struct look l;

	look_init(&l);
	struct span one = expanded(SPAN("ghp_{A30}{crc32-base62}"), 1, &l.arena),
		    two = expanded(SPAN("ghp_{A30}{crc32-base62}"), 2, &l.arena);
	struct span a = fact_name(&l.out, one), b = fact_name(&l.out, two);

	assert_int_equal(a.len, one.len + 1 + MARK_DIGEST);
	check_span("stars", span_sub(a, 0, one.len), span_sub(b, 0, two.len));
	assert_false(span_eq(a, b));
	check_span("again", fact_name(&l.out, one), a);
	l.out.key = SPAN("another key of 32 bytes.........");
	assert_false(span_eq(fact_name(&l.out, one), a));
	/* No name of an image has a mark of its own. */
	struct span own = fact_name(&l.out, SPAN("x\x1a"
						 "0123456789abcdef"));

	check_span("own mark", span_sub(own, 0, 2), SPAN("x*"));
}

/* A value that goes on over a slash is not shown after it. */
static void values_with_slashes(void **state)
{
	(void)state;
	scoped_look struct look l;

	look_init(&l);
	struct span link = fact_name(&l.out, SPAN("https://u:Xk29aQz81pL@example.org/a"));

	assert_false(span_has(link, SPAN("Xk29")));
	assert_true(span_ends(link, SPAN("@example.org/a")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_found_is_masked),
		cmocka_unit_test(values),
		cmocka_unit_test(names_of_secrets_are_shown),
		cmocka_unit_test(folders_are_the_same_below),
		cmocka_unit_test(equal_stars_have_other_marks),
		cmocka_unit_test(values_with_slashes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
