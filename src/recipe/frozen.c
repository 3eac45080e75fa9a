/* frozen.c - lists of repositories, and whether all that they name is of a fixed date.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/ascii.h"
#include "recipe/judge.h"
#include "recipe/shell_start.h"

enum { FROZEN_MAX = 1000 };

static bool has(const char *list, struct span word)
{
	return word.len && span_has_word(span_str(list), word);
}

void judge_freeze(struct judge *j, struct span what)
{
	struct frozen f = { what, j->run.branch, false };

	if (j->stage->frozen.n < FROZEN_MAX)
		vec_add(&j->stage->frozen, j->a, &f);
	else
		j->out->is_full = j->run.is_cut = true;
}

static void thaw(struct judge *j, struct span what)
{
	for (size_t i = 0; i < j->stage->frozen.n; i++)
		j->stage->frozen.p[i].is_over |= span_eq(j->stage->frozen.p[i].what, what);
}

bool judge_is_frozen(const struct judge *j, const char *what)
{
	for (size_t i = 0; i < j->stage->frozen.n && *what; i++) {
		const struct frozen *f = &j->stage->frozen.p[i];

		if (!f->is_over && span_eq(f->what, span_str(what)) &&
			shell_is_within(&j->run, j->run.branch, f->branch))
			return true;
	}
	return false;
}

/* The URL is of an archive of a distribution, and holds a date or a point version. Sources:
 * snapshot.debian.org, snapshot.ubuntu.com, download.opensuse.org/history, vault.centos.org. */
static bool is_dated(struct span url)
{
	static const char *const signs[] = { "snapshot.debian.org/archive/",
		"snapshot-cloudflare.debian.org/archive/", "snapshot.ubuntu.com/ubuntu/",
		"download.opensuse.org/history/", "download.opensuse.org/tumbleweed/history/",
		"vault.centos.org/" };

	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
		size_t at = span_find_span(url, span_str(signs[i]));
		struct span rest = span_from(url, at + span_str(signs[i]).len - 1);

		for (size_t k = 0;
			at < url.len && k + 1 < rest.len && !ascii_is_space(span_at(rest, k)); k++)
			if (span_at(rest, k) == '/' && (ascii_is_digit(span_at(rest, k + 1)) ||
							       span_at(rest, k + 1) == '$'))
				return true;
	}
	return false;
}

/* "deb" or "rpm"; NULL: not a list of repositories. */
static const char *sources_type(struct span path)
{
	if (span_has(path, SPAN("etc/apt/sources.list")))
		return "deb";
	return span_has(path, SPAN("etc/yum.repos.d")) || span_has(path, SPAN("etc/zypp/repos.d"))
		       ? "rpm"
		       : NULL;
}

/* The list that an image comes with: what is written over it is all that there is. */
static bool is_own(struct span path)
{
	struct span base = span_base(path);

	return has("sources.list debian.sources ubuntu.sources", base) ||
	       span_starts(base, SPAN("CentOS-")) || span_starts(base, SPAN("repo-oss"));
}

void sources_written(struct judge *j, struct span path, bool appends, const struct shell_data *data)
{
	const char *type = sources_type(path);
	struct span rest = data->text, line;
	size_t urls = 0, dated = 0;

	if (span_has(path, SPAN("etc/apt/apt.conf")) &&
		span_has(data->text, SPAN("APT::Snapshot")) &&
		span_find(data->text, '2') < data->text.len)
		judge_freeze(j, SPAN("deb"));
	if (!type)
		return;
	while (span_line(&rest, &line)) {
		line = span_trim(line);
		for (size_t at; span_at(line, 0) != '#' &&
				(at = span_find_span(line, SPAN("://"))) < line.len;) {
			line = span_from(line, at + 3);
			urls++;
			dated += is_dated(span_sub(line, 0, span_find(line, ' ')));
		}
	}
	if (urls > dated || (data->is_unknown && !urls))
		thaw(j, span_str(type));
	else if (urls && !appends && is_own(path)) /* what is added leaves the others there */
		judge_freeze(j, span_str(type));
}

/* What sed's "s,A,B," puts in; another command of sed: all of it. */
static struct span put_in(struct span script)
{
	struct span rest = span_from(script, 2);

	if (span_at(script, 0) != 's' || ascii_is_alnum(span_at(script, 1)))
		return script;
	return span_from(rest, span_find(rest, (char)span_at(script, 1)));
}

void sources_called(struct judge *j, const struct shell_call *c)
{
	struct span program = shell_program(c->args[0].text);
	const char *type = NULL;

	if (has("add-apt-repository apt-add-repository extrepo", program))
		thaw(j, SPAN("deb"));
	for (size_t i = 1; i < c->n; i++) {
		struct span w = c->args[i].text;

		if (span_starts(w, SPAN("--add-repo")) || has("ar addrepo", w))
			thaw(j, SPAN("rpm"));
		if (sources_type(w))
			type = sources_type(w);
		if (sources_type(w) && has("cp mv install ln", program))
			thaw(j, span_str(type));
		if (sources_type(w) && has("tee", program) && c->in)
			sources_written(
				j, w, !is_own(w) || span_eq(c->args[1].text, SPAN("-a")), c->in);
	}
	for (size_t i = 1; i < c->n && type && has("sed", program); i++) {
		struct span w = c->args[i].text;

		if (is_dated(put_in(w)))
			judge_freeze(j, span_str(type));
		else if (is_dated(w))
			thaw(j, span_str(type));
	}
}
