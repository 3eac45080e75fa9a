/* options.c - one table of options: it parses, prints the help, completes, and reads the
 * environment.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/nearest.h"

#define AT(field) offsetof(struct options, field)
#define FOR_SIGNED (FOR_GRADE | FOR_VERIFY)
#define FOR_BOTH (FOR_GRADE | FOR_SECRETS)
#define FOR_MATCHES (FOR_GRADE | FOR_VULNS | FOR_REGRADE)
#define FOR_ANY (FOR_GRADE | FOR_SECRETS | FOR_VULNS)
#define FOR_STORED (FOR_IMAGES | FOR_REGRADE | FOR_DIFF)
#define FOR_READ (FOR_IMAGES | FOR_DIFF | FOR_PIN | FOR_PROFILE)

/* In the order of the help; a row with a heading begins a group. */
const struct option options[] = {
	{ "profile", 0, OPT_TEXT, FOR_GRADE, "NAME", "chps (default) or strict", AT(profile),
		"chps strict", "What decides" },
	{ "fail-on", 0, OPT_LIST, FOR_GRADE | FOR_REGRADE, "EXPR",
		"exit 1 on [VECTOR.]grade<G, [VECTOR.]level<N, secrets>=LEVEL, vulns>=RATING, "
		"requirements, or a criterion not met; repeats",
		AT(fail_on), NULL, NULL },
	{ "fail-on", 0, OPT_LIST, FOR_SECRETS, "EXPR",
		"exit 1 on secrets>=high, medium or low, or requirements; repeats", AT(fail_on),
		NULL, "What decides" },
	{ "profile", 0, OPT_TEXT, FOR_VULNS, "NAME",
		"chps (default) or strict: also what a distribution calls unimportant", AT(profile),
		"chps strict", "What decides" },
	{ "fail-on", 0, OPT_LIST, FOR_VULNS, "EXPR",
		"exit 1 on vulns>=critical, high, medium, low, negligible or unrated; repeats",
		AT(fail_on), NULL, NULL },
	{ "require-complete", 0, OPT_FLAG, FOR_GRADE | FOR_REGRADE, NULL,
		"exit 4 when a criterion is not assessed", AT(require_complete), NULL, NULL },
	{ "require-complete", 0, OPT_FLAG, FOR_SECRETS, NULL,
		"exit 4 when not everything was searched", AT(require_complete), NULL, NULL },
	{ "require-complete", 0, OPT_FLAG, FOR_VULNS, NULL,
		"exit 4 when not everything could be matched", AT(require_complete), NULL, NULL },
	{ "max-age", 0, OPT_NUMBER, FOR_GRADE, "DAYS", "how old an image may be (30)", AT(max_age),
		NULL, NULL },
	{ "base", 0, OPT_TEXT, FOR_GRADE | FOR_VULNS, "REF",
		"the base image, to tell inherited from own", AT(base), NULL, NULL },
	{ "dockerfile", 0, OPT_TEXT, FOR_GRADE, "FILE",
		"the Dockerfile that it was built with: what it fetches, installs and is built "
		"from",
		AT(dockerfile), NULL, NULL },
	{ "build-arg", 0, OPT_EACH, FOR_GRADE | FOR_DOCKERFILE | FOR_PIN, "NAME=VALUE",
		"the value of an ARG in that build; repeats", AT(build_arg), NULL, "What decides" },
	{ "rebuilt", 0, OPT_TEXT, FOR_GRADE, "REF",
		"the same source built again: is it the same image?", AT(rebuilt), NULL, NULL },
	{ "base-image", 0, OPT_FLAG, FOR_GRADE, NULL, "this is a base image: its user may be root",
		AT(base_image), NULL, NULL },
	{ "accept-privilege-drop", 0, OPT_FLAG, FOR_GRADE, NULL,
		"accept a start as root that drops privileges", AT(accept_privilege_drop), NULL,
		NULL },
	{ "third-party", 0, OPT_FLAG, FOR_GRADE, NULL,
		"not an image of ours: its own source is judged too", AT(third_party), NULL, NULL },
	{ "trusted", 0, OPT_LIST, FOR_GRADE, "GLOB", "a trusted source of images; repeats",
		AT(trusted), NULL, NULL },
	{ "trusted-file", 0, OPT_TEXT, FOR_GRADE, "FILE", "trusted sources, one a line",
		AT(trusted_file), NULL, NULL },
	{ "requirements", 0, OPT_TEXT, FOR_BOTH, "NAME", "rows of a requirement document: 3gpp-nf",
		AT(requirements), "3gpp-nf", NULL },
	{ "ignore", 0, OPT_TEXT, FOR_ANY | FOR_REGRADE, "FILE",
		"findings to ignore (.scovilleignore)", AT(ignore), NULL, NULL },
	{ "skip", 0, OPT_LIST, FOR_ANY, "ANALYZER", "leave an analyzer out; repeats", AT(skip),
		NULL, NULL },
	{ "now", 0, OPT_TEXT, FOR_ANY | FOR_REGRADE, "DATE", "judge as of this day, for tests",
		AT(now), NULL, NULL },
	{ "db", 0, OPT_TEXT, FOR_MATCHES, "DIR",
		"the database of advisories (the user's, else the installed one), or none",
		AT(database), NULL, "Vulnerabilities" },
	{ "vex", 0, OPT_EACH, FOR_MATCHES, "FILE",
		"a VEX document: OpenVEX, CSAF or CycloneDX; repeats", AT(vex), NULL, NULL },
	{ "ignore-from", 0, OPT_EACH, FOR_MATCHES, "FILE",
		"an ignore file of Trivy or Grype: shown, counts all the same; repeats",
		AT(ignore_from), NULL, NULL },
	{ "unrated", 0, OPT_TEXT, FOR_MATCHES, "WHAT",
		"a vulnerability without a rating: pass (default) or fail at every level",
		AT(unrated), "pass fail", NULL },
	{ "only-fixed", 0, OPT_FLAG, FOR_VULNS, NULL,
		"only what has a fix, in the list and for --fail-on", AT(only_fixed), NULL, NULL },
	{ "secret-rules", 0, OPT_TEXT, FOR_BOTH | FOR_RULES, "FILE",
		"rules for secrets besides the built-in ones", AT(secret_rules), NULL, "Secrets" },
	{ "fp-key", 0, OPT_TEXT, FOR_BOTH, "FILE",
		"the key of the fingerprints (the ignore file's, else the cache folder's)",
		AT(fp_key), NULL, NULL },
	{ "all", 0, OPT_FLAG, FOR_BOTH, NULL, "also findings of level none", AT(all), NULL, NULL },
	{ "write-ignore", 0, OPT_FLAG, FOR_SECRETS, NULL,
		"write an entry for each high or medium one to the ignore file", AT(write_ignore),
		NULL, NULL },
	{ "until", 0, OPT_TEXT, FOR_SECRETS, "DATE",
		"of --write-ignore: the last day (90 from now)", AT(until), NULL, NULL },
	{ "reason", 0, OPT_TEXT, FOR_SECRETS, "TEXT",
		"of --write-ignore: why they may stay (to be filled in)", AT(reason), NULL, NULL },
	{ "db", 0, OPT_TEXT, FOR_DB, "DIR",
		"the database of advisories (the user's, else the installed one)", AT(database),
		NULL, "The database" },
	{ "now", 0, OPT_TEXT, FOR_DB, "DATE", "instead of today, for tests", AT(now), NULL, NULL },
	{ "from", 0, OPT_TEXT, FOR_DB, "WHERE",
		"update: oci://HOST/REPO:TAG, https://..., oci:DIR or a folder (the public feeds)",
		AT(from), NULL, NULL },
	{ "key", 0, OPT_EACH, FOR_DB, "FILE",
		"update: a publisher's public key, repeats; export, push: the private one (PEM)",
		AT(key), NULL, NULL },
	{ "ecosystem", 0, OPT_LIST, FOR_DB, "NAME",
		"update: only Debian, Alpine, PyPI, npm ...; remembered; repeats", AT(ecosystem),
		NULL, NULL },
	{ "mirror", 0, OPT_TEXT, FOR_DB, "URL", "update: feeds from URL/HOST/PATH", AT(mirror),
		NULL, NULL },
	{ "force", 0, OPT_FLAG, FOR_DB, NULL, "update: also when half of the rows are gone",
		AT(force), NULL, NULL },
	{ "valid", 0, OPT_NUMBER, FOR_DB, "DAYS", "export, push: how long others take it (14)",
		AT(valid), NULL, NULL },
	{ "bundle", 0, OPT_EACH, FOR_SIGNED, "FILE",
		"a sigstore bundle, a DSSE envelope, an in-toto statement or a signature of "
		"notation; repeats",
		AT(bundle), NULL, "Signatures" },
	{ "provenance", 0, OPT_EACH, FOR_SIGNED, "FILE",
		"the same, for provenance of the image; repeats", AT(provenance), NULL, NULL },
	{ "sbom", 0, OPT_EACH, FOR_SIGNED, "FILE",
		"the same, or SPDX or CycloneDX, that lists the image; repeats", AT(sbom), NULL,
		NULL },
	{ "key", 0, OPT_EACH, FOR_SIGNED, "FILE", "a public key that is expected (PEM); repeats",
		AT(key), NULL, NULL },
	{ "certificate-identity", 0, OPT_EACH, FOR_SIGNED, "NAME",
		"an email address or URI that is expected in a certificate; repeats", AT(identity),
		NULL, NULL },
	{ "certificate-identity-regexp", 0, OPT_EACH, FOR_SIGNED, "EXPR",
		"the same as a regular expression", AT(identity_regexp), NULL, NULL },
	{ "certificate-oidc-issuer", 0, OPT_EACH, FOR_SIGNED, "URL",
		"who must vouch for the identity; repeats", AT(issuer), NULL, NULL },
	{ "certificate-oidc-issuer-regexp", 0, OPT_EACH, FOR_SIGNED, "EXPR",
		"the same as a regular expression", AT(issuer_regexp), NULL, NULL },
	{ "trust-root", 0, OPT_EACH, FOR_SIGNED, "FILE",
		"trusted_root.json or PEM certificates of authorities, in place of the built-in "
		"root; repeats",
		AT(trust_root), NULL, NULL },
	{ "notation-config", 0, OPT_TEXT, FOR_SIGNED, "DIR",
		"the folder of notation with its trust policy and trust stores",
		AT(notation_config), NULL, NULL },
	{ "policy-json", 0, OPT_TEXT, FOR_SIGNED, "FILE",
		"policy.json of skopeo and podman, or a site's own policy: who is expected for "
		"which image",
		AT(policy_json), NULL, NULL },
	{ "now", 0, OPT_TEXT, FOR_VERIFY, "DATE", "instead of today, for tests", AT(now), NULL,
		NULL },
	{ "key", 0, OPT_EACH, FOR_SIGN | FOR_ATTEST, "FILE",
		"the private key (PEM, or cosign's encrypted form)", AT(key), NULL,
		"The signature" },
	{ "password-file", 0, OPT_TEXT, FOR_SIGN | FOR_ATTEST, "FILE",
		"the key's password, in its first line", AT(password_file), NULL, NULL },
	{ "compat", 0, OPT_FLAG, FOR_SIGN, NULL,
		"also cosign's older form: a tag sha256-HEX.sig for each digest", AT(compat), NULL,
		NULL },
	{ "type", 0, OPT_TEXT, FOR_ATTEST, "TYPE",
		"provenance, spdx, cyclonedx, vex, seccomp, grade or the URI of another", AT(type),
		NULL, NULL },
	{ "predicate", 0, OPT_TEXT, FOR_ATTEST, "FILE",
		"what is attested, JSON (of grade: this image's report)", AT(predicate), NULL,
		NULL },
	{ "now", 0, OPT_TEXT, FOR_SIGN | FOR_ATTEST, "DATE", "instead of today, for tests", AT(now),
		NULL, NULL },
	{ "quiet", 'q', OPT_FLAG, FOR_SIGN | FOR_ATTEST, NULL, "say nothing of what was done",
		AT(quiet), NULL, NULL },
	{ "from", 0, OPT_TEXT, FOR_TRUST, "URL|DIR",
		"update: a mirror, or a folder with its files (the public address of sigstore)",
		AT(from), NULL, "Trust roots" },
	{ "root", 0, OPT_TEXT, FOR_TRUST, "FILE",
		"update: a TUF root to begin with, of a sigstore of your own", AT(root), NULL,
		NULL },
	{ "trust-root", 0, OPT_EACH, FOR_TRUST, "FILE",
		"show: what is in this trusted_root.json or PEM file; repeats", AT(trust_root),
		NULL, NULL },
	{ "now", 0, OPT_TEXT, FOR_TRUST, "DATE", "instead of today, for tests", AT(now), NULL,
		NULL },
	{ "check", 0, OPT_FLAG, FOR_PIN, NULL,
		"change nothing; exit 1 when something is not pinned, or its tag has moved",
		AT(check), NULL, "Pins" },
	{ "write", 0, OPT_FLAG, FOR_PIN, NULL, "change the files (a diff is printed)", AT(write),
		NULL, NULL },
	{ "update", 0, OPT_FLAG, FOR_PIN, NULL, "also replace a digest that its tag has left",
		AT(update), NULL, NULL },
	{ "image", 0, OPT_TEXT, FOR_PIN, "REF",
		"the image built from the Dockerfiles: packages get the versions that it has",
		AT(image), NULL, NULL },
	{ "mirror", 0, OPT_EACH, FOR_PIN, "FROM=TO",
		"ask for names that begin with FROM at TO, a registry or oci:DIR; repeats",
		AT(mirrors), NULL, NULL },
	{ "output", 'o', OPT_EACH, FOR_GRADE, "FORMAT[=FILE]",
		"text, json, badge=DIR, cyclonedx, spdx or purl; repeats", AT(output), NULL,
		"Output" },
	{ "output", 'o', OPT_EACH, FOR_SECRETS | FOR_VULNS | FOR_REGRADE, "FORMAT[=FILE]",
		"text or json; repeats", AT(output), NULL, "Output" },
	{ "output", 'o', OPT_EACH, FOR_SBOM, "FORMAT[=FILE]",
		"cyclonedx (default), spdx or purl; repeats", AT(output), NULL, "Output" },
	{ "output", 'o', OPT_TEXT, FOR_DIFF, "FORMAT", "text (default) or json", AT(format),
		"text json", "Output" },
	{ "output", 'o', OPT_TEXT, FOR_CRITERIA, "FORMAT", "text (default), json or markdown",
		AT(format), "text json markdown", NULL },
	{ "output", 'o', OPT_TEXT, FOR_VERIFY | FOR_DOCKERFILE | FOR_TRUST, "FORMAT",
		"text (default) or json", AT(format), "text json", NULL },
	{ "output", 'o', OPT_TEXT, FOR_PIN, "FORMAT", "text (default: the diff) or json",
		AT(format), "text json", "Output" },
	{ "output", 'o', OPT_TEXT, FOR_DB, "DIR|FORMAT",
		"build, export: what to write; info: text (default) or json", AT(format), NULL,
		NULL },
	{ "quiet", 'q', OPT_FLAG, FOR_STORED, NULL, "one line an image, no progress", AT(quiet),
		NULL, NULL },
	{ "quiet", 'q', OPT_FLAG, FOR_DB | FOR_TRUST, NULL,
		"update, export, push: say nothing, no progress", AT(quiet), NULL, NULL },
	{ "quiet", 'q', OPT_FLAG, FOR_DOCKERFILE, NULL, "one line a file", AT(quiet), NULL, NULL },
	{ "verbose", 'v', OPT_FLAG, FOR_DOCKERFILE, NULL, "also what is pinned or checked",
		AT(verbose), NULL, NULL },
	{ "verbose", 'v', OPT_FLAG, FOR_STORED, NULL, "all criteria with all evidence", AT(verbose),
		NULL, NULL },
	{ "color", 0, OPT_TEXT, FOR_STORED | FOR_EXPLAIN | FOR_VERIFY | FOR_TRUST, "WHEN",
		"auto (default), always or never", AT(color), "auto always never", NULL },
	{ "quiet", 'q', OPT_FLAG, FOR_PIN, NULL, "say only what is wrong", AT(quiet), NULL, NULL },
	{ "quiet", 'q', OPT_FLAG, FOR_PROFILE, NULL, "do not say what it rests on, no progress",
		AT(quiet), NULL, "Output" },
	{ "no-progress", 0, OPT_FLAG, FOR_STORED | FOR_DB | FOR_PROFILE, NULL, "no progress bar",
		AT(no_progress), NULL, NULL },
	{ "timings", 0, OPT_FLAG, FOR_IMAGES | FOR_REGRADE, NULL, "print where the time went",
		AT(timings), NULL, NULL },
	{ "platform", 0, OPT_TEXT, FOR_READ | FOR_SIGN | FOR_ATTEST, "OS/ARCH",
		"of an index (this machine's, else the only one)", AT(platform), NULL,
		"What is read" },
	{ "platform", 0, OPT_TEXT, FOR_DOCKERFILE, "OS/ARCH", "of TARGETPLATFORM (linux/amd64)",
		AT(platform), NULL, "What is read" },
	{ "all-platforms", 0, OPT_FLAG, FOR_IMAGES, NULL, "every platform, and where they differ",
		AT(all_platforms), NULL, NULL },
	{ "limit", 0, OPT_LIST, FOR_READ | FOR_DB | FOR_SIGN | FOR_ATTEST | FOR_TRUST, "NAME=VALUE",
		"change a limit; repeats", AT(limit), NULL, NULL },
	{ "threads", 0, OPT_NUMBER, FOR_READ | FOR_ATTEST, "N",
		"workers at once (one a processor, at most 2)", AT(threads), NULL, NULL },
	{ "timeout", 0, OPT_SECONDS, FOR_READ | FOR_DB | FOR_SIGN | FOR_ATTEST | FOR_TRUST, "T",
		"give up after T: 90, 90s, 5m, 1h", AT(timeout_ms), NULL, NULL },
	{ "cache", 0, OPT_TEXT, FOR_READ | FOR_ATTEST | FOR_CACHE, "DIR",
		"the cache folder (~/.cache/scoville)", AT(cache), NULL, NULL },
	{ "no-cache", 0, OPT_FLAG, FOR_READ | FOR_ATTEST, NULL,
		"read every layer again and keep nothing", AT(no_cache), NULL, NULL },
	{ "no-sandbox", 0, OPT_FLAG, FOR_READ | FOR_ATTEST, NULL,
		"parse without filter; the report says so", AT(no_sandbox), NULL, NULL },
	{ "worker", 0, OPT_TEXT, FOR_READ | FOR_ATTEST, "FILE",
		"another scoville-worker of this version", AT(worker), NULL, NULL },
	{ "authfile", 0, OPT_TEXT, FOR_READ | FOR_DB | FOR_SIGN | FOR_ATTEST, "FILE",
		"credentials, as Docker and Podman write them", AT(authfile), NULL, "Registries" },
	{ "username", 0, OPT_TEXT, FOR_READ | FOR_DB | FOR_SIGN | FOR_ATTEST, "U",
		"for the registry, with --password-stdin", AT(username), NULL, NULL },
	{ "password-stdin", 0, OPT_FLAG, FOR_READ | FOR_DB | FOR_SIGN | FOR_ATTEST, NULL,
		"read the password from standard input", AT(password_stdin), NULL, NULL },
	{ "ca-file", 0, OPT_TEXT, FOR_READ | FOR_DB | FOR_SIGN | FOR_ATTEST | FOR_TRUST, "FILE",
		"certificate authorities for registries", AT(ca_file), NULL, NULL },
	{ "plain-http", 0, OPT_FLAG, FOR_READ | FOR_DB | FOR_SIGN | FOR_ATTEST | FOR_TRUST, NULL,
		"HTTP without TLS (always allowed on loopback)", AT(plain_http), NULL, NULL },
	{ "help", 'h', OPT_FLAG, FOR_ALL, NULL, "this text", AT(help), NULL, "Help" },
};
const size_t options_n = sizeof(options) / sizeof(*options);
enum { OPTIONS_MAX = 128 };
_Static_assert(sizeof(options) / sizeof(*options) <= OPTIONS_MAX, "room for all names");

