/* Parts made by hand, compared. SPDX-License-Identifier: Apache-2.0 */
#include "diff/diff.h"

#include "facts/mark.h"
#include "tests/unit/unit.h"

enum { ROWS_MAX = 4 };

struct layer {
	struct entry entries[ROWS_MAX];
	struct detail_fact details[ROWS_MAX];
	struct part part;
};

static const struct span one = SPAN_INIT("11111111111111111111111111111111"),
			 two = SPAN_INIT("22222222222222222222222222222222");

/* Two files, the same for each. */
static void make(struct layer *l, uint8_t diff_id)
{
	static const struct span paths[] = { SPAN_INIT("bin/a"), SPAN_INIT("etc/b") };

	*l = (struct layer){ 0 };
	for (size_t i = 0; i < 2; i++) {
		l->entries[i] = (struct entry){
			.path = paths[i], .size = 5, .mtime = 100, .mode = 0644, .type = ENTRY_FILE
		};
		l->details[i] = (struct detail_fact){ .form = 2, .content = one };
	}
	l->part = (struct part){ .kind = PART_LAYER, .complete = true };
	l->part.diff_id = digest_of(DIGEST_SHA256, span_of(&diff_id, 1));
	l->part.entries.p = l->entries;
	l->part.details.p = l->details;
	l->part.entries.n = l->part.details.n = 2;
}

static int compare(const struct layer *a, const struct layer *b, struct arena *arena,
	struct difference_report *out)
{
	struct diff_layer x = { .part = &a->part }, y = { .part = &b->part };
	struct diff_image m = { .layers = &x, .layers_n = 1 }, n = { .layers = &y, .layers_n = 1 };
	struct scov_err err;
	int code = diff_images(&m, &n, NULL, arena, out, &err);

	if (!code)
		diff_settle(out, false, false, arena);
	return code;
}

static void edit(struct layer *l, int what)
{
	struct entry *e = &l->entries[1];
	struct detail_fact *d = &l->details[1];

	switch (what) {
	case 0:
		d->content = two;
		break;
	case 1:
		e->mode = 04755;
		break;
	case 2:
		e->gid = 1;
		break;
	case 3:
		d->xattrs = two;
		break;
	case 4:
		e->mtime++;
		break;
	case 5:
		d->mtime_ns = 1;
		break;
	case 6:
		d->user = SPAN("root");
		break;
	case 7:
		d->form = 5;
		break;
	case 8:
		d->header = 1;
		break;
	case 9:
		e->type = ENTRY_FIFO;
		break;
	case 10:
		e->path = SPAN("etc/c");
		break;
	case 11:
		l->entries[1] = l->entries[0];
		l->entries[0].path = SPAN("etc/b");
		break;
	case 12:
		e->path = SPAN("var/log/x");
		break;
	default:
		break;
	}
}

