// Type errors of a program that uses the packages under NODE_MODULES.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const modules = process.env.NODE_MODULES;
const ts = createRequire(join(modules, 'any.js'))('typescript');

export function errorsOf(text) {
  const source = join(modules, '..', `checked-${process.pid}.ts`);
  const options = { strict: true, noEmit: true, skipLibCheck: true, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, target: ts.ScriptTarget.ESNext, types: [] };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = file => file === source || fileExists(file);
  host.readFile = file => file === source ? text : readFile(file);
  host.getSourceFile = (file, ...rest) => file === source
    ? ts.createSourceFile(file, text, ts.ScriptTarget.ESNext) : getSourceFile(file, ...rest);
  return ts.getPreEmitDiagnostics(ts.createProgram([source], options, host)).map(diagnostic => {
    const at = diagnostic.file?.fileName === source ? `${text.slice(diagnostic.start, diagnostic.start + 40)}: ` : '';
    return at + ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n').slice(0, 600);
  });
}
