/* profile_text.h - profiles that are text: AppArmor's language and SELinux CIL. Inside
 * trust/predicate/.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "trust/predicate/predicate.h"

void profile_read_apparmor(struct span text, struct profile_facts *out);
void profile_read_cil(struct span text, struct profile_facts *out);
