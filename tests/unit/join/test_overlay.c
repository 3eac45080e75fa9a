/* test_overlay.c - layers made into one file system: what stays, and what is buried by whom.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "listing.h"

/* Files as "path@layer", with "=layer" when the body is of another layer; buried ones as
 * "path@layer" and a mark:
 * '>' overwritten, '-' deleted, '~' hidden, then the layer that did it. */
static const struct {
	const char *name, *listing, *files, *buried;
} cases[] = {
	{ "nothing", "layer", "", "" },
	{ "sorted by bytes", "layer; f a/b; f a-b; f a; f a.b", "a@0 a-b@0 a.b@0", "a/b@0>0" },
	{ "two layers", "layer; f a; layer; f b", "a@0 b@1", "" },
	{ "overwritten", "layer; f a; layer; f a", "a@1", "a@0>1" },
	{ "whiteout", "layer; f a; f b; layer; w a", "b@0", "a@0-1" },
	{ "whiteout of a folder", "layer; d a; f a/b; f a/c/d; layer; w a", "",
		"a@0-1 a/b@0-1 a/c/d@0-1" },
	{ "whiteout before and after in its layer", "layer; f a; layer; w a; f a", "a@1", "a@0-1" },
	{ "whiteout of nothing", "layer; f a; layer; w b; w a/b", "a@0", "" },
	{ "whiteout of a neighbour's head", "layer; f ab; layer; w a", "ab@0", "" },
	{ "back again", "layer; f a; layer; w a; layer; f a; layer; w a; layer; f a", "a@4",
		"a@0-1 a@2-3" },
	{ "opaque", "layer; d a; f a/b; layer; o a; f a/c", "a@0 a/c@1", "a/b@0~1" },
	{ "opaque after its own files", "layer; d a; f a/b; layer; f a/c; o a", "a@0 a/c@1",
		"a/b@0~1" },
	{ "opaque root of the first layer", "layer; o -; f d", "d@0", "" },
	{ "folder for what was removed, but for its content", "layer; d a; layer; w a; d a; f a/b",
		"a@1 a/b@1", "a@0-1" },
	{ "folder removed, brought again and opaque", "layer; f a/b; layer; w a; d a; o a; f a/c",
		"a@1 a/c@1", "a/b@0-1" },
	{ "a folder in place of a link", "layer; s a c; f c/x; layer; d a; w a/x; o a; f a/y",
		"a@1 a/y@1 c/x@0", "a@0>1" },
	{ "opaque of nothing", "layer; f a; layer; o b", "a@0", "" },
	{ "opaque twice", "layer; f a/b; layer; o a; o a; f a/b", "a/b@1", "a/b@0~1" },
	{ "nested opaque", "layer; f a/b/c; f a/d; layer; o a/b; o a; f a/b/e", "a/b/e@1",
		"a/b/c@0~1 a/d@0~1" },
	{ "folder over folder merges", "layer; d a; f a/b; layer; d a; f a/c", "a@1 a/b@0 a/c@1",
		"" },
	{ "file over a folder", "layer; d a; f a/b; layer; f a", "a@1", "a@0>1 a/b@0>1" },
	{ "link over a folder", "layer; d a; f a/b; d c; layer; s a c", "a@1 c@0",
		"a@0>1 a/b@0>1" },
	{ "folder over a file", "layer; f a; layer; d a; f a/b", "a@1 a/b@1", "a@0>1" },
	{ "implied folder over a file", "layer; f a; layer; f a/b", "a/b@1", "a@0>1" },
	{ "a file where a folder was implied", "layer; f a/b; layer; f a", "a@1", "a/b@0>1" },
	{ "twice in a layer", "layer; f a 644; f a 600", "a@0", "a@0>0" },
	{ "folder twice in a layer", "layer; d a; f a/b; d a", "a@0 a/b@0", "" },
	{ "file, then folder, in a layer", "layer; f a; d a; f a/b", "a@0 a/b@0", "a@0>0" },
	{ "hard link", "layer; f a; h b a", "a@0 b@0", "" },
	{ "hard link to a lower layer", "layer; f a; layer; h b a", "a@0 b@1=0", "" },
	{ "hard link to a link", "layer; f a; h b a; layer; h c b", "a@0 b@0 c@1=0", "" },
	{ "hard link outlives its target", "layer; f a; layer; h b a; layer; w a", "b@1=0",
		"a@0-2" },
	{ "hard link through a linked folder", "layer; f usr/lib/x; s lib usr/lib; h y lib/x",
		"lib@0 usr/lib/x@0 y@0", "" },
	{ "through two, in a lower layer",
		"layer; f usr/lib/x; s lib b/../c; s c /usr/lib; d b; layer; h y lib/x",
		"b@0 c@0 lib@0 usr/lib/x@0 y@1=0", "" },
	{ "hard link keeps the old body", "layer; f a; h b a; layer; f a", "a@1 b@0", "a@0>1" },
	{ "hard link to itself", "layer; f a; layer; h a a", "a@0", "" },
	{ "hard link over its target's folder", "layer; f a/b; layer; h a a/b", "a@1=0",
		"a/b@0>1" },
	{ "root entry", "layer; d -; f a", "@0 a@0", "" },
	{ "deep", "layer; f a/b/c/d/e/f; layer; w a/b/c; layer; f a/b/c/d", "a/b/c/d@2",
		"a/b/c/d/e/f@0-1" },
};

