/* The real worker, fed by this program. SPDX-License-Identifier: Apache-2.0 */
#include "scan/scan.h"

#include <sys/wait.h>

#include "base/identity.h"
#include "scan/selftest_data.h"
#include "tests/unit/scan/rig.h"

enum { LAYERS = 12 };

static bool says(const struct scan_job *job, const char *what)
{
	return strstr(job->error.text, what) != NULL;
}

static void scan_one(struct rig *o, struct scan_job *job)
{
	struct crew *c = rig_crew(o);
	struct scov_err err = { 0 };

	int code = scan_run(&o->scan, job, 1, &err);

	(void)code; /* the job says */
	crew_free(c);
}

static void threads_do_not_change_facts(void **state)
{
	(void)state;
	struct buf tars[LAYERS] = { 0 };
	struct rig_blob blobs[LAYERS];
	struct scan_job jobs[2][LAYERS];

	for (unsigned i = 0; i < LAYERS; i++) {
		rig_layer(&tars[i], i, 20 + i * 7, i * 300000);
		blobs[i] = rig_blob(buf_view(&tars[i]));
	}
	for (int round = 0; round < 2; round++) {
		struct rig o = rig_options();
		struct scov_err err = { 0 };

		o.crew.threads = round ? 8 : 1;
		for (unsigned i = 0; i < LAYERS; i++)
			jobs[round][i] = rig_job(&blobs[i]);
		struct crew *s = rig_crew(&o);

		assert_int_equal(scan_run(&o.scan, jobs[round], LAYERS, &err), 0);
		crew_free(s);
	}
	for (unsigned i = 0; i < LAYERS; i++) {
		const struct part *p = jobs[0][i].part;

		assert_non_null(p);
		assert_true(p->complete);
		assert_int_equal(p->entries.n, 20 + i * 7 + 2);
		assert_int_equal(p->users.n, 2);
		assert_int_equal(p->size, tars[i].len);
		/* Not compressed: the blob is what its diff_id is of. */
		assert_true(digest_eq(&p->diff_id, &blobs[i].descriptor.digest));
		check_span("1 and 8 threads", jobs[1][i].bytes, jobs[0][i].bytes);
		scan_job_release(&jobs[0][i]);
		scan_job_release(&jobs[1][i]);
		buf_release(&tars[i]);
	}
}

static void what_is_not_as_stated_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		int code;
		const char *text;
	} rows[] = {
		{ "wrong digest", SCOV_E_DIGEST, "its bytes are sha256:" },
		{ "fewer bytes", SCOV_E_DIGEST, "the manifest says 10000000" },
		{ "more bytes", SCOV_E_DIGEST, "more than the 700 bytes" },
		{ "wrong diff_id", SCOV_E_DIGEST, "the config says sha256:" },
		{ "Docker's, encrypted", SCOV_E_UNSUPPORTED, "an encrypted layer: media type" },
		{ "sha512 that is wrong", SCOV_E_DIGEST, "its bytes are sha512:" },
		{ "encrypted layer", SCOV_E_UNSUPPORTED, "an encrypted layer: media type" },
		{ "not a layer", SCOV_E_UNSUPPORTED, "not a layer: media type 'application/wasm'" },
		{ "no media type", SCOV_E_UNSUPPORTED, "invalid media type" },
	};
	scoped_buf struct buf tar = { 0 };
	char folder[64];

	rig_layer(&tar, 1, 5, 400000);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct rig_blob b = rig_blob(buf_view(&tar));
		struct scan_job job = rig_job(&b);
		struct rig o = rig_options();
		uint64_t bytes, entries;

		assert_int_equal(cache_open(rig_mkdir(folder), 1 << 20, &o.crew.cache, NULL), 0);
		if (i == 0)
			b.descriptor.digest.bytes[5] ^= 1;
		if (i == 1)
			b.descriptor.size = 10000000;
		if (i == 2)
			b.descriptor.size = 700;
		if (i == 3)
			job.diff_id = digest_of(DIGEST_SHA256, SPAN("something else"));
		if (i == 4)
			b.descriptor.media_type =
				SPAN("application/vnd.docker.image.rootfs.diff.tar.gzip+encrypted");
		if (i == 5)
			b.descriptor.digest = digest_of(DIGEST_SHA512, SPAN("something else"));
		if (i == 6)
			b.descriptor.media_type =
				SPAN("application/vnd.oci.image.layer.v1.tar+gzip+encrypted");
		if (i == 7)
			b.descriptor.media_type = SPAN("application/wasm");
		if (i == 8)
			b.descriptor.media_type = SPAN("A \x1b[31m type");
		scan_one(&o, &job);
		check(rows[i].name, job.part == NULL);
		check(rows[i].name, job.error.code == rows[i].code);
		if (!says(&job, rows[i].text))
			fail_msg("%s: said '%s'", rows[i].name, job.error.text);
		assert_int_equal(cache_usage(o.crew.cache, &bytes, &entries, NULL), 0);
		check(rows[i].name, entries == 0);
		scan_job_release(&job);
		cache_free(o.crew.cache);
		rig_rmdir(folder);
	}
}

