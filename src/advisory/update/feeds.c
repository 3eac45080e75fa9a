/* feeds.c - the public feeds: fetched when they have changed, read into the builder.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "advisory/feed/feed.h"
#include "advisory/update/fetch.h"
#include "advisory/update/state.h"
#include "base/date.h"
#include "net/header.h"

#define BIT(family) (1u << FAMILY_##family)
#define ALL UINT32_MAX
#define OSV(name, folder, families, licence, what)                                                 \
	{                                                                                          \
		"osv-" name,                                                                       \
			"https://osv-vulnerabilities.storage.googleapis.com/" folder "/all.zip",   \
			"osv-" name ".zip", families, licence, what                                \
	}

/* The sources of the records in an archive of OSV are those of their ids: the database names each.
 */
static const struct update_feed {
	const char *name, *address, *file; /* file: its name in the folder of feeds */
	uint32_t families;                 /* a bit for each enum advisory_family */
	const char *licence, *what;        /* for the reader of this table */
} update_feeds[] = {
	{ "debian", "https://security-tracker.debian.org/tracker/data/json", "debian.json",
		BIT(DEBIAN), "public data, credit Debian", "by release, also what has no fix" },
	OSV("ubuntu", "Ubuntu", BIT(UBUNTU), "CC-BY-SA-4.0", "USN and CVEs"),
	OSV("alpine", "Alpine", BIT(ALPINE), "CC-BY-SA-4.0", "fixed versions"),
	OSV("wolfi", "Wolfi", BIT(WOLFI), "CC-BY-NC-ND-4.0 and terms: fetched, not passed on",
		"fixed versions"),
	OSV("chainguard", "Chainguard", BIT(WOLFI),
		"CC-BY-NC-ND-4.0 and terms: fetched, not passed on", "fixed versions"),
	OSV("redhat", "Red%20Hat", BIT(RHEL), "CC-BY-4.0", "errata"),
	OSV("almalinux", "AlmaLinux", BIT(RHEL), "MIT", "errata"),
	OSV("rocky", "Rocky%20Linux", BIT(RHEL), "BSD-3-Clause", "errata"),
	OSV("suse", "SUSE", BIT(SUSE), "CC-BY-4.0", "errata"),
	OSV("opensuse", "openSUSE", BIT(SUSE), "CC-BY-4.0", "errata"),
	OSV("openeuler", "openEuler", BIT(RPM), "MulanPSL-2.0", "errata"),
	OSV("mageia", "Mageia", BIT(RPM), "CC-BY-SA-4.0", "errata"),
	OSV("go", "Go", BIT(GO), "CC-BY-4.0", "modules, with symbols"),
	OSV("npm", "npm", BIT(NPM), "CC-BY-4.0 (GitHub)", "packages"),
	OSV("pypi", "PyPI", BIT(PYPI), "CC-BY-4.0 (PyPA, GitHub)", "packages"),
	OSV("maven", "Maven", BIT(MAVEN), "CC-BY-4.0 (GitHub)", "packages"),
	OSV("cargo", "crates.io", BIT(CARGO), "CC0-1.0 (RustSec), CC-BY-4.0", "packages"),
	OSV("gem", "RubyGems", BIT(GEM), "CC-BY-4.0 (GitHub)", "packages"),
	OSV("composer", "Packagist", BIT(COMPOSER), "CC-BY-4.0 (GitHub)", "packages"),
	OSV("nuget", "NuGet", BIT(NUGET), "CC-BY-4.0 (GitHub)", "packages"),
	OSV("bitnami", "Bitnami", BIT(BITNAMI), "Apache-2.0", "programs"),
	{ "kev",
		"https://www.cisa.gov/sites/default/files/feeds/"
		"known_exploited_vulnerabilities.json",
		"kev.json", ALL, "CC0-1.0", "known to be exploited" },
	{ "epss", "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz", "epss.csv.gz",
		ALL, "free use, credit FIRST", "how likely an attempt is" },
};
enum { FEEDS = sizeof(update_feeds) / sizeof(*update_feeds) };

static const char *address_of(const struct update_options *o, const char *address, struct arena *a)
{
	size_t scheme = strlen("https://");
	struct span mirror = span_str(o->mirror);

	while (span_ends(mirror, SPAN("/")))
		mirror.len--;
	return o->mirror ? arena_printf(a, "%.*s/%s", SPAN_ARG(mirror), address + scheme) : address;
}

/* The file is as old as the server says, so that a feed that does not date its records has a day;
 * else of the day on which it was fetched. */
static int date_file(const char *path, const char *modified, struct scov_err *err)
{
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT } };
	int64_t at;

	if (!http_date(span_str(modified), &at))
		return 0;
	times[1].tv_sec = at;
	return utimensat(AT_FDCWD, path, times, 0)
		       ? err_fail(err, SCOV_E_IO, "'%s': %s", path, strerror(errno))
		       : 0;
}

