/* test_judge.c - secrets of layers and config made into findings: places, states, levels, reasons.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tests/unit/join/listing.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "judge/judge.h"

#define PKG "f var/lib/dpkg/status; p 1 tool 1; own 1 tool "
#define KEY "kind=private-key rule=pem-rsa level=3 proof=3 "

/* Findings as "RULE LEVEL STATE PLACE[:LINE] [x COUNT]", '|' between; state is '+' present, '>'
 * overwritten, '-' deleted, '~' hidden, with the layer of the burial after. */
static const struct {
	const char *name, *listing, *expected, *why;
} cases[] = {
	{ "nothing", "layer; f a", "", "" },
	{ "a file", "layer; f a; sec line=3", "r 2 + 0/a:3", "" },
	{ "overwritten", "layer; f a; sec; layer; f a", "r 2 >1 0/a", "" },
	{ "deleted", "layer; f a; sec; layer; f b; layer; w a", "r 2 -2 0/a", "" },
	{ "its folder is deleted", "layer; f d/a; sec; layer; w d", "r 2 -1 0/d/a", "" },
	{ "hidden", "layer; f d/a; sec; layer; o d", "r 2 ~1 0/d/a", "" },
	{ "deleted, then made anew", "layer; f a; sec; layer; w a; layer; f a", "r 2 -1 0/a", "" },
	{ "the body lives on by a link", "layer; f a; sec; h b a; layer; w a", "r 2 + 0/b", "" },
	{ "all names gone, one later", "layer; f a; sec; h b a; layer; w a; layer; w b",
		"r 2 -2 0/b", "" },
	{ "all names gone at once", "layer; f a; sec; h b a; layer; w a; w b", "r 2 -1 0/a", "" },
	{ "a link of a higher layer", "layer; f a; sec; layer; h b a; layer; w a", "r 2 + 0/b",
		"" },
	{ "the name of a deleted file", "layer; f a; sec surface=2; h b a; layer; w a",
		"r 2 -1 0/a", "" },
	{ "twice in a layer", "layer; f a; sec rule=x; f a; sec rule=y", "x 2 >0 0/a | y 2 + 0/a",
		"" },
	{ "an attribute of a folder stated again", "layer; d a; sec surface=4; layer; d a",
		"r 2 >1 0/a", "" },
	{ "a member of an archive", "layer; f a; sec member=b!c", "r 2 + 0/a!b!c", "" },
	{ "a setting", "layer; f a; csec member=/config/Env/0", "r 2 + config /config/Env/0", "" },
	{ "a history line", "layer; f a; hist t A; csec surface=10 member=/history/0/created_by",
		"r 2 + history 0", "" },
	{ "a history line that is not there",
		"layer; f a; hist t A; csec surface=10 member=/history/77/created_by",
		"r 2 + history 77", "" },
	/* the same bytes */
	{ "a name found what a rule knows",
		"layer; f a; sec rule=g flags=256 at=10 len=20; sec rule=x at=12 len=10",
		"x 2 + 0/a", "" },
	{ "a rule knows more than a name, before it",
		"layer; f a; sec rule=x at=8 len=10; sec rule=g flags=256 at=12 len=20",
		"x 2 + 0/a", "" },
	{ "a name beside a rule", "layer; f a; sec rule=x at=8 len=4; sec rule=g flags=256 at=12",
		"x 2 + 0/a | g 2 + 0/a", "" },
	{ "other members are other bytes",
		"layer; f a; sec rule=x member=b; sec rule=g flags=256 member=c",
		"x 2 + 0/a!b | g 2 + 0/a!c", "" },
	{ "the stronger of two rules", "layer; f a; sec rule=x level=2; sec rule=y level=3",
		"y 3 + 0/a", "" },
	{ "the longer of two alike", "layer; f a; sec rule=x len=8; sec rule=y len=9", "y 2 + 0/a",
		"" },
	{ "two rules that touch", "layer; f a; sec rule=x len=8; sec rule=y at=4 len=8",
		"x 2 + 0/a | y 2 + 0/a", "" },
	{ "one value thrice", "layer; f a; sec fp=q line=1; sec fp=q at=50 line=5; sec fp=q at=90",
		"r 2 + 0/a:1 x 3", "" },
	{ "one value in two layers is two", "layer; f a; sec fp=q; layer; f a; sec fp=q",
		"r 2 >1 0/a | r 2 + 1/a", "" },
	/* levels */
	{ "shipped by a package", "layer; f usr/lib/x; sec; " PKG "usr/lib/x", "r 1 + 0/usr/lib/x",
		"shipped by package tool" },
	{ "shipped by a package that is not the system's",
		"layer; f usr/lib/x; sec; f var/lib/dpkg/status; p 200 tool 1; own 200 tool "
		"usr/lib/x",
		"r 2 + 0/usr/lib/x", "" },
	{ "a package's file, written by a later layer",
		"layer; f usr/lib/x; " PKG "usr/lib/x; layer; f usr/lib/x; sec",
		"r 2 + 1/usr/lib/x", "" },
	{ "a package's file, deleted later",
		"layer; f usr/lib/x; sec; " PKG "usr/lib/x; layer; w usr/lib/x",
		"r 1 -1 0/usr/lib/x", "shipped by package tool" },
	{ "a service's key under etc", "layer; f etc/x.key; sec " KEY "; " PKG "etc/x.key",
		"pem-rsa 3 + 0/etc/x.key", "" },
	{ "a known key of a package", "layer; f usr/x; sec " KEY "known=Annex; " PKG "usr/x",
		"pem-rsa 3 + 0/usr/x", "publicly known: Annex" },
	{ "a name in a package's documentation is none",
		"layer; f usr/share/doc/x; sec flags=256; " PKG "usr/share/doc/x",
		"r 0 + 0/usr/share/doc/x", "in documentation" },
	{ "documentation", "layer; f usr/share/doc/x; sec", "r 1 + 0/usr/share/doc/x",
		"in documentation: usr/share/doc/" },
	{ "a test folder of the image's own", "layer; f srv/test/x; sec", "r 2 + 0/srv/test/x",
		"" },
	{ "a test folder of a package",
		"layer; f usr/lib/python3/dist-packages/p/tests/x; sec tree=31",
		"r 1 + 0/usr/lib/python3/dist-packages/p/tests/x", "tests or examples" },
	{ "a test folder of no record", "layer; f usr/lib/python3/dist-packages/p/tests/x; sec",
		"r 2 + 0/usr/lib/python3/dist-packages/p/tests/x", "" },
	{ "a test folder of Python's own", "layer; f usr/lib/python3.12/p/tests/x; sec",
		"r 1 + 0/usr/lib/python3.12/p/tests/x", "tests or examples" },
	{ "a key for tests", "layer; f app/node_modules/p/test/x.pem; sec tree=20 " KEY,
		"pem-rsa 1 + 0/app/node_modules/p/test/x.pem", "a key for tests" },
	{ "a key for tests of no record", "layer; f app/node_modules/p/test/x.pem; sec " KEY,
		"pem-rsa 3 + 0/app/node_modules/p/test/x.pem", "" },
	{ "a package called test", "layer; f app/node_modules/test/x; sec tree=23",
		"r 2 + 0/app/node_modules/test/x", "" },
	{ "compiled from a package's source",
		"layer; f usr/lib/python3/dist-packages/p/a.py; f "
		"usr/lib/python3/dist-packages/p/__pycache__/a.cpython-311.pyc; sec flags=256; " PKG
		"usr/lib/python3/dist-packages/p/a.py",
		"r 1 + 0/usr/lib/python3/dist-packages/p/__pycache__/a.cpython-311.pyc",
		"shipped by package tool" },
	{ "compiled from no package's source",
		"layer; f usr/lib/python3/dist-packages/p/a.py; f "
		"usr/lib/python3/dist-packages/p/__pycache__/a.cpython-311.pyc; sec flags=256",
		"r 2 + 0/usr/lib/python3/dist-packages/p/__pycache__/a.cpython-311.pyc", "" },
	{ "declarations of a package", "layer; f app/node_modules/p/x.d.ts; sec tree=20",
		"r 1 + 0/app/node_modules/p/x.d.ts", "in documentation: x.d.ts" },
	{ "declarations of the image", "layer; f app/x.d.ts; sec", "r 2 + 0/app/x.d.ts", "" },
	{ "a wheel's description", "layer; f var/task/p-1.dist-info/METADATA; sec tree=10",
		"r 1 + 0/var/task/p-1.dist-info/METADATA", "in documentation: METADATA" },
	{ "a listed file that is deleted",
		"layer; f app/node_modules/p/a.js; sec tree=20 flags=256; layer; w "
		"app/node_modules/p/a.js; f z",
		"r 1 -1 0/app/node_modules/p/a.js", "in the code of a package" },
	{ "node_modules below test", "layer; f test/node_modules/p/x; sec",
		"r 2 + 0/test/node_modules/p/x", "" },
	{ "a name in the code of a package",
		"layer; f app/node_modules/p/lib/x.js; sec flags=256 tree=20",
		"r 1 + 0/app/node_modules/p/lib/x.js", "in the code of a package" },
	{ "a name in no record", "layer; f app/node_modules/p/lib/x.js; sec flags=256",
		"r 2 + 0/app/node_modules/p/lib/x.js", "" },
	{ "a token in the code of a package", "layer; f app/node_modules/p/lib/x.js; sec tree=20",
		"r 2 + 0/app/node_modules/p/lib/x.js", "" },
	{ "twice in the code of packages",
		"layer; f app/node_modules/p/x; sec fp=q tree=20; f app/node_modules/p/y; sec fp=q "
		"tree=20",
		"r 2 + 0/app/node_modules/p/x | r 2 + 0/app/node_modules/p/y", "" },
	{ "in a library of a package", "layer; f usr/lib/x; sec " KEY "flags=512; " PKG "usr/lib/x",
		"pem-rsa 1 + 0/usr/lib/x", "in a program of package tool" },
	{ "in a library of no package", "layer; f usr/lib/x; sec " KEY "flags=512",
		"pem-rsa 3 + 0/usr/lib/x", "" },
	{ "read me of a module", "layer; f go/pkg/mod/h/x.md; sec", "r 1 + 0/go/pkg/mod/h/x.md",
		"x.md" },
	{ "read me of the image", "layer; f app/x.md; sec", "r 2 + 0/app/x.md", "" },
	{ "matches a certificate", "layer; f a; sec kind=private-key public=aa; f b; cert aa",
		"r 3 + 0/a", "belongs to the certificate in /b" },
	{ "matches one of another layer",
		"layer; f a; sec kind=private-key public=aa; layer; f b; cert aa", "r 3 + 0/a",
		"certificate in /b" },
	{ "another key's certificate", "layer; f a; sec kind=private-key public=aa; f b; cert ab",
		"r 2 + 0/a", "" },
	{ "the key of an authority", "layer; f a; sec kind=private-key public=aa; f b; cert aa ca",
		"r 3 + 0/a", "critical" },
	{ "a closed key with a certificate",
		"layer; f a; sec kind=private-key flags=1 public=aa; f b; cert aa", "r 2 + 0/a",
		"" },
	{ "a host key", "layer; f etc/ssh/ssh_host_rsa_key; sec kind=private-key",
		"r 3 + 0/etc/ssh/ssh_host_rsa_key", "every container" },
	{ "expired", "layer; f a; sec level=3 expires=1600000000", "r 1 + 0/a",
		"expired on 2020-09-13" },
	{ "not yet expired", "layer; f a; sec level=3 expires=2000000000", "r 3 + 0/a", "" },
	{ "a wrong checksum", "layer; f a; sec level=2 flags=2", "r 1 + 0/a", "checksum" },
	{ "a key for tests that everybody has, with its certificate",
		"layer; f a; sec kind=private-key level=3 flags=16 public=aa; f b; cert aa ca",
		"r 1 + 0/a", "made public" },
	{ "in two files", "layer; f a; sec fp=q; f b; sec fp=q at=9", "r 3 + 0/a | r 3 + 0/b",
		"is also in /b" },
	{ "a copy under another name",
		"layer; f a; sec fp=q line=5 at=77; f a.bak; sec fp=q line=5 at=77",
		"r 2 + 0/a:5 | r 2 + 0/a.bak:5", "" },
	{ "made from a package's file",
		"layer; f etc/x.conf; sec flags=256 fp=q; f usr/share/x.conf; sec flags=256 "
		"fp=q; " PKG "usr/share/x.conf",
		"r 1 + 0/etc/x.conf | r 1 + 0/usr/share/x.conf",
		"a copy of /usr/share/x.conf, shipped by package tool" },
	{ "another file with a package's value",
		"layer; f etc/y; sec flags=256 fp=q at=99; f usr/share/x; sec flags=256 fp=q; " PKG
		"usr/share/x",
		"r 2 + 0/etc/y | r 1 + 0/usr/share/x", "" },
	{ "in a file and the settings", "layer; f a; sec fp=q; csec fp=q",
		"r 3 + config  | r 3 + 0/a", "is also in /a" },
	{ "a copy is no second place", "layer; f x/a; sec fp=q; f y/a; sec fp=q",
		"r 2 + 0/x/a | r 2 + 0/y/a", "" },
	{ "low stays low in two files", "layer; f a; sec fp=q level=1; f b; sec fp=q level=1",
		"r 1 + 0/a | r 1 + 0/b", "" },
	{ "id and secret",
		"layer; f a; sec kind=aws-key-id line=1; sec kind=aws-secret at=50 line=2",
		"r 3 + 0/a:1 | r 3 + 0/a:2", "both halves" },
	{ "id and secret, far apart",
		"layer; f a; sec kind=aws-key-id line=1; sec kind=aws-secret at=50 line=90",
		"r 2 + 0/a:1 | r 2 + 0/a:90", "" },
	{ "id and secret in two files",
		"layer; f a; sec kind=aws-key-id line=1; f b; sec kind=aws-secret line=2",
		"r 2 + 0/a:1 | r 2 + 0/b:2", "" },
	{ "closed, a key beside it",
		"layer; f a; sec rule=age-file flags=1 level=0; f b; sec rule=age-identity level=3",
		"age-file 3 + 0/a | age-identity 3 + 0/b", "its folder holds a key" },
	{ "closed, a key in another folder",
		"layer; f x/a; sec rule=age-file flags=1 level=0; f b; sec rule=age-identity "
		"level=3",
		"age-identity 3 + 0/b | age-file 2 + 0/x/a", "" },
	{ "closed, a key of its kind in documentation",
		"layer; f a; sec rule=age-file flags=1 level=1; f usr/share/doc/b; sec "
		"rule=age-identity level=3",
		"age-identity 2 + 0/usr/share/doc/b | age-file 1 + 0/a", "in documentation" },
	{ "closed, no opener", "layer; f a; sec rule=age-file flags=1 level=0", "age-file 0 + 0/a",
		"password-protected" },
	{ "the finder lowered it", "layer; f a; sec rule=x flags=2 level=1", "x 1 + 0/a",
		"its checksum or structure is wrong" },
	{ "the finder raised it for a word near it",
		"layer; f a; sec rule=aws-key-id kind=aws-key-id flags=128 level=3",
		"aws-key-id 3 + 0/a", "raised: the text near it has 'ecret'" },
	{ "a row of the table of names gave the level",
		"layer; f a; sec rule=named-password flags=256 judgment=18",
		"named-password 2 + 0/a", "a password of mixed characters" },
	{ "a row that is not there", "layer; f a; sec rule=named-password judgment=257",
		"named-password 2 + 0/a", "" },
	/* other names */
#define ELSEWHERE "sec rule=ppp-secret flags=1024; "
	{ "of another path than its rule looks at", "layer; f opt/x; " ELSEWHERE, "", "" },
	{ "a hard link fits its rule",
		"layer; f opt/x; " ELSEWHERE "h etc/ppp/chap-secrets opt/x",
		"ppp-secret 2 + 0/opt/x", "reached as /etc/ppp/chap-secrets" },
	{ "a hard link that is gone",
		"layer; f opt/x; " ELSEWHERE "h etc/ppp/chap-secrets opt/x; layer; w etc",
		"ppp-secret 2 + 0/opt/x", "reached as" },
	{ "a symlink of a later layer",
		"layer; f opt/x; " ELSEWHERE "layer; s etc/ppp/chap-secrets ../../opt/./x",
		"ppp-secret 2 + 0/opt/x", "reached as" },
	{ "a symlink through another, before it",
		"layer; s o opt; s chap-secrets /o/x; f opt/x; " ELSEWHERE,
		"ppp-secret 2 + 0/opt/x", "reached as" },
	{ "a symlink whose target is gone",
		"layer; s chap-secrets opt/x; f opt/x; " ELSEWHERE "layer; w opt/x",
		"ppp-secret 2 -1 0/opt/x", "reached as" },
	{ "a symlink whose target is another now",
		"layer; s chap-secrets opt/x; f opt/x; " ELSEWHERE "layer; f opt/x",
		"ppp-secret 2 >1 0/opt/x", "reached as" },
	{ "a symlink that is gone",
		"layer; s chap-secrets opt/x; f opt/x; " ELSEWHERE "layer; w chap-secrets",
		"ppp-secret 2 + 0/opt/x", "reached as" },
	{ "a linked folder",
		"layer; f opt/x; sec rule=asterisk-manager flags=1024; s etc/asterisk ../opt",
		"asterisk-manager 2 + 0/opt/x", "reached as /etc/asterisk/x" },
	{ "a link of another name", "layer; f opt/x; " ELSEWHERE "s y opt/x; h z opt/x", "", "" },
	{ "what waits displaces nothing",
		"layer; f a; sec rule=x level=1; sec rule=ppp-secret flags=1024 level=3",
		"x 1 + 0/a", "" },
	{ "documentation that is somebody's password file",
		"layer; f usr/share/doc/a; sec; s root/.netrc /usr/share/doc/a",
		"r 2 + 0/usr/share/doc/a", "reached as /root/.netrc" },
	{ "documentation with a link of no such name",
		"layer; f usr/share/doc/a; sec; s root/x /usr/share/doc/a",
		"r 1 + 0/usr/share/doc/a", "in documentation" },
	{ "a package's test with such a name",
		"layer; f usr/share/doc/a; sec; s usr/share/doc/.netrc a",
		"r 1 + 0/usr/share/doc/a", "in documentation" },
	{ "a package's key that is somebody's",
		"layer; f usr/lib/x; sec; " PKG "usr/lib/x; s root/.ssh/id_rsa ../../usr/lib/x",
		"r 2 + 0/usr/lib/x", "reached as" },
	{ "high comes first", "layer; f a; sec rule=x level=1; f b; sec rule=y level=3",
		"y 3 + 0/b | x 1 + 0/a", "" },
};

