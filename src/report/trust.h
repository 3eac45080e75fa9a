/* trust.h - signatures and attestations, shown. Masked before.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "facts/trust.h"
#include "report/page.h"
#include "syntax/json.h"

/* signatures[], attestations[]; t NULL: both empty. distribution: of the image, for package URLs;
 * NULL: none. */
void json_trust(struct json_out *w, const struct trust *t, const struct distribution *distribution);
/* A paragraph each. */
void text_trust(struct page *p, const struct trust *t);