static int unknown(const char *given, size_t len, unsigned groups, struct scov_err *err)
{
	struct nearest near = { .given = span_of(given, len) };
	const char *elsewhere = NULL;

	for (size_t i = 0; i < options_n; i++) {
		if (options[i].group & groups)
			nearest_try(&near, options[i].name);
		else if (span_eq(near.given, span_str(options[i].name)))
			elsewhere = options[i].name;
	}
	if (elsewhere)
		return err_fail(
			err, SCOV_E_USAGE, "--%s is an option of other commands", elsewhere);
	const char *name = nearest_name(&near);

	return err_fail(err, SCOV_E_USAGE, "unknown option '--%.*s'%s%s%s", (int)len, given,
		name ? ": did you mean --" : "", name ? name : "", name ? "?" : "");
}

/* ---- values ---------------------------------------------------------------------------------- */

static int not_among(const struct option *opt, const char *value, struct scov_err *err)
{
	struct nearest near = { .given = span_str(value) };
	struct span rest = span_str(opt->choices), one;
	scoped_buf struct buf list = { 0 };
	char names[8][NEAREST_MAX], hint[NEAREST_HINT];

	for (size_t n = 0; n < 8 && span_split(&rest, ' ', &one); n++) {
		snprintf(names[n], sizeof(*names), "%.*s", SPAN_ARG(one));
		nearest_try(&near, names[n]);
		buf_printf(&list, "%s%s", !n ? "" : rest.len ? ", " : " or ", names[n]);
	}
	return err_fail(err, SCOV_E_USAGE, "--%s '%s': must be %s%s", opt->name, value,
		list.p ? list.p : "", nearest_hint(&near, hint));
}

