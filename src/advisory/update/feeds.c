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
#include "advisory/update/repository.h"
#include "advisory/update/state.h"
#include "base/date.h"
#include "base/fd.h"
#include "net/header.h"

#define BIT(family) (1u << FAMILY_##family)
#define ALL UINT32_MAX
#define ARCHIVE "/all.zip"
#define OSV(name, folder, families, licence, what)                                                 \
	{                                                                                          \
		"osv-" name, "https://osv-vulnerabilities.storage.googleapis.com/" folder ARCHIVE, \
			"osv-" name ".zip", families, licence, what                                \
	}

#define PHOTON(release)                                                                            \
	{                                                                                          \
		"photon-" release,                                                                 \
			"https://packages.broadcom.com/photon/photon_cve_metadata/"                \
			"cve_data_photon" release ".json",                                         \
			"cve_data_photon" release ".json", BIT(RPM), "not stated",                 \
			"by source package, also what has no fix"                                  \
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
	{ "amazon-2", "https://cdn.amazonlinux.com/2/core/latest/x86_64/mirror.list",
		"amazon-2.xml.gz", BIT(RPM), "not stated", "updates of the core, not of extras" },
	{ "amazon-2023",
		"https://cdn.amazonlinux.com/al2023/core/mirrors/latest/x86_64/mirror.list",
		"amazon-2023.xml.gz", BIT(RPM), "not stated", "updates" },
	PHOTON("3.0"),
	PHOTON("4.0"),
	PHOTON("5.0"),
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
enum {
	FEEDS = sizeof(update_feeds) / sizeof(*update_feeds),
	WHOLE_DAYS = 30, /* a record that OSV removes is not in its list of changes */
};

static const char *address_of(const struct update_options *o, const char *address, struct arena *a)
{
	size_t scheme = strlen("https://");
	struct span mirror = span_str(o->mirror);

	while (span_ends(mirror, SPAN("/")))
		mirror.len--;
	return o->mirror ? arena_printf(a, "%.*s/%s", SPAN_ARG(mirror), address + scheme) : address;
}

/* The file is as old as the server says, so that a feed that does not date its records has a day.
 * Else 1970-01-01, which is not a day: a cache may have served what was new a year ago. */
static int date_file(const char *path, const char *modified, struct scov_err *err)
{
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT } };
	int64_t at;

	if (http_date(span_str(modified), &at))
		times[1].tv_sec = at;
	return utimensat(AT_FDCWD, path, times, 0)
		       ? err_fail(err, SCOV_E_IO, "'%s': %s", path, strerror(errno))
		       : 0;
}

/* One that is read: where it is, and what is known of it. */
struct job {
	struct fetch *fetch;
	const struct update_feed *feed;
	const char *url, *temp;
	struct update_state *state;
	struct digest sum;      /* that the file must have; DIGEST_NONE: nobody states it */
	const char *path;       /* the file to read */
	struct changes changes; /* of an archive of OSV */
	struct arena *arena;
};

static const char *kept_file(const struct job *j, const char *name)
{
	return arena_printf(j->arena, "%s/feeds/%s", j->fetch->o->folder, name);
}

