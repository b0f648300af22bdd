/** `stomp.py`, unmodified, in one hive with a browser tab of ours: the scene that the others play. */
import { log, message, say } from "../support/hive.js";
import { House, expect, expectQuiet, setUp, test, visitor } from "../support/house.js";
import { PythonClient, type Heard } from "../support/python.js";
import { chatMessage } from "../support/stomp.js";
import { scene, stopClock, token as tokenOf } from "../support/wire.js";

/** Somebody who comes in by a script, signed in and connected. */
async function connected(house: House, email: string): Promise<PythonClient> {
  const client = PythonClient.start("stomp");
  const token = await client.signIn(house, email);
  expect(await client.ask("connect", { url: house.url, token })).toMatchObject({ version: "1.2" });
  return client;
}

const content = ({ body }: Heard): string => body!.payload.content;

test("stomp.py and a browser tab are in one hive", async ({ browser, house }) => {
  test.slow(); // it waits until a notification cannot be taken back any more
  const { ada, id } = await scene(browser, house, "Snakes", "Pia");
  const pia = await connected(house, "pia@example.org");
  for (const queue of ["errors", "replies", "notifications"]) await pia.ask("subscribe", { destination: `/user/queue/${queue}` });
  await pia.ask("subscribe", { destination: `/topic/hive/${id}` });
  const seats = ({ body }: Heard) => body!.payload.snapshot.seats.map((seat: any) => seat.person.name);
  expect(seats(await pia.next("SNAPSHOT"))).toContain("Ada Lovelace");
  await pia.ask("send", { destination: `/app/hive/${id}/join`, body: {} });
  await expect(ada.locator(".roster").getByText("Pia")).toBeVisible();
  await pia.ask("publish", { destination: "/app/hive.members", body: { hive: id }, headers: { "correlation-id": "who" } });
  const members = await pia.next("REPLY", ({ headers }) => headers!["correlation-id"] === "who");
  expect(members.body!.payload.ok.map((member: any) => member.person.name).sort()).toEqual(["Ada Lovelace", "Pia"]);

  // Words go both ways, in one order.
  await pia.ask("send", { destination: `/app/chat/send/${id}`, body: chatMessage(id, "hello from a script — “ü”") });
  await expect(message(ada, "hello from a script — “ü”")).toBeVisible();
  await say(ada, "hello @pia from a page");
  await pia.next("CHAT_MESSAGE", (told) => content(told) === "hello @pia from a page");
  const heard = pia.told.heard.filter(({ body }) => body?.type === "CHAT_MESSAGE");
  expect(heard.map(content)).toEqual(["hello from a script — “ü”", "hello @pia from a page"]);
  expect(Number(heard[1].headers!.seq)).toBe(Number(heard[0].headers!.seq) + 1);
  await expect(log(ada).locator(".message-body")).toHaveText(heard.map(content));

  await ada.locator("#composer").pressSequentially("I wri");
  await pia.next("CHAT_TYPING", ({ body }) => body!.payload.typing);
  await pia.ask("publish", { destination: `/app/typing/${id}`, body: {} });
  await expect(ada.getByText(/Pia (is writing|writes)/)).toBeVisible();

  // Being named is told once it cannot be taken back any more.
  const { headers, body } = await pia.next("NOTIFICATION");
  expect(headers).toMatchObject({ destination: "/user/queue/notifications", event: "notification.new" });
  expect(body!.payload).toMatchObject({ notificationType: "MENTION", title: expect.stringContaining("mentioned you in") });

  // The clock is one: what she proposes the host agrees to.
  await pia.ask("send", { destination: `/app/timer/${id}/start`, body: {} });
  await ada.getByRole("button", { name: "Agree" }).click();
  const started = await pia.next("TIMER_CHANGED", ({ body }) => body!.payload.timer?.is === "running");
  await pia.ask("publish", { destination: `/app/timer/${id}/sync`, body: {}, headers: { "correlation-id": "sync" } });
  const reply = await pia.next("REPLY", ({ headers }) => headers!["correlation-id"] === "sync");
  expect(reply.body!.payload.ok.timer.ends_at).toBe(started.body!.payload.timer.ends_at);
  await stopClock(house, id);
  await pia.ask("close");
  await pia.end();
  expectQuiet(ada);
});

