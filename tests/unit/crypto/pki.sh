# pki.sh - read by the tests of certificates: certificates of all kinds, with the openssl command.
#
#   issue NAME ISSUER EXTENSIONS SUBJECT FROM UNTIL    NAME.pem of ISSUER (or of itself), with NAME.key, made if it is not there
#
# EXTENSIONS is a section below; times are YYYYMMDDHHMMSSZ.
# SPDX-License-Identifier: Apache-2.0
set -e
rm -f index.txt*
cat >ca.cnf <<'E'
[ca]
default_ca = d
[d]
database = index.txt
new_certs_dir = .
serial = serial
default_md = sha256
policy = p
unique_subject = no
copy_extensions = none
[p]
C = optional
ST = optional
O = optional
CN = optional
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[middle]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign
extendedKeyUsage = codeSigning
[middle_any]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[middle_server]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
extendedKeyUsage = serverAuth
[leaf]
keyUsage = critical,digitalSignature
extendedKeyUsage = codeSigning
subjectAltName = critical,email:a@example.com
[leaf_crl]
keyUsage = critical,digitalSignature
extendedKeyUsage = codeSigning
crlDistributionPoints = URI:http://crl.example/x
[leaf_ocsp]
keyUsage = critical,digitalSignature
extendedKeyUsage = codeSigning
authorityInfoAccess = OCSP;URI:http://ocsp.example/
[leaf_bare]
keyUsage = critical,digitalSignature
extendedKeyUsage = codeSigning
subjectKeyIdentifier = none
authorityKeyIdentifier = none
[tsa]
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[tsa_soft]
extendedKeyUsage = timeStamping
[server]
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
[plain]
basicConstraints = CA:FALSE
[encipher]
keyUsage = critical,keyEncipherment
extendedKeyUsage = codeSigning
[unknown]
keyUsage = critical,digitalSignature
extendedKeyUsage = codeSigning
1.2.3.4.5 = critical,DER:0500
[poison]
keyUsage = critical,digitalSignature
extendedKeyUsage = codeSigning
1.3.6.1.4.1.11129.2.4.3 = critical,DER:0500
[names]
subjectAltName = email:a@example.com,URI:https://example.com/x,DNS:example.com,IP:10.0.0.1,otherName:1.3.6.1.4.1.57264.1.7;UTF8:foo!bar
1.3.6.1.4.1.57264.1.1 = DER:68747470
1.3.6.1.4.1.57264.1.8 = ASN1:UTF8String:https://example.com
[twice]
1.2.3.4 = DER:0500
1.2.3.5 = DER:0500
[name_kind]
subjectAltName = otherName:1.3.6.1.4.1.57264.1.7;IA5:foo
[name_damaged]
subjectAltName = DER:3003810161ff
[name_control]
subjectAltName = DER:30058103610062
E
key() { openssl ecparam -name "${2-prime256v1}" -genkey -noout -out "$1.key"; }
issue() {
	[ -e "$1.key" ] || key "$1"
	[ -e serial ] || echo 01 >serial
	: >>index.txt
	openssl req -utf8 -new -key "$1.key" -subj "$4" -out csr
	if [ "$2" = "$1" ]; then
		set -- "$@" -selfsign -keyfile "$1.key"
	else
		set -- "$@" -cert "$2.pem" -keyfile "$2.key"
	fi
	name=$1 extensions=$3 from=$5 until=$6
	shift 6
	openssl ca -utf8 -config ca.cnf -batch -notext -md "${MD-sha256}" -in csr -extensions "$extensions" -startdate "$from" \
		-enddate "$until" -out "$name.pem" "$@"
}
