/* origin.c - packages that are not the distribution's: its advisories do not speak of them.
 *
 * rpm states a vendor, and each distribution has its own. Ubuntu writes one maintainer into
 * everything it builds. Debian's maintainers are persons and teams by the thousand, so there the
 * others are listed: who publishes packages for it, and marks of versions.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/match/parts.h"

/* Vendors of rpm headers and Ubuntu's maintainers. Sources: rpm -qi of each distribution's own
 * images; pkgbinarymangler of Ubuntu. */
static const struct {
	const char *id, *text;
} own[] = {
	{ "rhel", "Red Hat, Inc." },
	{ "centos", "CentOS" },
	{ "centos", "Red Hat, Inc." },
	{ "almalinux", "AlmaLinux" },
	{ "rocky", "Rocky" },
	{ "ol", "Oracle America" },
	{ "amzn", "Amazon" },
	{ "fedora", "Fedora Project" },
	{ "photon", "VMware" },
	{ "photon", "Broadcom" },
	{ "mariner", "Microsoft Corporation" },
	{ "azurelinux", "Microsoft Corporation" },
	{ "openeuler", "openeuler" },
	{ "mageia", "Mageia" },
	{ "sles", "SUSE" },
	{ "sled", "SUSE" },
	{ "sle-micro", "SUSE" },
	{ "opensuse-leap", "openSUSE" },
	{ "opensuse-leap", "SUSE" },
	{ "opensuse-tumbleweed", "openSUSE" },
	{ "opensuse-tumbleweed", "SUSE" },
	{ "ubuntu", "ubuntu.com" },
	{ "ubuntu", "canonical.com" },
	{ "ubuntu", "launchpad.net" },
};

/* Maintainers of packages for Debian that are not Debian's. Source: the Packages files of these
 * publishers' repositories. */
static const struct {
	const char *text, *name;
} others[] = {
	{ "@adoptium.net", "Adoptium" },
	{ "@amazon.com", "Amazon" },
	{ "@azul.com", "Azul" },
	{ "@cloudflare.com", "Cloudflare" },
	{ "@confluent.io", "Confluent" },
	{ "@couchbase.com", "Couchbase" },
	{ "@datadoghq.com", "Datadog" },
	{ "@docker.com", "Docker" },
	{ "@elastic.co", "Elastic" },
	{ "@gitlab.com", "GitLab" },
	{ "@google.com", "Google" },
	{ "@grafana.com", "Grafana" },
	{ "@hashicorp.com", "HashiCorp" },
	{ "@influxdata.com", "InfluxData" },
	{ "@jenkins-ci.org", "Jenkins" },
	{ "@microsoft.com", "Microsoft" },
	{ "@mongodb.com", "MongoDB" },
	{ "@nginx.com", "nginx.org" },
	{ "nginx-packaging@f5.com", "nginx.org" },
	{ "@nodesource.com", "NodeSource" },
	{ "@nodesource.io", "NodeSource" },
	{ "@nvidia.com", "NVIDIA" },
	{ "@oracle.com", "Oracle" },
	{ "@percona.com", "Percona" },
	{ "@puppet.com", "Puppet" },
	{ "@rabbitmq.com", "RabbitMQ" },
	{ "@redis.com", "Redis" },
	{ "@sysdig.com", "Sysdig" },
	{ "@timescale.com", "Timescale" },
	{ "@varnish-software.com", "Varnish Software" },
	{ "@yarnpkg.com", "Yarn" },
	{ "maria-developers@lists.launchpad.net", "MariaDB" },
	{ "developers@lists.mariadb.org", "MariaDB" },
};

/* Of versions that a maintainer of Debian builds for another repository. */
static const struct {
	const char *text, *name;
} marks[] = {
	{ "pgdg", "apt.postgresql.org" },
	{ "+deb.sury.org", "deb.sury.org" },
	{ "+debian11~1.gbp", "deb.sury.org" },
	{ "+debian12~1.gbp", "deb.sury.org" },
	{ "+debian13~1.gbp", "deb.sury.org" },
	{ "~ppa", "a PPA" },
	{ "+maria~", "MariaDB" },
};

static bool is_own(const struct package_fact *p, struct span id, bool *out_is_listed)
{
	*out_is_listed = false;
	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++) {
		if (!span_eq(id, span_str(own[i].id)))
			continue;
		*out_is_listed = true;
		if (span_has(p->vendor, span_str(own[i].text)))
			return true;
	}
	return false;
}

static struct span by_mark(struct span version)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (span_has(version, span_str(marks[i].text)))
			return span_str(marks[i].name);
	return (struct span){ 0 };
}

struct span origin_of(const struct package_fact *p, const struct distribution *d)
{
	uint8_t ecosystem = package_row(p->type)->ecosystem;
	struct span mark = { 0 };
	bool is_listed;

	if (ecosystem == ECOSYSTEM_APK)
		return mark;
	if (ecosystem == ECOSYSTEM_DEB)
		mark = by_mark(p->version);
	/* chisel and some status files state no maintainer */
	if (mark.len || !p->vendor.len || is_own(p, d->id, &is_listed))
		return mark;
	if (is_listed)
		return p->vendor;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (span_has(p->vendor, span_str(others[i].text)))
			return span_str(others[i].name);
	return mark;
}
