// A network on a canvas: drawn at positions that were computed elsewhere, moved and enlarged without asking the server.
// A click tells which node; captions keep their size and are left out where they would cover anything.

const FONT = 12, LINE = 15, WIDE = 104, NEAR = 1500;
const INK = "#1c2733", MUTED = "#566473", LINK = "#c3ccd5", FOCUS = "#c2571a", WAY = "#1f5582";
const ROOT = 1, OPEN = 2, EXPANDED = 4, ON_WAY = 8, NAMED = 16;

class Picture {
  constructor(parent) {
    this.root = document.createElement("div");
    this.root.className = "pk-picture";
    this.canvas = this.root.appendChild(document.createElement("canvas"));
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "application");
    this.tools = this.root.appendChild(document.createElement("div"));
    this.tools.className = "pk-tools";
    this.told = this.root.appendChild(document.createElement("p"));
    this.told.className = "pk-told";
    this.told.setAttribute("aria-live", "polite");
    parent.appendChild(this.root);
    this.view = { x: 0, y: 0, scale: 1 };
    this.moved = new Map();
    this.captions = new Map();
    this.focus = this.hover = -1;
    this.frames = [];
    this.root.pikg = this;
    new ResizeObserver(() => this.resize()).observe(this.root);
    this.listen();
  }

  show(data) {
    const before = this.data;
    this.data = data;
    if (before && JSON.stringify([before.version, before.focus]) === JSON.stringify([data.version, data.focus])) return;
    const { nodes } = data;
    this.number = new Map(nodes.id.map((id, i) => [id, i]));
    this.x = Float64Array.from(nodes.x);
    this.y = Float64Array.from(nodes.y);
    if (!before || before.view !== data.view) this.moved.clear();
    for (const [id, [x, y]] of this.moved) {
      const i = this.number.get(id);
      if (i !== undefined) [this.x[i], this.y[i]] = [x, y];
    }
    this.degree = new Int32Array(nodes.id.length);
    for (const end of [...data.links.from, ...data.links.to]) this.degree[end]++;
    this.order = nodes.id.map((_, i) => i).sort((a, b) => this.weight(b) - this.weight(a) || a - b);
    this.focus = this.number.has(data.focus) ? this.number.get(data.focus) : -1;
    this.hover = -1;
    this.canvas.setAttribute("aria-label", data.texts.label);
    this.root.style.height = data.height;
    if (!before) this.build(data.texts);
    this.resize();
    if (!before || before.view !== data.view) this.fit();
    else this.reveal(before);
    this.draw();
  }

  weight(i) {
    const mark = this.data.nodes.mark[i];
    return (mark & ROOT ? 1e6 : 0) + (mark & ON_WAY ? 1e5 : 0) + this.data.nodes.size[i] * 10 + Math.min(this.degree[i], 99) / 10;
  }

  build(texts) {
    for (const [sign, name, act] of [["+", "larger", () => this.zoom(1.3)], ["−", "smaller", () => this.zoom(1 / 1.3)],
      ["⤢", "fit", () => { this.fit(); this.draw(); }], ["PNG", "png", () => this.save()]]) {
      const button = this.tools.appendChild(document.createElement("button"));
      button.type = "button";
      button.textContent = sign;
      button.title = texts[name];
      button.setAttribute("aria-label", texts[name]);
      button.dataset.does = name;
      button.addEventListener("click", act);
    }
  }

  // --- where things are ---------------------------------------------------------------------------------------------
  at(i) { return [this.x[i] * this.view.scale + this.view.x, this.y[i] * this.view.scale + this.view.y]; }
  size(i) { return Math.max(this.data.nodes.size[i] * 0.5 * Math.min(this.view.scale, 1.6), this.data.nodes.id.length > NEAR ? 1.6 : 3); }

  extent() {
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 0; i < this.x.length; i++) {
      left = Math.min(left, this.x[i]); right = Math.max(right, this.x[i]);
      top = Math.min(top, this.y[i]); bottom = Math.max(bottom, this.y[i]);
    }
    for (const [x, y, r] of this.data.groups) {
      left = Math.min(left, x - r); right = Math.max(right, x + r); top = Math.min(top, y - r); bottom = Math.max(bottom, y + r);
    }
    return [left, top, right, bottom];
  }

  fit() {
    this.touched = false;
    if (!this.x.length || !this.wide) return;
    const [left, top, right, bottom] = this.extent(), room = this.data.groups.length ? 14 : 58;
    const scale = Math.min(1.15, (this.wide - 2 * room) / Math.max(right - left, 1), (this.high - room - 64) / Math.max(bottom - top, 1));
    this.view = { scale, x: this.wide / 2 - ((left + right) / 2) * scale, y: (this.high - 34) / 2 + 6 - ((top + bottom) / 2) * scale };
  }

  reveal(before) {
    // What an expansion brings may lie outside the frame: make room for it, and for nothing else.
    const known = new Set(before.nodes.id);
    const fresh = this.data.nodes.id.map((id, i) => (known.has(id) ? -1 : i)).filter((i) => i >= 0);
    const outside = fresh.some((i) => {
      const [x, y] = this.at(i);
      return x < 20 || y < 20 || x > this.wide - 20 || y > this.high - 40;
    });
    if (outside) this.fit();
  }

  resize() {
    const { clientWidth: wide, clientHeight: high } = this.root, ratio = window.devicePixelRatio || 1;
    if (!wide || !high || (wide === this.wide && high === this.high)) return;
    [this.wide, this.high] = [wide, high];
    [this.canvas.width, this.canvas.height] = [wide * ratio, high * ratio];
    if (!this.data) return;
    if (!this.touched) this.fit();
    this.draw();
  }

  nearest(x, y) {
    let best = -1, least = Infinity;
    for (let i = 0; i < this.x.length; i++) {
      const [u, v] = this.at(i), far = Math.hypot(u - x, v - y) - Math.max(this.size(i), 6);
      if (far < 4 && far < least) [best, least] = [i, far];
    }
    return best;
  }

  badge(i) {
    const [x, y] = this.at(i), r = this.size(i);
    return [x + r * 0.8 + 3, y - r * 0.8 - 3];
  }

  badged(i) {
    // Where nodes are small, their signs would be all that is seen: only the node at hand has one then.
    const roomy = this.view.scale > 0.62 || i === this.focus || i === this.hover;
    return Boolean(this.data.nodes.mark[i] & (OPEN | EXPANDED)) && roomy && this.data.nodes.id.length <= NEAR;
  }

  // --- drawing ------------------------------------------------------------------------------------------------------
  draw() {
    if (this.asked || !this.wide) return;
    this.asked = true;
    requestAnimationFrame(() => {
      this.asked = false;
      const begun = performance.now();
      const ratio = window.devicePixelRatio || 1, pen = this.canvas.getContext("2d");
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, this.wide, this.high);
      this.paint(pen, this.wide, this.high);
      this.frames.push(performance.now() - begun);
      if (this.frames.length > 500) this.frames.shift();
    });
  }

  paint(pen, wide, high) {
    const { nodes, links, looks, groups } = this.data, many = nodes.id.length > NEAR;
    const inside = (x, y, r = 60) => x > -r && y > -r && x < wide + r && y < high + r;
    const boxes = new Boxes();
    this.drawn = [];
    for (const [x, y, r] of groups) {
      const [u, v, s] = [x * this.view.scale + this.view.x, y * this.view.scale + this.view.y, r * this.view.scale];
      if (!inside(u, v, s)) continue;
      pen.beginPath();
      pen.arc(u, v, s, 0, 2 * Math.PI);
      pen.fillStyle = "#f4f6f8";
      pen.fill();
      pen.strokeStyle = "#dfe4ea";
      pen.stroke();
    }
    if (!(many && this.pressed && links.from.length > 4000)) this.paintLinks(pen, links, many, inside);
    const seen = [];
    for (let at = this.order.length - 1; at >= 0; at--) {
      const i = this.order[at], [x, y] = this.at(i);
      if (!inside(x, y)) continue;
      seen.push(i);
      const look = looks[nodes.look[i]], r = this.size(i), mark = nodes.mark[i];
      if (many && r < 2.2) {
        pen.fillStyle = look.color;
        pen.fillRect(x - r, y - r, 2 * r, 2 * r);
        continue;
      }
      outline(pen, look.shape, x, y, r);
      pen.fillStyle = look.color;
      pen.fill();
      if (look.shape === "ring") hollow(pen, x, y, r);
      if (mark & ROOT || i === this.focus || mark & ON_WAY) {
        outline(pen, look.shape, x, y, r + 3.5);
        pen.strokeStyle = i === this.focus ? FOCUS : WAY;
        pen.lineWidth = i === this.focus ? 2.5 : 1.5;
        pen.stroke();
      }
      if (!many) boxes.take([x - r, y - r, x + r, y + r], i);
      if (this.badged(i)) this.paintBadge(pen, i, mark & EXPANDED ? "−" : "+");
    }
    this.paintGroupNames(pen, groups, boxes, inside);
    if (seen.length <= 1200) this.paintCaptions(pen, seen.reverse(), boxes);
    if (this.hover >= 0) this.paintHint(pen, wide);
  }

  paintLinks(pen, links, many, inside) {
    const far = [];
    pen.lineWidth = many ? 0.5 : 1;
    pen.strokeStyle = many ? "rgba(120,136,152,.28)" : LINK;
    pen.beginPath();
    for (let k = 0; k < links.from.length; k++) {
      const a = links.from[k], b = links.to[k];
      if (links.strong[k] || (!many && (a === this.focus || b === this.focus))) { far.push(k); continue; }
      const [x, y] = this.at(a), [u, v] = this.at(b);
      if (!inside(x, y, 400) && !inside(u, v, 400)) continue;
      pen.moveTo(x, y);
      pen.lineTo(u, v);
    }
    pen.stroke();
    const hub = this.focus >= 0 && this.degree[this.focus] > 25;
    for (const k of far) {
      const a = links.from[k], b = links.to[k], near = a === this.focus || b === this.focus;
      pen.beginPath();
      pen.moveTo(...this.at(a));
      pen.lineTo(...this.at(b));
      pen.strokeStyle = near ? FOCUS : links.strong[k] >= 3 ? WAY : "#aebac6";
      pen.lineWidth = Math.max(links.strong[k], near && !hub ? 1.8 : 1);
      pen.globalAlpha = near && hub && links.strong[k] < 3 ? 0.4 : 1;
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }

  paintBadge(pen, i, sign) {
    const [x, y] = this.badge(i);
    pen.beginPath();
    pen.arc(x, y, 6.5, 0, 2 * Math.PI);
    pen.fillStyle = "#fff";
    pen.fill();
    pen.strokeStyle = MUTED;
    pen.lineWidth = 1;
    pen.stroke();
    pen.beginPath();
    pen.moveTo(x - 3, y); pen.lineTo(x + 3, y);
    if (sign === "+") { pen.moveTo(x, y - 3); pen.lineTo(x, y + 3); }
    pen.stroke();
  }

  lines(pen, said) {
    const known = this.captions.get(said);
    if (known) return known;
    const lines = [""];
    for (const word of said.match(/[A-Za-z0-9.,%-]+|./gu) || []) {
      const last = lines[lines.length - 1];
      if (last && !/^[），。；：、！？”’》〉】〕％%)\]}…]/u.test(word) && pen.measureText(last + word).width > WIDE) lines.push(word.trimStart());
      else lines[lines.length - 1] = last + word;
    }
    const made = { lines, wide: Math.max(...lines.map((line) => pen.measureText(line).width)) };
    this.captions.set(said, made);
    return made;
  }

  paintCaptions(pen, seen, boxes) {
    const middle = seen.filter((i) => this.data.nodes.mark[i] & ROOT);
    const first = [this.focus, ...middle, this.hover].filter((i) => i >= 0);
    const near = new Set();
    for (let k = 0; k < this.data.links.from.length && this.focus >= 0; k++) {
      if (this.data.links.from[k] === this.focus) near.add(this.data.links.to[k]);
      if (this.data.links.to[k] === this.focus) near.add(this.data.links.from[k]);
    }
    pen.textAlign = "center";
    pen.textBaseline = "top";
    for (const i of new Set([...first, ...seen.filter((i) => near.has(i)), ...seen])) {
      const said = this.data.nodes.caption[i];
      if (!said) continue;
      const bold = i === this.focus || this.data.nodes.mark[i] & ROOT;
      pen.font = `${bold ? 600 : 400} ${FONT}px ${this.data.font}`;
      const { lines, wide } = this.lines(pen, said), [x, y] = this.at(i), r = this.size(i), high = lines.length * LINE;
      const room = (top) => [x - wide / 2 - 1, top, x + wide / 2 + 1, top + high];
      const below = room(y + r + 3), above = room(y - r - 3 - high);
      // The node at hand has its name whatever stands there; other names give way.
      let box = i === first[0] || boxes.free(below, i) ? below : null;
      if (!box && this.data.nodes.mark[i] & NAMED) box = [false, true].some((over) => boxes.free(above, i, over)) ? above : null;
      if (!box) continue;
      boxes.take(box, -2 - i);
      this.drawn.push([this.data.nodes.id[i], ...box]);
      pen.strokeStyle = "rgba(255,255,255,.9)";
      pen.lineWidth = 3;
      pen.fillStyle = INK;
      lines.forEach((line, k) => { pen.strokeText(line, x, box[1] + k * LINE); pen.fillText(line, x, box[1] + k * LINE); });
    }
  }

  paintGroupNames(pen, groups, boxes, inside) {
    pen.textAlign = "center";
    pen.textBaseline = "top";
    pen.font = `600 ${FONT}px ${this.data.font}`;
    for (const [x, y, r, said] of [...groups].sort((a, b) => b[2] - a[2])) {
      const [u, v, s] = [x * this.view.scale + this.view.x, y * this.view.scale + this.view.y, r * this.view.scale];
      if (!inside(u, v, s) || s < 14) continue;
      const { lines, wide } = this.lines(pen, said), top = v - s + 3;
      const box = [u - wide / 2 - 2, top, u + wide / 2 + 2, top + lines.length * LINE];
      if (!boxes.free(box, -1)) continue;
      boxes.take(box, -1e6);
      this.drawn.push([said, ...box]);
      pen.strokeStyle = "rgba(255,255,255,.92)";
      pen.lineWidth = 4;
      pen.fillStyle = MUTED;
      lines.forEach((line, k) => { pen.strokeText(line, u, top + k * LINE); pen.fillText(line, u, top + k * LINE); });
    }
  }

  paintHint(pen, wide) {
    const { nodes, looks } = this.data, i = this.hover, [x, y] = this.at(i);
    pen.font = `400 ${FONT}px ${this.data.font}`;
    pen.textAlign = "left";
    pen.textBaseline = "top";
    const lines = [nodes.name[i] || nodes.caption[i], looks[nodes.look[i]].name].filter(Boolean);
    const size = Math.max(...lines.map((line) => pen.measureText(line).width)) + 16;
    const left = Math.max(4, Math.min(x + 12, wide - size - 4)), top = Math.max(4, y - this.size(i) - 12 - lines.length * 17);
    pen.fillStyle = "rgba(28,39,51,.94)";
    pen.beginPath();
    pen.roundRect(left, top, size, lines.length * 17 + 9, 3);
    pen.fill();
    lines.forEach((line, k) => { pen.fillStyle = k ? "#c9d3dc" : "#fff"; pen.fillText(line, left + 8, top + 6 + k * 17); });
  }

  // --- what a reader does ---------------------------------------------------------------------------------------------
  listen() {
    const spot = (event) => {
      const box = this.canvas.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    this.canvas.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      const [x, y] = spot(event);
      this.pressed = { x, y, node: this.nearest(x, y), view: { ...this.view }, far: false };
      this.canvas.setPointerCapture(event.pointerId);
    });
    this.canvas.addEventListener("pointermove", (event) => {
      const [x, y] = spot(event), from = this.pressed;
      if (!from) {
        let over = this.nearest(x, y);
        if (over < 0 && this.hover >= 0 && this.badgeAt(x, y) === this.hover) over = this.hover;
        this.canvas.style.cursor = over >= 0 || this.badgeAt(x, y) >= 0 ? "pointer" : "grab";
        if (over !== this.hover) { this.hover = over; this.draw(); }
        return;
      }
      from.far = from.far || Math.hypot(x - from.x, y - from.y) > 4;
      if (!from.far) return;
      this.hover = -1;
      if (from.node >= 0 && this.data.nodes.id.length <= NEAR) {
        this.x[from.node] = (x - this.view.x) / this.view.scale;
        this.y[from.node] = (y - this.view.y) / this.view.scale;
        this.moved.set(this.data.nodes.id[from.node], [this.x[from.node], this.y[from.node]]);
      } else {
        this.touched = true;
        this.view = { ...from.view, x: from.view.x + x - from.x, y: from.view.y + y - from.y };
      }
      this.draw();
    });
    this.canvas.addEventListener("pointerup", (event) => {
      const [x, y] = spot(event), from = this.pressed;
      this.pressed = null;
      if (!from || from.far) { this.draw(); return; }
      const badge = this.badgeAt(x, y);
      if (badge >= 0) this.toggle(badge);
      else if (from.node >= 0) this.choose(from.node);
    });
    this.canvas.addEventListener("pointerleave", () => { this.hover = -1; this.draw(); });
    this.canvas.addEventListener("dblclick", (event) => {
      const node = this.nearest(...spot(event));
      if (node >= 0) this.toggle(node);
    });
    this.canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY * 0.0015), ...spot(event));
    }, { passive: false });
    this.canvas.addEventListener("keydown", (event) => this.key(event));
  }

  key(event) {
    const ways = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
    if (ways[event.key]) this.step(...ways[event.key]);
    else if (event.key === "Enter" && this.focus >= 0) this.tell("chosen", this.data.nodes.id[this.focus]);
    else if (event.key === " " && this.focus >= 0) this.toggle(this.focus);
    else if (event.key === "+" || event.key === "=") this.zoom(1.3);
    else if (event.key === "-") this.zoom(1 / 1.3);
    else if (event.key === "0") { this.fit(); this.draw(); }
    else return;
    event.preventDefault();
  }

  step(right, down) {
    // To the nearest node in that direction, rather straight ahead than aside.
    if (this.focus < 0) { this.look(this.order[0]); return; }
    const [x, y] = this.at(this.focus);
    let best = -1, least = Infinity;
    for (let i = 0; i < this.x.length; i++) {
      const [u, v] = this.at(i), ahead = (u - x) * right + (v - y) * down, aside = Math.abs((u - x) * down) + Math.abs((v - y) * right);
      if (i !== this.focus && ahead > 1 && ahead + 2.2 * aside < least) [best, least] = [i, ahead + 2.2 * aside];
    }
    if (best >= 0) this.look(best);
  }

  look(i) {
    this.focus = i;
    const [x, y] = this.at(i);
    if (x < 30) this.view.x += 60 - x;
    if (x > this.wide - 30) this.view.x -= x - this.wide + 60;
    if (y < 30) this.view.y += 60 - y;
    if (y > this.high - 50) this.view.y -= y - this.high + 90;
    const { nodes, looks } = this.data;
    this.told.textContent = [looks[nodes.look[i]].name, nodes.name[i] || nodes.caption[i]].filter(Boolean).join(" ");
    this.draw();
  }

  badgeAt(x, y) {
    for (let i = 0; i < this.x.length; i++) {
      if (!this.badged(i)) continue;
      const [u, v] = this.badge(i);
      if (Math.hypot(u - x, v - y) < 8.5) return i;
    }
    return -1;
  }

  choose(i) {
    this.look(i);
    this.tell("chosen", this.data.nodes.id[i]);
  }

  toggle(i) {
    if (!(this.data.nodes.mark[i] & (OPEN | EXPANDED))) return;
    this.look(i);
    this.tell("toggled", this.data.nodes.id[i]);
  }

  zoom(by, x = this.wide / 2, y = this.high / 2) {
    const scale = Math.min(4, Math.max(0.02, this.view.scale * by)), grown = scale / this.view.scale;
    this.touched = true;
    this.view = { scale, x: x - (x - this.view.x) * grown, y: y - (y - this.view.y) * grown };
    this.draw();
  }

  save() {
    const [left, top, right, bottom] = this.extent(), before = [this.view, this.wide, this.high, this.hover];
    const scale = Math.min(1.15, 3600 / Math.max(right - left, bottom - top, 1));
    const wide = Math.max(560, (right - left) * scale + 160), high = (bottom - top) * scale + 200, ratio = 2;
    const sheet = document.createElement("canvas");
    [sheet.width, sheet.height] = [wide * ratio, high * ratio];
    const pen = sheet.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, wide, high);
    this.view = { scale, x: wide / 2 - ((left + right) / 2) * scale, y: 84 - top * scale };
    this.hover = -1;
    this.paint(pen, wide, high);
    [this.view, this.wide, this.high, this.hover] = before;
    this.paintFrame(pen, wide, high);
    sheet.toBlob((blob) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = `${this.data.file}.png`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    });
    this.draw();
  }

  paintFrame(pen, wide, high) {
    // A picture that is taken away says what it shows, and what its signs mean.
    pen.fillStyle = "rgba(255,255,255,.95)";
    pen.fillRect(0, 0, wide, 34);
    pen.fillRect(0, high - 34, wide, 34);
    pen.textAlign = "left";
    pen.textBaseline = "middle";
    pen.font = `600 14px ${this.data.font}`;
    pen.fillStyle = INK;
    pen.fillText(this.data.texts.title, 16, 18);
    pen.font = `400 ${FONT}px ${this.data.font}`;
    let x = 22;
    const used = new Set(this.data.nodes.look);
    for (const [k, look] of this.data.looks.entries()) {
      if (!used.has(k) || !look.name) continue;
      const size = pen.measureText(look.name).width;
      if (x + size + 30 > wide) break;
      outline(pen, look.shape, x, high - 17, 6);
      pen.fillStyle = look.color;
      pen.fill();
      if (look.shape === "ring") hollow(pen, x, high - 17, 6);
      pen.fillStyle = INK;
      pen.fillText(look.name, x + 12, high - 17);
      x += size + 36;
    }
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  let picture = parentElement.pikgPicture;
  if (!picture || !picture.root.isConnected) picture = parentElement.pikgPicture = new Picture(parentElement);
  picture.tell = (name, value) => setTriggerValue(name, value);
  picture.show(data);
}
