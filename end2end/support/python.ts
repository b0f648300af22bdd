/** A client in Python, unmodified, in a process of its own: told what to do by lines of JSON. */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { PASSWORD, type House } from "./house.js";
import { Ear } from "./wire.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SCRIPTS = fileURLToPath(new URL("../wire/python", import.meta.url));

/** The Python that `.ci/setup test` gave the clients to. */
const python = (): string => execFileSync("bash", ["-c", '. .ci/env && printf %s "$WIRE_PYTHON"'], { cwd: ROOT, encoding: "utf8" });

/** What a client hears: a frame of STOMP, or an event of Socket.IO. */
export interface Heard {
  command?: string;
  headers?: Record<string, string>;
  body?: { type: string; payload: Record<string, any> };
  event?: string;
  data?: Record<string, any>;
}

export class PythonClient {
  readonly told = new Ear<Heard>();
  private answers = new Ear<{ id: number; ok?: any; error?: string }>();
  private asked = 0;

  private constructor(private process: ChildProcess) {
    createInterface({ input: process.stdout! }).on("line", (line) => {
      const word = JSON.parse(line);
      if (word.told) this.told.hear(word.told);
      else this.answers.hear(word);
    });
  }

  static start(client: "stomp" | "socketio"): PythonClient {
    return new PythonClient(spawn(python(), [`${client}_client.py`], { cwd: SCRIPTS, stdio: ["pipe", "pipe", "inherit"] }));
  }

  /** Does one thing; refused if that failed. */
  async ask(does: string, what: Record<string, unknown> = {}): Promise<any> {
    const id = ++this.asked;
    this.process.stdin!.write(`${JSON.stringify({ id, do: does, with: what })}\n`);
    const { ok, error } = await this.answers.next((answer) => answer.id === id, `${does}'s answer`);
    if (error) throw new Error(error);
    return ok;
  }

  /** An access token, got as a script gets one. */
  signIn(house: House, email: string): Promise<string> {
    return this.ask("sign_in", { url: house.url, email, password: PASSWORD });
  }

  /** The next frame of a type, or event of a name. */
  async next(kind: string, meant: (heard: Heard) => boolean = () => true): Promise<Heard> {
    const is = ({ command, body, event }: Heard) => event === kind || body?.type === kind || command === kind;
    return this.told.next((heard) => is(heard) && meant(heard), kind);
  }

  /** Ends the process, whatever it is at. */
  async end(): Promise<void> {
    const gone = new Promise((done) => this.process.once("exit", done));
    this.process.kill();
    await gone;
  }
}