static struct span show_files(struct listing *l)
{
	char *s = arena_printf(&l->arena, "%s", "");

	for (size_t i = 0; i < l->out.files.n; i++) {
		const struct file *f = &l->out.files.p[i];

		s = arena_printf(
			&l->arena, "%s%s%.*s@%u", s, i ? " " : "", SPAN_ARG(f->path), f->layer);
		if (f->body_layer != f->layer)
			s = arena_printf(&l->arena, "%s=%u", s, f->body_layer);
	}
	return span_str(s);
}

static struct span show_buried(struct listing *l)
{
	char *s = arena_printf(&l->arena, "%s", "");

	for (size_t i = 0; i < l->out.buried.n; i++) {
		const struct file *f = &l->out.buried.p[i];

		s = arena_printf(&l->arena, "%s%s%.*s@%u%c%u", s, i ? " " : "", SPAN_ARG(f->path),
			f->layer, " >-~"[f->state], f -> gone_in);
	}
	return span_str(s);
}

static void layers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct listing l;

		listing_join(&l, cases[i].listing);
		check_span(cases[i].name, show_files(&l), span_str(cases[i].files));
		check_span(cases[i].name, show_buried(&l), span_str(cases[i].buried));
		check(cases[i].name, l.out.inputs & INPUT_FILES);
		listing_release(&l);
	}
}

static void the_last_of_two_counts(void **state)
{
	struct listing l;

	(void)state;
	listing_join(&l, "layer; f a 644; f a 4755");
	assert_int_equal(l.out.files.p[0].body->mode, 04755);
	assert_int_equal(l.out.buried.p[0].body->mode, 0644);
	listing_release(&l);
}

static void hard_links_share_the_body(void **state)
{
	struct listing l;

	(void)state;
	listing_join(&l, "layer; x a; cap; layer; h b a");
	const struct file *b = image_file(&l.out, SPAN("b"));

	assert_non_null(b);
	assert_int_equal(b->body->mode, 0755);
	assert_non_null(b->exec);
	assert_non_null(b->capability);
	assert_int_equal(l.out.total_size, 10);
	listing_release(&l);
}

/* Mode and attributes of a hard link's own entry stay on the file. */
static void hard_links_change_the_body(void **state)
{
	static const char *const listings[] = {
		"layer; x a; h b a 4755; cap",
		"layer; x a; h b a 4755; cap; layer; w b",
		"layer; x a; h b a 4755; cap; f b",
		"layer; x a; layer; h b a 4755; cap; layer; f b",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(listings) / sizeof(*listings); i++) {
		struct listing l;

		listing_join(&l, listings[i]);
		const struct file *a = image_file(&l.out, SPAN("a"));

		check(listings[i], a && a->mode == 04755 && a->body->mode == 0755);
		check(listings[i], a->capability && (l.out.inputs & INPUT_FILES));
		listing_release(&l);
	}
	struct listing l;

	listing_join(&l, "layer; x a; h b a 4755; layer; x a");
	assert_int_equal(image_file(&l.out, SPAN("a"))->mode, 0755);
	assert_int_equal(image_file(&l.out, SPAN("b"))->mode, 04755);
	listing_release(&l);
}

static void a_hard_link_to_a_symlink(void **state)
{
	struct listing l;

	(void)state;
	listing_join(&l, "layer; x usr/bin/a; s usr/bin/b a; h usr/bin/c usr/bin/b");
	const struct file *c = image_find(&l.out, SPAN("usr/bin/c"), true);

	assert_non_null(c);
	check_span("target", c->path, SPAN("usr/bin/a"));
	listing_release(&l);
}

