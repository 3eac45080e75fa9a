/* platform.c - platforms: parse, compare, choose.
 *
 * Source: OCI image-spec 1.1, image-index.md, "Platform Variants", and what
 * runtimes do: containerd/platforms 1.0 (containerd, Docker) and
 * internal/pkg/platform of containers/image 5 (Podman, CRI-O, skopeo).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "image/image.h"

#include <sys/utsname.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "base/err.h"
#include "source/oci.h"

/* The kernel's names of machines, and OCI's. */
static const struct {
	struct span machine, architecture, variant;
	bool has_variants; /* it may say one of its own */
} machines[] = {
	{ SPAN_INIT("x86_64"), SPAN_INIT("amd64"), SPAN_INIT(""), true },
	{ SPAN_INIT("x86-64"), SPAN_INIT("amd64"), SPAN_INIT(""), true },
	{ SPAN_INIT("i386"), SPAN_INIT("386"), SPAN_INIT(""), false },
	{ SPAN_INIT("i686"), SPAN_INIT("386"), SPAN_INIT(""), false },
	{ SPAN_INIT("aarch64"), SPAN_INIT("arm64"), SPAN_INIT("v8"), true },
	{ SPAN_INIT("armv8l"), SPAN_INIT("arm"), SPAN_INIT("v8"), false },
	{ SPAN_INIT("armv7l"), SPAN_INIT("arm"), SPAN_INIT("v7"), false },
	{ SPAN_INIT("armhf"), SPAN_INIT("arm"), SPAN_INIT("v7"), false },
	{ SPAN_INIT("armv6l"), SPAN_INIT("arm"), SPAN_INIT("v6"), false },
	{ SPAN_INIT("armel"), SPAN_INIT("arm"), SPAN_INIT("v6"), false },
	{ SPAN_INIT("armv5tel"), SPAN_INIT("arm"), SPAN_INIT("v5"), false },
	{ SPAN_INIT("loongarch64"), SPAN_INIT("loong64"), SPAN_INIT(""), true },
};