/* "90", "90s", "5m", "2h" in milliseconds. */
static bool milliseconds(struct span text, uint64_t *ms)
{
	static const struct {
		char unit;
		uint64_t ms;
	} units[] = { { 's', 1000 }, { 'm', 60000 }, { 'h', 3600000 } };
	uint64_t factor = 1000, v;

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (text.len && span_at(text, text.len - 1) == units[i].unit) {
			factor = units[i].ms;
			text.len--;
			break;
		}
	return span_number(text, 10, 100000000, &v) && v && (*ms = v * factor, true);
}

static int number(
	const struct option *opt, const char *value, unsigned long *out, struct scov_err *err)
{
	struct span text = span_str(value);
	uint64_t v;

	if (opt->kind == OPT_NUMBER && span_ends(text, SPAN("d")))
		text.len--; /* days may say so */
	if (opt->kind == OPT_SECONDS ? !milliseconds(text, &v)
				     : !span_number(text, 10, 1000000, &v) || !v)
		return err_fail(err, SCOV_E_USAGE, "--%s '%s': must be %s", opt->name, value,
			opt->kind == OPT_SECONDS ? "a time such as 90, 90s, 5m or 1h"
						 : "1 to 1,000,000");
	*out = (unsigned long)v;
	return 0;
}

static int set(struct options *o, const struct option *opt, const char *value, struct scov_err *err)
{
	void *at = (char *)o + opt->offset;

	if (opt->choices && !span_has_word(span_str(opt->choices), span_str(value)))
		return not_among(opt, value, err);
	if (opt->kind == OPT_TEXT && !*value)
		return err_fail(err, SCOV_E_USAGE, "--%s: the value is empty", opt->name);
	switch (opt->kind) {
	case OPT_FLAG:
		*(bool *)at = true;
		return 0;
	case OPT_TEXT:
		*(const char **)at = value;
		return 0;
	case OPT_LIST:
	case OPT_EACH:
		return vec_add((words *)at, &o->arena, &value) ? 0 : err_memory(err);
	default:
		return number(opt, value, at, err);
	}
}

