/* test_pin_version.c - packages of a Dockerfile get the versions that the image has, and nothing
 * else changes: rows, and all Dockerfiles of tests/cases/recipe.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "facts/image.h"
#include "facts/package.h"
#include "recipe/pin/pin.h"
#include "tests/unit/unit.h"

#define F "FROM x\n"

static const struct package_fact facts[] = {
	{ .type = PACKAGE_DEB,
		.name = SPAN_INIT("curl"),
		.version = SPAN_INIT("8.14.1-2+deb13u1") },
	{ .type = PACKAGE_DEB, .name = SPAN_INIT("git"), .version = SPAN_INIT("1:2.47.3~rc1-0") },
	{ .type = PACKAGE_DEB,
		.name = SPAN_INIT("libc6"),
		.version = SPAN_INIT("2.41-1"),
		.arch = SPAN_INIT("amd64") },
	{ .type = PACKAGE_DEB,
		.name = SPAN_INIT("libc6"),
		.version = SPAN_INIT("2.41-2"),
		.arch = SPAN_INIT("i386") },
	{ .type = PACKAGE_DEB,
		.name = SPAN_INIT("mawk"),
		.version = SPAN_INIT("1.3"),
		.provides = SPAN_INIT("x, awk (= 1)") },
	{ .type = PACKAGE_DEB, .name = SPAN_INIT("odd"), .version = SPAN_INIT("1:~2$(x)") },
	{ .type = PACKAGE_APK, .name = SPAN_INIT("jq"), .version = SPAN_INIT("1.7.1-r0") },
	{ .type = PACKAGE_RPM,
		.name = SPAN_INIT("bind"),
		.version = SPAN_INIT("32:9.16~b^1-3.el9") },
	{ .type = PACKAGE_PYTHON,
		.name = SPAN_INIT("Flask-Login"),
		.version = SPAN_INIT("0.6+cpu") },
	{ .type = PACKAGE_NPM, .name = SPAN_INIT("@a/b"), .version = SPAN_INIT("1.2.3") },
	{ .type = PACKAGE_NPM, .name = SPAN_INIT("two"), .version = SPAN_INIT("1.0.0") },
	{ .type = PACKAGE_NPM, .name = SPAN_INIT("two"), .version = SPAN_INIT("2.0.0") },
	{ .type = PACKAGE_NPM, .name = SPAN_INIT("x$"), .version = SPAN_INIT("1.2.3") },
	{ .type = PACKAGE_GEM, .name = SPAN_INIT("rake"), .version = SPAN_INIT("13.2.1") },
	{ .type = PACKAGE_GO,
		.name = SPAN_INIT("e.com/m"),
		.version = SPAN_INIT("v1.2.3"),
		.is_main = true },
	{ .type = PACKAGE_GO, .name = SPAN_INIT("e.com/dep"), .version = SPAN_INIT("v1.0.0") },
	{ .type = PACKAGE_CARGO,
		.name = SPAN_INIT("rg"),
		.version = SPAN_INIT("14.1.0"),
		.is_main = true },
};

/* want: the file after it; NULL: as it is. left: words of the reason of the last place that is
 * left; NULL: none is. */
