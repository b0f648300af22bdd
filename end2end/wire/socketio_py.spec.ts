/** `python-socketio`, unmodified, in one hive with a browser tab of ours: the scene that the others play. */
import { log, message, say } from "../support/hive.js";
import { House, expect, expectQuiet, setUp, test, visitor } from "../support/house.js";
import { PythonClient } from "../support/python.js";
import { scene, stopClock, token as tokenOf } from "../support/wire.js";

/** Somebody who comes in by a script, signed in and connected. */
async function connected(house: House, email: string, options: Record<string, unknown> = {}): Promise<PythonClient> {
  const client = PythonClient.start("socketio");
  const token = await client.signIn(house, email);
  await client.ask("connect", { url: house.url, auth: { token }, ...options });
  return client;
}

const emit = (client: PythonClient, event: string, data: unknown = {}): Promise<any> => client.ask("emit", { event, data });

for (const [how, transports] of Object.entries({ "by polling": ["polling"], "by WebSocket": ["websocket"], "upgraded": ["polling", "websocket"] })) {
  test(`python-socketio ${how} and a browser tab are in one hive`, async ({ browser, house }) => {
    test.slow(); // two scripts start in it
    const name = `Py${how.replace(/[^a-z]/gi, "").toLowerCase()}`;
    const email = `${name}@example.org`;
    const { ada, id } = await scene(browser, house, `Snakes ${how}`, name);
    const client = await connected(house, email, { transports });
    expect((await client.next("connect-confirmed")).data).toMatchObject({ userName: name });
    const joined = await emit(client, "join-room", { roomId: id });
    expect(joined.users.map((seat: any) => seat.person.name)).toContain("Ada Lovelace");
    await expect(ada.locator(".roster").getByText(name)).toBeVisible();
    const members = await emit(client, "hive.members", { hive: id });
    expect(members.ok.map((member: any) => member.person.name).sort()).toEqual(["Ada Lovelace", name]);

    // Words go both ways, in one order.
    expect(await emit(client, "send-message", { roomId: id, message: "hello from a script — “ü”" })).toMatchObject({ success: true });
    await client.next("new-message", ({ data }) => data!.message === "hello from a script — “ü”");
    await say(ada, "hello from a page");
    const told = (await client.next("new-message", ({ data }) => data!.message === "hello from a page")).data!;
    expect(told).toMatchObject({ roomId: id, username: "Ada Lovelace" });
    await expect(log(ada).locator(".message-body")).toHaveText(["hello from a script — “ü”", "hello from a page"]);

    await ada.locator("#composer").pressSequentially("I wri");
    await client.next("typing", ({ data }) => data!.is_typing);
    await emit(client, "typing-start", { roomId: id });
    await expect(ada.getByText(new RegExp(`${name} (is writing|writes)`))).toBeVisible();

    // The clock is one: what somebody proposes the host agrees to.
    expect(await emit(client, "timer.start", { hive: id })).toMatchObject({ success: true });
    await ada.getByRole("button", { name: "Agree" }).click();
    const started = (await client.next("timer.changed", ({ data }) => data!.timer?.is === "running")).data!;
    expect((await emit(client, "timer.sync", { hive: id })).ok.timer.ends_at).toBe(started.timer.ends_at);
    await stopClock(house, id);
    if (how === "upgraded") await expect.poll(() => client.ask("transport")).toBe("websocket");

    // Away for a moment, and nothing is missed.
    await client.end();
    await say(ada, "while away");
    await expect(message(ada, "while away")).toBeVisible();
    const back = await connected(house, email, { transports });
    expect(await emit(back, "join-room", { roomId: id, since: told.seq })).toMatchObject({ success: true, reset: false });
    await back.next("new-message", ({ data }) => data!.message === "while away");
    await back.ask("close");
    await back.end();
    expectQuiet(ada);
  });
}

