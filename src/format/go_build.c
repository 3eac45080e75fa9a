/* go_build.c - what a Go program says about its build.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/go_build.h"

#include <string.h>

#include "base/ascii.h"
#include "base/date.h"

enum {
	ALIGN = 16,
	HEADER = 32, /* magic, size of an address, flags; then two addresses or nothing */
	FLAG_BIG = 1,
	FLAG_INLINE = 2,
	MARK = 16,
	VERSION_TEXT_MAX = 300,
};

/* Split, so that this program's own data has neither. */
static const struct span magic_head = SPAN_INIT("\xff Go build"), magic_tail = SPAN_INIT("inf:");
static const uint8_t mark_start[MARK] = { 0x30, 0x77, 0xaf, 0x0c, 0x92, 0x74, 0x08, 0x02, 0x41,
	0xe1, 0xc1, 0x07, 0xe6, 0xd6, 0x18, 0xe6 };
static const uint8_t mark_end[MARK] = { 0xf9, 0x32, 0x43, 0x31, 0x86, 0x18, 0x20, 0x72, 0x00, 0x82,
	0x42, 0x10, 0x41, 0x16, 0xd8, 0xf2 };

/* "go1.22.3 X:boringcrypto", "go1.20.1 (Red Hat 1.20.1-1.el9)": the release. A build of a
 * development tree has none. */
static struct span release(struct span s)
{
	struct span word = span_sub(s, 0, span_find(s, ' '));
	size_t n = 0;

	if (!span_starts(word, SPAN("go1")))
		return (struct span){ 0 };
	while (ascii_is_alnum(span_at(word, n)) || span_at(word, n) == '.')
		n++;
	return span_sub(word, 0, n);
}

/* A module's version as it can be compared: "v1.2.3". */
static bool is_version(struct span v)
{
	return span_at(v, 0) == 'v' && ascii_is_digit(span_at(v, 1)) &&
	       !span_starts(v, SPAN("v0.0.0")) /* of a tree without a tag */;
}

/* One word of the value of -ldflags, which is quoted as in a shell. */
static struct span flag_word(struct span *rest)
{
	*rest = span_trim(*rest);
	uint8_t quote = span_at(*rest, 0);
	size_t n = 0;

	if (quote == '\'' || quote == '"') {
		struct span word;

		*rest = span_from(*rest, 1);
		n = span_find(*rest, quote);
		word = span_sub(*rest, 0, n);
		*rest = span_from(*rest, n + 1);
		return word;
	}
	while (n < rest->len && !ascii_is_space(span_at(*rest, n)))
		n++;
	struct span word = span_sub(*rest, 0, n);

	*rest = span_from(*rest, n);
	return word;
}

/* "main.version", "example.com/tool/build.GitVersion": names by which programs hold their own
 * version. */
static bool is_version_name(struct span variable)
{
	static const struct span names[] = {
		SPAN_INIT("version"),
		SPAN_INIT("gitversion"),
		SPAN_INIT("buildversion"),
		SPAN_INIT("appversion"),
		SPAN_INIT("programversion"),
		SPAN_INIT("releaseversion"),
	};
	size_t dot = span_rfind(variable, '.');
	struct span name = span_from(variable, dot + 1);

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (span_eq_nocase(name, names[i]))
			return dot < variable.len;
	return false;
}

/* "1.2.3", "v1.2.3-rc.1": digits of three numbers, and what semver allows after them. */
static bool is_plain_version(struct span v)
{
	int dots = 0;

	v = span_at(v, 0) == 'v' ? span_from(v, 1) : v;
	for (size_t i = 0; i < v.len; i++) {
		uint8_t c = span_at(v, i);

		if (c == '.' && ascii_is_digit(span_at(v, i + 1)) &&
			ascii_is_digit(span_at(v, i - 1)))
			dots++;
		else if ((c == '-' || c == '+') && dots == 2)
			break;
		else if (!ascii_is_digit(c))
			return false;
	}
	return dots == 2;
}

/* The version that -ldflags "-X NAME=VERSION" sets, by the program's own package first; empty:
 * none, or several that differ. */
static struct span linked_version(struct span flags, struct span main_path)
{
	struct span own = { 0 }, other = { 0 };
	bool is_other_unclear = false;

