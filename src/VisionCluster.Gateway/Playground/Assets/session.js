// One picture with its prompts and masks. Every change can be undone; a newer question takes the place of an older one.

const wordsOf = text => text.split(',').map(word => word.trim()).filter(Boolean);

export class Session {
  masks = []; points = []; box = null; chosen = -1; hovered = null; current = null;
  #history = []; #asking = null; #live = null; #hovering = 0;

  constructor(api, changed) {
    this.api = api;
    this.changed = changed;
  }

  async open(blob) {
    this.close();
    const answer = await this.api.send('/v1/images', { body: blob, type: blob.type || 'application/octet-stream' });
    this.image = await answer.json();
    this.#live = this.api.live(this.image.id, answer => this.#hoveredIs(answer));
    this.changed();
  }

  close() {
    this.#asking?.abort();
    this.#live?.close();
    Object.assign(this, { image: null, masks: [], points: [], box: null, chosen: -1, hovered: null, current: null });
    this.#history = [];
  }

  get canUndo() { return this.#history.length > 0; }

  undo() {
    if (!this.canUndo) return;
    this.#asking?.abort();
    Object.assign(this, this.#history.pop(), { hovered: null });
    this.changed();
  }

  clear() {
    this.#keep();
    Object.assign(this, { masks: [], points: [], box: null, chosen: -1, hovered: null, current: null });
    this.changed();
  }

  /** What comes next is another object. */
  next() {
    this.#keep();
    Object.assign(this, { points: [], box: null, current: null });
    this.changed();
  }

  addPoint(point, label) {
    this.#keep();
    this.points = [...this.points, { x: Math.round(point.x), y: Math.round(point.y), label }];
    return this.#segment();
  }

  setBox(box) {
    this.#keep();
    this.box = box.map(Math.round);
    return this.#segment();
  }

  hover(point) {
    if (!this.image || this.points.length || this.box || this.#live?.readyState !== WebSocket.OPEN) return;
    const prompts = [{ points: [{ x: Math.round(point.x), y: Math.round(point.y), label: 1 }] }];
    this.#live.send(JSON.stringify({ id: ++this.#hovering, request: { prompts, multimask: false } }));
  }

  leave() {
    this.#hovering++;
    this.hovered = null;
    this.changed();
  }

  async find(text) {
    const labels = wordsOf(text);
    const found = await this.#ask('detect', { labels, masks: true, scoreThreshold: 0.5 });
    this.#keep();
    this.masks = [...this.masks, ...found.detections.filter(one => one.mask).map(one => ({ ...one.mask, label: one.label, score: one.score, box: one.box }))];
    Object.assign(this, { points: [], box: null, current: null, chosen: this.masks.length - 1 });
    this.changed();
    return found.detections.length;
  }

  async classify(text) {
    return (await this.#ask('classify', { labels: wordsOf(text), topK: 10 })).results;
  }

  async everything(progress) {
    this.#keep();
    const asking = this.#begin();
    const found = new Map();
    for await (const update of this.api.stream(`/v1/images/${this.image.id}/everything`, { pointsPerSide: 16, predIouThresh: 0.6, stabilityScoreThresh: 0.8 }, asking.signal)) {
      if (update.mask) {
        const { id, segmentation, predictedIou, bbox, area } = update.mask;
        found.set(id, { rle: segmentation, score: predictedIou, bbox, area });
        this.masks = [...this.masks, found.get(id)];
        this.changed();
      }
      for (const id of update.dropped ?? []) {
        this.masks = this.masks.filter(mask => mask !== found.get(id));
        found.delete(id);
        this.changed();
      }
      if (update.progress) progress(update.progress.points / update.progress.totalPoints, found.size);
      if (update.error) throw new Error(update.error.detail);
    }
    return found.size;
  }

  async #segment() {
    this.hovered = null;
    this.changed();
    const { points, box, current: replaced } = this;
    const prompt = { points, ...(box ? { box } : {}) };
    const { results: [{ masks: [mask] }] } = await this.#ask('segment', { prompts: [prompt], multimask: false });
    const others = this.masks.filter(one => one !== replaced);
    this.masks = [...others, mask];
    // Somebody may have gone on to another object meanwhile.
    Object.assign(this, { current: this.points === points && this.box === box ? mask : this.current, chosen: this.masks.length - 1 });
    this.changed();
  }

  #ask(task, request) {
    return this.api.ask(`/v1/images/${this.image.id}/${task}`, request, this.#begin().signal);
  }

  #begin() {
    this.#asking?.abort();
    return this.#asking = new AbortController();
  }

  #hoveredIs({ id, response }) {
    if (id !== this.#hovering || this.points.length || this.box) return;
    this.hovered = response?.results[0].masks[0] ?? null;
    this.changed();
  }

  #keep() {
    const { masks, points, box, chosen, current } = this;
    this.#history.push({ masks, points, box, chosen, current });
    if (this.#history.length > 200) this.#history.shift();
  }
}
