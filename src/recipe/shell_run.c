/* shell_run.c - goes through the commands of a text in their order.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "recipe/shell_run.h"

#include <string.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "recipe/shell_expand.h"
#include "recipe/shell_start.h"

/* What a command is part of. */
struct around {
	unsigned stops;
	const struct shell_data *in; /* NULL: none */
	bool is_captured, is_piped;
};

static void run_node(
	struct shell_run *r, const struct shell_node *n, struct around at, struct shell_data *out);

/* ---- variables ------------------------------------------------------------------------------- */

static struct shell_data unknown_named(struct shell_run *r, struct span name)
{
	return (struct shell_data){ .is_unknown = true,
		.text = span_str(arena_printf(r->a, "${%.*s}", SPAN_ARG(name))) };
}

/* Set in a part that may not run: from here on nobody knows the values. What they came from stays:
 * a checksum is a checksum in every branch. */
static void forget(struct shell_run *r, size_t from)
{
	size_t to = r->variables.n;

	for (size_t i = from; i < to; i++) {
		struct shell_variable *v = &r->variables.p[i];
		struct shell_data u = unknown_named(r, v->name);

		u.tag = v->value.tag;
		u.about = v->value.about;
		v->value = u;
		v->is_unset = false;
	}
}

static struct span glue(struct shell_run *r, struct span a, struct span b)
{
	scoped_buf struct buf both = { .limit = SHELL_WORD_MAX };

	buf_span(&both, a);
	buf_span(&both, b);
	if (both.failed)
		r->is_cut = true;
	return arena_dup(r->a, buf_view(&both));
}

static void assign(struct shell_run *r, const struct shell_assignment *a)
{
	struct shell_data v = shell_text(r, &a->value);
	const struct shell_data *old;

	/* what commands write is not known: it is called by the name that it gets */
	for (size_t i = 0; i < a->value.parts.n && v.is_unknown; i++)
		if (a->value.parts.p[i].kind == SHELL_COMMANDS)
			v.text = unknown_named(r, a->name).text;
	if (a->is_array)
		v = unknown_named(r, a->name);
	if (a->is_added && (old = shell_get(r, a->name))) {
		v.text = glue(r, old->text, v.text);
		v.is_unknown |= old->is_unknown;
	}
	shell_set_data(r, a->name, &v);
}

/* ---- parts that may not run ------------------------------------------------------------------ */

bool shell_is_within(const struct shell_run *r, uint32_t inner, uint32_t outer)
{
	while (inner > outer)
		inner = inner <= r->branches.n ? r->branches.p[inner - 1] : 0;
	return inner == outer;
}

static void run_part(
	struct shell_run *r, const struct shell_node *n, struct around at, struct shell_data *out)
{
	uint32_t outer = r->branch;

	if (!vec_add(&r->branches, r->a, &outer))
		return;
	r->branch = (uint32_t)r->branches.n;
	run_node(r, n, at, out);
	r->branch = outer;
}

/* ---- what a failure does --------------------------------------------------------------------- */

static struct span first_word(const struct shell_node *n)
{
	if (n->kind != SHELL_SIMPLE || !n->words.n || !shell_is_plain(&n->words.p[0]) ||
		!n->words.p[0].parts.n)
		return (struct span){ 0 };
	return n->words.p[0].parts.p[0].text;
}

/* exit or return, but for "exit 0": the build ends here. */
static bool leaves(const struct shell_node *n)
{
	struct span w = first_word(n);

	if (!span_eq(w, SPAN("exit")) && !span_eq(w, SPAN("return")))
		return false;
	return n->words.n < 2 || !n->words.p[1].parts.n ||
	       !span_eq(n->words.p[1].parts.p[0].text, SPAN("0"));
}