	/* Go quotes the whole value where it has blanks: -ldflags="-s -w -X main.version=1" */
	while (flags.len) {
		struct span word = flag_word(&flags);

		if (span_eq(word, SPAN("-X")) || span_eq(word, SPAN("--X")))
			word = flag_word(&flags);
		else if (span_starts(word, SPAN("-X=")))
			word = span_from(word, 3);
		else
			continue;
		size_t equals = span_find(word, '=');
		struct span name = span_sub(word, 0, equals), value = span_from(word, equals + 1);

		if (!is_version_name(name) || !is_plain_version(value))
			continue;
		if (span_starts(name, SPAN("main.")) ||
			(main_path.len && span_starts(name, main_path)))
			own = own.len && !span_eq(own, value) ? SPAN("?") : value;
		else if (other.len && !span_eq(other, value))
			is_other_unclear = true;
		else
			other = value;
	}
	if (span_eq(own, SPAN("?")))
		return (struct span){ 0 };
	return own.len || is_other_unclear ? own : other;
}

struct lines {
	struct go_build *out;
	struct arena *arena;
	bool is_replaceable; /* the last line was of a module */
	struct span flags, revision;
};

static void module_line(struct lines *l, struct span rest, bool is_main)
{
	struct go_module m = { .is_main = is_main };

	l->is_replaceable = span_split(&rest, '\t', &m.path) && m.path.len;
	if (l->is_replaceable && l->out->modules.n < GO_MODULES_MAX) {
		m.version = span_sub(rest, 0, span_find(rest, '\t'));
		vec_add(&l->out->modules, l->arena, &m);
		return;
	}
	l->out->is_cut = true;
	l->is_replaceable = false;
}

/* "=>", path, version, sum: what was compiled in place of the module before it. A folder has no
 * version: then the module's own stays. */
static void replace_line(struct lines *l, struct span rest)
{
	struct span path, version;

	if (!l->is_replaceable || !span_split(&rest, '\t', &path) || !path.len) {
		l->out->is_cut = true;
		return;
	}
	struct go_module *m = l->out->modules.n ? &l->out->modules.p[l->out->modules.n - 1] : NULL;

	version = span_sub(rest, 0, span_find(rest, '\t'));
	l->is_replaceable = false;
	if (!m || !version.len || span_eq(version, SPAN("(devel)")))
		return;
	m->path = path;
	m->version = version;
}

/* KEY=VALUE, both quoted as in Go where they have other bytes than plain ones. */
static void setting_line(struct lines *l, struct span rest)
{
	size_t equals = span_find(rest, '=');
	struct span key = span_sub(rest, 0, equals), value = span_from(rest, equals + 1);

	if (span_at(value, 0) == '"' && span_ends(value, SPAN("\"")) && value.len > 1)
		value = span_sub(value, 1, value.len - 2);
	if (span_eq(key, SPAN("-ldflags")))
		l->flags = value;
	if (span_eq(key, SPAN("vcs.revision")))
		l->revision = value;
	if (span_eq(key, SPAN("vcs.time")) && !date_parse_rfc3339(value, &l->out->time, NULL))
		l->out->time = 0;
}

static bool is_revision(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_is_hex(span_at(s, i)))
			return false;
	return s.len >= 12;
}

/* As go list writes the version of a commit without a tag: v0.0.0-20240131120000-0123456789ab */
static struct span pseudo_version(const struct lines *l)
{
	char day[DATE_TEXT];
	int64_t t = l->out->time;

	if (t <= 0 || !is_revision(l->revision))
		return (struct span){ 0 };
	date_format_day(t / DAY_SECONDS, day);
	long long clock = t % DAY_SECONDS;
	char *text = arena_printf(l->arena, "v0.0.0-%.4s%.2s%.2s%02lld%02lld%02lld-%.12s", day,
		day + 5, day + 8, clock / 3600, clock / 60 % 60, clock % 60,
		(const char *)l->revision.p);

	return span_str(text);
}

