/* test_text.c - what is masked on its way into facts, and what is not.
 *
 * Tokens are put together here from a prefix and a filling, so that no file of the project holds
 * one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "facts/text.h"

#include "../unit.h"

static const char filling[] =
	"Q7w2E9r4T1y6U3i8O5p0A2s4D6f8G1h3J5k7L9z0X2c4V6b8N1m3Q7w2E9r4T1y6U3i8O5p0";
static const char shouting[] = "Q7W2E9R4T1Y6U3I8O5P0";

/* every row of the table of tokens: prefix and the fewest bytes behind it */
static const struct {
	const char *prefix;
	size_t least;
	const char *filling;
} rows[] = {
	{ "ghp_", 30, filling },
	{ "gho_", 30, filling },
	{ "ghu_", 30, filling },
	{ "ghs_", 30, filling },
	{ "ghr_", 30, filling },
	{ "github_pat_", 22, filling },
	{ "glpat-", 20, filling },
	{ "gldt-", 20, filling },
	{ "glrt-", 20, filling },
	{ "glptt-", 20, filling },
	{ "glcbt-", 20, filling },
	{ "glagent-", 20, filling },
	{ "glsoat-", 20, filling },
	{ "glsa_", 32, filling },
	{ "xoxb-", 10, filling },
	{ "xoxp-", 10, filling },
	{ "xoxa-", 10, filling },
	{ "xoxr-", 10, filling },
	{ "xoxs-", 10, filling },
	{ "xoxe", 20, filling },
	{ "xapp-", 20, filling },
	{ "AKIA", 16, shouting },
	{ "ASIA", 16, shouting },
	{ "ABIA", 16, shouting },
	{ "ACCA", 16, shouting },
	{ "AIza", 35, filling },
	{ "GOCSPX-", 20, filling },
	{ "ya29.", 20, filling },
	{ "sk_live_", 16, filling },
	{ "rk_live_", 16, filling },
	{ "sk_test_", 16, filling },
	{ "rk_test_", 16, filling },
	{ "whsec_", 24, filling },
	{ "npm_", 36, filling },
	{ "pypi-", 50, filling },
	{ "rubygems_", 48, filling },
	{ "dckr_pat_", 20, filling },
	{ "dckr_oat_", 20, filling },
	{ "hf_", 30, filling },
	{ "SG.", 60, filling },
	{ "sk-proj-", 40, filling },
	{ "sk-ant-", 40, filling },
	{ "dop_v1_", 64, filling },
	{ "doo_v1_", 64, filling },
	{ "dor_v1_", 64, filling },
	{ "hvs.", 24, filling },
	{ "hvb.", 60, filling },
	{ "eyJ", 60, filling },
	{ "Bearer ", 16, filling },
	{ "Basic ", 16, filling },
	{ "AGE-SECRET-KEY-1", 50, filling },
};

static void every_prefix(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scoped_arena struct arena a = { 0 };
		int least = (int)rows[i].least;
		struct span in = span_str(
			arena_printf(&a, "a/%s%.*s/b", rows[i].prefix, least, rows[i].filling));
		struct span out = fact_text(&a, in),
			    head = span_str(arena_printf(&a, "a/%s", rows[i].prefix));

		check(rows[i].prefix, out.len == in.len && span_starts(out, head));
		struct span masked = span_sub(out, head.len, rows[i].least);

		for (size_t j = 0; j < masked.len; j++)
			check(rows[i].prefix, span_at(masked, j) == '*');
		check_span(rows[i].prefix, fact_text(&a, out), out);
		in = span_str(
			arena_printf(&a, "a/%s%.*s/b", rows[i].prefix, least - 1, rows[i].filling));
		/* a run that '/' and '+' continue is longer than it looks */
		if (!span_has(in, SPAN("whsec_")) && !span_has(in, SPAN("Basic ")) &&
			!span_has(in, SPAN("Bearer ")))
			check_span(rows[i].prefix, fact_text(&a, in), in);
	}
}