/* The commands end with a failure, as { echo bad; exit 1; } and false do. */
static bool fails(const struct shell_node *n, unsigned stops)
{
	if (leaves(n))
		return true;
	if (span_eq(first_word(n), SPAN("false")))
		return stops & SHELL_STOPS_ON_FAILURE;
	if (n->kind != SHELL_GROUP && n->kind != SHELL_SUBSHELL && n->kind != SHELL_LIST)
		return false;
	if (n->kind == SHELL_SUBSHELL && !(stops & SHELL_STOPS_ON_FAILURE))
		return false;
	for (size_t i = 0; i < n->children.n; i++)
		if (n->children.p[i]->before == SHELL_THEN &&
			fails(n->children.p[i],
				i + 1 == n->children.n || n->kind != SHELL_LIST ? stops : 0))
			return true;
	return false;
}

static unsigned negated(unsigned stops, bool is_negated)
{
	if (!is_negated)
		return stops;
	return (stops & SHELL_STOPS_ON_FAILURE ? SHELL_STOPS_ON_SUCCESS : 0) |
	       (stops & SHELL_STOPS_ON_SUCCESS ? SHELL_STOPS_ON_FAILURE : 0);
}

/* Says something and goes on. */
static bool only_says(const struct shell_node *n)
{
	struct span w = first_word(n);

	return span_eq(w, SPAN("echo")) || span_eq(w, SPAN("printf")) || span_eq(w, SPAN(":")) ||
	       span_eq(w, SPAN("true"));
}

/* Of child i of a list, when its chain of && and || ends the list or not. */
static unsigned stops_of(
	const struct shell_run *r, const struct shell_node *list, size_t i, unsigned outer)
{
	size_t last = i;
	unsigned chain, stops;

	while (last + 1 < list->children.n && list->children.p[last + 1]->before != SHELL_THEN)
		last++;
	if (list->children.p[last]->is_background)
		return 0;
	bool is_end = last + 1 == list->children.n;

	chain = is_end ? outer : r->errexit ? SHELL_STOPS_ON_FAILURE : 0;
	if (i == last)
		return chain;
	stops = chain & SHELL_STOPS_ON_FAILURE;
	for (size_t k = i + 1; k <= last; k++) {
		const struct shell_node *next = list->children.p[k];

		if (next->before == SHELL_OR)
			return fails(next, chain) ? SHELL_STOPS_ON_FAILURE : 0;
		if (k == i + 1 && fails(next, chain))
			return SHELL_STOPS_ON_SUCCESS;
		/* set -e does not look at what is before &&; but then what follows does not run */
		if (k == i + 1 && !is_end && only_says(next))
			stops = 0;
	}
	return stops;
}

/* ---- commands -------------------------------------------------------------------------------- */

/* What was written before and what comes now. */
static void join_data(struct shell_run *r, struct shell_data *all, const struct shell_data *more)
{
	if (more->tag) {
		all->tag = more->tag;
		all->about = more->about;
	}
	all->is_unknown |= more->is_unknown;
	if (!more->text.len)
		return;
	all->text = all->text.len ? glue(r, all->text, more->text) : more->text;
}

/* Asks something; what is after it with && runs or not. */
static bool asks(const struct shell_node *n)
{
	struct span w = first_word(n);

	return span_has_word(SPAN("[ [[ test false command which type grep id getent"), w) ||
	       n->is_negated || n->kind == SHELL_SUM;
}

/* After && and a question, where the answer no is not the end: others follow. */
static bool may_not_run(const struct shell_node *list, size_t i)
{
	size_t last = i;

	while (last + 1 < list->children.n && list->children.p[last + 1]->before != SHELL_THEN)
		last++;
	if (last + 1 == list->children.n || list->children.p[i]->before != SHELL_AND)
		return false;
	while (i-- && list->children.p[i + 1]->before != SHELL_THEN)
		if (asks(list->children.p[i]))
			return true;
	return false;
}