static void each_kind_is_named(void **state)
{
	static const struct {
		const char *name;
		uint8_t kind, verdict;
		uint64_t count;
	} rows[] = {
		{ "content of the same size", DIFFER_CONTENT, DIFF_DIFFERENT, 1 },
		{ "mode", DIFFER_MODE, DIFF_METADATA, 1 },
		{ "owner", DIFFER_OWNER, DIFF_METADATA, 1 },
		{ "attributes", DIFFER_XATTRS, DIFF_METADATA, 1 },
		{ "time", DIFFER_TIME, DIFF_TIMES, 1 },
		{ "a fraction of a second", DIFFER_TIME, DIFF_TIMES, 1 },
		{ "name of a user", DIFFER_NAMES, DIFF_FORM, 1 },
		{ "form", DIFFER_TAR, DIFF_FORM, 1 },
		{ "other bytes of the header", DIFFER_TAR, DIFF_FORM, 1 },
		{ "type", DIFFER_TYPE, DIFF_DIFFERENT, 1 },
		{ "a path in one, another in the other", DIFFER_ONLY, DIFF_DIFFERENT, 2 },
		{ "order", DIFFER_ORDER, DIFF_FORM, 1 },
		{ "a log for a file", DIFFER_ONLY, DIFF_DIFFERENT, 1 },
		{ "nothing that facts have", DIFFER_TAR, DIFF_FORM, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scoped_arena struct arena arena = { 0 };
		struct difference_report r = { 0 };
		struct layer a, b;

		make(&a, 1);
		make(&b, 2);
		edit(&b, (int)i);
		assert_int_equal(compare(&a, &b, &arena, &r), 0);
		check(rows[i].name, r.kinds[rows[i].kind].count == rows[i].count);
		check(rows[i].name, r.verdict == rows[i].verdict && r.summary.len);
	}
}

static void the_same_digest_is_not_looked_into(void **state)
{
	scoped_arena struct arena arena = { 0 };
	struct difference_report r = { 0 };
	struct layer a, b;

	(void)state;
	make(&a, 1);
	make(&b, 1);
	edit(&b, 0);
	assert_int_equal(compare(&a, &b, &arena, &r), 0);
	for (size_t i = 0; i < DIFFERENCE_KINDS; i++)
		assert_true(!r.kinds[i].count || i == DIFFER_MANIFEST);
}

static void what_was_left_out_is_not_equal(void **state)
{
	scoped_arena struct arena arena = { 0 };
	struct difference_report r = { 0 };
	struct diag_fact lost = { .severity = DIAG_ERROR,
		.entry = NO_ENTRY,
		.hides = HIDES_FILE,
		.text = SPAN("'x': path escapes the root") };
	struct layer a, b;

	(void)state;
	make(&a, 1);
	make(&b, 2);
	a.part.diags.p = &lost;
	a.part.diags.n = 1;
	assert_int_equal(compare(&a, &b, &arena, &r), 0);
	assert_int_equal(r.kinds[DIFFER_UNREAD].count, 1);
	assert_int_equal(r.verdict, DIFF_DIFFERENT);
}

static void facts_without_details_are_refused(void **state)
{
	scoped_arena struct arena arena = { 0 };
	struct difference_report r = { 0 };
	struct layer a, b;

	(void)state;
	make(&a, 1);
	make(&b, 2);
	b.part.details.n = 1;
	assert_int_equal(compare(&a, &b, &arena, &r), SCOV_E_FORMAT);
}

/* Equal stars, other marks: two names; what is shown has no marks. */
static void masked_names_are_told_apart(void **state)
{
	scoped_arena struct arena arena = { 0 };
	struct difference_report r = { 0 };
	struct layer a, b;

	(void)state;
	_Static_assert(MARK == 0x1a && MARK_DIGEST == 16, "as written below");
	make(&a, 1);
	make(&b, 2);
	a.entries[1].path = SPAN("x/****\x1a"
				 "aaaaaaaaaaaaaaaa");
	b.entries[1].path = SPAN("x/****\x1a"
				 "bbbbbbbbbbbbbbbb");
	assert_int_equal(compare(&a, &b, &arena, &r), 0);
	assert_int_equal(r.kinds[DIFFER_ONLY].count, 2);
	check_span("shown", r.kinds[DIFFER_ONLY].list.p[0].at, SPAN("x/****"));
}

static void what_cannot_be_read_is_not_known(void **state)
{
	scoped_arena struct arena arena = { 0 };
	struct difference_report r = { 0 };
	struct span why = SPAN("A: layer 0: cut");

	(void)state;
	assert_true(vec_add(&r.unread, &arena, &why));
	diff_settle(&r, true, false, &arena);
	assert_int_equal(r.verdict, DIFF_UNREADABLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_is_named),
		cmocka_unit_test(the_same_digest_is_not_looked_into),
		cmocka_unit_test(what_was_left_out_is_not_equal),
		cmocka_unit_test(facts_without_details_are_refused),
		cmocka_unit_test(masked_names_are_told_apart),
		cmocka_unit_test(what_cannot_be_read_is_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
