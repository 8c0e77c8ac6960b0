/* What pages gain from scripts; all work without. Why: docs/interface.md. */

const find = (selector, root = document) => root?.querySelector(selector);
const form = () => find("#step-form");
const stated = () => find("#save-state")?.innerText;
const announce = (text) => { find("#announce").textContent = text; };
const byHash = (hash) => document.getElementById(hash.slice(1));
const on = (name, handler) => document.addEventListener(name, handler);

const OPEN = ":target, :only-child, :has(.error, [autofocus], :target, [name$='-new'])";

function fold(row, open) {
  row.dataset.fold = open ? "open" : "shut";
  find(".row-toggle", row)?.setAttribute("aria-expanded", open);
}

function addToggle(row) {
  const legend = find("legend", row), toggle = document.createElement("button");
  toggle.type = "button";
  toggle.className = "row-toggle";
  toggle.append(...legend.childNodes);
  legend.append(toggle);
  fold(row, row.matches(OPEN));
}

function openRow(row) {
  const before = row.getBoundingClientRect().top;
  for (const other of row.parentElement.children) {
    if (other !== row && !find(".error", other)) fold(other, false);
  }
  fold(row, true);
  scrollBy(0, row.getBoundingClientRect().top - before);
}

function reveal(hash) {
  const target = byHash(hash), row = target?.closest(".row");
  if (row?.hidden) {
    const box = find("[data-searches]", row.closest("section"));
    box.value = "";
    search(box);
  }
  if (row?.dataset.fold === "shut") openRow(row);
  if (row) target.focus();
}

function search({ value, dataset, nextElementSibling: found }) {
  const rows = [...find(`[data-list="${dataset.searches}"]`).children], words = value.trim().toLowerCase();
  const texts = (row) => [find("legend", row).textContent, ...[...row.querySelectorAll(".cells :is(input, textarea, select)")].map(({ value }) => value)];
  const holds = (row) => texts(row).some((text) => text.toLowerCase().includes(words));
  for (const row of rows) row.hidden = !holds(row);
  found.textContent = words ? `${rows.filter((row) => !row.hidden).length} of ${rows.length} rows` : "";
  announce(found.textContent);
}

function showDependents() {
  for (const section of form()?.querySelectorAll("[data-when]") ?? []) {
    const [field, values] = section.dataset.when.split("="), choice = form().elements[field];
    if (choice) section.dataset.applies = values.split(",").includes(choice.value) ? "yes" : "no";
  }
  for (const { hash, parentElement } of document.querySelectorAll(".contents a")) {
    parentElement.dataset.applies = byHash(hash)?.closest("[data-applies=no]") ? "no" : "yes";
  }
}

function retitle(row) {
  const label = find("[data-label]", row), says = [...row.querySelectorAll("[data-says]")].map(({ value }) => value).filter(Boolean).join(" · ");
  find(".row-label", row).textContent = label ? label.value : says;
  find(".row-says", row).textContent = label ? says : "";
}

function tick(at) {
  const { list, name, value, labels } = at, boxes = at.parentElement;
  const option = [...list.options].find((one) => [one.value, one.text].includes(value.trim()));
  if (!option) return;
  let box = find(`[value="${option.text}"]`, boxes);
  if (!box) {
    const label = document.createElement("label");
    box = document.createElement("input");
    Object.assign(box, { type: "checkbox", name, value: option.text });
    label.className = "option";
    label.append(box, " ", option.value);
    labels[0].before(label);
  }
  box.checked = true;
  at.value = "";
  announce(`${option.value} is added.`);
}

function count(at) {
  const left = at.dataset.limit - [...at.value].length, near = left <= Math.max(10, at.dataset.limit / 10);
  let place = at.nextElementSibling;
  if (!near) return place?.matches(".count") && place.remove();
  if (!place?.matches(".count")) at.after(place = document.createElement("p"));
  const text = `${Math.abs(left)} ${left < 0 ? "too many" : "left"}`;
  if (left < 0 && !place.matches(".error")) announce(`The limit of ${at.dataset.limit} characters is reached.`);
  place.className = left < 0 ? "count error" : "count hint";
  place.textContent = text;
}

const scrollers = new ResizeObserver((seen) => {
  for (const { target } of seen) target.tabIndex = target.scrollWidth > target.clientWidth ? 0 : -1;
});

function prepare() {
  for (const one of document.querySelectorAll(".table-scroll, .matrix-scroll")) scrollers.observe(one);
  document.querySelectorAll(".row:not([data-fold])").forEach(addToggle);
  showDependents();
}

/* `press` is under way; `missed` says whose answer was lost, `lost` is a save without one. */
let typed, sent, saved, timer, failing, signedOut, leaving, spoke, resaving, press, missed, lost, resent;