/* 200: into temp/FILE; 304: what is kept stays. */
static int get_feed(struct job *j, bool is_asked_anew, struct scov_err *err)
{
	struct fetch *f = j->fetch;
	struct arena *a = j->arena;
	const char *kept = kept_file(j, j->feed->file);
	const char *fresh = arena_printf(a, "%s/feeds/%s", j->temp, j->feed->file);
	struct span name = span_str(j->feed->name);
	char sum[DIGEST_TEXT]; /* "": none is stated */
	bool is_stated = *digest_format(&j->sum, sum);
	bool has_kept = kept && !is_asked_anew && access(kept, R_OK) == 0 &&
			(!is_stated || span_eq(state_get(j->state, "sum", name), span_str(sum)));
	struct span etag = has_kept ? state_get(j->state, "etag", name) : (struct span){ 0 };
	struct span modified =
		has_kept ? state_get(j->state, "modified", name) : (struct span){ 0 };
	const struct http_request rq = {
		.url = j->url,
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
	j->path = an.status == 304 && has_kept ? kept : fresh;
	body_stream(&in, body);
	if (an.status == 200) {
		f->shown.bytes_total = an.has_length ? an.length : 0;
		rc = fetch_file(f, &in.stream, fresh, f->o->source->limits.feed_size, &d, err);
		if (!rc && is_stated && !digest_eq(&d, &j->sum))
			rc = err_fail(err, SCOV_E_FORMAT,
				"%s: not the file whose checksum repomd.xml states", j->url);
		if (!rc)
			rc = date_file(fresh, an.modified, err);
		if (!rc) {
			f->fetched++;
			state_set(j->state, "etag", name, span_str(an.etag), a);
			state_set(j->state, "modified", name, span_str(an.modified), a);
			state_set(j->state, "sum", name, span_str(sum), a);
		}
	} else if (j->path != kept) {
		rc = http_fail_status(&an, "", err);
	}
	in.stream.close(&in.stream);
	return rc;
}

/* ---- repositories of rpm packages ---- */

static bool is_repository(const struct update_feed *feed)
{
	return span_ends(span_str(feed->address), SPAN("/mirror.list"));
}

static int get_text(struct job *j, const char *url, struct span *out, struct scov_err *err)
{
	const struct http_request rq = { .url = url };
	struct http_answer an = { 0 };
	struct http_body *body = NULL;
	int rc = url ? http_open(j->fetch->http, j->fetch->o->call, &rq, &an, &body, err)
		     : arena_check(j->arena, err);

	if (rc)
		return rc;
	rc = an.status == 200 ? http_read_all(body, REPOSITORY_MAX, j->arena, out, err)
			      : http_fail_status(&an, "", err);
	http_close(body);
	return rc;
}

/* The address that mirror.list leads to today. */
static int find_updateinfo(struct job *j, struct scov_err *err)
{
	const struct update_options *o = j->fetch->o;
	const char *list = address_of(o, j->feed->address, j->arena), *base, *repomd;
	struct span text, found;
	int rc = get_text(j, list, &text, err);

	if (!rc)
		rc = repository_address(text, j->arena, &found, err);
	if (rc)
		return err_wrap(err, "%s", list);
	base = arena_cstr(j->arena, found);
	base = base ? address_of(o, base, j->arena) : NULL;
	repomd = arena_printf(j->arena, "%srepodata/repomd.xml", base ? base : "");
	if (!base)
		return arena_check(j->arena, err);
	rc = get_text(j, repomd, &text, err);
	if (!rc)
		rc = repository_updateinfo(text, j->arena, &found, &j->sum, err);
	if (rc)
		return err_wrap(err, "%s", repomd);
	j->url = arena_printf(j->arena, "%s%.*s", base, SPAN_ARG(found));
	return arena_check(j->arena, err);
}

/* ---- archives of OSV ---- */

static bool is_archive(const struct update_feed *feed)
{
	return span_ends(span_str(feed->address), SPAN(ARCHIVE));
}

static const char *changes_name(const struct update_feed *feed, struct arena *a)
{
	return arena_printf(a, "%s.changes", feed->name);
}

/* Seconds or days of an entry of the state; 0: none. */
static int64_t number_of(const struct job *j, const char *word)
{
	uint64_t n = 0;

	return span_number(
		       state_get(j->state, word, span_str(j->feed->name)), 10, INT64_MAX / 2, &n)
		       ? (int64_t)n
		       : 0;
}

static void set_number(struct job *j, const char *word, int64_t n)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", (long long)n);
	state_set(j->state, word, span_str(j->feed->name), n ? span_str(text) : SPAN(""), j->arena);
}

/* What is known of the archive that is here. Records that cannot be read, or an archive that is too
 * old: nothing is. */
static void load_changes(struct job *j)
{
	const char *kept = kept_file(j, j->feed->file);
	const char *changes = kept_file(j, changes_name(j->feed, j->arena));
	struct changes *c = &j->changes;
	struct span text;

	c->address =
		arena_printf(j->arena, "%.*s", (int)(strlen(j->url) - strlen("all.zip")), j->url);
	if (!kept || !changes || access(kept, R_OK) ||
		number_of(j, "whole") + WHOLE_DAYS < j->fetch->o->now / DAY_SECONDS)
		return;
	int rc = fd_load(AT_FDCWD, changes, 2 * CHANGED_BYTES, j->arena, &text, NULL);

	if (!rc)
		rc = changed_load(text, j->arena, &c->changed, NULL);
	if (rc && rc != SCOV_E_NOT_FOUND)
		return;
	c->newest = number_of(j, "through");
	c->etag = state_get(j->state, "list", span_str(j->feed->name));
}