/* The bytes count where they are, whatever a registry may do with them. */
static void types_of_layers(void **state)
{
	(void)state;
	static const struct span types[] = {
		SPAN_INIT("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"),
		SPAN_INIT("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"),
		SPAN_INIT("application/vnd.oci.image.layer.v1.tar; charset=utf-8"),
		SPAN_INIT("Application/Vnd.OCI.image.layer.v1.tar"),
		SPAN_INIT(""),
	};
	scoped_buf struct buf tar = { 0 };

	rig_layer(&tar, 1, 5, 4000);
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		struct rig_blob b = rig_blob(buf_view(&tar));
		struct scan_job job = rig_job(&b);
		struct rig o = rig_options();

		b.descriptor.media_type = types[i];
		scan_one(&o, &job);
		if (!job.part)
			fail_msg("%.*s: %s", SPAN_ARG(types[i]), job.error.text);
		scan_job_release(&job);
	}
}

static void damaged_layers_are_incomplete_and_say_why(void **state)
{
	(void)state;
	static const uint8_t noise[3000] = { 'n', 'o', ' ', 't', 'a', 'r' };
	static const struct {
		const char *name;
		struct span bytes;
		const char *text;
	} rows[] = {
		{ "gzip cut short", { tar_gzip, sizeof(tar_gzip) - 12 }, "gzip" },
		{ "gzip without its checksum", { tar_gzip, sizeof(tar_gzip) - 8 }, "gzip" },
		{ "zstd cut short", { tar_zstd, sizeof(tar_zstd) - 3 }, "zstd" },
		{ "xz cut short", { tar_xz, sizeof(tar_xz) / 2 }, "xz" },
		{ "bzip2 cut short", { tar_bzip2, sizeof(tar_bzip2) / 2 }, "bzip2" },
		{ "no tar at all", { noise, sizeof(noise) }, "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct rig_blob b = rig_blob(rows[i].bytes);
		struct scan_job job = rig_job(&b);
		struct rig o = rig_options();

		scan_one(&o, &job);
		if (!job.part)
			fail_msg("%s: %s", rows[i].name, job.error.text);
		check(rows[i].name, !job.part->complete);
		check(rows[i].name, job.part->diags.n == 1);
		check(rows[i].name, job.part->diags.p[0].severity == DIAG_ERROR);
		check(rows[i].name, job.part->diags.p[0].hides == HIDES_ALL);
		if (!span_has(job.part->diags.p[0].text, span_str(rows[i].text)))
			fail_msg("%s: said '%.*s'", rows[i].name,
				SPAN_ARG(job.part->diags.p[0].text));
		scan_job_release(&job);
	}
}

/* 200 MiB of zeros in some 200 KB. */
static bool make_bomb(struct buf *out)
{
	FILE *f = popen("head -c 209715200 /dev/zero 2>/dev/null | gzip -1 2>/dev/null", "re");
	char piece[4096];

	for (size_t n; f && (n = fread(piece, 1, sizeof(piece), f)) > 0;)
		buf_bytes(out, piece, n);
	return f && pclose(f) == 0 && out->len > 1000;
}

static void a_bomb_meets_its_limit(void **state)
{
	(void)state;
	scoped_buf struct buf bomb = { 0 };

	if (!make_bomb(&bomb))
		skip();
	for (int by_size = 0; by_size < 2; by_size++) {
		struct rig_blob b = rig_blob(buf_view(&bomb));
		struct scan_job job = rig_job(&b);
		struct rig o = rig_options();

		if (by_size)
			o.scan.limits.layer_size = 1 << 20;
		else
			o.scan.limits.layer_ratio = 100;
		scan_one(&o, &job);
		assert_non_null(job.part);
		assert_false(job.part->complete);
		assert_true(job.part->size <= (by_size ? (size_t)2 << 20 : (size_t)80 << 20));
		const struct diag_fact *last = &job.part->diags.p[job.part->diags.n - 1];

		assert_true(
			span_has(last->text, by_size ? SPAN("layer_size") : SPAN("layer_ratio")));
		scan_job_release(&job);
	}
}

static void facts_that_do_not_fit_are_an_error(void **state)
{
	(void)state;
	scoped_buf struct buf tar = { 0 };

	rig_layer(&tar, 1, 40000, 0);
	struct rig_blob b = rig_blob(buf_view(&tar));
	struct scan_job job = rig_job(&b);
	struct rig o = rig_options();

	o.scan.limits.answer_size = 4096;
	scan_one(&o, &job);
	assert_null(job.part);
	assert_int_equal(job.error.code, SCOV_E_LIMIT);
	scan_job_release(&job);
}

/* ---- workers and helpers that die ---- */

struct trap {
	struct crew *crew;
	int signal;
	bool the_helper;
	int *set;
	pid_t worker;
};

static void spring(void *ctx)
{
	struct trap *t = ctx;
	pid_t helper = crew_helper_pid(t->crew);

	if (t->set)
		call_cancel(t->set);
	for (int tries = 0; tries < 2000 && !t->worker; tries++) {
		if (rig_children(helper, &t->worker, 1) == 0)
			usleep(1000);
	}
	if (t->signal)
		kill(t->the_helper ? helper : t->worker, t->signal);
}

static void a_worker_that_dies_is_an_error_with_its_reason(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		int signal, code;
		const char *text;
		bool cancel, deadline;
	} rows[] = {
		{ "killed", SIGKILL, SCOV_E_WORKER, "signal 9 (SIGKILL): from outside", false,
			false },
#ifndef SCOV_SANITIZED /* there a sanitizer answers */
		{ "a wild pointer", SIGSEGV, SCOV_E_WORKER, "signal 11 (SIGSEGV): invalid memory",
			false, false },
#endif
		{ "a forbidden call", SIGSYS, SCOV_E_WORKER,
			"signal 31 (SIGSYS): it made a system call", false, false },
		{ "stopped", SIGSTOP, SCOV_E_WORKER, "read nothing for 1 seconds", false, false },
		{ "cancelled", 0, SCOV_E_CANCELLED, "cancelled", true, false },
		{ "over time", SIGSTOP, SCOV_E_TIMEOUT, "timed out after 0.700 s", false, true },
	};
	scoped_buf struct buf tar = { 0 };

	rig_layer(&tar, 1, 5, 12 << 20);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char folder[64];
		int cancelled = 0;
		struct call call;
		struct rig_blob b = rig_blob(buf_view(&tar));
		struct scan_job job = rig_job(&b);
		struct rig o = rig_options();
		struct trap trap = { .signal = rows[i].signal,
			.set = rows[i].cancel ? &cancelled : NULL };
		struct scov_err err = { 0 };
		uint64_t bytes, entries;

		assert_int_equal(cache_open(rig_mkdir(folder), 1 << 20, &o.crew.cache, NULL), 0);
		o.scan.limits.worker_stall = rows[i].deadline ? 30 : 1;
		call_start(&call, rows[i].deadline ? 700 : 0, &cancelled);
		o.scan.call = &call;
		b.hook = spring;
		b.hook_ctx = &trap;
		b.hook_at = 3 << 20;
		trap.crew = rig_crew(&o);
		int64_t begin = rig_ms();
		int rc = scan_run(&o.scan, &job, 1, &err);

		check(rows[i].name, rc == (rows[i].code == SCOV_E_WORKER ? 0 : rows[i].code));
		check(rows[i].name, rig_ms() - begin < 6000);
		check(rows[i].name, job.part == NULL && job.error.code == rows[i].code);
		if (!says(&job, rows[i].text))
			fail_msg("%s: said '%s'", rows[i].name, job.error.text);
		check(rows[i].name, rows[i].code != SCOV_E_WORKER || says(&job, "bytes consumed"));
		check(rows[i].name, rig_gone(trap.worker));
		assert_int_equal(cache_usage(o.crew.cache, &bytes, &entries, NULL), 0);
		check(rows[i].name, entries == 0);
		pid_t helper = crew_helper_pid(trap.crew);

		crew_free(trap.crew);
		check(rows[i].name, rig_gone(helper));
		scan_job_release(&job);
		cache_free(o.crew.cache);
		rig_rmdir(folder);
	}
}

