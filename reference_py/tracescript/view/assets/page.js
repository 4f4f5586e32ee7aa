"use strict";
// Opens and closes the boxes of the graph. A picture keeps its layout and is stretched where a box grew.
const PAD = 14;
const numbers = (element, name) => element.dataset[name].split(/[ ,]/).map(Number);
const children = (element, kind) => [...element.children].filter((c) => c.classList.contains(kind));
const stored = (name) => [...document.querySelectorAll(".store > g")].find((g) => g.dataset.name === name);
let zoom = 1;

// Maps one axis: in a span the growth of the box there, where spans overlap the larger one.
function stretched(spans) {
  const cuts = [...new Set(spans.flatMap(([low, high]) => [low, high]))].sort((a, b) => a - b);
  const rates = cuts.slice(1).map((high, k) => Math.max(0, ...spans
    .filter(([a, b]) => a <= cuts[k] && b >= high)
    .map(([a, b, growth]) => growth / (b - a))));
  return (v) => v + rates.reduce((sum, rate, k) =>
    sum + rate * (Math.min(Math.max(v, cuts[k]), cuts[k + 1]) - cuts[k]), 0);
}

function move(element, x, y) {
  element.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
}

// Returns the size that a box needs for the pictures inside it, and places them.
function fitBox(box) {
  const [, , width, height] = numbers(box, "box");
  const parts = children(box, "picture");
  if (!parts.length) return [width, height];
  const sizes = parts.map(fit);
  const first = parts.map((part) => numbers(part, "size"));
  let needed = [width, height];
  if (box.dataset.function) {
    needed = [Math.max(width, sizes[0][0] + 2 * PAD), Number(box.dataset.head) + sizes[0][1] + PAD];
    move(parts[0], (needed[0] - sizes[0][0]) / 2, Number(box.dataset.head));
  } else {
    const grown = sizes.map(([w], k) => w - first[k][0]);
    const tallest = (list) => Math.max(...list.map(([, h]) => h));
    needed = [width + grown.reduce((a, b) => a + b, 0), height + tallest(sizes) - tallest(first)];
    const labels = children(box, "part");
    parts.forEach((part, k) => {
      part.dataset.at = part.dataset.at || part.getAttribute("transform").match(/[\d.]+/g).join(" ");
      const [x, y] = numbers(part, "at");
      const left = x + grown.slice(0, k).reduce((a, b) => a + b, 0);
      move(part, left, y);
      if (labels[k]) labels[k].setAttribute("x", left + sizes[k][0] / 2);
    });
  }
  return needed;
}

function resize(box, [width, height]) {
  const rect = box.querySelector(":scope > rect");
  rect.setAttribute("width", width);
  rect.setAttribute("height", height);
  for (const text of box.querySelectorAll(":scope > text:not(.part)")) {
    text.setAttribute("x", text.classList.contains("more") ? width - 12 : width / 2);
  }
}

// Places the boxes of a picture again, redraws its arrows, and returns its size.
function fit(picture) {
  const boxes = children(picture, "box");
  const [width, height] = numbers(picture, "size");
  const needs = boxes.map(fitBox);
  const spans = [[], []];
  boxes.forEach((box, k) => {
    const [x, y, w, h] = numbers(box, "box");
    if (needs[k][0] > w) spans[0].push([x, x + w, needs[k][0] - w]);
    if (needs[k][1] > h) spans[1].push([y, y + h, needs[k][1] - h]);
  });
  const [across, down] = spans.map(stretched);
  const centres = boxes.map((box, k) => {
    const [x, y, w, h] = numbers(box, "box");
    const at = [(across(x) + across(x + w)) / 2, (down(y) + down(y + h)) / 2];
    move(box, at[0] - needs[k][0] / 2, at[1] - needs[k][1] / 2);
    resize(box, needs[k]);
    return at;
  });
  for (const arrow of children(picture, "arrow")) redraw(arrow, centres, needs, across, down);
  return [across(width), down(height)];
}

function redraw(arrow, centres, needs, across, down) {
  const [from, to] = numbers(arrow, "ends");
  const old = arrow.dataset.points.split(" ").map((pair) => pair.split(",").map(Number));
  const points = old.map(([x, y]) => [across(x), down(y)]);
  const last = points.length - 1;
  points.forEach((point, k) => {
    if (old[k][0] === old[0][0] && k < 2 && k < last) point[0] = centres[from][0];
    if (old[k][0] === old[last][0] && k > last - 2 && k > 0) point[0] = centres[to][0];
  });
  points[0] = [centres[from][0], centres[from][1] + needs[from][1] / 2];
  points[last] = [centres[to][0], centres[to][1] - needs[to][1] / 2];
  arrow.setAttribute("d", points.slice(1).reduce((path, [u, v], k) => {
    const middle = (points[k][1] + v) / 2;
    return `${path}C${points[k][0]} ${middle} ${u} ${middle} ${u} ${v}`;
  }, `M${points[0][0]} ${points[0][1]}`));
}

function draw() {
  for (const svg of document.querySelectorAll(".canvas > svg")) {
    const [width, height] = fit(svg.querySelector(":scope > .picture")).map((n) => n + 20);
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("width", width * zoom);
    svg.setAttribute("height", height * zoom);
  }
}

function setOpen(box, open) {
  const inside = children(box, "picture")[0];
  if (open === Boolean(inside)) return;
  if (open) {
    const copy = stored(box.dataset.function).querySelector(".picture").cloneNode(true);
    box.append(copy);
    prepare(copy);
  } else {
    inside.remove();
  }
  box.classList.toggle("open", open);
  box.setAttribute("aria-expanded", open);
  children(box, "more")[0].textContent = open ? "\u2212" : "+";
}

function prepare(picture) {
  for (const box of picture.querySelectorAll(".call")) {
    box.setAttribute("tabindex", "0");
    box.setAttribute("role", "button");
    box.setAttribute("aria-expanded", "false");
  }
}

function toggle(event) {
  const box = event.target.closest(".box");
  if (!box || !box.dataset.function || (event.key && event.key !== "Enter" && event.key !== " ")) return;
  event.preventDefault();
  setOpen(box, !box.classList.contains("open"));
  draw();
}

const canvas = document.querySelector(".canvas");
if (canvas) {
  const closed = () => [...canvas.querySelectorAll(".call:not(.open)")];
  const on = (id, action) => document.getElementById(id).addEventListener("click", () => { action(); draw(); });
  canvas.querySelectorAll(":scope > svg > .picture").forEach(prepare);
  canvas.addEventListener("click", toggle);
  canvas.addEventListener("keydown", toggle);
  on("open", () => { for (let k = 0, now = closed(); now.length && k < 300; now = closed()) for (const box of now) if (k++ < 300) setOpen(box, true); });
  on("close", () => canvas.querySelectorAll(".call.open").forEach((box) => setOpen(box, false)));
  on("smaller", () => { zoom = Math.max(zoom / 1.25, 0.2); });
  on("larger", () => { zoom = Math.min(zoom * 1.25, 3); });
  const widest = Math.max(...[...canvas.querySelectorAll(":scope > svg")].map((s) => s.width.baseVal.value));
  zoom = Math.max(Math.min(1, (canvas.clientWidth - 16) / widest), 0.5);
  draw();
}
