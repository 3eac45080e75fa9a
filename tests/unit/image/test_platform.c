/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "image/image.h"

/* Platforms of an index, "" for an entry without one. */
static void choices(struct arena *a, const char *const *list, struct image_choices *out)
{
	for (; *list; list++) {
		struct image_choice *c = vec_push(&out->list, a);

		c->platform = image_parse_platform(*list);
		c->descriptor.has_platform = **list != 0;
		c->descriptor.locator = out->list.n;
	}
}

static void picks(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *const list[5];
		const char *asked;
		size_t want;
		int code;
	} cases[] = {
		{ "exact", { "linux/arm64", "linux/amd64" }, "linux/amd64", 2, 0 },
		{ "uname's word", { "linux/arm64", "linux/amd64" }, "linux/x86_64", 2, 0 },
		{ "arm64 is v8", { "linux/arm64/v8" }, "linux/arm64", 1, 0 },
		{ "v8 is arm64", { "linux/amd64", "linux/arm64" }, "linux/arm64/v8", 2, 0 },
		{ "arm is v7", { "linux/arm/v6", "linux/arm/v7" }, "linux/arm", 2, 0 },
		{ "lower variant where none was asked", { "linux/arm/v5", "linux/arm/v6" },
			"linux/arm", 2, 0 },
		{ "written variant is exact", { "linux/arm/v6" }, "linux/arm/v7", 0,
			SCOV_E_NOT_FOUND },
		{ "no higher variant", { "linux/arm/v8", "linux/amd64" }, "linux/arm", 0,
			SCOV_E_NOT_FOUND },
		{ "amd64/v1 is amd64", { "linux/amd64/v1" }, "linux/amd64", 1, 0 },
		{ "amd64/v3 is not amd64", { "linux/amd64/v3" }, "linux/amd64", 0,
			SCOV_E_NOT_FOUND },
		{ "another system", { "windows/amd64" }, "linux/amd64", 0, SCOV_E_NOT_FOUND },
		{ "first of equals", { "windows/amd64", "windows/amd64" }, "windows/amd64", 1, 0 },
		{ "the only one", { "plan9/mips" }, NULL, 1, 0 },
		{ "the only one is not what was asked", { "plan9/mips" }, "linux/amd64", 0,
			SCOV_E_NOT_FOUND },
		{ "one without a platform", { "" }, "linux/amd64", 1, 0 },
		{ "two, none for us", { "plan9/mips", "plan9/386" }, NULL, 0, SCOV_E_NOT_FOUND },
		{ "none", { NULL }, NULL, 0, SCOV_E_NOT_FOUND },
		{ "no architecture", { "linux/amd64" }, "linux", 0, SCOV_E_USAGE },
		{ "empty", { "linux/amd64" }, "", 0, SCOV_E_USAGE },
		{ "empty system", { "linux/amd64" }, "/amd64", 0, SCOV_E_USAGE },
		{ "four parts", { "linux/amd64" }, "linux/arm/v7/x", 0, SCOV_E_USAGE },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_arena struct arena a = { 0 };
		struct image_choices c = { 0 };
		const struct image_choice *got = NULL;
		struct scov_err err;

		choices(&a, cases[i].list, &c);
		check(cases[i].name, image_pick(&c, cases[i].asked, &got, &err) == cases[i].code);
		check(cases[i].name, (got ? got->descriptor.locator : 0) == cases[i].want);
	}
}

static void the_error_lists_what_there_is(void **state)
{
	(void)state;
	scoped_arena struct arena a = { 0 };
	struct image_choices c = { 0 };
	const struct image_choice *got;
	struct scov_err err;

	choices(&a, (const char *const[]){ "linux/amd64", "linux/arm/v7", NULL }, &c);
	assert_int_equal(SCOV_E_NOT_FOUND, image_pick(&c, "linux/s390x", &got, &err));
	assert_string_equal(
		err.text, "no image for linux/s390x; available: linux/amd64, linux/arm/v7");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(picks),
		cmocka_unit_test(the_error_lists_what_there_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