/* Several values: between commas, in the environment also between blanks. */
static int set_list(struct options *o, const struct option *opt, const char *value,
	const char *separators, struct scov_err *err)
{
	bool any = false;

	while (*(value += strspn(value, separators))) {
		struct span one = span_of(value, strcspn(value, separators));
		const char *text = arena_cstr(&o->arena, span_trim(one));

		if (!text)
			return err_memory(err);
		if (*text && set(o, opt, text, err))
			return err->code;
		any = any || *text;
		value += one.len;
	}
	return any ? 0 : err_fail(err, SCOV_E_USAGE, "--%s: the value is empty", opt->name);
}

/* ---- the environment ------------------------------------------------------------------------- */

static bool is_set(const struct options *o, const struct option *opt)
{
	const void *at = (const char *)o + opt->offset;

	switch (opt->kind) {
	case OPT_FLAG:
		return *(const bool *)at;
	case OPT_TEXT:
		return *(const char *const *)at != NULL;
	case OPT_LIST:
	case OPT_EACH:
		return ((const words *)at)->n != 0;
	default:
		return *(const unsigned long *)at != 0;
	}
}

enum { VARIABLE_MAX = NEAREST_MAX };
static const char variable_head[] = "SCOVILLE_";

static const char *variable_of(const struct option *opt, char out[VARIABLE_MAX])
{
	size_t n = (size_t)snprintf(out, VARIABLE_MAX, "%s", variable_head);

	for (const char *p = opt->name; *p && n < VARIABLE_MAX - 1; p++)
		out[n++] = *p == '-' ? '_' : (char)(*p & ~0x20);
	out[n] = 0;
	return out;
}