static const struct {
	const char *name, *in, *out;
} cases[] = {
	{ "empty", "", "" },
	{ "an ordinary path", "usr/share/doc/gho_st/README", "usr/share/doc/gho_st/README" },
	{ "a word that ends in a prefix", "usr/lib/task_live_aaaaaaaaaaaaaaaaaaaaaaaa",
		"usr/lib/task_live_aaaaaaaaaaaaaaaaaaaaaaaa" },
	{ "password of a URL", "FROM https://me:pa55@host/x", "FROM https://me:****@host/x" },
	{ "password that holds an at", "ftp://me:p@a@host", "ftp://me:***@host" },
	{ "password that holds a colon", "ftp://me:p:a@host", "ftp://me:***@host" },
	{ "URL with a port", "http://host:80/a@b", "http://host:80/a@b" },
	{ "URL with a user alone", "http://me@host/", "http://me@host/" },
	{ "two URLs", "a://b:c@d e://f:g@h", "a://b:*@d e://f:*@h" },
	{ "no host behind the scheme", "x://", "x://" },
	{ "build argument", "RUN |1 TOKEN=abc /bin/sh -c make",
		"RUN |1 TOKEN=*** /bin/sh -c make" },
	{ "build argument with blanks", "RUN |2 A_SECRET=a b c B=d /bin/sh -c x=y",
		"RUN |2 A_SECRET=***** B=d /bin/sh -c x=y" },
	{ "build argument, classic", "|1 API_KEY=abc def /bin/sh -c true",
		"|1 API_KEY=******* /bin/sh -c true" },
	{ "ENV with an equals sign", "ENV DB_PASSWORD=x", "ENV DB_PASSWORD=*" },
	{ "ENV with a blank", "/bin/sh -c #(nop)  ENV DB_PASSWORD hunter2",
		"/bin/sh -c #(nop)  ENV DB_PASSWORD *******" },
	{ "ENV in quotes", "ENV A=b DB_PASSWORD=\"x y\" C=d", "ENV A=b DB_PASSWORD=\"***\" C=d" },
	{ "quote that never ends", "ENV TOKEN='x y", "ENV TOKEN='***" },
	{ "option", "mysql --password=abc db", "mysql --password=*** db" },
	{ "lower case and dots", "spring.datasource.password=abc",
		"spring.datasource.password=***" },
	{ "a file's place stays", "X_SECRET=/run/secrets/x", "X_SECRET=/run/secrets/x" },
	{ "a truth stays", "USE_TOKEN=true", "USE_TOKEN=true" },
	{ "harmless name", "MYSQL_ALLOW_EMPTY_PASSWORD=abc", "MYSQL_ALLOW_EMPTY_PASSWORD=abc" },
	{ "harmless value", "TOKENS=abc", "TOKENS=abc" },
	{ "empty value", "TOKEN= x", "TOKEN= x" },
	{ "only an equals sign", "=", "=" },
	{ "name at the end", "TOKEN=", "TOKEN=" },
	{ "private key", "a -----BEGIN RSA PRIVATE KEY-----abc-----END RSA PRIVATE KEY-----",
		"a -----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY-----" },
	{ "private key without an end", "-----BEGIN PRIVATE KEY-----abc",
		"-----BEGIN PRIVATE KEY-----***" },
	{ "certificate", "-----BEGIN CERTIFICATE-----abc", "-----BEGIN CERTIFICATE-----abc" },
	{ "marker without an end", "-----BEGIN PRIVATE KEY", "-----BEGIN PRIVATE KEY" },
};

static void masks(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_arena struct arena a = { 0 };
		struct span out = fact_text(&a, span_str(cases[i].in));

		check_span(cases[i].name, out, span_str(cases[i].out));
		check_span(cases[i].name, fact_text(&a, out), out);
	}
}

static const struct {
	const char *name, *in, *out;
} values[] = {
	{ "DB_PASSWORD", "hunter2", "*******" },
	{ "db-password", "a b", "***" },
	{ "my.api.key", "x", "*" },
	{ "DB_PASSWORD_FILE", "/run/x", "/run/x" },
	{ "DB_PASSWORD", "/run/secrets/x", "/run/secrets/x" },
	{ "DB_PASSWORD", "", "" },
	{ "ALLOW_EMPTY_PASSWORD", "abc", "abc" },
	{ "RANDOM_PASSWORD", "yes-please", "yes-please" },
	{ "GITHUB_TOKEN", "false", "false" },
	{ "URL", "a://b:c@d", "a://b:*@d" },
	{ "PATH", "/usr/bin:/bin", "/usr/bin:/bin" },
	{ "", "x", "x" },
};

static void settings(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		scoped_arena struct arena a = { 0 };

		check_span(values[i].name,
			fact_value(&a, span_str(values[i].name), span_str(values[i].in)),
			span_str(values[i].out));
	}
}

static void full_arena(void **state)
{
	struct arena a = { .limit = 8 };

	(void)state;
	assert_null(fact_text(&a, SPAN("a text longer than the arena")).p);
	assert_null(fact_value(&a, SPAN("TOKEN"), SPAN("a text longer than the arena")).p);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_prefix),
		cmocka_unit_test(masks),
		cmocka_unit_test(settings),
		cmocka_unit_test(full_arena),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
