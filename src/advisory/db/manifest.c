/* manifest.c - manifest.json, read and written.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/db/manifest.h"

#include "base/date.h"
#include "base/table.h"
#include "syntax/json.h"

const char *const feed_class_names[] = { "fixed", "unfixed", "negative", "rating",
	"partial" };
ROWS(feed_class_names, FEED_CLASSES);

char *manifest_file_name(enum advisory_family family, const struct digest *sha256, struct arena *a)
{
	char hex[DIGEST_TEXT];

	return arena_printf(a, "%s-%.16s" MANIFEST_FILE_END, advisory_family_names[family],
		digest_hex(sha256, hex));
}

static bool day_of(const struct json *v, int64_t *out)
{
	return date_parse_day(json_text(v), out);
}

static bool read_source(const struct json *v, struct advisory_source *out)
{
	const struct json *classes = json_get(v, "classes");

	*out = (struct advisory_source){
		.name = json_get_text(v, "name"),
		.address = json_get_text(v, "address"),
		.licence = json_get_text(v, "licence"),
	};
	for (size_t i = 0; i < json_count(classes); i++)
		for (int c = 0; c < FEED_CLASSES; c++)
			if (span_eq(json_text(json_at(classes, i)), span_str(feed_class_names[c])))
				out->classes |= (uint8_t)(1 << c);
	return out->name.len && day_of(json_get(v, "newest"), &out->day);
}

static bool family_of(struct span name, enum advisory_family *out)
{
	for (int i = 0; i < FAMILIES; i++)
		if (span_eq(name, span_str(advisory_family_names[i]))) {
			*out = (enum advisory_family)i;
			return true;
		}
	return false;
}

/* A family that this program does not know is passed over. */
static int read_file(const struct json *v, struct arena *a, struct manifest_file *out,
	bool *out_is_known, struct scov_err *err)
{
	struct manifest_file f = { .name = json_get_text(v, "name") };
	const char *name = NULL;

	*out_is_known = family_of(json_get_text(v, "family"), &f.family);
	if (!*out_is_known)
		return 0;
	int rc = digest_parse(json_get_text(v, "digest"), &f.sha256, err);

	if (rc)
		return rc;
	name = manifest_file_name(f.family, &f.sha256, a);
	if (f.sha256.algorithm != DIGEST_SHA256 || !name || !span_eq(f.name, span_str(name)) ||
		!json_uint(json_get(v, "size"), INT64_MAX, &f.size))
		return err_fail(err, SCOV_E_FORMAT, "the row of family '%s' is damaged",
			advisory_family_names[f.family]);
	*out = f;
	return 0;
}

static int read_files(const struct json *files, struct arena *a, struct advisory_manifest *m,
	struct scov_err *err)
{
	struct manifest_file *rows = arena_array(a, json_count(files), sizeof(*rows));
	bool is_seen[FAMILIES] = { 0 };

	for (size_t i = 0; rows && i < json_count(files); i++) {
		struct manifest_file *row = &rows[m->files_n];
		bool is_known;
		int rc = read_file(json_at(files, i), a, row, &is_known, err);

		if (rc)
			return rc;
		if (!is_known)
			continue;
		if (is_seen[row->family])
			return err_fail(err, SCOV_E_FORMAT, "two files of family '%s'",
				advisory_family_names[row->family]);
		is_seen[row->family] = true;
		m->files_n++;
	}
	m->files = rows;
	return 0;
}

int manifest_parse(
	struct span in, struct arena *a, struct advisory_manifest *out, struct scov_err *err)
{
	const struct json *root;
	struct advisory_manifest m = { 0 };
	uint64_t format = 0;
	int rc = json_parse(in, MANIFEST_MAX, a, &root, err);

	if (rc)
		return rc;
	if (!json_uint(json_get(root, "format"), UINT32_MAX, &format) || !format)
		return err_fail(err, SCOV_E_FORMAT, "not a manifest of an advisory database");
	if (format > MANIFEST_FORMAT)
		return err_fail(err, SCOV_E_UNSUPPORTED,
			"format %u is newer than this program, which reads format %d",
			(unsigned)format, MANIFEST_FORMAT);
	const struct json *sources = json_get(root, "sources"), *files = json_get(root, "files");

	if (!day_of(json_get(root, "built"), &m.built) || !json_is(sources, JSON_LIST) ||
		!json_is(files, JSON_LIST))
		return err_fail(err, SCOV_E_FORMAT, "built, sources or files is missing");
	m.is_builtin = json_truth(json_get(root, "builtin"));
	if (json_get(root, "sequence") &&
		(!json_uint(json_get(root, "sequence"), INT64_MAX, &m.sequence) ||
			!day_of(json_get(root, "expires"), &m.expires)))
		return err_fail(err, SCOV_E_FORMAT, "sequence or expires is damaged");
	m.sources_n = json_count(sources);
	struct advisory_source *rows = arena_array(a, m.sources_n, sizeof(*rows));

	for (size_t i = 0; rows && i < m.sources_n; i++)
		if (!read_source(json_at(sources, i), &rows[i]))
			return err_fail(err, SCOV_E_FORMAT, "sources[%zu] is damaged", i);
	m.sources = rows;
	rc = read_files(files, a, &m, err);
	if (!rc)
		rc = arena_check(a, err);
	if (!rc)
		*out = m;
	return rc;
}

static void write_source(struct json_out *w, const struct advisory_source *s)
{
	char day[DATE_TEXT];

	json_out_dict(w);
	json_out_key(w, "name");
	json_out_text(w, s->name);
	json_out_key(w, "address");
	json_out_text(w, s->address);
	json_out_key(w, "licence");
	json_out_text(w, s->licence);
	json_out_key(w, "newest");
	json_out_str(w, date_format_day(s->day, day));
	json_out_key(w, "classes");
	json_out_list(w);
	for (int c = 0; c < FEED_CLASSES; c++)
		if (s->classes & 1 << c)
			json_out_str(w, feed_class_names[c]);
	json_out_end(w);
	json_out_end(w);
}

void manifest_write(struct buf *out, const struct advisory_manifest *m)
{
	struct json_out w = { .out = out, .indent = 1 };
	char text[DATE_TEXT], digest[DIGEST_TEXT];

	json_out_dict(&w);
	json_out_key(&w, "format");
	json_out_uint(&w, MANIFEST_FORMAT);
	json_out_key(&w, "built");
	json_out_str(&w, date_format_day(m->built, text));
	json_out_key(&w, "builtin");
	json_out_bool(&w, m->is_builtin);
	if (m->sequence) {
		json_out_key(&w, "sequence");
		json_out_uint(&w, m->sequence);
		json_out_key(&w, "expires");
		json_out_str(&w, date_format_day(m->expires, text));
	}
	json_out_key(&w, "sources");
	json_out_list(&w);
	for (size_t i = 0; i < m->sources_n; i++)
		write_source(&w, &m->sources[i]);
	json_out_end(&w);
	json_out_key(&w, "files");
	json_out_list(&w);
	for (size_t i = 0; i < m->files_n; i++) {
		json_out_dict(&w);
		json_out_key(&w, "family");
		json_out_str(&w, advisory_family_names[m->files[i].family]);
		json_out_key(&w, "name");
		json_out_text(&w, m->files[i].name);
		json_out_key(&w, "digest");
		json_out_str(&w, digest_format(&m->files[i].sha256, digest));
		json_out_key(&w, "size");
		json_out_uint(&w, m->files[i].size);
		json_out_end(&w);
	}
	json_out_end(&w);
	json_out_end(&w);
	buf_byte(out, '\n');
}
