/* test_mask.c - what the program prints of what it was given holds no value.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "scoville/scoville.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "secret/rules/rule.h"
#include "tests/unit/scan/look.h"

/* The random characters of "PREFIX{A36}" and the like, eight in a row, are in no text. */
static void check_hidden(struct span id, struct span value, const char *text)
{
	enum { RUN = 8 };

	for (size_t i = 0; i + RUN <= value.len; i++)
		if (span_has(span_str(text), span_sub(value, i, RUN)))
			fail_msg("%.*s: %s", SPAN_ARG(id), text);
}

static const struct secret_fact *found(struct analysis *out, struct span id, struct span text)
{
	out->part->secrets.n = 0;
	finder_text(out->finder, 0, SURFACE_LABEL, (struct span){ 0 }, text);
	for (size_t i = 0; i < out->part->secrets.n; i++)
		if (span_eq(out->part->secrets.p[i].rule, id) && !out->part->secrets.p[i].encoding)
			return &out->part->secrets.p[i];
	return NULL;
}

/* The example of every rule whose value is one by itself, in the words of messages. */
static void every_kind(void **state)
{
	static const char *const around[][2] = { { "oci:/nowhere/", "" },
		{ "invalid media type 'application/", "'" }, { "localhost:1/x:", "" },
		{ "no image '", "'; there is: b, c" }, { "realm=\"", "\"" },
		{ "no file 'blobs/", "/layer.tar' in the archive" }, { "config '", ".json'" } };
	const struct secret_rules *all = rules_builtin();
	scoped_look struct look l;
	size_t tried = 0;

	(void)state;
	look_init(&l);
	for (size_t i = 0; i < all->n; i++) {
		const struct secret_rule *r = &all->p[i];
		struct span value;
		struct scov_err err;

		if (r->shown || !r->prefix || rule_expand(r->good[0], 1, &l.scratch, &value, &err))
			continue;
		const struct secret_fact *x = found(&l.out, r->id, value);

		if (!x)
			continue;
		value = span_sub(value, (size_t)x->offset, x->length);
		if (!found(&l.out, r->id, value) || span_find(value, '\n') < value.len ||
			span_find(value, 0) < value.len || value.len > 512)
			continue;
		for (size_t k = 0; k < sizeof(around) / sizeof(*around); k++) {
			char *text = arena_printf(&l.scratch, "%s%.*s%s", around[k][0],
				SPAN_ARG(value), around[k][1]);
			size_t len = strlen(text);

			scov_mask(text);
			assert_int_equal(strlen(text), len);
			check_hidden(r->id, span_from(value, r->prefix), text);
		}
		tried++;
	}
	if (tried < 150)
		fail_msg("%zu kinds", tried);
}

static void what_is_shown(void **state)
{
	static const char *const rows[][2] = {
		{ "oci:/nowhere/alpine:3.20", "oci:/nowhere/alpine:3.20" },
		{ "application/vnd.oci.image.layer.v1.tar+gzip",
			"application/vnd.oci.image.layer.v1.tar+gzip" },
		{ "x@sha256:"
		  "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
			"x@sha256:"
			"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff" },
		{ "user:Xk29aQz81pL@localhost:1/x", "user:***********@localhost:1/x" },
		{ "https://u:Xk29aQz81pL@h/x", "https://u:***********@h/x" },
		{ "https://u:pa/ss@h/x: no", "https://u:*****@h/x: no" },
		{ "https://u:pa?ss#@h/x", "https://u:******@h/x" },
		{ "https://u:p@ss@h/x", "https://u:****@h/x" },
		{ "https://login@h/x", "https://*****@h/x" },
		{ "oci://u:pa/ss@h/x@sha256:00", "oci://u:*****@h/x@sha256:00" },
		{ "'https://h/x?to=ken': no", "'https://h/x?******': no" },
		{ "https://h/x?to=ken: no", "https://h/x?******: no" },
		{ "https://h/x?to=k@n", "https://********@n" },
		{ "https://u:two words@h/x", "https://u:*********@h/x" },
		{ "https://h:8080/x", "https://h:8080/x" },
		{ "https://github.com/o/n/.github/workflows/w.yml@refs/heads/main",
			"https://github.com/o/n/.github/workflows/w.yml@refs/heads/main" },
		{ "https://login@refs/x", "https://*****@refs/x" },
		{ "https://u:pa/ss@refs/x", "https://u:*****@refs/x" },
		{ "user:pa/ss@h/x", "user:*****@h/x" },
		{ "oci:/home/a@b/x", "oci:/home/a@b/x" },
		{ "/etc/open5gs/hnet/curve25519-1.key", "/etc/open5gs/hnet/curve25519-1.key" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char text[256];

		snprintf(text, sizeof(text), "%s", rows[i][0]);
		scov_mask(text);
		assert_string_equal(text, rows[i][1]);
	}
}

/* Rules of the user count as long as a context has them. */
static void rules_of_the_user(void **state)
{
	static const char rules[] = "[rule own]\nkind = own\ntitle = x\nadvice = x\nsource = x\n"
				    "literal = ownkey-\nexpression = (ownkey-[a-z0-9]{12})\n"
				    "prefix = 7\nclass = none\ngood = ownkey-{a12}\n";
	char file[] = "/tmp/scoville-mask-XXXXXX", text[] = "see ownkey-a1b2c3d4e5f6 here";
	int fd = mkstemp(file);
	struct scov_options opt = {
		.struct_size = sizeof(opt), .secret_rules = file, .no_cache = true
	};
	struct scov_context *c;
	struct scov_err err;

	(void)state;
	assert_true(fd >= 0 && write(fd, rules, strlen(rules)) == (ssize_t)strlen(rules));
	close(fd);
	scov_mask(text);
	assert_string_equal(text, "see ownkey-a1b2c3d4e5f6 here");
	if (scov_context_new(&opt, &c, &err))
		fail_msg("%s", err.text);
	scov_mask(text);
	assert_string_equal(text, "see ownkey-************ here");
	scov_context_free(c);
	unlink(file);
	snprintf(text, sizeof(text), "see ownkey-a1b2c3d4e5f6 here");
	scov_mask(text);
	assert_string_equal(text, "see ownkey-a1b2c3d4e5f6 here");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind),
		cmocka_unit_test(what_is_shown),
		cmocka_unit_test(rules_of_the_user),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
