// Keeps the page for use without a network. The build puts a version made from the files' contents and the list of files here.

// Other deployments under this origin have copies of their own, which are none of our business.
const OWN = `headroom ${self.registration.scope} `;
const CACHE = OWN + "VERSION";
const FILES = [];

// A newer version waits until the last tab of the one before is closed, which goes on with its own files until then.
self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(names.filter((name) => name.startsWith(OWN) && name !== CACHE).map((name) => caches.delete(name))),
      )
      .then(() => self.clients.claim()),
  );
});

const kept = (request) => caches.open(CACHE).then((cache) => cache.match(request, { ignoreSearch: true }));

// The page itself, and what it starts with under a name of its own, come from the network when there is one: a new release is seen at once, and whole.
// Files that are named after their content never change.
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode !== "navigate" && pathname.includes("/assets/")) {
    event.respondWith(kept(request).then((file) => file ?? fetch(request)));
    return;
  }
  event.respondWith(fetch(request).catch(() => kept(request.mode === "navigate" ? "./" : request)));
});