function begin() {
  saved = sent = 0;
  press = missed = lost = undefined;
  typed = +(find("#save-state")?.dataset.state === "unsaved");
}

function show(state, text) {
  const place = find("#save-state");
  if (!place) return;
  place.dataset.state = state;
  place.textContent = text;
}

function save() {
  clearTimeout(timer);
  if (form() && !signedOut) window.htmx?.trigger(form(), "submit");
}

function failed(reason, { requestConfig }) {
  if (failing !== reason) announce(reason);
  failing = reason;
  const button = requestConfig.triggeringEvent?.submitter;
  if (button?.matches(ACTS)) missed = ` “${button.innerText}” was not done: press it again.`;
  else lost = requestConfig.parameters;
  show("failed", reason);
  clearTimeout(timer);
  timer = setTimeout(save, 5000);
}

function mend() {
  const left = [...document.querySelectorAll("#checks .unmet a")].map(({ hash }) => byHash(hash));
  document.title = document.title.replace(/^Error: /, "");
  find(".step > #error-summary:not(:focus-within)")?.remove();
  for (const error of form()?.querySelectorAll(".error[id]") ?? []) {
    const place = error.parentElement;
    if (left.some((one) => place.contains(one))) continue;
    place.querySelectorAll("[aria-invalid]").forEach((at) => at.removeAttribute("aria-invalid"));
    error.remove();
  }
}

const SAID = " save-state", ACTS = "[name], [formaction]";
function blame() {
  for (const at of form()?.querySelectorAll("[aria-describedby~=save-state]") ?? []) {
    at.setAttribute("aria-describedby", at.getAttribute("aria-describedby").replace(SAID, ""));
    at.removeAttribute("aria-invalid");
  }
  for (const { hash } of document.querySelectorAll("#save-state a")) {
    const at = byHash(hash);
    if (!at?.matches("input, select, textarea")) continue;
    at.setAttribute("aria-describedby", (at.getAttribute("aria-describedby") ?? "") + SAID);
    at.setAttribute("aria-invalid", "true");
  }
}

function unsay(words) {
  const title = find("#error-summary h2");
  if (title) title.textContent = title.textContent.replace(words, "");
}

function endUndo() {
  const until = find("[data-until]")?.dataset.until;
  for (const used of document.querySelectorAll(".used")) used.hidden = until !== find("#version").value;
}

function succeeded(whole) {
  clearTimeout(timer);
  if (failing) missed || announce("Saved again.");
  else if (!spoke && !resaving && !(whole && (DONE[pressed] || path !== location.pathname))) announce("Draft saved. It saves as you write.");
  if (!whole) {
    if (resaving) unsay(" Nothing was saved.");
    else mend();
    endUndo();
  }
  failing = signedOut = resaving = undefined;
  spoke = true;
  saved = sent;
  if (saved !== typed) return show("unsaved", "Not saved yet");
  if (!missed) return;
  find("#save-state").append(missed);
  announce(`Saved again.${missed}`);
  missed = undefined;
}

let ahead = "", began;
const touched = new Set();
on("beforeinput", (event) => {
  const { target, data, inputType, cancelable } = event, text = data ?? (inputType === "insertLineBreak" ? "\n" : "");
  if (!press || target !== began || !cancelable) return;
  event.preventDefault();
  ahead = text ? ahead + text : ahead.slice(0, -1);
});

function typeOn() {
  for (const at of touched) {
    const row = at.closest(".row"), key = find("[name$='-key']", row), moved = key && find(`[name$='-key'][value="${key.value}"]`);
    const name = at.name.replace(key?.name.slice(0, -3), moved?.name.slice(0, -3));
    const now = (key || !row || !/move|restore/.test(pressed)) && find(at.matches("[type]") ? `[name="${name}"][value="${at.value}"]` : `[id="${name}"]`);
    if (at.isConnected || !now) continue;
    now.checked = at.checked;
    now.value = at.value;
    now.dispatchEvent(new Event("input", { bubbles: true }));
    if (!at.selectionEnd) continue;
    reveal(`#${now.id}`);
    now.focus();
    now.setSelectionRange(at.selectionStart, at.selectionEnd);
  }
  if (ahead) {
    if (began.isConnected) began.focus();
    document.execCommand("insertText", false, ahead);
  }
  forget();
}

function forget() {
  touched.clear();
  ahead = "";
}

const of = (id) => (name, handler) => on(name, (event) => {
  if ((event.detail.requestConfig ?? event.detail).elt.id === id) handler(event.detail, event);
});
const ofForm = of("step-form"), ofAsk = of("ask-form");

const TABLES = "textarea[name^='paste-']";
let tables = [];
const tablesOf = (left) => [...form()?.querySelectorAll(TABLES) ?? []].filter((box) => box.value.trim() && left(box));

