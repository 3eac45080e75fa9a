/* system.c - the distribution, and the user that a runtime would start as.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/ascii.h"
#include "join/steps.h"

enum {
	ID_MAX = INT32_MAX
}; /* runc refuses larger numbers; source: moby/sys/user, minID and maxID */

static void release_row(struct distribution *d, struct span key, struct span value)
{
	const struct {
		struct span key, *to;
	} rows[] = {
		{ SPAN("ID"), &d->id },
		{ SPAN("ID_LIKE"), &d->id_like },
		{ SPAN("VERSION_ID"), &d->version_id },
		{ SPAN("VERSION_CODENAME"), &d->codename },
		{ SPAN("NAME"), &d->name },
		{ SPAN("PRETTY_NAME"), &d->pretty_name },
		{ SPAN("VARIANT_ID"), &d->variant_id },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (span_eq(key, rows[i].key))
			*rows[i].to = value;
}

/* IDs are lower case by the specification; some makers write their name. */
static struct span lower(struct join *j, struct span s)
{
	uint8_t *p = arena_alloc(&j->out->arena, s.len);

	for (size_t i = 0; p && i < s.len; i++)
		p[i] = ascii_is_upper(span_at(s, i)) ? span_at(s, i) | 0x20 : span_at(s, i);
	return p ? span_of(p, s.len) : s;
}

/* os-release(5): etc/os-release is taken before usr/lib/os-release. */
static void find_distribution(struct join *j)
{
	struct distribution *d = &j->out->distribution;

	for (size_t i = 0; i < j->bodies.n && !d->is_known; i++) {
		const struct known_body *b = &j->bodies.p[i];

		if (b->row->kind != KIND_OS_RELEASE || !b->is_read)
			continue;
		const struct part *part = j->out->parts[b->file->body_layer];
		uint32_t body = join_body_index(j, b->file);

		for (size_t r = 0; r < part->releases.n; r++)
			if (part->releases.p[r].entry == body)
				release_row(d, part->releases.p[r].key, part->releases.p[r].value);
		d->id = lower(j, d->id);
		d->id_like = lower(j, d->id_like);
		d->is_known = d->id.len > 0;
		d->at = place_file((int32_t)b->file->layer, b->file->path);
	}
}

static bool is_digits(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_is_digit(span_at(s, i)))
			return false;
	return s.len;
}

/* "v3.20" of ".../alpine/v3.20/main", "edge"; empty: the address names no branch. */
static struct span branch_of(struct span url)
{
	struct span part;

	while (span_split(&url, '/', &part)) {
		struct span rest = span_from(part, 1), number;
		size_t n = 0;

		while (span_split(&rest, '.', &number) && is_digits(number))
			n++;
		if (span_eq(part, SPAN("edge")) || (span_at(part, 0) == 'v' && n == 2 && !rest.len))
			return part;
	}
	return (struct span){ 0 };
}

/* Of etc/apk/repositories, each once. */
static void find_branches(struct join *j)
{
	const struct known_body *b = known_first(j, KIND_APK_REPOSITORIES);
	struct distribution *d = &j->out->distribution;

	if (!b || !b->is_read)
		return;
	const struct part *part = j->out->parts[b->file->body_layer];
	uint32_t body = join_body_index(j, b->file);

	for (size_t i = 0; i < part->markers.n; i++) {
		const struct marker_fact *m = &part->markers.p[i];
		struct span branch = m->kind == MARKER_APK_REPOSITORY && m->entry == body
					     ? branch_of(m->text)
					     : (struct span){ 0 };
		bool has = !branch.len;

		for (size_t k = 0; k < d->branches.n; k++)
			has = has || span_eq(d->branches.p[k], branch);
		if (!has)
			vec_add(&d->branches, &j->out->arena, &branch);
	}
}

/* The first word that begins with a digit: of "CentOS release 6.10 (Final)" the 6.10. */
static struct span version_in(struct span line)
{
	struct span word;

	while (span_split(&line, ' ', &word)) {
		word = span_from(word, span_at(word, 0) == 'v');
		if (ascii_is_digit(span_at(word, 0)))
			return word;
	}
	return (struct span){ 0 };
}

static struct span id_in(struct span path, struct span line)
{
	for (size_t i = 0; i < known_release_names_n; i++)
		if (span_eq(known_release_names[i].file, path) &&
			span_has(line, known_release_names[i].text))
			return known_release_names[i].id;
	return (struct span){ 0 };
}

/* What one release file says. Its first row is its first line. */
static void take_release(struct join *j, const struct known_body *b, struct distribution *d)
{
	const struct part *part = j->out->parts[b->file->body_layer];
	uint32_t body = join_body_index(j, b->file);
	struct span patch = { 0 };
	bool is_first = true;

	for (size_t r = 0; r < part->releases.n; r++) {
		const struct release_fact *f = &part->releases.p[r];

		if (f->entry != body)
			continue;
		if (is_first) {
			d->pretty_name = f->value;
			d->version_id = version_in(f->value);
			/* "jessie/sid" is what came before version 8 */
			if (!d->version_id.len)
				d->codename = span_sub(f->value, 0, span_find(f->value, '/'));
			d->id = id_in(b->row->head, f->value);
		}
		is_first = false;
		if (span_eq(f->key, SPAN("PATCHLEVEL")) && !span_eq(f->value, SPAN("0")))
			patch = f->value;
		if (span_eq(f->key, SPAN("DISTRIB_ID")))
			d->id = lower(j, f->value);
		if (span_eq(f->key, SPAN("DISTRIB_RELEASE")))
			d->version_id = f->value;
		if (span_eq(f->key, SPAN("DISTRIB_CODENAME")))
			d->codename = f->value;
		if (span_eq(f->key, SPAN("DISTRIB_DESCRIPTION")))
			d->pretty_name = f->value;
	}
	if (patch.len && span_find(d->version_id, '.') == d->version_id.len)
		d->version_id = join_text(
			j, "%.*s.%.*s", SPAN_ARG(d->version_id), SPAN_ARG(patch));
	if (!is_first || b->file->body->size == 0)
		d->id = d->id.len ? d->id : id_in(b->row->head, (struct span){ 0 });
	d->is_known = d->id.len > 0;
	d->at = place_file((int32_t)b->file->layer, b->file->path);
}