static void settle_main(struct lines *l)
{
	for (size_t i = 0; i < l->out->modules.n; i++) {
		struct go_module *m = &l->out->modules.p[i];

		if (!m->is_main || is_version(m->version))
			continue;
		struct span linked = linked_version(l->flags, m->path);

		if (linked.len && span_at(linked, 0) != 'v')
			m->version = span_str(arena_printf(
				l->arena, "v%.*s", (int)linked.len, (const char *)linked.p));
		else if (linked.len)
			m->version = linked;
		else if (!span_starts(m->version, SPAN("v0.0.0")))
			m->version = pseudo_version(l);
	}
}

bool go_build_parse(struct span version, struct span text, struct arena *a, struct go_build *out)
{
	struct lines l = { .out = out, .arena = a };
	struct span line, word;

	*out = (struct go_build){ .version = release(version) };
	while (span_line(&text, &line)) {
		if (!span_split(&line, '\t', &word))
			continue;
		bool is_main = span_eq(word, SPAN("mod"));

		if (is_main || span_eq(word, SPAN("dep")))
			module_line(&l, line, is_main);
		else if (span_eq(word, SPAN("=>")))
			replace_line(&l, line);
		else if (span_eq(word, SPAN("path")))
			out->path = line;
		else if (span_eq(word, SPAN("build")))
			setting_line(&l, line);
	}
	settle_main(&l);
	return !arena_failed(a);
}

static bool begin_take(struct go_reader *g, struct go_take *t, uint64_t at, size_t want)
{
	*t = (struct go_take){ .at = at, .want = want, .p = arena_alloc(g->arena, want) };
	return t->p;
}

static void take(struct go_take *t, struct span piece, uint64_t at)
{
	uint64_t next = t->at + t->got;

	if (!t->p || t->got == t->want || next < at || next - at >= piece.len)
		return;
	struct span part = span_sub(piece, (size_t)(next - at), t->want - t->got);

	memcpy(t->p + t->got, part.p, part.len);
	t->got += part.len;
}

void go_start(struct go_reader *g, const struct elf *elf, struct arena *a)
{
	*g = (struct go_reader){ .elf = elf, .arena = a };
}

static uint64_t address(struct span s, unsigned word, bool is_big)
{
	struct cur c = cur_over(s);

	if (word == 4)
		return is_big ? cur_be32(&c) : cur_le32(&c);
	return is_big ? cur_be64(&c) : cur_le64(&c);
}

/* here: from the magic on. */
static void found_magic(struct go_reader *g, struct span here, uint64_t at)
{
	struct cur c = cur_over(here);
	uint8_t word = span_at(here, 14), flags = span_at(here, 15);

	cur_skip(&c, HEADER);
	if (flags & FLAG_INLINE) {
		struct span version = cur_take(&c, (size_t)cur_varint(&c));
		uint64_t len = cur_varint(&c);

		if (c.bad || version.len > VERSION_TEXT_MAX ||
			(!span_starts(version, SPAN("go")) && !span_starts(version, SPAN("devel"))))
			return;
		g->is_too_long = len > GO_TEXT_MAX;
		len = g->is_too_long ? GO_TEXT_MAX : len;
		g->is_found = begin_take(g, &g->text, at + c.off, (size_t)len);
		g->version = arena_dup(g->arena, version);
		return;
	}
	uint64_t version_at, text_at;
	struct span two = span_sub(here, 16, 2 * (size_t)word);

	if ((word != 4 && word != 8) || flags > FLAG_BIG || two.len != 2 * (size_t)word)
		return;
	g->word = word;
	g->is_big = flags & FLAG_BIG;
	if (!elf_offset(g->elf, address(two, word, g->is_big), &version_at))
		return;
	g->is_found = g->is_by_address =
		begin_take(g, &g->version_header, version_at, 2 * (size_t)word);
	if (elf_offset(g->elf, address(span_from(two, word), word, g->is_big), &text_at))
		begin_take(g, &g->text_header, text_at, 2 * (size_t)word);
}

static void look_for_magic(
	struct go_reader *g, struct span bytes, uint64_t at, size_t from, size_t to)
{
	from += (ALIGN - (at + from) % ALIGN) % ALIGN;
	for (size_t i = from; i < to && !g->is_found; i += ALIGN)
		if (span_at(bytes, i) == 0xff && span_starts(span_from(bytes, i), magic_head) &&
			span_starts(span_from(bytes, i + magic_head.len), magic_tail))
			found_magic(g, span_from(bytes, i), at + i);
}