function putBackTables() {
  for (const { id, value } of tables) {
    const box = byHash(`#${id}`);
    if (!box || box.value) continue;
    box.value = value;
    box.closest("details").open = true;
  }
}

ofForm("htmx:configRequest", (request) => {
  const button = request.triggeringEvent?.submitter, path = button?.getAttribute("formaction");
  pressed = button?.name;
  for (const { name } of form().querySelectorAll("button[name]")) request.formData.delete(name);
  tables = tablesOf(({ name }) => !path?.endsWith("/lock") && (pressed !== "paste" || name !== `paste-${button.value}`));
  for (const { name } of tables) request.formData.delete(name);
  request.path = path ?? form().getAttribute("hx-post");
  if (button) request.headers["DevPilot-Pressed"] = "yes";
  if (button?.name) request.formData.append(button.name, button.value);
  resent = lost && !button;
  if (resent) request.parameters = lost;
});
ofForm("htmx:confirm", ({ triggeringEvent }, event) => {
  const button = triggeringEvent?.submitter;
  if (press ? press !== button : !button && form().dataset.hold) return event.preventDefault();
  if (!press) began = document.activeElement;
  press = button?.matches(ACTS) || form().dataset.hold ? button : undefined;
});
ofForm("htmx:beforeSend", ({ xhr }) => {
  xhr.timeout ||= 20000;
  if (!resent) sent = typed;
  if (!failing) show("saving", "Saving…");
});
ofForm("htmx:beforeOnLoad", (detail, event) => {
  const { xhr } = detail, code = xhr.getResponseHeader("DevPilot-Error"), page = xhr.getResponseHeader("HX-Retarget");
  if (xhr.status !== 401 && !(code === "csrf_failed" && page)) return;
  event.preventDefault();
  signedOut = true;
  failed("Not saved: you are signed out. “Save draft” takes your text to the sign-in page.", detail);
});
ofForm("htmx:beforeSwap", (detail) => {
  if (detail.xhr.status < 500) return;
  detail.shouldSwap = false;
  failed("Not saved: the server could not answer. Trying again…", detail);
});
on("htmx:oobBeforeSwap", ({ detail }) => {
  const at = detail.target;
  if (at.id === "session-end") detail.shouldSwap = !at.children.length;
  if (!at.matches("section.field")) return;
  detail.shouldSwap = sent === typed && !at.contains(document.activeElement) && !find(".row:not(:only-child) [name$='-new']", at) && !find("[data-searches]", at)?.value && !tablesOf((box) => at.contains(box)).length;
});
ofForm("htmx:afterRequest", ({ successful, xhr, requestConfig }) => {
  const answered = requestConfig.triggeringEvent?.submitter;
  if (answered) press = undefined;
  if (xhr.status && xhr.status < 500) lost = undefined;
  blame();
  if (successful) {
    succeeded(xhr.getResponseHeader("HX-Retarget"));
    if ((answered || resent) && saved !== typed) save();
  } else if (xhr.status < 500 && xhr.status !== 401 && find("#save-state[data-state=failed]")) {
    if (failing !== stated()) announce(stated());
    failing = stated();
  }
  if (answered) typeOn();
});
const unreached = (detail) => failed("Not saved: no connection. Trying again…", detail);
ofForm("htmx:sendError", unreached);
ofForm("htmx:timeout", unreached);

addEventListener("online", () => { if (failing) save(); });
addEventListener("beforeunload", (event) => {
  if (form() && !leaving && (saved !== typed || failing || tablesOf(Boolean).length)) event.preventDefault();
});
document.addEventListener("submit", (event) => {
  if (signedOut && event.submitter) event.stopImmediatePropagation();
  leaving = signedOut;
}, true);
on("submit", ({ target, defaultPrevented }) => { leaving = target === form() && !defaultPrevented; });

for (const name of ["input", "change"]) {
  document.addEventListener(name, (event) => {
    if (!event.target.matches?.(`[data-searches], ${TABLES}`)) return;
    event.stopPropagation();
    if (name === "input" && event.target.dataset.searches) search(event.target);
  }, true);
}

on("input", ({ target }) => {
  if (!form()?.contains(target)) return;
  typed += 1;
  if (press) touched.add(target);
  resaving = false;
  if (!failing) show("unsaved", "Not saved yet");
  const row = target.closest(".row");
  if (row) retitle(row);
  count(target);
});
on("change", ({ target }) => {
  if (target.matches("[data-adds]")) tick(target);
  showDependents();
});
on("keydown", (event) => {
  const place = event.key === "Enter" && event.target.matches("[name^='place-']");
  if (place) {
    event.preventDefault();
    event.target.nextElementSibling.click();
  }
  if (place || !form() || !(event.ctrlKey || event.metaKey)) return;
  const add = event.key === "Enter" && find("[name=add]", event.target.closest(".field-list"));
  if (event.key !== "s" && !add) return;
  event.preventDefault();
  if (add) add.click();
  else if (form().dataset.hold) form().requestSubmit(find(".toolbar button"));
  else save();
});