static const struct {
	const char *name, *text, *want, *left;
} rows[] = {
	{ "dpkg", F "RUN apt-get install -y curl git\n",
		F "RUN apt-get install -y curl=8.14.1-2+deb13u1 git=1:2.47.3~rc1-0\n", NULL },
	{ "quotes, continuations, no blank before &&",
		F "RUN apt install 'curl' \\\n # c\n \"git\"&& x\n",
		F "RUN apt install 'curl=8.14.1-2+deb13u1' \\\n # c\n \"git=1:2.47.3~rc1-0\"&& x\n",
		NULL },
	{ "a heredoc", F "RUN <<E\napt-get install curl\nE\n",
		F "RUN <<E\napt-get install curl=8.14.1-2+deb13u1\nE\n", NULL },
	{ "pinned", F "RUN apt-get install curl=1.2-3\n", NULL, NULL },
	{ "a name that becomes a parameter of the shell", F "RUN npm install -g x$ @a/b\n", NULL,
		"would not say the same" },
	{ "apk", F "RUN apk add --virtual .b jq\n", F "RUN apk add --virtual .b jq=1.7.1-r0\n",
		NULL },
	{ "dnf takes no epoch", F "RUN dnf install -y bind\n",
		F "RUN dnf install -y bind-9.16~b^1-3.el9\n", NULL },
	{ "zypper takes it", F "RUN zypper in bind\n", F "RUN zypper in bind=32:9.16~b^1-3.el9\n",
		NULL },
	{ "pip, by another spelling, with an extra", F "RUN pip install 'flask_login[x]'\n",
		F "RUN pip install 'flask_login[x]==0.6+cpu'\n", NULL },
	{ "npm", F "RUN npm i -g @a/b\n", F "RUN npm i -g @a/b@1.2.3\n", NULL },
	{ "npm, the newest", F "RUN npm i -g @a/b@latest\n", F "RUN npm i -g @a/b@1.2.3\n", NULL },
	{ "gem", F "RUN gem install rake\n", F "RUN gem install rake:13.2.1\n", NULL },
	{ "go, a program of a module", F "RUN go install e.com/m/cmd/x@latest\n",
		F "RUN go install e.com/m/cmd/x@v1.2.3\n", NULL },
	{ "go, a module that is only needed", F "RUN go install e.com/dep@latest\n", NULL,
		"no package of this name" },
	{ "cargo", F "RUN cargo install --locked rg\n", F "RUN cargo install --locked rg@14.1.0\n",
		NULL },
	{ "cargo without --locked", F "RUN cargo install rg\n", NULL,
		"rg@14.1.0 would not be pinned either: without --locked" },
	{ "an architecture", F "RUN apt-get install libc6:i386\n",
		F "RUN apt-get install libc6:i386=2.41-2\n", NULL },
	{ "several versions", F "RUN npm i two\n", NULL, "several versions: 1.0.0 and 2.0.0" },
	{ "a virtual package", F "RUN apt-get install awk\n", NULL, "mawk provides it" },
	{ "not there", F "RUN apt-get install vim\n", NULL, "no package of this name" },
	{ "a group", F "RUN dnf install @core\n", NULL, "no package of this name" },
	{ "a range", F "RUN pip install 'flask-login>=0.5'\n", NULL, "the image has 0.6+cpu" },
	{ "a release", F "RUN apt-get install curl/sid\n", NULL, "the image has 8.14.1-2+deb13u1" },
	{ "signs of a shell in the version", F "RUN apt-get install odd\n", NULL,
		"a shell may read" },
	{ "an ARG", F "ARG P=curl\nRUN apt-get install $P\n", NULL, "write curl=8.14.1-2+deb13u1" },
	{ "a piece of it is one", F "ARG P=ur\nRUN apt-get install c${P}l\n", NULL,
		"one plain word" },
	{ "a value that is not known", F "ARG P\nRUN apt-get install $P\n", NULL, "not known" },
	{ "JSON", F "RUN [\"apt-get\", \"install\", \"curl\"]\n", NULL, "one plain word" },
	{ "a command in a word", F "RUN sh -c 'apt-get install curl'\n", NULL, "one plain word" },
	{ "in two pieces", F "RUN apt-get install cu\\\nrl\n", NULL, "one plain word" },
	{ "another stage", F "RUN apt-get install curl\nFROM y\n", NULL,
		"its stage is not in the image" },
	{ "the stage below", "FROM x AS a\nRUN apt-get install git\nFROM a\nRUN apt-get upgrade\n",
		"FROM x AS a\nRUN apt-get install git=1:2.47.3~rc1-0\nFROM a\nRUN apt-get "
		"upgrade\n",
		"the newest" },
	{ "one word that is run twice", F "RUN for i in 1 2; do apt-get install git; done\n",
		F "RUN for i in 1 2; do apt-get install git=1:2.47.3~rc1-0; done\n", NULL },
	{ "bundle add", F "RUN bundle add rake\n", NULL, "takes it as --version" },
	{ "a file of packages", F "RUN pip install -r r.txt\n", NULL, "is not given" },
};

