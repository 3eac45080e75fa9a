/* database.c - one grading's view of the database of advisories.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "api/api.h"

#include <string.h>

#include "advisory/match/match.h"
#include "advisory/update/update.h"
#include "base/err.h"

/* A database that is damaged, or asked for and not there, is an error of the report; without any,
 * the criteria say what would bring one. */
static int no_database(struct scov_report *r, const char *given, int code, struct span *out_why,
	struct scov_err *err)
{
	struct span why = arena_dup(&r->arena, span_str(err->text));
	struct diagnostic d = { DIAG_ERROR, place_image(), why };

	if (code == SCOV_E_MEMORY)
		return code;
	if (code == SCOV_E_NOT_FOUND && !given)
		return 0;
	*out_why = why;
	r->grading.has_matches = false;
	return vec_add(&r->report.diags, &r->arena, &d) ? 0 : err_memory(err);
}

int api_match(struct scov_report *r, struct scov_context *c, struct span reference,
	struct span *out_why, struct scov_err *err)
{
	const struct match_options opt = {
		.policy = &r->grading.policy,
		.vex = r->grading.policy.vex,
		.reference = reference,
		.absent = r->report.absent.p,
		.absent_n = r->report.absent.n,
		.is_sbom = span_eq(r->report.transport, SPAN("sbom")),
	};
	const char *given = c->opt.database;
	char folder[PATH_MAX];

	for (size_t i = 0; i < r->grading.policy.notes.n; i++) {
		struct diagnostic d = { DIAG_WARNING, place_image(), r->grading.policy.notes.p[i] };

		if (!vec_add(&r->report.diags, &r->arena, &d))
			return err_memory(err);
	}
	if (given && !strcmp(given, "none")) {
		*out_why = SPAN("no advisories are used (--db none)");
		return 0;
	}
	int code = api_db_open(c, true, &r->db, folder, err);

	if (!code)
		code = match_image(&r->facts, r->db, &opt, &r->arena, &r->matches, err);
	struct scov_err no_folder;

	if (!code && !given && !api_db_user(c, folder, &no_folder))
		update_note(folder, r->matches.families);
	r->grading.has_matches = !code;
	if (!code || code == SCOV_E_TIMEOUT || code == SCOV_E_CANCELLED)
		return code;
	return no_database(r, given, code, out_why, err);
}
