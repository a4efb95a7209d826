// Checks Kubernetes manifests: node validate-manifests.mjs MANIFESTS.yaml
// Values against the schemas that the packages kubernetes-models and @kubernetes-models/* carry; names by the same packages'
// types, with TypeScript, because schemas let fields pass that they don't know. NODE_MODULES says where the packages are.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const modules = process.env.NODE_MODULES;
const require = createRequire(join(modules, 'any.js'));
const { parseAllDocuments } = require('yaml');
const ts = require('typescript');

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

const source = join(modules, '..', `manifests-${process.pid}.ts`);
const options = { strict: true, noEmit: true, skipLibCheck: true, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, target: ts.ScriptTarget.ESNext, types: [] };
const host = ts.createCompilerHost(options);
const { getSourceFile, fileExists, readFile } = host;
host.fileExists = file => file === source || fileExists(file);
host.readFile = file => file === source ? program.join('\n') : readFile(file);
host.getSourceFile = (file, ...rest) => file === source
  ? ts.createSourceFile(file, program.join('\n'), ts.ScriptTarget.ESNext) : getSourceFile(file, ...rest);
const checked = ts.createProgram([source], options, host);
for (const diagnostic of ts.getPreEmitDiagnostics(checked)) {
  errors.push(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n').slice(0, 600));
}

console.log(errors.length ? errors.join('\n') : `${documents.length} manifests are valid`);
process.exit(errors.length ? 1 : 0);
