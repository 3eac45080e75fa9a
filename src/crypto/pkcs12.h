/* pkcs12.h - does a password open a PKCS#12 store?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/span.h"

/* Checks the store's MAC alone; the caller has bounded its rounds (RFC 7292, appendix B). */
bool pkcs12_opens(struct span der, const char *password);
/* Makes the library load what it opens lazily; call before a worker's filter. */
void pkcs12_warm(void);
