/* wall.c - chisel's manifest.wall.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/wall.h"

#include "syntax/json.h"

static int parse_line(
	struct span *rest, struct arena *scratch, const struct json **v, struct scov_err *err)
{
	struct span line;

	arena_reset(scratch);
	if (!span_line(rest, &line))
		return 0;
	int code = json_parse(line, WALL_LINE_MAX, scratch, v, err);

	return code ? code : 1;
}

int wall_open(struct span *rest, struct arena *scratch, uint64_t *count, struct scov_err *err)
{
	const struct json *v = NULL;
	uint64_t n = 0;
	int code = parse_line(rest, scratch, &v, err);

	if (code < 0)
		return err_wrap(err, "manifest.wall");
	if (code == 0 || !json_get_text(v, "jsonwall").len)
		return err_fail(
			err, SCOV_E_FORMAT, "manifest.wall: first line does not name the format");
	json_uint(json_get(v, "count"), UINT32_MAX, &n);
	*count = n;
	return 0;
}

static struct span no_slash(struct span path)
{
	return span_at(path, 0) == '/' ? span_from(path, 1) : path;
}

int wall_next(struct span *rest, struct arena *scratch, struct wall_row *out, struct scov_err *err)
{
	const struct json *v = NULL;
	struct wall_row row = { 0 };
	int code = parse_line(rest, scratch, &v, err);

	if (code < 0)
		return err_wrap(err, "manifest.wall");
	if (code == 0)
		return 0;
	struct span kind = json_get_text(v, "kind");

	if (span_eq(kind, SPAN("package"))) {
		row = (struct wall_row){ .kind = WALL_PACKAGE,
			.name = json_get_text(v, "name"),
			.version = json_get_text(v, "version"),
			.arch = json_get_text(v, "arch") };
		if (!row.name.len || !row.version.len)
			return err_fail(err, SCOV_E_FORMAT,
				"manifest.wall: package without a name or version");
	} else if (span_eq(kind, SPAN("content"))) {
		struct span slice = json_get_text(
			v, "slice"); /* "package_slice"; a package's name has no '_' */

		row = (struct wall_row){ .kind = WALL_CONTENT,
			.package = span_sub(slice, 0, span_find(slice, '_')),
			.path = no_slash(json_get_text(v, "path")) };
		if (!row.package.len || !row.path.len)
			return err_fail(err, SCOV_E_FORMAT,
				"manifest.wall: content without a slice or path");
	} else if (!kind.len) {
		return err_fail(err, SCOV_E_FORMAT, "manifest.wall: a line of no kind");
	}
	*out = row;
	return 1;
}
