/* form.c - which form of image a reference names.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "source/form.h"

#include "base/err.h"

static const struct {
	struct span prefix;
	uint8_t kind;
	bool is_path, has_tag, has_digest, has_stdin;
	const char *refuse; /* what to write instead */
} prefixes[] = {
	{ SPAN_INIT("oci:"), FORM_LAYOUT, true, true, true, false, NULL },
	{ SPAN_INIT("oci-archive:"), FORM_LAYOUT_ARCHIVE, true, true, true, true, NULL },
	{ SPAN_INIT("dir:"), FORM_FOLDER, true, false, false, false, NULL },
	{ SPAN_INIT("docker-archive:"), FORM_DOCKER_ARCHIVE, true, true, false, true, NULL },
	{ SPAN_INIT("rootfs:"), FORM_ROOTFS, true, false, false, true, NULL },
	{ SPAN_INIT("docker://"), FORM_REGISTRY, false, false, false, false, NULL },
	{ SPAN_INIT("docker:"), FORM_ENGINE, false, false, false, false, NULL },
	{ SPAN_INIT("docker-daemon:"), 0, false, false, false, false, "docker:NAME" },
	{ SPAN_INIT("podman:"), 0, false, false, false, false,
		"docker:NAME, which reads a running Podman too" },
	{ SPAN_INIT("containers-storage:"), 0, false, false, false, false,
		"docker:NAME (with podman's service)" },
	{ SPAN_INIT("http://"), 0, false, false, false, false,
		"the name without http:// (and --plain-http)" },
	{ SPAN_INIT("https://"), 0, false, false, false, false, "the name without https://" },
};

static const struct span endings[] = {
	SPAN_INIT(".tar"),
	SPAN_INIT(".tgz"),
	SPAN_INIT(".tar.gz"),
	SPAN_INIT(".tar.zst"),
	SPAN_INIT(".tar.xz"),
	SPAN_INIT(".tar.bz2"),
};

static bool is_path(struct span s)
{
	uint8_t head = span_at(s, 0);

	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++)
		if (span_ends(s, endings[i]))
			return true;
	return head == '.' || head == '/' || head == '~';
}

/* Cuts "@sha256:..." off; a text after '@' that does not begin as a digest belongs to the path. */
static int cut_digest(struct span *rest, struct digest *out, struct scov_err *err)
{
	size_t at = span_rfind(*rest, '@');
	struct span text = span_from(*rest, at + 1);
	int code;

	if (at == rest->len ||
		(!span_starts(text, SPAN("sha256:")) && !span_starts(text, SPAN("sha512:"))))
		return 0;
	code = digest_parse(text, out, err);
	if (code) {
		err_wrap(err, "reference");
		err->code = SCOV_E_USAGE;
		return SCOV_E_USAGE;
	}
	*rest = span_sub(*rest, 0, at);
	return 0;
}

static int parse_path(struct span rest, size_t row, struct form *f, struct scov_err *err)
{
	size_t colon;
	int code;

	if (prefixes[row].has_digest) {
		code = cut_digest(&rest, &f->digest, err);
		if (code)
			return code;
	}
	colon = prefixes[row].has_tag ? span_find(rest, ':') : rest.len;
	f->name = span_sub(rest, 0, colon);
	f->tag = span_from(rest, colon + 1);
	if (!f->name.len)
		return err_fail(
			err, SCOV_E_USAGE, "'%.*s' names no path", SPAN_ARG(prefixes[row].prefix));
	if (colon < rest.len && !f->tag.len)
		return err_fail(err, SCOV_E_USAGE, "empty tag after '%.*s'", SPAN_ARG(rest));
	if (f->tag.len && f->digest.algorithm)
		return err_fail(
			err, SCOV_E_USAGE, "a tag and a digest at once: '%.*s'", SPAN_ARG(f->tag));
	if (span_eq(f->name, SPAN("-")) && !prefixes[row].has_stdin)
		return err_fail(err, SCOV_E_USAGE, "'%.*s' cannot be read from standard input",
			SPAN_ARG(prefixes[row].prefix));
	return 0;
}

int form_parse(struct span text, struct form *out, struct scov_err *err)
{
	struct form f = { .kind = FORM_REGISTRY, .name = text };
	size_t row = 0, rows = sizeof(prefixes) / sizeof(*prefixes);
	int code;

	if (!text.len)
		return err_fail(err, SCOV_E_USAGE, "empty reference");
	if (text.len > FORM_MAX || span_find(text, 0) < text.len)
		return err_fail(err, SCOV_E_USAGE, "reference %s",
			text.len > FORM_MAX ? "too long" : "with a NUL in it");
	while (row < rows && !span_starts(text, prefixes[row].prefix))
		row++;
	if (row == rows) {
		f.kind = is_path(text) ? FORM_PATH : FORM_REGISTRY;
		*out = f;
		return 0;
	}
	if (prefixes[row].refuse)
		return err_fail(err, SCOV_E_USAGE, "'%.*s' is not read; write %s", SPAN_ARG(text),
			prefixes[row].refuse);
	f.kind = prefixes[row].kind;
	f.name = span_from(text, prefixes[row].prefix.len);
	if (!f.name.len)
		return err_fail(err, SCOV_E_USAGE, "'%.*s' names nothing", SPAN_ARG(text));
	if (prefixes[row].is_path) {
		code = parse_path(f.name, row, &f, err);
		if (code)
			return code;
	}
	*out = f;
	return 0;
}

/* Without docker.io and library/; *tag is "latest" when absent. */
static struct span familiar(struct span name, struct span *tag)
{
	static const struct span heads[] = { SPAN_INIT("index.docker.io/"),
		SPAN_INIT("docker.io/") };
	size_t slash, colon;

	for (size_t i = 0; i < 2; i++)
		if (span_starts(name, heads[i])) {
			name = span_from(name, heads[i].len);
			break;
		}
	if (span_starts(name, SPAN("library/")))
		name = span_from(name, 8);
	slash = span_rfind(name, '/');
	colon = span_rfind(name, ':');
	*tag = SPAN("latest");
	if (colon < name.len && (slash == name.len || slash < colon)) {
		*tag = span_from(name, colon + 1);
		name = span_sub(name, 0, colon);
	}
	return name;
}

bool form_tag_matches(struct span asked, struct span have)
{
	struct span asked_tag, have_tag;

	if (span_eq(asked, have))
		return true;
	return span_eq(familiar(asked, &asked_tag), familiar(have, &have_tag)) &&
	       span_eq(asked_tag, have_tag);
}
