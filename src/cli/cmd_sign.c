/* cmd_sign.c - scoville sign, scoville attest: signatures and attestations written beside an image.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fd.h"
#include "cli/cli.h"

enum { PREDICATE_FILE_MAX = 64 << 20, PASSWORD_FILE_MAX = 1024 };

static int print(void *ctx, const void *p, size_t len)
{
	const struct options *o = ctx;

	return o->quiet || fwrite(p, 1, len, stdout) == len ? 0 : -1;
}

static int keep(void *ctx, const void *p, size_t len)
{
	struct buf *b = ctx;

	buf_bytes(b, p, len);
	return b->failed ? -1 : 0;
}

/* A file that an option names: a bad one is a bad option. */
static int load(const char *option, const char *path, size_t max, struct options *o,
	struct span *out, struct scov_err *err)
{
	if (!fd_load(AT_FDCWD, path, max, &o->arena, out, err))
		return 0;
	err_wrap(err, "%s", option);
	return err->code = SCOV_E_USAGE;
}

/* The first line of the file. */
static int read_password(struct options *o, const char **out, struct scov_err *err)
{
	struct span text, line = { 0 };
	int code;

	if (!o->password_file)
		return 0;
	code = load("--password-file", o->password_file, PASSWORD_FILE_MAX, o, &text, err);
	if (code)
		return code;
	span_line(&text, &line);
	*out = arena_cstr(&o->arena, line);
	return *out ? 0 : err_fail(err, SCOV_E_USAGE, "--password-file: a NUL in the password");
}

static int check(struct options *o, const char *command, struct scov_err *err)
{
	if (o->arguments.n != 1)
		return err_fail(err, SCOV_E_USAGE, "%s: name one image", command);
	if (!strncmp(o->arguments.p[0], "sbom:", 5))
		return err_fail(err, SCOV_E_UNSUPPORTED,
			"'%s': an SBOM is not an image; name the image that it lists",
			o->arguments.p[0]);
	if (o->key.n != 1)
		return err_fail(err, SCOV_E_USAGE,
			"%s: name the private key: --key FILE (`openssl genpkey -algorithm EC "
			"-pkeyopt ec_paramgen_curve:P-256` makes one)",
			command);
	return 0;
}

static int sign(struct options *o, struct scov_context *c, const struct scov_sign_options *opt,
	struct scov_err *err)
{
	const char *reference = o->arguments.p[0];
	struct scov_image **images = NULL, *one = NULL;
	size_t n = 1;
	int code = o->platform ? scov_image_open(c, reference, o->platform, &cli_call, &one, err)
			       : scov_image_open_all(c, reference, &cli_call, &images, &n, err);

	if (!code)
		code = scov_sign(images ? images : &one, n, opt, &cli_call, print, o, err);
	scov_image_free(one);
	scov_images_free(images, images ? n : 0);
	return code;
}

/* The report of the image itself, as `grade -o json` writes it. */
static int grade(
	struct scov_image *image, const struct options *o, struct buf *out, struct scov_err *err)
{
	const struct scov_policy policy = { .struct_size = sizeof(policy), .now = o->now };
	const struct scov_format_options format = { .struct_size = sizeof(format) };
	struct scov_report *r = NULL;
	int code = scov_grade(image, &policy, &cli_call, &r, err);

	if (!code)
		code = scov_report_write(r, "json", &format, keep, out, err);
	scov_report_free(r);
	return code;
}

static int attest(struct options *o, struct scov_context *c, const struct scov_sign_options *opt,
	struct scov_err *err)
{
	scoped_buf struct buf report = { 0 };
	struct scov_image *image = NULL;
	struct span predicate = { 0 };
	int code = 0;

	if (o->predicate)
		code = load("--predicate", o->predicate, PREDICATE_FILE_MAX, o, &predicate, err);
	if (!code)
		code = scov_image_open(c, o->arguments.p[0], o->platform, &cli_call, &image, err);
	if (!code && !o->predicate) {
		code = grade(image, o, &report, err);
		predicate = buf_view(&report);
	}
	if (!code)
		code = scov_attest(
			image, o->type, predicate.p, predicate.len, opt, &cli_call, print, o, err);
	scov_image_free(image);
	if (code && o->predicate && span_starts(span_str(err->text), SPAN("predicate: ")))
		err_fail(err, code, "--predicate '%s': %s", o->predicate,
			arena_printf(&o->arena, "%s", err->text + strlen("predicate: ")));
	return code;
}

static int run(struct options *o, bool is_attest)
{
	struct scov_sign_options opt = {
		.struct_size = sizeof(opt), .compat = o->compat, .now = o->now
	};
	struct scov_context *c = NULL;
	struct scov_err err;
	int status = EXIT_USAGE, code = check(o, is_attest ? "attest" : "sign", &err);

	if (!code)
		code = read_password(o, &opt.password, &err);
	if (!code)
		c = cli_context(o, &status);
	if (!code && !c)
		return status;
	if (!code) {
		opt.key = o->key.p[0];
		code = is_attest ? attest(o, c, &opt, &err) : sign(o, c, &opt, &err);
	}
	if (code && code != SCOV_E_USAGE)
		cli_complain_of(o->arguments.p[0], err.text);
	else if (code)
		cli_refuse(o, err.text);
	if (opt.password)
		explicit_bzero((char *)(uintptr_t)opt.password, strlen(opt.password));
	scov_context_free(c);
	return code ? cli_status(code) : EXIT_GRADED;
}

int cmd_sign(struct options *o)
{
	o->database = "none"; /* nothing is matched */
	return run(o, false);
}

int cmd_attest(struct options *o)
{
	if (!o->type || (!o->predicate && strcmp(o->type, "grade") != 0)) {
		cli_refuse(o,
			"attest: write --type provenance, spdx, cyclonedx, vex, seccomp or a URI, "
			"and --predicate FILE; or --type grade");
		return EXIT_USAGE;
	}
	return run(o, true);
}
