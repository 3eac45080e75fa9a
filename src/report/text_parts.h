/* text_parts.h - the sections of the text report. Inside report/ only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "report/page.h"

/* All rows, a line or more each; what the reason said is not said again. */
void text_evidence(struct page *p, const evidences *list, struct span reason);
/* The table of the 23 criteria. */
void text_criteria(struct page *p, const struct report *r);
void text_steps(struct page *p, const struct report *r);
/* For `grade`: the first of what decides, a line each; nothing when nothing does. */
void text_secrets(struct page *p, const struct report *r);
/* Of `secrets`: all of it, and the same in one line. */
void text_secrets_page(struct page *p, const struct report *r);
void text_secrets_line(struct page *p, const struct report *r);
/* For `grade`: the worst, and where they come from; nothing without a database. */
void text_vulns(struct page *p, const struct report *r);
/* Of `vulns`: all of it, and the same in one line. */
void text_vulns_page(struct page *p, const struct report *r);
void text_vulns_line(struct page *p, const struct report *r);
void text_requirements(struct page *p, const struct report *r);
