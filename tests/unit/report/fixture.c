/* fixture.c - a report made by hand.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fixture.h"

static void layers(struct fixture *f, struct span name)
{
	for (size_t i = 0; i < 2; i++) {
		struct image_layer *l = &f->layers[i];

		l->digest.algorithm = l->diff_id.algorithm = DIGEST_SHA256;
		memset(l->digest.bytes, (int)(0x10 + i), 32);
		memset(l->diff_id.bytes, (int)(0x20 + i), 32);
		l->blob_size = 1500000 * (i + 1);
		l->history = name;
		l->readable = i == 0;
	}
	f->facts.layers = f->layers;
	f->facts.layers_n = 2;
}

static void packages(struct fixture *f, struct span name)
{
	static const struct package_fact facts[4] = {
		{ .type = PACKAGE_DEB,
			.name = SPAN_INIT("libstdc++6"),
			.version = SPAN_INIT("1:12.2.0-14+deb12u1~x"),
			.arch = SPAN_INIT("amd64"),
			.source = SPAN_INIT("gcc-12") },
		{ .type = PACKAGE_RPM,
			.name = SPAN_INIT("Bash"),
			.version = SPAN_INIT("2:5.1.8-9.el9"),
			.arch = SPAN_INIT("x86_64") },
		{ .type = PACKAGE_APK,
			.name = SPAN_INIT("musl"),
			.version = SPAN_INIT("1.2.4-r2") },
		{ .type = PACKAGE_DEB },
	};

	memcpy(f->packages, facts, sizeof(facts));
	f->packages[3].name = name;
	for (size_t i = 0; i < 4; i++) {
		struct image_package *p = vec_push(&f->facts.packages, &f->report.arena);

		*p = (struct image_package){ .fact = &f->packages[i], .layer = (uint32_t)(i & 1) };
	}
	f->facts.system_packages = 4;
}

static void evidence(struct fixture *f, struct span name)
{
	f->evidence[0] = (struct evidence){ EV_SETTING, DECIDES, OBSERVED,
		place_config("/config/User"), name, SPAN("runs as root"), 0, false };
	f->evidence[1] = (struct evidence){ EV_FILE, DECIDES, OBSERVED, place_line(1, name, 7),
		name, SPAN("this line"), 42, true };
	f->evidence[2] = (struct evidence){ EV_DATE, REMARK, DECLARED, place_history(3), name,
		SPAN("made on"), 20000, true };
}

static void secret(struct fixture *f, size_t i, struct secret_finding s)
{
	struct secret_finding *to = vec_push(&f->facts.secrets, &f->report.arena);

	f->secrets[i].rule = SPAN("a-rule");
	f->secrets[i].kind = SPAN("a-kind");
	s.fact = &f->secrets[i];
	s.fingerprint = SPAN("abcdefghijklmnopqrstuvwxyz");
	s.title = SPAN("A token of something");
	s.advice = SPAN("revoke it");
	*to = s;
}

static void secrets(struct fixture *f, struct span name)
{
	struct place member = place_line(0, name, 3);

	member.member = name;
	member.end_line = 5;
	f->secrets[0] = (struct secret_fact){ .surface = SURFACE_CONTENT,
		.length = 40,
		.prefix = SPAN_INIT("abc_"),
		.expires = 20000LL * 86400 };
	f->secrets[1] =
		(struct secret_fact){ .surface = SURFACE_CONTENT, .encoding = ENCODED_BASE64 };
	f->secrets[2] = (struct secret_fact){ .surface = SURFACE_LABEL };
	f->secrets[3] =
		(struct secret_fact){ .surface = SURFACE_NAME, .known = SPAN_INIT("a known key") };
	secret(f, 0,
		(struct secret_finding){ .level = SECRET_HIGH,
			.proof = PROOF_CHECKSUM,
			.layer = 0,
			.gone_in = NO_LAYER,
			.at = member,
			.history = name,
			.owner = name,
			.proof_text = SPAN("its checksum is right"),
			.why = name,
			.count = 2 });
	secret(f, 1,
		(struct secret_finding){ .level = SECRET_MEDIUM,
			.state = FILE_DELETED,
			.layer = 0,
			.gone_in = 1,
			.at = place_file(0, name),
			.why = SPAN("only its form is known") });
	secret(f, 2,
		(struct secret_finding){ .level = SECRET_MEDIUM,
			.layer = NO_LAYER,
			.gone_in = NO_LAYER,
			.at = place_config("/config/Labels/x"),
			.waived = true });
	secret(f, 3,
		(struct secret_finding){ .level = SECRET_LOW,
			.proof = PROOF_KNOWN,
			.layer = 1,
			.gone_in = NO_LAYER,
			.at = place_file(1, name),
			.why = SPAN("stands in a test") });
	secret(f, 3,
		(struct secret_finding){ .level = SECRET_NONE,
			.layer = 1,
			.gone_in = NO_LAYER,
			.at = place_file(1, name),
			.why = SPAN("an example") });
	f->facts.inputs_missing[__builtin_ctz(INPUT_SECRETS)] = name;
	f->report.secret_rules = SPAN("sha256:11");
	f->report.fingerprint_key_is_run = true;
	f->report.requirements_name = SPAN("3gpp-nf");
	for (uint8_t i = 0; i <= MET; i++) {
		struct requirement_row *row = vec_push(&f->report.requirements, &f->report.arena);

		*row = (struct requirement_row){ .id = SPAN("TS 1.2"),
			.source = SPAN("a document"),
			.title = SPAN("what it asks"),
			.result = i,
			.reason = name };
		row->evidence.p = f->evidence;
		row->evidence.n = row->evidence.cap = i;
	}
}

static void vulnerability(struct fixture *f, struct vulnerability v)
{
	v.package = &f->facts.packages.p[f->matches.list.n % f->facts.packages.n];
	assert_true(vec_add(&f->matches.list, &f->report.arena, &v));
	f->matches.statuses[v.status]++;
}

static void vulnerabilities(struct fixture *f, struct span name)
{
	struct span *alias = arena_array(&f->report.arena, 1, sizeof(*alias));

	*alias = name;
	f->matches.built_day = 20000;
	assert_true(vec_add(&f->matches.sources, &f->report.arena,
		&((struct match_source){ name, 20000, FEED_FIXED | FEED_UNFIXED })));
	assert_true(vec_add(&f->matches.sources, &f->report.arena,
		&((struct match_source){ SPAN("ratings"), 0, FEED_RATING })));
	assert_true(vec_add(&f->matches.gaps, &f->report.arena,
		&((struct match_gap){ name, SPAN("a current database") })));
	vulnerability(f, (struct vulnerability){ .id = SPAN("CVE-2026-1"),
				 .aliases = alias,
				 .aliases_n = 1,
				 .title = name,
				 .rating = RATING_CRITICAL,
				 .rating_source = name,
				 .cvss = SPAN("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"),
				 .cvss_tenths = 98,
				 .fix_state = FIX_FIXED,
				 .fixed_in = name,
				 .origin = name,
				 .is_exploited = true,
				 .has_epss = true,
				 .epss = 65535,
				 .epss_percentile = 32768 });
	vulnerability(f, (struct vulnerability){ .id = name,
				 .rating = RATING_NEGLIGIBLE,
				 .is_unimportant = true,
				 .fix_state = FIX_DEFERRED });
	vulnerability(f, (struct vulnerability){
				 .id = SPAN("CVE-2026-2"), .status = MATCH_VEX, .why = name });
	f->report.matches = &f->matches;
}

static void judged(struct fixture *f, struct span name)
{
	f->remedy = (struct remedy){ .action = REMEDY_REMOVE, .note = name };
	*(struct span *)vec_push(&f->remedy.subjects, &f->report.arena) = name;
	for (size_t i = 0; i < CRITERIA; i++) {
		struct criterion_report *c = vec_push(&f->report.criteria, &f->report.arena);
		struct span id = span_str(criteria[i]->id);

		*c = (struct criterion_report){ .criterion = criteria[i], .class = OBSERVED };
		if (span_eq(id, SPAN("conf.user"))) {
			c->verdict = NOT_MET;
			c->reason = SPAN("the config sets no user, so the program runs as root");
			c->fix = SPAN("USER 65532:65532");
			c->remedies.p = &f->remedy;
			c->remedies.n = c->remedies.cap = 1;
			c->evidence.p = f->evidence;
			c->evidence.n = c->evidence.cap = 3;
			c->evidence.dropped = 7;
		} else if (span_eq(id, SPAN("min.shell")) || span_eq(id, SPAN("prov.fresh"))) {
			c->verdict = MET;
			c->reason = name;
		} else {
			c->reason = SPAN("the input is missing");
			*(struct span *)vec_push(&c->settled_by, &f->report.arena) =
				SPAN("a Dockerfile: give --recipe");
		}
	}
}

static void grades(struct report *r)
{
	static const uint8_t totals[VECTORS] = { 4, 9, 6, 4 }, level_of[VECTORS] = { 3, 5, 5, 5 };

	for (size_t v = 0; v < VECTORS; v++)
		r->vectors[v] = (struct grade_report){
			.ceiling = GRADE_A_PLUS, .total = totals[v], .level_of = level_of[v]
		};
	r->vectors[MINIMALISM].met = r->vectors[MINIMALISM].assessed = 1;
	r->vectors[PROVENANCE].met = r->vectors[PROVENANCE].assessed = 1;
	r->vectors[CONFIGURATION].assessed = 1;
	r->vectors[CONFIGURATION].ceiling = GRADE_A;
	r->vectors[CONFIGURATION].settles = SPAN("a Dockerfile");
	r->overall = (struct grade_report){ .ceiling = GRADE_A,
		.met = 2,
		.assessed = 3,
		.total = 23,
		.level_of = 5,
		.settles = SPAN("a Dockerfile and advisories") };
}

static void run(struct report *r, struct span name)
{
	*(struct step *)vec_push(&r->steps, &r->arena) = (struct step){ .settles = 1u << 15,
		.met = 1u << 15,
		.grade_after = GRADE_C,
		.vector_grade_after = { [CONFIGURATION] = GRADE_B } };
	*(struct fix_line *)vec_push(&r->steps.p[0].lines, &r->arena) =
		(struct fix_line){ SPAN("USER 65532:65532"), true };
	*(struct waived *)vec_push(&r->waived, &r->arena) =
		(struct waived){ SPAN("conf.priv"), SPAN("ping needs it"), name, 20500, 2 };
	*(struct gate_result *)vec_push(&r->gates, &r->arena) =
		(struct gate_result){ SPAN("conf.user"), SPAN("not met"), false };
	*(struct diagnostic *)vec_push(&r->diags, &r->arena) =
		(struct diagnostic){ DIAG_ERROR, place_layer(1), name };
	*(struct diagnostic *)vec_push(&r->diags, &r->arena) = (struct diagnostic){ DIAG_WARNING,
		place_file(NO_LAYER, name), SPAN("a path of no layer") };
}

void fixture_init(struct fixture *f, struct span name)
{
	struct report *r = &f->report;

	*f = (struct fixture){ 0 };
	memset(f->long_path, 'x', 4096);
	r->image = &f->facts;
	r->reference = name;
	r->transport = SPAN("oci");
	r->source = SPAN("an OCI layout");
	r->profile = SPAN("chps");
	r->rules = SPAN("sha256:00");
	r->has_error = true;
	r->layers_from_cache = 1;
	f->facts.manifest_digest.algorithm = DIGEST_SHA256;
	f->facts.platform = (struct platform){ SPAN("linux"), name, SPAN("v8"), { 0 } };
	f->facts.distribution = (struct distribution){ .id = SPAN("debian"),
		.version_id = SPAN("12"),
		.is_known = true,
		.pretty_name = name };
	f->facts.total_size = 123456789;
	layers(f, name);
	packages(f, name);
	evidence(f, name);
	secrets(f, name);
	vulnerabilities(f, name);
	judged(f, name);
	grades(r);
	run(r, name);
}

void fixture_release(struct fixture *f)
{
	arena_release(&f->report.arena);
}
