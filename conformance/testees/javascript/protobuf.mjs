// Protocol buffers by hand: enough to read and write messages whose field numbers are known.

export class WireError extends Error {}

export function varint(data, at) {
  for (let value = 0n, shift = 0n; shift < 70n; shift += 7n) {
    if (at >= data.length) throw new WireError("a varint goes past the end");
    value |= BigInt(data[at] & 127) << shift;
    if (data[at++] < 128) return [value, at];
  }
  throw new WireError("a varint is longer than ten bytes");
}

// A message as a map from field number to the list of its values: BigInt or bytes. Groups are passed over.
export function fields(data) {
  const found = new Map(), groups = [];
  for (let at = 0, tag, value; at < data.length; ) {
    [tag, at] = varint(data, at);
    const number = Number(tag >> 3n), type = Number(tag & 7n);
    if (number === 0 || type > 5) throw new WireError(`field ${number}, wire type ${type}`);
    if (type === 3) groups.push(number);
    if (type === 4 && groups.pop() !== number) throw new WireError(`group ${number} ends and did not begin`);
    if (type === 0 || type === 2) [value, at] = varint(data, at);
    if ([1, 2, 5].includes(type)) {
      const size = type === 2 ? value : type === 1 ? 8n : 4n;
      if (size > BigInt(data.length - at)) throw new WireError("a length goes past the end");
      value = data.subarray(at, (at += Number(size)));
    }
    if (!groups.length && type !== 4) found.has(number) ? found.get(number).push(value) : found.set(number, [value]);
  }
  if (groups.length) throw new WireError("a group does not end");
  return found;
}

export const all = (message, number) => message.get(number) ?? [];
export const first = (message, number, otherwise) => all(message, number).at(-1) ?? otherwise;

// Repeated numbers, packed or not.
export function numbers(message, number) {
  const found = [];
  for (const value of all(message, number)) {
    if (typeof value === "bigint") found.push(Number(value));
    else for (let at = 0, n; at < value.length; found.push(Number(n))) [n, at] = varint(value, at);
  }
  return found;
}

function writeVarint(value) {
  let left = BigInt(value), bytes = [];
  for (; left > 127n; left >>= 7n) bytes.push(Number(left & 127n) | 128);
  return Buffer.from([...bytes, Number(left)]);
}

// One field: numbers as varints, text and bytes with their length, lists as messages of their fields.
export function field(number, value) {
  if (typeof value === "number" || typeof value === "bigint") return Buffer.concat([writeVarint(number << 3), writeVarint(value)]);
  const data = Array.isArray(value) ? Buffer.concat(value) : Buffer.from(value);
  return Buffer.concat([writeVarint((number << 3) | 2), writeVarint(data.length), data]);
}
