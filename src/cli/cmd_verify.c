/* cmd_verify.c - scoville verify: who signed an image, a file or a digest.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

static int print(void *ctx, const void *p, size_t len)
{
	(void)ctx;
	return fwrite(p, 1, len, stdout) == len ? 0 : -1;
}

static int show(struct options *o, const struct scov_verification *v, struct scov_err *err)
{
	const struct scov_format_options opt = {
		.struct_size = sizeof(opt),
		.color = cli_color(o, STDOUT_FILENO),
		.utf8 = cli_utf8(),
		.width = cli_width(STDOUT_FILENO),
	};

	return scov_verification_write(v, o->format ? o->format : "text", &opt, print, NULL, err);
}

/* What the bundle signs, not an image. */
static bool is_artifact(const char *text)
{
	return !strncmp(text, "file:", 5) || !strncmp(text, "sha256:", 7);
}

static int verify_image(struct options *o, const struct scov_policy *policy,
	struct scov_verification **out, struct scov_err *err)
{
	struct scov_image *image = NULL;
	int status = EXIT_USAGE, code;
	struct scov_context *c = cli_context(o, &status);

	if (!c)
		return status;
	cli_catch_signals();
	code = scov_image_open(c, o->arguments.p[0], o->platform, &cli_call, &image, err);
	/* a reference that names nothing is an image that cannot be read */
	status = code == SCOV_E_USAGE ? EXIT_UNREADABLE : cli_status(code);
	if (!code)
		code = scov_verify_image(image, policy, &cli_call, out, err);
	if (!code)
		code = show(o, *out, err);
	scov_image_free(image);
	scov_context_free(c);
	if (code && code != SCOV_E_USAGE)
		cli_complain_of(o->arguments.p[0], err->text);
	else if (code)
		cli_refuse(o, err->text);
	return status ? status : cli_status(code);
}

static int verify_file(struct options *o, const struct scov_trust *trust,
	struct scov_verification **out, struct scov_err *err)
{
	int code;

	if (o->bundle.n != 1) {
		cli_refuse(o, "verify: name the bundle: `verify --bundle FILE file:PATH` or "
			      "sha256:HEX");
		return EXIT_USAGE;
	}
	code = scov_verify_bundle(NULL, o->bundle.p[0], o->arguments.p[0], trust, out, err);
	if (!code)
		code = show(o, *out, err);
	if (code)
		cli_refuse(o, err->text);
	return cli_status(code);
}

int cmd_verify(struct options *o)
{
	struct scov_trust trust;
	struct scov_verification *v = NULL;
	struct scov_err err;
	int status;

	cli_trust(o, &trust);
	trust.now = o->now;

	const struct scov_policy policy = {
		.struct_size = sizeof(policy),
		.now = o->now,
		.trust = &trust,
		.bundles = cli_list(o, &o->bundle),
		.provenance = cli_list(o, &o->provenance),
		.sboms = cli_list(o, &o->sbom),
	};

	if (o->arguments.n != 1) {
		cli_refuse(o, "verify: name an image, or write `verify --bundle FILE file:PATH`");
		return EXIT_USAGE;
	}
	status = is_artifact(o->arguments.p[0]) ? verify_file(o, &trust, &v, &err)
						: verify_image(o, &policy, &v, &err);
	if (!status && !scov_verification_passed(v))
		status = EXIT_GATE;
	scov_verification_free(v);
	return status;
}