/* What Go 1.12 to 1.17 has in read-only data, to which addresses point that come later. */
static void look_for_old(
	struct go_reader *g, struct span bytes, uint64_t at, size_t from, size_t to)
{
	static const struct span go1 = SPAN_INIT("go1.");
	struct span start = span_of(mark_start, MARK);
	size_t end = to + MARK - 1, hit = from;

	if (!g->text.p) {
		hit = from + span_find_span(span_sub(bytes, from, end - from), start);
		if (hit < to)
			begin_take(g, &g->text, at + hit + MARK, GO_TEXT_MAX);
	}
	if (!g->candidates)
		g->candidates = arena_array(g->arena, GO_CANDIDATES_MAX, sizeof(*g->candidates));
	end = to + go1.len - 1;
	for (size_t i = from; g->candidates && g->candidates_n < GO_CANDIDATES_MAX;) {
		i += span_find_span(span_sub(bytes, i, end - i), go1);
		if (i >= to)
			break;
		struct go_candidate *c = &g->candidates[g->candidates_n++];
		struct span text = span_sub(bytes, i, sizeof(c->text));

		c->at = at + i++;
		memcpy(c->text, text.p, text.len);
	}
}

void go_look(
	struct go_reader *g, struct span bytes, uint64_t at, size_t from, size_t to, uint32_t flags)
{
	if (g->is_found && !g->is_by_address)
		return;
	/* Also after the magic: where a piece ends makes no difference. */
	if (g->elf->is_go && !(flags & ELF_WRITE))
		look_for_old(g, bytes, at, from, to);
	if (flags & ELF_WRITE || g->elf->is_go)
		look_for_magic(g, bytes, at, from, to);
	take(&g->text, bytes, at);
	take(&g->version_header, bytes, at);
	take(&g->text_header, bytes, at);
}

void go_feed(struct go_reader *g, struct span piece, uint64_t at)
{
	take(&g->text, piece, at);
	take(&g->version_header, piece, at);
	take(&g->text_header, piece, at);
}

/* The string that a header of address and length stands for. */
static bool string_at(
	const struct go_reader *g, const struct go_take *header, uint64_t *at, uint64_t *len)
{
	struct span s = span_of(header->p, header->got);

	if (!header->p || header->got != header->want)
		return false;
	*len = address(span_from(s, g->word), g->word, g->is_big);
	return elf_offset(g->elf, address(s, g->word, g->is_big), at);
}

static struct span version_by_address(const struct go_reader *g)
{
	uint64_t at, len;

	if (!string_at(g, &g->version_header, &at, &len))
		return (struct span){ 0 };
	for (size_t i = 0; i < g->candidates_n; i++)
		if (g->candidates[i].at == at && len <= sizeof(g->candidates[i].text))
			return span_of(g->candidates[i].text, (size_t)len);
	return (struct span){ 0 };
}

/* The text between the marks; a program without modules has none. */
static struct span text_by_address(struct go_reader *g)
{
	struct span s = span_of(g->text.p, g->text.got);
	size_t end = span_find_span(s, span_of(mark_end, MARK));
	uint64_t at, len;

	if (!string_at(g, &g->text_header, &at, &len) || !len)
		return (struct span){ 0 };
	if (!g->text.p || end == s.len || at + MARK != g->text.at || len != end + 2 * MARK) {
		g->is_too_long = true;
		return (struct span){ 0 };
	}
	return span_sub(s, 0, end);
}

bool go_end(struct go_reader *g, struct go_build *out)
{
	struct span version = g->version, text = span_of(g->text.p, g->text.got);

	if (!g->is_found)
		return false;
	if (g->is_by_address) {
		version = version_by_address(g);
		text = text_by_address(g);
	} else if (g->text.got != g->text.want) {
		g->is_too_long = true;
	} else if (text.len >= 2 * MARK) {
		text = span_sub(text, MARK, text.len - 2 * MARK);
	}
	bool good = go_build_parse(version, text, g->arena, out);

	out->is_cut |= g->is_too_long;
	return good || arena_failed(g->arena);
}
