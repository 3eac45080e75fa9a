/* cli.h - the commands and what they share.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <signal.h>

#include "cli/options.h"
#include "scoville/scoville.h"

/* One rule for all commands: scoville(1). A file that an option names is part of the usage. */
enum exit_status {
	EXIT_GRADED = 0,
	EXIT_GATE = 1,
	EXIT_USAGE = 2,
	EXIT_UNREADABLE = 3,
	EXIT_INCOMPLETE = 4,
	EXIT_INTERRUPTED = 130,
};

struct command {
	const char *name, *arguments, *help;
	unsigned groups;
	int (*run)(struct options *o); /* exit status */
	const char *page;              /* of the manual; NULL: scoville(1) alone */
	const char *formats;           /* of -o, with blanks between, NULL: all */
	const char *uses;              /* lines for its help; NULL: none */
};

int cmd_grade(struct options *o);
int cmd_secrets(struct options *o);
int cmd_vulns(struct options *o);
int cmd_sbom(struct options *o);
int cmd_regrade(struct options *o);
int cmd_diff(struct options *o);
int cmd_rules(struct options *o);
int cmd_explain(struct options *o);
int cmd_criteria(struct options *o);
int cmd_cache(struct options *o);
int cmd_db(struct options *o);
int cmd_pin(struct options *o);
int cmd_profile(struct options *o);
int cmd_verify(struct options *o);
int cmd_dockerfile(struct options *o);
int cmd_sign(struct options *o);
int cmd_attest(struct options *o);
int cmd_trust(struct options *o);
int cmd_completion(struct options *o);

/* A context from the options. NULL on failure: it was said on standard error, and *status is set.
 */
struct scov_context *cli_context(struct options *o, int *status);
/* The list as the library takes it; NULL when it is empty. */
const char *const *cli_list(struct options *o, words *list);
/* Whom the options expect to have signed. */
void cli_trust(struct options *o, struct scov_trust *out);
void cli_complain(const char *text); /* "scoville: text" on standard error, escaped */
void cli_complain_of(const char *what, const char *text); /* names what, unless the text does */
void cli_refuse(struct options *o, const char *text);     /* names the variable that it is about */
int cli_status(int code);                                 /* exit status of an error */
/* The reader of standard output went away, as `head` does: not a failure, and nothing to report. */
bool cli_stdout_closed(void);
bool cli_color(const struct options *o, int fd);
size_t cli_width(int fd); /* columns: COLUMNS, else the terminal's, else 80 */
bool cli_utf8(void);      /* the locale has UTF-8 */

/* The pages of the criteria, made by the build from doc/criteria/. */
struct page_text {
	const char *id, *text;
};
extern const struct page_text pages[]; /* ended by id NULL */

/* Grades what the arguments name and writes the outputs. The command's own part: */
struct grading_mode {
	const char *command;
	bool secrets_only, vulns_only; /* the outputs say no more */
	bool packages_only;            /* nothing is judged: no gate, no ignore file */
	bool is_stored;                /* the arguments are JSON reports */
	/* Called after each report, when not NULL. Negative: *err says why. */
	int (*after)(struct options *o, struct scov_report *r, struct scov_err *err);
};
#define CLI_IGNORE ".scovilleignore" /* without --ignore */
int cli_grade(struct options *o, const struct grading_mode *mode);
/* --db names a database, or nothing; else it was said on standard error. */
bool cli_has_database(struct options *o);

extern struct scov_call cli_call; /* all that a command makes; SIGINT, SIGTERM and SIGHUP end it */
extern volatile sig_atomic_t cli_interrupted;
void cli_catch_signals(void);

/* A progress line on standard error; nothing unless that is a terminal and half a second passed.
 */
void progress_start(bool wanted);
void progress_show(void *ctx, const struct scov_progress *p);
void progress_end(void);
