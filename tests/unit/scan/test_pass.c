/* test_pass.c - the pass in this process, without a worker: clean under ThreadSanitizer.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "scan/pass.h"

#include "facts/serial.h"
#include "scan/selftest_data.h"
#include "secret/rules/rule.h"
#include "tests/unit/scan/look.h"
#include "tests/unit/scan/rig.h"

enum { CAP = 8 << 20 };

/* Facts of the bytes; rc is returned, the part is in the arena. */
static int run(const struct pass_request *r, struct span bytes, struct arena *a, struct part *out)
{
	uint8_t *answer = arena_alloc(a, CAP);
	struct intake in = intake_of(bytes);
	struct scov_err err = { 0 };
	struct pass *p = NULL;
	size_t len = 0;

	assert_int_equal(pass_new(r, &p, &err), 0);
	int rc = pass_run(p, &in, answer, CAP, &len, &err);

	pass_free(p);
	return rc ? rc : facts_read(span_of(answer, len), &r->limits, a, out, &err);
}

static void a_layer_yields_its_facts(void **state)
{
	(void)state;
	scoped_arena struct arena a = { 0 };
	scoped_buf struct buf tar = { 0 };
	struct pass_request r = { .kind = PART_LAYER, .limits = limits_default() };
	struct part p;

	rig_layer(&tar, 3, 500, 5 << 20);
	assert_int_equal(run(&r, buf_view(&tar), &a, &p), 0);
	assert_true(p.complete);
	assert_int_equal(p.entries.n, 502);
	assert_int_equal(p.blob_size, tar.len);
	assert_int_equal(p.size, tar.len);
	assert_int_equal(p.execs.n, 500);
	check_span("path", p.entries.p[7].path, SPAN("opt/3/7.sh"));
	struct digest want = digest_of(DIGEST_SHA256, buf_view(&tar));

	assert_true(digest_eq(&p.diff_id, &want));
}

static void every_compression_yields_the_same(void **state)
{
	(void)state;
	static const struct span packed[] = {
		{ tar_gzip, sizeof(tar_gzip) },
		{ tar_zstd, sizeof(tar_zstd) },
		{ tar_xz, sizeof(tar_xz) },
		{ tar_bzip2, sizeof(tar_bzip2) },
	};
	struct pass_request r = { .kind = PART_LAYER, .limits = limits_default() };
	struct digest first = { 0 };

	for (size_t i = 0; i < 4; i++) {
		scoped_arena struct arena a = { 0 };
		struct part p;

		assert_int_equal(run(&r, packed[i], &a, &p), 0);
		assert_true(p.complete);
		assert_int_equal(p.entries.n, 1);
		assert_int_equal(p.blob_size, packed[i].len);
		if (i == 0)
			first = p.diff_id;
		assert_true(digest_eq(&first, &p.diff_id));
	}
}

static void analyzers_that_are_off_add_nothing(void **state)
{
	(void)state;
	scoped_arena struct arena a = { 0 };
	scoped_buf struct buf tar = { 0 };
	struct pass_request r = {
		.kind = PART_LAYER, .skip = UINT32_MAX, .limits = limits_default()
	};
	struct part p;

	rig_layer(&tar, 3, 10, 10);
	assert_int_equal(run(&r, buf_view(&tar), &a, &p), 0);
	assert_int_equal(p.entries.n, 12);
	assert_int_equal(p.execs.n + p.users.n + p.scripts.n, 0);
}

