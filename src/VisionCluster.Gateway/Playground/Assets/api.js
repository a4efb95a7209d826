// Calls the gateway this page came from, and remembers the last call as a curl command.

const STAGES = /([a-z]+);dur=([\d.]+)/g;

export class Api {
  key = '';
  last = null;
  onStages = () => {};

  headers(more = {}) {
    return this.key ? { ...more, 'X-Api-Key': this.key } : more;
  }

  async send(path, { body, type = 'application/json', accept, method = body === undefined ? 'GET' : 'POST', signal } = {}) {
    const started = performance.now();
    const headers = this.headers({ ...(body === undefined ? {} : { 'Content-Type': type }), ...(accept ? { Accept: accept } : {}) });
    const answer = await fetch(path, { method, headers, body, signal });
    this.showStages(answer.headers.get('Server-Timing'), performance.now() - started);
    if (answer.ok) return answer;
    const problem = await answer.json().catch(() => ({}));
    const violations = problem.violations?.length ? `: ${problem.violations.join('; ')}` : '';
    throw new Error(answer.status === 401 ? 'This server asks for an API key: type it above.' : `${problem.detail ?? answer.statusText}${violations}`);
  }

  async ask(path, request, signal) {
    const body = JSON.stringify(request);
    this.remember(path, body);
    return (await this.send(path, { body, signal })).json();
  }

  /** Lines of NDJSON as they come. */
  async *stream(path, request, signal) {
    const body = JSON.stringify(request);
    this.remember(path, body);
    const answer = await this.send(path, { body, accept: 'application/x-ndjson', signal });
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const { value, done } = await reader.read();
      const lines = (rest + (value ?? '')).split('\n');
      rest = done ? '' : lines.pop();
      for (const line of lines) if (line) yield JSON.parse(line);
      if (done) return;
    }
  }

  live(id, onAnswer) {
    // A browser cannot give a WebSocket a header: with a key, hovering asks by HTTP.
    if (this.key) return null;
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/v1/images/${id}/live`);
    socket.onmessage = message => onAnswer(JSON.parse(message.data));
    return socket;
  }

  remember(path, body) {
    const key = this.key ? " \\\n  -H 'X-Api-Key: '$VISION_KEY" : '';
    this.last = `curl -s '${location.origin}${path}' \\\n  -H 'Content-Type: application/json'${key} \\\n  -d '${body.replaceAll("'", "'\\''")}'`;
  }

  showStages(header, whole) {
    const stages = [...(header ?? '').matchAll(STAGES)].map(([, name, time]) => [name, Number(time)]);
    if (stages.length) this.onStages(stages, whole);
  }
}
