/** The server as a page sees it: answers, and a socket that the test holds the other end of. */
import { ServerConnection } from '@jupyterlab/services';

export type Answer = (request: Request) => Response | Promise<Response>;

export function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
}

/** Sockets that were opened, in order; those of a connection can be opened, spoken to and cut. */
export class FakeSocket {
  static all: FakeSocket[] = [];

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  static get last(): FakeSocket {
    const last = FakeSocket.all.at(-1);
    if (!last) {
      throw new Error('no socket was opened');
    }
    return last;
  }

  readyState = 0;
  sent: { [key: string]: unknown }[] = [];
  isClosed = false;
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as { [key: string]: unknown });
  }

  close(): void {
    this.isClosed = true;
    this.readyState = 3;
    this.onclose?.();
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  tell(event: object): void {
    this.onmessage?.({ data: JSON.stringify(event) });
  }
}

export function settingsWith(answer: Answer = () => json(null)): ServerConnection.ISettings {
  return ServerConnection.makeSettings({
    baseUrl: 'http://h/',
    wsUrl: 'ws://h/',
    token: 'T',
    appendToken: true,
    fetch: async (request: RequestInfo | URL) => answer(request as Request),
    WebSocket: FakeSocket as unknown as typeof WebSocket
  });
}
