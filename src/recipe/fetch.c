/* fetch.c - what a build downloads, and what it is checked with.
 *
 * A download is a row with the path that it is put at. What checks a path, in the same stage and so
 * that the build fails, checks the download.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "recipe/judge.h"
#include "recipe/shell_start.h"

enum { DOWNLOADS_MAX = 1000, TEXTS_MAX = 1000 /* of a stage */ };

static bool has(const char *list, struct span word)
{
	return list && word.len && span_has_word(span_str(list), word);
}

static bool is_option(struct span w)
{
	return span_at(w, 0) == '-' && w.len > 1;
}

static struct span after_option(const struct shell_call *c, const char *names)
{
	for (size_t i = 1; i + 1 < c->n; i++)
		if (has(names, c->args[i].text))
			return c->args[i + 1].text;
	return (struct span){ 0 };
}

/* ---- downloads ------------------------------------------------------------------------------- */

static const char unchecked[] = "is not checked against a signature or a SHA-2 checksum";

static struct recipe_finding *finding_of(struct judge *j, const struct download *d)
{
	return &j->out->findings.p[d->finding];
}

/* The number of a new one in tags, from 1; 0: no room. */
static uint32_t start(struct judge *j, struct span url, struct span path, uint32_t at)
{
	struct recipe_finding *f;
	struct download d = {
		.path = path, .url = url, .is_used = path.len > 0, .branch = j->run.branch
	};

	if (j->stage->downloads.n >= DOWNLOADS_MAX) {
		j->out->is_full = j->run.is_cut = true;
		return 0;
	}
	f = judge_add(j, RECIPE_DOWNLOAD, RECIPE_OPEN, url, unchecked, at);
	if (!f)
		return 0;
	d.finding = (uint32_t)(f - j->out->findings.p);
	return vec_add(&j->stage->downloads, j->a, &d) ? (uint32_t)j->stage->downloads.n : 0;
}

static struct download *of_tag(struct judge *j, uint32_t tag)
{
	uint32_t n = tag & ~(uint32_t)TAG_KIND;

	return (tag & TAG_KIND) == TAG_DOWNLOAD && n && n <= j->stage->downloads.n
		       ? &j->stage->downloads.p[n - 1]
		       : NULL;
}

static struct download *of_path(struct judge *j, struct span path)
{
	for (size_t i = j->stage->downloads.n; i-- && path.len;)
		if (span_eq(j->stage->downloads.p[i].path, path))
			return &j->stage->downloads.p[i];
	return NULL;
}

static void fix(struct judge *j, struct download *d, const char *how)
{
	struct recipe_finding *f = finding_of(j, d);

	f->state = RECIPE_FIXED;
	f->why = span_str(how);
}

static void explain(struct judge *j, struct download *d, const char *why)
{
	struct recipe_finding *f = finding_of(j, d);

	if (f->state == RECIPE_OPEN)
		f->why = span_str(why);
}

/* A check that says so: it counts where the build stops, and whenever the download is made. */
static void settle(struct judge *j, struct download *d, bool stops, const char *how)
{
	struct recipe_finding *f = finding_of(j, d);

	if (!stops) {
		explain(j, d, "is checked, but the build goes on when the check fails");
	} else if (shell_is_within(&j->run, d->branch, j->run.branch)) {
		fix(j, d, how);
	} else if (f->state == RECIPE_OPEN) {
		f->state = RECIPE_UNCLEAR;
		f->why = SPAN("is checked only in a part that may not run");
	}
}

static void evidence(struct judge *j, const struct shell_call *c, struct download *d)
{
	if (!d || !(c->stops & SHELL_STOPS_ON_FAILURE))
		return;
	d->is_evidence = true;
	settle(j, d, true, "others are checked with it");
}

bool fetch_is_at(struct judge *j, struct span path)
{
	return of_path(j, path) != NULL;
}

static void mark_key(struct judge *j, struct download *d)
{
	if (!d || d->is_evidence)
		return;
	finding_of(j, d)->is_key = true;
	explain(j, d, "is a key whose fingerprint is not checked");
}

/* A check of a path; strong: of SHA-2 or a signature. */
static void check_path(struct judge *j, const struct shell_call *c, struct span path,
	const char *how, bool is_strong, unsigned stops)
{
	path = judge_path(j, path);
	for (size_t i = 0; i < j->stage->downloads.n; i++) {
		struct download *d = &j->stage->downloads.p[i];

		if (!path.len || !span_eq(d->path, path) || d->is_evidence)
			continue;
		if (!is_strong)
			explain(j, d, "is checked with MD5 or SHA-1 only, which can be forged");
		else
			settle(j, d, c->stops & stops, how);
	}
}

static bool same_folder(struct span a, struct span b)
{
	size_t na = span_rfind(a, '/'), nb = span_rfind(b, '/');

	return na < a.len && na == nb && span_eq(span_sub(a, 0, na), span_sub(b, 0, nb));
}

void fetch_add(
	struct judge *j, struct span url, struct span path, uint32_t at, struct span checksum)
{
	uint32_t n = start(j, url, path, at);

	if (!n)
		return;
	j->stage->downloads.p[n - 1].is_used = true;
	if (checksum.len)
		fix(j, &j->stage->downloads.p[n - 1],
			span_eq(checksum, SPAN("commit")) ? "at a full commit"
							  : "its checksum is given");
}

void fetch_write(struct judge *j, struct span path, bool appends, const struct shell_data *data)
{
	struct download *d = of_tag(j, data->tag);
	struct known_text t = { judge_path(j, path), data->text, data->is_unknown, j->run.branch };

	if (span_eq(t.path, SPAN("/dev/null")))
		return;
	if (d) {
		d->is_used = true;
		d->path = t.path;
	}
	if (appends) {
		const struct known_text *old = judge_text(j, path);

		t.is_unknown |= !old || old->is_unknown;
		t.text = judge_join(j, old ? old->text : SPAN(""), "", data->text);
	}
	if (j->stage->texts.n < TEXTS_MAX)
		vec_add(&j->stage->texts, j->a, &t);
	else
		j->out->is_full = j->run.is_cut = true;
}

void fetch_end(struct judge *j)
{
	for (size_t i = 0; i < j->stage->downloads.n; i++) {
		struct download *d = &j->stage->downloads.p[i];

		if (!d->is_used && finding_of(j, d)->state == RECIPE_OPEN)
			fix(j, d, "nothing of it is kept");
	}
}

/* ---- curl, wget and their like --------------------------------------------------------------- */

struct fetcher {
	const char *names;
	const char *letters; /* options that take a value, short */
	const char *values;  /* long */
	const char *output;  /* options that name the file */
	const char *folder;  /* that name its folder */
	bool to_stdout;      /* without such options */
	const char *url;     /* an option with the URL */
	const char *nothing; /* options with which no file is fetched */
	const char *list;    /* an option with a file of URLs */
};

