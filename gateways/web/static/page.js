"use strict";
(function () {
  document.documentElement.classList.add("js");

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.matches("form.act")) { return; }
    if (form.dataset.sent === "yes") { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    var button = event.submitter;
    window.setTimeout(function () {
      if (button) { button.disabled = true; }
    }, 0);
  });
  window.addEventListener("pageshow", function (event) {
    if (!event.persisted) { return; }
    document.querySelectorAll("form.act").forEach(function (form) {
      delete form.dataset.sent;
      form.querySelectorAll("button").forEach(function (button) { button.disabled = false; });
    });
  });

  var summary = document.querySelector(".summary, .done");
  if (summary) { summary.focus(); }

  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest("[data-print]");
    if (link) { event.preventDefault(); window.print(); }
  });

  function replay() { return document.getElementById("replay"); }

  var wanted = null, busy = false;
  function go(step) {
    var stage = replay();
    var total = Number(stage.dataset.total);
    wanted = Math.max(1, Math.min(total, step));
    if (!busy) { fetchStep(); }
  }
  function fetchStep() {
    var stage = replay();
    var at = wanted;
    wanted = null;
    if (at === null || at === Number(stage.dataset.at)) { return; }
    var address = new URL(window.location.href);
    address.searchParams.set("at", String(at));
    busy = true;
    window.htmx.ajax("GET", address.pathname + address.search, {
      target: "#replay", select: "#replay", swap: "outerHTML"
    }).then(function () {
      window.history.replaceState(null, "", address);
      busy = false;
      if (wanted !== null) { fetchStep(); }
    }, function () { busy = false; });
  }
  document.addEventListener("keydown", function (event) {
    var stage = replay();
    if (!stage || event.altKey || event.ctrlKey || event.metaKey) { return; }
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.id !== "at") { return; }
    var at = wanted === null ? Number(stage.dataset.at) : wanted;
    var step = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 1, End: Number(stage.dataset.total) }[event.key];
    if (step === undefined) { return; }
    event.preventDefault();
    go(step);
  });
  document.addEventListener("input", function (event) {
    if (event.target.id === "at") { go(Number(event.target.value)); }
  });
  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest("[data-step]");
    if (!link || !replay() || event.ctrlKey || event.metaKey || event.shiftKey) { return; }
    event.preventDefault();
    go(Number(link.getAttribute("data-step")));
  });
  document.addEventListener("htmx:afterSwap", function () {
    var slider = document.getElementById("at");
    if (slider && document.activeElement === document.body) { slider.focus(); }
  });
})();
