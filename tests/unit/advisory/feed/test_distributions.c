/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "advisory/feed/distribution.h"
#include "advisory/feed/file.h"
#include "tests/unit/advisory/feed/dump.h"

/* clang-format off */
static const struct {
	const char *name, *file, *text;
	const char *want; /* rows, records, what was left out; or a part of the error */
	int code;
} cases[] = {
	{ "debian: what a release may say", "tracker.json",
		"{\"alpha\":{\"CVE-2024-1\":{\"description\":\"d\",\"scope\":\"remote\",\"releases\":{"
		"\"bookworm\":{\"status\":\"resolved\",\"repositories\":{\"bookworm\":\"2\"},\"fixed_version\":\"1:2.0-1\",\"urgency\":\"high\"},"
		"\"bullseye\":{\"status\":\"open\",\"repositories\":{\"bullseye\":\"1\"},\"urgency\":\"medium**\"},"
		"\"trixie\":{\"status\":\"resolved\",\"repositories\":{},\"fixed_version\":\"0\",\"urgency\":\"not yet assigned\"},"
		"\"sid\":{\"status\":\"undetermined\",\"repositories\":{},\"urgency\":\"not yet assigned\"}}},"
		"\"CVE-2024-2\":{\"releases\":{"
		"\"bookworm\":{\"status\":\"open\",\"repositories\":{},\"urgency\":\"low\",\"nodsa\":\"Minor issue\",\"nodsa_reason\":\"\"},"
		"\"bullseye\":{\"status\":\"open\",\"repositories\":{},\"urgency\":\"low\",\"nodsa\":\"Minor issue\",\"nodsa_reason\":\"ignored\"},"
		"\"trixie\":{\"status\":\"open\",\"repositories\":{},\"urgency\":\"low\",\"nodsa\":\"later\",\"nodsa_reason\":\"postponed\"},"
		"\"buster\":{\"status\":\"open\",\"repositories\":{},\"urgency\":\"end-of-life\"},"
		"\"hamm\":{\"status\":\"open\",\"repositories\":{},\"urgency\":\"low\"},"
		"\"sid\":{\"status\":\"new word\",\"repositories\":{},\"urgency\":\"low\"}}}},"
		"\"beta\":{\"TEMP-0000001-ABCDEF\":{\"releases\":{"
		"\"bookworm\":{\"status\":\"open\",\"repositories\":{},\"urgency\":\"unimportant\"}}},\"CVE-2024-3\":{\"releases\":{}}}}",
		"CVE-2024-1 Debian:12 alpha [,1:2.0-1) fixed high (debian-tracker)\n"
		"CVE-2024-1 Debian:11 alpha [,) not-fixed medium (debian-tracker)\n"
		"CVE-2024-1 Debian:13 alpha [,) not-affected unrated (debian-tracker)\n"
		"CVE-2024-1 Debian:sid alpha [,) investigating unrated (debian-tracker)\n"
		"CVE-2024-2 Debian:12 alpha [,) deferred low (debian-tracker)\n"
		"CVE-2024-2 Debian:11 alpha [,) wont-fix low (debian-tracker)\n"
		"CVE-2024-2 Debian:13 alpha [,) deferred low (debian-tracker)\n"
		"CVE-2024-2 Debian:10 alpha [,) end-of-life unrated (debian-tracker)\n"
		"TEMP-0000001-ABCDEF Debian:12 beta [,) not-fixed negligible unimportant (debian-tracker)\n"
		"left out, of no package in an inventory: 1\nleft out, no versions: 1\nleft out, malformed: 1\n", 0 },
	{ "debian: ignored, because it is not built", "tracker.json",
		"{\"zlib\":{\"CVE-2023-45853\":{\"releases\":{\"bookworm\":{\"status\":\"open\",\"repositories\":{},"
		"\"urgency\":\"not yet assigned\",\"nodsa\":\"not built\",\"nodsa_reason\":\"ignored\"},"
		"\"sid\":{\"status\":\"open\",\"repositories\":{},\"urgency\":\"not yet assigned\"}}},"
		"\"CVE-2023-1\":{\"releases\":{\"bookworm\":{\"status\":\"open\",\"repositories\":{},"
		"\"urgency\":\"low\",\"nodsa\":\"not built\",\"nodsa_reason\":\"ignored\"}}}}}",
		"CVE-2023-45853 Debian:12 zlib [,) not-affected unrated (debian-tracker)\n"
		"CVE-2023-45853 Debian:sid zlib [,) not-fixed unrated (debian-tracker)\n"
		"CVE-2023-1 Debian:12 zlib [,) wont-fix low (debian-tracker)\n", 0 },
	{ "debian: cut", "tracker.json",
		"{\"zlib\":{\"CVE-2023-45853\":{\"releases\":{\"bookworm\":{\"status\":\"open\",\"repositories\":{},", "JSON", SCOV_E_FORMAT },
	{ "dsa: a notice", "DSA.list",
		"[09 Mar 2023] DSA-9001-1 alpha - security update\n"
		"\t{CVE-2023-1001 CVE-2023-1002}\n"
		"\t[buster] - alpha 1.0-1+deb10u1\n"
		"\t[bullseye] - alpha 1.1-1~deb11u1 (bug #1; high)\n"
		"\tNOTE: nothing\n"
		"[7 Mar 2023] DLA-9002-2 beta - regression update\n"
		"\t[buster] - beta 2.0-1+deb10u2\n"
		"[06 Mar 2023] DSA-9003 gamma - several\n"
		"        [lenny] - gamma <not-affected> (another code)\n"
		"        [etch] - gamma <end-of-life>\n"
		"        [sarge] - gamma <unfixed>\n"
		"        [woody] - gamma <odd>\n"
		"        [moon] - gamma 1.0\n"
		"[05 Mar 2023] DSA-9004-1 buster end-of-life\n"
		"\tNOTE: end of support\n",
		"CVE-2023-1001 by DSA-9001-1 Debian:10 alpha [,1.0-1+deb10u1) fixed unrated (debian-advisories)\n"
		"CVE-2023-1002 by DSA-9001-1 Debian:10 alpha [,1.0-1+deb10u1) fixed unrated (debian-advisories)\n"
		"CVE-2023-1001 by DSA-9001-1 Debian:11 alpha [,1.1-1~deb11u1) fixed unrated (debian-advisories)\n"
		"CVE-2023-1002 by DSA-9001-1 Debian:11 alpha [,1.1-1~deb11u1) fixed unrated (debian-advisories)\n"
		"DSA-9003 Debian:5 gamma [,) not-affected unrated (debian-advisories)\n"
		"DSA-9003 Debian:4 gamma [,) end-of-life unrated (debian-advisories)\n"
		"DSA-9003 Debian:3.1 gamma [,) not-fixed unrated (debian-advisories)\n"
		"left out, no flaw named: 1\nleft out, no versions: 1\nleft out, malformed: 2\n", 0 },
	{ "dsa: the word after the name is missing", "DLA.list",
		"[09 Mar 2023] DLA-9001-1 alpha - security update\n\t{CVE-2023-1001}\n\t[buster] - alpha\n\t[buster]\n",
		"left out, malformed: 2\n", 0 },
	{ "changelog", "fixes.jsonl",
		"{\"suite\":\"bookworm\",\"source\":\"alpha\",\"current\":\"1.2-1\",\"fixes\":[[\"1.1-1\",[\"CVE-2023-1\",\"CVE-2023-2\"]],[\"1.2-1\",[\"odd\"]],[]]}\n"
		"{\"suite\":\"trixie-security\",\"source\":\"alpha\",\"current\":\"2-1\",\"fixes\":[[\"1.9-1\",[\"CVE-2023-1\"]]]}\n"
		"{\"suite\":\"trixie\",\"source\":\"beta\",\"current\":\"2-1\",\"fixes\":[]}\n"
		"{\"suite\":\"moon\",\"source\":\"beta\",\"current\":\"2-1\",\"fixes\":[]}\n",
		"CVE-2023-1 Debian:12 alpha [,1.1-1) fixed unrated (debian-changelogs)\n"
		"CVE-2023-2 Debian:12 alpha [,1.1-1) fixed unrated (debian-changelogs)\n"
		"CVE-2023-1 Debian:13 alpha [,1.9-1) fixed unrated (debian-changelogs)\n"
		"left out, malformed: 3\nleft out, says nothing that is used: 1\n", 0 },
	{ "secdb: Alpine", "main.json",
		"{\"distroversion\":\"v3.20\",\"reponame\":\"main\",\"urlprefix\":\"https://dl-cdn.alpinelinux.org/alpine\",\"packages\":["
		"{\"pkg\":{\"name\":\"alpha\",\"secfixes\":{\"1.2-r1\":[\"CVE-2024-1 XSA-1\",\"CVE-2024-2 CVE-2024-3\",\"XSA-2\",\"(+\"],"
		"\"0\":[\"CVE-2024-4\"],\"1.2.r0\":[\"CVE-2024-5\"],\"1.3.-r1\":[\"CVE-2024-6\"],\"\\\"0\\\"\":[\"CVE-2024-7\"],"
		"\"1.1.0-r1-r0\":[\"CVE-2024-8\"]}}},{\"pkg\":{\"name\":\"\",\"secfixes\":{\"1\":[\"CVE-2024-9\"]}}},"
		"{\"pkg\":{\"name\":\"beta\",\"secfixes\":null}}]}",
		"CVE-2024-1 Alpine:v3.20 alpha [,1.2-r1) fixed unrated (alpine-secdb)\n"
		"CVE-2024-2 Alpine:v3.20 alpha [,1.2-r1) fixed unrated (alpine-secdb)\n"
		"CVE-2024-3 Alpine:v3.20 alpha [,1.2-r1) fixed unrated (alpine-secdb)\n"
		"XSA-2 Alpine:v3.20 alpha [,1.2-r1) fixed unrated (alpine-secdb)\n"
		"CVE-2024-4 Alpine:v3.20 alpha [,) not-affected unrated (alpine-secdb)\n"
		"CVE-2024-5 Alpine:v3.20 alpha [,1.2.r0) fixed unrated (alpine-secdb)\n"
		"CVE-2024-6 Alpine:v3.20 alpha [,1.3.-r1) fixed unrated (alpine-secdb)\n"
		"CVE-2024-7 Alpine:v3.20 alpha [,) not-affected unrated (alpine-secdb)\n"
		"CVE-2024-8 Alpine:v3.20 alpha [,1.1.0-r1-r0) fixed unrated (alpine-secdb)\n"
		"left out, unreadable versions: 1\nleft out, malformed: 2\n", 0 },
	{ "secdb: Alpine's edge, as YAML", "community.yaml",
		"distroversion: edge\nreponame: community\narchs:\n- x86_64\npackages:\n- pkg:\n    name: alpha\n    secfixes:\n"
		"      1.10:\n      - CVE-2024-1\n",
		"CVE-2024-1 Alpine:edge alpha [,1.10) fixed unrated (alpine-secdb)\n", 0 },
	{ "secdb: Wolfi", "security.json",
		"{\"apkurl\":\"{{urlprefix}}/{{reponame}}\",\"reponame\":\"os\",\"urlprefix\":\"https://packages.wolfi.dev\",\"packages\":["
		"{\"pkg\":{\"name\":\"alpha\",\"secfixes\":{\"0\":[\"CVE-2024-1\"],\"2.0-r3\":[\"CVE-2024-2\",\"GHSA-aaaa-1111-bbbb\"]}}}]}",
		"CVE-2024-1 Wolfi alpha [,) not-affected unrated (wolfi-secdb)\n"
		"CVE-2024-2 Wolfi alpha [,2.0-r3) fixed unrated (wolfi-secdb)\n"
		"GHSA-aaaa-1111-bbbb Wolfi alpha [,2.0-r3) fixed unrated (wolfi-secdb)\n", 0 },
	{ "secdb: nobody's", "security.json",
		"{\"reponame\":\"os\",\"urlprefix\":\"https://packages.example.org\",\"packages\":[]}",
		"left out, of no package in an inventory: 1\n", 0 },
	{ "wolfi: the newest event holds", "alpha.advisories.yaml",
		"schema-version: 2.0.2\npackage:\n  name: alpha\nadvisories:\n"
		"  - id: CGA-1111-1111-1111\n    aliases:\n      - CVE-2024-1\n      - GHSA-aaaa-1111-bbbb\n    events:\n"
		"      - timestamp: 2025-01-02T00:00:00Z\n        type: fixed\n        data:\n          fixed-version: 1.10-r0\n"
		"      - timestamp: 2025-01-01T00:00:00Z\n        type: detection\n"
		"  - id: CGA-2222-2222-2222\n    aliases:\n      - CVE-2024-2\n    events:\n"
		"      - timestamp: 2025-01-01T00:00:00Z\n        type: fixed\n        data:\n          fixed-version: 1.0-r0\n"
		"      - timestamp: 2025-01-02T00:00:00Z\n        type: detection\n"
		"  - id: CGA-3333-3333-3333\n    events:\n"
		"      - timestamp: 2025-01-01T00:00:00Z\n        type: false-positive-determination\n        data:\n          type: component-vulnerability-mismatch\n"
		"  - id: CGA-4444-4444-4444\n    events:\n      - timestamp: 2025-01-01T00:00:00Z\n        type: pending-upstream-fix\n"
		"  - id: CGA-5555-5555-5555\n    events:\n      - timestamp: 2025-01-01T00:00:00Z\n        type: fix-not-planned\n"
		"  - id: CGA-6666-6666-6666\n    events:\n      - timestamp: 2025-01-01T00:00:00Z\n        type: new-word\n"
		"  - id: CGA-7777-7777-7777\n    events: []\n"
		"  - id: CGA-8888-8888-8888\n    events:\n      - timestamp: 2025-01-01T00:00:00Z\n        type: fixed\n",
		"CGA-1111-1111-1111 Wolfi alpha [,1.10-r0) fixed unrated (wolfi-advisories)\n"
		"CGA-2222-2222-2222 Wolfi alpha [,) investigating unrated (wolfi-advisories)\n"
		"CGA-3333-3333-3333 Wolfi alpha [,) not-affected unrated (wolfi-advisories)\n"
		"CGA-4444-4444-4444 Wolfi alpha [,) not-fixed unrated (wolfi-advisories)\n"
		"CGA-5555-5555-5555 Wolfi alpha [,) wont-fix unrated (wolfi-advisories)\n"
		"CGA-1111-1111-1111 ~CVE-2024-1 ~GHSA-aaaa-1111-bbbb: other unrated\n"
		"CGA-2222-2222-2222 ~CVE-2024-2: other unrated\nCGA-3333-3333-3333: other unrated\n"
		"CGA-4444-4444-4444: other unrated\nCGA-5555-5555-5555: other unrated\n"
		"left out, no versions: 1\nleft out, malformed: 2\n", 0 },
	{ "wolfi: an alias is refused", "alpha.advisories.yaml",
		"schema-version: 2.0.2\npackage: &p\n  name: alpha\nadvisories: *p\n", "an anchor", SCOV_E_FORMAT },
#define CSAF(category, publisher) "{\"document\":{\"category\":\"" category "\",\"csaf_version\":\"2.0\",\"publisher\":{\"name\":\"" publisher "\"}," \
	"\"tracking\":{\"id\":\"RHSA-2024:1\",\"current_release_date\":\"2024-05-08T00:00:00+00:00\"}},\"product_tree\":{\"branches\":[{\"category\":\"vendor\",\"name\":\"V\",\"branches\":["
#define PRODUCT(id, helper) "{\"category\":\"product_name\",\"name\":\"" id "\",\"product\":{\"name\":\"" id "\",\"product_id\":\"" id "\",\"product_identification_helper\":{" helper "}}}"
#define PART(whole, part) "{\"category\":\"default_component_of\",\"full_product_name\":{\"name\":\"n\",\"product_id\":\"" whole ":" part "\"},\"product_reference\":\"" part "\",\"relates_to_product_reference\":\"" whole "\"}"
	{ "csaf: what Red Hat has fixed: architectures, modules, streams of paid support", "cve.json",
		CSAF("csaf_vex", "Red Hat Product Security")
		PRODUCT("AppStream-9", "\"cpe\":\"cpe:/a:redhat:enterprise_linux:9::appstream\"") ","
		PRODUCT("EUS-9.2", "\"cpe\":\"cpe:/a:redhat:rhel_eus:9.2::appstream\"") ","
		PRODUCT("alpha-x", "\"purl\":\"pkg:rpm/redhat/alpha@2.0-1.el9?arch=x86_64&epoch=1\"") ","
		PRODUCT("alpha-a", "\"purl\":\"pkg:rpm/redhat/alpha@2.0-1.el9?arch=aarch64&epoch=1\"") ","
		PRODUCT("mod-x", "\"purl\":\"pkg:rpm/redhat/mod@3.1-1.module%2Bel9?arch=x86_64&rpmmod=mod:3:90001:abc\"") ","
		PRODUCT("nomod-x", "\"purl\":\"pkg:rpm/redhat/nomod@3.1-1.module%2Bel9?arch=x86_64\"")
		"]}],\"relationships\":[" PART("AppStream-9", "alpha-x") "," PART("AppStream-9", "alpha-a") "," PART("EUS-9.2", "alpha-x") ","
		PART("AppStream-9", "mod-x") "," PART("AppStream-9", "nomod-x") "]},"
		"\"vulnerabilities\":[{\"cve\":\"CVE-2024-1\",\"title\":\"t\",\"release_date\":\"2024-05-01T00:00:00+00:00\",\"product_status\":{"
		"\"fixed\":[\"AppStream-9:alpha-x\",\"AppStream-9:alpha-a\",\"EUS-9.2:alpha-x\",\"AppStream-9:mod-x\",\"AppStream-9:nomod-x\"],\"known_affected\":[\"AppStream-9\"]},"
		"\"remediations\":[{\"category\":\"vendor_fix\",\"url\":\"https://access.redhat.com/errata/RHSA-2024:7\",\"product_ids\":[\"AppStream-9:alpha-x\",\"AppStream-9:alpha-a\"]}],"
		"\"threats\":[{\"category\":\"impact\",\"details\":\"Moderate\"}]},{\"title\":\"no id\"}]}",
		"CVE-2024-1 by RHSA-2024:7 Red Hat:9 alpha [,1:2.0-1.el9) fixed medium arch aarch64 x86_64 (redhat-csaf)\n"
		"CVE-2024-1 Red Hat:9 mod [,0:3.1-1.module+el9) fixed medium module mod:3 arch x86_64 (redhat-csaf)\n"
		"CVE-2024-1 Red Hat:9 nomod [,0:3.1-1.module+el9) fixed medium arch x86_64 (redhat-csaf)\n"
		"CVE-2024-1: other unrated day 19844 't'\n"
		"left out, no flaw named: 1\nleft out, of no package in an inventory: 1\nleft out, of a product as a whole: 1\n", 0 },
	{ "csaf: what Red Hat has not fixed", "cve.json",
		CSAF("csaf_vex", "Red Hat Product Security")
		PRODUCT("rhel9", "\"cpe\":\"cpe:/o:redhat:enterprise_linux:9\"") ","
		PRODUCT("beta", "\"purl\":\"pkg:rpm/redhat/beta?arch=src\"") "," PRODUCT("gamma", "") "," PRODUCT("delta", "") ","
		PRODUCT("eps", "") "," PRODUCT("zeta", "\"purl\":\"pkg:rpm/redhat/zeta?arch=x86_64\"") "," PRODUCT("image", "\"purl\":\"pkg:oci/image?repository_url=x\"")
		"]}],\"relationships\":[" PART("rhel9", "beta") "," PART("rhel9", "gamma") "," PART("rhel9", "delta") ","
		PART("rhel9", "eps") "," PART("rhel9", "zeta") "," PART("rhel9", "image") "]},"
		"\"vulnerabilities\":[{\"cve\":\"CVE-2024-1\",\"product_status\":{"
		"\"known_affected\":[\"rhel9:beta\",\"rhel9:gamma\",\"rhel9:zeta\",\"rhel9:image\",\"rhel9:unknown\"],\"known_not_affected\":[\"rhel9:delta\"],\"under_investigation\":[\"rhel9:eps\"]},"
		"\"remediations\":[{\"category\":\"no_fix_planned\",\"details\":\"Will not fix\",\"product_ids\":[\"rhel9:beta\"]},"
		"{\"category\":\"no_fix_planned\",\"details\":\"Out of support scope\",\"product_ids\":[\"rhel9:gamma\"]},"
		"{\"category\":\"none_available\",\"details\":\"Fix deferred\",\"product_ids\":[\"rhel9:zeta\"]}],"
		"\"threats\":[{\"category\":\"impact\",\"details\":\"Moderate\"},{\"category\":\"impact\",\"details\":\"Low\",\"product_ids\":[\"rhel9:beta\"]}],"
		"\"scores\":[{\"cvss_v3\":{\"vectorString\":\"CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\"},\"products\":[\"rhel9:beta\"]}]}]}",
		"CVE-2024-1 Red Hat:9 beta [,) wont-fix low CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H arch src (redhat-csaf)\n"
		"CVE-2024-1 Red Hat:9 delta [,) not-affected medium arch src (redhat-csaf)\n"
		"CVE-2024-1 Red Hat:9 eps [,) investigating medium arch src (redhat-csaf)\n"
		"CVE-2024-1 Red Hat:9 gamma [,) end-of-life medium arch src (redhat-csaf)\n"
		"CVE-2024-1 Red Hat:9 zeta [,) deferred medium arch x86_64 (redhat-csaf)\n"
		"CVE-2024-1: other unrated\n"
		"left out, of no package in an inventory: 1\nleft out, malformed: 1\n", 0 },
	{ "csaf: a module that is a product, and an erratum's own id", "rhsa.json",
		CSAF("csaf_security_advisory", "Red Hat Product Security")
		PRODUCT("AppStream-8", "\"cpe\":\"cpe:/a:redhat:enterprise_linux:8::appstream\"") ","
		PRODUCT("mod:3:1:a", "\"purl\":\"pkg:rpmmod/redhat/mod@3:1:a\"") ","
		PRODUCT("alpha-0:1.0-1.module+el8.x86_64", "")
		"]}],\"relationships\":[" PART("AppStream-8", "mod:3:1:a") "," PART("AppStream-8:mod:3:1:a", "alpha-0:1.0-1.module+el8.x86_64") "]},"
		"\"vulnerabilities\":[{\"cve\":\"CVE-2024-1\",\"product_status\":{\"fixed\":[\"AppStream-8:mod:3:1:a:alpha-0:1.0-1.module+el8.x86_64\"]}}]}",
		"CVE-2024-1 by RHSA-2024:1 Red Hat:8 alpha [,0:1.0-1.module+el8) fixed unrated module mod:3 arch x86_64 (redhat-csaf)\n"
		"CVE-2024-1: other unrated\n", 0 },
	{ "csaf: SUSE's names", "cve.json",
		CSAF("csaf_vex", "SUSE Product Security Team")
		PRODUCT("SUSE Linux Enterprise Server 15 SP5", "\"cpe\":\"cpe:/o:suse:sles:15:sp5\"") "," PRODUCT("openSUSE Leap 15.5", "") ","
		PRODUCT("Container bci/base", "") "," PRODUCT("libalpha1-1.2-150500.1.1.x86_64", "") "," PRODUCT("beta", "")
		"]}],\"relationships\":[" PART("SUSE Linux Enterprise Server 15 SP5", "libalpha1-1.2-150500.1.1.x86_64") ","
		PART("openSUSE Leap 15.5", "libalpha1-1.2-150500.1.1.x86_64") "," PART("Container bci/base", "beta") "," PART("SUSE Linux Enterprise Server 15 SP5", "beta") "]},"
		"\"vulnerabilities\":[{\"cve\":\"CVE-2024-1\",\"product_status\":{\"recommended\":[\"SUSE Linux Enterprise Server 15 SP5:libalpha1-1.2-150500.1.1.x86_64\","
		"\"openSUSE Leap 15.5:libalpha1-1.2-150500.1.1.x86_64\"],\"known_affected\":[\"SUSE Linux Enterprise Server 15 SP5:beta\",\"Container bci/base:beta\"]}}]}",
		"CVE-2024-1 SUSE:Linux Enterprise Server 15 SP5 beta [,) not-fixed unrated arch src (suse-csaf)\n"
		"CVE-2024-1 SUSE:Linux Enterprise Server 15 SP5 libalpha1 [,0:1.2-150500.1.1) fixed unrated arch x86_64 (suse-csaf)\n"
		"CVE-2024-1 openSUSE:Leap 15.5 libalpha1 [,0:1.2-150500.1.1) fixed unrated arch x86_64 (suse-csaf)\n"
		"CVE-2024-1: other unrated\nleft out, of no package in an inventory: 1\n", 0 },
	{ "csaf: relationships in a circle", "cve.json",
		CSAF("csaf_vex", "Red Hat Product Security") PRODUCT("alpha", "\"purl\":\"pkg:rpm/redhat/alpha?arch=src\"")
		"]}],\"relationships\":[" PART("a", "alpha") ",{\"full_product_name\":{\"product_id\":\"a\"},\"product_reference\":\"alpha\",\"relates_to_product_reference\":\"a\"}]},"
		"\"vulnerabilities\":[{\"cve\":\"CVE-2024-1\",\"product_status\":{\"known_affected\":[\"a:alpha\"]}}]}",
		"CVE-2024-1: other unrated\nleft out, of no package in an inventory: 1\n", 0 },
#define OVAL(definitions, parts) "<?xml version=\"1.0\"?>\n<oval_definitions xmlns:r=\"u\"><generator><timestamp>2024-05-08T00:00:00</timestamp></generator><definitions>" \
	definitions "</definitions><tests>" parts "</tests></oval_definitions>"
#define TEST(n) "<r:rpminfo_test id=\"tst:" n "\"><r:object object_ref=\"obj:" n "\"/><r:state state_ref=\"ste:" n "\"/></r:rpminfo_test>"
#define OBJECT(n, name) "<rpminfo_object id=\"obj:" n "\"><name>" name "</name></rpminfo_object>"
#define STATE(n, how, evr, more) "<rpminfo_state id=\"ste:" n "\"><evr datatype=\"evr_string\" operation=\"" how "\">" evr "</evr>" more "</rpminfo_state>"
	{ "oval: Oracle", "oracle.xml",
		OVAL("<definition id=\"oval:d:1\" class=\"patch\"><metadata><reference source=\"elsa\" ref_id=\"ELSA-2024-1\"/><reference source=\"CVE\" ref_id=\"CVE-2024-1\"/>"
		"<advisory><severity>IMPORTANT</severity><cve>CVE-2024-2</cve></advisory></metadata><criteria operator=\"AND\">"
		"<criterion test_ref=\"tst:0\" comment=\"Oracle Linux 9 is installed\"/><criteria operator=\"OR\">"
		"<criteria operator=\"AND\"><criterion test_ref=\"tst:9\" comment=\"Oracle Linux arch is aarch64\"/><criteria operator=\"OR\"><criteria operator=\"AND\">"
		"<criterion test_ref=\"tst:1\" comment=\"alpha is earlier than 1:2.0-1.el9\"/><criterion test_ref=\"tst:8\" comment=\"alpha is signed with the key\"/></criteria></criteria></criteria>"
		"<criteria operator=\"AND\"><criterion test_ref=\"tst:9\" comment=\"Oracle Linux arch is x86_64\"/><criterion test_ref=\"tst:1\" comment=\"alpha is earlier than 1:2.0-1.el9\"/></criteria>"
		"<criterion test_ref=\"tst:2\" comment=\"alpha is earlier than 2:2.0-1.ksplice1.el9\"/>"
		"<criterion test_ref=\"tst:missing\" comment=\"lost is earlier than 1\"/></criteria></criteria></definition>"
		"<definition id=\"oval:d:2\"><criteria><criterion test_ref=\"tst:1\" comment=\"alpha is earlier\"/></criteria></definition>",
		TEST("1") TEST("2") OBJECT("1", "alpha") OBJECT("2", "alpha") STATE("1", "less than", "1:2.0-1.el9", "") STATE("2", "less than", "2:2.0-1.ksplice1.el9", "")),
		"CVE-2024-1 by ELSA-2024-1 Oracle Linux:9 alpha [,1:2.0-1.el9) fixed high arch aarch64 x86_64 (oracle-oval)\n"
		"CVE-2024-2 by ELSA-2024-1 Oracle Linux:9 alpha [,1:2.0-1.el9) fixed high arch aarch64 x86_64 (oracle-oval)\n"
		"left out, no flaw named: 1\nleft out, of no package in an inventory: 1\nleft out, malformed: 1\n", 0 },
	{ "oval: SUSE's products, architectures and what has no fix", "suse.xml",
		OVAL("<definition id=\"oval:d:1\" class=\"vulnerability\"><metadata><title>CVE-2024-1</title><reference ref_id=\"Mitre CVE-2024-1\" source=\"CVE\"/>"
		"<advisory><severity>Moderate</severity></advisory></metadata><criteria operator=\"AND\"><criteria operator=\"OR\">"
		"<criterion test_ref=\"tst:8\" comment=\"SUSE Linux Enterprise Server 15 SP5 is installed\"/><criterion test_ref=\"tst:8\" comment=\"openSUSE Leap 15.5 is installed\"/></criteria>"
		"<criteria operator=\"OR\"><criterion test_ref=\"tst:1\" comment=\"libalpha1-1.2-1.1 is installed\"/><criterion test_ref=\"tst:2\" comment=\"beta is affected\"/>"
		"<criterion test_ref=\"tst:3\" comment=\"gamma is not affected\"/><criterion test_ref=\"tst:4\" comment=\"delta is odd\"/></criteria></criteria></definition>",
		TEST("1") TEST("2") TEST("3") TEST("4") OBJECT("1", "libalpha1") OBJECT("2", "beta") OBJECT("3", "gamma") OBJECT("4", "delta")
		STATE("1", "less than", "0:1.2-1.1", "<arch operation=\"pattern match\">(aarch64|x86_64)</arch>") STATE("2", "greater than", "0:0-0", "")
		"<rpminfo_state id=\"ste:3\"><version operation=\"equals\">0</version></rpminfo_state>" STATE("4", "equals", "1.2", "")),
		"CVE-2024-1 SUSE:Linux Enterprise Server 15 SP5 beta [,) not-fixed medium (suse-oval)\n"
		"CVE-2024-1 SUSE:Linux Enterprise Server 15 SP5 gamma [,) not-affected medium (suse-oval)\n"
		"CVE-2024-1 SUSE:Linux Enterprise Server 15 SP5 libalpha1 [,0:1.2-1.1) fixed medium arch aarch64 x86_64 (suse-oval)\n"
		"CVE-2024-1 openSUSE:Leap 15.5 beta [,) not-fixed medium (suse-oval)\n"
		"CVE-2024-1 openSUSE:Leap 15.5 gamma [,) not-affected medium (suse-oval)\n"
		"CVE-2024-1 openSUSE:Leap 15.5 libalpha1 [,0:1.2-1.1) fixed medium arch aarch64 x86_64 (suse-oval)\n"
		"left out, unreadable versions: 1\n", 0 },
	{ "oval: Azure Linux by the release of the version", "azure.xml",
		OVAL("<definition id=\"oval:d:1\"><metadata><reference ref_id=\"CVE-2024-1\" source=\"CVE\"/><patchable>true</patchable><severity>Critical</severity></metadata>"
		"<criteria operator=\"AND\"><criterion comment=\"Package alpha is earlier than 1\" test_ref=\"tst:1\"/></criteria></definition>"
		"<definition id=\"oval:d:2\"><metadata><reference ref_id=\"CVE-2024-2\" source=\"CVE\"/><patchable>false</patchable></metadata>"
		"<criteria operator=\"AND\"><criterion comment=\"Package beta is earlier than 1\" test_ref=\"tst:2\"/><criterion comment=\"Package gamma is earlier than 1\" test_ref=\"tst:3\"/></criteria></definition>",
		TEST("1") TEST("2") TEST("3") OBJECT("1", "alpha") OBJECT("2", "beta") OBJECT("3", "gamma") STATE("1", "less than", "0:3.4.0-1.azl3", "")
		STATE("2", "less than or equal", "0:1.0-2.cm2", "") STATE("3", "less than", "0:1.0-2", "")),
		"CVE-2024-1 Azure Linux:3.0 alpha [,0:3.4.0-1.azl3) fixed critical (azurelinux-oval)\n"
		"CVE-2024-2 Mariner:2.0 beta [,0:1.0-2.cm2] not-fixed unrated (azurelinux-oval)\n"
		"left out, of no package in an inventory: 1\n", 0 },
	{ "oval: an id of two things is of neither", "azure.xml",
		OVAL("<definition id=\"oval:d:1\"><metadata><reference ref_id=\"CVE-2024-1\" source=\"CVE\"/></metadata>"
		"<criteria><criterion comment=\"alpha\" test_ref=\"tst:1\"/><criterion comment=\"beta\" test_ref=\"tst:2\"/><criterion comment=\"gamma\" test_ref=\"tst:3\"/><criterion comment=\"delta\" test_ref=\"tst:4\"/></criteria></definition>",
		TEST("1") TEST("1") TEST("2") TEST("3") TEST("4") OBJECT("1", "alpha") OBJECT("2", "beta") OBJECT("2", "other") OBJECT("3", "gamma") OBJECT("4", "delta")
		STATE("1", "less than", "0:1.0-1.azl3", "") STATE("2", "less than", "0:1.0-1.azl3", "") STATE("3", "less than", "0:1.0-1.azl3", "") STATE("3", "less than", "0:2.0-1.azl3", "")
		STATE("4", "less than", "0:1.0-1.azl3", "")),
		"CVE-2024-1 Azure Linux:3.0 delta [,0:1.0-1.azl3) fixed unrated (azurelinux-oval)\nleft out, malformed: 3\n", 0 },
	{ "oval: cut before the tests", "oracle.xml", "<oval_definitions><definitions><definition id=\"oval:d:1\">", "not XML", SCOV_E_FORMAT },
	{ "oval: a document type", "oracle.xml", "<!DOCTYPE oval_definitions><oval_definitions/>", "a document type", SCOV_E_FORMAT },
	{ "updateinfo: Amazon Linux", "updateinfo.xml",
		"<?xml version=\"1.0\"?>\n<updates><update from=\"linux-security@example.org\" status=\"final\" type=\"security\" version=\"1.4\"><id>ALAS2023-2024-1</id><title>t</title>"
		"<issued date=\"2024-05-01 10:00\"/><updated date=\"2024-05-08 10:00\"/><severity>important</severity><description>d</description>"
		"<references><reference href=\"h\" id=\"CVE-2024-1\" type=\"cve\"/><reference href=\"h\" id=\"CVE-2024-2\" type=\"cve\"/></references>"
		"<pkglist><collection short=\"amazon-linux-2023\"><name>n</name>"
		"<package name=\"alpha\" version=\"2.0\" release=\"1.amzn2023\" epoch=\"1\" arch=\"x86_64\"><filename>f</filename></package>"
		"<package name=\"alpha\" version=\"2.0\" release=\"1.amzn2023\" epoch=\"1\" arch=\"aarch64\"/><package name=\"alpha\" version=\"2.0\" release=\"1.amzn2023\" epoch=\"1\" arch=\"src\"/>"
		"<package name=\"beta\" version=\"1.0\" release=\"1.amzn1\" arch=\"noarch\"/></collection></pkglist></update>"
		"<update type=\"bugfix\"><id>ALAS2-1</id></update><update type=\"security\"><id>ALAS2-2</id></update>"
		"<update type=\"security\"><id>X-1</id><pkglist><package name=\"a\" version=\"1\" release=\"1\" arch=\"x86_64\"/></pkglist></update></updates>",
		"CVE-2024-1 by ALAS2023-2024-1 Amazon Linux:2018.03 beta [,0:1.0-1.amzn1) fixed high (amazon-updateinfo)\n"
		"CVE-2024-2 by ALAS2023-2024-1 Amazon Linux:2018.03 beta [,0:1.0-1.amzn1) fixed high (amazon-updateinfo)\n"
		"CVE-2024-1 by ALAS2023-2024-1 Amazon Linux:2023 alpha [,1:2.0-1.amzn2023) fixed high arch aarch64 x86_64 (amazon-updateinfo)\n"
		"CVE-2024-2 by ALAS2023-2024-1 Amazon Linux:2023 alpha [,1:2.0-1.amzn2023) fixed high arch aarch64 x86_64 (amazon-updateinfo)\n"
		"left out, no flaw named: 1\nleft out, of no package in an inventory: 1\nleft out, no versions: 1\n", 0 },
	{ "updateinfo: Oracle's modules, and CVEs in a title", "updateinfo.xml",
		"<updates><update from=\"el-errata@oss.oracle.com\" type=\"security\"><id>ELSA-2024-2</id><title>mod:3 security update</title><severity>Moderate</severity>"
		"<references><reference id=\"https://x\" title=\"CVE-2024-3 and CVE-2024-4: a flaw\" type=\"other\"/></references>"
		"<pkglist><collection><module name=\"mod\" stream=\"3\" version=\"8\" context=\"a\" arch=\"x86_64\"/>"
		"<package name=\"alpha\" version=\"1\" release=\"1.module+el8.1\" epoch=\"0\" arch=\"x86_64\"/></collection>"
		"<collection><package name=\"beta\" version=\"1\" release=\"1.el8\" epoch=\"0\" arch=\"x86_64\"/><package name=\"beta\" version=\"1\" release=\"1.ksplice1.el8\" epoch=\"2\" arch=\"x86_64\"/></collection></pkglist></update></updates>",
		"CVE-2024-3 by ELSA-2024-2 Oracle Linux:8 alpha [,0:1-1.module+el8.1) fixed medium module mod:3 arch x86_64 (oracle-updateinfo)\n"
		"CVE-2024-4 by ELSA-2024-2 Oracle Linux:8 alpha [,0:1-1.module+el8.1) fixed medium module mod:3 arch x86_64 (oracle-updateinfo)\n"
		"CVE-2024-3 by ELSA-2024-2 Oracle Linux:8 beta [,0:1-1.el8) fixed medium arch x86_64 (oracle-updateinfo)\n"
		"CVE-2024-4 by ELSA-2024-2 Oracle Linux:8 beta [,0:1-1.el8) fixed medium arch x86_64 (oracle-updateinfo)\n", 0 },
	{ "updateinfo: extras of Amazon Linux 2", "updateinfo.xml",
		"<updates><update type=\"security\"><id>ALAS2POSTGRESQL14-2023-001</id><severity>Medium</severity><references><reference id=\"CVE-2024-1\" type=\"cve\"/></references>"
		"<pkglist><collection><package name=\"alpha\" version=\"14.5\" release=\"1.amzn2.0.1\" epoch=\"0\" arch=\"x86_64\"/>"
		"<package name=\"beta\" version=\"140.5\" release=\"1.amzn2\" epoch=\"0\" arch=\"x86_64\"/></collection></pkglist></update>"
		"<update type=\"security\"><id>ALAS2KERNEL-5.10-2022-001</id><severity>low</severity><references><reference id=\"CVE-2024-1\" type=\"cve\"/></references>"
		"<pkglist><collection><package name=\"kernel\" version=\"5.10.9\" release=\"1.amzn2\" epoch=\"0\" arch=\"x86_64\"/></collection></pkglist></update>"
		"<update type=\"security\"><id>ALAS2LIVEPATCH-2021-047</id><severity>important</severity><references><reference id=\"CVE-2024-1\" type=\"cve\"/></references>"
		"<pkglist><collection><package name=\"kernel-livepatch-4.14.1-1\" version=\"1.0\" release=\"3.amzn2\" epoch=\"0\" arch=\"x86_64\"/></collection></pkglist></update>"
		"<update type=\"security\"><id>ALAS2023LIVEPATCH-2024-001</id><severity>critical</severity><references><reference id=\"CVE-2024-1\" type=\"cve\"/></references>"
		"<pkglist><collection><package name=\"gamma\" version=\"2023.1\" release=\"1.amzn2023\" epoch=\"0\" arch=\"x86_64\"/></collection></pkglist></update>"
		"<update type=\"security\"><id>ALAS2-2018-939</id><severity>medium</severity><references><reference id=\"CVE-2024-1\" type=\"cve\"/></references>"
		"<pkglist><collection><package name=\"delta\" version=\"2.9\" release=\"1.amzn2\" epoch=\"1\" arch=\"x86_64\"/></collection></pkglist></update></updates>",
		"CVE-2024-1 by ALAS2POSTGRESQL14-2023-001 Amazon Linux:2 alpha [0:14,0:14.5-1.amzn2.0.1) fixed medium arch x86_64 (amazon-2-updateinfo)\n"
		"CVE-2024-1 by ALAS2POSTGRESQL14-2023-001 Amazon Linux:2 beta [,0:140.5-1.amzn2) fixed medium arch x86_64 (amazon-2-updateinfo)\n"
		"CVE-2024-1 by ALAS2KERNEL-5.10-2022-001 Amazon Linux:2 kernel [0:5.10,0:5.10.9-1.amzn2) fixed low arch x86_64 (amazon-2-updateinfo)\n"
		"CVE-2024-1 by ALAS2LIVEPATCH-2021-047 Amazon Linux:2 kernel-livepatch-4.14.1-1 [,0:1.0-3.amzn2) fixed high arch x86_64 (amazon-2-updateinfo)\n"
		"CVE-2024-1 by ALAS2023LIVEPATCH-2024-001 Amazon Linux:2023 gamma [,0:2023.1-1.amzn2023) fixed critical arch x86_64 (amazon-updateinfo)\n"
		"CVE-2024-1 by ALAS2-2018-939 Amazon Linux:2 delta [,1:2.9-1.amzn2) fixed medium arch x86_64 (amazon-2-updateinfo)\n", 0 },
	{ "photon: all states", "cve_data_photon4.0.json",
		"[{\"cve_id\":\"CVE-2024-1\",\"pkg\":\"alpha\",\"cve_score\":9.8,\"aff_ver\":\"all versions before 1.2-1.ph4 are vulnerable\",\"res_ver\":\"1.2-1.ph4\",\"status\":\"Fixed\"},"
		"{\"cve_id\":\"CVE-2024-2\",\"pkg\":\"alpha\",\"cve_score\":5,\"aff_ver\":\"all versions are affected\",\"res_ver\":\"NA\",\"status\":\"Unfixed\"},"
		"{\"cve_id\":\"CVE-2024-3\",\"pkg\":\"alpha\",\"cve_score\":0,\"aff_ver\":\"NA\",\"res_ver\":\"NA\",\"status\":\"Not Affected\"},"
		"{\"cve_id\":\"BDSA-2024-1\",\"pkg\":\"beta\",\"cve_score\":3.9,\"res_ver\":\"2-1.ph4\"},"
		"{\"cve_id\":\"Re\",\"pkg\":\"beta\",\"cve_score\":3.9,\"res_ver\":\"2-1.ph4\"},"
		"{\"cve_id\":\"CVE-2024-4\",\"pkg\":\"beta\",\"cve_score\":7,\"res_ver\":\"NA\",\"status\":\"Fixed\"},"
		"{\"cve_id\":\"CVE-2024-5\",\"pkg\":\"beta\",\"cve_score\":7,\"res_ver\":\"NA\"}]",
		"CVE-2024-1 Photon OS:4.0 alpha [,1.2-1.ph4) fixed critical arch src (photon-cve)\n"
		"CVE-2024-2 Photon OS:4.0 alpha [,) not-fixed medium arch src (photon-cve)\n"
		"CVE-2024-3 Photon OS:4.0 alpha [,) not-affected unrated arch src (photon-cve)\n"
		"BDSA-2024-1 Photon OS:4.0 beta [,2-1.ph4) fixed low arch src (photon-cve)\n"
		"CVE-2024-4 Photon OS:4.0 beta [,) unknown high arch src (photon-cve)\n"
		"CVE-2024-5 Photon OS:4.0 beta [,) not-fixed high arch src (photon-cve)\n"
		"left out, malformed: 1\n", 0 },
	{ "photon: the release of the version", "data.json", "[{\"cve_id\":\"CVE-2024-1\",\"pkg\":\"alpha\",\"cve_score\":9,\"res_ver\":\"1.2-1.ph5\"},{\"cve_id\":\"CVE-2024-2\",\"pkg\":\"alpha\",\"res_ver\":\"NA\"}]",
		"CVE-2024-1 Photon OS:5.0 alpha [,1.2-1.ph5) fixed critical arch src (photon-cve)\nleft out, of no package in an inventory: 1\n", 0 },
	{ "photon: cut", "cve_data_photon4.0.json", "[{\"cve_id\":\"CVE-2024-1\",\"pkg\":\"alpha\",\"res_ver\":\"1\"},", "", SCOV_E_FORMAT },
	{ "bodhi: an update", "FEDORA-2025-a.json",
		"{\"alias\":\"FEDORA-2025-a\",\"display_name\":\"\",\"title\":\"alpha-lib-1.2-1.fc40\",\"notes\":\"not CVE-2024-9\",\"severity\":\"urgent\",\"type\":\"security\",\"status\":\"stable\","
		"\"date_submitted\":\"2025-01-10 10:00:00\",\"date_modified\":null,\"url\":\"https://bodhi.fedoraproject.org/updates/FEDORA-2025-a\",\"release\":{\"name\":\"F40\"},"
		"\"bugs\":[{\"bug_id\":1,\"security\":true,\"title\":\"CVE-2024-1 CVE-2024-2 alpha: a flaw [fedora-40]\"},{\"bug_id\":2,\"title\":\"alpha-1.2 is available\"}],"
		"\"builds\":[{\"nvr\":\"alpha-lib-1.2-1.fc40\",\"type\":\"rpm\",\"epoch\":1},{\"nvr\":\"mod-1-2.fc40\",\"type\":\"module\"},{\"nvr\":\"x\",\"type\":\"rpm\"},{\"nvr\":\"a-b\",\"type\":\"rpm\"}]}",
		"CVE-2024-1 by FEDORA-2025-a Fedora:40 alpha-lib [,1.2-1.fc40) fixed critical arch src (fedora-bodhi)\n"
		"CVE-2024-2 by FEDORA-2025-a Fedora:40 alpha-lib [,1.2-1.fc40) fixed critical arch src (fedora-bodhi)\n"
		"left out, of no package in an inventory: 1\nleft out, malformed: 2\n", 0 },
	{ "bodhi: a page of the API", "updates.json",
		"{\"updates\":[{\"alias\":\"FEDORA-2025-b\",\"title\":\"t\",\"notes\":\"fixes CVE-2024-3\",\"severity\":\"low\",\"type\":\"security\",\"status\":\"stable\",\"url\":\"https://bodhi.fedoraproject.org/updates/FEDORA-2025-b\","
		"\"builds\":[{\"nvr\":\"beta-2-1.fc41\",\"epoch\":null}]},"
		"{\"alias\":\"FEDORA-2025-c\",\"title\":\"t\",\"type\":\"security\",\"status\":\"stable\",\"builds\":[{\"nvr\":\"beta-2-1.fc41\"}]},"
		"{\"alias\":\"FEDORA-2025-d\",\"title\":\"CVE-2024-4\",\"type\":\"security\",\"status\":\"testing\",\"builds\":[{\"nvr\":\"beta-2-1.fc41\"}]},"
		"{\"alias\":\"FEDORA-EPEL-2025-e\",\"title\":\"CVE-2024-4\",\"type\":\"security\",\"status\":\"stable\",\"builds\":[{\"nvr\":\"beta-2-1.el8\"}]},"
		"{\"alias\":\"FEDORA-2025-f\",\"title\":\"t\",\"type\":\"enhancement\",\"status\":\"stable\",\"builds\":[{\"nvr\":\"beta-2-1.fc41\"}]},"
		"{\"title\":\"t\"}],\"page\":1,\"pages\":1,\"rows_per_page\":20,\"total\":6}",
		"CVE-2024-3 by FEDORA-2025-b Fedora:41 beta [,2-1.fc41) fixed low arch src (fedora-bodhi)\n"
		"FEDORA-2025-c Fedora:41 beta [,2-1.fc41) fixed unrated arch src (fedora-bodhi)\n"
		"left out, no flaw named: 1\nleft out, of no package in an inventory: 1\nleft out, malformed: 1\nleft out, says nothing that is used: 1\n", 0 },
	{ "a page instead of the feed", "updateinfo.xml", "<html><body>gone</body></html>", "HTML", SCOV_E_FORMAT },
};
/* clang-format on */

