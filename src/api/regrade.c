/* regrade.c - a stored report judged again with today's advisories, without its image.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "api/api.h"

#include <fcntl.h>

#include "base/err.h"
#include "base/fd.h"
#include "grade/grade.h"
#include "report/read.h"

static int read_report(struct scov_report *r, const char *path, struct scov_err *err)
{
	struct span text;

	if (fd_load(AT_FDCWD, path, REPORT_SIZE_MAX, &r->arena, &text, err))
		return err->code;
	return report_read(text, &r->report.arena, &r->facts, &r->report, err);
}

/* As the image was judged then, unless the caller says otherwise. */
static int read_policy(struct scov_report *r, struct scov_context *c,
	const struct scov_policy *given, const struct call *call, struct scov_err *err)
{
	int code = api_policy(c, given, call, &r->grading.policy, err);

	if (!code && !(given && given->profile))
		code = policy_profile(&r->grading.policy, r->report.profile, err);
	return code;
}

int scov_regrade(struct scov_context *c, const char *path, const struct scov_policy *policy,
	const struct scov_call *given, struct scov_report **out, struct scov_err *err)
{
	struct scov_report *r = mem_alloc(sizeof(*r));
	struct dossier d = { 0 };
	struct watch watch = { 0 };
	struct api_call call;
	struct scov_err mine;

	if (!err)
		err = &mine;
	if (!r)
		return err_memory(err);
	policy_init(&r->grading.policy);
	int code = api_call(c, given, &call, err);

	watch.call = &call.call;
	r->facts.watch = &watch;
	if (!code)
		code = read_report(r, path, err);

	if (!code)
		code = read_policy(r, c, policy, &call.call, err);
	if (!code)
		code = api_match(
			r, c, (struct span){ 0 }, &d.missing[input_number(INPUT_ADVISORIES)], err);
	if (!code) {
		d.image = &r->facts;
		d.policy = &r->grading.policy;
		d.matches = r->grading.has_matches ? &r->matches : NULL;
		code = grade_again(&d, &r->report, err);
	}
	r->facts.watch = NULL;
	if (code) {
		scov_report_free(r);
		return code;
	}
	*out = r;
	return 0;
}