static int get_archive(struct job *j, struct scov_err *err)
{
	struct changes *c = &j->changes, head = { .address = c->address };
	const char *changes = kept_file(j, changes_name(j->feed, j->arena));
	const char *kept = kept_file(j, j->feed->file);
	int rc = c->newest ? changes_fetch(j->fetch, c, j->arena, err) : arena_check(j->arena, err);

	j->path = kept;
	if (rc || c->is_enough)
		return rc;
	rc = changes_peek(j->fetch, &head, j->arena, err);
	if (!rc)
		rc = get_feed(j, access(changes, F_OK) == 0, err);
	if (rc)
		return rc;
	if (j->path != kept || !c->newest) {
		c->newest = head.newest;
		c->etag = head.etag;
	}
	c->changed = (struct changed){ 0 };
	set_number(j, "whole", j->fetch->o->now / DAY_SECONDS);
	return 0;
}
/* The records that have changed, into temp; *out: that file, or NULL. */
static int put_changes(struct job *j, const char **out, struct scov_err *err)
{
	struct changes *c = &j->changes;
	scoped_buf struct buf text = { .limit = 2 * (size_t)CHANGED_BYTES };
	const char *name = changes_name(j->feed, j->arena);
	const char *folder = arena_printf(j->arena, "%s/feeds", j->temp);

	*out = NULL;
	set_number(j, "through", c->newest);
	state_set(j->state, "list", span_str(j->feed->name), c->etag, j->arena);
	if (!c->changed.records.n || !name || !folder)
		return arena_check(j->arena, err);
	changed_write(&c->changed, &text);
	*out = arena_printf(j->arena, "osv=%s/%s", folder, name);
	j->fetch->fetched += c->fetched != 0;
	return text.failed ? err_memory(err) : manifest_put(folder, name, buf_view(&text), err);
}

static int read_files(struct job *j, struct advisory_build *b, struct scov_err *err)
{
	const struct update_options *o = j->fetch->o;
	const struct span *ids = changed_ids(&j->changes.changed, j->arena);
	const char *changes = NULL;
	int rc = is_archive(j->feed) ? put_changes(j, &changes, err) : arena_check(j->arena, err);

	if (!rc)
		rc = feed_read_without(b, j->path, ids, j->changes.changed.records.n,
			&o->source->limits, o->call, &j->fetch->sum, err);
	if (!rc && changes)
		rc = feed_read(b, changes, &o->source->limits, o->call, &j->fetch->sum, err);
	return rc;
}

static int read_feed(struct job *j, struct advisory_build *b, struct scov_err *err)
{
	struct fetch *f = j->fetch;
	struct scov_err stopped;
	int rc = 0;

	f->shown.reference = j->feed->name;
	j->url = address_of(f->o, j->feed->address, j->arena);
	if (!j->url)
		return arena_check(j->arena, err);
	if (is_archive(j->feed))
		load_changes(j);
	for (unsigned tries = 0;; tries++) {
		rc = is_repository(j->feed) ? find_updateinfo(j, err) : 0;
		if (!rc)
			rc = is_archive(j->feed) ? get_archive(j, err) : get_feed(j, false, err);
		if (rc != SCOV_E_NET || tries >= f->o->source->limits.retries ||
			!http_pause(f->http, f->o->call, tries, 0, &stopped))
			break;
	}
	if (rc)
		return err_wrap(err, "feed %s", j->feed->name);
	rc = read_files(j, b, err);
	return rc ? err_wrap(err, "feed %s, %s", j->feed->name, j->feed->address) : 0;
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
		struct job j = { .fetch = f,
			.feed = &update_feeds[i],
			.temp = temp,
			.state = state,
			.arena = a };

		rc = read_feed(&j, b, err);
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
		const char *file = update_feeds[i].file, *name = changes_name(&update_feeds[i], &a);
		const char *fresh = arena_printf(&a, "%s/feeds/%s", temp, file);
		const char *kept = arena_printf(&a, "%s/%s", to, file);
		const char *fresh_changes = arena_printf(&a, "%s/feeds/%s", temp, name);
		const char *changes = arena_printf(&a, "%s/%s", to, name);

		if (!fresh || !kept || !fresh_changes || !changes)
			return;
		if (rename(fresh, kept) == 0)
			unlink(changes);
		else if (errno != ENOENT)
			unlink(kept);
		if (rename(fresh_changes, changes) && errno != ENOENT)
			unlink(kept);
	}
}
