/* policy.c - profile, windows, trusted sources and gates from text.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "policy/policy.h"

#include "advisory/advisory.h"
#include "base/err.h"
#include "base/nearest.h"
#include "facts/report.h"
#include "known/bases.h"
#include "syntax/base64.h"

enum {
	MAX_AGE_DAYS = 36500,
	TRUSTED_MAX = 10000,
	GATES_MAX = 256,
	TEXT_MAX = 512,
	KEY_MIN = 16,
	KEY_MAX = 64
};

void policy_init(struct policy *p)
{
	*p = (struct policy){
		.arena = { .limit = 64 << 20 }, .profile = PROFILE_CHPS, .max_age_days = 30
	};
}

void policy_release(struct policy *p)
{
	if (!p)
		return;
	arena_release(&p->arena);
	*p = (struct policy){ 0 };
}

int policy_profile(struct policy *p, struct span name, struct scov_err *err)
{
	if (span_eq(name, SPAN("chps")))
		p->profile = PROFILE_CHPS;
	else if (span_eq(name, SPAN("strict")))
		p->profile = PROFILE_STRICT;
	else
		return err_fail(err, SCOV_E_USAGE, "profile '%.*s': must be chps or strict",
			SPAN_ARG(name));
	return 0;
}

/* The names that criteria/ prints; a test compares them. */
static const char *const vectors[VECTORS] = { "minimalism", "provenance", "configuration",
	"vulnerabilities" };

/* "VECTOR." in front of the rest, or nothing for overall. */
static struct span take_vector(struct span text, int8_t *vector)
{
	size_t dot = span_find(text, '.');
	struct span head = span_sub(text, 0, dot);

	*vector = -1;
	if (dot == text.len)
		return text;
	if (span_eq(head, SPAN("overall")))
		return span_from(text, dot + 1);
	for (int8_t i = 0; i < VECTORS; i++) {
		if (span_eq(head, span_str(vectors[i]))) {
			*vector = i;
			return span_from(text, dot + 1);
		}
	}
	return text;
}

static bool parse_grade(struct span s, uint8_t *out)
{
	static const struct {
		const char *name;
		uint8_t grade;
	} rows[] = {
		{ "A+", GRADE_A_PLUS },
		{ "A", GRADE_A },
		{ "B", GRADE_B },
		{ "C", GRADE_C },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (span_eq_nocase(s, span_str(rows[i].name))) {
			*out = rows[i].grade;
			return true;
		}
	}
	return false;
}

static bool is_criterion_id(struct span s)
{
	static const char *const heads[] = { "min.", "prov.", "conf.", "vuln." };

	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
		struct span tail = span_from(s, span_str(heads[i]).len);

		if (!span_starts(s, span_str(heads[i])) || !tail.len)
			continue;
		for (size_t k = 0; k < tail.len; k++)
			if (span_at(tail, k) < 'a' || span_at(tail, k) > 'z')
				return false;
		return true;
	}
	return false;
}

/* "low", "medium" or "high": at "none" nothing is a secret. */
static bool parse_secret_level(struct span s, uint8_t *out)
{
	return secret_level_of(s, out) && *out > SECRET_NONE;
}

/* "low" to "critical"; "unrated" counts all. */
static bool parse_rating(struct span s, uint8_t *out)
{
	for (uint8_t r = 0; r < RATINGS; r++)
		if (span_eq(s, span_str(rating_names[r]))) {
			*out = r;
			return true;
		}
	return false;
}

static size_t word_end(struct span s)
{
	size_t n = 0;

	while (n < s.len && !span_has(SPAN("<>=."), span_sub(s, n, 1)))
		n++;
	return n;
}

/* The word that is closest to the first one, or to the one after the vector. */
static int unknown_gate(struct span text, struct scov_err *err)
{
	static const char *const words[] = { "grade", "level", "secrets", "vulns", "requirements" };
	struct span vector = span_sub(text, 0, word_end(text));
	bool has_dot = span_at(text, vector.len) == '.';
	struct span rest = has_dot ? span_from(text, vector.len + 1) : text;
	struct nearest near = { .given = span_sub(rest, 0, word_end(rest)) };
	char hint[NEAREST_HINT];

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		nearest_try(&near, words[i]);
	if (has_dot && near.best && !near.least) {
		near = (struct nearest){ .given = vector };
		for (size_t i = 0; i < VECTORS; i++)
			nearest_try(&near, vectors[i]);
	}
	return err_fail(err, SCOV_E_USAGE,
		"fail-on '%.*s': must be [VECTOR.]grade<G, [VECTOR.]level<N, secrets>=LEVEL, "
		"vulns>=RATING, requirements or a criterion's id%s",
		SPAN_ARG(text), nearest_hint(&near, hint));
}

