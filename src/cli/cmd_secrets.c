/* cmd_secrets.c - scoville secrets: what grade says of secrets, and nothing else; and the ignore
 * file written from it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

static const char *ignore_file(const struct options *o)
{
	return o->ignore ? o->ignore : CLI_IGNORE;
}

static int complain(struct options *o, const char *text)
{
	cli_refuse(o, text);
	return EXIT_USAGE;
}

static int check(struct options *o)
{
	for (size_t i = 0; i < o->skip.n; i++)
		if (!strcmp(o->skip.p[i], "secrets"))
			return complain(o, "secrets: --skip secrets leaves nothing to do");
	if (!o->write_ignore && (o->until || o->reason))
		return complain(o, "secrets: --until and --reason go with --write-ignore");
	return EXIT_GRADED;
}

/* Fingerprints of a run are not valid in a file, so the file gets a key first. */
static int make_key(struct options *o)
{
	struct scov_err err;
	bool made = false;
	char text[1400];

	if (scov_ignore_key(ignore_file(o), &made, &err))
		return complain(o, err.text);
	if (made) {
		snprintf(text, sizeof(text),
			"%s holds a new fingerprint key: anyone who has it can test guesses of "
			"weak values",
			ignore_file(o));
		cli_complain(text);
	}
	return EXIT_GRADED;
}

static int write_entries(struct options *o, struct scov_report *r, struct scov_err *err)
{
	const struct scov_ignore_options opt = {
		.struct_size = sizeof(opt), .until = o->until, .reason = o->reason
	};
	struct scov_ignore_sum sum = { 0 };
	char text[1400];
	int code = scov_report_ignore(r, ignore_file(o), &opt, &sum, err);

	if (code)
		return code;
	snprintf(text, sizeof(text), "%zu %s written to %s%s", sum.entries,
		sum.entries == 1 ? "entry" : "entries", ignore_file(o),
		sum.entries && !o->reason ? ": fill in each reason=\"\", or the file is refused"
					  : "");
	cli_complain(text);
	if (!sum.refused)
		return 0;
	snprintf(text, sizeof(text),
		"%zu not written: --requirements %s does not allow ignoring them", sum.refused,
		o->requirements);
	cli_complain(text);
	return 0;
}

int cmd_secrets(struct options *o)
{
	static const struct grading_mode plain = { .command = "secrets", .secrets_only = true },
					 writing = { .command = "secrets",
						 .secrets_only = true,
						 .after = write_entries };
	int status = check(o);

	o->database = "none"; /* nothing is matched */
	if (!status && o->write_ignore && o->arguments.n && !o->fp_key)
		status = make_key(o);
	return status ? status : cli_grade(o, o->write_ignore ? &writing : &plain);
}
