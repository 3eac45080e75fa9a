/* telecom.c - the rows of --requirements 3gpp-nf.
 *
 * The texts that could be read: the contribution to TR 33.848 V0.8.0 with the key issue on secrets,
 * test copies of TS 33.117 (16.8.0) and TS 33.527 (18.0.1). Clauses of which only the number and
 * the topic are known say "(clause not checked)". A row covers what an image holds; what only a
 * running product shows is not assessed, with the reason.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/date.h"
#include "criteria/requirement.h"
#include "criteria/rows.h"
#include "known/distributions.h"
#include "known/names.h"
#include "judge/judge.h"

enum { LISTED_MAX = 20, SETUID = 04000, SETGID = 02000, STICKY = 01000, OTHERS_WRITE = 0002 };

/* ---- secrets ---- */

typedef bool (*is_of)(const struct secret_finding *s);

/* NOT_MET when one that `of` selects is not ignored; *n: how many decide. */
static size_t list_secrets(const struct dossier *d, struct verdict_out *out, is_of of)
{
	size_t decisive = 0, told = 0;

	for (size_t i = 0; i < d->image->secrets.n; i++) {
		const struct secret_finding *s = &d->image->secrets.p[i];

		if (!of(s))
			continue;
		decisive += !s->waived;
		out->report->waived += s->waived;
		if (told++ < LISTED_MAX)
			evidence_secret(out, s->waived ? REMARK : DECIDES, s);
	}
	if (told > LISTED_MAX)
		remark_count(out, place_image(), "findings", told, "not all are listed");
	return decisive;
}

static size_t refused(const struct dossier *d, is_of of)
{
	size_t n = 0;

	for (size_t i = 0; i < d->image->secrets.n; i++)
		n += d->image->secrets.p[i].refused && of(&d->image->secrets.p[i]);
	return n;
}

static enum verdict secrets_row(
	const struct dossier *d, struct verdict_out *out, is_of of, const char *what)
{
	size_t n = list_secrets(d, out, of), no = refused(d, of);

	out->report->class = OBSERVED;
	if (n && no)
		return say(out, NOT_MET, place_image(),
			"%zu %s; %zu of them are in the ignore file, but this kind cannot be "
			"ignored",
			n, what, no);
	if (n)
		return say(out, NOT_MET, place_image(), "%zu %s", n, what);
	if (out->report->waived)
		return say(out, MET, place_image(), "no %s, except %zu in the ignore file", what,
			out->report->waived);
	return say(out, MET, place_image(), "no %s", what);
}

/* Keys of subscribers and networks are configuration that no image may carry, at any level. */
static bool is_embedded(const struct secret_finding *s)
{
	return s->level >= SECRET_MEDIUM || (s->level == SECRET_LOW && secret_never_waived(s));
}

static enum verdict embedded(const struct dossier *d, struct verdict_out *out)
{
	return secrets_row(d, out, is_embedded, "embedded secrets");
}

static bool is_of_kind(const struct secret_finding *s, const char *kind)
{
	return span_eq(s->fact->kind, span_str(kind));
}

static bool in_shadow(const struct secret_finding *s)
{
	struct span name = span_base(s->at.path);

	return s->level > SECRET_NONE && s->at.kind == PLACE_FILE &&
	       span_eq(span_dir(s->at.path), SPAN("etc")) &&
	       (span_eq(name, SPAN("shadow")) || span_eq(name, SPAN("shadow-")) ||
		       span_eq(name, SPAN("passwd")));
}

/* A finding of level low decides nothing, unless it is a password of an account of the image. */
static bool counts(const struct secret_finding *s)
{
	return s->level >= SECRET_MEDIUM || in_shadow(s);
}

