/* test_calls.c - many calls on one context: each has its own time, cancel and progress; they share
 * one helper and a budget of workers.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/scan/rig.h"

enum { IMAGES = 50, LAYERS = 3, BUDGET = 3, PIDS = 64, TEXT = 1024 };

static char folder[] = "/tmp/scoville-calls-XXXXXX";

/* ---- images ---- */

static void write_file(const char *path, struct span content)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(content.p, 1, content.len, f), content.len);
	assert_int_equal(fclose(f), 0);
}

/* Into the layout; its descriptor's JSON is added to `list`. */
static struct digest write_blob(
	const char *layout, const char *type, struct span content, struct buf *list)
{
	struct digest d = digest_of(DIGEST_SHA256, content);
	char text[DIGEST_TEXT], path[256];

	digest_format(&d, text);
	snprintf(path, sizeof(path), "%s/blobs/sha256/%s", layout, text + strlen("sha256:"));
	write_file(path, content);
	buf_printf(list, "%s{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%zu}",
		list->len ? "," : "", type, text, content.len);
	return d;
}

/* Verdicts differ from image to image: users, shells, a file with the set-user-id bit. */
static void make_layer(unsigned image, unsigned layer, struct buf *tar)
{
	rig_layer(tar, image * LAYERS + layer, 3, (image % 5 + 1) * 60000);
	tar->len -= 1024; /* its end */
	if (layer == 0 && image % 2)
		rig_tar_add(tar, "bin/sh", 0755, SPAN("\177ELF"));
	if (layer == 1 && image % 3)
		rig_tar_add(tar, "usr/bin/su", 04755, SPAN("\177ELF"));
	if (layer == 2 && image % 4)
		rig_tar_add(tar, "srv/app.env", 0644,
			SPAN("DEBUG=1\nDB_PASS=kV7"
			     "x9QwLmZt4Rp\n"));
	tar_write_end(tar);
}

static void make_image(unsigned k)
{
	scoped_buf struct buf layers = { 0 }, ids = { 0 }, config = { 0 }, head = { 0 },
			      manifest = { 0 }, list = { 0 }, index = { 0 };
	char layout[64], path[128], text[DIGEST_TEXT];

	snprintf(layout, sizeof(layout), "i%u", k);
	snprintf(path, sizeof(path), "i%u/blobs", k);
	assert_false(mkdir(layout, 0755) || mkdir(path, 0755));
	snprintf(path, sizeof(path), "i%u/blobs/sha256", k);
	assert_false(mkdir(path, 0755));
	for (unsigned i = 0; i < LAYERS; i++) {
		scoped_buf struct buf tar = { 0 };

		make_layer(k, i, &tar);
		struct digest d = write_blob(
			layout, "application/vnd.oci.image.layer.v1.tar", buf_view(&tar), &layers);

		buf_printf(&ids, "%s\"%s\"", i ? "," : "", digest_format(&d, text));
	}
	buf_printf(&config,
		"{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"User\":\"%s\"},"
		"\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[%s]}}",
		k % 2 ? "app" : "0", ids.p);
	write_blob(layout, "application/vnd.oci.image.config.v1+json", buf_view(&config), &head);
	buf_printf(&manifest,
		"{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
		"\"config\":%s,\"layers\":[%s]}",
		head.p, layers.p);
	write_blob(
		layout, "application/vnd.oci.image.manifest.v1+json", buf_view(&manifest), &list);
	list.len--;
	buf_str(&list, ",\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}}");
	buf_printf(&index, "{\"schemaVersion\":2,\"manifests\":[%s]}", list.p);
	snprintf(path, sizeof(path), "i%u/index.json", k);
	write_file(path, buf_view(&index));
	snprintf(path, sizeof(path), "i%u/oci-layout", k);
	write_file(path, SPAN("{\"imageLayoutVersion\":\"1.0.0\"}"));
}

static int start(void **state)
{
	(void)state;
	if (!mkdtemp(folder) || chdir(folder) || setenv("SCOVILLE_CACHE", folder, 1))
		return -1;
	for (unsigned k = 0; k < IMAGES; k++)
		make_image(k);
	return 0;
}

static int stop(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return chdir("/") || system(command);
}

