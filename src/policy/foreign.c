/* foreign.c - the ignore files of Trivy and Grype, read where the user asks for it.
 *
 * .trivyignore has an id a line, with "exp:DATE"; .trivyignore.yaml lists with paths, package URLs,
 * a day and a statement; Grype's configuration has rules under "ignore". An entry with a field that
 * is not known here would match more than it should: it is left out, and counted in a note.
 *
 * Sources: aquasecurity/trivy, docs "Filtering"; anchore/grype, README "Specifying matches to
 * ignore".
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/advisory.h"
#include "base/ascii.h"
#include "base/date.h"
#include "base/err.h"
#include "facts/package.h"
#include "policy/policy.h"
#include "syntax/yaml.h"

enum {
	FOREIGN_SIZE_MAX = 1 << 20,
	FOREIGN_MAX = 100000,
	NEVER = 2932896, /* 9999-12-31 */
};

struct foreign {
	struct policy *p;
	const char *name;
	struct scov_err *err;
	size_t left_out, expired;
};

/* All its texts are copied. */
static int add(struct foreign *f, struct waiver w)
{
	struct arena *a = &f->p->arena;
	struct span *texts[] = { &w.id, &w.path, &w.purl, &w.package, &w.version, &w.reason };

	if (w.until < date_day(f->p->now)) {
		f->expired++;
		return 0;
	}
	if (f->p->waivers.n >= FOREIGN_MAX)
		return err_fail(
			f->err, SCOV_E_LIMIT, "%s: more than %d entries", f->name, FOREIGN_MAX);
	if (!w.reason.len)
		w.reason = span_str(arena_printf(a, "no reason in %s", f->name));
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (texts[i]->len)
			*texts[i] = arena_dup(a, *texts[i]);
	if (span_at(w.path, 0) == '/')
		w.path = span_from(w.path, 1);
	w.layer = -1;
	w.is_foreign = true;
	return vec_add(&f->p->waivers, a, &w) ? 0 : arena_check(a, f->err);
}

/* ---- .trivyignore ---------------------------------------------------------------------------- */

static bool is_id(struct span word)
{
	for (size_t i = 0; i < word.len; i++)
		if (!ascii_is_alnum(span_at(word, i)) &&
			!span_has(SPAN("-_.:"), span_sub(word, i, 1)))
			return false;
	return word.len > 0;
}

/* Ids of misconfigurations, secrets and licences are passed over; text of another kind is not what
 * the user meant to give. */
static int trivy_line(struct foreign *f, struct span line, size_t number)
{
	struct span rest = span_trim(span_sub(line, 0, span_find(line, '#'))), word;
	struct waiver w = { .until = NEVER };

	while (span_split(&rest, ' ', &word)) {
		word = span_trim(word);
		if (span_starts(word, SPAN("exp:"))) {
			if (!date_parse_day(span_from(word, 4), &w.until))
				return err_fail(f->err, SCOV_E_USAGE, "%s: '%.*s' is not a day",
					f->name, SPAN_ARG(word));
		} else if (!w.id.len && is_id(word)) {
			w.id = word;
		} else if (word.len) {
			return err_fail(f->err, SCOV_E_USAGE,
				"%s:%zu: neither a line of .trivyignore, an id and exp:DATE, nor "
				"Grype's rules, which a .yaml file has",
				f->name, number);
		}
	}
	return policy_is_advisory(w.id) ? add(f, w) : 0;
}

static int trivy_lines(struct foreign *f, struct span text)
{
	struct span line;

	for (size_t number = 1; span_line(&text, &line); number++)
		if (trivy_line(f, line, number))
			return f->err->code;
	return 0;
}

/* ---- .trivyignore.yaml ----------------------------------------------------------------------- */

/* The i-th text of a list; of one that is not there a single empty one. */
static struct span text_at(const struct json *list, size_t i)
{
	return json_text(json_at(list, i));
}

static int trivy_entry(struct foreign *f, const struct json *v)
{
	static const char *const known[] = { "id", "paths", "purls", "expired_at", "statement" };
	const struct json *paths = json_get(v, "paths"), *purls = json_get(v, "purls");
	struct span expires = json_get_text(v, "expired_at");
	struct waiver w = { .id = json_get_text(v, "id"),
		.until = NEVER,
		.reason = json_get_text(v, "statement") };

	for (size_t i = 0; i < json_count(v); i++) {
		size_t k = 0;

		while (k < sizeof(known) / sizeof(*known) &&
			!span_eq(json_name(json_at(v, i)), span_str(known[k])))
			k++;
		if (k == sizeof(known) / sizeof(*known)) {
			f->left_out++;
			return 0;
		}
	}
	if (expires.len && !date_parse_day(span_sub(expires, 0, 10), &w.until))
		return err_fail(f->err, SCOV_E_USAGE, "%s: '%.*s' is not a day", f->name,
			SPAN_ARG(expires));
	if (!policy_is_advisory(w.id)) {
		f->left_out++;
		return 0;
	}
	for (size_t i = 0; i == 0 || i < json_count(paths); i++)
		for (size_t k = 0; k == 0 || k < json_count(purls); k++) {
			w.path = text_at(paths, i);
			w.purl = text_at(purls, k);
			if (add(f, w))
				return f->err->code;
		}
	return 0;
}

