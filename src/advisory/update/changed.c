/* changed.c - the list of changes of an archive of OSV, and the records that it names.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/update/changed.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "base/date.h"
#include "syntax/json.h"

/* It becomes the name of a file in an address. */
static bool is_id(struct span id)
{
	for (size_t i = 0; i < id.len; i++) {
		uint8_t c = span_at(id, i);

		if (!ascii_is_alnum(c) && !(i && (c == '-' || c == '_' || c == ':' || c == '.')))
			return false;
	}
	return id.len;
}

static int add_line(struct changed_list *l, struct span line, struct arena *a, struct scov_err *err)
{
	struct changed_line row = { 0 };
	struct span rest = line;
	int64_t time;

	if (!span_split(&rest, ',', &row.time) || !is_id(rest) ||
		!date_parse_rfc3339(row.time, &time, NULL) || (l->newest && time > l->last))
		return err_fail(err, SCOV_E_FORMAT, "not a list of changes");
	l->last = time;
	l->newest = l->newest ? l->newest : time;
	l->is_over = time < l->since;
	if (l->is_over)
		return 0;
	if (l->lines.n == CHANGED_LINES)
		return err_fail(err, SCOV_E_LIMIT, "more than %d changes", CHANGED_LINES);
	row.time = arena_dup(a, row.time);
	row.id = arena_dup(a, rest);
	vec_add(&l->lines, a, &row);
	return arena_check(a, err);
}

int changed_push(struct changed_list *l, struct span piece, struct arena *a, struct scov_err *err)
{
	int rc = 0;

	for (size_t i = 0; i < piece.len && !rc && !l->is_over; i++) {
		char c = (char)span_at(piece, i);

		if (c != '\n' && l->len == CHANGED_LINE)
			return err_fail(err, SCOV_E_FORMAT, "not a list of changes");
		if (c != '\n') {
			l->line[l->len++] = c;
			continue;
		}
		if (l->len && l->line[l->len - 1] == '\r')
			l->len--;
		rc = add_line(l, span_of(l->line, l->len), a, err);
		l->len = 0;
	}
	return rc;
}

/* ---- the records ---- */

static int by_id(const void *a, const void *b)
{
	return span_cmp(
		((const struct changed_record *)a)->id, ((const struct changed_record *)b)->id);
}

static void sort(struct changed *c)
{
	if (c->records.n)
		qsort(c->records.p, c->records.n, sizeof(*c->records.p), by_id);
	c->sorted = c->records.n;
}

static struct changed_record *find(const struct changed *c, struct span id)
{
	const struct changed_record key = { .id = id };

	for (size_t i = c->sorted; i < c->records.n; i++)
		if (span_eq(c->records.p[i].id, id))
			return &c->records.p[i];
	return c->sorted ? bsearch(&key, c->records.p, c->sorted, sizeof(key), by_id) : NULL;
}

/* On one line: JSON has no bare line ends in its texts. */
static struct span one_line(struct span record, struct arena *a)
{
	uint8_t *copy = arena_alloc(a, record.len);

	for (size_t i = 0; copy && i < record.len; i++) {
		uint8_t c = span_at(record, i);

		copy[i] = c == '\n' || c == '\r' ? ' ' : c;
	}
	return span_of(copy, copy ? record.len : 0);
}

int changed_put(struct changed *c, struct span id, struct span record, struct arena *a,
	struct scov_err *err)
{
	scoped_arena struct arena scratch = { .limit = 16 * (size_t)CHANGED_RECORD_MAX };
	struct changed_record row = { .text = one_line(record, a) }, *old;
	const struct json *v = NULL;
	int rc = arena_check(a, err);

	if (!rc)
		rc = json_parse(row.text, CHANGED_RECORD_MAX, &scratch, &v, err);
	if (!rc && c->bytes + record.len > CHANGED_BYTES)
		rc = err_fail(err, SCOV_E_LIMIT, "more than %d bytes", CHANGED_BYTES);
	if (rc)
		return rc;
	c->bytes += record.len;
	row.id = json_get_text(v, "id");
	if (!row.id.len || (id.len && !span_eq(id, row.id)))
		return err_fail(err, SCOV_E_FORMAT, "not the record of this id");
	row.id = arena_dup(a, row.id);
	row.time = arena_dup(a, json_get_text(v, "modified"));
	old = find(c, row.id);
	if (old)
		*old = row;
	else if (c->records.n == CHANGED_KEPT)
		return err_fail(err, SCOV_E_LIMIT, "more than %d records", CHANGED_KEPT);
	else
		vec_add(&c->records, a, &row);
	return arena_check(a, err);
}

int changed_load(struct span text, struct arena *a, struct changed *out, struct scov_err *err)
{
	struct changed c = { 0 };
	struct span line;
	int rc = 0;

	while (!rc && span_line(&text, &line))
		rc = changed_put(&c, SPAN(""), line, a, err);
	if (rc)
		return rc;
	sort(&c);
	*out = c;
	return 0;
}

/* Without the zeros that a fraction of a second may end in, and without the zone, which is UTC. */
static struct span plain_time(struct span time)
{
	size_t dot = span_find(time, '.');

	if (span_ends(time, SPAN("Z")))
		time.len--;
	while (dot < time.len && (span_ends(time, SPAN("0")) || time.len == dot + 1))
		time.len--;
	return time;
}

bool changed_has(const struct changed *c, const struct changed_line *line)
{
	const struct changed_record *r = find(c, line->id);

	return r && span_eq(plain_time(r->time), plain_time(line->time));
}

void changed_write(struct changed *c, struct buf *out)
{
	sort(c);
	for (size_t i = 0; i < c->records.n; i++) {
		buf_span(out, c->records.p[i].text);
		buf_byte(out, '\n');
	}
}

const struct span *changed_ids(struct changed *c, struct arena *a)
{
	struct span *ids = arena_array(a, c->records.n, sizeof(*ids));

	sort(c);
	for (size_t i = 0; ids && i < c->records.n; i++)
		ids[i] = c->records.p[i].id;
	return ids;
}
