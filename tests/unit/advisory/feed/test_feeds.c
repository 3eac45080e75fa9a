/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "advisory/feed/file.h"
#include "base/date.h"
#include "base/fd.h"
#include "format/tar_write.h"
#include "tests/unit/advisory/feed/dump.h"

static const struct {
	const char *name, *file;
	struct span text;
	const char *want; /* rows, records, what was left out; or */
	int code;
	const char *error; /* a part of it */
} cases[] = {
	{ "osv: a Go module", "GO-2024-9001.json",
		SPAN_INIT("{\"id\":\"GO-2024-9001\",\"modified\":\"0001-01-01T00:00:00Z\","
			  "\"published\":\"2024-05-01T10:00:00Z\",\"aliases\":[\"CVE-2024-90001\","
			  "\"GHSA-aaaa-bbbb-cccc\"],\"summary\":\"A "
			  "leak\",\"affected\":[{\"package\":{\"name\":\"example.com/"
			  "m\",\"ecosystem\":\"Go\"},\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{"
			  "\"introduced\":\"1.5.0\"},{\"fixed\":\"1.5.2\"},{\"introduced\":\"0\"},{"
			  "\"fixed\":\"1.4.9\"}]}],\"ecosystem_specific\":{\"imports\":[{\"path\":"
			  "\"example.com/m/"
			  "x\",\"symbols\":[\"Get\",\"T.Do\"]},{\"path\":\"example.com/m/"
			  "y\"},{\"path\":\"example.com/m/w\",\"goos\":[\"windows\"]}]}}]}"),
		"GO-2024-9001 Go example.com/m [,1.4.9) [1.5.0,1.5.2) fixed unrated symbols "
		"example.com/m/x.Get\nexample.com/m/x.T.Do\nexample.com/m/y.\n "
		"(go-vulndb)\nGO-2024-9001 ~CVE-2024-90001 ~GHSA-aaaa-bbbb-cccc: other unrated day "
		"19844 'A leak'\n",
		0, NULL },
	{ "changelog: a rebuild for a release holds what the version it was made of has", "c.jsonl",
		SPAN_INIT("{\"suite\":\"bookworm\",\"source\":\"x\",\"current\":\"1.3~deb12u6\","
			  "\"fixes\":[[\"1.3\",[\"CVE-2022-1\"]],[\"1.2-1\",[\"CVE-2022-2\"]],"
			  "[\"2.0\",[\"CVE-2022-3\"]]]}\n"),
		"CVE-2022-1 Debian:12 x [,1.3~) fixed unrated (debian-changelogs)\n"
		"CVE-2022-2 Debian:12 x [,1.2-1) fixed unrated (debian-changelogs)\n"
		"CVE-2022-3 Debian:12 x [,1.3~deb12u6) fixed unrated (debian-changelogs)\n",
		0, NULL },
	{ "osv: Go's custom ranges are read where the others have no end", "g.json",
		SPAN_INIT("{\"id\":\"GO-2024-9002\",\"summary\":\"x\",\"affected\":[{\"package\":{"
			  "\"name\":\"example.com/"
			  "old\",\"ecosystem\":\"Go\"},\"ranges\":[{\"type\":\"SEMVER\",\"events\":"
			  "[{\"introduced\":\"0\"}]}],\"ecosystem_specific\":{\"custom_ranges\":[{"
			  "\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":"
			  "\"2.0.1\"}]}]}},{\"package\":{\"name\":\"example.com/"
			  "new\",\"ecosystem\":\"Go\"},\"ranges\":[{\"type\":\"SEMVER\",\"events\":"
			  "[{\"introduced\":\"0\"},{\"fixed\":\"1.0.0\"}]}],\"ecosystem_specific\":"
			  "{\"custom_ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":"
			  "\"0.9.1.3\"}]}]}}]}"),
		"GO-2024-9002 Go example.com/old [,2.0.1) fixed unrated (go-vulndb)\nGO-2024-9002 "
		"Go example.com/new [,1.0.0) fixed unrated (go-vulndb)\nGO-2024-9002: other "
		"unrated 'x'\n",
		0, NULL },
	{ "osv: Go only on Windows", "g.json",
		SPAN_INIT("{\"id\":\"GO-2024-9003\",\"summary\":\"x\",\"affected\":[{\"package\":{"
			  "\"name\":\"stdlib\",\"ecosystem\":\"Go\"},\"ranges\":[{\"type\":"
			  "\"SEMVER\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"1.20.0-0\"}]}"
			  "],\"ecosystem_specific\":{\"imports\":[{\"path\":\"os\",\"goos\":["
			  "\"windows\"]}]}}]}"),
		"GO-2024-9003: other unrated 'x'\nleft out, for another platform: 1\n", 0, NULL },
	{ "osv: versions that no range covers, and PyPI's", "p.json",
		SPAN_INIT("{\"id\":\"PYSEC-2024-9\",\"modified\":\"2024-06-01T00:00:00Z\","
			  "\"affected\":[{\"package\":{\"name\":\"Some_Pkg\",\"ecosystem\":"
			  "\"PyPI\"},\"ranges\":[{\"type\":\"GIT\",\"repo\":\"x\",\"events\":[{"
			  "\"introduced\":\"0\"},{\"fixed\":\"abc\"}]},{\"type\":\"ECOSYSTEM\","
			  "\"events\":[{\"introduced\":\"1.0\"},{\"last_affected\":\"1.2\"}]}],"
			  "\"versions\":[\"1.0\",\"1.1\",\"1.2\",\"1.3.post1\"]}],\"severity\":[{"
			  "\"type\":\"CVSS_V3\",\"score\":\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/"
			  "I:H/A:H\"},{\"type\":\"CVSS_V4\",\"score\":\"CVSS:4.0/AV:N/AC:L/AT:N/"
			  "PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N\"}]}"),
		"PYSEC-2024-9 PyPI some-pkg [1.0,1.2] =1.3.post1 unknown unrated "
		"(pypa-advisories)\nPYSEC-2024-9: other unrated "
		"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N\n",
		0, NULL },
	{ "osv: only commits", "p.json",
		SPAN_INIT("{\"id\":\"PYSEC-2024-10\",\"modified\":\"2024-06-01T00:00:00Z\","
			  "\"affected\":[{\"package\":{\"name\":\"a\",\"ecosystem\":\"PyPI\"},"
			  "\"ranges\":[{\"type\":\"GIT\",\"repo\":\"x\",\"events\":[{"
			  "\"introduced\":\"0\"}]}]}]}"),
		"PYSEC-2024-10: other unrated\nleft out, no versions: 1\n", 0, NULL },
	{ "osv: GitHub's word, npm, no fix", "GHSA.json",
		SPAN_INIT("{\"id\":\"GHSA-1111-2222-3333\",\"modified\":\"2024-06-01T00:00:00Z\","
			  "\"aliases\":[\"CVE-2024-90003\"],\"affected\":[{\"package\":{\"name\":"
			  "\"@a/"
			  "b\",\"ecosystem\":\"npm\"},\"ranges\":[{\"type\":\"SEMVER\",\"events\":["
			  "{\"introduced\":\"0\"}]}]},{\"package\":{\"name\":\"g:a\",\"ecosystem\":"
			  "\"Maven\"},\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{"
			  "\"introduced\":\"0\"},{\"fixed\":\"2.1\"}]}]},{\"package\":{\"name\":"
			  "\"N.P\",\"ecosystem\":\"NuGet\"},\"ranges\":[{\"type\":\"ECOSYSTEM\","
			  "\"events\":[{\"introduced\":\"3.0.0\"},{\"fixed\":\"3.0.1\"}]}]}],"
			  "\"database_specific\":{\"severity\":\"MODERATE\"}}"),
		"GHSA-1111-2222-3333 npm @a/b [,) not-fixed unrated "
		"(github-advisories)\nGHSA-1111-2222-3333 Maven g:a [,2.1) fixed unrated "
		"(github-advisories)\nGHSA-1111-2222-3333 NuGet n.p [3.0.0,3.0.1) fixed unrated "
		"(github-advisories)\nGHSA-1111-2222-3333 ~CVE-2024-90003: other medium\n",
		0, NULL },
	{ "osv: malware", "MAL.json",
		SPAN_INIT("{\"id\":\"MAL-2024-1\",\"modified\":\"2024-06-01T00:00:00Z\","
			  "\"affected\":[{\"package\":{\"name\":\"evil\",\"ecosystem\":\"npm\"},"
			  "\"versions\":[\"1.0.0\"]}]}"),
		"MAL-2024-1 npm evil =1.0.0 unknown unrated (malicious-packages)\nMAL-2024-1: "
		"other critical\n",
		0, NULL },
	{ "osv: Bitnami's last affected and vector", "b.json",
		SPAN_INIT("{\"id\":\"BIT-redis-2024-1\",\"modified\":\"2024-06-01T00:00:00Z\","
			  "\"aliases\":[\"CVE-2024-90004\"],\"affected\":[{\"package\":{\"name\":"
			  "\"redis\",\"ecosystem\":\"Bitnami\"},\"severity\":[{\"type\":\"CVSS_"
			  "V3\",\"score\":\"CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/"
			  "A:H\"}],\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":"
			  "\"0\"},{\"last_affected\":\"7.0.0\"}]}]}],\"database_specific\":{"
			  "\"severity\":\"High\"}}"),
		"BIT-redis-2024-1 Bitnami redis [,7.0.0-9999999] unknown unrated "
		"CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H (bitnami-vulndb)\nBIT-redis-2024-1 "
		"~CVE-2024-90004: other high\n",
		0, NULL },
	{ "osv: an erratum is a row a CVE", "a.json",
		SPAN_INIT("{\"id\":\"ALSA-2024:1\",\"summary\":\"Important: p security "
			  "update\",\"modified\":\"2024-06-01T00:00:00Z\",\"related\":[\"CVE-2024-"
			  "90005\",\"CVE-2024-90006\",\"CVE-2024-90005\"],\"affected\":[{"
			  "\"package\":{\"ecosystem\":\"AlmaLinux:9\",\"name\":\"p\"},\"ranges\":[{"
			  "\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":"
			  "\"1:2.0-1.el9\"}]}]}]}"),
		"CVE-2024-90005 by ALSA-2024:1 AlmaLinux:9 p [,1:2.0-1.el9) fixed high "
		"(almalinux-osv)\nCVE-2024-90006 by ALSA-2024:1 AlmaLinux:9 p [,1:2.0-1.el9) fixed "
		"high (almalinux-osv)\n",
		0, NULL },
	{ "osv: an erratum without a CVE", "a.json",
		SPAN_INIT("{\"id\":\"ALSA-2024:2\",\"summary\":\"Low: p security "
			  "update\",\"modified\":\"2024-06-01T00:00:00Z\",\"related\":[],"
			  "\"affected\":[{\"package\":{\"ecosystem\":\"AlmaLinux:9\",\"name\":"
			  "\"p\"},\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":"
			  "\"0\"},{\"fixed\":\"2.0-1.el9\"}]}]}]}"),
		"ALSA-2024:2 by ALSA-2024:2 AlmaLinux:9 p [,2.0-1.el9) fixed low (almalinux-osv)\n",
		0, NULL },
	{ "osv: a bug fix", "a.json",
		SPAN_INIT("{\"id\":\"ALBA-2024:3\",\"summary\":\"p bug fix "
			  "update\",\"modified\":\"2024-06-01T00:00:00Z\",\"related\":[],"
			  "\"affected\":[{\"package\":{\"ecosystem\":\"AlmaLinux:9\",\"name\":"
			  "\"p\"},\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":"
			  "\"0\"},{\"fixed\":\"2.0-1.el9\"}]}]}]}"),
		"left out, no flaw named: 1\n", 0, NULL },
	{ "osv: an enhancement that fixes a CVE", "a.json",
		SPAN_INIT("{\"id\":\"ALEA-2024:3\",\"summary\":\"p "
			  "enhancement\",\"modified\":\"2024-06-01T00:00:00Z\",\"related\":[\"CVE-"
			  "2024-90007\"],\"affected\":[{\"package\":{\"ecosystem\":\"AlmaLinux:9\","
			  "\"name\":\"p\"},\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{"
			  "\"introduced\":\"0\"},{\"fixed\":\"2.0-1.el9\"}]}]}]}"),
		"CVE-2024-90007 by ALEA-2024:3 AlmaLinux:9 p [,2.0-1.el9) fixed unrated "
		"(almalinux-osv)\n",
		0, NULL },
	{ "osv: a module", "a.json",
		SPAN_INIT(
			"{\"id\":\"ALSA-2024:4\",\"summary\":\"Moderate: p:18 security "
			"update\",\"modified\":\"2024-06-01T00:00:00Z\",\"related\":[\"CVE-2024-"
			"90008\"],\"affected\":[{\"package\":{\"ecosystem\":\"AlmaLinux:9\","
			"\"name\":\"p\"},\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{"
			"\"introduced\":\"0\"},{\"fixed\":\"18.1-1.module_el9.1.0+1+abc\"}]}]}]}"),
		"CVE-2024-90008 by ALSA-2024:4 AlmaLinux:9 p [,18.1-1.module_el9.1.0+1+abc) fixed "
		"medium module p:18 (almalinux-osv)\n",
		0, NULL },
	{ "osv: builds of one fix, of which the lowest decides", "a.json",
		SPAN_INIT("{\"id\":\"ALSA-2024:7\",\"summary\":\"Low: p:18 security updat"
			  "e\",\"modified\":\"2024-06-01T00:00:00Z\",\"related\":[\"CVE-2"
			  "024-90008\"],\"affected\":[{\"package\":{\"ecosystem\":\"AlmaL"
			  "inux:8\",\"name\":\"p\"},\"ranges\":[{\"type\":\"ECOSYSTEM\","
			  "\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"1:18.1-1.modul"
			  "e_el8.5.0+1+abc\"}]}]},{\"package\":{\"ecosystem\":\"AlmaLinux"
			  ":8\",\"name\":\"p\"},\"ranges\":[{\"type\":\"ECOSYSTEM\",\"eve"
			  "nts\":[{\"introduced\":\"0\"},{\"fixed\":\"1:18.1-1.module_el8"
			  ".4.0+9+abc\"}]}]},{\"package\":{\"ecosystem\":\"AlmaLinux:8\","
			  "\"name\":\"p\"},\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\""
			  ":[{\"introduced\":\"0\"},{\"fixed\":\"1:18.1-1.module_el8.6.0+"
			  "1+abc\"}]}]},{\"package\":{\"ecosystem\":\"AlmaLinux:8\",\"nam"
			  "e\":\"q\"},\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\""
			  "introduced\":\"0\"},{\"fixed\":\"1:18.1-1.module_el8.5.0+1+abc"
			  "\"}]}]}]}"),
		"CVE-2024-90008 by ALSA-2024:7 AlmaLinux:8 p [,1:18.1-1.module_el8.4.0+9+abc) "
		"fixed low module p:18 (almalinux-osv)\nCVE-2024-90008 by ALSA-2024:7 AlmaLinux:8 "
		"q "
		"[,1:18.1-1.module_el8.5.0+1+abc) fixed low module p:18 (almalinux-osv)\n",
		0, NULL },
	{ "osv: a module, the severity last", "a.json",
		SPAN_INIT(
			"{\"id\":\"ALSA-2024:5\",\"summary\":\"ALSA-2024:5: p:8.0 security update "
			"(Critical)\",\"modified\":\"2024-06-01T00:00:00Z\",\"related\":[\"CVE-"
			"2024-90008\"],\"affected\":[{\"package\":{\"ecosystem\":\"AlmaLinux:9\","
			"\"name\":\"p\"},\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{"
			"\"introduced\":\"0\"},{\"fixed\":\"8.1-1.module_el9.1.0+1+abc\"}]}]}]}"),
		"CVE-2024-90008 by ALSA-2024:5 AlmaLinux:9 p [,8.1-1.module_el9.1.0+1+abc) fixed "
		"critical module p:8.0 (almalinux-osv)\n",
		0, NULL },
	{ "osv: a module whose stream is not said", "a.json",
		SPAN_INIT(
			"{\"id\":\"ALSA-2024:6\",\"summary\":\"Moderate: p security "
			"update\",\"modified\":\"2024-06-01T00:00:00Z\",\"related\":[\"CVE-2024-"
			"90008\"],\"affected\":[{\"package\":{\"ecosystem\":\"AlmaLinux:9\","
			"\"name\":\"p\"},\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{"
			"\"introduced\":\"0\"},{\"fixed\":\"18.1-1.module_el9.1.0+1+abc\"}]}]}]}"),
		"CVE-2024-90008 by ALSA-2024:6 AlmaLinux:9 p [,18.1-1.module_el9.1.0+1+abc) fixed "
		"medium (almalinux-osv)\n",
		0, NULL },
	{ "osv: Ubuntu's word, and only with paid support", "u.json",
		SPAN_INIT("{\"id\":\"UBUNTU-CVE-2024-90009\",\"modified\":\"2024-06-01T00:00:00Z\","
			  "\"upstream\":[\"CVE-2024-90009\"],\"severity\":[{\"type\":\"CVSS_V3\","
			  "\"score\":\"CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/"
			  "A:H\"},{\"type\":\"Ubuntu\",\"score\":\"low\"}],\"affected\":[{"
			  "\"package\":{\"ecosystem\":\"Ubuntu:22.04:LTS\",\"name\":\"p\"},"
			  "\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"}]}"
			  "],\"versions\":[\"1.0-1\"]},{\"package\":{\"ecosystem\":\"Ubuntu:Pro:18."
			  "04:LTS\",\"name\":\"p\"},\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":"
			  "[{\"introduced\":\"0\"},{\"fixed\":\"1.0-1+esm1\"}]}]}]}"),
		"CVE-2024-90009 Ubuntu:22.04:LTS p [,) not-fixed low (ubuntu-osv)\nCVE-2024-90009 "
		"Ubuntu:Pro:18.04:LTS p [,1.0-1+esm1) extended low (ubuntu-osv)\nCVE-2024-90009: "
		"other low CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\n",
		0, NULL },
	{ "osv: a notice names its flaw as Ubuntu's record", "u.json",
		SPAN_INIT("{\"id\":\"USN-1-1\",\"modified\":\"2024-06-01T00:00:00Z\","
			  "\"upstream\":[\"UBUNTU-CVE-2024-90009\"],\"affected\":[{"
			  "\"package\":{\"ecosystem\":\"Ubuntu:22.04:LTS\",\"name\":\"p\"},"
			  "\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":"
			  "\"0\"},{\"fixed\":\"2\"}]}]}]}"),
		"CVE-2024-90009 by USN-1-1 Ubuntu:22.04:LTS p [,2) fixed unrated "
		"(ubuntu-osv-notices)\n",
		0, NULL },
	{ "osv: Debian's unimportant", "d.json",
		SPAN_INIT("{\"id\":\"DEBIAN-CVE-2024-90010\",\"modified\":\"2024-06-01T00:00:00Z\","
			  "\"upstream\":[\"CVE-2024-90010\"],\"affected\":[{\"package\":{"
			  "\"ecosystem\":\"Debian:12\",\"name\":\"p\"},\"ranges\":[{\"type\":"
			  "\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"}]}],\"ecosystem_"
			  "specific\":{\"urgency\":\"unimportant\"}}]}"),
		"CVE-2024-90010 Debian:12 p [,) not-fixed negligible unimportant "
		"(debian-osv)\nCVE-2024-90010: "
		"other unrated\n",
		0, NULL },
	{ "osv: SUSE's binaries", "s.json",
		SPAN_INIT(
			"{\"id\":\"SUSE-SU-2024:1-1\",\"modified\":\"2024-06-01T00:00:00Z\","
			"\"related\":[\"CVE-2024-90012\"],\"affected\":[{\"package\":{"
			"\"ecosystem\":\"SUSE:Linux Enterprise Server 15 SP4\",\"name\":\"curl\"},"
			"\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"},"
			"{\"fixed\":\"7.1-1\"}]}],\"ecosystem_specific\":{\"binaries\":[{"
			"\"curl\":\"7.1-1\",\"libcurl4\":\"7.1-1\"},{\"curl\":\"7.1-1\","
			"\"libcurl4-32bit\":\"7.1-1\"}]}}]}"),
		"CVE-2024-90012 by SUSE-SU-2024:1-1 SUSE:Linux Enterprise Server 15 SP4 curl "
		"[,7.1-1) fixed unrated (suse-osv)\n"
		"CVE-2024-90012 by SUSE-SU-2024:1-1 SUSE:Linux Enterprise Server 15 SP4 libcurl4 "
		"[,7.1-1) fixed unrated (suse-osv)\n"
		"CVE-2024-90012 by SUSE-SU-2024:1-1 SUSE:Linux Enterprise Server 15 SP4 "
		"libcurl4-32bit [,7.1-1) fixed unrated (suse-osv)\n",
		0, NULL },
	{ "osv: what a crate's authors only note", "r.json",
		SPAN_INIT("{\"id\":\"RUSTSEC-2024-1\",\"modified\":\"2024-06-01T00:00:00Z\","
			  "\"affected\":[{\"package\":{\"ecosystem\":\"crates.io\",\"name\":\"c\"},"
			  "\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"0.0.0-"
			  "0\"}]}],\"database_specific\":{\"informational\":\"unmaintained\"}}]}"),
		"RUSTSEC-2024-1: other unrated\nleft out, informational: 1\n", 0, NULL },
	{ "osv: withdrawn", "w.json",
		SPAN_INIT("{\"id\":\"GHSA-9999-2222-3333\",\"modified\":\"2024-06-01T00:00:00Z\","
			  "\"withdrawn\":\"2024-06-02T00:00:00Z\",\"affected\":[]}"),
		"left out, withdrawn: 1\n", 0, NULL },
	{ "osv: a list, one of it with a key twice", "l.json",
		SPAN_INIT("[{\"id\":\"OSV-1\",\"summary\":\"a\",\"affected\":[{\"package\":{"
			  "\"ecosystem\":\"RubyGems\",\"name\":\"g\"},\"versions\":[\"1\"]}]},{"
			  "\"id\":\"OSV-2\",\"id\":\"OSV-3\",\"summary\":\"b\"},{\"summary\":\"no "
			  "id\"}]"),
		"OSV-1 RubyGems g =1 unknown unrated (osv)\nOSV-1: other unrated 'a'\nleft out, "
		"malformed: 1\nleft out, damaged text: 1\n",
		0, NULL },
	{ "osv: one a line", "l.jsonl",
		SPAN_INIT("{\"id\":\"OSV-1\",\"withdrawn\":\"2024-01-01\"}\n{\"id\":\"OSV-2\","
			  "\"affected\":[]}\n"),
		"left out, withdrawn: 1\nleft out, no versions: 1\n", 0, NULL },
	{ "osv: YAML", "PYSEC-2024-1.yaml",
		SPAN_INIT("id: PYSEC-2024-1\nmodified: 2024-06-01T00:00:00Z\naliases:\n- "
			  "CVE-2024-90011\naffected:\n- package: {ecosystem: PyPI, name: zz}\n  "
			  "ranges:\n  - type: ECOSYSTEM\n    events:\n    - introduced: \"0\"\n    "
			  "- fixed: 1.10\n"),
		"PYSEC-2024-1 PyPI zz [,1.10) fixed unrated (pypa-advisories)\nPYSEC-2024-1 "
		"~CVE-2024-90011: other unrated\n",
		0, NULL },
	{ "osv: YAML that laughs", "PYSEC-2024-1.yaml",
		SPAN_INIT("id: PYSEC-2024-1\nmodified: &a [x,x]\naffected: [*a,*a]\n"), "",
		SCOV_E_FORMAT, "line 2: an anchor" },
	{ "osv: cut", "g.json",
		SPAN_INIT("{\"id\":\"GO-2024-9001\",\"summary\":\"x\",\"affected\":[{\"pack"), "",
		SCOV_E_FORMAT, "it ends early" },
	{ "kev", "kev.json",
		SPAN_INIT("{\"title\":\"x\",\"catalogVersion\":\"2024.06.01\",\"dateReleased\":"
			  "\"2024-06-01T10:00:00.1Z\",\"vulnerabilities\":[{\"cveID\":\"CVE-2024-"
			  "90001\",\"dateAdded\":\"2024-05-31\",\"knownRansomwareCampaignUse\":"
			  "\"Known\"},{\"cveID\":\"CVE-2024-90002\",\"knownRansomwareCampaignUse\":"
			  "\"Unknown\"},{\"cveID\":\"none\"}]}"),
		"CVE-2024-90001: adp unrated flags 3\nCVE-2024-90002: adp unrated flags 1\nleft "
		"out, malformed: 1\n",
		0, NULL },
	{ "epss", "epss.csv",
		SPAN_INIT("#model_version:v2025.03.14,score_date:2024-06-01T00:00:00+0000\ncve,"
			  "epss,percentile\nCVE-2024-90001,0.00383,0.73075\nCVE-2024-90002,1,0."
			  "0\nCVE-2024-90003,1.5,0.1\nCVE-2024-90004,nan,0.1\nCVE-2024-90005,0."
			  "1\nx,0.1,0.1\n"),
		"CVE-2024-90001: adp unrated flags 8 epss 251 47890\nCVE-2024-90002: adp unrated "
		"flags 8 epss 65535 0\nleft out, malformed: 4\n",
		0, NULL },
	{ "epss: another heading", "epss.csv",
		SPAN_INIT("#model_version:v2025.03.14\nid,score\nCVE-2024-90001,0.1\n"), "",
		SCOV_E_FORMAT, "no heading 'cve,epss,percentile'" },
	{ "cve", "CVE-2024-90001.json",
		SPAN_INIT("{\"dataType\":\"CVE_RECORD\",\"cveMetadata\":{\"cveId\":\"CVE-2024-"
			  "90001\",\"state\":\"PUBLISHED\",\"datePublished\":\"2024-05-01T00:00:"
			  "00Z\"},\"containers\":{\"cna\":{\"title\":\"T\",\"metrics\":[{\"cvssV3_"
			  "0\":{\"vectorString\":\"CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/"
			  "A:H\"}},{\"cvssV3_1\":{\"vectorString\":\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/"
			  "S:U/C:H/I:H/"
			  "A:H\"}}]},\"adp\":[{\"metrics\":[{\"other\":{\"type\":\"ssvc\"}},{"
			  "\"other\":{\"type\":\"kev\"}},{\"cvssV4_0\":{\"vectorString\":\"CVSS:4."
			  "0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N\"}}]}]}}"),
		"CVE-2024-90001: cna unrated CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H day "
		"19844 'T'\nCVE-2024-90001: adp "
		"unrated CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N flags 1\n",
		0, NULL },
	{ "cve: rejected", "CVE-2024-90002.json",
		SPAN_INIT("{\"cveMetadata\":{\"cveId\":\"CVE-2024-90002\",\"state\":\"REJECTED\"},"
			  "\"containers\":{\"cna\":{\"rejectedReasons\":[]}}}"),
		"CVE-2024-90002: cna unrated flags 4\n", 0, NULL },
	{ "vulnrichment", "v.jsonl",
		SPAN_INIT("{\"id\":\"CVE-2024-90001\",\"ssvc\":{},\"cvss\":[[\"cna:X\",\"AV:N/AC:L/"
			  "Au:N/C:P/I:P/A:P\",5],[\"cna:X\",\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/"
			  "I:H/A:H\",9.8],[\"CISA-ADP\",\"CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/"
			  "A:H\",5]],\"kev\":\"2024-05-01\"}\n{\"id\":\"CVE-2024-90002\","
			  "\"rejected\":true}\n{\"id\":\"CVE-2024-90003\",\"ssvc\":{}}\n{\"id\":"
			  "\"x\"}\n"),
		"CVE-2024-90001: cna unrated "
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\nCVE-2024-90001: adp unrated "
		"CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H flags 1\nCVE-2024-90002: cna unrated "
		"flags 4\nleft out, malformed: "
		"1\nleft out, says nothing that is used: 1\n",
		0, NULL },
	{ "retire.js", "jsrepository.json",
		SPAN_INIT(
			"{\"retire-example\":{\"vulnerabilities\":[{\"below\":\"1\"}]},\"lib.js\":{"
			"\"npmname\":\"lib\",\"vulnerabilities\":[{\"below\":\"1.6.3\","
			"\"severity\":\"medium\",\"identifiers\":{\"summary\":\"S\",\"CVE\":[\"CVE-"
			"2024-90001\"],\"githubID\":\"GHSA-1111-2222-3333\"}},{\"atOrAbove\":\"2.0."
			"0\",\"below\":\"2.1.0\",\"severity\":\"high\",\"identifiers\":{\"CVE\":["
			"\"CVE-2024-90002\",\"CVE-2024-90003\"],\"githubID\":\"GHSA-x\"}},{"
			"\"below\":\"3.0\",\"identifiers\":{\"githubID\":\"GHSA-4444-2222-3333\"}},"
			"{\"atOrAbove\":\"1\",\"below\":\"2\"},{\"above\":\"1\"}]},\"Lib "
			"X\":{\"vulnerabilities\":[{\"below\":\"1\"}]}}"),
		"CVE-2024-90001 npm lib [,1.6.3) fixed unrated (retirejs)\nCVE-2024-90002 npm lib "
		"[2.0.0,2.1.0) fixed unrated (retirejs)\nCVE-2024-90003 npm lib [2.0.0,2.1.0) "
		"fixed unrated (retirejs)\nGHSA-4444-2222-3333 npm lib [,3.0) fixed unrated "
		"(retirejs)\nRETIREJS-lib-1-2 npm lib [1,2) fixed unrated "
		"(retirejs)\nCVE-2024-90001 ~GHSA-1111-2222-3333: other medium "
		"'S'\nCVE-2024-90002: other high\nCVE-2024-90003: other high\nGHSA-4444-2222-3333: "
		"other unrated\nRETIREJS-lib-1-2: other unrated\nleft out, of no package in an "
		"inventory: 1\nleft out, unreadable versions: 1\n",
		0, NULL },
	{ "retire.js: versions of its own spelling", "jsrepository.json",
		SPAN_INIT("{\"retire-example\":{},\"l\":{\"vulnerabilities\":["
			  "{\"below\":\"1.9.0b1\",\"identifiers\":{\"githubID\":\"GHSA-1\"}},"
			  "{\"atOrAbove\":\"1.3.0-*\",\"below\":\"1.3.2\",\"identifiers\":{"
			  "\"githubID\":\"GHSA-2\"}},{\"below\":\"1.0.0.beta.3\",\"identifiers\":{"
			  "\"githubID\":\"GHSA-3\"}},{\"atOrBelow\":\"2.0.0-rc.1+b\","
			  "\"identifiers\":{\"githubID\":\"GHSA-4\"}}]}}"),
		"GHSA-1 npm l [,1.9.0-b1) fixed unrated (retirejs)\n"
		"GHSA-2 npm l [1.3.0-0,1.3.2) fixed unrated (retirejs)\n"
		"GHSA-3 npm l [,1.0.0-beta.3) fixed unrated (retirejs)\n"
		"GHSA-4 npm l [,2.0.0-rc.1+b] unknown unrated (retirejs)\n"
		"GHSA-1: other unrated\nGHSA-2: other unrated\nGHSA-3: other unrated\n"
		"GHSA-4: other unrated\n",
		0, NULL },
	{ "rustsec", "crates/c/RUSTSEC-2024-9.md",
		SPAN_INIT("```toml\n[advisory]\nid = \"RUSTSEC-2024-9\"\npackage = \"c\"\ndate = "
			  "\"2024-05-01\"\naliases = [\"CVE-2024-90001\"]\ncvss = "
			  "\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\"\n\n[versions]\npatched "
			  "= [\">= 1.2.3\", "
			  "\"^0.9.4\"]\nunaffected = [\"< 0.2.0\"]\n```\n\n# Title\n"),
		"RUSTSEC-2024-9 crates.io c [0.2.0,0.9.4) [0.10.0-0,1.2.3) fixed unrated "
		"(rustsec)\nRUSTSEC-2024-9 ~CVE-2024-90001: other unrated "
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H day "
		"19844\n",
		0, NULL },
	{ "rustsec: no fix", "crates/c/RUSTSEC-2024-9.md",
		SPAN_INIT("```toml\n[advisory]\nid = \"RUSTSEC-2024-9\"\npackage = \"c\"\ndate = "
			  "\"2024-05-01\"\naliases = [\"CVE-2024-90001\"]\ncvss = "
			  "\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\"\n\n[versions]\npatched "
			  "= []\nunaffected = [\"< "
			  "0.2.0\"]\n```\n\n# Title\n"),
		"RUSTSEC-2024-9 crates.io c [0.2.0,) not-fixed unrated (rustsec)\nRUSTSEC-2024-9 "
		"~CVE-2024-90001: other unrated CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H day "
		"19844\n",
		0, NULL },
	{ "rustsec: informational", "r.md",
		SPAN_INIT("```toml\n[advisory]\nid = \"RUSTSEC-2024-9\"\npackage = \"c\"\ndate = "
			  "\"2024-05-01\"\naliases = [\"CVE-2024-90001\"]\ncvss = "
			  "\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\"\ninformational = "
			  "\"unsound\"\n[versions]\npatched = "
			  "[]\nunaffected = [\"< 0.2.0\"]\n```\n\n# Title\n"),
		"left out, informational: 1\n", 0, NULL },
	{ "rustsec: withdrawn", "r.md",
		SPAN_INIT("```toml\n[advisory]\nid = \"RUSTSEC-2024-9\"\npackage = \"c\"\ndate = "
			  "\"2024-05-01\"\naliases = [\"CVE-2024-90001\"]\ncvss = "
			  "\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\"\nwithdrawn = "
			  "\"2024-05-02\"\n[versions]\npatched = "
			  "[]\nunaffected = [\"< 0.2.0\"]\n```\n\n# Title\n"),
		"left out, withdrawn: 1\n", 0, NULL },
	{ "rustsec: Windows", "r.md",
		SPAN_INIT("```toml\n[advisory]\nid = \"RUSTSEC-2024-9\"\npackage = \"c\"\ndate = "
			  "\"2024-05-01\"\naliases = [\"CVE-2024-90001\"]\ncvss = "
			  "\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\"\n\n[versions]\npatched "
			  "= []\nunaffected = [\"< "
			  "0.2.0\"]\n[affected]\nos = [\"windows\"]\n```\n\n# Title\n"),
		"left out, for another platform: 1\n", 0, NULL },
	{ "rustsec: a requirement that is none", "r.md",
		SPAN_INIT("```toml\n[advisory]\nid = \"RUSTSEC-2024-9\"\npackage = \"c\"\ndate = "
			  "\"2024-05-01\"\naliases = [\"CVE-2024-90001\"]\ncvss = "
			  "\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\"\n\n[versions]\npatched "
			  "= [\"soon\"]\nunaffected = "
			  "[\"< 0.2.0\"]\n```\n\n# Title\n"),
		"left out, unreadable versions: 1\n", 0, NULL },
	{ "rustsec: cut", "r.md", SPAN_INIT("```toml\n[advisory]\nid = \"RUST"), "", SCOV_E_FORMAT,
		"it ends early" },
	{ "ruby", "gems/g/CVE-2024-90001.yml",
		SPAN_INIT("---\ngem: g\ncve: 2024-90001\nghsa: 1111-2222-3333\nurl: "
			  "https://example.com\ntitle: T\ndate: 2024-05-01\ncvss_v3: "
			  "9.8\npatched_versions:\n  - \"~> 1.2.3\"\n  - \">= "
			  "2.0.1\"\nunaffected_versions:\n  - \"< 1.0\"\n"),
		"CVE-2024-90001 RubyGems g [1.0,1.2.3) [1.3.a,2.0.1) fixed unrated "
		"(ruby-advisory-db)\nCVE-2024-90001 ~GHSA-1111-2222-3333: other critical day 19844 "
		"'T'\n",
		0, NULL },
	{ "ruby: no fix", "gems/g/X.yml",
		SPAN_INIT("---\ngem: g\ncve: 2024-90001\nghsa: 1111-2222-3333\nurl: "
			  "https://example.com\ntitle: T\ndate: 2024-05-01\ncvss_v3: 9.8\n"),
		"CVE-2024-90001 RubyGems g [,) not-fixed unrated "
		"(ruby-advisory-db)\nCVE-2024-90001 ~GHSA-1111-2222-3333: other critical day 19844 "
		"'T'\n",
		0, NULL },
	{ "ruby: without ids", "gems/g/OTHER-1.yml",
		SPAN_INIT("gem: g\nurl: x\ntitle: T\ncvss_v2: 9.8\npatched_versions: [\">= 2\"]\n"),
		"OTHER-1 RubyGems g [,2) fixed unrated (ruby-advisory-db)\nOTHER-1: other high "
		"'T'\n",
		0, NULL },
	{ "ruby: the interpreter", "rubies/ruby/X.yml",
		SPAN_INIT("engine: ruby\nurl: x\ntitle: T\npatched_versions: [\">= 2\"]\n"),
		"left out, of no package in an inventory: 1\n", 0, NULL },
	{ "ruby: for another platform", "gems/g/X.yml",
		SPAN_INIT("---\ngem: g\ncve: 2024-90001\nghsa: 1111-2222-3333\nurl: "
			  "https://example.com\ntitle: T\ndate: 2024-05-01\ncvss_v3: "
			  "9.8\nplatform: jruby\n"),
		"left out, for another platform: 1\n", 0, NULL },
	{ "php", "v/n/CVE-2024-90001.yaml",
		SPAN_INIT("title: T\nlink: x\ncve: CVE-2024-90001\nbranches:\n  1.x:\n    time: "
			  "2024-05-01 10:00:00\n    versions: ['>=1.0.0', '<1.2.3']\n  2.x:\n    "
			  "time: ~\n    versions: ['>=2.0.0', '<=2.1.0']\n  3.x:\n    versions: "
			  "['>=3.0.0', '^4']\nreference: composer://V/n\n"),
		"CVE-2024-90001 Packagist v/n [1.0.0,1.2.3) [2.0.0,2.1.0] fixed unrated "
		"(friendsofphp)\nCVE-2024-90001: other unrated 'T'\nleft out, unreadable versions: "
		"1\n",
		0, NULL },
	{ "php: without a CVE", "v/n/2024-05-01.yaml",
		SPAN_INIT("title: T\nlink: x\ncve: ~\nbranches:\n  1.x:\n    versions: "
			  "['<1.2.3']\nreference: composer://v/n\n"),
		"PHPSEC-v/n-2024-05-01 Packagist v/n [,1.2.3) fixed unrated "
		"(friendsofphp)\nPHPSEC-v/n-2024-05-01: other unrated 'T'\n",
		0, NULL },
	{ "php: without a fix", "v/n/CVE-2024-90001.yaml",
		SPAN_INIT(
			"title: T\nlink: x\ncve: CVE-2024-90001\nbranches:\n  1.x:\n    versions: "
			"['>=1.0.0', '<=1.2.3']\n  2.x:\n    versions: ['>=2']\n"
			"reference: composer://v/n\n"),
		"CVE-2024-90001 Packagist v/n [1.0.0,1.2.3] [2,) not-fixed unrated "
		"(friendsofphp)\nCVE-2024-90001: other unrated 'T'\n",
		0, NULL },
	{ "HTML", "all.json", SPAN_INIT("<!DOCTYPE html><html>"), "", SCOV_E_FORMAT,
		"looks like HTML" },
	{ "empty", "all.json", SPAN_INIT(""), "", SCOV_E_FORMAT, "it is empty" },
	{ "another JSON", "x.json", SPAN_INIT("{\"a\":1}"), "", SCOV_E_FORMAT,
		"no advisories of a known format" },
	{ "another text", "x.txt", SPAN_INIT("hello\n"), "", SCOV_E_FORMAT,
		"no advisories of a known format" },
	{ "an empty list", "x.json", SPAN_INIT("[]"), "", SCOV_E_FORMAT,
		"no advisories of a known format" },
};

