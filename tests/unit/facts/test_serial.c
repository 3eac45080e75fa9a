/* test_serial.c - part facts written and read back, and what the reader refuses.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "facts/serial.h"

#include <stdlib.h>
#include <unistd.h>

#include "../unit.h"
#include "base/fd.h"
#include "facts/schema.h"
#include "facts/serial_paths.h"

enum { ROOM = 1 << 16 };

/* A part with two rows of every record, every field filled from the table's bounds. */
static struct part sample(struct arena *a)
{
	struct part p = { .kind = PART_LAYER,
		.complete = true,
		.blob_size = 1000,
		.size = 70000,
		.has_xattrs = true,
		.diff_id.algorithm = DIGEST_SHA256 };

	for (size_t i = 0; i < 32; i++)
		p.diff_id.bytes[i] = (uint8_t)(i * 7);
	for (size_t r = 0; r < RECORDS; r++) {
		const struct record *rec = &part_records[r];
		struct raw_vec v = { arena_array(a, 2, rec->size), 2, 2 };

		for (size_t row = 0; row < 2; row++)
			for (size_t f = 0; f < rec->fields_n; f++) {
				const struct field *fd = &rec->fields[f];
				uint8_t *at = v.p + row * rec->size + fd->offset;
				struct span text = span_str(
					arena_printf(a, "%s/%s%zu", rec->name, fd->name, row));
				uint64_t wide = row ? fd->max : fd->min;
				uint32_t narrow = (uint32_t)wide;

				switch (fd->kind) {
				case FIELD_SPAN:
					memcpy(at, &text, sizeof(text));
					break;
				case FIELD_BOOL:
				case FIELD_U8:
					*at = (uint8_t)wide;
					break;
				case FIELD_U32:
					memcpy(at, &narrow, 4);
					break;
				case FIELD_U64:
				case FIELD_HASH:
					memcpy(at, &wide, 8);
					break;
				case FIELD_TIME:
					wide = row ? (uint64_t)INT64_MIN : (uint64_t)INT64_MAX;
					memcpy(at, &wide, 8);
					break;
				default:
					narrow = (uint32_t)row;
					memcpy(at, &narrow, 4);
				}
			}
		memcpy((uint8_t *)&p + rec->offset, &v, sizeof(v));
	}
	p.diags.p[1].entry = NO_ENTRY;
	return p;
}

static struct span write_part(struct arena *a, const struct part *p)
{
	uint8_t *out = arena_alloc(a, ROOM);
	struct scov_err err;
	size_t len = 0;

	if (facts_write(p, out, ROOM, &len, &err))
		fail_msg("write: %s", err.text);
	return span_of(out, len);
}

static int read_part(struct span in, struct arena *a, struct part *out, struct scov_err *err)
{
	struct limits l = limits_default();

	return facts_read(in, &l, a, out, err);
}

static void same_field(
	const struct record *rec, const struct field *f, const uint8_t *x, const uint8_t *y)
{
	static const size_t sizes[] = { [FIELD_SPAN] = 0,
		[FIELD_BOOL] = 1,
		[FIELD_U8] = 1,
		[FIELD_U32] = 4,
		[FIELD_U64] = 8,
		[FIELD_HASH] = 8,
		[FIELD_TIME] = 8,
		[FIELD_ENTRY] = 4,
		[FIELD_ENTRY_OR_NONE] = 4,
		[FIELD_OWNER] = 4 };
	struct span s, t;

	if (f->kind == FIELD_SPAN) {
		memcpy(&s, x + f->offset, sizeof(s));
		memcpy(&t, y + f->offset, sizeof(t));
		check_span(f->name, t, s);
	} else if (memcmp(x + f->offset, y + f->offset, sizes[f->kind])) {
		fail_msg("%s.%s differs", rec->name, f->name);
	}
}

static void round_trip(void **state)
{
	scoped_arena struct arena a = { 0 };
	struct part p = sample(&a), q;
	struct scov_err err = { 0 };
	struct span bytes = write_part(&a, &p);

	(void)state;
	if (read_part(bytes, &a, &q, &err))
		fail_msg("%s", err.text);
	assert_true(q.kind == p.kind && q.complete && q.has_xattrs && q.size == p.size &&
		    q.blob_size == p.blob_size);
	assert_memory_equal(&q.diff_id, &p.diff_id, sizeof(p.diff_id));
	for (size_t r = 0; r < RECORDS; r++) {
		struct raw_vec v, w;

		memcpy(&v, (uint8_t *)&p + part_records[r].offset, sizeof(v));
		memcpy(&w, (uint8_t *)&q + part_records[r].offset, sizeof(w));
		check(part_records[r].name, v.n == w.n);
		for (size_t row = 0; row < v.n; row++)
			for (size_t f = 0; f < part_records[r].fields_n; f++)
				same_field(&part_records[r], &part_records[r].fields[f],
					v.p + row * part_records[r].size,
					w.p + row * part_records[r].size);
	}
	struct span again = write_part(&a, &q);

	assert_true(span_eq(bytes, again));
}