/* 200: into temp/FILE; 304: what is kept stays. *out: the file to read. */
static int get_feed(struct fetch *f, const struct update_feed *feed, const char *url,
	const char *temp, struct update_state *state, struct arena *a, const char **out,
	struct scov_err *err)
{
	const char *kept = arena_printf(a, "%s/feeds/%s", f->o->folder, feed->file);
	const char *fresh = arena_printf(a, "%s/feeds/%s", temp, feed->file);
	struct span name = span_str(feed->name);
	bool has_kept = kept && access(kept, R_OK) == 0;
	struct span etag = has_kept ? state_get(state, "etag", name) : (struct span){ 0 };
	struct span modified = has_kept ? state_get(state, "modified", name) : (struct span){ 0 };
	const struct http_request rq = {
		.url = url,
		.etag = etag.len ? arena_cstr(a, etag) : NULL,
		.modified = modified.len ? arena_cstr(a, modified) : NULL,
	};
	struct http_answer an = { 0 };
	struct http_body *body = NULL;
	struct body_stream in;
	struct digest d;
	int rc = arena_check(a, err);

	if (!rc)
		rc = http_open(f->http, f->o->call, &rq, &an, &body, err);
	if (rc)
		return rc;
	*out = an.status == 304 && has_kept ? kept : fresh;
	body_stream(&in, body);
	if (an.status == 200) {
		f->shown.bytes_total = an.has_length ? an.length : 0;
		rc = fetch_file(f, &in.stream, fresh, f->o->source->limits.feed_size, &d, err);
		if (!rc)
			rc = date_file(fresh, an.modified, err);
		if (!rc) {
			f->fetched++;
			state_set(state, "etag", name, span_str(an.etag), a);
			state_set(state, "modified", name, span_str(an.modified), a);
		}
	} else if (*out != kept) {
		rc = http_fail_status(&an, "", err);
	}
	in.stream.close(&in.stream);
	return rc;
}

static int read_feed(struct fetch *f, const struct update_feed *feed, const char *temp,
	struct update_state *state, struct advisory_build *b, struct arena *a, struct scov_err *err)
{
	const char *url = address_of(f->o, feed->address, a), *path = NULL;
	struct feed_sum sum = { 0 };
	struct scov_err stopped;
	int rc = url ? 0 : arena_check(a, err);

	f->shown.reference = feed->name;
	for (unsigned tries = 0; !rc; tries++) {
		rc = get_feed(f, feed, url, temp, state, a, &path, err);
		if (rc != SCOV_E_NET || tries >= f->o->source->limits.retries ||
			!http_pause(f->http, f->o->call, tries, 0, &stopped))
			break;
		rc = 0;
	}
	if (rc)
		return err_wrap(err, "feed %s", feed->name);
	rc = feed_read(b, path, &f->o->source->limits, f->o->call, &sum, err);
	return rc ? err_wrap(err, "feed %s, %s", feed->name, url) : 0;
}

int feeds_build(struct fetch *f, const char *temp, uint32_t wanted, struct update_state *state,
	struct arena *a, struct scov_err *err)
{
	const struct advisory_build_options options = { .day = f->o->now / DAY_SECONDS };
	const char *folder = arena_printf(a, "%s/feeds", temp);
	struct advisory_build *b = NULL;
	struct advisory_sum sum;
	int rc = folder ? fetch_http(f, err) : arena_check(a, err);

	if (!rc && mkdir(folder, 0755) && errno != EEXIST)
		rc = err_fail(err, SCOV_E_IO, "'%s': %s", folder, strerror(errno));
	if (!rc)
		rc = advisory_build_new(&b, &f->o->source->limits, err);
	for (size_t i = 0; i < FEEDS; i++)
		f->files_n += (update_feeds[i].families & wanted) != 0;
	for (size_t i = 0; i < FEEDS && !rc; i++) {
		if (!(update_feeds[i].families & wanted))
			continue;
		f->files++;
		rc = read_feed(f, &update_feeds[i], temp, state, b, a, err);
	}
	if (!rc)
		rc = advisory_build_write(b, temp, &options, &sum, err);
	advisory_build_free(b);
	return rc;
}

void feeds_keep(const char *folder, const char *temp)
{
	scoped_arena struct arena a = { .limit = 1 << 20 };
	const char *to = arena_printf(&a, "%s/feeds", folder);

	if (!to || (mkdir(to, 0755) && errno != EEXIST))
		return;
	for (size_t i = 0; i < FEEDS; i++) {
		const char *fresh = arena_printf(&a, "%s/feeds/%s", temp, update_feeds[i].file);
		const char *kept = arena_printf(&a, "%s/%s", to, update_feeds[i].file);

		if (fresh && kept && rename(fresh, kept) && errno != ENOENT)
			unlink(kept);
	}
}