/* Where the file lies. */
static char folder[] = "/tmp/scoville-test-feeds-XXXXXX";

static void write_file(const char *path, struct span bytes)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes.p, 1, bytes.len, f), bytes.len);
	assert_int_equal(0, fclose(f));
}

static void print_left_out(const struct feed_sum *sum, struct buf *b)
{
	for (size_t i = 0; advisory_feeds[i]; i++)
		for (size_t r = 0; r < FEED_REASONS; r++)
			if (sum->formats[i].left_out[r])
				buf_printf(b, "left out, %s: %llu\n", feed_reason_names[r],
					(unsigned long long)sum->formats[i].left_out[r]);
}

static int read_feed(const char *path, struct buf *out, struct feed_sum *sum, struct scov_err *err)
{
	struct limits limits = limits_default();
	struct advisory_build *b = NULL;
	int code = advisory_build_new(&b, &limits, err);

	assert_int_equal(0, code);
	code = feed_read(b, path, &limits, NULL, sum, err);
	if (!code) {
		dump(b, out);
		print_left_out(sum, out);
	}
	advisory_build_free(b);
	return code;
}

/* One file, by itself: in a folder, because some formats look at their path. */
static void formats(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct limits limits = limits_default();
		struct feed_sum sum = { 0 };
		struct feed_files f = { .sum = &sum, .is_alone = true };
		struct scov_err err = { 0 };
		scoped_buf struct buf out = { 0 };
		int code;

		assert_int_equal(0, advisory_build_new(&f.build, &limits, &err));
		code = feed_file_begin(&f, span_str(cases[i].file), &err);
		for (size_t at = 0; at < cases[i].text.len && !code; at += 100)
			code = feed_file_push(&f, span_sub(cases[i].text, at, 100), &err);
		if (!code)
			code = feed_file_end(&f, &err);
		dump(f.build, &out);
		print_left_out(&sum, &out);
		if (cases[i].code && !code)
			check(cases[i].name, strstr(cases[i].error, "no advisories") && !out.len);
		else
			check(cases[i].name, code == cases[i].code);
		if (code)
			check(cases[i].name, strstr(err.text, cases[i].error));
		else
			check_span(cases[i].name, buf_view(&out), span_str(cases[i].want));
		feed_files_release(&f);
		advisory_build_free(f.build);
	}
}

