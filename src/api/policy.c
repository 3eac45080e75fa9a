/* policy.c - the public policy struct made into what the judges read.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "api/api.h"

#include <fcntl.h>
#include <time.h>

#include "advisory/match/vex.h"
#include "base/buf.h"
#include "base/date.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/nearest.h"
#include "criteria/criterion.h"
#include "image/image.h"
#include "recipe/dockerfile.h"
#include "scan/analyzer.h"

enum {
	POLICY_FILE_MAX = 1 << 20, /* trusted and ignore files, in bytes */
	KEY_FILE_MAX = 4096,
};

static int unknown_id(struct span id, const char *what, struct scov_err *err)
{
	struct nearest near = { .given = id };
	char hint[NEAREST_HINT];

	for (size_t i = 0; i < CRITERIA; i++)
		nearest_try(&near, criteria[i]->id);
	return err_fail(
		err, SCOV_E_USAGE, "%s '%.*s'%s", what, SPAN_ARG(id), nearest_hint(&near, hint));
}

/* An entry that nothing can ever match would be taken for one that works. */
static int check_ignored(const struct waiver *w, struct scov_err *err)
{
	const struct criterion *c = criterion_find(w->id);
	scoped_buf struct buf list = { 0 };

	if (!c && policy_is_advisory(w->id))
		return 0;
	if (!c)
		return unknown_id(w->id, "unknown criterion", err);
	if (c->can_ignore && w->purl.len)
		return err_fail(err, SCOV_E_USAGE,
			"purl= matches nothing: findings of %s are files", c->id);
	if (c->can_ignore)
		return 0;
	for (size_t i = 0; i < CRITERIA; i++)
		if (criteria[i]->can_ignore)
			buf_printf(&list, "%s%s", list.len ? ", " : "", criteria[i]->id);
	return err_fail(err, SCOV_E_USAGE,
		"an entry for %s matches nothing: it has no findings to leave out (those that do: "
		"%s)",
		c->id, list.p ? list.p : "");
}

int api_now(const char *text, int64_t *out_seconds, struct scov_err *err)
{
	struct span s = span_str(text);
	int64_t days;

	if (!text) {
		*out_seconds = (int64_t)time(NULL);
		return 0;
	}
	if (date_parse_day(s, &days))
		*out_seconds = days * DAY_SECONDS;
	else if (!date_parse_rfc3339(s, out_seconds, NULL))
		return err_fail(err, SCOV_E_USAGE, "now '%s': write YYYY-MM-DD", text);
	return 0;
}

static int skip(struct policy *p, struct span name, struct scov_err *err)
{
	for (const struct analyzer *const *a = analyzers; *a; a++)
		if (span_eq(name, span_str((*a)->name))) {
			p->skip |= (*a)->bit;
			return 0;
		}
	struct nearest near = { .given = name };
	char hint[NEAREST_HINT];

	for (const struct analyzer *const *a = analyzers; *a; a++)
		nearest_try(&near, (*a)->name);
	return err_fail(err, SCOV_E_USAGE, "skip '%.*s': no such analyzer%s", SPAN_ARG(name),
		nearest_hint(&near, hint));
}

const char *scov_analyzer_name(size_t i)
{
	for (size_t k = 0; analyzers[k]; k++)
		if (k == i)
			return analyzers[k]->name;
	return NULL;
}

/* Each string of a NULL-ended list goes through add. */
static int each(struct policy *p, const char *const *list,
	int (*add)(struct policy *, struct span, struct scov_err *), struct scov_err *err)
{
	for (; list && *list; list++)
		if (add(p, span_str(*list), err))
			return err->code;
	return 0;
}

/* --fp-key wins over the ignore file's key line: a pipeline's key is the same for all. */
static int read_key(const char *path, struct policy *p, struct scov_err *err)
{
	struct span text;

	p->fingerprint_key = (struct span){ 0 };
	if (fd_load(AT_FDCWD, path, KEY_FILE_MAX, &p->arena, &text, err))
		return err->code;
	return policy_key(p, span_trim(text), err) ? err_wrap(err, "%s", path) : 0;
}

static int files(const struct scov_policy *given, struct policy *p, struct scov_err *err)
{
	struct span text;

	if (given->trusted_file) {
		if (fd_load(AT_FDCWD, given->trusted_file, POLICY_FILE_MAX, &p->arena, &text,
			    err) ||
			policy_trust_file(p, text, given->trusted_file, err))
			return err->code;
	}
	if (given->ignore_file) {
		if (fd_load(AT_FDCWD, given->ignore_file, POLICY_FILE_MAX, &p->arena, &text, err) ||
			policy_ignore_file(p, text, given->ignore_file, check_ignored, err))
			return err->code;
	}
	if (given->fingerprint_key && read_key(given->fingerprint_key, p, err))
		return err->code;
	return policy_keyed(p, given->ignore_file, err);
}

/* What of a file has no effect. */
static bool note_vex(struct policy *p, const char *file, size_t n, const char *text)
{
	struct span line = span_str(arena_printf(
		&p->arena, "%s: %zu statement%s %s", file, n, n == 1 ? "" : "s", text));

	return !n || vec_add(&p->notes, &p->arena, &line);
}

