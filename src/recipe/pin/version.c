/* version.c - the versions of the packages that a Dockerfile installs, as the image that was built
 * from it has them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "base/ascii.h"
#include "facts/image.h"
#include "facts/package.h"
#include "recipe/pin/parts.h"

/* ---- what the image has ---------------------------------------------------------------------- */

/* The stage is in the image: the last one, or what it is built on. */
static bool is_in_image(const struct recipe *r, uint32_t stage)
{
	size_t n = r->stages.n;

	if (r->is_history || !n)
		return true;
	for (n--; n != stage && !r->stages.p[n].image.len && r->stages.p[n].parent < n;)
		n = r->stages.p[n].parent;
	return n == stage;
}

/* PyPI: case does not count, and "-", "_" and "." are one. Source: PEP 503. */
static bool is_same_project(struct span a, struct span b)
{
	size_t i = 0, k = 0;

	while (i < a.len && k < b.len) {
		bool x = strchr("-_.", span_at(a, i)), y = strchr("-_.", span_at(b, k));

		if (x != y || (!x && ascii_lower(span_at(a, i)) != ascii_lower(span_at(b, k))))
			return false;
		for (i++; x && i < a.len && strchr("-_.", span_at(a, i));)
			i++;
		for (k++; y && k < b.len && strchr("-_.", span_at(b, k));)
			k++;
	}
	return i == a.len && k == b.len;
}

/* A program of Go is a package of its module. */
static bool is_in_module(const struct package_fact *p, struct span path)
{
	return p->is_main && span_starts(path, p->name) &&
	       (path.len == p->name.len || span_at(path, p->name.len) == '/');
}

static bool is_named(const struct recipe_finding *f, const struct package_fact *p)
{
	if (!span_eq(span_str(package_row(p->type)->purl), f->type) || !p->version.len)
		return false;
	if (p->type == PACKAGE_PYTHON)
		return is_same_project(p->name, f->name);
	if (p->type == PACKAGE_GO)
		return is_in_module(p, f->name);
	return span_eq_nocase(p->name, f->name);
}

/* "awk" is not a package: mawk provides it. */
static const struct package_fact *provider(
	const struct image_facts *image, const struct recipe_finding *f)
{
	for (size_t i = 0; i < image->system_packages; i++) {
		const struct package_fact *p = image->packages.p[i].fact;
		struct span rest = p->provides, one;

		if (!span_eq(span_str(package_row(p->type)->purl), f->type))
			continue;
		while (span_split(&rest, package_need_end(p->type), &one))
			if (span_eq(package_need_name(one), f->name))
				return p;
	}
	return NULL;
}

/* The one package; NULL: *why says why there is none. arch: empty: any. */
static const struct package_fact *installed(const struct image_facts *image,
	const struct recipe_finding *f, struct span arch, struct arena *a, const char **why)
{
	const struct package_fact *found = NULL;

	for (size_t i = 0; i < image->packages.n; i++) {
		const struct package_fact *p = image->packages.p[i].fact;

		if (!is_named(f, p) || (arch.len && !span_eq(p->arch, arch)))
			continue;
		/* of modules in each other the inner one has the program */
		if (found && p->type == PACKAGE_GO && p->name.len != found->name.len) {
			found = p->name.len > found->name.len ? p : found;
			continue;
		}
		if (found && !span_eq(found->version, p->version)) {
			*why = arena_printf(a, "the image has several versions: %.*s and %.*s",
				SPAN_ARG(found->version), SPAN_ARG(p->version));
			return NULL;
		}
		found = p;
	}
	if (found)
		return found;
	const struct package_fact *other = provider(image, f);

	*why = other ? arena_printf(a, "a virtual package: %.*s provides it in the image",
			       SPAN_ARG(other->name))
		     : "the image has no package of this name";
	return NULL;
}

/* ---- how a version is written ---------------------------------------------------------------- */

/* Nothing in it that a shell reads, in any place of a word, or a program as a range. */
static bool is_plain(struct span version)
{
	bool is_first = true;

	for (size_t i = 0; i < version.len; i++) {
		uint8_t c = span_at(version, i);

		if (!ascii_is_alnum(c) && (is_first || !strchr("+-._:~^!", c)))
			return false;
		is_first = c == ':';
	}
	return version.len > 0;
}

/* dnf and yum take a package by name-version-release with any epoch. */
static struct span version_of(const struct recipe_finding *f, const struct package_fact *p)
{
	bool is_rpm = span_eq(f->type, SPAN("rpm")) && span_eq(f->sign, SPAN("-"));
	size_t colon = span_find(p->version, ':');