static void a_file_over_kept_file_hides_what_it_would_tell(void **state)
{
	(void)state;
	scoped_arena struct arena a = { 0 };
	scoped_buf struct buf tar = { 0 }, status = { 0 };
	struct pass_request r = { .kind = PART_LAYER, .limits = limits_default() };
	struct part p;

	for (int i = 0; i < 300; i++)
		buf_printf(&status,
			"Package: p%d\nStatus: install ok installed\nVersion: 1\nArchitecture: "
			"all\n\n",
			i);
	rig_tar_add(&tar, "var/lib/dpkg/status", 0644, buf_view(&status));
	tar_write_end(&tar);
	assert_int_equal(run(&r, buf_view(&tar), &a, &p), 0);
	assert_int_equal(p.packages.n, 300);
	r.limits.kept_file = 4096;
	assert_int_equal(run(&r, buf_view(&tar), &a, &p), 0);
	assert_int_equal(p.packages.n, 0);
	assert_int_equal(p.diags.n, 1);
	assert_int_equal(p.diags.p[0].entry, 0);
	assert_true(p.diags.p[0].hides & HIDES_PACKAGES);
	assert_true(span_has(p.diags.p[0].text, SPAN("kept_file")));
}

/* Under another name, wherever the pieces of the stream end. */
static void a_database_is_known_by_its_bytes(void **state)
{
	(void)state;
	enum { SLOT = 256 << 10, BLOCK = 512 };

	for (size_t gap = 0; gap < 6; gap++) {
		scoped_arena struct arena a = { 0 };
		scoped_buf struct buf tar = { 0 }, status = { 0 }, fill = { 0 };
		struct pass_request r = { .kind = PART_LAYER, .limits = limits_default() };
		struct part p;

		for (int i = 0; i < 60; i++)
			buf_printf(&status,
				"Package: p%d\nStatus: install ok installed\nVersion: 1\n\n", i);
		while (fill.len < SLOT - gap * BLOCK)
			buf_byte(&fill, 'x');
		rig_tar_add(&tar, "fill", 0644, buf_view(&fill));
		rig_tar_add(&tar, "objects/1.file", 0644, buf_view(&status));
		rig_tar_add(&tar, "objects/2.file", 0644, SPAN("SQLite format 3\0 of a browser"));
		tar_write_end(&tar);
		assert_int_equal(run(&r, buf_view(&tar), &a, &p), 0);
		assert_int_equal(p.packages.n, 60);
		assert_int_equal(p.guesses.n, 2);
		assert_true(p.guesses.p[0].entry == 1 && p.guesses.p[1].entry == 2);
		assert_true(p.guesses.p[0].kind == KIND_DPKG_STATUS);
		assert_true(!p.guesses.p[0].failed && p.guesses.p[1].failed);
		assert_int_equal(p.diags.n, 0);
		r.limits.kept_file = 2048;
		assert_int_equal(run(&r, buf_view(&tar), &a, &p), 0);
		assert_true(p.packages.n == 0 && p.diags.n == 0);
	}
}

/* What a guess said and took back does not colour what is said next. */
static void a_guess_that_failed_leaves_nothing(void **state)
{
	(void)state;
	scoped_arena struct arena a = { 0 };
	scoped_buf struct buf tar = { 0 };
	struct pass_request r = { .kind = PART_LAYER, .limits = limits_default(), .key_len = 16 };
	struct part p;

	rig_tar_add(&tar, "objects/2.file", 0644, SPAN("SQLite format 3\0 of a browser"));
	rig_tar_add(&tar, "cut.zip", 0644, SPAN("PK\3\4\24\0\0\0\0\0"));
	tar_write_end(&tar);
	assert_int_equal(run(&r, buf_view(&tar), &a, &p), 0);
	assert_true(p.guesses.n == 1 && p.guesses.p[0].failed);
	assert_int_equal(p.diags.n, 1);
	assert_int_equal(p.diags.p[0].severity, DIAG_WARNING);
	assert_int_equal(p.diags.p[0].hides, HIDES_SECRETS);
}