static void run_list(
	struct shell_run *r, const struct shell_node *n, struct around at, struct shell_data *out)
{
	for (size_t i = 0; i < n->children.n && !r->is_cut; i++) {
		struct shell_data one = { 0 };
		struct around inner = at;

		inner.stops = negated(stops_of(r, n, i, at.stops), n->children.p[i]->is_negated);
		if (n->children.p[i]->before == SHELL_OR || may_not_run(n, i))
			run_part(r, n->children.p[i], inner, &one);
		else
			run_node(r, n->children.p[i], inner, &one);
		join_data(r, out, &one);
	}
}

/* sha256sum -c ... | grep OK: what it finds decides. */
static bool looks_for_ok(const struct shell_node *n)
{
	bool found = false;

	for (size_t i = 1; i < n->words.n && span_eq(first_word(n), SPAN("grep")); i++)
		for (size_t k = 0; k < n->words.p[i].parts.n; k++)
			found = found || span_has(n->words.p[i].parts.p[k].text, SPAN("OK"));
	return found;
}

static void run_pipe(
	struct shell_run *r, const struct shell_node *n, struct around at, struct shell_data *out)
{
	struct shell_data data = { 0 };
	size_t before = r->variables.n;
	const struct shell_data *in = at.in;

	for (size_t i = 0; i < n->children.n && !r->is_cut; i++) {
		bool is_last = i + 1 == n->children.n;
		struct shell_data *held = arena_alloc(r->a, sizeof(*held));
		bool asks = !is_last && looks_for_ok(n->children.p[i + 1]);
		struct around inner = { .in = in,
			.is_piped = !is_last || at.is_piped,
			.is_captured = at.is_captured,
			.stops = is_last || r->pipefail || asks ? at.stops : 0 };

		if (!held)
			return;
		run_node(r, n->children.p[i], inner, held);
		in = held;
		data = *held;
	}
	r->variables.n = before; /* each in a shell of its own */
	*out = data;
}

static void run_if(
	struct shell_run *r, const struct shell_node *n, struct around at, struct shell_data *out)
{
	size_t before = r->variables.n, c = n->children.n;

	for (size_t i = 0; i < c && !r->is_cut; i++) {
		bool is_condition = i % 2 == 0 && i + 1 < c;
		struct around inner = at;
		struct shell_data one = { 0 };

		if (is_condition) {
			inner.stops = fails(n->children.p[i + 1], at.stops) ? SHELL_STOPS_ON_SUCCESS
				      : i + 3 == c && fails(n->children.p[i + 2], at.stops)
					      ? SHELL_STOPS_ON_FAILURE
					      : 0;
			bool errexit = r->errexit;

			r->errexit = false;
			run_node(r, n->children.p[i], inner, &one);
			r->errexit = errexit;
			continue;
		}
		run_part(r, n->children.p[i], inner, &one);
		join_data(r, out, &one);
		out->is_unknown = true;
		forget(r, before);
	}
}

static void run_for(
	struct shell_run *r, const struct shell_node *n, struct around at, struct shell_data *out)
{
	shell_args words = { 0 };
	size_t before = r->variables.n;
	bool is_known = n->has_in;

	for (size_t i = 0; i < n->words.n; i++)
		shell_expand(r, &n->words.p[i], &words);
	for (size_t i = 0; i < words.n; i++)
		is_known = is_known && !words.p[i].is_unknown && !words.p[i].is_glob;
	for (size_t i = 0; i < (is_known ? words.n : 1) && !r->is_cut; i++) {
		struct shell_data one = { 0 };

		if (i >= SHELL_LOOPS_MAX) {
			r->is_cut = true;
			return;
		}
		if (is_known)
			shell_set(r, n->name, words.p[i].text, false);
		else if (n->name.len)
			shell_set_data(
				r, n->name, &(struct shell_data[]){ unknown_named(r, n->name) }[0]);
		if (is_known)
			run_node(r, n->children.p[0], at, &one);
		else
			run_part(r, n->children.p[0], at, &one);
		join_data(r, out, &one);
	}
	if (!is_known)
		forget(r, before);
}