/* Sources: curl(1) 8.14, wget(1) 1.25, aria2c(1) 1.37, fetch(1), http(1) 3.2, axel(1). */
/* clang-format off */
static const struct fetcher fetchers[] = {
	{ "curl", "AbcCdDeEFhHKmoPQrtTuUwxXyYz", "--output --header --data --user --user-agent --proxy --request --retry --retry-delay --retry-max-time --connect-timeout --max-time "
		"--cacert --capath --cert --key --url --referer --write-out --output-dir --proto --proto-default --proto-redir --resolve --cookie --cookie-jar --form --range --limit-rate --interface "
		"--config --ciphers --data-binary --data-raw --data-urlencode --upload-file --dump-header --max-redirs --oauth2-bearer --unix-socket --max-filesize --connect-to --pass "
		"--speed-limit --speed-time --time-cond --stderr --tls-max --pinnedpubkey --keepalive-time --dns-servers --etag-save --etag-compare --variable --json",
		"-o --output", "--output-dir", true, "--url", "-I --head", "-K --config" },
	{ "wget wget2", "aioOPtTUQeBDIlRAwX", "--output-document --directory-prefix --header --user --password --tries --timeout --user-agent --post-data --ca-certificate --input-file --quota "
		"--limit-rate --method --body-data --load-cookies --retry-on-http-error --waitretry --read-timeout --dns-timeout --connect-timeout --append-output --output-file --referer --execute --base",
		"-O --output-document", "-P --directory-prefix", false, NULL, "--spider", "-i --input-file" },
	{ "aria2c", "odjsxmkil", "--out --dir --split --max-connection-per-server --header --checksum --input-file --min-split-size --user-agent --log", "-o --out", "-d --dir", false, NULL, NULL, "-i --input-file" },
	{ "fetch", "BSTNo", "", "-o", "", false, NULL, NULL, NULL },
	{ "http https xh", "opas", "--output --auth --session --proxy --verify --timeout", "-o --output", "", true, NULL, NULL, NULL },
	{ "axel", "onsHTU", "--output --num-connections --header --user-agent", "-o --output", "", false, NULL, NULL, NULL },
};
/* clang-format on */

struct fetching {
	struct judge *j;
	const struct shell_call *c;
	const struct fetcher *row;
	VEC(const struct shell_arg *) urls;
	VEC(struct span) files;
	struct span folder;
	bool remote_name, to_nothing, has_list;
	struct span checksum; /* of aria2c */
};

static void option(struct fetching *f, struct span name, struct span value)
{
	if (has(f->row->output, name))
		vec_add(&f->files, f->j->a, &value);
	else if (has(f->row->folder, name))
		f->folder = value;
	else if (has(f->row->list, name))
		f->has_list = true;
	else if (span_eq(name, SPAN("--checksum")))
		f->checksum = value;
}

/* Letters together, "-fsSLo FILE": i is that of the word, and of its value after. */
static void letters(struct fetching *f, size_t *i)
{
	struct span w = f->c->args[*i].text;

	for (size_t k = 1; k < w.len; k++) {
		char name[3] = { '-', (char)span_at(w, k), 0 };
		struct span s = span_str(name), value = span_from(w, k + 1);

		if (span_eq(f->row->names[0] == 'c' ? s : SPAN(""), SPAN("-O")) ||
			span_eq(s, SPAN("-J")))
			f->remote_name = true;
		if (has(f->row->nothing, s))
			f->to_nothing = true;
		if (!strchr(f->row->letters, span_at(w, k)))
			continue;
		if (!value.len && *i + 1 < f->c->n)
			value = f->c->args[++*i].text;
		option(f, arena_dup(f->j->a, s), value);
		return;
	}
}

static void fetch_words(struct fetching *f)
{
	for (size_t i = 1; i < f->c->n; i++) {
		const struct shell_arg *a = &f->c->args[i];
		struct span w = a->text, name = span_sub(w, 0, span_find(w, '='));

		if (!is_option(w)) {
			if (!has("GET POST PUT", w))
				vec_add(&f->urls, f->j->a, &a);
			continue;
		}
		if (span_at(w, 1) != '-') {
			letters(f, &i);
			continue;
		}
		if (has("--remote-name --remote-name-all --remote-header-name --download", w))
			f->remote_name = true;
		if (has(f->row->nothing, w))
			f->to_nothing = true;
		if (name.len < w.len) {
			struct shell_arg *url =
				has(f->row->url, name) ? arena_alloc(f->j->a, sizeof(*url)) : NULL;

			option(f, name, span_from(w, name.len + 1));
			if (!url)
				continue;
			*url = *a;
			url->text = span_from(w, name.len + 1);
			vec_add(&f->urls, f->j->a, &((const struct shell_arg *[]){ url })[0]);
		} else if (has(f->row->values, w) && i + 1 < f->c->n) {
			const struct shell_arg *value = &f->c->args[++i];

			option(f, w, value->text);
			if (has(f->row->url, w))
				vec_add(&f->urls, f->j->a, &value);
		}
	}
}

/* What a URL names: after its last '/', without a query. */
static struct span url_name(struct span url)
{
	size_t end = span_find(url, '?'), hash = span_find(url, '#');
	struct span s = span_sub(url, 0, end < hash ? end : hash);
	size_t scheme = span_find_span(s, SPAN("://"));

	if (scheme < s.len && span_find(span_from(s, scheme + 3), '/') == s.len - scheme - 3)
		return (struct span){ 0 };
	return span_base(s);
}

bool fetch_is_here(struct span url)
{
	static const char *const ends = "/?#";
	size_t scheme = span_find_span(url, SPAN("://"));
	struct span host = scheme < url.len ? span_from(url, scheme + 3) : url;
	size_t n = 0;

	if (span_starts(url, SPAN("file://")))
		return true;
	while (n < host.len && !strchr(ends, span_at(host, n)))
		n++;
	host = span_sub(host, 0, n);
	if (span_find(host, '@') < host.len)
		host = span_from(host, span_rfind(host, '@') + 1);
	if (span_starts(host, SPAN("[::1]")))
		return host.len == 5 || span_at(host, 5) == ':';
	host = span_sub(host, 0, span_find(host, ':'));
	if (span_eq_nocase(host, SPAN("localhost")) || span_eq(host, SPAN("0.0.0.0")))
		return true;
	for (size_t i = 0; i < host.len; i++)
		if (!ascii_is_digit(span_at(host, i)) && span_at(host, i) != '.')
			return false;
	return span_starts(host, SPAN("127."));
}

static struct span in_folder(struct judge *j, struct span folder, struct span name)
{
	return folder.len ? judge_path(j, judge_join(j, folder, "/", name)) : judge_path(j, name);
}

/* Where URL number i goes; empty: to standard output. */
static struct span destination(struct fetching *f, size_t i)
{
	bool one = f->row->names[0] != 'c'; /* of all URLs */
	struct span name;