test("python-socketio is told at /notifications what is its own", async ({ browser, house }) => {
  const { ada } = await scene(browser, house, "Bells", "Nora");
  const nora = await connected(house, "nora@example.org", { space: "/notifications" });
  const success = await nora.next("connection:success");
  expect(success.data).toMatchObject({ userName: "Nora", unreadCount: expect.any(Number) });
  await say(ada, "are you there, @nora?");
  const told = await nora.next("notification:new");
  expect(told.data!.what).toMatchObject({ kind: "mention", by: { name: "Ada Lovelace" } });
  await nora.next("notification:count", ({ data }) => data!.unread > success.data!.unreadCount);
  expect(await emit(nora, "mark.read", { notificationId: told.data!.id })).toMatchObject({ success: true });
  await nora.next("notification:read");
  await nora.end();
});

test("python-socketio is told what it may not, and let go over what it must not", async ({ browser, house }) => {
  test.slow(); // six clients start in it
  const { id, token } = await scene(browser, house, "Rules", "Rosa");
  for (const space of ["/", "/notifications"]) {
    const stranger = PythonClient.start("socketio");
    await expect(stranger.ask("connect", { url: house.url, auth: { token: "x.y.z" }, space })).rejects.toThrow("signed_out");
    await stranger.end();
  }
  const rosa = await connected(house, "rosa@example.org");
  expect(await emit(rosa, "join-room", { roomId: "admin" })).toMatchObject({ success: false, fault: { code: "not_found" } });
  expect(await emit(rosa, "send-message", { roomId: id, message: "x".repeat(2001) })).toMatchObject({ fault: { code: "invalid" } });
  for (let n = 0; n < 12; n++) await rosa.ask("publish", { event: "nothing" }).catch(() => {});
  await rosa.next("error", ({ data }) => data!.code === "flood");
  await rosa.next("disconnect");
  await rosa.end();

  const large = await connected(house, "rosa@example.org", { transports: ["websocket"] });
  await large.ask("publish", { event: "send-message", data: { roomId: id, message: "x".repeat(200_000) } });
  await large.next("disconnect");
  await large.end();

  // The token may come by the address or in a header too.
  for (const other of [{ query: `?token=${token}` }, { headers: { Authorization: `Bearer ${token}` } }]) {
    const client = PythonClient.start("socketio");
    await client.ask("connect", { url: house.url, auth: null, ...other });
    expect(await emit(client, "account.look")).toMatchObject({ ok: { name: "Rosa" } });
    await client.end();
  }
});

test("python-socketio comes back by itself, and with a token of yesterday it is not let in", async ({ browser }) => {
  test.slow(); // two servers start in it, and one of them ends in peace
  const house = await House.open({ FOCUSHIVE_ACCESS_TOKEN_SECONDS: "12" });
  const page = await visitor(browser);
  await setUp(page, house);
  const token = await tokenOf(house, "ada@example.org");
  const ada = await connected(house, "ada@example.org");
  await ada.next("connect-confirmed");
  await page.context().close();
  await expect.poll(async () => (await fetch(`${house.url}/api/v1/auth/me`, { headers: { authorization: `Bearer ${token}` } })).status, { timeout: 20_000 }).toBe(401);
  const late = PythonClient.start("socketio");
  await expect(late.ask("connect", { url: house.url, auth: { token } })).rejects.toThrow("signed_out");
  await late.end();
  // Who is in stays in, and is told when the server goes.
  expect(await emit(ada, "account.look")).toMatchObject({ ok: { name: "Ada Lovelace" } });
  await ada.end();

  // Its address and its token are what it connected with: it comes back while that is good.
  const again = await connected(house, "ada@example.org");
  await again.next("connect-confirmed");
  await house.kill();
  await house.restart();
  await expect.poll(() => again.told.heard.filter(({ event }) => event === "connect-confirmed").length, { timeout: 20_000 }).toBe(2);

  // A server that goes in peace says so, and it comes back all the same.
  await house.restartGently();
  await again.next("error", ({ data }) => data!.code === "restart");
  await expect.poll(() => again.told.heard.filter(({ event }) => event === "connect-confirmed").length, { timeout: 20_000 }).toBe(3);
  await again.end();
  await house.close();
});
