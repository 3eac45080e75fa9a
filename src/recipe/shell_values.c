/* shell_values.c - the variables of a walk through commands.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "recipe/shell_run.h"

void shell_set_data(struct shell_run *r, struct span name, const struct shell_data *v)
{
	struct shell_variable one = { name, *v, false };

	if (r->variables.n >= SHELL_VARIABLES_MAX)
		r->is_cut = true;
	else
		vec_add(&r->variables, r->a, &one);
}

void shell_set(struct shell_run *r, struct span name, struct span value, bool is_unknown)
{
	shell_set_data(r, name, &(struct shell_data){ .text = value, .is_unknown = is_unknown });
}

const struct shell_data *shell_get(const struct shell_run *r, struct span name)
{
	for (size_t i = r->variables.n; i--;)
		if (span_eq(r->variables.p[i].name, name))
			return r->variables.p[i].is_unset ? NULL : &r->variables.p[i].value;
	return NULL;
}