	if (i < f->files.n || (one && f->files.n)) {
		name = f->files.p[one ? f->files.n - 1 : i];
		if (span_eq(name, SPAN("-")) || span_eq(name, SPAN("/dev/stdout")))
			return (struct span){ 0 };
		return in_folder(f->j, span_at(name, 0) == '/' ? SPAN("") : f->folder, name);
	}
	if (f->row->to_stdout && !f->remote_name)
		return (struct span){ 0 };
	name = url_name(f->urls.p[i]->text);
	return in_folder(f->j, f->folder, name.len ? name : SPAN("index.html"));
}

static void fetch_one(struct fetching *f, size_t i, struct shell_data *out)
{
	struct judge *j = f->j;
	const struct shell_arg *a = f->urls.p[i];
	struct span path = destination(f, i);
	struct download *d;
	uint32_t n;

	if (fetch_is_here(a->text) || span_eq(path, SPAN("/dev/null")))
		return;
	n = start(j, a->text, path, a->at);
	d = n ? &j->stage->downloads.p[n - 1] : NULL;
	if (!d)
		return;
	/* its name may not be of the URL: then it is known by its own, checked by nothing */
	if ((f->c->is_captured || f->c->is_piped) && !path.len)
		d->is_used = true;
	if ((span_starts(f->checksum, SPAN("sha-256=")) ||
		    span_starts(f->checksum, SPAN("sha-512="))) &&
		judge_has_hex(f->checksum, 64))
		fix(j, d, "its checksum is given");
	if (!path.len) {
		out->tag = TAG_DOWNLOAD | n;
		out->is_unknown = true;
		out->text = a->text;
	}
}

static bool fetch(
	struct judge *j, const struct shell_call *c, struct span program, struct shell_data *out)
{
	struct fetching f = { .j = j, .c = c };

	for (size_t i = 0; i < sizeof(fetchers) / sizeof(*fetchers) && !f.row; i++)
		if (has(fetchers[i].names, program))
			f.row = &fetchers[i];
	if (!f.row)
		return false;
	fetch_words(&f);
	out->is_unknown = true;
	if (f.to_nothing)
		return true;
	for (size_t i = 0; i < f.urls.n; i++)
		fetch_one(&f, i, out);
	if (f.has_list) {
		struct recipe_finding *r = judge_add(j, RECIPE_DOWNLOAD, RECIPE_UNCLEAR,
			c->args[0].text, "the list of what it fetches is not given", c->at);

		(void)r;
	}
	return true;
}

/* ---- checksums ------------------------------------------------------------------------------- */

/* 1: SHA-2 or as good; -1: MD5 or SHA-1; 0: not a program of checksums. */
static int sum_strength(const struct shell_call *c, struct span program)
{
	if (has("sha256sum sha384sum sha512sum sha224sum b2sum b3sum sha256 sha384 sha512 "
		"gsha256sum gsha512sum",
		    program))
		return 1;
	if (has("md5sum sha1sum md5 sha1 gmd5sum gsha1sum", program))
		return -1;
	if (has("shasum cksum", program) ||
		(has("openssl", program) && c->n > 1 && has("dgst", c->args[1].text))) {
		for (size_t i = 1; i < c->n; i++) {
			struct span w = c->args[i].text;

			if (span_has(w, SPAN("256")) || span_has(w, SPAN("384")) ||
				span_has(w, SPAN("512")) || span_has(w, SPAN("224")) ||
				span_has(w, SPAN("sha2")) || span_has(w, SPAN("blake2")))
				return 1;
		}
		return -1;
	}
	return 0;
}

/* A hash of a length that the program takes, or one that is not known. */
static bool is_hash(struct span s, int strength)
{
	if (span_find(s, '$') < s.len || strength <= 0)
		return true;
	return s.len >= 56 && s.len % 8 == 0 && judge_is_hex(s, s.len);
}

/* Lines "HASH  NAME": each name is checked, by a hash of SHA-2's length or one that is not known
 * here. */
static void check_lines(struct judge *j, const struct shell_call *c, struct span text, int strength)
{
	struct span line;

	while (span_line(&text, &line)) {
		size_t n;

		line = span_trim(line);
		/* SHA256 (name) = hash */
		n = span_find_span(line, SPAN(") = "));
		if (n < line.len && span_find(line, '(') < n) {
			size_t open = span_find(line, '(');

			if (is_hash(span_from(line, n + 4), strength))
				check_path(j, c, span_sub(line, open + 1, n - open - 1),
					"its checksum is checked", strength > 0,
					SHELL_STOPS_ON_FAILURE);
			continue;
		}
		n = span_find(line, ' ');
		if (!is_hash(span_sub(line, 0, n), strength))
			continue;
		line = span_trim(span_from(line, n));
		if (span_at(line, 0) == '*')
			line = span_from(line, 1);
		if (line.len)
			check_path(j, c, line, "its checksum is checked", strength > 0,
				SHELL_STOPS_ON_FAILURE);
	}
}

/* What a list of checksums is called after the name of the file: ".sha256", "_SHA512SUM.txt". */
static bool is_list_end(struct span end)
{
	static const char words[] =
		"sha2 sha224 sha256 sha384 sha512 sha224sum sha256sum sha384sum "
		"sha512sum sha1 sha1sum md5 md5sum b2 b2sum b3sum sum sums "
		"checksum checksums digest txt asc";
	size_t n = 0;

	while (end.len) {
		char low[16] = { 0 };

		if (span_at(end, 0) != '.' && span_at(end, 0) != '_' && span_at(end, 0) != '-')
			return false;
		end = span_from(end, 1);
		for (n = 0; n < end.len && !strchr("._-", span_at(end, n)); n++)
			if (n + 1 < sizeof(low))
				low[n] = (char)ascii_lower(span_at(end, n));
		if (!has(words, span_str(low)))
			return false;
		end = span_from(end, n);
	}
	return n > 0;
}

static bool is_list_of(struct span list, struct span base)
{
	return base.len && span_starts(list, base) && is_list_end(span_from(list, base.len));
}

/* The list is one of a single file, by its name. */
static bool is_of_one(struct judge *j, struct span list)
{
	for (size_t i = 0; i < j->stage->downloads.n; i++)
		if (is_list_of(list, span_base(j->stage->downloads.p[i].path)))
			return true;
	return false;
}

/* A list of checksums whose text is not known: it is of what lies beside it. */
static void check_listed(struct judge *j, const struct shell_call *c, struct span name,
	struct download *list, int strength)
{
	struct span path = judge_path(j, name), url = list ? list->url : SPAN("");
	struct span here = judge_path(j, SPAN("x"));
	bool is_known = list != NULL, of_one;

