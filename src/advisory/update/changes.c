/* changes.c - the records of OSV that have changed, fetched one by one in place of their archive.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/update/fetch.h"
#include "base/date.h"

enum {
	PIECE = 16 << 10,
	/* The archive, and a record in a cache, may be older than the list: so much of what is
	 * known already is compared again. */
	OVERLAP = DAY_SECONDS,
};

/* *status: 200, the list was read as far as l says; 304; else there is none that can be read.
 * *etag: of the one that is known; then of this one. */
static int read_list(struct fetch *f, const struct changes *c, struct changed_list *l,
	struct span *etag, struct arena *a, int *status, struct scov_err *err)
{
	const struct http_request rq = {
		.url = arena_printf(a, "%smodified_id.csv", c->address),
		.etag = etag->len ? arena_cstr(a, *etag) : NULL,
	};
	struct http_answer an = { 0 };
	struct http_body *body = NULL;
	uint8_t piece[PIECE];
	int64_t n = 1;
	int rc = arena_check(a, err);

	if (!rc)
		rc = http_open(f->http, f->o->call, &rq, &an, &body, err);
	if (rc)
		return rc;
	*status = an.status;
	while (*status == 200 && !l->is_over && n > 0) {
		n = http_read(body, piece, sizeof(piece), err);
		f->bytes += n > 0 ? (uint64_t)n : 0;
		if (n > 0 && changed_push(l, span_of(piece, (size_t)n), a, err))
			*status = 0;
	}
	http_close(body);
	if (n < 0)
		return (int)n;
	*etag = arena_dup(a, span_str(an.etag));
	return arena_check(a, err);
}

int changes_peek(struct fetch *f, struct changes *c, struct arena *a, struct scov_err *err)
{
	struct changed_list first = { .since = INT64_MAX };
	int status = 0, rc = read_list(f, c, &first, &c->etag, a, &status, err);

	c->newest = status == 200 ? first.newest : 0;
	return rc;
}

/* *is_there false: there is no such record, or it is not one that can be kept. */
static int fetch_record(struct fetch *f, struct changes *c, struct span id, struct arena *a,
	bool *is_there, struct scov_err *err)
{
	scoped_arena struct arena scratch = { .limit = 2 * (size_t)CHANGED_RECORD_MAX };
	const struct http_request rq = { .url = arena_printf(&scratch, "%s%.*s.json", c->address,
						 SPAN_ARG(id)) };
	struct http_answer an = { 0 };
	struct http_body *body = NULL;
	struct span text;
	int rc = arena_check(&scratch, err);

	if (!rc)
		rc = http_open(f->http, f->o->call, &rq, &an, &body, err);
	if (rc)
		return rc;
	if (an.status == 200)
		rc = http_read_all(body, CHANGED_RECORD_MAX, &scratch, &text, err);
	else if (an.status != 404)
		rc = http_fail_status(&an, "", err);
	http_close(body);
	if (rc && rc != SCOV_E_LIMIT)
		return rc;
	if (!rc && an.status == 200) {
		f->bytes += text.len;
		f->shown.bytes += text.len;
		fetch_show(f);
		*is_there = !changed_put(&c->changed, id, text, a, err);
	}
	return arena_check(a, err);
}

int changes_fetch(struct fetch *f, struct changes *c, struct arena *a, struct scov_err *err)
{
	struct changed_list l = { .since = c->newest - OVERLAP };
	struct span etag = c->etag;
	size_t n = 0;
	int status = 0, rc = read_list(f, c, &l, &etag, a, &status, err);
	bool is_there = true;

	c->is_enough = !rc && status == 304;
	if (rc || status != 200 || !l.is_over)
		return rc;
	for (size_t i = 0; i < l.lines.n; i++)
		if (!changed_has(&c->changed, &l.lines.p[i]))
			l.lines.p[n++] = l.lines.p[i];
	if (n > CHANGED_NEW)
		return 0;
	f->shown.bytes = f->shown.bytes_total = 0;
	for (size_t i = 0; i < n && !rc && is_there; i++) {
		is_there = false;
		rc = fetch_record(f, c, l.lines.p[i].id, a, &is_there, err);
	}
	if (rc || !is_there)
		return rc;
	c->is_enough = true;
	c->etag = etag;
	c->fetched = n;
	if (c->newest < l.newest)
		c->newest = l.newest;
	return 0;
}