/* One part after another: the helper dies in the first and in the third. */
static void a_scan_has_a_second_helper_and_the_next_scan_another(void **state)
{
	(void)state;
	enum { PARTS = 4 };
	struct buf tars[PARTS] = { 0 };
	struct rig o = rig_options();
	struct rig_blob blobs[PARTS];
	struct scan_job jobs[PARTS], again;
	struct trap traps[PARTS] = { 0 };
	struct scov_err err = { 0 };

	o.crew.threads = 1;
	struct crew *c = rig_crew(&o);

	for (int i = 0; i < PARTS; i++) {
		rig_layer(&tars[i], 1, 5, (12 << 20) - (size_t)i * 4096); /* larger first */
		blobs[i] = rig_blob(buf_view(&tars[i]));
		jobs[i] = rig_job(&blobs[i]);
		traps[i] = (struct trap){ .crew = c, .signal = SIGKILL, .the_helper = true };
		blobs[i].hook = i % 2 ? NULL : spring;
		blobs[i].hook_ctx = &traps[i];
		blobs[i].hook_at = 3 << 20;
	}
	assert_int_equal(scan_run(&o.scan, jobs, PARTS, &err), 0);
	for (int i = 0; i < PARTS; i++) {
		assert_int_equal(jobs[i].error.code, i == 1 ? 0 : SCOV_E_WORKER);
		assert_true((i == 1) == (jobs[i].part != NULL));
		assert_true(i == 1 || says(&jobs[i], "scoville-worker"));
		assert_true(i % 2 || rig_gone(traps[i].worker));
		scan_job_release(&jobs[i]);
	}
	assert_true(strstr(jobs[3].error.text, "died again") != NULL);
	again = rig_job(&blobs[1]);
	assert_int_equal(scan_run(&o.scan, &again, 1, &err), 0);
	assert_non_null(again.part);
	scan_job_release(&again);
	crew_free(c);
	for (int i = 0; i < PARTS; i++)
		buf_release(&tars[i]);
}

