// Gradient descent on ½ wᵀ diag(λ₁, λ₂) w: each step multiplies the component wᵢ by 1 − αλᵢ.

const box = document.getElementById("play-descent");
const part = (name) => box.querySelector(`[data-part=${name}]`);
const LAMBDAS = [1, 8];
const START = [2, 1];
const STEPS = 20;
const SERIES = ["first", "second"];

/** What a step size of t/λ_max does, in words. */
function behaviour(t) {
  if (t === 0) return "I − αXᵀX is the identity, and descent stays where it starts";
  if (t < 1) return "I − αXᵀX is positive definite, and descent converges";
  if (t === 1) return "I − αXᵀX is only semidefinite, yet descent converges";
  if (t < 2) return "I − αXᵀX is not positive definite, yet descent converges";
  if (t === 2) return "I − αXᵀX is not positive definite, and descent oscillates forever";
  return "I − αXᵀX is not positive definite, and descent diverges";
}

function drawPath(path) {
  const svg = part("path");
  const [reach, high] = [2.4, 1.4];
  const scale = WIDTH / (2 * reach);
  blank(svg, 2 * high * scale + 34);
  add(svg, "text", { x: 0, y: 12, class: "title" }, `${STEPS} steps on the contours of the loss`);
  const pane = add(svg, "svg", { y: 22, width: WIDTH, height: 2 * high * scale });
  const plane = add(pane, "g", { transform: `translate(${reach * scale} ${high * scale})` });
  for (let loss = 24; loss > 0.01; loss /= 3) {
    const [rx, ry] = LAMBDAS.map((lambda) => scale * Math.sqrt((2 * loss) / lambda));
    add(plane, "ellipse", { class: "contour", rx, ry });
  }
  const points = path.map(([across, up]) => [across * scale, -up * scale]);
  add(plane, "polyline", { class: "line third", points: points.join(" ") });
  points.forEach(([x, y]) => mark(plane, "third", x, y, 2.5));
  add(plane, "path", { class: "cross", d: "M-5 0H5M0-5V5" });
  add(plane, "text", { x: 8, y: 16 }, "minimiser");
  add(plane, "text", { x: START[0] * scale, y: -START[1] * scale - 8, "text-anchor": "middle" }, "w₀");
  add(svg, "text", { x: WIDTH, y: 12, "text-anchor": "end" }, "w₁ →, w₂ ↑");
}

function drawFactors(factors) {
  const svg = part("factors");
  const x = (value) => 16 + ((value + 1.5) / 2.6) * (WIDTH - 32);
  blank(svg, 74);
  add(svg, "text", { x: 0, y: 12, class: "title" }, "The factors of one step, 1 − αλᵢ");
  add(svg, "rect", { class: "zone", x: x(-1), y: 22, width: x(1) - x(-1), height: 30 });
  add(svg, "text", { x: x(-0.5), y: 34, "text-anchor": "middle" }, "converges");
  add(svg, "text", { x: x(0.5), y: 34, "text-anchor": "middle" }, "converges, definite");
  add(svg, "line", { class: "grid", x1: x(-1.5), x2: x(1.1), y1: 44, y2: 44 });
  for (const value of [-1, 0, 1]) {
    add(svg, "line", { class: "tick", x1: x(value), x2: x(value), y1: 22, y2: 52 });
    add(svg, "text", { x: x(value), y: 68, "text-anchor": "middle" }, number(value));
  }
  factors.forEach((factor, place) => mark(svg, SERIES[place], x(factor), 44, 5));
}

function draw() {
  const t = Number(part("alpha").value);
  const factors = LAMBDAS.map((lambda) => 1 - (t * lambda) / LAMBDAS[1]); // t = 1 and t = 2 give exactly 0 and −1
  const steps = [...Array(STEPS + 1).keys()];
  const path = steps.map((k) => START.map((value, place) => value * factors[place] ** k));
  drawPath(path);
  drawFactors(factors);
  const title = "What is left of each component after k steps, |1 − αλᵢ|ᵏ";
  const plot = logarithmic(part("powers"), { first: 0, last: STEPS, low: -8, high: 4, across: "steps k", title });
  factors.forEach((factor, place) => {
    const powers = steps.map((k) => Math.abs(factor) ** k);
    plot.line(powers, `line ${SERIES[place]}`);
    plot.marks(powers, SERIES[place]);
    const lambda = `λ${lowered(place + 1)}`;
    part(SERIES[place]).textContent = `${lambda} = ${LAMBDAS[place]}: 1 − α${lambda} = ${number(factor)}`;
  });
  const alpha = `α = ${t.toFixed(2)}/λ_max`;
  part("alpha").setAttribute("aria-valuetext", alpha);
  const distances = [path[STEPS], START].map((w) => number(Math.hypot(...w)));
  part("says").textContent =
    `${alpha}: ${behaviour(t)}. Distance from the minimiser: ${distances[1]} at the start, ` +
    `${distances[0]} after ${STEPS} steps.`;
}

part("alpha").addEventListener("input", draw);
draw();
box.hidden = false;
