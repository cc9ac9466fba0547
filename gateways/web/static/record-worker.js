"use strict";
/* Shows a record form again while there is no network; with one, always the server's page. */
var SHELF = "record-forms";
var FORM = /^\/inspections\/[^/]+\/record$/;

self.addEventListener("install", function () { self.skipWaiting(); });
self.addEventListener("activate", function (event) { event.waitUntil(self.clients.claim()); });

function stored(request, response) {
  var copy = response.clone();
  return caches.open(SHELF).then(function (shelf) { return shelf.put(request.url.split("?")[0], copy); }).then(function () { return response; });
}
function found(request) {
  return caches.open(SHELF).then(function (shelf) { return shelf.match(request.url.split("?")[0]); });
}
self.addEventListener("fetch", function (event) {
  var request = event.request;
  var path = new URL(request.url).pathname;
  if (request.method !== "GET") { return; }
  if (request.mode === "navigate" && FORM.test(path)) {
    event.respondWith(fetch(request).then(function (response) {
      if (response.type === "opaqueredirect" || response.redirected) {
        return caches.open(SHELF).then(function (shelf) { return shelf.delete(request.url.split("?")[0]); }).then(function () { return response; });
      }
      return response.ok ? stored(request, response) : response;
    }, function () {
      return found(request).then(function (kept) { return kept || Response.error(); });
    }));
  } else if (path.indexOf("/static/") === 0) {
    event.respondWith(fetch(request).then(function (response) {
      return response.ok ? stored(request, response) : response;
    }, function () {
      return found(request).then(function (kept) { return kept || Response.error(); });
    }));
  }
});
