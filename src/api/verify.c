/* verify.c - who signed what: roots and expected signers from files, bundles of files checked.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "api/api.h"
#include "api/trust.h"
#include "base/date.h"
#include "base/fd.h"
#include "report/trust.h"
#include "trust/notary/notary.h"

enum {
	KEY_FILE_MAX = 64 << 10,
	ARTIFACT_KEPT_MAX = 64 << 20, /* a signature with Ed25519 needs the bytes themselves */
};

/* ---- roots and policy ------------------------------------------------------------------------ */

static int add_roots(const char *const *files, struct api_trust *t, struct scov_err *err)
{
	struct trust_roots *roots = t->roots;
	int code = 0;

	t->has_origin = !files || !*files;
	for (; !t->has_origin && *files && !code; files++) {
		scoped_arena struct arena a = { .limit = 2 * (size_t)TRUST_ROOT_MAX };
		struct span text;

		code = fd_load(AT_FDCWD, *files, TRUST_ROOT_MAX, &a, &text, err);
		if (code)
			err_wrap(err, "trust root");
		else if (trust_roots_add(roots, text, err))
			code = err_wrap(err, "trust root '%s'", *files);
	}
	return code;
}

static int add_keys(const char *const *files, struct trust_policy *policy, struct scov_err *err)
{
	int code = 0;

	for (; files && *files && !code; files++) {
		scoped_arena struct arena a = { .limit = 2 * KEY_FILE_MAX };
		struct trust_rule rule = { .key_name = span_str(*files) };

		code = fd_load(AT_FDCWD, *files, KEY_FILE_MAX, &a, &rule.key, err);
		if (code)
			err_wrap(err, "key");
		else if (!rule.key.len)
			code = err_fail(err, SCOV_E_FORMAT, "key '%s': the file is empty", *files);
		else if (trust_policy_add(policy, &rule, err))
			code = err_wrap(err, "key '%s'", *files);
	}
	return code;
}

static size_t count(const char *const *list)
{
	size_t n = 0;

	while (list && list[n])
		n++;
	return n;
}

static int add_rule(const struct scov_trust *o, size_t identity, size_t issuer,
	struct trust_policy *policy, struct scov_err *err)
{
	size_t names = count(o->identities), issuers = count(o->issuers);
	struct trust_rule rule = { .identity_is_regexp = identity >= names,
		.issuer_is_regexp = issuer >= issuers };

	if (identity < names + count(o->identity_regexps))
		rule.identity =
			span_str(rule.identity_is_regexp ? o->identity_regexps[identity - names]
							 : o->identities[identity]);
	if (issuer < issuers + count(o->issuer_regexps))
		rule.issuer = span_str(rule.issuer_is_regexp ? o->issuer_regexps[issuer - issuers]
							     : o->issuers[issuer]);
	return trust_policy_add(policy, &rule, err);
}

static int add_identities(
	const struct scov_trust *o, struct trust_policy *policy, struct scov_err *err)
{
	size_t identities = count(o->identities) + count(o->identity_regexps);
	size_t issuers = count(o->issuers) + count(o->issuer_regexps);
	int code = 0;

	if (!identities && !issuers)
		return 0;
	for (size_t i = 0; i < (identities ? identities : 1) && !code; i++)
		for (size_t k = 0; k < (issuers ? issuers : 1) && !code; k++)
			code = add_rule(o, i, k, policy, err);
	return code;
}

void api_trust_release(struct api_trust *t)
{
	trust_roots_free(t->roots);
	trust_policy_free(t->policy);
	notary_config_free(t->notary);
	site_policy_free(t->site);
	*t = (struct api_trust){ 0 };
}

static int add_site(const struct scov_trust *o, struct api_trust *t, struct scov_err *err)
{
	scoped_arena struct arena a = { .limit = 2 * SITE_POLICY_MAX };
	struct span text;

	if (!o->policy_json)
		return 0;
	if (trust_policy_expects(t->policy))
		return err_fail(err, SCOV_E_USAGE,
			"policy-json says who is expected: leave out key and certificate-...");
	if (fd_load(AT_FDCWD, o->policy_json, SITE_POLICY_MAX, &a, &text, err) ||
		site_policy_read(text, &t->site, err))
		return err_wrap(err, "policy-json '%s'", o->policy_json);
	return 0;
}

int api_trust_open(const struct scov_trust *given, struct api_trust *out, struct scov_err *err)
{
	struct scov_trust o = { 0 };
	struct api_trust t = { .roots = trust_roots_new(), .policy = trust_policy_new() };
	int code =
		given ? api_options(given, given->struct_size, &o, sizeof(o), "trust options", err)
		      : 0;

	if (!code && (!t.roots || !t.policy))
		code = err_memory(err);
	if (!code)
		code = api_now(o.now, &t.now, err);
	if (!code)
		code = add_roots(o.trust_roots, &t, err);
	if (!code)
		code = add_keys(o.keys, t.policy, err);
	if (!code)
		code = add_identities(&o, t.policy, err);
	if (!code && o.notation_config && notary_config_open(o.notation_config, &t.notary, err))
		code = err_wrap(err, "notation's configuration");
	if (!code)
		code = add_site(&o, &t, err);
	if (!code) {
		*out = t;
		return 0;
	}
	api_trust_release(&t);
	return api_bad_option(err);
}