static void a_full_worker_says_where_it_stopped(void **state)
{
	(void)state;
	scoped_arena struct arena a = { 0 };
	scoped_buf struct buf tar = { 0 };
	struct pass_request r = { .kind = PART_LAYER, .limits = limits_default() };
	struct part p;

	rig_layer(&tar, 3, 3000, 10);
	r.limits.worker_memory = 256 << 10;
	assert_int_equal(run(&r, buf_view(&tar), &a, &p), 0);
	assert_false(p.complete);
	assert_true(p.entries.n > 10 && p.entries.n < 3000);
	assert_true(span_has(p.diags.p[p.diags.n - 1].text, SPAN("worker_memory")));
	assert_int_equal(p.diags.p[p.diags.n - 1].hides, HIDES_ALL);
	/* Read to its end all the same: the diff_id is known. */
	struct digest want = digest_of(DIGEST_SHA256, buf_view(&tar));

	assert_true(digest_eq(&p.diff_id, &want));
}

static void a_config_is_read_whole_or_not(void **state)
{
	(void)state;
	scoped_arena struct arena a = { 0 };
	struct pass_request r = { .kind = PART_CONFIG, .limits = limits_default() };
	struct span json =
		SPAN("{\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":{\"User\":\"app\"}}");
	struct part p;

	assert_int_equal(run(&r, json, &a, &p), 0);
	assert_true(p.complete && p.kind == PART_CONFIG);
	assert_int_equal(p.configs.n, 3);
	r.limits.document_size = 20;
	assert_int_equal(run(&r, json, &a, &p), SCOV_E_LIMIT);
}

static void diagnostics_are_bounded_and_said_once(void **state)
{
	(void)state;
	scoped_arena struct arena a = { 0 };
	struct part p = { .complete = true };
	struct limits l = limits_default();
	struct analysis out = { .part = &p, .arena = &a, .limits = &l };

	look_find(&out);
	for (int i = 0; i < 3; i++)
		diag_add(&out, DIAG_NOTE, 7, HIDES_FILE, "the same");
	assert_int_equal(p.diags.n, 1);
	for (uint32_t i = 0; i < 5000; i++)
		diag_add(&out, i == 4000 ? DIAG_ERROR : DIAG_NOTE, i,
			i == 4000 ? HIDES_PACKAGES : 0, "row %u", i);
	assert_true(p.diags.n < 600);
	const struct diag_fact *last = &p.diags.p[p.diags.n - 1];

	assert_int_equal(last->severity, DIAG_ERROR);
	assert_int_equal(last->hides, HIDES_PACKAGES);
	assert_true(last->entry == NO_ENTRY);
	a.limit = 1;
	p.diags.n = p.diags.cap = 0;
	diag_add(&out, DIAG_ERROR, 1, HIDES_ALL, "no room");
	assert_true(arena_failed(&a) && !p.complete);
}

/* A token that no file holds: the first good example of a rule. */
static struct span token_of(const char *rule, struct arena *a)
{
	const struct secret_rules *all = rules_builtin();
	struct span out = { 0 };
	struct scov_err err;

	for (size_t i = 0; i < all->n; i++)
		if (span_eq(all->p[i].id, span_str(rule)))
			assert_int_equal(rule_expand(all->p[i].good[0], 1, a, &out, &err), 0);
	assert_true(out.len > 0);
	return out;
}

static size_t count(const struct part *p, const char *rule, enum secret_surface surface)
{
	size_t n = 0;

	for (size_t i = 0; i < p->secrets.n; i++)
		n += span_eq(p->secrets.p[i].rule, span_str(rule)) &&
		     p->secrets.p[i].surface == surface;
	return n;
}

static void secrets_of_a_layer_are_found_and_masked(void **state)
{
	(void)state;
	scoped_arena struct arena a = { 0 };
	scoped_buf struct buf tar = { 0 }, text = { 0 }, name = { 0 };
	struct pass_request r = { .kind = PART_LAYER, .limits = limits_default(), .key_len = 16 };
	struct span token = token_of("github-ghp", &a);
	struct part p, q;

	for (int i = 0; i < 300000; i++)
		buf_str(&text, i % 16 ? "word " : "\n");
	buf_span(&text, token);
	buf_printf(&name, "srv/%.*s/file", SPAN_ARG(token));
	rig_tar_add(&tar, "etc/app.conf", 0644, buf_view(&text));
	buf_byte(&name, 0);
	rig_tar_add(&tar, name.p, 0644, SPAN("nothing"));
	rig_tar_add(&tar, name.p, 0644, SPAN("nothing"));
	tar_write_end(&tar);
	assert_int_equal(run(&r, buf_view(&tar), &a, &p), 0);
	assert_int_equal(count(&p, "github-ghp", SURFACE_CONTENT), 1);
	assert_int_equal(count(&p, "github-ghp", SURFACE_NAME), 1); /* the second is no news */
	assert_int_equal(p.secrets.p[0].entry, 0);
	assert_int_equal(p.secrets.p[0].line, 300000 / 16 + 1);
	assert_int_equal(p.secrets.p[0].fingerprint.len, 26);
	for (size_t i = 0; i < p.entries.n; i++)
		assert_false(span_has(p.entries.p[i].path, span_from(token, 8)));
	r.skip = SKIP_SECRETS;
	assert_int_equal(run(&r, buf_view(&tar), &a, &q), 0);
	assert_int_equal(q.secrets.n, 0);
	assert_int_equal(q.entries.n, p.entries.n);
}

/* An analyzer keeps text while the file that it is in is still looked at. */
static void text_of_files_is_masked_by_the_rules(void **state)
{
	(void)state;
	scoped_arena struct arena a = { 0 };
	scoped_buf struct buf tar = { 0 }, text = { 0 }, script = { 0 };
	struct pass_request r = { .kind = PART_LAYER, .limits = limits_default(), .key_len = 16 };
	struct span token = token_of("slack-bot", &a);
	struct part p;

	buf_printf(&script, "#!/bin/sh %.*s\n", SPAN_ARG(token));
	buf_printf(&text, "ID=x\nPRETTY_NAME=\"%.*s\"\n", SPAN_ARG(token));
	for (int i = 0; i < 200000; i++)
		buf_str(&text, i % 16 ? "word " : "\n#");
	buf_printf(&text, "\n# %.*s\n", SPAN_ARG(token));
	rig_tar_add(&tar, "etc/os-release", 0644, buf_view(&text));
	buf_span(&script, buf_view(&text));
	rig_tar_add(&tar, "bin/x", 0755, buf_view(&script));
	tar_write_end(&tar);
	assert_int_equal(run(&r, buf_view(&tar), &a, &p), 0);
	assert_int_equal(count(&p, "slack-bot", SURFACE_CONTENT), 5);
	assert_int_equal(p.execs.n, 1);
	assert_true(span_starts(p.execs.p[0].interpreter, SPAN("/bin/sh xo")));
	assert_false(span_has(p.execs.p[0].interpreter, span_from(token, 12)));
	bool is_kept = false;

	for (size_t i = 0; i < p.releases.n; i++) {
		is_kept |= span_eq(p.releases.p[i].key, SPAN("PRETTY_NAME"));
		assert_false(span_has(p.releases.p[i].value, span_from(token, 12)));
	}
	assert_true(is_kept);
}

static void secrets_of_documents_are_found(void **state)
{
	(void)state;
	scoped_arena struct arena a = { 0 };
	scoped_buf struct buf json = { 0 };
	struct pass_request r = { .kind = PART_DOCUMENT,
		.surface = SURFACE_ANNOTATION,
		.limits = limits_default(),
		.key_len = 16 };
	struct span t = token_of("github-ghp", &a);
	struct part p;

	buf_printf(&json,
		"{\n\"annotations\":{\"a/"
		"b\":\"x\"},\n\"manifests\":[{\"annotations\":{\"n\":\"%.*s\"}}]}",
		SPAN_ARG(t));
	assert_int_equal(run(&r, buf_view(&json), &a, &p), 0);
	assert_int_equal(p.kind, PART_DOCUMENT);
	assert_true(p.complete);
	assert_int_equal(count(&p, "github-ghp", SURFACE_ANNOTATION), 1);
	assert_true(span_eq(p.secrets.p[0].member, SPAN("/manifests/0/annotations/n")));
	assert_int_equal(p.secrets.p[0].entry, NO_ENTRY);
	r.surface = SURFACE_ATTESTATION;
	assert_int_equal(run(&r, buf_view(&json), &a, &p), 0);
	assert_int_equal(count(&p, "github-ghp", SURFACE_ATTESTATION), 1);
	assert_int_equal(p.secrets.p[0].line, 3);
	assert_int_equal(p.size, json.len);
	assert_int_equal(run(&r, SPAN("{"), &a, &p), 0); /* whatever it is: bytes */
	assert_int_equal(p.diags.n, 0);
	r.surface = SURFACE_ANNOTATION;
	assert_int_equal(run(&r, SPAN("{"), &a, &p), 0);
	assert_int_equal(p.diags.n, 1);
	assert_int_equal(p.diags.p[0].hides, HIDES_ALL | HIDES_SECRETS);
	r.limits.document_size = 8;
	assert_int_equal(run(&r, buf_view(&json), &a, &p), SCOV_E_LIMIT);
	r.limits = limits_default();
	r.skip = SKIP_SECRETS;
	assert_int_equal(run(&r, buf_view(&json), &a, &p), 0);
	assert_int_equal(p.secrets.n, 0);
	assert_int_equal(p.annotations.n, 2);
	assert_int_equal(p.annotations.p[0].manifest, 0);
	check_span("key", p.annotations.p[0].key, SPAN("a/b"));
	check_span("value", p.annotations.p[0].value, SPAN("x"));
	assert_int_equal(p.annotations.p[1].manifest, 1);
	check_span("masked", span_sub(p.annotations.p[1].value, 0, 6), SPAN("ghp_**"));
	r.surface = SURFACE_ATTESTATION;
	assert_int_equal(run(&r, buf_view(&json), &a, &p), 0);
	assert_int_equal(p.secrets.n, 0);
}

static void secrets_of_a_config_are_found_and_masked(void **state)
{
	(void)state;
	static const struct {
		const char *pointer;
		enum secret_surface surface;
	} want[] = {
		{ "/config/Env/0", SURFACE_ENV },
		{ "/config/Cmd/1", SURFACE_COMMAND },
		{ "/config/Labels/a~1b", SURFACE_LABEL },
		{ "/config/Healthcheck/Test/1", SURFACE_HEALTHCHECK },
		{ "/config/OnBuild/0", SURFACE_ONBUILD },
		{ "/history/0/created_by", SURFACE_HISTORY },
		{ "/author", SURFACE_SETTING },
	};
	scoped_arena struct arena a = { 0 };
	scoped_buf struct buf json = { 0 };
	struct pass_request r = { .kind = PART_CONFIG, .limits = limits_default(), .key_len = 16 };
	struct span t = token_of("github-ghp", &a);
	struct part p;

	buf_printf(&json,
		"{\"config\":{\"Env\":[\"A=%.*s\"],\"Cmd\":[\"x\",\"%.*s\"],\"Labels\":{\"a/"
		"b\":\"%.*s\"},"
		"\"Healthcheck\":{\"Test\":[\"CMD\",\"%.*s\"]},\"OnBuild\":[\"ARG A=%.*s\"]},"
		"\"history\":[{\"created_by\":\"|1 A=%.*s /bin/sh -c x\"}],\"author\":\"%.*s\"}",
		SPAN_ARG(t), SPAN_ARG(t), SPAN_ARG(t), SPAN_ARG(t), SPAN_ARG(t), SPAN_ARG(t),
		SPAN_ARG(t));
	assert_int_equal(run(&r, buf_view(&json), &a, &p), 0);
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
		size_t n = 0;

		for (size_t k = 0; k < p.secrets.n; k++)
			n += span_eq(p.secrets.p[k].member, span_str(want[i].pointer)) &&
			     p.secrets.p[k].surface == want[i].surface &&
			     span_eq(p.secrets.p[k].rule, SPAN("github-ghp"));
		check(want[i].pointer, n == 1);
	}
	for (size_t i = 0; i < p.configs.n; i++)
		assert_false(span_has(p.configs.p[i].value, span_from(t, 8)));
	assert_false(span_has(p.history.p[0].created_by, span_from(t, 8)));
}