static void no_worker_at_all_is_the_callers_error(void **state)
{
	(void)state;
	static const struct {
		const char *path, *text;
	} rows[] = {
		{ "/nonexistent/scoville-worker", "cannot start '/nonexistent/scoville-worker'" },
		{ "/bin/true", "ended before it was ready" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct rig_blob b = rig_blob(span_of(tar_gzip, sizeof(tar_gzip)));
		struct scan_job job = rig_job(&b);
		struct rig o = rig_options();
		struct scov_err err = { 0 };

		o.crew.worker = rows[i].path;
		struct crew *s = rig_crew(&o);

		assert_int_equal(scan_run(&o.scan, &job, 1, &err), SCOV_E_WORKER);
		if (!strstr(err.text, rows[i].text))
			fail_msg("%s: said '%s'", rows[i].path, err.text);
		assert_null(job.part);
		crew_free(s);
		scan_job_release(&job);
	}
}

static void without_a_sandbox_the_report_can_say_so(void **state)
{
	(void)state;
	struct rig_blob b = rig_blob(span_of(tar_gzip, sizeof(tar_gzip)));
	struct rig o = rig_options();

	for (int open = 0; open < 2; open++) {
		struct scan_job job = rig_job(&b);
		char note[CREW_NOTE];
		struct scov_err err = { 0 };

		o.crew.no_sandbox = open;
		struct crew *s = rig_crew(&o);

		assert_int_equal(scan_run(&o.scan, &job, 1, &err), 0);
		assert_non_null(job.part);
		if (open)
			assert_string_equal(crew_note(s, note), "--no-sandbox");
		else
			assert_null(strstr(crew_note(s, note), "--no-sandbox"));
		scan_job_release(&job);
		crew_free(s);
	}
}

static void the_scan_id_knows_what_facts_depend_on(void **state)
{
	(void)state;
	struct rig a = rig_options(), b = a, c = a, d = a, e = a;

	b.scan.limits.kept_file = 8192;
	c.scan.skip = 1;
	d.crew.threads = 7;
	e.scan.fingerprint_key = SPAN("another key of someone");
	struct digest ia = scan_id(&a.scan), ib = scan_id(&b.scan), ic = scan_id(&c.scan),
		      id = scan_id(&d.scan), ie = scan_id(&e.scan);

	assert_false(digest_eq(&ia, &ib));
	assert_false(digest_eq(&ia, &ic));
	assert_false(digest_eq(&ia, &ie));
	assert_true(digest_eq(&ia, &id));
}

/* ---- with a cache ---- */

static void a_second_scan_comes_from_the_cache(void **state)
{
	(void)state;
	scoped_buf struct buf tar = { 0 };
	char folder[64];
	struct rig o = rig_options();
	struct scan_job jobs[3];

	rig_layer(&tar, 4, 50, 100000);
	struct rig_blob b = rig_blob(buf_view(&tar));

	assert_int_equal(cache_open(rig_mkdir(folder), 1 << 20, &o.crew.cache, NULL), 0);
	for (int i = 0; i < 3; i++) {
		jobs[i] = rig_job(&b);
		if (i == 2)
			jobs[i].diff_id = digest_of(DIGEST_SHA256, SPAN("something else"));
		scan_one(&o, &jobs[i]);
	}
	assert_false(jobs[0].from_cache);
	assert_true(jobs[1].from_cache);
	check_span("cached", jobs[1].bytes, jobs[0].bytes);
	assert_true(digest_eq(&jobs[1].blob, &jobs[0].blob));
	assert_null(jobs[2].part);
	assert_int_equal(jobs[2].error.code, SCOV_E_DIGEST);
	for (int i = 0; i < 3; i++)
		scan_job_release(&jobs[i]);
	cache_free(o.crew.cache);
	rig_rmdir(folder);
}

/* The program of another build: what this one stored is no hit, and its worker is refused. */
static void facts_of_another_build_are_a_miss(void **state)
{
	(void)state;
	scoped_buf struct buf tar = { 0 };
	const char *mine = build_identity;
	struct rig o = rig_options();
	char folder[64];

	rig_layer(&tar, 5, 5, 1000);
	struct rig_blob b = rig_blob(buf_view(&tar));

	assert_int_equal(strlen(mine), 64);
	assert_int_equal(cache_open(rig_mkdir(folder), 1 << 20, &o.crew.cache, NULL), 0);
	for (int i = 0; i < 4; i++) {
		struct scan_job job = rig_job(&b);

		build_identity = i == 2 ? "of another build" : mine;
		scan_one(&o, &job);
		assert_true(job.from_cache == (i == 1 || i == 3));
		assert_int_equal(job.error.code, i == 2 ? SCOV_E_WORKER : 0);
		assert_true(i != 2 || says(&job, "is another version"));
		scan_job_release(&job);
	}
	cache_free(o.crew.cache);
	rig_rmdir(folder);
}

static int scan_all(const char *folder, struct rig_blob *blobs)
{
	struct rig o = rig_options();
	struct scan_job jobs[LAYERS];
	struct scov_err err = { 0 };
	int bad = cache_open(folder, 1 << 20, &o.crew.cache, &err);

	for (unsigned i = 0; i < LAYERS; i++)
		jobs[i] = rig_job(&blobs[i]);
	struct crew *s = rig_crew(&o);

	bad |= scan_run(&o.scan, jobs, LAYERS, &err);
	for (unsigned i = 0; i < LAYERS; i++) {
		bad |= !jobs[i].part;
		scan_job_release(&jobs[i]);
	}
	crew_free(s);
	cache_free(o.crew.cache);
	return bad ? 1 : 0;
}

static void processes_share_a_cache(void **state)
{
	(void)state;
	struct buf tars[LAYERS] = { 0 };
	struct rig_blob blobs[LAYERS];
	char folder[64];
	pid_t pids[3];
	int status;

	rig_mkdir(folder);
	for (unsigned i = 0; i < LAYERS; i++) {
		rig_layer(&tars[i], i, 20, 50000);
		blobs[i] = rig_blob(buf_view(&tars[i]));
	}
	for (int i = 0; i < 3; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			_exit(scan_all(folder, blobs));
	}
	for (int i = 0; i < 3; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	struct cache *c = NULL;
	uint64_t bytes, entries;

	assert_int_equal(cache_open(folder, 1 << 20, &c, NULL), 0);
	assert_int_equal(cache_usage(c, &bytes, &entries, NULL), 0);
	assert_int_equal(entries, LAYERS);
	cache_free(c);
	rig_rmdir(folder);
	for (unsigned i = 0; i < LAYERS; i++)
		buf_release(&tars[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_do_not_change_facts),
		cmocka_unit_test(what_is_not_as_stated_is_refused),
		cmocka_unit_test(types_of_layers),
		cmocka_unit_test(damaged_layers_are_incomplete_and_say_why),
		cmocka_unit_test(a_bomb_meets_its_limit),
		cmocka_unit_test(facts_that_do_not_fit_are_an_error),
		cmocka_unit_test(a_worker_that_dies_is_an_error_with_its_reason),
		cmocka_unit_test(a_scan_has_a_second_helper_and_the_next_scan_another),
		cmocka_unit_test(no_worker_at_all_is_the_callers_error),
		cmocka_unit_test(without_a_sandbox_the_report_can_say_so),
		cmocka_unit_test(the_scan_id_knows_what_facts_depend_on),
		cmocka_unit_test(a_second_scan_comes_from_the_cache),
		cmocka_unit_test(facts_of_another_build_are_a_miss),
		cmocka_unit_test(processes_share_a_cache),
	};

	rig_options();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
