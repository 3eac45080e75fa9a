/* ignore.c - the ignore file written: its key, and an entry for each secret that decides.
 *
 * The file is the user's: what is in it stays, byte for byte. It is read under a lock, written
 * whole beside its name and renamed; with a key in it nobody else may read it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/api.h"
#include "base/date.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/outfile.h"
#include "report/escape.h"
#include "report/secrets.h"
#include "judge/judge.h"
#include "syntax/base64.h"

enum { IGNORE_MAX = 1 << 20, NEW_KEY = 32, HOLD_DAYS = 90, REASON_MAX = 1000, PATH_BYTES = 1000 };

struct ignore_file {
	struct arena arena;
	int fd; /* locked */
	struct span text;
	bool is_new, has_key;
	struct outfile out; /* the text that will be */
};

static bool is_key_line(struct span line)
{
	line = span_trim(line);
	return span_starts(line, SPAN("key=")) || span_starts(line, SPAN("key ")) ||
	       span_starts(line, SPAN("key\t"));
}

/* Opened and locked; again when another process renamed a new one over it meanwhile. */
static int lock_file(struct ignore_file *f, const char *name, struct scov_err *err)
{
	struct stat mine, there;

	for (int tries = 0; tries < 100; tries++) {
		f->is_new = access(name, F_OK) != 0;
		f->fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600);
		if (f->fd < 0 || flock(f->fd, LOCK_EX) || fstat(f->fd, &mine))
			return err_fail(err, SCOV_E_IO, "'%s': %s", name, strerror(errno));
		if (!S_ISREG(mine.st_mode))
			return err_fail(err, SCOV_E_IO, "'%s': not a file", name);
		if (!stat(name, &there) && there.st_ino == mine.st_ino &&
			there.st_dev == mine.st_dev)
			return 0;
		fd_close(&f->fd);
	}
	return err_fail(err, SCOV_E_IO, "'%s': changed while it was read; try again", name);
}

static int open_file(struct ignore_file *f, const char *name, struct scov_err *err)
{
	struct span line, rest;

	*f = (struct ignore_file){ .fd = -1, .out.fd = -1 };
	if (lock_file(f, name, err) || outfile_open(&f->out, name, err))
		return err->code;
	if (fd_load(AT_FDCWD, f->out.path, IGNORE_MAX, &f->arena, &f->text, err))
		return err->code;
	for (rest = f->text; span_line(&rest, &line);)
		f->has_key = f->has_key || is_key_line(line);
	f->out.text.limit = IGNORE_MAX;
	buf_span(&f->out.text, f->text);
	if (f->text.len && span_at(f->text, f->text.len - 1) != '\n')
		buf_byte(&f->out.text, '\n');
	return 0;
}

static int replace(struct ignore_file *f, const char *name, struct scov_err *err)
{
	if (f->out.text.failed)
		return err_fail(err, SCOV_E_LIMIT, "'%s': more than %d bytes", name, IGNORE_MAX);
	if (f->has_key) /* overwritten: closed before the key is in it */
		f->out.mode = 0600;
	if (f->has_key && f->out.in_place && fchmod(f->fd, 0600))
		return err_fail(err, SCOV_E_IO, "'%s': %s", name, strerror(errno));
	if (outfile_commit(&f->out, err))
		return err->code;
	f->is_new = false;
	return 0;
}

static void close_file(struct ignore_file *f)
{
	if (f->is_new && f->fd >= 0)
		unlink(f->out.path); /* the empty one that the lock made */
	fd_close(&f->fd);
	outfile_release(&f->out);
	arena_release(&f->arena);
}

/* ---- the key --------------------------------------------------------------------------------- */

static int add_key(struct ignore_file *f, struct scov_err *err)
{
	uint8_t key[NEW_KEY];

	if (getrandom(key, sizeof(key), 0) != sizeof(key))
		return err_fail(err, SCOV_E_IO, "no random bytes for a key");
	if (!f->out.text.len)
		buf_str(&f->out.text,
			"# Findings that scoville leaves out: see scoville-secrets(1).\n");
	buf_str(&f->out.text,
		"# The key of the fingerprints below. Anyone who has it can test guesses "
		"of weak values.\nkey=");
	base64_encode(&f->out.text, span_of(key, sizeof(key)));
	buf_byte(&f->out.text, '\n');
	explicit_bzero(key, sizeof(key));
	f->has_key = true;
	return 0;
}

int scov_ignore_key(const char *file, bool *made, struct scov_err *err)
{
	struct ignore_file f;
	struct scov_err mine;

	if (!err)
		err = &mine;
	int code = open_file(&f, file, err);
	bool wanted = !code && !f.has_key;

	if (wanted)
		code = add_key(&f, err);
	if (wanted && !code)
		code = replace(&f, file, err);
	close_file(&f);
	if (made)
		*made = wanted && !code;
	return code;
}

/* ---- the entries ----------------------------------------------------------------------------- */

/* "..." with its quotes and backslashes escaped. */
static void quoted(struct buf *b, struct span s)
{
	buf_byte(b, '"');
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = span_at(s, i);

		if (c == '"' || c == '\\')
			buf_byte(b, '\\');
		buf_byte(b, (char)c);
	}
	buf_byte(b, '"');
}

