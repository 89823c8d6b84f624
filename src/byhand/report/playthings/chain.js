// The order in which a chain of matrices with diagonals between them is multiplied. With the widths p₀, …, pₙ from the
// output to the input, contracting p_k between p_i rows and p_j columns takes p_i p_k p_j multiplications, and its
// diagonal p_k p_i (scaling the left factor) or p_k p_j (the right one).

const box = document.getElementById("play-chain");
const part = (name) => box.querySelector(`[data-part=${name}]`);
const inputs = [...box.querySelectorAll("input")];
const MODES = { reverse: "Reverse mode", forward: "Forward mode", cheapest: "Cheapest order" };
const SERIES = { reverse: "first", forward: "second", cheapest: "third" };

/** Where each mode splits the chain from p_i to p_j, and whether the diagonal there scales the left factor. */
function splits(mode, p) {
  if (mode === "reverse") return (i, j) => [j - 1, true];
  if (mode === "forward") return (i, j) => [i + 1, false];
  const best = {};
  const cost = (i, j) => (j === i + 1 ? 0 : best[[i, j]].cost);
  for (let length = 2; length < p.length; length += 1) {
    for (let i = 0; i + length < p.length; i += 1) {
      const j = i + length;
      for (let k = j - 1; k > i; k -= 1) { // among equals the one nearest to reverse mode
        const total = cost(i, k) + cost(k, j) + p[i] * p[k] * p[j] + p[k] * Math.min(p[i], p[j]);
        if (!best[[i, j]] || total < best[[i, j]].cost) best[[i, j]] = { cost: total, k };
      }
    }
  }
  return (i, j) => [best[[i, j]].k, p[i] <= p[j]];
}

/** The brackets of a mode as text, and its multiplications inside products and by diagonals. */
function multiplied(mode, p) {
  const split = splits(mode, p);
  const count = { products: 0, diagonals: 0 };
  const matrices = p.length - 1;
  function text(i, j) {
    if (j === i + 1) return `W${lowered(matrices - i)}`;
    const [k, scalesLeft] = split(i, j);
    count.products += p[i] * p[k] * p[j];
    count.diagonals += p[k] * (scalesLeft ? p[i] : p[j]);
    const factor = (from, to) => (to === from + 1 ? text(from, to) : `(${text(from, to)})`);
    const [left, right] = [factor(i, k), factor(k, j)];
    const diagonal = `D${lowered(matrices - k)}`;
    return scalesLeft ? `(${left} ${diagonal}) ${right}` : `${left} (${diagonal} ${right})`;
  }
  return { brackets: text(0, matrices), ...count, total: count.products + count.diagonals };
}

const whole = (value) => value.toLocaleString("en-GB");
const times = (ratio) => (ratio === 1 ? "as many" : `${number(ratio)} times as many`);

function drawBars(found) {
  const svg = part("bars");
  blank(svg, 114);
  add(svg, "text", { x: 0, y: 12, class: "title" }, "Multiplications");
  const most = Math.max(...Object.values(found).map((order) => order.total));
  Object.entries(found).forEach(([mode, order], row) => {
    const y = 24 + 30 * row;
    const width = Math.max(1, (order.total / most) * (WIDTH - 195));
    add(svg, "text", { x: 0, y: y + 15 }, MODES[mode]);
    add(svg, "rect", { class: `bar ${SERIES[mode]}`, x: 100, y, width, height: 20 });
    add(svg, "text", { x: 106 + width, y: y + 15 }, whole(order.total));
  });
}

function draw() {
  const used = inputs.slice(0, Number(part("count").value));
  inputs.forEach((input, place) => {
    const label = input.closest("label");
    label.hidden = place >= used.length;
    const layer = place === 0 ? "D" : place === used.length - 1 ? "P" : `K${lowered(place)}`;
    label.querySelector("span").textContent = layer;
  });
  const valid = used.map((input) => input.checkValidity() && input.value !== "");
  used.forEach((input, place) => input.setAttribute("aria-invalid", String(!valid[place])));
  part("results").hidden = valid.includes(false);
  if (valid.includes(false)) {
    part("says").textContent = "Each width is a whole number from 1 to 1000.";
    return;
  }
  const p = used.map((input) => Number(input.value)).reverse();
  const found = Object.fromEntries(Object.keys(MODES).map((mode) => [mode, multiplied(mode, p)]));
  for (const [mode, order] of Object.entries(found)) {
    const counts = [order.total, order.products, order.diagonals].map(whole);
    part(`${mode}-brackets`).textContent = order.brackets;
    part(`${mode}-count`).textContent =
      `${counts[0]} multiplications: ${counts[1]} in products, ${counts[2]} by diagonals`;
  }
  drawBars(found);
  const [reverse, forward] = ["reverse", "forward"].map((mode) => times(found[mode].total / found.cheapest.total));
  part("says").textContent =
    `The cheapest order takes ${whole(found.cheapest.total)} multiplications. ` +
    `Reverse mode takes ${reverse}, forward mode ${forward}.`;
}

box.addEventListener("input", draw);
draw();
box.hidden = false;