static const char *show_place(struct listing *l, const struct secret_finding *f)
{
	const struct place *at = &f->at;

	if (at->kind == PLACE_HISTORY)
		return arena_printf(&l->arena, "history %u", at->line);
	if (at->kind == PLACE_CONFIG)
		return arena_printf(&l->arena, "config %.*s", SPAN_ARG(at->path));
	char *s = arena_printf(&l->arena, "%d/%.*s%s%.*s", at->layer, SPAN_ARG(at->path),
		at->member.len ? "!" : "", SPAN_ARG(at->member));

	return at->line ? arena_printf(&l->arena, "%s:%u", s, at->line) : s;
}

static struct span show(struct listing *l)
{
	char *s = arena_printf(&l->arena, "%s", "");

	for (size_t i = 0; i < l->out.secrets.n; i++) {
		const struct secret_finding *f = &l->out.secrets.p[i];

		s = arena_printf(&l->arena, "%s%s%.*s %u %c", s, i ? " | " : "",
			SPAN_ARG(f->fact->rule), f->level, "+>-~"[f->state]);
		if (f->gone_in != NO_LAYER)
			s = arena_printf(&l->arena, "%s%d", s, f->gone_in);
		s = arena_printf(&l->arena, "%s %s", s, show_place(l, f));
		if (f->count > 1)
			s = arena_printf(&l->arena, "%s x %zu", s, f->count);
	}
	return span_str(s);
}

