/** `socket.io-client`, unmodified, in one hive with a browser tab of ours. */
import { log, message, say } from "../support/hive.js";
import { expect, expectQuiet, test, House, setUp, visitor } from "../support/house.js";
import { IoClient } from "../support/socketio.js";
import { scene } from "../support/wire.js";

for (const [how, transports] of Object.entries({ "by polling": ["polling"], "by WebSocket": ["websocket"], "upgraded": ["polling", "websocket"] })) {
  test(`a Socket.IO client ${how} and a browser tab are in one hive`, async ({ browser, house }) => {
    const name = `Io${how.replace(/[^a-z]/gi, "").toLowerCase()}`;
    const { ada, id, token } = await scene(browser, house, `Rooms ${how}`, name);
    const client = await IoClient.over(house, token, { transports });
    expect(await client.next("connect-confirmed")).toMatchObject({ userName: name });
    const joined = await client.emit("join-room", { roomId: id });
    expect(joined.users.map((seat: any) => seat.person.name)).toContain("Ada Lovelace");
    await expect(ada.locator(".roster").getByText(name)).toBeVisible();

    const sent = await client.emit("send-message", { roomId: id, message: "hello from outside" });
    expect(sent.success).toBe(true);
    await client.next("new-message", (told) => told.message === "hello from outside");
    await say(ada, "hello from a page");
    const told = await client.next("new-message", (told) => told.message === "hello from a page");
    expect(told).toMatchObject({ roomId: id, username: "Ada Lovelace" });
    await expect(log(ada).locator(".message-body")).toHaveText(["hello from outside", "hello from a page"]);

    await ada.locator("#composer").pressSequentially("I wri");
    await client.next("typing", (told) => told.is_typing);
    await client.emit("typing-start", { roomId: id });
    await expect(ada.getByText(new RegExp(`${name} (is writing|writes)`))).toBeVisible();
    expect((await client.emit("timer.sync", { hive: id })).ok.timer.is).toBe("idle");
    expect(await client.emit("ping")).toMatchObject({ pong: true });
    if (how === "upgraded") expect(client.socket.io.engine.transport.name).toBe("websocket");

    // Away for a moment, and nothing is missed.
    client.close();
    await say(ada, "while away");
    await expect(message(ada, "while away")).toBeVisible();
    const back = await IoClient.over(house, token, { transports });
    expect(await back.emit("join-room", { roomId: id, since: told.seq })).toMatchObject({ success: true, reset: false });
    await back.next("new-message", (told) => told.message === "while away");
    await back.emit("leave-room", { roomId: id });
    back.close();
    expectQuiet(ada);
  });
}

test("the notifications of every device begin with what is one's own", async ({ browser, house }) => {
  const { token } = await scene(browser, house, "Bells", "Bella");
  const devices = await Promise.all([0, 1].map(() => IoClient.over(house, token, {}, "/notifications")));
  for (const device of devices) {
    expect(await device.next("connection:success")).toMatchObject({ userName: "Bella", unreadCount: expect.any(Number) });
    device.close();
  }
});

test("who may not is told why", async ({ browser, house }) => {
  const { id, token } = await scene(browser, house, "Closed", "Clara");
  await expect(IoClient.over(house, "x.y.z")).rejects.toThrow("signed_out");
  await expect(IoClient.over(house, "", {}, "/notifications")).rejects.toThrow("signed_out");
  const clara = await IoClient.over(house, token);
  expect(await clara.emit("join-room", { roomId: "admin" })).toMatchObject({ success: false, fault: { code: "not_found" } });
  expect(await clara.emit("send-message", { roomId: id, message: "x".repeat(2001) })).toMatchObject({ fault: { code: "invalid" } });
  for (let n = 0; n < 12; n++) clara.socket.emit("nothing", {});
  await clara.next("error", ({ code }) => code === "flood");
  await clara.ends.next((reason) => reason === "io server disconnect");
  const byQuery = await IoClient.over(house, "", { query: { token }, auth: {} });
  expect(await byQuery.emit("account.look")).toMatchObject({ ok: { name: "Clara" } });
  byQuery.close();
});

test("a client whose server restarts comes back by itself", async ({ browser }) => {
  test.slow(); // two servers start in it, and one of them ends in peace
  const house = await House.open();
  const page = await visitor(browser);
  await setUp(page, house);
  const { token } = await scene(browser, house, "Restart", "Rita");
  const rita = await IoClient.over(house, token);
  await rita.next("connect-confirmed");
  await page.context().close();
  await house.restartGently();
  await expect.poll(() => rita.told.heard.filter(({ event }) => event === "connect-confirmed").length, { timeout: 20_000 }).toBe(2);
  expect(rita.told.heard.some(({ event, data }) => event === "error" && data.code === "restart")).toBe(true);
  rita.close();
  await house.close();
});
