/* oracle.cjs - the libraries of sigstore for JavaScript: bundles made with them, and checked by them.
 *
 *   node oracle.cjs sign FOLDER                       writes message.json, envelope.json, key.pub, artifact
 *   node oracle.cjs verify ROOT KEY ARTIFACT FILE...  a line each: "yes FILE" or "no FILE why"
 *
 * NODE_PATH names the folder of the packages.
 * SPDX-License-Identifier: Apache-2.0
 */
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');

async function sign(folder) {
	const { DSSEBundleBuilder, MessageSignatureBundleBuilder } = require('@sigstore/sign');
	const { bundleToJSON } = require('@sigstore/bundle');
	const { privateKey, publicKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const pem = publicKey.export({ type: 'spki', format: 'pem' });
	const signer = {
		sign: async (data) => ({ signature: crypto.sign('sha256', data, privateKey), key: { $case: 'publicKey', publicKey: pem, hint: 'h' } }),
	};
	const artifact = Buffer.from('signed with the libraries of JavaScript');
	const digest = crypto.createHash('sha256').update(artifact).digest('hex');
	const statement = { _type: 'https://in-toto.io/Statement/v1', subject: [{ name: 'x', digest: { sha256: digest } }],
		predicateType: 'https://slsa.dev/provenance/v1', predicate: { buildDefinition: {} } };
	const message = await new MessageSignatureBundleBuilder({ signer, witnesses: [] }).create({ data: artifact });
	const envelope = await new DSSEBundleBuilder({ signer, witnesses: [] }).create({ data: Buffer.from(JSON.stringify(statement)),
		type: 'application/vnd.in-toto+json' });
	fs.writeFileSync(path.join(folder, 'message.json'), JSON.stringify(bundleToJSON(message)));
	fs.writeFileSync(path.join(folder, 'envelope.json'), JSON.stringify(bundleToJSON(envelope)));
	fs.writeFileSync(path.join(folder, 'key.pub'), pem);
	fs.writeFileSync(path.join(folder, 'artifact'), artifact);
}

function verify(root, key, artifact, files) {
	const { Verifier, toSignedEntity, toTrustMaterial } = require('@sigstore/verify');
	const { bundleFromJSON } = require('@sigstore/bundle');
	const { TrustedRoot } = require('@sigstore/protobuf-specs');
	const trusted = TrustedRoot.fromJSON(JSON.parse(fs.readFileSync(root, 'utf8')));
	const publicKey = crypto.createPublicKey(fs.readFileSync(key));
	const material = toTrustMaterial(trusted, () => ({ publicKey, validFor: () => true }));
	const data = fs.readFileSync(artifact);

	for (const file of files) {
		try {
			const bundle = bundleFromJSON(JSON.parse(fs.readFileSync(file, 'utf8')));
			const keyed = bundle.verificationMaterial.content.$case === 'publicKey';
			const log = bundle.verificationMaterial.tlogEntries.length ? 1 : 0;

			new Verifier(material, { ctlogThreshold: 0, tlogThreshold: keyed ? log : 1, tsaThreshold: 0 })
				.verify(toSignedEntity(bundle, data));
			console.log('yes ' + file);
		} catch (e) {
			console.log('no ' + file + ' ' + String(e && e.message).split('\n')[0]);
		}
	}
}

const [what, ...rest] = process.argv.slice(2);
if (what === 'sign')
	sign(rest[0]).catch((e) => { console.error(e); process.exit(1); });
else
	verify(rest[0], rest[1], rest[2], rest.slice(3));
