/* listed.c - the records of pip, npm, Yarn, pnpm, RubyGems and Ansible: which files are a
 * package's.
 *
 * RECORD of X.dist-info and FILES.json of a collection list files with their digests, the others
 * name folders. A folder's name
 * alone says nothing: what is in site-packages or node_modules and in no record is the image's own.
 * Sources: "Recording installed projects" of PyPA; package-lock.json of npm ("packages"),
 * package.json as npm up to 6 wrote it (_resolved), Yarn's .yarn-integrity and .yarn-state.yml,
 * pnpm's .modules.yaml, RubyGems' specifications, FILES.json of Ansible's collection format.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "scan/listed.h"

#include <string.h>

#include "scan/analyzers/record.h"
#include "syntax/base64.h"

enum { PATH_ROOM = 4096, DIGITS = 11 /* of base64, for eight bytes */ };

static const struct span modules = SPAN_INIT("node_modules");

static bool is_in(struct span path, struct span folder)
{
	return span_eq(span_base(span_dir(path)), folder);
}

/* ---- paths: where a record points to ---- */

struct place_text {
	uint8_t bytes[PATH_ROOM];
	size_t n;
	bool is_bad; /* too long, or above the root */
};

static void add_name(struct place_text *p, struct span name)
{
	if (!name.len || span_eq(name, SPAN(".")))
		return;
	if (span_eq(name, SPAN(".."))) {
		struct span folder = span_dir(span_of(p->bytes, p->n));

		p->is_bad |= !p->n;
		p->n = folder.len;
		return;
	}
	if (p->n + 1 + name.len > PATH_ROOM) {
		p->is_bad = true;
		return;
	}
	if (p->n)
		p->bytes[p->n++] = '/';
	memcpy(p->bytes + p->n, name.p, name.len);
	p->n += name.len;
}

static void add_path(struct place_text *p, struct span path)
{
	struct span name;

	if (span_at(path, 0) == '/')
		p->n = 0;
	while (span_split(&path, '/', &name))
		add_name(p, name);
}

/* base/path: a folder that is a package, or a file of one whose tree is the base. */
static int list(
	struct analysis *out, struct span base, struct span path, bool is_folder, uint64_t content)
{
	struct place_text p = { .n = 0 };

	add_path(&p, base);
	add_path(&p, path);
	if (p.is_bad || !p.n)
		return 0;
	struct span all = span_of(p.bytes, p.n);
	bool is_below = base.len && span_starts(all, base) && span_at(all, base.len) == '/';

	return listed_add(out, all,
		is_folder  ? p.n + 1
		: is_below ? base.len + 1
			   : 0,
		content, is_folder);
}

/* ---- RECORD ---- */

/* The field up to the next comma; in quotes a comma may be in it. */
static struct span field(struct span *line)
{
	struct span f;

	if (span_at(*line, 0) == '"') {
		size_t end = span_find(span_from(*line, 1), '"');

		f = span_sub(*line, 1, end);
		*line = span_from(*line, end + 3);
		return f;
	}
	return span_split(line, ',', &f) ? f : (struct span){ 0 };
}

/* "sha256=" and base64 for URLs: the first eight bytes; 0: no such digest. */
static uint64_t digest_head(struct span s)
{
	uint64_t v = 0;

	if (!span_starts(s, SPAN("sha256=")))
		return 0;
	s = span_from(s, 7);
	for (size_t i = 0; i < DIGITS; i++) {
		int digit = base64_digit(span_at(s, i));

		if (digit < 0)
			return 0;
		v = i + 1 < DIGITS ? v << 6 | (unsigned)digit : v << 4 | (unsigned)digit >> 2;
	}
	return v;
}

/* Installed from a folder, an archive or a repository ("Recording the Direct URL Origin" of PyPA):
 * no index has published it, it may be the image's own. conda's packages all have that record. */
static bool is_direct(struct span record)
{
	return span_has(record, SPAN(".dist-info/direct_url.json,")) &&
	       !span_has(record, /* the content of INSTALLER: "conda" */
		       SPAN(".dist-info/"
			    "INSTALLER,sha256=0O3uFfkbQG8_mXJuROuZC-bjT9A0W1K5EMVo4O72oqg,"));
}