/* 1 or 0; negative: neither. */
static int flag_value(const char *value)
{
	static const char *const values[] = { "0", "1", "false", "true", "no", "yes", "off", "on" };

	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
		if (!strcmp(value, values[i]))
			return i % 2;
	return -1;
}

static int set_variable(
	struct options *o, const struct option *opt, const char *value, struct scov_err *err)
{
	int flag = opt->kind == OPT_FLAG ? flag_value(value) : 1;

	if (flag < 0)
		return err_fail(err, SCOV_E_USAGE,
			"'%s': must be 1, true, yes, on, 0, false, no or off", value);
	if (opt->kind == OPT_LIST || opt->kind == OPT_EACH)
		return set_list(o, opt, value, " \t\n,", err);
	return flag ? set(o, opt, value, err) : 0;
}

static int from_environment(unsigned groups, struct options *o, struct scov_err *err)
{
	for (size_t i = 0; i < options_n; i++) {
		const struct option *opt = &options[i];
		char name[VARIABLE_MAX];
		const char *value = getenv(variable_of(opt, name));

		if (!value || !*value || !(opt->group & groups) || is_set(o, opt))
			continue;
		if (set_variable(o, opt, value, err))
			return err_wrap(err, "environment: %s", name);
		if (!vec_add(&o->variables, &o->arena, &((struct option_variable){ opt, value })))
			return err_memory(err);
	}
	return 0;
}

