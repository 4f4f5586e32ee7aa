// The conformance protocol for a loader in JavaScript, without dependencies: `node testee.mjs`.
// Copy this file and protobuf.mjs; loader.mjs is what is tested, put your own in its place.
import { load, Refusal, Skip } from "./loader.mjs";
import { fields, field, first, all, numbers } from "./protobuf.mjs";

const FLOAT32 = 12, DECODE = 1, NOTHING = Buffer.alloc(0);

// A value of a data table; this loader knows float32 tensors.
function readValue(table, index) {
  const tensor = table[index] && first(fields(table[index]), 8), message = tensor && fields(tensor);
  if (!tensor || Number(first(message, 1, 0n)) !== FLOAT32) throw new Skip("only float32 tensors");
  const content = first(message, 3, NOTHING);
  return { shape: numbers(message, 2), data: new Float32Array(content.length / 4).map((_, i) => content.readFloatLE(4 * i)) };
}

function writeValue({ shape, data }) {
  const content = Buffer.alloc(4 * data.length);
  data.forEach((x, i) => content.writeFloatLE(x, 4 * i));
  return field(1, [field(8, [field(1, FLOAT32), ...shape.map((n) => field(2, n)), field(3, content)])]);
}

const refused = (e) => [field(1, e.code), field(2, e.phase ?? DECODE), field(8, e.message)];

// What a loader throws becomes an answer: a refusal, or a skip; anything else is a crash.
function caught(e, onRefusal, onSkip) {
  if (e instanceof Refusal) return onRefusal(refused(e));
  if (e instanceof Skip) return onSkip([field(1, e.message)]);
  throw e;
}

function call(model, request) {
  const message = fields(request), bundle = fields(first(message, 2, NOTHING)), table = all(bundle, 1);
  try {
    const inputs = all(bundle, 2).map((item) => readValue(table, Number(first(fields(item), 2, 0n))));
    const outputs = model.call(String(first(message, 1, "")), inputs);
    return [field(1, [field(1, NOTHING), ...outputs.map(writeValue), ...outputs.map((_, i) => field(2, [field(2, i + 1)]))])];
  } catch (e) {
    return caught(e, (error) => [field(2, error)], (skipped) => [field(3, skipped)]);
  }
}

function answer(request) {
  if (first(request, 2)) return field(2, [field(1, 1), field(3, "minimal-javascript"), field(4, "1"), field(5, "JavaScript")]);
  try {
    if (!first(request, 3)) throw new Skip("only run requests");
    const run = fields(first(request, 3)), calls = all(run, 2), fullVerify = first(run, 4, 0n) !== 0n;
    const model = load(first(fields(first(run, 1)), 1, NOTHING), { fullVerify, calls: calls.length });
    return field(3, calls.map((one) => field(2, call(model, one))));
  } catch (e) {
    return caught(e, (error) => field(3, [field(1, error)]), (skipped) => field(6, skipped));
  }
}

let waiting = NOTHING;
for await (const chunk of process.stdin) {
  waiting = Buffer.concat([waiting, chunk]);
  while (waiting.length >= 4 && waiting.length - 4 >= waiting.readUInt32LE(0)) {
    const size = waiting.readUInt32LE(0), request = fields(waiting.subarray(4, 4 + size));
    const response = Buffer.concat([field(1, first(request, 1, 0n)), answer(request)]), frame = Buffer.alloc(4);
    frame.writeUInt32LE(response.length);
    process.stdout.write(Buffer.concat([frame, response]));
    waiting = waiting.subarray(4 + size);
  }
}