	of_one = is_of_one(j, span_base(path)) || is_of_one(j, url_name(url));
	evidence(j, c, list);
	for (size_t i = 0; i < j->stage->downloads.n; i++) {
		struct download *d = &j->stage->downloads.p[i];
		struct span base = span_base(d->path);
		bool is_named =
			is_list_of(span_base(path), base) || is_list_of(url_name(url), base);

		if (d == list || d->is_evidence || !d->path.len ||
			finding_of(j, d)->state != RECIPE_OPEN || !same_folder(d->path, here) ||
			(of_one && !is_named))
			continue;
		if (is_named || (is_known && same_folder(d->url, url))) {
			check_path(j, c, d->path, "it is in a list of checksums that is checked",
				strength > 0, SHELL_STOPS_ON_FAILURE);
		} else if (!is_known && strength > 0 && (c->stops & SHELL_STOPS_ON_FAILURE)) {
			finding_of(j, d)->state = RECIPE_UNCLEAR;
			finding_of(j, d)->why = SPAN("the list of checksums is not given");
		}
	}
}

/* sha256sum -c [FILE ...] */
static void check_sums(struct judge *j, const struct shell_call *c, int strength)
{
	bool any = false;

	for (size_t i = 1; i < c->n; i++) {
		struct span w = c->args[i].text;
		const struct known_text *t;

		if (is_option(w) || span_eq(w, SPAN("-"))) {
			i += has("-a --algorithm", w);
			continue;
		}
		any = true;
		t = judge_text(j, w);
		if (t && !t->is_unknown)
			check_lines(j, c, t->text, strength);
		else if (t && t->text.len && !of_path(j, judge_path(j, w)))
			check_lines(j, c, t->text, strength);
		else
			check_listed(j, c, w, of_path(j, judge_path(j, w)), strength);
	}
	if (any)
		return;
	if (c->in && of_tag(j, c->in->tag) && span_has(c->in->text, SPAN("$(listed)"))) {
		evidence(j, c, of_tag(j, c->in->tag)); /* the lines that grep took of it */
		check_lines(j, c, c->in->text, strength);
	} else if (c->in && of_tag(j, c->in->tag))
		check_listed(j, c, SPAN(""), of_tag(j, c->in->tag), strength);
	else if (c->in)
		check_lines(j, c, c->in->text, strength);
	else if (c->in_file.len)
		check_listed(j, c, c->in_file, of_path(j, judge_path(j, c->in_file)), strength);
}

static bool checksum(
	struct judge *j, const struct shell_call *c, struct span program, struct shell_data *out)
{
	int strength = sum_strength(c, program);
	const struct shell_arg *file = NULL;

	if (!strength)
		return false;
	for (size_t i = 1; i < c->n; i++) {
		struct span w = c->args[i].text;

		if (has("-c --check", w) ||
			(is_option(w) && span_at(w, 1) != '-' && span_find(w, 'c') < w.len &&
				!has("openssl", program) && !span_has(w, SPAN("sha")))) {
			check_sums(j, c, strength);
			return true;
		}
		if (has("-a --algorithm -out -sign -signature -verify", w)) {
			i++;
			continue;
		}
		if (!is_option(w) && !has("dgst", w))
			file = &c->args[i];
	}
	if (has("openssl", program)) {
		for (size_t i = 1; i < c->n && file; i++)
			if (span_eq(c->args[i].text, SPAN("-verify"))) {
				mark_key(j, of_path(j, judge_path(j, after_option(c, "-verify"))));
				evidence(j, c,
					of_path(j, judge_path(j, after_option(c, "-signature"))));
				check_path(j, c, file->text, "its signature is checked", true,
					SHELL_STOPS_ON_FAILURE);
				return true;
			}
	}
	out->is_unknown = true;
	if (!file && !c->in_file.len)
		return true;
	/* its output is compared by whoever gets it */
	out->tag = strength > 0 ? TAG_SUM : TAG_SUM | 1;
	out->about = judge_path(j, file ? file->text : c->in_file);
	out->text = judge_dup(j, "$(sum of %.*s)", SPAN_ARG(out->about));
	return true;
}

static bool is_sum(uint32_t tag)
{
	return (tag & TAG_KIND) == TAG_SUM;
}

/* What a sum is compared with: a hash, or what is not known. */
static bool is_comparable(const struct shell_arg *a)
{
	return !a->tag && (a->is_unknown || judge_has_hex(a->text, 56));
}

static void compared(
	struct judge *j, const struct shell_call *c, uint32_t tag, struct span path, unsigned stops)
{
	check_path(j, c, path, "its checksum is compared", !(tag & 1), stops);
}

/* A hash that was fetched: it is compared with, and is evidence. */
static bool is_fetched(struct judge *j, const struct shell_arg *a)
{
	return of_tag(j, a->tag) != NULL;
}

/* test and [: "$(sha256sum file)" = literal */
static void test(struct judge *j, const struct shell_call *c)
{
	unsigned stops = SHELL_STOPS_ON_FAILURE;

	for (size_t i = 1; i < c->n; i++)
		if (span_eq(c->args[i].text, SPAN("!=")) || span_eq(c->args[i].text, SPAN("!")))
			stops ^= SHELL_STOPS_ON_FAILURE | SHELL_STOPS_ON_SUCCESS;
	for (size_t i = 1; i < c->n; i++) /* another answer does */
		if (has("-o ||", c->args[i].text))
			return;
	for (size_t i = 2; i + 1 < c->n; i++) {
		const struct shell_arg *a = &c->args[i - 1], *b = &c->args[i + 1];

		if (!has("= == != -eq -ne", c->args[i].text))
			continue;
		if (is_sum(a->tag) && (is_comparable(b) || is_fetched(j, b)))
			compared(j, c, a->tag, a->about, stops);
		if (is_sum(b->tag) && (is_comparable(a) || is_fetched(j, a)))
			compared(j, c, b->tag, b->about, stops);
	}
}

/* ---- signatures and keys --------------------------------------------------------------------- */

static struct span without_end(struct span path, const char *ends)
{
	struct span rest = span_str(ends), end;

	while (span_split(&rest, ' ', &end))
		if (span_ends(path, end))
			return span_sub(path, 0, path.len - end.len);
	return (struct span){ 0 };
}

/* gpg --verify SIGNATURE [FILE] */
static void verify(struct judge *j, const struct shell_call *c, size_t from)
{
	struct span words[2] = { { 0 } };
	size_t n = 0;

	for (size_t i = from; i < c->n && n < 2; i++) {
		struct span w = c->args[i].text;

		if (has("--keyring --homedir --trust-model --output -o --status-fd --logger-fd", w))
			i++;
		else if (!is_option(w) || span_eq(w, SPAN("-")))
			words[n++] = w;
	}
	if (n == 2 || (n && without_end(words[0], ".asc .sig .sign .gpg .minisig").len))
		evidence(j, c, of_path(j, judge_path(j, words[0])));
	if (n == 2)
		check_path(
			j, c, words[1], "its signature is checked", true, SHELL_STOPS_ON_FAILURE);
	else if (n)
		check_path(j, c, without_end(words[0], ".asc .sig .sign .gpg .minisig"),
			"its signature is checked", true, SHELL_STOPS_ON_FAILURE);
}

