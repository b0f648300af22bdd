/** A client of the seeds' kind: `@stomp/stompjs`, on whatever line it is given. */
import { Client, type IFrame, type IMessage, type StompConfig } from "@stomp/stompjs";
import { WebSocket } from "ws";
import { type House } from "./house.js";
import { Ear } from "./wire.js";

Object.assign(globalThis, { WebSocket });

export interface Told {
  type: string;
  senderId?: string;
  payload: Record<string, any>;
  headers: Record<string, string>;
}

export class StompClient {
  readonly told = new Ear<Told>();
  readonly errors = new Ear<IFrame>();
  readonly closed = new Ear<{ code: number }>();
  private constructor(readonly client: Client) {}

  static async open(config: StompConfig): Promise<StompClient> {
    const made = new StompClient(new Client({ reconnectDelay: 0, ...config }));
    await new Promise<void>((connected, refused) => {
      made.client.onConnect = () => connected();
      made.client.onStompError = (frame) => (made.errors.hear(frame), refused(new Error(frame.headers.message)));
      made.client.onWebSocketClose = (event) => made.closed.hear(event);
      made.client.activate();
    });
    return made;
  }

  static over(house: House, token: string, config: StompConfig = {}): Promise<StompClient> {
    const brokerURL = `${house.url.replace("http", "ws")}/stomp`;
    return StompClient.open({ brokerURL, connectHeaders: { Authorization: `Bearer ${token}` }, ...config });
  }

  private hear(message: IMessage): void {
    this.told.hear({ ...JSON.parse(message.body), headers: message.headers });
  }

  /** Subscribes, and waits for the receipt. */
  async subscribe(destination: string, headers: Record<string, string> = {}): Promise<Record<string, string>> {
    const receipt = `r-${Math.random()}`;
    const counted = new Promise<IFrame>((done) => this.client.watchForReceipt(receipt, done));
    this.client.subscribe(destination, (message) => this.hear(message), { ...headers, receipt });
    return (await counted).headers;
  }

  /** Sends, and waits until it is stored. */
  async send(destination: string, body: unknown, headers: Record<string, string> = {}): Promise<void> {
    const receipt = `r-${Math.random()}`;
    const stored = new Promise((done) => this.client.watchForReceipt(receipt, done));
    this.client.publish({ destination, body: JSON.stringify(body), headers: { ...headers, receipt } });
    await stored;
  }

  publish(destination: string, body: unknown, headers: Record<string, string> = {}): void {
    this.client.publish({ destination, body: JSON.stringify(body), headers });
  }

  next(type: string, meant: (told: Told) => boolean = () => true): Promise<Told> {
    return this.told.next((told) => told.type === type && meant(told), type);
  }

  async close(): Promise<void> {
    await this.client.deactivate();
  }
}

export const chatMessage = (hive: string, content: string): object => ({
  type: "CHAT_MESSAGE",
  timestamp: new Date().toISOString(),
  senderId: "me",
  payload: { chatId: hive, content, contentType: "TEXT" },
});
