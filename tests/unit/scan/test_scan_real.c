/* Whole images through the real worker: the diff_ids of their configs, the same facts whatever the
 * threads, from the cache and without a sandbox. Needs $SCOVILLE_TEST_IMAGES.
 * SPDX-License-Identifier: Apache-2.0 */
#include "image/image.h"
#include "tests/unit/scan/rig.h"

enum { PARTS = 16 };

static const char *const images[] = { "hello", "busybox-debian", "alpine-v3.20", "nginx", "node",
	"rpm-sqlite", "scratch-c", "torture" };

struct set {
	struct arena arena;
	struct source *source;
	struct manifest manifest;
	struct scan_job jobs[PARTS];
	size_t n;
};

static void open_image(const char *name, struct set *s)
{
	struct source_options so = { .limits = limits_default() };
	struct limits l = limits_default();
	struct image_choices choices = { 0 };
	const struct image_choice *choice;
	struct scov_err err = { 0 };
	char reference[1200];

	*s = (struct set){ 0 };
	snprintf(reference, sizeof(reference), "oci:%s/oci/%s", getenv("SCOVILLE_TEST_IMAGES"),
		name);
	if (source_open(reference, &so, NULL, &s->source, &err) ||
		image_list(s->source, &l, NULL, &s->arena, &choices, &err) ||
		image_pick(&(struct image_reader){ .source = s->source }, &choices, NULL, &choice,
			&err) ||
		image_manifest(s->source, &l, choice, NULL, &s->arena, &s->manifest, &err))
		fail_msg("%s: %s", name, err.text);
	s->jobs[s->n++] =
		(struct scan_job){ .kind = PART_CONFIG, .descriptor = &s->manifest.config };
	for (size_t i = 0; i < s->manifest.layers.n && s->n < PARTS; i++)
		s->jobs[s->n++] = (struct scan_job){ .kind = PART_LAYER,
			.descriptor = &s->manifest.layers.p[i] };
	for (size_t i = 0; i < s->n; i++)
		s->jobs[i].source = s->source;
}

static void scan_set(const char *name, struct rig *o, struct set *s)
{
	struct crew *crew = rig_crew(o);
	struct scov_err err = { 0 };

	open_image(name, s);
	if (scan_run(&o->scan, s->jobs, s->n, &err))
		fail_msg("%s: %s", name, err.text);
	crew_free(crew);
	for (size_t i = 0; i < s->n; i++) {
		if (!s->jobs[i].part)
			fail_msg("%s part %zu: %s", name, i, s->jobs[i].error.text);
		check(name, s->jobs[i].part->complete);
		check(name, s->jobs[i].part->blob_size == s->jobs[i].descriptor->size);
	}
}

static void close_set(struct set *s)
{
	for (size_t i = 0; i < s->n; i++)
		scan_job_release(&s->jobs[i]);
	source_free(s->source);
	arena_release(&s->arena);
}

static void diff_ids_are_those_of_the_config(const char *name, const struct set *s)
{
	const struct part *config = s->jobs[0].part;

	check(name, config->diff_ids.n == s->n - 1);
	for (size_t i = 1; i < s->n; i++) {
		char text[DIGEST_TEXT];

		check_span(name, span_str(digest_format(&s->jobs[i].part->diff_id, text)),
			config->diff_ids.p[i - 1].text);
	}
}

static bool is_made(const char *image)
{
	char path[1200];

	snprintf(path, sizeof(path), "%s/oci/%s/index.json", getenv("SCOVILLE_TEST_IMAGES"), image);
	return access(path, R_OK) == 0;
}

static void facts_are_the_same_however_they_are_made(void **state)
{
	size_t done = 0;

	(void)state;
	for (size_t k = 0; k < sizeof(images) / sizeof(*images); k++) {
		char folder[64];
		struct rig one = rig_options(), eight = one, kept = one, open = one;
		struct rig *others[] = { &eight, &kept, &kept, &open };
		struct set first, other;

		if (!is_made(images[k])) {
			print_message("%s: left out, not made here\n", images[k]);
			continue;
		}
		done++;
		one.crew.threads = 1;
		eight.crew.threads = 8;
		open.crew.no_sandbox = true;
		assert_int_equal(cache_open(rig_mkdir(folder), 1 << 30, &kept.crew.cache, NULL), 0);
		scan_set(images[k], &one, &first);
		diff_ids_are_those_of_the_config(images[k], &first);
		for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
			scan_set(images[k], others[i], &other);
			check(images[k], other.n == first.n);
			for (size_t p = 0; p < first.n; p++) {
				check_span(images[k], other.jobs[p].bytes, first.jobs[p].bytes);
				check(images[k], other.jobs[p].from_cache == (i == 2));
			}
			close_set(&other);
		}
		close_set(&first);
		cache_free(kept.crew.cache);
		rig_rmdir(folder);
	}
	assert_true(done > 0); /* tests/images/make_small.py makes `hello` anywhere */
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(
		facts_are_the_same_however_they_are_made) };
	const char *at = getenv("SCOVILLE_TEST_IMAGES");

	rig_options();
	if (!at || access(at, R_OK) != 0) {
		puts("SKIP: SCOVILLE_TEST_IMAGES names no folder of images");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