/* The same as files that the user names: the error has the path. */
/* A feed in a form that has changed: the old database stays. */
static void none_can_be_read(void **state)
{
	static const struct span text =
		SPAN_INIT("[{\"cve_id\":\"1\",\"pkg\":\"a\",\"res_ver\":\"1-1.ph4\"},"
			  "{\"cve_id\":\"2\",\"pkg\":\"b\",\"res_ver\":\"1-1.ph4\"}]");
	struct feed_sum sum = { 0 };
	struct scov_err err = { 0 };
	scoped_buf struct buf out = { 0 };
	char path[256];

	(void)state;
	snprintf(path, sizeof(path), "%s/cve_data_photon4.0.json", folder);
	write_file(path, text);
	assert_int_equal(read_feed(path, &out, &sum, &err), SCOV_E_FORMAT);
	assert_non_null(strstr(err.text, "none of its 2 records can be read"));
	unlink(path);
}

static void alone(void **state)
{
	(void)state;
	char path[256];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct feed_sum sum = { 0 };
		struct scov_err err = { 0 };
		scoped_buf struct buf out = { 0 };

		if (!cases[i].code || strchr(cases[i].file, '/'))
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, cases[i].file);
		write_file(path, cases[i].text);
		check(cases[i].name, read_feed(path, &out, &sum, &err) == cases[i].code);
		check(cases[i].name, strstr(err.text, path) == err.text);
		check(cases[i].name, strstr(err.text, cases[i].error));
		unlink(path);
	}
}