static int pip_record(struct analysis *out, struct span path, struct span data)
{
	struct span base = span_dir(span_dir(path)), line;
	int rc = 0;

	if (is_direct(data))
		return 0;
	while (!rc && span_line(&data, &line)) {
		struct span name = field(&line), digest = field(&line);
		uint64_t head = digest_head(digest);

		/* a digest that is not read (of another kind) lists nothing */
		if (name.len && (head || !digest.len))
			rc = list(out, base, name, false, head);
	}
	return rc;
}

/* ---- npm, Yarn, pnpm ---- */

/* The value of "key": "..." in the text; empty: none. */
static struct span value_of(struct span text, struct span key)
{
	struct span rest = span_from(text, span_find_span(text, key) + key.len);
	size_t i = 0;

	while (span_at(rest, i) == ' ' || span_at(rest, i) == ':')
		i++;
	if (span_at(rest, i) != '"')
		return (struct span){ 0 };
	rest = span_from(rest, i + 1);
	return span_sub(rest, 0, span_find(rest, '"'));
}

static bool is_from_registry(struct span resolved)
{
	return span_starts(resolved, SPAN("https://")) || span_starts(resolved, SPAN("http://"));
}

/* Past the next `"...node_modules/NAME": {`: what is in the quotes. Empty: there is no more. */
static struct span next_key(struct span *text)
{
	static const struct span mark = SPAN_INIT("node_modules/"), object = SPAN_INIT("\": {");

	for (;;) {
		size_t at = span_find_span(*text, mark);

		if (at >= text->len) {
			*text = span_from(*text, text->len);
			return (struct span){ 0 };
		}
		size_t from = at, end = at + span_find(span_from(*text, at), '"');

		while (from && span_at(*text, from - 1) != '"' && at - from < PATH_ROOM)
			from--;
		struct span key = span_sub(*text, from, end - from);

		*text = span_from(*text, end);
		if (span_starts(*text, object) || span_starts(*text, SPAN("\":{")))
			return key;
	}
}

/* "packages": { "node_modules/NAME": { "resolved": "https://...", "integrity": "..." }: folders
 * below that of the project. */
static int npm_lock(struct analysis *out, struct span base, struct span data)
{
	struct span key = next_key(&data);
	int rc = 0;

	while (!rc && key.len) {
		struct span rest = data, next = next_key(&rest),
			    own = span_sub(data, 0, data.len - rest.len),
			    resolved = value_of(own, SPAN("\"resolved\""));

		/* npm may leave out where a package of the registry came from */
		if (resolved.len ? is_from_registry(resolved)
				 : value_of(own, SPAN("\"integrity\"")).len > 0)
			rc = list(out, base, key, true, 0);
		key = next;
		data = rest;
	}
	return rc;
}

/* "lockfileEntries": { "NAME@RANGE": "https://..." } */
static int yarn_integrity(struct analysis *out, struct span base, struct span data)
{
	struct span line;
	int rc = 0;

	data = span_from(data, span_find_span(data, SPAN("\"lockfileEntries\"")));
	while (!rc && span_line(&data, &line)) {
		struct span rest = span_from(line, span_find(line, '"') + 1),
			    key = span_sub(rest, 0, span_find(rest, '"')),
			    name = span_sub(key, 0, 1 + span_find(span_from(key, 1), '@'));

		rest = span_from(rest, key.len);
		if (name.len && name.len < key.len && is_from_registry(value_of(rest, SPAN("\":"))))
			rc = list(out, base, name, true, 0);
	}
	return rc;
}

/* "NAME@npm:VERSION": and below it locations: - "node_modules/NAME" */
static int yarn_state(struct analysis *out, struct span base, struct span data)
{
	struct span line;
	bool is_npm = false;
	int rc = 0;

	while (!rc && span_line(&data, &line)) {
		if (span_at(line, 0) == '"')
			is_npm = span_has(line, SPAN("@npm:"));
		line = span_trim(line);
		if (is_npm && span_starts(line, SPAN("- \"")))
			rc = list(out, base, span_sub(line, 3, span_rfind(line, '"') - 3), true, 0);
	}
	return rc;
}

/* npm as Node's archives bring it: unpacked, with all that it needs inside and no other record. */
static bool is_npm_itself(struct span path, struct span data)
{
	return span_ends(path, SPAN("node_modules/npm/package.json")) &&
	       span_eq(value_of(data, SPAN("\"name\"")), SPAN("npm")) &&
	       span_has(data, SPAN("\"git+https://github.com/npm/cli.git\""));
}

