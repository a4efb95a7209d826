// Writes the drawings of every concept and style as SVG or WebP, and concepts.json with their names.
// Usage: node extract_sprites.mjs WORK, where WORK/npm/node_modules holds the packages that fetch_data.sh installs.
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const work = process.argv[2];
if (!work) {
  console.error("usage: node extract_sprites.mjs WORK");
  process.exit(2);
}
const modules = join(work, "npm", "node_modules");
const load = path => JSON.parse(readFileSync(join(modules, path), "utf8"));
const loadIfThere = path => (existsSync(join(modules, path)) ? load(path) : {});

const packages = {
  noto: "noto", notov1: "noto-v1", fluent: "fluent-emoji", fluentflat: "fluent-emoji-flat",
  fx: "fxemoji", emojione: "emojione", twemoji: "twemoji",
};
// Styles that only add drawings: whether a concept is kept, and so which are held out, does not depend on them.
const additions = { streamline: "streamline-emojis", monotone: "emojione-monotone", contrast: "fluent-emoji-high-contrast" };
const inks = ["#222", "#b3261e", "#1f5fa8", "#2e7d32", "#8a5a00", "#6a1b9a", "#e8a300", "#eee"];
// Concepts that no drawing can tell apart or whose drawings are mostly letters, faces, gestures or abstract signs.
const dropped = new Set(`time skin-tone hair-style family person-symbol hotel transport-sign warning arrow religion zodiac
  av-symbol gender math punctuation currency other-symbol keycap alphanum geometric flag country-flag subdivision-flag
  person-gesture person person-resting face-smiling face-affection face-tongue face-hand face-neutral-skeptical face-sleepy
  face-unwell face-concerned face-negative emotion hand-fingers-open hand-fingers-partial hand-single-finger
  hand-fingers-closed hands hand-prop`.split(/\s+/));
const shortNames = /^(cat|dog|cow|pig|ant|bee|bus|taxi|car|key)$/;
const namedByShortcode = new Set(["fx", "emojione", "notov1"]);

const plainCode = hex => hex.toLowerCase().replace(/-fe0f/g, "").replace(/^0+/, "");
const slug = text => text.toLowerCase().replace(/&/g, "and").replace(/[’'“”.,():!]/g, "")
  .replace(/[^a-z0-9ñéèãô]+/g, "-").replace(/^-|-$/g, "").normalize("NFD").replace(/[\u0300-\u036f]/g, "");

function readConcepts() {
  const { subgroups } = load("emojibase-data/meta/groups.json");
  const shortcodes = ["emojibase", "cldr", "github", "iamcal", "joypixels"]
    .map(name => loadIfThere(`emojibase-data/en/shortcodes/${name}.json`));
  const concepts = [];
  for (const { group, subgroup, label, hexcode, tags = [] } of load("emojibase-data/en/data.json")) {
    const isGendered = /^(man|woman)[: ]/.test(label) && /200D/.test(hexcode);
    if (group == null || group === 2 || group >= 8 || dropped.has(subgroups[subgroup]) || isGendered) continue;
    const codes = new Set(shortcodes.flatMap(list => list[hexcode] ?? []).map(code => code.toLowerCase()));
    concepts.push({ hex: hexcode.toLowerCase(), label: label.toLowerCase(), tags: tags.map(t => t.toLowerCase()), codes: [...codes], styles: [] });
  }
  return concepts;
}

function iconFinder(name) {
  const { icons, aliases = {}, width = 16, height = 16 } = load(`@iconify-json/${name}/icons.json`);
  const squashed = Object.fromEntries([...Object.keys(icons), ...Object.keys(aliases)].map(key => [key.replace(/-/g, ""), key]));
  const find = key => {
    if (icons[key]) return { left: 0, top: 0, width, height, ...icons[key] };
    const alias = aliases[key];
    return alias && !alias.rotate && !alias.hFlip && !alias.vFlip ? find(alias.parent) : undefined;
  };
  return key => find(key) ?? find(squashed[key.replace(/-/g, "")]);
}

function characterNames(name) {
  return Object.fromEntries(Object.entries(loadIfThere(`@iconify-json/${name}/chars.json`)).map(([code, icon]) => [plainCode(code), icon]));
}

const concepts = readConcepts();
const names = Object.fromEntries(Object.entries({ ...packages, ...additions }).map(([style, name]) => [style, characterNames(name)]));

function writeStyle(style, name, concepts) {
  const find = iconFinder(name), folder = join(work, "svg", style);
  mkdirSync(folder, { recursive: true });
  for (const concept of concepts) {
    const code = plainCode(concept.hex);
    const shared = ["noto", "twemoji", "fluent", "notov1", "emojione"].map(other => names[other][code]);
    const byCode = namedByShortcode.has(style) ? concept.codes.filter(c => c.length > 3 || shortNames.test(c)).map(c => c.replace(/_/g, "-")) : [];
    const icon = [names[style][code], slug(concept.label), ...shared, ...byCode].filter(Boolean).map(find).find(Boolean);
    if (!icon) continue;
    const ink = inks[parseInt(code.slice(-2), 16) % inks.length];
    writeFileSync(join(folder, `${concept.hex}.svg`), '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
      + `viewBox="${icon.left} ${icon.top} ${icon.width} ${icon.height}" width="128" height="128">${icon.body.replaceAll("currentColor", ink)}</svg>`);
    concept.styles.push(style);
  }
}

for (const [style, name] of Object.entries(packages)) writeStyle(style, name, concepts);
const assets = join(modules, "@lobehub", "fluent-emoji-3d", "assets"), folder3d = join(work, "svg", "fluent3d");
const files3d = Object.fromEntries(readdirSync(assets).map(file => [plainCode(file.replace(".webp", "")), file]));
mkdirSync(folder3d, { recursive: true });
for (const concept of concepts) {
  const file = files3d[plainCode(concept.hex)];
  if (!file) continue;
  copyFileSync(join(assets, file), join(folder3d, `${concept.hex}.webp`));
  concept.styles.push("fluent3d");
}
const kept = concepts.filter(concept => concept.styles.length >= 2);
for (const [style, name] of Object.entries(additions)) writeStyle(style, name, kept);
writeFileSync(join(work, "concepts.json"), JSON.stringify(kept));
console.log(`${kept.length} concepts`);
