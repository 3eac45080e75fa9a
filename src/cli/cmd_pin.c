/* cmd_pin.c - scoville pin: digests and versions written into files that name images and packages.
 * Its JSON: doc/formats/pin.md.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "cli/cli.h"
#include "syntax/json.h"

enum { PIN_SCHEMA = 1 };

struct printing {
	bool is_quiet;
	unsigned mode; /* enum scov_pin_mode */
	bool is_json;
	struct buf out; /* of the JSON */
	struct json_out json;
	struct arena arena;
	const char *file, *error; /* that the JSON is in; NULL: none */
};

static int print(void *ctx, const void *p, size_t len)
{
	const struct printing *o = ctx;

	return o->is_json || fwrite(p, 1, len, stdout) == len ? 0 : -1;
}

static void put(FILE *to, char *text)
{
	scov_mask(text);
	for (; *text; text++)
		if ((unsigned char)*text >= 0x20 && *text != 0x7f)
			fputc(*text, to);
		else
			fprintf(to, "\\x%02x", (unsigned char)*text);
	fputc('\n', to);
}

static const char *state_text(const struct scov_pin_note *n)
{
	switch (n->state) {
	case SCOV_PIN_CHANGED:
		return *n->old ? "now " : "pinned to ";
	case SCOV_PIN_UNPINNED:
		return *n->why      ? "not pinned: "
		       : *n->digest ? "not pinned, the image has "
				    : "not pinned";
	case SCOV_PIN_DRIFTED:
		return "its tag names another image now, ";
	case SCOV_PIN_LEFT:
		return "left as it is: ";
	case SCOV_PIN_UNANSWERED:
		return "not looked up: ";
	default:
		return "";
	}
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void member(struct printing *p, const char *key, const char *value)
{
	char *text = value ? arena_cstr(&p->arena, span_str(value)) : NULL;

	if (text)
		scov_mask(text);
	json_out_key(&p->json, key);
	json_out_str(&p->json, text);
}

static void end_file(struct printing *p)
{
	if (!p->file)
		return;
	json_out_end(&p->json);
	member(p, "error", p->error);
	json_out_end(&p->json);
}

static void begin_file(struct printing *p, const char *file)
{
	end_file(p);
	p->file = file;
	p->error = NULL;
	json_out_dict(&p->json);
	member(p, "file", file);
	json_out_key(&p->json, "places");
	json_out_list(&p->json);
}

/* What it becomes; NULL: nothing else. */
static const char *becomes(struct printing *p, const struct scov_pin_note *n)
{
	struct span name = span_str(n->image);

	if (!*n->digest)
		return NULL;
	if (n->kind == SCOV_PIN_PACKAGE)
		return n->digest;
	if (n->kind == SCOV_PIN_ACTION)
		name = span_sub(name, 0, span_rfind(name, '@'));
	return arena_printf(&p->arena, "%.*s@%s", SPAN_ARG(name), n->digest);
}

static void add_json(struct printing *p, const struct scov_pin_note *n)
{
	static const char *const kinds[] = { "image", "action", "package" }, *const states[] = {
		"changed", "unpinned", "drifted", "left", "unanswered"
	};

	if (!p->file || strcmp(p->file, n->file) != 0)
		begin_file(p, arena_cstr(&p->arena, span_str(n->file)));
	if (n->state == SCOV_PIN_UNREAD || !n->line) {
		p->error = arena_cstr(&p->arena, span_str(n->why));
		return;
	}
	json_out_dict(&p->json);
	json_out_key(&p->json, "line");
	json_out_uint(&p->json, n->line);
	member(p, "kind", kinds[n->kind]);
	member(p, "state", states[n->state]);
	member(p, "was", *n->old ? arena_printf(&p->arena, "%s@%s", n->image, n->old) : n->image);
	member(p, "becomes", becomes(p, n));
	member(p, "why", *n->why ? n->why : NULL);
	json_out_end(&p->json);
}

static void begin_json(struct printing *p)
{
	static const char *const modes[] = { "diff", "write", "check" };

	p->json.out = &p->out;
	json_out_dict(&p->json);
	json_out_key(&p->json, "schema");
	json_out_uint(&p->json, PIN_SCHEMA);
	member(p, "mode", modes[p->mode]);
	json_out_key(&p->json, "files");
	json_out_list(&p->json);
}

static bool end_json(struct printing *p, const struct scov_pin_sum *sum)
{
	end_file(p);
	json_out_end(&p->json);
	json_out_key(&p->json, "pinned");
	json_out_uint(&p->json, sum->pinned);
	json_out_end(&p->json);
	buf_byte(&p->out, '\n');
	if (p->out.failed || arena_failed(&p->arena))
		return false;
	(void)fwrite(p->out.p, 1, p->out.len, stdout); /* main asks whether it was written */
	return true;
}

/* ---- text ------------------------------------------------------------------------------------ */

/* Standard output has the diff alone, or what the command was asked for. */
static void say(void *ctx, const struct scov_pin_note *n)
{
	struct printing *p = ctx;
	char text[4096], line[16] = "";
	bool is_asked = n->state == SCOV_PIN_CHANGED || n->state == SCOV_PIN_UNPINNED ||
			n->state == SCOV_PIN_DRIFTED;

	if (p->is_json) {
		add_json(p, n);
		return;
	}
	if (is_asked && (p->is_quiet || p->mode == SCOV_PIN_DIFF))
		return;
	if (n->state == SCOV_PIN_UNREAD) {
		cli_complain(n->why);
		return;
	}
	if (n->line)
		snprintf(line, sizeof(line), ":%u", n->line);
	snprintf(text, sizeof(text), "%s%s: %s%s%s%s%s", n->file, line, n->image,
		*n->image ? ": " : "", state_text(n), n->why, n->digest);
	put(is_asked ? stdout : stderr, text);
}

/* Nothing could be done for what was looked at: unreadable. Something is left: a gate. */
static int status_of(const struct scov_pin_sum *sum)
{
	const size_t *n = sum->states;

	if (n[SCOV_PIN_UNREAD])
		return EXIT_UNREADABLE;
	if (n[SCOV_PIN_UNANSWERED] && !n[SCOV_PIN_CHANGED] && !n[SCOV_PIN_UNPINNED] &&
		!n[SCOV_PIN_DRIFTED])
		return EXIT_UNREADABLE;
	return n[SCOV_PIN_UNPINNED] || n[SCOV_PIN_DRIFTED] || n[SCOV_PIN_LEFT] ||
			       n[SCOV_PIN_UNANSWERED]
		       ? EXIT_GATE
		       : EXIT_GRADED;
}

int cmd_pin(struct options *o)
{
	struct scov_pin_options opt = {
		.struct_size = sizeof(opt),
		.mode = o->check   ? SCOV_PIN_CHECK
			: o->write ? SCOV_PIN_WRITE
				   : SCOV_PIN_DIFF,
		.update = o->update,
		.image = o->image,
		.platform = o->platform,
	};
	struct printing p = {
		.is_quiet = o->quiet,
		.mode = opt.mode,
		.is_json = o->format && !strcmp(o->format, "json"),
	};
	struct scov_pin_sum sum;
	struct scov_err err;
	int status = EXIT_USAGE;

	if (!o->arguments.n || (o->check && (o->write || o->update))) {
		cli_complain(!o->arguments.n ? "pin: name the files"
			     : o->write      ? "pin: --check or --write, not both"
					     : "pin: --check or --update, not both");
		return EXIT_USAGE;
	}
	if (!o->image && (o->build_arg.n || o->platform)) {
		cli_complain("pin: --build-arg and --platform are of --image");
		return EXIT_USAGE;
	}
	o->database = "none"; /* of the image only the packages are asked for */
	struct scov_context *c = cli_context(o, &status);

	if (!c)
		return status;
	opt.mirrors = cli_list(o, &o->mirrors);
	opt.build_args = cli_list(o, &o->build_arg);
	if (p.is_json)
		begin_json(&p);
	cli_catch_signals();
	int code = scov_pin(
		c, o->arguments.p, o->arguments.n, &opt, &cli_call, print, say, &p, &sum, &err);

	if (code)
		cli_refuse(o, err.text);
	scov_context_free(c);
	status = code ? cli_status(code) : status_of(&sum);
	if (!code && p.is_json && !end_json(&p, &sum)) {
		cli_complain("out of memory");
		status = EXIT_UNREADABLE;
	}
	buf_release(&p.out);
	arena_release(&p.arena);
	return status;
}
