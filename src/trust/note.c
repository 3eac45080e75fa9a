/* note.c - read signed notes and check the signature of one signer.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trust/note.h"

#include "base/arena.h"
#include "syntax/base64.h"

int note_read(struct span in, struct note *out, struct scov_err *err)
{
	size_t split = 0;

	if (in.len > NOTE_MAX)
		return err_fail(err, SCOV_E_LIMIT, "the note has more than %d bytes", NOTE_MAX);
	for (size_t i = 0; i + 1 < in.len; i++) /* the text may hold blank lines */
		if (in.p[i] == '\n' && in.p[i + 1] == '\n')
			split = i + 1;
	if (!split || span_at(in, in.len - 1) != '\n' || split + 1 == in.len)
		return err_fail(err, SCOV_E_FORMAT, "the note has no signature lines");
	*out = (struct note){ .text = span_sub(in, 0, split),
		.signatures = span_from(in, split + 1) };
	return 0;
}

int checkpoint_read(struct span text, struct checkpoint *out, struct scov_err *err)
{
	scoped_arena struct arena a = { .limit = 256 };
	struct checkpoint c = { .root.algorithm = DIGEST_SHA256 };
	struct span size, root, hash;

	if (!span_split(&text, '\n', &c.origin) || !c.origin.len ||
		!span_split(&text, '\n', &size) || !span_number(size, 10, INT64_MAX, &c.size) ||
		(size.len > 1 && span_at(size, 0) == '0') || !span_split(&text, '\n', &root))
		return err_fail(err, SCOV_E_FORMAT,
			"not a checkpoint: origin, size and root hash are its first lines");
	if (root.len != 44 || base64_decode(root, &a, &hash, NULL) || hash.len != 32)
		return err_fail(
			err, SCOV_E_FORMAT, "the root hash of the checkpoint is not 32 bytes");
	memcpy(c.root.bytes, hash.p, 32);
	*out = c;
	return 0;
}

struct digest note_key_id(struct span name, const struct public_key *k)
{
	static const uint8_t ed25519[] = { '\n', 1 };
	static const char rsa[] = "\n\xffPKIX-RSA-PKCS#1v1.5";
	struct span spki = public_key_spki(k);
	struct span pieces[3] = { name };
	struct digest d = { .algorithm = DIGEST_SHA256 };
	struct span *p = pieces;
	size_t n = 3;

	switch (public_key_kind(k)) {
	case PUBLIC_KEY_ED25519:
		pieces[1] = span_of(ed25519, sizeof(ed25519));
		pieces[2] = span_from(spki, spki.len - 32); /* RFC 8410: the key ends it */
		break;
	case PUBLIC_KEY_RSA:
		pieces[1] = span_of(rsa, sizeof(rsa) - 1);
		pieces[2] = spki;
		break;
	default: /* as Rekor and CT have it: without the name */
		pieces[2] = spki;
		p = pieces + 2;
		n = 1;
	}
	if (!hash_pieces(HASH_SHA256, p, n, d.bytes))
		d.algorithm = DIGEST_NONE;
	return d;
}

/* "— NAME BASE64\n" */
static bool signature_line(struct span line, struct arena *a, struct span *name, struct span *bytes)
{
	struct span dash = SPAN("\xe2\x80\x94 "), text;

	if (!span_starts(line, dash))
		return false;
	line = span_from(line, dash.len);
	return span_split(&line, ' ', name) && name->len && span_split(&line, ' ', &text) &&
	       !line.len && !base64_decode(text, a, bytes, NULL) && bytes->len > NOTE_ID;
}

int note_check(
	const struct note *n, struct span name, const struct public_key *k, struct scov_err *err)
{
	scoped_arena struct arena a = { .limit = 2 * NOTE_MAX };
	struct digest id = note_key_id(name, k);
	struct span lines = n->signatures, line;
	size_t count = 0, good = 0;

	while (span_split(&lines, '\n', &line)) {
		struct span who, bytes;

		if (++count > NOTE_SIGNATURES_MAX)
			return err_fail(err, SCOV_E_LIMIT,
				"the checkpoint has more than %d signatures", NOTE_SIGNATURES_MAX);
		if (!signature_line(line, &a, &who, &bytes))
			return err_fail(err, SCOV_E_FORMAT,
				"signature line %zu of the checkpoint is damaged", count);
		if (!span_eq(who, name) || memcmp(bytes.p, id.bytes, NOTE_ID))
			continue;
		if (!digest_size(&id) || !public_key_check(k, SIGNATURE_OF_KEY, HASH_SHA256,
						 n->text, span_from(bytes, NOTE_ID)))
			return err_fail(err, SCOV_E_AUTH,
				"the log's signature of the checkpoint does not verify");
		good++;
	}
	if (!good)
		return err_fail(err, SCOV_E_AUTH, "the checkpoint has no signature of the log");
	return 0;
}
