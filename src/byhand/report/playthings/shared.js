// What the playthings share. Each script of the page starts with a copy of this file.

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 360; // of a drawing, in units that are about a pixel on a phone

/** Adds an element with its attributes and text to `parent`, and returns it. */
function add(parent, name, attributes = {}, text = "") {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  parent.append(element);
  return element;
}

/** Empties the drawing and sets its height. */
function blank(svg, height) {
  svg.replaceChildren();
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${height}`);
}

/** A number with three significant digits. */
function number(value) {
  const size = Math.abs(value);
  if (value === 0 || (size >= 0.001 && size < 10000)) return String(Number(value.toPrecision(3))).replace("-", "−");
  return value.toExponential(2).replace("e+", "e");
}

/** Digits as superscripts, a power of ten, and digits as subscripts. */
const raised = (value) => String(value).replace(/./g, (sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign]));
const power = (exponent) => (exponent === 0 ? "1" : exponent === 1 ? "10" : `10${raised(exponent)}`);
const lowered = (value) => String(value).replace(/./g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]);

/** A mark of the first (circle), second (triangle) or other series (square) at a point. */
function mark(parent, series, x, y, size = 3.5) {
  if (series === "first") return add(parent, "circle", { class: "mark first", cx: x, cy: y, r: size });
  const corners = series === "second" ? [0, -1.3, 1.2, 0.9, -1.2, 0.9] : [-1, -1, 1, -1, 1, 1, -1, 1];
  const points = corners.map((corner, place) => (place % 2 ? y : x) + size * corner);
  return add(parent, "polygon", { class: `mark ${series}`, points: points.join(" ") });
}

/**
 * Axes with a logarithmic y from 10^low to 10^high and x from `first` to `last`. What is drawn on it is cut off there.
 * Returns line(values, class) and marks(values, series): values[i] belongs to x = first + i; null or 0 is left out.
 */
function logarithmic(svg, { first, last, low, high, across, title }) {
  const [left, top, width, height] = [44, 24, WIDTH - 56, 170];
  blank(svg, top + height + 36);
  add(svg, "text", { x: 0, y: 12, class: "title" }, title);
  add(svg, "text", { x: left + width / 2, y: top + height + 32, "text-anchor": "middle" }, across);
  const x = (value) => (last > first ? ((value - first) / (last - first)) * width : width / 2);
  const y = (value) => ((high - Math.log10(value)) / (high - low)) * height;
  const decades = Math.ceil((high - low) / 6);
  for (let exponent = Math.ceil(low / decades) * decades; exponent <= high; exponent += decades) {
    const at = top + y(10 ** exponent);
    add(svg, "line", { class: "grid", x1: left, x2: left + width, y1: at, y2: at });
    add(svg, "text", { x: left - 5, y: at + 4, "text-anchor": "end" }, power(exponent));
  }
  const every = Math.ceil((last - first + 1) / 9);
  for (let value = first; value <= last; value += every)
    add(svg, "text", { x: left + x(value), y: top + height + 16, "text-anchor": "middle" }, value);
  const pane = add(svg, "svg", { x: left - 5, y: top - 5, width: width + 10, height: height + 10 });
  const plane = add(pane, "g", { transform: "translate(5 5)" });
  const points = (values) =>
    values.flatMap((value, place) => (value ? [[x(first + place), y(Math.abs(value))]] : []));
  return {
    line: (values, kind) => add(plane, "polyline", { class: kind, points: points(values).join(" ") }),
    marks: (values, series) => points(values).forEach(([across, up]) => mark(plane, series, across, up)),
    upright: (value) =>
      add(plane, "line", { class: "chosen", x1: x(value), x2: x(value), y1: 0, y2: height }),
  };
}