static void run_branches(
	struct shell_run *r, const struct shell_node *n, struct around at, struct shell_data *out)
{
	size_t before = r->variables.n;

	for (size_t i = 0; i < n->children.n && !r->is_cut; i++) {
		struct shell_data one = { 0 };
		struct around inner = at;

		if (n->kind == SHELL_WHILE && !i) {
			inner.stops = 0;
			run_node(r, n->children.p[i], inner, &one);
		} else {
			run_part(r, n->children.p[i], inner, &one);
		}
		join_data(r, out, &one);
		forget(r, before);
	}
	out->is_unknown = true;
}

static const struct shell_node *function_named(const struct shell_run *r, struct span name)
{
	for (size_t i = r->functions.n; i--;)
		if (span_eq(r->functions.p[i]->name, name))
			return r->functions.p[i];
	return NULL;
}

static void call_function(struct shell_run *r, const struct shell_node *f,
	const struct shell_call *call, struct shell_data *out)
{
	const struct shell_arg *params = r->params;
	size_t n = r->params_n;

	r->params = call->args;
	r->params_n = call->n;
	run_node(r, f->children.p[0],
		(struct around){ call->stops, call->in, call->is_captured, call->is_piped }, out);
	r->params = params;
	r->params_n = n;
}

/* set -eux -o pipefail */
static void set_options(struct shell_run *r, const struct shell_call *c)
{
	for (size_t i = 1; i < c->n; i++) {
		struct span w = c->args[i].text;
		uint8_t sign = span_at(w, 0);

		if ((sign != '-' && sign != '+') || span_eq(w, SPAN("--")))
			break;
		for (size_t k = 1; k < w.len; k++) {
			if (span_at(w, k) == 'e')
				r->errexit = sign == '-';
			if (span_at(w, k) != 'o' || i + 1 >= c->n)
				continue;
			if (span_eq(c->args[i + 1].text, SPAN("errexit")))
				r->errexit = sign == '-';
			if (span_eq(c->args[i + 1].text, SPAN("pipefail")))
				r->pipefail = sign == '-';
			i++;
			break;
		}
	}
}

/* export A=b, local A=b ... */
static void declare(struct shell_run *r, const struct shell_call *c)
{
	for (size_t i = 1; i < c->n; i++) {
		struct span w = c->args[i].text, name = span_sub(w, 0, span_find(w, '='));
		struct shell_data v = { span_from(w, name.len + 1), c->args[i].is_unknown,
			c->args[i].tag, c->args[i].about };

		if (name.len < w.len && shell_is_name(name))
			shell_set_data(r, name, &v);
	}
}

static void unset(struct shell_run *r, const struct shell_call *c)
{
	for (size_t i = 1; i < c->n; i++)
		if (shell_is_name(c->args[i].text) && r->variables.n < SHELL_VARIABLES_MAX)
			vec_add(&r->variables, r->a,
				&((struct shell_variable){
					.name = c->args[i].text, .is_unset = true }));
}

static bool built_in(struct shell_run *r, const struct shell_call *c)
{
	static const char *const declaring = "export local readonly declare typeset";
	struct span w = c->args[0].text;

	if (span_eq(w, SPAN("set")))
		set_options(r, c);
	else if (span_eq(w, SPAN("unset")))
		unset(r, c);
	else if (span_has_word(span_str(declaring), w))
		declare(r, c);
	else
		return false;
	return true;
}

/* A program that is a script whose text is known. */
static bool run_script(struct shell_run *r, const struct shell_call *c, struct shell_data *out)
{
	const struct shell_data *t =
		span_find(c->args[0].text, '/') < c->args[0].text.len && r->client->read
			? r->client->read(r->client->ctx, r, c->args[0].text)
			: NULL;

	if (!t || t->tag)
		return false;
	shell_start_script(r, c, t, out);
	return true;
}

