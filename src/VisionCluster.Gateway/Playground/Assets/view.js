// Draws the picture with its masks, prompts and pointer.
import { toCanvas } from './rle.js';

const COLORS = [[255, 99, 71], [65, 132, 255], [46, 204, 113], [241, 196, 15], [155, 89, 182], [26, 188, 156], [230, 126, 34], [233, 30, 99]];

export const colorOf = index => COLORS[index % COLORS.length];

export class View {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext('2d');
    this.layers = new WeakMap();
  }

  show(bitmap) {
    this.bitmap = bitmap;
    this.canvas.width = bitmap.width;
    this.canvas.height = bitmap.height;
    this.canvas.hidden = false;
  }

  /** Where an event is, in pixels of the picture. */
  at(event) {
    const frame = this.canvas.getBoundingClientRect();
    const clamp = (value, most) => Math.min(most - 1, Math.max(0, value));
    return {
      x: clamp((event.clientX - frame.left) * this.canvas.width / frame.width, this.canvas.width),
      y: clamp((event.clientY - frame.top) * this.canvas.height / frame.height, this.canvas.height),
    };
  }

  layer(mask, color, alpha) {
    let layer = this.layers.get(mask);
    if (layer?.alpha !== alpha) this.layers.set(mask, layer = { alpha, image: toCanvas(mask.rle, color, alpha) });
    return layer.image;
  }

  draw({ masks, chosen, hovered, points, box, pointer }) {
    const { context, canvas } = this;
    if (!this.bitmap) return;
    context.drawImage(this.bitmap, 0, 0);
    masks.forEach((mask, i) => context.drawImage(this.layer(mask, colorOf(i), i === chosen ? 150 : 90), 0, 0));
    if (hovered) context.drawImage(this.layer(hovered, [255, 255, 255], 110), 0, 0);
    const unit = Math.max(canvas.width, canvas.height) / 400;
    context.lineWidth = 2 * unit;
    for (const mask of masks) if (mask.box) this.rectangle(mask.box, mask.color ?? '#fff');
    if (box) this.rectangle(box, '#ffd54f');
    for (const point of points) {
      context.beginPath();
      context.arc(point.x, point.y, 4 * unit, 0, 7);
      context.fillStyle = point.label ? '#2ecc71' : '#e74c3c';
      context.fill();
      context.strokeStyle = '#fff';
      context.stroke();
    }
    if (pointer) {
      context.strokeStyle = '#fff';
      context.beginPath();
      for (const [dx, dy] of [[1, 0], [0, 1]]) {
        context.moveTo(pointer.x - 9 * unit * dx, pointer.y - 9 * unit * dy);
        context.lineTo(pointer.x + 9 * unit * dx, pointer.y + 9 * unit * dy);
      }
      context.stroke();
    }
  }

  rectangle([x0, y0, x1, y1], color) {
    this.context.strokeStyle = color;
    this.context.strokeRect(x0, y0, x1 - x0, y1 - y0);
  }
}
