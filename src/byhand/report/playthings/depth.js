// What depth and initialisation do to activations and errors, layer by layer, from this run's tables.

const box = document.getElementById("play-depth");
const part = (name) => box.querySelector(`[data-part=${name}]`);
const { initializations, depth: start } = JSON.parse(part("data").textContent);
const CIVIDIS = [[0, 34, 78], [66, 78, 108], [124, 123, 120], [184, 171, 109], [254, 232, 56]];

const network = () => initializations[part("initialization").value].networks[part("depth").value];
const percent = (share) => (share > 0 && share < 1e-5 ? "below 0.001 %" : `${number(100 * share)} %`);

/** The decades that hold all these numbers. */
function decades(values) {
  const logs = values.filter((value) => value > 0).map(Math.log10);
  const low = Math.floor(Math.min(...logs));
  return { low, high: Math.max(Math.ceil(Math.max(...logs)), low + 1) };
}

/** One quantity of all initialisations on the same axes: the chosen one with the theory, the others in grey. */
function drawLayers(svg, quantity, title) {
  const depth = part("depth").value;
  const others = initializations.map(({ networks }) => networks[depth]);
  const range = decades(others.flatMap((each) => [...each[quantity], ...each[`${quantity}_theory`]]));
  const plot = logarithmic(svg, { first: 1, last: network().depth, ...range, across: "layer", title });
  others.forEach((each) => plot.line(each[quantity], "line other"));
  plot.upright(Number(part("layer").value));
  plot.marks(network()[quantity], "first");
  plot.line(network()[`${quantity}_theory`], "line theory");
}

/** A colour between dark blue and yellow for a share from 0 to 1. */
function colour(share) {
  const place = Math.min(share, 0.9999) * (CIVIDIS.length - 1);
  const [below, above] = CIVIDIS.slice(Math.floor(place));
  return `rgb(${below.map((value, channel) => Math.round(value + (place % 1) * (above[channel] - value))).join(" ")})`;
}

/** The norm of each layer's weight gradient while the network is trained, as colours. */
function drawTraining() {
  const { epochs, gradients } = network();
  part("training").toggleAttribute("hidden", !epochs);
  if (!epochs) return;
  const svg = part("training");
  const logs = gradients.flat().filter((norm) => norm > 0).map(Math.log10);
  const [low, high] = [Math.min(...logs), Math.max(...logs)];
  const [left, top, width] = [44, 24, WIDTH - 56];
  const row = Math.min(20, 190 / gradients.length);
  const column = width / epochs.length;
  const bottom = top + row * gradients.length;
  blank(svg, bottom + 78);
  add(svg, "text", { x: 0, y: 12, class: "title" }, "Norm of the weight gradient in training");
  gradients.forEach((norms, layer) =>
    norms.forEach((norm, place) => {
      const fill = norm > 0 ? colour((Math.log10(norm) - low) / (high - low || 1)) : "none";
      add(svg, "rect", { x: left + column * place, y: bottom - row * (layer + 1), width: column, height: row, fill });
    }),
  );
  for (let layer = 1; layer <= gradients.length; layer += Math.ceil(gradients.length / 9))
    add(svg, "text", { x: left - 5, y: bottom - row * (layer - 0.5) + 4, "text-anchor": "end" }, layer);
  epochs.forEach((epoch, place) =>
    add(svg, "text", { x: left + column * (place + 0.5), y: bottom + 16, "text-anchor": "middle" }, number(epoch)),
  );
  add(svg, "text", { x: left - 5, y: bottom + 16, "text-anchor": "end" }, "layer");
  add(svg, "text", { x: left + width / 2, y: bottom + 32, "text-anchor": "middle" }, "epochs of training");
  for (let step = 0; step < 40; step += 1) {
    const place = { x: left + (width / 40) * step, y: bottom + 44, width: width / 40 + 0.5, height: 10 };
    add(svg, "rect", { ...place, fill: colour(step / 39) });
  }
  add(svg, "text", { x: left, y: bottom + 70 }, number(10 ** low));
  add(svg, "text", { x: left + width, y: bottom + 70, "text-anchor": "end" }, number(10 ** high));
}

/** Measured and predicted, as text. */
function pair(quantity, text) {
  const [measured, theory] = [quantity, `${quantity}_theory`].map((name) => network()[name][part("layer").value - 1]);
  return measured === null ? "not defined" : `${text(measured)} (theory ${text(theory)})`;
}

function say() {
  const { depth, epochs, gradients } = network();
  const layer = Number(part("layer").value);
  part("layer").setAttribute("aria-valuetext", `layer ${layer} of ${depth}`);
  part("chosen").textContent = `Layer ${layer} of ${depth}`;
  const trained = epochs && gradients[layer - 1];
  part("says").textContent =
    `${initializations[part("initialization").value].label}, layer ${layer} of ${depth}: ` +
    `standard deviation of the activations ${pair("activation", number)}; ` +
    `error over that of the last hidden layer ${pair("error", number)}; ` +
    `saturated units ${pair("saturated", percent)}` +
    (trained
      ? `; norm of the weight gradient ${number(trained[0])} at the start, ` +
        `${number(trained[trained.length - 1])} after ${number(epochs[epochs.length - 1])} epochs.`
      : "; this network was not trained in this run.");
}

function draw() {
  const { depth } = network();
  part("layer").max = depth; // a value above it becomes it
  drawLayers(part("activation"), "activation", "Standard deviation of the activations");
  drawLayers(part("error"), "error", "Error ‖δˡ‖ over that of the last hidden layer");
  drawTraining();
  say();
}

initializations.forEach(({ label }, place) => part("initialization").add(new Option(label, place)));
initializations[0].networks.forEach(({ depth }, place) => {
  part("depth").add(new Option(depth, place, depth === start, depth === start));
});
box.addEventListener("input", draw);
draw();
box.hidden = false;