/* what must leave INPUT_FILES unset, with an error that names the thing */
static const struct {
	const char *name, *listing, *word;
} broken[] = {
	{ "hard link to nothing", "layer; h b a", "hard link to 'a'" },
	{ "hard link to a deleted file", "layer; f a; layer; w a; h b a", "hard link to 'a'" },
	{ "hard link to a folder", "layer; d a; h b a", "hard link to 'a'" },
	{ "hard link to an implied folder", "layer; f a/c; h b a", "hard link to 'a'" },
	{ "hard link to what comes later", "layer; h b a; layer; f a", "hard link to 'a'" },
	{ "hard link to itself alone", "layer; h a a", "hard link to 'a'" },
	{ "a file as the root", "layer; f -; f a", "root" },
	{ "opaque root", "layer; f a; layer; o -; f d", "opaque root" },
	{ "whiteout after its file", "layer; f a; w a", "a whiteout of what" },
	{ "whiteout after a file in its folder", "layer; f a/b; w a", "a whiteout of what" },
	{ "whiteout and a folder", "layer; f a/b; layer; w a; d a", "removes and brings" },
	{ "whiteout and an implied folder", "layer; f a/b; layer; w a; f a/c", "brings" },
	{ "file, then a folder, over a folder", "layer; f a/b; layer; f a; d a", "brings" },
	{ "a path through a link", "layer; s lib usr/lib; f usr/lib/x; layer; f lib/y",
		"through a symlink" },
	{ "a path through a hard link to a link", "layer; d r; s l r; h etc l; f etc/passwd",
		"through a symlink" },
	{ "a whiteout through a link", "layer; s b u; f u/sh; layer; w b/sh", "through a symlink" },
	{ "opaque through a link", "layer; s b u; f u/sh; layer; o b", "through a symlink" },
	{ "a hard link makes a script executable", "layer; f a 644; h b a 755", "executable" },
};

static void broken_layers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(*broken); i++) {
		struct listing l;

		listing_join(&l, broken[i].listing);
		check(broken[i].name,
			!(l.out.inputs & (INPUT_FILES | INPUT_PACKAGES | INPUT_OWNERS)));
		check(broken[i].name,
			l.out.diags.n == 1 && l.out.diags.p[0].severity == DIAG_ERROR);
		check(broken[i].name, span_has(l.out.diags.p[0].text, span_str(broken[i].word)));
		check(broken[i].name, span_has(l.out.inputs_missing[1], span_str(broken[i].word)));
		for (size_t f = 0; f < l.out.files.n; f++)
			check(broken[i].name, l.out.files.p[f].body);
		listing_release(&l);
	}
}

/* root of the look-up, path, follow, what is found ("" for nothing) */
static const struct {
	const char *name, *path;
	bool follow;
	const char *found;
} finds[] = {
	{ "plain", "usr/bin/a", true, "usr/bin/a" },
	{ "leading slash", "/usr/bin/a", true, "usr/bin/a" },
	{ "folder link", "bin/a", true, "usr/bin/a" },
	{ "folder link, last not followed", "bin/a", false, "usr/bin/a" },
	{ "last link followed", "bin", true, "usr/bin" },
	{ "last link kept", "bin", false, "bin" },
	{ "absolute target", "abs", true, "usr/bin/a" },
	{ "target that climbs out", "climb", true, "usr/bin/a" },
	{ "chain", "chain", true, "usr/bin/a" },
	{ "dots", "usr/./bin/../bin/a", true, "usr/bin/a" },
	{ "below an implied folder", "opt/x", true, "opt/x" },
	{ "implied folder itself", "opt", true, "" },
	{ "loop", "loop1", true, "" },
	{ "loop to itself", "self", true, "" },
	{ "loop in the middle", "loop1/a", true, "" },
	{ "dangling", "dangle", true, "" },
	{ "dangling, not followed", "dangle", false, "dangle" },
	{ "through a file", "usr/bin/a/b", true, "" },
	{ "missing", "usr/bin/b", true, "" },
	{ "empty", "", true, "" },
	{ "empty link target", "empty", true, "" },
	{ "through a process", "proc1", true, "usr/bin/a" },
	{ "through another process", "proc2", true, "usr/bin/a" },
	{ "through its working folder", "proc3", true, "usr/bin/a" },
	{ "through what is not a process", "proc4", true, "" },
};

static void look_ups(void **state)
{
	struct listing l;

	(void)state;
	listing_join(&l,
		"layer; d usr; d usr/bin; f usr/bin/a; s bin usr/bin; s abs /bin/a; s climb "
		"../../../bin/a; s chain abs;"
		"f opt/x; c 11 - /usr/bin; s proc1 /proc/self/root/usr/bin/a; s proc2 "
		"/proc/1/root/bin/a; s proc3 /proc/self/cwd/a; s proc4 /proc/x/root/bin/a; s loop1 "
		"loop2; s loop2 loop1; s self self; s dangle nowhere; s empty");
	for (size_t i = 0; i < sizeof(finds) / sizeof(*finds); i++) {
		const struct file *f = image_find(&l.out, span_str(finds[i].path), finds[i].follow);

		check_span(
			finds[i].name, f ? f->path : (struct span){ 0 }, span_str(finds[i].found));
	}
	listing_release(&l);
}

