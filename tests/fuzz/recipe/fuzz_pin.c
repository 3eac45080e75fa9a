/* fuzz_pin.c - the edits change only what they name, and the pinned file names the same images with
 * the digest; packages that get a version are pinned. The first byte chooses the kind of file.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "recipe/pin/pin.h"

#include "facts/image.h"
#include "facts/package.h"
#include "tests/fuzz/fuzz.h"

static const struct span digest =
	SPAN_INIT("sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
static const struct span commit = SPAN_INIT("0123456789abcdef0123456789abcdef01234567");

static struct span wanted(const struct pin_spot *s)
{
	return s->form == PIN_COMMIT ? commit : digest;
}

/* Every byte outside of the edits, in its order. */
static void check_rest(struct span file, const pin_edits *edits, struct span pinned)
{
	size_t at = 0;

	for (size_t i = 0; i < edits->n; i++) {
		const struct pin_edit *e = &edits->p[i];
		struct span kept = span_sub(file, at, e->from - at);

		must(span_starts(pinned, kept));
		pinned = span_from(pinned, kept.len);
		must(span_starts(pinned, e->text));
		pinned = span_from(pinned, e->text.len);
		at = e->to;
	}
	must(span_eq(span_from(file, at), pinned));
}

static void check_again(const pin_spots *was, const char *path, struct span pinned, struct arena *a)
{
	pin_spots now = { 0 };

	must(pin_find(pinned, path, a, &now, NULL) == 0 && now.n == was->n);
	for (size_t i = 0; i < now.n; i++) {
		const struct pin_spot *x = &was->p[i], *y = &now.p[i];

		must(x->line == y->line);
		if (!x->left && !x->digest.len) {
			must(span_eq_nocase(y->digest, wanted(x)));
			must(x->form == PIN_COMMIT || span_eq(x->image, y->image));
		} else {
			must(span_eq(x->digest, y->digest) && span_eq(x->image, y->image));
		}
	}
}

/* An image that has every package that the file leaves open. */
static void make_image(const struct recipe *r, struct image_facts *image, struct arena *a)
{
	for (size_t i = 0; i < r->findings.n; i++) {
		const struct recipe_finding *f = &r->findings.p[i];
		struct package_fact *p;

		for (uint8_t type = 1; f->name.len && type < PACKAGE_TYPES; type++) {
			if (!span_eq(f->type, span_str(package_row(type)->purl)))
				continue;
			p = arena_alloc(a, sizeof(*p));
			if (p)
				*p = (struct package_fact){ .type = type,
					.name = f->name,
					.version = type == PACKAGE_GO ? SPAN("v1.2.3")
								      : SPAN("1.2.3-4"),
					.is_main = true };
			if (p)
				vec_add(&image->packages, a,
					&((struct image_package){ .fact = p }));
		}
	}
}

static size_t fixed_of(const struct recipe *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->findings.n; i++)
		n += r->findings.p[i].kind == RECIPE_PACKAGE &&
		     r->findings.p[i].state == RECIPE_FIXED;
	return n;
}

static void check_packages(struct span file, struct arena *a)
{
	scoped_buf struct buf pinned = { 0 };
	struct image_facts image = { 0 };
	struct recipe was, now;
	struct pin_build b = { .image = &image, .history = &was, .input = { .text = file } };
	pin_spots spots = { 0 };
	pin_edits edits = { 0 };

	if (recipe_read(&b.input, a, &was, NULL))
		return;
	make_image(&was, &image, a);
	if (pin_find_packages(&b, a, &spots, NULL))
		return;
	for (size_t i = 0; i < spots.n; i++)
		if (!spots.p[i].left)
			pin_write(&spots.p[i], digest, a, &edits);
	must(pin_sort(&edits));
	pin_apply(file, &edits, &pinned);
	check_rest(file, &edits, buf_view(&pinned));
	b.input.text = buf_view(&pinned);
	must(!edits.n || recipe_read(&b.input, a, &now, NULL) == 0);
	must(!edits.n ||
		(now.findings.n == was.findings.n && fixed_of(&now) >= fixed_of(&was) + edits.n));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_arena struct arena a = { .limit = 256 << 20 };
	scoped_buf struct buf pinned = { 0 }, diff = { 0 };
	struct span file = span_from(span_of(data, size), 1);
	const char *path = size && data[0] % 2 ? "Dockerfile" : "x.yaml";
	pin_spots spots = { 0 };
	pin_edits edits = { 0 };

	if (data && size && data[0] % 2)
		check_packages(file, &a);
	if (pin_find(file, path, &a, &spots, NULL))
		return 0;
	for (size_t i = 0; i < spots.n; i++)
		if (!spots.p[i].left && !spots.p[i].digest.len)
			pin_write(&spots.p[i], wanted(&spots.p[i]), &a, &edits);
	must(pin_sort(&edits));
	pin_apply(file, &edits, &pinned);
	check_rest(file, &edits, buf_view(&pinned));
	must(pin_diff(file, file, path, &edits, &a, &diff) == 0);
	check_again(&spots, path, buf_view(&pinned), &a);
	return 0;
}
