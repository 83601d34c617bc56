// The service worker: what the page needs without a connection. The service writes SHELL before it, anew for each version.

/* global SHELL */

const SHELL_CACHE = `shell-${SHELL.version}`;
const DATA_CACHE = "data";
const MOST_DATA = 600;
const PATIENCE_MS = 6_000;
const DATA = /^\/(map\/(cases|visitor)|layers|ogc\/styles\/town|ogc\/collections\/[^/]+\/tiles\/WebMercatorQuad|cases\/[^/]+(\/(proposals|events))?)$/;
const LOOSELY = { ignoreVary: true };

self.addEventListener("install", (event) => event.waitUntil(fetchShell().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(forgetOldShells().then(() => self.clients.claim())));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.method === "POST" && pathname === "/sign-out") event.waitUntil(forgetData());
  if (request.method !== "GET") return;
  if (pathname.startsWith("/static/vendor/") || pathname.startsWith("/tiles/")) event.respondWith(keptFirst(request));
  else if (pathname === "/map") event.respondWith(networkFirst(event, SHELL_CACHE, "/map"));
  else if (pathname.startsWith("/static/")) event.respondWith(networkFirst(event, SHELL_CACHE, request));
  else if (DATA.test(pathname)) event.respondWith(networkFirst(event, DATA_CACHE, request));
});

async function fetchShell() {
  const cache = await caches.open(SHELL_CACHE);
  await cache.addAll(["/map", ...SHELL.files].map((file) => new Request(file, { cache: "no-cache" })));
}

async function forgetOldShells() {
  const names = (await caches.keys()).filter((name) => name.startsWith("shell-") && name !== SHELL_CACHE);
  await Promise.all(names.map((name) => caches.delete(name)));
}

/** Whoever signs out leaves no case behind; the shell holds none. */
async function forgetData() {
  const names = (await caches.keys()).filter((name) => !name.startsWith("shell-"));
  await Promise.all(names.map((name) => caches.delete(name)));
}

/** Vendored files and tiles never change under their address; the map library adds words of its own to that of its worker. */
async function keptFirst(request) {
  return (await caches.match(request, { ...LOOSELY, ignoreSearch: true })) ?? fetch(request);
}

/** From the service; what was kept only where it is not reached, or does not answer in time. */
async function networkFirst(event, name, key) {
  const cache = await caches.open(name);
  const kept = await cache.match(key, LOOSELY);
  try {
    const answer = await (kept ? inTime(event.request) : fetch(event.request));
    if (answer.ok && !answer.redirected) event.waitUntil(keep(cache, name, key, answer.clone()));
    if (name === DATA_CACHE) event.waitUntil(tell({ saved: null }));
    return answer;
  } catch (error) {
    if (!kept) throw error;
    if (name === DATA_CACHE) event.waitUntil(tell({ saved: kept.headers.get("date") }));
    return kept;
  }
}

function inTime(request) {
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error("The service did not answer in time.")), PATIENCE_MS));
  return Promise.race([fetch(request), late]);
}

async function keep(cache, name, key, answer) {
  await cache.put(key, answer);
  if (name !== DATA_CACHE) return;
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - MOST_DATA)).map((old) => cache.delete(old)));
}

/** Tells the pages whether what they see comes from the service, or from when. */
async function tell(state) {
  const pages = await self.clients.matchAll({ type: "window" });
  pages.forEach((page) => page.postMessage(state));
}
