// Wires the page: who touches what, and what is shown of it.
import { Api } from './api.js';
import { toCanvas } from './rle.js';
import { Session } from './session.js';
import { View, colorOf } from './view.js';
import { showStages, watchDevices } from './status.js';

const $ = id => document.getElementById(id);
const api = new Api(), view = new View($('canvas')), session = new Session(api, render);
let pointer = null, dragging = null, corner = null;

api.onStages = (stages, whole) => showStages($('stages'), stages, whole);
$('key').oninput = () => { api.key = $('key').value.trim(); };
watchDevices(api, $('devices'));

function say(text, bad = false) {
  $('message').textContent = text;
  $('message').classList.toggle('bad', bad);
}

/** Runs what somebody asked for; says how it went. A question that a newer one took the place of says nothing. */
async function run(work, done) {
  try {
    const answer = await work();
    if (done) say(done(answer));
  } catch (error) {
    if (error.name !== 'AbortError') say(error.message, true);
  }
}

function open(blob) {
  return run(async () => {
    say('Uploading…');
    const bitmap = await createImageBitmap(blob, { imageOrientation: 'from-image' });
    await session.open(blob);
    view.show(bitmap);
    $('drop').hidden = true;
    $('ranking').replaceChildren();
    render();
  }, () => `Ready: ${session.image.width} by ${session.image.height} pixels.`);
}

function render() {
  const on = Boolean(session.image);
  view.draw({ ...session, masks: session.masks, pointer, box: dragging ?? session.box });
  for (const button of [$('everything'), ...document.querySelectorAll('form button')]) button.disabled = !on;
  $('undo').disabled = !session.canUndo;
  $('clear').disabled = !session.masks.length && !session.points.length;
  $('next').disabled = !session.points.length && !session.box;
  for (const id of ['copy-rle', 'copy-png']) $(id).disabled = session.chosen < 0;
  $('copy-curl').disabled = !api.last;
  $('masks').replaceChildren(...session.masks.map((mask, i) => {
    const button = document.createElement('button');
    const swatch = document.createElement('i');
    swatch.style.background = `rgb(${colorOf(i)})`;
    button.append(swatch, `${mask.label ?? 'mask'} ${i + 1} · ${mask.score.toFixed(2)} · ${mask.area} px`);
    button.setAttribute('aria-pressed', i === session.chosen);
    button.onclick = () => { session.chosen = i; render(); };
    const item = document.createElement('li');
    item.append(button);
    return item;
  }));
}

const described = () => `${session.masks.length} ${session.masks.length === 1 ? 'mask' : 'masks'}; the last scores ${session.masks.at(-1)?.score.toFixed(2) ?? '-'}.`;
const addPoint = (point, label) => run(() => session.addPoint(point, label), described);
const boxMode = () => document.querySelector('input[name=mode]:checked').value === 'box';

const canvas = $('canvas');
canvas.onpointerdown = event => {
  if (event.button === 2) return;
  canvas.setPointerCapture(event.pointerId);
  corner = view.at(event);
};
canvas.onpointermove = event => {
  const point = view.at(event);
  if (corner && (boxMode() || Math.hypot(point.x - corner.x, point.y - corner.y) > canvas.width / 60)) {
    dragging = [Math.min(corner.x, point.x), Math.min(corner.y, point.y), Math.max(corner.x, point.x), Math.max(corner.y, point.y)];
    render();
  } else if (!corner && $('hover').checked) {
    session.hover(point);
  }
};
canvas.onpointerup = event => {
  const box = dragging, from = corner;
  dragging = corner = null;
  if (box && box[2] - box[0] > 2 && box[3] - box[1] > 2) run(() => session.setBox(box), described);
  else if (from && !boxMode()) addPoint(view.at(event), event.shiftKey ? 0 : 1);
};
canvas.onpointerleave = () => { if (!corner) session.leave(); };
canvas.oncontextmenu = event => { event.preventDefault(); addPoint(view.at(event), 0); };
canvas.onkeydown = event => {
  const step = canvas.width / (event.shiftKey ? 160 : 40);
  const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
  pointer ??= { x: canvas.width / 2, y: canvas.height / 2 };
  if (moves[event.key]) {
    const [dx, dy] = moves[event.key];
    pointer = { x: Math.min(canvas.width - 1, Math.max(0, pointer.x + dx)), y: Math.min(canvas.height - 1, Math.max(0, pointer.y + dy)) };
    if (corner) dragging = [Math.min(corner.x, pointer.x), Math.min(corner.y, pointer.y), Math.max(corner.x, pointer.x), Math.max(corner.y, pointer.y)];
    else if ($('hover').checked) session.hover(pointer);
    render();
  } else if (event.key === 'Enter') addPoint(pointer, event.shiftKey ? 0 : 1);
  else if (event.key === 'b' && !corner) corner = pointer;
  else if (event.key === 'b') {
    const box = dragging;
    corner = dragging = null;
    if (box) run(() => session.setBox(box), described);
  } else return;
  event.preventDefault();
};
canvas.onblur = () => { pointer = null; render(); };

document.addEventListener('keydown', event => {
  if ((event.ctrlKey || event.metaKey) && event.key === 'z' && event.target.tagName !== 'INPUT') { event.preventDefault(); session.undo(); }
});
$('chooser').onkeydown = event => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); $('file').click(); } };
$('file').onchange = () => { if ($('file').files[0]) open($('file').files[0]); };
$('undo').onclick = () => session.undo();
$('clear').onclick = () => session.clear();
$('next').onclick = () => session.next();
$('everything').onclick = () => run(
  () => session.everything((share, found) => say(`${Math.round(share * 100)} % of the points, ${found} masks…`)), found => `Everything: ${found} masks.`);
$('find').onsubmit = event => {
  event.preventDefault();
  run(() => session.find($('objects').value), found => found ? `${found} found.` : 'Nothing of that was found.');
};
$('classify').onsubmit = event => {
  event.preventDefault();
  run(() => session.classify($('labels').value), results => {
    $('ranking').replaceChildren(...results.map(({ label, score }) => {
      const item = document.createElement('li');
      item.append(label, ` ${(score * 100).toFixed(1)} %`, Object.assign(document.createElement('meter'), { value: score, ariaLabel: label }));
      return item;
    }));
    return `Most likely: ${results[0].label}.`;
  });
};
const copied = (text, what) => run(() => navigator.clipboard.writeText(text), () => `${what} copied.`);
$('copy-rle').onclick = () => copied(JSON.stringify(session.masks[session.chosen].rle), 'RLE');
$('copy-curl').onclick = () => copied(api.last, 'curl command');
$('copy-png').onclick = () => toCanvas(session.masks[session.chosen].rle, [255, 255, 255], 255).toBlob(png => {
  const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(png), download: 'mask.png' });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
});
const stage = $('stage');
stage.ondragover = event => { event.preventDefault(); stage.classList.add('over'); };
stage.ondragleave = () => stage.classList.remove('over');
stage.ondrop = event => {
  event.preventDefault();
  stage.classList.remove('over');
  if (event.dataTransfer.files[0]) open(event.dataTransfer.files[0]);
};

const samples = await (await fetch('/playground/samples.json')).json();
samples.forEach((name, i) => {
  const button = Object.assign(document.createElement('button'), { textContent: `Sample ${i + 1}`, title: name });
  button.onclick = () => run(async () => open(await (await fetch(`/playground/samples/${name}`)).blob()));
  $('samples').append(button);
});