static int package_json(struct analysis *out, struct span path, struct span data)
{
	return is_npm_itself(path, data) || is_from_registry(value_of(data, SPAN("\"_resolved\"")))
		       ? list(out, span_dir(path), (struct span){ 0 }, true, 0)
		       : 0;
}

/* ---- RubyGems ---- */

/* X/specifications/NAME-VERSION.gemspec of X/gems/NAME-VERSION */
static int gem_spec(struct analysis *out, struct span path, struct span data)
{
	struct span folder = span_dir(path), name = span_base(path);
	struct place_text p = { .n = 0 };

	if (!span_has(data, SPAN("Gem::Specification.new")))
		return 0;
	add_path(&p,
		span_dir(span_eq(span_base(folder), SPAN("default")) ? span_dir(folder) : folder));
	add_name(&p, SPAN("gems"));
	name.len -= SPAN(".gemspec").len;
	return list(out, span_of(p.bytes, p.n), name, true, 0);
}

/* ---- Ansible ---- */

/* {"files": [{"name": "plugins/a.py", "ftype": "file", "chksum_sha256": "..."}, ...]} of the folder
 * ansible_collections/NAMESPACE/NAME. */
static int collection(struct analysis *out, struct span base, struct span data)
{
	struct span object;
	int rc = 0;

	while (!rc && span_split(&data, '}', &object)) {
		struct span name = value_of(object, SPAN("\"name\"")),
			    sum = value_of(object, SPAN("\"chksum_sha256\""));
		uint64_t head = 0;

		if (name.len && span_number(span_sub(sum, 0, 16), 16, UINT64_MAX, &head) && head)
			rc = list(out, base, name, false, head);
	}
	return rc;
}

/* ---- which file is one ---- */

enum kind { NOTHING, RECORD, LOCK, HIDDEN_LOCK, INTEGRITY, STATE, PNPM, PACKAGE, SPEC, COLLECTION };

static enum kind kind_of(struct span path)
{
	struct span name = span_base(path), folder = span_dir(path);
	bool in_modules = is_in(path, modules);

	if (span_eq(name, SPAN("RECORD")))
		return span_ends(folder, SPAN(".dist-info")) ? RECORD : NOTHING;
	if (span_eq(name, SPAN("FILES.json")))
		return is_in(span_dir(folder), SPAN("ansible_collections")) ? COLLECTION : NOTHING;
	if (span_eq(name, SPAN("package.json")))
		return span_has(folder, modules) ? PACKAGE : NOTHING;
	if (span_eq(name, SPAN("package-lock.json")) || span_eq(name, SPAN("npm-shrinkwrap.json")))
		return LOCK;
	if (span_ends(name, SPAN(".gemspec")))
		return is_in(path, SPAN("specifications")) ||
				       (is_in(path, SPAN("default")) &&
					       is_in(folder, SPAN("specifications")))
			       ? SPEC
			       : NOTHING;
	if (!in_modules)
		return NOTHING;
	return span_eq(name, SPAN(".package-lock.json")) ? HIDDEN_LOCK
	       : span_eq(name, SPAN(".yarn-integrity"))  ? INTEGRITY
	       : span_eq(name, SPAN(".yarn-state.yml"))  ? STATE
	       : span_eq(name, SPAN(".modules.yaml"))    ? PNPM
							 : NOTHING;
}

static enum want want(const struct entry *e, struct span path, uint8_t kind)
{
	(void)kind;
	return is_file(e) && kind_of(path) != NOTHING ? WANT_WHOLE : WANT_NOTHING;
}

static int file(struct analysis *out, uint32_t entry, struct span path, struct span data)
{
	struct span folder = span_dir(path);

	(void)entry;
	switch (kind_of(path)) {
	case RECORD:
		return pip_record(out, path, data);
	case LOCK:
		return npm_lock(out, folder, data);
	case HIDDEN_LOCK:
		return npm_lock(out, span_dir(folder), data);
	case INTEGRITY:
		return yarn_integrity(out, folder, data);
	case STATE:
		return yarn_state(out, span_dir(folder), data);
	case PNPM:
		return list(out, folder, SPAN(".pnpm"), true, 0);
	case COLLECTION:
		return collection(out, folder, data);
	case PACKAGE:
		return package_json(out, path, data);
	case SPEC:
		return gem_spec(out, path, data);
	case NOTHING:
		break;
	}
	return 0;
}

const struct analyzer analyzer_listed = {
	.name = "listed",
	.bit = BIT_LISTED,
	.hides = HIDES_NOTHING,
	.want = want,
	.file = file,
};
