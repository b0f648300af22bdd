/** `sockjs-client` with `@stomp/stompjs` on it, over each transport it has outside of a browser. */
import SockJS from "sockjs-client";
import { message, say } from "../support/hive.js";
import { expect, test, type House } from "../support/house.js";
import { StompClient, chatMessage } from "../support/stomp.js";
import { scene } from "../support/wire.js";

function over(house: House, token: string, transport: string): Promise<StompClient> {
  const webSocketFactory = () => new SockJS(`${house.url}/ws-sockjs`, null, { transports: transport });
  return StompClient.open({ webSocketFactory, connectHeaders: { Authorization: `Bearer ${token}` } });
}

for (const transport of ["websocket", "xhr-streaming", "xhr-polling", "eventsource"]) {
  test(`STOMP over SockJS by ${transport} is in the same hive`, async ({ browser, house }) => {
    const name = `S${transport.replace(/[^a-z]/g, "")}`;
    const { ada, id, token } = await scene(browser, house, `By ${transport}`, name);
    const client = await over(house, token, transport);
    await client.subscribe(`/topic/hive/${id}`);
    await client.next("SNAPSHOT");
    await client.send(`/app/chat/send/${id}`, chatMessage(id, `by ${transport} — “ü”`));
    await expect(message(ada, `by ${transport} — “ü”`)).toBeVisible();
    await say(ada, "and back");
    await client.next("CHAT_MESSAGE", ({ payload }) => payload.content === "and back");
    await client.close();
  });
}

test("somebody SockJS brings without a token is let go", async ({ house }) => {
  await expect(over(house, "x.y.z", "xhr-polling")).rejects.toThrow(/signed_out/);
});
