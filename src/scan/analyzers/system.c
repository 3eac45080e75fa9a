/* system.c - accounts, and the small files that tell how an image was made.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/apt_sources.h"
#include "format/passwd.h"
#include "scan/analyzers/record.h"
#include "syntax/json.h"

enum {
	LINES_MAX = 4096,        /* of etc/shells, etc/apk/repositories and the sources of apt */
	APKO_SIZE_MAX = 1 << 20, /* etc/apko.json */
};

typedef int read_fn(struct analysis *out, uint32_t entry, struct span data);

static int add_user(struct analysis *out, struct user_fact u)
{
	if (!record_name(out, u.name, &u.name) || !record_name(out, u.home, &u.home) ||
		!record_name(out, u.shell, &u.shell))
		return SCOV_E_LIMIT;
	return vec_add(&out->part->users, out->arena, &u) ? 0 : SCOV_E_LIMIT;
}

static void finish_accounts(struct analysis *out, uint32_t entry, const struct passwd_reader *r)
{
	if (r->rest.len)
		diag_add(out, DIAG_WARNING, entry, HIDES_FILE,
			"over %d lines; the rest is not read", PASSWD_LINES_MAX);
}

static int users(struct analysis *out, uint32_t entry, struct span data)
{
	struct passwd_reader r = passwd_read(data);
	struct passwd_user u;
	int code = 0;

	while (!code && passwd_next(&r, &u))
		code = add_user(out, (struct user_fact){ .entry = entry,
					     .line = r.line,
					     .uid = u.uid,
					     .gid = u.gid,
					     .name = u.name,
					     .home = u.home,
					     .shell = u.shell });
	finish_accounts(out, entry, &r);
	if (r.has_long_line)
		diag_add(out, DIAG_ERROR, entry, HIDES_READING,
			READ_DIFFERENTLY "a line of more than %d bytes",
			PASSWD_LINE_LENGTH_MAX - 1);
	return code;
}

static int groups(struct analysis *out, uint32_t entry, struct span data)
{
	struct passwd_reader r = passwd_read(data);
	struct passwd_group g;
	int code = 0;

	while (!code && group_next(&r, &g))
		code = add_user(out, (struct user_fact){ .entry = entry,
					     .line = r.line,
					     .is_group = true,
					     .gid = g.gid,
					     .name = g.name });
	finish_accounts(out, entry, &r);
	return code;
}

static int lines(struct analysis *out, uint32_t entry, struct span data, enum marker_kind kind)
{
	struct span line;
	int code = 0;

	for (uint32_t n = 1; !code && n <= LINES_MAX && span_line(&data, &line); n++) {
		line = span_trim(line);
		if (line.len && span_at(line, 0) != '#')
			code = record_marker(out, entry, kind, line, n);
	}
	return code;
}

static int shells(struct analysis *out, uint32_t entry, struct span data)
{
	return lines(out, entry, data, MARKER_SHELLS);
}

static int repositories(struct analysis *out, uint32_t entry, struct span data)
{
	return lines(out, entry, data, MARKER_APK_REPOSITORY);
}

/* debuerreotype's slim variant says so in the file's first lines. */
static int slim(struct analysis *out, uint32_t entry, struct span data)
{
	struct span line, rest = data;

	for (uint32_t n = 1; n <= 3 && span_line(&rest, &line); n++)
		if (span_has(line, SPAN("\"slim\" variant")))
			return record_marker(out, entry, MARKER_DPKG_SLIM, span_trim(line), n);
	return 0;
}

static int apko(struct analysis *out, uint32_t entry, struct span data)
{
	const struct json *v;

	if (json_parse(data, APKO_SIZE_MAX, out->scratch, &v, NULL) || !json_is(v, JSON_DICT))
		return 0;
	return record_marker(out, entry, MARKER_APKO, SPAN(""), 0);
}

static int machine_id(struct analysis *out, uint32_t entry, struct span data)
{
	enum { HEX = 32 };
	struct span id = span_trim(data);
	uint64_t v;
	size_t n = 0;

	while (n < id.len && span_number(span_sub(id, n, 1), 16, 15, &v))
		n++;
	/* The number itself says nothing that a verdict needs. */
	return n == HEX && id.len == HEX ? record_marker(out, entry, MARKER_MACHINE_ID, SPAN(""), 1)
					 : 0;
}

static int apt(struct analysis *out, uint32_t entry, struct span data, bool deb822)
{
	struct apt_reader r = apt_read(data, deb822);
	struct span uri;
	int code = 0;

	while (!code && r.line <= LINES_MAX && apt_next(&r, &uri))
		code = record_marker(out, entry, MARKER_APT_SOURCE, uri, r.line);
	return code;
}

static int apt_list(struct analysis *out, uint32_t entry, struct span data)
{
	return apt(out, entry, data, false);
}

static int apt_deb822(struct analysis *out, uint32_t entry, struct span data)
{
	return apt(out, entry, data, true);
}

static read_fn *const readers[KIND_KINDS] = {
	[KIND_PASSWD] = users,
	[KIND_GROUP] = groups,
	[KIND_SHELLS] = shells,
	[KIND_APK_REPOSITORIES] = repositories,
	[KIND_DPKG_SLIM] = slim,
	[KIND_APKO] = apko,
	[KIND_MACHINE_ID] = machine_id,
	[KIND_APT_LIST] = apt_list,
	[KIND_APT_SOURCES] = apt_deb822,
};

static enum want want(const struct entry *e, struct span path, uint8_t kind)
{
	(void)path;
	return is_file(e) && readers[kind] ? WANT_WHOLE : WANT_NOTHING;
}

static int file(struct analysis *out, uint32_t entry, struct span path, struct span data)
{
	(void)path;
	return readers[out->kind](out, entry, data);
}

const struct analyzer analyzer_system = {
	.name = "system",
	.bit = BIT_SYSTEM,
	.hides = HIDES_FILE,
	.by_kind = true,
	.want = want,
	.file = file,
};
