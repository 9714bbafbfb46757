// How far a file has been checked, while the answer to its form is on its way. Comfort only: without it the form says
// how long it takes. The form names where to ask (data-progress) and holds the place to write to ([data-told]).
"use strict";

const ask = async (form, place) => {
  try {
    const answer = await fetch(form.dataset.progress, { headers: { Accept: "application/json" } });
    const told = answer.ok ? await answer.json() : {};
    if (told.said && place.textContent !== told.said) place.textContent = told.said;
  } catch {
    // the next one may come through
  }
};

for (const form of document.querySelectorAll("form[data-progress]")) {
  const place = form.querySelector("[data-told]");
  let timer = 0;
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented || timer) return;
    place.textContent = place.dataset.told;
    timer = setInterval(() => ask(form, place), 700);
  });
  window.addEventListener("pageshow", () => {
    clearInterval(timer);
    timer = 0;
    place.textContent = "";
  });
}
