// A small loader: checks the container of a file, runs straight float32 arithmetic, skips the rest.
import { createHash } from "node:crypto";
import { all, fields, first, numbers, varint, WireError } from "./protobuf.mjs";

export class Refusal extends Error {
  constructor(code, message, phase) { super(message); this.code = code; this.phase = phase; }
}
export class Skip extends Error {}

const NOT_TSPROTO = 1, TRUNCATED = 2, BAD_LAYOUT = 3, DIGEST_MISMATCH = 4, BAD_MESSAGE = 5, UNSUPPORTED_VERSION = 40, FILE_LIMIT = 45;
const LARGEST_SECTION = 1 << 28, MOST_ENTRIES = 1 << 20;
const LINK = 3, EXECUTE = 4, BAD_INPUT = 51, FLOAT32 = 12n;
const START = Buffer.from("0a0e747370726f746f0d0a1a0a010000", "hex");
const sha256 = (data) => createHash("sha256").update(data).digest();
const refuse = (code, message, phase) => { throw new Refusal(code, message, phase); };

// The shortest varint of a length below 2^62.
function length(data, at) {
  if (at >= data.length) refuse(TRUNCATED, "the file ends in a length");
  let size, end;
  try { [size, end] = varint(data, at); } catch (e) { refuse(data.length - at < 10 ? TRUNCATED : BAD_LAYOUT, e.message); }
  if (size >= 1n << 62n || (end - at > 1 && data[end - 1] === 0)) refuse(BAD_LAYOUT, `a length of ${size}`);
  return [Number(size), end];
}

function sections(data) {
  const found = new Map();
  let at = START.length;
  for (let before = 1; at < data.length; ) {
    const number = data[at] >> 3;
    if (number >= 14) break;
    if ((data[at] & 7) !== 2 || data[at] > 127 || number <= before) refuse(BAD_LAYOUT, `tag ${data[at]} at ${at}`);
    const [size, start] = length(data, at + 1);
    if (size > LARGEST_SECTION) refuse(FILE_LIMIT, `section ${number} has ${size} bytes`, LINK);
    if (size > data.length - start) refuse(TRUNCATED, `field ${number} goes past the end`);
    found.set(number, data.subarray(start, start + size));
    [before, at] = [number, start + size];
  }
  for (const number of [2, 3, 4, 5]) if (!found.has(number)) refuse(at < data.length ? BAD_LAYOUT : TRUNCATED, `no field ${number}`);
  return [found, at];
}

// Each blob lies at a multiple of the alignment, with the padding that arithmetic asks for.
function payloads(data, at, table, alignment) {
  for (const storage of all(table, 2).slice(1)) {
    const size = Number(first(fields(storage), 1, 0n));
    const framing = 1 + (size < 128 ? 1 : Math.ceil(Math.log2(size + 1) / 7));
    let need = (alignment - ((at + framing) % alignment)) % alignment;
    if ([1, 130, 16387].includes(need)) need += alignment;
    if (need > 0) {
      if (at >= data.length) refuse(TRUNCATED, "padding is missing");
      if (data[at] !== 0x72) refuse(BAD_LAYOUT, `padding expected at ${at}`);
      const [zeros, start] = length(data, at + 1);
      if (start - at + zeros !== need || data.subarray(start, start + zeros).some((b) => b)) refuse(BAD_LAYOUT, "padding");
      at += need;
    }
    if (at >= data.length) refuse(TRUNCATED, "a payload is missing");
    if (data[at] !== 0x7a) refuse(BAD_LAYOUT, `a payload expected at ${at}`);
    const [found, start] = length(data, at + 1);
    if (found !== size) refuse(BAD_LAYOUT, `a payload of ${found} bytes, ${size} expected`);
    if (size > data.length - start) refuse(TRUNCATED, "a payload goes past the end");
    at = start + size;
  }
  if (at !== data.length) refuse(BAD_LAYOUT, "bytes behind the last payload");
}