static struct scov_context *new_context(size_t threads)
{
	struct scov_options opt = { .struct_size = sizeof(opt),
		.no_cache = true,
		.threads = threads,
		.worker = getenv("SCOVILLE_TEST_WORKER") };
	struct scov_context *c = NULL;
	struct scov_err err;

	if (scov_context_new(&opt, &c, &err))
		fail_msg("%s", err.text);
	return c;
}

static void reference_of(unsigned k, char out[32])
{
	snprintf(out, 32, "oci:i%u", k);
}

/* ---- one image graded, from its reference to its verdicts ---- */

static int grade(struct scov_context *c, unsigned k, const struct scov_call *call, char out[TEXT],
	struct scov_err *err)
{
	const struct scov_policy policy = { .struct_size = sizeof(policy), .now = "2026-11-01" };
	struct scov_image *i = NULL;
	struct scov_report *r = NULL;
	struct scov_criterion row;
	char reference[32];
	size_t n = 0;

	reference_of(k, reference);
	int code = scov_image_open(c, reference, NULL, call, &i, err);

	if (!code)
		code = scov_grade(i, &policy, call, &r, err);
	out[0] = 0;
	for (size_t at = 0; !code && scov_criterion_at(at, &row); at++)
		n += (size_t)snprintf(
			out + n, TEXT - n, "%s %s\n", row.id, scov_report_verdict(r, row.id));
	if (!code)
		snprintf(out + n, TEXT - n, "%s %d\n", scov_report_grade(r, NULL),
			scov_report_status(r));
	scov_report_free(r);
	scov_image_free(i);
	return code;
}

static char alone[IMAGES][TEXT];

static void grade_alone(void)
{
	struct scov_context *c = new_context(1);
	struct scov_err err;

	for (unsigned k = 0; k < IMAGES; k++)
		if (grade(c, k, NULL, alone[k], &err))
			fail_msg("image %u alone: %s", k, err.text);
	scov_context_free(c);
	assert_string_not_equal(alone[0], alone[1]);
}

/* ---- all at once ---- */

struct caller {
	struct scov_context *context;
	unsigned number;
	pthread_t thread, canceller;
	struct scov_call call;
	unsigned cancel_us;
	atomic_int progress, foreign;
	int code;
	char verdicts[TEXT];
	struct scov_err err;
};

static void heard(void *ctx, const struct scov_progress *p)
{
	struct caller *c = ctx;
	char reference[32];

	reference_of(c->number, reference);
	if (strcmp(p->reference, reference) != 0 || strcmp(p->platform, "linux/amd64") != 0)
		c->foreign++;
	c->progress++;
}

static void *call_it(void *arg)
{
	struct caller *c = arg;

	c->code = grade(c->context, c->number, &c->call, c->verdicts, &c->err);
	return NULL;
}

static void *cancel_it(void *arg)
{
	struct caller *c = arg;

	usleep(c->cancel_us);
	scov_cancel(&c->call);
	return NULL;
}

static bool is_cancelled(unsigned k)
{
	return k % 5 == 0;
}

static bool is_short(unsigned k)
{
	return k % 7 == 3 && !is_cancelled(k);
}

/* What /proc shows meanwhile: helpers, and workers of them. */
struct onlooker {
	atomic_bool is_over;
	pid_t helpers[PIDS];
	size_t helpers_n, workers_most;
};

static void note_helper(struct onlooker *w, pid_t pid)
{
	for (size_t i = 0; i < w->helpers_n; i++)
		if (w->helpers[i] == pid)
			return;
	if (w->helpers_n < PIDS)
		w->helpers[w->helpers_n++] = pid;
}

static void *watch_it(void *arg)
{
	struct onlooker *w = arg;

	while (!w->is_over) {
		pid_t helpers[PIDS], workers[PIDS];
		size_t n = rig_children(getpid(), helpers, PIDS);

		for (size_t i = 0; i < n; i++) {
			size_t now = rig_children(helpers[i], workers, PIDS);

			note_helper(w, helpers[i]);
			w->workers_most = now > w->workers_most ? now : w->workers_most;
		}
		usleep(500);
	}
	return NULL;
}

static void check_caller(const struct caller *c, int counts[2])
{
	bool may_stop = is_cancelled(c->number) || is_short(c->number);
	int want = is_cancelled(c->number) ? SCOV_E_CANCELLED : SCOV_E_TIMEOUT;

	if (c->code && (!may_stop || c->code != want))
		fail_msg("image %u: %d %s", c->number, c->code, c->err.text);
	if (c->code)
		counts[is_short(c->number)]++;
	else
		assert_string_equal(c->verdicts, alone[c->number]);
	assert_int_equal(c->foreign, 0);
	assert_true(c->code || c->progress > LAYERS);
}

