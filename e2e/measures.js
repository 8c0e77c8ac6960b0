/* What axe cannot say of a page: contrast over any background, text that is cut off or laid
   over other text, and what the keyboard's focus shows. Each answer is a list of faults in words.

   Computed styles alone are read, so it holds for each look that the browser is put into. */
window.measures = (() => {
  const say = (element) => element.outerHTML.slice(0, 130);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const style = (element, pseudo) => getComputedStyle(element, pseudo);
  const CLIPPED = ".visually-hidden, .skip-link:not(:focus)";

  /* Drawn at all, and not only for screen readers. */
  function isSeen(element) {
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return false;
    if (element.closest(CLIPPED)) return false;
    for (let at = element; at; at = at.parentElement) {
      if (style(at).clipPath === "inset(50%)") return false;
    }
    return true;
  }

  /* --- colours ----------------------------------------------------------------------------- */

  const parsed = new Map();
  function colour(text) {
    if (!parsed.has(text)) {
      const found = /^rgba?\(([^)]+)\)$/.exec(text);
      if (!found) throw new Error(`a colour of another kind: ${text}`);
      const [red, green, blue, alpha = 1] = found[1].split(/[\s,/]+/).map(Number);
      parsed.set(text, [red, green, blue, alpha]);
    }
    return parsed.get(text);
  }
  const over = ([r, g, b, a], under) => [r, g, b].map((part, i) => part * a + under[i] * (1 - a)).concat(1);
  const faded = ([r, g, b, a], by) => [r, g, b, a * by];
  function luminance(parts) {
    const [r, g, b] = parts.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }
  function ratio(one, other) {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  }

  /* Between two looks what is behind a text may become another colour. */
  let known = new Map();
  const forget = () => known.clear();

  /* Every colour that may lie behind an element's text: one, or each stop of a gradient too. */
  function behind(element) {
    if (!element) return [[255, 255, 255, 1]];
    if (known.has(element)) return known.get(element);
    const { backgroundColor, backgroundImage } = style(element);
    const own = colour(backgroundColor);
    let found = own[3] === 1 ? [own] : behind(element.parentElement).map((under) => over(own, under));
    if (backgroundImage !== "none") {
      if (backgroundImage.includes("url(")) throw new Error(`text over a picture: ${say(element)}`);
      const stops = backgroundImage.match(/rgba?\([^)]+\)/g) ?? [];
      found = [...found, ...found.flatMap((under) => stops.map((stop) => over(colour(stop), under)))];
    }
    known.set(element, found);
    return found;
  }

  /* Of a picture: what lies behind these points of it, which are the page and the shapes drawn
     before. A shape that is under all of them hides what was there. */
  function behindInPicture(element, points) {
    const svg = element.closest("svg"), toPicture = svg.getScreenCTM().inverse();
    const inside = points.map(({ x, y }) => new DOMPoint(x, y).matrixTransform(toPicture));
    let found = behind(svg);
    for (const shape of all("rect, circle, ellipse, path, polygon", svg)) {
      if (shape === element || !(shape.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING)) continue;
      const { fill, fillOpacity } = style(shape);
      const under = fill === "none" ? 0 : inside.filter((point) => shape.isPointInFill(point)).length;
      const laid = under ? found.map((below) => over(faded(colour(fill), Number(fillOpacity)), below)) : [];
      found = under === inside.length ? laid : [...found, ...laid];
    }
    return found;
  }
  function spread({ left, right, top, bottom }) {
    return [left, (left + right) / 2, right].flatMap((x) => [top, (top + bottom) / 2, bottom].map((y) => ({ x, y })));
  }
  function along(shape) {
    const length = shape.getTotalLength(), toScreen = shape.getScreenCTM();
    return [0, 0.13, 0.29, 0.41, 0.5, 0.63, 0.77, 0.89].map((part) => shape.getPointAtLength(length * part).matrixTransform(toScreen));
  }

  function opacity(element) {
    let product = 1;
    for (let at = element; at; at = at.parentElement) product *= Number(style(at).opacity);
    return product;
  }

  /* The least contrast that a colour has with what may lie behind it. */
  function least(text, backgrounds, fade = 1) {
    return Math.min(...backgrounds.map((under) => ratio(over(faded(colour(text), fade), under), under)));
  }

  /* --- contrast of text (1.4.3) -------------------------------------------------------------- */

  function measured(element, pseudo) {
    const drawn = style(element, pseudo), size = parseFloat(drawn.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(drawn.fontWeight) >= 700);
    const inPicture = element instanceof SVGElement;
    const fade = opacity(element) * (inPicture ? Number(drawn.fillOpacity) : 1);
    const found = least(inPicture ? drawn.fill : drawn.color, inPicture ? behindInPicture(element, spread(element.getBoundingClientRect())) : behind(element), fade);
    return { found, needed: large ? 3 : 4.5 };
  }

  function ofText(element, pseudo = null) {
    const { found, needed } = measured(element, pseudo);
    return found >= needed ? [] : [`contrast ${found.toFixed(2)}, not ${needed}: ${pseudo ?? ""} ${say(element)}`];
  }

  const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const isExempt = (element) => element.closest(":disabled, option, script, style, noscript, title");

  function contrast() {
    forget();
    return all("body *").filter((element) => !isExempt(element) && isSeen(element)).flatMap((element) => [
      ...(hasText(element) || element.matches("input, select, textarea") ? ofText(element) : []),
      ...(element.placeholder ? ofText(element, "::placeholder") : []),
      ...["::before", "::after"].flatMap((pseudo) => (/[\p{L}\p{N}]/u.test(style(element, pseudo).content) && style(element, pseudo).content !== "none" ? ofText(element, pseudo) : [])),
    ]);
  }

  /* --- contrast of what is no text (1.4.11) -------------------------------------------------- */

  const NO_TEXT = 3;
  const weak = (element, found, what) => (found >= NO_TEXT ? [] : [`contrast of ${what} ${found.toFixed(2)}, not ${NO_TEXT}: ${say(element)}`]);

  function edges(control) {
    const drawn = style(control);
    return weak(control, least(drawn.borderBottomColor, behind(control.parentElement)), "the edge");
  }
  function icons(icon) {
    return weak(icon, least(style(icon).color, behind(icon)), "the icon");
  }
  function strokes(shape) {
    const { stroke, strokeOpacity, fill, fillOpacity } = style(shape), under = behindInPicture(shape, along(shape));
    const drawn = [[stroke, strokeOpacity], [fill, fillOpacity]].filter(([paint]) => paint !== "none" && paint.startsWith("rgb"));
    if (!drawn.length || shape.closest(".p-halo")) return [];
    /* Two marks of one colour that touch are one mark. */
    const other = (paint) => under.filter((one) => `${one}` !== `${over(colour(paint), one)}`);
    return weak(shape, Math.max(...drawn.map(([paint, fade]) => least(paint, other(paint), Number(fade)))), "the shape");
  }

  /* Edges of controls, icons, marks of state, and each shape of a drawn picture. */
  function shapes() {
    forget();
    const seen = (selector) => all(selector).filter(isSeen);
    return [
      ...seen("input:not([type=checkbox], [type=radio], [type=hidden]), select, textarea, .strip > span, meter").flatMap(edges),
      ...seen("svg.icon").flatMap(icons),
      ...seen(".picture svg :is(rect, circle, ellipse, path, polygon)").flatMap(strokes),
    ];
  }

  /* --- text that is lost (1.4.4, 1.4.10, 1.4.12) ------------------------------------------------ */

  /* Cut off where nobody can scroll to it. What is typed scrolls within its own control. */
  function cut() {
    return all("body *").filter((element) => {
      const { overflowX, overflowY } = style(element);
      if (overflowX === "visible" && overflowY === "visible") return false;
      if (element.matches("input, select, textarea, svg, svg *") || !element.textContent.trim() || !isSeen(element)) return false;
      const hides = (overflow) => overflow === "hidden" || overflow === "clip";
      return (hides(overflowX) && element.scrollWidth > element.clientWidth + 1) || (hides(overflowY) && element.scrollHeight > element.clientHeight + 1);
    }).map((element) => `text is cut off: ${say(element)}`);
  }

  const FRAME = /auto|scroll|hidden|clip/;
  const frames = new Map();
  /* Where an element's text can show: within all frames around it that scroll or cut. */
  function frame(element) {
    if (!element || element === document.documentElement) return { left: -1e6, top: -1e6, right: 1e6, bottom: 1e6 };
    if (frames.has(element)) return frames.get(element);
    let found = frame(element.parentElement);
    const { overflowX, overflowY } = style(element);
    if (FRAME.test(overflowX + overflowY)) {
      const box = element.getBoundingClientRect();
      found = { left: Math.max(found.left, box.left), top: Math.max(found.top, box.top), right: Math.min(found.right, box.right), bottom: Math.min(found.bottom, box.bottom) };
    }
    frames.set(element, found);
    return found;
  }

  /* Lines of text that lie over each other. */
  function overlaps() {
    scrollTo(0, 0);  // what sticks to the window lies over what is scrolled under it
    for (const sticks of all(".removed")) sticks.style.position = "static";
    frames.clear();
    const lines = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const within = node.parentElement;
      if (!node.data.trim() || within.closest("script, style, option, datalist, textarea, svg") || !isSeen(within)) continue;
      range.selectNodeContents(node);
      const room = frame(within);
      for (const { left, top, right, bottom } of range.getClientRects()) {
        const line = { node, left: Math.max(left, room.left), top: Math.max(top, room.top), right: Math.min(right, room.right), bottom: Math.min(bottom, room.bottom) };
        /* A line's box is taller than its letters. */
        const slack = (line.bottom - line.top) * 0.2;
        if (line.right - line.left > 2 && line.bottom - line.top > 4) lines.push({ ...line, top: line.top + slack, bottom: line.bottom - slack });
      }
    }
    lines.sort((one, other) => one.top - other.top);
    const faults = [];
    lines.forEach((one, index) => {
      for (let next = index + 1; next < lines.length && lines[next].top < one.bottom - 1; next += 1) {
        const other = lines[next];
        if (other.node !== one.node && other.left < one.right - 2 && one.left < other.right - 2) {
          faults.push(`“${one.node.data.trim().slice(0, 50)}” lies over “${other.node.data.trim().slice(0, 50)}”`);
        }
      }
    });
    return faults.slice(0, 20);
  }

  /* --- the keyboard's focus (2.4.3, 2.4.7, 2.4.11, 1.4.11) -------------------------------------- */

  const TABBABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  /* What Tab should stop at, in the order of the page. Of radio buttons it is one of a group. */
  function stops() {
    return all(TABBABLE).filter((element) => {
      if (element.matches(":disabled") || !element.checkVisibility({ visibilityProperty: true })) return false;
      if (element.type !== "radio") return true;
      const group = all(`input[type=radio][name="${CSS.escape(element.name)}"]`, element.form ?? document);
      return element === (group.find(({ checked }) => checked) ?? group[0]);
    });
  }

  /* The outline that shows where the focus is, and what lies over the control. */
  function focusFaults(element) {
    forget();
    const faults = [], drawn = style(element), what = say(element);
    const width = parseFloat(drawn.outlineWidth);
    if (drawn.outlineStyle === "none" || width < 2) faults.push(`the focus does not show: ${what}`);
    else faults.push(...weak(element, least(drawn.outlineColor, behind(element.parentElement)), "the focus"));
    const boxes = [...element.getClientRects()].filter(({ width: wide, height }) => wide && height);
    const shows = boxes.some((box) => {
      const left = Math.max(box.left, 0) + 1, right = Math.min(box.right, innerWidth) - 1;
      const top = Math.max(box.top, 0) + 1, bottom = Math.min(box.bottom, innerHeight) - 1;
      if (left > right || top > bottom) return false;
      const across = [left, (left + right) / 2, right], down = [top, (top + bottom) / 2, bottom];
      return across.some((x) => down.some((y) => {
        const hit = document.elementFromPoint(x, y);
        return hit && (element.contains(hit) || hit.closest("label")?.control === element);
      }));
    });
    if (!shows) faults.push(`the focus is hidden: ${what}`);
    return faults;
  }

  /* Tab begins before the first element again, wherever the focus was. */
  function begin() {
    const first = document.createElement("span");
    first.tabIndex = -1;
    document.body.prepend(first);
    first.focus();
    first.remove();
    scrollTo(0, 0);
  }

  /* Notes each stop as the next key leaves it: by then it is scrolled to and drawn. */
  let walked;
  function note(event) {
    const at = document.activeElement;
    if ((!event || event.key === "Tab") && at && at !== document.body) walked.push({ at, faults: focusFaults(at) });
  }
  function watch(from = 0) {
    walked = [];
    if (from) stops()[from].focus({ focusVisible: true });
    else begin();
    addEventListener("keydown", note, true);
  }
  /* What was wrong at so many stops since; `from` is the place of the first among all. */
  function told(from, count) {
    note();
    removeEventListener("keydown", note, true);
    const meant = stops().slice(from, from + count), met = walked.map(({ at }) => at);
    const faults = walked.flatMap((one) => one.faults);
    const same = (one, other) => one === other || one?.outerHTML === other.outerHTML;  // drawn anew
    meant.forEach((element, place) => {
      if (!same(met[place], element) && faults.length < 20) faults.push(`stop ${place + 1} is ${met[place] ? say(met[place]) : "nothing"}, not ${say(element)}`);
    });
    return faults;
  }

  /* Backwards through the stops, without keys: quick, and what is above covers what comes. Of
     a page with very many, every so many-th. */
  function backwards() {
    begin();
    const back = stops().reverse(), every = Math.ceil(back.length / 400);
    const faults = back.filter((_, place) => place % every === 0).flatMap((element) => {
      element.focus({ focusVisible: true });
      return focusFaults(element);
    });
    begin();
    return faults;
  }

  return { forget, ofText, contrast, shapes, cut, overlaps, stops, begin, watch, told, backwards };
})();
