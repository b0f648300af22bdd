// Shows what is pushed while no page of ours is looked at, and leads to it: in a window that is
// open already, if there is one. It keeps no pages and answers no requests.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  const told = event.data ? event.data.json() : {};
  event.waitUntil(show(told));
});

async function show(told) {
  // One thing is one notice, however often it is pushed.
  await self.registration.showNotification(told.title || "FocusHive", {
    body: told.body || "",
    tag: told.tag,
    icon: "/icon-180.png",
    badge: "/icon-180.png",
    data: { path: told.path || "/notifications" },
  });
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.path));
});

async function open(path) {
  const target = new URL(path, self.location.origin);
  // Nothing that is pushed leads out of the house.
  const url = target.origin === self.location.origin ? target.href : self.location.origin;
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  for (const window of windows) {
    try {
      const shown = await window.navigate(url);
      if (shown) return await shown.focus();
    } catch {
      // A window that is not ours to lead: the next one, or a new one.
    }
  }
  return self.clients.openWindow(url);
}