/* A password or key that every copy of the product starts with. */
static bool is_predefined(const struct secret_finding *s)
{
	bool is_login =
		is_of_kind(s, "private-key") &&
		(span_has(s->at.path, SPAN(".ssh/")) || span_starts(s->at.path, SPAN("etc/ssh/")));

	return counts(s) && (s->fact->known.len || is_of_kind(s, "default-account") ||
				    (s->flags & SECRET_DEFAULT) || in_shadow(s) || is_login);
}

static enum verdict predefined(const struct dossier *d, struct verdict_out *out)
{
	return secrets_row(
		d, out, is_predefined, "predefined, default or publicly known credentials");
}

/* Clear text, or a hash that is reversed by trying: MD5 and older. */
static bool is_weakly_stored(const struct secret_finding *s)
{
	static const char *const weak[] = { "crypt-md5", "crypt-apr1", "ldap-hash" };
	static const char *const clear[] = { "docker-auth", "basic-auth", "git-credentials",
		"snmp-user", "snmp-community", "radius-secret", "tacacs-key", "ppp-secret",
		"asterisk-manager-secret", "default-account" };

	for (size_t i = 0; i < sizeof(weak) / sizeof(*weak); i++)
		if (counts(s) && span_eq(s->fact->rule, span_str(weak[i])))
			return true;
	if (s->level < SECRET_MEDIUM)
		return false;
	for (size_t i = 0; i < sizeof(clear) / sizeof(*clear); i++)
		if (is_of_kind(s, clear[i]))
			return true;
	return span_ends(s->fact->kind, SPAN("password")) && !is_of_kind(s, "empty-password") &&
	       !is_of_kind(s, "maven-encrypted-password");
}

static bool is_without(const struct secret_finding *s)
{
	return counts(s) && is_of_kind(s, "empty-password");
}

static enum verdict protection(const struct dossier *d, struct verdict_out *out)
{
	return secrets_row(d, out, is_without, "accounts with an empty password");
}

static enum verdict storage(const struct dossier *d, struct verdict_out *out)
{
	return secrets_row(d, out, is_weakly_stored, "passwords in clear text or with a weak hash");
}

/* ---- accounts ---- */

static bool has_no_login(struct span shell)
{
	struct span name = span_base(shell);

	return span_eq(name, SPAN("nologin")) || span_eq(name, SPAN("false")) ||
	       span_eq(name, SPAN("sync")) || span_eq(name, SPAN("halt")) ||
	       span_eq(name, SPAN("shutdown"));
}

static enum verdict accounts(const struct dossier *d, struct verdict_out *out)
{
	const struct image_facts *m = d->image;
	const struct file *passwd = image_file(m, SPAN("etc/passwd"));
	const struct part *p = passwd ? m->parts[passwd->body_layer] : NULL;
	size_t logins = 0, zero = 0, hashes = list_secrets(d, out, in_shadow);

	for (size_t i = 0; p && i < p->users.n; i++) {
		const struct user_fact *u = &p->users.p[i];
		bool is_root = span_eq(u->name, SPAN("root"));

		if (u->is_group || &p->entries.p[u->entry] != passwd->body)
			continue;
		if (u->uid == 0 && !is_root) {
			zero++;
			evidence_add(out, EV_FILE, DECIDES, OBSERVED,
				place_line((int32_t)passwd->layer, passwd->path, u->line), u->name,
				"a second account with uid 0");
		} else if (!has_no_login(u->shell) && logins++ < LISTED_MAX) {
			remark(out, place_line((int32_t)passwd->layer, passwd->path, u->line),
				u->name, "an account with a login shell");
		}
	}
	out->report->class = OBSERVED;
	if (zero || hashes)
		return say(out, NOT_MET, place_image(),
			"%zu accounts with a password set in the image, %zu besides root with uid "
			"0",
			hashes, zero);
	if (!passwd)
		return say(out, MET, place_image(), "the image has no accounts: no etc/passwd");
	return say(out, NOT_ASSESSED, place_image(),
		"%zu accounts with a login shell and no password; an image does not show which of "
		"them the product needs",
		logins);
}