static void print_left_out(const struct feed_sum *sum, struct buf *b)
{
	for (size_t i = 0; advisory_feeds[i]; i++)
		for (size_t r = 0; r < FEED_REASONS; r++)
			if (sum->formats[i].left_out[r])
				buf_printf(b, "left out, %s: %llu\n", feed_reason_names[r],
					(unsigned long long)sum->formats[i].left_out[r]);
}

static void formats(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct limits limits = limits_default();
		struct feed_sum sum = { 0 };
		struct feed_files f = { .sum = &sum, .is_alone = true };
		struct span text = span_str(cases[i].text);
		struct scov_err err = { 0 };
		scoped_buf struct buf out = { 0 };
		int code;

		assert_int_equal(0, advisory_build_new(&f.build, &limits, &err));
		code = feed_file_begin(&f, span_str(cases[i].file), &err);
		for (size_t at = 0; at < text.len && !code; at += 100)
			code = feed_file_push(&f, span_sub(text, at, 100), &err);
		if (!code)
			code = feed_file_end(&f, &err);
		dump(f.build, &out);
		print_left_out(&sum, &out);
		if (code != cases[i].code)
			fail_msg("%s: %d %s", cases[i].name, code, err.text);
		if (code)
			check(cases[i].name, strstr(err.text, cases[i].want));
		else
			check_span(cases[i].name, buf_view(&out), span_str(cases[i].want));
		feed_files_release(&f);
		advisory_build_free(f.build);
	}
}