static struct platform with_machine(struct platform p)
{
	for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++)
		if (span_eq_nocase(p.architecture, machines[i].machine)) {
			p.architecture = machines[i].architecture;
			if (!p.variant.len || !machines[i].has_variants)
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

static struct platform parse(const char *text)
{
	struct span rest = span_str(text);
	struct platform p = { 0 };

	span_split(&rest, '/', &p.os);
	span_split(&rest, '/', &p.architecture);
	p.variant = rest;
	return p;
}

struct platform image_parse_platform(const char *text)
{
	return with_machine(parse(text));
}

/* "v8", "8" and the "armv8" of old builds are one. */
static unsigned version_of(struct span variant)
{
	uint64_t v;

	if (span_starts(variant, SPAN("armv")))
		variant = span_from(variant, 3);
	if (ascii_lower(span_at(variant, 0)) == 'v')
		variant = span_from(variant, 1);
	return span_number(variant, 10, 9, &v) ? (unsigned)v : 0;
}

static struct span variant_name(unsigned version)
{
	static const struct span names[] = { SPAN_INIT("v1"), SPAN_INIT("v2"), SPAN_INIT("v3"),
		SPAN_INIT("v4"), SPAN_INIT("v5"), SPAN_INIT("v6"), SPAN_INIT("v7"), SPAN_INIT("v8"),
		SPAN_INIT("v9") };

	return names[version - 1];
}

/* In the words of containerd, what it does not know too: "i686", "armv8". */
static struct platform normal(struct platform p)
{
	p = with_machine(p);
	if (version_of(p.variant))
		p.variant = variant_name(version_of(p.variant));
	return p;
}

static bool is_machine(struct platform p, const char *name)
{
	return span_eq_nocase(p.architecture, span_str(name));
}

/* Its platforms.Normalize. */
static struct platform containerd_normal(struct platform p)
{
	static const struct {
		struct span architecture, variant, to, to_variant; /* "*": any */
	} rows[] = {
		{ SPAN_INIT("i386"), SPAN_INIT("*"), SPAN_INIT("386"), SPAN_INIT("") },
		{ SPAN_INIT("amd64"), SPAN_INIT("v1"), SPAN_INIT("amd64"), SPAN_INIT("") },
		{ SPAN_INIT("arm64"), SPAN_INIT("8"), SPAN_INIT("arm64"), SPAN_INIT("") },
		{ SPAN_INIT("arm64"), SPAN_INIT("v8"), SPAN_INIT("arm64"), SPAN_INIT("") },
		{ SPAN_INIT("arm64"), SPAN_INIT("v8.0"), SPAN_INIT("arm64"), SPAN_INIT("") },
		{ SPAN_INIT("arm64"), SPAN_INIT("9"), SPAN_INIT("arm64"), SPAN_INIT("v9") },
		{ SPAN_INIT("arm64"), SPAN_INIT("9.0"), SPAN_INIT("arm64"), SPAN_INIT("v9") },
		{ SPAN_INIT("arm64"), SPAN_INIT("v9.0"), SPAN_INIT("arm64"), SPAN_INIT("v9") },
		{ SPAN_INIT("armhf"), SPAN_INIT("*"), SPAN_INIT("arm"), SPAN_INIT("v7") },
		{ SPAN_INIT("armel"), SPAN_INIT("*"), SPAN_INIT("arm"), SPAN_INIT("v6") },
		{ SPAN_INIT("arm"), SPAN_INIT(""), SPAN_INIT("arm"), SPAN_INIT("v7") },
		{ SPAN_INIT("arm"), SPAN_INIT("7"), SPAN_INIT("arm"), SPAN_INIT("v7") },
		{ SPAN_INIT("arm"), SPAN_INIT("5"), SPAN_INIT("arm"), SPAN_INIT("v5") },
		{ SPAN_INIT("arm"), SPAN_INIT("6"), SPAN_INIT("arm"), SPAN_INIT("v6") },
		{ SPAN_INIT("arm"), SPAN_INIT("8"), SPAN_INIT("arm"), SPAN_INIT("v8") },
	};

	p.os = !p.os.len                             ? SPAN("linux")
	       : span_eq_nocase(p.os, SPAN("macos")) ? SPAN("darwin")
						     : p.os;
	if (is_machine(p, "x86_64") || is_machine(p, "x86-64"))
		p.architecture = SPAN("amd64");
	if (is_machine(p, "aarch64"))
		p.architecture = SPAN("arm64");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (span_eq_nocase(p.architecture, rows[i].architecture) &&
			(span_eq(rows[i].variant, SPAN("*")) ||
				span_eq_nocase(p.variant, rows[i].variant))) {
			p.architecture = rows[i].to;
			p.variant = rows[i].to_variant;
			break;
		}
	return p;
}

/* How well a runtime takes an image; 0: not at all, higher is better. */
enum {
	RANK_UNNAMED = 1 /* an entry without a platform, after all others */,
	RANK_RELATED = 10,
	RANK_LOWER = 50,
	RANK_SAME = 200
};

/* "v2" of amd64 and arm, 0 for anything else. */
static unsigned plain_version(struct span variant)
{
	return variant.len == 2 && ascii_lower(span_at(variant, 0)) == 'v' ? version_of(variant)
									   : 0;
}

/* "v8.3" of arm64 as 803; none is v8. 0: containerd does not know it. */
static unsigned arm64_version(struct span variant)
{
	uint64_t minor = 0;

	if (!variant.len)
		return 800;
	unsigned major = plain_version(span_sub(variant, 0, 2));

	if (variant.len > 2 && (span_at(variant, 2) != '.' || variant.len != 4 ||
				       !span_number(span_from(variant, 3), 10, 9, &minor)))
		return 0;
	return (major == 8 || (major == 9 && minor <= 7)) ? 100 * major + (unsigned)minor : 0;
}

/* A machine of arm64 runs what is lower, of v8 up to the minor that its v9 is built on. */
static unsigned rank_arm64(unsigned want, struct platform have)
{
	unsigned is = arm64_version(have.variant);

	if (!is || is > want || (want >= 900 && is < 900 && is > want - 95))
		return 0;
	return RANK_LOWER + (is - 800) % 90;
}

/* containerd and Docker: the order of platforms.Only. */
static unsigned rank_match(struct platform want, struct platform have)
{
	bool goes_down = is_machine(want, "arm") || is_machine(want, "amd64");
	unsigned least = is_machine(want, "arm") ? 5 : 1, is = plain_version(have.variant);
	unsigned arm64 = is_machine(want, "arm64") ? arm64_version(want.variant) : 0;

	if (!span_eq_nocase(want.os, have.os))
		return 0;
	if (span_eq_nocase(want.architecture, have.architecture)) {
		if (span_eq_nocase(want.variant, have.variant))
			return RANK_SAME;
		if (is_machine(want, "amd64") && !have.variant.len)
			is = 1;
		if (goes_down && is >= least && is < version_of(want.variant))
			return RANK_LOWER + is;
		return arm64 ? rank_arm64(arm64, have) : 0;
	}
	if (is_machine(want, "amd64") && is_machine(have, "386") && !have.variant.len)
		return RANK_RELATED;
	return arm64 && is_machine(have, "arm") && is >= 5 && is <= 8 ? RANK_RELATED + is : 0;
}

static unsigned rank_containerd(struct platform want, const struct image_choice *e)
{
	return e->descriptor.has_platform ? rank_match(containerd_normal(want),
						    containerd_normal(e->descriptor.platform))
					  : RANK_UNNAMED;
}

/* containerd since 2.2: what needs features of the system that were not asked for is left out. */
static unsigned rank_features(struct platform want, const struct image_choice *e)
{
	return e->descriptor.platform.has_features ? 0 : rank_containerd(want, e);
}

/* containerd on Windows images: of equals the one that needs more features. */
static unsigned rank_windows(struct platform want, const struct image_choice *e)
{
	unsigned rank = rank_containerd(want, e);
	bool is_more =
		span_eq_nocase(want.os, SPAN("windows")) && e->descriptor.platform.has_features;

	return 2 * rank + (rank && is_more);
}

/* platforms.OnlyStrict, by which some of its clients choose. */
static unsigned rank_strict(struct platform want, const struct image_choice *e)
{
	unsigned rank = rank_features(want, e);

	return rank == RANK_SAME || rank == RANK_UNNAMED ? rank : 0;
}

/* rank_containerd with words that containerd does not know, so that an image is not refused for
 * them. */
static unsigned rank_lenient(struct platform want, const struct image_choice *e)
{
	struct image_choice known = *e;

	known.descriptor.platform = normal(e->descriptor.platform);
	return rank_containerd(normal(want), &known);
}

/* Podman, CRI-O, skopeo: WantedPlatforms of containers/image, which compares the text. */
static unsigned rank_podman(struct platform want, const struct image_choice *e)
{
	const struct platform *have = &e->descriptor.platform;
	want = with_machine(want);
	unsigned version = span_starts(have->variant, SPAN("v")) ? version_of(have->variant) : 0,
		 most = want.variant.len ? version_of(want.variant) : 8;

	if (!e->descriptor.has_platform)
		return RANK_UNNAMED;
	if (!span_eq(want.os, have->os) || !span_eq(want.architecture, have->architecture))
		return 0;
	if (span_eq(want.variant, have->variant))
		return RANK_SAME;
	if (!have->variant.len)
		return 10;
	if (span_eq(want.architecture, SPAN("arm")) && version >= 5 && version <= most)
		return 50 + version;
	return span_eq(want.architecture, SPAN("arm64")) && version == 8 && most == 8 ? 50 : 0;
}

/* Of equals podman 5 takes the one that says it is compressed with zstd. */
static unsigned rank_zstd(struct platform want, const struct image_choice *e)
{
	struct span zstd =
		annotation_get(&e->descriptor.annotations, "io.github.containers.compression.zstd");

	return 2 * rank_podman(want, e) + (rank_podman(want, e) && span_eq(zstd, SPAN("true")));
}

/* Ours: what containerd takes, and the lowest amd64 where there is only a higher one. exact: the
 * user gave the variant. */
static unsigned score(struct platform want, const struct image_choice *e, bool asked)
{
	struct platform mine = containerd_normal(normal(want)),
			have = containerd_normal(normal(e->platform));

	want = with_machine(want);
	bool exact = asked && want.variant.len,
	     same = span_eq_nocase(mine.architecture, have.architecture);
	unsigned rank = rank_lenient(want, e);

	if (!e->descriptor.has_platform && (e->platform.os.len || e->platform.architecture.len)) {
		struct image_choice above = *e;

		above.descriptor.has_platform = true;
		above.descriptor.platform = e->platform;
		return score(want, &above, asked);
	}
	if (exact)
		return rank == RANK_SAME || rank == RANK_UNNAMED ? rank : 0;
	if (rank > RANK_UNNAMED && asked && !same)
		return 0;
	if (!rank && same && is_machine(mine, "amd64") && span_eq_nocase(mine.os, have.os) &&
		version_of(have.variant))
		return 9 - version_of(have.variant) + RANK_UNNAMED;
	return rank;
}

typedef unsigned rank_fn(struct platform want, const struct image_choice *e);
static rank_fn *const runtimes[] = { rank_containerd, rank_features, rank_windows, rank_strict,
	rank_lenient, rank_podman, rank_zstd };

/* The first of the best of one index; if that is an index, of that one: no way back. */
static const struct image_choice *decide(const struct image_choices *c,
	const struct image_index *at, struct platform want, rank_fn *rank)
{
	for (const struct image_choice *best = NULL;; at = best->inside, best = NULL) {
		unsigned most = 0;

		for (size_t i = 0; i < c->entries.n; i++) {
			const struct image_choice *e = &c->entries.p[i];
			unsigned points = e->index == at && !e->is_absent ? rank(want, e) : 0;

			if (points > most) {
				most = points;
				best = e;
			}
		}
		if (!best || !best->inside)
			return best;
	}
}

static void put_platform(struct buf *b, const struct platform *p)
{
	if (!p->os.len && !p->architecture.len)
		buf_str(b, "one without a platform");
	buf_span(b, p->os);
	buf_str(b, p->architecture.len ? "/" : "");
	buf_span(b, p->architecture);
	buf_str(b, p->variant.len ? "/" : "");
	buf_span(b, p->variant);
}

static int fail_platform(const struct image_choices *c, struct platform want, struct scov_err *err)
{
	scoped_buf struct buf list = { .limit = 4096 };
	size_t absent = 0;

	for (size_t i = 0; i < c->list.n && list.len < 600; i++) {
		buf_str(&list, i ? ", " : "");
		put_platform(&list, &c->list.p[i].platform);
	}
	for (size_t i = 0; i < c->entries.n && list.len < 1000; i++)
		if (c->entries.p[i].is_absent && !oci_is_nowhere(&c->entries.p[i].platform)) {
			buf_str(&list,
				absent++ ? ", " : "; listed, but not in the image's files: ");
			put_platform(&list, &c->entries.p[i].platform);
		}
	return err_fail(err, SCOV_E_NOT_FOUND, "no image for %.*s/%.*s%s%.*s; available: %s",
		SPAN_ARG(want.os), SPAN_ARG(want.architecture), want.variant.len ? "/" : "",
		SPAN_ARG(want.variant), list.len ? list.p : "none");
}

/* "entry 2 (sha256:..., an attestation)" */
static void put_entry(struct buf *b, const struct image_choice *e)
{
	char text[DIGEST_TEXT];

	buf_printf(b, "entry %u (%s", e->position, digest_format(&e->descriptor.digest, text));
	if (e->other)
		buf_printf(b, ", %s", e->other);
	buf_str(b, ")");
}

static int fail_differ(const struct image_choice *a, const char *who, const struct image_choice *b,
	const char *other, struct scov_err *err)
{
	scoped_buf struct buf text = { .limit = 4096 };

	buf_printf(&text, "%s ", who);
	put_entry(&text, a);
	buf_printf(&text, " of the index, %s ", other);
	put_entry(&text, b);
	return err_fail(err, SCOV_E_FORMAT,
		"not clear which image runs: %s; name one by its digest (NAME@sha256:...)", text.p);
}

/* Equal configs name equal layers: the same image, compressed twice. */
static bool is_same(
	const struct image_reader *r, const struct image_choice *a, const struct image_choice *b)
{
	struct manifest m = { 0 }, n = { 0 };
	struct scov_err why;

	if (digest_eq(&a->descriptor.digest, &b->descriptor.digest))
		return true;
	return !image_manifest(r->source, r->limits, a, r->call, r->arena, &m, &why) &&
	       !image_manifest(r->source, r->limits, b, r->call, r->arena, &n, &why) &&
	       digest_eq(&m.config.digest, &n.config.digest);
}

/* `ours` is what says of itself that it is an image; NULL: none for this platform. */
static int ask_runtimes(const struct image_reader *r, const struct image_choices *c,
	struct platform want, bool asked, const struct image_choice *ours,
	const struct image_choice **out, struct scov_err *err)
{
	const struct image_choice *first = NULL;

	for (size_t i = 0; c->root && i < sizeof(runtimes) / sizeof(*runtimes); i++) {
		const struct image_choice *e = decide(c, c->root, want, runtimes[i]);

		if (e && first && !is_same(r, first, e) &&
			(ours || score(want, first, asked) || score(want, e, asked)))
			return fail_differ(first, "one runtime takes", e, "another takes", err);
		first = first ? first : e;
	}
	if (first && first->other && ours && !is_same(r, first, ours))
		return fail_differ(first, "runtimes take", ours, "beside it is", err);
	if (first && !ours && !score(want, first, asked))
		first = NULL; /* a lower variant, which was not asked for */
	*out = first ? first : ours;
	return 0;
}

static int check_words(const char *platform, struct platform want, struct scov_err *err)
{
	if (platform && (!want.os.len || !want.architecture.len ||
				span_find(want.variant, '/') < want.variant.len))
		return err_fail(err, SCOV_E_USAGE,
			"platform '%s': must be os/architecture[/variant]", platform);
	return 0;
}

int image_pick(const struct image_reader *r, const struct image_choices *c, const char *platform,
	const struct image_choice **out, struct scov_err *err)
{
	struct utsname name;
	struct platform want = platform ? parse(platform) : image_host_platform(&name);
	const struct image_choice *best = NULL;
	unsigned most = 0;
	int code = check_words(platform, want, err);

	if (code)
		return code;
	for (size_t i = 0; i < c->list.n; i++) {
		unsigned points = score(want, &c->list.p[i], platform);

		if (points > most) {
			most = points;
			best = &c->list.p[i];
		}
	}
	if (!best && c->list.n == 1 && !platform)
		best = &c->list.p[0];
	code = ask_runtimes(r, c, want, platform, best, &best, err);
	if (code)
		return code;
	if (!best)
		return fail_platform(c, want, err);
	*out = best;
	return 0;
}

int image_check_rivals(const struct image_reader *r, const struct image_choices *c,
	const struct image_choice *chosen, struct scov_err *err)
{
	const struct image_choice *theirs;

	return chosen->platform.os.len
		       ? ask_runtimes(r, c, chosen->platform, true, chosen, &theirs, err)
		       : 0;
}

int image_check_platform(const struct image_reader *r, struct manifest *m, const char *platform,
	struct scov_err *err)
{
	struct platform want = image_parse_platform(platform);
	struct image_choice have = { .descriptor.has_platform = true };
	scoped_buf struct buf text = { .limit = 4096 };
	int code = check_words(platform, want, err);

	if (!code && !m->has_config)
		code = err_fail(err, SCOV_E_NOT_FOUND, "a file tree names no platform");
	if (!code)
		code = image_config_platform(r, m, &have.descriptor.platform, err);
	if (code)
		return code;
	have.platform = have.descriptor.platform;
	if (score(want, &have, true))
		return 0;
	put_platform(&text, &have.platform);
	return err_fail(err, SCOV_E_NOT_FOUND, "no image for %s; available: %s", platform, text.p);
}

/* Of no platform, or of the one that was chosen. */
static bool is_rival(const struct image_choice *chosen, const struct image_choice *e)
{
	if (e->inside || e->is_absent ||
		digest_eq(&e->descriptor.digest, &chosen->descriptor.digest))
		return false;
	if (oci_is_nowhere(&e->platform))
		return !oci_entry_is_attestation(&e->descriptor);
	return !e->descriptor.has_platform || rank_lenient(chosen->platform, e) == RANK_SAME;
}

int image_passed_over(const struct image_choices *c, const struct image_choice *chosen,
	struct arena *a, struct span *out, struct scov_err *err)
{
	scoped_buf struct buf b = { .limit = 64 << 10 };
	size_t absent = 0;

	for (size_t i = 0; i < c->entries.n && b.len < 2000; i++)
		if (is_rival(chosen, &c->entries.p[i])) {
			if (!b.len) {
				put_entry(&b, chosen);
				buf_str(&b, " of the index was chosen; passed over: ");
			} else {
				buf_str(&b, ", ");
			}
			put_entry(&b, &c->entries.p[i]);
		}
	for (size_t i = 0; i < c->entries.n && b.len < 4000; i++)
		if (c->entries.p[i].is_absent && !oci_is_nowhere(&c->entries.p[i].platform)) {
			buf_str(&b, absent++ ? ", " : b.len ? "; " : "");
			buf_str(&b, absent == 1 ? "listed, but not in the image's files: " : "");
			put_platform(&b, &c->entries.p[i].platform);
		}
	*out = arena_dup(a, buf_view(&b));
	return out->p || !b.len ? 0 : arena_check(a, err);
}
