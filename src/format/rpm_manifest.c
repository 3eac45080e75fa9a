/* rpm_manifest.c - the list of packages of Azure Linux distroless images.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/rpm_manifest.h"

enum { NAME, VERSION, INSTALLED, BUILT, VENDOR, EPOCH, SIZE, ARCH, EPOCH_NUMBER, SOURCE, COLUMNS };

struct rpm_manifest rpm_manifest_read(struct span in)
{
	return (struct rpm_manifest){ .rest = in };
}

static struct span known(struct span column)
{
	return span_eq(column, SPAN("(none)")) ? (struct span){ 0 } : column;
}

static bool parse_line(struct span line, struct rpm_line *out)
{
	struct span c[COLUMNS] = { 0 };
	uint64_t built = 0, epoch = 0;
	size_t n = 0;

	while (n < COLUMNS && span_split(&line, '\t', &c[n]))
		n++;
	/* Older lists end before EPOCHNUM. */
	if (n <= ARCH || !c[NAME].len || !c[VERSION].len ||
		span_find(c[VERSION], '-') == c[VERSION].len)
		return false;
	span_number(c[BUILT], 10, INT64_MAX, &built);
	span_number(c[EPOCH], 10, UINT32_MAX, &epoch);
	*out = (struct rpm_line){ .name = c[NAME],
		.version = c[VERSION],
		.vendor = known(c[VENDOR]),
		.arch = known(c[ARCH]),
		.source_rpm = known(c[SOURCE]),
		.epoch = epoch,
		.built = (int64_t)built };
	return true;
}

bool rpm_manifest_next(struct rpm_manifest *r, struct rpm_line *out)
{
	struct span line;

	while (span_line(&r->rest, &line)) {
		r->line++;
		if (!line.len)
			continue;
		if (parse_line(line, out))
			return true;
		r->bad++;
	}
	return false;
}
