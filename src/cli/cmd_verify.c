/* cmd_verify.c - scoville verify: who signed a file or a digest.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"

static int print(void *ctx, const void *p, size_t len)
{
	(void)ctx;
	return fwrite(p, 1, len, stdout) == len ? 0 : -1;
}

/* The list as the library takes it; NULL when it is empty. */
static const char *const *ended(words *list, struct options *o)
{
	const char **end = list->n ? vec_push(list, &o->arena) : NULL;

	if (!end)
		return NULL;
	*end = NULL;
	list->n--;
	return list->p;
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

int cmd_verify(struct options *o)
{
	const struct scov_trust trust = {
		.struct_size = sizeof(trust),
		.keys = ended(&o->key, o),
		.trust_roots = ended(&o->trust_root, o),
		.identities = ended(&o->identity, o),
		.identity_regexps = ended(&o->identity_regexp, o),
		.issuers = ended(&o->issuer, o),
		.issuer_regexps = ended(&o->issuer_regexp, o),
		.notation_config = o->notation_config,
		.now = o->now,
	};
	struct scov_verification *v = NULL;
	struct scov_err err;
	int code, status;

	if (!o->bundle || o->arguments.n != 1) {
		cli_refuse(o, "verify: write `verify --bundle FILE file:PATH` or sha256:HEX");
		return EXIT_USAGE;
	}
	code = scov_verify_bundle(NULL, o->bundle, o->arguments.p[0], &trust, &v, &err);
	if (!code)
		code = show(o, v, &err);
	if (code)
		cli_refuse(o, err.text);
	status = code ? cli_status(code) : scov_verification_passed(v) ? EXIT_GRADED : EXIT_GATE;
	scov_verification_free(v);
	return status;
}
