/* dockerfile.h - what was found in a Dockerfile alone, as text and as JSON.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "recipe/recipe.h"
#include "report/report.h"

void dockerfile_text(const struct recipe *r, const struct write_options *o, struct buf *out);
void dockerfile_json(const struct recipe *r, struct buf *out);