	return is_rpm && colon < p->version.len ? span_from(p->version, colon + 1) : p->version;
}

/* What the word has after the name. */
static struct span rest_of(const struct recipe_finding *f)
{
	size_t at = span_find_span(f->what, f->name);

	return span_from(f->what, at + f->name.len);
}

static bool is_newest(struct span rest)
{
	return span_eq(rest, SPAN("@latest"));
}

/* Whether a version can go after the word, or in place of "@latest". */
static bool is_open(const struct recipe_finding *f, struct span rest, struct span *arch)
{
	*arch = (struct span){ 0 };
	if (span_eq(f->type, SPAN("deb")) && span_at(rest, 0) == ':') {
		*arch = span_from(rest, 1);
		return true;
	}
	if (span_eq(f->type, SPAN("pypi")) && span_at(rest, 0) == '[')
		return span_find(rest, ']') == rest.len - 1;
	return !rest.len || (is_newest(rest) && span_eq(f->sign, SPAN("@")));
}

struct pin_version pin_version(const struct image_facts *image, const struct recipe *r,
	const struct recipe_finding *f, struct arena *a)
{
	struct pin_version v = { .name = f->what };
	const struct package_fact *p;
	struct span rest = rest_of(f), arch;
	bool is_free = is_open(f, rest, &arch);

	if (f->kind != RECIPE_PACKAGE || !f->name.len || !f->type.len) {
		v.why = "not one package";
		return v;
	}
	if (!is_in_image(r, f->stage)) {
		v.why = "its stage is not in the image";
		return v;
	}
	p = installed(image, f, arch, a, &v.why);
	if (!p)
		return v;
	struct span version = version_of(f, p);

	if (!is_plain(version))
		v.why = "its version in the image has signs that a shell may read";
	else if (!is_free)
		v.why = arena_printf(
			a, "%.*s; the image has %.*s", SPAN_ARG(f->why), SPAN_ARG(version));
	else if (span_eq(f->program, SPAN("bundle")) || span_eq(f->program, SPAN("bundler")))
		v.why = arena_printf(a, "bundle add takes it as --version; the image has %.*s",
			SPAN_ARG(version));
	if (v.why)
		return v;
	if (is_newest(rest))
		v.name.len -= rest.len;
	v.text = span_str(arena_printf(a, "%.*s%.*s", SPAN_ARG(f->sign), SPAN_ARG(version)));
	v.word = span_str(arena_printf(a, "%.*s%.*s", SPAN_ARG(v.name), SPAN_ARG(v.text)));
	return v;
}

/* ---- the places in a file -------------------------------------------------------------------- */

static bool is_shown(const struct recipe *history, const struct recipe_finding *f)
{
	for (size_t i = 0; i < history->findings.n; i++) {
		const struct recipe_finding *h = &history->findings.p[i];

		if (h->kind == RECIPE_PACKAGE && span_eq(h->program, f->program) &&
			span_eq(h->name, f->name))
			return true;
	}
	return false;
}

static struct pin_spot spot_of(const struct pin_build *b, const struct recipe *r,
	const struct recipe_finding *f, struct arena *a)
{
	struct pin_spot s = { .form = PIN_VERSION, .line = f->line, .image = f->what };
	struct pin_version v;

	if (f->state == RECIPE_UNCLEAR || !f->name.len) {
		s.left = arena_cstr(a, f->why);
		return s;
	}
	v = pin_version(b->image, r, f, a);
	s.left = v.why;
	if (v.why)
		return s;
	if (!is_shown(b->history, f)) {
		s.left = "the history of the image does not show this install: is the image built "
			 "from this file?";
	} else if (f->to == f->from) {
		s.left = arena_printf(a,
			"not in the file as one plain word: write %.*s where it comes from",
			SPAN_ARG(v.word));
	} else {
		s.version = v.text;
		s.from = f->from + v.name.len;
		s.to = f->to;
	}
	return s;
}

/* One edit of a word that is gone through twice. */
static bool is_there(const pin_spots *list, size_t first, const struct pin_spot *s)
{
	for (size_t i = first; i < list->n; i++)
		if (list->p[i].line == s->line && list->p[i].from == s->from &&
			span_eq(list->p[i].image, s->image))
			return true;
	return false;
}

