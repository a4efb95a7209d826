// Where the time went, and what the cluster is doing.

const EVERY = 5000;
const TINTS = { decode: '#9ecae1', preprocess: '#a1d99b', queue: '#fdd0a2', inference: '#fc9272', postprocess: '#bcbddc' };

/** A bar of stages by their share, in milliseconds. */
export function showStages(place, stages, whole) {
  const sum = stages.reduce((total, [, time]) => total + time, 0) || 1;
  place.replaceChildren(...stages.filter(([, time]) => time > 0).map(([name, time]) => {
    const part = document.createElement('span');
    part.style.flex = `${Math.max(time / sum, 0.08)} 1 0`;
    part.style.background = TINTS[name] ?? '#ccc';
    part.textContent = part.title = `${name} ${time.toFixed(1)} ms`;
    return part;
  }));
  place.append(`${whole.toFixed(0)} ms in all`);
}

/** Asks for the cluster's devices while the page is looked at. */
export function watchDevices(api, place) {
  const look = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch('/v1/cluster', { headers: api.headers() });
      if (!answer.ok) throw new Error(answer.status === 403 ? 'Only operators see the cluster.' : 'The cluster is not shown without a key.');
      place.replaceChildren(...(await answer.json()).map(device => {
        const line = document.createElement('p');
        const models = device.models.map(model => model.name).join(', ');
        const mebibytes = (device.embeddingBytes / 2 ** 20).toFixed(0);
        line.textContent = `${device.host}: ${device.state}, ${device.queued} waiting, ${Math.round(device.busyFraction * 100)} % busy, ${mebibytes} MiB of embeddings; ${models}`;
        return line;
      }));
    } catch (error) {
      place.textContent = error.message;
    }
  };
  look();
  setInterval(look, EVERY);
}
