/* points.c - points, grades, levels and ceilings.
 *
 * One point for each criterion that is met, over all of the vector. Not assessed gives no point;
 * the ceiling counts it as one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "grade/parts.h"

enum grade grade_of(unsigned points, unsigned total)
{
	static const struct {
		unsigned percent;
		enum grade grade;
	} rows[] = {
		{ 100, GRADE_A_PLUS },
		{ 75, GRADE_A },
		{ 50, GRADE_B },
		{ 40, GRADE_C },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (total && points * 100 >= rows[i].percent * total)
			return rows[i].grade;
	return GRADE_D;
}

bool grade_in_vector(const struct criterion *c, int vector)
{
	return vector == VECTORS || c->vector == vector;
}

/* The highest level at which the vector has a criterion and all its criteria up to there are met.
 */
static void grade_level(uint32_t met, int vector, struct grade_report *out)
{
	bool whole = true;

	for (uint8_t level = 1; level <= 5; level++) {
		bool has = false;

		for (size_t i = 0; i < CRITERIA; i++) {
			if (!grade_in_vector(criteria[i], vector) || criteria[i]->level != level)
				continue;
			has = true;
			whole = whole && (met >> i & 1);
		}
		if (has)
			out->level_of = level;
		if (has && whole)
			out->level = level;
	}
}

void grade_points(uint32_t met, uint32_t assessed, int vector, struct grade_report *out)
{
	unsigned open = 0;

	*out = (struct grade_report){ 0 };
	for (size_t i = 0; i < CRITERIA; i++) {
		if (!grade_in_vector(criteria[i], vector))
			continue;
		out->total++;
		out->met += met >> i & 1;
		out->assessed += assessed >> i & 1;
		open += !(assessed >> i & 1) && !(met >> i & 1);
	}
	out->grade = (uint8_t)grade_of(out->met, out->total);
	out->ceiling = (uint8_t)grade_of(out->met + open, out->total);
	grade_level(met, vector, out);
}