/* Programs under the usual name of such a server. */
static size_t list_servers(const struct dossier *d, struct verdict_out *out, uint32_t role)
{
	size_t found = 0;

	for (const struct file *f = NULL; (f = file_next(d->image, f));) {
		const struct file *program = is_symlink(f)        ? program_behind(d->image, f)
					     : file_is_program(f) ? f
								  : NULL;

		if (program && (known_roles(span_base(f->path)) & role) && found++ < LISTED_MAX)
			evidence_file(out, DECIDES, f, "a server, by its name");
	}
	return found;
}

static enum verdict remote_root(const struct dossier *d, struct verdict_out *out)
{
	size_t n = list_servers(d, out, ROLE_LOGIN_SERVER);

	out->report->class = OBSERVED;
	if (n)
		return say(out, NOT_ASSESSED, place_image(),
			"%zu remote login servers; whether they let root log in is not checked", n);
	return say(out, MET, place_image(), "no remote login server under its usual name");
}

static bool is_clear_port(struct span port)
{
	struct span number = span_sub(port, 0, span_find(port, '/'));

	for (size_t i = 0; i < known_ports_n; i++)
		if (span_eq(number, known_ports[i].number))
			return true;
	return false;
}

static enum verdict services(const struct dossier *d, struct verdict_out *out)
{
	const struct part *c = d->image->config;
	size_t ports = 0, n = list_servers(d, out, ROLE_CLEAR_SERVER);

	for (size_t i = 0; c && i < c->configs.n; i++) {
		const struct config_fact *x = &c->configs.p[i];

		if (x->key != CONFIG_PORT)
			continue;
		bool clear = is_clear_port(x->value);

		ports += clear;
		evidence_add(out, EV_SETTING, clear ? DECIDES : REMARK, DECLARED,
			place_config("/config/ExposedPorts"), x->value,
			clear ? "the port of a service without encryption" : "a declared port");
	}
	out->report->class = OBSERVED;
	if (n || ports)
		return say(out, NOT_MET, place_image(),
			"%zu servers and %zu declared ports of services without encryption", n,
			ports);
	return say(out, NOT_ASSESSED, place_image(),
		"no server of an insecure protocol by name; which services start shows only at run "
		"time");
}

/* ---- files and packages ---- */

static bool is_open_to_all(const struct file *f)
{
	bool is_folder = f->entry->type == ENTRY_DIR,
	     is_file = f->body->type == ENTRY_FILE && f->entry->type != ENTRY_SYMLINK;

	return (is_folder || is_file) && (f->mode & OTHERS_WRITE) &&
	       !(is_folder && (f->mode & STICKY));
}

static enum verdict privileges(const struct dossier *d, struct verdict_out *out)
{
	struct findings l = { .out = out, .dossier = d, .id = "conf.priv" };

	for (const struct file *f = NULL; (f = file_next(d->image, f));) {
		if (f->body->type == ENTRY_FILE && f->entry->type != ENTRY_SYMLINK &&
			(f->mode & (SETUID | SETGID)))
			finding(&l, f, "%s, mode %04o", f->mode & SETUID ? "setuid" : "setgid",
				f->mode);
		else if (is_open_to_all(f))
			finding(&l, f, "world-writable, mode %04o", f->mode);
	}
	return findings_verdict(&l, "excessive privileges",
		"no file is setuid or setgid, and only sticky folders are world-writable");
}

static enum verdict supported(const struct dossier *d, struct verdict_out *out)
{
	const struct distribution *dist = &d->image->distribution;
	const struct known_release *r =
		dist->is_known ? known_release_find(dist->id, dist->version_id, dist->codename)
			       : NULL;
	char day[DATE_TEXT];

