// COCO's run lengths (pycocotools' maskApi): column by column, runs of 0 and 1 in turns, beginning with 0.

/** The runs of a compressed string: five bits a character, from 48 on; every run after the second is the difference to the one before the last. */
export function runsOf(counts) {
  if (typeof counts !== 'string') return counts;
  const runs = [];
  for (let at = 0; at < counts.length;) {
    let value = 0, shift = 0, more = true;
    while (more) {
      const bits = counts.charCodeAt(at++) - 48;
      value |= (bits & 31) << shift;
      more = (bits & 32) !== 0;
      shift += 5;
      if (!more && bits & 16) value |= -1 << shift;
    }
    runs.push(runs.length > 2 ? value + runs[runs.length - 2] : value);
  }
  return runs;
}

/** Paints a mask into RGBA bytes of its own size. */
export function paint(rle, rgba, [red, green, blue], alpha) {
  const [height, width] = rle.size;
  let at = 0, inside = false;
  for (const run of runsOf(rle.counts)) {
    if (inside) {
      for (let i = at; i < at + run; i++) {
        const pixel = ((i % height) * width + Math.floor(i / height)) * 4;
        rgba[pixel] = red; rgba[pixel + 1] = green; rgba[pixel + 2] = blue; rgba[pixel + 3] = alpha;
      }
    }
    at += run;
    inside = !inside;
  }
}

/** A mask as an image of its own. */
export function toCanvas(rle, color, alpha) {
  const [height, width] = rle.size;
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d');
  const pixels = context.createImageData(width, height);
  paint(rle, pixels.data, color, alpha);
  context.putImageData(pixels, 0, 0);
  return canvas;
}
