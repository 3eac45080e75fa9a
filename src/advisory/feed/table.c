/* table.c - the formats of feeds.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/feed/feed.h"

/* In the order in which they are asked: one that asks for less comes later. */
const struct feed_format *const advisory_feeds[] = {
	&feed_compact,
	&feed_kev,
	&feed_epss,
	&feed_cve,
	&feed_vulnrichment,
	&feed_retire,
	&feed_rustsec,
	&feed_ruby,
	&feed_php,
	&feed_osv,
	&feed_photon,
	&feed_bodhi,
	&feed_debian,
	&feed_dsa,
	&feed_changelog,
	&feed_secdb,
	&feed_wolfi,
	&feed_csaf,
	&feed_oval,
	&feed_updateinfo,
	NULL,
};
_Static_assert(sizeof(advisory_feeds) / sizeof(*advisory_feeds) <= FEED_FORMATS + 1, "counts");