#define RECORD(id)                                                                                 \
	"{\"id\":\"" id "\",\"summary\":\"a\",\"affected\":[{\"package\":{\"ecosystem\":"          \
	"\"RubyGems\",\"name\":\"g\"},\"versions\":[\"1\"]}]}"
#define ROWS_OF(id) id " RubyGems g =1 unknown unrated (osv)\n"

/* A zip of stored members; its directory grows beside it. */
struct zip_made {
	struct buf members, directory;
	uint16_t n;
};

static void put_zip(struct zip_made *z, const char *name, struct span bytes)
{
	static const uint8_t head[] = { 'P', 'K', 3, 4 }, central[] = { 'P', 'K', 1, 2, 20, 0 };
	static const uint8_t zeros[14] = { 20 };
	uint32_t sizes[2] = { (uint32_t)bytes.len, (uint32_t)bytes.len };
	uint16_t lens[2] = { (uint16_t)strlen(name), 0 };
	uint32_t at = (uint32_t)z->members.len;

	buf_bytes(&z->members, head, sizeof(head));
	buf_bytes(&z->members, zeros, sizeof(zeros));
	buf_bytes(&z->members, sizes, sizeof(sizes));
	buf_bytes(&z->members, lens, sizeof(lens));
	buf_str(&z->members, name);
	buf_span(&z->members, bytes);
	buf_bytes(&z->directory, central, sizeof(central));
	buf_bytes(&z->directory, zeros, sizeof(zeros));
	buf_bytes(&z->directory, sizes, sizeof(sizes));
	buf_bytes(&z->directory, lens, sizeof(lens));
	buf_bytes(&z->directory, zeros + 4, 10);
	buf_bytes(&z->directory, &at, sizeof(at));
	buf_str(&z->directory, name);
	z->n++;
}