static void make_image(
	struct image_facts *image, const struct package_fact *list, size_t n, struct arena *a)
{
	*image = (struct image_facts){ 0 };
	for (size_t i = 0; i < n; i++) {
		vec_add(&image->packages, a, &((struct image_package){ .fact = &list[i] }));
		image->system_packages += package_is_system(list[i].type);
	}
}

static void pinned(struct span text, const struct image_facts *image, const struct recipe *history,
	struct arena *a, pin_spots *spots, struct buf *got)
{
	struct pin_build b = { .image = image, .history = history, .input = { .text = text } };
	struct scov_err err = { 0 };
	pin_edits edits = { 0 };

	assert_int_equal(pin_find_packages(&b, a, spots, &err), 0);
	for (size_t i = 0; i < spots->n; i++)
		if (!spots->p[i].left)
			pin_write(&spots->p[i], SPAN(""), a, &edits);
	pin_sort(&edits);
	pin_apply(text, &edits, got);
}

static void places(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scoped_arena struct arena a = { .limit = 16 << 20 };
		scoped_buf struct buf got = { 0 };
		struct recipe_input in = { .text = span_str(rows[i].text) };
		const char *left = NULL;
		struct image_facts image;
		pin_spots spots = { 0 };
		struct recipe history;

		make_image(&image, facts, sizeof(facts) / sizeof(*facts), &a);
		assert_int_equal(recipe_read(&in, &a, &history, NULL), 0);
		pinned(in.text, &image, &history, &a, &spots, &got);
		check_span(rows[i].name, buf_view(&got),
			span_str(rows[i].want ? rows[i].want : rows[i].text));
		for (size_t k = 0; k < spots.n; k++)
			left = spots.p[k].left ? spots.p[k].left : left;
		if (!left != !rows[i].left || (left && !strstr(left, rows[i].left)))
			fail_msg("%s: left: %s", rows[i].name, left ? left : "nothing");
	}
}

static void another_image(void **state)
{
	(void)state;
	scoped_arena struct arena a = { .limit = 16 << 20 };
	scoped_buf struct buf got = { 0 };
	struct span line = SPAN("/bin/sh -c apt-get install curl"),
		    text = SPAN(F "RUN apt-get install curl git\n");
	struct image_facts image;
	struct recipe history;
	pin_spots spots = { 0 };

	make_image(&image, facts, sizeof(facts) / sizeof(*facts), &a);
	assert_int_equal(recipe_read_history(&line, 1, &a, &history, NULL), 0);
	pinned(text, &image, &history, &a, &spots, &got);
	check_span("what the history shows alone", buf_view(&got),
		SPAN(F "RUN apt-get install curl=8.14.1-2+deb13u1 git\n"));
	assert_non_null(strstr(spots.p[1].left, "history of the image does not show"));
}

/* ---- all Dockerfiles ------------------------------------------------------------------------- */

static struct span version_for(struct span type)
{
	return span_eq(type, SPAN("deb"))      ? SPAN("1:2.3~rc1+b2-4")
	       : span_eq(type, SPAN("apk"))    ? SPAN("1.2.3_p1-r0")
	       : span_eq(type, SPAN("rpm"))    ? SPAN("2:1.2~a^b-4.el9")
	       : span_eq(type, SPAN("pypi"))   ? SPAN("1.2.3+cpu")
	       : span_eq(type, SPAN("golang")) ? SPAN("v1.2.3")
					       : SPAN("1.2.3");
}

