/* stored.c - the file of the user's trust root.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trust/update/stored.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/outfile.h"
#include "syntax/json.h"
#include "trust/builtin.h"

enum { FORMAT = 1, MEMORY = 8 * TRUST_STORED_MAX };

static struct span text_at(const struct json *list, size_t i)
{
	return json_text(json_at(list, i));
}

/* The first root that the rest must follow from; n: none. What comes before the built-in one, in a
 * file of an older program, is passed over. */
static size_t first_of(const struct json *list, size_t roots, bool is_own)
{
	size_t i = 0;

	while (!is_own && i < roots &&
		!span_eq(text_at(list, i), span_of(trust_builtin_tuf, trust_builtin_tuf_size)))
		i++;
	return i;
}

static int replay(
	struct tuf *t, const struct json *list, size_t next, size_t roots, struct scov_err *err)
{
	struct tuf_want want;
	int rc = 0;

	tuf_begin(t, INT64_MIN);
	while (!rc && tuf_next(t, &want)) {
		bool is_end = want.may_lack && next == roots;

		rc = tuf_take(t, is_end ? (struct span){ 0 } : text_at(list, next), err);
		next += !is_end;
	}
	return !rc && next != json_count(list)
		       ? err_fail(err, SCOV_E_FORMAT, "documents that nothing asks for")
		       : rc;
}

static int parse(struct span text, struct trust_stored *out, struct scov_err *err)
{
	scoped_arena struct arena a = { .limit = MEMORY };
	struct trust_stored s = { 0 };
	const struct json *v, *list;
	uint64_t roots = 0, format = 0;
	int rc = json_parse(text, TRUST_STORED_MAX, &a, &v, err);

	if (rc)
		return rc;
	list = json_get(v, "documents");
	if (!json_uint(json_get(v, "format"), FORMAT, &format) || format != FORMAT ||
		!json_int(json_get(v, "date"), &s.date) ||
		!json_uint(json_get(v, "roots"), json_count(list), &roots) || !roots)
		return err_fail(err, SCOV_E_FORMAT, "not a trust root of format %d", FORMAT);
	s.is_own = json_truth(json_get(v, "own"));
	size_t first = first_of(list, (size_t)roots, s.is_own);

	if (first == roots)
		return err_fail(
			err, SCOV_E_AUTH, "it does not come from the root that this program has");
	rc = tuf_new(text_at(list, first), SPAN(TRUST_TARGET), &s.tuf, err);
	if (!rc)
		rc = replay(s.tuf, list, first + 1, (size_t)roots, err);
	if (rc)
		trust_stored_release(&s);
	else
		*out = s;
	return rc;
}

int trust_stored_read(const char *file, struct trust_stored *out, struct scov_err *err)
{
	scoped_arena struct arena a = { .limit = 2 * TRUST_STORED_MAX };
	struct span text;
	struct stat st;
	int rc = fd_load(AT_FDCWD, file, TRUST_STORED_MAX, &a, &text, err);

	if (rc)
		return rc;
	if (stat(file, &st) || st.st_uid != geteuid() || st.st_mode & (S_IWGRP | S_IWOTH))
		return err_fail(err, SCOV_E_AUTH, "'%s': others may write to it", file);
	rc = parse(text, out, err);
	return rc ? err_wrap(err, "'%s'", file) : 0;
}

void trust_stored_release(struct trust_stored *s)
{
	tuf_free(s->tuf);
	*s = (struct trust_stored){ 0 };
}

int trust_stored_write(const char *file, const struct trust_stored *s, struct scov_err *err)
{
	struct outfile f = { .fd = -1 };
	scoped_buf struct buf b = { .limit = TRUST_STORED_MAX };
	struct json_out w = { .out = &b };
	struct span document;

	json_out_dict(&w);
	json_out_key(&w, "format");
	json_out_int(&w, FORMAT);
	json_out_key(&w, "date");
	json_out_int(&w, s->date);
	json_out_key(&w, "own");
	json_out_bool(&w, s->is_own);
	json_out_key(&w, "roots");
	json_out_uint(&w, tuf_state(s->tuf).roots);
	json_out_key(&w, "documents");
	json_out_list(&w);
	for (size_t i = 0; tuf_document(s->tuf, i, &document); i++)
		json_out_text(&w, document);
	json_out_end(&w);
	json_out_end(&w);
	if (b.failed)
		return err_fail(err, SCOV_E_LIMIT, "the documents of the trust root are too many");
	int rc = outfile_open(&f, file, err);

	f.mode = 0600;
	if (!rc && outfile_write(&f, b.p, b.len))
		rc = err_fail(err, SCOV_E_IO, "'%s': cannot be written", file);
	if (!rc)
		rc = outfile_commit(&f, err);
	outfile_release(&f);
	return rc;
}