static void empty_part(void **state)
{
	scoped_arena struct arena a = { 0 };
	struct part p = { .kind = PART_CONFIG }, q;
	struct scov_err err;

	(void)state;
	assert_int_equal(read_part(write_part(&a, &p), &a, &q, &err), 0);
	assert_int_equal(q.kind, PART_CONFIG);
	assert_false(q.complete);
	assert_int_equal(q.entries.n, 0);
}

/* Any cut of a good message is refused or is a message of fewer records; no cut is taken as the
 * whole. */
static void every_cut(void **state)
{
	scoped_arena struct arena a = { 0 };
	struct part p = sample(&a), q;
	struct scov_err err;
	struct span bytes = write_part(&a, &p);

	(void)state;
	for (size_t cut = 0; cut < bytes.len; cut++) {
		scoped_arena struct arena b = { 0 };
		int code = read_part(span_sub(bytes, 0, cut), &b, &q, &err);

		if (!code && q.imports.n)
			fail_msg("cut at %zu of %zu was taken as the whole", cut, bytes.len);
	}
}

static void every_damage(void **state)
{
	scoped_arena struct arena a = { 0 };
	struct part p = sample(&a), q;
	struct scov_err err;
	struct span bytes = write_part(&a, &p);

	(void)state;
	for (size_t at = 0; at < bytes.len; at++)
		for (unsigned bit = 0; bit < 8; bit++) {
			scoped_arena struct arena b = { .limit = 1 << 20 };
			uint8_t *copy = arena_alloc(&b, bytes.len);

			memcpy(copy, bytes.p, bytes.len);
			copy[at] ^= (uint8_t)(1 << bit);
			if (read_part(span_of(copy, bytes.len), &b, &q, &err) == 0)
				for (size_t i = 0; i < q.execs.n; i++)
					assert_true(q.execs.p[i].entry < q.entries.n);
		}
}

/* One thing of a good part made wrong, and the word that the refusal must hold. */
static void wrong_path(struct part *p)
{
	p->entries.p[1].path = SPAN("a/../b");
}
static void rooted_path(struct part *p)
{
	p->entries.p[1].path = SPAN("/a");
}
static void trailing_slash(struct part *p)
{
	p->entries.p[1].path = SPAN("a/");
}
static void double_slash(struct part *p)
{
	p->entries.p[1].path = SPAN("a//b");
}
static void dot_path(struct part *p)
{
	p->entries.p[1].path = SPAN("a/.");
}
static void dot_head(struct part *p)
{
	p->entries.p[1].path = SPAN("./a");
}
static void wrong_link(struct part *p)
{
	p->entries.p[1].type = ENTRY_HARDLINK;
	p->entries.p[1].link = SPAN("../a");
}
static void wrong_type(struct part *p)
{
	p->entries.p[1].type = ENTRY_OPAQUE + 1;
}
static void no_type(struct part *p)
{
	p->entries.p[1].type = 0;
}
static void no_types(struct part *p)
{
	p->entries.p[0].type = p->entries.p[1].type = 0;
}
static void wrong_package(struct part *p)
{
	p->packages.p[1].type = PACKAGE_TYPES;
}
static void wrong_owner_type(struct part *p)
{
	p->owners.p[1].type = 255;
}
static void wrong_mode(struct part *p)
{
	p->entries.p[1].mode = 010000;
}
static void wrong_entry(struct part *p)
{
	p->execs.p[1].entry = 2;
}
static void no_entry(struct part *p)
{
	p->execs.p[1].entry = NO_ENTRY;
}
static void wrong_diag(struct part *p)
{
	p->diags.p[1].entry = NO_ENTRY - 1;
}
static void wrong_owner(struct part *p)
{
	p->owned.p[1].package = 2;
}
static void owners_gone(struct part *p)
{
	p->owners.n = 0;
}
static void entries_gone(struct part *p)
{
	p->entries.n = 0;
}
static void wrong_severity(struct part *p)
{
	p->diags.p[1].severity = 9;
}
static void wrong_kind(struct part *p)
{
	p->kind = 4;
}
static void no_kind(struct part *p)
{
	p->kind = 0;
}
static void wrong_hides(struct part *p)
{
	p->diags.p[0].hides = 64;
}
static void wrong_key(struct part *p)
{
	p->configs.p[0].key = 0;
}
static void wrong_flags(struct part *p)
{
	p->execs.p[0].flags = 1 << 20;
}