static void write_zip(const char *path, const struct zip_made *z)
{
	static const uint8_t end[] = { 'P', 'K', 5, 6, 0, 0, 0, 0 };
	uint32_t places[2] = { (uint32_t)z->directory.len, (uint32_t)z->members.len };
	uint16_t counts[2] = { z->n, z->n }, none = 0;
	scoped_buf struct buf b = { 0 };

	buf_span(&b, buf_view(&z->members));
	buf_span(&b, buf_view(&z->directory));
	buf_bytes(&b, end, sizeof(end));
	buf_bytes(&b, counts, sizeof(counts));
	buf_bytes(&b, places, sizeof(places));
	buf_bytes(&b, &none, sizeof(none));
	write_file(path, buf_view(&b));
}

static void archives(void **state)
{
	(void)state;
	char path[256];
	struct feed_sum sum = { 0 };
	struct scov_err err = { 0 };
	struct zip_made zip = { 0 };
	scoped_buf struct buf out = { 0 };

	put_zip(&zip, "OSV-1.json", SPAN(RECORD("OSV-1")));
	put_zip(&zip, "README", SPAN("hello"));
	for (int i = 0; i < 20; i++)
		put_zip(&zip, "OSV-2.json",
			SPAN("{\"id\":\"OSV-2\",\"withdrawn\":\"2024-01-01\"}"));
	put_zip(&zip, "OSV-3.json", SPAN("{\"id\":\"OSV-3\",\"withdrawn\":\"x\""));
	snprintf(path, sizeof(path), "%s/all.zip", folder);
	write_zip(path, &zip);
	assert_int_equal(0, read_feed(path, &out, &sum, &err));
	check_span("zip", buf_view(&out),
		SPAN(ROWS_OF("OSV-1") "OSV-1: other unrated 'a'\nleft out, withdrawn: 20\n"));
	assert_int_equal(sum.other_files, 1);
	assert_int_equal(sum.broken_files, 1);
	assert_non_null(strstr(sum.broken.text, "OSV-3.json: not JSON"));

	/* Two of 23 are over one in twenty; the first of this feed is named. */
	put_zip(&zip, "OSV-4.json", SPAN("{\"id\":\"OSV-4\",\"withdrawn\":\"x\""));
	write_zip(path, &zip);
	assert_int_equal(SCOV_E_FORMAT, read_feed(path, &out, &sum, &err));
	assert_non_null(strstr(err.text, "2 of 23 files cannot be read; the first: OSV-3.json"));

	/* Cut between two members, and in one. */
	write_file(path, buf_view(&zip.members));
	assert_int_equal(SCOV_E_FORMAT, read_feed(path, &out, &sum, &err));
	assert_non_null(strstr(err.text, "all.zip: the archive is cut"));
	write_file(path, span_sub(buf_view(&zip.members), 0, 60));
	assert_int_equal(SCOV_E_FORMAT, read_feed(path, &out, &sum, &err));
	assert_non_null(strstr(err.text, "all.zip"));
	unlink(path);
	buf_release(&zip.members);
	buf_release(&zip.directory);
}