static void names(void **state)
{
	(void)state;
	static const struct {
		const char *name, *want;
		struct span (*read)(struct span, struct arena *);
	} rows[] = {
		{ "bookworm", "Debian:12", debian_release },
		{ "trixie-security", "Debian:13", debian_release },
		{ "sid", "Debian:sid", debian_release },
		{ "book", "", debian_release },
		{ "Oracle Linux 9", "Oracle Linux:9", rpm_product },
		{ "Red Hat Enterprise Linux 8.6 EUS", "Red Hat:8", rpm_product },
		{ "SUSE Linux Enterprise Module for Basesystem 15 SP5",
			"SUSE:Linux Enterprise Module for Basesystem 15 SP5", rpm_product },
		{ "openSUSE Tumbleweed", "openSUSE:Tumbleweed", rpm_product },
		{ "Oracle Linux ", "", rpm_product },
		{ "Another Linux 9", "", rpm_product },
		{ "0:1.0-2.azl3", "Azure Linux:3.0", rpm_release },
		{ "1.0-2.cm1", "Mariner:1.0", rpm_release },
		{ "1.0-2.ph5", "Photon OS:5.0", rpm_release },
		{ "1.amzn2.0.3", "Amazon Linux:2", rpm_release },
		{ "1.amzn2023.0.3", "Amazon Linux:2023", rpm_release },
		{ "12.17.amzn1", "Amazon Linux:2018.03", rpm_release },
		{ "1.fc40", "Fedora:40", rpm_release },
		{ "1.el9", "", rpm_release },
		{ "1.fc", "", rpm_release },
	};
	scoped_arena struct arena a = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check_span(rows[i].name, rows[i].read(span_str(rows[i].name), &a),
			span_str(rows[i].want));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