static void call(struct shell_run *r, const struct shell_call *c, struct shell_data *out)
{
	const struct shell_node *f;

	if (r->depth >= SHELL_DEPTH) {
		r->is_cut = true;
		return;
	}
	r->depth++;
	f = function_named(r, c->args[0].text);
	if (f)
		call_function(r, f, c, out);
	else if (run_script(r, c, out))
		;
	else if (!built_in(r, c) && !shell_start(r, c, out))
		r->client->call(r->client->ctx, r, c, out);
	r->depth--;
}

static void run_args(struct shell_run *r, const struct shell_call *c, const struct shell_arg *args,
	size_t n, struct shell_data *out)
{
	struct shell_call inner = *c;

	inner.args = args;
	inner.n = n;
	if (n)
		call(r, &inner, out);
}

/* ---- redirects ------------------------------------------------------------------------------- */

struct files {
	struct shell_data here;
	bool has_here;
	struct span in, out;
	bool appends;
};

static void redirects(struct shell_run *r, const struct shell_node *n, struct files *f)
{
	for (size_t i = 0; i < n->redirects.n; i++) {
		const struct shell_redirect *d = &n->redirects.p[i];
		struct shell_data v = shell_text(r, &d->word);

		if ((span_starts(v.text, SPAN("/dev/tcp/")) ||
			    span_starts(v.text, SPAN("/dev/udp/"))) &&
			d->kind != SHELL_HERE && r->client->unread)
			r->client->unread(r->client->ctx, r, r->is_derived ? r->base : n->at,
				"a connection is opened");

		if (d->kind == SHELL_HERE && d->fd == 0) {
			f->here = v;
			f->has_here = true;
		} else if (d->kind == SHELL_IN && d->fd == 0) {
			f->in = v.text;
		} else if ((d->kind == SHELL_OUT || d->kind == SHELL_APPEND) && d->fd == 1) {
			f->out = v.text;
			f->appends = d->kind == SHELL_APPEND;
		}
	}
}

static void write_out(
	struct shell_run *r, const struct files *f, uint32_t at, struct shell_data *out)
{
	if (!f->out.len)
		return;
	if (r->client->write)
		r->client->write(r->client->ctx, r, f->out, f->appends, out, at);
	*out = (struct shell_data){ 0 };
}

/* ---- simple commands ------------------------------------------------------------------------- */

static void run_simple(
	struct shell_run *r, const struct shell_node *n, struct around at, struct shell_data *out)
{
	shell_args args = { 0 };
	struct files f = { 0 };
	size_t before = r->variables.n;

	for (size_t i = 0; i < n->words.n; i++)
		shell_expand(r, &n->words.p[i], &args);
	for (size_t i = 0; i < n->assignments.n; i++)
		assign(r, &n->assignments.p[i]);
	redirects(r, n, &f);

	struct shell_call c = {
		.args = args.p,
		.n = args.n,
		.at = r->is_derived ? r->base : n->at,
		.stops = at.stops,
		.in = f.has_here ? &f.here
		      : f.in.len ? NULL
				 : at.in,
		.in_file = f.in,
		.out_file = f.out,
		.out_appends = f.appends,
		.is_captured = at.is_captured && !f.out.len,
		.is_piped = at.is_piped && !f.out.len,
	};

	if (args.n && args.p[0].text.len)
		call(r, &c, out);
	if (args.n && n->assignments.n)
		r->variables.n = before; /* of that command alone */
	write_out(r, &f, c.at, out);
}