int api_trust_ready(struct api_trust *t, struct scov_err *err)
{
	int code = t->has_origin && !t->is_ready ? api_trust_default(t->roots, &t->origin, err) : 0;

	t->is_ready = !code;
	return code;
}

void api_trust_mask(struct trust *t, struct arena *a)
{
	for (size_t i = 0; i < t->list.n; i++) {
		struct trust_evidence *e = &t->list.p[i];
		struct span *texts[] = { &e->place, &e->signer, &e->issuer, &e->key_id, &e->log,
			&e->predicate_type, &e->why, &e->source_uri, &e->source_digest,
			&e->builder_uri, &e->runner };

		for (size_t k = 0; k < sizeof(texts) / sizeof(*texts); k++)
			if (texts[k]->len)
				*texts[k] = api_masked(a, *texts[k]);
	}
}

/* ---- a bundle of a file ---------------------------------------------------------------------- */

static int hash_file(int fd, const char *path, struct digest *out, struct scov_err *err)
{
	struct digester *h = digester_new(DIGEST_SHA256);
	uint8_t piece[64 << 10];
	ssize_t n = -1;

	while (h && (n = fd_read(fd, piece, sizeof(piece))) > 0)
		digester_add(h, piece, (size_t)n);
	if (h && !n)
		*out = digester_end(h);
	digester_free(h);
	return h && !n ? 0 : err_fail(err, SCOV_E_IO, "'%s': cannot be read", path);
}

