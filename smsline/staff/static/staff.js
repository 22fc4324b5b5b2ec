// What the pages do beside what they do without this: screens that follow what is typed, one click to copy, a log that
// stands at its end.
"use strict";

const form = document.querySelector("form[data-look]");
const look = document.getElementById("look");

if (form && look) {
  let waiting = 0;
  let number = 0;
  const draw = async () => {
    const mine = ++number;
    const typed = new FormData(form);
    typed.set("action", form.dataset.look);
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body: new URLSearchParams(typed) });
    if (mine === number && (answer.ok || answer.status === 409)) {
      look.innerHTML = await answer.text();
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(draw, 500);
  });
  form.elements.language?.addEventListener("change", () => {
    form.querySelector("button[value=look]")?.click();
  });
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const area = document.getElementById(button.dataset.copy);
    area.select();
    navigator.clipboard?.writeText(area.value);
  });
}

for (const log of document.querySelectorAll("[role=log]")) {
  log.scrollTop = log.scrollHeight;
}