/* At the start, as in "now 'yesterday': ...", or with its dashes anywhere. */
static bool has_option(struct span text, const char *option)
{
	char name[VARIABLE_MAX];

	snprintf(name, sizeof(name), "--%s", option);
	if (span_starts(text, span_str(option)))
		text = span_from(text, strlen(option));
	else if (span_has(text, span_str(name)))
		text = span_from(text, span_find_span(text, span_str(name)) + strlen(name));
	else
		return false;
	return !ascii_is_alnum(span_at(text, 0)) && span_at(text, 0) != '-';
}

const char *options_blame(struct options *o, const char *complaint)
{
	struct span text = span_str(complaint);

	for (size_t i = 0; i < o->variables.n; i++) {
		const struct option_variable *v = &o->variables.p[i];
		bool is_path =
			v->option->kind == OPT_TEXT && (!strcmp(v->option->argument, "FILE") ||
							       !strcmp(v->option->argument, "DIR"));
		char name[VARIABLE_MAX];

		if (has_option(text, v->option->name) ||
			(is_path && span_has(text, span_str(v->value))))
			return arena_printf(
				&o->arena, "environment: %s: ", variable_of(v->option, name));
	}
	return "";
}

/* One that looks like a mistyped option would silently leave a gate open: an error. Any other is
 * listed in o->unknown. */
