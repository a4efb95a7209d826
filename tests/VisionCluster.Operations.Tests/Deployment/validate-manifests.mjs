// Checks Kubernetes manifests: node validate-manifests.mjs MANIFESTS.yaml
// Values against the schemas that the packages kubernetes-models and @kubernetes-models/* carry; names by the same packages'
// types, with TypeScript, because schemas let fields pass that they don't know. NODE_MODULES says where the packages are.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { errorsOf } from '../type-check.mjs';

const modules = process.env.NODE_MODULES;
const require = createRequire(join(modules, 'any.js'));
const { parseAllDocuments } = require('yaml');

/** Packages of kinds that Kubernetes itself does not have. */
const packages = {
  'keda.sh': '@kubernetes-models/keda',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
  'gateway.networking.k8s.io': '@kubernetes-models/gateway-api',
};

const documents = parseAllDocuments(readFileSync(process.argv[2], 'utf8')).map(d => d.toJS()).filter(Boolean);
const errors = [];
const program = [];
for (const [i, manifest] of documents.entries()) {
  const name = `${manifest.kind}/${manifest.metadata?.name}`;
  const [group, version] = manifest.apiVersion.includes('/') ? manifest.apiVersion.split('/') : ['', manifest.apiVersion];
  const path = [packages[group] ?? 'kubernetes-models', group, version, manifest.kind].filter(Boolean).join('/');
  try {
    const file = join(modules, `${path}.js`);
    const { [manifest.kind]: Kind } = await import(pathToFileURL(file));
    new Kind(manifest).validate();
    program.push(`import type { I${manifest.kind} as K${i} } from '${path}';`, `export const d${i}: K${i} = ${JSON.stringify(manifest)};`);
  } catch (error) {
    errors.push(`${name}: ${error.message}`);
  }
}

errors.push(...errorsOf(program.join('\n')));
console.log(errors.length ? errors.join('\n') : `${documents.length} manifests are valid`);
process.exit(errors.length ? 1 : 0);
