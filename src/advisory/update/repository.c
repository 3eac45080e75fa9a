/* repository.c - where a repository of rpm packages has its updateinfo.xml.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/update/repository.h"

#include "syntax/xml.h"

int repository_address(struct span list, struct arena *a, struct span *out, struct scov_err *err)
{
	static const struct span scheme = SPAN_INIT("https://"), variable = SPAN_INIT("$basearch");
	struct span line = { 0 };

	span_line(&list, &line);
	line = span_trim(line);
	while (span_ends(line, SPAN("/")))
		line.len--;
	for (size_t i = 0; i < line.len; i++)
		if (span_at(line, i) <= ' ' || span_at(line, i) > '~')
			line.len = 0;
	if (!span_starts(line, scheme) || line.len == scheme.len)
		return err_fail(err, SCOV_E_FORMAT, "not a list of addresses (https://...)");
	size_t at = span_find_span(line, variable);
	bool has = at < line.len;

	*out = span_str(arena_printf(a, "%.*s%s%.*s/", SPAN_ARG(span_sub(line, 0, at)),
		has ? "x86_64" : "", SPAN_ARG(span_from(line, at + (has ? variable.len : 0)))));
	return arena_check(a, err);
}

struct repomd {
	struct arena *arena;
	bool is_wanted, is_sha256;
	struct span path, sum;
};

static int begin(void *ctx, struct span name, const struct xml_attribute *list, size_t n,
	struct scov_err *err)
{
	struct repomd *r = ctx;

	if (span_eq(name, SPAN("data")))
		r->is_wanted = span_eq(xml_value(list, n, "type"), SPAN("updateinfo"));
	else if (span_eq(name, SPAN("checksum")))
		r->is_sha256 = span_eq(xml_value(list, n, "type"), SPAN("sha256"));
	else if (r->is_wanted && !r->path.len && span_eq(name, SPAN("location")))
		r->path = arena_dup(r->arena, xml_value(list, n, "href"));
	return arena_check(r->arena, err);
}

static int end(void *ctx, struct span name, struct span text, struct scov_err *err)
{
	struct repomd *r = ctx;

	if (r->is_wanted && r->is_sha256 && !r->sum.len && span_eq(name, SPAN("checksum")))
		r->sum = span_str(arena_printf(r->arena, "sha256:%.*s", SPAN_ARG(text)));
	return arena_check(r->arena, err);
}

int repository_updateinfo(struct span repomd, struct arena *a, struct span *out_path,
	struct digest *out_digest, struct scov_err *err)
{
	static const struct xml_events events = { begin, end };
	static const struct span odd[] = { SPAN_INIT("?"), SPAN_INIT("#"), SPAN_INIT("%"),
		SPAN_INIT(" ") };
	struct repomd r = { .arena = a };
	size_t which;
	struct xml *x = xml_open(&events, &r);
	int code = x ? xml_push(x, repomd, err) : err_memory(err);

	if (!code)
		code = xml_end(x, err);
	xml_free(x);
	if (code)
		return code;
	if (!r.path.len || !span_is_path(r.path, 16) ||
		span_find_any(r.path, odd, 4, &which) < r.path.len)
		return err_fail(err, SCOV_E_FORMAT, "it names no updateinfo.xml");
	if (digest_parse(r.sum, out_digest, err))
		return err_fail(err, SCOV_E_FORMAT, "it states no SHA-256 of updateinfo.xml");
	*out_path = r.path;
	return 0;
}