static int check_variable(struct options *o, const char *given, struct scov_err *err)
{
	struct nearest near = { .given = span_sub(span_str(given), 0, strcspn(given, "=")) };
	char names[OPTIONS_MAX][VARIABLE_MAX];

	for (size_t i = 0; i < options_n; i++) {
		if (span_eq(near.given, span_str(variable_of(&options[i], names[i]))))
			return 0;
		nearest_try(&near, names[i]);
	}
	/* The head is not part of what was mistyped. */
	size_t len = near.given.len - (sizeof(variable_head) - 1);

	if (near.best && near.least <= 1 + len / 6)
		return err_fail(err, SCOV_E_USAGE,
			"environment: unknown variable '%.*s': did you mean %s?",
			SPAN_ARG(near.given), near.best);
	const char *name = arena_cstr(&o->arena, near.given);

	return name && vec_add(&o->unknown, &o->arena, &name) ? 0 : err_memory(err);
}

static int check_environment(struct options *o, struct scov_err *err)
{
	static const char for_tests[] = "SCOVILLE_TEST_";

	for (char **v = environ; v && *v; v++)
		if (!strncmp(*v, variable_head, sizeof(variable_head) - 1) &&
			strncmp(*v, for_tests, sizeof(for_tests) - 1) != 0 &&
			check_variable(o, *v, err))
			return err->code;
	return 0;
}

/* ---- the command line ------------------------------------------------------------------------ */

struct line {
	int argc, i;
	char **argv;
	unsigned groups;
};

static const struct option *by_letter(char c, unsigned groups)
{
	for (size_t i = 0; i < options_n; i++)
		if (options[i].letter == c && (options[i].group & groups))
			return &options[i];
	return NULL;
}

static int value_of(struct line *l, const struct option *opt, const char *attached,
	struct options *o, struct scov_err *err)
{
	if (opt->kind == OPT_FLAG && attached)
		return err_fail(err, SCOV_E_USAGE, "--%s takes no value", opt->name);
	if (opt->kind == OPT_FLAG)
		return set(o, opt, NULL, err);
	if (!attached && ++l->i >= l->argc)
		return err_fail(
			err, SCOV_E_USAGE, "--%s needs a value: %s", opt->name, opt->argument);
	const char *value = attached ? attached : l->argv[l->i];

