/* release.c - which distribution: os-release and the files of one line beside it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/os_release.h"

#include "scan/analyzers/record.h"

static const struct span os_release[] = { SPAN_INIT("etc/os-release"),
	SPAN_INIT("usr/lib/os-release") };

/* The fact's key is the file's name. */
static const struct span one_line[] = {
	SPAN_INIT("etc/debian_version"),
	SPAN_INIT("etc/alpine-release"),
	SPAN_INIT("etc/redhat-release"),
	SPAN_INIT("etc/centos-release"),
	SPAN_INIT("etc/fedora-release"),
	SPAN_INIT("etc/rocky-release"),
	SPAN_INIT("etc/almalinux-release"),
	SPAN_INIT("etc/oracle-release"),
	SPAN_INIT("etc/system-release"),
	SPAN_INIT("etc/SuSE-release"),
	SPAN_INIT("etc/arch-release"),
	SPAN_INIT("etc/mariner-release"),
	SPAN_INIT("etc/photon-release"),
	SPAN_INIT("etc/lsb-release"),
	SPAN_INIT("etc/azurelinux-release"),
};

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

static enum want want(const struct entry *e, struct span path)
{
	if (!is_file(e))
		return WANT_NOTHING;
	if (PATH_IS_ONE_OF(path, os_release))
		return WANT_WHOLE;
	return PATH_IS_ONE_OF(path, one_line) ? WANT_HEAD : WANT_NOTHING;
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

	if (PATH_IS_ONE_OF(path, os_release))
		return assignments(out, entry, data);
	span_line(&data, &line);
	return record_release(out, entry, span_base(path), span_trim(line));
}

const struct analyzer analyzer_release = {
	.name = "release",
	.bit = BIT_RELEASE,
	.hides = HIDES_FILE,
	.want = want,
	.file = file,
};
