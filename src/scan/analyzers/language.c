/* language.c - packages of languages, by their records (format/language.h).
 *
 * A record that cannot be read hides the inventory only: it is a warning.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/language.h"

#include "scan/analyzers/record.h"

struct reading {
	struct analysis *out;
	uint32_t entry;
	uint8_t type;
	bool full; /* the part */
};

static int package(void *ctx, const struct language_package *p)
{
	struct reading *r = ctx;
	struct package_fact f = {
		.entry = r->entry,
		.type = r->type,
		.name = p->name,
		.version = p->version,
		.arch = p->arch,
		.vendor = p->vendor,
		.license = p->license,
		.built = p->built,
		.is_main = p->is_main,
	};
	int code = record_package(r->out, &f);

	r->full = code != 0;
	return code;
}

static enum want want(const struct entry *e, struct span path, uint8_t kind)
{
	(void)kind;
	return is_file(e) && language_format_of(path) ? WANT_WHOLE : WANT_NOTHING;
}

static uint8_t type_of(const char *name)
{
	uint8_t type = PACKAGE_TYPES - 1;

	while (type && strcmp(package_row(type)->name, name) != 0)
		type--;
	return type;
}

static int file(struct analysis *out, uint32_t entry, struct span path, struct span data)
{
	const struct language_format *format = language_format_of(path);
	struct reading reading = { .out = out, .entry = entry, .type = type_of(format->type) };
	struct language_record record = { .path = path,
		.data = data,
		.arena = out->scratch,
		.package = package,
		.ctx = &reading };
	struct scov_err err = { 0 };

	if (format->read(&record, &err) && !reading.full)
		diag_add(out, DIAG_WARNING, entry, HIDES_INVENTORY, "record of a %s package: %s",
			format->type, err.text);
	return reading.full ? SCOV_E_LIMIT : 0;
}

/* A file is read by its own name: one that is a record only by the name of a link is not. */
static void link(struct analysis *out, uint32_t entry, struct span path, struct span target)
{
	const struct language_format *format = language_format_of(path);

	while (span_starts(target, SPAN("/")))
		target = span_from(target, 1);
	if (format && language_format_of(target) != format)
		diag_add(out, DIAG_WARNING, entry, HIDES_INVENTORY,
			"record of a %s package: a link to a file of another name", format->type);
}

const struct analyzer analyzer_language = {
	.name = "language",
	.bit = BIT_LANGUAGE,
	.hides = HIDES_INVENTORY,
	.want = want,
	.file = file,
	.link = link,
};