/* 4096 layers that write, delete and hide one tree by turns: linear, or this test runs for minutes.
 */
static void many_layers(void **state)
{
	enum { LAYERS = 4096, DEPTH = 200, WIDE = 2000 };
	scoped_arena struct arena a = { 0 };
	struct join_layer *layers_in = arena_array(&a, LAYERS, sizeof(*layers_in));
	struct part parts[3] = { { .kind = PART_LAYER, .complete = true },
		{ .kind = PART_LAYER, .complete = true },
		{ .kind = PART_LAYER, .complete = true } };
	struct join_input in = {
		.limits = limits_default(), .layers = layers_in, .layers_n = LAYERS
	};
	struct image_facts out = { 0 };
	struct scov_err err;
	struct span deep = { 0 };

	(void)state;
	for (size_t i = 0; i < DEPTH; i++) {
		deep = span_str(arena_printf(&a, "%.*s%sd", SPAN_ARG(deep), i ? "/" : ""));
		*vec_push(&parts[1].entries, &a) =
			(struct entry){ .path = deep, .type = ENTRY_OPAQUE };
	}
	for (size_t i = 0; i < WIDE; i++)
		*vec_push(&parts[0].entries, &a) = (struct entry){
			.path = span_str(arena_printf(&a, "%.*s/%zu", SPAN_ARG(deep), i)),
			.type = ENTRY_FILE
		};
	*vec_push(&parts[2].entries, &a) =
		(struct entry){ .path = SPAN("d"), .type = ENTRY_WHITEOUT };
	for (size_t i = 0; i < LAYERS; i++)
		layers_in[i].part = i == 0 ? &parts[0] : &parts[i % 2 ? 1 : 2];
	in.limits.layers = LAYERS;
	assert_int_equal(join_image(&in, &out, &err), 0);
	assert_int_equal(out.files.n, 0);
	assert_int_equal(out.buried.n, WIDE);
	arena_release(&out.arena);
}

static void too_many_paths(void **state)
{
	struct listing l;

	(void)state;
	listing_read(&l, "layer; f a/b/c/d/e/f/g/h");
	l.in.limits.layer_entries = 3;
	assert_int_equal(join_image(&l.in, &l.out, &l.err), SCOV_E_LIMIT);
	listing_release(&l);
	listing_read(&l, "layer; f a; layer; f b");
	l.in.limits.layers = 1;
	assert_int_equal(join_image(&l.in, &l.out, &l.err), SCOV_E_LIMIT);
	listing_release(&l);
}

#define ONE                                                                                        \
	"\x1a"                                                                                     \
	"aaaaaaaaaaaaaaaa"
#define TWO                                                                                        \
	"\x1a"                                                                                     \
	"bbbbbbbbbbbbbbbb"

/* Names that are equal once their secrets are stars are two names, in every step. */
static void masked_names(void **state)
{
	static const char text[] =
		"layer; f n/t_**" ONE "/x; f n/t_**" TWO "/x; f n/t_**" TWO "/bin/sh; s l t_**" TWO
		"; f star*;"
		" layer; w n/t_**" ONE "/x; f star*/y; h h n/t_**" TWO "/x; d n/t_**" ONE;
	struct listing l;
	static const char *const left[] = { "h", "l", "n/t_**", "n/t_**(2)/bin/sh", "n/t_**(2)/x",
		"star*/y" };

	(void)state;
	listing_join(&l, text);
	assert_int_equal(l.out.files.n, sizeof(left) / sizeof(*left));
	for (size_t i = 0; i < l.out.files.n; i++)
		check_span(left[i], l.out.files.p[i].path, span_str(left[i]));
	check_span("link", l.out.files.p[1].entry->link, SPAN("t_**(2)"));
	check_span("body", l.out.files.p[0].body->path, SPAN("n/t_**(2)/x"));
	assert_int_equal(l.out.buried.n, 2);
	check_span("whiteout", l.out.buried.p[0].path, SPAN("n/t_**/x"));
	assert_true(l.out.inputs & INPUT_FILES);
	listing_release(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layers),
		cmocka_unit_test(the_last_of_two_counts),
		cmocka_unit_test(hard_links_share_the_body),
		cmocka_unit_test(hard_links_change_the_body),
		cmocka_unit_test(a_hard_link_to_a_symlink),
		cmocka_unit_test(broken_layers),
		cmocka_unit_test(look_ups),
		cmocka_unit_test(many_layers),
		cmocka_unit_test(too_many_paths),
		cmocka_unit_test(masked_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
