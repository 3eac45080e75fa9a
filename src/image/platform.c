/* platform.c - platforms: parse, compare, choose.
 *
 * Source: OCI image-spec 1.1, image-index.md, "Platform Variants"; that a missing
 * variant of arm64 is v8 and of arm is v7, and that an arm machine runs lower
 * variants, is what containerd and Docker do.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "image/image.h"

#include <sys/utsname.h>

#include "base/buf.h"
#include "base/err.h"

/* The kernel's names of machines, and OCI's. */
static const struct {
	struct span machine, architecture, variant;
} machines[] = {
	{ SPAN_INIT("x86_64"), SPAN_INIT("amd64"), SPAN_INIT("") },
	{ SPAN_INIT("x86-64"), SPAN_INIT("amd64"), SPAN_INIT("") },
	{ SPAN_INIT("i386"), SPAN_INIT("386"), SPAN_INIT("") },
	{ SPAN_INIT("i686"), SPAN_INIT("386"), SPAN_INIT("") },
	{ SPAN_INIT("aarch64"), SPAN_INIT("arm64"), SPAN_INIT("v8") },
	{ SPAN_INIT("armv8l"), SPAN_INIT("arm"), SPAN_INIT("v8") },
	{ SPAN_INIT("armv7l"), SPAN_INIT("arm"), SPAN_INIT("v7") },
	{ SPAN_INIT("armhf"), SPAN_INIT("arm"), SPAN_INIT("v7") },
	{ SPAN_INIT("armv6l"), SPAN_INIT("arm"), SPAN_INIT("v6") },
	{ SPAN_INIT("armel"), SPAN_INIT("arm"), SPAN_INIT("v6") },
	{ SPAN_INIT("armv5tel"), SPAN_INIT("arm"), SPAN_INIT("v5") },
	{ SPAN_INIT("loongarch64"), SPAN_INIT("loong64"), SPAN_INIT("") },
};

static struct platform with_machine(struct platform p)
{
	for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++)
		if (span_eq_nocase(p.architecture, machines[i].machine)) {
			p.architecture = machines[i].architecture;
			if (!p.variant.len)
				p.variant = machines[i].variant;
			break;
		}
	return p;
}

/* The platform of this machine, as OCI writes it; spans point into *name. */
static struct platform image_host_platform(struct utsname *name)
{
	struct platform p = { .os = SPAN("linux") };

	if (!uname(name))
		p.architecture = span_str(name->machine);
	return with_machine(p);
}

struct platform image_parse_platform(const char *text)
{
	struct span rest = span_str(text);
	struct platform p = { 0 };

	span_split(&rest, '/', &p.os);
	span_split(&rest, '/', &p.architecture);
	p.variant = rest;
	return with_machine(p);
}

static struct platform normal(struct platform p)
{
	p = with_machine(p);
	if (span_eq(p.architecture, SPAN("arm64")) && !p.variant.len)
		p.variant = SPAN("v8");
	if (span_eq(p.architecture, SPAN("arm")) && !p.variant.len)
		p.variant = SPAN("v7");
	if (span_eq(p.architecture, SPAN("amd64")) && span_eq(p.variant, SPAN("v1")))
		p.variant = SPAN("");
	return p;
}

static unsigned arm_version(struct span variant)
{
	uint64_t v;

	return span_starts(variant, SPAN("v")) && span_number(span_from(variant, 1), 10, 9, &v)
		       ? (unsigned)v
		       : 0;
}

/* 0: does not run there; higher is better. exact: the user gave the variant. */
static unsigned score(struct platform want, struct platform have, bool exact)
{
	want = normal(want);
	have = normal(have);
	if (!span_eq(want.os, have.os) || !span_eq(want.architecture, have.architecture))
		return 0;
	if (span_eq(want.variant, have.variant))
		return 100;
	if (exact || !span_eq(want.architecture, SPAN("arm")))
		return 0;
	return arm_version(have.variant) && arm_version(have.variant) < arm_version(want.variant)
		       ? arm_version(have.variant)
		       : 0;
}

static int fail_platform(const struct image_choices *c, struct platform want, struct scov_err *err)
{
	scoped_buf struct buf list = { .limit = 4096 };

	for (size_t i = 0; i < c->list.n && list.len < 600; i++) {
		const struct platform *p = &c->list.p[i].platform;

		buf_str(&list, i ? ", " : "");
		if (!p->os.len && !p->architecture.len)
			buf_str(&list, "one without a platform");
		buf_span(&list, p->os);
		buf_str(&list, p->architecture.len ? "/" : "");
		buf_span(&list, p->architecture);
		buf_str(&list, p->variant.len ? "/" : "");
		buf_span(&list, p->variant);
	}
	return err_fail(err, SCOV_E_NOT_FOUND, "no image for %.*s/%.*s%s%.*s; available: %s",
		SPAN_ARG(want.os), SPAN_ARG(want.architecture), want.variant.len ? "/" : "",
		SPAN_ARG(want.variant), list.len ? list.p : "none");
}

int image_pick(const struct image_choices *c, const char *platform, const struct image_choice **out,
	struct scov_err *err)
{
	struct utsname name;
	struct platform want =
		platform ? image_parse_platform(platform) : image_host_platform(&name);
	const struct image_choice *best = NULL;
	bool has_variant = platform && image_parse_platform(platform).variant.len;
	unsigned most = 0;

	if (platform && (!want.os.len || !want.architecture.len ||
				span_find(want.variant, '/') < want.variant.len))
		return err_fail(err, SCOV_E_USAGE,
			"platform '%s': must be os/architecture[/variant]", platform);
	for (size_t i = 0; i < c->list.n; i++) {
		unsigned points = score(want, c->list.p[i].platform, has_variant);

		if (points > most) {
			most = points;
			best = &c->list.p[i];
		}
	}
	/* A single image is always chosen; if it does not name a platform, its config does. */
	if (!best && c->list.n == 1 && (!platform || !c->list.p[0].descriptor.has_platform))
		best = &c->list.p[0];
	if (!best)
		return fail_platform(c, want, err);
	*out = best;
	return 0;
}