int policy_gate(struct policy *p, struct span text, struct scov_err *err)
{
	struct gate g = { .vector = -1 };
	struct span rest = take_vector(text, &g.vector);
	uint64_t level;

	if (text.len > TEXT_MAX)
		return err_fail(err, SCOV_E_USAGE,
			"fail-on: expression too long: %zu bytes (limit %d)", text.len, TEXT_MAX);
	if (p->gates.n >= GATES_MAX)
		return err_fail(err, SCOV_E_USAGE, "fail-on: more than %d expressions", GATES_MAX);
	if (span_starts(rest, SPAN("grade<"))) {
		g.kind = GATE_GRADE;
		if (!parse_grade(span_from(rest, 6), &g.threshold))
			return err_fail(err, SCOV_E_USAGE,
				"fail-on '%.*s': grade must be A+, A, B or C (D is the lowest)",
				SPAN_ARG(text));
	} else if (span_starts(rest, SPAN("level<"))) {
		g.kind = GATE_LEVEL;
		if (!span_number(span_from(rest, 6), 10, 5, &level) || !level)
			return err_fail(err, SCOV_E_USAGE, "fail-on '%.*s': level must be 1 to 5",
				SPAN_ARG(text));
		g.threshold = (uint8_t)level;
	} else if (span_starts(text, SPAN("secrets>="))) {
		g.kind = GATE_SECRETS;
		if (!parse_secret_level(span_from(text, 9), &g.threshold))
			return err_fail(err, SCOV_E_USAGE,
				"fail-on '%.*s': level must be low, medium or high",
				SPAN_ARG(text));
	} else if (span_starts(text, SPAN("vulns>="))) {
		g.kind = GATE_VULNS;
		if (!parse_rating(span_from(text, 7), &g.threshold))
			return err_fail(err, SCOV_E_USAGE,
				"fail-on '%.*s': rating must be critical, high, medium, low, "
				"negligible or unrated",
				SPAN_ARG(text));
	} else if (span_eq(text, SPAN("requirements"))) {
		g.kind = GATE_REQUIREMENTS;
	} else if (is_criterion_id(text)) {
		g.kind = GATE_CRITERION;
	} else {
		return unknown_gate(text, err);
	}
	g.text = arena_dup(&p->arena, text);
	if (g.kind == GATE_CRITERION)
		g.criterion = g.text;

	return g.text.p && vec_add(&p->gates, &p->arena, &g) ? 0 : err_memory(err);
}

int policy_key(struct policy *p, struct span base64, struct scov_err *err)
{
	struct span key;
	struct scov_err why;

	if (p->fingerprint_key.len)
		return err_fail(err, SCOV_E_USAGE, "more than one key");
	if (base64_decode(base64, &p->arena, &key, &why) || key.len < KEY_MIN || key.len > KEY_MAX)
		return err_fail(err, SCOV_E_USAGE, "the key must be %d to %d bytes in base64",
			KEY_MIN, KEY_MAX);
	p->fingerprint_key = key;
	return 0;
}

int policy_requirements(struct policy *p, struct span name, struct scov_err *err)
{
	if (!span_eq(name, SPAN("3gpp-nf")))
		return err_fail(
			err, SCOV_E_USAGE, "requirements '%.*s': must be 3gpp-nf", SPAN_ARG(name));
	p->telecom = true;
	return 0;
}

int policy_trust(struct policy *p, struct span glob, struct scov_err *err)
{
	if (!glob.len || glob.len > TEXT_MAX)
		return err_fail(err, SCOV_E_USAGE, "trusted: pattern of %zu bytes: must be 1 to %d",
			glob.len, TEXT_MAX);
	for (size_t i = 0; i < glob.len; i++)
		if (span_at(glob, i) <= ' ' || span_at(glob, i) >= 0x7f)
			return err_fail(err, SCOV_E_USAGE,
				"trusted '%.*s': contains a blank or control character",
				SPAN_ARG(glob));
	if (p->trusted.n >= TRUSTED_MAX)
		return err_fail(err, SCOV_E_USAGE, "trusted: more than %d patterns", TRUSTED_MAX);

	struct span copy = arena_dup(&p->arena, glob);

	return copy.p && vec_add(&p->trusted, &p->arena, &copy) ? 0 : err_memory(err);
}

int policy_trust_file(struct policy *p, struct span text, const char *name, struct scov_err *err)
{
	struct span line;

	for (unsigned number = 1; span_line(&text, &line); number++) {
		int r = 0;

		line = span_trim(span_sub(line, 0, span_find(line, '#')));
		if (span_eq(line, SPAN("only")))
			p->trusted_replaces = true;
		else if (line.len)
			r = policy_trust(p, line, err);
		if (r)
			return err_wrap(err, "%s:%u", name, number);
	}
	return 0;
}
