/* user.c - "User is nonroot" (configuration and metadata, level 2).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "criteria/rows.h"
#include "known/names.h"

enum { UID_ORDINARY = 10000 /* from here on a uid rarely exists on the host: a first guess */ };

/* Where a start as root drops its privileges: a line of the entrypoint's scripts, or a word of the
 * command. */
static bool find_drop(
	const struct image_facts *image, struct place *at, struct span *tool, struct span *user)
{
	for (size_t i = 0; i < image->scripts.n; i++) {
		const struct script_fact *s = &image->scripts.p[i];

		if (s->kind != SCRIPT_DROPS || s->entry >= image->files.n)
			continue;
		*at = place_line((int32_t)image->files.p[s->entry].layer,
			image->files.p[s->entry].path, s->line);
		*tool = s->name;
		*user = s->detail;
		return true;
	}
	const struct command *c = main_command(image);
	struct span rest = c ? c->text : SPAN(""), word;

	while (span_split(&rest, ' ', &word)) {
		if (!(known_roles(span_base(word)) & ROLE_DROPPER))
			continue;
		*at = c->at;
		*tool = span_base(word);
		*user = SPAN("");
		(void)span_split(&rest, ' ', user);
		return true;
	}
	return false;
}

static void remarks(const struct user *u, struct verdict_out *out)
{
	struct place at = place_config("/config/User");

	if (!u->is_numeric)
		remark(out, at, u->text, "is a name; Kubernetes' runAsNonRoot needs a number");
	if (u->has_gid && u->gid == 0)
		remark(out, at, u->text, "is in group 0");
	if (u->uid < UID_ORDINARY)
		remark(out, at, u->text, "uid %u may exist on the host; 10000 and above rarely do",
			u->uid);
}

static enum verdict judge_root(const struct dossier *d, struct verdict_out *out)
{
	const struct user *u = &d->image->user;
	struct place at = u->is_empty ? place_config("/config/User") : u->at, drop;
	struct span tool, user;
	bool drops = find_drop(d->image, &drop, &tool, &user);

	if (d->policy->base_image && d->policy->profile != PROFILE_STRICT) {
		out->report->class = ASSERTED;
		return say(out, MET, at, "runs as root; accepted for a base image by --base-image");
	}
	if (drops)
		remark(out, drop, tool, "drops to %.*s",
			SPAN_ARG(user.len ? user : SPAN("another user")));
	if (drops && d->policy->accept_privilege_drop && d->policy->profile != PROFILE_STRICT) {
		out->report->class = DECLARED;
		return say(out, MET, drop,
			"starts as root and drops privileges with %.*s, accepted by "
			"--accept-privilege-drop",
			SPAN_ARG(tool));
	}
	if (drops && d->policy->profile != PROFILE_STRICT)
		remedy_one(out, REMEDY_ACCEPT, "--accept-privilege-drop",
			arena_printf(out->arena,
				"after a look at it: %.*s drops to %.*s, and needs root for that",
				SPAN_ARG(tool), SPAN_ARG(user.len ? user : SPAN("another user"))));
	else
		remedy_one(out, REMEDY_USER, "65532:65532",
			drops ? "and start the program without the drop of privileges" : NULL);
	if (u->is_empty)
		return say(out, NOT_MET, at, "no user in the config: runs as root%s",
			drops ? ", though the entrypoint drops privileges" : "");
	return say(out, NOT_MET, at, "'%.*s' is root%s", SPAN_ARG(u->text),
		drops ? ", though the entrypoint drops privileges" : "");
}

static enum verdict judge(const struct dossier *d, struct verdict_out *out)
{
	const struct user *u = &d->image->user;

	if (u->is_empty || (u->is_known && u->uid == 0))
		return judge_root(d, out);
	if (!u->is_known) {
		remedy_one(out, REMEDY_USER, "65532:65532", NULL);
		return say(out, NOT_ASSESSED, place_config("/config/User"),
			"%s '%.*s' is not in %s: a runtime would refuse to start it",
			u->lacks_group ? "the group of" : "user", SPAN_ARG(u->text),
			u->lacks_group ? "group" : "passwd");
	}
	remarks(u, out);
	return say(out, MET, u->at.kind ? u->at : place_config("/config/User"), "runs as uid %u",
		u->uid);
}

const struct criterion conf_user = {
	.id = "conf.user",
	.title = "User is nonroot",
	.vector = CONFIGURATION,
	.level = 2,
	.rule = "The config's User, looked up in the image's passwd as a runtime does, has a uid "
		"other than 0. Without a User it is root. --base-image and --accept-privilege-drop "
		"add what an image cannot show.",
	.remedy = REMEDY_USER,
	.fix = "USER 65532:65532",
	.effort = 1,
	.needs = INPUT_CONFIG | INPUT_FILES | INPUT_LINUX,
	.settled_by = "a numeric USER, or the name in passwd",
	.judge = judge,
};