/* Of a key on a key server: 40 hex digits are its fingerprint, less can be forged. */
static void receive_keys(struct judge *j, const struct shell_call *c, size_t from)
{
	for (size_t i = from; i < c->n; i++) {
		struct span w = c->args[i].text, id = w;
		bool is_full;
		struct recipe_finding *f;

		if (is_option(w)) {
			i += has("--keyserver --homedir --keyring", w);
			continue;
		}
		if (span_starts(id, SPAN("0x")) || span_starts(id, SPAN("0X")))
			id = span_from(id, 2);
		is_full = judge_is_hex(id, 40) || judge_is_hex(id, 64);
		f = judge_add(j, RECIPE_DOWNLOAD,
			is_full                 ? RECIPE_FIXED
			: c->args[i].is_unknown ? RECIPE_UNCLEAR
						: RECIPE_OPEN,
			judge_dup(j, "key %.*s", SPAN_ARG(w)),
			is_full ? "named by its fingerprint"
			: c->args[i].is_unknown
				? "which key it is is not known"
				: "is a key named by a short id, which others can have",
			c->args[i].at);
		if (f)
			f->is_key = true;
	}
}

static void key_files(struct judge *j, const struct shell_call *c, size_t from)
{
	bool any = false;

	for (size_t i = from; i < c->n; i++) {
		struct span w = c->args[i].text;

		if (is_option(w) && !span_eq(w, SPAN("-"))) {
			i += has("--keyring --homedir --output -o --no-default-keyring", w) &&
			     !has("--no-default-keyring", w);
			continue;
		}
		if (span_eq(w, SPAN("-")))
			continue;
		any = true;
		if (judge_is_url(w)) {
			uint32_t n = start(j, w, SPAN(""), c->args[i].at);

			if (n) {
				j->stage->downloads.p[n - 1].is_used = true;
				mark_key(j, &j->stage->downloads.p[n - 1]);
			}
			continue;
		}
		mark_key(j, of_path(j, judge_path(j, w)));
	}
	if (!any && c->in)
		mark_key(j, of_tag(j, c->in->tag));
	if (c->in_file.len)
		mark_key(j, of_path(j, judge_path(j, c->in_file)));
}

/* gpg --dearmor -o FILE: the same bytes in another form, at another path. */
static void dearmor(struct judge *j, const struct shell_call *c, struct shell_data *out)
{
	struct span path = after_option(c, "-o --output");
	struct download *d = c->in ? of_tag(j, c->in->tag) : NULL;

	for (size_t i = 1; i < c->n && !d; i++)
		if (!is_option(c->args[i].text))
			d = of_path(j, judge_path(j, c->args[i].text));
	if (!d)
		return;
	mark_key(j, d);
	d->is_used = true;
	if (path.len)
		d->path = judge_path(j, path);
	else
		out->tag = TAG_DOWNLOAD | (uint32_t)(d - j->stage->downloads.p + 1);
}

/* gpg --decrypt: what is in the file, at another path; the signature alone says nothing of it
 * until something is checked with it. */
static void decrypt(struct judge *j, const struct shell_call *c, struct shell_data *out)
{
	struct span to = after_option(c, "-o --output");
	struct download *d = of_path(j, judge_path(j, c->args[c->n - 1].text)), other;

	if (!d || j->stage->downloads.n >= DOWNLOADS_MAX)
		return;
	if (!to.len)
		out->tag = TAG_DOWNLOAD | (uint32_t)(d - j->stage->downloads.p + 1);
	other = *d;
	other.path = judge_path(j, to);
	if (to.len)
		vec_add(&j->stage->downloads, j->a, &other);
}

static bool gpg(struct judge *j, const struct shell_call *c, struct shell_data *out)
{
	out->is_unknown = true;
	for (size_t i = 1; i < c->n; i++) {
		struct span w = c->args[i].text;

		if (has("--verify", w)) {
			verify(j, c, i + 1);
		} else if (has("--decrypt -d", w)) {
			decrypt(j, c, out);
		} else if (has("--recv-keys --receive-keys --recv --recv-key", w)) {
			receive_keys(j, c, i + 1);
		} else if (has("--import --fetch-keys --fast-import", w)) {
			key_files(j, c, i + 1);
		} else if (has("--dearmor --dearmour", w)) {
			dearmor(j, c, out);
		} else if (has("--fingerprint --show-keys --with-fingerprint --list-keys -k "
			       "--with-colons --import-options",
				   w)) {
			out->tag = TAG_KEYS;
		} else {
			continue;
		}
		if (out->tag != TAG_KEYS)
			return true;
	}
	for (size_t i = 1; i < c->n && out->tag == TAG_KEYS; i++)
		if (of_path(j, judge_path(j, c->args[i].text))) {
			out->about = judge_path(j, c->args[i].text);
			mark_key(j, of_path(j, out->about));
		}
	if (out->tag == TAG_KEYS && c->in)
		mark_key(j, of_tag(j, c->in->tag));
	return true;
}

static bool apt_key(struct judge *j, const struct shell_call *c)
{
	for (size_t i = 1; i < c->n; i++) {
		struct span w = c->args[i].text;

		if (has("--recv-keys --recv --receive-keys", w)) {
			receive_keys(j, c, i + 1);
			return true;
		}
		if (has("add --fetch-keys", w)) {
			key_files(j, c, i + 1);
			return true;
		}
	}
	return true;
}

static bool rpm(struct judge *j, const struct shell_call *c)
{
	bool checks = false;

	for (size_t i = 1; i < c->n; i++) {
		struct span w = c->args[i].text;

		if (has("--import", w)) {
			key_files(j, c, i + 1);
			return true;
		}
		checks = checks || has("-K --checksig", w);
	}
	for (size_t i = 1; i < c->n; i++) {
		struct span w = c->args[i].text;

		if (is_option(w))
			continue;
		if (checks)
			check_path(
				j, c, w, "its signature is checked", true, SHELL_STOPS_ON_FAILURE);
		else if (judge_is_url(w))
			fetch_add(j, w, SPAN(""), c->args[i].at, SPAN(""));
	}
	return true;
}

/* Without a key: any signer does, or what says when it was signed is not looked at. */
static bool takes_anyone(const struct shell_call *c)
{
	bool anyone = false;

	for (size_t i = 1; i < c->n; i++) {
		struct span w = c->args[i].text, value = span_from(w, span_find(w, '=') + 1);

		if (span_starts(w, SPAN("--key")))
			return false;
		if (span_starts(w, SPAN("--insecure")) || has("--private-infrastructure", w))
			anyone |= !span_ends(w, SPAN("=false"));
		if (has("--certificate-identity-regexp", w) && i + 1 < c->n)
			value = c->args[i + 1].text;
		else if (!span_starts(w, SPAN("--certificate-identity-regexp=")))
			continue;
		anyone |= !value.len || has(".* .+ ^.*$ ^.+$ .", value);
	}
	return anyone;
}