static void tars(void **state)
{
	(void)state;
	struct limits limits = limits_default();
	struct tar_header h = { .path = SPAN("data/OSV-1.json"), .type = TAR_FILE, .mode = 0644 };
	struct feed_sum sum = { 0 };
	struct scov_err err = { 0 };
	struct advisory_build *b = NULL;
	scoped_buf struct buf tar = { 0 }, out = { 0 };
	char path[256];

	snprintf(path, sizeof(path), "%s/all.tar", folder);
	assert_int_equal(0, tar_write(&tar, h, SPAN(RECORD("OSV-1")), &err));
	/* Cut between two members. */
	write_file(path, buf_view(&tar));
	assert_int_equal(SCOV_E_FORMAT, read_feed(path, &out, &sum, &err));
	assert_non_null(strstr(err.text, "all.tar: the archive is cut"));
	tar_write_end(&tar);
	write_file(path, buf_view(&tar));
	assert_int_equal(0, read_feed(path, &out, &sum, &err));
	check_span("tar", buf_view(&out), SPAN(ROWS_OF("OSV-1") "OSV-1: other unrated 'a'\n"));

	limits.feed_size = tar.len - 1;
	assert_int_equal(0, advisory_build_new(&b, &limits, &err));
	assert_int_equal(SCOV_E_LIMIT, feed_read(b, path, &limits, NULL, &sum, &err));
	assert_non_null(strstr(err.text, "limit feed_size"));
	advisory_build_free(b);
	unlink(path);
}

