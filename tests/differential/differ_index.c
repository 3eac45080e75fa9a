/* differ_index.c - the image that is taken from an index for a platform.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "differ.h"
#include "image/image.h"
#include "source/oci.h"

enum { ARENA = 8 << 20, DOCUMENTS = 64 };

/* ---- making: what is asked for, "strict" or "", then documents, the root the last ---- */

static const char *const systems[] = { "linux", "linux", "linux", "linux", "linux", "linux",
	"windows", "Linux", "freebsd", "darwin", "macos", "", NULL };
static const char *const machines[] = { "amd64", "amd64", "amd64", "arm64", "arm64", "arm", "arm",
	"386", "x86_64", "x86-64", "aarch64", "i386", "armhf", "armel", "AMD64", "s390x", "riscv64",
	"i686", "armv7l", "", NULL };
static const char *const variants[] = { "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "5",
	"6", "7", "8", "9", "armv8", "v8.0", "v8.1", "v9.1", "V7", "v0", "x", NULL };

static void put_platform(struct dice *d, struct buf *b)
{
	static const char *const features[] = { "\"a\"", "\"b\",\"a\"", "", "\"win32k\"", NULL };

	buf_printf(b, "\"os\":\"%s\",\"architecture\":\"%s\"", dice_word(d, systems),
		dice_word(d, machines));
	if (dice_percent(d, 40))
		buf_printf(b, ",\"variant\":\"%s\"", dice_word(d, variants));
	if (dice_percent(d, 8))
		buf_printf(b, ",\"os.features\":[%s]", dice_word(d, features));
}

static void put_descriptor(struct buf *b, const char *type, struct span text)
{
	struct digest digest = digest_of(DIGEST_SHA256, text);
	char hex[DIGEST_TEXT];

	buf_printf(b, "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%zu", type,
		digest_format(&digest, hex), text.len);
}

static void put_image(struct dice *d, struct buf *out, struct buf *entry, unsigned number)
{
	scoped_buf struct buf config = { 0 }, manifest = { 0 };

	buf_printf(&config, "{\"author\":\"%u\",", number); /* equal configs are one image */
	put_platform(d, &config);
	buf_str(&config, "}");
	put_text(out, buf_view(&config));
	buf_str(&manifest, "{\"schemaVersion\":2,\"config\":");
	put_descriptor(&manifest, OCI_CONFIG, buf_view(&config));
	buf_printf(&manifest, "},\"layers\":[],\"annotations\":{\"n\":\"%u\"}}", number);
	put_text(out, buf_view(&manifest));
	put_descriptor(
		entry, dice_percent(d, 90) ? OCI_MANIFEST : DOCKER_MANIFEST, buf_view(&manifest));
}

static void put_marks(struct dice *d, struct buf *entry)
{
	static const char *const marks[] = {
		",\"annotations\":{\"vnd.docker.reference.type\":\"attestation-manifest\"}",
		",\"annotations\":{\"org.opencontainers.image.ref.name\":\"sha256-00.sig\"}",
		",\"annotations\":{\"io.github.containers.compression.zstd\":\"true\"}",
		",\"artifactType\":\"application/vnd.example+json\"", NULL
	};

	if (dice_percent(d, 90)) {
		buf_str(entry, ",\"platform\":{");
		put_platform(d, entry);
		buf_str(entry, "}");
	}
	if (dice_percent(d, 4))
		buf_str(entry, dice_word(d, marks));
	buf_str(entry, "}");
}

static void put_index(
	struct dice *d, struct buf *out, struct buf *entry, unsigned depth, unsigned *number)
{
	scoped_buf struct buf index = { 0 };

	buf_str(&index, "{\"schemaVersion\":2,\"mediaType\":\"" OCI_INDEX "\",\"manifests\":[");
	for (uint64_t n = dice_below(d, depth ? 3 : 6), i = 0; i < n; i++) {
		buf_str(&index, i ? "," : "");
		if (depth < 2 && dice_percent(d, 10))
			put_index(d, out, &index, depth + 1, number);
		else
			put_image(d, out, &index, ++*number);
		put_marks(d, &index);
	}
	buf_str(&index, "]}");
	put_text(out, buf_view(&index));
	put_descriptor(entry, OCI_INDEX, buf_view(&index));
}

static void make(struct dice *d, struct buf *out)
{
	scoped_buf struct buf asked = { 0 }, entry = { 0 };
	unsigned number = 0;

	if (dice_percent(d, 80))
		buf_printf(&asked, "%s/%s", dice_percent(d, 90) ? "linux" : "windows",
			dice_word(d, machines));
	if (asked.len && dice_percent(d, 30))
		buf_printf(&asked, "/%s", dice_word(d, variants));
	put_text(out, buf_view(&asked));
	put_text(out, span_str(dice_percent(d, 30) ? "strict" : ""));
	put_index(d, out, &entry, 0, &number);
}

/* ---- reading: a source in memory ---- */

struct memory {
	struct source source;
	struct span documents[DOCUMENTS];
	struct digest digests[DOCUMENTS];
	size_t n;
};

static int root(struct source *s, const struct call *call, struct arena *a, struct descriptor *out,
	struct scov_err *err)
{
	struct memory *m = (struct memory *)s;

	(void)call, (void)a, (void)err;
	*out = (struct descriptor){ .digest = m->digests[m->n - 1] };
	return 0;
}

static int document(struct source *s, const struct descriptor *d, const struct call *call,
	struct arena *a, struct span *out, struct scov_err *err)
{
	struct memory *m = (struct memory *)s;

	(void)call, (void)a;
	for (size_t i = 0; i < m->n; i++)
		if (digest_eq(&m->digests[i], &d->digest)) {
			*out = m->documents[i];
			return 0;
		}
	return err_fail(err, SCOV_E_NOT_FOUND, "not there");
}

static const struct source_ops ops = { .transport = "memory", .root = root, .document = document };

static bool read_index(struct span in, struct buf *out)
{
	scoped_arena struct arena a = { .limit = ARENA };
	struct limits l = limits_default();
	struct memory m = { .source.ops = &ops };
	struct image_reader r = { &m.source, &l, NULL, &a };
	struct image_choices c = { 0 };
	const struct image_choice *choice;
	struct manifest manifest;
	struct scov_err err;
	struct cur cur = cur_over(in);
	const char *asked = arena_cstr(&a, take_text(&cur));

	(void)take_text(&cur);
	for (; cur_left(&cur) && m.n < DOCUMENTS; m.n++) {
		m.documents[m.n] = take_text(&cur);
		m.digests[m.n] = digest_of(DIGEST_SHA256, m.documents[m.n]);
	}
	asked = *asked ? asked : NULL;
	if (image_list(&m.source, &l, NULL, &a, &c, &err) ||
		image_pick(&r, &c, asked, &choice, &err) ||
		image_manifest(&m.source, &l, choice, NULL, &a, &manifest, &err))
		return false;
	/* As scov_image_open does. */
	if (asked && !choice->descriptor.has_platform &&
		image_check_platform(&r, &manifest, asked, &err))
		return false;
	buf_printf(out, "%.*s\n", SPAN_ARG(annotation_get(&manifest.annotations, "n")));
	return true;
}

const struct kind kind_index = { "index", 'i', make, read_index, NULL };