/* Programs whose file word is checked by a signature. Sources: their manual pages. */
static bool signature(struct judge *j, const struct shell_call *c, struct span program)
{
	static const struct {
		const char *program, *verb, *file; /* file: an option; empty: the last word */
	} rows[] = {
		{ "cosign", "verify-blob", "" },
		{ "cosign", "verify-blob-attestation", "" },
		{ "minisign", "-V", "-m" },
		{ "minisign", "-Vm", "-Vm" },
		{ "signify", "-V", "-m" },
		{ "signify-openbsd", "-V", "-m" },
		{ "slsa-verifier", "verify-artifact", "" },
		{ "gh", "verify", "" },
		{ "rsign", "verify", "" },
		{ "ssh-keygen", "verify", "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		bool has_verb = false;

		if (!span_eq(program, span_str(rows[i].program)))
			continue;
		for (size_t k = 1; k < c->n; k++)
			has_verb = has_verb || span_eq(c->args[k].text, span_str(rows[i].verb));
		if (!has_verb)
			continue;
		if (takes_anyone(c))
			return true;
		for (size_t k = 1; k < c->n; k++) /* options may follow the file */
			if (*rows[i].file ? span_eq(c->args[k].text, after_option(c, rows[i].file))
					  : of_path(j, judge_path(j, c->args[k].text)) &&
						    !is_option(c->args[k - 1].text))
				check_path(j, c, c->args[k].text, "its signature is checked", true,
					SHELL_STOPS_ON_FAILURE);
		for (size_t k = 1; k < c->n; k++) {
			struct span option = c->args[k - 1].text;

			if (has("--key -p -k --public-key", option))
				key_files(j, &((struct shell_call){ .args = c->args + k, .n = 1 }),
					0);
			else if (is_option(option) && !span_eq(option, span_str(rows[i].file)))
				evidence(j, c, of_path(j, judge_path(j, c->args[k].text)));
		}
		return true;
	}
	return false;
}

/* 40 hex digits or more, with blanks between or not; or what is not known. */
static bool is_fingerprint(const struct shell_arg *a)
{
	size_t n = 0;

	for (size_t i = 0; i < a->text.len && n < 40; i++)
		if (ascii_is_hex(span_at(a->text, i)))
			n++;
		else if (!strchr(" ^$=\\", span_at(a->text, i)))
			n = 0;
	return n >= 40 || a->is_unknown;
}

/* The text names the file, and not one whose name goes on. */
static bool has_name(struct span text, struct span name)
{
	for (size_t at = 0, n;
		name.len && (n = span_find_span(span_from(text, at), name)) < text.len - at;
		at += n + 1) {
		uint8_t before = at + n ? span_at(text, at + n - 1) : ' ',
			after = span_at(text, at + n + name.len);

		if (!ascii_is_alnum(before) && !strchr("._-", before ? before : ' ') &&
			!ascii_is_alnum(after) && !strchr("._-", after ? after : ' '))
			return true;
	}
	return false;
}

/* grep: of a sum it compares, of keys it looks for a fingerprint, of a list of checksums it takes
 * lines. */
static bool grep(struct judge *j, const struct shell_call *c, struct shell_data *out)
{
	const struct shell_arg *pattern = NULL, *file = NULL;
	scoped_buf struct buf b = { 0 };

	for (size_t i = 1; i < c->n; i++) {
		struct span w = c->args[i].text;

		if (has("-e --regexp", w) && i + 1 < c->n) {
			pattern = &c->args[++i];
			continue;
		}
		if (is_option(w)) {
			i += has("-A -B -C -m -f", w);
			continue;
		}
		if (!pattern)
			pattern = &c->args[i];
		else
			file = &c->args[i];
	}
	if (!pattern)
		return true;
	out->is_unknown = true;
	if (c->in && is_sum(c->in->tag)) {
		if (!is_comparable(pattern) && !is_fetched(j, pattern))
			return true;
		compared(j, c, c->in->tag, c->in->about, SHELL_STOPS_ON_FAILURE);
		return true;
	}
	if (c->in && c->in->tag == TAG_KEYS) {
		for (size_t i = 0; i < j->stage->downloads.n; i++) {
			struct download *d = &j->stage->downloads.p[i];

			if (finding_of(j, d)->is_key && is_fingerprint(pattern) &&
				(!c->in->about.len || span_eq(c->in->about, d->path)))
				settle(j, d, c->stops & SHELL_STOPS_ON_FAILURE,
					"its fingerprint is compared");
		}
		return true;
	}
	/* what follows gets the lines of the names in the pattern: as if they were written so */
	for (size_t i = 0; i < pattern->text.len; i++)
		if (!strchr("\\^$", span_at(pattern->text, i)) ||
			span_at(pattern->text, i + 1) == '{')
			buf_byte(&b, (char)span_at(pattern->text, i));
	struct download *list = file    ? of_path(j, judge_path(j, file->text))
				: c->in ? of_tag(j, c->in->tag)
					: NULL;

	for (size_t i = 0; i < j->stage->downloads.n; i++) {
		struct download *d = &j->stage->downloads.p[i];
		struct span name = span_base(d->path);

		if (d == list || !has_name(buf_view(&b), name))
			continue;
		out->text = judge_join(j, out->text, "$(listed)  ", d->path);
		out->text = judge_join(j, out->text, "\n", SPAN(""));
	}
	if (list)
		list->is_used = true;
	if (list)
		out->tag = TAG_DOWNLOAD | (uint32_t)(list - j->stage->downloads.p + 1);
	return true;
}

/* ---- git ------------------------------------------------------------------------------------- */

static bool is_remote(struct span w)
{
	size_t colon = span_find(w, ':');

	if (colon < w.len && colon > 1 && colon < span_find(w, '/'))
		return true; /* host:path */
	return judge_is_url(w) || (span_find(w, '@') < w.len && span_find(w, ':') < w.len) ||
	       span_starts(w, SPAN("${")) || span_at(w, 0) == '$';
}

static struct span repository_folder(struct span url)
{
	struct span name = span_base(url);

	while (span_ends(url, SPAN("/"))) {
		url.len--;
		name = span_base(url);
	}
	return span_ends(name, SPAN(".git")) ? span_sub(name, 0, name.len - 4) : name;
}

static struct download *repository_at(struct judge *j, struct span folder)
{
	struct download *d = of_path(j, folder), *only = NULL;

	if (d && d->is_repository)
		return d;
	/* in a folder that is not known, when there is one clone alone */
	for (size_t i = 0; i < j->stage->downloads.n && span_find(folder, '$') < folder.len; i++)
		if (j->stage->downloads.p[i].is_repository) {
			if (only)
				return NULL;
			only = &j->stage->downloads.p[i];
		}
	return only;
}

/* NULL: no room. */
static struct download *start_repository(
	struct judge *j, const struct shell_arg *url, struct span folder)
{
	uint32_t n = start(j, url->text, folder, url->at);

	if (!n)
		return NULL;
	j->stage->downloads.p[n - 1].is_repository = true;
	j->stage->downloads.p[n - 1].is_used = true;
	finding_of(j, &j->stage->downloads.p[n - 1])->why = SPAN("is not at a full commit");
	return &j->stage->downloads.p[n - 1];
}

static void git_clone(struct judge *j, const struct shell_call *c, size_t from, struct span folder)
{
	static const char values[] = "-b --branch --depth --origin -o --reference --template -c "
				     "--config -j --jobs --filter --shallow-since "
				     "--separate-git-dir -u --upload-pack --server-option "
				     "--revision --reference-if-able --shallow-exclude";
	const struct shell_arg *url = NULL;
	struct span to = { 0 }, revision = after_option(c, "--revision");

	for (size_t i = from; i < c->n; i++) {
		struct span w = c->args[i].text;

		if (span_starts(w, SPAN("--revision=")))
			revision = span_from(w, 11);
		if (is_option(w))
			i += has(values, w);
		else if (!url)
			url = &c->args[i];
		else
			to = w;
	}
	if (!url || !is_remote(url->text))
		return;
	if (!to.len)
		to = repository_folder(url->text);
	struct download *d = start_repository(
		j, url, in_folder(j, span_at(to, 0) == '/' ? SPAN("") : folder, to));

	if (d)
		d->is_cloned = true;
	if (d && judge_is_commit(revision))
		fix(j, d, "at a full commit");
}

/* The words after a verb that moves a clone: to a commit, to what is not known, or to what others
 * can move. */
static void move_clone(struct judge *j, const struct shell_call *c, size_t from, struct download *d)
{
	struct recipe_finding *f = finding_of(j, d);
	struct span verb = c->args[from - 1].text;
	bool fetches = has("fetch", verb);

	for (size_t i = from; i < c->n; i++) /* of some files only */
		if (span_eq(c->args[i].text, SPAN("--")))
			return;
	for (size_t i = from; i < c->n; i++) {
		const struct shell_arg *a = &c->args[i];

		if (is_option(a->text)) {
			i += has("-b -B -c -C --depth -j --jobs", a->text);
			continue;
		}
		d->has_commit |= fetches && judge_is_commit(a->text);
		if (fetches && d->has_commit && d->is_cloned)
			continue;
		if (judge_is_commit(a->text) ||
			(d->has_commit && span_eq(a->text, SPAN("FETCH_HEAD")))) {
			settle(j, d, c->stops & SHELL_STOPS_ON_FAILURE, "at a full commit");
			return;
		}
		if (a->is_unknown && !is_remote(a->text) && f->state == RECIPE_OPEN) {
			f->state = RECIPE_UNCLEAR;
			f->why = SPAN("which commit it is at is not known");
		} else if (!fetches && !a->is_unknown && !has("FETCH_HEAD HEAD .", a->text) &&
			   f->state != RECIPE_OPEN) {
			f->state = RECIPE_OPEN;
			f->why = SPAN("is not at a full commit");
		}
	}
}

static bool git(struct judge *j, const struct shell_call *c)
{
	struct span folder = { 0 }, where;
	struct download *d;
	size_t i = 1;

	for (; i < c->n && is_option(c->args[i].text); i++) {
		bool takes = has("-C -c --git-dir --work-tree --exec-path", c->args[i].text);

		if (span_eq(c->args[i].text, SPAN("-C")) && i + 1 < c->n)
			folder = c->args[i + 1].text;
		i += takes;
	}
	if (i >= c->n)
		return true;
	struct span verb = c->args[i].text;

	where = judge_path(j, folder.len ? folder : SPAN("."));
	if (has("clone", verb)) {
		git_clone(j, c, i + 1, folder);
		return true;
	}
	if (has("remote", verb) && i + 3 < c->n && has("add", c->args[i + 1].text)) {
		const struct shell_arg *url = &c->args[c->n - 1];

		if (is_remote(url->text))
			start_repository(j, url, where);
		return true;
	}
	if (has("fetch pull", verb))
		for (size_t k = i + 1; k < c->n; k++)
			if (judge_is_url(c->args[k].text) && !of_path(j, where))
				start_repository(j, &c->args[k], where);
	if (has("submodule", verb) && i + 1 < c->n && has("add", c->args[i + 1].text))
		for (size_t k = i + 2; k < c->n; k++)
			if (is_remote(c->args[k].text))
				start_repository(j, &c->args[k], SPAN(""));
	d = repository_at(j, where);
	if (d && has("checkout reset switch fetch", verb))
		move_clone(j, c, i + 1, d);
	for (size_t k = i; d && k < c->n; k++)
		if (has("pull merge rebase", verb) || has("--remote", c->args[k].text)) {
			finding_of(j, d)->state = RECIPE_OPEN;
			finding_of(j, d)->why = SPAN("is not at a full commit");
		}
	if (d && (has("verify-tag verify-commit", verb) ||
			 (has("tag", verb) && i + 1 < c->n &&
				 has("-v --verify", c->args[i + 1].text)))) {
		settle(j, d, c->stops & SHELL_STOPS_ON_FAILURE, "its signature is checked");
	}
	return true;
}

/* ---- other commands -------------------------------------------------------------------------- */

/* mv and cp: what was checked at one path is the same at the other, and the other way round. */
static void moved(struct judge *j, const struct shell_call *c)
{
	struct span words[2] = { { 0 } };
	size_t n = 0;

	for (size_t i = 1; i < c->n; i++)
		if (!is_option(c->args[i].text)) {
			if (n < 2)
				words[n] = c->args[i].text;
			n++;
		}
	if (n != 2)
		return;
	struct download *d = of_path(j, judge_path(j, words[0]));
	struct span to = judge_path(j, words[1]);

	if (!d || j->stage->downloads.n >= DOWNLOADS_MAX)
		return;
	if (span_ends(words[1], SPAN("/")))
		to = in_folder(j, words[1], span_base(d->path));
	struct download other = *d; /* of the same finding */

	other.path = to;
	vec_add(&j->stage->downloads, j->a, &other);
}

static void change_folder(struct judge *j, const struct shell_call *c)
{
	for (size_t i = 1; i < c->n; i++)
		if (!is_option(c->args[i].text)) {
			shell_set(&j->run, SPAN("PWD"), judge_path(j, c->args[i].text),
				c->args[i].is_unknown);
			return;
		}
}

/* echo and printf with %s: what they write. */
static void say(struct judge *j, const struct shell_call *c, bool is_printf, struct shell_data *out)
{
	scoped_buf struct buf b = { .limit = SHELL_WORD_MAX };
	size_t next = is_printf ? 2 : 1;
	bool is_raw = false;
	struct span format = is_printf && c->n > 1 ? c->args[1].text : (struct span){ 0 };

	while (!is_printf && next < c->n && (has("-n -e -ne -en -E", c->args[next].text)))
		is_raw |= span_eq(c->args[next++].text, SPAN("-E"));
	if (span_eq(format, SPAN("--")) && c->n > 2) {
		format = c->args[2].text;
		next = 3;
	}
	for (size_t i = 1; i < c->n; i++) {
		out->is_unknown |= c->args[i].is_unknown;
		if (c->args[i].tag) {
			out->tag = c->args[i].tag;
			out->about = c->args[i].about;
		}
	}
	if (!is_printf) {
		for (size_t i = next; i < c->n; i++) {
			struct span w = c->args[i].text;

			buf_str(&b, i > next ? " " : "");
			/* some shells read \n and \t and some do not; what is wrong with more lines
			 * is wrong */
			for (size_t k = 0; k < w.len; k++) {
				uint8_t then = span_at(w, k + 1);
				bool is_sign = !is_raw && span_at(w, k) == '\\' &&
					       (then == 'n' || then == 't');

				buf_byte(&b,
					is_sign ? then == 'n' ? '\n' : '\t' : (char)span_at(w, k));
				k += is_sign;
			}
		}
		buf_byte(&b, '\n');
	}
	do {
		size_t before = next;

		for (size_t i = 0; i < format.len; i++) {
			uint8_t ch = span_at(format, i), then = span_at(format, i + 1);

			if (ch == '\\' && (then == 'n' || then == 't')) {
				buf_byte(&b, then == 'n' ? '\n' : '\t');
				i++;
			} else if (ch == '%' && then == 's') {
				if (next < c->n)
					buf_span(&b, c->args[next++].text);
				i++;
			} else {
				buf_byte(&b, (char)ch);
			}
		}
		if (next == before)
			break;
	} while (is_printf && next < c->n && !b.failed);
	out->text = arena_dup(j->a, buf_view(&b));
}

static void tee(struct judge *j, const struct shell_call *c, struct shell_data *out)
{
	bool appends = false;

	if (!c->in)
		return;
	for (size_t i = 1; i < c->n; i++)
		appends = appends || has("-a --append", c->args[i].text);
	for (size_t i = 1; i < c->n; i++)
		if (!is_option(c->args[i].text))
			fetch_write(j, c->args[i].text, appends, c->in);
	*out = *c->in;
}

static void cat(struct judge *j, const struct shell_call *c, struct shell_data *out)
{
	const struct known_text *t = NULL;
	struct download *d;

	if (c->n < 2 || (c->n == 2 && span_eq(c->args[1].text, SPAN("-")))) {
		if (c->in)
			*out = *c->in;
		else
			out->is_unknown = true;
		return;
	}
	t = judge_text(j, c->args[1].text);
	d = of_path(j, judge_path(j, c->args[1].text));
	out->is_unknown = !t || t->is_unknown || c->n > 2;
	if (t && c->n == 2)
		out->text = t->text;
	if (d)
		out->tag = TAG_DOWNLOAD | (uint32_t)(d - j->stage->downloads.p + 1);
}

static const char interpreters[] = "sh bash ash dash zsh ksh mksh fish python python2 python3 perl "
				   "node ruby php pwsh powershell source . eval";

static bool is_interpreter(struct span program)
{
	return has(interpreters, program) || span_starts(program, SPAN("python3."));
}

/* A stream, or a word that holds one, is run. */
static void executed(struct judge *j, const struct shell_call *c)
{
	static const char why[] = "is run as it is fetched, so nothing can check it";

	struct download *d = c->in ? of_tag(j, c->in->tag) : NULL;

	if (d && !d->is_evidence)
		explain(j, d, why);
	for (size_t i = 1; i < c->n; i++) {
		d = of_tag(j, c->args[i].tag);
		if (d && !d->is_evidence)
			explain(j, d, why);
	}
}

/* What a program that is not known makes of a stream is the stream, to us. */
static void pass_on(struct judge *j, const struct shell_call *c, struct shell_data *out)
{
	static const char unpackers[] = "tar bsdtar unzip gunzip zcat xz unxz bunzip2 zstd unzstd "
					"cpio 7z gzip bzip2";
	struct download *d = c->in ? of_tag(j, c->in->tag) : NULL;

	out->is_unknown = true;
	if (d && has(unpackers, shell_program(c->args[0].text)))
		explain(j, d, "is unpacked as it is fetched, so nothing can check it");
	if (c->in) {
		out->tag = c->in->tag;
		out->about = c->in->about;
	}
	for (size_t i = 1; i < c->n && !out->tag; i++) {
		out->tag = c->args[i].tag;
		out->about = c->args[i].about;
	}
	if (out->tag)
		out->text = span_str("$(...)");
}

/* Whoever gets a stream or a word of one uses it. */
static void use(struct judge *j, const struct shell_call *c)
{
	struct download *d = c->in ? of_tag(j, c->in->tag) : NULL;

	if (d)
		d->is_used = true;
	for (size_t i = 0; i < c->n; i++)
		if ((d = of_tag(j, c->args[i].tag)))
			d->is_used = true;
}

/* PowerShell's and Windows' own are in recipe.c, which reads their lines. */
bool fetch_call(struct judge *j, const struct shell_call *c, struct shell_data *out)
{
	struct span program = shell_program(c->args[0].text);

	use(j, c);
	if (fetch(j, c, program, out) || checksum(j, c, program, out) || signature(j, c, program))
		return true;
	if (has("gpg gpg2 gpg1", program))
		return gpg(j, c, out);
	if (has("gpgv gpgv2", program))
		return verify(j, c, 1), true;
	if (has("apt-key", program))
		return apt_key(j, c);
	if (has("rpm rpmkeys", program))
		return rpm(j, c);
	if (has("git", program))
		return git(j, c);
	if (has("grep egrep fgrep rg", program))
		return grep(j, c, out);
	if (has("test [ [[", program))
		return test(j, c), true;
	if (has("mv cp ln install", program))
		return moved(j, c), true;
	if (has("cd pushd", program))
		return change_folder(j, c), true;
	if (has("echo printf", program))
		return say(j, c, span_eq(program, SPAN("printf")), out), true;
	if (has("tee sponge", program))
		return tee(j, c, out), true;
	if (has("cat", program))
		return cat(j, c, out), true;
	if (is_interpreter(program))
		return executed(j, c), out->is_unknown = true, true;
	pass_on(j, c, out);
	return false;
}