test("stomp.py misses nothing that was said while it was away", async ({ browser, house }) => {
  const { ada, id } = await scene(browser, house, "Gone for tea", "Theo");
  const topic = { destination: `/topic/chat/${id}` };
  const theo = await connected(house, "theo@example.org");
  await theo.ask("subscribe", topic);
  await say(ada, "first");
  const { headers } = await theo.next("CHAT_MESSAGE");
  await theo.end();
  await say(ada, "second");
  await say(ada, "third");
  await expect(message(ada, "third")).toBeVisible();
  const back = await connected(house, "theo@example.org");
  await back.ask("subscribe", { ...topic, headers: { since: headers!.seq } });
  await back.next("CHAT_MESSAGE", (told) => content(told) === "third");
  expect(back.told.heard.filter(({ body }) => body?.type === "CHAT_MESSAGE").map(content)).toEqual(["second", "third"]);
  await back.end();
});

test("a transaction of stomp.py's happens at once or not at all, and what it refuses comes again", async ({ browser, house }) => {
  test.slow(); // a script starts in it too
  const { ada, id } = await scene(browser, house, "Both or none", "Tony");
  const tony = await connected(house, "tony@example.org");
  for (const queue of ["errors", "notifications"]) await tony.ask("subscribe", { destination: `/user/queue/${queue}` });
  await tony.ask("subscribe", { destination: "/user/queue/replies", ack: "client-individual" });
  const one = (body: string) => [`/app/chat/send/${id}`, { body }];
  await tony.ask("transaction", { sends: [one("never")], ends: "abort" });
  await tony.ask("transaction", { sends: [one("one"), one("two")], ends: "commit" });
  await expect(log(ada).locator(".message-body")).toHaveText(["one", "two"]);

  await tony.ask("publish", { destination: `/app/timer/${id}/sync`, body: {}, headers: { "correlation-id": "again" } });
  const mine = ({ headers }: Heard) => headers!["correlation-id"] === "again";
  const first = await tony.next("REPLY", mine);
  await tony.ask("refuse", { id: first.headers!.ack });
  const again = await tony.next("REPLY", (told) => mine(told) && told.headers!.redelivered === "true");
  await tony.ask("accept", { id: again.headers!.ack });

  // What it cannot do at once it does not begin.
  await tony.ask("transaction", { sends: [one("halfway"), [`/app/timer/${id}/start`, {}]], ends: "dare" });
  const refused = await tony.next("ERROR", ({ body }) => body!.payload.code === "conflict");
  expect(refused.headers!.destination).toBe("/user/queue/errors");
  await tony.ask("send", { destination: "/app/hive.list", body: {} });
  await expect(log(ada).locator(".message-body")).toHaveText(["one", "two"]);
  await tony.end();
});

test("stomp.py is told what it may not, and let go over what it must not", async ({ browser, house }) => {
  test.slow(); // four clients start in it
  const { id } = await scene(browser, house, "Rules", "Rosa");
  const stranger = PythonClient.start("stomp");
  await expect(stranger.ask("connect", { url: house.url, token: "x.y.z" })).rejects.toThrow("signed_out");
  await stranger.end();

  const asking = await connected(house, "rosa@example.org");
  await expect(asking.ask("subscribe", { destination: "/topic/admin" })).rejects.toThrow("not_found");
  await asking.next("DISCONNECTED");
  await asking.end();

  const wordy = await connected(house, "rosa@example.org");
  await wordy.ask("subscribe", { destination: "/user/queue/errors" });
  await wordy.ask("publish", { destination: `/app/chat/send/${id}`, body: chatMessage(id, "x".repeat(2001)) });
  const refused = await wordy.next("ERROR", ({ headers }) => headers!.subscription !== undefined);
  expect(refused.body!.payload).toMatchObject({ code: "invalid", step: "content", field: "payload.content" });
  for (let n = 0; n < 12; n++) await wordy.ask("publish", { destination: "/app/nothing", body: {} }).catch(() => {});
  await wordy.next("ERROR", ({ headers }) => headers!.message === "flood");
  await wordy.end();

  const large = await connected(house, "rosa@example.org");
  await large.ask("publish", { destination: `/app/chat/send/${id}`, body: { body: "x".repeat(70_000) } });
  await large.next("ERROR", ({ headers }) => headers!.message.startsWith("too_large"));
  await large.next("DISCONNECTED");
  await large.end();
});

test("stomp.py with a token of yesterday is not let in", async ({ browser }) => {
  const house = await House.open({ FOCUSHIVE_ACCESS_TOKEN_SECONDS: "1" });
  const page = await visitor(browser);
  await setUp(page, house);
  const token = await tokenOf(house, "ada@example.org");
  await expect.poll(async () => (await fetch(`${house.url}/api/v1/auth/me`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(401);
  const late = PythonClient.start("stomp");
  await expect(late.ask("connect", { url: house.url, token })).rejects.toThrow("signed_out");
  await late.end();
  await page.context().close();
  await house.close();
});
