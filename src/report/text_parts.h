/* text_parts.h - the sections of the text report. Inside report/ only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "report/page.h"

/* All of it when verbose; else the first that decide (of what is not met) and say more than the
 * reason did. Then how many more there are. */
void text_evidence(struct page *p, const evidences *list, bool decided, struct span reason);
/* For `grade`: the first of what decides; nothing when nothing does. */
void text_secrets(struct page *p, const struct report *r);
/* Of `secrets`: all of it, and the same in one line. */
void text_secrets_page(struct page *p, const struct report *r);
void text_secrets_line(struct page *p, const struct report *r);
void text_requirements(struct page *p, const struct report *r);