/* The path as a pattern: what is not a plain character matches any one character. No byte of an
 * image ends the line or the value. */
static void pattern(struct buf *b, struct span path)
{
	scoped_buf struct buf plain = { 0 };

	for (size_t i = 0; i < path.len; i++) {
		uint8_t c = span_at(path, i);

		buf_byte(&plain, c < 0x20 || c > 0x7e || c == '*' ? '?' : (char)c);
	}
	buf_str(b, " path=");
	quoted(b, buf_view(&plain));
	b->failed = b->failed || plain.failed;
}

static void comment(struct buf *b, const struct secret_finding *s)
{
	scoped_buf struct buf path = { 0 };

	secret_path(s, &path);
	buf_printf(b, "# %s ", secret_level_name(s->level));
	escape_terminal(b, s->title.len ? s->title : s->fact->kind);
	if (path.len) {
		buf_str(b, ": ");
		escape_terminal(b, buf_view(&path));
	} else if (s->at.kind == PLACE_CONFIG) {
		buf_str(b, ": config ");
		escape_terminal(b, s->at.path);
	} else if (s->at.kind == PLACE_HISTORY) {
		buf_printf(b, ": history line %u", s->at.line);
	}
	if (s->at.line && s->at.kind == PLACE_FILE)
		buf_printf(b, ":%u", s->at.line);
	buf_byte(b, '\n');
}

struct entries {
	struct ignore_file *file;
	const char *until, *reason;
	struct scov_ignore_sum *sum;
};

static void add_entry(struct entries *e, const struct secret_finding *s)
{
	struct buf *out = &e->file->out.text;
	scoped_buf struct buf line = { 0 };

	buf_printf(&line, "conf.secrets fp=%.*s", SPAN_ARG(s->fingerprint));
	if (s->at.kind == PLACE_FILE && s->at.path.len && s->at.path.len < PATH_BYTES)
		pattern(&line, s->at.path);
	buf_byte(&line, ' ');
	if (span_has(buf_view(out), buf_view(&line))) /* the same value in the same file */
		return;
	comment(out, s);
	buf_span(out, buf_view(&line));
	buf_printf(out, "until=%s reason=", e->until);
	quoted(out, span_str(e->reason));
	buf_byte(out, '\n');
	out->failed = out->failed || line.failed;
	e->sum->entries++;
}

static int until_day(
	const struct report *r, const char *given, char out[DATE_TEXT], struct scov_err *err)
{
	int64_t today = r->now / DAY_SECONDS, day = today + HOLD_DAYS;

	if (given && (!date_parse_day(span_str(given), &day) || day < today))
		return err_fail(
			err, SCOV_E_USAGE, "until '%s': must be today or later, YYYY-MM-DD", given);
	date_format_day(day, out);
	return 0;
}

static int check_reason(const char *reason, struct scov_err *err)
{
	size_t n = strlen(reason);

	for (size_t i = 0; i < n; i++)
		if ((unsigned char)reason[i] < 0x20 || reason[i] == 0x7f)
			return err_fail(err, SCOV_E_USAGE, "reason: a control character");
	return n > REASON_MAX
		       ? err_fail(err, SCOV_E_USAGE, "reason: more than %d bytes", REASON_MAX)
		       : 0;
}

static int add_all(
	struct entries *e, const struct scov_report *r, const char *file, struct scov_err *err)
{
	const struct image_facts *f = &r->facts;

	for (size_t i = 0; i < f->secrets.n; i++) {
		const struct secret_finding *s = &f->secrets.p[i];

		if (s->waived || s->level < SECRET_MEDIUM)
			continue;
		if (r->grading.policy.telecom && secret_never_waived(s))
			e->sum->refused++;
		else
			add_entry(e, s);
	}
	return e->sum->entries ? replace(e->file, file, err) : 0;
}

int scov_report_ignore(const struct scov_report *r, const char *file,
	const struct scov_ignore_options *opt, struct scov_ignore_sum *out, struct scov_err *err)
{
	struct scov_ignore_options known = { 0 };
	struct scov_ignore_sum sum = { 0 };
	struct ignore_file f;
	struct scov_err mine;
	char until[DATE_TEXT];

	if (!err)
		err = &mine;
	if (opt && api_options(opt, opt->struct_size, &known, sizeof(known), "ignore options", err))
		return err->code;
	if (r->report.fingerprint_key_is_run || r->report.fingerprint_key_is_cache)
		return err_fail(err, SCOV_E_USAGE,
			"fingerprints of this run or machine are not valid in an ignore file: give "
			"a key");
	const char *reason = known.reason ? known.reason : "";

	if (until_day(&r->report, known.until, until, err) || check_reason(reason, err))
		return err->code;
	struct entries e = { &f, until, reason, &sum };
	int code = open_file(&f, file, err);

	if (!code)
		code = add_all(&e, r, file, err);
	close_file(&f);
	if (!code && out)
		*out = sum;
	return code;
}
