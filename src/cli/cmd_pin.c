/* cmd_pin.c - scoville pin: digests written into files that name images.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

struct printing {
	bool is_quiet;
	unsigned mode; /* enum scov_pin_mode */
};

static int print(void *ctx, const void *p, size_t len)
{
	(void)ctx;
	return fwrite(p, 1, len, stdout) == len ? 0 : -1;
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
		return *n->why ? "not pinned: " : "not pinned";
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

/* Standard output has the diff alone, or what the command was asked for. */
static void say(void *ctx, const struct scov_pin_note *n)
{
	const struct printing *p = ctx;
	char text[4096], line[16] = "";
	bool is_asked = n->state == SCOV_PIN_CHANGED || n->state == SCOV_PIN_UNPINNED ||
			n->state == SCOV_PIN_DRIFTED;

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
	};
	struct printing p = { .is_quiet = o->quiet, .mode = opt.mode };
	const char **end = vec_push(&o->mirrors, &o->arena);
	struct scov_pin_sum sum;
	struct scov_err err;
	int status = EXIT_USAGE;

	if (!o->arguments.n || (o->check && (o->write || o->update))) {
		cli_complain(!o->arguments.n ? "pin: name the files"
			     : o->write      ? "pin: --check or --write, not both"
					     : "pin: --check or --update, not both");
		return EXIT_USAGE;
	}
	struct scov_context *c = end ? cli_context(o, &status) : NULL;

	if (!c)
		return status;
	*end = NULL;
	opt.mirrors = o->mirrors.p;
	cli_catch_signals();
	int code = scov_pin(
		c, o->arguments.p, o->arguments.n, &opt, &cli_call, print, say, &p, &sum, &err);

	if (code)
		cli_refuse(o, err.text);
	scov_context_free(c);
	return code ? cli_status(code) : status_of(&sum);
}
