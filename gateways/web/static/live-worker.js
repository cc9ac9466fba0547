"use strict";
/* One EventSource an address, shared by every tab; it resumes by Last-Event-ID by itself. */
var sources = {};

function source(url) {
  if (sources[url]) { return sources[url]; }
  var shared = { ports: [], events: new EventSource(url), open: false };
  function send(message) { shared.ports.forEach(function (port) { port.postMessage(message); }); }
  shared.events.onopen = function () { shared.open = true; send({ kind: "open" }); };
  shared.events.onerror = function () { shared.open = false; send({ kind: "lost" }); };
  ["hello", "changed"].forEach(function (type) {
    shared.events.addEventListener(type, function (event) {
      send({ kind: "event", type: type, data: event.data, id: event.lastEventId });
    });
  });
  sources[url] = shared;
  return shared;
}

function leave(port) {
  Object.keys(sources).forEach(function (url) {
    var shared = sources[url];
    shared.ports = shared.ports.filter(function (one) { return one !== port; });
    if (shared.ports.length === 0) { shared.events.close(); delete sources[url]; }
  });
}

self.onconnect = function (connection) {
  var port = connection.ports[0];
  port.onmessage = function (message) {
    if (message.data.kind === "connect") {
      var shared = source(message.data.url);
      shared.ports.push(port);
      if (shared.open) { port.postMessage({ kind: "open" }); }
    } else { leave(port); }
  };
  port.start();
};