static int find_open(const struct pin_build *b, const struct recipe *r, struct arena *a,
	pin_spots *out, struct scov_err *err)
{
	size_t first = out->n;

	for (size_t i = 0; i < r->findings.n; i++) {
		const struct recipe_finding *f = &r->findings.p[i];

		if (f->kind != RECIPE_PACKAGE || f->state == RECIPE_FIXED)
			continue;
		struct pin_spot s = spot_of(b, r, f, a);

		/* the line's are the last */
		while (first < out->n && out->p[first].line < s.line)
			first++;
		if (is_there(out, first, &s))
			continue;
		if (out->n >= PIN_SPOTS_MAX)
			return err_fail(err, SCOV_E_LIMIT, "it installs more than %d packages",
				PIN_SPOTS_MAX);
		if (!vec_add(out, a, &s))
			return arena_check(a, err);
	}
	return 0;
}

/* ---- the same file, read again --------------------------------------------------------------- */

/* The spot whose edit is in the word; NULL: none. */
static struct pin_spot *edit_of(
	const pin_spots *spots, size_t first, const struct recipe_finding *f)
{
	for (size_t i = first; i < spots->n; i++) {
		struct pin_spot *s = &spots->p[i];

		if (!s->left && s->line == f->line && s->to == f->to && s->from >= f->from)
			return s;
	}
	return NULL;
}

static bool is_changed_so(const struct recipe_finding *was, const struct recipe_finding *now,
	const struct pin_spot *s)
{
	struct span head = span_sub(was->what, 0, s ? s->from - was->from : was->what.len);
	struct span tail = span_from(now->what, head.len);

	return was->kind == now->kind && was->line == now->line && span_starts(now->what, head) &&
	       span_eq(tail, s ? s->version : (struct span){ 0 });
}

/* False: something else is changed too. What is not pinned after the edit is left. */
static bool compare(const struct recipe *was, const struct recipe *now, const pin_spots *spots,
	size_t first, struct arena *a, bool *is_good)
{
	if (was->findings.n != now->findings.n)
		return false;
	*is_good = true;
	for (size_t i = 0; i < was->findings.n; i++) {
		const struct recipe_finding *x = &was->findings.p[i], *y = &now->findings.p[i];

		while (first < spots->n && spots->p[first].line < x->line)
			first++;
		struct pin_spot *s =
			x->kind == RECIPE_PACKAGE && x->state == RECIPE_OPEN && x->to > x->from
				? edit_of(spots, first, x)
				: NULL;

		if (!is_changed_so(x, y, s) || (!s && x->state != y->state))
			return false;
		if (!s || y->state == RECIPE_FIXED)
			continue;
		*is_good = false;
		s->left = arena_printf(a, "%.*s%.*s would not be pinned either: %.*s",
			SPAN_ARG(span_sub(x->what, 0, s->from - x->from)), SPAN_ARG(s->version),
			SPAN_ARG(y->why));
		if (!s->left)
			return false;
	}
	return true;
}

static int read_again(const struct pin_build *b, const pin_spots *spots, struct arena *a,
	struct recipe *out, struct scov_err *err)
{
	scoped_buf struct buf file = { 0 };
	struct recipe_input in = b->input;
	pin_edits edits = { 0 };

	for (size_t i = 0; i < spots->n; i++)
		if (!spots->p[i].left)
			pin_write(&spots->p[i], (struct span){ 0 }, a, &edits);
	pin_sort(&edits);
	pin_apply(in.text, &edits, &file);
	in.text = arena_dup(a, buf_view(&file));
	if (arena_check(a, err))
		return err->code;
	return file.failed ? err_memory(err) : recipe_read(&in, a, out, err);
}

/* Once more without those that would not be pinned. */
static int check(const struct pin_build *b, const struct recipe *was, pin_spots *spots,
	struct arena *a, struct scov_err *err)
{
	bool is_good = false, is_same = true;

	for (unsigned turn = 0; turn < 2 && is_same && !is_good; turn++) {
		struct recipe now;
		int code = read_again(b, spots, a, &now, err);

		if (code == SCOV_E_MEMORY || code == SCOV_E_LIMIT)
			return code;
		is_same = !code && compare(was, &now, spots, 0, a, &is_good);
	}
	for (size_t i = 0; i < spots->n && !(is_same && is_good); i++)
		if (!spots->p[i].left)
			spots->p[i].left = "with the versions the file would not say the same";
	return 0;
}

int pin_find_packages(
	const struct pin_build *b, struct arena *a, pin_spots *out, struct scov_err *err)
{
	pin_spots found = { 0 };
	struct recipe r;

	if (recipe_read(&b->input, a, &r, err) || find_open(b, &r, a, &found, err) ||
		check(b, &r, &found, a, err))
		return err->code;
	if (r.is_full)
		return err_fail(err, SCOV_E_LIMIT, "it installs too much");
	for (size_t i = 0; i < found.n; i++)
		vec_add(out, a, &found.p[i]);
	return arena_check(a, err);
}
