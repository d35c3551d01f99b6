// Keeps the page's own files, so that it opens while the process is starting again. Answers and states are never kept.

const EDITION_URL = '/web/edition.json';

self.addEventListener('install', (event) => {
  event.waitUntil((async () => {
    const { edition, files } = await (await fetch(EDITION_URL, { cache: 'no-store' })).json();
    const cache = await caches.open(`safeport-${edition}`);
    await cache.addAll([...files, '/terminal']);
    await self.skipWaiting();
  })());
});

self.addEventListener('activate', (event) => {
  event.waitUntil((async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith('safeport-'));
    const pages = await Promise.all(names.map(async (name) => ({ name, has: await (await caches.open(name)).match('/terminal') })));
    // The newest cache that is whole stays, with the one before it for pages still open.
    await Promise.all(pages.filter((page) => !page.has).map((page) => caches.delete(page.name)));
    const whole = pages.filter((page) => page.has);
    await Promise.all(whole.slice(0, -2).map((page) => caches.delete(page.name)));
    await self.clients.claim();
  })());
});

self.addEventListener('fetch', (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== 'GET' || origin !== self.location.origin) return;
  if (pathname.startsWith('/web/v-')) {
    event.respondWith(caches.match(event.request).then((kept) => kept ?? fetch(event.request)));
  } else if (pathname === '/terminal') {
    event.respondWith(fetch(event.request).catch(async () => (await caches.match('/terminal')) ?? Response.error()));
  }
});
