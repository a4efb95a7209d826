// ONNX Runtime behind stdin and stdout. Each line in is JSON {model, threads, batch, feeds: {name: {file, dtype, dims}}, out};
// each line out is {outputs: {name: {file, dtype, dims}}, ms} or {error}. Every feed is cut along dimension 0 into `batch`.
import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";

const ort = createRequire(process.cwd() + "/")(process.env.ORT_NODE ?? "onnxruntime-node");
const arrays = { float32: Float32Array, int64: BigInt64Array };
const sessions = new Map();

async function run({ model, threads, batch, feeds, out }) {
  const key = `${model} ${threads}`;
  if (!sessions.has(key)) {
    sessions.set(key, await ort.InferenceSession.create(model, { intraOpNumThreads: threads, interOpNumThreads: 1 }));
  }
  const session = sessions.get(key);
  const inputs = Object.entries(feeds).map(([name, { file, dtype, dims }]) => {
    const bytes = readFileSync(file);
    return { name, dtype, dims, data: new arrays[dtype](bytes.buffer, bytes.byteOffset, bytes.length / arrays[dtype].BYTES_PER_ELEMENT) };
  });
  const rows = inputs[0].dims[0], step = batch ?? rows, parts = new Map();
  let ms = 0;
  for (let at = 0; at < rows; at += step) {
    const count = Math.min(step, rows - at), slice = {};
    for (const { name, dtype, dims, data } of inputs) {
      const cut = batch != null || dims[0] === rows;
      const unit = data.length / dims[0];
      slice[name] = cut && batch != null
        ? new ort.Tensor(dtype, data.slice(at * unit, (at + count) * unit), [count, ...dims.slice(1)])
        : new ort.Tensor(dtype, data, dims);
    }
    const began = process.hrtime.bigint();
    const result = await session.run(slice);
    ms += Number(process.hrtime.bigint() - began) / 1e6;
    for (const name in result) parts.set(name, [...(parts.get(name) ?? []), result[name]]);
  }
  const outputs = {};
  for (const [name, tensors] of parts) {
    const file = out + name;
    writeFileSync(file, Buffer.concat(tensors.map(t => Buffer.from(t.data.buffer, t.data.byteOffset, t.data.byteLength))));
    outputs[name] = { file, dtype: tensors[0].type, dims: [tensors.reduce((sum, t) => sum + t.dims[0], 0), ...tensors[0].dims.slice(1)] };
  }
  return { outputs, ms };
}

for await (const line of createInterface({ input: process.stdin })) {
  if (!line.trim()) continue;
  try {
    console.log(JSON.stringify(await run(JSON.parse(line))));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error) }));
  }
}
