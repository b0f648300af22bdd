/** `socket.io-client`, unmodified, with everything it hears kept. */
import { io, type ManagerOptions, type Socket, type SocketOptions } from "socket.io-client";
import { type House } from "./house.js";
import { Ear } from "./wire.js";

export interface Emitted {
  event: string;
  data: Record<string, any>;
}

export class IoClient {
  readonly told = new Ear<Emitted>();
  readonly ends = new Ear<string>();

  private constructor(readonly socket: Socket) {
    socket.onAny((event, data) => this.told.hear({ event, data }));
    socket.on("disconnect", (reason) => this.ends.hear(reason));
  }

  static async over(house: House, token: string, options: Partial<ManagerOptions & SocketOptions> = {}, space = "/"): Promise<IoClient> {
    const socket = io(`${house.url}${space}`, { auth: { token }, forceNew: true, reconnectionDelay: 200, ...options });
    const client = new IoClient(socket);
    await new Promise<void>((connected, refused) => {
      const failed = (error: Error) => (socket.close(), refused(error));
      // Later it comes back by itself, however often that fails at first.
      socket.once("connect", () => (socket.off("connect_error", failed), connected()));
      socket.once("connect_error", failed);
    });
    return client;
  }

  emit(event: string, data: unknown = {}): Promise<Record<string, any>> {
    return this.socket.timeout(10_000).emitWithAck(event, data);
  }

  async next(event: string, meant: (data: Record<string, any>) => boolean = () => true): Promise<Record<string, any>> {
    return (await this.told.next((told) => told.event === event && meant(told.data), event)).data;
  }

  close(): void {
    this.socket.disconnect();
  }
}
