// The pages work without this file. It moves the focus to what just happened and says it once.
(() => {
  "use strict";
  const said = document.getElementById("said");
  const attend = (root) => {
    const target = root.matches?.("[data-focus]") ? root : root.querySelector("[data-focus]");
    if (!target) return false;
    target.focus({ preventScroll: false });
    return true;
  };
  attend(document.body);
  document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
    // The form stays, with its key: what to do about it is said above it.
    const { status } = ctx.response;
    if ((status < 500 && status !== 429) || !ctx.text.startsWith("<section")) return;
    ctx.target.insertAdjacentHTML("beforebegin", ctx.text);
    attend(ctx.target.parentElement);
  });
  document.addEventListener("htmx:before:request", () => document.getElementById("stopped")?.remove());
  document.addEventListener("htmx:after:swap", (event) => {
    const root = event.target instanceof Element ? event.target : document.body;
    if (attend(root)) return;
    const heading = root.querySelector("h2, h1");
    if (heading && said) said.textContent = heading.textContent;
  });
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-print]");
    if (button) { event.preventDefault(); window.print(); }
  });
})();