	out->report->class = OBSERVED;
	if (!r && dist->is_known && known_release_after(dist->id, dist->version_id))
		return say(out, NOT_MET, dist->at, "security support of %.*s %.*s ended long ago",
			SPAN_ARG(dist->id), SPAN_ARG(dist->version_id));
	if (!r)
		return say(out, NOT_ASSESSED, place_image(),
			"the distribution or its end of support is unknown");
	if (r->end != KNOWN_ROLLING && d->policy->now >= ((int64_t)r->end + 1) * DAY_SECONDS)
		return say(out, NOT_MET, dist->at, "security support of %.*s %.*s ended on %s",
			SPAN_ARG(dist->id), SPAN_ARG(dist->version_id),
			date_format_day(r->end, day));
	remark(out, dist->at, r->source, "%.*s %.*s still has security support", SPAN_ARG(dist->id),
		SPAN_ARG(dist->version_id));
	if (d->image->unowned_executables)
		return say(out, NOT_ASSESSED, place_image(),
			"the distribution is supported, but %zu programs belong to no package",
			d->image->unowned_executables);
	return say(out, MET, place_image(), "all programs come from a supported distribution");
}

#define TS_33117 "3GPP TS 33.117 V16.8.0"

const struct requirement requirements_3gpp_nf[] = {
	{ "TR 33.848 secrets in images",
		"S3 contribution to 3GPP TR 33.848 V0.8.0, new key issue (clause 5.x)",
		"VNF images hold no embedded secrets such as passwords or credentials, nor other "
		"critical configuration data",
		INPUT_SECRETS | INPUT_CONFIG | INPUT_FILES, true, NULL, embedded },
	{ "TS 33.117 4.2.3.2", TS_33117,
		"Data in storage is protected: no password in clear text or with a weak hash "
		"(clause not checked)",
		INPUT_SECRETS | INPUT_CONFIG | INPUT_FILES, true, NULL, storage },
	{ "TS 33.117 4.2.3.3.5", TS_33117, "Software packages are checked for integrity",
		0, false, "prov.signed", NULL },
	{ "TS 33.117 4.2.3.4.2.1", TS_33117,
		"Accounts are protected by at least one authentication attribute",
		INPUT_SECRETS | INPUT_FILES | INPUT_LINUX, true, NULL, protection },
	{ "TS 33.117 4.2.3.4.2.2", TS_33117, "Predefined accounts are deleted or disabled",
		INPUT_SECRETS | INPUT_FILES | INPUT_LINUX, true, NULL, accounts },
	{ "TS 33.117 4.2.3.4.2.3", TS_33117,
		"Predefined or default authentication attributes, keys among them, are deleted or "
		"disabled",
		INPUT_SECRETS | INPUT_CONFIG | INPUT_FILES, true, NULL, predefined },
	{ "TS 33.117 4.3.2 services", TS_33117,
		"No unnecessary or insecure services (clause not checked)",
		INPUT_CONFIG | INPUT_FILES | INPUT_LINUX, false, NULL, services },
	{ "TS 33.117 4.3.2 software", TS_33117, "No unused software (clause not checked)", 0, false,
		"min.tooling min.pm", NULL },
	{ "TS 33.117 4.3.2 components", TS_33117,
		"No components without support (clause not checked)",
		INPUT_FILES | INPUT_PACKAGES | INPUT_OWNERS | INPUT_LINUX, false, NULL, supported },
	{ "TS 33.117 4.3.2 remote login", TS_33117, "No remote login of root (clause not checked)",
		INPUT_FILES | INPUT_LINUX, false, NULL, remote_root },
	{ "TS 33.117 4.3.2.7", TS_33117,
		"File system authorisation privileges are as small as needed",
		INPUT_FILES | INPUT_XATTRS | INPUT_LINUX, false, NULL, privileges },
	{ "TS 33.527 4.2.3.3.5.2", "3GPP TS 33.527 V18.0.1",
		"The integrity of VNF package and VNF image is checked", 0, false, "prov.signed",
		NULL },
};
const size_t requirements_3gpp_nf_n = sizeof(requirements_3gpp_nf) / sizeof(*requirements_3gpp_nf);
