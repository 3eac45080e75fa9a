/* dates.c - dates that say when something was made.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "known/dates.h"

#include "base/date.h"

bool known_date_is_real(int64_t seconds, int64_t now)
{
	if (!date_is_plausible(seconds, now))
		return false;
	for (size_t i = 0; i < known_dates_n; i++)
		if (seconds / DAY_SECONDS == known_dates[i].day)
			return false;
	return true;
}