static void fifty_at_once_share_a_helper_and_a_budget(void **state)
{
	static struct caller callers[IMAGES];
	struct scov_context *context = new_context(BUDGET);
	struct onlooker watch = { 0 };
	int counts[2] = { 0 };
	pthread_t watcher;

	(void)state;
	grade_alone();
	srand(7);
	assert_int_equal(pthread_create(&watcher, NULL, watch_it, &watch), 0);
	for (unsigned k = 0; k < IMAGES; k++) {
		struct caller *c = &callers[k];

		c->context = context;
		c->number = k;
		c->call = (struct scov_call){ .struct_size = sizeof(c->call),
			.timeout_ms = is_short(k) ? 1 + rand() % 20 : 0,
			.progress = heard,
			.progress_ctx = c };
		c->cancel_us = k ? (unsigned)rand() % 200000 : 0;
		assert_int_equal(pthread_create(&c->thread, NULL, call_it, c), 0);
		if (is_cancelled(k))
			assert_int_equal(pthread_create(&c->canceller, NULL, cancel_it, c), 0);
	}
	for (unsigned k = 0; k < IMAGES; k++) {
		pthread_join(callers[k].thread, NULL);
		if (is_cancelled(k))
			pthread_join(callers[k].canceller, NULL);
	}
	watch.is_over = true;
	pthread_join(watcher, NULL);
	for (unsigned k = 0; k < IMAGES; k++)
		check_caller(&callers[k], counts);
	print_message("%d cancelled, %d timed out, %zu workers at most\n", counts[0], counts[1],
		watch.workers_most);
	assert_true(counts[0] > 0 && counts[1] > 0);
	assert_int_equal(watch.helpers_n, 1);
	assert_true(watch.workers_most > 0 && watch.workers_most <= BUDGET);
	scov_context_free(context);
	assert_true(rig_gone(watch.helpers[0]));
}

/* ---- one call and the next ---- */

static void a_call_has_its_own_time(void **state)
{
	struct scov_context *c = new_context(2);
	struct scov_call brief = { .struct_size = sizeof(brief), .timeout_ms = 300 },
			 late = { .struct_size = sizeof(late), .timeout_ms = 1 };
	struct scov_report *r = NULL;
	struct scov_image *i = NULL;
	struct scov_err err;

	(void)state;
	assert_int_equal(scov_image_open(c, "oci:i1", NULL, &brief, &i, &err), 0);
	usleep(400000);
	brief.timeout_ms = 60000;
	assert_int_equal(scov_grade(i, NULL, &brief, &r, &err), 0);
	scov_report_free(r);
	assert_int_equal(scov_grade(i, NULL, &late, &r, &err), SCOV_E_TIMEOUT);
	assert_non_null(strstr(err.text, "timed out after 0.001 s"));
	assert_int_equal(scov_grade(i, NULL, NULL, &r, &err), 0);
	scov_report_free(r);
	scov_image_free(i);
	scov_context_free(c);
}

static void a_cancel_is_of_one_call(void **state)
{
	struct scov_context *c = new_context(2);
	struct scov_call one = { .struct_size = sizeof(one) }, other = one;
	char verdicts[TEXT];
	struct scov_err err;

	(void)state;
	scov_cancel(&one);
	assert_int_equal(grade(c, 1, &one, verdicts, &err), SCOV_E_CANCELLED);
	assert_int_equal(grade(c, 1, &other, verdicts, &err), 0);
	assert_int_equal(grade(c, 1, NULL, verdicts, &err), 0);
	other.struct_size = 3;
	assert_int_equal(grade(c, 1, &other, verdicts, &err), SCOV_E_USAGE);
	scov_context_free(c);
}

/* Two calls that see each other: each waits within its progress. */
struct pair {
	atomic_bool goes_on, is_cancelled; /* the one runs; the other has ended */
};

struct half {
	struct pair *pair;
	struct scov_call call;
	struct scov_context *context;
	unsigned number;
	int code;
	char verdicts[TEXT];
};