/* Every type has its whole row and a name of its own; what is no type is of no scope. */
static void package_rows(void **state)
{
	(void)state;
	for (unsigned i = 1; i < PACKAGE_TYPES; i++) {
		const struct package_row *row = package_row(i);

		check(row->name ? row->name : "no row",
			row->name && row->name[0] && row->purl && row->purl[0] && row->scope);
		check(row->name, row->ecosystem < ECOSYSTEMS &&
					 (row->ecosystem || row->scope == SCOPE_LANGUAGE) &&
					 (!row->osv || row->scope == SCOPE_LANGUAGE));
		for (unsigned k = 1; k < i; k++)
			check(row->name, strcmp(row->name, package_row(k)->name) != 0);
	}
	for (unsigned i = 0; i < 1000; i += i ? 1 : PACKAGE_TYPES) {
		assert_string_equal(package_row(i)->purl, "generic");
		assert_false(package_is_system(i));
	}
}

static const struct {
	const char *name;
	void (*spoil)(struct part *p);
	const char *word;
} spoils[] = {
	{ "path with ..", wrong_path, "not normalised" },
	{ "rooted path", rooted_path, "not normalised" },
	{ "trailing slash", trailing_slash, "not normalised" },
	{ "double slash", double_slash, "not normalised" },
	{ "path ends in a dot", dot_path, "not normalised" },
	{ "path begins with a dot", dot_head, "not normalised" },
	{ "hard link that leaves", wrong_link, "not normalised" },
	{ "unknown type", wrong_type, "entries.type" },
	{ "type zero", no_type, "entries.type" },
	{ "types left out", no_types, "entries.type" },
	{ "unknown type of package", wrong_package, "packages.type" },
	{ "unknown type of owner", wrong_owner_type, "owners.type" },
	{ "mode over 12 bits", wrong_mode, "entries.mode" },
	{ "index past the entries", wrong_entry, "execs.entry" },
	{ "no entry where one must be", no_entry, "execs.entry" },
	{ "diagnostic past the entries", wrong_diag, "diags.entry" },
	{ "owner past the owners", wrong_owner, "owned.package" },
	{ "owned without owners", owners_gone, "owned.package" },
	{ "records without entries", entries_gone, "execs.entry" },
	{ "unknown severity", wrong_severity, "diags.severity" },
	{ "unknown part", wrong_kind, "schema" },
	{ "part zero", no_kind, "schema" },
	{ "unknown hides", wrong_hides, "diags.hides" },
	{ "config key zero", wrong_key, "configs.key" },
	{ "unknown flag", wrong_flags, "execs.flags" },
};

static void refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(spoils) / sizeof(*spoils); i++) {
		scoped_arena struct arena a = { 0 };
		struct part p = sample(&a), q;
		struct scov_err err = { 0 };

		spoils[i].spoil(&p);
		check(spoils[i].name, read_part(write_part(&a, &p), &a, &q, &err) == SCOV_E_FORMAT);
		if (!strstr(err.text, spoils[i].word))
			fail_msg("%s: '%s' does not say '%s'", spoils[i].name, err.text,
				spoils[i].word);
	}
}

static void bounds(void **state)
{
	scoped_arena struct arena a = { 0 };
	struct part p = sample(&a), q;
	struct scov_err err;
	struct span bytes = write_part(&a, &p);
	struct limits l = limits_default();
	struct arena small = { .limit = 64 };
	uint8_t few[32];
	size_t len;

	(void)state;
	l.layer_entries = 1;
	assert_int_equal(facts_read(bytes, &l, &a, &q, &err), SCOV_E_LIMIT);
	l = limits_default();
	l.packages = 1;
	assert_int_equal(facts_read(bytes, &l, &a, &q, &err), SCOV_E_LIMIT);
	l = limits_default();
	l.records = 1;
	assert_int_equal(facts_read(bytes, &l, &a, &q, &err), SCOV_E_LIMIT);
	l = limits_default();
	l.path_length = 4;
	assert_int_equal(facts_read(bytes, &l, &a, &q, &err), SCOV_E_LIMIT);
	l = limits_default();
	l.answer_size = 8;
	assert_int_equal(facts_read(bytes, &l, &a, &q, &err), SCOV_E_LIMIT);
	assert_int_equal(read_part(bytes, &small, &q, &err), SCOV_E_LIMIT);
	assert_int_equal(facts_write(&p, few, sizeof(few), &len, &err), SCOV_E_LIMIT);
	arena_release(&small);
}

