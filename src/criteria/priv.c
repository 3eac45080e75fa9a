/* priv.c - "No files with elevated privileges" (configuration and metadata, level 2).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "base/buf.h"
#include "criteria/rows.h"
#include "known/tables.h"

enum {
	SETUID = 04000,
	SETGID = 02000,
	STICKY = 01000,
	OTHERS_WRITE = 0002,
	CAP_NET_BIND_SERVICE = 10,
	REMARKS_MAX = 20
};

static void put_caps(struct buf *b, uint64_t set)
{
	const char *sep = "";

	for (unsigned i = 0; i < 64; i++) {
		if (!(set >> i & 1))
			continue;
		if (i < known_caps_n)
			buf_printf(b, "%scap_%s", sep, known_caps[i].name);
		else
			buf_printf(b, "%scap_%u", sep, i);
		sep = ",";
	}
}

static bool is_regular(const struct file *f)
{
	return f->body && f->body->type == ENTRY_FILE &&
	       (f->entry->type == ENTRY_FILE || f->entry->type == ENTRY_HARDLINK);
}

/* What Entrypoint and Cmd start, and nothing but the right to bind low ports. */
static bool is_allowed(const struct image_facts *image, const struct file *f, uint64_t set)
{
	const struct command *c = main_command(image);

	return !(set & ~((uint64_t)1 << CAP_NET_BIND_SERVICE)) && c && c->program &&
	       c->program->body == f->body;
}

/* True: it counts. */
static bool judge_capability(struct findings *l, const struct file *f)
{
	scoped_buf struct buf b = { .limit = 2048 };
	uint64_t set = f->capability->permitted | f->capability->inheritable;

	if (f->capability->malformed)
		return finding(l, f, "a malformed capability attribute");
	if (!set)
		return false;
	put_caps(&b, set);
	buf_byte(&b, 0);
	if (!is_allowed(l->dossier->image, f, set))
		return finding(l, f, "carries %s", b.failed ? "many capabilities" : b.p);
	evidence_file(l->out, REMARK, f, "the entrypoint, with cap_net_bind_service only: allowed");
	return false;
}

static void remarks(const struct image_facts *image, struct verdict_out *out, bool strict)
{
	size_t setgid = 0, writable = 0, gone = 0;
	bool xattrs = !image->layers_n;
	char why[64];

	for (const struct file *f = NULL; (f = file_next(image, f));) {
		bool folder = f->entry->type == ENTRY_DIR;

		if (!strict && is_regular(f) && f->mode & SETGID && ++setgid <= REMARKS_MAX)
			evidence_file(out, REMARK, f, "setgid; counts with --profile strict");
		writable += (is_regular(f) || folder) && f->body && f->mode & OTHERS_WRITE &&
			    !(folder && f->mode & STICKY);
	}
	for (size_t i = 0; i < image->buried.n; i++) {
		const struct file *f = &image->buried.p[i];

		if (!is_regular(f) || !(f->mode & SETUID) || ++gone > REMARKS_MAX)
			continue;
		(void)snprintf(why, sizeof(why),
			"setuid in a lower layer, removed or replaced in layer %u", f->gone_in);
		evidence_file(out, REMARK, f, why);
	}
	remark_rest(out, "setgid files", setgid, REMARKS_MAX);
	remark_rest(out, "setuid files in lower layers", gone, REMARKS_MAX);
	if (writable)
		remark_count(out, place_image(), "world-writable", writable,
			"files and folders, not counting sticky folders");
	for (size_t i = 0; i < image->layers_n; i++)
		xattrs = xattrs || !image->parts[i] || image->parts[i]->has_xattrs;
	if (!xattrs)
		remark(out, place_image(), SPAN("extended attributes"),
			"no layer has any, so no file can have a capability");
}

static enum verdict judge(const struct dossier *d, struct verdict_out *out)
{
	struct findings l = { .out = out, .dossier = d, .id = "conf.priv" };
	const struct image_facts *image = d->image;
	bool strict = d->policy->profile == PROFILE_STRICT;
	struct remedy chmod = { .action = REMEDY_CHMOD,
		.value = strict ? SPAN("ug-s") : SPAN("u-s") },
		      uncap = { .action = REMEDY_UNCAP };

	for (const struct file *f = NULL; (f = file_next(image, f));) {
		if (!is_regular(f))
			continue;
		if (f->mode & SETUID || (strict && f->mode & SETGID)) {
			if (finding(&l, f, "%s, owned by uid %u, mode %04o",
				    f->mode & SETUID ? "setuid" : "setgid", f->body->uid, f->mode))
				remedy_for(out, &chmod, f->path);
		} else if (f->capability && judge_capability(&l, f)) {
			remedy_for(out, &uncap, f->path);
		}
	}
	if (chmod.subjects.n)
		remedy_add(out, chmod);
	if (uncap.subjects.n)
		remedy_add(out, uncap);
	remarks(image, out, strict);
	return findings_verdict(
		&l, "elevated privileges", "no file is setuid or has a capability that counts");
}

const struct criterion conf_priv = {
	.id = "conf.priv",
	.title = "No files with elevated privileges",
	.vector = CONFIGURATION,
	.level = 2,
	.rule = "No regular file of the final file system is setuid or has a file capability. "
		"Allowed: cap_net_bind_service alone on the program that Entrypoint and Cmd start, "
		"and what the ignore file lists with a reason. setgid counts with --profile "
		"strict.",
	.remedy = REMEDY_CHMOD,
	.fix = "RUN chmod u-s FILE, or setcap -r FILE",
	.effort = 1,
	.needs = INPUT_FILES | INPUT_XATTRS | INPUT_LINUX,
	.can_ignore = true,
	.judge = judge,
};