/* Part facts that lack something say so: an error, an early end, or a diagnostic that hides. */
static bool says_what_it_lacks(struct span facts, const struct limits *l, struct span whole)
{
	scoped_arena struct arena a = { 0 };
	struct part p;

	if (span_eq(whole, facts))
		return true;
	if (facts_read(facts, l, &a, &p, NULL))
		return false;
	bool is_said = !p.complete;

	for (size_t i = 0; i < p.diags.n; i++)
		is_said |= p.diags.p[i].hides != HIDES_NOTHING;
	return is_said;
}

static void no_allocation_is_missed(void **state)
{
	struct pass_request r = { .kind = PART_LAYER, .limits = limits_default() };
	scoped_arena struct arena a = { 0 };
	scoped_buf struct buf tar = { 0 };
	uint8_t *answer = arena_alloc(&a, CAP);
	struct span whole = { 0 };
	size_t left = 0;

	(void)state;
	rig_tar_add(&tar, "var/lib/dpkg/status", 0644,
		SPAN("Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n"));
	rig_tar_add(&tar, "var/lib/dpkg/info/a.list", 0644, SPAN("/.\n/opt\n/opt/a.sh\n"));
	rig_tar_add(&tar, "etc/os-release", 0644, SPAN("ID=debian\nVERSION_ID=12\n"));
	rig_tar_add(&tar, "entry.sh", 0755,
		SPAN("#!/bin/sh\nDB_PASS=Xk29sLwq81\nfile_env DB_PASS\nexec gosu app \"$@\"\n"));
	rig_tar_add(&tar, "lib/apk/db/installed", 0644,
		SPAN("C:Q1pSfxfOgsJEpdVlAGdfAdqpQ1Dts=\nP:b\nV:1\nF:bin\nR:b\n\n"));
	rig_layer(&tar, 7, 3, 4096);
	for (size_t n = 0; !left; n++) {
		struct intake in = intake_of(buf_view(&tar));
		struct scov_err err = { 0 };
		struct pass *p = NULL;
		size_t len = 0;

		assert_int_equal(pass_new(&r, &p, &err), 0);
		arena_fail_nth(n);
		int rc = pass_run(p, &in, answer, CAP, &len, &err);

		left = arena_fail_nth(0);
		pass_free(p);
		if (n == 0) {
			assert_int_equal(rc, 0);
			whole = arena_dup(&a, span_of(answer, len));
		}
		if (!rc && !says_what_it_lacks(span_of(answer, len), &r.limits, whole))
			fail_msg("allocation %zu: facts are missing and nothing says so", n);
		if (left)
			assert_true(n > 20);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_allocation_is_missed),
		cmocka_unit_test(a_layer_yields_its_facts),
		cmocka_unit_test(every_compression_yields_the_same),
		cmocka_unit_test(analyzers_that_are_off_add_nothing),
		cmocka_unit_test(a_file_over_kept_file_hides_what_it_would_tell),
		cmocka_unit_test(a_database_is_known_by_its_bytes),
		cmocka_unit_test(a_guess_that_failed_leaves_nothing),
		cmocka_unit_test(a_full_worker_says_where_it_stopped),
		cmocka_unit_test(a_config_is_read_whole_or_not),
		cmocka_unit_test(diagnostics_are_bounded_and_said_once),
		cmocka_unit_test(secrets_of_a_layer_are_found_and_masked),
		cmocka_unit_test(secrets_of_documents_are_found),
		cmocka_unit_test(text_of_files_is_masked_by_the_rules),
		cmocka_unit_test(secrets_of_a_config_are_found_and_masked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