static void run_compound(
	struct shell_run *r, const struct shell_node *n, struct around at, struct shell_data *out)
{
	switch (n->kind) {
	case SHELL_PIPE:
		run_pipe(r, n, at, out);
		break;
	case SHELL_LIST:
		run_list(r, n, at, out);
		break;
	case SHELL_IF:
		run_if(r, n, at, out);
		break;
	case SHELL_FOR:
		run_for(r, n, at, out);
		break;
	case SHELL_WHILE:
	case SHELL_CASE:
		for (size_t i = 0; i < n->words.n; i++)
			(void)shell_text(r, &n->words.p[i]);
		run_branches(r, n, at, out);
		break;
	case SHELL_FUNCTION:
		vec_add(&r->functions, r->a, &(struct shell_node *[]){ (struct shell_node *)n }[0]);
		break;
	case SHELL_SUBSHELL:
	case SHELL_GROUP:
		run_node(r, n->children.p[0], at, out);
		break;
	default:
		break;
	}
}

static void run_node(
	struct shell_run *r, const struct shell_node *n, struct around at, struct shell_data *out)
{
	struct files f = { 0 };
	size_t before = r->variables.n;
	bool errexit = r->errexit, pipefail = r->pipefail;

	if (++r->steps > SHELL_STEPS_MAX)
		r->is_cut = true;
	if (r->is_cut || arena_failed(r->a))
		return;
	if (n->kind == SHELL_SIMPLE) {
		run_simple(r, n, at, out);
		return;
	}
	redirects(r, n, &f);
	if (f.has_here)
		at.in = &f.here;
	if (f.out.len && !span_eq(f.out, SPAN("/dev/null")))
		at.is_piped = true;
	run_compound(r, n, at, out);
	if (n->kind == SHELL_SUBSHELL) {
		r->variables.n = before;
		r->errexit = errexit;
		r->pipefail = pipefail;
	}
	write_out(r, &f, r->is_derived ? r->base : n->at, out);
}

static struct shell_data capture(struct shell_run *r, const struct shell_node *commands)
{
	size_t before = r->variables.n;
	bool errexit = r->errexit;
	struct shell_data out = { 0 };

	run_node(r, commands, (struct around){ .is_captured = true }, &out);
	r->variables.n = before;
	r->errexit = errexit;
	while (out.text.len && span_at(out.text, out.text.len - 1) == '\n')
		out.text.len--;
	return out;
}

static void run_inner(struct shell_run *r, struct span text, uint32_t at,
	const struct shell_call *c, struct shell_data *out)
{
	struct shell_node *n;
	struct scov_err err;
	bool was_derived = r->is_derived, errexit = r->errexit, pipefail = r->pipefail;
	uint32_t base = r->base;
	size_t before = r->variables.n;

	r->steps += text.len / 16; /* what is gone through often is long in all */
	if (r->steps > SHELL_STEPS_MAX)
		r->is_cut = true;
	if (r->is_cut)
		return;
	if (shell_parse(text, r->a, &n, &err)) {
		if (r->client->unread)
			r->client->unread(r->client->ctx, r, at, err.text);
		return;
	}
	r->is_derived = true;
	r->base = at;
	run_node(r, n, (struct around){ c->stops, c->in, c->is_captured, c->is_piped }, out);
	r->is_derived = was_derived;
	r->base = base;
	r->errexit = errexit;
	r->pipefail = pipefail;
	r->variables.n = before;
}

static const struct shell_walk walk = { capture, run_inner, run_args };

void shell_run_args(struct shell_run *r, const struct shell_call *call,
	const struct shell_arg *args, size_t n, struct shell_data *out)
{
	r->walk = &walk;
	run_args(r, call, args, n, out);
}

int shell_run_text(struct shell_run *r, struct span text, struct scov_err *err)
{
	struct shell_node *n;
	struct shell_data out = { 0 };
	struct scov_err mine;

	if (!err)
		err = &mine;
	r->walk = &walk;
	if (shell_parse(text, r->a, &n, err))
		return err->code;
	run_node(r, n, (struct around){ .stops = SHELL_STOPS_ON_FAILURE }, &out);
	return arena_check(r->a, err);
}
