/** The far end of a machine's display cable: asks the emulated card for another size, or to have no screen at all (RFB, SetDesktopSize). */
import { connect, type Socket } from 'node:net';

const VERSION = 'RFB 003.008\n';
const NO_AUTHENTICATION = 1;
const SET_ENCODINGS = 2;
const FRAMEBUFFER_UPDATE_REQUEST = 3;
const SET_DESKTOP_SIZE = 251;
/** Pseudo-encoding by which a client says that it takes other sizes. */
const EXTENDED_DESKTOP_SIZE = -308;

export class ScreenCable {
  private constructor(private readonly socket: Socket) {}

  static async plugIn(path: string): Promise<ScreenCable> {
    const socket = connect(path);
    const bytes = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    let got = Buffer.alloc(0);
    const take = async (length: number): Promise<Buffer> => {
      while (got.length < length) {
        const { value, done } = await bytes.next();
        if (done === true) throw new Error('the machine hung up');
        got = Buffer.concat([got, value]);
      }
      const taken = got.subarray(0, length);
      got = got.subarray(length);
      return taken;
    };
    await take(VERSION.length);
    socket.write(VERSION);
    await take((await take(1))[0]!);
    socket.write(Buffer.from([NO_AUTHENTICATION]));
    await take(4);
    socket.write(Buffer.from([1])); // others may watch
    const name = (await take(24)).readUInt32BE(20);
    await take(name);
    const encodings = Buffer.alloc(8);
    encodings.writeUInt8(SET_ENCODINGS);
    encodings.writeUInt16BE(1, 2);
    encodings.writeInt32BE(EXTENDED_DESKTOP_SIZE, 4);
    socket.write(encodings);
    const request = Buffer.alloc(10);
    request.writeUInt8(FRAMEBUFFER_UPDATE_REQUEST);
    request.writeUInt16BE(1, 6);
    request.writeUInt16BE(1, 8);
    socket.write(request);
    // Whatever pictures come are nobody's.
    void (async () => {
      while ((await bytes.next()).done !== true);
    })().catch(() => {});
    return new ScreenCable(socket);
  }

  /** A screen of this size at the end of the cable; 0x0 is a cable that was pulled. */
  ask(widthPx: number, heightPx: number): void {
    const message = Buffer.alloc(8);
    message.writeUInt8(SET_DESKTOP_SIZE);
    message.writeUInt16BE(widthPx, 2);
    message.writeUInt16BE(heightPx, 4);
    this.socket.write(message);
  }

  close(): void {
    this.socket.destroy();
  }
}
