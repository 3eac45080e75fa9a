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

static int file(struct analysis *out, uint32_t entry, struct span path, struct span data)
{
	struct span line = { 0 };

	if (out->kind == KIND_OS_RELEASE)
		return assignments(out, entry, data);
	span_line(&data, &line);
	return record_release(out, entry, span_base(path), span_trim(line));
}

const struct analyzer analyzer_release = {
	.name = "release",
	.bit = BIT_RELEASE,
	.hides = HIDES_FILE,
	.by_kind = true,
	.want = want,
	.file = file,
};