function open(data) {
  if (data.length < START.length && START.subarray(0, data.length).equals(data)) refuse(TRUNCATED, "only a part of the signature");
  if (!data.subarray(0, START.length).equals(START)) refuse(NOT_TSPROTO, "another signature");
  const [found, end] = sections(data);
  if (!sha256(found.get(2)).equals(found.get(3))) refuse(DIGEST_MISMATCH, "digest of the header");
  const header = fields(found.get(2));
  if (first(header, 1, 0n) !== 1n) refuse(UNSUPPORTED_VERSION, "format version", LINK);
  const alignment = Number(first(header, 5, 64n));
  if (alignment < 64 || alignment > 65536 || alignment & (alignment - 1)) refuse(BAD_LAYOUT, `alignment ${alignment}`);
  const listed = all(header, 6).map(fields), there = [...found.keys()].filter((n) => n > 3);
  if (listed.length !== there.length) refuse(BAD_LAYOUT, "the header lists other sections");
  listed.forEach((section, i) => {
    const content = found.get(there[i]);
    if (Number(first(section, 1, 0n)) !== there[i] || Number(first(section, 2, 0n)) !== content.length) refuse(BAD_LAYOUT, `section ${there[i]}`);
    if (!sha256(content).equals(first(section, 3, Buffer.alloc(0)))) refuse(DIGEST_MISMATCH, `digest of section ${there[i]}`);
  });
  payloads(data, end, fields(found.get(5)), alignment);
  if (all(header, 3).length) throw new Skip("features");
  const model = fields(found.get(4));
  for (const [number, entries] of model) if (entries.length > MOST_ENTRIES) refuse(FILE_LIMIT, `table ${number}`, LINK);
  return model;
}

const OPS = {
  add: (x, y) => x + y, sub: (x, y) => x - y, mul: (x, y) => x * y, div: (x, y) => x / y,
  neg: (x) => -x, abs: Math.abs, sqrt: Math.sqrt, floor: Math.floor, ceil: Math.ceil, trunc: Math.trunc, square: (x) => x * x,
};

class Model {
  constructor(model) { this.model = model; }

  call(path, inputs) {
    const modules = all(this.model, 10), root = fields(modules[Number(first(this.model, 11, 0n))] ?? refuse(BAD_LAYOUT, "no root"));
    const method = all(root, 6).map(fields).find((m) => String(first(m, 1, "")) === path);
    if (!method || all(method, 4).length || all(method, 5).length) throw new Skip("only methods of the root without weights and states");
    const body = fields(all(this.model, 9)[Number(first(method, 2, 0n))]);
    if (all(body, 7).length || all(body, 8).length) throw new Skip("guards");
    const blocks = all(body, 6), block = fields(blocks[1]), values = new Map();
    all(body, 3).map(fields).forEach((input, i) => this.fits(input, inputs[i]));
    numbers(block, 1).forEach((index, i) => values.set(index, inputs[i]));
    for (const node of all(block, 2).map(fields)) this.node(node, values);
    return numbers(block, 3).map((index) => values.get(index) ?? this.missing());
  }

  // Inputs must have the declared data type and sizes; sizes that are no plain numbers are skipped.
  fits(input, value) {
    const tensor = first(fields(all(this.model, 4)[Number(first(input, 2, 0n))]), 1), type = tensor && fields(tensor);
    if (!type || first(type, 1) !== FLOAT32 || !first(type, 2)) throw new Skip("only float32 tensors");
    const shape = all(fields(first(type, 2)), 1).map(fields).map((dim) => {
      if (!all(dim, 1).length) throw new Skip("only fixed sizes");
      return Number(first(dim, 1));
    });
    if (!value || String(shape) !== String(value.shape)) throw new Refusal(BAD_INPUT, `shape [${shape}] expected`, EXECUTE);
  }

  missing() { throw new Skip("constants"); }

  node(node, values) {
    const name = String(first(fields(all(this.model, 3)[Number(first(node, 1, 0n))]), 2, ""));
    const given = numbers(node, 2).map((index) => values.get(index) ?? this.missing());
    if (!OPS[name] || all(node, 5).length || given.some((x) => String(x.shape) !== String(given[0].shape))) throw new Skip(`op ${name}`);
    // One rounding to float32 of a float64 result is right for these ops.
    const data = given[0].data.map((_, i) => Math.fround(OPS[name](...given.map((x) => x.data[i]))));
    values.set(numbers(node, 3)[0], { shape: given[0].shape, data });
  }
}

export function load(data, { fullVerify, calls }) {
  try {
    const model = open(data);
    if (calls === 0 || fullVerify) throw new Skip("nothing behind the container is checked");
    return new Model(model);
  } catch (e) {
    if (e instanceof WireError) throw new Refusal(BAD_MESSAGE, e.message);
    throw e;
  }
}