/* At most ten seconds, so that a fault is a failure and not a test that hangs. */
static void wait_for(const atomic_bool *flag)
{
	for (unsigned i = 0; i < 2000 && !*flag; i++)
		usleep(5000);
}

static void one_goes_on(void *ctx, const struct scov_progress *p)
{
	struct half *h = ctx;

	(void)p;
	h->pair->goes_on = true;
	wait_for(&h->pair->is_cancelled);
}

static void other_is_cancelled(void *ctx, const struct scov_progress *p)
{
	struct half *h = ctx;

	(void)p;
	wait_for(&h->pair->goes_on);
	scov_cancel(&h->call);
}

static void *half_of_it(void *arg)
{
	struct half *h = arg;
	struct scov_err err;

	h->code = grade(h->context, h->number, &h->call, h->verdicts, &err);
	if (h->number == 2)
		h->pair->is_cancelled = true;
	return NULL;
}

static void one_is_cancelled_while_the_other_goes_on(void **state)
{
	struct scov_context *c = new_context(2);
	struct pair pair = { 0 };
	struct half halves[2];
	char verdicts[TEXT];
	struct scov_err err;
	pthread_t threads[2];

	(void)state;
	assert_int_equal(grade(c, 1, NULL, verdicts, &err), 0);
	for (unsigned k = 0; k < 2; k++) {
		halves[k] = (struct half){ .pair = &pair, .context = c, .number = k + 1 };
		halves[k].call = (struct scov_call){ .struct_size = sizeof(halves[k].call),
			.progress = k ? other_is_cancelled : one_goes_on,
			.progress_ctx = &halves[k] };
		assert_int_equal(pthread_create(&threads[k], NULL, half_of_it, &halves[k]), 0);
	}
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	assert_true(pair.goes_on && pair.is_cancelled);
	assert_int_equal(halves[0].code, 0);
	assert_string_equal(halves[0].verdicts, verdicts);
	assert_int_equal(halves[1].code, SCOV_E_CANCELLED);
	scov_context_free(c);
}

/* ---- progress, and the worker's place ---- */

struct listener {
	const char *reference;
	struct scov_progress last;
	unsigned n, others; /* calls; those of another image, or that go back */
};

static void listen(void *ctx, const struct scov_progress *p)
{
	struct listener *l = ctx;

	l->n++;
	l->others += strcmp(p->reference, l->reference) != 0 ||
		     strcmp(p->platform, "linux/amd64") != 0 || p->parts < l->last.parts ||
		     p->bytes < l->last.bytes;
	l->last = *p;
}

static void progress_names_its_image(void **state)
{
	struct listener of_context = { .reference = "oci:i3" }, of_call = { .reference = "oci:i4" };
	struct scov_options opt = { .struct_size = sizeof(opt),
		.no_cache = true,
		.worker = getenv("SCOVILLE_TEST_WORKER"),
		.progress = listen,
		.progress_ctx = &of_context };
	struct scov_call call = {
		.struct_size = sizeof(call), .progress = listen, .progress_ctx = &of_call
	};
	struct scov_context *c = NULL;
	char verdicts[TEXT];
	struct scov_err err;

	(void)state;
	assert_int_equal(scov_context_new(&opt, &c, &err), 0);
	assert_int_equal(grade(c, 3, NULL, verdicts, &err), 0);
	unsigned n = of_context.n;

	assert_int_equal(grade(c, 4, &call, verdicts, &err), 0);
	assert_int_equal(of_context.n, n); /* a call's own is instead of the context's */
	for (unsigned k = 0; k < 2; k++) {
		const struct listener *l = k ? &of_call : &of_context;

		assert_true(l->n > LAYERS);
		assert_int_equal(l->others, 0);
		assert_int_equal(l->last.layers, LAYERS);
		assert_int_equal(l->last.layers_total, LAYERS);
		assert_int_equal(l->last.parts, l->last.parts_total);
		assert_true(l->last.bytes && l->last.bytes == l->last.bytes_total);
	}
	scov_context_free(c);
}

