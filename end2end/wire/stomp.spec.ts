/** `@stomp/stompjs`, unmodified, in one hive with a browser tab of ours. */
import { log, message, say } from "../support/hive.js";
import { expect, expectQuiet, test } from "../support/house.js";
import { StompClient, chatMessage } from "../support/stomp.js";
import { scene, token as tokenOf } from "../support/wire.js";

test("a STOMP client and a browser tab are in one hive", async ({ browser, house }) => {
  const { ada, id, token } = await scene(browser, house, "Wire", "Stella");
  const stella = await StompClient.over(house, token, { heartbeatIncoming: 10_000, heartbeatOutgoing: 25_000 });
  expect(stella.client.connectedVersion).toBe("1.2");
  for (const queue of ["errors", "replies", "notifications"]) await stella.subscribe(`/user/queue/${queue}`);
  await stella.subscribe(`/topic/hive/${id}`);
  const snapshot = await stella.next("SNAPSHOT");
  expect(snapshot.payload.snapshot.seats.map((seat: any) => seat.person.name)).toContain("Ada Lovelace");

  // She comes in, and is seen.
  await stella.send(`/app/hive/${id}/join`, {});
  await expect(ada.locator(".roster").getByText("Stella")).toBeVisible();
  await stella.send("/app/presence/heartbeat", {});

  // Words go both ways, in one order.
  await stella.send(`/app/chat/send/${id}`, chatMessage(id, "hello from outside"));
  await expect(message(ada, "hello from outside")).toBeVisible();
  await say(ada, "hello from a page");
  const told = await stella.next("CHAT_MESSAGE", ({ payload }) => payload.content === "hello from a page");
  expect(told.payload).toMatchObject({ chatId: id, contentType: "TEXT", senderName: "Ada Lovelace" });
  await expect(log(ada).locator(".message-body")).toHaveText(["hello from outside", "hello from a page"]);
  const numbers = stella.told.heard.filter(({ type }) => type === "CHAT_MESSAGE").map(({ headers }) => Number(headers.seq));
  expect(numbers[1]).toBe(numbers[0] + 1);

  // So does writing.
  await ada.locator("#composer").pressSequentially("I wri");
  await stella.next("CHAT_TYPING", ({ payload }) => payload.typing);
  stella.publish(`/app/typing/${id}`, {});
  await expect(ada.getByText(/Stella (is writing|writes)/)).toBeVisible();

  // The clock is one.
  stella.publish(`/app/timer/${id}/sync`, {}, { "correlation-id": "sync-1" });
  const reply = await stella.next("REPLY", ({ headers }) => headers["correlation-id"] === "sync-1");
  expect(reply.payload.ok.timer.is).toBe("idle");

  // What breaks a rule is refused, and nothing breaks.
  stella.publish(`/app/chat/send/${id}`, chatMessage(id, "x".repeat(2001)), { "correlation-id": "long" });
  const refused = await stella.next("ERROR", ({ headers }) => headers["correlation-id"] === "long");
  expect(refused.payload).toMatchObject({ code: "invalid", step: "content", field: "payload.content" });
  await stella.close();
  expectQuiet(ada);
});

test("a STOMP client that was away gets what it missed, and only that", async ({ browser, house }) => {
  const { ada, id, token } = await scene(browser, house, "Back again", "Bruno");
  let bruno = await StompClient.over(house, token);
  await bruno.subscribe(`/topic/chat/${id}`);
  await say(ada, "first");
  const { headers } = await bruno.next("CHAT_MESSAGE");
  await bruno.close();
  await say(ada, "second");
  await say(ada, "third");
  await expect(message(ada, "third")).toBeVisible();
  bruno = await StompClient.over(house, token);
  await bruno.subscribe(`/topic/chat/${id}`, { since: headers.seq });
  await bruno.next("CHAT_MESSAGE", ({ payload }) => payload.content === "third");
  const missed = bruno.told.heard.filter(({ type }) => type === "CHAT_MESSAGE").map(({ payload }) => payload.content);
  expect(missed).toEqual(["second", "third"]);
  await bruno.close();
});

test("a STOMP client's transaction happens at once, and what it refuses of its own comes again", async ({ browser, house }) => {
  const { ada, id, token } = await scene(browser, house, "All or nothing", "Tara");
  const tara = await StompClient.over(house, token);
  const aborted = tara.client.begin();
  tara.publish(`/app/chat/send/${id}`, { body: "never" }, { transaction: aborted.id });
  aborted.abort();
  const { id: transaction, commit } = tara.client.begin();
  for (const body of ["one", "two"]) tara.publish(`/app/chat/send/${id}`, { body }, { transaction });
  commit();
  await expect(log(ada).locator(".message-body")).toHaveText(["one", "two"]);

  let refusals = 0;
  const accepted = new Promise<Record<string, string>>((done) => {
    tara.client.subscribe("/user/queue/replies", (reply) => {
      if (refusals++ === 0) reply.nack();
      else (reply.ack(), done(reply.headers));
    }, { ack: "client-individual" });
  });
  tara.publish(`/app/timer/${id}/sync`, {});
  expect((await accepted).redelivered).toBe("true");
  await tara.close();
});

test("who may not is told so by an ERROR", async ({ browser, house }) => {
  const { id, token } = await scene(browser, house, "Private", "Igor");
  await expect(StompClient.over(house, "x.y.z")).rejects.toThrow(/signed_out/);
  await expect(StompClient.over(house, "")).rejects.toThrow(/signed_out/);
  const igor = await StompClient.over(house, token);
  igor.client.onStompError = (frame) => igor.errors.hear(frame);
  igor.client.subscribe("/topic/admin", () => {});
  const error = await igor.errors.next(() => true, "an ERROR");
  expect(error.headers).toMatchObject({ destination: "/topic/admin" });
  await igor.closed.next(({ code }) => code === 1008, "the end");

  const large = await StompClient.over(house, token);
  large.client.onStompError = (frame) => large.errors.hear(frame);
  large.publish(`/app/chat/send/${id}`, { body: "x".repeat(70_000) });
  await large.closed.next(({ code }) => code === 1009, "the end");
});

test("two devices of one person are two readers", async ({ browser, house }) => {
  const { ada, id } = await scene(browser, house, "Devices", "Dora");
  const token = await tokenOf(house, "dora@example.org");
  const devices = await Promise.all([StompClient.over(house, token), StompClient.over(house, token)]);
  for (const device of devices) await device.subscribe(`/topic/chat/${id}`);
  await say(ada, "to both");
  const told = await Promise.all(devices.map((device) => device.next("CHAT_MESSAGE")));
  expect(told[0].payload).toEqual(told[1].payload);
  await Promise.all(devices.map((device) => device.close()));
});