static size_t check_file(const char *name, struct span text)
{
	scoped_arena struct arena a = { .limit = 64 << 20 };
	scoped_buf struct buf got = { 0 };
	VEC(struct package_fact) list = { 0 };
	struct recipe_input in = { .text = text };
	struct image_facts image;
	struct recipe was, now;
	pin_spots spots = { 0 };
	size_t changed = 0, at = 0;

	if (recipe_read(&in, &a, &was, NULL))
		return 0;
	for (size_t i = 0; i < was.findings.n; i++) {
		const struct recipe_finding *f = &was.findings.p[i];

		for (unsigned type = 1; f->name.len && type < PACKAGE_TYPES; type++)
			if (span_eq(f->type, span_str(package_row(type)->purl)))
				vec_add(&list, &a,
					&((struct package_fact){ .type = (uint8_t)type,
						.name = f->name,
						.version = version_for(f->type),
						.is_main = true }));
	}
	make_image(&image, list.p, list.n, &a);
	pinned(text, &image, &was, &a, &spots, &got);
	in.text = buf_view(&got);
	assert_int_equal(recipe_read(&in, &a, &now, NULL), 0);
	check(name, now.findings.n == was.findings.n);
	for (size_t i = 0; i < was.findings.n; i++) {
		const struct recipe_finding *x = &was.findings.p[i], *y = &now.findings.p[i];
		bool is_same = span_eq(x->what, y->what);

		check(name, x->line == y->line && x->kind == y->kind);
		check(name, is_same ? x->state == y->state : y->state == RECIPE_FIXED);
		size_t kept = span_find_span(x->what, SPAN("@latest"));

		check(name, span_starts(y->what, span_sub(x->what, 0, kept)));
		changed += !is_same;
	}
	/* without what was added it is the file again */
	for (size_t i = 0; i < spots.n; i++) {
		const struct pin_spot *s = &spots.p[i];

		if (s->left)
			continue;
		struct span kept = span_sub(text, at, s->from - at);

		check(name, span_starts(in.text, kept));
		in.text = span_from(in.text, kept.len);
		check(name, span_starts(in.text, s->version));
		in.text = span_from(in.text, s->version.len);
		at = s->to;
	}
	check_span(name, in.text, span_from(text, at));
	return changed;
}

/* What pins images sees those that the judge sees, and calls the same ones pinned. */
static size_t check_images(const char *name, struct span text)
{
	scoped_arena struct arena a = { .limit = 64 << 20 };
	struct recipe_input in = { .text = text };
	pin_spots spots = { 0 };
	struct recipe r;
	size_t n = 0;

	if (recipe_read(&in, &a, &r, NULL))
		return 0;
	assert_int_equal(pin_find(text, "Dockerfile", &a, &spots, NULL), 0);
	for (size_t i = 0; i < r.findings.n; i++) {
		const struct recipe_finding *f = &r.findings.p[i];

		if (f->kind != RECIPE_IMAGE)
			continue;
		check(name, n < spots.n);
		check(name, (spots.p[n].digest.len > 0) == (f->state == RECIPE_FIXED));
		n++;
	}
	check(name, n == spots.n);
	return n;
}

static void all_files(void **state)
{
	(void)state;
	static const char here[] = __FILE__, other[] = "cases/recipe/dockerfiles.txt";
	static char text[1 << 18], path[512];
	size_t files = 0, changed = 0, images = 0;

	snprintf(path, sizeof(path), "%.*s%s",
		(int)(sizeof(here) - sizeof("unit/recipe/test_pin_version.c")), here, other);
	FILE *f = fopen(path, "r");

	if (!f)
		fail_msg("%s: not there", path);
	struct span rest = span_of(text, fread(text, 1, sizeof(text), f));

	fclose(f);
	while ((rest = span_from(rest, span_find_span(rest, SPAN("\n=== ")) + 5)).len) {
		char name[128];
		struct span one = span_sub(rest, 0, span_find_span(rest, SPAN("\n=== ")));

		snprintf(name, sizeof(name), "%.*s", (int)span_find(one, '\n'), one.p);
		one = span_from(one, span_find_span(one, SPAN("\n---\n")) + 5);
		images += check_images(name, one);
		changed += check_file(name, one);
		files++;
	}
	assert_true(files >= 76);
	assert_true(images >= 76);
	check("packages that got a version", changed >= 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places),
		cmocka_unit_test(another_image),
		cmocka_unit_test(all_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