static void the_worker_is_where_the_option_says(void **state)
{
	static const struct {
		const char *name, *worker;
		int code;
		const char *says;
	} cases[] = {
		{ "not there", "/nonexistent/worker", SCOV_E_WORKER, "'/nonexistent/worker'" },
		{ "a folder", "/tmp", SCOV_E_WORKER, "'/tmp'" },
		{ "another program", "/bin/true", SCOV_E_WORKER, "'/bin/true'" },
		{ "the worker", NULL, 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct scov_options opt = { .struct_size = sizeof(opt),
			.no_cache = true,
			.worker = cases[i].worker ? cases[i].worker
						  : getenv("SCOVILLE_TEST_WORKER") };
		struct scov_context *c = NULL;
		char verdicts[TEXT];
		struct scov_err err;

		assert_int_equal(scov_context_new(&opt, &c, &err), 0);
		check(cases[i].name, grade(c, 5, NULL, verdicts, &err) == cases[i].code);
		check(cases[i].name, !cases[i].says || strstr(err.text, cases[i].says));
		scov_context_free(c);
	}
}

static int put(void *ctx, const void *p, size_t len)
{
	buf_bytes(ctx, p, len);
	return 0;
}

/* Wherever the header says that NULL will do. */
static void nothing_but_what_is_needed(void **state)
{
	struct scov_context *c = NULL, *named = new_context(1);
	struct scov_image *i = NULL, **list = NULL;
	struct scov_part *part = NULL;
	struct scov_report *r = NULL;
	struct scov_rules *rules = NULL;
	scoped_buf struct buf b = { 0 };
	uint64_t bytes, entries;
	size_t n;

	(void)state;
	assert_int_equal(scov_context_new(NULL, &c, NULL), 0);
	assert_string_equal(scov_cache_folder(c), folder);
	assert_int_equal(scov_cache_usage(c, &bytes, &entries, NULL), 0);
	assert_int_equal(scov_cache_usage(named, &bytes, &entries, NULL), SCOV_E_NOT_FOUND);
	assert_int_equal(scov_cache_clear(named, NULL), SCOV_E_NOT_FOUND);
	assert_int_equal(scov_policy_check(c, NULL, NULL, NULL), 0);
	assert_int_equal(scov_image_open(c, "oci:no", NULL, NULL, &i, NULL), SCOV_E_NOT_FOUND);
	assert_int_equal(scov_image_open_all(c, "oci:i2", NULL, &list, &n, NULL), 0);
	scov_images_free(list, n);
	assert_int_equal(scov_image_open(named, "oci:i2", NULL, NULL, &i, NULL), 0);
	assert_int_equal(scov_part_scan(i, 99, NULL, &part, NULL), SCOV_E_USAGE);
	assert_int_equal(scov_part_scan(i, 0, NULL, &part, NULL), 0);
	assert_int_equal(scov_part_from_bytes(i, 0, "x", 1, &part, NULL), SCOV_E_FORMAT);
	assert_int_equal(scov_grade(i, NULL, NULL, &r, NULL), 0);
	assert_int_equal(scov_report_write(r, "text", NULL, put, &b, NULL), 0);
	assert_int_equal(scov_report_write(r, "none", NULL, put, &b, NULL), SCOV_E_USAGE);
	assert_int_equal(scov_reports_write(&r, 1, "json", NULL, put, &b, NULL), 0);
	assert_int_equal(scov_report_write_folder(r, "badge", "no/where", NULL), SCOV_E_IO);
	assert_true(scov_report_ignore(r, "no/where", NULL, NULL, NULL) < 0);
	assert_true(scov_ignore_key("no/where", NULL, NULL) < 0);
	assert_int_equal(scov_rules_open("no/where", &rules, NULL), SCOV_E_NOT_FOUND);
	scov_part_free(part);
	scov_report_free(r);
	scov_image_free(i);
	scov_context_free(named);
	scov_context_free(c);
	scov_part_free(NULL);
	scov_report_free(NULL);
	scov_image_free(NULL);
	scov_images_free(NULL, 3);
	scov_rules_free(NULL);
	scov_context_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fifty_at_once_share_a_helper_and_a_budget),
		cmocka_unit_test(a_call_has_its_own_time),
		cmocka_unit_test(a_cancel_is_of_one_call),
		cmocka_unit_test(one_is_cancelled_while_the_other_goes_on),
		cmocka_unit_test(progress_names_its_image),
		cmocka_unit_test(the_worker_is_where_the_option_says),
		cmocka_unit_test(nothing_but_what_is_needed),
	};

	rig_options();
	return cmocka_run_group_tests(tests, start, stop);
}
