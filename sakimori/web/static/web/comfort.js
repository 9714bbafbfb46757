// Comfort only: every link and form works without this file. Tables are sorted, filtered and turned without loading
// the page anew; where the answer is no such table (a session that ended, an error), the page it is gets loaded.
"use strict";

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target } = event.detail;
  const wanted = target.id && new DOMParser().parseFromString(xhr.responseText, "text/html").getElementById(target.id);
  if (xhr.status !== 200 || !wanted) {
    event.detail.shouldSwap = false;
    window.location.assign(xhr.responseURL || window.location.href);
  }
});

document.addEventListener("htmx:sendError", () => window.location.reload());

// The second click on the same button does nothing while the first is on its way.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 10000); // an answer that is a file leaves the page where it is
});

// A page brought back by the back button may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