/* ---- Grype ----------------------------------------------------------------------------------- */

/* Source: the types of anchore/syft, syft/pkg/type.go. */
static bool grype_type(struct span name, uint8_t *out)
{
	static const struct {
		const char *name;
		uint8_t type;
	} types[] = {
		{ "apk", PACKAGE_APK },
		{ "binary", PACKAGE_BINARY },
		{ "bitnami", PACKAGE_BITNAMI },
		{ "conda", PACKAGE_CONDA },
		{ "deb", PACKAGE_DEB },
		{ "dotnet", PACKAGE_NUGET },
		{ "gem", PACKAGE_GEM },
		{ "go-module", PACKAGE_GO },
		{ "java-archive", PACKAGE_MAVEN },
		{ "npm", PACKAGE_NPM },
		{ "php-composer", PACKAGE_COMPOSER },
		{ "python", PACKAGE_PYTHON },
		{ "rpm", PACKAGE_RPM },
		{ "rust-crate", PACKAGE_CARGO },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (span_eq(name, span_str(types[i].name))) {
			*out = types[i].type;
			return true;
		}
	return false;
}

static bool grype_state(struct span name, uint8_t *out)
{
	for (uint8_t i = 0; i < FIX_STATES; i++)
		if (span_eq(name, span_str(fix_state_names[i]))) {
			*out = i + 1;
			return true;
		}
	return false;
}

/* False: a field that is not known here, or a value of one. */
static bool grype_field(const struct json *v, bool is_package, struct waiver *w)
{
	struct span key = json_name(v), text = json_text(v);

	if (is_package) {
		if (span_eq(key, SPAN("name")))
			w->package = text;
		else if (span_eq(key, SPAN("version")))
			w->version = text;
		else if (span_eq(key, SPAN("location")))
			w->path = text;
		else
			return span_eq(key, SPAN("type")) && grype_type(text, &w->type);
		return text.len > 0;
	}
	if (span_eq(key, SPAN("vulnerability")))
		w->id = text;
	else if (span_eq(key, SPAN("reason")))
		w->reason = text;
	else if (span_eq(key, SPAN("fix-state")))
		return grype_state(text, &w->fix_state);
	else
		return span_eq(key, SPAN("include-aliases")) || span_eq(key, SPAN("package"));
	return true;
}

static int grype_entry(struct foreign *f, const struct json *v)
{
	const struct json *package = json_get(v, "package");
	struct waiver w = { .until = NEVER };
	bool is_known = json_count(v) > 0;

	for (size_t i = 0; is_known && i < json_count(v); i++)
		is_known = grype_field(json_at(v, i), false, &w);
	for (size_t i = 0; is_known && i < json_count(package); i++)
		is_known = grype_field(json_at(package, i), true, &w);
	/* one that says nothing would match everything */
	is_known = is_known && (w.id.len || w.package.len || w.path.len || w.type || w.fix_state);
	if (is_known)
		return add(f, w);
	f->left_out++;
	return 0;
}

/* ---- any ------------------------------------------------------------------------------------- */

static int each(struct foreign *f, const struct json *list,
	int (*entry)(struct foreign *f, const struct json *v))
{
	for (size_t i = 0; i < json_count(list); i++)
		if (entry(f, json_at(list, i)))
			return f->err->code;
	return 0;
}

static int read_yaml(struct foreign *f, struct span text)
{
	scoped_arena struct arena scratch = { 0 };
	const struct json *doc;

	if (yaml_parse(text, FOREIGN_SIZE_MAX, &scratch, &doc, f->err))
		return err_wrap(f->err, "%s", f->name);
	if (!json_get(doc, "vulnerabilities") && !json_get(doc, "ignore"))
		return err_fail(f->err, SCOV_E_USAGE,
			"%s: neither 'vulnerabilities' of Trivy nor 'ignore' of Grype", f->name);
	if (each(f, json_get(doc, "vulnerabilities"), trivy_entry))
		return f->err->code;
	return each(f, json_get(doc, "ignore"), grype_entry);
}

int policy_ignore_from(struct policy *p, struct span text, const char *name, struct scov_err *err)
{
	struct scov_err mine;
	struct foreign f = { .p = p, .name = name, .err = err ? err : &mine };
	bool is_yaml =
		span_ends(span_str(name), SPAN(".yaml")) || span_ends(span_str(name), SPAN(".yml"));
	int code = is_yaml ? read_yaml(&f, text) : trivy_lines(&f, text);
	struct span note;

	if (code || !(f.left_out || f.expired))
		return code;
	note = span_str(arena_printf(&p->arena,
		"%s: %zu entries expired, %zu left out for fields that are not read", name,
		f.expired, f.left_out));
	return vec_add(&p->notes, &p->arena, &note) ? 0 : err_memory(err);
}
