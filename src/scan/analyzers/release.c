/* release.c - which distribution: os-release and the files of one line beside it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/os_release.h"

#include "scan/analyzers/record.h"

static const struct span keys[] = {
	SPAN_INIT("ID"),
	SPAN_INIT("ID_LIKE"),
	SPAN_INIT("VERSION_ID"),
	SPAN_INIT("VERSION_CODENAME"),
	SPAN_INIT("NAME"),
	SPAN_INIT("PRETTY_NAME"),
	SPAN_INIT("VARIANT_ID"),
	SPAN_INIT("SUPPORT_END"),
	SPAN_INIT("IMAGE_ID"),
	SPAN_INIT("BUILD_ID"),
};

static enum want want(const struct entry *e, struct span path, uint8_t kind)
{
	(void)path;
	if (!is_file(e))
		return WANT_NOTHING;
	return kind == KIND_OS_RELEASE ? WANT_WHOLE
	       : kind == KIND_RELEASE  ? WANT_HEAD
				       : WANT_NOTHING;
}

/* The last assignment of a key wins, as in a shell. */
static int assignments(struct analysis *out, uint32_t entry, struct span data)
{
	struct os_release_line line;
	size_t first = out->part->releases.n;

	if (span_starts(data, SPAN("\xef\xbb\xbf"))) /* a byte order mark */
		data = span_from(data, 3);

	while (os_release_next(&data, &line)) {
		if (!PATH_IS_ONE_OF(line.key, keys))
			continue;
		struct span value = span_of(line.value, line.value_len);
		size_t i = first;

		while (i < out->part->releases.n &&
			!span_eq(out->part->releases.p[i].key, line.key))
			i++;
		if (i == out->part->releases.n) {
			if (record_release(out, entry, line.key, value))
				return SCOV_E_LIMIT;
		} else if (!record_text(out, value, &out->part->releases.p[i].value)) {
			return SCOV_E_LIMIT;
		}
	}
	return 0;
}

/* The first line, and what /etc/lsb-release and /etc/SuSE-release assign. */
static int release_file(struct analysis *out, uint32_t entry, struct span path, struct span data)
{
	static const struct span assigned[] = { SPAN_INIT("DISTRIB_ID"),
		SPAN_INIT("DISTRIB_RELEASE"), SPAN_INIT("DISTRIB_CODENAME"),
		SPAN_INIT("DISTRIB_DESCRIPTION"), SPAN_INIT("PATCHLEVEL") };
	enum { LINES_MAX = 16 };
	struct span line = { 0 };

	span_line(&data, &line);
	int code = record_release(out, entry, span_base(path), span_trim(line));

	for (int i = 0; i < LINES_MAX && !code; i++) {
		size_t eq = span_find(line, '=');
		struct span key = span_trim(span_sub(line, 0, eq)),
			    value = span_trim(span_from(line, eq + 1));

		if (span_at(value, 0) == '"' && value.len > 1)
			value = span_sub(value, 1, value.len - 2);
		if (PATH_IS_ONE_OF(key, assigned))
			code = record_release(out, entry, key, value);
		if (!span_line(&data, &line))
			break;
	}
	return code;
}

static int file(struct analysis *out, uint32_t entry, struct span path, struct span data)
{
	return out->kind == KIND_OS_RELEASE ? assignments(out, entry, data)
					    : release_file(out, entry, path, data);
}

const struct analyzer analyzer_release = {
	.name = "release",
	.bit = BIT_RELEASE,
	.hides = HIDES_FILE,
	.by_kind = true,
	.want = want,
	.file = file,
};
