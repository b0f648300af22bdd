/** A push of the house, in a browser that shows notices: the one without a window has none. */
import { WHOLE_BROWSER } from "../support/browser.js";
import { awake, expect, expectQuiet, lobby, signIn, test, visitor } from "../support/house.js";

test.use({ launchOptions: WHOLE_BROWSER });

test("a push is shown once, and its click leads a window that is open", async ({ browser, house }) => {
  const ada = await visitor(browser);
  await ada.context().grantPermissions(["notifications"], { origin: house.url });
  await signIn(ada, house);
  await ada.goto(lobby(house));
  await awake(ada);
  const worker = ada.context().waitForEvent("serviceworker");
  await ada.evaluate(async () => {
    await navigator.serviceWorker.register("/sw.js");
    await navigator.serviceWorker.ready;
  });
  const sw = await worker;
  const cdp = await ada.context().newCDPSession(ada);
  const registered = new Promise<string>((known) => {
    cdp.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => registrations[0] && known(registrations[0].registrationId));
  });
  await cdp.send("ServiceWorker.enable");
  const data = JSON.stringify({ title: "Rita mentioned you in Ringing", path: "/focus", tag: "one", unread: 1 });
  const push = { origin: house.url, registrationId: await registered, data };
  await cdp.send("ServiceWorker.deliverPushMessage", push);
  await cdp.send("ServiceWorker.deliverPushMessage", push);
  const shown = () => ada.evaluate(async () => (await (await navigator.serviceWorker.ready).getNotifications()).map((notice) => notice.title));
  await expect.poll(shown).toEqual(["Rita mentioned you in Ringing"]);
  await sw.evaluate(async () => {
    const scope = self as unknown as { registration: { getNotifications(): Promise<unknown[]> }; NotificationEvent: new (name: string, data: object) => Event };
    const [notification] = await scope.registration.getNotifications();
    self.dispatchEvent(new scope.NotificationEvent("notificationclick", { notification }));
  });
  await expect(ada).toHaveURL(`${house.url}/focus`);
  expect(ada.context().pages()).toHaveLength(1);
  expectQuiet(ada);
});