static void findings(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct listing l;

		listing_join(&l, cases[i].listing);
		check_span(cases[i].name, show(&l), span_str(cases[i].expected));
		size_t told = 0, reasons = 0;

		for (size_t k = 0; k < l.out.secrets.n; k++) {
			told += span_has(l.out.secrets.p[k].why, span_str(cases[i].why));
			reasons += l.out.secrets.p[k].why.len > 0;
		}
		if (*cases[i].why ? !told : reasons && l.out.secrets.p[0].why.len)
			fail_msg("%s: why '%.*s'", cases[i].name, SPAN_ARG(l.out.secrets.p[0].why));
		listing_release(&l);
	}
}

static void words_of_the_rule(void **state)
{
	struct listing l;

	(void)state;
	listing_join(&l, "layer; f a; sec rule=pem-rsa proof=3; layer; w a");
	const struct secret_finding *f = &l.out.secrets.p[0];

	assert_true(f->title.len && span_has(f->advice, SPAN("layer 0 keeps the file")));
	assert_true(f->proof_text.len > 0);
	listing_release(&l);
}

/* Printed fingerprints: the fact's under a user's key, else keyed once more for the run. */
static void fingerprints(void **state)
{
	struct span seen[3];
	struct listing l[3];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		listing_read(&l[i], "layer; f a; sec fp=abc");
		l[i].in.fingerprint_key = i ? SPAN("0123456789abcdef") : (struct span){ 0 };
		if (i == 2)
			l[i].in.fingerprint_key = SPAN("fedcba9876543210");
		assert_int_equal(join_image(&l[i].in, &l[i].out, &l[i].err), 0);
		seen[i] = l[i].out.secrets.p[0].fingerprint;
	}
	check_span("the fact's own", seen[0], SPAN("abc"));
	assert_true(seen[1].len == 26 && seen[2].len == 26 && !span_eq(seen[1], seen[2]));
	for (size_t i = 0; i < 3; i++)
		listing_release(&l[i]);
}

