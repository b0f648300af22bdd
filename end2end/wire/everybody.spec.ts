/** The five clients at once, unmodified, in one hive with a browser tab of ours: each plays the same part. */
import SockJS from "sockjs-client";
import { join, log, message, say, two } from "../support/hive.js";
import { submit } from "../support/forms.js";
import { ask, expect, expectQuiet, test, type House } from "../support/house.js";
import { PythonClient } from "../support/python.js";
import { IoClient } from "../support/socketio.js";
import { StompClient, chatMessage } from "../support/stomp.js";
import { stopClock, token as tokenOf } from "../support/wire.js";

type Kind = "message" | "typing" | "timer" | "private" | "notified" | "read";

/** Somebody at a door, whichever it is. */
interface Player {
  name: string;
  write(words: string): Promise<unknown>;
  writeTo(user: string, words: string): Promise<unknown>;
  types(): Promise<unknown>;
  read(notification: string): Promise<unknown>;
  /** The end of the phase that is on, as it is told who asks. */
  sync(): Promise<string>;
  /** The next of its kind whose words are these. */
  hear(kind: Kind, words?: string): Promise<Record<string, any>>;
  /** Every message of the hive so far, in order. */
  messages(): string[];
  leave(): Promise<unknown>;
}

const STOMP: Record<Kind, [type: string, destination: string]> = {
  message: ["CHAT_MESSAGE", "/topic/hive/"],
  typing: ["CHAT_TYPING", "/topic/hive/"],
  timer: ["TIMER_CHANGED", "/topic/hive/"],
  private: ["CHAT_MESSAGE", "/user/queue/msgs"],
  notified: ["NOTIFICATION", "/user/queue/notifications"],
  read: ["NOTIFICATION_READ", "/user/queue/notifications"],
};

const IO: Record<Kind, string> = {
  message: "new-message", typing: "typing", timer: "timer.changed", private: "private-message", notified: "notification", read: "notification:read",
};

const QUEUES = ["errors", "replies", "notifications", "msgs"].map((queue) => `/user/queue/${queue}`);

const says = (told: Record<string, any>, words?: string): boolean => words === undefined || [told.content, told.message].includes(words);

/** `@stomp/stompjs`, on a WebSocket of its own or on `sockjs-client`. */
async function stompJs(house: House, hive: string, name: string, token: string, sockjs: boolean): Promise<Player> {
  const webSocketFactory = () => new SockJS(`${house.url}/ws-sockjs`, null, { transports: "xhr-streaming" });
  const connectHeaders = { Authorization: `Bearer ${token}` };
  const client = sockjs ? await StompClient.open({ webSocketFactory, connectHeaders }) : await StompClient.over(house, token);
  for (const destination of [...QUEUES, `/topic/hive/${hive}`]) await client.subscribe(destination);
  await client.send(`/app/hive/${hive}/join`, {});
  return {
    name,
    write: (words) => client.send(`/app/chat/send/${hive}`, chatMessage(hive, words)),
    writeTo: (user, words) => client.send(`/app/msg/${user}`, chatMessage(user, words)),
    types: () => client.send(`/app/typing/${hive}`, {}),
    read: (notification) => client.send("/app/notifications/read", { notifications: [notification] }),
    sync: async () => {
      client.publish(`/app/timer/${hive}/sync`, {}, { "correlation-id": "sync" });
      return (await client.next("REPLY", ({ headers }) => headers["correlation-id"] === "sync")).payload.ok.timer.ends_at;
    },
    hear: async (kind, words) => {
      const [type, destination] = STOMP[kind];
      return (await client.next(type, ({ headers, payload }) => headers.destination.startsWith(destination) && says(payload, words))).payload;
    },
    messages: () =>
      client.told.heard
        .filter(({ type, headers }) => type === "CHAT_MESSAGE" && headers.destination.startsWith("/topic/"))
        .map(({ payload }) => payload.content),
    leave: () => client.close(),
  };
}

/** `stomp.py`. */
async function stompPy(house: House, hive: string, name: string, token: string): Promise<Player> {
  const client = PythonClient.start("stomp");
  await client.ask("connect", { url: house.url, token });
  for (const destination of [...QUEUES, `/topic/hive/${hive}`]) await client.ask("subscribe", { destination });
  const send = (destination: string, body: object) => client.ask("send", { destination, body });
  await send(`/app/hive/${hive}/join`, {});
  return {
    name,
    write: (words) => send(`/app/chat/send/${hive}`, chatMessage(hive, words)),
    writeTo: (user, words) => send(`/app/msg/${user}`, chatMessage(user, words)),
    types: () => send(`/app/typing/${hive}`, {}),
    read: (notification) => send("/app/notifications/read", { notifications: [notification] }),
    sync: async () => {
      await client.ask("publish", { destination: `/app/timer/${hive}/sync`, body: {}, headers: { "correlation-id": "sync" } });
      return (await client.next("REPLY", ({ headers }) => headers!["correlation-id"] === "sync")).body!.payload.ok.timer.ends_at;
    },
    hear: async (kind, words) => {
      const [type, destination] = STOMP[kind];
      const heard = await client.next(type, ({ headers, body }) => headers!.destination.startsWith(destination) && says(body!.payload, words));
      return heard.body!.payload;
    },
    messages: () =>
      client.told.heard
        .filter(({ headers, body }) => body?.type === "CHAT_MESSAGE" && headers!.destination.startsWith("/topic/"))
        .map(({ body }) => body!.payload.content),
    leave: () => client.end(),
  };
}