static int read_artifact(
	const char *text, struct arena *a, struct trust_input *in, struct scov_err *err)
{
	const char *path = strncmp(text, "file:", 5) ? NULL : text + 5;
	scoped_fd int fd = -1;
	int code;

	if (!path) {
		code = digest_parse(span_str(text), &in->manifest, err);
		return code ? err_fail(err, SCOV_E_USAGE,
				      "'%s': write file:PATH or sha256:HEX for what the bundle "
				      "signs",
				      text)
			    : 0;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_fail(err, errno == ENOENT ? SCOV_E_NOT_FOUND : SCOV_E_IO, "'%s': %s",
			path, strerror(errno));
	code = hash_file(fd, path, &in->manifest, err);
	if (code)
		return code;
	code = fd_load(AT_FDCWD, path, ARTIFACT_KEPT_MAX, a, &in->artifact, NULL);
	if (code == SCOV_E_LIMIT)
		return 0;
	/* The file may have changed in between. */
	struct digest again = digest_of(DIGEST_SHA256, in->artifact);

	return !code && digest_eq(&again, &in->manifest)
		       ? 0
		       : err_fail(err, SCOV_E_IO, "'%s': changed while it was read", path);
}

static bool is_lines(struct span text)
{
	struct span line;
	size_t n = 0;

	while (span_line(&text, &line)) {
		line = span_trim(line);
		if (!line.len)
			continue;
		if (span_at(line, 0) != '{' || span_at(line, line.len - 1) != '}')
			return false;
		n++;
	}
	return n > 1;
}

static void add_text(struct span text, struct span place, struct arena *a, attached_rows *list)
{
	struct attached *at = vec_push(list, a);

	if (at)
		*at = (struct attached){ .form = (uint8_t)trust_form(text),
			.bytes = text,
			.digest = digest_of(DIGEST_SHA256, text),
			.place = place };
}

/* An SBOM may be a document alone. */
static int check_forms(const char *option, const char *path, const attached_rows *list, size_t from,
	struct scov_err *err)
{
	bool is_sbom = !strcmp(option, "sbom");

	for (size_t i = from; i < list->n; i++) {
		struct span text = span_trim(list->p[i].bytes);

		if (!text.len)
			return err_fail(
				err, SCOV_E_FORMAT, "%s '%s': the file is empty", option, path);
		if (list->p[i].form != ATTACHED_FORM_DOCUMENT ||
			(is_sbom && span_at(text, 0) == '{'))
			continue;
		return err_fail(err, SCOV_E_FORMAT, "%s '%s': not %s", option, path,
			is_sbom ? "an SBOM: SPDX and CycloneDX are read as JSON only"
				: "a sigstore bundle, a DSSE envelope or an in-toto statement");
	}
	return 0;
}

int api_trust_file(const char *option, const char *path, struct arena *a, attached_rows *list,
	struct scov_err *err)
{
	struct span text, line, place = span_str(arena_printf(a, "--%s %s", option, path));
	size_t from = list->n;

	if (fd_load(AT_FDCWD, path, TRUST_BUNDLE_MAX, a, &text, err))
		return err_wrap(err, "%s", option);
	if (!is_lines(text)) {
		add_text(text, place, a, list);
	} else {
		while (span_line(&text, &line)) {
			line = span_trim(line);
			if (line.len)
				add_text(line, place, a, list);
		}
	}
	return arena_failed(a) ? arena_check(a, err) : check_forms(option, path, list, from, err);
}

static int verify(struct scov_verification *v, const char *bundle, const char *artifact,
	const struct api_trust *t, struct scov_err *err)
{
	attached_rows list = { 0 };
	struct trust_input in = {
		.roots = t->roots, .policy = t->policy, .notary = t->notary, .now = t->now
	};
	int code = read_artifact(artifact, &v->arena, &in, err);

	if (!code)
		code = api_trust_file("bundle", bundle, &v->arena, &list, err) ? api_bad_option(err)
									       : 0;
	in.list = list.p;
	in.n = list.n;
	v->digest = in.manifest;
	if (!code)
		code = trust_verify(&in, &v->arena, &v->trust, err);
	if (!code) {
		v->artifact = api_masked(&v->arena, span_str(artifact));
		api_trust_mask(&v->trust, &v->arena);
		code = arena_check(&v->arena, err);
	}
	return code;
}

int scov_verify_bundle(struct scov_context *c, const char *bundle, const char *artifact,
	const struct scov_trust *trust, struct scov_verification **out, struct scov_err *err)
{
	struct scov_err mine;
	struct api_trust t = { 0 };
	struct scov_verification *v = mem_alloc(sizeof(*v));
	int code;

	(void)c;
	err = err ? err : &mine;
	if (!v)
		return err_memory(err);
	v->arena.limit = 16 * (size_t)TRUST_BUNDLE_MAX;
	code = api_trust_open(trust, &t, err);
	if (!code && t.site)
		code = err_fail(err, SCOV_E_USAGE,
			"policy-json is for images: name key or certificate-identity here");
	if (!code)
		code = api_trust_ready(&t, err);
	if (!code)
		code = verify(v, bundle, artifact, &t, err);
	api_trust_release(&t);
	if (code) {
		scov_verification_free(v);
		scov_mask(err->text);
		return code;
	}
	*out = v;
	return 0;
}

void api_given_release(struct api_given *g)
{
	api_trust_release(&g->trust);
	arena_release(&g->arena);
	g->list.n = 0;
}

void scov_verification_free(struct scov_verification *v)
{
	if (!v)
		return;
	arena_release(&v->arena);
	api_given_release(&v->given);
	mem_free(v);
}

bool scov_verification_passed(const struct scov_verification *v)
{
	enum trust_level least = trust_least(&v->trust, false);

	for (size_t i = 0; i < v->trust.list.n; i++) {
		const struct trust_evidence *e = &v->trust.list.p[i];

		/* An attestation found at an image is not a signature of it. */
		if ((!v->is_image || e->kind == ATTACHED_SIGNATURE || e->is_given) &&
			!e->is_beside && trust_counts(e, least))
			return true;
	}
	return false;
}

static void write_json(const struct scov_verification *v, struct buf *b)
{
	struct json_out w = { .out = b, .indent = 2 };
	char text[DATE_TEXT], digest[DIGEST_TEXT];

	json_out_dict(&w);
	json_out_key(&w, "artifact");
	json_out_text(&w, v->artifact);
	json_out_key(&w, "digest");
	json_out_str(&w, digest_format(&v->digest, digest));
	json_out_key(&w, "verified");
	json_out_bool(&w, scov_verification_passed(v));
	json_out_key(&w, "trust_root");
	json_out_str(&w, v->trust.root_date
				 ? date_format_day(v->trust.root_date / DAY_SECONDS, text)
				 : NULL);
	json_trust(&w, &v->trust, NULL);
	json_out_end(&w);
	buf_byte(b, '\n');
}

static void write_text(
	const struct scov_verification *v, const struct write_options *o, struct buf *b)
{
	struct page p = page_on(b, o);
	bool passed = scov_verification_passed(v);

	page_inked(&p, passed ? GREEN : RED, passed ? "verified" : "not verified");
	page_printf(&p, "  ");
	page_span(&p, v->artifact);
	page_end(&p);
	if (!v->trust.list.n && v->trust.is_searched) {
		page_printf(&p, "  no signature was found; to make one:");
		page_end(&p);
		page_printf(&p, "  scoville sign NAME@sha256:... --key KEY.pem");
		page_end(&p);
	}
	text_trust(&p, &v->trust);
}

int scov_verification_write(const struct scov_verification *v, const char *format,
	const struct scov_format_options *opt, scov_write write, void *ctx, struct scov_err *err)
{
	scoped_buf struct buf b = { 0 };
	struct write_options o;
	struct scov_err mine;

	err = err ? err : &mine;
	if (api_write_options(opt, &o, err))
		return err->code;
	if (!strcmp(format, "json"))
		write_json(v, &b);
	else if (!strcmp(format, "text"))
		write_text(v, &o, &b);
	else
		return err_fail(err, SCOV_E_USAGE, "no format '%s': text or json", format);
	return api_deliver(&b, write, ctx, err);
}
