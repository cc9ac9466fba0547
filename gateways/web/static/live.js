"use strict";
(function () {
  /* One connection for all tabs of this browser: HTTP/1.1 allows six to a host. */
  function SharedSource(url) {
    var self = this;
    this.url = url;
    this.readyState = 0;
    this.listeners = {};
    this.worker = new SharedWorker("/static/live-worker.js");
    this.worker.port.onmessage = function (message) {
      var data = message.data;
      if (data.kind === "open") { self.readyState = 1; if (self.onopen) { self.onopen(new Event("open")); } tell(true); return; }
      if (data.kind === "lost") { self.readyState = 0; tell(false); return; }
      var event = new MessageEvent(data.type, { data: data.data, lastEventId: data.id });
      (self.listeners[data.type] || []).forEach(function (listener) { listener.call(self, event); });
    };
    this.worker.port.start();
    this.worker.port.postMessage({ kind: "connect", url: url });
    window.addEventListener("pagehide", function () { self.close(); });
  }
  SharedSource.prototype.addEventListener = function (type, listener) {
    (this.listeners[type] = this.listeners[type] || []).push(listener);
  };
  SharedSource.prototype.removeEventListener = function (type, listener) {
    this.listeners[type] = (this.listeners[type] || []).filter(function (one) { return one !== listener; });
  };
  SharedSource.prototype.close = function () {
    this.readyState = 2;
    this.worker.port.postMessage({ kind: "close" });
  };

  function tell(connected) {
    var mark = document.getElementById("live");
    var banner = document.getElementById("lost");
    if (mark) {
      mark.classList.toggle("lost", !connected);
      mark.classList.toggle("on", connected);
      mark.textContent = connected ? mark.getAttribute("data-on") : mark.getAttribute("data-off");
    }
    if (banner) { banner.hidden = connected; }
  }

  function PlainSource(url) {
    var source = new EventSource(url);
    source.addEventListener("open", function () { tell(true); });
    source.addEventListener("error", function () { tell(false); });
    return source;
  }

  window.htmx.createEventSource = function (url) {
    return window.SharedWorker ? new SharedSource(url) : PlainSource(url);
  };

  var waiting = 0;
  document.addEventListener("htmx:sseMessage", function (event) {
    var note = document.getElementById("news");
    if (!note || event.detail.type !== "changed") { return; }
    waiting += Number(event.detail.data) || 1;
    note.hidden = false;
    note.querySelector("[data-count]").textContent = String(waiting);
  });
})();