/* A feed that dates no record is as old as its copy: by the archive's word, or the file's. */
static void days_of_copies(void **state)
{
	enum { OLD = 19000, NEW = 20000, BUILT = 19990 };
	static const struct {
		const char *name;
		int64_t member, file, want;
		bool is_tar;
	} rows[] = {
		{ "a file", 0, OLD, OLD, false },
		{ "not after the database", 0, NEW, BUILT, false },
		{ "a member", OLD, NEW, OLD, true },
		{ "a member without a day", 0, OLD, OLD, true },
		{ "a member of a day to come", NEW, OLD, OLD, true },
	};
	char path[256], to[256];

	(void)state;
	snprintf(path, sizeof(path), "%s/copy", folder);
	snprintf(to, sizeof(to), "%s/copy.db", folder);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct tar_header h = { .path = SPAN("OSV-1.json"),
			.type = TAR_FILE,
			.mode = 0644,
			.mtime = rows[i].member * DAY_SECONDS };
		struct timespec times[2] = { { .tv_sec = rows[i].file * DAY_SECONDS },
			{ .tv_sec = rows[i].file * DAY_SECONDS } };
		const struct advisory_build_options options = { .day = BUILT };
		struct limits limits = limits_default();
		struct feed_sum sum = { 0 };
		struct advisory_sum written;
		struct advisory_build *b = NULL;
		struct scov_err err = { 0 };
		scoped_buf struct buf tar = { 0 };

		assert_int_equal(0, tar_write(&tar, h, SPAN(RECORD("OSV-1")), &err));
		tar_write_end(&tar);
		write_file(path, rows[i].is_tar ? buf_view(&tar) : SPAN(RECORD("OSV-1")));
		assert_int_equal(0, utimensat(AT_FDCWD, path, times, 0));
		assert_int_equal(0, advisory_build_new(&b, &limits, &err));
		assert_int_equal(0, feed_read(b, path, &limits, NULL, &sum, &err));
		assert_int_equal(0, advisory_build_write(b, to, &options, &written, &err));
		if (b->sources.p[0].day != rows[i].want)
			fail_msg("%s: day %d", rows[i].name, (int)b->sources.p[0].day);
		advisory_build_free(b);
	}
	unlink(path);
}

