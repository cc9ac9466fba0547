"use strict";
/* One EventSource an address, shared by every tab; it resumes by Last-Event-ID by itself. */
var SILENT_MS = 3500, AGAIN_MS = 1500;
var sources = {};

function source(url) {
  if (sources[url]) { return sources[url]; }
  var shared = { ports: [], events: null, open: false, told: false, heard: Date.now(), last: "" };
  function send(message) { shared.ports.forEach(function (port) { port.postMessage(message); }); }
  function found() {
    shared.heard = Date.now();
    if (!shared.open) { shared.open = true; send({ kind: "open" }); }
  }
  function lost() {
    shared.open = false;
    shared.heard = 0;
    send({ kind: "lost" });
  }
  function connect() {
    /* A refused stream is never tried again by the browser, so a new one asks what it missed. */
    var events = new EventSource(shared.last ? url + "?last=" + encodeURIComponent(shared.last) : url);
    shared.events = events;
    events.onopen = found;
    events.onerror = function () {
      lost();
      if (events.readyState === 2) {
        setTimeout(function () { if (shared.events === events && sources[url] === shared) { connect(); } }, AGAIN_MS);
      }
    };
    events.addEventListener("beat", found);
    ["hello", "changed"].forEach(function (type) {
      events.addEventListener(type, function (event) {
        found();
        shared.last = event.lastEventId || shared.last;
        send({ kind: "event", type: type, data: event.data, id: event.lastEventId });
      });
    });
  }
  connect();
  /* A line cut without a word: the server beats every second. */
  shared.watch = setInterval(function () {
    if (shared.open && Date.now() - shared.heard > SILENT_MS) { lost(); }
  }, 500);
  sources[url] = shared;
  return shared;
}

function leave(port) {
  Object.keys(sources).forEach(function (url) {
    var shared = sources[url];
    shared.ports = shared.ports.filter(function (one) { return one !== port; });
    if (shared.ports.length === 0) {
      clearInterval(shared.watch);
      shared.events.close();
      delete sources[url];
    }
  });
}

self.onconnect = function (connection) {
  var port = connection.ports[0];
  port.onmessage = function (message) {
    if (message.data.kind === "connect") {
      var shared = source(message.data.url);
      shared.ports.push(port);
      if (shared.open) { port.postMessage({ kind: "open" }); }
      else if (shared.heard === 0) { port.postMessage({ kind: "lost" }); }
    } else { leave(port); }
  };
  port.start();
};