static int read_vex(
	const char *const *files, struct policy *p, const struct call *call, struct scov_err *err)
{
	struct vex *x;

	if (!files || !*files)
		return 0;
	x = arena_alloc(&p->arena, sizeof(*x));
	if (!x)
		return err_memory(err);
	*x = (struct vex){ .key = hash_random_key(), .now = p->now };
	for (; *files; files++) {
		scoped_arena struct arena scratch = { 0 };
		struct span text;

		if (fd_load(AT_FDCWD, *files, VEX_SIZE_MAX, &scratch, &text, err) ||
			vex_read(x, text, *files, call, &p->arena, err))
			return err_wrap(err, "vex");
		if (!note_vex(p, *files, x->unusable,
			    "on no product that a package URL names: not used") ||
			!note_vex(p, *files, x->to_come,
				"dated after today: nothing is taken out by that"))
			return err_memory(err);
		x->unusable = x->to_come = 0;
	}
	p->vex = x;
	return 0;
}

static int read_foreign(const char *const *files, struct policy *p, struct scov_err *err)
{
	for (; files && *files; files++) {
		scoped_arena struct arena scratch = { 0 };
		struct span text;

		if (fd_load(AT_FDCWD, *files, POLICY_FILE_MAX, &scratch, &text, err) ||
			policy_ignore_from(p, text, *files, err))
			return err_wrap(err, "ignore-from");
	}
	return 0;
}

/* Read now, so that one that cannot be read is an error before anything is scanned. */
static int read_dockerfile(const struct scov_policy *g, struct policy *p, struct scov_err *err)
{
	scoped_arena struct arena scratch = { .limit = 128 << 20 };
	struct recipe recipe;
	const char **args;
	size_t n = 0;

	if (!g->dockerfile)
		return g->build_args && *g->build_args
			       ? err_fail(err, SCOV_E_USAGE,
					 "build-arg: --dockerfile says of which file")
			       : 0;
	while (g->build_args && g->build_args[n])
		n++;
	args = arena_array(&p->arena, n + 1, sizeof(*args));
	if (!args)
		return err_memory(err);
	for (size_t i = 0; i < n; i++)
		args[i] = arena_cstr(&p->arena, span_str(g->build_args[i]));
	p->build_args = args;
	p->dockerfile_name = arena_dup(&p->arena, span_str(g->dockerfile));
	if (fd_load(AT_FDCWD, g->dockerfile, DOCKERFILE_MAX, &p->arena, &p->dockerfile, err))
		return err_wrap(err, "dockerfile");
	if (api_recipe(
		    p->dockerfile, p->dockerfile_name, p->build_args, NULL, &scratch, &recipe, err))
		return err_wrap(err, "dockerfile '%s'", g->dockerfile);
	return 0;
}

/* What it names is looked for later. */
static int check_reference(
	const char *what, const char *reference, struct policy *p, struct scov_err *err)
{
	if (api_sbom_file(reference))
		return err_fail(err, SCOV_E_USAGE, "%s '%s': an SBOM has no layers to compare",
			what, reference);
	return source_check(reference, &p->arena, err) ? err_wrap(err, "%s", what) : 0;
}

static int fill(const struct scov_policy *g, struct policy *p, const struct call *call,
	struct scov_err *err)
{
	int code = api_now(g->now, &p->now, err);

	if (!code && g->profile)
		code = policy_profile(p, span_str(g->profile), err);
	if (g->max_age_days)
		p->max_age_days = g->max_age_days;
	p->accept_privilege_drop = g->accept_privilege_drop;
	p->base_image = g->base_image;
	p->third_party = g->third_party;
	p->require_complete = g->require_complete;
	p->unrated_fails = g->unrated_fails || p->profile == PROFILE_STRICT;
	p->only_fixed = g->only_fixed;
	if (!code)
		code = each(p, g->fail_on, policy_gate, err);
	if (!code)
		code = each(p, g->trusted, policy_trust, err);
	if (!code)
		code = each(p, g->skip, skip, err);
	if (!code && g->requirements)
		code = policy_requirements(p, span_str(g->requirements), err);
	if (!code)
		code = read_vex(g->vex, p, call, err);
	if (!code)
		code = read_foreign(g->ignore_from, p, err);
	if (!code && g->base)
		code = check_reference("base", g->base, p, err);
	if (!code)
		code = read_dockerfile(g, p, err);
	if (!code && g->rebuilt)
		code = check_reference("rebuilt", g->rebuilt, p, err);
	for (size_t i = 0; !code && i < p->gates.n; i++)
		if (p->gates.p[i].kind == GATE_CRITERION &&
			!criterion_find(p->gates.p[i].criterion))
			code = unknown_id(p->gates.p[i].text, "fail-on: no criterion", err);
	for (size_t i = 0; !code && i < p->gates.n; i++)
		if (p->gates.p[i].kind == GATE_REQUIREMENTS && !p->telecom)
			code = err_fail(err, SCOV_E_USAGE,
				"fail-on 'requirements': --requirements says which");
	return code ? code : files(g, p, err);
}

int api_policy(struct scov_context *c, const struct scov_policy *given, const struct call *call,
	struct policy *out, struct scov_err *err)
{
	struct scov_policy known = { 0 };
	int code = 0;

	(void)c;
	policy_init(out);
	if (given)
		code = api_options(given, given->struct_size, &known, sizeof(known), "policy", err);
	if (!code)
		code = fill(&known, out, call, err);
	if (code)
		policy_release(out);
	return code;
}