on("click", ({ target }) => {
  const row = target.closest(".row-toggle")?.closest(".row"), link = target.closest("a[href^='#']");
  if (row?.dataset.fold === "open") fold(row, false);
  else if (row) openRow(row);
  if (link) reveal(link.hash);
});
addEventListener("hashchange", () => reveal(location.hash));
addEventListener("popstate", (event) => {
  if (form()?.getAttribute("hx-post") === `${location.pathname}/draft`) event.stopImmediatePropagation();
}, true);

on("scroll", () => {
  const links = [...document.querySelectorAll(".toc a, nav .contents a")];
  const at = links.findLast(({ hash }) => byHash(hash)?.getClientRects()[0]?.top < 99) ?? links[0];
  if (!at || at.ariaCurrent) return;
  for (const link of links) link.ariaCurrent = link === at || null;
  at.closest("nav").scrollTop = at.offsetTop - innerHeight / 2;
});

let asking;
const answer = () => find("#ask #error-summary, [aria-labelledby=answer]");
const put = (selector, text) => { const place = find(selector); if (place) place.textContent = text; };
const unasked = (reason) => { put("#ask-failed", reason); announce(reason); };
const unanswered = () => unasked("No answer came. Your text is kept; ask again.");

ofAsk("htmx:confirm", ({ issueRequest }, event) => {
  if (typed === saved) return;
  event.preventDefault();
  if (form().dataset.hold) return unasked("Nothing was asked: your text is not saved yet.");
  save();
  const waiting = setInterval(() => {
    const state = find("#save-state")?.dataset.state;
    if (typed !== saved && state !== "failed") return;
    clearInterval(waiting);
    if (typed === saved) issueRequest(true);
    else unasked("Nothing was asked: your text is not saved yet.");
  }, 100);
});
ofAsk("htmx:beforeRequest", () => {
  const since = Date.now();
  put("#ask-failed", "");
  answer()?.remove();
  announce("Asking. It takes up to 30 seconds.");
  asking = setInterval(() => put("#asking-seconds", Math.round((Date.now() - since) / 1000)), 1000);
});
ofAsk("htmx:beforeOnLoad", ({ xhr }, event) => {
  if (xhr.status !== 401 && !xhr.getResponseHeader("HX-Retarget")) return;
  event.preventDefault();
  unanswered();
  save();
});
ofAsk("htmx:sendError", unanswered);
ofAsk("htmx:afterRequest", () => {
  clearInterval(asking);
  if (answer() && answer() !== document.activeElement) announce(answer().innerText);
});
on("click", ({ target }) => {
  if (!target.matches("[data-cancel-ask]")) return;
  window.htmx.trigger("#ask-form", "htmx:abort");
  announce("Cancelled.");
  find("#ask")?.focus();
});

let path, pressed, had;
const DONE = { paste: stated, propose: stated, add: "Added.", duplicate: "Duplicated.", move: "Moved.", remove: () => `Removed.${find(".removed") ? " Undo is below the list." : ""}`, restore: "Brought back." };
on("htmx:beforeRequest", () => { path = location.pathname; });
on("htmx:beforeSwap", () => { had = document.activeElement; });
on("htmx:afterSettle", ({ detail }) => {
  const { activeElement: at, body } = document, whole = detail.target?.id === "main";
  if (whole) {
    begin();
    if (path === location.pathname) putBackTables();
    resaving = detail.xhr?.getResponseHeader("DevPilot-Error") === "step_validation_failed" && typed > 0;
    if (resaving) save();
  }
  if (whole && path !== location.pathname) {
    const [, locked] = /(\d+)\/lock$/.exec(detail.requestConfig.path) ?? [];
    scrollTo(0, 0);
    announce(`${locked ? `Step ${locked} is locked. ` : ""}${find("h1").innerText}`);
  } else if (whole && DONE[pressed] && !detail.xhr.getResponseHeader("DevPilot-Error")) announce(DONE[pressed].call?.() ?? DONE[pressed]);
  find("#ask")?.removeAttribute("autofocus");
  if ((at === body && (whole || had !== body)) || (whole && !find("#main").contains(at))) {
    (find("#error-summary") ?? answer() ?? find(whole ? "#main" : "#checks")).focus({ preventScroll: !whole });
  }
  if (whole && path !== location.pathname) forget();
});
on("htmx:load", prepare);

prepare();
begin();
reveal(location.hash);
