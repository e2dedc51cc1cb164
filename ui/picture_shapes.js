// Shapes of nodes, and which boxes of a picture are taken. One module with picture.js, which comes after it.

function outline(pen, shape, x, y, r) {
  const corners = (count, turn, stretch = 1) => {
    for (let i = 0; i < count; i++) {
      const angle = turn + (i * 2 * Math.PI) / count;
      pen[i ? "lineTo" : "moveTo"](x + r * stretch * Math.cos(angle), y + r * Math.sin(angle));
    }
    pen.closePath();
  };
  pen.beginPath();
  if (shape === "rectangle") pen.rect(x - r, y - r * 0.72, 2 * r, 1.44 * r);
  else if (shape === "round-rectangle") pen.roundRect(x - r, y - r * 0.8, 2 * r, 1.6 * r, r * 0.35);
  else if (shape === "diamond") corners(4, 0);
  else if (shape === "triangle") corners(3, -Math.PI / 2);
  else if (shape === "pentagon") corners(5, -Math.PI / 2);
  else if (shape === "hexagon") corners(6, 0);
  else if (shape === "octagon") corners(8, Math.PI / 8);
  else if (shape === "star") {
    for (let i = 0; i < 10; i++) {
      const angle = -Math.PI / 2 + (i * Math.PI) / 5, radius = i % 2 ? r * 0.5 : r;
      pen[i ? "lineTo" : "moveTo"](x + radius * Math.cos(angle), y + radius * Math.sin(angle));
    }
    pen.closePath();
  } else if (shape === "cross") {
    const a = r * 0.36;
    for (const [i, [u, v]] of [[-a, -r], [a, -r], [a, -a], [r, -a], [r, a], [a, a], [a, r], [-a, r], [-a, a], [-r, a],
      [-r, -a], [-a, -a]].entries()) pen[i ? "lineTo" : "moveTo"](x + u, y + v);
    pen.closePath();
  } else if (shape === "flag") {
    for (const [i, [u, v]] of [[-0.85, -0.9], [0.85, -0.9], [0.85, 0.9], [0, 0.4], [-0.85, 0.9]].entries())
      pen[i ? "lineTo" : "moveTo"](x + u * r, y + v * r);
    pen.closePath();
  } else if (shape === "slanted") {
    for (const [i, [u, v]] of [[-0.5, -0.7], [1, -0.7], [0.5, 0.7], [-1, 0.7]].entries())
      pen[i ? "lineTo" : "moveTo"](x + u * r, y + v * r);
    pen.closePath();
  } else if (shape === "tag") {
    for (const [i, [u, v]] of [[-1, -0.75], [0.4, -0.75], [1, 0], [0.4, 0.75], [-1, 0.75]].entries())
      pen[i ? "lineTo" : "moveTo"](x + u * r, y + v * r);
    pen.closePath();
  } else pen.arc(x, y, r, 0, 2 * Math.PI);
}

function hollow(pen, x, y, r) {
  pen.beginPath();
  pen.arc(x, y, r * 0.48, 0, 2 * Math.PI);
  pen.fillStyle = "#fff";
  pen.fill();
}

class Boxes {
  // Which boxes are taken, found by the squares of a grid that they touch.
  constructor() { this.squares = new Map(); }
  each(box, ask) {
    for (let u = Math.floor(box[0] / 80); u <= Math.floor(box[2] / 80); u++)
      for (let v = Math.floor(box[1] / 80); v <= Math.floor(box[3] / 80); v++)
        if (ask(u * 100003 + v)) return true;
    return false;
  }
  free(box, own, namesAlone = false) {
    // Nodes take boxes under their numbers, names under numbers below zero.
    return !this.each(box, (square) => (this.squares.get(square) || []).some(
      ([other, whose]) => whose !== own && !(namesAlone && whose >= 0) && other[0] < box[2] && other[2] > box[0] && other[1] < box[3] && other[3] > box[1]));
  }
  take(box, whose) {
    this.each(box, (square) => {
      const taken = this.squares.get(square);
      if (taken) taken.push([box, whose]); else this.squares.set(square, [[box, whose]]);
      return false;
    });
  }
}