/* Without os-release: the files that distributions had before, in the order of the table. */
static void find_release(struct join *j)
{
	struct distribution *d = &j->out->distribution;

	for (size_t i = 0; i < j->bodies.n && !d->is_known; i++) {
		const struct known_body *b = &j->bodies.p[i];
		struct distribution found = { 0 };

		if (b->row->kind != KIND_RELEASE || !b->is_read)
			continue;
		take_release(j, b, &found);
		if (found.is_known)
			*d = found;
	}
}

/* A number as Go's strconv.Atoi takes it: a sign is allowed, and "+0" is root as well. */
static bool parse_id(struct span s, bool *in_range, uint32_t *id)
{
	bool negative = span_starts(s, SPAN("-"));
	struct span digits = negative || span_starts(s, SPAN("+")) ? span_from(s, 1) : s;
	uint64_t n;

	if (!span_number(digits, 10, INT64_MAX, &n))
		n = UINT64_MAX;
	if (n == UINT64_MAX && !is_digits(digits))
		return false;
	*in_range = n <= ID_MAX && (!negative || n == 0);
	*id = *in_range ? (uint32_t)n : 0;
	return true;
}

/* The first line of the accounts whose name is `who`, or by number, whose number it is. kind:
 * KIND_PASSWD or KIND_GROUP. */
static const struct user_fact *find_line(
	const struct join *j, uint8_t kind, struct span who, bool by_number, struct place *at)
{
	const struct known_body *b = known_first(j, kind);
	const struct file *f = b && b->is_read ? b->file : NULL;
	bool is_group = kind == KIND_GROUP, in_range = true;
	uint32_t id = 0;

	if (!f || (by_number && (!parse_id(who, &in_range, &id) || !in_range)))
		return NULL;
	const struct part *part = j->out->parts[f->body_layer];
	uint32_t body = join_body_index(j, f);

	for (size_t i = 0; i < part->users.n; i++) {
		const struct user_fact *u = &part->users.p[i];

		if (u->entry != body || u->is_group != is_group)
			continue;
		if (by_number ? (is_group ? u->gid : u->uid) == id : span_eq(u->name, who)) {
			*at = place_line((int32_t)f->layer, f->path, u->line);
			return u;
		}
	}
	return NULL;
}

/* A group that is not found ends the start of the container. */
static void resolve_group(const struct join *j, struct user *u, struct span group)
{
	struct place at;
	bool is_numeric = parse_id(group, &u->has_gid, &u->gid);
	const struct user_fact *line = find_line(j, KIND_GROUP, group, is_numeric, &at);

	u->has_gid = is_numeric && u->has_gid;
	if (line) {
		u->gid = line->gid;
		u->has_gid = line->gid <= ID_MAX;
	}
	if (!u->has_gid) {
		u->is_known = false;
		u->lacks_group = true;
	}
}

/* "user[:group]" as runc resolves it; source: moby/sys/user, GetExecUser. An empty user is number
 * 0. */
static void resolve_user(struct join *j)
{
	struct user *u = &j->out->user;
	struct span text = image_config(j->out->config, CONFIG_USER, (struct span){ 0 });
	size_t colon = span_find(text, ':');
	struct span name = span_sub(text, 0, colon), group = span_from(text, colon + 1);
	bool in_range = false;

	*u = (struct user){
		.text = text, .is_empty = text.len == 0, .at = place_config("/config/User")
	};
	if (!j->out->config)
		return;
	const struct known_body *passwd = known_first(j, KIND_PASSWD);
	bool unread = passwd && !passwd->is_read; /* any of its lines may name the user */

	u->is_numeric = parse_id(name, &in_range, &u->uid);
	const struct user_fact *line = find_line(
		j, KIND_PASSWD, name.len ? name : SPAN("0"), u->is_numeric || !name.len, &u->at);

	/* A number is a number to today's runtimes. Older ones took it for a name as well: then
	 * root is root. */
	if (u->is_numeric) {
		struct place at;
		const struct user_fact *named = find_line(j, KIND_PASSWD, name, false, &at);

		if (named && (named->uid == 0 || named->uid > ID_MAX)) {
			line = named;
			u->at = at;
		}
	}
	if (line) {
		u->has_gid = line->gid <= ID_MAX;
		u->is_known = line->uid <= ID_MAX && (u->has_gid || group.len);
		u->uid = line->uid;
		u->gid = line->gid;
	} else if (u->is_numeric) {
		u->is_known = in_range && (u->uid == 0 || !unread);
	} else if (name.len == 0 || span_eq(name, SPAN("root"))) {
		u->is_known = true;
		u->uid = 0;
	}
	if (name.len == 0)
		u->uid = 0; /* whatever a line for number 0 is called */
	if (group.len)
		resolve_group(j, u, group);
}

void system_describe(struct join *j)
{
	find_distribution(j);
	if (!j->out->distribution.is_known)
		find_release(j);
	find_branches(j);
	resolve_user(j);
}
