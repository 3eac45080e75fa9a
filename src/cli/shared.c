/* shared.c - what the commands share: complaints, exit statuses, the context.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "cli/cli.h"

/* ---- interrupted ----------------------------------------------------------------------------- */

struct scov_call cli_call = { .struct_size = sizeof(cli_call) };
volatile sig_atomic_t cli_interrupted;

static void on_signal(int number)
{
	(void)number;
	if (cli_interrupted++) /* asked twice: whatever hangs, go */
		_exit(EXIT_INTERRUPTED);
	scov_cancel(&cli_call);
}

void cli_catch_signals(void)
{
	struct sigaction act = { .sa_handler = on_signal }, was;

	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
	if (!sigaction(SIGHUP, NULL, &was) && was.sa_handler != SIG_IGN) /* not under nohup */
		sigaction(SIGHUP, &act, NULL);
	signal(SIGXFSZ, SIG_IGN); /* an error of the write */
}

/* ---- complaints ------------------------------------------------------------------------------ */

/* What the user gave is in it, and may be in the log of a build tomorrow. */
void cli_complain(const char *said)
{
	char masked[2048];
	const char *text = masked;

	snprintf(masked, sizeof(masked), "%s", said);
	scov_mask(masked);
	fprintf(stderr, "scoville: ");
	for (; *text; text++)
		if ((unsigned char)*text >= 0x20 && *text != 0x7f)
			fputc(*text, stderr);
		else
			fprintf(stderr, "\\x%02x", (unsigned char)*text);
	fputc('\n', stderr);
}

/* Of a file that the text names the name is enough once. */
static bool names(const char *text, const char *reference)
{
	const char *colon = strchr(reference, ':');
	char quoted[1400];

	snprintf(quoted, sizeof(quoted), "'%s'", reference);
	if (strstr(text, quoted))
		return true;
	snprintf(quoted, sizeof(quoted), "'%s'", colon ? colon + 1 : reference);
	return colon && strstr(text, quoted);
}

void cli_complain_of(const char *what, const char *said)
{
	char text[2048];
	bool is_named = names(said, what);

	snprintf(text, sizeof(text), "%s%s%s", is_named ? "" : what, is_named ? "" : ": ", said);
	cli_complain(text);
}

int cli_status(int code)
{
	switch (code) {
	case SCOV_OK:
		return EXIT_GRADED;
	case SCOV_E_USAGE:
		return EXIT_USAGE;
	case SCOV_E_CANCELLED:
		return EXIT_INTERRUPTED;
	default:
		return EXIT_UNREADABLE;
	}
}

void cli_refuse(struct options *o, const char *said)
{
	const char *variable = options_blame(o, said);
	const char *text = arena_printf(&o->arena, "%s%s", variable ? variable : "", said);

	cli_complain(text ? text : said);
}

bool cli_stdout_closed(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };

	return poll(&out, 1, 0) == 1 && (out.revents & (POLLERR | POLLHUP));
}

/* One line of standard input, without its end. */
static int read_password(char *out, size_t size, struct scov_err *err)
{
	if (!fgets(out, (int)size, stdin)) {
		err->code = SCOV_E_USAGE;
		snprintf(err->text, sizeof(err->text), "--password-stdin: standard input is empty");
		return err->code;
	}
	size_t n = strcspn(out, "\r\n");

	if (n + 1 >= size) {
		err->code = SCOV_E_USAGE;
		snprintf(err->text, sizeof(err->text),
			"--password-stdin: the line is longer than %zu bytes", size - 2);
		return err->code;
	}
	out[n] = 0;
	return 0;
}

/* What may not be needed this time is looked at before: a registry may not ask, or all be cached.
 */
static int check_access(const struct options *o, struct scov_err *err)
{
	const struct {
		const char *option, *file;
		int mode;
	} files[] = { { "authfile", o->authfile, R_OK }, { "ca-file", o->ca_file, R_OK },
		{ "worker", o->worker, X_OK } };

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (files[i].file && access(files[i].file, files[i].mode))
			return err_fail(err, SCOV_E_USAGE, "--%s '%s': %s", files[i].option,
				files[i].file, strerror(errno));
	for (size_t i = 0; i < o->key.n; i++)
		if (access(o->key.p[i], R_OK))
			return err_fail(
				err, SCOV_E_USAGE, "--key '%s': %s", o->key.p[i], strerror(errno));
	if (!o->username != !o->password_stdin)
		return err_fail(err, SCOV_E_USAGE, "--%s needs --%s",
			o->username ? "username" : "password-stdin",
			o->username ? "password-stdin" : "username");
	return 0;
}

const char *const *cli_list(struct options *o, words *list)
{
	const char **end = list->n ? vec_push(list, &o->arena) : NULL;

	if (!end)
		return NULL;
	*end = NULL;
	list->n--;
	return list->p;
}

void cli_trust(struct options *o, struct scov_trust *out)
{
	*out = (struct scov_trust){
		.struct_size = sizeof(*out),
		.keys = cli_list(o, &o->key),
		.trust_roots = cli_list(o, &o->trust_root),
		.identities = cli_list(o, &o->identity),
		.identity_regexps = cli_list(o, &o->identity_regexp),
		.issuers = cli_list(o, &o->issuer),
		.issuer_regexps = cli_list(o, &o->issuer_regexp),
		.notation_config = o->notation_config,
		.policy_json = o->policy_json,
	};
}

struct scov_context *cli_context(struct options *o, int *status)
{
	static char password[4096];
	struct scov_context *c = NULL;
	struct scov_err err;
	const char **end = vec_push(&o->limit, &o->arena);
	struct scov_options opt = {
		.struct_size = sizeof(opt),
		.threads = o->threads,
		.cache_folder = o->cache,
		.no_cache = o->no_cache,
		.no_sandbox = o->no_sandbox,
		.worker = o->worker,
		.limits = o->limit.p,
		.timeout_ms = (int64_t)o->timeout_ms,
		.progress = progress_show,
		.ca_file = o->ca_file,
		.authfile = o->authfile,
		.username = o->username,
		.plain_http = o->plain_http,
		.secret_rules = o->secret_rules,
		.database = o->database,
	};

	if (end)
		*end = NULL;
	if (!end || check_access(o, &err) ||
		(o->password_stdin && read_password(password, sizeof(password), &err))) {
		cli_refuse(o, end ? err.text : "out of memory");
		*status = EXIT_USAGE;
		return NULL;
	}
	if (o->password_stdin)
		opt.password = password;
	int code = scov_context_new(&opt, &c, &err);

	explicit_bzero(password, sizeof(password));
	if (code) {
		cli_refuse(o, err.text);
		/* Whatever an option names and cannot be used is a bad option. */
		*status = code == SCOV_E_MEMORY ? cli_status(code) : EXIT_USAGE;
		return NULL;
	}
	/* A folder that was asked for and is not used is news. */
	if ((o->verbose || (o->cache && !o->quiet)) && *scov_cache_note(c))
		cli_complain(scov_cache_note(c));
	return c;
}