/** What both clients of Socket.IO do alike. */
function io(name: string, hive: string, emit: (event: string, data: object) => Promise<any>): Omit<Player, "hear" | "messages" | "leave"> {
  return {
    name,
    write: (words) => emit("send-message", { roomId: hive, message: words }),
    writeTo: (user, words) => emit("message.send", { to: user, body: words }),
    types: () => emit("typing-start", { roomId: hive }),
    read: (notification) => emit("mark.read", { notificationId: notification }),
    sync: async () => (await emit("timer.sync", { hive })).ok.timer.ends_at,
  };
}

/** `socket.io-client`. */
async function ioJs(house: House, hive: string, name: string, token: string): Promise<Player> {
  const client = await IoClient.over(house, token);
  await client.emit("join-room", { roomId: hive });
  return {
    ...io(name, hive, (event, data) => client.emit(event, data)),
    hear: (kind, words) => client.next(IO[kind], (told) => says(told, words)),
    messages: () => client.told.heard.filter(({ event }) => event === "new-message").map(({ data }) => data.message),
    leave: async () => client.close(),
  };
}

/** `python-socketio`. */
async function ioPy(house: House, hive: string, name: string, token: string): Promise<Player> {
  const client = PythonClient.start("socketio");
  await client.ask("connect", { url: house.url, auth: { token } });
  const emit = (event: string, data: object) => client.ask("emit", { event, data });
  await emit("join-room", { roomId: hive });
  return {
    ...io(name, hive, emit),
    hear: async (kind, words) => (await client.next(IO[kind], ({ data }) => says(data!, words))).data!,
    messages: () => client.told.heard.filter(({ event }) => event === "new-message").map(({ data }) => data!.message),
    leave: () => client.end(),
  };
}

test("five clients and a browser tab play one scene", async ({ browser, house }) => {
  test.setTimeout(180_000);
  const { ada, other, hive } = await two(browser, house, "Everybody", "Stompa");
  await other.context().close();
  const names = ["Stompa", "Socka", "Iona", "Pyra", "Pyla"];
  for (const name of names.slice(1)) {
    const page = await join(browser, ada, house, name);
    await submit(page, hive, "hive.join");
    await page.context().close();
  }
  const id = hive.split("/").pop()!;
  const tokens = await Promise.all(names.map((name) => tokenOf(house, `${name.toLowerCase()}@example.org`)));
  const doors = [
    (name: string, token: string) => stompJs(house, id, name, token, false),
    (name: string, token: string) => stompJs(house, id, name, token, true),
    (name: string, token: string) => ioJs(house, id, name, token),
    (name: string, token: string) => stompPy(house, id, name, token),
    (name: string, token: string) => ioPy(house, id, name, token),
  ];
  const players = await Promise.all(doors.map((door, n) => door(names[n]!, tokens[n]!)));
  for (const name of names) await expect(ada.locator(".roster").getByText(name)).toBeVisible();
  const members: any[] = await ask(ada, "hive.members", { hive: id });
  const user = (name: string): string => members.find((member) => member.person.name === name).person.id;

  // Words: everybody writes, and everybody hears all of it in one order.
  const words = names.map((name) => `this is ${name}`);
  for (const player of players) {
    await player.write(`this is ${player.name}`);
    await expect(log(ada).locator(".message-body").last()).toHaveText(`this is ${player.name}`);
  }
  await say(ada, "and this is Ada");
  for (const player of players) {
    await player.hear("message", "and this is Ada");
    expect(player.messages()).toEqual([...words, "and this is Ada"]);
  }
  await expect(log(ada).locator(".message-body")).toHaveText([...words, "and this is Ada"]);

  // Whoever writes is seen to.
  await ada.locator("#composer").pressSequentially("I wri");
  for (const player of players) await player.hear("typing");
  await players[2]!.types();
  await expect(ada.getByText(/Iona (is writing|writes)/)).toBeVisible();

  // To one alone, in a ring; the next one hears it, and nobody else does.
  for (const [n, player] of players.entries()) {
    const next = players[(n + 1) % players.length]!;
    await player.writeTo(user(next.name), `psst, ${next.name}`);
    await next.hear("private", `psst, ${next.name}`);
  }
  await ada.locator("#composer").fill("");

  // What is meant for one waits in one's bell; read on one device, it is read on the other.
  const second = await IoClient.over(house, tokens[0]!, {}, "/notifications");
  const told = await second.next("notification:new", ({ title }) => title === "Pyla wrote to you");
  expect((await players[0]!.hear("notified")).notificationType).toBe("DIRECT");
  await players[0]!.read(told.id);
  await second.next("notification:read", (read) => JSON.stringify(read).includes(told.id));
  await players[0]!.hear("read");
  await second.next("notification:count", ({ count }) => count === 0);
  second.close();

  // One clock.
  await ada.locator("#timer").getByRole("button", { name: "Start", exact: true }).click();
  const ends = new Set<string>();
  for (const player of players) {
    const { timer } = await player.hear("timer");
    ends.add(timer.ends_at);
    ends.add(await player.sync());
  }
  expect(ends.size).toBe(1);
  await stopClock(house, id);
  await Promise.all(players.map((player) => player.leave()));
  await expect(message(ada, "and this is Ada")).toBeVisible();
  expectQuiet(ada);
});