	return opt->kind == OPT_LIST ? set_list(o, opt, value, ",", err) : set(o, opt, value, err);
}

static int long_option(struct line *l, struct options *o, struct scov_err *err)
{
	const char *name = l->argv[l->i] + 2, *equals = strchr(name, '=');
	size_t len = equals ? (size_t)(equals - name) : strlen(name);

	for (size_t i = 0; i < options_n; i++)
		if ((options[i].group & l->groups) && strlen(options[i].name) == len &&
			!strncmp(options[i].name, name, len))
			return value_of(l, &options[i], equals ? equals + 1 : NULL, o, err);
	return unknown(name, len, l->groups, err);
}

static int letters(struct line *l, struct options *o, struct scov_err *err)
{
	for (const char *p = l->argv[l->i] + 1; *p; p++) {
		const struct option *opt = by_letter(*p, l->groups);

		if (!opt)
			return err_fail(err, SCOV_E_USAGE, "unknown option '-%c'", *p);
		if (opt->kind != OPT_FLAG)
			return value_of(l, opt, p[1] ? p + 1 : NULL, o, err);
		set(o, opt, NULL, err);
	}
	return 0;
}

static int argument(struct options *o, const char *word, struct scov_err *err)
{
	return vec_add(&o->arguments, &o->arena, &word) ? 0 : err_memory(err);
}

int options_parse(int argc, char **argv, unsigned groups, struct options *o, struct scov_err *err)
{
	struct line l = { argc, 0, argv, groups };
	bool ended = false;

	for (; l.i < argc; l.i++) {
		const char *word = argv[l.i];
		int code = 0;

		if (!ended && !strcmp(word, "--"))
			ended = true;
		else if (!ended && !strncmp(word, "--", 2))
			code = long_option(&l, o, err);
		else if (!ended && word[0] == '-' && word[1])
			code = letters(&l, o, err);
		else
			code = argument(o, word, err);
		if (code)
			return code;
	}
	return check_environment(o, err) ? err->code : from_environment(groups, o, err);
}

void options_release(struct options *o)
{
	arena_release(&o->arena);
}

enum { HELP_LEFT = 32, HELP_WIDTH = 80 };

void options_wrapped(const char *text, size_t at, size_t left)
{
	const char *gap = "";

	while (*text) {
		size_t n = strcspn(text, " ");

		if (at > left && at + 1 + n > HELP_WIDTH) {
			printf("\n%*s", (int)left, "");
			at = left;
			gap = "";
		}
		printf("%s%.*s", gap, (int)n, text);
		at += n + strlen(gap);
		gap = " ";
		text += n + strspn(text + n, " ");
	}
	putchar('\n');
}

void options_help(unsigned groups)
{
	const char *heading = NULL, *shown = NULL;

	for (size_t i = 0; i < options_n; i++) {
		const struct option *opt = &options[i];
		char left[64];

		if (!(opt->group & groups)) {
			heading = opt->heading ? opt->heading : heading;
			continue;
		}
		heading = opt->heading ? opt->heading : heading;
		if (heading != shown)
			printf("\n%s:\n", heading);
		shown = heading;
		int n = snprintf(left, sizeof(left), "  %c%c%s --%s%s%s", opt->letter ? '-' : ' ',
			opt->letter ? opt->letter : ' ', opt->letter ? "," : " ", opt->name,
			opt->argument ? " " : "", opt->argument ? opt->argument : "");

		if (n < HELP_LEFT)
			printf("%-*s", HELP_LEFT, left);
		else
			printf("%s\n%*s", left, HELP_LEFT, "");
		options_wrapped(opt->help, HELP_LEFT, HELP_LEFT);
	}
}

void options_names(unsigned groups)
{
	scoped_buf struct buf b = { 0 };
	const char *name;

	if (groups & (FOR_GRADE | FOR_SECRETS)) {
		for (size_t i = 0; (name = scov_analyzer_name(i)); i++)
			buf_printf(&b, "%s%s", i ? " " : "", name);
		printf("\nAnalyzers, for --skip:\n  ");
		options_wrapped(b.p ? b.p : "", 2, 2);
		b.len = 0;
		for (size_t i = 0; i < limit_rows_n; i++)
			buf_printf(&b, "%s%s", i ? " " : "", limit_rows[i].name);
		printf("\nLimits, for --limit (what each bounds: doc/limits.md):\n  ");
		options_wrapped(b.p ? b.p : "", 2, 2);
	}
}
