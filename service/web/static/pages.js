"use strict";
// Uploads with a bar, players, and keys. Everything here has a way without it.

const nonce = document.querySelector('meta[name="csp-nonce"]')?.content;

function upload(form) {
  const file = form.querySelector('input[type="file"]');
  const bar = form.querySelector("progress");
  const told = form.querySelector(".sending");
  form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("over"); });
  form.addEventListener("dragleave", () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    if (event.dataTransfer.files.length) {
      file.files = event.dataTransfer.files;
      form.requestSubmit();
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "text/html");
    request.upload.addEventListener("progress", (sent) => {
      if (!sent.lengthComputable) return;
      bar.value = Math.round((100 * sent.loaded) / sent.total);
      told.textContent = `${told.dataset.sending} ${bar.value} %`;
    });
    request.addEventListener("load", () => {
      if (request.status < 400) { window.location.assign(request.responseURL); return; }
      const said = new DOMParser().parseFromString(request.responseText, "text/html");
      told.textContent = said.querySelector('[role="alert"]')?.textContent ?? request.statusText;
      done();
    });
    request.addEventListener("error", () => { told.textContent = "×"; done(); });
    const done = () => { bar.hidden = true; form.querySelector("button").disabled = false; };
    bar.hidden = told.hidden = false;
    form.querySelector("button").disabled = true;
    request.send(new FormData(form));
  });
}

function clock(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function player(place) {
  if (!window.WaveSurfer || place.dataset.drawn) return;
  place.dataset.drawn = "yes";
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const sound = place.parentElement.querySelector("audio");
  const wave = window.WaveSurfer.create({
    container: place,
    media: sound,
    peaks: [JSON.parse(place.dataset.peaks)],
    duration: Number(place.dataset.seconds),
    waveColor: colour("--soft"),
    progressColor: colour("--link"),
    cspNonce: nonce,
    height: 128,
    normalize: true,
  });
  const stretches = JSON.parse(place.dataset.stretches);
  if (!stretches.length || !window.WaveSurfer.Regions) return;
  const regions = wave.registerPlugin(window.WaveSurfer.Regions.create());
  const highest = Math.max(...stretches.map((one) => one[2]), 0);
  for (const [start, end, score] of stretches) {
    const strength = highest > 0 ? Math.max(0, score / highest) : 0;
    regions.addRegion({
      start, end, drag: false, resize: false,
      color: `color-mix(in srgb, ${colour("--warm")} ${Math.round(40 * strength)}%, transparent)`,
      content: `${score.toFixed(2)} (${clock(start)})`,
    });
  }
}

function keys(list) {
  const rows = [...list.querySelectorAll("[data-row]")];
  let here = 0;
  const show = () => rows.forEach((row, place) => {
    row.toggleAttribute("data-on", place === here);
    if (place === here) row.scrollIntoView({ block: "nearest" });
  });
  list.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j" || event.key === "ArrowDown") here = Math.min(here + 1, rows.length - 1);
    else if (event.key === "k" || event.key === "ArrowUp") here = Math.max(here - 1, 0);
    else if (event.key === "Enter" && event.target === list) rows[here].querySelector("a").click();
    else if (event.key === "a") rows[here].querySelector("button.take")?.click();
    else return;
    event.preventDefault();
    show();
  });
  list.addEventListener("focus", show);
  list.focus();
}

function deciding(form) {
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("textarea, input[type=text], input:not([type]), select")) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const chosen = { u: "upheld", r: "reversed" }[event.key];
    if (!chosen) return;
    event.preventDefault();
    form.querySelector(`input[value="${chosen}"]`).checked = true;
    form.querySelector("textarea").focus();
  });
}

function draw(root) {
  root.querySelectorAll("[data-sound]").forEach(player);
}

document.querySelectorAll("[data-drop]").forEach(upload);
document.querySelectorAll("[data-keys]").forEach(keys);
document.querySelectorAll("[data-decide]").forEach(deciding);
draw(document);
document.addEventListener("htmx:after:swap", () => draw(document));
