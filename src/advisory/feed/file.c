/* file.c - one file of a feed: recognised by its head, then read as JSON in pieces, or whole.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/feed/file.h"

#include "advisory/feed/head.h"
#include "syntax/yaml.h"

enum state {
	HEAD,  /* bytes are gathered until it can be recognised */
	WHOLE, /* bytes are gathered until its end */
	JSON,
	XML,
	DONE, /* of no format, or broken: what comes is ignored */
};

/* ---- JSON ---- */

static enum json_choice begins(
	void *ctx, const struct json_step *path, size_t steps, enum json_kind kind)
{
	const struct feed_files *f = ctx;

	if (f->feed.format->begins)
		return f->feed.format->begins(path, steps, kind);
	return !steps && kind == JSON_LIST ? JSON_ENTER : JSON_TAKE;
}

static int value(void *ctx, const struct json_step *path, size_t steps, const struct json *v,
	struct scov_err *err)
{
	struct feed_files *f = ctx;

	return f->feed.format->value(&f->feed, path, steps, v, err);
}

static void fault(void *ctx, const struct json_step *path, size_t steps, const char *why)
{
	struct feed_files *f = ctx;

	(void)path;
	(void)steps;
	(void)why;
	feed_begin(&f->feed);
	feed_leave_out(&f->feed, FEED_DAMAGED);
}

/* ---- one file ---- */

/* What is wrong with the file: the error of a feed that is this file, else counted. */
static int broken(struct feed_files *f, int code, struct scov_err *err)
{
	f->state = DONE;
	if (!code || f->feed.is_over || code == SCOV_E_MEMORY || f->is_alone)
		return code;
	if (!f->sum->broken_files++) {
		f->sum->broken = *err;
		err_wrap(&f->sum->broken, "%.*s", SPAN_ARG(f->feed.path));
	}
	return 0;
}

/* Of a format that the user named, all files but plain texts that it has no reader for. */
static bool takes(
	const struct feed_files *f, const struct feed_format *row, const struct feed_head *h)
{
	if (!f->only)
		return row->is(h);
	return row == f->only && (row->text || row->xml || h->syntax != FEED_TEXT);
}

static int recognise(struct feed_files *f, struct scov_err *err)
{
	static const struct json_stream_events events = { begins, value, fault };
	struct span head = span_sub(buf_view(&f->head), 0, FEED_HEAD);
	struct feed_head h;
	size_t row = 0;
	int code = feed_head_make(f->feed.path, head, f->head.len < FEED_HEAD, &f->names, &h, err);

	while (advisory_feeds[row] && !takes(f, advisory_feeds[row], &h))
		row++;
	f->feed.format = advisory_feeds[row];
	if (!f->feed.format && code)
		return broken(f, code, err);
	if (!f->feed.format) {
		f->state = DONE;
		f->sum->other_files++;
		if (f->is_alone && !buf_view(&f->head).len)
			return err_fail(err, SCOV_E_FORMAT, "it is empty");
		if (f->is_alone && feed_head_is_html(&h))
			return err_fail(err, SCOV_E_FORMAT, "it looks like HTML or XML");
		return 0;
	}
	f->feed.counts = &f->sum->formats[row];
	f->feed.counts->files++;
	f->state = f->feed.format->xml ? XML : WHOLE;
	if (h.syntax == FEED_JSON && f->feed.format->value)
		f->state = JSON;
	if (f->state == JSON)
		f->json = json_stream_open(&events, f, FEED_RECORD_MEMORY, true);
	else if (f->state == XML)
		f->xml = xml_open(f->feed.format->xml, &f->feed);
	return f->state == WHOLE || f->json || f->xml ? 0 : err_memory(err);
}

static int keep(struct feed_files *f, struct span piece, struct scov_err *err)
{
	if (piece.len > FEED_TEXT_MAX || f->whole.len > FEED_TEXT_MAX - piece.len)
		return broken(
			f, err_fail(err, SCOV_E_LIMIT, "it has over %d bytes", FEED_TEXT_MAX), err);
	buf_span(&f->whole, piece);
	return f->whole.failed ? err_memory(err) : 0;
}

static int pass(struct feed_files *f, struct span piece, struct scov_err *err)
{
	int code = 0;

	if (f->state == JSON)
		code = json_stream_push(f->json, piece, err);
	else if (f->state == XML)
		code = xml_push(f->xml, piece, err);
	if (code)
		return broken(f, code, err);
	return f->state == WHOLE ? keep(f, piece, err) : 0;
}

int feed_file_begin(struct feed_files *f, struct span path, struct scov_err *err)
{
	arena_reset(&f->names);
	f->feed.path = arena_dup(&f->names, path);
	f->feed.build = f->build;
	f->feed.is_over = false;
	arena_reset(&f->feed.file);
	f->feed.file.limit = FEED_FILE_MEMORY;
	f->feed.state = NULL;
	f->head.len = f->whole.len = 0;
	f->state = HEAD;
	return arena_check(&f->names, err);
}

int feed_file_push(struct feed_files *f, struct span piece, struct scov_err *err)
{
	int code = 0;

	if (f->state != HEAD)
		return pass(f, piece, err);
	buf_span(&f->head, piece);
	if (f->head.failed)
		return err_memory(err);
	if (f->head.len >= FEED_HEAD)
		code = recognise(f, err);
	if (!code && f->state != HEAD)
		code = pass(f, buf_view(&f->head), err);
	return code;
}

static int yaml(struct feed_files *f, struct scov_err *err)
{
	scoped_arena struct arena a = { .limit = FEED_RECORD_MEMORY };
	const struct json *v;
	int code = yaml_parse(buf_view(&f->whole), FEED_YAML_MAX, &a, &v, err);

	return code ? code : f->feed.format->value(&f->feed, NULL, 0, v, err);
}

static int finish(struct feed_files *f, struct scov_err *err)
{
	const struct feed_format *format = f->feed.format;
	int code;

	if (f->state == JSON)
		code = json_stream_end(f->json, err);
	else if (f->state == XML)
		code = xml_end(f->xml, err);
	else if (format->text)
		code = format->text(&f->feed, buf_view(&f->whole), err);
	else
		code = yaml(f, err);
	return code || !format->end ? code : format->end(&f->feed, err);
}

int feed_file_end(struct feed_files *f, struct scov_err *err)
{
	int code = 0;

	if (f->state == HEAD) {
		code = recognise(f, err);
		if (!code)
			code = pass(f, buf_view(&f->head), err);
	}
	if (!code && f->state != DONE)
		code = broken(f, finish(f, err), err);
	json_stream_free(f->json);
	xml_free(f->xml);
	f->json = NULL;
	f->xml = NULL;
	return code;
}

void feed_files_release(struct feed_files *f)
{
	json_stream_free(f->json);
	xml_free(f->xml);
	arena_release(&f->feed.arena);
	arena_release(&f->feed.file);
	arena_release(&f->names);
	buf_release(&f->head);
	buf_release(&f->whole);
}
