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

  var summary = document.querySelector(".summary:not([hidden]), .done");
  if (summary) { summary.focus(); }

  /* Who signs in next finds no page of the one before. */
  if (window.location.pathname === "/sign-in" && window.caches) { window.caches.delete("record-forms"); }

  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest("[data-print]");
    if (link) { event.preventDefault(); window.print(); }
  });

  /* The folded part of the menu closes at Escape, and when the focus or the pointer goes elsewhere. */
  var more = document.querySelector("nav.main .more");
  if (more) {
    more.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && more.open) { more.open = false; more.querySelector("summary").focus(); }
    });
    ["click", "focusin"].forEach(function (kind) {
      document.addEventListener(kind, function (event) {
        if (more.open && !more.contains(event.target)) { more.open = false; }
      });
    });
  }

  /* What scrolls sideways and holds nothing to focus is reached by the keyboard itself. */
  function reachable() {
    document.querySelectorAll(".card, .scroll").forEach(function (one) {
      var scrolls = one.scrollWidth > one.clientWidth && !one.querySelector("a[href], button, input:not([type=hidden]), select, textarea, summary");
      if (scrolls) { one.setAttribute("tabindex", "0"); one.dataset.reachable = "yes"; }
      else if (one.dataset.reachable) { one.removeAttribute("tabindex"); delete one.dataset.reachable; }
    });
  }
  reachable();
  window.addEventListener("resize", reachable);

  /* Paper shows what is folded away on the screen. */
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details:not([open])").forEach(function (one) {
      one.open = true;
      one.dataset.opened = "for print";
    });
  });
  window.addEventListener("afterprint", function () {
    document.querySelectorAll("details[data-opened]").forEach(function (one) {
      one.open = false;
      delete one.dataset.opened;
    });
  });

  function replay() { return document.getElementById("replay"); }

  var wanted = null, busy = false;
  function stepNow() { return wanted === null ? Number(replay().dataset.at) : wanted; }
  function go(step) {
    wanted = Math.max(1, Math.min(Number(replay().dataset.total), step));
    mark(wanted);
    if (!busy) { fetchStep(); }
  }
  function fetchStep() {
    var at = wanted;
    wanted = null;
    if (at === null || at === Number(replay().dataset.at)) { return; }
    var source = new URL(replay().dataset.stepSource, window.location.href);
    source.searchParams.set("at", String(at));
    busy = true;
    window.fetch(source, { credentials: "same-origin" }).then(function (response) {
      if (response.redirected || !response.ok) { window.location.assign(at_address(at)); return null; }
      return response.text();
    }).then(function (text) {
      busy = false;
      if (text === null) { return; }
      var made = new DOMParser().parseFromString(text, "text/html").getElementById("step");
      document.getElementById("step").replaceWith(document.importNode(made, true));
      replay().dataset.at = String(at);
      window.history.replaceState(null, "", at_address(at));
      if (wanted !== null) { fetchStep(); }
    }, function () { busy = false; });
  }
  function at_address(at) {
    var address = new URL(window.location.href);
    address.searchParams.set("at", String(at));
    return address;
  }
  function mark(at) {
    var total = Number(replay().dataset.total);
    replay().querySelectorAll("[data-n]").forEach(function (one) {
      var number = Number(one.getAttribute("data-n"));
      one.classList.toggle("later", number > at);
      if (one.tagName === "LI") {
        one.classList.toggle("here", number === at);
        var link = one.querySelector("a");
        if (number === at) { link.setAttribute("aria-current", "step"); } else { link.removeAttribute("aria-current"); }
      }
    });
    var dot = replay().querySelector("svg a[data-step='" + at + "']");
    var here = document.getElementById("here");
    here.setAttribute("cx", dot.getAttribute("data-x"));
    here.setAttribute("cy", dot.getAttribute("data-y"));
    document.getElementById("at-now").textContent = String(at);
    document.getElementById("at").value = String(at);
    replay().querySelectorAll("[data-go]").forEach(function (one) {
      var to = { first: 1, prev: at - 1, next: at + 1, last: total }[one.getAttribute("data-go")];
      one.hidden = to < 1 || to > total;
      var address = at_address(Math.max(1, Math.min(total, to)));
      one.setAttribute("href", address.pathname + address.search);
    });
  }
  document.addEventListener("keydown", function (event) {
    if (!replay() || event.altKey || event.ctrlKey || event.metaKey) { return; }
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.id !== "at") { return; }
    var at = stepNow();
    var step = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 1, End: Number(replay().dataset.total) }[event.key];
    if (step === undefined) { return; }
    event.preventDefault();
    go(step);
  });
  document.addEventListener("input", function (event) {
    if (event.target.id === "at") { go(Number(event.target.value)); }
  });
  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest("[data-step], [data-go]");
    if (!link || !replay() || event.ctrlKey || event.metaKey || event.shiftKey) { return; }
    event.preventDefault();
    var where = link.getAttribute("data-go"), at = stepNow();
    go(where ? { first: 1, prev: at - 1, next: at + 1, last: Number(replay().dataset.total) }[where]
             : Number(link.getAttribute("data-step")));
  });
})();
