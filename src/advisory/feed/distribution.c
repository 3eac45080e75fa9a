/* distribution.c - the releases of distributions by their feeds' names.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/feed/distribution.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "base/buf.h"

/* Source: Debian's distro-info-data. The numbers are those of VERSION_ID. */
static const struct {
	const char *codename, *release;
} debian[] = {
	{ "woody", "3.0" },
	{ "sarge", "3.1" },
	{ "etch", "4" },
	{ "lenny", "5" },
	{ "squeeze", "6" },
	{ "wheezy", "7" },
	{ "jessie", "8" },
	{ "stretch", "9" },
	{ "buster", "10" },
	{ "bullseye", "11" },
	{ "bookworm", "12" },
	{ "trixie", "13" },
	{ "forky", "14" },
	{ "duke", "15" },
	{ "sid", "sid" },
};

struct span debian_release(struct span codename, struct arena *a)
{
	struct span name = span_sub(codename, 0, span_find(codename, '-'));

	for (size_t i = 0; i < sizeof(debian) / sizeof(*debian); i++)
		if (span_eq(name, span_str(debian[i].codename)))
			return span_str(arena_printf(a, "Debian:%s", debian[i].release));
	return (struct span){ 0 };
}

/* ---- rpm ---- */

static struct span number_of(struct span text)
{
	size_t n = 0;

	while (ascii_is_digit(span_at(text, n)))
		n++;
	return span_sub(text, 0, n);
}

/* What OSV's string has after the ecosystem. */
enum { REST, MAJOR };

static const struct {
	const char *head, *ecosystem;
	uint8_t form;
} products[] = {
	{ "Oracle Linux ", "Oracle Linux", MAJOR },
	{ "Red Hat Enterprise Linux ", "Red Hat", MAJOR },
	{ "SUSE ", "SUSE", REST },
	{ "openSUSE ", "openSUSE", REST },
};

struct span rpm_product(struct span name, struct arena *a)
{
	for (size_t i = 0; i < sizeof(products) / sizeof(*products); i++) {
		struct span rest = span_from(name, strlen(products[i].head));

		if (!span_starts(name, span_str(products[i].head)))
			continue;
		if (products[i].form == MAJOR)
			rest = number_of(rest);
		return rest.len ? span_str(arena_printf(
					  a, "%s:%.*s", products[i].ecosystem, SPAN_ARG(rest)))
				: rest;
	}
	return (struct span){ 0 };
}

/* Source: the releases of packages in each distribution; VERSION_ID of its os-release. */
static const struct {
	const char *mark; /* a number follows */
	const char *ecosystem, *after;
} marks[] = {
	{ ".azl", "Azure Linux", ".0" },
	{ ".cm", "Mariner", ".0" },
	{ ".ph", "Photon OS", ".0" },
	{ ".amzn", "Amazon Linux", "" },
	{ ".fc", "Fedora", "" },
};

struct span rpm_release(struct span version, struct arena *a)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		struct span mark = span_str(marks[i].mark), number;
		size_t at = span_find_span(version, mark);

		if (at == version.len)
			continue;
		number = number_of(span_from(version, at + mark.len));
		if (!number.len)
			continue;
		if (span_eq(mark, SPAN(".amzn")) && span_eq(number, SPAN("1")))
			number = SPAN("2018.03");
		return span_str(arena_printf(
			a, "%s:%.*s%s", marks[i].ecosystem, SPAN_ARG(number), marks[i].after));
	}
	return (struct span){ 0 };
}

bool rpm_is_flavour(struct span version)
{
	return span_has(version, SPAN(".ksplice")) || span_has(version, SPAN("_fips"));
}

void rpm_flaws_add(struct rpm_flaws *list, struct span id, struct arena *a)
{
	for (size_t i = 0; i < list->n; i++)
		if (span_eq(list->p[i], id))
			return;
	id = arena_dup(a, id);
	vec_add(list, a, &id);
}

void rpm_flaws_of(struct rpm_flaws *list, struct span text, struct arena *a)
{
	static const struct span head = SPAN_INIT("CVE-");
	size_t at;

	while ((at = span_find_span(text, head)) < text.len) {
		size_t n = head.len;

		text = span_from(text, at);
		while (ascii_is_digit(span_at(text, n)) || (span_at(text, n) == '-' && n == 8))
			n++;
		if (n > 9)
			rpm_flaws_add(list, span_sub(text, 0, n), a);
		text = span_from(text, n);
	}
}

/* What has no fix is listed by its source: a row of its own. */
static bool is_source(const struct rpm_item *p)
{
	return span_eq(p->arch, SPAN("src")) && p->state != FIX_FIXED;
}

static int compare(const void *x, const void *y)
{
	const struct rpm_item *a = x, *b = y;
	int order = span_cmp(a->ecosystem, b->ecosystem);

	order = order ? order : span_cmp(a->package, b->package);
	order = order ? order : span_cmp(a->module, b->module);
	order = order ? order : span_cmp(a->bound, b->bound);
	order = order ? order : span_cmp(a->from, b->from);
	order = order ? order : (a->is_last > b->is_last) - (a->is_last < b->is_last);
	order = order ? order : (a->state > b->state) - (a->state < b->state);
	order = order ? order : (a->rating > b->rating) - (a->rating < b->rating);
	order = order ? order : span_cmp(a->advisory, b->advisory);
	order = order ? order : is_source(a) - is_source(b);
	return order ? order : span_cmp(a->cvss, b->cvss);
}

static int by_arch(const void *x, const void *y)
{
	int order = compare(x, y);

	return order ? order
		     : span_cmp(((const struct rpm_item *)x)->arch,
			       ((const struct rpm_item *)y)->arch);
}

/* All of [from, to), separated by blanks; empty when one is any. Where a fix is listed, that of the
 * source package is that of the binary of the same name. */
static struct span arches_of(const struct rpm_item *list, size_t from, size_t to, struct arena *a)
{
	scoped_buf struct buf b = { 0 };

	for (size_t i = from; i < to; i++) {
		struct span arch = list[i].arch;

		if (!arch.len || span_eq(arch, SPAN("noarch")) ||
			(span_eq(arch, SPAN("src")) && list[i].state == FIX_FIXED))
			return (struct span){ 0 };
		if (i > from && span_eq(arch, list[i - 1].arch))
			continue;
		buf_printf(&b, "%s%.*s", b.len ? " " : "", SPAN_ARG(arch));
	}
	if (b.failed)
		arena_fail(a);
	return arena_dup(a, buf_view(&b));
}

int rpm_rows(struct feed *f, struct rpm_item *list, size_t n, const struct span *ids, size_t ids_n,
	struct scov_err *err)
{
	int code = 0;

	if (n)
		qsort(list, n, sizeof(*list), by_arch);
	for (size_t from = 0, to; from < n && !code; from = to) {
		const struct rpm_item *p = &list[from];
		struct advisory_range range = { .introduced = p->from };
		struct advisory_row row = { .ecosystem = p->ecosystem,
			.package = p->package,
			.advisory = p->advisory,
			.module = p->module,
			.cvss = p->cvss,
			.state = p->state,
			.rating = p->rating,
			.ranges = &range,
			.ranges_n = p->state == FIX_NOT_AFFECTED ? 0 : 1 };

		*(p->is_last ? &range.last_affected : &range.fixed) = p->bound;
		for (to = from + 1; to < n && !compare(p, &list[to]);)
			to++;
		row.arch = arches_of(list, from, to, &f->arena);
		for (size_t i = 0; i < ids_n && !code; i++) {
			row.id = ids[i];
			code = feed_row(f, &row, err);
		}
	}
	return code;
}
