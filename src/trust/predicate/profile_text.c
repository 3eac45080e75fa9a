/* profile_text.c - profiles that are text: AppArmor's language and SELinux CIL.
 *
 * Neither is compiled: it is seen whether the text has their shape, and whether its rules allow
 * everything. Sources: apparmor.d(5); the CIL reference guide of the SELinux project.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trust/predicate/profile_text.h"

#include <string.h>

#include "base/ascii.h"

/* ---- AppArmor -------------------------------------------------------------------------------- */

/* Without comments; "#include" is a directive. */
static struct span without_comment(struct span line)
{
	line = span_trim(line);
	if (span_at(line, 0) == '#')
		return (struct span){ 0 };
	for (size_t i = 1; i < line.len; i++)
		if (span_at(line, i) == '#' && ascii_is_blank(span_at(line, i - 1)))
			return span_trim(span_sub(line, 0, i));
	return line;
}

struct apparmor {
	size_t depth, rules, profiles;
	size_t inner;     /* brackets inside of a rule, as in "/{bin,lib}/x" */
	struct span rule; /* the first line of the one that is read */
	bool is_open;     /* a profile that only complains, or is unconfined */
	bool denies, all, file, capability, network, mount, is_bad;
};

static bool is_head(struct span text)
{
	return span_starts(text, SPAN("profile ")) || span_starts(text, SPAN("hat ")) ||
	       (text.len && strchr("/\"@^", span_at(text, 0)));
}

static void take_flags(struct apparmor *p, struct span line)
{
	struct span list = span_from(line, span_find_span(line, SPAN("flags=(")));

	list = span_sub(list, 0, span_find(list, ')'));
	p->is_open = p->is_open || span_has(list, SPAN("complain")) ||
		     span_has(list, SPAN("unconfined")) || span_has(list, SPAN("default_allow"));
}

/* A block in a profile may be a condition, "if ... {". */
static void take_head(struct apparmor *p)
{
	if (is_head(p->rule)) {
		p->profiles++;
	} else if (!p->depth) {
		p->is_bad = true;
	}
	p->depth++;
	p->rule = (struct span){ 0 };
}

static void take_rule(struct apparmor *p)
{
	struct span rule = p->rule;

	p->rule = (struct span){ 0 };
	if (!p->depth || !rule.len) { /* "abi <...>," is passed over before */
		p->is_bad = true;
		return;
	}
	p->rules++;
	if (span_starts(rule, SPAN("deny ")) || span_starts(rule, SPAN("audit deny "))) {
		p->denies = true;
		return;
	}
	if (span_starts(rule, SPAN("allow ")))
		rule = span_trim(span_from(rule, 6));
	p->all = p->all || span_eq(rule, SPAN("all"));
	p->file = p->file || span_eq(rule, SPAN("file")) || span_starts(rule, SPAN("/** ")) ||
		  span_starts(rule, SPAN("file /** "));
	p->capability = p->capability || span_eq(rule, SPAN("capability"));
	p->network = p->network || span_eq(rule, SPAN("network"));
	p->mount = p->mount || span_eq(rule, SPAN("mount"));
}

/* Directives end with their line. */
static bool is_directive(struct span line)
{
	return span_starts(line, SPAN("abi ")) || span_starts(line, SPAN("include ")) ||
	       span_starts(line, SPAN("alias ")) ||
	       (span_starts(line, SPAN("@{")) && span_has(line, SPAN("=")));
}

/* A brace that opens a block has a blank before it, or begins a line. */
static void take_line(struct apparmor *p, struct span line)
{
	size_t from = 0;

	for (size_t i = 0; i <= line.len && !p->is_bad; i++) {
		uint8_t c = span_at(line, i);
		struct span piece = span_trim(span_sub(line, from, i - from));
		bool is_block =
			c == '{' && !p->inner && (i == 0 || ascii_is_blank(span_at(line, i - 1)));
		bool is_end = (c == '}' || c == ',') && !p->inner;

		if (i == line.len || is_block || is_end) {
			p->rule = p->rule.len ? p->rule : piece;
			from = i + 1;
		}
		if (is_block) {
			take_flags(p, piece);
			take_head(p);
		} else if (is_end && c == ',') {
			take_rule(p);
		} else if (is_end) {
			p->is_bad = !p->depth || p->rule.len;
			p->depth--;
		} else if (c && strchr("{([", c)) {
			p->inner++;
		} else if (c && strchr("})]", c)) {
			p->inner -= p->inner != 0;
		}
	}
}

void profile_read_apparmor(struct span text, struct profile_facts *out)
{
	struct apparmor p = { 0 };
	struct span line;

	while (span_line(&text, &line) && !p.is_bad) {
		line = without_comment(line);
		if (!is_directive(line))
			take_line(&p, line);
	}
	if (p.is_bad || p.depth || p.inner || p.rule.len || !p.profiles) {
		out->why = SPAN("it is not a profile that can be read");
		return;
	}
	out->kind = PROFILE_APPARMOR;
	if (p.is_open)
		out->why = SPAN("its flags say that it enforces nothing");
	else if (!p.rules)
		out->why = SPAN("it has no rules");
	else if (p.all || (p.file && p.capability && p.network && p.mount && !p.denies))
		out->why = SPAN("it allows everything");
	else
		out->restricts = true;
}

/* ---- SELinux CIL ----------------------------------------------------------------------------- */

struct cil {
	size_t depth, statements, allows;
	bool is_open, has_domain;
};

static void take_statement(struct cil *c, struct span rest)
{
	size_t n = 0;

	while (n < rest.len && !ascii_is_blank(span_at(rest, n)) && span_at(rest, n) != '(' &&
		span_at(rest, n) != ')')
		n++;

	struct span word = span_sub(rest, 0, n), name = span_trim(span_from(rest, n));

	name = span_sub(name, 0, 64);
	if (!n)
		return;
	c->statements++;
	c->has_domain = c->has_domain || span_has_word(SPAN("block type"), word);
	c->allows += span_has_word(SPAN("allow allowx blockinherit"), word);
	c->is_open =
		c->is_open || span_eq(word, SPAN("typepermissive")) ||
		(span_eq(word, SPAN("blockinherit")) &&
			span_has(span_sub(name, 0, span_find(name, ')')), SPAN("unconfined"))) ||
		(span_eq(word, SPAN("typeattributeset")) &&
			span_starts(name, SPAN("unconfined_domain")));
}

void profile_read_cil(struct span text, struct profile_facts *out)
{
	struct cil c = { 0 };
	bool is_text = false, is_comment = false;

	for (size_t i = 0; i < text.len; i++) {
		uint8_t b = span_at(text, i);

		if (is_comment) {
			is_comment = b != '\n';
		} else if (is_text) {
			is_text = b != '"';
		} else if (b == '"' || b == ';') {
			is_text = b == '"';
			is_comment = b == ';';
		} else if (b == '(') {
			c.depth++;
			take_statement(&c, span_sub(text, i + 1, 256));
		} else if (b == ')' && !c.depth--) {
			c.statements = 0;
			break;
		}
	}
	if (c.depth || is_text || !c.statements || !c.has_domain) {
		out->why = SPAN("it is not a policy that can be read");
		return;
	}
	out->kind = PROFILE_SELINUX;
	if (c.is_open)
		out->why = SPAN("its domain is not confined");
	else if (!c.allows)
		out->why = SPAN("it has no rules");
	else
		out->restricts = true;
}
