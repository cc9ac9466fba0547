"use strict";
(function () {
  /* What is typed stays on this device until the server has it. */
  function kept(name) {
    try { return JSON.parse(window.localStorage.getItem(name)); } catch (error) { return null; }
  }
  function drop(name) {
    try { window.localStorage.removeItem(name); } catch (error) { /* nothing was kept */ }
  }

  /* The chosen photo or scan does not fit there: a database of the browser holds it. */
  var FILES = "record-files";
  function shelf(mode, use) {
    return new Promise(function (kept, failed) {
      var opening = window.indexedDB.open(FILES, 1);
      opening.onupgradeneeded = function () { opening.result.createObjectStore("files"); };
      opening.onerror = function () { failed(opening.error); };
      opening.onsuccess = function () {
        var work = opening.result.transaction("files", mode);
        var asked = use(work.objectStore("files"));
        work.oncomplete = function () { opening.result.close(); kept(asked.result); };
        work.onabort = function () { opening.result.close(); failed(work.error); };
      };
    });
  }
  function keepFile(name, chosen) { return shelf("readwrite", function (files) { return files.put(chosen, name); }); }
  function keptFile(name) { return shelf("readonly", function (files) { return files.get(name); }); }
  function dropFile(name) {
    return shelf("readwrite", function (files) { return files.delete(name); }).catch(function () { /* nothing was kept */ });
  }

  var unsent = document.querySelector("[data-unsent]");
  if (unsent && kept(unsent.dataset.unsent)) {
    unsent.hidden = false;
    unsent.querySelector("[data-drop]").addEventListener("click", function () {
      drop(unsent.dataset.unsent);
      dropFile(unsent.dataset.unsent);
      unsent.hidden = true;
    });
  }

  var form = document.querySelector("form.record");
  if (!form) { return; }
  var RETRY_MS = 15000;
  var name = form.dataset.keep;
  var state = document.getElementById("state");
  var refused = document.getElementById("refused");
  var button = document.getElementById("send");
  var file = form.elements["record.upload"];
  var draft = null, sending = false, done = false, restoring = false, soon = 0;

  function inputs() {
    return Array.prototype.filter.call(form.elements, function (one) {
      return one.name && one.type !== "hidden" && one.type !== "file";
    });
  }
  function say(what, warn) {
    state.textContent = state.dataset[what] || what;
    state.classList.toggle("warn", Boolean(warn));
  }
  function values() {
    var found = {};
    inputs().forEach(function (one) {
      if (one.type === "checkbox") { found[one.name] = one.checked; }
      else if (one.type !== "radio") { found[one.name] = one.value; }
      else if (one.checked) { found[one.name] = one.value; }
    });
    return found;
  }
  function store(waiting) {
    draft = { key: form.elements.idempotency_key.value, values: values(), waiting: waiting, file: file.files.length > 0 };
    try { window.localStorage.setItem(name, JSON.stringify(draft)); return true; }
    catch (error) { say("nokeep", true); return false; }
  }
  function restore() {
    draft = kept(name);
    if (!draft || !draft.values) { draft = null; return; }
    form.elements.idempotency_key.value = draft.key;
    inputs().forEach(function (one) {
      if (!Object.prototype.hasOwnProperty.call(draft.values, one.name)) { return; }
      var value = draft.values[one.name];
      if (one.type === "checkbox") { one.checked = value; }
      else if (one.type === "radio") { one.checked = one.value === value; }
      else { one.value = value; }
    });
    if (!draft.file) { restored(); return; }
    restoring = true;
    button.disabled = true;
    keptFile(name).then(function (found) {
      if (!found) { throw new Error("the file is gone"); }
      if (!file.files.length) {
        var chosen = new DataTransfer();
        chosen.items.add(found);
        file.files = chosen.files;
      }
      return restored;
    }).catch(function () {
      return function () { draft.waiting = false; store(false); say("refile", true); };
    }).then(function (next) {
      restoring = false;
      button.disabled = false;
      next();
      again();
    });
  }
  function restored() { say(draft.waiting ? "waiting" : "restored", draft.waiting); }

  function wrong(told) {
    form.querySelectorAll("[data-error]").forEach(function (one) {
      var text = told.fields[one.dataset.error];
      one.hidden = !text;
      one.textContent = text ? "✕ " + text : "";
      var input = document.getElementById("f-" + one.dataset.error);
      if (input && input.matches("input, select, textarea")) {
        if (text) { input.setAttribute("aria-invalid", "true"); } else { input.removeAttribute("aria-invalid"); }
      }
    });
    refused.textContent = "";
    var head = refused.appendChild(document.createElement("h2"));
    head.textContent = "▲ " + told.title;
    var list = refused.appendChild(document.createElement("ul"));
    var places = Object.keys(told.fields);
    places.forEach(function (place) {
      var link = list.appendChild(document.createElement("li")).appendChild(document.createElement("a"));
      link.href = "#f-" + place;
      link.textContent = told.fields[place];
    });
    (places.length ? told.others : told.others.concat([told.detail])).forEach(function (text) {
      list.appendChild(document.createElement("li")).textContent = text;
    });
    var next = refused.appendChild(document.createElement("p"));
    next.appendChild(document.createElement("strong")).textContent = state.dataset.next;
    next.appendChild(document.createTextNode(told.next));
    refused.hidden = false;
    refused.focus();
    refused.scrollIntoView();
  }

  function later() { store(true); say("waiting", true); }
  function signIn() {
    store(false);
    say("sign", true);
    var link = state.appendChild(document.createElement("a"));
    link.href = "/sign-in?back=" + encodeURIComponent(window.location.pathname + window.location.search);
    link.textContent = " " + state.dataset.signin;
  }
  function free() { sending = false; button.disabled = false; form.inert = false; }

  function send() {
    if (sending || done || restoring) { return; }
    sending = true;
    window.clearTimeout(soon);
    soon = 0;
    button.disabled = true;
    refused.hidden = true;
    store(true);
    say("sending");
    var body = new FormData(form);
    form.inert = true;
    window.fetch(form.action, {
      method: "POST", body: body, credentials: "same-origin", headers: { "X-Record": "1" }
    }).then(function (response) {
      if (response.redirected && response.url.indexOf("/sign-in") > 0) { free(); signIn(); return null; }
      if (response.status >= 500 || response.status === 429) { free(); later(); return null; }
      return response.text().then(function (text) {
        var told = null;
        try { told = JSON.parse(text); } catch (error) { told = null; }
        if (told && told.recorded) {
          done = true;
          drop(name);
          dropFile(name).then(function () { window.location.assign(told.address); });
          return;
        }
        free();
        if (!told || !told.fields) { signIn(); return; }
        store(false);
        state.textContent = "";
        wrong(told);
      });
    }).catch(function () { free(); later(); });
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    send();
  });
  function typed() {
    if (done || sending) { return; }
    if (draft) { draft.waiting = false; }
    window.clearTimeout(soon);
    soon = window.setTimeout(function () { soon = 0; if (store(false)) { say("saved"); } }, 250);
  }
  file.addEventListener("change", function () {
    var chosen = file.files[0];
    (chosen ? keepFile(name, chosen) : dropFile(name)).catch(function () { say("nofile", true); });
  });
  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  function flush() {
    if (soon && !sending && !done) { window.clearTimeout(soon); soon = 0; store(false); }
  }
  window.addEventListener("pagehide", flush);
  document.addEventListener("visibilitychange", function () { if (document.hidden) { flush(); } else { again(); } });
  function again() { if (draft && draft.waiting && !sending && !done && !restoring) { send(); } }
  window.addEventListener("online", again);
  window.setInterval(again, RETRY_MS);

  /* The paper shows what the form holds. */
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll(".on-paper [data-from]").forEach(function (one) {
      var input = form.elements[one.dataset.from];
      if (!input) { return; }
      var text = input.value;
      if (input.tagName === "SELECT") { text = input.value ? input.selectedOptions[0].textContent : ""; }
      one.textContent = input.type === "datetime-local" ? text.replace("T", " ") : text;
    });
    var signed = form.querySelector("input[name=signed]:checked");
    document.querySelectorAll(".on-paper [data-signed]").forEach(function (one) {
      one.hidden = !signed || one.dataset.signed !== signed.value;
    });
  });

  restore();
  again();
  if ("serviceWorker" in navigator && window.isSecureContext) {
    navigator.serviceWorker.register("/inspections/worker.js").then(function () {
      return window.caches.open("record-forms");
    }).then(function (shelf) {
      var files = [form.action.split("?")[0]];
      document.querySelectorAll("link[rel=stylesheet], script[src]").forEach(function (one) { files.push(one.href || one.src); });
      return shelf.addAll(files);
    }).then(function () { form.dataset.shelved = "yes"; }).catch(function () { /* the page works without it */ });
  }
})();