static void inputs(void **state)
{
	static const struct {
		const char *name, *listing, *why;
		bool searched;
	} rows[] = {
		{ "searched", "layer; f a; c 1 - x", NULL, true },
		{ "not searched", "layer; f a; c 1 - x", "skipped", false },
		{ "a file was not looked at", "layer; f a; hides 8 big; c 1 - x", "big", true },
		{ "a layer ends early", "layer; f a; hides 1 cut; c 1 - x", "cut", true },
		{ "a database was not read", "layer; f a; hides 2 db; c 1 - x", NULL, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct listing l;

		listing_read(&l, rows[i].listing);
		l.in.has_secrets = rows[i].searched;
		l.in.secrets_reason = SPAN("skipped");
		assert_int_equal(join_image(&l.in, &l.out, &l.err), 0);
		check(rows[i].name, !(l.out.inputs & INPUT_SECRETS) == !!rows[i].why);
		check(rows[i].name,
			!rows[i].why || span_has(l.out.inputs_missing[7], span_str(rows[i].why)));
		listing_release(&l);
	}
}

static void documents(void **state)
{
	struct listing l;
	struct secret_fact x = { .entry = NO_ENTRY,
		.surface = SURFACE_ATTESTATION,
		.level = SECRET_MEDIUM,
		.rule = SPAN("r"),
		.kind = SPAN("r"),
		.member = SPAN("/p") };
	struct part part = { .kind = PART_DOCUMENT, .complete = true };
	struct image_document docs[] = { { .part = &part, .name = SPAN("sha256:1") },
		{ .part = &part, .is_attestation = true, .name = SPAN("sha256:2") },
		{ .is_attestation = true, .problem = SPAN("gone") } };

	(void)state;
	listing_read(&l, "layer; f a; c 1 - x");
	*vec_push(&part.secrets, &l.arena) = x;
	l.in.documents = docs;
	l.in.documents_n = 2;
	l.in.has_secrets = true;
	assert_int_equal(join_image(&l.in, &l.out, &l.err), 0);
	assert_int_equal(l.out.secrets.n, 2);
	assert_int_equal(l.out.secrets.p[0].at.kind, PLACE_MANIFEST);
	assert_int_equal(l.out.secrets.p[1].at.kind, PLACE_ATTESTATION);
	check_span("digest", l.out.secrets.p[1].at.path, SPAN("sha256:2"));
	assert_true(l.out.inputs & INPUT_SECRETS);
	arena_release(&l.out.arena);
	l.out = (struct image_facts){ 0 };
	l.in.documents_n = 3;
	assert_int_equal(join_image(&l.in, &l.out, &l.err), 0);
	assert_false(l.out.inputs & INPUT_SECRETS);
	assert_true(span_has(l.out.inputs_missing[7], SPAN("gone")));
	listing_release(&l);
}

/* Every part full of secrets that all look alike, overlap and share one fingerprint. */
static void many(void **state)
{
	enum { PER_LAYER = 20000, LAYERS = 8 };
	struct listing l;
	struct timespec a, b;

	(void)state;
	listing_read(&l, "layer; f a; layer; f a; layer; f a; layer; f a; layer; f a; layer; f a; "
			 "layer; f a; layer; f a");
	for (size_t i = 0; i < LAYERS; i++)
		for (uint32_t k = 0; k < PER_LAYER; k++) {
			struct secret_fact x = { .level = SECRET_MEDIUM,
				.surface = SURFACE_CONTENT,
				.length = 8,
				.line = 1 + k / 2,
				.end_line = 1 + k / 2,
				.offset = (uint64_t)k * (i % 2 ? 4 : 16),
				.flags = k % 3 ? 0 : SECRET_GENERIC,
				.rule = SPAN("r"),
				.kind = k % 2 ? SPAN("aws-key-id") : SPAN("aws-secret"),
				.fingerprint = SPAN("same") };

			if (i > 1)
				x.fingerprint =
					span_str(arena_printf(&l.arena, "%zu-%u", i % 4, k));
			*vec_push(&l.parts[i].secrets, &l.arena) = x;
		}
	clock_gettime(CLOCK_MONOTONIC, &a);
	assert_int_equal(join_image(&l.in, &l.out, &l.err), 0);
	clock_gettime(CLOCK_MONOTONIC, &b);
	print_message("%d secrets: %zu findings, %.0f ms\n", PER_LAYER * LAYERS, l.out.secrets.n,
		1e3 * (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e6);
	assert_true(l.out.secrets.n > PER_LAYER && l.out.secrets.n <= SECRETS_JUDGED_MAX);
	assert_true(b.tv_sec - a.tv_sec < 10);
	listing_release(&l);
}

static void classes_without_a_waiver(void **state)
{
	static const struct {
		const char *fields;
		bool never;
	} rows[] = {
		{ "kind=github-token", false },
		{ "kind=subscriber-key", true },
		{ "kind=subscriber-op", true },
		{ "kind=suci-key", true },
		{ "kind=private-key flags=4", true },
		{ "kind=private-key known=x", true },
		{ "kind=private-key", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct listing l;
		char text[128];

		snprintf(text, sizeof(text), "layer; f a; sec %s", rows[i].fields);
		listing_join(&l, text);
		check(rows[i].fields, secret_never_waived(&l.out.secrets.p[0]) == rows[i].never);
		listing_release(&l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(findings),
		cmocka_unit_test(words_of_the_rule),
		cmocka_unit_test(fingerprints),
		cmocka_unit_test(inputs),
		cmocka_unit_test(documents),
		cmocka_unit_test(many),
		cmocka_unit_test(classes_without_a_waiver),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