/* A count of rows that its bytes cannot hold, fields out of order, fields that nobody knows. */
static const struct {
	const char *name;
	struct span in;
} hostile[] = {
	{ "nothing", SPAN_INIT("") },
	{ "no kind", SPAN_INIT("\x08\x02") },
	{ "another schema", SPAN_INIT("\x08\x7f\x10\x01") },
	{ "a million rows in three bytes",
		SPAN_INIT("\x08\x02\x10\x02\x82\x01\x04\x08\xc0\x84\x3d") },
	{ "rows beyond 64 bits", SPAN_INIT("\x08\x02\x10\x02\x82\x01\x0b\x08\xff\xff\xff\xff\xff"
					   "\xff\xff\xff\xff\x7f") },
	{ "no rows", SPAN_INIT("\x08\x02\x10\x02\x82\x01\x02\x08\x00") },
	{ "length past the end", SPAN_INIT("\x08\x02\x10\x02\x82\x01\x7f\x08\x01") },
	{ "length beyond 64 bits",
		SPAN_INIT("\x08\x02\x10\x02\x82\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01") },
	{ "unknown field", SPAN_INIT("\x08\x02\x10\x02\x78\x01") },
	{ "kind twice", SPAN_INIT("\x08\x02\x10\x02\x10\x02") },
	{ "digest without an algorithm", SPAN_INIT("\x08\x02\x10\x02\x3a\x01\x00") },
	{ "algorithm without a digest", SPAN_INIT("\x08\x02\x10\x02\x30\x01") },
	{ "text, not facts", SPAN_INIT("{\"kind\": 1}") },
};

static void hostile_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(hostile) / sizeof(*hostile); i++) {
		scoped_arena struct arena a = { .limit = 1 << 20 };
		struct scov_err err;
		struct part q;

		check(hostile[i].name, read_part(hostile[i].in, &a, &q, &err) == SCOV_E_FORMAT);
		check(hostile[i].name, a.used < 4096);
	}
}

/* Runs a command with the bytes as its input; its output, or .p NULL when it failed. */
static struct span run(struct arena *a, const char *command, struct span in)
{
	char path[] = "/tmp/scoville-facts-XXXXXX";
	scoped_fd int fd = mkstemp(path);
	uint8_t *out = arena_alloc(a, ROOM);
	char *line = arena_printf(a, "%s < %s", command, path);

	assert_true(fd >= 0 && fd_write_all(fd, in.p, in.len) == 0);
	FILE *f = popen(line, "r");
	size_t len = f ? fread(out, 1, ROOM, f) : 0;
	int status = f ? pclose(f) : 1;

	unlink(path);
	return status ? (struct span){ 0 } : span_of(out, len);
}

/* doc/formats/facts.proto tells the truth: protoc knows every field by name, and writes the same
 * bytes. */
static void protoc_agrees(void **state)
{
	scoped_arena struct arena a = { 0 };
	struct part p = sample(&a);
	struct span bytes = write_part(&a, &p), line;

	(void)state;
	if (!strlen(PROTOC)) {
		print_message("protoc is not installed: facts.proto is not compared\n");
		skip();
	}
	const char *tail = "scoville.facts.PartFacts -I" PROTO_FOLDER " facts.proto";
	struct span text = run(&a, arena_printf(&a, PROTOC " --decode=%s", tail), bytes);

	assert_non_null(text.p);
	for (struct span rest = text; span_line(&rest, &line);)
		if (span_at(span_trim(line), 0) >= '0' && span_at(span_trim(line), 0) <= '9')
			fail_msg("a field that facts.proto does not name: %.*s", SPAN_ARG(line));
	for (size_t r = 0; r < RECORDS; r++)
		for (size_t f = 0; f < part_records[r].fields_n; f++)
			check(part_records[r].fields[f].name,
				span_has(text, span_str(part_records[r].fields[f].name)));
	assert_true(span_eq(run(&a, arena_printf(&a, PROTOC " --encode=%s", tail), text), bytes));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(empty_part),
		cmocka_unit_test(every_cut),
		cmocka_unit_test(every_damage),
		cmocka_unit_test(refusals),
		cmocka_unit_test(package_rows),
		cmocka_unit_test(bounds),
		cmocka_unit_test(hostile_bytes),
		cmocka_unit_test(protoc_agrees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