static void folders(void **state)
{
	(void)state;
	char path[256];
	struct feed_sum sum = { 0 };
	struct scov_err err = { 0 };
	scoped_buf struct buf out = { 0 };
	static const uint8_t gz[] = { 0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03,
		0x4b, 0x2e, 0x4b, 0xd5, 0x49, 0x2d, 0x28, 0x2e, 0xd6, 0x29, 0x48, 0x2d, 0x4a, 0x4e,
		0xcd, 0x2b, 0xc9, 0xcc, 0x49, 0xe5, 0x72, 0x0e, 0x73, 0xd5, 0x35, 0x32, 0x30, 0x32,
		0xd1, 0xb5, 0x34, 0x30, 0x30, 0x30, 0xd4, 0x31, 0xd0, 0x33, 0x05, 0x61, 0x2e, 0x00,
		0xc0, 0x9c, 0x84, 0xb2, 0x2b, 0x00, 0x00, 0x00 };

	snprintf(path, sizeof(path), "%s/a", folder);
	assert_int_equal(0, mkdir(path, 0700));
	snprintf(path, sizeof(path), "%s/a/1.json", folder);
	write_file(path, SPAN(RECORD("OSV-1")));
	snprintf(path, sizeof(path), "%s/a/epss.csv.gz", folder);
	write_file(path, span_of(gz, sizeof(gz)));
	snprintf(path, sizeof(path), "%s/a/.hidden", folder);
	write_file(path, SPAN("{"));
	snprintf(path, sizeof(path), "%s/a/loop", folder);
	assert_int_equal(0, symlink(".", path));
	assert_int_equal(0, read_feed(folder, &out, &sum, &err));
	check_span("folder", buf_view(&out),
		SPAN(ROWS_OF("OSV-1") "OSV-1: other unrated 'a'\nCVE-2024-90001: adp unrated flags "
				      "8 epss 32768 32768\n"));
	assert_int_equal(sum.broken_files + sum.other_files, 0);

	/* A compressed one that is cut ends it, and is named. */
	snprintf(path, sizeof(path), "%s/a/epss.csv.gz", folder);
	write_file(path, span_of(gz, sizeof(gz) - 9));
	assert_int_equal(SCOV_E_FORMAT, read_feed(folder, &out, &sum, &err));
	assert_non_null(strstr(err.text, "a/epss.csv.gz"));
	snprintf(path, sizeof(path), "%s/none", folder);
	assert_int_equal(SCOV_E_NOT_FOUND, read_feed(path, &out, &sum, &err));
}

static void a_full_builder_ends_it(void **state)
{
	(void)state;
	struct limits limits = limits_default();
	struct feed_sum sum = { 0 };
	struct scov_err err = { 0 };
	struct advisory_build *b = NULL;
	scoped_buf struct buf lines = { 0 };
	char path[256];

	limits.advisory_build = 1 << 20;
	for (int i = 0; i < 20000; i++)
		buf_printf(&lines, "{\"id\":\"CVE-2024-%d\",\"rejected\":true}\n", 10000 + i);
	snprintf(path, sizeof(path), "%s/v.jsonl", folder);
	write_file(path, buf_view(&lines));
	assert_int_equal(0, advisory_build_new(&b, &limits, &err));
	assert_int_equal(SCOV_E_LIMIT, feed_read(b, path, &limits, NULL, &sum, &err));
	assert_true(sum.formats[3].records < 20000);
	advisory_build_free(b);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats),
		cmocka_unit_test(alone),
		cmocka_unit_test(none_can_be_read),
		cmocka_unit_test(archives),
		cmocka_unit_test(tars),
		cmocka_unit_test(a_full_builder_ends_it),
		cmocka_unit_test(folders),
		cmocka_unit_test(days_of_copies),
	};
	char command[128];
	int code;

	if (!mkdtemp(folder))
		return 1;
	code = cmocka_run_group_tests(tests, NULL, NULL);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command) || code;
}
